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

__version__ = "0.1.0"

_FROM_CAMERA = frozenset({"Camera", "find", "list", "open"})


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    module = import_module("canon.camera" if name in _FROM_CAMERA else "canon.errors")
    try:
        return getattr(module, name)
    except AttributeError:
        raise AttributeError(f"module 'canon' has no attribute {name!r}") from None
