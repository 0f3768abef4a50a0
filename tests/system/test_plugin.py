"""Our pytest plug-in in somebody else's project: the one of its page, and some odd ones.

tests/install/test_first_hour.py has that of the page from the wheel, with xdist and asyncio.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guide" / "testing.md"
FILE = re.compile(r"^```python\n# (\S+)\n(.*?)^```$", re.M | re.S)


def the_project_of_the_page(folder: Path) -> list[str]:
    """Write the files that the page shows; the names of its tests are returned."""
    files = dict(FILE.findall(PAGE.read_text(encoding="utf-8")))
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [name for name in files if name.startswith("test_")]


def run_pytest(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a project's tests as its author does: in its folder, by a command."""
    ours = ("PYTEST_", "COV_", "COVERAGE_", "CANON_REMOTE_PORT")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    command = [sys.executable, "-m", "pytest", "-W", "error", "--strict-markers", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def passed(ran: subprocess.CompletedProcess[str], number: int) -> None:
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"{number} passed" in ran.stdout


def test_the_page_holds(tmp_path: Path) -> None:
    names = the_project_of_the_page(tmp_path)
    passed(run_pytest(tmp_path, *(name for name in names if "asynchronous" not in name)), 7)


def test_nothing_is_loaded_until_it_is_used(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import sys\n"
        "def test_before():\n"
        "    ours = {name for name in sys.modules if name.startswith('canon.')}\n"
        "    assert ours == {'canon.testing'}\n"
        "def test_then(canon_camera):\n"
        "    assert canon_camera.model == 'Canon PowerShot G3'\n"
        "    assert 'canon.camera' in sys.modules\n"
    )
    passed(run_pytest(tmp_path), 2)


def test_the_environment_is_as_it_was_afterwards(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import os, canon\n"
        "kept = []\n"
        "def test_while_it_runs(canon_camera_port, canon_camera):\n"
        "    assert os.environ['CANON_REMOTE_PORT'] == canon_camera_port\n"
        "    kept.append(canon_camera)\n"
        "def test_afterwards():\n"
        "    assert 'CANON_REMOTE_PORT' not in os.environ\n"
        "    assert repr(kept[0]).endswith(', closed>')\n"
    )
    passed(run_pytest(tmp_path), 2)


def test_closing_ends_a_wait_on_every_kind_of_body(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import asyncio, canon, pytest\n"
        "PORTS = [f'virtual:{body}' for body in ('powershot-g3', 'powershot-g9', 'eos-60d')]\n"
        "@pytest.mark.parametrize('canon_camera', PORTS, indirect=True)\n"
        "def test_it(canon_camera):\n"
        "    async def wait():\n"
        "        with canon_camera.events() as events:\n"
        "            waiting = asyncio.create_task(asyncio.to_thread(list, events))\n"
        "            await asyncio.sleep(0)\n"
        "            await asyncio.to_thread(canon_camera.close)\n"
        "            return await waiting\n"
        "    asyncio.run(wait())\n"
        "    with pytest.raises(canon.Disconnected):\n"
        "        canon_camera.storage.ls()\n"
    )
    passed(run_pytest(tmp_path), 3)


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ("canon_camera", "canon_camera takes one port string"),
        ("canon_camera(3)", "3 is no port string"),
        ("canon_camera(port='usb:')", "canon_camera takes one port string"),
        ("canon_camera('virtual:powershot-g33')", "powershot-g3"),
    ],
)
def test_a_wrong_mark_says_what_is_right(tmp_path: Path, mark: str, told: str) -> None:
    (tmp_path / "test_it.py").write_text(
        f"import pytest\n@pytest.mark.{mark}\ndef test_it(canon_camera): pass\n"
    )
    ran = run_pytest(tmp_path)
    assert ran.returncode == 1
    assert told in ran.stdout
