"""Release control of a virtual native camera: its lens, its settings, its shutter, its viewfinder.

The times are those of the recorded G3: 2.67 s until the lens is out, 3.385 s from the release until
the picture is there. Allowed values are the recorded ones where there are any, and follow the
shooting mode (canon-native-usb, sections 9 to 12).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import singledispatchmethod
from typing import Any

from canon.codes import SIGNED
from canon.models.model import BodyKind, Numbering, Quirk, Trait
from canon.native.codes import RECORD, RECORDS, NativeRow, code_at, is_missing, rows_of
from canon.native.commands import Command, Nothing, RetrieveCapture, RetrieveFrame
from canon.native.events import (
    CaptureFailed,
    CaptureOver,
    CaptureStatus,
    CardChanged,
    FullImageReady,
    NativeEvent,
    SecondImageReady,
    ThumbnailReady,
)
from canon.native.refusals import BAD_PARAMETER, CARD_FULL, LENS_FAILED, NO_CARD
from canon.native.release import (
    AllowedSize,
    AllowedValues,
    AvailableShots,
    DoAeAfAwb,
    Elements,
    EnterReleaseControl,
    EstimatedSize,
    ExitReleaseControl,
    ExtendedParameters,
    ExtendedSize,
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
    Zoom,
)
from canon.values import File, Format, ImageSize
from canon.virtual.faults import FaultKind, Faults
from canon.virtual.lens import Viewfinder
from canon.virtual.native.custom import CustomUnit
from canon.virtual.native.profile import NativeBody
from canon.virtual.pictures.exif import CR2_JPEG, JPEG, Exposure
from canon.virtual.refusal import Status
from canon.virtual.shutter import FOCUS_S, LENS_S, Shutter, Taken, exposure
from canon.wire import Message

_LENS_CAP_S = 10.0
_EXPOSED_S = 3.385 - FOCUS_S
_POLL_S = 0.064
_SECOND_S = 0.5  # Guess: how much later the JPEG of RAW + JPEG is on the card
_FRAME_S = 1 / 15  # Guess: as many frames as a G3's films have, which are of the same size
_ZOOM_S = 0.15  # Guess: seconds for each position
_EXPOSED, _FINISHED, _FAILED = 0x1C, 0x1D, 0x0A
_NO_FOCUS, _NO_ROOM = 1, 2  # Guess: the second; the first is a 5D's (section 11.1)
_THUMBNAIL_TO_HOST, _TO_HOST, _THUMBNAIL_TO_CARD, _TO_CARD = 1, 2, 4, 8
_NOT_HERE = 0xFF
_EOS_KEY = 0x17B000EB
_MOST_KEPT = 4  # pictures that wait to be retrieved

_EFFECT, _ASSIST, _MODE = 0x24, 0x25, 0x07
_NONE = Elements(4, ())


class ReleaseUnit:
    """What a native camera does under release control.

    Args:
        body: the camera.
        faults: what goes wrong.
        tell: sends an event.
    """

    def __init__(
        self, body: NativeBody, faults: Faults, tell: Callable[[NativeEvent], None]
    ) -> None:
        self.body = body
        self.faults = faults
        self.profile = body.profile.release
        self.rows = rows_of(body.model.numbering)
        self.parameters = self.profile.parameters
        self.extended = self.profile.extended
        self.custom = CustomUnit(body)
        self.shutter = Shutter(body)
        self.viewfinder = Viewfinder(body.clock, _FRAME_S)
        self.active = False
        self.focus_locked = False
        self.transfer_mode = 0
        self.zoom = 0
        self._tell = tell
        self._delay = 0.0
        self._measured = False
        self._key = 0
        self._kept: dict[int, tuple[bytes, ...]] = {}  # the thumbnail, then the pictures
        self._asked: ReleaseParameters | None = None  # by the last write of the settings

    def take_delay(self) -> float:
        """How much longer than usual the answer takes, once."""
        delay, self._delay = self._delay, 0.0
        return delay

    @singledispatchmethod
    def answer(self, command: Command[Any]) -> Message | bytes:
        """The reply to a command of release control."""
        self._must_be_active()
        return self.custom.answer(command)

    # --- in and out -------------------------------------------------------------------------------

    @answer.register
    def _enter(self, command: EnterReleaseControl) -> Message:
        if self.faults.take_kind(FaultKind.LENS_CAP):
            self._delay = _LENS_CAP_S
            raise Status(LENS_FAILED)
        if Trait.RELEASE not in self.body.model.traits:
            raise Status(BAD_PARAMETER)  # Guess (section 12): as anything that it does not know
        # Guess (section 7.6): a body whose keys are locked at the start does not enter without.
        locks = Trait.LOCK_KEYS in self.body.model.traits
        if self.active or (locks and not self.body.keys_locked):
            raise Status(LENS_FAILED)
        self.active = True
        self._delay = LENS_S
        self._key = 0
        return Nothing()

    @answer.register
    def _exit(self, command: ExitReleaseControl) -> Message:
        # Guess: leaving it when it is off is no error, as gphoto2 does it after failures.
        self.active = self.viewfinder.on = self.focus_locked = self._measured = False
        self._kept.clear()
        return Nothing()

    # --- settings ---------------------------------------------------------------------------------

    @answer.register
    def _get_parameters(self, command: GetReleaseParameters) -> Message:
        self._must_be_active()
        return self.parameters

    @answer.register
    def _set_parameters(self, command: SetReleaseParameters) -> Message:
        """Take each value that is allowed now; the others stay as they were (section 9)."""
        self._must_be_active()
        wanted, now = command.parameters, self.parameters
        if Quirk.SET_TWICE in self.body.model.quirks and wanted != self._asked:
            self._asked = wanted  # Guess (section 9): such a body only listens the second time
            return Nothing()
        if wanted.shooting_mode in self.allowed(_MODE).items:
            # Guess: what comes in the same block is judged by the mode that comes with it.
            now = dataclasses.replace(now, shooting_mode=wanted.shooting_mode)
            self.parameters = now
        changes: dict[str, Any] = {}
        record = tuple(getattr(wanted, place) for place in RECORD)
        if record in self._records():
            changes |= dict(zip(RECORD, record, strict=True))
        for row in self.rows.values():
            if row.prop is None or row.prop == RECORDS or row.extended:
                continue
            value = getattr(wanted, row.place)
            if value != getattr(now, row.place) and value & 0xFFFF in self._codes(row):
                changes[row.place] = value
        self.parameters = dataclasses.replace(now, **changes)
        return Nothing()

    @answer.register
    def _get_extended_size(self, command: GetExtendedSize) -> Message:
        return ExtendedSize(self._extended().size)

    @answer.register
    def _get_extended(self, command: GetExtendedParameters) -> Message:
        return self._extended()

    @answer.register
    def _set_extended(self, command: SetExtendedParameters) -> Message:
        now = self._extended()
        wanted = ExtendedParameters.decode(command.block.ljust(now.size, b"\0"))
        if wanted.photo_effect in self.allowed(_EFFECT).items:
            now = dataclasses.replace(now, photo_effect=wanted.photo_effect)
        if wanted.assist_light in self.allowed(_ASSIST).items:
            now = dataclasses.replace(now, assist_light=wanted.assist_light)
        self.extended = now
        return Nothing()

    def _extended(self) -> ExtendedParameters:
        self._must_be_active()
        if self.extended is None:
            raise Status(BAD_PARAMETER)  # Guess: only a G3's block is understood well enough
        return self.extended

    def allowed(self, prop: int) -> Elements:
        """What a property may be set to in the present shooting mode (section 9.4)."""
        of_mode = self.profile.by_mode.get(self.parameters.shooting_mode, {})
        for rows in (of_mode, self.profile.allowed, self.profile.guessed):
            if prop in rows:
                return rows[prop]
        return _NONE

    def _records(self) -> Iterator[tuple[int, ...]]:
        """Format, size and quality that go together; two halves are packed (section 9.2)."""
        items = self.allowed(RECORDS).items
        for at in range(0, len(items), 6):
            first, second = items[at : at + 3], items[at + 3 : at + 6]
            packed = (one | other << 4 for one, other in zip(first, second, strict=True))
            yield first if _NOT_HERE in second else tuple(packed)

    def _codes(self, row: NativeRow) -> tuple[int, ...]:
        """Allowed codes as the block holds them: contrast and the like are signed bytes."""
        items = self.allowed(row.prop or 0).items
        if row.codes is SIGNED:
            return tuple(SIGNED.value(item) & 0xFFFF for item in items)
        return items

    @answer.register
    def _allowed_size(self, command: GetAllowedSize) -> Message:
        self._must_be_active()
        return AllowedSize(len(AllowedValues(self.allowed(command.prop)).encode()))

    @answer.register
    def _allowed_values(self, command: GetAllowedValues) -> Message:
        self._must_be_active()
        return AllowedValues(self.allowed(command.prop))

    @answer.register
    def _estimated_size(self, command: GetEstimatedSize) -> Message:
        self._must_be_active()
        return EstimatedSize(
            self._estimate(command.image_size, command.image_format, command.quality)
        )

    def _estimate(self, size: int, form: int, quality: int) -> int:
        length = self.profile.sizes.get((size, form, quality))
        if length is None:
            raise Status(BAD_PARAMETER)
        return length

    @answer.register
    def _available_shots(self, command: GetAvailableShots) -> Message:
        self._must_be_active()
        now = self.parameters
        free = self.body.card.free if self.body.card else 0
        return AvailableShots(free // self._estimate(now.image_size, now.image_format, now.quality))

    # --- lens, display, focus ---------------------------------------------------------------------

    @answer.register
    def _get_zoom(self, command: GetZoom) -> Message:
        self._must_be_active()
        return Zoom(self.zoom, self.profile.zoom_maximum)

    @answer.register
    def _set_zoom(self, command: SetZoom) -> Message:
        self._must_be_active()
        last = self.profile.zoom_maximum
        if command.position > last:
            return Nothing()  # Guess: like any value that is not taken
        self._delay = abs(command.position - self.zoom) * _ZOOM_S
        self.zoom = command.position
        now = self.parameters
        path = now.focal_length_tele - now.focal_length_wide
        length = now.focal_length_wide + path * self.zoom // last
        self.parameters = dataclasses.replace(now, focal_length=length)
        return Nothing()

    @answer.register
    def _output(self, command: SelectCameraOutput) -> Message:
        self._must_be_active()
        return Nothing()

    @answer.register
    def _measure(self, command: DoAeAfAwb) -> Message:
        self._must_be_active()
        self._delay = FOCUS_S
        self._measured = True
        return Nothing()

    @answer.register
    def _lock_focus(self, command: LockFocus) -> Message:
        self._must_be_active()
        self._delay = FOCUS_S
        self.focus_locked = True
        return Nothing()

    @answer.register
    def _unlock_focus(self, command: UnlockFocus) -> Message:
        self._must_be_active()
        self.focus_locked = False
        return Nothing()

    # --- viewfinder -------------------------------------------------------------------------------

    @answer.register
    def _start_viewfinder(self, command: StartViewfinder) -> Message:
        self._must_be_active()
        self.shutter.check()
        self.viewfinder.start(_FRAME_S)
        return Nothing()

    @answer.register
    def _stop_viewfinder(self, command: StopViewfinder) -> Message:
        self._must_be_active()
        self.viewfinder.on = False
        return Nothing()

    def frame(self, command: RetrieveFrame) -> bytes:
        """The viewfinder's picture now."""
        from canon.virtual.pictures.scene import viewfinder_frame

        if not self.viewfinder.on:
            return b""  # Guess: as for a file that is not there
        self._delay = self.viewfinder.take()
        return viewfinder_frame(self._shot())

    # --- the release ------------------------------------------------------------------------------

    @answer.register
    def _set_transfer_mode(self, command: SetTransferMode) -> Message:
        self._must_be_active()
        if command.mode & (_TO_CARD | _THUMBNAIL_TO_CARD):
            if self.body.card is None:
                raise Status(NO_CARD)
            now = self.parameters
            size = self._estimate(now.image_size, now.image_format, now.quality)
            if self.body.card.free < size:
                raise Status(CARD_FULL)
        self.transfer_mode = command.mode
        return Nothing()

    @answer.register
    def _release(self, command: Release) -> Message:
        self._must_be_active()
        self.shutter.check()
        self.body.begin_shot()
        if self.body.is_empty:
            return Nothing()  # nobody hears it: the camera goes off
        focus_s = 0 if self.focus_locked or self._measured else FOCUS_S
        self._measured = False
        if not self.focus_locked and self.faults.take_kind(FaultKind.NO_FOCUS):
            self._after(focus_s, CaptureFailed(_FAILED, _NO_FOCUS))
            return Nothing()
        taken = focus_s + _EXPOSED_S
        self.body.clock.after(taken, lambda: self._tell(CaptureStatus(_EXPOSED)))
        self.body.clock.after(taken + _POLL_S, self._finish)
        return Nothing()

    def _after(self, seconds: float, event: NativeEvent) -> None:
        self.body.clock.after(seconds, lambda: self._tell(event))

    def _finish(self) -> None:
        """Develop the picture, write it to the card, offer it to the host, say that it is done."""
        mode = self.transfer_mode
        taken = self._take(self._shot())
        thumbnail, pictures = taken.thumbnail, taken.pictures.values()
        if mode & _TO_CARD and not self._write(taken, CardChanged(0)):
            self._tell(CaptureFailed(_FAILED, _NO_ROOM))
            return
        if mode & _THUMBNAIL_TO_CARD and not mode & _TO_CARD:
            self._write(taken.only_thumbnail(), CardChanged(0))
        if mode & (_THUMBNAIL_TO_HOST | _TO_HOST):
            self._key = self._next_key()
            self._kept[self._key] = thumbnail, *pictures
            while len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        if mode & _THUMBNAIL_TO_HOST:
            self._tell(ThumbnailReady(self._key, 1, len(thumbnail), 0, 0xB0))
        if mode & _TO_HOST:
            # Guess: both pictures have the same key.
            for event, picture in zip((FullImageReady, SecondImageReady), pictures, strict=False):
                self._tell(event(self._key, 1, len(picture), 0, 0xB0))
        self._tell(CaptureStatus(_FINISHED))
        if Trait.EOS_LOCK in self.body.model.traits:
            if mode & _TO_CARD:
                self._tell(CardChanged(0))
            # Guess (section 10): a body that ends with the card says no more after that.
            ended = mode & _TO_CARD and Quirk.ENDS_WITH_CARD in self.body.model.quirks
            if self.body.model.numbering is Numbering.CLASSIC and not ended:
                self._tell(CaptureOver(0))

    def _next_key(self) -> int:
        """PowerShots count their image keys from 1; those of an EOS mean nothing (section 7.13)."""
        return self._key + 1 if self.body.model.kind is not BodyKind.EOS or self._key else _EOS_KEY

    def retrieve(self, command: RetrieveCapture) -> bytes:
        """A picture that waits; nothing for a key that is gone."""
        kept = dict(enumerate(self._kept.get(command.key, ()), start=1))
        return kept.get(command.what, b"")

    def press(self) -> None:
        """Take a picture to the card as by hand, and say that the card has changed."""
        self.body.begin_shot()
        if self.body.is_empty:
            return
        taken = self._take(dataclasses.replace(self._shot(), remote=False))
        if self._write(taken, CardChanged(1)):
            self._tell(CardChanged(1))

    def _take(self, shot: Exposure) -> Taken:
        forms = [file.kind for file in self._files()]
        sensor = self._pixels(ImageSize.LARGE)
        return self.shutter.take(shot, forms, sensor, self.body.model.raw_suffix)

    def _write(self, taken: Taken, second: NativeEvent) -> bool:
        """Put the files on the card if there is room; the JPEG beside a RAW comes later."""
        if not self.shutter.has_room(taken):
            return False
        raw, jpeg = taken.split(".JPG")
        if raw.files and jpeg.files:
            self.shutter.write(raw)
            self.body.clock.after(_SECOND_S, lambda: self._write_second(jpeg, second))
        else:
            self.shutter.write(taken)
        return True

    def _write_second(self, jpeg: Taken, event: NativeEvent) -> None:
        self.shutter.write(jpeg)
        self._tell(event)

    def _read(self, name: str) -> Any:
        """The value of a setting; None where the body has none."""
        row = self.rows[name]
        block = self.extended if row.extended else self.parameters
        code = None if block is None else code_at(block, row)
        return None if code is None or is_missing(row, code) else row.codes.value(code)

    def _shot(self) -> Exposure:
        """How the next picture is taken, by the settings."""
        now, unit = self.parameters, self.parameters.focal_length_unit
        files = self._files()
        size = files[-1].size or ImageSize.LARGE  # of the JPEG, where there is one
        width, height = self._pixels(size)
        open_aperture, smallest = self._read("largest_aperture"), self._read("smallest_aperture")
        return exposure(
            self.body,
            self._read,
            auto_iso=50,
            number=self.shutter.number,
            model_id=self.body.profile.model_id,
            firmware=self.body.profile.firmware,
            width=width,
            height=height,
            full_width=self._pixels(ImageSize.LARGE)[0],
            files=CR2_JPEG if len(files) > 1 else JPEG,
            focal_length=now.focal_length / unit,
            wide=now.focal_length_wide / unit,
            tele=now.focal_length_tele / unit,
            open_aperture=float(open_aperture or 2),
            smallest_aperture=float(smallest or 8),
            zoom_position=self.zoom,
            # Guess: 1.6, 2.2 and 2.8 times
            digital_zoom=1 + 0.6 * (self._read("digital_zoom") or 0),
            focused=not self.faults.has(FaultKind.NO_FOCUS),
        )

    def _files(self) -> tuple[File, ...]:
        """What a release writes: one picture, or two, the RAW first."""
        form: Format | None = self._read("image_format")
        return form.files if form and form.files else Format("large-fine").files

    def _pixels(self, size: ImageSize) -> tuple[int, int]:
        names = {
            ImageSize.LARGE: "Large",
            ImageSize.MEDIUM_1: "Medium 1",
            ImageSize.MEDIUM_2: "Medium 2",
            ImageSize.SMALL: "Small",
        }
        for row in self.body.profile.formats:
            if row.name.split(":")[0] == names.get(size):
                return row.width, row.height
        raise Status(BAD_PARAMETER)

    def _must_be_active(self) -> None:
        # Guess (section 12): outside release control its commands are refused.
        if not self.active:
            raise Status(BAD_PARAMETER)
