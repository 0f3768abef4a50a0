"""PTP cards that change under the host: other cards, other handles, stores that come and go.

A handle that the camera has given to another file since must never be used for the old one.
"""

from __future__ import annotations

from typing import Any

import pytest
from listening import kinds_heard

from canon.driver.card import Entry
from canon.driver.events import CardChanged
from canon.errors import ObjectNotFound, ProtocolError, Refused
from canon.models.file_kinds import ObjectFormat
from canon.ptp.datasets import FileSystem, ObjectHandles, ObjectInfo, StorageIDs, StorageInfo
from canon.ptp.datasets import StoreKind as Kind
from canon.ptp.operations import (
    DeleteObject,
    GetObject,
    GetObjectHandles,
    GetObjectInfo,
    GetStorageIDs,
    GetStorageInfo,
    Nothing,
    Operation,
    Response,
    StoreAdded,
    StoreRemoved,
)
from canon.ptp.powershot.layouts import FolderEntry, GetObjectInfoEx, Property
from canon.values import CaptureTarget
from canon.virtual.refusal import Status
from canon.wire import Message
from rigs.bodies import (
    SMALL,
    ptp_device,
)
from rigs.lying import Answer, Lying
from rigs.watched import WatchedPort

SX200, S45 = "powershot-sx200-is", "powershot-s45"  # a folder in one answer; object by object
FIRST, SECOND = 0x00010001, 0x00020001
Told = Message | bytes | None


def a_store(label: str = "") -> StorageInfo:
    return StorageInfo(Kind.REMOVABLE_RAM, FileSystem.DCF, 0, 1 << 30, 1 << 29, 99, "SD", label)


def an_object(
    name: str, parent: int = 0, *, folder: bool = False, captured: str = ""
) -> ObjectInfo:
    shape = ObjectFormat.ASSOCIATION if folder else ObjectFormat.EXIF_JPEG
    return ObjectInfo(FIRST, shape, 0, 9, *(0,) * 7, parent, 0, 0, 0, name, captured, "", "")


def holding(objects: dict[int, ObjectInfo]) -> Answer:
    """A camera with these objects by their handles; a file's content is its handle."""

    def lie(operation: Operation[Any]) -> Told:
        match operation:
            case GetObjectHandles():
                folder = operation.parent if operation.parent != 0xFFFFFFFF else 0
                if folder and folder not in objects:
                    raise Status(Response.INVALID_PARENT_OBJECT)
                return ObjectHandles(tuple(h for h, one in objects.items() if one.parent == folder))
            case GetObjectInfo() | GetObject():
                if operation.handle not in objects:
                    raise Status(Response.INVALID_OBJECT_HANDLE)
                if isinstance(operation, GetObjectInfo):
                    return objects[operation.handle]
                return f"file {operation.handle:4}".encode()
            case DeleteObject():
                del objects[operation.handle]
                return Nothing()
        return None

    return lie


# --- stores ---------------------------------------------------------------------------------------


def stores(*numbers: int, refuse: dict[int, int] | None = None) -> Answer:
    """A camera with these stores; for some of them it gives a response instead of facts."""

    def lie(operation: Operation[Any]) -> Told:
        if isinstance(operation, GetStorageIDs):
            return StorageIDs(numbers)
        if isinstance(operation, GetStorageInfo):
            if refused := (refuse or {}).get(operation.storage):
                raise Status(refused)
            return a_store()
        return ObjectHandles(()) if isinstance(operation, GetObjectHandles) else None

    return lie


def test_a_slot_whose_card_is_out_does_not_hide_the_other_card() -> None:
    away = stores(FIRST, SECOND, refuse={FIRST: Response.STORE_NOT_AVAILABLE})
    with WatchedPort(Lying(S45, away)).camera() as cam:
        assert [card.name for card in cam.storage.cards()] == ["A:"]


def test_a_lost_session_is_not_taken_for_a_broken_card() -> None:
    port = WatchedPort(Lying(S45, stores(FIRST, SECOND, refuse={FIRST: Response.SESSION_NOT_OPEN})))
    with port.camera() as cam:
        port.names()
        with pytest.raises(Refused, match="open the camera again"):
            cam.storage.cards()
        assert port.names().count("GetStorageInfo") == 1


