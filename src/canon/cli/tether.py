"""The verb `tether`: each picture, as it is taken, into a folder."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from canon.cli.durations import DURATION
from canon.cli.interrupt import gently_ended
from canon.cli.naming import JOB
from canon.cli.options import Options, Verb
from canon.cli.output import error_document, error_message
from canon.cli.paths import ON_THIS_COMPUTER
from canon.cli.telling import Telling

if TYPE_CHECKING:
    from canon.driver.card import Progress
    from canon.work.tether import Ended, TetherEvent

_KEYS = (
    *("body", "port", "card", "path", "size", "sha256", "time", "action", "error", "count"),
    "counts",
)
_LAST = ("saved", "failed", "deleted", "not_deleted", "hooks_failed")


@click.command(
    "tether",
    cls=Verb,
    several=True,
    folder="folder",
    examples=(
        "canon-remote tether -o pictures/",
        "canon-remote tether -o pictures/ --template '{time:%H%M%S}-{name}' --on-card delete",
        "canon-remote tether -o pictures/ --existing --count 10",
        "canon-remote tether -o pictures/ --hook ./show.sh",
    ),
)
@click.option(
    "-o",
    "--output",
    "folder",
    type=ON_THIS_COMPUTER,
    metavar="DIR",
    required=True,
    help="The folder for the pictures; made where it is not there.",
)
@click.option(
    "--template",
    metavar="TEMPLATE",
    help="How files are named below DIR; {time:%Y/%Y-%m-%d}/{name} when not given.",
)
@JOB
@click.option(
    "--hook",
    metavar="CMD",
    help="A program to run for each picture, with ACTION and ARGUMENT as from gphoto2.",
)
@click.option(
    "--hook-timeout",
    type=DURATION,
    default="60s",
    show_default=True,
    metavar="TIME",
    help="After how long the program is killed.",
)
@click.option(
    "--on-card",
    type=click.Choice(["keep", "delete"]),
    default="keep",
    show_default=True,
    help="What becomes of the files of the card that are safe in DIR.",
)
@click.option("--existing", is_flag=True, help="Also what is on the card already.")
@click.option(
    "--count",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="End after so many pictures; it ends by Ctrl-C when not given.",
)
@click.pass_obj
def tether_verb(
    options: Options,
    folder: str,
    template: str | None,
    job: str,
    hook: str | None,
    hook_timeout: float,
    on_card: str,
    existing: bool,
    count: int | None,
) -> int:
    """Fetch each picture as it is taken.

    Where each file lies is printed. It does not matter who takes the pictures: somebody at the
    camera, or another verb. When the camera is switched off or unplugged, or its battery is flat,
    the same one is waited for; what was taken meanwhile comes then. Files are named and remembered
    as by import. Ctrl-C lets the file that is coming be finished; a second one ends at once. The
    program of --hook is run without a shell, first with ACTION=init (when that fails, tether ends),
    then with start, with download and the file's path as ARGUMENT for each file, and with stop. One
    that fails is told, and makes the exit code 1.
    """
    from canon.work.hook import hook_words
    from canon.work.library import Library
    from canon.work.taking import check_job
    from canon.work.template import BY_DAY, Template
    from canon.work.tether import Tether, Wanted

    wanted = Wanted(
        check_job(Template(BY_DAY if template is None else template), job),
        job,
        on_card == "delete",
        existing,
        count or 0,
        tuple(hook_words(hook)) if hook is not None else (),
        hook_timeout,
    )
    options.check_can_draw()
    told = _Told(options.as_json)
    with (
        told,
        Library(folder) as library,
        options.opener() as opened,
        opened(options.port_string()) as cam,
    ):
        tether = Tether(cam, library, wanted, opened=opened)
        with gently_ended(tether.stop, options.stop), closing(tether.run(told.begin)) as events:
            for event in events:
                told.tell(event)
    return told.exit_code


class _Told(Telling):
    """Tells of pictures as they come."""

    def __init__(self, as_json: bool) -> None:
        super().__init__(as_json, *_KEYS)

    def begin(self, name: str, size: int) -> Progress | None:
        """Begin a file, on a progress bar of its own."""
        self.show_bar(size, sums_up=False)
        return super().begin(name, size)

    def tell(self, event: TetherEvent) -> None:
        """Tell one event."""
        from canon.work import tether
        from canon.work.hook import HookFailed, HookStarted
        from canon.work.taking import Brought, Deleted, IndexRebuilt, NotDeleted

        self.hide_bar()
        match event:
            case Brought():
                self.file(event)
            case tether.Waiting(camera=body, port=port):
                self.json("waiting", body=body, port=port)
                self.say(f"waiting for pictures of the {body}")
            case tether.CameraGone(error=error):
                self.json("gone", error=error_document(error))
                self.say(f"{error_message(error)}; waiting until it is back")
            case tether.CameraBack(camera=body, port=port):
                self.json("back", body=body, port=port)
                self.say(f"the {body} is back")
            case tether.EventsLost(count=count):
                self.json("missed", count=count)
                self.say(f"{count} events of the camera were lost; its card is looked through")
            case HookStarted(occasion=occasion):
                path = str(occasion.path) if occasion.path else None
                self.json("hook", path=path, action=occasion.action)
            case HookFailed(occasion=occasion, error=error):
                path = str(occasion.path) if occasion.path else None
                why = error_document(error)
                self.json("hook_failed", path=path, action=occasion.action, error=why)
                self.failed(error)
            case Deleted(what=what):
                self.json("deleted", card=str(what), size=what.size)
            case NotDeleted(what=what, why=error):
                self.json("kept", card=str(what), size=what.size, error=error_document(error))
                self.say(f"warning: {error_message(error)}")
            case IndexRebuilt():
                self.index(event)
            case tether.Ended():
                self._end(event)

    def _end(self, event: Ended) -> None:
        counts = {name: getattr(event, name) for name in _LAST}
        self.json("end", counts=counts)
        texts = (
            (event.saved, "saved"),
            (event.failed, "failed"),
            (event.deleted, "deleted from the card"),
            (event.not_deleted, "stay on the card"),
            (event.hooks_failed, "hooks failed"),
        )
        if said := [f"{count} {what}" for count, what in texts if count]:
            self.say(", ".join(said))
