"""A virtual camera that a test can look into: what passed on its port, and when."""

from __future__ import annotations

from collections.abc import Callable

from canon.camera import Camera
from canon.models.model import Model, Numbering
from canon.models.native import by_slug
from canon.native.commands import COMMAND, HEAD, CommandHead, find_command, has_subcodes
from canon.native.events import NativeEvent, decode_event
from canon.usb.port import VENDOR_IN, VENDOR_OUT, Descriptors, Endpoint
from canon.values import ImageSize
from canon.virtual.body import Body
from canon.virtual.card import Card
from canon.virtual.clock import BodyClock
from canon.virtual.faults import Fault, Faults
from canon.virtual.native.camera import NativeCamera
from canon.virtual.port import VirtualPort
from canon.wire import Buffer

LONG = 0x0202


def a_row(slug: str) -> Model:
    """The row of a model."""
    model = by_slug(slug)
    assert model is not None
    return model


def a_device(*faults: str, card: Card | None = None, slug: str = "powershot-g3") -> NativeCamera:
    """A virtual camera with an empty card, set to small pictures, which are quickly drawn."""
    model = a_row(slug)
    inside = card or Card()
    inside.make_folders(("DCIM", "100CANON"))
    device = NativeCamera(Body(model, lambda: inside), Faults(tuple(map(Fault.parse, faults))))
    block = device.release.parameters
    device.release.parameters = type(block)(**{**vars(block), "image_size": ImageSize.SMALL})
    return device


def a_camera(device: NativeCamera) -> Camera:
    """A host of that camera, initialized."""
    cam = Camera(lambda: VirtualPort(device), "virtual:")
    cam.initialize()
    return cam


class WatchedPort:
    """A virtual camera's port that notes each command and event with its time.

    Args:
        device: the camera.
        at: is called with the name of each command before it goes out, of each event before it
            comes in, and with "read" and "poll" before each wait; what it raises, the port raises.
    """

    def __init__(self, device: NativeCamera, at: Callable[[str], None] | None = None) -> None:
        self.device = device
        self.commands: list[tuple[float, str]] = []
        self.events: list[tuple[float, NativeEvent]] = []
        self._inner = VirtualPort(device)
        self._numbering = device.numbering
        self._at = at or (lambda name: None)

    def camera(self) -> Camera:
        """A host on this port, initialized."""
        cam = Camera(lambda: self, "virtual:")
        cam.initialize()
        return cam

    def names(self) -> list[str]:
        """The names of the commands that went out since this was last asked."""
        names = [name for _, name in self.commands]
        self.commands.clear()
        return names

    @property
    def last(self) -> str:
        """The name of the last command, empty before the first."""
        return self.commands[-1][1] if self.commands else ""

    @property
    def clock(self) -> BodyClock:
        return self._inner.clock

    @property
    def descriptors(self) -> Descriptors:
        return self._inner.descriptors

    def control_out(
        self, request: int, value: int, index: int, data: bytes, *, kind: int = VENDOR_OUT
    ) -> None:
        if value == 0x10:
            name = command_name(data, self._numbering)
            self.commands.append((self.clock.now(), name))
            self._at(name)
        self._inner.control_out(request, value, index, data, kind=kind)

    def control_in(
        self, request: int, value: int, index: int, length: int, *, kind: int = VENDOR_IN
    ) -> bytes:
        return self._inner.control_in(request, value, index, length, kind=kind)

    def bulk_out(self, data: Buffer, timeout_s: float) -> None:
        self._inner.bulk_out(data, timeout_s)

    def bulk_in(self, buffer: memoryview, timeout_s: float) -> int:
        self._at("read")
        return self._inner.bulk_in(buffer, timeout_s)

    def interrupt_in(self, timeout_s: float) -> bytes:
        self._at("poll")
        data = self._inner.interrupt_in(timeout_s)
        if data:
            event = decode_event(data)
            self.events.append((self.clock.now(), event))
            self._at(type(event).__name__)
        return data

    def clear_halt(self, endpoint: Endpoint) -> None:
        self._inner.clear_halt(endpoint)

    def reset(self) -> None:
        self._inner.reset()

    def close(self) -> None:
        self._inner.close()


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
