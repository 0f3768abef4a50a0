"""Choices: what people say where a camera has a list to choose from."""

from __future__ import annotations

import enum
from typing import Self

from canon.values.choice import Choice, plain


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
    CUSTOM_3 = enum.auto()
    FULL_AUTO = enum.auto()
    CREATIVE_AUTO = enum.auto()
    HYBRID_AUTO = enum.auto()
    FLEXIBLE_PRIORITY = enum.auto()
    DEP = enum.auto()
    LOCK = enum.auto()
    SCENE = enum.auto()
    NIGHT_PORTRAIT = enum.auto()
    HANDHELD_NIGHT = enum.auto()
    BACKLIGHT = enum.auto()
    LANDSCAPE = enum.auto()
    KIDS = enum.auto()
    FOOD = enum.auto()
    CANDLELIGHT = enum.auto()
    CREATIVE_FILTER = enum.auto()
    GRAINY_BLACK_AND_WHITE = enum.auto()
    SOFT_FOCUS = enum.auto()
    TOY_CAMERA = enum.auto()
    FISH_EYE = enum.auto()
    WATER_PAINTING = enum.auto()
    MINIATURE = enum.auto()
    HDR_ART_STANDARD = enum.auto()
    HDR_ART_VIVID = enum.auto()
    HDR_ART_BOLD = enum.auto()
    HDR_ART_EMBOSSED = enum.auto()
    MOVIE_FANTASY = enum.auto()
    MOVIE_OLD = enum.auto()
    MOVIE_MEMORY = enum.auto()
    MOVIE_DIRECT_MONO = enum.auto()
    MOVIE_MINIATURE = enum.auto()
    PANNING = enum.auto()
    GROUP_PHOTO = enum.auto()
    HDR = enum.auto()
    SELF_PORTRAIT = enum.auto()
    SMOOTH_SKIN = enum.auto()
    PANORAMA = enum.auto()
    SILENT = enum.auto()
    OIL_PAINTING = enum.auto()
    STAR_PORTRAIT = enum.auto()
    STAR_NIGHTSCAPE = enum.auto()
    STAR_TRAILS = enum.auto()
    STAR_TIME_LAPSE_MOVIE = enum.auto()
    BACKGROUND_BLUR = enum.auto()
    VIDEO_BLOG = enum.auto()

    @classmethod
    def parse(cls, typed: object) -> Self:
        """As every choice; the letters on Canon's dials are names too: P, Tv, Av, M, B, Fv."""
        return super().parse(_ON_THE_DIAL.get(plain(str(typed)), typed))


_ON_THE_DIAL = {
    "p": ShootingMode.PROGRAM,
    "tv": ShootingMode.SHUTTER_PRIORITY,
    "av": ShootingMode.APERTURE_PRIORITY,
    "m": ShootingMode.MANUAL,
    "b": ShootingMode.BULB,
    "fv": ShootingMode.FLEXIBLE_PRIORITY,
}


class DriveMode(Choice):
    """What happens while the shutter button is held."""

    SINGLE = enum.auto()
    CONTINUOUS = enum.auto()
    CONTINUOUS_LOW = enum.auto()
    CONTINUOUS_HIGH = enum.auto()
    CONTINUOUS_SUPER_HIGH = enum.auto()
    SILENT = enum.auto()
    CONTINUOUS_SILENT = enum.auto()
    CONTINUOUS_SILENT_LOW = enum.auto()
    CONTINUOUS_SILENT_HIGH = enum.auto()
    SELF_TIMER = enum.auto()
    SELF_TIMER_2 = enum.auto()
    SELF_TIMER_10 = enum.auto()
    SELF_TIMER_CONTINUOUS = enum.auto()
    VIDEO = enum.auto()


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
    CUSTOM_3 = enum.auto()
    CUSTOM_4 = enum.auto()
    PC_4 = enum.auto()
    PC_5 = enum.auto()
    AUTO_WHITE = enum.auto()


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
