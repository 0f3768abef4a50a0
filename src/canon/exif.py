"""What the head of a picture file tells: its thumbnail, and how the picture was taken.

The head comes from a camera, so nothing in it is believed: offsets and lengths are checked
against the bytes that are there, a directory is read once and has an end, and what does not fit
is a DecodeError. It may be the head of a JPEG or a bare TIFF head, as a CR2 file has, in either
byte order. Time and memory are bounded by the length of the head.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from canon.errors import DecodeError
from canon.frozen import Frozen
from canon.wire import Buffer, take

if TYPE_CHECKING:
    from fractions import Fraction

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_MOST_ENTRIES = 500  # of a directory; cameras write at most about a hundred
_LONGEST_TEXT = 256


class Exif(Frozen):
    """How a picture was taken, as far as its file tells; None and "" are what it does not tell.

    Attributes:
        model: the camera's name.
        owner: the owner's name, from Canon's MakerNote.
        taken: the camera's local time.
        exposure_time: seconds.
        f_number: the aperture.
        iso: the sensitivity.
        focal_length: millimetres.
        width: pixels in a row.
        height: rows of pixels.
    """

    model: str = ""
    owner: str = ""
    taken: datetime | None = None
    exposure_time: Fraction | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length: float | None = None
    width: int | None = None
    height: int | None = None


def thumbnail(head: Buffer) -> bytes:
    """The JPEG thumbnail in the head of a JPEG or CR2 file.

    Raises:
        DecodeError: there is none, it is not all there, or the bytes make no sense.
    """
    tiff = _Tiff(head)
    second = tiff.directory(tiff.after(tiff.first))
    start, length = second.number(0x0201), second.number(0x0202)
    if start is None or length is None:
        raise DecodeError("there is no thumbnail in it", tiff.start, "EXIF", "thumbnail")
    picture = bytes(tiff.take(start, length))
    if not picture.startswith(b"\xff\xd8"):
        raise DecodeError("the thumbnail is not a JPEG", tiff.start + start, "EXIF", "thumbnail")
    return picture


def read(head: Buffer) -> Exif:
    """How the picture was taken, from the head of its file.

    A field that is missing or of the wrong type is left out.

    Raises:
        DecodeError: there is no EXIF, or its directories make no sense.
    """
    tiff = _Tiff(head)
    main, exif = _directories(tiff)
    maker = tiff.directory(exif.place(0x927C) if main.text(0x010F) == "Canon" else None)
    exposure, aperture = exif.fraction(0x829A), exif.fraction(0x829D)
    focal_length = exif.fraction(0x920A)
    return Exif(
        model=main.text(0x0110),
        owner=maker.text(0x0009),
        taken=_moment(exif),
        exposure_time=exposure,
        f_number=None if aperture is None else float(aperture),
        iso=exif.number(0x8827) or _canon_iso(maker),
        focal_length=None if focal_length is None else float(focal_length),
        width=exif.number(0xA002),
        height=exif.number(0xA003),
    )


def taken(head: Buffer) -> datetime | None:
    """When the picture was taken, from the head of its file: the camera's local time.

    Raises:
        DecodeError: there is no EXIF, or its directories make no sense.
    """
    return _moment(_directories(_Tiff(head))[1])


def _directories(tiff: _Tiff) -> tuple[_Directory, _Directory]:
    """What is said of the file, and of how it was taken."""
    main = tiff.directory(tiff.first)
    return main, tiff.directory(main.number(0x8769))


def _moment(exif: _Directory) -> datetime | None:
    text = exif.text(0x9003)
    if len(text) != len("2003:06:14 09:30:00"):
        return None
    try:
        moment = datetime.fromisoformat(text.replace(":", "-", 2))
    except ValueError:
        return None
    return None if moment.tzinfo else moment


def _canon_iso(maker: _Directory) -> int | None:
    """The sensitivity in MakerNote tag 4: two words in 32nds of a stop above 100/32."""
    automatic, base = maker.word(0x0004, 1), maker.word(0x0004, 2)
    if automatic is None or base is None or not 0 < base < 640 > automatic:
        return None
    return round(100 / 32 * 2 ** ((automatic + base) / 32))


# --- the TIFF block ------------------------------------------------------------------------------


class _Value(Frozen):
    """One entry of a directory: its type, how many values, and where they lie."""

    kind: int
    amount: int
    at: int


class _Tiff:
    """The TIFF block in a file's head; offsets count from its start."""

    def __init__(self, head: Buffer) -> None:
        self.start = _tiff_start(head)
        self.block = memoryview(head)[self.start :]
        marks = bytes(self.take(0, 4))
        if marks not in (b"II*\0", b"MM\0*"):
            raise DecodeError("neither II nor MM begins it", self.start, "EXIF", "byte order")
        self.order: Literal["little", "big"] = "little" if marks[:2] == b"II" else "big"
        self.first = self.number(4, 4)

    def take(self, at: int, size: int) -> memoryview:
        """The bytes at an offset; DecodeError when they are not all there."""
        try:
            return take(self.block, at, size)
        except DecodeError as error:
            raise error.inside("EXIF", "value") from None

    def number(self, at: int, size: int) -> int:
        """A number of `size` bytes."""
        return int.from_bytes(self.take(at, size), self.order)

    def after(self, at: int) -> int:
        """The offset that the directory at `at` gives for the next one; 0 when it is the last."""
        return self.number(at + 2 + 12 * self.number(at, 2), 4)

    def directory(self, at: int | None) -> _Directory:
        """The directory at an offset; an empty one when there is none."""
        values: dict[int, _Value] = {}
        if not at:
            return _Directory(self, values)
        count = self.number(at, 2)
        if count > _MOST_ENTRIES:
            raise DecodeError(f"a directory of {count} entries", self.start + at, "EXIF", "count")
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            kind, amount = self.number(entry + 2, 2), self.number(entry + 4, 4)
            inline = _SIZES.get(kind, 0) * amount <= 4
            where = entry + 8 if inline else self.number(entry + 8, 4)
            values.setdefault(self.number(entry, 2), _Value(kind, amount, where))
        return _Directory(self, values)


