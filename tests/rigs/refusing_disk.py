"""A disk that refuses some calls, as shares and sticks do: a folder, shown elsewhere through FUSE.

Run as a program: python refusing_disk.py FOLDER WHERE CALL=ERRNO…; it ends when it is unmounted.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

CALLS = ("chmod", "utimens", "link", "unlink", "fsync", "fsyncdir", "flock", "lock")
"""What it may refuse."""


@contextmanager
def refusing_disk(folder: Path, where: Path, refused: dict[str, int]) -> Iterator[Path]:
    """Show a folder as such a disk while a block lasts.

    Args:
        folder: what has the files.
        where: an empty folder, where they are shown.
        refused: the error of each call that is refused.
    """
    words = [f"{call}={code}" for call, code in refused.items()]
    with subprocess.Popen(
        [sys.executable, __file__, str(folder), str(where), *words], stdout=subprocess.PIPE
    ) as disk:
        assert disk.stdout
        assert disk.stdout.readline() == b"ready\n"
        try:
            yield where
        finally:
            subprocess.run(["umount", "-l", str(where)], check=True)
            disk.terminate()  # a file that is still open would keep it


def main(folder: str, where: str, *words: str) -> None:
    """Show a folder until it is unmounted."""
    import mfusepy

    refused = {call: int(code) for call, code in (word.split("=") for word in words)}
    assert set(refused) <= set(CALLS)

    class Disk(mfusepy.Operations):  # type: ignore[misc]
        use_ns = True

        def init(self, path: str) -> None:
            os.write(1, b"ready\n")

        def _at(self, path: str) -> str:
            return folder + path

        def access(self, path: str, amode: int) -> int:
            return 0 if os.access(self._at(path), amode) else -errno.EACCES

        def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
            told = os.lstat(self._at(path))
            names = ("st_mode", "st_nlink", "st_size", "st_uid", "st_gid", "st_ino")
            times = {f"st_{one}time": getattr(told, f"st_{one}time_ns") for one in "amc"}
            return {name: getattr(told, name) for name in names} | times

        def readdir(self, path: str, fh: int) -> list[str]:
            return [".", "..", *os.listdir(self._at(path))]

        def mkdir(self, path: str, mode: int) -> int:
            os.mkdir(self._at(path), mode)
            return 0

        def rmdir(self, path: str) -> int:
            os.rmdir(self._at(path))
            return 0

        def create(self, path: str, mode: int, fi: Any = None) -> int:
            return os.open(self._at(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

        def open(self, path: str, flags: int) -> int:
            return os.open(self._at(path), flags & ~os.O_APPEND)

        def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
            return os.pread(fh, size, offset)

        def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
            return os.pwrite(fh, data, offset)

        def truncate(self, path: str, length: int, fh: int | None = None) -> int:
            os.truncate(self._at(path), length)
            return 0

        def release(self, path: str, fh: int) -> int:
            os.close(fh)
            return 0

        def statfs(self, path: str) -> dict[str, Any]:
            told = os.statvfs(self._at(path))
            names = ("f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail", "f_namemax")
            return {name: getattr(told, name) for name in names}

        def unlink(self, path: str) -> int:
            os.unlink(self._at(path))
            return 0

        def rename(self, old: str, new: str) -> int:
            os.rename(self._at(old), self._at(new))
            return 0

        def link(self, target: str, source: str) -> int:
            os.link(self._at(source), self._at(target))
            return 0

        def chmod(self, path: str, mode: int) -> int:
            os.chmod(self._at(path), mode)
            return 0

        def chown(self, path: str, uid: int, gid: int) -> int:
            return 0

        def utimens(self, path: str, times: tuple[int, int]) -> int:
            os.utime(self._at(path), ns=times)
            return 0

        def fsync(self, path: str, datasync: int, fh: int) -> int:
            return 0

        def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
            return 0

    def refusing(code: int) -> Any:
        def refuse(*_: Any) -> int:
            raise mfusepy.FuseOSError(code)

        return refuse

    for call, code in refused.items():
        setattr(Disk, call, refusing(code))
    with suppress(KeyboardInterrupt):
        mfusepy.FUSE(
            Disk(), where, foreground=True, nothreads=True, attr_timeout=0, entry_timeout=0
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
