"""A native conversation in a recording, followed command by command.

A command opens an `_Asked`; the bulk data that follow belong to its reply until the length that the
reply announces is reached, or something else begins. Names, fields and the bytes that nobody can
explain come from the message classes, the same that talk to a camera (canon-native-usb, sections 3,
4, 6 and 11).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from canon.errors import DecodeError, Refused
from canon.models.model import Numbering
from canon.native import events, release
from canon.native.commands import (
    COMMAND,
    FIXED_REPLY,
    HEAD,
    LONG_COMMAND,
    LONG_REPLY,
    UPLOAD_BLOCK,
    UPLOAD_COMMAND,
    UPLOAD_REPLY,
    Command,
    CommandHead,
    InitBlock,
    LockKeys,
    LongHead,
    Nothing,
    ReplyHead,
    ShortInitBlock,
    SubHead,
    find_command,
    has_subcodes,
)
from canon.native.refusals import REFUSALS
from canon.trace.records import Exchange, Kind, Remark, Setup, Span, Transfer
from canon.trace.step import SHOWN, Odd, Step, fields_of, odd_of
from canon.trace.usb import (
    InterruptPipe,
    Private,
    ending,
    plain_step,
    secret_spans,
    standard_step,
    unknown_step,
)
from canon.wire import Message, smallest

LAYOUTS = (release, events)
"""The modules whose messages are shown beside the commands': a module that is loaded is known."""

_STATUS = COMMAND + 4  # where a fixed reply's data begin
_KEPT = 16 << 20  # bytes of one reply that are looked at; what is longer is counted
_WAKE_REPLY = bytes.fromhex("04000000 02030000").ljust(0x44, b"\0")
_LETTERS = {b"A": "already active", b"C": "just woken up", b"I": "an error", b"E": "an error"}


@dataclass
class _Asked:
    """A command, and what has come of its reply."""

    index: int
    time: float | None
    name: str
    fields: dict[str, Any] = field(default_factory=dict)
    odd: list[Odd] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kind: type[Command[Any]] | None = None
    code: int = 0
    sequence: int | None = None
    reply_kind: int = FIXED_REPLY
    family: bool = False
    secret: list[Span] = field(default_factory=list)  # in the payload
    data: bytearray = field(default_factory=bytearray)  # the reply, until the first hole
    got: int = 0  # bytes of the reply, the lost ones too
    holes: bool = False
    headless: bool = False  # the first 0x40 bytes of the reply, at least, are missing
    pieces: list[tuple[int, int, int]] = field(default_factory=list)  # record, offset, size

    def take(self, transfer: Transfer) -> None:
        """Add what a bulk read brought."""
        if not self.got and self._lost_its_head(transfer.data):
            self.notes.append("the first 0x40 bytes of the answer are missing")
            self.data, self.got, self.headless = bytearray(HEAD), HEAD, True
        if not self.holes and len(self.data) < _KEPT:
            if transfer.complete:
                self.pieces.append((transfer.index, self.got, transfer.size))
            self.data += transfer.data
        self.got += transfer.size
        self.holes |= not transfer.complete
        if transfer.status != 0 and ending(transfer) not in self.notes:
            self.notes.append(ending(transfer))

    def expected(self) -> int | None:
        """The bytes that the reply announces, None while that is not known."""
        if self.reply_kind == LONG_REPLY:
            return HEAD + LongHead.decode(self.data).length if len(self.data) >= HEAD else None
        if self.name == "WriteInitBlock":
            return len(_WAKE_REPLY)
        if self.name == "AnnounceUpload":
            return HEAD
        if length := int.from_bytes(self.data[:4], "little"):
            return HEAD + length
        again = int.from_bytes(self.data[0x48:0x4C], "little")
        return HEAD + again if len(self.data) >= COMMAND else None

    def _lost_its_head(self, data: bytes) -> bool:
        """Some cameras drop 0x40 bytes of their first answer (section 4.3a)."""
        begins = bytes((2, 0, 0, 0, self.code & 0xFF, 0))
        return self.reply_kind == FIXED_REPLY and self.code > 0 and data[:6] == begins


