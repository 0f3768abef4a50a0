"""A USB device as a machine without I/O: what a virtual camera is to whoever carries its bytes.

`virtual/port.py` carries its bytes to a caller in this process, `virtual/usbip.py` over the
network. Both hand requests in and take packets out of the pipes; neither knows what kind of camera
it is.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

from canon.usb.port import Descriptors
from canon.virtual.clock import BodyClock
from canon.wire import Buffer


class Stall(Exception):
    """The device refuses a transfer."""


class Unplugged(Exception):
    """The device is no longer on the bus."""


class Overflow(Exception):
    """The host left less room than the next packet needs (a babble error on a real bus)."""


class Pipe:
    """What a device has to say on one IN endpoint: transfers, cut into packets.

    A transfer ends with a short packet, or with a full one when its length is a multiple of the
    packet size; the zero-length packet b"" is a transfer of its own.

    Attributes:
        halted: whether it is stalled.
        quiet: whether nothing comes on it that a host would wait for, though it may read there.
    """

    def __init__(self, packet_size: int) -> None:
        self.packet_size = packet_size
        self.halted = False
        self.quiet = False
        self._transfers: deque[memoryview] = deque()
        self._at = 0

    def put(self, data: Buffer) -> None:
        """Queue one transfer."""
        self._transfers.append(memoryview(data))

    def clear(self) -> None:
        """Forget what was not read."""
        self._transfers.clear()
        self._at = 0

    def waiting(self) -> int:
        """Bytes that nobody has read yet."""
        return sum(len(transfer) for transfer in self._transfers) - self._at

    def read(self, room: int, *, partial: bool = False) -> list[memoryview] | None:
        """Take what a read of `room` bytes gets, in pieces; None while it would still wait.

        A read ends when its room is full or after a short packet. `partial` takes what is there.
        Raises Stall on a halted pipe, and Overflow when a packet would be cut.
        """
        if self.halted:
            raise Stall
        pieces: list[memoryview] = []
        got, index, at = 0, 0, self._at
        done = False
        while index < len(self._transfers) and not done:
            transfer = self._transfers[index]
            left = len(transfer) - at
            size = min(left, room - got)
            if size < left and size % self.packet_size:
                raise Overflow
            pieces.append(transfer[at : at + size])
            got += size
            if size == left:
                index, at = index + 1, 0
                done = len(transfer) % self.packet_size != 0 or not transfer
            else:
                at += size
            done = done or got == room
        if not done and not (partial and pieces):
            return None
        for _ in range(index):
            self._transfers.popleft()
        self._at = at
        return pieces


class UsbDevice(Protocol):
    """What a carrier needs of a device. Methods return at once; answers come when they are due.

    Every method may raise Stall, and Unplugged once the device has left the bus.
    """

    descriptors: Descriptors
    clock: BodyClock
    bulk: Pipe
    interrupt: Pipe
    plugged: bool

    def control_in(self, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        """Answer a vendor or class request that asks for data."""
        ...

    def control_out(self, kind: int, request: int, value: int, index: int, data: bytes) -> None:
        """Take a vendor or class request that brings data."""
        ...

    def bulk_out(self, data: bytes) -> None:
        """Take one bulk transfer."""
        ...

    def bus_reset(self) -> None:
        """The host reset the bus, or set the configuration."""
        ...

    def detach(self) -> None:
        """The host went away while the plug stayed in."""
        ...
