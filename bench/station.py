"""A virtual camera on a virtual cable, which counts what goes over it."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.wire import SerialLine, UsbBus
from canon.bridge.run import attached
from canon.models.model import BodyKind, Model
from canon.models.ptp import PtpModel
from canon.ports import ENVIRONMENT
from canon.virtual.body import Body
from canon.virtual.card import File, MemoryCard, fresh_card
from canon.virtual.catalogue import choose
from canon.virtual.clock import BodyClock
from canon.virtual.device import Pipe, UsbDevice
from canon.virtual.native.camera import NativeCamera
from canon.virtual.native.profile import NativeBody, load_profile
from canon.virtual.native.serial import SerialCamera
from canon.virtual.ptp.camera import PtpCamera
from canon.virtual.ptp.eos.extension import EosBody
from canon.virtual.ptp.powershot.extension import PowerShot
from canon.virtual.ptp.profile import load_profile as ptp_profile
from canon.virtual.terminal import TerminalServer
from canon.virtual.usbip import UsbipServer

FOLDER = ("DCIM", "100CANON")
_BLOCK = 16 << 20
_NUMBER = 4
_COMMAND = b"\1\0"  # the kind of a PTP container
_PRESSES = b"\x0f\x91", b"\x28\x91"  # RemoteRelease, and RemoteReleaseOn
_TAKEN = 1_055_583_000  # 14 June 2003


@dataclass(frozen=True)
class Cable:
    """Which camera it is, and how it is connected.

    Attributes:
        slug: the camera's model.
        speed: bits a second of a serial line; 0 is USB.
    """

    slug: str
    speed: int = 0

    @property
    def model(self) -> Model | PtpModel:
        """The camera's row."""
        model = choose(self.slug)
        assert isinstance(model, Model | PtpModel)  # noqa: S101  (others are not compared)
        return model

    @property
    def is_ptp(self) -> bool:
        """Whether it speaks PTP."""
        return isinstance(self.model, PtpModel)

    @property
    def is_eos(self) -> bool:
        """Whether it speaks Canon's EOS extension of PTP."""
        model = self.model
        return isinstance(model, PtpModel) and model.kind is BodyKind.EOS

    @property
    def folder(self) -> str:
        """What gphoto2 calls the folder with the files."""
        model = self.model
        card = f"/store_{ptp_profile(model).slot:08x}" if isinstance(model, PtpModel) else ""
        return f"{card}/{'/'.join(FOLDER)}"

    @property
    def line(self) -> SerialLine | UsbBus:
        """What it runs over."""
        if self.speed:
            return SerialLine(self.speed)
        return CountedDevice(self.device(None, BodyClock())).bus

    def device(
        self, card: MemoryCard | None, clock: BodyClock
    ) -> NativeCamera | PtpCamera[EosBody] | PtpCamera[PowerShot]:
        """The camera on the USB."""
        model = self.model
        if isinstance(model, PtpModel):
            profile = ptp_profile(model)
            body = Body(model, profile, lambda: card, clock)
            return PtpCamera(body, EosBody) if profile.burst else PtpCamera(body, PowerShot)
        return NativeCamera(Body(model, load_profile(model), lambda: card, clock))

    def __str__(self) -> str:
        line = self.line
        if isinstance(line, SerialLine):
            return f"{self.model.name}, {line.speed} bit/s"
        return f"{self.model.name}, {'high-speed ' if line.is_fast else ''}USB"


