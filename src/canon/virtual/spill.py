"""Bytes of a virtual card that are kept on the disk, so that a long series does not fill memory.

They lie in one temporary file without a name, which the system takes away with the camera, however
the program ends.
"""

from __future__ import annotations

import weakref
from typing import BinaryIO


class Spill:
    """One temporary file, and which parts of it are in use."""

    def __init__(self) -> None:
        from tempfile import TemporaryFile

        self._file: BinaryIO = TemporaryFile()  # noqa: SIM115  (it lives as long as this)
        self._end = 0
        self._holes: list[tuple[int, int]] = []  # offset and size of what was given back
        weakref.finalize(self, self._file.close)

    def keep(self, data: bytes) -> Spilled:
        """Put bytes on the disk, where others were before if they fit there."""
        for at, (offset, size) in enumerate(self._holes):
            if size >= len(data):
                rest = offset + len(data), size - len(data)
                self._holes[at : at + 1] = [rest] if rest[1] else []
                break
        else:
            offset, self._end = self._end, self._end + len(data)
        self._write(offset, data)
        return Spilled(self, offset, len(data))

    def more(self, spilled: Spilled, data: bytes) -> Spilled:
        """The bytes with others behind them."""
        if spilled.offset + spilled.size != self._end:
            return self.keep(spilled.part(0, spilled.size) + data)
        self._write(self._end, data)
        self._end += len(data)
        spilled.size += len(data)
        return spilled

    def read(self, offset: int, size: int) -> bytes:
        """Bytes from a place of the file."""
        self._file.seek(offset)
        return self._file.read(size)

    def give_back(self, offset: int, size: int) -> None:
        """Let others use a place."""
        if offset + size == self._end:
            self._end = offset
        else:
            self._holes.append((offset, size))

    def _write(self, offset: int, data: bytes) -> None:
        self._file.seek(offset)
        self._file.write(data)


class Spilled:
    """Bytes on the disk; their place is free again when nobody holds this any more.

    Attributes:
        offset: where they begin in the file.
        size: how many they are.
    """

    def __init__(self, spill: Spill, offset: int, size: int) -> None:
        self._spill = spill
        self.offset = offset
        self.size = size

    def part(self, start: int, size: int) -> bytes:
        """Up to `size` of them from `start` on."""
        return self._spill.read(self.offset + start, min(size, max(0, self.size - start)))

    def __del__(self) -> None:
        self._spill.give_back(self.offset, self.size)
