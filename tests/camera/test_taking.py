"""Pictures that came to this computer by themselves get their names as imported ones do."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from canon.virtual.build import make_virtual
from canon.work.importing import Ended, Import, Wanted
from canon.work.library import Library
from canon.work.taking import Action, Taking
from canon.work.template import Template
from rigs.bodies import a_camera

BODIES = ["powershot-g3", "powershot-g9?mode=ptp", "eos-60d"]


@pytest.mark.parametrize("name", BODIES)
def test_a_shot_is_named_and_entered(name: str, tmp_path: Path) -> None:
    """What lies on the card too is known to an import; RAW and JPEG keep one name."""
    with a_camera(make_virtual(name)) as cam, Library(tmp_path) as library:
        taking = Taking(library, Template("{seq:03}-{number}"))
        taking.meet(cam)
        for number in (1, 2):
            shot = cam.capture.shoot(to=library.workshop, target="both")
            (told,) = taking.came(shot.saved, shot.entries)
            (entry,) = shot.entries
            assert (told.action, told.what) == (Action.FETCHED, entry)
            assert told.path == tmp_path / f"{number:03}-{entry.stem[-4:]}.JPG"
            assert (tmp_path / told.path).read_bytes() == cam.storage.read(entry)
        assert library.left() == []
        *_, ended = Import(cam, library, Wanted()).run()
        assert isinstance(ended, Ended)
        assert ended.known == 2


def test_a_picture_that_was_on_no_card_is_numbered_with_the_others(tmp_path: Path) -> None:
    with a_camera(make_virtual("powershot-g3")) as cam:
        for number in (1, 2):
            with Library(tmp_path) as library:
                taking = Taking(library, Template("{folder}/{seq}"))
                taking.meet(cam)
                (told,) = taking.came(cam.capture.shoot(to=library.workshop).saved)
                assert (told.what, told.path) == (None, tmp_path / f"unknown/{number}.JPG")


def test_what_a_dead_run_had_received_is_named(tmp_path: Path) -> None:
    with a_camera(make_virtual("eos-60d")) as cam:
        with Library(tmp_path) as library:
            cam.capture.shoot(to=library.workshop)
        with Library(tmp_path) as library:
            taking = Taking(library, Template("{name}"))
            taking.meet(cam)
            (told,) = taking.left()
            assert told.action is Action.FETCHED
            assert told.path is not None
            assert told.path.parent == tmp_path
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        ".canon-remote.sqlite",
        told.path.name,
    ]


@pytest.mark.parametrize("entered", [False, True], ids=["named", "named and entered"])
def test_a_run_that_died_between_two_steps_costs_no_number(tmp_path: Path, entered: bool) -> None:
    """A picture has its name and its old one until it is entered."""
    with a_camera(make_virtual("powershot-g3")) as cam:
        with Library(tmp_path) as library:
            taking = Taking(library, Template("{seq:03}"))
            taking.meet(cam)
            (file,) = cam.capture.shoot(to=library.workshop).saved
            data = file.read_bytes()
            if entered:
                list(taking.came([file]))
                file.write_bytes(data)
            else:
                library.keep(library.part(file), PurePosixPath("001.JPG"), None)
                assert file.exists()
        with Library(tmp_path) as library:
            taking = Taking(library, Template("{seq:03}"))
            taking.meet(cam)
            (left,) = taking.left()
            assert (left.action, left.path) == (Action.FOUND, tmp_path / "001.JPG")
            (told,) = taking.came(cam.capture.shoot(to=library.workshop).saved)
            assert told.path == tmp_path / "002.JPG"
            assert library.index.paths(left.sha256) == ["001.JPG"]
    assert not library.workshop.exists()


def test_what_cannot_be_named_is_kept(tmp_path: Path) -> None:
    """There is no other copy of a picture that came out of a camera's memory."""
    with a_camera(make_virtual("powershot-g3")) as cam, Library(tmp_path) as library:
        taking = Taking(library, Template("a/{name}"))
        taking.meet(cam)
        shot = cam.capture.shoot(to=library.workshop)
        (tmp_path / "a").touch()
        with pytest.raises(FileExistsError) as caught:
            list(taking.came(shot.saved))
        assert caught.value.__notes__ == [f"The picture is not lost: {shot.saved[0]}"]
        assert library.left() == list(shot.saved)
        (tmp_path / "a").unlink()
        (told,) = taking.left()
        assert told.path == tmp_path / "a" / shot.saved[0].name
