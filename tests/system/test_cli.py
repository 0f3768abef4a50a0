"""The verbs, in words and in JSON."""

import json
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from cli_helpers import (
    VIRTUAL,
    answer,
    answers,
    files_below,
    make_card,
    output,
    run,
    served,
    virtual,
)

ALL = [
    "100CANON/IMG_0001.JPG",
    "100CANON/IMG_0002.JPG",
    "100CANON/SND_0002.WAV",
    "101CANON/IMG_0001.JPG",
    "101CANON/IMG_0101.JPG",
]
FIRST = "DCIM/100CANON/IMG_0001.JPG"


@pytest.fixture
def card(tmp_path: Path) -> Path:
    return make_card(tmp_path)


# --- the camera ----------------------------------------------------------------------------------


def test_list_names_the_port_that_opens_the_camera(tmp_path: Path) -> None:
    assert output(tmp_path, "list") == f"{VIRTUAL}  04a9:306e  Canon PowerShot G3\n"
    assert answer(tmp_path, "list") == [
        {
            "port": VIRTUAL,
            "vendor": 0x04A9,
            "product": 0x306E,
            "name": "Canon PowerShot G3",
            "serial": "",
            "called": None,
        }
    ]


def test_info_tells_what_the_camera_is(tmp_path: Path, card: Path) -> None:
    lines = dict(
        re.split(r"\s+", line, maxsplit=1)
        for line in output(tmp_path, "info", port=virtual(card)).splitlines()
    )
    assert lines["model"] == "Canon PowerShot G3"
    assert lines["firmware"] == "1.0.2.0"
    assert lines["owner"] == "adsf"
    assert lines["power"] == "mains, good"
    assert re.fullmatch(r"D: \d+\.\d MB free of 268\.4 MB", lines["card"])
    assert lines["picture"].startswith("CRW")

    told = answer(tmp_path, "info", port=virtual(card))
    assert told["port"] == virtual(card)
    assert (told["model"], told["firmware"], told["owner"]) == (
        "Canon PowerShot G3",
        "1.0.2.0",
        "adsf",
    )
    assert (told["power"], told["battery"]) == ("mains", "good")
    assert told["clock"]["camera_time"][:4] == told["clock"]["computer_time"][:4]
    assert [card["name"] for card in told["cards"]] == ["D:"]
    assert told["cards"][0]["capacity"] == 256 << 20
    assert told["sizes"][0] == {"name": "Large:SuperFine", "width": 2272, "height": 1704}


def test_info_without_a_card_lists_no_drives(tmp_path: Path) -> None:
    assert answer(tmp_path, "info", port=f"{VIRTUAL}?card=none")["cards"] == []


def test_owner_and_clock_are_shown_and_set(tmp_path: Path, card: Path) -> None:
    with served(virtual(card)) as port:
        assert output(tmp_path, "owner", port=port) == "adsf\n"
        assert answer(tmp_path, "owner", "Ada", port=port) == {"owner": "Ada"}
        assert output(tmp_path, "owner", port=port) == "Ada\n"

        told = answer(tmp_path, "clock", "--set", "2003-06-14 09:30:00", port=port)
        assert told["camera_time"].startswith("2003-06-14T09:3")
        ahead = datetime.fromisoformat(told["camera_time"]) - datetime.fromisoformat(
            told["computer_time"]
        )
        assert told["difference_s"] == ahead.total_seconds()
        assert " behind this computer's" in output(tmp_path, "clock", port=port)
        synced = output(tmp_path, "clock", "--sync", port=port)
        assert re.fullmatch(r"(?!2003).*(, as| behind| ahead of) this computer's\n", synced)


# --- what is on the card -------------------------------------------------------------------------


def test_ls_prints_paths(tmp_path: Path, card: Path) -> None:
    port = virtual(card)
    assert output(tmp_path, "ls", port=port) == "DCIM/\n"
    assert output(tmp_path, "ls", "DCIM", port=port) == "DCIM/100CANON/\nDCIM/101CANON/\n"
    assert output(tmp_path, "ls", FIRST, port=port) == f"{FIRST}\n"
    deep = output(tmp_path, "ls", "-r", "DCIM", port=port).splitlines()
    assert [line for line in deep if not line.endswith("/")] == [f"DCIM/{name}" for name in ALL]


