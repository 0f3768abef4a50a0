"""gphoto2 takes pictures with the virtual G3 and sets it (canon-native-usb, 14.2 to 14.4).

After each --capture-image gphoto2 waits three seconds for events by the wall clock, so one run
serves several assertions. Its exit status is 0 after most failures; the line "New file is in
location" tells.
"""

from __future__ import annotations

import io
import re
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gphoto2 import FOLDER, PATIENCE_S, Said, Tethered, tethered
from PIL import Image

from canon import exif

NEW = re.compile(r"New file is in location (\S+) on the camera")
EXPOSURE_S = 3.385
MODES = {
    "P": 1,
    "Tv": 2,
    "Av": 3,
}


@pytest.fixture
def g3(tmp_path: Path) -> Iterator[Tethered]:
    with tethered(tmp_path) as g3:
        yield g3


def new_files(said: Said) -> list[str]:
    return [found[1].rpartition("/")[2] for line in said.lines if (found := NEW.match(line))]


def size_of(jpeg: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(jpeg)) as image:
        image.load()
        return image.size


# --- pictures -------------------------------------------------------------------------------------


@pytest.mark.shows("capture", evidence="gphoto2")
def test_a_picture_to_the_card(g3: Tethered) -> None:
    before = g3.names()
    said = g3.gphoto2("--capture-image")
    assert new_files(said) == ["IMG_0007.JPG"]
    assert g3.names() == [*before, "IMG_0007.JPG"]
    taken = g3.file("IMG_0007.JPG").read()
    assert size_of(taken) == (2272, 1704)
    assert exif.read(taken).f_number == 2.0
    assert g3.device.clock.now() > EXPOSURE_S, "the camera took its time, by its own clock"
    assert not g3.device.release.active, "gphoto2 leaves release control"
    assert g3.saved() == {}


def test_a_picture_is_taken_as_set_and_comes_over(g3: Tethered) -> None:
    before = g3.names()
    said = g3.gphoto2(
        *("--set-config", "shootingmode=Av"),
        *("--set-config", "aperture=8"),
        *("--set-config", "iso=200"),
        *("--set-config", "imageformat=Small Fine JPEG"),
        "--capture-image-and-download",
    )
    assert said.lines[:4] == [
        "Shooting mode changed",
        "Aperture changed",
        "ISO speed changed",
        "Image format changed",
    ]
    assert new_files(said) == ["IMG_0007.JPG"]
    (taken,) = g3.saved().values()
    facts = exif.read(taken)
    assert (facts.f_number, facts.iso) == (8.0, 200)
    assert size_of(taken) == (640, 480)
    assert g3.names() == before, "gphoto2 deletes what it has fetched"
    assert g3.witness.asked[-1] == "ExitReleaseControl"


def test_pictures_at_intervals_are_kept(g3: Tethered) -> None:
    said = g3.gphoto2("--capture-image-and-download", "--keep", "-F", "3", "-I", "1")
    wanted = ["IMG_0007.JPG", "IMG_0008.JPG", "IMG_0009.JPG"]
    assert new_files(said) == wanted
    assert g3.names()[-3:] == wanted
    assert g3.saved() == {name: g3.file(name).read() for name in wanted}
    assert not any(g3.file(name).new for name in wanted)


def test_a_failure_takes_no_picture_and_the_next_one_works(tmp_path: Path) -> None:
    """The lens cap refuses release control; without focus the camera says so by an event."""
    with tethered(tmp_path, "lens-cap", "no-focus") as g3:
        before = g3.names()
        said = g3.gphoto2("--capture-image", "-F", "3", "-I", "1")
        assert said.lines.count("Error capturing image") == 2
        assert new_files(said) == ["IMG_0007.JPG"]
        assert g3.names() == [*before, "IMG_0007.JPG"]
        assert g3.witness.asked.count("Release") == 2
        assert not g3.device.release.active


@pytest.mark.parametrize("card", ["none", ""])
def test_nowhere_to_put_a_picture(tmp_path: Path, card: str) -> None:
    """No card and a full one: the camera refuses the transfer mode."""
    with tethered(tmp_path, card=card) as g3:
        if not card:
            g3.card.overhead = g3.card.capacity
        said = g3.gphoto2("--capture-image")
        assert "ERROR: Could not capture image." in said.lines
        assert new_files(said) == []
        assert g3.witness.asked.count("SetTransferMode") == 1
        assert "Release" not in g3.witness.asked
        assert not g3.device.release.active


