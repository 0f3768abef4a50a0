"""Release control of a PowerShot that speaks PTP: entering and leaving, focus, viewfinder.

Its settings are in `canon.ptp.powershot.settings`, taking pictures in `canon.ptp.powershot.shutter`
(canon-powershot-ptp, sections 4 to 8).
"""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from canon.driver import Zoom
from canon.driver.card import Progress
from canon.driver.shot import Shot
from canon.errors import CanonError, Disconnected, NotSupported, ObjectNotFound, Refused
from canon.models.custom import CustomFunction
from canon.ptp.datasets import DataType
from canon.ptp.objects import Objects
from canon.ptp.operations import GetStorageInfo, Operation, Response, StorageInfoChanged
from canon.ptp.powershot.layouts import (
    PIPE_MODES,
    CameraModeChanged,
    DoAeAfAwb,
    FocusLock,
    FocusUnlock,
    GetViewfinderImage,
    InitiateReleaseControl,
    Property,
    TerminateReleaseControl,
    ViewfinderOff,
    ViewfinderOn,
)
from canon.ptp.powershot.settings import PtpSettings
from canon.ptp.powershot.shutter import PtpShutter, focusing
from canon.ptp.properties import Properties, as_int
from canon.ptp.session import Session
from canon.values import CameraOutput, CaptureTarget, ImageFormat, ImageSize, Quality

_log = logging.getLogger(__name__)

_LENS_S = 15.0  # entering release control, moving the lens, focusing
_ENTERED_S = 0.5  # for the event that tells that release control is on; not every body sends it
_POLL_S = 0.02
_MOST_FRAME = 1 << 20
_ALL_MEASURES = 7
_ON_PIPE, _BY_OPERATION = 1, 7  # values of EVENT_EMULATE_MODE (section 4.1)
_NOT_GIVEN = 0xFFFFFFFF


