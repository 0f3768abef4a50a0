"""Captures, `.pcap` and `.pcapng`: their packets, and the USB records in these.

Linux writes usbmon records (link types 189 and 220), Windows those of USBPcap (249), macOS its own
(266). A pcapng may have several sections and interfaces, each with its own link type: packets of
others are counted. Of a network only what PTP over TCP is made of is read (`canon.trace.network`).
No length is believed before the bytes are there.
"""

from __future__ import annotations

import errno
import struct
from collections import Counter, OrderedDict
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from canon.trace.halves import Half
from canon.trace.network import LINKS, PORT, Network
from canon.trace.records import IpPacket, Kind, Remark
from canon.trace.usbmon import HEADS, REQUEST, URB

SECTION = b"\x0a\x0d\x0d\x0a"
_PCAP = {
    struct.pack(order + "I", magic): (order, ticks)
    for order in "<>"
    for magic, ticks in ((0xA1B2C3D4, 1_000_000), (0xA1B23C4D, 1_000_000_000))
}
MAGICS = (SECTION, *_PCAP)
"""The first four bytes of a capture."""

_ORDERS = {struct.pack(order + "I", 0x1A2B3C4D): order for order in "<>"}
_INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _STATISTICS, _PACKET = 1, 2, 3, 5, 6  # blocks
_RESOLUTION, _SHIFT = 9, 14  # options of an interface
_DROPPED_BEFORE, _DROPPED_BY_INTERFACE = 4, 5  # options of a packet, and of statistics

USBPCAP = 249
_USBPCAP_HEAD = "<HQIHBHHBBI"
"""The head's size, IRP, status, function, direction, bus, device, endpoint, kind, bytes that follow
(USBPcap's own description of its captures)."""
_STAGE = struct.calcsize(_USBPCAP_HEAD)  # where a control transfer's stage stands
_SETUP_STAGE, _STATUS_STAGE = 0, 2
_NO_TRANSFER = (0xFE, 0xFF)  # what Windows asked of the driver, not of the device
_WINDOWS_STATUS = {
    0xC0000004: -errno.EPIPE,
    0xC0010000: -errno.ENOENT,  # cancelled: its time was up
    0xC0007000: -errno.ESHUTDOWN,  # the device is gone
    0xC000000C: -errno.EOVERFLOW,
}

_DARWIN = 266
_DARWIN_HEAD = struct.Struct("<2xBBIIIQIBBBB")
"""After a version: the head's size, completion, bytes, status, isochronous frames, id, where the
device hangs, its speed, its address, endpoint, kind (Apple's own description of its captures)."""
_DARWIN_KINDS = (Kind.CONTROL, Kind.ISOCHRONOUS, Kind.BULK, Kind.INTERRUPT)  # as descriptors count
_DARWIN_STATUS = {
    0xE000404F: -errno.EPIPE,
    0xE0005000: -errno.EPIPE,
    0xE00002D6: -errno.ENOENT,  # its time was up
    0xE00002EB: -errno.ENOENT,  # cancelled
    0xE00002C0: -errno.ESHUTDOWN,  # the device is gone
    0xE00002E8: -errno.EOVERFLOW,
}

_LARGEST = 64 << 20  # bytes of one packet; the kernel's largest USB request has 16 MiB
_MOST_INTERFACES = 1024
_TWIN_S, _TWINS = 0.01, 1024  # by how much their times differ, and how many are remembered


class _Packet(NamedTuple):
    """One packet: its time in seconds, how it is laid out, its bytes, and where it was captured."""

    time: float
    link: int
    order: str
    raw: bytes
    interface: int = 0


class _Interface(NamedTuple):
    link: int
    ticks: float  # in a second
    shift: int  # seconds to add


class _Twins:
    """Knows what two interfaces have captured both, as usbmon0 and usbmon1 do with one bus.

    Each looks at the clock for itself, so their times differ a little.
    """

    def __init__(self) -> None:
        self.count = 0
        self._seen: OrderedDict[int, tuple[float, int]] = OrderedDict()

    def told(self, half: Half, interface: int) -> bool:
        """Whether another interface has told it just now."""
        key = hash(half._replace(number=0, time=0.0))
        time, first = self._seen.pop(key, (0.0, interface))
        if interface != first and abs(half.time - time) < _TWIN_S:
            self.count += 1
            return True
        self._seen[key] = half.time, interface
        if len(self._seen) > _TWINS:
            self._seen.popitem(last=False)
        return False


class _Lost(NamedTuple):
    """Packets that the program that captured could not write."""

    packets: int
    where: str


