"""A camera as a folder of this computer, by FUSE: libfuse 3, or 2.

FUSE runs in a thread of its own, so that signals come to the main one. However that ends, the mount
point goes: it is taken down at the end, and where the program was killed by a small one that
outlives it. libfuse has such a helper, too (`auto_unmount`); that of libfuse 3.14 leaves the mount
where it asks in the moment in which the program dies.
"""

from __future__ import annotations

import errno
import logging
import os
import queue
import shutil
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes.util import find_library
from typing import TYPE_CHECKING, Any

from canon.clock import RealClock
from canon.driver.features import Feature
from canon.errors import (
    AlreadyThere,
    CanonError,
    Disconnected,
    MissingExtra,
    NotSupported,
    PortError,
)
from canon.fs.cache import Source
from canon.fs.draft import Draft
from canon.fs.volume import Volume
from canon.log import Log

if TYPE_CHECKING:
    from canon.camera import Camera

_log = Log(__name__)

_INSTALL = "on Debian and Ubuntu: sudo apt install fuse3"
_TYPE = "canon-remote"
_WATCH = 'read -r nothing; ls "$1" || { shift; exec "$@"; }'
"""What waits for this process to end, and takes the mount down if it is dead then."""
_BLOCK = 512
_NOW, _OMIT = 0x3FFFFFFF, 0x3FFFFFFE  # of a time that is set: UTIME_NOW, UTIME_OMIT
_MOST_THREADS = 10
_GONE_S, _LOOK_AGAIN_S = 5.0, 0.05
_LAST_S = 1.0  # for what is being closed; who has a file open for longer is not waited for


def fuse() -> Any:
    """The module mfusepy, with the libfuse that it has found: 3 where both are installed.

    Raises:
        MissingExtra: mfusepy is not installed.
        PortError: libfuse, its helper or the kernel's part is missing.
    """
    if "mfusepy" not in sys.modules and find_library("fuse3"):
        os.environ.setdefault("FUSE_LIBRARY_NAME", "fuse3")
    try:
        import mfusepy
    except ModuleNotFoundError as error:
        if error.name != "mfusepy":
            raise
        raise MissingExtra("a mount", "mfusepy", "mount") from error
    except (AttributeError, OSError) as error:
        raise PortError("a mount needs libfuse, which is not installed", _INSTALL) from error
    if sys.platform == "linux":
        if not os.path.exists("/dev/fuse"):
            raise PortError(
                "a mount needs /dev/fuse, which is not there", "type: sudo modprobe fuse"
            )
        if not _helper():
            raise PortError("a mount needs fusermount3, which is not installed", _INSTALL)
    logging.getLogger("fuse").setLevel(logging.CRITICAL)  # what goes wrong is told here
    return mfusepy


def mount_point(folder: str) -> str:
    """The whole path of a folder that a camera can be mounted on.

    Where a mount has lost its program, it is taken down.

    Raises:
        AlreadyThere: there is something in it, or mounted on it.
        OSError: it is no folder.
    """
    path = os.path.realpath(folder)
    clock = RealClock()
    deadline = clock.now() + _GONE_S
    while (is_dead := _is_dead(path)) and clock.now() < deadline:
        unmount(path)
        clock.sleep(_LOOK_AGAIN_S)
    if is_dead:
        raise PortError(
            f"{folder} has a mount that lost its program", f"type: fusermount3 -u -z {folder}"
        )
    if os.path.ismount(path):
        raise AlreadyThere(f"something is mounted on {folder} already", f"type: umount {folder}")
    try:
        names = os.listdir(path)
    except FileNotFoundError:
        raise FileNotFoundError(
            errno.ENOENT, f"there is no such folder; make it: mkdir {folder}", folder
        ) from None
    if names:
        raise AlreadyThere(f"there is something in {folder}", "name an empty folder")
    return path


def unmount(path: str) -> None:
    """Take a mount down; who has a file of it open keeps that until it is closed."""
    subprocess.run(_unmounter(path), check=False, capture_output=True)  # noqa: S603  (the system's)


