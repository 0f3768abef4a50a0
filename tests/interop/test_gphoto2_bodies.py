"""gphoto2 on bodies that differ from those of the other tests: two runs each, for all that they do.

What differs stands beside each: an id that several bodies share, another class of libgphoto2, other
sizes, another manner. Every virtual body was once driven so; these are the ones worth keeping.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from gphoto2 import Tethered, TetheredPtp, tethered, tethered_ptp
from PIL import Image

from canon import exif
from canon.models.model import Model
from canon.models.ptp import PtpModel
from canon.ptp.powershot.layouts import InitiateReleaseControl
from conftest import long_unless
from rigs.bodies import native_row, ptp_row, release_of
from supported import row

NATIVE = {
    "powershot-g1": (2048, 1536),  # class 0, with release control
    "eos-d30": (2160, 1440),  # pictures of two sizes
    "powershot-s230": (2048, 1536),  # a compact of class 4, its space in KiB
    "optura-20": (640, 480),  # a camcorder: blocks of 0x200
    "digital-ixus-v2": (1600, 1200),  # the second name of an id
}
"""The bodies, and the size of their pictures."""

PTP = {
    "powershot-sd100": (2048, 1536),  # of before 2004; it knows one shooting mode
    "powershot-s1-is": (2048, 1536),  # says "Canon" alone, and sends events another way
    "powershot-s3-is": (2816, 2112),  # sends a press that nobody made
    "powershot-a530": None,  # names no maker
    "powershot-sd430": None,  # a recorded body under another name
    "digital-ixus-i": None,  # its native mode has the same id
    "powershot-g12": None,
}
"""The bodies, and the size of their pictures where they take any."""

BY_NAME = {"digital-ixus-i": ("--camera", "Canon Digital IXUS i (PTP mode)")}
"""What gphoto2 has to be told, because by the id it takes the other mode."""


def shown(model: Model | PtpModel, *verbs: str) -> pytest.MarkDecorator:
    """The mark of what a test shows of a body."""
    return pytest.mark.shows(*verbs, evidence="gphoto2", model=row(model))


FILES = "identify", "list", "get", "thumbnail"
AT_FIRST = "powershot-g1", "powershot-s3-is", "powershot-g12"
"""The bodies that `make test` runs."""

NATIVE_CASES = [
    pytest.param(
        slug,
        marks=[
            shown(native_row(slug), *FILES, "owner", "settings", "capture"),
            *long_unless(slug in AT_FIRST),
        ],
    )
    for slug in NATIVE
]
PTP_CASES = [
    pytest.param(
        slug,
        marks=[
            shown(ptp_row(slug), *FILES, *(("settings", "capture") if size else ())),
            *long_unless(slug in AT_FIRST),
        ],
    )
    for slug, size in PTP.items()
]


def has_its_files(camera: Tethered | TetheredPtp, lines: list[str]) -> None:
    """All that gphoto2 listed and fetched is what lies on the card, and so are the thumbnails."""
    native_body = isinstance(camera, Tethered)
    names = sorted(name for name in camera.names() if not (native_body and name.endswith(".THM")))
    listed = [line.split() for line in lines if line.startswith("#")]
    times = [(words[1], str(camera.file(words[1]).time) in words) for words in listed]
    assert times == [(name, True) for name in names]
    saved = camera.saved()
    assert {name: saved[name] for name in names} == {
        name: camera.file(name).read() for name in names
    }
    small = {name: saved[f"thumb_{name[:-4]}.jpg"] for name in names if name.endswith(".JPG")}
    assert small == {name: exif.thumbnail(camera.file(name).read()) for name in small}


def takes_its_pictures(camera: Tethered | TetheredPtp, size: tuple[int, int], iso: str) -> None:
    """A picture with the speed that was set comes over, and stays on the card."""
    before = camera.names()
    number = max(int(name[4:8]) for name in before) + 1
    control = () if isinstance(camera, Tethered) else ("--set-config", "capture=1")
    words = *control, "--set-config", f"iso={iso}", "--capture-image-and-download", "--keep"
    camera.gphoto2(*words)
    name = f"IMG_{number:04}.JPG"
    assert camera.names() == [*before, name]
    taken = camera.saved()[name]
    assert taken == camera.file(name).read()
    facts = exif.read(taken)
    assert (facts.model, facts.iso) == (camera.device.body.profile.model, int(iso))
    with Image.open(io.BytesIO(taken)) as image:
        image.load()
        assert image.size == size
    assert not release_of(camera.device).active


@pytest.mark.parametrize("slug", NATIVE_CASES)
def test_native(slug: str, tmp_path: Path) -> None:
    with tethered(tmp_path, model=slug) as camera:
        camera.device.body.owner = "somebody"
        words = "--summary", "--list-files", "--get-config", "model"
        lines = camera.gphoto2(*words, "--get-all-files", "--get-all-thumbnails").lines
        assert "Owner: somebody" in lines
        assert f"Current: {camera.device.body.profile.model}" in lines
        has_its_files(camera, lines)
        takes_its_pictures(camera, NATIVE[slug], "200")


@pytest.mark.parametrize("slug", PTP_CASES)
def test_ptp(slug: str, tmp_path: Path) -> None:
    with tethered_ptp(tmp_path, slug) as camera:
        profile, size = camera.device.body.profile, PTP[slug]
        words = *BY_NAME.get(slug, ()), "--summary", "--list-files"
        lines = camera.gphoto2(*words, "--get-all-files", "--get-all-thumbnails").lines
        assert f"Model: {profile.model}" in lines
        assert f"Manufacturer: {profile.manufacturer}".strip() in lines
        has_its_files(camera, lines)
        assert (size is not None) == (InitiateReleaseControl.code in profile.operations)
        if size:
            takes_its_pictures(camera, size, "200")
        assert not camera.device.session