def read_capture(file: BinaryIO, name: str) -> Iterator[Half | IpPacket | Remark]:
    """The USB records of a capture, and packets of PTP; whatever cannot be read is a `Remark`.

    Raises:
        ValueError: it is no capture, or none of USB or PTP.
    """
    magic = file.read(4)
    packets = _pcapng(file) if magic == SECTION else _pcap(file, *_PCAP[magic])
    others, twins, network = Counter[int](), _Twins(), Network()
    links: dict[int, None] = {}
    number, ours = 0, False
    try:
        for packet in packets:
            if isinstance(packet, _Interface):
                ours = ours or packet.link in _READERS
                links[packet.link] = None
            elif isinstance(packet, _Lost):
                text = f"{packet.packets} packets were lost {packet.where}"
                yield Remark(number, None, "Gap", text)
            else:
                number += 1
                if reader := _READERS.get(packet.link):
                    try:
                        half: Half | Remark | None = reader(number, packet)
                    except (struct.error, ValueError, IndexError):
                        half = Remark(number, None, "Broken", "this is no record of USB")
                    if isinstance(half, Half) and twins.told(half, packet.interface):
                        half = None
                    if half is not None:
                        yield half
                elif packet.link in LINKS and (
                    records := network.frame(number, packet.time, packet.link, packet.raw)
                ):
                    ours = True
                    yield from records
                else:
                    others[packet.link] += 1
    except (EOFError, struct.error) as error:
        if not links:
            raise ValueError(f"{name} begins like a capture but is none: {error}") from None
        if ours:
            yield Remark(number + 1, None, "Broken", str(error))
    yield from network.end()
    if not ours:
        kinds = ", ".join(map(str, links)) or "unknown"
        raise ValueError(
            f"{name} is of link type {kinds}, not USB as Linux (189, 220), Windows (249) or "
            f"macOS (266) records it, and has nothing of port {PORT}, on which cameras speak PTP; "
            "record with usbmon, USBPcap or an XHC interface of macOS, or on the camera's network"
        )
    if twins.count:
        text = f"passed over: {twins.count} packets that were captured on a second interface, too"
        yield Remark(number, None, "OtherPackets", text)
    for link, count in others.items():
        if count:
            what = "packet" if count == 1 else "packets"
            text = f"passed over: {count} {what} of link type {link}, which is not USB"
            yield Remark(number, None, "OtherPackets", text)


def _exactly(file: BinaryIO, size: int) -> bytes:
    if not 0 <= size <= _LARGEST:
        raise EOFError(f"a record claims {size} bytes; what follows cannot be read")
    data = file.read(size)
    if len(data) < size:
        raise EOFError("the file ends in the middle of a record")
    return data


def _pcap(file: BinaryIO, order: str, ticks: int) -> Iterator[_Packet | _Interface]:
    """The packets of a classic capture; its magic has been read."""
    link = struct.unpack(order + "16xI", _exactly(file, 20))[0] & 0x0FFFFFFF
    yield _Interface(link, ticks, 0)
    while head := file.read(16):
        seconds, part, kept, _ = struct.unpack(order + "4I", head + _exactly(file, 16 - len(head)))
        yield _Packet(seconds + part / ticks, link, order, _exactly(file, kept))


def _pcapng(file: BinaryIO) -> Iterator[_Packet | _Interface | _Lost]:
    """What a .pcapng holds; its first four bytes have been read."""
    head, order, interfaces = SECTION, "<", list[_Interface]()
    while head:
        head += _exactly(file, 8 - len(head))
        start = _exactly(file, 4) if head[:4] == SECTION else b""
        if start:
            if start not in _ORDERS:
                raise EOFError("a section has no byte order; what follows cannot be read")
            order, interfaces = _ORDERS[start], []
        kind, size = struct.unpack(order + "II", head)
        if size < 12 + len(start):
            raise EOFError(f"a record claims {size} bytes; what follows cannot be read")
        body = _exactly(file, size - 8 - len(start))[:-4]
        if kind == _INTERFACE:
            if len(interfaces) == _MOST_INTERFACES:
                raise EOFError("a section has more interfaces than any program writes")
            interfaces.append(_interface(body, order))
            yield interfaces[-1]
        elif kind in (_PACKET, _OLD_PACKET, _SIMPLE_PACKET):
            yield from _packet(kind, body, order, interfaces)
        elif kind == _STATISTICS and (lost := _number(body[12:], _DROPPED_BY_INTERFACE, order)):
            yield _Lost(lost, "in all, says the program that captured")
        head = file.read(8)


def _packet(
    kind: int, body: bytes, order: str, interfaces: list[_Interface]
) -> Iterator[_Packet | _Lost]:
    """The packet of a block, after how many were lost before it."""
    lost = which = high = low = 0
    if kind == _SIMPLE_PACKET:
        at, (kept,) = 4, struct.unpack_from(order + "I", body)
        kept = min(kept, len(body) - at)
    else:
        at = 20
        layout = order + ("I3I" if kind == _PACKET else "H2x3I")
        which, high, low, kept = struct.unpack_from(layout, body)
        lost = _number(body[at + kept + -kept % 4 :], _DROPPED_BEFORE, order)
    if kept > len(body) - at or which >= len(interfaces):
        raise EOFError("a packet does not fit into its block; what follows cannot be read")
    if lost:
        yield _Lost(lost, "before the next one")
    face = interfaces[which]
    time = face.shift + (high << 32 | low) / face.ticks
    yield _Packet(time, face.link, order, body[at : at + kept], which)


