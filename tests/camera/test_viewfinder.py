"""Live view through the public API: the same tests on every road, and on hardware."""

from __future__ import annotations

from itertools import islice

import pytest
from judges import colorfulness, is_left, opened

from canon.camera import Camera
from canon.driver.features import Feature
from canon.driver.shot import Picture
from canon.errors import NotSupported
from conftest import Body

pytestmark = pytest.mark.needs("release")


@pytest.mark.shows("live")
def test_frames_are_small_jpegs(cam: Camera, body: Body) -> None:
    frames = list(islice(cam.live, 5))
    assert len(frames) == 5
    for frame in frames:
        assert opened(frame).size == body.frame
    assert is_left(cam), "the lens goes in again"


def test_the_end_of_the_loop_stops_the_viewfinder(cam: Camera) -> None:
    with cam.remote():
        frames = iter(cam.live)
        assert next(frames)
        seen = [cam.live.running]
        del frames
        seen.append(cam.live.running)
        for _ in cam.live:
            seen.append(cam.live.running)
            break
        seen.append(cam.live.running)
    assert seen == [True, False, True, False]


def test_an_error_in_the_loop_stops_the_viewfinder(cam: Camera) -> None:
    def fail() -> None:
        for _ in cam.live:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert is_left(cam)
    assert not cam.live.running
    assert next(iter(cam.live))


def test_settings_between_frames_show_in_the_next(cam: Camera, body: Body) -> None:
    name, grey, usual = body.grey
    before = cam.settings.read(name)[name]
    colors: list[float] = []
    try:
        for place, frame in enumerate(cam.live):
            colors.append(colorfulness(opened(frame)))
            cam.settings.set({name: grey if place == 0 else usual})
            if place == 2:
                break
    finally:
        cam.settings.set({name: before})
    assert colors[1] < 5 < colors[0]
    assert colors[2] == pytest.approx(colors[0], abs=10)
    assert cam.settings.read()[name] == before


def test_captures_between_frames(cam: Camera, body: Body) -> None:
    size = cam.settings.read("image_format").image_format
    cam.settings.set(image_format=body.small)
    pictures: list[Picture] = []
    frames = 0
    try:
        for frame in cam.live:
            assert opened(frame).size == body.frame
            frames += 1
            if frames > 5:
                break
            if frames % 2:
                (picture,) = cam.capture.shoot().pictures
                assert isinstance(picture, Picture)
                pictures.append(picture)
    finally:
        cam.settings.set(image_format=size)
    assert [opened(picture).size for picture in pictures] == [body.pixels] * 3
    assert len({picture.name for picture in pictures}) == 3
    assert frames == 6


def test_zoom_between_frames(cam: Camera) -> None:
    if Feature.ZOOM not in cam.features:
        with pytest.raises(NotSupported, match="zoom that a computer can move"):
            cam.zoom.get()
        return
    before = cam.zoom.get()
    assert before.maximum is not None
    seen: list[bytes] = []
    try:
        for frame in cam.live:
            seen.append(frame)
            if len(seen) == 2:
                break
            cam.zoom.set(before.maximum)
    finally:
        cam.zoom.set(before.position)
    assert seen[0] != seen[1]


def test_frames_end_when_release_control_is_left(cam: Camera) -> None:
    frames = iter(cam.live)
    assert next(frames)
    cam.remote.stop()
    assert list(frames) == []
    assert cam.ready


def test_frames_end_when_the_camera_is_closed(cam: Camera) -> None:
    frames = iter(cam.live)
    assert next(frames)
    cam.close()
    assert list(frames) == []
    cam.initialize()
    assert cam.ready


def test_blocks_and_loops_share_the_viewfinder(cam: Camera) -> None:
    seen: list[bool] = []
    numbers: list[int] = []
    with cam.live:
        numbers.append(cam.live.one().number)
        numbers += (frame.number for frame in islice(cam.live, 1))
        seen.append(cam.live.running)
        with cam.live:
            numbers.append(cam.live.one().number)
        seen.append(cam.live.running and cam.remote.active)
    seen.append(cam.live.running or not is_left(cam))
    assert numbers == [1, 2, 3]
    assert seen == [True, True, False]
