"""Cameras on RS-232: the public verbs over a modelled line, and over one that spoils bytes."""

from __future__ import annotations

import os
import sys
import tty
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

import canon
from canon.driver.card import CardPath
from canon.errors import (
    BadParameter,
    CameraNotFound,
    Disconnected,
    InUse,
    MissingExtra,
    NotSupported,
    ObjectNotFound,
    ProtocolError,
    Refused,
    WriteProtected,
)
from canon.exif import thumbnail
from canon.models.model import Model, Quirk
from canon.native.commands import GetDirectory, GetFile
from canon.native.release import EnterReleaseControl
from canon.native.serial_link import SerialLink
from canon.serial.frame import encode_frame
from canon.serial.packets import (
    SPEEDS,
    WAKE_UP,
    FilePart,
    ListingPart,
    ack,
    encode_message,
    eot,
    fragments,
)
from canon.serial.tty import open_tty
from canon.virtual.card import File, MemoryCard, fresh_card
from canon.virtual.clock import BodyClock
from canon.virtual.line import VirtualLine
from canon.virtual.native.camera import DELAYS, NativeCamera
from canon.virtual.native.serial import SerialCamera
from canon.virtual.terminal import TerminalServer
from rigs.bodies import TAKEN, a_card, native_body, native_row, profile_of
from rigs.serial import (
    MEGABYTE,
    NAME,
    PATH,
    PICTURE,
    SERIAL_MODELS,
    Ears,
    Host,
    change_answers,
    serial_device,
)


@pytest.fixture
def host() -> Host:
    """A host of a PowerShot G1 at 115,200 bits a second."""
    return Host(VirtualLine(serial_device()))


# --- start and end --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "speed"),
    [
        pytest.param(
            model,
            speed,
            id=f"{model.slug}-{speed}",
            marks=pytest.mark.shows("identify", "list", "get", model=model.name),
        )
        for model in SERIAL_MODELS
        for speed in SPEEDS
    ],
)
def test_every_model_at_every_speed(model: Model, speed: int) -> None:
    camera = serial_device(model.slug)
    line = VirtualLine(camera)
    host = Host(line, speed)
    assert host.link.model.name == model.name
    assert host.identity.model == f"Canon {model.name}"
    assert camera.speed == speed
    assert host.storage.read(PATH) == PICTURE
    host.driver.close()
    assert not camera.awake
    assert camera.speed == 9600


def test_start_and_end_are_as_printed() -> None:
    ears = Ears(VirtualLine(serial_device()))
    host = Host(ears, 57600)
    host.driver.close()
    printed = [
        WAKE_UP.hex(),
        "c0000500000000dbd1c1 c00003400201100000 00005e57c1 c000040100000024c6c1",
        encode_frame(bytes.fromhex("010400000000")).hex(),  # the first ping has number 1
        encode_frame(bytes.fromhex("00001000 02000000 01000012 10000000 01000000")).hex()
        + encode_frame(bytes.fromhex("020401000000")).hex(),  # and the first command number 2
        encode_frame(bytes.fromhex("010500000000")).hex(),  # the camera's first answer number 1
        "c00002552cc1 c000040100000024c6c1",
    ]
    assert ears.sent == [bytes.fromhex(text) for text in printed]
    assert ears.got[:2] == [
        encode_frame(bytes.fromhex("00064000") + bytes(22) + b"Canon PowerShot G1".ljust(42, b"\0"))
        + bytes.fromhex("c000040100000024c6c1"),
        bytes.fromhex("c000050000 0000dbd1c1"),
    ]
    assert ears.speeds == [9600, 57600, 9600]


@pytest.mark.parametrize("left_at", SPEEDS)
def test_a_camera_that_was_left_awake_is_joined(left_at: int) -> None:
    camera = serial_device()
    Host(VirtualLine(camera), left_at)  # and killed: the camera is not told
    host = Host(VirtualLine(camera), 38400)
    assert host.storage.read(PATH) == PICTURE


