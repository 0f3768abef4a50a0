"""The properties of the virtual PowerShot, asked directly."""

from __future__ import annotations

import pytest
from powershot_unit import BODIES, BOTH, CARD, HOST, STARTED, Unit, in_control

from canon.codes import APERTURE
from canon.models.ptp import MODELS
from canon.ptp.datasets import DevicePropDesc, write_value
from canon.ptp.operations import (
    DevicePropChanged,
    GetDevicePropDesc,
    GetDevicePropValue,
    PtpEvent,
    ResetDevicePropValue,
    Response,
    SetDevicePropValue,
)
from canon.ptp.powershot.layouts import (
    RAM,
    Changes,
    GetChanges,
    Property,
    TerminateReleaseControl,
)
from canon.values import Aperture
from canon.virtual.card import MemoryCard
from canon.virtual.charge import Charge
from canon.virtual.faults import Faults
from canon.virtual.ptp.objects import Objects
from canon.virtual.ptp.powershot.release import ReleaseControl
from canon.virtual.ptp.profile import load_profile, source
from rigs.bodies import ptp_body

LIVE = Property.TIME, Property.OWNER, Property.BATTERY_KIND, Property.BATTERY_STATUS
RECORDED = sorted(
    {row.slug for row in MODELS if source(row) == row.slug and not load_profile(row).burst}
)


@pytest.mark.parametrize("slug", RECORDED)
def test_a_body_reports_what_was_recorded_of_it(slug: str) -> None:
    body = ptp_body(slug, MemoryCard(), STARTED)
    told: list[PtpEvent] = []
    control = ReleaseControl(body, Faults(), Objects(body, told.append, RAM), told.append)
    control.active = True
    assert control.picture_size() > 0
    for code in control.properties():
        row = control.answer(GetDevicePropDesc(code), b"")
        assert isinstance(row, DevicePropDesc)
        assert DevicePropDesc.decode(row.encode()) == row
        value = control.answer(GetDevicePropValue(code), b"")
        assert value == write_value(row.kind, row.current)
        if code not in LIVE:
            assert row.current == load_profile(body.model).values[code].current


@pytest.mark.parametrize("slug", BODIES)
def test_the_settings_are_there_only_under_release_control(slug: str) -> None:
    unit = Unit(slug)
    before = unit.control.properties()
    assert unit.refusal(GetDevicePropDesc(Property.FLASH_MODE)) == Response.CANON_REFUSED
    unit.enter()
    during = unit.control.properties()
    assert set(before) < set(during)
    assert Property.FLASH_MODE not in before
    assert len(during) >= len(before) + 28
    assert len(set(during)) == len(during)
    assert unit.row(Property.FLASH_MODE).code == Property.FLASH_MODE
    unit.do(TerminateReleaseControl())
    assert unit.control.properties() == before


def test_a_property_that_a_body_lacks_is_refused() -> None:
    unit = in_control("powershot-g9")
    missing = Property.FOCAL_LENGTH
    assert unit.refusal(GetDevicePropDesc(missing)) == Response.DEVICE_PROP_NOT_SUPPORTED
    assert unit.refusal(GetDevicePropValue(missing)) == Response.DEVICE_PROP_NOT_SUPPORTED
    assert unit.refusal(SetDevicePropValue(missing), b"\0\0") == Response.DEVICE_PROP_NOT_SUPPORTED


def test_a_change_is_told_and_listed_once() -> None:
    unit = in_control("powershot-g9")
    unit.set(Property.ISO, 0x50)
    assert unit.told == [DevicePropChanged(Property.ISO)]
    assert unit.do(GetChanges()) == Changes((Property.ISO,))
    assert unit.do(GetChanges()) == Changes(())
    unit.set(Property.ISO, 0x50)
    assert len(unit.told) == 1


def test_a_value_must_be_allowed_and_of_its_size() -> None:
    unit = in_control()
    iso = SetDevicePropValue(Property.ISO)
    assert unit.refusal(iso, b"\x68\0") == Response.INVALID_DEVICE_PROP_VALUE
    assert unit.refusal(iso, b"\x50") == Response.INVALID_DEVICE_PROP_FORMAT
    assert unit.refusal(iso, b"\x50\0\0") == Response.INVALID_DEVICE_PROP_FORMAT
    assert unit.get(Property.ISO) == 0x40
    assert not unit.told


def test_aperture_and_time_belong_to_the_camera_in_program_mode() -> None:
    s60, g9 = in_control("powershot-s60"), in_control("powershot-g9")
    for code in (Property.APERTURE, Property.SHUTTER_SPEED):
        assert s60.allowed(code) == g9.allowed(code) == ()
        assert (s60.row(code).writable, g9.row(code).writable) == (1, 0)
        data = s60.bytes_of(code, 0x28)
        refused = s60.refusal(SetDevicePropValue(code), data)
        assert refused == Response.INVALID_DEVICE_PROP_VALUE
        assert g9.refusal(SetDevicePropValue(code), data) == Response.ACCESS_DENIED


