"""`get` and `capture` with --template: the names that `import` gives, and nothing overwritten."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from cli_helpers import VIRTUAL, files_below, output, run

from canon import exif

FOLDER = "DCIM/100CANON"
TAKEN = 1_700_000_000
BODIES = {
    "native": "virtual:powershot-g3?",
    "powershot": "virtual:powershot-s60?mode=ptp&",
    "eos": "virtual:eos-60d?",
}
CARD = {
    "DCIM/100CANON": ("IMG_0001.JPG", "IMG_0003.CR2", "IMG_0003.JPG", "MVI_0004.AVI"),
    "DCIM/101CANON": ("IMG_0001.JPG", "IMG_0005.JPG"),
}
COMPANIONS = {"DCIM/100CANON": ("IMG_0001.XMP", "MVI_0004.THM", "SND_0001.WAV")}
BY_KIND = {
    "JPG/IMG_0001.JPG": "DCIM/100CANON/IMG_0001.JPG",
    "JPG/IMG_0001.XMP": "DCIM/100CANON/IMG_0001.XMP",
    "JPG/IMG_0001.WAV": "DCIM/100CANON/SND_0001.WAV",
    "JPG/IMG_0001-2.JPG": "DCIM/101CANON/IMG_0001.JPG",
    "JPG/IMG_0003.JPG": "DCIM/100CANON/IMG_0003.JPG",
    "JPG/IMG_0005.JPG": "DCIM/101CANON/IMG_0005.JPG",
    "CR2/IMG_0003.CR2": "DCIM/100CANON/IMG_0003.CR2",
    "AVI/MVI_0004.AVI": "DCIM/100CANON/MVI_0004.AVI",
    "AVI/MVI_0004.THM": "DCIM/100CANON/MVI_0004.THM",
}


@pytest.fixture
def card(tmp_path: Path) -> Path:
    for names in (CARD, COMPANIONS):
        for folder, files in names.items():
            (tmp_path / "card" / folder).mkdir(parents=True, exist_ok=True)
            for name in files:
                file = tmp_path / "card" / folder / name
                file.write_bytes(f"{folder}/{name}".encode() * 1000)
                os.utime(file, (TAKEN, TAKEN))
    return tmp_path / "card"


@pytest.fixture(params=BODIES)
def port(request: pytest.FixtureRequest, card: Path) -> str:
    return f"{BODIES[request.param]}card={quote(str(card))}"


def get(folder: Path, template: str, *words: str, port: str) -> list[str]:
    return output(folder, "get", *words, "--template", template, "-o", "to", port=port).splitlines()


def there(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in files_below(folder)}


def test_a_card_is_fetched_by_kind_of_file(tmp_path: Path, port: str, card: Path) -> None:
    """Companions follow their picture, names that are taken get -2, and a second run fetches none.

    Capitals and folders of the card make no difference.
    """
    wanted = {name: (card / file).read_bytes() for name, file in BY_KIND.items()}
    said = get(tmp_path, "{ext}/{name}", "DCIM", port=port)
    assert sorted(said) == sorted(f"to/{name}" for name in BY_KIND)
    assert there(tmp_path / "to") == wanted
    assert {os.stat(tmp_path / "to" / name).st_mtime for name in BY_KIND} == {TAKEN}
    ran = run(tmp_path, "get", "DCIM", "--template", "{ext}/{name}", "-o", "to", port=port)
    assert (ran.returncode, sorted(ran.stdout.splitlines())) == (0, sorted(said))
    assert f"{len(BY_KIND)} files were there already" in ran.stderr
    assert there(tmp_path / "to") == wanted


def test_what_is_there_is_not_overwritten_unless_told(tmp_path: Path, port: str) -> None:
    mine = tmp_path / "to" / "IMG_0003.JPG"
    mine.parent.mkdir()
    mine.write_bytes(b"mine")
    words = f"{FOLDER}/IMG_0003.CR2", f"{FOLDER}/IMG_0003.JPG"
    assert get(tmp_path, "{name}", *words, port=port) == [
        "to/IMG_0003-2.CR2",
        "to/IMG_0003-2.JPG",
    ]
    assert mine.read_bytes() == b"mine"
    for name in ("IMG_0003-2.CR2", "IMG_0003-2.JPG"):
        (tmp_path / "to" / name).unlink()
    said = get(tmp_path, "{name}", *words, "--overwrite", port=port)
    assert said == ["to/IMG_0003.CR2", "to/IMG_0003.JPG"]
    assert mine.read_bytes() != b"mine"


def test_one_file_brings_its_companions_along(tmp_path: Path, port: str) -> None:
    said = get(tmp_path, "{job}/{seq:02}", f"{FOLDER}/MVI_0004.AVI", "--job", "x/y", port=port)
    assert said == ["to/x_y/01.AVI", "to/x_y/01.THM"]


def test_thumbnails_have_such_names_too(tmp_path: Path) -> None:
    said = get(tmp_path, "{folder}/{stem}", "--thumbnail", "DCIM/100CANON", port=VIRTUAL)
    assert said
    assert all(one.endswith(".JPG.thumb.jpg") or ".thumb.jpg" in one for one in said)
    assert all((tmp_path / one).read_bytes().startswith(b"\xff\xd8") for one in said)
    ran = run(
        tmp_path,
        *("get", "DCIM/100CANON", "--thumbnail", "--template", "{folder}/{stem}", "-o", "to"),
    )
    assert f"{len(said)} files were there already" in ran.stderr


def test_the_time_is_that_of_the_exif(tmp_path: Path) -> None:
    (card_file,) = get(tmp_path, "{name}", f"{FOLDER}/IMG_0001.JPG", port=VIRTUAL)
    taken = exif.read((tmp_path / card_file).read_bytes()).taken
    assert taken is not None
    (named,) = get(tmp_path, "{time:%Y/%H%M%S}", f"{FOLDER}/IMG_0001.JPG", port=VIRTUAL)
    assert named == f"to/{taken:%Y/%H%M%S}.JPG"


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_pictures_are_named_as_they_come(tmp_path: Path, body: str) -> None:
    port = body.rstrip("?&")
    words = ("capture", "-n", "2", "-o", "to", "--template", "{model}/{time:%Y}/{seq:03}-{job}")
    told = json.loads(output(tmp_path, *words, "--job", "j", "--json", port=port).splitlines()[0])
    year = time.strftime("%Y")
    (file,) = told["files"]
    assert Path(file).match(f"to/*/{year}/001-j.JPG")
    assert [Path(name).name for name in files_below(tmp_path / "to")] == ["001-j.JPG", "002-j.JPG"]
    again = output(tmp_path, *words[:2], "1", *words[3:], "--job", "j", port=port)
    assert again.strip().endswith("001-j-2.JPG")


def test_raw_and_jpeg_of_a_shot_have_one_name(tmp_path: Path) -> None:
    words = ("capture", "--set", "image_format=raw+small-3-fine", "-o", "to/")
    said = output(tmp_path, *words, "--template", "{ext}/{seq}", port="virtual:eos-60d")
    assert said.splitlines() == ["to/CR2/1.CR2", "to/JPG/1.JPG"]
    said = output(tmp_path, *words, "--template", "{seq}-{sha256:.4}", port="virtual:eos-60d")
    raw, jpeg = (Path(line) for line in said.splitlines())
    assert raw.stem == jpeg.stem


@pytest.mark.parametrize("verb", [("get", "DCIM"), ("capture",)], ids=lambda words: words[0])
@pytest.mark.parametrize(
    ("template", "words", "why"),
    [
        ("{nmae}", (), "no field {nmae}"),
        ("../{name}", (), "leaves the folder"),
        ("/tmp/{name}", (), "below the folder"),
        ("CON/{name}", (), "device"),
        ("{job}/{name}", (), "name the job"),
        ("{name}", ("--job", "x"), "no place in the template"),
        ("{name}", ("-o", "-"), "leave --template or -o - out"),
        (None, ("--job", "x"), "for a --template"),
    ],
)
def test_bad_input_is_told_before_the_camera_is_asked(
    tmp_path: Path, verb: tuple[str, ...], template: str | None, words: tuple[str, ...], why: str
) -> None:
    typed = [*verb, *(["--template", template] if template else []), *words]
    ran = run(tmp_path, *typed, port="virtual:powershot-g3?fault=unplug@Identify")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert why in ran.stderr