def test_a_host_that_was_killed_in_mid_transfer_leaves_a_camera_that_works() -> None:
    camera = serial_device(card=a_card({NAME: MEGABYTE}))
    host = Host(VirtualLine(camera))

    def die(done: int, total: int) -> None:
        if done > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        host.driver.read_file(host.storage.stat(PATH), bytes, die)
    assert Host(VirtualLine(camera)).storage.read(PATH) == MEGABYTE


def test_the_link_goes_on_after_a_download_that_was_given_up() -> None:
    host = Host(VirtualLine(serial_device(card=a_card({NAME: MEGABYTE}))))
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            host.driver.read_file(host.storage.stat(PATH), lambda piece: 1 // 0)
        assert host.driver.power().on_ac


def test_nobody_at_the_other_end() -> None:
    camera = serial_device()
    camera.speed = 300  # it hears nothing that a host may send
    line = VirtualLine(camera)
    with pytest.raises(CameraNotFound, match="check the cable"):
        Host(line)
    assert line.clock.now() < 30


def test_starting_twice_is_allowed_and_costs_nothing(host: Host) -> None:
    before = host.link.clock.now()
    host.link.start()
    assert host.link.clock.now() == before


def test_a_speed_that_no_camera_knows_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="choose one of 9600"):
        SerialLink(VirtualLine(serial_device()), 14400)


def test_a_body_that_no_row_knows_is_taken_with_care() -> None:
    camera = serial_device()
    camera.model = Model(**{**vars(camera.model), "serial_id": "Canon PowerShot X"})
    host = Host(VirtualLine(camera))
    assert host.link.model.name == "camera"
    assert host.storage.read(PATH) == PICTURE


# --- the verbs ------------------------------------------------------------------------------------


@pytest.mark.shows("owner", "clock", "power", model="PowerShot G1")
def test_camera_verbs(host: Host) -> None:
    moment = datetime(2001, 2, 3, 4, 5, 6)
    host.driver.set_time(moment)
    assert 0 <= (host.driver.time() - moment).total_seconds() <= 1
    host.driver.set_owner("Ansel")
    assert host.driver.identify().owner == "Ansel"
    assert host.driver.power().on_ac
    (card,) = host.driver.cards()
    assert card.name == "D:"
    assert card.capacity == 256 << 20, "in bytes"


def test_before_the_s10_there_is_no_owner() -> None:
    host = Host(VirtualLine(serial_device("powershot-a50")))
    assert host.identity.owner == ""


@pytest.mark.shows("thumbnail", model="PowerShot G1")
def test_a_thumbnail_is_in_the_head_of_the_picture() -> None:
    host = Host(VirtualLine(serial_device(card=fresh_card(profile_of(native_row("powershot-g1"))))))
    small = host.storage.thumbnail(PATH)
    assert small == thumbnail(host.storage.read(PATH))


def test_head_of_a_picture_has_10813_bytes(host: Host) -> None:
    head = bytearray()
    host.driver.session.receive(
        GetFile(1, 1536, r"D:\DCIM\100CANON\IMG_0001.JPG"), head.extend, limit=1 << 20
    )
    assert head == PICTURE[:10813]


@pytest.mark.shows("put", "delete", "folders", "protect", model="PowerShot G1")
def test_card_verbs(host: Host) -> None:
    host.storage.mkdir("DCIM/101CANON")
    for size in (0, 1, 857, 1536, 1537, 5000):
        path = f"DCIM/101CANON/UP_{size:04}.JPG"
        entry = host.storage.upload(MEGABYTE[:size], path)
        assert entry.size == size
        assert host.storage.read(path) == MEGABYTE[:size]
    host.storage.protect(path)
    assert host.storage.stat(path).protected
    with pytest.raises(WriteProtected):
        host.storage.delete(path)
    host.storage.unprotect(path)
    for entry in host.storage.ls("DCIM/101CANON"):
        host.storage.delete(entry)
    host.storage.rmdir("DCIM/101CANON")
    assert [entry.name for entry in host.storage.ls("DCIM")] == ["100CANON"]


