"""What users pass and read: the enumerations and scales that all dialects share."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from fractions import Fraction


class OpenEnum(enum.IntEnum):
    """An enumeration that keeps numbers it does not know, as `UNKNOWN_0xb103`.

    `Flash(2)` is what a camera calls 2; `Flash.parse("on")` is what a person types. A name with
    `_PLUS_` is written with a plus sign: "raw+fine".
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_, member._value_ = f"UNKNOWN_{value:#x}", value
        return member

    def __str__(self) -> str:
        return self.name.lower().replace("_plus_", "+").replace("_", "-")

    @classmethod
    def parse(cls, text: object) -> Self:
        """The member that a person means: itself, or its name in any case; - _ and spaces are free.

        Raises:
            ValueError: there is none; the message lists those that are.
        """
        if isinstance(text, cls):
            return text
        wanted = _plain(str(text))
        for member in cls:
            if _plain(str(member)) == wanted:
                return member
        names = ", ".join(str(member) for member in cls)
        raise ValueError(f"{text!r} is no {_words(cls)}; take one of: {names}")


class Scale(int):
    """A code on one of Canon's scales, where a camera stores steps and people say numbers.

    `Aperture(0x38)` is what a camera calls 0x38 and prints as "f/8"; `Aperture.parse("f/8")` is
    what a person types. Codes that the scale does not know keep their number. A step equals its
    code, not what it says: compare it with another step, or compare its `number`.
    """

    labels: ClassVar[Mapping[int, str]] = {}
    pattern: ClassVar[re.Pattern[str]] = re.compile(r"(.*)")

    def __str__(self) -> str:
        return self.labels.get(int(self), f"UNKNOWN_{int(self):#x}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"

    @property
    def number(self) -> Fraction | None:
        """The number that the label says; None for "auto", "bulb" and unknown codes."""
        return _number(self.pattern, str(self))

    @classmethod
    def parse(cls, text: object) -> Self:
        """The step that a person means: itself, its label, or a number.

        Raises:
            ValueError: the scale has no such step; the message shows it.
        """
        if isinstance(text, cls):
            return text
        wanted = str(text).strip().lower()
        codes = {label: code for code, label in cls.labels.items()}
        if wanted in codes:
            return cls(codes[wanted])
        number = _number(cls.pattern, wanted)
        for code, label in cls.labels.items():
            if number is not None and _number(cls.pattern, label) == number:
                return cls(code)
        steps = ", ".join(cls.labels.values())
        raise ValueError(f"{text!r} is no {_words(cls)}; take one of: {steps}")


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).lower()


def _words(kind: type) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower()


def _number(pattern: re.Pattern[str], text: str) -> Fraction | None:
    from fractions import Fraction

    found = pattern.fullmatch(text)
    if found is None:
        return None
    try:
        # "1 1/3" is a whole number and a fraction of the same sign.
        whole, _, part = found[1].rpartition(" ")
        if not whole:
            return Fraction(part)
        sign = -1 if whole.startswith("-") else 1
        return Fraction(whole) + sign * Fraction(part)
    except (ValueError, ZeroDivisionError):
        return None


class Quality(OpenEnum):
    """How much a picture is compressed; of RAW+JPEG, the low four bits are the RAW's."""

    ECONOMY = 1
    NORMAL = 2
    FINE = 3
    RAW = 4
    SUPERFINE = 5
    RAW_PLUS_NORMAL = 0x24
    RAW_PLUS_FINE = 0x34


class ImageFormat(OpenEnum):
    """The format of a picture file, or of the two files of one release."""

    JPEG = 1
    RAW = 2
    RAW_PLUS_JPEG = 0x12


class ImageSize(OpenEnum):
    """The size of a picture; the pixels are the model's. RAW with a large JPEG is LARGE."""

    LARGE = 0
    MEDIUM_1 = 1
    SMALL = 2
    MEDIUM_2 = 3
    MEDIUM_3 = 7
    RAW_PLUS_MEDIUM_1 = 0x10
    RAW_PLUS_SMALL = 0x20


