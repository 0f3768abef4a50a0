"""Traces of one JSON object a line, of two kinds.

`canon-native-trace/1` begins with a header and holds transfers, or native commands with their
replies. A PTP trace has no header; each line is one operation with its data and its response:
`opcode`, `tid`, `params`, `data_dir` (`in` or `out`), `data` (without the container's head),
`data_len`, `response`, `resp_params`, `t`. Lines that hold nothing but a data container have only
`opcode`, `tid`, `data_dir`, `data` and `data_len`.

Of PTP over TCP a line may be one packet, whole: `packet`, and `dir` (`in` or `out`). And where only
pieces of a conversation are known, a line has one: a record (`record`, `payload`; of a live frame
where its `kind` says so), values of a property (`property`, `rows` of a note and a value), or
operations with their parameters (`rows`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from canon.trace.records import (
    Exchange,
    IpPacket,
    Kind,
    Record,
    Remark,
    Setup,
    Span,
    Transaction,
    Transfer,
)

_KINDS = {"control": Kind.CONTROL, "bulk": Kind.BULK, "interrupt": Kind.INTERRUPT}
_HEX: tuple[str, ...] = ("data", "data_prefix", "data_suffix", "request", "response")
_HEX_OF_PTP = ("data", "packet")
_LONGEST = 64 << 20  # bytes of one line
_MOST_PARAMETERS = 5
_OF_PTP = ("opcode", "packet", "record", "rows")
_EVENTS, _FRAME, _SET = 0x9116, 0x9153, 0x9110
_END = (8).to_bytes(4, "little") + bytes(4)
"""What ends a row of records."""


def read_trace(file: BinaryIO) -> Iterator[Record]:
    """The records of a trace; a line that cannot be read is a `Remark`.

    Raises:
        ValueError: the first line is that of neither kind.
    """
    ptp = False
    for line, (fields, trouble) in enumerate(_lines(file)):
        if line == 0:
            ptp = not fields.keys().isdisjoint(_OF_PTP)
            if not ptp and fields.get("format") != "canon-native-trace/1":
                raise ValueError(
                    "the first line says neither that this is a canon-native-trace/1, "
                    "nor an opcode or a packet of PTP"
                )
        if fields.get("type") == "header":
            continue
        index = line + 1 if ptp else line - 1  # a native trace counts from after its header
        try:
            yield from _line(fields, index) if ptp else (_record(fields),)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            reason = f"a record that lacks or garbles {error}" if fields else trouble
            yield Remark(index, None, "Broken", reason)


def _lines(file: BinaryIO) -> Iterator[tuple[dict[str, Any], str]]:
    """Each line's object; an empty one, and why, where a line cannot be read."""
    while line := file.readline(_LONGEST):
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield {}, f"a line that is not JSON: {error}"
            continue
        yield fields if isinstance(fields, dict) else {}, "a line that holds no object"


def _record(fields: Mapping[str, Any]) -> Record:
    kind, index = fields["type"], int(fields["index"])
    time = float(fields["t"]) if "t" in fields else None
    if kind == "command":
        return _exchange(fields, index)
    if kind == "gap":
        return Remark(index, time, "Gap", str(fields["note"]))
    if kind == "host_timeout":
        return Remark(index, time, "HostTimeout", f"{int(fields['ms'])} ms")
    if kind == "clear_halt":
        return Remark(index, time, "ClearHalt", "")
    name, _, direction = str(kind).partition("_")
    setup = None
    if name == "control":
        words = ("bmRequestType", "bRequest", "wValue", "wIndex", "wLength")
        setup = Setup(*(int(fields[word]) for word in words))
    return Transfer(
        index=index,
        time=time,
        took=float(fields["t_done"]) - time if time is not None and "t_done" in fields else None,
        device="",
        endpoint=int(fields.get("endpoint", 0x80 if direction == "in" else 0)),
        kind=_KINDS[name],
        setup=setup,
        data=bytes.fromhex(fields.get("data_prefix", fields.get("data", ""))),
        tail=bytes.fromhex(fields.get("data_suffix", "")),
        size=int(fields["actual"]),
        room=int(fields.get("requested", fields.get("wLength", 0))),
        note=str(fields.get("note", "")),
    )


def _exchange(fields: Mapping[str, Any], index: int) -> Exchange:
    code = int(fields["cmd2"], 16) << 8 | int(fields["cmd1"], 16)
    return Exchange(
        index=index,
        code=code,
        long=int(fields["cmd3"], 16) == 0x202,
        payload=bytes.fromhex(fields["request"]),
        size=int(fields["request_len"]),
        reply=bytes.fromhex(fields["response"]),
        reply_from=int(fields.get("response_from", 0)),
        reply_size=int(fields["response_total"]),
    )


