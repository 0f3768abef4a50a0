"""Files of the card for browsers: fetched at the camera's speed, sent at the client's.

A file is fetched into a temporary one first, so that a slow client never holds the camera. The last
ones are kept, since a browser asks for the parts of a movie one by one; where the protocol can read
parts, a part of a large file is fetched alone.
"""

from __future__ import annotations

import asyncio
import mimetypes
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from canon.driver.card import SIZE_UNTOLD, Entry
from canon.driver.features import Feature
from canon.errors import NotSupported
from canon.files import safe_name
from canon.web.jobs import Job, Urgency
from canon.web.refusals import TooLarge

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.web.endpoints import Call
    from canon.web.station import Station

_KEPT = 512 << 20  # bytes of files that are kept
_BODY_S = 30.0  # from one piece of an upload to the next


class OnDisk:
    """A file that was fetched, or is being fetched."""

    def __init__(self, path: Path, coming: asyncio.Task[None]) -> None:
        self.path, self.coming = path, coming
        self.users = 0
        self.size = 0


class Fetched:
    """The files that were fetched for browsers, in a folder that goes with the server."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="canon-remote-")
        self._files: dict[tuple[str, Entry], OnDisk] = {}
        self._count = 0

    def close(self) -> None:
        """Remove them all."""
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
            path = Path(self._folder.name) / str(self._count)
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


async def _fetch(call: Call, station: Station, entry: Entry, path: Path) -> None:
    def do(cam: Camera, job: Job[None]) -> None:
        with path.open("wb") as file:
            cam.storage.stream(entry, file.write, job.progress)

    try:
        await call.server.wait(station.ask("file", entry.name, do, Urgency.FILE))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


class Sent(FileResponse):
    """A file of the card on its way to a browser, whole or in parts."""

    def __init__(self, fetched: Fetched, file: OnDisk, entry: Entry, *, inline: bool) -> None:
        super().__init__(
            file.path, media_type=_kind(entry.name), headers=disposition(entry.name, inline)
        )
        self._fetched, self._file = fetched, file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._fetched.let_go(self._file)


def _kind(name: str) -> str:
    return mimetypes.guess_type(name.lower())[0] or "application/octet-stream"


def disposition(name: str, inline: bool) -> Mapping[str, str]:
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
    if not (told.isascii() and told.isdecimal() and len(told) < 16):
        raise ValueError("the length of the body is missing")
    size = int(told)
    room = station.free()
    if size >= SIZE_UNTOLD or (room is not None and size > room):
        raise TooLarge(f"{path.name} has {size} bytes; the card has {room} free")
    with tempfile.TemporaryDirectory(prefix="canon-remote-") as folder:
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
