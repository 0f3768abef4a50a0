"""Taking a picture with a PowerShot in release control, and fetching it.

A release is answered at once. Events tell the rest: the object, and that the capture is complete,
in either order. Events may be lost; the object is looked for where it must be all the same
(canon-powershot-ptp, sections 5 and 6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from canon.driver.card import Entry, Progress
from canon.driver.shot import (
    MOST_LEFT,
    MOST_PICTURE,
    Order,
    Pending,
    Receiver,
    Released,
    await_end,
    no_longer_waits,
    note_maybe_taken,
    note_taken,
    paused,
    picture_name,
)
from canon.errors import (
    AGAIN,
    CanonError,
    NotFinished,
    NotSupported,
    ObjectNotFound,
    Refused,
)
from canon.log import Log
from canon.models.file_kinds import kind_of_format
from canon.ptp.datasets import DataType
from canon.ptp.objects import Objects, Store
from canon.ptp.operations import (
    CaptureComplete,
    GetObject,
    GetObjectHandles,
    GetStorageInfo,
    ObjectAdded,
    PtpEvent,
    RequestObjectTransfer,
)
from canon.ptp.powershot.layouts import (
    RAM,
    CanonRequestObjectTransfer,
    ExtendedError,
    FullPictureReady,
    InitiateCaptureInMemory,
    Property,
    TransferMode,
)
from canon.ptp.powershot.lens import focusing
from canon.ptp.powershot.live import PowerShotLive
from canon.ptp.properties import Properties
from canon.ptp.session import Session
from canon.values import CaptureTarget, local_time

if TYPE_CHECKING:
    from canon.values import Format

_log = Log(__name__)

_FETCH_S = 15.0
_NOT_GIVEN = 0xFFFFFFFF
_TARGETS = {
    CaptureTarget.HOST: TransferMode.TO_HOST | TransferMode.THUMBNAIL_TO_HOST,
    CaptureTarget.CARD: TransferMode.TO_CARD
    | TransferMode.THUMBNAIL_TO_CARD
    | TransferMode.THUMBNAIL_TO_HOST,
    CaptureTarget.BOTH: TransferMode.TO_CARD
    | TransferMode.THUMBNAIL_TO_CARD
    | TransferMode.TO_HOST
    | TransferMode.THUMBNAIL_TO_HOST,
}
"""Where a picture goes, as other programs write it; BOTH is what some bodies start with."""


class _Told:
    """What the events of one release have told so far."""

    def __init__(self, host: bool, card: bool, is_picture: Callable[[int], bool]) -> None:
        self._host, self._card = host, card
        self._is_picture = is_picture
        self.complete = False
        self.added: dict[int, None] = {}  # handles of what is new on the card, files and folders
        self.waiting: dict[int, None] = {}  # of pictures in the camera's memory
        self.error = 0

    @property
    def done(self) -> bool:
        """Whether all that is due has been told."""
        return self.complete and self._has_all

    @property
    def near(self) -> bool:
        """Whether the end is near."""
        return self.complete or bool(self.error) or self._has_all

    begun = near

    @property
    def _has_all(self) -> bool:
        """Whether each picture was announced; a new folder, or a THM, may come before it."""
        return (bool(self.waiting) or not self._host) and (
            not self._card or any(self._is_picture(handle) for handle in self.added)
        )

    def take(self, event: PtpEvent) -> None:
        """Look at one event; the same one twice, by both channels, changes nothing."""
        if isinstance(event, ObjectAdded):
            self.added[event.handle] = None
        elif isinstance(
            event, CanonRequestObjectTransfer | FullPictureReady | RequestObjectTransfer
        ):
            self.waiting[event.handle] = None  # two of them may tell of one picture (section 6)
        elif isinstance(event, CaptureComplete):
            self.complete = True
        elif isinstance(event, ExtendedError):
            self.error = event.error


class PtpShutter:
    """The shutter of one PowerShot in release control; fits `canon.driver.Shutter`.

    Args:
        session: the conversation.
        objects: what is on its card.
        listed: what the camera lists of itself.
        live: its viewfinder.
    """

    def __init__(
        self,
        session: Session,
        objects: Objects,
        listed: Properties,
        live: PowerShotLive,
    ) -> None:
        self.session = session
        self._objects = objects
        self._listed = listed
        self._live = live
        self._fetched: set[int] = set()  # of this release; how long it keeps them is its affair

    def available_shots(self) -> int:
        """How many pictures fit on the card: as it says, or by the size that it expects."""
        store = self._objects.store("")
        info = self.session.call(GetStorageInfo(store.id))
        if info.free_images != _NOT_GIVEN:
            return info.free_images
        from canon import codes
        from canon.ptp.powershot.codes import FORMAT

        now = codes.FORMAT.value(codes.joined(*map(self._listed.number, FORMAT)))
        return info.free // self.estimated_size(now)

    def estimated_size(self, form: Format) -> int:
        """How many bytes a release of that format takes, by AVERAGE_FILE_SIZES."""
        from canon.ptp.powershot.picture_kinds import PICTURE_KINDS

        self._listed.need(Property.AVERAGE_FILE_SIZES, "table of how large pictures are")
        sizes = self._listed.value(Property.AVERAGE_FILE_SIZES, DataType.AUINT32)
        found = dict(enumerate(sizes if isinstance(sizes, tuple) else (), start=1))
        for code, kind in PICTURE_KINDS.items():
            if kind == form and found.get(code):
                return found[code]
        raise NotSupported(self._listed.name, f"known length of {form} pictures")

    def waiting(self) -> tuple[Pending, ...]:
        """The pictures in its memory that nobody has fetched."""
        return tuple(
            Pending("", 0, (handle,)) for handle in self._in_memory() if handle not in self._fetched
        )

    def fetch(self, pending: Pending, receiver: Receiver, progress: Progress | None) -> None:
        """Fetch a picture out of its memory."""
        (handle,) = pending.key
        if handle not in self._in_memory() or handle in self._fetched:
            raise no_longer_waits(pending)
        self._fetch(handle, receiver, (), progress)

    def release(self, order: Order, receiver: Receiver) -> Released:
        """Take a picture, wait for its events, and fetch or find it.

        A running viewfinder is stopped for it and started again.
        """
        order.must_be_ordinary(self._listed.name)
        with paused(self._live):
            return self._take(order, receiver)

    def _take(self, order: Order, receiver: Receiver) -> Released:
        host, card = order.host, order.card
        store = self._objects.store("") if card else None
        before = self._on_card(store)
        mode = int(_TARGETS[order.target])
        self._listed.write(Property.CAPTURE_TRANSFER_MODE, DataType.UINT16, mode)
        told = self._fire(order)
        found: tuple[Entry, ...] = ()
        try:
            handles = [*told.added] if card else []
            found = self._entries(handles)
            if store and not found:
                handles = [one for one in self._on_card(store) if one not in before]
                found = self._entries(handles)
            waiting = ([*told.waiting] or self._in_memory()) if host else []
            small = self._objects.first_thumbnail([*waiting, *handles]) if order.thumbnail else None
            for handle in waiting:
                self._fetch(handle, receiver, found, order.progress)
        except BaseException as error:
            note_taken(error, found, card=card)
            raise
        if not (waiting if host else found):
            raise _nothing_came(told)
        if card and not found:
            _log.warning("the picture came to the computer, but the card has no new one")
        return Released(found, small)

    def _fire(self, order: Order) -> _Told:
        """Release the shutter, and wait until the camera is done."""
        told = _Told(order.host, order.card, self._objects.is_picture)
        self._fetched.clear()
        with self.session.events() as events:
            for _ in range(MOST_LEFT):
                if not self.session.poll(0):
                    break
            order.hold(self.session.poll)
            while events.get():
                pass
            try:
                with focusing():
                    self.session.call(InitiateCaptureInMemory())
                await_end(self.session, events, told, order)
            except BaseException as error:
                if not isinstance(error, Refused):
                    note_maybe_taken(error, card=order.card)
                raise
        if told.error and not (told.waiting or told.added):
            command = InitiateCaptureInMemory.__name__
            raise Refused("the camera took no picture", AGAIN, code=told.error, command=command)
        return told

    def _on_card(self, store: Store | None) -> frozenset[int]:
        """The handles of all that is on the card, so that a new one is known by itself."""
        if store is None:
            return frozenset()
        return frozenset(self.session.call(GetObjectHandles(store.id, 0, 0)).handles)

    def _in_memory(self) -> list[int]:
        """The pictures in the camera's memory, where their event was lost."""
        try:
            return [*self.session.call(GetObjectHandles(RAM, 0, 0)).handles]
        except Refused:
            return []

    def _entries(self, handles: Iterable[int]) -> tuple[Entry, ...]:
        """The new pictures; the thumbnail beside a CRW is none."""
        return tuple(
            self._objects.entry_of(handle) for handle in handles if self._objects.is_picture(handle)
        )

    def _fetch(
        self,
        handle: int,
        receiver: Receiver,
        found: tuple[Entry, ...],
        progress: Progress | None,
    ) -> None:
        """Fetch a picture out of the camera's memory; that lets the camera drop it."""
        info = self._objects.info(handle)
        file = receiver.begin()
        got = self.session.receive(
            GetObject(handle),
            file.write,
            limit=MOST_PICTURE,
            progress=progress,
            expect=info.size,
            timeout_s=_FETCH_S,
        )
        self._objects.forget(handle)
        self._fetched.add(handle)
        if not got:
            raise ObjectNotFound("the camera sent nothing of it", AGAIN, subject=info.name)
        kind = f".{kind_of_format(info.format, 'JPG').suffix}"
        names = (*(entry.name for entry in found), info.name)
        receiver.keep(picture_name(file, kind, names, self._now, f"IMG_0001{kind}"))

    def _now(self) -> datetime | None:
        return local_time(self._listed.number(Property.TIME))


def _nothing_came(told: _Told) -> CanonError:
    if told.complete:
        what = "the camera says that it took a picture, but there is none"
        return NotFinished(what, "look at its display")
    return NotFinished("the camera never said where the picture is", "look for it on the card")