class NativeTalk:
    """Follows one device that speaks the native protocol.

    Args:
        private: for the number of a record, the spans of its data that nobody else should see;
            all of them until they are understood.
    """

    def __init__(self, private: Private) -> None:
        self._private = private
        self._asked: _Asked | None = None
        self._unanswered: tuple[str, dict[str, Any]] | None = None
        self._pipe = InterruptPipe(events.HEAD, events.event_length, self._event)

    def transfer(self, transfer: Transfer) -> Iterator[Step]:
        """Go on with one transfer."""
        if held := len(transfer.data) + len(transfer.tail):
            self._private[transfer.index] = [(0, held)]
        if transfer.kind is Kind.INTERRUPT and transfer.inward:
            yield from self._pipe.transfer(transfer)
            return
        yield from self._pipe.quiet()
        if transfer.kind is Kind.CONTROL and transfer.setup is not None:
            yield from self._control(transfer, transfer.setup)
        elif transfer.kind is not Kind.BULK:
            yield unknown_step(transfer)
        elif transfer.inward:
            yield from self._answer(transfer)
        else:
            yield from self._command(transfer)

    def exchange(self, exchange: Exchange) -> Iterator[Step]:
        """Tell a command whose transfers were not kept."""
        payload, reply = exchange.payload, exchange.reply
        self._private[exchange.index] = [(0, len(payload) + len(reply))]
        asked = _Asked(exchange.index, None, "", code=exchange.code)
        asked.reply_kind = LONG_REPLY if exchange.long else FIXED_REPLY
        if len(payload) < exchange.size:
            asked.notes.append(f"the recording kept {len(payload)} of {exchange.size} bytes of it")
        _read_payload(asked, Numbering.CLASSIC, payload)
        asked.headless = exchange.reply_from > 0
        if exchange.reply_from <= COMMAND:
            asked.data = bytearray(exchange.reply_from) + reply
        asked.got = exchange.reply_size
        asked.holes = len(asked.data) < asked.got
        step, secret = _finish(asked)
        if exchange.reply_from <= COMMAND:
            shift = len(payload) - exchange.reply_from
            self._private[exchange.index] = [
                *asked.secret,
                *((max(len(payload), start + shift), end + shift) for start, end in secret),
            ]
        yield step

    def remark(self, remark: Remark) -> Iterator[Step]:
        """Tell a remark; a gap within a reply belongs to its command."""
        if remark.name == "Gap" and self._asked is not None:
            self._asked.notes.append(f"a gap in the recording: {remark.text}")
            self._asked.holes = True
            return
        yield from self._pipe.quiet()
        fields = {"limit": remark.text} if remark.name == "HostTimeout" else {}
        note = "" if fields else remark.text
        yield Step(remark.index, remark.name, fields, note=note, time=remark.time)

    def end(self) -> Iterator[Step]:
        """Tell what was not over when the recording ended."""
        yield from self._pipe.quiet()
        yield from self._close()
        yield from self._pipe.end()

    # --- control transfers -----------------------------------------------------------------------

    def _control(self, transfer: Transfer, setup: Setup) -> Iterator[Step]:
        if setup.kind & 0x60 == 0:
            yield standard_step(transfer, setup, self._private)
            return
        yield from self._close()
        match setup.kind, setup.request, setup.value:
            case 0xC0, 0x0C, 0x55:
                meaning = _LETTERS.get(transfer.data, "unknown")
                reply = {"letter": transfer.data.decode("latin-1"), "meaning": meaning}
                self._private[transfer.index] = [(1, len(transfer.data))]
                yield plain_step(transfer, "ReadStatusLetter", reply=reply)
            case 0xC0, 0x04, 0x01:
                yield self._init_block(transfer, "ReadInitBlock", InitBlock)
            case 0xC0, 0x04, 0x04:
                yield self._init_block(transfer, "ReadShortInitBlock", ShortInitBlock)
            case 0x40, 0x04, 0x11:
                step = self._init_block(transfer, "WriteInitBlock", ShortInitBlock)
                self._asked = _Asked(step.index, step.time, step.name, step.fields)
                self._asked.odd += step.unexplained
                self._asked.notes += [step.note] if step.note else []
            case 0x40, 0x04, 0x10:
                yield from self._command(transfer)
            case _:
                yield unknown_step(transfer)

    def _init_block(self, transfer: Transfer, name: str, kind: type[Message]) -> Step:
        try:
            fields = fields_of(kind.decode(transfer.data))
            odd = odd_of("reply" if transfer.inward else "command", kind, transfer.data)
        except DecodeError:
            return unknown_step(transfer)
        self._private[transfer.index] = [(smallest(kind), len(transfer.data))]
        if transfer.inward:
            return plain_step(transfer, name, reply=fields, odd=odd)
        return plain_step(transfer, name, fields=fields, odd=odd)

    # --- commands and replies --------------------------------------------------------------------

    def _command(self, transfer: Transfer) -> Iterator[Step]:
        """A command begins: by a control transfer, or by a bulk one in an upload."""
        yield from self._close()
        block, asked = transfer.data, _Asked(transfer.index, transfer.time, "AnnounceUpload")
        try:
            announced = LongHead.decode(block)
            if announced.kind == UPLOAD_COMMAND:
                asked.fields = {"length": announced.length}
                asked.reply_kind = UPLOAD_REPLY
                asked.odd += odd_of("command", LongHead, block)
            else:
                _read_command(asked, block)
        except DecodeError:
            yield unknown_step(transfer)
            return
        self._private[transfer.index] = [
            (start + COMMAND, end + COMMAND) for start, end in asked.secret
        ]
        if transfer.status != 0:
            asked.notes.append(ending(transfer))
        if self._unanswered == (asked.name, asked.fields):
            asked.notes.append("sent again")
        self._asked = asked

    def _answer(self, transfer: Transfer) -> Iterator[Step]:
        asked = self._asked = self._asked or _unasked(transfer)
        if asked is None:
            yield unknown_step(transfer)
            return
        asked.take(transfer)
        expected = asked.expected()
        if expected is not None and asked.got >= expected and not asked.holes:
            yield from self._close()

    def _close(self) -> Iterator[Step]:
        """Tell the command whose reply is over."""
        asked, self._asked = self._asked, None
        if asked is None:
            return
        step, secret = _finish(asked)
        self._unanswered = (asked.name, asked.fields) if not asked.got else None
        for index, at, size in asked.pieces:
            inside = ((max(0, start - at), min(end - at, size)) for start, end in secret)
            self._private[index] = [(start, end) for start, end in inside if start < end]
        yield step

    # --- events ----------------------------------------------------------------------------------

    def _event(self, block: bytes, sources: list[Transfer]) -> Step:
        kind, body = events.event_class(block), block[events.HEAD :]
        odd: tuple[Odd, ...] = (Odd("event", events.HEAD, body),)
        fields: dict[str, Any] = {"code": f"{events.EventHead.decode(block).code:#04x}"}
        if kind is not events.UnknownEvent:
            try:
                fields = fields_of(kind.decode(body))
                odd = odd_of("event", kind, body, events.HEAD)
                for transfer in sources:
                    self._private.pop(transfer.index, None)
            except DecodeError as error:
                return plain_step(sources[0], kind.__name__, odd=odd, note=error.detail)
        note = "" if len(sources) == 1 else f"in {len(sources)} pieces"
        return plain_step(sources[0], kind.__name__, fields=fields, odd=odd, note=note)