def many_files() -> MemoryCard:
    card = a_card({NAME: PICTURE})
    for number in range(2, 300):
        card.add(("DCIM", "100CANON", f"IMG_{number:04}.JPG"), File(b"\xff", TAKEN + number))
    return card


@pytest.mark.parametrize("zeros", [0, 5, 6, 11, 16])
@pytest.mark.parametrize("longest", [60, 1000, 0xFF00])
def test_listings_in_any_number_of_messages(zeros: int, longest: int) -> None:
    host = Host(VirtualLine(serial_device(card=many_files(), zeros=zeros, longest_listing=longest)))
    names = [entry.name for entry in host.storage.walk("DCIM")]
    assert names == ["100CANON"] + [f"IMG_{number:04}.JPG" for number in range(1, 300)]
    with pytest.raises(ObjectNotFound):
        host.storage.ls("DCIM/999CANON")


@pytest.mark.parametrize("slug", ["powershot-a5", "powershot-a50", "powershot-pro70"])
@pytest.mark.parametrize("reading_s", [0.02, 25.0])
def test_a_folder_of_thousands_takes_its_time(
    slug: str,
    reading_s: float,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At 9,600 bits a second the listing takes a minute, and nothing is asked for again."""
    monkeypatch.setitem(DELAYS, GetDirectory, reading_s)
    folder = tmp_path / "DCIM/100CANON"
    folder.mkdir(parents=True)
    names = [f"AUT_{number:04}.JPG" for number in range(2500)]
    for name in names:
        (folder / name).touch()
    with canon.open(f"virtual:{slug}?card={tmp_path}") as cam:
        start = cam.clock.now()
        assert sorted(entry.name for entry in cam.storage.ls("DCIM/100CANON")) == names
        assert cam.clock.now() - start > 60.0
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


def test_a_missing_file(host: Host) -> None:
    entry = host.storage.stat(PATH)
    host.storage.delete(entry)
    with pytest.raises(ObjectNotFound):
        host.driver.read_file(entry, bytes)


def test_a_long_answer_may_be_refused() -> None:
    host = Host(VirtualLine(serial_device("powershot-g1", "refuse@GetFile:0x02000086")))
    with pytest.raises(Refused) as refused:
        host.storage.read(PATH)
    assert refused.value.code == 0x02000086
    assert host.storage.read(PATH) == PICTURE


def test_release_control_is_not_known(host: Host) -> None:
    assert host.driver.remote is None
    with pytest.raises(BadParameter):
        host.driver.session.call(EnterReleaseControl())


def test_there_are_no_events_but_time_passes(host: Host) -> None:
    before = host.link.clock.now()
    assert host.driver.events().get(5.0) is None
    assert host.link.clock.now() == pytest.approx(before + 5.0, abs=0.1)


# --- time and speed -------------------------------------------------------------------------------


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("slug", ["powershot-a50", "powershot-g1"])
def test_a_download_uses_the_line(slug: str, speed: int) -> None:
    host = Host(VirtualLine(serial_device(slug, card=a_card({NAME: MEGABYTE}))), speed)
    entry = host.storage.stat(PATH)
    before = host.link.clock.now()
    host.driver.read_file(entry, bytes)
    share = len(MEGABYTE) * 10 / speed / (host.link.clock.now() - before)
    assert share > 0.95


def test_an_a50_wants_its_bytes_one_by_one_above_57600() -> None:
    camera = serial_device("powershot-a50")
    line = VirtualLine(camera)
    host = Host(line, 115200)
    assert Quirk.SLOW_SERIAL in host.link.model.quirks
    line.write(b"".join(packet.frame() for packet in (eot(0),)) * 3)
    assert host.driver.power().on_ac, "what came too fast was lost, and no more"
    without = Model(**{**vars(host.link.model), "quirks": Quirk.NONE})
    host.link.model = without
    with pytest.raises(Disconnected):
        host.driver.power()


@pytest.mark.parametrize("slug", ["powershot-a50", "powershot-pro70"])
def test_uploads_above_57600_are_not_tried_where_they_cannot_work(slug: str) -> None:
    camera = serial_device(slug)
    host = Host(VirtualLine(camera), 115200)
    with pytest.raises(NotSupported, match="57600"):
        host.storage.upload(PICTURE, "DCIM/100CANON/UP.JPG")
    assert [entry.name for entry in host.storage.ls("DCIM/100CANON")] == [NAME]
    assert Host(VirtualLine(serial_device(slug)), 57600).storage.upload(PICTURE, "DCIM/UP.JPG").size


# --- trouble --------------------------------------------------------------------------------------


def test_a_camera_that_dies_in_mid_transfer(tmp_path: Path) -> None:
    camera = serial_device(card=a_card({NAME: MEGABYTE}))
    host = Host(VirtualLine(camera))

    def kill(done: int, total: int) -> None:
        if done > 100_000:
            camera.say = lambda data: None

    before = host.link.clock.now()
    with pytest.raises(Disconnected, match="does not answer any more"):
        host.storage.download(PATH, tmp_path, progress=kill)
    assert host.link.clock.now() - before < 120
    assert list(tmp_path.iterdir()) == []
    for _ in range(2):
        before = host.link.clock.now()
        with pytest.raises(Disconnected):
            host.driver.power()
        assert host.link.clock.now() - before < 30
    host.driver.close()


@pytest.mark.parametrize("listening", ["waiting for an event", "waiting for an answer"])
def test_an_empty_battery(listening: str) -> None:
    camera = serial_device()
    host = Host(VirtualLine(camera))
    last_words = b"".join(fragments(encode_message(0x0001, 0, b""))) + eot(9).frame()
    camera.say(last_words)
    with pytest.raises(Disconnected, match="battery is empty"):
        host.link.poll(1.0) if "event" in listening else host.driver.power()


def test_a_repeated_command_is_done_once() -> None:
    """Acknowledgement and answer are lost; the host repeats, and the camera answers again."""
    camera = serial_device(card=a_card({NAME: MEGABYTE}))
    host = Host(VirtualLine(camera))
    say = camera.say
    lost: list[bytes] = []

    def lose(data: bytes) -> None:
        (lost.append if len(lost) < 2 else say)(data)

    host.driver.cards()
    camera.say = lose
    host.driver.delete(CardPath(PATH))
    assert [len(data) for data in lost] == [10, 38], "an ACK, and an answer with its EOT"
    assert host.storage.ls("DCIM/100CANON") == []


def test_a_doubled_answer_is_dropped(host: Host) -> None:
    camera = host.link._line.camera  # type: ignore[attr-defined]  # the rig's own line
    say = camera.say
    camera.say = lambda data: [say(data) for _ in range(2)]
    for _ in range(3):
        assert host.driver.identify() == host.identity
        assert host.storage.read(PATH) == PICTURE


def part(total: int, offset: int, data: bytes, last: int, size: int | None = None) -> bytes:
    """A part of a file, after a status of 0."""
    size = len(data) if size is None else size
    return bytes(4) + FilePart(total, offset, size, last, data).encode()


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        (part(20_001, 1, b"abc", 0), "where those at 0 of 20001 were due"),
        (part(20_001, 0, b"abc", 0, size=4), "sent 3 bytes as 4"),
        (part(2, 0, b"abc", 1), "where those at 0 of 2 were due"),
        (part(20_001, 0, b"abc", 1), "broke off after 3 of 20001 bytes"),
        (part(20_001, 0, b"", 0), "broke off after 0 of 20001 bytes"),
        (part(20_002, 0, b"abc", 0), "where 20001 are the most"),
        (bytes(3), "4 bytes wanted"),
        (bytes(10), "4 bytes wanted"),
    ],
)
def test_parts_of_a_file_that_do_not_fit(payload: bytes, complaint: str, tmp_path: Path) -> None:
    camera = serial_device()
    host = Host(VirtualLine(camera))
    entry = host.storage.stat(PATH)
    change_answers(camera, lambda honest: payload)
    with pytest.raises(ProtocolError, match=complaint):
        host.storage.download(entry, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_listing_that_goes_on_with_nothing() -> None:
    camera = serial_device()
    host = Host(VirtualLine(camera))
    host.driver.cards()
    change_answers(camera, lambda honest: bytes(4) + ListingPart(0, bytes(11)).encode())
    with pytest.raises(ProtocolError, match="sent nothing"):
        host.storage.ls()


@pytest.mark.parametrize(
    ("code", "payload"),
    [
        (0x110A, b""),
        (0x110B, b"\x0fD:\0\0\0"),
        (0x1101, bytes(8) + rb"D:\DCIM\100CANON\IMG_0001.JPG"),
    ],
)
def test_long_answers_have_a_limit(host: Host, code: int, payload: bytes) -> None:
    with pytest.raises(ProtocolError, match="where 2 are the most"):
        host.link.stream(code, payload, bytes, 2, 5.0)
    assert host.driver.identify() == host.identity


def test_a_line_that_went_away_can_be_closed() -> None:
    line = VirtualLine(serial_device())
    host = Host(line)
    line.close()
    with pytest.raises(Disconnected, match="closed"):
        host.driver.power()
    host.driver.close()


def test_a_folder_that_is_there_is_made_without_a_word(host: Host) -> None:
    host.storage.mkdir("DCIM/100CANON")
    with pytest.raises(ObjectNotFound):
        host.storage.mkdir("MISSING/100CANON")


def test_a_camera_that_tells_no_owner_says_so() -> None:
    with (
        canon.open("virtual:powershot-a50") as cam,
        pytest.raises(NotSupported, match="look in its menu whether it took 'Ada'"),
    ):
        cam.owner = "Ada"


# --- a port of this computer ----------------------------------------------------------------------


@pytest.fixture
def terminal() -> Iterator[TerminalServer]:
    """A virtual camera on a pseudo-terminal."""
    card = a_card({NAME: PICTURE})
    body = native_body("powershot-g1", card, BodyClock(real=True))
    with TerminalServer(SerialCamera(NativeCamera(body))) as server:
        yield server


@pytest.mark.parametrize("speed", [9600, 115200])
def test_over_a_port_of_this_computer(terminal: TerminalServer, speed: int) -> None:
    for _ in range(2):
        with canon.open(f"serial:{terminal.path}?speed={speed}") as cam:
            assert cam.model == "Canon PowerShot G1"
            assert cam.storage.read(PATH) == PICTURE
    assert terminal.speeds == {9600, speed}


def test_a_line_that_is_closed_says_so(terminal: TerminalServer) -> None:
    host = Host(open_tty(terminal.path))
    host.driver.close()
    with pytest.raises(Disconnected, match="went away"):
        host.driver.power()


def test_a_terminal_needs_a_real_clock() -> None:
    with pytest.raises(ValueError, match="real clock"):
        TerminalServer(serial_device())


def test_a_port_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CameraNotFound, match="No such file"):
        open_tty(str(tmp_path / "ttyUSB0"))
    with pytest.raises(CameraNotFound, match=r"\(it is no serial port\); name the one"):
        open_tty("/dev/null")


def test_without_pyserial_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "serial", None)
    with pytest.raises(MissingExtra, match=r"needs pyserial.*pip install .*\[serial\]\""):
        open_tty("/dev/ttyUSB0")


def test_a_port_that_another_program_has(terminal: TerminalServer) -> None:
    line = open_tty(terminal.path)
    with pytest.raises(InUse, match="another program uses"):
        open_tty(terminal.path)
    line.close()
    line.close()
    open_tty(terminal.path).close()


def test_a_port_that_goes_away() -> None:
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    line = open_tty(os.ttyname(theirs))
    os.close(ours)
    with pytest.raises(Disconnected, match="went away"):
        line.read(1, 1.0)
    with pytest.raises(Disconnected):
        line.write(ack(0).frame())
    line.close()
    os.close(theirs)
