"""Files of the card for browsers: fetched at the camera's speed, sent at the client's.

A file is fetched into a temporary one first, so that a slow client never holds the camera. The last
ones are kept, since a browser asks for the parts of a movie one by one; where the protocol can read
parts, a part of a large file is fetched alone.
"""

from __future__ import annotations

import asyncio
import mimetypes
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from canon.driver.card import SIZE_UNTOLD, Entry
from canon.driver.features import Feature
from canon.errors import CanonError, NotSupported
from canon.files import safe_name
from canon.log import Log
from canon.web.jobs import Job, Urgency
from canon.web.refusals import LengthWanted, NoSuchPart, TooLarge
from canon.work.library import hold

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.web.endpoints import Call
    from canon.web.station import Station

_log = Log(__name__)
_PART = 1 << 20  # bytes that are read at a time where a part is wanted; smaller files are fetched
_RANGE = re.compile(r"bytes\s*=\s*(\d{0,40})-(\d{0,40})", re.IGNORECASE)
_KEPT = 512 << 20  # bytes of files that are kept
_PREFIX, _HELD = "canon-remote-web-", "held"
_BODY_S = 30.0  # from one piece of an upload to the next


class OnDisk:
    """A file that was fetched, or is being fetched."""

    def __init__(self, path: Path, coming: asyncio.Task[None]) -> None:
        self.path, self.coming = path, coming
        self.users = 0
        self.size = 0


class Fetched:
    """The files that were fetched for browsers, in a folder that goes with the server.

    One that a server which was killed has left goes when the next one starts.

    Attributes:
        folder: the folder.
    """

    def __init__(self) -> None:
        _sweep()
        self._folder = tempfile.TemporaryDirectory(prefix=_PREFIX)
        self.folder = Path(self._folder.name)
        self._held = (self.folder / _HELD).open("wb")
        hold(self._held.fileno())
        self._files: dict[tuple[str, Entry], OnDisk] = {}
        self._count = 0

    def close(self) -> None:
        """Remove them all."""
        self._held.close()
        self._folder.cleanup()

    async def get(self, call: Call, station: Station, entry: Entry) -> OnDisk:
        """A file; it stays until `let_go`. Who asks for one that is coming gets the same.

        Raises:
            CanonError: it could not be fetched.
        """
        key = (station.ident, entry)
        found = self._files.pop(key, None)
        if found is None:
            self._count += 1
            path = self.folder / str(self._count)
            found = OnDisk(path, asyncio.ensure_future(_fetch(call, station, entry, path)))
        self._files[key] = found  # the newest last
        found.users += 1
        try:
            await asyncio.shield(found.coming)
        except BaseException:
            self.let_go(found)
            if found.coming.done() and self._files.get(key) is found:
                del self._files[key]
            raise
        found.size = entry.size
        return found

    def has(self, station: Station, entry: Entry) -> bool:
        """Whether a file was fetched, or is being fetched."""
        return (station.ident, entry) in self._files

    def let_go(self, file: OnDisk) -> None:
        """A file is not sent any more; the oldest that nobody needs go when there are too many."""
        file.users -= 1
        total = sum(one.size for one in self._files.values())
        for key, one in [*self._files.items()]:
            if total <= _KEPT:
                return
            if not one.users and one.coming.done():
                del self._files[key]
                one.path.unlink(missing_ok=True)
                total -= one.size


def _sweep() -> None:
    """Remove what servers have left that were killed: the folders of ours that nobody holds."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid():
                with (folder / _HELD).open("r+b") as held:
                    is_left = hold(held.fileno())
                if is_left:  # where nothing can be locked, nobody knows
                    shutil.rmtree(folder, ignore_errors=True)


async def _fetch(call: Call, station: Station, entry: Entry, path: Path) -> None:
    def do(cam: Camera, job: Job[None]) -> None:
        with path.open("wb") as file:
            cam.storage.stream(entry, file.write, job.progress)

    try:
        await call.server.wait(station.ask("file", entry.name, do, Urgency.FILE))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


async def send(call: Call, station: Station, entry: Entry) -> Response:
    """The answer with a file, or with a part of it.

    A part of a large file is read alone where the protocol can; else the file is fetched, once.

    Raises:
        NoSuchPart: the file is shorter.
        CanonError: it could not be fetched.
    """
    fetched, request = call.server.fetched, call.request
    headers = {
        **disposition(entry.name, inline="inline" in request.query_params),
        "etag": _tag(entry),
        "accept-ranges": "bytes",
    }
    if _has_it(request.headers.get("if-none-match", ""), headers["etag"]):
        return Response(status_code=304, headers=headers)
    if request.method == "HEAD":  # the camera is not asked for the file
        length = {} if entry.size >= SIZE_UNTOLD else {"content-length": str(entry.size)}
        return Response(None, 200, {**headers, **length}, _kind(entry.name))
    part = None
    if request.headers.get("if-range", headers["etag"]) == headers["etag"]:
        part = _part(request.headers.get("range", ""), entry.size)
    if part is None:
        return _Sent(fetched, await fetched.get(call, station, entry), entry, headers)
    is_whole = len(part) == entry.size <= _PART
    reads_parts = Feature.RANGES in station.camera.features and entry.size > _PART
    if is_whole or not reads_parts or fetched.has(station, entry):
        return _Sent(fetched, await fetched.get(call, station, entry), entry, headers, part)
    pieces = _parts(call, station, entry, part)
    first = await anext(pieces)  # what goes wrong with it is an answer of its own

    async def all_of_it() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return Pieces(
        all_of_it(),
        206,
        {
            **headers,
            "content-range": f"bytes {part.start}-{part.stop - 1}/{entry.size}",
            "content-length": str(len(part)),
        },
        _kind(entry.name),
    )


async def _parts(call: Call, station: Station, entry: Entry, part: range) -> AsyncIterator[bytes]:
    """The bytes of a part, piece by piece; nothing is asked for before the client has taken it."""
    at = part.start
    while at < part.stop:
        size = min(_PART, part.stop - at)

        def do(cam: Camera, job: Job[bytes], at: int = at, size: int = size) -> bytes:
            return cam.storage.read_range(entry, at, size)

        piece = await call.server.wait(
            station.ask("part", entry.name, do, Urgency.FILE, told=False)
        )
        if len(piece) != size:
            raise ValueError(f"{entry.path} has another size than it had")
        yield piece
        at += size


class Pieces(StreamingResponse):
    """What is sent as it comes; where no more comes it is cut, and so fails visibly."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        except (CanonError, ValueError, OSError) as error:
            _log.warning("%s was cut: %s", scope["path"], error)


