"""The files of a virtual camera that are no plain JPEG: CRW with its THM, CR2, and a short AVI.

Each holds what a program looks for without developing it: how the picture was taken, its thumbnail
and a JPEG of it. The sensor's own data are noise in place of a picture; who develops them gets
nothing to see (canon-native-usb, section 7.10).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from canon.virtual.clock import EPOCH
from canon.virtual.pictures.exif import (
    AVI_THM,
    CR2,
    CR2_JPEG,
    CRW_THM,
    Exposure,
    app1,
    camera_settings,
    exif_block,
    focal_length,
    image_type,
    short_version,
    shot_info,
    thumbnail_directory,
)
from canon.virtual.pictures.ifd import directory, long, moment, rational, text, words
from canon.virtual.pictures.scene import Photo, photograph, viewfinder_frame

_PIXELS_PER_BYTE = 2  # Guess: of the sensor's data, so that a RAW file is smaller than estimated


def thm(shot: Exposure, photo: Photo) -> bytes:
    """The small JPEG beside a CRW or an AVI, with EXIF and the thumbnail in it once more."""
    small = replace(shot, width=160, height=120)
    return b"\xff\xd8" + app1(small, photo.thumbnail) + photo.thumbnail[2:]


def cr2(shot: Exposure, photo: Photo) -> bytes:
    """A RAW file of an EOS of the revised numbering: a TIFF with three pictures.

    Directory 0 has the large JPEG, directory 1 the thumbnail, which lies in the first 0x2800
    bytes, and the last one the sensor's data.

    Args:
        shot: how it was taken; its pixels are those of the sensor.
        photo: the same picture as a JPEG.
    """
    shot = shot if shot.files == CR2_JPEG else replace(shot, files=CR2)
    preview = without_exif(photo.image)
    width, height = _pixels(preview)
    sensor = sensor_data(shot)
    ifd0, exif, ifd1, ifd2, thumbnail = 0x10, 0x180, 0x720, 0x780, 0x800
    large = thumbnail + len(photo.thumbnail)
    raw = large + len(preview)
    file = bytearray(raw + len(sensor))
    for at, part in (
        (0, struct.pack("<2sHI2sBBI", b"II", 42, ifd0, b"CR", 2, 0, ifd2)),
        (
            ifd0,
            directory(
                ifd0,
                (
                    words(0x0100, width),
                    words(0x0101, height),
                    words(0x0102, 8, 8, 8),
                    words(0x0103, 6),
                    text(0x010F, "Canon"),
                    text(0x0110, shot.model, room=32),
                    long(0x0111, large),
                    words(0x0112, shot.orientation),
                    long(0x0117, len(preview)),
                    rational(0x011A, 72),
                    rational(0x011B, 72),
                    words(0x0128, 2),
                    moment(0x0132, shot.taken),
                    long(0x8769, exif),
                ),
                then=ifd1,
            ),
        ),
        (exif, exif_block(shot, exif)),
        (ifd1, thumbnail_directory(ifd1, thumbnail, len(photo.thumbnail), then=ifd2)),
        (
            ifd2,
            directory(
                ifd2,
                (
                    words(0x0103, 6),
                    long(0x0111, raw),
                    long(0x0117, len(sensor)),
                    words(0xC640, 0, 0, shot.width),  # one slice, as wide as the sensor
                ),
            ),
        ),
        (thumbnail, photo.thumbnail),
        (large, preview),
        (raw, sensor),
    ):
        file[at : at + len(part)] = part
    return bytes(file)


def crw(shot: Exposure, photo: Photo) -> bytes:
    """A RAW file of the classic numbering: heaps of records, the outermost with the pictures.

    Args:
        shot: how it was taken; its pixels are those of the sensor.
        photo: the same picture as a JPEG.
    """
    shot = replace(shot, files=CRW_THM)
    number = f"{shot.number % 10000:04}"
    seconds = int((shot.taken - EPOCH).total_seconds())
    camera = _heap(
        _Record(0x0810, _padded(shot.owner, 32)),
        _Record(0x080A, b"Canon\0" + _padded(shot.model, 0)),
        _Record(0x080B, _padded(f"Firmware Version {short_version(shot.firmware)}", 32)),
        _Record(0x0815, _padded(image_type(shot).replace("IMG", "CRW").replace("JPEG", "RAW"), 32)),
    )
    exif = _heap(
        _Record(0x1029, _words(focal_length(shot))),
        _Record(0x102A, _words(shot_info(shot))),
        _Record(0x102D, _words(camera_settings(shot))),
        _Record(0x1817, struct.pack("<I", shot.number)),
        _Record(0x1834, struct.pack("<I", shot.model_id)),
    )
    properties = _heap(
        _Record(0x1803, struct.pack("<If", 0x20001, 0)),
        _Record(0x180E, struct.pack("<III", seconds, 0, 0)),
        _Record(0x1810, struct.pack("<IIfiIII", shot.width, shot.height, 1, 0, 10, 10, 0)),
        _Record(0x0816, _padded(f"IMG_{number}.CRW", 32)),
        _Record(0x0817, _padded(f"IMG_{number}.THM", 32)),
        _Record(0x2807, camera),
        _Record(0x300B, exif),
    )
    heap = _heap(
        _Record(0x2005, sensor_data(shot)),
        _Record(0x2007, without_exif(photo.image)),
        _Record(0x2008, photo.thumbnail),
        _Record(0x300A, properties),
    )
    return struct.pack("<2sI8sI8x", b"II", 26, b"HEAPCCDR", 0x10002) + heap


def movie(shot: Exposure, frames: int = 10) -> tuple[bytes, bytes]:
    """A second of film in which the lens zooms in, and the THM beside it."""
    shot = replace(shot, width=320, height=240, files=AVI_THM)
    path = shot.tele - shot.wide
    pictures = [
        viewfinder_frame(replace(shot, focal_length=shot.wide + path * step / frames))
        for step in range(frames)
    ]
    return avi(shot, pictures), thm(shot, photograph(shot))


def avi(shot: Exposure, frames: Sequence[bytes], rate: int = 10) -> bytes:
    """A film without sound, its frames JPEGs of the shot's size.

    Args:
        shot: when and how large.
        frames: the pictures.
        rate: frames a second.
    """
    count, largest = len(frames), max(map(len, frames))
    size = shot.width, shot.height
    head = struct.pack(
        "<14I", 1000000 // rate, rate * largest, 0, 0x10, count, 0, 1, largest, *size, 0, 0, 0, 0
    )
    stream = struct.pack(
        "<4s4s10I4H", b"vids", b"MJPG", 0, 0, 0, 1, rate, 0, count, largest, 0, 0, 0, 0, *size
    )
    pixels = struct.pack(
        "<IIIHH4sIIIII", 40, *size, 1, 24, b"MJPG", 3 * size[0] * size[1], 0, 0, 0, 0
    )
    films = b"".join(_chunk(b"00dc", frame) for frame in frames)
    index, at = b"", 4
    for frame in frames:
        index += struct.pack("<4sIII", b"00dc", 0x10, at, len(frame))
        at += 8 + len(frame) + len(frame) % 2
    streams = _list(b"strl", _chunk(b"strh", stream), _chunk(b"strf", pixels))
    taken = shot.taken.strftime("%a %b %d %H:%M:%S %Y\n").upper().encode() + b"\0"
    return _chunk(
        b"RIFF",
        b"AVI "
        + _list(b"hdrl", _chunk(b"avih", head), streams, _chunk(b"IDIT", taken))
        + _list(b"INFO", _chunk(b"ISFT", b"CanonMVI02\0"))
        + _list(b"movi", films)
        + _chunk(b"idx1", index),
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack("<4sI", name, len(data)) + data + bytes(len(data) % 2)


def _list(name: bytes, *chunks: bytes) -> bytes:
    return _chunk(b"LIST", name + b"".join(chunks))


class _Record(NamedTuple):
    """One record of a CIFF heap; what a tag means is in its number."""

    tag: int
    data: bytes


def _heap(*records: _Record) -> bytes:
    """A CIFF heap: the records' data, a directory of them, and where the directory lies.

    What has at most eight bytes lies in the directory itself, by a bit of the tag.
    """
    data, entries = b"", b""
    for tag, content in records:
        if len(content) <= 8:
            entries += struct.pack("<H8s", tag | 0x4000, content)
        else:
            entries += struct.pack("<HII", tag, len(content), len(data))
            data += content + bytes(len(content) % 2)
    return data + struct.pack("<H", len(records)) + entries + struct.pack("<I", len(data))


def _padded(value: str, size: int) -> bytes:
    raw = value.encode("latin-1", "replace")
    return (raw[: size - 1] if size else raw).ljust(size or len(raw) + 1, b"\0")


def _words(row: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(row)}H", *(value & 0xFFFF for value in row))


def sensor_data(shot: Exposure) -> bytes:
    """What stands in place of the sensor's data: the same noise for the same picture."""
    size = shot.width * shot.height // _PIXELS_PER_BYTE
    return hashlib.shake_128(b"%d" % shot.number).digest(size)


def without_exif(jpeg: bytes) -> bytes:
    """One of our JPEGs without its EXIF."""
    return jpeg[:2] + jpeg[4 + int.from_bytes(jpeg[4:6], "big") :]


def _pixels(jpeg: bytes) -> tuple[int, int]:
    """Width and height of one of our JPEGs: its second segment tells them."""
    head = 4 + int.from_bytes(jpeg[4:6], "big")
    height, width = struct.unpack_from(">HH", jpeg, head + 5)
    return width, height
