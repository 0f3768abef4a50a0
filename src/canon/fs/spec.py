"""A card for fsspec: `fsspec.open("canon:///DCIM/100CANON/IMG_0001.JPG")`.

fsspec finds it by an entry point. It calls the methods below, under the names that it gave them.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from glob import has_magic
from itertools import takewhile
from tempfile import mkstemp
from typing import IO, Any, BinaryIO

from canon.driver.card import SIZE_UNTOLD, CardPath, Entry, Progress
from canon.errors import AlreadyThere, MissingExtra, ObjectNotFound
from canon.fs import shared

try:
    from fsspec import AbstractFileSystem
    from fsspec.callbacks import DEFAULT_CALLBACK, Callback
    from fsspec.spec import AbstractBufferedFile
except ModuleNotFoundError as error:
    raise MissingExtra("a card by its address", "fsspec", "fsspec") from error

SCHEME = "canon"
_VIRTUAL = "virtual."


class CanonFileSystem(AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
    """The card of a camera.

    Its paths begin with a slash, as in "/DCIM/100CANON/IMG_0001.JPG". The camera is opened when it
    is first used, and is one for all file systems of this process that mean it. It is closed with
    fsspec's cache of instances (`clear_instance_cache()`), and when the program ends.

    Args:
        host: which camera: empty for the one of CANON_REMOTE_PORT, else the first;
            "virtual.powershot-g3"; a name of cameras.toml; else a serial number.
        port: any port string; the host is a mere name then.
        options: what every file system of fsspec takes.
    """

    protocol = SCHEME
    root_marker = "/"

    def __init__(self, host: str = "", port: str = "", **options: Any) -> None:
        super().__init__(host=host, port=port, **options)
        self.host, self.port = host, port

    # --- names -----------------------------------------------------------------------------------

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        """The path on the card: without scheme and host, and without a slash at its end."""
        if isinstance(path, list):
            return [cls._strip_protocol(one) for one in path]
        _, rest = _parted(os.fspath(path))
        return "/" + rest.strip("/")

    @staticmethod
    def _get_kwargs_from_urls(path: Any) -> dict[str, str]:
        """The host of an address, for the constructor."""
        host, _ = _parted(os.fspath(path))
        return {"host": host} if host else {}

    def unstrip_protocol(self, name: str) -> str:
        """The whole address of a path, with its host."""
        return f"{SCHEME}://{self.host}{self._strip_protocol(name)}"

    @property
    def fsid(self) -> str:
        """What tells this camera from others."""
        return f"{SCHEME}-{self.port or self.host}"

    @classmethod
    def clear_instance_cache(cls) -> None:
        """Forget all file systems of this kind, and close their cameras."""
        super().clear_instance_cache()
        shared.close_all()

    # --- looking ---------------------------------------------------------------------------------

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> list[Any]:
        """What is in a folder, or the file itself."""
        with self._card(path) as (cam, place):
            entry = cam.storage.stat(place)
            found = cam.storage.ls(entry) if entry.is_folder else [entry]
        return [_told(one) if detail else _name(one) for one in found]

    def info(self, path: str, **kwargs: Any) -> dict[str, Any]:
        """What the listing says of a file or a folder."""
        return _told(self._entry(path))

    def glob(self, path: str, maxdepth: int | None = None, **kwargs: Any) -> Any:
        """What fits a pattern; before its first sign of one it is a path like any other."""
        parts = self._strip_protocol(path).split("/")
        fixed = list(takewhile(lambda part: not has_magic(part), parts))
        if len(fixed) < len(parts) and self.isdir(place := "/".join(fixed)):
            for name in self.ls(place, detail=False)[:1]:  # what is found has names like this
                slash = "/" if path.endswith("/") else ""
                path = "/".join((self._parent(name).rstrip("/"), *parts[len(fixed) :])) + slash
        return super().glob(path, maxdepth=maxdepth, **kwargs)

    def exists(self, path: str, **kwargs: Any) -> bool:
        """Whether it is on the card; errors of the camera are raised."""
        return self._entry_or_none(path) is not None

    def isdir(self, path: str) -> bool:
        """Whether it is a folder; errors of the camera are raised."""
        entry = self._entry_or_none(path)
        return entry is not None and entry.is_folder

    def isfile(self, path: str) -> bool:
        """Whether it is a file; errors of the camera are raised."""
        entry = self._entry_or_none(path)
        return entry is not None and not entry.is_folder

    def modified(self, path: str) -> datetime:
        """The time of a file; the camera's local time is taken for this computer's."""
        entry = self._entry(path)
        if entry.modified is None:
            raise ValueError(f"{path} has no time")
        return entry.modified.astimezone()

    # --- reading ---------------------------------------------------------------------------------

    def _open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        autocommit: bool = True,
        cache_options: Mapping[str, Any] | None = None,
        cache_type: str = "none",
        **kwargs: Any,
    ) -> Any:
        """A file: what is read is fetched then, where the camera gives parts; else as a whole."""
        if mode in ("wb", "xb"):
            self._check_free(path, replace=mode == "wb")
            return _Written(self, path, autocommit=autocommit)
        if mode != "rb":
            raise ValueError(f"a card's file cannot be opened as {mode!r}; write it as a whole")
        entry = self._file(path)
        if entry.size == SIZE_UNTOLD:  # who reads it would stop short of its end
            why = "how long it is the camera does not tell; get it into a file"
            raise OSError(errno.EFBIG, why, path)
        return _Read(self, entry, block_size, cache_type, cache_options)

    def source(self, entry: Entry) -> BinaryIO:
        """The bytes of a file, which can be sought in."""
        with self._card("/") as (cam, _):
            file: BinaryIO = cam.storage.open(entry)
        return file

    def get_file(
        self,
        rpath: str,
        lpath: Any = None,
        callback: Callback = DEFAULT_CALLBACK,
        outfile: IO[bytes] | None = None,
        **kwargs: Any,
    ) -> None:
        """Fetch a file into one of this computer, which has the camera's time then."""
        entry = self._entry(rpath)
        outfile = lpath if hasattr(lpath, "write") else outfile
        if entry.is_folder:
            os.makedirs(lpath, exist_ok=True)
            return
        callback.set_size(entry.size)
        with self._card(rpath) as (cam, _):
            if outfile is not None:
                cam.storage.stream(entry, outfile.write, _progress(callback))
                return
            os.makedirs(os.path.dirname(os.path.abspath(lpath)), exist_ok=True)
            if os.path.isdir(lpath):
                raise IsADirectoryError(f"{lpath} is a folder; name the file")
            cam.storage.download(entry, lpath, overwrite=True, progress=_progress(callback))

    # --- writing ---------------------------------------------------------------------------------

    def put_file(
        self,
        lpath: Any,
        rpath: str,
        callback: Callback = DEFAULT_CALLBACK,
        mode: str = "overwrite",
        **kwargs: Any,
    ) -> None:
        """Put a file of this computer on the card; the folders that it is in are made."""
        if os.path.isdir(lpath):
            self.makedirs(rpath, exist_ok=True)
            return
        self._check_free(rpath, replace=mode != "create")
        self.makedirs(self._parent(rpath), exist_ok=True)
        callback.set_size(os.path.getsize(lpath))
        with self._card(rpath) as (cam, place):
            cam.storage.upload(
                os.fspath(lpath), place, overwrite=mode != "create", progress=_progress(callback)
            )

    def cp_file(self, path1: str, path2: str, **kwargs: Any) -> None:
        """Copy a file; its bytes go through this computer."""
        if self.isdir(path1):
            self.makedirs(path2, exist_ok=True)
            return
        with _temporary() as name:
            self.get_file(path1, name)
            self.put_file(name, path2)

    def mkdir(self, path: str, create_parents: bool = True, **kwargs: Any) -> None:
        """Make a folder, and those that it is in."""
        if create_parents:
            self.makedirs(self._parent(path), exist_ok=True)
        with self._card(path) as (cam, place):
            cam.storage.mkdir(place)

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        """Make a folder, and those that it is in."""
        there = self._entry_or_none(path)
        if there is not None:
            if there.is_folder and exist_ok:
                return
            raise AlreadyThere(f"{path} is on the card already", "choose another name")
        self.mkdir(path)

    def rmdir(self, path: str) -> None:
        """Remove an empty folder."""
        with self._card(path) as (cam, place):
            cam.storage.rmdir(place)

    def rm_file(self, path: str) -> None:
        """Delete a file."""
        with self._card(path) as (cam, place):
            cam.storage.delete(place)

    def rm(
        self, path: str | list[str], recursive: bool = False, maxdepth: int | None = None
    ) -> None:
        """Delete files; folders with all that is in them when `recursive` is set."""
        found = self.expand_path(path, recursive=recursive, maxdepth=maxdepth)
        for one in reversed(found):
            if not self.isdir(one):
                self.rm_file(one)
            elif recursive:
                self.rmdir(one)
            else:
                raise IsADirectoryError(f"{one} is a folder; say recursive=True")

    def touch(self, path: str, truncate: bool = True, **kwargs: Any) -> None:
        """Make an empty file."""
        if not truncate:
            raise NotImplementedError("a card's file gets its time when it is written")
        self.pipe_file(path, b"")

    # --- within ----------------------------------------------------------------------------------

    @contextmanager
    def _card(self, path: str) -> Iterator[tuple[Any, CardPath]]:
        """The camera, and the place of a path on its card."""
        with shared.camera(self.port or _port(self.host)) as cam:
            yield cam, CardPath(self._strip_protocol(path))

    def _entry(self, path: str) -> Entry:
        with self._card(path) as (cam, place):
            entry: Entry = cam.storage.stat(place)
        return entry

    def _entry_or_none(self, path: str) -> Entry | None:
        try:
            return self._entry(path)
        except ObjectNotFound:
            return None

    def _file(self, path: str) -> Entry:
        entry = self._entry(path)
        if entry.is_folder:
            raise IsADirectoryError(f"{path} is a folder on the card")
        return entry

    def _check_free(self, path: str, *, replace: bool) -> None:
        there = self._entry_or_none(path)
        if there is not None and there.is_folder:
            raise IsADirectoryError(f"{path} is a folder on the card; name the file")
        if there is not None and not replace:
            raise AlreadyThere(f"{path} is on the card already", "choose another name")


