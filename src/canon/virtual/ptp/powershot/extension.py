"""A virtual PowerShot behind its PTP plug: channels of events, listings, release control.

Which of the operations a body has is in its profile; this answers them all (canon-powershot-ptp).
"""

from __future__ import annotations

from collections import deque
from functools import singledispatchmethod
from pathlib import PureWindowsPath
from typing import Any

from canon.ptp.marks import FOLDER, NEW, PROTECTED
from canon.ptp.operations import (
    ALL,
    GetDevicePropDesc,
    GetDevicePropValue,
    InitiateCapture,
    Nothing,
    Operation,
    ResetDevicePropValue,
    Response,
    SetDevicePropValue,
)
from canon.ptp.powershot.layouts import (
    OPERATION_MODES,
    PIPE_MODES,
    RAM,
    CheckEvent,
    DoAeAfAwb,
    EntryCount,
    FocusLock,
    FocusUnlock,
    FolderEntry,
    GetChanges,
    GetObjectHandleByName,
    GetObjectInfoEx,
    GetViewfinderImage,
    InitiateCaptureInMemory,
    InitiateReleaseControl,
    KeepDeviceOn,
    NamedObject,
    ObjectPath,
    Property,
    SetObjectArchive,
    TerminateReleaseControl,
    ViewfinderOff,
    ViewfinderOn,
)
from canon.virtual.card import Folder
from canon.virtual.faults import Faults
from canon.virtual.ptp.objects import CARD, MOST_SIZE, Item, Objects
from canon.virtual.ptp.powershot.release import ReleaseControl
from canon.virtual.ptp.profile import PtpBody
from canon.virtual.ptp.reply import Answered, Reply, Tell
from canon.virtual.refusal import Status

_MOST_EVENTS = 64  # that wait for CheckEvent
_LISTING_S = 0.018  # Guess: how much longer than other answers a listing takes
_BY_RELEASE_CONTROL = frozenset(
    {
        GetDevicePropDesc,
        GetDevicePropValue,
        SetDevicePropValue,
        ResetDevicePropValue,
        GetChanges,
        InitiateReleaseControl,
        TerminateReleaseControl,
        DoAeAfAwb,
        FocusLock,
        FocusUnlock,
        ViewfinderOn,
        ViewfinderOff,
        GetViewfinderImage,
        InitiateCaptureInMemory,
    }
)
"""The operations that are answered by `ReleaseControl`."""


class PowerShot:
    """A PowerShot; fits `canon.virtual.ptp.extension.Extension`.

    Args:
        body: the camera.
        faults: what goes wrong.
        tell: sends an event.

    Attributes:
        objects: its card and its memory.
        release: its properties, and its release control.
        transaction: that of the operation which is answered now.
        quiet: that it also tells of events by itself.
    """

    quiet = False

    def __init__(self, body: PtpBody, faults: Faults, tell: Tell) -> None:
        self.body = body
        self.objects = Objects(body, tell, memory=RAM)
        self.release = ReleaseControl(body, faults, self.objects, tell)
        self.transaction = 0
        self._events: deque[bytes] = deque(maxlen=_MOST_EVENTS)
        self._checks = False  # the host has sent CheckEvent in this session
        self._delay = 0.0

    def operations(self) -> tuple[int, ...]:
        """The operations that it lists: the same at all times."""
        return self.body.profile.operations

    def properties(self) -> tuple[int, ...]:
        """The properties that it lists now; the settings only under release control."""
        return self.release.properties()

    def take_delay(self) -> float:
        """How much longer than usual the answer takes, once."""
        delay, self._delay = self._delay, 0.0
        return delay + self.release.take_delay()

    def press(self) -> None:
        """Press the shutter button by hand (section 5.1)."""
        self.release.press()

    def end(self) -> None:
        """The session is over: so are release control, and the events that nobody asked for."""
        self.release.end()
        self._events.clear()
        self._checks = False

    # --- events (section 4.1) ---------------------------------------------------------------------

    def goes_by_pipe(self, raw: bytes) -> bool:
        """Which channel the host has chosen; a mode may have neither."""
        mode = PIPE_MODES[0]
        if Property.EVENT_EMULATE_MODE in self.properties():
            mode = self.release.table.number(Property.EVENT_EMULATE_MODE)
        asked = self._checks or mode not in PIPE_MODES
        # Guess: in the modes of both channels, CheckEvent brings them once it was asked.
        if mode in OPERATION_MODES and asked and CheckEvent.code in self.body.profile.operations:
            self._events.append(raw)
            return False
        return mode in PIPE_MODES

    # --- what it answers --------------------------------------------------------------------------

    def answer(self, operation: Operation[Any], data: bytes) -> Answered:
        """Answer an operation, here, by release control, or by the card."""
        if type(operation) not in _BY_RELEASE_CONTROL:
            return self._own(operation, data)
        self.release.transaction = self.transaction
        return self.release.answer(operation, data)

    @singledispatchmethod
    def _own(self, operation: Operation[Any], data: bytes) -> Answered:
        return self.objects.answer(operation, data)

    @_own.register
    def _capture(self, operation: InitiateCapture, data: bytes) -> Answered:
        if operation.storage not in (0, CARD):
            raise Status(Response.STORE_NOT_AVAILABLE)
        if operation.format not in (0, *self.body.profile.capture_formats):
            raise Status(Response.INVALID_OBJECT_FORMAT_CODE)
        # Guess: the standard's way to the shutter does what Canon's own way does.
        return self.answer(InitiateCaptureInMemory(), b"")

    @_own.register
    def _check_event(self, operation: CheckEvent, data: bytes) -> Answered:
        self._checks = True
        clock = self.body.clock
        if not self._events and clock.next_due() is not None:
            clock.idle()  # Where nothing is due, its clock would race ahead for nothing.
        return self._events.popleft() if self._events else b""

    @_own.register
    def _keep_on(self, operation: KeepDeviceOn, data: bytes) -> Answered:
        return Nothing()

    # --- its card (section 2.1) -------------------------------------------------------------------

    @_own.register
    def _listing(self, operation: GetObjectInfoEx, data: bytes) -> Answered:
        self._delay = _LISTING_S
        if operation.handle:
            items = [self.objects.item(operation.handle)]
        else:
            items = self.objects.listed(operation.storage, 0, operation.parent or ALL)
        return Reply(b"".join(_entry(item).encode() for item in items), EntryCount(len(items)))

    @_own.register
    def _archive(self, operation: SetObjectArchive, data: bytes) -> Answered:
        self.objects.file(operation.handle).new = bool(operation.flags & NEW)
        return Nothing()

    @_own.register
    def _by_name(self, operation: GetObjectHandleByName, data: bytes) -> Answered:
        path = PureWindowsPath(ObjectPath.decode(data).path)
        label = self.body.profile.store.label.rstrip(":")
        if path.drive not in ("", f"{label}:"):
            raise Status(Response.INVALID_PARAMETER)
        parts = tuple(part.upper() for part in path.parts if part != path.anchor)
        if not parts or self.objects.card(CARD).find(parts) is None:
            raise Status(Response.INVALID_OBJECT_HANDLE)
        return NamedObject(self.objects.handle(parts))


def _entry(item: Item) -> FolderEntry:
    if isinstance(item.entry, Folder):
        return FolderEntry(item.handle, item.format, FOLDER, 0, item.entry.time, item.name)
    flags = (PROTECTED if item.entry.protected else 0) | (NEW if item.entry.new else 0)
    size = min(item.entry.size, MOST_SIZE)
    return FolderEntry(item.handle, item.format, flags, size, item.entry.time, item.name)