def test_ls_long_shows_marks_size_and_time(tmp_path: Path, card: Path) -> None:
    port = virtual(card)
    taken = datetime.fromtimestamp(1_700_000_000)
    lines = output(tmp_path, "ls", "-l", "DCIM/100CANON", port=port).splitlines()
    assert lines[0] == f"--n      70000 {taken} {FIRST}"
    assert output(tmp_path, "ls", "-l", "DCIM", port=port).startswith("d-- ")
    assert answer(tmp_path, "ls", "DCIM/100CANON", port=port)[0] == {
        "path": FIRST,
        "folder": False,
        "size": 70_000,
        "modified": taken.isoformat(),
        "protected": False,
        "new": True,
        "companion_of": [],
    }


def test_changing_the_card(tmp_path: Path, card: Path) -> None:
    picture = tmp_path / "new.jpg"
    picture.write_bytes(b"\xff\xd8 a picture")
    with served(virtual(card)) as port:
        assert answers(tmp_path, "mkdir", "DCIM/200CANON", port=port) == [
            {"path": "DCIM/200CANON", "error": None}
        ]
        assert answers(tmp_path, "put", "new.jpg", "DCIM/200CANON", port=port) == [
            {"file": "new.jpg", "path": "DCIM/200CANON/NEW.JPG", "size": 12, "error": None}
        ]
        again = run(tmp_path, "put", "new.jpg", "DCIM/200CANON", port=port)
        assert (again.returncode, again.stdout) == (5, "")
        assert "on the card already" in again.stderr
        put = output(tmp_path, "put", "--overwrite", "new.jpg", "DCIM/200CANON", port=port)
        assert put == "DCIM/200CANON/NEW.JPG\n"

        assert output(tmp_path, "protect", "DCIM/200CANON/NEW.JPG", port=port) == ""
        assert output(tmp_path, "ls", "-l", "DCIM/200CANON", port=port).startswith("-pn ")
        refused = run(tmp_path, "rm", "--yes", "DCIM/200CANON/NEW.JPG", port=port)
        assert refused.returncode == 5
        assert "protected" in refused.stderr
        assert output(tmp_path, "protect", "--off", "DCIM/200CANON/NEW.JPG", port=port) == ""

        full = run(tmp_path, "rmdir", "DCIM/200CANON", port=port)
        assert full.returncode != 0
        assert "not empty" in full.stderr
        assert answers(tmp_path, "rm", "-y", "DCIM/200CANON/NEW.JPG", port=port) == [
            {"path": "DCIM/200CANON/NEW.JPG", "error": None}
        ]
        assert output(tmp_path, "rmdir", "DCIM/200CANON", port=port) == ""
        assert "200CANON" not in output(tmp_path, "ls", "DCIM", port=port)
    assert picture.exists()


