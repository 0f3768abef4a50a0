"""Words for a camera's power, its display, and where its pictures go: no settings."""

from __future__ import annotations

import enum

from canon.values.choice import Choice


class CameraOutput(Choice):
    """What shows the picture while a computer is in control."""

    DISPLAY = "display"
    VIDEO_OUT = "video-out"
    OFF = "off"


class Battery(Choice):
    """How much power there is."""

    GOOD = "good"
    LOW = "low"


class CaptureTarget(enum.Flag):
    """Where a picture goes."""

    HOST = enum.auto()
    CARD = enum.auto()
    BOTH = HOST | CARD
