"""What a caller sees when taking a picture goes wrong, and where the picture then is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

import canon
from canon.camera import Camera
from canon.driver.card import Entry
from canon.driver.shot import Picture, Shot
from canon.errors import (
    BadParameter,
    CanonError,
    Disconnected,
    FocusFailed,
    LensFailed,
    NoCard,
    NotFinished,
    NotSupported,
    ObjectNotFound,
    PortStalled,
    PortTimeout,
    Refused,
    StoreFull,
)
from canon.exif import read
from canon.exif import thumbnail as inside
from canon.native.events import CardChanged, encode_event
from canon.values import CaptureTarget
from canon.virtual.card import File, MemoryCard
from canon.virtual.faults import Fault
from canon.virtual.native.camera import NativeCamera
from rigs.bodies import a_camera, native_device
from rigs.watched import WatchedPort

HOST, CARD, BOTH = CaptureTarget.HOST, CaptureTarget.CARD, CaptureTarget.BOTH
TARGETS = (HOST, CARD, BOTH)
ESTIMATE = 153_600  # bytes of a small, fine picture, as the camera counts them


def on_card(device: NativeCamera) -> list[bytes]:
    """The files in the folder of pictures, whatever the host believes."""
    card = device.body.card
    folder = card.folder(("DCIM", "100CANON")) if card else None
    assert folder is not None
    return [entry.read() for entry in folder.entries.values() if isinstance(entry, File)]


def notes(error: BaseException) -> str:
    return "\n".join(getattr(error, "__notes__", ()))


def take(
    cam: Camera,
    device: NativeCamera,
    target: CaptureTarget = HOST,
    *,
    thumbnail: bool = True,
    late: int = 0,
) -> Shot:
    """A release whose picture is the one that was taken just now, at every place asked for.

    Args:
        cam: the host.
        device: the camera.
        target: where the picture goes.
        thumbnail: whether the thumbnail is fetched too.
        late: how many pictures of earlier releases come to the card meanwhile.
    """
    before, began = on_card(device), cam.camera_time
    shot = cam.capture.shoot(target=target, thumbnail=thumbnail)
    assert len(shot.pictures) == (CaptureTarget.HOST in target)
    assert len(shot.entries) == (CaptureTarget.CARD in target)
    whole = b""
    picture, entry = next(iter(shot.pictures), None), next(iter(shot.entries), None)
    if isinstance(picture, Picture):
        whole = picture
    new = [data for data in on_card(device) if data not in before]
    assert len(new) == late + (CARD in target)
    if isinstance(entry, Entry):
        assert cam.storage.read(entry) == new[-1]
        assert whole in (b"", new[-1])
        whole = new[-1]
    taken = read(whole).taken
    assert isinstance(taken, datetime)
    assert began <= taken <= cam.camera_time
    assert shot.thumbnail == (inside(whole) if thumbnail else None)
    return shot


# --- the lens, the card --------------------------------------------------------------------------


def test_the_lens_cap_is_on() -> None:
    device = native_device("lens-cap")
    with a_camera(device) as cam:
        with pytest.raises(LensFailed, match="cap"):
            cam.capture.shoot()
        assert not cam.remote.active
        assert on_card(device) == []
        take(cam, device)


def test_nothing_to_focus_on() -> None:
    device = native_device("no-focus")
    with a_camera(device) as cam:
        with pytest.raises(FocusFailed, match="focus") as caught:
            cam.capture.shoot(target=CARD)
        assert caught.value.code == 1
        assert notes(caught.value) == "", "no picture was taken"
        assert not cam.remote.active
        assert on_card(device) == []
        take(cam, device, CARD)


@pytest.mark.parametrize("target", [CARD, BOTH])
def test_no_card(target: CaptureTarget) -> None:
    with canon.open("virtual:powershot-g3?card=none") as cam:
        with pytest.raises(NoCard, match="put one in"):
            cam.capture.shoot(target=target)
        assert not cam.remote.active
        assert cam.capture.shoot().pictures, "to the host it works without"
        assert cam.capture.available_shots() == 0


@pytest.mark.parametrize("target", [CARD, BOTH])
def test_the_card_is_full_before(target: CaptureTarget) -> None:
    device = native_device(card=MemoryCard(capacity=ESTIMATE - 1))
    with a_camera(device) as cam:
        with pytest.raises(StoreFull, match="full"):
            cam.capture.shoot(target=target)
        assert on_card(device) == []
        take(cam, device, HOST)


@pytest.mark.parametrize("target", [CARD, BOTH])
def test_the_card_gets_full_meanwhile(target: CaptureTarget) -> None:
    device = native_device(card=MemoryCard(capacity=ESTIMATE))
    card = device.body.card
    assert card

    def fill() -> None:
        card.add(("DCIM", "100CANON", "BIG.DAT"), File(bytes(ESTIMATE), 0))

    with a_camera(device) as cam, cam.remote():
        device.clock.after(2, fill)
        with pytest.raises(StoreFull, match="full"):
            cam.capture.shoot(target=target)
        assert len(on_card(device)) == 1
        card.capacity *= 4
        take(cam, device, target)


@pytest.mark.parametrize("status", [0x02000042, 0x02000086])
def test_a_release_is_refused(status: int) -> None:
    device = native_device(f"refuse@Release:{status}")
    with a_camera(device) as cam:
        with pytest.raises(Refused) as caught:
            cam.capture.shoot()
        assert (caught.value.code, caught.value.command) == (status, "Release")
        assert isinstance(caught.value, BadParameter) is (status == 0x02000086)
        assert not cam.remote.active


def test_release_control_is_refused() -> None:
    device = native_device("refuse@EnterReleaseControl:0x02000099")
    with a_camera(device) as cam:
        with pytest.raises(Refused) as caught:
            cam.capture.shoot()
        assert caught.value.command == "EnterReleaseControl"
        assert not cam.remote.active


@pytest.mark.parametrize("target", [CARD, BOTH], ids=str)
def test_the_camera_speaks_of_a_picture_that_is_not_on_the_card(target: CaptureTarget) -> None:
    device = native_device()

    def lose(name: str) -> None:
        card = device.body.card
        folder = card.folder(("DCIM", "100CANON")) if card else None
        if name == "CaptureStatus" and folder:
            folder.entries.clear()

    with WatchedPort(device, lose).camera() as cam:
        if target is CARD:
            with pytest.raises(NotFinished, match="the card has no new one"):
                cam.capture.shoot(target=target)
        else:
            (picture,) = cam.capture.shoot(target=target).pictures
            assert isinstance(picture, Picture), "what did come is not thrown away"


# --- events --------------------------------------------------------------------------------------

EVENTS = ("exposed", "ThumbnailReady", "FullImageReady", "finished")
HOW = ("event-lost{}", "event-twice{}", "event-late{}:1", "event-late{}:3", "event-late{}:8")


def host_with(device: NativeCamera, how: str, event: str) -> Camera:
    """A host to which one event of the first release comes as the fault has it."""
    name = "CaptureStatus" if event in ("exposed", "finished") else event
    fault = Fault.parse(how.format("@" + name))
    waiting = [fault]

    def at(passed: str) -> None:
        if event == "finished" and passed == "CaptureStatus" and waiting:
            device.faults.add(waiting.pop())  # the first one has come, the last one has not

    if event != "finished":
        device.faults.add(fault)
    return WatchedPort(device, at).camera()


@pytest.mark.parametrize("thumbnail", [False, True], ids=["picture", "with thumbnail"])
@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("event", EVENTS)
def test_an_event_is_lost_doubled_or_late(
    event: str, how: str, target: CaptureTarget, thumbnail: bool
) -> None:
    """Neither this release nor a later one gives another's picture."""
    device = native_device()
    with host_with(device, how, event) as cam, cam.remote():
        for _ in range(4):
            take(cam, device, target, thumbnail=thumbnail)


