"""Takes a picture every so often, on a grid: the first, and then each time that the clock says.

A place on the grid that cannot be kept is missed, and counted; no picture is taken late. A camera
that goes away in between is opened again.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import nullcontext, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from canon.clock import seconds_until
from canon.driver.card import Entry
from canon.driver.features import Feature
from canon.driver.shot import Shot
from canon.errors import (
    CanonError,
    Disconnected,
    MissingExtra,
    NotSupported,
    PortError,
    ProtocolError,
)
from canon.frozen import Frozen
from canon.work.frames import FOCUS, RELEASE, Frames, Place, Warned
from canon.work.grid import Grid, Late, Release, Stopped
from canon.work.ramp import Change, Limits, Ramp
from canon.work.taking import Brought, IndexRebuilt

if TYPE_CHECKING:
    from canon.camera import Camera

SHORTEST_S, LONGEST_S = 0.1, 86400.0 * 366
"""Between two frames, in seconds."""

_IN_A_ROW = 3  # frames that fail
_TOLD_AFTER = 3  # frames, whether the interval can be kept
_MARGIN_S = 0.05  # for what comes before a release, beside what it took the last time
_RECOVERY_S = 10.0  # that the next frame is begun earlier after one that failed
_TWICE = 2  # times that the port may fail until the camera is opened anew


class Wanted(Frozen):
    """What series is wanted.

    Attributes:
        every_s: from one frame to the next, in seconds.
        count: how many places the grid has; 0 is as many as come.
        until: this computer's time after which no frame is begun; None is never.
        lock_focus: whether to focus once, before the first frame, and keep that.
        ramp: how far the exposure follows the light; None is not at all.
    """

    every_s: float
    count: int = 0
    until: datetime | None = None
    lock_focus: bool = False
    ramp: Limits | None = None


class Taken(Frozen):
    """A frame was taken.

    Attributes:
        number: its place on the grid, from 1.
        at_s: when it was released, in seconds since the first.
        late_s: how far from its place that is.
        files: what became of its files on this computer.
        entries: its files on the card.
    """

    number: int
    at_s: float
    late_s: float
    files: tuple[Brought, ...]
    entries: tuple[Entry, ...]


class Missed(Frozen):
    """Places on the grid have no frame.

    Attributes:
        number: the first of them.
        count: how many.
        error: why it failed; None where the camera was not ready in time.
    """

    number: int
    count: int
    error: CanonError | None


class TooFast(Frozen):
    """The camera cannot keep the interval.

    Attributes:
        every_s: the interval.
        kept_s: the shortest that it would have kept so far.
    """

    every_s: float
    kept_s: float


class Ended(Frozen):
    """The series is over, or cannot go on.

    Attributes:
        taken: how many frames were taken.
        missed: how many places of the grid have none.
        failed: how many of these the camera was asked for.
    """

    taken: int = 0
    missed: int = 0
    failed: int = 0


SeriesEvent = Taken | Missed | TooFast | Change | Warned | Brought | IndexRebuilt | Ended


class TimeLapse:
    """Takes a picture every so often.

    Args:
        cam: the camera, open.
        place: where the pictures go.
        wanted: how often, and how many.
        settings: what is set before the first.
        idle: is called while there is nothing to do, with the seconds until there is; it may use
            the camera, and a place that it takes the time of is missed.

    Raises:
        ValueError: nobody can wait that long or that short, or the exposures are too long for it.
    """

    def __init__(
        self,
        cam: Camera,
        place: Place,
        wanted: Wanted,
        settings: Mapping[str, object] | None = None,
        *,
        idle: Callable[[float], object] = lambda left_s: None,
    ) -> None:
        if not SHORTEST_S <= wanted.every_s <= LONGEST_S:
            raise ValueError(f"{wanted.every_s:g} s is no time from picture to picture")
        if wanted.ramp and wanted.ramp.slowest_s >= wanted.every_s:
            raise ValueError(
                f"an exposure of {wanted.ramp.slowest_s:g} s has no room in {wanted.every_s:g} s; "
                "choose a shorter slowest, or a longer interval"
            )
        self._cam, self._wanted = cam, wanted
        self._frames = Frames(cam, place, settings)
        self._idle = idle
        self._stopping = False
        self._ramp: Ramp | None = None
        self._grid = Grid(cam, wanted.every_s)
        self._lead_s = 0.0  # how long before its release a frame is begun
        self._taken = self._missed = self._failed = 0
        self._in_a_row = 0
        self._port_failed = 0
        self._longest_s = 0.0  # that a frame took

    def stop(self) -> None:
        """Let it end when the frame that is coming is there; any thread may call."""
        self._stopping = True

    def run(self) -> Generator[SeriesEvent, None, None]:
        """Take them; what was set for the series is set back at its end.

        Raises:
            NotSupported: the camera cannot; nothing was moved.
            ValueError: the ramp cannot begin with what the camera is set to.
            CanonError: three frames in a row failed; the error is that of the last.
            OSError: this computer's disk is full, or takes nothing.
        """
        frames, wanted = self._frames, self._wanted
        frames.need(Feature.SHOOT, RELEASE)
        if wanted.lock_focus:
            frames.need(Feature.FOCUS_LOCK, FOCUS)
        yield from frames.begin()
        try:
            with self._cam.remote():
                frames.set()
                if wanted.ramp:
                    self._ramp = Ramp(self._cam, wanted.ramp)
                try:
                    with self._cam.focus.lock() if wanted.lock_focus else nullcontext():
                        yield from self._all()
                finally:
                    self._restore()
        except (CanonError, OSError):
            if self._taken or self._missed:
                yield self._end()
            raise
        yield self._end()

    def _end(self) -> Ended:
        return Ended(self._taken, self._missed, self._failed)

    def _restore(self) -> None:
        with suppress(CanonError):
            if self._ramp is not None:
                self._ramp.restore()

    def _all(self) -> Iterator[SeriesEvent]:
        """The frames, one after the other."""
        grid, wanted = self._grid, self._wanted
        if wanted.until is not None:
            grid.end = grid.now() + seconds_until(wanted.until)
        number = 1
        while not self._stopping:
            last = min(wanted.count or sys.maxsize, grid.last_place())
            kept = min(grid.next_place(number, self._lead_s), last + 1)
            if kept > number:
                yield from self._skip(number, kept - number)
            number = kept
            if number > last or not grid.wait(number, self._lead_s, self._is_stopping, self._idle):
                return
            yield from self._frame(number)
            number += 1

    def _is_stopping(self) -> bool:
        return self._stopping

    def _skip(self, number: int, count: int) -> Iterator[SeriesEvent]:
        """Leave out places that could not be kept."""
        self._missed += count
        self._frames.skip(count)
        yield Missed(number, count, None)

    def _frame(self, number: int) -> Iterator[SeriesEvent]:
        """Take the frame of a place; one that fails is missed."""
        release = Release(self._grid, number, self._is_stopping)
        try:
            if self._cam_is_gone:
                self._open_again()
            shot = self._frames.shoot(thumbnail=self._ramp is not None, may_go=release.may_go)
        except Stopped:
            return
        except Late:
            self._lead_s = self._lead(release.prepared_s)
            yield from self._skip(number, 1)
            return
        except (NotSupported, MissingExtra):
            raise
        except CanonError as error:
            yield from self._fail(number, error)
            return
        self._port_failed = self._in_a_row = 0
        yield self._done(number, release, shot)
        yield from self._frames.warnings()
        if self._ramp is not None:
            yield from self._follow(self._ramp, shot)
        self._longest_s = max(self._longest_s, release.busy_s())
        if self._taken == _TOLD_AFTER and self._missed > self._failed:
            yield TooFast(self._wanted.every_s, math.ceil(10 * (self._longest_s + _MARGIN_S)) / 10)

    def _done(self, number: int, release: Release, shot: Shot) -> Taken:
        files, entries = self._frames.files(shot)
        self._taken += 1
        self._lead_s = self._lead(release.prepared_s)
        return Taken(number, round(release.at_s, 3), round(release.late_s, 3), files, entries)

    def _lead(self, prepared_s: float) -> float:
        """How long before its release a frame is begun, where getting ready takes so long."""
        return min(prepared_s + _MARGIN_S, self._wanted.every_s / 2)

    def _fail(self, number: int, error: CanonError) -> Iterator[SeriesEvent]:
        """Count a frame that failed; the third in a row ends the series."""
        self._grid.begin()  # the first place is taken, also by one that fails
        self._missed += 1
        self._failed += 1
        self._in_a_row += 1
        self._lead_s = self._lead(_RECOVERY_S)
        self._port_failed += isinstance(error, PortError | ProtocolError)
        if isinstance(error, Disconnected):
            self._port_failed = _TWICE
        yield Missed(number, 1, error)
        brought = list(self._frames.left())
        yield from brought
        if not brought:
            self._frames.skip(1)
        yield from self._frames.warnings()
        if self._in_a_row >= _IN_A_ROW:
            error.add_note("Three frames in a row failed.")
            raise error

    def _follow(self, ramp: Ramp, shot: Shot) -> Iterator[SeriesEvent]:
        """Let the exposure follow the light; a camera that does not take it is asked again."""
        was_at_end = ramp.at_end
        try:
            yield from ramp.follow(shot.thumbnail)
        except CanonError as error:
            yield Warned(f"the exposure could not be set: {error.what}")
        if ramp.at_end and not was_at_end:
            yield Warned("the light has changed further than the exposure may follow")

    # --- a camera that went away ------------------------------------------------------------------

    @property
    def _cam_is_gone(self) -> bool:
        return self._port_failed >= _TWICE

    def _open_again(self) -> None:
        """Open the camera anew, and let it be as it was."""
        with self._grid.over_a_gap():
            self._cam.initialize(force=True)
        self._port_failed = 0
        self._frames.meet()
        self._frames.set()
        if self._wanted.lock_focus:
            self._cam.focus.lock()
        if self._ramp is not None:
            self._ramp.set_again()
