"""The paths of a verb: on this computer, and on the card; in the shell from its current folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from canon.cli import tab

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    _Text = click.ParamType[str]
else:
    _Text = click.ParamType  # a generic class since click 8.3 only


class CardPathType(_Text):
    """A path or a pattern of the card."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The path from the card's root."""
        return str(ctx.obj.on_card(value) if ctx else value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[Any]]:
        """What is on the card of a virtual camera."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(path) for path in tab.on_card(ctx, incomplete)]


class LocalPathType(_Text):
    """A path of this computer."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The path, with the user's home where it says so."""
        if not value:
            self.fail("it is empty; . is the folder that you are in", param, ctx)
        return str(ctx.obj.on_this_computer(value) if ctx else value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[Any]]:
        """Let the shell complete it."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="file")]


ON_CARD = CardPathType()
ON_THIS_COMPUTER = LocalPathType()
