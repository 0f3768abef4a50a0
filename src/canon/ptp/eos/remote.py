"""Remote control of an EOS: entered as each generation wants it, and left as it was found.

It is entered when the first verb needs it, and lasts until the camera is closed: each time that it
is entered the body tells all of itself anew. What can be done in it has rooms of its own
(canon-eos-ptp, sections 1 and 3).
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from functools import partial
from typing import TypeVar

from canon import hurry
from canon.errors import CanonError, DeviceBusy, Disconnected, NotSupported, Refused
from canon.log import Log
from canon.models.model import BodyKind
from canon.models.ptp import PtpModel, PtpQuirk, PtpTrait
from canon.ptp.eos.channel import Channel
from canon.ptp.eos.layouts import (
    CancelTransfer,
    GetEvent,
    PopupBuiltinFlash,
    PropertyValueEx,
    RemoteRelease,
    RemoteReleaseOn,
    RequestDevicePropValue,
    ResetUiLock,
    SetDevicePropValueEx,
    SetEventMode,
    SetRemoteMode,
    SetRequestOlcInfoGroup,
    SetUiLock,
    TransferComplete,
)
from canon.ptp.eos.olc import ALL_GROUPS
from canon.ptp.eos.store import Store
from canon.ptp.objects import STALE, Objects
from canon.ptp.session import Session
from canon.values import CameraOutput

_log = Log(__name__)
R = TypeVar("R")

_BUSY_S = 2.0
_SHORT, _AGAIN_S = (0.01, 0.01, 0.02), 0.05  # a lens is ready again soon
_NORMAL, _MORE = 0x01, 0x15
"""The remote modes: the second lets an EOS M list more of its operations."""


class Generation(Enum):
    """How a body takes pictures from its host (section 1)."""

    FIRST = auto()
    """By RemoteRelease: the 30D to the 1000D."""
    BUTTON = auto()
    """By pressing and letting go of the button: the 500D and all since."""
    HYBRID = auto()
    """By the button, half and full in one: the first EOS M-like bodies, and PowerShots of then."""
    NONE = auto()
    """Not at all: the first EOS M."""


def generation_of(session: Session) -> Generation:
    """How a body takes pictures, by what it lists."""
    if session.supports(RemoteReleaseOn):
        hybrid = 0x9013 in session.info.operations and not session.supports(RemoteRelease)
        return Generation.HYBRID if hybrid else Generation.BUTTON
    return Generation.FIRST if session.supports(RemoteRelease) else Generation.NONE


class EosRemote:
    """Remote control of one EOS; fits `canon.driver.Remote` and `Body`.

    Args:
        session: the conversation.
        objects: what is on its cards.
        channel: how it tells records.
        store: what it said last.
        model: the body's row.

    Attributes:
        active: whether remote control is on, and the body has told all of itself.
        entered: whether the body was told to enter it; who closes meanwhile must leave it.
        stops: what is to be done first when it is left, by whoever has begun something.
    """

    lasts = True

    def __init__(
        self,
        session: Session,
        objects: Objects,
        channel: Channel,
        store: Store,
        model: PtpModel,
    ) -> None:
        self.session = session
        self.model = model
        self.active = self.entered = False
        self.channel = channel
        self.store = store
        self.stops: list[Callable[[], None]] = []
        self._objects = objects
        self._locked = False
        self._fetched: list[int] = []  # and may still be in its memory
        self._found: dict[int, int] = {}  # what is set back when it is left
        self._entering = threading.RLock()

    def begun(self) -> None:
        """A session was opened anew: remote control has ended with the one before."""
        self.active = self.entered = self._locked = False
        self._fetched.clear()
        self._found.clear()

    def was_left(self) -> bool:
        """Never: it ends with the session."""
        return False

    def stay(self) -> None:
        """NotSupported: the end of a session ends remote control."""
        raise NotSupported(
            self.name,
            "remote control that outlives its session",
            "do all in one block, or in `canon-remote shell`",
        )

    def set_output(self, output: CameraOutput) -> None:
        """NotSupported: what shows the picture is the setting evf_output_device."""
        raise NotSupported(
            self.name,
            "choice of what shows the picture",
            "use the setting evf_output_device",
        )

    def enter(self) -> None:
        """Enter remote control, and learn all that the body tells of itself."""
        with self._entering:
            if self.active:
                return
            if PtpQuirk.WANTS_LISTING in self.model.quirks:
                with suppress(Refused):
                    self._objects.list_roots()
            self.entered = True
            try:
                for mode in self._modes():
                    self.session.call(SetRemoteMode(mode))
                if self._like_m:
                    self.session.refresh()
                if self.session.supports(SetEventMode) and self.session.supports(GetEvent):
                    self.channel.begin(SetEventMode(1), SetRequestOlcInfoGroup(ALL_GROUPS))
            except BaseException:
                self.channel.end()
                self._try(lambda: self.session.call(SetRemoteMode(0)))
                self.entered = False
                raise
            self.active = True
            if self.store.waiting:
                _log.warning(
                    "%d picture(s) that nobody fetched wait in the camera's memory; "
                    "they come with the next one",
                    len(self.store.waiting),
                )

    def leave(self) -> None:
        """Let go of all that was begun, set back what was changed, and leave remote control."""
        with self._entering:
            for stop in self.stops:
                self._try(stop)
            self._try(self.channel.drain)
            self.let_forget()
            self._drop_waiting()
            for code, value in self._found.items():
                if self.store.number(code) != value:
                    self._try(partial(self.put, code, value))
            self.unlock_keys()
            self._try(self.channel.drain)
            self.active = self.entered = False
            self.channel.end()
            self._found.clear()
            self.session.call(SetRemoteMode(0))
            if self.session.supports(SetEventMode):
                self.session.call(SetEventMode(0))

    @property
    def wakes_screen(self) -> bool:
        """Whether the body takes pictures only with its screen on (section 3.2, step 10)."""
        return self._like_m and PtpQuirk.SCREEN_STAYS_OFF not in self.model.quirks

    @property
    def _like_m(self) -> bool:
        """Whether it is opened as an EOS M is; a body that nobody knows, by its button."""
        if self.model.kind is BodyKind.UNKNOWN:
            return generation_of(self.session) is Generation.HYBRID
        return PtpTrait.LIKE_M in self.model.traits

    def _modes(self) -> tuple[int, ...]:
        return self.model.remote_modes or ((_MORE if self._like_m else _NORMAL),)

    # --- for the rooms of what is done in it ------------------------------------------------------

    @property
    def name(self) -> str:
        """What messages call the body."""
        return self.session.info.model.removeprefix("Canon ")

    def put(self, code: int, value: int) -> None:
        """Write a property that is a number."""
        self.patiently(lambda: self.write(code, value.to_bytes(4, "little")))

    def patiently(self, act: Callable[[], R], busy_s: float = _BUSY_S) -> R:
        """Do it, again while the body is busy with what it told and nobody has heard."""
        clock = self.session.clock
        deadline = clock.now() + busy_s
        pauses = itertools.chain(_SHORT, itertools.repeat(_AGAIN_S))
        while True:
            late = clock.now() >= deadline
            try:
                return act()
            except DeviceBusy:
                if late or hurry.is_wanted():
                    raise
                self.channel.drain()
                clock.sleep(next(pauses))

    def write(self, code: int, value: bytes) -> None:
        """Write a property."""
        try:
            self.session.call(SetDevicePropValueEx(), PropertyValueEx.of(code, value))
        except DeviceBusy as busy:
            if self.store.waiting:
                busy.advice = "fetch the picture that waits in its memory, or shoot"
            raise

    def request(self, code: int) -> None:
        """Have a property told; a body that does not have it says nothing."""
        if self.session.supports(RequestDevicePropValue):
            with suppress(Refused):
                self.session.call(RequestDevicePropValue(code))

    def remember(self, code: int) -> None:
        """Set a property back to what it is now when remote control is left."""
        now = self.store.number(code)
        if now is not None:
            self._found.setdefault(code, now)

    def lock_keys(self) -> None:
        """Lock the keys of the body, until they are unlocked or remote control is left."""
        self.session.call(SetUiLock())
        self._locked = True

    def unlock_keys(self) -> None:
        """Unlock the keys of the body."""
        if self._locked:
            self._try(lambda: self.session.call(ResetUiLock()))
            self._locked = False

    def pop_up_flash(self) -> None:
        """Let the built-in flash come up."""
        self.session.call(PopupBuiltinFlash())

    def done_with(self, handle: int) -> None:
        """A picture in memory was fetched: let the body forget it, now or before the next one."""
        self.store.waiting.pop(handle, None)
        self._fetched.append(handle)
        self.let_forget()

    def let_forget(self) -> None:
        """Let the body forget what was fetched; where it fails that must not cost the picture."""
        handles, self._fetched = self._fetched, []
        for handle in handles:
            try:
                self.session.call(TransferComplete(handle))
            except CanonError as error:
                _log.warning("the camera may keep a picture that was fetched: %s", error)
                if getattr(error, "code", None) not in STALE:
                    self._fetched.append(handle)

    def renew(self) -> None:
        """Leave remote control and enter it again: the body drops what it keeps for its host."""
        self.leave()
        self.enter()

    def _drop_waiting(self) -> None:
        """Let the body forget what nobody fetched: else it is busy for ever."""
        for handle, told in list(self.store.waiting.items()):
            _log.warning(
                "the picture %s was in the camera's memory only, and nobody fetched it",
                told.name or f"{handle:#x}",
            )
            drop = CancelTransfer if self.session.supports(CancelTransfer) else TransferComplete
            self._try(partial(self.session.call, drop(handle)))
            self.store.waiting.pop(handle, None)

    def _try(self, act: Callable[[], object]) -> None:
        """Do something whose failure must not keep the rest from being done."""
        try:
            act()
        except Disconnected:
            raise
        except CanonError as error:
            _log.info("while leaving remote control: %s", error)
