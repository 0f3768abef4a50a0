"""The records of a live frame (section 9.2).

They are packed as those of GetEvent are. The picture is one of them; what else a frame says is read
when it is asked for, so that a frame that is only shown costs next to nothing.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable
from typing import NamedTuple

from canon.ptp.eos.records import END, HEAD, places
from canon.values.view import AfFrame, AfState, Histogram, Rectangle
from canon.wire import Buffer, OpenEnum


class EvfKind(OpenEnum):
    """What a record of a frame holds; those without a name are seen, and nobody knows what for."""

    END = 0
    JPEG = 1
    HISTOGRAM = 3
    ZOOM = 4
    ZOOM_CORNER = 5
    IMAGE_CORNER = 6
    UNKNOWN_7 = 7
    AF_FRAMES = 8
    MOVIE_JPEG = 9
    UNKNOWN_A = 0x0A
    SMALL_JPEG = 0x0B
    UNKNOWN_C = 0x0C
    ZOOM_RECTANGLE = 0x0D
    FIELD = 0x0E
    LEVEL = 0x10
    PLANAR_HISTOGRAM = 0x11
    IMAGE_RECTANGLE = 0x12
    VISIBLE_RECTANGLE = 0x13
    FOCAL_LENGTH = 0x21


PICTURES = (EvfKind.JPEG, EvfKind.SMALL_JPEG, EvfKind.MOVIE_JPEG)
"""The kinds that are the picture; a body sends one of them."""


_STATES = {
    0x10: AfState.IDLE,
    0x20: AfState.FACE,
    0x30: AfState.TRACKING,
    0x31: AfState.IN_FOCUS,
    0x32: AfState.NOT_FOUND,
}


class EvfRecord(NamedTuple):
    """One record of a frame.

    Attributes:
        kind: what it holds, an EvfKind or its number.
        data: its bytes.
    """

    kind: int
    data: bytes


class EvfFrame:
    """One frame, as it came.

    Args:
        parts: the bytes of its records by their kinds.

    Attributes:
        parts: the same.
        jpeg: the picture; empty where the body sent none yet.
    """

    __slots__ = ("jpeg", "parts")

    def __init__(self, parts: dict[int, memoryview]) -> None:
        self.parts = parts
        self.jpeg = next((parts[kind] for kind in PICTURES if kind in parts), memoryview(b""))

    @property
    def zoom(self) -> int | None:
        """How much is enlarged: 1, 5 or 10; None where the body does not say."""
        words = self._words(EvfKind.ZOOM, 1)
        return words[0] if words else None

    @property
    def field(self) -> tuple[int, int] | None:
        """Width and height of what all coordinates are in; None where the body does not say."""
        words = self._words(EvfKind.FIELD, 2)
        return (words[0], words[1]) if words else None

    @property
    def zoom_rectangle(self) -> Rectangle | None:
        """What is enlarged, or would be; None where the body does not say."""
        return self._rectangle(EvfKind.ZOOM_RECTANGLE)

    @property
    def image(self) -> Rectangle | None:
        """What of the field the picture shows; None where the body does not say."""
        return self._rectangle(EvfKind.IMAGE_RECTANGLE)

    @property
    def focal_length(self) -> int | None:
        """Millimetres; None where the body does not say."""
        words = self._words(EvfKind.FOCAL_LENGTH, 1)
        return words[0] if words else None

    @property
    def level(self) -> tuple[float, float] | None:
        """Roll and pitch in degrees, from 0 to 360; None where the body does not say."""
        words = self._words(EvfKind.LEVEL, 4)
        return (words[2] / 100, words[3] / 100) if words else None

    @property
    def af_frames(self) -> tuple[AfFrame, ...] | None:
        """Where the body looks for focus; None where it does not say."""
        if EvfKind.AF_FRAMES not in self.parts:
            return None
        words = _numbers(self.parts[EvfKind.AF_FRAMES])
        count = min(words[0] if words else 0, (len(words) - 1) // _AF_FRAME)
        rows = (words[1 + _AF_FRAME * at :] for at in range(count))
        return tuple(
            AfFrame(_state(row[0]), bool(row[1]), Rectangle(row[2], row[3], row[4], row[5]))
            for row in rows
        )

    @property
    def histogram(self) -> Histogram | None:
        """The histogram; None where the body sends none."""
        if words := self._words(EvfKind.PLANAR_HISTOGRAM, 4 * _SHADES):
            planes = [tuple(words[_SHADES * at : _SHADES * (at + 1)]) for at in range(4)]
            return Histogram(planes[0], planes[1], planes[2], planes[3])
        if words := self._words(EvfKind.HISTOGRAM, 4 * _SHADES):
            # Four columns beside each other; the fourth follows the luminance, not the blue.
            columns = [tuple(words[at : 4 * _SHADES : 4]) for at in range(3)]
            return Histogram(columns[0], columns[1], columns[2], None)
        return None

    def _rectangle(self, kind: EvfKind) -> Rectangle | None:
        words = self._words(kind, 4)
        return Rectangle(*words[:4]) if words else None

    def _words(self, kind: EvfKind, least: int) -> array[int]:
        """The numbers of a record; none where it is not there, or too short."""
        words = _numbers(self.parts.get(kind, b""))
        return words if len(words) >= least else array("I")


_AF_FRAME = 6  # numbers
_SHADES = 256


def _state(code: int) -> AfState:
    return _STATES.get(code) or AfState.unknown("eos", code)


def _numbers(data: Buffer) -> array[int]:
    words = array("I")
    words.frombytes(memoryview(data)[: len(data) // 4 * 4])
    if sys.byteorder == "big":
        words.byteswap()
    return words


def read_frame(data: Buffer) -> EvfFrame:
    """A frame of an answer to GetViewfinderData; of a record that comes twice, the first."""
    view = memoryview(data)
    parts: dict[int, memoryview] = {}
    for place in places(data):
        if place.code:
            parts.setdefault(place.code, view[place.start : place.end])
    return EvfFrame(parts)


def pack_frame(records: Iterable[EvfRecord]) -> bytes:
    """The answer that holds these records, with the one that ends it."""
    packed = (
        (HEAD + len(one.data)).to_bytes(4, "little") + one.kind.to_bytes(4, "little") + one.data
        for one in records
    )
    return b"".join(packed) + END
