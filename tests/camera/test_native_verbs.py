"""What the verbs of release control send to a native camera, and what they do not wait for."""

from __future__ import annotations

import pytest

from canon.camera import Camera
from canon.errors import FocusFailed, NotFinished, Refused
from canon.virtual.faults import Fault, FaultKind, Faults
from canon.virtual.native.camera import NativeCamera
from rigs.bodies import native_device
from rigs.watched import WatchedPort


def test_the_way_into_release_control() -> None:
    """As every known program goes it: the abilities, the keys, release control (section 1)."""
    port = WatchedPort(native_device())
    with port.camera() as cam:
        port.names()
        cam.remote.start()
        assert port.names()[:3] == ["GetAbilities", "LockKeys", "EnterReleaseControl"]


def test_a_half_press_and_an_output_reach_the_camera() -> None:
    port = WatchedPort(native_device())
    with port.camera() as cam, cam.remote():
        port.names()
        cam.focus.auto()
        assert port.names() == ["DoAeAfAwb"]
        cam.remote.set_output("off")
        assert port.names() == ["SelectCameraOutput"]


def test_release_control_that_could_not_be_left_is_not_taken_for_active() -> None:
    with WatchedPort(native_device("refuse@ExitReleaseControl:0x02000086")).camera() as cam:
        cam.remote.start()
        with pytest.raises(Refused):
            cam.remote.stop()
        assert not cam.remote.active


# --- no wait for what is over ---------------------------------------------------------------------


def seconds(cam: Camera, port: WatchedPort[NativeCamera]) -> float:
    """How long a release takes."""
    start = port.clock.now()
    assert cam.capture.shoot().pictures
    return port.clock.now() - start


def test_after_a_refused_release_nothing_is_waited_for() -> None:
    device = native_device()
    port = WatchedPort(device)
    with port.camera() as cam, cam.remote():
        usual = seconds(cam, port)
        device.faults.add(Fault.parse("no-focus"))
        with pytest.raises(FocusFailed):
            cam.capture.shoot()
        assert seconds(cam, port) < usual + 0.5


def test_after_a_release_that_was_given_up_its_end_is_waited_for_and_no_more() -> None:
    port = WatchedPort(native_device())
    with port.camera() as cam, cam.remote():
        usual = seconds(cam, port)
        with pytest.raises(NotFinished):
            cam.capture.shoot(timeout_s=0.2)
        port.clock.sleep(30)
        assert seconds(cam, port) < usual + 0.5
        assert seconds(cam, port) < usual + 0.5


# --- what is not told after it was done -----------------------------------------------------------


class AfterSetting(Faults):
    """What is asked right after the settings were written is refused."""

    def take(self, command: str, misses: frozenset[FaultKind] = frozenset()) -> Fault | None:
        if command == "SetReleaseParameters":
            self.add(Fault.parse("refuse@GetReleaseParameters:0x2005"))
        return super().take(command, misses)


def test_a_setting_that_is_not_read_back_is_set(caplog: pytest.LogCaptureFixture) -> None:
    device = native_device()
    device.faults = AfterSetting()
    with WatchedPort(device).camera() as cam, cam.remote():
        cam.settings.iso.set(100)
        assert "what it is set to now is not known: " in caplog.text
        assert cam.settings.iso.value == 100
