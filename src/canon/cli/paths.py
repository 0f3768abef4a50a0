"""What the PATHs of a verb mean on the card: names, and patterns such as `DCIM/*/*.JPG`."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from canon.cli.output import Tally
from canon.driver.card import CardPath, Entry
from canon.errors import ObjectNotFound

if TYPE_CHECKING:
    from canon.camera import Camera


class Finder:
    """Looks paths up on the card; each folder is listed once.

    Args:
        cam: the camera.
    """

    def __init__(self, cam: Camera) -> None:
        self._ls = cam.storage.ls
        self._known: dict[CardPath, list[Entry]] = {}

    def listed(self, folder: CardPath) -> list[Entry]:
        """What is in a folder."""
        if folder not in self._known:
            self._known[folder] = found = self._ls(folder)
            for entry in found[:1]:
                self._known[entry.path.parent] = found  # the same with its card
        return self._known[folder]

    def find(self, text: str) -> list[Entry]:
        """What a path means: one entry, or all that fit a pattern; capitals make no difference.

        Raises:
            ObjectNotFound: it is not there, or nothing fits.
        """
        path = CardPath(text)
        at = next((at for at, part in enumerate(path.parts) if is_pattern(part)), -1)
        found = [Entry(CardPath.of(path.parts[:at], path.card), is_folder=True)]
        if not path.parts:
            return found
        for part in path.parts[at:]:
            found = [
                entry
                for folder in found
                if folder.is_folder
                for entry in self.listed(folder.path)
                if fnmatchcase(entry.name.upper(), part.upper())
            ]
        if not found:
            what = "nothing on the card fits it" if is_pattern(text) else ""
            raise ObjectNotFound(what, ObjectNotFound.remedy, subject=text)
        return found

    def find_all(self, paths: Iterable[str], tally: Tally) -> dict[Entry, str]:
        """What several paths mean, each with its name in messages; what is not there is told."""
        found: dict[Entry, str] = {}
        for path in paths:
            with tally.one(path):
                for entry in self.find(path):
                    found.setdefault(entry, str(entry) if is_pattern(path) else path)
        return found


def is_pattern(path: str) -> bool:
    """Whether a path means all that fits it: no name on a card has such signs."""
    return any(sign in path for sign in "*?[")
