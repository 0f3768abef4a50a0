"""Frozen dataclasses that cost little to define.

`@dataclass(frozen=True)` compiles six methods for each class, half a millisecond each time that a
program starts. Here the methods are written once, and serve all.
"""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any, ClassVar, cast, dataclass_transform


class _Signature:
    """What `help()` shows of how a value is made."""

    def __get__(self, value: object, kind: type[Frozen]) -> inspect.Signature:
        parameters = [
            inspect.Parameter(
                field.name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=kind._defaults.get(field.name, inspect.Parameter.empty),
                annotation=field.type,
            )
            for field in (dataclasses.fields(cast("Any", kind)) if kind._names else ())
        ]
        return inspect.Signature(parameters)


@dataclass_transform(frozen_default=True)
class Frozen:
    """A value that does not change, and equals another with the same fields.

    Every subclass is a dataclass; defaults are values, not factories.
    """

    __signature__: ClassVar[Any] = _Signature()
    _names: ClassVar[dict[str, None]] = {}
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
        fields = dataclasses.fields(cast("Any", cls))
        cls._names = dict.fromkeys(field.name for field in fields)
        cls._defaults = {
            field.name: field.default
            for field in fields
            if field.default is not dataclasses.MISSING
        }

    def __init__(self, *values: Any, **named: Any) -> None:
        placed = dict(zip(self._names, values, strict=False))
        given = self._defaults | placed | named
        too_many = len(values) > len(placed) or placed.keys() & named.keys()
        if too_many or given.keys() != self._names.keys():
            raise TypeError(f"{type(self).__name__} takes {', '.join(self._names) or 'nothing'}")
        object.__setattr__(self, "__dict__", given)

    def __setattr__(self, name: str, value: object) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *(self.__dict__[name] for name in self._names)))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={self.__dict__[name]!r}" for name in self._names)
        return f"{type(self).__name__}({fields})"
