"""gphoto2 on one virtual camera of every class: a line a model and verb (canon-native-usb, 14).

What gphoto2 cannot do on a body is a line of its own, in `CANNOT`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from gphoto2 import FOLDER, Tethered, tethered

from canon.codes import ISO
from canon.exif import thumbnail
from canon.models.model import Trait
from canon.values import Iso
from conftest import long_unless
from rigs.bodies import native_row

MODELS = {
    "powershot-s100": 0,
    "powershot-g2": 1,
    "eos-d60": 4,
    "eos-10d": 4,
    "eos-300d": 4,
    "powershot-s45": 5,
    "eos-20d": 6,
    "eos-350d": 6,
    "eos-5d": 6,
    "powershot-sd200": 6,
}
"""The bodies, and libgphoto2's class of each."""


def identify(camera: Tethered) -> None:
    name = camera.device.body.model.name
    camera.device.body.owner = "somebody"
    said = "\n".join(camera.gphoto2("--summary").lines)
    assert f"Model: Canon:{name}" in said
    assert "somebody" in said


def visible(camera: Tethered) -> list[str]:
    """The files that gphoto2 shows: all but the THM (section 7.9)."""
    return sorted(name for name in camera.names() if not name.endswith(".THM"))


def listing(camera: Tethered) -> None:
    lines = camera.gphoto2("--list-files").lines
    assert [line.split()[1] for line in lines if line.startswith("#")] == visible(camera)


def get(camera: Tethered) -> None:
    camera.gphoto2("--get-all-files")
    assert camera.saved() == {name: camera.file(name).read() for name in visible(camera)}


def small(camera: Tethered) -> None:
    camera.gphoto2("--folder", FOLDER, "--get-thumbnail", "1")
    (saved,) = camera.saved().values()
    assert saved == thumbnail(camera.file("IMG_0001.JPG").read())


def exif(camera: Tethered) -> None:
    said = "\n".join(camera.gphoto2("--folder", FOLDER, "--show-exif", "1").lines)
    assert camera.device.body.profile.model in said


def sound(camera: Tethered) -> None:
    camera.gphoto2("--folder", FOLDER, "--get-audio-data", "2")
    assert list(camera.saved().values()) == [camera.file("SND_0002.WAV").read()]


def delete(camera: Tethered) -> None:
    camera.gphoto2("--folder", FOLDER, "--delete-file", "2")
    assert "IMG_0002.JPG" not in camera.names()
    assert "IMG_0001.JPG" in camera.names()


def folders(camera: Tethered) -> None:
    camera.gphoto2("--folder", "/DCIM", "--mkdir", "101CANON")
    assert camera.card.folder(("DCIM", "101CANON")) is not None
    camera.gphoto2("--folder", "/DCIM", "--rmdir", "101CANON")
    assert camera.card.folder(("DCIM", "101CANON")) is None


def owner(camera: Tethered) -> None:
    camera.gphoto2("--set-config", "ownername=me, not asdf")
    assert camera.device.body.owner == "me, not asdf"
    assert not camera.device.release.active


def settings(camera: Tethered) -> None:
    camera.gphoto2("--set-config", "iso=200")
    assert camera.device.release.parameters.iso == ISO.code(Iso(200))


def capture(camera: Tethered) -> None:
    before = camera.names()
    said = camera.gphoto2("--capture-image").lines
    name = f"IMG_{max(int(name[4:8]) for name in before) + 1:04}.JPG"
    assert f"New file is in location {FOLDER}/{name} on the camera" in said
    assert camera.names() == [*before, name]
    assert not camera.device.release.active
    if MODELS[camera.device.body.model.slug] in (4, 6):
        assert not camera.device.body.keys_locked


def preview(camera: Tethered) -> None:
    before = camera.names()
    camera.gphoto2("--capture-preview")
    (saved,) = camera.saved().values()
    assert saved[:3] == b"\xff\xd8\xff"
    assert camera.names() == before


VERBS: dict[Callable[[Tethered], None], tuple[str, ...]] = {
    identify: ("identify",),
    listing: ("list",),
    get: ("get",),
    small: ("thumbnail",),
    exif: (),
    sound: (),
    delete: ("delete",),
    folders: ("folders",),
    owner: ("owner",),
    settings: ("settings",),
    capture: ("capture",),
    preview: (),
}
"""The verbs, and what each shows for SUPPORTED.md."""

BY_RELEASE = owner, settings, capture, preview
"""What gphoto2 does in release control; before it sets the owner, it reads the settings."""

AT_FIRST = "powershot-g2", "eos-20d"
"""The bodies that `make test` runs: a compact and an EOS, of different classes."""


CASES = [
    pytest.param(
        model,
        verb,
        id=f"{model}-{verb.__name__}",
        marks=[
            pytest.mark.shows(*shown, evidence="gphoto2", model=native_row(model).name),
            *long_unless(model in AT_FIRST),
        ],
    )
    for model in MODELS
    for verb, shown in VERBS.items()
    if Trait.RELEASE in native_row(model).traits or verb not in BY_RELEASE
]


@pytest.mark.parametrize(("model", "verb"), CASES)
def test_gphoto2(model: str, verb: Callable[[Tethered], None], tmp_path: Path) -> None:
    with tethered(tmp_path, model=model) as camera:
        verb(camera)


CANNOT = [
    ("powershot-g2", ("--upload-file", "/etc/hostname"), "not implemented for USB"),
    ("eos-20d", ("--upload-file", "/etc/hostname"), "not implemented for USB"),
    ("eos-d60", ("--get-config", "zoom"), "zoom not found"),
    ("eos-20d", ("--get-config", "zoom"), "zoom not found"),
    ("powershot-s45", ("--trigger-capture",), "can not trigger capture"),
]
"""What can never work, whatever the camera does (section 14.5), and what gphoto2 says."""


@pytest.mark.parametrize(("model", "words", "says"), CANNOT)
def test_gphoto2_cannot(model: str, words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    with tethered(tmp_path, model=model) as camera:
        before = camera.names()
        said = camera.gphoto2(*words)
        assert said.status != 0
        assert says in "\n".join(said.lines)
        assert camera.names() == before


def test_gphoto2_takes_no_picture_where_we_take_none(tmp_path: Path) -> None:
    """Its table says so of this body too, and it asks all the same."""
    with tethered(tmp_path, model="powershot-s100") as camera:
        before = camera.names()
        assert "ERROR: Could not capture." in camera.gphoto2("--capture-image").lines
        assert camera.names() == before
        assert not camera.device.release.active
