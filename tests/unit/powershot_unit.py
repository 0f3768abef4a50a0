"""The release control of a virtual PowerShot without the rest of the camera, asked directly."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from canon.ptp.datasets import Choices, DevicePropDesc, ObjectInfo, PropertyValue, write_value
from canon.ptp.operations import (
    GetDevicePropDesc,
    GetObject,
    GetObjectInfo,
    Operation,
    PtpEvent,
    Response,
    SetDevicePropValue,
)
from canon.ptp.powershot.layouts import (
    RAM,
    CanonRequestObjectTransfer,
    InitiateCaptureInMemory,
    InitiateReleaseControl,
    Property,
)
from canon.virtual.card import File, Folder, MemoryCard
from canon.virtual.ptp.objects import Objects
from canon.virtual.ptp.powershot.release import ReleaseControl
from canon.virtual.ptp.reply import Answered
from canon.virtual.refusal import Status
from rigs.bodies import SMALL, ptp_body, waiting

CARD, HOST, BOTH = 0x0D, 0x03, 0x0F
BODIES = "powershot-s60", "powershot-g9", "powershot-a95", "powershot-s3-is"
STARTED = datetime(2005, 5, 1, 10)


class Unit:
    """A release control, the events that it told with their times, and its delays.

    It takes small pictures, which are quickly drawn.
    """

    def __init__(
        self, slug: str = "powershot-s60", *faults: str, card: MemoryCard | None = None
    ) -> None:
        self.card = card or MemoryCard()
        self.body = ptp_body(slug, self.card, STARTED)
        self.times: list[tuple[float, PtpEvent]] = []
        self.objects = Objects(self.body, self._tell, RAM)
        self.control = ReleaseControl(self.body, waiting(*faults), self.objects, self._tell)
        self.control.table.put(Property.IMAGE_SIZE, SMALL)

    def _tell(self, event: PtpEvent) -> None:
        self.times.append((self.body.clock.now(), event))

    @property
    def told(self) -> list[PtpEvent]:
        """The events so far."""
        return [event for _, event in self.times]

    def do(self, operation: Operation[Any], data: bytes = b"") -> Answered:
        """Do an operation, and wait for its answer."""
        try:
            return self.control.answer(operation, data)
        finally:
            self.body.clock.sleep(self.control.take_delay())

    def refusal(self, operation: Operation[Any], data: bytes = b"") -> Response:
        """With what an operation is refused."""
        with pytest.raises(Status) as refused:
            self.do(operation, data)
        return Response(refused.value.code)

    def row(self, code: int) -> DevicePropDesc:
        """The description of a property."""
        row = self.do(GetDevicePropDesc(code))
        assert isinstance(row, DevicePropDesc)
        return row

    def allowed(self, code: int) -> tuple[PropertyValue, ...]:
        """What a property may be."""
        form = self.row(code).form
        assert isinstance(form, Choices)
        return form.values

    def get(self, code: int) -> PropertyValue:
        """The value of a property."""
        return self.row(code).current

    def bytes_of(self, code: int, value: PropertyValue) -> bytes:
        """A value as it is written."""
        return write_value(self.control.table.describe(code).kind, value)

    def set(self, code: int, value: PropertyValue) -> None:
        """Set a property."""
        self.do(SetDevicePropValue(code), self.bytes_of(code, value))

    def enter(self) -> None:
        """Enter release control, wait for the lens, forget what was told."""
        self.do(InitiateReleaseControl())
        self.body.clock.sleep(5)
        self.times.clear()

    def shoot(self, mode: int = CARD) -> list[PtpEvent]:
        """Take a picture; returns what is told of it."""
        self.set(Property.CAPTURE_TRANSFER_MODE, mode)
        self.times.clear()
        self.do(InitiateCaptureInMemory())
        self.body.clock.sleep(10)
        return self.told

    def files(self) -> dict[str, bytes]:
        """The pictures on the card."""
        folder = self.card.folder(("DCIM", "100CANON")) or Folder()
        return {
            name: file.read() for name, file in folder.entries.items() if isinstance(file, File)
        }

    def kept(self, event: PtpEvent) -> tuple[ObjectInfo, bytes]:
        """The picture in the camera's memory that an event announces."""
        assert isinstance(event, CanonRequestObjectTransfer)
        info = self.objects.answer(GetObjectInfo(event.handle), b"")
        data = self.objects.answer(GetObject(event.handle), b"")
        assert isinstance(info, ObjectInfo)
        assert isinstance(data, File)
        return info, data.read()


def in_control(slug: str = "powershot-s60", *faults: str, card: MemoryCard | None = None) -> Unit:
    """The same under release control."""
    unit = Unit(slug, *faults, card=card)
    unit.enter()
    return unit
