"""The viewfinder of a native camera in release control (canon-native-usb, section 10)."""

from __future__ import annotations

from canon.driver.shot import LENS_S, MOST_FRAME, Frame
from canon.errors import AGAIN, ObjectNotFound
from canon.native.commands import RetrieveFrame
from canon.native.release import StartViewfinder, StopViewfinder
from canon.native.session import Session


class NativeLive:
    """The viewfinder of one native camera; fits `canon.driver.Live`.

    Args:
        session: the conversation.

    Attributes:
        running: whether it runs.
    """

    beside = False

    def __init__(self, session: Session) -> None:
        self.session = session
        self.running = False
        self._number = 0

    def start(self) -> None:
        """Start the viewfinder."""
        self.session.call(StartViewfinder(), timeout_s=LENS_S)
        self.running, self._number = True, 0

    def frame(self) -> Frame:
        """The viewfinder's picture now."""
        data = bytearray()
        command = RetrieveFrame(0, self.session.link.transfer_size)
        if not self.session.receive(command, data.extend, limit=MOST_FRAME):
            raise ObjectNotFound("live view gave no picture", AGAIN)
        self._number += 1
        return Frame(data, self._number, self.session.clock.now())

    def stop(self) -> None:
        """Stop the viewfinder."""
        self.running = False
        self.session.call(StopViewfinder(), timeout_s=LENS_S)
