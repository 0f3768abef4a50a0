"""The records of a live frame: each with its size, which counts itself, and its kind.

The layout is that of section 9.2 of canon-eos-ptp.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

_HEAD = 8
_END = _HEAD.to_bytes(4, "little") + bytes(4)


class EvfRecord(NamedTuple):
    """One record of a frame.

    Attributes:
        kind: 1, 9 and 0x0b hold the picture.
        data: what it says.
    """

    kind: int
    data: bytes


def pack_frame(records: Iterable[EvfRecord]) -> bytes:
    """The data of a frame, with the record that ends it."""
    packed = (
        (_HEAD + len(one.data)).to_bytes(4, "little") + one.kind.to_bytes(4, "little") + one.data
        for one in records
    )
    return b"".join(packed) + _END