class PtpRemote:
    """Release control of one PowerShot; fits `canon.driver.Remote`.

    Args:
        session: the conversation.
        objects: what is on its card.
        listed: what it can do.
    """

    def __init__(self, session: Session, objects: Objects, listed: Properties) -> None:
        self.session = session
        self._entered = 0  # the session in which release control was entered; 0: it is off
        self._viewing = False
        self._objects = objects
        self._listed = listed
        self._settings = PtpSettings(listed)
        self._shutter = PtpShutter(session, objects, listed)
        self._events_before = 0  # EVENT_EMULATE_MODE as it was found

    @property
    def active(self) -> bool:
        """Whether release control is on; it ends with the session in which it was entered."""
        return self._entered == self.session.begun

    @property
    def viewfinder_on(self) -> bool:
        """Whether the viewfinder runs."""
        return self._viewing and self.active

    @property
    def stays(self) -> bool:
        """Never: the end of a session ends release control."""
        return False

    @stays.setter
    def stays(self, on: bool) -> None:
        if on:
            raise NotSupported(
                self._listed.name,
                "release control that outlives its session; lock and shoot in one",
            )

    def enter(self) -> None:
        """Enter release control, and wait for the settings to appear (section 4.1).

        The properties are read and written in the order of Canon's own program. Nobody knows which
        of these steps the camera needs; the last one lets its events come by CheckEvent.
        """
        has_mode = self._listed.has(Property.EVENT_EMULATE_MODE)
        if has_mode:
            before = self._listed.value(Property.EVENT_EMULATE_MODE, DataType.UINT16)
            self._events_before = as_int(before)
        if self._listed.has(Property.FLASH_MODE):
            self.session.refresh()  # what it listed is old where the last way out broke off
        if self._listed.has(Property.FLASH_MODE):
            _log.warning("the camera was left in release control; going on in it")
            self._listen(self._events_before)
            self._entered = self.session.begun
            return
        if has_mode:
            self._choose_events(_ON_PIPE)
            self._read_sizes()
            self.session.refresh()
            self.session.refresh()
            self._read_sizes()
            self.session.refresh()
            self._listed.number(Property.EVENT_EMULATE_MODE)
            self._choose_events(_BY_OPERATION if self.session.asks else _ON_PIPE)
        self._entered = self.session.begun  # before the answer: who closes meanwhile must leave it
        self._viewing = False
        try:
            self._initiate()
            self._entered = self.session.begun
            if has_mode and not self.session.asks:  # it has been found out meanwhile
                self._choose_events(_ON_PIPE)
            self.session.refresh()
        except BaseException:  # a refusal, or Ctrl-C: the lens may come out all the same
            with suppress(CanonError):
                self.leave()
            self._entered = 0
            raise

    def _initiate(self) -> None:
        """Let the lens come out; that it is out already counts as success."""
        with self.session.events() as events:
            try:
                self.session.call(InitiateReleaseControl(), timeout_s=_LENS_S)
            except Refused as refusal:
                if refusal.code != Response.CANON_ALREADY_IN_RELEASE_CONTROL:
                    raise
                return
            clock = self.session.clock
            deadline = clock.now() + _ENTERED_S
            while clock.now() < deadline:
                self.session.poll(min(_POLL_S, deadline - clock.now()))
                while event := events.get():
                    if isinstance(event, CameraModeChanged | StorageInfoChanged):
                        return

    def _read_sizes(self) -> None:
        for code in (Property.SIZE_OF_OUTPUT, Property.SIZE_OF_INPUT):
            if self._listed.has(code):
                self._listed.number(code)

    def _choose_events(self, mode: int) -> None:
        """Choose the channel of events, and read that one only (section 6)."""
        self._listed.write(Property.EVENT_EMULATE_MODE, DataType.UINT16, mode)
        self._listen(mode)

    def _listen(self, mode: int) -> None:
        self.session.listens = mode in PIPE_MODES or not self.session.asks

    def leave(self) -> None:
        """Stop the viewfinder, leave release control, and give events back as they came."""
        if self.viewfinder_on:
            self.stop_viewfinder()
        try:
            try:
                self.session.call(TerminateReleaseControl(), timeout_s=_LENS_S)
            finally:
                if self._events_before:
                    with suppress(Refused):
                        self._choose_events(self._events_before)
            self.session.refresh()  # the settings are gone again
        except Disconnected:
            raise  # another thread closes the camera, and leaves it there
        except BaseException:
            self._entered = 0
            raise
        self._entered = 0

    # --- settings (section 3) ---------------------------------------------------------------------

    def settings(self, *names: str) -> dict[str, object]:
        """The settings of these names, or every one that the camera lists."""
        return self._settings.read(*names)

    def change(self, changes: Mapping[str, object]) -> dict[str, object]:
        """Write the settings, and read them back."""
        return self._settings.change(changes)

    def allowed(self, name: str) -> tuple[object, ...]:
        """What the camera's description of the property lists now."""
        return self._settings.allowed(name)

    # --- lens, display, card (sections 7 and 8) ---------------------------------------------------

    def zoom(self) -> Zoom:
        """Where the zoom stands, and its last position."""
        return self._settings.zoom()

    def set_zoom(self, position: int) -> None:
        """Move the zoom; ValueRefused outside its range, before anything is sent."""
        self._settings.set_zoom(position)

    def measure(self) -> None:
        """Measure exposure, focus and white balance."""
        self._focus(DoAeAfAwb(_ALL_MEASURES), "way to measure by remote")

    def lock_focus(self) -> None:
        """Focus, and keep focus, exposure and white balance."""
        self._focus(FocusLock(), "focus lock")

    def unlock_focus(self) -> None:
        """Let the focus go."""
        self._focus(FocusUnlock(), "focus lock")

    def _focus(self, operation: Operation[Any], feature: str) -> None:
        self._listed.must(type(operation), feature)
        with focusing():
            self.session.call(operation, timeout_s=_LENS_S)

    def set_output(self, output: CameraOutput) -> None:
        """Choose what shows the picture."""
        self._listed.need(Property.OUTPUT, "choice of what shows the picture")
        self._listed.write(Property.OUTPUT, DataType.UINT8, int(output))

    def available_shots(self) -> int:
        """How many pictures fit on the card: as it says, or by the size that it expects."""
        store = self._objects.store("")
        info = self.session.call(GetStorageInfo(store.id))
        if info.free_images != _NOT_GIVEN:
            return info.free_images
        return self._settings.shots_in(info.free)

    def estimated_size(self, size: ImageSize, form: ImageFormat, quality: Quality) -> int:
        """How many bytes a picture of that kind takes, by AVERAGE_FILE_SIZES."""
        return self._settings.estimated_size(size, form, quality)

    # --- custom functions -------------------------------------------------------------------------

    def custom_table(self, *, to_write: bool = False) -> tuple[CustomFunction, ...]:
        """No PowerShot has any."""
        raise NotSupported(self._listed.name, "custom functions")

    def custom_functions(self) -> dict[str, CustomFunction]:
        """No PowerShot has any."""
        raise NotSupported(self._listed.name, "custom functions")

    def set_custom_function(self, number: int, value: int) -> None:
        """No PowerShot has any."""
        raise NotSupported(self._listed.name, "custom functions")

    # --- viewfinder (section 7) -------------------------------------------------------------------

    def start_viewfinder(self) -> None:
        """Start the viewfinder."""
        self._listed.must(ViewfinderOn, "viewfinder")
        self.session.call(ViewfinderOn(), timeout_s=_LENS_S)
        self._viewing = True

    def frame(self) -> bytes:
        """The viewfinder's picture now."""
        data = io.BytesIO()
        if not self.session.receive(GetViewfinderImage(), data.write, limit=_MOST_FRAME):
            raise ObjectNotFound(0, "GetViewfinderImage", "the viewfinder gave no picture")
        return data.getvalue()

    def stop_viewfinder(self) -> None:
        """Stop the viewfinder."""
        self._viewing = False
        self.session.call(ViewfinderOff(), timeout_s=_LENS_S)

    # --- taking a picture (section 5) -------------------------------------------------------------

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
