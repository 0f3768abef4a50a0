"""PTP datasets at their edges: strings, lists, sizes, descriptions that end early (3 and 4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canon.errors import DecodeError
from canon.ptp.containers import parameters
from canon.ptp.datasets import (
    Choices,
    DataType,
    DeviceInfo,
    DevicePropDesc,
    ObjectInfo,
    PropertyValue,
    PtpText,
    Range,
    read_value,
    write_value,
)

# --- strings and lists ----------------------------------------------------------------------------


def test_a_string_counts_its_units_and_the_nul() -> None:
    longest = write_value(DataType.TEXT, "x" * 254)
    assert (len(longest), longest[0]) == (1 + 2 * 255, 255)
    assert read_value(DataType.TEXT, longest) == ("x" * 254, len(longest))


@pytest.mark.parametrize(
    ("text", "says"),
    [("x" * 255, "longer than 254"), ("no\0n", "NUL"), ("\ud800", "cannot store")],
)
def test_a_string_that_no_camera_can_store(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        write_value(DataType.TEXT, text)


def test_what_lies_behind_the_nul_of_a_string_is_unexplained() -> None:
    block = bytes.fromhex("ffff 04 4100 0000 4200 0000")  # A, NUL, B, NUL, two bytes into a buffer
    assert list(PtpText().odd(block, 2, len(block))) == [(7, len(block))]


def test_a_dataset_that_ends_early_lacks_its_strings_and_lists() -> None:
    info = DeviceInfo.decode(bytes.fromhex("6400 06000000 c800 00 0000 01000000 0210"))
    assert info.operations == (0x1002,)
    assert (info.events, info.image_formats, info.model, info.serial) == ((), (), "", "")


@pytest.mark.parametrize("count", ["02000000", "00000001", "ffffffff"])
def test_a_list_that_is_shorter_than_its_count(count: str) -> None:
    with pytest.raises(DecodeError, match="bytes wanted, 4 are left"):
        read_value(DataType.AUINT32, bytes.fromhex(count + "01000000"))


def test_an_operation_has_five_parameters_at_most() -> None:
    assert parameters(bytes(20)) == (0,) * 5
    with pytest.raises(DecodeError, match="24 bytes are no parameters"):
        parameters(bytes(24))


# --- files ----------------------------------------------------------------------------------------

FILE = ObjectInfo(0x10001, 0x3801, 0, 7, *(0,) * 11, "", "", "", "")


@pytest.mark.parametrize("size", [1 << 32, (1 << 32) + 7, (1 << 40) - 1])
def test_a_size_that_four_bytes_do_not_hold_takes_eight(size: int) -> None:
    info = replace(FILE, size=size, parent=5, name="LONG.MOV", captured="20260101T000000")
    block = info.encode()
    assert len(block) == len(replace(info, size=7).encode()) + 4
    assert block[8:16] == size.to_bytes(8, "little")
    assert ObjectInfo.read(b"???" + block, 3) == (info, 3 + len(block))


def test_the_largest_size_that_four_bytes_hold() -> None:
    info = replace(FILE, size=0xFFFFFFFF, name="LONG.MOV")
    assert info.encode()[8:12] == b"\xff\xff\xff\xff"
    assert ObjectInfo.decode(info.encode()) == info


@pytest.mark.parametrize("field", ["name", "captured", "modified", "keywords"])
def test_a_file_with_one_string_has_no_eight_bytes_of_size(field: str) -> None:
    info = ObjectInfo(**{**vars(FILE), field: "IMG"})
    assert ObjectInfo.decode(info.encode()) == info


@pytest.mark.parametrize("surplus", [b"", b"\1", b"\1\0\0\0\0", b"\0\1"])
def test_a_file_without_a_string_has_no_eight_bytes_of_size(surplus: bytes) -> None:
    assert ObjectInfo.read(FILE.encode() + surplus, 0) == (FILE, len(FILE.encode()))


# --- values and descriptions ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (DataType.UINT8, "1"),
        (DataType.UINT8, (1,)),
        (DataType.AUINT8, 1),
        (DataType.AUINT8, "1"),
        (DataType.TEXT, 1),
        (DataType.TEXT, (1,)),
    ],
)
def test_a_value_of_another_type(kind: DataType, value: PropertyValue) -> None:
    with pytest.raises(ValueError, match="value"):
        write_value(kind, value)


def test_values_are_as_wide_as_their_type_says() -> None:
    for number, kind in enumerate((DataType.INT8, DataType.INT16, DataType.INT32, DataType.INT64)):
        size = 1 << number
        assert write_value(kind, -2) == (-2).to_bytes(size, "little", signed=True)
        unsigned = DataType(kind + 1)
        assert write_value(unsigned, 2) == (2).to_bytes(size, "little")
        assert write_value(DataType(kind | 0x4000), (-2,)) == b"\1\0\0\0" + b"\xfe".ljust(
            size, b"\xff"
        )
    for kind in (DataType.AINT128, DataType.AUINT128):
        assert read_value(kind, b"\1\0\0\0" + b"\3" + bytes(15)) == ((3,), 20)


def test_numbers_of_sixteen_bytes_have_a_sign_where_their_type_has_one() -> None:
    ones = b"\1\0\0\0" + b"\xff" * 16
    assert read_value(DataType.AINT128, ones) == ((-1,), 20)
    assert read_value(DataType.AUINT128, ones) == (((1 << 128) - 1,), 20)


@pytest.mark.parametrize("kind", [0, 0x0B, 0x4000, 0x400B, 0xFFFE])
def test_a_type_that_there_is_not(kind: int) -> None:
    with pytest.raises(DecodeError, match="is no type"):
        read_value(DataType(kind), bytes(16))


def test_a_description_of_a_string_may_end_after_its_head() -> None:
    found = DevicePropDesc.decode(bytes.fromhex("04d4 ffff 01"))
    assert found == DevicePropDesc(0xD404, DataType.TEXT, 1, "", "", None)


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        ("04d4 ffff 01 00 00 02 0500 0241000000 0242000000", ("A", "B")),
        ("04d4 ffff 01 00 00 02 0000", ()),
        ("07d4 0400 01 0000 0000 02 0300 0100 0200 03", (1, 2)),
        ("07d4 0400 01 0000 0000 02 0300 0100 0200", (1, 2)),
    ],
)
def test_fewer_choices_than_their_count_says(raw: str, values: tuple[PropertyValue, ...]) -> None:
    assert DevicePropDesc.decode(bytes.fromhex(raw)).form == Choices(values)


def test_a_form_that_nobody_knows_is_left_alone() -> None:
    assert DevicePropDesc.decode(bytes.fromhex("01d0 0200 00 0707 09")).form is None


def test_a_range_that_ends_early() -> None:
    with pytest.raises(DecodeError, match="DevicePropDesc"):
        DevicePropDesc.decode(bytes.fromhex("01d0 0200 00 0707 01 00ff"))
    whole = DevicePropDesc.decode(bytes.fromhex("01d0 0200 00 0707 01 00ff05"))
    assert whole.form == Range(0, 255, 5)


def test_as_many_choices_as_a_description_counts() -> None:
    most = DevicePropDesc(0xD001, DataType.UINT8, 1, 0, 0, Choices((7,) * 0xFFFF))
    assert len(most.encode()) == 5 + 2 + 3 + 0xFFFF
    with pytest.raises(ValueError, match="65536 choices are too many"):
        replace(most, form=Choices((7,) * 0x10000)).encode()