@dataclass(frozen=True)
class Files:
    """What is on the card.

    Attributes:
        count: how many files.
        size: bytes in each.
        pattern: their names, with a place for the number.
        pictures: whether each begins as a picture with a thumbnail.
        differ: whether no two are alike; else they share their bytes in memory.
    """

    count: int
    size: int
    pattern: str = "IMG_{:04}.JPG"
    pictures: bool = False
    differ: bool = False

    @property
    def names(self) -> list[str]:
        """Their names, in card order."""
        return [self.pattern.format(number) for number in range(self.count)]

    def card(self) -> MemoryCard:
        """A card with them."""
        block = random.Random(self.count).randbytes(min(self.size, _BLOCK))  # noqa: S311  (nobody looks at it)
        head = _picture() if self.pictures else b""
        data = (head + block * -(-self.size // max(1, len(block))))[: self.size]
        card = MemoryCard(capacity=(self.count * self.size) + (256 << 20))
        card.make_folders(FOLDER)
        for number, name in enumerate(self.names):
            own = data[:-_NUMBER] + number.to_bytes(_NUMBER) if self.differ else data
            card.add((*FOLDER, name), File(own, _TAKEN + number))
        return card


def _picture() -> bytes:
    """A picture with EXIF and a thumbnail."""
    model = choose("powershot-g3")
    assert isinstance(model, Model)  # noqa: S101  (a native one)
    folder = fresh_card(load_profile(model)).folder(FOLDER)
    assert folder is not None  # noqa: S101  (it has pictures)
    return next(
        one.read()
        for name, one in folder.entries.items()
        if isinstance(one, File) and name.endswith(".JPG")
    )


@dataclass
class Traffic:
    """What went over the cable.

    Attributes:
        transfers: those that carried something.
        size: their bytes.
        wire_s: seconds on the wire.
        pressed: how many transfers there were when the button of an EOS was pressed; 0 before.
    """

    transfers: int = 0
    size: int = 0
    wire_s: float = 0.0
    pressed: int = 0

    def add(self, size: int, wire_s: float) -> None:
        """Count one transfer."""
        self.transfers += 1
        self.size += size
        self.wire_s += wire_s


class _CountedPipe(Pipe):
    def __init__(self, packet_size: int, traffic: Traffic, wire_s: Callable[[int], float]) -> None:
        super().__init__(packet_size)
        self._traffic, self._wire_s = traffic, wire_s

    def read(self, room: int, *, partial: bool = False) -> list[memoryview] | None:
        pieces = super().read(room, partial=partial)
        if pieces is not None:
            size = sum(map(len, pieces))
            self._traffic.add(size, self._wire_s(size))
        return pieces


class CountedDevice:
    """A device on a bus that counts its transfers; fits `UsbDevice`.

    Those of USB itself (descriptors) are not seen.

    Args:
        device: the device; its pipes are replaced by pipes that count.
    """

    def __init__(self, device: UsbDevice) -> None:
        self._device = device
        self.descriptors, self.clock = device.descriptors, device.clock
        self.traffic = Traffic()
        packet = device.bulk.packet_size
        self.bus = UsbBus(packet, self.descriptors.device[7])
        self.bulk: Pipe = _CountedPipe(packet, self.traffic, self.bus.bulk_s)
        self.interrupt: Pipe = _CountedPipe(
            device.interrupt.packet_size, self.traffic, lambda _: 0.0
        )
        device.bulk, device.interrupt = self.bulk, self.interrupt

    @property
    def plugged(self) -> bool:
        """Whether the device is on the bus."""
        return self._device.plugged

    @plugged.setter
    def plugged(self, plugged: bool) -> None:
        self._device.plugged = plugged

    def control_in(self, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        """Answer a control request, and count it."""
        answer = self._device.control_in(kind, request, value, index, length)
        self.traffic.add(len(answer), self.bus.control_s(len(answer)))
        return answer

    def control_out(self, kind: int, request: int, value: int, index: int, data: bytes) -> None:
        """Take a control request, and count it."""
        self.traffic.add(len(data), self.bus.control_s(len(data)))
        self._device.control_out(kind, request, value, index, data)

    def bulk_out(self, data: bytes) -> None:
        """Take a bulk transfer, and count it."""
        if data[4:6] == _COMMAND and data[6:8] in _PRESSES and not self.traffic.pressed:
            self.traffic.pressed = self.traffic.transfers
        self.traffic.add(len(data), self.bus.bulk_s(len(data)))
        self._device.bulk_out(data)

    def bus_reset(self) -> None:
        """Reset the bus."""
        self._device.bus_reset()

    def detach(self) -> None:
        """The host went away."""
        self._device.detach()


class CountedSerialCamera(SerialCamera):
    """A virtual camera on a serial line that counts what it hears.

    Args:
        body: the camera.
        line: the line, once the two ends have agreed on its speed.
    """

    def __init__(self, body: NativeBody, line: SerialLine) -> None:
        device = NativeCamera(body)
        super().__init__(device)
        self.press = device.press
        self.traffic, self.line = Traffic(), line

    def count_what_it_says(self) -> None:
        """Count also what goes to whoever carries its bytes now."""
        carry = self.say

        def say(data: bytes) -> None:
            self._count(data)
            carry(data)

        self.say = say

    def hear(self, data: bytes, speed: int) -> None:
        """Take bytes, and count them."""
        self._count(data)
        super().hear(data, speed)

    def _count(self, data: bytes) -> None:
        self.traffic.add(len(data), self.line.bytes_s(len(data)))


@dataclass(frozen=True)
class Station:
    """Where programs find the camera.

    Attributes:
        env: the environment to run them in.
        traffic: what went over the cable by now.
        card: what is in the camera.
        press: presses the button of the camera, as its owner does.
        gphoto2: the words that gphoto2 is started with.
    """

    env: dict[str, str]
    traffic: Traffic
    card: MemoryCard
    press: Callable[[], None]
    gphoto2: tuple[str, ...] = ()


@contextlib.contextmanager
def station(
    files: Files, env: dict[str, str], cable: Cable, *, real: bool = False
) -> Iterator[Station]:
    """A camera with files on its card, for programs that are run meanwhile.

    Args:
        files: what is on the card.
        env: the environment of the programs.
        cable: which camera it is, and how it is connected.
        real: whether its clock runs as the wall clock does; on a serial line it always does.
    """
    make = _on_a_serial_line if cable.speed else _on_usb
    with make(cable, files.card(), env, BodyClock(real=real or bool(cable.speed))) as here:
        yield here


@contextlib.contextmanager
def _on_usb(
    cable: Cable, card: MemoryCard, env: dict[str, str], clock: BodyClock
) -> Iterator[Station]:
    device = cable.device(card, clock)
    camera = CountedDevice(device)
    words = ("--folder", cable.folder, "--keep", "--force-overwrite") if cable.is_ptp else ()
    with UsbipServer(camera) as server, attached(server.address, env=env) as environment:
        yield Station(
            environment | {ENVIRONMENT: "usb:"}, camera.traffic, card, device.press, words
        )


@contextlib.contextmanager
def _on_a_serial_line(
    cable: Cable, card: MemoryCard, env: dict[str, str], clock: BodyClock
) -> Iterator[Station]:
    model = cable.model
    assert isinstance(model, Model)  # noqa: S101  (PTP has no serial line)
    body = Body(model, load_profile(model), lambda: card, clock)
    camera = CountedSerialCamera(body, SerialLine(cable.speed))
    with TerminalServer(camera) as server:
        camera.count_what_it_says()
        port, speed = f"serial:{server.path}", str(cable.speed)
        environment = env | {ENVIRONMENT: f"{port}?speed={speed}"}
        name = f"Canon {model.name}"
        words = ("--port", port, "--speed", speed, "--camera", name)
        yield Station(environment, camera.traffic, card, camera.press, words)
