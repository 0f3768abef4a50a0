"""Checkers read the types of the installed wheel, from a project that is somebody else's."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from rigs.installs import new_python, run

PROJECT = Path(__file__).parent / "project"


@pytest.mark.long
def test_a_project_that_uses_the_wheel_runs_and_is_typed(
    wheel: Path, house: Path, tmp_path: Path
) -> None:
    programs = new_python(tmp_path / "python", house, f"{wheel}[virtual]", "pytest")
    project = Path(shutil.copytree(PROJECT, tmp_path / "project"))
    card = tmp_path / "card"
    python = programs / "python"
    printed = run(python, "backup.py", "virtual:powershot-g3", card, cwd=project).splitlines()
    assert printed[:2] == ["Canon PowerShot G3 True", "IMG_0001.JPG"]
    assert sorted(printed[1:]) == sorted(path.name for path in card.iterdir())
    assert "1 passed" in run(python, "-m", "pytest", "-q", "check_backup.py", cwd=project)
    strict = ["--config-file=", f"--cache-dir={tmp_path}", "--strict", "--disallow-any-expr"]
    mypy: list[str | Path] = [
        sys.executable,
        "-m",
        "mypy",
        "--python-executable",
        python,
        *strict,
        ".",
    ]
    assert "Success" in run(*mypy, cwd=project)
    pyright: list[str | Path] = [sys.executable, "-m", "pyright", "--pythonpath", python]
    assert "0 errors, 0 warnings" in run(*pyright, cwd=project)
