"""A folder that pictures are imported into: who works there, its index, and what lies in it."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

from canon.files import PartFile, flush_folder, numbered, sweep
from canon.work import index
from canon.work.index import WHOLE, Damaged, Disk, Index, Kept

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

_WORKSHOP = ".canon-remote-import"  # the folder of the lock, and of files that are not whole yet
_LOCK = "lock"
_PIECE = 1 << 20
_SIDE_FILES = ("-wal", "-journal", "-shm")


class Library:
    """The folder, for as long as a `with` block lasts; nobody else imports into it meanwhile.

    What a run that was killed has left half-done is removed. An index that is damaged is kept
    aside, and `damaged` says where.

    Args:
        folder: the folder, made where it is not there.
        look_only: whether to change nothing in it, nor make it.

    Attributes:
        folder: the folder.
        workshop: the folder for what has no name yet: `to` of a shot that is to be taken here.
        damaged: where the damaged index lies now; None when it was whole.

    Raises:
        ValueError: the folder is a file, or nothing can be written there.
        BlockingIOError: another import works there; the message says who.
    """

    def __init__(self, folder: str | Path, *, look_only: bool = False) -> None:
        self.folder = Path(folder)
        self.damaged: Path | None = None
        self._look_only = look_only
        self._lock: _Lock | None = None
        self.workshop = self.folder / _WORKSHOP
        self._sizes: dict[int, list[PurePosixPath]] | None = None
        self._hashes: dict[PurePosixPath, str] = {}
        self._changed: set[PurePosixPath] = set()  # folders whose names the disk may not have yet
        self._index: Index | None = None
        self._copy: TemporaryDirectory[str] | None = None

    @property
    def index(self) -> Index:
        """Its index."""
        assert self._index is not None  # noqa: S101  (only in the block)
        return self._index

    def __enter__(self) -> Self:
        if os.path.exists(self.folder) and not self.folder.is_dir():
            raise ValueError(f"{self.folder} is a file, not a folder; name another")
        if self._look_only:
            self._open_copy()
            return self
        try:
            self.workshop.mkdir(parents=True, exist_ok=True)
            self._lock = _Lock(self.workshop / _LOCK)
        except BlockingIOError:
            raise
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            why = error.strerror or str(error)
            raise ValueError(f"nothing can be written in {self.folder}: {why}") from error
        try:
            self._sweep()
            self._index = self._open(self.folder / index.NAME, self._lock.disk)
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._index is not None:
                self._index.close()
        finally:
            self._leave()

    def part(self, whole: Path | None = None) -> PartFile:
        """A file that has no name in the folder yet: a new one, or a whole one of the workshop."""
        return PartFile(self.workshop) if whole is None else PartFile.of(whole)

    def keep(self, part: PartFile, path: PurePosixPath, modified: datetime | None) -> None:
        """Give a file its name in the folder; `settle` is next.

        Args:
            part: the file.
            path: its name, below the folder.
            modified: its time, a local time.

        Raises:
            AlreadyThere: the name is taken.
        """
        target = self.place(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        part.keep(target, modified=modified, flush_name=False)
        self._changed.update(path.parents)

    def settle(self) -> None:
        """Let the disk have the names of files, and then the rows of the index that tell them.

        Without power, a row that is there has its file. A file that lacks its row is found by its
        bytes.
        """
        for folder in sorted(self._changed, reverse=True):  # what is below comes first
            flush_folder(self.place(folder))
        self._changed.clear()
        self.index.commit()

    def left(self) -> list[Path]:
        """Whole files in the workshop that a run that was killed has not named."""
        files = (file for file in self.workshop.iterdir() if file.name != _LOCK)
        return sorted(file for file in files if not file.name.startswith("."))

    def place(self, path: PurePosixPath) -> Path:
        """A path below the folder, as this computer has it."""
        return self.folder.joinpath(*path.parts)

    def find(self, sha256: str, size: int) -> Kept | None:
        """The file that has these bytes, wherever it lies; one that was moved is entered anew.

        Only files of that size are looked into.
        """
        gone = []
        for kept in self.index.by_sha256(sha256):
            if self.hash(kept.path, kept.size) == sha256:
                return kept
            gone.append(kept)
        for path in self._of_size(size):
            if not self.index.has(path) and self._hash_once(path, size) == sha256:
                for kept in gone:
                    if not self.place(kept.path).exists():
                        self.index.forget(kept.path)
                return self.kept(path, sha256)
        return None

    def kept(self, path: PurePosixPath, sha256: str, time: datetime | None = None) -> Kept:
        """The row of a file that is there; its own time, where none is given."""
        told = self.place(path).stat()
        return Kept(path, told.st_size, sha256, time or _moment(told.st_mtime))

    def hash(self, path: PurePosixPath, size: int) -> str:
        """The SHA-256 of a file as the disk has it now; empty where it is not of that size."""
        try:
            with self.place(path).open("rb") as file:
                if os.fstat(file.fileno()).st_size != size:
                    return ""
                return digest(file)
        except OSError:
            return ""

    def enter_all(self) -> int:
        """Enter every file of the folder into the index; returns how many."""
        count = 0
        for path, size in self._walk():
            if sha256 := self._hash_once(path, size):
                self.index.enter(self.kept(path, sha256))
                count += 1
        self.index.commit()
        return count

    def _of_size(self, size: int) -> list[PurePosixPath]:
        """The files of that size that were there when this was first asked."""
        if self._sizes is None:
            self._sizes = {}
            for path, found in self._walk():
                self._sizes.setdefault(found, []).append(path)
        return self._sizes.get(size, [])

    def _hash_once(self, path: PurePosixPath, size: int) -> str:
        if path not in self._hashes:
            self._hashes[path] = self.hash(path, size)
        return self._hashes[path]

    def _walk(self) -> Iterator[tuple[PurePosixPath, int]]:
        """The files of the folder but ours, with their sizes."""
        for above, folders, names in os.walk(self.folder):
            folders[:] = sorted(folder for folder in folders if folder != _WORKSHOP)
            below = PurePosixPath(Path(above).relative_to(self.folder).as_posix())
            for name in sorted(names):
                if name.startswith(".canon-remote"):
                    continue
                try:
                    (below / name).as_posix().encode()
                    size = os.stat(os.path.join(above, name)).st_size
                except (OSError, UnicodeEncodeError):
                    continue  # a link to nowhere, or a name that no index can hold
                if os.path.isfile(os.path.join(above, name)):
                    yield below / name, size

    def _open(self, file: Path, disk: Disk = WHOLE) -> Index:
        try:
            return Index(file, disk)
        except Damaged:
            aside = next(
                path
                for path in numbered(file.with_name(".canon-remote-damaged.sqlite"))
                if not path.exists()
            )
            file.replace(aside)
            for end in _SIDE_FILES:
                Path(f"{file}{end}").unlink(missing_ok=True)
            self.damaged = aside
            return Index(file, disk)

    def _open_copy(self) -> None:
        """Open a copy of the index, so that the folder stays as it is."""
        from tempfile import TemporaryDirectory

        file = self.folder / index.NAME
        self._copy = TemporaryDirectory()
        copy = Path(self._copy.name, index.NAME)
        for end in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{file}{end}", f"{copy}{end}")
        self._index = self._open(copy)
        if self.damaged:
            self.damaged = file

    def _sweep(self) -> None:
        """Remove what a run that was killed has left, where nobody else can be at work."""
        if self._lock and self._lock.disk.locks:
            sweep(self.workshop)

    def _leave(self) -> None:
        if self._copy is not None:
            self._copy.cleanup()
        if self._lock is None:
            return
        with suppress(OSError):
            self._sweep()
        self._lock.leave()
        with suppress(OSError):
            self.workshop.rmdir()


class _Lock:
    """A file that one process holds, and that says which; it lets go when it dies.

    Attributes:
        disk: what the disk can do.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        while True:
            path.parent.mkdir(exist_ok=True)
            try:
                self._file = path.open("a+", encoding="utf-8")
            except FileNotFoundError:
                continue  # somebody has just left
            self._file.seek(0)
            who = self._file.read(200).strip()
            try:
                locks = hold(self._file.fileno())
                if not locks and _is_at_work(who):
                    raise BlockingIOError
            except BlockingIOError:
                self._file.close()
                who = who or "another program"
                what = f"{who} imports into this folder; wait until it is through"
                raise BlockingIOError(errno.EAGAIN, what, str(path.parent.parent)) from None
            if self._is_the_one():
                break
            self._file.close()
        self._file.truncate(0)
        self._file.write(f"process {os.getpid()} on {socket.gethostname()}")
        self._file.flush()
        self.disk = Disk(locks, _flushes(self._file.fileno()))

    def leave(self) -> None:
        with suppress(OSError):
            self._path.unlink()
        self._file.close()
        if os.name == "nt":
            with suppress(OSError):
                self._path.unlink()

    def _is_the_one(self) -> bool:
        """Whether the file that is held still has its name."""
        try:
            return os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except OSError:
            return False


