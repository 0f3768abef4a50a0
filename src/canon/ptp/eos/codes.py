"""The settings of an EOS in the common vocabulary, and their numbers (section 5)."""

from __future__ import annotations

from canon.codes import Row, Stops, Words
from canon.ptp.eos.layouts import Eos
from canon.values import kinds
from canon.values.choices import Metering, ShootingMode, WhiteBalance
from canon.values.scales import Aperture, Compensation, Iso, ShutterSpeed

EOS = "eos"
"""The dialect of these tables."""


class EosRow(Row):
    """One setting; its place is a property."""


SHOOTING_MODE = Words(
    ShootingMode,
    {
        0x00: ShootingMode.PROGRAM,
        0x01: ShootingMode.SHUTTER_PRIORITY,
        0x02: ShootingMode.APERTURE_PRIORITY,
        0x03: ShootingMode.MANUAL,
        0x04: ShootingMode.BULB,
        0x05: ShootingMode.A_DEP,
        0x14: ShootingMode.MOVIE,
        0x16: ShootingMode.AUTO,
    },
    EOS,
)
WHITE_BALANCE = Words(
    WhiteBalance,
    {
        0: WhiteBalance.AUTO,
        1: WhiteBalance.DAYLIGHT,
        2: WhiteBalance.CLOUDY,
        3: WhiteBalance.TUNGSTEN,
        4: WhiteBalance.FLUORESCENT,
        5: WhiteBalance.FLASH,
        6: WhiteBalance.CUSTOM,
        8: WhiteBalance.SHADE,
    },
    EOS,
)
METERING = Words(
    Metering,
    {
        1: Metering.SPOT,
        3: Metering.EVALUATIVE,
        4: Metering.PARTIAL,
        5: Metering.CENTER_WEIGHTED_AVERAGE,
    },
    EOS,
)
SHUTTER_SPEED = Stops(ShutterSpeed, 0x38, {0x0C: "bulb", 0x04: "bulb"}, dialect=EOS)
APERTURE = Stops(Aperture, 0x08, dialect=EOS)
ISO = Stops(Iso, 0x48, {0x00: "auto"}, dialect=EOS)
COMPENSATION = Stops(Compensation, 0, signed=True, dialect=EOS)

ROWS = {
    row.name: row
    for row in (
        EosRow("shooting_mode", Eos.AE_MODE, kinds.SHOOTING_MODE, SHOOTING_MODE, 0),
        EosRow("aperture", Eos.APERTURE, kinds.APERTURE, APERTURE),
        EosRow("shutter_speed", Eos.SHUTTER_SPEED, kinds.SHUTTER_SPEED, SHUTTER_SPEED),
        EosRow("iso", Eos.ISO, kinds.ISO, ISO),
        EosRow(
            "exposure_compensation", Eos.EXPOSURE_COMPENSATION, kinds.COMPENSATION, COMPENSATION
        ),
        EosRow("white_balance", Eos.WHITE_BALANCE, kinds.WHITE_BALANCE, WHITE_BALANCE),
        EosRow("metering", Eos.METERING, kinds.METERING, METERING),
    )
}
"""The settings by their names."""
