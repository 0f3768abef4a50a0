"""Settings that have no name, no code or no way to be set, on a body of each dialect."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from typing import Any, TypeGuard, get_type_hints

import pytest

from canon.camera import Camera
from canon.camera.changes import Changes
from canon.camera.names import KINDS, NAMES
from canon.driver.events import SettingChanged
from canon.errors import NotSupported, ValueRefused
from canon.models.model import Numbering
from canon.native.codes import rows_of
from canon.ptp.datasets import Choices
from canon.ptp.eos import properties
from canon.ptp.eos.codes import ROWS as EOS_ROWS
from canon.ptp.powershot.codes import ROWS
from canon.ptp.powershot.layouts import Property
from canon.values import WhiteBalance, kinds
from rigs.bodies import native_device, ptp_device
from rigs.watched import WatchedPort

ODD = 0x7D
READ_ONLY = {
    "largest_aperture",
    "smallest_aperture",
    "focal_length",
    "focal_length_wide",
    "focal_length_tele",
    "rotation",
}


def an_odd_g3() -> tuple[Camera, Any]:
    """A G3 that is set to, and lists, a white balance without a name."""
    device = native_device(slug="powershot-g3")
    unit = device.release
    kind, items = unit.profile.allowed[0x0E]
    listed = {**unit.profile.allowed, 0x0E: type(unit.profile.allowed[0x0E])(kind, (*items, ODD))}
    unit.profile = replace(unit.profile, allowed=listed)
    unit.parameters = replace(unit.parameters, white_balance=ODD)
    return WatchedPort(device).camera(), lambda: unit.parameters.white_balance


def an_odd_s60() -> tuple[Camera, Any]:
    """The same of an S60."""
    device = ptp_device("powershot-s60")
    table = device.extension.release.table
    row = table._rows[Property.WHITE_BALANCE]
    assert isinstance(row.form, Choices)
    form = replace(row.form, values=(*row.form.values, ODD))
    table._rows[Property.WHITE_BALANCE] = replace(row, current=ODD, form=form)
    return WatchedPort(device).camera(), lambda: table.number(Property.WHITE_BALANCE)


@pytest.mark.parametrize("make", [an_odd_g3, an_odd_s60])
def test_a_code_without_a_name_is_read_shown_and_written_back(make: Any) -> None:
    cam, now = make()
    with cam, cam.remote():
        balance = cam.settings.white_balance
        odd = balance.value
        assert (odd, odd.code, balance.label) == ("unknown-0x7d", ODD, "unknown-0x7d")
        assert odd in (balance.allowed or ())
        assert json.dumps(balance.kind.plain(odd)) == '"unknown-0x7d"'
        for again in (odd, pickle.loads(pickle.dumps(odd)), "unknown-0x7d", " UNKNOWN-0X7D"):
            balance.set("daylight")
            assert now() == 1
            balance.set(again)
            assert now() == ODD
        with pytest.raises(ValueRefused, match="unknown-0x66"):
            balance.set("unknown-0x66")
        with pytest.raises(ValueRefused, match="the camera takes auto"):
            balance.set(WhiteBalance.unknown("eos", ODD))
        assert now() == ODD


@pytest.mark.parametrize("make", [lambda: native_device(), lambda: ptp_device("powershot-s60")])
def test_what_no_such_body_has_a_code_for_is_not_sent(make: Any) -> None:
    port = WatchedPort(make())
    with port.camera() as cam, cam.remote():
        port.names()
        with pytest.raises(ValueRefused) as caught:
            cam.settings.set(exposure_compensation="+5")
        assert caught.value.allowed == cam.settings.exposure_compensation.allowed
        assert "the nearest is +2" in str(caught.value)
        assert not {"SetReleaseParameters", "SetDevicePropValue"} & set(port.names())


def test_a_mode_that_only_the_dial_sets() -> None:
    device = ptp_device("powershot-s60")
    table = device.extension.release.table
    row = table._rows[Property.SHOOTING_MODE]
    table._rows[Property.SHOOTING_MODE] = replace(row, writable=0)
    with WatchedPort(device).camera() as cam, cam.remote():
        mode = cam.settings.shooting_mode
        assert (mode.writable, mode.why, mode.allowed) == (False, "set by the dial", ())


def test_what_a_body_does_not_have_says_so() -> None:
    with WatchedPort(native_device(slug="eos-20d")).camera() as cam, cam.remote():
        effect = cam.settings["photo_effect"]
        assert (effect.writable, effect.allowed) == (False, ())
        assert effect.why.startswith("this body has none")
        assert "photo_effect" not in cam.settings
        with pytest.raises(NotSupported, match="no setting photo_effect"):
            _ = effect.label


def test_names_are_the_same_wherever_they_stand() -> None:
    typed = set(get_type_hints(Changes))
    texts = (properties.NUMBERS, properties.TOLD_NUMBERS, properties.SIGNED)
    canons = {name for text in texts for name in properties.named(text).values()}
    of_eos = {
        name
        for name, row in EOS_ROWS.items()
        if row.settable and row.kind is not kinds.RAW and name not in canons
    }
    assert typed == (set(NAMES) - READ_ONLY) | {
        name for name in of_eos if not name.startswith("picture_style_")
    }
    for rows in (rows_of(Numbering.CLASSIC), rows_of(Numbering.REVISED), ROWS):
        for name, row in rows.items():
            assert row.kind is KINDS[name].kind, name
    assert set(rows_of(Numbering.CLASSIC)) | set(ROWS) == set(NAMES)
    assert all(not ROWS[name].settable for name in READ_ONLY)


def test_a_snapshot_does_not_change() -> None:
    with WatchedPort(native_device()).camera() as cam:
        before = cam.settings.read("iso", "macro")
        cam.settings.iso.set(400)
        assert dict(before) == {"iso": 50, "macro": False}
        assert before.iso == before["iso"] == 50
        assert before.readings["iso"].raw == b"\x40\0"
        assert repr(before) == "<Snapshot of the Canon PowerShot G3: iso=50, macro=off>"
        with pytest.raises(AttributeError, match="what was read does not change"):
            setattr(before, "iso", 100)  # noqa: B010
        assert pickle.loads(pickle.dumps(before)) == before


def test_a_setting_that_changes_is_told_by_its_name() -> None:
    device = ptp_device("powershot-s60")
    with WatchedPort(device).camera() as cam, cam.remote(), cam.events() as events:
        cam.settings.set(iso=400, macro=True, image_format="small-normal")
        cam.settings.set({"0xd029": 3})
        told = [event.name for event in iter(lambda: events.get(1), None) if _is_change(event)]
    assert {"iso", "af_distance", "image_format", "0xd029"} <= set(told)


def _is_change(event: object) -> TypeGuard[SettingChanged]:
    return isinstance(event, SettingChanged)
