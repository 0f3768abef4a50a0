"""What a picture file tells: its thumbnail, and how the picture was taken.

It may be a JPEG, a CR2 or another TIFF, a CRW, a CR3, a HIF, or the head of one. Whatever it is, it
comes from a card, so nothing in it is believed: offsets and lengths are checked against the bytes
that are there, a directory is read once and has an end. What makes no sense costs nothing but
itself, and a number that cannot be true is not told. Time and memory are bounded by the length of
what is there.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from canon.exif.source import Source, jpeg, unreadable
from canon.exif.tiff import Directory, Tiff
from canon.frozen import Frozen
from canon.wire import Buffer

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from canon.exif.ciff import Crw

    Number = Fraction | int

_EXIF = b"Exif\0"
_MOST_SEGMENTS = 200  # before the picture; a file has about ten
_TIMES = 1e-6, 24 * 3600  # seconds; bulb may take hours
_APERTURES = 0.5, 512
_SENSITIVITIES = 1, 10_000_000
_NOT_TOLD = 0xFFFF  # a sensitivity that its field has no room for
_FOCAL_LENGTHS = 0.1, 20_000
_MOST_STOPS = 32
_SIDES = 1, 1_000_000
_ORIENTATIONS = 1, 8
_NOT_SET = 0x7FFF
_CODED_ISO = {16: 50, 17: 100, 18: 200, 19: 400, 20: 800}


class Exif(Frozen):
    """How a picture was taken, as far as its file tells; None and "" are what it does not tell.

    Attributes:
        maker: who made the camera.
        model: the camera's name.
        owner: the owner's name, as it was set in the camera.
        taken: the camera's local time.
        exposure_time: seconds.
        f_number: the aperture.
        iso: the sensitivity.
        focal_length: millimetres.
        width: pixels in a row.
        height: rows of pixels.
        orientation: how it is to be turned, as EXIF numbers it: 1 not at all, 3 upside down, 6 to
            the right, 8 to the left; the others are mirrored.
    """

    maker: str = ""
    model: str = ""
    owner: str = ""
    taken: datetime | None = None
    exposure_time: Fraction | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length: float | None = None
    width: int | None = None
    height: int | None = None
    orientation: int | None = None


def thumbnail(picture: Buffer | BinaryIO) -> bytes:
    """The JPEG thumbnail in a picture file, or in the head of a JPEG, CR2 or CR3.

    Args:
        picture: its bytes, or a file that seeks; of that only what is needed is read.

    Raises:
        DecodeError: there is none, it is not all there, or the bytes make no sense.
    """
    source = Source(picture)
    if _is_crw(source):
        from canon.exif.ciff import Crw

        return Crw(source).thumbnail()
    if _is_cr3(source):
        from canon.exif.boxes import Cr3

        return Cr3(source).thumbnail()
    tiff = _tiff(source)
    second = tiff.second()
    start, length = second.offset(0x0201), second.offset(0x0202)
    if not start or not length:
        raise unreadable("there is no thumbnail in it", 0, "EXIF", "thumbnail")
    return jpeg(tiff.beyond, start, length)


def end(picture: Buffer | BinaryIO) -> int:
    """How long the head of a JPEG or a TIFF is that holds its EXIF and its thumbnail.

    That may be more than is given, where it is a head that was cut.

    Args:
        picture: as `read` takes it.

    Raises:
        DecodeError: there is no EXIF.
    """
    tiff = _tiff(Source(picture))
    second = tiff.second()
    thumbnail = tiff.start + second.offset(0x0201) + second.offset(0x0202)
    return max(thumbnail, tiff.end if tiff.start else 0)


def read(picture: Buffer | BinaryIO) -> Exif:
    """How the picture was taken, from its file, or from the head of a JPEG, CR2 or CR3.

    Args:
        picture: its bytes, or a file that seeks; of that only what is needed is read.

    Raises:
        DecodeError: there is no EXIF, or its first directory makes no sense.
    """
    source = Source(picture)
    if _is_crw(source):
        from canon.exif.ciff import Crw

        return _of_crw(Crw(source))
    if _is_cr3(source):
        from canon.exif.boxes import Cr3

        return _of_exif(*Cr3(source).directories())
    tiff, main, exif = _directories(source)
    canon = main.text(0x010F).startswith("Canon")
    return _of_exif(main, exif, tiff.maker(exif.values.get(0x927C) if canon else None))


def taken(picture: Buffer | BinaryIO) -> datetime | None:
    """When the picture was taken, the camera's local time; it loads less than `read` does.

    Args:
        picture: as `read` takes it.

    Raises:
        DecodeError: as `read` does.
    """
    source = Source(picture)
    if _is_crw(source) or _is_cr3(source):
        return read(picture).taken
    return _moment(_directories(source)[2])


def _directories(source: Source) -> tuple[Tiff, Directory, Directory]:
    """The EXIF of a JPEG or a TIFF: what is said of the file, and of how it was taken."""
    tiff = _tiff(source)
    main = tiff.main()
    return tiff, main, tiff.directory(main.offset(0x8769))


def _of_exif(main: Directory, exif: Directory, maker: Directory) -> Exif:
    aperture = _between(_APERTURES, exif.number(0x829D))
    focal_length = _between(_FOCAL_LENGTHS, exif.number(0x920A))
    return Exif(
        maker=main.text(0x010F),
        model=main.text(0x0110),
        owner=maker.text(0x0009) or exif.text(0xA430),
        taken=_moment(exif),
        exposure_time=_between(_TIMES, exif.number(0x829A)),
        f_number=None if aperture is None else float(aperture),
        iso=_iso(exif)
        or _canon_iso(lambda at: maker.number(4, at), lambda at: maker.number(1, at)),
        focal_length=None if focal_length is None else float(focal_length),
        width=_whole(_SIDES, exif.number(0xA002)),
        height=_whole(_SIDES, exif.number(0xA003)),
        orientation=_whole(_ORIENTATIONS, main.number(0x0112)),
    )


def _of_crw(crw: Crw) -> Exif:
    from fractions import Fraction

    maker, model = crw.names
    width, height = crw.size
    aperture, time = crw.shot_info(21), crw.shot_info(22)
    seconds = _seconds(_stops(time or 0)) if time or aperture else None  # 0 is 1 s, or not told
    f_number = _between(_APERTURES, _f_number(_stops(aperture))) if aperture else None
    units = crw.setting(25) or 1
    focal_length = _between(_FOCAL_LENGTHS, Fraction(crw.focal_length or 0, units))
    return Exif(
        maker=maker,
        model=model,
        owner=crw.owner,
        taken=crw.taken,
        exposure_time=_between(_TIMES, seconds),
        f_number=None if f_number is None else float(f_number),
        iso=_canon_iso(crw.shot_info, crw.setting),
        focal_length=None if focal_length is None else float(focal_length),
        width=_whole(_SIDES, width),
        height=_whole(_SIDES, height),
        orientation=crw.orientation,
    )


# --- numbers that can be true --------------------------------------------------------------------


def _between(limits: tuple[float, float], value: Fraction | None) -> Fraction | None:
    """A number, where it can be true."""
    least, most = limits
    return value if value is not None and least <= value <= most else None


def _whole(limits: tuple[int, int], value: Number | None) -> int | None:
    least, most = limits
    if value is None or value.denominator != 1 or not least <= value <= most:
        return None
    return int(value)


def _moment(exif: Directory) -> datetime | None:
    """When it was taken, or else digitized: what was never set says so by zeros or blanks."""
    for text in exif.text(0x9003), exif.text(0x9004):
        if len(text) == len("2003:06:14 09:30:00"):
            with suppress(ValueError):
                moment = datetime.fromisoformat(text.replace(":", "-", 2))
                if not moment.tzinfo:
                    return moment
    return None


def _iso(exif: Directory) -> int | None:
    """The sensitivity; what its field has no room for stands in one of three others."""
    for tag in 0x8827, 0x8832, 0x8831, 0x8833:
        found = _whole(_SENSITIVITIES, exif.number(tag))
        if found and (tag, found) != (0x8827, _NOT_TOLD):
            return found
    return None


def _canon_iso(
    shot_info: Callable[[int], Number | None],
    setting: Callable[[int], Number | None],
) -> int | None:
    """Canon's own: two words in 32nds of a stop above 100/32, or else how the camera was set."""
    automatic, base = shot_info(1), shot_info(2)
    if automatic is not None and base is not None and 0 < base < 640 > automatic >= 0:
        return round(100 / 32 * 2 ** (int(automatic + base) / 32))
    code = int(setting(16) or 0)
    if code & 0xC000 == 0x4000 and code != _NOT_SET:
        return _whole(_SENSITIVITIES, code & 0x3FFF)
    return _CODED_ISO.get(code)


