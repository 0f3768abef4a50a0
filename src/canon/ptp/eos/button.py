"""The release button of an EOS, pressed by its host: half, fully, and let go (section 8).

Whatever happens between, the button comes up again: a body whose button is down takes nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from canon.driver.shot import LENS_S
from canon.errors import (
    CanonError,
    Disconnected,
    FocusFailed,
    Refused,
    StoreFull,
    WriteProtected,
)
from canon.log import Log
from canon.ptp.eos.layouts import Eos, RemoteReleaseOff, RemoteReleaseOn, SetEventMode
from canon.ptp.eos.remote import EosRemote, Generation, generation_of
from canon.ptp.operations import Operation, Response
from canon.ptp.session import refusal

_log = Log(__name__)

HALF, FULL = 1, 2
"""The parts of the button; both at once are 3."""
_FOCUS_S = 0.5
_LIFTS = 2
_HYBRID_S = 2.0
_WAKES_S = 1.0
_SMALL_SCREEN = 8
_MANUAL_FOCUS = 3
_MIRROR_UP, _FULL_CARD, _LOCKED_CARD = 3, 7, 8  # what RemoteRelease returns
_PRESSED, _TIMER, _DONE = 2, 7, 4  # what the display says of the button


class EosButton:
    """The release button of one EOS; fits `canon.driver.Button`.

    Args:
        remote: its remote control.
    """

    def __init__(self, remote: EosRemote) -> None:
        self.session = remote.session
        self._remote = remote
        self._store = remote.store
        self._down = self._stuck = 0
        self._awake = False
        remote.stops += [self.let_go, self._sleep]

    @property
    def hybrid(self) -> bool:
        """Whether the body wants both parts at once, and tells of the button itself."""
        return generation_of(self.session) is Generation.HYBRID

    def begun(self) -> None:
        """In a new session nothing is pressed."""
        self._down = self._stuck = 0
        self._awake = False

    def half(self) -> None:
        """Press it half: focus, and measure; it stays so until it is let go.

        Raises:
            FocusFailed: the lens found nothing to focus on; the button is up again.
        """
        if self._down & HALF:
            return
        self._wake()
        self._store.focused = None
        try:
            self._press(HALF, focus=True)
            if not self._finds():
                raise FocusFailed(command=RemoteReleaseOn.__name__)
        except BaseException:
            self.let_go()
            raise

    def full(self, *, focus: bool = True, wait: Callable[[], None] = lambda: None) -> None:
        """Press it fully; after a half press only the rest of the way.

        Args:
            focus: whether the lens focuses before, unless it was pressed half.
            wait: returns when it may be pressed; is called when nothing else is left to do.
        """
        self._wake()
        if self.hybrid:
            wait()
            self._store.button = 0
            self._press(HALF | FULL, focus=focus)
            self._await_hybrid()
        else:
            wait()
            self._press(FULL if self._down & HALF else HALF | FULL, focus=focus)

    @property
    def held(self) -> bool:
        """Whether it is pressed half, or fully."""
        return bool(self._down)

    def let_go(self, *, to_half: bool = False) -> None:
        """Let it come up, all the way or half; twice is allowed."""
        down = self._down
        self._down = down & HALF if to_half and not self.hybrid else 0
        left = (down | self._stuck) & ~self._down
        for part in (left,) if self.hybrid else (left & FULL, left & HALF):
            if part:
                self._lift(part)

    def _lift(self, part: int) -> None:
        """Let a part come up; one that does not is tried again before the next press."""
        self._stuck |= part
        for _ in range(_LIFTS):
            try:
                self.session.call(RemoteReleaseOff(part))
            except Disconnected:
                raise
            except CanonError as error:
                _log.warning("the button may still be pressed: %s", error)
            else:
                self._stuck &= ~part
                return

    def _press(self, part: int, *, focus: bool) -> None:
        """Press a part, again while the body is busy with what nobody has heard yet."""
        if self._stuck:
            self._lift(self._stuck)
        self._down |= part  # before the answer: what is pressed must come up
        press = RemoteReleaseOn(part, int(not focus))
        try:
            self._remote.patiently(lambda: self.session.call(press, timeout_s=LENS_S))
        except Refused as refusal:
            if focus and refusal.code == Response.GENERAL_ERROR:
                raise FocusFailed(code=refusal.code, command=refusal.command) from refusal
            raise

    def _finds(self) -> bool:
        """Wait for what becomes of the focus; a body that tells nothing of it counts as well."""
        if self._store.number(Eos.FOCUS_MODE) == _MANUAL_FOCUS:
            return True
        self.session.wait_for(lambda: self._store.focused is not None, _FOCUS_S)
        return self._store.focused is not False

    def _sleep(self) -> None:
        """Remote control is left: in the next one the body has to be woken anew."""
        self._awake = False

    def _wake(self) -> None:
        """Some bodies take pictures only while they draw frames (section 3.2, step 10)."""
        if self._awake or not self._remote.wakes_screen:
            return
        self._awake = True
        self._remote.channel.begin(SetEventMode(2))
        outputs = self._store.allowed(Eos.EVF_OUTPUT) or (_SMALL_SCREEN,)
        if Eos.EVF_OUTPUT in self._store.values and _SMALL_SCREEN in outputs:
            self._remote.remember(Eos.EVF_OUTPUT)
            self._remote.put(Eos.EVF_OUTPUT, _SMALL_SCREEN)
            self.session.clock.sleep(_WAKES_S)
        self._remote.channel.drain()

    def _await_hybrid(self) -> None:
        """Wait for what the display says of the button, and let it go in any case.

        Raises:
            FocusFailed: it says that nothing was released.
        """
        clock = self.session.clock
        deadline = clock.now() + _HYBRID_S
        try:
            late = False
            while not late and self._store.button != _DONE:
                now = clock.now()
                if self._store.button == _TIMER:
                    deadline = now + _HYBRID_S
                elif self._store.button not in (0, _PRESSED) or self._store.status:
                    break
                late = now >= deadline
                self.session.poll(max(0.0, deadline - now))
        finally:
            self.let_go()
        if self._store.button in (1, 3) and not self._store.status:
            raise FocusFailed(command=RemoteReleaseOn.__name__)


def check(result: int, operation: type[Operation[Any]]) -> None:
    """Raise what a release, or the start or end of an exposure, returned."""
    command = operation.__name__
    if result in (0, Response.OK):
        return
    if result == 1:
        raise FocusFailed(code=result, command=command)
    if result == _MIRROR_UP:
        advice = "lower it, or switch mirror lock-up off"
        raise Refused("the mirror is up", advice, code=result, command=command)
    if result == _FULL_CARD:
        raise StoreFull(code=result, command=command)
    if result == _LOCKED_CARD:
        advice = "slide its switch back"
        raise WriteProtected("the card is locked", advice, code=result, command=command)
    raise refusal(result, command)
