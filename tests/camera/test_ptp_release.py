"""Release control of a PowerShot that speaks PTP, through the public API."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from judges import exif, opened
from listening import heard

import canon
from canon.camera import Camera
from canon.driver.card import Entry
from canon.driver.events import ButtonPressed, Event, FileAdded, PictureWaiting, Ready
from canon.driver.shot import Picture
from canon.errors import (
    BatteryLow,
    CanonError,
    DeviceBusy,
    Disconnected,
    FocusFailed,
    LensFailed,
    NoCard,
    NotFinished,
    NotSupported,
    Refused,
    StoreFull,
    ValueRefused,
)
from canon.ptp.datasets import (
    DataType,
    DevicePropDesc,
    FileSystem,
    ObjectInfo,
    Range,
    StorageInfo,
    StoreKind,
)
from canon.ptp.operations import (
    GetDevicePropDesc,
    GetObjectInfo,
    GetStorageInfo,
    Operation,
    Response,
    SetDevicePropValue,
)
from canon.ptp.powershot.layouts import RAM, ExtendedError, Property
from canon.values import Aperture, CaptureTarget
from canon.virtual.card import MemoryCard
from canon.virtual.faults import Fault
from canon.virtual.ptp.powershot.extension import PowerShot
from canon.virtual.ptp.reply import Answered
from canon.virtual.refusal import Status
from canon.wire import Message
from rigs.bodies import SMALL, PowerShotCamera, ptp_body, ptp_device
from rigs.lying import Lying
from rigs.watched import WatchedPort

S60, G9, A95, SX200 = "powershot-s60", "powershot-g9", "powershot-a95", "powershot-sx200-is"
TARGETS = (CaptureTarget.HOST, CaptureTarget.CARD, CaptureTarget.BOTH)
RAW = 2  # of FULL_VIEW_FILE_FORMAT
SIZES = ["GetDevicePropValue", "GetDevicePropValue"]
ENTERING = [
    *("GetDevicePropValue", "SetDevicePropValue", *SIZES, "GetDeviceInfo", "GetDeviceInfo"),
    *(*SIZES, "GetDeviceInfo", "GetDevicePropValue", "SetDevicePropValue"),
    *("InitiateReleaseControl", "CheckEvent", "GetDeviceInfo"),
]


def small(slug: str, *faults: str, card: MemoryCard | None = None) -> PowerShotCamera:
    """A body that takes small pictures, which are quickly drawn."""
    device = ptp_device(slug, *faults, card=card)
    device.extension.release.table.put(Property.IMAGE_SIZE, SMALL)
    return device


def event_mode(device: PowerShotCamera) -> int:
    """By which channel the camera's events come."""
    return device.extension.release.table.number(Property.EVENT_EMULATE_MODE)


def an_empty_card() -> MemoryCard:
    card = MemoryCard()
    card.make_folders(("DCIM", "100CANON"))
    return card


# --- in and out -----------------------------------------------------------------------------------


def test_release_control_begins_as_in_canons_own_program() -> None:
    port = WatchedPort(ptp_device(S60))
    with port.camera() as cam:
        port.names()
        cam.remote.start()
        assert port.names() == ENTERING


def test_the_end_gives_the_channel_of_events_back() -> None:
    device = ptp_device(S60)
    before = event_mode(device)
    port = WatchedPort(device)
    with port.camera() as cam:
        cam.remote.start()
        assert event_mode(device) == 7
        port.names()
        cam.remote.stop()
        assert port.names() == ["TerminateReleaseControl", "SetDevicePropValue", "GetDeviceInfo"]
        assert event_mode(device) == before != 7
        assert not device.extension.release.active


def test_closing_leaves_release_control() -> None:
    device = ptp_device(S60)
    cam = WatchedPort(device).camera()
    cam.remote.start()
    cam.close()
    assert not device.extension.release.active
    assert device.session == 0