def _is_at_work(who: str) -> bool:
    """Whether a process that has written its lock is one of this computer, and goes on."""
    number, _, host = who.removeprefix("process ").partition(" on ")
    if os.name != "posix" or not number.isdecimal() or host != socket.gethostname():
        return False
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        pass  # it is somebody else's
    return True


def _flushes(file: int) -> bool:
    """Whether the disk of an open file knows how to flush it."""
    try:
        os.fsync(file)
    except OSError:
        return False
    return True


if sys.platform == "win32":

    def hold(file: int) -> bool:
        """Hold an open file alone until it is closed; False where its disk knows no locks.

        Raises:
            BlockingIOError: another has it.
        """
        import msvcrt

        os.lseek(file, 1 << 30, os.SEEK_SET)  # what is held cannot be read, so not who holds it
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EDEADLK):
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from error
            return False
        finally:
            os.lseek(file, 0, os.SEEK_SET)
        return True

else:

    def hold(file: int) -> bool:
        """Hold an open file alone until it is closed; False where its disk knows no locks.

        Raises:
            BlockingIOError: another has it.
        """
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:
            return False
        return True


def digest(file: BinaryIO) -> str:
    """The SHA-256 of what the disk has: what the system holds in memory is let go before."""
    from hashlib import sha256

    so_far = sha256()
    if hasattr(os, "posix_fadvise"):
        with suppress(OSError):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    while piece := file.read(_PIECE):
        so_far.update(piece)
    return so_far.hexdigest()


def _moment(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds))
    except (OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(0)
