"""What settings can be set to, for the checkers of types: no program needs to load it."""

from __future__ import annotations

from typing import TypedDict

from canon.values import (
    AfDistance,
    Aperture,
    Compensation,
    DriveMode,
    Flash,
    FocusingPoint,
    FocusMode,
    Format,
    Iso,
    Metering,
    PhotoEffect,
    ShootingMode,
    ShutterSpeed,
    WhiteBalance,
)


class Changes(TypedDict, total=False):
    """What `cam.settings.set()` takes by name: values, or what people type."""

    image_format: Format | str
    self_timer: float | str
    flash: Flash | str
    beep: bool | str
    shooting_mode: ShootingMode | str
    drive_mode: DriveMode | str
    digital_zoom: int | str
    metering: Metering | str
    macro: bool | str
    af_distance: AfDistance | str
    focusing_point: FocusingPoint | str
    white_balance: WhiteBalance | str
    focus_mode: FocusMode | str
    contrast: int | str
    saturation: int | str
    sharpness: int | str
    iso: Iso | int | str
    aperture: Aperture | float | str
    shutter_speed: ShutterSpeed | float | str
    exposure_compensation: Compensation | float | str
    flash_compensation: Compensation | float | str
    photo_effect: PhotoEffect | str
    assist_light: bool | str
    auto_rotate: bool | str