def test_events_in_pieces() -> None:
    device = native_device("pieces")
    with a_camera(device) as cam, cam.remote():
        for target in TARGETS:
            take(cam, device, target)


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_all_events_are_lost(target: CaptureTarget) -> None:
    kinds = ("CaptureStatus", "ThumbnailReady", "FullImageReady", "CaptureStatus")
    device = native_device(*(f"event-lost@{kind}" for kind in kinds))
    with a_camera(device) as cam, cam.remote():
        with pytest.raises(NotFinished, match="within 60 s") as caught:
            cam.capture.shoot(target=target, thumbnail=True)
        assert "may have been taken" in notes(caught.value)
        assert len(on_card(device)) == (CARD in target)
        take(cam, device, target)


def test_a_flood_of_events_is_no_way_out_of_the_deadline() -> None:
    class Flood(WatchedPort[NativeCamera]):
        """Never silent: an event each millisecond, and none of them of a release."""

        def interrupt_in(self, timeout_s: float) -> bytes:
            self.clock.sleep(0.001)
            return encode_event(CardChanged(1))

    port = Flood(native_device())
    with port.camera() as cam, cam.remote():
        start = port.clock.now()
        with pytest.raises(NotFinished):
            cam.capture.shoot(timeout_s=3)
        assert port.clock.now() - start < 5


