"""gphoto2 and what is no plain JPEG: RAW files, movies, RAW+JPEG (canon-native-usb, section 14)."""

from __future__ import annotations

from pathlib import Path

import pytest
from gphoto2 import FOLDER, Tethered, tethered

from canon.exif import thumbnail
from canon.models.model import Numbering
from canon.native.codes import code_at, rows_of
from canon.values import Format


def number_of(camera: Tethered, name: str) -> str:
    """The number that gphoto2 gives to a file: by the alphabet, without the THM files."""
    visible = sorted(one for one in camera.names() if not one.endswith(".THM"))
    return str(visible.index(name) + 1)


@pytest.mark.parametrize(
    ("model", "name", "holder"),
    [
        ("eos-d60", "IMG_0007.CRW", "IMG_0007.THM"),
        ("powershot-s45", "MVI_0008.AVI", "MVI_0008.THM"),
        ("eos-350d", "IMG_0007.CR2", "IMG_0007.CR2"),
    ],
)
def test_thumbnails(model: str, name: str, holder: str, tmp_path: Path) -> None:
    with tethered(tmp_path, model=model) as camera:
        camera.gphoto2("--folder", FOLDER, "--get-thumbnail", number_of(camera, name))
        (saved,) = camera.saved().values()
        assert saved == thumbnail(camera.file(holder).read())


@pytest.mark.parametrize(
    ("model", "name"), [("powershot-g2", "MVI_0008.AVI"), ("eos-10d", "IMG_0007.CRW")]
)
def test_the_thm_goes_with_its_file(model: str, name: str, tmp_path: Path) -> None:
    with tethered(tmp_path, model=model) as camera:
        before = camera.names()
        said = camera.gphoto2("--folder", FOLDER, "--delete-file", number_of(camera, name))
        assert said.status == 0
        gone = {name, name[:8] + ".THM"}
        assert camera.names() == [one for one in before if one not in gone]


@pytest.mark.parametrize("model", ["powershot-s45", "eos-300d"])
def test_raw_to_the_card(model: str, tmp_path: Path) -> None:
    with tethered(tmp_path, model=model) as camera:
        before = camera.names()
        said = camera.gphoto2("--set-config", "imageformat=RAW", "--capture-image")
        raw, small = camera.names()[len(before) :]
        assert (raw[8:], small[8:]) == (".CRW", ".THM")
        assert f"New file is in location {FOLDER}/{raw} on the camera" in said.lines
        assert camera.file(raw).read()[6:14] == b"HEAPCCDR"


def test_raw_and_jpeg_to_the_card(tmp_path: Path) -> None:
    with tethered(tmp_path, model="eos-20d") as camera:
        before = camera.names()
        said = camera.gphoto2(
            "--set-config", "imageformat=RAW + Large Fine JPEG", "--capture-image"
        )
        now = camera.device.release.parameters
        row = rows_of(Numbering.REVISED)["image_format"]
        assert row.codes.value(code_at(now, row)) == Format("raw+large-fine")
        assert camera.names() == [*before, "IMG_0008.CR2", "IMG_0008.JPG"]
        # The first of the pair is the result; the other comes with the next event (14.4).
        assert f"New file is in location {FOLDER}/IMG_0008.CR2 on the camera" in said.lines


def test_raw_and_jpeg_to_the_computer(tmp_path: Path) -> None:
    """gphoto2 fetches both, and keeps the RAW, under the name of a JPEG (14.3)."""
    with tethered(tmp_path, model="eos-5d") as camera:
        before = camera.names()
        words = ("capturesizeclass=2", "imageformat=RAW + Small Fine JPEG")
        camera.gphoto2("--set-config", words[0], "--set-config", words[1], "--capture-preview")
        assert camera.witness.asked.count("RetrieveCapture") == 2
        assert camera.saved()["capture_preview.jpg"][8:10] == b"CR"
        assert camera.names() == before
