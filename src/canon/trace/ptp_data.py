"""The datasets of a PTP conversation in words: what they say, what is odd, and what is private."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from canon.errors import DecodeError
from canon.ptp.containers import HEAD, Container, ContainerKind, parameters
from canon.ptp.datasets import (
    ARRAY,
    Choices,
    DataType,
    DevicePropDesc,
    PropertyValue,
    Range,
    read_value,
)
from canon.ptp.operations import (
    Bytes,
    GetDevicePropValue,
    Operation,
    SetDevicePropValue,
    UnknownEvent,
    make_event,
)
from canon.ptp.powershot.layouts import (
    FOLDER_ENTRY,
    CheckEvent,
    FolderEntry,
    GetObjectInfoEx,
    Property,
)
from canon.trace import names
from canon.trace.records import Span
from canon.trace.steps import secret_spans
from canon.trace.told import SHOWN, Odd, fields_of, odd_of
from canon.wire import Buffer, Message, take

_NUMBER = 4  # bytes of a parameter

_NAMES: dict[str, Callable[[int], str]] = {
    "operations": names.operation_name,
    "events": names.event_name,
    "event": names.event_name,
    "properties": names.property_name,
    "property": names.property_name,
    "capture_formats": names.format_name,
    "image_formats": names.format_name,
    "format": names.format_name,
    "thumbnail_format": names.format_name,
    "storage": names.handle_name,
    "parent": names.handle_name,
    "handle": names.handle_name,
    "handles": names.handle_name,
    "ids": names.handle_name,
}
"""How the numbers of a field are written, by the field's name."""


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
    fields = dict(zip((place.name for place in kind.layout()), values, strict=False))
    told = {
        name: _NAMES[name](value) if name in _NAMES else value for name, value in fields.items()
    }
    surplus = values[len(fields) :]
    raw = b"".join(value.to_bytes(_NUMBER, "little") for value in surplus)
    at = HEAD + _NUMBER * len(fields)
    return told, (Odd(part, at, raw),) if any(raw) else ()


def say_event(block: Buffer) -> tuple[str, dict[str, Any], tuple[Odd, ...]]:
    """The name of an event, its fields, and what of it is odd.

    Raises:
        DecodeError: these bytes are no event.
    """
    head = Container.decode(block)
    if head.kind != ContainerKind.EVENT or head.length != len(block):
        raise DecodeError(f"{len(block)} bytes that are no event", 0)
    values = parameters(block[HEAD:])
    event = make_event(head.code, values)
    if isinstance(event, UnknownEvent):
        odd = Odd("event", HEAD, bytes(block[HEAD:]))
        return "UnknownEvent", {"event": names.event_name(head.code)}, (odd,) if odd.raw else ()
    fields, surplus = say_parameters(type(event), values, "event")
    return type(event).__name__, fields, surplus


@dataclass
class DataReader:
    """Reads the datasets of one conversation; remembers what type a property has.

    Attributes:
        kinds: the type of a property's value, where its description has told it.
    """

    kinds: dict[int, DataType] = field(default_factory=dict)

    def read(
        self, kind: type[Operation[Any]], values: tuple[int, ...], data: bytes, *, inward: bool
    ) -> Dataset:
        """What an operation's data say.

        Args:
            kind: the operation.
            values: its parameters.
            data: the dataset.
            inward: whether the camera sent it.
        """
        message = kind.reply if inward else kind.data
        try:
            if message is None:
                return unknown_data(data)
            if message is DevicePropDesc:
                return self._description(data)
            if kind in (GetDevicePropValue, SetDevicePropValue):
                return self._value(values[0] if values else 0, data)
            if kind is CheckEvent:
                return _checked(data)
            if kind is GetObjectInfoEx:
                return _entries(data)
            if message is Bytes:
                return Dataset({"bytes": len(data)}, secret=((0, len(data)),))
            return Dataset(
                say(message.decode(data)),
                odd_of("data", message, data),
                tuple(secret_spans(message, data, 0)),
            )
        except DecodeError as error:
            odd = Odd("data", 0, data[:SHOWN])
            return Dataset({}, (odd,) if data else (), ((0, len(data)),), str(error))

    def _description(self, data: bytes) -> Dataset:
        described, end = DevicePropDesc.read(data, 0)
        self.kinds[described.code] = described.kind
        fields: dict[str, Any] = {
            "property": names.property_name(described.code),
            "kind": described.kind.name,
            "writable": bool(described.writable),
            "default": _said(described.code, described.default),
            "current": _said(described.code, described.current),
        }
        match described.form:
            case Range(minimum, maximum, step):
                fields["range"] = {"minimum": minimum, "maximum": maximum, "step": step}
            case Choices(values):
                fields["choices"] = [_said(described.code, value) for value in values]
        secret = [(end, len(data))]
        if _is_private(described.code):
            _, default = read_value(described.kind, data, 5)
            _, current = read_value(described.kind, data, default)
            secret = [
                (min(start + _count(described.kind), stop), stop)
                for start, stop in ((5, default), (default, current), (current, len(data)))
            ]
        return Dataset(fields, odd_of("data", DevicePropDesc, data), tuple(secret))

    def _value(self, code: int, data: bytes) -> Dataset:
        kind = self.kinds.get(code, names.KINDS.get(code))
        if kind is None:  # nothing says how to read it
            secret = ((0, len(data)),) if _is_private(code) else ()
            return Dataset({"value": data.hex()}, secret=secret)
        value, end = read_value(kind, data)
        odd = Odd("data", end, data[end:][:SHOWN])
        start = _count(kind) if _is_private(code) else end
        return Dataset(
            {"value": _said(code, value)}, (odd,) if odd.raw else (), ((start, len(data)),)
        )


def unknown_data(data: bytes) -> Dataset:
    """Data that nobody can read."""
    odd = Odd("data", 0, data[:SHOWN])
    return Dataset({"bytes": len(data)}, (odd,) if data else (), ((0, len(data)),))


def _checked(data: bytes) -> Dataset:
    """The event that an operation brought, or none."""
    if not data:
        return Dataset({"event": None})
    name, fields, odd = say_event(data)
    return Dataset({"event": name, **fields}, odd)


def _entries(data: bytes) -> Dataset:
    """A folder's entries; they follow each other."""
    rows: list[dict[str, Any]] = []
    odd: list[Odd] = []
    for at in range(0, len(data), FOLDER_ENTRY):
        raw = bytes(take(data, at, FOLDER_ENTRY))
        rows.append(say(FolderEntry.decode(raw)))
        odd += odd_of("data", FolderEntry, raw, at)
    return Dataset({"entries": rows}, tuple(odd))


def _said(code: int, value: PropertyValue) -> Any:
    """A value; the owner's name is a list of characters with a NUL at its end."""
    if isinstance(value, tuple):
        owner = code == Property.OWNER and all(0 <= one <= 0xFF for one in value)
        return bytes(value).decode("latin-1").partition("\0")[0] if owner else list(value)
    return value


def _is_private(code: int) -> bool:
    """Whether a property's value is private, or not known to be harmless."""
    return code in names.PRIVATE_PROPERTIES or code not in names.PROPERTIES


def _count(kind: DataType) -> int:
    """The bytes before a value that count what follows; they may be seen."""
    if kind == DataType.TEXT:
        return 1
    return _NUMBER if kind & ARRAY else 0
