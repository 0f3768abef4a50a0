"""Drive Canon cameras over USB: find one, read its card, change its settings, take pictures.

    >>> import canon
    >>> with canon.open("virtual:powershot-g3") as cam:
    ...     print(cam.model)
    Canon PowerShot G3

Nothing is loaded before it is used: importing this package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from canon.camera import Camera as Camera
    from canon.camera import find as find
    from canon.camera import list as list
    from canon.camera import open as open
    from canon.errors import CanonError as CanonError
    from canon.values import Aperture as Aperture
    from canon.values import CaptureTarget as CaptureTarget
    from canon.values import Compensation as Compensation
    from canon.values import Flash as Flash
    from canon.values import ImageFormat as ImageFormat
    from canon.values import ImageSize as ImageSize
    from canon.values import Iso as Iso
    from canon.values import Metering as Metering
    from canon.values import PhotoEffect as PhotoEffect
    from canon.values import Quality as Quality
    from canon.values import ShootingMode as ShootingMode
    from canon.values import ShutterSpeed as ShutterSpeed
    from canon.values import WhiteBalance as WhiteBalance

__version__ = "0.1.0"

_FROM_CAMERA = frozenset({"Camera", "find", "list", "open"})


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    places = ("canon.camera",) if name in _FROM_CAMERA else ("canon.errors", "canon.values")
    for place in places:
        found = getattr(import_module(place), name, None)
        if found is not None and getattr(found, "__module__", "").startswith("canon."):
            return found
    raise AttributeError(f"module 'canon' has no attribute {name!r}")