def test_the_card_gets_full_on_the_way(g3: Tethered) -> None:
    g3.card.overhead = g3.card.free - (1_500 << 10)
    said = g3.gphoto2("--capture-image", "-F", "2", "-I", "1")
    assert new_files(said) == ["IMG_0007.JPG"]
    assert g3.names()[-1] == "IMG_0007.JPG"
    assert said.lines[-1] == "ERROR: Could not capture."


@pytest.mark.parametrize("fault", ["pieces", "event-twice@CaptureStatus"])
def test_events_that_gphoto2_cannot_read(tmp_path: Path, fault: str) -> None:
    """gphoto2 is wrong: the picture was taken and lies on the card."""
    with tethered(tmp_path, fault) as g3:
        said = g3.gphoto2("--capture-image")
        assert "*** Error (-114: 'OS error in camera communication') ***" in said.lines
        assert g3.names()[-1] == "IMG_0007.JPG"


# --- previews -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size_class", "size"), [("1", (160, 120)), ("2", (2272, 1704))])
def test_a_preview_is_a_picture_to_the_host(
    g3: Tethered, size_class: str, size: tuple[int, int]
) -> None:
    """gphoto2 knows nothing of the viewfinder: it takes a picture and fetches a part of it."""
    before = g3.names()
    g3.gphoto2("--set-config", f"capturesizeclass={size_class}", "--capture-preview")
    saved = g3.saved()
    assert list(saved) == ["capture_preview.jpg"]
    assert size_of(saved["capture_preview.jpg"]) == size
    assert g3.names() == before
    assert "StartViewfinder" not in g3.witness.asked


def test_a_film_is_a_row_of_thumbnails(g3: Tethered) -> None:
    said = g3.gphoto2("--capture-movie=2", "--stdout")
    frames = re.findall(rb"\xff\xd8.+?\xff\xd9", said.raw, re.DOTALL)
    assert [size_of(frame) for frame in frames] == [(160, 120)] * 3  # gphoto2 counts from 0
    assert g3.witness.asked.count("Release") == 3
    assert not g3.device.release.active


def test_a_film_that_is_interrupted_leaves_release_control(g3: Tethered) -> None:
    with g3.start("--capture-movie") as film:
        g3.witness.wait_for("RetrieveCapture")
        film.send_signal(signal.SIGINT)
        said, _ = film.communicate(timeout=PATIENCE_S)
    assert b"Movie capture finished" in said
    # gphoto2 is wrong: it writes each frame over the one before when the film goes to a file.
    assert size_of(g3.saved()["movie.mjpg"]) == (160, 120)
    assert not g3.device.release.active


# --- the shutter button ---------------------------------------------------------------------------


@pytest.mark.shows("events", evidence="gphoto2")
@pytest.mark.parametrize(
    ("words", "line", "saves", "keeps"),
    [
        (["--wait-event=FILEADDED"], f"FILEADDED IMG_0007.JPG {FOLDER}", False, True),
        (["--wait-event-and-download=FILEADDED"], "Saving file as IMG_0007.JPG", True, False),
        (["--capture-tethered=FILEADDED"], "Saving file as IMG_0007.JPG", True, False),
        (["--capture-tethered=FILEADDED", "--keep"], "Saving file as IMG_0007.JPG", True, True),
    ],
)
def test_a_picture_taken_by_hand(
    g3: Tethered, words: list[str], line: str, saves: bool, keeps: bool
) -> None:
    before = g3.names()
    with g3.start(*words) as waiting:
        g3.witness.wait_for("GetDirectory")  # it has the old listing, and waits for events
        with g3.server.machine():
            g3.device.press()
            taken = g3.file("IMG_0007.JPG").read()
        raw, _ = waiting.communicate(timeout=PATIENCE_S)
    assert line in Said(waiting.returncode, raw).lines
    assert g3.saved() == ({"IMG_0007.JPG": taken} if saves else {})
    assert g3.names() == (before + ["IMG_0007.JPG"] * keeps)


# --- settings -------------------------------------------------------------------------------------


