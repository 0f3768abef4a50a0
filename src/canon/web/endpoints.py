"""Every address of the HTTP API, in one table: it makes the routes and what OpenAPI says.

What only some of them need, as pictures do, is loaded by the first that does: a server answers the
sooner after its start.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from canon.driver.card import CardPath, Entry
from canon.errors import CanonError, DecodeError, Disconnected, ObjectNotFound
from canon.frozen import Frozen
from canon.values import CaptureTarget
from canon.web import answers, bodies, files, live
from canon.web.card import page
from canon.web.jobs import Job, Urgency
from canon.web.refusals import answer
from canon.work import documents

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.web.server import Server
    from canon.web.station import Station

T = TypeVar("T")
_MOST_FILES = 1000
_PAGE = 200


class Call:
    """One request, and what it is about.

    Args:
        request: as it came.
        server: the server.
    """

    def __init__(self, request: Request, server: Server) -> None:
        self.request, self.server = request, server

    @property
    def station(self) -> Station:
        """The camera that the address names.

        Raises:
            ObjectNotFound: there is none of that name.
        """
        return self.server.station(self.request.path_params["camera"])

    def path(self) -> CardPath:
        """The file that the address names."""
        return CardPath(self.request.path_params["path"])

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number of the query.

        Raises:
            ValueError: it is none.
        """
        text = self.request.query_params.get(name, str(default))
        if not (text.isascii() and text.isdecimal() and int(text[:9]) <= most and len(text) < 10):
            raise ValueError(f"{name} is a whole number up to {most}")
        return int(text)

    async def ask(
        self,
        kind: str,
        label: str,
        do: Callable[[Camera, Job[T]], T],
        urgency: Urgency = Urgency.CHANGE,
        *,
        told: bool = True,
        cancel: bool = False,
    ) -> T:
        """Let the camera do something, and wait until it is done.

        Args:
            kind: what it is.
            label: what people read.
            do: does it, in the camera's thread.
            urgency: what goes first.
            told: whether pages are told of it.
            cancel: whether it is not wanted any more when whoever asked has gone.
        """
        job = self.station.ask(kind, label, do, urgency, told=told)
        return await self.server.wait(job, self.request if cancel else None)

    async def entry(self) -> Entry:
        """The file that the address names."""
        return await self.entry_at(self.path())

    async def entry_at(self, path: CardPath) -> Entry:
        """The file that a path names.

        Raises:
            ObjectNotFound: there is none.
        """
        found = self.station.card.find(path)
        if found is None:
            found = await self.ask(
                "look", str(path), lambda cam, job: cam.storage.stat(path), told=False
            )
        if found.is_folder:
            raise ObjectNotFound(f"{path} is a folder", "name a file")
        return found


class Query(Frozen):
    """One name of the query of an address."""

    name: str
    says: str
    most: int


class Endpoint(Frozen):
    """One address of the API.

    Attributes:
        method: of HTTP.
        path: with what it names in braces.
        do: does it; gives a document, or a whole answer.
        summary: what it is for.
        answers: what comes back in JSON.
        takes: the JSON of its body.
        gives: what comes back that is no JSON.
        refuses: the statuses that it may end with beside those that all have.
        query: what its query may have.
        raw: whether the body is a file.
        ranges: whether a part can be asked for.
        changes: whether it changes anything.
    """

    method: str
    path: str
    do: Callable[[Call, Any], Awaitable[object]]
    summary: str
    answers: answers.Schema = answers.ANY
    takes: type[bodies.Body] = bodies.NoBody
    gives: str = "application/json"
    refuses: tuple[int, ...] = ()
    query: tuple[Query, ...] = ()
    raw: bool = False
    ranges: bool = False

    @property
    def endless(self) -> bool:
        """Whether its answer has no end of its own."""
        return self.gives in (live.MJPEG, "text/event-stream")

    @property
    def changes(self) -> bool:
        """Whether it changes anything."""
        return self.method not in ("GET", "HEAD")


# --- cameras --------------------------------------------------------------------------------------


