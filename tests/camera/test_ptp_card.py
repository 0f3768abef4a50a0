"""The card of a PTP camera through the public API: what passes on the port, and hostile answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from listening import heard, kinds_heard

import canon
from canon.camera import Camera
from canon.dialects import extension_of
from canon.driver.card import CardPath, Entry
from canon.driver.events import FileRemoved
from canon.driver.features import Feature
from canon.errors import (
    CanonError,
    DecodeError,
    Disconnected,
    NoCard,
    NotSupported,
    ObjectNotFound,
    PortTimeout,
    ProtocolError,
    Refused,
    WriteProtected,
)
from canon.models.file_kinds import ObjectFormat
from canon.ptp.datasets import DataType, DevicePropDesc, ObjectHandles, ObjectInfo
from canon.ptp.driver import PtpDriver
from canon.ptp.operations import (
    ALL,
    GetObjectHandles,
    GetObjectInfo,
    GetObjectSize,
    GetPartialObject,
    Operation,
    Size64,
    operations,
)
from canon.ptp.powershot.layouts import FolderEntry, GetObjectInfoEx
from canon.ptp.session import Session
from canon.ptp.usb_transport import UsbTransport
from canon.values import Battery
from canon.virtual.card import File
from canon.virtual.charge import Charge
from canon.virtual.faults import Fault
from canon.virtual.refusal import Status
from canon.wire import Message
from rigs.bodies import (
    PowerShotCamera,
    a_card,
    lacks,
    powershot,
    ptp_body,
    ptp_device,
    ptp_row,
    tells,
)
from rigs.lying import Answer, Lying, another_makers
from rigs.watched import WatchedPort

S60, SX200, S45 = "powershot-s60", "powershot-sx200-is", "powershot-s45"
FOLDER = "DCIM/100CANON"
PICTURE = f"{FOLDER}/IMG_0001.JPG"


def a_driver(port: WatchedPort[PowerShotCamera]) -> PtpDriver:
    """A driver that has begun to talk."""
    driver = PtpDriver(Session(UsbTransport(port)), ptp_row(SX200), extension_of)
    driver.start()
    return driver


# --- who it is ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "model", "firmware"),
    [
        pytest.param(
            slug,
            name,
            version,
            marks=pytest.mark.shows("identify", "list", "get", model=f"{name} (PTP)"),
        )
        for slug, name, version in (
            (S60, "PowerShot S60", "1.0.0.0"),
            (SX200, "PowerShot SX200 IS", "6.0.1.0"),
            ("powershot-g9", "PowerShot G9", "4.2.1.0"),
            ("powershot-a95", "PowerShot A95", "1.0.0.0"),
            (S45, "PowerShot S45", "01.0001"),
        )
    ],
)
def test_each_family_identifies_lists_and_gives_its_files(
    slug: str, model: str, firmware: str
) -> None:
    device = ptp_device(slug)
    with WatchedPort(device).camera() as cam:
        assert repr(cam) == f"<Canon {model} v{firmware}>"
        (only,) = cam.storage.cards()
        assert only.capacity == 256 << 20
        card = device.body.card
        assert card is not None
        files = [entry for entry in cam.storage.walk() if not entry.is_folder]
        assert len(files) >= 6
        for entry in files:
            file = card.find(entry.path.parts)
            assert isinstance(file, File)
            assert entry.size == file.size
            assert cam.storage.read(entry) == file.read()


def test_the_start_takes_no_round_trip_too_many() -> None:
    port = WatchedPort(ptp_device(SX200))
    with port.camera() as cam:
        assert port.names() == ["OpenSession", "GetDeviceInfo", "GetDevicePropValue"]
        _ = cam.model, cam.owner, cam.firmware_version
        assert port.names() == []


def test_a_body_without_properties_is_not_asked_for_any() -> None:
    port = WatchedPort(ptp_device(S45))
    with port.camera() as cam:
        asked = port.names()
        assert asked == ["OpenSession", "GetDeviceInfo"]
        assert cam.owner == ""
        refused: dict[str, Callable[[], object]] = {
            "clock that can be read": lambda: cam.camera_time,
            "clock that can be set": cam.sync_clock,
            "power status that it tells": lambda: cam.power,
            "list of picture sizes": lambda: cam.picture_sizes(),
            "body number that it tells": lambda: cam.body_id,
            "known way to make folders": lambda: cam.storage.mkdir("DCIM/999CANON"),
            "remote control": cam.remote.start,
            "properties": lambda: cam.settings["0xd045"].value,
        }
        for feature, verb in refused.items():
            with pytest.raises(NotSupported, match=f"the PowerShot S45 has no {feature}"):
                verb()
        assert port.names() == []


@pytest.mark.shows("owner", "clock", "power", model="PowerShot SX200 IS (PTP)")
def test_owner_clock_and_power() -> None:
    device = ptp_device(SX200)
    with WatchedPort(device).camera() as cam:
        cam.owner = "me"
        assert (cam.owner, device.body.owner) == ("me", "me")
        cam.camera_time = datetime(2009, 4, 1, 12, 0)
        assert cam.camera_time.replace(second=0) == datetime(2009, 4, 1, 12, 0)
        assert (cam.on_ac, cam.battery) == (True, Battery.GOOD)
        device.body.on_ac, device.body.charge = False, Charge.LOW
        assert (cam.on_ac, cam.battery) == (False, Battery.LOW)


def test_abilities_are_each_kind_of_picture_once() -> None:
    with canon.open(f"virtual:{S60}?mode=ptp") as cam:
        told = [(one.name, one.width, one.height) for one in cam.picture_sizes()]
    assert told[0] == ("Large:Superfine", 2592, 1944)
    assert told[-1] == ("Large:Raw", 2592, 1944)
    assert ("Small:Normal", 640, 480) in told
    assert len(set(told)) == len(told) == 13


# --- listings -------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", [S60, SX200])
def test_a_powershot_lists_a_folder_in_one_answer(slug: str) -> None:
    port = WatchedPort(ptp_device(slug))
    with port.camera() as cam:
        assert len(cam.storage.ls(FOLDER)) >= 6
        port.names()
        cam.storage.ls(FOLDER)
        assert port.names() == ["GetObjectInfoEx"]


def test_another_camera_is_asked_for_each_object_once() -> None:
    port = WatchedPort(ptp_device(S45))
    with port.camera() as cam:
        files = cam.storage.ls(FOLDER)
        assert port.names().count("GetObjectInfo") == len(files) + 3  # MISC, DCIM, and the folder
        assert cam.storage.ls(FOLDER) == files
        assert port.names() == ["GetObjectHandles"]


def test_a_listing_that_is_refused_is_made_the_long_way() -> None:
    with WatchedPort(ptp_device(SX200)).camera() as cam:
        fast = list(cam.storage.walk())
    port = WatchedPort(ptp_device(SX200, "refuse@GetObjectInfoEx:0x2005"))
    with port.camera() as cam:
        slow = list(cam.storage.walk())
        assert port.names().count("GetObjectInfoEx") == 1
    assert [entry.path for entry in slow] == [entry.path for entry in fast]
    assert [entry.size for entry in slow] == [entry.size for entry in fast]
    assert slow[-1].modified == fast[-1].modified is not None


def test_a_download_costs_one_operation_after_the_listing() -> None:
    port = WatchedPort(ptp_device(SX200))
    with port.camera() as cam:
        entry = cam.storage.stat(PICTURE)
        port.names()
        cam.storage.read(entry)
        assert port.names() == ["GetObject"]


def test_a_long_file_comes_in_blocks_of_1_mib() -> None:
    data = bytes(range(251)) * ((5 << 19) // 251)
    port = WatchedPort(ptp_device(SX200, card=a_card({"MVI_0001.AVI": data})))
    with port.camera() as cam:
        entry = cam.storage.stat(f"{FOLDER}/MVI_0001.AVI")
        port.names()
        told: list[tuple[int, int]] = []
        assert cam.storage.read(entry, lambda *both: told.append(both)) == data
        assert port.names() == ["GetPartialObject"] * 3
        assert [done for done, _ in told] == sorted({done for done, _ in told})
        assert {done for done, _ in told} > {1 << 20, 2 << 20, len(data)}
        assert {size for _, size in told} == {len(data)}


@pytest.mark.parametrize(
    ("offset", "size", "asked"),
    [
        (0, 10, ["GetPartialObject"]),
        (1000, 1 << 20, ["GetPartialObject"]),
        (7, (1 << 20) + 1, ["GetPartialObject"] * 2),
        ((1 << 21) - 5, 1 << 30, ["GetPartialObject"]),
        (1 << 21, 10, []),
    ],
)
def test_a_part_of_a_file(offset: int, size: int, asked: list[str]) -> None:
    data = bytes(range(256)) * (1 << 13)
    port = WatchedPort(ptp_device(SX200, card=a_card({"MVI_0001.AVI": data})))
    driver = a_driver(port)
    (entry,) = driver.list_folder(CardPath(FOLDER))
    port.names()
    part = bytearray()
    assert driver.read_range(entry, offset, size, part.extend) == len(part)
    assert part == data[offset : offset + size]
    assert port.names() == asked


def test_a_part_of_a_tiny_file_is_cut_out_of_all_of_it() -> None:
    """Cameras choke on parts of a file of less than some ten bytes."""
    port = WatchedPort(ptp_device(SX200, card=a_card({"TINY.TXT": b"0123456789"})))
    driver = a_driver(port)
    (entry,) = driver.list_folder(CardPath(FOLDER))
    port.names()
    part = bytearray()
    assert driver.read_range(entry, 3, 4, part.extend) == 4
    assert bytes(part) == b"3456"
    assert port.names() == ["GetObject"]


def test_parts_where_the_camera_gives_none_are_not_asked_for() -> None:
    device = ptp_device(SX200)
    lacks(device.body, GetPartialObject.code)
    port = WatchedPort(device)
    driver = a_driver(port)
    assert Feature.RANGES not in driver.features
    entry = Entry(CardPath(PICTURE), 100)
    port.names()
    with pytest.raises(NotSupported, match="SX200 IS has no way to read a part of a file"):
        driver.read_range(entry, 0, 10, bytearray().extend)
    assert port.names() == []


def test_what_lies_beyond_4_gib_has_no_offset() -> None:
    driver = a_driver(WatchedPort(ptp_device(SX200)))
    entry = Entry(CardPath(PICTURE), 5 << 30)
    with pytest.raises(NotSupported, match="beyond 4 GiB"):
        driver.read_range(entry, (4 << 30) - 1, 2, bytearray().extend)


def test_a_handle_that_goes_while_a_file_comes_is_looked_up_and_the_rest_is_read() -> None:
    data = bytes(range(256)) * (3 << 12)
    device = ptp_device(SX200, card=a_card({"MVI_0001.AVI": data}))
    port = WatchedPort(device)
    with port.camera() as cam:
        entry = cam.storage.stat(f"{FOLDER}/MVI_0001.AVI")
        device.faults.add(Fault.parse(f"refuse@GetPartialObject:{0x2009:#x}"))
        assert cam.storage.read(entry) == data


@pytest.mark.parametrize("fault", ["silence", "stall"])
def test_a_long_download_that_breaks_off_goes_on_from_there(fault: str) -> None:
    data = bytes(range(256)) * (5 << 12)
    card = a_card({"MVI_0001.AVI": data})
    faults = [f"{fault}@GetPartialObject:{at}" for at in (300_000, 700_000)]
    device = ptp_device(SX200, *faults, card=card)
    with WatchedPort(device).camera() as cam:
        told: list[int] = []
        path = f"{FOLDER}/MVI_0001.AVI"
        assert cam.storage.read(path, lambda done, size: told.append(done)) == data
        assert told == sorted(told)


def test_a_download_that_breaks_off_twice_in_one_place_ends() -> None:
    data = bytes(range(256)) * (5 << 12)
    card = a_card({"MVI_0001.AVI": data})
    device = ptp_device(SX200, *["silence@GetPartialObject:0"] * 2, card=card)
    with WatchedPort(device).camera() as cam:
        with pytest.raises(PortTimeout):
            cam.storage.read(f"{FOLDER}/MVI_0001.AVI")
        assert cam.storage.read(f"{FOLDER}/MVI_0001.AVI") == data


def test_a_download_that_the_plug_ends_is_not_tried_again() -> None:
    data = bytes(range(256)) * (5 << 12)
    device = ptp_device(
        SX200, "unplug@GetPartialObject:300000", card=a_card({"MVI_0001.AVI": data})
    )
    with WatchedPort(device).camera() as cam, pytest.raises(Disconnected):
        cam.storage.read(f"{FOLDER}/MVI_0001.AVI")


def test_an_empty_file_is_not_asked_for() -> None:
    port = WatchedPort(ptp_device(SX200, card=a_card({"EMPTY.JPG": b""})))
    with port.camera() as cam:
        entry = cam.storage.stat(f"{FOLDER}/EMPTY.JPG")
        port.names()
        assert cam.storage.read(entry) == b""
        assert port.names() == []


def test_an_empty_slot() -> None:
    with (
        canon.open("virtual:powershot-sx200-is?card=none") as cam,
        pytest.raises(NoCard, match="put one in"),
    ):
        cam.storage.ls()


def test_a_file_that_the_camera_lost_meanwhile() -> None:
    device = ptp_device(SX200)
    with WatchedPort(device).camera() as cam:
        entry = cam.storage.stat(PICTURE)
        card = device.body.card
        assert card is not None
        folder = card.folder(("DCIM", "100CANON"))
        assert folder is not None
        file = folder.entries.pop("IMG_0001.JPG")
        with pytest.raises(ObjectNotFound, match=r"DCIM/100CANON/IMG_0001.JPG: no such file"):
            cam.storage.read(entry)
        folder.entries["IMG_0001.JPG"] = file
        assert len(cam.storage.read(entry)) == entry.size


def test_a_handle_that_the_camera_gave_up_is_looked_for_once_more() -> None:
    device = ptp_device(SX200, "refuse@GetObject:0x2009")
    port = WatchedPort(device)
    with port.camera() as cam:
        entry = cam.storage.stat(PICTURE)
        port.names()
        assert len(cam.storage.read(entry)) == entry.size
        assert port.names() == ["GetObject", "GetObjectInfoEx", "GetObject"]


@pytest.mark.shows("thumbnail", model="PowerShot SX200 IS (PTP)")
def test_thumbnails() -> None:
    with WatchedPort(ptp_device(SX200)).camera() as cam:
        small = cam.storage.thumbnail(PICTURE)
        assert small.startswith(b"\xff\xd8")
        assert cam.storage.read(PICTURE).find(small) > 0


def test_a_file_without_thumbnail() -> None:
    card = a_card({"SND_0001.WAV": b"RIFF"})
    with (
        WatchedPort(ptp_device(SX200, card=card)).camera() as cam,
        pytest.raises(ObjectNotFound, match="it has no thumbnail"),
    ):
        cam.storage.thumbnail(f"{FOLDER}/SND_0001.WAV")


# --- changes --------------------------------------------------------------------------------------


@pytest.mark.shows("put", "delete", "folders", "protect", model="PowerShot SX200 IS (PTP)")
def test_a_file_goes_up_is_marked_protected_and_deleted() -> None:
    device = ptp_device(SX200)
    with WatchedPort(device).camera() as cam:
        cam.storage.mkdir("DCIM/999CANON")
        entry = cam.storage.upload(b"12345", "DCIM/999CANON/up.jpg")
        assert (entry.name, entry.size, entry.new) == ("UP.JPG", 5, True)
        cam.storage.mark_downloaded(entry)
        assert not cam.storage.stat(entry).new
        cam.storage.protect("DCIM/999CANON/UP.JPG")
        assert cam.storage.stat(entry).protected
        with pytest.raises(WriteProtected):
            cam.storage.delete(entry)
        cam.storage.unprotect("DCIM/999CANON/UP.JPG")
        assert not cam.storage.stat(entry).new, "protection leaves the other mark alone"
        cam.storage.delete(entry)
        cam.storage.rmdir("DCIM/999CANON")
        with pytest.raises(ObjectNotFound):
            cam.storage.stat("DCIM/999CANON")


def test_only_what_changes_is_written() -> None:
    port = WatchedPort(ptp_device(SX200))
    with port.camera() as cam:
        entry = cam.storage.stat(PICTURE)
        port.names()
        cam.storage.protect(entry)
        assert port.names() == ["GetObjectInfoEx", "SetObjectProtection"]
        cam.storage.mark_downloaded(cam.storage.stat(entry))
        assert port.names()[1:] == ["GetObjectInfoEx", "SetObjectArchive"]
        cam.storage.protect(cam.storage.stat(entry))
        assert port.names()[1:] == ["GetObjectInfoEx"]


def test_the_time_of_a_file_cannot_be_set() -> None:
    port = WatchedPort(ptp_device(SX200))
    with port.camera() as cam:
        entry = cam.storage.stat(PICTURE)
        port.names()
        with pytest.raises(NotSupported, match="no known way to set the time of a file"):
            cam.storage.set_time(entry, datetime(2009, 1, 1))
        assert port.names() == []


@pytest.mark.parametrize("name", ["A.TXT", "NOTES.DAT"])
def test_a_file_that_the_camera_has_no_room_for(name: str) -> None:
    """Its DeviceInfo lists the formats; text is not among them."""
    port = WatchedPort(ptp_device(SX200))
    with port.camera() as cam:
        with pytest.raises(NotSupported, match=f"no way to take {name[-3:]} files"):
            cam.storage.upload(b"1", f"{FOLDER}/{name}")
        assert "SendObjectInfo" not in port.names()


def test_nothing_of_an_upload_stays_when_it_fails() -> None:
    device = ptp_device(SX200, "refuse@SendObject:0x2002")
    with WatchedPort(device).camera() as cam:
        before = cam.storage.ls(FOLDER)
        with pytest.raises(Refused, match="SendObject"):
            cam.storage.upload(b"12345", f"{FOLDER}/UP.JPG")
        assert cam.storage.ls(FOLDER) == before
        assert cam.storage.upload(b"12345", f"{FOLDER}/UP.JPG").size == 5


def test_what_is_there_survives_a_refused_announcement() -> None:
    device = ptp_device(SX200, "refuse@SendObjectInfo:0x200c")
    port = WatchedPort(device)
    with port.camera() as cam:
        with pytest.raises(CanonError, match="full"):
            cam.storage.upload(b"12345", f"{FOLDER}/UP.JPG")
        assert "DeleteObject" not in port.names()


def test_nothing_comes_between_the_announcement_and_the_file() -> None:
    """A camera that is asked anything else in between has forgotten the announcement."""
    device = ptp_device(SX200)
    with WatchedPort(device).camera() as cam:
        done = threading.Event()

        def watch() -> None:
            while not done.is_set():
                heard(cam, 0.01)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            for number in range(20):
                assert cam.storage.upload(bytes(5000), f"{FOLDER}/UP_{number}.JPG").size == 5000
        finally:
            done.set()
            watcher.join()


# --- a camera that lies ---------------------------------------------------------------------------


def a_liar(slug: str, lie: Answer) -> Camera:
    return WatchedPort(Lying(slug, lie)).camera()


def an_object(name: str, parent: int, *, folder: bool = False, size: int = 0) -> ObjectInfo:
    kind, association = (ObjectFormat.ASSOCIATION, 1) if folder else (0x3801, 0)
    numbers = (0x00010001, kind, 0, size, 0, 0, 0, 0, 0, 0, 0, parent, association, 0, 0)
    return ObjectInfo(*numbers, name, "", "", "")


def test_a_folder_that_is_inside_itself() -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetObjectInfoEx):
            return FolderEntry(7, ObjectFormat.ASSOCIATION, 0x10, 0, 0, "LOOP").encode()
        return None

    with a_liar(SX200, lie) as cam, pytest.raises(ProtocolError, match="is inside itself"):
        list(cam.storage.walk())


def test_folders_without_end() -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetObjectInfoEx):
            return FolderEntry(
                operation.parent + 1, ObjectFormat.ASSOCIATION, 0x10, 0, 0, "DEEPER"
            ).encode()
        return None

    with a_liar(SX200, lie) as cam, pytest.raises(ProtocolError, match="32 deep"):
        list(cam.storage.walk())


def test_parents_without_end() -> None:
    """Where a new picture lies is asked upwards."""

    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetObjectInfo):
            return an_object("UP", operation.handle + 1, folder=operation.handle != 5)
        return None

    device = Lying(SX200, lie)
    with WatchedPort(device).camera() as cam:
        driver = cam._verbs()
        with pytest.raises(ProtocolError, match="32 deep"):
            driver.extension.objects.entry_of(5)  # type: ignore[attr-defined]  # the PTP driver's


def test_more_files_than_a_folder_can_have() -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetObjectHandles):
            return ObjectHandles(tuple(range(1, 0x10010)))
        return None

    with a_liar(S45, lie) as cam, pytest.raises(ProtocolError, match="no folder has so many"):
        cam.storage.ls()


def test_doubled_names_and_objects_of_other_folders() -> None:
    rows = {
        1: an_object("TWICE.JPG", 0, size=1),
        2: an_object("twice.jpg", 0, size=2),
        3: an_object("ELSE.JPG", 99),
        4: an_object("", ALL),
    }

    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetObjectHandles):
            return ObjectHandles((1, 2, 3, 4, 1))
        if isinstance(operation, GetObjectInfo):
            return rows[operation.handle]
        return None

    with a_liar(S45, lie) as cam:
        assert [(entry.name, entry.size) for entry in cam.storage.ls()] == [
            ("TWICE.JPG", 1),
            ("00000004", 0),
        ]


@pytest.mark.parametrize("name", ["..", "../../EVIL", "C:\\EVIL", "A/B.JPG"])
def test_a_hostile_name_stays_in_its_folder(name: str, tmp_path: Any) -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetObjectInfoEx):
            return FolderEntry(5, 0x3801, 0, 4, 0, name).encode()
        if operation.code == 0x1009:
            return b"evil"
        return None

    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    with a_liar(SX200, lie) as cam:
        (entry,) = cam.storage.ls()
        assert cam.storage.download(entry, inside).parent == inside
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == list(inside.iterdir())


def test_a_listing_that_is_cut() -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        return bytes(27) if isinstance(operation, GetObjectInfoEx) else None

    with a_liar(SX200, lie) as cam, pytest.raises(DecodeError, match="27 bytes are no listing"):
        cam.storage.ls()


def test_a_path_deeper_than_any_card() -> None:
    with (
        WatchedPort(ptp_device(SX200)).camera() as cam,
        pytest.raises(ObjectNotFound, match="no card has folders as deep"),
    ):
        cam.storage.ls("A/" * 2000)


def test_the_length_of_a_file_of_4_gib_is_asked_for() -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetObjectInfoEx):
            return FolderEntry(5, 0x300A, 0, 0xFFFFFFFF, 0, "MVI_0001.AVI").encode()
        if isinstance(operation, GetObjectSize):
            assert operation.property == 0xDC04
            return Size64(5 << 30)
        return None

    device = Lying(SX200, lie)
    tells(device.body, operations=(*device.body.profile.operations, 0x9803))
    with WatchedPort(device).camera() as cam:
        assert cam.storage.ls() == [Entry(CardPath("MVI_0001.AVI"), 5 << 30, new=False)]


def test_a_store_that_is_gone_between_two_questions() -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if operation.code == 0x1005:
            raise Status(0x2013)
        return None

    with a_liar(SX200, lie) as cam, pytest.raises(NoCard):
        cam.storage.cards()


# --- a camera of another maker --------------------------------------------------------------------


def test_a_camera_of_another_maker_does_what_the_standard_says() -> None:
    """Its numbers beyond the standard mean other things, so none of them is used."""
    port = WatchedPort(another_makers(ptp_device(S60)))
    with port.camera() as cam:
        assert cam.owner == ""
        assert len([entry for entry in cam.storage.walk() if entry.name.endswith(".JPG")]) >= 6
        entry = cam.storage.stat(PICTURE)
        assert len(cam.storage.read(entry)) == entry.size
        assert cam.storage.thumbnail(entry).startswith(b"\xff\xd8")
        cam.storage.delete(entry)
        assert cam.storage.upload(b"12345", f"{FOLDER}/UP.JPG").size == 5
        with pytest.raises(NotSupported, match="the Clicker 2 has no remote control"):
            cam.remote.start()
        with pytest.raises(NotSupported, match="no clock"):
            _ = cam.camera_time
        with pytest.raises(NotSupported, match="no power status that it tells"):
            _ = cam.power
        assert set(kinds_heard(cam, 0.2)) <= {FileRemoved}
        standard = {kind.__name__ for kind in operations() if kind.code < 0x9000}
        assert set(port.names()) <= standard


def test_the_standards_own_properties() -> None:
    body, text = ptp_body(S60), "20040229T120000"
    battery = DevicePropDesc(0x5001, DataType.UINT8, 0, 0, 40, None)
    clock = DevicePropDesc(0x5011, DataType.TEXT, 1, text, text, None)
    values = {**body.profile.values, 0x5001: battery, 0x5011: clock}
    tells(body, manufacturer="Acme", properties=(0x5001, 0x5011), values=values)
    device = powershot(body)
    with WatchedPort(device).camera() as cam:
        assert (cam.on_ac, cam.battery) == (False, Battery.GOOD)
        assert cam.camera_time == datetime(2004, 2, 29, 12, 0)
        cam.camera_time = datetime(2004, 3, 1)
        assert cam.camera_time == datetime(2004, 3, 1)
        cam.settings["0x5011"].set("20040302T101500")
        assert cam.camera_time == datetime(2004, 3, 2, 10, 15)
