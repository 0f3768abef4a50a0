"""The bytes of a card's files for whoever reads them here and there.

Where the camera gives parts of a file, what is read is fetched, in blocks that a few of are kept.
Elsewhere a file is fetched as a whole into a file of this computer, in a thread: a read waits only
until its bytes have come, and a transfer ends early when nobody has the file open any more.
"""

from __future__ import annotations

import errno
import os
import tempfile
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Protocol

from canon.driver.card import Entry, Sink
from canon.errors import CanonError
from canon.log import Log

_log = Log(__name__)

_BLOCK = 256 << 10
_AHEAD = 4
"""Blocks that are fetched at once where a file is read from its start on."""
_KEPT = 16
"""Blocks of one open file that are kept."""
_MOST_COPIES = 256
"""Each is an open file, and a process may have about a thousand."""
_LEFT = 4 << 20
"""So many bytes are left to come: the camera sends them in the time in which a stop is cleared up,
and whoever looks into a picture often opens it once more."""

RangeReader = Callable[[Entry, int, int], bytes]
"""Reads so many bytes of a file from an offset on."""
Streamer = Callable[[Entry, Sink], object]
"""Gives all bytes of a file to a sink."""


class Source(Protocol):
    """The bytes of a file that is open."""

    def read(self, offset: int, size: int) -> bytes:
        """Some of them; fewer where the file ends."""
        ...

    def close(self) -> None:
        """It is not read any more."""
        ...


class Ranges:
    """A file that the camera gives parts of.

    Args:
        entry: the file.
        read_range: reads a part.
    """

    def __init__(self, entry: Entry, read_range: RangeReader) -> None:
        self._entry, self._read_range = entry, read_range
        self._guard = threading.Lock()
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def read(self, offset: int, size: int) -> bytes:
        """Some bytes, fetched where they are not among the last blocks."""
        end = min(offset + size, self._entry.size)
        if end <= offset:
            return b""
        first, last = offset // _BLOCK, (end - 1) // _BLOCK
        with self._guard:
            data = b"".join(self._block(number) for number in range(first, last + 1))
        return data[offset - first * _BLOCK : end - first * _BLOCK]

    def close(self) -> None:
        """Forget the blocks."""
        self._blocks.clear()

    def _block(self, number: int) -> bytes:
        block = self._blocks.get(number)
        if block is None:
            count = _AHEAD if number - 1 in self._blocks else 1
            data = memoryview(self._read_range(self._entry, number * _BLOCK, count * _BLOCK))
            for at in range(count):
                self._blocks[number + at] = bytes(data[at * _BLOCK : (at + 1) * _BLOCK])
            while len(self._blocks) > _KEPT:
                self._blocks.popitem(last=False)
            block = self._blocks[number]
        return block


class _Stopped(Exception):
    """A transfer that nobody wants any more."""


