"""Looks up what is typed of a card: paths, and patterns like `DCIM/*/*.JPG`."""

from __future__ import annotations

from collections.abc import Iterable

from canon.cli.output import Tally
from canon.driver.card import Entry
from canon.driver.lookup import Lookup, is_pattern
from canon.errors import ObjectNotFound


class Finder(Lookup):
    """Looks up what is typed; each folder is listed once."""

    def find(self, text: str) -> list[Entry]:
        """What a path means: one entry, or all that fit a pattern.

        Raises:
            ObjectNotFound: it is not there, or nothing fits.
        """
        found = list(self.fit(text))
        if not found:
            what = "nothing on the card fits it" if is_pattern(text) else ""
            raise ObjectNotFound(what, ObjectNotFound.remedy, subject=text)
        return found

    def find_all(self, paths: Iterable[str], tally: Tally) -> dict[Entry, str]:
        """What several paths mean, each with its name in messages; errors are reported."""
        found: dict[Entry, str] = {}
        for path in paths:
            with tally.one(path):
                for entry in self.find(path):
                    found.setdefault(entry, str(entry) if is_pattern(path) else path)
        return found
