"""gphoto2 on virtual PowerShots that speak PTP: a line a body and verb (canon-powershot-ptp, 14).

After each capture gphoto2 waits three seconds by the wall clock, and after each change of the card
for 0.6: one run serves several assertions. Its exit status is 0 after many failures, so tests look
at the card, at the files it wrote and at what the camera was asked.

What gphoto2 cannot do on a body is a line of its own, in `CANNOT`.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gphoto2 import PATIENCE_S, Said, TetheredPtp, tethered_ptp
from PIL import Image

from canon.exif import thumbnail
from canon.virtual.charge import Charge
from conftest import long_unless, program
from rigs.bodies import ptp_row
from supported import row

STORE = "/store_00010001"
FOLDER = f"{STORE}/DCIM/100CANON"
MEMORY = "/store_80000001"
SETTINGS = {
    "shootingmode": "Manual",
    "aperture": "8",
    "shutterspeed": "1/30",
    "iso": "200",
    "imagesize": "Small",
    "imagequality": "normal",
    "flashmode": "on",
    "whitebalance": "Cloudy",
}
"""What is set at once: the shooting mode first, because the others follow it (section 3)."""


def exiftool(picture: bytes) -> dict[str, Any]:
    """What exiftool reads from a picture that decodes: numbers as numbers; it finds no fault."""
    with Image.open(io.BytesIO(picture)) as image:
        image.load()
    words = "-json", "-n", "-validate", "-warning", "-error", "-all", "-"
    command = [program("exiftool"), *words]
    told = subprocess.run(command, input=picture, capture_output=True, check=True)
    fields: dict[str, Any] = json.loads(told.stdout)[0]
    assert not {"Warning", "Error"} & set(fields)
    return fields


def next_name(camera: TetheredPtp) -> str:
    """What the camera will call the next picture."""
    return f"IMG_{max(int(name[4:8]) for name in camera.names()) + 1:04}.JPG"


def values(said: Said) -> list[str]:
    """The values that --get-config showed."""
    prefix = "Current: "
    return [line.removeprefix(prefix) for line in said.lines if line.startswith(prefix)]


def chosen(settings: dict[str, str]) -> list[str]:
    """The arguments that enter release control and set something."""
    pairs = ("capture=1", *(f"{name}={value}" for name, value in settings.items()))
    return [word for pair in pairs for word in ("--set-config", pair)]


# --- every body -----------------------------------------------------------------------------------


def identify(camera: TetheredPtp) -> None:
    said = "\n".join(camera.gphoto2("--auto-detect", "--summary").lines)
    assert "usb:001,002" in said
    assert f"Model: {camera.device.body.profile.model}\n" in said
    assert f"Maximum Capability: {camera.card.capacity} " in said
    assert f"Free Space (Bytes): {camera.card.free} " in said


def tells_its_state(camera: TetheredPtp) -> None:
    camera.device.body.owner, camera.device.body.charge = "somebody", Charge.LOW
    camera.device.body.set_seconds(1_055_583_000)
    summary = "\n".join(camera.gphoto2("--summary").lines)
    assert "value: Warning Level 1 (2)" in summary
    assert "UNIX Time(0xd034):(readwrite) (type=0x6) 10555830" in summary
    camera.gphoto2("--set-config", "ownername=me, not asdf", "--set-config", "datetime=now")
    assert camera.device.body.owner == "me, not asdf"
    assert camera.device.body.seconds > 1_500_000_000
    assert not camera.device.extension.release.active


def stores_and_files(camera: TetheredPtp) -> None:
    lines = camera.gphoto2("--storage-info", "--list-files").lines
    assert f"totalcapacity={camera.card.capacity >> 10} KB" in lines
    assert f"free={camera.card.free >> 10} KB" in lines
    assert (f"basedir={MEMORY}" in lines) == camera.device.body.profile.ram_store
    listed = [line.split() for line in lines if line.startswith("#")]
    on_card = [(name, camera.file(name)) for name in sorted(camera.names())]
    assert [(words[1], words[3], words[-1]) for words in listed] == [
        (name, str(-(-file.size // 1024)), str(file.time)) for name, file in on_card
    ]
    with Image.open(io.BytesIO(camera.file("IMG_0001.JPG").read())) as first:
        assert listed[0][5] == f"{first.width}x{first.height}"


def get(camera: TetheredPtp) -> None:
    camera.gphoto2("--get-all-files")
    assert camera.saved() == {name: camera.file(name).read() for name in camera.names()}
    if "SetObjectArchive" in camera.witness.asked:
        assert not any(camera.file(name).new for name in camera.names())


def small(camera: TetheredPtp) -> None:
    camera.gphoto2("--folder", FOLDER, "--get-thumbnail", "1")
    assert list(camera.saved().values()) == [thumbnail(camera.file("IMG_0001.JPG").read())]
    assert camera.file("IMG_0001.JPG").new, "it was not downloaded"


def exif(camera: TetheredPtp) -> None:
    said = camera.gphoto2("--folder", FOLDER, "--show-exif", "1").lines
    told = {
        name.strip(): value.strip() for name, _, value in (line.partition("|") for line in said)
    }
    assert told["Model"] == camera.device.body.profile.model
    assert told["DateTimeOriginal"] == "2003:06:14 09:30:00"
    size = len(thumbnail(camera.file("IMG_0001.JPG").read()))
    assert said[-1] == f"EXIF data contains a thumbnail ({size} bytes)."


def delete(camera: TetheredPtp) -> None:
    before = camera.names()
    camera.gphoto2("--folder", FOLDER, "--delete-file", "2")
    assert camera.names() == [name for name in before if name != "IMG_0002.JPG"]


def upload_and_folders(camera: TetheredPtp) -> None:
    mine = camera.folder.parent / "mine0001.jpg"
    mine.write_bytes(camera.file("IMG_0004.JPG").read() + bytes(500))
    before = camera.names()
    folders = "--mkdir", "ONE", "--mkdir", "TWO", "--rmdir", "ONE"
    camera.gphoto2("--folder", FOLDER, "--upload-file", str(mine), *folders)
    assert camera.names() == [*before, "MINE0001.JPG", "TWO"]
    assert camera.file("MINE0001.JPG").read() == mine.read_bytes()
    assert camera.witness.asked.count("SendObjectInfo") == 3


# --- a shutter button -----------------------------------------------------------------------------


def pressed(
    camera: TetheredPtp, *words: str, after: tuple[str, int] = ("GetObjectHandles", 1)
) -> Said:
    """What gphoto2 says when the button is pressed after it has asked for something."""
    with camera.start(*words) as waiting:
        camera.witness.wait_for(*after)
        with camera.server.machine():
            camera.device.press()
        raw, _ = waiting.communicate(timeout=PATIENCE_S)
    return Said(waiting.returncode, raw)


def sees_the_button(camera: TetheredPtp) -> None:
    name = next_name(camera)
    said = pressed(camera, "--wait-event=FILEADDED")
    assert f"FILEADDED {name} {FOLDER}" in said.lines
    assert camera.names()[-1] == name


def tethered_by_hand(camera: TetheredPtp) -> None:
    before, name = camera.names(), next_name(camera)
    said = pressed(camera, "--capture-tethered=FILEADDED", "--keep")
    assert f"Saving file as {name}" in said.lines
    assert camera.saved() == {name: camera.file(name).read()}
    assert camera.names() == [*before, name]
    assert not camera.file(name).new


# --- release control ------------------------------------------------------------------------------


def capture(camera: TetheredPtp) -> None:
    """Set, read back and shot in one session; the picture tells whether it was so."""
    before, name = camera.names(), next_name(camera)
    shown = [word for setting in SETTINGS for word in ("--get-config", setting)]
    said = camera.gphoto2(*chosen(SETTINGS), *shown, "--capture-image")
    assert values(said) == list(SETTINGS.values())
    assert f"New file is in location {FOLDER}/{name} on the camera" in said.lines
    assert camera.names() == [*before, name]
    facts = exiftool(camera.file(name).read())
    assert facts["Model"] == camera.device.body.profile.model
    exposure = facts["FNumber"], facts["ExposureTime"], facts["ISO"]
    assert exposure == pytest.approx((8, 1 / 30, 200))
    assert (facts["ImageWidth"], facts["ImageHeight"]) == (640, 480)
    assert (facts["Quality"], facts["Flash"] & 1, facts["WhiteBalance"]) == (2, 1, 2)
    assert not camera.device.extension.release.active


def all_settings(camera: TetheredPtp) -> None:
    """Every key that gphoto2 makes of the properties, those without a name by their number."""
    keys: dict[str, list[str]] = {}
    for line in camera.gphoto2(*chosen({}), "--list-all-config").lines:
        if line.startswith("/main/"):
            key = line.rpartition("/")[2]
            keys[key] = []
        elif line.startswith(("Current: ", "Choice: ")):
            keys[key].append(line.split(" ", 1 if line[1] == "u" else 2)[-1])
    assert SETTINGS.keys() <= keys.keys()
    for setting in SETTINGS:
        current, *choices = keys[setting]
        assert current in choices
        assert len(choices) > 1
    listed = camera.device.body.profile
    numbers = {f"{code:04x}" for code in (*listed.properties, *listed.release_properties)}
    by_number = {key for key in keys if len(key) == 4 and key.startswith("d0")}
    assert by_number <= numbers
    assert len(by_number) > 20


def capture_and_download(camera: TetheredPtp) -> None:
    before, name = camera.names(), next_name(camera)
    said = camera.gphoto2("--capture-image-and-download", "--keep")
    assert f"New file is in location {FOLDER}/{name} on the camera" in said.lines
    assert camera.saved() == {name: camera.file(name).read()}
    assert camera.names() == [*before, name]
    width, height = camera.device.body.profile.pixels
    facts = exiftool(camera.saved()[name])
    assert (facts["ImageWidth"], facts["ImageHeight"]) == (width, height)
    assert not camera.file(name).new


def capture_to_memory(camera: TetheredPtp) -> None:
    before = camera.names()
    said = camera.gphoto2("--set-config", "capturetarget=0", "--capture-image-and-download")
    assert f"New file is in location {MEMORY}/capt0000.jpg on the camera" in said.lines
    (saved,) = camera.saved().values()
    assert exiftool(saved)["Model"] == camera.device.body.profile.model
    assert camera.names() == before


def trigger(camera: TetheredPtp) -> None:
    before, name = camera.names(), next_name(camera)
    words = "--set-config", "capturetarget=1", "--trigger-capture"
    said = camera.gphoto2(*words, "--wait-event-and-download=FILEADDED", "--keep")
    assert f"Saving file as {name}" in said.lines
    assert camera.saved() == {name: camera.file(name).read()}
    assert camera.names() == [*before, name]


def preview(camera: TetheredPtp) -> None:
    before = camera.names()
    camera.gphoto2("--capture-preview", "--capture-movie=1s")
    saved = camera.saved()
    with Image.open(io.BytesIO(saved["capture_preview.jpg"])) as frame:
        frame.load()
        assert frame.size == (320, 240)
    film = saved["movie.mjpg"]
    assert film.count(b"\xff\xd8\xff") == camera.witness.asked.count("GetViewfinderImage") - 1
    assert camera.names() == before
    assert not camera.device.extension.release.viewfinder.on


def lens(camera: TetheredPtp) -> None:
    words = chosen({"focuslock": "1", "zoom": "5"})
    before = camera.device.clock.now()
    said = camera.gphoto2(*words, "--get-config", "zoom", "--set-config", "focuslock=0")
    assert values(said) == ["5"]
    wanted = ["FocusLock", "SetDevicePropValue", "FocusUnlock"]
    assert [name for name in camera.witness.asked if name in wanted][-3:] == wanted
    assert camera.device.clock.now() - before > 2.67, "lens and focus took their time"


def button_in_release_control(camera: TetheredPtp) -> None:
    """The camera only tells; gphoto2 shoots (section 5.1)."""
    before, name = camera.names(), next_name(camera)
    words = "--set-config", "capture=1", "--wait-event-and-download=FILEADDED", "--keep"
    said = pressed(camera, *words, after=("CheckEvent", 30))  # 10 to 19 are before it waits
    assert f"Saving file as {name}" in said.lines
    assert camera.saved() == {name: camera.file(name).read()}
    assert camera.names() == [*before, name]
    assert camera.witness.asked.count("InitiateCaptureInMemory") == 1


# --- the table ------------------------------------------------------------------------------------

Verbs = dict[Callable[[TetheredPtp], None], tuple[str, ...]]

FILES: Verbs = {
    identify: ("identify",),
    stores_and_files: ("list",),
    get: ("get",),
    small: ("thumbnail",),
    delete: ("delete",),
}
"""What every body does, and what each verb shows for SUPPORTED.md."""

DOWNLOAD_ONLY: Verbs = {
    **FILES,
    exif: (),
    tells_its_state: ("owner", "clock", "power"),
    upload_and_folders: ("put", "folders"),
    sees_the_button: ("events",),
}
"""What a body with Canon's operations does."""

