"""Every virtual body that speaks PTP, built from its row: it must work in the main verbs.

Only our own two ends meet here; gphoto2's runs (tests/interop) count for more. What a body lists
says what it must do; what it does not list is NotSupported before anything is sent.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from canon.camera import Camera
from canon.driver.card import Entry
from canon.driver.shot import Picture
from canon.errors import NotSupported
from canon.models.ptp import MODELS, PtpModel, by_product
from canon.ptp.operations import SendObject, SetObjectProtection
from canon.ptp.powershot.layouts import FocusLock, InitiateReleaseControl, Property, ViewfinderOn
from canon.values import CaptureTarget
from canon.virtual.build import make_virtual
from canon.virtual.ptp.camera import PtpCamera
from canon.virtual.ptp.profile import load_profile, source
from rigs.bodies import SMALL, PowerShotCamera
from rigs.watched import WatchedPort
from supported import row

ALWAYS = ("identify", "list", "get", "thumbnail", "delete")
WHERE_LISTED: dict[str, set[int]] = {
    "owner": {Property.OWNER},
    "clock": {Property.TIME},
    "power": {Property.BATTERY_STATUS},
    "put": {SendObject.code},
    "protect": {SetObjectProtection.code},
    "settings": {InitiateReleaseControl.code, Property.ISO},
    "capture": {InitiateReleaseControl.code},
    "zoom": {Property.ZOOM},
    "focus lock": {FocusLock.code},
    "live": {ViewfinderOn.code},
}
"""The operations and properties that a verb needs."""


def verbs(model: PtpModel) -> Iterator[str]:
    """What a body of that row can do, by what it lists."""
    profile = load_profile(model)
    listed = {*profile.operations, *profile.properties}
    if InitiateReleaseControl.code in listed:
        listed |= {*profile.release_properties}
    yield from ALWAYS
    yield from (verb for verb, needs in WHERE_LISTED.items() if needs <= listed)


def each_model() -> list[object]:
    """Every row that has a virtual body, with what its test shows for SUPPORTED.md."""
    return [
        pytest.param(
            model,
            id=f"{model.slug}-{model.product:04x}",
            marks=pytest.mark.shows(*verbs(model), model=row(model)),
        )
        for model in MODELS
        if source(model) and not load_profile(model).burst  # an EOS is looked at elsewhere
    ]


@pytest.mark.parametrize("model", each_model())
def test_a_body_of_every_row_works(model: PtpModel) -> None:
    device = make_virtual(f"{model.slug}?mode=ptp")
    assert isinstance(device, PtpCamera)
    assert device.body.model is model
    device.extension.release.table.put(Property.IMAGE_SIZE, SMALL)  # quickly drawn
    can = set(verbs(model))
    port = WatchedPort(device)
    with port.camera() as cam:
        _is_itself(cam, device, can)
        _has_a_card(cam, can)
        if "capture" in can:
            _takes_pictures(cam, can)
        else:
            port.names()
            with pytest.raises(NotSupported, match="no remote release"):
                cam.capture.shoot()
            assert port.names() == []
    assert not device.extension.release.active
    assert device.session == 0
    assert (device.padded, device.cut) == (0, 0), "no operation had too few or too many parameters"


def _is_itself(cam: Camera, device: PowerShotCamera, can: set[str]) -> None:
    model = device.body.model
    assert cam.model == device.body.profile.model
    assert by_product(model.product, cam.model) is model, "the host found the same row"
    assert cam.firmware_version == device.body.profile.firmware
    if "owner" in can:
        cam.owner = "Ada"
        assert cam.owner == device.body.owner == "Ada"
    if "clock" in can:
        assert cam.sync_clock() <= cam.camera_time
    if "power" in can:
        device.body.on_ac = False
        assert not cam.on_ac


def _has_a_card(cam: Camera, can: set[str]) -> None:
    (card,) = cam.storage.cards()
    assert card.capacity == 256 << 20
    files = [entry for entry in cam.storage.walk() if not entry.is_folder]
    pictures = [entry for entry in files if entry.name.endswith((".JPG", ".CRW", ".AVI"))]
    assert len(pictures) >= 6
    for entry in files:
        assert len(cam.storage.read(entry)) == entry.size
    for entry in pictures:
        assert Image.open(io.BytesIO(cam.storage.thumbnail(entry))).size == (160, 120)
    cam.storage.delete(pictures[0])
    assert [entry for entry in cam.storage.walk() if not entry.is_folder] == files[1:]
    if "put" in can:
        up = cam.storage.upload(b"12345", pictures[0].path)
        assert cam.storage.read(up) == b"12345"
    if "protect" in can:
        cam.storage.protect(files[1])
        assert cam.storage.stat(files[1]).protected


def _takes_pictures(cam: Camera, can: set[str]) -> None:
    with cam.remote():
        if "settings" in can:
            now = cam.settings.iso.value
            other = next(iso for iso in cam.settings.iso.allowed or () if iso != now)
            cam.settings.iso.set(other)
            assert cam.settings.iso.value == other
        if "zoom" in can:
            last = cam.zoom.get().maximum
            assert last is not None
            assert cam.zoom.set(last).position == last
        if "live" in can:
            frame = next(iter(cam.live))
            assert Image.open(io.BytesIO(frame)).format == "JPEG"
        (picture,) = cam.capture.shoot(target=CaptureTarget.HOST).pictures
        assert isinstance(picture, Picture)
        image = Image.open(io.BytesIO(picture))
        assert image.size == (640, 480)
        assert image.getexif()[0x0110] == cam.model
        (entry,) = cam.capture.shoot(target=CaptureTarget.CARD).entries
        assert isinstance(entry, Entry)
        assert Image.open(io.BytesIO(cam.storage.read(entry))).size == (640, 480)
        if "focus lock" in can:
            with cam.focus.lock():
                assert cam.capture.shoot().pictures
