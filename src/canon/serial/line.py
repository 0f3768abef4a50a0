"""What an RS-232 line is to the rest of the library: bytes to and from one camera.

`Line` is the sister of `canon.usb.port.Port`: a real serial port, the in-process virtual camera and
a line with faults all fit it. A line brings its own clock, and the host side uses no other.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from canon.clock import Clock
from canon.wire import Buffer

FIRST_SPEED = 9600
"""Bits a second at which every camera listens when it is asleep (canon-native-serial, A1)."""


@runtime_checkable
class Line(Protocol):
    """Bytes to and from one camera: 8 data bits, no parity, 1 stop bit. Methods raise PortError."""

    @property
    def clock(self) -> Clock:
        """The clock that all waits on this line use."""
        ...

    def read(self, size: int, timeout_s: float) -> bytes:
        """What is there, `size` bytes at most; b"" when nothing came in time."""
        ...

    def write(self, data: Buffer) -> None:
        """Send bytes."""
        ...

    def set_speed(self, bits_per_second: int) -> None:
        """Change the speed once everything written is out."""
        ...

    def close(self) -> None:
        """Give the line back. Closing twice is allowed."""
        ...
