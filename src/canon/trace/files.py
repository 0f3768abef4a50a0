"""Recordings of USB traffic, read as one stream whatever the file.

Three kinds of file: usbmon captures as `.pcap` and as `.pcapng` (link types 189 and 220, what
Wireshark, tcpdump and `--record` write), and `canon-native-trace/1`, a JSON object on each line.
A capture's request and its completion are joined to one `Transfer`; a trace that kept only commands
gives `Exchange`s; everything else worth knowing is a `Remark`.

A recording is not trusted: no length in it is believed before the bytes are there, and what is
broken becomes a `Remark`, so one bad record never hides the rest. Only a file that is no recording
at all is an error, a `ValueError`.
"""

from __future__ import annotations

import enum
import json
import os
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from canon.errors import MissingExtra

USB_LINUX = 189
USB_LINUX_MMAPPED = 220
HEADS = {USB_LINUX: 48, USB_LINUX_MMAPPED: 64}
"""Link types of usbmon captures, and the bytes of the header before a record's data."""

URB = "QsBBBHBBqiiII8s"
"""The first 48 bytes of a usbmon header: id, event, kind, endpoint, address, bus, two flags (zero
where setup bytes and data are there), time, status, length, captured length, setup bytes."""

_LARGEST = 64 << 20  # bytes of one packet or line; the kernel's largest USB request has 16 MiB
_OPTIONS = 4096  # bytes of options after a packet: dpkt's time for them grows with their square
_WAITING = 256  # requests that have no completion yet


class Kind(enum.Enum):
    """The four kinds of USB transfers."""

    ISOCHRONOUS = 0
    INTERRUPT = 1
    CONTROL = 2
    BULK = 3


@dataclass(frozen=True)
class Setup:
    """The eight bytes that begin a control transfer.

    Attributes:
        kind: bmRequestType; bit 7 is set when data comes from the device.
        request: bRequest.
        value: wValue.
        index: wIndex.
        length: wLength, the bytes asked for or sent.
    """

    kind: int
    request: int
    value: int
    index: int
    length: int


@dataclass(frozen=True)
class Transfer:
    """One USB transfer.

    Attributes:
        index: the number of the record that holds its data; in a capture the frame number of
            Wireshark, in a trace the record's own `index`.
        time: seconds at which the host asked, None when that was not written down.
        took: seconds until it was over, None when that was not written down.
        device: `bus.address` in a capture, empty in a trace (which has only one device).
        endpoint: the endpoint's address; bit 7 is set when data comes from the device.
        kind: control, bulk, interrupt or isochronous.
        setup: what a control transfer asks.
        data: the bytes that passed, as far as they were recorded from the start on.
        tail: the last bytes that passed, where only some in the middle are missing.
        size: how many bytes passed.
        room: how many the host asked for or wanted to send.
        status: 0, a negative Linux error number, or None when no completion was recorded.
        note: what the recording says about it.
    """

    index: int
    time: float | None
    took: float | None
    device: str
    endpoint: int
    kind: Kind
    setup: Setup | None = None
    data: bytes = b""
    tail: bytes = b""
    size: int = 0
    room: int = 0
    status: int | None = 0
    note: str = ""

    @property
    def inward(self) -> bool:
        """Whether data goes from the device to the host."""
        return bool(self.setup.kind & 0x80 if self.setup else self.endpoint & 0x80)

    @property
    def complete(self) -> bool:
        """Whether every byte that passed is in `data`."""
        return len(self.data) == self.size


@dataclass(frozen=True)
class Exchange:
    """One native command and its reply, from a trace that did not keep the transfers.

    Attributes:
        index: the record's number.
        code: the command: cmd2 in the high byte, cmd1 in the low one.
        long: whether the reply is a long one (cmd3 0x202).
        payload: what followed the command's head, as far as it was recorded.
        size: how many bytes that were.
        reply: the bytes of the reply from `reply_from` on, as far as they were recorded.
        reply_from: the offset in the reply at which the recording begins.
        reply_size: how many bytes the reply had, counted from its first.
    """

    index: int
    code: int
    long: bool
    payload: bytes
    size: int
    reply: bytes
    reply_from: int
    reply_size: int


@dataclass(frozen=True)
class Remark:
    """What a recording tells besides transfers.

    Attributes:
        index: the number of the record it stands at.
        time: seconds, None when that was not written down.
        name: `Gap` (something was left out), `HostTimeout` (the host program chose a time-out),
            `ClearHalt`, or `Broken` (a record that cannot be read).
        text: the details.
    """

    index: int
    time: float | None
    name: str
    text: str


Record = Transfer | Exchange | Remark


def read(path: str | os.PathLike[str]) -> Iterator[Record]:
    """What a recording holds, in the order in which the transfers were over.

    Raises:
        ValueError: the file is no recording of USB traffic.
        MissingExtra: it is a capture, and the package that reads captures is not installed.
    """
    with Path(path).open("rb") as file:
        if _is_trace(file, path):
            yield from _trace(file)
        else:
            yield from _join(_Capture(file, os.fspath(path)))


