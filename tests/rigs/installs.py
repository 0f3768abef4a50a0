"""How canon-remote gets to its users: built by its own backend, and put into an empty Python."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("PYTEST_", "COV_", "COVERAGE_", "CANON_REMOTE_", "PYTHONPATH", "VIRTUAL_ENV")


def run(*words: str | Path, cwd: Path | None = None, more: Mapping[str, str] | None = None) -> str:
    """What a program prints, with more in its environment; a failure shows all of it."""
    ran = subprocess.run(
        list(map(str, words)),
        cwd=cwd,
        env=environment() | dict(more or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{words}\n{ran.stdout}{ran.stderr}"
    return ran.stdout


def environment() -> dict[str, str]:
    """A user's: nothing of this run of the tests is in it."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def build(kind: str, source: Path, to: Path) -> Path:
    """Build the wheel or the sdist of a source tree."""
    run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", to, cwd=source)
    (made,) = to.glob({"wheel": "*.whl", "sdist": "*.tar.gz"}[kind])
    return made


def pip(*words: str | Path) -> None:
    """Run our pip."""
    run(sys.executable, "-m", "pip", *words)


def new_python(folder: Path, house: Path, *packages: str | Path) -> Path:
    """The folder of the programs of a Python of its own that has these packages, of a folder."""
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    programs = folder / "bin"
    into = ("--python", programs / "python", "install", "--quiet", "--no-compile")
    pip(*into, "--no-index", "--find-links", house, *packages)
    return programs
