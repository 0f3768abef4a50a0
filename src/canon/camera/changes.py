"""What settings can be set to, for the checkers of types: no program needs to load it."""

from __future__ import annotations

from typing import TypedDict

from canon.values import (
    AfDistance,
    AfMethod,
    Aperture,
    AspectRatio,
    Bracketing,
    CaptureDestination,
    ColorSpace,
    Compensation,
    DriveMode,
    Flash,
    FocusingPoint,
    FocusMode,
    Format,
    Iso,
    LightingOptimizer,
    Metering,
    NoiseReduction,
    PhotoEffect,
    PictureStyle,
    ReviewTime,
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
    # of bodies with interchangeable lenses
    mode_dial: ShootingMode | str
    color_temperature: int | str
    color_space: ColorSpace | str
    picture_style: PictureStyle | str
    auto_power_off: int | str
    owner: str
    capture_destination: CaptureDestination | str
    bracketing: Bracketing | str
    exposure_bracketing: Compensation | float | str
    image_format_cf: Format | str
    image_format_sd: Format | str
    image_format_ext_hd: Format | str
    nickname: str
    artist: str
    copyright: str
    high_iso_noise_reduction: NoiseReduction | str
    lighting_optimizer: LightingOptimizer | str
    aspect_ratio: AspectRatio | str
    review_time: ReviewTime | str
    summertime: bool | str
    af_method: AfMethod | str
    continuous_af: bool | str
    depth_of_field_preview: bool | str
    movie_servo_af: bool | str
    movie_switch: bool | str
    one_shot_raw: bool | str
