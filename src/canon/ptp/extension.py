"""What a vendor adds to PTP, and what the standard itself has of it.

A PTP camera is the core and one extension, which is chosen once the camera has said who it is. It
brings the events, the listings, the facts of the body, and the capabilities of
`canon.driver.Driver`. The core knows no vendor; each has its own package beside it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from canon.driver import Capabilities, PictureSize, Power
from canon.driver.features import Feature
from canon.driver.optional import clock_time
from canon.errors import NotSupported
from canon.ptp.datasets import DataType, moment, time_text
from canon.ptp.objects import Known, Objects
from canon.ptp.operations import Bytes, GetPartialObject, Operation, PtpEvent
from canon.ptp.properties import Properties
from canon.ptp.session import Session
from canon.values import Battery

if TYPE_CHECKING:
    from canon.driver.events import Event
    from canon.driver.settings import Settings

_BATTERY_LEVEL = 0x5001  # in per cent
_DATE_TIME = 0x5011
_LOW_PER_CENT = 25
FOUR_GIB = 1 << 32
"""Where the offset of a part has no more bits."""


class Extension(Capabilities, Protocol):
    """What a vendor adds to a PTP camera; also what `canon.ptp.session.Hearing` wants.

    A capability is None where the camera lists no operations for it.
    """

    @property
    def objects(self) -> Objects:
        """The files and folders, listed as the vendor's cameras do it best."""
        ...

    def begun(self) -> None:
        """A session was opened anew: what was entered or chosen in the one before is gone.

        It is called in the middle of a transaction, so nothing may be sent.
        """
        ...

    def hear(self, wait_s: float) -> bool:
        """Wait for events, for so many seconds at most; without any, look once. Tell them."""
        ...

    def common(self, event: PtpEvent) -> Event:
        """An event in the words that all dialects share; it may ask the camera."""
        ...

    def close(self) -> None:
        """Leave what was entered, before the session ends."""
        ...

    # --- facts; each is NotSupported where the camera does not list it ----------------------------

    @property
    def features(self) -> frozenset[Feature]:
        """What the camera can do beside what the operations of the standard tell."""
        ...

    def owner(self) -> str:
        """The owner's name; empty where the camera does not tell it."""
        ...

    def set_owner(self, owner: str) -> None:
        """Set the owner's name; ValueError where it is too long."""
        ...

    def time(self) -> datetime:
        """The camera's clock."""
        ...

    def set_time(self, when: datetime) -> None:
        """Set the camera's clock."""
        ...

    def power(self) -> Power:
        """How the camera is powered."""
        ...

    def body_id(self) -> str:
        """The number of the body."""
        ...

    def picture_sizes(self) -> tuple[PictureSize, ...]:
        """The sizes and qualities of picture that it can take."""
        ...

    # --- files ------------------------------------------------------------------------------------

    @property
    def keeps_marks(self) -> bool:
        """Whether files are marked as new until they are downloaded."""
        ...

    def mark(self, known: Known, *, new: bool, protected: bool) -> None:
        """Write the marks of a file; NotSupported where the camera keeps none."""
        ...

    @property
    def reach(self) -> int:
        """How many bytes of a file can be read in parts, from its start."""
        ...

    def part(self, handle: int, offset: int, size: int) -> Operation[Bytes]:
        """What brings a part of a file that lies within reach; it may try first whether it does."""
        ...

    @property
    def settings(self) -> Settings:
        """What the camera is set to; at least its properties by number."""
        ...


class Standard:
    """No extension: what the standard itself says; fits `Extension`.

    Args:
        session: the conversation.
        listed: what the camera lists of itself.
        objects: its files and folders, where a vendor's extension has them already.
    """

    remote = shutter = focus = zoom = live = custom_functions = None
    button = bulb = lens_drive = live_zoom = movie = body = None
    keeps_marks = False

    def __init__(
        self, session: Session, listed: Properties, objects: Objects | None = None
    ) -> None:
        self.session = session
        self.objects = objects or Objects(session)
        self._listed = listed

    @property
    def settings(self) -> Settings:
        """Its properties by number."""
        from canon.ptp.settings import NumberedSettings

        return NumberedSettings(self._listed)

    def begun(self) -> None:
        """The handles of the session before are of no more use."""
        self.objects.begun()

    def hear(self, wait_s: float) -> bool:
        """The interrupt pipe is the standard's channel."""
        return self.session.listen(wait_s)

    def common(self, event: PtpEvent) -> Event:
        """An event in the words that all dialects share."""
        from canon.ptp.common_events import Words

        return Words(self.objects).common(event)

    def close(self) -> None:
        """Nothing was entered."""

    @property
    def features(self) -> frozenset[Feature]:
        """What its properties make possible."""
        return frozenset(
            feature
            for feature, has in {
                Feature.CLOCK: self._listed.has(_DATE_TIME),
                Feature.POWER: self._listed.has(_BATTERY_LEVEL),
                Feature.BODY_ID: bool(self._serial),
            }.items()
            if has
        )

    def owner(self) -> str:
        """The standard has no owner."""
        return ""

    def set_owner(self, owner: str) -> None:
        """NotSupported."""
        raise NotSupported(self._listed.name, "owner's name")

    def time(self) -> datetime:
        """The camera's clock."""
        self._listed.need(_DATE_TIME, "clock that can be read")
        return clock_time(moment(str(self._listed.value(_DATE_TIME, DataType.TEXT))))

    def set_time(self, when: datetime) -> None:
        """Set the camera's clock."""
        self._listed.need(_DATE_TIME, "clock that can be set")
        self._listed.write(_DATE_TIME, DataType.TEXT, time_text(when))

    def power(self) -> Power:
        """How full the battery is; nobody says whether it runs from the mains."""
        self._listed.need(_BATTERY_LEVEL, "power status that it tells")
        level = self._listed.value(_BATTERY_LEVEL, DataType.UINT8)
        good = isinstance(level, int) and level > _LOW_PER_CENT
        return Power(on_ac=False, battery=Battery.GOOD if good else Battery.LOW)

    def body_id(self) -> str:
        """The serial number, as DeviceInfo has it."""
        if not self._serial:
            raise NotSupported(self._listed.name, "body number that it tells")
        return self._serial

    @property
    def _serial(self) -> str:
        return self.session.info.serial.strip().lstrip("0")

    def picture_sizes(self) -> tuple[PictureSize, ...]:
        """NotSupported."""
        raise NotSupported(self._listed.name, "list of picture sizes")

    @property
    def reach(self) -> int:
        """The offset has 32 bits (ptp-core, section 5.1)."""
        return FOUR_GIB

    def part(self, handle: int, offset: int, size: int) -> Operation[Bytes]:
        """What brings a part of a file."""
        return GetPartialObject(handle, offset, size)

    def mark(self, known: Known, *, new: bool, protected: bool) -> None:
        """NotSupported."""
        raise NotSupported(self._listed.name, "marks of files that were downloaded")
