"""The viewfinder of a PowerShot in release control (canon-powershot-ptp, section 7)."""

from __future__ import annotations

from collections.abc import Callable

from canon.driver.shot import LENS_S, MOST_FRAME, Frame
from canon.errors import AGAIN, ObjectNotFound
from canon.ptp.powershot.layouts import GetViewfinderImage, ViewfinderOff, ViewfinderOn
from canon.ptp.session import Session


class PowerShotLive:
    """The viewfinder of one PowerShot; fits `canon.driver.Live`.

    Args:
        session: the conversation.
        active: whether release control is on; without it nothing runs.
    """

    beside = False

    def __init__(self, session: Session, active: Callable[[], bool]) -> None:
        self.session = session
        self._active = active
        self._running = False
        self._number = 0

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self._running and self._active()

    @running.setter
    def running(self, on: bool) -> None:
        self._running = on

    def start(self) -> None:
        """Start the viewfinder."""
        self.session.call(ViewfinderOn(), timeout_s=LENS_S)
        self._running, self._number = True, 0

    def frame(self) -> Frame:
        """The viewfinder's picture now."""
        data = bytearray()
        if not self.session.receive(GetViewfinderImage(), data.extend, limit=MOST_FRAME):
            raise ObjectNotFound("live view gave no picture", AGAIN)
        self._number += 1
        return Frame(data, self._number, self.session.clock.now())

    def stop(self) -> None:
        """Stop the viewfinder."""
        self._running = False
        self.session.call(ViewfinderOff(), timeout_s=LENS_S)
