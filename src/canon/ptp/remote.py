"""Release control of a PowerShot that speaks PTP: settings, zoom, focus, viewfinder, pictures.

Settings are properties that the camera lists while release control is on; each is described, with
what it may be now, written and read by itself. A release is answered at once. Events tell the rest:
the object, and that the capture is complete, in either order. Events may be lost; the object is
looked for where it must be all the same (canon-powershot-ptp, sections 3 to 7).
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

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
    BadParameter,
    CanonError,
    DecodeError,
    DeviceBusy,
    Disconnected,
    FocusFailed,
    NotFinished,
    NotSupported,
    ObjectNotFound,
    Refused,
    ValueRefused,
)
from canon.models.custom import CustomFunction
from canon.ptp.datasets import Choices, DataType, DevicePropDesc, PropertyValue, Range
from canon.ptp.fields import BY_NAME, FIELDS, LENGTHS, MISSING, PICTURE_KINDS, Field
from canon.ptp.listed import Listed, may_refuse
from canon.ptp.objects import Objects, Store
from canon.ptp.operations import (
    CRW,
    CaptureComplete,
    GetObject,
    GetObjectHandles,
    GetStorageInfo,
    GetThumb,
    ObjectAdded,
    Operation,
    PtpEvent,
    RequestObjectTransfer,
    Response,
    StorageInfoChanged,
)
from canon.ptp.powershot import (
    PIPE_MODES,
    RAM,
    CameraModeChanged,
    CanonRequestObjectTransfer,
    DoAeAfAwb,
    ExtendedError,
    FocusLock,
    FocusUnlock,
    GetViewfinderImage,
    InitiateCaptureInMemory,
    InitiateReleaseControl,
    Property,
    TerminateReleaseControl,
    TransferMode,
    ViewfinderOff,
    ViewfinderOn,
)
from canon.ptp.session import Session
from canon.values import CameraOutput, CaptureTarget, ImageFormat, ImageSize, Quality, local_time

_log = logging.getLogger(__name__)

_LENS_S = 15.0  # entering release control, moving the lens, focusing
_ENTERED_S = 0.5  # for the event that tells that release control is on; not every body sends it
_POLL_S = 0.02
_GRACE_S = 5.0  # for an event that should have come by now
_BUSY_S, _BUSY_PAUSE_S = 10.0, 0.01
_MOST_LEFT = 256  # events that may wait before a release
_MOST_STEPS = 1024
_MOST_PICTURE = 64 << 20
_MOST_FRAME = 1 << 20
_ALL_MEASURES = 7
_ON_PIPE, _BY_OPERATION = 1, 7  # values of EVENT_EMULATE_MODE (section 4.1)
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


class PtpRemote:
    """Release control of one PowerShot; fits `canon.driver.Remote`.

    Args:
        session: the conversation.
        objects: what is on its card.
        listed: what it can do.
    """

    def __init__(self, session: Session, objects: Objects, listed: Listed) -> None:
        self.session = session
        self._entered = 0  # the session in which release control was entered; 0: it is off
        self._viewing = False
        self._objects = objects
        self._listed = listed
        self._events_before = 0  # EVENT_EMULATE_MODE as it was found

    @property
    def active(self) -> bool:
        """Whether release control is on; it ends with the session in which it was entered."""
        return self._entered == self.session.begun

    @property
    def viewfinder_on(self) -> bool:
        """Whether the viewfinder runs."""
        return self._viewing and self.active

    @property
    def stays(self) -> bool:
        """Never: the end of a session ends release control."""
        return False

    @stays.setter
    def stays(self, on: bool) -> None:
        if on:
            raise NotSupported(
                self._listed.name,
                "release control that outlives its session; lock and shoot in one",
            )

    def enter(self) -> None:
        """Enter release control, and wait for the settings to appear (section 4.1).

        The properties are read and written in the order of Canon's own program. Nobody knows which
        of these steps the camera needs; the last one lets its events come by CheckEvent.
        """
        has_mode = self._listed.has(Property.EVENT_EMULATE_MODE)
        if has_mode:
            before = self._listed.value(Property.EVENT_EMULATE_MODE, DataType.UINT16)
            self._events_before = _as_int(before)
        if self._listed.has(Property.FLASH_MODE):
            self.session.refresh()  # what it listed is old where the last way out broke off
        if self._listed.has(Property.FLASH_MODE):
            _log.warning("the camera was left in release control; going on in it")
            self._listen(self._events_before)
            self._entered = self.session.begun
            return
        if has_mode:
            self._choose_events(_ON_PIPE)
            self._read_sizes()
            self.session.refresh()
            self.session.refresh()
            self._read_sizes()
            self.session.refresh()
            self._listed.number(Property.EVENT_EMULATE_MODE)
            self._choose_events(_BY_OPERATION if self.session.asks else _ON_PIPE)
        self._entered = self.session.begun  # before the answer: who closes meanwhile must leave it
        self._viewing = False
        try:
            self._initiate()
            self._entered = self.session.begun
            if has_mode and not self.session.asks:  # it has been found out meanwhile
                self._choose_events(_ON_PIPE)
            self.session.refresh()
        except BaseException:  # a refusal, or Ctrl-C: the lens may come out all the same
            with suppress(CanonError):
                self.leave()
            self._entered = 0
            raise

    def _initiate(self) -> None:
        """Let the lens come out; that it is out already counts as success."""
        with self.session.events() as events:
            try:
                self.session.call(InitiateReleaseControl(), timeout_s=_LENS_S)
            except Refused as refusal:
                if refusal.code != Response.CANON_ALREADY_IN_RELEASE_CONTROL:
                    raise
                return
            clock = self.session.clock
            deadline = clock.now() + _ENTERED_S
            while clock.now() < deadline:
                self.session.poll(min(_POLL_S, deadline - clock.now()))
                while event := events.get():
                    if isinstance(event, CameraModeChanged | StorageInfoChanged):
                        return

    def _read_sizes(self) -> None:
        for code in (Property.SIZE_OF_OUTPUT, Property.SIZE_OF_INPUT):
            if self._listed.has(code):
                self._listed.number(code)

    def _choose_events(self, mode: int) -> None:
        """Choose the channel of events, and read that one only (section 6)."""
        self._listed.write(Property.EVENT_EMULATE_MODE, DataType.UINT16, mode)
        self._listen(mode)

    def _listen(self, mode: int) -> None:
        self.session.listens = mode in PIPE_MODES or not self.session.asks

    def leave(self) -> None:
        """Stop the viewfinder, leave release control, and give events back as they came."""
        if self.viewfinder_on:
            self.stop_viewfinder()
        try:
            try:
                self.session.call(TerminateReleaseControl(), timeout_s=_LENS_S)
            finally:
                if self._events_before:
                    with suppress(Refused):
                        self._choose_events(self._events_before)
            self.session.refresh()  # the settings are gone again
        except Disconnected:
            raise  # another thread closes the camera, and leaves it there
        except BaseException:
            self._entered = 0
            raise
        self._entered = 0

    # --- settings (section 3) ---------------------------------------------------------------------

    def settings(self, *names: str) -> dict[str, object]:
        """The settings of these names, or every one that the camera lists, one question each."""
        values: dict[str, object] = {}
        for row in FIELDS:
            if not names or row.name in names:
                number = self._known(row.code)
                if number is not None:
                    values[row.name] = row.read(number)
        lengths = {name: code for name, code in LENGTHS.items() if not names or name in names}
        if lengths and (unit := self._known(Property.FOCAL_LENGTH_DENOMINATOR)):
            for name, code in lengths.items():
                if length := self._known(code):
                    values[name] = length / unit
        return values

    def change(self, changes: Mapping[str, object]) -> dict[str, object]:
        """Write the settings one by one, the shooting mode first, and read them back."""
        written = [row for row in FIELDS if row.name in changes and self._listed.has(row.code)]
        for row in sorted(written, key=lambda row: row.code != Property.SHOOTING_MODE):
            self._change(row, changes[row.name])
        return {row.name: row.read(self._listed.number(row.code)) for row in written}

    def _change(self, row: Field, value: object) -> None:
        """Write one setting, if the camera says that it takes the value now."""
        about = self._listed.describe(row.code)
        allowed = _allowed(row, about)
        free = about.writable and about.form is None
        if row.write is None or (not free and value not in allowed):
            raise ValueRefused(row.name, value, allowed)
        try:
            self._listed.write_number(row.code, about.kind, row.write(value))
        except BadParameter as refusal:
            raise ValueRefused(row.name, value, allowed, refusal.code, refusal.command) from refusal

    def allowed(self, name: str) -> tuple[object, ...]:
        """What the camera's description of the property lists now."""
        row = BY_NAME.get(name)
        if row is None or not self._listed.has(row.code):
            return ()
        return _allowed(row, self._listed.describe(row.code))

    # --- lens, display, card (sections 7 and 8) ---------------------------------------------------

    def zoom(self) -> Zoom:
        """Where the zoom stands, and its last position."""
        about = self._zoom()
        return Zoom(_as_int(about.current), _as_int(_ends(about)[1]))

    def set_zoom(self, position: int) -> None:
        """Move the zoom; ValueRefused outside its range, before anything is sent."""
        about = self._zoom()
        first, last = _ends(about)
        if not first <= position <= last:
            raise ValueRefused("zoom", position, (f"{first} to {last}",))
        self._listed.write_number(Property.ZOOM, about.kind, position, timeout_s=_LENS_S)

    def _zoom(self) -> DevicePropDesc:
        self._listed.need(Property.ZOOM, "zoom that a computer can move")
        return self._listed.describe(Property.ZOOM)

    def measure(self) -> None:
        """Measure exposure, focus and white balance."""
        self._focus(DoAeAfAwb(_ALL_MEASURES), "way to measure by remote")

    def lock_focus(self) -> None:
        """Focus, and keep focus, exposure and white balance."""
        self._focus(FocusLock(), "focus lock")

    def unlock_focus(self) -> None:
        """Let the focus go."""
        self._focus(FocusUnlock(), "focus lock")

    def _focus(self, operation: Operation[Any], feature: str) -> None:
        self._listed.must(type(operation), feature)
        with _focusing():
            self.session.call(operation, timeout_s=_LENS_S)

    def set_output(self, output: CameraOutput) -> None:
        """Choose what shows the picture."""
        self._listed.need(Property.OUTPUT, "choice of what shows the picture")
        self._listed.write(Property.OUTPUT, DataType.UINT8, int(output))

    def available_shots(self) -> int:
        """How many pictures fit on the card: as it says, or by the size that it expects."""
        store = self._objects.store("")
        info = self.session.call(GetStorageInfo(store.id))
        if info.free_images != _NOT_GIVEN:
            return info.free_images
        form = ImageFormat(self._listed.number(Property.FULL_VIEW_FILE_FORMAT))
        size = ImageSize(self._listed.number(Property.IMAGE_SIZE))
        if form is ImageFormat.RAW:
            size = ImageSize.LARGE
        quality = Quality(self._listed.number(Property.IMAGE_QUALITY))
        return info.free // self.estimated_size(size, form, quality)

    def estimated_size(self, size: ImageSize, form: ImageFormat, quality: Quality) -> int:
        """How many bytes a picture of that kind takes, by AVERAGE_FILE_SIZES."""
        self._listed.need(Property.AVERAGE_FILE_SIZES, "table of how large pictures are")
        sizes = self._listed.value(Property.AVERAGE_FILE_SIZES, DataType.AUINT32)
        wanted = size, Quality.RAW if form is ImageFormat.RAW else quality
        found = dict(enumerate(sizes if isinstance(sizes, tuple) else (), start=1))
        for code, kind in PICTURE_KINDS.items():
            if kind == wanted and found.get(code):
                return found[code]
        raise NotSupported(self._listed.name, f"known length of {form} pictures, {size}, {quality}")

    # --- custom functions -------------------------------------------------------------------------

    def custom_table(self, *, to_write: bool = False) -> tuple[CustomFunction, ...]:
        """No PowerShot has any."""
        raise NotSupported(self._listed.name, "custom functions")

    def custom_functions(self) -> dict[str, CustomFunction]:
        """No PowerShot has any."""
        raise NotSupported(self._listed.name, "custom functions")

    def set_custom_function(self, number: int, value: int) -> None:
        """No PowerShot has any."""
        raise NotSupported(self._listed.name, "custom functions")

    # --- viewfinder (section 7) -------------------------------------------------------------------

    def start_viewfinder(self) -> None:
        """Start the viewfinder."""
        self._listed.must(ViewfinderOn, "viewfinder")
        self.session.call(ViewfinderOn(), timeout_s=_LENS_S)
        self._viewing = True

    def frame(self) -> bytes:
        """The viewfinder's picture now."""
        data = io.BytesIO()
        if not self.session.receive(GetViewfinderImage(), data.write, limit=_MOST_FRAME):
            raise ObjectNotFound(0, "GetViewfinderImage", "the viewfinder gave no picture")
        return data.getvalue()

    def stop_viewfinder(self) -> None:
        """Stop the viewfinder."""
        self._viewing = False
        self.session.call(ViewfinderOff(), timeout_s=_LENS_S)

    # --- taking a picture (section 5) -------------------------------------------------------------

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
                with _focusing():
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
                if self.session.receive(GetThumb(handle), data.write, limit=_MOST_FRAME):
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
            timeout_s=_LENS_S,
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

    def _known(self, code: Property) -> int | None:
        """The number of a setting; None when the camera does not have it, or not now."""
        number = None
        if self._listed.has(code):
            with may_refuse():
                number = self._listed.number(code)
        return None if number in MISSING else number


