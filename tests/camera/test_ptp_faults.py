"""What a caller sees when a PTP camera or its cable does wrong, and that the next verb works.

Each fault is asked for as a port string does. After it the conversation must be clean: questions
of every kind are answered soon, as by a camera that never had any trouble.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest
from listening import kinds_heard

from canon.camera import Camera
from canon.driver.events import FileAdded
from canon.errors import (
    CanonError,
    DeviceBusy,
    Disconnected,
    NoCard,
    ObjectNotFound,
    PortTimeout,
    ProtocolError,
    Refused,
)
from canon.ptp.powershot.layouts import Property
from canon.virtual.build import make_virtual
from canon.virtual.faults import Fault
from canon.virtual.port import VirtualPort
from canon.virtual.ptp.camera import PtpCamera
from rigs.bodies import SMALL, PowerShotCamera

FOLDER = "DCIM/100CANON"
PATH = f"{FOLDER}/IMG_0001.JPG"
A_TIME = datetime(2009, 4, 1, 12, 0)
SOON_S = 1.0
IN_THE_END_S = 60.0  # two time-outs, and what it takes to bring the camera round

Verb = Callable[[Camera], object]


def an_s60(*faults: str, card: Path | None = None) -> PowerShotCamera:
    """A PowerShot S60 with these faults, that takes small pictures."""
    query = [f"fault={fault}" for fault in faults] + ([f"card={card}"] if card else [])
    device = make_virtual("&".join(("powershot-s60?mode=ptp", *query)))
    assert isinstance(device, PtpCamera)
    device.extension.release.table.put(Property.IMAGE_SIZE, SMALL)
    return device


@contextmanager
def open_on(device: PowerShotCamera) -> Iterator[Camera]:
    with Camera(lambda: VirtualPort(device), "virtual:") as cam:
        yield cam


@contextmanager
def within(device: PowerShotCamera, seconds: float) -> Iterator[None]:
    """Fail when it takes the host longer."""
    start = device.clock.now()
    yield
    assert device.clock.now() - start < seconds


@pytest.fixture(scope="module")
def picture() -> bytes:
    """The picture at PATH, from a camera without faults."""
    with open_on(an_s60()) as cam:
        return cam.storage.read(PATH)


def must_be_clean(device: PowerShotCamera, cam: Camera, picture: bytes) -> None:
    """Fail unless questions of every kind are answered as if nothing had been."""
    with within(device, SOON_S):
        assert cam.ready
        assert cam.storage.read(PATH) == picture
        assert len(cam.storage.ls(FOLDER)) >= 7
        cam.camera_time = A_TIME
        assert cam.camera_time.date() == A_TIME.date()


# --- what is read ---------------------------------------------------------------------------------

READING: dict[str, Verb] = {
    "GetObject": lambda cam: cam.storage.read(PATH),
    "GetThumb": lambda cam: cam.storage.thumbnail(PATH),
    "GetObjectInfoEx": lambda cam: [(one.path, one.size) for one in cam.storage.ls(FOLDER)],
    "GetStorageIDs": lambda cam: cam.storage.cards(),
    "GetStorageInfo": lambda cam: cam.storage.cards(),
    "GetDevicePropValue": lambda cam: cam.camera_time.date(),
    "GetDevicePropDesc": lambda cam: cam.picture_sizes(),
}
"""A verb that asks by each operation."""

BREAKS: dict[str, type[CanonError]] = {
    "silence": PortTimeout,
    "stall": PortTimeout,  # the pipe is taken back into use, and then nothing comes
    "short:1": ProtocolError,
    "long:12": ProtocolError,
    "long:5000": ProtocolError,
    "echo": ProtocolError,
    "refuse:0x2099": Refused,
    "no-data": ProtocolError,
    "empty": ProtocolError,
    "data-after-refusal": Refused,
    "bad-length:1": ProtocolError,
    "bad-length:5000": ProtocolError,
    "bad-length:-20": ProtocolError,
    "bad-length:0x7fffffff": ProtocolError,
    "bad-length:-0x7fffffff": ProtocolError,
}
"""What a caller gets of each fault."""
OTHERWISE: dict[tuple[str, str], type[CanonError] | None] = {
    ("GetObjectInfoEx", "refuse:0x2099"): None,  # the folder is listed the long way
    ("GetObjectInfoEx", "data-after-refusal"): None,
    ("GetObjectInfoEx", "no-data"): None,
    ("GetObjectInfoEx", "empty"): None,
    ("GetThumb", "no-data"): ObjectNotFound,  # the file has no thumbnail
    ("GetThumb", "empty"): ObjectNotFound,
    ("GetStorageIDs", "empty"): NoCard,  # a list may be missing, as at any dataset's end
}
"""Where that is something else; None: what was asked for."""


def at(fault: str, operation: str) -> Fault:
    """The fault at that operation: `short@GetObject:1`."""
    kind, colon, number = fault.partition(":")
    return Fault.parse(f"{kind}@{operation}{colon}{number}")


@pytest.mark.parametrize("operation", READING)
@pytest.mark.parametrize("fault", BREAKS)
def test_an_answer_that_breaks(operation: str, fault: str, picture: bytes) -> None:
    verb = READING[operation]
    with open_on(an_s60()) as cam:
        honest = verb(cam)
    device = an_s60()
    with open_on(device) as cam:
        device.faults.add(at(fault, operation))
        with within(device, IN_THE_END_S):
            error = OTHERWISE.get((operation, fault), BREAKS[fault])
            if error is None:
                assert verb(cam) == honest
            else:
                with pytest.raises(error):
                    verb(cam)
            assert verb(cam) == honest
        must_be_clean(device, cam, picture)


def test_one_refusal_of_a_listing_is_not_held_against_the_camera() -> None:
    """The long way does not tell which files are new, so it is not taken for ever."""
    device = an_s60()
    with open_on(device) as cam:
        honest = cam.storage.ls(FOLDER)
        device.faults.add(Fault.parse("refuse@GetObjectInfoEx:0x2002"))
        assert [entry.new for entry in cam.storage.ls(FOLDER)] == [None] * len(honest)
        assert cam.storage.ls(FOLDER) == honest


@pytest.mark.parametrize("operation", READING)
@pytest.mark.parametrize("fault", ["long:1", "no-length", "split-header", "no-zlp"])
def test_an_oddity_that_nobody_notices(operation: str, fault: str, picture: bytes) -> None:
    verb = READING[operation]
    with open_on(an_s60()) as cam:
        honest = verb(cam)
    device = an_s60()
    with open_on(device) as cam:
        device.faults.add(at(fault, operation))
        with within(device, SOON_S):
            assert verb(cam) == honest
        must_be_clean(device, cam, picture)


@pytest.mark.parametrize("fault", ["split-header", "no-zlp"])
@pytest.mark.parametrize("size", [1, 51, 52, 53, 116, 64 * 1024 - 12, 64 * 1024])
def test_data_that_end_where_a_packet_does(fault: str, size: int, tmp_path: Path) -> None:
    """With the twelve bytes of its head, data of 52 and 116 bytes fill packets of 64."""
    data = bytes(at % 251 for at in range(size))
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / PATH).write_bytes(data)
    device = an_s60(fault, card=tmp_path)
    with open_on(device) as cam, within(device, SOON_S):
        for _ in range(2):
            assert cam.storage.read(PATH) == data
            assert [entry.size for entry in cam.storage.ls(FOLDER)] == [size]
        up = cam.storage.upload(data, f"{FOLDER}/UP.JPG")
        assert cam.storage.read(up) == data


@pytest.mark.parametrize("before", [0, 64, 50_000])
@pytest.mark.parametrize("fault", ["unplug", "stall", "silence"])
def test_a_download_that_breaks_off_leaves_nothing(
    fault: str, before: int, picture: bytes, tmp_path: Path
) -> None:
    device = an_s60(f"{fault}@GetObject:{before}")
    with open_on(device) as cam:
        with within(device, IN_THE_END_S), pytest.raises((Disconnected, PortTimeout)):
            cam.storage.download(PATH, tmp_path)
        assert list(tmp_path.iterdir()) == []
        if fault == "unplug":
            assert not cam.ready
            return
        assert cam.storage.download(PATH, tmp_path).read_bytes() == picture
        must_be_clean(device, cam, picture)


@pytest.mark.parametrize("fault", ["bad-length:-1", "short:1", "short:100000", "empty", "no-data"])
def test_a_download_that_is_too_short_leaves_nothing(
    fault: str, picture: bytes, tmp_path: Path
) -> None:
    device = an_s60()
    with open_on(device) as cam:
        device.faults.add(at(fault, "GetObject"))
        with pytest.raises(ProtocolError):
            cam.storage.download(PATH, tmp_path)
        assert list(tmp_path.iterdir()) == []
        must_be_clean(device, cam, picture)


def test_ctrl_c_in_a_download(picture: bytes, tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    device = an_s60()
    with open_on(device) as cam:
        with pytest.raises(KeyboardInterrupt):
            cam.storage.download(PATH, tmp_path, progress=interrupt)
        assert list(tmp_path.iterdir()) == []
        assert cam.storage.read(PATH) == picture
        must_be_clean(device, cam, picture)


# --- busy for a while -----------------------------------------------------------------------------


@pytest.mark.parametrize("operation", READING)
def test_a_busy_camera_is_asked_again(operation: str, picture: bytes) -> None:
    device = an_s60()
    with open_on(device) as cam:
        device.faults.add(Fault.parse(f"busy@{operation}:20"))
        start = device.clock.now()
        assert READING[operation](cam)
        assert 2.0 <= device.clock.now() - start < 3.0
        must_be_clean(device, cam, picture)


@pytest.mark.parametrize("operation", READING)
def test_a_camera_that_stays_busy(operation: str, picture: bytes) -> None:
    device = an_s60()
    with open_on(device) as cam:
        device.faults.add(Fault.parse(f"busy@{operation}:250"))
        with within(device, 21.0), pytest.raises(DeviceBusy, match="try again in a moment"):
            READING[operation](cam)
        assert READING[operation](cam), "it waits again, and by now that is enough"
        must_be_clean(device, cam, picture)


def test_every_operation_is_busy(picture: bytes) -> None:
    device = an_s60()
    with open_on(device) as cam:
        device.faults.add(Fault.parse("busy:20"))
        assert cam.storage.read(PATH) == picture
        must_be_clean(device, cam, picture)


@pytest.mark.parametrize("operation", ["", "@OpenSession"])
def test_a_camera_that_is_busy_from_the_start(operation: str, picture: bytes) -> None:
    device = an_s60(f"busy{operation}:20")
    with within(device, 4.0), open_on(device) as cam:
        must_be_clean(device, cam, picture)


def test_a_camera_that_stays_busy_from_the_start() -> None:
    device = an_s60("busy@OpenSession:250")
    with (
        within(device, 21.0),
        pytest.raises(DeviceBusy, match="try again in a moment"),
        open_on(device),
    ):
        pass


# --- what is written ------------------------------------------------------------------------------

NEW = f"{FOLDER}/UP.JPG"
FATAL = {
    "silence": PortTimeout,
    "stall": PortTimeout,
    "echo": ProtocolError,
    "bad-length:1": ProtocolError,
    "bad-length:-20": ProtocolError,
    "refuse:0x2099": Refused,
}


@pytest.mark.parametrize("operation", ["SendObjectInfo", "SendObject"])
@pytest.mark.parametrize("fault", [*FATAL, "stall-out"])
def test_nothing_stays_of_an_upload_that_breaks(operation: str, fault: str, picture: bytes) -> None:
    data = bytes(range(256)) * 300
    device = an_s60()
    with open_on(device) as cam:
        before = cam.storage.ls(FOLDER)
        device.faults.add(at(fault, operation))
        with within(device, IN_THE_END_S), pytest.raises(FATAL.get(fault, Refused)):
            cam.storage.upload(data, NEW)
        assert cam.storage.ls(FOLDER) == before
        assert cam.storage.read(cam.storage.upload(data, NEW)) == data
        must_be_clean(device, cam, picture)


WRITING: dict[str, tuple[Verb, Verb]] = {
    "DeleteObject": (
        lambda cam: cam.storage.delete(f"{FOLDER}/IMG_0002.JPG"),
        lambda cam: "IMG_0002.JPG" not in [entry.name for entry in cam.storage.ls(FOLDER)],
    ),
    "SetObjectProtection": (
        lambda cam: cam.storage.protect(PATH),
        lambda cam: cam.storage.stat(PATH).protected,
    ),
    "SetObjectArchive": (
        lambda cam: cam.storage.mark_downloaded(PATH),
        lambda cam: not cam.storage.stat(PATH).new,
    ),
    "SetDevicePropValue": (
        lambda cam: setattr(cam, "owner", "somebody"),
        lambda cam: cam.ready and cam.owner == "somebody",
    ),
}
"""A verb that writes by each operation, and whether it was done."""


@pytest.mark.parametrize("operation", WRITING)
@pytest.mark.parametrize("fault", FATAL)
def test_a_change_whose_answer_breaks(operation: str, fault: str, picture: bytes) -> None:
    change, done = WRITING[operation]
    device = an_s60()
    with open_on(device) as cam:
        assert not done(cam)
        device.faults.add(at(fault, operation))
        with within(device, IN_THE_END_S), pytest.raises(FATAL[fault]):
            change(cam)
        assert done(cam) == (fault != "refuse:0x2099"), "only the answer was broken"
        if not done(cam):
            change(cam)
            assert done(cam)
        must_be_clean(device, cam, picture)


def test_what_may_not_be_repeated_is_not(picture: bytes) -> None:
    device = an_s60("busy@DeleteObject:1")
    with open_on(device) as cam:
        before = cam.storage.ls(FOLDER)
        with within(device, SOON_S), pytest.raises(DeviceBusy):
            cam.storage.delete(f"{FOLDER}/IMG_0002.JPG")
        assert cam.storage.ls(FOLDER) == before
        must_be_clean(device, cam, picture)


# --- the session ----------------------------------------------------------------------------------


def test_a_session_that_is_open_already(picture: bytes) -> None:
    device = an_s60("open-session")
    with open_on(device) as cam:
        must_be_clean(device, cam, picture)
    assert device.session == 0


def test_a_pipe_that_the_host_before_left_halted(picture: bytes) -> None:
    device = an_s60("halted")
    for _ in range(2):
        with within(device, 5), open_on(device) as cam:
            must_be_clean(device, cam, picture)


@pytest.mark.parametrize("fault", ["silence", "stall", "echo", "bad-length:1", "refuse:0x2004"])
def test_a_session_that_begins_with_trouble(fault: str, picture: bytes) -> None:
    device = an_s60()
    device.faults.add(at(fault, "OpenSession"))
    with within(device, IN_THE_END_S), open_on(device) as cam:
        must_be_clean(device, cam, picture)


NO_MATTER = {
    ("OpenSession", "short:1"),
    ("GetDevicePropValue", "refuse:0x2099"),
    ("GetDevicePropValue", "short:1"),
}
"""The one has no data that could be short; the others are the owner's name: it may be missing."""


