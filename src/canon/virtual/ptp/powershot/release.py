"""Release control of a virtual PowerShot that speaks PTP: properties, lens, shutter, viewfinder.

Properties are those of the body's profile, with the values that a real one reported; what they
may be follows the shooting mode. The camera answers a release at once, and events tell the rest.
What needs the lens waits for it: its answer comes when the lens has moved (canon-powershot-ptp,
sections 3 to 7 and 10). Where no section gives a time it is the recorded G3's.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import singledispatchmethod
from typing import Any

from canon.codes import joined
from canon.models.file_kinds import Content, kind_of
from canon.models.ptp import PtpQuirk
from canon.ptp.containers import NO_TRANSACTION
from canon.ptp.datasets import write_value
from canon.ptp.operations import (
    CaptureComplete,
    DevicePropChanged,
    GetDevicePropDesc,
    GetDevicePropValue,
    Nothing,
    ObjectAdded,
    Operation,
    ResetDevicePropValue,
    Response,
    SetDevicePropValue,
    StoreIsFull,
)
from canon.ptp.powershot.codes import FORMAT, MISSING, ROWS
from canon.ptp.powershot.layouts import (
    CameraModeChanged,
    CanonRequestObjectTransfer,
    Changes,
    DoAeAfAwb,
    FocusLock,
    FocusUnlock,
    FrameSize,
    GetChanges,
    GetViewfinderImage,
    InitiateCaptureInMemory,
    InitiateReleaseControl,
    Property,
    SettingsChangedOnCamera,
    ShutterButtonPressed,
    TerminateReleaseControl,
    TransferMode,
    ViewfinderOff,
    ViewfinderOn,
)
from canon.ptp.powershot.picture_kinds import PICTURE_KINDS
from canon.values import Format
from canon.virtual.faults import FaultKind, Faults
from canon.virtual.lens import Lens, Viewfinder
from canon.virtual.pictures.exif import Exposure
from canon.virtual.ptp.objects import CARD, Objects
from canon.virtual.ptp.powershot.properties import Properties
from canon.virtual.ptp.profile import PtpBody
from canon.virtual.ptp.reply import Answered, Reply, Tell
from canon.virtual.refusal import Status
from canon.virtual.shutter import FOCUS_S, LENS_S, Shutter, Taken, exposure
from canon.wire import Message

_ZOOM_S = 2.5  # Guess (section 7): from one end of the zoom to the other, 1 to 3 s
_EXPOSED_S = 1.6  # Guess (section 10): 1 to 3 s with the focusing
_LENS_CAP_S = 0.3  # Guess: a host of section 4.1 waits 1 s for the answer
_FIRST_FRAME_S, _FRAME_S = 0.3, 1 / 30  # Guess (section 7)
_FOCUS = 2  # the bit of DoAeAfAwb
_IN, _OUT = 1, 0  # Guess (section 6): what CameraModeChanged says
_RAW_CODE, _RAW = 16, 2  # of SIZE_QUALITY_MODE, and of FULL_VIEW_FILE_FORMAT
_NONE = -1 << 16  # stands for the number of a property that the body does not have
_WIDE = Property.FOCAL_LENGTH_WIDE, 230  # Guess: where a body does not tell, a G3's lens
_TELE = Property.FOCAL_LENGTH_TELE, 922
_NOTHING = 0x7FFF


class ReleaseControl:
    """What a PowerShot does with its properties, and under release control.

    A body without release control has only its properties and its shutter button.

    Args:
        body: the camera.
        faults: what goes wrong.
        objects: the handles of what it has.
        tell: sends an event.

    Attributes:
        transaction: that of the operation which is answered now.
    """

    def __init__(
        self,
        body: PtpBody,
        faults: Faults,
        objects: Objects,
        tell: Tell,
    ) -> None:
        self.body = body
        self.faults = faults
        self.objects = objects
        self.table = Properties(body)
        self.shutter = Shutter(body)
        self.lens = Lens(body.clock)
        self.viewfinder = Viewfinder(body.clock, _FRAME_S)
        self.active = False
        self.focus_locked = False
        self.busy = False  # a picture is being taken
        self.transaction = 0
        self._tell = tell
        self._delay = 0.0
        self._measured = False
        self._awaited = False  # the host that released is still there
        self._changed: dict[int, None] = {}

    def properties(self) -> tuple[int, ...]:
        """The properties that the camera lists now; the settings only under release control."""
        profile = self.body.profile
        return *profile.properties, *(profile.release_properties if self.active else ())

    def take_delay(self) -> float:
        """How much longer than usual the answer takes, once."""
        delay, self._delay = self._delay, 0.0
        return delay

    def end(self) -> None:
        """The session is over, or its host lost: release control ends with it (section 4.2)."""
        if self.active:
            self.active = self.focus_locked = self._measured = False
            self.viewfinder.on = False
            self.lens.move(LENS_S)
            self._zoom_to(0)
        self._awaited = False
        self.objects.drop_kept()

    def press(self) -> None:
        """Press the shutter button by hand.

        Under remote control the host gets an event, and is to release; else a picture goes to the
        card (section 5.1).
        """
        if self.active:
            self._tell(ShutterButtonPressed())
            return
        self.body.begin_shot()
        if self.body.is_empty:
            return
        shot = dataclasses.replace(self._shot(), remote=False)
        if self._save(self._take(shot)):
            self._tell(CaptureComplete(NO_TRANSACTION))

    @singledispatchmethod
    def answer(self, operation: Operation[Any], data: bytes) -> Answered:
        """The reply to an operation: a message, or bare data.

        Args:
            operation: what the host wants.
            data: what it sends with it.

        Raises:
            Status: the camera refuses.
        """
        raise Status(Response.OPERATION_NOT_SUPPORTED)

    # --- properties (section 3) -------------------------------------------------------------------

    @answer.register
    def _describe(self, operation: GetDevicePropDesc, data: bytes) -> Message:
        self._must_have(operation.property)
        return self.table.describe(operation.property)

    @answer.register
    def _get(self, operation: GetDevicePropValue, data: bytes) -> bytes:
        self._must_have(operation.property)
        row = self.table.describe(operation.property)
        return write_value(row.kind, row.current)

    @answer.register
    def _set(self, operation: SetDevicePropValue, data: bytes) -> Message:
        self._change(operation.property, lambda: self.table.set(operation.property, data))
        return Nothing()

    @answer.register
    def _reset(self, operation: ResetDevicePropValue, data: bytes) -> Message:
        self._change(operation.property, lambda: self.table.reset(operation.property))
        return Nothing()

    def _change(self, code: int, change: Callable[[], None]) -> None:
        """Change a property, and tell which settings have another value or other choices."""
        self._must_have(code)
        settings = self.body.profile.release_properties
        if code in settings:
            self._must_be_idle()
        zoom = self.table.number(Property.ZOOM)
        before = [self.table.describe(setting) for setting in settings]
        change()
        if code == Property.ZOOM:
            wanted, last = self.table.number(Property.ZOOM), self.table.steps(Property.ZOOM)[-1]
            self.lens.move(abs(wanted - zoom) / last * _ZOOM_S)
            self._wait_for_lens()
            self._zoom_to(wanted)
        for one, other in (
            (Property.BEEP_MODE, Property.BEEP),
            (Property.BEEP, Property.BEEP_MODE),
        ):
            if code == one:
                self.table.put(other, 1 - self.table.number(one))
        self._follow_size()
        # Guess (section 10): only settings send the event, the ones that follow them too.
        for row in before:
            if self.table.describe(row.code) != row:
                self._changed[row.code] = None
                self._tell(DevicePropChanged(row.code))

    @answer.register
    def _changes(self, operation: GetChanges, data: bytes) -> Message:
        changed, self._changed = self._changed, {}
        return Changes(tuple(changed))

    def _must_have(self, code: int) -> None:
        if not self.active and code in self.body.profile.release_properties:
            raise Status(Response.CANON_REFUSED)
        if code not in self.properties():
            raise Status(Response.DEVICE_PROP_NOT_SUPPORTED)

    # --- in and out (section 4) -------------------------------------------------------------------

    @answer.register
    def _enter(self, operation: InitiateReleaseControl, data: bytes) -> Message:
        if self.active:
            raise Status(Response.CANON_ALREADY_IN_RELEASE_CONTROL)
        self._must_have_power()
        if self.faults.take_kind(FaultKind.LENS_CAP):
            self._delay = _LENS_CAP_S
            raise Status(Response.CANON_LENS_COVER_CLOSED)
        self.lens.move(LENS_S)
        self._wait_for_lens()  # as on a native G3 (canon-native-usb, section 9)
        self.active = True
        self.body.clock.after(self.lens.left, lambda: self._tell_mode(_IN))
        return Nothing()

    @answer.register
    def _exit(self, operation: TerminateReleaseControl, data: bytes) -> Message:
        # Guess: leaving it when it is off is no error.
        if self.active:
            self.end()
            self._tell_mode(_OUT)
        return Nothing()

    def _tell_mode(self, mode: int) -> None:
        if self.active == (mode == _IN):
            self._tell(CameraModeChanged(mode))

    def _must_be_active(self) -> None:
        if not self.active:
            raise Status(Response.CANON_REFUSED)  # Guess (section 10): or 0x2002

    def _must_have_power(self) -> None:
        if self.body.is_empty:
            raise Status(Response.CANON_BATTERY_LOW)  # Guess (section 11): and does not go off

    def _must_be_idle(self) -> None:
        self._must_be_active()
        if self.busy:
            raise Status(Response.DEVICE_BUSY)

    # --- lens and focus (section 7) ---------------------------------------------------------------

    def _wait_for_lens(self) -> None:
        self._delay += self.lens.left

    def _zoom_to(self, position: int) -> None:
        self.table.put(Property.ZOOM, position)
        width = self.body.profile.pixels[0]
        self.table.put(Property.FOCAL_LENGTH, self._focal_length())
        self.table.put(Property.ZOOMED_WIDTH, round(width / self._digital_zoom()))

    def _last_optical(self) -> int:
        """The last position of the lens; those beyond it enlarge the picture."""
        last = self.table.steps(Property.ZOOM)[-1:] or (0,)
        return self.table.number(Property.DIGITAL_ZOOM_START) or last[0]

    def _focal_length(self) -> int:
        wide, tele = (self.table.number(*length) for length in (_WIDE, _TELE))
        share = self.table.number(Property.ZOOM) / (self._last_optical() or 1)
        return round(wide + (tele - wide) * min(1.0, share))

    def _digital_zoom(self) -> float:
        """How many times the picture is enlarged beyond the lens.

        Guess (section 3): by the names of the properties, up to FULL_ZOOM_WIDTH or four times.
        """
        first = self._last_optical()
        beyond = self.table.number(Property.ZOOM) - first
        if beyond <= 0:
            return 1.0
        width = self.body.profile.pixels[0]
        most: float = width / self.table.number(Property.FULL_ZOOM_WIDTH, width // 4)
        return float(most ** (beyond / (self.table.steps(Property.ZOOM)[-1] - first)))

    @answer.register
    def _measure(self, operation: DoAeAfAwb, data: bytes) -> Message:
        self._must_be_idle()
        if operation.what & _FOCUS:
            self._focus()
            self._measured = True
        return Nothing()

    @answer.register
    def _lock_focus(self, operation: FocusLock, data: bytes) -> Message:
        self._must_be_idle()
        self._focus()
        self.focus_locked = True
        return Nothing()

    @answer.register
    def _unlock_focus(self, operation: FocusUnlock, data: bytes) -> Message:
        self._must_be_idle()
        self.focus_locked = False
        return Nothing()

    def _focus(self) -> None:
        self._wait_for_lens()
        self._delay += FOCUS_S
        if self.faults.take_kind(FaultKind.NO_FOCUS):
            raise Status(Response.GENERAL_ERROR)  # Guess (section 11)

    # --- viewfinder (section 7) -------------------------------------------------------------------

    @answer.register
    def _start_viewfinder(self, operation: ViewfinderOn, data: bytes) -> Message:
        self._must_be_idle()
        self.shutter.check()
        self.viewfinder.start(self.lens.left + _FIRST_FRAME_S)
        return Nothing()

    @answer.register
    def _stop_viewfinder(self, operation: ViewfinderOff, data: bytes) -> Message:
        self._must_be_active()
        self.viewfinder.on = False
        return Nothing()

    @answer.register
    def _frame(self, operation: GetViewfinderImage, data: bytes) -> Reply:
        from canon.virtual.pictures.scene import viewfinder_frame

        self._must_be_active()
        if not self.viewfinder.on:
            raise Status(Response.CANON_REFUSED)
        self._delay = self.viewfinder.take()
        frame = viewfinder_frame(self._shot())
        return Reply(frame, FrameSize(len(frame)))

    # --- the release (section 5) ------------------------------------------------------------------

    @answer.register
    def _release(self, operation: InitiateCaptureInMemory, data: bytes) -> Message:
        self._must_be_idle()
        self.shutter.check()
        self._start(TransferMode(self.table.number(Property.CAPTURE_TRANSFER_MODE)))
        return Nothing()

    def _start(self, mode: TransferMode) -> None:
        self.body.begin_shot()
        self._must_have_power()
        self.objects.drop_kept()
        if mode & (TransferMode.TO_CARD | TransferMode.THUMBNAIL_TO_CARD):
            card = self.body.card
            if card is None:
                raise Status(Response.STORE_NOT_AVAILABLE)
            if card.free < self.picture_size():
                raise Status(Response.STORE_FULL)
        focus_s = 0.0 if self.focus_locked or self._measured else FOCUS_S
        self._measured = False
        shot = self._shot()
        if not self.focus_locked and self.faults.has(FaultKind.NO_FOCUS):
            self._focus()
        self.busy = self._awaited = True
        if PtpQuirk.STRAY_PRESS in self.body.model.quirks:
            self._tell(SettingsChangedOnCamera())  # Guess (section 12): with each remote release
        begin = self.body.clock.now() + self.lens.left
        # Guess (ptp-core, section 6): Canon's own way carries it as the standard's does.
        done = CaptureComplete(self.transaction)
        self.body.clock.at(begin + focus_s + _EXPOSED_S, lambda: self._finish(mode, shot, done))

    def _finish(self, mode: TransferMode, shot: Exposure, done: CaptureComplete) -> None:
        """Put the picture where it belongs, and say that it is done."""
        taken = self._take(shot)
        saved = True
        if mode & TransferMode.TO_CARD:
            saved = self._save(taken)
        elif mode & TransferMode.THUMBNAIL_TO_CARD:
            saved = self._save(taken.only_thumbnail())
        if not saved:
            self._tell(StoreIsFull(CARD))
        # Guess (section 5): a thumbnail for the host is no object of its own, but when it is all.
        if self._awaited and mode & TransferMode.TO_HOST:
            self._offer(taken)
        elif self._awaited and mode == TransferMode.THUMBNAIL_TO_HOST:
            self._offer(taken.only_thumbnail())
        self.busy = False
        self._tell(done)

    def _take(self, shot: Exposure) -> Taken:
        return self.shutter.take(
            shot, [file.kind for file in self._form().files], self._pixels(_RAW_CODE)
        )

    def _save(self, taken: Taken) -> bool:
        """Put files on the card, and tell of each but a THM, and of new folders before them."""
        paths = self.shutter.write(taken)
        for path in paths:
            if kind_of(path[-1]).content is not Content.THUMBNAIL:
                self._tell(ObjectAdded(self.objects.handle(path)))
        return bool(paths)

    def _offer(self, taken: Taken) -> None:
        for suffix, data in taken.pictures.items():
            name = taken.name(suffix)
            handle = self.objects.keep(name, data, kind_of(name).format, taken.thumbnail)
            self._tell(CanonRequestObjectTransfer(handle))

    # --- how the next picture is taken ------------------------------------------------------------

    def picture_size(self) -> int:
        """How many bytes the next picture takes, as the camera estimates it."""
        code = self._size_code()
        sizes = dict(enumerate(self.table.numbers(Property.AVERAGE_FILE_SIZES), start=1))
        width, height = self._pixels(code)
        return sizes.get(code) or width * height // 2

    def _form(self) -> Format:
        form: Format | None = self._read("image_format")
        return form if form and form.files else Format("large-fine")

    def _size_code(self) -> int:
        """The present format, size and quality as SIZE_QUALITY_MODE counts them."""
        form = self._form()
        return next((code for code, kind in PICTURE_KINDS.items() if kind == form), _RAW_CODE)

    def _pixels(self, code: int) -> tuple[int, int]:
        """Width and height by a code of SIZE_QUALITY_MODE."""
        for row in self.table.choices(Property.SIZE_QUALITY_MODE):
            if isinstance(row, tuple) and row[2] == code:
                return row[1], row[0]
        return self.body.profile.pixels

    def _follow_size(self) -> None:
        """Let SIZE_QUALITY_MODE follow the settings; on newer bodies it is always zeros."""
        code = self._size_code()
        if any(self.table.numbers(Property.SIZE_QUALITY_MODE)):
            for row in self.table.choices(Property.SIZE_QUALITY_MODE):
                if isinstance(row, tuple) and row[2] == code:
                    self.table.put(Property.SIZE_QUALITY_MODE, row)

    def _limit(self, code: Property, apex: Property, default: float) -> float:
        """A limit of the lens as an f-number; a property that says nothing has 0x7fff."""
        for one in code, apex:
            if 0 < (value := self.table.number(one)) < _NOTHING:
                return float(2 ** ((value - 8) / 16))
        return default

    def _read(self, name: str) -> Any:
        """The value of a setting; None where the body has none."""
        row = ROWS[name]
        numbers = [self.table.number(code, _NONE) for code in row.places]
        if _NONE in numbers or numbers[0] in MISSING[row.stored]:
            return None
        if row.place == FORMAT:
            return Format("raw") if numbers[0] == _RAW else row.codes.value(joined(*numbers))
        return row.codes.value(numbers[0])

    def _shot(self) -> Exposure:
        """How the next picture is taken, by the settings."""
        number = self.table.number
        width, height = self._pixels(self._size_code())
        unit = number(Property.FOCAL_LENGTH_DENOMINATOR, 32)
        return exposure(
            self.body,
            self._read,
            number=self.shutter.number,
            model_id=number(Property.MODEL_ID),
            firmware=".".join(map(str, number(Property.FIRMWARE, 1 << 24).to_bytes(4, "big"))),
            width=width,
            height=height,
            full_width=self.body.profile.pixels[0],
            focal_length=self._focal_length() / unit,
            wide=number(*_WIDE) / unit,
            tele=number(*_TELE) / unit,
            open_aperture=self._limit(
                Property.LARGEST_APERTURE, Property.LARGEST_APERTURE_APEX, 2.8
            ),
            smallest_aperture=self._limit(
                Property.SMALLEST_APERTURE, Property.SMALLEST_APERTURE_APEX, 8.0
            ),
            zoom_position=number(Property.ZOOM),
            digital_zoom=self._digital_zoom(),
            focused=not self.faults.has(FaultKind.NO_FOCUS),
        )
