"""The PowerShot 350: the public verbs over a modelled line, and over a pseudo-terminal."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

import canon
from canon import ports
from canon.driver.card import CardPath, Entry
from canon.errors import (
    CameraNotFound,
    CanonError,
    Disconnected,
    NoCard,
    NotSupported,
    ObjectNotFound,
    PortTimeout,
    ProtocolError,
    Refused,
)
from canon.models.ps350 import Ps350Model, by_slug
from canon.ps350.packets import (
    OFF,
    SPEEDS,
    WAKE_UP,
    OpenFile,
    Packet,
    PacketKind,
    Ping,
    ReadFile,
    ack,
)
from canon.ps350.session import Session
from canon.virtual.build import Wanted, make_virtual
from canon.virtual.card import File, MemoryCard
from canon.virtual.line import VirtualLine
from canon.virtual.ps350 import Ps350Camera, fresh_card
from canon.virtual.terminal import TerminalServer
from rigs.ps350 import (
    FOLDER,
    MODEL,
    PATH,
    PICTURE,
    SMALL,
    SMALL_PATH,
    TAKEN,
    Host,
    ps350_card,
    ps350_device,
)
from rigs.serial import Ears

shows = pytest.mark.shows


@pytest.fixture
def host() -> Host:
    """A host at 115,200 bits a second."""
    return Host(VirtualLine(ps350_device()))


# --- start and end --------------------------------------------------------------------------------


@pytest.mark.parametrize("speed", SPEEDS)
@shows("identify", "list", "get", model=MODEL.name)
def test_at_every_speed(speed: int) -> None:
    camera = ps350_device()
    host = Host(VirtualLine(camera), speed)
    assert host.identity.model == "Canon PowerShot 350"
    assert host.identity.firmware_version == "01:02"
    assert camera.speed == speed
    assert host.storage.read(PATH) == PICTURE
    host.driver.close()
    assert not camera.awake
    assert camera.speed == 9600


def test_start_and_end_go_step_by_step_as_in_the_notes() -> None:
    ears = Ears(VirtualLine(ps350_device()))
    host = Host(ears, 115200)
    host.driver.close()
    assert ears.sent == [
        WAKE_UP,
        ack(0).encode(),
        b"\0",  # a break, as a zero byte at 50 bits a second
        b"\x42",
        b"\x04",
        bytes.fromhex("0053"),
        Ping().packet(1).encode(),
        ack(1).encode(),
        OFF.encode(),
    ]
    assert ears.speeds == [9600, 50, 9600, 115200, 9600]


@pytest.mark.parametrize("left_at", SPEEDS)
def test_a_camera_that_was_left_awake_is_joined(left_at: int) -> None:
    camera = ps350_device()
    Host(VirtualLine(camera), left_at)  # and killed: the camera is not told
    host = Host(VirtualLine(camera), 38400)
    assert host.identity.model == "Canon PowerShot 350", "by its row: it tells its name only once"
    assert host.identity.firmware_version == ""
    assert host.storage.read(SMALL_PATH) == SMALL


def test_a_host_that_was_killed_in_mid_block_leaves_a_camera_that_works() -> None:
    camera = ps350_device()
    host = Host(VirtualLine(camera))
    handle = host.driver.session.call(OpenFile(1, "REMOVABLE_1:\\DC97\\CTG_0000\\AUT_0021.JPG"))
    line = VirtualLine(camera)
    line.set_speed(camera.speed)
    line.write(ReadFile(handle.handle, 9000).packet(7).encode())
    assert Host(VirtualLine(camera)).storage.read(PATH) == PICTURE


def test_a_camera_that_does_not_hear_the_break_stays_at_9600(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Deaf(VirtualLine):
        """A line whose port does not know 50 bits a second."""

        def set_speed(self, bits_per_second: int) -> None:
            super().set_speed(max(9600, bits_per_second))

    camera = ps350_device()
    host = Host(Deaf(camera), 115200)
    assert camera.speed == 9600
    assert "stays at 9600" in caplog.text
    assert host.storage.read(SMALL_PATH) == SMALL


def test_nobody_at_the_other_end() -> None:
    camera = ps350_device()
    camera.speed = 40  # it hears nothing that a host may send
    line = VirtualLine(camera)
    with pytest.raises(CameraNotFound, match="check the cable"):
        Host(line)
    assert line.clock.now() < 60


def test_starting_twice_is_allowed_and_costs_nothing(host: Host) -> None:
    before = host.driver.session.clock.now()
    host.driver.start()
    assert host.driver.session.clock.now() == before


def test_a_speed_that_the_camera_does_not_know_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="choose one of 9600"):
        Session(VirtualLine(ps350_device()), 14400)


# --- the card -------------------------------------------------------------------------------------


def test_a_listing(host: Host) -> None:
    taken = datetime(1999, 6, 26, 12, 40)
    assert list(host.storage.walk()) == [
        Entry(CardPath("DC97"), is_folder=True, new=False),
        Entry(CardPath(FOLDER), 0, taken, is_folder=True, new=False),
        Entry(CardPath(SMALL_PATH), len(SMALL), taken),
        Entry(CardPath(PATH), len(PICTURE), taken),
    ]
    assert [entry.name for entry in host.storage.ls()] == ["DC97"]
    assert host.storage.ls("dc97/ctg_0000") == [
        Entry(CardPath(f"dc97/ctg_0000/{name}"), size, taken)
        for name, size in (("THM_0021.JPG", len(SMALL)), ("AUT_0021.JPG", len(PICTURE)))
    ]


def test_a_thumbnail_belongs_to_its_picture(host: Host) -> None:
    assert list(map(str, host.storage.companions(PATH))) == [SMALL_PATH]
    assert host.storage.companions(SMALL_PATH) == []


def test_a_long_listing_comes_in_packets_of_whole_entries() -> None:
    card = ps350_card()
    names = [f"AUT_{number:04}.JPG" for number in range(22, 400)]
    for name in names:
        card.add(("DC97", "CTG_0000", name), File(b"x", TAKEN))
    ears = Ears(VirtualLine(ps350_device(card=card)))
    host = Host(ears)
    assert [entry.name for entry in host.storage.ls(FOLDER)][2:] == names
    packets = [Packet.decode(raw) for raw in ears.got if len(raw) == 300]
    rows = [packet for packet in packets if packet.more]
    assert {len(packet.data) for packet in rows} == {22 + 12 * 21, 13 * 21}


def test_erased_files_and_ways_up_are_not_shown() -> None:
    card = ps350_card()
    card.make_folders(("DC97", "CTG_0000")).entries["\xe5UT_0020.JPG"] = File(b"x", TAKEN)
    host = Host(VirtualLine(ps350_device(card=card)))
    assert [entry.name for entry in host.storage.ls(FOLDER)] == ["THM_0021.JPG", "AUT_0021.JPG"]


@shows("get", model=MODEL.name)
def test_a_download_tells_how_far_it_is_and_keeps_the_time(host: Host, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    saved = host.storage.download(PATH, tmp_path, progress=lambda *far: told.append(far))
    assert saved.read_bytes() == PICTURE
    assert datetime.fromtimestamp(saved.stat().st_mtime) == datetime(1999, 6, 26, 12, 40)
    assert told == [(min(at, 150_000), 150_000) for at in range(9308, 159_308, 9308)]


def test_a_download_uses_most_of_the_line(host: Host) -> None:
    entry, clock = host.storage.stat(PATH), host.driver.session.clock
    before = clock.now()
    host.storage.read(entry)
    assert clock.now() - before < len(PICTURE) * 10 / 115200 / 0.83


def test_a_download_that_is_given_up_leaves_nothing_and_the_camera_goes_on(
    host: Host, tmp_path: Path
) -> None:
    def stop(done: int, total: int) -> None:
        if done > 50_000:
            raise KeyboardInterrupt

    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            host.storage.download(PATH, tmp_path, progress=stop)
        assert list(tmp_path.iterdir()) == []
    assert host.storage.read(PATH) == PICTURE


def test_a_read_that_is_interrupted_within_a_block_is_got_over() -> None:
    class Interrupted(VirtualLine):
        """A line on which Ctrl-C comes at the n-th read."""

        left = -1

        def read(self, size: int, timeout_s: float) -> bytes:
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
            return super().read(size, timeout_s)

    line = Interrupted(ps350_device())
    host = Host(line)
    entry = host.storage.stat(PATH)
    line.left = 40
    with pytest.raises(KeyboardInterrupt):
        host.storage.read(entry)
    assert host.storage.read(entry) == PICTURE


@shows("thumbnail", model=MODEL.name)
def test_the_thumbnail_is_the_file_beside_the_picture() -> None:
    host = Host(VirtualLine(Ps350Camera(MODEL, lambda: fresh_card(MODEL))))
    pictures = [entry for entry in host.storage.ls(FOLDER) if entry.name.startswith("AUT")]
    assert [entry.name for entry in pictures] == [f"AUT_{at:04}.JPG" for at in range(21, 25)]
    for entry in pictures:
        small = Image.open(io.BytesIO(host.storage.thumbnail(entry)))
        assert (small.size, small.format) == ((80, 60), "JPEG")
        assert Image.open(io.BytesIO(host.storage.read(entry))).size == (640, 480)


@pytest.mark.parametrize(
    ("name", "beside", "said"),
    [
        ("AUT_0021.JPG", None, "no thumbnail"),
        ("AUT_0021.JPG", b"no picture", "no thumbnail"),
        ("NOTES.TXT", SMALL, "no thumbnail"),
    ],
)
def test_a_file_without_a_thumbnail(name: str, beside: bytes | None, said: str) -> None:
    card = MemoryCard()
    card.add(("DC97", name), File(b"x", TAKEN))
    if beside is not None:
        card.add(("DC97", "THM_0021.JPG"), File(beside, TAKEN))
    host = Host(VirtualLine(ps350_device(card=card)))
    with pytest.raises(ObjectNotFound, match=said):
        host.storage.thumbnail(f"DC97/{name}")


def test_the_card_and_its_space(host: Host) -> None:
    (card,) = host.storage.cards()
    assert (card.name, card.capacity) == ("REMOVABLE_1:", 256 << 20)
    assert card.free == card.capacity - len(PICTURE) - len(SMALL)


def test_an_empty_slot() -> None:
    host = Host(VirtualLine(Ps350Camera(MODEL, lambda: None)))
    with pytest.raises(NoCard):
        host.storage.cards()
    with pytest.raises(NoCard):
        host.storage.ls()


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["DC97/CTG_0009", "PWRSHOT"])
def test_a_folder_that_is_not_there(host: Host, path: str) -> None:
    with pytest.raises(ObjectNotFound, match=f"^{path}: no such file or folder .*0x20000002"):
        host.storage.ls(path)


def test_what_info_prints_of_a_card_can_be_typed_back(host: Host) -> None:
    (card,) = host.storage.cards()
    assert host.storage.ls(f"{card.name}/{FOLDER}") == host.storage.ls(FOLDER)
    assert host.storage.stat(f"{card.name.lower()}\\{PATH}") == host.storage.stat(PATH)
    assert host.storage.ls(f"/store_00010001/{FOLDER}") == host.storage.ls(FOLDER)


def test_a_file_that_is_not_there(host: Host) -> None:
    gone = Entry(CardPath(f"{FOLDER}/AUT_0099.JPG"), 1)
    with pytest.raises(ObjectNotFound):
        host.storage.read(gone)
    with pytest.raises(ObjectNotFound, match=r"there is no card D:; the camera has REMOVABLE_1:"):
        host.storage.ls("D:\\DCIM")


def test_a_refusal_keeps_its_status() -> None:
    host = Host(VirtualLine(ps350_device("refuse@PrepareFile:0x1234")))
    entry = host.storage.stat(PATH)
    with pytest.raises(Refused, match="PrepareFile") as refusal:
        host.storage.read(entry)
    assert refusal.value.code == 0x1234
    assert host.storage.read(entry) == PICTURE


@pytest.mark.parametrize("command", ["ListDisks", "OpenFile", "ReadFile"])
def test_a_camera_that_goes_off_is_told_of(command: str, tmp_path: Path) -> None:
    line = VirtualLine(ps350_device(f"silence@{command}"))
    host = Host(line)
    before = line.clock.now()
    with pytest.raises(Disconnected, match="does not answer any more"):
        host.storage.download(PATH, tmp_path)
    assert line.clock.now() - before < 40
    assert list(tmp_path.iterdir()) == []
    host.driver.close()


def test_events_ask_every_second_whether_the_camera_is_there(host: Host) -> None:
    clock = host.driver.session.clock
    before = clock.now()
    assert host.driver.events().get(10.0) is None
    assert 10 <= clock.now() - before < 11.5
    lost = Host(VirtualLine(ps350_device("silence@ListDisks")))
    with pytest.raises(Disconnected):
        lost.storage.cards()
    with pytest.raises(Disconnected):
        lost.driver.events().get(60.0)


def test_a_closed_camera_says_so(host: Host) -> None:
    host.driver.close()
    host.driver.close()
    with pytest.raises(Disconnected, match="closed"):
        host.driver.identify()


def refused_verbs() -> list[Callable[[Host], object]]:
    """What nobody knows a command for."""
    path, moment = CardPath(PATH), datetime(2000, 1, 1)
    return [
        lambda host: host.driver.set_owner("Ada"),
        lambda host: host.driver.time(),
        lambda host: host.driver.set_time(moment),
        lambda host: host.driver.power(),
        lambda host: host.driver.body_id(),
        lambda host: host.driver.picture_sizes(),
        lambda host: host.driver.write_file(path, io.BytesIO(b"x"), 1, moment),
        lambda host: host.driver.delete(path),
        lambda host: host.driver.make_folder(path),
        lambda host: host.driver.remove_folder(path),
        lambda host: host.driver.set_flags(Entry(path), protected=True),
        lambda host: host.driver.set_file_time(path, moment),
    ]


@pytest.mark.parametrize("verb", refused_verbs())
def test_what_it_cannot_is_said_before_anything_is_sent(verb: Callable[[Host], object]) -> None:
    ears = Ears(VirtualLine(ps350_device()))
    host = Host(ears)
    before = len(ears.sent)
    with pytest.raises(NotSupported, match="the PowerShot 350 has no"):
        verb(host)
    assert len(ears.sent) == before


# --- cameras that say what they should not --------------------------------------------------------


def change_file_blocks(camera: Ps350Camera, change: Callable[[bytearray], None]) -> None:
    """Let a camera send other blocks of a file than it would, whole and well framed."""
    say = camera.say

    def say_changed(data: bytes) -> None:
        packet = Packet.decode(data) if len(data) == 300 else None
        if packet and packet.kind is PacketKind.DATA and packet.data[4:6] == b"\x12\0":
            body = bytearray(packet.data)
            change(body)
            data = Packet(packet.number, packet.kind, bytes(body), packet.more).encode()
        say(data)

    camera.say = say_changed


@pytest.mark.parametrize(("offset", "value"), [(24, 1 << 31), (24, 1), (12, 1), (8, 5)], ids=str)
def test_blocks_that_do_not_fit(offset: int, value: int) -> None:
    """Another place in the file, another count, another total: an error within bounded time."""
    camera = ps350_device()
    line = VirtualLine(camera)
    host = Host(line)
    entry = host.storage.stat(PATH)

    def change(body: bytearray) -> None:
        body[offset : offset + 4] = value.to_bytes(4, "little")

    change_file_blocks(camera, change)
    got = bytearray()
    with pytest.raises(CanonError):
        host.driver.read_file(entry, got.extend)
    assert PICTURE.startswith(got)
    assert line.clock.now() < 600


def test_a_camera_that_loses_its_place_again_and_again_is_given_up() -> None:
    camera = ps350_device()
    line = VirtualLine(camera)
    host = Host(line)
    entry = host.storage.stat(PATH)
    blocks = 0

    def change(body: bytearray) -> None:
        nonlocal blocks
        blocks += 1
        if blocks > 1:
            body[24:28] = (1 << 31).to_bytes(4, "little")

    change_file_blocks(camera, change)
    with pytest.raises(PortTimeout):
        host.storage.read(entry)
    assert 1 < blocks < 20


@pytest.mark.parametrize("extra", [-1, 1])
def test_a_file_of_another_length_than_its_listing_says(host: Host, extra: int) -> None:
    entry = host.storage.stat(PATH)
    with pytest.raises(ProtocolError):
        host.storage.read(Entry(entry.path, entry.size + extra))


def test_more_folders_than_a_card_can_have() -> None:
    card = ps350_card()
    for number in range(1001):
        card.make_folders(("DC97", f"CTG_{number:04}"))
    host = Host(VirtualLine(ps350_device(card=card)))
    with pytest.raises(ProtocolError, match="more than 1000 folders"):
        list(host.storage.walk())


# --- port strings, and a port of this computer ----------------------------------------------------


def test_inside_the_program() -> None:
    with canon.open("virtual:powershot-350") as cam:
        assert repr(cam) == "<Canon PowerShot 350 v01:02>"
        assert cam.ready
        names = [entry.name for entry in cam.storage.walk() if not entry.is_folder]
        assert len(names) == 8
        with pytest.raises(NotSupported):
            cam.capture.shoot()
    (found,) = canon.camera.list("virtual:powershot-350")
    assert found.name == "Canon PowerShot 350"


def test_a_folder_of_this_computer_as_its_card(tmp_path: Path) -> None:
    (tmp_path / "thm_0001.jpg").write_bytes(SMALL)
    (tmp_path / "a name that is too long.jpg").write_bytes(SMALL)
    with canon.open(f"virtual:powershot-350?card={tmp_path}") as cam:
        assert [str(entry) for entry in cam.storage.walk()] == [
            "DC97",
            "DC97/100CANON",
            "DC97/100CANON/A_NAME~1.JPG",
            "DC97/100CANON/THM_0001.JPG",
        ]
        assert cam.storage.read("DC97/100CANON/THM_0001.JPG") == SMALL
    with canon.open("virtual:powershot-350?card=none") as cam, pytest.raises(NoCard):
        cam.storage.cards()


def test_faults_are_asked_for_in_the_port_string() -> None:
    with (
        canon.open("virtual:powershot-350?fault=refuse@OpenFolder:0x77") as cam,
        pytest.raises(Refused, match="0x00000077"),
    ):
        cam.storage.ls("DC97")
    with pytest.raises(ValueError, match="fault=stall: this camera does not have it"):
        canon.open("virtual:powershot-350?fault=stall")
    with pytest.raises(ValueError, match="no such command; it has OpenFolder"):
        canon.open("virtual:powershot-350?fault=refuse@OpenFolders:0x77")
    with pytest.raises(ValueError, match="that speaks PTP"):
        canon.open("virtual:powershot-350?mode=ptp")


def test_it_has_no_usb() -> None:
    with pytest.raises(ValueError, match="RS-232 only"):
        make_virtual("powershot-350")
    assert by_slug("powershot-35") is None


@pytest.mark.parametrize(
    ("port", "said"),
    [
        ("serial:/dev/ttyS0?model=powershot-g3", "'powershot-g3' talks over a serial line"),
        ("serial:/dev/ttyS0?modell=x", "is no port"),
        ("serial:/dev/ttyS0?speed=fast", "is no port"),
        ("serial:/dev/ttyS0?speed=9600&speed=19200", "is no port"),
        ("serial:?speed=9600", "is no port"),
    ],
)
def test_port_strings_that_cannot_be_read(port: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        canon.open(port)


def test_the_model_of_a_port_string_chooses_how_it_is_woken() -> None:
    with TerminalServer(Wanted.parse("powershot-350?card=none&pace=real").on_line()) as server:
        for query, told in (
            ("", (None, 9600)),
            ("?model=powershot-a50", (None, 9600)),
            ("?speed=57600&model=powershot-350", (MODEL, 57600)),
        ):
            way = ports.open_port(f"serial:{server.path}{query}")
            assert isinstance(way, ports.OnLine)
            way.close()
            assert (way.model, way.speed) == told


@pytest.mark.parametrize(
    ("slug", "model"), [("powershot-350?card=none", MODEL), ("powershot-a50", None)]
)
def test_a_virtual_one_is_behind_the_plug_that_it_has(slug: str, model: Ps350Model | None) -> None:
    way = ports.open_port(f"virtual:{slug}")
    assert isinstance(way, ports.OnLine)
    assert (way.model, way.speed) == (model, 9600)


def test_over_a_port_of_this_computer() -> None:
    with TerminalServer(ps350_device(real=True)) as server:
        with canon.open(f"serial:{server.path}?model=powershot-350&speed=115200") as cam:
            assert cam.model == "Canon PowerShot 350"
            assert cam.storage.read(PATH) == PICTURE
        assert server.speeds == {50, 9600, 115200}
