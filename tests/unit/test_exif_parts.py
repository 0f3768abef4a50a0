"""A part of a picture file that makes no sense costs nothing but itself; all kinds are read."""

from __future__ import annotations

import io
import itertools
import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from functools import partial

import pytest
from exif_helpers import exiftool
from hypothesis import given
from hypothesis import strategies as st

from canon import exif
from canon.errors import DecodeError
from canon.virtual.pictures.exif import CR2_JPEG, Exposure, app1
from canon.virtual.pictures.ifd import (
    Field,
    directory,
    long,
    moment,
    rational,
    signed_rational,
    text,
    undefined,
    words,
)
from canon.virtual.pictures.raw import cr2, crw
from canon.virtual.pictures.scene import photograph

SMALL = b"\xff\xd8\xff\xdb\0\0\xff\xd9"
SHOT = Exposure(
    datetime(2004, 6, 5, 12, 30),
    number=1230047,
    model="Canon EOS 300D",
    model_id=0x80000170,
    owner="Ada Lovelace",
    width=3072,
    height=2048,
    quality=None,
    orientation=6,
    exposure_time=Fraction(1, 125),
    aperture=5.6,
    iso=400,
    focal_length=20.0,
)
PHOTO = photograph(replace(SHOT, width=320, height=240))


def note(at: int, owner: str = "Ada Lovelace") -> bytes:
    """A MakerNote: the sensitivity is ISO 50."""
    return directory(at, (words(4, 8, 0, 128, 0), text(9, owner)))


def picture(
    maker: Callable[[int], bytes] = note,
    *,
    main: tuple[Field, ...] = (),
    shot: tuple[Field, ...] = (),
    thumbnail: tuple[int, int] | None = None,
) -> bytes:
    """The head of a JPEG with EXIF.

    Args:
        maker: makes the MakerNote that lies at an offset.
        main: what goes in place of, or beside, the entries of the main directory.
        shot: the same of the directory of the shot.
        thumbnail: where it is said to be, and how long.
    """

    def block(exif_at: int, note_at: int, second_at: int, small_at: int) -> tuple[bytes, ...]:
        entries = [
            text(0x010F, "Canon"),
            text(0x0110, "Canon PowerShot X0"),
            words(0x0112, 6),
            long(0x8769, exif_at),
        ]
        taken = [
            rational(0x829A, 1, 125),
            rational(0x829D, 28, 10),
            moment(0x9003, datetime(2004, 6, 5, 12, 30)),
            rational(0x920A, 71, 10),
            undefined(0x927C, maker(note_at)),
            long(0xA002, 640),
            long(0xA003, 480),
        ]
        start, length = thumbnail or (small_at, len(SMALL))
        second = directory(second_at, (long(0x0201, start), long(0x0202, length)))
        return (
            directory(8, _with(entries, main), then=second_at),
            directory(exif_at, _with(taken, shot)),
            second,
        )

    at = (0, 0, 0, 0)
    for _ in range(4):
        first, exposure, second = block(*at)
        exif_at = 8 + len(first)
        second_at = exif_at + len(exposure)
        note_at = exif_at + exposure.rfind(maker(at[1]))
        at = exif_at, note_at, second_at, second_at + len(second)
    tiff = b"II*\0\x08\0\0\0" + first + exposure + second + SMALL
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff + b"\xff\xd9"


def _with(entries: list[Field], others: tuple[Field, ...]) -> list[Field]:
    by_tag = {field.tag: field for field in (*entries, *others)}
    return [by_tag[tag] for tag in sorted(by_tag)]


WHOLE = exif.Exif(
    maker="Canon",
    model="Canon PowerShot X0",
    owner="Ada Lovelace",
    taken=datetime(2004, 6, 5, 12, 30),
    exposure_time=Fraction(1, 125),
    f_number=2.8,
    iso=50,
    focal_length=7.1,
    width=640,
    height=480,
    orientation=6,
)


