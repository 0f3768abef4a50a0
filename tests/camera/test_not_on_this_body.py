"""What only some bodies can: the others say NotSupported, before anything is sent."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

import canon
from canon import Feature
from canon.camera import Camera
from canon.driver import Press
from canon.driver.shot import Order
from canon.errors import NotSupported
from canon.ports import OnLine
from canon.virtual.line import VirtualLine
from rigs.serial import serial_device


def serial() -> Camera:
    line = VirtualLine(serial_device("powershot-g1"))
    return Camera(lambda: OnLine(line), "serial:")


def native() -> Camera:
    return canon.open("virtual:powershot-g3")


def ptp() -> Camera:
    return canon.open("virtual:powershot-s60?mode=ptp")


def files_only() -> Camera:
    return canon.open("virtual:powershot-sx200-is")


def half_press(cam: Camera) -> None:
    with cam.capture.half_press():
        pass


def bulb_block(cam: Camera) -> None:
    with cam.capture.bulb():
        pass


def record(cam: Camera) -> None:
    with cam.movie.record():
        pass


def lock_keys(cam: Camera) -> None:
    with cam.remote(lock_keys=True):
        pass


VERBS: list[tuple[Callable[[Camera], object], Feature, str]] = [
    (half_press, Feature.HALF_PRESS, "button that a computer can press half"),
    (lambda cam: cam.capture.shoot(focus=False), Feature.NO_FOCUS, "remote release|without focus"),
    (lambda cam: cam.capture.bulb(3.8), Feature.BULB, "no bulb exposure"),
    (bulb_block, Feature.BULB, "no bulb exposure"),
    (lambda cam: cam.capture.pop_up_flash(), Feature.FLASH_POP_UP, "no built-in flash"),
    (lambda cam: cam.focus.drive(+3), Feature.FOCUS_DRIVE, "can drive step by step"),
    (lambda cam: cam.live.zoom(5), Feature.LIVE_ZOOM, "no live view that can be enlarged"),
    (lambda cam: cam.live.move(0, 0), Feature.LIVE_ZOOM, "no live view that can be enlarged"),
    (lambda cam: cam.live.focus(), Feature.LIVE_ZOOM, "no live view that can be enlarged"),
    (lambda cam: cam.live.depth_of_field(True), Feature.LIVE_ZOOM, "no live view that can"),
    (record, Feature.MOVIE, "no movies that a computer can start"),
    (lock_keys, Feature.KEY_LOCK, "no keys that a computer can lock"),
]


@pytest.mark.parametrize("make", [native, serial, ptp, files_only])
def test_a_verb_that_a_body_lacks_sends_nothing(make: Callable[[], Camera]) -> None:
    with make() as cam:
        for verb, feature, said in VERBS:
            assert feature not in cam.features
            before = cam.clock.now()
            with pytest.raises(NotSupported, match=said):
                verb(cam)
            assert cam.clock.now() == before, "something was sent"
        before = cam.clock.now()
        cam.storage.cards()
        assert cam.clock.now() > before, "a question takes time"


@pytest.mark.parametrize(("how", "bulb_s"), [(Press.NO_FOCUS, None), (Press.FOCUS, 1.0)])
def test_a_driver_with_one_way_to_release_has_no_other(how: Press, bulb_s: float | None) -> None:
    from canon.camera.receivers import InMemory
    from canon.values import CaptureTarget

    for make in (native, ptp):
        with make() as cam:
            shutter = cam.remote.verbs().shutter
            assert shutter is not None
            before = cam.clock.now()
            with pytest.raises(NotSupported):
                shutter.release(Order(CaptureTarget.HOST, how=how, bulb_s=bulb_s), InMemory())
            assert cam.clock.now() == before
    Order(CaptureTarget.HOST).must_be_ordinary("PowerShot G3")


def test_mistakes_are_told_as_such() -> None:
    with native() as cam:
        with pytest.raises(ValueError, match="no size of step"):
            cam.focus.drive(1, size=4)
        with pytest.raises(ValueError, match="no factor"):
            cam.live.zoom(0)
        with pytest.raises(ValueError, match="no place"):
            cam.live.move(-1, 0)
        with pytest.raises(ValueError, match="x and y"):
            cam.live.focus(1)


def test_what_a_body_does_not_tell_of_its_frames() -> None:
    with native() as cam:
        frame = cam.live.one()
    again = pickle.loads(pickle.dumps(frame))
    for one in (frame, again):
        assert (one.number, one.time, bytes(one)) == (1, frame.time, bytes(frame))
        told = (one.field, one.af_frames, one.zoom, one.rectangle, one.histogram)
        assert told == (None,) * 5
