"""What is on one camera's card, as pages are shown it: newest first, from memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from canon.camera.storage import owners
from canon.driver.card import CardPath, Entry
from canon.errors import CanonError
from canon.work import documents
from canon.work.cards import told_folders, walk_pictures

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.web.jobs import Job
    from canon.web.station import Station

_MOST_THUMBNAILS = 1000


class OnCard:
    """What is on the card of one camera.

    The card is listed once, when somebody asks; then the camera's events keep the list.

    Args:
        station: the camera.
    """

    def __init__(self, station: Station) -> None:
        self._station = station
        self._lock = threading.Lock()
        self._entries: dict[CardPath, Entry] | None = None
        self._tops: list[CardPath] = []
        self._thumbnails: OrderedDict[Entry, bytes] = OrderedDict()

    def forget(self) -> None:
        """Forget the list: another card may be in the camera."""
        with self._lock:
            self._entries = None
        self._station.tell("files")

    def files(self, cam: Camera) -> list[Entry]:
        """The files, newest first; in the camera's thread, the first time."""
        with self._lock:
            known = self._entries
        if known is None:
            tops = told_folders(cam)
            found = walk_pictures(cam, tops)
            known = {entry.path: entry for entry in found if not entry.is_folder}
            with self._lock:
                self._entries, self._tops = known, tops
        return newest_first([*known.values()])

    def known(self) -> list[Entry] | None:
        """The files, newest first; None where they were not listed."""
        with self._lock:
            return None if self._entries is None else newest_first([*self._entries.values()])

    def find(self, path: CardPath) -> Entry | None:
        """A file, where it was listed."""
        with self._lock:
            return None if self._entries is None else self._entries.get(path)

    def put(self, entry: Entry) -> None:
        """A file is new, or is another now."""
        if entry.is_folder:
            return
        with self._lock:
            if self._entries is not None:
                self._entries[entry.path] = entry
        self._station.tell("file", file=documents.of_entry(entry))

    def remove(self, path: CardPath | None) -> None:
        """A file is gone; None where the camera does not say which."""
        if path is None:
            self.forget()
            return
        with self._lock:
            if self._entries is not None:
                self._entries.pop(path, None)
        self._station.tell("file", gone=str(path))

    def look_again(self) -> None:
        """Something has changed: list the newest folders, where new files are; in the thread."""
        with self._lock:
            known, tops = self._entries, self._tops
        if known is None:
            return
        ls = self._station.camera.storage.ls
        try:
            folders = [
                folder
                for top in tops
                for folder in sorted(one for one in ls(top) if one.is_folder)[-2:]
            ]
            found = [one for folder in folders for one in ls(folder)]
        except CanonError:
            self.forget()
            return
        for entry in found:
            if known.get(entry.path) != entry:
                self.put(entry)
        there = {entry.path for entry in found}
        above = {folder.path for folder in folders}
        for path in [path for path in known if path.parent in above and path not in there]:
            self.remove(path)

    def thumbnail(self, cam: Camera, entry: Entry, job: Job[bytes]) -> bytes:
        """The thumbnail of a file; the last thousand are kept."""
        job.check()
        with self._lock:
            if entry in self._thumbnails:
                self._thumbnails.move_to_end(entry)
                return self._thumbnails[entry]
        data = bytes(cam.storage.thumbnail(entry))
        with self._lock:
            self._thumbnails[entry] = data
            while len(self._thumbnails) > _MOST_THUMBNAILS:
                self._thumbnails.popitem(last=False)
        return data

    def kept_thumbnail(self, entry: Entry) -> bytes | None:
        """The thumbnail of a file, where it is kept."""
        with self._lock:
            return self._thumbnails.get(entry)


def newest_first(entries: list[Entry]) -> list[Entry]:
    """Files by their time, the newest first; those without a time by their paths, last."""
    return sorted(
        entries,
        key=lambda one: (one.modified.isoformat() if one.modified else "", one.path),
        reverse=True,
    )


def page(entries: list[Entry], offset: int, limit: int) -> dict[str, object]:
    """A part of a listing, in JSON, with what belongs to which picture."""
    pictures = owners(entries)
    shown = entries[offset : offset + limit]
    return {
        "total": len(entries),
        "offset": offset,
        "files": [
            documents.of_entry(one, [owner.name for owner in pictures.get(one.path, ())])
            for one in shown
        ],
    }