def blank(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    spans: Mapping[int, Iterable[tuple[int, int]]],
) -> None:
    """Copy a recording with bytes of some records blanked.

    Everything else stays as it is, lengths and times included. What cannot be read is not copied.

    Args:
        source: the recording.
        target: where the copy goes; an existing file is replaced.
        spans: for the number of a record (`Transfer.index`, `Exchange.index`) the (start, end) of
            what is to become zeros; of an Exchange, the payload comes first and the reply after it.

    Raises:
        ValueError: the source is no recording, or the target is the source.
        MissingExtra: as `read`.
    """
    if Path(target).exists() and Path(target).samefile(source):
        raise ValueError("the copy cannot replace the recording itself; name another file")
    with Path(source).open("rb") as file, Path(target).open("wb") as copy:
        if _is_trace(file, source):
            _blank_trace(file, copy, spans)
        else:
            _blank_capture(_Capture(file, os.fspath(source)), file, copy, spans)


_REQUEST = b"S"
_SECTION = b"\x0a\x0d\x0d\x0a"
_MAGICS = (_SECTION, *(struct.pack(o + "I", m) for o in "<>" for m in (0xA1B2C3D4, 0xA1B23C4D)))


def _is_trace(file: BinaryIO, path: str | os.PathLike[str]) -> bool:
    start = file.read(4)
    file.seek(0)
    if start[:1] != b"{" and start not in _MAGICS:
        raise ValueError(
            f"{os.fspath(path)} is no recording of USB traffic; "
            "a usbmon .pcap or .pcapng or a canon-native-trace/1 .jsonl is wanted"
        )
    return start[:1] == b"{"


# --- captures ------------------------------------------------------------------------------------


class _Guard:
    """A file for dpkt to read from: keeps broken lengths away from it, and knows where it is.

    Attributes:
        ng: whether the capture is a .pcapng.
        order: its byte order, for struct.
        at: the offset in the file of what was read last.
    """

    def __init__(self, file: BinaryIO) -> None:
        magic = file.read(12)
        file.seek(0)
        self.ng = magic[:4] == _SECTION
        little = magic[8:9] == b"\x4d" if self.ng else magic[3:4] == b"\xa1"
        self.order = "<" if little else ">"
        self.at = 0
        self._file = file
        self._head = b""

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes, or none at the end; EOFError when the recording breaks off."""
        if not 0 <= size <= _LARGEST:
            raise EOFError(f"a record claims {size} bytes; what follows cannot be read")
        self.at = self._file.tell()
        data = self._file.read(size)
        if len(data) < size and (data or size > 16):  # heads have up to 16 bytes, packets more
            raise EOFError("the file ends in the middle of a record")
        if self.ng and size > 24 + _OPTIONS and self._head.startswith(self._packet_block):
            (captured,) = struct.unpack_from(self.order + "I", data, 12)
            if size - 24 - captured > _OPTIONS:
                raise EOFError("a packet carries more options than any program writes")
        self._head = data[:4]
        return data

    def tell(self) -> int:
        """The offset of what is read next."""
        return self._file.tell()

    @property
    def _packet_block(self) -> bytes:
        return struct.pack(self.order + "I", 6)


class _Packet(NamedTuple):
    """One record of a capture: its number as Wireshark counts, its bytes, and where they are."""

    number: int
    at: int
    end: int  # the offset after all that belongs to it
    raw: bytes


class _Capture:
    """A usbmon capture: its packets, and how their headers are laid out.

    Attributes:
        size: bytes of a header.
        head: its first 48 bytes, for struct.
        broken: why the packets ended too soon, once they have; empty when they did not.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        try:
            from dpkt import Error, pcap, pcapng
        except ImportError:
            raise MissingExtra("reading pcap files", "trace") from None
        self._guard = _Guard(file)
        self._errors: tuple[type[Exception], ...] = (Error, EOFError, struct.error, ValueError)
        try:
            self._reader = (pcapng if self._guard.ng else pcap).Reader(self._guard)
        except self._errors as error:
            raise ValueError(f"{name} begins like a capture but is none: {error}") from None
        link = self._reader.datalink()
        if link not in HEADS:
            raise ValueError(
                f"{name} is of link type {link}, not USB as Linux records it (189 or 220); "
                "record with usbmon"
            )
        self.size = HEADS[link]
        self.head = struct.Struct(self._guard.order + URB)
        self.broken = ""

    def __iter__(self) -> Iterator[_Packet]:
        skip = 20 if self._guard.ng else 0  # what dpkt reads of a block before the packet
        try:
            for number, (_, raw) in enumerate(self._reader, 1):
                yield _Packet(number, self._guard.at + skip, self._guard.tell(), raw)
        except self._errors as error:
            self.broken = str(error)