def test_a_whole_head_is_read_as_exiftool_reads_it() -> None:
    told = exiftool(picture())
    assert exif.read(picture()) == WHOLE
    assert exif.thumbnail(picture()) == SMALL
    assert told["Canon:OwnerName"] == WHOLE.owner
    assert told["Canon:BaseISO"] == WHOLE.iso
    assert told["IFD0:Orientation"] == WHOLE.orientation


# --- one part costs itself -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "maker",
    [
        lambda at: struct.pack("<H", 3072) + bytes(200),  # entries that nobody wrote
        lambda at: b"\xff",
        lambda at: struct.pack("<HHHII", 1, 9, 2, 0xFFFFFFFF, 0xFFFFFFF0),
        lambda at: bytes(40),
        lambda at: b"not a directory at all, whatever it is",
    ],
)
def test_a_maker_note_that_makes_no_sense_costs_what_is_in_it(
    maker: Callable[[int], bytes],
) -> None:
    head = picture(maker)
    assert exif.read(head) == replace(WHOLE, owner="", iso=None)
    assert exif.thumbnail(head) == SMALL


@pytest.mark.parametrize("by", [4, 40, 262, 4096, 1 << 30])
@pytest.mark.parametrize("padded", [0, 64])
@pytest.mark.parametrize("footed", [False, True])
def test_a_maker_note_that_was_moved_is_read_where_it_is(
    by: int, padded: int, footed: bool
) -> None:
    """An editor moves it and leaves the offsets; later bodies note at its end where it lay."""

    def moved(at: int) -> bytes:
        whole = note(at + by) + bytes(padded)
        return whole + (b"II*\0" + struct.pack("<I", at + by) if footed else b"")

    head = picture(moved)
    assert exif.read(head) == WHOLE
    if footed:
        assert exiftool(head)["Canon:OwnerName"] == WHOLE.owner


def test_a_maker_note_keeps_its_byte_order_where_a_program_changes_that_of_the_rest() -> None:
    other = struct.pack(">HHHII", 1, 0x0009, 2, 4, 0x41646100) + bytes(4)
    assert exif.read(picture(lambda at: other)).owner == "Ada"


@pytest.mark.parametrize(
    ("field", "lost"),
    [
        (Field(0x0110, 2, 1 << 20, b"\xf0\xff\xff\x7f"), {"model": ""}),
        (Field(0x0110, 99, 4, b"what"), {"model": ""}),
        (Field(0x0110, 7, 4, b"what"), {"model": ""}),
        (Field(0x0112, 3, 0, b""), {"orientation": None}),
        (words(0x0112, 0), {"orientation": None}),
        (words(0x0112, 36865), {"orientation": None}),
    ],
)
def test_a_value_that_makes_no_sense_costs_itself(field: Field, lost: dict[str, object]) -> None:
    field = field if len(field.data) == 4 else field._replace(data=field.data.ljust(4, b"\0"))
    assert exif.read(picture(main=(field,))) == replace(WHOLE, **lost)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "lost"),
    [
        (rational(0x829A, 0), "exposure_time"),
        (rational(0x829A, 1, 0), "exposure_time"),
        (rational(0x829A, 0xFFFFFFFF), "exposure_time"),
        (rational(0x829A, 1, 0xFFFFFFFF), "exposure_time"),
        (signed_rational(0x829A, -1, 60), "exposure_time"),
        (rational(0x829D, 0), "f_number"),
        (rational(0x829D, 0, 0), "f_number"),
        (rational(0x829D, 0xFFFFFFFF), "f_number"),
        (Field(0x829D, 11, 1, struct.pack("<f", float("nan"))), "f_number"),
        (Field(0x829D, 12, 1, struct.pack("<d", float("inf"))), "f_number"),
        (rational(0x920A, 0), "focal_length"),
        (rational(0x920A, 0xFFFFFFFF), "focal_length"),
        (long(0xA002, 0), "width"),
        (long(0xA003, 0xFFFFFFFF), "height"),
        (text(0x9003, "0000:00:00 00:00:00"), "taken"),
        (text(0x9003, "    :  :     :  :  "), "taken"),
        (text(0x9003, "2004:02:30 12:00:00"), "taken"),
    ],
)
def test_a_number_that_cannot_be_true_is_unknown(field: Field, lost: str) -> None:
    head = picture(shot=(field,))
    assert exif.read(head) == replace(WHOLE, **{lost: None})  # type: ignore[arg-type]


