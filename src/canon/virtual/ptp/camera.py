"""A virtual camera that speaks PTP over USB (ptp-core, sections 1, 2 and 8).

Containers come in, the operations' classes take them apart, one method answers each, and data and
response are put on the bulk pipe when they are due. Nothing here waits.
"""

from __future__ import annotations

import functools
import logging
import math
from collections.abc import Callable
from functools import singledispatchmethod
from typing import Any, Generic, NamedTuple, TypeVar

from canon.errors import DecodeError
from canon.models.ptp import PtpQuirk
from canon.ptp.containers import (
    CANCEL,
    CLASS_IN,
    CLASS_OUT,
    GET_STATUS,
    HEAD,
    NO_TRANSACTION,
    RESET,
    UNKNOWN_LENGTH,
    Container,
    ContainerKind,
    DeviceStatus,
    container,
)
from canon.ptp.datasets import DeviceInfo
from canon.ptp.operations import (
    CloseSession,
    DeleteObject,
    GetDeviceInfo,
    GetObject,
    GetObjectHandles,
    GetPartialObject,
    Nothing,
    OpenSession,
    Operation,
    PtpEvent,
    Response,
    SendObject,
    find_operation,
)
from canon.usb.port import Endpoint
from canon.virtual.card import File
from canon.virtual.device import Pipe, Stall, Unplugged
from canon.virtual.faults import NOT_BARE, Fault, FaultKind, Faults
from canon.virtual.ptp.extension import Extension
from canon.virtual.ptp.profile import PtpBody
from canon.virtual.ptp.reply import Answered, Reply, Tell
from canon.virtual.refusal import Status
from canon.wire import Message, smallest

_log = logging.getLogger("canon_virtual")  # apart from what the host says, which has canon
_CHUNK = 0x10000
_FAST, _SLOW = 5_000_000, 800_000  # Guess: bytes a second, by the speed of the bus
_LAST_ID = 0xFFFFFFFE
_CANCEL_S = 0.050  # Guess: how long it is busy after a cancelled transaction

DELAYS: dict[type[Operation[Any]], float] = {
    OpenSession: 0.010,
    GetObjectHandles: 0.020,
    GetObject: 0.015,
    GetPartialObject: 0.015,
    SendObject: 0.100,
    DeleteObject: 0.150,
}
"""Guess: seconds from an operation to its answer. The others take 2 ms."""


class _Asked(NamedTuple):
    """An operation as it came: its head, its parameters and its class, None for one unknown."""

    head: Container
    parameters: bytes
    kind: type[Operation[Any]] | None

    @property
    def name(self) -> str:
        return self.kind.__name__ if self.kind else ""


class _Transfer(NamedTuple):
    """What goes out in one transfer: a head, and bytes or a file, which is read as it goes."""

    head: bytes
    data: bytes | File

    @property
    def size(self) -> int:
        return len(self.head) + (self.data.size if isinstance(self.data, File) else len(self.data))

    def part(self, start: int, size: int) -> bytes | memoryview:
        """Up to `size` bytes from `start` on."""
        if isinstance(self.data, bytes) and start >= len(self.head):
            at = start - len(self.head)
            return memoryview(self.data)[at : at + size]
        head = self.head[start : start + size]
        at, size = max(0, start - len(self.head)), size - len(head)
        if isinstance(self.data, File):
            return head + self.data.part(at, size)
        return head + self.data[at : at + size]


class _Incoming:
    """A data container on its way in."""

    def __init__(self, packet_size: int, asked: _Asked | None) -> None:
        self.packet_size = packet_size
        self.asked = asked  # None: its operation was refused, and nobody wants it
        self.raw = bytearray()

    def take(self, data: bytes) -> bool:
        """Take one transfer; returns whether the container has ended."""
        self.raw += data
        # A transfer with nothing but the head is no end, where more is announced: it is split.
        short = len(data) % self.packet_size != 0 or not data
        ended = short and not len(self.raw) == HEAD == len(data)
        length = Container.decode(self.raw).length
        return ended or (length != UNKNOWN_LENGTH and len(self.raw) >= length)

    @property
    def payload(self) -> bytes | None:
        """What it brought; None when it was cut short."""
        length = Container.decode(self.raw).length
        if length == UNKNOWN_LENGTH:
            return bytes(self.raw[HEAD:])
        return bytes(self.raw[HEAD:length]) if len(self.raw) >= length else None


