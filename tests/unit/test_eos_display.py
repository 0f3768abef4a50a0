"""What the display of an EOS shows, out of the groups of its records."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canon.ptp.eos.olc import Button, Display, Group, Searching, display
from canon.ptp.eos.records import OlcInfoChanged

WHOLE_5DSR = OlcInfoChanged(
    73,
    0x1FFF,
    bytes.fromhex("0100 000000000000 0101502020 01010048 04010744 000000000000 0101000000000000")
    + bytes(28),
)


def test_all_that_a_5dsr_shows() -> None:
    shown = display(WHOLE_5DSR.groups(0x0B))
    assert shown == Display(
        button=Button.IDLE,
        shutter_speed=None,  # its meter sleeps
        aperture=0x20,
        iso=0x48,
        shots=0x0744,
        writing=False,
        timer=0,
        exposure=0,
        focus=Searching.IDLE,
    )


@pytest.mark.parametrize(
    ("group", "raw", "shown"),
    [
        (Group.BUTTON, "0400", Display(button=Button.DONE)),
        (Group.SHOTS, "04020fb8", Display(shots=4024, writing=True)),
        (Group.SHUTTER_SPEED, "010110980070", Display(shutter_speed=0x70)),
        (Group.SHUTTER_SPEED, "01011098007000", Display(shutter_speed=0x70)),
        (Group.SHUTTER_SPEED, "010100100098007000", Display(shutter_speed=0x70)),
        (Group.APERTURE, "0101502030", Display(aperture=0x30)),
        (Group.APERTURE, "010100500020003000", Display(aperture=0x30)),
        (Group.ISO, "01010000782800", Display()),
        (Group.SELF_TIMER, "000001000009", Display(timer=9)),
        (Group.EXPOSURE, "0101f600000000", Display(exposure=-10)),
        (Group.FOCUS, "000000000101", Display(focus=Searching.IN_FOCUS)),
        (Group.FOCUS, "00000000020200", Display(focus=Searching.FAILED)),
    ],
)
def test_one_group(group: Group, raw: str, shown: Display) -> None:
    assert display({group: bytes.fromhex(raw)}) == shown


def test_a_group_of_another_length_shows_nothing() -> None:
    assert display({Group.APERTURE: b"\1\1\x50"}) == Display()


@given(st.integers(0, 0xFFFF), st.binary(max_size=100), st.integers(0, 0xFFFFFFFF))
def test_any_record_is_shown(mask: int, data: bytes, version: int) -> None:
    groups = OlcInfoChanged(len(data) + 8, mask, data).groups(version)
    assert b"".join(groups.values()) in (data, b"")
    display(groups)
