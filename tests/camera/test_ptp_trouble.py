"""PTP cameras that list what they refuse, tell things late, or have to be begun anew."""

from __future__ import annotations

from typing import Any

import pytest
from listening import heard, kinds_heard

from canon.driver.card import Card
from canon.driver.events import FileAdded, Ready
from canon.errors import (
    DecodeError,
    NotSupported,
    ObjectNotFound,
    PortStalled,
    PortTimeout,
    Refused,
)
from canon.ptp.containers import CANCEL, CLASS_OUT
from canon.ptp.datasets import (
    FileSystem,
    ObjectHandles,
    ObjectInfo,
    StorageIDs,
    StorageInfo,
    StoreKind,
)
from canon.ptp.operations import (
    ALL,
    GetDevicePropValue,
    GetObject,
    GetObjectHandles,
    GetObjectInfo,
    GetStorageIDs,
    GetStorageInfo,
    ObjectInfoChanged,
    Operation,
    Response,
)
from canon.ptp.powershot.layouts import CheckEvent, FolderEntry, GetObjectInfoEx, Property
from canon.values import CaptureTarget
from canon.virtual.card import File
from canon.virtual.faults import Fault
from canon.virtual.refusal import Status
from canon.wire import Message
from rigs.bodies import PowerShotCamera, lacks, ptp_device, ptp_row
from rigs.lying import Answer, Lying, another_makers
from rigs.watched import WatchedPort

S60, SX200, S45, A530 = "powershot-s60", "powershot-sx200-is", "powershot-s45", "powershot-a530"
FOLDER = "DCIM/100CANON"
PICTURE = f"{FOLDER}/IMG_0001.JPG"
JPEG, STORE = 0x3801, 0x00010001


def an_object(name: str, parent: int = 0, size: int = 0) -> ObjectInfo:
    numbers = (STORE, JPEG, 0, size, 0, 0, 0, 0, 0, 0, 0, parent, 0, 0, 0)
    return ObjectInfo(*numbers, name, "", "", "")


def a_store(free: int) -> StorageInfo:
    return StorageInfo(StoreKind.REMOVABLE_RAM, FileSystem.DCF, 0, 1 << 30, free, ALL, "SD", "")


def refusing(kind: type[Operation[Any]], code: int, **parameters: int) -> Answer:
    """A lie that refuses an operation with these parameters, each time."""

    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, kind) and parameters.items() <= vars(operation).items():
            raise Status(code)
        return None

    return lie


# --- what is listed, and refused all the same -----------------------------------------------------


@pytest.mark.parametrize("code", [0x2005, 0x200A, 0x2002, 0xA005])
def test_an_owner_that_the_camera_does_not_tell(code: int) -> None:
    lie = refusing(GetDevicePropValue, code, property=Property.OWNER)
    with WatchedPort(Lying(SX200, lie)).camera() as cam:
        assert cam.owner == ""
        assert cam.ready
        assert cam.storage.ls(FOLDER)


def test_a_setting_that_the_camera_lists_and_does_not_tell() -> None:
    lie = refusing(GetDevicePropValue, 0x200A, property=Property.FLASH_MODE)
    with WatchedPort(Lying(S60, lie)).camera() as cam:
        settings = cam.settings.read()
        assert "flash" not in settings
        assert {"iso", "image_format", "white_balance"} <= settings.keys()
        with pytest.raises(NotSupported, match="setting flash in its present mode"):
            _ = cam.settings.read("flash").flash


def test_a_session_that_is_lost_is_no_missing_setting() -> None:
    lie = refusing(GetDevicePropValue, 0x2003, property=Property.FLASH_MODE)
    with (
        WatchedPort(Lying(S60, lie)).camera() as cam,
        pytest.raises(Refused, match="open the camera again"),
    ):
        cam.settings.read()


def test_a_setting_of_no_bytes_is_not_zero() -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        return b"" if operation == GetDevicePropValue(Property.ISO) else None

    with WatchedPort(Lying(S60, lie)).camera() as cam, pytest.raises(DecodeError, match="ISO"):
        cam.settings.read("iso")


