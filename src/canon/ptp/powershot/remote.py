"""Release control of a PowerShot that speaks PTP: entering and leaving it.

What can be done in it has rooms of its own: `canon.ptp.powershot.settings`, `lens`, `live`,
`shutter` (canon-powershot-ptp, section 4). Each is loaded when it is used.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from canon.driver.shot import LENS_S
from canon.errors import BatteryLow, CanonError, Disconnected, NotSupported, Refused
from canon.log import Log
from canon.ptp.datasets import DataType
from canon.ptp.objects import Objects
from canon.ptp.operations import Response, StorageInfoChanged
from canon.ptp.powershot.channel import Channel
from canon.ptp.powershot.layouts import (
    CameraModeChanged,
    InitiateReleaseControl,
    Property,
    TerminateReleaseControl,
)
from canon.ptp.powershot.live import PowerShotLive
from canon.ptp.properties import Properties, as_int
from canon.ptp.session import Session
from canon.values import CameraOutput

if TYPE_CHECKING:
    from canon.ptp.powershot.lens import PowerShotLens
    from canon.ptp.powershot.settings import PtpSettings
    from canon.ptp.powershot.shutter import PtpShutter

_log = Log(__name__)

_ENTERED_S = 0.5  # for the event that tells that release control is on; not every body sends it
_ON_PIPE, _BY_OPERATION = 1, 7  # values of EVENT_EMULATE_MODE (section 4.1)


class PtpRemote:
    """Release control of one PowerShot; fits `canon.driver.Remote`.

    Args:
        session: the conversation.
        objects: what is on its card.
        listed: what it can do.
        channel: how it tells events.

    Attributes:
        active: whether release control is on.
        live: its viewfinder.
    """

    lasts = False

    def __init__(
        self, session: Session, objects: Objects, listed: Properties, channel: Channel
    ) -> None:
        self.session = session
        self.active = False
        self.live = PowerShotLive(session, lambda: self.active)
        self._objects = objects
        self._listed = listed
        self._channel = channel
        self._events_before = 0  # EVENT_EMULATE_MODE as it was found

    @cached_property
    def settings(self) -> PtpSettings:
        """What the camera is set to."""
        from canon.ptp.powershot.settings import PtpSettings

        return PtpSettings(self._listed)

    @cached_property
    def lens(self) -> PowerShotLens:
        """Its lens."""
        from canon.ptp.powershot.lens import PowerShotLens

        return PowerShotLens(self.session, self._listed)

    @cached_property
    def shutter(self) -> PtpShutter:
        """Its shutter."""
        from canon.ptp.powershot.shutter import PtpShutter

        return PtpShutter(self.session, self._objects, self._listed, self.live)

    def begun(self) -> None:
        """A session was opened anew: release control has ended with the one before."""
        self.active = False

    def was_left(self) -> bool:
        """Never: it ends with the session."""
        return False

    def stay(self) -> None:
        """NotSupported: the end of a session ends release control."""
        raise NotSupported(
            self._listed.name,
            "remote control that outlives its session",
            "do all in one block, or in `canon-remote shell`",
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
            _log.warning("the camera was left in remote control; going on in it")
            self._channel.choose(self._events_before)
            self.active = True
            return
        if has_mode:
            self._choose_events(_ON_PIPE)
            self._read_sizes()
            self.session.refresh()
            self.session.refresh()
            self._read_sizes()
            self.session.refresh()
            self._listed.number(Property.EVENT_EMULATE_MODE)
            self._choose_events(_BY_OPERATION if self._channel.asks else _ON_PIPE)
        self.active = True  # before the answer: who closes meanwhile must leave it
        self.live.running = False
        try:
            was_in = self._initiate()
            self.active = True
            if has_mode and not self._channel.asks:  # it has been found out meanwhile
                self._choose_events(_ON_PIPE)
            self.session.refresh()
            if was_in and not self._listed.has(Property.FLASH_MODE):
                raise was_in
        except BaseException:  # a refusal, or Ctrl-C: the lens may come out all the same
            with suppress(CanonError):
                self.leave()
            self.active = False
            raise

    def _initiate(self) -> BatteryLow | None:
        """Let the lens come out.

        Returns:
            What 0xa009 means if the settings do not appear: libgphoto2 calls it "already in release
            control", Canon's own SDK a low battery (section 11).
        """
        with self.session.events() as events:
            try:
                self.session.call(InitiateReleaseControl(), timeout_s=LENS_S)
            except Refused as refusal:
                if refusal.code != Response.CANON_ALREADY_IN_RELEASE_CONTROL:
                    raise
                return BatteryLow(code=refusal.code, command=refusal.command)
            news = CameraModeChanged | StorageInfoChanged
            self.session.wait_for(lambda: any(isinstance(one, news) for one in events), _ENTERED_S)
        return None

    def _read_sizes(self) -> None:
        for code in (Property.SIZE_OF_OUTPUT, Property.SIZE_OF_INPUT):
            if self._listed.has(code):
                self._listed.number(code)

    def _choose_events(self, mode: int) -> None:
        """Choose the channel of events, and read that one only (section 6)."""
        self._listed.write(Property.EVENT_EMULATE_MODE, DataType.UINT16, mode)
        self._channel.choose(mode)

    def leave(self) -> None:
        """Stop the viewfinder, leave release control, and give events back as they came."""
        if self.live.running:
            self.live.stop()
        try:
            try:
                self.session.call(TerminateReleaseControl(), timeout_s=LENS_S)
            finally:
                if self._events_before:
                    with suppress(Refused):
                        self._choose_events(self._events_before)
            self.session.refresh()  # the settings are gone again
        except Disconnected:
            raise  # another thread closes the camera, and leaves it there
        except BaseException:
            self.active = False
            raise
        self.active = False

    def set_output(self, output: CameraOutput) -> None:
        """Choose what shows the picture."""
        from canon import codes

        self._listed.need(Property.OUTPUT, "choice of what shows the picture")
        self._listed.write(Property.OUTPUT, DataType.UINT8, codes.CAMERA_OUTPUT.code(output) or 0)
