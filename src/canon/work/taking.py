"""Brings pictures into a library: hashed as they come, flushed, then named, then entered.

It is what import, tether and series have in common. Whenever a run ends, the next one goes on. What
becomes of each file is an event.
"""

from __future__ import annotations

import enum
import errno
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from canon.driver.card import CardPath, Entry
from canon.errors import (
    AlreadyThere,
    CanonError,
    NoCard,
    NotSupported,
    Refused,
    WriteProtected,
)
from canon.frozen import Frozen, replace
from canon.work.index import Kept
from canon.work.library import Library, digest
from canon.work.names import (
    Group,
    base_of,
    beside_twin,
    own_base,
    this_second,
    to_try,
    when_taken,
    with_end,
)
from canon.work.patience import Patience
from canon.work.saving import Begin
from canon.work.template import Naming, Template

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.files import PartFile

FULL = (errno.ENOSPC, errno.EDQUOT)
_MOST_TOGETHER = 64  # files that are open at a time


class Action(enum.StrEnum):
    """What became of a file."""

    FETCHED = "fetched"
    KNOWN = "known"
    """It came before, and was not asked for."""
    FOUND = "found"
    """Another file of the folder has its bytes."""
    PLANNED = "planned"
    """It would be fetched, were this no dry run."""
    FAILED = "failed"


class Brought(Frozen):
    """What became of a file.

    Attributes:
        what: the file of the card; None for a picture that was never on one.
        action: what became of it.
        path: where it lies; None where that is not known, or it was thrown away.
        size: its bytes.
        sha256: of its bytes; empty where they are not known.
        time: when it was taken, as its name has it; None where it was not looked at.
        error: why it failed.
    """

    what: Entry | None
    action: Action
    path: Path | None = None
    size: int = 0
    sha256: str = ""
    time: datetime | None = None
    error: Exception | None = None


class IndexRebuilt(Frozen):
    """The index was damaged, and was made anew from the files of the folder.

    Attributes:
        aside: where the damaged one lies.
        files: how many were entered.
    """

    aside: Path
    files: int


class Deleted(Frozen):
    """A file was deleted from the card: it is safe in the folder."""

    what: Entry


class NotDeleted(Frozen):
    """A file stays on the card.

    Attributes:
        what: the file.
        why: the camera's refusal, or that it is not in the folder.
    """

    what: Entry
    why: Exception


class _Named(Frozen):
    """What the files of one picture have in common here: where they go, and their number.

    Attributes:
        base: the path without its suffix of the file that was named first; None before that.
        number: the number of the picture.
        first: the file that was named first.
        naming: what a template can say of the picture.
    """

    base: PurePosixPath | None = None
    number: int = 0
    first: Entry | None = None
    naming: Naming | None = None