def _line(fields: Mapping[str, Any], index: int) -> Sequence[Record]:
    """What a line of a PTP trace holds."""
    match fields:
        case {"packet": str(packet)}:
            time = float(fields["t"]) if "t" in fields else None
            return (IpPacket(index, time, fields["dir"] == "in", bytes.fromhex(packet)),)
        case {"record": str(code), "payload": str(payload)}:
            live = str(fields.get("kind", "")).startswith("live view")
            raw = bytes.fromhex(payload)
            head = (len(raw) + 8).to_bytes(4, "little") + int(code, 16).to_bytes(4, "little")
            return (_piece(index, _FRAME if live else _EVENTS, head + raw + _END, inward=True),)
        case {"property": str(code), "rows": [*rows]}:
            values = [int(code, 16).to_bytes(4, "little") + bytes.fromhex(raw) for _, raw in rows]
            return [
                _piece(index, _SET, (4 + len(raw)).to_bytes(4, "little") + raw, inward=False)
                for raw in values
            ]
        case {"rows": [*rows]}:
            return [_asked(index, int(code, 16), bytes.fromhex(raw)) for code, raw in rows]
        case _:
            return (_transaction(fields, index),)


def _piece(index: int, code: int, data: bytes, *, inward: bool) -> Transaction:
    """Data of an operation of which nothing else is known."""
    return Transaction(index, None, code, 0, None, inward, data, len(data), None, ())


def _asked(index: int, code: int, raw: bytes) -> Transaction:
    """An operation with its parameters, of which nothing else is known."""
    values = tuple(int.from_bytes(raw[at : at + 4], "little") for at in range(0, len(raw), 4))
    return Transaction(index, None, code, 0, values[:_MOST_PARAMETERS], None, b"", 0, None, ())


def _transaction(fields: Mapping[str, Any], index: int) -> Transaction:
    data = bytes.fromhex(fields["data"] or "") if "data" in fields else b""
    size = int(fields.get("data_len", len(data)))
    if fields.get("data_at"):  # a piece out of the middle: layouts begin at the start
        data = b""
    direction = fields["data_dir"]
    return Transaction(
        index=index,
        time=float(fields["t"]) if "t" in fields else None,
        code=int(fields["opcode"], 16),
        number=int(fields.get("tid", 0)),
        parameters=_numbers(fields["params"]) if "params" in fields else None,
        inward=None if direction is None else direction == "in",
        data=data,
        size=size,
        response=int(fields["response"], 16) if "response" in fields else None,
        returned=_numbers(fields.get("resp_params", ())),
    )


def _numbers(words: Iterable[str]) -> tuple[int, ...]:
    numbers = tuple(int(word, 16) for word in words)
    if len(numbers) > _MOST_PARAMETERS or not all(0 <= one <= 0xFFFFFFFF for one in numbers):
        raise ValueError(f"{numbers} where up to five numbers of 32 bits belong")
    return numbers


def blank_trace(file: BinaryIO, copy: BinaryIO, spans: Mapping[int, Iterable[Span]]) -> None:
    """Copy a trace with zeros in the named spans of its records."""
    for line, (fields, _) in enumerate(_lines(file), 1):
        if not fields:
            continue
        index, names = fields.get("index"), _HEX
        if not fields.keys().isdisjoint(_OF_PTP):
            index, names = line, _HEX_OF_PTP
            if "payload" in fields or "rows" in fields:
                _blank_pieces(fields, private=bool(spans.get(line)))
                copy.write(json.dumps(fields).encode() + b"\n")
                continue
        for start, stop in spans.get(index, ()) if isinstance(index, int) else ():
            at = 0
            for name in names:
                if isinstance(text := fields.get(name), str):
                    size = len(text) // 2
                    first, last = (min(max(edge - at, 0), size) for edge in (start, stop))
                    fields[name] = f"{text[: 2 * first]}{'00' * (last - first)}{text[2 * last :]}"
                    at += size
        copy.write(json.dumps(fields).encode() + b"\n")


def packet_line(packet: IpPacket, spans: Iterable[Span]) -> bytes:
    """The line of a trace that holds a packet, with zeros in the named spans."""
    data = bytearray(packet.data)
    for start, stop in spans:
        data[start:stop] = bytes(len(data[start:stop]))
    fields: dict[str, Any] = {} if packet.time is None else {"t": packet.time}
    fields |= {"dir": "in" if packet.inward else "out", "packet": data.hex()}
    return json.dumps(fields).encode() + b"\n"


def _blank_pieces(fields: dict[str, Any], *, private: bool) -> None:
    """Blank the pieces of a conversation that a line holds, all or nothing."""
    if private:
        fields.pop("rows", None)
        fields["payload"] = "00" * (len(str(fields.get("payload", ""))) // 2)
