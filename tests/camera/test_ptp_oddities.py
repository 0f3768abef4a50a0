"""PTP cameras that are odd: in what they list, in what they tell, and in what they leave out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from judges import opened
from listening import heard, kinds_heard

from canon.camera import Camera
from canon.driver import PictureSize, ZoomPosition
from canon.driver.card import Entry
from canon.driver.events import CardChanged, FileChanged, Missed, SettingChanged
from canon.driver.shot import Picture
from canon.errors import (
    CanonError,
    DecodeError,
    NotFinished,
    NotSupported,
    ProtocolError,
    ValueRefused,
)
from canon.models.file_kinds import ObjectFormat
from canon.ptp.containers import HEAD, ContainerKind, container
from canon.ptp.datasets import (
    Choices,
    DataType,
    DevicePropDesc,
    FileSystem,
    ObjectHandles,
    ObjectInfo,
    PropertyValue,
    StorageIDs,
    StorageInfo,
    StoreKind,
)
from canon.ptp.marks import NEW
from canon.ptp.operations import (
    DevicePropChanged,
    GetDevicePropDesc,
    GetDevicePropValue,
    GetObject,
    GetObjectHandles,
    GetObjectInfo,
    GetStorageIDs,
    GetStorageInfo,
    ObjectAdded,
    ObjectInfoChanged,
    Operation,
    Response,
    StoreAdded,
    StoreRemoved,
)
from canon.ptp.powershot.layouts import (
    RAM,
    CheckEvent,
    FolderEntry,
    GetObjectInfoEx,
    InitiateReleaseControl,
    Property,
    SetObjectArchive,
)
from canon.values import CaptureTarget
from canon.virtual.card import File, MemoryCard
from canon.virtual.faults import Fault
from canon.virtual.ptp.objects import CARD
from canon.virtual.refusal import Status
from canon.wire import Message
from rigs.bodies import SMALL, PowerShotCamera, a_card, powershot, ptp_body, ptp_device, tells
from rigs.lying import Answer, Lying
from rigs.watched import WatchedPort

S60, SX200, S45 = "powershot-s60", "powershot-sx200-is", "powershot-s45"
FOLDER = "DCIM/100CANON"
PICTURE = f"{FOLDER}/IMG_0001.JPG"
Told = Message | bytes | None


def on_card(device: PowerShotCamera, path: str) -> File:
    """A file as the virtual camera has it."""
    assert device.body.card is not None
    file = device.body.card.find(tuple(path.split("/")))
    assert isinstance(file, File)
    return file


def small(device: PowerShotCamera, card: MemoryCard | None = None) -> PowerShotCamera:
    """That camera, taking small pictures, which are quickly drawn; with a card, or its own."""
    device.extension.release.table.put(Property.IMAGE_SIZE, SMALL)
    device.body.card = card or a_card()
    return device


def a_liar(lie: Answer, *faults: str, slug: str = S60) -> PowerShotCamera:
    """A camera with an empty card that lies so."""
    device = small(Lying(slug, lie))
    for fault in faults:
        device.faults.add(Fault.parse(fault))
    return device


def without(*codes: int, slug: str = S60) -> PowerShotCamera:
    """A camera with an empty card that does not list these operations and properties."""
    device = small(ptp_device(slug))
    lists = ("operations", "properties", "release_properties")
    listed = {kind: getattr(device.body.profile, kind) for kind in lists}
    tells(
        device.body,
        **{
            kind: tuple(code for code in known if code not in codes)
            for kind, known in listed.items()
        },
    )
    return device


def a_host(device: PowerShotCamera) -> Camera:
    return WatchedPort(device).camera()


# --- what it says of itself -----------------------------------------------------------------------


def test_the_number_of_the_body() -> None:
    device = ptp_device(SX200)
    tells(device.body, serial="0000000000123456")
    with a_host(device) as cam:
        assert cam.body_id == "123456"


def test_sizes_of_pictures_that_nobody_knows() -> None:
    groups = ((480, 640, 5, 0, 0, 0), (600, 800, 99, 0, 0, 0), (0, 0, 0, 0, 0, 0), (1, 2))

    def lie(operation: Operation[Any]) -> Told:
        if isinstance(operation, GetDevicePropDesc):
            now, kind = groups[0], DataType.AUINT16
            return DevicePropDesc(operation.property, kind, 0, now, now, Choices(groups))
        return None

    with a_host(a_liar(lie)) as cam:
        assert cam.picture_sizes() == (
            PictureSize("Small:Superfine", 640, 480),
            PictureSize("UNKNOWN_0x63", 800, 600),
        )


def test_a_number_that_is_too_long() -> None:
    def lie(operation: Operation[Any]) -> Told:
        return bytes(17) if operation == GetDevicePropValue(Property.ISO) else None

    with a_host(a_liar(lie)) as cam, pytest.raises(DecodeError, match="17 bytes are no number"):
        cam.settings.read("iso")


def test_choices_that_are_no_numbers(caplog: pytest.LogCaptureFixture) -> None:
    def lie(operation: Operation[Any]) -> Told:
        if operation == GetDevicePropDesc(Property.ISO):
            return DevicePropDesc(Property.ISO, DataType.TEXT, 1, "", "fast", Choices(("fast",)))
        return None

    with a_host(a_liar(lie)) as cam:
        told = cam.settings.describe("iso")["iso"]
        assert (told.value, told.allowed) == (cam.settings.read("iso")["iso"], None)
    assert "what iso may be is not known" in caplog.text
    assert "'fast' is no number" in caplog.text


def test_a_value_that_the_camera_does_not_keep() -> None:
    def lie(operation: Operation[Any]) -> Told:
        return b"\x40\0" if operation == GetDevicePropValue(Property.ISO) else None

    with (
        a_host(a_liar(lie)) as cam,
        pytest.raises(ValueRefused, match="iso cannot be 400 just now"),
    ):
        cam.settings.iso.set(400)


# --- what it tells --------------------------------------------------------------------------------


def flood(device: PowerShotCamera, cam: Camera, events: int) -> None:
    """Let the camera tell of so many changes, all of which a reader takes."""
    while events:
        some = min(events, 30)
        for _ in range(some):
            device.tell(DevicePropChanged(Property.ISO))
        assert len(heard(cam, 0.2)) == some
        events -= some


def test_a_reader_that_falls_behind_is_told_how_much_it_missed() -> None:
    device = ptp_device(S60)
    with a_host(device) as cam:
        slow = cam.events()
        device.tell(DevicePropChanged(Property.ISO))
        assert isinstance(slow.get(0.2), SettingChanged)
        flood(device, cam, 300)
        first, *rest = iter(lambda: slow.get(0.2), None)
        assert first == Missed(44), "before those that came after them"
        assert Counter(map(type, rest)) == {SettingChanged: 256}


@pytest.mark.parametrize("others", [0, 300])
def test_what_is_known_of_a_file_is_old_when_the_camera_says_so(others: int) -> None:
    """An S45 is asked for each object once; the event may be lost among many."""
    device = ptp_device(S45, card=a_card({"IMG_0001.JPG": b"old"}))
    with a_host(device) as cam:
        assert cam.storage.stat(PICTURE).size == 3
        on_card(device, PICTURE).data = b"newer"
        device.tell(ObjectInfoChanged(device.objects.handle(("DCIM", "100CANON", "IMG_0001.JPG"))))
        assert kinds_heard(cam, 0.2) == [FileChanged]
        flood(device, cam, others)
        assert cam.storage.stat(PICTURE).size == 5


def test_another_card_is_another_card() -> None:
    device = ptp_device(S45, card=a_card({"IMG_0001.JPG": b"old"}))
    with a_host(device) as cam:
        assert cam.storage.read(PICTURE) == b"old"
        device.body.card = a_card({"IMG_0001.JPG": b"newer"})
        device.tell(StoreRemoved(CARD))
        device.tell(StoreAdded(CARD))
        assert kinds_heard(cam, 0.2) == [CardChanged] * 2
        assert cam.storage.read(PICTURE) == b"newer"


# --- its cards ------------------------------------------------------------------------------------


def test_cards_of_one_label_and_a_store_that_is_the_cameras_memory() -> None:
    def lie(operation: Operation[Any]) -> Told:
        if isinstance(operation, GetStorageIDs):
            return StorageIDs((0x00010001, 0x00020001, 0x00030001))
        if isinstance(operation, GetStorageInfo):
            memory = operation.storage == 0x00030001
            system = FileSystem.CANON_RAM if memory else FileSystem.DCF
            return StorageInfo(StoreKind.REMOVABLE_RAM, system, 0, 1 << 28, 1 << 27, 77, "", "A:")
        if isinstance(operation, GetObjectInfoEx):
            slot = operation.storage >> 16
            return FolderEntry(slot, ObjectFormat.EXIF_JPEG, 0, slot, 0, f"ON_{slot}.JPG").encode()
        return None

    with a_host(a_liar(lie, slug=SX200)) as cam:
        assert [card.name for card in cam.storage.cards()] == ["A:", "B:"]
        assert [entry.name for entry in cam.storage.ls("A:")] == ["ON_1.JPG"]
        assert [entry.name for entry in cam.storage.ls("B:")] == ["ON_2.JPG"]


def test_a_folder_that_the_camera_knows_by_another_number_now() -> None:
    device = ptp_device(SX200)
    port = WatchedPort(device)
    with port.camera() as cam:
        files = cam.storage.ls(FOLDER)
        port.names()
        device.faults.add(Fault.parse("refuse@GetObjectInfoEx:0x201a"))
        assert cam.storage.ls(FOLDER) == files
        assert port.names() == ["GetObjectInfoEx"] * 3, "the folder, DCIM anew, the folder again"


def test_a_part_of_a_file_that_never_comes() -> None:
    card = a_card({"MVI_0001.AVI": bytes(3 << 20)})
    device = ptp_device(SX200, "empty@GetPartialObject", card=card)
    with a_host(device) as cam:
        path = f"{FOLDER}/MVI_0001.AVI"
        with pytest.raises(ProtocolError, match="has 3145728 bytes, but the camera sent 0"):
            cam.storage.read(path)
        assert cam.storage.read(path) == bytes(3 << 20)


def test_ctrl_c_where_no_empty_packet_ends_the_data() -> None:
    """What is left of them and the response then come in one piece."""

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    data = bytes(600 * 1024 - HEAD)
    device = ptp_device(S60, "no-zlp", card=a_card({"IMG_0001.JPG": data}))
    with a_host(device) as cam:
        with pytest.raises(KeyboardInterrupt):
            cam.storage.read(PICTURE, interrupt)
        start = device.clock.now()
        _ = cam.camera_time
        assert device.clock.now() - start < 1.0
        assert cam.storage.read(PICTURE) == data


# --- what counts as new ---------------------------------------------------------------------------


@pytest.mark.parametrize("refuses", [False, True])
def test_an_upload_counts_as_new(refuses: bool, caplog: pytest.LogCaptureFixture) -> None:
    """Where the camera does not mark it by itself; that it cannot be marked costs no upload."""

    def lie(operation: Operation[Any]) -> Told:
        if isinstance(operation, SetObjectArchive):
            if refuses:
                raise Status(Response.GENERAL_ERROR)
            marked.append(operation.flags)
        elif not marked and (card := device.body.card) and card.find(path):
            on_card(device, "/".join(path)).new = False
        return None

    marked: list[int] = []
    path = ("DCIM", "100CANON", "UP.JPG")
    device = a_liar(lie, slug=SX200)
    with a_host(device) as cam:
        assert cam.storage.upload(b"12345", "/".join(path)).new is not refuses
    assert marked == ([] if refuses else [NEW])
    assert ("without its mark as new" in caplog.text) is refuses


# --- release control ------------------------------------------------------------------------------


def test_release_control_that_the_camera_says_is_on() -> None:
    """It does not list the settings before, but says so when it is entered."""

    def lie(operation: Operation[Any]) -> Told:
        if isinstance(operation, InitiateReleaseControl):
            device.extension.release.active = True
            raise Status(Response.CANON_ALREADY_IN_RELEASE_CONTROL)
        return None

    device = a_liar(lie)
    with a_host(device) as cam:
        assert cam.settings.set(iso=400) == {"iso": 400}
        assert not device.extension.release.active


def test_release_control_of_a_camera_that_has_no_choice_of_events() -> None:
    properties = Property.EVENT_EMULATE_MODE, Property.SIZE_OF_INPUT, Property.SIZE_OF_OUTPUT
    port = WatchedPort(without(*properties))
    with port.camera() as cam:
        port.names()
        cam.remote.start()
        told = [name for name in port.names() if name != "CheckEvent"]
        assert told == ["InitiateReleaseControl", "GetDeviceInfo"]
        shot = cam.capture.shoot(target=CaptureTarget.BOTH)
        assert (len(shot.pictures), len(shot.entries)) == (1, 1)
        port.names()
        cam.remote.stop()
        assert port.names() == ["TerminateReleaseControl", "GetDeviceInfo"]


def test_a_choice_of_events_without_the_sizes_of_lists() -> None:
    port = WatchedPort(without(Property.SIZE_OF_INPUT))
    with port.camera() as cam:
        port.names()
        cam.remote.start()
        assert port.names().count("GetDevicePropValue") == 4
        assert cam.settings.iso.allowed


def test_custom_functions_are_another_cameras() -> None:
    port = WatchedPort(ptp_device(S60))
    with port.camera() as cam:
        port.names()
        with pytest.raises(NotSupported, match="the PowerShot S60 has no custom functions"):
            cam.custom_functions.read()
        with pytest.raises(NotSupported, match="the PowerShot S60 has no custom functions"):
            cam.custom_functions.set(mirror_lockup=True)
        assert port.names() == []


def test_a_length_that_is_not_there_now() -> None:
    device = ptp_device(S60)
    device.extension.release.table.put(Property.FOCAL_LENGTH_TELE, 0xFFFF)
    with a_host(device) as cam:
        values = cam.settings.read()
    assert "focal_length_tele" not in values
    assert values["focal_length_wide"]


def test_a_setting_without_a_list_is_written_as_it_is() -> None:
    body = ptp_body(S60)
    listed = body.profile.values
    tells(body, values={**listed, 0xD017: replace(listed[0xD017], form=None)})
    with a_host(powershot(body)) as cam, cam.remote():
        assert cam.settings.contrast.allowed is None
        cam.settings.contrast.set(1)
        assert cam.settings.contrast.value == 1


def a_zoom(kind: DataType, now: PropertyValue) -> Answer:
    """A camera whose zoom has no range."""

    def lie(operation: Operation[Any]) -> Told:
        if operation == GetDevicePropDesc(Property.ZOOM):
            return DevicePropDesc(Property.ZOOM, kind, 1, now, now, None)
        return None

    return lie


def test_a_zoom_without_a_range_stays_where_it_is() -> None:
    with a_host(a_liar(a_zoom(DataType.UINT16, 3))) as cam, cam.remote():
        assert cam.zoom.get() == cam.zoom.set(3) == ZoomPosition(3, 3)
        with pytest.raises(ValueRefused, match="the camera takes 3 to 3"):
            cam.zoom.set(4)


def test_a_zoom_that_is_no_number() -> None:
    with (
        a_host(a_liar(a_zoom(DataType.TEXT, "tele"))) as cam,
        pytest.raises(DecodeError, match="'tele' is no number"),
    ):
        _ = cam.zoom.get()


def test_raw_pictures_are_counted_at_their_full_size() -> None:
    with a_host(ptp_device(S60)) as cam, cam.remote():
        cam.settings.set(image_format="raw")
        (card,) = cam.storage.cards()
        raw = cam.capture.estimated_size("raw")
        assert cam.capture.available_shots() == card.free // raw


# --- pictures -------------------------------------------------------------------------------------


def test_a_camera_that_tells_more_than_it_is_asked_for() -> None:
    """Events that waited from before do not hold the release up, nor those of other things."""

    def lie(operation: Operation[Any]) -> Told:
        return waiting.pop() if isinstance(operation, CheckEvent) and waiting else None

    changed = DevicePropChanged(Property.ISO)
    event = container(ContainerKind.EVENT, changed.code, 0xFFFFFFFF, changed.encode())
    waiting: list[bytes] = []
    device = a_liar(lie)
    with a_host(device) as cam, cam.remote():
        waiting += [event] * 300
        assert len(cam.capture.shoot().pictures) == 1
    assert device.clock.now() < 15


def test_a_picture_of_no_bytes() -> None:
    with a_host(small(ptp_device(S60, "empty@GetObject"))) as cam:
        with pytest.raises(CanonError, match="the camera sent nothing of it") as caught:
            cam.capture.shoot()
        assert any("The picture was taken" in note for note in caught.value.__notes__)
        assert len(cam.capture.shoot().pictures) == 1


@pytest.mark.parametrize("refuses", [False, True])
def test_a_picture_that_the_camera_took_and_has_not(refuses: bool) -> None:
    def lie(operation: Operation[Any]) -> Told:
        if operation == GetObjectHandles(RAM, 0, 0):
            if refuses:
                raise Status(Response.INVALID_STORAGE_ID)
            return ObjectHandles(())
        return None

    device = a_liar(lie, "event-lost@CanonRequestObjectTransfer")
    with a_host(device) as cam, pytest.raises(NotFinished, match="but there is none"):
        cam.capture.shoot()


def test_a_picture_that_is_on_no_card_after_all(caplog: pytest.LogCaptureFixture) -> None:
    def lie(operation: Operation[Any]) -> Told:
        return ObjectHandles(()) if operation == GetObjectHandles(CARD, 0, 0) else None

    with a_host(a_liar(lie, "event-lost@ObjectAdded")) as cam:
        (picture,) = cam.capture.shoot(target=CaptureTarget.BOTH).pictures
    assert isinstance(picture, Picture)
    assert "the card has no new one" in caplog.text


def test_a_picture_in_a_new_folder_whose_own_event_is_lost() -> None:
    """Of its folders the camera tells; the picture is looked for all the same."""
    folders = ["event-twice@ObjectAdded"] * 2  # DCIM and 100CANON
    device = small(ptp_device(S60, *folders, "event-lost@ObjectAdded"), MemoryCard())
    with a_host(device) as cam:
        (entry,) = cam.capture.shoot(target=CaptureTarget.CARD).entries
        assert isinstance(entry, Entry)
        assert opened(cam.storage.read(entry)).size == (640, 480)


def test_a_thm_of_which_the_camera_tells_before_its_picture() -> None:
    card = a_card({"IMG_0001.THM": b"small"})
    device = small(ptp_device(S60, "event-twice@ObjectAdded", "event-late@ObjectAdded:1"), card)
    thm = ObjectAdded(device.objects.handle(("DCIM", "100CANON", "IMG_0001.THM")))
    with a_host(device) as cam, cam.remote():
        cam.settings.set(image_format="raw")
        device.clock.after(0.5, lambda: device.tell(thm))
        (entry,) = cam.capture.shoot(target=CaptureTarget.CARD).entries
        assert entry.name.endswith(".CRW")


@pytest.mark.parametrize("answer", ["unlisted", "refused", "nothing", "another"])
def test_a_picture_of_which_only_the_standard_tells(answer: str) -> None:
    def lie(operation: Operation[Any]) -> Told:
        if isinstance(operation, GetObjectInfoEx) and operation.handle:
            if answer == "refused":
                raise Status(Response.GENERAL_ERROR)
            other = FolderEntry(operation.handle + 1, ObjectFormat.EXIF_JPEG, 0, 1, 0, "OTHER.JPG")
            return b"" if answer == "nothing" else other.encode()
        return None

    unlisted = answer == "unlisted"
    device = without(GetObjectInfoEx.code) if unlisted else a_liar(lie)
    with a_host(device) as cam:
        (entry,) = cam.capture.shoot(target=CaptureTarget.CARD).entries
        assert isinstance(entry, Entry)
        assert entry.name == "IMG_0001.JPG"
        assert entry.size == on_card(device, "/".join(entry.path.parts)).size


@pytest.mark.parametrize("has_clock", [True, False])
def test_a_picture_that_says_nothing_of_itself(has_clock: bool) -> None:
    """It has no name and no EXIF: it is called after the camera's clock, where there is one."""
    bare = b"\xff\xd8\xff\xd9"

    def lie(operation: Operation[Any]) -> Told:
        if isinstance(operation, GetObjectInfo):
            return ObjectInfo(RAM, ObjectFormat.EXIF_JPEG, *(0,) * 13, "", "", "", "")
        if operation == GetDevicePropValue(Property.TIME) and not has_clock:
            raise Status(Response.DEVICE_PROP_NOT_SUPPORTED)
        return bare if isinstance(operation, GetObject) else None

    device = a_liar(lie)
    with a_host(device) as cam:
        (picture,) = cam.capture.shoot().pictures
        assert isinstance(picture, Picture)
        assert picture == bare
        if has_clock:
            assert picture.name.startswith(f"IMG_{cam.camera_time:%Y%m%d_%H%M}")
        else:
            assert picture.name == "IMG_0001.JPG"
