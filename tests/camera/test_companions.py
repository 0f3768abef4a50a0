"""What a camera keeps beside a picture: THM files and spoken notes."""

from __future__ import annotations

import pytest

from canon.camera import Camera
from canon.camera.storage import owners
from canon.errors import ObjectNotFound
from canon.exif import thumbnail
from canon.models.file_kinds import FILE_KINDS, companions_of, note_name
from canon.virtual.card import File, MemoryCard, fresh_card
from canon.virtual.native.camera import NativeCamera
from rigs.bodies import a_camera, a_card, native_body, native_row, profile_of, ptp_device
from rigs.watched import WatchedPort

FOLDER = "DCIM/100CANON"
PLACE = ("DCIM", "100CANON")


def card_with(*names: str) -> MemoryCard:
    """A card with files of these names, of some bytes each."""
    return a_card({name: name.encode() * 30 for name in names})


def beside(cam: Camera, name: str) -> list[str]:
    return [entry.name for entry in cam.storage.companions(f"{FOLDER}/{name}")]


KNOWN = tuple(kind.suffix for kind in FILE_KINDS)


@pytest.mark.parametrize(
    ("names", "companions"),
    [
        ("A.CRW A.THM", {"A.THM": "A.CRW"}),
        ("A.CRW A.JPG A.THM A.WAV", {"A.THM": "A.CRW", "A.WAV": "A.CRW A.JPG"}),
        ("A.CR3 A.HIF A.XMP", {"A.XMP": "A.CR3 A.HIF"}),
        ("A.MOV A.THM", {"A.THM": "A.MOV"}),
        ("A.JPG A.THM", {"A.THM": "A.JPG"}),
        ("A.CR2 A.JPG A.THM", {"A.THM": "A.CR2 A.JPG"}),
        ("A.MTS A.THM A.WAV A.TXT", {"A.THM": "A.MTS", "A.WAV": "A.MTS"}),
        ("A.JPG A.MTS A.THM", {"A.THM": "A.JPG", "A.MTS": "A.JPG"}),
        ("A.MTS A.XYZ", {}),
        ("A.THM A.WAV A.TXT", {}),
        ("A A.THM", {}),
        ("a.crw A.Thm", {"A.Thm": "a.crw"}),
        ("IMG_1234.CRW SND_1234.WAV", {"SND_1234.WAV": "IMG_1234.CRW"}),
        ("img_1234.jpg snd_1234.wav", {"snd_1234.wav": "img_1234.jpg"}),
        ("IMG_1234.MOV SND_1234.WAV", {}),
        ("A_IMG_1234.JPG SND_1234.WAV", {}),
        ("AUT_0021.JPG THM_0021.JPG", {"THM_0021.JPG": "AUT_0021.JPG"}),
        ("AUT_0021.JPG THM_0022.JPG", {}),
        ("THM_0021.JPG", {}),
        ("HOLIDAY.JPG", {}),
        ("", {}),
    ],
)
def test_names(names: str, companions: dict[str, str]) -> None:
    for listed in (names.split(" "), names.split(" ")[::-1], names.split(" ") * 2):
        found = companions_of(listed)
        assert {one: set(of) for one, of in found.items()} == {
            one: set(of.split()) for one, of in companions.items()
        }
        assert all(len(of) == len(set(of)) for of in found.values())


def test_what_a_camera_takes_is_never_a_companion() -> None:
    found = companions_of(f"IMG_1234.{suffix}" for suffix in KNOWN)
    taken = {f"IMG_1234.{kind.suffix}" for kind in FILE_KINDS if kind.is_taken}
    assert found.keys() == {f"IMG_1234.{suffix}" for suffix in KNOWN} - taken
    assert all(set(of) <= taken for of in found.values())


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("A_IMG_1234.JPG", "A_SND_1234.WAV"),
        ("_MG_1234.CR2", "SND_1234.WAV"),
        ("MVI_1234.AVI", ""),
        ("HOLIDAY.JPG", ""),
        ("README", ""),
    ],
)
def test_the_name_of_a_note(name: str, note: str) -> None:
    assert note_name(name) == note


def test_only_what_is_there_and_lies_in_the_same_folder() -> None:
    card = card_with("IMG_0001.CRW", "IMG_0001.THM", "IMG_0001.JPG", "IMG_0002.CRW", "SND_0001.WAV")
    card.add(("DCIM", "101CANON", "IMG_0002.THM"), File(b"of another", 1_055_583_000))
    with a_camera(NativeCamera(native_body("powershot-g2", card))) as cam:
        assert beside(cam, "IMG_0001.CRW") == ["IMG_0001.THM", "SND_0001.WAV"]
        assert beside(cam, "IMG_0001.JPG") == ["SND_0001.WAV"], "RAW and JPEG are two pictures"
        assert beside(cam, "IMG_0002.CRW") == []
        assert beside(cam, "IMG_0001.THM") == [], "a companion has none"
        every = list(cam.storage.walk())
        (second,) = (entry for entry in every if entry.name == "IMG_0002.CRW")
        assert cam.storage.companions(second, every) == []
        with pytest.raises(ObjectNotFound):
            cam.storage.companions(f"{FOLDER}/IMG_0003.CRW")


