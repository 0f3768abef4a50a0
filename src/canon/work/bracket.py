"""Takes pictures of one scene that differ in one thing: the exposure, or the focus."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any

from canon.driver.card import Entry
from canon.driver.features import Feature
from canon.errors import CanonError, NotSupported
from canon.frozen import Frozen
from canon.log import Log
from canon.values import Compensation, ShootingMode, ShutterSpeed
from canon.work.frames import DRIVE, RELEASE, Frames, Place, Warned
from canon.work.patience import Patience
from canon.work.ramp import stops_of
from canon.work.taking import Brought, IndexRebuilt

if TYPE_CHECKING:
    from canon.camera import Camera

_log = Log(__name__)
_FOCUS = re.compile(r"([1-9]\d{0,3})x([+-]?[1-9]\d{0,3})")
_EV = re.compile(r"[+-]?\d{1,2}(\.\d+|( \d)?/\d)?")
_NEAR = 0.1  # of a stop: how far a step of the camera may be from what is wanted
_MOST = 99


class Exposures(Frozen):
    """Pictures that differ in exposure.

    Attributes:
        stops: how much brighter each is than what is set, in stops.
    """

    stops: tuple[float, ...]

    @classmethod
    def parse(cls, text: str) -> Exposures:
        """Read "-2,0,2"; thirds are "1/3" or "1 2/3".

        Raises:
            ValueError: it cannot be read.
        """
        words = [word.strip() for word in text.split(",")]
        if len(words) > _MOST or not all(map(_EV.fullmatch, words)):
            raise ValueError(f"{text!r} is no list of exposures; -2,0,2 is one")
        return cls(tuple(round(float(Compensation(word)), 3) for word in words))


class FocusSteps(Frozen):
    """Pictures that differ in focus.

    Attributes:
        count: how many.
        steps: how far the lens goes from one to the next; below zero is towards near.
        size: how large a step is: 1, 2 or 3.
    """

    count: int
    steps: int
    size: int = 1

    @classmethod
    def parse(cls, text: str, size: int = 1) -> FocusSteps:
        """Read "10x+2": ten pictures, and two steps towards far from one to the next.

        Raises:
            ValueError: it cannot be read.
        """
        found = _FOCUS.fullmatch(text.strip().lower())
        if found is None:
            raise ValueError(
                f"{text!r} says no pictures and steps; 10x+2 does: ten pictures, and two steps "
                "towards far from one to the next"
            )
        return cls(int(found[1]), int(found[2]), size)


class Taken(Frozen):
    """A picture was taken.

    Attributes:
        number: which, from 1.
        stops: how much brighter it is than what was set; 0 where the focus differs.
        steps: how far the lens went from where it was; 0 where the exposure differs.
        files: what became of its files on this computer.
        entries: its files on the card.
    """

    number: int
    stops: float
    steps: int
    files: tuple[Brought, ...]
    entries: tuple[Entry, ...]


class Failed(Frozen):
    """A picture was not taken; the attributes are as above.

    Attributes:
        error: why.
    """

    number: int
    stops: float
    steps: int
    error: CanonError


class Ended(Frozen):
    """All were tried, or it cannot go on: how many had each end."""

    taken: int = 0
    failed: int = 0


BracketEvent = Taken | Failed | Warned | Brought | IndexRebuilt | Ended


class Bracket:
    """Takes pictures of one scene that differ in one thing.

    Args:
        cam: the camera, open.
        place: where the pictures go.
        wanted: in what they differ, and how much.
        settings: what is set before.
    """

    def __init__(
        self,
        cam: Camera,
        place: Place,
        wanted: Exposures | FocusSteps,
        settings: Mapping[str, object] | None = None,
    ) -> None:
        self._cam, self._wanted = cam, wanted
        self._frames = Frames(cam, place, settings)
        self._stopping = False
        self._taken = self._failed = 0

    def stop(self) -> None:
        """Let it end when the picture that is coming is there; any thread may call."""
        self._stopping = True

    def run(self) -> Generator[BracketEvent, None, None]:
        """Take them; one that fails does not stop the others. At the end all is as it was.

        Raises:
            NotSupported: the camera cannot, or not in its present mode.
            ValueError: it has no such exposures.
            Disconnected: the camera is gone.
            OSError: this computer's disk is full, or takes nothing.
        """
        frames = self._frames
        frames.need(Feature.SHOOT, RELEASE)
        if isinstance(self._wanted, FocusSteps):
            frames.need(Feature.FOCUS_DRIVE, DRIVE)
        yield from frames.begin()
        try:
            with self._cam.remote():
                frames.set()
                if isinstance(self._wanted, Exposures):
                    yield from self._exposures(self._wanted)
                else:
                    yield from self._focus(self._wanted)
        except (CanonError, OSError):
            if self._taken or self._failed:
                yield Ended(self._taken, self._failed)
            raise
        yield Ended(self._taken, self._failed)

    def _exposures(self, wanted: Exposures) -> Iterator[BracketEvent]:
        name, before, values = _values(self._cam, wanted.stops)

        def set_to(number: int) -> None:
            self._cam.settings.set({name: values[number]})

        try:
            yield from self._all([(stops, 0) for stops in wanted.stops], set_to)
        finally:
            try:
                self._cam.settings.set({name: before})
            except CanonError as error:
                _log.warning("%s was not set back to %s: %s", name, before, error.what)

    def _focus(self, wanted: FocusSteps) -> Iterator[BracketEvent]:
        went = 0

        def drive_to(number: int) -> None:
            nonlocal went
            steps = number * wanted.steps - went
            if steps:
                went += steps
                self._cam.focus.drive(steps, size=wanted.size)

        places = [(0.0, number * wanted.steps) for number in range(wanted.count)]
        live = self._cam.live if Feature.LIVE in self._cam.features else nullcontext()
        with live:
            try:
                yield from self._all(places, drive_to, focus=False)
            finally:
                with suppress(CanonError):
                    if went:
                        self._cam.focus.drive(-went, size=wanted.size)

    def _all(
        self,
        wanted: list[tuple[float, int]],
        prepare: Callable[[int], None],
        *,
        focus: bool = True,
    ) -> Iterator[BracketEvent]:
        patience = Patience()
        for at, (stops, steps) in enumerate(wanted):
            if self._stopping:
                return
            try:
                prepare(at)
                shot = self._frames.shoot(focus=focus)
            except NotSupported:
                raise
            except CanonError as error:
                self._failed += 1
                yield Failed(at + 1, stops, steps, error)
                yield from self._frames.left()
                patience.heed(error)
                continue
            patience.heed()
            files, entries = self._frames.files(shot)
            self._taken += 1
            yield Taken(at + 1, stops, steps, files, entries)
            yield from self._frames.warnings()


def _values(cam: Camera, stops: tuple[float, ...]) -> tuple[str, Any, list[Any]]:
    """The setting by which the exposure is changed, what it is now, and what each picture has."""
    told = cam.settings.describe("shooting_mode", "shutter_speed", "exposure_compensation")
    mode = told.get("shooting_mode")
    manual = mode is not None and mode.value == ShootingMode.MANUAL
    name = "shutter_speed" if manual else "exposure_compensation"
    reading = told.get(name)
    allowed = [] if reading is None else [one for one in reading.allowed or () if _has_place(one)]
    if reading is None or not allowed or not _has_place(reading.value):
        what = f"{name} that a computer can set in its present mode"
        raise NotSupported(cam.model.removeprefix("Canon "), what, "set shooting_mode first")
    values = []
    for wanted in stops:
        goal = stops_of(reading.value) + wanted
        nearest = min(allowed, key=lambda one: abs(stops_of(one) - goal))
        if abs(stops_of(nearest) - goal) > _NEAR:
            raise ValueError(
                f"{wanted:+g} cannot be set: {name} is {reading.value}, and goes from "
                f"{min(allowed)} to {max(allowed)}"
            )
        values.append(nearest)
    return name, reading.value, values


def _has_place(value: object) -> bool:
    return isinstance(value, ShutterSpeed | Compensation) and value.number is not None
