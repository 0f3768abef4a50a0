"""What a caller sees when things go wrong, and what is left on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

import canon
from canon import ports
from canon.camera import Camera
from canon.driver.card import Entry
from canon.errors import (
    CanonError,
    Disconnected,
    NoCard,
    ObjectNotFound,
    PortError,
    PortStalled,
    PortTimeout,
    ProtocolError,
    Refused,
    StoreFull,
)
from canon.virtual.faults import Fault, FaultKind
from canon.virtual.native.camera import NativeCamera
from canon.virtual.port import VirtualPort
from rigs.bodies import a_camera, a_card, native_device
from rigs.watched import WatchedPort

PICTURE = bytes(at % 253 for at in range(300_001))
PATH = "DCIM/100CANON/IMG_0001.JPG"
_CABLE = (PortError, ProtocolError)
_DO = r"; (try again, or switch the camera off and on|plug it in and start again)$"


def a_g3(*faults: str, active: bool = False, capacity: int = 64 << 20) -> NativeCamera:
    """A G3 with one picture on its card."""
    card = a_card({"IMG_0001.JPG": PICTURE}, capacity=capacity)
    return native_device(*faults, card=card, active=active)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("unplug@GetFile:100000", Disconnected),
        ("unplug@GetFile:0", Disconnected),
        ("stall@GetFile:100000", PortStalled),
        ("stall@GetFile:0", PortStalled),
        ("silence@GetFile:100000", PortTimeout),
        ("silence@GetFile:0", PortTimeout),
        ("short@GetFile:1", ProtocolError),
        ("short@GetFile:200000", ProtocolError),
        ("empty@GetFile", ObjectNotFound),
    ],
)
def test_a_download_that_breaks_leaves_nothing(
    fault: str, error: type[CanonError], tmp_path: Path
) -> None:
    with a_camera(a_g3(fault)) as cam:
        with pytest.raises(error):
            cam.storage.download(PATH, tmp_path)
        assert list(tmp_path.iterdir()) == []
        if error is Disconnected:
            assert not cam.ready
            return
        # The camera is still there, and a second try is whole.
        target = cam.storage.download(PATH, tmp_path)
        assert target.read_bytes() == PICTURE


@pytest.mark.parametrize("number", [1, 64, 100, 5000])
def test_surplus_bytes_do_not_reach_the_next_answer(number: int, tmp_path: Path) -> None:
    with a_camera(a_g3(f"long@GetFile:{number}", f"long@Identify:{number}")) as cam:
        assert cam.storage.read(PATH) == PICTURE
        assert cam.ready
        assert cam.storage.stat(PATH).size == len(PICTURE)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("short@GetTime:20", ProtocolError),
        ("short@GetTime:1", ProtocolError),
        ("short@GetTime:90", ProtocolError),
        ("echo@GetTime", ProtocolError),
        ("silence@GetTime:0", PortTimeout),
        ("silence@GetTime:64", ProtocolError),
        ("stall@GetTime:0", PortStalled),
        ("refuse@GetTime:0x02000099", Refused),
    ],
)
def test_an_answer_that_breaks(fault: str, error: type[CanonError]) -> None:
    with a_camera(a_g3(fault)) as cam:
        with pytest.raises(error) as caught:
            _ = cam.camera_time
        if isinstance(caught.value, Refused):
            assert caught.value.code == 0x02000099, "an unknown status is kept"
            assert caught.value.command == "GetTime"
        assert cam.camera_time.year >= 2026
        assert cam.owner == "adsf"


@pytest.mark.parametrize("fault", ["garbage", "no-lengths", "pieces"])
@pytest.mark.parametrize("active", [False, True])
def test_odd_cameras_work_as_others_do(fault: str, active: bool, tmp_path: Path) -> None:
    with a_camera(a_g3(fault, active=active)) as cam:
        cam.owner = "somebody"
        assert cam.owner == "somebody"
        assert cam.storage.download(PATH, tmp_path).read_bytes() == PICTURE
        cam.storage.mkdir("DCIM/101CANON")
        cam.storage.upload(b"12345", "DCIM/101CANON/A.TXT")
        assert cam.storage.read("DCIM/101CANON/A.TXT") == b"12345"
        assert len(cam.picture_sizes()) == 13


def test_the_first_answer_of_an_active_camera_may_lack_its_head() -> None:
    with a_camera(a_g3("lose-head", active=True)) as cam:
        assert cam.model == "Canon PowerShot G3"
        assert cam.ready


@pytest.mark.parametrize("letter", ["i", "e"])
def test_a_status_letter_that_is_an_error(letter: str) -> None:
    with pytest.raises(ProtocolError, match="switch it off and on"):
        a_camera(a_g3(f"letter-{letter}"))


def test_no_card() -> None:
    with canon.open("virtual:powershot-g3?card=none") as cam:
        for verb in (cam.storage.cards, cam.storage.ls):
            with pytest.raises(NoCard, match="put one in"):
                verb()
        assert cam.ready


def test_a_full_card_keeps_nothing_of_an_upload() -> None:
    with a_camera(a_g3(capacity=len(PICTURE) + 50_000)) as cam:
        with pytest.raises(StoreFull, match="full"):
            cam.storage.upload(bytes(60_000), "DCIM/100CANON/BIG.DAT")
        assert [entry.name for entry in cam.storage.ls("DCIM/100CANON")] == ["IMG_0001.JPG"]
        entry = cam.storage.upload(bytes(40_000), "DCIM/100CANON/SMALL.DAT")
        assert entry.size == 40_000


def test_ctrl_c_in_a_download(tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with a_camera(a_g3()) as cam:
        with pytest.raises(KeyboardInterrupt):
            cam.storage.download(PATH, tmp_path, progress=interrupt)
        assert list(tmp_path.iterdir()) == []
        assert cam.ready
        assert cam.storage.download(PATH, tmp_path).read_bytes() == PICTURE


def test_a_host_that_was_killed_does_not_disturb_the_next(tmp_path: Path) -> None:
    device = a_g3()
    first = Camera(lambda: VirtualPort(device), "virtual:")
    first.initialize()
    # The host dies in the middle of a file: nobody reads the rest, nobody says good-bye.
    got = bytearray()

    def die(done: int, total: int) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        first._verbs().read_file(first.storage.stat(PATH), got.extend, die)
    assert device.active
    with Camera(lambda: VirtualPort(device), "virtual:") as second:
        assert second.model == "Canon PowerShot G3"
        assert second.storage.download(PATH, tmp_path).read_bytes() == PICTURE


def test_a_size_that_the_listing_does_not_know(tmp_path: Path) -> None:
    """A camera whose listing and file disagree: nothing is kept."""
    with a_camera(a_g3()) as cam:
        entry = cam.storage.stat(PATH)
        for size in (entry.size - 1, entry.size + 1):
            wrong = Entry(entry.path, size, entry.modified)
            with pytest.raises(ProtocolError):
                cam.storage.download(wrong, tmp_path)
            assert list(tmp_path.iterdir()) == []
        assert cam.ready


def test_an_owner_that_was_not_taken_is_told() -> None:
    device = a_g3()

    def keep(name: str) -> None:
        if name == "Identify":
            device.body.owner = "Bob"

    with WatchedPort(device, keep).camera() as cam:
        with pytest.raises(Refused, match="did not take the name: its owner is 'Bob', as before"):
            cam.owner = "Ada"
        assert cam.owner == "Bob"


def test_faults_are_written_as_the_documentation_says() -> None:
    assert Fault.parse("stall@GetFile:0x10") == Fault(FaultKind.STALL, "GetFile", 16)
    assert Fault.parse("pieces") == Fault(FaultKind.PIECES)
    with pytest.raises(ValueError, match="one of unplug, stall"):
        Fault.parse("explode")
    with pytest.raises(ValueError, match="stall@GetFile:many"):
        Fault.parse("stall@GetFile:many")


@pytest.mark.parametrize(
    "fault", ["stall@{}:64", "silence@{}:64", "short@{}:64", "echo@{}", "unplug@{}:64"]
)
@pytest.mark.parametrize("slug", ["powershot-g3", "eos-20d"])
def test_a_native_camera_that_fails_says_what_to_do(fault: str, slug: str) -> None:
    port = f"virtual:{slug}?fault={fault.format('GetTime')}"
    with canon.open(port) as cam, pytest.raises(_CABLE, match=_DO):
        _ = cam.camera_time


@pytest.mark.parametrize(
    "fault", ["stall@{}:4", "silence@{}:4", "short@{}:4", "echo@{}", "unplug@{}:4"]
)
@pytest.mark.parametrize("slug", ["powershot-s60", "eos-60d"])
def test_a_ptp_camera_that_fails_says_what_to_do(fault: str, slug: str) -> None:
    port = f"virtual:{slug}?fault={fault.format('GetObject')}"
    with canon.open(port) as cam, pytest.raises(_CABLE, match=_DO):
        cam.storage.read(PATH)


@pytest.mark.parametrize(
    ("port", "says"),
    [
        ("powershot-g3?fault=unplug@Nope", "no such command; it has Identify, GetTime"),
        ("powershot-g3?fault=unplug@getfile", "it has GetFile$"),
        ("powershot-g3?fault=unplug@GetObject", "native protocol has no such command"),
        ("powershot-g3?fault=unplug@ReleaseControl", "no such command; it has .*ReleaseControl"),
        ("powershot-g3?fault=event-lost@CardChange", "no such event; it has CardChanged"),
        ("powershot-g3?fault=event-lost@GetFile", "no such event"),
        ("powershot-g3?fault=pieces@GetFile", "hits no one command; leave @GetFile out"),
        ("powershot-g3?mode=ptp&fault=stall@GetFile", "speaks PTP has no such command"),
        ("powershot-g3?mode=ptp&fault=busy@GetObjekt:5", "it has GetObject,"),
        ("powershot-g3?mode=ptp&fault=event-late@ObjectAdd:5", "it has ObjectAdded"),
        ("powershot-a50?fault=stall", "on a serial line does not have it"),
    ],
)
def test_a_fault_that_can_never_happen_is_told(port: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        canon.open(f"virtual:{port}")


@pytest.mark.parametrize(
    "port",
    [
        "powershot-g3?fault=unplug@Release&fault=event-twice@FullImageReady",
        "powershot-g3?mode=ptp&fault=busy@InitiateReleaseControl:1&fault=event-lost@ObjectAdded",
        "powershot-a50?fault=refuse@GetFile:0x02000086&fault=refuse@GetTime:1",
    ],
)
def test_a_fault_that_can_happen_waits(port: str) -> None:
    with canon.open(f"virtual:{port}") as cam:
        assert cam.ready


@pytest.mark.parametrize(
    "port",
    [
        "virtual:powershot-g99",
        "virtual:powershot-g3?pace=slow",
        "virtual:powershot-g3?card=/no/such/folder",
        "usb:what?",
        "usbip:",
        "carrier-pigeon:",
    ],
)
def test_a_port_string_that_cannot_be_read(port: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        ports.open_port(port)