class Flash(OpenEnum):
    """When the flash fires."""

    OFF = 0
    AUTO = 1
    ON = 2
    RED_EYE = 3
    FILL_IN = 4
    AUTO_RED_EYE = 5
    ON_RED_EYE = 6


class ShootingMode(OpenEnum):
    """The position of the mode dial, and its scenes."""

    AUTO = 0
    PROGRAM = 1
    SHUTTER_PRIORITY = 2
    APERTURE_PRIORITY = 3
    MANUAL = 4
    A_DEP = 5
    M_DEP = 6
    BULB = 7
    MANUAL_2 = 0x65
    FAR_SCENE = 0x66
    FAST_SHUTTER = 0x67
    SLOW_SHUTTER = 0x68
    NIGHT = 0x69
    GREY_SCALE = 0x6A
    SEPIA = 0x6B
    PORTRAIT = 0x6C
    SPOT = 0x6D
    MACRO = 0x6E
    BLACK_AND_WHITE = 0x6F
    PAN_FOCUS = 0x70
    VIVID = 0x71
    NEUTRAL = 0x72
    FLASH_OFF = 0x73
    LONG_SHUTTER = 0x74
    SUPER_MACRO = 0x75
    FOLIAGE = 0x76
    INDOOR = 0x77
    FIREWORKS = 0x78
    BEACH = 0x79
    UNDERWATER = 0x7A
    SNOW = 0x7B
    KIDS_AND_PETS = 0x7C
    NIGHT_SNAPSHOT = 0x7D
    DIGITAL_MACRO = 0x7E
    MY_COLORS = 0x7F
    PHOTO_IN_MOVIE = 0x80

    @classmethod
    def parse(cls, text: object) -> Self:
        """As every enumeration; the letters on Canon's dials are names too: P, Tv, Av, M, B."""
        return super().parse(_ON_THE_DIAL.get(_plain(str(text)), text))


_ON_THE_DIAL = {
    "p": ShootingMode.PROGRAM,
    "tv": ShootingMode.SHUTTER_PRIORITY,
    "av": ShootingMode.APERTURE_PRIORITY,
    "m": ShootingMode.MANUAL,
    "b": ShootingMode.BULB,
}


class DriveMode(OpenEnum):
    """What happens while the shutter button is held."""

    SINGLE = 0
    CONTINUOUS = 1


class Metering(OpenEnum):
    """Which part of the picture the exposure is measured on."""

    CENTER_WEIGHTED = 0
    SPOT = 1
    AVERAGE = 2
    EVALUATIVE = 3
    PARTIAL = 4
    CENTER_WEIGHTED_AVERAGE = 5
    SPOT_AT_AF_FRAME = 6
    MULTI_SPOT = 7


class AfDistance(OpenEnum):
    """The range in which the lens looks for focus; CLOSE_UP is macro."""

    MANUAL = 0
    AUTO = 1
    CLOSE_UP = 3
    VERY_CLOSE = 4
    CLOSE = 5
    MEDIUM = 6
    FAR = 7


class FocusingPoint(OpenEnum):
    """Where in the frame the camera focuses."""

    CENTER_MANUAL = 0x1000
    CENTER_AUTO = 0x1001
    NONE = 0x3000
    AUTO = 0x3001
    RIGHT = 0x3002
    CENTER = 0x3003
    LEFT = 0x3004


class WhiteBalance(OpenEnum):
    """The light that is taken for white."""

    AUTO = 0
    DAYLIGHT = 1
    CLOUDY = 2
    TUNGSTEN = 3
    FLUORESCENT = 4
    FLASH = 5
    CUSTOM = 6
    FLUORESCENT_H = 7
    SHADE = 8
    COLOR_TEMPERATURE = 9
    PC_1 = 0x0A
    PC_2 = 0x0B
    PC_3 = 0x0C
    CUSTOM_1 = 0x0F
    CUSTOM_2 = 0x10


class FocusMode(OpenEnum):
    """How the camera keeps focus."""

    ONE_SHOT = 0
    AI_SERVO = 1
    AI_FOCUS = 2
    MANUAL = 3


