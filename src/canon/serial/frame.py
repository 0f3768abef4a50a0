"""Frames: how a packet is marked off and guarded on the line (canon-native-serial, A2).

C0, the packet and its check sum with the three special bytes escaped, C1. What lies between two
frames, and a frame that was cut or damaged, is dropped: whoever misses it asks again.
"""

from __future__ import annotations

from binascii import crc_hqx

BEGIN, END, ESCAPE = b"\xc0", b"\xc1", b"\x7e"
LONGEST = 1024
"""Bytes of the longest frame on the line, its two marks and all escapes counted."""

_FLIP = 0x20  # an escaped byte comes with this bit turned over
_MOST_KEPT = 2 * LONGEST  # other programs escape after they have cut
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def check_sum(packet: bytes) -> int:
    """CRC-16/X-25 of a packet: 0x906E for b"123456789"."""
    return crc_ccitt(packet, 0xFFFF) ^ 0xFFFF


def crc_ccitt(data: bytes, start: int) -> int:
    """CRC-16 by the polynomial 0x8408, low bits first; `start` is 0 or 0xFFFF.

    The standard library has this polynomial for bits that arrive the other way round.
    """
    crc = crc_hqx(data.translate(_REVERSED), start)
    return _REVERSED[crc & 0xFF] << 8 | _REVERSED[crc >> 8]


def encode_frame(packet: bytes) -> bytes:
    """The frame that carries a packet."""
    content = packet + check_sum(packet).to_bytes(2, "little")
    for special in (ESCAPE, BEGIN, END):  # the escape first, or it would escape its own
        content = content.replace(special, ESCAPE + bytes((special[0] ^ _FLIP,)))
    return BEGIN + content + END


def decode_frame(content: bytes) -> bytes | None:
    """The packet of what stood between C0 and C1; None when it is damaged."""
    plain, *escaped = content.split(ESCAPE)
    if not all(escaped):
        return None  # an escape with nothing to turn over
    content = plain + b"".join(bytes((part[0] ^ _FLIP,)) + part[1:] for part in escaped)
    packet, check = content[:-2], content[-2:]
    return packet if packet and check_sum(packet).to_bytes(2, "little") == check else None


class FrameReader:
    """Takes bytes as they come, and gives the packets of the frames that came whole."""

    def __init__(self) -> None:
        self._begun = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The packets of all frames that end in `data`."""
        *ended, rest = (self._begun + data).split(END)
        self._begun = _last_frame(rest)[:_MOST_KEPT]
        packets = (decode_frame(_last_frame(piece)[1:]) for piece in ended)
        return [packet for packet in packets if packet is not None]

    def clear(self) -> None:
        """Forget a frame that has begun."""
        self._begun = b""


def _last_frame(piece: bytes) -> bytes:
    """From the last C0 on; a frame before it has lost its end."""
    at = piece.rfind(BEGIN)
    return piece[at:] if at >= 0 else b""
