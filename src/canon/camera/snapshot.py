"""Settings as they were read: values that do not change, by name and as attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Never, TypeVar, overload

from canon.driver.settings import Reading
from canon.errors import NotSupported

if TYPE_CHECKING:
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

T = TypeVar("T")


class _Was(Generic[T]):
    """The value of one setting, as an attribute of `Snapshot`."""

    def __set_name__(self, owner: type[Snapshot], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, snapshot: None, owner: type[Snapshot]) -> _Was[T]: ...
    @overload
    def __get__(self, snapshot: Snapshot, owner: type[Snapshot]) -> T: ...
    def __get__(self, snapshot: Snapshot | None, owner: type[Snapshot]) -> _Was[T] | T:
        if snapshot is None:
            return self
        if self.name not in snapshot:
            raise NotSupported(snapshot.model, f"setting {self.name} in its present mode")
        value: T = snapshot[self.name]
        return value


class Snapshot(Mapping[str, Any]):
    """The values of settings, as the camera told them: `snapshot["iso"]`, `snapshot.iso`.

    What the camera does not have is not in it; as an attribute it is NotSupported.

    Args:
        readings: what the camera told of each.
        model: the camera's name.
    """

    __slots__ = ("_readings", "model")

    _readings: dict[str, Reading]
    model: str

    image_format: _Was[Format] = _Was()
    self_timer: _Was[float] = _Was()
    flash: _Was[Flash] = _Was()
    beep: _Was[bool] = _Was()
    shooting_mode: _Was[ShootingMode] = _Was()
    drive_mode: _Was[DriveMode] = _Was()
    digital_zoom: _Was[int] = _Was()
    metering: _Was[Metering] = _Was()
    macro: _Was[bool] = _Was()
    af_distance: _Was[AfDistance] = _Was()
    focusing_point: _Was[FocusingPoint] = _Was()
    white_balance: _Was[WhiteBalance] = _Was()
    focus_mode: _Was[FocusMode] = _Was()
    contrast: _Was[int] = _Was()
    saturation: _Was[int] = _Was()
    sharpness: _Was[int] = _Was()
    iso: _Was[Iso] = _Was()
    aperture: _Was[Aperture] = _Was()
    shutter_speed: _Was[ShutterSpeed] = _Was()
    exposure_compensation: _Was[Compensation] = _Was()
    flash_compensation: _Was[Compensation] = _Was()
    photo_effect: _Was[PhotoEffect] = _Was()
    assist_light: _Was[bool] = _Was()
    auto_rotate: _Was[bool] = _Was()
    largest_aperture: _Was[Aperture] = _Was()
    smallest_aperture: _Was[Aperture] = _Was()
    focal_length: _Was[float] = _Was()
    focal_length_wide: _Was[float] = _Was()
    focal_length_tele: _Was[float] = _Was()
    rotation: _Was[float] = _Was()

    def __init__(self, readings: Mapping[str, Reading], model: str) -> None:
        object.__setattr__(self, "_readings", dict(readings))
        object.__setattr__(self, "model", model)

    @property
    def readings(self) -> Mapping[str, Reading]:
        """What the camera told of each, by its name."""
        return MappingProxyType(self._readings)

    def __reduce__(self) -> tuple[object, ...]:
        return Snapshot, (self._readings, self.model)

    def __getitem__(self, name: str) -> Any:
        return self._readings[name].value

    def __iter__(self) -> Iterator[str]:
        return iter(self._readings)

    def __len__(self) -> int:
        return len(self._readings)

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError("what was read does not change; cam.settings.set(…) sets the camera")

    def __repr__(self) -> str:
        told = (f"{name}={one.kind.label(one.value)}" for name, one in self._readings.items())
        return f"<Snapshot of the {self.model}: {', '.join(told)}>"
