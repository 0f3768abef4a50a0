"""The verb `help`."""

from __future__ import annotations

import click

from canon.cli import tab
from canon.cli.options import Verb
from canon.cli.output import put_line


@click.command(
    "help",
    cls=Verb,
    unrecorded="give --record to a verb that opens one",
    examples=("canon-remote help", "canon-remote help get"),
)
@click.argument("verb", required=False, shell_complete=tab.verbs)
@click.pass_context
def help_verb(ctx: click.Context, verb: str | None) -> None:
    """Show the help, or that of a verb."""
    root = ctx.find_root()
    group = root.command
    assert isinstance(group, click.Group)  # noqa: S101  (it is how the program is made)
    if verb is None:
        text = root.get_help()
    else:
        _, command, _ = group.resolve_command(root, [verb])
        assert command is not None  # noqa: S101  (an unknown one has been told)
        inner = click.Context(command, info_name=verb, parent=root)
        text = command.get_help(inner)
    for line in text.splitlines():
        put_line(line)
