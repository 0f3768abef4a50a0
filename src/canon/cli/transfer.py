"""Verbs that move files: `get` off the card, `put` on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from canon.cli import tab
from canon.cli.naming import JOB, TEMPLATE, sorting_by
from canon.cli.options import Options, Verb
from canon.cli.output import Tally, bytes_out, progress_bar, put_bytes, say
from canon.cli.paths import ON_CARD, ON_THIS_COMPUTER
from canon.errors import CanonError, NotSupported, ObjectNotFound

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.cli.finder import Finder
    from canon.driver.card import CardPath, Entry
    from canon.work.saving import SaveEvent
_PICTURES = "DCIM"
_PIECE = 1 << 20  # bytes that go to stdout at once


@click.command(
    "get",
    cls=Verb,
    examples=(
        "canon-remote get DCIM/100CANON/IMG_0001.JPG",
        "canon-remote get DCIM/100CANON/IMG_0001.JPG -o first.jpg",
        "canon-remote get DCIM -o pictures/",
        "canon-remote get 'DCIM/*/*.CRW' -o pictures/",
        "canon-remote get --new -o pictures/",
        "canon-remote get DCIM --template '{ext}/{name}' -o pictures/",
        "canon-remote get --thumbnail DCIM/100CANON/IMG_0001.JPG -o - > small.jpg",
    ),
)
@click.option(
    "-o",
    "--output",
    type=ON_THIS_COMPUTER,
    default=".",
    metavar="FILE|DIR|-",
    help="Where to save; what is not there is made. The current folder when not given. "
    "One file goes to stdout with -.",
)
@click.option("--new", is_flag=True, help="Only files that were not downloaded yet.")
@click.option("--overwrite", is_flag=True, help="Replace files that are there already.")
@TEMPLATE
@JOB
@click.option("--thumbnail", is_flag=True, help="Save the pictures' thumbnails instead.")
@click.option("--alone", is_flag=True, help="Without the companions of the files.")
@click.argument("paths", type=ON_CARD, metavar="[PATH]...", nargs=-1)
@click.pass_obj
def get_verb(
    options: Options,
    paths: tuple[str, ...],
    output: str,
    new: bool,
    overwrite: bool,
    template: str | None,
    job: str,
    thumbnail: bool,
    alone: bool,
) -> int:
    """Save files of the card.

    Where each one lies is printed. A PATH that is a folder means all that is in it; its sub-folders
    keep their names below DIR. A PATH may be a pattern: 'DCIM/*/*.CRW'; the folders below its fixed
    part, here DCIM, keep their names, and those below what several PATHs have in common. A PATH may
    be as gphoto2 prints it, /store_00010001/DCIM/…. No PATH but --new means all that is new in
    DCIM; some models do not tell what is. Each file saved is marked as downloaded in the camera. A
    file that is there already, of the same size and time, is not fetched again; one that differs is
    an error. A file that cannot be saved does not stop the others. The companions
    of a file are saved with it: files of the same name, such as the THM of a movie, and the spoken
    note of a picture. With --template files get other names below DIR, as `import` gives them; then
    a name that is taken gets -2.
    """
    if not paths and not new:
        raise click.UsageError("name what to get, or say --new to get all that is new")
    sorting = sorting_by(template, job, output, overwrite=overwrite)
    if output == "-":
        return _write_out(options, paths, thumbnail=thumbnail)
    from canon.cli.finder import Finder
    from canon.driver.lookup import is_pattern
    from canon.work.saving import Job, Layout, Saving, check_way, ends_as_folder

    check_way(Path(output).parent)
    with (
        options.camera() as cam,
        Tally(options.as_json, "path", "saved", "file", "size", "fetched") as tally,
    ):
        finder = Finder(cam.storage.ls)
        named = paths or (_PICTURES,)
        roots = finder.find_all(named, tally)
        several = len(paths) != 1 or is_pattern(paths[0]) or any(root.is_folder for root in roots)
        is_folder = several or ends_as_folder(output) or sorting is not None
        if is_folder and Path(output).is_file():
            raise ValueError(f"{output} is a file, not a folder; name another with -o")
        saving = sorting or Saving(output, is_folder=is_folder, overwrite=overwrite)
        layout = Layout.below(list(_tops(finder, named)))
        jobs: dict[Job, None] = {}
        for root in roots:
            with tally.one(str(root)):
                among = () if root.is_folder or thumbnail or alone else finder.folder(root.parent)
                wanted = saving.jobs(
                    cam, root, layout=layout, new=new, thumbnails=thumbnail, among=among
                )
                jobs.update(dict.fromkeys(wanted))
        with progress_bar(0 if thumbnail else sum(job.entry.size for job in jobs)) as begin:
            there = _report(saving.run(cam, jobs, begin), tally)
        if there and not options.as_json:
            say(f"{there} files were there already" if there > 1 else "it was there already")
    return tally.exit_code


def _tops(finder: Finder, paths: Iterable[str]) -> Iterator[CardPath]:
    """The folders that the paths are below; errors were reported when they were looked up."""
    for path in paths:
        with suppress(CanonError, ValueError):
            yield finder.top(path)


def _report(events: Iterable[SaveEvent], tally: Tally) -> int:
    """Tell what becomes of each file; returns how many were there already."""
    from canon.work.saving import Failed, NotMarked, Skipped

    there = 0
    for event in events:
        if isinstance(event, NotMarked):
            _warn(event.what, event.error)
            continue
        with tally.one(str(event.what)):
            if isinstance(event, Failed):
                raise event.error
            fetched = not isinstance(event, Skipped)
            there += not fetched
            file = str(event.path)
            tally.done(file, file=file, size=event.size, fetched=fetched)
    return there


class _Put(Verb):
    """In the shell, a file without a folder goes into the current one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if ctx.obj.keeps_open and sum(not word.startswith("-") for word in args) == 1:
            args = [*args, "."]
        return super().parse_args(ctx, args)


