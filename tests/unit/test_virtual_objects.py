"""The card of a virtual PTP camera, as its operations show it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from ptp_host import CANON100, DCIM, FILE, FILES, FIRST, OK, PLAIN, REMOTE, Rig

from canon.models.file_kinds import ObjectFormat
from canon.ptp.datasets import ObjectInfo, StorageIDs, StorageInfo
from canon.ptp.marks import FOLDER, NEW, PROTECTED
from canon.ptp.operations import ALL, Response
from canon.ptp.powershot.layouts import FOLDER_ENTRY, RAM, FolderEntry
from canon.virtual.card import File
from canon.virtual.folder import OnHost
from canon.virtual.pictures.exif import Exposure
from canon.virtual.pictures.scene import photograph
from canon.virtual.ptp.objects import CARD
from rigs.bodies import a_card

NO_CARD = 0x00010000

# --- stores and objects ---------------------------------------------------------------------------


def test_handles_are_those_of_an_sx200() -> None:
    card = a_card({"IMG_0001.JPG": b"1", "IMG_0002.JPG": b"2", "IMG_0001.CRW": b"3"})
    rig = Rig(FILES, card=card).opened()
    assert rig.handles() == (DCIM,)
    assert rig.handles(parent=DCIM) == (CANON100,)
    assert rig.handles(CARD, CANON100) == (FIRST, 0x01900021, 0x01900012)
    assert set(rig.handles(CARD, 0)) == {DCIM, CANON100, FIRST, 0x01900021, 0x01900012}


def test_handles_stay_when_others_go() -> None:
    rig = Rig(FILES, card=a_card({"IMG_0001.JPG": b"1", "IMG_0002.JPG": b"2"})).opened().walk()
    assert rig.ask(0x100B, FIRST, 0)[0] == OK
    assert rig.handles(parent=CANON100) == (0x01900021,)


def test_every_handle_is_another() -> None:
    card = a_card({"IMG_0001.JPG": FILE})
    for number in range(40):
        card.add(("DCIM", "100CANON", f"IMG_0001.{number:03}"), File(b"x", 0))
        card.add((f"OTHER{number}.TXT",), File(b"x", 0))
    handles = Rig(FILES, card=card).opened().handles(parent=0)
    assert len(set(handles)) == len(handles) == 83


def test_counting() -> None:
    rig = Rig().opened().walk()
    assert rig.ask(0x1006, ALL, 0, 0)[:2] == (OK, (3,))
    assert rig.ask(0x1006, CARD, ObjectFormat.EXIF_JPEG, 0)[:2] == (OK, (1,))


@pytest.mark.parametrize(
    ("store", "parent", "code"),
    [
        (0x00020001, ALL, Response.INVALID_STORAGE_ID),
        (NO_CARD, ALL, Response.INVALID_STORAGE_ID),
        (CARD, 0x1234, Response.INVALID_PARENT_OBJECT),
        (CARD, FIRST, Response.INVALID_PARENT_OBJECT),
    ],
)
def test_lists_that_are_not_there(store: int, parent: int, code: int) -> None:
    assert Rig().opened().walk().ask(0x1007, store, 0, parent)[0] == code


def test_an_empty_slot() -> None:
    rig = Rig(empty=True).opened()
    assert StorageIDs.decode(rig.ask(0x1004)[2]).ids == (NO_CARD,)
    assert rig.handles() == ()
    assert rig.ask(0x1007, NO_CARD, 0, ALL)[0] == Response.STORE_NOT_AVAILABLE
    assert StorageInfo.decode(rig.ask(0x1005, NO_CARD)[2]).capacity == 0
    assert rig.ask(0x1005, CARD)[0] == Response.INVALID_STORAGE_ID


def test_a_card_and_its_space() -> None:
    rig = Rig().opened()
    info = StorageInfo.decode(rig.ask(0x1005, CARD)[2])
    assert (info.capacity, info.free) == (256 << 20, (256 << 20) - len(FILE))


def test_pictures_in_memory_are_listed_nowhere_else() -> None:
    rig = Rig(REMOTE).opened()
    assert StorageIDs.decode(rig.ask(0x1004)[2]).ids == (CARD, RAM)
    assert StorageInfo.decode(rig.ask(0x1005, RAM)[2]).label == "V"
    handle = rig.device.objects.keep("IMG_0002.JPG", b"picture", ObjectFormat.EXIF_JPEG, b"small")
    assert rig.handles() == (DCIM,)
    assert handle not in rig.handles(CARD, 0)
    assert rig.handles(RAM) == (handle,)
    info = rig.info(handle)
    assert (info.storage, info.parent, info.name) == (RAM, 0, "IMG_0002.JPG")
    assert rig.ask(0x1009, handle)[2] == b"picture"
    assert (rig.ask(0x100A, handle)[2], info.thumbnail_size) == (b"small", 5)
    assert rig.ask(0x100B, handle, 0)[0] == OK
    assert rig.handles(RAM) == ()


def test_a_picture_says_what_is_in_it() -> None:
    photo = photograph(Exposure(taken=datetime(2003, 6, 14), number=1000001, width=640, height=480))
    rig = Rig(FILES, card=a_card({"IMG_0001.JPG": photo.image})).opened().walk()
    info = rig.info(FIRST)
    sizes = info.size, info.thumbnail_size, info.width, info.height
    assert sizes == (len(photo.image), len(photo.thumbnail), 640, 480)
    assert (info.format, info.parent, info.name) == (
        ObjectFormat.EXIF_JPEG,
        CANON100,
        "IMG_0001.JPG",
    )
    assert info.captured == "20030614T093000"
    assert rig.ask(0x100A, FIRST) == (OK, (), photo.thumbnail)


def test_a_folder_is_66_bytes() -> None:
    rig = Rig().opened().walk()
    data = rig.ask(0x1008, DCIM)[2]
    assert len(data) == 66
    info = ObjectInfo.decode(data)
    assert (info.format, info.association, info.description) == (ObjectFormat.ASSOCIATION, 1, 1)


def test_a_file_without_a_thumbnail() -> None:
    rig = Rig().opened().walk()
    assert rig.info(FIRST).thumbnail_size == 0
    assert rig.ask(0x100A, FIRST)[0] == Response.NO_THUMBNAIL_PRESENT


@pytest.mark.parametrize("suffix", ["avi", "crw"])
def test_the_thumbnail_beside_a_file(suffix: str) -> None:
    card = a_card({f"MVI_0001.{suffix.upper()}": b"film", "MVI_0001.THM": b"\xff\xd8small"})
    rig = Rig(FILES, card=card).opened().walk()
    assert rig.ask(0x100A, FIRST)[2] == b"\xff\xd8small"


def test_entries_as_recorded() -> None:
    rig = Rig(FILES, card=a_card({"IMG_0001.JPG": bytes(0x10A56)})).opened().walk()
    file = rig.card.find(("DCIM", "100CANON", "IMG_0001.JPG"))
    assert isinstance(file, File)
    file.time, file.new = 0x5215B8EE, False
    assert rig.ask(0x9021, CARD, 0, CANON100, FIRST)[2].hex() == (
        "11009001013800560a0100eeb81552494d475f303030312e4a504700"
    )
    assert rig.ask(0x9021, CARD, 0, 0, DCIM)[1] == (1,)


def test_the_entries_of_a_folder() -> None:
    rig = Rig(FILES, card=a_card({"IMG_0001.JPG": b"1", "IMG_0002.JPG": b"22"})).opened().walk()
    assert rig.ask(0x1012, FIRST, 1)[0] == OK
    assert rig.ask(0x9002, FIRST, 0)[0] == OK
    code, (count,), data = rig.ask(0x9021, CARD, 0, CANON100, 0)
    one, two = (FolderEntry.read(data, at)[0] for at in (0, FOLDER_ENTRY))
    assert (code, count) == (OK, 2)
    assert (one.name, one.flags, two.flags) == ("IMG_0001.JPG", PROTECTED, NEW)
    root = FolderEntry.decode(rig.ask(0x9021, CARD, 0, 0, 0)[2])
    assert (root.name, root.flags) == ("DCIM", FOLDER)


def test_long_names_are_cut_to_8_3_and_differ() -> None:
    card = a_card({"IMG_0001.JPG": FILE})
    for name in ("A LONG NAME.JPEG", "A LONG NAME TOO.JPEG"):
        card.add(("DCIM", "100CANON", name), File(b"x", 0))
    rig = Rig(FILES, card=card).opened()
    rig.walk()
    names = [rig.info(handle).name for handle in rig.handles(parent=CANON100)]
    assert names == ["IMG_0001.JPG", "A LONG~1.JPE", "A LONG~2.JPE"]


def test_parts_of_a_file(tmp_path: Path) -> None:
    card = a_card({"IMG_0001.JPG": FILE})
    on_disk = tmp_path / "x"
    on_disk.write_bytes(FILE)
    card.add(("DCIM", "100CANON", "IMG_0002.JPG"), File(OnHost(on_disk, len(FILE)), 0))
    rig = Rig(FILES, card=card).opened().walk()
    for handle in (FIRST, 0x01900021):
        assert rig.ask(0x101B, handle, 100, 50) == (OK, (50,), FILE[100:150])
        assert rig.ask(0x101B, handle, 2300, 50) == (OK, (4,), FILE[2300:])
        assert rig.ask(0x101B, handle, 5000, 50)[0] == Response.INVALID_PARAMETER


def test_the_length_in_64_bits() -> None:
    rig = Rig().opened().walk()
    assert rig.ask(0x9803, FIRST, 0xDC04)[2] == len(FILE).to_bytes(8, "little")
    assert rig.ask(0x9803, FIRST, 0xDC01)[0] == Response.DEVICE_PROP_NOT_SUPPORTED


def test_what_mtp_tells_of_a_file() -> None:
    rig = Rig().opened().walk()
    size = bytes.fromhex("04dc0800") + len(FILE).to_bytes(8, "little")
    code, _, told = rig.ask(0x9805, FIRST, 0, 0xFFFFFFFF, 0, 0)
    assert (code, told[:4]) == (OK, bytes([5, 0, 0, 0]))
    assert FIRST.to_bytes(4, "little") + size in told
    assert rig.ask(0x9805, FIRST, 0, 0xDC04, 0, 0)[2] == (
        bytes([1, 0, 0, 0]) + FIRST.to_bytes(4, "little") + size
    )


def test_a_handle_by_its_name() -> None:
    rig = Rig(REMOTE).opened()

    def named(path: str) -> tuple[int, tuple[int, ...]]:
        units = path.encode("utf-16-le")
        return rig.send(0x9006, bytes([len(units) // 2 + 1]) + units + b"\0\0")

    label = rig.device.body.profile.store.label.rstrip(":")
    assert named(rf"{label}:\DCIM\100CANON\IMG_0001.JPG") == (OK, (FIRST,))
    assert named(rf"{label}:\DCIM\NOWHERE")[0] == Response.INVALID_OBJECT_HANDLE
    assert named(r"Q:\DCIM")[0] == Response.INVALID_PARAMETER


# --- changes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", [0x1008, 0x1009, 0x100A, 0x100B])
def test_unknown_handles(operation: int) -> None:
    assert Rig().opened().ask(operation, 0x1234)[0] == Response.INVALID_OBJECT_HANDLE


def test_delete_tells_the_hosts_of_bodies_that_do() -> None:
    rig = Rig(PLAIN).opened().walk()  # no CheckEvent: by the pipe
    assert rig.ask(0x100B, FIRST, 0)[0] == OK
    assert rig.piped() == bytes.fromhex("1000000004000340ffffffff11009001")
    assert rig.handles(parent=CANON100) == ()


def test_protected_files_stay() -> None:
    rig = Rig(FILES, card=a_card({"IMG_0001.JPG": b"1", "IMG_0002.JPG": b"2"})).opened().walk()
    rig.ask(0x1012, FIRST, 1)
    assert rig.info(FIRST).protection == 1
    assert rig.ask(0x100B, FIRST, 0)[0] == Response.OBJECT_WRITE_PROTECTED
    assert rig.ask(0x100B, CANON100, 0)[0] == Response.PARTIAL_DELETION
    assert rig.handles(parent=CANON100) == (FIRST,)
    rig.ask(0x1012, FIRST, 0)
    assert rig.ask(0x100B, CANON100, 0)[0] == OK
    assert rig.handles(parent=DCIM) == ()


def test_delete_all_leaves_the_folders() -> None:
    rig = Rig(FILES, card=a_card({"IMG_0001.JPG": b"1", "IMG_0002.WAV": b"2"})).opened().walk()
    assert rig.ask(0x100B, ALL, ObjectFormat.EXIF_JPEG)[0] == OK
    assert len(rig.handles(parent=CANON100)) == 1
    assert rig.ask(0x100B, ALL, 0)[0] == OK
    assert rig.handles(parent=0) == (DCIM, CANON100)


def test_format() -> None:
    rig = Rig().opened().walk()
    assert rig.ask(0x100F, RAM, 0)[0] == Response.INVALID_STORAGE_ID
    assert rig.ask(0x100F, CARD, 0)[0] == OK
    assert rig.handles(parent=0) == ()


def test_upload_says_where_it_will_be() -> None:
    rig = Rig().opened().walk()
    assert rig.announce("img_0100.jpg", 5) == (OK, (CARD, CANON100, 0x01900641))
    assert rig.send(0x100D, b"bytes") == (OK, ())
    assert rig.ask(0x1009, 0x01900641)[2] == b"bytes"
    assert rig.info(0x01900641).modified == "20040229T120000"


def test_send_object_needs_the_info_right_before() -> None:
    rig = Rig().opened().walk()
    assert rig.send(0x100D, b"bytes")[0] == Response.NO_VALID_OBJECT_INFO
    rig.announce("IMG_0100.JPG", 5)
    rig.ask(0x1004)
    assert rig.send(0x100D, b"bytes")[0] == Response.NO_VALID_OBJECT_INFO
    assert rig.handles(parent=CANON100) == (FIRST,)


def test_folders_are_made_by_the_info_alone() -> None:
    rig = Rig().opened().walk()
    code, (_, parent, handle) = rig.announce("101CANON", 0, DCIM, ObjectFormat.ASSOCIATION)
    assert (code, parent, handle) == (OK, DCIM, 101 << 18)
    assert rig.handles(parent=DCIM) == (CANON100, handle)


@pytest.mark.parametrize(
    ("name", "size", "parent", "kind", "code"),
    [
        ("IMG_0001.JPG", 5, CANON100, ObjectFormat.EXIF_JPEG, Response.ACCESS_DENIED),
        ("IMG_0100.JPG", 1 << 30, CANON100, ObjectFormat.EXIF_JPEG, Response.STORE_FULL),
        ("TOO_LONG_A_NAME.JPG", 5, CANON100, ObjectFormat.EXIF_JPEG, Response.INVALID_PARAMETER),
        ("IMG_0100.TXT", 5, CANON100, 0x3004, Response.INVALID_OBJECT_FORMAT_CODE),
        ("IMG_0100.JPG", 5, FIRST, ObjectFormat.EXIF_JPEG, Response.INVALID_PARENT_OBJECT),
    ],
)
def test_refused_uploads(name: str, size: int, parent: int, kind: int, code: int) -> None:
    rig = Rig().opened().walk()
    assert rig.announce(name, size, parent, kind)[0] == code
    assert rig.send(0x100D, b"bytes")[0] == Response.NO_VALID_OBJECT_INFO


def test_a_file_that_is_shorter_than_announced() -> None:
    rig = Rig().opened().walk()
    rig.announce("IMG_0100.JPG", 50)
    assert rig.send(0x100D, b"bytes")[0] == Response.INCOMPLETE_TRANSFER
    assert rig.handles(parent=CANON100) == (FIRST,)


def test_a_folder_has_no_bytes() -> None:
    rig = Rig().opened().walk()
    assert rig.ask(0x1009, CANON100)[0] == Response.INVALID_OBJECT_HANDLE
    assert rig.ask(0x100A, CANON100)[0] == Response.NO_THUMBNAIL_PRESENT
    assert rig.ask(0x1012, FIRST, 2)[0] == Response.INVALID_PARAMETER