def test_release_control_that_is_on_already_is_taken_as_it_is() -> None:
    device = ptp_device(S60)
    device.extension.release.active = True
    port = WatchedPort(device)
    with port.camera() as cam:
        port.names()
        assert str(cam.settings.read("iso").iso) == "50"
        assert "InitiateReleaseControl" not in port.names()


def test_a_closed_lens_cap() -> None:
    device = ptp_device(S60, "lens-cap")
    before = event_mode(device)
    with WatchedPort(device).camera() as cam:
        with pytest.raises(LensFailed, match="take the lens cap off"):
            cam.remote.start()
        assert not cam.remote.active
        assert event_mode(device) == before
        cam.remote.start()


def test_the_event_that_tells_of_release_control_may_be_lost() -> None:
    device = ptp_device(S60, "event-lost@CameraModeChanged")
    with WatchedPort(device).camera() as cam:
        before = device.clock.now()
        cam.remote.start()
        lens_s = 2.67
        assert 0.5 <= device.clock.now() - before - lens_s < 1.0
        assert cam.settings.iso.allowed


def test_a_session_cannot_leave_release_control_on_behind_it() -> None:
    port = WatchedPort(ptp_device(S60))
    with port.camera() as cam:
        port.names()
        with pytest.raises(NotSupported, match="outlives its session"):
            cam.remote.stay()
        assert port.names() == []


@pytest.mark.parametrize(
    "verb",
    [
        lambda cam: cam.remote.start(),
        lambda cam: cam.capture.shoot(),
        lambda cam: cam.settings.read(),
        lambda cam: cam.zoom.get(),
        lambda cam: next(iter(cam.live)),
        lambda cam: cam.focus.lock(),
        lambda cam: cam.custom_functions.read(),
    ],
)
def test_a_body_without_release_control(verb: Callable[[Camera], object]) -> None:
    port = WatchedPort(ptp_device(SX200))
    with port.camera() as cam:
        port.names()
        with pytest.raises(NotSupported, match="SX200 IS has no"):
            verb(cam)
        assert port.names() == []


# --- settings -------------------------------------------------------------------------------------


@pytest.mark.shows("settings", model="PowerShot S60 (PTP)")
def test_one_setting_is_written_and_read_back() -> None:
    port = WatchedPort(ptp_device(S60))
    with port.camera() as cam, cam.remote():
        port.names()
        assert cam.settings.set(iso=400) == {"iso": 400}
        assert port.names() == ["SetDevicePropValue", "GetDevicePropValue"]
        assert cam.settings.iso.value == 400
        assert port.names() == ["GetDevicePropValue"]


def test_the_shooting_mode_is_written_first() -> None:
    device = ptp_device(S60)
    with WatchedPort(device).camera() as cam, cam.remote():
        cam.settings.set(aperture="f/8", shooting_mode="aperture priority")
        assert cam.settings.aperture.value == Aperture.parse("f/8")


def test_the_format_is_written_before_the_quality_that_hangs_on_it() -> None:
    class Strict(PowerShotCamera):
        """A body whose RAW pictures have no other quality."""

        def answer(self, operation: Operation[Any], data: bytes) -> Answered:
            form = self.extension.release.table.number(Property.FULL_VIEW_FILE_FORMAT)
            if form == RAW and operation == SetDevicePropValue(Property.IMAGE_QUALITY):
                raise Status(Response.INVALID_DEVICE_PROP_VALUE)
            return super().answer(operation, data)

    device = Strict(ptp_body(S60), PowerShot)
    device.extension.release.table.put(Property.FULL_VIEW_FILE_FORMAT, RAW)
    with WatchedPort(device).camera() as cam, cam.remote():
        assert cam.settings.image_format.value == "raw"
        assert cam.settings.set(image_format="small-superfine").image_format == "small-superfine"


