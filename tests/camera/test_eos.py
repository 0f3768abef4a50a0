"""EOS bodies of every generation, by the public API: settings, pictures, events, and their way out.

The virtual bodies are judged by gphoto2 (tests/interop/test_gphoto2_eos.py); here they judge us.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import judges
import pytest

import canon
from canon import exif
from canon.camera import Camera
from canon.driver.events import Event, FileAdded, PictureWaiting, Ready, SettingChanged
from canon.errors import FocusFailed, NotSupported, StoreFull, ValueRefused
from canon.ptp.eos.layouts import Eos, GetObjectInfoEx, PcHddCapacity
from canon.ptp.eos.records import PropValueChanged, read_records
from canon.values import FileKind
from canon.virtual.build import make_virtual
from canon.virtual.port import VirtualPort
from canon.virtual.ptp.eos.dial import Mode
from rigs.bodies import lacks

BODIES = ("eos-40d", "eos-60d", "eos-5ds-r", "eos-1300d", "eos-700d", "eos-r", "eos-r6", "eos-m50")
HYBRIDS = ("eos-m3", "eos-m10")


@contextmanager
def opened(text: str) -> Iterator[tuple[Camera, Any, list[int]]]:
    """A camera, the virtual body behind it, and the operations that it was asked."""
    device: Any = make_virtual(text)
    asked: list[int] = []
    answer = device.extension.answer

    def watched(operation: Any, data: bytes) -> Any:
        asked.append(operation.code)
        return answer(operation, data)

    device.extension.answer = watched
    with Camera(lambda: VirtualPort(device), "virtual:") as cam:
        yield cam, device.extension, asked


@pytest.mark.parametrize("slug", [*BODIES, *HYBRIDS])
def test_files_are_fetched_without_remote_control(slug: str) -> None:
    with opened(slug) as (cam, body, asked):
        entries = [one for one in cam.storage.walk("DCIM") if not one.is_folder]
        assert entries
        assert len(cam.storage.read(entries[0].path)) == entries[0].size
        assert not {0x9110, 0x9114, 0x9115, 0x9116, 0x9127} & set(asked)
        assert not body.remote_mode


def test_folders_that_are_listed_one_by_one_are_not_protected() -> None:
    device: Any = make_virtual("eos-60d")
    lacks(device.body, GetObjectInfoEx.code)
    with Camera(lambda: VirtualPort(device), "virtual:") as cam:
        folders = [one for one in cam.storage.walk() if one.is_folder]
        assert folders
        assert not any(one.protected for one in folders)


@pytest.mark.parametrize("slug", ["eos-40d", "eos-60d", "eos-r6"])
def test_a_picture_for_the_computer_lists_no_folder(slug: str) -> None:
    with opened(slug) as (cam, _, asked):
        assert cam.capture.shoot(target="host").pictures
        assert not {0x1007, 0x1008, 0x9109} & set(asked)


@pytest.mark.parametrize("slug", BODIES)
def test_all_settings_are_read_by_one_question(slug: str) -> None:
    with opened(slug) as (cam, _, asked):
        cam.remote.start()
        first = cam.settings.read()
        assert {"iso", "aperture", "shutter_speed", "image_format", "white_balance"} <= set(first)
        del asked[:]
        cam.settings.describe()
        assert asked == [0x9116]


def test_what_is_turned_on_the_body_is_seen_and_heard() -> None:
    with opened("eos-60d") as (cam, body, _), cam.events() as events:
        assert cam.settings.read().shooting_mode == "aperture-priority"
        body.table.turn_dial(Mode.MANUAL)
        assert cam.settings.read().shooting_mode == "manual"
        heard = []
        while event := events.get(timeout_s=0):
            heard.append(event)
        assert SettingChanged("shooting_mode", "manual") in heard


@pytest.mark.parametrize("slug", [*BODIES, *HYBRIDS])
def test_remote_control_lasts_until_the_camera_is_closed(slug: str) -> None:
    with opened(slug) as (cam, body, asked):
        cam.settings.read()
        assert body.remote_mode
        cam.settings.read()
        cam.capture.shoot(target="card")
        assert asked.count(0x9114) == (2 if slug == "powershot-g5-x" else 1)
    assert not body.remote_mode
    assert not body.event_mode


@pytest.mark.parametrize("slug", BODIES)
def test_settings_are_set_and_confirmed(slug: str) -> None:
    with opened(slug) as (cam, _, _):
        about = cam.settings.describe("iso", "drive_mode")
        wanted = {name: reading.allowed[-1] for name, reading in about.items() if reading.allowed}
        assert wanted
        assert dict(cam.settings.set(wanted)) == wanted
        assert cam.settings.read("iso").iso == wanted["iso"]


def test_a_value_that_is_not_listed_is_refused_before_it_is_sent() -> None:
    with opened("eos-60d") as (cam, _, asked):
        cam.remote.start()
        del asked[:]
        with pytest.raises(ValueRefused, match="6400"):
            cam.settings.set(iso="409600")
        assert 0x9110 not in asked


def test_what_the_mode_does_not_let_be_set_says_so() -> None:
    with opened("eos-60d") as (cam, _, _):
        cam.remote.start()
        about = cam.settings.shutter_speed.describe()
        assert (about.allowed, about.writable, about.why) == ((), False, "not in this mode")
        with pytest.raises(ValueRefused, match="shooting_mode"):
            cam.settings.set(shutter_speed="1/125")


def test_a_setting_that_a_body_does_not_have_is_not_supported() -> None:
    with opened("eos-60d") as (cam, _, _), pytest.raises(NotSupported, match="macro"):
        cam.settings.set(macro=True)


def test_properties_without_a_name_are_read_and_written_by_number() -> None:
    with opened("eos-60d") as (cam, _, _):
        number = f"{Eos.AUTO_POWER_OFF:#06x}"
        assert (
            cam.settings.read(number)[number]
            == cam.settings.read("auto_power_off")["auto_power_off"]
        )


@pytest.mark.parametrize("slug", BODIES)
@pytest.mark.parametrize("target", ["host", "card", "both"])
def test_a_picture_arrives_where_it_goes(slug: str, target: str) -> None:
    with opened(slug) as (cam, body, _):
        files = len(body.release.next.formats())
        shot = cam.capture.shoot(target=target)
        assert len(shot.pictures) == (0 if target == "card" else files)
        assert len(shot.entries) == (0 if target == "host" else files)
        for entry, picture in zip(shot.entries, shot.pictures, strict=False):
            assert cam.storage.read(entry.path) == picture
        assert not body.objects.kept
        assert body.release.button == 0


@pytest.mark.parametrize("slug", HYBRIDS)
def test_a_hybrid_takes_pictures_to_its_card(slug: str) -> None:
    with opened(slug) as (cam, body, _):
        shot = cam.capture.shoot(target="both")
        assert shot.entries
        assert shot.pictures
        assert body.release.button == 0


@pytest.mark.parametrize("slug", BODIES)
def test_the_destination_is_left_as_it_was(slug: str) -> None:
    with opened(slug) as (cam, body, _):
        before = body.table.number(Eos.CAPTURE_DESTINATION)
        cam.capture.shoot(target="host")
        cam.capture.shoot(target="card")
        cam.capture.shoot(target="host")
    assert body.table.number(Eos.CAPTURE_DESTINATION) == before


@pytest.mark.parametrize("slug", ["eos-60d", "eos-r6"])
def test_focus_is_found_once_for_a_series(slug: str) -> None:
    with opened(slug) as (cam, _, asked):
        cam.remote.start()
        with cam.focus.lock():
            del asked[:]
            for _ in range(3):
                cam.capture.shoot(target="card")
        assert asked.count(0x9128) == 3


@pytest.mark.parametrize("slug", ["eos-40d", "eos-60d", "eos-r6", "eos-m10"])
def test_a_focus_that_fails_is_said_and_the_button_comes_up(slug: str) -> None:
    with opened(f"{slug}?fault=no-focus") as (cam, body, _):
        body.table.put(Eos.FOCUS_MODE, 0)
        with pytest.raises(FocusFailed):
            cam.capture.shoot(target="card")
        assert body.release.button == 0
        assert cam.capture.shoot(target="card").entries


def test_a_card_that_is_full_is_said() -> None:
    with opened("eos-60d") as (cam, body, _):
        body.table.put(Eos.AVAILABLE_SHOTS, 0)
        body.body.card.capacity = body.body.card.used
        with pytest.raises(StoreFull):
            cam.capture.shoot(target="card")
        assert body.release.button == 0


@pytest.mark.parametrize("slug", ["eos-60d", "eos-5d-mark-iii", "eos-r", "eos-r6"])
@pytest.mark.parametrize("target", ["card", "host"])
def test_shots_that_are_left_follow_the_image_format_and_come_back(slug: str, target: str) -> None:
    with opened(slug) as (cam, body, _), cam.remote():
        was = cam.settings["image_format"].value
        if target == "host":
            cam.capture.shoot(target="host")
        first = cam.capture.available_shots()
        others = set()
        for one in cam.settings["image_format"].allowed or ():
            cam.settings.set(image_format=one)
            others.add(cam.capture.available_shots())
        assert len(others) > 3, "the format makes no difference"
        cam.settings.set(image_format=was)
        assert cam.capture.available_shots() == first
        assert target == "host" or first == _recorded_shots(body)


def _recorded_shots(body: Any) -> int:
    told = read_records(body.body.profile.burst)
    (shots,) = (
        one.value
        for one in told
        if getattr(one, "property", 0) == Eos.AVAILABLE_SHOTS and isinstance(one, PropValueChanged)
    )
    return int.from_bytes(shots, "little")


@pytest.mark.parametrize("slug", ["eos-60d", "eos-r6", "eos-m50"])
def test_a_press_by_hand_is_heard_with_its_file(slug: str) -> None:
    with opened(slug) as (cam, body, _), cam.events() as events:
        cam.settings.read()
        body.press()
        seen: list[Event | None] = []
        while not any(isinstance(one, Ready) for one in seen):
            seen.append(events.get(timeout_s=10))
        kinds = FileAdded | PictureWaiting
        assert any(isinstance(one, kinds) for one in seen)


def test_a_picture_that_nobody_fetched_comes_with_the_next_one() -> None:
    with opened("eos-60d") as (cam, body, _):
        cam.capture.shoot(target="host")
        body.press()
        cam.clock.sleep(5)
        assert len(cam.capture.shoot(target="host").pictures) == 2
        assert not body.objects.kept


@pytest.mark.parametrize("slug", BODIES)
def test_owner_and_clock(slug: str) -> None:
    with opened(slug) as (cam, _, _):
        when = cam.camera_time.replace(year=2020)
        cam.camera_time = when
        assert abs((cam.camera_time - when).total_seconds()) < 60
        cam.owner = "A. Owner"
        assert cam.owner == "A. Owner"


def test_the_owner_is_asked_for_where_it_is_told() -> None:
    """A host that looks once must not take a name that it has not heard for none."""
    with opened("eos-60d") as (cam, body, _):
        body.body.owner = "A. Owner"
        assert cam.owner == "A. Owner"


@pytest.mark.parametrize("body", ["eos-60d", "eos-r6"])
def test_a_port_string_lets_a_shot_find_no_focus(body: str) -> None:
    with canon.open(f"virtual:{body}?fault=no-focus") as cam, pytest.raises(FocusFailed):
        cam.capture.shoot()


# --- what a picture is ----------------------------------------------------------------------------


def test_room_is_promised_again_before_it_ends() -> None:
    """A body that believes in fewer than 100 pictures on the computer is told anew (section 7)."""
    with opened("eos-60d?set=image_format:small-3-fine") as (cam, body, asked):
        cam.capture.shoot(target="host")
        assert asked.count(PcHddCapacity.code) == 1
        size = body.release.next.picture_size()
        body.release.host_room = 103 * size
        left = []
        for _ in range(8):
            del asked[:]
            assert cam.capture.shoot(target="host").pictures
            left.append((body.release.host_room // size, asked.count(PcHddCapacity.code)))
        assert [shots for shots, _ in left[:4]] == [102, 101, 100, 99]
        assert [told for _, told in left] == [0, 0, 0, 0, 1, 0, 0, 0]
        assert left[4][0] > 10_000


@pytest.mark.parametrize("drive", ["silent", "continuous-silent"])
def test_silent_drives_take_a_picture_for_each_press(drive: str) -> None:
    with opened("eos-5ds-r?set=image_format:small-3-fine") as (cam, body, _):
        cam.settings.set(drive_mode=drive)
        assert str(cam.settings["drive_mode"].value) == drive
        for target in ("card", "host"):
            shot = cam.capture.shoot(target=target)
            assert len(shot.entries) + len(shot.pictures) == 1
        assert body.release.button == 0


@pytest.mark.parametrize("target", ["card", "host"])
@pytest.mark.parametrize("raw", [True, False], ids=["raw and heif", "heif"])
def test_a_heif_is_kept_as_the_picture_of_its_shot(target: str, raw: bool) -> None:
    with opened("eos-r6?set=hdr_pq:1") as (cam, body, _):
        cam.remote.start()
        offered = cam.settings["image_format"].allowed or ()
        assert not any(file.kind is FileKind.JPEG for one in offered for file in one.files)
        wanted = "craw+heif-small-2-fine" if raw else "heif-small-2-fine"
        cam.settings.set(image_format=wanted)
        assert str(cam.settings["image_format"].value) == wanted
        shot = cam.capture.shoot(target=target)
        files = shot.pictures if target == "host" else [*map(cam.storage.read, shot.entries)]
        heif = files[-1]
        assert len(files) == 1 + raw
        assert heif[4:12] == b"ftypheix"
        assert exif.read(heif).model == body.body.profile.model
        told = judges.exif(heif)
        assert (told["File:FileType"], told["File:ImageWidth"]) == ("HEIF", 2032)
        if target == "card":
            stem = shot.entries[0].name.partition(".")[0]
            names = [f"{stem}.CR3"] * raw + [f"{stem}.HIF"]
            assert [entry.name for entry in shot.entries] == names
