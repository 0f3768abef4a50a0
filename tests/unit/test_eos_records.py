"""The records of GetEvent: real bytes, and rows that no camera would send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canon.errors import DecodeError
from canon.ptp.eos.layouts import DeviceInfoEx, ListedObjects
from canon.ptp.eos.records import (
    END,
    AvailListChanged,
    CameraStatusChanged,
    ObjectAddedEx,
    OlcInfoChanged,
    PropValueChanged,
    Record,
    RequestObjectTransferEx64,
    RequestObjectTransferEx64Lfn,
    UnknownRecord,
    WillSoonShutdown,
    pack_record,
    pack_records,
    places,
    read_records,
)
from canon.wire import Message

ADDED_400D = bytes.fromhex(
    "3c00000081c1000052639431010001000138000000000000200000008541270000009431506394"
    "31494d475f313538392e4a504700000000f8d2ed49"
)
SHOT_OLC_7 = bytes.fromhex(  # one answer after 9128(2, 0) and 9129(2), to the computer
    "0c0000008bc1000001000000"
    "1000000089c100001bd10000981d0200"
    "1000000089c10000c3d1000000000000"
    "12000000a5c100000a000000010000000400"
    "14000000a5c100000c0000001000000004020fb8"
    "0800000000000000"
)
WAITING_R1 = bytes.fromhex(
    "25000000b8c1000040c0321408b1000000000000d41ca6020000000000c032140600000000"
)


def read(data: bytes) -> Record:
    (record,) = read_records(data + END)
    assert pack_record(record) == data
    return record


def test_a_file_on_the_card_of_a_400d() -> None:
    record = read(ADDED_400D)
    assert record == ObjectAddedEx(
        0x31946352,
        0x00010001,
        0x3801,
        0,
        0x20,
        0x00274185,
        0x31940000,
        0x31946350,
        "IMG_1589.JPG",
        0x49EDD2F8,
    )


def test_a_shot_as_it_is_told() -> None:
    records = read_records(SHOT_OLC_7)
    assert records == [
        CameraStatusChanged(1),
        PropValueChanged(0xD11B, bytes.fromhex("981d0200")),
        PropValueChanged(0xD1C3, bytes(4)),
        OlcInfoChanged(10, 0x01, b"\x04\x00"),
        OlcInfoChanged(12, 0x10, b"\x04\x02\x0f\xb8"),
    ]
    assert pack_records(records) == SHOT_OLC_7
    assert records[3] == OlcInfoChanged.of(7, {0x01: b"\x04\x00"})


def test_a_picture_without_a_name_in_the_memory_of_a_late_body() -> None:
    record = read(WAITING_R1)
    assert record == RequestObjectTransferEx64Lfn(
        0x1432C040, 0xB108, 0, 0x02A61CD4, 0x1432C000, 6, ""
    )


@pytest.mark.parametrize(
    ("rest", "name"),
    [
        (b"IMG_0001.CR3\0", "IMG_0001.CR3"),
        (b"\xb0\x73\x00\x30\0\0\0\0IMG_0001.CR3\0\0\0\0", "IMG_0001.CR3"),
        (b"\xb0\x73\x00\x30\0\0\0\0", ""),
        (b"", ""),
    ],
)
def test_the_name_of_a_waiting_picture_is_looked_for(rest: bytes, name: str) -> None:
    assert RequestObjectTransferEx64(0x300073B1, 0xB108, 0, 9, rest).name == name


def test_a_named_picture_waits() -> None:
    record = RequestObjectTransferEx64.named(0x300073B1, 0xB108, 1 << 33, "IMG_0001.CR3")
    assert read_records(pack_records([record])) == [record]
    assert (record.name, record.size) == ("IMG_0001.CR3", 1 << 33)


def test_a_list_of_numbers() -> None:
    record = read(bytes.fromhex("1c0000008ac100001cd1000003000000020000000200000004000000"))
    assert isinstance(record, AvailListChanged)
    assert record.numbers() == (2, 4)


def test_a_list_that_says_it_has_more_than_is_there() -> None:
    record = AvailListChanged(0xD101, 3, 0xFFFFFFFF, b"\x08\0\0\0\x0b\0")
    assert record.numbers() == (8,)


FULL = 0x1FFF


@pytest.mark.parametrize(
    ("version", "size", "iso", "focus"),
    [
        (0x07, 62, 4, 6),  # the 1300D: one byte less than others of its version
        (0x07, 63, 4, 6),
        (0x08, 67, 4, 6),
        (0x0B, 65, 4, 6),
        (0x0F, 74, 4, 6),
        (0x10, 74, 4, 6),  # the M50
        (0x10, 76, 6, 6),  # the SX740 HS: the same version, another layout
        (0x11, 76, 6, 6),
        (0x12, 81, 6, 7),
        (0x13, 82, 7, 7),
        (0x14, 84, 7, 7),
        (0x99, 84, 7, 7),
    ],
)
def test_the_groups_of_a_display(version: int, size: int, iso: int, focus: int) -> None:
    data = bytes(range(size))
    groups = OlcInfoChanged(0, FULL, data).groups(version)
    assert b"".join(groups.values()) == data
    assert (len(groups[0x08]), len(groups[0x100])) == (iso, focus)


def test_groups_that_fit_no_layout() -> None:
    assert OlcInfoChanged(0, FULL, bytes(61)).groups(0x07) == {}
    assert OlcInfoChanged(0, 0xE000, b"ab").groups(0x07) == {}


@pytest.mark.parametrize("version", [0x07, 0x0F])
def test_the_length_of_a_display_record_by_version(version: int) -> None:
    record = OlcInfoChanged.of(version, {0x10: b"\4\1\0\7", 0x01: b"\1\0"})
    assert pack_record(record)[16:] == b"\1\0\4\1\0\7"
    assert len(pack_record(record)) - record.length == (8 if version < 0x0F else 4)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(8),
        b"\7\0\0\0\x89\xc1\0\0" * 3,
        b"\xff\xff\xff\xff\x89\xc1\0\0" + bytes(8),
        END + ADDED_400D,
    ],
)
def test_a_row_that_ends_at_once(data: bytes) -> None:
    assert read_records(data) == []


def test_what_comes_before_an_impossible_size_is_read() -> None:
    assert len(read_records(ADDED_400D + bytes(8) + ADDED_400D)) == 1
    assert len(read_records(ADDED_400D * 2 + ADDED_400D[:-1])) == 2


def test_unknown_records_are_kept() -> None:
    data = bytes.fromhex("0c000000f6c1000001000000")
    assert read(data) == UnknownRecord(0xC1F6, b"\1\0\0\0")
    assert read(bytes.fromhex("0a0000008bc100000100")) == UnknownRecord(0xC18B, b"\1\0")


def test_fields_that_some_bodies_leave_out() -> None:
    assert read_records(bytes.fromhex("080000008dc10000")) == [WillSoonShutdown()]


def test_what_follows_the_known_fields_is_kept() -> None:
    record = read(bytes.fromhex("100000008bc100000000000007000000"))
    assert record == CameraStatusChanged(0, b"\7\0\0\0")


codes = st.sampled_from([*Record.known, 0xC1F6])


@given(st.lists(st.tuples(codes, st.binary(max_size=80)), max_size=6), st.binary(max_size=40))
def test_any_row_ends_and_packs_to_what_reads_the_same(
    rows: list[tuple[int, bytes]], tail: bytes
) -> None:
    data = b"".join(pack_record(UnknownRecord(code, fields)) for code, fields in rows)
    records = read_records(data + tail)
    assert len(records) <= len(data + tail) // 8
    assert [place.code for place in places(data)] == [code for code, _ in rows]
    assert read_records(pack_records(records)) == records


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (ListedObjects, "ffffffff"),
        (ListedObjects, "ffffffff 38000000" + 52 * "00"),
        (ListedObjects, "01000000 ffffffff" + 52 * "00"),
        (ListedObjects, "01000000 00000000" + 52 * "00"),
        (DeviceInfoEx, "10000000 ffffffff 81c10000"),
    ],
)
def test_lists_that_say_they_are_long(kind: type[Message], data: str) -> None:
    with pytest.raises(DecodeError):
        kind.decode(bytes.fromhex(data))
