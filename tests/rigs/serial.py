"""A virtual camera on a modelled RS-232 line, and the host at the other end."""

from __future__ import annotations

from collections.abc import Callable

from canon.camera.storage import Storage
from canon.camera.turns import Turns
from canon.clock import Clock
from canon.models.native import MODELS
from canon.native.driver import NativeDriver
from canon.native.serial_link import SerialLink
from canon.native.session import Session
from canon.serial.frame import FrameReader
from canon.serial.line import Line
from canon.serial.packets import HEAD, MessageHead, decode_packet, encode_message, fragments
from canon.virtual.card import MemoryCard
from canon.virtual.line import VirtualLine
from canon.virtual.native.camera import NativeCamera
from canon.virtual.native.serial import LONGEST_LISTING, ZEROS, SerialCamera
from canon.wire import Buffer
from rigs.bodies import a_card, native_body, waiting

SERIAL_MODELS = tuple(model for model in MODELS if model.serial_id)
PICTURE = bytes(at * at % 253 for at in range(20_001))
MEGABYTE = bytes(at * (at >> 8) % 251 for at in range(1_000_000))
NAME = "IMG_0001.JPG"
PATH = f"DCIM/100CANON/{NAME}"


def serial_device(
    slug: str = "powershot-g1",
    *faults: str,
    card: MemoryCard | None = None,
    zeros: int = ZEROS,
    longest_listing: int = LONGEST_LISTING,
) -> SerialCamera:
    """A virtual camera behind its serial plug, asleep, with that card or one with a picture."""
    body = native_body(slug, card or a_card({NAME: PICTURE}))
    device = NativeCamera(body, waiting(*faults))
    return SerialCamera(device, zeros=zeros, longest_listing=longest_listing)


class Host:
    """A host at the other end of a line: its link, its driver, and the card as users see it.

    Attributes:
        identity: what the camera has told of itself.
    """

    def __init__(self, line: Line, speed: int = 115200) -> None:
        self.link = SerialLink(line, speed)
        self.link.start()
        self.driver = NativeDriver(Session(self.link))
        self.storage = Storage(lambda: self.driver, lambda: "camera", Turns())
        self.identity = self.driver.start()


def change_answers(camera: SerialCamera, change: Callable[[bytes], bytes]) -> None:
    """Let a camera send other payloads than it would, whole and well framed."""
    say = camera.say

    def say_changed(data: bytes) -> None:
        *pieces, end = (decode_packet(raw) for raw in FrameReader().feed(data))
        if not pieces:
            say(data)
            return
        message = b"".join(piece.data for piece in pieces)
        head = MessageHead.decode(message)
        changed = encode_message(head.code, head.transaction, change(message[HEAD:]))
        say(b"".join(fragments(changed)) + end.frame())

    camera.say = say_changed


class Ears:
    """A line that notes what passes."""

    def __init__(self, line: VirtualLine) -> None:
        self._line = line
        self.sent: list[bytes] = []
        self.got: list[bytes] = []
        self.speeds: list[int] = []

    @property
    def clock(self) -> Clock:
        return self._line.clock

    def read(self, size: int, timeout_s: float) -> bytes:
        data = self._line.read(size, timeout_s)
        if data:
            self.got.append(data)
        return data

    def write(self, data: Buffer) -> None:
        self.sent.append(bytes(data))
        self._line.write(data)

    def set_speed(self, bits_per_second: int) -> None:
        self.speeds.append(bits_per_second)
        self._line.set_speed(bits_per_second)

    def close(self) -> None:
        self._line.close()
