"""A camera that answers whatever somebody makes up, with pipes that notice endless loops.

The hostile camera asks an honest virtual one what the answer would be, and plays a trick with it:
sends something else, more, less, nothing, a stall. When it has no trick left it is honest.
"""

from __future__ import annotations

import enum
import struct
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest

from canon.native.commands import LONG_REPLY, LongHead
from canon.usb.port import Endpoint
from canon.virtual.card import File, MemoryCard
from canon.virtual.clock import BodyClock
from canon.virtual.device import Pipe, Stall, Unplugged
from canon.virtual.native.camera import NativeCamera
from canon.virtual.port import VirtualPort
from rigs.bodies import native_body

THUMBNAIL = b"\xff\xd8\xff\xd9"
PICTURE = (
    b"II*\0\x08\0\0\0"  # a TIFF head, its first directory empty
    + struct.pack("<HI", 0, 14)
    + struct.pack("<H HHII HHII I", 2, 0x201, 4, 1, 44, 0x202, 4, 1, len(THUMBNAIL), 0)
    + THUMBNAIL
    + bytes(range(256)) * 4
)
FLOOD = bytes(4 << 20)


class What(enum.Enum):
    """What is done with an honest answer."""

    HONEST = "sent as it is"
    INSTEAD = "`data` is sent instead"
    BEFORE = "`data` comes first, in a transfer of its own"
    AFTER = "`data` comes after it, in a transfer of its own"
    CHANGE = "the byte at `number` becomes the first of `data`"
    WORD = "the word at `number` is all ones"
    CUT = "only its first `number` bytes are sent"
    ANNOUNCE = "the head of a long answer announces `number` bytes, and `data` follow"
    STATUS = "the status becomes `number`"
    EMPTY = "a zero-length packet is sent instead"
    SILENCE = "nothing is sent, on the interrupt pipe neither"
    STALL = "the pipe is stalled"
    UNPLUG = "the plug is pulled"
    FLOOD = "zeros without end are sent instead"
    NOTICE = "sent as it is, and `data` on the interrupt pipe"


@dataclass(frozen=True)
class Trick:
    """One thing that the camera does wrong."""

    what: What
    number: int = 0
    data: bytes = b""

    def transfers(self, honest: bytes) -> list[bytes]:
        """What is sent instead of an honest answer."""
        changed = bytearray(honest)
        place = self.number % max(1, len(honest))
        match self.what:
            case What.INSTEAD:
                return [self.data]
            case What.BEFORE:
                return [self.data, honest]
            case What.AFTER:
                return [honest, self.data]
            case What.CHANGE:
                changed[place : place + 1] = self.data[:1]
                return [bytes(changed)]
            case What.WORD:
                changed[place : place + 4] = b"\xff\xff\xff\xff"
                return [bytes(changed)]
            case What.CUT:
                return [honest[:place]]
            case What.ANNOUNCE:
                return [LongHead(0, LONG_REPLY, self.number).encode(), self.data]
            case What.STATUS:
                changed[0x50:0x54] = self.number.to_bytes(4, "little")
                return [bytes(changed)]
            case What.EMPTY:
                return [b""]
            case What.FLOOD:
                return [FLOOD]
            case What.SILENCE | What.STALL | What.UNPLUG:
                return []
        return [honest]


class BoundedPipe(Pipe):
    """A pipe that fails the test when it is read over and over."""

    most_reads = 10_000

    def __init__(self, packet_size: int) -> None:
        super().__init__(packet_size)
        self.reads = 0

    def read(self, room: int, *, partial: bool = False) -> list[memoryview] | None:
        """Read, and count."""
        self.reads += 1
        if self.reads > self.most_reads:
            pytest.fail(f"{self.reads} reads: the host goes round in circles")
        return super().read(room, partial=partial)


class HostileCamera:
    """A camera full of tricks; fits `canon.virtual.device.UsbDevice`.

    Args:
        tricks: one for each request, in turn.
        always: what is done when they are used up.
    """

    def __init__(
        self,
        tricks: Sequence[Trick] = (),
        always: Trick = Trick(What.HONEST),
        *,
        active: bool = True,
    ) -> None:
        card = MemoryCard()
        card.add(("DCIM", "100CANON", "IMG_0001.JPG"), File(PICTURE, 1_000_000_000))
        card.make_folders(("MISC",), 1_000_000_000)
        honest = NativeCamera(native_body("powershot-g3", card), active=active)
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
        # Small pictures are drawn quickly.
        small = replace(honest.release.parameters, image_size=2)
        honest.release.parameters = small
        self._honest = VirtualPort(honest)
        self._buffer = memoryview(bytearray(1 << 20))
        self._tricks = deque(tricks)
        self._always = always

    def count_anew(self) -> None:
        """Begin to count reads from zero."""
        for pipe in self._pipes:
            pipe.reads = 0

    def control_in(self, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        """Answer a control request."""
        trick = self._next()
        if trick.what is What.STALL:
            raise Stall
        honest = self._honest.control_in(request, value, index, length)
        sent = trick.transfers(honest)
        return sent[0][:length] if sent else b""

    def control_out(self, kind: int, request: int, value: int, index: int, data: bytes) -> None:
        """Take a command."""
        self._react(lambda: self._honest.control_out(request, value, index, data))

    def bulk_out(self, data: bytes) -> None:
        """Take a block of an upload."""
        self._react(lambda: self._honest.bulk_out(data, 1.0))

    def bus_reset(self) -> None:
        """Forget what was not read."""
        self.bulk.clear()
        self.interrupt.clear()

    def detach(self) -> None:
        """The host went away."""

    def _next(self) -> Trick:
        if not self.plugged:
            raise Unplugged
        trick = self._tricks.popleft() if self._tricks else self._always
        if trick.what is What.UNPLUG:
            self.plugged = False
            raise Unplugged
        return trick

    def _react(self, ask: Callable[[], None]) -> None:
        trick = self._next()
        ask()
        honest = bytes(self._buffer[: self._honest.bulk_in(self._buffer, 30.0)])
        while notice := self._honest.interrupt_in(4.0):
            if trick.what is not What.SILENCE:
                self.interrupt.put(notice)
        if trick.what is What.NOTICE:
            self.interrupt.put(trick.data)
        self.bulk.halted = trick.what is What.STALL
        for transfer in trick.transfers(honest):
            self.bulk.put(transfer)
