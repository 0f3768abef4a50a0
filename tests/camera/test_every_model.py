"""Every body that is driven over USB, built from its row: it must work in the main verbs.

Only our own two ends meet here; gphoto2's runs (tests/interop) count for more.
"""

from __future__ import annotations

import io

import pytest
from PIL import Image

from canon.camera import Camera
from canon.driver.card import Entry
from canon.driver.shot import Picture
from canon.errors import NotSupported
from canon.models.model import Model, Numbering, Trait
from canon.models.native import MODELS, by_product
from canon.values import CaptureTarget
from canon.virtual.native.camera import NativeCamera
from canon.virtual.native.profile import load_profile
from rigs.bodies import a_camera, native_body

DRIVEN = [model for model in MODELS if model.product and model.driven_by.program]
ALWAYS = ("identify", "owner", "clock", "power", "list", "get", "thumbnail", "delete")


def each_model() -> list[object]:
    """Every row with what its test shows for SUPPORTED.md."""
    return [
        pytest.param(
            model,
            id=f"{model.slug}-{model.product:04x}",
            marks=pytest.mark.shows(
                *ALWAYS,
                *(("settings", "capture") if Trait.RELEASE in model.traits else ()),
                model=model.name,
            ),
        )
        for model in DRIVEN
    ]


@pytest.mark.parametrize("model", each_model())
def test_a_body_of_every_row_works(model: Model) -> None:
    device = NativeCamera(native_body(model))
    with a_camera(device) as cam:
        _is_itself(cam, model)
        _has_a_card(cam)
        if Trait.RELEASE in model.traits:
            _takes_pictures(cam, model)
        else:
            with pytest.raises(NotSupported, match="no remote release"):
                cam.capture.shoot()
    assert not device.release.active
    if Trait.EOS_LOCK in model.traits:
        assert not device.body.keys_locked, "its owner can use it again"
    assert device.padded == 0, "no command came short"
    if model.numbering is Numbering.CLASSIC:  # the revised one ends some with a byte for nothing
        assert device.cut == 0


def _is_itself(cam: Camera, model: Model) -> None:
    assert cam.model == load_profile(model).model
    assert by_product(model.product or 0, cam.model) is model, "the host found the same row"
    cam.owner = "Ada"
    assert cam.owner == "Ada"
    assert cam.sync_clock() <= cam.camera_time
    assert cam.on_ac
    if Trait.ABILITIES in model.traits:
        assert cam.picture_sizes()[0].width, "a size has pixels"
        assert (cam.picture_sizes()[0].width, cam.picture_sizes()[0].height) == model.pixels
    if Trait.BODY_ID in model.traits:
        assert cam.body_id


def _has_a_card(cam: Camera) -> None:
    (card,) = cam.storage.cards()
    assert card.capacity == 256 << 20
    files = [entry for entry in cam.storage.walk() if not entry.is_folder]
    pictures = [entry for entry in files if entry.name.endswith((".JPG", ".CRW", ".CR2", ".AVI"))]
    assert len(pictures) >= 6
    for entry in files:
        assert len(cam.storage.read(entry)) == entry.size
    for entry in pictures:
        assert Image.open(io.BytesIO(cam.storage.thumbnail(entry))).size == (160, 120)
    cam.storage.delete(pictures[0])
    assert [entry for entry in cam.storage.walk() if not entry.is_folder] == files[1:]


def _takes_pictures(cam: Camera, model: Model) -> None:
    with cam.remote():
        cam.settings.set(exposure_compensation="+1", iso=100)
        assert str(cam.settings.exposure_compensation.value) == "+1"
        (picture,) = cam.capture.shoot(target=CaptureTarget.HOST).pictures
        assert isinstance(picture, Picture)
        assert Image.open(io.BytesIO(picture)).size == model.pixels
        (entry,) = cam.capture.shoot(target=CaptureTarget.CARD).entries
        assert isinstance(entry, Entry)
        assert cam.storage.read(entry)[:2] == picture[:2]
