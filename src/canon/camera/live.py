"""Live view: what the lens sees, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from types import TracebackType
from typing import Self

from canon.camera.control import RemoteControl
from canon.camera.turns import Turns
from canon.driver import Driver, LiveZoom
from canon.driver import Live as LiveVerbs
from canon.driver.shot import Frame
from canon.errors import CanonError

_FEATURE = "live view"
_CLOSER = "live view that can be enlarged"


class Live:
    """Live view of one camera. Made by `Camera`; use `for frame in cam.live:`.

    Live view runs while the loop does, and the loop ends when the camera is closed. Settings and
    releases between frames work; on an EOS the frames of one thread go on while another shoots or
    sets. `with cam.live:` lets it run for a block, whose frames are
    `cam.live.one()`; loops and blocks share it, and the last one stops it.
    """

    def __init__(self, control: RemoteControl, turns: Turns) -> None:
        self._control = control
        self._turns = turns
        self._wanted = 0  # blocks and loops that want it, in all threads

    def __repr__(self) -> str:
        return f"<live view of {self._control.model}>"

    def __enter__(self) -> Self:
        """Start live view, if it does not run.

        Raises:
            NotSupported: this model has no live view.
        """
        with self._control.turn(_live, _FEATURE) as live:
            if not live.running:
                live.start()
            self._control.hold()
            self._wanted += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        failed = error is not None and not isinstance(error, GeneratorExit)  # a loop that is left
        with (
            suppress(*([CanonError] if failed or not self._control.is_open() else [])),
            self._turns,
        ):
            self._wanted -= 1
            try:
                if self.running and not self._wanted:
                    self._control.need(_live, _FEATURE).stop()
            finally:
                self._control.let_go()

    def __iter__(self) -> Iterator[Frame]:
        """Start live view and give its frames as fast as the camera makes them.

        Raises:
            NotSupported: this model has no live view.
        """
        try:
            with self:
                live = self._control.need(_live, _FEATURE)
                while True:
                    with nullcontext() if live.beside else self._turns:
                        if not live.running:
                            return  # somebody left remote control
                        try:
                            frame = live.frame()
                        except CanonError:
                            if self.running:
                                raise
                            return
                    yield frame
        except CanonError:
            if self._control.is_open():
                raise

    @property
    def running(self) -> bool:
        """Whether live view runs; nothing is asked."""
        live = _live(self._control.verbs())
        return live is not None and live.running

    def one(self) -> Frame:
        """One frame; live view is started for it, and stopped unless it ran.

        Where it runs on an EOS the frame comes at once, as those of a loop do, also while another
        thread waits for its picture. What moves or sets something waits for its turn: starting and
        stopping, zoom, focus.

        Raises:
            NotSupported: this model has no live view.
        """
        live = self._control.need(_live, _FEATURE)
        if live.running and live.beside:
            try:
                return live.frame()
            except CanonError:
                if live.running:
                    raise  # else it was stopped meanwhile
        with self._control.turn(_live, _FEATURE) as live:
            if live.running:
                return live.frame()
            live.start()
            try:
                return live.frame()
            finally:
                live.stop()

    def zoom(self, factor: int) -> None:
        """Show a part enlarged; 1 shows all. The frames that follow tell what they show.

        It holds until live view stops; which factors there are is a matter of the body: 5 and 10,
        or 6 and 15.

        Raises:
            ValueError: live view does not run, or it is no factor.
            Refused: the body cannot now, as with a method of focusing that follows faces.
            NotSupported: this model cannot.
        """
        if factor < 1:
            raise ValueError(f"{factor} is no factor; 1 shows all")
        with self._closer() as closer:
            closer.zoom(factor)

    def move(self, x: int, y: int) -> None:
        """Move what is enlarged, or would be: its upper left corner.

        Args:
            x: from the left, in the coordinates of `Frame.field`.
            y: from above.

        Raises:
            ValueError: live view does not run, or there is no such place.
            NotSupported: this model cannot.
        """
        _check_place(x, y)
        with self._closer() as closer:
            closer.move(x, y)

    def focus(self, x: int | None = None, y: int | None = None) -> bool:
        """Focus once by the picture of live view; returns whether the lens found something.

        Args:
            x: where, from the left, in the coordinates of `Frame.field`; without a place, where the
                body looks for focus.
            y: from above.

        Raises:
            ValueError: live view does not run, or there is no such place.
            NotSupported: this model cannot.
        """
        if (x is None) != (y is None):
            raise ValueError("a place has x and y")
        _check_place(x or 0, y or 0)
        with self._closer() as closer:
            return closer.focus(x, y)

    def depth_of_field(self, on: bool) -> None:
        """Close the aperture as far as for the picture, or open it again.

        Raises:
            ValueError: live view does not run.
            NotSupported: this model cannot.
        """
        with self._closer() as closer:
            closer.depth_of_field(on)

    @contextmanager
    def _closer(self) -> Iterator[LiveZoom]:
        with self._control.turn(_live_zoom, _CLOSER) as closer:
            if not self.running:
                raise ValueError("live view does not run; use `with cam.live:`")
            yield closer


def _check_place(x: int, y: int) -> None:
    if x < 0 or y < 0:
        raise ValueError(f"{x}, {y} is no place; 0, 0 is the upper left")


def _live_zoom(driver: Driver) -> LiveZoom | None:
    return driver.live_zoom


def _live(driver: Driver) -> LiveVerbs | None:
    return driver.live