@click.command(
    "put",
    cls=_Put,
    examples=(
        "canon-remote put IMG_0001.JPG DCIM/100CANON",
        "canon-remote put IMG_0001.JPG DCIM/101CANON/",
        "canon-remote put --overwrite *.JPG DCIM/100CANON",
    ),
)
@click.option("--overwrite", is_flag=True, help="Replace files that the card has already.")
@click.argument("files", metavar="FILE...", nargs=-1, shell_complete=tab.files)
@click.argument("folder", type=ON_CARD, metavar="FOLDER", required=False, default="")
@click.pass_obj
def put_verb(options: Options, files: tuple[str, ...], folder: str, overwrite: bool) -> int:
    """Put files into a folder of the card.

    A FOLDER that is not there is made when it ends with a slash. Names are those of cards: up to
    eight letters A to Z, digits, _, - or ~, then a dot and up to three more. What each file is
    called there is printed. They keep their time, and count as new. Over USB, a file of more than
    about 65,500 bytes blocks uploads in the camera's next session until it is switched off and on;
    a warning on stderr says so before.
    """
    if not files:
        raise click.UsageError("name the files, and the folder of the card to put them into")
    with options.camera() as cam, Tally(options.as_json, "file", "put", "path", "size") as tally:
        wanted = [one for file in files for one in options.all_on_this_computer(file)]
        there = _there(cam, folder)
        with progress_bar(sum(map(_size, wanted))) as begin:
            for file in wanted:
                with tally.one(file):
                    progress = begin(file, _size(file))
                    entry = cam.storage.upload(
                        file, folder, overwrite=overwrite, progress=progress, among=there
                    )
                    there = [*(there or ()), entry]
                    tally.done(options.as_typed(entry), path=str(entry), size=entry.size)
    return tally.exit_code


def _there(cam: Camera, folder: str) -> list[Entry] | None:
    """What is in a folder of the card; None where it is not there, but may be made."""
    try:
        place = cam.storage.stat(folder)
    except ObjectNotFound:
        if folder.endswith(("/", "\\")):
            return None
        what, advice = "there is no such folder on the card", "end it with / to have it made"
        raise ObjectNotFound(what, advice, subject=folder) from None
    if not place.is_folder:
        raise ValueError(f"{place} is a file on the card; name the folder to put files into")
    return cam.storage.ls(place)


def _write_out(options: Options, paths: tuple[str, ...], *, thumbnail: bool) -> int:
    """Write one file or its thumbnail to stdout, once it is here as a whole."""
    import tempfile

    from canon.cli.finder import Finder
    from canon.work.saving import mark_downloaded

    out = bytes_out(as_json=options.as_json)
    with options.camera() as cam:
        files = [entry for path in paths for entry in Finder(cam.storage.ls).find(path)]
        if len(files) != 1 or files[0].is_folder:
            raise ValueError("-o - takes one file; name one, or a folder for -o")
        (entry,) = files
        if thumbnail:
            put_bytes(out, cam.storage.thumbnail(entry))
        else:
            with progress_bar(entry.size) as begin, tempfile.TemporaryDirectory() as folder:
                progress = begin(entry.name, entry.size)
                with cam.storage.download(entry, folder, progress=progress).open("rb") as file:
                    while piece := file.read(_PIECE):
                        put_bytes(out, piece)
        if entry.new and not thumbnail and (error := mark_downloaded(cam, entry)):
            _warn(entry, error)
    return 0


def _warn(entry: Entry, error: CanonError) -> None:
    """Say that a file was saved, but not marked; once where no file of this model can be."""
    if isinstance(error, NotSupported):
        say(f"warning: what is saved still counts as new in the camera: {error}")
    else:
        say(f"warning: {entry} was saved, but still counts as new in the camera: {error}")


def _size(file: str) -> int:
    try:
        return Path(file).stat().st_size
    except OSError:
        return 0  # putting it will tell
