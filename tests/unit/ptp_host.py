"""A virtual PTP camera, and a host that knows nothing but containers."""

from __future__ import annotations

from typing import Any, Self

from canon.models.file_kinds import ObjectFormat
from canon.ptp.containers import (
    CLASS_IN,
    GET_STATUS,
    Container,
    ContainerKind,
    DeviceStatus,
    container,
    parameters,
)
from canon.ptp.datasets import ObjectHandles, ObjectInfo
from canon.ptp.operations import ALL, Response
from canon.virtual.card import MemoryCard
from canon.virtual.port import VirtualPort
from canon.virtual.ptp.camera import PtpCamera
from canon.virtual.ptp.objects import CARD
from rigs.bodies import a_card, ptp_device

OK = Response.OK
FILE = bytes(range(256)) * 9  # 2304 bytes, no multiple of 512
FILES, REMOTE, PLAIN = "powershot-sx200-is", "powershot-s60", "powershot-s45"
DCIM, CANON100, FIRST = 0x00080000, 0x01900000, 0x01900011


class Rig:
    """A virtual camera, and a host that knows nothing but containers."""

    def __init__(
        self, slug: str = FILES, *faults: str, card: MemoryCard | None = None, empty: bool = False
    ) -> None:
        self.card = card or a_card({"IMG_0001.JPG": FILE})
        self.device = self.make(slug, *faults)
        if empty:
            self.device.body.card = None
        self.port = VirtualPort(self.device)
        self.number = 0

    def make(self, slug: str, *faults: str) -> PtpCamera[Any]:
        """The camera."""
        return ptp_device(slug, *faults, card=self.card)

    def opened(self) -> Self:
        """The same, with a session."""
        assert self.ask(0x1002, 1, number=0)[0] == OK
        self.number = 1
        return self

    def write(self, code: int, *values: int, number: int | None = None) -> None:
        if number is None:
            number, self.number = self.number, self.number + 1
        payload = b"".join(value.to_bytes(4, "little") for value in values)
        self.port.bulk_out(container(ContainerKind.COMMAND, code, number, payload), 1)

    def read(self, room: int = 1 << 20, timeout_s: float = 5) -> bytes:
        buffer = bytearray(room)
        return bytes(buffer[: self.port.bulk_in(memoryview(buffer), timeout_s)])

    def response(self) -> tuple[int, tuple[int, ...]]:
        """What the response says."""
        raw = self.read()
        head = Container.decode(raw)
        assert head.kind == ContainerKind.RESPONSE
        assert head.length == len(raw)
        return head.code, parameters(raw[12:])

    def ask(
        self, code: int, *values: int, number: int | None = None
    ) -> tuple[int, tuple[int, ...], bytes]:
        """One transaction without data that go: code, parameters and the data that came."""
        self.write(code, *values, number=number)
        raw = self.read()
        head = Container.decode(raw)
        if head.kind == ContainerKind.RESPONSE:
            return head.code, parameters(raw[12:]), b""
        assert (head.kind, head.code, head.length) == (ContainerKind.DATA, code, len(raw))
        return (*self.response(), raw[12:])

    def send(self, code: int, data: bytes, *values: int) -> tuple[int, tuple[int, ...]]:
        """One transaction with data that go, in one write."""
        number = self.number
        self.write(code, *values)
        whole = container(ContainerKind.DATA, code, number, data)
        self.port.bulk_out(whole, 1)
        if len(whole) % 512 == 0:
            self.port.bulk_out(b"", 1)
        return self.response()

    def handles(self, store: int = ALL, parent: int = ALL, format: int = 0) -> tuple[int, ...]:
        code, _, data = self.ask(0x1007, store, format, parent)
        assert code == OK
        return ObjectHandles.decode(data).handles

    def info(self, handle: int) -> ObjectInfo:
        code, _, data = self.ask(0x1008, handle)
        assert code == OK
        return ObjectInfo.decode(data)

    def walk(self) -> Self:
        """Have the camera give its handles."""
        self.handles(parent=0)
        return self

    def announce(
        self, name: str, size: int, parent: int = CANON100, kind: int = ObjectFormat.EXIF_JPEG
    ) -> Any:
        association = int(kind == ObjectFormat.ASSOCIATION)
        info = ObjectInfo(
            0, kind, 0, size, *(0,) * 7, parent, association, 0, 0, name, "", "20040229T120000", ""
        )
        return self.send(0x100C, info.encode(), CARD, parent)

    def piped(self) -> bytes:
        """What waits on the interrupt pipe."""
        found = []
        while (pieces := self.device.interrupt.read(8)) is not None:
            found += pieces
        return b"".join(found)

    def status(self) -> DeviceStatus:
        return DeviceStatus.decode(self.port.control_in(GET_STATUS, 0, 0, 64, kind=CLASS_IN))