def _stops(word: int) -> float:
    """A number of stops in 32nds, where a third is 0x0c and two thirds are 0x14."""
    size, sign = abs(word), -1 if word < 0 else 1
    part = {0x0C: 32 / 3, 0x14: 64 / 3}.get(size & 0x1F, size & 0x1F)
    return sign * ((size & ~0x1F) + part) / 32


def _f_number(stops: float) -> Fraction:
    """The aperture that takes so many stops of light, as a camera would show it."""
    from fractions import Fraction

    return Fraction(round(10 * 2 ** (stops / 2)), 10) if abs(stops) <= _MOST_STOPS else Fraction(0)


def _seconds(stops: float) -> Fraction:
    """The time that is so many stops shorter than a second, as a camera would show it."""
    from fractions import Fraction

    if abs(stops) > _MOST_STOPS:
        return Fraction(0)
    seconds = 2**-stops
    return Fraction(1, round(1 / seconds)) if seconds < 0.25 else Fraction(round(seconds * 10), 10)


# --- what kind of file it is ---------------------------------------------------------------------


def _is_crw(source: Source) -> bool:
    from_6 = source.part(6, 8)
    return from_6.size == 8 and from_6.take(0, 8) == b"HEAPCCDR"


def _is_cr3(source: Source) -> bool:
    from_4 = source.part(4, 8)
    return from_4.size == 8 and from_4.take(0, 8) == b"ftypcrx "


def _is_heif(source: Source) -> bool:
    from_4 = source.part(4, 8)
    return from_4.size == 8 and from_4.take(0, 8) in (b"ftypheix", b"ftypheic", b"ftypmif1")


def _tiff(source: Source) -> Tiff:
    """The TIFF block: the file itself, the EXIF segment of a JPEG, or the EXIF item of a HIF."""
    if _is_heif(source):
        from canon.exif.boxes import exif_item

        return Tiff(source, *exif_item(source))
    if source.size < 2 or source.take(0, 2) != b"\xff\xd8":
        return Tiff(source)
    at = 2
    for _ in range(_MOST_SEGMENTS):
        head = source.part(at, 10)
        if head.size < 4:
            break
        marker, length = head.take(0, 2), head.number(2, 2, "big")
        if marker == b"\xff\xff":  # fills up before a marker
            at += 1
            continue
        if marker[0] != 0xFF or marker[1] in (0xD9, 0xDA) or length < 2:
            break
        if marker[1] == 0xE1 and head.size == 10 and head.take(4, 5) == _EXIF:
            return Tiff(source, at + 10, at + 2 + length)
        at += 2 + length
    raise unreadable("no EXIF segment before the picture", at, "JPEG", "segment")
