"""gphoto2's own RS-232 driver on virtual cameras behind a pseudo-terminal: a line a model and verb.

What can never work with this gphoto2 is a line of its own, in `CANNOT` (canon-native-serial, A10).
"""

from __future__ import annotations

import copy
import functools
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from canon.exif import thumbnail
from canon.models.model import Model
from canon.models.native import MODELS
from canon.virtual.card import File, MemoryCard, fresh_card
from canon.virtual.clock import BodyClock
from canon.virtual.native.camera import NativeCamera
from canon.virtual.native.serial import SerialCamera
from canon.virtual.terminal import TerminalServer
from conftest import long_unless, program
from rigs.bodies import native_body, profile_of

PATIENCE_S = 60  # gphoto2 is then killed: it ignores SIGTERM on a terminal that is gone
FOLDER = "/DCIM/100CANON"
BLOCK = 1536  # bytes in one block of an upload

ROWS = {
    "PowerShot A5": 9600,
    "PowerShot A50": 57600,
    "PowerShot Pro70": 19200,
    "PowerShot S10": 38400,
    "PowerShot G1": 115200,
    "PowerShot Pro90 IS": 57600,
}
"""The models, and the speed at which each is driven."""


@dataclass
class OnTheLine:
    """A virtual camera with gphoto2 at the other end of its serial cable.

    Attributes:
        model: its row.
        card: the card in it.
        server: what serves it.
        folder: where gphoto2 runs; empty at first.
        home: gphoto2's own, so that it finds no settings of other runs.
        speed: the speed that gphoto2 is told.
    """

    model: Model
    card: MemoryCard
    server: TerminalServer
    folder: Path
    home: Path
    speed: int

    def file(self, name: str) -> File:
        found = self.card.find(("DCIM", "100CANON", name))
        assert isinstance(found, File), f"{name} is not on the card"
        return found

    def names(self) -> list[str]:
        folder = self.card.folder(("DCIM", "100CANON"))
        assert folder is not None
        return list(folder.entries)

    def saved(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def gphoto2(self, *words: str) -> str:
        """What a run of gphoto2 says."""
        line = ("--port", f"serial:{self.server.path}", "--speed", str(self.speed))
        done = subprocess.run(
            [program("gphoto2"), *line, "--camera", f"Canon {self.model.name}", *words],
            env={**os.environ, "HOME": str(self.home), "LC_ALL": "C", "TZ": "UTC"},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return done.stdout


@functools.cache
def drawn(model: Model) -> MemoryCard:
    return fresh_card(profile_of(model))


@contextmanager
def on_the_line(model: Model, speed: int, folder: Path) -> Iterator[OnTheLine]:
    """A virtual camera on a pseudo-terminal, with the pictures that are drawn for its model."""
    card = copy.deepcopy(drawn(model))
    for name in ("home", "work"):
        (folder / name).mkdir()
    camera = SerialCamera(NativeCamera(native_body(model, card, BodyClock(real=True))))
    with TerminalServer(camera) as server:
        yield OnTheLine(model, card, server, folder / "work", folder / "home", speed)


# --- the verbs ------------------------------------------------------------------------------------


def listing(camera: OnTheLine) -> None:
    lines = camera.gphoto2("--list-files").splitlines()
    shown = [line.split()[1] for line in lines if line.startswith("#")]
    visible = (".JPG", ".CRW", ".CR2", ".AVI", ".WAV")
    assert shown == sorted(name for name in camera.names() if name.endswith(visible))


def list_folders(camera: OnTheLine) -> None:
    said = camera.gphoto2("--list-folders")
    assert [line for line in said.splitlines() if line.startswith(" - ")] == [
        " - DCIM",
        " - MISC",
        " - 100CANON",
    ]


def info(camera: OnTheLine) -> None:
    camera.file("IMG_0001.JPG").protected = True
    said = camera.gphoto2("--folder", FOLDER, "--show-info", "1")
    assert f"{camera.file('IMG_0001.JPG').size} byte(s)" in said
    assert "Permissions: read\n" in said


def get(camera: OnTheLine) -> None:
    camera.gphoto2("--folder", FOLDER, "--get-file", "1-2")
    saved = camera.saved()
    assert len(saved) == 2
    assert saved == {name: camera.file(name).read() for name in saved}
    assert not any(camera.file(name).new for name in saved), "gphoto2 marks what it has fetched"


def small(camera: OnTheLine) -> None:
    camera.gphoto2("--folder", FOLDER, "--get-thumbnail", "1")
    (saved,) = camera.saved().values()
    assert saved == thumbnail(camera.file("IMG_0001.JPG").read())


def exif(camera: OnTheLine) -> None:
    said = camera.gphoto2("--folder", FOLDER, "--show-exif", "1")
    assert f"Canon {camera.model.name}" in said


def sound(camera: OnTheLine) -> None:
    camera.gphoto2("--folder", FOLDER, "--get-audio-data", "2")
    assert list(camera.saved().values()) == [camera.file("SND_0002.WAV").read()]


def delete(camera: OnTheLine) -> None:
    camera.file("IMG_0003.JPG").protected = True
    said = camera.gphoto2("--folder", FOLDER, "--delete-file", "2")
    if camera.model.name == "PowerShot A5":
        assert "IMG_0002.JPG" in camera.names(), "gphoto2 does not even ask an A5"
        return
    assert "Error" not in said
    assert "IMG_0002.JPG" not in camera.names()
    said = camera.gphoto2("--folder", FOLDER, "--delete-file", "2")
    assert "File protected." in said
    assert "IMG_0003.JPG" in camera.names()


def folders(camera: OnTheLine) -> None:
    camera.gphoto2("--folder", "/DCIM", "--mkdir", "101CANON")
    assert camera.card.folder(("DCIM", "101CANON")) is not None
    camera.gphoto2("--folder", "/DCIM", "--rmdir", "101CANON")
    assert camera.card.folder(("DCIM", "101CANON")) is None


def upload(camera: OnTheLine) -> None:
    """Whatever its name and folder, it becomes AUT_0001.JPG in the root (A5.3)."""
    data = bytes(at % 251 for at in range(5 * BLOCK))
    source = camera.home / "PICTURE.JPG"
    source.write_bytes(data)
    said = camera.gphoto2("--folder", FOLDER, "--upload-file", str(source))
    assert "Error" not in said
    found = camera.card.find(("AUT_0001.JPG",))
    assert isinstance(found, File)
    assert found.read() == data


VERBS: dict[Callable[[OnTheLine], None], tuple[str, ...]] = {
    listing: ("identify", "list"),
    list_folders: (),
    info: (),
    get: ("get",),
    small: ("thumbnail",),
    exif: (),
    sound: (),
    delete: ("delete",),
    folders: ("folders",),
    upload: ("put",),
}
"""The verbs, and what each shows for SUPPORTED.md."""

CANNOT = {
    ("--summary",): "Error (-1:",
    ("--storage-info",): "totalcapacity=0 KB",
    ("--list-config",): "Error (-1:",
    ("--set-config", "ownername=me"): "Error (-1:",
    ("--capture-image",): "Error (-6:",
    ("--capture-preview",): "Error (-6:",
    ("--wait-event=1s",): "Error (-2:",
}
"""Verbs that gphoto2 has for no camera on this line, and how it says so."""

ROW = {model.name: model for model in MODELS if model.serial_id}
AT_FIRST = "PowerShot A50", "PowerShot G1"
"""The bodies that `make test` runs: one of the first, and one that also has USB."""

CASES = [
    pytest.param(
        name,
        verb,
        id=f"{ROW[name].slug}-{verb.__name__}",
        marks=[
            pytest.mark.shows(
                *(() if (name, verb) == ("PowerShot A5", delete) else shown),
                evidence="gphoto2",
                model=name,
            ),
            *long_unless(name in AT_FIRST),
        ],
    )
    for name in ROWS
    for verb, shown in VERBS.items()
]


@pytest.mark.parametrize(("name", "verb"), CASES)
def test_gphoto2(name: str, verb: Callable[[OnTheLine], None], tmp_path: Path) -> None:
    with on_the_line(ROW[name], ROWS[name], tmp_path) as camera:
        verb(camera)
        assert camera.server.speeds == {9600, camera.speed}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=long_unless(name in AT_FIRST)) for name in ROWS]
)
@pytest.mark.parametrize("words", CANNOT, ids=" ".join)
def test_gphoto2_cannot(name: str, words: tuple[str, ...], tmp_path: Path) -> None:
    with on_the_line(ROW[name], ROWS[name], tmp_path) as camera:
        before = copy.deepcopy(camera.card.root)
        assert CANNOT[words] in camera.gphoto2(*words)
        assert camera.card.root == before


@pytest.mark.parametrize("speed", [9600, 19200, 38400, 57600, 115200])
def test_every_speed_on_one_camera(speed: int, tmp_path: Path) -> None:
    with on_the_line(ROW["PowerShot A50"], speed, tmp_path) as camera:
        camera.gphoto2("--folder", FOLDER, "--get-file", "1")
        assert camera.server.speeds == {9600, speed}
        assert camera.saved() == {"IMG_0001.JPG": camera.file("IMG_0001.JPG").read()}


def test_gphoto2_uploads_to_an_a50_up_to_57600_only(tmp_path: Path) -> None:
    with on_the_line(ROW["PowerShot A50"], 115200, tmp_path) as camera:
        source = camera.home / "PICTURE.JPG"
        source.write_bytes(bytes(BLOCK))
        assert "Error (-6:" in camera.gphoto2("--upload-file", str(source))
        assert camera.card.find(("AUT_0001.JPG",)) is None