class PhotoEffect(OpenEnum):
    """A look that the camera gives to the picture."""

    OFF = 0
    VIVID = 1
    NEUTRAL = 2
    LOW_SHARPENING = 3
    SEPIA = 4
    BLACK_AND_WHITE = 5


class Battery(enum.StrEnum):
    """How much power there is."""

    GOOD = "good"
    LOW = "low"


class Iso(Scale):
    """The sensitivity: "auto", "6" … "819200"; eight steps a stop."""

    labels: ClassVar[Mapping[int, str]] = {
        0x00: "auto",
        0x28: "6",
        0x30: "12",
        0x38: "25",
        0x40: "50",
        0x43: "64",
        0x45: "80",
        0x48: "100",
        0x4B: "125",
        0x4D: "160",
        0x50: "200",
        0x53: "250",
        0x55: "320",
        0x58: "400",
        0x5B: "500",
        0x5D: "640",
        0x60: "800",
        0x63: "1000",
        0x65: "1250",
        0x68: "1600",
        0x6B: "2000",
        0x6D: "2500",
        0x70: "3200",
        0x73: "4000",
        0x75: "5000",
        0x78: "6400",
        0x7B: "8000",
        0x7D: "10000",
        0x80: "12800",
        0x83: "16000",
        0x85: "20000",
        0x88: "25600",
        0x8B: "32000",
        0x8D: "40000",
        0x90: "51200",
        0x93: "64000",
        0x95: "80000",
        0x98: "102400",
        0xA0: "204800",
        0xA8: "409600",
        0xB0: "819200",
    }
    pattern = re.compile(r"(?:iso *)?(\d+)")


class Aperture(Scale):
    """The f-number: "f/1" … "f/91"; eight steps a stop."""

    labels: ClassVar[Mapping[int, str]] = {
        0x08: "f/1",
        0x0B: "f/1.1",
        0x0D: "f/1.2",
        0x10: "f/1.4",
        0x13: "f/1.6",
        0x14: "f/1.7",
        0x15: "f/1.8",
        0x18: "f/2",
        0x1B: "f/2.2",
        0x1C: "f/2.4",
        0x1D: "f/2.5",
        0x20: "f/2.8",
        0x23: "f/3.2",
        0x24: "f/3.4",
        0x25: "f/3.5",
        0x28: "f/4",
        0x2B: "f/4.5",
        0x2C: "f/4.8",
        0x2D: "f/5",
        0x30: "f/5.6",
        0x33: "f/6.3",
        0x34: "f/6.7",
        0x35: "f/7.1",
        0x38: "f/8",
        0x3B: "f/9",
        0x3C: "f/9.5",
        0x3D: "f/10",
        0x40: "f/11",
        0x43: "f/13",
        0x44: "f/13.5",
        0x45: "f/14",
        0x48: "f/16",
        0x4B: "f/18",
        0x4C: "f/19",
        0x4D: "f/20",
        0x50: "f/22",
        0x53: "f/25",
        0x54: "f/27",
        0x55: "f/29",
        0x58: "f/32",
        0x5B: "f/36",
        0x5C: "f/38",
        0x5D: "f/40",
        0x60: "f/45",
        0x63: "f/51",
        0x64: "f/54",
        0x65: "f/57",
        0x68: "f/64",
        0x6B: "f/72",
        0x6C: "f/76",
        0x6D: "f/81",
        0x70: "f/91",
    }
    pattern = re.compile(r"(?:f */? *)?(\d+(?:\.\d+)?)")


