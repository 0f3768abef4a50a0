"""What files are called on this computer, and what belongs together by its name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from canon.camera import Camera
from canon.driver.card import CardPath
from canon.errors import ObjectNotFound
from canon.ports import OnLine
from canon.virtual.card import File
from canon.virtual.line import VirtualLine
from canon.work.saving import Layout, Saved, Saving, Skipped
from rigs.bodies import TAKEN, a_camera, a_card, native_body, native_device, ptp_device
from rigs.serial import serial_device

FOLDER = "DCIM/100CANON"
PLACE = ("DCIM", "100CANON")
FILES = {"A.JPG": b"first", "B.JPG": b"second"}


def told(cam: Camera, saving: Saving) -> list[tuple[str, str]]:
    """What becomes of the files of the folder."""
    events = saving.run(cam, saving.jobs(cam, cam.storage.stat(FOLDER)))
    return [(type(event).__name__, event.what.name) for event in events]


RAW_AND_JPEG = ("IMG_0001.CRW", "IMG_0001.JPG", "IMG_0001.THM")


@pytest.fixture(params=["native", "serial", "PTP"])
def pair(request: pytest.FixtureRequest) -> Iterator[Camera]:
    """A card with a RAW, a JPEG and the THM beside them, and one of a kind that nobody knows."""
    picture = native_body("powershot-s45").card
    assert picture is not None
    small = picture.find((*PLACE, "MVI_0008.THM"))
    assert isinstance(small, File)
    card = a_card(dict.fromkeys(RAW_AND_JPEG, small.read()))
    for name in ("MVI_0002.MTS", "MVI_0003.MTS", "MVI_0002.TXT"):
        card.add((*PLACE, name), File(name.encode(), TAKEN))
    card.add((*PLACE, "MVI_0002.THM"), small)
    dialect: str = request.param
    if dialect == "serial":
        line = VirtualLine(serial_device("powershot-a50", card=card))
        cam = Camera(lambda: OnLine(line), "serial:")
        cam.initialize()
    elif dialect == "native":
        cam = a_camera(native_device(card=card))
    else:
        cam = a_camera(ptp_device("powershot-sx200-is", card=card))
    with cam:
        yield cam


def test_thumbnails_of_raw_and_jpeg_have_names_of_their_own(pair: Camera, tmp_path: Path) -> None:
    for kind in (Saved, Skipped):
        saving = Saving(tmp_path)
        jobs = saving.jobs(pair, pair.storage.stat(FOLDER), thumbnails=True)
        events = list(saving.run(pair, jobs))
        assert [type(event) for event in events] == [kind] * 3
        assert {event.path.name for event in events if isinstance(event, (Saved, Skipped))} == {
            "IMG_0001.CRW.thumb.jpg",
            "IMG_0001.JPG.thumb.jpg",
            "MVI_0002.MTS.thumb.jpg",
        }
    for path in tmp_path.iterdir():
        assert path.read_bytes()[:2] == b"\xff\xd8"
        os.utime(path, (0, 0))  # where a disk keeps no times, the bytes tell
    saving = Saving(tmp_path)
    jobs = saving.jobs(pair, pair.storage.stat(FOLDER), thumbnails=True)
    assert {type(event) for event in saving.run(pair, jobs)} == {Skipped}


def test_companions_of_a_kind_that_nobody_knows(pair: Camera, tmp_path: Path) -> None:
    listing = pair.storage.ls(FOLDER)
    beside = {one.name: pair.storage.companions(one, listing) for one in listing}
    assert {name: {one.name for one in found} for name, found in beside.items() if found} == {
        "IMG_0001.CRW": {"IMG_0001.THM"},
        "MVI_0002.MTS": {"MVI_0002.THM"},
    }
    saving = Saving(tmp_path / "2002.12")
    (movie,) = (one for one in listing if one.name == "MVI_0002.MTS")
    for kind in (Saved, Skipped):
        events = list(saving.run(pair, saving.jobs(pair, movie, among=listing)))
        assert [type(event) for event in events] == [kind] * 2
        saving = Saving(tmp_path / "2002.12")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2002.12", "2002.12.THM"]
    with pytest.raises(ObjectNotFound):
        pair.storage.thumbnail(f"{FOLDER}/MVI_0003.MTS")


def test_a_card_by_the_name_that_gphoto2_prints(pair: Camera) -> None:
    listing = pair.storage.ls(FOLDER)
    assert pair.storage.ls(f"/store_00010001/{FOLDER}") == listing
    assert list(pair.storage.glob("/store_00010001/dcim/1*/*.MTS")) == [
        one for one in listing if one.suffix == ".MTS"
    ]
    assert pair.storage.stat("store_00010001/DCIM").is_folder
    assert pair.storage.read(f"/store_00010001/{FOLDER}/MVI_0003.MTS") == b"MVI_0003.MTS"
    for there_is_none in ("store_00020001", "store_00000000"):
        with pytest.raises(ObjectNotFound, match="there is no card"):
            pair.storage.ls(f"/{there_is_none}/{FOLDER}")


def test_what_has_no_time_on_the_card_is_known_by_its_bytes(tmp_path: Path) -> None:
    card = a_card(FILES, taken=0)
    with a_camera(native_device(card=card)) as cam:
        entries = cam.storage.ls(FOLDER)
        assert [entry.modified for entry in entries] == [None, None]
        told(cam, Saving(tmp_path))
        (tmp_path / "B.JPG").write_bytes(b"SECOND")
        assert told(cam, Saving(tmp_path)) == [
            ("Skipped", "A.JPG"),
            ("Failed", "B.JPG"),
        ]
        assert (tmp_path / "B.JPG").read_bytes() == b"SECOND"


@pytest.mark.parametrize(
    ("folders", "kept"),
    [
        ([], "A:, DCIM, 100CANON, X"),
        (["DCIM"], "100CANON, X"),
        (["dcim/100canon", "DCIM/101CANON"], "100CANON, X"),
        (["A:/DCIM/100CANON", "B:/DCIM/100CANON"], "A, X"),
        (["A:/DCIM", "B:/MISC"], "A, DCIM, 100CANON, X"),
    ],
)
def test_which_names_are_kept(folders: list[str], kept: str) -> None:
    layout = Layout.below([CardPath(folder) for folder in folders])
    names = layout.names(CardPath("A:/DCIM/100CANON/X"))
    assert ", ".join(names) == kept.removeprefix("A:, ")