async def _cameras(call: Call, body: bodies.NoBody) -> object:
    return call.server.cameras()


async def _doctor(call: Call, body: bodies.NoBody) -> object:
    return await call.server.look_for_trouble()


async def _camera(call: Call, body: bodies.NoBody) -> object:
    return call.station.document()


async def _aim(call: Call, body: bodies.Aim) -> object:
    call.station.aim(_target(call, body))
    return call.station.document()


async def _clock(call: Call, body: bodies.Clock) -> object:
    moment = None if body.time is None else datetime.fromisoformat(body.time)
    if moment is not None and moment.tzinfo is not None:
        try:
            moment = moment.astimezone().replace(tzinfo=None)
        except OverflowError:
            raise ValueError(f"{body.time} is outside every calendar") from None

    def do(cam: Camera, job: Job[None]) -> None:
        if moment is None:
            cam.sync_clock()
        else:
            cam.camera_time = moment
        call.station.look_at_clock()

    await call.ask("clock", "setting the clock", do)
    return call.station.document()["clock"]


# --- settings -------------------------------------------------------------------------------------


async def _settings(call: Call, body: bodies.NoBody) -> object:
    return call.station.settings()


async def _change(call: Call, body: bodies.Changes) -> object:

    def do(cam: Camera, job: Job[dict[str, object]]) -> dict[str, object]:
        cam.settings.set(body.settings)
        told = cam.settings.describe(*body.settings)
        return {name: documents.of_reading(one) for name, one in told.items()}

    return await call.ask("settings", ", ".join(body.settings)[:100], do)


# --- pictures -------------------------------------------------------------------------------------


async def _release(call: Call, body: bodies.Release) -> object:
    from canon.web import shots

    target, station = _target(call, body), call.station

    def do(cam: Camera, job: Job[dict[str, object]]) -> dict[str, object]:
        left = body.delay_s
        while left > 0:
            cam.clock.sleep(min(0.2, left))
            left -= 0.2
            job.check()
        return shots.shoot(station, cam, job, target, focus=body.focus)

    return await call.ask("release", "taking a picture", do, Urgency.RELEASE)


async def _shot(call: Call, body: bodies.NoBody) -> object:
    path = call.station.kept(call.request.path_params["number"])
    return files.Sent(path, "image/jpeg", {"cache-control": "no-store"})


async def _series(call: Call, body: bodies.Series) -> object:
    from canon.web import shots

    return shots.begin_series(call.station, body, _target(call, body)).document()


async def _bracket(call: Call, body: bodies.Bracket) -> object:
    from canon.web import shots

    return shots.begin_bracket(call.station, body, _target(call, body)).document()


async def _release_all(call: Call, body: bodies.ReleaseAll) -> object:
    return await call.server.release_all(body.target and CaptureTarget[body.target.upper()])


async def _focus(call: Call, body: bodies.NoBody) -> object:
    await call.ask("focus", "focusing", lambda cam, job: cam.focus.auto(), Urgency.RELEASE)
    return {}


async def _lock(call: Call, body: bodies.Locked) -> object:

    def do(cam: Camera, job: Job[None]) -> None:
        if body.locked:
            cam.focus.lock()
        else:
            cam.focus.unlock()
        call.station.know(focus_locked=body.locked)

    await call.ask("focus", "locking the focus", do, Urgency.RELEASE)
    return {"locked": body.locked}


async def _drive(call: Call, body: bodies.Drive) -> object:
    await call.ask(
        "focus", "driving the focus", lambda cam, job: cam.focus.drive(body.steps, size=body.size)
    )
    return {}


async def _zoom(call: Call, body: bodies.Zoomed) -> object:

    def do(cam: Camera, job: Job[dict[str, object]]) -> dict[str, object]:
        where = cam.zoom.set(body.position)
        zoom: dict[str, object] = {"position": where.position, "maximum": where.maximum}
        call.station.know(zoom=zoom)
        return zoom

    return await call.ask("zoom", "moving the zoom", do)


