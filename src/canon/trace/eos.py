"""What an EOS says, in words: records, properties, listings and live frames (canon-eos-ptp)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from canon.errors import DecodeError
from canon.ptp.eos import olc
from canon.ptp.eos.codes import ROWS, EosRow, Stored, row_at
from canon.ptp.eos.focus import read_focus
from canon.ptp.eos.formats import CustomFunctions, Timezone
from canon.ptp.eos.frames import PICTURES, EvfKind, read_frame
from canon.ptp.eos.layouts import (
    Eos,
    GetEvent,
    GetObjectInfoEx,
    GetViewfinderData,
    ListedObjects,
    PropertyValueEx,
    SetDevicePropValueEx,
)
from canon.ptp.eos.records import (
    AvailListChanged,
    OlcInfoChanged,
    Place,
    PropValueChanged,
    UnknownRecord,
    places,
    read_record,
)
from canon.ptp.operations import Operation
from canon.trace import ptp_names
from canon.trace.dataset import Dataset, Memory, Reader, say
from canon.trace.records import Span
from canon.trace.step import SHOWN, Odd, odd_of

CUT: frozenset[type[Operation[Any]]] = frozenset({GetEvent, GetViewfinderData})
"""The operations whose data can be read as far as they were kept."""
_VALUE = 4  # where the value begins in a record: after the number of its property
_OPEN_TEXTS = frozenset({"lens_name"})


@dataclass
class _Row:
    """What one record says, and where in the answer it is odd or private."""

    fields: dict[str, Any]
    odd: tuple[Odd, ...] = ()
    secret: tuple[Span, ...] = ()


def _row_of_records(tell: Callable[[Place, bytes, Memory], _Row]) -> Reader:
    """A reader of data that are a row of records."""

    def read(values: tuple[int, ...], data: bytes, memory: Memory) -> Dataset:
        rows, end, whole = [], 0, False
        for place in places(data):
            end, whole = place.end, not place.code
            if place.code:
                rows.append(tell(place, data, memory))
        odd = [one for row in rows for one in row.odd]
        secret = [span for row in rows for span in row.secret]
        if end < len(data):
            odd += [] if memory.cut else [Odd("data", end, data[end:][:SHOWN])]
            secret.append((end, len(data)))
        return Dataset(
            {"records": [row.fields for row in rows]},
            tuple(odd),
            tuple(secret),
            "" if whole or memory.cut else "no record ends the row",
        )

    return read


# --- records --------------------------------------------------------------------------------------


def _record(place: Place, data: bytes, memory: Memory) -> _Row:
    raw = data[place.start : place.end]
    record = read_record(place.code, raw)
    if isinstance(record, UnknownRecord):
        unknown = Odd("data", place.start, raw[:SHOWN])
        return _Row(
            {"record": ptp_names.event_name(place.code)},
            (unknown,) if raw else (),
            ((place.start, place.end),),
        )
    name = type(record).__name__
    odd = odd_of("data", type(record), raw, place.start)
    match record:
        case PropValueChanged(code, value):
            if code == Eos.OLC_VERSION:
                memory.olc_version = int.from_bytes(value[:4], "little")
            fields, secret = _property(code, value)
            spans = ((place.start + _VALUE, place.end),) if secret else ()
            return _Row({"record": name, **fields}, odd, spans)
        case AvailListChanged():
            return _Row(*_allowed(record, place))
        case OlcInfoChanged():
            return _shown(record, place, memory)
        case _:
            return _Row({"record": name, **say(record)}, odd)


def _allowed(record: AvailListChanged, place: Place) -> tuple[dict[str, Any], tuple[Odd, ...], Any]:
    """What a property may be."""
    row = row_at(record.property)
    fields: dict[str, Any] = {
        "record": type(record).__name__,
        "property": row.name,
        "form": record.form,
    }
    start = place.end - len(record.values)
    secret = ((start, place.end),) if _is_secret(row) else ()
    entries = row.entries(record)
    if entries is not None:
        fields["allowed"] = [_value(row, entry) for entry in entries]
    elif record.count:
        fields["count"] = record.count
    known = sum(map(len, entries or ()))
    rest = record.values[known:]
    return fields, (Odd("data", start + known, rest[:SHOWN]),) if rest else (), secret


def _shown(record: OlcInfoChanged, place: Place, memory: Memory) -> _Row:
    """What the display shows; groups that nobody can explain in hex."""
    groups = record.groups(memory.olc_version)
    fields: dict[str, Any] = {"record": type(record).__name__}
    if not groups:
        data = Odd("data", place.end - len(record.data), record.data[:SHOWN])
        return _Row({**fields, "mask": f"{record.mask:#06x}"}, (data,) if record.data else ())
    for name, number in vars(olc.display(groups)).items():
        if number is not None:
            fields[name] = (
                _value(ROWS[name], number.to_bytes(4, "little")) if name in ROWS else number
            )
    known = {int(group) for group in olc.Group}
    return _Row(
        fields | {f"{bit:#06x}": raw.hex() for bit, raw in groups.items() if bit not in known}
    )


# --- properties -----------------------------------------------------------------------------------


def _property(code: int, raw: bytes) -> tuple[dict[str, Any], bool]:
    """A property and its value, and whether that is private."""
    row = row_at(code, raw)
    return {"property": row.name, "value": _value(row, raw)}, _is_secret(row)


def _is_secret(row: EosRow) -> bool:
    """Whether a value is private, or not known to be harmless: texts, and unknown structures."""
    if row.stored is Stored.TEXT:
        return row.name not in _OPEN_TEXTS
    return row.kind.name == "raw" and row.name not in _STRUCTURES


def _value(row: EosRow, raw: bytes) -> Any:
    """A value as JSON can hold it; bytes in hex, or only counted where they are many."""
    try:
        if row.name in _STRUCTURES:
            return _STRUCTURES[row.name](raw)
        if row.stored is not Stored.NUMBER or len(raw) == _VALUE:
            value = row.read(raw)
            if not isinstance(value, bytes):
                return value if type(value) in (int, bool) else row.kind.label(value)
    except DecodeError:
        pass
    return raw.hex() if len(raw) <= SHOWN else {"bytes": len(raw)}


def _functions(raw: bytes) -> Any:
    return {
        str(group.number): {f"{one.number:#06x}": list(one.values) for one in group.functions}
        for group in CustomFunctions.decode(raw).groups
    }


def _focus(raw: bytes) -> Any:
    told = read_focus(raw)
    chosen = [[one.x, one.y, one.width, one.height] for one in told.selected]
    size = [told.head.width, told.head.height]
    return {"size": size, "points": len(told.points), "selected": chosen}


_STRUCTURES: dict[str, Callable[[bytes], Any]] = {
    "custom_func_ex": _functions,
    "focus_info_ex": _focus,
    "timezone": lambda raw: say(Timezone.decode(raw)),
}


def _set(values: tuple[int, ...], data: bytes, memory: Memory) -> Dataset:
    """A property that the host sets."""
    told = PropertyValueEx.decode(data)
    fields, secret = _property(told.property, told.value)
    return Dataset(fields, secret=((8, len(data)),) if secret else ())


# --- listings and frames --------------------------------------------------------------------------


def _listed(values: tuple[int, ...], data: bytes, memory: Memory) -> Dataset:
    """A folder's entries."""
    entries = [say(entry) for entry in ListedObjects.decode(data).entries]
    return Dataset({"entries": entries}, odd_of("data", ListedObjects, data))


