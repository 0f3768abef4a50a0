"""Settings through the public API: the same tests on every road, and on hardware.

What a test changes is set back by the fixture `control`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest

from canon.camera import Camera
from canon.camera.settings import NAMES
from canon.errors import NotSupported, RemoteOff, ValueRefused
from canon.values import AfDistance, File, FileKind, ShootingMode

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
            cam.settings.set(exposure)
        cam.settings.set(shooting_mode=before["shooting_mode"])
        now = cam.settings.read()
        settable = set(before) - {*READ_ONLY, *exposure, "macro"}
        cam.settings.set({name: before[name] for name in settable if before[name] != now[name]})
        assert dict(cam.settings.read()) == dict(before)


def other(cam: Camera, name: str) -> object:
    """An allowed value that is not the present one."""
    told = cam.settings.describe(name)[name]
    return next(value for value in told.allowed or () if value != told.value)


@pytest.mark.shows("settings")
def test_each_setting_is_what_the_camera_allows(control: Camera) -> None:
    values = control.settings.read()
    assert {"image_format", "flash", "shooting_mode", "macro", "iso"} <= set(values)
    told = control.settings.describe()
    assert {name: one.value for name, one in told.items()} == values
    for name, one in told.items():
        assert one.writable is not False or one.why, name
        if one.allowed:
            assert one.writable, name
            assert one.value in one.allowed, name
    assert list(control.settings) == list(values)
    assert len(values) <= len(NAMES)


@pytest.mark.shows("settings")
@pytest.mark.parametrize(
    "name",
    [
        "image_format",
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
    assert setting.allowed
    for value in setting.allowed:
        setting.set(value)
        assert setting.value == value
        setting.set(setting.label.upper())
        assert setting.value == value, "as people type it"


def test_what_people_type(control: Camera) -> None:
    settings = control.settings
    settings.set(iso=400, macro="on", white_balance="Tungsten", photo_effect="black and white")
    now = settings.read()
    assert (str(now.iso), now.macro, str(now.af_distance)) == ("400", True, "close-up")
    assert (now["white_balance"], now["photo_effect"]) == ("tungsten", "black-and-white")
    settings.set(iso="auto", af_distance="auto", exposure_compensation="+1/3")
    assert settings.iso.value == "auto"
    assert settings.iso.value.number is None
    assert settings.macro.value is False
    assert settings.exposure_compensation.value == Fraction(1, 3)
    for third in (1 / 3, 0.3, "0.3", "+0.3"):
        settings.set(exposure_compensation="0")
        settings.exposure_compensation.set(third)
        assert settings.exposure_compensation.label == "+1/3"


@pytest.mark.needs("timer and contrast")
def test_what_people_type_of_numbers(control: Camera) -> None:
    control.settings.set(self_timer="2s", contrast="+1", sharpness=-1)
    now = control.settings.read()
    assert (now["self_timer"], now["contrast"], now["sharpness"]) == (2.0, 1, -1)


def test_what_was_changed_is_told_as_it_was_read_back(control: Camera) -> None:
    settings = control.settings
    assert settings.set(iso="400", beep="off") == {"iso": 400, "beep": False}
    assert settings.set(macro="on") == {"macro": True}
    assert settings.set(af_distance="auto") == {"af_distance": AfDistance.AUTO}
    assert settings.set() == {}


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
    before = dict(control.settings.read())
    with pytest.raises(ValueRefused, match="3200: the camera takes 50, 100") as caught:
        control.settings.set(iso=3200)
    refusal = caught.value
    assert (refusal.setting, refusal.value) == ("iso", 3200)
    assert refusal.allowed == control.settings.iso.allowed
    assert dict(control.settings.read()) == before


def test_mistakes_reach_no_camera(control: Camera) -> None:
    before = dict(control.settings.read())
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
    assert dict(control.settings.read()) == before


@pytest.mark.parametrize("name", READ_ONLY)
def test_what_can_only_be_read(control: Camera, name: str) -> None:
    value = control.settings[name].value
    assert value
    with pytest.raises(ValueError, match="can only be read"):
        control.settings.set({name: value})


def test_the_focal_length_is_within_the_lens(control: Camera) -> None:
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
    before = cam.settings.read("beep").beep
    cam.settings.beep.set(not before)
    assert cam.settings.read("beep").beep is not before
    cam.settings.beep.set("on" if before else "off")
    assert cam.settings.read().beep is before
    assert not cam.remote.active


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
