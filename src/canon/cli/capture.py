"""The verbs `settings`, `custom-functions`, `capture` and `bulb`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import click

from canon.cli import tab
from canon.cli.durations import DURATION
from canon.cli.naming import JOB, TEMPLATE, sorting_by
from canon.cli.options import Options, Verb
from canon.cli.output import (
    Tally,
    Untold,
    bytes_out,
    error_message,
    is_verbose,
    progress_bar,
    put_bytes,
    say,
)
from canon.cli.paths import ON_THIS_COMPUTER
from canon.driver.features import Feature
from canon.driver.shot import BULB
from canon.errors import NotSupported
from canon.work import documents

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.driver.settings import Reading
    from canon.driver.shot import Shot
    from canon.work.saving import Saving

_ASSIGNMENT = "NAME=VALUE"
_LONGEST = 32
_TARGET = click.option(
    "--target",
    type=click.Choice(["host", "card", "both"]),
    default="host",
    show_default=True,
    help="Where the picture goes: to this computer, to the card, or to both.",
)
SET = click.option(
    "settings",
    "--set",
    multiple=True,
    metavar=_ASSIGNMENT,
    shell_complete=tab.settings,
    help="Set this before.",
)
_OUTPUT = click.option(
    "-o",
    "--output",
    type=ON_THIS_COMPUTER,
    default=".",
    metavar="FILE|DIR|-",
    help="Where to save what comes to this computer; a folder ends with / or is there. "
    "What is not there is made. One picture goes to stdout with -.",
)
_OVERWRITE = click.option("--overwrite", is_flag=True, help="Replace files that are there already.")


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
@click.argument("words", metavar="[NAME[=VALUE]]...", nargs=-1, shell_complete=tab.settings)
@click.pass_obj
def settings_verb(options: Options, words: tuple[str, ...]) -> None:
    """Show or change the camera's settings.

    Each is shown with its value and with what the camera allows now. All NAME=VALUE are written at
    once, and read back. The shooting modes have the names of Canon's dials too: p, tv, av, m, b.
    Bare numbers and bytes, of which an EOS has many, are shown by their name, with -v and --json.
    """
    changes = assignments(word for word in words if "=" in word)
    names = list(dict.fromkeys(_name(word) for word in words))
    by_number = names and all(name.startswith("0x") for name in names)
    with options.camera() as cam, nullcontext() if by_number else cam.remote():
        for name in names:
            _ = cam.settings[name]  # an unknown name is told before anything is changed
        if changes:
            cam.settings.set(changes)
        told = cam.settings.describe(*names)
        if missing := [name for name in names if name not in told]:
            raise cam.settings.missing(missing[0])
    document = {name: documents.of_reading(told[name]) for name in told}
    shown = {name: one for name, one in told.items() if names or is_verbose() or _speaks(name, one)}
    width = max(map(len, shown), default=0)
    values = {name: one.kind.label(one.value) for name, one in shown.items()}
    if not names:  # what nobody reads is not worth its length
        values = {name: _cut(value) for name, value in values.items()}
    value_width = max(map(len, values.values()), default=0)
    lines = []
    for name, one in shown.items():
        choices = ", ".join(map(one.kind.label, one.allowed or ())) or (one.why and f"({one.why})")
        lines.append(f"{name:{width}}  {values[name]:{value_width}}  {choices}".rstrip())
    options.show(document, *lines)
    if not options.as_json and (more := len(told) - len(shown)):
        say(f"{more} more are bare numbers and bytes; -v shows them too")


def _speaks(name: str, told: Reading) -> bool:
    """Whether a setting says something to people: a word, or a number that can be chosen."""
    from canon.camera.names import NAMES
    from canon.driver.settings import number_in

    if name in NAMES:
        return True
    kind = told.kind.name
    return number_in(name) is None and kind != "raw" and (kind != "number" or bool(told.allowed))


def _cut(value: str) -> str:
    """A value that fits beside others; asked for by name, it is shown whole."""
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"


@click.command(
    "custom-functions",
    cls=Verb,
    examples=(
        "canon-remote custom-functions",
        "canon-remote custom-functions mirror_lockup",
        "canon-remote custom-functions mirror_lockup=on exposure_steps=1/3",
    ),
)
@click.argument(
    "words", metavar="[NAME[=CHOICE]]...", nargs=-1, shell_complete=tab.custom_functions
)
@click.pass_obj
def custom_functions_verb(options: Options, words: tuple[str, ...]) -> None:
    """Show or set the custom functions (C.Fn) of an EOS.

    Each is shown with its number in the camera's menu, with what is set, and with its choices. They
    stay as they are set when the camera is switched off.
    """
    changes = assignments(word for word in words if "=" in word)
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
        "canon-remote capture --no-focus",
        "canon-remote capture -n 10 --template '{time:%Y-%m-%d}/{seq:03}' -o pictures/",
    ),
)
@_TARGET
@click.option("--macro", is_flag=True, help="Switch macro on, and back after the pictures.")
@click.option("--af-lock", is_flag=True, help="Focus once, before the first picture, and keep it.")
@click.option("--no-focus", is_flag=True, help="Take it at once, without focusing before.")
@SET
@click.option("-n", "--count", type=click.IntRange(min=1), default=1, help="How many pictures.")
@_OUTPUT
@_OVERWRITE
@TEMPLATE
@JOB
@click.pass_obj
def capture_verb(
    options: Options,
    target: str,
    macro: bool,
    af_lock: bool,
    no_focus: bool,
    settings: tuple[str, ...],
    count: int,
    output: str,
    overwrite: bool,
    template: str | None,
    job: str,
) -> int:
    """Take pictures.

    Where each one lies is printed: a file of this computer, or card:PATH. Nothing is deleted from
    the card. A file that is there already is an error before the picture is taken. With --template
    pictures get their names below DIR as `import` gives them; a name that is taken gets -2.
    """
    changes = assignments(settings)
    sorting = sorting_by(template, job, output, overwrite=overwrite)
    going = _Going(options, target, count, output, overwrite, sorting)
    with (
        options.camera() as cam,
        Tally(options.as_json, "shot", "taken", "files", "card") as tally,
        cam.remote(),
    ):
        back = macro and not cam.settings.read("macro").get("macro")
        if macro:
            changes["macro"] = True
        if changes:
            cam.settings.set(changes)
        try:
            with cam.focus.lock() if af_lock else nullcontext():
                going.take(cam, partial(cam.capture.shoot, focus=not no_focus), tally)
        finally:
            if back:
                cam.settings.set(macro=False)
    return tally.exit_code


@click.command(
    "bulb",
    cls=Verb,
    examples=(
        "canon-remote bulb 3.8s",
        "canon-remote bulb 2m --set iso=100 --target card",
    ),
)
@click.argument("seconds", type=DURATION)
@_TARGET
@SET
@_OUTPUT
@_OVERWRITE
@click.pass_obj
def bulb_verb(
    options: Options,
    seconds: float,
    target: str,
    settings: tuple[str, ...],
    output: str,
    overwrite: bool,
) -> int:
    """Take a picture whose shutter stays open for so many SECONDS: 3.8s, 2m.

    Set the camera to bulb (B), or to M. Where the picture lies is printed, as `capture` does.
    """
    changes = assignments(settings)
    going = _Going(options, target, 1, output, overwrite)
    with (
        options.camera() as cam,
        Tally(options.as_json, "shot", "taken", "files", "card") as tally,
    ):
        if Feature.BULB not in cam.features:  # told before the lens moves
            raise NotSupported(cam.model.removeprefix("Canon "), BULB)
        with cam.remote():
            if changes:
                cam.settings.set(changes)
            going.take(cam, partial(cam.capture.bulb, seconds), tally)
    return tally.exit_code


class _Going:
    """Where the pictures of a command go; what cannot work is told before the first is taken."""

    def __init__(
        self,
        options: Options,
        target: str,
        count: int,
        output: str,
        overwrite: bool,
        sorting: Saving | None = None,
    ) -> None:
        from canon.values import CaptureTarget
        from canon.work.saving import Saving

        self._count = count
        self._target = wanted = CaptureTarget[target.upper()]
        self._saving = saving = sorting or Saving(output, overwrite=overwrite)
        self._out = out = bytes_out(as_json=options.as_json) if output == "-" else None
        if out and (count > 1 or CaptureTarget.HOST not in wanted):
            raise click.UsageError("-o - takes one picture that comes to this computer")
        if CaptureTarget.HOST in wanted and not out:
            if count > 1 and not saving.is_folder:
                raise click.UsageError("several pictures need a folder; end -o with /")
            options.check_can_draw()
            saving.make_room()

    def take(self, cam: Camera, shoot: Callable[..., Shot], tally: Tally) -> None:
        """Take them, by one of the verbs of `cam.capture`."""
        to_there = partial(shoot, target=self._target)
        self._saving.meet(cam)
        if self._out:
            _take_one(to_there, self._out, tally)
        else:
            _take(cam, to_there, self._count, self._saving, tally)


def _take(
    cam: Camera, shoot: Callable[..., Shot], count: int, saving: Saving, tally: Tally
) -> None:
    from canon.work.power import PowerWatch
    from canon.work.saving import SavedElsewhere

    power = PowerWatch(cam, say)
    for number in range(1, count + 1):
        with (
            tally.one(number, f"picture {number}"),
            power.shot() if count > 1 else nullcontext(),
            progress_bar(0) as begin,
        ):
            shot = shoot(progress=begin(f"picture {number}", 0))
            cards = [str(entry) for entry in shot.entries]
            files = []
            for saved in saving.shot(shot):
                files.append(str(saved.path))
                if isinstance(saved, SavedElsewhere):
                    why = error_message(saved.error)
                    say(f"{why}; so that the picture is not lost, it was saved elsewhere")
                    tally.not_as_asked()
            lines = [*files, *(f"card:{path}" for path in cards)]
            tally.done(*lines, files=files, card=cards)


def _take_one(shoot: Callable[..., Shot], out: BinaryIO, tally: Tally) -> None:
    """Take a picture and write it to stdout; what else the shot brings goes to stderr."""
    from canon.work.saving import rescued

    with tally.one(1, "the picture"), progress_bar(0) as begin:
        shot = shoot(progress=begin("picture", 0))
        for one in shot.pictures[1:]:
            say(f"{rescued(one)}: the other file of this shot")
        for entry in shot.entries:
            say(f"card:{entry}")
        try:
            put_bytes(out, shot.first)
        except Untold:
            say(f"so that the picture is not lost, it was saved elsewhere: {rescued(shot.first)}")
            raise
        tally.done()


def assignments(words: Iterable[str]) -> dict[str, object]:
    """What is set by words such as iso=100.

    Raises:
        click.UsageError: one is none.
    """
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
