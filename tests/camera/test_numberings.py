"""Old EOS bodies and the revised numbering: what goes over the wire where they differ from a G3."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from judges import brightness, exif, opened

from canon.camera import Camera
from canon.driver.card import Entry
from canon.driver.shot import Picture
from canon.errors import FocusFailed, NotSupported, Refused, ValueRefused
from canon.native.commands import ENTERED, Command, Listed, Listing
from canon.native.events import (
    CaptureOver,
    CaptureStatus,
    CardChanged,
    FullImageReady,
    NativeEvent,
    SecondImageReady,
)
from canon.values import CaptureTarget
from canon.virtual.card import File, MemoryCard
from canon.virtual.native.camera import NativeCamera
from canon.wire import Message
from rigs.bodies import a_camera, native_body, native_device
from rigs.watched import WatchedPort

OLD, NEW = "eos-d60", "eos-20d"
HOST, CARD, BOTH = CaptureTarget.HOST, CaptureTarget.CARD, CaptureTarget.BOTH
FOLDER = "DCIM/100CANON"


def two_folders() -> MemoryCard:
    """A card with three pictures in two folders, and one more folder."""
    card = MemoryCard()
    card.make_folders(("MISC",))
    for number in (1, 2):
        card.add(("DCIM", "100CANON", f"IMG_000{number}.JPG"), File(bytes(300), 1_055_583_000))
    card.add(("DCIM", "101CANON", "IMG_0103.JPG"), File(bytes(300), 1_055_583_000))
    return card


# --- identity ------------------------------------------------------------------------------------


def test_the_owner_has_a_command_of_its_own_in_the_revised_numbering() -> None:
    port = WatchedPort(native_device(slug=NEW))
    with port.camera() as cam:
        port.names()
        cam.owner = "Ada"
        assert cam.owner == "Ada"
        assert port.names() == ["SetOwner", "Identify", "GetOwner"]
    port = WatchedPort(native_device(slug=OLD))
    with port.camera() as cam:
        port.names()
        cam.owner = "Ada"
        assert cam.owner == "Ada"
        assert port.names() == ["SetOwner", "Identify"]


@pytest.mark.parametrize(
    ("slug", "printed"),
    [("eos-d30", "012317767"), (OLD, "19088743"), (NEW, "0019088743"), ("eos-5d", "0019088743")],
)
def test_the_number_of_the_body(slug: str, printed: str) -> None:
    """0x01234567: half in hex on a D30, in ten digits in the revised numbering (section 7.7)."""
    with a_camera(native_device(slug=slug)) as cam:
        assert cam.body_id == printed


def test_a_compact_tells_no_number() -> None:
    with a_camera(native_device()) as cam, pytest.raises(NotSupported, match="body number"):
        _ = cam.body_id


# --- the card ------------------------------------------------------------------------------------


class Climber(NativeCamera):
    """A body that ends a listing with a way up for each folder to the root, as a 350D does."""

    def answer(self, command: Command[Any]) -> Message | bytes | File:
        reply = super().answer(command)
        if isinstance(reply, Listing):
            reply = Listing((*reply.entries, *(Listed(ENTERED, 0, 0, ".."),) * 3))
        return reply


def test_surplus_ways_up_in_a_listing_are_ignored() -> None:
    with a_camera(native_device(slug=NEW, card=two_folders())) as cam:
        right = list(cam.storage.walk())
        assert [entry.name for entry in cam.storage.ls(FOLDER)] == ["IMG_0001.JPG", "IMG_0002.JPG"]
    climber = Climber(native_body("eos-350d", two_folders()))
    with a_camera(climber) as cam:
        assert list(cam.storage.walk()) == right
        assert [entry.name for entry in cam.storage.ls(FOLDER)] == ["IMG_0001.JPG", "IMG_0002.JPG"]
    assert [str(entry) for entry in right] == [
        "MISC",
        "DCIM",
        FOLDER,
        f"{FOLDER}/IMG_0001.JPG",
        f"{FOLDER}/IMG_0002.JPG",
        "DCIM/101CANON",
        "DCIM/101CANON/IMG_0103.JPG",
    ]


@pytest.mark.parametrize(("slug", "command"), [(OLD, "DeleteFiles"), (NEW, "DeleteRevisedFile")])
def test_deleting_two_files(slug: str, command: str) -> None:
    port = WatchedPort(native_device(slug=slug, card=two_folders()))
    with port.camera() as cam:
        entries = cam.storage.ls(FOLDER)
        port.names()
        cam.storage.delete(*entries)
        assert port.names() == [command, command]
        assert cam.storage.ls(FOLDER) == []
        assert [entry.name for entry in cam.storage.ls("DCIM/101CANON")] == ["IMG_0103.JPG"]


# --- releases ------------------------------------------------------------------------------------


def released(port: WatchedPort[NativeCamera], cam: Camera) -> list[str]:
    """The commands of a release to the card, without the listings before and after it."""
    port.names()
    cam.capture.shoot(target=CARD)
    return [name for name in port.names() if name not in ("ListDisks", "GetDirectory")]


def test_keys_are_locked_for_the_release_alone() -> None:
    port = WatchedPort(native_device(slug=OLD))
    with port.camera() as cam, cam.remote():
        asked = released(port, cam)
        assert asked == ["SetTransferMode", "LockEosKeys", "Release", "UnlockEosKeys"]
    port = WatchedPort(native_device(slug=NEW))
    with port.camera() as cam, cam.remote():
        assert released(port, cam) == [
            *("SetTransferMode", "GetReleaseParameters", "GetAbilities", "LockRevisedKeys"),
            *("Release", "ReleaseSent", "UnlockRevisedKeys"),
        ]


@pytest.mark.parametrize("slug", [OLD, NEW])
def test_keys_are_unlocked_after_a_failure(slug: str) -> None:
    device = native_device("no-focus", slug=slug)
    with a_camera(device) as cam:
        with pytest.raises(FocusFailed):
            cam.capture.shoot()
        assert not device.body.keys_locked
        assert not device.release.active
        assert cam.capture.shoot().pictures, "the next one is fine"


@pytest.mark.parametrize(
    ("slug", "lock", "code"),
    [(OLD, "LockEosKeys", 0x02000081), (NEW, "LockRevisedKeys", 0x82400020)],
)
def test_where_keys_do_not_lock_nothing_is_released(slug: str, lock: str, code: int) -> None:
    """The shutter is half pressed, or a menu is open (section 6.5)."""
    port = WatchedPort(native_device(f"refuse@{lock}:{code}", slug=slug))
    with port.camera() as cam, cam.remote():
        port.names()
        with pytest.raises(Refused) as refusal:
            cam.capture.shoot(target=CARD)
        assert refusal.value.code == code
        assert "Release" not in port.names()
        assert cam.capture.shoot(target=CARD).entries


def test_a_refused_list_of_sizes_does_not_stop_a_release() -> None:
    """Asked for before each lock; what it says does not matter (section 1)."""
    with a_camera(native_device("refuse@GetAbilities:1", slug=NEW)) as cam:
        assert cam.capture.shoot().pictures


@pytest.mark.parametrize(
    ("slug", "target", "last"),
    [
        (OLD, CARD, CaptureOver),
        (OLD, HOST, CaptureOver),
        ("eos-10d", CARD, CardChanged),
        ("eos-10d", HOST, CaptureOver),
        ("eos-300d", CARD, CardChanged),
        (NEW, CARD, CardChanged),
        (NEW, HOST, CaptureStatus),
        ("powershot-s230", CARD, CaptureOver),
        ("powershot-s45", CARD, CaptureStatus),
    ],
)
def test_how_a_release_ends(slug: str, target: CaptureTarget, last: type[NativeEvent]) -> None:
    """By the event that ends it on that body, and without waiting for more (section 10)."""
    device = native_device(slug=slug)
    port = WatchedPort(device)
    with port.camera() as cam, cam.remote():
        shot = cam.capture.shoot(target=target)
        assert len(shot.entries if target is CARD else shot.pictures) == 1
        ended, event = port.events[-1]
        assert type(event) is last
        assert all(time > ended - 1 for time, name in port.asked if "Unlock" in name)
        assert device.clock.now() - ended < 2
        assert not device.interrupt.waiting()


def test_a_release_whose_end_is_never_told() -> None:
    """It waits for its time, looks for the picture all the same, and the keys are free again."""
    device = native_device("event-lost@CaptureOver", slug=OLD)
    with a_camera(device) as cam, cam.remote():
        (entry,) = cam.capture.shoot(target=CARD, timeout_s=30).entries
        assert isinstance(entry, Entry)
        assert not device.body.keys_locked


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "codes"),
    [(OLD, {"+1": 0x10, "0": 0x18, "-1 1/3": 0x23}), (NEW, {"+1": 0x08, "0": 0, "-1 1/3": 0xF5})],
)
def test_the_sign_of_exposure_compensation(slug: str, codes: dict[str, int]) -> None:
    device = native_device(slug=slug)
    with a_camera(device) as cam, cam.remote():
        allowed = [str(value) for value in cam.settings.exposure_compensation.allowed or ()]
        assert allowed[0] == "+2" or allowed[-1] == "+2"
        for stops, code in codes.items():
            cam.settings.exposure_compensation.set(stops)
            assert device.release.parameters.exposure_compensation == code
            assert str(cam.settings.exposure_compensation.value) == stops


def test_more_stops_are_brighter_in_either_numbering() -> None:
    for slug in (OLD, NEW):
        levels = []
        with a_camera(native_device(slug=slug)) as cam, cam.remote():
            for stops in ("-1", "0", "+1"):
                cam.settings.exposure_compensation.set(stops)
                (picture,) = cam.capture.shoot().pictures
                assert isinstance(picture, Picture)
                levels.append(brightness(opened(picture)))
                told = exif(picture)["ExifIFD:ExposureCompensation"]
                assert Fraction(str(told)) == int(stops)
        assert levels == sorted(set(levels))


def test_a_5d_is_told_twice() -> None:
    once = ["GetReleaseParameters", "SetReleaseParameters", "GetReleaseParameters"]
    for slug, wanted in ((NEW, once), ("eos-5d", [*once, *once[1:]])):
        port = WatchedPort(native_device(slug=slug))
        with port.camera() as cam, cam.remote():
            cam.settings.read()
            port.names()
            cam.settings.set(iso=400, white_balance="cloudy", exposure_compensation="-1")
            assert port.names() == wanted
            assert str(cam.settings.iso.value) == "400"


# --- RAW -----------------------------------------------------------------------------------------


def test_raw_and_jpeg_are_two_pictures() -> None:
    port = WatchedPort(native_device(slug=NEW))
    with port.camera() as cam, cam.remote():
        cam.settings.set(image_format="raw+small-fine")
        raw, jpeg = cam.capture.shoot(target=HOST).pictures
        ready = [event for _, event in port.events if isinstance(event, FullImageReady)]
        second = [event for _, event in port.events if isinstance(event, SecondImageReady)]
        assert isinstance(raw, Picture)
        assert isinstance(jpeg, Picture)
        assert [event.size for event in (*ready, *second)] == [len(raw), len(jpeg)]
        assert (raw.name[-4:], jpeg.name[-4:]) == (".CR2", ".JPG")
        assert raw.name[:-4] == jpeg.name[:-4]
        assert opened(jpeg).size == (1728, 1152)
        shot = cam.capture.shoot(target=BOTH)
        both: list[Picture | Entry] = [*shot.pictures, *shot.entries]
        names = ["IMG_0002.CR2", "IMG_0002.JPG"]
        assert [file.name for file in both] == names * 2
        assert [type(file) for file in both] == [Picture, Picture, Entry, Entry]
        for picture, entry in zip(both[:2], both[2:], strict=True):
            assert isinstance(picture, Picture)
            assert isinstance(entry, Entry)
            assert cam.storage.read(entry) == picture


def test_the_second_picture_may_come_after_the_end() -> None:
    device = native_device("event-late@SecondImageReady:2", slug=NEW)
    with a_camera(device) as cam, cam.remote():
        cam.settings.set(image_format="raw+small-normal")
        assert len(cam.capture.shoot().pictures) == 2


def test_what_kinds_of_picture_there_are() -> None:
    with a_camera(native_device(slug=NEW)) as cam, cam.remote():
        allowed = cam.settings.image_format.allowed
        assert allowed is not None
        alone = [form for form in allowed if len(form.files) == 1]
        assert {"large-fine", "small-normal", "raw"} < set(alone)
        assert [*alone, *(f"raw+{form}" for form in alone if form.jpeg)] == list(allowed)
        jpeg, raw = (cam.capture.estimated_size(form) for form in ("large-fine", "raw"))
        assert cam.capture.estimated_size("raw+large-fine") == raw + jpeg
    with a_camera(native_device(slug=OLD)) as cam, cam.remote():
        assert all(len(form.files) == 1 for form in cam.settings.image_format.allowed or ())
        with pytest.raises(ValueRefused, match="raw") as caught:
            cam.settings.set(image_format="raw+large-fine")
        assert caught.value.allowed == cam.settings.image_format.allowed


@pytest.mark.parametrize("slug", [OLD, "powershot-g3", "powershot-s45"])
def test_a_crw_comes_with_its_thm(slug: str) -> None:
    with a_camera(native_device(slug=slug)) as cam, cam.remote():
        cam.settings.set(image_format="raw")
        shot = cam.capture.shoot(target=BOTH)
        picture, entry = shot.first, shot.entries[0]
        assert isinstance(picture, Picture)
        assert isinstance(entry, Entry)
        assert picture.name == entry.name == "IMG_0001.CRW"
        assert cam.storage.read(entry) == picture
        assert entry.size < cam.capture.estimated_size("raw")
        (thm,) = cam.storage.companions(entry)
        assert exif(cam.storage.read(thm))["Canon:RecordMode"] == 2
        (alone,) = cam.capture.shoot(target=HOST).pictures
        assert isinstance(alone, Picture)
        assert alone.name.endswith(".CRW")
        assert len(alone.name) == len("IMG_20030614_093000.CRW"), "named by the camera's clock"
