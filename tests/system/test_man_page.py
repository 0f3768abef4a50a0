"""The manual page says what the help says, and the programs that show it find nothing odd."""

from __future__ import annotations

import os
import runpy
import subprocess
from pathlib import Path

import click
import pytest

from canon.cli.options import Verb
from canon.cli.verbs import program as ours
from conftest import ROOT, program

MADE = runpy.run_path(str(ROOT / "docs/man_page.py"))
PAGE: Path = MADE["PAGE"]
ROOT_CONTEXT = click.Context(ours, info_name="canon-remote")
VERBS = ours.list_commands(ROOT_CONTEXT)


def test_the_page_is_what_the_help_says() -> None:
    assert MADE["page"]() == PAGE.read_text(encoding="utf-8"), "run: python docs/cli_page.py"


@pytest.mark.parametrize(
    "command", [["man", "--warnings", "-l"], ["mandoc", "-T", "lint"]], ids=lambda words: words[0]
)
def test_nothing_is_odd_about_it(command: list[str]) -> None:
    ran = subprocess.run(
        [program(command[0]), *command[1:], str(PAGE)],
        env={**os.environ, "MANWIDTH": "200", "LC_ALL": "C.UTF-8", "PAGER": "cat"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told = ran.stdout if command[0] == "mandoc" else ran.stderr
    assert told == ""
    if command[0] == "man":
        shown = " ".join(ran.stdout.split())
        for verb in map(of_name, VERBS):
            for example in verb.examples:
                assert " ".join(example.split()) in shown


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_an_example(name: str) -> None:
    verb = of_name(name)
    assert verb.examples
    assert all(f"canon-remote {name}" in one or f" {name}" in one for one in verb.examples)


def of_name(name: str) -> Verb:
    verb = ours.get_command(ROOT_CONTEXT, name)
    assert isinstance(verb, Verb)
    return verb


def test_it_is_in_the_wheel() -> None:
    import tomllib

    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shared = data["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert shared == {"docs/canon-remote.1": "share/man/man1/canon-remote.1"}
