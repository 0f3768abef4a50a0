"""Saves files of a card and pictures of shots by a template, without remembering them.

It is what `get` and `capture` do with `--template`. The files of one picture have one name; a name
that is taken gets a number, and what is there already, of the same size and time, is left alone.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from canon.driver.card import CardPath, Entry
from canon.driver.shot import Picture, Shot
from canon.errors import AlreadyThere
from canon.files import PartFile
from canon.work.names import Group, groups, own_base, this_second, to_try, when_taken
from canon.work.saving import (
    Begin,
    Job,
    Layout,
    Saved,
    SavedElsewhere,
    SaveEvent,
    Saving,
    Skipped,
    size_there,
)
from canon.work.taking import check_job, serial
from canon.work.template import Naming, Template

if TYPE_CHECKING:
    from canon.camera import Camera

_SMALL = ".thumb.jpg"


class _Named:
    """What the files of one picture have in common; the first of them that comes decides."""

    def __init__(self, number: int, group: Group) -> None:
        self.number, self.group = number, group
        self.time: datetime | None = None
        self.sha256 = ""
        self.turn = 0  # which of the names that are tried; 0 before that is known


class Sorting(Saving):
    """Where files go below a folder of this computer, by a template.

    RAW and JPEG of one picture have one name; where the template has `ext`, each has its own there.

    Args:
        to: the folder.
        template: how files are named below it; `seq` counts the pictures of this run.
        job: what the user calls this, for the template.
        overwrite: whether files that are there already may be replaced.

    Raises:
        ValueError: the template needs a job and there is none, or the other way about.
    """

    def __init__(
        self, to: str | Path, template: Template, *, job: str = "", overwrite: bool = False
    ) -> None:
        super().__init__(to, is_folder=True, overwrite=overwrite)
        self._template, self._job = check_job(template, job), job
        self._known = {"model": "", "owner": "", "serial": ""}
        self._named: dict[CardPath, _Named] = {}
        self._last = _Named(0, Group(()))
        self._number = 0

    def meet(self, cam: Camera) -> None:
        """Learn of the camera what the template has, and nothing else."""
        fields = self._template.fields
        self._known["model"] = cam.model.removeprefix("Canon ")
        if "owner" in fields:
            self._known["owner"] = cam.owner
        if "serial" in fields:
            self._known["serial"] = serial(cam)

    def run(
        self, cam: Camera, jobs: Iterable[Job], begin: Begin = lambda name, size: None
    ) -> Iterator[SaveEvent]:
        """Fetch files, each picture with what belongs to it."""
        self.meet(cam)
        wanted = {job.entry.path: job for job in jobs}
        by_picture = []
        for group in groups((job.entry for job in wanted.values()), lambda entry: True):
            self._begin(group)
            by_picture += [wanted[entry.path] for entry in group.files]
        yield from super().run(cam, by_picture, begin)

    def shot(self, shot: Shot) -> Iterator[Saved | SavedElsewhere]:
        """Save the pictures of a shot that are in memory."""
        on_card = {entry.suffix.upper(): entry for entry in shot.entries}
        self._begin(Group(tuple(_as_entry(one, on_card) for one in shot.pictures)))
        yield from super().shot(shot)

    def _begin(self, group: Group) -> None:
        self._number += 1
        self._last = named = _Named(self._number, group)
        self._named.update((entry.path, named) for entry in group.files)

    # --- files of the card ------------------------------------------------------------------------

    def _target(self, root: Entry, entry: Entry, layout: Layout, thumbnail: bool) -> Path:
        """The folder: the rest of the path may hang on what is in the file."""
        return self.to

    def _fetch(self, cam: Camera, job: Job, begin: Begin) -> Saved | Skipped:
        from hashlib import sha256

        entry, named = job.entry, self._named[job.entry.path]
        if there := self._there(job, named):
            return there
        self.to.mkdir(parents=True, exist_ok=True)
        part, so_far = PartFile(self.to), sha256()

        def take(piece: memoryview | bytes) -> None:
            so_far.update(piece)
            part.file.write(piece)

        try:
            if job.thumbnail:
                take(cam.storage.thumbnail(entry))
            else:
                cam.storage.stream(entry, take, begin(entry.name, entry.size))
            size = part.file.seek(0, io.SEEK_END)
            if not named.turn:
                time = None if job.thumbnail else when_taken(entry.name, part.file)
                self._decide(named, time or entry.modified, so_far.hexdigest(), job.thumbnail)
                if there := self._there(job, named):  # the card had another time for it
                    return there
            for path in self._free(named, entry, job.thumbnail):
                with suppress(AlreadyThere):
                    part.keep(path, overwrite=self._overwrite, modified=entry.modified)
                    self._saved.add(path)
                    return Saved(entry, path, size)
        finally:
            part.discard()
        raise self._too_many()

    def _there(self, job: Job, named: _Named) -> Skipped | None:
        """The file that is there already, as far as that is known before it comes."""
        if self._overwrite or (not named.turn and not self._can_guess(job.entry)):
            return None
        if not named.turn:
            named.time = job.entry.modified
        for turn, path in enumerate(self._paths(named, job.entry, job.thumbnail), 1):
            if path in self._saved:
                continue
            if not path.exists():
                return None
            size = size_there(Job(job.entry, path, job.thumbnail))
            if size is not None:
                named.turn = named.turn or turn
                self._saved.add(path)
                return Skipped(job.entry, path, size)
        return None

    def _can_guess(self, entry: Entry) -> bool:
        """Whether the name of a file can be told before it comes."""
        return "sha256" not in self._template.fields and entry.modified is not None

    # --- pictures of shots ------------------------------------------------------------------------

    def _keep(self, picture: Picture, pictures: Sequence[Picture]) -> Path:
        named = self._last
        entry = named.group.pictures[pictures.index(picture)]
        if not named.turn:
            from hashlib import sha256

            time = when_taken(picture.name, io.BytesIO(picture))
            self._decide(named, time, sha256(picture).hexdigest())
        for path in self._free(named, entry):
            with suppress(AlreadyThere):
                picture.save(path, overwrite=self._overwrite)
                self._saved.add(path)
                return path
        raise self._too_many()

    # --- names ------------------------------------------------------------------------------------

    def _decide(
        self, named: _Named, time: datetime | None, sha256: str, thumbnail: bool = False
    ) -> None:
        """Settle what the files of a picture are called: the first names that are all free."""
        named.time, named.sha256 = time or this_second(), sha256
        ways = [self._paths(named, entry, thumbnail) for entry in named.group.files]
        for turn, paths in enumerate(zip(*ways, strict=True), 1):
            both = zip(named.group.files, paths, strict=True)
            if not any(self._is_taken(path) and not self._is_it(path, one) for one, path in both):
                named.turn = turn
                return
        raise self._too_many()

    def _paths(self, named: _Named, entry: Entry, thumbnail: bool = False) -> Iterator[Path]:
        """Where a file may lie, from its picture's turn on."""
        first = named.group.files[0]
        naming = Naming.of(
            first.name,
            time=named.time or this_second(),
            folder=first.parent.name,
            job=self._job,
            seq=named.number,
            sha256=named.sha256,
            **self._known,
        )
        base = own_base(self._template, naming, entry, named.group)
        end = _SMALL if thumbnail else ""
        for turn, path in enumerate(to_try(base, entry.suffix), 1):
            if turn >= named.turn:
                yield self.to.joinpath(*path.parent.parts, path.name + end)

    def _free(self, named: _Named, entry: Entry, thumbnail: bool = False) -> Iterator[Path]:
        """The paths that a file may have, in folders that are made for it."""
        for path in self._paths(named, entry, thumbnail):
            if not self._is_taken(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                yield path

    def _is_taken(self, path: Path) -> bool:
        return path in self._saved or (path.exists() and not self._overwrite)

    def _is_it(self, path: Path, entry: Entry) -> bool:
        return path not in self._saved and size_there(Job(entry, path)) is not None

    def _too_many(self) -> AlreadyThere:
        what = f"too many files would have one name by {self._template.text}"
        return AlreadyThere(what, "choose another template")


def _as_entry(picture: Picture, on_card: dict[str, Entry]) -> Entry:
    """A picture as the card has it, or would."""
    made = Entry(CardPath.of((picture.name,)), len(picture))
    return on_card.get(Path(picture.name).suffix.upper(), made)
