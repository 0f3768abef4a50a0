"""The EXIF that a virtual camera writes and the EXIF that the host reads; exiftool judges both."""

from __future__ import annotations

import struct
import subprocess
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest
from exif_helpers import complaints, exiftool
from hypothesis import example, given
from hypothesis import strategies as st

from canon import exif
from canon.codes import POWERSHOT
from canon.errors import DecodeError
from canon.values import (
    AfDistance,
    Flash,
    ImageSize,
    Metering,
    PhotoEffect,
    Quality,
    ShootingMode,
    WhiteBalance,
)
from canon.virtual.pictures.exif import Exposure, app1
from conftest import program, recorded

PLAIN = Exposure(datetime(2024, 2, 29, 23, 59, 58), 1000001)

BUSY = Exposure(
    datetime(2011, 11, 12, 13, 14, 15),
    number=1239876,
    owner="somebody whose name is too long",
    width=1600,
    height=1200,
    size=ImageSize.MEDIUM_1,
    quality=Quality.SUPERFINE,
    orientation=6,
    mode=ShootingMode.MANUAL,
    exposure_time=Fraction(13, 10),
    aperture=5.6,
    iso=400,
    iso_auto=True,
    compensation=Fraction(-4, 3),
    flash_compensation=Fraction(2, 3),
    metering=Metering.SPOT,
    flash=Flash.AUTO_RED_EYE,
    flash_fired=True,
    white_balance=WhiteBalance.TUNGSTEN,
    focal_length=20.5,
    zoom_position=9,
    digital_zoom=2.0,
    af_distance=AfDistance.CLOSE_UP,
    distance=0.05,
    effect=PhotoEffect.SEPIA,
    contrast=1,
    saturation=-1,
    sharpness=1,
    remote=False,
)

SHOTS = {
    "plain": PLAIN,
    "busy": BUSY,
    "eos": replace(BUSY, model="Canon EOS D30", firmware="1.0.0.3", mode=ShootingMode.AUTO),
    "long names": replace(PLAIN, model="Canon " + 40 * "x", owner=60 * "y", firmware=50 * "1"),
    "far ends": replace(PLAIN, exposure_time=Fraction(1, 16000), aperture=32.0, iso=3200),
    "night": replace(PLAIN, exposure_time=Fraction(15), mode=ShootingMode.NIGHT, owner="Zoë"),
}


def picture(shot: Exposure) -> bytes:
    """A file with the EXIF of a shot around pictures that a real camera took."""
    frame, thumbnail = recorded("g3-viewfinder-frame.jpg"), recorded("g3-capture-thumb.jpg")
    return frame[:2] + app1(shot, thumbnail) + frame[2:]


# --- what the virtual camera writes --------------------------------------------------------------


def test_the_recorded_exif_is_written_again_byte_for_byte() -> None:
    photo, thumbnail = recorded("g3-capture.jpg"), recorded("g3-capture-thumb.jpg")
    shot = Exposure(
        datetime(2012, 1, 18, 1, 57, 44),
        number=2040412,
        owner="test.owner1@example.com",
        flash=Flash.ON,
        flash_fired=True,
    )
    segment = app1(shot, thumbnail)
    assert segment == photo[2 : 2 + len(segment)]
    assert len(segment) == 2 + int.from_bytes(photo[4:6], "big")


def directories(head: bytes) -> dict[str, list[tuple[int, int, int]]]:
    """Tag, type and count of all entries, by directory."""
    tiff = head[head.index(b"II*\0") :]

    def entries(at: int) -> tuple[list[tuple[int, int, int, int]], int]:
        (count,) = struct.unpack_from("<H", tiff, at)
        end = at + 2 + 12 * count
        rows = [struct.unpack_from("<HHII", tiff, row) for row in range(at + 2, end, 12)]
        return [(a, b, c, d) for a, b, c, d in rows], struct.unpack_from("<I", tiff, end)[0]

    found = {}
    found["IFD0"], ifd1 = entries(8)
    found["IFD1"], _ = entries(ifd1)
    found["Exif"], _ = entries(next(row[3] for row in found["IFD0"] if row[0] == 0x8769))
    for name, tag in (("MakerNote", 0x927C), ("Interop", 0xA005)):
        found[name], _ = entries(next(row[3] for row in found["Exif"] if row[0] == tag))
    return {name: [row[:3] for row in rows] for name, rows in found.items()}