# --- reading the blocks --------------------------------------------------------------------------


def _read_command(asked: _Asked, block: bytes) -> None:
    """What a command's block says; DecodeError when it is none."""
    head = CommandHead.decode(block)
    if head.magic != 2:
        raise DecodeError(f"{head.magic} where every command has 2", HEAD)
    asked.code, asked.sequence = head.group << 8 | head.code, head.sequence
    asked.odd += odd_of("command", CommandHead, block[:COMMAND])
    if head.kind == LONG_COMMAND:
        asked.reply_kind = LONG_REPLY
    elif head.kind == UPLOAD_BLOCK:
        asked.reply_kind = UPLOAD_REPLY
    if {head.length, head.length_again} != {len(block) - HEAD}:
        asked.notes.append(
            f"the command's length words say {head.length} and {head.length_again}, "
            f"{len(block) - HEAD} bytes follow"
        )
    numbering = Numbering.REVISED if head.flavour else Numbering.CLASSIC
    _read_payload(asked, numbering, block[COMMAND:])


def _read_payload(asked: _Asked, numbering: Numbering, payload: bytes) -> None:
    """Which command it is, and what its fields say."""
    sub, at = None, 0
    asked.family = has_subcodes(numbering, asked.code)
    if asked.family and len(payload) >= smallest(SubHead):
        head = SubHead.decode(payload)
        sub, at = head.sub, smallest(SubHead)
        if numbering is Numbering.REVISED and len(payload) == at + head.length + 1:
            payload = payload[:-1]  # the zero that the revised numbering adds
        if head.length != len(payload) - at:
            asked.notes.append(
                f"the parameters' length word says {head.length}, {len(payload) - at} bytes follow"
            )
    parameters = payload[at:]
    kind = find_command(numbering, asked.code, sub, long=asked.reply_kind == LONG_REPLY)
    if kind is None:
        asked.name = "UnknownCommand"
        asked.fields = {"code": f"{asked.code:#06x}"}
        if sub is not None:
            asked.fields["sub"] = f"{sub:#04x}"
        asked.odd += [Odd("command", COMMAND + at, parameters[:SHOWN])] if parameters else []
        asked.secret = [(at, len(payload))]
        return
    asked.kind, asked.name = kind, kind.__name__
    if len(parameters) < smallest(kind):  # a camera fills up with zeros
        asked.notes.append(f"{len(parameters)} of {smallest(kind)} bytes were sent")
        parameters = parameters.ljust(smallest(kind), b"\0")
    try:
        asked.fields = fields_of(kind.decode(parameters))
        asked.odd += odd_of("command", kind, parameters, COMMAND + at)
        asked.secret = secret_spans(kind, parameters, at)
    except DecodeError as error:
        asked.notes.append(error.detail)
        asked.odd.append(Odd("command", COMMAND + at, parameters[:SHOWN]))
        asked.secret = [(at, len(payload))]


