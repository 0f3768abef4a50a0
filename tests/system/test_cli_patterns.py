"""Patterns of the card's names, and `-o -`: one file to stdout."""

import os
import pty
import subprocess
from pathlib import Path

import pytest
from cli_helpers import (
    PATIENCE_S,
    PROGRAM,
    answer,
    answers,
    environment,
    files_below,
    make_card,
    output,
    run,
    run_raw,
    virtual,
)

FIRST = "DCIM/100CANON/IMG_0001.JPG"
PICTURES = [
    FIRST,
    "DCIM/100CANON/IMG_0002.JPG",
    "DCIM/101CANON/IMG_0001.JPG",
    "DCIM/101CANON/IMG_0101.JPG",
]


@pytest.fixture
def card(tmp_path: Path) -> Path:
    return make_card(tmp_path)


def bytes_of(folder: Path, *words: str, port: str, typed: str = "") -> bytes:
    """What it writes to a pipe."""
    ran = run_raw(folder, *words, port=port, typed=typed)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


# --- patterns ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("DCIM/*/*.JPG", PICTURES),
        ("dcim/1??canon/img_0001.jpg", [PICTURES[0], PICTURES[2]]),
        ("DCIM/101CANON/IMG_0*", PICTURES[2:]),
        ("DCIM/10[12]CANON/*_0101*", PICTURES[3:]),
        ("D:/DCIM/100CANON/SND_*", ["DCIM/100CANON/SND_0002.WAV"]),
    ],
)
def test_ls_takes_a_pattern(pattern: str, fits: list[str], tmp_path: Path, card: Path) -> None:
    assert output(tmp_path, "ls", pattern, port=virtual(card)).split() == fits


def test_folders_that_fit_are_listed_and_gone_into_when_asked(tmp_path: Path, card: Path) -> None:
    port = virtual(card)
    assert output(tmp_path, "ls", "DCIM/*", port=port).split() == [
        "DCIM/100CANON/",
        "DCIM/101CANON/",
    ]
    deep = output(tmp_path, "ls", "-r", "DCIM/*1*", port=port).split()
    assert deep == output(tmp_path, "ls", "-r", "DCIM", port=port).split()


def test_get_takes_a_pattern_and_its_companions(tmp_path: Path, card: Path) -> None:
    output(tmp_path, "get", "DCIM/100CANON/*.JPG", "-o", "out", port=virtual(card))
    assert files_below(tmp_path / "out") == ["IMG_0001.JPG", "IMG_0002.JPG", "SND_0002.WAV"]


def test_one_that_fits_goes_into_a_folder_as_several_do(tmp_path: Path, card: Path) -> None:
    output(tmp_path, "get", "DCIM/100CANON/*1.JPG", "-o", "out", port=virtual(card))
    assert files_below(tmp_path / "out") == ["IMG_0001.JPG"]


def test_protect_and_rm_tell_each_file(tmp_path: Path, card: Path) -> None:
    for words in (("protect",), ("protect", "--off"), ("rm", "--yes", "--alone")):
        told = answers(tmp_path, *words, "DCIM/*/*.JPG", port=virtual(card))
        assert told == [{"path": path, "error": None} for path in PICTURES]


def test_a_folder_is_listed_once(tmp_path: Path, card: Path) -> None:
    ran = run(tmp_path, "-vv", "rm", "--yes", "DCIM/100CANON/*", FIRST, port=virtual(card))
    assert ran.returncode == 0
    assert ran.stderr.count("→ Listing(") == 1


@pytest.mark.parametrize("words", ["ls", "get", "rm --yes", "protect", "rmdir"])
def test_what_fits_nothing_is_an_error(words: str, tmp_path: Path, card: Path) -> None:
    ran = run(tmp_path, *words.split(), "DCIM/*/*.TIF", port=virtual(card))
    assert (ran.returncode, ran.stdout) == (5, "")
    assert "DCIM/*/*.TIF: nothing on the card fits it" in ran.stderr
    assert "nothing on the card fits it" in ran.stderr