def test_every_directory_has_the_tags_types_and_counts_of_a_g3() -> None:
    assert directories(app1(BUSY, b"")) == directories(recorded("g3-capture.jpg"))


@pytest.mark.parametrize("shot", SHOTS.values(), ids=SHOTS)
def test_exiftool_finds_nothing_wrong(shot: Exposure) -> None:
    assert complaints(recorded("g3-capture.jpg")) == []
    assert complaints(picture(shot)) == []


def test_exiftool_reads_what_was_set() -> None:
    told = exiftool(picture(BUSY))
    assert {name: told[name] for name in BUSY_TOLD} == BUSY_TOLD
    assert told["ExifIFD:ExposureCompensation"] == pytest.approx(-4 / 3)
    assert told["Canon:ExposureCompensation"] == pytest.approx(-4 / 3)
    assert told["Canon:FlashExposureComp"] == pytest.approx(2 / 3)
    assert told["Canon:TargetAperture"] == pytest.approx(5.6, rel=0.01)
    assert told["Canon:TargetExposureTime"] == pytest.approx(1.3, rel=0.04)  # taken as a third
    assert told["ExifIFD:ApertureValue"] == pytest.approx(5.6, rel=0.01)
    assert told["ExifIFD:ShutterSpeedValue"] == pytest.approx(1.3, rel=0.01)
    assert told["ExifIFD:DigitalZoomRatio"] == 2


BUSY_TOLD = {
    "IFD0:Make": "Canon",
    "IFD0:Model": "Canon PowerShot G3",
    "IFD0:Orientation": 6,
    "IFD0:ModifyDate": "2011:11:12 13:14:15",
    "ExifIFD:DateTimeOriginal": "2011:11:12 13:14:15",
    "ExifIFD:CreateDate": "2011:11:12 13:14:15",
    "ExifIFD:ExposureTime": 1.3,
    "ExifIFD:FNumber": 5.6,
    "ExifIFD:MeteringMode": 3,
    "ExifIFD:Flash": 0x59,
    "ExifIFD:FocalLength": 20.5,
    "ExifIFD:ExposureMode": 1,
    "ExifIFD:WhiteBalance": 1,
    "ExifIFD:CompressedBitsPerPixel": 5,
    "ExifIFD:ExifImageWidth": 1600,
    "ExifIFD:ExifImageHeight": 1200,
    "InteropIFD:RelatedImageWidth": 1600,
    "Canon:MacroMode": 1,
    "Canon:Quality": 5,
    "Canon:CanonFlashMode": 5,
    "Canon:CanonImageSize": 5,
    "Canon:EasyMode": 1,
    "Canon:DigitalZoom": 1,
    "Canon:Contrast": 1,
    "Canon:Saturation": -1,
    "Canon:Sharpness": 1,
    "Canon:CameraISO": "Auto",
    "Canon:MeteringMode": 1,
    "Canon:FocusRange": 3,
    "Canon:CanonExposureMode": 4,
    "Canon:MaxFocalLength": 28.8125,
    "Canon:MinFocalLength": 7.1875,
    "Canon:PhotoEffect": 4,
    "Canon:BaseISO": 400,
    "Canon:WhiteBalance": 3,
    "Canon:OpticalZoomCode": 9,
    "Canon:ControlMode": 1,
    "Canon:FocusDistanceUpper": 0.05,
    "Canon:FileNumber": 1239876,
    "Canon:OwnerName": "somebody whose name is too long",
    "Canon:CanonImageType": "IMG:PowerShot G3 JPEG",
    "Canon:CanonFirmwareVersion": "Firmware Version 1.02",
    "Canon:CanonModelID": 0x01190000,
    "IFD1:ThumbnailOffset": 0x800,
    "IFD1:ThumbnailLength": 3903,
}


