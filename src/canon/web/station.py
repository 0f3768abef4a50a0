"""One camera of the server: its thread, its queue of jobs, and what is known of it.

Everything that the camera is asked goes through the queue, but for the frames of live view, which
the library lets in between. What pages are shown comes from memory. The thread listens while there
is nothing to do, and opens the camera anew when it has been away.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import canon
from canon.clock import Clock, RealClock
from canon.driver.events import (
    CardChanged,
    Event,
    FileAdded,
    FileChanged,
    FileRemoved,
    Gone,
    SettingChanged,
    ShuttingDown,
)
from canon.driver.features import Feature
from canon.driver.optional import optional
from canon.driver.settings import Readings
from canon.errors import (
    CameraNotFound,
    CanonError,
    DeviceBusy,
    Disconnected,
    NoCard,
    ObjectNotFound,
    PortError,
)
from canon.log import Log
from canon.values import CaptureTarget
from canon.web.card import OnCard
from canon.web.jobs import Job, Jobs, Urgency
from canon.work import documents
from canon.work.documents import Clocks

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.camera.events import Events
    from canon.driver.card import Card
    from canon.web.news import News

T = TypeVar("T")
_log = Log(__name__)

_LISTEN_S = 0.1
_LOOK_AGAIN_S = 1.0  # for a camera that is not there
_ASK_AGAIN_S = 2.0  # for settings of a body that does not tell when they change
_JOBS_APART_S = 0.2
_MOST_SHOTS = 20
_OVER = frozenset(("done", "failed", "cancelled"))


class Station:
    """One camera of the server.

    Args:
        ident: what addresses call it: "powershot-g3".
        port: the port string that opens it.
        news: is told what changes.
        folder: where pictures go that come to this computer.
        name: the model, as far as it is known before the camera was asked.
    """

    def __init__(
        self,
        ident: str,
        port: str,
        news: News,
        folder: Path,
        name: str = "",
        clock: Clock | None = None,
    ) -> None:
        self.ident, self.port, self.folder = ident, port, folder
        self.card = OnCard(self)
        self._news = news
        self._clock = clock or RealClock()
        self._jobs = Jobs()
        self._listed: dict[int, Job[Any]] = {}
        self._cam: Camera | None = None
        self._events: Events | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"camera {ident}", daemon=True)
        self._lock = threading.Lock()
        self._settings: dict[str, dict[str, object]] = {}
        self._stale = True  # the settings may have changed
        self._asked = self._told_job = 0.0
        self._has_looked = False  # at what is told in remote control alone
        self._free: int | None = None
        self._kept: dict[str, Path] = {}
        self._shots = 0
        self._target = CaptureTarget.HOST
        self._known: dict[str, object] = {
            "id": ident,
            "port": port,
            "model": name,
            "state": "gone",
            "why": None,
            "since": None,
            "firmware": None,
            "owner": None,
            "body_id": None,
            "features": [],
            "power": None,
            "battery": None,
            "clock": None,
            "cards": None,
            "shots": None,
            "zoom": None,
            "focus_locked": False,
            "live": False,
            "target": word_of(self._target),
            "folder": str(folder),
            "settings": {},
            "jobs": [],
        }

    # --- for the server ---------------------------------------------------------------------------

    def start(self) -> None:
        """Open the camera and serve it, in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """End: what runs is given up, the camera is let go."""
        self._closing.set()
        for job in [*self._listed.values()]:
            if job.state not in _OVER:
                job.cancel()
        if self._thread.is_alive():
            self._thread.join()

    def document(self) -> dict[str, object]:
        """All that is known of the camera, in JSON; it is not asked."""
        with self._lock:
            return {**self._known, "settings": {**self._settings}}

    def settings(self) -> dict[str, dict[str, object]]:
        """The settings, as they are known."""
        with self._lock:
            return {**self._settings}

    @property
    def target(self) -> CaptureTarget:
        """Where pictures go."""
        return self._target

    def aim(self, target: CaptureTarget) -> None:
        """Choose where pictures go."""
        self._target = target
        self.know(target=word_of(target))

    @property
    def camera(self) -> Camera:
        """The camera.

        Raises:
            Disconnected: it is not there.
        """
        if self._cam is None:
            raise Disconnected("the camera is not there", "switch it on, and plug it in")
        return self._cam

    def free(self) -> int | None:
        """The bytes that are free on the card; None where that is not known."""
        with self._lock:
            return self._free

    @property
    def is_there(self) -> bool:
        """Whether the camera is open."""
        return self._cam is not None

    @property
    def can_shoot(self) -> bool:
        """Whether the camera is there, and takes pictures by remote."""
        return self._cam is not None and Feature.SHOOT in self._cam.features

    def ask(
        self,
        kind: str,
        label: str,
        do: Callable[[Camera, Job[T]], T],
        urgency: Urgency = Urgency.CHANGE,
        *,
        told: bool = True,
        only_one_of: Collection[str] = (),
    ) -> Job[T]:
        """Let the camera do something, when it is its turn.

        Args:
            kind: what it is.
            label: what people read.
            do: does it, in the camera's thread.
            urgency: what goes first.
            told: whether pages are told of it.
            only_one_of: the kinds of jobs of which the camera does one.

        Raises:
            Disconnected: the camera is not there.
            DeviceBusy: it does such a job already.
        """
        self.camera  # noqa: B018  (raises)
        if other := [one for one in [*self._listed.values()] if one.kind in only_one_of]:
            raise DeviceBusy(f"the camera takes {other[0].label}", "cancel that first")
        job = Job(kind, label, do, urgency, told=told)
        job.changed, job.moved = self._job_changed, self._job_moved
        if told:
            self._listed[job.number] = job
            self._job_changed(job)
        self._jobs.add(job)
        return job

    def keep(self, path: Path) -> str:
        """Remember a picture that was just taken, and give its number; the last ones are kept."""
        self._shots += 1
        self._kept[str(self._shots)] = path
        self._kept.pop(str(self._shots - _MOST_SHOTS), None)
        return str(self._shots)

    def kept(self, number: str) -> Path:
        """A picture that was just taken.

        Raises:
            ObjectNotFound: there is none of that number.
        """
        path = self._kept.get(number)
        if path is None or not path.is_file():
            raise ObjectNotFound("there is no such picture", "it may have been moved")
        return path

    def does(self, kind: str) -> bool:
        """Whether a job of that kind runs."""
        return any(one.kind == kind and one.state == "running" for one in [*self._listed.values()])

    def job(self, number: int) -> Job[Any] | None:
        """The job of that number, while it waits or runs."""
        return self._listed.get(number)

    def know(self, **facts: object) -> None:
        """Remember facts, and tell pages those that are new."""
        with self._lock:
            new = {name: fact for name, fact in facts.items() if self._known.get(name) != fact}
            self._known.update(new)
        if new:
            self._news.tell("camera", {"id": self.ident, **new})

    def tell(self, kind: str, **facts: object) -> None:
        """Tell pages something that is not remembered."""
        self._news.tell(kind, {"id": self.ident, **facts})

    def do_what_waits(self) -> None:
        """Do what others have asked for meanwhile, in a pause of a long job; in the thread."""
        while not self._closing.is_set() and (job := self._jobs.next(0.0)) is not None:
            job.run(self.camera)
            self._tell_how(job)
            self._stale = True
        if self._stale:
            self._look_at_settings()

    # --- the thread -------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing.is_set():
            if self._cam is None and not self._open():
                self._closing.wait(_LOOK_AGAIN_S)
                continue
            job = self._jobs.next(_LISTEN_S)
            try:
                if job is not None:
                    self._do(job)
                self._listen()
                self._look_at_settings()
            except Disconnected as error:
                self._lose(error)
            except (CanonError, OSError) as error:
                _log.warning("%s: %s", self.port, error)
        self._let_go()

    def _open(self) -> bool:
        try:
            self._cam = cam = canon.open(self.port)
        except (PortError, CanonError) as error:
            if not isinstance(error, CameraNotFound | Disconnected) or not self._known["model"]:
                self.know(why=documents.of_error(error))
            return False
        self._events = cam.events()
        self.know(
            state="ready",
            why=None,
            since=None,
            model=cam.model,
            firmware=cam.firmware_version,
            features=[str(feature) for feature in Feature if feature in cam.features],
        )
        self.card.forget()
        self._look()
        return True

    def _look(self) -> None:
        """Ask what a camera tells without remote control."""
        cam = self.camera
        if cam.remote.active or not cam.remote.lasts:  # an EOS would enter it, and stay there
            self._look_at_body()
        self.look_at_card()

    def _look_at_body(self) -> None:
        cam = self.camera
        facts: dict[str, object] = {}
        with optional("the owner"), suppress(CanonError):
            facts["owner"] = cam.owner
        with optional("the number of the body"), suppress(CanonError):
            facts["body_id"] = cam.body_id
        with optional("the power"), suppress(CanonError):
            power = cam.power
            facts |= {"power": "mains" if power.on_ac else "battery", "battery": str(power.battery)}
        self.know(**facts)
        self.look_at_clock()

    def _look_at_rest(self) -> None:
        """Ask what a camera tells in remote control alone, once it is there."""
        cam = self.camera
        if cam.remote.lasts:
            self._look_at_body()
        if Feature.ZOOM in cam.features:
            with optional("where the zoom stands"), suppress(CanonError):
                self.know(zoom=vars(cam.zoom.get()))
        self.look_at_shots()

    def look_at_shots(self) -> None:
        """Ask how many pictures fit on the card, where remote control is on; in the thread."""
        cam = self.camera
        if Feature.SHOOT in cam.features and cam.remote.active:
            with optional("how many pictures fit"), suppress(CanonError):
                self.know(shots=cam.capture.available_shots())

    def look_at_clock(self) -> None:
        """Ask the camera's clock; in its thread."""
        clock = None
        with optional("the clock"), suppress(CanonError):
            clock = Clocks.read(self.camera).document()
        self.know(clock=clock)

    def look_at_card(self) -> None:
        """Ask what is free on the card; in the camera's thread."""
        self.look_at_shots()
        cards: tuple[Card, ...] | None = None
        with optional("what is free on the card"), suppress(CanonError):
            try:
                cards = self.camera.storage.cards()
            except NoCard:
                cards = ()
        self._free = max((card.free for card in cards), default=0) if cards is not None else None
        self.know(cards=None if cards is None else [vars(card) for card in cards])

    def look_at_settings(self) -> None:
        """Ask for the settings before anything else, when the thread gets to it."""
        self._stale = True

    def _look_at_settings(self) -> None:
        cam = self.camera
        if Feature.REMOTE in cam.features and not cam.remote.active:
            self._stale, self._has_looked = True, False
            return
        now = self._clock.now()
        if not self._stale and now - self._asked < _ASK_AGAIN_S:
            return
        self._stale, self._asked = False, now
        if Feature.REMOTE in cam.features and not self._has_looked:
            self._has_looked = True
            self._look_at_rest()
        try:
            told = cam.settings.describe()
        except Disconnected:
            raise
        except CanonError as error:
            _log.info("the settings are not told: %s", error)
            told = Readings()
        found = {name: documents.of_reading(one) for name, one in told.items()}
        with self._lock:
            changed = {name: one for name, one in found.items() if self._settings.get(name) != one}
            gone = [name for name in self._settings if name not in found]
            self._settings = found
        if "owner" in found:
            self.know(owner=found["owner"]["label"])
        if changed or gone:
            self._news.tell("settings", {"id": self.ident, "changed": changed, "gone": gone})
        self._look_at_shots()

    def _look_at_shots(self) -> None:
        """Ask how many pictures fit on the card; under remote control."""
        shots = None
        with optional("how many pictures fit"):
            shots = self.camera.capture.available_shots()
        self.know(shots=shots)

    def _do(self, job: Job[Any]) -> None:
        self.know(state="busy")
        try:
            job.run(self.camera)
        finally:
            self._stale = True
            error = job.future.exception() if not job.future.cancelled() else None
            if isinstance(error, Disconnected):
                self._lose(error)
            elif self._cam is not None:
                self.know(state="ready")
        self._tell_how(job)

    def _tell_how(self, job: Job[Any]) -> None:
        """Tell pages what went wrong with a job that is over."""
        error = job.future.exception() if not job.future.cancelled() else None
        if error is not None and job.told:
            self.tell(
                "log", text=f"{job.label}: {documents.said(error)}", error=documents.of_error(error)
            )

    def _listen(self) -> None:
        while self._events is not None and (event := self._events.get(0.0)) is not None:
            self._heed(event)

    def _heed(self, event: Event) -> None:
        match event:
            case SettingChanged():
                self._stale = True
            case FileAdded(entry) | FileChanged(entry):
                self.card.put(entry)
            case FileRemoved(path):
                self.card.remove(path)
            case CardChanged():
                self.card.look_again()
            case ShuttingDown():
                self.know(state="asleep")
            case Gone():
                raise Disconnected("the camera went away", "switch it on, and plug it in")

    def _lose(self, error: Disconnected) -> None:
        """The camera is gone: everything that waits fails, and it is looked for."""
        asleep = self._known["state"] == "asleep"
        self._let_go()
        self.know(
            state="asleep" if asleep else "gone",
            why=documents.of_error(error),
            since=datetime.now().astimezone().isoformat(),
            live=False,
            focus_locked=False,
        )
        for job in self._jobs.empty():
            job.fail(error)

    def _let_go(self) -> None:
        cam, self._cam, self._events = self._cam, None, None
        if cam is not None:
            with suppress(CanonError):
                cam.close()

    def _job_moved(self, job: Job[Any]) -> None:
        """Tell pages how far a job is, at most five times a second."""
        if self._clock.now() - self._told_job >= _JOBS_APART_S:
            self._job_changed(job)

    def _job_changed(self, job: Job[Any]) -> None:
        """Tell pages how a job is."""
        if not job.told:
            return
        self._told_job = self._clock.now()
        if job.state in _OVER:
            self._listed.pop(job.number, None)
        with self._lock:
            self._known["jobs"] = [one.document() for one in [*self._listed.values()]]
        self.tell("job", job=job.document())


def word_of(target: CaptureTarget) -> str:
    """Where pictures go, as JSON has it."""
    return {CaptureTarget.HOST: "host", CaptureTarget.CARD: "card"}.get(target, "both")
