"""uvx and pipx, as people use them: the README's tours work, and `man canon-remote` does."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from rigs.installs import ROOT, new_python, pip, run

LAST = "demo/live/frame_000002.jpg"


@pytest.fixture
def tour(tmp_path: Path) -> tuple[str, str]:
    """The player of a page, and the page, in a folder where nothing else of ours is."""
    for name in ("docs/demo.py", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    return "demo.py", "README.md"


def tool(name: str, folder: Path) -> Path:
    """A program of the registry, in a Python of its own."""
    pip("wheel", "--quiet", "--wheel-dir", folder / "wheels", name)
    return new_python(folder / name, folder / "wheels", name) / name


@pytest.mark.long
def test_uvx_from_the_wheel(
    wheel: Path, house: Path, tour: tuple[str, str], tmp_path: Path
) -> None:
    uv = tool("uv", tmp_path / "tool")
    own = {"UV_CACHE_DIR": str(tmp_path / "cache"), "UV_TOOL_DIR": str(tmp_path / "tools")}
    words = (uv, "tool", "run", "--no-index", "--find-links", house, "--python", sys.executable)
    from_wheel = ("--from", f"{wheel}[virtual]")
    told = run(*words, *from_wheel, "canon-remote", "--port", "virtual:eos-r6", "info", more=own)
    assert "Canon EOS R6" in told
    played = run(*words, *from_wheel, "python", *tour, cwd=tmp_path, more=own)
    assert "<Canon PowerShot G3 v1.0.2.0>" in played
    assert LAST in played
    assert (tmp_path / LAST).read_bytes()[:2] == b"\xff\xd8"


@pytest.mark.long
def test_pipx_brings_the_command_and_its_manual(
    wheel: Path, tour: tuple[str, str], tmp_path: Path
) -> None:
    pipx = tool("pipx", tmp_path / "tool")
    programs = tmp_path / "local" / "bin"
    own = {
        "PIPX_HOME": str(tmp_path / "pipx"),
        "PIPX_BIN_DIR": str(programs),
        "PIPX_MAN_DIR": str(tmp_path / "local" / "share" / "man"),
        "PATH": os.pathsep.join([str(programs), "/usr/bin", "/bin"]),
    }
    run(pipx, "install", "--python", sys.executable, f"{wheel}[virtual]", more=own)
    told = run("canon-remote", "--port", "virtual:eos-r6", "info", more=own)
    assert "Canon EOS R6" in told
    page = run("man", "-w", "canon-remote", more=own).strip()
    assert Path(page).resolve().is_relative_to(tmp_path)
    assert "canon-remote - " in run(
        "man", "canon-remote", more={**own, "MANPAGER": "cat", "LC_ALL": "C"}
    )
    python = tmp_path / "pipx" / "venvs" / "canon-remote" / "bin" / "python"
    assert LAST in run(python, *tour, cwd=tmp_path, more=own)
    assert (tmp_path / LAST).read_bytes()[:2] == b"\xff\xd8"
