"""A name made up by a camera cannot leave the target folder, on any platform."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

import canon
from canon.files import safe_name
from canon.virtual.build import make_virtual
from canon.virtual.card import File
from canon.virtual.port import VirtualPort


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("IMG_0001.JPG", "IMG_0001.JPG"),
        ("..", "_"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("C:\\AUTOEXEC.BAT", "C__AUTOEXEC.BAT"),
        ("NUL", "_NUL"),
        ("com1.jpg", "_com1.jpg"),
        ("", "_"),
        ("a. .", "a"),
        ("\x1b[2J", "_[2J"),
    ],
)
def test_examples(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(st.characters(codec="latin-1")))
def test_every_name_stays_in_its_folder(name: str) -> None:
    safe = safe_name(name)
    for kind in (PurePosixPath, PureWindowsPath):
        assert kind(safe).name == safe
        assert not kind(safe).is_absolute()
        assert safe not in ("", ".", "..")


def test_a_hostile_name_on_the_card(tmp_path: Path) -> None:
    device = make_virtual("powershot-g3")
    card = device.body.card
    assert card is not None
    name = "../../EVIL.JPG"
    card.make_folders(("DCIM", "100CANON")).entries[name] = File(b"x" * 100, 1)
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    with canon.Camera(lambda: VirtualPort(device), "virtual:") as cam:
        entry = next(entry for entry in cam.storage.walk() if "EVIL" in entry.name)
        device.body.card = card
        target = cam.storage.download(entry, inside)
    assert target.parent == inside
    assert not list(tmp_path.glob("*.JPG"))
