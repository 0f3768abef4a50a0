"""Directories of a TIFF block, little-endian: fields in, bytes out."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SIGNED_RATIONAL = 2, 3, 4, 5, 7, 10


class Field(NamedTuple):
    """One entry of a directory; `data` may be longer than its values, which leaves a gap."""

    tag: int
    kind: int
    amount: int
    data: bytes


def directory(
    at: int, listed: Sequence[Field], placed: Sequence[Field] = (), then: int = 0
) -> bytes:
    """A directory at an offset of the TIFF block, and behind it the values of over four bytes.

    Args:
        at: the offset at which the directory will lie.
        listed: the entries, in their order.
        placed: the order of the long values, when it is another than that of the entries.
        then: the offset of the next directory; 0 ends the row.
    """
    values = b""
    start = at + 2 + 12 * len(listed) + 4
    inline = {}
    for field in placed or listed:
        if len(field.data) > 4:
            inline[field] = struct.pack("<I", start + len(values))
            values += field.data
        else:
            inline[field] = field.data.ljust(4, b"\0")
    entries = [
        struct.pack("<HHI4s", field.tag, field.kind, field.amount, inline[field])
        for field in listed
    ]
    return struct.pack("<H", len(listed)) + b"".join(entries) + struct.pack("<I", then) + values


def text(tag: int, value: str, *, count: int = 0, room: int = 0) -> Field:
    """A text with its NUL: `count` pads what is counted, `room` what is kept free behind it."""
    limit = max(count, room) or len(value) + 1
    raw = value.encode("latin-1", "replace")[: limit - 1] + b"\0"
    return Field(tag, ASCII, count or len(raw), raw.ljust(limit, b"\0"))


def moment(tag: int, when: datetime) -> Field:
    """A date and time."""
    return text(tag, when.strftime("%Y:%m:%d %H:%M:%S"))


def undefined(tag: int, raw: bytes) -> Field:
    """Bytes of no type."""
    return Field(tag, UNDEFINED, len(raw), raw)


def long(tag: int, value: int) -> Field:
    """A long word."""
    return Field(tag, LONG, 1, struct.pack("<I", value))


def words(tag: int, *values: int) -> Field:
    """Words, of which some count below zero."""
    raw = struct.pack(f"<{len(values)}H", *(value & 0xFFFF for value in values))
    return Field(tag, SHORT, len(values), raw)


def rational(tag: int, over: int, under: int = 1) -> Field:
    """A fraction that is not below zero."""
    return Field(tag, RATIONAL, 1, struct.pack("<II", over, under))


def signed_rational(tag: int, over: int, under: int = 1) -> Field:
    """A fraction."""
    return Field(tag, SIGNED_RATIONAL, 1, struct.pack("<iI", over, under))
