"""Directories of a TIFF block, in either byte order, and Canon's own among them.

A directory is read once and has an end. A value that is not there, lies outside of the block or is
of no type that has numbers, or texts, costs only itself.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from canon.errors import DecodeError
from canon.exif.source import Order, Source, unreadable
from canon.frozen import Frozen

if TYPE_CHECKING:
    from fractions import Fraction

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
_TEXTS = (2, 129)  # the latter is UTF-8
_UNSIGNED, _SIGNED, _FRACTIONS = (1, 3, 4, 13), (6, 8, 9), (5, 10)
_FLOATS = {11: "f", 12: "d"}
_MOST_ENTRIES = 500  # of a directory; cameras write at most about a hundred
_LONGEST_TEXT = 256
_MARKS: Mapping[bytes, Order] = {b"II*\0": "little", b"MM\0*": "big"}
_ENTRY, _HEAD = 12, 2
_GAPS = (0, 4, 6, 16, 28)
"""Bytes between a MakerNote's entries and its first value, by body: mostly the 4 of an offset of
the next directory (exiftool, MakerNotes.pm, where owners of many bodies have checked them)."""


class Value(Frozen):
    """One entry of a directory: its type, how many values, and where they lie."""

    kind: int
    amount: int
    at: int

    @property
    def size(self) -> int:
        """Bytes in all."""
        return _SIZES.get(self.kind, 0) * self.amount


class Directory:
    """The values of one directory by tag; a value is read when it is asked for.

    Args:
        source: where they lie.
        order: their byte order.
        values: the entries by tag.
    """

    def __init__(self, source: Source, order: Order, values: Mapping[int, Value]) -> None:
        self.source, self.values = source, values
        self.order: Order = order

    def text(self, tag: int) -> str:
        """A text up to its NUL, without what does not print; "" when there is none."""
        value = self.values.get(tag)
        if value is None or value.kind not in _TEXTS:
            return ""
        with suppress(DecodeError):
            return plain(self.source.take(value.at, min(value.amount, _LONGEST_TEXT)))
        return ""

    def number(self, tag: int, index: int = 0) -> Fraction | None:
        """One of a row of numbers, of whatever type; None when it is not there."""
        value = self.values.get(tag)
        if value is None or not index < value.amount:
            return None
        size = _SIZES.get(value.kind, 0)
        with suppress(DecodeError, ZeroDivisionError, ValueError, OverflowError):
            return _number(self.source.take(value.at + size * index, size), value.kind, self.order)
        return None

    def offset(self, tag: int) -> int:
        """Where a directory lies; 0 when there is none."""
        value = self.values.get(tag)
        with suppress(DecodeError):
            if value and value.amount and value.kind in _UNSIGNED:
                return self.source.number(value.at, _SIZES[value.kind], self.order)
        return 0


def _number(raw: bytes, kind: int, order: Order) -> Fraction | None:
    from fractions import Fraction

    if kind in _UNSIGNED or kind in _SIGNED:
        return Fraction(int.from_bytes(raw, order, signed=kind in _SIGNED))
    if kind in _FRACTIONS:
        over, under = raw[:4], raw[4:]
        signed = kind == 10
        return Fraction(
            int.from_bytes(over, order, signed=signed), int.from_bytes(under, order, signed=signed)
        )
    if kind in _FLOATS:
        (number,) = struct.unpack(("<" if order == "little" else ">") + _FLOATS[kind], raw)
        return Fraction(number) if math.isfinite(number) else None
    return None


class Tiff:
    """A TIFF block; offsets count from its start.

    Args:
        source: the file that it is in.
        start: where it begins.
        end: where it ends; None where the file does. A thumbnail may lie behind it.

    Raises:
        DecodeError: it is none.

    Attributes:
        block: its bytes, as far as they are there.
        beyond: the same with all that follows.
    """

    def __init__(self, source: Source, start: int = 0, end: int | None = None) -> None:
        self.start, self.end = start, source.size if end is None else end
        self.beyond = source.part(start)
        self.block = block = source.part(start, max(0, self.end - start))
        order = _MARKS.get(block.take(0, 4))
        if order is None:
            raise unreadable("neither II nor MM begins it", 0, "EXIF", "byte order")
        self.order: Order = order
        self.first = block.number(4, 4, order)

    def main(self) -> Directory:
        """The first directory; DecodeError when there is none."""
        return self._read(self.first, self.order)

    def directory(self, at: int) -> Directory:
        """The directory at an offset; an empty one where none is that makes sense."""
        with suppress(DecodeError):
            if at:
                return self._read(at, self.order)
        return Directory(self.block, self.order, {})

    def second(self) -> Directory:
        """The directory after the first, that of the thumbnail; an empty one when there is none."""
        with suppress(DecodeError):
            count = self.block.number(self.first, _HEAD, self.order)
            return self.directory(
                self.block.number(self.first + _HEAD + _ENTRY * count, 4, self.order)
            )
        return self.directory(0)

    def maker(self, note: Value | None) -> Directory:
        """The directory in Canon's MakerNote, of which only what lies in the note is believed.

        Programs that change a picture move the note, and leave the offsets in it as they were, or
        change the byte order of all but the note.

        Args:
            note: the MakerNote; None gives an empty directory.
        """
        with suppress(DecodeError):
            if note is not None:
                order = self._order_of(note.at)
                found = self._read(note.at, order)
                shift = self._shift(note, found)
                first, end = note.at, note.at + note.amount
                values = {
                    tag: value if _inside_entry(value) else _moved(value, value.at + shift)
                    for tag, value in found.values.items()
                }
                kept = {
                    tag: value
                    for tag, value in values.items()
                    if first < value.at <= end - value.size
                }
                return Directory(self.block, order, kept)
        return self.directory(0)

    def _order_of(self, at: int) -> Order:
        """The byte order of a note: that in which it has the fewer entries."""
        other: Order = "big" if self.order == "little" else "little"
        raw = self.block.take(at, _HEAD)
        orders: tuple[Order, Order] = (self.order, other)
        return min(orders, key=lambda order: int.from_bytes(raw, order))

    def _shift(self, note: Value, found: Directory) -> int:
        """What is to be added to the offsets in a MakerNote: nothing, where nobody has moved it."""
        with suppress(DecodeError):  # later bodies end it with where it lay when it was written
            foot = self.block.take(note.at + note.amount - 8, 8)
            if foot[:4] in _MARKS and (there := int.from_bytes(foot[4:], _MARKS[foot[:4]])):
                return note.at - there
        outside = [value for value in found.values.values() if not _inside_entry(value)]
        if not outside:
            return 0
        behind = note.at + _HEAD + _ENTRY * self.block.number(note.at, _HEAD, found.order)
        lowest = min(value.at for value in outside)
        end = max(value.at + value.size for value in outside)
        if lowest - behind in _GAPS and end <= note.at + note.amount:
            return 0
        return behind + 4 - lowest

    def _read(self, at: int, order: Order) -> Directory:
        """The directory at an offset, as far as its bytes are there."""
        count = self.block.number(at, _HEAD, order)
        if count > _MOST_ENTRIES:
            raise unreadable(f"a directory of {count} entries", at, "EXIF", "count")
        values: dict[int, Value] = {}
        for tag, value in self._entries(at + _HEAD, count, order):
            values.setdefault(tag, value)
        return Directory(self.block, order, values)

    def _entries(self, at: int, count: int, order: Order) -> Iterator[tuple[int, Value]]:
        form = ("<" if order == "little" else ">") + "HHII"
        for here in range(at, at + _ENTRY * count, _ENTRY):
            try:
                raw = self.block.take(here, _ENTRY)
            except DecodeError:
                return
            tag, kind, amount, where = struct.unpack(form, raw)
            value = Value(kind, amount, where)
            yield tag, _moved(value, here + 8) if _inside_entry(value) else value


def _inside_entry(value: Value) -> bool:
    """Whether it is short enough to stand in place of its offset."""
    return value.size <= 4


def _moved(value: Value, at: int) -> Value:
    return Value(value.kind, value.amount, at)


def plain(raw: bytes) -> str:
    """A text up to its NUL, in UTF-8 or else Latin-1, without what does not print."""
    raw = raw.partition(b"\0")[0]
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return "".join(filter(str.isprintable, text)).strip()
