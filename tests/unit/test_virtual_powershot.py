"""Release control of the virtual PowerShot, asked directly; at the end, over its port."""

from __future__ import annotations

import io
from typing import Any

import pytest
from exif_helpers import exiftool
from PIL import Image, ImageStat
from powershot_unit import BODIES, BOTH, CARD, HOST, Unit, in_control

from canon.ptp.containers import NO_TRANSACTION
from canon.ptp.operations import (
    Bytes,
    CaptureComplete,
    GetObject,
    GetThumb,
    ObjectAdded,
    Operation,
    PtpEvent,
    Response,
    SetDevicePropValue,
    StoreIsFull,
)
from canon.ptp.powershot.channel import Channel
from canon.ptp.powershot.layouts import (
    RAM,
    CameraModeChanged,
    CanonRequestObjectTransfer,
    DoAeAfAwb,
    FocusLock,
    FocusUnlock,
    GetViewfinderImage,
    InitiateCaptureInMemory,
    InitiateReleaseControl,
    Property,
    SettingsChangedOnCamera,
    ShutterButtonPressed,
    TerminateReleaseControl,
    ViewfinderOff,
    ViewfinderOn,
)
from canon.ptp.session import Session
from canon.ptp.usb_transport import UsbTransport
from canon.virtual.card import File, MemoryCard
from canon.virtual.port import VirtualPort
from canon.virtual.ptp.reply import Reply
from canon.virtual.refusal import Status
from rigs.bodies import SMALL, PowerShotCamera, ptp_device

# --- in, out and the lens -------------------------------------------------------------------------


def test_release_control_begins_once() -> None:
    unit = Unit()
    unit.do(InitiateReleaseControl())
    assert unit.told == [CameraModeChanged(1)]
    assert unit.refusal(InitiateReleaseControl()) == Response.CANON_ALREADY_IN_RELEASE_CONTROL


def test_a_lens_cap_keeps_the_camera_out() -> None:
    unit = Unit("powershot-s60", "lens-cap")
    assert unit.refusal(InitiateReleaseControl()) == Response.CANON_LENS_COVER_CLOSED
    assert unit.refusal(ViewfinderOn()) == Response.CANON_REFUSED
    assert not unit.told
    unit.do(InitiateReleaseControl())


def test_leaving_is_told_and_may_be_repeated() -> None:
    unit = in_control()
    unit.do(TerminateReleaseControl())
    assert unit.told == [CameraModeChanged(0)]
    unit.do(TerminateReleaseControl())
    assert len(unit.told) == 1


