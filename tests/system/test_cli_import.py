"""`import`: what was never imported, once, and whatever happens in between."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cli_helpers import (
    VIRTUAL,
    answers,
    files_below,
    kill_import,
    output,
    process,
    run,
    served,
    started,
)

from canon.work import taking
from canon.work.library import Library
from conftest import program

FOLDER = "DCIM/100CANON"
TAKEN = 1_700_000_000
DAY = time.strftime("%Y/%Y-%m-%d", time.localtime(TAKEN))
BODIES = {
    "native": ("virtual:powershot-g3?", "GetFile"),
    "powershot": ("virtual:powershot-s60?mode=ptp&", "GetObject"),
    "eos": ("virtual:eos-60d?", "GetObject"),
}
NAMES = (
    *("IMG_0001.JPG", "IMG_0002.JPG", "IMG_0003.CR2", "IMG_0003.JPG", "MVI_0004.AVI"),
    *("MVI_0004.THM", "SND_0002.WAV", "IMG_0001.XMP"),
)
HERE = sorted(f"{DAY}/{name.replace('SND_', 'IMG_')}" for name in NAMES)
INDEX = ".canon-remote.sqlite"
Body = Callable[..., str]


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A card with RAW and JPEG, a movie, a spoken note and an XMP."""
    put(tmp_path / "card", *NAMES)
    return tmp_path / "card"


def put(card: Path, *names: str, folder: str = FOLDER) -> None:
    (card / folder).mkdir(parents=True, exist_ok=True)
    for name in names:
        file = card / folder / name
        file.write_bytes(f"{folder}/{name}".encode() * 1000)
        os.utime(file, (TAKEN, TAKEN))


@pytest.fixture(params=BODIES)
def body(request: pytest.FixtureRequest, card: Path) -> Body:
    """The port of a body with that card; faults name the command that fetches a file as FETCH."""
    start, fetch = BODIES[request.param]

    def port(*faults: str) -> str:
        query = [f"card={quote(str(card))}"]
        return start + "&".join(
            [*query, *(f"fault={one.replace('FETCH', fetch)}" for one in faults)]
        )

    return port


@pytest.fixture
def g3(card: Path) -> str:
    return f"virtual:powershot-g3?card={quote(str(card))}"


def imported(folder: Path, *words: str, port: str) -> list[dict[str, Any]]:
    """The JSON objects of an import, which go well."""
    return answers(folder, "import", "to", *words, port=port)


def actions(told: list[dict[str, Any]]) -> dict[str, str]:
    """What became of each file, by its name on the card."""
    return {Path(one["card"]).name: one["action"] for one in told if one["event"] == "file"}


def said(folder: Path, *words: str, port: str) -> str:
    """What an import prints that goes well."""
    ran = run(folder, "import", "to", *words, port=port)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def pictures(folder: Path) -> list[str]:
    """The files of a library but for the index."""
    return [name for name in files_below(folder) if name != INDEX]


def rows(folder: Path, query: str) -> list[list[str]]:
    """What the sqlite3 command reads."""
    sqlite = program("sqlite3")
    ran = subprocess.run(
        [sqlite, folder / INDEX, query], capture_output=True, text=True, check=True
    )
    return [line.split("|") for line in ran.stdout.splitlines()]


def check_index(folder: Path) -> None:
    """The index and the disk agree, and nothing of ours is left over."""
    entered = {path: (sha, int(size)) for path, sha, size in rows(folder, FILES)}
    on_disk = {
        name: (sha256(folder / name), (folder / name).stat().st_size) for name in pictures(folder)
    }
    assert entered == on_disk
    assert rows(folder, "PRAGMA integrity_check") == [["ok"]]
    assert {name for name in os.listdir(folder) if name.startswith(".")} == {INDEX}


FILES = "SELECT path, sha256, size FROM files"


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def check_whole(folder: Path, card: Path) -> None:
    """Each file of the card is there exactly once, with its bytes and its time."""
    on_card = sorted(sha256(file) for file in card.rglob("*.*"))
    assert sorted(sha256(folder / name) for name in pictures(folder)) == on_card
    assert {(folder / name).stat().st_mtime for name in pictures(folder)} == {TAKEN}


# --- what is wanted ------------------------------------------------------------------------------


def test_each_file_comes_once(tmp_path: Path, body: Body, card: Path) -> None:
    assert sorted(said(tmp_path, port=body()).splitlines()) == [f"to/{name}" for name in HERE]
    assert pictures(tmp_path / "to") == HERE
    check_whole(tmp_path / "to", card)
    check_index(tmp_path / "to")


def test_a_second_run_asks_for_the_listing_only(tmp_path: Path, body: Body, card: Path) -> None:
    imported(tmp_path, port=body())
    told = imported(tmp_path, port=body("unplug@FETCH"))
    assert actions(told) == dict.fromkeys(NAMES, "known")
    assert told[-1]["counts"]["known"] == len(NAMES)
    put(card, "IMG_0009.JPG")
    assert said(tmp_path, port=body()) == f"to/{DAY}/IMG_0009.JPG\n"
    check_whole(tmp_path / "to", card)


def test_json_tells_each_file(tmp_path: Path, g3: str) -> None:
    told = imported(tmp_path, port=g3)
    first = next(one for one in told if str(one["card"]).endswith("IMG_0001.JPG"))
    here = tmp_path / "to" / DAY / "IMG_0001.JPG"
    assert first == {
        "event": "file",
        "card": f"{FOLDER}/IMG_0001.JPG",
        "path": f"to/{DAY}/IMG_0001.JPG",
        "size": here.stat().st_size,
        "sha256": sha256(here),
        "time": datetime.fromtimestamp(TAKEN).isoformat(),
        "action": "fetched",
        "error": None,
        "counts": None,
    }


def test_what_was_thrown_away_stays_away(tmp_path: Path, g3: str, card: Path) -> None:
    said(tmp_path, port=g3)
    (tmp_path / "to" / DAY / "IMG_0001.JPG").unlink()
    assert said(tmp_path, port=g3) == ""
    (card / FOLDER / "IMG_0001.JPG").rename(card / FOLDER / "IMG_0077.JPG")
    assert said(tmp_path, port=g3) == "", "it is the same picture under another name"
    assert said(tmp_path, "--again", port=g3) == f"to/{DAY}/IMG_0077.JPG\n"
    assert actions(imported(tmp_path, "--again", port=g3))["IMG_0077.JPG"] == "found"
    check_whole(tmp_path / "to", card)


def test_what_another_program_put_there_is_found(tmp_path: Path, body: Body, card: Path) -> None:
    other = tmp_path / "to" / "holiday" / "me.jpg"
    other.parent.mkdir(parents=True)
    shutil.copy2(card / FOLDER / "IMG_0002.JPG", other)
    (tmp_path / "to" / "other.jpg").write_bytes(bytes(other.stat().st_size))
    told = imported(tmp_path, port=body())
    assert actions(told)["IMG_0002.JPG"] == "found"
    assert pictures(tmp_path / "to" / "holiday") == ["me.WAV", "me.jpg"], "its note follows it"
    assert ["holiday/me.jpg"] in rows(tmp_path / "to", "SELECT path FROM files")
    (tmp_path / "to" / "other.jpg").unlink()
    check_whole(tmp_path / "to", card)


def test_a_picture_that_was_moved_is_known_where_it_lies(tmp_path: Path, g3: str) -> None:
    said(tmp_path, port=g3)
    (tmp_path / "to" / DAY / "IMG_0001.JPG").rename(tmp_path / "to" / "best.jpg")
    assert actions(imported(tmp_path, "--again", port=g3))["IMG_0001.JPG"] == "found"
    check_index(tmp_path / "to")


def test_only_and_since(tmp_path: Path, g3: str, card: Path) -> None:
    assert said(tmp_path, "--only", ".cr2,AVI", port=g3).splitlines() == [
        f"to/{DAY}/{name}" for name in ("IMG_0003.CR2", "MVI_0004.AVI", "MVI_0004.THM")
    ]
    assert said(tmp_path, "--since", "2023-11-20", port=g3) == ""
    os.utime(card / FOLDER / "IMG_0002.JPG", (TAKEN + 86400 * 30,) * 2)
    lines = said(tmp_path, "--since", "2023-11-20", port=g3).splitlines()
    assert [Path(line).name for line in lines] == ["IMG_0002.JPG", "IMG_0002.WAV"]


