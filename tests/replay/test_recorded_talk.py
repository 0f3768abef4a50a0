"""Our own host carried through the conversations of gphoto2 and of Canon's RemoteCapture."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from recording import EVERY, GPHOTO2, REMOTE, Recording, load, load_descriptors, with_sequence
from replay_port import RecordedCamera, replay_port
from unknown import STRAY_LENGTHS

from canon.camera import Camera
from canon.driver.card import CardPath
from canon.driver.events import Queue
from canon.errors import PortTimeout
from canon.models.native import by_product
from canon.native import release
from canon.native.commands import CommandHead, GetDirectory, Identify, SetOwner
from canon.native.driver import NativeDriver
from canon.native.events import CaptureStatus, CardChanged, NativeEvent
from canon.native.session import Session
from canon.native.usb_link import UsbLink
from canon.values import Battery
from canon.virtual.port import VirtualPort

G3 = by_product(0x306E)
PICTURE = CardPath("DCIM/204CANON/IMG_0408.JPG")


def open_replay(traces: Path, name: str) -> tuple[Recording, VirtualPort, RecordedCamera]:
    """A recording, and the port on which its camera answers."""
    recording = load(traces / name)
    port = replay_port(recording, load_descriptors(traces))
    assert isinstance(port.device, RecordedCamera)
    return recording, port, port.device


def open_session(port: VirtualPort) -> Session:
    """A session that has found the camera awake."""
    session = Session(UsbLink(port, G3))
    session.start()
    return session


# --- command by command ---------------------------------------------------------------------------


@pytest.mark.shows("settings", "zoom", "focus lock", evidence="recorded")
@pytest.mark.parametrize("name", EVERY)
def test_every_recorded_command_gets_its_recorded_reply(name: str, traces: Path) -> None:
    recording, port, _ = open_replay(traces, name)
    session = open_session(port)
    said = [at for at in recording.exchanges if (name, at.index) not in STRAY_LENGTHS]
    for exchange in said:
        command = exchange.command_class.decode(exchange.parameters)
        if reply := exchange.command_class.reply:
            assert session.call(command) == reply.decode(exchange.data)
        else:
            got = bytearray()
            assert session.receive(command, got.extend, limit=1 << 20) == len(exchange.data)
            assert got == exchange.data
    session.close()


@pytest.mark.parametrize("name", EVERY)
def test_our_requests_are_the_recorded_ones_but_for_the_sequence_number(
    name: str, traces: Path
) -> None:
    recording, port, camera = open_replay(traces, name)
    session = open_session(port)
    said = [at for at in recording.exchanges if (name, at.index) not in STRAY_LENGTHS]
    for exchange in said:
        command = exchange.command_class.decode(exchange.parameters)
        if exchange.command_class.reply:
            session.call(command)
        else:
            session.receive(command, len, limit=1 << 20)
    assert [
        with_sequence(sent, at.block) for sent, at in zip(camera.requests, said, strict=True)
    ] == [at.block for at in said]
    numbers = [CommandHead.decode(sent).sequence for sent in camera.requests]
    assert len(set(numbers)) == len(numbers)


# --- as a user sees it ----------------------------------------------------------------------------


@pytest.mark.shows("identify", "owner", "power", evidence="recorded")
def test_the_camera_that_gphoto2_met(traces: Path) -> None:
    _, port, _ = open_replay(traces, GPHOTO2)
    with Camera(lambda: port, "replay") as cam:
        assert repr(cam) == "<Canon PowerShot G3 v1.0.2.0>"
        assert cam.owner == "test.owner1@example.com"
        assert cam.ready
        assert (cam.on_ac, cam.battery) == (True, Battery.GOOD)


@pytest.mark.shows("list", "get", "delete", evidence="recorded")
def test_a_picture_comes_is_fetched_and_goes(traces: Path) -> None:
    """The three recorded listings: before the capture, after it, after the picture was deleted."""
    recording, port, camera = open_replay(traces, GPHOTO2)
    with Camera(lambda: port, "replay") as cam:
        before = {str(entry): entry for entry in cam.storage.walk()}
        after = {str(entry): entry for entry in cam.storage.walk()}
        (new,) = set(after) - set(before) - {"DCIM/204CANON"}
        entry = after[new]
        assert entry.path == PICTURE
        assert (entry.size, entry.new, entry.protected) == (660418, True, False)
        assert entry.modified == datetime(2012, 1, 8, 4, 37, 32)
        assert [str(at) for at in cam.storage.ls()] == ["MISC", "DCIM"]
        assert [at.name for at in cam.storage.ls("DCIM")] == ["204CANON", "CANONMSC", "200CANON"]
        (flat,) = cam.storage.ls("DCIM/204CANON")
        assert flat == entry
        picture = cam.storage.read(entry)
        cam.storage.mark_downloaded(entry)
        cam.storage.delete(entry)
        assert new not in {str(entry) for entry in cam.storage.walk()}
    asked = next(at for at in recording.exchanges if at.index == 86)
    assert picture == asked.data
    assert (picture[:2], picture[-2:]) == (b"\xff\xd8", b"\xff\xd9")
    assert picture.count(0) > asked.filled == 660128  # zeros stand for what the recording lacks
    assert asked in camera.asked


def test_the_whole_card_as_a_tree(traces: Path) -> None:
    _, port, _ = open_replay(traces, GPHOTO2)
    with Camera(lambda: port, "replay") as cam:
        tree = [(str(entry), entry.size, entry.is_folder) for entry in cam.storage.walk()]
    assert tree == [
        ("MISC", 0, True),
        ("DCIM", 0, True),
        ("DCIM/CANONMSC", 0, True),
        ("DCIM/CANONMSC/200.CTG", 6638, False),
        ("DCIM/CANONMSC/D.CTG", 383, False),
        ("DCIM/200CANON", 0, True),
        ("DCIM/200CANON/IMG_0006.JPG", 627651, False),
    ]


@pytest.mark.shows("clock", evidence="recorded")
def test_the_camera_that_remote_capture_met(traces: Path) -> None:
    _, port, _ = open_replay(traces, REMOTE)
    with Camera(lambda: port, "replay") as cam:
        assert cam.camera_time == datetime(2012, 9, 16, 3, 2, 48)
        (card,) = cam.storage.cards()
        assert (card.name, card.capacity, card.free) == ("D:", 251368 << 10, 249520 << 10)
        sizes = [(row.name, row.width, row.height) for row in cam.picture_sizes()]
        assert len(sizes) == 13
        assert sizes[0] == ("Large:SuperFine", 2272, 1704)
        assert sizes[-1] == ("CRW", 2272, 1704)
        assert [at.name for at in cam.storage.ls("DCIM")] == ["204CANON", "CANONMSC", "200CANON"]
        assert (cam.on_ac, cam.battery) == (True, Battery.GOOD)


def test_the_driver_finds_the_camera_awake(traces: Path) -> None:
    _, port, camera = open_replay(traces, GPHOTO2)
    driver = NativeDriver(Session(UsbLink(port, G3)))
    who = driver.start()
    assert (who.model, who.firmware_version) == ("Canon PowerShot G3", "1.0.2.0")
    assert driver.session.link.was_active
    assert driver.session.link.transfer_size == 0x1400
    assert [at.command_class for at in camera.asked] == [Identify]


# --- events and time ------------------------------------------------------------------------------


def next_event(session: Session, events: Queue[NativeEvent]) -> NativeEvent:
    """The next event; an answer to the polls that bring nothing is not one."""
    deadline = session.clock.now() + 10
    while session.clock.now() < deadline:
        session.poll(0.5)
        if event := events.get():
            return event
    pytest.fail("no event came in ten seconds")


@pytest.mark.shows("events", evidence="recorded")
def test_the_events_of_a_release_come_when_they_came(traces: Path) -> None:
    _, port, _ = open_replay(traces, GPHOTO2)
    session = open_session(port)
    with session.events() as events:
        session.call(release.Release())
        released = session.clock.now()
        assert next_event(session, events) == CaptureStatus(0x1C)
        assert session.clock.now() - released == pytest.approx(3.385, abs=0.01)
        assert next_event(session, events) == CaptureStatus(0x1D)
        assert session.clock.now() - released == pytest.approx(3.385 + 0.064, abs=0.01)


def test_the_event_after_the_delete(traces: Path) -> None:
    recording, port, _ = open_replay(traces, GPHOTO2)
    session = open_session(port)
    listings = [at for at in recording.exchanges if at.payload == b"\x0fD:\0\0\0"]
    with session.events() as events:
        for _ in listings:
            session.call(GetDirectory(0x0F, "D:"))
        assert next_event(session, events) == CardChanged(1)


def test_entering_release_control_takes_as_long_as_it_took(traces: Path) -> None:
    _, port, _ = open_replay(traces, GPHOTO2)
    session = open_session(port)
    start = session.clock.now()
    session.call(release.EnterReleaseControl())
    assert session.clock.now() - start == pytest.approx(2.677, abs=0.01)


def test_a_host_without_patience_gives_up(traces: Path) -> None:
    _, port, _ = open_replay(traces, GPHOTO2)
    session = open_session(port)
    with pytest.raises(PortTimeout):
        session.call(release.EnterReleaseControl(), timeout_s=1.0)
    # The answer that comes late is not taken for the next one.
    assert session.call(Identify()).model == "Canon PowerShot G3"


# --- the judge itself -----------------------------------------------------------------------------


def test_a_command_that_was_never_recorded_fails_the_test(traces: Path) -> None:
    _, port, _ = open_replay(traces, GPHOTO2)
    session = open_session(port)
    with pytest.raises(pytest.fail.Exception, match=r"no command 0x1205 .* payload 6d6500"):
        session.call(SetOwner("me"))


def test_a_payload_that_was_never_recorded_fails_the_test(traces: Path) -> None:
    _, port, _ = open_replay(traces, GPHOTO2)
    session = open_session(port)
    with pytest.raises(pytest.fail.Exception, match="no command 0x110b"):
        session.call(GetDirectory(1, "D:"))


def test_equal_commands_are_answered_in_order_and_the_last_answer_stays(traces: Path) -> None:
    recording, port, camera = open_replay(traces, GPHOTO2)
    session = open_session(port)
    recorded = [at.index for at in recording.exchanges if at.payload == b"\x0fD:\0\0\0"]
    for _ in range(len(recorded) + 2):
        session.call(GetDirectory(0x0F, "D:"))
    assert [at.index for at in camera.asked] == [*recorded, recorded[-1], recorded[-1]]
