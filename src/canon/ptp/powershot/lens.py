"""The lens of a PowerShot in release control: focus and zoom (canon-powershot-ptp, 7 and 8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from canon.driver import ZoomPosition
from canon.driver.optional import optional
from canon.driver.shot import LENS_S
from canon.errors import FocusFailed, Refused, ValueRefused
from canon.ptp.datasets import DataType, DevicePropDesc
from canon.ptp.operations import Operation, Response
from canon.ptp.powershot.layouts import DoAeAfAwb, FocusLock, FocusUnlock, Property
from canon.ptp.properties import Properties, as_int, ends_of
from canon.ptp.session import Session

_ALL_MEASURES = 7


class PowerShotLens:
    """The lens of one PowerShot; fits `canon.driver.Focus` and `canon.driver.Zoom`.

    Args:
        session: the conversation.
        listed: what the camera lists of itself.
    """

    def __init__(self, session: Session, listed: Properties) -> None:
        self.session = session
        self._listed = listed

    def auto(self) -> None:
        """Focus, and measure exposure and white balance."""
        self._focus(DoAeAfAwb(_ALL_MEASURES), "way to focus by remote")

    def lock(self) -> None:
        """Focus, and keep focus, exposure and white balance."""
        self._focus(FocusLock(), "focus lock")

    def unlock(self) -> None:
        """Let the focus go."""
        self._focus(FocusUnlock(), "focus lock")

    def position(self) -> ZoomPosition:
        """Where the zoom stands, and its last position."""
        about = self._zoom()
        return ZoomPosition(as_int(about.current), as_int(ends_of(about)[1]))

    def move(self, position: int) -> None:
        """Move the zoom; ValueRefused outside its range, before anything is sent."""
        kind = DataType.UINT16  # on every body whose description is known
        first = last = position
        with optional("how far the zoom goes"):
            about = self._zoom()
            kind, (first, last) = about.kind, ends_of(about)
        if not first <= position <= last:
            raise ValueRefused("zoom", position, (f"{first} to {last}",))
        self._listed.write(Property.ZOOM, kind, position, timeout_s=LENS_S)

    def _zoom(self) -> DevicePropDesc:
        self._listed.need(Property.ZOOM, "zoom that a computer can move")
        return self._listed.describe(Property.ZOOM)

    def _focus(self, operation: Operation[Any], feature: str) -> None:
        self._listed.must(type(operation), feature)
        with focusing():
            self.session.call(operation, timeout_s=LENS_S)


@contextmanager
def focusing() -> Iterator[None]:
    """What is refused when the lens finds no focus: with "general error", as far as is known."""
    try:
        yield
    except Refused as refusal:
        if refusal.code == Response.GENERAL_ERROR:
            raise FocusFailed(code=refusal.code, command=refusal.command) from refusal
        raise
