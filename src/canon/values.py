"""What users pass and read: the enumerations and scales that all dialects share."""

from __future__ import annotations

import enum
from typing import Self


class OpenEnum(enum.IntEnum):
    """An enumeration that keeps numbers it does not know, as `UNKNOWN_0xb103`."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_, member._value_ = f"UNKNOWN_{value:#x}", value
        return member


class Quality(OpenEnum):
    """How much a picture is compressed."""

    ECONOMY = 1
    NORMAL = 2
    FINE = 3
    RAW = 4
    SUPERFINE = 5


class ImageFormat(OpenEnum):
    """The format of a picture file."""

    JPEG = 1
    RAW = 2


class ImageSize(OpenEnum):
    """The size of a picture; the pixels are the model's."""

    LARGE = 0
    MEDIUM_1 = 1
    SMALL = 2
    MEDIUM_2 = 3
    MEDIUM_3 = 7


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


class AfMode(OpenEnum):
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