@pytest.mark.parametrize("operation", ["OpenSession", "GetDeviceInfo", "GetDevicePropValue"])
@pytest.mark.parametrize("fault", ["refuse:0x2099", "short:1", "unplug"])
def test_a_camera_that_does_not_start(operation: str, fault: str, picture: bytes) -> None:
    device = an_s60()
    device.faults.add(at(fault, operation))
    if (operation, fault) in NO_MATTER:
        with open_on(device) as cam:
            must_be_clean(device, cam, picture)
        return
    with within(device, IN_THE_END_S), pytest.raises(CanonError), open_on(device):
        pass
    if fault != "unplug":
        with open_on(device) as cam:
            must_be_clean(device, cam, picture)


def test_a_host_that_was_killed_does_not_disturb_the_next(picture: bytes) -> None:
    def die(done: int, total: int) -> None:
        raise SystemExit

    device = an_s60()
    killed = Camera(lambda: VirtualPort(device), "virtual:")
    killed.initialize()
    killed.remote.start()
    with pytest.raises(SystemExit):
        killed.storage.read(PATH, die)
    assert device.session, "nobody has said good-bye"
    with open_on(device) as cam:
        must_be_clean(device, cam, picture)
        assert cam.capture.shoot().pictures


@pytest.mark.parametrize("code", [0x2003, 0x2004])
def test_a_session_that_the_camera_has_lost_is_begun_anew(code: int, picture: bytes) -> None:
    device = an_s60()
    with open_on(device) as cam:
        device.faults.add(Fault.parse(f"refuse@GetObject:{code}"))
        with pytest.raises(Refused, match="open the camera again"):
            cam.storage.read(PATH)
        cam.initialize(force=True)
        must_be_clean(device, cam, picture)


