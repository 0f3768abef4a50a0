"""Thumbnails of a card: beside each other in rows, and as contact sheets with names and times.

Needs Pillow. However many files there are, the pictures of one row or of one sheet are in memory.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from canon.camera.storage import owners
from canon.driver.card import Entry
from canon.errors import CanonError, MissingExtra
from canon.files import check_free, new_file
from canon.frozen import Frozen
from canon.work.patience import Patience

if TYPE_CHECKING:
    from PIL.Image import Image

    from canon.camera import Camera

TILE = 160, 120
"""The pixels of a thumbnail, as all cameras here make them."""
_COLUMNS, _ROWS = 8, 50  # of one sheet
_GAP, _TEXT, _FONT = 8, 30, 11  # pixels
_PAPER, _INK, _FRAME = (24, 24, 24), (230, 230, 230), (128, 128, 128)
_MOST_PIXELS = 100_000_000
_QUALITY = 88


class Thumb(Frozen):
    """A file, and how it looks.

    Attributes:
        entry: the file on the card.
        jpeg: its thumbnail; empty where it has none.
    """

    entry: Entry
    jpeg: bytes


class Sheet(Frozen):
    """A contact sheet that was written.

    Attributes:
        path: where it is.
        entries: the files that are on it.
    """

    path: Path
    entries: tuple[Entry, ...]


def check_can_draw() -> None:
    """Nothing where pictures can be drawn.

    Raises:
        MissingExtra: Pillow is not installed.
    """
    try:
        import PIL  # noqa: F401
    except ImportError as error:
        raise MissingExtra("drawing pictures", "Pillow", "pictures") from error


def files_to_show(entries: Iterable[Entry]) -> list[Entry]:
    """The files among these but those that belong to another one, such as the THM of a movie."""
    there = [entry for entry in entries if not entry.is_folder]
    owned = owners(there)
    return [entry for entry in there if entry.path not in owned]


def thumbnails(cam: Camera, entries: Iterable[Entry]) -> Iterator[Thumb]:
    """The thumbnails of these files, one after the other, as they come.

    Raises:
        CanonError: the camera is gone.
    """
    patience = Patience()
    for entry in entries:
        try:
            jpeg = bytes(cam.storage.thumbnail(entry))
        except CanonError as error:
            patience.heed(error)
            jpeg = b""
        else:
            patience.heed()
        yield Thumb(entry, jpeg)


def sheet_paths(to: Path, count: int) -> list[Path]:
    """The sheets that so many files take: sheet.jpg, then sheet-2.jpg and so on."""
    sheets = max(1, -(-count // (_COLUMNS * _ROWS)))
    return [to, *(to.with_stem(f"{to.stem}-{number}") for number in range(2, sheets + 1))]


def contact_sheets(
    cam: Camera, entries: Sequence[Entry], to: Path, *, overwrite: bool = False
) -> Iterator[Thumb | Sheet]:
    """Write contact sheets of these files; tells each thumbnail that came, and each sheet.

    Raises:
        AlreadyThere: there is such a file; nothing was asked of the camera.
        CanonError: the camera is gone.
        OSError: a sheet cannot be written.
    """
    check_can_draw()
    paths = sheet_paths(to, len(entries))
    for path in paths:
        check_free(path, overwrite=overwrite)
    on_one = _COLUMNS * _ROWS
    for number, path in enumerate(paths):
        part = entries[number * on_one : (number + 1) * on_one]
        yield from _one_sheet(cam, part, path, overwrite)


def _one_sheet(
    cam: Camera, entries: Sequence[Entry], path: Path, overwrite: bool
) -> Iterator[Thumb | Sheet]:
    canvas = _new_sheet(len(entries))
    for place, thumb in enumerate(thumbnails(cam, entries)):
        _put_on(canvas, place, thumb)
        yield thumb
    jpeg = io.BytesIO()
    canvas.save(jpeg, "JPEG", quality=_QUALITY)
    with new_file(path, overwrite=overwrite) as file:
        file.write(jpeg.getbuffer())
    yield Sheet(path, tuple(entries))


def _new_sheet(count: int) -> Image:
    from PIL import Image

    columns = min(_COLUMNS, max(1, count))
    rows = max(1, -(-count // _COLUMNS))
    width, height = TILE[0] + _GAP, TILE[1] + _TEXT + _GAP
    return Image.new("RGB", (columns * width + _GAP, rows * height + _GAP), _PAPER)


def _put_on(canvas: Image, place: int, thumb: Thumb) -> None:
    from PIL import ImageDraw, ImageFont

    row, column = divmod(place, _COLUMNS)
    left = _GAP + column * (TILE[0] + _GAP)
    top = _GAP + row * (TILE[1] + _TEXT + _GAP)
    canvas.paste(_tile(thumb, *TILE), (left, top))
    draw, font = ImageDraw.Draw(canvas), ImageFont.load_default(_FONT)
    for line, text in enumerate(captions(thumb.entry)):
        at = left, top + TILE[1] + 2 + line * (_FONT + 2)
        draw.text(at, text, _INK, font)


def captions(entry: Entry) -> tuple[str, str]:
    """What stands below a picture: its name, and when it was taken."""
    time = entry.modified
    return entry.name, f"{time:%Y-%m-%d %H:%M}" if time else ""


def row(thumbs: Sequence[Thumb], width: int, height: int, gap: int) -> Image:
    """Thumbnails beside each other, each in a box of so many pixels, with a gap behind it."""
    from PIL import Image

    strip = Image.new("RGB", (len(thumbs) * (width + gap), height))
    for place, thumb in enumerate(thumbs):
        strip.paste(_tile(thumb, width, height), (place * (width + gap), 0))
    return strip


def _tile(thumb: Thumb, width: int, height: int) -> Image:
    """A thumbnail in a box, or the box alone where there is none."""
    from PIL import Image, ImageDraw

    tile = Image.new("RGB", (width, height))
    picture = fitted(thumb.jpeg, width, height)
    if picture is None:
        ImageDraw.Draw(tile).rectangle((0, 0, width - 1, height - 1), outline=_FRAME)
    else:
        tile.paste(picture, ((width - picture.width) // 2, (height - picture.height) // 2))
    return tile


def fitted(jpeg: bytes, width: int, height: int) -> Image | None:
    """A picture upright and at most so large; None where it cannot be read."""
    from PIL import Image, ImageOps

    if not jpeg:
        return None
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                return None
            opened.draft("RGB", (width * 2, height * 2))
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    picture.thumbnail((width, height))
    return picture