class _Read(AbstractBufferedFile):  # type: ignore[misc]
    """A file of the card, open for reading; its bytes come when they are first read."""

    def __init__(
        self,
        fs: CanonFileSystem,
        entry: Entry,
        block_size: int | None,
        cache_type: str,
        cache_options: Mapping[str, Any] | None,
    ) -> None:
        self._entry = entry
        self._source: BinaryIO | None = None
        size_of_block: Any = block_size or "default"
        super().__init__(
            fs,
            _name(entry),
            "rb",
            size_of_block,
            cache_type=cache_type,
            cache_options=cache_options,
            size=entry.size,
        )

    def _fetch_range(self, start: int, end: int) -> bytes:
        source: BinaryIO = self._source or self.fs.source(self._entry)
        self._source = source
        source.seek(start)
        return source.read(end - start)

    def __reduce__(self) -> Any:
        return _again, (self.fs, self.path, self.loc)

    def close(self) -> None:
        source, self._source = getattr(self, "_source", None), None
        if source is not None:
            source.close()
        super().close()


def _again(fs: CanonFileSystem, path: str, at: int) -> Any:
    """A file that was open in another process, where it was."""
    file = fs.open(path, "rb")
    file.seek(at)
    return file


class _Written:
    """A file of this computer that goes onto the card as a whole when it is closed.

    After an error in a `with` block it does not: the card has no half files.
    """

    def __init__(self, fs: CanonFileSystem, path: str, *, autocommit: bool) -> None:
        self.fs, self.path, self.autocommit = fs, path, autocommit
        self.mode = "wb"
        number, self._name = mkstemp(prefix="canon-remote-")
        self._file = os.fdopen(number, "w+b")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _Written:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def close(self) -> None:
        """Put it on the card; in a transaction, wait for its end."""
        if self._file.closed:
            return
        self._file.close()
        if self.autocommit:
            self.commit()

    def commit(self) -> None:
        """Put it on the card."""
        try:
            self.fs.put_file(self._name, self.path)
        finally:
            self.discard()

    def discard(self) -> None:
        """Forget what was written."""
        self._file.close()
        with suppress(FileNotFoundError):
            os.unlink(self._name)


