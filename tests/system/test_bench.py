"""`make bench` in its smallest form: it measures both programs and fills the tables of its page.

The figures themselves are nobody's to assert: the machine is shared.
"""

import shutil
import subprocess
import sys

import pytest

from canon.bridge.run import preload_library
from canon.errors import PortError
from conftest import ROOT, needed, program

Table = list[list[str]]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the documentation after a tiny run."""
    program("gphoto2")
    try:
        preload_library()
    except PortError as error:
        needed(str(error))
    copy = tmp_path_factory.mktemp("bench") / "performance.md"
    shutil.copy(ROOT / "docs" / "performance.md", copy)
    command = [sys.executable, "-m", "bench", "--tiny", "--runs", "1", "--into", str(copy)]
    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    text = copy.read_text(encoding="utf-8")
    assert ran.stdout in text
    return text


def tables(page: str) -> list[Table]:
    """The tables of the results, each a list of rows, the header first."""
    blocks = page.partition("<!-- make bench -->")[2].split("\n\n")
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
        for block in blocks
        if block.startswith("|")
    ]


def test_what_the_page_says_stays(page: str) -> None:
    before = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert page.partition("<!-- make bench -->")[0] == before.partition("<!-- make bench -->")[0]
    assert page.partition("<!-- end -->")[2] == before.partition("<!-- end -->")[2]


def test_each_row_has_what_its_header_promises(page: str) -> None:
    found = tables(page)
    assert len(found) == 3
    for header, line, *rows in found:
        assert len(rows) >= 2
        assert all(len(row) == len(header) for row in (line, *rows))
        for row in rows:
            for name, cell in zip(header, row, strict=True):
                if name == "ratio" and cell:
                    assert float(cell) > 0


def test_every_task_is_there_and_moves_its_bytes(page: str) -> None:
    header, _, *rows = tables(page)[1]
    moved = {row[0]: row[header.index("MB")] for row in rows if row[header.index("MB")]}
    assert list(moved) == [
        "ten summaries",
        "list 10 files",
        "download 2 files of 10,000 bytes",
        "download a file of 100,000 bytes",
        "change seven settings",
        "capture to the host",
        "capture, gphoto2 by way of the card",
    ]
    for mine_and_others in (
        moved["download 2 files of 10,000 bytes"],
        moved["download a file of 100,000 bytes"],
        moved["capture to the host"],
    ):
        assert all(float(megabytes) > 0.02 for megabytes in mine_and_others.split(" : "))


def test_a_listing_is_shown_as_it_grows(page: str) -> None:
    _, _, *rows = tables(page)[2]
    assert [row[0] for row in rows] == ["1", "10"]