class Sent(FileResponse):
    """A file of this computer, whole or the part that is named, whatever the request asks for.

    Args:
        path: the file.
        kind: its media type.
        headers: what the answer says of it.
        part: the part; None is all of it.
    """

    def __init__(
        self, path: Path, kind: str, headers: Mapping[str, str], part: range | None = None
    ) -> None:
        super().__init__(path, media_type=kind, headers=headers)
        self._part = part

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        plain = [one for one in scope["headers"] if one[0] not in (b"range", b"if-range")]
        if self._part is not None:
            wanted = f"bytes={self._part.start}-{self._part.stop - 1}".encode()
            plain.append((b"range", wanted))
        await super().__call__({**scope, "headers": plain}, receive, send)


class _Sent(Sent):
    """A file that was fetched, on its way to a browser."""

    def __init__(
        self,
        fetched: Fetched,
        file: OnDisk,
        entry: Entry,
        headers: Mapping[str, str],
        part: range | None = None,
    ) -> None:
        super().__init__(file.path, _kind(entry.name), headers, part)
        self._fetched, self._file = fetched, file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._fetched.let_go(self._file)


def _part(text: str, size: int) -> range | None:
    """The part of a file that a request asks for; None is all of it.

    What cannot be read, and several parts, count as none, as HTTP has it.
    """
    found = _RANGE.fullmatch(text.strip())
    if found is None or not (found[1] or found[2]) or size >= SIZE_UNTOLD:
        return None
    if not found[1]:
        start, stop = max(0, size - int(found[2])), size
    else:
        start, stop = int(found[1]), min(size, int(found[2]) + 1 if found[2] else size)
        if found[2] and int(found[2]) < start:
            return None
    if start >= stop:
        raise NoSuchPart(size)
    return range(start, stop)


def _has_it(known: str, tag: str) -> bool:
    """Whether a client has a file as it is: `If-None-Match` names it."""
    return tag in (one.strip().removeprefix("W/") for one in known.split(","))


def _tag(entry: Entry) -> str:
    """What tells one state of a file from another."""
    return f'"{zlib.crc32(repr(entry).encode()):08x}-{entry.size:x}"'


def _kind(name: str) -> str:
    return mimetypes.guess_type(name.lower())[0] or "application/octet-stream"


def disposition(name: str, *, inline: bool) -> Mapping[str, str]:
    """What tells a browser the name of a file; a card's name may hold anything."""
    clean = safe_name(name)
    plain = clean.encode("ascii", "replace").decode().replace('"', "_").replace("?", "_")
    how = "inline" if inline else "attachment"
    return {
        "content-disposition": f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(clean)}",
        "cache-control": "private, no-cache",
    }


async def receive(call: Call, request: Request) -> Entry:
    """Put the body of a request on the card, under the path of the address.

    Raises:
        NotSupported: the camera takes no files; the body was not read.
        TooLarge: it does not fit; the body was not read.
    """
    station, path = call.station, call.path()
    cam = station.camera
    if Feature.UPLOAD not in cam.features:
        raise NotSupported(cam.model.removeprefix("Canon "), "known way to take files")
    told = request.headers.get("content-length", "")
    if not (told.isascii() and told.isdecimal()):
        raise LengthWanted("the length of the body is missing")
    size = int(told[:18])
    room = station.free()
    if size >= SIZE_UNTOLD or (room is not None and size > room):
        raise TooLarge(f"{path.name} has {size} bytes; the card has {room} free")
    with tempfile.TemporaryDirectory(dir=call.server.fetched.folder) as folder:
        local = Path(folder) / "upload"
        with local.open("wb") as file:
            async for piece in _pieces(request):
                file.write(piece)

        def do(cam: Camera, job: Job[Entry]) -> Entry:
            entry = cam.storage.upload(local, path, progress=job.progress)
            station.card.put(entry)
            station.look_at_card()
            return entry

        return await call.ask("upload", path.name, do, Urgency.FILE)


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    pieces = request.stream()
    while True:
        try:
            yield await asyncio.wait_for(anext(pieces), _BODY_S)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise ValueError("the body does not come") from None
