"""What a block has switched on is off after it, and what was on before stays on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from canon.camera import Camera
from canon.errors import Refused
from canon.virtual.native.camera import NativeCamera
from rigs.bodies import PowerShotCamera, a_camera, native_device, ptp_device, release_of
from rigs.watched import WatchedPort

Made = tuple[Camera, NativeCamera | PowerShotCamera]


def native() -> Made:
    device = native_device()
    return a_camera(device), device


def ptp() -> Made:
    device = ptp_device("powershot-s60")
    return WatchedPort(device).camera(), device


@pytest.mark.parametrize("make", [native, ptp], ids=["native", "PTP"])
def test_an_error_unlocks_the_focus_where_release_control_stays(make: Callable[[], Made]) -> None:
    cam, device = make()

    def locked() -> bool:
        return release_of(device).focus_locked

    def fail() -> None:
        with cam.focus.lock():
            assert locked()
            raise ZeroDivisionError

    with cam:
        cam.remote.start()
        with pytest.raises(ZeroDivisionError):
            fail()
        assert cam.remote.active
        assert not locked()
        cam.focus.lock()
        assert locked()
        cam.focus.unlock()
        assert not locked()


def test_after_a_stop_a_block_leaves_release_control() -> None:
    cam, device = native()
    with cam:
        cam.remote.start()
        with cam.remote():
            pass
        assert release_of(device).active, "it was on before"
        cam.remote.stop()
        with cam.remote():
            assert release_of(device).active
        assert not release_of(device).active


def test_a_stop_takes_back_that_release_control_stays_on() -> None:
    cam, device = native()
    with cam:
        cam.remote.stay()
        cam.remote.stop()
        cam.remote.start()
    assert not release_of(device).active


def test_release_control_stays_on_when_it_should() -> None:
    cam, device = native()
    with cam:
        cam.remote.stay()
    assert release_of(device).active


def test_the_viewfinder_goes_off_before_release_control() -> None:
    port = WatchedPort(ptp_device("powershot-s60"))
    with port.camera() as cam:
        cam.remote.start()
        frames = iter(cam.live)
        assert next(frames)
        port.names()
        cam.remote.stop()
        names = port.names()
        assert names.index("ViewfinderOff") < names.index("TerminateReleaseControl")
        assert list(frames) == []


def test_a_file_that_cannot_be_fetched_can_be_tried_again() -> None:
    device = ptp_device("powershot-s60", "refuse@GetPartialObject:0x2002")
    with WatchedPort(device).camera() as cam:
        entry = next(entry for entry in cam.storage.walk() if not entry.is_folder)
        with cam.storage.open(entry) as file:
            with pytest.raises(Refused):
                file.read()
            file.seek(0)
            assert len(file.read()) == entry.size
