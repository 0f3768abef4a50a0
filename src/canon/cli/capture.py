"""The verbs `settings`, `custom-functions`, `capture` and `bulb`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress
from datetime import datetime, time
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
from canon.clock import seconds_until
from canon.driver.features import Feature
from canon.driver.shot import BULB
from canon.errors import DecodeError, NotSupported
from canon.work import documents

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.driver.settings import Reading
    from canon.driver.shot import Shot
    from canon.work.saving import Saving
    from canon.work.several import Place

_ASSIGNMENT = "NAME=VALUE"
_LONGEST = 32
_RESULTS = ("files", "card", "sha256", "host_time", "camera_time", "spread_ms")
_PREPARES_S, _LISTENS_S = 5.0, 1.0
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


def _moment_to_come(
    _ctx: click.Context, _option: click.Parameter, text: str | None
) -> datetime | None:
    """Read a time of today, or a day and a time."""
    if text is None:
        return None
    now = datetime.now().astimezone()
    try:
        try:
            moment = datetime.combine(now, time.fromisoformat(text)).astimezone()
        except ValueError:
            moment = datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        raise click.UsageError(
            f"{text!r} is no time; write 21:30:00, or 2026-12-31T23:59:59.5"
        ) from None
    if moment <= now:
        raise click.UsageError(f"{text} has passed; it is {now:%Y-%m-%dT%H:%M:%S}")
    return moment


@click.command(
    "settings",
    cls=Verb,
    several=True,
    examples=(
        "canon-remote settings",
        "canon-remote settings iso aperture",
        "canon-remote settings iso=100 macro=on white_balance=daylight",
        "canon-remote settings shooting_mode=av aperture=f/8",
        "canon-remote settings --all iso=400",
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
    from canon.camera.custom import named

    changes = assignments(word for word in words if "=" in word)
    with options.camera() as cam:
        now = cam.custom_functions.set(**changes) if changes else cam.custom_functions.read()
        found = {name: named(now, name) for name in map(_name, words)} or now
        if unknown := [name for name, row in found.items() if row is None]:
            raise ValueError(
                f"the {cam.model} has no custom function {', '.join(unknown)}; "
                f"it has: {', '.join(now)}"
            )
    rows = [row for row in found.values() if row]
    document = {
        row.name: {
            "number": row.number,
            "group": row.group,
            "choice": row.choice,
            "values": list(row.values),
            "choices": list(row.choices),
        }
        for row in rows
    }
    width = max((len(row.name) for row in rows), default=0)
    choice_width = max((len(row.choice) for row in rows), default=0)
    lines = (
        f"C.Fn {f'{row.number:#06x}' if row.group else f'{row.number:2}'}  {row.name:{width}}  "
        f"{row.choice:{choice_width}}  {', '.join(row.choices)}"
        for row in rows
    )
    options.show(document, *(line.rstrip() for line in lines))


@click.command(
    "capture",
    cls=Verb,
    several=True,
    folder="output",
    examples=(
        "canon-remote capture -o pictures/",
        "canon-remote capture --macro --af-lock --set iso=100 -o flower.jpg",
        "canon-remote capture --target card -n 10",
        "canon-remote capture --no-focus",
        "canon-remote capture -n 10 --template '{time:%Y-%m-%d}/{seq:03}' -o pictures/",
        "canon-remote capture --all --at 21:30:00 -o pictures/",
    ),
)
@_TARGET
@click.option("--macro", is_flag=True, help="Switch macro on, and back after the pictures.")
@click.option("--af-lock", is_flag=True, help="Focus once, before the first picture, and keep it.")
@click.option("--no-focus", is_flag=True, help="Take it at once, without focusing before.")
@SET
@click.option("-n", "--count", type=click.IntRange(min=1), default=1, help="How many pictures.")
@click.option(
    "--at",
    callback=_moment_to_come,
    metavar="TIME",
    help="Release the first at this moment: 21:30:00, or 2026-12-31T23:59:59.5.",
)
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
    at: datetime | None,
    output: str,
    overwrite: bool,
    template: str | None,
    job: str,
) -> int:
    """Take pictures.

    Where each one lies is printed: a file of this computer, or card:PATH. Nothing is deleted from
    the card. A file that is there already is an error before the picture is taken. With --template
    pictures get their names below DIR as `import` gives them; a name that is taken gets -2. Several
    cameras wait for each other before each picture, and release at one moment; the files of each go
    into a folder of its name below DIR.
    """
    changes = assignments(settings)
    sorting = sorting_by(template, job, output, overwrite=overwrite)
    going = _Going(options, target, count, output, overwrite, sorting)
    with (
        options.camera() as cam,
        Tally(options.as_json, "shot", "taken", *_RESULTS) as tally,
        cam.remote(),
    ):
        release = _Release(options.place(cam), at)
        back = macro and not cam.settings.read("macro").get("macro")
        if macro:
            changes["macro"] = True
        if changes:
            cam.settings.set(changes)
        try:
            with cam.focus.lock() if af_lock else nullcontext():
                release.approach(cam)
                going.take(cam, partial(cam.capture.shoot, focus=not no_focus), tally, release)
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
        Tally(options.as_json, "shot", "taken", *_RESULTS) as tally,
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

    def take(
        self,
        cam: Camera,
        shoot: Callable[..., Shot],
        tally: Tally,
        release: _Release | None = None,
    ) -> None:
        """Take them, by one of the verbs of `cam.capture`; `release` says when each may go."""
        to_there = partial(shoot, target=self._target)
        self._saving.meet(cam)
        if self._out:
            if release:
                to_there = partial(to_there, may_go=partial(release.may_go, 1))
            _take_one(to_there, self._out, tally)
        else:
            _take(cam, to_there, self._count, self._saving, tally, release)


class _Release:
    """When each picture is released, by one camera of several or by the only one.

    Args:
        place: where the camera waits for the others.
        at: when the first one is wanted; None is as soon as all are ready.
    """

    def __init__(self, place: Place, at: datetime | None) -> None:
        self._place = place
        self._at = at
        self._released: dict[int, datetime] = {}

    def approach(self, cam: Camera) -> None:
        """Wait until it is time to prepare the first picture; the camera is heard meanwhile."""
        if self._at is None:
            return
        from canon.driver.events import Gone

        clock = cam.clock
        until = clock.now() + seconds_until(self._at) - _PREPARES_S
        with cam.events() as events:
            while (left := until - clock.now()) > 0:
                if isinstance(events.get(timeout_s=min(left, _LISTENS_S)), Gone):
                    return  # the picture says so

    def may_go(self, number: int) -> bool:
        """Whether a picture may be released now."""
        from canon.work.several import soon

        may = self._place.may_go(number, self._when if number == 1 else soon)
        if may:
            self._released[number] = datetime.now()
        return may

    def told(self, number: int) -> dict[str, object]:
        """What JSON says of when it was."""
        released, spread_s = self._released.get(number), self._place.spread_s(number)
        return {
            "host_time": released and released.isoformat(),
            "spread_ms": spread_s and round(spread_s * 1000, 3),
        }

    def _when(self, earliest: datetime) -> datetime:
        return max(self._at or earliest, earliest)


def _take(
    cam: Camera,
    shoot: Callable[..., Shot],
    count: int,
    saving: Saving,
    tally: Tally,
    release: _Release | None,
) -> None:
    from canon.work.power import PowerWatch
    from canon.work.saving import SavedElsewhere

    power = PowerWatch(cam, say)
    for number in range(1, count + 1):
        with (
            tally.one(number, f"picture {number}"),
            power.shot() if count > 1 else nullcontext(),
            progress_bar(0, sums_up=False) as begin,
        ):
            go = {"may_go": partial(release.may_go, number)} if release else {}
            shot = shoot(progress=begin(f"picture {number}", 0), **go)
            cards = [str(entry) for entry in shot.entries]
            files = []
            for saved in saving.shot(shot):
                files.append(str(saved.path))
                if isinstance(saved, SavedElsewhere):
                    why = error_message(saved.error)
                    say(f"{why}; so that the picture is not lost, it was saved elsewhere")
                    tally.not_as_asked()
            lines = [*files, *(f"card:{path}" for path in cards)]
            told = release.told(number) if release else {}
            if tally.as_json:
                told |= _of_pictures(shot)
            tally.done(*lines, files=files, card=cards, **told)


def _of_pictures(shot: Shot) -> dict[str, object]:
    """What JSON says of what came to this computer, and of when the camera took it."""
    from hashlib import sha256

    from canon import exif

    taken = next((entry.modified for entry in shot.entries), None)
    for picture in shot.pictures[:1]:
        with suppress(DecodeError):
            taken = exif.taken(picture)
    return {
        "sha256": [sha256(picture).hexdigest() for picture in shot.pictures],
        "camera_time": taken and taken.isoformat(),
    }


def _take_one(shoot: Callable[..., Shot], out: BinaryIO, tally: Tally) -> None:
    """Take a picture and write it to stdout; what else the shot brings goes to stderr."""
    from canon.driver.shot import rescued

    with tally.one(1, "the picture"), progress_bar(0, sums_up=False) as begin:
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