# --- release control ------------------------------------------------------------------------------


def frame(cam: Camera) -> bytes:
    with closing(cast("Generator[bytes]", iter(cam.live))) as frames:
        return next(frames)


def in_and_out(cam: Camera) -> None:
    cam.remote.start()
    cam.remote.stop()


def focus(cam: Camera) -> None:
    with cam.focus.lock():
        pass


CONTROL: dict[str, Verb] = {
    "InitiateReleaseControl": in_and_out,
    "TerminateReleaseControl": in_and_out,
    "GetDevicePropDesc": lambda cam: cam.zoom.get(),
    "SetDevicePropValue": lambda cam: cam.settings.set(flash="on"),
    "FocusLock": focus,
    "FocusUnlock": focus,
    "ViewfinderOn": frame,
    "GetViewfinderImage": frame,
    "ViewfinderOff": frame,
    "InitiateCaptureInMemory": lambda cam: cam.capture.shoot(),
    "GetObject": lambda cam: cam.capture.shoot(),
}
"""A verb under release control that needs each operation."""


@pytest.mark.parametrize("operation", CONTROL)
@pytest.mark.parametrize("fault", FATAL)
def test_trouble_under_release_control(operation: str, fault: str, picture: bytes) -> None:
    """Whatever broke: release control is off, or the next verb finds it on and goes on in it."""
    device = an_s60()
    with open_on(device) as cam:
        device.faults.add(at(fault, operation))
        with within(device, IN_THE_END_S), pytest.raises(FATAL[fault]):
            CONTROL[operation](cam)
        assert not cam.remote.active
        with within(device, IN_THE_END_S):
            (taken,) = cam.capture.shoot(thumbnail=True).pictures
        assert taken.startswith(b"\xff\xd8")
        assert not device.extension.release.active
        must_be_clean(device, cam, picture)


