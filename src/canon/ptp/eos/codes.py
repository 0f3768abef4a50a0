"""The settings of an EOS: which property each is, and how its bytes read and are written.

The names are those of the common vocabulary, and Canon's own for what only an EOS has; the numbers
are those of section 5 of canon-eos-ptp. Every number of 8, 16 or 32 bits has four bytes.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any

from canon import values
from canon.codes import METERING as _METERING
from canon.codes import PLAIN, SWITCH, Row, Stops, Words
from canon.codes import WHITE_BALANCE as _WHITE_BALANCE
from canon.driver.settings import number_in
from canon.frozen import made
from canon.ptp.eos import properties
from canon.ptp.eos.formats import EOS, ImageFormats, Styles, format_entries
from canon.ptp.eos.records import LIST, AvailListChanged
from canon.values import kinds
from canon.values.kinds import Kind, whole
from canon.values.scales import Aperture, Compensation, Iso, ShutterSpeed
from canon.wire import latin


class Stored(enum.Enum):
    """How a value lies in its bytes."""

    NUMBER = enum.auto()
    TEXT = enum.auto()
    BYTES = enum.auto()


class EosRow(Row):
    """One setting; its place is a property.

    Attributes:
        codes: its numbers and their values; of BYTES, its bytes and their values.
        stored: how its value lies in the bytes.
        settable: whether it can be set at all, on any body.
    """

    codes: Any
    stored: Stored = Stored.NUMBER
    settable: bool = True

    def read(self, raw: bytes) -> Any:
        """The value that bytes of this property stand for."""
        match self.stored:
            case Stored.NUMBER:
                return self.codes.value(int.from_bytes(raw[:_SLOT], "little"))
            case Stored.TEXT:
                return raw.partition(b"\0")[0].decode("latin-1")
            case Stored.BYTES:
                return self.codes.value(raw)

    def write(self, value: Any, listed: Iterable[bytes] = ()) -> bytes | None:
        """The bytes for a value; None where no body has it.

        Args:
            value: of this row's kind.
            listed: what the body takes now, as `entries` has it. Where several bytes stand for
                one value, its own are taken, as it sent them.

        Raises:
            ValueError: a text has characters that the camera cannot store.
        """
        for raw in listed:
            if self.read(raw) == value:
                return raw
        if self.stored is Stored.TEXT:
            return latin(str(value)) + b"\0"
        code: Any = self.codes.code(value)
        if isinstance(code, int):
            return (code & _LARGEST).to_bytes(_SLOT, "little")
        return None if code is None else bytes(code)

    def entries(self, listed: AvailListChanged) -> tuple[bytes, ...] | None:
        """What a property may be now, as bytes: none where nothing; None where it has no list."""
        if listed.form != LIST:
            return None
        values = listed.values
        if isinstance(self.codes, ImageFormats):
            return tuple(format_entries(values))[: listed.count]
        size = _SLOT
        if self.stored is not Stored.NUMBER and listed.count:
            size = len(values) // listed.count
        count = min(listed.count, len(values) // size if size else 0)
        return tuple(values[at * size : (at + 1) * size] for at in range(count))


_SLOT, _LARGEST = 4, 0xFFFFFFFF

# --- numbers and words ----------------------------------------------------------------------------

SHOOTING_MODE = Words(
    lambda: {
        0x00: values.ShootingMode.PROGRAM,
        0x01: values.ShootingMode.SHUTTER_PRIORITY,
        0x02: values.ShootingMode.APERTURE_PRIORITY,
        0x03: values.ShootingMode.MANUAL,
        0x04: values.ShootingMode.BULB,
        0x05: values.ShootingMode.A_DEP,
        0x06: values.ShootingMode.DEP,
        0x07: values.ShootingMode.CUSTOM,
        0x08: values.ShootingMode.LOCK,
        0x09: values.ShootingMode.FULL_AUTO,
        0x0A: values.ShootingMode.NIGHT_PORTRAIT,
        0x0B: values.ShootingMode.SPORTS,
        0x0C: values.ShootingMode.PORTRAIT,
        0x0D: values.ShootingMode.LANDSCAPE,
        0x0E: values.ShootingMode.MACRO,
        0x0F: values.ShootingMode.FLASH_OFF,
        0x10: values.ShootingMode.CUSTOM_2,
        0x11: values.ShootingMode.CUSTOM_3,
        0x13: values.ShootingMode.CREATIVE_AUTO,
        0x14: values.ShootingMode.MOVIE,
        0x15: values.ShootingMode.PHOTO_IN_MOVIE,
        0x16: values.ShootingMode.AUTO,
        0x17: values.ShootingMode.HANDHELD_NIGHT,
        0x18: values.ShootingMode.BACKLIGHT,
        0x19: values.ShootingMode.SCENE,
        0x1A: values.ShootingMode.KIDS,
        0x1B: values.ShootingMode.FOOD,
        0x1C: values.ShootingMode.CANDLELIGHT,
        0x1D: values.ShootingMode.CREATIVE_FILTER,
        0x1E: values.ShootingMode.GRAINY_BLACK_AND_WHITE,
        0x1F: values.ShootingMode.SOFT_FOCUS,
        0x20: values.ShootingMode.TOY_CAMERA,
        0x21: values.ShootingMode.FISH_EYE,
        0x22: values.ShootingMode.WATER_PAINTING,
        0x23: values.ShootingMode.MINIATURE,
        0x24: values.ShootingMode.HDR_ART_STANDARD,
        0x25: values.ShootingMode.HDR_ART_VIVID,
        0x26: values.ShootingMode.HDR_ART_BOLD,
        0x27: values.ShootingMode.HDR_ART_EMBOSSED,
        0x28: values.ShootingMode.MOVIE_FANTASY,
        0x29: values.ShootingMode.MOVIE_OLD,
        0x2A: values.ShootingMode.MOVIE_MEMORY,
        0x2B: values.ShootingMode.MOVIE_DIRECT_MONO,
        0x2C: values.ShootingMode.MOVIE_MINIATURE,
        0x2D: values.ShootingMode.PANNING,
        0x2E: values.ShootingMode.GROUP_PHOTO,
        0x31: values.ShootingMode.HDR,
        0x32: values.ShootingMode.SELF_PORTRAIT,
        0x33: values.ShootingMode.HYBRID_AUTO,
        0x34: values.ShootingMode.SMOOTH_SKIN,
        0x35: values.ShootingMode.PANORAMA,
        0x36: values.ShootingMode.SILENT,
        0x37: values.ShootingMode.FLEXIBLE_PRIORITY,
        0x38: values.ShootingMode.OIL_PAINTING,
        0x39: values.ShootingMode.FIREWORKS,
        0x3A: values.ShootingMode.STAR_PORTRAIT,
        0x3B: values.ShootingMode.STAR_NIGHTSCAPE,
        0x3C: values.ShootingMode.STAR_TRAILS,
        0x3D: values.ShootingMode.STAR_TIME_LAPSE_MOVIE,
        0x3E: values.ShootingMode.BACKGROUND_BLUR,
        0x3F: values.ShootingMode.VIDEO_BLOG,
    },
    EOS,
)
# Guess: 0x15, 0x1a, 0x1c, 0x1d, 0x28 to 0x2c, 0x2e, 0x35, 0x36 and those from 0x38 on are as
# Canon's own library counts, from memory; no recorded body was in such a mode.
DRIVE_MODE = Words(
    lambda: {
        0x00: values.DriveMode.SINGLE,
        0x01: values.DriveMode.CONTINUOUS,
        0x02: values.DriveMode.VIDEO,
        0x04: values.DriveMode.CONTINUOUS_HIGH,
        0x05: values.DriveMode.CONTINUOUS_LOW,
        0x06: values.DriveMode.SILENT,
        0x07: values.DriveMode.SELF_TIMER_CONTINUOUS,
        0x10: values.DriveMode.SELF_TIMER_10,
        0x11: values.DriveMode.SELF_TIMER_2,
        0x12: values.DriveMode.CONTINUOUS_SUPER_HIGH,
        0x13: values.DriveMode.SILENT,
        0x14: values.DriveMode.CONTINUOUS_SILENT,
        0x15: values.DriveMode.CONTINUOUS_SILENT_HIGH,
        0x16: values.DriveMode.CONTINUOUS_SILENT_LOW,
    },
    EOS,
)
METERING = Words(lambda: _METERING.table, EOS)
FOCUS_MODE = Words(
    lambda: {
        0: values.FocusMode.ONE_SHOT,
        1: values.FocusMode.AI_SERVO,
        2: values.FocusMode.AI_FOCUS,
        3: values.FocusMode.MANUAL,
    },
    EOS,
)
WHITE_BALANCE = Words(
    lambda: (
        {code: light for code, light in _WHITE_BALANCE.table.items() if code != 0x07}
        | {
            0x12: values.WhiteBalance.CUSTOM_3,
            0x13: values.WhiteBalance.CUSTOM_4,
            0x14: values.WhiteBalance.PC_4,
            0x15: values.WhiteBalance.PC_5,
            0x17: values.WhiteBalance.AUTO_WHITE,
        }
    ),
    EOS,
)
COLOR_SPACE = Words(lambda: {1: values.ColorSpace.SRGB, 2: values.ColorSpace.ADOBE_RGB}, EOS)
PICTURE_STYLE = Words(
    lambda: {
        0x21: values.PictureStyle.USER_1,
        0x22: values.PictureStyle.USER_2,
        0x23: values.PictureStyle.USER_3,
        0x41: values.PictureStyle.PC_1,
        0x42: values.PictureStyle.PC_2,
        0x43: values.PictureStyle.PC_3,
        0x81: values.PictureStyle.STANDARD,
        0x82: values.PictureStyle.PORTRAIT,
        0x83: values.PictureStyle.LANDSCAPE,
        0x84: values.PictureStyle.NEUTRAL,
        0x85: values.PictureStyle.FAITHFUL,
        0x86: values.PictureStyle.MONOCHROME,
        0x87: values.PictureStyle.AUTO,
        0x88: values.PictureStyle.FINE_DETAIL,
    },
    EOS,
)
BATTERY_LEVEL = Words(
    lambda: {
        0: values.BatteryLevel.LOW,
        1: values.BatteryLevel.HALF,
        2: values.BatteryLevel.FULL,
        4: values.BatteryLevel.THREE_QUARTERS,
        5: values.BatteryLevel.QUARTER,
    },
    EOS,
)
CAPTURE_DESTINATION = Words(
    lambda: {
        1: values.CaptureDestination.CARD_1,
        2: values.CaptureDestination.CARD,
        4: values.CaptureDestination.HOST,
        5: values.CaptureDestination.CARD_1_AND_HOST,
        6: values.CaptureDestination.CARD_AND_HOST,
    },
    EOS,
)
BRACKETING = Words(
    lambda: {
        0xFFFF: values.Bracketing.OFF,
        0: values.Bracketing.OFF,
        1: values.Bracketing.EXPOSURE,
        2: values.Bracketing.ISO,
        4: values.Bracketing.WHITE_BALANCE,
        8: values.Bracketing.FLASH,
    },
    EOS,
)
NOISE_REDUCTION = Words(lambda: dict(enumerate(values.NoiseReduction)), EOS)
ASPECT_RATIO = Words(
    lambda: {
        0: values.AspectRatio.RATIO_3_2,
        1: values.AspectRatio.RATIO_1_1,
        2: values.AspectRatio.RATIO_4_3,
        7: values.AspectRatio.RATIO_16_9,
        0x0D: values.AspectRatio.CROP_1_6,
    },
    EOS,
)
REVIEW_TIME = Words(
    lambda: {
        0: values.ReviewTime.OFF,
        2: values.ReviewTime.SECONDS_2,
        4: values.ReviewTime.SECONDS_4,
        8: values.ReviewTime.SECONDS_8,
        0xFF: values.ReviewTime.HOLD,
    },
    EOS,
)
AF_METHOD = Words(lambda: dict(enumerate(values.AfMethod)), EOS)
LIGHTING_OPTIMIZER = Words(
    lambda: {
        0x00101: values.LightingOptimizer.LOW,
        0x00202: values.LightingOptimizer.HIGH,
        0x00303: values.LightingOptimizer.OFF,
        0x00000: values.LightingOptimizer.STANDARD,
        0x00001: values.LightingOptimizer.LOW,
        0x00002: values.LightingOptimizer.HIGH,
        0x00003: values.LightingOptimizer.OFF,
        0x10000: values.LightingOptimizer.STANDARD_ALWAYS,
        0x10101: values.LightingOptimizer.LOW_ALWAYS,
        0x10202: values.LightingOptimizer.HIGH_ALWAYS,
        0x10303: values.LightingOptimizer.OFF_ALWAYS,
    },
    EOS,
)
"""Where two numbers stand for one word, the last is written."""
# Half a stop beside a third has the same label: 1/6 and f/1.2.
SHUTTER_SPEED = Stops(
    ShutterSpeed,
    0x38,
    {0x0C: "bulb", 0x00: "auto"},
    {0x04: "bulb", 0x4C: "1/6"},
    dialect=EOS,
)
APERTURE = Stops(
    Aperture,
    0x08,
    {0x00: "auto"},
    {0x0C: "f/1.2", 0xB0: "auto", 0xFF: "auto", 0xFFFF: "auto"},
    dialect=EOS,
)
ISO = Stops(Iso, 0x48, {0x00: "auto"}, {0x01: "auto"}, dialect=EOS)
COMPENSATION = Stops(Compensation, 0, signed=True, dialect=EOS)
FORMATS = ImageFormats()
STYLES = Styles()


class _Bytes:
    """Bytes as they are."""

    def value(self, raw: bytes) -> bytes:
        return raw

    def code(self, value: bytes) -> bytes:
        return value


class _Signed:
    """A number with a sign, in four bytes."""

    def value(self, code: int) -> int:
        return (code + 0x80000000) % 0x100000000 - 0x80000000

    def code(self, value: int) -> int:
        return value


_BYTES, _SIGNED = _Bytes(), _Signed()
_NUMBER, _WITH_SIGN = whole(0, _LARGEST), whole(-0x80000000, 0x7FFFFFFF)

# --- the rows -------------------------------------------------------------------------------------


def _row(name: str, place: int, kind: Kind[Any], codes: Any, **more: Any) -> EosRow:
    return EosRow(name, place, kind, codes, **more)


def _word(name: str, place: int, words: Words[Any], **more: Any) -> EosRow:
    return EosRow(
        name, place, Kind("choice", lambda typed: words.choices.parse(typed)), words, **more
    )


_TOLD: dict[str, Any] = {"settable": False}
_TEXT: dict[str, Any] = {"stored": Stored.TEXT}
_STRUCTURE: dict[str, Any] = {"stored": Stored.BYTES}
_STYLE = Kind("text", lambda typed: values.Style.parse(typed))
_FORMAT: dict[str, Any] = _STRUCTURE | {"turn": 1}
_OWN = (
    _row("shooting_mode", 0xD105, kinds.SHOOTING_MODE, SHOOTING_MODE, turn=0),
    _row("mode_dial", 0xD138, kinds.SHOOTING_MODE, SHOOTING_MODE, turn=0),
    _row("aperture", 0xD101, kinds.APERTURE, APERTURE),
    _row("shutter_speed", 0xD102, kinds.SHUTTER_SPEED, SHUTTER_SPEED),
    _row("iso", 0xD103, kinds.ISO, ISO),
    _row("exposure_compensation", 0xD104, kinds.COMPENSATION, COMPENSATION),
    _row("drive_mode", 0xD106, kinds.DRIVE_MODE, DRIVE_MODE),
    _row("metering", 0xD107, kinds.METERING, METERING),
    _row("focus_mode", 0xD108, kinds.FOCUS_MODE, FOCUS_MODE),
    _row("white_balance", 0xD109, kinds.WHITE_BALANCE, WHITE_BALANCE, turn=5),
    _row("color_temperature", 0xD10A, _NUMBER, PLAIN),
    _word("color_space", 0xD10F, COLOR_SPACE),
    _word("picture_style", 0xD110, PICTURE_STYLE, turn=5),
    _word("battery_level", 0xD111, BATTERY_LEVEL, **_TOLD),
    _row("auto_power_off", 0xD114, _WITH_SIGN, _SIGNED),
    _row("owner", 0xD115, kinds.TEXT, None, **_TEXT),
    _row("available_shots", 0xD11B, _NUMBER, PLAIN, **_TOLD),
    _word("capture_destination", 0xD11C, CAPTURE_DESTINATION, turn=1),
    _word("bracketing", 0xD11D, BRACKETING),
    _row("image_format", 0xD120, kinds.FORMAT, FORMATS, **_FORMAT),
    _row("image_format_cf", 0xD121, kinds.FORMAT, FORMATS, **_FORMAT),
    _row("image_format_sd", 0xD122, kinds.FORMAT, FORMATS, **_FORMAT),
    _row("image_format_ext_hd", 0xD123, kinds.FORMAT, FORMATS, **_FORMAT),
    _row("nickname", 0xD125, kinds.TEXT, None, **_TEXT),
    _word("high_iso_noise_reduction", 0xD178, NOISE_REDUCTION),
    _row("movie_servo_af", 0xD179, kinds.SWITCH, SWITCH),
    _row("summertime", 0xD17E, kinds.SWITCH, SWITCH),
    _word("aspect_ratio", 0xD194, ASPECT_RATIO),
    _word("review_time", 0xD1A9, REVIEW_TIME),
    _row("serial_number", 0xD1AF, kinds.TEXT, None, **_TEXT | _TOLD),
    _row("depth_of_field_preview", 0xD1B2, kinds.SWITCH, SWITCH),
    _word("af_method", 0xD1BA, AF_METHOD),
    _word("lighting_optimizer", 0xD1C1, LIGHTING_OPTIMIZER),
    _row("movie_switch", 0xD1C2, kinds.SWITCH, SWITCH),
    _row("one_shot_raw", 0xD1C3, kinds.SWITCH, SWITCH),
    _row("continuous_af", 0xD1C9, kinds.SWITCH, SWITCH),
    _row("artist", 0xD1D0, kinds.TEXT, None, **_TEXT),
    _row("copyright", 0xD1D1, kinds.TEXT, None, **_TEXT),
    _row("lens_name", 0xD1D8, kinds.TEXT, None, **_TEXT | _TOLD),
    _row("exposure_bracketing", 0xD1D9, kinds.COMPENSATION, COMPENSATION),
    *(
        _row(f"picture_style_{name}", place, _STYLE, STYLES, **_STRUCTURE)
        for first, names in (
            (0xD150, "standard portrait landscape neutral faithful black_white auto"),
            (
                0xD157,
                "ex_standard ex_portrait ex_landscape ex_neutral ex_faithful ex_black_white "
                "ex_auto ex_fine_detail",
            ),
            (
                0xD160,
                "user_set_1 user_set_2 user_set_3 ex_user_set_1 ex_user_set_2 ex_user_set_3",
            ),
        )
        for place, name in enumerate(names.split(), first)
    ),
)
_PLAIN: tuple[tuple[str, dict[str, Any]], ...] = (
    (properties.NUMBERS, {"kind": _NUMBER, "codes": PLAIN}),
    (properties.TOLD_NUMBERS, {"kind": _NUMBER, "codes": PLAIN, **_TOLD}),
    (properties.SIGNED, {"kind": _WITH_SIGN, "codes": _SIGNED}),
    (properties.BYTES, {"kind": kinds.RAW, "codes": _BYTES, **_STRUCTURE}),
    (properties.TOLD_BYTES, {"kind": kinds.RAW, "codes": _BYTES, **_STRUCTURE, **_TOLD}),
)
ROWS = {row.name: row for row in _OWN} | {
    name: made(EosRow, EosRow._defaults | {"name": name, "place": code} | fields)
    for text, fields in _PLAIN
    for code, name in properties.named(text).items()
}
"""The settings by name."""
NAMES: dict[int, str] = {row.place: row.name for row in ROWS.values()}
"""The names by property."""


def row_of(name: str) -> EosRow | None:
    """The row of a name, or of a property's number as "0xd1b4"; None where nothing has that name.

    What a number without a name is, only its bytes tell: `row_at`.
    """
    code = number_in(name)
    return ROWS.get(name) if code is None else row_at(code)


def row_at(code: int, raw: bytes = bytes(_SLOT)) -> EosRow:
    """The row of a property; without a name it is a number where its bytes are four, else bytes.

    Args:
        code: its number.
        raw: what the body told of it.
    """
    if code in NAMES:
        return ROWS[NAMES[code]]
    stored: dict[str, Any] = {"kind": _NUMBER, "codes": PLAIN}
    if len(raw) != _SLOT:
        stored = {"kind": kinds.RAW, "codes": _BYTES, **_STRUCTURE}
    return EosRow(name=name_of(code), place=code, **stored)


def name_of(code: int) -> str:
    """What a property is called: its name, or its number."""
    return NAMES.get(code) or f"{code:#06x}"
