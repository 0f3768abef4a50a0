"""Files of this computer that are either whole or not there."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from canon.errors import AlreadyThere, CanonError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_PORTS = (f"{kind}{number}" for kind in ("COM", "LPT") for number in "0123456789¹²³")
_RESERVED = frozenset(("CON", "PRN", "AUX", "NUL", *_PORTS))
"""What Windows takes for a device, whatever suffix follows."""
_DATA_LOST = {getattr(errno, name, None) for name in ("EIO", "ENOSPC", "EDQUOT")}
_LONGEST_SUFFIX = 10
_LONGEST_KIND = 5  # letters of a suffix that tells what is in a file
_LONGEST = 200  # bytes of a name; no disk takes more than 255
_CONTROL = (*range(0x20), *range(0x7F, 0xA0))
_PART, _NOTE = ".part", ".at.part"
_PIECE = 1 << 20
_UNSAFE = dict.fromkeys((*_CONTROL, *map(ord, '<>:"/\\|?*')), "_")


def safe_name(name: str) -> str:
    """A file name that stays in its folder and can be written on every platform."""
    clean = name.translate(_UNSAFE)
    if len(clean.encode(errors="ignore")) > _LONGEST:
        stem, dot, suffix = clean.rpartition(".")
        end = dot + suffix if stem and len(suffix) < _LONGEST_SUFFIX else ""
        room = _LONGEST - len(end.encode(errors="ignore"))
        clean = clean.encode(errors="ignore")[:room].decode(errors="ignore") + end
    safe = clean.encode(errors="ignore").decode().rstrip(". ")
    return "_" + safe if not safe or is_reserved(safe) else safe


def is_reserved(name: str) -> bool:
    """Whether Windows takes a name for a device, whatever suffix follows."""
    return name.partition(".")[0].rstrip(" ").upper() in _RESERVED


def target_path(to: str | Path, name: str) -> Path:
    """Where a file of that name goes: `to` itself, or inside `to` when that is a folder."""
    target = Path(to)
    if target.is_dir() or str(to).endswith(("/", os.sep)):
        return target / safe_name(name)
    return target


class PartFile:
    """A file under a temporary name, until it is kept under its own or discarded.

    Args:
        folder: where it is written; its final name is in the same one.
        spills: whether writing never fails: what the disk does not take is held in memory, and
            `keep` says why.

    Attributes:
        file: to write to, and to read from.
    """

    def __init__(self, folder: Path, *, spills: bool = False) -> None:
        self._path = folder / f".canon-remote-{os.urandom(8).hex()}{_PART}"
        self._is_safe = False  # it is on the disk already
        self._spilling: _Spilling | None = None
        with _about(folder):
            if spills:
                self._spilling = _Spilling(self._path, "x+b")
                self.file: BinaryIO = io.BufferedRandom(self._spilling)
            else:
                self.file = self._path.open("x+b")

    @classmethod
    def of(cls, path: Path) -> PartFile:
        """A file that was kept already, to be kept under another name or discarded.

        Where the disk can give it two names, it has the old one too until it is discarded.
        """
        part = cls.__new__(cls)
        part._path, part.file, part._spilling = path, path.open("r+b"), None
        part._is_safe = True
        return part

    def begin_flush(self) -> None:
        """Let the system write it to the disk meanwhile: `keep` waits the less for it."""
        with _about(self._path.parent):
            self.file.flush()
        if hasattr(os, "posix_fadvise"):
            with suppress(OSError):
                os.posix_fadvise(self.file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def keep(
        self,
        target: Path,
        *,
        overwrite: bool = False,
        modified: datetime | None = None,
        flush_name: bool = True,
    ) -> None:
        """Flush it to the disk, and give it its name.

        That a file system does not let a file have its time is no failure: its data are safe.

        Args:
            target: its path.
            overwrite: whether a file that is there already may be replaced.
            modified: its time, a local time.
            flush_name: whether its name is flushed too; else `flush_folder` is to do it.

        Raises:
            AlreadyThere: the file is there already; the part is still there.
        """
        with _about(target):
            if not self.file.closed:
                self.file.flush()
                if self._spilling and self._spilling.error:
                    raise self._spilling.error
                if not self._is_safe:
                    _to_disk(self.file.fileno())
                self.file.close()
        if modified is not None:
            with suppress(OverflowError, OSError, ValueError):
                os.utime(self._path, (modified.timestamp(), modified.timestamp()))
        with _about(target):
            _put_in_place(self._path, target, overwrite=overwrite, stays=self._is_safe)
        if flush_name:
            flush_folder(target.parent)

    def read(self) -> bytes:
        """All its bytes, also after `keep` has failed."""
        if self.file.closed:
            return self._path.read_bytes()
        self.file.seek(0)
        return self.file.read()

    def discard(self) -> None:
        """Remove what was not kept."""
        with suppress(OSError):
            self.file.close()
        _remove(self._path)


class _Spilling(io.FileIO):
    """A file that goes on in memory when the disk takes no more; `error` says why."""

    error: OSError | None = None
    _memory: io.BytesIO | None = None

    def write(self, data: ReadableBuffer, /) -> int:
        """Write to the disk, or to memory."""
        if self._memory is None:
            try:
                return super().write(data)
            except OSError as error:
                at = super().tell()
                super().seek(0)
                self.error, self._memory = error, io.BytesIO(super().readall())
                self._memory.seek(at)
        return self._memory.write(data)

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read what was written, wherever it is."""
        if self._memory is None:
            return super().readinto(buffer)
        return self._memory.readinto(buffer)

    def readall(self) -> bytes:
        """Read all that is left of it."""
        return super().readall() if self._memory is None else self._memory.read()

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place, wherever it is."""
        if self._memory is None:
            return super().seek(offset, whence)
        return self._memory.seek(offset, whence)

    def tell(self) -> int:
        """The place where the next byte is written."""
        return super().tell() if self._memory is None else self._memory.tell()


@contextmanager
def new_file(
    target: Path, *, overwrite: bool = False, modified: datetime | None = None
) -> Iterator[BinaryIO]:
    """A file to write; it gets its name when the block has ended well, and is gone when not.

    It is written under a temporary name beside its target, flushed to the disk, and renamed.

    Args:
        target: the file's path.
        overwrite: whether a file that is there already may be replaced.
        modified: its time, a local time.

    Raises:
        AlreadyThere: the file is there already.
    """
    check_free(target, overwrite=overwrite)
    with _about(target):
        part = PartFile(target.parent)
    try:
        with _about(target):
            yield part.file
        part.keep(target, overwrite=overwrite, modified=modified)
    finally:
        part.discard()


def check_free(target: Path, *, overwrite: bool) -> None:
    """AlreadyThere when a file cannot be written there."""
    if target.exists() and not overwrite:
        raise AlreadyThere(f"{target} is there already", "choose another name or overwrite it")
    if target.exists() and not target.is_file():
        raise AlreadyThere(f"{target} is no file", "choose another name")  # /dev/null stays


def beside(path: Path, suffix: str) -> Path:
    """A path with another suffix: cat.THM for cat.jpg, and 2024.01.15.THM for 2024.01.15."""
    old = path.suffix[1:]
    is_kind = old.isascii() and old.isalnum() and old[0].isalpha() and len(old) <= _LONGEST_KIND
    stem = path.stem if is_kind else path.name
    return path.with_name(safe_name(stem + suffix))


def numbered(path: Path) -> Iterator[Path]:
    """A path, then those to try when it is taken: IMG_0001.JPG, then IMG_0001_2.JPG."""
    yield path
    for number in range(2, 10_000):
        yield path.with_name(f"{path.stem}_{number}{path.suffix}")


@contextmanager
def _about(target: Path) -> Iterator[None]:
    """Let an error of the system name the file that is wanted, not the temporary one or none."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and not isinstance(error, CanonError):
            error.filename = str(target)
        raise


