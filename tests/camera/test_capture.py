"""Taking pictures through the public API: the same tests on every road, and on hardware.

Pictures are small ones; what is written to the card is deleted again. exiftool says what a picture
was taken with.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from judges import difference, exif, opened

from canon.camera import Camera
from canon.driver import Entry, Picture, Shot
from canon.errors import CanonError, ValueRefused
from canon.values import CaptureTarget

# What a G3 said a picture takes, in bytes (canon-native-usb, section 9.5).
ESTIMATED = {
    ("large", "superfine", "jpeg"): 2050048,
    ("large", "fine", "jpeg"): 1142784,
    ("large", "normal", "jpeg"): 569344,
    ("medium-1", "superfine", "jpeg"): 1026048,
    ("medium-1", "fine", "jpeg"): 571392,
    ("medium-1", "normal", "jpeg"): 284672,
    ("medium-2", "superfine", "jpeg"): 583680,
    ("medium-2", "fine", "jpeg"): 327680,
    ("medium-2", "normal", "jpeg"): 174080,
    ("small", "superfine", "jpeg"): 254976,
    ("small", "fine", "jpeg"): 153600,
    ("small", "normal", "jpeg"): 86016,
    ("large", "raw", "raw"): 3870720,
}
SETTINGS = (
    "image_size",
    "shooting_mode",
    "iso",
    "flash",
    "metering",
    "macro",
    "white_balance",
    "exposure_compensation",
    "flash_compensation",
    "photo_effect",
)


@pytest.fixture
def control(cam: Camera) -> Iterator[Camera]:
    """The camera under release control, in program mode and set to small pictures without flash."""
    with cam.capture.control():
        before = cam.settings.read()
        cam.settings.set(image_size="small", shooting_mode="program", flash="off")
        yield cam
        cam.settings.set(shooting_mode=before["shooting_mode"])
        cam.settings.set(**{name: before[name] for name in SETTINGS})


def image(shot: Shot) -> bytes:
    """The picture of a release to the host."""
    (picture,) = shot.files
    assert isinstance(picture, Picture)
    return picture.data


@pytest.mark.shows("capture")
def test_a_picture_comes_to_the_host(control: Camera) -> None:
    told: list[tuple[int, int]] = []
    before = list(control.storage.walk())
    shot = control.capture.release(progress=lambda *both: told.append(both))
    data = image(shot)
    assert opened(data).size == (640, 480)
    assert told[-1] == (len(data), len(data))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert shot.thumbnail is None
    assert list(control.storage.walk()) == before, "nothing is written to the card"
    assert exif(data)["Model"] == control.model


def test_a_thumbnail_beside_the_picture(control: Camera) -> None:
    shot = control.capture.release(thumbnail=True)
    assert shot.thumbnail is not None
    small = opened(shot.thumbnail)
    assert small.size == (160, 120)
    assert difference(small, opened(image(shot))) < 5
    assert shot.thumbnail in image(shot), "it is the one in the EXIF"


@pytest.mark.erases
@pytest.mark.shows("capture")
def test_a_picture_to_the_card(control: Camera) -> None:
    before = {entry.path for entry in control.storage.walk()}
    (entry,) = control.capture.release(target=CaptureTarget.CARD).files
    assert isinstance(entry, Entry)
    try:
        assert entry.path not in before
        assert entry.new
        assert control.storage.stat(entry) == entry
        data = control.storage.read(entry)
        assert opened(data).size == (640, 480)
        assert entry.modified is not None
        assert abs(entry.modified - control.camera_time) < timedelta(minutes=1)
    finally:
        control.storage.delete(entry)
    assert {entry.path for entry in control.storage.walk()} == before


@pytest.mark.erases
@pytest.mark.parametrize("thumbnail", [False, True])
def test_a_picture_to_both(control: Camera, thumbnail: bool) -> None:
    shot = control.capture.release(target=CaptureTarget.BOTH, thumbnail=thumbnail)
    picture, entry = shot.files
    assert isinstance(picture, Picture)
    assert isinstance(entry, Entry)
    try:
        assert control.storage.read(entry) == picture.data
        assert picture.name == entry.name
        assert (shot.thumbnail is not None) is thumbnail
    finally:
        control.storage.delete(entry)


def test_each_release_gives_another_picture(control: Camera) -> None:
    shots = [control.capture.release() for _ in range(3)]
    taken = [exif(image(shot))["DateTimeOriginal"] for shot in shots]
    assert taken == sorted(set(taken))


def test_a_release_outside_release_control_enters_and_leaves_it(cam: Camera) -> None:
    assert not cam.capture.active
    assert opened(image(cam.capture.release()))
    assert not cam.capture.active


def test_release_control_stays_on_when_it_was_started(cam: Camera) -> None:
    cam.capture.start()
    try:
        cam.capture.start()
        cam.capture.release()
        with cam.capture.control():
            pass
        assert cam.capture.active
    finally:
        cam.capture.stop()
    assert not cam.capture.active
    cam.capture.stop()


def test_release_control_is_left_after_an_error(cam: Camera) -> None:
    with pytest.raises(ZeroDivisionError), cam.capture.control():
        _ = 1 // 0
    assert not cam.capture.active
    with pytest.raises(ValueError, match="to the host, to the card, or to both"):
        cam.capture.release(target=CaptureTarget(0))
    assert not cam.capture.active


def told_of(cam: Camera, **settings: object) -> dict[str, object]:
    """What exiftool reads from a picture that is taken with these settings."""
    cam.settings.set(**settings)
    return exif(image(cam.capture.release()))


@pytest.mark.parametrize("iso", [50, 100, 200, 400])
def test_exif_shows_the_sensitivity(control: Camera, iso: int) -> None:
    assert told_of(control, iso=iso)["ISO"] == iso


@pytest.mark.parametrize(
    ("mode", "settings", "program"),
    [
        ("aperture-priority", {"aperture": "f/5.6"}, 3),
        ("shutter-priority", {"shutter": "1/250"}, 4),
        ("manual", {"aperture": "f/4", "shutter": "1/15"}, 1),
    ],
)
def test_exif_shows_aperture_and_time(
    control: Camera, mode: str, settings: dict[str, str], program: int
) -> None:
    before = control.settings.read()
    try:
        control.settings.set(shooting_mode=mode)
        told = told_of(control, **settings)
    finally:
        control.settings.set(shooting_mode="manual")
        control.settings.set(aperture=before["aperture"], shutter=before["shutter"])
        control.settings.set(shooting_mode="program")
    assert told["CanonExposureMode"] == {3: 3, 4: 2, 1: 4}[program]
    if "aperture" in settings:
        wanted = float(settings["aperture"].removeprefix("f/"))
        assert told["FNumber"] == pytest.approx(wanted, rel=0.02)
    if "shutter" in settings:
        over = int(settings["shutter"].removeprefix("1/"))
        assert told["ExposureTime"] == pytest.approx(1 / over, rel=0.02)


@pytest.mark.parametrize(("macro", "mode"), [(True, 1), (False, 2)])
def test_exif_shows_macro(control: Camera, macro: bool, mode: int) -> None:
    assert told_of(control, macro=macro)["MacroMode"] == mode


@pytest.mark.parametrize(
    ("name", "tag", "codes"),
    [
        ("photo_effect", "PhotoEffect", {"off": 0, "vivid": 1, "neutral": 2, "sepia": 4}),
        ("white_balance", "WhiteBalance", {"auto": 0, "daylight": 1, "tungsten": 3}),
        ("flash", "CanonFlashMode", {"off": 0, "on": 2}),
        ("metering", "MeteringMode", {"evaluative": 5, "spot": 3}),
        ("exposure_compensation", "ExposureCompensation", {"-1": -1, "+2": 2, "0": 0}),
        ("flash_compensation", "FlashExposureComp", {"-1": -1, "+1": 1}),
    ],
)
def test_exif_shows(control: Camera, name: str, tag: str, codes: dict[str, int]) -> None:
    told = {value: told_of(control, **{name: value})[tag] for value in codes}
    assert told == codes


@pytest.mark.shows("zoom")
def test_zoom(control: Camera) -> None:
    before = control.capture.zoom
    assert 0 <= before.position <= before.maximum
    tele = control.settings.focal_length_tele.value
    try:
        assert control.capture.set_zoom(before.maximum).position == before.maximum
        assert control.capture.zoom == control.capture.set_zoom(before.maximum)
        assert control.settings.focal_length.value == tele
        told = exif(image(control.capture.release()))
        assert told["FocalLength"] == pytest.approx(tele, abs=0.1)
        with pytest.raises(ValueRefused, match=f"0 to {before.maximum}"):
            control.capture.set_zoom(before.maximum + 1)
        with pytest.raises(ValueError, match="no zoom position; 0 is wide"):
            control.capture.set_zoom(-1)
    finally:
        assert control.capture.set_zoom(before.position) == before


@pytest.mark.shows("focus lock")
def test_focus_lock(control: Camera) -> None:
    with control.capture.focus_lock():
        first, second = (image(control.capture.release()) for _ in range(2))
    assert opened(first).size == opened(second).size
    control.capture.lock_focus()
    try:
        control.capture.release()
    finally:
        control.capture.unlock_focus()
        control.capture.stop()
        control.capture.start()
    control.capture.measure()
    control.capture.release()
    control.capture.stop()


def test_focus_lock_outlives_no_error(cam: Camera) -> None:
    with pytest.raises(ZeroDivisionError), cam.capture.focus_lock():
        assert cam.capture.active
        _ = 1 // 0
    assert not cam.capture.active


def test_output(control: Camera) -> None:
    for output in ("off", "display"):
        control.capture.set_output(output)
    with pytest.raises(ValueError, match="no camera output; take one of: display"):
        control.capture.set_output("paper")


def test_available_shots_follow_the_size(control: Camera) -> None:
    small = control.capture.available_shots
    control.settings.set(image_size="large")
    assert 0 < control.capture.available_shots < small


def test_estimated_sizes_are_the_recorded_ones(control: Camera) -> None:
    assert "G3" in control.model
    told = {kind: control.capture.estimated_size(*kind) for kind in ESTIMATED}
    assert told == ESTIMATED
    with pytest.raises(CanonError):
        control.capture.estimated_size("small", "raw", "raw")


@pytest.mark.parametrize("quality", ["fine", "normal"])
def test_a_picture_is_not_larger_than_estimated(control: Camera, quality: str) -> None:
    before = control.settings.quality.value
    control.settings.set(quality=quality)
    try:
        data = image(control.capture.release())
        assert len(data) < 1.3 * control.capture.estimated_size("small", quality)
    finally:
        control.settings.set(quality=before)