class Copies:
    """Copies of whole files on the disk; what was not read for the longest time makes room.

    They have no names there: nothing is left of them, however the program ends.

    Args:
        stream: fetches a file.
        room: the most bytes that they may take.

    Attributes:
        changed: held while anything here changes; tells who waits that it did.
        is_closed: whether all is over.
    """

    def __init__(self, stream: Streamer, room: int) -> None:
        self._stream, self._room = stream, room
        self.changed = threading.Condition()
        self._copies: OrderedDict[str, _Copy] = OrderedDict()
        self._wanted: deque[_Copy] = deque()
        self._thread: threading.Thread | None = None
        self.is_closed = False

    def open(self, entry: Entry) -> Source:
        """A file to read; its transfer begins with the first read.

        Raises:
            OSError: there is no room for it.
        """
        key = _key(entry)
        with self.changed:
            copy = self._copies.get(key)
            if copy is None or copy.entry != entry or copy.error is not None:
                self._drop(key)
                self._make_room(entry)
                copy = self._copies[key] = _Copy(self, entry)
            self._copies.move_to_end(key)
            copy.users += 1
        return copy

    def close(self) -> None:
        """End: transfers are stopped, and reads that wait fail."""
        with self.changed:
            self.is_closed = True
            self.changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        for copy in self._copies.values():
            copy.file.close()

    def _make_room(self, entry: Entry) -> None:
        if entry.size > self._room:
            _log.warning(
                "%s has %d bytes, and the cache has room for %d; give it more with --cache",
                entry.path,
                entry.size,
                self._room,
            )
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        taken = sum(copy.entry.size for copy in self._copies.values())
        for key, copy in [*self._copies.items()]:
            if taken + entry.size <= self._room and len(self._copies) < _MOST_COPIES:
                return
            if not copy.users:
                self._drop(key)
                taken -= copy.entry.size
        if taken + entry.size > self._room:
            _log.warning("the cache is full of files that are open; give it more with --cache")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _drop(self, key: str) -> None:
        copy = self._copies.pop(key, None)
        if copy is not None and not copy.users:
            copy.stop()

    def has(self, copy: _Copy) -> bool:
        """Whether the next who opens that file gets this copy."""
        return self._copies.get(_key(copy.entry)) is copy

    def forget(self, copy: _Copy) -> None:
        """Let the next who opens that file get another one."""
        if self.has(copy):
            del self._copies[_key(copy.entry)]

    def begin(self, copy: _Copy) -> None:
        """Have a file fetched after those that wait already."""
        self._wanted.append(copy)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="transfers", daemon=True)
            self._thread.start()
        self.changed.notify_all()

    def _run(self) -> None:
        while (copy := self._next()) is not None:
            error: Exception | None = None
            try:
                self._stream(copy.entry, copy.take)
            except _Stopped:
                _log.info("%s is fetched no more: nobody has it open", copy.entry.path)
            except (CanonError, OSError) as what:
                error = what
            with self.changed:
                copy.is_coming = False
                if error is not None:
                    copy.error = error
                if copy.is_stopped:
                    copy.file.close()
                self.changed.notify_all()

    def _next(self) -> _Copy | None:
        with self.changed:
            while not self.is_closed:
                while self._wanted:
                    copy = self._wanted.popleft()
                    if copy.users and not copy.is_stopped:
                        return copy
                    copy.is_coming = False
                    if copy.is_stopped:
                        copy.file.close()
                self.changed.wait()
        return None


class _Copy:
    """One file, as far as it has come.

    Attributes:
        entry: the file.
        file: its copy.
        users: how many have it open.
        error: what its transfer failed with.
        is_coming: whether it is fetched, or waits for that.
        is_stopped: whether nobody will ever read it again.
    """

    def __init__(self, copies: Copies, entry: Entry) -> None:
        self.entry, self.file = entry, nameless_file()
        self.users = 0
        self.error: Exception | None = None
        self.is_coming = self.is_stopped = False
        self._copies, self._changed = copies, copies.changed
        self._done = 0

    def read(self, offset: int, size: int) -> bytes:
        """Some bytes, as soon as they have come."""
        end = min(offset + size, self.entry.size)
        if end <= offset:
            return b""
        with self._changed:
            while self._done < end:
                if self.error is not None:
                    raise self.error
                if self._copies.is_closed or self.is_stopped:
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
                if not self.is_coming:
                    self.is_coming = True
                    self._copies.begin(self)
                self._changed.wait()
        return os.pread(self.file.fileno(), end - offset, offset)

    def close(self) -> None:
        """One fewer has it open; what has come stays for the next, unless it is being stopped."""
        with self._changed:
            self.users -= 1
            if not self.users and not self._copies.has(self):
                self.stop()

    def take(self, piece: memoryview) -> None:
        """Take what comes; stops the transfer when nobody wants the rest."""
        with self._changed:
            left = self.entry.size - self._done
            if self._copies.is_closed or (not self.users and left > _LEFT):
                self._copies.forget(self)
                self.is_stopped = True
            if self.is_stopped:
                raise _Stopped
        at = 0
        while at < len(piece):
            at += os.pwrite(self.file.fileno(), piece[at:], self._done + at)
        with self._changed:
            self._done += len(piece)
            self._changed.notify_all()

    def stop(self) -> None:
        """Nobody will read it again; its bytes go now, or when its transfer has ended."""
        self.is_stopped = True
        if not self.is_coming:
            self.file.close()


def _key(entry: Entry) -> str:
    return str(entry.path).upper()


def nameless_file() -> BinaryIO:
    """A new file that has no name, so that it is gone with the program, in the user's cache."""
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "canon-remote"
        folder.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryFile(dir=folder, buffering=0)
    except (OSError, RuntimeError):  # no home
        return tempfile.TemporaryFile(buffering=0)
