"""Pictures that a camera takes for the server: one, one of every camera's, a series, a bracket."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from canon import exif
from canon.driver.features import Feature
from canon.errors import DecodeError, NotSupported
from canon.values import CaptureTarget
from canon.web import bodies
from canon.work import bracket, documents, series
from canon.work.frames import Place, Warned
from canon.work.library import Library
from canon.work.template import BY_DAY, Template

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.driver.card import Entry
    from canon.driver.shot import MayGo
    from canon.web.jobs import Job
    from canon.web.station import Station

_ROOM_S = 0.5  # until the next frame, for what others ask for
_SHOWN = (".JPG", ".JPEG")  # what a browser draws
IN_A_ROW = frozenset(("series", "bracket"))
"""The kinds of jobs that a camera does one of."""


def shoot(
    station: Station,
    cam: Camera,
    job: Job[Any],
    target: CaptureTarget,
    *,
    focus: bool = True,
    may_go: MayGo | None = None,
) -> dict[str, object]:
    """Take a picture, in the camera's thread; what comes to this computer goes to the folder."""
    station.folder.mkdir(parents=True, exist_ok=True)
    shot = cam.capture.shoot(
        target=target,
        to=station.folder,
        focus=focus,
        progress=job.progress,
        thumbnail=False,
        may_go=may_go,
    )
    return told(station, shot.saved, shot.entries)


def told(station: Station, saved: Sequence[Path], entries: Sequence[Entry]) -> dict[str, object]:
    """A picture in JSON; pages show it too."""
    for entry in entries:
        station.card.put(entry)
    shown = next((path for path in saved if path.suffix.upper() in _SHOWN), None)
    preview = f"/cameras/{station.ident}/shots/{station.keep(shown)}" if shown else None
    on_card = next((one for one in entries if one.suffix.upper() in _SHOWN), None)
    if preview is None and on_card is not None:
        preview = f"/cameras/{station.ident}/thumbnails/{quote(str(on_card))}"
    sizes = [path.stat().st_size for path in saved] or [one.size for one in entries]
    document: dict[str, object] = {
        "saved": [str(path) for path in saved],
        "card": [str(entry) for entry in entries],
        "size": sum(sizes),
        "exposure": _exposure(saved[0]) if saved else None,
        "preview": preview,
    }
    station.tell("shot", shot=document)
    return document


def begin_series(station: Station, wanted: bodies.Series, target: CaptureTarget) -> Job[None]:
    """Let pictures be taken one after the other.

    Raises:
        NotSupported: the camera takes no pictures by remote.
        DeviceBusy: another series is being taken.
    """

    def idle(left_s: float) -> None:
        if left_s > _ROOM_S:
            station.do_what_waits()

    def make(cam: Camera, place: Place) -> series.TimeLapse:
        every = series.Wanted(wanted.every_s, wanted.count)
        return series.TimeLapse(cam, place, every, idle=idle)

    label = f"{wanted.count} pictures, one every {wanted.every_s:g} s"
    return _begin(station, "series", label, wanted.count, target, make)


def begin_bracket(station: Station, wanted: bodies.Bracket, target: CaptureTarget) -> Job[None]:
    """Let pictures of several exposures be taken.

    Raises:
        NotSupported: the camera takes no pictures by remote.
        DeviceBusy: another series is being taken.
    """
    stops = bracket.Exposures(tuple(float(one) for one in wanted.ev))

    def make(cam: Camera, place: Place) -> bracket.Bracket:
        return bracket.Bracket(cam, place, stops)

    label = f"pictures at {', '.join(f'{one:+g}' for one in stops.stops)}"[:100]
    return _begin(station, "bracket", label, len(stops.stops), target, make)


def _begin(
    station: Station, kind: str, label: str, count: int, target: CaptureTarget, make: Any
) -> Job[None]:
    cam = station.camera
    if Feature.SHOOT not in cam.features:
        raise NotSupported(cam.model.removeprefix("Canon "), "remote release")

    def do(cam: Camera, job: Job[None]) -> None:
        with ExitStack() as stack:
            place = Place(target)
            if CaptureTarget.HOST in target:
                library = stack.enter_context(Library(station.folder))
                place = Place(target, library, Template(BY_DAY))
            frames = make(cam, place)
            job.ends_by(frames.stop)
            job.count(0, count)
            for done in _frames(station, stack.enter_context(closing(frames.run()))):
                job.count(done, count)
                station.do_what_waits()  # also where a series leaves no room
        job.check()

    return station.ask(kind, label, do, only_one_of=IN_A_ROW)


def _frames(
    station: Station, events: Iterator[series.SeriesEvent | bracket.BracketEvent]
) -> Iterator[int]:
    """How many pictures are over after each; pages are told of it all."""
    over = 0
    for event in events:
        match event:
            case (
                series.Taken(files=files, entries=entries)
                | bracket.Taken(files=files, entries=entries)
            ):
                over += 1
                saved = [one.path for one in files if one.path is not None]
                told(station, saved, entries)
            case series.Missed(number=number, count=count, error=error):
                over += count
                _log(station, f"picture {number} was missed", error)
            case bracket.Failed(number=number, error=error):
                over += 1
                _log(station, f"picture {number} failed", error)
            case series.TooFast(kept_s=kept_s):
                _log(station, f"the shortest interval that the camera kept is {kept_s:g} s", None)
            case Warned(text=text):
                _log(station, text, None)
            case (
                series.Ended(taken=taken, missed=failed) | bracket.Ended(taken=taken, failed=failed)
            ):
                _log(station, f"{taken} pictures taken, {failed} missed", None)
                continue
            case _:
                continue
        yield over


def _log(station: Station, text: str, error: Exception | None) -> None:
    said = f"{text}: {documents.said(error)}" if error else text
    station.tell("log", text=said, error=documents.of_error(error) if error else None)


def _exposure(path: Path) -> str | None:
    """How a picture was taken, in a few words: "1/60 s · f/2.8 · ISO 50"."""
    try:
        with path.open("rb") as picture:
            found = exif.read(picture)
    except (DecodeError, OSError):
        return None
    words = (
        "" if found.exposure_time is None else f"{found.exposure_time} s",
        "" if found.f_number is None else f"f/{found.f_number:g}",
        "" if found.iso is None else f"ISO {found.iso}",
    )
    return " · ".join(filter(None, words)) or None