@pytest.mark.parametrize("unset", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2004", ""])
def test_a_time_that_was_never_set_does_not_hide_the_other(unset: str) -> None:
    head = picture(shot=(text(0x9003, unset), moment(0x9004, datetime(2003, 6, 14, 9, 30))))
    assert exif.read(head).taken == exif.taken(head) == datetime(2003, 6, 14, 9, 30)


@pytest.mark.parametrize(
    ("fields", "iso"),
    [
        ((words(0x8827, 0),), 50),  # the MakerNote tells
        ((words(0x8827, 0xFFFF), long(0x8832, 102400)), 102400),
        ((words(0x8827, 0xFFFF), long(0x8832, 0xFFFFFFFF)), 50),
        ((long(0x8827, 3200),), 3200),
    ],
)
def test_a_sensitivity_comes_from_where_it_is_told(fields: tuple[Field, ...], iso: int) -> None:
    assert exif.read(picture(shot=fields)).iso == iso


@pytest.mark.parametrize(("code", "iso"), [(0x7FFF, None), (15, None), (18, 200), (0x4190, 400)])
def test_a_sensitivity_that_was_only_set_is_told_too(code: int, iso: int | None) -> None:
    settings = words(1, *(code if at == 16 else 0 for at in range(20)))
    assert exif.read(picture(lambda at: directory(at, (settings,)))).iso == iso


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (1, b"\x02\0\0\0"),
        (3, b"\x02\0\0\0"),
        (4, b"\x02\0\0\0"),
        (8, b"\x02\0\0\0"),
        (9, b"\x02\0\0\0"),
        (11, struct.pack("<f", 2)),
        (12, struct.pack("<d", 2)),
        (10, struct.pack("<ii", -4, -2)),
    ],
)
def test_a_number_is_read_whatever_its_type(kind: int, raw: bytes) -> None:
    assert exif.read(picture(shot=(Field(0x829D, kind, 1, raw),))).f_number == 2


def test_a_directory_of_the_shot_that_is_not_there_costs_what_is_in_it() -> None:
    for at in 0, 0x7FFFFFF0:
        head = picture(main=(long(0x8769, at),))
        assert exif.read(head) == exif.Exif("Canon", "Canon PowerShot X0", orientation=6)


def test_a_head_that_is_cut_tells_what_is_in_it() -> None:
    head = picture()
    read = [exif.read(head[:end]) for end in range(40, len(head))]
    assert read[0] == exif.Exif()
    assert read[-1] == WHOLE
    for before, after in itertools.pairwise(read):
        for name in vars(before):
            assert getattr(before, name) in ("", None, getattr(after, name))


def test_a_thumbnail_that_is_not_all_there_is_said_to_be_somewhere() -> None:
    head = picture(thumbnail=(0x1000, 11000))
    with pytest.raises(DecodeError, match="a thumbnail of 11000 bytes, and 0 of them are here"):
        exif.thumbnail(head)
    assert exif.read(head) == WHOLE


def test_what_a_jpeg_may_have_before_its_exif_is_passed_over() -> None:
    head = picture()
    other = b"\xff\xe1\0\x0chttp://n\0\0\xff\xff\xff"  # another APP1, and bytes that fill up
    assert exif.read(head[:2] + other + head[2:]) == WHOLE
    assert exif.thumbnail(head[:2] + other + head[2:]) == SMALL


