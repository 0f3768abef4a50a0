"""What an EOS adds to PTP: its records, its listings, its facts, and remote control.

What it can is told by the operations that it lists; nothing else is asked for (canon-eos-ptp).
"""

from __future__ import annotations

import threading
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from canon.driver import PictureSize, Power
from canon.driver.features import Feature
from canon.driver.optional import clock_time
from canon.errors import NotSupported
from canon.models.ptp import PtpModel, PtpQuirk, PtpTrait
from canon.ptp.eos.channel import Channel
from canon.ptp.eos.layouts import (
    BulbStart,
    DriveLens,
    Eos,
    GetPartialObject64,
    GetViewfinderData,
    MovieSelectSwOn,
    PopupBuiltinFlash,
    RemoteReleaseOn,
    SetObjectAttributes,
    SetUiLock,
    Zoom,
)
from canon.ptp.eos.listing import listing
from canon.ptp.eos.records import Record
from canon.ptp.eos.remote import EosRemote, Generation, generation_of
from canon.ptp.eos.store import Store
from canon.ptp.extension import FOUR_GIB, Standard
from canon.ptp.marks import NEW, PROTECTED
from canon.ptp.objects import Known, Objects
from canon.ptp.operations import Bytes, GetDevicePropValue, Operation, PtpEvent
from canon.ptp.properties import Properties
from canon.ptp.session import Session
from canon.values import Battery, local_seconds, local_time

if TYPE_CHECKING:
    from canon.driver.events import Event
    from canon.ptp.eos.bulb import EosBulb
    from canon.ptp.eos.button import EosButton
    from canon.ptp.eos.custom import EosCustomFunctions
    from canon.ptp.eos.lens import EosLens, EosPowerZoom
    from canon.ptp.eos.live import EosLive
    from canon.ptp.eos.movie import EosMovie
    from canon.ptp.eos.settings import EosSettings
    from canon.ptp.eos.shutter import EosFocus, EosShutter

T = TypeVar("T")

_TOLD_S = 1.0
_BATTERY_LEVEL = 0x5001
_LOW = (0, 5)  # of BATTERY_POWER: empty, and a quarter
_MOST_OWNER = 31
_ALL = 1 << 64
_COMPARED = 1024


class _Room(cached_property[T]):
    """What is loaded when it is first asked for; threads that ask together get the same one.

    A cached_property alone may make two, and the button of one would not know of the other's.
    """

    @overload
    def __get__(self, eos: None, kind: type | None = None) -> Self: ...

    @overload
    def __get__(self, eos: object, kind: type | None = None) -> T: ...

    def __get__(self, eos: object | None, kind: type | None = None) -> Self | T:
        if not isinstance(eos, EosExtension):
            return self
        with eos.making:
            room: T = vars(eos).get(str(self.attrname)) or super().__get__(eos, kind)
        return room


