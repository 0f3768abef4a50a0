"""Brings what was never imported from a card into a folder, and remembers it.

A file is hashed as it comes, flushed to the disk, then named, then entered into the index: whenever
a run ends, the next one goes on. What becomes of each file is an event.
"""

from __future__ import annotations

import enum
import errno
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from canon.driver.card import CardPath, Entry
from canon.driver.features import Feature
from canon.errors import (
    AlreadyThere,
    CanonError,
    DecodeError,
    NoCard,
    NotSupported,
    ObjectNotFound,
    Refused,
    WriteProtected,
)
from canon.files import beside
from canon.frozen import Frozen
from canon.models.file_kinds import Content, is_unknown, kind_of
from canon.work.index import Kept, Seen, key
from canon.work.library import Library
from canon.work.patience import Patience
from canon.work.saving import Begin
from canon.work.template import Naming, Template

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.files import PartFile

_PICTURES = "DCIM"
_FULL = (errno.ENOSPC, errno.EDQUOT)
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

    def check(self) -> Wanted:
        """The same, when it makes sense.

        Raises:
            ValueError: the template needs a job and there is none, or the other way about.
        """
        if self.job and "job" not in self.template.fields:
            raise ValueError("the job has no place in the template; put {job} into it")
        if not self.job and "job" in self.template.fields:
            raise ValueError("the template has {job}; name the job")
        return self


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


class Action(enum.StrEnum):
    """What became of a file."""

    FETCHED = "fetched"
    KNOWN = "known"
    """It was imported before, and was not asked for."""
    FOUND = "found"
    """Another file of the folder has its bytes."""
    PLANNED = "planned"
    """It would be fetched, were this no dry run."""
    FAILED = "failed"


class Listed(Frozen):
    """The card was listed.

    Attributes:
        files: how many files are to be fetched.
        size: their bytes.
    """

    files: int
    size: int


class IndexRebuilt(Frozen):
    """The index was damaged, and was made anew from the files of the folder.

    Attributes:
        aside: where the damaged one lies.
        files: how many were entered.
    """

    aside: Path
    files: int


class Imported(Frozen):
    """What became of a file.

    Attributes:
        what: the file of the card.
        action: what became of it.
        path: where it lies; None where that is not known, or it was thrown away.
        sha256: of its bytes; empty where they are not known.
        error: why it failed.
    """

    what: Entry
    action: Action
    path: Path | None = None
    sha256: str = ""
    error: Exception | None = None


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


class Ended(Frozen):
    """The import is over, or cannot go on: how many files had each end."""

    fetched: int = 0
    known: int = 0
    found: int = 0
    planned: int = 0
    failed: int = 0
    deleted: int = 0
    not_deleted: int = 0


class Group(Frozen):
    """A picture, or those of one name, and what belongs to it; they keep one name here too.

    Attributes:
        pictures: the files of the card that a camera takes, RAW and JPEG.
        companions: those that belong to them.
    """

    pictures: tuple[Entry, ...]
    companions: tuple[Entry, ...] = ()

    @property
    def files(self) -> tuple[Entry, ...]:
        """All of them, pictures first."""
        return self.pictures + self.companions


ImportEvent = Listed | IndexRebuilt | Imported | Deleted | NotDeleted | Ended


