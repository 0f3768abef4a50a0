"""What is on the cards, in memory: looked at once, then changed by what the camera says.

Paths are those of a folder of this computer, "/DCIM/100CANON/IMG_0001.JPG"; capitals make no
difference. Where a camera has several cards, each is a folder at the top: "/A/DCIM".
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from canon.driver.card import CardPath, Entry
from canon.errors import ObjectNotFound

_LONGEST_NAME = 255
"""Bytes of a name that Linux takes."""


class Tree:
    """Files and folders by their paths. Any thread may ask and change it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._cards: tuple[str, ...] = ()
        self._entries: dict[str, Entry] = {}
        self._inside: dict[str, dict[str, tuple[str, bool]]] = {"": {}}

    def fill(self, cards: tuple[str, ...], entries: Iterable[Entry]) -> None:
        """Begin anew.

        Args:
            cards: the names of the cards.
            entries: all that is on them, a folder before what is in it.
        """
        fresh = Tree()
        fresh._cards = cards if len(cards) > 1 else ()
        for card in fresh._cards:
            fresh.put(Entry(CardPath.of((), card), is_folder=True))
        for entry in entries:
            fresh.put(entry)
        with self._guard:
            self._cards = fresh._cards
            self._entries, self._inside = fresh._entries, fresh._inside

    def entry(self, path: str) -> Entry:
        """What is at a path.

        Raises:
            ObjectNotFound: nothing is.
        """
        key = path.rstrip("/").upper()
        if not key:
            return Entry(CardPath(), is_folder=True)
        entry = self._entries.get(key)
        if entry is None:
            raise ObjectNotFound(subject=path)
        return entry

    def names(self, path: str) -> list[tuple[str, bool]]:
        """What is in a folder: names, and whether each is a folder.

        Raises:
            ObjectNotFound: there is no such folder.
        """
        with self._guard:
            found = self._inside.get(path.rstrip("/").upper())
            if found is None:
                raise ObjectNotFound(subject=path)
            return [*found.values()]

    def is_empty(self, path: str) -> bool:
        """Whether there is nothing in a folder."""
        return not self._inside.get(path.rstrip("/").upper())

    def place(self, path: str) -> CardPath:
        """Where something that is to be made at a path is on its card."""
        parts = tuple(part for part in path.split("/") if part)
        if self._cards and parts:
            card = next((name for name in self._cards if _folder_of(name) == parts[0].upper()), "")
            return CardPath.of(parts[1:], card)
        return CardPath.of(parts)

    def put(self, entry: Entry) -> None:
        """Add something, or say anew what it is."""
        parts = self._parts(entry.path)
        if not all(map(_can_be_shown, parts)):
            return
        key = _key(parts)
        with self._guard:
            self._entries[key] = entry
            self._inside.setdefault(_key(parts[:-1]), {})[key] = parts[-1], entry.is_folder
            if entry.is_folder:
                self._inside.setdefault(key, {})

    def remove(self, path: CardPath) -> None:
        """Take something out, and what is in it."""
        parts = self._parts(path)
        key = _key(parts)
        with self._guard:
            self._entries.pop(key, None)
            self._inside.get(_key(parts[:-1]), {}).pop(key, None)
            for one in [one for one in self._entries if one.startswith(f"{key}/")]:
                del self._entries[one]
            for one in [one for one in self._inside if f"{one}/".startswith(f"{key}/")]:
                del self._inside[one]

    def _parts(self, path: CardPath) -> tuple[str, ...]:
        if not self._cards:
            return path.parts
        return (_folder_of(path.card or self._cards[0]), *path.parts)


def _key(parts: tuple[str, ...]) -> str:
    return "".join(f"/{part}" for part in parts).upper()


def _folder_of(card: str) -> str:
    """What the folder of a card is called: "A" for the card A:."""
    return card.rstrip(":").replace("/", "_").upper()


def _can_be_shown(name: str) -> bool:
    """Whether Linux has such names; a card with a damaged listing may have others."""
    if name in ("", ".", "..") or "/" in name or "\0" in name:
        return False
    return len(name.encode(errors="replace")) <= _LONGEST_NAME