def test_a_dry_run_changes_nothing(tmp_path: Path, g3: str) -> None:
    planned = said(tmp_path, "--dry-run", port=g3)
    assert sorted(planned.splitlines()) == [f"to/{name}" for name in HERE]
    assert not (tmp_path / "to").exists()
    said(tmp_path, "--only", "cr2", port=g3)
    before = (tmp_path / "to" / INDEX).read_bytes()
    told = imported(tmp_path, "--dry-run", "--delete-after", port=g3)
    assert actions(told)["IMG_0003.CR2"] == "known"
    assert actions(told)["IMG_0002.JPG"] == "planned"
    assert (tmp_path / "to" / INDEX).read_bytes() == before
    assert pictures(tmp_path / "to") == [f"{DAY}/IMG_0003.CR2"]


def test_a_card_without_pictures(tmp_path: Path, card: Path) -> None:
    shutil.rmtree(card / "DCIM")
    for start, _ in BODIES.values():
        ran = run(tmp_path, "import", "to", port=f"{start}card={quote(str(card))}")
        told = "canon-remote: there is nothing to import on the card\n"
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", told)


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{name}", "IMG_0001.JPG"),
        ("{stem}.{ext}", "IMG_0001.JPG"),
        ("{job}/{seq:04}-{number}", "a_b/0001-0001.JPG"),
        ("{folder}/{model}/{owner}/{serial}", "100CANON/PowerShot G3/Ann/unknown.JPG"),
        ("{time:%H:%M}/{sha256:.8}", None),
        ("{{{name}}}", "{IMG_0001.JPG}.JPG"),
    ],
)
def test_templates(tmp_path: Path, template: str, name: str | None) -> None:
    put(tmp_path / "card", "IMG_0001.JPG")
    with served(f"virtual:powershot-g3?card={quote(str(tmp_path / 'card'))}") as port:
        output(tmp_path, "owner", "Ann", port=port)
        job = ["--job", "a/b"] if "{job}" in template else []
        said(tmp_path, "--template", template, *job, port=port)
    file = tmp_path / "card" / FOLDER / "IMG_0001.JPG"
    moment = time.strftime("%H_%M", time.localtime(TAKEN))
    assert pictures(tmp_path / "to") == [name or f"{moment}/{sha256(file)[:8]}.JPG"]


def test_a_name_that_is_taken_gets_a_number_for_all_that_belong_together(
    tmp_path: Path, body: Body, card: Path
) -> None:
    """Nothing is overwritten, and RAW, JPEG and note keep one name."""
    other = tmp_path / "to" / DAY / "IMG_0003.JPG"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"mine")
    put(card, "IMG_0002.JPG", folder="DCIM/101CANON")
    told = imported(tmp_path, port=body())
    assert actions(told)["IMG_0003.CR2"] == "fetched"
    assert other.read_bytes() == b"mine"
    wanted = {name.replace("IMG_0003.", "IMG_0003-2.") for name in HERE}
    assert set(pictures(tmp_path / "to")) == wanted | {
        f"{DAY}/IMG_0002-2.JPG",
        f"{DAY}/IMG_0003.JPG",
    }


def test_each_kind_of_file_has_its_folder(tmp_path: Path, g3: str, card: Path) -> None:
    """One shot has one name in them, also what comes in a later run; notes go with the first.

    What lies elsewhere by another template is followed there.
    """
    template = ("--template", "{ext}/{name}")
    planned = said(tmp_path, *template, "--dry-run", port=g3)
    assert "to/JPG/IMG_0003.JPG" in planned.splitlines()
    taken = tmp_path / "to" / "JPG" / "IMG_0003.JPG"
    taken.parent.mkdir(parents=True)
    taken.write_bytes(b"mine")
    assert sorted(said(tmp_path, *template, port=g3).splitlines()) == [
        "to/AVI/MVI_0004.AVI",
        "to/AVI/MVI_0004.THM",
        "to/CR2/IMG_0003-2.CR2",
        "to/JPG/IMG_0001.JPG",
        "to/JPG/IMG_0001.XMP",
        "to/JPG/IMG_0002.JPG",
        "to/JPG/IMG_0002.WAV",
        "to/JPG/IMG_0003-2.JPG",
    ]
    put(card, "IMG_0005.CR2", "IMG_0005.JPG")
    assert said(tmp_path, *template, "--only", "cr2", port=g3) == "to/CR2/IMG_0005.CR2\n"
    assert said(tmp_path, *template, port=g3) == "to/JPG/IMG_0005.JPG\n"
    put(card, "IMG_0006.CR2", "IMG_0006.JPG")
    said(tmp_path, "--template", "{name}", "--only", "cr2", port=g3)
    assert said(tmp_path, *template, port=g3) == "to/IMG_0006.JPG\n"
    taken.unlink()
    check_whole(tmp_path / "to", card)


