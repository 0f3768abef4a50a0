"""RAW and JPEG to the card: the second file comes after the camera has said that it is done."""

from __future__ import annotations

import logging

import pytest
from judges import opened

from canon.camera import Camera
from canon.native.events import CardChanged
from canon.values import CaptureTarget
from canon.virtual.faults import Fault
from canon.virtual.native.camera import NativeCamera
from rigs.bodies import native_device
from rigs.watched import WatchedPort

CARD, BOTH = CaptureTarget.CARD, CaptureTarget.BOTH
GRACE_S = 5.0


def a_20d(first: str = "", second: str = "") -> WatchedPort[NativeCamera]:
    """A 20D whose first and second event 0x0e of a release come as the faults have it."""
    device = native_device(*(first and [first]), slug="eos-20d")
    later = [second] if second else []

    def at(name: str) -> None:
        if name == "CardChanged" and later:
            device.faults.add(Fault.parse(later.pop()))

    return WatchedPort(device, at)


def set_to_both(cam: Camera) -> None:
    cam.settings.set(image_format="raw+small-fine")


def pair(cam: Camera, target: CaptureTarget, number: int) -> None:
    """Take a picture; both its files are told of, and are whole."""
    shot = cam.capture.shoot(target=target)
    entries = shot.entries
    assert [entry.name for entry in entries] == [f"IMG_{number:04}.CR2", f"IMG_{number:04}.JPG"]
    raw, jpeg = (cam.storage.read(entry) for entry in entries)
    assert opened(jpeg).size == (1728, 1152)
    assert (raw[:4], raw[8:10], len(raw)) == (b"II*\0", b"CR", entries[0].size)
    if target is BOTH:
        assert list(shot.pictures) == [raw, jpeg]


@pytest.mark.parametrize("target", [CARD, BOTH], ids=str)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", ""),
        ("event-late@CardChanged:2", ""),
        ("event-lost@CardChanged", ""),
        ("event-twice@CardChanged", ""),
        ("", "event-late@CardChanged:2"),
        ("", "event-late@CardChanged:8"),
        ("", "event-lost@CardChanged"),
        ("", "event-twice@CardChanged"),
    ],
)
def test_both_files_are_told_of(first: str, second: str, target: CaptureTarget) -> None:
    with a_20d(first, second).camera() as cam, cam.remote():
        set_to_both(cam)
        for number in (1, 2, 3):
            pair(cam, target, number)


def test_the_end_is_not_waited_for_longer_than_the_second_file_takes() -> None:
    port = a_20d()
    with port.camera() as cam, cam.remote():
        set_to_both(cam)
        cam.capture.shoot(target=CARD)
        first, second = (at for at, event in port.events if isinstance(event, CardChanged))
        assert second - first == pytest.approx(0.5, abs=0.1)
        assert port.clock.now() - second < 0.5


def test_a_single_picture_is_not_waited_for() -> None:
    port = a_20d()
    with port.camera() as cam, cam.remote():
        cam.settings.set(image_format="small-fine")
        (entry,) = cam.capture.shoot(target=CARD).entries
        assert str(entry).endswith(".JPG")
        ended, event = port.events[-1]
        assert isinstance(event, CardChanged)
        assert port.clock.now() - ended < 0.5


def test_a_second_file_that_never_comes(caplog: pytest.LogCaptureFixture) -> None:
    device = native_device(slug="eos-20d")

    def at(name: str) -> None:
        if name == "CardChanged":
            device.clock.forget()  # it loses what it was about to write

    port = WatchedPort(device, at)
    with port.camera() as cam, cam.remote():
        set_to_both(cam)
        with caplog.at_level(logging.WARNING):
            (entry,) = cam.capture.shoot(target=CARD).entries
        assert str(entry).endswith(".CR2")
        assert "2 files were due on the card; 1 came" in caplog.text
        assert port.clock.now() - port.events[-1][0] < GRACE_S + 1
