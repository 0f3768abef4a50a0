"""Structures of an EOS: image formats, custom functions, picture styles, focus, live frames."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canon.errors import DecodeError
from canon.ptp.eos.codes import ROWS
from canon.ptp.eos.focus import read_focus
from canon.ptp.eos.formats import (
    CustomFunctions,
    ImageFormats,
    Styles,
    Timezone,
    format_entries,
)
from canon.ptp.eos.frames import (
    EvfKind,
    EvfRecord,
    pack_frame,
    read_frame,
)
from canon.ptp.eos.records import places
from canon.values import Format
from canon.values.looks import Style
from canon.values.view import AfFrame, AfState, Rectangle
from conftest import recorded, table

FORMATS, STYLES = ImageFormats(), Styles()


def words(*numbers: int) -> bytes:
    return b"".join((number & 0xFFFFFFFF).to_bytes(4, "little") for number in numbers)


# --- image formats --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (words(1, 16, 1, 0, 3), "large-fine"),
        (words(1, 16, 6, 0, 4), "raw"),
        (words(1, 16, 6, 0, 3), "craw"),
        (words(1, 16, 6, 1, 4), "mraw"),
        (words(1, 16, 6, 2, 4), "sraw"),
        (words(2, 16, 6, 0, 4, 16, 1, 0, 3), "raw+large-fine"),
        (words(2, 16, 6, 0, 4, 16, 1, 14, 3), "raw+small-1-fine"),
        (words(1, 16, 1, 5, 2), "medium-1-normal"),
        (words(1, 16, 1, 2, 0), "small-custom"),
    ],
)
def test_formats(raw: bytes, name: str) -> None:
    assert FORMATS.value(raw) == Format(name)
    assert FORMATS.code(Format(name)) == raw


def test_every_entry_of_the_specification_is_a_format() -> None:
    lines = table("eos_imageformat_entries.csv").read_text().splitlines()[1:]
    for line in lines:
        _, kind, size, compression, _ = line.split(",")
        raw = words(1, 16, int(kind), int(size, 16), int(compression))
        assert FORMATS.value(raw).code is None
        assert FORMATS.code(FORMATS.value(raw)) == raw


def test_a_single_file_may_be_padded() -> None:
    raw = words(1, 16, 6, 0, 4, 0, 0, 0, 0)  # as an EOS R has it
    assert FORMATS.value(raw) == Format("raw")
    assert ROWS["image_format"].write(Format("raw"), [raw]) == raw


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (words(1, 16, 7, 9, 3), "unknown-0x1070903"),
        (words(2, 16, 1, 0, 3, 16, 1, 1, 3), "unknown-0x2010003010103"),  # a JPEG on each card
    ],
)
def test_formats_without_a_name_keep_their_numbers(raw: bytes, name: str) -> None:
    value = FORMATS.value(raw)
    assert str(value) == name
    assert FORMATS.code(value) == FORMATS.code(Format.parse(name)) == raw


def test_a_heif_is_written_as_the_body_lists_it() -> None:
    heif, other = words(1, 16, 8, 0, 3), words(1, 16, 8, 2, 2)
    both = words(2, 16, 6, 0, 3, 16, 8, 0, 3)
    assert FORMATS.value(heif) == Format("heif-large-fine")
    assert FORMATS.value(both) == Format("craw+heif-large-fine")
    assert FORMATS.code(Format("heif-large-fine")) is None
    row = ROWS["image_format"]
    for raw in heif, other, both:
        assert row.write(row.read(raw), [heif, other, both]) == raw
    assert row.write(Format("heif-large-fine"), [other]) is None


@pytest.mark.parametrize("raw", [b"", words(0), words(3), words(1, 16, 1), words(0xFFFFFFFF) * 9])
def test_what_is_no_format(raw: bytes) -> None:
    assert FORMATS.code(FORMATS.value(raw)) is None
    assert list(format_entries(raw)) == []


def test_a_format_of_another_dialect_is_not_written() -> None:
    assert FORMATS.code(Format.unknown("native", 0x1070003)) is None


# --- custom functions -----------------------------------------------------------------------------

GROUP_5DSR = words(0x20, 1, 2, 0x14, 1, 0x40A, 1, 0x47)


def test_a_group_of_a_5dsr() -> None:
    told = CustomFunctions.decode(GROUP_5DSR)
    assert told.encode() == GROUP_5DSR
    assert [group.number for group in told.groups] == [2]
    assert told.get(0x40A) == (0x47,)
    assert told.get(0x101) is None
    assert told.with_values(0x40A, (0x48,)).encode() == GROUP_5DSR[:-4] + words(0x48)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        words(8, 0xFFFFFFFF),
        words(0x20, 1, 2, 0x14, 0xFFFFFFFF, 0x40A, 1, 0x47),
        words(0x20, 1, 2, 0x14, 1, 0x40A, 0xFFFFFFFF, 0x47),
        words(0x20, 1, 2, 0xFFFFFFFF, 1, 0x40A, 1, 0x47),
        words(0x20, 1, 2, 0x10, 1, 0x40A, 1, 0x47),
    ],
)
def test_custom_functions_that_cannot_be(raw: bytes) -> None:
    with pytest.raises(DecodeError):
        CustomFunctions.decode(raw)


# --- picture styles, and where the body is --------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "style"),
    [
        # Canon's own program set these on a 400D.
        (words(0x1C, 1, 3, 2, 4, 0, 0), Style(1, 3, 2, 4)),
        (words(0x20, 0x81, -4, 3, 0, 0, 0, 0), Style(-4, 3, 0, 0, base=0x81)),
        (words(0x28, 1, 0, 4, 0, 0, 0, 0, 2, 4), Style(0, 4, 0, 0, fineness=2, threshold=4)),
        (
            words(0x2C, 1, 0x87, 0, 4, 0, 0, 0, 0, 2, 3),
            Style(0, 4, 0, 0, fineness=2, threshold=3, base=0x87),
        ),
    ],
)
def test_picture_styles(raw: bytes, style: Style) -> None:
    assert STYLES.value(raw) == style
    assert STYLES.code(style) == raw
    assert Style.parse(str(style)) == style


def test_picture_styles_that_are_none() -> None:
    for raw in b"", words(0x1D, *[0] * 6), words(0x28, 2, *[0] * 8), bytes(16):
        assert STYLES.value(raw) == raw
        assert STYLES.code(raw) == raw
    assert STYLES.code(Style(0, 0, 0, 0, fineness=1)) is None
    assert STYLES.code(Style(1 << 31, 0, 0, 0)) is None
    for typed in "vivid", "contrast=1", "contrast=1 sharpness=2 saturation=x color-tone=0":
        with pytest.raises(ValueError, match="no picture style"):
            Style.parse(typed)


def test_a_time_zone() -> None:
    zone = Timezone.decode(words(12, 0x1B, -300))
    assert (zone.city, zone.minutes) == (0x1B, -300)


# --- focus ----------------------------------------------------------------------------------------


def test_the_points_of_a_60d() -> None:
    raw = bytes.fromhex(
        "6400000060000000090009004014800d4014800d6c0058005800580081005800580058006c005600"
        "6b006b006b0083006b006b006b0056000000a4fc5c03a8fa00005805a4fc5c030000e70289018901"
        "00000000000077fe77fe19fd000010000000ffff"
    )
    told = read_focus(raw)
    assert (told.head.width, told.head.height, told.head.version) == (5184, 3456, 0)
    assert len(told.points) == 9
    point = told.points[4]
    assert (point.x, point.y, point.width, point.height) == (0, 0, 0x83, 0x81)
    assert told.selected == ()
    assert told.unknown == bytes.fromhex("10000000ffff")


def focus(count: int, used: int, rest: bytes) -> bytes:
    head = words(20 + len(rest)) + (16 + len(rest)).to_bytes(2, "little") + bytes(2)
    return head + count.to_bytes(2, "little") + used.to_bytes(2, "little") + bytes(8) + rest


def test_selected_points() -> None:
    told = read_focus(focus(9, 9, bytes(72) + b"\x11\x01"))
    assert [at for at, point in enumerate(told.points) if point.selected] == [0, 4, 8]


def test_a_body_that_has_told_no_points_yet() -> None:
    assert read_focus(focus(0, 0, b"")).points == ()
    assert read_focus(bytes(100)).points == ()


@pytest.mark.parametrize("raw", [b"", focus(9, 10, bytes(99)), focus(0xFFFF, 0xFFFF, bytes(80))])
def test_points_that_are_not_there(raw: bytes) -> None:
    with pytest.raises(DecodeError):
        read_focus(raw)


# --- live frames ----------------------------------------------------------------------------------


def frame_4000d() -> bytes:
    line = json.loads(recorded("ptp/canon-eos-4000d-liveview.ptpip.jsonl").splitlines()[0])
    return bytes.fromhex(line["data"])


def test_a_frame_of_a_4000d() -> None:
    raw = frame_4000d()
    frame = read_frame(raw)
    assert bytes(frame.jpeg[:2]) == b"\xff\xd8"
    assert len(frame.jpeg) == 80025
    assert (frame.zoom, frame.field) == (1, (5160, 3444))
    assert frame.zoom_rectangle == Rectangle(2064, 1378, 1032, 688)
    assert frame.af_frames == (AfFrame(AfState.IDLE, True, Rectangle(2322, 1378, 516, 688)),)
    assert frame.histogram is not None
    assert {sum(frame.histogram.luminance), sum(frame.histogram.red)} == {154080}
    assert frame.histogram.blue is None
    assert (frame.image, frame.level, frame.focal_length) == (None, None, None)


def test_a_frame_packs_to_its_bytes() -> None:
    raw = frame_4000d()
    assert pack_frame(EvfRecord(p.code, raw[p.start : p.end]) for p in places(raw) if p.code) == raw


def test_what_other_bodies_tell() -> None:
    planes = [number for plane in range(4) for number in [plane] * 256]
    frame = read_frame(
        pack_frame(
            [
                EvfRecord(EvfKind.JPEG, b"\xff\xd8"),
                EvfRecord(EvfKind.AF_FRAMES, words(1, 0x30, 1, 0xA70, 0x4C0, 0x1AE, 0x1AE)),  # 70D
                EvfRecord(EvfKind.PLANAR_HISTOGRAM, words(*planes)),
                EvfRecord(EvfKind.IMAGE_RECTANGLE, words(2184, 1456, 1104, 736)),  # a 6D
                EvfRecord(EvfKind.LEVEL, words(2, 0, 35990, 150)),  # an R50
                EvfRecord(EvfKind.FOCAL_LENGTH, words(45)),
            ]
        )
    )
    assert frame.af_frames is not None
    assert frame.af_frames[0].state is AfState.TRACKING
    assert frame.histogram is not None
    assert frame.histogram.blue == (3,) * 256
    assert frame.image == Rectangle(2184, 1456, 1104, 736)
    assert (frame.level, frame.focal_length) == ((359.9, 1.5), 45)


@pytest.mark.parametrize(
    "raw",
    [b"", words(0, 1), words(7, 1), words(0xFFFFFFFF, 1), words(8, 0) + words(8, 1)],
)
def test_a_frame_without_a_picture(raw: bytes) -> None:
    assert bytes(read_frame(raw).jpeg) == b""


def test_af_frames_that_are_not_there() -> None:
    frame = read_frame(pack_frame([EvfRecord(EvfKind.AF_FRAMES, words(0xFFFFFFFF, 0x10, 1, 0))]))
    assert frame.af_frames == ()


# --- any bytes ------------------------------------------------------------------------------------

some = st.binary(max_size=200) | st.lists(st.integers(0, 40), max_size=40).map(
    lambda numbers: words(*numbers)
)


def wholly(value: Any) -> None:
    """Read everything that a frame has to say."""
    for name in dir(type(value)):
        if not name.startswith("_"):
            getattr(value, name)


@given(some)
def test_any_bytes_are_some_format_or_none(raw: bytes) -> None:
    value = FORMATS.value(raw)
    packed = FORMATS.code(value)
    assert packed is None or FORMATS.value(packed) == value
    assert b"".join(format_entries(raw)) == raw[: sum(map(len, format_entries(raw)))]
    assert STYLES.code(STYLES.value(raw)) == raw


@given(some)
def test_any_bytes_are_custom_functions_or_an_error(raw: bytes) -> None:
    try:
        told = CustomFunctions.decode(raw)
    except DecodeError:
        return
    assert raw.startswith(told.encode())


@given(some)
def test_any_bytes_are_focus_points_or_an_error(raw: bytes) -> None:
    try:
        told = read_focus(raw)
    except DecodeError:
        return
    assert len(told.points) == told.head.used


kinds = st.sampled_from(EvfKind) | st.integers(0, 0xFFFFFFFF)


@given(st.lists(st.builds(EvfRecord, kinds, some), max_size=6), some)
def test_any_frame_is_read(records: list[EvfRecord], tail: bytes) -> None:
    wholly(read_frame(pack_frame(records)))
    wholly(read_frame(tail))
