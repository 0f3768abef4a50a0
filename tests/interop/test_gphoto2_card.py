"""gphoto2 reads and changes the card of the virtual G3 (canon-native-usb, 14.1 and 14.2).

Where gphoto2 shows something else than the camera sent, the test says so and looks at both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from gphoto2 import FOLDER, Tethered, tethered

from canon.exif import thumbnail

START = ["Identify", "LockKeys", "GetPowerStatus"]
"""What gphoto2 asks of a body of class 5 before any verb (section 14.1)."""


@pytest.fixture
def g3(tmp_path: Path) -> Iterator[Tethered]:
    with tethered(tmp_path) as g3:
        yield g3


@pytest.fixture
def own_card(tmp_path: Path) -> Path:
    """A folder as a card, with the sizes at which a transfer may break."""
    folder = tmp_path / "card" / "DCIM" / "123CANON"
    folder.mkdir(parents=True)
    for name, size in (
        ("img_0001.jpg", 256),
        ("img_0002.jpg", 64 * 100),
        ("img_0003.jpg", 0x1400),
        ("img_0004.jpg", 0x1400 + 1),
        ("img_0005.jpg", 3 * 0x10000),
        ("mvi_0006.avi", 100_001),
    ):
        (folder / name).write_bytes(bytes(at * size % 251 for at in range(size)))
    return folder.parent.parent


# --- who it is ------------------------------------------------------------------------------------


def test_it_is_found_and_can_be_reset(g3: Tethered) -> None:
    found = g3.gphoto2("--auto-detect").lines[-1]
    assert re.fullmatch(r"Canon PowerShot G3 \(normal mode\) +usb:001,002", found)
    g3.device.bulk.put(b"of somebody else")
    assert g3.gphoto2("--reset").status == 0
    assert g3.device.bulk.waiting() == 0
    assert g3.witness.asked == [], "gphoto2 does both without a word to the camera"


@pytest.mark.shows("identify", "owner", "clock", "power", evidence="gphoto2")
@pytest.mark.parametrize(
    ("fault", "active"),
    [
        ("", False),
        ("garbage", False),
        ("no-lengths", False),
        ("pieces", False),
        ("lose-head", True),
    ],
)
def test_summary(tmp_path: Path, fault: str, active: bool) -> None:
    """From 'C' or 'A' the first time, from 'A' the second, and on a camera with bad manners."""
    with tethered(tmp_path, *filter(None, [fault])) as g3:
        g3.device.active = active
        for _ in range(2):
            g3.device.body.set_seconds(0)
            said = g3.gphoto2("--summary")
            assert said.status == 0
            assert said.lines[:8] == [
                "Camera summary:",
                "Camera identification:",
                "Model: Canon:PowerShot G3 (normal mode)",
                "Owner: adsf",
                "Power status: AC adapter (power OK)",
                "Flash disk information:",
                "Drive D:",
                "256 bytes total",  # gphoto2 is wrong: a G3 counts in KiB, and it sent 262144
            ]
            assert "(host time " in said.lines[-1]
            assert g3.device.body.seconds > 1_700_000_000, "a summary sets the camera's clock"
        verb = ["Identify", "ListDisks", "GetDiskSpace", "GetPowerStatus", "SetTime", "GetTime"]
        wanted = (START + verb) * 2
        if fault == "lose-head":
            wanted.insert(0, "Identify")  # its answer was cut, and it was asked again
        assert g3.witness.asked == wanted
        assert g3.device.padded == g3.device.cut == 0


def test_storage_info(g3: Tethered) -> None:
    lines = g3.gphoto2("--storage-info").lines
    assert lines[:3] == ["[Storage 0]", "label=", "access=2 Read-only with delete"]
    # gphoto2 is wrong: a G3 counts in KiB, and it sent 262144.
    assert lines[3] == "totalcapacity=256 KB"
    assert lines[4] == f"free={g3.card.free >> 20} KB"


def test_without_a_card(tmp_path: Path) -> None:
    with tethered(tmp_path, card="none") as g3:
        assert g3.gphoto2("--storage-info").lines[3:] == ["totalcapacity=0 KB", "free=0 KB"]
        assert "There is no file in folder '/'." in g3.gphoto2("--list-files").lines
        said = g3.gphoto2("--summary")
        assert said.status == 1
        assert "Could not get disk info: OS error in camera communication" in said.lines


# --- listings -------------------------------------------------------------------------------------


@pytest.mark.shows("list", evidence="gphoto2")
def test_listings(g3: Tethered) -> None:
    assert g3.gphoto2("--list-folders").lines == [
        "There are 2 folders in folder '/'.",
        "- DCIM",
        "- MISC",
        "There is 1 folder in folder '/DCIM'.",
        "- 100CANON",
        f"There are 0 folders in folder '{FOLDER}'.",
        "There are 0 folders in folder '/MISC'.",
    ]
    listed = [
        (words[1], words[3], words[-1])
        for line in g3.gphoto2("--list-files").lines
        if line.startswith("#") and (words := line.split())
    ]
    on_card = [(name, g3.file(name)) for name in sorted(g3.names())]
    assert listed == [(name, str(-(-file.size // 1024)), str(file.time)) for name, file in on_card]
    assert g3.gphoto2("--num-files", "--folder", FOLDER).lines == [
        f"Number of files in folder '{FOLDER}': {len(on_card)}"
    ]


def test_show_info(g3: Tethered) -> None:
    first = g3.file("IMG_0001.JPG")
    first.new, first.protected = False, True
    g3.env["TZ"] = "HERE-5"  # 5 hours east; the camera's time is that of the place
    assert g3.gphoto2("--show-info", "1").lines == [
        f"Information on file 'IMG_0001.JPG' (folder '{FOLDER}'):",
        "File:",
        "Mime type:   'image/jpeg'",
        f"Size:        {first.size} byte(s)",
        "Downloaded:  yes",
        "Permissions: read",
        "Time:        Sat Jun 14 09:30:00 2003",
        "Thumbnail:",
        "Mime type:   'image/jpeg'",
        "Audio data:",
        "None available.",
    ]


# --- downloads ------------------------------------------------------------------------------------


@pytest.mark.shows("get", evidence="gphoto2")
@pytest.mark.parametrize("fault", ["", "garbage", "no-lengths"])
def test_a_card_comes_over_whole(tmp_path: Path, own_card: Path, fault: str) -> None:
    with tethered(tmp_path, *filter(None, [fault]), card=own_card) as g3:
        assert g3.gphoto2("--get-all-files").status == 0
        originals = {
            path.name.upper(): path.read_bytes() for path in own_card.rglob("*") if path.is_file()
        }
        assert g3.saved() == originals


def test_a_download_marks_the_file_and_keeps_time_and_protection(g3: Tethered) -> None:
    third = g3.file("IMG_0003.JPG")
    third.protected = True
    assert g3.gphoto2("--get-file", "3", "--folder", FOLDER).status == 0
    assert g3.saved() == {"IMG_0003.JPG": third.read()}
    assert (g3.folder / "IMG_0003.JPG").stat().st_mtime == third.time
    assert third.protected
    assert [name for name in g3.names() if not g3.file(name).new] == ["IMG_0003.JPG"]
    assert g3.witness.asked[-2:] == ["GetFile", "SetAttributes"]


@pytest.mark.shows("thumbnail", evidence="gphoto2")
def test_thumbnail_and_exif(g3: Tethered) -> None:
    assert g3.gphoto2("--get-thumbnail", "1").status == 0
    assert g3.saved() == {"thumb_IMG_0001.jpg": thumbnail(g3.file("IMG_0001.JPG").read())}
    shown = g3.gphoto2("--show-exif", "1").lines
    told = {name.strip(): value.strip() for name, _, value in (row.partition("|") for row in shown)}
    assert told["Model"] == "Canon PowerShot G3"
    assert told["DateTimeOriginal"] == "2003:06:14 09:30:00"
    assert told["FNumber"] == "f/2.0"
    size = len(g3.saved()["thumb_IMG_0001.jpg"])
    assert shown[-1] == f"EXIF data contains a thumbnail ({size} bytes)."
    assert g3.file("IMG_0001.JPG").new, "a thumbnail is no download"


def test_the_spoken_note_of_a_picture(g3: Tethered) -> None:
    assert g3.gphoto2("--get-audio-data", "2").status == 0
    assert g3.saved() == {"audio_IMG_0002.wav": g3.file("SND_0002.WAV").read()}
    none = g3.gphoto2("--get-audio-data", "1")
    assert none.status == 1
    assert "*** Error (-102: 'Corrupted data') ***" in none.lines
    assert len(g3.saved()) == 1


def test_gphoto2_takes_no_file_below_256_bytes(tmp_path: Path, own_card: Path) -> None:
    """gphoto2 is wrong, by a limit of its own: the camera sent all 255 bytes."""
    (own_card / "DCIM" / "123CANON" / "img_0000.jpg").write_bytes(bytes(255))
    with tethered(tmp_path, card=own_card) as g3:
        said = g3.gphoto2("--get-all-files")
        assert "*** Error (-102: 'Corrupted data') ***" in said.lines
        assert g3.saved() == {}, "it stops there"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("unplug@GetFile:20000", "-114: 'OS error in camera communication'"),
        ("stall@GetFile:20000", "-114: 'OS error in camera communication'"),
        ("empty@GetFile", "-102: 'Corrupted data'"),
    ],
)
def test_a_download_that_breaks_off_leaves_no_file(tmp_path: Path, fault: str, error: str) -> None:
    with tethered(tmp_path, fault) as g3:
        said = g3.gphoto2("--get-file", "1")
        assert f"*** Error ({error}) ***" in said.lines
        assert g3.saved() == {}
        assert g3.device.plugged == ("unplug" not in fault)
        if g3.device.plugged:
            g3.gphoto2("--reset")  # gphoto2 never clears a halted pipe itself
            assert g3.gphoto2("--get-file", "1").status == 0
            assert g3.saved() == {"IMG_0001.JPG": g3.file("IMG_0001.JPG").read()}


# --- changes --------------------------------------------------------------------------------------


@pytest.mark.shows("delete", evidence="gphoto2")
def test_deleting(g3: Tethered) -> None:
    assert g3.gphoto2("--delete-file", "1", "--folder", FOLDER).status == 0
    before = g3.names()
    assert "IMG_0001.JPG" not in before

    g3.file("IMG_0003.JPG").protected = True
    said = g3.gphoto2("--delete-file", "2", "--folder", FOLDER)
    assert "Error deleting file" in said.lines
    assert g3.names() == before

    said = g3.gphoto2("--delete-all-files", "--folder", FOLDER)
    assert "Error deleting file" in said.lines
    assert g3.names() == ["IMG_0002.JPG", "IMG_0003.JPG"], "from the last to the protected one"

    g3.file("IMG_0003.JPG").protected = False
    assert g3.gphoto2("--delete-all-files", "--folder", FOLDER).status == 0
    assert g3.names() == []


@pytest.mark.shows("folders", evidence="gphoto2")
def test_making_and_removing_folders(g3: Tethered) -> None:
    dcim = g3.card.folder(("DCIM",))
    assert dcim
    assert g3.gphoto2("--mkdir", "200CANON", "--folder", "/DCIM").status == 0
    assert list(dcim.entries) == ["100CANON", "200CANON"]
    assert g3.gphoto2("--rmdir", "200CANON", "--folder", "/DCIM").status == 0
    assert list(dcim.entries) == ["100CANON"]

    g3.witness.asked.clear()
    said = g3.gphoto2("--rmdir", "300CANON", "--folder", "/DCIM")
    assert "*** Error (-107: 'Directory not found') ***" in said.lines
    assert "RemoveDirectory" not in g3.witness.asked

    said = g3.gphoto2("--rmdir", "DCIM", "--folder", "/")
    assert "*** Error (-114: 'OS error in camera communication') ***" in said.lines
    assert list(dcim.entries) == ["100CANON"], "a folder that is not empty stays"