@contextmanager
def _temporary() -> Iterator[str]:
    """The name of a file of this computer that is gone afterwards."""
    from tempfile import mkdtemp

    folder = mkdtemp(prefix="canon-remote-")
    try:
        yield os.path.join(folder, "file")
    finally:
        shutil.rmtree(folder)


def _parted(path: str) -> tuple[str, str]:
    """The host of an address, and the path; a path alone has no host."""
    scheme = f"{SCHEME}://"
    if not path.startswith(scheme):
        return "", path.removeprefix(f"{SCHEME}::")
    host, _, rest = path.removeprefix(scheme).partition("/")
    return host, rest


def _port(host: str) -> str:
    """The port string that a host stands for."""
    if not host:
        return ""
    if host.startswith(_VIRTUAL):
        return f"virtual:{host.removeprefix(_VIRTUAL)}"
    from canon import cameras_file

    return host if host in cameras_file.read() else f"usb:serial={host}"


def _name(entry: Entry) -> str:
    return f"/{str(entry.path).lstrip('/')}"


def _told(entry: Entry) -> dict[str, Any]:
    """What fsspec has of a file or a folder."""
    return {
        "name": _name(entry),
        "size": entry.size,
        "type": "directory" if entry.is_folder else "file",
        "mtime": entry.modified.timestamp() if entry.modified else None,
        "protected": entry.protected,
        "new": entry.new,
    }


def _progress(callback: Callback) -> Progress:
    def tell(done: int, of: int) -> None:
        callback.absolute_update(done)

    return tell
