"""Choices of bodies with interchangeable lenses, beside those that all cameras share."""

from __future__ import annotations

import enum
from typing import Self

from canon.frozen import Frozen
from canon.values.choice import Choice


class PictureStyle(Choice):
    """How the body develops a picture."""

    STANDARD = enum.auto()
    PORTRAIT = enum.auto()
    LANDSCAPE = enum.auto()
    NEUTRAL = enum.auto()
    FAITHFUL = enum.auto()
    MONOCHROME = enum.auto()
    AUTO = enum.auto()
    FINE_DETAIL = enum.auto()
    USER_1 = enum.auto()
    USER_2 = enum.auto()
    USER_3 = enum.auto()
    PC_1 = enum.auto()
    PC_2 = enum.auto()
    PC_3 = enum.auto()


class ColorSpace(Choice):
    """The colors that a JPEG can have."""

    SRGB = enum.auto()
    ADOBE_RGB = enum.auto()


class AspectRatio(Choice):
    """The shape of a picture."""

    RATIO_3_2 = "3:2"
    RATIO_1_1 = "1:1"
    RATIO_4_3 = "4:3"
    RATIO_16_9 = "16:9"
    CROP_1_6 = "1.6x"


class NoiseReduction(Choice):
    """How much the body smooths a picture of high sensitivity."""

    OFF = enum.auto()
    LOW = enum.auto()
    NORMAL = enum.auto()
    HIGH = enum.auto()
    MULTI_SHOT = enum.auto()


class LightingOptimizer(Choice):
    """How much the body lightens shadows; ALWAYS is in manual exposure too."""

    STANDARD = enum.auto()
    LOW = enum.auto()
    HIGH = enum.auto()
    OFF = enum.auto()
    STANDARD_ALWAYS = enum.auto()
    LOW_ALWAYS = enum.auto()
    HIGH_ALWAYS = enum.auto()
    OFF_ALWAYS = enum.auto()


class AfMethod(Choice):
    """Where live view looks for focus."""

    QUICK = enum.auto()
    LIVE = enum.auto()
    LIVE_FACE = enum.auto()
    LIVE_MULTI = enum.auto()
    LIVE_ZONE = enum.auto()
    LIVE_EXPAND_CROSS = enum.auto()
    LIVE_EXPAND_AROUND = enum.auto()
    LIVE_LARGE_ZONE_HORIZONTAL = enum.auto()
    LIVE_LARGE_ZONE_VERTICAL = enum.auto()
    LIVE_CATCH = enum.auto()
    LIVE_SPOT = enum.auto()
    FLEXIBLE_ZONE_1 = enum.auto()
    FLEXIBLE_ZONE_2 = enum.auto()
    FLEXIBLE_ZONE_3 = enum.auto()
    WHOLE_AREA = enum.auto()


class Bracketing(Choice):
    """What differs in the pictures of a row."""

    OFF = enum.auto()
    EXPOSURE = enum.auto()
    ISO = enum.auto()
    WHITE_BALANCE = enum.auto()
    FLASH = enum.auto()


class CaptureDestination(Choice):
    """Where a body puts its pictures; CARD_1 is the CF card, or the first of two."""

    CARD_1 = enum.auto()
    CARD = enum.auto()
    HOST = enum.auto()
    CARD_1_AND_HOST = enum.auto()
    CARD_AND_HOST = enum.auto()


class ReviewTime(Choice):
    """How long a picture is shown after it is taken."""

    OFF = enum.auto()
    SECONDS_2 = "2"
    SECONDS_4 = "4"
    SECONDS_8 = "8"
    HOLD = enum.auto()


class BatteryLevel(Choice):
    """How full the battery is."""

    LOW = enum.auto()
    QUARTER = enum.auto()
    HALF = enum.auto()
    THREE_QUARTERS = enum.auto()
    FULL = enum.auto()


class Style(Frozen):
    """What a picture style is made of: `contrast=0 sharpness=3 saturation=0 color-tone=0 …`.

    Attributes:
        contrast: from -4 to 4.
        sharpness: from 0 to 7; its strength, where it has three numbers.
        saturation: from -4 to 4.
        color_tone: from -4 to 4.
        filter: of a monochrome style: 0 none, 1 yellow, 2 orange, 3 red, 4 green.
        toning: of a monochrome style: 0 none, 1 sepia, 2 blue, 3 purple, 4 green.
        fineness: of the sharpness; None on bodies that have one number for it.
        threshold: of the sharpness; None on bodies that have one number for it.
        base: the number of the style that this one began as; None where it is one of Canon's.
    """

    contrast: int
    sharpness: int
    saturation: int
    color_tone: int
    filter: int = 0
    toning: int = 0
    fineness: int | None = None
    threshold: int | None = None
    base: int | None = None

    @classmethod
    def parse(cls, typed: object) -> Self:
        """The style that `str()` of it gives back.

        Raises:
            ValueError: it is none.
        """
        if isinstance(typed, cls):
            return typed
        given: dict[str, int] = {}
        try:
            for part in str(typed).replace(",", " ").split():
                name, _, number = part.partition("=")
                given[name.replace("-", "_").lower()] = int(number, 0)
            return cls(**given)
        except (TypeError, ValueError):
            raise ValueError(
                f"{typed!r} is no picture style; give one like contrast=0 sharpness=3 "
                "saturation=0 color-tone=0"
            ) from None

    def __str__(self) -> str:
        return " ".join(
            f"{name.replace('_', '-')}={number}"
            for name, number in vars(self).items()
            if number is not None
        )