def _frame_record(place: Place, data: bytes, memory: Memory) -> _Row:
    """One record of a live frame."""
    raw, kind = data[place.start : place.end], EvfKind(place.code)
    named = kind in EvfKind.__members__.values()
    fields: dict[str, Any] = {"record": kind.name if named else f"{place.code:#x}"}
    if kind in PICTURES:
        return _Row({**fields, "bytes": len(raw)}, secret=((place.start, place.end),))
    if not named or kind.name.startswith("UNKNOWN"):
        return _Row(fields, (Odd("data", place.start, raw[:SHOWN]),) if raw else ())
    if kind is EvfKind.AF_FRAMES:
        frames = read_frame(data).af_frames or ()
        return _Row(fields | {"frames": [[str(one.state), *one.place] for one in frames]})
    return _Row(fields | dict(_numbers(raw)))


def _numbers(raw: bytes) -> Iterator[tuple[str, Any]]:
    if len(raw) > 64:
        yield "bytes", len(raw)
    else:
        yield (
            "numbers",
            [int.from_bytes(raw[at : at + 4], "little") for at in range(0, len(raw), 4)],
        )


READERS: dict[type[Operation[Any]], Reader] = {
    GetEvent: _row_of_records(_record),
    GetViewfinderData: _row_of_records(_frame_record),
    GetObjectInfoEx: _listed,
    SetDevicePropValueEx: _set,
}
"""How the data of an EOS are read that no message says whole."""
