"""A virtual PTP camera that a test can look into: what passed on its port."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from canon.camera import Camera
from canon.models.ptp import PtpModel, by_slug
from canon.ptp.containers import CLASS_IN, CLASS_OUT, Container, ContainerKind
from canon.ptp.operations import Operation, find_operation
from canon.usb.port import Descriptors, Endpoint
from canon.virtual.body import Body
from canon.virtual.card import Card, fresh_card
from canon.virtual.clock import BodyClock
from canon.virtual.faults import Fault, Faults
from canon.virtual.port import VirtualPort
from canon.virtual.ptp.camera import PtpCamera
from canon.wire import Buffer, Message


def a_row(slug: str) -> PtpModel:
    """The row of a model."""
    model = by_slug(slug)
    assert model is not None
    return model


def a_body(slug: str, card: Card | None = None) -> Body[PtpModel]:
    """A body with that card, or a fresh one of its own."""
    model = a_row(slug)
    return Body(model, lambda: card or fresh_card(model))


def a_device(slug: str, *faults: str, card: Card | None = None) -> PtpCamera:
    """A virtual camera with these faults."""
    return PtpCamera(a_body(slug, card), Faults(tuple(map(Fault.parse, faults))))


def another_makers(device: PtpCamera, product: int = 0x0402) -> PtpCamera:
    """That camera, as Acme sells it."""
    raw = bytearray(device.descriptors.device)
    raw[8:12] = (0x04B0).to_bytes(2, "little") + product.to_bytes(2, "little")
    device.descriptors = replace(device.descriptors, device=bytes(raw))
    device.body.profile |= {"manufacturer": "Acme", "model": "Clicker 2"}
    return device


Answer = Callable[[Operation[Any]], Message | bytes | None]


class Lying(PtpCamera):
    """A camera whose answers a test makes up; where the test has none, its own.

    Args:
        slug: the body.
        lie: the answer to an operation, or None.
    """

    def __init__(self, slug: str, lie: Answer) -> None:
        super().__init__(a_body(slug))
        self.lie = lie

    def answer(self, operation: Operation[Any], data: bytes) -> Message | bytes:
        told = self.lie(operation)
        return super().answer(operation, data) if told is None else told


class WatchedPort:
    """A virtual camera's port that notes the name of each operation."""

    def __init__(self, device: PtpCamera) -> None:
        self.device = device
        self.operations: list[str] = []
        self._inner = VirtualPort(device)

    def camera(self) -> Camera:
        """A host on this port, initialized."""
        cam = Camera(lambda: self, "virtual:")
        cam.initialize()
        return cam

    def names(self) -> list[str]:
        """The names of the operations since this was last asked."""
        names = self.operations.copy()
        self.operations.clear()
        return names

    @property
    def clock(self) -> BodyClock:
        return self._inner.clock

    @property
    def descriptors(self) -> Descriptors:
        return self._inner.descriptors

    def control_out(
        self, request: int, value: int, index: int, data: bytes, *, kind: int = CLASS_OUT
    ) -> None:
        self._inner.control_out(request, value, index, data, kind=kind)

    def control_in(
        self, request: int, value: int, index: int, length: int, *, kind: int = CLASS_IN
    ) -> bytes:
        return self._inner.control_in(request, value, index, length, kind=kind)

    def bulk_out(self, data: Buffer, timeout_s: float) -> None:
        if len(data) >= 12:
            head = Container.decode(data)
            if head.kind == ContainerKind.COMMAND:
                kind = find_operation(head.code)
                self.operations.append(kind.__name__ if kind else f"{head.code:#06x}")
        self._inner.bulk_out(data, timeout_s)

    def bulk_in(self, buffer: memoryview, timeout_s: float) -> int:
        return self._inner.bulk_in(buffer, timeout_s)

    def interrupt_in(self, timeout_s: float) -> bytes:
        return self._inner.interrupt_in(timeout_s)

    def clear_halt(self, endpoint: Endpoint) -> None:
        self._inner.clear_halt(endpoint)

    def reset(self) -> None:
        self._inner.reset()

    def close(self) -> None:
        self._inner.close()
