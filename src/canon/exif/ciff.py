"""CRW, the RAW file of the classic bodies: heaps of records, each with its directory at its end.

What a record is, its number says (exiftool, CanonRaw.pm, where owners of many bodies checked it).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from canon.errors import DecodeError
from canon.exif.source import Order, Source, jpeg, unreadable
from canon.exif.tiff import plain

_MAKE_AND_MODEL, _OWNER = 0x080A, 0x0810
_FOCAL_LENGTH, _SHOT_INFO, _SETTINGS = 0x1029, 0x102A, 0x102D  # rows of words, as in a MakerNote
_TIME, _IMAGE = 0x180E, 0x1810
_LARGE, _SMALL = 0x2007, 0x2008
_KIND, _HEAPS = 0x3800, (0x2800, 0x3000)  # bits of a number: what it holds
_IN_PLACE, _NUMBER = 0x4000, 0x3FFF
_ENTRY, _MOST_ENTRIES, _MOST_HEAPS = 10, 500, 20
_LONGEST_TEXT = 256
_ORIENTATIONS = {0: 1, 90: 6, 180: 3, 270: 8, -90: 8}


class Crw:
    """The records of a CRW, those of all its heaps.

    Args:
        source: the whole file.

    Raises:
        DecodeError: it is none, or not all there.
    """

    def __init__(self, source: Source) -> None:
        self.order: Order = "little" if source.take(0, 2) == b"II" else "big"
        self._records: dict[int, Source] = {}
        heaps = [source.part(source.number(2, 4, self.order))]
        for _ in range(_MOST_HEAPS):
            if heaps:
                self._collect(heaps.pop(0), heaps)
        if not self._records:
            raise unreadable(
                "the list of what is in a CRW stands at its end, and is not there",
                source.size,
                "CRW",
                "heap",
            )

    def thumbnail(self) -> bytes:
        """The small JPEG in it, or else the large one; DecodeError when there is neither."""
        for tag in _SMALL, _LARGE:
            with suppress(DecodeError):
                if found := self._records.get(tag):
                    return jpeg(found, 0, found.size)
        raise unreadable("there is no thumbnail in it", 0, "CRW", "thumbnail")

    @property
    def names(self) -> tuple[str, str]:
        """Who made the camera, and its name."""
        make, _, model = self._raw(_MAKE_AND_MODEL).partition(b"\0")
        return plain(make), plain(model)

    @property
    def owner(self) -> str:
        """The owner's name."""
        return plain(self._raw(_OWNER))

    @property
    def taken(self) -> datetime | None:
        """The camera's local time."""
        seconds = self._number(_TIME, 0)
        return datetime(1970, 1, 1) + timedelta(seconds=seconds) if seconds else None

    @property
    def size(self) -> tuple[int | None, int | None]:
        """Width and height."""
        return self._number(_IMAGE, 0), self._number(_IMAGE, 4)

    @property
    def orientation(self) -> int | None:
        """As EXIF numbers it."""
        turned = self._number(_IMAGE, 12, signed=True)
        return None if turned is None else _ORIENTATIONS.get(turned)

    def shot_info(self, index: int) -> int | None:
        """A word of the row that tells how it was taken; some count below zero."""
        return self._number(_SHOT_INFO, 2 * index, 2, signed=True)

    def setting(self, index: int) -> int | None:
        """A word of the row that tells how the camera was set."""
        return self._number(_SETTINGS, 2 * index, 2)

    @property
    def focal_length(self) -> int | None:
        """In units that the settings tell."""
        return self._number(_FOCAL_LENGTH, 2, 2)

    def _raw(self, tag: int) -> bytes:
        found = self._records.get(tag)
        return found.take(0, min(found.size, _LONGEST_TEXT)) if found else b""

    def _number(self, tag: int, at: int, size: int = 4, *, signed: bool = False) -> int | None:
        with suppress(DecodeError):
            if found := self._records.get(tag):
                return int.from_bytes(found.take(at, size), self.order, signed=signed)
        return None

    def _collect(self, heap: Source, more: list[Source]) -> None:
        with suppress(DecodeError):
            for tag, part in self._read(heap):
                if tag & _KIND in _HEAPS:
                    more.append(part)
                else:
                    self._records.setdefault(tag, part)

    def _read(self, heap: Source) -> Iterator[tuple[int, Source]]:
        """The records of a heap: its last four bytes tell where they are listed."""
        at = heap.number(heap.size - 4, 4, self.order)
        count = heap.number(at, 2, self.order)
        if count > _MOST_ENTRIES:
            raise unreadable(f"a heap of {count} records", at, "CRW", "count")
        for here in range(at + 2, at + 2 + _ENTRY * count, _ENTRY):
            tag = heap.number(here, 2, self.order)
            if tag & _IN_PLACE:
                yield tag & _NUMBER, heap.part(here + 2, 8)
            else:
                size = heap.number(here + 2, 4, self.order)
                yield tag & _NUMBER, heap.part(heap.number(here + 6, 4, self.order), size)