def test_a_text_in_utf_8_or_latin_1_is_read() -> None:
    for raw in ("Zoë".encode(), "Zoë".encode("latin-1")):
        owner = Field(9, 2, len(raw) + 1, raw + b"\0")
        assert exif.read(picture(partial(directory, listed=(owner,)))).owner == "Zoë"


# --- RAW files -----------------------------------------------------------------------------------

RAW = exif.Exif(
    maker="Canon",
    model="Canon EOS 300D",
    owner="Ada Lovelace",
    taken=datetime(2004, 6, 5, 12, 30),
    exposure_time=Fraction(1, 128),
    f_number=5.6,
    iso=400,
    focal_length=20.0,
    width=3072,
    height=2048,
    orientation=1,
)


def test_a_crw_tells_what_exiftool_tells() -> None:
    file = crw(SHOT, PHOTO)
    read, told = exif.read(file), exiftool(file)
    assert read == RAW
    assert read == exif.read(io.BytesIO(file))
    assert read.model == told["CanonRaw:Model"]
    assert read.owner == told["CanonRaw:OwnerName"]
    assert read.exposure_time == pytest.approx(told["Canon:ExposureTime"], rel=0.01)
    assert read.f_number == pytest.approx(told["Canon:FNumber"], rel=0.01)
    assert read.iso == told["Composite:ISO"]
    assert read.focal_length == told["Canon:FocalLength"]
    assert exif.thumbnail(file) == PHOTO.thumbnail


@pytest.mark.parametrize(
    ("turned", "orientation"), [(90, 6), (180, 3), (270, 8), (-90, 8), (5, None)]
)
def test_a_crw_tells_how_it_is_to_be_turned(turned: int, orientation: int | None) -> None:
    file = crw(SHOT, PHOTO)
    image = struct.pack("<IIfi", SHOT.width, SHOT.height, 1, 0)
    other = image[:12] + struct.pack("<i", turned)
    assert exif.read(file.replace(image, other)).orientation == orientation


def test_a_crw_without_a_thumbnail_gives_its_large_jpeg() -> None:
    file = crw(SHOT, replace(PHOTO, thumbnail=b"no JPEG at all"))
    assert exif.thumbnail(file)[2:] in PHOTO.image
    assert exif.thumbnail(file)[:2] == b"\xff\xd8"


def heap(*records: tuple[int, bytes]) -> bytes:
    """A CRW of records."""
    data, rows = b"", b""
    for tag, content in records:
        rows += struct.pack("<HII", tag, len(content), len(data))
        data += content
    listed = struct.pack("<H", len(records)) + rows + struct.pack("<I", len(data))
    return b"II\x1a\0\0\0HEAPCCDR" + bytes(12) + data + listed


@pytest.mark.parametrize(
    "file",
    [
        b"II\x1a\0\0\0HEAPCCDR",
        b"II\x1a\0\0\0HEAPCCDR" + bytes(5000),
        crw(SHOT, PHOTO)[:0x2800],  # its head tells nothing
        heap(),
        b"II\x1a\0\0\0HEAPCCDR" + b"\xff" * 300,
    ],
)
def test_a_crw_without_its_end_is_a_decode_error_that_says_so(file: bytes) -> None:
    with pytest.raises(DecodeError, match="stands at its end"):
        exif.read(file)
    with pytest.raises(DecodeError):
        exif.thumbnail(file)


def test_records_of_a_crw_that_make_no_sense_cost_themselves() -> None:
    whole = heap(
        (0x080A, b"Canon\0Canon PowerShot G3\0"),
        (0x0810, b""),
        (0x102A, struct.pack("<3h", 6, -32000, -1)),
        (0x1029, b"\x02"),
        (0x102D, struct.pack("<H", 2)),
        (0x1810, struct.pack("<II", 0, 0xFFFFFFFF)),
        (0x180E, bytes(4)),
        (0x300A, b"\xff" * 8),
    )
    assert exif.read(whole) == exif.Exif("Canon", "Canon PowerShot G3")


