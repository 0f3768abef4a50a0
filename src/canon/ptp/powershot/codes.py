"""The settings of a PowerShot: which property each is, and how its number reads and is written.

The numbers are those of the native blocks, but for the scenes of the mode dial
(canon-powershot-ptp, section 3). All bodies that were recorded give a property the same type.
"""

from __future__ import annotations

from typing import Any

from canon import codes, values
from canon.codes import Codes, Row, Words, exposure_modes
from canon.ptp.datasets import DataType
from canon.ptp.powershot.layouts import Property
from canon.values import kinds
from canon.values.kinds import Kind


class PropertyRow(Row):
    """One setting; its place is a property, or the three properties of a format.

    Attributes:
        stored: how its numbers are stored.
        settable: whether it can be set at all, on any body.
    """

    stored: DataType = DataType.UINT8
    settable: bool = True

    @property
    def places(self) -> tuple[Property, ...]:
        """Its properties, one or three."""
        return self.place if isinstance(self.place, tuple) else (self.place,)


SHOOTING_MODE = Words(
    lambda: (
        exposure_modes()
        | {
            0x80: values.ShootingMode.MANUAL_2,
            0x81: values.ShootingMode.MY_COLORS,
            0x82: values.ShootingMode.PORTRAIT,
            0x83: values.ShootingMode.FAR_SCENE,
            0x84: values.ShootingMode.NIGHT,
            0x85: values.ShootingMode.FOLIAGE,
            0x86: values.ShootingMode.SNOW,
            0x87: values.ShootingMode.BEACH,
            0x88: values.ShootingMode.FIREWORKS,
            0x89: values.ShootingMode.INDOOR,
            0x8A: values.ShootingMode.NIGHT_SNAPSHOT,
            0x8B: values.ShootingMode.STITCH_ASSIST,
            0x8C: values.ShootingMode.MOVIE,
            0x8D: values.ShootingMode.CUSTOM,
            0x8E: values.ShootingMode.INTERVAL,
            0x8F: values.ShootingMode.DIGITAL_MACRO,
            0x90: values.ShootingMode.LONG_SHUTTER,
            0x91: values.ShootingMode.UNDERWATER,
            0x92: values.ShootingMode.KIDS_AND_PETS,
            0x93: values.ShootingMode.FAST_SHUTTER,
            0x94: values.ShootingMode.SLOW_SHUTTER,
            0x95: values.ShootingMode.CUSTOM_1,
            0x96: values.ShootingMode.CUSTOM_2,
            0x97: values.ShootingMode.NEUTRAL,
            0x98: values.ShootingMode.GREY_SCALE,
            0x99: values.ShootingMode.SEPIA,
            0x9A: values.ShootingMode.VIVID,
            0x9B: values.ShootingMode.SPORTS,
            0x9C: values.ShootingMode.MACRO,
            0x9D: values.ShootingMode.SUPER_MACRO,
            0x9E: values.ShootingMode.PAN_FOCUS,
            0x9F: values.ShootingMode.BLACK_AND_WHITE,
            0xA0: values.ShootingMode.FLASH_OFF,
        }
    ),
    "powershot-ptp",
)
"""The mode dial, with the scenes of Canon's own SDK."""
FORMAT = (Property.FULL_VIEW_FILE_FORMAT, Property.IMAGE_SIZE, Property.IMAGE_QUALITY)
"""The properties of a format, in the order in which they are written."""
_WORD, _SIGNED = DataType.UINT16, DataType.INT8


def _row(
    name: str,
    place: Any,
    kind: Kind[Any],
    table: Codes[Any],
    stored: DataType = DataType.UINT8,
    **more: Any,
) -> PropertyRow:
    return PropertyRow(name, place, kind, table, stored=stored, **more)


