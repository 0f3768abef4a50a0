"""The verbs `thumbs` and `view`: what is on the card, drawn in the terminal."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from canon.cli.options import Options, Verb
from canon.cli.output import is_terminal, progress_bar, put_drawing, put_line
from canon.cli.paths import ON_CARD, ON_THIS_COMPUTER

if TYPE_CHECKING:
    from PIL.Image import Image

    from canon.camera import Camera
    from canon.driver.card import Entry
    from canon.work.contact_sheet import Thumb

_COLUMNS = 25  # of the terminal for a thumbnail, at least
_RESET = "\x1b[0m"
_UPPER_HALF = "\N{UPPER HALF BLOCK}"
_JPEGS = (".JPG", ".JPEG")


@click.command(
    "thumbs",
    cls=Verb,
    examples=(
        "canon-remote thumbs",
        "canon-remote thumbs DCIM/100CANON",
        "canon-remote thumbs 'DCIM/*/*.CR2'",
        "canon-remote thumbs -o sheet.jpg",
    ),
)
@click.option(
    "-o",
    "--output",
    type=ON_THIS_COMPUTER,
    metavar="FILE",
    help="Write a contact sheet, a JPEG, instead; more than 400 files go on several: FILE-2 …",
)
@click.option("--overwrite", is_flag=True, help="Replace a sheet that is there already.")
@click.argument("path", metavar="[FOLDER]", type=ON_CARD, default="")
@click.pass_obj
def thumbs_verb(options: Options, path: str, output: str | None, overwrite: bool) -> None:
    """Draw the thumbnails of a card in the terminal, with names and times.

    FOLDER is a folder, a file or a pattern, the card itself when not given. They are drawn row by
    row as they come, by kitty's graphics or sixel where the terminal has them (with the extra
    `pictures`), else by half blocks. A file without a thumbnail is a frame. What belongs to another
    file, such as the THM of a movie, is left out.
    """
    from canon.work import contact_sheet

    if output is None:
        _check_terminal(options, "thumbs -o sheet.jpg writes them into a file")
    elif Path(output).suffix.upper() not in _JPEGS:
        raise click.UsageError(f"{output}: a contact sheet is a JPEG; name it sheet.jpg")
    contact_sheet.check_can_draw()
    if output is None:
        with options.camera() as cam, _drawing():
            _draw_rows(contact_sheet.thumbnails(cam, _found(cam, path)))
        return
    with options.camera() as cam:
        entries, to = _found(cam, path), Path(output)
        for one in contact_sheet.contact_sheets(cam, entries, to, overwrite=overwrite):
            if isinstance(one, contact_sheet.Sheet):
                paths = [str(entry) for entry in one.entries]
                document = {"file": str(one.path), "size": one.path.stat().st_size, "paths": paths}
                options.show(document, str(one.path))


@click.command(
    "view",
    cls=Verb,
    examples=("canon-remote view DCIM/100CANON/IMG_0001.JPG",),
)
@click.argument("path", metavar="FILE", type=ON_CARD)
@click.pass_obj
def view_verb(options: Options, path: str) -> None:
    """Draw a picture of the card in the terminal, as large as fits.

    Where its thumbnail has too few pixels for that, a JPEG is fetched as a whole. Of a RAW file and
    of a movie the thumbnail is drawn.
    """
    from canon.cli import graphics
    from canon.work import contact_sheet

    _check_terminal(options, "get saves it into a file")
    contact_sheet.check_can_draw()
    columns, lines = _room()
    by_graphics = graphics.find()
    width, height = (columns * 8, lines * 16) if by_graphics else (columns, lines * 2)
    with options.camera() as cam:
        entry = cam.storage.stat(path)
        if entry.is_folder:
            raise ValueError(f"{path} is a folder, not a file; thumbs draws what is in it")
        picture = _picture(cam, entry, width, height)
    if picture is None:
        raise ValueError(f"{path} cannot be drawn; get saves it into a file")
    with _drawing():
        if by_graphics:
            graphics.put(by_graphics, picture, max(1, columns * picture.width // width))
        else:
            put_drawing("".join(f"{line}\n" for line in half_blocks(picture)))
        put_line("  ".join(contact_sheet.captions(entry)))


def _check_terminal(options: Options, instead: str) -> None:
    if options.as_json:
        raise click.UsageError(f"a picture is no JSON; {instead}")
    if not is_terminal(sys.stdout):
        raise click.UsageError(f"pictures are drawn in a terminal, and stdout is none; {instead}")


def _room() -> tuple[int, int]:
    """Columns and lines to draw in; a column, the name and the prompt stay free."""
    size = shutil.get_terminal_size()
    return max(1, size.columns - 1), max(1, size.lines - 3)


def _found(cam: Camera, path: str) -> list[Entry]:
    """The files that are meant by a path, without what belongs to others."""
    from canon.cli.finder import Finder
    from canon.work.contact_sheet import files_to_show

    if not path:
        return files_to_show(cam.storage.walk())
    found = Finder(cam.storage.ls).find(path)
    below = ([one, *(cam.storage.walk(one) if one.is_folder else ())] for one in found)
    return files_to_show({entry: None for entries in below for entry in entries})


def _picture(cam: Camera, entry: Entry, width: int, height: int) -> Image | None:
    """The thumbnail where it fills so many pixels, else the whole picture."""
    from canon.errors import DecodeError, ObjectNotFound
    from canon.work.contact_sheet import fitted

    is_jpeg = entry.name.upper().endswith(_JPEGS)
    try:
        small = fitted(bytes(cam.storage.thumbnail(entry)), width, height)
    except (DecodeError, ObjectNotFound):
        if not is_jpeg:
            raise
        small = None
    if not is_jpeg or (small and (small.width >= width or small.height >= height)):
        return small
    with progress_bar(entry.size) as begin:
        whole = cam.storage.read(entry, progress=begin(entry.name, entry.size))
    return fitted(whole, width, height) or small


@contextmanager
def _drawing() -> Iterator[None]:
    """However it ends, the terminal has its colours and a line of its own afterwards."""
    try:
        yield
    except BaseException:
        put_drawing(f"\x1b\\{_RESET}")
        raise


def _draw_rows(thumbs: Iterator[Thumb]) -> None:
    """Draw them as they come, as many beside each other as there is room for."""
    from canon.cli import graphics
    from canon.work.contact_sheet import TILE, captions, row

    by_graphics = graphics.find()
    columns, _ = _room()
    count = max(1, (columns + 1) // _COLUMNS)
    width = max(1, (columns + 1) // count - 1)
    while beside := list(islice(thumbs, count)):
        names = zip(*(captions(thumb.entry) for thumb in beside), strict=True)
        if by_graphics:
            gap = TILE[0] // width
            graphics.put(by_graphics, row(beside, *TILE, gap), len(beside) * (width + 1))
            drawn: Iterable[str] = ()
        else:
            drawn = half_blocks(row(beside, width, width * TILE[1] // TILE[0] // 2 * 2, 1))
        told = ("".join(f"{_harmless(one, width):{width + 1}}" for one in line) for line in names)
        put_drawing("".join(f"{line.rstrip()}\n" for line in (*drawn, *told)))


def _harmless(name: str, width: int) -> str:
    """A name as far as there is room; what a camera says may hold control characters."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in name)[
        :width
    ]


