"""Code tables: which number of a camera's stands for which value, in the words of `canon.values`.

Native cameras and PowerShots count alike (canon-native-usb, section 9.2; canon-powershot-ptp,
section 3), so their tables are here; what each dialect does with them is in its own `codes`. A code
that has no name becomes a value that keeps it, and a value that has no code is None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from canon import values
from canon.frozen import Frozen
from canon.values.choice import Choice
from canon.values.kinds import Kind
from canon.values.scales import Aperture, Compensation, Iso, Scale, ShutterSpeed

T = TypeVar("T")
C = TypeVar("C", bound=Choice)
S = TypeVar("S", bound=Scale)

POWERSHOT = "powershot"
"""The dialect of these tables, as values without a name keep it."""
NATIVE, REVISED = "native", "native-revised"
"""The dialects of what native cameras count otherwise, and the revised numbering among them."""


class Codes(Protocol[T]):
    """Numbers of a camera's and their values, both ways."""

    def value(self, code: int) -> T:
        """What a number stands for."""
        ...

    def code(self, value: T) -> int | None:
        """The number that stands for a value; None where this kind of body has none."""
        ...


class Row(Frozen):
    """One setting of a dialect.

    Attributes:
        name: its name for users.
        place: where it lies: a property, or the field of a block; three of them for a format.
        kind: how its values are typed and told.
        codes: its numbers and their values.
        turn: when it is written among others; the shooting mode, on which they hang, is first.
        unit: where the camera says how many of its numbers are one, as for millimetres.
    """

    name: str
    place: Any
    kind: Kind[Any]
    codes: Codes[Any]
    turn: int = 9
    unit: Any = None


class Words(Generic[C]):
    """A table of words.

    Args:
        table: gives the words by their numbers. It is asked for them when the first is read or
            written, so that no choices are loaded before.
        dialect: who counts so.
    """

    def __init__(self, table: Callable[[], Mapping[int, C]], dialect: str = POWERSHOT) -> None:
        self._table, self.dialect = table, dialect

    @cached_property
    def table(self) -> Mapping[int, C]:
        """The words by their numbers."""
        return self._table()

    @cached_property
    def _codes(self) -> dict[C, int]:
        return {word: code for code, word in self.table.items()}

    @property
    def choices(self) -> type[C]:
        """The class of the words."""
        return type(next(iter(self.table.values())))

    def value(self, code: int) -> C:
        """The word of a number."""
        return self.table.get(code) or self.choices.unknown(self.dialect, code)

    def code(self, value: C) -> int | None:
        """The number of a word."""
        if value.code is not None:
            return value.code if value.dialect in ("", self.dialect) else None
        return self._codes.get(value)


class Stops(Generic[S]):
    """A scale that is counted in eighths of a stop.

    Args:
        scale: the class of its values.
        zero: the number of what lies at 0 eighths.
        words: the numbers of words.
        also: numbers that some program writes for a step that has another one.
        downwards: whether the numbers fall while the scale rises.
        signed: whether they are bytes with a sign.
        dialect: who counts so.
    """

    def __init__(
        self,
        scale: type[S],
        zero: int,
        words: Mapping[int, str] | None = None,
        also: Mapping[int, str] | None = None,
        *,
        downwards: bool = False,
        signed: bool = False,
        dialect: str = POWERSHOT,
    ) -> None:
        self.scale, self.zero, self.signed, self.dialect = scale, zero, signed, dialect
        self.sign = -1 if downwards else 1
        self.words = words or {}
        self.also = also or {}

    def value(self, code: int) -> S:
        """The step, or the word, of a number."""
        number = code - 0x100 if self.signed and code > 0x7F else code
        place = self.sign * (number - self.zero)
        label = self.words.get(code) or self.also.get(code) or self.scale.places.get(place)
        return self.scale(label) if label else self.scale.unknown(self.dialect, code)

    def code(self, value: S) -> int | None:
        """The number of a step, or of a word."""
        if value.code is not None:
            return value.code if value.dialect in ("", self.dialect) else None
        for code, word in self.words.items():
            if word == str(value):
                return code
        place = value.place
        if place is None:
            return None
        number = self.zero + self.sign * place
        return number & 0xFF if self.signed else number if number >= 0 else None


