"""Choices: what people say where a camera has a list to choose from."""

from __future__ import annotations

import enum
import re
from typing import Self

from canon.values.value import Value, code_in, no_such, unknown_text


class Choice(Value, enum.StrEnum):
    """One of several words: `Flash.RED_EYE == "red-eye"`, and `Flash.parse("Red eye")` is it.

    What a camera says that has no name yet is a member of its own, which is in no list:
    `Flash("unknown-0x7d")`.
    """

    @staticmethod
    def _generate_next_value_(
        name: str, start: int, count: int, last_values: list[str]
    ) -> str:  # pragma: no cover  (runs while the classes are made)
        return name.lower().replace("_", "-")

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        code = code_in(value) if isinstance(value, str) else None
        return None if code is None else cls.unknown("", code)

    @classmethod
    def unknown(cls, dialect: str, code: int) -> Self:
        """The member for a code that has no name."""
        member = str.__new__(cls, unknown_text(code))
        member._name_, member._value_ = f"UNKNOWN_{code:#x}", unknown_text(code)
        member._dialect = dialect
        return member

    @classmethod
    def parse(cls, typed: object) -> Self:
        """The member that a person means: itself, or its word; capitals, - _ and spaces are free.

        Raises:
            ValueError: there is none; the message has the nearest, and those that are.
        """
        if isinstance(typed, cls):
            return typed
        if not isinstance(typed, Value):
            wanted = _plain(str(typed))
            for member in cls:
                if _plain(member) == wanted:
                    return member
            if (code := code_in(str(typed).strip().lower())) is not None:
                return cls.unknown("", code)
        raise no_such(cls, typed, tuple(cls))


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]", "", word).lower()


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
        return super().parse(_ON_THE_DIAL.get(_plain(str(typed)), typed))


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
    MANUAL = enum.auto()


class PhotoEffect(Choice):
    """A look that the camera gives to the picture."""

    OFF = enum.auto()
    VIVID = enum.auto()
    NEUTRAL = enum.auto()
    LOW_SHARPENING = enum.auto()
    SEPIA = enum.auto()
    BLACK_AND_WHITE = enum.auto()


class CameraOutput(Choice):
    """What shows the picture while a computer is in control."""

    DISPLAY = enum.auto()
    VIDEO_OUT = enum.auto()
    OFF = enum.auto()


class Battery(Choice):
    """How much power there is."""

    GOOD = enum.auto()
    LOW = enum.auto()


class CaptureTarget(enum.Flag):
    """Where a picture goes."""

    HOST = enum.auto()
    CARD = enum.auto()
    BOTH = HOST | CARD
