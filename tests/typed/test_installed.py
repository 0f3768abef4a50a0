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
    program = str(Path(python).with_name("canon-remote"))
    card = str(tmp_path / "plain")
    plain = "virtual:powershot-g3"
    assert "PowerShot G3" in run(program, "--port", plain, "info")
    assert "powershot-g3 " in run(program, "virtual", "--list")
    listed = run(program, "--port", plain, "ls", "DCIM/100CANON").splitlines()
    saved = run(program, "--port", plain, "get", "DCIM/100CANON", "-o", card).splitlines()
    assert [Path(line).name for line in saved] == [Path(line).name for line in listed]
    for words in (
        ("--port", plain, "capture", "-o", f"{card}/not-made/"),
        ("--port", plain, "live", "-n", "1", "-o", f"{card}/not-made/"),
        ("virtual", "powershot-g3", "--usbip", "127.0.0.1:0"),
    ):
        ran = subprocess.run([program, *words], capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stdout) == (3, ""), ran.stderr
        assert "which is not installed; in a clone of canon-remote: pip install" in ran.stderr
    assert not Path(card, "not-made").exists(), "it says so before anything happens"
    run(python, "-m", "pip", "install", f"{wheel(tmp_path)}[virtual]")
    printed = run(python, "backup.py", "virtual:powershot-g3", str(tmp_path / "card")).splitlines()
    assert printed[:2] == ["Canon PowerShot G3 True", "IMG_0001.JPG"]
    assert sorted(printed[1:]) == sorted(path.name for path in (tmp_path / "card").iterdir())
    options = ["--config-file=", f"--cache-dir={tmp_path}", "--strict"]
    assert "Success" in run(
        sys.executable, "-m", "mypy", *options, "--python-executable", python, "."
    )
    assert "0 errors" in run(sys.executable, "-m", "pyright", "--pythonpath", python, ".")


def installed(folder: Path) -> str:
    """A Python of its own, with the wheel and what that needs, and nothing else: no extra."""
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    run(sys.executable, "-m", "venv", str(folder / "venv"))
    python = str(folder / "venv" / "bin" / "python")
    run(python, "-m", "pip", "install", str(wheel(folder)))
    missing = (
        "import importlib.util as u; print([u.find_spec(n) for n in ('PIL', 'usbip', 'serial')])"
    )
    assert run(python, "-c", missing) == "[None, None, None]\n"
    return python


def wheel(folder: Path) -> Path:
    """The wheel that was built there."""
    (path,) = folder.glob("canon_remote-*.whl")
    return path


def run(*words: str) -> str:
    """What a program prints; a failure shows all of it."""
    ran = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout
