"""Containers over a port: command, data and response, events, and what to do when one breaks off.

Data are read in large pieces into one buffer, and each read asks for a little more than is left:
so it ends with the short or empty packet that ends the data, and a camera that forgets the empty
one has its response in the same read. A short packet before the announced length ends a read, but
not the data: some devices send each of their buffers in a transfer. A transaction that is broken
off stays `unfinished` until `settle` has brought the camera and the pipes to where the next one can
begin (ptp-core, sections 1 and 7).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO

from canon.errors import AGAIN, Disconnected, PortError, PortStalled, PortTimeout, ProtocolError
from canon.log import Log
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
from canon.ptp.operations import PtpEvent, Response
from canon.ptp.transport import Ended, Incoming, Outgoing, pauses, read_events
from canon.usb.port import TRAFFIC, Endpoint, EndpointDescriptor, Hex, Port

_log = Log(__name__)

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


_NOBODY = Incoming(lambda piece: None, _LITTLE)


class Transaction:
    """A transaction under way.

    Attributes:
        code: the operation code.
        number: its id.
        sending: whether data are going out.
        received: bytes of data that came.
        left: bytes of data that are still to come; None where nobody knows.
    """

    def __init__(self, code: int, number: int) -> None:
        self.code, self.number = code, number
        self.sending = False
        self.received = 0
        self.left: int | None = None

    def take(self, size: int) -> None:
        """So many bytes of data have come."""
        self.received += size
        if self.left is not None:
            self.left = max(0, self.left - size)


class UsbTransport:
    """The containers of one camera on USB; fits `canon.ptp.transport.Transport`.

    Args:
        port: the open port.

    Attributes:
        clock: the port's.
        vendor: the USB id of the camera's maker.
        resets: by a class request, then from outside; both close the camera's session.
        unfinished: the transaction that was broken off, or is under way.
    """

    def __init__(self, port: Port) -> None:
        self.clock = port.clock
        self.vendor = port.descriptors.vendor
        self.resets = (self._reset, self._reset_port)
        self.unfinished: Transaction | None = None
        self._port = port
        self._number = port.descriptors.number
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

    def close(self) -> None:
        """Give the port back."""
        self._port.close()

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
        reply = _Reply(self, transaction, incoming, timeout_s)
        for _ in range(_MOST_CONTAINERS):
            try:
                block = self._first_block(incoming.expect if reply.length is None else 0, timeout_s)
            except PortTimeout as error:
                raise reply.wrong or reply.late or error from None
            if ended := reply.take(block):
                return ended
        raise reply.wrong or reply.late or ProtocolError("the camera sent no response")

    def _first_block(self, expect: int, timeout_s: float) -> memoryview:
        """The first bytes of the next container."""
        if self._surplus:
            block, self._surplus = memoryview(self._surplus), b""
            return block
        block = self._read(HEAD + expect, timeout_s)
        if not block:  # the empty packet that ends data of whole packets
            block = self._read(HEAD + expect, timeout_s)
        return block

    def payload(
        self,
        transaction: Transaction,
        head: Container,
        block: memoryview,
        incoming: Incoming,
        timeout_s: float,
    ) -> tuple[int, ProtocolError | None]:
        """Pass the data of a container on: their length, and what is wrong with them."""
        size = _announced(head)
        limit = incoming.limit
        transaction.received, transaction.left = 0, size
        transaction.take(len(block) - HEAD)
        if size is not None and size < 0:
            raise ProtocolError(f"the camera announces a container of {head.length} bytes")
        if size is not None and size > limit:
            raise ProtocolError(f"the camera announces {size} bytes where {limit} are the most")
        done, piece = 0, block[HEAD:]
        wrong: ProtocolError | None = None
        if size != 0 and not piece:
            block = piece = self._read_on(transaction, timeout_s)
            self._splits = not _is_response(block, transaction)
        while True:
            room = len(piece) if size is None else min(len(piece), size - done)
            fits = size is not None and done + len(piece) == size
            if not fits and _is_response(piece, transaction):
                room = 0  # the response, where data were to come
            done += room
            surplus = piece[room:]
            if _is_response(surplus, transaction):
                self._surplus = bytes(surplus)
            elif len(surplus) >= HEAD:
                wrong = ProtocolError(f"the camera sent {len(surplus)} bytes too many")
            if done > limit:
                raise ProtocolError(f"the camera sends more than {limit} bytes")
            if room:
                incoming.sink(piece[:room])
            ended = not block or (size is None and len(block) % self._packet)
            if done == size or self._surplus or ended:
                break
            block = piece = self._read_on(transaction, timeout_s)
        if size is not None and done < size:
            wrong = ProtocolError(f"the camera broke off after {done} of {size} bytes")
        return done, wrong

    def _read_on(self, transaction: Transaction, timeout_s: float) -> memoryview:
        """The next piece of a transaction's data."""
        left = transaction.left
        block = self._read(_READ if left is None else min(left, _READ), timeout_s)
        transaction.take(len(block))
        return block

    # --- events -----------------------------------------------------------------------------------

    def event(self, timeout_s: float) -> Sequence[PtpEvent]:
        """The next event of the interrupt pipe; nothing when none comes, or one that is none.

        It comes in pieces; once the first is there, the others are waited for beyond the time-out.
        A wait shorter than the pipe's interval would see nothing, so none is.
        """
        deadline = self.clock.now() + max(timeout_s, self._interval_s)
        while True:
            if raw := self._gathered():
                return read_events(raw)
            until = self._event_due if self._event else deadline
            packet = self._interrupt(max(0.0, until - self.clock.now()))
            now = self.clock.now()
            if packet:
                self._event += packet
                self._event_due = now + _PIECE_S
            elif self._event and now >= self._event_due:
                _log.warning("an event that broke off after %d bytes: dropped", len(self._event))
                self._event.clear()
            if now >= deadline and not self._event:
                return ()

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
            _log.warning("the camera does not recover: %s", error)
            return False
        self.unfinished, self._surplus = None, b""
        return True

    def _reset(self) -> None:
        """Ask the camera to reset itself; it closes its session."""
        self._port.control_out(RESET, 0, self._number, b"", kind=CLASS_OUT)
        self._start_over()

    def _reset_port(self) -> None:
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
        deadline = self.clock.now() + seconds
        for _ in range(_MOST_READS):
            left = deadline - self.clock.now()
            at = transaction.left
            far = at is None or at > _LITTLE
            if left <= 0 or (far and transaction.received >= _LITTLE):
                break
            try:
                block = self._read(_READ - 1, left)
            except PortTimeout:
                break
            if _is_response(block, transaction):
                return True
            if at is not None and at < len(block) and _is_response(block[at:], transaction):
                return True
            if at is None and (head := _data_head(block, transaction)):
                transaction.left = _announced(head)
                block = block[HEAD:]
            transaction.take(len(block))
        return False

    def _cancel(self, transaction: Transaction, seconds: float) -> None:
        """Cancel a transaction, and wait until the camera is ready (section 1.6)."""
        cancel = Cancel(CANCEL_CODE, transaction.number).encode()
        self._port.control_out(CANCEL, 0, self._number, cancel, kind=CLASS_OUT)
        deadline = self.clock.now() + seconds
        waits = pauses()
        while True:
            code, halted = self._status()
            if code != Response.DEVICE_BUSY:
                break
            if self.clock.now() >= deadline:
                raise PortTimeout(f"the camera was still busy {seconds:g} s after a cancel", AGAIN)
            self.clock.sleep(next(waits))
        for which in halted:
            self._port.clear_halt(which)
        self._flush(seconds)

    def _status(self) -> tuple[int, list[Endpoint]]:
        """The camera's status, and which of its endpoints are halted (section 1.6)."""
        raw = self._port.control_in(GET_STATUS, 0, self._number, _MOST_STATUS, kind=CLASS_IN)
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
        deadline = self.clock.now() + seconds
        for _ in range(_MOST_READS):
            try:
                self._read(_READ - 1, _QUIET_S)
            except PortTimeout:
                return
            if self.clock.now() >= deadline:
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


