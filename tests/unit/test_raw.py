"""The RAW files and movies of a virtual camera; exiftool judges them, gphoto2's needs are kept."""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest

from canon.exif import read, thumbnail
from canon.values import Quality
from canon.virtual.pictures.exif import AVI_THM, CR2_JPEG, CRW_THM, Exposure
from canon.virtual.pictures.raw import avi, cr2, crw, movie, thm
from canon.virtual.pictures.scene import photograph
from conftest import program

SHOT = Exposure(
    datetime(2004, 2, 29, 12, 0, 1),
    number=1230047,
    model="Canon EOS 300D",
    model_id=0x80000170,
    firmware="1.0.2.0",
    owner="Ada Lovelace",
    width=3072,
    height=2048,
    quality=None,
    exposure_time=Fraction(1, 125),
    aperture=5.6,
    iso=400,
)
PHOTO = photograph(replace(SHOT, width=320, height=240))
SHORTEST = Exposure(
    datetime(1999, 12, 31, 23, 59, 59), 1000001, model="Canon X", width=64, height=48
)


def told(file: bytes) -> dict[str, Any]:
    """What exiftool reads, by the name of the tag alone; it finds no fault."""
    options = ("-json", "-n", "-b", "-validate", "-warning", "-error", "-all")
    with tempfile.NamedTemporaryFile() as kept:  # of a pipe, exiftool does not know the length
        kept.write(file)
        kept.flush()
        ran = subprocess.run(
            [program("exiftool"), *options, kept.name], capture_output=True, check=True
        )
    fields: dict[str, Any] = json.loads(ran.stdout)[0]
    assert "Warning" not in fields
    assert "Error" not in fields
    return fields


def binary(value: str) -> bytes:
    return base64.b64decode(value.removeprefix("base64:"))


@pytest.mark.parametrize(("kind", "make"), [("CRW", crw), ("CR2", cr2)])
def test_exiftool_reads_a_raw_file(kind: str, make: Any) -> None:
    shot = SHOT if make is crw else replace(SHOT, model="Canon EOS 20D", model_id=0x80000175)
    file = make(shot, PHOTO)
    fields = told(file)
    assert fields["FileType"] == kind
    assert fields["Model"] == shot.model
    assert fields["ImageSize"] == "3072 2048"
    assert fields["OwnerName"] == "Ada Lovelace"
    assert fields["DateTimeOriginal"] == "2004:02:29 12:00:01"
    assert fields["FileNumber"] == 1230047
    assert fields["Quality"] == 4
    assert fields["RecordMode"] == (2 if make is crw else 6)
    assert fields["CanonModelID"] == shot.model_id
    assert fields["FNumber"] == pytest.approx(5.6, rel=0.03)
    assert fields["ISO"] == pytest.approx(400, rel=0.01)
    assert binary(fields["ThumbnailImage"]) == PHOTO.thumbnail
    large = binary(fields["JpgFromRaw" if make is crw else "PreviewImage"])
    assert PHOTO.image.endswith(large[2:])
    assert told(large)["ImageSize"] == "320 240"


@pytest.mark.parametrize("make", [crw, cr2])
@pytest.mark.parametrize("shot", [SHORTEST, replace(SHORTEST, owner="x" * 40, model="y" * 40)])
def test_short_and_long_texts_are_no_trouble(make: Any, shot: Exposure) -> None:
    assert told(make(shot, PHOTO))["OwnerName"] == shot.owner[:31]


def test_the_head_of_a_cr2_has_its_thumbnail_and_its_exif() -> None:
    head = cr2(replace(SHOT, files=CR2_JPEG), PHOTO)[:0x2800]
    assert head[:4] + head[8:10] == b"II*\0CR"
    assert thumbnail(head) == PHOTO.thumbnail
    assert read(head).owner == "Ada Lovelace"
    assert read(head).taken == SHOT.taken
    assert told(cr2(replace(SHOT, files=CR2_JPEG), PHOTO))["RecordMode"] == 7


@pytest.mark.parametrize("files", [CRW_THM, AVI_THM])
def test_a_thm_is_a_jpeg_that_holds_a_second_one(files: int) -> None:
    """As gphoto2 wants it: behind the fourth byte begins another, with a table (section 7.10)."""
    small = thm(replace(SHOT, files=files), PHOTO)
    inner = small.index(b"\xff\xd8\xff", 4)
    assert small[inner + 3] in (0xDB, 0xC4)
    assert small[inner:].startswith(PHOTO.thumbnail)
    assert thumbnail(small) == PHOTO.thumbnail
    fields = told(small)
    assert fields["ImageSize"] == "160 120"
    assert fields["RecordMode"] == files
    assert fields["OwnerName"] == "Ada Lovelace"


def test_the_same_picture_is_the_same_file() -> None:
    assert crw(SHOT, PHOTO) == crw(SHOT, PHOTO)
    assert crw(SHOT, PHOTO) != crw(replace(SHOT, number=1230048), PHOTO)


def test_a_raw_file_is_smaller_than_a_byte_a_pixel() -> None:
    photo = photograph(replace(SHOT, quality=Quality.FINE))
    for make in (crw, cr2):
        assert len(make(SHOT, photo)) < SHOT.width * SHOT.height


def test_a_movie_is_a_second_of_frames_and_a_thm() -> None:
    film, small = movie(SHOT)
    fields = told(film)
    assert (fields["FileType"], fields["VideoCodec"]) == ("AVI", "MJPG")
    assert (fields["FrameCount"], fields["Duration"], fields["ImageSize"]) == (10, 1, "320 240")
    assert fields["DateTimeOriginal"] == "2004:02:29 12:00:01"
    assert told(small)["RecordMode"] == AVI_THM


def test_the_frames_of_a_movie_lie_where_its_index_says() -> None:
    frames = [b"\xff\xd8odd\xff\xd9", b"\xff\xd8even\xff\xd9", b"\xff\xd8\xff\xd9"]
    film = avi(replace(SHOT, width=320, height=240), frames)
    assert int.from_bytes(film[4:8], "little") == len(film) - 8
    movi = film.index(b"movi")
    index = film[film.index(b"idx1") + 8 :]
    assert len(index) == 16 * len(frames)
    for row, frame in zip(range(0, len(index), 16), frames, strict=True):
        at = movi + int.from_bytes(index[row + 8 : row + 12], "little")
        size = int.from_bytes(index[row + 12 : row + 16], "little")
        assert film[at : at + 4] == b"00dc"
        assert film[at + 8 : at + 8 + size] == frame