@pytest.mark.parametrize("slug", [S60, G9])
def test_an_aperture_that_cannot_be_set_now(slug: str) -> None:
    """An S60 gives an empty list, a G9 says that it is read only; both refuse."""
    with WatchedPort(ptp_device(slug)).camera() as cam, cam.remote():
        before = cam.settings.aperture.value
        assert cam.settings.aperture.allowed == ()
        with pytest.raises(ValueRefused, match="as the camera is set now, it takes nothing"):
            cam.settings.aperture.set("f/4")
        assert cam.settings.aperture.value == before


def test_a_body_that_refuses_a_value_is_asked_what_it_takes() -> None:
    port = WatchedPort(ptp_device(S60))
    with port.camera() as cam, cam.remote():
        port.names()
        with pytest.raises(ValueRefused, match="1600: the camera takes 50, 100, 200, 400"):
            cam.settings.iso.set(1600)
        assert port.names() == ["SetDevicePropValue", "GetDevicePropDesc"]


def test_a_value_that_only_the_camera_refuses() -> None:
    device = ptp_device(S60)
    with WatchedPort(device).camera() as cam, cam.remote():
        device.faults.add(Fault.parse("refuse@SetDevicePropValue:0x201c"))
        with pytest.raises(ValueRefused) as caught:
            cam.settings.iso.set(400)
        assert caught.value.code == 0x201C


def test_a_camera_that_refuses_a_value_and_does_not_say_what_it_takes() -> None:
    device = ptp_device(S60)
    with WatchedPort(device).camera() as cam, cam.remote():
        for what in ("SetDevicePropValue:0x201c", "GetDevicePropDesc:0x200a"):
            device.faults.add(Fault.parse(f"refuse@{what}"))
        with pytest.raises(ValueRefused, match="does not say what it takes") as caught:
            cam.settings.iso.set(400)
        assert (caught.value.code, caught.value.allowed) == (0x201C, None)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (Response.CANON_BATTERY_LOW, BatteryLow),
        (Response.STORE_NOT_AVAILABLE, NoCard),
        (Response.SESSION_NOT_OPEN, Refused),
    ],
)
def test_what_is_not_about_the_value_is_not_said_of_it(code: int, error: type[Refused]) -> None:
    device = ptp_device(S60)
    with WatchedPort(device).camera() as cam, cam.remote():
        device.faults.add(Fault.parse(f"refuse@SetDevicePropValue:{int(code):#06x}"))
        with pytest.raises(Refused) as caught:
            cam.settings.iso.set(400)
        assert (type(caught.value), caught.value.code) == (error, code)


def test_every_focal_length_is_told() -> None:
    """An A95 counts in 32nds: 255 of them are 8 mm, and not a setting that it does not have."""
    device = ptp_device(A95)
    device.extension.release.table.put(Property.FOCAL_LENGTH, 0xFF)
    with WatchedPort(device).camera() as cam:
        assert cam.settings.read("focal_length").focal_length == 255 / 32


def test_the_numbers_of_what_is_not_there_are_left_out() -> None:
    """An A400 says 0x7fff of its aperture."""
    with canon.open("virtual:powershot-a400") as cam:
        assert "aperture" not in cam.settings.read()
        with pytest.raises(NotSupported, match="no setting aperture"):
            _ = cam.settings.read("aperture").aperture


def test_settings_of_the_newer_bodies() -> None:
    with canon.open("virtual:powershot-g9") as cam, cam.remote():
        assert cam.settings.set(assist_light="off", auto_rotate=False) == {
            "assist_light": False,
            "auto_rotate": False,
        }
        assert cam.settings.rotation.value == 0
        with pytest.raises(ValueError, match="can only be read"):
            cam.settings["rotation"].set(90)


# --- lens -----------------------------------------------------------------------------------------


@pytest.mark.shows("zoom", model="PowerShot S60 (PTP)")
def test_zoom_outside_its_range_is_not_sent() -> None:
    port = WatchedPort(ptp_device(S60))
    with port.camera() as cam, cam.remote():
        assert cam.zoom.set(14) == cam.zoom.get()
        port.names()
        with pytest.raises(ValueRefused, match="the camera takes 0 to 14"):
            cam.zoom.set(15)
        assert port.names() == ["GetDevicePropDesc"]