def _interface(body: bytes, order: str) -> _Interface:
    (link,) = struct.unpack_from(order + "H", body)
    options = dict(_options(body[8:], order))
    resolution = (options.get(_RESOLUTION) or b"\6")[0]
    ticks = (2.0 if resolution & 0x80 else 10.0) ** (resolution & 0x7F)
    shift = options.get(_SHIFT, b"")
    return _Interface(
        link, ticks, *struct.unpack(order + "q", shift if len(shift) == 8 else bytes(8))
    )


def _number(options: bytes, code: int, order: str) -> int:
    """The value of an option that is a number of 64 bits; 0 where there is none."""
    values = [value for one, value in _options(options, order) if one == code and len(value) == 8]
    return int(struct.unpack(order + "Q", values[0])[0]) if values else 0


def _options(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(data):
        code, size = struct.unpack_from(order + "HH", data, at)
        if not code:
            return
        yield code, data[at + 4 : at + 4 + size]
        at += 4 + size + -size % 4


# --- the records in the packets ------------------------------------------------------------------


def _usbmon(number: int, packet: _Packet) -> Half:
    """A usbmon record; struct.error, ValueError or IndexError when it is none."""
    head = struct.unpack_from(packet.order + URB, packet.raw)
    (id, event, kind, endpoint, address, bus, no_setup, _) = head[:8]
    (seconds, micros, status, size, captured, setup) = head[8:]
    data = packet.raw[HEADS[packet.link] :]
    if kind != Kind.CONTROL.value or no_setup:
        setup = b""
    return Half(
        number,
        id,
        event == REQUEST[0],
        f"{bus}.{address}",
        endpoint,
        Kind(kind),
        seconds + micros / 1e6,
        status,
        size,
        setup if event == REQUEST[0] else b"",
        data[:captured],
    )


def _usbpcap(number: int, packet: _Packet) -> Half | None:
    """A record of USBPcap; None for what is no transfer and for what adds nothing."""
    raw = packet.raw
    size, id, status, _, info, bus, address, endpoint, kind, length = struct.unpack_from(
        _USBPCAP_HEAD, raw
    )
    if kind in _NO_TRANSFER:
        return None
    asks, setup, data = not info & 1, b"", raw[size : size + length]
    passed: int | None = length
    if Kind(kind) is Kind.CONTROL:
        stage = raw[_STAGE]
        if not asks and stage == _STATUS_STAGE and endpoint & 0x80:
            return None  # older versions write the stage of the data, and then this
        if asks and stage == _SETUP_STAGE:
            setup, data = data[:8], data[8:]
            passed = struct.unpack_from("<6xH", setup)[0]
            endpoint |= setup[0] & 0x80
    if not asks and not endpoint & 0x80:
        passed = None  # a completion does not say how many bytes went
    return Half(
        number,
        id,
        asks,
        f"{bus}.{address}",
        endpoint,
        Kind(kind),
        packet.time,
        _WINDOWS_STATUS.get(status, -errno.EPROTO) if status and not asks else 0,
        passed,
        setup,
        data,
    )


def _darwin(number: int, packet: _Packet) -> Half:
    """A record of macOS; a control transfer's begins with its setup."""
    size, done, length, status, _, id, place, _, address, endpoint, kind = _DARWIN_HEAD.unpack_from(
        packet.raw
    )
    asks, setup, data = not done, b"", packet.raw[size:]
    transfer = _DARWIN_KINDS[kind]
    if asks and transfer is Kind.CONTROL:
        setup, data = data[:8], data[8:]
        length = struct.unpack_from("<6xH", setup)[0]
        endpoint |= setup[0] & 0x80
    return Half(
        number,
        id,
        asks,
        f"{place >> 24}.{address}",
        endpoint,
        transfer,
        packet.time,
        _DARWIN_STATUS.get(status, -errno.EPROTO) if status and done else 0,
        length,
        setup,
        data[:length],
    )


_READERS = {**dict.fromkeys(HEADS, _usbmon), USBPCAP: _usbpcap, _DARWIN: _darwin}
"""What reads a record, by link type."""


def read_packet(number: int, link: int, raw: bytes) -> Half | None:
    """The record in the bytes of one packet; None where it is none, or tells nothing.

    Args:
        number: the number that the record gets.
        link: the packet's link type.
        raw: its bytes.
    """
    try:
        return _READERS[link](number, _Packet(0.0, link, "<", raw))
    except (KeyError, struct.error, ValueError, IndexError):
        return None