class _Picture:
    """The files of one picture, and what they have in common here once the first is named."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.named: _Named | None = None


class _Came:
    """A file that has come but has no name yet; or that need not come, or failed.

    Args:
        picture: what it belongs to.
        entry: the file of the card.
        sha256: of its bytes.
        part: the file here; None where none has come.
        error: why none has.
    """

    def __init__(
        self,
        picture: _Picture,
        entry: Entry,
        sha256: str = "",
        part: PartFile | None = None,
        error: Exception | None = None,
    ) -> None:
        self.picture, self.entry, self.sha256 = picture, entry, sha256
        self.part, self.error = part, error

    def discard(self) -> None:
        """Remove what was not kept of it."""
        if self.part is not None:
            self.part.discard()


class Taking:
    """Brings pictures of a camera into a library.

    Args:
        library: the folder, open.
        template: how files are named.
        job: what the user calls this, for the template.
        again: whether files are wanted that came before.

    Attributes:
        body: what the index calls the camera: its model with its number, else its owner.

    Raises:
        ValueError: the template needs a job and there is none, or the other way about.
    """

    def __init__(
        self, library: Library, template: Template, *, job: str = "", again: bool = False
    ) -> None:
        self.body = ""
        self._library, self._index = library, library.index
        self._template, self._job, self._again = check_job(template, job), job, again
        self._patience = Patience()
        self._cam: Camera | None = None
        self._serial = self._owner = ""
        self._number = 0
        self._planned: set[PurePosixPath] = set()

    def meet(self, cam: Camera) -> None:
        """Learn what the index calls a camera, and what came from it; first, and when it is back.

        Args:
            cam: the camera, open.
        """
        self._cam = cam
        self._patience = Patience()
        self._serial = serial(cam)
        self._owner = cam.owner if "owner" in self._template.fields else ""
        self.body = f"{cam.model} {self._serial or cam.owner}".strip()
        self._number = max(self._number, self._index.last_number())

    def sha256(self, entry: Entry) -> str | None:
        """The SHA-256 of a file that came before and is not wanted again; None of another."""
        if self._again or (seen := self._index.seen(self.body, entry)) is None:
            return None
        return seen[0]

    def take(
        self,
        groups: Iterable[Group],
        begin: Begin = lambda name, size: None,
        *,
        together_s: float = 0.0,
    ) -> Iterator[Brought]:
        """Fetch the files of pictures; those of a picture have one name but for their suffixes.

        Args:
            groups: the files of each picture.
            begin: is told which file comes, and gives what is told how far it is.
            together_s: how long a file that has come may wait for others, so that the disk is
                waited for once; they are named, entered and told together.

        Raises:
            Disconnected: the camera is gone.
            PortError: the port failed twice in a row.
            NoCard: the card is gone.
            OSError: this computer's disk is full, or takes nothing.
        """
        came: list[_Came] = []
        first = 0.0
        now = self._met.clock.now
        try:
            for one in self._fetch_all(groups, begin):
                first = first if came else now()
                came.append(one)
                if now() - first >= together_s or len(came) == _MOST_TOGETHER:
                    yield from self._finish(came)
            yield from self._finish(came)
        except (CanonError, OSError):
            yield from self._finish(came)
            raise
        finally:
            for one in came:
                one.discard()

    def came(self, files: Sequence[Path], on_card: Sequence[Entry] = ()) -> Iterator[Brought]:
        """Name and enter the files of one picture that came to this computer by themselves.

        Args:
            files: whole files in `library.workshop`; their names are those that the camera gives.
            on_card: those of them that are on the card too; they are not asked for again.

        Raises:
            OSError: this computer's disk is full, or takes nothing; a note says where each is.
        """
        twins = {entry.suffix.upper(): entry for entry in on_card}
        entries = [
            twins.get(file.suffix.upper()) or Entry(CardPath.of((file.name,)), file.stat().st_size)
            for file in files
        ]
        group, named = Group(tuple(entries)), _Named()
        for file, entry in zip(files, entries, strict=True):
            there = file
            try:
                part = self._library.part(file)
                with part.file:
                    sha256 = digest(part.file)
                    seen, number = self._index.seen(self.body, entry) or ("", 0)
                    if seen == sha256:  # it was entered when the run was killed
                        named = replace(named, number=named.number or number)
                    brought, named = self._settle(part, sha256, entry, group, named)
                there = brought.path or file
                self._library.settle()
                part.discard()  # only now: until it is entered, it would be known to nobody
            except OSError as error:
                for one in [there, *files[files.index(file) + 1 :]]:
                    error.add_note(f"The picture is not lost: {one}")
                raise
            yield brought if entry in on_card else replace(brought, what=None)

    def left(self) -> Iterator[Brought]:
        """Name and enter what a run that was killed had received whole, but not named."""
        for _, files in groupby(self._library.left(), lambda file: file.stem):
            yield from self.came([*files])

    def skip(self, count: int) -> None:
        """Leave out the numbers of so many pictures that should have come, but did not."""
        self._number += count

    def plan(self, group: Group) -> Iterator[Brought]:
        """What would become of the files of one picture; its time is the card's."""
        named = self._known(group)
        for entry in group.files:
            sha256 = self.sha256(entry)
            if sha256 is not None:
                yield Brought(entry, Action.KNOWN, self._path_of(sha256), entry.size, sha256)
            elif "sha256" in self._template.fields and named.base is None:
                yield Brought(entry, Action.PLANNED, size=entry.size)
            else:
                time = entry.modified or this_second()
                named = self._named(named, entry, group, time, "")
                base = self._base(named, entry, group)
                path = next(one for one in to_try(base, entry.suffix) if not self._is_taken(one))
                self._planned.add(path)
                yield Brought(entry, Action.PLANNED, self._library.place(path), entry.size)

    def clear(self, group: Group) -> Iterator[Deleted | NotDeleted]:
        """Delete from the card what the disk has, which is read for it.

        What failed stays, and companions stay where their picture does.

        Raises:
            Disconnected: the camera is gone.
            PortError: the port failed twice in a row.
            NoCard: the card is gone.
        """
        stays = None
        for entry in group.files:
            why: CanonError | None = None
            if stays is not None and entry in group.companions:
                why = CanonError(f"{entry.path} stays on the card with {stays.name}")
            elif self._index.seen(self.body, entry) is None:
                stays = entry  # it has failed, which was told
                continue
            else:
                why = self._delete(entry)
            if why is None:
                yield Deleted(entry)
            else:
                stays = entry if entry in group.pictures else stays
                yield NotDeleted(entry, why)

    def heed(self, error: Exception) -> None:
        """Raise an error after which the other files need not be tried."""
        if isinstance(error, OSError) and not isinstance(error, CanonError):
            if error.errno in FULL:
                error.filename = str(self._library.folder)
            if error.errno != errno.ENAMETOOLONG:
                raise error
        self._patience.heed(error)
        if isinstance(error, Refused):
            try:
                self._met.storage.cards()
            except NoCard as gone:
                raise gone from error
            except CanonError:
                return  # it cannot tell; the next file will

    def _delete(self, entry: Entry) -> CanonError | None:
        """Delete a file from the card when the disk has it; why it stays where it does."""
        if entry.protected:
            return WriteProtected(subject=entry.path)
        sha256, _ = self._index.seen(self.body, entry) or ("", 0)
        if not sha256 or self._library.find(sha256, entry.size) is None:
            what = f"{entry.path} stays on the card: its copy is not in the folder as it came"
            return CanonError(what, "fetch it with --again, then it can be deleted")
        try:
            self._met.storage.delete(entry)
        except CanonError as error:
            self.heed(error)
            return error
        self._patience.heed()
        return None

    # --- one file ---------------------------------------------------------------------------------

    @property
    def _met(self) -> Camera:
        assert self._cam is not None  # noqa: S101  (the first thing is to meet one)
        return self._cam

    def _fetch_all(self, groups: Iterable[Group], begin: Begin) -> Iterator[_Came]:
        """Fetch what did not come before; a file that fails does not stop the others."""
        for group in groups:
            picture = _Picture(group)
            for entry in group.files:
                sha256 = self.sha256(entry)
                if sha256 is not None:
                    yield _Came(picture, entry, sha256)
                    continue
                try:
                    came = self._fetch(picture, entry, begin)
                except (CanonError, OSError, ValueError) as error:
                    self.heed(error)
                    yield _Came(picture, entry, error=error)
                else:
                    self._patience.heed()
                    yield came

    def _fetch(self, picture: _Picture, entry: Entry, begin: Begin) -> _Came:
        """Fetch a file, hashed as it comes."""
        from hashlib import sha256

        so_far = sha256()
        part = self._library.part()

        def take(piece: memoryview) -> None:
            so_far.update(piece)
            _write(part, piece)

        try:
            self._met.storage.stream(entry, take, begin(entry.name, entry.size))
            part.begin_flush()
        except BaseException:
            part.discard()
            raise
        return _Came(picture, entry, so_far.hexdigest(), part)

    def _finish(self, came: list[_Came]) -> Iterator[Brought]:
        """Name and enter what has come; it is told when the disk has the names and the rows."""
        told, trouble = [], None
        while came and trouble is None:
            one = came.pop(0)
            try:
                told.append(self._bring(one))
            except (CanonError, OSError) as error:
                trouble = error
            finally:
                one.discard()
        self._library.settle()
        yield from told
        if trouble is not None:
            raise trouble

    def _bring(self, one: _Came) -> Brought:
        """Name and enter a file that has come, and tell what became of it."""
        entry, picture = one.entry, one.picture
        if one.error is not None:
            return Brought(entry, Action.FAILED, size=entry.size, error=one.error)
        if one.part is None:
            path = self._path_of(one.sha256)
            return Brought(entry, Action.KNOWN, path, entry.size, one.sha256)
        try:
            named = picture.named or self._known(picture.group)
            brought, picture.named = self._settle(one.part, one.sha256, entry, picture.group, named)
        except (CanonError, OSError, ValueError) as error:
            self.heed(error)
            return Brought(entry, Action.FAILED, size=entry.size, error=error)
        return brought

    def _settle(
        self, part: PartFile, sha256: str, entry: Entry, group: Group, named: _Named
    ) -> tuple[Brought, _Named]:
        """Name and enter a file that is here; where its bytes are here already, it is that one."""
        size = part.file.seek(0, io.SEEK_END)  # a card may not tell a size
        is_picture = size > 0 and entry in group.pictures
        there = self._library.find(sha256, size) if is_picture else None
        if there is None and is_picture and self._is_thrown_away(sha256):
            named = self._as_kept(named, entry, group, self._index.by_sha256(sha256)[0])
            self._enter(None, entry, sha256, named.number)
            return Brought(entry, Action.KNOWN, None, size, sha256), named
        action = Action.FOUND
        if there is None:
            time = when_taken(entry.name, part.file) or entry.modified or this_second()
            named = self._named(named, entry, group, time, sha256)
            base = self._base(named, entry, group)
            there, action = self._keep(part, entry, base, Kept(base, size, sha256, time))
        named = self._as_kept(named, entry, group, there)
        self._enter(there, entry, sha256, named.number)
        path = self._library.place(there.path)
        return Brought(entry, action, path, size, sha256, there.time), named

    def _enter(self, there: Kept | None, entry: Entry, sha256: str, number: int) -> None:
        self._index.enter(there, self.body, entry, sha256, number)

    def _keep(
        self, part: PartFile, entry: Entry, base: PurePosixPath, came: Kept
    ) -> tuple[Kept, Action]:
        """Give a file that has come its name; the file of that name may be it already."""
        for path in to_try(base, entry.suffix):
            try:
                self._library.keep(part, path, entry.modified)
            except AlreadyThere:
                if self._library.hash(path, came.size) == came.sha256:
                    return Kept(path, came.size, came.sha256, came.time), Action.FOUND
                continue
            return Kept(path, came.size, came.sha256, came.time), Action.FETCHED
        raise AlreadyThere(f"{base} has ten thousand such files", "choose another template")

    def _is_thrown_away(self, sha256: str) -> bool:
        """Whether a picture was here, and the user has thrown it away."""
        return not self._again and bool(self._index.by_sha256(sha256))

    def _next(self) -> int:
        self._number += 1
        return self._number

    # --- names ------------------------------------------------------------------------------------

    def _known(self, group: Group) -> _Named:
        """What a picture has already of which a file came before."""
        for entry in group.files:
            sha256, number = self._index.seen(self.body, entry) or ("", 0)
            rows = self._index.by_sha256(sha256) if sha256 and entry.size else []
            if rows and not self._again:
                there = [row for row in rows if self._library.place(row.path).exists()]
                return self._as_kept(_Named(number=number), entry, group, (there or rows)[0])
        return _Named()

    def _as_kept(self, named: _Named, entry: Entry, group: Group, kept: Kept) -> _Named:
        """What the files of a picture have in common, by one that the index has."""
        if named.base is not None:
            return named
        number = named.number or self._next()
        naming = self._naming(group, kept.time, number, kept.sha256)
        return _Named(base_of(kept.path, entry.suffix), number, entry, naming)

    def _named(
        self, named: _Named, entry: Entry, group: Group, time: datetime, sha256: str
    ) -> _Named:
        """What the files of a picture have in common, by the first of them that gets a name."""
        if named.base is not None:
            return named
        number = named.number or self._next()
        naming = self._naming(group, time, number, sha256)
        return _Named(self._free_base(naming, entry, group), number, entry, naming)

    def _base(self, named: _Named, entry: Entry, group: Group) -> PurePosixPath:
        """The path without its suffix that a file of a picture gets."""
        base, first, naming = named.base, named.first, named.naming
        assert base is not None and first is not None and naming is not None  # noqa: S101, PT018
        one, other = (own_base(self._template, naming, file, group) for file in (first, entry))
        return beside_twin(base, one, other)

    def _free_base(self, naming: Naming, first: Entry, group: Group) -> PurePosixPath:
        """The first path without a suffix that a file can have, and all of its picture like it."""
        own = own_base(self._template, naming, first, group)
        bases = [
            (own_base(self._template, naming, entry, group), entry.suffix) for entry in group.files
        ]
        for one in to_try(own, ""):
            paths = [with_end(beside_twin(one, own, base), suffix) for base, suffix in bases]
            if not any(self._planned.intersection(paths) or map(self._is_taken, paths)):
                return one
        raise AlreadyThere(f"{own} has ten thousand such files", "choose another template")

    def _is_taken(self, path: PurePosixPath) -> bool:
        return path in self._planned or self._library.place(path).exists()

    def _naming(self, group: Group, time: datetime, number: int, sha256: str) -> Naming:
        entry = group.files[0]
        return Naming.of(
            entry.name,
            time=time,
            folder=entry.parent.name,
            model=self._met.model.removeprefix("Canon "),
            owner=self._owner,
            serial=self._serial,
            job=self._job,
            seq=number,
            sha256=sha256,
        )

    def _path_of(self, sha256: str) -> Path | None:
        """Where a file that is known lies, as far as the index knows."""
        there = (self._library.folder / path for path in self._index.paths(sha256))
        return next((path for path in there if path.exists()), None)


def check_job(template: Template, job: str) -> Template:
    """The template, when it makes sense with what the user calls the pictures.

    Raises:
        ValueError: it needs a job and there is none, or the other way about.
    """
    if job and "job" not in template.fields:
        raise ValueError("the job has no place in the template; put {job} into it")
    if not job and "job" in template.fields:
        raise ValueError("the template has {job}; name the job")
    return template


def serial(cam: Camera) -> str:
    """The number of a body; empty where it does not tell one."""
    with suppress(NotSupported):
        return cam.body_id.lstrip("0")  # some bodies say that it is 0
    return ""


def _write(part: PartFile, piece: memoryview) -> None:
    part.file.write(piece)
