"""The wheel as its users have it: it runs by itself, and checkers read its types."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent / "project"
ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_the_wheel_runs_by_itself_and_is_typed(tmp_path: Path) -> None:
    python = installed(tmp_path)
    printed = run(python, "backup.py", "virtual:powershot-g3", str(tmp_path / "card")).splitlines()
    assert printed[:2] == ["Canon PowerShot G3 True", "IMG_0001.JPG"]
    assert sorted(printed[1:]) == sorted(path.name for path in (tmp_path / "card").iterdir())
    words = ["--config-file=", f"--cache-dir={tmp_path}", "--strict", "--python-executable", python]
    assert "Success" in run(sys.executable, "-m", "mypy", *words, ".")
    assert "0 errors" in run(sys.executable, "-m", "pyright", "--pythonpath", python, ".")


def installed(folder: Path) -> str:
    """A Python of its own, with the wheel and what that needs, and nothing else."""
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    (wheel,) = folder.glob("canon_remote-*.whl")
    run(sys.executable, "-m", "venv", str(folder / "venv"))
    python = str(folder / "venv" / "bin" / "python")
    run(python, "-m", "pip", "install", f"{wheel}[virtual]")
    return python


def run(*words: str) -> str:
    """What a program prints; a failure shows all of it."""
    ran = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout
