"""The settings of a native camera: where each lies in its blocks, and how its code reads.

The blocks themselves are messages of `canon.native.release` (canon-native-usb, sections 9.1, 9.6).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from canon.frozen import Frozen
from canon.values import (
    AfDistance,
    Aperture,
    Compensation,
    DriveMode,
    Flash,
    FocusingPoint,
    FocusMode,
    ImageFormat,
    ImageSize,
    Iso,
    Metering,
    PhotoEffect,
    Quality,
    ShootingMode,
    ShutterSpeed,
    WhiteBalance,
)


class Field(Frozen):
    """One setting: where it lies, and how its code reads.

    Attributes:
        name: the setting's name for users.
        prop: its property number, by which its allowed values are asked for; None: read only.
        read: a code as a value.
        write: a value as a code.
        key: the field of the block; the name itself when empty.
        extended: whether it lies in the extended block.
    """

    name: str
    prop: int | None
    read: Callable[[int], Any]
    write: Callable[[Any], int] = int
    key: str = ""
    extended: bool = False

    @property
    def place(self) -> str:
        """The field of the block."""
        return self.key or self.name


FIELDS = (
    Field("quality", 0x01, Quality),
    Field("image_format", 0x02, ImageFormat),
    Field("image_size", 0x03, ImageSize),
    Field("self_timer", 0x04, lambda tenths: tenths / 10, lambda seconds: round(seconds * 10)),
    Field("flash", 0x05, Flash),
    Field("beep", 0x06, bool),
    Field("shooting_mode", 0x07, ShootingMode),
    Field("drive_mode", 0x09, DriveMode),
    Field("digital_zoom", 0x0A, int),
    Field("metering", 0x0B, Metering),
    Field("af_distance", 0x0C, AfDistance),
    Field("focusing_point", 0x0D, FocusingPoint),
    Field("white_balance", 0x0E, WhiteBalance),
    Field("focus_mode", 0x10, FocusMode),
    Field("contrast", 0x12, lambda code: (code + 0x80) % 0x100 - 0x80),
    Field("saturation", 0x13, lambda code: (code + 0x80) % 0x100 - 0x80),
    Field("sharpness", 0x14, lambda code: (code + 0x80) % 0x100 - 0x80),
    Field("iso", 0x17, Iso),
    Field("aperture", 0x18, Aperture),
    Field("shutter_speed", 0x19, ShutterSpeed),
    Field("exposure_compensation", 0x1A, Compensation),
    Field("flash_compensation", 0x1B, Compensation),
    Field("photo_effect", 0x24, PhotoEffect, extended=True),
    Field("largest_aperture", None, Aperture),
    Field("smallest_aperture", None, Aperture),
)
BY_NAME = {row.name: row for row in FIELDS}
LENGTHS = ("focal_length", "focal_length_wide", "focal_length_tele")
"""Fields that count in a unit of their own, and can only be read."""
SIGNED = frozenset({"exposure_compensation", "flash_compensation"})
"""Fields whose sign is the other way round in the revised numbering (section 9.2)."""
RECORD = ("image_format", "image_size", "quality")
"""Fields that are only taken together, in the order of the camera's records (section 9.4)."""
