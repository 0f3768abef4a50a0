"""`make bench` in its smallest form: it measures both programs and fills the tables of its page.

Times and memory are nobody's to assert: the machine is shared. Time on the wire is counted, and is
the same in every run.
"""

import shutil
import subprocess
import sys

import pytest

from canon.bridge.run import preload_library
from canon.errors import PortError
from conftest import ROOT, needed, program

Table = list[list[str]]
PATIENCE_S = 900
pytestmark = [pytest.mark.long, pytest.mark.timeout(2 * PATIENCE_S)]


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
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_S
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
    assert len(found) == 11
    for header, line, *rows in found:
        assert len(rows) >= 2
        assert all(len(row) == len(header) for row in (line, *rows))
        for row in rows:
            for name, cell in zip(header, row, strict=True):
                if name == "ratio" and cell:
                    assert float(cell) > 0


def moved(table: Table) -> dict[str, tuple[float, ...]]:
    """The megabytes of each task, ours and gphoto2's."""
    header, _, *rows = table
    cells = {row[0]: row[header.index("MB")] for row in rows}
    return {task: tuple(map(float, cell.split(" : "))) for task, cell in cells.items() if cell}


def test_every_task_is_there_and_moves_its_bytes(page: str) -> None:
    found = moved(tables(page)[1])
    assert list(found) == [
        "ten summaries",
        "list 10 files",
        "download 2 files of 10,000 bytes",
        "download a file of 100,000 bytes",
        "change seven settings",
        "capture to the host",
        "capture, gphoto2 by way of the card",
    ]
    assert min(found["download 2 files of 10,000 bytes"]) > 0.02
    assert min(found["download a file of 100,000 bytes"]) > 0.1
    assert min(found["capture to the host"]) > 0.02


CARD_TASKS = [
    "ten summaries",
    "list 10 files",
    "download 2 files of 10,000 bytes",
    "download a file of 3,000,000 bytes",
    "upload a file of 10,000 bytes, start to end",
]
RELEASE_TASKS = [
    "enter release control",
    "change seven settings",
    "capture to the host",
    "capture to the card, and download",
    "ten live frames",
]


@pytest.mark.parametrize(
    ("number", "name", "names"),
    [
        (2, "PowerShot G9, PTP", CARD_TASKS + RELEASE_TASKS),
        (3, "PowerShot SX200 IS, PTP", CARD_TASKS),
    ],
)
def test_powershots_that_speak_ptp_have_their_rows(
    page: str, number: int, name: str, names: list[str]
) -> None:
    table = tables(page)[number]
    found = moved(table)
    assert table[0][0] == f"{name}, ours : gphoto2"
    assert list(found) == names
    assert min(found["download a file of 3,000,000 bytes"]) > 3
    assert min(found["upload a file of 10,000 bytes, start to end"]) > 0.01
    for shot in {"capture to the host", "capture to the card, and download"} & set(names):
        assert min(found[shot]) > 0.1


EOS_CARD_TASKS = [
    "start to first reply",
    "list 10 files",
    "5 thumbnails",
    "download 2 files of 2,000,000 bytes",
    "download a file of 3,000,000 bytes",
]
EOS_TASKS = [
    "enter remote control, and read a setting",
    "change seven settings",
    "capture to the host",
    "and the next one",
    "capture to the card, and download",
    "fifty live frames",
]
WORK_TASKS = [
    "first import of 5 files of 20,000 bytes",
    "second import of the same card",
    "hand press to finished file, in tether",
    "2 frames of a time-lapse, 3 s apart",
]


@pytest.mark.parametrize(
    ("number", "name", "names"),
    [
        (4, "EOS 60D, PTP, ours : gphoto2", EOS_CARD_TASKS + EOS_TASKS),
        (5, "EOS R6, PTP, ours : gphoto2", EOS_TASKS),
        (6, "EOS 60D, PTP, ours : python-gphoto2", EOS_CARD_TASKS[1:] + EOS_TASKS),
    ],
)
def test_an_eos_has_its_rows(page: str, number: int, name: str, names: list[str]) -> None:
    table = tables(page)[number]
    found = moved(table)
    assert table[0][0] == name
    assert list(found) == names
    assert min(found["capture to the host"]) > 1
    assert min(found["fifty live frames"]) > 1


def test_what_people_do_has_its_rows(page: str) -> None:
    table = tables(page)[7]
    found = moved(table)
    assert table[0][0] == "EOS 60D, from start to end, ours : gphoto2"
    assert list(found) == WORK_TASKS
    first, again, pressed, frames = found.values()
    assert min(first) > 0.1 > max(again), "of the second time nothing but the listing"
    assert min(*pressed, *frames) > 1


def test_a_listing_is_shown_as_it_grows(page: str) -> None:
    _, _, *rows = tables(page)[8]
    assert [row[0] for row in rows] == ["1", "10"]


def test_no_row_is_behind_gphoto2_on_the_wire(page: str) -> None:
    _, _, *rows = tables(page)[9]
    assert [row[0] for row in rows] == [
        "PowerShot G3, USB: download a file of 500,000 bytes",
        "PowerShot G3, USB: download 3 files of 20,000 bytes",
        "PowerShot G3, USB: list 200 files",
        "PowerShot G3, USB: upload a file of 61,440 bytes",
        "PowerShot G1, 115200 bit/s: download a file of 200,000 bytes",
        "PowerShot G1, 115200 bit/s: download 3 files of 20,000 bytes",
        "PowerShot G1, 115200 bit/s: list 200 files",
        "PowerShot G1, 115200 bit/s: upload a file of 199,680 bytes",
        "PowerShot G9, high-speed USB: download a file of 8,000,000 bytes",
        "PowerShot G9, high-speed USB: download 3 files of 20,000 bytes",
        "PowerShot G9, high-speed USB: list 200 files",
    ]
    assert "Behind gphoto2 on the wire: nowhere." in page


def test_each_kind_of_body_has_its_row_in_the_web_app(page: str) -> None:
    _, _, *rows = tables(page)[10]
    assert [row[0] for row in rows] == ["eos-60d", "powershot-g9", "powershot-g3"]


def test_large_downloads_have_95_percent_of_the_wire(page: str) -> None:
    header, _, *rows = tables(page)[9]
    shares = {row[0]: row[header.index("share of the limit")].split(" : ")[0] for row in rows}
    large = [share for title, share in shares.items() if "download a file" in title]
    assert len(large) == 3
    assert all(95 <= float(share.rstrip("%")) < 100 for share in large)
