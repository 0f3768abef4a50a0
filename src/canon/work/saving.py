"""Saves files of a card and pictures of shots on this computer, and loses none of them.

What becomes of each is an event. A file is whole or not there; what is there already is left alone
unless told, and what was saved just now is never replaced.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from canon.driver.card import SIZE_UNTOLD, CardPath, Entry, Progress
from canon.driver.shot import Picture, Shot, rescued
from canon.errors import AlreadyThere, CanonError, NotSupported
from canon.files import beside, check_free, new_file, numbered, safe_name
from canon.frozen import Frozen
from canon.models.file_kinds import Content, is_unknown, kind_of
from canon.work.patience import Patience

if TYPE_CHECKING:
    from canon.camera import Camera

Begin = Callable[[str, int], Progress | None]
"""Is told which file comes now, by its name and size; gives what is told how far it is."""

_SAME_TIME_S = 2.0  # as fine as the clocks of FAT, of the card or of this computer's disk


class Job(Frozen):
    """A file of the card, and where it goes.

    Attributes:
        entry: the file.
        target: the path of the file on this computer.
        thumbnail: whether only its thumbnail is wanted.
    """

    entry: Entry
    target: Path
    thumbnail: bool = False


class Layout(Frozen):
    """Which of a card's names the files keep on this computer.

    Attributes:
        above: how many names from the card's root are left out.
        cards: whether the name of the card is kept.
    """

    above: int
    cards: bool = False

    @classmethod
    def below(cls, folders: Sequence[CardPath]) -> Layout:
        """The names below the folder that all these are or lie in; of several cards, theirs too."""
        levels = zip(*([part.upper() for part in one.parts] for one in folders), strict=False)
        shared = takewhile(lambda names: len(set(names)) == 1, levels)
        return cls(len(list(shared)), len({one.card.upper() for one in folders}) > 1)

    def names(self, path: CardPath) -> list[str]:
        """The names that a file keeps, its own last."""
        card = [path.card.rstrip(":")] if self.cards and path.card else []
        return [*card, *path.parts[self.above :]]


class Saved(Frozen):
    """A file was saved.

    Attributes:
        what: the file of the card, or the picture of a shot.
        path: where it lies now.
        size: its bytes.
    """

    what: Entry | Picture
    path: Path
    size: int


class Skipped(Frozen):
    """The file was there already, of the same size and time, and was not fetched again."""

    what: Entry
    path: Path
    size: int


class SavedElsewhere(Frozen):
    """A picture of a shot could not be saved where it was to go; it was saved, so that it is kept.

    Attributes:
        what: the picture.
        path: where it lies.
        error: why not where it was to go.
    """

    what: Picture
    path: Path
    error: OSError


class Failed(Frozen):
    """A file could not be saved; nothing of it is there."""

    what: Entry
    error: Exception


class NotMarked(Frozen):
    """The file was saved, but still counts as new in the camera.

    Attributes:
        what: the file of the card.
        error: why; NotSupported comes once, for all files of this model.
    """

    what: Entry
    error: CanonError


SaveEvent = Saved | Skipped | Failed | NotMarked
"""What becomes of a file of the card."""


class Saving:
    """Where files go on this computer, and what becomes of each.

    Args:
        to: a folder, or the file to write.
        is_folder: whether it is a folder; by default one that is there or ends with a slash is.
        overwrite: whether files that are there already may be replaced.

    Attributes:
        to: the folder or the file.
        is_folder: whether it is a folder.
    """

    def __init__(
        self,
        to: str | Path,
        *,
        is_folder: bool | None = None,
        overwrite: bool = False,
    ) -> None:
        self.to = Path(to)
        self.is_folder = ends_as_folder(to) if is_folder is None else is_folder
        self._overwrite = overwrite
        self._saved: set[Path] = set()
        self._goes: dict[str, CardPath] = {}  # what each name on this computer is for

    def make_room(self) -> None:
        """Make the folder that files go to, so that an error comes before one is fetched.

        Raises:
            AlreadyThere: the file is there already.
            ValueError: a file is where a folder is wanted.
            OSError: nothing can be written there.
        """
        check_way(self.to if self.is_folder else self.to.parent)
        if not self.is_folder:
            check_free(self.to, overwrite=self._overwrite)
        folder = self.to if self.is_folder else self.to.parent
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            why = errno.EROFS if _is_read_only(folder) else errno.EACCES
            raise OSError(why, os.strerror(why), str(folder))

    def meet(self, cam: Camera) -> None:
        """Learn of the camera what the names of its files need."""

    # --- files of the card ------------------------------------------------------------------------

    def jobs(
        self,
        cam: Camera,
        root: Entry,
        *,
        layout: Layout | None = None,
        new: bool = False,
        thumbnails: bool = False,
        among: Iterable[Entry] = (),
    ) -> list[Job]:
        """What a file, or a folder with all that is below it, means to fetch.

        Where thumbnails are wanted, the files of a folder that have none are left out. Two files of
        the card never go into one: the second gets a number.

        Args:
            cam: the camera.
            root: the file or the folder.
            layout: which names of the card's folders are kept; those below the root by default.
            new: whether only files that were not downloaded yet are wanted.
            thumbnails: whether the thumbnails are wanted, not the files.
            among: the listing of a file's folder, to fetch the file's companions too.

        Raises:
            NotSupported: new files are wanted, and this model does not tell which are.
        """
        if root.is_folder:
            files = [entry for entry in cam.storage.walk(root) if not entry.is_folder]
            if thumbnails:
                files = _with_thumbnails(files)
        elif thumbnails:
            if not (kind_of(root.name).is_taken or is_unknown(root.name)):
                raise ValueError(f"{root} has no thumbnail; pictures and films have one")
            files = [root]
        else:
            files = [root, *cam.storage.companions(root, among)]
        if new and any(entry.new is None for entry in files):
            raise NotSupported(
                cam.model.removeprefix("Canon "),
                "mark of files that were not downloaded yet",
                "get all of them: what is there already, of the same size and time, is left out",
            )
        layout = layout or Layout.below([root.path if root.is_folder else root.parent])
        return [
            Job(entry, self._target(root, entry, layout, thumbnails), thumbnails)
            for entry in files
            if entry.new or not new
        ]

    def _target(self, root: Entry, entry: Entry, layout: Layout, thumbnail: bool) -> Path:
        """Where a file of the card goes, and no other one."""
        if self.is_folder:
            *folders, name = map(safe_name, layout.names(entry.path))
            path = self.to.joinpath(*folders, f"{name}.thumb.jpg" if thumbnail else name)
        else:
            path = self.to if entry == root else beside(self.to, entry.suffix)
        for one in numbered(path):
            if self._goes.setdefault(str(one).casefold(), entry.path) == entry.path:
                return one
        raise ValueError(f"too many files would be called {path}; choose another folder")

    def run(
        self, cam: Camera, jobs: Iterable[Job], begin: Begin = lambda name, size: None
    ) -> Iterator[SaveEvent]:
        """Fetch files, one after the other, and mark each in the camera as downloaded.

        One that fails does not stop the others.

        Args:
            cam: the camera.
            jobs: what goes where.
            begin: is told which file comes, and gives what is told how far it is.

        Raises:
            Disconnected: the camera is gone; what was saved is saved.
            PortError: the port failed twice in a row.
        """
        patience, marks = Patience(), True
        for job in dict.fromkeys(jobs):
            try:
                saved = self._fetch(cam, job, begin)
            except (CanonError, OSError, ValueError) as error:
                patience.heed(error)
                yield Failed(job.entry, error)
                continue
            patience.heed()
            yield saved
            refusal = None
            if job.entry.new and not job.thumbnail and marks:
                refusal = mark_downloaded(cam, job.entry)
            if refusal:
                marks = not isinstance(refusal, NotSupported)
                yield NotMarked(job.entry, refusal)
                patience.heed(refusal)

    def _fetch(self, cam: Camera, job: Job, begin: Begin) -> Saved | Skipped:
        entry, target = job.entry, job.target
        overwrite = self._overwrite and target not in self._saved
        size = None if overwrite or target in self._saved else size_there(job)
        if size is None:
            target.parent.mkdir(parents=True, exist_ok=True)
            fetch = self._fetch_thumbnail if job.thumbnail else self._fetch_file
            event = fetch(cam, job, begin, overwrite)
        else:
            event = Skipped(entry, target, size)
        self._saved.add(target)
        return event

    def _fetch_file(self, cam: Camera, job: Job, begin: Begin, overwrite: bool) -> Saved | Skipped:
        entry, target = job.entry, job.target
        progress = begin(entry.name, entry.size)
        if entry.modified is None and not overwrite and _size(target) == entry.size:
            import filecmp
            import tempfile

            with tempfile.TemporaryDirectory() as folder:  # only its bytes tell whether it is it
                fetched = cam.storage.download(entry, folder, progress=progress)
                if filecmp.cmp(fetched, target, shallow=False):
                    return Skipped(entry, target, entry.size)
            check_free(target, overwrite=False)
        cam.storage.download(entry, target, overwrite=overwrite, progress=progress)
        return Saved(entry, target, target.stat().st_size)

    def _fetch_thumbnail(
        self, cam: Camera, job: Job, begin: Begin, overwrite: bool
    ) -> Saved | Skipped:
        entry, target = job.entry, job.target
        picture = cam.storage.thumbnail(entry)
        size = len(picture)
        if progress := begin(entry.name, size):
            progress(size, size)
        if not overwrite and _size(target) == size and target.read_bytes() == picture:
            return Skipped(entry, target, size)
        with new_file(target, overwrite=overwrite, modified=entry.modified) as file:
            file.write(picture)
        return Saved(entry, target, size)

    # --- pictures of shots ------------------------------------------------------------------------

    def shot(self, shot: Shot) -> Iterator[Saved | SavedElsewhere]:
        """Save the pictures of a shot that are in memory, wherever there is room.

        In a folder, a name that is taken gets a number. Where one file was named, the other one of
        RAW + JPEG lies beside it with its own suffix.
        """
        for picture in shot.pictures:
            try:
                path = self._keep(picture, shot.pictures)
            except OSError as error:
                yield SavedElsewhere(picture, rescued(picture), error)
            else:
                yield Saved(picture, path, len(picture))

    def _keep(self, picture: Picture, pictures: Sequence[Picture]) -> Path:
        if not self.is_folder:
            return picture.save(self._beside(picture, pictures), overwrite=self._overwrite)
        self.to.mkdir(parents=True, exist_ok=True)
        for path in numbered(self.to / safe_name(picture.name)):
            try:
                return picture.save(path, overwrite=self._overwrite)
            except AlreadyThere:
                continue
        raise AlreadyThere(f"{self.to} has ten thousand such files", "choose another folder")

    def _beside(self, picture: Picture, pictures: Sequence[Picture]) -> Path:
        """The file is for one picture of a shot, the one with its suffix or the first."""
        suffixes = [Path(one.name).suffix for one in pictures]
        alike = [one.upper() == self.to.suffix.upper() for one in suffixes]
        number = pictures.index(picture)
        chosen = alike.index(True) if True in alike else 0
        return self.to if number == chosen else beside(self.to, suffixes[number])


def ends_as_folder(to: str | Path) -> bool:
    """Whether somebody means a folder: it is there, or ends with a slash."""
    return Path(to).is_dir() or str(to).endswith(("/", os.sep))


def check_way(folder: Path) -> None:
    """ValueError when a folder cannot be there: a file has its name, or that of one above."""
    for one in [folder, *folder.parents]:
        if one.is_file():
            raise ValueError(f"{one} is a file, not a folder; name another")


def mark_downloaded(cam: Camera, entry: Entry) -> CanonError | None:
    """Let a file that was saved no longer count as new; why that cannot be, where it cannot."""
    try:
        cam.storage.mark_downloaded(entry)
    except CanonError as error:
        return error
    return None


def size_there(job: Job) -> int | None:
    """The size of the file of this computer that is the one wanted, by its time and its size.

    That of a thumbnail is not told before it is fetched: its time, which is its picture's, does.
    None where there is no such file.
    """
    entry, size = job.entry, _size(job.target)
    if size is None or entry.modified is None:
        return None
    if not job.thumbnail and size != entry.size and not size > entry.size == SIZE_UNTOLD:
        return None
    try:
        apart = abs(job.target.stat().st_mtime - entry.modified.timestamp())
    except (OSError, OverflowError, ValueError):
        return None  # it has a time that this computer cannot tell
    return size if apart <= _SAME_TIME_S else None


def _size(target: Path) -> int | None:
    """The bytes of a file of this computer; None where it is not there."""
    try:
        return target.stat().st_size if target.is_file() else None
    except OSError:
        return None


def _with_thumbnails(files: list[Entry]) -> list[Entry]:
    """The files that have a thumbnail: in them, in the camera, or in a THM file of their name."""
    from canon.camera.storage import owners

    thumbnails = {entry.path for entry in files if kind_of(entry.name).content is Content.THUMBNAIL}
    owned = owners(files)
    having = {one.path for path in thumbnails for one in owned.get(path, ())}
    taken = (entry for entry in files if kind_of(entry.name).is_taken or entry.path in having)
    return [entry for entry in taken if entry.path not in owned]


def _is_read_only(folder: Path) -> bool:
    """Whether the disk of a folder cannot be written by anybody, as far as the system says."""
    return hasattr(os, "statvfs") and bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