_RO: dict[str, Any] = {"settable": False}
_MM = _RO | {"unit": Property.FOCAL_LENGTH_DENOMINATOR}
_AT = Property
_ROWS = (
    _row("image_format", FORMAT, kinds.FORMAT, codes.FORMAT, turn=1),
    _row("self_timer", _AT.SELF_TIMER, kinds.SECONDS, codes.TENTHS, _WORD),
    _row("flash", _AT.FLASH_MODE, kinds.FLASH, codes.FLASH),
    # BEEP is the opposite in every recording, but some bodies cannot be told it.
    _row("beep", _AT.BEEP_MODE, kinds.SWITCH, codes.SWITCH_OFF_IS_1),
    _row("shooting_mode", _AT.SHOOTING_MODE, kinds.SHOOTING_MODE, SHOOTING_MODE, turn=0),
    _row("drive_mode", _AT.DRIVE_MODE, kinds.DRIVE_MODE, codes.DRIVE_MODE, turn=2),
    _row("digital_zoom", _AT.DIGITAL_ZOOM, kinds.ZOOM_STEPS, codes.PLAIN),
    _row("metering", _AT.METERING, kinds.METERING, codes.METERING),
    _row("macro", _AT.AF_DISTANCE, kinds.SWITCH, codes.MACRO),
    _row("af_distance", _AT.AF_DISTANCE, kinds.AF_DISTANCE, codes.AF_DISTANCE),
    _row("focusing_point", _AT.FOCUSING_POINT, kinds.FOCUSING_POINT, codes.FOCUSING_POINT, _WORD),
    _row("white_balance", _AT.WHITE_BALANCE, kinds.WHITE_BALANCE, codes.WHITE_BALANCE),
    _row("focus_mode", _AT.AF_MODE, kinds.FOCUS_MODE, codes.FOCUS_MODE, turn=3),
    _row("contrast", _AT.CONTRAST, kinds.STEPS, codes.SIGNED, _SIGNED),
    _row("saturation", _AT.SATURATION, kinds.STEPS, codes.SIGNED, _SIGNED),
    _row("sharpness", _AT.SHARPNESS, kinds.STEPS, codes.SIGNED, _SIGNED),
    _row("iso", _AT.ISO, kinds.ISO, codes.ISO, _WORD),
    _row("aperture", _AT.APERTURE, kinds.APERTURE, codes.APERTURE, _WORD),
    _row("shutter_speed", _AT.SHUTTER_SPEED, kinds.SHUTTER_SPEED, codes.SHUTTER_SPEED, _WORD),
    _row(
        "exposure_compensation", _AT.EXPOSURE_COMPENSATION, kinds.COMPENSATION, codes.COMPENSATION
    ),
    _row("flash_compensation", _AT.FLASH_COMPENSATION, kinds.COMPENSATION, codes.COMPENSATION),
    _row("photo_effect", _AT.PHOTO_EFFECT, kinds.PHOTO_EFFECT, codes.PHOTO_EFFECT, _WORD),
    # gphoto2 shows it the other way round; Canon's own program, and the defaults, say 1 is on.
    _row("assist_light", _AT.ASSIST_LIGHT, kinds.SWITCH, codes.SWITCH, _WORD),
    _row("auto_rotate", _AT.AUTO_ROTATE, kinds.SWITCH, codes.SWITCH_OFF_IS_1, _WORD),
    _row("largest_aperture", _AT.LARGEST_APERTURE, kinds.APERTURE, codes.APERTURE, _WORD, **_RO),
    _row("smallest_aperture", _AT.SMALLEST_APERTURE, kinds.APERTURE, codes.APERTURE, _WORD, **_RO),
    _row("focal_length", _AT.FOCAL_LENGTH, kinds.MEASURE, codes.PLAIN, _WORD, **_MM),
    _row("focal_length_wide", _AT.FOCAL_LENGTH_WIDE, kinds.MEASURE, codes.PLAIN, _WORD, **_MM),
    _row("focal_length_tele", _AT.FOCAL_LENGTH_TELE, kinds.MEASURE, codes.PLAIN, _WORD, **_MM),
    _row("rotation", _AT.ROTATION, kinds.MEASURE, codes.QUARTERS, _WORD, **_RO),
)
ROWS = {row.name: row for row in _ROWS}
"""The settings by name."""
NAMES = {place: row.name for row in _ROWS for place in row.places}
"""The names by property; of two that share one, the wider: the AF distance, not macro."""
SIGNED = frozenset(row.place for row in _ROWS if row.stored is DataType.INT8)
"""The properties whose numbers have a sign."""
MISSING = {DataType.UINT8: (0xFF,), DataType.UINT16: (0x7FFF, 0xFFFF), DataType.INT8: ()}
"""The numbers of a setting that the camera does not have, or not now, by how it is stored."""