def serve(cam: Camera, path: str, *, room: int, ready: Callable[[], None]) -> None:
    """Serve a camera's cards in a folder, until that is unmounted or Ctrl-C comes.

    Args:
        cam: the camera, initialized.
        path: as `mount_point` gives it.
        room: the most bytes that copies of files may take on this computer's disk.
        ready: is called once the folder can be used.

    Raises:
        NoCard: there is none.
        PortError: it cannot be mounted.
        Disconnected: the camera went away.
    """
    module = fuse()
    volume = Volume(cam, room)
    volume.look()
    news: queue.SimpleQueue[BaseException | str] = queue.SimpleQueue()
    table = _table(module, volume, lambda: news.put("up"), news.put)

    def run() -> None:
        version = module.fuse_version_major, module.fuse_version_minor
        options: dict[str, Any] = {}
        if version < (3, 0):
            options |= {"atomic_o_trunc": True, "big_writes": True}  # libfuse 3 has them always
        if version >= (3, 12):
            options["max_idle_threads"] = _MOST_THREADS  # it complains of its own default
        try:
            module.FUSE(
                table,
                path,
                foreground=True,
                fsname=_TYPE,
                subtype=_TYPE,
                auto_cache=True,
                **options,
            )
        except BaseException as error:
            news.put(error)
        news.put("down")

    def listen() -> None:
        try:
            volume.listen()
        except Disconnected as error:
            news.put(error)

    looper = threading.Thread(target=run, name="fuse", daemon=True)
    listener = threading.Thread(target=listen, name="events", daemon=True)
    with _watched(path):
        looper.start()
        is_ready = False
        last: BaseException | str = ""
        try:
            last = news.get()
            if last != "up":
                raise PortError(
                    f"{path} cannot be mounted",
                    "look at what libfuse has said above, and at who may use /dev/fuse",
                )
            listener.start()
            ready()
            is_ready = True
            last = news.get()
            if isinstance(last, BaseException):
                raise last
        except KeyboardInterrupt:
            if not is_ready:
                raise
        finally:
            if last != "down":  # else somebody else did
                unmount(path)
            volume.close()
            if listener.ident is not None:
                listener.join()
            looper.join(_LAST_S)


def _helper() -> str | None:
    """The program that mounts and unmounts for users."""
    return shutil.which("fusermount3") or shutil.which("fusermount")


def _unmounter(path: str) -> list[str]:
    """The command that takes a mount down."""
    helper = _helper()
    return [helper, "-u", "-z", "--", path] if helper else ["umount", path]


