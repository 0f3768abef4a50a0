"""A virtual G3 in the state of the recorded one gives the recorded answers, byte for byte.

The recorded requests go to it as they are, sequence numbers included; so the numbers in the answers
are compared too. Left out are only the bytes at `GARBAGE`, and the commands of `LATER`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from recording import GPHOTO2, REMOTE, Exchange, Recording, load, load_descriptors
from unknown import UNKNOWN

from canon.models.native import by_product
from canon.native import commands
from canon.native.commands import CameraTime, DiskSpace, GetAbilities, GetDiskSpace, GetTime
from canon.native.commands import Identity as IdentityReply
from canon.native.release import Release
from canon.virtual.body import Body
from canon.virtual.card import Card, File, Folder
from canon.virtual.native import NativeCamera
from canon.virtual.port import VirtualPort

LATER = {0x1213, 0x1217, 0x1218}
"""Release control and what it takes: the commands that the virtual camera learns next."""

TAIL = (0x22A, 0x340)
GARBAGE = [
    slice(commands.COMMAND + 4 + start, commands.COMMAND + 4 + end)
    for start, end in UNKNOWN[commands.Abilities]
    if (start, end) != TAIL
]
"""Where the answer to abilities holds whatever the camera's memory held: behind the NUL of a name,
and in unused rows (section 7.5). Its tail is not understood either, but always the same."""

KIB = 1024


def recorded_card(card: Card) -> Card:
    """The card as both programs found it, but for what gphoto2 took and deleted."""
    card.make_folders(("MISC",), 1324250354)
    card.make_folders(("DCIM",), 1324216284)
    card.make_folders(("DCIM", "CANONMSC"), 1324216564)
    card.make_folders(("DCIM", "200CANON"), 1324216284)
    card.add(("DCIM", "CANONMSC", "200.CTG"), File(bytes(6638), 1325992244))
    card.add(("DCIM", "CANONMSC", "D.CTG"), File(bytes(383), 1325992244))
    card.add(("DCIM", "200CANON", "IMG_0006.JPG"), File(bytes(627651), 1324216322, new=False))
    return card


def put_first(card: Card, name: str, folder: Folder) -> None:
    """Put a folder before those that are in DCIM already: in card order it is the first."""
    dcim = card.folder(("DCIM",))
    assert dcim is not None
    dcim.entries = {name: folder, **dcim.entries}


def gphoto2_state(recording: Recording) -> NativeCamera:
    """The camera that gphoto2 met: active, and no picture taken yet."""
    return NativeCamera(_body(recording, recorded_card(Card())), active=True)


def gphoto2_picture(camera: NativeCamera, exchange: Exchange, recording: Recording) -> None:
    """The release put a picture on the card, in a folder of its own."""
    if exchange.command_class is Release and camera.body.card is not None:
        fetched = next(at for at in recording.exchanges if at.code == 0x1101)
        picture = File(fetched.data, 1325997452)
        put_first(camera.body.card, "204CANON", Folder(1325995520, {"IMG_0408.JPG": picture}))


def remote_state(recording: Recording) -> NativeCamera:
    """The camera that RemoteCapture met, a week later: an empty 204CANON, and space as told."""
    card = recorded_card(Card(capacity=0))
    put_first(card, "204CANON", Folder(1326688328))
    told = next(at for at in recording.exchanges if at.command_class is GetDiskSpace)
    space = DiskSpace.decode(told.data)
    card.capacity = space.capacity * KIB
    card.overhead = card.capacity - space.free * KIB - (6638 + 383 + 627651)
    return NativeCamera(_body(recording, card), active=True)


def remote_clock(camera: NativeCamera, exchange: Exchange, recording: Recording) -> None:
    """The camera's clock shows what it showed."""
    if exchange.command_class is GetTime:
        camera.body.set_seconds(CameraTime.decode(exchange.data).seconds)


def _body(recording: Recording, card: Card) -> Body:
    body = Body(by_product(0x306E), lambda: card)
    asked = next(at for at in recording.exchanges if at.command_class is commands.Identify)
    body.owner = IdentityReply.decode(asked.data).owner
    return body


def answer_to(port: VirtualPort, block: bytes) -> bytes:
    """Send a command and read all of its answer."""
    port.control_out(0x04, 0x10, 0, block)
    buffer = memoryview(bytearray(1 << 20))
    return bytes(buffer[: port.bulk_in(buffer, 30.0)])


STATES: dict[
    str,
    tuple[
        Callable[[Recording], NativeCamera],
        Callable[[NativeCamera, Exchange, Recording], None],
    ],
] = {GPHOTO2: (gphoto2_state, gphoto2_picture), REMOTE: (remote_state, remote_clock)}


@pytest.mark.parametrize(("name", "compared"), [(GPHOTO2, 21), (REMOTE, 23)])
def test_the_virtual_camera_gives_the_recorded_answers(
    name: str, compared: int, traces: Path
) -> None:
    recording = load(traces / name)
    make, happen = STATES[name]
    camera = make(recording)
    port = VirtualPort(camera)
    same = 0
    for exchange in recording.exchanges:
        happen(camera, exchange, recording)
        if exchange.code in LATER:
            continue
        answer = bytearray(answer_to(port, exchange.block))
        assert len(answer) == len(exchange.answer), exchange.command_class
        for place in GARBAGE if exchange.command_class is GetAbilities else ():
            answer[place] = exchange.answer[place]
        assert answer == exchange.answer, exchange.command_class
        same += 1
    assert same == compared
    assert camera.padded == camera.cut == 0


def test_little_is_garbage() -> None:
    assert sum(place.stop - place.start for place in GARBAGE) == 193


def test_descriptors_and_init_blocks_are_the_recorded_ones(traces: Path) -> None:
    recording = load(traces / GPHOTO2)
    port = VirtualPort(gphoto2_state(recording))
    assert port.descriptors == load_descriptors(traces)
    assert set(recording.controls) == {(0x0C, 0x55), (0x04, 0x01), (0x04, 0x04)}
    for (request, value), answer in recording.controls.items():
        assert port.control_in(request, value, 0, len(answer)) == answer
