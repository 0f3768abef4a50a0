"""Release control in the native protocol: entering and leaving, lens, focus, viewfinder.

Its settings are in `canon.native.settings`, taking pictures in `canon.native.shutter`
(canon-native-usb, sections 1, 8, 9 and 10).
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from canon.driver import Zoom
from canon.driver.card import Entry, Progress
from canon.driver.shot import Shot
from canon.errors import CanonError, Disconnected, LensFailed, NotSupported, ObjectNotFound, Refused
from canon.models.custom import CustomFunction
from canon.models.model import Feature, Numbering
from canon.native import custom
from canon.native.commands import GetAbilities, LockKeys, RetrieveFrame
from canon.native.release import (
    DoAeAfAwb,
    EnterReleaseControl,
    ExitReleaseControl,
    GetAvailableShots,
    GetEstimatedSize,
    GetReleaseParameters,
    GetZoom,
    LockFocus,
    SelectCameraOutput,
    SetZoom,
    StartViewfinder,
    StopViewfinder,
    UnlockFocus,
)
from canon.native.session import Session
from canon.native.settings import NativeSettings
from canon.native.shutter import NativeShutter
from canon.values import CameraOutput, CaptureTarget, ImageFormat, ImageSize, Quality

_log = logging.getLogger(__name__)

_LENS_S = 15.0  # entering release control, and moving the lens
_MOST_FRAME = 1 << 20
_ALL_MEASURES = 7


class NativeRemote:
    """Release control of one native camera; fits `canon.driver.Remote`.

    Args:
        session: the conversation.
        list_card: lists everything on the card, to find a new picture.
    """

    def __init__(self, session: Session, list_card: Callable[[], Iterator[Entry]]) -> None:
        self.session = session
        self.model = session.model
        self.active = False
        self.viewfinder_on = False
        self.stays = False
        self._settings = NativeSettings(session)
        self._shutter = NativeShutter(session, list_card)
        self._keys_locked = False

    def enter(self) -> None:
        """Lock the keys where the model wants it, and enter release control.

        A camera that an earlier program left in release control refuses to enter it again; if it
        answers as one that is in it, it is taken as it is.
        """
        if Feature.LOCK_KEYS in self.model.features and not self._keys_locked:
            if Feature.ABILITIES in self.model.features:
                self.session.call(GetAbilities())  # as every known program does before (section 1)
            self.session.call(LockKeys())
            self._keys_locked = True
        self.active = True  # before the answer: whoever closes meanwhile must leave it
        try:
            self.session.call(EnterReleaseControl(), timeout_s=_LENS_S)
        except LensFailed:
            if not self._was_left_active():
                self.active = False
                raise
            _log.warning("the camera was left in release control; going on in it")
            self._shutter.last_key = None
        except Refused:
            self.active = False
            raise
        except BaseException:  # Ctrl-C, say: the lens may come out all the same
            with suppress(CanonError):
                self.leave()
            raise
        else:
            self._shutter.last_key = 0

    def _was_left_active(self) -> bool:
        try:
            self.session.call(GetReleaseParameters())
        except Refused:
            return False
        return True

    def leave(self) -> None:
        """Stop the viewfinder and leave release control."""
        if self.viewfinder_on:
            self.stop_viewfinder()
        try:
            self.session.call(ExitReleaseControl(), timeout_s=_LENS_S)
        except Disconnected:
            raise  # another thread closes the camera, and leaves it there
        except BaseException:
            self.active = False
            raise
        self.active = False

    # --- settings (sections 9.1 to 9.6) -----------------------------------------------------------

    def settings(self, *names: str) -> dict[str, object]:
        """Both blocks, as values; what the model does not have is left out."""
        return self._settings.read()

    def change(self, changes: Mapping[str, object]) -> dict[str, object]:
        """Read the blocks, write those with changes once, and read them back."""
        return self._settings.change(changes)

    def allowed(self, name: str) -> tuple[object, ...]:
        """What the camera lists for a property, where it has a list of it."""
        return self._settings.allowed(name)

    # --- lens, display, card (sections 9.2, 9.5, 9.7) ---------------------------------------------

    def zoom(self) -> Zoom:
        """Where the zoom stands."""
        reply = self.session.call(GetZoom())
        return Zoom(reply.position, reply.maximum)

    def set_zoom(self, position: int) -> None:
        """Move the zoom."""
        self.session.call(SetZoom(position), timeout_s=_LENS_S)

    def measure(self) -> None:
        """Measure all three; the mask that Canon's own program uses."""
        self.session.call(DoAeAfAwb(_ALL_MEASURES), timeout_s=_LENS_S)

    def lock_focus(self) -> None:
        """Focus and keep it, as Canon's own program does."""
        self.session.call(LockFocus(), timeout_s=_LENS_S)

    def unlock_focus(self) -> None:
        """Let the focus go."""
        self.session.call(UnlockFocus(), timeout_s=_LENS_S)

    def set_output(self, output: CameraOutput) -> None:
        """Choose what shows the picture."""
        self.session.call(SelectCameraOutput(output))

    def available_shots(self) -> int:
        """How many pictures fit on the card."""
        return self.session.call(GetAvailableShots()).shots

    def estimated_size(self, size: ImageSize, form: ImageFormat, quality: Quality) -> int:
        """How many bytes a picture of that kind takes, by the camera's table."""
        return self.session.call(GetEstimatedSize(size, form, quality)).size

    # --- custom functions (sections 8, 9.8) -------------------------------------------------------

    def custom_table(self, *, to_write: bool = False) -> tuple[CustomFunction, ...]:
        """What the model's row has; how the revised numbering writes them is not known."""
        if not self.model.custom:
            raise NotSupported(self.model.name, "custom functions that are known")
        if to_write and self.model.numbering is Numbering.REVISED:
            raise NotSupported(self.model.name, "known command to set a custom function")
        return self.model.custom

    def custom_functions(self) -> dict[str, CustomFunction]:
        """Ask what they are set to."""
        return custom.read(self.session)

    def set_custom_function(self, number: int, value: int) -> None:
        """Set one of them."""
        custom.write(self.session, number, value)

    # --- viewfinder (section 10) ------------------------------------------------------------------

    def start_viewfinder(self) -> None:
        """Start the viewfinder."""
        self.session.call(StartViewfinder(), timeout_s=_LENS_S)
        self.viewfinder_on = True

    def frame(self) -> bytes:
        """The viewfinder's picture now."""
        data = io.BytesIO()
        command = RetrieveFrame(0, self.session.link.transfer_size)
        if not self.session.receive(command, data.write, limit=_MOST_FRAME):
            raise ObjectNotFound(0, "RetrieveFrame", "the viewfinder gave no picture")
        return data.getvalue()

    def stop_viewfinder(self) -> None:
        """Stop the viewfinder."""
        self.viewfinder_on = False
        self.session.call(StopViewfinder(), timeout_s=_LENS_S)

    # --- taking a picture (section 10) ------------------------------------------------------------

    def release(
        self,
        target: CaptureTarget,
        *,
        thumbnail: bool,
        progress: Progress | None,
        timeout_s: float,
    ) -> Shot:
        """Take a picture, wait for its events, and fetch or find it."""
        return self._shutter.release(
            target, thumbnail=thumbnail, progress=progress, timeout_s=timeout_s
        )
