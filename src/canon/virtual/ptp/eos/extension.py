"""A virtual EOS behind its PTP plug: modes, the queue of records, and who answers what.

Which of the operations a body has is in its profile; this answers them all (canon-eos-ptp, sections
2, 3 and 11).
"""

from __future__ import annotations

from collections import deque
from functools import singledispatchmethod
from typing import Any

from canon.models.ptp import PtpQuirk
from canon.ptp.containers import HEAD
from canon.ptp.datasets import write_value
from canon.ptp.eos.layouts import (
    AfCancel,
    BulbEnd,
    BulbStart,
    CancelTransfer,
    DataLength,
    DeviceInfoEx,
    DoAf,
    DriveLens,
    Eos,
    EosFormatStore,
    EosGetStorageIds,
    EosGetStorageInfo,
    EosKeepDeviceOn,
    GetDeviceInfoEx,
    GetEvent,
    GetObjectInfoEx,
    GetPartialObject64,
    GetPartialObjectEx,
    GetRemoteMode,
    GetViewfinderData,
    InitiateViewfinder,
    MovieSelectSwOff,
    MovieSelectSwOn,
    PcHddCapacity,
    PopupBuiltinFlash,
    PropertyValueEx,
    ReleaseResult,
    RemoteMode,
    RemoteRelease,
    RemoteReleaseOff,
    RemoteReleaseOn,
    RequestDevicePropValue,
    ResetUiLock,
    SetDevicePropValueEx,
    SetEventMode,
    SetModeDialDisable,
    SetObjectAttributes,
    SetRemoteMode,
    SetRequestOlcInfoGroup,
    SetTouchAfPosition,
    SetUiLock,
    TerminateViewfinder,
    TransferComplete,
    Zoom,
    ZoomPosition,
)
from canon.ptp.eos.records import (
    Record,
    RequestGetEvent,
    ShutdownTimerUpdated,
    StoreAddedEx,
    StoreRemovedEx,
    WillSoonShutdown,
)
from canon.ptp.marks import NEW, PROTECTED
from canon.ptp.operations import (
    FormatStore,
    GetDevicePropDesc,
    GetDevicePropValue,
    GetObjectHandles,
    GetPartialObject,
    GetStorageIDs,
    GetStorageInfo,
    Nothing,
    Operation,
    Response,
    SetDevicePropValue,
)
from canon.virtual.card import MemoryCard
from canon.virtual.device import Unplugged
from canon.virtual.faults import FaultKind, Faults
from canon.virtual.ptp.eos import listing
from canon.virtual.ptp.eos.live import Live
from canon.virtual.ptp.eos.properties import Properties
from canon.virtual.ptp.eos.release import MANUAL_FOCUS, ONE_SHOT, Release
from canon.virtual.ptp.objects import Objects
from canon.virtual.ptp.powershot.properties import Properties as Listed
from canon.virtual.ptp.profile import PtpBody
from canon.virtual.ptp.reply import Answered, Reply, Tell
from canon.virtual.refusal import Status
from canon.wire import Message

_OF_THE_BUTTON = frozenset(
    one.code for one in (RemoteRelease, RemoteReleaseOn, RemoteReleaseOff, BulbStart, BulbEnd)
)
_RAM = 0x00000000  # pictures in memory have no store of their own
_NO_RECORD = (8).to_bytes(4, "little") + bytes(4)
_MOST_RECORDS = 4096
_NEVER = 0xFFFF  # of the seconds until it switches itself off
_WARNS_S = 10  # Guess: how long before
_WAKES = 2  # the event mode that lets an EOS M take pictures
_EVENT_CODES = (0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8B, 0x8D, 0x8E, 0x8F)
_MORE_EVENTS = (0x90, 0x91, 0xA0, 0xA1)
_UNKNOWN_NUMBERS = (0, 1, 2, 4)  # the third array of a 60D
_DELAYS = {GetObjectInfoEx: 0.018, GetEvent: 0.001, SetRemoteMode: 0.020}
"""Guess: how much longer than other answers some take."""