class EosExtension:
    """Canon's EOS extension of one camera; fits `canon.ptp.extension.Extension`.

    Args:
        session: the conversation.
        listed: what the camera lists of itself.
        model: the camera's row.

    Attributes:
        making: held while one of its rooms is made.
    """

    def __init__(self, session: Session, listed: Properties, model: PtpModel) -> None:
        self.session = session
        self.model = model
        self.objects = Objects(session, listing(session).rows, one_slot=model.one_slot)
        self.store = Store()
        self.channel = Channel(session, self.store, self.objects.begun)
        self.control = EosRemote(session, self.objects, self.channel, self.store, model)
        self._standard = Standard(session, listed, self.objects)
        self._listed = listed
        self._reaches_far = False
        self.making = threading.RLock()

    def begun(self) -> None:
        """Neither handles, nor remote control, nor what was told outlive a session."""
        self.channel.begun()
        self.objects.begun()
        self.control.begun()
        for room in ("_settings", "_shutter", "_live", "_movie"):
            if room in vars(self):
                vars(self)[room].begun()

    def hear(self, wait_s: float) -> bool:
        """Wait for records; who waits for them enters remote control, without which are none."""
        if not self.channel.open and wait_s > 0:
            self.control.enter()
        return self.channel.hear(wait_s)

    def common(self, event: PtpEvent) -> Event:
        """An event in the words that all dialects share."""
        if isinstance(event, Record):
            from canon.ptp.eos.common_events import common

            return common(event, self.objects)
        return self._standard.common(event)

    def close(self) -> None:
        """Leave remote control, if it is on."""
        if self.control.entered:
            self.control.leave()

    # --- facts ------------------------------------------------------------------------------------

    @property
    def features(self) -> frozenset[Feature]:
        """What Canon's operations make possible."""
        shoots, button = self.shoots, self.button is not None
        shows = self._lists(GetViewfinderData)
        own = {
            Feature.REMOTE: True,
            Feature.SHOOT: shoots,
            Feature.HALF_PRESS: button,
            Feature.NO_FOCUS: self.focus is not None,
            Feature.BULB: self.bulb is not None,
            Feature.FOCUS_LOCK: self.focus is not None,
            Feature.FOCUS_DRIVE: self.lens_drive is not None,
            Feature.ZOOM: self.zoom is not None,
            Feature.LIVE: shows,
            Feature.LIVE_ZOOM: self.live_zoom is not None,
            Feature.MOVIE: self.movie is not None,
            Feature.FLASH_POP_UP: self._lists(PopupBuiltinFlash),
            Feature.KEY_LOCK: self._lists(SetUiLock),
            Feature.CUSTOM_FUNCTIONS: self.custom_functions is not None,
            Feature.MARKS: self.keeps_marks,
            Feature.OWNER: True,
            Feature.CLOCK: self._has_clock,
            Feature.POWER: True,
            Feature.BODY_ID: True,
        }
        return self._standard.features | {feature for feature, there in own.items() if there}

    @property
    def shoots(self) -> bool:
        """Whether it takes pictures by remote, as far as it says before remote control."""
        if PtpQuirk.NO_FULL_PRESS in self.model.quirks:
            return False
        return generation_of(self.session) is not Generation.NONE

    def owner(self) -> str:
        """The owner's name, where remote control is on already; else empty: nothing is asked."""
        if not self.control.active:
            return ""
        return self._text(Eos.OWNER)

    def set_owner(self, owner: str) -> None:
        """Set the owner's name; ValueError over 31 characters."""
        if len(owner) > _MOST_OWNER:
            raise ValueError(
                f"the owner's name has {len(owner)} characters; {_MOST_OWNER} are the most"
            )
        self.control.enter()
        self._text(Eos.OWNER)
        self.settings.write({"owner": owner})

    @property
    def _has_clock(self) -> bool:
        """Whether it has a clock of local time: those between PowerShot and EOS have none."""
        if self.control.active:
            return Eos.CAMERA_TIME in self.store.values
        return generation_of(self.session) is not Generation.HYBRID

    def _need_clock(self) -> None:
        if self._has_clock:
            self.control.enter()
            self.channel.drain()
        if not self._has_clock:
            raise NotSupported(self._listed.name, "clock of local time that a computer can use")

    def time(self) -> datetime:
        """The camera's clock."""
        self._need_clock()
        self._ask(Eos.CAMERA_TIME)
        return clock_time(local_time(self.store.number(Eos.CAMERA_TIME) or 0))

    def set_time(self, when: datetime) -> None:
        """Set the camera's clock."""
        self._need_clock()
        self.control.put(Eos.CAMERA_TIME, local_seconds(when))
        self.channel.drain()

    def power(self) -> Power:
        """How full the battery is; nobody knows how it says that it runs from the mains."""
        if self._listed.has(_BATTERY_LEVEL) and self._lists(GetDevicePropValue):
            return self._standard.power()
        self.control.enter()
        self.channel.drain()
        level = self.store.number(Eos.BATTERY_POWER)
        if level is None:
            raise NotSupported(self._listed.name, "power status that it tells")
        return Power(on_ac=False, battery=Battery.LOW if level in _LOW else Battery.GOOD)

    def body_id(self) -> str:
        """The serial number, as DeviceInfo has it, or as it says in remote control."""
        if number := self.session.info.serial.strip().lstrip("0"):
            return number
        self.control.enter()
        if number := self._text(Eos.SERIAL_NUMBER):
            return number
        raise NotSupported(self._listed.name, "body number that it tells")

    def picture_sizes(self) -> tuple[PictureSize, ...]:
        """NotSupported."""
        return self._standard.picture_sizes()

    def _text(self, code: Eos) -> str:
        if code not in self.store.values:
            self._ask(code)
        return self.store.text(code)

    def _ask(self, code: Eos) -> None:
        """Have a property told anew."""
        self.channel.drain()
        self.control.request(code)
        with self.session.events() as told:
            self.session.wait_for(
                lambda: any(getattr(one, "property", None) == code for one in told), _TOLD_S
            )

    # --- files ------------------------------------------------------------------------------------

    @property
    def keeps_marks(self) -> bool:
        """Whether SetObjectAttributes is there."""
        return self._lists(SetObjectAttributes)

    def mark(self, known: Known, *, new: bool, protected: bool) -> None:
        """Write the flags of a file: those that it has, with these two as told."""
        if not self.keeps_marks:
            return self._standard.mark(known, new=new, protected=protected)
        flags = (known.flags or 0) & ~(NEW | PROTECTED)
        flags |= (PROTECTED if protected else 0) | (NEW if new else 0)
        self.session.call(SetObjectAttributes(known.handle, flags))

    @property
    def reach(self) -> int:
        """How much of a file can be read in parts: all of it, with GetPartialObject64."""
        return _ALL if self._lists(GetPartialObject64) else self._standard.reach

    def part(self, handle: int, offset: int, size: int) -> Operation[Bytes]:
        """What brings a part of a file.

        Where GetPartialObject64 takes the upper half of an offset is a guess. A body that takes it
        elsewhere would give bytes of the wrong place: so its start is compared once with what it
        gives 4 GiB further on.

        Raises:
            NotSupported: the two are the same.
        """
        if offset < FOUR_GIB:
            return self._standard.part(handle, offset, size)
        if not self._reaches_far:
            start, far = bytearray(), bytearray()
            compared = self._standard.part(handle, 0, _COMPARED)
            self.session.receive(compared, start.extend, limit=_COMPARED)
            beyond = GetPartialObject64(handle, 0, _COMPARED, 1)
            self.session.receive(beyond, far.extend, limit=_COMPARED)
            if start == far:
                raise NotSupported(
                    self._listed.name, "way to read parts beyond 4 GiB of a file that works"
                )
            self._reaches_far = bool(far)
        return GetPartialObject64(handle, offset % FOUR_GIB, size, offset // FOUR_GIB)

    # --- remote control ---------------------------------------------------------------------------

    @property
    def remote(self) -> EosRemote:
        """Remote control."""
        return self.control

    @property
    def settings(self) -> EosSettings:
        """What it is set to."""
        return self._settings

    @_Room
    def _settings(self) -> EosSettings:
        from canon.ptp.eos.settings import EosSettings

        return EosSettings(self.control)

    @property
    def custom_functions(self) -> EosCustomFunctions | None:
        """The custom functions: the body tells them in remote control."""
        if self.control.active:
            there = self._custom.there
        else:
            there = generation_of(self.session) in (Generation.FIRST, Generation.BUTTON)
        return self._custom if there else None

    @_Room
    def _custom(self) -> EosCustomFunctions:
        from canon.ptp.eos.custom import EosCustomFunctions

        return EosCustomFunctions(self.control)

    @property
    def shutter(self) -> EosShutter | None:
        """Taking pictures."""
        return self._shutter if self.shoots else None

    @_Room
    def _shutter(self) -> EosShutter:
        from canon.ptp.eos.shutter import EosShutter

        return EosShutter(self.control, self.objects)

    @property
    def button(self) -> EosButton | None:
        """The button, where half and full are apart."""
        apart = generation_of(self.session) is Generation.BUTTON
        return self._shutter.button if apart else None

    @property
    def bulb(self) -> EosBulb | None:
        """Long exposures, where the button can be held or replaced."""
        apart = generation_of(self.session) is Generation.BUTTON
        return self._shutter.bulb if apart or self._lists(BulbStart) else None

    @property
    def focus(self) -> EosFocus | None:
        """The focus, where the button can be pressed half."""
        return self._shutter.focus if self.shoots and self._lists(RemoteReleaseOn) else None

    @property
    def body(self) -> EosRemote | None:
        """The flash and the keys."""
        moves = self._lists(SetUiLock) or self._lists(PopupBuiltinFlash)
        return self.control if moves else None

    # --- live view --------------------------------------------------------------------------------

    @property
    def live(self) -> EosLive | None:
        """Live view, where frames are listed."""
        return self._live if self._lists(GetViewfinderData) else None

    @_Room
    def _live(self) -> EosLive:
        from canon.ptp.eos.live import EosLive

        return EosLive(self.control)

    @property
    def lens_drive(self) -> EosLens | None:
        """The motor of the lens."""
        return self._lens if self._lists(DriveLens) else None

    @property
    def live_zoom(self) -> EosLens | None:
        """A closer look in live view."""
        return self._lens if self._lists(Zoom) else None

    @_Room
    def _lens(self) -> EosLens:
        from canon.ptp.eos.lens import EosLens

        return EosLens(self.control, self._live)

    @property
    def zoom(self) -> EosPowerZoom | None:
        """The zoom, where a motor moves it: the body tells it in remote control."""
        if self.control.active:
            there = Eos.POWER_ZOOM_POSITION in self.store.values
        else:
            there = PtpTrait.POWER_ZOOM in self.model.traits
        return self._zoom if there else None

    @_Room
    def _zoom(self) -> EosPowerZoom:
        from canon.ptp.eos.lens import EosPowerZoom

        return EosPowerZoom(self.control)

    @property
    def movie(self) -> EosMovie | None:
        """Movies, where the body has them: it tells them in remote control."""
        if self.control.active:
            there = Eos.EVF_RECORD_STATUS in self.store.values
        else:
            there = PtpTrait.MOVIE in self.model.traits or self._lists(MovieSelectSwOn)
        return self._movie if there and self._lists(GetViewfinderData) else None

    @_Room
    def _movie(self) -> EosMovie:
        from canon.ptp.eos.movie import EosMovie

        return EosMovie(self.control, self.objects, self._shutter)

    def _lists(self, operation: type[Operation[Any]]) -> bool:
        return self.session.supports(operation)
