"""What people get wrong in Python, and what they are then told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import canon
from canon import ports
from canon.camera import Camera
from canon.driver.card import CardPath
from canon.errors import ObjectNotFound, ValueRefused
from canon.values import CaptureTarget

EOS = "virtual:eos-20d"
FOLDER = "DCIM/100CANON"


@pytest.fixture
def g3() -> Iterator[Camera]:
    with canon.open("virtual:powershot-g3") as cam:
        yield cam


def test_a_setting_cannot_be_assigned_to(g3: Camera) -> None:
    with pytest.raises(AttributeError, match=r"settings\.iso\.set\(400\)"):
        setattr(g3.settings, "iso", 400)  # noqa: B010  (mypy forbids the assignment)
    with pytest.raises(AttributeError, match="isso"):
        setattr(g3.settings, "isso", 400)  # noqa: B010
    assert str(g3.settings.read("iso").iso) == "50"


def test_only_what_was_asked_for_is_read(g3: Camera) -> None:
    assert list(g3.settings.read("macro", "iso")) == ["macro", "iso"]
    with pytest.raises(ValueError, match="there is no setting 'isso'"):
        g3.settings.read("iso", "isso")


def test_the_settings_show_their_names(g3: Camera) -> None:
    assert repr(g3.settings).startswith("<Settings: image_format, self_timer, ")
    assert repr(g3.storage) == "<storage of Canon PowerShot G3>"
    assert repr(g3.ptp) == "<PTP of Canon PowerShot G3>"


def test_each_part_of_a_camera_that_was_never_opened_shows_itself() -> None:
    cam = Camera(lambda: ports.open_port("virtual:powershot-g3"), "virtual:powershot-g3")
    parts = [part for name, part in vars(cam).items() if not name.startswith("_")]
    assert all(re.fullmatch(r"<.*>|virtual:.*", str(part)) for part in parts)
    assert not any(" at 0x" in repr(part) for part in parts)


@pytest.mark.parametrize("kind", [str, CardPath])
def test_a_path_of_the_card_may_be_text(g3: Camera, kind: type[str] | type[CardPath]) -> None:
    assert len(g3.storage.ls(kind(FOLDER))) == 7
    assert g3.storage.stat(kind(f"{FOLDER}/IMG_0001.JPG")).name == "IMG_0001.JPG"


def test_what_is_no_path_is_a_type_error(g3: Camera) -> None:
    for wrong in (None, Path("DCIM")):
        with pytest.raises(TypeError, match=r"a text, a CardPath or an Entry; .* is none"):
            g3.storage.ls(wrong)  # type: ignore[arg-type]  # what is shown here


def test_what_is_not_there_is_told_by_its_path(g3: Camera) -> None:
    with pytest.raises(ObjectNotFound, match=r"^DCIM/NOPE: no such file or folder on the card; "):
        g3.storage.stat("DCIM/NOPE")
    with pytest.raises(ObjectNotFound, match=r"^DCIM/NOPE: "):
        g3.storage.mkdir("DCIM/NOPE/BELOW")


@pytest.mark.parametrize("target", ["card", "Card ", CaptureTarget.CARD])
def test_a_target_may_be_named(g3: Camera, target: CaptureTarget | str) -> None:
    assert [str(entry) for entry in g3.capture.shoot(target=target).entries] == [
        "DCIM/100CANON/IMG_0007.JPG"
    ]


@pytest.mark.parametrize("target", ["disk", "", CaptureTarget(0)])
def test_a_target_that_is_none_is_told(g3: Camera, target: CaptureTarget | str) -> None:
    with pytest.raises(ValueError, match="to the host, to the card, or to both"):
        g3.capture.shoot(target=target)


@pytest.mark.parametrize(
    "port", ["virtual:powershot-g3", "virtual:powershot-g9", EOS, "virtual:eos-60d"]
)
def test_what_the_shooting_mode_forbids_is_told_with_it(port: str) -> None:
    with canon.open(port) as cam, cam.remote():
        cam.settings.set(shooting_mode="program")
        with pytest.raises(ValueRefused) as caught:
            cam.settings.set(aperture="f/8")
        assert caught.value.advice.startswith("set shooting_mode first")


def test_a_closed_camera_says_so(g3: Camera) -> None:
    assert repr(g3) == "<Canon PowerShot G3 v1.0.2.0>"
    g3.close()
    assert repr(g3) == "<Canon PowerShot G3 v1.0.2.0, closed>"


@pytest.mark.parametrize(
    ("port", "name", "wanted"),
    [
        ("virtual:powershot-g3", "Canon PowerShot G3", "powershot g3"),
        ("virtual:digital-ixus-v2", "Canon Digital IXUS v2", "ixus v2"),
    ],
)
def test_a_camera_is_found_by_its_model(port: str, name: str, wanted: str) -> None:
    assert [found.name for found in canon.list(port)] == [name]
    assert canon.find(model=wanted, port=port) is not None
    assert canon.find(model="G4", port=port) is None