@pytest.mark.shows("focus lock", model="PowerShot S60 (PTP)")
def test_focus_lock_and_a_lens_that_finds_nothing() -> None:
    device = small(S60, "no-focus")
    with WatchedPort(device).camera() as cam, cam.remote():
        with pytest.raises(FocusFailed):
            cam.focus.lock()
        with cam.focus.lock():
            assert device.extension.release.focus_locked
        assert not device.extension.release.focus_locked


@pytest.mark.parametrize("slug", [S60, G9, A95])
def test_available_shots_come_from_the_sizes_that_the_camera_expects(slug: str) -> None:
    with WatchedPort(ptp_device(slug)).camera() as cam, cam.remote():
        cam.settings.set(image_format="large-normal")
        coarse = cam.capture.available_shots()
        cam.settings.set(image_format="large-superfine")
        assert 0 < cam.capture.available_shots() < coarse / 2
        assert cam.capture.estimated_size("large-superfine") > 2_000_000


def test_sizes_that_a_camera_does_not_tell() -> None:
    with canon.open("virtual:powershot-s3-is") as cam, pytest.raises(NotSupported, match="length"):
        cam.capture.estimated_size("large-fine")


# --- pictures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param(slug, marks=pytest.mark.shows("capture", "live", model=f"{name} (PTP)"))
        for slug, name in (
            (S60, "PowerShot S60"),
            (G9, "PowerShot G9"),
            (A95, "PowerShot A95"),
        )
    ],
)
def test_a_picture_to_the_computer_to_the_card_and_to_both(slug: str) -> None:
    device = small(slug, card=an_empty_card())
    with WatchedPort(device).camera() as cam, cam.remote():
        (picture,) = cam.capture.shoot().pictures
        assert isinstance(picture, Picture)
        assert opened(picture).size == (640, 480)
        assert exif(picture)["IFD0:Model"] == cam.model
        shot = cam.capture.shoot(target=CaptureTarget.CARD, thumbnail=True)
        (entry,) = shot.entries
        assert isinstance(entry, Entry)
        assert cam.storage.stat(entry) == entry
        assert entry.new
        assert shot.thumbnail == cam.storage.thumbnail(entry)
        shot = cam.capture.shoot(target=CaptureTarget.BOTH)
        picture, entry = shot.first, shot.entries[0]
        assert isinstance(picture, Picture)
        assert isinstance(entry, Entry)
        assert cam.storage.read(entry) == picture
        assert picture.name == entry.name
        assert next(iter(cam.live)).startswith(b"\xff\xd8")


def test_raw_comes_as_crw() -> None:
    with WatchedPort(small(S60)).camera() as cam, cam.remote():
        cam.settings.set(image_format="raw")
        (picture,) = cam.capture.shoot().pictures
        (entry,) = cam.capture.shoot(target=CaptureTarget.CARD).entries
    assert picture.name.endswith(".CRW")
    assert entry.name.endswith(".CRW")


def test_a_release_while_the_camera_is_busy_waits() -> None:
    device = small(S60, "busy@InitiateCaptureInMemory:20")
    port = WatchedPort(device)
    with port.camera() as cam, cam.remote():
        assert len(cam.capture.shoot().pictures) == 1
        assert port.names().count("InitiateCaptureInMemory") > 10


