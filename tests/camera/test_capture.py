"""Taking pictures through the public API: the same tests on every road, and on hardware.

Pictures are small ones; what is written to the card is deleted again. exiftool says what a picture
was taken with.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from judges import difference, exif, has, is_left, opened

from canon.camera import Camera
from canon.driver.card import Entry
from canon.driver.features import Feature
from canon.driver.shot import Picture, Shot
from canon.errors import AlreadyThere, CanonError, NotSupported, ValueRefused
from canon.frozen import replace
from canon.values import CaptureTarget
from conftest import Body

SETTINGS = (
    "image_format",
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

pytestmark = pytest.mark.needs("release")


@pytest.fixture
def control(cam: Camera, body: Body) -> Iterator[Camera]:
    """The camera under release control, in program mode and set to small pictures without flash.

    What an EOS has for it is turned on the body.
    """
    with cam.remote():
        before = cam.settings.read()
        cam.settings.set(image_format=body.small)
        by_host = "mode by host" not in body.lacks
        if by_host:
            cam.settings.set(shooting_mode="program", flash="off")
        yield cam
        if by_host:
            cam.settings.set(shooting_mode=before["shooting_mode"])
        cam.settings.set({name: before[name] for name in SETTINGS if name in before})


def image(shot: Shot) -> bytes:
    """The picture of a release to the host."""
    (picture,) = shot.pictures
    assert isinstance(picture, Picture)
    return picture


@pytest.mark.shows("capture")
def test_a_picture_comes_to_the_host(control: Camera, body: Body) -> None:
    told: list[tuple[int, int]] = []
    before = list(control.storage.walk())
    shot = control.capture.shoot(progress=lambda *both: told.append(both))
    data = image(shot)
    assert opened(data).size == body.pixels
    assert told[-1] == (len(data), len(data))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert shot.thumbnail is None
    assert list(control.storage.walk()) == before, "nothing is written to the card"
    assert exif(data)["IFD0:Model"] == control.model


def test_pictures_go_to_the_disk(control: Camera, body: Body, tmp_path: Path) -> None:
    shot = control.capture.shoot(to=tmp_path / "first.jpg")
    assert shot.saved == (tmp_path / "first.jpg",)
    assert not shot.pictures
    assert opened((tmp_path / "first.jpg").read_bytes()).size == body.pixels
    with pytest.raises(AlreadyThere, match=r"first\.jpg"):
        control.capture.shoot(to=tmp_path / "first.jpg")
    folder = tmp_path / "new"
    saved = [*control.capture.shoot(to=f"{folder}/").saved, *control.capture.shoot(to=folder).saved]
    assert len(set(saved)) == 2
    assert set(tmp_path.rglob("*")) == {tmp_path / "first.jpg", folder, *saved}, "and nothing else"


def test_a_thumbnail_beside_the_picture(control: Camera) -> None:
    shot = control.capture.shoot(thumbnail=True)
    assert shot.thumbnail is not None
    small = opened(shot.thumbnail)
    assert small.size == (160, 120)
    assert difference(small, opened(image(shot))) < 5
    assert shot.thumbnail in image(shot), "it is the one in the EXIF"


@pytest.mark.erases
@pytest.mark.shows("capture")
def test_a_picture_to_the_card(control: Camera, body: Body) -> None:
    before = {entry.path for entry in control.storage.walk()}
    (entry,) = control.capture.shoot(target=CaptureTarget.CARD).entries
    assert isinstance(entry, Entry)
    try:
        assert entry.path not in before
        found = control.storage.stat(entry)
        assert found.new
        assert entry in (found, replace(found, new=None)), "of which an EOS tells no mark"
        data = control.storage.read(entry)
        assert opened(data).size == body.pixels
        assert entry.modified is not None
        assert abs(entry.modified - control.camera_time) < timedelta(minutes=1)
    finally:
        control.storage.delete(entry)
    assert {entry.path for entry in control.storage.walk()} == before


@pytest.mark.erases
@pytest.mark.parametrize("thumbnail", [False, True])
def test_a_picture_to_both(control: Camera, thumbnail: bool) -> None:
    shot = control.capture.shoot(target=CaptureTarget.BOTH, thumbnail=thumbnail)
    picture, entry = shot.first, shot.entries[0]
    assert isinstance(picture, Picture)
    assert isinstance(entry, Entry)
    try:
        assert control.storage.read(entry) == picture
        assert picture.name == entry.name
        assert (shot.thumbnail is not None) is thumbnail
    finally:
        control.storage.delete(entry)


def test_each_release_gives_another_picture(control: Camera) -> None:
    pictures = [image(control.capture.shoot()) for _ in range(3)]
    taken = [exif(picture)["ExifIFD:DateTimeOriginal"] for picture in pictures]
    assert taken == sorted(taken)
    assert len(set(pictures)) == 3


def test_a_release_outside_release_control_enters_and_leaves_it(cam: Camera) -> None:
    assert not cam.remote.active
    (jpeg,) = (one for one in cam.capture.shoot().pictures if one.name.endswith(".JPG"))
    assert isinstance(jpeg, Picture)
    assert exif(jpeg)["IFD0:Model"] == cam.model
    assert is_left(cam)


def test_release_control_stays_on_when_it_was_started(cam: Camera) -> None:
    seen: list[bool] = []
    cam.remote.start()
    try:
        cam.remote.start()
        cam.capture.shoot()
        with cam.remote():
            seen.append(cam.remote.active)
        seen.append(cam.remote.active)
    finally:
        cam.remote.stop()
    seen.append(cam.remote.active)
    cam.remote.stop()
    assert seen == [True, True, False]


def test_release_control_is_left_after_an_error(cam: Camera) -> None:
    def fail() -> None:
        with cam.remote():
            assert cam.remote.active
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert is_left(cam)


def test_a_release_has_a_target(cam: Camera) -> None:
    with pytest.raises(ValueError, match="to the host, to the card, or to both"):
        cam.capture.shoot(target=CaptureTarget(0))
    assert not cam.remote.active


def told_of(cam: Camera, **settings: object) -> dict[str, object]:
    """What exiftool reads from a picture that is taken with these settings."""
    cam.settings.set(settings)
    return exif(image(cam.capture.shoot()))


@pytest.mark.parametrize("iso", [50, 100, 200, 400])
def test_exif_shows_the_sensitivity(control: Camera, iso: int) -> None:
    if iso not in (control.settings.iso.allowed or ()):
        with pytest.raises(ValueRefused, match=f"iso cannot be {iso}"):
            control.settings.set(iso=iso)
        return
    assert told_of(control, iso=iso)["Canon:CameraISO"] == iso


@pytest.mark.needs("mode by host")
@pytest.mark.parametrize(
    ("mode", "settings", "dial"),
    [
        ("aperture-priority", {"aperture": "f/5.6"}, 3),
        ("shutter-priority", {"shutter_speed": "1/250"}, 2),
        ("manual", {"aperture": "f/4", "shutter_speed": "1/15"}, 4),
    ],
)
def test_exif_shows_aperture_and_time(
    control: Camera, mode: str, settings: dict[str, str], dial: int
) -> None:
    before = control.settings.read()
    try:
        control.settings.set(shooting_mode=mode)
        told = told_of(control, **settings)
    finally:
        control.settings.set(shooting_mode="manual")
        control.settings.set(aperture=before["aperture"], shutter_speed=before["shutter_speed"])
        control.settings.set(shooting_mode="program")
    assert told["Canon:CanonExposureMode"] == dial
    if "aperture" in settings:
        wanted = float(settings["aperture"].removeprefix("f/"))
        assert told["ExifIFD:FNumber"] == pytest.approx(wanted, rel=0.02)
    if "shutter_speed" in settings:
        over = int(settings["shutter_speed"].removeprefix("1/"))
        assert told["ExifIFD:ExposureTime"] == pytest.approx(1 / over, rel=0.02)


@pytest.mark.parametrize(("macro", "mode"), [(True, 1), (False, 2)])
def test_exif_shows_macro(control: Camera, macro: bool, mode: int) -> None:
    if has(control, "macro"):
        assert told_of(control, macro=macro)["Canon:MacroMode"] == mode


@pytest.mark.parametrize(
    ("name", "tag", "codes"),
    [
        ("photo_effect", "Canon:PhotoEffect", {"off": 0, "vivid": 1, "neutral": 2, "sepia": 4}),
        ("white_balance", "Canon:WhiteBalance", {"auto": 0, "daylight": 1, "tungsten": 3}),
        ("flash", "Canon:CanonFlashMode", {"off": 0, "on": 2}),
        ("metering", "ExifIFD:MeteringMode", {"evaluative": 5, "spot": 3}),
        ("exposure_compensation", "ExifIFD:ExposureCompensation", {"-1": -1, "+2": 2, "0": 0}),
        ("flash_compensation", "Canon:FlashExposureComp", {"-1": -1, "+1": 1}),
    ],
)
def test_exif_shows(control: Camera, name: str, tag: str, codes: dict[str, int]) -> None:
    if has(control, name):
        told = {value: told_of(control, **{name: value})[tag] for value in codes}
        assert told == codes


@pytest.mark.shows("zoom")
def test_zoom(control: Camera) -> None:
    if Feature.ZOOM not in control.features:
        with pytest.raises(NotSupported, match="zoom that a computer can move"):
            control.zoom.get()
        return
    before = control.zoom.get()
    assert before.maximum is not None
    assert 0 <= before.position <= before.maximum
    tele = control.settings.focal_length_tele.value
    try:
        assert control.zoom.set(before.maximum).position == before.maximum
        assert control.zoom.get() == control.zoom.set(before.maximum)
        assert control.settings.focal_length.value == tele
        told = exif(image(control.capture.shoot()))
        assert told["ExifIFD:FocalLength"] == pytest.approx(tele, abs=0.1)
        with pytest.raises(ValueRefused, match=f"0 to {before.maximum}"):
            control.zoom.set(before.maximum + 1)
        with pytest.raises(ValueError, match="no zoom position; 0 is wide"):
            control.zoom.set(-1)
    finally:
        assert control.zoom.set(before.position) == before


@pytest.mark.shows("focus lock")
def test_focus_lock_for_a_block(control: Camera) -> None:
    with control.focus.lock():
        first, second = (image(control.capture.shoot()) for _ in range(2))
    assert opened(first).size == opened(second).size
    control.focus.auto()
    assert opened(image(control.capture.shoot())).size == opened(first).size


def test_focus_lock_until_it_is_unlocked(cam: Camera) -> None:
    cam.focus.lock()
    try:
        cam.capture.shoot()
        assert cam.remote.active, "release control ends the lock"
        cam.focus.unlock()
        assert is_left(cam)
    finally:
        cam.remote.stop()
    assert not cam.remote.active


def test_focus_lock_outlives_no_error(cam: Camera) -> None:
    def fail() -> None:
        with cam.focus.lock():
            assert cam.remote.active
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert is_left(cam)


def test_output(control: Camera, body: Body) -> None:
    if "camera output" in body.lacks:
        with pytest.raises(NotSupported, match="evf_output_device"):
            control.remote.set_output("display")
        return
    for output in ("off", "display"):
        control.remote.set_output(output)
    with pytest.raises(ValueError, match="no camera output; take one of: display"):
        control.remote.set_output("paper")


def test_available_shots_follow_the_size(control: Camera) -> None:
    small = control.capture.available_shots()
    control.settings.set(image_format="large-fine")
    assert 0 < control.capture.available_shots() < small


def test_finer_pictures_take_more_room(control: Camera, body: Body) -> None:
    if "known lengths" in body.lacks:
        with pytest.raises(NotSupported, match="available_shots"):
            control.capture.estimated_size(body.small)
        return
    forms = ("small-normal", "small-fine", "medium-1-fine", "large-fine")
    sizes = [control.capture.estimated_size(form) for form in forms]
    assert sizes == sorted(set(sizes))
    with pytest.raises(ValueError, match="no image format"):
        control.capture.estimated_size("small")
    with pytest.raises(CanonError):
        control.capture.estimated_size("raw+medium-3-economy")


@pytest.mark.needs("known lengths")
@pytest.mark.parametrize("quality", ["fine", "normal"])
def test_a_picture_is_not_larger_than_estimated(control: Camera, quality: str) -> None:
    control.settings.set(image_format=f"small-{quality}")
    data = image(control.capture.shoot())
    assert len(data) < 1.3 * control.capture.estimated_size(f"small-{quality}")
