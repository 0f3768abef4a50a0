"""Verbs that move files: `get` off the card, `put` on it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from canon.cli.options import Options, Verb
from canon.cli.output import BarOf, Tally, bytes_out, progress_bar, say
from canon.cli.paths import Finder
from canon.driver.lookup import is_pattern
from canon.errors import CanonError, NotSupported
from canon.models.file_kinds import kind_of

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.driver.card import Entry
_PICTURES = "DCIM"
_SAME_TIME_S = 2.0  # as fine as the clocks of FAT, of the card or of this computer's disk


@click.command(
    "get",
    cls=Verb,
    examples=(
        "canon-remote get DCIM/100CANON/IMG_0001.JPG",
        "canon-remote get DCIM/100CANON/IMG_0001.JPG -o first.jpg",
        "canon-remote get DCIM -o pictures/",
        "canon-remote get 'DCIM/*/*.CRW' -o pictures/",
        "canon-remote get --new -o pictures/",
        "canon-remote get --thumbnail DCIM/100CANON/IMG_0001.JPG -o - > small.jpg",
    ),
)
@click.option(
    "-o",
    "--output",
    default=".",
    metavar="FILE|DIR|-",
    help="Where to save; what is not there is made. The current folder when not given. "
    "One file goes to stdout with -.",
)
@click.option("--new", is_flag=True, help="Only files that were not downloaded yet.")
@click.option("--overwrite", is_flag=True, help="Replace files that are there already.")
@click.option("--thumbnail", is_flag=True, help="Save the pictures' thumbnails instead.")
@click.option("--alone", is_flag=True, help="Without the companions of the files.")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.pass_obj
def get_verb(
    options: Options,
    paths: tuple[str, ...],
    output: str,
    new: bool,
    overwrite: bool,
    thumbnail: bool,
    alone: bool,
) -> int:
    """Save files of the card.

    Where each one lies is printed. A PATH that is a folder means all that is in it; its sub-folders
    keep their names below DIR. A PATH may be a pattern: 'DCIM/*/*.CRW'. No PATH but --new means all
    that is new in DCIM. Each file saved is
    marked as downloaded in the camera. A file that is there already, of the same size and time, is
    not fetched again; one that differs is an error. A file that cannot be saved does not stop the
    others. The companions of a file are saved with it: files of the same name, such as
    the THM of a movie, and the spoken note of a picture.
    """
    from canon.files import safe_name

    if not paths and not new:
        raise click.UsageError("name what to get, or say --new to get all that is new")
    if output == "-":
        return _write_out(options, paths, thumbnail=thumbnail)
    with (
        options.camera() as cam,
        Tally(options.as_json, "path", "saved", "file", "size", "fetched") as tally,
    ):
        finder = Finder(cam.storage.ls)
        roots = finder.find_all(paths or (_PICTURES,), tally)
        is_folder = (
            len(paths) != 1
            or is_pattern(paths[0])
            or any(root.is_folder for root in roots)
            or output.endswith(("/", os.sep))
            or Path(output).is_dir()
        )
        if is_folder and Path(output).is_file():
            raise ValueError(f"{output} is a file, not a folder; name another with -o")
        jobs: list[tuple[Entry, Path]] = []
        for root in roots:
            with tally.one(str(root)):
                for entry, name in _files_of(cam, root, thumbnail=thumbnail):
                    if entry.new or not new:
                        jobs.append((entry, Path(output, name) if is_folder else Path(output)))
                if root.is_folder or thumbnail or alone:
                    continue
                for entry in cam.storage.companions(root, finder.folder(root.path.parent)):
                    if entry not in roots and (entry.new or not new):
                        name = Path(safe_name(entry.name))
                        beside = Path(output).with_suffix(name.suffix)
                        jobs.append((entry, Path(output, name) if is_folder else beside))
        jobs = list(dict.fromkeys(jobs))
        there = 0
        saved: set[Path] = set()  # what was saved just now is never replaced
        marks = True  # whether this model can mark files at all, as far as we know
        with progress_bar(0 if thumbnail else sum(entry.size for entry, _ in jobs)) as begin:
            for entry, target in jobs:
                with tally.one(str(entry)):
                    replace = overwrite and target not in saved
                    if overwrite or thumbnail or target in saved or not _is_there(entry, target):
                        size = _save(
                            cam, entry, target, begin, overwrite=replace, thumbnail=thumbnail
                        )
                        fetched = True
                    else:
                        size, fetched = entry.size, False
                    saved.add(target)
                    there += not fetched
                    tally.done(str(target), file=str(target), size=size, fetched=fetched)
                    if entry.new and not thumbnail and marks:
                        marks = _mark(cam, entry)
        if there and not options.as_json:
            say(f"{there} files were there already" if there > 1 else "it was there already")
    return tally.exit_code


@click.command(
    "put",
    cls=Verb,
    examples=(
        "canon-remote put IMG_0001.JPG DCIM/100CANON",
        "canon-remote put --overwrite *.JPG DCIM/100CANON",
    ),
)
@click.option("--overwrite", is_flag=True, help="Replace files that the card has already.")
@click.argument("files", metavar="FILE...", nargs=-1)
@click.argument("folder", metavar="FOLDER", required=False, default="")
@click.pass_obj
def put_verb(options: Options, files: tuple[str, ...], folder: str, overwrite: bool) -> int:
    """Put files into a folder of the card.

    What each one is called there is printed. They keep their time, and count as new. Over USB, a
    file of more than about 65,500 bytes blocks uploads in the camera's next session until it is
    switched off and on; a warning on stderr says so before.
    """
    if not files:
        raise click.UsageError("name the files, and the folder of the card to put them into")
    with options.camera() as cam, Tally(options.as_json, "file", "put", "path", "size") as tally:
        place = cam.storage.stat(folder)
        if not place.is_folder:
            raise ValueError(f"{place} is a file on the card; name the folder to put files into")
        with progress_bar(sum(_size(file) for file in files)) as begin:
            for file in files:
                with tally.one(file):
                    entry = cam.storage.upload(
                        file, place, overwrite=overwrite, progress=begin(file, _size(file))
                    )
                    tally.done(str(entry), path=str(entry), size=entry.size)
    return tally.exit_code


def _write_out(options: Options, paths: tuple[str, ...], *, thumbnail: bool) -> int:
    """Write one file or its thumbnail to stdout, once it is here as a whole."""
    out = bytes_out(as_json=options.as_json)
    with options.camera() as cam:
        files = [entry for path in paths for entry in Finder(cam.storage.ls).find(path)]
        if len(files) != 1 or files[0].is_folder:
            raise ValueError("-o - takes one file; name one, or a folder for -o")
        (entry,) = files
        if thumbnail:
            out.write(cam.storage.thumbnail(entry))
        else:
            with progress_bar(entry.size) as begin, tempfile.TemporaryDirectory() as folder:
                progress = begin(entry.name, entry.size)
                with cam.storage.download(entry, folder, progress=progress).open("rb") as file:
                    shutil.copyfileobj(file, out)
        out.flush()
        if entry.new and not thumbnail:
            _mark(cam, entry)
    return 0


def _files_of(cam: Camera, root: Entry, *, thumbnail: bool) -> Iterator[tuple[Entry, Path]]:
    """The files that a PATH means, each with its name below DIR.

    Of a folder, those without a thumbnail are left out when thumbnails are wanted.
    """
    from canon.files import safe_name

    if not root.is_folder:
        if thumbnail and not kind_of(root.name).is_taken:
            raise ValueError(f"{root} has no thumbnail; pictures and films have one")
        yield root, _name(Path(safe_name(root.name)), thumbnail)
        return
    for entry in cam.storage.walk(root):
        below = Path(*map(safe_name, entry.path.parts[len(root.path.parts) :]))
        if entry.is_folder or (thumbnail and not kind_of(entry.name).is_taken):
            continue
        yield entry, _name(below, thumbnail)


def _name(below: Path, thumbnail: bool) -> Path:
    return below.with_suffix(".thumb.jpg") if thumbnail else below


def _is_there(entry: Entry, target: Path) -> bool:
    """Whether a file of this computer is the one of the card: it has its size and its time."""
    if entry.modified is None:
        return False
    try:
        status = target.stat()
        apart = abs(status.st_mtime - entry.modified.timestamp())
    except (OSError, OverflowError, ValueError):
        return False  # it is not there, or has a time that this computer cannot tell
    return status.st_size == entry.size and apart <= _SAME_TIME_S


def _save(
    cam: Camera, entry: Entry, target: Path, begin: BarOf, *, overwrite: bool, thumbnail: bool
) -> int:
    """Save one file or its thumbnail; returns the bytes."""
    from canon.files import new_file

    target.parent.mkdir(parents=True, exist_ok=True)
    if not thumbnail:
        progress = begin(entry.name, entry.size)
        cam.storage.download(entry, target, overwrite=overwrite, progress=progress)
        return entry.size
    data = cam.storage.thumbnail(entry)
    with new_file(target, overwrite=overwrite) as file:
        file.write(data)
    if progress := begin(entry.name, len(data)):
        progress(len(data), len(data))
    return len(data)


def _mark(cam: Camera, entry: Entry) -> bool:
    """Mark a file as downloaded; returns whether it is worth trying with the next one."""
    try:
        cam.storage.mark_downloaded(entry)
    except NotSupported as error:
        say(f"warning: what is saved still counts as new in the camera: {error}")
        return False
    except CanonError as error:
        say(f"warning: {entry} was saved, but still counts as new in the camera: {error}")
    return True


def _size(file: str) -> int:
    try:
        return Path(file).stat().st_size
    except OSError:
        return 0  # putting it will tell
