"""A port that a test can look into: what passed, by its name, and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from canon.camera import Camera
from canon.models.model import Numbering
from canon.native.commands import COMMAND, HEAD, CommandHead, find_command, has_subcodes
from canon.native.events import decode_event
from canon.ptp.containers import Container, ContainerKind
from canon.ptp.operations import find_operation
from canon.usb.port import VENDOR_IN, VENDOR_OUT, Descriptors, Endpoint
from canon.virtual.clock import BodyClock
from canon.virtual.native.camera import NativeCamera
from canon.virtual.port import VirtualPort
from canon.virtual.ptp.camera import PtpCamera
from canon.wire import Buffer, smallest
from rigs.bodies import EosCamera, PowerShotCamera

LONG = 0x0202

Device = TypeVar("Device", bound=NativeCamera | PowerShotCamera | EosCamera)


class Dialect(NamedTuple):
    """How to name what passes.

    Attributes:
        control: the name of what goes out by a control request, by its wValue and its bytes;
            empty when that is no question.
        bulk: the name of what goes out by bulk.
        event: what comes on the interrupt pipe.
    """

    control: Callable[[int, bytes], str]
    bulk: Callable[[Buffer], str]
    event: Callable[[bytes], Any]


def native(numbering: Numbering) -> Dialect:
    """The native protocol, whose commands go out by control requests."""

    def name(value: int, block: bytes) -> str:
        return command_name(block, numbering) if value == 0x10 else ""

    return Dialect(name, lambda data: "", decode_event)


def command_name(block: bytes, numbering: Numbering) -> str:
    """The name of the class of a command, by its bytes."""
    if len(block) == HEAD:
        return "AnnounceUpload"  # its block goes out by bulk
    head = CommandHead.decode(block)
    code = head.group << 8 | head.code
    sub = None
    if has_subcodes(numbering, code):
        sub = int.from_bytes(block[COMMAND : COMMAND + 4], "little")
    found = find_command(numbering, code, sub, long=head.kind == LONG)
    assert found is not None, block[:COMMAND].hex(" ")
    return found.__name__


def operation_name(data: Buffer) -> str:
    """The name of the class of an operation, by a container that goes out."""
    if len(data) < smallest(Container):
        return ""
    head = Container.decode(data)
    if head.kind != ContainerKind.COMMAND:
        return ""
    kind = find_operation(head.code)
    return kind.__name__ if kind else f"{head.code:#06x}"


PTP = Dialect(lambda value, block: "", operation_name, bytes)


class WatchedPort(Generic[Device]):
    """A virtual camera's port that notes each question and event with its time.

    Args:
        device: the camera.
        at: is called with the name of each question before it goes out, of each event before it
            comes in, and with "read" and "poll" before each wait; what it raises, the port raises.

    Attributes:
        asked: the questions so far, each with its time.
        events: the events so far, each with its time.
    """

    def __init__(self, device: Device, at: Callable[[str], None] | None = None) -> None:
        self.device: Device = device
        self.asked: list[tuple[float, str]] = []
        self.events: list[tuple[float, Any]] = []
        self._inner = VirtualPort(device)
        self._dialect = PTP if isinstance(device, PtpCamera) else native(device.numbering)
        self._at = at or (lambda name: None)

    def camera(self) -> Camera:
        """A host on this port, initialized."""
        cam = Camera(lambda: self, "virtual:")
        cam.initialize()
        return cam

    def names(self) -> list[str]:
        """The names of the questions since this was last asked."""
        names = [name for _, name in self.asked]
        self.asked.clear()
        return names

    @property
    def last(self) -> str:
        """The name of the last question, empty before the first."""
        return self.asked[-1][1] if self.asked else ""

    @property
    def clock(self) -> BodyClock:
        return self._inner.clock

    @property
    def descriptors(self) -> Descriptors:
        return self._inner.descriptors

    def control_out(
        self, request: int, value: int, index: int, data: bytes, *, kind: int = VENDOR_OUT
    ) -> None:
        self._note(self._dialect.control(value, data))
        self._inner.control_out(request, value, index, data, kind=kind)

    def control_in(
        self, request: int, value: int, index: int, length: int, *, kind: int = VENDOR_IN
    ) -> bytes:
        return self._inner.control_in(request, value, index, length, kind=kind)

    def bulk_out(self, data: Buffer, timeout_s: float) -> None:
        self._note(self._dialect.bulk(data))
        self._inner.bulk_out(data, timeout_s)

    def bulk_in(self, buffer: memoryview, timeout_s: float) -> int:
        self._at("read")
        return self._inner.bulk_in(buffer, timeout_s)

    def interrupt_in(self, timeout_s: float) -> bytes:
        self._at("poll")
        data = self._inner.interrupt_in(timeout_s)
        if data:
            event = self._dialect.event(data)
            self.events.append((self.clock.now(), event))
            self._at(type(event).__name__)
        return data

    def clear_halt(self, endpoint: Endpoint) -> None:
        self._inner.clear_halt(endpoint)

    def reset(self) -> None:
        self._inner.reset()

    def close(self) -> None:
        self._inner.close()

    def _note(self, name: str) -> None:
        if name:
            self.asked.append((self.clock.now(), name))
            self._at(name)
