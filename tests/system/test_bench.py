"""`make bench` in its smallest form: it measures both programs and fills the tables of its page.

Times and memory are nobody's to assert: the machine is shared. Time on the wire is counted, and is
the same in every run.
"""

import importlib
import shutil
import subprocess
import sys
from types import ModuleType

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
    assert len(found) == 4
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


def test_no_row_is_behind_gphoto2_on_the_wire(page: str) -> None:
    _, _, *rows = tables(page)[3]
    assert [row[0] for row in rows] == [
        "PowerShot G3, USB: download a file of 500,000 bytes",
        "PowerShot G3, USB: download 3 files of 20,000 bytes",
        "PowerShot G3, USB: list 200 files",
        "PowerShot G3, USB: upload a file of 61,440 bytes",
        "PowerShot G1, 115200 bit/s: download a file of 200,000 bytes",
        "PowerShot G1, 115200 bit/s: download 3 files of 20,000 bytes",
        "PowerShot G1, 115200 bit/s: list 200 files",
        "PowerShot G1, 115200 bit/s: upload a file of 199,680 bytes",
    ]
    assert "Behind gphoto2 on the wire: nowhere." in page


def test_large_downloads_have_95_percent_of_the_wire(page: str) -> None:
    header, _, *rows = tables(page)[3]
    shares = {row[0]: row[header.index("share of the limit")].split(" : ")[0] for row in rows}
    large = [share for title, share in shares.items() if "download a file" in title]
    assert len(large) == 2
    assert all(95 <= float(share.rstrip("%")) < 100 for share in large)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The model of the lines."""
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("bench.wire")


@pytest.mark.parametrize(("packet", "in_a_frame"), [(8, 71), (16, 51), (32, 33), (64, 19)])
def test_a_frame_has_room_for_as_many_packets_as_usb_says(
    wire: ModuleType, packet: int, in_a_frame: int
) -> None:
    """USB 2.0, table 5-9."""
    bus = wire.FullSpeedBus(packet, packet)
    assert bus.bulk_s(in_a_frame * packet) == pytest.approx(0.001)
    assert bus.bulk_s(in_a_frame * packet + 1) == pytest.approx(0.002)


@pytest.mark.parametrize(
    ("size", "frames"), [(0, 1), (1, 1), (1216, 1), (1217, 2), (5120, 5), (0x40000, 216)]
)
def test_each_transfer_takes_whole_frames(wire: ModuleType, size: int, frames: int) -> None:
    assert wire.FullSpeedBus(64, 32).bulk_s(size) == pytest.approx(frames / 1000)


def test_a_control_transfer_has_a_packet_before_and_after_its_data(wire: ModuleType) -> None:
    bus = wire.FullSpeedBus(64, 32)
    assert [bus.control_s(size) for size in (0, 31 * 32, 31 * 32 + 1)] == pytest.approx(
        [0.001, 0.001, 0.002]
    )


def test_the_limits_are_those_of_the_lines(wire: ModuleType) -> None:
    assert wire.FullSpeedBus(64, 32).limit == pytest.approx(1_216_000)
    line = wire.SerialLine(115_200)
    assert line.limit == 11_520
    assert line.bytes_s(11_520) == 1
