"""Writes docs/guide/cli.md out of the help of every verb: `python docs/cli_page.py`.

It writes the manual page and the words that TAB offers, too.
"""

from __future__ import annotations

import runpy
from pathlib import Path

import click

from canon.cli.verbs import program

PAGE = Path(__file__).with_name("guide") / "cli.md"
_HEAD = """# Every verb

What `canon-remote VERB --help` says of each verb, made from the program itself. `--port`,
`--json`, `-v` and `--record` go with each; they may stand before the verb or after it. What
`--json` prints is [a page of its own](json.md).
"""


def page() -> str:
    """The page, as the program is now."""
    root = click.Context(program, info_name="canon-remote", terminal_width=78)
    parts = [_HEAD]
    for name in program.list_commands(root):
        verb = program.get_command(root, name)
        assert verb is not None
        inner = click.Context(verb, info_name=name, parent=root, terminal_width=78)
        inner.help_option_names = ["-h", "--help"]
        lines = (line.rstrip() for line in verb.get_help(inner).splitlines())
        parts.append(f"## {name}\n\n```text\n" + "\n".join(lines).strip() + "\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    for other in ("man_page.py", "words.py"):
        runpy.run_path(str(Path(__file__).with_name(other)), run_name="__main__")