@pytest.mark.parametrize(
    "operation",
    [
        ViewfinderOn(),
        ViewfinderOff(),
        GetViewfinderImage(),
        DoAeAfAwb(7),
        FocusLock(),
        FocusUnlock(),
        InitiateCaptureInMemory(),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_outside_release_control_its_operations_are_refused(operation: Operation[Any]) -> None:
    assert Unit().refusal(operation) == Response.CANON_REFUSED


def test_what_needs_the_lens_waits_for_it() -> None:
    unit = Unit()
    unit.do(InitiateReleaseControl())
    entered = unit.body.clock.now()
    unit.do(FocusLock())
    focused = unit.body.clock.now()
    assert entered == pytest.approx(2.67)
    assert 0.5 < focused - entered < 1
    unit.do(FocusUnlock())
    unit.do(FocusLock())
    assert 0.5 < unit.body.clock.now() - focused < 1


def test_the_zoom_moves_the_lens_and_then_enlarges() -> None:
    unit = in_control("powershot-s60")
    lengths, widths = [], []
    for position in (0, 9, 14):
        before = unit.body.clock.now()
        unit.set(Property.ZOOM, position)
        if position:
            assert 0.5 < unit.body.clock.now() - before < 3
        lengths.append(unit.get(Property.FOCAL_LENGTH))
        widths.append(unit.get(Property.ZOOMED_WIDTH))
    assert lengths == [186, 662, 662]
    assert widths == [2592, 2592, 640]
    beyond = unit.bytes_of(Property.ZOOM, 15)
    refused = unit.refusal(SetDevicePropValue(Property.ZOOM), beyond)
    assert refused == Response.INVALID_DEVICE_PROP_VALUE
    assert unit.get(Property.ZOOM) == 14


def test_the_lens_goes_back_at_the_end() -> None:
    unit = in_control()
    unit.set(Property.ZOOM, 9)
    unit.control.end()
    unit.enter()
    assert (unit.get(Property.ZOOM), unit.get(Property.FOCAL_LENGTH)) == (0, 186)


# --- viewfinder -----------------------------------------------------------------------------------


def a_frame(unit: Unit) -> Image.Image:
    """A frame of the viewfinder."""
    reply = unit.do(GetViewfinderImage())
    assert isinstance(reply, Reply)
    return Image.open(io.BytesIO(reply.data))


def test_frames_are_waited_for() -> None:
    unit = Unit()
    unit.do(InitiateReleaseControl())
    unit.do(ViewfinderOn())
    image = a_frame(unit)
    assert image.format == "JPEG"
    assert image.size == (320, 240)
    first = unit.body.clock.now()
    assert first > 2.67
    for _ in range(30):
        a_frame(unit)
    assert unit.body.clock.now() == pytest.approx(first + 1)


def test_frames_follow_the_settings() -> None:
    unit = in_control()
    unit.do(ViewfinderOn())
    light = [ImageStat.Stat(a_frame(unit).convert("L")).mean[0]]
    for compensation in (0x10, 0x20):  # +1, -1
        unit.set(Property.EXPOSURE_COMPENSATION, compensation)
        light.append(ImageStat.Stat(a_frame(unit).convert("L")).mean[0])
    normal, lighter, darker = light
    assert darker < normal - 10 < normal + 10 < lighter


def test_without_a_viewfinder_there_is_no_frame() -> None:
    unit = in_control()
    assert unit.refusal(GetViewfinderImage()) == Response.CANON_REFUSED
    unit.do(ViewfinderOn())
    unit.do(ViewfinderOff())
    assert unit.refusal(GetViewfinderImage()) == Response.CANON_REFUSED


# --- the release ----------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", BODIES)
def test_a_picture_goes_to_the_card(slug: str) -> None:
    unit = in_control(slug)
    begun = unit.body.clock.now()
    stray = [SettingsChangedOnCamera()] * (slug == "powershot-s3-is")  # a quirk of it
    *first, folder, inner, picture, done = unit.shoot(CARD)
    handles = [
        unit.objects.handle(("DCIM", "100CANON", "IMG_0001.JPG")[:depth]) for depth in (1, 2, 3)
    ]
    assert [folder, inner, picture] == [ObjectAdded(handle) for handle in handles]
    assert (first, done) == (stray, CaptureComplete(0))
    assert 1 < unit.times[len(stray)][0] - begun < 3
    assert list(unit.files()) == ["IMG_0001.JPG"]
    assert unit.shoot(CARD) == [
        *stray,
        ObjectAdded(unit.objects.handle(("DCIM", "100CANON", "IMG_0002.JPG"))),
        CaptureComplete(0),
    ]


def test_a_picture_says_how_it_was_taken() -> None:
    unit = in_control("powershot-s60")
    unit.set(Property.OWNER, tuple(b"Ada\0"))
    for code, value in (
        (Property.SHOOTING_MODE, 4),
        (Property.APERTURE, 0x30),
        (Property.SHUTTER_SPEED, 0x58),
        (Property.ISO, 0x58),
        (Property.FLASH_MODE, 2),
        (Property.WHITE_BALANCE, 2),
        (Property.ZOOM, 9),
        (Property.IMAGE_SIZE, 3),
        (Property.IMAGE_QUALITY, 5),
    ):
        unit.set(code, value)
    unit.shoot(CARD)
    told = exiftool(unit.files()["IMG_0001.JPG"])
    expected = {
        "IFD0:Model": "Canon PowerShot S60",
        "Canon:OwnerName": "Ada",
        "ExifIFD:FNumber": 5.6,
        "ExifIFD:FocalLength": 20.6875,
        "Canon:CameraISO": 400,
        "Canon:Quality": 5,
        "Canon:WhiteBalance": 2,
        "Canon:OpticalZoomCode": 9,
        "Canon:CanonModelID": 0x01390000,
        "Canon:FileNumber": 1000001,
        "Canon:ZoomSourceWidth": 2592,
        "Canon:ZoomTargetWidth": 2592,
        "File:ImageWidth": 1600,
        "File:ImageHeight": 1200,
        "ExifIFD:Flash": 9,
    }
    assert {name: told.get(name) for name in expected} == expected
    assert told["ExifIFD:ExposureTime"] == pytest.approx(1 / 15, rel=0.01)
    assert told["ExifIFD:DateTimeOriginal"].startswith("2005:05:01 10:00")


def test_the_camera_finds_the_exposure_itself() -> None:
    unit = in_control("powershot-s60")
    unit.set(Property.SHOOTING_MODE, 2)
    unit.set(Property.SHUTTER_SPEED, 0x58)
    unit.shoot(CARD)
    unit.set(Property.SHOOTING_MODE, 1)
    unit.shoot(CARD)
    chosen, program = (exiftool(data) for data in unit.files().values())
    assert chosen["ExifIFD:ExposureTime"] == pytest.approx(1 / 15, rel=0.01)
    assert program["ExifIFD:ExposureTime"] < chosen["ExifIFD:ExposureTime"]
    assert program["ExifIFD:FNumber"] < chosen["ExifIFD:FNumber"]


def test_a_picture_waits_for_the_host_until_the_next() -> None:
    unit = in_control()
    offered, done = unit.shoot(HOST)
    info, data = unit.kept(offered)
    assert done == CaptureComplete(0)
    assert not unit.files()
    assert (info.storage, info.parent, info.name) == (RAM, 0, "IMG_0001.JPG")
    assert Image.open(io.BytesIO(data)).size == (640, 480)
    assert info.size == len(data)
    again, _ = unit.shoot(HOST)
    assert unit.kept(again)[0].name == "IMG_0002.JPG"
    with pytest.raises(Status):
        unit.kept(offered)
    unit.do(TerminateReleaseControl())
    with pytest.raises(Status):
        unit.kept(again)


def test_a_picture_can_go_to_both() -> None:
    unit = in_control()
    *_, added, offered, done = unit.shoot(BOTH)
    assert isinstance(added, ObjectAdded)
    assert done == CaptureComplete(0)
    assert unit.files() == {"IMG_0001.JPG": unit.kept(offered)[1]}


@pytest.mark.parametrize("mode", [1, 4])
def test_a_thumbnail_alone_can_be_had(mode: int) -> None:
    unit = in_control("powershot-a95")
    *_, last, done = unit.shoot(mode)
    assert done == CaptureComplete(0)
    thumbnail = unit.kept(last)[1] if mode == 1 else unit.files()["IMG_0001.JPG"]
    assert Image.open(io.BytesIO(thumbnail)).size == (160, 120)
    assert bool(unit.files()) == (mode == 4)


def test_a_raw_picture_has_its_thumbnail_beside_it_on_the_card() -> None:
    unit = in_control("powershot-s60")
    unit.set(Property.FULL_VIEW_FILE_FORMAT, 2)
    assert unit.control.picture_size() == 4405248
    *_, added, done = unit.shoot(CARD)
    path = "DCIM", "100CANON", "IMG_0001.CRW"
    assert [added, done] == [ObjectAdded(unit.objects.handle(path)), CaptureComplete(0)]
    files = unit.files()
    assert list(files) == ["IMG_0001.CRW", "IMG_0001.THM"]
    assert Image.open(io.BytesIO(files["IMG_0001.THM"])).size == (160, 120)
    told = exiftool(files["IMG_0001.CRW"])
    assert told["File:FileType"] == "CRW"
    assert told["CanonRaw:ImageWidth"] == 2592
    offered, _ = unit.shoot(HOST)
    info, data = unit.kept(offered)
    assert info.name == "IMG_0002.CRW"
    assert data[6:14] == b"HEAPCCDR"
    assert isinstance(offered, CanonRequestObjectTransfer)
    thumbnail = unit.objects.answer(GetThumb(offered.handle), b"")
    assert isinstance(thumbnail, bytes)
    assert Image.open(io.BytesIO(thumbnail)).size == (160, 120)


def test_while_a_picture_is_taken_the_camera_is_busy() -> None:
    unit = in_control()
    unit.do(InitiateCaptureInMemory())
    iso = SetDevicePropValue(Property.ISO)
    for operation in (InitiateCaptureInMemory(), FocusLock(), ViewfinderOn(), DoAeAfAwb(7)):
        assert unit.refusal(operation) == Response.DEVICE_BUSY
    assert unit.refusal(iso, b"\x50\0") == Response.DEVICE_BUSY
    assert unit.get(Property.ISO) == 0x40
    unit.body.clock.sleep(4)
    unit.set(Property.ISO, 0x50)
    assert unit.told.count(CaptureComplete(0)) == 1


def test_without_a_card_only_the_host_can_have_a_picture() -> None:
    unit = in_control()
    unit.body.card = None
    unit.set(Property.CAPTURE_TRANSFER_MODE, CARD)
    assert unit.refusal(InitiateCaptureInMemory()) == Response.STORE_NOT_AVAILABLE
    assert isinstance(unit.shoot(HOST)[0], CanonRequestObjectTransfer)


def test_a_full_card_is_known_before() -> None:
    unit = in_control(card=MemoryCard(100_000))
    unit.set(Property.CAPTURE_TRANSFER_MODE, CARD)
    assert unit.refusal(InitiateCaptureInMemory()) == Response.STORE_FULL
    assert not unit.control.busy


def test_a_card_that_fills_up_meanwhile_is_told() -> None:
    unit = in_control()
    unit.set(Property.CAPTURE_TRANSFER_MODE, CARD)
    unit.times.clear()
    unit.do(InitiateCaptureInMemory())
    unit.card.capacity = 1000
    unit.body.clock.sleep(5)
    assert unit.told == [StoreIsFull(0x00010001), CaptureComplete(0)]


@pytest.mark.parametrize("operation", [FocusLock(), InitiateCaptureInMemory(), DoAeAfAwb(2)])
def test_without_focus_the_camera_refuses_once(operation: Operation[Any]) -> None:
    unit = in_control("powershot-s60", "no-focus")
    before = unit.body.clock.now()
    assert unit.refusal(operation) == Response.GENERAL_ERROR
    assert 0.5 < unit.body.clock.now() - before < 1
    unit.do(operation)


def test_focus_that_is_held_makes_the_release_quick() -> None:
    def seconds(*first: Operation[Any]) -> float:
        unit = in_control()
        for operation in first:
            unit.do(operation)
        before = unit.body.clock.now()
        unit.shoot(HOST)
        return unit.times[0][0] - before

    slow = seconds()
    for held in (FocusLock(), DoAeAfAwb(2)):
        assert seconds(held) == pytest.approx(slow - 0.8)
    assert seconds(FocusLock(), FocusUnlock()) == pytest.approx(slow)
    assert seconds(DoAeAfAwb(5)) == pytest.approx(slow)


def test_by_hand_a_picture_goes_to_the_card() -> None:
    unit = Unit("powershot-sx200-is")
    unit.control.press()
    *_, added, done = unit.told
    path = "DCIM", "100CANON", "IMG_0001.JPG"
    assert [added, done] == [
        ObjectAdded(unit.objects.handle(path)),
        CaptureComplete(NO_TRANSACTION),
    ]
    assert exiftool(unit.files()["IMG_0001.JPG"])["File:ImageWidth"] == 4000


def test_under_release_control_the_button_asks_the_host() -> None:
    unit = in_control()
    unit.control.press()
    unit.body.clock.sleep(5)
    assert unit.told == [ShutterButtonPressed()]
    assert not unit.files()


def test_a_host_that_leaves_gets_nothing_of_a_picture_that_is_being_taken() -> None:
    unit = in_control()
    unit.set(Property.CAPTURE_TRANSFER_MODE, BOTH)
    unit.times.clear()
    unit.do(InitiateCaptureInMemory())
    unit.control.end()
    unit.do(InitiateReleaseControl())
    unit.body.clock.sleep(5)
    assert not any(isinstance(event, CanonRequestObjectTransfer) for event in unit.told)
    assert list(unit.files()) == ["IMG_0001.JPG"]


def test_pictures_are_counted_on_from_the_card() -> None:
    card = MemoryCard()
    card.add(("DCIM", "123CANON", "IMG_9998.JPG"), File(b"", 0))
    unit = in_control(card=card)
    names = []
    for _ in range(2):
        unit.shoot(CARD)
        names.append(unit.control.shutter.number)
    assert names == [1239999, 1240001]  # no file is called IMG_0000
    assert card.find(("DCIM", "124CANON", "IMG_0001.JPG"))


def test_a_card_without_a_number_left_is_full() -> None:
    card = MemoryCard()
    card.add(("DCIM", "999CANON", "IMG_9999.JPG"), File(b"", 0))
    unit = in_control(card=card)
    assert unit.shoot(CARD) == [StoreIsFull(0x00010001), CaptureComplete(0)]


# --- over the port --------------------------------------------------------------------------------


@pytest.fixture
def camera() -> PowerShotCamera:
    """A virtual S60 with an empty card, set to small pictures."""
    camera = ptp_device("powershot-s60", card=MemoryCard())
    camera.extension.release.table.put(Property.IMAGE_SIZE, SMALL)
    return camera


def test_a_host_takes_a_picture_and_fetches_it(camera: PowerShotCamera) -> None:
    session = Session(UsbTransport(VirtualPort(camera)))
    session.start()
    session.call(SetDevicePropValue(Property.EVENT_EMULATE_MODE), Bytes(b"\x07\0"))
    session.call(InitiateReleaseControl())
    assert Property.ZOOM in session.refresh().properties
    session.call(SetDevicePropValue(Property.CAPTURE_TRANSFER_MODE), Bytes(b"\x03\0"))
    session.extension = Channel(session)
    with session.events() as events:
        session.call(InitiateCaptureInMemory())  # the sixth operation in the session
        found: list[PtpEvent] = []
        while CaptureComplete(6) not in found:
            assert session.poll(20)
            while event := events.get():
                found.append(event)
    offered = next(event for event in found if isinstance(event, CanonRequestObjectTransfer))
    picture = session.call(GetObject(offered.handle)).data
    assert Image.open(io.BytesIO(picture)).size == (640, 480)
    session.close()
    assert not camera.extension.release.active


def test_a_frame_says_its_size(camera: PowerShotCamera) -> None:
    session = Session(UsbTransport(VirtualPort(camera)))
    session.start()
    session.call(InitiateReleaseControl())
    session.call(ViewfinderOn())
    answer = session.ask(GetViewfinderImage.code)
    assert answer.parameters[:1] == (len(answer.data),)
    assert answer.data.startswith(b"\xff\xd8")


def test_a_host_that_is_gone_ends_release_control(camera: PowerShotCamera) -> None:
    session = Session(UsbTransport(VirtualPort(camera)))
    session.start()
    session.call(InitiateReleaseControl())
    camera.detach()
    assert not camera.extension.release.active
    again = Session(UsbTransport(VirtualPort(camera)))
    assert Property.ZOOM not in again.start().properties
