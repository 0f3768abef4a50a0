"""Release control in the native protocol: entering and leaving it (canon-native-usb, 1 and 9).

What can be done in it has rooms of its own: `canon.native.settings`, `lens`, `live`, `shutter`.
Each is loaded when it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from canon.driver.card import CardPath, Entry
from canon.driver.optional import UNTOLD
from canon.driver.shot import LENS_S
from canon.errors import CanonError, Disconnected, LensFailed, Refused
from canon.log import Log
from canon.models.model import Trait
from canon.native.commands import GetAbilities, LockKeys
from canon.native.live import NativeLive
from canon.native.release import (
    EnterReleaseControl,
    ExitReleaseControl,
    GetReleaseParameters,
    SelectCameraOutput,
)
from canon.native.session import Session
from canon.native.shutter import NativeShutter
from canon.values import CameraOutput

if TYPE_CHECKING:
    from canon.native.lens import NativeLens
    from canon.native.settings import NativeSettings

_log = Log(__name__)


class NativeRemote:
    """Release control of one native camera; fits `canon.driver.Remote`.

    Args:
        session: the conversation.
        walk: lists a folder of the card and all below it, to find a new picture.

    Attributes:
        active: whether it is on.
        stays: whether it is left on when the camera is closed.
        live, shutter: what can be done in it.
    """

    lasts = False

    def __init__(self, session: Session, walk: Callable[[CardPath], Iterator[Entry]]) -> None:
        self.session = session
        self.model = session.model
        self.active = False
        self.stays = False
        self.live = NativeLive(session)
        self.shutter = NativeShutter(session, self.live, walk)
        self._keys_locked = False

    @cached_property
    def settings(self) -> NativeSettings:
        """What the camera is set to."""
        from canon.native.settings import NativeSettings

        return NativeSettings(self.session)

    @cached_property
    def lens(self) -> NativeLens:
        """Its lens."""
        from canon.native.lens import NativeLens

        return NativeLens(self.session)

    def enter(self) -> None:
        """Lock the keys where the model wants it, and enter release control.

        A camera that an earlier program left in release control refuses to enter it again; if it
        answers as one that is in it, it is taken as it is.
        """
        if Trait.LOCK_KEYS in self.model.traits and not self._keys_locked:
            if Trait.ABILITIES in self.model.traits:
                with suppress(*UNTOLD):
                    self.session.call(GetAbilities())  # as every known program does (section 1)
            self.session.call(LockKeys())
            self._keys_locked = True
        self.active = True  # before the answer: whoever closes meanwhile must leave it
        try:
            self.session.call(EnterReleaseControl(), timeout_s=LENS_S)
        except LensFailed:
            if not self._is_on():
                self.active = False
                raise
            _log.warning("the camera was left in remote control; going on in it")
            self.shutter.last_key = None
        except Refused:
            self.active = False
            raise
        except BaseException:  # Ctrl-C, say: the lens may come out all the same
            with suppress(CanonError):
                self.leave()
            raise
        else:
            self.shutter.last_key = 0

    def was_left(self) -> bool:
        """Whether a program before this one left it on; a camera that was cold is not asked."""
        return not self.active and self.session.link.was_active and self._is_on()

    def _is_on(self) -> bool:
        """Whether the camera answers as one that is in it: only then it tells its parameters."""
        try:
            self.session.call(GetReleaseParameters())
        except Refused:
            return False
        return True

    def leave(self) -> None:
        """Stop the viewfinder and leave release control."""
        self.stays = False
        if self.live.running:
            self.live.stop()
        try:
            self.session.call(ExitReleaseControl(), timeout_s=LENS_S)
        except Disconnected:
            raise  # another thread closes the camera, and leaves it there
        except BaseException:
            self.active = False
            raise
        self.active = False

    def stay(self) -> None:
        """Leave it on when the camera is closed."""
        self.stays = True

    def set_output(self, output: CameraOutput) -> None:
        """Choose what shows the picture."""
        from canon import codes

        self.session.call(SelectCameraOutput(codes.CAMERA_OUTPUT.code(output) or 0))