def test_a_camera_that_stays_busy() -> None:
    device = small(S60, "busy@InitiateCaptureInMemory:1000")
    with WatchedPort(device).camera() as cam, cam.remote(), pytest.raises(DeviceBusy):
        cam.capture.shoot()
    assert device.clock.now() < 30


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    "fault",
    [
        "event-lost@ObjectAdded",
        "event-lost@CanonRequestObjectTransfer",
        "event-lost@CaptureComplete",
        "event-late@CaptureComplete:2",
        "event-twice@CaptureComplete",
        "event-twice@CanonRequestObjectTransfer",
        "event-twice@ObjectAdded",
    ],
)
def test_events_may_be_lost_late_or_doubled(fault: str, target: CaptureTarget) -> None:
    device = small(S60, fault, card=an_empty_card())
    with WatchedPort(device).camera() as cam, cam.remote():
        shot = cam.capture.shoot(target=target)
        files: list[Picture | Entry] = [*shot.pictures, *shot.entries]
        assert len(files) == (2 if target is CaptureTarget.BOTH else 1)
        shot = cam.capture.shoot(target=target)
        again: list[Picture | Entry] = [*shot.pictures, *shot.entries]
        assert len(again) == len(files)
        assert {file.name for file in files}.isdisjoint({file.name for file in again})


def test_a_release_that_never_ends() -> None:
    lost = ("ObjectAdded", "CaptureComplete", "CanonRequestObjectTransfer")
    device = small(S60, *(f"event-lost@{name}" for name in lost))
    with (
        WatchedPort(device).camera() as cam,
        cam.remote(),
        pytest.raises(NotFinished, match="within 5 s") as caught,
    ):
        cam.capture.shoot(timeout_s=5)
    assert any("may have been taken" in note for note in caught.value.__notes__)


def test_no_focus_no_picture() -> None:
    device = small(S60, "no-focus")
    with WatchedPort(device).camera() as cam, cam.remote():
        with pytest.raises(FocusFailed):
            cam.capture.shoot()
        assert len(cam.capture.shoot().pictures) == 1


def test_a_picture_to_a_card_that_is_not_there() -> None:
    port = WatchedPort(small(S60))
    with port.camera() as cam, cam.remote():
        device = port.device
        device.body.card = None
        port.names()
        with pytest.raises(NoCard):
            cam.capture.shoot(target=CaptureTarget.CARD)
        assert "InitiateCaptureInMemory" not in port.names()
        assert len(cam.capture.shoot().pictures) == 1


def test_a_full_card() -> None:
    device = small(S60, card=MemoryCard(capacity=1000))
    with WatchedPort(device).camera() as cam, pytest.raises(StoreFull):
        cam.capture.shoot(target=CaptureTarget.CARD)


def test_the_cable_comes_out_during_a_release() -> None:
    device = small(S60)
    with WatchedPort(device).camera() as cam:
        cam.remote.start()
        device.clock.after(1.0, device.unplug)
        with pytest.raises(Disconnected) as caught:
            cam.capture.shoot()
        assert any("may have been taken" in note for note in caught.value.__notes__)


@pytest.mark.shows("events", model="PowerShot S60 (PTP)")
def test_the_button_pressed_by_hand_is_told_and_nothing_else_happens() -> None:
    device = small(S60)
    with WatchedPort(device).camera() as cam, cam.remote():
        device.clock.after(0.5, device.press)
        before = list(cam.storage.walk())
        assert heard(cam, 2) == [ButtonPressed("shutter")]
        assert list(cam.storage.walk()) == before


def test_a_listener_in_one_thread_hears_what_a_shot_in_another_has_read() -> None:
    device = small(S60)
    with WatchedPort(device).camera() as cam, cam.remote(), cam.events() as events:
        shooting = threading.Thread(target=lambda: cam.capture.shoot(target="both"))
        shooting.start()
        kinds: list[type[Event]] = []
        while not {FileAdded, PictureWaiting, Ready} <= set(kinds):
            if (event := events.get(60)) is not None:
                kinds.append(type(event))
        shooting.join(60)


def test_outside_release_control_the_button_takes_a_picture() -> None:
    device = small(S60, card=an_empty_card())
    with WatchedPort(device).camera() as cam:
        device.clock.after(0.5, device.press)
        added, ready = heard(cam, 2)
        assert isinstance(added, FileAdded)
        assert isinstance(ready, Ready)
        assert str(added.entry) == "DCIM/100CANON/IMG_0001.JPG"
        assert [entry.name for entry in cam.storage.ls("DCIM/100CANON")] == ["IMG_0001.JPG"]


