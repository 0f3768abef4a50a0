"""Debug logs of gphoto2, whole or a piece: `gphoto2 --debug --debug-logfile=FILE`.

A log has sentences (`Reading 64 = 0x40 bytes from port...`) and hex dumps. Which transfer a dump is
of is told by its own line, or in logs of before 2012 by the sentence before it. A piece that was
quoted, numbered, indented or folded on its way through mails and web pages is read as well. A log
is text that anybody may have changed: lines and dumps are bounded, and a dump that breaks off is a
transfer that was not kept whole.

Of PTP over TCP a log has the bytes that were sent and received, in pieces: packets are put together
from them.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from canon.ptp.containers import ContainerKind
from canon.ptp.ip_packets import HEAD as _PACKET_HEAD
from canon.trace.records import IpPacket, Kind, Remark, Setup, Transfer
from canon.wire import Buffer

SENTENCE = re.compile(
    rb"(?P<verb>Reading|Read|Writing|Wrote)\s+(?:(?P<size>\d{1,9}) ?= ?0x[0-9a-fA-F]+ )?"
    rb"(?:out of (?P<room>\d{1,9}) )?(?:bytes? |byte\(s\) )?"
    rb"(?P<what>(?:USB )?message|to port|from port|from (?:fast )?interrupt endpoint)"
    rb"(?: \(request=0x(?P<request>[0-9a-f]{1,2}) value=0x(?P<value>[0-9a-f]{1,4}) "
    rb"index=0x(?P<index>[0-9a-f]{1,4}) size=(?P<length>\d{1,5})=)?"
)
"""What libgphoto2_port says of a transfer."""

_UNTOLD = re.compile(rb"gphoto2-port\(\d\): Hexdump of ")
"""A dump of which only the sentence before it told the transfer."""

_OVER_TCP = re.compile(rb"\bptpip/(?P<whose>oprequest|senddata|init_cmd|init_event|generic_read)\b")

BEGINNING = re.compile(
    b"|".join(
        (
            SENTENCE.pattern,
            rb"\bgp_port_(?:read|write|check_int|usb_msg_\w+)(?: \[[^\]]*\])? *\(\d\): ",
            rb"\binep [0-9a-f]{2}, outep |Opening SERIAL port",
            _UNTOLD.pattern,
            _OVER_TCP.pattern,
        )
    )
)
"""What a line holds by which a log, or a piece of one, is known."""

_DUMP = re.compile(
    rb"[Hh]exdump of (?:the first (?P<kept>\d{1,9}) of )?(?P<size>\d{1,9})"
    rb"(?: = 0x[0-9a-fA-F]+)? bytes?"
)
_ROW = re.compile(
    rb"(?:[^\n]{0,80}?[\s>|.:])??([0-9a-fA-F]{4,8})  ?"
    rb"((?:[0-9a-fA-F]{2}[ -]){1,15}[0-9a-fA-F]{2}\b|[0-9a-fA-F]{2}\b)"
)
"""A row of a dump, whatever a mail, a list or another log has put before it."""

_EMPTY = re.compile(rb"\(empty hexdump")
_SERIAL = re.compile(rb"Opening SERIAL port|\bWrote +0 = 0x0 out of")
_TIME = re.compile(
    rb"[>|\s]*(?:\d{1,7}(?:[.:)]\s*|\s+))?(\d{1,9}\.\d{1,9})\s"
    rb"|[^\n]{0,80}?\s(\d{1,9}\.\d{6})\s"
)
"""Its time: first on a line, after the line's number, or after what another log has put there."""
_EVENT = re.compile(rb"\binterrupt \([Hh]exdump")
_FAILED = re.compile(rb"\bfailed: (?P<why>[^\r\n]{0,200}?) \((?P<number>-\d{1,4})\)")
_ENDPOINTS = re.compile(rb"\binep ([0-9a-f]{2}), outep ([0-9a-f]{2}), intep ([0-9a-f]{2})\b")
_BROKEN_OFF = re.compile(
    rb"\b(?:Read|Wrote)\s+\d(?!.*exdump)"
    rb"|\b(?:Reading|Writing)\s+(?:\d+|message)(?:[^.]*[^.:)\s])?\s*$"
    rb"|\b(?:Reading|Read|Writing|Wrote)\s*$"
    rb"|exdump\b[^):]*$|\bptpip/\w+(?: data| header)?:?\s*$"
)
"""A line that ends before its sentence does: a mail has folded it."""
_TO_FOLD = re.compile(rb"Rea|Wr|exdump|ptpip")  # one of them is in every sentence
_MARGIN = b"> |\t\r\n"

_CLASS = re.compile(rb"usb_msg_class_")
_OF_INTERFACE = re.compile(rb"usb_msg_interface_")

_NO_ANSWER, _BROKEN = -2, -71  # as usbmon writes them
_TIMEOUT = b"-10"
_LARGEST = 64 << 20  # bytes of one dump
_UNREAD = 64  # events that came and that the program has not looked at
_LATE_S = 0.1  # by how much a line may be late without being one of another run
_LONGEST = 1024  # bytes of a sentence that was folded


