"""Recordings of USB traffic, read as one stream whatever the file.

Usbmon captures come as `.pcap` and as `.pcapng` (link types 189 and 220, what Wireshark, tcpdump
and `--record` write): a request and its completion are joined to one `Transfer`. Traces have a JSON
object on each line (`canon.trace.jsonl`); one that kept no transfers gives `Exchange`s of native
commands or `Transaction`s of PTP. Everything else worth knowing is a `Remark`.

A recording is not trusted: no length in it is believed before the bytes are there, and what is
broken becomes a `Remark`, so one bad record never hides the rest. Only a file that is no recording
at all is an error, a `ValueError`.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from canon.errors import MissingExtra
from canon.trace.jsonl import blank_trace, read_trace
from canon.trace.records import Kind, Record, Remark, Setup, Span, Transfer

USB_LINUX = 189
USB_LINUX_MMAPPED = 220
HEADS = {USB_LINUX: 48, USB_LINUX_MMAPPED: 64}
"""Link types of usbmon captures, and the bytes of the header before a record's data."""

URB = "QsBBBHBBqiiII8s"
"""The first 48 bytes of a usbmon header: id, event, kind, endpoint, address, bus, two flags (zero
where setup bytes and data are there), time, status, length, captured length, setup bytes."""

_LARGEST = 64 << 20  # bytes of one packet; the kernel's largest USB request has 16 MiB
_OPTIONS = 4096  # bytes of options after a packet: dpkt's time for them grows with their square
_WAITING = 256  # requests that have no completion yet


def read(path: str | os.PathLike[str]) -> Iterator[Record]:
    """What a recording holds, in the order in which the transfers were over.

    Raises:
        ValueError: the file is no recording of USB traffic.
        MissingExtra: it is a capture, and the package that reads captures is not installed.
    """
    with Path(path).open("rb") as file:
        if _is_trace(file, path):
            yield from read_trace(file)
        else:
            yield from _join(_Capture(file, os.fspath(path)))


def blank(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    spans: Mapping[int, Iterable[Span]],
) -> None:
    """Copy a recording with bytes of some records blanked.

    Everything else stays as it is, lengths and times included. What cannot be read is not copied.

    Args:
        source: the recording.
        target: where the copy goes; an existing file is replaced.
        spans: for the number of a record (its `index`) the (start, end) of what is to become zeros;
            of an Exchange, the payload comes first and the reply after it.

    Raises:
        ValueError: the source is no recording, or the target is the source.
        MissingExtra: as `read`.
    """
    if Path(target).exists() and Path(target).samefile(source):
        raise ValueError("the copy cannot replace the recording itself; name another file")
    with Path(source).open("rb") as file, Path(target).open("wb") as copy:
        if _is_trace(file, source):
            blank_trace(file, copy, spans)
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
            "a usbmon .pcap or .pcapng, or a trace of JSON lines is wanted"
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
    spans: Mapping[int, Iterable[Span]],
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
