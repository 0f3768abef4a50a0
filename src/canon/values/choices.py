"""Choices: what people say where a camera has a list to choose from."""

from __future__ import annotations

from typing import Self

from canon.values.choice import Choice, plain


class Flash(Choice):
    """When the flash fires."""

    OFF = "off"
    AUTO = "auto"
    ON = "on"
    RED_EYE = "red-eye"
    FILL_IN = "fill-in"
    AUTO_RED_EYE = "auto-red-eye"
    ON_RED_EYE = "on-red-eye"


class ShootingMode(Choice):
    """The position of the mode dial, and its scenes."""

    AUTO = "auto"
    PROGRAM = "program"
    SHUTTER_PRIORITY = "shutter-priority"
    APERTURE_PRIORITY = "aperture-priority"
    MANUAL = "manual"
    A_DEP = "a-dep"
    M_DEP = "m-dep"
    BULB = "bulb"
    MANUAL_2 = "manual-2"
    FAR_SCENE = "far-scene"
    FAST_SHUTTER = "fast-shutter"
    SLOW_SHUTTER = "slow-shutter"
    NIGHT = "night"
    GREY_SCALE = "grey-scale"
    SEPIA = "sepia"
    PORTRAIT = "portrait"
    SPOT = "spot"
    SPORTS = "sports"
    MACRO = "macro"
    BLACK_AND_WHITE = "black-and-white"
    PAN_FOCUS = "pan-focus"
    VIVID = "vivid"
    NEUTRAL = "neutral"
    FLASH_OFF = "flash-off"
    LONG_SHUTTER = "long-shutter"
    SUPER_MACRO = "super-macro"
    FOLIAGE = "foliage"
    INDOOR = "indoor"
    FIREWORKS = "fireworks"
    BEACH = "beach"
    UNDERWATER = "underwater"
    SNOW = "snow"
    KIDS_AND_PETS = "kids-and-pets"
    NIGHT_SNAPSHOT = "night-snapshot"
    DIGITAL_MACRO = "digital-macro"
    MY_COLORS = "my-colors"
    PHOTO_IN_MOVIE = "photo-in-movie"
    STITCH_ASSIST = "stitch-assist"
    MOVIE = "movie"
    INTERVAL = "interval"
    CUSTOM = "custom"
    CUSTOM_1 = "custom-1"
    CUSTOM_2 = "custom-2"
    CUSTOM_3 = "custom-3"
    FULL_AUTO = "full-auto"
    CREATIVE_AUTO = "creative-auto"
    HYBRID_AUTO = "hybrid-auto"
    FLEXIBLE_PRIORITY = "flexible-priority"
    DEP = "dep"
    LOCK = "lock"
    SCENE = "scene"
    NIGHT_PORTRAIT = "night-portrait"
    HANDHELD_NIGHT = "handheld-night"
    BACKLIGHT = "backlight"
    LANDSCAPE = "landscape"
    KIDS = "kids"
    FOOD = "food"
    CANDLELIGHT = "candlelight"
    CREATIVE_FILTER = "creative-filter"
    GRAINY_BLACK_AND_WHITE = "grainy-black-and-white"
    SOFT_FOCUS = "soft-focus"
    TOY_CAMERA = "toy-camera"
    FISH_EYE = "fish-eye"
    WATER_PAINTING = "water-painting"
    MINIATURE = "miniature"
    HDR_ART_STANDARD = "hdr-art-standard"
    HDR_ART_VIVID = "hdr-art-vivid"
    HDR_ART_BOLD = "hdr-art-bold"
    HDR_ART_EMBOSSED = "hdr-art-embossed"
    MOVIE_FANTASY = "movie-fantasy"
    MOVIE_OLD = "movie-old"
    MOVIE_MEMORY = "movie-memory"
    MOVIE_DIRECT_MONO = "movie-direct-mono"
    MOVIE_MINIATURE = "movie-miniature"
    PANNING = "panning"
    GROUP_PHOTO = "group-photo"
    HDR = "hdr"
    SELF_PORTRAIT = "self-portrait"
    SMOOTH_SKIN = "smooth-skin"
    PANORAMA = "panorama"
    SILENT = "silent"
    OIL_PAINTING = "oil-painting"
    STAR_PORTRAIT = "star-portrait"
    STAR_NIGHTSCAPE = "star-nightscape"
    STAR_TRAILS = "star-trails"
    STAR_TIME_LAPSE_MOVIE = "star-time-lapse-movie"
    BACKGROUND_BLUR = "background-blur"
    VIDEO_BLOG = "video-blog"

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

    SINGLE = "single"
    CONTINUOUS = "continuous"
    CONTINUOUS_LOW = "continuous-low"
    CONTINUOUS_HIGH = "continuous-high"
    CONTINUOUS_SUPER_HIGH = "continuous-super-high"
    SILENT = "silent"
    CONTINUOUS_SILENT = "continuous-silent"
    CONTINUOUS_SILENT_LOW = "continuous-silent-low"
    CONTINUOUS_SILENT_HIGH = "continuous-silent-high"
    SELF_TIMER = "self-timer"
    SELF_TIMER_2 = "self-timer-2"
    SELF_TIMER_10 = "self-timer-10"
    SELF_TIMER_CONTINUOUS = "self-timer-continuous"
    VIDEO = "video"