def test_leaving_release_control_waits_for_a_busy_camera(picture: bytes) -> None:
    device = an_s60("busy@TerminateReleaseControl:20")
    with open_on(device) as cam:
        cam.remote.start()
        cam.remote.stop()
        assert not device.extension.release.active
        must_be_clean(device, cam, picture)


# --- the plug, the events -------------------------------------------------------------------------


@pytest.mark.parametrize("operation", [*READING, *WRITING, *CONTROL, "SendObject", "CloseSession"])
def test_the_cable_comes_out(operation: str) -> None:
    verbs: dict[str, Verb] = {
        **READING,
        **{name: verb for name, (verb, _) in WRITING.items()},
        **CONTROL,
        "SendObject": lambda cam: cam.storage.upload(bytes(5000), NEW),
        "CloseSession": lambda cam: cam.initialize(force=True),
    }
    device = an_s60()
    with open_on(device) as cam:
        device.faults.add(at("unplug", operation))
        with within(device, SOON_S * 10), pytest.raises(Disconnected, match="unplugged"):
            verbs[operation](cam)
        assert not cam.ready
        with pytest.raises(CanonError):
            verbs[operation](cam)


def test_a_picture_whose_event_is_lost_is_listed_all_the_same() -> None:
    device = an_s60("event-lost@ObjectAdded")
    with open_on(device) as cam:
        before = {entry.name for entry in cam.storage.ls(FOLDER)}
        device.press()
        assert FileAdded not in kinds_heard(cam, 10)
        (new,) = [entry for entry in cam.storage.ls(FOLDER) if entry.name not in before]
        assert len(cam.storage.read(new)) == new.size