@dataclass
class _Dump:
    """A hex dump that is being read: what it is of, and the bytes so far."""

    of: Transfer | None  # None where it is a piece of packets
    kept: int  # the bytes that it has
    data: bytearray
    twin: bool  # whether it may tell again what came before
    pipe: _Pipe | None = None  # that the piece passed through

    def take(self, line: bytes) -> bool:
        """Add a row; False when the line is none, or not the one that comes next."""
        match = _ROW.match(line)
        if match is None or int(match[1], 16) != len(self.data) % (1 << 4 * len(match[1])):
            return False  # a place has four digits, also after 64 KiB
        row = bytes.fromhex(match[2].replace(b"-", b" ").decode())
        self.data += row[: self.kept - len(self.data)]
        return True


@dataclass
class _Pipe:
    """One direction of PTP over TCP, whose pieces are put together to packets."""

    inward: bool
    number: int = 0  # of the line where the packet begins
    time: float | None = None
    data: bytearray = field(default_factory=bytearray)

    def begin(self, number: int, time: float | None, *, anew: bool) -> None:
        """A piece begins; whether it is the first of a packet."""
        if anew:
            self.data.clear()
        if not self.data:
            self.number, self.time = number, time

    def take(self, piece: Buffer) -> Iterator[IpPacket]:
        """Add a piece; the packets that are whole."""
        self.data += piece
        while len(self.data) >= _PACKET_HEAD:
            size = int.from_bytes(self.data[:4], "little")
            if not _PACKET_HEAD <= size <= _LARGEST:
                size = len(self.data)  # this is no packet, and will be told so
            if size > len(self.data):
                return
            yield IpPacket(self.number, self.time, self.inward, bytes(self.data[:size]))
            del self.data[:size]
            self.number += 1


def read_gphoto2_log(lines: Iterable[tuple[int, bytes]]) -> Iterator[Transfer | IpPacket | Remark]:
    """The transfers that numbered lines of a log tell; of PTP over TCP, the packets."""
    number, told = 0, False
    for record in _Reader().read(_unfolded(lines)):
        number, told = record.index, True
        yield record
    if not told:
        text = "the log has no transfers; gphoto2 writes them with --debug-loglevel=data"
        yield Remark(number, None, "NoTransfers", text)


