"""What was imported into a folder, and from which camera: an SQLite file at its top.

Three tables that anybody may read by `sqlite3`: `seen` has each file of a card that was dealt with,
`files` each file of the folder that is known by its SHA-256. It follows the disk, and can be made
again from it.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from canon.frozen import Frozen

if TYPE_CHECKING:
    from canon.driver.card import Entry

NAME = ".canon-remote.sqlite"
"""The file's name, at the top of the folder."""

_VERSION = 1
_APPLICATION = 0x43524D49  # what `file` can tell it by
_TABLES = """
CREATE TABLE seen (
    camera TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, time TEXT NOT NULL,
    sha256 TEXT NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (camera, path, size, time)
) WITHOUT ROWID;
CREATE TABLE files (
    path TEXT PRIMARY KEY, sha256 TEXT NOT NULL, size INTEGER NOT NULL, time TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX files_by_sha256 ON files (sha256);
"""


class Damaged(OSError):
    """The file is no index, or not any more."""

    def __init__(self, file: Path) -> None:
        what = "the index is damaged; the next import makes it anew from the files"
        super().__init__(errno.EIO, what, str(file))


class Disk(Frozen):
    """What the disk of the file can do; shares and old file systems cannot do all.

    Attributes:
        locks: whether it can lock a file.
        flushes: whether it can be told to have a file for good.
    """

    locks: bool = True
    flushes: bool = True


WHOLE = Disk()
"""A disk that can do all."""


class Kept(Frozen):
    """A row of `files`.

    Attributes:
        path: the file, below the folder.
        size: its bytes.
        sha256: of them.
        time: when it was taken, or its own time.
    """

    path: PurePosixPath
    size: int
    sha256: str
    time: datetime


class Index:
    """The index of a folder, open.

    Args:
        file: its file, made where there is none.
        disk: what its disk can do.

    Raises:
        Damaged: the file cannot be read as an index.
        OSError: it cannot be opened at all.
        ValueError: a newer version of canon-remote has written it.
    """

    def __init__(self, file: Path, disk: Disk = WHOLE) -> None:
        import sqlite3

        self._file = file
        address = file if disk.locks else f"{file.absolute().as_uri()}?nolock=1"
        with self._translated():
            self._rows = sqlite3.connect(address, isolation_level=None, uri=not disk.locks)
        try:
            with self._translated():
                self._open(disk)
        except BaseException:
            self._rows.close()
            raise

    def _open(self, disk: Disk) -> None:
        run = self._rows.execute
        if not disk.flushes:
            run("PRAGMA synchronous = OFF")
        run("PRAGMA locking_mode = EXCLUSIVE")  # no shared memory: it works on a network's disk
        if run("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise Damaged(self._file)
        (version,) = run("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise ValueError(f"{self._file} was written by a newer canon-remote; use that one")
        if not version:
            self._rows.executescript(
                f"BEGIN; {_TABLES} PRAGMA application_id = {_APPLICATION};"
                f"PRAGMA user_version = {_VERSION}; COMMIT;"
            )
        run("SELECT camera, path, size, time, sha256, seq FROM seen LIMIT 1").fetchall()
        run("SELECT path, sha256, size, time FROM files LIMIT 1").fetchall()
        run("PRAGMA journal_mode = WAL")
        if disk.flushes:
            run("PRAGMA synchronous = NORMAL")  # what is lost with the power, the disk still tells

    def close(self) -> None:
        """Write all into the one file, and close it."""
        try:
            with self._translated():
                self._rows.rollback()  # it was not committed, so nobody counts on it
                self._rows.execute("PRAGMA journal_mode = DELETE")
        finally:
            self._rows.close()

    def seen(self, camera: str, entry: Entry) -> tuple[str, int] | None:
        """SHA-256 and number of a file that came from a camera; None of one that never did."""
        query = "SELECT sha256, seq FROM seen WHERE camera=? AND path=? AND size=? AND time=?"
        with self._translated():
            row = self._rows.execute(query, (camera, *key(entry))).fetchone()
        return None if row is None else (row[0], row[1])

    def last_number(self) -> int:
        """The highest number that a picture has."""
        with self._translated():
            (number,) = self._rows.execute("SELECT max(seq) FROM seen").fetchone()
        return number or 0

    def by_sha256(self, sha256: str) -> list[Kept]:
        """The files of the folder that had these bytes when they were entered."""
        query = "SELECT path, size, sha256, time FROM files WHERE sha256 = ? ORDER BY path"
        with self._translated():
            rows = self._rows.execute(query, (sha256,)).fetchall()
        return [
            Kept(PurePosixPath(path), size, found, datetime.fromisoformat(time))
            for path, size, found, time in rows
        ]

    def paths(self, sha256: str) -> list[str]:
        """Where these bytes were when they were entered, below the folder."""
        query = "SELECT path FROM files WHERE sha256 = ? ORDER BY path"
        with self._translated():
            return [path for (path,) in self._rows.execute(query, (sha256,))]

    def has(self, path: PurePosixPath) -> bool:
        """Whether a file of the folder is entered."""
        query = "SELECT 1 FROM files WHERE path = ?"
        with self._translated():
            return self._rows.execute(query, (str(path),)).fetchone() is not None

    def enter(
        self,
        file: Kept | None,
        camera: str = "",
        entry: Entry | None = None,
        sha256: str = "",
        number: int = 0,
    ) -> None:
        """Enter a file of the folder, and that a file of a card was dealt with; commit is next."""
        with self._translated():
            if not self._rows.in_transaction:
                self._rows.execute("BEGIN")
            if file is not None:
                row = (str(file.path), file.sha256, file.size, file.time.isoformat())
                self._rows.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", row)
            if entry is not None:
                seen = (camera, *key(entry), sha256, number)
                self._rows.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?, ?)", seen)

    def commit(self) -> None:
        """Let the file have what was entered: all of it, or none when this program is killed."""
        with self._translated():
            self._rows.commit()

    def forget(self, path: PurePosixPath) -> None:
        """Take out a file that is not there any more."""
        with self._translated():
            self._rows.execute("DELETE FROM files WHERE path = ?", (str(path),))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Let errors of SQLite be those of the file: damaged, or what the system would say."""
        import sqlite3

        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CANTOPEN_ISDIR):
                raise Damaged(self._file) from error  # it lacks a table or a column
            code = errno.ENOSPC if error.sqlite_errorcode == sqlite3.SQLITE_FULL else errno.EIO
            raise OSError(code, f"the index cannot be used: {error}", str(self._file)) from error
        except sqlite3.DatabaseError as error:
            raise Damaged(self._file) from error


def key(entry: Entry) -> tuple[str, int, str]:
    """What a file of a card is known by: its path, its size and its time."""
    time = entry.modified.isoformat() if entry.modified else ""
    return str(entry.path).upper(), entry.size, time
