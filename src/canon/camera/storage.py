"""What is on the card: list it, fetch it, change it.

A place is an entry of a listing, or a path as it is typed. A file of this computer that has its own
name is always whole, and nothing is overwritten unless told.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, cast

from canon.camera.turns import Turns
from canon.driver import Driver
from canon.driver.card import (
    SIZE_UNTOLD,
    Card,
    CardPath,
    Entry,
    Listing,
    Place,
    Progress,
    Sink,
    new_path,
)
from canon.driver.features import Feature
from canon.driver.lookup import Lookup
from canon.driver.shot import Picture
from canon.errors import (
    AlreadyThere,
    BadParameter,
    NoCard,
    NotEmpty,
    NotSupported,
    ObjectNotFound,
    ProtocolError,
    Refused,
    WriteProtected,
)
from canon.log import Log

if TYPE_CHECKING:
    from pathlib import Path

_log = Log(__name__)

_IN_MEMORY = 64 << 20
_READ_AHEAD = 64 << 10
_DEEDS = {
    Feature.UPLOAD: "take files",
    Feature.DELETE: "delete files",
    Feature.FOLDERS: "make folders",
    Feature.PROTECT: "protect files",
    Feature.MARKS: "mark files as downloaded",
    Feature.FILE_TIMES: "set the time of a file",
    Feature.RANGES: "read a part of a file",
}


class Storage:
    """The card of one camera, or its cards. Made by `Camera`; use `cam.storage`."""

    def __init__(self, verbs: Callable[[], Driver], name: Callable[[], str], turns: Turns) -> None:
        self._verbs = verbs
        self._name = name
        self._turns = turns

    def __repr__(self) -> str:
        return f"<storage of {self._name()}>"

    def cards(self) -> tuple[Card, ...]:
        """The cards, with capacity and free space in bytes.

        Raises:
            NoCard: there is none.
        """
        return self._verbs().cards()

    def ls(self, place: Place = "") -> Listing:
        """What is in a folder, in card order; the card's root without an argument.

        Raises:
            ObjectNotFound: there is no such folder.
            NoCard: there is no card.
        """
        return Listing(self._list(CardPath(place), deep=False))

    def walk(self, place: Place = "") -> Iterator[Entry]:
        """Everything in a folder and below it, folders before what is in them, by one request.

        Raises:
            ObjectNotFound: there is no such folder.
            NoCard: there is no card.
        """
        return self._list(CardPath(place), deep=True)

    def glob(self, pattern: str) -> Iterator[Entry]:
        """What fits a pattern such as `DCIM/*/*.CR2`, in card order; nothing fitting is no error.

        `*` is any number of signs of one name, `?` is one, `[12]` one of these; capitals make no
        difference. For whatever depth, take `walk` and `entry.path.match("*.CR2")`.
        """
        return self._lookup().fit(pattern)

    def exists(self, place: Place) -> bool:
        """Whether there is such a file or folder on the card.

        Raises:
            NoCard: there is no card.
        """
        return self._entry_or_none(CardPath(place), self._lookup()) is not None

    def stat(self, place: Place) -> Entry:
        """What the card's listing says of a file or a folder now.

        Raises:
            ObjectNotFound: it is not there.
        """
        path = CardPath(place)
        with _about(path):
            return self._lookup().entry(path)

    def read(self, place: Place, progress: Progress | None = None) -> bytes:
        """The bytes of a file.

        Raises:
            ObjectNotFound: the card has no such file.
            ProtocolError: the camera sent less or more than the file's size.
        """
        entry, data = self._file(place), io.BytesIO()
        self._fetch(entry, data.write, progress)
        return data.getvalue()

    def stream(self, place: Place, sink: Sink, progress: Progress | None = None) -> None:
        """Give the bytes of a file to a function, piece by piece as they come.

        Args:
            place: the file; an entry of a listing saves a question.
            sink: takes a piece, which is valid only during the call.
            progress: is called with how many bytes of how many are done.

        Raises:
            ObjectNotFound: the card has no such file.
            ProtocolError: the camera sent less or more than the file's size.
        """
        self._fetch(self._file(place), sink, progress)

    def read_range(self, place: Place, offset: int, size: int) -> bytes:
        """Some bytes of a file without the rest of it; fewer where it ends before.

        Args:
            place: the file; an entry of a listing saves a question.
            offset: where they begin, counted in bytes from the start of the file.
            size: how many.

        Raises:
            NotSupported: this model's protocol has no such command, or none that reaches there.
            ObjectNotFound: the card has no such file.
        """
        if offset < 0 or size < 0:
            raise ValueError(f"{size} bytes at {offset} are no part of a file")
        verbs = self._able(Feature.RANGES)
        entry, data = self._file(place), io.BytesIO()
        if size and (offset < entry.size or entry.size == SIZE_UNTOLD):
            with _about(entry.path):
                verbs.read_range(entry, offset, size, data.write)
        return data.getvalue()

    def open(self, place: Place) -> BinaryIO:
        """A file of the card, open for reading; it seeks.

        Where the protocol can read parts of a file (`Feature.RANGES`), what is read is fetched when
        it is read, 64 KiB at least. Elsewhere the file is fetched now, as a whole, into memory or,
        when it is over 64 MiB, into a temporary file.

        Raises:
            ObjectNotFound: the card has no such file.
        """
        entry = self._file(place)
        if Feature.RANGES in self._verbs().features:
            from canon.camera.card_file import CardFile

            return io.BufferedReader(CardFile(self._verbs, entry), _READ_AHEAD)
        import tempfile

        file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (the caller closes)
        try:
            self._fetch(entry, file.write, None)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return cast("BinaryIO", file)

    def download(
        self,
        place: Place,
        to: str | Path = ".",
        *,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> Path:
        """Fetch a file of the card into a file of this computer, and return its path.

        The file keeps the camera's time. A name made up by the camera cannot leave the folder.

        Args:
            place: the file on the card.
            to: a folder, or the file to write.
            overwrite: whether a file that is there already may be replaced.
            progress: is called with how many bytes of how many are done.

        Raises:
            AlreadyThere: the file is there already.
            ObjectNotFound: the card has no such file.
            ProtocolError: the camera sent less or more than the file's size; nothing is kept.
        """
        from canon.files import new_file, target_path

        entry = self._file(place)
        target = target_path(to, entry.name)
        with new_file(target, overwrite=overwrite, modified=entry.modified) as file:
            self._fetch(entry, file.write, progress)
        _log.info("saved %s as %s, %d bytes", entry.path, target, entry.size)
        return target

    def thumbnail(self, place: Place) -> Picture:
        """The small JPEG of a picture or a movie: bytes that show themselves in a notebook.

        Only the head of a JPEG or a CR2 is fetched; that of a CRW or a movie is in its THM file.

        Raises:
            ObjectNotFound: it has none, or its THM file is not on the card.
        """
        entry = self._file(place)
        with _about(entry.path):
            return Picture(self._verbs().thumbnail(entry), f"{entry.name}.thumb.jpg")

    def companions(self, place: Place, among: Iterable[Entry] | None = None) -> list[Entry]:
        """What lies beside a picture or a movie and belongs to it: files of the same name.

        The THM of a CRW or a movie, a sound (a spoken note has the picture's number alone), what
        another program put there. The two files of RAW+JPEG are pictures, and no companions of
        each other; the THM beside them belongs to the RAW. A file of a kind that is not known here
        has the THM and the sound of its name.

        Args:
            place: the picture or the movie.
            among: a listing to look through, when there is one already.
        """
        from canon.models.file_kinds import may_belong

        entry = self._file(place)
        beside = self.ls(entry.path.parent) if among is None else among
        alike = [
            other
            for other in beside
            if may_belong(other.name, entry.name) and other.path.parent == entry.path.parent
        ]
        owned = owners([entry, *alike])
        return [other for other in alike if entry in owned.get(other.path, ())]

    def upload(
        self,
        source: str | Path | bytes,
        to: Place,
        *,
        overwrite: bool = False,
        progress: Progress | None = None,
        among: Iterable[Entry] | None = None,
    ) -> Entry:
        """Put a file on the card, and return its entry. What is half-written is deleted again.

        The file keeps its time, and counts as new; a camera that refuses that keeps the file all
        the same, and the log has a warning. The log also warns before a file that would block later
        uploads: over USB, one of more than about 65,500 bytes.

        Args:
            source: a file of this computer, or bytes.
            to: a folder, or the file's path on the card. One that ends with a slash is a folder,
                and is made where it is not there.
            overwrite: whether a file that is there already may be replaced.
            progress: is called with how many bytes of how many are done.
            among: a listing of the folder, when there is one already; `to` is that folder.

        Raises:
            AlreadyThere: the card has such a file already.
            ValueError: the name is none that every card takes, as IMG_0001.JPG is one.
            ObjectNotFound: the folder is not there.
            NotSupported: this model takes no files; nothing was changed.
            StoreFull: it does not fit.
            WriteProtected: the file that would be replaced is protected.
        """
        verbs = self._able(Feature.UPLOAD)
        path, there = self._target(source, to, among)
        if there is not None and there.is_folder:
            raise ValueError(f"{path} is a folder on the card; choose another name")
        if there is not None and not overwrite:
            raise AlreadyThere(
                f"{path} is on the card already", "choose another name or overwrite it"
            )
        if isinstance(source, bytes):
            file: BinaryIO = io.BytesIO(source)
            size, moment = len(source), datetime.now()
        else:
            file = open(source, "rb")  # noqa: SIM115  (closed by the with block below)
            status = os.fstat(file.fileno())
            size, moment = status.st_size, datetime.fromtimestamp(status.st_mtime)
        with file, self._turns, _about(path):
            return verbs.write_file(path, file, size, moment, progress, replace=there is not None)

    def delete(self, *places: Place) -> None:
        """Delete files; folders are refused, see `rmdir`. All are looked up before one is deleted.

        Raises:
            WriteProtected: a file is protected.
            ObjectNotFound: a file is not there.
            NotSupported: this model has no known way.
        """
        verbs, lookup = self._able(Feature.DELETE), self._lookup()
        for entry in [self._file(place, lookup) for place in places]:
            with _about(entry.path):
                verbs.delete(entry.path)

    def mkdir(self, place: Place) -> None:
        """Make a folder; the one that it is in must exist.

        Raises:
            AlreadyThere: the card has such a file or folder already.
            ValueError: the name is none that every card takes, as 200CANON is one.
            ObjectNotFound: the folder that it is to be in is not there.
            NotSupported: this model has no known way.
        """
        verbs = self._able(Feature.FOLDERS)
        path = new_path(CardPath(place))
        try:
            with _about(path):
                verbs.make_folder(path)
        except NoCard:
            raise
        except Refused as refusal:
            lookup = self._lookup()
            if self._entry_or_none(path, lookup) is not None:
                raise AlreadyThere(
                    f"{path} is on the card already", "choose another name"
                ) from refusal
            lookup.entry(path.parent)
            raise

    def rmdir(self, place: Place) -> None:
        """Remove an empty folder.

        Raises:
            NotEmpty: there is something in it.
            ObjectNotFound: it is not there.
            NotSupported: this model has no known way.
        """
        verbs = self._able(Feature.DELETE)
        entry = self.stat(place)
        if not entry.is_folder:
            raise ValueError(f"{entry.path} is a file, not a folder")
        if self.ls(entry):
            raise NotEmpty(f"{entry.path} is not empty", "delete what is in it first")
        with _about(entry.path):
            verbs.remove_folder(entry.path)

    def protect(self, place: Place, *, protected: bool = True) -> None:
        """Protect a file from deletion.

        Raises:
            NotSupported: this model has no known way.
        """
        verbs = self._able(Feature.PROTECT)
        entry = self._file(place)
        with _about(entry.path):
            verbs.set_flags(entry, protected=protected)

    def unprotect(self, place: Place) -> None:
        """Take a file's protection off; raises what `protect` raises."""
        self.protect(place, protected=False)

    def mark_downloaded(self, place: Place, *, downloaded: bool = True) -> None:
        """Say that a file was downloaded, so that the camera no longer counts it as new.

        Raises:
            NotSupported: this model has no known way.
        """
        verbs = self._able(Feature.MARKS)
        entry = self._file(place)
        with _about(entry.path):
            verbs.set_flags(entry, new=not downloaded)

    def set_time(self, place: Place, moment: datetime) -> None:
        """Set a file's time, the camera's local time.

        Raises:
            NotSupported: this model has no known way.
        """
        verbs = self._able(Feature.FILE_TIMES)
        path = self._file(place).path
        with _about(path):
            verbs.set_file_time(path, moment)

    def _able(self, feature: Feature) -> Driver:
        """The driver, where the body can do it; nothing is sent where it cannot."""
        verbs = self._verbs()
        if feature not in verbs.features:
            model = self._name().removeprefix("Canon ")
            raise NotSupported(model, f"known way to {_DEEDS[feature]}")
        return verbs

    def _list(self, path: CardPath, *, deep: bool) -> Iterator[Entry]:
        with _about(path):
            try:
                return self._verbs().list_folder(path, deep=deep)
            except ObjectNotFound:
                entry = self._entry_or_none(path, self._lookup()) if path.parts else None
                if entry and not entry.is_folder:
                    raise ValueError(f"{path} is a file, not a folder") from None
                raise

    def _fetch(
        self, entry: Entry, write: Callable[[memoryview], object], progress: Progress | None
    ) -> None:
        if not entry.size:
            return  # an empty file: the camera has nothing to send
        with _about(entry.path):
            got = self._verbs().read_file(entry, write, progress)
        if got != entry.size and not (entry.size == SIZE_UNTOLD < got):
            raise ProtocolError(
                f"{entry.path} has {entry.size} bytes, but the camera sent {got}; nothing was kept"
            )

    def _lookup(self) -> Lookup:
        return Lookup(lambda folder: self._verbs().list_folder(folder))

    def _file(self, place: Place, lookup: Lookup | None = None) -> Entry:
        entry = place
        if not isinstance(entry, Entry):
            entry = (lookup or self._lookup()).entry(CardPath(entry))
        if entry.is_folder:
            raise ValueError(f"{entry.path} is a folder, not a file")
        return entry

    def _entry_or_none(self, path: CardPath, lookup: Lookup) -> Entry | None:
        try:
            return lookup.entry(path)
        except ObjectNotFound:
            return None

    def _target(
        self, source: str | Path | bytes, to: Place, among: Iterable[Entry] | None
    ) -> tuple[CardPath, Entry | None]:
        """Where a file goes on the card, and what is there already."""
        path, lookup = CardPath(to), self._lookup()
        there = to if isinstance(to, Entry) else None
        if there is None and among is None:
            there = self._entry_or_none(path, lookup)
        ends_as_folder = isinstance(to, str) and to.endswith(("/", "\\"))
        is_folder = among is not None or ends_as_folder or (there is not None and there.is_folder)
        if not is_folder:
            self._check_folder(path.parent, lookup)
            return new_path(path), there
        if isinstance(source, bytes):
            raise ValueError(f"{path} is a folder; give the path of the file, with its name")
        if there is not None and not there.is_folder:
            raise ValueError(f"{path} is a file on the card; name a folder")
        inside = new_path(path.child(os.path.basename(source)))
        if there is None and among is None:
            self._make(path, lookup)
            return inside, None
        beside = lookup.folder(path) if among is None else among
        return inside, next((one for one in beside if one.name.upper() == inside.name), None)

    def _check_folder(self, path: CardPath, lookup: Lookup) -> None:
        """ObjectNotFound where there is no such folder; it is listed when it was not before."""
        try:
            lookup.folder(path)
        except ObjectNotFound as error:
            what, advice = "there is no such folder on the card", "make it with mkdir first"
            raise ObjectNotFound(what, advice, subject=path) from error

    def _make(self, folder: CardPath, lookup: Lookup) -> None:
        """Make a folder that is not there, and those that it is in."""
        missing = [folder]
        for parent in folder.parents:
            if self._entry_or_none(parent, lookup) is not None:
                break
            missing.append(parent)
        for path in reversed(missing):
            self.mkdir(path)


@contextmanager
def _about(path: CardPath) -> Iterator[None]:
    """Let a refusal name the path that it is about, unless it is about the camera or the card."""
    try:
        yield
    except (BadParameter, ObjectNotFound, WriteProtected) as refusal:
        refusal.about(path)
        raise


def owners(entries: Iterable[Entry]) -> dict[CardPath, list[Entry]]:
    """What each companion among these entries belongs to."""
    from canon.models.file_kinds import companions_of

    folders: dict[CardPath, dict[str, Entry]] = {}
    for entry in entries:
        if not entry.is_folder:
            folders.setdefault(entry.parent, {})[entry.name] = entry
    return {
        named[companion].path: [named[name] for name in owned_by]
        for named in folders.values()
        for companion, owned_by in companions_of(named).items()
    }
