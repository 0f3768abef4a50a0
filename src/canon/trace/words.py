"""A recorded conversation with a native camera, told in words.

Each device in a recording is followed by itself. A command opens an `_Asked`; the bulk data that
follow belong to its reply until the reply's own length is reached or something else begins. Names,
fields and the bytes that nobody can explain come from the message classes, the same that talk to a
camera. Nothing in a recording stops the telling: what makes no sense is told as that
(canon-native-usb, sections 3, 4, 6 and 11).
"""

from __future__ import annotations

import dataclasses
import enum
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from canon.errors import DecodeError, Refused
from canon.models.model import Numbering
from canon.native import events
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
    find_command,
    has_subcodes,
)
from canon.native.release import SubHead
from canon.native.session import REFUSALS
from canon.trace.files import Exchange, Kind, Record, Remark, Setup, Transfer, blank, read
from canon.wire import Message, smallest, unexplained

PRIVATE = frozenset({"owner", "data"})
"""The fields that `redact` blanks, wherever they stand; pictures and files it always blanks."""

_STATUS = COMMAND + 4  # where a fixed reply's data begin
_KEPT = 16 << 20  # bytes of one reply that are looked at; what is longer is counted
_SHOWN = 256  # bytes of something unexplained that are shown
_WAKE_REPLY = bytes.fromhex("04000000 02030000").ljust(0x44, b"\0")
_LETTERS = {b"A": "already active", b"C": "just woken up", b"I": "an error", b"E": "an error"}
_ENDINGS = {None: "no end was recorded", -2: "nothing came in time", -32: "stalled"}

Span = tuple[int, int]


@dataclass(frozen=True)
class Odd:
    """Bytes that nobody can explain.

    Attributes:
        part: where they are: `command`, `reply` or `event`.
        offset: bytes from the start of that block, as the specification counts.
        raw: the bytes, no more than 256 of them.
    """

    part: str
    offset: int
    raw: bytes


@dataclass(frozen=True)
class Told:
    """One step of a conversation.

    Attributes:
        index: the number of the record with which it begins.
        name: the command, the event, or what else it is.
        fields: what it says.
        reply: what the camera answered; None when there is no answer.
        unexplained: the bytes of both that nobody can explain.
        note: what is out of order, empty when nothing is.
        time: seconds since the recording began, None when that was not written down.
        device: whose conversation it is: `bus.address`, empty in a trace.
    """

    index: int
    name: str
    fields: dict[str, Any] = field(default_factory=dict)
    reply: dict[str, Any] | None = None
    unexplained: tuple[Odd, ...] = ()
    note: str = ""
    time: float | None = None
    device: str = ""

    def as_json(self) -> str:
        """One line of JSON."""
        odd = [
            {"part": one.part, "offset": one.offset, "bytes": one.raw.hex()}
            for one in self.unexplained
        ]
        return json.dumps({**dataclasses.asdict(self), "unexplained": odd}, ensure_ascii=False)

    def lines(self) -> list[str]:
        """The same for people: what passed, the rows of a listing, what is odd."""
        when = "" if self.time is None else f"{self.time:.3f}"
        told = f"{self.index:>6} {when:>9}  {self.name}{_in_words(self.fields)}"
        if self.reply is not None:
            told += f" → {_in_words(self.reply) if self.reply else 'ok'}"
        rows = [
            _in_words(row)
            for value in (*self.fields.values(), *(self.reply or {}).values())
            if _is_table(value)
            for row in value
        ]
        rows += [f"note: {self.note}"] if self.note else []
        rows += [
            f"unexplained, {one.part} {one.offset:#04x}: {one.raw.hex(' ')}"
            for one in self.unexplained
        ]
        return [told, *(f"{'':18}{row}" for row in rows)]


def tell(records: Iterable[Record]) -> Iterator[Told]:
    """Tell a recording step by step; a step is told when it is over."""
    return _Teller().tell(records)


def redact(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Copy a recording without its private parts, so that it can be shown to others.

    Blanked are the fields named in `PRIVATE`, files, pictures and frames and, to be safe, all data
    that are not understood: other devices, unknown commands, what was cut.

    Raises:
        ValueError: the source is no recording, or the target is the source.
        MissingExtra: it is a capture, and the package that reads captures is not installed.
    """
    teller = _Teller()
    for _ in teller.tell(read(source)):
        pass
    blank(source, target, teller.private)


class _Teller:
    """Follows every device of a recording; knows what of it is private."""

    def __init__(self) -> None:
        self.private: dict[int, list[Span]] = {}
        self._talks: dict[str, _Talk] = {}
        self._start: float | None = None

    def tell(self, records: Iterable[Record]) -> Iterator[Told]:
        for record in records:
            device = record.device if isinstance(record, Transfer) else ""
            if device not in self._talks:
                self._talks[device] = _Talk(self.private)
            talk = self._talks[device]
            if self._start is None and not isinstance(record, Exchange):
                self._start = record.time
            match record:
                case Transfer():
                    steps = talk.transfer(record)
                case Exchange():
                    steps = talk.exchange(record)
                case Remark():
                    steps = talk.remark(record)
            yield from self._stamped(steps, device)
        for device, talk in self._talks.items():
            yield from self._stamped(talk.end(), device)

    def _stamped(self, steps: Iterable[Told], device: str) -> Iterator[Told]:
        for told in steps:
            passed = None if told.time is None else told.time - (self._start or 0.0)
            yield dataclasses.replace(told, time=passed, device=device)


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
    size: int = 0  # of the payload, or of an upload's announcement
    data: bytearray = field(default_factory=bytearray)  # the reply, until the first hole
    got: int = 0  # bytes of the reply, the lost ones too
    holes: bool = False
    pieces: list[tuple[Transfer, int]] = field(default_factory=list)  # with offsets in the reply

    def take(self, transfer: Transfer) -> None:
        """Add what a bulk read brought."""
        if not self.got and self._lost_its_head(transfer.data):
            self.notes.append("the first 0x40 bytes of the answer are missing")
            self.data, self.got = bytearray(HEAD), HEAD
        self.pieces.append((transfer, self.got))
        if not self.holes and len(self.data) < _KEPT:
            self.data += transfer.data
        self.got += transfer.size
        self.holes |= not transfer.complete
        if transfer.status:
            self.notes.append(_ending(transfer))

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