@pytest.mark.parametrize("code", [Response.OPERATION_NOT_SUPPORTED, Response.CANON_UNKNOWN_COMMAND])
def test_a_camera_that_lists_checkevent_and_does_not_know_it(code: int) -> None:
    """Its events come on the interrupt pipe, so pictures are told of all the same."""
    device = ptp_device(SX200)
    with WatchedPort(device).camera() as cam:
        device.faults.add(Fault.parse(f"refuse@CheckEvent:{int(code)}"))
        device.clock.after(0.5, device.press)
        assert kinds_heard(cam, 5) == [FileAdded, Ready]
    lie = refusing(CheckEvent, code)
    with WatchedPort(Lying(S60, lie)).camera() as cam:
        for _ in range(2):
            shot = cam.capture.shoot(target=CaptureTarget.BOTH)
            assert (len(shot.pictures), len(shot.entries)) == (1, 1)


def test_a_raw_refusal_names_the_operation() -> None:
    with (
        WatchedPort(ptp_device(SX200)).camera() as cam,
        pytest.raises(Refused, match=r" \(GetObjectInfo, response INVALID_OBJECT_HANDLE 0x2009\)"),
    ):
        cam.ptp.call(GetObjectInfo.code, 5)


# --- marks ----------------------------------------------------------------------------------------


def a_forgetful_device() -> PowerShotCamera:
    """It keeps its marks, and has no operation that tells them."""
    device = ptp_device(SX200)
    lacks(device.body, GetObjectInfoEx.code)
    return device


def test_a_mark_that_the_camera_does_not_tell_is_set_all_the_same() -> None:
    device = a_forgetful_device()
    card = device.body.card
    assert card is not None
    file = card.find(("DCIM", "100CANON", "IMG_0001.JPG"))
    assert isinstance(file, File)
    port = WatchedPort(device)
    with port.camera() as cam:
        assert (file.new, file.protected) == (True, False)
        cam.storage.mark_downloaded(PICTURE)
        assert (file.new, file.protected) == (False, False)
        cam.storage.protect(PICTURE)
        assert (file.new, file.protected) == (False, True)
        cam.storage.mark_downloaded(PICTURE, downloaded=False)
        assert (file.new, file.protected) == (True, True)
        port.names()
        cam.storage.unprotect(PICTURE)
        assert "SetObjectArchive" not in port.names(), "the other mark is left alone"
        assert (file.new, file.protected) == (True, False)


def test_where_there_are_no_marks_nothing_is_said_to_be_marked() -> None:
    port = WatchedPort(ptp_device(S45))
    with port.camera() as cam:
        entry = cam.storage.stat(PICTURE)
        port.names()
        for downloaded in (True, False):
            with pytest.raises(NotSupported, match="no known way to mark files"):
                cam.storage.mark_downloaded(entry, downloaded=downloaded)
        for verb in (cam.storage.protect, cam.storage.unprotect):
            with pytest.raises(NotSupported, match="no known way to protect files"):
                verb(entry)
        assert port.names() == []


# --- whose camera it is ---------------------------------------------------------------------------


def test_a_canon_that_does_not_name_its_maker() -> None:
    """An A530 says nothing there; its USB id does."""
    port = WatchedPort(ptp_device(A530))
    with port.camera() as cam:
        assert cam.storage.ls(FOLDER)
        assert "GetObjectInfoEx" in port.names()
        cam.owner = "me"
        assert cam.owner == "me"


def test_a_product_id_of_another_maker_is_no_canons() -> None:
    """A quirk goes with Canon's id: an EOS R is not told good-bye."""
    port = WatchedPort(another_makers(ptp_device(SX200), ptp_row("eos-r").product))
    with port.camera() as cam:
        assert cam.model == "Clicker 2"
        port.names()
    assert port.names() == ["CloseSession"]


# --- listings -------------------------------------------------------------------------------------