def _unasked(transfer: Transfer) -> _Asked | None:
    """The command that a fixed answer names, where the command itself was not recorded."""
    for block in (transfer.data, bytes(HEAD) + transfer.data):  # some drop the first part
        if len(block) < _STATUS:
            continue
        head = ReplyHead.decode(block)
        code = head.group - 0x10 << 8 | head.code
        lost = transfer.size - len(transfer.data)
        if head.magic != 2 or code < 0 or head.length_again != len(block) + lost - HEAD:
            continue
        numbering, sub = Numbering.REVISED if head.flavour else Numbering.CLASSIC, None
        family = has_subcodes(numbering, code)
        if family and len(block) >= _STATUS + smallest(SubHead):
            sub = SubHead.decode(block[_STATUS:]).sub
        if kind := find_command(numbering, code, sub, long=False):
            asked = _Asked(transfer.index, transfer.time, kind.__name__, kind=kind, code=code)
            asked.family = family
            asked.notes.append("its command was not recorded")
            return asked
    return None


def _finish(asked: _Asked) -> tuple[Step, list[Span]]:
    """What a command and its reply say, and what of the reply is private."""
    notes, data = asked.notes, bytes(asked.data)
    expected = asked.expected()
    reply: dict[str, Any] | None = None
    secret: list[Span] = []
    if not asked.got:
        notes.append("no answer")
    elif expected is not None and asked.got < expected and not asked.holes:
        notes.append(f"the answer is cut: {asked.got} of {expected} bytes")
    elif asked.holes:
        notes.append(
            f"the recording kept {len(data)} of {expected or asked.got} bytes of the answer"
        )
    if asked.got and asked.name == "WriteInitBlock":
        reply = {}
        if data != _WAKE_REPLY:
            asked.odd.append(Odd("reply", 0, data[:SHOWN]))
            secret = [(0, len(data))]
    elif asked.got and asked.name == "AnnounceUpload":
        reply, secret = {}, [(HEAD, len(data))]
    elif asked.got and asked.reply_kind == LONG_REPLY:
        reply, secret = _read_long(asked, data)
    elif asked.got:
        reply, secret = _read_fixed(asked, data)
    odd = tuple(one for one in asked.odd if one.raw)
    step = Step(asked.index, asked.name, asked.fields, reply, odd, "; ".join(notes), asked.time)
    return step, secret


