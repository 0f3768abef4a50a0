"""Taking a picture with a PowerShot in release control, and fetching it.

A release is answered at once. Events tell the rest: the object, and that the capture is complete,
in either order. Events may be lost; the object is looked for where it must be all the same
(canon-powershot-ptp, sections 5 and 6).
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from canon.conversation import Events
from canon.driver.card import Entry, Progress
from canon.driver.shot import Picture, Shot, note_maybe_taken, note_taken, picture_name
from canon.errors import CanonError, DeviceBusy, FocusFailed, NotFinished, ObjectNotFound, Refused
from canon.ptp.datasets import DataType
from canon.ptp.objects import Objects, Store
from canon.ptp.operations import (
    CRW,
    CaptureComplete,
    GetObject,
    GetObjectHandles,
    GetThumb,
    ObjectAdded,
    PtpEvent,
    RequestObjectTransfer,
    Response,
)
from canon.ptp.powershot.layouts import (
    RAM,
    CanonRequestObjectTransfer,
    ExtendedError,
    InitiateCaptureInMemory,
    Property,
    TransferMode,
)
from canon.ptp.properties import Properties
from canon.ptp.session import Session
from canon.values import CaptureTarget, local_time

_log = logging.getLogger(__name__)

_FETCH_S = 15.0
_POLL_S = 0.02
_GRACE_S = 5.0  # for an event that should have come by now
_BUSY_S, _BUSY_PAUSE_S = 10.0, 0.01
_MOST_LEFT = 256  # events that may wait before a release
_MOST_PICTURE = 64 << 20
_MOST_THUMBNAIL = 1 << 20
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

    def __init__(self) -> None:
        self.complete = False
        self.added: dict[int, None] = {}  # handles of what is new on the card, files and folders
        self.waiting: dict[int, None] = {}  # of pictures in the camera's memory
        self.error = 0

    def take(self, event: PtpEvent) -> None:
        """Look at one event; the same one twice, by both channels, changes nothing."""
        if isinstance(event, ObjectAdded):
            self.added[event.handle] = None
        elif isinstance(event, CanonRequestObjectTransfer | RequestObjectTransfer):
            self.waiting[event.handle] = None
        elif isinstance(event, CaptureComplete):
            self.complete = True
        elif isinstance(event, ExtendedError):
            self.error = event.error


class PtpShutter:
    """The shutter of one PowerShot in release control.

    Args:
        session: the conversation.
        objects: what is on its card.
        listed: what the camera lists of itself.
    """

    def __init__(self, session: Session, objects: Objects, listed: Properties) -> None:
        self.session = session
        self._objects = objects
        self._listed = listed

    def release(
        self,
        target: CaptureTarget,
        *,
        thumbnail: bool,
        progress: Progress | None,
        timeout_s: float,
    ) -> Shot:
        """Take a picture, wait for its events, and fetch or find it."""
        host, card = CaptureTarget.HOST in target, CaptureTarget.CARD in target
        store = self._objects.store("") if card else None
        before = self._on_card(store)
        self._listed.write(Property.CAPTURE_TRANSFER_MODE, DataType.UINT16, int(_TARGETS[target]))
        told = self._fire(timeout_s, host=host, card=card)
        found: tuple[Entry, ...] = ()
        try:
            handles = [*told.added] if card else []
            found = self._entries(handles)
            if store and not found:
                handles = [one for one in self._on_card(store) if one not in before]
                found = self._entries(handles)
            waiting = ([*told.waiting] or self._in_memory()) if host else []
            small = self._thumbnail([*waiting, *handles]) if thumbnail else None
            pictures = [self._fetch(handle, found, progress) for handle in waiting]
        except BaseException as error:
            note_taken(error, found, card=card)
            raise
        if not (pictures if host else found):
            raise _nothing_came(told)
        if card and not found:
            _log.warning("the picture came to the computer, but the card has no new one")
        return Shot((*pictures, *found), small)

    def _fire(self, timeout_s: float, *, host: bool, card: bool) -> _Told:
        """Release the shutter, and wait until the camera is done."""
        with self.session.events() as events:
            for _ in range(_MOST_LEFT):
                if not self.session.poll(0):
                    break
            while events.get():
                pass
            try:
                self._release()
                return self._wait(events, timeout_s, host=host, card=card)
            except BaseException as error:
                if not isinstance(error, Refused):
                    note_maybe_taken(error, card=card)
                raise

    def _release(self) -> None:
        """Release the shutter; while the camera is busy it has not been, so it is asked again."""
        clock = self.session.clock
        deadline = clock.now() + _BUSY_S
        while True:
            try:
                with focusing():
                    self.session.call(InitiateCaptureInMemory())
            except DeviceBusy:
                if clock.now() > deadline:
                    raise
                clock.sleep(_BUSY_PAUSE_S)
            else:
                return

    def _wait(self, events: Events[PtpEvent], timeout_s: float, *, host: bool, card: bool) -> _Told:
        """Wait until the camera is done; then a little longer for what is missing."""
        clock = self.session.clock
        told = _Told()
        deadline = clock.now() + timeout_s
        late = False  # something says that the end is near
        while clock.now() < deadline:
            self.session.poll(min(_POLL_S, deadline - clock.now()))
            while event := events.get():
                told.take(event)
            has_all = (told.waiting or not host) and (self._has_picture(told) or not card)
            if told.complete and has_all:
                return told
            if not late and (told.complete or has_all or told.error):
                late, deadline = True, min(deadline, clock.now() + _GRACE_S)
        if told.error and not (told.waiting or told.added):
            raise Refused(told.error, "InitiateCaptureInMemory", "the camera took no picture")
        if late:
            _log.warning("the camera did not say all of how the release went; going on")
            return told
        raise NotFinished(
            f"the camera did not say within {timeout_s:g} s how the release went; "
            "look at its display, and at the card for the picture"
        )

    def _has_picture(self, told: _Told) -> bool:
        """Whether a new object is the picture; a new folder, or a THM, may be told of before it."""
        return any(self._objects.is_picture(handle) for handle in told.added)

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

    def _thumbnail(self, handles: Iterable[int]) -> bytes | None:
        """The small JPEG of the first one that has it; its loss must not cost the picture."""
        for handle in handles:
            data = io.BytesIO()
            try:
                if self.session.receive(GetThumb(handle), data.write, limit=_MOST_THUMBNAIL):
                    return data.getvalue()
            except Refused as refusal:
                _log.warning("there is no thumbnail: %s", refusal)
        return None

    def _fetch(self, handle: int, found: tuple[Entry, ...], progress: Progress | None) -> Picture:
        """A picture out of the camera's memory; fetching it lets the camera drop it."""
        info = self._objects.info(handle)
        data = io.BytesIO()
        got = self.session.receive(
            GetObject(handle),
            data.write,
            limit=_MOST_PICTURE,
            progress=progress,
            expect=info.size,
            timeout_s=_FETCH_S,
        )
        self._objects.forget(handle)
        if not got:
            raise ObjectNotFound(0, "GetObject", f"the camera sent nothing of {info.name}")
        image = data.getvalue()
        kind = ".CRW" if info.format == CRW else ".JPG"
        names = (*(entry.name for entry in found), info.name)
        return Picture(picture_name(image, kind, names, self._now, f"IMG_0001{kind}"), image)

    def _now(self) -> datetime | None:
        return local_time(self._listed.number(Property.TIME))


@contextmanager
def focusing() -> Iterator[None]:
    """What is refused when the lens finds no focus: with "general error", as far as is known."""
    try:
        yield
    except Refused as refusal:
        if refusal.code == Response.GENERAL_ERROR:
            raise FocusFailed(refusal.code, refusal.command) from refusal
        raise


def _nothing_came(told: _Told) -> CanonError:
    return NotFinished(
        "the camera said that it took a picture, but there is none; look at its display"
        if told.complete
        else "the camera never said where the picture is; look at the card for it"
    )
