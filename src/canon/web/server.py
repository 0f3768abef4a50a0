"""The cameras of one server, and what all of them share."""

from __future__ import annotations

import asyncio
import re
import secrets
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from canon.camera.watch import CameraAdded, Watch, watch
from canon.errors import Aborted, CanonError, ObjectNotFound
from canon.log import Log
from canon.web.files import Fetched
from canon.web.jobs import Job, Urgency
from canon.web.live import Viewfinder
from canon.web.news import News
from canon.web.station import Station
from canon.work import documents
from canon.work.several import StartLine

if TYPE_CHECKING:
    from starlette.requests import Request

    from canon.camera import Camera
    from canon.driver.card import Entry
    from canon.values import CaptureTarget

T = TypeVar("T")
_log = Log(__name__)
_GONE_S = 0.25
_TOGETHER_S = 10.0
_MOST_ZIPS = 100


class Server:
    """The cameras of one server.

    Args:
        cameras: the port strings of those that are wanted from the start, by what they are called.
        all_there_are: whether every camera on the bus is wanted, also those that come later.
        folder: where pictures go that come to this computer; each of several cameras has a folder
            of its own below it.
        read_only: whether nothing may be changed.

    Attributes:
        news: the stream of what changes.
        fetched: the files that were fetched for browsers.
        read_only: the same.
        live_key: opens the live picture to other programs; empty where nothing is locked.
    """

    def __init__(
        self,
        cameras: Mapping[str, str],
        *,
        all_there_are: bool = False,
        folder: Path,
        read_only: bool = False,
    ) -> None:
        self.news = News(self.document)
        self.read_only = read_only
        self.live_key = ""
        self._folder = folder
        self._all_there_are = all_there_are
        self._stations: dict[str, Station] = {}
        self._finders: dict[str, Viewfinder] = {}
        self.fetched = Fetched()
        self._packed: dict[str, tuple[Station, list[Entry]]] = {}
        self._watch: Watch | None = None
        self._watcher: threading.Thread | None = None
        self._looking = asyncio.Lock()
        self._is_for_several = all_there_are or len(cameras) > 1
        for name, port in cameras.items():
            self._add(name, port)

    def start(self) -> None:
        """Begin; called in the server's loop."""
        self.news.start()
        for station in self._stations.values():
            station.start()
        if self._all_there_are:
            self._watch = watch()
            self._watcher = threading.Thread(
                target=self._add_what_comes, args=(self._watch,), name="watch", daemon=True
            )
            self._watcher.start()

    def close(self) -> None:
        """End: nobody is told anything more, and every camera is let go; twice is allowed."""
        self.news.close()
        if self._watch is not None and self._watcher is not None:
            self._watch.close()
            self._watcher.join()
        for finder in self._finders.values():
            finder.close()
        for station in self._stations.values():
            station.close()
        self.fetched.close()

    def document(self) -> dict[str, object]:
        """All that a page has to know."""
        return {"cameras": self.cameras(), "read_only": self.read_only, "live_key": self.live_key}

    def cameras(self) -> list[dict[str, object]]:
        """All cameras, as they are known."""
        return [station.document() for station in self._stations.values()]

    def station(self, ident: str) -> Station:
        """The camera of that name.

        Raises:
            ObjectNotFound: there is none.
        """
        station = self._stations.get(ident)
        if station is None:
            raise ObjectNotFound(f"there is no camera {ident[:50]!r}", "GET /cameras lists them")
        return station

    async def look_for_trouble(self) -> list[dict[str, object]]:
        """What `doctor` finds; nothing once a camera is there, which is not to be opened twice."""
        async with self._looking:
            if any(one.is_there for one in self._stations.values()):
                return []
            ports = [station.port for station in self._stations.values()] or [""]
            return await asyncio.to_thread(_findings, ports)

    def viewfinder(self, station: Station) -> Viewfinder:
        """The live view of a camera."""
        return self._finders[station.ident]

    def pack(self, station: Station, entries: list[Entry], number: str | None = None) -> str:
        """Remember which files a zip is to have, and give its number; the last hundred are kept."""
        number = number or secrets.token_hex(8)
        self._packed[number] = (station, entries)
        while len(self._packed) > _MOST_ZIPS:
            del self._packed[next(iter(self._packed))]
        return number

    def packed(self, station: Station, number: str) -> list[Entry]:
        """The files of a zip.

        Raises:
            ObjectNotFound: there is none of that number.
        """
        whose, entries = self._packed.get(number, (None, []))
        if whose is not station:
            raise ObjectNotFound("there is no such zip", "make it again")
        return entries

    async def wait(self, job: Job[T], request: Request | None = None) -> T:
        """The result of a job; it is cancelled where whoever asked has gone.

        Raises:
            Aborted: it was cancelled.
            CanonError: it failed.
        """
        future = asyncio.wrap_future(job.future)
        while request is not None and not future.done():
            await asyncio.wait([future], timeout=_GONE_S)
            if not future.done() and await request.is_disconnected():
                job.cancel()
                break
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            if future.cancelled():  # else whoever waits is
                raise Aborted(f"{job.label} was cancelled") from None
            raise

    async def release_all(self, target: CaptureTarget | None) -> dict[str, object]:
        """Take a picture with every camera that is there, and can; what each gave.

        They go at one moment. One that is at something long is not waited for.
        """
        ready = [one for one in self._stations.values() if one.can_shoot]
        line = StartLine([one.ident for one in ready])
        begun = {one.ident: asyncio.ensure_future(self._at(line, one, target)) for one in ready}
        if begun:
            await asyncio.wait(begun.values(), timeout=_TOGETHER_S)
        for station in ready:
            if not station.does("release"):
                line.leave(station.ident)
        shots = [await task for task in begun.values()]
        spread_s = line.spread_s(1)
        return {"shots": shots, "spread_ms": spread_s and round(spread_s * 1000, 1)}

    async def _at(
        self, line: StartLine, station: Station, target: CaptureTarget | None
    ) -> dict[str, object]:
        """Take a picture with one of several cameras, which go at one moment."""
        from canon.web.shots import shoot

        def do(cam: Camera, job: Job[dict[str, object]]) -> dict[str, object]:
            may_go = line.place(station.ident, cam.clock).may_go
            return shoot(station, cam, job, target or station.target, may_go=may_go)

        result: dict[str, object] = {"id": station.ident, "shot": None, "error": None}
        try:
            job = station.ask("release", "taking a picture", do, Urgency.RELEASE)
            shot: dict[str, object] = await self.wait(job)
            result["shot"] = shot
        except (CanonError, OSError) as error:
            result["error"] = documents.of_error(error)
        finally:
            line.leave(station.ident)
        return result

    def _add(self, name: str, port: str, model: str = "") -> Station:
        ident = self._ident(model or name)
        folder = self._folder / ident if self._is_for_several else self._folder
        station = Station(ident, port, self.news, folder, model)
        self._stations[ident] = station
        self._finders[ident] = Viewfinder(station)
        return station

    def _ident(self, name: str) -> str:
        """A short name for addresses; the second of a kind gets a number."""
        words = re.sub(r"\?.*", "", name.removeprefix("virtual:").removeprefix("Canon "))
        ident = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "camera"
        taken, number = ident, 1
        while taken in self._stations:
            number += 1
            taken = f"{ident}-{number}"
        return taken

    def _add_what_comes(self, watch: Watch) -> None:
        """Add cameras that come; those that go are waited for."""
        try:
            for event in watch:
                known = {station.port for station in self._stations.values()}
                if isinstance(event, CameraAdded) and event.found.port not in known:
                    self._add(event.found.port, event.found.port, event.found.name).start()
                    self.news.tell("snapshot", self.document())
        except CanonError as error:
            _log.warning("the bus cannot be listed: %s", error)


def _findings(ports: list[str]) -> list[dict[str, object]]:
    from canon.work.doctor import Doctor

    found: dict[tuple[str, str], dict[str, object]] = {}
    for port in ports:
        for one in Doctor(port).run():
            told = {"check": one.check, "state": str(one.state), "what": one.what}
            found[one.check, one.what] = {**told, "remedy": one.remedy or None}
    return [*found.values()]