def test_put_makes_a_folder_when_a_slash_says_that_it_is_one(tmp_path: Path, card: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(name.encode())
    with served(virtual(card)) as port:
        ran = run(tmp_path, "put", "a.jpg", "DCIM/200CANON", port=port)
        assert (ran.returncode, ran.stdout) == (5, "")
        assert ran.stderr == (
            "canon-remote: DCIM/200CANON: there is no such folder on the card; "
            "end it with / to have it made\n"
        )
        put = output(tmp_path, "put", "a.jpg", "b.jpg", "DCIM/200CANON/", port=port)
        assert put.split() == ["DCIM/200CANON/A.JPG", "DCIM/200CANON/B.JPG"]
        assert output(tmp_path, "ls", "DCIM/200CANON", port=port) == put
        ran = run(tmp_path, "put", "a.jpg", "DCIM/200CANON/A.JPG", port=port)
        assert ran.returncode == 2
        assert "is a file on the card" in ran.stderr


@pytest.mark.parametrize(
    "port",
    ["virtual:powershot-350", "virtual:powershot-s60?mode=ptp&fault=refuse@GetObjectInfoEx:0x2005"],
)
def test_what_is_new_is_not_known_of_every_body(port: str, tmp_path: Path) -> None:
    files = [row for row in answer(tmp_path, "ls", "-r", port=port) if not row["folder"]]
    assert files
    assert {row["new"] for row in files} == {None}
    root = files[0]["path"].partition("/")[0]
    for words in (("get", "--new", root), ("get", "--new", files[0]["path"])):
        ran = run(tmp_path, *words, "-o", "out/", port=port)
        assert (ran.returncode, ran.stdout) == (6, "")
        assert "has no mark of files that were not downloaded yet; get all of them" in ran.stderr
    assert files_below(tmp_path) == []
    output(tmp_path, "get", files[0]["path"], "-o", "out/", port=port)


def test_rm_needs_yes_where_nobody_can_be_asked(tmp_path: Path, card: Path) -> None:
    with served(virtual(card)) as port:
        ran = run(tmp_path, "rm", FIRST, port=port)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "--yes" in ran.stderr
        assert FIRST in output(tmp_path, "ls", "DCIM/100CANON", port=port)


# --- off the card --------------------------------------------------------------------------------


def test_get_saves_one_file_and_says_where(tmp_path: Path, card: Path) -> None:
    assert output(tmp_path, "get", FIRST, "-o", "new/", port=virtual(card)) == "new/IMG_0001.JPG\n"
    saved = tmp_path / "new" / "IMG_0001.JPG"
    assert saved.read_bytes() == (card / FIRST).read_bytes()
    assert saved.stat().st_mtime == 1_700_000_000
    assert files_below(tmp_path / "new") == ["IMG_0001.JPG"]


def test_get_saves_under_another_name(tmp_path: Path, card: Path) -> None:
    assert answers(tmp_path, "get", FIRST, "-o", "first.jpg", port=virtual(card)) == [
        {"path": FIRST, "file": "first.jpg", "size": 70_000, "fetched": True, "error": None}
    ]
    assert (tmp_path / "first.jpg").read_bytes() == (card / FIRST).read_bytes()


def test_get_saves_a_folder_with_its_folders(tmp_path: Path, card: Path) -> None:
    told = answers(tmp_path, "get", "DCIM", "-o", "all", port=virtual(card))
    assert [one["file"] for one in told] == [f"all/{name}" for name in ALL]
    assert files_below(tmp_path / "all") == ALL
    for name in ALL:
        assert (tmp_path / "all" / name).read_bytes() == (card / "DCIM" / name).read_bytes()


def test_get_never_overwrites_unless_told(tmp_path: Path, card: Path) -> None:
    here = tmp_path / "all" / "100CANON" / "IMG_0001.JPG"
    here.parent.mkdir(parents=True)
    here.write_text("mine")
    ran = run(tmp_path, "get", "DCIM", "-o", "all", port=virtual(card))
    assert ran.returncode == 1
    assert ran.stdout.splitlines() == [f"all/{name}" for name in ALL[1:]]
    assert ran.stderr.splitlines()[-1] == "canon-remote: 4 saved, 1 failed"
    assert here.read_text() == "mine"

    output(tmp_path, "get", "DCIM", "-o", "all", "--overwrite", port=virtual(card))
    assert here.read_bytes() == (card / FIRST).read_bytes()
    assert files_below(tmp_path / "all") == ALL


@pytest.mark.parametrize(
    ("paths", "saved"),
    [
        (["DCIM/*/IMG_0001.*"], ["100CANON/IMG_0001.JPG", "101CANON/IMG_0001.JPG"]),
        (["dcim/1*/IMG_0001.JPG"], ["100CANON/IMG_0001.JPG", "101CANON/IMG_0001.JPG"]),
        (["*/*/*_0001.JPG"], ["DCIM/100CANON/IMG_0001.JPG", "DCIM/101CANON/IMG_0001.JPG"]),
        ([FIRST, "DCIM/101CANON/IMG_0001.JPG"], ["100CANON/IMG_0001.JPG", "101CANON/IMG_0001.JPG"]),
        (["DCIM/100CANON", "DCIM/101CANON/*_0001*"], ALL[:4]),
        (["DCIM/100CANON", "DCIM/100CANON/*"], ["IMG_0001.JPG", "IMG_0002.JPG", "SND_0002.WAV"]),
        (["DCIM/101*", FIRST], [ALL[0], *ALL[3:]]),
        (["DCIM/101CANON/IMG_0001*"], ["IMG_0001.JPG"]),
        (["DCIM/*/IMG_0101.JPG"], ["101CANON/IMG_0101.JPG"]),
        (["/store_00010001/DCIM/*/*_0001.JPG", "D:\\DCIM\\101CANON"], [ALL[0], *ALL[3:]]),
    ],
)
def test_two_files_of_one_name_are_kept_apart(
    paths: list[str], saved: list[str], tmp_path: Path, card: Path
) -> None:
    told = answers(tmp_path, "get", *paths, "-o", "out", port=virtual(card))
    assert sorted(one["file"] for one in told) == [f"out/{name}" for name in saved]
    assert files_below(tmp_path / "out") == saved
    for one in told:
        (path,) = card.glob(one["path"].partition(":/")[2] or one["path"])
        assert Path(tmp_path, one["file"]).read_bytes() == path.read_bytes()
    again = answers(tmp_path, "get", *paths, "-o", "out", port=virtual(card))
    assert [one["fetched"] for one in again] == [False] * len(saved)


def test_get_new_brings_each_file_once(tmp_path: Path, card: Path) -> None:
    with served(virtual(card)) as port:
        output(tmp_path, "get", FIRST, "-o", "out/100CANON/", port=port)
        assert "--- " in output(tmp_path, "ls", "-l", FIRST, port=port)
        first = output(tmp_path, "get", "--new", "-o", "out", port=port)
        assert first.splitlines() == [f"out/{name}" for name in ALL[1:]]
        assert output(tmp_path, "get", "--new", "-o", "out", port=port) == ""


def test_get_thumbnail_saves_a_small_jpeg(tmp_path: Path) -> None:
    saved = output(tmp_path, "get", "--thumbnail", "DCIM", "-o", "small").splitlines()
    assert saved == [f"small/100CANON/IMG_000{n}.JPG.thumb.jpg" for n in range(1, 7)]
    small = (tmp_path / saved[0]).read_bytes()
    assert small.startswith(b"\xff\xd8\xff")
    assert len(small) < 20_000
    again = answers(tmp_path, "get", "--thumbnail", "DCIM", "-o", "small")
    assert [(one["file"], one["fetched"]) for one in again] == [(name, False) for name in saved]
    (tmp_path / saved[0]).write_bytes(b"mine")
    other = run(tmp_path, "get", "--thumbnail", FIRST, "-o", "small/100CANON")
    assert other.returncode == 5
    assert (tmp_path / saved[0]).read_bytes() == b"mine"


# --- what all verbs have in common ---------------------------------------------------------------


def test_options_stand_before_the_verb_or_after_it(tmp_path: Path) -> None:
    nowhere = "usbip:127.0.0.1:1/none"
    before = run(tmp_path, "--port", VIRTUAL, "--json", "owner", port=nowhere)
    after = run(tmp_path, "owner", "--json", "--port", VIRTUAL, port=nowhere)
    assert json.loads(before.stdout) == json.loads(after.stdout) == {"owner": "adsf"}


def test_logging_goes_to_stderr_and_grows(tmp_path: Path, card: Path) -> None:
    sizes = []
    for number, option in enumerate(("-v", "-vv")):
        ran = run(tmp_path, option, "get", FIRST, "-o", f"{number}/", port=virtual(card))
        assert ran.stdout == f"{number}/IMG_0001.JPG\n"
        sizes.append(len(ran.stderr))
    assert 0 < sizes[0] < sizes[1]
    assert "GetFile" in ran.stderr


def test_help_shows_examples_and_costs_little(tmp_path: Path) -> None:
    shown = output(tmp_path, "--help")
    verbs = re.findall(r"^  ([a-z]+)  +[A-Z]", shown, re.M)
    assert verbs[:2] == ["list", "info"]
    for verb in verbs:
        assert f"canon-remote {verb}" in output(tmp_path, verb, "--help")


@pytest.mark.parametrize("words", [["--help"], ["get", "--help"], ["virtual", "--help"]])
def test_help_imports_only_what_it_needs(words: list[str], tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "canon.cli.main", *words],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path)},
        timeout=60,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "click" in imported
    heavy = {"rich", "PIL", "usb", "usbip", "dpkt", "canon.camera", "canon.native", "canon.virtual"}
    assert not imported & heavy
