"""The bytes of a recording, wherever they come from: a file or a pipe, compressed or not.

What is compressed is told by its first bytes, not by a name. It is unpacked while it is read and
never held whole; how much comes out is bounded, because a small file may unpack to a huge one.
"""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

Where = str | os.PathLike[str] | BinaryIO
"""A file by its name, or an open stream of bytes (that of stdin, say)."""

_GZIP, _ZIP = b"\x1f\x8b", b"PK\3\4"
_OTHERS = {
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\x04\x22\x4d\x18": "lz4",
    b"7z\xbc\xaf": "7z",
}
_ASIDE = "__MACOSX/"  # where macOS puts what it knows of a file, beside it
_ZIP_WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
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
        if packed := _packed(self.file, name):
            self._unpacked = _Unpacked(packed)
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


def _packed(file: io.BufferedReader, name: str) -> gzip.GzipFile | zipfile.ZipExtFile | None:
    """What unpacks it; None where it is not compressed.

    Raises:
        ValueError: it is compressed in a way that is not read here.
    """
    head = file.peek(6)[:6]
    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=file)
    if head.startswith(_ZIP):
        return _only_file(file, name)
    for magic, way in _OTHERS.items():
        if head.startswith(magic):
            raise ValueError(f"{name} is compressed by {way}; unpack it first")
    return None


def _only_file(file: io.BufferedReader, name: str) -> zipfile.ZipExtFile:
    """The one file in a zip archive."""
    try:
        archive = zipfile.ZipFile(file)
        files = [
            one
            for one in archive.infolist()
            if not one.is_dir() and not one.filename.startswith(_ASIDE)
        ]
        if len(files) == 1 and files[0].compress_type in _ZIP_WAYS and not files[0].flag_bits & 1:
            return cast("zipfile.ZipExtFile", archive.open(files[0]))
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"{name} is a zip archive that cannot be read: {error}") from None
    what = (
        "one, but encrypted or packed in a rare way" if len(files) == 1 else f"{len(files)} files"
    )
    raise ValueError(
        f"{name} is a zip archive, and not of one plain file ({what}); unpack it first"
    )


class _Unpacked(io.RawIOBase):
    """What comes out of a compressed stream, until it breaks off or is too much."""

    def __init__(self, file: gzip.GzipFile | zipfile.ZipExtFile) -> None:
        self.broken = ""
        self._file = file
        self._left = _MOST

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = b"" if self.broken else self._file.read1(min(len(buffer), self._left))
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
            self.broken = f"the compressed recording is broken: {error}"
            return 0
        self._left -= len(data)
        if not self._left:
            self.broken = "it unpacks to more than 4 GiB; the rest was not read"
        buffer[: len(data)] = data
        return len(data)