X = TypeVar("X", bound=Extension)


class PtpCamera(Generic[X]):
    """The machine behind the USB plug of a PTP camera; fits `canon.virtual.device.UsbDevice`.

    Args:
        body: the camera that answers.
        extend: makes what the maker's cameras do beyond the standard: `PowerShot`.
        faults: what goes wrong.

    Attributes:
        extension: what that made.
    """

    def __init__(
        self,
        body: PtpBody,
        extend: Callable[[PtpBody, Faults, Tell], X],
        faults: Faults | None = None,
    ) -> None:
        self.body = body
        self.clock = body.clock
        self.faults = faults or Faults()
        self.descriptors = body.profile.descriptors
        self._out = self.descriptors.endpoint(Endpoint.BULK_OUT)
        self.bulk = Pipe(self.descriptors.endpoint(Endpoint.BULK_IN).packet_size)
        self.interrupt = Pipe(self.descriptors.endpoint(Endpoint.INTERRUPT_IN).packet_size)
        self.plugged = True
        self.padded = 0  # operations that had too few parameters: the others are 0
        self.cut = 0  # operations that had too many
        self.session = 1 if self.faults.take_kind(FaultKind.OPEN_SESSION) else 0
        self._expected = 1  # the next transaction id
        self._conversation = 0  # what was due before a cancel or a reset is never sent
        self._free = 0.0  # when the answer before has been sent
        self._incoming: _Incoming | None = None
        self._busy: dict[str, float] = {}
        self._ready = 0.0  # when a cancelled transaction is dealt with
        self._dead = False  # it closed its session, and is of the kind that does not wake up again
        self.extension = extend(body, self.faults, self.tell)
        self.objects = self.extension.objects
        self.interrupt.quiet = self.extension.quiet

    # --- what the carrier calls -------------------------------------------------------------------

    def control_in(self, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        """Answer a class request: how the camera is (ptp-core, section 1.6)."""
        self._must_be_plugged()
        if (kind, request) != (CLASS_IN, GET_STATUS):
            raise Stall
        ends = (Endpoint.BULK_IN, self.bulk), (Endpoint.INTERRUPT_IN, self.interrupt)
        halted = b"".join(
            self.descriptors.endpoint(which).address.to_bytes(4, "little")
            for which, pipe in ends
            if pipe.halted
        )
        busy = self.clock.now() < self._ready
        code = Response.DEVICE_BUSY if busy else Response.OK
        if halted:
            code = Response.TRANSACTION_CANCELLED
        return DeviceStatus(4 + len(halted), code, halted).encode()[:length]

    def control_out(self, kind: int, request: int, value: int, index: int, data: bytes) -> None:
        """Take a class request: cancel a transaction, or reset (ptp-core, section 1.6)."""
        self._must_be_plugged()
        if (kind, request) == (CLASS_OUT, CANCEL):
            self._forget()
            # Guess: a cancelled transaction has no response.
            self._ready = self.clock.now() + _CANCEL_S
        elif (kind, request) == (CLASS_OUT, RESET):
            self._end_session()
        else:
            raise Stall

    def bulk_out(self, data: bytes) -> None:
        """Take one bulk transfer: a command, or a piece of the data that belong to it."""
        self._must_be_plugged()
        if self._incoming is None or not self._incoming.raw:
            if not data:
                return  # the end of data that filled their last packet
            if len(data) < HEAD:
                raise Stall  # Guess: what is no container is not taken.
            head = Container.decode(data)
            if head.kind == ContainerKind.COMMAND:
                self._take_command(head, data[HEAD:])
                return
            if head.kind != ContainerKind.DATA:
                raise Stall
            self._incoming = self._incoming or _Incoming(self._out.packet_size, None)
        asked = self._incoming.asked
        if asked and self.faults.take_kind(FaultKind.STALL_OUT, asked.name):
            self._incoming = None
            self._run(asked, None)
            raise Stall
        if self._incoming.take(data):
            incoming, self._incoming = self._incoming, None
            if asked:
                self._run(asked, incoming.payload)

    def bus_reset(self) -> None:
        """The host reset the bus: the session has ended."""
        self._end_session()

    def detach(self) -> None:
        """The host went away: the session stays open, its modes end (ptp-core, section 2)."""
        self._leave_host()

    def unplug(self) -> None:
        """Pull the plug."""
        self._end_session()
        self.plugged = False

    def press(self) -> None:
        """Press the shutter button by hand."""
        self.extension.press()

    def tell(self, event: PtpEvent) -> None:
        """Send an event to the host that has a session, if there is one."""
        fault = self.faults.take_event(type(event).__name__)
        if fault and fault.kind is FaultKind.EVENT_LATE:
            self._at(self.clock.now() + fault.number, lambda: self._send_event(event))
        elif not fault or fault.kind is FaultKind.EVENT_TWICE:
            for _ in range(2 if fault else 1):
                self._send_event(event)

    # --- the session (ptp-core, section 2) --------------------------------------------------------

    def _end_session(self) -> None:
        self.session = 0
        self._leave_host()
        self.objects.drop_kept()

    def _leave_host(self) -> None:
        """End the modes that a host began, and drop what it has not read."""
        self.extension.end()
        self._forget()
        self.interrupt.clear()

    def _forget(self) -> None:
        """Drop the transaction: what was not read, and what is due."""
        self.bulk.clear()
        self._incoming = None
        self._free = 0.0
        self._conversation += 1

    def _must_be_plugged(self) -> None:
        if not self.plugged:
            raise Unplugged

    def _check(self, asked: _Asked) -> None:
        """Refuse what does not belong here: an operation, or a transaction id."""
        code, transaction = asked.head.code, asked.head.transaction
        if self._dead:
            raise Status(Response.OPERATION_NOT_SUPPORTED)
        if asked.kind is OpenSession:
            self._expected = 1
        elif self.session:
            if transaction != self._expected:
                raise Status(Response.INVALID_TRANSACTION_ID)
            self._expected = 1 if transaction == _LAST_ID else transaction + 1
        elif asked.kind is not GetDeviceInfo:
            raise Status(Response.SESSION_NOT_OPEN)
        if code not in self.extension.operations():
            raise Status(Response.OPERATION_NOT_SUPPORTED)

    # --- operations and their answers (ptp-core, section 1.3) -------------------------------------

    def _take_command(self, head: Container, parameters: bytes) -> None:
        asked = _Asked(head, parameters, find_operation(head.code))
        if asked.kind and asked.kind.data:
            self._incoming = _Incoming(self._out.packet_size, asked)
        else:
            self._incoming = None
            self._run(asked, b"")

    def _run(self, asked: _Asked, data: bytes | None) -> None:
        """Do an operation and send the answer; no data came, or they were cut short, with None."""
        if busy := self.faults.take_kind(FaultKind.BUSY, asked.name):
            self._busy[busy.command] = self.clock.now() + busy.number / 10
        bare = asked.kind is None or asked.kind.reply is None
        fault = self.faults.take(asked.name, NOT_BARE if bare else frozenset())
        reply: Answered = Nothing()
        code: int = Response.OK
        try:
            self._check(asked)
            if self.clock.now() < max(self._busy.get(asked.name, 0), self._busy.get("", 0)):
                raise Status(Response.DEVICE_BUSY)
            if fault and fault.kind is FaultKind.REFUSE:
                raise Status(fault.number)
            if asked.kind is None:
                # Guess: what a real body lists and nobody knows is refused.
                raise Status(Response.OPERATION_NOT_SUPPORTED)
            if data is None:
                raise Status(Response.INCOMPLETE_TRANSFER)
            if asked.kind is not SendObject:
                self.objects.forget_announced()
            operation = self._decode(asked.kind, asked.parameters)
            _log.debug("asked: %r", operation)
            self.extension.transaction = asked.head.transaction
            reply = self.answer(operation, data)
        except Unplugged:
            self.unplug()  # it switches itself off
            raise
        except Status as refusal:
            code = refusal.code
            if code == Response.DEVICE_BUSY:
                self.clock.idle()
        except DecodeError:
            code = Response.INVALID_DATA_SET
        except OSError:
            code = Response.ACCESS_DENIED
        delay = self.extension.take_delay()
        delay += DELAYS.get(asked.kind, 0.002) if asked.kind else 0.002
        self._send(asked, code, reply, delay, fault)

    def _decode(self, kind: type[Operation[Any]], parameters: bytes) -> Operation[Any]:
        """An operation as a camera takes it."""
        wanted = smallest(kind)
        # Guess (section 2): parameters that lack are 0, surplus ones are left alone.
        self.padded += len(parameters) < wanted
        self.cut += len(parameters) > wanted
        return kind.decode(parameters.ljust(wanted, b"\0"))

    def _send(
        self,
        asked: _Asked,
        code: int,
        reply: Answered,
        delay: float,
        fault: Fault | None,
    ) -> None:
        """Send data, if there are any, and the response, broken as the fault wants it."""
        kind, refused = fault.kind if fault else None, code != Response.OK
        raw, told = reply if isinstance(reply, Reply) else (reply, Nothing())
        if isinstance(raw, Message):
            raw = raw.encode()
        transfers: list[_Transfer] = []
        returned = b""
        transaction = asked.head.transaction ^ (0x5A5A if kind is FaultKind.ECHO else 0)
        has_data = asked.kind is not None and asked.kind.reply is not None
        if has_data and (not refused or kind is FaultKind.DATA_AFTER_REFUSAL):
            if kind is not FaultKind.NO_DATA:
                transfers = self._data(asked.head.code, transaction, raw, fault)
            returned = told.encode()
        elif not refused and isinstance(raw, bytes):
            returned = raw
        if fault and kind is FaultKind.DATA_AFTER_REFUSAL:
            code, returned = fault.number or Response.GENERAL_ERROR, b""
        response = container(ContainerKind.RESPONSE, code, transaction, returned)
        if fault and kind is FaultKind.BAD_LENGTH and not transfers:
            response = _wrong(len(response), fault).to_bytes(4, "little") + response[4:]
        self._put([*transfers, _Transfer(b"", response)], delay, fault)

    def _data(
        self, code: int, transaction: int, raw: bytes | File, fault: Fault | None
    ) -> list[_Transfer]:
        """The transfers of a data phase: the container, and what ends it (section 1.4)."""
        kind, number = (fault.kind, fault.number) if fault else (None, 0)
        if isinstance(raw, File) and kind in (FaultKind.SHORT, FaultKind.LONG):
            raw = raw.read()
        if kind is FaultKind.EMPTY:
            raw = b""
        size = raw.size if isinstance(raw, File) else len(raw)
        length = HEAD + size
        endless = kind is FaultKind.NO_LENGTH or length >= UNKNOWN_LENGTH
        if endless:
            length = UNKNOWN_LENGTH
        elif fault and kind is FaultKind.BAD_LENGTH:
            length = _wrong(length, fault)
        elif kind is FaultKind.SHORT and isinstance(raw, bytes):
            raw = raw[: max(0, len(raw) - number)]
        elif kind is FaultKind.LONG and isinstance(raw, bytes):
            raw += bytes(number)
        head = Container(length, ContainerKind.DATA, code, transaction).encode()
        split = size and self.faults.has(FaultKind.SPLIT_HEADER)
        transfers = [_Transfer(head, b""), _Transfer(b"", raw)] if split else [_Transfer(head, raw)]
        ends = transfers[-1].size % self.bulk.packet_size != 0
        if not ends and (endless or not self.faults.has(FaultKind.NO_ZLP)):
            transfers.append(_Transfer(b"", b""))
        return transfers

    def _put(self, transfers: list[_Transfer], delay: float, fault: Fault | None) -> None:
        """Send transfers, one after another, as fast as the camera reads its card."""
        at = max(self.clock.now(), self._free) + delay
        rate = _FAST if self.bulk.packet_size >= 512 else _SLOW
        left: float = math.inf
        if fault and fault.kind in (FaultKind.UNPLUG, FaultKind.STALL, FaultKind.SILENCE):
            left = fault.number // self.bulk.packet_size * self.bulk.packet_size
        for transfer in transfers:
            for start in range(0, transfer.size or 1, _CHUNK):
                size = int(min(_CHUNK, transfer.size - start, left))
                if left:
                    self._at(at, functools.partial(self._put_piece, transfer, start, size))
                left -= size
                at += size / rate
        if fault and fault.kind is FaultKind.UNPLUG:
            self._at(at + 0.001, self.unplug)
        elif fault and fault.kind is FaultKind.STALL:
            self._at(at + 0.001, self._halt)
        self._free = at

    def _put_piece(self, transfer: _Transfer, start: int, size: int) -> None:
        """Send a piece of a transfer; where a file cannot be read any more, stall."""
        try:
            self.bulk.put(transfer.part(start, size))
        except OSError:
            self._forget()
            self._halt()

    def _halt(self) -> None:
        self.bulk.halted = True

    def _at(self, moment: float, action: Callable[[], None]) -> None:
        conversation = self._conversation

        def unless_forgotten() -> None:
            if conversation == self._conversation:
                action()

        self.clock.at(moment, unless_forgotten)

    def _send_event(self, event: PtpEvent) -> None:
        """Send an event on the channel that the host has chosen."""
        if not self.session:
            return
        raw = container(ContainerKind.EVENT, event.code, NO_TRANSACTION, event.encode())
        if self.extension.goes_by_pipe(raw):
            self.interrupt.put(raw)
            if len(raw) % self.interrupt.packet_size == 0:
                self.interrupt.put(b"")

    # --- the camera -------------------------------------------------------------------------------

    @singledispatchmethod
    def answer(self, operation: Operation[Any], data: bytes) -> Answered:
        """Answer an operation: what is about the session here, all else behind the plug."""
        return self.extension.answer(operation, data)

    @answer.register
    def _device_info(self, operation: GetDeviceInfo, data: bytes) -> Message:
        profile = self.body.profile
        return DeviceInfo(
            profile.standard_version,
            profile.extension_id,
            profile.extension_version,
            "",
            0,
            self.extension.operations(),
            profile.events,
            self.extension.properties(),
            profile.capture_formats,
            profile.image_formats,
            profile.manufacturer,
            profile.model,
            profile.version,
            profile.serial,
        )

    @answer.register
    def _open_session(self, operation: OpenSession, data: bytes) -> Message:
        if self.session:
            raise Status(Response.SESSION_ALREADY_OPEN)
        if not operation.session:
            raise Status(Response.INVALID_PARAMETER)
        self.session = operation.session
        self.bulk.halted |= self.faults.has(FaultKind.HALTED)
        return Nothing()

    @answer.register
    def _close_session(self, operation: CloseSession, data: bytes) -> Message:
        self._end_session()
        self._dead = PtpQuirk.KEEP_SESSION_OPEN in self.body.model.quirks
        return Nothing()


def _wrong(length: int, fault: Fault) -> int:
    """A length that is wrong as the fault wants it, as far as a container can say it."""
    return min(max(0, length + fault.number), UNKNOWN_LENGTH)