def test_a_card_that_comes_later_is_found() -> None:
    cards = [FIRST]
    device = Lying(S45, lambda operation: stores(*cards)(operation))
    with WatchedPort(device).camera() as cam:
        with pytest.raises(ObjectNotFound, match="no card B:"):
            cam.storage.ls("B:/")
        cards.append(SECOND)
        device.tell(StoreAdded(SECOND))
        assert kinds_heard(cam, 0.2) == [CardChanged]
        cam.storage.ls("B:/")


# --- handles --------------------------------------------------------------------------------------


def test_a_handle_of_another_card_is_not_used() -> None:
    objects = {7: an_object("IMG_0001.JPG")}
    device = Lying(S45, holding(objects))
    with WatchedPort(device).camera() as cam:
        (entry,) = cam.storage.ls()
        assert cam.storage.read(entry) == b"file    7"
        objects[7], objects[8] = an_object("IMG_0002.JPG"), an_object("IMG_0001.JPG")
        device.tell(StoreRemoved(FIRST))
        device.tell(StoreAdded(FIRST))
        assert kinds_heard(cam, 0.2) == [CardChanged] * 2
        assert cam.storage.read(entry) == b"file    8"


def test_when_a_folder_has_another_handle_so_may_its_files() -> None:
    objects = {2: an_object("DCIM", folder=True), 7: an_object("IMG_0001.JPG", 2)}
    device = Lying(S45, holding(objects))
    with WatchedPort(device).camera() as cam:
        (entry,) = cam.storage.ls("DCIM")
        del objects[2]
        objects |= {3: an_object("DCIM", folder=True), 7: an_object("IMG_0009.JPG", 3)}
        assert cam.storage.ls("DCIM"), "the folder was looked up anew"
        with pytest.raises(ObjectNotFound):
            cam.storage.read(entry)


def test_the_handle_of_a_deleted_file_is_not_used() -> None:
    objects = {7: an_object("IMG_0001.JPG")}
    with WatchedPort(Lying(S45, holding(objects))).camera() as cam:
        (entry,) = cam.storage.ls()
        cam.storage.delete(entry)
        objects[7] = an_object("IMG_0002.JPG")
        with pytest.raises(ObjectNotFound):
            cam.storage.read(entry)


def test_a_picture_that_no_event_tells_of_is_found_among_the_old_ones() -> None:
    device = ptp_device("powershot-s60", "event-lost@ObjectAdded")
    device.extension.release.table.put(Property.IMAGE_SIZE, SMALL)
    with WatchedPort(device).camera() as cam:
        before = [*cam.storage.walk()]
        (taken,) = cam.capture.shoot(target=CaptureTarget.CARD).entries
        assert isinstance(taken, Entry)
        assert before
        assert taken.path not in [entry.path for entry in before]
        assert taken.path in [entry.path for entry in cam.storage.walk()]


# --- listings -------------------------------------------------------------------------------------


def test_a_listing_does_not_wait_for_events() -> None:
    port = WatchedPort(Lying(S45, holding({7: an_object("IMG_0001.JPG")})))
    with port.camera() as cam:
        cam.storage.cards()
        start = port.clock.now()
        assert len(cam.storage.ls()) == 1
        assert port.clock.now() - start < 0.2


def test_a_file_that_was_never_changed_has_the_time_of_its_picture() -> None:
    shot = an_object("IMG_0001.JPG", captured="20040229T120000")
    with WatchedPort(Lying(S45, holding({7: shot}))).camera() as cam:
        (entry,) = cam.storage.ls()
        assert str(entry.modified) == "2004-02-29 12:00:00"


def test_more_files_in_one_answer_than_a_folder_can_have() -> None:
    row = FolderEntry(1, ObjectFormat.EXIF_JPEG, 0, 9, 0, "IMG_0001.JPG").encode()

    def lie(operation: Operation[Any]) -> Told:
        return row * 0x10001 if isinstance(operation, GetObjectInfoEx) else None

    with (
        WatchedPort(Lying(SX200, lie)).camera() as cam,
        pytest.raises(ProtocolError, match="lists 65537 files"),
    ):
        cam.storage.ls()