def test_an_object_that_goes_while_the_folder_is_listed() -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetObjectHandles):
            return ObjectHandles((1, 2, 3))
        if isinstance(operation, GetObjectInfo):
            if operation.handle == 2:
                raise Status(Response.INVALID_OBJECT_HANDLE)
            return an_object(f"IMG_000{operation.handle}.JPG")
        return None

    with WatchedPort(Lying(S45, lie)).camera() as cam:
        assert [entry.name for entry in cam.storage.ls()] == ["IMG_0001.JPG", "IMG_0003.JPG"]


def test_a_name_that_does_not_fit_a_fast_listing_is_asked_for() -> None:
    names = {1: "Holiday one.jpeg", 2: "Holiday one too.jpeg", 3: "IMG_0001.JPG"}

    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetObjectInfoEx):
            rows = (FolderEntry(h, JPEG, 0, h, 0, name[:12]) for h, name in names.items())
            return b"".join(row.encode() for row in rows)
        if isinstance(operation, GetObjectInfo):
            return an_object(names[operation.handle], size=operation.handle)
        return None

    port = WatchedPort(Lying(SX200, lie))
    with port.camera() as cam:
        assert [(entry.name, entry.size) for entry in cam.storage.ls()] == [
            (name, handle) for handle, name in names.items()
        ]
        assert port.names().count("GetObjectInfo") == 2, "those of 8.3 are as they are"


def test_what_a_camera_has_told_is_heard_before_a_listing() -> None:
    """No CheckEvent here, so it costs no transaction: the interrupt pipe is looked at."""
    sizes = {1: 10}

    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetObjectHandles):
            return ObjectHandles((1,))
        if isinstance(operation, GetObjectInfo):
            return an_object("IMG_0001.JPG", size=sizes[operation.handle])
        return None

    device = Lying(S45, lie)
    with WatchedPort(device).camera() as cam:
        assert [entry.size for entry in cam.storage.ls()] == [10]
        sizes[1] = 20
        device.tell(ObjectInfoChanged(1))
        assert [entry.size for entry in cam.storage.ls()] == [20]


@pytest.mark.parametrize("size", [5, 5 << 30])
@pytest.mark.parametrize("name", ["MOVIE.MP4", "A"])
def test_sizes_of_64_bits(size: int, name: str) -> None:
    """Some cameras, none of Canon's, write eight bytes there (ptp-core, section 4.5)."""

    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetObjectHandles):
            return ObjectHandles((1,))
        if isinstance(operation, GetObjectInfo):
            raw = an_object(name).encode()
            return raw[:8] + size.to_bytes(8, "little") + raw[12:]
        return None

    with WatchedPort(Lying(S45, lie)).camera() as cam:
        (entry,) = cam.storage.ls()
        assert (entry.name, entry.size) == (name, size)


def test_an_object_without_a_name_but_with_a_time() -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetObjectHandles):
            return ObjectHandles((1,))
        if isinstance(operation, GetObjectInfo):
            numbers = (STORE, JPEG, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
            return ObjectInfo(*numbers, "", "20040229T120000", "20040229T120000", "")
        return None

    with WatchedPort(Lying(S45, lie)).camera() as cam:
        (entry,) = cam.storage.ls()
        assert (entry.name, entry.size) == ("00000001", 5)
        assert entry.modified is not None


def test_two_cards_a_broken_one_and_an_empty_slot() -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetStorageIDs):
            return StorageIDs((0x00010000, 0x00020001, 0x00030001, 0x00040001))
        if isinstance(operation, GetStorageInfo):
            if operation.storage == 0x00020001:
                raise Status(Response.GENERAL_ERROR)
            return a_store(operation.storage >> 16)
        if isinstance(operation, GetObjectHandles):
            return ObjectHandles((operation.storage,))
        if isinstance(operation, GetObjectInfo):
            return an_object(f"ON_{operation.handle >> 16}.JPG", size=5)
        if isinstance(operation, GetObject):
            return f"on {operation.handle >> 16:02}".encode()
        return None

    with WatchedPort(Lying(S45, lie)).camera() as cam:
        assert [(one.name, one.free) for one in cam.storage.cards()] == [("A:", 3), ("B:", 4)]
        assert [entry.name for entry in cam.storage.ls()] == ["ON_3.JPG"]
        (second,) = cam.storage.ls("B:/")
        assert second.name == "ON_4.JPG"
        assert cam.storage.read(second) == cam.storage.read("b:/on_4.jpg") == b"on 04"
        with pytest.raises(ObjectNotFound, match="there is no card C:"):
            cam.storage.ls("C:/")


