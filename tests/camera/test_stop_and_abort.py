"""One thread takes a picture, another leaves remote control or gives the picture up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from judges import is_left
from test_ptp_release import small
from test_threads import Worker, end_well

from canon.camera import Camera
from canon.driver.shot import Shot
from canon.errors import Aborted, DeviceBusy
from canon.hurry import AtOnce
from canon.virtual.device import UsbDevice
from canon.virtual.faults import Fault
from canon.virtual.port import VirtualPort
from rigs.bodies import a_camera, eos_device, native_device

S60 = "powershot-s60"
EOS_PACE = 0.04
"""An EOS has no lens to move: it has focused and exposed in a quarter of a second, not in five."""


def a_ptp_camera() -> tuple[Camera, UsbDevice]:
    device = small(S60)
    cam = Camera(lambda: VirtualPort(device), "virtual:")
    cam.initialize()
    return cam, device


def an_eos(slug: str) -> Callable[[], tuple[Camera, UsbDevice]]:
    def make() -> tuple[Camera, UsbDevice]:
        device = eos_device(slug)
        return a_camera(device), device

    return make


def a_native_camera() -> tuple[Camera, UsbDevice]:
    device = native_device()
    return a_camera(device), device


EACH = pytest.mark.parametrize(
    ("make", "pace"),
    [
        (a_native_camera, 1.0),
        (a_ptp_camera, 1.0),
        (an_eos("eos-60d"), EOS_PACE),
        (an_eos("eos-r6"), EOS_PACE),
    ],
    ids=["native", "powershot", "60d", "r6"],
)


def of_the_next(cam: Camera) -> tuple[int, ...]:
    """How many pictures the shot after an aborted one may bring: its own, and none that is lost.

    Where remote control lasts, the one that was taken meanwhile waits in the camera's memory.
    """
    return (1, 2) if cam.remote.lasts else (1,)


Make = Callable[[], tuple[Camera, UsbDevice]]


@EACH
@pytest.mark.parametrize("seconds", [0.3, 2.0, 2.9, 3.5, 5.0])
def test_stop_waits_for_the_release_of_another_thread(
    make: Make, pace: float, seconds: float
) -> None:
    """Whenever it is called: while the lens comes out, before the release, while it is exposed."""
    cam, device = make()
    with cam:
        now, called = threading.Event(), threading.Event()

        def stop() -> None:
            now.wait(60)
            called.set()
            cam.remote.stop()

        def let_the_other_call() -> None:
            now.set()
            called.wait(60)

        stopper = Worker(stop)
        device.clock.after(seconds * pace, let_the_other_call)
        shots: list[Shot] = []
        photographer = Worker(lambda: shots.append(cam.capture.shoot()))
        end_well(photographer)
        now.set()
        end_well(stopper)
        assert len(shots[0].pictures) == 1
        assert not cam.remote.active


@EACH
def test_an_aborted_shot_frees_the_camera(make: Make, pace: float) -> None:
    """Within a second of the body's own time; the next picture is whole, and its own."""
    whole, device = make()
    with whole, whole.remote():
        start = device.clock.now()
        whole.capture.shoot()
        takes_s = device.clock.now() - start
    cam, device = make()
    with cam:
        with cam.remote():
            start = device.clock.now()
            device.clock.after(0.1, cam.capture.abort)
            with pytest.raises(Aborted) as caught:
                cam.capture.shoot()
            assert any("may have been taken" in note for note in caught.value.__notes__)
            assert device.clock.now() - start < 1.5
            first = cam.capture.shoot().pictures[-1]
            assert device.clock.now() - start < 2 * takes_s + 1
            (second,) = cam.capture.shoot().pictures
            assert second != first
        assert is_left(cam)


@EACH
@pytest.mark.parametrize("seconds", [0.3, 2.0, 2.9, 4.0])
def test_abort_while_the_lens_comes_out_and_later(make: Make, pace: float, seconds: float) -> None:
    cam, device = make()
    with cam:
        device.clock.after(seconds * pace, cam.capture.abort)
        with pytest.raises(Aborted):
            cam.capture.shoot()
        assert is_left(cam)
        assert len(cam.capture.shoot().pictures) in of_the_next(cam)
        assert len(cam.capture.shoot().pictures) == 1


@EACH
def test_ctrl_c_in_a_shot_frees_the_camera(make: Make, pace: float) -> None:
    cam, device = make()

    def interrupt() -> None:
        raise KeyboardInterrupt

    with cam:
        with cam.remote():
            device.clock.after(0.1, interrupt)
            with pytest.raises(KeyboardInterrupt):
                cam.capture.shoot()
            assert len(cam.capture.shoot().pictures) in of_the_next(cam)
        assert is_left(cam)
        assert len(cam.capture.shoot().pictures) == 1


def test_abort_where_no_release_is_under_way() -> None:
    cam, _ = a_native_camera()
    with cam:
        cam.capture.abort()
        assert len(cam.capture.shoot().pictures) == 1


@pytest.mark.parametrize(
    ("error", "waits"), [(AtOnce, False), (KeyboardInterrupt, True)], ids=["second", "first"]
)
@pytest.mark.parametrize(
    ("make", "command"),
    [(an_eos("eos-60d"), "SetDevicePropValueEx"), (a_ptp_camera, "SetDevicePropValue")],
    ids=["60d", "powershot"],
)
def test_an_end_at_once_does_not_wait_for_a_busy_camera(
    make: Callable[[], tuple[Camera, UsbDevice]],
    command: str,
    error: type[BaseException],
    waits: bool,
) -> None:
    """By the camera's clock; a second Ctrl-C has it. Afterwards the camera takes pictures."""
    cam, made = make()
    device: Any = made
    began = 0.0

    def interrupted() -> None:
        nonlocal began
        with cam.remote():
            cam.capture.shoot()
            device.faults.add(Fault.parse(f"busy@{command}:15"))
            began = cam.clock.now()
            try:
                raise error
            finally:
                with suppress(DeviceBusy):
                    cam.settings.set(iso=200)

    with cam:
        with pytest.raises(error):
            interrupted()
        assert (cam.clock.now() - began > 1.0) == waits
        assert len(cam.capture.shoot().pictures) == 1
