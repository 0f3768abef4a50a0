"""Choices: what people say where a camera has a list to choose from."""

from __future__ import annotations

import enum
from typing import Self

from canon.values.choice import Choice, plain


class FileKind(Choice):
    """What kind of file a picture is."""

    JPEG = enum.auto()
    RAW = enum.auto()


class Quality(Choice):
    """How much a JPEG is compressed."""

    ECONOMY = enum.auto()
    NORMAL = enum.auto()
    FINE = enum.auto()
    SUPERFINE = enum.auto()


class ImageSize(Choice):
    """The size of a JPEG; the pixels are the model's."""

    LARGE = enum.auto()
    MEDIUM_1 = enum.auto()
    MEDIUM_2 = enum.auto()
    MEDIUM_3 = enum.auto()
    SMALL = enum.auto()


class Flash(Choice):
    """When the flash fires."""

    OFF = enum.auto()
    AUTO = enum.auto()
    ON = enum.auto()
    RED_EYE = enum.auto()
    FILL_IN = enum.auto()
    AUTO_RED_EYE = enum.auto()
    ON_RED_EYE = enum.auto()


class ShootingMode(Choice):
    """The position of the mode dial, and its scenes."""

    AUTO = enum.auto()
    PROGRAM = enum.auto()
    SHUTTER_PRIORITY = enum.auto()
    APERTURE_PRIORITY = enum.auto()
    MANUAL = enum.auto()
    A_DEP = enum.auto()
    M_DEP = enum.auto()
    BULB = enum.auto()
    MANUAL_2 = enum.auto()
    FAR_SCENE = enum.auto()
    FAST_SHUTTER = enum.auto()
    SLOW_SHUTTER = enum.auto()
    NIGHT = enum.auto()
    GREY_SCALE = enum.auto()
    SEPIA = enum.auto()
    PORTRAIT = enum.auto()
    SPOT = enum.auto()
    SPORTS = enum.auto()
    MACRO = enum.auto()
    BLACK_AND_WHITE = enum.auto()
    PAN_FOCUS = enum.auto()
    VIVID = enum.auto()
    NEUTRAL = enum.auto()
    FLASH_OFF = enum.auto()
    LONG_SHUTTER = enum.auto()
    SUPER_MACRO = enum.auto()
    FOLIAGE = enum.auto()
    INDOOR = enum.auto()
    FIREWORKS = enum.auto()
    BEACH = enum.auto()
    UNDERWATER = enum.auto()
    SNOW = enum.auto()
    KIDS_AND_PETS = enum.auto()
    NIGHT_SNAPSHOT = enum.auto()
    DIGITAL_MACRO = enum.auto()
    MY_COLORS = enum.auto()
    PHOTO_IN_MOVIE = enum.auto()
    STITCH_ASSIST = enum.auto()
    MOVIE = enum.auto()
    INTERVAL = enum.auto()
    CUSTOM = enum.auto()
    CUSTOM_1 = enum.auto()
    CUSTOM_2 = enum.auto()

    @classmethod
    def parse(cls, typed: object) -> Self:
        """As every choice; the letters on Canon's dials are names too: P, Tv, Av, M, B."""
        return super().parse(_ON_THE_DIAL.get(plain(str(typed)), typed))


_ON_THE_DIAL = {
    "p": ShootingMode.PROGRAM,
    "tv": ShootingMode.SHUTTER_PRIORITY,
    "av": ShootingMode.APERTURE_PRIORITY,
    "m": ShootingMode.MANUAL,
    "b": ShootingMode.BULB,
}


class DriveMode(Choice):
    """What happens while the shutter button is held."""

    SINGLE = enum.auto()
    CONTINUOUS = enum.auto()
    CONTINUOUS_LOW = enum.auto()
    CONTINUOUS_HIGH = enum.auto()
    SELF_TIMER = enum.auto()


class Metering(Choice):
    """Which part of the picture the exposure is measured on."""

    CENTER_WEIGHTED = enum.auto()
    SPOT = enum.auto()
    AVERAGE = enum.auto()
    EVALUATIVE = enum.auto()
    PARTIAL = enum.auto()
    CENTER_WEIGHTED_AVERAGE = enum.auto()
    SPOT_AT_AF_FRAME = enum.auto()
    MULTI_SPOT = enum.auto()


class AfDistance(Choice):
    """The range in which the lens looks for focus; CLOSE_UP is macro."""

    MANUAL = enum.auto()
    AUTO = enum.auto()
    CLOSE_UP = enum.auto()
    VERY_CLOSE = enum.auto()
    CLOSE = enum.auto()
    MEDIUM = enum.auto()
    FAR = enum.auto()


class FocusingPoint(Choice):
    """Where in the frame the camera focuses."""

    CENTER_MANUAL = enum.auto()
    CENTER_AUTO = enum.auto()
    NONE = enum.auto()
    AUTO = enum.auto()
    RIGHT = enum.auto()
    CENTER = enum.auto()
    LEFT = enum.auto()


class WhiteBalance(Choice):
    """The light that is taken for white."""

    AUTO = enum.auto()
    DAYLIGHT = enum.auto()
    CLOUDY = enum.auto()
    TUNGSTEN = enum.auto()
    FLUORESCENT = enum.auto()
    FLASH = enum.auto()
    CUSTOM = enum.auto()
    FLUORESCENT_H = enum.auto()
    SHADE = enum.auto()
    COLOR_TEMPERATURE = enum.auto()
    PC_1 = enum.auto()
    PC_2 = enum.auto()
    PC_3 = enum.auto()
    CUSTOM_1 = enum.auto()
    CUSTOM_2 = enum.auto()


class FocusMode(Choice):
    """How the camera keeps focus."""

    ONE_SHOT = enum.auto()
    AI_SERVO = enum.auto()
    AI_FOCUS = enum.auto()
    CONTINUOUS = enum.auto()
    MANUAL = enum.auto()


class PhotoEffect(Choice):
    """A look that the camera gives to the picture."""

    OFF = enum.auto()
    VIVID = enum.auto()
    NEUTRAL = enum.auto()
    LOW_SHARPENING = enum.auto()
    SEPIA = enum.auto()
    BLACK_AND_WHITE = enum.auto()
