"""Test a program that uses a camera, without a camera and without mocks.

pytest virtual_camera_in_your_tests.py
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

import canon


def backup(cam: canon.Camera, folder: Path) -> None:
    """The program under test."""
    for entry in cam.storage.walk("DCIM"):
        if not entry.is_folder:
            cam.storage.download(entry, folder)


@pytest.fixture
def cam() -> Iterator[canon.Camera]:
    """A camera of its own for each test, made in a millisecond."""
    with canon.open("virtual:powershot-g3") as camera:
        yield camera


def test_backup_fetches_every_picture(cam: canon.Camera, tmp_path: Path) -> None:
    backup(cam, tmp_path)
    assert len(list(tmp_path.glob("*.JPG"))) == 6


def test_backup_leaves_no_half_file_when_the_cable_comes_out(tmp_path: Path) -> None:
    port = "virtual:powershot-g3?fault=unplug@GetFile:20000"
    with canon.open(port) as cam, pytest.raises(canon.Disconnected):
        backup(cam, tmp_path)
    assert not list(tmp_path.iterdir())
