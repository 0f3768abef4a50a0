"""The programs of examples/ do what they say, on a virtual camera of either dialect."""

from __future__ import annotations

import asyncio
import runpy
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
BODIES = ("virtual:powershot-g3", "virtual:powershot-s60?mode=ptp")
NAMES = {"IMG_0001.JPG", "IMG_0002.JPG", "IMG_0006.JPG", "SND_0002.WAV"}

on_both = pytest.mark.parametrize("port", BODIES, ids=("native", "ptp"))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the programs run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def main(name: str) -> Any:
    """The function that a program is."""
    return runpy.run_path(str(EXAMPLES / name))["main"]


def names(folder: Path, pattern: str) -> list[str]:
    return sorted(path.name for path in folder.glob(pattern))


def test_every_program_is_short_told_and_tested() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    programs = list(EXAMPLES.glob("*.py"))
    assert len(programs) == 10
    for program in programs:
        assert f'"{program.name}"' in here
        assert f"[{program.name}]({program.name})" in page
        assert len(program.read_text(encoding="utf-8").splitlines()) < 40


@on_both
def test_list_and_copy(port: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANON_REMOTE_PORT", port)
    main("list_and_copy.py")()
    assert set(names(folder, "pictures/*/*")) >= NAMES
    saved = (folder / "pictures/DCIM_100CANON/IMG_0001.JPG").stat()
    main("list_and_copy.py")()
    assert (folder / "pictures/DCIM_100CANON/IMG_0001.JPG").stat() == saved


@pytest.mark.parametrize("program", ["list_and_copy.py", "copy_by_date.py"])
def test_two_pictures_of_one_name_are_both_copied(program: str, folder: Path) -> None:
    for where in ("100CANON", "101CANON"):
        file = folder / "card" / "DCIM" / where / "IMG_0001.JPG"
        file.parent.mkdir(parents=True)
        file.write_text(where)
    main(program)("virtual:powershot-g3?card=card", "copies")
    copies = [path for path in folder.glob("copies/**/*") if path.is_file()]
    assert sorted(path.read_text() for path in copies) == ["100CANON", "101CANON"]


@on_both
def test_copy_by_date(port: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main("copy_by_date.py")(port, "days")
    for path in folder.glob("days/*/*/*"):
        assert f"{datetime.fromtimestamp(path.stat().st_mtime):%Y-%m-%d}" == path.parts[-3]
    assert set(names(folder, "days/*/100CANON/*")) >= NAMES
    main("copy_by_date.py")(port, "days")
    assert capsys.readouterr().out.splitlines()[-1] == "0 files copied into days"


@on_both
def test_upload(port: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "MINE.JPG").write_bytes(b"\xff\xd8\xff\xd9")
    main("upload.py")("MINE.JPG", port)
    assert capsys.readouterr().out.startswith("DCIM/100CANON/MINE.JPG 4 bytes; ")
    with pytest.raises(SystemExit, match="not with this camera"):
        main("upload.py")("MINE.JPG", "virtual:eos-20d")
    with pytest.raises(SystemExit, match="not now"):
        main("upload.py")("MINE.JPG", "virtual:powershot-g3?card=none")


@on_both
def test_locked_focus_series(port: str, folder: Path) -> None:
    main("locked_focus_series.py")(port, "series", "3")
    assert len(names(folder, "series/*.JPG")) == 3


@on_both
def test_bracketing(port: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main("bracketing.py")(port)
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told] == ["-1", "0", "+1"]
    assert len(names(folder, "bracket/*.JPG")) == 3


@on_both
def test_frames_to_ffmpeg(port: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    main("frames_to_ffmpeg.py")(port, "3")
    frames = capfdbinary.readouterr().out
    assert frames.startswith(b"\xff\xd8")
    assert frames.count(b"\xff\xd8\xff") >= 3


def test_frames_that_nobody_reads_any_more() -> None:
    command = [sys.executable, str(EXAMPLES / "frames_to_ffmpeg.py"), BODIES[0]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout
        assert program.stderr
        assert program.stdout.read(2) == b"\xff\xd8"
        program.stdout.close()
        assert program.stderr.read() == b""


@on_both
def test_settings_table(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    main("settings_table.py")(port)
    rows = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines()}
    assert "400," in rows["iso"]
    assert len(rows) > 20


def test_watch_events(capsys: pytest.CaptureFixture[str]) -> None:
    main("watch_events.py")("virtual:powershot-g3?press=2&press=9", "30")
    told = capsys.readouterr().out
    assert "new: DCIM/100CANON/IMG_0007.JPG" in told
    assert "new: DCIM/100CANON/IMG_0008.JPG" in told


@on_both
def test_asyncio_to_thread(port: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(main("asyncio_to_thread.py")(port))
    (saved,) = names(folder, "shots/*.JPG")
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "the loop is alive"
    assert told[-1].endswith(saved)


def test_a_virtual_camera_in_your_tests() -> None:
    program = EXAMPLES / "virtual_camera_in_your_tests.py"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(program)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 passed" in ran.stdout
