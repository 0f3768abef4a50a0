"""Custom functions of EOS bodies by number: told in one block, by groups, and one by one."""

from __future__ import annotations

import pytest

from canon.errors import NotSupported
from canon.ptp.eos.formats import CustomFunctions, FunctionGroup
from canon.ptp.eos.layouts import Eos
from canon.ptp.eos.records import PropValueChanged, read_records
from rigs.bodies import EosCamera, a_camera, eos, ptp_body


@pytest.mark.parametrize(
    ("slug", "some"),
    [
        ("eos-40d", {"exposure_steps", "flash_sync_in_av"}),  # four groups in one block
        ("eos-1300d", {"exposure_steps", "af_assist"}),
        # a block for each group
        ("eos-60d", {"exposure_steps", "lens_drive_without_focus", "focusing_screen"}),
        ("eos-5ds-r", {"exposure_steps", "0x040a"}),
        ("eos-r6", {"exposure_steps", "bracketing_cancel", "0x0114"}),
    ],
)
def test_they_are_read_and_set(slug: str, some: set[str]) -> None:
    device = eos(ptp_body(slug))
    with a_camera(device) as cam:
        before = cam.custom_functions.read()
        assert some <= set(before)
        assert all(str(one.number) and one.choices == () for one in before.values())
        name = max(some)
        other = 1 - min(1, before[name].value)
        now = cam.custom_functions.set(**{name: other})
        assert {one: now[one].values for one in now} == {
            one: (other,) if one == name else before[one].values for one in before
        }
        assert cam.custom_functions.read() == now
        with pytest.raises(ValueError, match="take a number"):
            cam.custom_functions.set(**{name: "much"})
        with pytest.raises(ValueError, match="no custom function"):
            cam.custom_functions.set(**{"0x7777": 1})


def _told(device: EosCamera, group: int) -> FunctionGroup:
    """What the body itself has of a group."""
    told = [
        record.value
        for record in read_records(device.extension.table.burst())
        if isinstance(record, PropValueChanged) and record.property == Eos.CUSTOM_FUNC_EX
    ]
    groups = [one for raw in told for one in CustomFunctions.decode(raw).groups]
    return next(one for one in groups if one.number == group)


@pytest.mark.parametrize(
    ("slug", "name", "count"),
    [
        ("eos-5ds-r", "0x070c", 64),
        ("eos-r", "aperture_range", 4),
        ("eos-r6", "shutter_speed_range", 4),
        ("eos-70d", "0x0212", 2),
        ("eos-5d-mark-iii", "af_microadjustment", 16),
    ],
)
def test_a_function_with_several_values(slug: str, name: str, count: int) -> None:
    device = eos(ptp_body(slug))
    with a_camera(device) as cam:
        before = cam.custom_functions.read()
        row = before[name]
        assert (len(row.values), row.choice.count(",")) == (count, count - 1)
        wanted = (*row.values[:-1], row.values[-1] + 3)
        assert cam.custom_functions.set(**{name: wanted})[name].values == wanted
        was = {one.number: one.values for one in _told(device, row.group).functions}
        assert was.pop(row.number) == wanted
        same = {one.number: one.values for one in before.values() if one.group == row.group}
        assert was == {number: same[number] for number in was}, "the rest of its group stays"
        back = cam.custom_functions.set(**{f"{row.number:#06x}": row.choice})
        assert back == before
        with pytest.raises(ValueError, match=rf"{name} has {count} numbers, not 1"):
            cam.custom_functions.set(**{name: 1})
        with pytest.raises(ValueError, match="take a number"):
            cam.custom_functions.set(**{name: ",".join(["x"] * count)})
        assert cam.custom_functions.read() == before


def test_a_number_does_for_a_name() -> None:
    device = eos(ptp_body("eos-60d"))
    with a_camera(device) as cam:
        now = cam.custom_functions.set(**{"0x060F": True})
        lockup = now["mirror_lockup"]
        assert (lockup.number, lockup.group, lockup.value) == (0x060F, 3, 1)
        assert cam.custom_functions.set(mirror_lockup=False)["mirror_lockup"].value == 0


def test_the_oldest_have_a_property_for_each() -> None:
    device = eos(ptp_body("eos-40d"))
    table = device.extension.table
    with a_camera(device) as cam:
        cam.remote.start()
        for code in (0xD180, 0xD18B):
            device.tell(PropValueChanged(code, bytes.fromhex("05000000 01")))
        read = cam.custom_functions.read()
        assert (read["0x0001"].value, read["0x000c"].value) == (1, 1)
    assert CustomFunctions.decode(table.raw(Eos.CUSTOM_FUNC_EX)).groups


def test_a_body_without_says_so_before_anything_is_sent() -> None:
    device = eos(ptp_body("eos-m10"))
    with a_camera(device) as cam:
        assert "custom-functions" not in cam.features
        with pytest.raises(NotSupported):
            cam.custom_functions.read()
        assert not device.extension.remote_mode