class EosBody:
    """An EOS; fits `canon.virtual.ptp.extension.Extension`.

    Args:
        body: the camera.
        faults: what goes wrong.
        tell: sends a record, by way of the plug and its faults.

    Attributes:
        objects: its card and its memory.
        table: its properties.
        release: its button.
        live: its live view.
        remote_mode: what a host set.
        event_mode: what a host set.
        locked: whether a host has locked the keys of the body.
        flash_up: whether the built-in flash is up.
        transaction: that of the operation which is answered now.
        quiet: that records wait until they are asked for.
    """

    quiet = True

    def __init__(self, body: PtpBody, faults: Faults, tell: Tell) -> None:
        self.body = body
        self.objects = Objects(
            body, tell, _RAM, listing.numbering(body.profile.slot), listing.TELLING
        )
        self.table = Properties(body, tell)
        self.release = Release(body, faults, self.objects, self.table, tell)
        self.live = Live(body, self.release, tell)
        self.remote_mode = self.event_mode = 0
        self.locked = self.flash_up = False
        self.transaction = 0
        self._faults = faults
        self._tell = tell
        self._listed = Listed(body)
        self._queue: deque[bytes] = deque(maxlen=_MOST_RECORDS)
        self._burst_due = self._warned = False
        self._delay = self._used = 0.0

    # --- what the plug calls ----------------------------------------------------------------------

    def operations(self) -> tuple[int, ...]:
        """The operations that it lists now; some bodies hide those of the button from others."""
        listed = self.body.profile.operations
        if self.remote_mode or PtpQuirk.HIDES_RELEASE not in self.body.model.quirks:
            return listed
        return tuple(code for code in listed if code not in _OF_THE_BUTTON)

    def properties(self) -> tuple[int, ...]:
        """The few properties that it lists; its settings are told by records."""
        return self.body.profile.properties

    def take_delay(self) -> float:
        """How much longer than usual the answer takes, once."""
        delay, self._delay = self._delay, 0.0
        return delay + self.release.take_delay()

    def press(self) -> None:
        """Press the shutter button by hand."""
        self.release.by_hand()

    def switch_focus(self, *, automatic: bool) -> None:
        """Turn the switch of the lens to AF or to MF."""
        self.table.put(Eos.FOCUS_MODE, ONE_SHOT if automatic else MANUAL_FOCUS)

    def change_card(self, card: MemoryCard | None) -> None:
        """Put a card in, or take it out."""
        if self.body.card is not None:
            self._tell(StoreRemovedEx(self.objects.slot))
        self.body.card = card
        if card is not None:
            self._tell(StoreAddedEx(self.objects.slot))
        for code in (Eos.CURRENT_STORAGE, Eos.CAPTURE_DESTINATION):
            self.table.tell(code)
        self._tell_shots()

    def change_lens(self, name: str) -> None:
        """Put a lens on, or with no name take it off."""
        self.table.put(Eos.LENS_NAME, name.encode("ascii").ljust(64, b"\0"))
        self.table.put(Eos.LENS_STATUS, int(bool(name)))
        self.table.has_lens = bool(name)
        self.table.follow_mode()

    def end(self) -> None:
        """The session is over, or its host lost (section 3.3)."""
        self._leave_remote()
        self.release.listed = False
        self.event_mode = 0
        self._burst_due = False
        self._queue.clear()

    def _leave_remote(self) -> None:
        self.live.end()
        self.release.end()
        self.locked = False
        self.remote_mode = 0

    def goes_by_pipe(self, raw: bytes) -> bool:
        """Records wait for the host to ask; the pipe has only hints that some are there."""
        code = int.from_bytes(raw[6:8], "little")
        if code >> 8 != 0xC1:
            return True
        if code == RequestGetEvent.code:
            return RequestGetEvent.code in self.body.profile.events
        if self.event_mode:
            self._queue.append(self._packed(code, raw[HEAD:]))
        return False

    def _packed(self, code: int, payload: bytes) -> bytes:
        """A record as it is sent, broken as a fault wants it."""
        size = 8 + len(payload)
        name = Record.known[code].__name__ if code in Record.known else ""
        if fault := self._faults.take_kind(FaultKind.BAD_RECORD, name):
            size = min(max(0, size + fault.number), 0xFFFFFFFF)
        return size.to_bytes(4, "little") + code.to_bytes(4, "little") + payload

    # --- modes and records (sections 3 and 4) -----------------------------------------------------

    def answer(self, operation: Operation[Any], data: bytes) -> Answered:
        """Answer an operation, here or by the card."""
        self._stay_on(operation)
        self._delay += _DELAYS.get(type(operation), 0.0)
        self.release.listed |= isinstance(operation, GetObjectInfoEx | GetObjectHandles)
        return self._own(operation, data)

    def _stay_on(self, operation: Operation[Any]) -> None:
        """Switch off where a host that has remote control let it be for as long as it is set to.

        Guess: asking for records is no use of it where there is an operation to keep it on.

        Raises:
            Unplugged: it is off.
        """
        now, seconds = self.body.clock.now(), self.table.number(Eos.AUTO_POWER_OFF)
        works = self.release.busy or self.live.on
        stays = not self.remote_mode or works or not 0 < seconds < _NEVER
        left = self._used + seconds - now
        if left <= 0 and not stays:
            raise Unplugged
        listens = isinstance(operation, GetEvent) and self._lists(EosKeepDeviceOn)
        if stays or not listens:
            if self._warned:
                self._tell(ShutdownTimerUpdated())
            self._used, self._warned = now, False
        elif left < _WARNS_S and not self._warned:
            self._warned = True
            self._tell(WillSoonShutdown(int(left)))

    def _lists(self, operation: type[Operation[Any]]) -> bool:
        return operation.code in self.body.profile.operations

    @singledispatchmethod
    def _own(self, operation: Operation[Any], data: bytes) -> Answered:
        return self.objects.answer(operation, data)

    @_own.register
    def _set_remote(self, operation: SetRemoteMode, data: bytes) -> Message:
        if not operation.mode:
            self._leave_remote()
        self.remote_mode = operation.mode
        return Nothing()

    @_own.register
    def _get_remote(self, operation: GetRemoteMode, data: bytes) -> Message:
        return RemoteMode(self.remote_mode)

    @_own.register
    def _set_events(self, operation: SetEventMode, data: bytes) -> Message:
        self.event_mode = operation.mode
        self.release.awake |= operation.mode == _WAKES
        self._burst_due = self.release.heard = bool(operation.mode)
        if not operation.mode:
            self._queue.clear()
        return Nothing()

    @_own.register
    def _get_event(self, operation: GetEvent, data: bytes) -> Answered:
        clock = self.body.clock
        if self._burst_due:
            self._burst_due = False
            self._queue.clear()
            self.release.tell_kept()
            return self.table.burst()
        if not self._queue and clock.next_due() is not None:
            clock.idle()  # Where nothing is due, its clock would race ahead for nothing.
        records = b"".join(self._queue)
        self._queue.clear()
        return records + _NO_RECORD

    @_own.register
    def _olc(self, operation: SetRequestOlcInfoGroup, data: bytes) -> Message:
        self.release.shows = bool(operation.mask)
        return Nothing()

    @_own.register
    def _device_info(self, operation: GetDeviceInfoEx, data: bytes) -> Answered:
        records = tuple(0xC100 | code for code in (*_EVENT_CODES, *_MORE_EVENTS))
        return DeviceInfoEx.of(records, self.table.codes(), _UNKNOWN_NUMBERS).encode()

    # --- properties (sections 2.3, 5 and 6) -------------------------------------------------------

    @_own.register
    def _set(self, operation: SetDevicePropValueEx, data: bytes) -> Message:
        told = PropertyValueEx.decode(data)
        self.release.must_be_free()
        code = told.property
        self.table.set(code, told.value)
        if code == Eos.EVF_OUTPUT:
            self.live.follow_output()
        elif code == Eos.EVF_RECORD_STATUS:
            self.live.follow_recording()
        elif code == Eos.CAPTURE_DESTINATION:
            if not self.release.to_card:
                self.release.host_room = 0
            self._tell_shots()
        elif code in (Eos.IMAGE_FORMAT, Eos.IMAGE_FORMAT_CF, Eos.IMAGE_FORMAT_SD):
            self._tell_shots()
        return Nothing()

    def _tell_shots(self) -> None:
        self.table.put(Eos.AVAILABLE_SHOTS, self.release.shots_left())

    @_own.register
    def _ask(self, operation: RequestDevicePropValue, data: bytes) -> Message:
        self.table.ask(operation.property)
        return Nothing()

    @_own.register
    def _describe(self, operation: GetDevicePropDesc, data: bytes) -> Message:
        return self._listed.describe(operation.property)

    @_own.register
    def _get_value(self, operation: GetDevicePropValue, data: bytes) -> Answered:
        row = self._listed.describe(operation.property)
        return write_value(row.kind, row.current)

    @_own.register
    def _set_value(self, operation: SetDevicePropValue, data: bytes) -> Message:
        self._listed.set(operation.property, data)
        return Nothing()

    @_own.register
    def _capacity(self, operation: PcHddCapacity, data: bytes) -> Message:
        self.release.host_room = operation.clusters * operation.cluster_size
        if not self.release.to_card:
            self._tell_shots()
        return Nothing()

    # --- the button (section 8) -------------------------------------------------------------------

    @_own.register
    def _press(self, operation: RemoteReleaseOn, data: bytes) -> Message:
        self.release.press(operation.button, focuses=not operation.no_af)
        return Nothing()

    @_own.register
    def _let_go(self, operation: RemoteReleaseOff, data: bytes) -> Message:
        self.release.let_go(operation.button)
        return Nothing()

    @_own.register
    def _release(self, operation: RemoteRelease, data: bytes) -> Message:
        return ReleaseResult(self.release.release())

    @_own.register
    def _start_bulb(self, operation: BulbStart, data: bytes) -> Message:
        self.release.start_bulb()
        return ReleaseResult(0)

    @_own.register
    def _end_bulb(self, operation: BulbEnd, data: bytes) -> Message:
        self.release.end_bulb()
        return ReleaseResult(0)

    @_own.register
    def _fetched(self, operation: TransferComplete, data: bytes) -> Message:
        self.objects.drop(operation.handle)
        return Nothing()

    @_own.register
    def _cancel(self, operation: CancelTransfer, data: bytes) -> Message:
        self.objects.drop(operation.handle)
        return Nothing()

    @_own.register
    def _lock(self, operation: SetUiLock, data: bytes) -> Message:
        self.locked = True
        return Nothing()

    @_own.register
    def _unlock(self, operation: ResetUiLock, data: bytes) -> Message:
        self.locked = False
        return Nothing()

    @_own.register
    def _keep_on(self, operation: EosKeepDeviceOn, data: bytes) -> Message:
        return Nothing()

    @_own.register
    def _flash(self, operation: PopupBuiltinFlash, data: bytes) -> Message:
        self.flash_up = True
        return Nothing()

    @_own.register
    def _dial(self, operation: SetModeDialDisable, data: bytes) -> Message:
        return Nothing()

    # --- live view (section 9) --------------------------------------------------------------------

    @_own.register
    def _start_frames(self, operation: InitiateViewfinder, data: bytes) -> Message:
        self.live.switch(on=True)
        return Nothing()

    @_own.register
    def _stop_frames(self, operation: TerminateViewfinder, data: bytes) -> Message:
        self.live.switch(on=False)
        return Nothing()

    @_own.register
    def _frame(self, operation: GetViewfinderData, data: bytes) -> Reply:
        frame, delay = self.live.frame()
        self._delay += delay
        return Reply(frame, DataLength(0, len(frame)))

    @_own.register
    def _do_af(self, operation: DoAf, data: bytes) -> Message:
        self.live.focus()
        return Nothing()

    @_own.register
    def _cancel_af(self, operation: AfCancel, data: bytes) -> Message:
        self.live.let_focus_go()
        return Nothing()

    @_own.register
    def _drive(self, operation: DriveLens, data: bytes) -> Message:
        self.live.drive(operation.step)
        return Nothing()

    @_own.register
    def _zoom(self, operation: Zoom, data: bytes) -> Message:
        self.live.enlarge(operation.factor)
        return Nothing()

    @_own.register
    def _zoom_position(self, operation: ZoomPosition, data: bytes) -> Message:
        self.live.move(operation.x, operation.y)
        return Nothing()

    @_own.register
    def _touch(self, operation: SetTouchAfPosition, data: bytes) -> Message:
        self.live.must_be_on()
        return Nothing()

    @_own.register
    def _movie_on(self, operation: MovieSelectSwOn, data: bytes) -> Message:
        self.live.movie_switch(on=True)
        return Nothing()

    @_own.register
    def _movie_off(self, operation: MovieSelectSwOff, data: bytes) -> Message:
        self.live.movie_switch(on=False)
        return Nothing()

    # --- its card (sections 2 and 4.3) ------------------------------------------------------------

    @_own.register
    def _stores(self, operation: EosGetStorageIds, data: bytes) -> Answered:
        return self.objects.answer(GetStorageIDs(), b"")

    @_own.register
    def _store(self, operation: EosGetStorageInfo, data: bytes) -> Answered:
        return self.objects.answer(GetStorageInfo(operation.storage), b"")

    @_own.register
    def _format(self, operation: EosFormatStore, data: bytes) -> Answered:
        return self.objects.answer(FormatStore(self.objects.slot, 0), b"")

    @_own.register
    def _listing(self, operation: GetObjectInfoEx, data: bytes) -> Reply:
        if PtpQuirk.NO_LISTING in self.body.model.quirks:
            raise Status(Response.GENERAL_ERROR)
        entries = listing.listed(self.objects, operation.storage, operation.parent).encode()
        return Reply(entries, DataLength(0, len(entries)))

    @_own.register
    def _part(self, operation: GetPartialObjectEx, data: bytes) -> Answered:
        wanted = operation.handle, operation.offset, operation.size
        return self.objects.answer(GetPartialObject(*wanted), b"")

    @_own.register
    def _far_part(self, operation: GetPartialObject64, data: bytes) -> Answered:
        file = self.objects.file(operation.handle)
        offset = operation.offset_high << 32 | operation.offset  # Guess: nobody has seen it used
        if offset > file.size:
            raise Status(Response.INVALID_PARAMETER)
        return file.part(offset, operation.size)

    @_own.register
    def _attributes(self, operation: SetObjectAttributes, data: bytes) -> Message:
        file = self.objects.file(operation.handle)
        file.new = bool(operation.flags & NEW)
        file.protected = bool(operation.flags & PROTECTED)
        return Nothing()