class Switch:
    """On or off.

    Args:
        on: the number of on.
        off: the number of off; any other one than `on` is read as off too.
    """

    def __init__(self, on: int = 1, off: int = 0) -> None:
        self.on, self.off = on, off

    def value(self, code: int) -> bool:
        """Whether it is on."""
        return code == self.on

    def code(self, value: bool) -> int | None:
        """The number of on, or of off."""
        return self.on if value else self.off


class Counted:
    """A number of some unit.

    Args:
        unit: how much one is: 0.1 of a second.
    """

    def __init__(self, unit: float) -> None:
        self.unit = unit

    def value(self, code: int) -> float:
        """How much that is."""
        return round(code * self.unit, 6)

    def code(self, value: float) -> int | None:
        """How many they are."""
        return round(value / self.unit)


class Number:
    """A whole number as it stands.

    Args:
        signed: whether it is a byte with a sign, as contrast is.
    """

    def __init__(self, *, signed: bool = False) -> None:
        self.signed = signed

    def value(self, code: int) -> int:
        """The number, with its sign."""
        return (code + 0x80) % 0x100 - 0x80 if self.signed else code

    def code(self, value: int) -> int | None:
        """The number, with its sign."""
        return value


class Formats:
    """What a release writes: format, size and quality in one number, a byte each.

    Of two files the RAW is in the low four bits of each byte, the JPEG in the high ones
    (canon-native-usb, section 9.2).

    Args:
        dialect: who counts so.
    """

    def __init__(self, dialect: str = POWERSHOT) -> None:
        self.dialect = dialect

    def value(self, code: int) -> values.Format:
        """The files of a number."""
        form, size, quality = split(code)
        halves = [(form, size, quality)]
        if form > 0x0F:
            halves = [
                (form & 0x0F, size & 0x0F, quality & 0x0F),
                (form >> 4, size >> 4, quality >> 4),
            ]
        files = [_file(*half) for half in halves]
        known = [file for file in files if file is not None]
        if len(known) < len(files):
            return values.Format.unknown(self.dialect, code)
        return values.Format.of(*known)

    def code(self, value: values.Format) -> int | None:
        """The number of what a release is to write."""
        if value.code is not None:
            return value.code if value.dialect in ("", self.dialect) else None
        codes = [_file_codes(file) for file in value.files]
        known = [code for code in codes if code is not None]
        if len(known) < len(codes):
            return None
        return joined(*known[0]) if len(known) == 1 else paired(known[0], known[1])


def joined(*codes: int) -> int:
    """Several bytes as one number, the first one highest."""
    return int.from_bytes(bytes(code & 0xFF for code in codes), "big")


def paired(raw: Iterable[int], jpeg: Iterable[int]) -> int:
    """The number for two files, of which each has half of each byte."""
    return joined(*(low & 0x0F | high << 4 for low, high in zip(raw, jpeg, strict=True)))


def split(code: int) -> tuple[int, int, int]:
    """The three bytes of such a number: format, size, quality."""
    return code >> 16 & 0xFF, code >> 8 & 0xFF, code & 0xFF


def _file(form: int, size: int, quality: int) -> values.File | None:
    kind = FILE_KIND.table.get(form)
    if kind is not values.FileKind.JPEG:
        return values.File(kind) if kind is values.FileKind.RAW else None
    sized, how = IMAGE_SIZE.table.get(size), QUALITY.table.get(quality)
    return None if sized is None or how is None else values.File(kind, sized, how)


def _file_codes(file: values.File) -> tuple[int, int, int] | None:
    """The bytes of a file; None where these bodies have no such file."""
    kind = FILE_KIND.code(file.kind)
    if file.size is None or file.quality is None:
        return None if kind is None else _RAW
    size, quality = IMAGE_SIZE.code(file.size), QUALITY.code(file.quality)
    return None if kind is None or size is None or quality is None else (kind, size, quality)


_RAW = (2, 0, 4)

# --- what native cameras and PowerShots call alike ------------------------------------------------

