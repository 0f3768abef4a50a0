"""Verbs about what is on the card: `ls`, `rm`, `mkdir`, `rmdir`, `protect`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import click

from canon.cli.options import Options, Verb
from canon.cli.output import Tally, is_terminal, put_message, say
from canon.cli.paths import ON_CARD
from canon.errors import ObjectNotFound
from canon.work import documents
from canon.work.documents import FAILED

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.camera.storage import Storage
    from canon.cli.finder import Finder
    from canon.driver.card import CardPath, Entry


@click.command(
    "ls",
    cls=Verb,
    examples=("canon-remote ls", "canon-remote ls -l DCIM/100CANON", "canon-remote ls -r --json"),
)
@click.option("long", "-l", "--long", is_flag=True, help="Show marks, size and time as well.")
@click.option("deep", "-r", "--recursive", is_flag=True, help="Go into the folders too.")
@click.argument("path", type=ON_CARD, default="")
@click.pass_obj
def ls_verb(options: Options, path: str, long: bool, deep: bool) -> None:
    """List what is on the card.

    PATH is a folder, a file or a pattern, the card itself when not given. What is printed are
    paths, as the other verbs take them. The marks of -l: d is a folder, p a protected file, n one
    that was not downloaded yet, ? where the camera does not tell. Behind a companion, -l names the
    picture that it belongs to.
    """
    with options.camera() as cam:
        entries = _list(cam, path, deep)
    pictures = _pictures(entries)
    options.show(
        [documents.of_entry(entry, pictures.get(entry.path, ())) for entry in entries],
        *(_long(entry, pictures) if long else _short(entry) for entry in entries),
    )


@click.command(
    "rm",
    cls=Verb,
    examples=(
        "canon-remote rm DCIM/100CANON/IMG_0001.JPG",
        "canon-remote rm --yes DCIM/100CANON/IMG_0001.JPG 'DCIM/*/MVI_*'",
    ),
)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--alone", is_flag=True, help="Leave the companions of the files on the card.")
@click.argument("paths", type=ON_CARD, metavar="PATH...", nargs=-1, required=True)
@click.pass_obj
def rm_verb(options: Options, paths: tuple[str, ...], yes: bool, alone: bool) -> int:
    """Delete files from the card.

    A PATH may be a pattern: 'DCIM/*/MVI_*'. Companions of a file that is deleted go with it, unless
    they belong to another one that stays: files of the same name, such as the THM of a movie, and
    the spoken note of a picture. It names them all and asks first; where there is no terminal to
    ask on, it needs --yes. What is deleted is printed. `rmdir` removes folders.
    """
    from canon.cli.finder import Finder

    if not yes and not is_terminal(sys.stdin):
        raise click.UsageError("there is no terminal to ask on; rm needs --yes here")
    with options.camera() as cam, Tally(options.as_json, "path", "deleted") as tally:
        finder = Finder(cam.storage.ls)
        named: list[Entry] = []
        for entry, path in finder.find_all(paths, tally).items():
            with tally.one(path):
                if entry.is_folder:
                    raise ValueError(f"{path} is a folder, not a file; rmdir removes empty folders")
                named.append(entry)
        doomed = _doomed(named, finder, alone=alone)
        if doomed and not yes and not _confirmed([options.as_typed(entry) for entry in doomed]):
            say("nothing was deleted")
            return FAILED
        gone: set[CardPath] = set()
        for entry, owned_by in doomed.items():
            if any(owner.path not in gone for owner in owned_by):
                continue  # what it belongs to could not be deleted
            with tally.one(str(entry)):
                cam.storage.delete(entry)
                tally.done(options.as_typed(entry))
                gone.add(entry.path)
    return tally.exit_code


def _doomed(named: list[Entry], finder: Finder, *, alone: bool) -> dict[Entry, list[Entry]]:
    """What is to be deleted, companions behind their files; with each, what it belongs to.

    Companions that belong to a file that stays are not among them.
    """
    from canon.camera.storage import owners

    if alone:
        return {entry: [] for entry in named}
    beside = {entry.parent: finder.folder(entry.parent) for entry in named}
    owned = {folder: owners(listing) for folder, listing in beside.items()}
    doomed: dict[Entry, list[Entry]] = {}
    for entry in named:
        doomed[entry] = []
        for one in beside[entry.parent]:
            belongs_to = owned[entry.parent].get(one.path, [])
            if entry in belongs_to and all(owner in doomed for owner in belongs_to):
                doomed.setdefault(one, belongs_to)  # behind the last of them
    return doomed


def _confirmed(files: list[str]) -> bool:
    """Name what is to be deleted, and ask."""
    if len(files) > 1:
        put_message("\n".join(files))
    what = files[0] if len(files) == 1 else f"these {len(files)} files"
    return click.confirm(f"Delete {what} from the card for good?", err=True)


@click.command("mkdir", cls=Verb, examples=("canon-remote mkdir DCIM/200CANON",))
@click.argument("paths", type=ON_CARD, metavar="PATH...", nargs=-1, required=True)
@click.pass_obj
def mkdir_verb(options: Options, paths: tuple[str, ...]) -> int:
    """Make folders on the card."""
    with options.camera() as cam, Tally(options.as_json, "path", "made") as tally:
        for path in paths:
            with tally.one(path):
                cam.storage.mkdir(path)
                tally.done()
    return tally.exit_code


@click.command("rmdir", cls=Verb, examples=("canon-remote rmdir DCIM/200CANON",))
@click.argument("paths", type=ON_CARD, metavar="PATH...", nargs=-1, required=True)
@click.pass_obj
def rmdir_verb(options: Options, paths: tuple[str, ...]) -> int:
    """Remove empty folders from the card."""
    return each(options, paths, "removed", lambda storage, entry: storage.rmdir(entry))


@click.command(
    "protect",
    cls=Verb,
    examples=(
        "canon-remote protect DCIM/100CANON/IMG_0001.JPG",
        "canon-remote protect --off DCIM/100CANON/IMG_0001.JPG",
    ),
)
@click.option("--off", is_flag=True, help="Take the protection off.")
@click.argument("paths", type=ON_CARD, metavar="PATH...", nargs=-1, required=True)
@click.pass_obj
def protect_verb(options: Options, paths: tuple[str, ...], off: bool) -> int:
    """Protect files of the card from deletion; a PATH may be a pattern."""
    return each(
        options,
        paths,
        "unprotected" if off else "protected",
        lambda storage, entry: storage.protect(entry, protected=not off),
    )


@click.command(
    "new",
    cls=Verb,
    examples=("canon-remote new DCIM/100CANON/IMG_0001.JPG", "canon-remote new 'DCIM/*/*.JPG'"),
)
@click.argument("paths", type=ON_CARD, metavar="PATH...", nargs=-1, required=True)
@click.pass_obj
def new_verb(options: Options, paths: tuple[str, ...]) -> int:
    """Let files count as not downloaded yet."""
    return each(
        options,
        paths,
        "marked",
        lambda storage, entry: storage.mark_downloaded(entry, downloaded=False),
    )


@click.command(
    "old",
    cls=Verb,
    examples=("canon-remote old DCIM/100CANON/IMG_0001.JPG", "canon-remote old 'DCIM/*/*.JPG'"),
)
@click.argument("paths", type=ON_CARD, metavar="PATH...", nargs=-1, required=True)
@click.pass_obj
def old_verb(options: Options, paths: tuple[str, ...]) -> int:
    """Let files count as downloaded."""
    return each(options, paths, "marked", lambda storage, entry: storage.mark_downloaded(entry))


def each(
    options: Options, paths: tuple[str, ...], done: str, act: Callable[[Storage, Entry], None]
) -> int:
    """Do the same with all that the paths mean; returns the exit code."""
    from canon.cli.finder import Finder

    with options.camera() as cam, Tally(options.as_json, "path", done) as tally:
        for entry, path in Finder(cam.storage.ls).find_all(paths, tally).items():
            with tally.one(path):
                act(cam.storage, entry)
                tally.done()
    return tally.exit_code


def _list(cam: Camera, path: str, deep: bool) -> list[Entry]:
    from canon.cli.finder import Finder
    from canon.driver.lookup import is_pattern

    if is_pattern(path):
        found = Finder(cam.storage.ls).find(path)
        below = ((one, *(cam.storage.walk(one) if one.is_folder and deep else ())) for one in found)
        return [entry for entries in below for entry in entries]
    try:
        return list(cam.storage.walk(path)) if deep else cam.storage.ls(path)
    except (ObjectNotFound, ValueError):  # it may be a file
        entry = cam.storage.stat(path)
        if entry.is_folder:  # the root of a card that is not there
            raise ObjectNotFound(subject=path) from None
        return [entry]


def _pictures(entries: list[Entry]) -> Mapping[CardPath, list[str]]:
    """The names of the pictures that each companion belongs to."""
    from canon.camera.storage import owners

    return {path: [one.name for one in found] for path, found in owners(entries).items()}


def _short(entry: Entry) -> str:
    return f"{entry.path}/" if entry.is_folder else str(entry.path)


def _long(entry: Entry, pictures: Mapping[CardPath, list[str]]) -> str:
    marks = zip("dpn", (entry.is_folder, entry.protected, entry.new), strict=True)
    shown = "".join("?" if on is None else letter if on else "-" for letter, on in marks)
    time = str(entry.modified or "-")
    of = f"  (of {', '.join(pictures[entry.path])})" if entry.path in pictures else ""
    return f"{shown} {entry.size:>10} {time:>19} {_short(entry)}{of}"
