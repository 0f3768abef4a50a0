"""A recording told in words, and copied without what is private.

Each device in a recording is followed by itself, in the dialect that it speaks
(`canon.trace.native`, `canon.trace.ptp`). Nothing stops the telling: what makes no sense
is told as that.
"""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import copyfileobj
from typing import Any

from canon.files import new_file
from canon.trace.files import blank, read
from canon.trace.native import NativeTalk
from canon.trace.ptp import PtpTalk
from canon.trace.ptp_heads import is_ptp
from canon.trace.records import (
    Exchange,
    IpPacket,
    Record,
    Remark,
    Setup,
    Transaction,
    Transfer,
)
from canon.trace.source import Where
from canon.trace.step import Odd, Step
from canon.trace.usb import Private
from canon.usb.port import NATIVE, PTP, VENDOR_IN, VENDOR_OUT, Descriptors

__all__ = ["Odd", "Step", "redact", "tell"]

_GET_DEVICE, _GET_CONFIGURATION = (0x80, 6, 1), (0x80, 6, 2)
"""bmRequestType, bRequest, and the kind of descriptor."""

_CANON = 0x04A9
_NATIVE = {VENDOR_IN: (0x55, 0x01, 0x04), VENDOR_OUT: (0x10, 0x11)}
"""The values of the native protocol's control transfers (canon-native-usb, section 3)."""
_ONE_BYTE, _MORE = 0x0C, 0x04  # its requests, by how much passes
_HELD, _MOST_HELD = 64, 1 << 16  # transfers that are held back, and bytes of one


def tell(records: Iterable[Record], device: str | None = None) -> Iterator[Step]:
    """Tell a recording step by step; a step comes when it is over.

    Devices that are no camera are told in one step each, an `OtherDevice`, when the recording ends.

    Args:
        records: the recording.
        device: the `bus.address` of the only one that is to be told.

    Raises:
        ValueError: at the end, when the recording has no such device.
    """
    return _Teller(device).tell(records)


def redact(where: Where, target: str | os.PathLike[str]) -> None:
    """Copy a recording without its private parts, so that it can be shown to others.

    Blanked are the names of owners and artists, serial numbers, files, pictures and frames and, to
    be safe, all data that are not understood: unknown commands, what was cut. Devices that are no
    camera are left out. A trace stays one; of everything else a pcapng is made.

    Args:
        where: the recording, or an open stream of its bytes.
        target: where the copy goes; an existing file is replaced.

    Raises:
        ValueError: it is no recording, or the target is the recording itself.
        OSError: the copy cannot be written; nothing of it is there.
    """
    with ExitStack() as stack:
        if not isinstance(where, str | os.PathLike):  # it is read twice
            kept = stack.enter_context(tempfile.TemporaryFile())
            copyfileobj(where, kept)
            kept.seek(0)
            where = kept
        elif Path(target).exists() and Path(target).samefile(where):
            raise ValueError("the copy cannot replace the recording itself; name another file")
        teller = _Teller()
        for _ in teller.tell(read(where)):
            pass
        if not isinstance(where, str | os.PathLike):
            where.seek(0)
        with new_file(Path(target), overwrite=True) as copy:
            blank(where, copy, teller.private, teller.cameras)


class _Teller:
    """Follows every device of a recording; knows what of it is private.

    Args:
        only: the device whose steps are wanted; None for all.
    """

    def __init__(self, only: str | None = None) -> None:
        self.private: Private = {}
        self._only = only
        self._devices: dict[str, _Device] = {}
        self._start: float | None = None

    @property
    def cameras(self) -> set[str]:
        """The devices that are cameras."""
        return {name for name, device in self._devices.items() if device.is_camera}

    def tell(self, records: Iterable[Record]) -> Iterator[Step]:
        for record in records:
            name = record.device if isinstance(record, Transfer) else ""
            if self._start is None and not isinstance(record, Exchange):
                self._start = record.time
            device = self._devices.get(name)
            if device is None:
                device = self._devices[name] = _Device(name, self.private)
            yield from self._stamped(device.tell(record), name)
        for name, device in self._devices.items():
            yield from self._stamped(device.end(), name)
        if self._only is not None and self._only not in self._devices:
            there = ", ".join(sorted(filter(None, self._devices))) or "no numbered device"
            raise ValueError(f"there is no device {self._only} in the recording; it has {there}")

    def _stamped(self, steps: Iterable[Step], device: str) -> Iterator[Step]:
        for step in steps:
            if self._only in (None, device) or not device:
                passed = None if step.time is None else round(step.time - (self._start or 0.0), 6)
                yield dataclasses.replace(step, time=passed, device=device)


