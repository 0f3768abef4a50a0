"""Saving files of the card and pictures of shots, by the events that come of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from canon.camera import Camera
from canon.driver.shot import Picture, Shot, rescued
from canon.errors import AlreadyThere, NotSupported
from canon.virtual.card import File
from canon.work.saving import (
    Failed,
    Job,
    NotMarked,
    Saved,
    SavedElsewhere,
    Saving,
    Skipped,
    mark_downloaded,
)
from rigs.bodies import TAKEN, a_camera, a_card, eos_device, native_device

FOLDER = "DCIM/100CANON"
FILES = {"A.JPG": b"first", "B.JPG": b"second"}


@pytest.fixture(params=["powershot-g3", "eos-60d", "eos-r6"])
def cam(request: pytest.FixtureRequest) -> Iterator[Camera]:
    card = a_card(FILES)
    is_eos = request.param.startswith("eos")
    with a_camera(
        eos_device(request.param, card=card) if is_eos else native_device(card=card)
    ) as cam:
        yield cam


def folder_of(cam: Camera, saving: Saving, *, new: bool = False) -> list[tuple[object, ...]]:
    """The events of a folder, in short."""
    jobs = saving.jobs(cam, cam.storage.stat(FOLDER), new=new)
    return [
        (type(event).__name__, event.what.name, getattr(event, "path", None))
        for event in saving.run(cam, jobs)
    ]


def test_a_folder_is_saved_and_its_files_count_as_downloaded(cam: Camera, tmp_path: Path) -> None:
    to = tmp_path / "new" / "pictures"
    assert folder_of(cam, Saving(f"{to}/")) == [
        ("Saved", "A.JPG", to / "A.JPG"),
        ("Saved", "B.JPG", to / "B.JPG"),
    ]
    assert (to / "B.JPG").read_bytes() == b"second"
    assert [entry.new for entry in cam.storage.ls(FOLDER)] == [False, False]
    assert folder_of(cam, Saving(to), new=True) == []


def test_what_is_there_already_is_left_out_and_what_differs_fails(
    cam: Camera, tmp_path: Path
) -> None:
    folder_of(cam, Saving(tmp_path))
    (tmp_path / "B.JPG").write_bytes(b"mine")
    first, second = Saving(tmp_path).run(cam, Saving(tmp_path).jobs(cam, cam.storage.stat(FOLDER)))
    assert isinstance(first, Skipped)
    assert isinstance(second, Failed)
    assert isinstance(second.error, AlreadyThere)
    assert (tmp_path / "B.JPG").read_bytes() == b"mine"
    folder_of(cam, Saving(tmp_path, overwrite=True))
    assert (tmp_path / "B.JPG").read_bytes() == b"second"


def test_what_was_saved_just_now_is_not_replaced(tmp_path: Path) -> None:
    card = a_card({"A.JPG": b"first"})
    card.add(("DCIM", "101CANON", "A.JPG"), File(b"another", TAKEN))
    with a_camera(native_device(card=card)) as cam:
        saving = Saving(tmp_path, overwrite=True)
        entries = [entry for entry in cam.storage.walk() if not entry.is_folder]
        jobs = [job for entry in entries for job in saving.jobs(cam, entry)]
        assert [type(event) for event in saving.run(cam, jobs)] == [Saved, Saved]
        assert (tmp_path / "A.JPG").read_bytes() == b"first"
        assert (tmp_path / "A_2.JPG").read_bytes() == b"another"
        one_place = [Job(entry, tmp_path / "B.JPG") for entry in entries]
        assert [type(event) for event in saving.run(cam, one_place)] == [Saved, Failed]
        assert (tmp_path / "B.JPG").read_bytes() == b"first"


def test_a_file_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    device = native_device("empty@GetFile", card=a_card(FILES))
    with a_camera(device) as cam:
        events = folder_of(cam, Saving(tmp_path))
        assert [event[:2] for event in events] == [("Failed", "A.JPG"), ("Saved", "B.JPG")]


def test_a_file_that_cannot_be_marked_is_saved_all_the_same(tmp_path: Path) -> None:
    with a_camera(native_device(slug="eos-20d", card=a_card(FILES))) as cam:
        saving = Saving(tmp_path)
        events = list(saving.run(cam, saving.jobs(cam, cam.storage.stat("DCIM"))))
        (refused,) = [event for event in events if isinstance(event, NotMarked)]
        assert isinstance(refused.error, NotSupported), "it is said once, for all"
        assert sum(isinstance(event, Saved) for event in events) == len(events) - 1 > 1
        entry = next(iter(cam.storage.glob(f"{FOLDER}/*.JPG")))
        assert isinstance(mark_downloaded(cam, entry), NotSupported)


def test_the_pictures_of_a_shot(tmp_path: Path) -> None:
    raw, jpeg = Picture(b"II", "IMG_0001.CR2"), Picture(b"\xff\xd8", "IMG_0001.JPG")
    shot = Shot((raw, jpeg))
    for to, expected in (
        (tmp_path / "one.jpg", ["one.CR2", "one.jpg"]),
        (tmp_path / "two.cr2", ["two.cr2", "two.JPG"]),
        (tmp_path / "three", ["three", "three.JPG"]),
        (tmp_path, ["IMG_0001.CR2", "IMG_0001.JPG"]),
        (tmp_path, ["IMG_0001_2.CR2", "IMG_0001_2.JPG"]),
    ):
        saved = list(Saving(to).shot(shot))
        assert [event.path.name for event in saved] == expected
        assert [event.path.read_bytes() for event in saved] == [raw, jpeg]


def test_a_picture_that_cannot_be_saved_there_is_saved_elsewhere(tmp_path: Path) -> None:
    picture = Picture(b"\xff\xd8", "IMG_0001.JPG")
    (event,) = Saving(tmp_path / "gone" / "one.jpg").shot(Shot((picture,)))
    assert isinstance(event, SavedElsewhere)
    assert isinstance(event.error, FileNotFoundError)
    assert event.path.read_bytes() == picture
    assert rescued(picture) != event.path


def test_room_is_made_before_anything_is_fetched(tmp_path: Path) -> None:
    Saving(f"{tmp_path}/a/b/").make_room()
    assert (tmp_path / "a" / "b").is_dir()
    taken = tmp_path / "taken.jpg"
    taken.write_bytes(b"mine")
    with pytest.raises(AlreadyThere):
        Saving(taken).make_room()
    Saving(taken, overwrite=True).make_room()
    with pytest.raises(ValueError, match="a file, not a folder"):
        Saving(taken, is_folder=True).make_room()