SETTINGS_AND_LENS: Verbs = {
    capture: ("settings", "capture"),
    all_settings: ("settings",),
    lens: ("zoom", "focus lock"),
    preview: ("live",),
    trigger: ("capture", "events"),
}
RELEASE_CONTROL: Verbs = {
    **DOWNLOAD_ONLY,
    **SETTINGS_AND_LENS,
    capture_and_download: ("capture",),
    capture_to_memory: ("capture",),
    tethered_by_hand: ("events",),
    button_in_release_control: ("capture", "events"),
}
"""What a body with release control does; the four above are enough for a third one."""

BODIES = {
    "powershot-s60": RELEASE_CONTROL,
    "powershot-g9": RELEASE_CONTROL,
    "powershot-a95": FILES | SETTINGS_AND_LENS,
    "powershot-sx200-is": DOWNLOAD_ONLY,
    "digital-ixus-55": DOWNLOAD_ONLY,
    "powershot-s45": FILES,
}
"""The bodies: three with release control, two for download only, and one of plain PTP."""

AT_FIRST = "powershot-s60", "powershot-sx200-is"
"""The bodies that `make test` runs, one of a kind."""


CASES = [
    pytest.param(
        model,
        verb,
        id=f"{model}-{verb.__name__}",
        marks=[
            pytest.mark.shows(*shown, evidence="gphoto2", model=row(ptp_row(model))),
            *long_unless(model in AT_FIRST),
        ],
    )
    for model, verbs in BODIES.items()
    for verb, shown in verbs.items()
]