@pytest.mark.parametrize("slug", BODIES)
def test_the_mode_decides_what_is_chosen_by_hand(slug: str) -> None:
    unit = in_control(slug)
    by_hand = {
        2: {Property.SHUTTER_SPEED},
        3: {Property.APERTURE},
        4: {Property.SHUTTER_SPEED, Property.APERTURE},
    }
    for mode, chosen in by_hand.items():
        unit.set(Property.SHOOTING_MODE, mode)
        for code in (Property.SHUTTER_SPEED, Property.APERTURE):
            assert bool(unit.allowed(code)) == (code in chosen), (mode, code)
            assert unit.row(code).writable or code not in chosen
    assert unit.allowed(Property.APERTURE)[-1] == APERTURE.code(Aperture("f/8"))
    unit.set(Property.APERTURE, 0x30)
    assert unit.get(Property.APERTURE) == 0x30


def test_a_new_mode_tells_of_the_settings_that_follow_it() -> None:
    unit = in_control("powershot-g9")
    unit.set(Property.SHOOTING_MODE, 3)
    assert unit.told == [
        DevicePropChanged(Property.SHOOTING_MODE),
        DevicePropChanged(Property.APERTURE),
    ]


def test_where_a_picture_goes_may_be_what_is_not_listed() -> None:
    unit = in_control()
    code = Property.CAPTURE_TRANSFER_MODE
    assert CARD not in unit.allowed(code)
    for mode in (CARD, HOST, BOTH):
        unit.set(code, mode)
        assert unit.get(code) == mode
    for mode in (0, 0x10):
        refused = unit.refusal(SetDevicePropValue(code), unit.bytes_of(code, mode))
        assert refused == Response.INVALID_DEVICE_PROP_VALUE


def test_a_setting_can_be_reset() -> None:
    unit = in_control("powershot-g9")
    unit.set(Property.WHITE_BALANCE, 3)
    unit.do(ResetDevicePropValue(Property.WHITE_BALANCE))
    assert unit.get(Property.WHITE_BALANCE) == unit.row(Property.WHITE_BALANCE).default == 1
    assert unit.refusal(ResetDevicePropValue(Property.APERTURE)) == Response.ACCESS_DENIED


def test_the_clock_goes_on_from_what_it_was_set_to() -> None:
    unit = Unit("powershot-sx200-is")
    assert unit.get(Property.TIME) == 1114941600  # 2005-05-01 10:00
    unit.set(Property.TIME, 1000000000)
    unit.body.clock.sleep(7)
    assert unit.get(Property.TIME) == 1000000007
    assert not unit.told


def test_the_owner_ends_at_its_nul() -> None:
    unit = Unit("powershot-sx200-is")
    unit.set(Property.OWNER, tuple(b"Ada\0junk"))
    assert unit.body.owner == "Ada"
    assert unit.get(Property.OWNER) == tuple(b"Ada\0")


def test_the_battery_is_the_body_s() -> None:
    unit = Unit()
    assert (unit.get(Property.BATTERY_KIND), unit.get(Property.BATTERY_STATUS)) == (1, 1)
    unit.body.on_ac, unit.body.charge = False, Charge.LOW
    assert (unit.get(Property.BATTERY_KIND), unit.get(Property.BATTERY_STATUS)) == (2, 2)


def test_the_channel_of_events_can_be_chosen_at_any_time() -> None:
    unit = Unit()
    code = Property.EVENT_EMULATE_MODE
    for mode in range(1, 8):
        unit.set(code, mode)
        assert unit.get(code) == mode
    for mode in (0, 8):
        refused = unit.refusal(SetDevicePropValue(code), unit.bytes_of(code, mode))
        assert refused == Response.INVALID_DEVICE_PROP_VALUE


def test_the_pixels_that_are_told_follow_the_size() -> None:
    s60, g9 = in_control("powershot-s60"), in_control("powershot-g9")
    for unit in (s60, g9):
        unit.set(Property.IMAGE_SIZE, 1)
        unit.set(Property.IMAGE_QUALITY, 2)
    assert s60.get(Property.SIZE_QUALITY_MODE) == (1536, 2048, 12, 0, 0, 0)
    assert g9.get(Property.SIZE_QUALITY_MODE) == (0, 0, 0, 0, 0, 0)
    assert s60.control.picture_size() == 455680
    assert g9.control.picture_size() == 1003520
