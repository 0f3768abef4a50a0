"""Taking pictures with an EOS, and fetching them out of its memory (canon-eos-ptp, 7 and 8).

Records tell how a release goes: that the body works, each file, and that it is ready. A picture for
the computer waits in the memory of the body until it is fetched; the body takes no other before.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from canon.driver import Press
from canon.driver.card import Entry, Progress
from canon.driver.shot import (
    Order,
    Pending,
    Receiver,
    Released,
    await_end,
    no_longer_waits,
    note_maybe_taken,
    note_taken,
    picture_name,
)
from canon.errors import (
    AGAIN,
    BatteryLow,
    DeviceBusy,
    FocusFailed,
    NoCard,
    NotFinished,
    NotSupported,
    ObjectNotFound,
    Refused,
    StoreFull,
    ValueRefused,
)
from canon.log import Log
from canon.models.file_kinds import kind_of_format
from canon.ptp.eos.bulb import EosBulb, Told
from canon.ptp.eos.button import EosButton, check
from canon.ptp.eos.layouts import (
    Eos,
    GetPartialObjectEx,
    PcHddCapacity,
    RemoteRelease,
    ResetUiLock,
    SetUiLock,
)
from canon.ptp.eos.records import Waiting
from canon.ptp.eos.remote import EosRemote, Generation, generation_of
from canon.ptp.eos.store import pending
from canon.ptp.objects import STALE, Objects
from canon.ptp.operations import (
    GetObject,
    GetPartialObject,
)
from canon.ptp.session import UNKNOWN

if TYPE_CHECKING:
    from canon.values import Format

_log = Log(__name__)

_HOST = 4
_ALSO_HOST = (4, 5, 6)
_CARD = 2
_ROOM = (0x0FFFFFFF, 0x1000)  # clusters, and bytes of each, as other programs say them
_FEW_SHOTS = 100
_ROOM_S = 2.0
_READY_S = 20.0
_BLOCK = 1 << 20  # larger ones make an EOS R hang
_MOST_PICTURE = 4 << 30
_MOST_FILES = 2
_CLEAR = (
    FocusFailed,
    NoCard,
    BatteryLow,
    ValueRefused,
)  # errors after which all that the body told still holds
_EMPTY = 0  # of BATTERY_POWER
_RECORDING = 4  # of EVF_RECORD_STATUS
_HOLD_S = 0.2


class EosShutter:
    """The shutter of one EOS; fits `canon.driver.Shutter`.

    Args:
        remote: its remote control.
        objects: what is on its cards.

    Attributes:
        button: its release button.
        bulb: its long exposures.
        focus: its focus, as the button moves it.
        doubtful: whether the release before left open what the body told.
    """

    def __init__(self, remote: EosRemote, objects: Objects) -> None:
        self.session = remote.session
        self.button = EosButton(remote)
        self.bulb = EosBulb(remote, self)
        self.focus = EosFocus(self.button)
        self._remote = remote
        self._store = remote.store
        self._objects = objects
        self.doubtful = False

    def begun(self) -> None:
        """In a new session nothing is pressed, and nothing locked."""
        self.doubtful = False
        self.button.begun()
        self.bulb.begun()
        self.focus.locked = False

    def available_shots(self) -> int:
        """How many pictures it has room for, on its card or as it believes of the computer."""
        self._remote.channel.drain()
        shots = self._store.number(Eos.AVAILABLE_SHOTS)
        if shots is None:
            raise NotSupported(self._remote.name, "number of shots that it tells")
        return shots

    def estimated_size(self, form: Format) -> int:
        """NotSupported: an EOS tells how many pictures fit, not how long they are."""
        raise NotSupported(self._remote.name, "known length of pictures", "use available_shots()")

    def waiting(self) -> tuple[Pending, ...]:
        """The pictures in its memory that nobody has fetched."""
        self._remote.channel.drain()
        return tuple(pending(told) for told in self._store.waiting.values())

    def fetch(self, pending: Pending, receiver: Receiver, progress: Progress | None) -> None:
        """Fetch a picture out of its memory."""
        self._remote.channel.drain()
        self._remote.let_forget()
        told = self._store.waiting.get(pending.key[0])
        if told is None:
            raise no_longer_waits(pending)
        self._fetch(told, receiver, progress)

    def release(self, order: Order, receiver: Receiver) -> Released:
        """Take a picture, wait for its records, and fetch or find it. Live view goes on.

        What an earlier release left in the memory of the body comes first.
        """
        self.prepare(order, receiver)
        return self.collect(self._fire(order), order, receiver)

    def collect(self, told: Told, order: Order, receiver: Receiver) -> Released:
        """Find what a release put on the card, and fetch what it left in memory."""
        card = order.card
        found: tuple[Entry, ...] = ()
        try:
            found = tuple(
                self._objects.entry_of(handle)
                for handle in told.added
                if self._objects.is_picture(handle)
            )
            waiting = list(self._store.waiting.values())
            handles = [*(one.handle for one in waiting), *told.added]
            small = self._objects.first_thumbnail(handles) if order.thumbnail else None
            for one in waiting:
                self._fetch(one, receiver, order.progress)
            if order.host and card:
                self._copy(told, receiver, order.progress)
        except BaseException as error:
            note_taken(error, found, card=card)
            if self._store.waiting:
                error.add_note("It waits in the camera's memory, and comes with the next shot.")
            raise
        if not (found if card else waiting):
            self.doubtful = True
            raise NotFinished(
                "the camera says that it took a picture, but never where it is",
                "look at its display, and at the card for the picture",
            )
        return Released(found, small)

    # --- before -----------------------------------------------------------------------------------

    def _clear_memory(self, order: Order, receiver: Receiver) -> None:
        """Fetch what an earlier release left in the memory of the body."""
        if self.doubtful:
            self.await_ready(order)
            self.doubtful = False
            if not self._store.waiting:
                _log.warning("nobody knows how the last release ended: remote control begins anew")
                self._remote.renew()
        for left in list(self._store.waiting.values()):
            try:
                self._fetch(left, receiver, order.progress)
            except ObjectNotFound as error:
                _log.warning("a picture of an earlier release is gone: %s", error)
                self._remote.done_with(left.handle)

    def prepare(self, order: Order, receiver: Receiver) -> None:
        """Empty the memory of the body, and let the next picture go where it should."""
        self._remote.channel.drain()
        self._check_movie()
        self._remote.let_forget()
        self._clear_memory(order, receiver)
        self.aim(card=order.card)

    def _check_movie(self) -> None:
        """Refused while a movie is recorded: the body says that it works, and takes no picture."""
        if self._store.number(Eos.EVF_RECORD_STATUS) == _RECORDING:
            raise Refused("the camera records a movie", "stop the movie, then take the picture")

    def aim(self, *, card: bool) -> None:
        """Let the picture go to the card, or to the memory of the body for its host."""
        now = self._store.number(Eos.CAPTURE_DESTINATION)
        if now is None:
            if not card:
                raise NotSupported(
                    self._remote.name,
                    "memory for a picture that only its computer gets",
                    "let it go to the card, or to both",
                )
            return
        wanted = self._card_destination(now) if card else _HOST
        if now != wanted:
            self._remote.remember(Eos.CAPTURE_DESTINATION)
            self._remote.put(Eos.CAPTURE_DESTINATION, wanted)
            self._remote.channel.drain()
        if not card and (self._store.number(Eos.AVAILABLE_SHOTS) or 0) < _FEW_SHOTS:
            self._promise_room()

    def _card_destination(self, now: int) -> int:
        if now not in _ALSO_HOST:
            return now
        cards = self._store.allowed(Eos.CAPTURE_DESTINATION)
        return next((one for one in cards if one not in _ALSO_HOST), _CARD)

    def _promise_room(self) -> None:
        """Say that the computer has room for pictures, and wait until the body believes it."""
        if not self.session.supports(PcHddCapacity):
            return
        locks = self.session.supports(SetUiLock)
        refused: Refused | None = None
        with suppress(Refused):
            if locks:
                self.session.call(SetUiLock())
        try:
            self.session.call(PcHddCapacity(*_ROOM, 1))
        except DeviceBusy:
            pass
        except Refused as error:
            refused = error
        finally:
            with suppress(Refused):
                if locks:
                    self.session.call(ResetUiLock())
        self.session.wait_for(lambda: self._store.number(Eos.AVAILABLE_SHOTS), _ROOM_S)
        if refused and self._store.number(Eos.AVAILABLE_SHOTS) == 0:
            raise refused

    # --- the release ------------------------------------------------------------------------------

    def _fire(self, order: Order) -> Told:
        """Press the button, and wait until the body is ready again."""
        card = order.card
        told = self.expects(card=card)
        clock = self.session.clock
        with self.session.events() as events:
            self.await_ready(order)
            if order.bulb_s is None:
                self.bulb.undo()
            ready, pressed, held = False, False, self.button.held

            def wait() -> None:
                nonlocal ready
                order.hold(self.session.poll)
                while events.get():
                    pass
                ready = True

            try:
                try:
                    if order.bulb_s is not None:
                        wait()
                        self.bulb.begin()
                        self._hold(clock.now() + order.bulb_s, order)
                    elif generation_of(self.session) is Generation.FIRST:
                        wait()
                        self._at_once(card=card)
                    else:
                        focus = order.how is Press.FOCUS and not self.focus.locked
                        self._by_button(wait, focus=focus, card=card)
                    pressed = True
                finally:
                    try:
                        self.bulb.end()
                    finally:
                        self.button.let_go(to_half=held)
                await_end(self.session, events, told, order)
            except BaseException as error:
                if pressed or (ready and not isinstance(error, Refused)):
                    note_maybe_taken(error, card=card)
                self.doubtful = not isinstance(error, _CLEAR)
                raise
        return told

    def expects(self, *, card: bool) -> Told:
        """What takes the records of a release; how many files it writes says the image format."""
        raw = self._store.values.get(Eos.IMAGE_FORMAT, b"")
        files = max(1, min(_MOST_FILES, int.from_bytes(raw[:4], "little")))
        return Told(files, host=not card)

    def await_ready(self, order: Order) -> None:
        """Wait while the body still works on an earlier picture."""
        clock = self.session.clock
        deadline = clock.now() + _READY_S
        late = False
        while self._store.status and not late:
            order.check()
            late = clock.now() >= deadline
            self.session.poll(0 if late else _HOLD_S)
        order.check()

    def _by_button(self, wait: Callable[[], None], *, focus: bool, card: bool) -> None:
        try:
            if focus and not self.button.hybrid:
                self.button.half()
            self.button.full(focus=focus, wait=wait)
        except DeviceBusy as busy:
            raise self._why_busy(busy, card=card) from busy

    def _at_once(self, *, card: bool) -> None:
        release = partial(self.session.call, RemoteRelease(), timeout_s=_READY_S)
        try:
            result = self._remote.patiently(release).result
        except DeviceBusy as busy:
            raise self._why_busy(busy, card=card) from busy
        try:
            check(result, RemoteRelease)
        except StoreFull as full:
            raise self._no_room(full, card=card) from full

    def _why_busy(self, busy: DeviceBusy, *, card: bool) -> Refused:
        """What a body means that says only that it is busy."""
        said = {"code": int(busy.code), "command": busy.command}
        if self._store.number(Eos.BATTERY_POWER) == _EMPTY:
            return BatteryLow(**said)  # type: ignore[arg-type]
        if (none := self._no_room(busy, card=card)) is not busy:
            return none
        if self._store.number(Eos.AVAILABLE_SHOTS) == 0:
            return StoreFull(**said)  # type: ignore[arg-type]
        busy.advice = "wait until its display is quiet; a closed menu and an open lens help"
        return busy

    def _no_room(self, error: Refused, *, card: bool) -> Refused:
        """The error, or that there is no card for the picture."""
        try:
            if card:
                self._objects.cards()
        except NoCard as none:
            return none
        return error

    def _hold(self, until: float, order: Order) -> None:
        clock = self.session.clock
        while (left := until - clock.now()) > 0:
            order.check()
            self.session.poll(min(_HOLD_S, left))

    # --- after ------------------------------------------------------------------------------------

    def _fetch(self, told: Waiting, receiver: Receiver, progress: Progress | None) -> None:
        """Fetch a picture out of the memory of the body, and let it forget that."""
        try:
            self._receive(told.handle, told.size, told.name, told.format, receiver, progress)
        except ObjectNotFound as error:
            if error.code in STALE:
                self._store.waiting.pop(told.handle, None)
            raise
        self._remote.done_with(told.handle)
        self._objects.forget(told.handle)

    def _copy(self, told: Told, receiver: Receiver, progress: Progress | None) -> None:
        """Fetch the pictures of this shot from the card, where they stay."""
        for handle in told.added:
            if self._objects.is_picture(handle):
                info = self._objects.info(handle)
                self._receive(handle, info.size, info.name, info.format, receiver, progress)

    def _receive(
        self,
        handle: int,
        size: int,
        name: str,
        form: int,
        receiver: Receiver,
        progress: Progress | None,
    ) -> None:
        file = receiver.begin()
        got = 0
        part: type[GetPartialObject | GetPartialObjectEx] | None = next(
            (one for one in (GetPartialObject, GetPartialObjectEx) if self.session.supports(one)),
            None,
        )

        def counted(done: int, _: int) -> None:
            if progress:
                progress(got + done, size)

        while part is not None and got < size:
            block = min(_BLOCK, size - got)
            try:
                came = self.session.receive(
                    part(handle, got, block),
                    file.write,
                    limit=block,
                    progress=counted,
                    expect=block,
                )
            except Refused as error:
                if got or error.code not in UNKNOWN:
                    raise
                part = None
                break
            if not came:
                break
            got += came
        if part is None or not size:
            got = self.session.receive(
                GetObject(handle), file.write, limit=_MOST_PICTURE, progress=progress, expect=size
            )
        if not got or got < size:
            raise ObjectNotFound("the camera sent less than it said", AGAIN, subject=name)
        kind = f".{kind_of_format(form & 0xFFFF, 'JPG').suffix}"
        if "." in name:
            kind = f".{name.rpartition('.')[2].upper()}"
        receiver.keep(picture_name(file, kind, (name,), lambda: None, f"IMG_0001{kind}"))


class EosFocus:
    """The focus of one EOS, as its release button moves it; fits `canon.driver.Focus`.

    A lock is a focus that is found once, after which the button is pressed without focusing.

    Args:
        button: its release button.

    Attributes:
        locked: whether releases leave the focus as it is.
    """

    def __init__(self, button: EosButton) -> None:
        self.locked = False
        self._button = button

    def auto(self) -> None:
        """Press the button half, and let it go."""
        try:
            self._button.half()
        finally:
            self._button.let_go()

    def lock(self) -> None:
        """Focus once; the shots that follow leave it so."""
        self.auto()
        self.locked = True

    def unlock(self) -> None:
        """Let the next shot focus again."""
        self.locked = False