def _unfolded(lines: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """The lines, and sentences that were folded as one."""
    held: tuple[int, bytes] | None = None
    for number, raw in lines:
        line = raw.replace(b"\xc2\xa0", b" ")  # what a web page makes of two blanks
        if held is None and not _TO_FOLD.search(line):
            yield number, line
            continue
        if held and line.strip(_MARGIN) and not (_TIME.match(line) or _ROW.match(line)):
            held = held[0], held[1].rstrip() + b" " + line.lstrip(_MARGIN)
        else:
            if held:
                yield held
            held = number, line
        if len(held[1]) > _LONGEST or not _BROKEN_OFF.search(held[1]):
            yield held
            held = None
    if held:
        yield held


class _Reader:
    def __init__(self) -> None:
        self._endpoints = {"in": 0x81, "out": 0x02, "interrupt": 0x83}
        self._asked: Transfer | None = None  # what was begun, and not told yet
        self._dump: _Dump | None = None
        self._events: deque[bytes] = deque(maxlen=_UNREAD)
        self._shift = self._latest = 0.0  # seconds: what to add to a time, and the last one
        self._sent, self._received = _Pipe(inward=False), _Pipe(inward=True)

    def read(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[Transfer | IpPacket | Remark]:
        for number, line in lines:
            if self._dump is not None:
                if self._dump.take(line):
                    if len(self._dump.data) == self._dump.kept:
                        yield from self._end_dump()
                    continue
                if not _says_more(line):
                    continue  # an empty line, or the end of a row that was folded
                yield from self._end_dump()
            if _SERIAL.search(line):
                text = "the log is of a serial line, and has only what came; it cannot be told"
                yield Remark(number, None, "SerialLine", text)
                return
            if found := _ENDPOINTS.search(line):
                self._endpoints = dict(
                    zip(self._endpoints, (int(one, 16) for one in found.groups()), strict=True)
                )
            elif failed := _FAILED.search(line):
                yield from self._fail(failed)
            else:
                yield from self._say(number, line)
        yield from self._end_dump()
        yield from self._give_up()

    def _say(self, number: int, line: bytes) -> Iterator[Transfer | IpPacket]:
        """A line that may speak of a transfer, and may begin a dump."""
        time = self._time(line)
        dump, event = _DUMP.search(line), _EVENT.search(line)
        if dump and (piece := _OVER_TCP.search(line)):
            self._begin_piece(number, time, line, piece, dump)
            return
        of: Transfer | None = None
        if event:
            of = self._transfer(number, time, Kind.INTERRUPT, "interrupt", 0)
        elif sentence := SENTENCE.search(line):
            of = self._spoken(number, time, line, sentence)
            begun, self._asked = self._asked, None
            if begun and (not dump or not _same(begun, of)):
                yield from self._nothing(begun)
            elif begun:
                of = replace(of, time=begun.time, took=_passed(begun.time, time))
            if _EMPTY.search(line):
                yield of
            elif not dump:
                self._asked = of
        elif dump:
            of, self._asked = self._asked, None
            of = of and replace(of, took=_passed(of.time, time))
            if of is None and _UNTOLD.search(line):
                of = self._transfer(number, time, Kind.BULK, "in", 0)
        if dump and of is not None:
            size = int(dump["size"])
            kept = min(int(dump["kept"] or size), size)
            self._dump = _Dump(replace(of, size=size, index=number), kept, bytearray(), not event)
            if size > _LARGEST or not kept:
                yield from self._end_dump()

    def _time(self, line: bytes) -> float | None:
        """The time of a line; a program that was started again counts from 0 again."""
        found = _TIME.match(line)
        if found is None:
            return None
        time = float(found[1] or found[2])
        if time + self._shift < self._latest - _LATE_S:
            self._shift = self._latest
        self._latest = max(self._latest, time + self._shift)
        return time + self._shift

    def _begin_piece(
        self,
        number: int,
        time: float | None,
        line: bytes,
        piece: re.Match[bytes],
        dump: re.Match[bytes],
    ) -> None:
        """A dump of what passed over TCP: all of a packet, or a part of it."""
        pipe = self._received if piece["whose"] == b"generic_read" else self._sent
        rest = line[piece.end() :]
        if pipe.inward and b" data:" in rest and not pipe.data:
            return  # the head of its packet is not in the log
        whole = piece["whose"] not in (b"generic_read", b"senddata")
        pipe.begin(number, time, anew=whole or b" header:" in rest)
        kept = int(dump["kept"] or dump["size"])
        self._dump = _Dump(None, min(kept, _LARGEST), bytearray(), twin=False, pipe=pipe)

    def _spoken(
        self, number: int, time: float | None, line: bytes, sentence: re.Match[bytes]
    ) -> Transfer:
        inward = sentence["verb"].startswith(b"Read")
        if sentence["what"].endswith(b"message"):
            request, value, index = (
                int(sentence[word] or b"0", 16) for word in ("request", "value", "index")
            )
            kind = 0x40
            if _CLASS.search(line):
                kind = 0x21
            elif _OF_INTERFACE.search(line):
                kind = 0x41
            length = int(sentence["length"] or 0) & 0xFFFF
            setup = Setup(kind | 0x80 * inward, request, value, index, length)
            place = "in" if inward else "out"
            one = self._transfer(number, time, Kind.CONTROL, place, length)
            return replace(one, endpoint=0x80 * inward, setup=setup)
        room = int(sentence["room"] or sentence["size"] or 0)
        if b"interrupt" in sentence["what"]:
            return self._transfer(number, time, Kind.INTERRUPT, "interrupt", room)
        return self._transfer(number, time, Kind.BULK, "in" if inward else "out", room)

    def _transfer(
        self, number: int, time: float | None, kind: Kind, place: str, room: int
    ) -> Transfer:
        return Transfer(number, time, None, "", self._endpoints[place], kind, room=room)

    def _end_dump(self) -> Iterator[Transfer | IpPacket]:
        dump, self._dump = self._dump, None
        if dump is None:
            return
        if dump.pipe:
            yield from dump.pipe.take(dump.data)
        if dump.of is None:
            return
        transfer = replace(dump.of, data=bytes(dump.data))
        untold = transfer.kind is Kind.BULK and not transfer.room
        if untold and dump.data[4:6] == ContainerKind.COMMAND.to_bytes(2, "little"):
            transfer = replace(transfer, endpoint=self._endpoints["out"])
        if transfer.kind is Kind.INTERRUPT and transfer.data:
            if dump.twin and self._events and self._events[0] == transfer.data:
                self._events.popleft()  # it was told when it came
                return
            if not dump.twin:
                self._events.append(transfer.data)
        yield transfer

    def _fail(self, failed: re.Match[bytes]) -> Iterator[Transfer]:
        """What was begun last went wrong."""
        asked, self._asked = self._asked, None
        if asked is not None:
            status = _NO_ANSWER if failed["number"] == _TIMEOUT else _BROKEN
            why = "" if status == _NO_ANSWER else failed["why"].decode("utf-8", "replace")
            yield replace(asked, status=status, note=why)

    def _nothing(self, begun: Transfer) -> Iterator[Transfer]:
        """What was begun brought nothing, as far as the log says."""
        if begun.inward:
            yield replace(begun, status=_NO_ANSWER)

    def _give_up(self) -> Iterator[Transfer]:
        if self._asked is not None:
            yield replace(self._asked, status=None)


def _says_more(line: bytes) -> bool:
    """Whether a line is one of the log, and not what is left of another."""
    return any(
        kind.search(line) for kind in (SENTENCE, _DUMP, _FAILED, _ENDPOINTS, _SERIAL)
    ) or bool(_TIME.match(line))


def _same(begun: Transfer, told: Transfer) -> bool:
    """Whether one sentence begins what the other ends."""
    return (begun.kind, begun.inward, begun.setup) == (told.kind, told.inward, told.setup)


def _passed(start: float | None, end: float | None) -> float | None:
    return end - start if start is not None and end is not None else None
