"""The datasets of a PTP conversation in words: what they say, what is odd, and what is private."""

from __future__ import annotations

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
    GetDevicePropDesc,
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
from canon.trace import eos, ptp_names
from canon.trace.dataset import NUMBER, Dataset, Memory, Reader, say, say_parameters
from canon.trace.step import SHOWN, Odd, odd_of
from canon.trace.usb import secret_spans
from canon.wire import Buffer, take


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
        return "UnknownEvent", {"event": ptp_names.event_name(head.code)}, (odd,) if odd.raw else ()
    fields, surplus = say_parameters(type(event), values, "event")
    return type(event).__name__, fields, surplus


def read_dataset(
    kind: type[Operation[Any]],
    values: tuple[int, ...],
    data: bytes,
    memory: Memory,
    *,
    inward: bool,
) -> Dataset:
    """What an operation's data say.

    Args:
        kind: the operation.
        values: its parameters.
        data: the dataset.
        memory: what was told before; a description adds a type.
        inward: whether the camera sent it.
    """
    message = kind.reply if inward else kind.data
    if message is None:
        return unknown_data(data)
    try:
        if kind in _READERS:
            return _READERS[kind](values, data, memory)
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


def _description(values: tuple[int, ...], data: bytes, memory: Memory) -> Dataset:
    """The description of a property; its type is remembered."""
    described, end = DevicePropDesc.read(data, 0)
    memory.kinds[described.code] = described.kind
    fields: dict[str, Any] = {
        "property": ptp_names.property_name(described.code),
        "kind": described.kind.name,
        "writable": bool(described.writable),
        "default": _said(described.code, described.default),
        "current": _said(described.code, described.current),
    }
    match described.form:
        case Range(minimum, maximum, step):
            fields["range"] = {"minimum": minimum, "maximum": maximum, "step": step}
        case Choices(choices):
            fields["choices"] = [_said(described.code, value) for value in choices]
    secret = [(end, len(data))]
    if _is_private(described.code):
        _, default = read_value(described.kind, data, 5)
        _, current = read_value(described.kind, data, default)
        secret = [
            (min(start + _count(described.kind), stop), stop)
            for start, stop in ((5, default), (default, current), (current, len(data)))
        ]
    return Dataset(fields, odd_of("data", DevicePropDesc, data), tuple(secret))


def _value(values: tuple[int, ...], data: bytes, memory: Memory) -> Dataset:
    """The bare value of a property."""
    code = values[0] if values else 0
    kind = memory.kinds.get(code, ptp_names.KINDS.get(code))
    if kind is None:  # nothing says how to read it
        secret = ((0, len(data)),) if _is_private(code) else ()
        return Dataset({"value": data.hex()}, secret=secret)
    value, end = read_value(kind, data)
    odd = Odd("data", end, data[end:][:SHOWN])
    start = _count(kind) if _is_private(code) else end
    return Dataset({"value": _said(code, value)}, (odd,) if odd.raw else (), ((start, len(data)),))


def _checked(values: tuple[int, ...], data: bytes, memory: Memory) -> Dataset:
    """The event that an operation brought, or none."""
    if not data:
        return Dataset({"event": None})
    name, fields, odd = say_event(data)
    return Dataset({"event": name, **fields}, odd)


def _entries(values: tuple[int, ...], data: bytes, memory: Memory) -> Dataset:
    """A folder's entries; they follow each other."""
    rows: list[dict[str, Any]] = []
    odd: list[Odd] = []
    for at in range(0, len(data), FOLDER_ENTRY):
        raw = bytes(take(data, at, FOLDER_ENTRY))
        rows.append(say(FolderEntry.decode(raw)))
        odd += odd_of("data", FolderEntry, raw, at)
    return Dataset({"entries": rows}, tuple(odd))


_READERS: dict[type[Operation[Any]], Reader] = {
    GetDevicePropDesc: _description,
    GetDevicePropValue: _value,
    SetDevicePropValue: _value,
    CheckEvent: _checked,
    GetObjectInfoEx: _entries,
    **eos.READERS,
}
"""How data are read that no message says whole; all others are read as their message."""


def unknown_data(data: bytes) -> Dataset:
    """Data that nobody can read."""
    odd = Odd("data", 0, data[:SHOWN])
    return Dataset({"bytes": len(data)}, (odd,) if data else (), ((0, len(data)),))


def _said(code: int, value: PropertyValue) -> Any:
    """A value; the owner's name is a list of characters with a NUL at its end."""
    if isinstance(value, tuple):
        owner = code == Property.OWNER and all(0 <= one <= 0xFF for one in value)
        return bytes(value).decode("latin-1").partition("\0")[0] if owner else list(value)
    return value


def _is_private(code: int) -> bool:
    """Whether a property's value is private, or not known to be harmless."""
    return code in ptp_names.PRIVATE_PROPERTIES or code not in ptp_names.PROPERTIES


def _count(kind: DataType) -> int:
    """The bytes before a value that count what follows; they may be seen."""
    if kind == DataType.TEXT:
        return 1
    return NUMBER if kind & ARRAY else 0
