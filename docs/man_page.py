"""Writes docs/canon-remote.1 out of the help of every verb: `python docs/cli_page.py`."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from canon import __version__
from canon.cli.options import SHARED, Verb
from canon.cli.verbs import program
from canon.ports import ENVIRONMENT

PAGE = Path(__file__).with_name("canon-remote.1")
_DATE = "2026-11-28"
_ABOUT = "Canon cameras on the command line"
_FILES = (
    (".canon-remote.sqlite", "What import remembers, at the top of the folder."),
    ("~/.local/state/canon-remote/history", "What was typed into the shell."),
)


def page() -> str:
    """The page, as the program is now."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    root = click.Context(program, info_name="canon-remote")
    yield '.\\" Made by docs/man_page.py.'
    yield f'.TH CANON-REMOTE 1 {_DATE} "canon-remote {__version__}" "User commands"'
    yield ".SH NAME"
    yield f"canon-remote \\- {_ABOUT}"
    yield ".SH SYNOPSIS"
    yield from (r"\fBcanon-remote\fR", r"[\fIOPTIONS\fR]", r"\fIVERB\fR", r"[\fIARGS\fR] ...")
    yield ".SH DESCRIPTION"
    _, *paragraphs = inspect.cleandoc(program.help or "").split("\n\n")
    yield from _text("\n\n".join(paragraphs))
    yield ".SH OPTIONS"
    yield "They may stand before the verb or after it."
    yield from _options(root, [*program.params])
    yield ".SH VERBS"
    for name in program.list_commands(root):
        verb = program.get_command(root, name)
        assert isinstance(verb, Verb)
        yield from _verb(name, verb, click.Context(verb, info_name=name, parent=root))
    yield ".SH EXIT STATUS"
    for line in (program.epilog or "").splitlines():
        if told := re.fullmatch(r"  (\d+)  (.*)", line):
            yield from (".TP", told[1], _safe(told[2]))
    yield ".SH ENVIRONMENT"
    yield from (".TP", f".B {ENVIRONMENT}")
    yield from _text("The camera, as --port says it, where that is not given.")
    yield ".SH FILES"
    for file, told in _FILES:
        yield from (".TP", f".I {_safe(file)}", _safe(told))
    yield ".SH SEE ALSO"
    yield ".BR gphoto2 (1)"


def _verb(name: str, verb: Verb, ctx: click.Context) -> Iterator[str]:
    yield f".SS {_safe(name)}"
    pieces = " ".join(verb.collect_usage_pieces(ctx))
    yield f"\\fBcanon-remote {_safe(name)}\\fR {_safe(pieces)}"
    yield ".PP"
    yield from _text(inspect.cleandoc(verb.help or ""))
    yield from _options(ctx, [one for one in verb.get_params(ctx) if one not in SHARED])
    yield ".PP"
    yield "Examples:"
    yield from (".PP", ".RS 4", ".nf")
    yield from map(_safe, verb.examples)
    yield from (".fi", ".RE")


def _options(ctx: click.Context, params: list[click.Parameter]) -> Iterator[str]:
    for one in params:
        if isinstance(one, click.Option) and one.name != "help_wanted":
            record = one.get_help_record(ctx)
            assert record is not None
            yield ".TP"
            yield f"\\fB{_safe(record[0])}\\fR"
            yield from _text(record[1])


def _text(text: str) -> Iterator[str]:
    """Paragraphs; each sentence begins a line."""
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text.strip())):
        if number:
            yield ".PP"
        told = " ".join(paragraph.split())
        for sentence in re.split(r"(?<=[.;:]) (?=[A-Z])", told):
            yield from map(_safe, textwrap.wrap(sentence, 66, break_on_hyphens=False))


def _safe(text: str) -> str:
    """Words as roff reads them."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    text = text.replace("…", "\\&...").replace("`", "\\(ga").replace("~", "\\(ti")
    text = text.replace("^", "\\(ha")
    return f"\\&{text}" if text.startswith((".", "\\(aq")) else text


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