class Import:
    """Imports the pictures of a camera into a folder.

    Args:
        cam: the camera, open.
        library: the folder, open.
        wanted: what is to be imported, and how.
    """

    def __init__(self, cam: Camera, library: Library, wanted: Wanted) -> None:
        self._cam, self._library = cam, library
        self._wanted = wanted.check()
        self._index = library.index
        self._patience = Patience()
        self._body = ""  # what the index calls the camera
        self._serial = ""
        self._seen: Seen = {}
        self._number = 0
        self._planned: set[PurePosixPath] = set()
        self._now = datetime.now().replace(microsecond=0)

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
                    case Imported(action=action):
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
        self._meet()
        groups = _groups(self._list(), self._wanted)
        missing = [one for group in groups for one in group.files if self._sha256(one) is None]
        yield Listed(len(missing), sum(one.size for one in missing))
        for group in groups:
            yield from self._plan(group) if self._wanted.dry_run else self._take(group, begin)
        if self._wanted.delete_after and not self._wanted.dry_run:
            seen = self._index.seen(self._body)
            for group in groups:
                yield from self._delete(group, seen)

    def _meet(self) -> None:
        """Learn what the index calls the camera, and what came from it."""
        cam = self._cam
        with suppress(NotSupported):
            self._serial = cam.body_id.lstrip("0")  # some bodies say that it is 0
        self._body = f"{cam.model} {self._serial or cam.owner}".strip()
        self._seen = self._index.seen(self._body)
        self._number = self._index.last_number()

    def _list(self) -> Iterator[Entry]:
        """What is on the card; a card without the folder of pictures has none."""
        try:
            yield from self._cam.storage.walk(_PICTURES)
        except ObjectNotFound:
            return

    def _sha256(self, entry: Entry) -> str | None:
        """The SHA-256 of a file that was imported and is not wanted again; None of another."""
        if self._wanted.again or key(entry) not in self._seen:
            return None
        return self._seen[key(entry)][0]

    # --- one picture and what belongs to it -------------------------------------------------------

    def _take(self, group: Group, begin: Begin) -> Iterator[ImportEvent]:
        """Import the files of one picture; they have the same name but for their suffixes."""
        is_known = all(self._sha256(entry) is not None for entry in group.files)
        base, number = (None, 0) if is_known else self._known_base(group)
        for entry in group.files:
            sha256 = self._sha256(entry)
            if sha256 is not None:
                yield Imported(entry, Action.KNOWN, self._path_of(sha256), sha256)
                continue
            try:
                imported, base, number = self._import(entry, group, base, number, begin)
            except (CanonError, OSError, ValueError) as error:
                self._heed(error)
                yield Imported(entry, Action.FAILED, error=error)
            else:
                self._patience.heed()
                yield imported

    def _heed(self, error: Exception) -> None:
        """Raise an error after which the other files need not be tried."""
        if isinstance(error, OSError) and not isinstance(error, CanonError):
            if error.errno in _FULL:
                error.filename = str(self._library.folder)
            if error.errno != errno.ENAMETOOLONG:
                raise error
        self._patience.heed(error)
        if isinstance(error, Refused):
            try:
                self._cam.storage.cards()
            except NoCard as gone:
                raise gone from error
            except CanonError:
                return  # it cannot tell; the next file will

    def _import(
        self,
        entry: Entry,
        group: Group,
        base: PurePosixPath | None,
        number: int,
        begin: Begin,
    ) -> tuple[Imported, PurePosixPath, int]:
        """Fetch a file; where a picture of these bytes is there already, it is that one."""
        from hashlib import sha256

        digest = sha256()
        part = self._library.part()

        def take(piece: memoryview) -> None:
            digest.update(piece)
            _write(part, piece)

        try:
            self._cam.storage.stream(entry, take, begin(entry.name, entry.size))
            found, size = digest.hexdigest(), part.file.tell()  # a card may not tell a size
            is_picture = size > 0 and entry in group.pictures
            there = self._library.find(found, size) if is_picture else None
            if there is None and is_picture and self._is_thrown_away(found):
                number = number or self._next()
                base = base or self._index.by_sha256(found)[0].path.with_suffix("")
                self._index.enter(None, self._body, entry, found, number)
                return Imported(entry, Action.KNOWN, None, found), base, number
            action = Action.FOUND if there else Action.FETCHED
            number = number or self._next()
            if there is None:
                time = _taken(entry, part) or entry.modified or self._now
                if base is None:
                    naming = self._naming(entry, time, number, found)
                    base = self._free_base(self._wanted.template.path(naming), entry, group)
                there, action = self._keep(part, entry, base, Kept(base, size, found, time))
            self._index.enter(there, self._body, entry, found, number)
        finally:
            part.discard()
        path = self._library.place(there.path)
        return Imported(entry, action, path, found), base or _base(there.path, entry), number

    def _keep(
        self, part: PartFile, entry: Entry, base: PurePosixPath, came: Kept
    ) -> tuple[Kept, Action]:
        """Give a file that has come its name; the file of that name may be it already."""
        for path in _numbered(base, entry.suffix):
            target = self._library.place(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                part.keep(target, modified=entry.modified)
            except AlreadyThere:
                if self._library.hash(path, came.size) == came.sha256:
                    return Kept(path, came.size, came.sha256, came.time), Action.FOUND
                continue
            return Kept(path, came.size, came.sha256, came.time), Action.FETCHED
        raise AlreadyThere(f"{base} has ten thousand such files", "choose another template")

    def _is_thrown_away(self, sha256: str) -> bool:
        """Whether a picture was here, and the user has thrown it away."""
        return not self._wanted.again and bool(self._index.by_sha256(sha256))

    def _next(self) -> int:
        self._number += 1
        return self._number

    # --- names ------------------------------------------------------------------------------------

    def _known_base(self, group: Group) -> tuple[PurePosixPath | None, int]:
        """The path without its suffix that a picture has already, and its number."""
        for entry in group.files:
            sha256, number = self._seen.get(key(entry), ("", 0))
            rows = self._index.by_sha256(sha256) if sha256 and entry.size else []
            if rows and not self._wanted.again:
                there = [row for row in rows if self._library.place(row.path).exists()]
                return _base((there or rows)[0].path, entry), number
        return None, 0

    def _free_base(self, path: PurePosixPath, first: Entry, group: Group) -> PurePosixPath:
        """The first path without a suffix that all files of a picture can have."""
        for one in _numbered(_base(path, first), ""):
            paths = [_with(one, entry.suffix) for entry in group.files]
            if not any(self._planned.intersection(paths) or map(self._is_taken, paths)):
                return one
        raise AlreadyThere(f"{path} has ten thousand such files", "choose another template")

    def _is_taken(self, path: PurePosixPath) -> bool:
        return path in self._planned or self._library.place(path).exists()

    def _naming(self, entry: Entry, time: datetime, number: int, sha256: str) -> Naming:
        return Naming.of(
            entry.name,
            time=time,
            folder=entry.parent.name,
            model=self._cam.model.removeprefix("Canon "),
            owner=self._cam.owner,
            serial=self._serial,
            job=self._wanted.job,
            seq=number,
            sha256=sha256,
        )

    def _path_of(self, sha256: str) -> Path | None:
        """Where a file that is known lies, as far as the index knows."""
        there = (self._library.place(row.path) for row in self._index.by_sha256(sha256))
        return next((path for path in there if path.exists()), None)

    # --- without doing it, and afterwards ---------------------------------------------------------

    def _plan(self, group: Group) -> Iterator[Imported]:
        """What would become of the files of one picture; its time is the card's."""
        base, number = self._known_base(group)
        for entry in group.files:
            sha256 = self._sha256(entry)
            if sha256 is not None:
                yield Imported(entry, Action.KNOWN, self._path_of(sha256), sha256)
            elif "sha256" in self._wanted.template.fields and base is None:
                yield Imported(entry, Action.PLANNED)
            else:
                number = number or self._next()
                if base is None:
                    naming = self._naming(entry, entry.modified or self._now, number, "")
                    base = self._free_base(self._wanted.template.path(naming), entry, group)
                path = next(one for one in _numbered(base, entry.suffix) if not self._is_taken(one))
                self._planned.add(path)
                yield Imported(entry, Action.PLANNED, self._library.place(path))

    def _delete(self, group: Group, seen: Seen) -> Iterator[Deleted | NotDeleted]:
        """Delete from the card what the disk has; companions stay where their picture does."""
        stays = None
        for entry in group.files:
            why: CanonError | None = None
            if stays is not None and entry in group.companions:
                why = CanonError(f"{entry.path} stays on the card with {stays.name}")
            elif key(entry) not in seen:
                stays = entry  # it has failed, which was told
                continue
            else:
                why = self._delete_one(entry, seen[key(entry)][0])
            if why is None:
                yield Deleted(entry)
            else:
                stays = entry if entry in group.pictures else stays
                yield NotDeleted(entry, why)

    def _delete_one(self, entry: Entry, sha256: str) -> CanonError | None:
        """Delete a file whose bytes are read back from the disk; why it stays where it does."""
        if entry.protected:
            return WriteProtected(subject=entry.path)
        if self._library.find(sha256, entry.size) is None:
            what = f"{entry.path} stays on the card: its copy is not in the folder as it came"
            return CanonError(what, "fetch it with --again, then it can be deleted")
        try:
            self._cam.storage.delete(entry)
        except CanonError as error:
            self._heed(error)
            return error
        self._patience.heed()
        return None


def _groups(entries: Iterable[Entry], wanted: Wanted) -> list[Group]:
    """The wanted files: each picture with what belongs to it, pictures of one name together."""
    from canon.camera.storage import owners

    files = [entry for entry in entries if not entry.is_folder]
    owned = owners(files)
    pictures: dict[CardPath, list[Entry]] = {}
    companions: dict[CardPath, list[Entry]] = {}
    for entry in files:
        if entry.path not in owned and _is_wanted(entry, wanted):
            pictures.setdefault(_name(entry), []).append(entry)
    for entry in files:
        above = [_name(one) for one in owned.get(entry.path, ()) if _name(one) in pictures]
        if above:
            companions.setdefault(above[0], []).append(entry)
        elif entry.path in owned and _is_wanted(entry, wanted):
            pictures[entry.path] = [entry]
    return [
        Group(tuple(found), tuple(companions.get(name, ()))) for name, found in pictures.items()
    ]


def _name(entry: Entry) -> CardPath:
    """What the files of one picture have in common."""
    return entry.parent.child(entry.stem)


def _is_wanted(entry: Entry, wanted: Wanted) -> bool:
    if wanted.since and entry.modified and entry.modified < wanted.since:
        return False
    if wanted.only:
        return entry.suffix[1:].upper() in wanted.only
    return kind_of(entry.name).content is not Content.OTHER or is_unknown(entry.name)


def _taken(entry: Entry, part: PartFile) -> datetime | None:
    """When a picture was taken, as its file says; None where it does not."""
    if kind_of(entry.name).content not in (Content.PICTURE, Content.RAW):
        return None
    from canon import exif

    part.file.flush()
    try:
        return exif.read(part.file).taken
    except DecodeError:
        return None


def _write(part: PartFile, piece: memoryview) -> None:
    part.file.write(piece)


def _base(path: PurePosixPath, entry: Entry) -> PurePosixPath:
    """A path without the suffix of the file that it is for."""
    name, end = path.name, entry.suffix
    cut = end and name.casefold().endswith(end.casefold()) and len(name) > len(end)
    return path.with_name(name[: -len(end)]) if cut else path


def _with(base: PurePosixPath, suffix: str) -> PurePosixPath:
    return base.with_name(beside(Path(f"{base.name}.x"), suffix).name)


def _numbered(base: PurePosixPath, suffix: str) -> Iterator[PurePosixPath]:
    """The path of a file, then those to try when it is taken: IMG_0001-2.JPG."""
    yield _with(base, suffix)
    for number in range(2, 10_000):
        yield _with(base.with_name(f"{base.name}-{number}"), suffix)
