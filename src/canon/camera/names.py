"""The settings that have a name on every camera, declared once.

They are attributes of `Settings`, where each can be asked and set, and of `Snapshot`, where each is
the value that was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Never, TypeVar, overload

from canon.values import kinds
from canon.values.kinds import Kind

if TYPE_CHECKING:
    from canon.camera.settings import Setting, Settings
    from canon.camera.snapshot import Snapshot

T = TypeVar("T")


class Named(Generic[T]):
    """A setting as an attribute.

    Args:
        kind: how its values are typed and told.
        settable: whether it can be set at all, on any body.
    """

    def __init__(self, kind: Kind[T], *, settable: bool = True) -> None:
        self.kind, self.settable = kind, settable

    def __set_name__(self, owner: type[Names], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, owner: None, kind: type[Names]) -> Named[T]: ...
    @overload
    def __get__(self, owner: Settings, kind: type[Settings]) -> Setting[T]: ...
    @overload
    def __get__(self, owner: Snapshot, kind: type[Snapshot]) -> T: ...
    def __get__(self, owner: Names | None, kind: type[Names]) -> Named[T] | Setting[T] | T:
        if owner is None:
            return self
        found: Setting[T] | T = owner.named(self.name)
        return found

    def __set__(self, owner: Names, value: Never) -> None:
        raise AttributeError(f"write settings.{self.name}.set({value!r}), or settings.set(…)")


class Names:
    """What has one attribute for each setting."""

    __slots__ = ()

    image_format = Named(kinds.FORMAT)
    self_timer = Named(kinds.SECONDS)
    flash = Named(kinds.FLASH)
    beep = Named(kinds.SWITCH)
    shooting_mode = Named(kinds.SHOOTING_MODE)
    drive_mode = Named(kinds.DRIVE_MODE)
    digital_zoom = Named(kinds.ZOOM_STEPS)
    metering = Named(kinds.METERING)
    macro = Named(kinds.SWITCH)
    af_distance = Named(kinds.AF_DISTANCE)
    focusing_point = Named(kinds.FOCUSING_POINT)
    white_balance = Named(kinds.WHITE_BALANCE)
    focus_mode = Named(kinds.FOCUS_MODE)
    contrast = Named(kinds.STEPS)
    saturation = Named(kinds.STEPS)
    sharpness = Named(kinds.STEPS)
    iso = Named(kinds.ISO)
    aperture = Named(kinds.APERTURE)
    shutter_speed = Named(kinds.SHUTTER_SPEED)
    exposure_compensation = Named(kinds.COMPENSATION)
    flash_compensation = Named(kinds.COMPENSATION)
    photo_effect = Named(kinds.PHOTO_EFFECT)
    assist_light = Named(kinds.SWITCH)
    auto_rotate = Named(kinds.SWITCH)
    largest_aperture = Named(kinds.APERTURE, settable=False)
    smallest_aperture = Named(kinds.APERTURE, settable=False)
    focal_length = Named(kinds.MEASURE, settable=False)
    focal_length_wide = Named(kinds.MEASURE, settable=False)
    focal_length_tele = Named(kinds.MEASURE, settable=False)
    rotation = Named(kinds.MEASURE, settable=False)

    def named(self, name: str) -> Any:
        """What the attribute of that name is."""
        raise NotImplementedError


KINDS: dict[str, Named[Any]] = {
    name: named for name, named in vars(Names).items() if isinstance(named, Named)
}
NAMES = tuple(KINDS)
"""The names of all settings, those that can only be read at the end."""