def test_the_only_card_is_broken() -> None:
    """Its files do not hang on its size; where they are refused, too, that is an error."""

    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetStorageInfo | GetObjectHandles):
            raise Status(Response.GENERAL_ERROR)
        return None

    with WatchedPort(Lying(S45, lie)).camera() as cam:
        with pytest.raises(Refused, match=r"GetStorageInfo.*GENERAL_ERROR"):
            cam.storage.cards()
        with pytest.raises(Refused, match=r"GetObjectHandles.*GENERAL_ERROR"):
            cam.storage.ls()
    with WatchedPort(Lying(S45, refusing(GetStorageInfo, 0x2002))).camera() as cam:
        assert cam.storage.ls()


@pytest.mark.parametrize("lists", [True, False])
def test_a_camera_that_tells_nothing_of_its_card(lists: bool) -> None:
    """It lacks GetStorageInfo, or lists it and does not know it: its files are had all the same."""
    device = Lying(S45, refusing(GetStorageInfo, Response.OPERATION_NOT_SUPPORTED))
    if not lists:
        lacks(device.body, GetStorageInfo.code)
    port = WatchedPort(device)
    with port.camera() as cam:
        assert cam.storage.cards() == (Card("A:", 0, 0),)
        first = cam.storage.ls("DCIM/100CANON")[0]
        assert cam.storage.read(first)[:3] == b"\xff\xd8\xff"
        cam.storage.delete(first)
        assert first not in cam.storage.ls("DCIM/100CANON")
    assert ("GetStorageInfo" in port.names()) is lists


# --- a conversation that had to begin anew --------------------------------------------------------


class StubbornPort(WatchedPort[PowerShotCamera]):
    """A camera that takes no cancel, and so is reset."""

    def control_out(
        self, request: int, value: int, index: int, data: bytes, *, kind: int = CLASS_OUT
    ) -> None:
        if request == CANCEL:
            raise PortStalled("the camera refused the transfer")
        super().control_out(request, value, index, data, kind=kind)


def test_after_a_reset_release_control_is_entered_again() -> None:
    device = ptp_device(S60)
    with StubbornPort(device).camera() as cam:
        cam.remote.start()
        iso = cam.settings.iso.value
        frames = iter(cam.live)
        next(frames)
        device.faults.add(Fault.parse("silence@GetObjectInfoEx"))
        with pytest.raises(PortTimeout):
            cam.storage.ls()
        assert cam.storage.ls(), "the camera was reset for it"
        assert (cam.remote.active, device.extension.release.active) == (False, False)
        assert list(frames) == []
        assert cam.settings.read("iso").iso == iso
        assert (cam.remote.active, device.extension.release.active) == (True, True), (
            "it was started"
        )
        assert cam.capture.shoot().pictures
    assert (device.session, device.extension.release.active) == (0, False)


def test_after_a_reset_events_are_heard() -> None:
    device = ptp_device(S60)
    with StubbornPort(device).camera() as cam:
        cam.remote.start()
        device.faults.add(Fault.parse("silence@GetObjectInfoEx"))
        with pytest.raises(PortTimeout):
            cam.storage.ls()
        assert cam.storage.ls()
        device.press()
        assert FileAdded in kinds_heard(cam, 5)


# --- no wait, no event lost -----------------------------------------------------------------------


def test_events_that_wait_are_told_without_waiting() -> None:
    device = ptp_device(SX200)
    with WatchedPort(device).camera() as cam:
        device.press()
        device.clock.sleep(5)
        assert kinds_heard(cam, 0) == [FileAdded, Ready]
        assert heard(cam, 0) == []
