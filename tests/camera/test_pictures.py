"""What the virtual G3 does with its settings: commands that go out, pixels that come back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from judges import brightness, colorfulness, colors, detail, difference, opened
from PIL import Image

from canon.camera import Camera
from canon.driver.shot import Picture
from canon.errors import ValueRefused
from canon.values import CaptureTarget
from canon.virtual.card import MemoryCard
from canon.virtual.faults import Fault
from rigs.bodies import a_camera, native_device
from rigs.watched import WatchedPort

# What a G3 said a picture takes, in bytes (canon-native-usb, section 9.5).
ESTIMATED = {
    "large-superfine": 2050048,
    "large-fine": 1142784,
    "large-normal": 569344,
    "medium-1-superfine": 1026048,
    "medium-1-fine": 571392,
    "medium-1-normal": 284672,
    "medium-2-superfine": 583680,
    "medium-2-fine": 327680,
    "medium-2-normal": 174080,
    "small-superfine": 254976,
    "small-fine": 153600,
    "small-normal": 86016,
    "raw": 3870720,
}


@pytest.fixture
def cam() -> Iterator[Camera]:
    """A virtual G3 under release control."""
    with a_camera(native_device()) as camera, camera.remote():
        yield camera


def taken(cam: Camera, **settings: object) -> Image.Image:
    """The pixels of a picture with these settings."""
    cam.settings.set(settings)
    (picture,) = cam.capture.shoot().pictures
    assert isinstance(picture, Picture)
    return opened(picture)


# --- commands ------------------------------------------------------------------------------------


def test_several_settings_are_one_write_and_one_read_back() -> None:
    port = WatchedPort(native_device())
    with port.camera() as cam, cam.remote():
        cam.settings.read()
        port.names()
        cam.settings.set(iso=100, macro=True, white_balance="cloudy", flash="on", beep=True)
        both = ["SetReleaseParameters", "GetReleaseParameters"]
        assert port.names() == ["GetReleaseParameters", *both]
        cam.settings.set(iso=200, photo_effect="sepia")
        asked = ["GetReleaseParameters", "GetExtendedParameters"]
        both += ["SetExtendedParameters", "GetExtendedParameters"]
        assert port.names() == [*asked, *both]


def test_a_setting_alone_enters_and_leaves_release_control() -> None:
    port = WatchedPort(native_device())
    with port.camera() as cam:
        port.names()
        cam.settings.iso.set(100)
        first, *_, last = (name for name in port.names() if "ReleaseControl" in name)
        assert (first, last) == ("EnterReleaseControl", "ExitReleaseControl")


def test_mistakes_send_nothing() -> None:
    port = WatchedPort(native_device())
    with port.camera() as cam, cam.remote():
        port.names()
        for wrong in ({"iso": 55}, {"isso": 50}, {"focal_length": 7.0}, {"flash": "off", "x": 1}):
            with pytest.raises(ValueError, match=r"."):
                cam.settings.set(wrong)
        assert port.names() == []


def test_nothing_is_written_silently(cam: Camera) -> None:
    """One value of two is refused: the error names it, the read-back shows the other."""
    with pytest.raises(ValueRefused, match="iso"):
        cam.settings.set(iso=1600, white_balance="cloudy")
    assert str(cam.settings.white_balance.value) == "cloudy"
    assert str(cam.settings.iso.value) == "50"


def test_estimated_sizes_are_the_recorded_ones(cam: Camera) -> None:
    assert {form: cam.capture.estimated_size(form) for form in ESTIMATED} == ESTIMATED


def test_available_shots_count_down() -> None:
    card = MemoryCard(capacity=10 * ESTIMATED["small-fine"])
    with a_camera(native_device(card=card)) as cam, cam.remote():
        assert cam.capture.available_shots() == 10
        cam.capture.shoot()
        assert cam.capture.available_shots() == 10, "this one did not go to the card"
        cam.capture.shoot(target=CaptureTarget.CARD)
        assert cam.capture.available_shots() == 9


def test_an_hour_of_releases_passes_at_once() -> None:
    device = native_device()
    with a_camera(device) as cam, cam.remote():
        taken(cam)
        pictures = {file for _ in range(1000) for file in cam.capture.shoot().pictures}
    assert len(pictures) == 1000
    assert device.clock.now() > 3400


# --- pixels --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        ("large", (2272, 1704)),
        ("medium-1", (1600, 1200)),
        ("medium-2", (1024, 768)),
        ("small", (640, 480)),
    ],
)
def test_the_size_is_the_one_that_was_set(cam: Camera, size: str, pixels: tuple[int, int]) -> None:
    assert taken(cam, image_format=f"{size}-normal").size == pixels


def test_quality_costs_bytes(cam: Camera) -> None:
    lengths = []
    for quality in ("normal", "fine", "superfine"):
        cam.settings.set(image_format=f"small-{quality}")
        (picture,) = cam.capture.shoot().pictures
        assert isinstance(picture, Picture)
        assert len(picture) < ESTIMATED[f"small-{quality}"]
        lengths.append(len(picture))
    assert lengths == sorted(set(lengths))


def test_without_focus_it_is_blurred() -> None:
    device = native_device()
    with a_camera(device) as cam, cam.focus.lock():
        sharp = taken(cam)
        device.faults.add(Fault.parse("no-focus"))  # locked at the wrong distance
        blurred = taken(cam)
    assert detail(blurred) < 0.3 * detail(sharp)
    assert difference(blurred, sharp) < 10, "the same scene"


def test_exposure_compensation_is_seen(cam: Camera) -> None:
    levels = [
        brightness(taken(cam, exposure_compensation=bias)) for bias in ("-2", "-1", "0", "+1", "+2")
    ]
    assert levels == sorted(levels)
    assert levels[2] - levels[0] > 40 < levels[4] - levels[2]


def test_exposure_by_hand_is_seen(cam: Camera) -> None:
    dark = brightness(_manual(cam, "f/8", "1/500"))
    right = brightness(_manual(cam, "f/2", "1/60"))
    bright = brightness(_manual(cam, "f/2", "1/8"))
    assert dark < 0.5 * right < right < bright
    cam.settings.set(flash="on")
    lit = brightness(_manual(cam, "f/8", "1/500"))
    assert lit > 1.5 * dark, "the flash lights it"


def _manual(cam: Camera, aperture: str, shutter: str) -> Image.Image:
    cam.settings.set(shooting_mode="manual")
    return taken(cam, aperture=aperture, shutter_speed=shutter)


def test_effects_are_seen(cam: Camera) -> None:
    plain = taken(cam)
    red, green, blue = colors(taken(cam, photo_effect="sepia"))
    assert red > 1.05 * green > 1.2 * blue
    assert colorfulness(taken(cam, photo_effect="black-and-white")) < 5
    assert colorfulness(taken(cam, photo_effect="vivid")) > 1.2 * colorfulness(plain)
    assert detail(taken(cam, photo_effect="low-sharpening")) < detail(plain)


def test_white_balance_is_seen(cam: Camera) -> None:
    def warmth(light: str) -> float:
        red, _, blue = colors(taken(cam, white_balance=light))
        return red / blue

    assert warmth("tungsten") < warmth("auto") < warmth("cloudy")


def test_macro_and_zoom_are_seen(cam: Camera) -> None:
    wide = taken(cam)
    assert difference(taken(cam, macro=True), wide) > 30
    cam.settings.set(macro=False)
    tele = cam.zoom.get().maximum
    assert tele is not None
    cam.zoom.set(tele)
    assert difference(taken(cam), wide) > 20
    cam.zoom.set(0)
    assert difference(taken(cam), wide) < 2


def test_all_that_is_shown_agrees() -> None:
    """Picture, thumbnail and viewfinder show the same."""
    with a_camera(native_device()) as cam, cam.remote():
        cam.settings.set(photo_effect="sepia", exposure_compensation="+1")
        shot = cam.capture.shoot(thumbnail=True)
        (picture,) = shot.pictures
        assert isinstance(picture, Picture)
        assert shot.thumbnail
        image = opened(picture)
        frame = next(iter(cam.live))
        assert difference(opened(shot.thumbnail), image) < 5
        assert difference(opened(frame), image) < 6
