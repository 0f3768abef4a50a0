"""Finding what is at a place on a card, where each folder is listed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from canon.driver.card import CardPath, Entry, fits
from canon.errors import ObjectNotFound


class Lookup:
    """What places on a card are, as long as nobody changes it.

    Args:
        ls: lists a folder.
    """

    def __init__(self, ls: Callable[[CardPath], Iterable[Entry]]) -> None:
        self._ls = ls
        self._known: dict[CardPath, list[Entry]] = {}

    def folder(self, path: CardPath) -> list[Entry]:
        """What is in a folder."""
        if path not in self._known:
            self._known[path] = found = list(self._ls(path))
            for entry in found[:1]:
                self._known[entry.path.parent] = found  # the same by the name of its card
        return self._known[path]

    def entry(self, path: CardPath) -> Entry:
        """What is at a place.

        Raises:
            ObjectNotFound: nothing is.
        """
        if not path.parts:
            return Entry(path, is_folder=True, new=False)
        try:
            found = self.folder(path.parent)
        except ObjectNotFound as error:
            if not error.subject:
                raise  # there is no such card
            raise ObjectNotFound(subject=path) from error
        for entry in found:
            if entry.name.upper() == path.name.upper():
                return entry
        raise ObjectNotFound(subject=path)

    def fit(self, pattern: str) -> Iterator[Entry]:
        """What fits a pattern, in card order; where it has no sign of one, the place itself."""
        folder, parts = _parted(pattern)
        yield from self._below(folder, parts)

    def top(self, typed: str) -> CardPath:
        """The folder that what was typed is below: a folder itself, of a pattern its fixed part.

        Raises:
            ObjectNotFound: there is none.
        """
        if is_pattern(typed):
            folder, _ = _parted(typed)
            return next((one.parent for one in self.folder(folder)), folder)
        entry = self.entry(CardPath(typed))
        return entry.path if entry.is_folder else entry.parent

    def _below(self, folder: CardPath, parts: tuple[str, ...]) -> Iterator[Entry]:
        if not parts:
            yield self.entry(folder)
            return
        try:
            found = self.folder(folder)
        except ObjectNotFound:
            return
        for entry in found:
            if not fits(entry.name, parts[0]):
                continue
            if len(parts) == 1:
                yield entry
            elif entry.is_folder:
                yield from self._below(entry.path, parts[1:])


def _parted(pattern: str) -> tuple[CardPath, tuple[str, ...]]:
    """A pattern's folder without signs of one, and the names below it; at least the last."""
    path = CardPath(pattern)
    at = next((at for at, part in enumerate(path.parts) if is_pattern(part)), None)
    if at is None:
        at = max(len(path.parts) - 1, 0)
    return CardPath.of(path.parts[:at], path.card), path.parts[at:]


def is_pattern(path: str) -> bool:
    """Whether a path means all that fits it: no name on a card has such signs."""
    return any(sign in path for sign in "*?[")
