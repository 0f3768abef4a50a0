"""CR3, the RAW file of the latest bodies: boxes in boxes, some of which hold blocks of EXIF.

What box is what was found out by owners (github.com/lclevy/canon_cr3).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from canon.errors import DecodeError
from canon.exif.source import Source, jpeg
from canon.exif.tiff import Directory, Tiff

_METADATA = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_PREVIEW = bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")
_MOST_BOXES = 200  # side by side; a file has about twenty
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
        raise DecodeError("there is no thumbnail in it", 0, "CR3", "thumbnail")

    def directories(self) -> tuple[Directory, Directory, Directory]:
        """What EXIF calls its main directory, the one of the shot, and Canon's MakerNote.

        Raises:
            DecodeError: the first is missing, or makes no sense.
        """
        if b"CMT1" not in self._found:
            raise DecodeError("there is no EXIF in it", 0, "CR3", "CMT1")
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