def test_a_release_that_was_given_up_does_not_mix_with_the_next() -> None:
    device = native_device()
    with a_camera(device) as cam, cam.remote():
        for target in TARGETS:
            with pytest.raises(NotFinished) as caught:
                cam.capture.shoot(target=target, timeout_s=1)
            assert "may have been taken" in notes(caught.value)
            take(cam, device, target, late=int(CARD in target))
            take(cam, device, target)


# --- the picture after the release ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("empty@RetrieveCapture", ObjectNotFound),
        ("stall@RetrieveCapture:6400", PortStalled),
        ("silence@RetrieveCapture:6400", PortTimeout),
        ("unplug@RetrieveCapture:0", Disconnected),
        ("unplug@RetrieveCapture:6400", Disconnected),
    ],
)
@pytest.mark.parametrize("target", [HOST, BOTH], ids=str)
def test_the_picture_does_not_come(
    fault: str, error: type[CanonError], target: CaptureTarget
) -> None:
    device = native_device(fault)
    cam = a_camera(device)
    with cam, pytest.raises(error) as caught:
        cam.capture.shoot(target=target)
    saved = on_card(device)
    if target is BOTH:
        assert notes(caught.value) == (
            "The picture was taken; it is on the card: DCIM/100CANON/IMG_0001.JPG."
        )
        assert len(saved) == 1
        assert saved[0].endswith(b"\xff\xd9")
    else:
        assert "never came; it was not written to the card" in notes(caught.value)
        assert saved == []
    assert device.release.active is (error is Disconnected)


def test_a_key_that_is_gone_spoils_only_its_own_picture() -> None:
    device = native_device("empty@RetrieveCapture", "event-lost@FullImageReady")
    with a_camera(device) as cam, cam.remote():
        with pytest.raises(ObjectNotFound):
            cam.capture.shoot()
        take(cam, device)


def test_a_thumbnail_that_is_gone_does_not_cost_the_picture() -> None:
    device = native_device("empty@RetrieveCapture")
    with a_camera(device) as cam:
        shot = cam.capture.shoot(thumbnail=True)
        assert shot.thumbnail is None
        (picture,) = shot.pictures
        assert isinstance(picture, Picture)
        assert picture.endswith(b"\xff\xd9")


@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize("moment", [1.0, 3.42], ids=["before it is exposed", "after"])
def test_unplugged_in_the_wait(target: CaptureTarget, moment: float) -> None:
    device = native_device()
    with a_camera(device) as cam:
        cam.remote.start()
        device.clock.after(moment, device.unplug)
        with pytest.raises(Disconnected, match="unplugged") as caught:
            cam.capture.shoot(target=target)
        wanted = "look for it" if CARD in target else "it was not meant"
        assert f"A picture may have been taken; {wanted}" in notes(caught.value)
        assert not cam.ready


