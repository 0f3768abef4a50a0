"""Files of boxes that a virtual EOS writes: CR3, HIF, and movies of JPEGs in MOV and MP4.

Each holds what a program looks for without developing it: how the picture was taken, its thumbnail
and a JPEG of it; the sensor's own data are noise in place of a picture. The layout is that of ISO
14496-12, and of ISO 23008-12 in a HIF; the names in it are Canon's, as exiftool knows them.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from canon.virtual.pictures.exif import CR2, Exposure, app1, exif_block, maker_note
from canon.virtual.pictures.ifd import directory, moment, text, words
from canon.virtual.pictures.raw import sensor_data, without_exif
from canon.virtual.pictures.scene import Photo

_OF_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_OF_PREVIEW = bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")
_WRITTEN_BY = b"CanonCR3_001/00.09.00/00.00.00"
_FIRST = 8  # of a TIFF block, where its first directory begins
_EPOCH = datetime(1904, 1, 1)
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_RATE = 30
_PICTURE, _TOLD = 0x100, 0x300  # the numbers of the items of a HIF


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of that kind around some bytes."""
    inside = b"".join(parts)
    return struct.pack(">I4s", 8 + len(inside), kind) + inside


def cr3(shot: Exposure, photo: Photo) -> bytes:
    """A RAW file of an EOS of the CR3 generation.

    Args:
        shot: how it was taken; its pixels are those of the sensor.
        photo: the same picture as a JPEG.
    """
    shot = replace(shot, files=CR2)
    main = directory(
        _FIRST,
        (
            words(0x0100, shot.width),
            words(0x0101, shot.height),
            text(0x010F, "Canon"),
            text(0x0110, shot.model),
            words(0x0112, shot.orientation),
            moment(0x0132, shot.taken),
        ),
    )
    small, large, sensor = photo.thumbnail, without_exif(photo.image), sensor_data(shot)
    canon = box(
        b"uuid",
        _OF_CANON,
        box(b"CNCV", _WRITTEN_BY),
        box(b"CMT1", _tiff(main)),
        box(b"CMT2", _tiff(exif_block(shot, _FIRST))),
        box(b"CMT3", _tiff(maker_note(shot, _FIRST))),
        box(b"THMB", struct.pack(">IHHIHH", 0, 160, 120, len(small), 1, 0), small),
    )
    head = box(b"ftyp", b"crx ", struct.pack(">I", 1), b"crx isom")
    shown = struct.pack(">IHHHHI", 0, 1, 160, 120, 1, len(small))  # Guess: no larger one is made
    view = box(b"uuid", _OF_PREVIEW, bytes(8), box(b"PRVW", shown[2:], small))

    def around(at: int) -> bytes:
        tracks = (
            _track(1, shot, [len(large)], [at], b"CRAW", (shot.width, shot.height)),
            _track(2, shot, [len(sensor)], [at + len(large)], b"CRAW", (shot.width, shot.height)),
        )
        return box(b"moov", canon, _movie_head(shot, 1), *tracks)

    before = len(head) + len(around(0)) + len(view) + 8
    return head + around(before) + view + box(b"mdat", large, sensor)


def hif(shot: Exposure, photo: Photo) -> bytes:
    """A HEIF of an EOS, with boxes as owners found them (github.com/lclevy/canon_cr3, heif.md).

    Guess: where a real one has tiles of HEVC, this one has its picture as one JPEG, which the
    standard allows too.

    Args:
        shot: how it was taken; its pixels are those of the picture.
        photo: the picture.
    """
    picture = without_exif(photo.image)
    told = struct.pack(">I", len(b"Exif\0\0")) + app1(shot, photo.thumbnail)[4:]
    head = box(b"ftyp", b"heix", bytes(4), b"mif1heix")
    items = [
        box(b"infe", struct.pack(">IHH4sx", 2 << 24, number, 0, kind))
        for number, kind in ((_PICTURE, b"jpeg"), (_TOLD, b"Exif"))
    ]

    def around(at: int) -> bytes:
        places = ((_PICTURE, at, len(picture)), (_TOLD, at + len(picture), len(told)))
        rows = [struct.pack(">HHHII", number, 0, 1, *place) for number, *place in places]
        size = box(b"ispe", struct.pack(">III", 0, shot.width, shot.height))
        return box(
            b"meta",
            bytes(4),
            box(b"hdlr", struct.pack(">II4s12x", 0, 0, b"pict"), b"\0"),
            box(b"uuid", _OF_CANON, box(b"CNCV", b"CanonHEIF001/10.00.00/00.00.00")),
            box(b"pitm", struct.pack(">IH", 0, _PICTURE)),
            box(b"iinf", struct.pack(">IH", 0, len(items)), *items),
            box(b"iref", bytes(4), box(b"cdsc", struct.pack(">HHH", _TOLD, 1, _PICTURE))),
            box(
                b"iprp",
                box(b"ipco", size),
                box(b"ipma", struct.pack(">IIHBB", 0, 1, _PICTURE, 1, 1)),
            ),
            box(b"iloc", struct.pack(">IHH", 0, 0x4400, len(rows)), *rows),
        )

    before = len(head) + len(around(0)) + 8
    return head + around(before) + box(b"mdat", picture, told)


