"""The paths of a verb: on this computer, and on the card, there also patterns like `DCIM/*/*.JPG`.

In the shell they count from its current folders.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from canon.cli.output import Tally
from canon.driver.card import Entry
from canon.driver.lookup import Lookup, is_pattern
from canon.errors import ObjectNotFound

if TYPE_CHECKING:
    _Text = click.ParamType[str]
else:
    _Text = click.ParamType  # a generic class since click 8.3 only


class CardPathType(_Text):
    """A path or a pattern of the card."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The path from the card's root."""
        return str(ctx.obj.on_card(value) if ctx else value)


class LocalPathType(_Text):
    """A path of this computer."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The path, with the user's home where it says so."""
        return str(ctx.obj.on_this_computer(value) if ctx else value)


ON_CARD = CardPathType()
ON_THIS_COMPUTER = LocalPathType()


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
