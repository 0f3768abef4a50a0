"""The zoom of the lens."""

from __future__ import annotations

from canon.camera.control import RemoteControl
from canon.driver import Driver, ZoomPosition
from canon.driver import Zoom as ZoomVerbs
from canon.driver.optional import optional
from canon.errors import ValueRefused
from canon.log import Log

_log = Log(__name__)
_FEATURE = "zoom that a computer can move"


class Zoom:
    """The zoom of one camera. Made by `Camera`; use `cam.zoom`."""

    def __init__(self, control: RemoteControl) -> None:
        self._control = control

    def __repr__(self) -> str:
        return f"<zoom of {self._control.model}>"

    def get(self) -> ZoomPosition:
        """Where the zoom stands: `position` of `maximum`; 0 is wide.

        Raises:
            NotSupported: this model has none that a computer can move.
        """
        with self._control.turn(_zoom, _FEATURE) as zoom:
            return zoom.position()

    def set(self, position: int) -> ZoomPosition:
        """Move the zoom, and return where it then stands.

        What a camera does not tell after it has moved is taken for what was asked, with a warning.

        Raises:
            ValueRefused: the lens did not go there; the error has the first and last position.
            NotSupported: this model has none that a computer can move.
        """
        if position < 0:
            raise ValueError(f"{position} is no zoom position; 0 is wide")
        with self._control.turn(_zoom, _FEATURE) as zoom:
            zoom.move(position)
            now = ZoomPosition(position, None)
            with optional("where the zoom stands"):
                now = zoom.position()
            if now.position != position:
                raise ValueRefused(
                    "zoom", position, None if now.maximum is None else (f"0 to {now.maximum}",)
                )
            _log.info("moved the zoom to %d", now.position)
            return now


def _zoom(driver: Driver) -> ZoomVerbs | None:
    return driver.zoom
