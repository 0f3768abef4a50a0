"""A PTP camera that answers by a script, and the answers to put into it."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable

from canon.ptp.containers import (
    CANCEL,
    CLASS_IN,
    CLASS_OUT,
    GET_STATUS,
    HEAD,
    RESET,
    UNKNOWN_LENGTH,
    Container,
    ContainerKind,
    container,
    parameters,
)
from canon.ptp.datasets import StorageIDs
from canon.ptp.operations import GetObject, GetStorageIDs, Response
from canon.ptp.session import Session
from canon.ptp.usb_transport import UsbTransport
from canon.usb.port import Descriptors
from canon.virtual.clock import BodyClock
from canon.virtual.device import Pipe, Stall, Unplugged
from canon.virtual.port import VirtualPort

PACKET = 512
OK = Response.OK
MIB = 1 << 20
HANDLE = 0x9191D602
BULK_IN, BULK_OUT = 0x81, 0x02

EOS_60D = bytes.fromhex(  # what a 60D says of itself (recorded)
    "640006000000c8000000005700000014101510161001100210031006100410019105100291071008100391091004"
    "910a101b1007910c100d100b1005910f100691109127910b91089109910c910e910f911591149113911691179120"
    "91f09118912191f1911d910a911b911c911e911a9153915491609155915791589159915a911f91fe91ff91289129"
    "912d912e912f912c91309131913291339134912b9135913691379101980298039804980598529053905790589059"
    "905a905f900700000009400440054003400240074001c10500000002d407d406d403d301500100000001380c0000"
    "000130023006300a300830013801b103b102bf003804b105b10b430061006e006f006e00200049006e0063002e00"
    "00000e430061006e006f006e00200045004f005300200036003000440000000833002d0031002e0031002e003000"
    "00002130003000300030003000300030003000300030003000300030003000300030003000300030003000300030"
    "0030003000300030003000300030003000300030000000"
)


def descriptors(*, vendor: int = 0x04A9) -> Descriptors:
    """Those of a PTP camera at high speed, its interrupt packets of 8 bytes."""
    return Descriptors(
        bytes.fromhex("12010002000000 40") + vendor.to_bytes(2, "little") + b"\x18\x32" + bytes(6),
        bytes.fromhex(
            "09022700010100c032 0904000003060101 00 07058102000200 07050202000200 07058303080009"
        ),
        {},
    )


Answer = Callable[["ScriptedPtp", Container], object]


class ScriptedPtp:
    """A device that answers each command by the next function of a script.

    A function that puts itself into `taking` gets the OUT transfers that follow. What `statuses`
    holds is answered to GetDeviceStatus, OK when it is empty; `deaf` ones stall class requests.
    """

    def __init__(self, *script: Answer, vendor: int = 0x04A9, deaf: bool = False) -> None:
        self.descriptors = descriptors(vendor=vendor)
        self.clock = BodyClock()
        self.bulk, self.interrupt = Pipe(PACKET), Pipe(8)
        self.plugged = True
        self.deaf = deaf
        self.script = deque(script)
        self.commands: list[tuple[int, int, tuple[int, ...]]] = []  # code, id, parameters
        self.transfers: list[bytes] = []  # OUT transfers that are no commands
        self.taking: Callable[[bytes], object] | None = None
        self.statuses: deque[bytes] = deque()
        self.requests: list[tuple[int, bytes]] = []
        self.bus_resets = 0
        self.detached = False

    def control_in(self, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        own = self.descriptors.number
        assert (kind, request, value, index) == (CLASS_IN, GET_STATUS, 0, own)
        if self.deaf:
            raise Stall
        self.requests.append((request, b""))
        return self.statuses.popleft() if self.statuses else status()

    def control_out(self, kind: int, request: int, value: int, index: int, data: bytes) -> None:
        assert (kind, value, index) == (CLASS_OUT, 0, self.descriptors.number)
        assert request in (CANCEL, RESET)
        if not self.plugged:
            raise Unplugged
        if self.deaf:
            raise Stall
        self.requests.append((request, data))
        self._forget()

    def bulk_out(self, data: bytes) -> None:
        if not self.plugged:
            raise Unplugged
        if self.taking is not None:
            self.transfers.append(data)
            self.taking(data)
            return
        head = Container.decode(data)
        assert head.kind == ContainerKind.COMMAND
        assert head.length == len(data)
        self.commands.append((head.code, head.transaction, parameters(data[HEAD:])))
        self.script.popleft()(self, head)

    def bus_reset(self) -> None:
        self.bus_resets += 1
        self._forget()

    def detach(self) -> None:
        self.detached = True

    def _forget(self) -> None:
        self.taking = None
        self.bulk.clear()
        self.clock.forget()


def status(code: int = Response.OK, *halted: int) -> bytes:
    """What GetDeviceStatus says."""
    rest = b"".join(address.to_bytes(4, "little") for address in halted)
    return (4 + len(rest)).to_bytes(2, "little") + int(code).to_bytes(2, "little") + rest


def response(head: Container, code: int = Response.OK, *values: int, late: int = 0) -> bytes:
    """A response; `late` is how many transactions ago it was due."""
    body = b"".join(value.to_bytes(4, "little") for value in values)
    return container(ContainerKind.RESPONSE, code, head.transaction - late, body)


def data(head: Container, payload: bytes, *, code: int | None = None, late: int = 0) -> bytes:
    """A data container."""
    code = head.code if code is None else code
    return container(ContainerKind.DATA, code, head.transaction - late, payload)


def ended(head: bytes) -> list[bytes]:
    """A transfer, with the empty packet that ends it when its packets are all full."""
    return [head, b""] if len(head) % PACKET == 0 else [head]


def ok(*values: int, code: int = Response.OK) -> Answer:
    """A response, and nothing else."""
    return lambda camera, head: camera.bulk.put(response(head, code, *values))


def refuses(code: int) -> Answer:
    """A refusal."""
    return ok(code=code)


def sends(payload: bytes, *values: int, code: int = Response.OK) -> Answer:
    """Data and a response."""

    def answer(camera: ScriptedPtp, head: Container) -> None:
        for transfer in ended(data(head, payload)):
            camera.bulk.put(transfer)
        camera.bulk.put(response(head, code, *values))

    return answer


def puts(make: Callable[[Container], list[bytes]]) -> Answer:
    """IN transfers as a function makes them of the command's head."""

    def answer(camera: ScriptedPtp, head: Container) -> None:
        for transfer in make(head):
            camera.bulk.put(transfer)

    return answer