async def _remote(call: Call, body: bodies.Switched) -> object:

    def do(cam: Camera, job: Job[None]) -> None:
        if body.on:
            cam.remote.start()
        else:
            cam.remote.stop()

    await call.ask("remote", "remote control", do)
    return {"on": body.on}


# --- files ----------------------------------------------------------------------------------------


async def _files(call: Call, body: bodies.NoBody) -> object:
    offset = call.number("offset", 0, 10_000_000)
    limit = call.number("limit", _PAGE, _MOST_FILES)
    card = call.station.card
    found = card.known()
    if found is None:
        found = await call.ask(
            "list", "listing the card", lambda cam, job: card.files(cam), Urgency.FILE
        )
    return page(found, offset, limit)


async def _thumbnail(call: Call, body: bodies.NoBody) -> object:
    entry, card = await call.entry(), call.station.card
    data = card.kept_thumbnail(entry)
    if data is None:
        data = await call.ask(
            "thumbnail",
            entry.name,
            lambda cam, job: card.thumbnail(cam, entry, job),
            Urgency.PICTURE,
            told=False,
            cancel=True,
        )
    return Response(
        data, media_type="image/jpeg", headers={"cache-control": "private, max-age=600"}
    )


async def _file(call: Call, body: bodies.NoBody) -> object:
    return await files.send(call, call.station, await call.entry())


async def _exif(call: Call, body: bodies.NoBody) -> object:
    from canon import exif

    entry, fetched = await call.entry(), call.server.fetched
    file = await fetched.get(call, call.station, entry)
    try:
        with file.path.open("rb") as picture:
            told = vars(exif.read(picture))
    except DecodeError as error:
        raise ValueError(str(error)) from error
    finally:
        fetched.let_go(file)
    return {name: None if one is None else str(one) for name, one in told.items()}


async def _put(call: Call, body: bodies.NoBody) -> object:
    return documents.of_entry(await files.receive(call, call.request))


async def _remove(call: Call, body: bodies.NoBody) -> object:
    entry, station = await call.entry(), call.station
    await call.ask("delete", entry.name, lambda cam, job: _delete_one(cam, station, entry))
    return {}


async def _pack(call: Call, body: bodies.Packed) -> object:
    from canon.web import zips

    station, server = call.station, call.server
    before = [] if body.add_to is None else server.packed(station, body.add_to)
    more = [await call.entry_at(CardPath(path)) for path in body.paths]
    entries = [*dict.fromkeys([*before, *more])]
    number = server.pack(station, entries, body.add_to)
    address = f"/cameras/{station.ident}/zip/{number}"
    size, files = zips.length(entries), len(entries)
    return {"number": number, "url": address, "size": size, "files": files}


async def _zip(call: Call, body: bodies.NoBody) -> object:
    from canon.web import zips

    station, fetched = call.station, call.server.fetched
    entries = call.server.packed(station, call.request.path_params["number"])
    held: dict[Entry, files.OnDisk] = {}

    async def fetch(entry: Entry) -> Path:
        held[entry] = await fetched.get(call, station, entry)
        return held[entry].path

    name = f"{station.ident}-{len(entries)}-files.zip"
    return files.Pieces(
        zips.pieces(entries, fetch, lambda entry: fetched.let_go(held.pop(entry))),
        media_type="application/zip",
        headers={
            **files.disposition(name, inline=False),
            "content-length": str(zips.length(entries)),
        },
    )


async def _delete(call: Call, body: bodies.Paths) -> object:
    return await call.ask("delete", _several(body.paths), _each(call, body.paths, _delete_one))


async def _protect(call: Call, body: bodies.Protected) -> object:

    def one(cam: Camera, station: Station, entry: Entry) -> None:
        cam.storage.protect(entry, protected=body.protected)
        station.card.put(cam.storage.stat(entry.path))

    return await call.ask("protect", _several(body.paths), _each(call, body.paths, one))


def _delete_one(cam: Camera, station: Station, entry: Entry) -> None:
    cam.storage.delete(entry)
    station.card.remove(entry.path)


