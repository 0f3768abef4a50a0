"""Brings what was never imported from a card into a folder, and remembers it.

Whenever a run ends, the next one goes on. What becomes of each file is an event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from canon.driver.card import Entry
from canon.driver.features import Feature
from canon.errors import CanonError, NotSupported
from canon.frozen import Frozen
from canon.work.cards import told_folders, walk_pictures
from canon.work.library import Library
from canon.work.names import groups, is_taken
from canon.work.saving import Begin
from canon.work.taking import Brought, Deleted, IndexRebuilt, NotDeleted, Taking
from canon.work.template import Template

if TYPE_CHECKING:
    from canon.camera import Camera

_TOGETHER_S = 1.0  # more would have to come again when this program is killed
_SUFFIX = re.compile(r"\.?([A-Za-z0-9]{1,8})")


class Wanted(Frozen):
    """What is to be imported, and how.

    Attributes:
        template: how files are named.
        only: the suffixes of the files that are wanted, in capitals; empty is all. Companions come
            with their pictures.
        since: the camera's time from which on files are wanted.
        job: what the user calls this import, for the template.
        again: whether files are wanted that were imported before.
        delete_after: whether they are deleted from the card, once they are safe.
        dry_run: whether to tell only what would be done.
    """

    template: Template = Template()
    only: frozenset[str] = frozenset()
    since: datetime | None = None
    job: str = ""
    again: bool = False
    delete_after: bool = False
    dry_run: bool = False


def suffixes(text: str) -> frozenset[str]:
    """The suffixes in a text such as "jpg,cr2", in capitals.

    Raises:
        ValueError: something else is in it.
    """
    found = [_SUFFIX.fullmatch(word.strip()) for word in text.split(",")]
    if None in found:
        raise ValueError(f"{text!r} is no list of suffixes; jpg,cr2 is one")
    return frozenset(one[1].upper() for one in found if one)


def moment(text: str) -> datetime:
    """The camera's time that a text says: "2003-06-14" or "2003-06-14 09:30".

    Raises:
        ValueError: it says none.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise ValueError(f"{text!r} is no time of a camera; 2003-06-14 and 2003-06-14T09:30 are")
    return found


class Listed(Frozen):
    """The card was listed.

    Attributes:
        files: how many files are to be fetched.
        size: their bytes.
    """

    files: int
    size: int


class Ended(Frozen):
    """The import is over, or cannot go on: how many files had each end."""

    fetched: int = 0
    known: int = 0
    found: int = 0
    planned: int = 0
    failed: int = 0
    deleted: int = 0
    not_deleted: int = 0


ImportEvent = Listed | IndexRebuilt | Brought | Deleted | NotDeleted | Ended


class Import:
    """Imports the pictures of a camera into a folder.

    Args:
        cam: the camera, open.
        library: the folder, open.
        wanted: what is to be imported, and how.
    """

    def __init__(self, cam: Camera, library: Library, wanted: Wanted) -> None:
        self._cam, self._library = cam, library
        self._wanted = wanted
        self._taking = Taking(library, wanted.template, job=wanted.job, again=wanted.again)

    def run(self, begin: Begin = lambda name, size: None) -> Iterator[ImportEvent]:
        """Import; a file that fails does not stop the others.

        Args:
            begin: is told which file comes, and gives what is told how far it is.

        Raises:
            NotSupported: files are to be deleted, and this model has no known way.
            Disconnected: the camera is gone; what was imported is imported.
            PortError: the port failed twice in a row.
            NoCard: the card is gone, or there is none.
            OSError: this computer's disk is full, or takes nothing.
        """
        counts: dict[str, int] = {}
        try:
            for event in self._run(begin):
                match event:
                    case Brought(action=action):
                        name = str(action)
                    case Deleted():
                        name = "deleted"
                    case NotDeleted():
                        name = "not_deleted"
                    case _:
                        name = ""
                if name:
                    counts[name] = counts.get(name, 0) + 1
                yield event
        except (CanonError, OSError):
            yield Ended(**counts)
            raise
        yield Ended(**counts)

    def _run(self, begin: Begin) -> Iterator[ImportEvent]:
        if self._wanted.delete_after and Feature.DELETE not in self._cam.features:
            model = self._cam.model.removeprefix("Canon ")
            raise NotSupported(model, "known way to delete files")
        if self._library.damaged is not None:
            count = 0 if self._wanted.dry_run else self._library.enter_all()
            yield IndexRebuilt(self._library.damaged, count)
        taking = self._taking
        taking.meet(self._cam)
        found = groups(self._list(), lambda entry: _is_wanted(entry, self._wanted))
        missing = [one for group in found for one in group.files if taking.sha256(one) is None]
        yield Listed(len(missing), sum(one.size for one in missing))
        if self._wanted.dry_run:
            for group in found:
                yield from taking.plan(group)
            return
        yield from taking.left()
        yield from taking.take(found, begin, together_s=_TOGETHER_S)
        if self._wanted.delete_after:
            for group in found:
                yield from taking.clear(group)

    def _list(self) -> Iterator[Entry]:
        return walk_pictures(self._cam, told_folders(self._cam))


def _is_wanted(entry: Entry, wanted: Wanted) -> bool:
    if wanted.since and entry.modified and entry.modified < wanted.since:
        return False
    if wanted.only:
        return entry.suffix[1:].upper() in wanted.only
    return is_taken(entry)
