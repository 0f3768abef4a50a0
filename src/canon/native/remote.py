"""Release control in the native protocol: settings, zoom, focus, viewfinder, and taking pictures.

Settings are fields of two blocks that are read and written whole; a value that the camera does not
take reads back unchanged. A release is answered at once and ends by events: exposed, picture ready,
finished. Events may come late, twice or not at all; the picture is looked for where it must be all
the same (canon-native-usb, sections 9 to 11).
"""

from __future__ import annotations

import dataclasses
import io
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from canon.conversation import Events
from canon.driver import (
    Entry,
    Picture,
    Progress,
    Shot,
    Zoom,
    note_maybe_taken,
    note_taken,
    picture_name,
)
from canon.errors import (
    CanonError,
    Disconnected,
    FocusFailed,
    LensFailed,
    NotFinished,
    NotSupported,
    ObjectNotFound,
    Refused,
    StoreFull,
)
from canon.models.custom import CustomFunction
from canon.models.model import Feature, Numbering, Quirk
from canon.native import custom
from canon.native.commands import (
    LOCK_WORD,
    GetAbilities,
    GetTime,
    LockEosKeys,
    LockKeys,
    LockRevisedKeys,
    ReleaseSent,
    RetrieveCapture,
    RetrieveFrame,
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
from canon.native.fields import BY_NAME, FIELDS, LENGTHS, RECORD, SIGNED, Field
from canon.native.release import (
    DoAeAfAwb,
    EnterReleaseControl,
    ExitReleaseControl,
    ExtendedParameters,
    GetAllowedSize,
    GetAllowedValues,
    GetAvailableShots,
    GetEstimatedSize,
    GetExtendedParameters,
    GetExtendedSize,
    GetReleaseParameters,
    GetZoom,
    LockFocus,
    Release,
    ReleaseParameters,
    SelectCameraOutput,
    SetExtendedParameters,
    SetReleaseParameters,
    SetTransferMode,
    SetZoom,
    StartViewfinder,
    StopViewfinder,
    UnlockFocus,
)
from canon.native.session import Session
from canon.values import CameraOutput, CaptureTarget, ImageFormat, ImageSize, Quality, local_time

_log = logging.getLogger(__name__)
B = TypeVar("B", ReleaseParameters, ExtendedParameters)

_RELEASE_S = 20.0  # a D60 has taken more than ten
_LENS_S = 15.0  # entering release control, and moving the lens
_MOST_PICTURE = 64 << 20
_MOST_FRAME = 1 << 20
_EXPOSED, _FINISHED = 0x1C, 0x1D
_NO_FOCUS = 1
_GRACE_S = 5.0  # for an event that should have come by now; a release takes less
_MOST_LEFT = 256  # events that earlier releases may have left behind
_THUMBNAIL, _IMAGE, _SECOND = 1, 2, 3
_TO_HOST, _THUMBNAIL_TO_HOST, _TO_CARD = 2, 1, 8
_ALL_MEASURES = 7
_SIZES_PROPERTY = 0x27  # records of format, size, quality, of one picture or two


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


class NativeRemote:
    """Release control of one native camera; fits `canon.driver.Remote`.

    Args:
        session: the conversation.
        list_card: lists everything on the card, to find a new picture.
    """

    def __init__(self, session: Session, list_card: Callable[[], Iterator[Entry]]) -> None:
        self.session = session
        self.model = session.model
        self.active = False
        self.viewfinder_on = False
        self.stays = False
        self._list_card = list_card
        self._extended_size: int | None = None
        self._last_key: int | None = None  # None: an earlier program has used some
        self._underway = False  # a release was given up, or its end was never told
        self._keys_locked = False

    def enter(self) -> None:
        """Lock the keys where the model wants it, and enter release control.

        A camera that an earlier program left in release control refuses to enter it again; if it
        answers as one that is in it, it is taken as it is.
        """
        if Feature.LOCK_KEYS in self.model.features and not self._keys_locked:
            if Feature.ABILITIES in self.model.features:
                self.session.call(GetAbilities())  # as every known program does before (section 1)
            self.session.call(LockKeys())
            self._keys_locked = True
        self.active = True  # before the answer: whoever closes meanwhile must leave it
        try:
            self.session.call(EnterReleaseControl(), timeout_s=_LENS_S)
        except LensFailed:
            if not self._was_left_active():
                self.active = False
                raise
            _log.warning("the camera was left in release control; going on in it")
            self._last_key = None
        except Refused:
            self.active = False
            raise
        except BaseException:  # Ctrl-C, say: the lens may come out all the same
            with suppress(CanonError):
                self.leave()
            raise
        else:
            self._last_key = 0

    def _was_left_active(self) -> bool:
        try:
            self.session.call(GetReleaseParameters())
        except Refused:
            return False
        return True

    def leave(self) -> None:
        """Stop the viewfinder and leave release control."""
        if self.viewfinder_on:
            self.stop_viewfinder()
        try:
            self.session.call(ExitReleaseControl(), timeout_s=_LENS_S)
        except Disconnected:
            raise  # another thread closes the camera, and leaves it there
        except BaseException:
            self.active = False
            raise
        self.active = False

    # --- settings (sections 9.1 to 9.6) -----------------------------------------------------------

    def settings(self, *names: str) -> dict[str, object]:
        """Both blocks, as values; what the model does not have is left out."""
        main = self.session.call(GetReleaseParameters())
        return self._values(main, self._extended())

    def change(self, changes: Mapping[str, object]) -> dict[str, object]:
        """Read the blocks, write those with changes once, and read them back."""
        main = self.session.call(GetReleaseParameters())
        extended = self._extended()
        in_main = {name for name in changes if not BY_NAME[name].extended}
        if in_main:
            changed = SetReleaseParameters(self._changed(main, changes, in_main))
            self.session.call(changed)
            main = self.session.call(GetReleaseParameters())
            if Quirk.SET_TWICE in self.model.quirks:
                self.session.call(changed)
                main = self.session.call(GetReleaseParameters())
        in_extended = changes.keys() - in_main
        if in_extended and extended is not None:
            block = self._changed(extended, changes, in_extended).encode()
            self.session.call(SetExtendedParameters(block))
            extended = self._extended()
        return self._values(main, extended)

    def allowed(self, name: str) -> tuple[object, ...]:
        """Ask for a property's list; sizes, formats and qualities come from the list of records."""
        row = BY_NAME.get(name)
        if row is None or row.prop is None:
            return ()
        if name in RECORD:
            records, column = self._elements(_SIZES_PROPERTY), RECORD.index(name)
            halves = zip(records[column::6], records[column + 3 :: 6], strict=False)
            codes = (one if other == 0xFF else one | other << 4 for one, other in halves)
            return tuple(dict.fromkeys(map(row.read, codes)))
        return tuple(self._read(row, code) for code in self._elements(row.prop))

    def _values(
        self, main: ReleaseParameters, extended: ExtendedParameters | None
    ) -> dict[str, object]:
        values: dict[str, object] = {}
        for row in FIELDS:
            block = extended if row.extended else main
            if block is None:
                continue
            code = getattr(block, row.place)
            if code in (0xFFFF, 0x7F) or (code == 0xFF and row.name not in SIGNED | {"beep"}):
                continue  # this camera does not have it, or not now
            values[row.name] = self._read(row, code)
        unit = main.focal_length_unit
        if unit not in (0, 0xFFFF):
            for name in LENGTHS:
                values[name] = getattr(main, name) / unit
        return values

    def _changed(self, block: B, changes: Mapping[str, object], names: set[str]) -> B:
        kinds = {item.name: type(getattr(block, item.name)) for item in dataclasses.fields(block)}
        codes: dict[str, Any] = {}
        for row in (BY_NAME[name] for name in names):
            codes[row.place] = kinds[row.place](self._write(row, changes[row.name]))
        return dataclasses.replace(block, **codes)

    def _read(self, row: Field, code: int) -> object:
        """A code as a value; the revised numbering counts compensation from 0 (section 9.2)."""
        if row.name in SIGNED and self.model.numbering is Numbering.REVISED:
            code = (0x18 - code) & 0xFF
        return row.read(code)

    def _write(self, row: Field, value: object) -> int:
        code = row.write(value)
        if row.name in SIGNED and self.model.numbering is Numbering.REVISED:
            code = (0x18 - code) & 0xFF
        return code

    def _elements(self, prop: int) -> tuple[int, ...]:
        try:
            self.session.call(GetAllowedSize(prop))
            return self.session.call(GetAllowedValues(prop)).values.items
        except Refused:
            return ()

    def _extended(self) -> ExtendedParameters | None:
        if self._extended_size is None:
            try:
                self._extended_size = self.session.call(GetExtendedSize()).size
            except Refused:
                self._extended_size = 0
        if self._extended_size < 0x20:
            return None
        return self.session.call(GetExtendedParameters(self._extended_size))

    # --- lens, display, card (sections 9.2, 9.5, 9.7) ---------------------------------------------

    def zoom(self) -> Zoom:
        """Where the zoom stands."""
        reply = self.session.call(GetZoom())
        return Zoom(reply.position, reply.maximum)

    def set_zoom(self, position: int) -> None:
        """Move the zoom."""
        self.session.call(SetZoom(position), timeout_s=_LENS_S)

    def measure(self) -> None:
        """Measure all three; the mask that Canon's own program uses."""
        self.session.call(DoAeAfAwb(_ALL_MEASURES), timeout_s=_LENS_S)

    def lock_focus(self) -> None:
        """Focus and keep it, as Canon's own program does."""
        self.session.call(LockFocus(), timeout_s=_LENS_S)

    def unlock_focus(self) -> None:
        """Let the focus go."""
        self.session.call(UnlockFocus(), timeout_s=_LENS_S)

    def set_output(self, output: CameraOutput) -> None:
        """Choose what shows the picture."""
        self.session.call(SelectCameraOutput(output))

    def available_shots(self) -> int:
        """How many pictures fit on the card."""
        return self.session.call(GetAvailableShots()).shots

    def estimated_size(self, size: ImageSize, form: ImageFormat, quality: Quality) -> int:
        """How many bytes a picture of that kind takes, by the camera's table."""
        return self.session.call(GetEstimatedSize(size, form, quality)).size

    # --- custom functions (sections 8, 9.8) -------------------------------------------------------

    def custom_table(self, *, to_write: bool = False) -> tuple[CustomFunction, ...]:
        """What the model's row has; how the revised numbering writes them is not known."""
        if not self.model.custom:
            raise NotSupported(self.model.name, "custom functions that are known")
        if to_write and self.model.numbering is Numbering.REVISED:
            raise NotSupported(self.model.name, "known command to set a custom function")
        return self.model.custom

    def custom_functions(self) -> dict[str, CustomFunction]:
        """Ask what they are set to."""
        return custom.read(self.session)

    def set_custom_function(self, number: int, value: int) -> None:
        """Set one of them."""
        custom.write(self.session, number, value)

    # --- viewfinder (section 10) ------------------------------------------------------------------

    def start_viewfinder(self) -> None:
        """Start the viewfinder."""
        self.session.call(StartViewfinder(), timeout_s=_LENS_S)
        self.viewfinder_on = True

    def frame(self) -> bytes:
        """The viewfinder's picture now."""
        data = io.BytesIO()
        command = RetrieveFrame(0, self.session.link.transfer_size)
        if not self.session.receive(command, data.write, limit=_MOST_FRAME):
            raise ObjectNotFound(0, "RetrieveFrame", "the viewfinder gave no picture")
        return data.getvalue()

    def stop_viewfinder(self) -> None:
        """Stop the viewfinder."""
        self.viewfinder_on = False
        self.session.call(StopViewfinder(), timeout_s=_LENS_S)

    # --- taking a picture (section 10) ------------------------------------------------------------

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
                raise NotFinished("the camera said that it took a picture; the card has no new one")
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
                if card and type(refusal) is Refused and not self.available_shots():
                    raise StoreFull(refusal.code, "Release") from refusal
                raise
            except BaseException as error:
                note_maybe_taken(error, card=card)
                raise
        self._underway = not told.finished
        return told

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
                        self._last_key = event.key
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
        return picture_name(image, kind, names, self._now, f"IMG_{self._last_key:04}{kind}")

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
        self._last_key = key
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
        if self._last_key is None:
            raise ObjectNotFound(0, "RetrieveCapture", "the camera did not tell the picture's key")
        return self._last_key + 1