FILE_KIND = Words(lambda: {1: values.FileKind.JPEG, 2: values.FileKind.RAW})
QUALITY = Words(
    lambda: {
        1: values.Quality.ECONOMY,
        2: values.Quality.NORMAL,
        3: values.Quality.FINE,
        5: values.Quality.SUPERFINE,
    }
)
RAW_QUALITY = 4
"""What stands where the quality of a RAW file would."""
IMAGE_SIZE = Words(
    lambda: {
        0: values.ImageSize.LARGE,
        1: values.ImageSize.MEDIUM_1,
        2: values.ImageSize.SMALL,
        3: values.ImageSize.MEDIUM_2,
        7: values.ImageSize.MEDIUM_3,
    },
)
FORMAT = Formats()
FLASH = Words(
    lambda: {
        0: values.Flash.OFF,
        1: values.Flash.AUTO,
        2: values.Flash.ON,
        3: values.Flash.RED_EYE,
        4: values.Flash.FILL_IN,
        5: values.Flash.AUTO_RED_EYE,
        6: values.Flash.ON_RED_EYE,
    },
)


def exposure_modes() -> dict[int, values.ShootingMode]:
    """The shooting modes that all count alike; PowerShots that speak PTP have other scenes."""
    return {
        0: values.ShootingMode.AUTO,
        1: values.ShootingMode.PROGRAM,
        2: values.ShootingMode.SHUTTER_PRIORITY,
        3: values.ShootingMode.APERTURE_PRIORITY,
        4: values.ShootingMode.MANUAL,
        5: values.ShootingMode.A_DEP,
        6: values.ShootingMode.M_DEP,
        7: values.ShootingMode.BULB,
    }


