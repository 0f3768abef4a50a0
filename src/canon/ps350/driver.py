r"""The camera verbs on a PowerShot 350: who it is, and what is on its card.

The camera's paths begin with the name of its card: `REMOVABLE_1:\DC97\CTG_0000\AUT_0021.JPG`. A
picture's thumbnail is a file beside it, THM_0021.JPG. Nobody knows commands for the rest; then
nothing is sent (docs/protocol/ps350.md, section 5).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO, NoReturn

from canon.clock import Clock
from canon.driver import Identity, PictureSize, Power
from canon.driver.card import (
    MOST_FILE,
    Card,
    CardPath,
    Entry,
    Progress,
    Sink,
    named_by_slot,
    no_thumbnail,
    store_number,
)
from canon.driver.events import Event, Listener
from canon.driver.features import Feature
from canon.errors import (
    CARD,
    CanonError,
    NoCard,
    NotSupported,
    ObjectNotFound,
    ProtocolError,
)
from canon.log import Log
from canon.models.ps350 import Ps350Model
from canon.ps350.packets import (
    ERASED,
    FOLDER,
    LARGEST_BLOCK,
    CloseFile,
    CloseFolder,
    ListDisks,
    Listed,
    OpenFile,
    OpenFolder,
    Ping,
    PrepareFile,
    PrepareFolder,
    ReadFile,
    ReadFolder,
    UseDisk,
)
from canon.ps350.session import TRIES, Session, too_much_lost
from canon.values import local_time
from canon.wire import latin

_log = Log(__name__)

PICTURE_FOLDERS = ("DC97", "PWRSHOT")
"""The folders of a card's root that Canon's own program looks for; nobody has listed the root."""

_ALL_DISKS = 0x1E  # what Canon's program asks with; its meaning is not known
_MOST_ENTRIES = 1000
_TO_READ = 1
_MOST_FOLDERS = 1000
_MOST_THUMBNAIL = 1 << 20
_PING_EVERY_S = 1.0


class Ps350Driver:
    """The verbs of `canon.driver.Driver` for one PowerShot 350.

    Args:
        session: the conversation with it.
        model: its row.
    """

    def __init__(self, session: Session, model: Ps350Model) -> None:
        self.session = session
        self.model = model
        self._disk = ""

    remote = settings = shutter = focus = zoom = live = custom_functions = None
    button = bulb = lens_drive = live_zoom = movie = body = None
    features: frozenset[Feature] = frozenset()
    elsewhere = ""

    @property
    def clock(self) -> Clock:
        """The clock of its line."""
        return self.session.clock

    def start(self) -> Identity:
        """Wake the camera; one that is awake already tells neither its name nor its firmware."""
        self.session.start()
        return self._identity()

    def close(self) -> None:
        """Switch the camera off and let go of it."""
        self.session.end()
        self.session.close()

    def identify(self) -> Identity:
        """Ask whether the camera is there; it tells who it is only once."""
        with self.session.turn():
            self.session.call(Ping())
        return self._identity()

    def events(self) -> Listener:
        """Nothing comes: the camera tells nothing by itself; it is asked whether it is there."""
        return _Silence(self.session)

    def cards(self) -> tuple[Card, ...]:
        """The cards; that the two numbers are capacity and free space is most likely."""
        with self.session.turn():
            cards = []
            for name in self._disks():
                space = self.session.call(UseDisk(name))
                cards.append(Card(name, space.capacity, space.free))
        return tuple(cards)

    def list_folder(self, path: CardPath, *, deep: bool = False) -> Iterator[Entry]:
        """What is in a folder, in card order; in the root, the folders that pictures may be in."""
        return self._walk(self._entries(path), deep=deep)

    def _walk(self, top: list[Entry], *, deep: bool) -> Iterator[Entry]:
        asked, ahead = 1, [iter(top)]
        while ahead:
            entry = next(ahead[-1], None)
            if entry is None:
                ahead.pop()
                continue
            yield entry
            if deep and entry.is_folder:
                if asked == _MOST_FOLDERS:
                    raise ProtocolError(f"the card has more than {_MOST_FOLDERS} folders", CARD)
                asked += 1
                ahead.append(iter(self._entries(entry.path)))

    def read_file(self, entry: Entry, sink: Sink, progress: Progress | None = None) -> int:
        """Fetch a file; returns its length."""
        return self._fetch(entry.path, sink, entry.size or MOST_FILE, progress)

    def read_range(self, entry: Entry, offset: int, size: int, sink: Sink) -> int:
        """NotSupported: it gives whole files."""
        raise NotSupported(self.model.name, "way to read a part of a file")

    def thumbnail(self, entry: Entry) -> bytes:
        """Fetch the THM file beside a picture; 1 MiB at most."""
        _, _, number = entry.name.partition("_")
        if not number:
            raise no_thumbnail(entry)
        data = bytearray()
        beside = entry.path.with_name(f"THM_{number}")
        with suppress(ObjectNotFound):
            self._fetch(beside, data.extend, _MOST_THUMBNAIL, None)
        if not data.startswith(b"\xff\xd8"):
            raise no_thumbnail(entry)
        return bytes(data)

    # --- the card (section 5) ---------------------------------------------------------------------

    def _identity(self) -> Identity:
        told = self.session.told
        name = told.model if told else self.model.name
        return Identity(f"Canon {name}", told.firmware if told else "", "")

    def _disks(self) -> list[str]:
        names = self.session.call(ListDisks(_ALL_DISKS)).names
        disks = [name.rstrip("/\\") for name in names if name]
        if not disks:
            raise NoCard
        return disks

    def _native(self, path: CardPath) -> str:
        r"""`REMOVABLE_1:\DC97` for DC97, on the first card."""
        if not self._disk:
            disk = self._disks()[0]
            self.session.call(UseDisk(disk))
            self._disk = disk
        name = path.card
        if (number := store_number(name)) is not None:
            name = named_by_slot(number, (self._disk,))
        if name.upper() not in ("", self._disk.upper()):
            raise ObjectNotFound(f"there is no card {path.card}", f"the camera has {self._disk}")
        return latin("\\".join((self._disk, *path.parts))).upper().decode("latin-1")

    def _entries(self, path: CardPath) -> list[Entry]:
        with self.session.turn():
            if path.parts:
                return _shown(path.with_card(""), self._rows(self._native(path)))
            found = []
            for name in PICTURE_FOLDERS:
                with suppress(ObjectNotFound):
                    opened = self.session.call(OpenFolder(self._native(path.child(name))))
                    self._close(CloseFolder(opened.handle))
                    found.append(Entry(path.with_card("").child(name), is_folder=True, new=False))
            return found

    def _rows(self, native: str) -> tuple[Listed, ...]:
        call = self.session.call
        handle = call(OpenFolder(native)).handle
        try:
            call(PrepareFolder(handle))
            return call(ReadFolder(handle, _MOST_ENTRIES, 0)).entries
        finally:
            self._close(CloseFolder(handle))

    def _fetch(self, path: CardPath, sink: Sink, limit: int, progress: Progress | None) -> int:
        """Pass a file to `sink`, block by block.

        The camera knows only "the next bytes". When a block does not come whole, the file is opened
        anew and read up to there once more; each block says where it begins.
        """
        with self.session.turn():
            native = self._native(path)
            handle, total = self._open(native)
            try:
                if total > limit:
                    raise ProtocolError(f"the camera sends {total} bytes where {limit} are due")
                done = at = 0  # what we have, and where the camera stands at most
                tries = TRIES
                while done < total:
                    if at > done:
                        _log.warning("reading %s again up to byte %d", path, done)
                        self._close(CloseFile(handle))
                        handle, at = self._open(native)[0], 0
                    size = min(LARGEST_BLOCK, (total if at == done else done) - at)
                    block = self.session.attempt(ReadFile(handle, size))
                    if block is None:
                        tries -= at == done
                        at += size
                    elif block.offset > done:
                        tries -= 1
                        at = block.offset
                    elif not 0 < len(block.data) <= total - block.offset:
                        raise ProtocolError(
                            f"the camera sent {len(block.data)} bytes at {block.offset} of {total}"
                        )
                    else:
                        tries -= block.offset != at
                        at = block.offset + len(block.data)
                        if at > done:
                            sink(memoryview(block.data)[done - block.offset :])
                            done, tries = at, TRIES
                            if progress:
                                progress(done, total)
                    if not tries:
                        raise too_much_lost()
            finally:
                self._close(CloseFile(handle))
            return total

    def _open(self, native: str) -> tuple[int, int]:
        """The handle and the length of a file."""
        handle = self.session.call(OpenFile(_TO_READ, native)).handle
        return handle, self.session.call(PrepareFile(handle)).size

    def _close(self, command: CloseFile | CloseFolder) -> None:
        """Close a file or a folder, if the camera still listens."""
        with suppress(CanonError):
            self.session.attempt(command)

    # --- what nobody knows a command for ----------------------------------------------------------

    def set_owner(self, owner: str) -> None:
        """NotSupported."""
        self._cannot("known command to set its owner")

    def time(self) -> datetime:
        """NotSupported."""
        self._cannot("known command to read its clock")

    def set_time(self, moment: datetime) -> None:
        """NotSupported."""
        self._cannot("known command to set its clock")

    def power(self) -> Power:
        """NotSupported."""
        self._cannot("known command to ask for its power")

    def was_left_open(self) -> bool:
        """Never: who is woken begins anew."""
        return False

    def body_id(self) -> str:
        """NotSupported."""
        self._cannot("number of the body")

    def picture_sizes(self) -> tuple[PictureSize, ...]:
        """NotSupported."""
        self._cannot("list of picture sizes")

    def write_file(
        self,
        path: CardPath,
        source: BinaryIO,
        size: int,
        modified: datetime,
        progress: Progress | None = None,
        *,
        replace: bool = False,
    ) -> Entry:
        """NotSupported."""
        self._cannot("known command to take a file")

    def delete(self, path: CardPath) -> None:
        """NotSupported."""
        self._cannot("known command to delete a file")

    def make_folder(self, path: CardPath) -> None:
        """NotSupported."""
        self._cannot("known command to make a folder")

    def remove_folder(self, path: CardPath) -> None:
        """NotSupported."""
        self._cannot("known command to remove a folder")

    def set_flags(
        self, entry: Entry, *, protected: bool | None = None, new: bool | None = None
    ) -> None:
        """NotSupported."""
        self._cannot("known command to protect or mark a file")

    def set_file_time(self, path: CardPath, moment: datetime) -> None:
        """NotSupported."""
        self._cannot("known command to set a file's time")

    def _cannot(self, what: str) -> NoReturn:
        raise NotSupported(self.model.name, what)


def _shown(folder: CardPath, rows: tuple[Listed, ...]) -> list[Entry]:
    """The entries of a folder, without the ways up and the erased ones."""
    return [
        Entry(
            folder.child(row.name),
            0 if row.kind == FOLDER else row.size,
            local_time(row.time),
            is_folder=row.kind == FOLDER,
            new=False if row.kind == FOLDER else None,
        )
        for row in rows
        if row.name not in ("", ".", "..") and not row.name.startswith(ERASED)
    ]


class _Silence:
    """A Listener to a camera that says nothing; it is asked every second whether it is there."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, timeout_s: float) -> Event | None:
        """None, after that time. Raises Disconnected when the camera is gone."""
        clock = self._session.clock
        deadline = clock.now() + timeout_s
        while (left := deadline - clock.now()) > 0:
            with self._session.turn():
                self._session.call(Ping())
            clock.sleep(min(_PING_EVERY_S, left))
        return None

    def close(self) -> None:
        """Nothing is to be done."""