def _each(
    call: Call, paths: list[str], one: Callable[[Camera, Station, Entry], None]
) -> Callable[[Camera, Job[object]], object]:
    """Do something with each file; what fails is told beside it, and does not stop the others."""
    places, station = [CardPath(path) for path in paths], call.station

    def do(cam: Camera, job: Job[object]) -> object:
        results: list[dict[str, object]] = []
        for number, place in enumerate(places):
            job.progress(number, len(places))
            error = None
            try:
                one(cam, station, station.card.find(place) or cam.storage.stat(place))
            except Disconnected:
                raise
            except (CanonError, ValueError) as failed:
                error = documents.of_error(failed)
            results.append({"path": str(place), "error": error})
        station.look_at_card()
        return results

    return do


# --- what runs, and what changes ------------------------------------------------------------------


async def _jobs(call: Call, body: bodies.NoBody) -> object:
    return call.station.document()["jobs"]


async def _cancel(call: Call, body: bodies.NoBody) -> object:
    text = call.request.path_params["number"]
    job = (
        call.station.job(int(text))
        if text.isascii() and text.isdecimal() and len(text) < 10
        else None
    )
    if job is None:
        raise ObjectNotFound(f"there is no job {text[:20]}", "it may be over")
    job.cancel()
    return job.document()


async def _events(call: Call, body: bodies.NoBody) -> object:
    last = call.request.headers.get("last-event-id", "")
    heard = int(last) if last.isascii() and last.isdecimal() and len(last) < 16 else None
    return StreamingResponse(
        call.server.news.listen(heard),
        media_type="text/event-stream",
        headers={"cache-control": "no-store"},
    )


async def _mjpeg(call: Call, body: bodies.NoBody) -> object:
    finder = call.server.viewfinder(call.station)
    if finder.readers >= live.MOST_READERS:
        return answer({"error": _TOO_MANY}, 503)
    return live.Film(finder)


_TOO_MANY = {
    "kind": "TooMany",
    "message": f"{live.MOST_READERS} programs read this picture already",
    "advice": "close one of them",
    "code": None,
    "command": None,
    "exit": 1,
}

# --- the table ------------------------------------------------------------------------------------

