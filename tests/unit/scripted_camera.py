"""A camera that answers by a script, and the answers to put into it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from canon.models.model import Model
from canon.models.native import by_product
from canon.native.commands import (
    FIXED_REPLY,
    LONG_REPLY,
    CommandHead,
    InitBlock,
    LongHead,
    ReplyHead,
)
from canon.native.usb_link import UsbLink
from canon.usb.port import Descriptors
from canon.virtual.clock import BodyClock
from canon.virtual.device import Pipe
from canon.virtual.port import VirtualPort

G3, EOS_20D = by_product(0x306E), by_product(0x30EB)
INIT = InitBlock(0x18, b"\1\2\3\4", 0x04A9306E, 0x800, 0x10000, 0xFD00, 0x10000)

DESCRIPTORS = Descriptors(
    bytes.fromhex("12011001ffffff20a9046e30010001020001"),
    bytes.fromhex(
        "09022700010100c032 0904000003ffffff00 07058102400000 07050202400000 07058303400060"
    ),
    {},
)

Answer = Callable[["ScriptedCamera", CommandHead], object]


class ScriptedCamera:
    """A device that answers each command by the next function of a script."""

    def __init__(self, *script: Answer, letter: bytes = b"A", init: InitBlock = INIT) -> None:
        self.descriptors = DESCRIPTORS
        self.clock = BodyClock()
        self.bulk = Pipe(64)
        self.interrupt = Pipe(64)
        self.plugged = True
        self.letter, self.init = letter, init
        self.script = deque(script)
        self.controls: list[tuple[int, bytes]] = []
        self.uploads: list[bytes] = []
        self.resets = 0
        self.detached = False

    def control_in(self, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        if (request, value) == (0x0C, 0x55):
            return self.letter
        block = {0x01: self.init.encode(), 0x04: bytes(0x50)}[value]
        return block[:length]

    def control_out(self, kind: int, request: int, value: int, index: int, data: bytes) -> None:
        self.controls.append((value, data))
        if self.script:
            self.script.popleft()(self, CommandHead.decode(data.ljust(0x50, b"\0")))

    def bulk_out(self, data: bytes) -> None:
        self.uploads.append(data)
        self.script.popleft()(self, CommandHead.decode(data))

    def bus_reset(self) -> None:
        self.resets += 1
        self.bulk.clear()

    def detach(self) -> None:
        self.detached = True


def fixed(data: bytes = b"", *, status: int = 0, kind: int = FIXED_REPLY, late: int = 0) -> Answer:
    """A fixed answer; `late` is how many commands ago it was asked for."""

    def answer(camera: ScriptedCamera, head: CommandHead) -> None:
        length, sequence = 0x14 + len(data), (head.sequence - late) & 0xFFFFFFFF
        group = head.group + 0x10
        block = ReplyHead(length, kind, 2, head.code, head.flavour, group, length, sequence)
        camera.bulk.put(block.encode() + status.to_bytes(4, "little") + data)

    return answer


def long(data: bytes, *, announced: int | None = None, kind: int = LONG_REPLY) -> Answer:
    """A long answer, which may announce more or less than comes."""

    def answer(camera: ScriptedCamera, head: CommandHead) -> None:
        size = len(data) if announced is None else announced
        camera.bulk.put(LongHead(0, kind, size).encode())
        if data:
            camera.bulk.put(data)

    return answer


def raw(*transfers: bytes) -> Answer:
    """Bytes as they are."""

    def answer(camera: ScriptedCamera, head: CommandHead) -> None:
        for transfer in transfers:
            camera.bulk.put(transfer)

    return answer


def both(*answers: Answer) -> Answer:
    """Several answers to one command."""

    def answer(camera: ScriptedCamera, head: CommandHead) -> None:
        for one in answers:
            one(camera, head)

    return answer


def halted(camera: ScriptedCamera, head: CommandHead) -> None:
    """A stall instead of an answer."""
    camera.bulk.halted = True


def silence(camera: ScriptedCamera, head: CommandHead) -> None:
    """No answer at all."""


def open_link(camera: ScriptedCamera, model: Model = G3) -> UsbLink:
    """A link to a camera that was awake already."""
    link = UsbLink(VirtualPort(camera), model)
    link.start()
    return link