def _allowed(row: Field, about: DevicePropDesc) -> tuple[object, ...]:
    """What a property may be now, as values."""
    if not about.writable or row.write is None:
        return ()
    if isinstance(about.form, Choices):
        return tuple(row.read(number) for number in map(_as_int, about.form.values))
    if isinstance(about.form, Range):
        first, last = _ends(about)
        step = max(1, _as_int(about.form.step))
        return tuple(map(row.read, range(first, last + 1, step)[:_MOST_STEPS]))
    return ()


def _ends(about: DevicePropDesc) -> tuple[int, int]:
    """The first and the last number of a range; both are the present one where there is none."""
    if isinstance(about.form, Range):
        return _as_int(about.form.minimum), _as_int(about.form.maximum)
    return _as_int(about.current), _as_int(about.current)


def _as_int(value: PropertyValue) -> int:
    if not isinstance(value, int):
        raise DecodeError(f"{value!r} is no number", 0, "DevicePropDesc")
    return value


@contextmanager
def _focusing() -> Iterator[None]:
    """What is refused when the lens finds no focus: with "general error", as far as is known."""
    try:
        yield
    except Refused as refusal:
        if refusal.code == Response.GENERAL_ERROR:
            raise FocusFailed(refusal.code, refusal.command) from refusal
        raise


def _nothing_came(told: _Told) -> CanonError:
    return NotFinished(
        "the camera said that it took a picture, but there is none"
        if told.complete
        else "the camera never said where the picture is"
    )
