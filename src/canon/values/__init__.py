"""What users pass and read: choices, scales, formats, and a camera's time.

A value says what a person says, and has no number of a camera's in it; which number stands for it
is in the code table of each dialect. Each room is loaded when one of its names is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

_PLACES = {
    "body": ("Battery", "CameraOutput", "CaptureTarget"),
    "choice": ("Choice",),
    "choices": (
        "AfDistance", "DriveMode", "Flash", "FocusMode", "FocusingPoint", "Metering", "PhotoEffect",
        "ShootingMode", "WhiteBalance",
    ),
    "formats": ("File", "FileKind", "Format", "ImageSize", "Quality"),
    "looks": (
        "AfMethod", "AspectRatio", "BatteryLevel", "Bracketing", "CaptureDestination", "ColorSpace",
        "LightingOptimizer", "NoiseReduction", "PictureStyle", "ReviewTime", "Style",
    ),
    "moments": ("local_seconds", "local_time"),
    "scales": ("Aperture", "Compensation", "Iso", "Scale", "ShutterSpeed"),
    "view": ("AfFrame", "AfState", "Histogram", "Rectangle"),
}  # fmt: skip
"""Which names are in which room; the checkers read them below."""

if TYPE_CHECKING:
    from canon.values.body import Battery as Battery
    from canon.values.body import CameraOutput as CameraOutput
    from canon.values.body import CaptureTarget as CaptureTarget
    from canon.values.choice import Choice as Choice
    from canon.values.choices import AfDistance as AfDistance
    from canon.values.choices import DriveMode as DriveMode
    from canon.values.choices import Flash as Flash
    from canon.values.choices import FocusingPoint as FocusingPoint
    from canon.values.choices import FocusMode as FocusMode
    from canon.values.choices import Metering as Metering
    from canon.values.choices import PhotoEffect as PhotoEffect
    from canon.values.choices import ShootingMode as ShootingMode
    from canon.values.choices import WhiteBalance as WhiteBalance
    from canon.values.formats import File as File
    from canon.values.formats import FileKind as FileKind
    from canon.values.formats import Format as Format
    from canon.values.formats import ImageSize as ImageSize
    from canon.values.formats import Quality as Quality
    from canon.values.looks import AfMethod as AfMethod
    from canon.values.looks import AspectRatio as AspectRatio
    from canon.values.looks import BatteryLevel as BatteryLevel
    from canon.values.looks import Bracketing as Bracketing
    from canon.values.looks import CaptureDestination as CaptureDestination
    from canon.values.looks import ColorSpace as ColorSpace
    from canon.values.looks import LightingOptimizer as LightingOptimizer
    from canon.values.looks import NoiseReduction as NoiseReduction
    from canon.values.looks import PictureStyle as PictureStyle
    from canon.values.looks import ReviewTime as ReviewTime
    from canon.values.looks import Style as Style
    from canon.values.moments import local_seconds as local_seconds
    from canon.values.moments import local_time as local_time
    from canon.values.scales import Aperture as Aperture
    from canon.values.scales import Compensation as Compensation
    from canon.values.scales import Iso as Iso
    from canon.values.scales import Scale as Scale
    from canon.values.scales import ShutterSpeed as ShutterSpeed
    from canon.values.view import AfFrame as AfFrame
    from canon.values.view import AfState as AfState
    from canon.values.view import Histogram as Histogram
    from canon.values.view import Rectangle as Rectangle
else:

    def __getattr__(name: str) -> object:
        from importlib import import_module

        for room, names in _PLACES.items():
            if name in names:
                found = getattr(import_module(f"canon.values.{room}"), name)
                globals()[name] = found
                return found
        raise AttributeError(f"module 'canon.values' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(name for names in _PLACES.values() for name in names)
