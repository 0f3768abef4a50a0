"""What a dataset of a PTP conversation says, and what was said before that helps to read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from canon.ptp.containers import HEAD
from canon.ptp.datasets import DataType
from canon.trace import ptp_names
from canon.trace.records import Span
from canon.trace.step import Odd, fields_of
from canon.wire import Message

NUMBER = 4
"""The bytes of a parameter."""

_NAMES: dict[str, Callable[[int], str]] = {
    "operations": ptp_names.operation_name,
    "events": ptp_names.event_name,
    "records": ptp_names.event_name,
    "event": ptp_names.event_name,
    "properties": ptp_names.property_name,
    "property": ptp_names.property_name,
    "capture_formats": ptp_names.format_name,
    "image_formats": ptp_names.format_name,
    "format": ptp_names.format_name,
    "thumbnail_format": ptp_names.format_name,
    "storage": ptp_names.handle_name,
    "parent": ptp_names.handle_name,
    "group": ptp_names.handle_name,
    "handle": ptp_names.handle_name,
    "handles": ptp_names.handle_name,
    "ids": ptp_names.handle_name,
}
"""How the numbers of a field are written, by the field's name."""


@dataclass
class Memory:
    """What a conversation has told so far.

    Attributes:
        kinds: the types of properties' values, as their descriptions have told them.
        olc_version: how the display of an EOS is laid out; 0 until it has told.
        cut: whether the end of the data that are read was not kept.
    """

    kinds: dict[int, DataType] = field(default_factory=dict)
    olc_version: int = 0
    cut: bool = False


@dataclass(frozen=True)
class Dataset:
    """What a dataset says.

    Attributes:
        fields: its fields.
        odd: its bytes that nobody can explain.
        secret: where its private parts lie.
        note: why it cannot be read.
    """

    fields: dict[str, Any]
    odd: tuple[Odd, ...] = ()
    secret: tuple[Span, ...] = ()
    note: str = ""


def say(message: Message) -> dict[str, Any]:
    """What a message of PTP says; handles in hex, codes by name."""
    return {
        name: _named(name, getattr(message, name)) if name in _NAMES else value
        for name, value in fields_of(message).items()
    }


def _named(name: str, value: Any) -> Any:
    to_name = _NAMES[name]
    return [to_name(one) for one in value] if isinstance(value, tuple) else to_name(value)


def say_parameters(
    kind: type[Message], values: tuple[int, ...], part: str
) -> tuple[dict[str, Any], tuple[Odd, ...]]:
    """The parameters that were sent, by the names of a message's fields; what is surplus is odd.

    Args:
        kind: the message whose fields they are.
        values: the parameters.
        part: the container that they came in.
    """
    fields = dict(zip((name for name, _, _ in kind.layout()), values, strict=False))
    said = {
        name: _NAMES[name](value) if name in _NAMES else value for name, value in fields.items()
    }
    surplus = values[len(fields) :]
    raw = b"".join(value.to_bytes(NUMBER, "little") for value in surplus)
    at = HEAD + NUMBER * len(fields)
    return said, (Odd(part, at, raw),) if any(raw) else ()


Reader = Callable[[tuple[int, ...], bytes, Memory], Dataset]
"""Reads a dataset; it gets the parameters of the operation, the data, and what was told before."""
