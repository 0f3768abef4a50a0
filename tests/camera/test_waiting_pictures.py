"""Pictures in the camera's memory: a press by hand while the computer is the target, and the like.

Each is fetched once, byte for byte, and the memory is empty afterwards.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import canon
from canon.camera import Camera
from canon.camera.events import Events
from canon.errors import Aborted, AlreadyThere, CanonError, DeviceBusy, NotSupported, ObjectNotFound
from canon.ptp.eos.layouts import Eos
from canon.virtual.build import make_virtual
from canon.virtual.faults import Fault, FaultKind
from canon.virtual.port import VirtualPort
from rigs.bodies import EosCamera, a_card, eos, ptp_body, waiting

OLDER, MIRROR, LATEST = BODIES = "eos-40d", "eos-60d", "eos-r6"
"""A body of each generation that keeps pictures for its host alone."""
SMALL = struct.pack("<5I", 1, 16, 1, 0x10, 3)
"""The format of one small JPEG."""
RAW_AND_SMALL = struct.pack("<9I", 2, 16, 6, 0, 4, 16, 1, 0x10, 3)
SILENT_S = 5.0


def a_body(slug: str, form: bytes = SMALL) -> EosCamera:
    device = eos(ptp_body(slug, a_card()), waiting())
    device.extension.table.put(Eos.IMAGE_FORMAT, form)
    return device


def host(device: EosCamera) -> Camera:
    return Camera(lambda: VirtualPort(device), "virtual:")


def kept(device: EosCamera) -> dict[str, bytes]:
    """The pictures in the memory of the body, by their names."""
    objects = device.extension.objects
    items = [objects.item(handle) for handle in objects.kept]
    return {item.name: device.extension.objects.file(item.handle).read() for item in items}


def press(cam: Camera, device: EosCamera) -> list[canon.Pending]:
    """Press the button by hand, and hear what waits then."""
    with cam.events() as events:
        device.extension.press()
        return told_of(events)


def told_of(events: Events) -> list[canon.Pending]:
    """The pictures that are told to wait, until nothing was told for a while."""
    heard = iter(lambda: events.get(SILENT_S), None)
    return [event.picture for event in heard if isinstance(event, canon.PictureWaiting)]


@pytest.mark.parametrize("slug", BODIES)
def test_both_files_of_a_press_are_fetched(slug: str, tmp_path: Path) -> None:
    device = a_body(slug)
    with host(device) as cam:
        cam.capture.shoot(target="host")
        device.extension.table.put(Eos.IMAGE_FORMAT, RAW_AND_SMALL)
        raw, jpeg = told = press(cam, device)
        there = kept(device)
        assert {one.name: one.size for one in told} == {
            name: len(data) for name, data in there.items()
        }
        assert cam.capture.waiting() == (raw, jpeg)
        steps: list[tuple[int, int]] = []
        shot = cam.capture.fetch(raw, progress=lambda *done: steps.append(done))
        assert (shot.first.name, shot.first) == (raw.name, there[raw.name])
        assert steps[-1] == (raw.size, raw.size)
        (path,) = cam.capture.fetch(jpeg, to=tmp_path).saved
        assert (path.name, path.read_bytes()) == (jpeg.name, there[jpeg.name])
        assert not kept(device)
        assert cam.capture.waiting() == ()
        for one in told:
            with pytest.raises(ObjectNotFound, match="not in the camera's memory any more"):
                cam.capture.fetch(one)
        assert press(cam, device), "the body goes on"


@pytest.mark.parametrize("slug", BODIES)
def test_what_nobody_fetched_comes_with_the_next_shot(slug: str) -> None:
    device = a_body(slug)
    with host(device) as cam:
        cam.capture.shoot(target="host")
        (pending,) = press(cam, device)
        (data,) = kept(device).values()
        first, second = cam.capture.shoot(target="host").pictures
        assert first == data != second
        assert not kept(device)
        with pytest.raises(ObjectNotFound):
            cam.capture.fetch(pending)


@pytest.mark.parametrize("slug", BODIES)
@pytest.mark.parametrize("shoots", [False, True], ids=["fetched", "with a shot"])
def test_the_next_program_gets_what_a_killed_one_left(slug: str, shoots: bool) -> None:
    device = a_body(slug)
    killed = host(device)
    killed.initialize()
    killed.capture.shoot(target="host")
    press(killed, device)
    there = kept(device)
    assert len(there) == 1
    device.detach()
    with host(device) as cam:
        if shoots:
            old, _ = cam.capture.shoot(target="host").pictures
        else:
            (pending,) = cam.capture.waiting()
            old = cam.capture.fetch(pending).first
        assert {old.name: old} == there
        assert not kept(device)


def test_what_a_killed_program_left_is_in_nobodys_way() -> None:
    """Other programs do not know how to fetch it, or to drop it."""
    device = a_body(MIRROR)
    killed = host(device)
    killed.initialize()
    killed.capture.shoot(target="host")
    press(killed, device)
    device.detach()
    device.extension.release.press(3, focuses=False)
    assert device.extension.release.busy


def test_a_body_that_is_busy_for_a_picture_says_so() -> None:
    device = a_body(LATEST)
    with host(device) as cam:
        cam.capture.shoot(target="host")
        (pending,) = press(cam, device)
        with pytest.raises(DeviceBusy, match="fetch the picture that waits in its memory"):
            cam.settings.set(iso="400")
        cam.capture.fetch(pending)
        cam.settings.set(iso="400")


def test_closing_drops_what_nobody_fetched_and_names_it(caplog: pytest.LogCaptureFixture) -> None:
    device = a_body(LATEST)
    with host(device) as cam:
        cam.capture.shoot(target="host")
        (pending,) = press(cam, device)
    assert f"{pending.name} was in the camera's memory only" in caplog.text
    assert not kept(device)


def test_a_name_that_is_taken_leaves_it_where_it_is(tmp_path: Path) -> None:
    device = a_body(MIRROR)
    (tmp_path / "taken.jpg").write_bytes(b"mine")
    with host(device) as cam:
        cam.capture.shoot(target="host")
        (pending,) = press(cam, device)
        with pytest.raises(AlreadyThere):
            cam.capture.fetch(pending, to=tmp_path / "taken.jpg")
        assert cam.capture.waiting() == (pending,)
        cam.capture.fetch(pending, to=tmp_path / "taken.jpg", overwrite=True)
        assert [path.name for path in tmp_path.iterdir()] == ["taken.jpg"]
        assert (tmp_path / "taken.jpg").stat().st_size == pending.size


@pytest.mark.parametrize("slug", [OLDER, LATEST])
def test_a_transfer_that_breaks_off_is_done_again(slug: str, tmp_path: Path) -> None:
    device = a_body(slug)
    with host(device) as cam:
        cam.capture.shoot(target="host")
        (pending,) = press(cam, device)
        there = kept(device)
        device.faults.add(Fault(FaultKind.REFUSE, "GetPartialObject", 0x2002))
        with pytest.raises(CanonError):
            cam.capture.fetch(pending, to=tmp_path)
        assert not list(tmp_path.iterdir()), "no half file"
        (path,) = cam.capture.fetch(cam.capture.waiting()[0], to=tmp_path).saved
        assert {path.name: path.read_bytes()} == there
        assert not kept(device)


@pytest.mark.parametrize("row", ["powershot-s60?mode=ptp", "powershot-g3", "eos-60d"])
def test_a_picture_that_a_shot_brought_does_not_wait(row: str) -> None:
    with canon.open(f"virtual:{row}") as cam, cam.remote(), cam.events() as events:
        cam.capture.shoot()
        told = told_of(events)
        assert told
        assert cam.capture.waiting() == ()
        for one in told:
            with pytest.raises(ObjectNotFound):
                cam.capture.fetch(one)
        assert len(cam.capture.shoot().pictures) == 1


@pytest.mark.parametrize("row", ["powershot-s60?mode=ptp", "powershot-g3"])
def test_a_picture_of_a_shot_that_was_given_up_is_fetched(row: str) -> None:
    device: Any = make_virtual(row)
    with host(device) as cam, cam.remote(), cam.events() as events:
        device.clock.after(0.6, cam.capture.abort)
        with pytest.raises(Aborted):
            cam.capture.shoot()
        told = told_of(events)
        (picture,) = cam.capture.fetch(told[0]).pictures
        assert picture.startswith(b"\xff\xd8")
        with pytest.raises(ObjectNotFound):
            cam.capture.fetch(told[0])


@pytest.mark.parametrize(
    "verb",
    [
        lambda cam: cam.capture.waiting(),
        lambda cam: cam.capture.fetch(canon.Pending("", 0, (1,))),
    ],
)
def test_a_body_without_release_sends_nothing(verb: Callable[[Camera], object]) -> None:
    with canon.open("virtual:powershot-sx200-is") as cam:
        before = cam.clock.now()
        with pytest.raises(NotSupported, match="no remote release"):
            verb(cam)
        assert cam.clock.now() == before