@pytest.mark.parametrize(
    ("flash", "fired", "told"),
    [
        (Flash.OFF, False, 0x10),
        (Flash.AUTO, False, 0x18),
        (Flash.AUTO, True, 0x19),
        (Flash.ON, True, 0x09),
        (Flash.ON_RED_EYE, True, 0x49),
    ],
)
def test_the_flash_field_tells_setting_and_deed(flash: Flash, fired: bool, told: int) -> None:
    shot = replace(PLAIN, flash=flash, flash_fired=fired)
    assert exiftool(picture(shot))["ExifIFD:Flash"] == told


def test_what_a_camera_without_names_writes_is_known_by_number() -> None:
    shot = replace(
        PLAIN,
        white_balance=WhiteBalance.unknown(POWERSHOT, 0x77),
        metering=Metering.unknown(POWERSHOT, 0x66),
    )
    told = exiftool(picture(shot))
    assert (told["Canon:WhiteBalance"], told["ExifIFD:MeteringMode"]) == (0x77, 255)


def test_a_thumbnail_that_fits_into_no_segment_is_refused() -> None:
    with pytest.raises(ValueError, match="70000 bytes does not fit"):
        app1(PLAIN, bytes(70000))


# --- what the host reads -------------------------------------------------------------------------


def test_the_recorded_photo_is_read() -> None:
    photo = recorded("g3-capture.jpg")
    assert exif.thumbnail(photo[:0x1800]) == recorded("g3-capture-thumb.jpg")
    assert exif.read(photo[:0x1800]) == exif.Exif(
        maker="Canon",
        model="Canon PowerShot G3",
        owner="test.owner1@example.com",
        taken=datetime(2012, 1, 18, 1, 57, 44),
        exposure_time=Fraction(1, 60),
        f_number=2.0,
        iso=50,
        focal_length=7.1875,
        width=2272,
        height=1704,
        orientation=1,
    )


@pytest.mark.parametrize("shot", SHOTS.values(), ids=SHOTS)
def test_host_and_exiftool_read_the_same(shot: Exposure) -> None:
    file = picture(shot)
    told, read = exiftool(file), exif.read(file)
    assert read.model == told["IFD0:Model"]
    assert read.taken == datetime.strptime(told["ExifIFD:CreateDate"], "%Y:%m:%d %H:%M:%S")
    assert read.exposure_time == pytest.approx(Fraction(told["ExifIFD:ExposureTime"]))
    assert read.f_number == told["ExifIFD:FNumber"]
    assert read.iso == told["Canon:BaseISO"]
    assert read.focal_length == told["ExifIFD:FocalLength"]
    assert (read.width, read.height) == (
        told["ExifIFD:ExifImageWidth"],
        told["ExifIFD:ExifImageHeight"],
    )
    assert read.owner == shot.owner[:31]
    assert (read.maker, read.orientation) == (told["IFD0:Make"], told["IFD0:Orientation"])


