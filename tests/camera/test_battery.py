"""Low and empty batteries, in all dialects: what is told, and how a series ends."""

from __future__ import annotations

from pathlib import Path

import pytest

import canon
from canon.camera import Camera
from canon.errors import BatteryLow, CanonError, Disconnected
from canon.native.commands import GetPowerStatus
from canon.ports import OnLine
from canon.virtual.charge import Charge
from canon.virtual.line import VirtualLine
from canon.virtual.native.camera import NativeCamera
from canon.work.power import PowerWatch
from canon.work.saving import NotMarked, Saved, Saving
from rigs.bodies import PowerShotCamera, a_camera, a_card, native_device, ptp_device
from rigs.serial import Host, serial_device

BOTH = ["virtual:powershot-g3", "virtual:powershot-g9"]


def body_of(port: str) -> NativeCamera | PowerShotCamera:
    """A device of the same model, whose battery a test can turn."""
    return native_device() if "g3" in port else ptp_device("powershot-g9")


@pytest.mark.parametrize("port", BOTH)
@pytest.mark.parametrize(
    ("how", "told"), [("good", "good"), ("low", "low"), ("3", "good"), ("2", "low")]
)
def test_what_is_told(port: str, how: str, told: str) -> None:
    with canon.open(f"{port}?battery={how}") as cam:
        assert (cam.on_ac, cam.battery) == (False, told)
    with canon.open(port) as cam:
        assert (cam.on_ac, cam.battery) == (True, "good")


@pytest.mark.parametrize("port", BOTH)
def test_an_empty_battery_on_the_mains_is_no_matter(port: str) -> None:
    device = body_of(port)
    device.body.charge = Charge.EMPTY
    with a_camera(device) as cam:
        assert cam.capture.shoot().first


def test_a_native_camera_with_an_empty_battery_goes_off() -> None:
    device = native_device()
    with a_camera(device) as cam:
        cam.remote.start()
        cam.capture.shoot()
        device.body.on_ac, device.body.charge = False, Charge.EMPTY
        with pytest.raises(Disconnected):
            cam.capture.shoot()
    assert not device.plugged


def test_a_powershot_in_ptp_refuses_and_is_left_as_it_was() -> None:
    device = ptp_device("powershot-g9")
    with a_camera(device) as cam:
        cam.capture.shoot()
        with cam.remote():
            device.body.on_ac, device.body.charge = False, Charge.EMPTY
            with pytest.raises(BatteryLow, match="charge it"):
                cam.capture.shoot()
        assert not cam.remote.active
        assert not device.extension.release.active
        assert cam.battery == "low"
        with pytest.raises(BatteryLow):
            cam.remote.start()
        assert not cam.remote.active
        assert cam.storage.ls("DCIM"), "the card can still be read"


def test_0xa009_where_no_setting_appears_is_a_low_battery() -> None:
    device = ptp_device("powershot-g9", "refuse@InitiateReleaseControl:0xa009")
    with a_camera(device) as cam:
        with pytest.raises(BatteryLow, match="a009"):
            cam.remote.start()
        assert not cam.remote.active
        cam.remote.start()
        assert cam.settings.iso.allowed


def test_a_camera_on_a_line_says_so_and_goes_off() -> None:
    device = serial_device()
    host = Host(VirtualLine(device))
    device.camera.body.on_ac, device.camera.body.charge = False, Charge.LOW
    power = host.driver.power()
    assert (power.on_ac, power.battery) == (False, "low")
    assert host.driver.session.call(GetPowerStatus()).source == 0x30
    device.camera.body.charge = Charge.EMPTY
    with pytest.raises(Disconnected, match=r"battery is empty.*charge it"):
        host.driver.power()
    assert not device.awake


def a_series(cam: Camera, watch: PowerWatch, folder: Path) -> None:
    """Nine pictures into a folder."""
    with cam.remote():
        for _ in range(9):
            with watch.shot():
                cam.capture.shoot(to=folder)


@pytest.mark.parametrize(("port", "error"), [(BOTH[0], Disconnected), (BOTH[1], BatteryLow)])
def test_a_series_warns_and_its_pictures_are_kept(
    port: str, error: type[CanonError], tmp_path: Path
) -> None:
    warnings: list[tuple[int, str]] = []
    with canon.open(f"{port}?battery=4") as cam:
        watch = PowerWatch(cam, lambda text: warnings.append((len(list(tmp_path.iterdir())), text)))
        with pytest.raises(error) as caught:
            a_series(cam, watch, tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    assert all(path.read_bytes()[-2:] == b"\xff\xd9" for path in tmp_path.iterdir())
    assert [number for number, _ in warnings] == [2]
    assert "battery is low" in warnings[0][1]
    if error is Disconnected:
        assert caught.value.__notes__[-1] == "Its battery was low, and may be empty."


def test_files_that_came_over_a_line_before_it_was_empty_are_kept(tmp_path: Path) -> None:
    pictures = {f"IMG_000{number}.JPG": bytes([number]) * 3000 for number in range(1, 5)}
    device = serial_device(card=a_card(pictures))
    cam = Camera(lambda: OnLine(VirtualLine(device)), "virtual:")
    cam.initialize()
    device.camera.body.on_ac = False
    saving = Saving(tmp_path, is_folder=True)
    coming = saving.run(cam, saving.jobs(cam, cam.storage.stat("DCIM")))
    first_two = [next(coming), next(coming)]
    device.camera.body.charge = Charge.EMPTY
    assert isinstance(next(coming), NotMarked)
    with pytest.raises(Disconnected, match="battery is empty"):
        next(coming)
    cam.close()
    assert [type(event) for event in first_two] == [Saved, Saved]
    assert [path.read_bytes() for path in sorted(tmp_path.rglob("*.JPG"))] == [
        pictures["IMG_0001.JPG"],
        pictures["IMG_0002.JPG"],
    ]
    assert not device.awake


@pytest.mark.parametrize(
    ("option", "message"),
    [("full", "say good, low or empty"), ("-1", "say good"), ("", "say good"), ("²", "say good")],
)
def test_an_option_that_says_nothing(option: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        canon.open(f"virtual:powershot-g3?battery={option}")


def test_a_powershot_350_has_no_battery_to_tell_of() -> None:
    with pytest.raises(ValueError, match="PowerShot 350 says nothing of its battery"):
        canon.open("virtual:powershot-350?battery=low")
