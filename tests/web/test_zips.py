"""The length of a zip is told before the zip is made, to the byte."""

from __future__ import annotations

import asyncio
import io
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from canon.driver.card import CardPath, Entry
from canon.web import zips
from conftest import program

MIB = 1 << 20
_PIECE = bytes(MIB)


class Counting(io.RawIOBase):
    """A file that cannot seek and keeps nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.size += len(memoryview(data))  # type: ignore[arg-type]
        return len(memoryview(data))  # type: ignore[arg-type]


def _entry(path: str, size: int) -> Entry:
    return Entry(CardPath.of(tuple(path.split("/"))), size, datetime(2026, 11, 28, 17, 0))


def _real_length(entries: list[Entry]) -> int:
    sink, called = Counting(), zips.names(entries)
    with zipfile.ZipFile(sink, "w") as archive:
        for entry in entries:
            large = entry.size > zipfile.ZIP64_LIMIT
            with archive.open(called[entry.path], "w", force_zip64=large) as into:
                for _ in range(entry.size // MIB):
                    into.write(_PIECE)
                into.write(bytes(entry.size % MIB))
    return sink.size


LIMIT = zipfile.ZIP64_LIMIT
FEW = [
    [],
    [("DCIM/100CANON/IMG_0001.JPG", 107_000)],
    [("DCIM/100CANON/IMG_0001.JPG", 0), ("DCIM/101CANON/IMG_0001.JPG", 5)],
    [("DCIM/Größe/Bild ü.JPG", 3 * MIB), ("X.TXT", 1)],
]
LARGE = [
    [("A/MVI_0001.MOV", LIMIT - 1), ("A/B.JPG", 10)],
    [("A/MVI_0001.MOV", LIMIT), ("A/B.JPG", 10)],
    [("A/MVI_0001.MOV", LIMIT + 1), ("A/B.JPG", 10)],
    [("A/MVI_0001.MOV", 2 * LIMIT + 2), ("A/B.JPG", 10)],
    [("A/MVI_0001.MOV", LIMIT - 200), ("A/B.JPG", 10), ("A/C.JPG", 10), ("A/D.JPG", 10)],
]


@pytest.mark.parametrize("files", FEW)
def test_length(files: list[tuple[str, int]]) -> None:
    entries = [_entry(*one) for one in files]
    assert zips.length(entries) == _real_length(entries)


@pytest.mark.long
@pytest.mark.parametrize("files", LARGE)
def test_length_around_2_and_4_gib(files: list[tuple[str, int]]) -> None:
    entries = [_entry(*one) for one in files]
    assert zips.length(entries) == _real_length(entries)


def test_what_is_sent_is_a_zip_of_that_length(tmp_path: Path) -> None:
    entries = [_entry("D/A.JPG", 3 * MIB + 7), _entry("D/a?.JPG", 9), _entry("E/AUX", 0)]
    held: list[Entry] = []

    async def fetch(entry: Entry) -> Path:
        held.append(entry)
        path = tmp_path / str(len(held))
        path.write_bytes(bytes(range(9)) * (entry.size // 9) + bytes(entry.size % 9))
        return path

    async def all_of_it() -> bytes:
        return b"".join([piece async for piece in zips.pieces(entries, fetch, held.remove)])

    data = asyncio.run(all_of_it())
    assert len(data) == zips.length(entries)
    assert not held
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["D/A.JPG", "D/a_.JPG", "E/_AUX"]
        assert [one.file_size for one in archive.infolist()] == [one.size for one in entries]
    whole = tmp_path / "all.zip"
    whole.write_bytes(data)
    tested = subprocess.run(
        [program("unzip"), "-t", whole], capture_output=True, text=True, check=True
    )
    assert "No errors detected" in tested.stdout
    into = tmp_path / "unpacked"
    into.mkdir()
    subprocess.run([program("bsdtar"), "-xf", whole, "-C", into], check=True)
    sizes = [(into / name).stat().st_size for name in ("D/A.JPG", "D/a_.JPG", "E/_AUX")]
    assert sizes == [one.size for one in entries]
    assert (into / "D/a_.JPG").read_bytes() == bytes(range(9))