def film(shot: Exposure, frames: Sequence[bytes], suffix: str) -> bytes:
    """A film without sound, its frames JPEGs.

    Args:
        shot: when it was taken, and how large a frame is.
        frames: the frames.
        suffix: ".MOV" or ".MP4", how its name ends.
    """
    brand = b"qt  " if suffix == ".MOV" else b"mp42"
    head = box(b"ftyp", brand, bytes(4), brand, b"CAEP")
    sizes = [len(frame) for frame in frames]

    def around(at: int) -> bytes:
        places = [at + sum(sizes[:number]) for number in range(len(sizes))]
        size = shot.width, shot.height
        track = _track(1, shot, sizes, places, b"jpeg", size)
        about = box(b"udta", _said(b"\xa9mak", "Canon"), _said(b"\xa9mod", shot.model))
        return box(b"moov", _movie_head(shot, len(frames)), track, about)

    before = len(head) + len(around(0)) + 8
    return head + around(before) + box(b"mdat", *frames)


def _said(kind: bytes, value: str) -> bytes:
    raw = value.encode("latin-1", "replace")
    return box(kind, struct.pack(">HH", len(raw), 0x55C4), raw)


def _tiff(first: bytes) -> bytes:
    """A TIFF block whose first directory is this."""
    return struct.pack("<2sHI", b"II", 42, _FIRST) + first


def _seconds(shot: Exposure) -> int:
    return int((shot.taken - _EPOCH).total_seconds())


def _movie_head(shot: Exposure, frames: int) -> bytes:
    when = _seconds(shot)
    head = struct.pack(">IIIIIIH10x", 0, when, when, _RATE, frames, 0x10000, 0x100)
    return box(b"mvhd", head, _MATRIX, bytes(24), struct.pack(">I", 3))


def _track(
    number: int,
    shot: Exposure,
    sizes: Sequence[int],
    places: Sequence[int],
    codec: bytes,
    size: tuple[int, int],
) -> bytes:
    """A track of pictures, each a chunk of its own."""
    when, count = _seconds(shot), len(sizes)
    width, height = size
    head = struct.pack(">IIIIII8xHHHH", 7, when, when, number, 0, count, 0, 0, 0, 0)
    shown = struct.pack(">II", width << 16, height << 16)
    entry = struct.pack(
        ">6xH16xHHIIIH32sHh", 1, width, height, 72 << 16, 72 << 16, 0, 1, bytes(32), 24, -1
    )
    table = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), box(codec, entry)),
        box(b"stts", struct.pack(">IIII", 0, 1, count, 1)),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)),
        box(b"stsz", struct.pack(f">III{count}I", 0, 0, count, *sizes)),
        box(b"stco", struct.pack(f">II{count}I", 0, count, *places)),
    )
    reference = box(b"dref", struct.pack(">II", 0, 1), box(b"url ", struct.pack(">I", 1)))
    return box(
        b"trak",
        box(b"tkhd", head, _MATRIX, shown),
        box(
            b"mdia",
            box(b"mdhd", struct.pack(">IIIIIHH", 0, when, when, _RATE, count, 0x55C4, 0)),
            box(b"hdlr", struct.pack(">II4s12x", 0, 0, b"vide"), b"\0"),
            box(
                b"minf",
                box(b"vmhd", struct.pack(">IHHHH", 1, 0, 0, 0, 0)),
                box(b"dinf", reference),
                table,
            ),
        ),
    )
