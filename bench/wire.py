"""How long a line is busy with a transfer: the model behind *time on the wire*.

Only the line counts. What a camera needs to think and to read its card, and what a program does
between two transfers, is not in it, so the same transfers always take the same time. In it is
what a program decides: how much it asks for at once, and how often.

A full-speed bus runs in frames of 1 ms, which have room for 1500 bytes. A transaction costs 13
bytes over the data of its packet (USB 2.0, section 5.8.4, table 5-9), which leaves 19 packets of
64 bytes in a frame. A high-speed bus runs in microframes of 125 µs with room for 7500 bytes, and
a transaction costs 55 (table 5-10): 13 packets of 512 bytes. A bulk packet has 512 bytes there
and at most 64 at full speed (section 5.8.3), so the packets tell the speed.

A program submits a transfer when it has the result of the one before, so in the middle of a
frame or microframe; its schedule is made by then, and the host controller begins in the next one
(section 5.11). Every transfer thus takes whole ones. Interrupt transfers have a part of each
frame of their own (section 5.7.4), and take nothing here.

A control transfer is one packet for its setup, those of its data, and one for its status (section
8.5.3); all are counted as large as the endpoint's packets may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class _Frame(NamedTuple):
    """What a bus carries in one go: seconds, bytes, and the bytes that a transaction costs."""

    seconds: float
    size: int
    overhead: int

    def packets(self, size: int) -> int:
        """How many packets of that size it has room for."""
        return self.size // (self.overhead + size)


_FULL_SPEED, _HIGH_SPEED = _Frame(0.001, 1500, 13), _Frame(0.000125, 7500, 55)
_HIGH_SPEED_PACKET = 512


@dataclass(frozen=True)
class UsbBus:
    """The bulk and control pipes of one device on its bus.

    Attributes:
        bulk_packet: bytes in a packet of the bulk pipes.
        control_packet: bytes in a packet of the control pipe.
    """

    bulk_packet: int
    control_packet: int

    @property
    def is_fast(self) -> bool:
        """Whether it runs at high speed, 480 Mbit/s; else at full speed, 12 Mbit/s."""
        return self.bulk_packet == _HIGH_SPEED_PACKET

    @property
    def limit(self) -> float:
        """Bytes a second in one endless bulk transfer."""
        return self._frame.packets(self.bulk_packet) * self.bulk_packet / self._frame.seconds

    def bulk_s(self, size: int) -> float:
        """Seconds for a bulk transfer, either way; one without data has a packet, too."""
        return self._seconds(max(1, _times(self.bulk_packet, size)), self.bulk_packet)

    def control_s(self, size: int) -> float:
        """Seconds for a control transfer with so many bytes of data, either way."""
        return self._seconds(2 + _times(self.control_packet, size), self.control_packet)

    @property
    def _frame(self) -> _Frame:
        return _HIGH_SPEED if self.is_fast else _FULL_SPEED

    def _seconds(self, packets: int, packet_size: int) -> float:
        return _times(self._frame.packets(packet_size), packets) * self._frame.seconds


@dataclass(frozen=True)
class SerialLine:
    """An RS-232 line with 8 data bits, no parity and a stop bit: ten bits for each byte.

    The two ends speak in turn (canon-native-serial, A4), so the bytes of both ways add up.

    Attributes:
        speed: bits a second.
    """

    speed: int

    @property
    def limit(self) -> float:
        """Bytes a second."""
        return self.speed / 10

    def bytes_s(self, size: int) -> float:
        """Seconds for bytes, either way."""
        return size / self.limit


def _times(part: int, whole: int) -> int:
    """How many parts a whole needs."""
    return -(-whole // part)