class Metering(Choice):
    """Which part of the picture the exposure is measured on."""

    CENTER_WEIGHTED = "center-weighted"
    SPOT = "spot"
    AVERAGE = "average"
    EVALUATIVE = "evaluative"
    PARTIAL = "partial"
    CENTER_WEIGHTED_AVERAGE = "center-weighted-average"
    SPOT_AT_AF_FRAME = "spot-at-af-frame"
    MULTI_SPOT = "multi-spot"


class AfDistance(Choice):
    """The range in which the lens looks for focus; CLOSE_UP is macro."""

    MANUAL = "manual"
    AUTO = "auto"
    CLOSE_UP = "close-up"
    VERY_CLOSE = "very-close"
    CLOSE = "close"
    MEDIUM = "medium"
    FAR = "far"


class FocusingPoint(Choice):
    """Where in the frame the camera focuses."""

    CENTER_MANUAL = "center-manual"
    CENTER_AUTO = "center-auto"
    NONE = "none"
    AUTO = "auto"
    RIGHT = "right"
    CENTER = "center"
    LEFT = "left"


class WhiteBalance(Choice):
    """The light that is taken for white."""

    AUTO = "auto"
    DAYLIGHT = "daylight"
    CLOUDY = "cloudy"
    TUNGSTEN = "tungsten"
    FLUORESCENT = "fluorescent"
    FLASH = "flash"
    CUSTOM = "custom"
    FLUORESCENT_H = "fluorescent-h"
    SHADE = "shade"
    COLOR_TEMPERATURE = "color-temperature"
    PC_1 = "pc-1"
    PC_2 = "pc-2"
    PC_3 = "pc-3"
    CUSTOM_1 = "custom-1"
    CUSTOM_2 = "custom-2"
    CUSTOM_3 = "custom-3"
    CUSTOM_4 = "custom-4"
    PC_4 = "pc-4"
    PC_5 = "pc-5"
    AUTO_WHITE = "auto-white"


class FocusMode(Choice):
    """How the camera keeps focus."""

    ONE_SHOT = "one-shot"
    AI_SERVO = "ai-servo"
    AI_FOCUS = "ai-focus"
    CONTINUOUS = "continuous"
    MANUAL = "manual"


class PhotoEffect(Choice):
    """A look that the camera gives to the picture."""

    OFF = "off"
    VIVID = "vivid"
    NEUTRAL = "neutral"
    LOW_SHARPENING = "low-sharpening"
    SEPIA = "sepia"
    BLACK_AND_WHITE = "black-and-white"
