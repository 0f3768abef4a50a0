"""Live view: what the lens sees, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator

from canon.camera.control import RemoteControl
from canon.camera.turns import Turns
from canon.driver import Driver
from canon.driver import Live as LiveVerbs
from canon.driver.shot import Frame
from canon.errors import CanonError

_FEATURE = "live view"


class Live:
    """Live view of one camera. Made by `Camera`; use `for frame in cam.live:`.

    Live view runs while the loop does, and the loop ends when the camera is closed. Settings and
    releases between frames work.
    """

    def __init__(self, control: RemoteControl, turns: Turns) -> None:
        self._control = control
        self._turns = turns

    def __repr__(self) -> str:
        return f"<live view of {self._control.model}>"

    def __iter__(self) -> Iterator[Frame]:
        """Start live view and give its frames as fast as the camera makes them.

        Raises:
            NotSupported: this model has no live view.
        """
        live = self._control.need(_live, _FEATURE)
        try:
            with self._control():
                with self._turns:
                    live.start()
                try:
                    while True:
                        with self._turns:
                            if not live.running:
                                return  # somebody left remote control
                            frame = live.frame()
                        yield frame
                finally:
                    with self._turns:
                        if live.running:
                            live.stop()
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

        Raises:
            NotSupported: this model has no live view.
        """
        with self._control.turn(_live, _FEATURE) as live:
            if live.running:
                return live.frame()
            live.start()
            try:
                return live.frame()
            finally:
                live.stop()


def _live(driver: Driver) -> LiveVerbs | None:
    return driver.live
