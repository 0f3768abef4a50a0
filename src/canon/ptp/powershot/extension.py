"""What a PowerShot adds to PTP: how it tells events and lists folders, its facts, release control.

Every Canon has some of it, whatever it is called; what a body does not list is not asked for. What
the standard has, too, is left to `canon.ptp.extension.Standard` where Canon's own is not listed.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any

from canon.driver import PictureSize, Power
from canon.driver.features import Feature
from canon.driver.optional import BROKEN, clock_time, optional
from canon.log import Log
from canon.models.ptp import PtpModel
from canon.ptp.datasets import Choices, DataType
from canon.ptp.extension import Standard
from canon.ptp.marks import NEW, PROTECTED
from canon.ptp.objects import Known, Objects
from canon.ptp.operations import Bytes, Operation, PtpEvent
from canon.ptp.powershot.channel import Channel
from canon.ptp.powershot.layouts import (
    RAM,
    FocusLock,
    InitiateReleaseControl,
    Property,
    SetObjectArchive,
    ViewfinderOn,
)
from canon.ptp.powershot.listing import listing
from canon.ptp.properties import Properties, may_refuse
from canon.ptp.session import Session
from canon.values import Battery, local_seconds, local_time
from canon.wire import latin

if TYPE_CHECKING:
    from canon.driver.events import Event
    from canon.driver.settings import Settings
    from canon.ptp.powershot.lens import PowerShotLens
    from canon.ptp.powershot.live import PowerShotLive
    from canon.ptp.powershot.remote import PtpRemote
    from canon.ptp.powershot.shutter import PtpShutter

_log = Log(__name__)

_MOST_OWNER = 31
_NORMAL, _FROM_AC = 1, 1  # of BATTERY_STATUS and BATTERY_KIND; the latter is a guess (section 3)
_GROUP = 6  # numbers of one kind of picture in SIZE_QUALITY_MODE


class PowerShot:
    """Canon's PowerShot extension of one camera; fits `canon.ptp.extension.Extension`.

    Args:
        session: the conversation.
        listed: what the camera lists of itself.
        model: the camera's row.
    """

    custom_functions = None
    button = bulb = lens_drive = live_zoom = movie = body = None

    def __init__(self, session: Session, listed: Properties, model: PtpModel) -> None:
        self.session = session
        self.channel = Channel(session)
        self.objects = Objects(
            session, listing(session).rows, one_slot=model.one_slot, hidden=(RAM,)
        )
        self._listed = listed
        self._standard = Standard(session, listed, self.objects)
        self._remote: PtpRemote | None = None
        self._making = threading.Lock()

    def begun(self) -> None:
        """Neither handles, nor release control, nor the channel of events outlive a session."""
        self.channel.begun()
        self.objects.begun()
        if self._remote:
            self._remote.begun()

    def hear(self, wait_s: float) -> bool:
        """Wait for events as this body tells them."""
        return self.channel.hear(wait_s)

    def common(self, event: PtpEvent) -> Event:
        """An event in the words that all dialects share."""
        from canon.ptp.powershot.common_events import common

        return common(event) or self._standard.common(event)

    def close(self) -> None:
        """Leave release control, if it is on."""
        if self._remote and self._remote.active:
            self._remote.leave()

    # --- facts (sections 3 and 8) -----------------------------------------------------------------

    @property
    def features(self) -> frozenset[Feature]:
        """What Canon's operations and properties make possible."""
        has = self._listed.has
        controlled = self._lists(InitiateReleaseControl)
        own = {
            Feature.REMOTE: controlled,
            Feature.SHOOT: controlled,
            Feature.ZOOM: controlled,
            Feature.FOCUS_LOCK: controlled and self._lists(FocusLock),
            Feature.LIVE: controlled and self._lists(ViewfinderOn),
            Feature.MARKS: self.keeps_marks,
            Feature.OWNER: has(Property.OWNER),
            Feature.CLOCK: has(Property.TIME),
            Feature.POWER: has(Property.BATTERY_STATUS),
            Feature.SIZES: has(Property.SIZE_QUALITY_MODE),
        }
        return self._standard.features | {feature for feature, there in own.items() if there}

    def owner(self) -> str:
        """The owner's name; empty where the camera does not tell it."""
        if self._listed.has(Property.OWNER):
            with optional("the owner's name", BROKEN), may_refuse():
                letters = self._listed.value(Property.OWNER, DataType.AUINT8)
                owner = bytes(letters if isinstance(letters, tuple) else ()).decode("latin-1")
                return owner.partition("\0")[0].strip()
        return ""

    def set_owner(self, owner: str) -> None:
        """Set the owner's name; ValueError over 31 characters."""
        if len(owner) > _MOST_OWNER:
            raise ValueError(
                f"the owner's name has {len(owner)} characters; {_MOST_OWNER} are the most"
            )
        self._listed.need(Property.OWNER, "owner's name")
        self._listed.write(Property.OWNER, DataType.AUINT8, (*latin(owner), 0))

    def time(self) -> datetime:
        """The camera's clock."""
        if not self._listed.has(Property.TIME):
            return self._standard.time()
        seconds = self._listed.value(Property.TIME, DataType.UINT32)
        return clock_time(local_time(seconds) if isinstance(seconds, int) else None)

    def set_time(self, when: datetime) -> None:
        """Set the camera's clock."""
        if not self._listed.has(Property.TIME):
            return self._standard.set_time(when)
        self._listed.write(Property.TIME, DataType.UINT32, local_seconds(when))

    def power(self) -> Power:
        """How the camera is powered."""
        if not self._listed.has(Property.BATTERY_STATUS):
            return self._standard.power()
        good = self._listed.value(Property.BATTERY_STATUS, DataType.UINT32) == _NORMAL
        on_ac = self._listed.has(Property.BATTERY_KIND) and (
            self._listed.value(Property.BATTERY_KIND, DataType.UINT16) == _FROM_AC
        )
        return Power(on_ac=on_ac, battery=Battery.GOOD if good else Battery.LOW)

    def body_id(self) -> str:
        """The serial number, as DeviceInfo has it."""
        return self._standard.body_id()

    def picture_sizes(self) -> tuple[PictureSize, ...]:
        """The picture sizes that SIZE_QUALITY_MODE lists."""
        if not self._listed.has(Property.SIZE_QUALITY_MODE):
            return self._standard.picture_sizes()
        row = self._listed.describe(Property.SIZE_QUALITY_MODE)
        groups = row.form.values if isinstance(row.form, Choices) else (row.current,)
        found = (
            _picture_size(group) for group in dict.fromkeys(groups) if isinstance(group, tuple)
        )
        return tuple(size for size in found if size)

    # --- files (sections 2.1 and 8) ---------------------------------------------------------------

    @property
    def keeps_marks(self) -> bool:
        """Whether SetObjectArchive is there."""
        return self._lists(SetObjectArchive)

    def mark(self, known: Known, *, new: bool, protected: bool) -> None:
        """Write the flags of a file: those that it has, with these two as told."""
        if not self.keeps_marks:
            return self._standard.mark(known, new=new, protected=protected)
        flags = (known.flags or 0) & ~(NEW | PROTECTED)
        flags |= (PROTECTED if protected else 0) | (NEW if new else 0)
        self.session.call(SetObjectArchive(known.handle, flags))

    @property
    def reach(self) -> int:
        """How much of a file can be read in parts."""
        return self._standard.reach

    def part(self, handle: int, offset: int, size: int) -> Operation[Bytes]:
        """What brings a part of a file."""
        return self._standard.part(handle, offset, size)

    # --- release control (section 4) --------------------------------------------------------------

    @property
    def remote(self) -> PtpRemote | None:
        """Release control; None where the camera does not list it."""
        if not self._lists(InitiateReleaseControl):
            return None
        with self._making:
            if self._remote is None:
                from canon.ptp.powershot.remote import PtpRemote

                self._remote = PtpRemote(self.session, self.objects, self._listed, self.channel)
            return self._remote

    @property
    def settings(self) -> Settings:
        """What it is set to, where it has release control; else its properties by number."""
        return self.remote.settings if self.remote else self._standard.settings

    @property
    def shutter(self) -> PtpShutter | None:
        """Taking pictures, where it has release control."""
        return self.remote.shutter if self.remote else None

    @property
    def focus(self) -> PowerShotLens | None:
        """The focus, where it has release control."""
        return self.remote.lens if self.remote else None

    @property
    def zoom(self) -> PowerShotLens | None:
        """The zoom, where it has release control; the property is listed only in it."""
        return self.remote.lens if self.remote else None

    @property
    def live(self) -> PowerShotLive | None:
        """The viewfinder, where the camera lists it."""
        return self.remote.live if self.remote and self._lists(ViewfinderOn) else None

    def _lists(self, operation: type[Operation[Any]]) -> bool:
        return self.session.supports(operation)


def _picture_size(group: tuple[int, ...]) -> PictureSize | None:
    """One kind of picture: height, width, code, and three zeros."""
    if len(group) < _GROUP or not group[0]:
        return None
    from canon.ptp.powershot.picture_kinds import PICTURE_KINDS

    height, width, code = group[:3]
    if code not in PICTURE_KINDS:
        return PictureSize(f"UNKNOWN_{code:#x}", width, height)
    file = PICTURE_KINDS[code].jpeg
    parts = (file.size, file.quality) if file else ("large", "raw")
    size, quality = (str(part).replace("-", " ").capitalize() for part in parts)
    return PictureSize(f"{size}:{quality}", width, height)
