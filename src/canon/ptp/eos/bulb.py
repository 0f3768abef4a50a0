"""Exposures of an EOS that last as long as its host wants (canon-eos-ptp, section 8.5)."""

from __future__ import annotations

from collections.abc import Callable

from canon.errors import ValueRefused
from canon.ptp.eos.button import EosButton, check
from canon.ptp.eos.layouts import BulbEnd, BulbStart, Eos
from canon.ptp.eos.remote import EosRemote

_BULBS = (0x0C, 0x04)
_BULB_MODE = 4


class EosBulb:
    """Exposures of one EOS; fits `canon.driver.Bulb`.

    Args:
        remote: its remote control.
        button: its release button, which is held where the body has no operation of its own.
        prepare: is called before an exposure for the card.
    """

    def __init__(self, remote: EosRemote, button: EosButton, prepare: Callable[[], None]) -> None:
        self.session = remote.session
        self._remote = remote
        self._store = remote.store
        self._button = button
        self._prepare = prepare
        self._open = False
        self._speed: int | None = None  # what the time was before it was set to bulb
        remote.stops += (self.end, self.undo)

    def begun(self) -> None:
        """In a new session nothing is open."""
        self._open, self._speed = False, None

    def open(self) -> None:
        """Open the shutter for a picture that goes to the card."""
        self._prepare()
        try:
            self.begin()
        except BaseException:
            self.end()
            raise

    def seconds(self) -> float:
        """How long it has been open, in whole seconds as the body counts them."""
        self._remote.channel.drain()
        return float(self._store.bulb_s)

    def close(self) -> None:
        """Close it."""
        self.end()

    def begin(self) -> None:
        """Open the shutter; the time is set to bulb where it is not."""
        self._set_bulb()
        self._store.bulb_s = 0
        if self.session.supports(BulbStart):
            check(self.session.call(BulbStart()).result, BulbStart)
            self._open = True
        else:
            self._open = True
            self._button.full(focus=False)

    def end(self) -> None:
        """Close it, if it is open."""
        if not self._open:
            return
        self._open = False
        if self.session.supports(BulbStart):
            check(self.session.call(BulbEnd()).result, BulbEnd)
        else:
            self._button.let_go()

    def undo(self) -> None:
        """Set the time back, unless somebody has set it meanwhile."""
        speed, self._speed = self._speed, None
        if speed is not None and self._store.number(Eos.SHUTTER_SPEED) in _BULBS:
            self._remote.put(Eos.SHUTTER_SPEED, speed)

    def _set_bulb(self) -> None:
        """Let the shutter stay open as long as it is told to."""
        now = self._store.number(Eos.SHUTTER_SPEED)
        if now in _BULBS or self._store.number(Eos.AE_MODE) == _BULB_MODE:
            return
        allowed = self._store.allowed(Eos.SHUTTER_SPEED)
        code = next((one for one in _BULBS if one in allowed), None)
        if code is None:
            refused = ValueRefused("shutter_speed", "bulb", ())
            refused.advice = "turn its dial to B, or to M where that has none"
            raise refused
        self._remote.put(Eos.SHUTTER_SPEED, code)
        self._remote.channel.drain()
        self._speed = now
