"""What somebody meets who uses an EOS: what a body cannot do is said before it is tried."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageStat

import canon
from canon import exif
from canon.camera import Camera
from canon.driver.events import ShuttingDown
from canon.driver.features import Feature
from canon.errors import Disconnected, NotSupported, Refused, ValueRefused
from canon.virtual.build import make_virtual
from canon.virtual.port import VirtualPort
from canon.virtual.ptp.eos.dial import Mode
from canon.work.grid import Grid


def a_camera(slug: str) -> Camera:
    device = make_virtual(slug)
    return Camera(lambda: VirtualPort(device), "virtual:")


def test_a_body_without_a_full_press_promises_no_pictures() -> None:
    with a_camera("powershot-sx530-hs") as cam:
        assert not cam.features & {Feature.SHOOT, Feature.NO_FOCUS, Feature.FOCUS_LOCK}
        started = cam.clock.now()
        with pytest.raises(NotSupported):
            cam.capture.shoot()
        assert cam.clock.now() - started < 2


@pytest.mark.parametrize("slug", ["eos-m3", "eos-m10", "powershot-g5-x"])
def test_a_body_without_a_clock_of_local_time_promises_none(slug: str) -> None:
    with a_camera(slug) as cam:
        assert Feature.CLOCK not in cam.features
        with pytest.raises(NotSupported, match="clock"):
            _ = cam.camera_time
        with pytest.raises(NotSupported, match="clock"):
            cam.sync_clock()
        with cam.remote():
            assert Feature.CLOCK not in cam.features


@pytest.mark.parametrize("slug", ["eos-60d", "eos-r6"])
def test_no_picture_while_a_movie_is_recorded(slug: str) -> None:
    with a_camera(slug) as cam:
        with cam.movie.record() as film:
            started = cam.clock.now()
            with pytest.raises(Refused, match="records a movie"):
                cam.capture.shoot(target="card")
            assert cam.clock.now() - started < 1
        assert film.entries
        assert cam.capture.shoot(target="card").entries


def test_the_settings_of_an_r6_begin_with_what_has_a_name() -> None:
    with a_camera("eos-r6") as cam:
        names = [*cam.settings.read()]
    assert "0x0000" not in names
    assert names[:6] == [
        *("shooting_mode", "mode_dial", "aperture", "shutter_speed", "iso"),
        "exposure_compensation",
    ]
    numbers = [name.startswith("0x") for name in names]
    assert any(numbers)
    assert numbers == sorted(numbers)


def test_a_body_that_is_let_be_in_remote_control_switches_itself_off() -> None:
    with a_camera("eos-r6") as cam:
        cam.remote.start()
        cam.clock.sleep(50)
        assert cam.capture.shoot(target="card").entries
        cam.clock.sleep(70)
        with pytest.raises(Disconnected):
            cam.capture.shoot(target="card")


def test_who_waits_keeps_a_body_on() -> None:
    with a_camera("eos-700d") as cam, cam.events() as events, cam.remote():
        ends = cam.clock.now() + 70
        while (left := ends - cam.clock.now()) > 0:
            assert not isinstance(events.get(timeout_s=left), ShuttingDown)
        assert cam.capture.shoot(target="card").entries


def test_a_warning_that_a_body_switches_itself_off_is_answered() -> None:
    with a_camera("eos-700d") as cam, cam.events() as events, cam.remote():
        for _ in range(2):
            cam.clock.sleep(25)
            heard = []
            while event := events.get(timeout_s=1):
                heard.append(type(event))
            assert ShuttingDown in heard
        assert cam.capture.shoot(target="card").entries


def test_a_long_exposure_keeps_a_body_on() -> None:
    device: Any = make_virtual("eos-700d")
    device.extension.table.turn_dial(Mode.MANUAL)
    with Camera(lambda: VirtualPort(device), "virtual:") as cam:
        assert cam.capture.bulb(45, target="card").entries


def test_a_series_with_long_pauses_keeps_a_body_on() -> None:
    with a_camera("eos-700d") as cam, cam.remote():
        grid = Grid(cam, 90)
        grid.begin()
        assert grid.wait(2, 0.5, lambda: False)
        assert grid.now() == pytest.approx(grid.place(2) - 0.5, abs=0.001)
        assert cam.capture.shoot(target="card").entries


def test_a_bulb_that_is_refused_leaves_nothing_open(caplog: pytest.LogCaptureFixture) -> None:
    with a_camera("eos-60d") as cam:
        with pytest.raises(ValueRefused, match="dial to B"):
            cam.capture.bulb(2, target="card")
        assert cam.capture.shoot(target="card").entries
    assert "begins anew" not in caplog.text


def test_a_40d_takes_raw_and_jpeg_in_the_creative_modes() -> None:
    device: Any = make_virtual("eos-40d")
    with Camera(lambda: VirtualPort(device), "virtual:") as cam:
        with pytest.raises(ValueRefused):
            cam.settings.set(image_format="raw+small-normal")
        device.extension.table.turn_dial(Mode.MANUAL)
        cam.settings.set(image_format="raw+small-normal")
        names = [picture.name[-3:] for picture in cam.capture.shoot(target="host").pictures]
    assert names == ["CR2", "JPG"]


@pytest.mark.parametrize(
    ("slug", "crop", "lens"),
    [
        ("eos-r6", 1.0, "RF24-105mm F4 L IS USM"),
        ("eos-60d", 1.6, "EF-S15-85mm f/3.5-5.6 IS USM"),
        ("eos-m3", 1.6, "EF-M22mm f/2 STM"),
    ],
)
def test_pictures_tell_sensor_and_lens(tmp_path: Path, slug: str, crop: float, lens: str) -> None:
    with a_camera(slug) as cam:
        shot = cam.capture.shoot(target="card")
        path = tmp_path / shot.entries[0].name
        path.write_bytes(cam.storage.read(shot.entries[0]))
    words = ["exiftool", "-json", "-ScaleFactor35efl", "-LensModel", str(path)]
    (told,) = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    assert float(told["ScaleFactor35efl"]) == pytest.approx(crop, abs=0.05)
    assert told["LensModel"] == lens


def _warmth(data: bytes) -> float:
    """How much redder than blue a picture is."""
    with Image.open(io.BytesIO(data)) as picture:
        red, _, blue = ImageStat.Stat(picture.convert("RGB")).mean
    return red - blue


@pytest.mark.parametrize("slug", ["eos-60d", "eos-r6", "eos-5ds-r"])
@pytest.mark.parametrize("target", ["host", "card"])
def test_one_release_gives_three_white_balances(slug: str, target: str) -> None:
    with canon.open(f"virtual:{slug}?dial=program") as cam, cam.remote():
        cam.settings.set({"white_balance_xa": 3, "image_format": "small-2-fine"})
        assert cam.settings["bracketing"].value == "white-balance"
        shot = cam.capture.shoot(target=target)
        pictures = shot.pictures or [cam.storage.read(one) for one in shot.entries]
        plain, blue, amber = map(_warmth, pictures)
        assert blue < plain < amber
        cam.settings.set({"white_balance_xa": 0})
        assert cam.settings["bracketing"].value == "off"
        assert len(cam.capture.shoot(target="host").pictures) == 1


def test_a_row_of_sensitivities() -> None:
    with canon.open("virtual:eos-60d?dial=manual") as cam, cam.remote():
        cam.settings.set(iso=400, bracketing="iso")
        shots = [cam.capture.shoot(target="host").pictures[0] for _ in range(3)]
        assert [exif.read(one).iso for one in shots] == [400, 200, 800]


def test_a_bracketed_row_ends_by_itself() -> None:
    device: Any = make_virtual("eos-60d")
    device.extension.table.turn_dial(Mode.APERTURE_PRIORITY)
    with Camera(lambda: VirtualPort(device), "virtual:") as cam, cam.events() as events:
        before = {entry.path.name for entry in cam.storage.walk()}
        cam.settings.set(exposure_bracketing="+1", drive_mode="self-timer-2")
        assert cam.settings.read("bracketing")["bracketing"] == "exposure"
        with cam.remote():
            cam.capture.shoot(target="card")
            while events.get(timeout_s=3):
                pass
        new = {entry.path.name for entry in cam.storage.walk()} - before
    assert len({name.partition(".")[0] for name in new}) == 3