def takes(transfers: int, *values: int, code: int = Response.OK) -> Answer:
    """Takes data in that many transfers, then responds."""

    def answer(camera: ScriptedPtp, head: Container) -> None:
        left = transfers

        def take(transfer: bytes) -> None:
            nonlocal left
            left -= 1
            if not left:
                camera.taking = None
                camera.bulk.put(response(head, code, *values))

        camera.taking = take

    return answer


def after(seconds: float, answer: Answer) -> Answer:
    """An answer that comes later."""

    def later(camera: ScriptedPtp, head: Container) -> None:
        def act() -> None:
            answer(camera, head)

        camera.clock.after(seconds, act)

    return later


def silence(camera: ScriptedPtp, head: Container) -> None:
    """No answer at all."""


def halts(camera: ScriptedPtp, head: Container) -> None:
    """A stall on the bulk IN pipe instead of an answer."""
    camera.bulk.halted = True


def unplugs(camera: ScriptedPtp, head: Container) -> None:
    """The plug is pulled."""
    camera.plugged = False


def open_session(
    *script: Answer, vendor: int = 0x04A9, deaf: bool = False
) -> tuple[Session, ScriptedPtp]:
    """A session that has begun, and its camera, which has forgotten how."""
    camera = ScriptedPtp(ok(), sends(EOS_60D), *script, vendor=vendor, deaf=deaf)
    session = Session(UsbTransport(VirtualPort(camera)))
    session.start()
    camera.commands.clear()
    camera.requests.clear()
    return session, camera


# --- data in every form ---------------------------------------------------------------------------


def whole(content: bytes) -> Answer:
    """As the standard has it."""
    return sends(content)


def without_empty_packet(content: bytes) -> Answer:
    """As a camera has it that forgets the empty packet after whole ones."""
    return puts(lambda head: [data(head, content), response(head)])


def split(content: bytes) -> Answer:
    """The container's head in a transfer of its own."""

    def make(head: Container) -> list[bytes]:
        block = data(head, content)
        rest = ended(block[HEAD:]) if content else []
        return [block[:HEAD], *rest, response(head)]

    return puts(make)


def split_without_empty_packet(content: bytes) -> Answer:
    """Both at once."""

    def make(head: Container) -> list[bytes]:
        block = data(head, content)
        return [block[:HEAD], *([block[HEAD:]] if content else []), response(head)]

    return puts(make)


def in_short_pieces(content: bytes) -> Answer:
    """As a device has it that sends each of its buffers in a transfer, whatever its length."""

    def make(head: Container) -> list[bytes]:
        block = data(head, content)
        pieces = [block[:4108], *(block[at : at + 4000] for at in range(4108, len(block), 4000))]
        return [*pieces, response(head)]

    return puts(make)


def of_no_length(content: bytes) -> Answer:
    """A container whose length only its last packet tells."""

    def make(head: Container) -> list[bytes]:
        first = Container(UNKNOWN_LENGTH, ContainerKind.DATA, head.code, head.transaction).encode()
        return [*ended(first + content), response(head)]

    return puts(make)


# --- the host's side ------------------------------------------------------------------------------


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def fetch(session: Session, *, limit: int = 64 * MIB, expect: int = 0) -> bytes:
    collected = bytearray()
    length = session.receive(GetObject(HANDLE), collected.extend, limit=limit, expect=expect)
    assert length == len(collected)
    return bytes(collected)


def still_works(session: Session, camera: ScriptedPtp) -> bool:
    """Whether the next transaction is as if nothing had been."""
    camera.script.append(sends(bytes.fromhex("01000000 01000200")))
    return session.call(GetStorageIDs()) == StorageIDs((0x00020001,))


def asked(camera: ScriptedPtp) -> list[int]:
    """The class requests that the camera got."""
    return [request for request, _ in camera.requests]