class _Directory:
    """The values of one directory by tag; a value is read when it is asked for."""

    def __init__(self, tiff: _Tiff, values: dict[int, _Value]) -> None:
        self.tiff, self.values = tiff, values

    def _find(self, tag: int, *kinds: int) -> _Value | None:
        value = self.values.get(tag)
        return value if value and value.kind in kinds and value.amount else None

    def text(self, tag: int) -> str:
        """A text up to its NUL, without what does not print."""
        value = self._find(tag, 2)
        if not value:
            return ""
        raw = bytes(self.tiff.take(value.at, min(value.amount, _LONGEST_TEXT)))
        text = raw.partition(b"\0")[0].decode("latin-1")
        return "".join(filter(str.isprintable, text)).strip()

    def number(self, tag: int) -> int | None:
        """A word or long word."""
        value = self._find(tag, 3, 4)
        return self.tiff.number(value.at, _SIZES[value.kind]) if value else None

    def word(self, tag: int, index: int) -> int | None:
        """One word of a row of words."""
        value = self._find(tag, 3)
        if not value or value.amount <= index:
            return None
        return self.tiff.number(value.at + 2 * index, 2)

    def fraction(self, tag: int) -> Fraction | None:
        """A fraction; None when it divides by zero."""
        value = self._find(tag, 5)
        if not value:
            return None
        from fractions import Fraction

        over, under = self.tiff.number(value.at, 4), self.tiff.number(value.at + 4, 4)
        return Fraction(over, under) if under else None

    def place(self, tag: int) -> int | None:
        """Where a value of undefined type lies."""
        value = self._find(tag, 7)
        return value.at if value else None


def _tiff_start(head: Buffer) -> int:
    """Where the TIFF block begins: at the start, or in a JPEG's EXIF segment."""
    if bytes(head[:2]) != b"\xff\xd8":
        return 0
    at = 2
    while at + 4 <= len(head):
        marker, length = bytes(head[at : at + 2]), int.from_bytes(head[at + 2 : at + 4], "big")
        if marker[0] != 0xFF or marker[1] in (0xD9, 0xDA) or length < 2:
            break
        if marker[1] == 0xE1 and bytes(head[at + 4 : at + 10]) == b"Exif\0\0":
            return at + 10
        at += 2 + length
    raise DecodeError("no EXIF segment before the picture", at, "JPEG", "segment")
