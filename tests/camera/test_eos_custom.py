"""Custom functions of EOS bodies by number: told in one block, by groups, and one by one."""

from __future__ import annotations

import pytest

from canon.errors import NotSupported
from canon.ptp.eos.formats import CustomFunctions
from canon.ptp.eos.layouts import Eos
from canon.ptp.eos.records import PropValueChanged
from rigs.bodies import a_camera, eos, ptp_body


@pytest.mark.parametrize(
    ("slug", "some"),
    [
        ("eos-40d", {"0x0101", "0x010f"}),  # four groups in one block
        ("eos-1300d", {"0x0101"}),
        ("eos-60d", {"0x0101", "0x0201", "0x0505", "0x080b"}),  # a block for each group
        ("eos-5ds-r", {"0x0101", "0x040a"}),
        ("eos-r6", {"0x0101", "0x0104", "0x0114"}),
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
        assert {one: now[one].value for one in now} == {
            one: other if one == name else before[one].value for one in before
        }
        assert cam.custom_functions.read() == now
        with pytest.raises(ValueError, match="take a number"):
            cam.custom_functions.set(**{name: "much"})
        with pytest.raises(ValueError, match="no custom function"):
            cam.custom_functions.set(**{"0x7777": 1})


def test_a_function_with_several_values_stays_as_it_is() -> None:
    device = eos(ptp_body("eos-5ds-r"))
    with a_camera(device) as cam:
        now = cam.custom_functions.read()
        assert "0x070c" not in now, "it has 64 values"
        cam.custom_functions.set(**{"0x040a": 0})
        assert len(cam.custom_functions.read()) == len(now)


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
