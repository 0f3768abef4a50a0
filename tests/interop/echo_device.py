"""A device that gives back what it gets, for tests of everything that carries bytes."""

from __future__ import annotations

import random
import struct

from canon.usb.port import Descriptors
from canon.virtual.clock import BodyClock
from canon.virtual.device import Pipe, Stall

CAMERA = bytes.fromhex(
    "09022700010100c0320904000003ffffff00070581024000000705020240000007058303400060"
)
"""The configuration of a PowerShot G3."""
SERIAL_PORT = bytes.fromhex(
    "0904000001020201000705840308001009040100020a0000000705850240000007050602400000"
)
"""The two interfaces of a serial port, with endpoints of their own."""


def with_serial_port(camera: bytes) -> bytes:
    """The configuration of a device that is a serial port first, and that camera next."""
    own = camera[9:11] + b"\x02" + camera[12:]
    size = 9 + len(SERIAL_PORT) + len(own)
    return camera[:2] + size.to_bytes(2, "little") + b"\x03" + camera[5:9] + SERIAL_PORT + own


KEEP, PATTERN, EVENT, HALT, UNPLUG, REFUSED = 1, 2, 3, 4, 5, 0x55


def pattern(size: int) -> bytes:
    """The bytes that the device makes up when asked for that many."""
    return random.Random(size).randbytes(size)


class EchoDevice:
    """A PowerShot G3 by its ids; it knows five requests, with a delay of `value` ms each.

    KEEP stores and returns data, PATTERN queues as many bytes as the data says, EVENT queues an
    interrupt, HALT stalls the bulk pipe, UNPLUG takes the device away. Bulk data come back.

    One that is a serial port as well has the camera on its third interface.
    """

    def __init__(self, *, real: bool = False, serial_port: bool = False) -> None:
        self.descriptors = Descriptors(
            bytes.fromhex("12011001ffffff20a9046e30010001020301"),
            with_serial_port(CAMERA) if serial_port else CAMERA,
            {1: "Canon Inc.", 2: "Echo", 3: "0042"},
        )
        self.clock = BodyClock(real=real)
        self.bulk, self.interrupt = Pipe(64), Pipe(64)
        self.plugged = True
        self.kept = b""
        self.resets = self.detached = 0

    def control_in(self, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        if request != KEEP:
            raise Stall
        return self.kept

    def control_out(self, kind: int, request: int, value: int, index: int, data: bytes) -> None:
        if request == REFUSED:
            raise Stall
        self.clock.after(value / 1000, lambda: self._do(request, data))

    def bulk_out(self, data: bytes) -> None:
        self.bulk.put(data)

    def bus_reset(self) -> None:
        self.resets += 1
        self._flush()

    def detach(self) -> None:
        self.detached += 1
        self._flush()

    def _flush(self) -> None:
        self.bulk.clear()
        self.interrupt.clear()

    def _do(self, request: int, data: bytes) -> None:
        if request == KEEP:
            self.kept = data
        elif request == PATTERN:
            self.bulk.put(pattern(struct.unpack("<I", data)[0]))
        elif request == EVENT:
            self.interrupt.put(data)
        elif request == HALT:
            self.bulk.halted = True
        elif request == UNPLUG:
            self.plugged = False
