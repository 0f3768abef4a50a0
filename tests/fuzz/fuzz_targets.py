"""What `make fuzz` throws bytes at, and the bytes that it begins with.

A target takes any bytes at all. Whatever comes out of it but a loop, much memory, or an exception
is fine: errors that the project documents are caught here.
"""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from attack import attack
from fuzz_eos import eos_seeds, take_eos
from hostile_ptp_camera import HostilePtpCamera, Trick, What
from test_hostile_ptp import BODIES, PTP_VERBS

from canon import exif
from canon.camera import Camera
from canon.errors import DecodeError
from canon.native import commands, release
from canon.ps350 import packets
from canon.ps350.packets import PacketReader
from canon.ptp import containers, datasets, ip_packets, operations
from canon.ptp.containers import Container, ContainerKind, container, parameters
from canon.ptp.datasets import DataType, moment, read_value, write_value
from canon.ptp.eos import focus, formats, records
from canon.ptp.eos import layouts as eos
from canon.ptp.operations import events, find_operation, make_event
from canon.ptp.powershot import layouts as powershot
from canon.trace.captures import SECTION
from canon.trace.files import read
from canon.trace.recorder import RecordingPort
from canon.trace.telling import redact, tell
from canon.virtual.pictures.exif import Exposure, app1
from canon.virtual.pictures.raw import cr2, crw
from canon.virtual.pictures.scene import photograph
from canon.virtual.port import VirtualPort
from canon.wire import Message, unexplained
from rigs.bodies import ptp_row
from rigs.rewritten import as_gzip, as_usbmon_text, as_usbpcap


@dataclass(frozen=True)
class Target:
    """Something that takes bytes.

    Attributes:
        take: takes them.
        seeds: bytes to begin with; the folder holds recordings of real cameras.
    """

    take: Callable[[bytes], None]
    seeds: Callable[[Path], Iterator[bytes]]


def recorded(traces: Path) -> Iterator[tuple[int, bytes]]:
    """The data of each recorded operation of PTP, with its code."""
    for path in sorted(traces.glob("ptp/*.jsonl")):
        for line in path.read_text().splitlines():
            fields = json.loads(line)
            if data := fields.get("data"):
                yield int(fields["opcode"], 16), bytes.fromhex(data)


# --- containers, datasets, events -----------------------------------------------------------------

_LAYOUTS = {
    module.__name__
    for module in (
        *(commands, release, packets, containers, ip_packets, datasets, operations, powershot),
        *(eos, records, formats, focus),
    )
}
_TOO_LONG = "is longer than"  # 255 characters without a NUL can be read, but not written


def _messages(kind: type[Message] = Message) -> Iterator[type[Message]]:
    for one in kind.__subclasses__():
        if one.__module__ in _LAYOUTS:
            yield one
        yield from _messages(one)


MESSAGES = sorted(set(_messages()), key=lambda kind: kind.__name__)
TYPES = list(DataType)


def take_message(data: bytes) -> None:
    """Read a message, of a kind that the first two bytes choose, and write it again."""
    kind = MESSAGES[int.from_bytes(data[:2], "big") % len(MESSAGES)]
    message = kind.decode(data[2:])
    repr(message)
    unexplained(kind, data[2:])
    try:
        again = message.encode()
    except ValueError as error:
        if _TOO_LONG not in str(error):
            raise
    else:
        assert kind.decode(again) == message


def take_container(data: bytes) -> None:
    """Read a container: the parameters of what is none of data, and the event that it may be."""
    head = Container.decode(data)
    values = parameters(data[containers.HEAD :])
    if head.kind == ContainerKind.EVENT:
        event = make_event(head.code, values)
        assert event.code in (head.code, 0)
    payload = data[containers.HEAD :]
    assert container(head.kind, head.code, head.transaction, payload)[4:] == data[4:]


def take_value(data: bytes) -> None:
    """Read the value of a property, of a type that the first byte chooses, and write it again."""
    kind = TYPES[data[0] % len(TYPES)]
    value, _ = read_value(kind, data, 1)
    if isinstance(value, str):
        moment(value)
    try:
        again = write_value(kind, value)
    except ValueError as error:
        if _TOO_LONG not in str(error):
            raise
    else:
        assert read_value(kind, again)[0] == value


