"""The bytes of a recording, wherever they come from: a file or a pipe, compressed by gzip or not.

What is compressed is told by its first bytes, not by a name. It is unpacked while it is read and
never held whole; how much comes out is bounded, because a small file may unpack to a huge one.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

Where = str | os.PathLike[str] | BinaryIO
"""A file by its name, or an open stream of bytes (that of stdin, say)."""

_GZIP = b"\x1f\x8b"
_MOST = 4 << 30  # bytes that come out of a compressed recording


class Source:
    """A recording that is being read.

    Attributes:
        name: what errors call it.
        file: its bytes, unpacked.
    """

    def __init__(self, stream: io.BufferedReader, name: str) -> None:
        self.name = name
        self.file = stream
        self._unpacked: _Unpacked | None = None
        if self.file.peek(len(_GZIP))[: len(_GZIP)] == _GZIP:
            self._unpacked = _Unpacked(self.file)
            self.file = io.BufferedReader(self._unpacked, 1 << 16)

    @property
    def broken(self) -> str:
        """Why it ended too soon, once it has; empty when it did not."""
        return self._unpacked.broken if self._unpacked else ""


@contextmanager
def opened(where: Where) -> Iterator[Source]:
    """Open a recording; a stream is read from where it stands, and not closed."""
    if isinstance(where, str | os.PathLike):
        with Path(where).open("rb") as file:
            yield Source(file, os.fspath(where))
    elif isinstance(where, io.BufferedReader):
        yield Source(where, "the recording")
    else:
        buffered = io.BufferedReader(cast("io.RawIOBase", where))
        try:
            yield Source(cast("io.BufferedReader", buffered), "the recording")
        finally:
            if not where.closed:
                buffered.detach()


class _Unpacked(io.RawIOBase):
    """What comes out of a compressed stream, until it breaks off or is too much."""

    def __init__(self, packed: io.BufferedReader) -> None:
        self.broken = ""
        self._file = gzip.GzipFile(fileobj=packed)
        self._left = _MOST

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = b"" if self.broken else self._file.read1(min(len(buffer), self._left))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self.broken = f"the compressed recording is broken: {error}"
            return 0
        self._left -= len(data)
        if not self._left:
            self.broken = "it unpacks to more than 4 GiB; the rest was not read"
        buffer[: len(data)] = data
        return len(data)
