"""The verb `import`: what was never imported from a card, into a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canon.cli.naming import JOB
from canon.cli.options import Options, Verb
from canon.cli.output import error_document, error_message
from canon.cli.paths import ON_THIS_COMPUTER
from canon.cli.telling import Telling

if TYPE_CHECKING:
    from canon.work.importing import Ended, ImportEvent

_KEYS = ("card", "path", "size", "sha256", "time", "action", "error", "counts")
_LAST = ("fetched", "known", "found", "planned", "failed", "deleted", "not_deleted")


@click.command(
    "import",
    cls=Verb,
    several=True,
    folder="folder",
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
@JOB
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
    from canon.work.taking import check_job
    from canon.work.template import BY_DAY, Template

    wanted = Wanted(
        check_job(Template(BY_DAY if template is None else template), job),
        frozenset() if only is None else suffixes(only),
        None if since is None else moment(since),
        job,
        again,
        delete_after,
        dry_run,
    )
    told = _Told(options.as_json)
    with (
        told,
        Library(folder, look_only=dry_run) as library,
        options.camera() as cam,
    ):
        for event in Import(cam, library, wanted).run(told.begin):
            told.tell(event)
    return told.exit_code


class _Told(Telling):
    """Tells of an import."""

    def __init__(self, as_json: bool) -> None:
        super().__init__(as_json, *_KEYS)
        self._is_empty = False

    def tell(self, event: ImportEvent) -> None:
        """Tell one event."""
        from canon.work.importing import Ended, Listed
        from canon.work.taking import Brought, Deleted, IndexRebuilt, NotDeleted

        match event:
            case Listed():
                self._is_empty = not event.files
                self.show_bar(event.size)
            case IndexRebuilt():
                self.index(event)
            case Brought():
                self.file(event)
            case Deleted():
                self.json("deleted", card=str(event.what), size=event.what.size)
            case NotDeleted():
                why = error_document(event.why)
                self.json("kept", card=str(event.what), size=event.what.size, error=why)
                self.say(f"warning: {error_message(event.why)}")
            case Ended():
                self.hide_bar()
                self._end(event)

    def _end(self, event: Ended) -> None:
        counts = {name: getattr(event, name) for name in _LAST}
        self.json("end", counts=counts)
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
            self.say(", ".join(said) or "there is nothing to import on the card")
