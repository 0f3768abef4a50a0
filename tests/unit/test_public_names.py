"""The names of the package: what is loaded when it is used, and what type checkers read."""

from __future__ import annotations

import ast
import pydoc
import re
import subprocess
import sys
from pathlib import Path

import canon


def test_what_checkers_read_is_what_is_there() -> None:
    tree = ast.parse(Path(canon.__file__).read_text(encoding="utf-8"))
    read = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("canon.")
        for alias in node.names
    }
    there = {name: place for place, names in canon._PLACES.items() for name in names}
    assert read == there
    assert sorted(there) == canon.__all__ == sorted(dir(canon))


def test_help_shows_all_of_them() -> None:
    shown = pydoc.plain(pydoc.render_doc(canon))
    missing = [name for name in canon.__all__ if not re.search(rf"\b{name}\b", shown)]
    assert missing == []


def test_each_name_can_be_used() -> None:
    for name in dir(canon):
        assert getattr(canon, name).__name__ == name


def test_the_package_alone_loads_nothing_of_ours() -> None:
    script = "import sys, canon; print([name for name in sys.modules if 'canon.' in name])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
