"""Every error of the tree, provoked by a fault of a virtual camera or of its port.

Each says what happened and what to do, in words, without the name of a command; each is the builtin
error that a caller may look for, and can be told in another process.
"""

from __future__ import annotations

import os
import pickle
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import canon
from canon import errors
from canon.camera import Camera
from canon.errors import CanonError
from canon.serial.tty import open_tty
from canon.virtual.usbip import UsbipServer
from rigs.bodies import a_camera, native_device

G3 = "virtual:powershot-g3"
S60 = "virtual:powershot-s60"
PICTURE = "DCIM/100CANON/IMG_0001.JPG"

Act = Callable[[Camera], object]


def shoot(cam: Camera) -> object:
    return cam.capture.shoot()


def ask_the_time(cam: Camera) -> object:
    return cam.camera_time


ON_A_CAMERA: dict[type[CanonError], tuple[str, Act]] = {
    errors.Disconnected: (f"{G3}?fault=unplug@GetTime", ask_the_time),
    errors.PortTimeout: (f"{G3}?fault=silence@GetTime", ask_the_time),
    errors.PortStalled: (f"{G3}?fault=stall@GetTime", ask_the_time),
    errors.ProtocolError: (f"{G3}?fault=echo@GetTime", ask_the_time),
    errors.DecodeError: (f"{S60}?fault=empty@GetStorageInfo", lambda cam: cam.storage.cards()),
    errors.Refused: (f"{G3}?fault=refuse@GetTime:0x42", ask_the_time),
    errors.RemoteOff: (G3, lambda cam: cam.settings.iso.value),
    errors.DeviceBusy: (f"{S60}?fault=busy@InitiateReleaseControl:600", shoot),
    errors.StoreFull: (
        f"{G3}?fault=refuse@UploadBlock:0x0200002a",
        lambda cam: cam.storage.upload(b"1", "DCIM/100CANON/A.JPG"),
    ),
    errors.NoCard: (f"{G3}?card=none", lambda cam: cam.storage.ls()),
    errors.ObjectNotFound: (G3, lambda cam: cam.storage.stat("DCIM/NOPE.JPG")),
    errors.WriteProtected: (
        f"{G3}?fault=refuse@DeleteFiles:0x02000029",
        lambda cam: cam.storage.delete(PICTURE),
    ),
    errors.FocusFailed: (f"{G3}?fault=no-focus", shoot),
    errors.LensFailed: (f"{G3}?fault=lens-cap", shoot),
    errors.BatteryLow: (f"{S60}?fault=refuse@InitiateReleaseControl:0xa101", shoot),
    errors.BadParameter: (
        f"{S60}?fault=refuse@GetObject:0x201d",
        lambda cam: cam.storage.read(PICTURE),
    ),
    errors.KeysNotLocked: ("virtual:eos-20d?fault=refuse@LockRevisedKeys:0x02000081", shoot),
    errors.ValueRefused: (G3, lambda cam: cam.settings.iso.set(3200)),
    errors.AlreadyThere: (G3, lambda cam: cam.storage.mkdir("DCIM/100CANON")),
    errors.NotEmpty: (G3, lambda cam: cam.storage.rmdir("DCIM/100CANON")),
    errors.NotSupported: (G3, lambda cam: cam.ptp.call(0x1001)),
}
"""What is done to which camera."""


