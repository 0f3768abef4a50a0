"""Exposures of an EOS that last as long as its host wants (canon-eos-ptp, section 8.5)."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple, Protocol

from canon.driver.shot import Order, Receiver, Released, await_end, note_maybe_taken
from canon.errors import ValueRefused
from canon.models.file_kinds import ObjectFormat
from canon.ptp.eos.button import EosButton, check
from canon.ptp.eos.layouts import BulbEnd, BulbStart, Eos
from canon.ptp.eos.records import Added, CameraStatusChanged, Waiting
from canon.ptp.eos.remote import EosRemote
from canon.ptp.operations import PtpEvent

if TYPE_CHECKING:
    from canon.driver.events import Queue

_BULBS = (0x0C, 0x04)
_BULB_MODE = 4


class Told:
    """What the records of one release have told so far."""

    def __init__(self, files: int, *, host: bool) -> None:
        self._files, self._host = files, host
        self._working = self.complete = False
        self.added: dict[int, None] = {}
        self.waiting: dict[int, None] = {}

    @property
    def done(self) -> bool:
        """Whether all that is due has been told."""
        return self.complete and len(self.waiting if self._host else self.added) >= self._files

    @property
    def near(self) -> bool:
        """Whether the end is near."""
        return self.complete or bool(self.waiting or self.added)

    @property
    def begun(self) -> bool:
        """Whether anything says that a picture was taken."""
        return self._working or self.near

    def take(self, event: PtpEvent) -> None:
        """Look at one event."""
        if isinstance(event, Waiting):
            self.waiting[event.handle] = None
        elif isinstance(event, Added):
            if event.format & 0xFFFF != ObjectFormat.ASSOCIATION:
                self.added[event.handle] = None
        elif isinstance(event, CameraStatusChanged):
            self.complete = self.complete or (self._working and not event.status)
            self._working = self._working or bool(event.status)


class Shots(Protocol):
    """What an exposure needs of the shutter that it belongs to."""

    doubtful: bool

    @property
    def button(self) -> EosButton:
        """The release button."""
        ...

    def prepare(self, order: Order, receiver: Receiver) -> None:
        """Empty the memory of the body, and let the next picture go where it should."""
        ...

    def await_ready(self, order: Order) -> None:
        """Wait while the body still works on an earlier picture."""
        ...

    def expects(self, *, card: bool) -> Told:
        """What takes the records of a release."""
        ...

    def collect(self, told: Told, order: Order, receiver: Receiver) -> Released:
        """Find what a release put on the card, and fetch what it left in memory."""
        ...


class _Exposing(NamedTuple):
    """An exposure that lasts: what its host heard since it began, and where its picture goes."""

    order: Order
    receiver: Receiver
    told: Told
    events: Queue[PtpEvent]
    listening: ExitStack


class EosBulb:
    """Exposures of one EOS; fits `canon.driver.Bulb`.

    Args:
        remote: its remote control.
        shutter: its shutter, which fetches what is exposed.
    """

    def __init__(self, remote: EosRemote, shutter: Shots) -> None:
        self.session = remote.session
        self._remote = remote
        self._store = remote.store
        self._button = shutter.button  # held where the body has no operation of its own
        self._shutter = shutter
        self._exposing: _Exposing | None = None
        self._open = False
        self._speed: int | None = None  # what the time was before it was set to bulb
        remote.stops += (self.end, self.undo)

    def begun(self) -> None:
        """In a new session nothing is open."""
        self._open, self._speed, self._exposing = False, None, None

    def open(self, order: Order, receiver: Receiver) -> None:
        """Open the shutter; what an earlier release left in memory comes before."""
        self._shutter.prepare(order, receiver)
        self._shutter.await_ready(order)
        told = self._shutter.expects(card=order.card)
        with ExitStack() as listening:
            events = listening.enter_context(self.session.events())
            try:
                self.begin()
            except BaseException:
                self.end()
                raise
            self._exposing = _Exposing(order, receiver, told, events, listening.pop_all())

    def seconds(self) -> float:
        """How long it has been open, in whole seconds as the body counts them."""
        self._remote.channel.drain()
        return float(self._store.bulb_s)

    def close(self) -> Released:
        """Close it, wait for the records of the picture, and fetch or find it."""
        exposing, self._exposing = self._exposing, None
        if exposing is None:
            self.end()
            return Released()
        with exposing.listening:
            try:
                self.end()
                await_end(self.session, exposing.events, exposing.told, exposing.order)
            except BaseException as error:
                self._shutter.doubtful = True
                note_maybe_taken(error, card=exposing.order.card)
                raise
        return self._shutter.collect(exposing.told, exposing.order, exposing.receiver)

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
