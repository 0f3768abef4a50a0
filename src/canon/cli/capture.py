"""The verbs `settings`, `custom-functions` and `capture`."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from canon.cli.options import Options, Verb
from canon.cli.output import Tally, bytes_out, error_message, progress_bar, say
from canon.errors import AlreadyThere

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.driver.shot import Picture
    from canon.values import CaptureTarget

_ASSIGNMENT = "NAME=VALUE"


@click.command(
    "settings",
    cls=Verb,
    examples=(
        "canon-remote settings",
        "canon-remote settings iso aperture",
        "canon-remote settings iso=100 macro=on white_balance=daylight",
        "canon-remote settings shooting_mode=av aperture=f/8",
    ),
)
@click.argument("words", metavar="[NAME[=VALUE]]...", nargs=-1)
@click.pass_obj
def settings_verb(options: Options, words: tuple[str, ...]) -> None:
    """Show or change the camera's settings.

    Each is shown with its value and with what the camera allows now. All NAME=VALUE are written at
    once, and read back. The shooting modes have the names of Canon's dials too: p, tv, av, m, b.
    """
    changes = _assignments(word for word in words if "=" in word)
    names = list(dict.fromkeys(_name(word) for word in words))
    by_number = names and all(name.startswith("0x") for name in names)
    with options.camera() as cam, nullcontext() if by_number else cam.remote():
        for name in names:
            _ = cam.settings[name]  # an unknown name is reported before anything is changed
        changed = cam.settings.set(**changes) if changes else {}
        others = [name for name in names if name not in changed]
        values = cam.settings.read(*others) if others or not names else changed
        values |= changed
        rows = [(name, values[name], cam.settings.allowed(name)) for name in names or list(values)]
    document = {
        name: {"value": _plain(value), "allowed": [_plain(one) for one in allowed]}
        for name, value, allowed in rows
    }
    width = max(len(name) for name, _, _ in rows)
    value_width = max(len(_shown(value)) for _, value, _ in rows)
    lines = []
    for name, value, allowed in rows:
        choices = ", ".join(map(_shown, allowed))
        lines.append(f"{name:{width}}  {_shown(value):{value_width}}  {choices}".rstrip())
    options.show(document, *lines)


@click.command(
    "custom-functions",
    cls=Verb,
    examples=(
        "canon-remote custom-functions",
        "canon-remote custom-functions mirror_lockup",
        "canon-remote custom-functions mirror_lockup=on exposure_steps=1/3",
    ),
)
@click.argument("words", metavar="[NAME[=CHOICE]]...", nargs=-1)
@click.pass_obj
def custom_functions_verb(options: Options, words: tuple[str, ...]) -> None:
    """Show or set the custom functions (C.Fn) of an EOS.

    Each is shown with its number in the camera's menu, with what is set, and with its choices. They
    stay as they are set when the camera is switched off.
    """
    changes = _assignments(word for word in words if "=" in word)
    with options.camera() as cam:
        now = cam.custom_functions.set(**changes) if changes else cam.custom_functions.read()
        names = list(dict.fromkeys(map(_name, words))) or list(now)
        if unknown := [name for name in names if name not in now]:
            raise ValueError(
                f"the {cam.model} has no custom function {', '.join(unknown)}; "
                f"it has: {', '.join(now)}"
            )
    rows = [now[name] for name in names]
    document = {
        row.name: {"number": row.number, "choice": row.choice, "choices": list(row.choices)}
        for row in rows
    }
    width = max((len(row.name) for row in rows), default=0)
    choice_width = max((len(row.choice) for row in rows), default=0)
    lines = (
        f"C.Fn {row.number:2}  {row.name:{width}}  {row.choice:{choice_width}}  "
        + ", ".join(row.choices)
        for row in rows
    )
    options.show(document, *lines)


@click.command(
    "capture",
    cls=Verb,
    examples=(
        "canon-remote capture -o pictures/",
        "canon-remote capture --macro --af-lock --set iso=100 -o flower.jpg",
        "canon-remote capture --target card -n 10",
    ),
)
@click.option(
    "--target",
    type=click.Choice(["host", "card", "both"]),
    default="host",
    show_default=True,
    help="Where the picture goes: to this computer, to the card, or to both.",
)
@click.option("--macro", is_flag=True, help="Switch macro on, and back after the pictures.")
@click.option("--af-lock", is_flag=True, help="Focus once, before the first picture, and keep it.")
@click.option("settings", "--set", multiple=True, metavar=_ASSIGNMENT, help="Set this before.")
@click.option("-n", "--count", type=click.IntRange(min=1), default=1, help="How many pictures.")
@click.option(
    "-o",
    "--output",
    default=".",
    metavar="FILE|DIR|-",
    help="Where to save what comes to this computer; a folder ends with / or is there. "
    "What is not there is made. One picture goes to stdout with -.",
)
@click.option("--overwrite", is_flag=True, help="Replace files that are there already.")
@click.pass_obj
def capture_verb(
    options: Options,
    target: str,
    macro: bool,
    af_lock: bool,
    settings: tuple[str, ...],
    count: int,
    output: str,
    overwrite: bool,
) -> int:
    """Take pictures.

    Where each one lies is printed: a file of this computer, or card:PATH. Nothing is deleted from
    the card. A file that is there already is an error before the picture is taken.
    """
    from canon.values import CaptureTarget

    changes = _assignments(settings)
    wanted = CaptureTarget[target.upper()]
    to = Path(output)
    out = bytes_out(as_json=options.as_json) if output == "-" else None
    if out and (count > 1 or CaptureTarget.HOST not in wanted):
        raise click.UsageError("-o - takes one picture that comes to this computer")
    if CaptureTarget.HOST in wanted and not out:
        is_folder = to.is_dir() or output.endswith(("/", os.sep))
        if count > 1 and not is_folder:
            raise click.UsageError("several pictures need a folder; end -o with /")
        make_room(to, overwrite, is_folder=is_folder)
    with (
        options.camera() as cam,
        Tally(options.as_json, "shot", "taken", "files", "card") as tally,
        cam.remote(),
    ):
        back = macro and not cam.settings.read("macro").get("macro")
        if macro:
            changes["macro"] = True
        if changes:
            cam.settings.set(**changes)
        try:
            with cam.focus.lock() if af_lock else nullcontext():
                if out:
                    _take_one(cam, wanted, out, tally)
                else:
                    _take(cam, wanted, count, to, overwrite, tally)
        finally:
            if back:
                cam.settings.set(macro=False)
    return tally.exit_code


def make_room(to: Path, overwrite: bool, *, is_folder: bool) -> None:
    """Make the folder that pictures go to; an error comes now, before one is taken."""
    if is_folder and to.is_file():
        raise ValueError(f"{to} is a file, not a folder; name another with -o")
    if to.exists() and not is_folder and not overwrite:
        raise AlreadyThere(f"{to} is there already", "choose another name or --overwrite it")
    folder = to if is_folder else to.parent
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def _take(
    cam: Camera, target: CaptureTarget, count: int, to: Path, overwrite: bool, tally: Tally
) -> None:
    for number in range(1, count + 1):
        with tally.one(number, f"picture {number}"), progress_bar(0) as begin:
            shot = cam.capture.shoot(target=target, progress=begin(f"picture {number}", 0))
            cards = [str(entry) for entry in shot.entries]
            files = [
                str(_save(one, _beside(one, shot.pictures, to), overwrite, tally))
                for one in shot.pictures
            ]
            lines = [*files, *(f"card:{path}" for path in cards)]
            tally.done(*lines, files=files, card=cards)


def _take_one(cam: Camera, target: CaptureTarget, out: BinaryIO, tally: Tally) -> None:
    """Take a picture and write it to stdout; what else the shot brings goes to stderr."""
    with tally.one(1, "the picture"), progress_bar(0) as begin:
        shot = cam.capture.shoot(target=target, progress=begin("picture", 0))
        for one in shot.pictures[1:]:
            say(f"{_rescued(one)}: the other file of this shot")
        for entry in shot.entries:
            say(f"card:{entry}")
        out.write(shot.first)
        out.flush()
        tally.done()


def _rescued(picture: Picture) -> Path:
    """Save a picture in a folder of its own, so that it is not lost."""
    return picture.save(tempfile.mkdtemp(prefix="canon-remote-"))


def _beside(picture: Picture, pictures: Sequence[Picture], to: Path) -> Path:
    """Where a picture of a shot goes: FILE is for one of them, the others keep their suffix."""
    suffixes = [Path(one.name).suffix for one in pictures]
    alike = [one.upper() == to.suffix.upper() for one in suffixes]
    number = pictures.index(picture)
    chosen = alike.index(True) if True in alike else 0
    return to if to.is_dir() or number == chosen else to.with_suffix(suffixes[number])


def _save(picture: Picture, to: Path, overwrite: bool, tally: Tally) -> Path:
    """Save a picture; elsewhere when it cannot be saved there, so that nothing is lost."""
    try:
        return _save_in(picture, to, overwrite)
    except OSError as error:
        elsewhere = _rescued(picture)
        say(f"{error_message(error)}; so that the picture is not lost, it was saved elsewhere")
        tally.not_as_asked()
        return elsewhere


def _save_in(picture: Picture, to: Path, overwrite: bool) -> Path:
    """Save a picture; in a folder, a name that is taken gets a number."""
    if not to.is_dir():
        return picture.save(to, overwrite=overwrite)
    from canon.files import safe_name

    name = Path(safe_name(picture.name))
    for number in range(1, 10_000):
        path = to / (name if number == 1 else f"{name.stem}_{number}{name.suffix}")
        try:
            return picture.save(path, overwrite=overwrite)
        except AlreadyThere:
            continue
    raise AlreadyThere(f"{to} has ten thousand files named {name.stem}", "choose another folder")


def _assignments(words: Iterable[str]) -> dict[str, object]:
    changes: dict[str, object] = {}
    for word in words:
        name, equals, value = _name(word), *word.partition("=")[1:]
        if not equals or not name:
            raise click.UsageError(f"{word!r} is not {_ASSIGNMENT}")
        changes[name] = value.strip()
    return changes


def _name(word: str) -> str:
    """The name in NAME or NAME=VALUE; it may be typed as "White-Balance"."""
    name = word.partition("=")[0].strip().lower()
    return name.replace("-", "_").replace(" ", "_")


def _shown(value: object) -> str:
    """A value for people: as it can be typed back."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _plain(value: object) -> object:
    """A value for JSON: numbers, lists and truth as they are, everything else as it is typed."""
    return value if type(value) in (bool, int, float, tuple) else str(value)