@pytest.mark.parametrize("fault", ["unplug@ExitReleaseControl:0", "refuse@ExitReleaseControl:2"])
def test_a_picture_survives_the_end_of_release_control(fault: str) -> None:
    device = native_device(fault)
    with a_camera(device) as cam:
        (picture,) = cam.capture.shoot().pictures
        assert isinstance(picture, Picture)
        assert read(picture).model == "Canon PowerShot G3"


def test_a_picture_survives_the_end_of_the_viewfinder() -> None:
    device = native_device()
    with a_camera(device) as cam:
        frames = 0
        for _ in cam.live:
            frames += 1
            device.faults.add(Fault.parse("unplug@StartViewfinder:0"))
            assert len(cam.capture.shoot().pictures) == 1
        assert frames == 1
        assert not cam.ready


# --- the viewfinder and the settings -------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("empty@RetrieveFrame", ObjectNotFound),
        ("unplug@RetrieveFrame:64", Disconnected),
        ("silence@RetrieveFrame:64", PortTimeout),
        ("stall@RetrieveFrame:64", PortStalled),
    ],
)
def test_a_frame_does_not_come(fault: str, error: type[CanonError]) -> None:
    device = native_device()
    with a_camera(device) as cam:
        frames = iter(cam.live)
        assert next(frames)
        device.faults.add(Fault.parse(fault))
        with pytest.raises(error):
            next(frames)
        if error is Disconnected:
            return
        assert not device.release.active
        assert next(iter(cam.live))


@pytest.mark.parametrize(
    "command", ["SetReleaseParameters", "SetExtendedParameters", "GetReleaseParameters"]
)
def test_settings_are_refused_as_a_whole(command: str) -> None:
    device = native_device(f"refuse@{command}:0x02000086")
    with a_camera(device) as cam:
        with pytest.raises(BadParameter) as caught:
            cam.settings.set(iso=100, photo_effect="sepia")
        assert caught.value.command == command
        assert not device.release.active
        cam.settings.set(iso=100, photo_effect="sepia")


def test_a_camera_without_the_second_block() -> None:
    device = native_device("refuse@GetExtendedSize:0x02000086")
    with a_camera(device) as cam, cam.remote():
        assert "photo_effect" not in cam.settings.read()
        with pytest.raises(NotSupported, match="photo_effect"):
            _ = cam.settings.photo_effect.value
        with pytest.raises(NotSupported, match="photo_effect"):
            cam.settings.set(photo_effect="sepia")
        cam.settings.set(iso=200)


def test_a_camera_that_does_not_say_what_it_allows() -> None:
    device = native_device("refuse@GetAllowedSize:0x02000086")
    with a_camera(device) as cam, cam.remote():
        first, again = cam.settings.iso.allowed, cam.settings.iso.allowed
        assert first is None
        assert again is not None
        assert len(again) == 5


# --- the host goes away --------------------------------------------------------------------------


def test_a_host_that_was_killed_inside_release_control() -> None:
    device = native_device()
    first = a_camera(device)
    first.remote.start()
    first.settings.set(iso=200)
    # It dies here: nobody leaves release control. A camera that is in it refuses to enter it.
    with a_camera(device) as second:
        assert str(second.settings.read("iso").iso) == "200"
        take(second, device, BOTH)
    assert not device.release.active
    with a_camera(device) as third:
        take(third, device)


@pytest.mark.parametrize("fault", ["FullImageReady", "ThumbnailReady"])
def test_after_such_a_start_no_key_is_guessed(fault: str) -> None:
    """The dead host's pictures have used keys that the new one does not know."""
    device = native_device()
    first = a_camera(device)
    first.remote.start()
    first.capture.shoot()
    device.faults.add(Fault.parse(f"event-lost@{fault}"))
    with a_camera(device) as second, second.remote():
        if fault == "ThumbnailReady":
            take(second, device)
        else:
            with pytest.raises(ObjectNotFound, match="did not tell the picture's key"):
                second.capture.shoot()
        take(second, device)


