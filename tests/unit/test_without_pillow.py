"""A plain install has no Pillow: cards are there all the same, and what draws says so first."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from canon.errors import MissingExtra
from canon.virtual.build import make_virtual
from canon.virtual.pictures import ready, scene
from ready_pictures import drawn, make_all_cards
from rigs.bodies import a_camera

HINT = "needs Pillow, which is not installed; to add it, type: pip install "


@pytest.fixture
def no_pillow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pillow is not there, and no picture is kept that it drew before."""
    scene.forget()
    monkeypatch.setitem(sys.modules, "PIL", None)
    yield
    scene.forget()


@pytest.mark.usefixtures("no_pillow")
def test_the_card_of_every_body_is_there() -> None:
    make_all_cards()


@pytest.mark.usefixtures("no_pillow")
@pytest.mark.parametrize("text", ["powershot-g3", "powershot-g9", "powershot-s60?mode=ptp"])
def test_what_is_drawn_says_so_before_anything_moves(text: str) -> None:
    device = make_virtual(text)
    with a_camera(device) as cam:
        picture = next(cam.storage.glob("DCIM/*/*.JPG"))
        assert cam.storage.thumbnail(picture)[:2] == cam.storage.read(picture)[:2] == b"\xff\xd8"
        before = [entry.path for entry in cam.storage.walk()]
        with cam.remote():
            for act in (cam.capture.shoot, cam.live.one):
                with pytest.raises(MissingExtra) as raised:
                    act()
                assert HINT in str(raised.value)
        assert [entry.path for entry in cam.storage.walk()] == before
    with pytest.raises(MissingExtra):
        make_virtual(f"{text}{'&' if '?' in text else '?'}press=1")


def test_what_comes_with_the_package_is_what_is_drawn() -> None:
    """The same pictures; another Pillow may write other bytes of them."""
    fresh = drawn()
    there = {file.stem for file in Path(str(ready.FOLDER)).iterdir()}
    assert there == fresh.keys(), "run: python tests/ready_pictures.py"
    for name, data in fresh.items():
        lies = ready.ready(name)
        assert lies is not None
        one, other = (Image.open(io.BytesIO(jpeg)).convert("RGB") for jpeg in (data, lies))
        apart = ImageStat.Stat(ImageChops.difference(one, other)).mean
        assert max(apart) < 2, f"{name}: run python tests/ready_pictures.py"
