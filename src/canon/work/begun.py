"""What was on the card when a tether began, by which it knows what is new."""

from __future__ import annotations

import json
from collections.abc import Iterable

from canon.files import new_file
from canon.work.library import Library

Key = tuple[str, int, str]
"""What a file of a card is known by, as `canon.work.index.key` gives it."""


class Begun:
    """What was on the card at the start, kept in the folder until the tether has ended well.

    So the next one knows what is new, should this one be killed.

    Args:
        library: the folder.

    Attributes:
        files: the files that were there; None while no card was.
    """

    def __init__(self, library: Library) -> None:
        self._file = library.workshop / ".tether.json"
        self.files: frozenset[Key] | None = None

    def read(self, camera: str) -> None:
        """Take over what a tether of this camera has left that did not end well."""
        try:
            told = json.loads(self._file.read_bytes())
            if told["camera"] == camera:
                self.files = frozenset((path, size, time) for path, size, time in told["files"])
        except (OSError, ValueError, KeyError, TypeError):
            return  # there is none, or it is damaged: it begins now

    def write(self, camera: str, files: Iterable[Key]) -> None:
        """Begin now."""
        self.files = frozenset(files)
        told = {"camera": camera, "files": sorted(self.files)}
        with new_file(self._file, overwrite=True) as file:
            file.write(json.dumps(told).encode())

    def forget(self) -> None:
        """It has ended well."""
        self._file.unlink(missing_ok=True)