@pytest.fixture
def no_rights(monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    """Opens a serial port that belongs to somebody else."""

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    def provoke() -> object:
        with monkeypatch.context() as patch:
            patch.setattr(os, "open", refuse)
            return open_tty("/dev/ttyUSB0")

    return provoke


@pytest.fixture
def no_package(monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    """Opens a serial port without pyserial."""

    def provoke() -> object:
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, "serial", None)
            return open_tty("/dev/ttyUSB0")

    return provoke


@pytest.fixture
def nothing_listens() -> Callable[[], object]:
    return lambda: canon.open("usbip:127.0.0.1:1/1-1")


@pytest.fixture
def server() -> Iterator[UsbipServer]:
    with UsbipServer(native_device(), "127.0.0.1", 0) as server:
        yield server


@pytest.fixture
def somebody_has_it(server: UsbipServer) -> Callable[[], object]:
    host, port = server.address

    def provoke() -> object:
        where = f"usbip:{host}:{port}/1-1"
        with canon.open(where):
            return canon.open(where)

    return provoke


@pytest.fixture
def the_address_is_taken(server: UsbipServer) -> Callable[[], object]:
    return lambda: UsbipServer(native_device(), *server.address)


@pytest.fixture
def events_are_lost() -> Callable[[], object]:
    kinds = ("CaptureStatus", "ThumbnailReady", "FullImageReady", "CaptureStatus")
    faults = "&".join(f"fault=event-lost@{kind}" for kind in kinds)

    def provoke() -> object:
        with canon.open(f"{G3}?{faults}") as cam:
            return cam.capture.shoot()

    return provoke


@pytest.fixture
def given_up() -> Callable[[], object]:
    device = native_device()

    def provoke() -> object:
        with a_camera(device) as cam:
            device.clock.after(0.5, cam.capture.abort)
            return cam.capture.shoot()

    return provoke


ELSEWHERE: dict[type[CanonError], str] = {
    errors.PortError: "the_address_is_taken",
    errors.CameraNotFound: "nothing_listens",
    errors.InUse: "somebody_has_it",
    errors.PermissionDenied: "no_rights",
    errors.MissingExtra: "no_package",
    errors.NotFinished: "events_are_lost",
    errors.Aborted: "given_up",
}
"""What needs more than a camera and a verb: the fixture that provokes it."""

BUILTIN: dict[type[CanonError], type[Exception]] = {
    errors.Disconnected: ConnectionError,
    errors.PermissionDenied: PermissionError,
    errors.PortTimeout: TimeoutError,
    errors.NotFinished: TimeoutError,
    errors.MissingExtra: ImportError,
    errors.ObjectNotFound: FileNotFoundError,
    errors.WriteProtected: PermissionError,
    errors.AlreadyThere: FileExistsError,
    errors.InUse: OSError,
    errors.StoreFull: OSError,
    errors.NotEmpty: OSError,
}


def all_errors(kind: type[CanonError] = CanonError) -> set[type[CanonError]]:
    """What stands below an error in the tree."""
    below = set(kind.__subclasses__())
    return below.union(*map(all_errors, below))


def test_each_error_is_provoked_here_and_told_in_a_docstring() -> None:
    assert {*ON_A_CAMERA, *ELSEWHERE} == all_errors()
    assert all(vars(kind).get("__doc__") for kind in all_errors())


def test_each_error_has_a_name_in_the_package() -> None:
    assert {kind.__name__ for kind in all_errors()} <= set(canon.__all__)


@pytest.mark.parametrize("kind", ON_A_CAMERA, ids=lambda kind: kind.__name__)
def test_what_a_camera_says(kind: type[CanonError]) -> None:
    port, act = ON_A_CAMERA[kind]
    with canon.open(port) as cam, pytest.raises(kind) as caught:
        act(cam)
    judge(caught.value, kind)


@pytest.mark.parametrize("kind", ELSEWHERE, ids=lambda kind: kind.__name__)
def test_what_a_port_says(kind: type[CanonError], request: pytest.FixtureRequest) -> None:
    provoke = request.getfixturevalue(ELSEWHERE[kind])
    with pytest.raises(kind) as caught:
        provoke()
    judge(caught.value, kind)


def judge(error: CanonError, kind: type[CanonError]) -> None:
    """What holds of each: its exact kind, its words, its builtin, its way through a pipe."""
    assert type(error) is kind
    assert str(error).startswith(error.what)
    assert not re.match(r"[A-Z][a-z]+[A-Z]\w+:", error.what), "begins with a command's name"
    assert error.advice or kind in (errors.NotSupported, errors.Aborted)
    builtin = BUILTIN.get(kind)
    assert isinstance(error, builtin) if builtin else not isinstance(error, OSError)
    if isinstance(error, OSError):
        assert error.errno
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (kind, str(error), vars(error))


def test_a_name_that_is_taken_on_the_disk_is_the_same_error(tmp_path: Path) -> None:
    (tmp_path / "IMG_0001.JPG").touch()
    with canon.open(G3) as cam, pytest.raises(errors.AlreadyThere, match="overwrite it"):
        cam.storage.download(PICTURE, tmp_path)