class _Device:
    """One device: follows it in the dialect that it speaks, once something has told which.

    Until then what passes is held back, and of what never speaks one it is only counted: it may be
    a keyboard, and what was typed is nobody's business.

    Attributes:
        is_camera: whether it is one, as far as is known.
    """

    def __init__(self, name: str, private: Private) -> None:
        self._name, self._private = name, private
        self._native, self._ptp = NativeTalk(private), PtpTalk(private)
        self._talk: NativeTalk | PtpTalk | None = None
        self.is_camera = not name  # a trace, or a log, has no other
        self._is_other = False
        self._vendor: int | None = None
        self._held: deque[Transfer] = deque(maxlen=_HELD)
        self._counts: Counter[str] = Counter()
        self._first: Transfer | None = None

    def tell(self, record: Record) -> Iterator[Step]:
        match record:
            case Exchange():
                yield from self._native.exchange(record)
            case Transaction():
                self._talk = self._ptp
                yield from self._ptp.transaction(record)
            case IpPacket():
                self._talk = self._ptp
                yield from self._ptp.packet(record)
            case Transfer():
                yield from self._transfer(record)
            case Remark():
                yield from self._now.remark(record)

    def end(self) -> Iterator[Step]:
        """Tell what was not over; of a device that is no camera, how much passed."""
        if self.is_camera:
            yield from self._now.end()
        elif self._first is not None:
            fields: dict[str, Any] = {"device": self._name}
            if self._vendor is not None:
                fields["vendor"] = f"{self._vendor:#06x}"
            fields |= self._counts
            first, note = self._first, "not a camera, as far as can be seen"
            yield Step(first.index, "OtherDevice", fields, note=note, time=first.time)

    @property
    def _now(self) -> NativeTalk | PtpTalk:
        return self._talk or self._native

    def _transfer(self, transfer: Transfer) -> Iterator[Step]:
        """Go on with a transfer, in the dialect that it tells, if it tells one."""
        talk = self._spoken(transfer)
        if talk is not None:
            yield from self._now.end() if talk is not self._now else ()
            self._talk, self.is_camera = talk, True
        if not self.is_camera:
            self._hold(transfer)
            return
        held, self._held = self._held, deque(maxlen=_HELD)
        for one in (*held, transfer):
            yield from self._now.transfer(one)

    def _hold(self, transfer: Transfer) -> None:
        self._first = self._first or transfer
        self._counts[transfer.kind.name.lower()] += 1
        self._private[transfer.index] = [(0, len(transfer.data))]
        if not self._is_other and len(transfer.data) <= _MOST_HELD:
            self._held.append(transfer)

    def _spoken(self, transfer: Transfer) -> NativeTalk | PtpTalk | None:
        """Who can follow it: what the device says of itself counts more than what passes."""
        setup, data = transfer.setup, transfer.data
        asked = (setup.kind, setup.request, setup.value >> 8) if setup else None
        if asked == _GET_DEVICE and len(data) >= 12:
            self._vendor = int.from_bytes(data[8:10], "little")
        may_be_native = self._vendor in (None, _CANON)
        if asked == _GET_CONFIGURATION:
            interface = Descriptors(b"", data, {}).interface
            talk: NativeTalk | PtpTalk | None = (
                self._native if interface == NATIVE and may_be_native else None
            )
            talk = self._ptp if interface == PTP else talk
            self._is_other = talk is None and any(interface) and not self.is_camera
            return talk
        if self._is_other or (self._talk is not None and self._name):
            return None  # a log has no numbers of devices, and may tell of another camera next
        if setup and setup.kind in (VENDOR_IN, VENDOR_OUT):
            return self._native if may_be_native and _is_native(setup) else None
        sure = self._talk is not None or not self.is_camera
        return self._ptp if is_ptp(transfer, whole=sure) else None


def _is_native(setup: Setup) -> bool:
    """Whether a control transfer hardly is another's: many devices have vendor requests."""
    if not setup.length or setup.index or setup.value not in _NATIVE[setup.kind]:
        return False
    return setup.request == (_ONE_BYTE if setup.length == 1 else _MORE)