class _Reply:
    """What comes of one transaction: its data, its response, and what belongs to neither.

    Args:
        transport: brings the rest of data whose first bytes are there.
        transaction: the one that is under way.
        incoming: where its data go.
        timeout_s: how long the camera may be silent.

    Attributes:
        length: bytes of its data that came; None before.
        wrong: what is wrong with the data. The response is waited for all the same.
        late: that the answer to an earlier transaction came. The right one may still follow.
    """

    def __init__(
        self,
        transport: UsbTransport,
        transaction: Transaction,
        incoming: Incoming,
        timeout_s: float,
    ) -> None:
        self.length: int | None = None
        self.wrong: ProtocolError | None = None
        self.late: ProtocolError | None = None
        self._transport = transport
        self._transaction = transaction
        self._incoming = incoming
        self._timeout_s = timeout_s

    def take(self, block: memoryview) -> Ended | None:
        """Take a container by its first bytes; how the transaction ended, once it has."""
        head = Container.decode(block)
        number = self._transaction.number
        if head.kind == ContainerKind.RESPONSE:
            if head.transaction >= number:
                return self._end(head, block)
            self._drop(head)
        elif head.kind != ContainerKind.DATA:
            raise ProtocolError(f"the camera sent a container of kind {int(head.kind):#x}")
        elif 0 < head.transaction < number:
            self._drop(head)
            self._data(head, block, _NOBODY)
        elif head.code != self._transaction.code or self.length is not None:
            again = " again" if head.code == self._transaction.code else ""
            self._data(head, block, _NOBODY)
            self.wrong = ProtocolError(
                f"the camera sent data of operation {head.code:#06x}{again} "
                f"where {self._transaction.code:#06x} was asked"
            )
        else:
            self.length, self.wrong = self._data(head, block, self._incoming)
        return None

    def _end(self, head: Container, block: memoryview) -> Ended:
        self._transport.unfinished = None
        ended = Ended(head.code, _values(head, block), self.length)
        number = self._transaction.number
        if number and head.transaction != number:
            raise _mixed_up(head, number)
        if self.wrong and head.code == Response.OK:
            raise self.wrong
        return ended

    def _drop(self, head: Container) -> None:
        """What comes of a transaction that was cancelled."""
        self.late = _mixed_up(head, self._transaction.number)
        _log.info("a late answer to transaction %d was dropped", head.transaction)

    def _data(
        self, head: Container, block: memoryview, incoming: Incoming
    ) -> tuple[int, ProtocolError | None]:
        return self._transport.payload(self._transaction, head, block, incoming, self._timeout_s)


def _announced(head: Container) -> int | None:
    """How many bytes of data a container has by its head; None where that does not say."""
    return None if head.length == UNKNOWN_LENGTH else head.length - HEAD


def _interval(pipe: EndpointDescriptor, *, fast: bool) -> float:
    """How often the bus asks an interrupt pipe: milliseconds, or on a fast bus a power of two."""
    steps = 2 ** (max(1, pipe.interval) - 1) / 8 if fast else pipe.interval
    return min(steps / 1000, _MOST_INTERVAL_S)


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
