"""Containers over a port: command, data and response, events, and what to do when one breaks off.

Data are read in large pieces into one buffer, and each read asks for a little more than is left:
so it ends with the short or empty packet that ends the data, and a camera that forgets the empty
one has its response in the same read. A transaction that is broken off stays `unfinished` until
`settle` has brought the camera and the pipes to where the next one can begin (ptp-core, sections
1 and 7).
"""

from __future__ import annotations

import itertools
import logging
import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from canon.driver.card import Progress, Sink
from canon.errors import AGAIN, Disconnected, PortError, PortStalled, PortTimeout, ProtocolError
from canon.frozen import Frozen
from canon.ptp.containers import (
    CANCEL,
    CANCEL_CODE,
    CLASS_IN,
    CLASS_OUT,
    GET_STATUS,
    HEAD,
    MOST_PARAMETERS,
    RESET,
    UNKNOWN_LENGTH,
    Cancel,
    Container,
    ContainerKind,
    DeviceStatus,
    container,
    parameters,
)
from canon.ptp.operations import Response
from canon.usb.port import TRAFFIC, Endpoint, EndpointDescriptor, Hex, Port

_log = logging.getLogger(__name__)

_READ, _WRITE = 0x80000, 0x100000
_MOST_RESPONSE = HEAD + 4 * MOST_PARAMETERS
_MOST_EVENT = HEAD + 4 * 3
_MOST_STATUS = 0x40
_MOST_CONTAINERS = 16  # in one transaction, late ones among them
_MOST_READS = 1000  # of what nobody wants
_LITTLE = 1 << 20  # so much is rather read than cancelled, and as much is read before a cancel
_QUIET_S = 0.2
_PIECE_S = 0.2  # the longest gap inside an event
_MOST_INTERVAL_S = 0.05
_FAST = 512  # bytes in a packet of bulk data on a fast bus
_AFTER_STALL_S = 5.0
_EARLY_S = 1.0  # for the response of a camera that takes no more data


class Ended(NamedTuple):
    """How a transaction ended.

    Attributes:
        code: the response code.
        parameters: those of the response.
        length: bytes of data that came; None when there was no data phase.
    """

    code: int
    parameters: tuple[int, ...]
    length: int | None


class Outgoing(Frozen):
    """The data that go with an operation.

    Attributes:
        source: holds them.
        size: how many bytes.
        progress: is told after each piece.
    """

    source: BinaryIO
    size: int
    progress: Progress | None = None


class Incoming(Frozen):
    """What is done with the data that an operation brings.

    Attributes:
        sink: takes them; a view is valid only during the call.
        limit: the most bytes that are taken.
        expect: about how many will come; sizes the first read.
    """

    sink: Sink
    limit: int
    expect: int = 0


_NOBODY = Incoming(lambda piece: None, _LITTLE)


@dataclass
class Transaction:
    """A transaction under way.

    Attributes:
        code: the operation code.
        number: its id.
        sending: whether data are going out.
        received: bytes of data that came.
        left: bytes of data that are still to come, as far as is known.
    """

    code: int
    number: int
    sending: bool = False
    received: int = 0
    left: float = math.inf