def interrupted(
    device: NativeCamera, moment: Callable[[WatchedPort[NativeCamera], str], bool]
) -> Camera:
    """A host whose user presses Ctrl-C once, at a moment."""
    presses = [KeyboardInterrupt]

    def at(name: str) -> None:
        if presses and moment(port, name):
            raise presses.pop()

    port = WatchedPort(device, at)
    return port.camera()


def in_the_wait(port: WatchedPort[NativeCamera], name: str) -> bool:
    fired = [moment for moment, command in port.asked if command == "Release"]
    return name == "poll" and bool(fired) and port.clock.now() > fired[-1] + 1


def while_the_lens_moves(port: WatchedPort[NativeCamera], name: str) -> bool:
    return name == "read" and port.last == "EnterReleaseControl"


def while_the_picture_comes(port: WatchedPort[NativeCamera], name: str) -> bool:
    return name == "read" and port.last == "RetrieveCapture"


@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize(
    "moment", [in_the_wait, while_the_lens_moves, while_the_picture_comes], ids=lambda f: f.__name__
)
def test_ctrl_c_leaves_release_control(
    moment: Callable[[WatchedPort[NativeCamera], str], bool], target: CaptureTarget
) -> None:
    device = native_device()
    with interrupted(device, moment) as cam:
        with pytest.raises(KeyboardInterrupt) as caught:
            cam.capture.shoot(target=target, thumbnail=True)
        assert not device.release.active
        assert not cam.remote.active
        assert ("taken" in notes(caught.value)) is (moment is not while_the_lens_moves)
        take(cam, device, target, late=int(CARD in target and moment is in_the_wait))
        take(cam, device, target)


def test_ctrl_c_in_a_block_of_release_control() -> None:
    device = native_device()
    with interrupted(device, in_the_wait) as cam, cam.remote():
        with pytest.raises(KeyboardInterrupt):
            cam.capture.shoot()
        assert device.release.active, "the block goes on"
        take(cam, device)
    assert not device.release.active


def test_ctrl_c_between_frames() -> None:
    device = native_device()
    with interrupted(
        device, lambda port, name: name == "read" and device.release.viewfinder.on
    ) as cam:
        with pytest.raises(KeyboardInterrupt):
            list(cam.live)
        assert not device.release.active
        assert next(iter(cam.live))


def test_ctrl_c_while_the_focus_is_locked() -> None:
    device = native_device()
    with interrupted(device, in_the_wait) as cam:
        with pytest.raises(KeyboardInterrupt), cam.focus.lock():
            cam.capture.shoot()
        assert not device.release.focus_locked
        assert not device.release.active


def test_closing_leaves_release_control() -> None:
    device = native_device()
    cam = a_camera(device)
    cam.remote.start()
    frames = iter(cam.live)
    next(frames)
    cam.close()
    assert not device.release.active
    assert not device.release.viewfinder.on
    assert list(frames) == []
    with pytest.raises(Disconnected, match="closed by this program"):
        cam.capture.shoot()


def test_closing_in_the_wait_keeps_the_note_about_the_picture() -> None:
    device = native_device()

    def close(name: str) -> None:
        if name == "poll" and port.last == "Release":
            port.close()
            cam._driver = None  # as `Camera.close` does, in another thread

    port = WatchedPort(device, close)
    cam = port.camera()
    with pytest.raises(Disconnected, match="closed meanwhile") as caught:
        cam.capture.shoot(target=CARD)
    assert "may have been taken; look for it on the card" in notes(caught.value)


def test_time_goes_on_for_the_camera_after_a_release_without_host() -> None:
    """The picture is written to the card though its host has gone."""
    device = native_device()
    cam = a_camera(device)
    cam.remote.start()
    device.clock.after(1, device.unplug)
    with pytest.raises(Disconnected):
        cam.capture.shoot(target=CARD)
    device.clock.sleep(timedelta(seconds=5).total_seconds())
    assert len(on_card(device)) == 1
