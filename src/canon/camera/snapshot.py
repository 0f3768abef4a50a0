"""Settings as they were read: values that do not change, by name and as attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Never

from canon.camera.names import Names
from canon.driver.settings import Reading
from canon.errors import NotSupported


class Snapshot(Names, Mapping[str, Any]):
    """The values of settings, as the camera told them: `snapshot["iso"]`, `snapshot.iso`.

    What the camera does not have is not in it; as an attribute it is NotSupported.

    Args:
        readings: what the camera told of each.
        model: the camera's name.
    """

    __slots__ = ("_readings", "model")

    _readings: dict[str, Reading]
    model: str

    def __init__(self, readings: Mapping[str, Reading], model: str) -> None:
        object.__setattr__(self, "_readings", dict(readings))
        object.__setattr__(self, "model", model)

    @property
    def readings(self) -> Mapping[str, Reading]:
        """What the camera told of each, by its name."""
        return MappingProxyType(self._readings)

    def named(self, name: str) -> Any:
        """The value of the setting of that name.

        Raises:
            NotSupported: the camera does not have it.
        """
        if name not in self:
            raise NotSupported(self.model, f"setting {name} in its present mode")
        return self[name]

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

    def _repr_html_(self) -> str:
        from canon.tables import table

        return table(("setting", "is"), ((one.name, one.label) for one in self._readings.values()))

    def __repr__(self) -> str:
        told = (f"{name}={one.kind.label(one.value)}" for name, one in self._readings.items())
        return f"<Snapshot of the {self.model}: {', '.join(told)}>"
