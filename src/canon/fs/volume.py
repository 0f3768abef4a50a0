"""The cards of a camera as a folder: what can be asked of it, whoever asks.

What is there is answered from memory. A file that is written is one of this computer until whoever
writes it closes it; then it goes onto the card as a whole.
"""

from __future__ import annotations

import errno
import os
import threading
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from canon.clock import RealClock
from canon.driver.card import Card, CardPath, Entry, new_path
from canon.driver.events import (
    CardChanged,
    Event,
    FileAdded,
    FileChanged,
    FileRemoved,
    Gone,
    Missed,
)
from canon.driver.features import Feature
from canon.errors import CanonError, Disconnected, NoCard, NotEmpty, NotSupported, WriteProtected
from canon.fs.cache import Copies, Ranges, Source
from canon.fs.draft import Draft
from canon.fs.tree import Tree
from canon.log import Log

if TYPE_CHECKING:
    from canon.camera import Camera

_log = Log(__name__)

_LISTEN_S = 0.2
_LOOK_S = 2.0  # from one listing of all to the next
_FOUR_GIB = 1 << 32


class Volume:
    """A camera as a folder. Any thread may ask.

    Args:
        cam: the camera, initialized.
        room: the most bytes that copies of files may take on this computer's disk.
    """

    def __init__(self, cam: Camera, room: int) -> None:
        self._cam = cam
        self._tree = Tree()
        self._copies = Copies(cam.storage.stream, room)
        self._guard = threading.Lock()
        self._drafts: dict[CardPath, Draft] = {}
        self._cards: tuple[Card, ...] | None = None
        self._told: tuple[Card, ...] = ()  # when all was listed
        self._deeds = 0
        self._is_stale = False
        self._closing = threading.Event()

    # --- looking ----------------------------------------------------------------------------------

    def look(self) -> None:
        """List all that is on the cards.

        Raises:
            NoCard: there is none.
        """
        storage = self._cam.storage
        deeds = self._deeds
        self._cards = self._told = cards = storage.cards()
        tops = [CardPath.of((), card.name) for card in cards] if len(cards) > 1 else [CardPath()]
        entries = [entry for top in tops for entry in storage.walk(top)]
        with self._guard:
            self._is_stale = deeds != self._deeds  # something was written meanwhile
            if not self._is_stale:
                self._tree.fill(tuple(card.name for card in cards), entries)
                for draft in self._drafts.values():
                    self._tree.put(draft.entry())

    def entry(self, path: str) -> Entry:
        """What is at a path.

        Raises:
            ObjectNotFound: nothing is.
        """
        entry = self._tree.entry(path)
        draft = self._drafts.get(entry.path)
        return draft.entry() if draft else entry

    def names(self, path: str) -> list[tuple[str, bool]]:
        """What is in a folder: names, and whether each is a folder."""
        return self._tree.names(path)

    def space(self) -> tuple[int, int]:
        """The bytes of the cards, in all and free."""
        if self._cards is None:
            self._cards = self._cam.storage.cards()
        return sum(card.capacity for card in self._cards), sum(card.free for card in self._cards)

    def can(self, feature: Feature) -> bool:
        """Whether the camera can do something."""
        return feature in self._cam.features

    # --- reading ----------------------------------------------------------------------------------

    def open(self, path: str) -> Source:
        """A file to read.

        Raises:
            OSError: a part of it cannot be read over this protocol, or the cache has no room.
        """
        entry = self._tree.entry(path)
        with self._guard:
            if draft := self._drafts.get(entry.path):
                return draft.join()
        if not self.can(Feature.RANGES):
            return self._copies.open(entry)
        if entry.size >= _FOUR_GIB - 1:
            _log.warning("%s is too long for a mount; fetch it: canon-remote get", entry.path)
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        return Ranges(entry, self._cam.storage.read_range)

    def release(self, source: Source) -> None:
        """One fewer has a file open; what was written goes onto the card with the last.

        Raises:
            CanonError: the card does not take it.
        """
        if not isinstance(source, Draft):
            source.close()
            return
        with self._guard:
            source.leave()
            if source.is_open:
                return
        try:
            self.save(source, is_whole=True)
        finally:
            with self._guard:
                if not source.is_open:  # nobody has come meanwhile
                    if self._drafts.get(source.place) is source:
                        del self._drafts[source.place]
                    source.close()

    # --- writing ----------------------------------------------------------------------------------

    def create(self, path: str) -> Draft:
        """A new file to write.

        Raises:
            ValueError: its name is none that every card takes.
            NotSupported: the camera takes no files.
            ObjectNotFound: its folder is not there.
        """
        self._must(Feature.UPLOAD, "take files")
        place = self._new(path)
        with self._guard:
            return self._begin(Draft(place, replaces=False))

    def edit(self, path: str, *, anew: bool) -> Draft:
        """A file that is there, to write.

        Args:
            path: the file.
            anew: whether it is empty at first; else it is fetched.

        Raises:
            WriteProtected: it is protected.
            NotSupported: the camera takes no files.
        """
        self._must(Feature.UPLOAD, "take files")
        entry = self._tree.entry(path)
        with self._guard:
            if draft := self._drafts.get(entry.path):
                draft.join()
        if draft:
            if anew:
                draft.truncate(0)
            return draft
        if entry.protected:
            raise WriteProtected(subject=path)
        draft = Draft(entry.path, replaces=True)
        try:
            if not anew:
                self._load(entry, draft)
        except BaseException:
            draft.close()
            raise
        with self._guard:
            return self._begin(draft)

    def save(self, draft: Draft, *, is_whole: bool = False) -> None:
        """Put a file onto the card as it is now, if the card does not have it so.

        Args:
            draft: the file.
            is_whole: whether that is all; an empty file may not have been written yet.

        Raises:
            CanonError: the card does not take it.
        """
        with draft.lock:
            if not draft.is_dirty or not (is_whole or draft.entry().size):
                return
            draft.is_dirty = False  # what the card did not take once is not tried again
            try:
                entry = self._cam.storage.upload(draft.name, draft.place, overwrite=draft.replaces)
            except BaseException:
                self._did(remove=draft.place)
                self._is_stale = True
                raise
            draft.replaces = True
            self._did(put=entry)

    def truncate(self, path: str, size: int) -> None:
        """Let a file that nobody need have open have so many bytes."""
        if self.entry(path).size != size:
            draft = self.edit(path, anew=not size)
            try:
                draft.truncate(size)
            finally:
                self.release(draft)

    def set_time(self, path: str, nanoseconds: int) -> None:
        """Set the time of a file.

        Raises:
            NotSupported: the camera has no known way.
        """
        entry = self._tree.entry(path)
        draft = self._drafts.get(entry.path)
        if draft and draft.is_dirty:
            draft.set_time(nanoseconds)
            return
        moment = datetime.fromtimestamp(nanoseconds // 1_000_000_000)
        if entry.modified == moment:
            return
        self._must(Feature.FILE_TIMES, "set the time of a file")
        if entry.is_folder:
            raise NotSupported(
                self._cam.model.removeprefix("Canon "), "way to set the time of a folder"
            )
        self._cam.storage.set_time(entry, moment)
        self._did(put=replace(entry, modified=moment))

    def delete(self, path: str) -> None:
        """Delete a file.

        Raises:
            WriteProtected: it is protected.
            NotSupported: the camera deletes nothing.
        """
        self._must(Feature.DELETE, "delete files")
        entry = self._tree.entry(path)
        with self._guard:
            draft = self._drafts.pop(entry.path, None)
        if draft:
            with draft.lock:
                draft.is_dirty = False
        if draft is None or draft.replaces:
            self._cam.storage.delete(entry)
        self._did(remove=entry.path)

    def make_folder(self, path: str) -> None:
        """Make a folder.

        Raises:
            ValueError: its name is none that every card takes.
            NotSupported: the camera makes none.
        """
        self._must(Feature.FOLDERS, "make folders")
        place = self._new(path)
        self._cam.storage.mkdir(place)
        moment = datetime.now().replace(microsecond=0)
        self._did(put=Entry(place, modified=moment, is_folder=True))

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder.

        Raises:
            NotEmpty: there is something in it.
            NotSupported: the camera has no known way.
        """
        self._must(Feature.DELETE, "remove folders")
        entry = self._tree.entry(path)
        if self._tree.names(path):
            raise NotEmpty(f"{path} is not empty", "delete what is in it first")
        self._cam.storage.rmdir(entry.path)
        self._did(remove=entry.path)

    def rename(self, path: str) -> None:
        """Refuse to.

        Raises:
            NotSupported: no camera has a known way.
        """
        self._tree.entry(path)
        raise NotSupported(self._cam.model.removeprefix("Canon "), "known way to rename a file")

    def _did(self, *, put: Entry | None = None, remove: CardPath | None = None) -> None:
        """Remember what was done on the card."""
        with self._guard:
            self._deeds += 1
            self._cards = None
            if put:
                self._tree.put(put)
            if remove:
                self._tree.remove(remove)

    def _must(self, feature: Feature, deed: str) -> None:
        if not self.can(feature):
            raise NotSupported(self._cam.model.removeprefix("Canon "), f"known way to {deed}")

    def _new(self, path: str) -> CardPath:
        """The place of something that is to be made."""
        place = new_path(self._tree.place(path))
        self._tree.names(path.rpartition("/")[0])
        return place

    def _begin(self, draft: Draft) -> Draft:
        self._drafts[draft.place] = draft
        self._tree.put(draft.entry())
        return draft

    def _load(self, entry: Entry, draft: Draft) -> None:
        at = 0

        def take(piece: memoryview) -> None:
            nonlocal at
            at += draft.write(at, piece)

        self._cam.storage.stream(entry, take)
        draft.is_dirty = False

    # --- changes of the camera's own --------------------------------------------------------------

    def listen(self) -> None:
        """Follow what the camera says, until this is closed.

        Raises:
            Disconnected: the camera went away.
        """
        clock, storage = RealClock(), self._cam.storage
        tells_little = self._cam.remote.lasts  # an EOS tells what is new in remote control only
        with self._cam.events() as events:
            looked = clock.now()
            while not self._closing.wait(_LISTEN_S):
                try:
                    while (event := events.get(0.0)) is not None:
                        self._is_stale |= self._heed(event)
                    if clock.now() - looked < _LOOK_S:
                        continue
                    looked = clock.now()
                    if self._is_stale or (tells_little and self._told != storage.cards()):
                        self.look()
                except Disconnected:
                    if not self._closing.is_set():
                        raise
                except NoCard:
                    self._cards = self._told = ()
                    self._tree.fill((), ())
                except CanonError as error:
                    _log.warning("the card cannot be listed anew: %s", error)

    def _heed(self, event: Event) -> bool:
        """Follow one event; returns whether all must be listed anew."""
        match event:
            case FileAdded(entry) | FileChanged(entry):
                self._cards = None
                self._tree.put(entry)
            case FileRemoved(CardPath() as path):
                self._cards = None
                self._tree.remove(path)
            case FileRemoved() | CardChanged() | Missed():
                return True
            case Gone():
                raise Disconnected("the camera went away", "switch it on, and plug it in")
        return False

    def close(self) -> None:
        """End: whoever waits for bytes gets an error."""
        self._closing.set()
        self._copies.close()
