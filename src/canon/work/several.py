"""Several cameras at once, each in a thread of its own; all that they tell comes in one stream.

A camera that fails does not stop the others. Where all are to do something at one moment they wait
for each other at a `StartLine`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Generic, Self, TypeVar

from canon import ports
from canon.clock import Clock, RealClock
from canon.errors import CameraNotFound
from canon.frozen import Frozen
from canon.work.stopping import Stop

E = TypeVar("E")
R = TypeVar("R")
Tell = Callable[[E], None]
Work = Callable[[Tell[E], Stop], R]
"""What a camera does: tells its events, and goes over a way that the `Stop` is on."""

_LOOK_S = 0.5
_OTHERS_S = 0.05  # how long a camera waits for the others before it hears its own events again
_LEAD_S = 0.2  # from the moment that all are ready to the one at which they go
_NEAR_S = 0.25  # the rest of a wait is slept at once
_STEP_S = 1.0


class Told(Frozen, Generic[E]):
    """What a camera's work tells.

    Attributes:
        camera: its name; empty where it is of all of them.
        event: what it is.
    """

    camera: str
    event: E


class Ended(Frozen, Generic[R]):
    """The work of a camera has ended.

    Attributes:
        camera: its name.
        result: what it came to; None where it failed.
        error: why it failed; a KeyboardInterrupt where it was stopped.
    """

    camera: str
    result: R | None
    error: BaseException | None


def every_camera() -> list[str]:
    """The cameras of cameras.toml by their names; where it names none, the ports of all there are.

    Raises:
        CameraNotFound: there is none.
        ValueError: the file cannot be understood.
    """
    from canon import camera, cameras_file

    found = [*cameras_file.read()] or [one.port for one in camera.list()]
    if not found:
        what = "check that they are plugged in and switched on, or name them in cameras.toml"
        raise CameraNotFound("there is no camera", what)
    return found


def places(cameras: Sequence[str]) -> dict[str, str]:
    """Where each camera is: the port strings of names, each camera once.

    Args:
        cameras: names of cameras.toml, or port strings.

    Raises:
        ValueError: one of them is nothing, or two are the same camera.
    """
    found: dict[str, str] = {}
    seen: dict[str, str] = {}
    for one in cameras:
        if one in found:
            raise ValueError(f"{one} stands there twice; name each camera once")
        found[one] = where = ports.plug(one)
        if where in seen:
            raise ValueError(
                f"{seen[where]} and {one} are the same camera, at {where}; name each camera once"
            )
        if not where.startswith("virtual:"):  # each of those is made anew
            seen[where] = one
    return found


class Several(Generic[E, R]):
    """Works with several cameras, each in a thread of its own. Use it in a `with` block.

    Iterating gives what they tell, and one `Ended` for each. When the block is left early, by an
    error, all are stopped, and it waits for their end.

    Args:
        work: what each camera does, by its name.

    Attributes:
        stopping: whether `stop` was called.
    """

    def __init__(self, work: Mapping[str, Work[E, R]]) -> None:
        self.stopping = False
        self._work = dict(work)
        self._came: SimpleQueue[Told[E] | Ended[R]] = SimpleQueue()
        self._stops = {name: Stop() for name in work}
        self._threads: list[threading.Thread] = []
        self._awaited = set(work)

    def __enter__(self) -> Self:
        """Let them begin."""
        self._threads = [
            threading.Thread(target=self._run, args=(name,), name=name, daemon=True)
            for name in self._work
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is KeyboardInterrupt and self.stopping:
            return  # it is the second one
        if kind is not None:
            self.stop()
        for thread in self._threads:
            thread.join()

    def __iter__(self) -> Iterator[Told[E] | Ended[R]]:
        """What they tell, until all have ended; it may be begun again after an interruption."""
        while self._awaited:
            try:
                came = self._came.get(timeout=_LOOK_S)  # Windows hears no Ctrl-C in a longer one
            except Empty:
                if not any(thread.is_alive() for thread in self._threads) and self._came.empty():
                    return
                continue
            if isinstance(came, Ended):
                self._awaited.discard(came.camera)
            yield came

    def tell(self, event: E) -> None:
        """Tell something of all cameras."""
        self._came.put(Told("", event))

    def stop(self) -> None:
        """Stop them as Ctrl-C stops one: each cleans up, and ends with a KeyboardInterrupt."""
        self.stopping = True
        for stop in self._stops.values():
            stop.ask()

    def _run(self, name: str) -> None:
        result: R | None = None
        error: BaseException | None = None
        try:
            result = self._work[name](partial(self._say, name), self._stops[name])
        except BaseException as raised:
            error = raised
        self._came.put(Ended(name, result, error))

    def _say(self, name: str, event: E) -> None:
        self._came.put(Told(name, event))
        self._stops[name].heed()


class Together(Frozen):
    """All cameras went at one moment.

    Attributes:
        number: of the round.
        cameras: how many they were.
        spread_s: from the first to the last.
    """

    number: int
    cameras: int
    spread_s: float


def soon(earliest: datetime) -> datetime:
    """As soon as all are ready."""
    return earliest


def full_second(earliest: datetime) -> datetime:
    """When this computer's clock goes on to the next second."""
    return earliest.replace(microsecond=1000) + timedelta(seconds=1)


