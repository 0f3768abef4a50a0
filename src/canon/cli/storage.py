"""Verbs about what is on the card: `ls`, `rm`, `mkdir`, `rmdir`, `protect`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import click

from canon.cli.options import Options, Verb
from canon.cli.output import FAILED, Tally, is_terminal, say
from canon.cli.paths import Finder
from canon.driver.lookup import is_pattern
from canon.errors import ObjectNotFound

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.camera.storage import Storage
    from canon.driver.card import CardPath, Entry


@click.command(
    "ls",
    cls=Verb,
    examples=("canon-remote ls", "canon-remote ls -l DCIM/100CANON", "canon-remote ls -r --json"),
)
@click.option("long", "-l", "--long", is_flag=True, help="Show marks, size and time as well.")
@click.option("deep", "-r", "--recursive", is_flag=True, help="Go into the folders too.")
@click.argument("path", default="")
@click.pass_obj
def ls_verb(options: Options, path: str, long: bool, deep: bool) -> None:
    """List what is on the card.

    PATH is a folder, a file or a pattern, the card itself when not given. What is printed are
    paths, as the other verbs take them. The marks of -l: d is a folder, p a protected file, n one
    that was not downloaded yet. Behind a companion, -l names the picture that it belongs to.
    """
    with options.camera() as cam:
        entries = _list(cam, path, deep)
    pictures = _pictures(entries)
    options.show(
        [_document(entry, pictures) for entry in entries],
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
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.pass_obj
def rm_verb(options: Options, paths: tuple[str, ...], yes: bool, alone: bool) -> int:
    """Delete files from the card.

    A PATH may be a pattern: 'DCIM/*/MVI_*'. It asks first; where there is no terminal to ask on, it
    needs --yes. Companions of a file that is deleted go with it: files of the
    same name, such as the THM of a movie, and the spoken note of a picture.
    """
    if not yes and not is_terminal(sys.stdin):
        raise click.UsageError("there is no terminal to ask on; rm needs --yes here")
    with options.camera() as cam, Tally(options.as_json, "path", "deleted") as tally:
        finder = Finder(cam.storage.ls)
        found = finder.find_all(paths, tally)
        if found and not yes:
            what = next(iter(found.values())) if len(found) == 1 else f"{len(found)} files"
            if not click.confirm(f"Delete {what} from the card for good?", err=True):
                say("nothing was deleted")
                return FAILED
        named = {entry.path for entry in found}
        gone: set[CardPath] = set()
        for entry, path in found.items():
            beside: list[Entry] = []
            with tally.one(path):
                others = [] if alone else finder.folder(entry.path.parent)
                cam.storage.delete(entry)
                tally.done()
                gone.add(entry.path)
                beside = _only_of(cam, entry, [one for one in others if one.path not in gone])
            for companion in beside:
                if companion.path not in named:
                    with tally.one(str(companion)):
                        cam.storage.delete(companion)
                        tally.done()
                        gone.add(companion.path)
    return tally.exit_code


@click.command("mkdir", cls=Verb, examples=("canon-remote mkdir DCIM/200CANON",))
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
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
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
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
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.pass_obj
def protect_verb(options: Options, paths: tuple[str, ...], off: bool) -> int:
    """Protect files of the card from deletion; a PATH may be a pattern."""
    return each(
        options,
        paths,
        "unprotected" if off else "protected",
        lambda storage, entry: storage.protect(entry, protected=not off),
    )


def _only_of(cam: Camera, entry: Entry, rest: list[Entry]) -> list[Entry]:
    """The companions of a file that belong to no other file of the rest of its folder."""
    from canon.camera.storage import owners

    shared = owners(rest)
    return [one for one in cam.storage.companions(entry, rest) if one.path not in shared]


def each(
    options: Options, paths: tuple[str, ...], done: str, act: Callable[[Storage, Entry], None]
) -> int:
    """Do the same with all that the paths mean; returns the exit code."""
    with options.camera() as cam, Tally(options.as_json, "path", done) as tally:
        for entry, path in Finder(cam.storage.ls).find_all(paths, tally).items():
            with tally.one(path):
                act(cam.storage, entry)
                tally.done()
    return tally.exit_code


def _list(cam: Camera, path: str, deep: bool) -> list[Entry]:
    if is_pattern(path):
        found = Finder(cam.storage.ls).find(path)
        below = ((one, *(cam.storage.walk(one) if one.is_folder and deep else ())) for one in found)
        return [entry for entries in below for entry in entries]
    try:
        return list(cam.storage.walk(path)) if deep else cam.storage.ls(path)
    except ObjectNotFound:
        entry = cam.storage.stat(path)
        if entry.is_folder:  # the root of a card that is not there
            raise ObjectNotFound(subject=path) from None
        return [entry]


def _pictures(entries: list[Entry]) -> Mapping[CardPath, list[str]]:
    """The names of the pictures that each companion belongs to."""
    from canon.camera.storage import owners

    return {path: [one.name for one in found] for path, found in owners(entries).items()}


def _document(entry: Entry, pictures: Mapping[CardPath, list[str]]) -> dict[str, object]:
    return {
        "path": str(entry.path),
        "folder": entry.is_folder,
        "size": entry.size,
        "modified": entry.modified.isoformat() if entry.modified else None,
        "protected": entry.protected,
        "new": entry.new,
        "companion_of": pictures.get(entry.path, []),
    }


def _short(entry: Entry) -> str:
    return f"{entry.path}/" if entry.is_folder else str(entry.path)


def _long(entry: Entry, pictures: Mapping[CardPath, list[str]]) -> str:
    marks = zip("dpn", (entry.is_folder, entry.protected, entry.new), strict=True)
    shown = "".join(letter if on else "-" for letter, on in marks)
    time = str(entry.modified or "-")
    of = f"  (of {', '.join(pictures[entry.path])})" if entry.path in pictures else ""
    return f"{shown} {entry.size:>10} {time:>19} {_short(entry)}{of}"
