"""The raw door: operations and properties by their numbers."""

from __future__ import annotations

import pytest

import canon
from canon.camera import Camera
from canon.errors import NotSupported, Refused
from rigs.bodies import PowerShotCamera, ptp_device
from rigs.watched import WatchedPort

S60, SX200 = "powershot-s60", "powershot-sx200-is"


def a_camera(slug: str) -> tuple[PowerShotCamera, Camera]:
    device = ptp_device(slug)
    return device, WatchedPort(device).camera()


def test_any_operation() -> None:
    with canon.open(f"virtual:{SX200}") as cam:
        answer = cam.ptp.call(0x1004)
        assert answer.response == 0x2001
        assert answer.data == bytes.fromhex("01000000 01000100")
        assert cam.ptp.call(0x1006, 0x00010001, 0, 0).parameters[0] > 6


def test_an_operation_with_data() -> None:
    device, cam = a_camera(SX200)
    with cam:
        cam.ptp.call(0x1016, 0xD033, data=b"\x03\0\0\0me\0")
    assert device.body.owner == "me"


def test_a_refusal_keeps_its_code() -> None:
    with (
        canon.open(f"virtual:{SX200}") as cam,
        pytest.raises(Refused, match=r"operation 0x9999.*OPERATION_NOT_SUPPORTED") as caught,
    ):
        cam.ptp.call(0x9999)
    assert caught.value.code == 0x2005


def test_a_number_that_is_no_parameter() -> None:
    with canon.open(f"virtual:{SX200}") as cam, pytest.raises(ValueError, match="32 bits"):
        cam.ptp.call(0x1005, 1 << 32)


def test_a_property_describes_itself() -> None:
    with canon.open(f"virtual:{SX200}") as cam:
        told = cam.settings["0xd045"].describe()
        assert (told.kind.name, told.writable, told.why) == ("number", True, "")
        assert told.allowed == (1, 2, 3, 4, 5, 6, 7)
        assert told.raw == told.value.to_bytes(2, "little")
        model = cam.settings["0xd032"]
        assert (model.value, model.kind.name) == ("Canon PowerShot SX200 IS", "text")
        assert (model.writable, model.why) == (False, "can only be read")
        assert 0xD045 in cam.ptp.properties
        assert 0x9021 in cam.ptp.operations


@pytest.mark.parametrize(("typed", "value"), [(3, 3), ("3", 3), ("0x05", 5)])
def test_a_property_can_be_written(typed: object, value: int) -> None:
    with canon.open(f"virtual:{SX200}") as cam:
        cam.settings["0xd045"].set(typed)
        assert cam.settings["0xd045"].value == value


@pytest.mark.parametrize("typed", ["three", "1,2", 1.5, None, (1,), 1 << 16])
def test_what_is_no_value_of_a_property(typed: object) -> None:
    with canon.open(f"virtual:{SX200}") as cam:
        before = cam.settings["0xd045"].value
        with pytest.raises(ValueError, match="property 0xd045 cannot be"):
            cam.settings.set({"0xd045": typed})
        assert cam.settings["0xd045"].value == before


def test_a_list_of_numbers() -> None:
    device, cam = a_camera(SX200)
    with cam:
        cam.settings["0xd033"].set("109,101,0")
        assert device.body.owner == "me"
        assert cam.settings["0xd033"].value == (109, 101, 0)
        assert cam.settings["0xd033"].label == "109,101,0"


def test_what_a_property_may_be_costs_one_question() -> None:
    port = WatchedPort(ptp_device(SX200))
    with port.camera() as cam:
        port.names()
        cam.settings["0xd045"].describe()
        assert port.names() == ["GetDevicePropDesc"]
        cam.settings["0xd045"].set(2)
        assert port.names() == ["GetDevicePropDesc", "SetDevicePropValue", "GetDevicePropDesc"]


def test_properties_are_settings_by_their_number() -> None:
    device, cam = a_camera(SX200)
    with cam:
        setting = cam.settings["0xd045"]
        setting.set("0x02")
        assert setting.value == 2
        assert setting.allowed == (1, 2, 3, 4, 5, 6, 7)
        assert not device.extension.release.active


def test_release_control_is_entered_for_a_property_that_is_listed_only_in_it() -> None:
    device, cam = a_camera(S60)
    with cam:
        assert cam.settings.set({"0xd029": 3}, iso=100) == {"iso": 100, "0xd029": 3}
        assert not device.extension.release.active
        assert dict(cam.settings.read("0xd029", "iso")) == {"iso": 100, "0xd029": 3}


def test_a_native_camera_has_no_raw_door() -> None:
    with canon.open("virtual:powershot-g3") as cam:
        with pytest.raises(NotSupported, match="the PowerShot G3 has no PTP as it is connected"):
            cam.ptp.call(0x1001)
        with cam.remote(), pytest.raises(NotSupported):
            _ = cam.settings["0xd029"].value
