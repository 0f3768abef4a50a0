"""How values become bytes: the rules of canon.wire, and every message both ways."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import message, messages, of_codec

from canon.errors import DecodeError
from canon.ptp.datasets import DevicePropDesc
from canon.wire import (
    Buffer,
    Code,
    Codec,
    Inner,
    Message,
    OpenEnum,
    Raw,
    Text,
    at,
    latin,
    s8,
    size_of,
    smallest,
    take,
    u8,
    u16,
    u32,
    unexplained,
)


class Flash(OpenEnum):
    """When a flash fires."""

    OFF = 0
    AUTO = 1
    ON = 2


class Row(Message):
    """A name in eight bytes, and a number."""

    name: Annotated[str, Text(8)]
    count: u16


class Spaced(Message, padded=12):
    """A byte, a gap, a number; zeros up to twelve bytes."""

    first: u8
    second: u32 = at(4)


class Mixed(Message):
    """Everything that wire.py knows, the last field as long as it likes."""

    row: Annotated[Row, Inner(Row)]
    flash: Annotated[Flash, Code(Flash, 1)]
    change: s8
    unknown_mark: Annotated[bytes, Raw(2)]
    rest: Annotated[bytes, Raw()]


class Numbers(Message, padded=16):
    """Nothing but numbers: they are read and written in one go."""

    first: u8
    change: s8
    flash: Annotated[Flash, Code(Flash, 2)]
    last: u32 = at(8)


@pytest.mark.parametrize("kind", messages(), ids=lambda kind: kind.__name__)
@settings(max_examples=60)
@given(st.data())
def test_every_message_comes_back_as_it_went(kind: type[Message], data: st.DataObject) -> None:
    sent = data.draw(message(kind))
    raw = sent.encode()
    assert kind.decode(raw) == sent
    if kind is not DevicePropDesc:  # which has no layout: its values have the type that it names
        assert smallest(kind) <= len(raw)
        assert size_of(kind) in (None, len(raw))
    _, end = kind.read(bytes(3) + raw, 3)
    assert end == 3 + len(raw)


def test_a_codec_without_a_strategy_is_a_failure() -> None:
    class Odd(Codec[int]):
        smallest, fixed = 1, True

        def read(self, buffer: Buffer, at: int) -> tuple[int, int]:
            return buffer[at], at + 1

        def write(self, value: int) -> bytes:
            return bytes([value])

    with pytest.raises(LookupError, match="Odd"):
        of_codec(Odd())


def test_messages_are_found_by_walking_the_layout_modules() -> None:
    names = {kind.__name__ for kind in messages()}
    assert {"Identity", "GetDirectory", "ReleaseParameters", "CaptureStatus"} <= names
    assert {"Container", "ObjectInfo", "GetObject", "FolderEntry", "CaptureComplete"} <= names
    assert "Row" not in names


# --- offsets, gaps, padding -----------------------------------------------------------------------


def test_gaps_and_padding_are_zeros() -> None:
    assert Spaced(1, 2).encode() == bytes.fromhex("01000000 02000000 00000000")
    assert size_of(Spaced) == smallest(Spaced) == 12


def test_padding_that_is_not_there_is_an_error() -> None:
    with pytest.raises(DecodeError, match="12 bytes wanted, 8 are left"):
        Spaced.decode(bytes(8))


def test_surplus_bytes_are_left_alone() -> None:
    assert Row.decode(b"name\0\0\0\0\x07\0surplus") == Row("name", 7)


def test_a_message_can_lie_anywhere_in_a_buffer() -> None:
    data = memoryview(b"??" + Spaced(1, 2).encode() + b"!")
    assert Spaced.read(data, 2) == (Spaced(1, 2), 14)


def test_a_message_of_varying_length_has_no_size() -> None:
    assert size_of(Mixed) is None
    assert smallest(Mixed) == 14


def test_numbers_in_one_go() -> None:
    raw = bytes.fromhex("01 fe 0200 00000000 04030201 00000000")
    numbers = Numbers(1, -2, Flash.ON, 0x01020304)
    assert numbers.encode() == Numbers(last=0x01020304, flash=2, change=-2, first=1).encode() == raw  # type: ignore[arg-type]
    assert Numbers.read(b"?" + raw, 1) == (numbers, 17)
    assert Numbers.decode(raw).flash is Flash.ON
    with pytest.raises(ValueError, match="300 does not fit in 1 bytes"):
        Numbers(300, 0, Flash.ON, 0).encode()
    with pytest.raises(
        DecodeError, match=r"Numbers\.last at offset 0x8: 4 bytes wanted, 3 are left"
    ):
        Numbers.decode(raw[:11])
    with pytest.raises(DecodeError, match="16 bytes wanted, 12 are left"):
        Numbers.decode(raw[:12])
    with pytest.raises(DecodeError, match="first at offset -0x1"):
        Numbers.read(raw, -1)


# --- what does not fit ----------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "size"), [(0, 5), (4, 1), (-1, 2), (0, -1), (9, 0)])
def test_nothing_reads_past_the_end(start: int, size: int) -> None:
    with pytest.raises(DecodeError) as caught:
        take(b"four", start, size)
    assert caught.value.offset == start


def test_bytes_are_taken_without_a_copy() -> None:
    buffer = bytearray(b"abcd")
    piece = take(buffer, 1, 2)
    buffer[1] = 0x7A
    assert bytes(piece) == b"zc"


def test_an_error_names_the_outermost_message_and_its_field() -> None:
    with pytest.raises(DecodeError, match=r"Mixed\.row at offset 0x8") as caught:
        Mixed.decode(b"eight by")
    error = caught.value
    assert (error.message, error.field, error.offset) == ("Mixed", "row", 8)


def test_an_error_without_a_name_says_message() -> None:
    assert DecodeError("it is odd", 3).detail == "message at offset 0x3: it is odd"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (Row("eight by", 1), "longer than 7"),
        (Row("no\0n", 1), "NUL"),
        (Row("☃", 1), "cannot store"),
        (Row("big", 0x10000), "does not fit in 2 bytes"),
        (Row("negative", -1), "longer than 7"),
        (Mixed(Row("", 0), Flash.ON, 128, b"ab", b""), "does not fit in 1 bytes"),
        (Mixed(Row("", 0), Flash.ON, 0, b"abc", b""), "3 bytes given, 2 wanted"),
    ],
)
def test_a_value_that_does_not_fit_is_the_callers_mistake(value: Message, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        value.encode()


def test_strings_are_latin_1() -> None:
    assert latin("é") == b"\xe9"
    assert Row.decode(b"\xe9t\xe9\0\0\0\0\0\x01\0").name == "été"


def test_a_string_may_fill_its_room() -> None:
    assert Row.decode(b"eight by\x01\0").name == "eight by"


def test_an_unknown_code_keeps_its_number() -> None:
    decoded = Mixed.decode(b"\0\0\0\0\0\0\0\0\0\0" + b"\x63" + b"\xff" + b"ab")
    assert decoded.flash == 0x63
    assert decoded.flash.name == "UNKNOWN_0x63"
    assert decoded.change == -1
    assert decoded.encode()[10] == 0x63


def test_a_message_is_a_frozen_value() -> None:
    row = Row("a", 1)
    with pytest.raises(AttributeError):
        row.count = 2  # type: ignore[misc]  # that it cannot be done is what is shown
    with pytest.raises(AttributeError):
        del row.count
    assert row == Row("a", 1)
    assert len({row, Row("a", 1)}) == 1


@pytest.mark.parametrize(
    ("values", "named"),
    [((), {}), (("a",), {}), (("a", 1, 2), {}), (("a",), {"size": 1}), (("a", 1), {"size": 1})],
)
def test_a_message_is_made_of_all_its_fields(values: Any, named: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="Row takes name, count"):
        Row(*values, **named)


# --- what nobody can explain ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "data", "odd"),
    [
        (Row, b"name\0\0\0\0\x01\0", []),
        (Row, b"name\0\0?\0\x01\0", [(5, b"\0?\0")]),
        (Row, b"name\0\0\0\0\x01\0surplus", [(10, b"surplus")]),
        (Spaced, bytes.fromhex("01000000 02000000 00000000"), []),
        (Spaced, bytes.fromhex("01000900 02000000 00000000"), [(1, b"\0\x09\0")]),
        (
            Mixed,
            b"name\0\0\0?\x01\0" + b"\x02\x03" + b"??" + b"rest",
            [(5, b"\0\0?"), (12, b"??")],
        ),
    ],
)
def test_unexplained_bytes_are_found(
    kind: type[Message], data: Buffer, odd: list[tuple[int, bytes]]
) -> None:
    assert unexplained(kind, data) == odd


def test_what_lies_in_the_padding_is_unexplained() -> None:
    data = bytes.fromhex("01000000 02000000 00070000")
    assert unexplained(Spaced, data) == [(8, bytes.fromhex("00070000"))]