class ShutterSpeed(Scale):
    """The exposure time in seconds: "bulb", "30" … "0.8" … "1/8000"; eight steps a stop."""

    labels: ClassVar[Mapping[int, str]] = {
        0x04: "bulb",
        0x10: "30",
        0x13: "25",
        0x14: "23",
        0x15: "20",
        0x18: "15",
        0x1B: "13",
        0x1C: "11",
        0x1D: "10",
        0x20: "8",
        0x23: "6",
        0x24: "5.7",
        0x25: "5",
        0x28: "4",
        0x2B: "3.2",
        0x2C: "3",
        0x2D: "2.5",
        0x30: "2",
        0x33: "1.6",
        0x34: "1.5",
        0x35: "1.3",
        0x38: "1",
        0x3B: "0.8",
        0x3C: "0.7",
        0x3D: "0.6",
        0x40: "0.5",
        0x43: "0.4",
        0x44: "0.35",
        0x45: "0.3",
        0x48: "1/4",
        0x4B: "1/5",
        0x4D: "1/6",
        0x50: "1/8",
        0x53: "1/10",
        0x54: "1/11",
        0x55: "1/13",
        0x58: "1/15",
        0x5B: "1/20",
        0x5C: "1/23",
        0x5D: "1/25",
        0x60: "1/30",
        0x63: "1/40",
        0x64: "1/45",
        0x65: "1/50",
        0x68: "1/60",
        0x6B: "1/80",
        0x6C: "1/90",
        0x6D: "1/100",
        0x70: "1/125",
        0x73: "1/160",
        0x74: "1/180",
        0x75: "1/200",
        0x78: "1/250",
        0x7B: "1/320",
        0x7C: "1/350",
        0x7D: "1/400",
        0x80: "1/500",
        0x83: "1/640",
        0x84: "1/750",
        0x85: "1/800",
        0x88: "1/1000",
        0x8B: "1/1250",
        0x8C: "1/1500",
        0x8D: "1/1600",
        0x90: "1/2000",
        0x93: "1/2500",
        0x94: "1/3000",
        0x95: "1/3200",
        0x98: "1/4000",
        0x9A: "1/5000",
        0x9C: "1/6000",
        0x9D: "1/6400",
        0xA0: "1/8000",
    }
    pattern = re.compile(r"(\d+(?:\.\d+)?|\d+/\d+) *(?:s|sec)?")


class Compensation(Scale):
    """How much lighter or darker than measured, in stops: "+3" … "0" … "-3"."""

    labels: ClassVar[Mapping[int, str]] = {
        0x00: "+3",
        0x03: "+2 2/3",
        0x04: "+2 1/2",
        0x05: "+2 1/3",
        0x08: "+2",
        0x0B: "+1 2/3",
        0x0C: "+1 1/2",
        0x0D: "+1 1/3",
        0x10: "+1",
        0x13: "+2/3",
        0x14: "+1/2",
        0x15: "+1/3",
        0x18: "0",
        0x1B: "-1/3",
        0x1C: "-1/2",
        0x1D: "-2/3",
        0x20: "-1",
        0x23: "-1 1/3",
        0x24: "-1 1/2",
        0x25: "-1 2/3",
        0x28: "-2",
        0x2B: "-2 1/3",
        0x2C: "-2 1/2",
        0x2D: "-2 2/3",
        0x30: "-3",
    }
    pattern = re.compile(r"([+-]?\d+(?: \d/\d|/\d|\.\d+)?) *(?:ev)?")


class CaptureTarget(enum.Flag):
    """Where a picture goes."""

    HOST = enum.auto()
    CARD = enum.auto()
    BOTH = HOST | CARD


class CameraOutput(OpenEnum):
    """What shows the picture while a computer is in control."""

    DISPLAY = 1
    VIDEO_OUT = 2
    OFF = 3


# --- time -----------------------------------------------------------------------------------------

_EPOCH = datetime(1970, 1, 1)


def local_time(seconds: int) -> datetime | None:
    """A camera's local time, which it counts in seconds; 0 and all ones mean none."""
    if seconds in (0, 0xFFFFFFFF):
        return None
    return _EPOCH + timedelta(seconds=seconds)


def local_seconds(moment: datetime) -> int:
    """A camera's local time as it counts it: seconds since 1970.

    Raises:
        ValueError: the time has a zone, or is outside what a camera can count.
    """
    if moment.tzinfo is not None:
        raise ValueError("the camera keeps local time without a zone; give a naive datetime")
    seconds = int((moment - _EPOCH).total_seconds())
    if not 0 < seconds < 0xFFFFFFFF:
        raise ValueError(f"{moment} is outside what the camera's clock can show, 1970 to 2106")
    return seconds
