"""Cameras that release at one moment: all that can be done before is done, then one is asked."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from test_ptp_release import small

from canon.errors import Aborted
from canon.ptp.eos.layouts import Eos
from canon.virtual.native.camera import NativeCamera
from rigs.bodies import EosCamera, PowerShotCamera, eos, native_device, ptp_body
from rigs.watched import WatchedPort

Make = Callable[[], NativeCamera | PowerShotCamera | EosCamera]
SMALL = struct.pack("<5I", 1, 16, 1, 0x10, 3)
"""The format of one small JPEG."""


def an_eos(slug: str) -> EosCamera:
    device = eos(ptp_body(slug))
    device.extension.table.put(Eos.IMAGE_FORMAT, SMALL)
    return device


BODIES: dict[str, tuple[Make, str]] = {
    "native": (native_device, "Release"),
    "native EOS": (lambda: native_device(slug="eos-20d"), "Release"),
    "PowerShot in PTP": (lambda: small("powershot-s60"), "InitiateCaptureInMemory"),
    "EOS without a button": (lambda: an_eos("eos-450d"), "RemoteRelease"),
    "EOS": (lambda: an_eos("eos-60d"), "RemoteReleaseOn"),
    "EOS with one press": (lambda: an_eos("eos-r6"), "RemoteReleaseOn"),
}
"""A body of each way to release, and what it is then sent."""
each = pytest.mark.parametrize(("make", "press"), BODIES.values(), ids=BODIES)


@each
def test_the_next_thing_that_is_sent_is_the_release(make: Make, press: str) -> None:
    port = WatchedPort(make())
    asked: list[int] = []

    def may_go() -> bool:
        asked.append(len(port.asked))
        return len(asked) == 4

    with port.camera() as cam:
        shot = cam.capture.shoot(may_go=may_go)
        assert len(asked) == 4, "it is asked again until it says so, and not after that"
        assert port.asked[asked[-1]][1] == press
        again = cam.capture.shoot()
    assert len(shot.pictures) == len(again.pictures) == 1
    assert shot.first != again.first


@each
@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_what_it_raises_ends_the_shot_before_there_is_one(
    make: Make, press: str, error: type[BaseException]
) -> None:
    def may_go() -> bool:
        raise error

    with WatchedPort(make()).camera() as cam:
        before = [entry.path for entry in cam.storage.walk()]
        with pytest.raises(error) as caught:
            cam.capture.shoot(target="card", may_go=may_go)
        assert not hasattr(caught.value, "__notes__")
        assert [entry.path for entry in cam.storage.walk()] == before
        assert not cam.remote.active or press.startswith("RemoteRelease")
        assert len(cam.capture.shoot().pictures) == 1


@each
def test_a_shot_that_waits_can_be_given_up(make: Make, press: str) -> None:
    with WatchedPort(make()).camera() as cam:

        def may_go() -> bool:
            cam.capture.abort()
            return False

        with pytest.raises(Aborted):
            cam.capture.shoot(may_go=may_go)
        assert len(cam.capture.shoot().pictures) == 1
