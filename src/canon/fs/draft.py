"""A file that somebody writes: one of this computer until it goes onto the card as a whole."""

from __future__ import annotations

import os
import threading
from datetime import datetime

from canon.driver.card import CardPath, Entry
from canon.fs.cache import nameless_file


class Draft:
    """What has been written of a file.

    Args:
        place: where it goes on the card.
        replaces: whether there is such a file already.

    Attributes:
        lock: held while it goes onto the card.
        is_dirty: whether the card does not have it as it is.
    """

    def __init__(self, place: CardPath, *, replaces: bool) -> None:
        self.place, self.replaces = place, replaces
        self._users = 1
        self.lock = threading.RLock()
        self.is_dirty = True
        self._file = nameless_file()

    @property
    def name(self) -> str:
        """The name that this process can open it by."""
        return f"/dev/fd/{self._file.fileno()}"

    def join(self) -> Draft:
        """One more has it open."""
        self._users += 1
        return self

    def leave(self) -> None:
        """One fewer has it open."""
        self._users -= 1

    @property
    def is_open(self) -> bool:
        """Whether anybody has it open."""
        return self._users > 0

    def entry(self) -> Entry:
        """What a listing says of it."""
        status = os.fstat(self._file.fileno())
        moment = datetime.fromtimestamp(int(status.st_mtime))
        return Entry(self.place, status.st_size, moment, new=True)

    def read(self, offset: int, size: int) -> bytes:
        """Some of its bytes."""
        return os.pread(self._file.fileno(), size, offset)

    def write(self, offset: int, data: bytes | memoryview) -> int:
        """Write some bytes; returns how many."""
        with self.lock:
            self.is_dirty = True
            at = 0
            while at < len(data):
                at += os.pwrite(self._file.fileno(), data[at:], offset + at)
        return at

    def truncate(self, size: int) -> None:
        """Let it have so many bytes."""
        with self.lock:
            self.is_dirty = True
            os.ftruncate(self._file.fileno(), size)

    def set_time(self, nanoseconds: int) -> None:
        """Let it have a time; as a file of the card it keeps that."""
        with self.lock:
            os.utime(self._file.fileno(), ns=(nanoseconds, nanoseconds))

    def close(self) -> None:
        """Forget it."""
        self._file.close()
