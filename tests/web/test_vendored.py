"""What the page takes from others is what their packages give, and nothing else."""

from __future__ import annotations

import filecmp
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import ROOT, program

PAGE = ROOT / "src/canon/web/page"
MOST = 25_000


@pytest.mark.long
def test_it_is_what_the_packages_give(tmp_path: Path) -> None:
    program("npm")
    shutil.copytree(ROOT / "vendor", tmp_path / "vendor", ignore=shutil.ignore_patterns("node_*"))
    made = tmp_path / "made"
    made.mkdir()
    subprocess.run([tmp_path / "vendor/build", made], check=True)
    names = sorted(path.name for path in made.iterdir())
    assert names == ["licences.txt", "preact.js"]
    assert filecmp.cmpfiles(made, PAGE / "vendor", names, shallow=False) == (names, [], [])
    assert (made / "preact.js").stat().st_size < MOST


def test_the_page_asks_no_other_origin() -> None:
    for path in sorted(PAGE.rglob("*")):
        if path.suffix in (".js", ".css", ".html") and path.parent == PAGE:
            text = path.read_text(encoding="utf-8")
            assert "https://" not in text, path
            assert "style=" not in text, path
