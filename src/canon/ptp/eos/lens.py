"""The lens of an EOS while live view runs: its motor, what is enlarged, focus by the picture.

The body takes one step at a time and is busy until it is done (canon-eos-ptp, sections 9.3, 9.4 and
9.6).
"""

from __future__ import annotations

from collections.abc import Callable

from canon.driver import ZoomPosition
from canon.driver.shot import LENS_S
from canon.errors import DeviceBusy, NotSupported, ValueRefused
from canon.ptp.eos.button import HALF
from canon.ptp.eos.layouts import (
    AfCancel,
    DoAf,
    DriveLens,
    Eos,
    RemoteReleaseOff,
    RemoteReleaseOn,
    SetTouchAfPosition,
    Zoom,
)
from canon.ptp.eos.layouts import (
    ZoomPosition as MoveZoom,
)
from canon.ptp.eos.live import EosLive
from canon.ptp.eos.remote import EosRemote
from canon.ptp.operations import Nothing, Operation
from canon.values.view import AfState

_FAR = 0x8000
_BUSY_S, _FOCUS_S = 3.0, 4.0
_TOUCH = 3
_MOST_POSITION = 1000


class EosLens:
    """The lens of one EOS in live view; fits `canon.driver.LensDrive` and `LiveZoom`.

    Args:
        remote: its remote control.
        live: its live view.
    """

    def __init__(self, remote: EosRemote, live: EosLive) -> None:
        self.session = remote.session
        self._remote = remote
        self._store = remote.store
        self._live = live

    def drive(self, steps: int, size: int) -> None:
        """Move the focus by so many steps of that size."""
        step = size | (_FAR if steps > 0 else 0)
        for _ in range(abs(steps)):
            self._patiently(DriveLens(step))

    def zoom(self, factor: int) -> None:
        """Enlarge; the frames tell by how much, a second later."""
        self._patiently(Zoom(factor))

    def move(self, x: int, y: int) -> None:
        """Move what is enlarged."""
        self._patiently(MoveZoom(x, y))

    def depth_of_field(self, on: bool) -> None:
        """Close the aperture, or open it again; it is open again when remote control is left."""
        if Eos.DEPTH_OF_FIELD_PREVIEW not in self._store.values:
            raise NotSupported(self._remote.name, "depth of field that a computer can show")
        self._remote.remember(Eos.DEPTH_OF_FIELD_PREVIEW)
        self._remote.put(Eos.DEPTH_OF_FIELD_PREVIEW, int(on))

    def focus(self, x: int | None = None, y: int | None = None) -> bool:
        """Focus once by the picture; a body that never says how it went counts as one that found.

        NotSupported where a place is given and the body has no touch screen.
        """
        if x is None or y is None:
            return self._search(lambda: self._patiently(DoAf()), self._cancel)
        if not self.session.supports(SetTouchAfPosition):
            raise NotSupported(self._remote.name, "focus at a place that a computer chooses")
        self._patiently(SetTouchAfPosition(_TOUCH, x, y))
        return self._search(
            lambda: self._patiently(RemoteReleaseOn(HALF, 0)),
            lambda: self.session.call(RemoteReleaseOff(HALF)),
        )

    def _search(self, begin: Callable[[], object], end: Callable[[], object]) -> bool:
        """Let the lens search, and wait for what the display or the frames say of it."""
        clock = self.session.clock
        self._remote.channel.drain()
        self._store.focused = None
        try:
            begin()
            deadline = clock.now() + _FOCUS_S
            while clock.now() < deadline:
                self._remote.channel.drain()
                if (found := self._told()) is not None:
                    return found
                states = [frame.state for frame in self._live.frame().af_frames or ()]
                if AfState.IN_FOCUS in states:
                    return True
                if AfState.NOT_FOUND in states:
                    return False
        finally:
            end()
        return True

    def _told(self) -> bool | None:
        return self._store.focused

    def _cancel(self) -> None:
        if self._told() is None and self.session.supports(AfCancel):
            self.session.call(AfCancel())

    def _patiently(self, operation: Operation[Nothing]) -> None:
        """Carry it out, again while the body is busy with what came before."""
        try:
            self._remote.patiently(lambda: self.session.call(operation, timeout_s=LENS_S), _BUSY_S)
        except DeviceBusy as busy:
            busy.advice = "is the lens set to AF, and live view on the body's display over?"
            raise


class EosPowerZoom:
    """The zoom of a body whose motor moves it; fits `canon.driver.Zoom`.

    Args:
        remote: its remote control.
    """

    def __init__(self, remote: EosRemote) -> None:
        self.session = remote.session
        self._remote = remote
        self._store = remote.store

    def position(self) -> ZoomPosition:
        """Where it stands, as the body says."""
        self._remote.channel.drain()
        position = self._store.number(Eos.POWER_ZOOM_POSITION)
        if position is None:
            raise NotSupported(self._remote.name, "zoom that a computer can move")
        return ZoomPosition(position, self._maximum())

    def move(self, position: int) -> None:
        """Move it, and wait until the body says that it is there."""
        self.position()
        maximum = self._maximum()
        if position > maximum:
            raise ValueRefused("zoom", position, (f"0 to {maximum}",))
        self._remote.put(Eos.POWER_ZOOM_POSITION, position)
        place = Eos.POWER_ZOOM_POSITION
        self.session.wait_for(lambda: self._store.number(place) == position, _FOCUS_S)

    def _maximum(self) -> int:
        """The one value of its list, where the body tells it."""
        return max(self._store.allowed(Eos.POWER_ZOOM_POSITION), default=_MOST_POSITION)