# --- one file to stdout --------------------------------------------------------------------------


@pytest.mark.parametrize("name", [FIRST, "DCIM/100CANON/SND_0002.WAV", "DCIM/101CANON/*0101*"])
def test_a_file_goes_to_stdout(name: str, tmp_path: Path, card: Path) -> None:
    (path,) = card.glob(name)
    assert bytes_of(tmp_path, "get", name, "-o", "-", port=virtual(card)) == path.read_bytes()
    assert not (tmp_path / "-").exists()


def test_a_thumbnail_and_a_picture_go_to_stdout(tmp_path: Path) -> None:
    small = bytes_of(tmp_path, "get", "--thumbnail", FIRST, "-o", "-", port=virtual())
    whole = bytes_of(tmp_path, "get", FIRST, "-o", "-", port=virtual())
    taken = bytes_of(tmp_path, "capture", "-o", "-", port=virtual())
    for data in (small, whole, taken):
        assert (data[:3], data[-2:]) == (b"\xff\xd8\xff", b"\xff\xd9")
    assert small in whole


def test_the_other_places_of_a_shot_are_told_on_stderr(tmp_path: Path) -> None:
    port = "virtual:eos-20d"
    words = "capture", "--set", "image_format=raw+large-fine", "--target", "both", "-o", "-"
    ran = run_raw(tmp_path, *words, port=port, TMPDIR=str(tmp_path))
    assert ran.returncode == 0
    (saved,) = tmp_path.glob("canon-remote-*/*")
    told = ran.stderr.decode()
    assert f"{saved}: the other file of this shot" in told
    assert told.count("card:DCIM/") == 2
    kinds = {ran.stdout[:2], saved.read_bytes()[:2]}
    assert kinds == {b"\xff\xd8", b"II"}, "a JPEG and a CR2, each whole in its place"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("get", "DCIM", "-o", "-"), "takes one file"),
        (("get", "DCIM/*/*.JPG", "-o", "-"), "takes one file"),
        (("get", "--new", "-o", "-"), "takes one file"),
        (("get", "--json", FIRST, "-o", "-"), "both want stdout"),
        (("capture", "--json", "-o", "-"), "both want stdout"),
        (("live", "--json", "-o", "-"), "both want stdout"),
        (("capture", "-n", "2", "-o", "-"), "takes one picture"),
        (("capture", "--target", "card", "-o", "-"), "takes one picture"),
    ],
)
def test_what_cannot_go_to_stdout(
    words: tuple[str, ...], said: str, tmp_path: Path, card: Path
) -> None:
    ran = run(tmp_path, *words, port=virtual(card))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr


@pytest.mark.parametrize("words", [("get", FIRST), ("capture",), ("live",)])
def test_a_terminal_is_spared(words: tuple[str, ...], tmp_path: Path, card: Path) -> None:
    ours, theirs = pty.openpty()
    try:
        ran = subprocess.run(
            [PROGRAM, *words, "-o", "-"],
            env=environment(tmp_path, virtual(card)),
            stdout=theirs,
            stderr=subprocess.PIPE,
            timeout=PATIENCE_S,
            check=False,
        )
    finally:
        os.close(theirs)
        os.close(ours)
    assert ran.returncode == 2
    assert b"a terminal cannot show a file" in ran.stderr


def test_a_file_that_breaks_off_writes_nothing(tmp_path: Path, card: Path) -> None:
    ran = run(tmp_path, "get", FIRST, "-o", "-", port=virtual(card, "short@GetFile:64"))
    assert (ran.returncode, ran.stdout) == (4, "")


def test_what_went_to_stdout_is_marked(tmp_path: Path, card: Path) -> None:
    script = f"get {FIRST} -o -\nls --json {FIRST}\n"
    shown = bytes_of(tmp_path, "shell", port=virtual(card), typed=script)
    assert answer(tmp_path, "ls", FIRST, port=virtual(card))[0]["new"]
    assert b'"new": false' in shown
