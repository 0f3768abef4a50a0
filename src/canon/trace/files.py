"""Recordings of USB traffic, read as one stream whatever the file.

Three kinds of file: usbmon captures as `.pcap` and as `.pcapng` (link types 189 and 220, what
Wireshark, tcpdump and `--record` write), and `canon-native-trace/1`, a JSON object on each line.
A capture's submit and complete records are joined to one `Transfer`; a trace that kept only commands
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

URB = "Q4BH2sqiiII8s"
"""The first 48 bytes of a usbmon header: id, type, transfer type, endpoint, device, bus, flags,
seconds, microseconds, status, length, captured length, setup."""

_LARGEST = 64 << 20  # bytes of one block or line; the kernel's largest USB request has 16 MiB
_OPTIONS = 4096  # bytes of options after a packet
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
        name: `Gap` (something was left out), `HostTimeout` (a time-out that the host program chose),
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
            yield from _join(_packets(file))


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
            _blank_capture(file, copy, spans)


def _is_trace(file: BinaryIO, path: str | os.PathLike[str]) -> bool:
    start = file.read(4)
    file.seek(0)
    if start in _MAGICS:
        return False
    if start[:1] == b"{":
        return True
    raise ValueError(
        f"{os.fspath(path)} is no recording of USB traffic; "
        "a usbmon .pcap or .pcapng or a canon-native-trace/1 .jsonl is wanted"
    )


def _exactly(file: BinaryIO, size: int) -> bytes:
    """The next `size` bytes; EOFError when the file ends before."""
    if not 0 <= size <= _LARGEST:
        raise EOFError(f"a record claims {size} bytes; the file is broken from here on")
    data = file.read(size)
    if len(data) < size:
        raise EOFError("the file ends in the middle of a record")
    return data


# --- captures ------------------------------------------------------------------------------------

_SECTION = b"\x0a\x0d\x0d\x0a"
_MAGICS = (
    _SECTION,
    *(struct.pack(order + "I", magic) for order in "<>" for magic in (0xA1B2C3D4, 0xA1B23C4D)),
)


class _Packet(NamedTuple):
    """One usbmon record in a capture.

    Attributes:
        number: as Wireshark counts, from 1.
        at: the offset in the file of `raw`.
        end: the offset in the file after everything that belongs to it.
        order: the byte order, `<` or `>`.
        head: bytes of its header; 0 when it is not USB.
        raw: its bytes.
        broken: why it cannot be read, if so; nothing follows.
    """

    number: int
    at: int
    end: int
    order: str
    head: int
    raw: bytes
    broken: str = ""


def _packets(file: BinaryIO) -> Iterator[_Packet]:
    """The packets of a capture. When it breaks off, the last one says so."""
    try:
        import dpkt  # noqa: F401 - asked for here, so that a missing package is told first
    except ImportError:
        raise MissingExtra("reading pcap files", "trace") from None
    number, at = 0, 0
    walk = _pcapng(file) if file.read(4) == _SECTION else _pcap(file)
    file.seek(0)
    try:
        for number, (order, link, at, raw) in enumerate(walk, 1):  # noqa: B007 - told after a break
            yield _Packet(number, at, file.tell(), order, HEADS.get(link, 0), raw)
    except EOFError as error:
        yield _Packet(number + 1, at, at, "<", 0, b"", str(error))


def _pcap(file: BinaryIO) -> Iterator[tuple[str, int, int, bytes]]:
    """Byte order, link type, offset and bytes of each packet of a .pcap file."""
    from dpkt import pcap

    big = file.read(4)[:1] == b"\xa1"
    file.seek(0)
    header = (pcap.FileHdr if big else pcap.LEFileHdr)(_exactly(file, 24))
    _expect_usb(header.linktype, [header.linktype])
    kind = pcap.PktHdr if big else pcap.LEPktHdr
    while head := file.read(16):
        size = kind(head.ljust(16, b"\0")).caplen if len(head) == 16 else 1
        at = file.tell()
        yield ">" if big else "<", header.linktype, at, _exactly(file, size)


def _pcapng(file: BinaryIO) -> Iterator[tuple[str, int, int, bytes]]:
    """Byte order, link type, offset and bytes of each packet of a .pcapng file."""
    from dpkt import Error, pcapng

    order = "<"
    links: list[int] = []
    while head := file.read(8):
        start = file.tell() - len(head)
        head += _exactly(file, 12 - len(head))
        if head[:4] == _SECTION:
            order, links = ("<" if head[8] == 0x4D else ">"), []
        kind, size = struct.unpack(order + "II", head[:8])
        block = head + _exactly(file, size - 12)
        little = order == "<"
        try:
            if kind == pcapng.PCAPNG_BT_IDB and size <= _OPTIONS:
                links.append(struct.unpack_from(order + "H", block, 8)[0])
            elif kind == pcapng.PCAPNG_BT_EPB:
                made = pcapng.EnhancedPacketBlockLE if little else pcapng.EnhancedPacketBlock
                _check_options(block, order)
                packet = made(block)
                link = links[packet.iface_id]
                _expect_usb(link, links)
                yield order, link, start + 28, packet.pkt_data
        except (Error, struct.error, IndexError, UnicodeDecodeError) as error:
            raise EOFError(f"a block of the file makes no sense: {error}") from None


