"""A file of the card of which only what is read is fetched."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from canon.driver import Driver
from canon.driver.card import SIZE_UNTOLD, Entry

_LONGEST = 1 << 44


class CardFile(io.RawIOBase):
    """The bytes of a file on the card, where the protocol can read parts of it.

    Args:
        verbs: the driver, as long as the camera is open.
        entry: the file.
    """

    def __init__(self, verbs: Callable[[], Driver], entry: Entry) -> None:
        self.name = str(entry.path)
        self._verbs = verbs
        self._entry = entry
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go somewhere else; nothing is fetched."""
        if whence == io.SEEK_END and self._entry.size == SIZE_UNTOLD:
            raise io.UnsupportedOperation("the camera does not tell how long the file is")
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._entry.size}[whence]
        if start + offset < 0:
            raise ValueError(f"{start + offset} is before the start of the file")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fetch as much as fits in there, or as is left."""
        room = memoryview(buffer).cast("B")
        data = self._fetch(len(room))
        room[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        """Fetch what is left."""
        return bytes(self._fetch(_LONGEST))

    def _fetch(self, size: int) -> bytearray:
        data = bytearray()
        if self._entry.size != SIZE_UNTOLD:
            size = min(size, self._entry.size - self._at)
        if size > 0:
            self._verbs().read_range(self._entry, self._at, size, data.extend)
        self._at += len(data)
        return data
