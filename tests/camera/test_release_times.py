"""How long release control takes: the times of the recorded G3, on the virtual camera's clock."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import canon
from canon.native.events import CaptureStatus, FullImageReady, NativeEvent, ThumbnailReady
from canon.virtual.build import make_virtual
from canon.virtual.native.camera import NativeCamera
from rigs.bodies import a_camera, a_card, native_device, ptp_device
from rigs.watched import WatchedPort

EXPOSED, FINISHED = CaptureStatus(0x1C), CaptureStatus(0x1D)
ANSWER_S = 0.004  # what a command takes that has nothing to move (canon-native-usb, section 9)
POLL_S = 0.064


def when(rows: list[tuple[float, Any]], what: object) -> float:
    """The time of the first such row."""
    return next(moment for moment, row in rows if row == what)


def test_the_lens_takes_its_time() -> None:
    device = native_device()
    with a_camera(device) as cam:
        start = device.clock.now()
        cam.remote.start()
        out = device.clock.now()
        cam.remote.stop()
        assert out - start == pytest.approx(2.67 + 2 * ANSWER_S, abs=0.01)
        assert device.clock.now() - out < 0.05


def test_the_lens_of_a_powershot_in_ptp_takes_its_time_too() -> None:
    device = ptp_device("powershot-g9")
    with a_camera(device) as cam:
        start = device.clock.now()
        cam.remote.start()
        out = device.clock.now()
        assert out - start == pytest.approx(2.67, abs=0.1)
        for _ in range(5):
            cam.remote.stop()
            before = device.clock.now()
            cam.remote.start()
            assert device.clock.now() - before < 2 * 2.67 + 0.1, "in, and out again"
        before = device.clock.now()
        cam.capture.shoot()
        assert device.clock.now() - before < 5, "nothing has piled up"


def test_live_view_has_the_frames_of_the_body() -> None:
    device = native_device()
    with a_camera(device) as cam:
        times = [frame.time for frame in itertools.islice(cam.live, 31)]
    assert times[-1] - times[0] == pytest.approx(2, abs=0.05)


def test_small_files_travel_as_fast_as_large_ones() -> None:
    size = 49_000
    device = native_device(card=a_card({"IMG_0001.JPG": bytes(size)}))
    with a_camera(device) as cam:
        entry = cam.storage.stat("DCIM/100CANON/IMG_0001.JPG")
        start = device.clock.now()
        cam.storage.read(entry)
        assert device.clock.now() - start == pytest.approx(size / 490_000 + 0.018, abs=0.005)


def test_a_release_takes_its_time() -> None:
    port = WatchedPort(native_device())
    with port.camera() as cam, cam.remote():
        cam.capture.shoot(thumbnail=True)
    fired = when(port.asked, "Release")
    assert when(port.events, EXPOSED) - fired == pytest.approx(3.385, abs=0.001)
    assert when(port.events, FINISHED) - fired == pytest.approx(3.385 + POLL_S, abs=0.001)


def test_events_come_in_the_recorded_order() -> None:
    port = WatchedPort(native_device())
    with port.camera() as cam, cam.remote():
        port.events.clear()
        shot = cam.capture.shoot(thumbnail=True)
        events: list[NativeEvent] = [event for _, event in port.events]
    kinds = [CaptureStatus, ThumbnailReady, FullImageReady, CaptureStatus]
    assert [type(event) for event in events] == kinds
    assert (events[0], events[-1]) == (EXPOSED, FINISHED)
    (small, full) = events[1:3]
    assert isinstance(small, ThumbnailReady)
    assert isinstance(full, FullImageReady)
    assert (small.key, full.key) == (1, 1)
    assert shot.thumbnail is not None
    assert small.size == len(shot.thumbnail)


def test_locked_focus_is_faster() -> None:
    port = WatchedPort(native_device())
    with port.camera() as cam, cam.focus.lock():
        cam.capture.shoot()
    took = when(port.events, EXPOSED) - when(port.asked, "Release")
    assert 1 < took < 3


def test_the_commands_of_a_release() -> None:
    port = WatchedPort(native_device())
    with port.camera() as cam:
        port.names()
        cam.capture.shoot(thumbnail=True)
    wanted = ["EnterReleaseControl", "SetTransferMode", "Release"]
    wanted += ["RetrieveCapture", "RetrieveCapture", "ExitReleaseControl"]
    assert [name for name in port.names() if name in wanted] == wanted


def test_the_zoom_takes_longer_for_a_longer_way() -> None:
    device = native_device()
    with a_camera(device) as cam, cam.remote():
        marks = [device.clock.now()]
        for position in (1, 17, 17):
            cam.zoom.set(position)
            marks.append(device.clock.now())
    short, long, none = (later - sooner for sooner, later in itertools.pairwise(marks))
    assert none < short < long


def test_a_deadline_ends_the_wait() -> None:
    device = native_device()
    with a_camera(device) as cam, cam.remote():
        start = device.clock.now()
        with pytest.raises(canon.NotFinished, match="within 2 s"):
            cam.capture.shoot(timeout_s=2)
        assert 2 <= device.clock.now() - start < 2.2


def test_at_real_pace_the_lens_takes_real_seconds() -> None:
    device = make_virtual("powershot-g3?pace=real")
    assert isinstance(device, NativeCamera)
    with a_camera(device) as cam:
        start = device.clock.now()
        cam.remote.start()
        assert device.clock.now() - start >= 2.67
        cam.remote.stop()
