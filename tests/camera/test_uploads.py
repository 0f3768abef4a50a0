"""Uploads: what the camera is told of a file, what is said before, and what a failure leaves."""

from __future__ import annotations

import logging
import os
from datetime import datetime
from pathlib import Path

import pytest

import canon
from canon.driver.card import Entry
from canon.errors import Disconnected, NotSupported, Refused
from canon.virtual.card import File, MemoryCard
from canon.virtual.line import VirtualLine
from rigs.bodies import a_camera, native_device
from rigs.serial import Host, serial_device
from rigs.watched import WatchedPort

FOLDER = "DCIM/100CANON"
TAKEN = 1_055_583_000
JAM = 65572
"""More bytes of a file and its path jam the next session over USB (section 7.12)."""


def some_bytes(size: int) -> bytes:
    return bytes(at * 7 % 251 for at in range(size))


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The warnings that were logged since this was last asked."""
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    caplog.clear()
    return told


# --- what the camera is told ----------------------------------------------------------------------


def test_a_file_goes_up_with_its_time_and_as_new(tmp_path: Path) -> None:
    source = tmp_path / "some.txt"
    source.write_bytes(some_bytes(6000))
    os.utime(source, (TAKEN, TAKEN))
    port = WatchedPort(native_device())
    with port.camera() as cam:
        cam.storage.ls()
        port.names()
        entry = cam.storage.upload(source, FOLDER)
        asked = [name for name in port.names() if name != "GetDirectory"]
        assert asked == ["AnnounceUpload", "AnnounceUpload", "SetFileTime", "SetAttributes"]
        assert entry == Entry(
            entry.path, 6000, datetime.fromtimestamp(TAKEN), protected=False, new=True
        )


def test_a_file_in_place_of_another_needs_its_permission_and_no_other(tmp_path: Path) -> None:
    port = WatchedPort(native_device())
    with port.camera() as cam:
        cam.storage.upload(b"first", f"{FOLDER}/A.TXT")
        port.names()
        with pytest.raises(FileExistsError):
            cam.storage.upload(b"second", f"{FOLDER}/A.TXT")
        assert set(port.names()) == {"GetDirectory"}
        cam.storage.upload(b"second", f"{FOLDER}/A.TXT", overwrite=True)
        asked = [name for name in port.names() if name != "GetDirectory"]
        assert asked == ["DeleteFiles", "AnnounceUpload", "SetFileTime", "SetAttributes"]
        with pytest.raises(ValueError, match="is a folder"):
            cam.storage.upload(b"third", FOLDER, overwrite=True)
        assert [entry.name for entry in cam.storage.ls(FOLDER)] == ["A.TXT"]


# --- a camera that keeps the file, and not all that belongs to it ---------------------------------


@pytest.mark.parametrize(
    ("refuse", "says"), [("SetFileTime", "its time"), ("SetAttributes", "its mark as new")]
)
def test_a_refused_time_or_mark_is_a_warning(
    refuse: str, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    with a_camera(native_device(f"refuse@{refuse}:0x02000086")) as cam:
        entry = cam.storage.upload(b"12345", f"{FOLDER}/A.TXT")
        (warning,) = warnings(caplog)
        assert f"{FOLDER}/A.TXT is on the card, but without {says}" in warning
        assert cam.storage.read(entry) == b"12345"


def test_a_serial_a5_knows_no_time_of_a_file(caplog: pytest.LogCaptureFixture) -> None:
    """Its list of commands has none to set it (canon-native-serial, A5)."""
    camera = serial_device("powershot-a5", "refuse@SetFileTime:0x02000086")
    host = Host(VirtualLine(camera), 57600)
    entry = host.storage.upload(some_bytes(4000), f"{FOLDER}/UP.JPG")
    (warning,) = warnings(caplog)
    assert "without its time" in warning
    assert (entry.size, entry.modified, entry.new) == (4000, None, True)
    assert host.storage.read(entry) == some_bytes(4000)


@pytest.mark.parametrize("seconds", [-86_400, 5_000_000_000])
def test_a_time_that_the_cameras_clock_cannot_show_is_a_warning(
    seconds: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = tmp_path / "old.txt"
    source.write_bytes(b"older than the camera's clock, or newer")
    os.utime(source, (seconds, seconds))
    with a_camera(native_device()) as cam:
        entry = cam.storage.upload(source, FOLDER)
        (warning,) = warnings(caplog)
        assert "1970 to 2106" in warning
        assert (entry.modified, entry.new) == (None, True)


# --- a failure leaves nothing, and takes nothing --------------------------------------------------


def test_ctrl_c_leaves_nothing_of_the_file() -> None:
    def interrupt(done: int, total: int) -> None:
        if done > 10_000:
            raise KeyboardInterrupt

    with a_camera(native_device()) as cam:
        with pytest.raises(KeyboardInterrupt):
            cam.storage.upload(some_bytes(60_000), f"{FOLDER}/A.DAT", progress=interrupt)
        assert cam.storage.ls(FOLDER) == []
        assert cam.storage.upload(b"again", f"{FOLDER}/A.DAT").size == 5


def test_a_refused_block_leaves_nothing_of_the_file() -> None:
    with a_camera(native_device("refuse@UploadBlock:0x02000099")) as cam:
        with pytest.raises(Refused):
            cam.storage.upload(b"12345", f"{FOLDER}/A.TXT")
        assert cam.storage.ls(FOLDER) == []


def test_a_source_that_shrinks_leaves_nothing_of_the_file(tmp_path: Path) -> None:
    source = tmp_path / "log.txt"
    source.write_bytes(some_bytes(20_000))

    def shrink(done: int, total: int) -> None:
        os.truncate(source, done)

    with a_camera(native_device()) as cam:
        with pytest.raises(ValueError, match="ended after"):
            cam.storage.upload(source, FOLDER, progress=shrink)
        assert cam.storage.ls(FOLDER) == []


def test_an_unplugged_cable_is_what_is_told() -> None:
    device = native_device("unplug@SetFileTime")
    with a_camera(device) as cam, pytest.raises(Disconnected):
        cam.storage.upload(b"12345", f"{FOLDER}/A.TXT")


@pytest.mark.parametrize("slug", ["eos-20d", "eos-5d", "powershot-sd200"])
def test_where_no_file_goes_up_the_old_one_stays(slug: str) -> None:
    """The revised numbering has no known command for it."""
    card = MemoryCard()
    card.add(("DCIM", "100CANON", "IMG_0001.JPG"), File(b"precious", TAKEN))
    port = WatchedPort(native_device(slug=slug, card=card))
    with port.camera() as cam:
        port.names()
        with pytest.raises(NotSupported, match="no known way to take files"):
            cam.storage.upload(b"new", f"{FOLDER}/IMG_0001.JPG", overwrite=True)
        assert set(port.names()) <= {"ListDisks", "GetDirectory"}, "nothing was changed"
        assert cam.storage.read(f"{FOLDER}/IMG_0001.JPG") == b"precious"


def test_at_a_speed_at_which_none_goes_up_the_old_one_stays() -> None:
    host = Host(VirtualLine(serial_device("powershot-a50")), 115200)
    before = host.storage.ls(FOLDER)
    with pytest.raises(NotSupported, match="57600"):
        host.storage.upload(b"new", before[0], overwrite=True)
    assert host.storage.ls(FOLDER) == before


# --- the file that jams the next session (section 7.12) -------------------------------------------


@pytest.mark.parametrize("slug", ["powershot-s100", "powershot-g2", "eos-d60", "powershot-g3"])
@pytest.mark.parametrize("folder", ["DCIM", FOLDER])
def test_before_a_file_that_jams_the_next_session_there_is_a_warning(
    slug: str, folder: str, caplog: pytest.LogCaptureFixture
) -> None:
    most = JAM - len(rf"D:\{folder}\A.DAT")
    told: list[list[str]] = []

    def listen(done: int, total: int) -> None:
        if done <= 0x1400:
            told.append(warnings(caplog))

    with a_camera(native_device(slug=slug)) as cam:
        for size in (most - 1, most, most + 1):
            entry = cam.storage.upload(
                some_bytes(size), f"{folder}/A.DAT", overwrite=True, progress=listen
            )
            assert cam.storage.read(entry) == some_bytes(size), "it goes up all the same"
    below, at, (warning,) = told
    assert (below, at) == ([], [])
    assert f"{folder}/A.DAT has {most + 1} bytes; after a file of more than {most}" in warning
    assert "switched off and on" in warning
    assert warnings(caplog) == [], "it is said before the transfer, and once"


def test_a_serial_line_does_not_jam(caplog: pytest.LogCaptureFixture) -> None:
    host = Host(VirtualLine(serial_device()))
    assert host.storage.upload(some_bytes(JAM), f"{FOLDER}/UP.JPG").size == JAM
    assert warnings(caplog) == []


# --- marks that stay as they are (section 8) ------------------------------------------------------


@pytest.mark.parametrize("slug", ["eos-20d", "eos-350d", "eos-5d", "powershot-sd200"])
def test_where_marks_stay_they_are_not_said_to_be_changed(slug: str) -> None:
    """A 20D answers the command well, and nothing comes of it."""
    card = MemoryCard()
    card.add(("DCIM", "100CANON", "IMG_0001.JPG"), File(b"a picture", TAKEN))
    port = WatchedPort(native_device(slug=slug, card=card))
    with port.camera() as cam:
        (entry,) = cam.storage.ls(FOLDER)
        port.names()
        for verb in (cam.storage.protect, cam.storage.unprotect, cam.storage.mark_downloaded):
            with pytest.raises(NotSupported, match=r"no known way to (?:protect|mark) files"):
                verb(entry)
        assert port.names() == []
        assert cam.storage.ls(FOLDER) == [entry]


def test_the_picture_of_a_fresh_20d_cannot_be_protected() -> None:
    with canon.open("virtual:eos-20d") as cam, pytest.raises(NotSupported, match="EOS 20D"):
        cam.storage.protect(f"{FOLDER}/IMG_0001.JPG")
