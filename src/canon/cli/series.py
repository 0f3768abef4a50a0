"""The verbs `timelapse` and `bracket`: pictures in a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from canon.cli.capture import SET, assignments
from canon.cli.durations import DURATION, NEXT_TIME
from canon.cli.interrupt import gently_ended
from canon.cli.naming import JOB
from canon.cli.options import Options, Verb
from canon.cli.output import error_document
from canon.cli.paths import ON_THIS_COMPUTER
from canon.cli.telling import Telling
from canon.work.documents import FAILED

if TYPE_CHECKING:
    from datetime import datetime

    from canon.driver.card import Entry
    from canon.work.bracket import BracketEvent
    from canon.work.frames import Place
    from canon.work.series import SeriesEvent
    from canon.work.taking import Brought

_SERIES_KEYS = (
    *("number", "count", "at", "late", "files", "card", "setting", "before", "value", "stops"),
    *("kept", "text", "path", "error", "counts"),
)
_BRACKET_KEYS = (*("number", "stops", "steps", "files", "card", "text", "path", "error", "counts"),)
_TARGET = click.option(
    "--target",
    type=click.Choice(["host", "card", "both"]),
    default="host",
    show_default=True,
    help="Where the pictures go: to this computer, to the card, or to both.",
)
_FOLDER = click.option(
    "-o",
    "--output",
    "folder",
    type=ON_THIS_COMPUTER,
    metavar="DIR",
    help="The folder for what comes to this computer, made where it is not there; . when not "
    "given.",
)
_TEMPLATE = click.option(
    "--template",
    metavar="TEMPLATE",
    help="How files are named below DIR; {time:%Y/%Y-%m-%d}/{name} when not given.",
)


@click.command(
    "timelapse",
    cls=Verb,
    several=True,
    folder="folder",
    examples=(
        "canon-remote timelapse --every 5s --count 100 -o pictures/",
        "canon-remote timelapse --every 1m --until 06:00 --target card",
        "canon-remote timelapse --every 10s --lock-focus --template 'dusk/{seq:05}-{name}'",
        "canon-remote timelapse --every 10s --ramp --slowest 4s --highest-iso 800 -o dusk/",
    ),
)
@click.option(
    "--every",
    type=DURATION,
    metavar="TIME",
    required=True,
    help="From picture to picture: 5s, 0.5s, 1m.",
)
@click.option("--count", type=click.IntRange(min=1), metavar="NUMBER", help="End after so many.")
@click.option(
    "--until", type=NEXT_TIME, metavar="HH:MM", help="End at that time of this computer's clock."
)
@click.option("--lock-focus", is_flag=True, help="Focus once, before the first, and keep it.")
@click.option("--ramp", is_flag=True, help="Let the exposure follow the light, day into night.")
@click.option(
    "--slowest",
    type=DURATION,
    metavar="TIME",
    help="The longest exposure of --ramp; 2s, or half of --every, when not given.",
)
@click.option(
    "--highest-iso",
    type=click.IntRange(min=1),
    metavar="ISO",
    help="The highest sensitivity of --ramp; 1600 when not given.",
)
@_TARGET
@SET
@_FOLDER
@_TEMPLATE
@JOB
@click.pass_obj
def timelapse_verb(
    options: Options,
    every: float,
    count: int | None,
    until: datetime | None,
    lock_focus: bool,
    ramp: bool,
    slowest: float | None,
    highest_iso: int | None,
    target: str,
    settings: tuple[str, ...],
    folder: str | None,
    template: str | None,
    job: str,
) -> int:
    """Take a picture every so often.

    Where each file lies is printed; files are named and remembered as by import. Each picture has
    its place in time, counted from the first one. What the camera cannot keep is missed, and
    counted as missed, not taken late; an interval that it cannot keep is told after the third
    picture. One that fails is missed too; three in a row are the end. A camera that went away is
    opened again. --ramp wants the camera in M with a fixed ISO: the pictures stay as bright as the
    first, first by the shutter, then by the sensitivity, at most a third of a stop each time.
    Ctrl-C lets the picture that is coming be finished; a second one ends at once.
    """
    from canon.work.ramp import HIGHEST_ISO, SLOWEST_S, Limits
    from canon.work.series import TimeLapse, Wanted

    if (slowest or highest_iso) and not ramp:
        raise click.UsageError("--slowest and --highest-iso say how far --ramp goes")
    slowest = min(SLOWEST_S, every / 2) if slowest is None else slowest
    limits = Limits(slowest, highest_iso or HIGHEST_ISO) if ramp else None
    wanted = Wanted(every, count or 0, until, lock_focus, limits)
    changes = assignments(settings)
    told = _SeriesTold(options.as_json)
    with (
        told,
        _place(options, target, folder, template, job) as place,
        options.camera() as cam,
    ):
        series = TimeLapse(cam, place, wanted, changes)
        with gently_ended(series.stop, options.stop), closing(series.run()) as events:
            for event in events:
                told.tell(event)
    return told.exit_code


@click.command(
    "bracket",
    cls=Verb,
    examples=(
        "canon-remote bracket --ev -2,0,2 -o pictures/",
        "canon-remote bracket --ev -2/3,0,2/3 --target card",
        "canon-remote bracket --focus 10x+2 -o stack/",
        "canon-remote bracket --focus 5x-1 --size 3",
    ),
)
@click.option("--ev", metavar="STOPS", help="How much brighter each picture is: -2,0,2.")
@click.option(
    "--focus",
    metavar="COUNTxSTEPS",
    help="So many pictures, the lens driven by so many steps from one to the next: 10x+2 towards "
    "far, 10x-2 towards near.",
)
@click.option("--size", type=click.IntRange(1, 3), help="How large a step of --focus is; 1 is not.")
@_TARGET
@SET
@_FOLDER
@_TEMPLATE
@JOB
@click.pass_obj
def bracket_verb(
    options: Options,
    ev: str | None,
    focus: str | None,
    size: int | None,
    target: str,
    settings: tuple[str, ...],
    folder: str | None,
    template: str | None,
    job: str,
) -> int:
    """Take pictures of one scene that differ in exposure, or in focus.

    Where each file lies is printed; files are named and remembered as by import. --ev counts in
    stops from what is set: in M the shutter changes, else the exposure compensation. --focus is for
    a camera that can drive its lens; it begins where the lens is, and takes the pictures without
    focusing. Afterwards all is as it was. One that fails does not stop the others. Ctrl-C lets the
    picture that is coming be finished; a second one ends at once.
    """
    from canon.work.bracket import Bracket, Exposures, FocusSteps

    if (ev is None) == (focus is None):
        raise click.UsageError("say --ev or --focus, and one of them")
    if size is not None and focus is None:
        raise click.UsageError("--size is that of the steps of --focus")
    wanted: Exposures | FocusSteps
    wanted = FocusSteps.parse(focus, size or 1) if focus is not None else Exposures.parse(ev or "")
    changes = assignments(settings)
    told = _BracketTold(options.as_json)
    with (
        told,
        _place(options, target, folder, template, job) as place,
        options.camera() as cam,
    ):
        bracket = Bracket(cam, place, wanted, changes)
        with gently_ended(bracket.stop), closing(bracket.run()) as events:
            for event in events:
                told.tell(event)
    return told.exit_code


@contextmanager
def _place(
    options: Options, target: str, folder: str | None, template: str | None, job: str
) -> Iterator[Place]:
    """Where the pictures go; what cannot work is told before the camera is opened."""
    from canon.values import CaptureTarget
    from canon.work.frames import Place
    from canon.work.library import Library
    from canon.work.taking import check_job
    from canon.work.template import BY_DAY, Template

    wanted = CaptureTarget[target.upper()]
    if CaptureTarget.HOST not in wanted and (folder, template, job) != (None, None, ""):
        raise click.UsageError("with --target card nothing comes to this computer; leave -o out")
    named = check_job(Template(BY_DAY if template is None else template), job)
    options.check_can_draw()
    if CaptureTarget.HOST not in wanted:
        yield Place(wanted)
        return
    with Library(options.here if folder is None else folder) as library:
        yield Place(wanted, library, named, job)


class _FramesTold(Telling):
    """What the frames of both verbs are told by."""

    def frame(
        self, event: str, files: Iterable[Brought], entries: Iterable[Entry], **known: object
    ) -> None:
        """Tell where the files of a frame lie."""
        files, cards = tuple(files), [str(entry) for entry in entries]
        self.json(
            event,
            files=[
                {
                    "path": str(one.path) if one.path else None,
                    "size": one.size,
                    "sha256": one.sha256,
                    "action": str(one.action),
                }
                for one in files
            ],
            card=cards,
            **known,
        )
        for one in files:
            if one.path is not None:
                self.line(str(one.path))
        for card in cards:
            self.line(f"card:{card}")
        self._done += 1

    def warning(self, text: str) -> None:
        """Tell what does not end the series."""
        self.json("warning", text=text)
        self.say(f"warning: {text}")


class _SeriesTold(_FramesTold):
    """Tells of a time-lapse."""

    def __init__(self, as_json: bool) -> None:
        super().__init__(as_json, *_SERIES_KEYS)
        self._has_missed = False

    @property
    def exit_code(self) -> int:
        """As of all that is told; 1 also where a place in time could not be kept."""
        return super().exit_code or (FAILED if self._has_missed else 0)

    def tell(self, event: SeriesEvent) -> None:
        """Tell one event."""
        from canon.work import series
        from canon.work.frames import Warned
        from canon.work.ramp import Change
        from canon.work.taking import Brought

        match event:
            case series.Taken():
                number, at, late = event.number, event.at_s, event.late_s
                self.frame("frame", event.files, event.entries, number=number, at=at, late=late)
            case series.Missed():
                self._miss(event)
            case series.TooFast():
                self.json("too_fast", kept=event.kept_s)
                self.say(
                    f"the camera cannot keep {event.every_s:g} s from picture to picture; the "
                    f"shortest that it kept is {event.kept_s:g} s"
                )
            case Change():
                before, now = str(event.before), str(event.now)
                self.json(
                    "changed", setting=event.setting, before=before, value=now, stops=event.stops
                )
                self.say(f"{event.setting} {before} → {now}")
            case Warned(text=text):
                self.warning(text)
            case Brought():
                self.frame("left", [event], [])
            case series.Ended():
                counts = {name: getattr(event, name) for name in ("taken", "missed", "failed")}
                self.json("end", counts=counts)
                self.say(f"{event.taken} taken, {event.missed} missed")
            case _:
                self.index(event)

    def _miss(self, event: object) -> None:
        from canon.work.series import Missed

        assert isinstance(event, Missed)  # noqa: S101
        self._has_missed = True
        number, count, error = event.number, event.count, event.error
        why = error_document(error) if error else None
        self.json("missed", number=number, count=count, error=why)
        if error is not None:
            self.failed(error, f"picture {number}")
        elif count == 1:
            self.say(f"picture {number} was missed: the camera was not ready")
        else:
            last = number + count - 1
            self.say(f"pictures {number} to {last} were missed: the camera was not ready")


class _BracketTold(_FramesTold):
    """Tells of a bracket."""

    def __init__(self, as_json: bool) -> None:
        super().__init__(as_json, *_BRACKET_KEYS)

    def tell(self, event: BracketEvent) -> None:
        """Tell one event."""
        from canon.work import bracket
        from canon.work.frames import Warned
        from canon.work.taking import Brought

        match event:
            case bracket.Taken(number=number, stops=stops, steps=steps):
                files, entries = event.files, event.entries
                self.frame("frame", files, entries, number=number, stops=stops, steps=steps)
            case bracket.Failed(number=number, stops=stops, steps=steps, error=error):
                why = error_document(error)
                self.json("failed", number=number, stops=stops, steps=steps, error=why)
                self.failed(error, f"picture {number}")
            case Warned(text=text):
                self.warning(text)
            case Brought():
                self.frame("left", [event], [])
            case bracket.Ended():
                self.json("end", counts={"taken": event.taken, "failed": event.failed})
            case _:
                self.index(event)
