"""What programs write into the folder of a card goes onto the card."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from cli_helpers import PATIENCE_S, output, served
from mount_helpers import PORTS, Mounter, on_each_kind, ran

import canon
from conftest import program

FOLDER = "DCIM/100CANON"
SOME = bytes(range(256)) * 200
AT = 1_580_000_000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A picture of this computer."""
    path = tmp_path / "from" / "IMG_9001.JPG"
    path.parent.mkdir()
    path.write_bytes(SOME)
    os.utime(path, (AT, AT))
    return path


def free(folder: Path) -> int:
    status = os.statvfs(folder)
    return status.f_bfree * status.f_frsize


@on_each_kind
def test_files_and_folders_come_and_go(port: str, source: Path, mount: Mounter) -> None:
    there = mount(port).folder
    before = free(there)
    ran("mkdir", there / "DCIM" / "200CANON")
    copy = there / "DCIM" / "200CANON" / source.name
    ran("cp", "-a", source, copy)
    assert copy.read_bytes() == SOME
    assert copy.stat().st_mtime == AT
    assert free(there) < before
    with pytest.raises(OSError, match="not empty"):
        copy.parent.rmdir()
    ran("rm", copy)
    ran("rmdir", copy.parent)
    assert os.listdir(there / "DCIM") == ["100CANON"]
    assert abs(free(there) - before) < 100_000


@pytest.fixture
def kept() -> Iterator[str]:
    """A native camera that keeps its card from one command to the next."""
    with served(PORTS[0]) as where:
        yield where


@pytest.mark.parametrize("library", ["fuse", "fuse3"])
def test_the_card_itself_has_what_was_written(
    library: str, kept: str, tmp_path: Path, source: Path, mount: Mounter
) -> None:
    """Another program sees it, after the mount has ended."""
    mounted = mount(kept, FUSE_LIBRARY_NAME=library)
    before = set(os.listdir(mounted.folder / FOLDER))
    folder = mounted.folder / FOLDER
    ran(program("rsync"), "-rt", "--omit-dir-times", "--inplace", f"{source.parent}/", folder)
    (folder / "img_0001.jpg").write_bytes(b"shorter")
    with (folder / "IMG_9002.JPG").open("wb") as file:
        file.write(b"abc")
        file.seek(1)
        file.write(b"B")
    with (folder / "IMG_9002.JPG").open("ab") as file:
        file.write(b"def")
    (folder / "IMG_9003.JPG").touch()
    (folder / "IMG_9004.JPG").write_bytes(SOME)
    os.truncate(folder / "IMG_9004.JPG", 10)
    wanted = {
        "IMG_0001.JPG": b"shorter",
        "IMG_9001.JPG": SOME,
        "IMG_9002.JPG": b"aBcdef",
        "IMG_9003.JPG": b"",
        "IMG_9004.JPG": SOME[:10],
    }
    assert {name: (folder / name).read_bytes() for name in wanted} == wanted
    mounted.end()
    with canon.open(kept) as cam:
        assert {name: cam.storage.read(f"{FOLDER}/{name}") for name in wanted} == wanted
        assert {entry.name for entry in cam.storage.ls(FOLDER)} == before | set(wanted)
        assert cam.storage.stat(f"{FOLDER}/IMG_9001.JPG").modified == datetime.fromtimestamp(AT)


def test_what_a_camera_cannot_do_is_said(tmp_path: Path, mount: Mounter) -> None:
    running = mount.foreground("virtual:powershot-g9")
    folder = tmp_path / "mnt" / FOLDER
    picture = folder / "IMG_0001.JPG"
    refused: dict[int, list[Callable[[], object]]] = {
        errno.EINVAL: [
            lambda: (folder / "a long name.jpeg").write_bytes(b"a"),
            lambda: (folder / "Ä.JPG").write_bytes(b"a"),
            lambda: (tmp_path / "mnt" / ".Trash-0").mkdir(),
        ],
        errno.ENOTSUP: [
            lambda: picture.rename(folder / "IMG_0009.JPG"),
            lambda: os.utime(picture, (AT, AT)),
            lambda: (folder / "A.TXT").write_bytes(b"a"),
        ],
        errno.ENOENT: [
            lambda: (tmp_path / "mnt" / "DCIM" / "999CANON" / "A.JPG").write_bytes(b"a"),
            lambda: (folder / "IMG_0009.JPG").unlink(),
        ],
        errno.EEXIST: [folder.mkdir],
    }
    for number, deeds in refused.items():
        for deed in deeds:
            with pytest.raises(OSError) as error:  # noqa: PT011  (its number is looked at)
                deed()
            assert error.value.errno == number
    assert not (folder / "A.TXT").exists()
    ran("umount", tmp_path / "mnt")
    _, said = running.communicate(timeout=PATIENCE_S)
    assert "rename /DCIM/100CANON/IMG_0001.JPG: the PowerShot G9 has no known way to" in said
    assert "'a long name.jpeg' cannot be a name on a card" in said
    assert "Trash" not in said


def test_a_full_card_refuses_the_last_file_and_keeps_the_others(
    tmp_path: Path, source: Path, mount: Mounter
) -> None:
    there = mount("virtual:powershot-g9?fault=refuse@SendObjectInfo:0x200c").folder
    copied = subprocess.run(
        ["cp", source, there / FOLDER], capture_output=True, text=True, check=False
    )
    assert copied.returncode == 1
    assert "No space left on device" in copied.stderr
    assert not (there / FOLDER / source.name).exists()
    ran("cp", source, there / FOLDER)
    assert (there / FOLDER / source.name).read_bytes() == SOME


def test_a_protected_file_stays(kept: str, tmp_path: Path, mount: Mounter) -> None:
    output(tmp_path, "protect", f"{FOLDER}/IMG_0001.JPG", port=kept)
    picture = mount(kept).folder / FOLDER / "IMG_0001.JPG"
    assert not picture.stat().st_mode & 0o222
    for deed in (
        picture.unlink,
        lambda: picture.write_bytes(b"a"),
        lambda: os.truncate(picture, 3),
    ):
        with pytest.raises(PermissionError):
            deed()
    assert len(picture.read_bytes()) == picture.stat().st_size > 100_000
