"""Every virtual body that speaks Canon's EOS extension, built from its row: it must work.

Only our own two ends meet here; gphoto2's runs (tests/interop) count for more. What a body lists
says what it must do; what it does not list is NotSupported before anything is sent.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image

from canon import exif
from canon.camera import Camera
from canon.driver.events import Event, FileAdded, PictureWaiting, Ready
from canon.errors import NotSupported, Refused
from canon.models.ptp import MODELS, PtpModel, PtpQuirk
from canon.ptp.eos.layouts import (
    BulbStart,
    DriveLens,
    Eos,
    GetViewfinderData,
    MovieSelectSwOn,
    RemoteRelease,
    RemoteReleaseOn,
    RequestDevicePropValue,
)
from canon.ptp.eos.records import PropValueChanged, read_records
from canon.ptp.operations import SetObjectProtection
from canon.virtual.build import make_virtual
from canon.virtual.port import VirtualPort
from canon.virtual.ptp.eos.dial import Mode
from canon.virtual.ptp.profile import load_profile, source
from conftest import long_unless
from supported import NEEDS, row

ALWAYS = (
    *("identify", "list", "get", "thumbnail", "put", "delete"),
    *("folders", "settings"),
)
BATTERY_LEVEL = 0x5001
_OLD_EVENTS = 0x9013  # of the bodies between: they list it, and no RemoteRelease
SMALL = bytes.fromhex("01000000 10000000 01000000 10000000 03000000")
"""The format of one small JPEG, which is quickly drawn."""
HIDES = PtpQuirk.HIDES_RELEASE
"""Such a body says what it can only in remote control; tests/unit/test_virtual_eos.py has it."""
AT_FIRST = "eos-40d", "eos-60d", "eos-m", "eos-m10", "eos-r6"
"""The bodies that `make test` runs, one of a kind; the others are left to `make test-all`."""


def is_hybrid(listed: set[int]) -> bool:
    return _OLD_EVENTS in listed and RemoteRelease.code not in listed


def verbs(model: PtpModel) -> Iterator[str]:
    """What a body of that row must do, by what it lists and what it tells of itself."""
    profile = load_profile(model)
    listed = {*profile.operations}
    records = read_records(profile.burst)
    told = {one.property for one in records if isinstance(one, PropValueChanged)}
    yield from ALWAYS
    if Eos.OWNER in told or RequestDevicePropValue.code in listed:
        yield "owner"
    if Eos.CAMERA_TIME in told:
        yield "clock"
    if Eos.BATTERY_POWER in told or BATTERY_LEVEL in profile.properties:
        yield "power"
    if SetObjectProtection.code in listed:
        yield "protect"
    button = RemoteReleaseOn.code in listed and PtpQuirk.NO_FULL_PRESS not in model.quirks
    apart = button and not is_hybrid(listed)
    if button or RemoteRelease.code in listed:
        yield from ("capture", "events")
    if button:
        yield "focus lock"
    if apart:
        yield "half press"
    if apart or BulbStart.code in listed:
        yield "bulb"
    if DriveLens.code in listed:
        yield "focus drive"
    if GetViewfinderData.code in listed:
        yield "live"
        if MovieSelectSwOn.code in listed:
            yield "movie"


def each_model() -> list[object]:
    """Every row that has a virtual body, with what its test shows for SUPPORTED.md."""
    return [
        pytest.param(
            model,
            id=f"{model.slug}-{model.product:04x}",
            marks=[
                pytest.mark.shows(*verbs(model), model=row(model)),
                *long_unless(model.slug in AT_FIRST),
            ],
        )
        for model in MODELS
        if source(model) and load_profile(model).burst and not HIDES & model.quirks
    ]


@pytest.mark.parametrize("model", each_model())
def test_a_body_of_every_row_works(model: PtpModel) -> None:
    device: Any = make_virtual(model.slug)
    assert device.body.model is model
    answer, device.asked = device.extension.answer, []

    def watched(operation: Any, data: bytes) -> Any:
        device.asked.append(operation.code)
        return answer(operation, data)

    device.extension.answer = watched
    can = set(verbs(model))
    table, was_live = device.extension.table, device.extension.live.on
    if table.has(Eos.IMAGE_FORMAT):
        table.put(Eos.IMAGE_FORMAT, SMALL)
    with Camera(lambda: VirtualPort(device), "virtual:") as cam:
        said = {verb for verb, need in NEEDS.items() if need in cam.features}
        assert can & NEEDS.keys() <= said, "the library says so too"
        is_itself(cam, device, can)
        has_a_card(cam)
        protects_files(cam, "protect" in can)
        is_set(cam)
        for verb, does in DEEDS.items():
            if verb in can:
                does(cam, device)
            elif verb in NEEDS.keys() - said:
                with pytest.raises((NotSupported, Refused)):
                    does(cam, device)
    assert not device.extension.remote_mode
    assert was_live or not device.extension.live.on
    assert bool(device.session) == (PtpQuirk.KEEP_SESSION_OPEN in model.quirks)


def is_itself(cam: Camera, device: Any, can: set[str]) -> None:
    assert cam.model == device.body.profile.model
    assert cam.firmware_version == device.body.profile.firmware
    if "owner" in can:
        cam.owner = "Ada"
        assert cam.owner == device.body.owner == "Ada"
    if "clock" in can:
        assert cam.sync_clock() <= cam.camera_time
    if "power" in can:
        assert cam.power.battery


def has_a_card(cam: Camera) -> None:
    (card,) = cam.storage.cards()
    assert card.free < card.capacity
    files = [entry for entry in cam.storage.walk() if not entry.is_folder]
    assert len(files) >= 6
    for entry in files:
        assert len(cam.storage.read(entry)) == entry.size
    assert Image.open(io.BytesIO(cam.storage.thumbnail(files[0]))).size == (160, 120)
    cam.storage.delete(files[0])
    assert [entry for entry in cam.storage.walk() if not entry.is_folder] == files[1:]
    cam.storage.mkdir("DCIM/101CANON")
    up = cam.storage.upload(b"12345", "DCIM/101CANON/IMG_0001.JPG")
    assert cam.storage.read(up) == b"12345"
    cam.storage.delete(up)
    cam.storage.rmdir("DCIM/101CANON")


def protects_files(cam: Camera, can: bool) -> None:
    first = next(entry for entry in cam.storage.walk() if not entry.is_folder)
    if not can:
        with pytest.raises(NotSupported):
            cam.storage.protect(first)
        return
    cam.storage.protect(first)
    assert cam.storage.stat(first).protected
    cam.storage.protect(first, protected=False)


def is_set(cam: Camera) -> None:
    about = cam.settings.describe()
    assert {"iso", "aperture", "shutter_speed"} <= about.keys()
    name, reading = next((one, told) for one, told in about.items() if len(told.allowed or ()) > 1)
    other = next(value for value in reading.allowed or () if value != reading.value)
    assert cam.settings.set({name: other})[name] == other


def takes_pictures(cam: Camera, device: Any) -> None:
    shot = cam.capture.shoot(target="both")
    for entry, picture in zip(shot.entries, shot.pictures, strict=True):
        assert cam.storage.read(entry) == picture
    assert exif.read(shot.first).model == cam.model
    assert device.extension.release.button == 0


def hears_the_button(cam: Camera, device: Any) -> None:
    with cam.events() as events:
        device.extension.press()
        heard: list[Event | None] = []
        while not any(isinstance(one, Ready) for one in heard):
            heard.append(events.get(timeout_s=10))
        assert any(isinstance(one, FileAdded | PictureWaiting) for one in heard)


def focuses_once(cam: Camera, device: Any) -> None:
    with cam.focus.lock():
        assert cam.capture.shoot(target="card").entries
    assert device.extension.release.button == 0


def presses_half(cam: Camera, device: Any) -> None:
    with cam.capture.half_press():
        assert device.extension.release.button == 1
    assert device.extension.release.button == 0


def exposes_long(cam: Camera, device: Any) -> None:
    device.extension.table.turn_dial(Mode.BULB)
    started = cam.clock.now()
    assert cam.capture.bulb(2.5, target="card").entries
    assert cam.clock.now() - started >= 2.5
    device.extension.table.turn_dial(Mode.MANUAL)


def drives_the_focus(cam: Camera, device: Any) -> None:
    device.asked.clear()
    cam.focus.drive(2)
    assert device.asked.count(DriveLens.code) >= 2


def shows_frames(cam: Camera, device: Any) -> None:
    assert Image.open(io.BytesIO(cam.live.one())).format == "JPEG"


def records_a_movie(cam: Camera, device: Any) -> None:
    with cam.movie.record() as film:
        cam.clock.sleep(2)
    assert film.entries


DEEDS: dict[str, Callable[[Camera, Any], None]] = {
    "capture": takes_pictures,
    "focus lock": focuses_once,
    "half press": presses_half,
    "bulb": exposes_long,
    "focus drive": drives_the_focus,
    "live": shows_frames,
    "movie": records_a_movie,
    "events": hears_the_button,
}