class _Urb(NamedTuple):
    """One usbmon record: a request, or its completion."""

    number: int
    id: int
    event: bytes
    kind: int
    endpoint: int
    address: int
    bus: int
    no_setup: int
    no_data: int
    seconds: int
    microseconds: int
    status: int
    size: int
    captured: int
    setup: bytes
    data: bytes

    @property
    def time(self) -> float:
        return self.seconds + self.microseconds / 1e6


def _join(capture: _Capture) -> Iterator[Record]:
    """Transfers, out of requests and completions."""
    waiting: dict[tuple[int, ...], _Urb] = {}
    number = 0
    for number, _, _, raw in capture:
        if len(raw) < capture.size or raw[9] > 3:
            yield Remark(number, None, "Broken", "this is no usbmon record")
            continue
        urb = _Urb._make((number, *capture.head.unpack_from(raw), raw[capture.size :]))
        key = urb.id, urb.bus, urb.address, urb.endpoint
        asked = waiting.pop(key, None)
        if urb.event != _REQUEST:
            yield _transfer(urb, asked, urb)
            continue
        if asked is None and len(waiting) >= _WAITING:
            asked = waiting.pop(next(iter(waiting)))
        if asked is not None:
            yield _transfer(asked, asked, None)
        waiting[key] = urb
    for asked in waiting.values():
        yield _transfer(asked, asked, None)
    if capture.broken:
        yield Remark(number + 1, None, "Broken", capture.broken)


def _transfer(either: _Urb, asked: _Urb | None, done: _Urb | None) -> Transfer:
    setup = None
    if asked is not None and Kind(asked.kind) is Kind.CONTROL and not asked.no_setup:
        setup = Setup(*struct.unpack("<BBHHH", asked.setup))
    inward = setup.kind & 0x80 if setup else either.endpoint & 0x80
    holder = done if inward else asked
    return Transfer(
        index=(holder or either).number,
        time=asked.time if asked else None,
        took=done.time - asked.time if asked and done else None,
        device=f"{either.bus}.{either.address}",
        endpoint=either.endpoint,
        kind=Kind(either.kind),
        setup=setup,
        data=holder.data[: holder.captured] if holder else b"",
        size=done.size if done else 0 if inward else either.size,
        room=asked.size if asked else 0,
        status=done.status if done else None,
    )


def _blank_capture(
    capture: _Capture,
    file: BinaryIO,
    copy: BinaryIO,
    spans: Mapping[int, Iterable[tuple[int, int]]],
) -> None:
    here = 0
    for number, at, end, raw in capture:
        after = file.tell()
        blanked = bytearray(raw)
        for start, stop in spans.get(number, ()):
            part = slice(capture.size + start, min(capture.size + stop, len(raw)))
            blanked[part] = bytes(len(blanked[part]))
        file.seek(here)
        copy.write(file.read(at - here))
        copy.write(blanked)
        file.seek(at + len(raw))
        copy.write(file.read(end - at - len(raw)))
        file.seek(after)
        here = end


# --- traces --------------------------------------------------------------------------------------

_KINDS = {"control": Kind.CONTROL, "bulk": Kind.BULK, "interrupt": Kind.INTERRUPT}
_HEX = ("data", "data_prefix", "data_suffix", "request", "response")


def _lines(file: BinaryIO) -> Iterator[tuple[dict[str, Any], str]]:
    """Each line's object; an empty one, and why, where a line cannot be read."""
    while line := file.readline(_LARGEST):
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield {}, f"a line that is not JSON: {error}"
            continue
        yield fields if isinstance(fields, dict) else {}, "a line that holds no object"


def _trace(file: BinaryIO) -> Iterator[Record]:
    index = -1
    for fields, trouble in _lines(file):
        if index < 0 and fields.get("format") != "canon-native-trace/1":
            raise ValueError("the first line does not say that this is a canon-native-trace/1")
        if fields.get("type") != "header":
            try:
                yield _record(fields)
            except (KeyError, TypeError, ValueError, OverflowError) as error:
                reason = f"a record that lacks or garbles {error}" if fields else trouble
                yield Remark(index, None, "Broken", reason)
        index += 1


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


def _blank_trace(
    file: BinaryIO, copy: BinaryIO, spans: Mapping[int, Iterable[tuple[int, int]]]
) -> None:
    for fields, _ in _lines(file):
        if not fields:
            continue
        for start, stop in spans.get(fields.get("index", -1), ()):
            at = 0
            for name in _HEX:
                if isinstance(text := fields.get(name), str):
                    size = len(text) // 2
                    first, last = (min(max(edge - at, 0), size) for edge in (start, stop))
                    fields[name] = f"{text[: 2 * first]}{'00' * (last - first)}{text[2 * last :]}"
                    at += size
        copy.write(json.dumps(fields).encode() + b"\n")
