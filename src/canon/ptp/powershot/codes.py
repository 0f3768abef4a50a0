"""The settings of a PowerShot: which property each is, and how its number reads and is written.

The numbers are those of the native blocks (canon-powershot-ptp, section 3, tables/ps_*.csv), so
both dialects share the values of `canon.values`. All bodies that were recorded give a property the
same type.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from canon.frozen import Frozen
from canon.ptp.datasets import DataType
from canon.ptp.powershot.layouts import Property
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
    """One setting: which property it is, and how its number reads.

    Attributes:
        name: the setting's name for users.
        code: the property.
        read: a number as a value.
        write: a value as a number; None: it can only be read.
        kind: how the number is stored.
    """

    name: str
    code: Property
    read: Callable[[int], Any]
    write: Callable[[Any], int] | None = int
    kind: DataType = DataType.UINT8


def _is_zero(number: int) -> bool:
    """On, where 0 is on and 1 is off."""
    return number == 0


def _zero_if(on: bool) -> int:
    return 0 if on else 1


FIELDS = (
    Field("quality", Property.IMAGE_QUALITY, Quality),
    Field("image_format", Property.FULL_VIEW_FILE_FORMAT, ImageFormat),
    Field("image_size", Property.IMAGE_SIZE, ImageSize),
    Field(
        "self_timer",
        Property.SELF_TIMER,
        lambda tenths: tenths / 10,
        lambda seconds: round(seconds * 10),
        DataType.UINT16,
    ),
    Field("flash", Property.FLASH_MODE, Flash),
    # The other beep, BEEP_MODE, is the opposite in every recording; which is on is known of this.
    Field("beep", Property.BEEP, bool),
    Field("shooting_mode", Property.SHOOTING_MODE, ShootingMode),
    Field("drive_mode", Property.DRIVE_MODE, DriveMode),
    Field("digital_zoom", Property.DIGITAL_ZOOM, int),
    Field("metering", Property.METERING, Metering),
    Field("af_distance", Property.AF_DISTANCE, AfDistance),
    Field("focusing_point", Property.FOCUSING_POINT, FocusingPoint, kind=DataType.UINT16),
    Field("white_balance", Property.WHITE_BALANCE, WhiteBalance),
    Field("focus_mode", Property.AF_MODE, FocusMode),
    Field("contrast", Property.CONTRAST, int, kind=DataType.INT8),
    Field("saturation", Property.SATURATION, int, kind=DataType.INT8),
    Field("sharpness", Property.SHARPNESS, int, kind=DataType.INT8),
    Field("iso", Property.ISO, Iso, kind=DataType.UINT16),
    Field("aperture", Property.APERTURE, Aperture, kind=DataType.UINT16),
    Field("shutter_speed", Property.SHUTTER_SPEED, ShutterSpeed, kind=DataType.UINT16),
    Field("exposure_compensation", Property.EXPOSURE_COMPENSATION, Compensation),
    Field("flash_compensation", Property.FLASH_COMPENSATION, Compensation),
    Field("photo_effect", Property.PHOTO_EFFECT, PhotoEffect, kind=DataType.UINT16),
    Field("assist_light", Property.ASSIST_LIGHT, _is_zero, _zero_if, DataType.UINT16),
    Field("auto_rotate", Property.AUTO_ROTATE, _is_zero, _zero_if, DataType.UINT16),
    Field("largest_aperture", Property.LARGEST_APERTURE, Aperture, None, DataType.UINT16),
    Field("smallest_aperture", Property.SMALLEST_APERTURE, Aperture, None, DataType.UINT16),
    Field("rotation", Property.ROTATION, lambda quarters: quarters * 90, None, DataType.UINT16),
)
BY_NAME = {row.name: row for row in FIELDS}
LENGTHS = {
    "focal_length": Property.FOCAL_LENGTH,
    "focal_length_wide": Property.FOCAL_LENGTH_WIDE,
    "focal_length_tele": Property.FOCAL_LENGTH_TELE,
}
"""Fields that count in a unit of their own, FOCAL_LENGTH_DENOMINATOR, and can only be read."""
MISSING = {DataType.UINT8: (0xFF,), DataType.UINT16: (0x7FFF, 0xFFFF), DataType.INT8: ()}
"""The numbers of a setting that the camera does not have, or not now, by how it is stored."""
FIRST = (
    Property.SHOOTING_MODE,
    Property.FULL_VIEW_FILE_FORMAT,
    Property.IMAGE_SIZE,
    Property.DRIVE_MODE,
    Property.AF_MODE,
)
"""What is written before the rest, in this order: what others may be hangs on it."""


_SIZES = (ImageSize.LARGE, ImageSize.MEDIUM_1, ImageSize.MEDIUM_2, None, ImageSize.SMALL)
_QUALITIES = (Quality.SUPERFINE, Quality.FINE, Quality.NORMAL)
PICTURE_KINDS: dict[int, tuple[ImageSize, Quality]] = {
    1 + 5 * row + column: (size, quality)
    for row, quality in enumerate(_QUALITIES)
    for column, size in enumerate(_SIZES)
    if size is not None
}
PICTURE_KINDS[16] = ImageSize.LARGE, Quality.RAW
PICTURE_KINDS |= {17 + row: (ImageSize.MEDIUM_3, quality) for row, quality in enumerate(_QUALITIES)}
"""Size and quality by the code that SIZE_QUALITY_MODE gives a kind of picture.

The code, less one, is the place of that kind in AVERAGE_FILE_SIZES. No document says so: it is read
out of what 16 bodies report, and agrees with the sizes in their manuals.
"""