@pytest.mark.parametrize(("model", "verb"), CASES)
def test_gphoto2(model: str, verb: Callable[[TetheredPtp], None], tmp_path: Path) -> None:
    with tethered_ptp(tmp_path, model) as camera:
        verb(camera)
        assert camera.device.padded == camera.device.cut == 0
        assert not camera.device.session


NO_CAPTURE = "Sorry, your camera does not support generic capture"
NO_VIEWFINDER = "Sorry, your Canon camera does not support Canon Viewfinder mode"
REFUSED = "Failed to set new configuration value 1 for configuration entry {}."
CANNOT = [
    ("powershot-sx200-is", ("--capture-image",), NO_CAPTURE),
    ("powershot-sx200-is", ("--trigger-capture",), NO_CAPTURE),
    ("powershot-sx200-is", ("--capture-preview",), NO_VIEWFINDER),
    ("powershot-sx200-is", ("--capture-movie=1s",), NO_VIEWFINDER),
    ("powershot-sx200-is", ("--set-config", "capture=1"), REFUSED.format("capture")),
    ("powershot-sx200-is", ("--get-config", "iso"), "iso not found in configuration tree."),
    ("powershot-sx200-is", ("--set-config", "bulb=1"), "bulb not found in configuration tree."),
    # By their ids they are taken for what they are in their native mode.
    ("digital-ixus-30", ("--list-files",), "Could not establish initial contact with camera"),
    ("digital-ixus-i", ("--list-files",), "Could not establish initial contact with camera"),
    ("powershot-s45", ("--capture-image",), NO_CAPTURE),
    ("powershot-s45", ("--capture-preview",), "*** Error (-6: 'Unsupported operation') ***"),
    (
        "powershot-s45",
        ("--folder", FOLDER, "--upload-file", "/etc/hostname"),
        "*** Error (-6: 'Unsupported operation') ***",
    ),
    (
        "powershot-s45",
        ("--folder", f"{STORE}/DCIM", "--mkdir", "101CANON"),
        "*** Error (-6: 'Unsupported operation') ***",
    ),
    # Only under release control.
    ("powershot-s60", ("--get-config", "iso"), "iso not found in configuration tree."),
    ("powershot-s60", ("--set-config", "focuslock=1"), REFUSED.format("focuslock")),
    # Offered, and sent as an operation of EOS bodies.
    ("powershot-s60", ("--set-config", "bulb=1"), REFUSED.format("bulb")),
    ("powershot-g9", ("--get-config", "viewfinder"), "viewfinder not found in configuration tree."),
    # In mode Auto: the one body says that they cannot be set, the other refuses.
    ("powershot-g9", tuple(chosen({"aperture": "8"})), "Property aperture is read only."),
    (
        "powershot-s60",
        tuple(chosen({"aperture": "8"})),
        "The property 'Aperture' / 0xd01d was not set (0x201c: PTP Invalid Device Prop Value)",
    ),
    (
        "powershot-g9",
        tuple(chosen({"zoom": "99"})),
        "The passed value 99.000000 is not within the expected range 0.000000 - 19.000000.",
    ),
]
"""What can never work, whatever the camera does (section 14), and what gphoto2 says."""


