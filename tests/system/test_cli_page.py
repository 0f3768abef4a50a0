"""The page of all verbs says what the help says."""

import runpy

from conftest import ROOT


def test_the_page_is_what_the_help_says() -> None:
    made = runpy.run_path(str(ROOT / "docs/cli_page.py"))
    shown = (ROOT / "docs/guide/cli.md").read_text(encoding="utf-8")
    assert made["page"]() == shown, "run: python docs/cli_page.py"