SHOOTING_MODE = Words(
    lambda: (
        exposure_modes()
        | {
            0x65: values.ShootingMode.MANUAL_2,
            0x66: values.ShootingMode.FAR_SCENE,
            0x67: values.ShootingMode.FAST_SHUTTER,
            0x68: values.ShootingMode.SLOW_SHUTTER,
            0x69: values.ShootingMode.NIGHT,
            0x6A: values.ShootingMode.GREY_SCALE,
            0x6B: values.ShootingMode.SEPIA,
            0x6C: values.ShootingMode.PORTRAIT,
            0x6D: values.ShootingMode.SPOT,
            0x6E: values.ShootingMode.MACRO,
            0x6F: values.ShootingMode.BLACK_AND_WHITE,
            0x70: values.ShootingMode.PAN_FOCUS,
            0x71: values.ShootingMode.VIVID,
            0x72: values.ShootingMode.NEUTRAL,
            0x73: values.ShootingMode.FLASH_OFF,
            0x74: values.ShootingMode.LONG_SHUTTER,
            0x75: values.ShootingMode.SUPER_MACRO,
            0x76: values.ShootingMode.FOLIAGE,
            0x77: values.ShootingMode.INDOOR,
            0x78: values.ShootingMode.FIREWORKS,
            0x79: values.ShootingMode.BEACH,
            0x7A: values.ShootingMode.UNDERWATER,
            0x7B: values.ShootingMode.SNOW,
            0x7C: values.ShootingMode.KIDS_AND_PETS,
            0x7D: values.ShootingMode.NIGHT_SNAPSHOT,
            0x7E: values.ShootingMode.DIGITAL_MACRO,
            0x7F: values.ShootingMode.MY_COLORS,
            0x80: values.ShootingMode.PHOTO_IN_MOVIE,
        }
    ),
    NATIVE,
)
"""The mode dial of native cameras; a scene is 0x64 and its number in the MakerNote of EXIF."""
DRIVE_MODE = Words(
    lambda: {
        0: values.DriveMode.SINGLE,
        1: values.DriveMode.CONTINUOUS,
        2: values.DriveMode.SELF_TIMER,
        4: values.DriveMode.CONTINUOUS_LOW,
        5: values.DriveMode.CONTINUOUS_HIGH,
    },
)
METERING = Words(
    lambda: {
        0: values.Metering.CENTER_WEIGHTED,
        1: values.Metering.SPOT,
        2: values.Metering.AVERAGE,
        3: values.Metering.EVALUATIVE,
        4: values.Metering.PARTIAL,
        5: values.Metering.CENTER_WEIGHTED_AVERAGE,
        6: values.Metering.SPOT_AT_AF_FRAME,
        7: values.Metering.MULTI_SPOT,
    },
)
AF_DISTANCE = Words(
    lambda: {
        0: values.AfDistance.MANUAL,
        1: values.AfDistance.AUTO,
        3: values.AfDistance.CLOSE_UP,
        4: values.AfDistance.VERY_CLOSE,
        5: values.AfDistance.CLOSE,
        6: values.AfDistance.MEDIUM,
        7: values.AfDistance.FAR,
    },
)
MACRO = Switch(on=3, off=1)
"""Macro is the AF distance, as Canon's own program sets it: close-up, or auto."""
FOCUSING_POINT = Words(
    lambda: {
        0x1000: values.FocusingPoint.CENTER_MANUAL,
        0x1001: values.FocusingPoint.CENTER_AUTO,
        0x3000: values.FocusingPoint.NONE,
        0x3001: values.FocusingPoint.AUTO,
        0x3002: values.FocusingPoint.RIGHT,
        0x3003: values.FocusingPoint.CENTER,
        0x3004: values.FocusingPoint.LEFT,
    },
)
WHITE_BALANCE = Words(
    lambda: {
        0x00: values.WhiteBalance.AUTO,
        0x01: values.WhiteBalance.DAYLIGHT,
        0x02: values.WhiteBalance.CLOUDY,
        0x03: values.WhiteBalance.TUNGSTEN,
        0x04: values.WhiteBalance.FLUORESCENT,
        0x05: values.WhiteBalance.FLASH,
        0x06: values.WhiteBalance.CUSTOM,
        0x07: values.WhiteBalance.FLUORESCENT_H,
        0x08: values.WhiteBalance.SHADE,
        0x09: values.WhiteBalance.COLOR_TEMPERATURE,
        0x0A: values.WhiteBalance.PC_1,
        0x0B: values.WhiteBalance.PC_2,
        0x0C: values.WhiteBalance.PC_3,
        0x0F: values.WhiteBalance.CUSTOM_1,
        0x10: values.WhiteBalance.CUSTOM_2,
    },
)
FOCUS_MODE = Words(
    lambda: {
        0: values.FocusMode.ONE_SHOT,
        1: values.FocusMode.AI_SERVO,
        2: values.FocusMode.AI_FOCUS,
        3: values.FocusMode.MANUAL,
        4: values.FocusMode.CONTINUOUS,
    },
)
PHOTO_EFFECT = Words(
    lambda: {
        0: values.PhotoEffect.OFF,
        1: values.PhotoEffect.VIVID,
        2: values.PhotoEffect.NEUTRAL,
        3: values.PhotoEffect.LOW_SHARPENING,
        4: values.PhotoEffect.SEPIA,
        5: values.PhotoEffect.BLACK_AND_WHITE,
    },
)
CAMERA_OUTPUT = Words(
    lambda: {
        1: values.CameraOutput.DISPLAY,
        2: values.CameraOutput.VIDEO_OUT,
        3: values.CameraOutput.OFF,
    }
)
ISO = Stops(Iso, 0x48, {0x00: "auto"})
APERTURE = Stops(Aperture, 0x08)
# 0x9a is 1/5000 in libgphoto2's native table; by the scale, and in PTP, 0x9b is.
SHUTTER_SPEED = Stops(ShutterSpeed, 0x38, {0x04: "bulb"}, {0x9A: "1/5000"})
COMPENSATION = Stops(Compensation, 0x18, downwards=True)
REVISED_COMPENSATION = Stops(Compensation, 0, signed=True, dialect=REVISED)
"""A byte with a sign, as the 20D and those after it have it."""
TENTHS = Counted(0.1)
QUARTERS = Counted(90)
SIGNED = Number(signed=True)
PLAIN = Number()
SWITCH = Switch()
SWITCH_OFF_IS_1 = Switch(on=0, off=1)
