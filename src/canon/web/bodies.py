"""What requests hold in JSON: classes whose fields are read, checked, and told in OpenAPI."""

from __future__ import annotations

import inspect
import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from canon.frozen import Frozen

B = TypeVar("B", bound="Body")
Schema = dict[str, Any]


class Body(Frozen):
    """The JSON of a request."""


class NoBody(Body):
    """No JSON at all."""


class Within(Frozen):
    """How large a number may be, or how long a list."""

    low: float
    high: float


Where = Literal["host", "card", "both"]


class Release(Body):
    """A picture is wanted.

    Attributes:
        target: where it goes; where the page has chosen, when it is null.
        focus: whether the lens focuses before.
        delay_s: how long to wait before, in seconds.
    """

    target: Where | None = None
    focus: bool = True
    delay_s: Annotated[float, Within(0, 60)] = 0.0


class ReleaseAll(Body):
    """A picture of every camera is wanted.

    Attributes:
        target: where they go.
    """

    target: Where | None = None


class Aim(Body):
    """Where pictures go."""

    target: Where


class Series(Body):
    """Pictures one after the other.

    Attributes:
        every_s: seconds from one to the next.
        count: how many.
        target: where they go.
    """

    every_s: Annotated[float, Within(0.1, 86400 * 366)]
    count: Annotated[int, Within(1, 1_000_000)]
    target: Where | None = None


class Bracket(Body):
    """Pictures with several exposures.

    Attributes:
        ev: the stops of each: [-2, 0, 2].
        target: where they go.
    """

    ev: Annotated[list[Annotated[float, Within(-20, 20)]], Within(1, 99)]
    target: Where | None = None


class Locked(Body):
    """Whether the focus is locked."""

    locked: bool


class Drive(Body):
    """Steps of the focus, away from the camera; negative ones come nearer."""

    steps: Annotated[int, Within(-1000, 1000)]
    size: Annotated[int, Within(1, 3)] = 1


class Zoomed(Body):
    """Where the zoom goes."""

    position: Annotated[int, Within(0, 1000)]


class Switched(Body):
    """Whether something is on."""

    on: bool


class Clock(Body):
    """The camera's time: this computer's when it is null, else one in ISO 8601."""

    time: str | None = None


Some = Annotated[list[str], Within(1, 2000)]


class Paths(Body):
    """Files of the card."""

    paths: Some


class Packed(Body):
    """Files of the card for a zip.

    Attributes:
        paths: the files.
        add_to: the number of a zip that they are added to; null makes a new one.
    """

    paths: Some
    add_to: str | None = None


class Protected(Body):
    """Files of the card, and whether they are protected."""

    paths: Some
    protected: bool


class Changes(Body):
    """Settings by their names; all or none are changed."""

    settings: dict[str, Any]


def read(kind: type[B], document: object) -> B:
    """A body out of JSON.

    Raises:
        ValueError: it is none of these; the message says which field is wrong, and what fits.
    """
    if not isinstance(document, Mapping):
        raise ValueError("the body is no JSON object")
    kinds = _kinds(kind)
    for name in document:
        if name not in kinds:
            there = ", ".join(kinds)
            raise ValueError(f"there is no {str(name)[:50]!r}; there are: {there or 'none'}")
    missing = [name for name in required(kind) if name not in document]
    if missing:
        raise ValueError(f"{missing[0]} is missing")
    return kind(**{name: _value(name, kinds[name], value) for name, value in document.items()})


def required(kind: type[Body]) -> list[str]:
    """The fields that cannot be left out."""
    return [name for name in _kinds(kind) if not hasattr(kind, name)]


def schema(kind: type[Body]) -> Schema:
    """What OpenAPI says of a body."""
    found: Schema = {
        "type": "object",
        "properties": {name: _schema(told) for name, told in _kinds(kind).items()},
        "additionalProperties": False,
    }
    if required(kind):
        found["required"] = required(kind)
    return found


def _kinds(kind: type[Body]) -> dict[str, Any]:
    told = get_type_hints(kind, include_extras=True)
    return {name: told[name] for name in inspect.get_annotations(kind)}


_PLAIN: dict[object, tuple[tuple[type, ...], str, str]] = {
    bool: ((bool,), "boolean", "true or false"),
    int: ((int,), "integer", "a whole number"),
    float: ((int, float), "number", "a number"),
    str: ((str,), "string", "a text"),
}


def _value(name: str, told: Any, value: object) -> object:
    origin, args = get_origin(told), get_args(told)
    if origin is Annotated:
        return _bounded(name, args[1], _value(name, args[0], value))
    if origin in (Union, types.UnionType):
        return None if value is None else _value(name, args[0], value)
    if origin is Literal:
        if value in args:
            return value
        raise ValueError(f"{name} is one of {', '.join(map(str, args))}")
    if origin is list:
        if isinstance(value, list):
            return [_value(name, args[0], one) for one in value]
        raise ValueError(f"{name} is a list")
    if origin is dict:
        if isinstance(value, dict):
            return value
        raise ValueError(f"{name} is an object")
    fits, _, words = _PLAIN[told]
    is_number_for_a_switch = isinstance(value, bool) and told is not bool
    if not isinstance(value, fits) or is_number_for_a_switch or value != value:
        raise ValueError(f"{name} is {words}")
    return value


def _bounded(name: str, within: Within, value: Any) -> object:
    if isinstance(value, list):
        if not within.low <= len(value) <= within.high:
            raise ValueError(f"{name} has {within.low:g} to {within.high:g} of them")
    elif not within.low <= value <= within.high:
        raise ValueError(f"{name} is from {within.low:g} to {within.high:g}")
    return value


def _schema(told: Any) -> Schema:
    origin, args = get_origin(told), get_args(told)
    if origin is Annotated:
        found, within = _schema(args[0]), args[1]
        low, high = ("minItems", "maxItems") if "items" in found else ("minimum", "maximum")
        return {**found, low: within.low, high: within.high}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(args[0]), {"type": "null"}]}
    if origin is Literal:
        return {"type": "string", "enum": list(args)}
    if origin is list:
        return {"type": "array", "items": _schema(args[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": True}
    return {"type": _PLAIN[told][1]}
