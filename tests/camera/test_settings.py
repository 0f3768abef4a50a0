"""Settings through the public API: the same tests on every road, and on hardware.

What a test changes is set back by the fixture `control`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from judges import has, is_left

from canon.camera import Camera
from canon.camera.names import NAMES
from canon.errors import NotSupported, RemoteOff, ValueRefused
from canon.values import AfDistance, File, FileKind, ShootingMode
from conftest import Body

READ_ONLY = (
    "largest_aperture",
    "smallest_aperture",
    "focal_length",
    "focal_length_wide",
    "focal_length_tele",
)

COUNTED = {"available_shots", "camera_time", "utc_time"}
"""What a body counts by itself."""

pytestmark = pytest.mark.needs("release")


@pytest.fixture
def control(cam: Camera, body: Body) -> Iterator[Camera]:
    """The camera under release control; its settings are put back afterwards."""
    with cam.remote():
        before = stills(cam)
        yield cam
        kept = {*READ_ONLY, "macro"}
        if "mode by host" not in body.lacks:
            exposure = {name: before[name] for name in ("aperture", "shutter_speed")}
            kept |= set(exposure)
            if any(cam.settings[name].value != value for name, value in exposure.items()):
                cam.settings.set(shooting_mode="manual")
                cam.settings.set(exposure)
            cam.settings.set({"shooting_mode": before["shooting_mode"]})
        now = stills(cam)
        changed = [name for name in before if before[name] != now[name] and name not in kept]
        told = cam.settings.describe(*changed) if changed else {}
        cam.settings.set({name: before[name] for name in told if told[name].writable})
        assert stills(cam) == before


def stills(cam: Camera) -> dict[str, object]:
    """All that is set, but for what the body counts by itself."""
    return {name: value for name, value in cam.settings.read().items() if name not in COUNTED}


def other(cam: Camera, name: str) -> object:
    """An allowed value that is not the present one."""
    told = cam.settings.describe(name)[name]
    return next(value for value in told.allowed or () if value != told.value)


@pytest.mark.shows("settings")
def test_each_setting_is_what_the_camera_allows(control: Camera, body: Body) -> None:
    values = control.settings.read()
    assert {"image_format", "metering", "shooting_mode", "white_balance", "iso"} <= set(values)
    told = control.settings.describe()
    assert {name: one.value for name, one in told.items()} == values
    for name, one in told.items():
        assert one.writable is not False or one.why, name
        if one.allowed:
            assert one.writable, name
            listed = one.value in one.allowed
            assert listed or "lists of all it can be" in body.lacks, name
    assert list(control.settings) == list(values)
    assert all(control.settings[name].kind.name for name in values)


@pytest.mark.shows("settings")
@pytest.mark.parametrize(
    "name",
    [
        "image_format",
        "flash",
        pytest.param("shooting_mode", marks=pytest.mark.needs("mode by host")),
        "metering",
        "macro",
        "white_balance",
        "iso",
        "exposure_compensation",
        "flash_compensation",
        "photo_effect",
        "drive_mode",
        "color_space",
        "color_temperature",
        "picture_style",
        "aspect_ratio",
        "lighting_optimizer",
        "af_method",
    ],
)
def test_all_that_the_camera_allows_can_be_set(control: Camera, name: str) -> None:
    if not has(control, name):
        return
    setting = control.settings[name]
    if setting.allowed == ():
        assert (setting.writable, bool(setting.why)) == (False, True)
    else:
        assert setting.allowed
    for value in setting.allowed:
        setting.set(value)
        assert setting.value == value
        setting.set(setting.label.upper())
        assert setting.value == value, "as people type it"


def test_what_people_type(control: Camera) -> None:
    settings = control.settings
    settings.set(iso=400, white_balance="Tungsten")
    now = settings.read()
    assert (str(now.iso), now["white_balance"]) == ("400", "tungsten")
    settings.set(iso="auto", exposure_compensation="+1/3")
    assert settings.iso.value == "auto"
    assert settings.iso.value.number is None
    assert settings.exposure_compensation.value == Fraction(1, 3)
    for third in (1 / 3, 0.3, "0.3", "+0.3"):
        settings.set(exposure_compensation="0")
        settings.exposure_compensation.set(third)
        assert settings.exposure_compensation.label == "+1/3"


def test_what_people_type_of_distances_and_effects(control: Camera) -> None:
    if not has(control, "macro", "af_distance", "photo_effect"):
        return
    settings = control.settings
    settings.set(macro="on", photo_effect="black and white")
    now = settings.read()
    assert (now.macro, str(now.af_distance)) == (True, "close-up")
    assert now["photo_effect"] == "black-and-white"
    settings.set(af_distance="auto")
    assert settings.macro.value is False


@pytest.mark.needs("timer and contrast")
def test_what_people_type_of_numbers(control: Camera) -> None:
    control.settings.set(self_timer="2s", contrast="+1", sharpness=-1)
    now = control.settings.read()
    assert (now["self_timer"], now["contrast"], now["sharpness"]) == (2.0, 1, -1)


def test_what_was_changed_is_told_as_it_was_read_back(control: Camera) -> None:
    settings = control.settings
    both = {"iso": 400, "white_balance": "cloudy"}
    assert settings.set(iso="400", white_balance="Cloudy") == both
    assert settings.set() == {}
    if has(control, "beep", "macro", "af_distance"):
        assert settings.set(beep="off") == {"beep": False}
        assert settings.set(macro="on") == {"macro": True}
        assert settings.set(af_distance="auto") == {"af_distance": AfDistance.AUTO}


@pytest.mark.needs("mode by host")
def test_aperture_and_time_follow_the_shooting_mode(control: Camera) -> None:
    settings = control.settings
    settings.set(shooting_mode="aperture priority")
    assert settings.shooting_mode.value is ShootingMode.APERTURE_PRIORITY
    widest, smallest = settings.largest_aperture.value, settings.smallest_aperture.value
    allowed = settings.aperture.allowed
    assert allowed
    assert all(widest >= step >= smallest for step in allowed), "by light"
    assert settings.shutter_speed.allowed == ()
    assert (settings.shutter_speed.writable, settings.shutter_speed.why) == (
        False,
        "not in this mode",
    )
    settings.set(aperture="f/8")
    assert settings.aperture.value == 8

    settings.set(shooting_mode="shutter priority")
    assert not settings.aperture.allowed
    settings.shutter_speed.set("1/125")
    assert settings.shutter_speed.value == Fraction(1, 125)
    with pytest.raises(ValueRefused, match="as the camera is set now, it takes nothing"):
        settings.set(aperture="f/4" if settings.aperture.value != 4 else "f/2.8")

    settings.set(shooting_mode="manual")
    settings.set(aperture="f/4", shutter_speed="1/60")
    assert (str(settings.aperture.value), str(settings.shutter_speed.value)) == ("f/4", "1/60")

    settings.set(shooting_mode="program")
    assert not settings.aperture.allowed
    assert not settings.shutter_speed.allowed


@pytest.mark.needs("raw quality")
def test_what_a_release_writes_is_one_setting(control: Camera) -> None:
    form = control.settings.image_format
    form.set("raw")
    assert form.value.files == (File(FileKind.RAW),)
    assert control.settings.read().image_format.jpeg is None
    form.set("Small Superfine")
    (file,) = form.value.files
    assert (file.kind, file.size, file.quality) == ("jpeg", "small", "superfine")
    with pytest.raises(ValueRefused, match="raw\\+large-fine"):
        form.set("raw+large-fine")
    assert form.label == "small-superfine"


def test_a_value_that_the_camera_does_not_take(control: Camera) -> None:
    before = stills(control)
    allowed = control.settings.iso.allowed
    assert allowed
    wanted = 409600 if 3200 in allowed else 3200
    with pytest.raises(ValueRefused, match=rf"{wanted}: the camera takes .*100, ") as caught:
        control.settings.set(iso=wanted)
    refusal = caught.value
    assert (refusal.setting, refusal.value) == ("iso", wanted)
    assert refusal.allowed == allowed
    assert stills(control) == before


def test_mistakes_reach_no_camera(control: Camera) -> None:
    before = stills(control)
    with pytest.raises(ValueError, match="55 is no ISO; the nearest is 50"):
        control.settings.set(iso=55)
    with pytest.raises(ValueError, match="no setting 'isso'; the nearest is iso; there are: image"):
        control.settings.set({"isso": 100})
    with pytest.raises(KeyError, match="no setting"):
        control.settings["isso"]
    assert control.settings.get("isso") is None
    with pytest.raises(ValueError, match="neither on nor off"):
        control.settings.macro.set("perhaps")
    with pytest.raises(ValueError, match="'soon' is no time; give seconds"):
        control.settings.self_timer.set("soon")
    for number in ("low", 200, 1.5, None):
        with pytest.raises(ValueError, match="give a whole number from -127 to 126"):
            control.settings.contrast.set(number)
    with pytest.raises(ValueError, match="no flash; take one of: off, auto"):
        control.settings.set(iso=100, flash="sometimes")
    assert stills(control) == before


@pytest.mark.parametrize("name", READ_ONLY)
def test_what_can_only_be_read(control: Camera, name: str) -> None:
    if not has(control, name):
        return
    value = control.settings[name].value
    assert value
    with pytest.raises(ValueError, match="can only be read"):
        control.settings.set({name: value})


def test_the_focal_length_is_within_the_lens(control: Camera) -> None:
    if not has(control, "focal_length", "focal_length_wide", "focal_length_tele"):
        return
    settings = control.settings
    wide, tele = settings.focal_length_wide.value, settings.focal_length_tele.value
    assert 5 < wide <= settings.focal_length.value <= tele < 50


def test_what_this_camera_has_not(control: Camera) -> None:
    missing = [name for name in NAMES if name not in control.settings.read()]
    for name in missing:
        with pytest.raises(NotSupported, match=name):
            _ = control.settings[name].value
        with pytest.raises(NotSupported, match=name):
            getattr(control.settings.read(), name)
        none = control.settings[name]
        assert (none.allowed, none.writable) == ((), False)
        assert none.why.startswith("this body has none")
        assert name not in control.settings
    with pytest.raises(KeyError):
        control.settings.read()["isso"]


def test_a_setting_outside_release_control_enters_and_leaves_it(cam: Camera) -> None:
    assert not cam.remote.active
    before = cam.settings.read("iso").iso
    wanted = other(cam, "iso")
    cam.settings.iso.set(wanted)
    assert cam.settings.read("iso").iso == wanted
    cam.settings.iso.set(str(before))
    assert cam.settings.read().iso == before
    assert is_left(cam)


def test_no_attribute_enters_remote_control(cam: Camera) -> None:
    for look in (
        lambda: cam.settings.iso.value,
        lambda: cam.settings.iso.label,
        lambda: cam.settings.iso.allowed,
        lambda: cam.settings.iso.writable,
        lambda: cam.settings.iso.why,
        lambda: cam.settings["iso"].describe(),
    ):
        with pytest.raises(RemoteOff, match="tells its iso in remote control only, which is off"):
            look()
    assert not cam.remote.active
    with cam.remote():
        assert cam.settings.iso.value == cam.settings.read("iso").iso


def test_settings_survive_release_control(cam: Camera) -> None:
    before = cam.settings.read("white_balance").white_balance
    wanted = other(cam, "white_balance")
    cam.settings.set({"white_balance": wanted})
    assert cam.settings.read().white_balance == wanted
    cam.settings.set(white_balance=before)
