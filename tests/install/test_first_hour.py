"""A first hour with nothing but the wheel, each step by its page; `.ci/fresh` has it in Debian."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rigs.installs import run

PLAYER = Path(__file__).with_name("first_hour.py")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in which no mount is left."""
    made = tmp_path / "hour"
    made.mkdir()
    yield made
    subprocess.run(["umount", "-l", made / "card"], capture_output=True, check=False)


@pytest.mark.long
@pytest.mark.timeout(900)  # packages are fetched, and installed in a minute by an idle machine
def test_the_pages_are_all_that_is_needed(wheel: Path, folder: Path, tmp_path: Path) -> None:
    """The tests of the testing page run in an empty project, at once and in two processes."""
    shutil.copy(wheel, folder)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").symlink_to(Path(sys.executable).resolve())
    path = os.pathsep.join([str(tmp_path / "bin"), "/usr/bin", "/bin"])
    strict = "-W error -W ignore::pytest.PytestDeprecationWarning --strict-markers"
    own = {"HOME": str(tmp_path), "PATH": path, "PYTEST_ADDOPTS": strict, "PIP_NO_COMPILE": "1"}
    told = run("python3", PLAYER, "--without-sudo", cwd=folder, more=own)
    assert "good     answer" in told
    assert "fuse.canon-remote" in told
    assert "7 passed" in told
    assert "8 passed" in told
    assert "image/jpeg" in told