def test_files_of_the_same_name_whatever_they_are() -> None:
    card = card_with("IMG_0001.JPG", "IMG_0001.XMP", "IMG_0001.WAV", "IMG_0001.CR2", "IMG_0002.XMP")
    card.make_folders((*PLACE, "IMG_0001.BAK"))
    with a_camera(NativeCamera(native_body("powershot-g2", card))) as cam:
        assert beside(cam, "IMG_0001.JPG") == ["IMG_0001.XMP", "IMG_0001.WAV"]
        found = owners([*cam.storage.walk(), *cam.storage.walk()])
        pair = ["IMG_0001.JPG", "IMG_0001.CR2"]
        assert {path.name: [one.name for one in both] for path, both in found.items()} == {
            "IMG_0001.XMP": pair,
            "IMG_0001.WAV": pair,
        }


@pytest.mark.parametrize("slug", ["powershot-s45", "eos-d60", "eos-20d", "powershot-sd200"])
def test_a_fresh_card_has_what_its_body_writes(slug: str) -> None:
    with a_camera(NativeCamera(native_body(slug))) as cam:
        names = {entry.name for entry in cam.storage.ls(FOLDER)}
        found = companions_of(names)
        for name in names:
            assert set(beside(cam, name)) == {one for one, of in found.items() if name in of}
        raw = {"IMG_0007.CR2"} if slug == "eos-20d" else {"IMG_0007.CRW", "IMG_0007.THM"}
        assert raw <= names or slug == "powershot-sd200"
        movie = {"MVI_0008.AVI", "MVI_0008.THM"}
        assert movie <= names if slug.startswith("powershot") else not movie & names


@pytest.mark.parametrize(
    ("slug", "name", "asked"),
    [
        ("eos-d60", "IMG_0007.CRW", "IMG_0007.THM"),
        ("powershot-s45", "MVI_0008.AVI", "MVI_0008.THM"),
        ("eos-20d", "IMG_0007.CR2", "IMG_0007.CR2"),
        ("eos-20d", "IMG_0001.JPG", "IMG_0001.JPG"),
    ],
)
def test_a_thumbnail_costs_no_more_than_where_it_lies(slug: str, name: str, asked: str) -> None:
    device = NativeCamera(native_body(slug))
    port = WatchedPort(device)
    with port.camera() as cam:
        entry = cam.storage.stat(f"{FOLDER}/{name}")
        port.names()
        start = device.clock.now()
        small = cam.storage.thumbnail(entry)
        assert device.body.card
        holder = device.body.card.find((*PLACE, asked))
        assert isinstance(holder, File)
        assert small == thumbnail(holder.read())
        assert device.clock.now() - start < 0.3, "of a file of 3 MB only the head, or the THM"
        assert len(port.names()) == 1, "and no listing"


def test_without_its_thm_a_crw_is_looked_into() -> None:
    card = card_with("IMG_0001.CRW", "MVI_0002.AVI", "MVI_0002.THM", "MVI_0003.AVI")
    with a_camera(NativeCamera(native_body("powershot-g2", card))) as cam:
        for name in "IMG_0001.CRW", "MVI_0002.AVI", "MVI_0003.AVI":
            with pytest.raises(ObjectNotFound, match=f"{name}: it has no thumbnail"):
                cam.storage.thumbnail(f"{FOLDER}/{name}")
    card = fresh_card(profile_of(native_row("powershot-g2")))
    folder = card.folder(PLACE)
    assert folder
    beside_it = folder.entries.pop("IMG_0007.THM")
    assert isinstance(beside_it, File)
    small = thumbnail(beside_it.read())
    for device in (
        NativeCamera(native_body("powershot-g2", card)),
        ptp_device("powershot-s60", card=card),
    ):
        with a_camera(device) as cam:
            assert cam.storage.thumbnail(f"{FOLDER}/IMG_0007.CRW") == small


def test_a_film_of_a_later_body_has_its_thumbnail_beside_it() -> None:
    picture = fresh_card(profile_of(native_row("powershot-s45"))).find((*PLACE, "MVI_0008.THM"))
    assert isinstance(picture, File)
    card = card_with("MVI_0001.MOV")
    card.add((*PLACE, "MVI_0001.THM"), picture)
    with a_camera(NativeCamera(native_body("powershot-g2", card))) as cam:
        assert beside(cam, "MVI_0001.MOV") == ["MVI_0001.THM"]
        assert cam.storage.thumbnail(f"{FOLDER}/MVI_0001.MOV") == thumbnail(picture.read())
    with a_camera(ptp_device("powershot-sx200-is", card=card)) as cam:
        assert cam.storage.thumbnail(f"{FOLDER}/MVI_0001.MOV") == picture.read()
