"""The lens of a native camera in release control: focus and zoom (canon-native-usb, section 9)."""

from __future__ import annotations

from canon.driver import ZoomPosition
from canon.driver.shot import LENS_S
from canon.native.release import DoAeAfAwb, GetZoom, LockFocus, SetZoom, UnlockFocus
from canon.native.session import Session

_ALL_MEASURES = 7


class NativeLens:
    """The lens of one native camera; fits `canon.driver.Focus` and `canon.driver.Zoom`.

    Args:
        session: the conversation.
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    def auto(self) -> None:
        """Focus, and measure exposure and white balance: the mask that Canon's own program uses."""
        self.session.call(DoAeAfAwb(_ALL_MEASURES), timeout_s=LENS_S)

    def lock(self) -> None:
        """Focus and keep it, as Canon's own program does."""
        self.session.call(LockFocus(), timeout_s=LENS_S)

    def unlock(self) -> None:
        """Let the focus go."""
        self.session.call(UnlockFocus(), timeout_s=LENS_S)

    def position(self) -> ZoomPosition:
        """Where the zoom stands."""
        reply = self.session.call(GetZoom())
        return ZoomPosition(reply.position, reply.maximum)

    def move(self, position: int) -> None:
        """Move the zoom."""
        self.session.call(SetZoom(position), timeout_s=LENS_S)
