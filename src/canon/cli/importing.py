"""The verb `import`: what was never imported from a card, into a folder."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from canon.cli.options import Options, Verb
from canon.cli.output import (
    BarOf,
    Untold,
    error_document,
    error_message,
    exit_code,
    json_line,
    progress_bar,
    put_line,
    say,
)
from canon.cli.paths import ON_THIS_COMPUTER
from canon.work.documents import FAILED

if TYPE_CHECKING:
    from canon.driver.card import Progress
    from canon.work.importing import Ended, Imported, ImportEvent, IndexRebuilt

_LAST = ("fetched", "known", "found", "planned", "failed", "deleted", "not_deleted")


@click.command(
    "import",
    cls=Verb,
    examples=(
        "canon-remote import ~/Pictures",
        "canon-remote import ~/Pictures --only jpg,cr2 --since 2026-11-01",
        "canon-remote import ~/Pictures --job wedding --template '{job}/{seq:04}-{name}'",
        "canon-remote import ~/Pictures --delete-after",
        "canon-remote import ~/Pictures --dry-run",
    ),
)
@click.option(
    "--template",
    metavar="TEMPLATE",
    help="How files are named below DIR; {time:%Y/%Y-%m-%d}/{name} when not given.",
)
@click.option("--only", metavar="SUFFIXES", help="Only files that end so: jpg,cr2.")
@click.option("--since", metavar="DATE", help="Only files from then on: 2026-11-01.")
@click.option("--job", metavar="NAME", default="", help="What {job} in the template stands for.")
@click.option("--again", is_flag=True, help="Also what was imported before.")
@click.option("--delete-after", is_flag=True, help="Delete from the card what is safe in DIR.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.argument("folder", type=ON_THIS_COMPUTER, metavar="DIR")
@click.pass_obj
def import_verb(
    options: Options,
    folder: str,
    template: str | None,
    only: str | None,
    since: str | None,
    job: str,
    again: bool,
    delete_after: bool,
    dry_run: bool,
) -> int:
    """Import what was never imported from the card.

    Where each file lies is printed. What was imported is remembered in DIR/.canon-remote.sqlite,
    and is not asked for again, wherever it lies now and even when it was thrown away. A file that
    is in DIR already, under whatever name, is found by its bytes and not doubled. Nothing is
    overwritten: a name that is taken gets -2. Fields of the template are time, name, stem, ext,
    number, folder, model, owner, serial, job, seq and sha256, with formats as in Python. Files that
    belong to a picture follow its name. --delete-after deletes what was read back from the disk;
    protected files stay.
    """
    from canon.work.importing import Import, Wanted, moment, suffixes
    from canon.work.library import Library
    from canon.work.template import BY_DAY, Template

    wanted = Wanted(
        Template(BY_DAY if template is None else template),
        frozenset() if only is None else suffixes(only),
        None if since is None else moment(since),
        job,
        again,
        delete_after,
        dry_run,
    ).check()
    told = _Told(options.as_json)
    with (
        told,
        Library(folder, look_only=dry_run) as library,
        options.camera() as cam,
    ):
        for event in Import(cam, library, wanted).run(told.begin):
            told.tell(event)
    return told.exit_code


class _Told:
    """Tells what becomes of each file, as lines, a progress bar, or JSON.

    Where stdout takes no more the rest is done all the same, and the end raises Untold.
    """

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._stack = ExitStack()
        self._bar: BarOf | None = None
        self._is_empty = False
        self._done = 0
        self._failed: list[Exception] = []
        self._untold: Untold | None = None

    def __enter__(self) -> _Told:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._stack.close()
        if self._untold and kind is None:
            raise self._untold

    @property
    def exit_code(self) -> int:
        """0 when all went well, 1 when some did; else what the first error stands for."""
        if not self._failed:
            return 0
        return FAILED if self._done else exit_code(self._failed[0])

    def begin(self, name: str, size: int) -> Progress | None:
        """Begin a file of the progress bar."""
        return self._bar(name, size) if self._bar else None

    def tell(self, event: ImportEvent) -> None:
        """Tell one event."""
        from canon.work.importing import Deleted, Ended, Imported, IndexRebuilt, Listed, NotDeleted

        match event:
            case Listed():
                self._is_empty = not event.files
                self._bar = self._stack.enter_context(progress_bar(event.size))
            case IndexRebuilt():
                self._rebuilt(event)
            case Imported():
                self._file(event)
            case Deleted():
                self._json("deleted", card=str(event.what), size=event.what.size)
            case NotDeleted():
                self._json(
                    "kept",
                    card=str(event.what),
                    size=event.what.size,
                    error=error_document(event.why),
                )
                if not self._as_json:
                    say(f"warning: {error_message(event.why)}")
            case Ended():
                self._stack.close()
                self._end(event)

    def _rebuilt(self, event: IndexRebuilt) -> None:
        aside = str(event.aside)
        self._json("index", path=aside)
        if not self._as_json:
            say(f"warning: the index was damaged; it is made anew, and the old one kept as {aside}")

    def _file(self, event: Imported) -> None:
        path = str(event.path) if event.path else None
        self._json(
            "file",
            card=str(event.what),
            path=path,
            size=event.what.size,
            sha256=event.sha256 or None,
            action=str(event.action),
            error=error_document(event.error) if event.error else None,
        )
        if event.error is not None:
            self._failed.append(event.error)
            message, subject = error_message(event.error), str(event.what)
            if not self._as_json:
                say(message if message.startswith(subject) else f"{subject}: {message}")
            return
        self._done += 1
        if not self._as_json and event.action in ("fetched", "planned"):
            self._put(path or str(event.what))

    def _end(self, event: Ended) -> None:
        counts = {name: getattr(event, name) for name in _LAST}
        self._json("end", counts=counts)
        if not self._as_json:
            texts = (
                (event.fetched, "imported"),
                (event.planned, "would be imported"),
                (event.found, "were there already"),
                (event.known, "were imported before"),
                (event.failed, "failed"),
                (event.deleted, "deleted from the card"),
                (event.not_deleted, "stay on the card"),
            )
            said = [f"{count} {what}" for count, what in texts if count]
            if said or self._is_empty:  # else it could not even begin, which is told
                say(", ".join(said) or "there is nothing to import on the card")

    def _json(self, event: str, **known: object) -> None:
        """Print an object with all keys; what does not apply is null."""
        if self._as_json:
            names = ("card", "path", "size", "sha256", "action", "error", "counts")
            self._put(json_line({"event": event, **dict.fromkeys(names), **known}))

    def _put(self, line: str) -> None:
        if self._untold is None:
            try:
                put_line(line)
            except Untold as untold:
                self._untold = untold