def take_packets(data: bytes) -> None:
    """Find the packets of a PowerShot 350, in pieces whose length the first byte tells."""
    reader = PacketReader()
    for start in range(1, len(data), data[0] + 1):
        for packet in reader.feed(data[start : start + data[0] + 1]):
            assert packets.Packet.decode(packet.encode()) == packet


_READERS = (take_message, take_container, take_value, take_packets)


def take_dataset(data: bytes) -> None:
    """Read what the first byte chooses."""
    if len(data) > 1:
        with suppress(DecodeError):
            _READERS[data[0] % len(_READERS)](data[1:])


def dataset_seeds(traces: Path) -> Iterator[bytes]:
    """What was recorded of each kind, and one of each message, container, event and packet."""
    places = {kind: bytes((0, *place.to_bytes(2, "big"))) for place, kind in enumerate(MESSAGES)}
    for code, data in recorded(traces):
        operation = find_operation(code)
        if operation and operation.reply in places:
            yield places[operation.reply] + data
    for rest in bytes(64), b"\xff" + b"A\0" * 255:  # no string that can be written is so long
        yield from (place + rest for place in places.values())
    for event in events():
        yield b"\1" + container(ContainerKind.EVENT, event.code, 1, bytes(12))
    for kind in range(len(TYPES)):
        yield bytes((2, kind, 2, 0, 0, 0)) + bytes(32)
    for step in 0, 99, 255:
        yield bytes((3, step)) + b"\xc0" + packets.ack(1).encode() + packets.eot(2).encode()


# --- recordings -----------------------------------------------------------------------------------


@functools.cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def take_recording(data: bytes) -> None:
    """Tell a recording in words and in JSON, and copy it without what is private."""
    source, copy = (Path(_scratch().name, name) for name in ("source", "copy"))
    source.write_bytes(data)
    records = read(source)
    try:
        first = list(islice(records, 1))
    except ValueError:  # it is no recording at all
        return
    for told in tell(chain(first, records)):
        told.as_json()
        told.lines()
    redact(source, copy)


def recording_seeds(traces: Path) -> Iterator[bytes]:
    """The first lines of each trace, and captures of virtual cameras."""
    for path in sorted(traces.glob("**/*.jsonl")):
        with path.open("rb") as file:
            for size in 1, 8:
                file.seek(0)
                yield b"".join(islice(file, size))
    for slug in BODIES:
        with tempfile.TemporaryFile() as stream:
            _talk(slug, stream)
            stream.seek(0)
            yield stream.read()


def _talk(slug: str, stream: BinaryIO) -> None:
    camera = HostilePtpCamera(ptp_row(slug))
    with Camera(lambda: RecordingPort(VirtualPort(camera), stream), "recorded") as cam:
        cam.storage.cards()
        cam.storage.ls("DCIM")


# --- conversations --------------------------------------------------------------------------------

_WHATS = list(What)
_VERBS = sorted(PTP_VERBS)
_MOST_TRICKS = 64


def take_talk(data: bytes) -> None:
    """Talk to a hostile camera: a body, some verbs, and its tricks, one after another.

    A trick is five bytes, what and a number, and its data after a byte that says how many.
    """
    body, count = data[0:1] or b"\0", (data[1:2] or b"\0")[0] % 6
    verbs = [_VERBS[one % len(_VERBS)] for one in data[2 : 2 + count]]
    tricks: list[Trick] = []
    at = 2 + count
    while at < len(data) and len(tricks) < _MOST_TRICKS:
        what, number, size = data[at], data[at + 1 : at + 5], (data[at + 5 : at + 6] or b"\0")[0]
        at += 6 + size
        trick = Trick(
            _WHATS[what % len(_WHATS)], int.from_bytes(number, "little"), data[at - size : at]
        )
        tricks.append(trick)
    attack(HostilePtpCamera(ptp_row(BODIES[body[0] % len(BODIES)]), tricks), verbs, PTP_VERBS)


