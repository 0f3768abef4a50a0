"""Release control: the layouts that a table of fields cannot say."""

from __future__ import annotations

import pytest

from canon.errors import DecodeError
from canon.native.commands import SubHead
from canon.native.release import (
    AllowedValues,
    Elements,
    GetEstimatedSize,
    ReleaseParameters,
    SelectCameraOutput,
    SetReleaseParameters,
)
from canon.wire import size_of


def test_the_parameter_block_is_0x30_bytes() -> None:
    assert size_of(ReleaseParameters) == size_of(SetReleaseParameters) == 0x30


def test_the_head_of_a_sub_command_is_eight_bytes() -> None:
    assert size_of(SubHead) == 8


def test_odd_lengths_stay_odd() -> None:
    assert size_of(SelectCameraOutput) == 1
    estimate = GetEstimatedSize(2, 1, 3)
    assert estimate.encode() == b"\x02\x01\x03"


OFFSETS = {
    "quality": 0x01,
    "image_format": 0x02,
    "image_size": 0x03,
    "self_timer": 0x04,
    "flash": 0x06,
    "shooting_mode": 0x08,
    "metering": 0x0C,
    "af_distance": 0x0D,
    "focusing_point": 0x0E,
    "white_balance": 0x10,
    "parameter_set": 0x18,
    "iso": 0x1A,
    "aperture": 0x1C,
    "shutter_speed": 0x1E,
    "exposure_compensation": 0x20,
    "bracketing": 0x22,
    "largest_aperture": 0x24,
    "focal_length": 0x28,
    "focal_length_unit": 0x2E,
}


def test_settings_lie_where_the_specification_says() -> None:
    """Section 9.1, by the offset of each field."""
    places: dict[str, int] = {}
    here = 0
    for name, codec, _ in ReleaseParameters.layout():
        places[name] = here
        here += codec.smallest
    assert {name: places[name] for name in OFFSETS} == OFFSETS


# --- allowed values (section 9.4) -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "raw"),
    [
        (Elements(2, (5, 6)), "02000000 02000000 0506"),
        (Elements(4, (0x3003,)), "01000000 04000000 0330"),
        (Elements(2, ()), "00000000 02000000 ff"),
        (Elements(4, ()), "00000000 04000000 ffff"),
    ],
)
def test_lists_of_allowed_values(values: Elements, raw: str) -> None:
    assert AllowedValues(values).encode() == bytes.fromhex(raw)
    assert AllowedValues.decode(bytes.fromhex(raw)) == AllowedValues(values)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("01000000 03000000 0000", "kind 3"),
        ("00000000 02000000", "1 bytes wanted, 0 are left"),
        ("03000000 04000000 01000200", "6 bytes wanted, 4 are left"),
        ("ffffffff 04000000 01000200", "8589934590 bytes wanted"),
        ("00000000", "8 bytes wanted"),
    ],
)
def test_a_list_that_is_not_all_there(raw: str, says: str) -> None:
    with pytest.raises(DecodeError, match=says):
        AllowedValues.decode(bytes.fromhex(raw))