def test_all_settings_are_shown(g3: Tethered) -> None:
    g3.device.body.set_seconds(1_055_583_000)
    shown = {}
    for line in g3.gphoto2("--list-all-config").lines:
        if line.startswith("/main/"):
            name = line.rpartition("/")[2]
        elif line.startswith("Current: "):
            shown[name] = line.removeprefix("Current: ")
    # f/4 and 1/125 are what the camera sent; in mode P they are not the metered ones.
    assert shown.pop("datetime").startswith("2003-06-14 09:30:")
    assert shown == {
        "ownername": "adsf",
        "capturesizeclass": "Compatibility Mode",
        "iso": "50",
        "shootingmode": "P",
        "shutterspeed": "1/125",
        "zoom": "0",
        "aperture": "4.0",
        "exposurecompensation": "0",
        "imageformat": "Large Fine JPEG",
        "focusmode": "Auto focus: one-shot",
        "flashmode": "Flash off",
        "beep": "Beep off",
        "syncdatetime": "0",
        "model": "Canon PowerShot G3",
        "firmwareversion": "1.0.2.0",
        "driver": "AC adapter (power OK)",
        "list_all_files": "0",
    }
    assert g3.witness.asked[-1] == "ExitReleaseControl"


@pytest.mark.parametrize(
    ("mode", "setting", "said", "after"),
    [
        ("P", "iso=400", "ISO speed changed", {"iso": 0x58}),
        ("P", "iso=640", "Could not change ISO speed", {}),
        ("Av", "aperture=8", "Aperture changed", {"aperture": 0x38}),
        ("Av", "aperture=11", "Could not change aperture", {}),
        ("P", "aperture=8", "Could not change aperture", {}),
        ("Tv", "shutterspeed=1/30", "Shutter speed changed", {"shutter_speed": 0x60}),
        ("Tv", "shutterspeed=1/8000", "Could not change shutter speed", {}),
        # gphoto2 is wrong: it calls 1 "on" and 2 "auto"; on a G3 they are the other way round.
        ("P", "flashmode=Flash auto", "Flash mode changed", {"flash": 2}),
        ("P", "flashmode=Flash on", "Flash mode changed", {"flash": 1}),
        ("P", "focusmode=Auto focus: AI servo", "Could not change focus mode", {}),
        (
            "P",
            "imageformat=Medium Normal JPEG",
            "Image format changed",
            {"image_size": 1, "quality": 2},
        ),
        (
            "P",
            "imageformat=RAW",
            "Image format changed",
            {"image_format": 2, "quality": 4},
        ),
        ("P", "imageformat=RAW + Large Fine JPEG", "Could not change image format", {}),
        (
            "P",
            "shootingmode=M",
            "Shooting mode changed",
            {"shooting_mode": 4},
        ),
        ("P", "shootingmode=Portrait", "Could not change shooting mode", {}),
        ("P", "beep=Beep on", "Beep mode changed", {"beep": 1}),
        (
            "P",
            "exposurecompensation=+1 1/3",
            "Exposure compensation changed",
            {"exposure_compensation": 0x0D},
        ),
        ("P", "exposurecompensation=+1 1/2", "Could not change exposure compensation", {}),
    ],
)
@pytest.mark.shows("settings", evidence="gphoto2")
def test_a_setting(g3: Tethered, mode: str, setting: str, said: str, after: dict[str, Any]) -> None:
    """gphoto2 offers every value of its tables and exits with 0; the camera refuses."""
    unit = g3.device.release
    old = unit.parameters = replace(unit.parameters, shooting_mode=MODES[mode])
    name, _, value = setting.partition("=")
    ran = g3.gphoto2("--set-config", setting, "--get-config", name)
    assert (ran.status, ran.lines[0]) == (0, said)
    assert (f"Current: {value}" in ran.lines) == bool(after)
    assert unit.parameters == replace(old, **after)
    assert not unit.active


@pytest.mark.shows("owner", "zoom", "clock", evidence="gphoto2")
def test_what_is_no_release_parameter(g3: Tethered) -> None:
    assert g3.gphoto2("--set-config", "ownername=Somebody Else").lines == ["Owner name changed"]
    assert g3.device.body.owner == "Somebody Else"
    # gphoto2 is wrong: a G3 keeps names of 31 characters.
    assert (
        "could not change owner name" in g3.gphoto2("--set-config", f"ownername={31 * 'x'}").lines
    )
    assert g3.device.body.owner == "Somebody Else"

    assert g3.gphoto2("--set-config", "zoom=5").lines == ["Zoom level changed"]
    assert g3.device.release.zoom == 5
    assert "*** Error (-2: 'Bad parameters') ***" in g3.gphoto2("--set-config", "zoom=18").lines
    assert g3.device.release.zoom == 5
    assert "Current: 5" in g3.gphoto2("--get-config", "zoom").lines

    g3.device.body.set_seconds(0)
    assert g3.gphoto2("--set-config", "syncdatetime=1").lines == ["time set"]
    assert g3.device.body.seconds > 1_500_000_000
