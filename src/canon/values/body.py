"""Words for a camera's power, its display, and where its pictures go: no settings."""

from __future__ import annotations

import enum

from canon.values.choice import Choice


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