def _put_in_place(part: Path, target: Path, *, overwrite: bool, stays: bool = False) -> None:
    """Give a finished file its name; no half of it is ever seen under that name.

    Args:
        part: the file.
        target: its name.
        overwrite: whether a file that is there already may be replaced.
        stays: whether its old name may stay.
    """
    if not overwrite:
        try:
            os.link(part, target)
        except OSError:
            if target.exists():
                raise _appeared(target) from None
        else:
            if not stays:
                _remove(part)
            return
    try:
        if overwrite:
            part.replace(target)
        else:
            part.rename(target)  # a file system without hard links
    except OSError as error:
        if error.errno != errno.EXDEV or part.parent == target.parent:
            raise
        _copy_across(part, target, overwrite=overwrite)


def _remove(part: Path) -> None:
    """Remove a temporary file; where the disk lets nothing be removed, it stays."""
    with suppress(OSError):
        part.unlink()


def flush_folder(folder: Path) -> None:
    """Wait until the names of a folder's files are on the disk, where the system can do that."""
    if os.name == "posix":
        with suppress(OSError):
            opened = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)


def _copy_across(part: Path, target: Path, *, overwrite: bool) -> None:
    """Give a file its name where that is on another disk than the part.

    The copy has a temporary name there until it is whole; a note beside the part says where, so
    that `sweep` finds it when this program is killed meanwhile.
    """
    import shutil

    name = f".canon-remote-{os.urandom(8).hex()}"
    copy, note = target.parent / f"{name}{_PART}", part.parent / f"{name}{_NOTE}"
    note.write_text(str(copy.absolute()), encoding="utf-8")
    try:
        with part.open("rb") as source, copy.open("xb") as file:
            shutil.copyfileobj(source, file, _PIECE)
            file.flush()
            _to_disk(file.fileno())
        with suppress(OSError):
            shutil.copystat(part, copy)
        _put_in_place(copy, target, overwrite=overwrite)
    finally:
        _remove(copy)
        _remove(note)
    _remove(part)


def sweep(folder: Path) -> None:
    """Remove the temporary files that a program that was killed has left there."""
    for note in folder.glob(f"*{_NOTE}"):
        copy = Path(note.read_text(encoding="utf-8"))
        if copy.name == f"{note.name.removesuffix(_NOTE)}{_PART}":  # else it was not all written
            copy.unlink(missing_ok=True)
    for part in folder.glob(f"*{_PART}"):
        part.unlink(missing_ok=True)


def _to_disk(file: int) -> None:
    """Wait until the data are on the disk; a file system that cannot say so is no failure."""
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno in _DATA_LOST:
            raise


def _appeared(target: Path) -> AlreadyThere:
    return AlreadyThere(f"{target} appeared meanwhile and was left alone", "choose another name")