def test_a_note_that_comes_later_follows_its_picture(tmp_path: Path, g3: str, card: Path) -> None:
    note = card / FOLDER / "SND_0002.WAV"
    data = note.read_bytes()
    note.unlink()
    said(tmp_path, "--template", "all/{seq:03}", port=g3)
    note.write_bytes(data)
    (line,) = said(tmp_path, "--template", "{name}", port=g3).splitlines()
    (picture,) = rows(
        tmp_path / "to",
        "SELECT files.path FROM seen JOIN files USING (sha256) WHERE seen.path LIKE '%_0002.JPG'",
    )
    assert line == f"to/{picture[0].removesuffix('.JPG')}.WAV"


def test_companions_with_the_same_bytes_are_all_there(tmp_path: Path, g3: str, card: Path) -> None:
    for name in ("IMG_0001.XMP", "IMG_0002.XMP"):
        (card / FOLDER / name).write_bytes(b"<x:xmpmeta/>")
        os.utime(card / FOLDER / name, (TAKEN, TAKEN))
    said(tmp_path, port=g3)
    check_whole(tmp_path / "to", card)
    check_index(tmp_path / "to")


# --- what was typed ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["to", "--template", "{nam}"],
        ["to", "--template", "../{name}"],
        ["to", "--template", "a/../../{name}"],
        ["to", "--template", "/tmp/{name}"],
        ["to", "--template", "C:{name}"],
        ["to", "--template", "..\\{name}"],
        ["to", "--template", "CON/{name}"],
        ["to", "--template", "{time:%Y}/nul.{ext}"],
        ["to", "--template", "a" * 256],
        ["to", "--template", "{name!r}"],
        ["to", "--template", "{time.__class__}"],
        ["to", "--template", "{seq:99999999999}"],
        ["to", "--template", "{name"],
        ["to", "--template", "{time:%Y}/"],
        ["to", "--template", ""],
        ["to", "--template", "{job}/{name}"],
        ["to", "--job", "x"],
        ["to", "--only", "*.jpg"],
        ["to", "--since", "yesterday"],
        ["to", "--since", "2026-11-01T10:00:00+01:00"],
        ["file"],
        ["file/to"],
        [],
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_bad_input_is_told_before_the_camera_is_asked(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "file").touch()
    ran = run(tmp_path, "import", *words, port="usbip:127.0.0.1:1/1-1")
    assert (ran.returncode, ran.stdout) == (2, ""), ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert not (tmp_path / "to").exists()


# --- deleting ------------------------------------------------------------------------------------


def left(folder: Path, port: str) -> set[str]:
    return {Path(line).name for line in output(folder, "ls", FOLDER, port=port).splitlines()}


def test_delete_after(tmp_path: Path, body: Body, card: Path) -> None:
    """What is protected stays, with what belongs to it, and so does what is not here as it came."""
    with served(body()) as port:
        said(tmp_path, port=port)
        if "eos" not in body():
            output(tmp_path, "protect", f"{FOLDER}/MVI_0004.AVI", port=port)
        (tmp_path / "to" / DAY / "IMG_0001.JPG").write_bytes(b"mine now")
        ran = run(tmp_path, "import", "to", "--delete-after", port=port)
        assert ran.returncode == 0
        stays = {"IMG_0001.JPG", "IMG_0001.XMP"}
        if "eos" not in body():
            stays |= {"MVI_0004.AVI", "MVI_0004.THM"}
        assert left(tmp_path, port) == stays
        for name in stays:
            assert f"{FOLDER}/{name}" in ran.stderr


def test_delete_after_reads_back_what_comes_just_now(tmp_path: Path, g3: str, card: Path) -> None:
    with served(g3) as port:
        told = imported(tmp_path, "--delete-after", "--only", "jpg", port=port)
        deleted = {Path(one["card"]).name for one in told if one["event"] == "deleted"}
        assert deleted == {"IMG_0001.JPG", "IMG_0001.XMP", "IMG_0002.JPG", "SND_0002.WAV"} | {
            "IMG_0003.JPG"
        }
        assert left(tmp_path, port) == set(NAMES) - deleted


# --- what goes wrong -----------------------------------------------------------------------------