class StartLine:
    """Where cameras wait for each other, round after round, to do something at one moment.

    A round opens when each camera is ready for it, is past it, or has left. Nobody waits for a
    camera longer than it takes that one to come or to fail.

    Args:
        cameras: their names.
        tell: is told of each round of several cameras, once all have gone.
        clock: the time that goes on for all of them.
    """

    def __init__(
        self,
        cameras: Sequence[str],
        tell: Tell[Together] = lambda event: None,
        clock: Clock | None = None,
    ) -> None:
        self._tell = tell
        self._clock = clock or RealClock()
        self._changed = threading.Condition()
        self._ready = dict.fromkeys(cameras, 0)  # the round that each is ready for, or has gone
        self._opens: dict[int, float] = {}
        self._due: dict[int, set[str]] = {}
        self._went: dict[int, dict[str, float]] = {}
        self._spreads: dict[int, float] = {}

    def place(self, camera: str, clock: Clock) -> Place:
        """The place of a camera, which waits by its own clock."""
        return Place(self, camera, clock)

    def leave(self, camera: str) -> None:
        """Let the others no longer wait for it; twice is allowed."""
        with self._changed:
            self._ready.pop(camera, None)
            self._settle()
            self._changed.notify_all()

    def spread_s(self, number: int) -> float | None:
        """From the first camera to the last in a round; None while it is not known, and for one."""
        with self._changed:
            return self._spreads.get(number)

    def _left_s(
        self, camera: str, number: int, when: Callable[[datetime], datetime]
    ) -> float | None:
        """Seconds until a round opens; None after a short wait where it is not known yet."""
        with self._changed:
            if self._ready.get(camera, number) < number:
                self._ready[camera] = number
                self._settle()
                self._changed.notify_all()
            if not self._may_open(number):
                self._changed.wait(_OTHERS_S)
            if not self._may_open(number):
                return None
            now = self._clock.now()
            if number not in self._opens:
                self._due[number] = {one for one, at in self._ready.items() if at == number}
                today = datetime.now().astimezone()
                lead = timedelta(seconds=_LEAD_S if len(self._due[number]) > 1 else 0)
                self._opens[number] = (
                    now + (when(today + lead).astimezone() - today).total_seconds()
                )
                self._went[number] = {}
            return self._opens[number] - now

    def _may_open(self, number: int) -> bool:
        return min(self._ready.values(), default=number) >= number

    def _goes(self, camera: str, number: int) -> None:
        """A camera goes now."""
        with self._changed:
            self._went[number][camera] = self._clock.now()
            self._settle()

    def _settle(self) -> None:
        """Tell of the rounds that all have gone through who were ready and did not fail since."""
        for number, due in [*self._due.items()]:
            went = self._went[number]
            if all(one in went or self._ready.get(one, number + 1) > number for one in due):
                del self._due[number]
                if len(went) > 1:
                    self._spreads[number] = spread = max(went.values()) - min(went.values())
                    self._tell(Together(number, len(went), spread))


class Place:
    """The place of one camera at a `StartLine`, which makes it."""

    def __init__(self, line: StartLine, camera: str, clock: Clock) -> None:
        self._line = line
        self._camera = camera
        self._clock = clock
        self._goes_at: dict[int, float] = {}

    def may_go(self, number: int = 1, when: Callable[[datetime], datetime] = soon) -> bool:
        """Whether the camera, which is ready for a round, may go now.

        It waits a little, and is to be asked again until it says so.

        Args:
            number: of the round.
            when: the moment at which all go, by the earliest one that is possible.
        """
        if number not in self._goes_at:
            left = self._line._left_s(self._camera, number, when)
            if left is None:
                self._clock.sleep(0)  # it may be stopped there
                return False
            self._goes_at[number] = self._clock.now() + left
        left = self._goes_at[number] - self._clock.now()
        if left > _NEAR_S:
            self._clock.sleep(min(left - _NEAR_S / 2, _STEP_S))
            return False
        if left > 0:
            self._clock.sleep(left)
        self._line._goes(self._camera, number)
        return True

    def spread_s(self, number: int) -> float | None:
        """As `StartLine.spread_s`."""
        return self._line.spread_s(number)
