"""The points of focus that a virtual EOS shows as chosen (canon-eos-ptp, section 5.4)."""

from __future__ import annotations

_HEAD = 0x14
_POINTS, _IN_USE = 8, 10


def with_selected(data: bytes, *, chosen: bool) -> bytes:
    """A FocusInfoEx with its first point chosen, or none; bytes that are none stay as they are."""
    points = int.from_bytes(data[_POINTS : _POINTS + 2], "little")
    used = int.from_bytes(data[_IN_USE : _IN_USE + 2], "little")
    at, size = _HEAD + 8 * points, -(-used // 8)
    if not used or at + size > len(data):
        return data
    bits = (1 if chosen else 0).to_bytes(size, "little")
    return data[:at] + bits + data[at + size :]
