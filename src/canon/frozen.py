"""Frozen dataclasses that cost little to define.

`@dataclass(frozen=True)` compiles six methods for each class, half a millisecond each time that a
program starts. Here the methods are written once, and serve all. The tools for dataclasses
(`asdict`, `replace`, `fields`) work all the same: they are loaded when one of them asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

if TYPE_CHECKING:
    import inspect
    from dataclasses import Field

F = TypeVar("F", bound="Frozen")


class _Fields:
    """What the tools for dataclasses look for; made when one of them asks."""

    def __init__(self) -> None:
        self._made: dict[type, dict[str, Field[Any]]] = {}

    def __get__(self, value: object, kind: type) -> dict[str, Field[Any]]:
        if kind is Frozen:
            raise AttributeError("this one is not a dataclass, its subclasses are")
        if kind not in self._made:
            from dataclasses import dataclass

            dataclass(init=False, repr=False, eq=False, match_args=False)(kind)
            self._made[kind] = vars(kind)["__dataclass_fields__"]
            type.__delattr__(kind, "__dataclass_fields__")  # subclasses would take it for theirs
        return self._made[kind]


class _MatchArgs:
    """The fields as a `case` names them by place."""

    def __get__(self, value: object, kind: type[Frozen]) -> tuple[str, ...]:
        return tuple(kind._defaults)


class _Signature:
    """What `help()` shows of how a value is made."""

    def __get__(self, value: object, kind: type[Frozen]) -> inspect.Signature:
        from inspect import Parameter, Signature

        kinds = {name: said for base in kind.__mro__ for name, said in _own(base).items()}
        return Signature(
            [
                Parameter(
                    name,
                    Parameter.POSITIONAL_OR_KEYWORD,
                    default=Parameter.empty if default is _MISSING else default,
                    annotation=kinds[name],
                )
                for name, default in kind._defaults.items()
            ]
        )


_MISSING = object()
"""Where a field has no default."""


@dataclass_transform(frozen_default=True)
class Frozen:
    """A value that does not change, and equals another with the same fields.

    Every subclass is a dataclass; defaults are values, not factories.
    """

    __dataclass_fields__: ClassVar[Any] = _Fields()
    __match_args__: ClassVar[Any] = _MatchArgs()
    __signature__: ClassVar[Any] = _Signature()
    _defaults: ClassVar[dict[str, Any]] = {}
    _needed: ClassVar[tuple[str, ...]] = ()  # those that have no default; they come first

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if own := _own(cls):
            cls._defaults = cls._defaults | {name: vars(cls).get(name, _MISSING) for name in own}
            cls._needed = tuple(n for n, given in cls._defaults.items() if given is _MISSING)

    def __init__(self, *values: Any, **named: Any) -> None:
        fields = self._defaults
        if len(values) == len(fields) and not named:  # as in most messages
            object.__setattr__(self, "__dict__", dict(zip(fields, values, strict=False)))
            return
        given = fields | dict(zip(fields, values, strict=False)) | named
        if (
            len(values) > len(fields)
            or len(given) > len(fields)
            or (named and not named.keys().isdisjoint([*fields][: len(values)]))
            or not all(name in named for name in self._needed[len(values) :])
        ):
            raise TypeError(f"{type(self).__name__} takes {', '.join(fields) or 'nothing'}")
        object.__setattr__(self, "__dict__", given)

    def __setattr__(self, name: str, value: object) -> None:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *(self.__dict__[name] for name in self._defaults)))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={self.__dict__[name]!r}" for name in self._defaults)
        return f"{type(self).__name__}({fields})"


def made(kind: type[F], fields: dict[str, Any]) -> F:
    """A value with these fields, all of them: nobody looks, as in long listings there is no time.

    Args:
        kind: its class.
        fields: its fields in their order; the value keeps this very dictionary.
    """
    value = object.__new__(kind)
    object.__setattr__(value, "__dict__", fields)
    return value


def replace(value: F, /, **changes: Any) -> F:
    """The same with some fields changed, as `dataclasses.replace` does it."""
    return type(value)(**(vars(value) | changes))


def _own(kind: type) -> dict[str, str]:
    """The fields of a class alone, with their annotations: texts, as in all of our modules."""
    said: dict[str, str] = vars(kind).get("__annotations__", {})
    return {name: text for name, text in said.items() if not text.startswith("ClassVar")}
