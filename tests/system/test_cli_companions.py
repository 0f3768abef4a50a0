"""`get`, `rm` and `ls` with THM files and spoken notes."""

from pathlib import Path

import pytest
from cli_helpers import answer, answers, files_below, output, run, served, virtual

FOLDER = "DCIM/100CANON"
NAMES = (
    *("IMG_0001.CRW", "IMG_0001.JPG", "IMG_0001.THM", "IMG_0002.JPG", "MVI_0003.AVI"),
    *("MVI_0003.THM", "SND_0001.WAV", "SND_0002.WAV"),
)


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A card with a RAW and a JPEG of one number, which share a note."""
    folder = tmp_path / "card" / FOLDER
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / name).write_bytes(name.encode() * 20)
    return tmp_path / "card"


def left(folder: Path, port: str) -> set[str]:
    """The names that are on the card."""
    return {Path(line).name for line in output(folder, "ls", FOLDER, port=port).splitlines()}


def paths(*names: str) -> list[str]:
    return [f"{FOLDER}/{name}" for name in names]


def test_ls_names_the_picture_of_a_companion(tmp_path: Path, card: Path) -> None:
    lines = output(tmp_path, "ls", "-l", FOLDER, port=virtual(card)).splitlines()
    of = {line.split()[4]: line.partition("  (of ")[2] for line in lines}
    assert of == dict.fromkeys(paths(*NAMES), "") | {
        f"{FOLDER}/IMG_0001.THM": "IMG_0001.CRW)",
        f"{FOLDER}/MVI_0003.THM": "MVI_0003.AVI)",
        f"{FOLDER}/SND_0001.WAV": "IMG_0001.CRW, IMG_0001.JPG)",
        f"{FOLDER}/SND_0002.WAV": "IMG_0002.JPG)",
    }
    told = answer(tmp_path, "ls", FOLDER, port=virtual(card))
    assert {row["path"] for row in told if not row["companion_of"]} == set(
        paths("IMG_0001.CRW", "IMG_0001.JPG", "IMG_0002.JPG", "MVI_0003.AVI")
    )


@pytest.mark.parametrize(
    ("words", "saved"),
    [
        (["IMG_0001.CRW"], {"IMG_0001.CRW", "IMG_0001.THM", "SND_0001.WAV"}),
        (["IMG_0001.CRW", "IMG_0001.THM"], {"IMG_0001.CRW", "IMG_0001.THM", "SND_0001.WAV"}),
        (["MVI_0003.AVI"], {"MVI_0003.AVI", "MVI_0003.THM"}),
        (["SND_0002.WAV"], {"SND_0002.WAV"}),
    ],
)
def test_get_takes_companions_along(
    tmp_path: Path, card: Path, words: list[str], saved: set[str]
) -> None:
    shown = output(tmp_path, "get", *paths(*words), "-o", "out/", port=virtual(card))
    assert len(shown.splitlines()) == len(saved), "each is saved once"
    assert set(files_below(tmp_path / "out")) == saved
    output(tmp_path, "get", "--alone", *paths(*words), "-o", "alone/", port=virtual(card))
    assert set(files_below(tmp_path / "alone")) == set(words)


def test_get_into_a_file_names_companions_like_it(tmp_path: Path, card: Path) -> None:
    shown = output(tmp_path, "get", *paths("IMG_0002.JPG"), "-o", "cat.jpg", port=virtual(card))
    assert shown.splitlines() == ["cat.jpg", "cat.WAV"]
    assert (tmp_path / "cat.WAV").read_bytes() == b"SND_0002.WAV" * 20


def test_get_new_leaves_companions_that_are_not_new(tmp_path: Path, card: Path) -> None:
    with served(virtual(card)) as port:
        output(tmp_path, "get", *paths("MVI_0003.THM"), "-o", "out/", port=port)
        shown = output(tmp_path, "get", "--new", *paths("MVI_0003.AVI"), "-o", "out/", port=port)
        assert shown == "out/MVI_0003.AVI\n"
        assert output(tmp_path, "get", "--new", *paths("MVI_0003.AVI"), port=port) == ""


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        (["IMG_0001.CRW"], {"IMG_0001.CRW", "IMG_0001.THM"}),
        (["IMG_0001.JPG"], {"IMG_0001.JPG"}),
        (
            ["IMG_0001.CRW", "IMG_0001.JPG"],
            {"IMG_0001.CRW", "IMG_0001.JPG", "IMG_0001.THM", "SND_0001.WAV"},
        ),
        (["IMG_0002.JPG", "SND_0002.WAV"], {"IMG_0002.JPG", "SND_0002.WAV"}),
        (["MVI_0003.THM"], {"MVI_0003.THM"}),
        (["--alone", "MVI_0003.AVI"], {"MVI_0003.AVI"}),
    ],
)
def test_rm_takes_companions_along(
    tmp_path: Path, card: Path, words: list[str], gone: set[str]
) -> None:
    """A note that another picture has too stays until that one is gone."""
    given = [word if word.startswith("--") else f"{FOLDER}/{word}" for word in words]
    with served(virtual(card)) as port:
        told = answers(tmp_path, "rm", "--yes", *given, port=port)
        assert {Path(row["path"]).name for row in told} == gone
        assert len(told) == len(gone)
        assert left(tmp_path, port) == set(NAMES) - gone


def test_rm_prints_what_it_deletes(tmp_path: Path, card: Path) -> None:
    names = ("MVI_0003.AVI", "IMG_0002.JPG")
    shown = output(tmp_path, "rm", "--yes", *paths(*names), port=virtual(card))
    assert shown.splitlines() == paths(
        "MVI_0003.AVI", "MVI_0003.THM", "IMG_0002.JPG", "SND_0002.WAV"
    )


def test_rm_refuses_a_folder_and_deletes_the_rest(tmp_path: Path, card: Path) -> None:
    with served(virtual(card)) as port:
        ran = run(tmp_path, "rm", "--yes", "DCIM", *paths("IMG_0001.JPG"), port=port)
        assert (ran.returncode, ran.stdout) == (1, f"{FOLDER}/IMG_0001.JPG\n")
        assert "DCIM is a folder, not a file; rmdir removes empty folders" in ran.stderr
        ran = run(tmp_path, "rm", "--yes", "DCIM", port=port)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert left(tmp_path, port) == set(NAMES) - {"IMG_0001.JPG"}


def test_rm_leaves_a_shared_note_when_one_of_its_pictures_stays(tmp_path: Path, card: Path) -> None:
    with served(virtual(card)) as port:
        output(tmp_path, "protect", *paths("IMG_0001.JPG"), port=port)
        both = paths("IMG_0001.CRW", "IMG_0001.JPG")
        ran = run(tmp_path, "rm", "--yes", *both, port=port)
        assert ran.returncode == 1
        assert left(tmp_path, port) == set(NAMES) - {"IMG_0001.CRW", "IMG_0001.THM"}


def test_rm_leaves_the_companions_of_what_it_cannot_delete(tmp_path: Path, card: Path) -> None:
    with served(virtual(card)) as port:
        output(tmp_path, "protect", *paths("IMG_0001.CRW"), port=port)
        ran = run(tmp_path, "rm", "--yes", *paths("IMG_0001.CRW"), port=port)
        assert ran.returncode == 5
        assert "protected" in ran.stderr
        assert left(tmp_path, port) == set(NAMES)


def test_rm_tells_of_a_companion_that_it_cannot_delete(tmp_path: Path, card: Path) -> None:
    with served(virtual(card)) as port:
        output(tmp_path, "protect", *paths("SND_0002.WAV"), port=port)
        ran = run(tmp_path, "rm", "--yes", *paths("IMG_0002.JPG"), port=port)
        assert ran.returncode == 1
        assert f"{FOLDER}/SND_0002.WAV: " in ran.stderr
        assert left(tmp_path, port) == set(NAMES) - {"IMG_0002.JPG"}
