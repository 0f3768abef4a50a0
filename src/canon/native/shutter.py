"""Taking a picture with a native camera in release control, and fetching it.

A release is answered at once and ends by events: exposed, picture ready, finished. Events may come
late, twice or not at all; the picture is looked for where it must be all the same
(canon-native-usb, sections 10 and 11).
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from canon.conversation import Events
from canon.driver.card import Entry, Progress
from canon.driver.shot import Picture, Shot, note_maybe_taken, note_taken, picture_name
from canon.errors import FocusFailed, NotFinished, ObjectNotFound, Refused, StoreFull
from canon.models.model import Feature, Numbering, Quirk
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
from canon.native.release import GetAvailableShots, GetReleaseParameters, Release, SetTransferMode
from canon.native.session import Session
from canon.values import CaptureTarget, ImageFormat, local_time

_log = logging.getLogger(__name__)

_RELEASE_S = 20.0  # a D60 has taken more than ten
_LENS_S = 15.0  # the lens may have to move before the answer
_MOST_PICTURE = 64 << 20
_EXPOSED, _FINISHED = 0x1C, 0x1D
_NO_FOCUS = 1
_GRACE_S = 5.0  # for an event that should have come by now; a release takes less
_MOST_LEFT = 256  # events that earlier releases may have left behind
_THUMBNAIL, _IMAGE, _SECOND = 1, 2, 3
_TO_HOST, _THUMBNAIL_TO_HOST, _TO_CARD = 2, 1, 8


@dataclass
class _Progress:
    """What the events of one release have told so far."""

    ends: frozenset[type[NativeEvent]]
    exposed: bool = False
    finished: bool = False
    ready: dict[int, tuple[int, int]] = field(default_factory=dict)  # what → (key, size)

    def take(self, event: NativeEvent) -> None:
        """Look at one event; the same one twice changes nothing."""
        if isinstance(event, CaptureFailed):
            if event.reason == _NO_FOCUS:
                raise FocusFailed(event.reason, "Release")
            raise Refused(event.reason, "Release", "the camera took no picture")
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
    """The shutter of one native camera in release control.

    Args:
        session: the conversation.
        list_card: lists everything on the card, to find a new picture.

    Attributes:
        last_key: the key of the last picture; None: an earlier program has used some.
    """

    def __init__(self, session: Session, list_card: Callable[[], Iterator[Entry]]) -> None:
        self.session = session
        self.model = session.model
        self.last_key: int | None = None
        self._list_card = list_card
        self._underway = False  # a release was given up, or its end was never told

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
        self._let_earlier_end()
        before = {entry.path for entry in self._list_card()} if card else set()
        mode = (_TO_HOST if host else 0) | (_TO_CARD if card else 0)
        self.session.call(
            SetTransferMode(mode | (_THUMBNAIL_TO_HOST if thumbnail else 0)), timeout_s=_LENS_S
        )
        two = self._takes_two()
        wanted = ([_IMAGE] if host else []) + ([_THUMBNAIL] if thumbnail else [])
        if host and two:
            wanted.append(_SECOND)
        told = self._fire(wanted, timeout_s, card=card)
        found: tuple[Entry, ...] = ()
        try:
            found = self._wait_for_files(before, 2 if two else 1) if card else ()
            small = self._thumbnail(told) if thumbnail else None
            images = [self._retrieve(_IMAGE, told, progress)] if host else []
            if host and _SECOND in told.ready:
                images.append(self._retrieve(_SECOND, told, progress))
        except BaseException as error:
            note_taken(error, found, card=card)
            raise
        pictures = [Picture(self._name_for(image, found), image) for image in images]
        if card and not found:
            if not pictures:
                raise NotFinished(
                    "the camera said that it took a picture; the card has no new one: look at "
                    "its display"
                )
            _log.warning("the picture came to the computer, but the card has no new one")
        return Shot((*pictures, *found), small)

    def _takes_two(self) -> bool:
        """Whether a release gives RAW and JPEG; only the revised numbering has it (section 9.2)."""
        if self.model.numbering is not Numbering.REVISED:
            return False
        form = self.session.call(GetReleaseParameters()).image_format
        return form is ImageFormat.RAW_PLUS_JPEG

    def _fire(self, wanted: list[int], timeout_s: float, *, card: bool) -> _Progress:
        """Release the shutter, and wait until the camera is done."""
        with self.session.events() as events:
            self._underway = True
            try:
                with self._eos_lock():
                    self.session.call(Release(), timeout_s=_RELEASE_S)
                    if self.model.numbering is Numbering.REVISED:
                        self.session.call(ReleaseSent(0x0F))
                    told = self._wait(events, wanted, timeout_s, card=card)
            except Refused as refusal:
                self._underway = False
                if card and type(refusal) is Refused and self._is_full():
                    raise StoreFull(refusal.code, "Release") from refusal
                raise
            except BaseException as error:
                note_maybe_taken(error, card=card)
                raise
        self._underway = not told.finished
        return told

    def _is_full(self) -> bool:
        return not self.session.call(GetAvailableShots()).shots

    def _let_earlier_end(self) -> None:
        """Drop what earlier releases have left; wait for the end of one that was given up."""
        clock = self.session.clock
        deadline = clock.now() + _GRACE_S
        with self.session.events() as events:
            for _ in range(_MOST_LEFT):
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
        if Feature.EOS_LOCK not in self.model.features:
            yield
            return
        revised = self.model.numbering is Numbering.REVISED
        if revised:
            with suppress(Refused):
                self.session.call(GetAbilities())  # a refusal means nothing (section 1)
            self.session.call(LockRevisedKeys(LOCK_WORD))
        else:
            self.session.call(LockEosKeys(LOCK_WORD))
        try:
            yield
        finally:
            with suppress(Refused):
                self.session.call(UnlockRevisedKeys() if revised else UnlockEosKeys())

    def _wait(
        self, events: Events[NativeEvent], wanted: list[int], timeout_s: float, *, card: bool
    ) -> _Progress:
        """Wait until the camera is done; then a little longer for what is missing."""
        clock = self.session.clock
        told = _Progress(self._ends(card))
        deadline = clock.now() + timeout_s
        while clock.now() < deadline:
            self.session.poll(min(0.05, deadline - clock.now()))
            while event := events.get():
                told.take(event)
                has_all = all(what in told.ready for what in wanted)
                if told.exposed and told.finished and has_all:
                    return told
                # What comes before "exposed" may be late and belong to an earlier release.
                if told.finished or (told.exposed and wanted and has_all):
                    deadline = min(deadline, clock.now() + _GRACE_S)
        if told.finished or told.ready or told.exposed:
            _log.warning("the camera did not say all of how the release went; going on")
            return told
        raise NotFinished(
            f"the camera did not say within {timeout_s:g} s how the release went; "
            "look at its display, and at the card for the picture"
        )

    def _name_for(self, image: bytes, found: tuple[Entry, ...]) -> str:
        """The name that the picture has on the card, or one made of the time it was taken."""
        kind = ".JPG" if image[:2] == b"\xff\xd8" else self.model.raw_suffix
        names = (entry.name for entry in found)
        return picture_name(image, kind, names, self._now, f"IMG_{self.last_key:04}{kind}")

    def _now(self) -> datetime | None:
        return local_time(self.session.call(GetTime()).seconds)

    def _ends(self, card: bool) -> frozenset[type[NativeEvent]]:
        """The events that end a release; none: the stage 'finished' does (section 10)."""
        if Feature.EOS_LOCK not in self.model.features:
            return frozenset()
        revised = self.model.numbering is Numbering.REVISED
        if revised and not card:
            return frozenset()
        if revised or Quirk.ENDS_WITH_CARD in self.model.quirks:
            return frozenset({CardChanged, CaptureOver})
        return frozenset({CaptureOver})

    def _wait_for_files(self, before: set[Any], due: int) -> tuple[Entry, ...]:
        """The new pictures; the second may be written after the release has ended (section 10).

        The card itself tells when both are there: an event may be lost, or come twice.
        """
        found = self._new_on_card(before)
        clock = self.session.clock
        deadline = clock.now() + _GRACE_S
        while 0 < len(found) < due and clock.now() < deadline:
            if self.session.poll(0.05) or clock.now() >= deadline:
                found = self._new_on_card(before)
        if 0 < len(found) < due:
            _log.warning("%d files were due on the card; %d came", due, len(found))
        return found

    def _new_on_card(self, before: set[Any]) -> tuple[Entry, ...]:
        """The new pictures; the thumbnail beside a CRW is none."""
        return tuple(
            entry
            for entry in self._list_card()
            if not entry.is_folder
            and entry.path not in before
            and not entry.name.upper().endswith(".THM")
        )

    def _thumbnail(self, told: _Progress) -> bytes | None:
        """The thumbnail; its loss must not cost the picture."""
        try:
            return self._retrieve(_THUMBNAIL, told, None)
        except ObjectNotFound as error:
            _log.warning("there is no thumbnail: %s", error)
            return None

    def _retrieve(self, what: int, told: _Progress, progress: Progress | None) -> bytes:
        """Fetch a picture by its key; where the event was lost, by the key that it must have."""
        key, size = told.ready.get(what, (0, 0))
        if not key:
            key = self._key_without_event(told)
        self.last_key = key
        data = io.BytesIO()
        command = RetrieveCapture(0, self.session.link.transfer_size, what, key)
        got = self.session.receive(
            command,
            data.write,
            limit=_MOST_PICTURE,
            progress=progress,
            expect=size,
            timeout_s=_LENS_S,
        )
        if not got:
            raise ObjectNotFound(0, "RetrieveCapture", f"the camera has no picture with key {key}")
        return data.getvalue()

    def _key_without_event(self, told: _Progress) -> int:
        """The key of the other picture of this release; PowerShots count keys (section 7.13)."""
        for key, _ in told.ready.values():
            return key
        if self.last_key is None:
            raise ObjectNotFound(0, "RetrieveCapture", "the camera did not tell the picture's key")
        return self.last_key + 1
