"""The card through the public API: the same tests on every road, and on hardware.

What a test changes, it has put there itself, in a folder of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from canon.camera import Camera
from canon.driver.card import Entry
from canon.driver.features import Feature
from canon.errors import NotEmpty, NotSupported, ObjectNotFound, WriteProtected

FOLDER = "DCIM/987CANON"


@pytest.fixture
def folder(cam: Camera) -> Iterator[str]:
    """An empty folder on the card, removed after the test with all that is in it."""
    _remove(cam)
    cam.storage.mkdir(FOLDER)
    yield FOLDER
    _remove(cam)


def _remove(cam: Camera, folder: str | Entry = FOLDER) -> None:
    try:
        left = cam.storage.ls(folder)
    except ObjectNotFound:
        return
    for entry in left:
        if entry.is_folder:
            _remove(cam, entry)
            continue
        if entry.protected:
            cam.storage.unprotect(entry)
        cam.storage.delete(entry)
    cam.storage.rmdir(folder)


@pytest.fixture
def picture(cam: Camera) -> Entry:
    """The smallest picture on the card."""
    pictures = [entry for entry in cam.storage.walk() if entry.name.endswith(".JPG")]
    assert pictures, "the card needs a picture for these tests"
    return min(pictures, key=lambda entry: entry.size)


def test_cards_have_room(cam: Camera) -> None:
    (card,) = cam.storage.cards()
    assert card.name
    assert card.capacity >= 8 << 20, "in bytes, not in KiB"
    assert 0 < card.free <= card.capacity


@pytest.mark.parametrize("path", ["Q:/", "Q:/X", "Q:/X/Y"])
def test_a_card_that_is_not_there_is_named_as_it_was_asked_for(cam: Camera, path: str) -> None:
    with pytest.raises(ObjectNotFound, match=r"Q:"):
        cam.storage.stat(f"{path}/IMG_0001.JPG")


@pytest.mark.shows("list")
def test_ls_and_walk_tell_the_same(cam: Camera) -> None:
    flat: list[Entry] = []
    todo: list[Entry | str] = [""]
    while todo:
        here = cam.storage.ls(todo.pop())
        flat += here
        todo += [entry for entry in here if entry.is_folder]
    assert sorted(map(str, flat)) == sorted(map(str, cam.storage.walk()))


def test_paths_in_both_forms(cam: Camera, picture: Entry) -> None:
    native = cam.storage.cards()[0].name + "\\" + "\\".join(picture.path.parts)
    assert cam.storage.stat(str(picture)) == picture
    assert cam.storage.stat(native) == picture
    assert cam.storage.stat(native.replace("\\", "/").lower()) == picture
    assert cam.storage.stat("").is_folder


def test_a_pattern_finds_what_fits_it(cam: Camera) -> None:
    pictures = [entry for entry in cam.storage.walk("DCIM") if entry.path.match("*/*.JPG")]
    assert pictures
    assert sorted(cam.storage.glob("dcim/*/*.jpg")) == sorted(pictures)
    first = pictures[0]
    assert list(cam.storage.glob(str(first))) == [first]
    assert first in cam.storage.glob(f"{first.parent}/{first.stem[:-1]}?{first.suffix}")
    assert first.parent in [entry.path for entry in cam.storage.glob("DCIM/*")]
    assert list(cam.storage.glob("DCIM/*/*/*")) == []
    assert list(cam.storage.glob("NOWHERE/*.JPG")) == []


def test_what_exists(cam: Camera, picture: Entry) -> None:
    for place in ("", "DCIM", picture, picture.path, str(picture).lower()):
        assert cam.storage.exists(place)
    assert not cam.storage.exists("DCIM/999NOSUC/IMG_9999.JPG")
    assert not cam.storage.exists(picture.path.with_suffix(".NO"))


def test_what_is_not_there(cam: Camera, picture: Entry) -> None:
    for verb in (cam.storage.stat, cam.storage.read, cam.storage.ls, cam.storage.delete):
        with pytest.raises(ObjectNotFound):
            verb("DCIM/999NOSUC/IMG_9999.JPG")
    with pytest.raises(ValueError, match=r"\.\."):
        cam.storage.ls("DCIM/../MISC")
    with pytest.raises(ValueError, match="folder"):
        cam.storage.read("DCIM")
    for listing in (cam.storage.ls, cam.storage.walk):
        with pytest.raises(ValueError, match=r"a file, not a folder"):
            listing(picture)
    assert cam.ready


@pytest.mark.shows("get")
def test_a_download_is_whole_and_keeps_its_time(
    cam: Camera, picture: Entry, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    target = cam.storage.download(picture, tmp_path, progress=lambda *both: told.append(both))
    assert target == tmp_path / picture.name
    data = target.read_bytes()
    assert len(data) == picture.size
    assert data[:2] == b"\xff\xd8"
    assert picture.modified is not None
    assert datetime.fromtimestamp(target.stat().st_mtime) == picture.modified
    assert told[-1] == (picture.size, picture.size)
    assert cam.storage.read(picture) == data
    with cam.storage.open(picture) as file:
        assert file.read() == data
        assert file.seek(-2, os.SEEK_END) == len(data) - 2
        assert file.read(9) == b"\xff\xd9"
        assert file.seek(1) == 1
        assert file.read(1) == b"\xd8"
    assert [path.name for path in tmp_path.iterdir()] == [picture.name]


def test_a_download_never_overwrites_unless_told(
    cam: Camera, picture: Entry, tmp_path: Path
) -> None:
    target = tmp_path / "mine.jpg"
    target.write_bytes(b"precious")
    with pytest.raises(FileExistsError, match=r"mine\.jpg"):
        cam.storage.download(picture, target)
    assert target.read_bytes() == b"precious"
    cam.storage.download(picture, target, overwrite=True)
    assert target.stat().st_size == picture.size


def test_a_download_obeys_the_umask(cam: Camera, picture: Entry, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        target = cam.storage.download(picture, tmp_path)
    finally:
        os.umask(before)
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.shows("thumbnail")
def test_a_thumbnail(cam: Camera, picture: Entry) -> None:
    small = cam.storage.thumbnail(picture)
    assert small.name == f"{picture.name}.thumb.jpg"
    assert small[:2] == b"\xff\xd8"
    assert small[-2:] == b"\xff\xd9"
    assert len(small) < picture.size


@pytest.mark.shows("put")
@pytest.mark.erases
@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 0x1400, 0x1401, 40_000])
def test_what_is_uploaded_comes_back(cam: Camera, folder: str, size: int, tmp_path: Path) -> None:
    data = bytes(at * 7 % 251 for at in range(size))
    source = tmp_path / "some.jpg"
    source.write_bytes(data)
    os.utime(source, (1_055_583_000, 1_055_583_000))
    entry = cam.storage.upload(source, folder)
    assert entry.name == "SOME.JPG"
    assert entry.size == size
    assert entry.modified == datetime.fromtimestamp(1_055_583_000)
    assert cam.storage.read(entry) == data


@pytest.mark.erases
def test_a_part_of_a_file(cam: Camera, folder: str) -> None:
    """Before anything is sent, a camera says that it has no way; the others read just that."""
    data = bytes(range(256)) * 400
    entry = cam.storage.upload(data[:60_000], f"{folder}/A.JPG")
    if Feature.RANGES not in cam.features:
        with pytest.raises(NotSupported, match="part of a file"):
            cam.storage.read_range(entry, 1000, 10)
        return
    for offset, size in ((0, 10), (1000, 5000), (59_990, 100), (60_000, 1), (70_000, 5), (5, 0)):
        part = cam.storage.read_range(entry, offset, size)
        assert part == data[:60_000][offset : offset + size]
    with pytest.raises(ValueError, match="no part of a file"):
        cam.storage.read_range(entry, -1, 5)


@pytest.mark.erases
@pytest.mark.parametrize("name", ["\xc4\xd6.JPG", "Holiday picture 2026.jpg", "A B.JPG", "A.JPEG"])
def test_a_name_that_not_every_card_takes(
    cam: Camera, folder: str, name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"1")
    with pytest.raises(ValueError, match=r"as in IMG_0001\.JPG"):
        cam.storage.upload(tmp_path / name, folder)
    with pytest.raises(ValueError, match=r"as in IMG_0001\.JPG"):
        cam.storage.upload(b"1", f"{folder}/{name}")
    with pytest.raises(ValueError, match=r"as in IMG_0001\.JPG"):
        cam.storage.mkdir(f"{folder}/{name}")
    assert cam.storage.ls(folder) == []


@pytest.mark.erases
def test_a_folder_that_is_not_there_is_made_when_a_slash_says_that_it_is_one(
    cam: Camera, folder: str, tmp_path: Path
) -> None:
    source = tmp_path / "a.jpg"
    source.write_bytes(b"12345")
    with pytest.raises(ObjectNotFound, match="NEW"):
        cam.storage.upload(source, f"{folder}/NEW/A.JPG")
    with pytest.raises(ValueError, match="is a folder; give the path of the file"):
        cam.storage.upload(b"1", f"{folder}/NEW/")
    assert cam.storage.ls(folder) == []
    for _ in range(2):
        entry = cam.storage.upload(source, f"{folder}/NEW/BELOW/", overwrite=True)
        assert entry == cam.storage.stat(f"{folder}/NEW/BELOW/A.JPG")
    with pytest.raises(ValueError, match="is a file on the card; name a folder"):
        cam.storage.upload(source, f"{folder}/NEW/BELOW/A.JPG/")
    cam.storage.delete(entry)
    cam.storage.rmdir(f"{folder}/NEW/BELOW")
    cam.storage.rmdir(f"{folder}/NEW")


@pytest.mark.erases
def test_an_upload_never_overwrites_unless_told(cam: Camera, folder: str) -> None:
    cam.storage.upload(b"first", f"{folder}/A.JPG")
    with pytest.raises(FileExistsError):
        cam.storage.upload(b"second", f"{folder}/A.JPG")
    assert cam.storage.read(f"{folder}/A.JPG") == b"first"
    cam.storage.upload(b"second", f"{folder}/A.JPG", overwrite=True)
    assert cam.storage.read(f"{folder}/A.JPG") == b"second"


@pytest.mark.shows("delete", "protect")
@pytest.mark.erases
def test_a_protected_file_cannot_be_deleted(cam: Camera, folder: str) -> None:
    path = f"{folder}/A.JPG"
    cam.storage.upload(b"precious", path)
    if Feature.PROTECT not in cam.features:
        with pytest.raises(NotSupported, match="way to protect files"):
            cam.storage.protect(path)
        return
    cam.storage.protect(path)
    assert cam.storage.stat(path).protected
    with pytest.raises(WriteProtected):
        cam.storage.delete(path)
    assert cam.storage.read(path) == b"precious"
    cam.storage.unprotect(path)
    cam.storage.delete(path)
    with pytest.raises(ObjectNotFound):
        cam.storage.stat(path)


@pytest.mark.erases
def test_marks_and_times(cam: Camera, folder: str) -> None:
    path = f"{folder}/A.JPG"
    cam.storage.upload(b"new", path)
    assert cam.storage.stat(path).new
    cam.storage.mark_downloaded(path)
    assert not cam.storage.stat(path).new
    if protects := Feature.PROTECT in cam.features:
        cam.storage.protect(path)
        assert not cam.storage.stat(path).new, "protection leaves the other mark alone"
    cam.storage.mark_downloaded(path, downloaded=False)
    assert cam.storage.stat(path).new
    assert cam.storage.stat(path).protected is protects


@pytest.mark.erases
@pytest.mark.needs("file times")
def test_the_time_of_a_file(cam: Camera, folder: str) -> None:
    path = f"{folder}/A.JPG"
    cam.storage.upload(b"new", path)
    cam.storage.set_time(path, datetime(2004, 2, 29, 12, 0))
    assert cam.storage.stat(path).modified == datetime(2004, 2, 29, 12, 0)


@pytest.mark.shows("folders")
@pytest.mark.erases
def test_folders(cam: Camera, folder: str) -> None:
    assert cam.storage.stat(folder).is_folder
    assert cam.storage.ls(folder) == []
    with pytest.raises(FileExistsError):
        cam.storage.mkdir(folder)
    cam.storage.upload(b"1", f"{folder}/A.JPG")
    with pytest.raises(NotEmpty, match="is not empty; delete what is in it first"):
        cam.storage.rmdir(folder)
    with pytest.raises(ValueError, match="a file"):
        cam.storage.rmdir(f"{folder}/A.JPG")
    with pytest.raises(ValueError, match="folder"):
        cam.storage.delete(folder)
