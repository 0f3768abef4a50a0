"""The bytes of a picture file, in memory or in a file that is read where it is asked for."""

from __future__ import annotations

from typing import BinaryIO, Literal

from canon.errors import DecodeError
from canon.wire import Buffer, take

Order = Literal["little", "big"]
_LARGEST = 32 << 20  # bytes of a JPEG inside of a file


def unreadable(reason: str, offset: int, kind: str, field: str) -> DecodeError:
    """The error that a picture file makes no sense: what is wrong, and where in which kind."""
    return DecodeError(reason, offset, kind, field, of_file=True)


class Source:
    """A stretch of bytes; offsets count from its start, and nothing outside of it is read.

    Args:
        data: the bytes, or a file that seeks.
        start: where the stretch begins.
        end: where it ends; the end of the data, where it would end behind that.
    """

    def __init__(self, data: Buffer | BinaryIO, start: int = 0, end: int | None = None) -> None:
        self._data, self._start = data, start
        there = len(data) if isinstance(data, bytes | bytearray | memoryview) else data.seek(0, 2)
        self.size = max(0, (there if end is None else min(end, there)) - start)

    def take(self, at: int, size: int) -> bytes:
        """The bytes at an offset; DecodeError when they are not all there."""
        if at < 0 or size < 0 or at + size > self.size:
            left = max(0, self.size - at)
            raise unreadable(f"{size} bytes wanted, {left} are left", at, "EXIF", "value")
        if isinstance(self._data, bytes | bytearray | memoryview):
            return bytes(take(self._data, self._start + at, size))
        self._data.seek(self._start + at)
        read = self._data.read(size)
        if len(read) < size:
            raise unreadable(f"{size} bytes wanted, {len(read)} came", at, "EXIF", "value")
        return read

    def number(self, at: int, size: int, order: Order) -> int:
        """A number of `size` bytes."""
        return int.from_bytes(self.take(at, size), order)

    def part(self, start: int, size: int | None = None) -> Source:
        """A stretch inside this one: `size` bytes from `start` on, or all that are left."""
        end = self.size if size is None else min(start + size, self.size)
        return Source(self._data, self._start + max(0, start), self._start + max(0, end))


def jpeg(source: Source, start: int, length: int) -> bytes:
    """A JPEG that lies in a file.

    Raises:
        DecodeError: it is none, or a part of it is missing.
    """
    if length > _LARGEST:
        raise unreadable(f"a thumbnail of {length} bytes", start, "EXIF", "thumbnail")
    here = max(0, min(length, source.size - start))
    if here < length:
        raise unreadable(
            f"it has a thumbnail of {length} bytes, and {here} of them are here",
            start,
            "EXIF",
            "thumbnail",
        )
    picture = source.take(start, length)
    if not picture.startswith(b"\xff\xd8"):
        raise unreadable("the thumbnail is not a JPEG", start, "EXIF", "thumbnail")
    return picture