def test_a_cable_that_comes_out(tmp_path: Path, body: Body, card: Path) -> None:
    for number in range(3):
        ran = run(tmp_path, "import", "to", port=body(f"unplug@FETCH:{number * 512}"))
        assert ran.returncode == 3
        (told,) = ran.stderr.splitlines()
        assert "unplugged" in told
        check_index(tmp_path / "to")
    said(tmp_path, port=body())
    check_whole(tmp_path / "to", card)


def test_a_file_that_cannot_be_fetched_does_not_stop_the_others(
    tmp_path: Path, body: Body, card: Path
) -> None:
    ran = run(tmp_path, "import", "to", "--json", port=body("short@FETCH:9"))
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 1
    assert (told[-1]["counts"]["failed"], told[-1]["counts"]["fetched"]) == (1, len(NAMES) - 1)
    said(tmp_path, port=body())
    check_whole(tmp_path / "to", card)
    check_index(tmp_path / "to")


@pytest.mark.parametrize("call", ["fsync", "write"])
def test_a_full_disk(
    tmp_path: Path, g3: str, card: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One clear error, and the next run goes on."""
    times = count()

    def filling(real: Callable[..., Any]) -> Callable[..., Any]:
        def fails(*words: Any, **named: Any) -> Any:
            if next(times) > 3:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*words, **named)

        return fails

    with monkeypatch.context() as full:
        if call == "write":
            full.setattr(taking, "_write", filling(taking._write))
        else:
            full.setattr(os, call, filling(getattr(os, call)))
        ran = run(tmp_path, "import", "to", port=g3)
    assert ran.returncode == 1
    assert sum("No space left" in line for line in ran.stderr.splitlines()) == 1
    check_index(tmp_path / "to")
    said(tmp_path, port=g3)
    check_whole(tmp_path / "to", card)


@pytest.mark.parametrize("damage", ["zeros", "text", "cut", "other tables"])
def test_a_damaged_index_is_made_anew(tmp_path: Path, g3: str, card: Path, damage: str) -> None:
    said(tmp_path, port=g3)
    index = tmp_path / "to" / INDEX
    data = index.read_bytes()
    if damage == "other tables":
        index.unlink()
        subprocess.run(
            [program("sqlite3"), index, "CREATE TABLE seen (a); PRAGMA user_version=1"], check=True
        )
    else:
        made = {
            "zeros": data[:100] + bytes(len(data) - 100),
            "text": b"x" * 5000,
            "cut": data[:5000],
        }
        index.write_bytes(made[damage])
    damaged = index.read_bytes()
    ran = run(tmp_path, "import", "to", port=g3)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "to/.canon-remote-damaged.sqlite" in ran.stderr
    aside = tmp_path / "to" / ".canon-remote-damaged.sqlite"
    assert aside.read_bytes() == damaged
    aside.unlink()
    check_whole(tmp_path / "to", card)
    check_index(tmp_path / "to")


def test_two_imports_into_one_folder(tmp_path: Path, g3: str) -> None:
    with Library(tmp_path / "to"):
        ran = run(tmp_path, "import", "to", port=g3)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert re.search(rf"to: process {os.getpid()} on \S+ imports into this folder", ran.stderr)
    said(tmp_path, port=g3)
    check_index(tmp_path / "to")


def test_two_processes_import_into_one_folder(tmp_path: Path, body: Body, card: Path) -> None:
    """The second says who works there, and the first is not disturbed."""
    put(card, *(f"IMG_{name:04}.JPG" for name in range(10, 200)))
    with served(body()) as port, started(tmp_path, "import", "to", port=port) as first:
        assert first.stdout
        first.stdout.readline()
        first.send_signal(signal.SIGSTOP)  # else it might be through before the second is there
        second = process(tmp_path, "import", "to", port=VIRTUAL)
        assert (second.returncode, second.stdout) == (1, "")
        assert f"to: process {first.pid} on " in second.stderr
        first.send_signal(signal.SIGCONT)
        lines = first.stdout.readlines()
        assert (first.wait(), len(lines)) == (0, len(NAMES) + 189)
    check_whole(tmp_path / "to", card)
    check_index(tmp_path / "to")


def test_a_second_card_of_one_body(tmp_path: Path, body: Body, card: Path) -> None:
    """Its pictures have the same names, and none of them is taken for one of the first."""
    said(tmp_path, port=body())
    first = shutil.copytree(card, tmp_path / "first")
    for file in card.rglob("*.*"):
        file.write_bytes(file.read_bytes() + b"of the second card")
        os.utime(file, (TAKEN, TAKEN))
    shutil.copytree(card, tmp_path / "both" / "second")
    shutil.copytree(first, tmp_path / "both" / "first")
    assert set(actions(imported(tmp_path, port=body())).values()) == {"fetched"}
    shutil.rmtree(card)
    shutil.copytree(first, card)
    assert set(actions(imported(tmp_path, port=body())).values()) == {"known"}
    check_whole(tmp_path / "to", tmp_path / "both")
    check_index(tmp_path / "to")


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on another disk than that of the tests."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        assert os.stat(folder).st_dev != tmp_path.stat().st_dev
        yield Path(folder)


def test_a_folder_below_that_is_on_another_disk(
    tmp_path: Path, body: Body, card: Path, other_disk: Path
) -> None:
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / DAY.partition("/")[0]).symlink_to(other_disk)
    assert sorted(said(tmp_path, port=body()).splitlines()) == [f"to/{name}" for name in HERE]
    on_card = sorted(sha256(file) for file in card.rglob("*.*"))
    assert sorted(sha256(file) for file in other_disk.rglob("*.*")) == on_card
    assert {file.stat().st_mtime for file in other_disk.rglob("*.*")} == {TAKEN}
    assert {name for name in os.listdir(tmp_path / "to") if name.startswith(".")} == {INDEX}
    assert actions(imported(tmp_path, port=body("unplug@FETCH"))) == dict.fromkeys(NAMES, "known")


def test_a_copy_to_another_disk_that_was_cut_short_is_swept(
    tmp_path: Path, g3: str, other_disk: Path
) -> None:
    """What a program has left that was killed in the middle of it, and nothing else."""
    workshop = tmp_path / "to" / ".canon-remote-import"
    workshop.mkdir(parents=True)
    copy, mine = other_disk / ".canon-remote-0a.part", other_disk / "mine.jpg"
    for file in (copy, mine, workshop / ".canon-remote-0b.part"):
        file.write_bytes(b"half")
    (workshop / ".canon-remote-0a.at.part").write_text(str(copy))
    (workshop / ".canon-remote-0c.at.part").write_text(str(mine))
    said(tmp_path, port=g3)
    assert [file.name for file in other_disk.iterdir()] == ["mine.jpg"]
    check_index(tmp_path / "to")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(tmp_path: Path, body: Body, card: Path, number: signal.Signals) -> None:
    """Nothing half-done stays, and the next run goes on."""
    put(card, *(f"IMG_{name:04}.JPG" for name in range(10, 200)))
    with served(body()) as port:
        with started(tmp_path, "import", "to", port=port) as running:
            assert running.stdout
            running.stdout.readline()
            running.send_signal(number)
            _, told = running.communicate()
        assert running.returncode == 130
        assert told.splitlines()[-1] == "canon-remote: interrupted"
        assert {name for name in os.listdir(tmp_path / "to") if name.startswith(".")} == {INDEX}
        said(tmp_path, port=port)
    check_whole(tmp_path / "to", card)
    check_index(tmp_path / "to")


@pytest.mark.parametrize("deletes", [False, True], ids=["keeps", "deletes"])
@pytest.mark.parametrize(
    "number", [0, 1, *(pytest.param(n, marks=pytest.mark.long) for n in range(2, 10))]
)
def test_killed_at_a_random_moment(
    tmp_path: Path, body: Body, card: Path, number: int, deletes: bool
) -> None:
    """Run again to the end, every file is there exactly once, and nothing of ours is left over."""
    seed = random.randrange(1 << 32)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    put(card, *(f"IMG_{name:04}.JPG" for name in range(10, 40)))
    copy = shutil.copytree(card, tmp_path / "copy")
    words = ["import", "to", *(["--delete-after"] if deletes else [])]
    with served(body()) as port:
        with started(tmp_path, *words, "--json", port=port) as running:
            kill_import(running, tmp_path / "to", chance, len(NAMES) + 30)
        ran = run(tmp_path, *words, port=port)
        assert ran.returncode == 0, ran.stderr
        assert (left(tmp_path, port) == set()) == deletes
    check_whole(tmp_path / "to", copy)
    check_index(tmp_path / "to")
