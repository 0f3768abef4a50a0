"""Drive Canon cameras over USB: find one, read its card, change its settings, take pictures.

    >>> import canon
    >>> with canon.open("virtual:powershot-g3") as cam:
    ...     print(cam.model)
    Canon PowerShot G3

Nothing is loaded before it is used: importing this package costs next to nothing. The names in
`__all__` are the public API; all else may change. `python -m canon` is the command line.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`, which takes long to load

_PLACES = {
    "canon.camera": ("Camera", "Found", "find", "list", "open"),
    "canon.camera.settings": ("Setting",),
    "canon.camera.snapshot": ("Snapshot",),
    "canon.camera.watch": ("CameraAdded", "CameraRemoved", "watch"),
    "canon.driver": ("ZoomPosition",),
    "canon.driver.card": ("Card", "CardPath", "Entry"),
    "canon.driver.events": (
        "BulbSeconds", "Busy", "ButtonPressed", "CardChanged", "Event", "FileAdded", "FileChanged",
        "FileRemoved", "Focused", "Gone", "Missed", "PictureWaiting", "Raw", "Ready",
        "SettingChanged", "ShuttingDown",
    ),
    "canon.driver.features": ("Feature",),
    "canon.driver.settings": ("Reading",),
    "canon.driver.shot": ("Frame", "Pending", "Picture", "Shot"),
    "canon.errors": (
        "Aborted", "AlreadyThere", "BadParameter", "BatteryLow", "CameraNotFound", "CanonError",
        "DecodeError", "DeviceBusy", "Disconnected", "FocusFailed", "InUse", "KeysNotLocked",
        "LensFailed", "MissingExtra", "NoCard", "NotEmpty", "NotFinished", "NotSupported",
        "ObjectNotFound", "PermissionDenied", "PortError", "PortStalled", "PortTimeout",
        "ProtocolError", "Refused", "RemoteOff", "StoreFull", "ValueRefused", "WriteProtected",
    ),
    "canon.values": (
        "AfDistance", "AfFrame", "AfState", "Aperture", "Battery", "CameraOutput", "CaptureTarget",
        "Compensation", "DriveMode", "File", "FileKind", "Flash", "FocusMode", "FocusingPoint",
        "Format", "Histogram", "ImageSize", "Iso", "Metering", "PhotoEffect", "Quality",
        "Rectangle", "ShootingMode", "ShutterSpeed", "WhiteBalance",
    ),
}  # fmt: skip
"""Which names are in which module; the checkers read them below."""

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canon.camera import Camera as Camera
    from canon.camera import Found as Found
    from canon.camera import find as find
    from canon.camera import list as list
    from canon.camera import open as open
    from canon.camera.settings import Setting as Setting
    from canon.camera.snapshot import Snapshot as Snapshot
    from canon.camera.watch import CameraAdded as CameraAdded
    from canon.camera.watch import CameraRemoved as CameraRemoved
    from canon.camera.watch import watch as watch
    from canon.driver import ZoomPosition as ZoomPosition
    from canon.driver.card import Card as Card
    from canon.driver.card import CardPath as CardPath
    from canon.driver.card import Entry as Entry
    from canon.driver.events import BulbSeconds as BulbSeconds
    from canon.driver.events import Busy as Busy
    from canon.driver.events import ButtonPressed as ButtonPressed
    from canon.driver.events import CardChanged as CardChanged
    from canon.driver.events import Event as Event
    from canon.driver.events import FileAdded as FileAdded
    from canon.driver.events import FileChanged as FileChanged
    from canon.driver.events import FileRemoved as FileRemoved
    from canon.driver.events import Focused as Focused
    from canon.driver.events import Gone as Gone
    from canon.driver.events import Missed as Missed
    from canon.driver.events import PictureWaiting as PictureWaiting
    from canon.driver.events import Raw as Raw
    from canon.driver.events import Ready as Ready
    from canon.driver.events import SettingChanged as SettingChanged
    from canon.driver.events import ShuttingDown as ShuttingDown
    from canon.driver.features import Feature as Feature
    from canon.driver.settings import Reading as Reading
    from canon.driver.shot import Frame as Frame
    from canon.driver.shot import Pending as Pending
    from canon.driver.shot import Picture as Picture
    from canon.driver.shot import Shot as Shot
    from canon.errors import Aborted as Aborted
    from canon.errors import AlreadyThere as AlreadyThere
    from canon.errors import BadParameter as BadParameter
    from canon.errors import BatteryLow as BatteryLow
    from canon.errors import CameraNotFound as CameraNotFound
    from canon.errors import CanonError as CanonError
    from canon.errors import DecodeError as DecodeError
    from canon.errors import DeviceBusy as DeviceBusy
    from canon.errors import Disconnected as Disconnected
    from canon.errors import FocusFailed as FocusFailed
    from canon.errors import InUse as InUse
    from canon.errors import KeysNotLocked as KeysNotLocked
    from canon.errors import LensFailed as LensFailed
    from canon.errors import MissingExtra as MissingExtra
    from canon.errors import NoCard as NoCard
    from canon.errors import NotEmpty as NotEmpty
    from canon.errors import NotFinished as NotFinished
    from canon.errors import NotSupported as NotSupported
    from canon.errors import ObjectNotFound as ObjectNotFound
    from canon.errors import PermissionDenied as PermissionDenied
    from canon.errors import PortError as PortError
    from canon.errors import PortStalled as PortStalled
    from canon.errors import PortTimeout as PortTimeout
    from canon.errors import ProtocolError as ProtocolError
    from canon.errors import Refused as Refused
    from canon.errors import RemoteOff as RemoteOff
    from canon.errors import StoreFull as StoreFull
    from canon.errors import ValueRefused as ValueRefused
    from canon.errors import WriteProtected as WriteProtected
    from canon.values import AfDistance as AfDistance
    from canon.values import AfFrame as AfFrame
    from canon.values import AfState as AfState
    from canon.values import Aperture as Aperture
    from canon.values import Battery as Battery
    from canon.values import CameraOutput as CameraOutput
    from canon.values import CaptureTarget as CaptureTarget
    from canon.values import Compensation as Compensation
    from canon.values import DriveMode as DriveMode
    from canon.values import File as File
    from canon.values import FileKind as FileKind
    from canon.values import Flash as Flash
    from canon.values import FocusingPoint as FocusingPoint
    from canon.values import FocusMode as FocusMode
    from canon.values import Format as Format
    from canon.values import Histogram as Histogram
    from canon.values import ImageSize as ImageSize
    from canon.values import Iso as Iso
    from canon.values import Metering as Metering
    from canon.values import PhotoEffect as PhotoEffect
    from canon.values import Quality as Quality
    from canon.values import Rectangle as Rectangle
    from canon.values import ShootingMode as ShootingMode
    from canon.values import ShutterSpeed as ShutterSpeed
    from canon.values import WhiteBalance as WhiteBalance
else:

    def __getattr__(name: str) -> object:
        from importlib import import_module

        for place, names in _PLACES.items():
            if name in names:
                return getattr(import_module(place), name)
        raise AttributeError(f"module 'canon' has no attribute {name!r}")


__version__ = "0.1.0"

# pyright reads no list that is made; it takes the names from the imports above.
__all__ = sorted(  # pyright: ignore[reportUnsupportedDunderAll]
    name for names in _PLACES.values() for name in names
)


def __dir__() -> Iterable[str]:
    return __all__
