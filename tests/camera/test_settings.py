"""Settings through the public API: the same tests on every road, and on hardware.

What a test changes is set back by the fixture `control`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from canon.camera import Camera
from canon.camera.settings import NAMES
from canon.errors import NotSupported, ValueRefused
from canon.values import AfDistance, Aperture, Iso, ShootingMode, ShutterSpeed

READ_ONLY = (
    "largest_aperture",
    "smallest_aperture",
    "focal_length",
    "focal_length_wide",
    "focal_length_tele",
)

pytestmark = pytest.mark.needs("release")


@pytest.fixture
def control(cam: Camera) -> Iterator[Camera]:
    """The camera under release control; its settings are put back afterwards."""
    with cam.remote():
        before = cam.settings.read()
        yield cam
        exposure = {name: before[name] for name in ("aperture", "shutter_speed")}
        if any(cam.settings[name].value != value for name, value in exposure.items()):
            cam.settings.set(shooting_mode="manual")
            cam.settings.set(**exposure)
        cam.settings.set(shooting_mode=before["shooting_mode"])
        now = cam.settings.read()
        settable = set(before) - {*READ_ONLY, *exposure, "macro"}
        cam.settings.set(**{name: before[name] for name in settable if before[name] != now[name]})
        assert dict(cam.settings.read()) == dict(before)


def other(cam: Camera, name: str) -> object:
    """An allowed value that is not the present one."""
    setting = cam.settings[name]
    return next(value for value in setting.allowed if value != setting.value)


@pytest.mark.shows("settings")
def test_each_setting_is_what_the_camera_allows(control: Camera) -> None:
    values = control.settings.read()
    assert {"quality", "image_size", "flash", "shooting_mode", "macro", "iso"} <= set(values)
    for name, value in values.items():
        if allowed := control.settings.allowed(name):
            assert value in allowed, name
    assert list(control.settings) == list(values)
    assert len(values) <= len(NAMES)


@pytest.mark.shows("settings")
@pytest.mark.parametrize(
    "name",
    [
        "quality",
        "image_size",
        "flash",
        "shooting_mode",
        "metering",
        "macro",
        "white_balance",
        "iso",
        "exposure_compensation",
        "flash_compensation",
        "photo_effect",
    ],
)
def test_all_that_the_camera_allows_can_be_set(control: Camera, name: str) -> None:
    setting = control.settings[name]
    for value in setting.allowed:
        if str(value) == "raw":
            continue  # wants quality and format together
        setting.set(value)
        assert setting.value == value
        setting.set("on" if value is True else "off" if value is False else str(value))
        assert setting.value == value, "as people type it"


def test_what_people_type(control: Camera) -> None:
    settings = control.settings
    settings.set(iso=400, macro="on", white_balance="Tungsten", photo_effect="black and white")
    now = settings.read()
    assert (now["iso"], now["macro"], now["af_distance"]) == (Iso(0x58), True, 3)
    assert (str(now["white_balance"]), str(now["photo_effect"])) == ("tungsten", "black-and-white")
    settings.set(iso="auto", af_distance="auto", exposure_compensation="+1/3")
    assert settings.iso.value.number is None
    assert settings.macro.value is False
    assert float(settings.exposure_compensation.value.number or 0) == pytest.approx(1 / 3)


@pytest.mark.needs("timer and contrast")
def test_what_people_type_of_numbers(control: Camera) -> None:
    control.settings.set(self_timer="2s", contrast="+1", sharpness=-1)
    now = control.settings.read()
    assert (now["self_timer"], now["contrast"], now["sharpness"]) == (2.0, 1, -1)


def test_what_was_changed_is_told_as_it_was_read_back(control: Camera) -> None:
    settings = control.settings
    assert settings.set(iso="400", beep="off") == {"iso": Iso(0x58), "beep": False}
    assert settings.set(macro="on") == {"macro": True}
    assert settings.set(af_distance="auto") == {"af_distance": AfDistance.AUTO}
    assert settings.set() == {}


def test_aperture_and_time_follow_the_shooting_mode(control: Camera) -> None:
    settings = control.settings
    settings.set(shooting_mode="aperture priority")
    assert settings.shooting_mode.value is ShootingMode.APERTURE_PRIORITY
    widest, smallest = settings.largest_aperture.value, settings.smallest_aperture.value
    assert all(widest <= step <= smallest for step in settings.aperture.allowed)
    assert not settings.shutter_speed.allowed
    settings.set(aperture="f/8")
    assert settings.aperture.value == Aperture.parse(8)

    settings.set(shooting_mode="shutter priority")
    assert not settings.aperture.allowed
    settings.shutter_speed.set("1/125")
    assert settings.shutter_speed.value == ShutterSpeed.parse("1/125")
    with pytest.raises(ValueRefused, match="as the camera is set now, it takes nothing"):
        settings.set(aperture="f/4" if settings.aperture.value != Aperture.parse(4) else "f/2.8")

    settings.set(shooting_mode="manual")
    settings.set(aperture="f/4", shutter_speed="1/60")
    assert (str(settings.aperture.value), str(settings.shutter_speed.value)) == ("f/4", "1/60")

    settings.set(shooting_mode="program")
    assert not settings.aperture.allowed
    assert not settings.shutter_speed.allowed


@pytest.mark.needs("raw quality")
def test_quality_format_and_size_go_together(control: Camera) -> None:
    control.settings.set(image_format="raw", quality="raw", image_size="large")
    now = control.settings.read()
    assert [str(now[name]) for name in ("image_format", "quality", "image_size")] == [
        "raw",
        "raw",
        "large",
    ]
    control.settings.set(image_format="jpeg", quality="superfine", image_size="small")
    assert str(control.settings.quality.value) == "superfine"


def test_a_value_that_the_camera_does_not_take(control: Camera) -> None:
    before = dict(control.settings.read())
    with pytest.raises(ValueRefused, match="3200: the camera takes 50, 100") as caught:
        control.settings.set(iso=3200)
    refusal = caught.value
    assert (refusal.setting, refusal.value) == ("iso", Iso(0x70))
    assert refusal.allowed == control.settings.iso.allowed
    assert dict(control.settings.read()) == before


def test_mistakes_reach_no_camera(control: Camera) -> None:
    before = dict(control.settings.read())
    with pytest.raises(ValueError, match=r"no iso; take one of: auto, 6, 12"):
        control.settings.set(iso=51)
    with pytest.raises(ValueError, match="no setting 'isso'; there are: quality"):
        control.settings.set(isso=100)
    with pytest.raises(ValueError, match="no setting"):
        control.settings["isso"]
    with pytest.raises(ValueError, match="neither on nor off"):
        control.settings.macro.set("perhaps")
    with pytest.raises(ValueError, match="'soon' is no time; give seconds"):
        control.settings.self_timer.set("soon")
    for number in ("low", 200, 1.5, None):
        with pytest.raises(ValueError, match="give a whole number from -127 to 126"):
            control.settings.contrast.set(number)
    with pytest.raises(ValueError, match="no flash; take one of: off, auto"):
        control.settings.set(iso=100, flash="sometimes")
    assert dict(control.settings.read()) == before


@pytest.mark.parametrize("name", READ_ONLY)
def test_what_can_only_be_read(control: Camera, name: str) -> None:
    value = control.settings[name].value
    assert value
    with pytest.raises(ValueError, match="can only be read"):
        control.settings.set(**{name: value})


def test_the_focal_length_is_within_the_lens(control: Camera) -> None:
    settings = control.settings
    wide, tele = settings.focal_length_wide.value, settings.focal_length_tele.value
    assert 5 < wide <= settings.focal_length.value <= tele < 50


def test_what_this_camera_has_not(control: Camera) -> None:
    missing = [name for name in NAMES if name not in control.settings.read()]
    for name in missing:
        with pytest.raises(NotSupported, match=name):
            _ = control.settings[name].value
    with pytest.raises(KeyError):
        control.settings.read()["isso"]


def test_a_setting_outside_release_control_enters_and_leaves_it(cam: Camera) -> None:
    assert not cam.remote.active
    before = cam.settings.beep.value
    cam.settings.beep.set(not before)
    assert cam.settings.beep.value is not before
    cam.settings.beep.set("on" if before else "off")
    assert cam.settings.beep.value is before
    assert not cam.remote.active


def test_settings_survive_release_control(cam: Camera) -> None:
    before = cam.settings.white_balance.value
    wanted = other(cam, "white_balance")
    cam.settings.set(white_balance=wanted)
    assert cam.settings.white_balance.value == wanted
    cam.settings.set(white_balance=before)