_CAMERA = (404,)
_ASKS = (404, 409, 502, 503)
_SETS = (*_ASKS, 422, 501)
_STORES = (*_SETS, 507)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/cameras", _cameras, "All cameras, as they are known", answers.CAMERAS),
    Endpoint("GET", "/doctor", _doctor, "What `doctor` finds while no camera is there", answers.FINDINGS),
    Endpoint("GET", "/cameras/{camera}", _camera, "One camera, as it is known", answers.CAMERA, refuses=_CAMERA),
    Endpoint("PUT", "/cameras/{camera}/target", _aim, "Choose where pictures go", answers.CAMERA, takes=bodies.Aim, refuses=(404, 422)),
    Endpoint("PUT", "/cameras/{camera}/clock", _clock, "Set the camera's clock", answers.some(answers.CLOCK), takes=bodies.Clock, refuses=_SETS),
    Endpoint("PUT", "/cameras/{camera}/remote", _remote, "Enter remote control, or leave it", answers.SWITCHED, takes=bodies.Switched, refuses=_SETS),
    Endpoint("GET", "/cameras/{camera}/settings", _settings, "The settings, as they are known", answers.SETTINGS, refuses=_CAMERA),
    Endpoint("PATCH", "/cameras/{camera}/settings", _change, "Change settings, all or none", answers.SETTINGS, takes=bodies.Changes, refuses=_SETS),
    Endpoint("POST", "/release", _release_all, "Take a picture with every camera at once", answers.SHOTS, takes=bodies.ReleaseAll, refuses=_STORES),
    Endpoint("POST", "/cameras/{camera}/release", _release, "Take a picture", answers.SHOT, takes=bodies.Release, refuses=_STORES),
    Endpoint("POST", "/cameras/{camera}/series", _series, "Begin to take pictures one after the other; a job is what comes back", answers.JOB, takes=bodies.Series, refuses=_SETS),
    Endpoint("POST", "/cameras/{camera}/bracket", _bracket, "Begin to take pictures of several exposures; a job is what comes back", answers.JOB, takes=bodies.Bracket, refuses=_SETS),
    Endpoint("GET", "/cameras/{camera}/shots/{number}", _shot, "A picture just taken, from this computer", gives="image/jpeg", refuses=_CAMERA),
    Endpoint("POST", "/cameras/{camera}/focus", _focus, "Focus once", answers.NOTHING, refuses=_SETS),
    Endpoint("PUT", "/cameras/{camera}/focus/lock", _lock, "Lock the focus, or let it go", answers.LOCKED, takes=bodies.Locked, refuses=_SETS),
    Endpoint("POST", "/cameras/{camera}/focus/drive", _drive, "Drive the focus by steps", answers.NOTHING, takes=bodies.Drive, refuses=_SETS),
    Endpoint("PUT", "/cameras/{camera}/zoom", _zoom, "Move the zoom", answers.ZOOM, takes=bodies.Zoomed, refuses=_SETS),
    Endpoint("GET", "/cameras/{camera}/files", _files, "The files of the card, newest first", answers.FILES, refuses=(*_ASKS, 422),
             query=(Query("offset", "how many to leave out", 10_000_000), Query("limit", "how many at most", _MOST_FILES))),
    Endpoint("GET", "/cameras/{camera}/files/{path}", _file, "A file, or a part of it; ?inline shows it", gives="*/*", refuses=(*_ASKS, 416, 422), ranges=True),
    Endpoint("PUT", "/cameras/{camera}/files/{path}", _put, "Put a file on the card", answers.FILE, raw=True, refuses=_STORES),
    Endpoint("DELETE", "/cameras/{camera}/files/{path}", _remove, "Delete a file", answers.NOTHING, refuses=_SETS),
    Endpoint("GET", "/cameras/{camera}/exif/{path}", _exif, "What a picture says of itself", answers.EXIF, refuses=(*_ASKS, 422)),
    Endpoint("POST", "/cameras/{camera}/zip", _pack, "Make a zip of files; it is fetched at the address that comes back", answers.ZIP, takes=bodies.Packed, refuses=_ASKS),
    Endpoint("GET", "/cameras/{camera}/zip/{number}", _zip, "A zip that was made", gives="application/zip", refuses=_ASKS),
    Endpoint("GET", "/cameras/{camera}/thumbnails/{path}", _thumbnail, "The small JPEG of a file", gives="image/jpeg", refuses=(*_ASKS, 422)),
    Endpoint("POST", "/cameras/{camera}/delete", _delete, "Delete files", answers.DONE, takes=bodies.Paths, refuses=_SETS),
    Endpoint("POST", "/cameras/{camera}/protect", _protect, "Protect files, or not", answers.DONE, takes=bodies.Protected, refuses=_SETS),
    Endpoint("GET", "/cameras/{camera}/jobs", _jobs, "What the camera does, and what waits", answers.JOBS, refuses=_CAMERA),
    Endpoint("DELETE", "/cameras/{camera}/jobs/{number}", _cancel, "Cancel a job", answers.JOB, refuses=(404,)),
    Endpoint("GET", "/cameras/{camera}/live.mjpg", _mjpeg, "Live view for other programs", gives=live.MJPEG, refuses=(*_ASKS, 501)),
    Endpoint("GET", "/events", _events, "What changes, as server-sent events", gives="text/event-stream"),
)  # fmt: skip
"""The API, in the order of its page."""


def _target(
    call: Call, body: bodies.Release | bodies.Aim | bodies.Series | bodies.Bracket
) -> CaptureTarget:
    target = body.target
    return call.station.target if target is None else CaptureTarget[target.upper()]


def _several(paths: list[str]) -> str:
    return paths[0][:100] if len(paths) == 1 else f"{len(paths)} files"