@contextmanager
def _watched(path: str) -> Iterator[None]:
    """Have a mount taken down also where this process is killed in the block."""
    with subprocess.Popen(  # noqa: S603  (the system's)
        ["/bin/sh", "-c", _WATCH, "sh", path, *_unmounter(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    ):
        yield


def _is_dead(path: str) -> bool:
    try:
        os.stat(path)
    except OSError as error:
        return error.errno in (errno.ENOTCONN, errno.ECONNABORTED)
    return False


def _table(
    module: Any,
    volume: Volume,
    up: Callable[[], None],
    lose: Callable[[BaseException], None],
) -> Any:
    """What libfuse calls. No attribute but an operation may have an operation's name."""

    @contextmanager
    def told(deed: str, path: str) -> Iterator[None]:
        """Turn an error into the number that the kernel gives on, and log what is worth it."""
        try:
            yield
        except FileNotFoundError:
            raise module.FuseOSError(errno.ENOENT) from None
        except Disconnected as error:
            lose(error)
            raise module.FuseOSError(errno.EIO) from error
        except NotSupported as error:
            _log.warning("%s %s: %s", deed, path, error)
            raise module.FuseOSError(errno.ENOTSUP) from error
        except ValueError as error:
            if not os.path.basename(path).startswith("."):
                _log.warning("%s %s: %s", deed, path, error)
            raise module.FuseOSError(errno.EINVAL) from error
        except CanonError as error:
            _log.warning("%s %s: %s", deed, path, error)
            raise module.FuseOSError(getattr(error, "errno", None) or errno.EIO) from error

    can_write = volume.can(Feature.UPLOAD)
    folder_mode = stat.S_IFDIR | (0o755 if volume.can(Feature.FOLDERS) or can_write else 0o555)
    file_mode = stat.S_IFREG | (0o644 if can_write else 0o444)
    started = time.time_ns()
    user, group = os.getuid(), os.getgid()

    class Table(module.Operations):  # type: ignore[misc]  # mfusepy is not imported before
        use_ns = True

        def __init__(self) -> None:
            self._sources: dict[int, Source] = {}
            self._last = 0
            self._numbers = threading.Lock()

        def init(self, path: str) -> None:
            up()

        # --- looking

        def getattr(self, path: str, fh: int | None = None) -> dict[str, int]:
            with told("look at", path):
                entry = volume.entry(path)
            moment = int(entry.modified.timestamp()) * 10**9 if entry.modified else started
            mode = folder_mode if entry.is_folder else file_mode
            return {
                "st_mode": mode & ~0o222 if entry.protected else mode,
                "st_nlink": 1,
                "st_size": entry.size,
                "st_blocks": -(-entry.size // _BLOCK),
                "st_uid": user,
                "st_gid": group,
                "st_atime": moment,
                "st_mtime": moment,
                "st_ctime": moment,
            }

        def readdir(self, path: str, fh: int) -> Iterator[tuple[str, int, int]]:
            with told("list", path):
                names = volume.names(path)
            yield ".", stat.S_IFDIR, 0
            yield "..", stat.S_IFDIR, 0
            for name, is_folder in names:
                yield name, stat.S_IFDIR if is_folder else stat.S_IFREG, 0

        def statfs(self, path: str) -> dict[str, int]:
            with told("ask the space of", path):
                capacity, free = volume.space()
            blocks = free // _BLOCK
            return {
                "f_bsize": _BLOCK,
                "f_frsize": _BLOCK,
                "f_blocks": capacity // _BLOCK,
                "f_bfree": blocks,
                "f_bavail": blocks,
                "f_namemax": 12,  # 8.3
            }

        # --- reading

        def open(self, path: str, flags: int) -> int:
            with told("open", path):
                if flags & os.O_ACCMODE == os.O_RDONLY:
                    return self._numbered(volume.open(path))
                return self._numbered(volume.edit(path, anew=bool(flags & os.O_TRUNC)))

        def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
            with told("read", path):
                return self._sources[fh].read(offset, size)

        def release(self, path: str, fh: int) -> int:
            with told("close", path):
                volume.release(self._sources.pop(fh))
            return 0

        # --- writing

        def create(self, path: str, mode: int) -> int:
            with told("create", path):
                return self._numbered(volume.create(path))

        def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
            return self._draft(fh).write(offset, data)

        def flush(self, path: str, fh: int) -> int:
            source = self._sources[fh]
            with told("write", path):
                if isinstance(source, Draft):
                    volume.save(source)
            return 0

        def truncate(self, path: str, length: int, fh: int | None = None) -> int:
            with told("cut", path):
                if fh is not None:
                    self._draft(fh).truncate(length)
                else:
                    volume.truncate(path, length)
            return 0

        def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
            moment = times[1] if times else _NOW
            if moment != _OMIT:
                with told("set the time of", path):
                    volume.set_time(path, time.time_ns() if moment == _NOW else moment)
            return 0

        def unlink(self, path: str) -> int:
            with told("delete", path):
                volume.delete(path)
            return 0

        def mkdir(self, path: str, mode: int) -> int:
            with told("make", path):
                volume.make_folder(path)
            return 0

        def rmdir(self, path: str) -> int:
            with told("remove", path):
                volume.remove_folder(path)
            return 0

        def rename(self, old: str, new: str) -> int:
            with told("rename", old):
                volume.rename(old)
            return 0

        def chmod(self, path: str, mode: int) -> int:
            return 0  # a card keeps no rights, and whoever copies files onto it need not mind

        def chown(self, path: str, uid: int, gid: int) -> int:
            return 0

        def _numbered(self, source: Source) -> int:
            with self._numbers:
                self._last += 1
                self._sources[self._last] = source
                return self._last

        def _draft(self, fh: int) -> Draft:
            source = self._sources[fh]
            if not isinstance(source, Draft):
                raise module.FuseOSError(errno.EBADF)
            return source

    return Table()