def test_a_heap_that_holds_itself_is_read_once_in_a_while() -> None:
    size = 60  # the heap in the heap is the heap
    file = heap((0x080A, b"Canon\0G3\0"), (0x300A, b"\0" * 8))
    start = file[26:]
    at = start.rindex(struct.pack("<HI", 0x300A, 8))
    looped = start[: at + 2] + struct.pack("<II", len(start), 0) + start[at + 10 :]
    assert len(looped) < size
    assert exif.read(file[:26] + looped).model == "G3"


def tiff(*fields: Field) -> bytes:
    """A TIFF block of one directory."""
    return b"II*\0\x08\0\0\0" + directory(8, fields)


def box(name: bytes, *parts: bytes) -> bytes:
    """A box of a CR3."""
    data = b"".join(parts)
    return struct.pack(">I4s", len(data) + 8, name) + data


METADATA = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
PREVIEW = bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")
FTYP = box(b"ftyp", b"crx \0\0\0\1crx isom")
MAIN = tiff(text(0x010F, "Canon"), text(0x0110, "Canon EOS R6"), words(0x0112, 8))
TAKEN = tiff(
    rational(0x829A, 1, 4),
    rational(0x829D, 25),
    words(0x8827, 100),
    moment(0x9003, datetime(2021, 5, 12, 12, 21, 21)),
    rational(0x920A, 200),
    text(0xA430, "Grace"),
    words(0xA002, 3408),
    words(0xA003, 2272),
)
THMB = box(b"THMB", struct.pack(">IHHIHH", 0, 160, 120, len(SMALL), 1, 0), SMALL)
PRVW = box(b"PRVW", struct.pack(">IHHHHI", 0, 1, 1620, 1080, 1, len(SMALL) + 2), SMALL, b"\0\0")


def cr3(*inside: bytes, behind: bytes = b"") -> bytes:
    """A CR3 with what its metadata hold, and what follows them."""
    metadata = box(b"uuid", METADATA, box(b"CNCV", b"CanonCR3_001/00.09.00"), *inside)
    return FTYP + box(b"moov", metadata, box(b"mvhd", bytes(100))) + behind


def test_a_cr3_tells_what_exiftool_tells() -> None:
    maker = tiff(text(9, "Ada"))
    file = cr3(box(b"CMT1", MAIN), box(b"CMT2", TAKEN), box(b"CMT3", maker), THMB)
    told = exiftool(file)
    read = exif.read(file)
    assert read == exif.Exif(
        maker="Canon",
        model="Canon EOS R6",
        owner="Ada",
        taken=datetime(2021, 5, 12, 12, 21, 21),
        exposure_time=Fraction(1, 4),
        f_number=25,
        iso=100,
        focal_length=200,
        width=3408,
        height=2272,
        orientation=8,
    )
    assert read == exif.read(io.BytesIO(file))
    assert told["IFD0:Model"] == read.model
    assert told["ExifIFD:FNumber"] == read.f_number
    assert told["Canon:OwnerName"] == read.owner
    assert exif.thumbnail(file) == SMALL


def test_a_cr3_may_lack_all_but_its_first_block() -> None:
    file = cr3(box(b"CMT1", MAIN), box(b"CMT2", b"nothing"), box(b"CMT3", b""))
    assert exif.read(file) == exif.Exif("Canon", "Canon EOS R6", orientation=8)
    assert exif.read(cr3(box(b"CMT1", MAIN), box(b"CMT2", TAKEN))).owner == "Grace"


def test_a_cr3_without_a_thumbnail_gives_its_preview() -> None:
    preview = box(b"uuid", PREVIEW, bytes(8), PRVW)
    assert exif.thumbnail(cr3(box(b"CMT1", MAIN), behind=preview)) == SMALL + b"\0\0"


