"""PTP over TCP in captures of a network: the streams of its port, put together (ptp-ip, section 1).

A stream is followed from its first packet, or from one that begins a segment where the capture has
not its start. What comes twice is taken once; what comes late is waited for, until the other side
has acknowledged it: then the capture has lost it, and a `Remark` tells.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from canon.ptp.ip_packets import HEAD, Packet
from canon.trace.records import IpPacket, Remark

PORT = 15740

_ETHERNET, _COOKED, _COOKED_2 = 1, 113, 276
_PROTOCOL_AT = {_ETHERNET: (12, 14), _COOKED: (14, 16), _COOKED_2: (0, 20)}
"""Where a frame says what it carries, and where that begins."""
_PLAIN = {0: 4, 12: 0, 14: 0, 101: 0, 108: 4, 228: 0, 229: 0}
"""The link types that carry IP alone, and where it begins."""
LINKS = frozenset((*_PROTOCOL_AT, *_PLAIN))
"""The link types of networks that are understood."""

_IP, _VLANS = (0x0800, 0x86DD), (0x8100, 0x88A8)
_TCP, _SYN, _ACK, _TURN = 6, 0x02, 0x10, 1 << 32
_LARGEST = 64 << 20  # bytes of one packet
_STREAMS, _WAITING = 256, 512  # that are followed, and segments of one that came too early


class _Segment(NamedTuple):
    """What one frame brings of a stream: `size` bytes, of which `data` were kept.

    Attributes:
        number: the number of the frame.
        time: its time.
        source: the address and the port that it comes from.
        target: those that it goes to.
        inward: whether a camera sends it.
        place: where its bytes belong in the stream.
        got: up to where its sender has got the other direction; None where it does not say.
        starts: whether the stream begins.
        size: how many bytes it has.
        data: those that were captured.
    """

    number: int
    time: float
    source: bytes
    target: bytes
    inward: bool
    place: int
    got: int | None
    starts: bool
    size: int
    data: bytes


class Network:
    """Follows the streams of a capture."""

    def __init__(self) -> None:
        self._streams: dict[tuple[bytes, bytes], _Stream] = {}
        self._last = 0

    def frame(
        self, number: int, time: float, link: int, raw: bytes
    ) -> Iterator[IpPacket | Remark] | None:
        """What a frame completes; None when it is nothing of PTP.

        Args:
            number: the number of the frame.
            time: its time.
            link: its link type, one of `LINKS`.
            raw: its bytes.
        """
        try:
            segment = _segment(number, time, _ip(link, raw))
        except (struct.error, IndexError):
            return None
        if segment is None:
            return None
        return self._numbered(self._segment(segment))

    def end(self) -> Iterator[IpPacket | Remark]:
        """What is left when the capture is over."""
        for stream in self._streams.values():
            yield from self._numbered(stream.end())

    def _segment(self, segment: _Segment) -> Iterator[IpPacket | Remark]:
        other = self._streams.get((segment.target, segment.source))
        if other and segment.got is not None:
            yield from other.acknowledged(segment.got)
        key = segment.source, segment.target
        stream = self._streams.pop(key, None) or _Stream(segment.inward)
        self._streams[key] = stream
        if len(self._streams) > _STREAMS:
            del self._streams[next(iter(self._streams))]
        yield from stream.segment(segment)

    def _numbered(self, records: Iterator[IpPacket | Remark]) -> Iterator[IpPacket | Remark]:
        """Records whose numbers are their own: a frame may hold several packets."""
        for record in records:
            if isinstance(record, IpPacket):
                self._last = max(record.index, self._last + 1)
                yield IpPacket(self._last, record.time, record.inward, record.data)
            else:
                yield record


class _Stream:
    """One direction of one connection."""

    def __init__(self, inward: bool) -> None:
        self._inward = inward
        self._next: int | None = None  # the place of the byte that comes next
        self._early: dict[int, _Segment] = {}
        self._data = bytearray()
        self._begun: tuple[int, float] = 0, 0.0  # the frame in which they begin
        self._aligned = False  # whether a packet begins where the data do

    def segment(self, segment: _Segment) -> Iterator[IpPacket | Remark]:
        if segment.starts:
            self._next, self._aligned = (segment.place + 1) % _TURN, True
            self._early.clear()
            self._data.clear()
            return
        if not segment.size:
            return
        if self._next is None:
            self._next = segment.place
        self._early.setdefault(segment.place, segment)
        yield from self._go_on()
        if len(self._early) > _WAITING:
            yield from self._jump()

    def acknowledged(self, place: int) -> Iterator[IpPacket | Remark]:
        """The other side has got all that comes before a place."""
        while self._early and self._next is not None and _ahead(place, self._next) > 0:
            yield from self._jump()

    def end(self) -> Iterator[IpPacket | Remark]:
        while self._early:
            yield from self._jump()
        if self._data:
            yield self._lost(self._begun[0], "the capture ends in the middle of a packet")

    def _go_on(self) -> Iterator[IpPacket | Remark]:
        """Take the segments whose turn it is, and drop what was taken before."""
        while self._early and self._next is not None:
            known = self._next
            first = min(self._early, key=lambda place: _ahead(place, known))
            back = -_ahead(first, known)
            if back < 0:
                return
            one = self._early.pop(first)
            if back < one.size:
                self._next = (first + one.size) % _TURN
                yield from self._take(one, one.data[back:])

    def _jump(self) -> Iterator[IpPacket | Remark]:
        """Go on after what never came."""
        known = self._next or 0
        first = min(self._early, key=lambda place: _ahead(place, known))
        text = f"{_ahead(first, known)} bytes of a connection were not captured"
        yield self._lost(self._early[first].number, text)
        self._next = first
        yield from self._go_on()

    def _take(self, segment: _Segment, data: bytes) -> Iterator[IpPacket | Remark]:
        if not self._aligned and _size(data) is None:
            return
        self._aligned = True
        if not self._data:
            self._begun = segment.number, segment.time
        self._data += data
        while self._data:
            size = _size(self._data)
            if size is None:
                yield self._lost(segment.number, "what follows is no packet of PTP")
                return
            if not size or size > len(self._data):
                break
            yield IpPacket(*self._begun, self._inward, bytes(self._data[:size]))
            del self._data[:size]
            self._begun = segment.number, segment.time
        if len(segment.data) < segment.size:
            yield self._lost(segment.number, "a packet was cut when it was captured")

    def _lost(self, number: int, text: str) -> Remark:
        self._data.clear()
        self._aligned = False
        return Remark(number, None, "Gap", text)


def _ahead(place: int, known: int) -> int:
    """How far a place lies ahead; negative when it is behind."""
    return (place - known + _TURN // 2) % _TURN - _TURN // 2


def _size(data: bytes | bytearray) -> int | None:
    """The size of the packet that begins there, 0 while that is open; None when none does."""
    if len(data) < HEAD:
        return 0
    size, kind = struct.unpack_from("<II", data)
    return size if HEAD <= size <= _LARGEST and kind in Packet.known else None


def _ip(link: int, raw: bytes) -> bytes:
    """What a frame carries, when it is IP."""
    if link in _PLAIN:
        return raw[_PLAIN[link] :]
    at, start = _PROTOCOL_AT[link]
    (protocol,) = struct.unpack_from(">H", raw, at)
    while protocol in _VLANS:
        (protocol,) = struct.unpack_from(">H", raw, start + 2)
        start += 4
    return raw[start:] if protocol in _IP else b""


def _segment(number: int, time: float, ip: bytes) -> _Segment | None:
    """The part of a stream of PTP; None when it is something else."""
    if not ip:
        return None
    if ip[0] >> 4 == 4:
        total, fragment, protocol = struct.unpack_from(">2xH2xHxB", ip)
        start, hosts = (ip[0] & 0x0F) * 4, ip[12:20]
        if fragment & 0x1FFF:
            return None
    elif ip[0] >> 4 == 6:
        total, protocol = struct.unpack_from(">4xHB", ip)
        start, hosts, total = 40, ip[8:40], total + 40 if total else 0
    else:
        return None
    if protocol != _TCP:
        return None
    source, target, place, got, offset, flags = struct.unpack_from(">HHIIBB", ip, start)
    if PORT not in (source, target):
        return None
    begin = start + (offset >> 4) * 4
    size = max(total - begin, 0) if total else len(ip) - begin
    half = len(hosts) // 2
    return _Segment(
        number,
        time,
        hosts[:half] + ip[start : start + 2],
        hosts[half:] + ip[start + 2 : start + 4],
        source == PORT,
        place,
        got if flags & _ACK else None,
        bool(flags & _SYN),
        size,
        ip[begin : begin + size],
    )