def test_a_viewfinder_that_gives_nothing() -> None:
    device = ptp_device(S60, "empty@GetViewfinderImage")
    with WatchedPort(device).camera() as cam, pytest.raises(CanonError, match="no picture"):
        next(iter(cam.live))
    assert not device.extension.release.viewfinder.on


def test_a_release_that_the_camera_gives_up() -> None:
    device = small(S60, "event-lost@CanonRequestObjectTransfer", "event-lost@CaptureComplete")
    with WatchedPort(device).camera() as cam, cam.remote():
        device.clock.after(1.0, lambda: device.tell(ExtendedError(0x2A)))
        device.clock.after(1.5, device.objects.drop_kept)
        with pytest.raises(Refused, match="took no picture") as caught:
            cam.capture.shoot()
        assert caught.value.code == 0x2A
    assert device.clock.now() < 15, "it is not waited for any longer"


def test_a_picture_without_a_name_is_called_after_its_time() -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetObjectInfo):
            return ObjectInfo(RAM, 0x3801, *(0,) * 13, "", "", "", "")
        return None

    device = Lying(S60, lie)
    device.extension.release.table.put(Property.IMAGE_SIZE, SMALL)
    with WatchedPort(device).camera() as cam, cam.remote():
        (picture,) = cam.capture.shoot().pictures
        assert isinstance(picture, Picture)
        taken = exif(picture)["ExifIFD:DateTimeOriginal"]
    digits = "".join(one for one in str(taken) if one.isdigit())
    assert picture.name == f"IMG_{digits[:8]}_{digits[8:]}.JPG"


def test_a_picture_that_is_lost_on_its_way() -> None:
    device = small(S60, "refuse@GetObject:0x2002")
    with WatchedPort(device).camera() as cam, pytest.raises(Refused) as caught:
        cam.capture.shoot()
    assert caught.value.__notes__ == [
        "The picture was taken, but it never came; it was not written to the card."
    ]


def test_the_loss_of_a_thumbnail_costs_no_picture() -> None:
    device = small(S60, "refuse@GetThumb:0x2010")
    with WatchedPort(device).camera() as cam:
        shot = cam.capture.shoot(thumbnail=True)
    assert len(shot.pictures) == 1
    assert shot.thumbnail is None


def test_measuring_and_output() -> None:
    device = small(S60)
    port = WatchedPort(device)
    with port.camera() as cam, cam.remote():
        port.names()
        cam.focus.auto()
        cam.remote.set_output("video-out")
        assert port.names() == ["DoAeAfAwb", "SetDevicePropValue"]
    assert device.extension.release.table.number(Property.OUTPUT) == 2


def test_shots_that_the_card_itself_counts() -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetStorageInfo):
            return StorageInfo(StoreKind(4), FileSystem(3), 0, 1 << 28, 1 << 27, 77, "", "A:")
        return None

    with WatchedPort(Lying(S60, lie)).camera() as cam:
        assert cam.capture.available_shots() == 77


def test_a_setting_with_a_range() -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if operation == GetDevicePropDesc(Property.CONTRAST):
            return DevicePropDesc(Property.CONTRAST, DataType.INT8, 1, 0, 0, Range(-2, 2, 1))
        return None

    with WatchedPort(Lying(S60, lie)).camera() as cam, cam.remote():
        assert cam.settings.contrast.allowed == (-2, -1, 0, 1, 2)
        with pytest.raises(ValueRefused, match="contrast cannot be 3"):
            cam.settings.contrast.set(3)


def test_a_camera_that_is_closed_by_another_thread_leaves_release_control() -> None:
    device = ptp_device(S60)
    cam = WatchedPort(device).camera()
    for _ in cam.live:
        cam.close()
    assert not device.extension.release.active
