"""A PTP conversation in a recording, followed operation by operation.

The bulk pipe carries containers; a container may be spread over many transfers, and a transfer may
hold the end of one and the next. A command container opens an `_Asked`; its data and its response
belong to it. Names, fields and the bytes that nobody can explain come from the message classes, the
same that talk to a camera (ptp-core, section 1).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from canon.errors import DecodeError
from canon.ptp.containers import (
    CANCEL,
    CLASS_IN,
    CLASS_OUT,
    GET_STATUS,
    HEAD,
    RESET,
    UNKNOWN_LENGTH,
    Cancel,
    Container,
    ContainerKind,
    DeviceStatus,
    parameters,
)
from canon.ptp.eos.layouts import GetEvent
from canon.ptp.ip_packets import HEAD as _PACKET_HEAD
from canon.ptp.ip_packets import (
    DataPacket,
    EndData,
    OperationRequest,
    OperationResponse,
    StartData,
    read_packet,
)
from canon.ptp.operations import OpenSession, Operation, Response, find_operation
from canon.ptp.powershot.layouts import CheckEvent
from canon.trace import ptp_names
from canon.trace.dataset import Dataset, Memory, say, say_parameters
from canon.trace.eos import CUT
from canon.trace.ptp_datasets import read_dataset, say_event, unknown_data
from canon.trace.ptp_heads import event_length, head_at
from canon.trace.records import IpPacket, Kind, Remark, Setup, Span, Transaction, Transfer
from canon.trace.step import SHOWN, Odd, Step, odd_of
from canon.trace.torn import first_record
from canon.trace.usb import (
    InterruptPipe,
    Private,
    ending,
    plain_step,
    standard_step,
    unknown_step,
)
from canon.wire import Message, smallest

_KEPT = 16 << 20  # bytes of one dataset that are looked at; what is longer is counted
_PACKET = 512  # bytes of which hosts ask for multiples, where a recording does not say how many
_IN_VAIN: tuple[tuple[str, dict[str, Any]], ...] = (
    (CheckEvent.__name__, {"event": None}),
    (GetEvent.__name__, {"records": []}),
)
"""Asking for events when there are none."""
_MOST_TORN = 1 << 20  # bytes of an answer without its beginning


class _Piece(NamedTuple):
    """The part of a record that belongs to a container's payload."""

    record: int
    start: int
    at: int  # in the payload
    size: int


@dataclass
class _Block:
    """A container, and what has come of it.

    Attributes:
        head: its head.
        inward: whether the camera sent it.
        record: the number of the record that holds the head.
        at: where in that.
        time: when it began.
        payload: what was recorded of the payload, until the first hole.
        got: how many bytes of it passed, the lost ones too.
        pieces: where the payload lies.
    """

    head: Container
    inward: bool
    record: int
    at: int
    time: float | None
    payload: bytearray = field(default_factory=bytearray)
    got: int = 0
    pieces: list[_Piece] = field(default_factory=list)

    @property
    def left(self) -> float:
        """The bytes that are still to come."""
        if self.head.length == UNKNOWN_LENGTH:
            return math.inf
        return self.head.length - HEAD - self.got

    @property
    def whole(self) -> bool:
        """Whether all that passed was recorded and kept."""
        return len(self.payload) == self.got

    def take(self, transfer: Transfer, start: int) -> int:
        """Add what a transfer brings from `start` on; return where that ends."""
        size = int(min(self.left, transfer.size - start))
        self.add(transfer.index, start, transfer.data[start : start + size], size)
        return start + size

    def add(self, record: int, start: int, held: bytes, size: int | None = None) -> None:
        """Add bytes of a record, from `start` on; `size` passed, where some of them are lost."""
        size = len(held) if size is None else size
        if self.whole and len(self.payload) < _KEPT:
            self.payload += held
        if len(held) == size:
            self.pieces.append(_Piece(record, start, self.got, size))
        self.got += size


