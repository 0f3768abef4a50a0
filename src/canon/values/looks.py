"""Choices of bodies with interchangeable lenses, beside those that all cameras share."""

from __future__ import annotations

from typing import Self

from canon.frozen import Frozen
from canon.values.choice import Choice


class PictureStyle(Choice):
    """How the body develops a picture."""

    STANDARD = "standard"
    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"
    NEUTRAL = "neutral"
    FAITHFUL = "faithful"
    MONOCHROME = "monochrome"
    AUTO = "auto"
    FINE_DETAIL = "fine-detail"
    USER_1 = "user-1"
    USER_2 = "user-2"
    USER_3 = "user-3"
    PC_1 = "pc-1"
    PC_2 = "pc-2"
    PC_3 = "pc-3"


class ColorSpace(Choice):
    """The colors that a JPEG can have."""

    SRGB = "srgb"
    ADOBE_RGB = "adobe-rgb"


class AspectRatio(Choice):
    """The shape of a picture."""

    RATIO_3_2 = "3:2"
    RATIO_1_1 = "1:1"
    RATIO_4_3 = "4:3"
    RATIO_16_9 = "16:9"
    CROP_1_6 = "1.6x"


class NoiseReduction(Choice):
    """How much the body smooths a picture of high sensitivity."""

    OFF = "off"
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    MULTI_SHOT = "multi-shot"


class LightingOptimizer(Choice):
    """How much the body lightens shadows; ALWAYS is in manual exposure too."""

    STANDARD = "standard"
    LOW = "low"
    HIGH = "high"
    OFF = "off"
    STANDARD_ALWAYS = "standard-always"
    LOW_ALWAYS = "low-always"
    HIGH_ALWAYS = "high-always"
    OFF_ALWAYS = "off-always"


class AfMethod(Choice):
    """Where live view looks for focus."""

    QUICK = "quick"
    LIVE = "live"
    LIVE_FACE = "live-face"
    LIVE_MULTI = "live-multi"
    LIVE_ZONE = "live-zone"
    LIVE_EXPAND_CROSS = "live-expand-cross"
    LIVE_EXPAND_AROUND = "live-expand-around"
    LIVE_LARGE_ZONE_HORIZONTAL = "live-large-zone-horizontal"
    LIVE_LARGE_ZONE_VERTICAL = "live-large-zone-vertical"
    LIVE_CATCH = "live-catch"
    LIVE_SPOT = "live-spot"
    FLEXIBLE_ZONE_1 = "flexible-zone-1"
    FLEXIBLE_ZONE_2 = "flexible-zone-2"
    FLEXIBLE_ZONE_3 = "flexible-zone-3"
    WHOLE_AREA = "whole-area"


class Bracketing(Choice):
    """What differs in the pictures of a row."""

    OFF = "off"
    EXPOSURE = "exposure"
    ISO = "iso"
    WHITE_BALANCE = "white-balance"
    FLASH = "flash"


class CaptureDestination(Choice):
    """Where a body puts its pictures; CARD_1 is the CF card, or the first of two."""

    CARD_1 = "card-1"
    CARD = "card"
    HOST = "host"
    CARD_1_AND_HOST = "card-1-and-host"
    CARD_AND_HOST = "card-and-host"


class ReviewTime(Choice):
    """How long a picture is shown after it is taken."""

    OFF = "off"
    SECONDS_2 = "2"
    SECONDS_4 = "4"
    SECONDS_8 = "8"
    HOLD = "hold"


class BatteryLevel(Choice):
    """How full the battery is."""

    LOW = "low"
    QUARTER = "quarter"
    HALF = "half"
    THREE_QUARTERS = "three-quarters"
    FULL = "full"


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
