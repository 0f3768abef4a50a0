"""A PTP camera that answers whatever somebody makes up.

The hostile camera asks an honest virtual one what the answer would be, and plays a trick with it:
wrong lengths, kinds, ids and codes, other datasets, more, less, nothing. When it has no trick left
it is honest.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from hostile_camera import PICTURE, BoundedPipe

from canon.errors import PortTimeout
from canon.models.ptp import PtpModel
from canon.ptp.containers import (
    HEAD,
    UNKNOWN_LENGTH,
    Container,
    ContainerKind,
    container,
)
from canon.ptp.eos.layouts import Eos
from canon.ptp.operations import Response
from canon.ptp.powershot.layouts import Property
from canon.usb.port import Endpoint
from canon.virtual.card import File, MemoryCard
from canon.virtual.clock import BodyClock
from canon.virtual.device import Pipe, Stall, Unplugged
from canon.virtual.port import VirtualPort
from canon.virtual.ptp.profile import load_profile
from rigs.bodies import SMALL, EosCamera, PowerShotCamera, eos, powershot, ptp_body

FLOOD = bytes(4 << 20)


SMALL_FORMAT = bytes.fromhex("01000000 10000000 01000000 10000000 03000000")
"""One small JPEG, as an EOS writes it."""


class What(enum.Enum):
    """What is done with an honest answer: data, if there are any, and a response."""

    HONEST = "sent as it is"
    INSTEAD = "`data` is sent instead"
    BEFORE = "`data` comes first, in a transfer of its own"
    AFTER = "`data` comes after it, in a transfer of its own"
    CHANGE = "one byte becomes the first of `data`"
    WORD = "four bytes are all ones"
    CUT = "one transfer is cut short"
    DATASET = "`data` come as the data of the operation"
    ENDLESS = "`data` come as its data, without a length, and all is well"
    LENGTH = "the first container says that it has `number` bytes"
    KIND = "the first container is of kind `number`"
    ID = "the first container has the transaction id `number`"
    CODE = "the response code is `number`"
    TWICE = "everything is sent twice"
    BACKWARDS = "the response comes first"
    NO_DATA = "only the response is sent"
    NO_RESPONSE = "only the data are sent"
    EMPTY = "a zero-length packet is sent instead"
    SILENCE = "nothing is sent, on the interrupt pipe neither"
    STALL = "the pipe is stalled"
    STALL_OUT = "what the host sends is not taken"
    UNPLUG = "the plug is pulled"
    FLOOD = "zeros are sent instead, 4 MiB of them"
    EVENT = "sent as it is, and the event `number`, of parameters `data`"
    NOTICE = "sent as it is, and `data` on the interrupt pipe"


@dataclass(frozen=True)
class Trick:
    """One thing that the camera does wrong."""

    what: What
    number: int = 0
    data: bytes = b""

    def transfers(self, asked: Container, honest: list[bytes]) -> list[bytes]:
        """What is sent instead of an honest answer, whose last transfer is the response."""
        *phase, response = honest
        code, number = asked.code, asked.transaction
        ok = container(ContainerKind.RESPONSE, Response.OK, number)
        match self.what:
            case What.INSTEAD:
                return [self.data]
            case What.BEFORE:
                return [self.data, *honest]
            case What.AFTER:
                return [*honest, self.data]
            case What.CHANGE | What.WORD | What.CUT:
                return self._damaged(honest)
            case What.DATASET:
                return [container(ContainerKind.DATA, code, number, self.data), ok]
            case What.ENDLESS:
                head = Container(UNKNOWN_LENGTH, ContainerKind.DATA, code, number)
                return [head.encode() + self.data, b"", ok]
            case What.LENGTH:
                return [_patched(honest[0], 0, self.number, 4), *honest[1:]]
            case What.KIND:
                return [_patched(honest[0], 4, self.number, 2), *honest[1:]]
            case What.ID:
                return [_patched(honest[0], 8, self.number, 4), *honest[1:]]
            case What.CODE:
                return [*phase, _patched(response, 6, self.number, 2)]
            case What.TWICE:
                return honest * 2
            case What.BACKWARDS:
                return [response, *phase]
            case What.NO_DATA:
                return [response]
            case What.NO_RESPONSE:
                return phase
            case What.EMPTY:
                return [b""]
            case What.FLOOD:
                return [FLOOD]
            case What.SILENCE | What.STALL | What.STALL_OUT | What.UNPLUG:
                return []
        return honest

    def _damaged(self, honest: list[bytes]) -> list[bytes]:
        which, place = self.number % len(honest), self.number // len(honest)
        damaged = bytearray(honest[which])
        place %= max(1, len(damaged))
        if self.what is What.CHANGE:
            damaged[place : place + 1] = self.data[:1]
        elif self.what is What.WORD:
            damaged[place : place + 4] = b"\xff\xff\xff\xff"
        else:
            del damaged[place:]
        return [*honest[:which], bytes(damaged), *honest[which + 1 :]]

    def notice(self) -> bytes:
        """What comes on the interrupt pipe by itself."""
        if self.what is What.EVENT:
            return container(ContainerKind.EVENT, self.number & 0xFFFF, 0, self.data[:12])
        return self.data if self.what is What.NOTICE else b""


def _patched(raw: bytes, at: int, number: int, size: int) -> bytes:
    kept = number & ((1 << 8 * size) - 1)
    return (raw[:at] + kept.to_bytes(size, "little") + raw[at + size :])[: max(len(raw), at)]


class _Endless(BoundedPipe):
    """A pipe that never runs dry."""

    def read(self, room: int, *, partial: bool = False) -> list[memoryview] | None:
        super().read(room, partial=partial)
        return [memoryview(FLOOD)[:room]]


class HostilePtpCamera:
    """A camera full of tricks; fits `canon.virtual.device.UsbDevice`.

    Args:
        model: the honest camera behind it.
        tricks: one for each transaction and each class request, in turn.
        always: what is done when they are used up.
    """

    def __init__(
        self,
        model: PtpModel,
        tricks: Sequence[Trick] = (),
        always: Trick = Trick(What.HONEST),
    ) -> None:
        card = MemoryCard()
        card.add(("DCIM", "100CANON", "IMG_0001.JPG"), File(PICTURE, 1_000_000_000))
        card.make_folders(("MISC",), 1_000_000_000)
        # Small pictures are drawn quickly.
        honest: PowerShotCamera | EosCamera
        if load_profile(model).burst:
            honest = eos(ptp_body(model, card))
            honest.extension.table.put(Eos.IMAGE_FORMAT, SMALL_FORMAT)
        else:
            honest = powershot(ptp_body(model, card))
            honest.extension.release.table.put(Property.IMAGE_SIZE, SMALL)
        self.descriptors = honest.descriptors
        self.clock = BodyClock()
        self._pipes = [
            BoundedPipe(self.descriptors.endpoint(way).packet_size)
            for way in (Endpoint.BULK_IN, Endpoint.INTERRUPT_IN)
        ]
        self.bulk: Pipe
        self.interrupt: Pipe
        self.bulk, self.interrupt = self._pipes
        self.plugged = True
        self._honest = VirtualPort(honest)
        self._buffer = memoryview(bytearray(1 << 20))
        self._asked = Container(HEAD, ContainerKind.COMMAND, 0, 0)
        self._tricks = deque(tricks)
        self._always = always

    def play(self, *tricks: Trick) -> None:
        """Play these tricks too, once the ones before are used up."""
        self._tricks += tricks

    def flood(self) -> None:
        """Send zeros from now on, whatever happens, and never stop."""
        self._pipes[0] = _Endless(self.bulk.packet_size)
        self.bulk = self._pipes[0]

    def count_anew(self) -> None:
        """Begin to count reads from zero."""
        for pipe in self._pipes:
            pipe.reads = 0

    def control_in(self, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        """Answer a class request."""
        trick = self._next()
        honest = self._honest.control_in(request, value, index, length, kind=kind)
        if trick.what in (What.STALL, What.STALL_OUT):
            raise Stall
        sent = trick.transfers(self._asked, [honest])
        return sent[0][:length] if sent else b""

    def control_out(self, kind: int, request: int, value: int, index: int, data: bytes) -> None:
        """Take a class request."""
        trick = self._next()
        if trick.what in (What.STALL, What.STALL_OUT):
            raise Stall
        self._honest.control_out(request, value, index, data, kind=kind)
        if trick.what is not What.SILENCE:
            self.bus_reset()

    def bulk_out(self, data: bytes) -> None:
        """Take a command, or data that belong to one."""
        self._must_be_plugged()
        self._honest.bulk_out(data, 1.0)
        if len(data) >= HEAD and data[4] == ContainerKind.COMMAND:
            self._asked = Container.decode(data)
        if honest := self._answer():
            self._react(honest)

    def bus_reset(self) -> None:
        """Forget what was not read."""
        self.bulk.clear()
        self.interrupt.clear()

    def detach(self) -> None:
        """The host went away."""

    def _must_be_plugged(self) -> None:
        if not self.plugged:
            raise Unplugged

    def _next(self) -> Trick:
        self._must_be_plugged()
        trick = self._tricks.popleft() if self._tricks else self._always
        if trick.what is What.UNPLUG:
            self.plugged = False
            raise Unplugged
        return trick

    def _answer(self) -> list[bytes]:
        """The transfers of the honest answer; none while the camera waits for data."""
        transfers: list[bytes] = []
        while not (transfers and transfers[-1][4:6] == b"\3\0"):
            try:
                size = self._honest.bulk_in(self._buffer, 30.0)
            except PortTimeout:
                return []
            transfers.append(bytes(self._buffer[:size]))
        return transfers

    def _react(self, honest: list[bytes]) -> None:
        trick = self._next()
        if trick.what is What.STALL_OUT:
            raise Stall
        while packet := self._honest.interrupt_in(4.0):
            if trick.what is not What.SILENCE:
                self.interrupt.put(packet)
        if notice := trick.notice():
            self.interrupt.put(notice)
        self.bulk.halted = trick.what is What.STALL
        for transfer in trick.transfers(self._asked, honest):
            self.bulk.put(transfer)
