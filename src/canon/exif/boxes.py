"""CR3 and HIF, the files of the latest bodies: boxes in boxes, some of which hold blocks of EXIF.

What box is what in a CR3 was found out by owners (github.com/lclevy/canon_cr3); a HIF is a HEIF
file (ISO/IEC 23008-12, in the boxes of ISO/IEC 14496-12).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from canon.errors import DecodeError
from canon.exif.source import Source, jpeg, unreadable
from canon.exif.tiff import Directory, Tiff

_METADATA = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_PREVIEW = bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")
_MOST_BOXES = 200  # side by side; a file has about twenty
_MOST_ITEMS = 2000  # of a HIF; one for each tile, a picture has about a hundred
_HEAD, _WIDE, _UUID = 8, 16, 16
_JPEGS = {b"THMB": (8, 16), b"PRVW": (12, 16)}  # where its length stands, and where it begins


class Cr3:
    """The boxes of a CR3.

    Args:
        source: the file, or its head.
    """

    def __init__(self, source: Source) -> None:
        self._found: dict[bytes, Source] = {}
        for name, box in _boxes(source):
            if name == b"moov":
                for inner, data in _boxes(box):
                    if inner == _METADATA:
                        self._found |= dict(_boxes(data))
            elif name == _PREVIEW:
                self._found |= dict(_boxes(box.part(8)))

    def thumbnail(self) -> bytes:
        """The small JPEG in it, or else the larger one; DecodeError when there is neither."""
        for name, (length, start) in _JPEGS.items():
            with suppress(DecodeError):
                if box := self._found.get(name):
                    return jpeg(box, start, box.number(length, 4, "big"))
        raise unreadable("there is no thumbnail in it", 0, "CR3", "thumbnail")

    def directories(self) -> tuple[Directory, Directory, Directory]:
        """What EXIF calls its main directory, the one of the shot, and Canon's MakerNote.

        Raises:
            DecodeError: the first is missing, or makes no sense.
        """
        if b"CMT1" not in self._found:
            raise unreadable("there is no EXIF in it", 0, "CR3", "CMT1")
        main = Tiff(self._found[b"CMT1"]).main()
        return main, self._optional(b"CMT2"), self._optional(b"CMT3")

    def _optional(self, name: bytes) -> Directory:
        with suppress(DecodeError):
            if found := self._found.get(name):
                return Tiff(found).main()
        return Directory(Source(b""), "little", {})


def _boxes(source: Source) -> Iterator[tuple[bytes, Source]]:
    """The boxes in a stretch by their names, or by their number where they have one of those."""
    at = 0
    with suppress(DecodeError):
        for _ in range(_MOST_BOXES):
            size, name, start = source.number(at, 4, "big"), source.take(at + 4, 4), at + _HEAD
            if size == 1:
                size, start = source.number(start, 8, "big"), at + _WIDE
            if name == b"uuid":
                name, start = source.take(start, _UUID), start + _UUID
            end = at + size if size else source.size
            if end < start:
                return
            yield name, source.part(start, end - start)
            at = end


# --- HIF ------------------------------------------------------------------------------------------


def exif_item(source: Source) -> tuple[int, int]:
    """Where the block of EXIF of a HIF begins, and where it ends.

    Raises:
        DecodeError: there is none, or its boxes make no sense.
    """
    meta = next((box.part(4) for name, box in _boxes(source) if name == b"meta"), Source(b""))
    inside = dict(_boxes(meta))
    if b"iinf" in inside and b"iloc" in inside:
        number = _number_of_exif(inside[b"iinf"])
        for item, start, size in _places(inside[b"iloc"]):
            if item == number:
                skipped = 4 + source.number(start, 4, "big")
                return start + skipped, start + size
    raise unreadable("there is no EXIF in it", 0, "HIF", "meta")


def _number_of_exif(items: Source) -> int | None:
    """The number of the item that is a block of EXIF."""
    behind_count = 6 if items.number(0, 1, "big") == 0 else 8
    for _, item in islice(_boxes(items.part(behind_count)), _MOST_ITEMS):
        width = 4 if item.number(0, 1, "big") >= 3 else 2
        if item.take(4 + width + 2, 4) == b"Exif":
            return item.number(4, width, "big")
    return None


def _places(table: Source) -> Iterator[tuple[int, int, int]]:
    """Each item that lies in one piece of the file: its number, its offset and its length."""
    at = 0

    def word(size: int) -> int:
        nonlocal at
        at += size
        return table.number(at - size, size, "big")

    version = word(4) >> 24
    sizes = word(2)
    of_offset, of_length, of_base = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    of_index = sizes & 15 if version else 0
    width = 4 if version >= 2 else 2
    for _ in range(min(word(width), _MOST_ITEMS)):
        item = word(width)
        method = word(2) & 15 if version else 0
        word(2)  # which file; 0 is this one
        base, pieces = word(of_base), word(2)
        if pieces == 1 and method == 0:
            word(of_index)
            offset, length = base + word(of_offset), word(of_length)
            yield item, offset, length
        else:
            at += pieces * (of_index + of_offset + of_length)