def half_blocks(picture: Image) -> Iterator[str]:
    """A picture as lines of a terminal, two pixels in each letter, the upper and the lower one."""
    has_all = os.environ.get("COLORTERM") in ("truecolor", "24bit") or "TMUX" in os.environ
    colour = _true_colour if has_all else _one_of_256
    pixels, step = picture.tobytes(), picture.width * 3
    for top in range(0, len(pixels), step * 2):
        line, before = [], ""
        for at in range(top, top + step, 3):
            upper, lower = pixels[at : at + 3], pixels[at + step : at + step + 3]
            codes = f"38;{colour(upper)};" + (f"48;{colour(lower)}" if lower else "49")
            line.append(_UPPER_HALF if codes == before else f"\x1b[{codes}m{_UPPER_HALF}")
            before = codes
        yield "".join((*line, _RESET))


def _true_colour(pixel: bytes) -> str:
    return f"2;{pixel[0]};{pixel[1]};{pixel[2]}"


def _one_of_256(pixel: bytes) -> str:
    if max(pixel) - min(pixel) < 12:  # the greys have finer steps
        return f"5;{232 + min(23, max(0, sum(pixel) // 3 - 3) // 10)}"
    red, green, blue = (max(one - 35, int(one > 47) * 40) // 40 for one in pixel)
    return f"5;{16 + 36 * red + 6 * green + blue}"