@pytest.fixture(scope="module", params=[b"II*\0", b"MM\0*"], ids=["little", "big"])
def foreign(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A picture whose EXIF exiftool has written, in one byte order and the other."""
    folder: Path = tmp_path_factory.mktemp("foreign")
    frame, thumbnail, out = (folder / name for name in ("frame.jpg", "thumb.jpg", "out.jpg"))
    frame.write_bytes(recorded("g3-viewfinder-frame.jpg"))
    thumbnail.write_bytes(recorded("g3-capture-thumb.jpg"))
    subprocess.run(
        [
            *(program("exiftool"), "-q", "-o", str(out)),
            *("-api", f"ByteOrder={request.param[:2].decode()}"),
            *("-Make=Canon", "-Model=Canon EOS 5D", "-DateTimeOriginal=2005:10:01 08:09:10"),
            *("-ExposureTime=1/8000", "-FNumber=1.4", "-ISO=1600", "-FocalLength=85"),
            *(f"-ThumbnailImage<={thumbnail}", "-XMP:Subject=a segment between", str(frame)),
        ],
        check=True,
    )
    file = out.read_bytes()
    assert b"Exif\0\0" + request.param in file
    return file


def test_both_byte_orders_are_read(foreign: bytes) -> None:
    assert exif.thumbnail(foreign) == recorded("g3-capture-thumb.jpg")
    assert exif.read(foreign) == exif.Exif(
        maker="Canon",
        model="Canon EOS 5D",
        taken=datetime(2005, 10, 1, 8, 9, 10),
        exposure_time=Fraction(1, 8000),
        f_number=1.4,
        iso=1600,
        focal_length=85.0,
    )


def test_a_bare_tiff_head_is_read_as_of_a_cr2(foreign: bytes) -> None:
    tiff = foreign[foreign.index(b"Exif\0\0") + 6 :]
    assert exif.thumbnail(tiff) == recorded("g3-capture-thumb.jpg")
    assert exif.read(tiff).model == "Canon EOS 5D"


def test_fields_that_are_missing_are_left_out() -> None:
    assert exif.read(b"II*\0\x08\0\0\0\0\0\0\0\0\0") == exif.Exif()


# --- hostile bytes -------------------------------------------------------------------------------


def patched(at: int, new: bytes) -> bytes:
    """The head of a plain picture with other bytes at an offset of its TIFF block."""
    head = b"\xff\xd8" + app1(PLAIN, b"\xff\xd8\xff\xd9")
    return head[: 12 + at] + new + head[12 + at + len(new) :]


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"", "are left"),
        (b"GIF89a" + bytes(100), "neither II nor MM"),
        (b"\xff\xd8\xff\xda\0\x0c", "no EXIF segment"),
        (b"\xff\xd8\xff\xe0\0\0" + bytes(100), "no EXIF segment"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(9), "no EXIF segment"),
        (patched(0, b"XX"), "neither II nor MM"),
        (patched(4, b"\xff\xff\xff\xff"), "no thumbnail"),
        (patched(8, b"\xff\xff"), "no thumbnail"),
        (patched(0x76, b"\x08\0\0\0"), "no thumbnail"),  # IFD0 says that it follows itself
        (patched(0x76, b"\0\0\0\0"), "no thumbnail"),
        (patched(0x65A, b"\xff\x01"), "no thumbnail"),
        (patched(0x694, b"\xf0\xff\xff\x7f"), "4 bytes, and 0 of them"),  # where it lies
        (patched(0x6A0, b"\xf0\xff\xff\x7f"), "a thumbnail of 2147483632 bytes"),  # how long
        (patched(0x6A0, b"\xf0\xff\xff\0"), "of 16777200 bytes, and 4098 of them"),
        (patched(0x7F4, b"\0\0"), "not a JPEG"),
    ],
)
def test_a_head_without_a_thumbnail_is_a_decode_error(head: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        exif.thumbnail(head)


def test_a_division_by_zero_and_an_impossible_date_are_left_out() -> None:
    assert exif.read(patched(0x392, bytes(4))).f_number is None
    head = patched(0x23E, b"2024:13:32")
    assert exif.read(head).taken == datetime(2024, 2, 29, 23, 59, 58)  # when it was digitized
    assert exif.read(head.replace(b"2024:02:29", b"2024:02:30")).taken is None
    assert exif.taken(patched(0x23E, b"2024:12:31")) == datetime(2024, 12, 31, 23, 59, 58)


def test_a_name_cannot_carry_control_characters() -> None:
    assert exif.read(patched(0x80, b"\x1b[2J\r\n\x9bCanon\0")).model == "[2JCanon"


@given(st.binary(max_size=300), st.sampled_from([b"", b"II*\0", b"MM\0*", b"\xff\xd8\xff\xe1"]))
@example(b"\x08\0\0\0" + b"\x02\0" + b"\x10\x01\x02\0\xff\xff\xff\xff\0\0\0\0" * 2, b"II*\0")
def test_noise_is_a_decode_error_or_nothing(noise: bytes, start: bytes) -> None:
    for reader in (exif.thumbnail, exif.read):
        try:
            reader(start + noise)
        except DecodeError:
            continue


@given(st.integers(12, 0x810), st.binary(min_size=1, max_size=8), st.integers(0, 0x1900))
def test_a_damaged_or_cut_head_is_a_decode_error_or_less(at: int, new: bytes, cut: int) -> None:
    head = patched(at - 12, new)
    for damaged in (head, head[:cut]):
        for reader in (exif.thumbnail, exif.read):
            try:
                reader(damaged)
            except DecodeError:
                continue