@pytest.mark.parametrize("file", [FTYP, cr3(), cr3(box(b"CMT1", b"II")), FTYP + bytes(8)])
def test_a_cr3_without_metadata_is_a_decode_error(file: bytes) -> None:
    with pytest.raises(DecodeError):
        exif.read(file)
    with pytest.raises(DecodeError, match="no thumbnail"):
        exif.thumbnail(file)


BOTH = b"II*\0\x08\0\0\0" + directory(
    8, (text(0x010F, "Canon"), text(0x0110, "Canon EOS R5"), words(0x0112, 6))
)


def hif(block: bytes, version: int = 0, method: int = 0) -> bytes:
    """A HIF with a tile, and a block of EXIF behind its boxes."""
    exif_data = bytes((0, 0, 0, 6)) + b"Exif\0\0" + block
    ftyp = box(b"ftyp", b"heix\0\0\0\0mif1heix")
    named = [
        box(b"infe", struct.pack(">IHH4sx", 2 << 24, number, 0, kind))
        for number, kind in ((1, b"hvc1"), (7, b"Exif"))
    ]

    def boxes(at: int) -> bytes:
        rows = b""
        for number, start, size in (1, 5, 3), (7, at, len(exif_data)):
            of_method = struct.pack(">H", method) if version else b""
            rows += struct.pack(">H", number) + of_method + struct.pack(">HHII", 0, 1, start, size)
        head = struct.pack(">IHH", version << 24, 0x4400, 2)
        items = box(b"iinf", struct.pack(">IH", 0, 2), *named)
        return ftyp + box(b"meta", bytes(4), items, box(b"iloc", head, rows))

    return boxes(len(boxes(0)) + 8) + box(b"mdat", exif_data)


@pytest.mark.parametrize("version", [0, 1])
def test_a_hif_tells_what_exiftool_tells(version: int) -> None:
    file = hif(BOTH, version)
    read = exif.read(io.BytesIO(file))
    assert read == exif.read(file) == exif.Exif("Canon", "Canon EOS R5", orientation=6)
    assert exiftool(file)["IFD0:Model"] == read.model


def test_the_thumbnail_of_a_hif_is_that_of_its_exif() -> None:
    head = picture()
    block = head[head.index(b"II*\0") : -2]
    assert exif.thumbnail(hif(block)) == exif.thumbnail(head)


@pytest.mark.parametrize("file", [hif(b""), hif(BOTH, 1, method=1), hif(BOTH)[:60]])
def test_a_hif_without_exif_is_a_decode_error_of_a_file(file: bytes) -> None:
    with pytest.raises(DecodeError, match="the picture file cannot be read: ") as error:
        exif.read(file)
    assert "switch the camera" not in str(error.value)


FILES = {
    "HIF": hif(BOTH),
    "JPEG": picture(),
    "CR2": cr2(replace(SHOT, files=CR2_JPEG, width=32, height=32), PHOTO),
    "CRW": crw(replace(SHOT, width=32, height=32), PHOTO),
    "CR3": cr3(box(b"CMT1", MAIN), box(b"CMT2", TAKEN), THMB),
    "G3": b"\xff\xd8" + app1(SHOT, PHOTO.thumbnail),
}


@given(st.sampled_from(list(FILES.values())), st.data())
def test_a_damaged_file_is_a_decode_error_or_tells_less(file: bytes, data: st.DataObject) -> None:
    damaged = bytearray(file)
    places = st.integers(0, min(len(file), 0x900) - 1) | st.integers(
        max(0, len(file) - 300), len(file) - 1
    )
    for at in data.draw(st.lists(places, max_size=6)):
        damaged[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.none() | st.integers(0, len(file)))
    for reader in (exif.read, exif.thumbnail):
        try:
            reader(damaged[:cut])
        except DecodeError:
            continue
