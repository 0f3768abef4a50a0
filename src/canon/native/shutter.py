"""Taking a picture with a native camera in release control, and fetching it.

A release is answered at once and ends by events: exposed, picture ready, finished. Events may come
late, twice or not at all; the picture is looked for where it must be all the same
(canon-native-usb, sections 10 and 11).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from canon.driver.card import CardPath, Entry, Progress, Sink
from canon.driver.optional import UNTOLD, optional
from canon.driver.shot import (
    GRACE_S,
    LENS_S,
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
    FocusFailed,
    NotFinished,
    NotSupported,
    ObjectNotFound,
    Refused,
    StoreFull,
)
from canon.log import Log
from canon.models.model import Numbering, Quirk, Trait
from canon.native.commands import (
    LOCK_WORD,
    GetAbilities,
    GetTime,
    LockEosKeys,
    LockRevisedKeys,
    ReleaseSent,
    RetrieveCapture,
    UnlockEosKeys,
    UnlockRevisedKeys,
)
from canon.native.events import (
    CaptureFailed,
    CaptureOver,
    CaptureStatus,
    CardChanged,
    FullImageReady,
    ImageReady,
    NativeEvent,
    SecondImageReady,
    ThumbnailReady,
)
from canon.native.live import NativeLive
from canon.native.release import (
    GetAvailableShots,
    GetEstimatedSize,
    GetReleaseParameters,
    Release,
    SetTransferMode,
)
from canon.native.session import Session
from canon.values import local_time

if TYPE_CHECKING:
    from canon.values import Format

_log = Log(__name__)

_RELEASE_S = 20.0  # a D60 has taken more than ten
_EXPOSED, _FINISHED = 0x1C, 0x1D
_NO_FOCUS = 1
_THUMBNAIL, _IMAGE, _SECOND = 1, 2, 3
_ONE_FILE = 0x0F  # a greater format has a second file in its high half
_TO_HOST, _THUMBNAIL_TO_HOST, _TO_CARD = 2, 1, 8
_CARD = CardPath()


class _Progress:
    """What the events of one release have told so far."""

    def __init__(self, ends: frozenset[type[NativeEvent]], wanted: list[int]) -> None:
        self.ends, self.wanted = ends, wanted
        self.exposed = self.finished = False
        self.ready: dict[int, tuple[int, int]] = {}  # what → (key, size)

    @property
    def done(self) -> bool:
        """Whether all that is due has been told."""
        return self.exposed and self.finished and self._has_all

    @property
    def near(self) -> bool:
        """Whether the end is near; what comes before "exposed" may belong to an earlier release."""
        return self.finished or (self.exposed and bool(self.wanted) and self._has_all)

    @property
    def begun(self) -> bool:
        """Whether anything says that a picture was taken."""
        return self.finished or self.exposed or bool(self.ready)

    @property
    def _has_all(self) -> bool:
        return all(what in self.ready for what in self.wanted)

    def take(self, event: NativeEvent) -> None:
        """Look at one event; the same one twice changes nothing."""
        if isinstance(event, CaptureFailed):
            if event.reason == _NO_FOCUS:
                raise FocusFailed(code=event.reason, command="Release")
            raise Refused("the camera took no picture", AGAIN, code=event.reason, command="Release")
        self.finished |= type(event) in self.ends
        if isinstance(event, CaptureStatus):
            self.exposed |= event.stage == _EXPOSED
            self.finished |= event.stage == _FINISHED and not self.ends
        elif isinstance(event, ThumbnailReady):
            self.ready[_THUMBNAIL] = event.key, event.size
        elif isinstance(event, FullImageReady):
            self.ready[_IMAGE] = event.key, event.size
        elif isinstance(event, SecondImageReady):
            self.ready[_SECOND] = event.key, event.size


class NativeShutter:
    """The shutter of one native camera in release control; fits `canon.driver.Shutter`.

    Args:
        session: the conversation.
        live: its viewfinder.
        walk: lists a folder of the card and all below it, to find a new picture.

    Attributes:
        last_key: the key of the last picture; None: an earlier program has used some.
    """

    def __init__(
        self, session: Session, live: NativeLive, walk: Callable[[CardPath], Iterator[Entry]]
    ) -> None:
        self.session = session
        self.model = session.model
        self.last_key: int | None = None
        self._live = live
        self._walk = walk
        self._fetched: set[tuple[int, ...]] = set()  # of the last release
        self._underway = False  # a release was given up, or its end was never told

    def available_shots(self) -> int:
        """How many pictures fit on the card."""
        return self.session.call(GetAvailableShots()).shots

    def estimated_size(self, form: Format) -> int:
        """How many bytes a release of that format takes, by the camera's table."""
        from canon import codes

        code = codes.FORMAT.code(form)
        if code is None:
            raise NotSupported(self.model.name, f"pictures of the format {form}")
        kind, size, quality = codes.split(code)
        return self.session.call(GetEstimatedSize(size, kind, quality)).size

    def waiting(self) -> tuple[Pending, ...]:
        """None that is known: only an event tells of one."""
        return ()

    def fetch(self, pending: Pending, receiver: Receiver, progress: Progress | None) -> None:
        """Fetch a picture out of its memory, which keeps those of the last releases."""
        if pending.key in self._fetched:
            raise no_longer_waits(pending)
        told = _Progress(frozenset(), [])
        code, key = pending.key
        what = _SECOND if code == SecondImageReady.code else _IMAGE
        told.ready[what] = key, pending.size
        self._fetch(what, told, receiver, (), progress)

    def release(self, order: Order, receiver: Receiver) -> Released:
        """Take a picture, wait for its events, and fetch or find it.

        A running viewfinder is stopped for it and started again.
        """
        order.must_be_ordinary(self.model.name)
        with paused(self._live):
            return self._release(order, receiver)

    def _release(self, order: Order, receiver: Receiver) -> Released:
        host, card, thumbnail = order.host, order.card, order.thumbnail
        self._let_earlier_end()
        before = frozenset(entry.path for entry in self._walk(_CARD)) if card else frozenset()
        mode = (_TO_HOST if host else 0) | (_TO_CARD if card else 0)
        self.session.call(
            SetTransferMode(mode | (_THUMBNAIL_TO_HOST if thumbnail else 0)), timeout_s=LENS_S
        )
        two = self._takes_two()
        wanted = ([_IMAGE] if host else []) + ([_THUMBNAIL] if thumbnail else [])
        if host and two:
            wanted.append(_SECOND)
        told = self._fire(wanted, order)
        found: tuple[Entry, ...] = ()
        try:
            found = self._wait_for_files(before, 2 if two else 1) if card else ()
            small = self._thumbnail(told) if thumbnail else None
            for what in (_IMAGE, _SECOND) if host else ():
                if what is _IMAGE or what in told.ready:
                    self._fetch(what, told, receiver, found, order.progress)
        except BaseException as error:
            note_taken(error, found, card=card)
            raise
        if card and not found:
            if not host:
                raise NotFinished(
                    "the camera says that it took a picture, but the card has no new one",
                    "look at its display",
                )
            _log.warning("the picture came to the computer, but the card has no new one")
        return Released(found, small)

    def _fetch(
        self,
        what: int,
        told: _Progress,
        receiver: Receiver,
        found: tuple[Entry, ...],
        progress: Progress | None,
    ) -> None:
        """Fetch a picture; it has its name on the card, or one of the time it was taken."""
        file = receiver.begin()
        self._retrieve(what, told, file.write, progress)
        event = SecondImageReady if what == _SECOND else FullImageReady
        self._fetched.add((event.code, self.last_key or 0))
        file.seek(0)
        kind = ".JPG" if file.read(2) == b"\xff\xd8" else self.model.raw_suffix
        names = (entry.name for entry in found)
        receiver.keep(picture_name(file, kind, names, self._now, f"IMG_{self.last_key:04}{kind}"))

    def _takes_two(self) -> bool:
        """Whether a release gives RAW and JPEG; only the revised numbering has it (section 9.2)."""
        if self.model.numbering is not Numbering.REVISED:
            return False
        form = 0
        with optional("whether a picture comes as two files"):
            form = self.session.call(GetReleaseParameters()).image_format
        return form > _ONE_FILE

    def _fire(self, wanted: list[int], order: Order) -> _Progress:
        """Release the shutter, and wait until the camera is done."""
        told = _Progress(self._ends(order.card), wanted)
        sent = False
        self._fetched.clear()
        with self.session.events() as events:
            try:
                with self._eos_lock():
                    order.hold(self.session.poll)
                    while events.get():
                        pass
                    self._underway = sent = True
                    self.session.call(Release(), timeout_s=_RELEASE_S)
                    if self.model.numbering is Numbering.REVISED:
                        self.session.call(ReleaseSent(0x0F))
                    await_end(self.session, events, told, order)
            except Refused as refusal:
                self._underway = False
                if order.card and type(refusal) is Refused and self._is_full():
                    raise StoreFull(code=refusal.code, command="Release") from refusal
                raise
            except BaseException as error:
                if sent:
                    note_maybe_taken(error, card=order.card)
                raise
        self._underway = not told.finished
        return told

    def _is_full(self) -> bool:
        return not self.available_shots()

    def _let_earlier_end(self) -> None:
        """Drop what earlier releases have left; wait for the end of one that was given up."""
        clock = self.session.clock
        deadline = clock.now() + GRACE_S
        with self.session.events() as events:
            for _ in range(MOST_LEFT):
                waits = self._underway and clock.now() < deadline
                if not self.session.poll(0.05 if waits else 0) and not waits:
                    return
                while event := events.get():
                    if isinstance(event, ImageReady):
                        self.last_key = event.key
                    if isinstance(event, CaptureFailed) or event == CaptureStatus(_FINISHED):
                        self._underway = False

    @contextmanager
    def _eos_lock(self) -> Iterator[None]:
        """Keys locked for a release, where the model wants it just then (section 1)."""
        if Trait.EOS_LOCK not in self.model.traits:
            yield
            return
        revised = self.model.numbering is Numbering.REVISED
        if revised:
            with suppress(*UNTOLD):
                self.session.call(GetAbilities())  # a refusal means nothing (section 1)
            self.session.call(LockRevisedKeys(LOCK_WORD))
        else:
            self.session.call(LockEosKeys(LOCK_WORD))
        try:
            yield
        finally:
            with suppress(Refused):
                self.session.call(UnlockRevisedKeys() if revised else UnlockEosKeys())

    def _now(self) -> datetime | None:
        return local_time(self.session.call(GetTime()).seconds)

    def _ends(self, card: bool) -> frozenset[type[NativeEvent]]:
        """The events that end a release; none: the stage 'finished' does (section 10)."""
        if Trait.EOS_LOCK not in self.model.traits:
            return frozenset()
        revised = self.model.numbering is Numbering.REVISED
        if revised and not card:
            return frozenset()
        if revised or Quirk.ENDS_WITH_CARD in self.model.quirks:
            return frozenset({CardChanged, CaptureOver})
        return frozenset({CaptureOver})

    def _wait_for_files(self, before: frozenset[CardPath], due: int) -> tuple[Entry, ...]:
        """The new pictures; the second may be written after the release has ended (section 10).

        The card itself tells when both are there: an event may be lost, or come twice.
        """
        found = self._new_on_card(before)
        clock = self.session.clock
        deadline = clock.now() + GRACE_S
        while 0 < len(found) < due and clock.now() < deadline:
            if self.session.poll(0.05) or clock.now() >= deadline:
                found = self._new_on_card(before)
        if 0 < len(found) < due:
            _log.warning("%d files were due on the card; %d came", due, len(found))
        return found

    def _new_on_card(self, before: frozenset[CardPath]) -> tuple[Entry, ...]:
        """The new pictures: where a camera goes on, in the last folder, or else anywhere."""
        last = max(filter(_is_picture_folder, before), default=_CARD)
        with suppress(ObjectNotFound):
            if found := self._new_in(last, before):
                return found
        return self._new_in(_CARD, before) if last != _CARD else ()

    def _new_in(self, folder: CardPath, before: frozenset[CardPath]) -> tuple[Entry, ...]:
        """The new pictures in a folder and below it; the thumbnail beside a CRW is none."""
        from canon.models.file_kinds import Content, kind_of

        return tuple(
            entry
            for entry in self._walk(folder)
            if not entry.is_folder
            and entry.path not in before
            and kind_of(entry.name).content is not Content.THUMBNAIL
        )

    def _thumbnail(self, told: _Progress) -> bytes | None:
        """The thumbnail; its loss must not cost the picture."""
        data = bytearray()
        try:
            self._retrieve(_THUMBNAIL, told, data.extend, None)
        except ObjectNotFound as error:
            _log.warning("there is no thumbnail: %s", error)
            return None
        return bytes(data)

    def _retrieve(self, what: int, told: _Progress, sink: Sink, progress: Progress | None) -> None:
        """Fetch a picture by its key; where the event was lost, by the key that it must have."""
        key, size = told.ready.get(what, (0, 0))
        if not key:
            key = self._key_without_event(told)
        self.last_key = key
        got = self.session.receive(
            RetrieveCapture(0, self.session.link.transfer_size, what, key),
            sink,
            limit=MOST_PICTURE,
            progress=progress,
            expect=size,
            timeout_s=LENS_S,
        )
        if not got:
            raise ObjectNotFound(f"the camera has no picture with key {key}", AGAIN)

    def _key_without_event(self, told: _Progress) -> int:
        """The key of the other picture of this release; PowerShots count keys (section 7.13)."""
        for key, _ in told.ready.values():
            return key
        if self.last_key is None:
            raise ObjectNotFound("the camera did not tell the picture's key", AGAIN)
        return self.last_key + 1


def _is_picture_folder(path: CardPath) -> bool:
    """Whether that is a folder like DCIM/100CANON."""
    return len(path.parts) == 2 and path.parts[0] == "DCIM" and path.name[:3].isdigit()
