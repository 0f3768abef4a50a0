"""A folder of this computer as a card: what it holds is looked at, and nothing is lost silently."""

from __future__ import annotations

import os
import socket
import struct
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import canon
from canon.errors import CanonError, ObjectNotFound
from canon.exif import thumbnail
from canon.native.commands import GetFile
from canon.virtual.card import File, MemoryCard
from canon.virtual.folder import OnHost, card_from_folder, short_names
from canon.virtual.native.camera import NativeCamera
from canon.virtual.pictures.exif import Exposure, app1
from rigs.bodies import a_camera, native_body, ptp_device

BODIES = ("powershot-g3", "powershot-a50", "eos-20d", "powershot-g9", "powershot-350", "eos-60d")
"""One of each dialect: both native numberings, over USB and a line, PTP, and the odd one."""
SMALL = b"\xff\xd8\xff\xdb\0\0\xff\xd9"


@pytest.fixture(params=BODIES)
def body(request: pytest.FixtureRequest) -> str:
    slug: str = request.param
    return slug


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two sound pictures in it."""
    inside = tmp_path / "DCIM" / "100CANON"
    inside.mkdir(parents=True)
    for name in "IMG_0001.JPG", "IMG_0002.JPG":
        (inside / name).write_bytes(name.encode() * 300)
    return inside


def names(body: str, folder: Path) -> list[str]:
    """What a host finds in 100CANON; every file of it is read, and is what it was."""
    with canon.open(f"virtual:{body}?card={folder.parent.parent}") as cam:
        root = "DC97" if body == "powershot-350" else "DCIM"
        found = [entry for entry in cam.storage.walk(root) if not entry.is_folder]
        for entry in found:
            data = cam.storage.read(entry)
            assert len(data) == entry.size
        return [str(entry).partition("/100CANON/")[2] for entry in found]


SOUND = ["IMG_0001.JPG", "IMG_0002.JPG"]


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (datetime(1969, 12, 31, 12), datetime(1980, 1, 1)),
        (datetime(1850, 1, 1), datetime(1980, 1, 1)),
        (datetime(1980, 1, 1), datetime(1980, 1, 1)),
        (datetime(2004, 2, 29, 12, 0, 2), datetime(2004, 2, 29, 12, 0, 2)),
        (datetime(2150, 1, 1), None),
    ],
)
def test_a_file_has_the_nearest_time_that_a_card_can_hold(
    body: str, folder: Path, day: datetime, shown: datetime | None, caplog: pytest.LogCaptureFixture
) -> None:
    os.utime(folder / "IMG_0002.JPG", (day.timestamp(), day.timestamp()))
    port = f"virtual:{body}?card={folder.parent.parent}"
    with canon.open(port) as cam:
        (entry,) = (entry for entry in cam.storage.walk() if entry.name == "IMG_0002.JPG")
    assert entry.modified is not None
    assert abs(entry.modified - (shown or datetime(2106, 2, 7, 6, 28, 14))) < timedelta(seconds=1)
    told = "nearest time that a card can hold: DCIM/100CANON/IMG_0002.JPG" in caplog.text
    assert told == (day != shown)


def a_link_to_nothing(folder: Path) -> None:
    (folder / "IMG_0003.JPG").symlink_to(folder / "gone.jpg")


def a_link_to_itself(folder: Path) -> None:
    (folder / "IMG_0003.JPG").symlink_to(folder / "IMG_0003.JPG")


def a_link_upwards(folder: Path) -> None:
    (folder / "IMG_0003.JPG").symlink_to(folder.parent)


def a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "IMG_0003.JPG")


def a_socket(folder: Path) -> None:
    where = os.getcwd()
    os.chdir(folder)  # the path of a socket has little room
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("IMG_0003.JPG")
    os.chdir(where)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (a_link_to_nothing, "leads nowhere"),
        (a_link_to_itself, "leads nowhere"),
        (a_link_upwards, "leads back"),
        (a_pipe, "is no file"),
        (a_socket, "is no file"),
    ],
)
def test_what_cannot_be_on_a_card_is_left_out_and_told_by_name(
    body: str,
    folder: Path,
    make: Callable[[Path], None],
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    make(folder)
    assert names(body, folder) == SOUND
    (record,) = caplog.records
    assert reason in record.getMessage()
    assert "DCIM/100CANON/IMG_0003.JPG" in record.getMessage()


def test_links_that_lead_to_files_and_folders_are_what_they_lead_to(
    body: str, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "IMG_0009.JPG").write_bytes(b"9" * 9)
    (folder / "IMG_0003.JPG").symlink_to(other / "IMG_0009.JPG")
    (folder / "MORE").symlink_to(other)
    assert names(body, folder) == [*SOUND, "IMG_0003.JPG", "MORE/IMG_0009.JPG"]


def test_a_file_that_is_too_long_for_the_camera_is_told_by_its_name(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (folder / "MVI_0003.MOV").open("wb") as film:
        film.truncate(1 << 32)
    for slug in "powershot-g3", "powershot-a50", "powershot-350":
        caplog.clear()
        assert names(slug, folder) == SOUND
        assert "too long for this camera's cards: DCIM/100CANON/MVI_0003.MOV" in caplog.text
    with canon.open(f"virtual:powershot-sx200-is?card={folder.parent.parent}") as cam:
        assert [entry.name for entry in cam.storage.ls("DCIM/100CANON")][2:] == ["MVI_0003.MOV"]
        (card,) = cam.storage.cards()
        assert card.free > 1 << 32


def test_a_folder_that_is_too_deep_for_a_card_is_told_by_its_name(
    body: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    deepest = folder
    for _ in range(40):
        deepest = deepest / "LEVEL"
    deepest.mkdir(parents=True)
    (folder / "LEVEL" / "IMG_0003.JPG").write_bytes(b"3")
    shallow = folder / "LEVEL" / "LEVEL" / "LEVEL" / "LEVEL" / "LEVEL" / "LEVEL" / "LEVEL"
    (shallow / "IMG_0004.JPG").write_bytes(b"4")
    (deepest / "IMG_0005.JPG").write_bytes(b"5")
    found = names(body, folder)
    assert sorted(found)[:3] == [*SOUND, "LEVEL/IMG_0003.JPG"]
    assert not [name for name in found if "IMG_0005" in name]
    assert [name for name in found if "IMG_0004" in name]
    assert "too deep for a card: DCIM/100CANON/LEVEL/" in caplog.text


def test_long_and_odd_names_are_written_as_a_card_does_and_told(
    body: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in "img_0001.jpg", "Zoë at the sea.jpeg", "Zoë at home.jpeg", "a b.txt", "README":
        (folder / name).write_bytes(name.encode())
    assert sorted(names(body, folder)) == [
        "A_B.TXT",
        "IMG_0001.JPG",
        "IMG_0002.JPG",
        "IMG_00~1.JPG",
        "README",
        "ZO__AT~1.JPG",
        "ZO__AT~2.JPG",
    ]
    told = caplog.text
    assert "DCIM/100CANON/img_0001.jpg as IMG_00~1.JPG" in told
    assert "DCIM/100CANON/Zoë at home.jpeg as ZO__AT~1.JPG" in told
    assert "README as" not in told


def test_names_that_are_shortened_keep_companions_together_and_differ() -> None:
    given = short_names(
        [
            "holiday_two.CRW",
            "holiday_one.CRW",
            "holiday_two.THM",
            "HOLIDA~1.JPG",
            "b.c.d",
            ".x",
            ".",
        ]
    )
    assert given["HOLIDA~1.JPG"] == "HOLIDA~1.JPG"
    assert given["holiday_one.CRW"] == "HOLIDA~2.CRW"
    assert given["holiday_two.CRW"] == "HOLIDA~3.CRW"
    assert given["holiday_two.THM"] == "HOLIDA~3.THM"
    assert given["b.c.d"] == "B_C.D"
    many = short_names(f"a name of a file {number}.jpg" for number in range(3000))
    assert len(set(many.values())) == 3000
    assert all(len(name) <= 12 for name in many.values())


def test_of_many_the_first_are_named_and_the_others_counted(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(20):
        (folder / f"a name {number:02}.jpg").symlink_to("nowhere")
    card_from_folder(folder)
    (record,) = caplog.records
    assert record.getMessage().endswith("a name 03.jpg, a name 04.jpg and 15 more")


def test_hidden_files_are_left_out_and_empty_folders_are_there(
    body: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "canon_virtual")
    (folder / ".DS_Store").write_bytes(b"x")
    (folder.parent / "101CANON").mkdir()
    with canon.open(f"virtual:{body}?card={folder.parent.parent}") as cam:
        (pictures,) = cam.storage.ls()
        assert [entry.name for entry in cam.storage.ls(pictures)] == ["100CANON", "101CANON"]
        assert len(cam.storage.ls(pictures.path / "100CANON")) == 2
        assert cam.storage.ls(pictures.path / "101CANON") == []
    assert "hidden: DCIM/100CANON/.DS_Store" in caplog.text


def test_what_may_not_be_read_is_told_by_its_name(caplog: pytest.LogCaptureFixture) -> None:
    with tempfile.TemporaryDirectory() as made:
        top = Path(made)
        for name in "IMG_0001.JPG", "IMG_0002.JPG":
            (top / name).write_bytes(b"x")
        (top / "closed").mkdir()
        (top / "closed" / "IMG_0003.JPG").write_bytes(b"x")
        top.chmod(0o755)
        (top / "IMG_0002.JPG").chmod(0)
        (top / "closed").chmod(0)
        as_user = os.geteuid()
        if as_user == 0:
            os.seteuid(65534)
        try:
            card = card_from_folder(top)
        finally:
            os.seteuid(as_user)
            (top / "closed").chmod(0o755)
    shown = card.folder(("DCIM", "100CANON"))
    assert shown
    assert list(shown.entries) == ["IMG_0001.JPG"]
    assert "cannot be read: IMG_0002.JPG, closed" in caplog.text


@pytest.mark.parametrize("cut", [None, 100])
def test_a_file_that_goes_away_later_costs_only_itself(
    body: str, folder: Path, cut: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    odd = folder / "IMG_0001.JPG"
    with canon.open(f"virtual:{body}?card={folder.parent.parent}") as cam:
        found = {entry.name: entry for entry in cam.storage.walk() if not entry.is_folder}
        odd.unlink() if cut is None else os.truncate(odd, cut)
        with pytest.raises(CanonError):
            cam.storage.read(found["IMG_0001.JPG"])
        if body != "powershot-350":
            with pytest.raises(CanonError):
                cam.storage.thumbnail(found["IMG_0001.JPG"])
        assert cam.storage.read(found["IMG_0002.JPG"]) == b"IMG_0002.JPG" * 300
        assert [entry.name for entry in cam.storage.walk() if not entry.is_folder] == SOUND
    assert "cannot be read any more" in caplog.text


# --- thumbnails as real files have them ----------------------------------------------------------


def laid_out(thumbnail_at: int, length: int) -> bytes:
    """A JPEG head whose thumbnail lies far in its EXIF, as an EOS 20D writes it, and a picture."""
    small = SMALL[:-2] + bytes(length - len(SMALL)) + SMALL[-2:]
    plain = app1(Exposure(datetime(2004, 6, 5), 1000001), b"")
    second = plain.index(struct.pack("<HHI", 0x0201, 4, 1))
    head = bytearray(plain[: second + 8] + struct.pack("<I", thumbnail_at) + plain[second + 12 :])
    count = head.index(struct.pack("<HHI", 0x0202, 4, 1))
    head[count + 8 : count + 12] = struct.pack("<I", length)
    block = bytes(head[10:]).ljust(thumbnail_at, b"\0")[:thumbnail_at] + small
    return (
        b"\xff\xd8\xff\xe1"
        + struct.pack(">H", len(block) + 8)
        + b"Exif\0\0"
        + block
        + bytes(50_000)
    )


@pytest.mark.parametrize(("at", "length"), [(0x800, 200), (9728, 11000), (20000, 40000)])
@pytest.mark.parametrize(
    "slug", ["powershot-g3", "eos-20d", "powershot-g9", "powershot-a50", "eos-r6"]
)
def test_a_thumbnail_is_had_wherever_it_lies(folder: Path, slug: str, at: int, length: int) -> None:
    file = laid_out(at, length)
    (folder / "IMG_0003.JPG").write_bytes(file)
    with canon.open(f"virtual:{slug}?card={folder.parent.parent}") as cam:
        assert cam.storage.thumbnail("DCIM/100CANON/IMG_0003.JPG") == thumbnail(file)
        with pytest.raises(ObjectNotFound, match="no thumbnail"):
            cam.storage.thumbnail("DCIM/100CANON/IMG_0001.JPG")


def test_a_head_ends_where_its_exif_ends(folder: Path) -> None:
    file = laid_out(9728, 11000)
    (folder / "IMG_0003.JPG").write_bytes(file)
    device = NativeCamera(native_body("powershot-g3", card_from_folder(folder)))
    for name, head in (
        ("IMG_0003.JPG", file[: 12 + 9728 + 11000]),
        ("IMG_0001.JPG", (folder / "IMG_0001.JPG").read_bytes()),
    ):
        command = GetFile(1, 0x1400, f"D:\\DCIM\\100CANON\\{name}")
        assert device.storage.answer(command) == head


# --- more than 32 bits ---------------------------------------------------------------------------


class Long:
    """A file of zeros that is longer than 32 bits can say."""

    size = (1 << 32) + 100

    def part(self, start: int, size: int) -> bytes:
        return bytes(max(0, min(size, self.size - start)))


def test_a_file_of_more_than_4_gib_comes_to_its_end_in_ptp() -> None:
    card = MemoryCard(1 << 34)
    card.add(("DCIM", "100CANON", "MVI_0001.MOV"), File(Long(), 0))
    with a_camera(ptp_device("powershot-sx200-is", card=card)) as cam:
        entry = cam.storage.stat("DCIM/100CANON/MVI_0001.MOV")
        assert entry.size in (0xFFFFFFFF, Long.size)
        assert cam.storage.read_range(entry, 10, 5) == bytes(5)


def test_a_file_of_the_host_is_as_long_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"0123456789")
    kept = OnHost(path, 10)
    path.write_bytes(b"0123456789 and more")
    assert (kept.part(0, 100), kept.part(8, 100), kept.part(20, 5)) == (b"0123456789", b"89", b"")
    path.write_bytes(b"0")
    with pytest.raises(OSError, match="shorter"):
        kept.part(0, 100)
