"""A card as a folder, for the programs that people have: a real mount, and what reads it."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from cli_helpers import PATIENCE_S, files_below
from mount_helpers import PORTS, Mounter, on_each_kind, ran, until

import canon
from conftest import program

FOLDER = "DCIM/100CANON"
PICTURE = f"{FOLDER}/IMG_0001.JPG"
FILM = f"{FOLDER}/MVI_0001.AVI"
LONG = 500_000_000


def listed(port: str) -> dict[str, tuple[int, float]]:
    """The files of a camera by their paths: sizes and times, as the library tells them."""
    with canon.open(port) as cam:
        return {
            str(entry): (entry.size, (entry.modified or datetime.min).timestamp())
            for entry in cam.storage.walk()
            if not entry.is_folder
        }


def found(folder: Path) -> dict[str, tuple[int, float]]:
    """The files below a folder by their paths: sizes and times."""
    paths = {name: folder / name for name in files_below(folder)}
    return {name: (p.stat().st_size, p.stat().st_mtime) for name, p in paths.items()}


def film_card(folder: Path) -> Path:
    """A card with a long movie, which takes no room on the disk."""
    film = folder / "card" / FILM
    film.parent.mkdir(parents=True)
    with film.open("wb") as file:
        file.write(b"RIFF" * 1000)
        file.truncate(LONG)
    return folder / "card"


# --- reading ------------------------------------------------------------------------------------


@on_each_kind
def test_programs_read_it(port: str, tmp_path: Path, mount: Mounter) -> None:
    wanted = listed(port)
    there = mount(port).folder
    names = ran("find", there, "-type", "f", "-printf", "%P\n").splitlines()
    assert sorted(names) == sorted(wanted)
    assert found(there) == wanted
    ran("cp", "-a", there, tmp_path / "copy")
    assert found(tmp_path / "copy") == wanted
    ran(program("rsync"), "-a", f"{there}/", tmp_path / "synced")
    assert found(tmp_path / "synced") == wanted
    again = ran(program("rsync"), "-a", "--itemize-changes", f"{there}/", tmp_path / "synced")
    assert not [line for line in again.splitlines() if line.startswith(">f")]
    sums = ran("sha256sum", *names, folder=tmp_path / "copy")
    (tmp_path / "sums").write_text(sums)
    ran("sha256sum", "-c", tmp_path / "sums", folder=there)
    with canon.open(port) as cam:
        assert (tmp_path / "copy" / PICTURE).read_bytes() == cam.storage.read(PICTURE)


@on_each_kind
def test_programs_look_into_pictures(port: str, tmp_path: Path, mount: Mounter) -> None:
    there = mount(port).folder
    told = ran(program("exiftool"), "-s3", "-FileType", "-Model", there / PICTURE).split("\n")
    with canon.open(port) as cam:
        assert told[:2] == ["JPEG", cam.model]
    drawn = tmp_path / "small.png"
    drawer = program("ffmpegthumbnailer")
    subprocess.run(
        [drawer, "-i", there / PICTURE, "-o", drawn], capture_output=True, check=True
    )  # it has warnings of its own
    assert drawn.read_bytes()[:4] == b"\x89PNG"


@on_each_kind
def test_df_tells_the_room_of_the_card(port: str, mount: Mounter) -> None:
    with canon.open(port) as cam:
        (card,) = cam.storage.cards()
    told = ran("df", "--block-size=1", "--output=size,avail", mount(port).folder)
    assert told.split()[-2:] == [str(card.capacity), str(card.free // 512 * 512)]


def test_capitals_make_no_difference(mount: Mounter) -> None:
    there = mount(PORTS[0]).folder
    assert (there / PICTURE.lower()).read_bytes() == (there / PICTURE).read_bytes()


@pytest.mark.parametrize("library", ["fuse", "fuse3"])
def test_either_libfuse_serves(library: str, tmp_path: Path, mount: Mounter) -> None:
    mounted = mount(PORTS[0], FUSE_LIBRARY_NAME=library)
    loaded = Path(f"/proc/{mounted.process}/maps").read_text()
    assert ("/libfuse.so.2" in loaded, "/libfuse3.so.3" in loaded) == (
        library == "fuse",
        library == "fuse3",
    )
    ran("cp", "-a", mounted.folder, tmp_path / "copy")
    assert found(tmp_path / "copy") == listed(PORTS[0])
    new = mounted.folder / FOLDER / "IMG_9999.JPG"
    new.write_bytes(b"new")
    new.write_bytes(b"other")
    assert new.read_bytes() == b"other"
    mounted.end()
    assert not os.path.ismount(mounted.folder)


def test_a_thousand_files(tmp_path: Path, mount: Mounter) -> None:
    card = tmp_path / "card"
    for number in range(1000):
        file = card / f"DCIM/{100 + number // 100}CANON" / f"IMG_{number:04}.JPG"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(number.to_bytes(2, "big") * 100)
    there = mount(f"{PORTS[0]}?card={card}").folder
    assert ran("find", there, "-name", "*.JPG", "-size", "-2").count("\n") == 1000
    ran("diff", "--recursive", card, there)


@pytest.mark.parametrize("body", ["powershot-g9", "eos-60d"])
def test_only_what_is_read_comes_where_a_camera_gives_parts(
    body: str, tmp_path: Path, mount: Mounter
) -> None:
    record = tmp_path / "talk.pcapng"
    port = f"virtual:{body}?card={film_card(tmp_path)}"
    mounted = mount(port, "--record", str(record))
    head = subprocess.run(
        ["head", "-c", "1000", mounted.folder / FILM], capture_output=True, check=True
    )
    assert head.stdout == b"RIFF" * 250
    assert ran("tail", "-c", "3", mounted.folder / FILM) == "\0\0\0"
    mounted.end()
    assert record.stat().st_size < 2 << 20


def test_a_read_is_served_before_the_file_is_there(tmp_path: Path, mount: Mounter) -> None:
    """The camera says nothing more after some bytes, so the rest never comes."""
    fault = "fault=silence@GetFile:3000000"
    mounted = mount(f"virtual:powershot-g3?card={film_card(tmp_path)}&{fault}&pace=real")
    with (mounted.folder / FILM).open("rb", buffering=0) as film:
        assert film.read(1000) == b"RIFF" * 250


def test_a_transfer_ends_when_nobody_has_the_file_open(tmp_path: Path, mount: Mounter) -> None:
    port = f"virtual:powershot-g3?card={film_card(tmp_path)}"
    running = mount.foreground(port, "-v")
    with (tmp_path / "mnt" / FILM).open("rb", buffering=0) as film:
        film.read(1000)
    assert running.stderr
    assert any("nobody has it open" in line for line in running.stderr)
    with (tmp_path / "mnt" / FILM).open("rb", buffering=0) as film:
        assert film.read(4) == b"RIFF"
    ran("umount", tmp_path / "mnt")
    running.communicate(timeout=PATIENCE_S)
    assert running.returncode == 0


def test_the_cache_stays_within_its_bound(tmp_path: Path, mount: Mounter) -> None:
    card = tmp_path / "card"
    (card / FOLDER).mkdir(parents=True)
    for number in range(8):
        (card / FOLDER / f"IMG_000{number}.JPG").write_bytes(os.urandom(400_000))
    (card / FILM).write_bytes(os.urandom(1_100_000))
    mounted = mount(f"virtual:powershot-g3?card={card}", "--cache", "1M")
    for number in range(8):
        name = f"{FOLDER}/IMG_000{number}.JPG"
        assert (mounted.folder / name).read_bytes() == (card / name).read_bytes()
        assert 0 < bytes_without_a_name(mounted.process) <= 1 << 20
    with pytest.raises(OSError, match="File too large"):
        (mounted.folder / FILM).open("rb")


def bytes_without_a_name(process: int) -> int:
    """What a process has on the disk in files without a name."""
    opened = Path(f"/proc/{process}/fd").iterdir()
    return sum(512 * file.stat().st_blocks for file in opened if "deleted" in os.readlink(file))


def test_what_desktops_look_for_is_answered_from_memory(tmp_path: Path, mount: Mounter) -> None:
    talk = tmp_path / "talk"
    running = mount.foreground(PORTS[0], "--record", str(talk))
    before = talk.stat().st_size
    for name in (".Trash", ".Trash-0", "autorun.inf", ".hidden", "desktop.ini", ".git", "._X"):
        assert not (tmp_path / "mnt" / name).exists()
        assert not (tmp_path / "mnt" / FOLDER / name).exists()
    assert talk.stat().st_size == before
    running.terminate()
    running.communicate(timeout=PATIENCE_S)


@pytest.mark.parametrize("body", ["powershot-g3?", "powershot-s60?mode=ptp&", "eos-60d?"])
def test_a_picture_that_is_taken_appears(body: str, mount: Mounter) -> None:
    there = mount(f"virtual:{body}pace=real&press=2")
    before = len(files_below(there.folder))
    until(lambda: len(files_below(there.folder)) > before)


def test_a_movie_whose_length_is_not_told_is_refused(tmp_path: Path, mount: Mounter) -> None:
    film = tmp_path / "card" / FILM.replace(".AVI", ".MP4")
    film.parent.mkdir(parents=True)
    with film.open("wb") as file:
        file.truncate((4 << 30) + 10)
    there = mount(f"virtual:eos-r6?card={tmp_path / 'card'}").folder
    with pytest.raises(OSError, match="File too large"):
        (there / FOLDER / film.name).open("rb")