@dataclass
class _Asked:
    """An operation, its data (as far as they were recorded) and its response."""

    index: int
    time: float | None
    code: int
    number: int
    values: tuple[int, ...] | None
    inward: bool | None = None
    data: bytes = b""
    size: int = 0  # of the data
    block: _Block | None = None  # that the data came in
    response: int | None = None
    returned: tuple[int, ...] = ()
    odd: list[Odd] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def fits(self) -> bool:
        """Whether the data are those of this operation."""
        if self.block is None:
            return True
        head = self.block.head
        return (head.code, head.transaction) == (self.code, self.number)

    def take(self, block: _Block) -> None:
        """Add the container of its data, which may be those of another operation."""
        self.block, self.inward = block, block.inward
        self.data, self.size = bytes(block.payload), block.got
        if not self.fits:
            whose = f"{block.head.code:#06x} in transaction {block.head.transaction}"
            self.notes.append(f"the data are those of {whose}")
        if 0 < block.left < math.inf:
            length = block.head.length - HEAD
            self.notes.append(f"the data are cut: {block.got} of {length} bytes")


class PtpTalk:
    """Follows one device that speaks PTP.

    Args:
        private: for the number of a record, the spans of its data that nobody else should see;
            all of them until they are understood.
    """

    def __init__(self, private: Private) -> None:
        self._private = private
        self._memory = Memory()
        self._asked: _Asked | None = None
        self._block: _Block | None = None
        self._torn: list[Transfer] = []  # pieces of an answer whose beginning was not recorded
        self._pipe = InterruptPipe(HEAD, event_length, self._event)

    def transfer(self, transfer: Transfer) -> Iterator[Step]:
        """Go on with one transfer."""
        if held := len(transfer.data) + len(transfer.tail):
            self._private[transfer.index] = [(0, held)]
        if transfer.kind is Kind.INTERRUPT and transfer.inward:
            yield from self._pipe.transfer(transfer)
        elif transfer.kind is Kind.CONTROL and transfer.setup is not None:
            yield from self._after_polls(self._control(transfer, transfer.setup))
        elif transfer.kind is Kind.BULK:
            yield from self._after_polls(self._bulk(transfer))
        else:
            yield from self._after_polls((unknown_step(transfer),))

    def transaction(self, record: Transaction) -> Iterator[Step]:
        """Tell an operation whose transfers were not kept."""
        asked = _Asked(
            record.index,
            record.time,
            record.code,
            record.number,
            record.parameters,
            record.inward,
            record.data,
            record.size,
            response=record.response,
            returned=record.returned,
        )
        if record.parameters is None:
            asked.notes.append("only the data were recorded")
        self._private[record.index] = [(0, max(record.size, len(record.data)))]
        yield from self._after_polls(self._close())
        step, secret = self._finish(asked)
        self._reveal(record.index, 0, len(record.data), secret)
        yield from self._after_polls(self._unless_in_vain(step))

    def packet(self, packet: IpPacket) -> Iterator[Step]:
        """Go on with one packet of PTP over TCP."""
        self._private[packet.index] = [(0, len(packet.data))]
        yield from self._after_polls(self._packet(packet))

    def remark(self, remark: Remark) -> Iterator[Step]:
        """Tell a remark."""
        yield from self._pipe.quiet()
        yield Step(remark.index, remark.name, note=remark.text, time=remark.time)

    def end(self) -> Iterator[Step]:
        """Tell what was not over when the recording ended."""
        yield from self._after_polls(self._end_block())
        yield from self._after_polls(self._end_torn())
        yield from self._after_polls(self._close())
        yield from self._pipe.quiet()
        yield from self._pipe.end()

    def _after_polls(self, steps: Iterable[Step]) -> Iterator[Step]:
        """Tell the polls that brought nothing before anything else is step."""
        for step in steps:
            yield from self._pipe.quiet()
            yield step

    def _unless_in_vain(self, step: Step) -> Iterator[Step]:
        """An operation that is over; one that asked for events in vain is only counted."""
        in_vain = (step.name, step.reply) in _IN_VAIN
        if in_vain and not step.note and not step.unexplained:
            self._pipe.nothing(step.index, step.time)
        else:
            yield step

    # --- control transfers ------------------------------------------------------------------------

    def _control(self, transfer: Transfer, setup: Setup) -> Iterator[Step]:
        """The requests of the class, and those that every device knows."""
        if setup.kind & 0x60 == 0:
            yield standard_step(transfer, setup, self._private)
            return
        match setup.kind, setup.request:
            case (kind, request) if (kind, request) == (CLASS_OUT, RESET):
                yield from self._close()
                yield plain_step(transfer, "ResetDevice", reply={})
            case (kind, request) if (kind, request) == (CLASS_OUT, CANCEL):
                yield self._cancel(transfer)
            case (kind, request) if (kind, request) == (CLASS_IN, GET_STATUS):
                yield self._status(transfer)
            case _:
                yield unknown_step(transfer)

    def _cancel(self, transfer: Transfer) -> Step:
        try:
            cancel = Cancel.decode(transfer.data)
        except DecodeError:
            return unknown_step(transfer)
        self._reveal(transfer.index, 0, smallest(Cancel))
        fields = {"transaction": cancel.transaction}
        return plain_step(
            transfer, "Cancel", fields=fields, odd=odd_of("command", Cancel, transfer.data)
        )

    def _status(self, transfer: Transfer) -> Step:
        try:
            status = DeviceStatus.decode(transfer.data)
            halted = parameters(status.rest)
        except DecodeError:
            return unknown_step(transfer)
        self._reveal(transfer.index, 0, len(transfer.data))
        reply = {
            "status": Response(status.code).name,
            "halted": [f"{endpoint:#04x}" for endpoint in halted],
        }
        return plain_step(transfer, "GetDeviceStatus", reply=reply)

    # --- packets ----------------------------------------------------------------------------------

    def _packet(self, packet: IpPacket) -> Iterator[Step]:
        """The part of a transaction that a packet is; or a step of its own."""
        try:
            told = read_packet(packet.data)
        except DecodeError as error:
            raw = Odd("data", 0, packet.data[:SHOWN])
            broken = (raw,) if packet.data else ()
            yield Step(packet.index, "BrokenPacket", {}, None, broken, error.detail, packet.time)
            return
        match told:
            case OperationRequest() | OperationResponse():
                yield from self._end_block()
                kind = ContainerKind.RESPONSE if packet.inward else ContainerKind.COMMAND
                self._begin(packet, kind, told.code, told.transaction, len(told.parameters))
                self._go_on(packet, told.parameters)
                yield from self._end_block()
            case StartData():
                yield from self._end_block()
                code = self._asked.code if self._asked and not self._asked.block else 0
                self._begin(packet, ContainerKind.DATA, code, told.transaction, told.total)
            case DataPacket() | EndData() if self._block is not None:
                self._reveal(packet.index, 0, len(packet.data) - len(told.data))
                self._go_on(packet, told.data)
                if isinstance(told, EndData):
                    yield from self._end_block()
            case _:
                self._reveal(packet.index, 0, _PACKET_HEAD)
                odd = odd_of("data", type(told), packet.data[_PACKET_HEAD:], _PACKET_HEAD)
                yield Step(
                    packet.index, type(told).__name__, say(told), None, odd, time=packet.time
                )

    def _begin(
        self, packet: IpPacket, kind: ContainerKind, code: int, number: int, size: int
    ) -> None:
        """What a packet begins, as the container that it would be on USB."""
        length = min(HEAD + size, UNKNOWN_LENGTH)
        head = Container(length, kind, code, number)
        self._block = _Block(head, packet.inward, packet.index, 0, packet.time)
        self._reveal(packet.index, 0, len(packet.data))

    def _go_on(self, packet: IpPacket, data: bytes) -> None:
        """Add the bytes of a packet to what was begun."""
        block = self._block
        if block is not None:
            block.add(packet.index, len(packet.data) - len(data), data)

    # --- containers -------------------------------------------------------------------------------

    def _bulk(self, transfer: Transfer) -> Iterator[Step]:
        """Take a transfer's bytes, container by container."""
        if transfer.status != 0 and self._asked and ending(transfer) not in self._asked.notes:
            self._asked.notes.append(ending(transfer))
        if self._block and self._block.inward != transfer.inward:
            yield from self._end_block()
        at = 0
        while at < transfer.size:
            if self._block is None:
                head = head_at(transfer, at)
                if head is None:
                    yield from self._stray(transfer, at)
                    return
                self._block = _Block(head, transfer.inward, transfer.index, at, transfer.time)
                at += HEAD
            at = self._block.take(transfer, at)
            if not self._block.left:
                yield from self._end_block()
        if self._is_over(transfer):
            yield from self._end_block()

    def _is_over(self, transfer: Transfer) -> bool:
        """Whether a short packet has ended a container of unknown length."""
        block = self._block
        if block is None or block.left != math.inf or not transfer.inward:
            return False
        short = transfer.size < transfer.room if transfer.room else transfer.size % _PACKET > 0
        return (short or not transfer.size) and (block.got > 0 or not transfer.size)

    def _end_block(self) -> Iterator[Step]:
        """Go on with a container that is over, or broken off."""
        block, self._block = self._block, None
        if block is None:
            return
        yield from self._end_torn(block.head.transaction)
        asked = self._asked
        match block.head.kind, block.inward:
            case ContainerKind.COMMAND, False if block.whole:
                yield from self._close()
                self._asked = self._open(block)
            case ContainerKind.DATA, _ if asked and asked.block is None:
                asked.take(block)
            case ContainerKind.DATA, _ if block.head.code and not (
                asked and asked.number == block.head.transaction
            ):
                yield from self._close()
                head = block.head
                self._asked = asked = _Asked(
                    block.record, block.time, head.code, head.transaction, None
                )
                asked.notes.append("its command was not recorded")
                asked.take(block)
            case ContainerKind.RESPONSE, True if asked and block.whole:
                yield from self._respond(asked, block)
            case _:
                yield self._lone(block)

    def _open(self, block: _Block) -> _Asked:
        values, odd = _values(block, "command")
        self._show(block, [(0, block.got)] if odd else [])
        head = block.head
        if head.code == OpenSession.code:
            self._memory = Memory()  # it may be another camera
        return _Asked(block.record, block.time, head.code, head.transaction, values, odd=odd)

    def _respond(self, asked: _Asked, block: _Block) -> Iterator[Step]:
        head = block.head
        asked.returned, odd = _values(block, "response")
        asked.odd += odd
        self._show(block, [(0, block.got)] if odd else [])
        if head.transaction < asked.number:
            asked.notes.append(f"a late response to transaction {head.transaction} came first")
            return
        if head.transaction > asked.number:
            asked.notes.append(f"the response carries transaction {head.transaction}")
        asked.response = head.code
        yield from self._close()

    def _close(self) -> Iterator[Step]:
        """Tell the operation that is over."""
        asked, self._asked = self._asked, None
        if asked is None:
            return
        step, secret = self._finish(asked)
        if asked.block is not None:
            self._show(asked.block, secret)
        yield from self._unless_in_vain(step)

    def _lone(self, block: _Block) -> Step:
        """A container that answers nothing: the recording may have begun in the middle."""
        self._show(block, [(0, block.got)])
        head = block.head
        fields = {
            "container": head.kind.name,
            "code": f"{head.code:#06x}",
            "transaction": head.transaction,
            "bytes": block.got,
        }
        odd = (Odd("data", 0, bytes(block.payload[:SHOWN])),) if block.payload else ()
        note = "it belongs to no operation"
        return Step(block.record, "LoneContainer", fields, None, odd, note, block.time)

    def _stray(self, transfer: Transfer, at: int) -> Iterator[Step]:
        """Bytes that begin no container."""
        torn = transfer.inward and (self._torn or first_record(transfer.data) is not None)
        if self._asked is None and torn and transfer.complete:
            self._torn.append(transfer)
            if sum(one.size for one in self._torn) > _MOST_TORN:
                yield from self._end_torn()
            return
        if at == 0 or self._asked is None:
            yield unknown_step(transfer)
            return
        odd = Odd("data", self._asked.size, transfer.data[at:][:SHOWN])
        self._asked.odd += [odd] if odd.raw else []
        self._asked.notes.append(f"{transfer.size - at} bytes more than announced")

    def _end_torn(self, number: int = 0) -> Iterator[Step]:
        """Take the pieces of an answer without its beginning for the records that they are."""
        torn, self._torn = self._torn, []
        if not torn:
            return
        yield from self._close()
        data = b"".join(one.data for one in torn)
        left = start = first_record(data) or 0
        head = Container(UNKNOWN_LENGTH, ContainerKind.DATA, GetEvent.code, number)
        block = _Block(head, True, torn[0].index, -HEAD, torn[0].time)
        for one in torn:
            skip = min(left, one.size)
            block.add(one.index, skip, one.data[skip:])
            left -= skip
        asked = _Asked(block.record, block.time, head.code, number, None)
        asked.notes.append("its beginning was not recorded")
        asked.odd += [Odd("data", 0, data[:start][:SHOWN])] if start else []
        asked.take(block)
        self._asked = asked

    # --- what may be seen -------------------------------------------------------------------------

    def _show(self, block: _Block, secret: Sequence[Span]) -> None:
        """Let a container be seen, but for the secret spans of its payload."""
        self._reveal(block.record, block.at, block.at + HEAD)
        for piece in block.pieces:
            shift = piece.start - piece.at
            hidden = [(start + shift, end + shift) for start, end in secret]
            self._reveal(piece.record, piece.start, piece.start + piece.size, hidden)

    def _reveal(self, record: int, start: int, end: int, secret: Sequence[Span] = ()) -> None:
        """Let a span of a record be seen, but for the secret spans in it."""
        around = [
            part
            for first, last in self._private.get(record, ())
            for part in ((first, min(last, start)), (max(first, end), last))
        ]
        inside = [(max(first, start), min(last, end)) for first, last in secret]
        self._private[record] = [(first, last) for first, last in around + inside if first < last]

    # --- events -----------------------------------------------------------------------------------

    def _event(self, block: bytes, sources: list[Transfer]) -> Step:
        try:
            name, fields, odd = say_event(block)
        except DecodeError as error:
            raw = (Odd("event", 0, block),)
            return plain_step(sources[0], "BrokenEvent", odd=raw, note=error.detail)
        for transfer in sources:
            self._private.pop(transfer.index, None)
        return plain_step(sources[0], name, fields=fields, odd=odd)

    # --- a whole transaction ----------------------------------------------------------------------

    def _finish(self, asked: _Asked) -> tuple[Step, Sequence[Span]]:
        """What an operation, its data and its response say, and what of the data is private."""
        kind = find_operation(asked.code)
        name = ptp_names.operation_name(asked.code)
        fields, odd = _parameters(kind, asked.values or (), "command")
        reply, surplus = _parameters(kind and kind.returns, asked.returned, "response")
        if kind is None and asked.code not in ptp_names.OPERATIONS:
            name, fields = "UnknownOperation", {"code": name, **fields}
        dataset = self._dataset(asked, kind)
        if asked.inward:
            reply = dataset.fields | reply
        elif asked.inward is False:
            fields |= {"data": dataset.fields}
        if asked.response not in (None, Response.OK):
            response = Response(asked.response)
            reply = {"response": response.name, "code": f"{int(response):#06x}", **reply}
        if asked.response is None and asked.values is not None:
            asked.notes.append("no answer")
        answered = asked.response is not None or asked.inward
        step = Step(
            asked.index,
            name,
            fields,
            reply if answered else None,
            tuple(one for one in (*odd, *dataset.odd, *surplus, *asked.odd) if one.raw),
            "; ".join(filter(None, (*asked.notes, dataset.note))),
            asked.time,
        )
        return step, dataset.secret

    def _dataset(self, asked: _Asked, kind: type[Operation[Any]] | None) -> Dataset:
        """What the data of an operation say; how many they are, where some were not kept."""
        if asked.inward is None:
            return Dataset({})
        kept = len(asked.data)
        if kept < asked.size and not (kept and kind in CUT and asked.fits):
            note = f"the recording kept {kept} of {asked.size} bytes of the data"
            fields = {"bytes": asked.size}
            return Dataset(fields, secret=((0, asked.size),), note="" if kept >= _KEPT else note)
        if kind is None or not asked.fits:
            return unknown_data(asked.data)
        self._memory.cut = kept < asked.size
        dataset = read_dataset(
            kind, asked.values or (), asked.data, self._memory, inward=asked.inward
        )
        if kept == asked.size:
            return dataset
        note = f"the recording kept {kept} of {asked.size} bytes of the data"
        return replace(dataset, note=note, secret=(*dataset.secret, (kept, asked.size)))


def _parameters(
    kind: type[Message] | None, values: tuple[int, ...], part: str
) -> tuple[dict[str, Any], tuple[Odd, ...]]:
    """Parameters by name, or as numbers where nobody knows what they are."""
    if kind is not None:
        return say_parameters(kind, values, part)
    return {"parameters": [ptp_names.handle_name(value) for value in values]} if values else {}, ()


def _values(block: _Block, part: str) -> tuple[tuple[int, ...], list[Odd]]:
    """The parameters of a command or a response."""
    try:
        return parameters(block.payload), []
    except DecodeError:
        return (), [Odd(part, HEAD, bytes(block.payload[:SHOWN]))]