class Transport:
    """The containers of one camera.

    Args:
        port: the open port.

    Attributes:
        unfinished: the transaction that was broken off, or is under way.
    """

    def __init__(self, port: Port) -> None:
        self.unfinished: Transaction | None = None
        self._port, self._clock = port, port.clock
        ends = {which: port.descriptors.endpoint(which) for which in Endpoint}
        self._addresses = {which: end.address for which, end in ends.items()}
        self._packet = ends[Endpoint.BULK_IN].packet_size
        self._packet_out = ends[Endpoint.BULK_OUT].packet_size
        self._interval_s = _interval(ends[Endpoint.INTERRUPT_IN], fast=self._packet >= _FAST)
        self._buffer = memoryview(bytearray(_READ // self._packet * self._packet))
        self._surplus = b""  # a response that came in one read with the data
        self._splits = False  # whether the camera sends a container's head in a transfer of its own
        self._event = bytearray()
        self._event_due = 0.0  # when the next piece of an event is overdue

    # --- one transaction --------------------------------------------------------------------------

    def exchange(
        self,
        code: int,
        number: int,
        values: bytes,
        outgoing: Outgoing | None,
        incoming: Incoming,
        timeout_s: float,
    ) -> Ended:
        """Carry out one transaction.

        Args:
            code: operation code.
            number: the transaction's id.
            values: the parameters as bytes.
            outgoing: the data that go, if any.
            incoming: where data go that come.
            timeout_s: how long the camera may be silent.

        Raises:
            ProtocolError: what came is no answer, or more or less than it announces.
            ValueError: the source of the data that go holds too few.
        """
        self.unfinished = transaction = Transaction(code, number)
        command = container(ContainerKind.COMMAND, code, number, values)
        try:
            self._write(command, timeout_s)
        except PortStalled:  # a stalled packet was not taken
            self._unstall(Endpoint.BULK_OUT)
            self._write(command, timeout_s)
        stopped = outgoing and self._send(transaction, outgoing, timeout_s)
        if not stopped:
            return self._answer(transaction, incoming, timeout_s)
        try:
            ended = self._answer(transaction, incoming, _EARLY_S)
        except PortTimeout:
            raise stopped from None
        if ended.code == Response.OK:
            raise stopped
        return ended

    def _send(
        self, transaction: Transaction, outgoing: Outgoing, timeout_s: float
    ) -> PortError | None:
        """Send the data of a transaction; what stopped the camera from taking all of them."""
        transaction.sending = True
        code, number, size = transaction.code, transaction.number, outgoing.size
        length = min(HEAD + size, UNKNOWN_LENGTH)
        head = Container(length, ContainerKind.DATA, code, number).encode()
        done, last = -HEAD, 0
        try:
            for block in self._blocks(head, outgoing.source, size):
                self._write(block, timeout_s)
                last = len(block)
                done += last
                if outgoing.progress and done:
                    outgoing.progress(done, size)
            if last % self._packet_out == 0:
                self._write(b"", timeout_s)
        except PortTimeout as error:
            return error
        except PortStalled as error:
            self._unstall(Endpoint.BULK_OUT)
            return error
        transaction.sending = False
        return None

    def _blocks(self, head: bytes, source: BinaryIO, size: int) -> Iterator[bytes]:
        """A data container in pieces, each but the last a multiple of the packet size."""
        if self._splits:
            yield head
            head = b""
        while size or head:
            room = _WRITE // self._packet_out * self._packet_out - len(head)
            piece = _exactly(source, min(size, room))
            size -= len(piece)
            yield head + piece if head else piece
            head = b""

    def _answer(self, transaction: Transaction, incoming: Incoming, timeout_s: float) -> Ended:
        """Pass the data of a transaction on, if any come, and return its response."""
        code, number = transaction.code, transaction.number
        length: int | None = None
        trouble: ProtocolError | None = None
        late: ProtocolError | None = None
        for _ in range(_MOST_CONTAINERS):
            try:
                block = self._first_block(incoming.expect if length is None else 0, timeout_s)
            except PortTimeout as error:
                raise trouble or late or error from None
            head = Container.decode(block)
            if head.kind == ContainerKind.RESPONSE and head.transaction >= number:
                self.unfinished = None
                ended = Ended(head.code, _values(head, block), length)
                if number and head.transaction != number:
                    raise _mixed_up(head, number)
                if trouble and head.code == Response.OK:
                    raise trouble
                return ended
            if head.kind == ContainerKind.RESPONSE:  # to one that was cancelled
                late = _mixed_up(head, number)
                _log.info("a late answer to transaction %d was dropped", head.transaction)
            elif head.kind != ContainerKind.DATA:
                raise ProtocolError(f"the camera sent a container of kind {int(head.kind):#x}")
            elif 0 < head.transaction < number:
                late = _mixed_up(head, number)
                _log.info("a late answer to transaction %d was dropped", head.transaction)
                self._payload(transaction, head, block, _NOBODY, timeout_s)
            elif head.code != code or length is not None:
                again = " again" if head.code == code else ""
                trouble = ProtocolError(
                    f"the camera sent data of operation {head.code:#06x}{again} "
                    f"where {code:#06x} was asked"
                )
                self._payload(transaction, head, block, _NOBODY, timeout_s)
            else:
                length, trouble = self._payload(transaction, head, block, incoming, timeout_s)
        raise trouble or late or ProtocolError("the camera sent no response")

    def _first_block(self, expect: int, timeout_s: float) -> memoryview:
        """The first bytes of the next container."""
        if self._surplus:
            block, self._surplus = memoryview(self._surplus), b""
            return block
        block = self._read(HEAD + expect, timeout_s)
        if not block:  # the empty packet that ends data of whole packets
            block = self._read(HEAD + expect, timeout_s)
        return block

    def _payload(
        self,
        transaction: Transaction,
        head: Container,
        block: memoryview,
        incoming: Incoming,
        timeout_s: float,
    ) -> tuple[int, ProtocolError | None]:
        """Pass the data of a container on: their length, and what is wrong with them."""
        unknown = head.length == UNKNOWN_LENGTH
        size = math.inf if unknown else head.length - HEAD
        limit = incoming.limit
        trouble: ProtocolError | None = None
        done, piece = 0, block[HEAD:]
        transaction.received, transaction.left = len(piece), max(0, size - len(piece))
        if size < 0:
            raise ProtocolError(f"the camera announces a container of {head.length} bytes")
        if size > limit and not unknown:
            raise ProtocolError(f"the camera announces {size} bytes where {limit} are the most")
        if size and not piece:
            block = piece = self._read_on(transaction, timeout_s)
            self._splits = not _is_response(block, transaction)
        while True:
            if len(piece) < size - done and _is_response(piece, transaction):
                self._surplus = bytes(piece)
                break
            taken = int(min(len(piece), size - done))
            done += taken
            surplus = piece[taken:]
            if _is_response(surplus, transaction):
                self._surplus = bytes(surplus)
            elif len(surplus) >= HEAD:
                trouble = ProtocolError(f"the camera sent {len(surplus)} bytes too many")
            if done > limit:
                raise ProtocolError(f"the camera sends more than {limit} bytes")
            if taken:
                incoming.sink(piece[:taken])
            if done == size or len(block) % self._packet or not block:
                break
            block = piece = self._read_on(transaction, timeout_s)
        if not unknown and done < size:
            trouble = ProtocolError(f"the camera broke off after {done} of {size} bytes")
        return done, trouble

    def _read_on(self, transaction: Transaction, timeout_s: float) -> memoryview:
        """The next piece of a transaction's data."""
        block = self._read(int(min(transaction.left, _READ)), timeout_s)
        transaction.received += len(block)
        transaction.left = max(0, transaction.left - len(block))
        return block

    # --- events -----------------------------------------------------------------------------------

    def event(self, timeout_s: float) -> bytes:
        """The next event of the interrupt pipe, b"" when none comes.

        It comes in pieces; once the first is there, the others are waited for beyond the time-out.
        A wait shorter than the pipe's interval would see nothing, so none is.
        """
        deadline = self._clock.now() + max(timeout_s, self._interval_s)
        while True:
            if event := self._gathered():
                return event
            until = self._event_due if self._event else deadline
            packet = self._interrupt(max(0.0, until - self._clock.now()))
            now = self._clock.now()
            if packet:
                self._event += packet
                self._event_due = now + _PIECE_S
            elif self._event and now >= self._event_due:
                _log.warning("an event that broke off after %d bytes: dropped", len(self._event))
                self._event.clear()
            if now >= deadline and not self._event:
                return b""

    def _interrupt(self, timeout_s: float) -> bytes:
        try:
            packet = self._port.interrupt_in(timeout_s)
        except PortStalled:
            self._port.clear_halt(Endpoint.INTERRUPT_IN)
            return b""
        if packet:
            _log.log(TRAFFIC, "event ← %s", Hex(packet))
        return packet

    def _gathered(self) -> bytes:
        """The first event of what has come, once it is whole."""
        if len(self._event) < 8:
            return b""
        length = int.from_bytes(self._event[:4], "little")
        kind = int.from_bytes(self._event[4:6], "little")
        if not HEAD <= length <= _MOST_EVENT or kind != ContainerKind.EVENT:
            _log.warning("%d bytes that are no event: dropped", len(self._event))
            self._event.clear()
            return b""
        if len(self._event) < length:
            return b""
        event = bytes(self._event[:length])
        del self._event[:length]
        return event

    # --- recovery ---------------------------------------------------------------------------------

    def settle(self, seconds: float) -> bool:
        """Bring the transaction that was broken off to an end; whether that went well.

        Little that is left is read. Else the transaction is cancelled, but no download of which
        less than 1 MiB has come: that confuses cameras (section 1.6).
        """
        transaction = self.unfinished
        if transaction is None:
            return True
        _log.info("operation %#06x was broken off; clearing it away", transaction.code)
        try:
            if transaction.sending or not self._drained(transaction, seconds):
                self._cancel(transaction, seconds)
        except Disconnected:
            raise
        except (PortError, ProtocolError) as error:
            _log.warning("the camera does not come round: %s", error)
            return False
        self.unfinished, self._surplus = None, b""
        return True

    def reset(self) -> None:
        """Ask the camera to reset itself; it closes its session."""
        self._port.control_out(RESET, 0, 0, b"", kind=CLASS_OUT)
        self._start_over()

    def reset_port(self) -> None:
        """Reset the camera from outside."""
        self._port.reset()
        self._start_over()

    def _start_over(self) -> None:
        for which in Endpoint:
            self._port.clear_halt(which)
        self._flush(_EARLY_S)
        self.unfinished, self._surplus = None, b""
        self._event.clear()

    def _drained(self, transaction: Transaction, seconds: float) -> bool:
        """Read up to the response, if that is not far; whether it came."""
        if self._surplus:
            return True
        deadline = self._clock.now() + seconds
        for _ in range(_MOST_READS):
            left = deadline - self._clock.now()
            if left <= 0 or transaction.received >= _LITTLE < transaction.left:
                break
            at = transaction.left
            try:
                block = self._read(_READ - 1, left)
            except PortTimeout:
                break
            if _is_response(block, transaction):
                return True
            if at < len(block) and _is_response(block[int(at) :], transaction):
                return True
            if at == math.inf and (head := _data_head(block, transaction)):
                transaction.left = math.inf if head.length == UNKNOWN_LENGTH else head.length - HEAD
                block = block[HEAD:]
            transaction.received += len(block)
            transaction.left = max(0, transaction.left - len(block))
        return False

    def _cancel(self, transaction: Transaction, seconds: float) -> None:
        """Cancel a transaction, and wait until the camera is ready (section 1.6)."""
        cancel = Cancel(CANCEL_CODE, transaction.number).encode()
        self._port.control_out(CANCEL, 0, 0, cancel, kind=CLASS_OUT)
        deadline = self._clock.now() + seconds
        for pause in pauses():
            code, halted = self._status()
            if code != Response.DEVICE_BUSY:
                break
            if self._clock.now() >= deadline:
                raise PortTimeout(f"the camera was still busy {seconds:g} s after a cancel", AGAIN)
            self._clock.sleep(pause)
        for which in halted:
            self._port.clear_halt(which)
        self._flush(seconds)

    def _status(self) -> tuple[int, list[Endpoint]]:
        """The camera's status, and which of its endpoints are halted (section 1.6)."""
        raw = self._port.control_in(GET_STATUS, 0, 0, _MOST_STATUS, kind=CLASS_IN)
        status = DeviceStatus.decode(raw)
        listed = {
            int.from_bytes(status.rest[at : at + 4], "little")
            for at in range(0, len(status.rest), 4)
        }
        return status.code, [which for which in Endpoint if self._addresses[which] in listed]

    def _unstall(self, stalled: Endpoint) -> None:
        """Take a stalled endpoint back into use, and those that the camera names."""
        halted: list[Endpoint] = []
        with suppress(PortStalled, PortTimeout, ProtocolError):  # not every camera tells
            _, halted = self._status()
        for which in Endpoint:
            if which is stalled or which in halted:
                self._port.clear_halt(which)

    def _flush(self, seconds: float) -> None:
        """Throw away what still comes, until the camera is silent."""
        deadline = self._clock.now() + seconds
        for _ in range(_MOST_READS):
            try:
                self._read(_READ - 1, _QUIET_S)
            except PortTimeout:
                return
            if self._clock.now() >= deadline:
                break
        raise PortTimeout("the camera does not stop sending", AGAIN)

    # --- the pipes --------------------------------------------------------------------------------

    def _read(self, size: int, timeout_s: float) -> memoryview:
        """One read of `size` bytes and what ends them; after a stall it is tried once more."""
        room = self._buffer[: (size // self._packet + 1) * self._packet]
        try:
            got = self._port.bulk_in(room, timeout_s)
        except PortError as error:
            if isinstance(error, Disconnected | PortTimeout):
                raise
            _log.info("%s; trying again", error)
            self._unstall(Endpoint.BULK_IN)
            got = self._port.bulk_in(room, min(timeout_s, _AFTER_STALL_S))
        block = self._buffer[:got]
        _log.log(TRAFFIC, "← %s", Hex(block))
        return block

    def _write(self, block: bytes, timeout_s: float) -> None:
        _log.log(TRAFFIC, "→ %s", Hex(block))
        self._port.bulk_out(block, timeout_s)


def _interval(pipe: EndpointDescriptor, *, fast: bool) -> float:
    """How often the bus asks an interrupt pipe: milliseconds, or on a fast bus a power of two."""
    steps = 2 ** (max(1, pipe.interval) - 1) / 8 if fast else pipe.interval
    return min(steps / 1000, _MOST_INTERVAL_S)


def pauses() -> Iterator[float]:
    """How many seconds to wait, each time that a camera is asked again (section 1.7)."""
    return itertools.chain((0.05, 0.1, 0.15), itertools.repeat(0.2))


def _exactly(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    while len(data) < size:
        more = source.read(size - len(data))
        if not more:
            raise ValueError(f"the source ended {size - len(data)} bytes too early")
        data += more
    return data


def _values(head: Container, block: memoryview) -> tuple[int, ...]:
    if not HEAD <= head.length <= len(block):
        raise ProtocolError(
            f"the camera sent a response of {len(block)} bytes that claims {head.length}"
        )
    return parameters(block[HEAD : head.length])


def _is_response(block: memoryview, transaction: Transaction) -> bool:
    """Whether these bytes are the response to that transaction, and nothing else."""
    if not HEAD <= len(block) <= _MOST_RESPONSE:
        return False
    head = Container.decode(block)
    return (
        head.kind == ContainerKind.RESPONSE
        and head.transaction == transaction.number
        and head.length == len(block)
    )


def _data_head(block: memoryview, transaction: Transaction) -> Container | None:
    """The head of that transaction's data, if these bytes begin with it."""
    if len(block) < HEAD:
        return None
    head = Container.decode(block)
    is_data = head.kind == ContainerKind.DATA and head.length >= HEAD
    return head if is_data and head.code == transaction.code else None


def _mixed_up(head: Container, number: int) -> ProtocolError:
    return ProtocolError(
        f"the camera answered transaction {head.transaction} where {number} was asked"
    )
