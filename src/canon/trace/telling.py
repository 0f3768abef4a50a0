"""A recording told in words, and copied without what is private.

Each device in a recording is followed by itself, in the dialect that it speaks
(`canon.trace.native`, `canon.trace.ptp`). Nothing stops the telling: what makes no sense
is told as that.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Iterator

from canon.trace.files import blank, read
from canon.trace.native import NativeTalk
from canon.trace.ptp import PtpTalk, is_ptp
from canon.trace.records import Exchange, Record, Remark, Transaction, Transfer
from canon.trace.step import Odd, Step
from canon.trace.usb import Private
from canon.usb.port import NATIVE, PTP, VENDOR_IN, VENDOR_OUT, Descriptors

__all__ = ["Odd", "Step", "redact", "tell"]

_GET_CONFIGURATION = (0x80, 6, 2)  # bmRequestType, bRequest, kind of descriptor


def tell(records: Iterable[Record]) -> Iterator[Step]:
    """Tell a recording step by step; a step comes when it is over."""
    return _Teller().tell(records)


def redact(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Copy a recording without its private parts, so that it can be shown to others.

    Blanked are the names of owners and artists, serial numbers, files, pictures and frames and, to
    be safe, all data that are not understood: other devices, unknown commands, what was cut.

    Raises:
        ValueError: the source is no recording, or the target is the source.
        MissingExtra: it is a capture, and the package that reads captures is not installed.
    """
    teller = _Teller()
    for _ in teller.tell(read(source)):
        pass
    blank(source, target, teller.private)


class _Teller:
    """Follows every device of a recording; knows what of it is private."""

    def __init__(self) -> None:
        self.private: Private = {}
        self._devices: dict[str, _Device] = {}
        self._start: float | None = None

    def tell(self, records: Iterable[Record]) -> Iterator[Step]:
        for record in records:
            name = record.device if isinstance(record, Transfer) else ""
            device = self._devices.setdefault(name, _Device(self.private))
            if self._start is None and not isinstance(record, Exchange):
                self._start = record.time
            yield from self._stamped(device.tell(record), name)
        for name, device in self._devices.items():
            yield from self._stamped(device.end(), name)

    def _stamped(self, steps: Iterable[Step], device: str) -> Iterator[Step]:
        for step in steps:
            passed = None if step.time is None else round(step.time - (self._start or 0.0), 6)
            yield dataclasses.replace(step, time=passed, device=device)


class _Device:
    """One device: follows it in the dialect that it speaks, once something has told which."""

    def __init__(self, private: Private) -> None:
        self._native, self._ptp = NativeTalk(private), PtpTalk(private)
        self._talk: NativeTalk | PtpTalk | None = None

    def tell(self, record: Record) -> Iterator[Step]:
        match record:
            case Exchange():
                yield from self._native.exchange(record)
            case Transaction():
                self._talk = self._ptp
                yield from self._ptp.transaction(record)
            case Transfer():
                yield from self._choose(record)
                yield from self._now.transfer(record)
            case Remark():
                yield from self._now.remark(record)

    def end(self) -> Iterator[Step]:
        yield from self._now.end()

    @property
    def _now(self) -> NativeTalk | PtpTalk:
        return self._talk or self._native

    def _choose(self, transfer: Transfer) -> Iterator[Step]:
        """Go over to the dialect that a transfer tells, if it tells one."""
        talk = self._spoken(transfer)
        if talk is not None:
            yield from self._now.end() if talk is not self._now else ()
            self._talk = talk

    def _spoken(self, transfer: Transfer) -> NativeTalk | PtpTalk | None:
        """Who can follow it: what the device says of itself counts more than what passes."""
        setup = transfer.setup
        if setup and (setup.kind, setup.request, setup.value >> 8) == _GET_CONFIGURATION:
            interface = Descriptors(b"", transfer.data, {}).interface
            return self._native if interface == NATIVE else self._ptp if interface == PTP else None
        if self._talk is not None:
            return None
        if setup and setup.kind in (VENDOR_IN, VENDOR_OUT):
            return self._native
        return self._ptp if is_ptp(transfer) else None