def _read_long(asked: _Asked, data: bytes) -> tuple[dict[str, Any] | None, list[Span]]:
    """A long reply: its head, and what follows."""
    everything = [(HEAD, max(asked.got, len(data)))]
    size = (asked.expected() or asked.got) - HEAD
    if len(data) < HEAD:
        asked.odd.append(Odd("reply", 0, data[:SHOWN]))
        return None, everything
    kind = LongHead.decode(data).kind
    if kind != LONG_REPLY:
        asked.notes.append(f"the answer is of kind {kind:#x}")
    asked.odd += odd_of("reply", LongHead, data[:HEAD])
    if asked.kind is not None and asked.kind.reply is not None:
        return _read_body(asked, asked.kind.reply, data, HEAD)
    if asked.kind is None:
        asked.odd.append(Odd("reply", HEAD, data[HEAD : HEAD + SHOWN]))
    return {"bytes": size}, everything


def _read_fixed(asked: _Asked, data: bytes) -> tuple[dict[str, Any] | None, list[Span]]:
    """A fixed reply: its head, its status, and what follows."""
    if len(data) < _STATUS:
        asked.odd.append(Odd("reply", 0, data[:SHOWN]))
        return None, [(0, len(data))]
    everything, fits = [(_STATUS, len(data))], True
    if not asked.headless:
        fits = _fits(asked, ReplyHead.decode(data))
        asked.odd += odd_of("reply", ReplyHead, data[:COMMAND])
    status = int.from_bytes(data[COMMAND:_STATUS], "little")
    if status:
        meaning = REFUSALS.get(status, Refused).meaning
        asked.odd += [Odd("reply", _STATUS, data[_STATUS:][:SHOWN])] if any(data[_STATUS:]) else []
        return {"status": f"{status:#010x}", "meaning": meaning}, everything
    if asked.kind is None:
        asked.odd.append(Odd("reply", _STATUS, data[_STATUS:][:SHOWN]))
        return {}, everything
    at = _STATUS
    if asked.family and len(data) >= at + smallest(SubHead):
        head = SubHead.decode(data[at:])
        at += smallest(SubHead)
        if head.sub != asked.kind.sub:
            asked.notes.append(
                f"the answer echoes sub-code {head.sub:#x}: the camera did not do it"
            )
        if head.length != len(data) - at and not asked.holes:
            asked.notes.append(
                f"the answer's length word says {head.length}, {len(data) - at} bytes follow"
            )
    reply, secret = _read_body(asked, asked.kind.reply or Nothing, data, at)
    return reply, secret if fits else everything


def _fits(asked: _Asked, head: ReplyHead) -> bool:
    """Whether a reply answers its command; what does not fit is noted."""
    wanted = FIXED_REPLY if asked.reply_kind == LONG_REPLY else asked.reply_kind
    if (head.kind, head.magic) != (wanted, 2):
        asked.notes.append(f"the answer is of kind {head.kind:#x}/{head.magic}")
        return False
    echoed = head.group - 0x10 << 8 | head.code
    if echoed != asked.code and not (asked.kind is LockKeys and echoed == 0x121F):  # section 6.2
        asked.notes.append(f"the answer echoes command {head.group:#04x}/{head.code:#04x}")
        return False
    if asked.sequence not in (None, head.sequence):
        asked.notes.append(f"the answer carries sequence number {head.sequence:#x}, a late one?")
    return True


def _read_body(
    asked: _Asked, kind: type[Message], data: bytes, at: int
) -> tuple[dict[str, Any] | None, list[Span]]:
    """The data of a reply, as its class reads them."""
    try:
        reply = fields_of(kind.decode(data[at:]))
        asked.odd += odd_of("reply", kind, data[at:], at)
        return reply, secret_spans(kind, data[at:], at)
    except DecodeError as error:
        asked.notes.append(error.detail)
        asked.odd.append(Odd("reply", at, data[at:][:SHOWN]))
        return None, [(at, max(asked.got, len(data)))]