@pytest.mark.parametrize(("model", "words", "says"), CANNOT)
def test_gphoto2_cannot(model: str, words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    with tethered_ptp(tmp_path, model) as camera:
        before = camera.names()
        assert says in camera.gphoto2(*words).lines
        assert camera.names() == before
        assert not any(camera.saved().values())


def test_a_body_without_properties_has_no_settings(tmp_path: Path) -> None:
    with tethered_ptp(tmp_path, "powershot-s45") as camera:
        keys = [line.split("/")[2] for line in camera.gphoto2("--list-config").lines]
        assert set(keys) == {"actions", "status"}


# --- cameras with bad manners ---------------------------------------------------------------------


@pytest.fixture
def odd_sizes(tmp_path: Path) -> Path:
    """A folder as a card: files whose data end at a packet's end, and next to it."""
    folder = tmp_path / "card"
    folder.mkdir()
    ends = (52, 64, 500, 512, 0x1000 - 12, 0x8000 - 12, (1 << 20) - 12, (2 << 20) + 500)
    for number, size in enumerate(sorted({end + more for end in ends for more in (-1, 0, 1)})):
        data = bytes(at * number % 251 for at in range(997)) * (size // 997 + 1)
        (folder / f"img_{number:04}.jpg").write_bytes(data[:size])
    return folder


@pytest.mark.parametrize("fault", ["", "split-header", "no-zlp"])
@pytest.mark.parametrize("model", ["powershot-s60", "powershot-sx200-is"])
def test_files_of_every_size(tmp_path: Path, odd_sizes: Path, model: str, fault: str) -> None:
    """Over full and over high speed, in one piece and in pieces of a megabyte."""
    with tethered_ptp(tmp_path, model, *filter(None, [fault]), card=odd_sizes) as camera:
        camera.gphoto2("--get-all-files")
        originals = {path.name.upper(): path.read_bytes() for path in odd_sizes.iterdir()}
        assert camera.saved() == originals


@pytest.mark.parametrize("size", [20001, (1 << 20) - 12])
def test_a_file_whose_length_is_not_told(tmp_path: Path, size: int) -> None:
    """As of a film of more than 4 GiB; one of a single packet is too short for gphoto2."""
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "MVI_0001.MOV").write_bytes(bytes(range(251)) * (size // 251 + 1))
    os.truncate(tmp_path / "card" / "MVI_0001.MOV", size)
    fault = "no-length@GetObject"
    with tethered_ptp(tmp_path, "powershot-s60", fault, card=tmp_path / "card") as camera:
        camera.gphoto2("--get-all-files")
        saved = camera.saved()["MVI_0001.MOV"]
        assert saved == (tmp_path / "card" / "MVI_0001.MOV").read_bytes()


def test_a_session_is_open_already(tmp_path: Path) -> None:
    with tethered_ptp(tmp_path, "powershot-s60", "open-session") as camera:
        camera.gphoto2("--folder", FOLDER, "--get-file", "1")
        assert camera.saved() == {"IMG_0001.JPG": camera.file("IMG_0001.JPG").read()}
        assert camera.witness.asked[:2] == ["OpenSession", "GetDeviceInfo"], "it takes 0x201e"
        assert not camera.device.session


def test_a_pipe_that_the_host_before_left_halted(tmp_path: Path) -> None:
    """An old body wants it cleared at the end; gphoto2 does so when its first read fails."""
    with tethered_ptp(tmp_path, "powershot-s60", "halted") as camera:
        words = "--debug", "--debug-loglevel=error", "--folder", FOLDER, "--get-file"
        assert b"Pipe error" in camera.gphoto2(*words, "1").raw
        assert camera.saved() == {"IMG_0001.JPG": camera.file("IMG_0001.JPG").read()}
        assert camera.witness.asked[:2] == ["OpenSession", "GetDeviceInfo"]


def test_the_host_before_was_killed(tmp_path: Path) -> None:
    """It left a session, release control, the viewfinder and half a frame."""
    with tethered_ptp(tmp_path, "powershot-s60") as camera:
        with camera.start("--capture-movie") as film:
            camera.witness.wait_for("GetViewfinderImage", 5)
            film.send_signal(signal.SIGKILL)
            film.wait(PATIENCE_S)
        (camera.folder / "movie.mjpg").unlink()
        assert camera.device.session
        assert camera.device.extension.release.viewfinder.on
        trigger(camera)
        assert not camera.device.session
        assert not camera.device.extension.release.active


def test_of_a_refused_deletion_gphoto2_says_nothing(tmp_path: Path) -> None:
    """gphoto2 is wrong: the camera says that the file is protected."""
    with tethered_ptp(tmp_path, "powershot-s60") as camera:
        camera.file("IMG_0003.JPG").protected = True
        said = camera.gphoto2("--folder", FOLDER, "--delete-file", "IMG_0003.JPG")
        assert (said.status, said.lines) == (0, [])
        assert "DeleteObject" in camera.witness.asked
        assert "IMG_0003.JPG" in camera.names()


@pytest.mark.parametrize(
    ("fault", "words", "says"),
    [
        ("lens-cap", ("--trigger-capture",), "Lens Cover Present"),
        ("no-focus", tuple(chosen({"focuslock": "1"})), REFUSED.format("focuslock")),
        ("busy@GetObjectInfo:5", ("--list-files",), "PTP Device Busy"),
        ("unplug@GetObject:20000", ("--get-all-files",), "PTP I/O Error"),
    ],
)
def test_a_failure_is_told(tmp_path: Path, fault: str, words: tuple[str, ...], says: str) -> None:
    with tethered_ptp(tmp_path, "powershot-s60", fault) as camera:
        before = camera.names()
        assert says in camera.gphoto2(*words).lines
        assert camera.names() == before
        assert camera.saved() == {}
        assert not camera.device.extension.release.active


def test_without_a_card_a_picture_goes_to_memory(tmp_path: Path) -> None:
    """Though gphoto2 was told to use the card (section 5)."""
    with tethered_ptp(tmp_path, "powershot-s60", card="none") as camera:
        words = "--set-config", "capturetarget=1", "--trigger-capture"
        camera.gphoto2(*words, "--wait-event-and-download=FILEADDED")
        (saved,) = camera.saved().values()
        assert exiftool(saved)["Model"] == "Canon PowerShot S60"
