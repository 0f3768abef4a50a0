"""How long a line is busy with a transfer: the model behind *time on the wire*.

Only the line counts. What a camera needs to think and to read its card, and what a program does
between two transfers, is not in it, so the same transfers always take the same time. In it is
what a program decides: how much it asks for at once, and how often.

A full-speed bus runs in frames of 1 ms, which have room for 1500 bytes. A transaction costs 13
bytes over the data of its packet (USB 2.0, section 5.8.4, table 5-9), which leaves 19 packets of
64 bytes in a frame. A program submits a transfer when it has the result of the one before, so in
the middle of a frame; that frame's schedule is made by then, and the host controller begins in
the next one (section 5.11). Every transfer thus takes whole frames. Interrupt transfers have a
part of each frame of their own (section 5.7.4), and take nothing here.

A control transfer is one packet for its setup, those of its data, and one for its status (section
8.5.3); all are counted as large as the endpoint's packets may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

_FRAME_S = 0.001
_FRAME_BYTES = 1500  # 12 Mbit/s for a frame
_OVERHEAD = 13


@dataclass(frozen=True)
class FullSpeedBus:
    """The bulk and control pipes of one device on a full-speed bus.

    Attributes:
        bulk_packet: bytes in a packet of the bulk pipes.
        control_packet: bytes in a packet of the control pipe.
        limit: bytes a second in one endless bulk transfer of packets of 64 bytes.
    """

    bulk_packet: int
    control_packet: int

    limit: ClassVar[float] = 19 * 64 / _FRAME_S

    def bulk_s(self, size: int) -> float:
        """Seconds for a bulk transfer, either way; one without data has a packet, too."""
        return _frames_s(max(1, _times(self.bulk_packet, size)), self.bulk_packet)

    def control_s(self, size: int) -> float:
        """Seconds for a control transfer with so many bytes of data, either way."""
        return _frames_s(2 + _times(self.control_packet, size), self.control_packet)


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


def _frames_s(packets: int, packet_size: int) -> float:
    in_a_frame = _FRAME_BYTES // (_OVERHEAD + packet_size)
    return _times(in_a_frame, packets) * _FRAME_S