def talk_seeds(traces: Path) -> Iterator[bytes]:
    """Every verb with an honest camera, and with one that answers what others have answered."""
    said = [data for _, data in islice(recorded(traces), 200) if len(data) < 256]
    for place in range(len(_VERBS)):
        yield bytes((0, 1, place))
        tricks = b"".join(_trick(What.DATASET, data) for data in said[place :: len(_VERBS)])
        yield bytes((place % len(BODIES), 1, place)) + _trick(What.HONEST) * 3 + tricks


def _trick(what: What, data: bytes = b"") -> bytes:
    return bytes((_WHATS.index(what), 0, 0, 0, 0, len(data))) + data


def form_seeds(form: Callable[[Path], bytes]) -> Callable[[Path], Iterator[bytes]]:
    """Recordings of virtual cameras, as another program would have written them."""

    def seeds(traces: Path) -> Iterator[bytes]:
        for number, seed in enumerate(recording_seeds(traces)):
            if seed.startswith(SECTION):
                path = Path(_scratch().name, f"{form.__name__}{number}")
                path.write_bytes(seed)
                whole = form(path)
                yield from (whole[: len(whole) * part // 4] for part in range(1, 5))

    return seeds


def log_seeds(traces: Path) -> Iterator[bytes]:
    """Sentences and dumps of both ages of libgphoto2."""
    for dump in b"hexdump of 16 bytes)", b"hexdump of the first 16 of 99 bytes)":
        for sentence in (
            b"Read    16 = 0x10 out of 1024 bytes from port: (",
            b"Wrote   16 = 0x10 bytes to port: (",
            b"Read    16 = 0x10 bytes from interrupt endpoint: (",
            b"Writing message (request=0x4 value=0x10 index=0x0 size=16=0x10): (",
            b"interrupt (",
        ):
            yield LOG_HEAD + sentence + dump + LOG_ROW
    yield (
        LOG_HEAD
        + b"Reading 16 = 0x10 bytes from port...\n"
        + LOG_HEAD
        + (b"Hexdump of 16 = 0x10 bytes follows:" + LOG_ROW)
    )
    yield (
        LOG_HEAD
        + b"Reading 16 = 0x10 bytes from port...\n"
        + LOG_HEAD
        + (b"Reading 16 = 0x10 bytes from port failed: Timeout (-10)\n")
    )


def take_picture(data: bytes) -> None:
    """What a file on the card tells, whatever kind of picture it says it is."""
    for reader in exif.read, exif.thumbnail, exif.taken, exif.end:
        with suppress(DecodeError):
            reader(data)


def picture_seeds(traces: Path) -> Iterator[bytes]:
    """One file of each kind, whole and cut."""
    shot = Exposure(datetime(2004, 6, 5), 1000001, width=32, height=32, owner="somebody")
    photo = photograph(shot)
    boxes = b"\0\0\0\x10ftypcrx \0\0\0\1" + b"\0\0\0\x40moov\0\0\0\x38uuid"
    boxes += bytes.fromhex("85c0b687820f11e08111f4ce462b6a48") + b"\0\0\0\x20CMT1"
    block = app1(shot, photo.thumbnail)[10:]
    for file in photo.image, cr2(shot, photo), crw(shot, photo), boxes + block, block:
        yield from (file[: len(file) * part // 4] for part in range(2, 5))


LOG_HEAD = b"0.511003 gp_port_read                (3): "
LOG_ROW = b"\n0000  10 00 00 00 01 00 02 10-00 00 00 00 01 00 00 00  ................\n\n"


TARGETS = {
    "datasets": Target(take_dataset, dataset_seeds),
    "eos": Target(take_eos, eos_seeds),
    "recordings": Target(take_recording, recording_seeds),
    "usbpcap": Target(take_recording, form_seeds(as_usbpcap)),
    "usbmon-text": Target(take_recording, form_seeds(as_usbmon_text)),
    "gphoto2-logs": Target(take_recording, log_seeds),
    "gzip": Target(take_recording, form_seeds(as_gzip)),
    "pictures": Target(take_picture, picture_seeds),
    "talk": Target(take_talk, talk_seeds),
}
