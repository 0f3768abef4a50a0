"""gphoto2 and python-gphoto2 on virtual EOS bodies: one line a body and verb (canon-eos-ptp, 13).

Debian's gphoto2 has libgphoto2 2.5.30, the wheel of python-gphoto2 a later one. What can never work
is a line of its own kind: gphoto2 says why, and the body is none the worse for it.
"""

from __future__ import annotations

import io
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from _pytest.mark import ParameterSet
from gphoto2 import PATIENCE_S, Said, TetheredEos, tethered_eos
from PIL import Image

from canon import exif
from canon.models.ptp import MODELS
from canon.ptp.eos.layouts import Eos
from canon.virtual.ptp.profile import load_profile, source
from conftest import long_unless
from rigs.bodies import ptp_row
from supported import row

SMALL = bytes.fromhex("01000000 10000000 01000000 10000000 03000000")
"""The format of one small JPEG, which is quickly drawn."""
BOTH = bytes.fromhex(
    "02000000 10000000 06000000 00000000 04000000 10000000 01000000 10000000 03000000"
)
"""The format of a RAW file and a small JPEG."""
OLDER, MIRRORS, HYBRID, LATEST = "eos-40d", ("eos-60d", "eos-700d"), ("eos-m3", "eos-m10"), "eos-r6"
BODIES = OLDER, *MIRRORS, *HYBRID, LATEST
AT_FIRST = "eos-60d", "eos-r6"
"""The bodies that `make test` runs; the others are left to `make test-all`."""
WITH_BUTTON = *MIRRORS, *HYBRID, LATEST

PYTHON = sys.executable, "-P", str(Path(__file__).with_name("python_gphoto2.py"))
"""The same words by a later libgphoto2, in the wheel of python-gphoto2."""
CARD = "--set-config", "capturetarget=1"
MEMORY = "--set-config", "capturetarget=0"


class Line(NamedTuple):
    """One verb of gphoto2's.

    Attributes:
        verb: what SUPPORTED.md calls it.
        name: what the line is called.
        check: does it, and looks at what came of it.
        bodies: which ones can.
        dial: where their mode dial stands.
        faults: what goes wrong.
        mute: those whose records a later libgphoto2 cannot tell to this verb.
    """

    verb: str
    name: str
    check: Callable[[TetheredEos], None]
    bodies: tuple[str, ...] = BODIES
    dial: str = ""
    faults: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()


LINES: list[Line] = []


def line(
    verb: str,
    name: str,
    bodies: tuple[str, ...] = BODIES,
    dial: str = "",
    faults: tuple[str, ...] = (),
    mute: tuple[str, ...] = (),
) -> Callable[[Callable[[TetheredEos], None]], Callable[[TetheredEos], None]]:
    """Makes a line of a function."""

    def enter(check: Callable[[TetheredEos], None]) -> Callable[[TetheredEos], None]:
        LINES.append(Line(verb, name, check, bodies, dial, faults, mute))
        return check

    return enter


# --- what it is, and its settings -----------------------------------------------------------------


@line("identify", "auto-detect and summary")
def _identify(body: TetheredEos) -> None:
    (named,) = [one for one in body.gphoto2("--auto-detect").lines if "usb:" in one]
    model = body.device.body.profile.model
    assert named.startswith(model)
    said = body.gphoto2("--summary")
    assert f"Model: {model}" in said.lines
    assert said.status == 0


@line("settings", "list-all-config")
def _all_settings(body: TetheredEos) -> None:
    said = body.gphoto2("--list-all-config")
    assert said.status == 0
    keys = {one.rpartition("/")[2] for one in said.lines if one.startswith("/main/")}
    assert {"iso", "aperture", "shutterspeed", "imageformat", "autoexposuremode"} <= keys
    assert body.device.padded == body.device.cut == 0


MAIN = {
    "iso": Eos.ISO,
    "aperture": Eos.APERTURE,
    "shutterspeed": Eos.SHUTTER_SPEED,
    "whitebalance": Eos.WHITE_BALANCE,
    "drivemode": Eos.DRIVE_MODE,
    "meteringmode": Eos.METERING,
    "picturestyle": Eos.PICTURE_STYLE,
    "colorspace": Eos.COLOR_SPACE,
    "reviewtime": Eos.QUICK_REVIEW_TIME,
}


@line("settings", "set-config of the main settings, and they stay", dial="manual")
def _set(body: TetheredEos) -> None:
    table = body.device.extension.table
    words: list[str] = []
    wanted: dict[Eos, int] = {}
    for name, code in MAIN.items():
        offered = table.allowed(code)
        if offered:
            words += ["--set-config-index", f"{name}={len(offered) // 2}"]
            wanted[code] = offered[len(offered) // 2]
    assert {Eos.ISO, Eos.APERTURE, Eos.SHUTTER_SPEED} <= wanted.keys()
    said = body.gphoto2(*words)
    assert (said.status, said.lines) == (0, [])
    assert {code: table.number(code) for code in wanted} == wanted
    told = body.gphoto2("--get-config", "aperture", "--get-config", "shutterspeed").lines
    table.put(Eos.APERTURE, wanted[Eos.APERTURE])
    assert told == body.gphoto2("--get-config", "aperture", "--get-config", "shutterspeed").lines


@line("settings", "set-config of the mode, the owner and the clock")
def _set_others(body: TetheredEos) -> None:
    words = "autoexposuremode=TV", "ownername=Ada"
    said = body.gphoto2(*(word for one in words for word in ("--set-config", one)))
    assert (said.status, said.lines) == (0, [])
    assert body.device.extension.table.mode == 1
    assert body.device.body.owner == "Ada"
    body.device.body.set_seconds(0)
    body.gphoto2("--set-config", "syncdatetimeutc=1", "--set-config", "syncdatetime=1")
    assert body.device.body.seconds > 1_500_000_000


# --- the card -------------------------------------------------------------------------------------


def folder(body: TetheredEos) -> tuple[str, str]:
    return "--folder", f"/store_{body.device.objects.slot:08x}/DCIM/100CANON"


@line("list", "list-files")
def _list(body: TetheredEos) -> None:
    said = body.gphoto2("--list-files")
    listed = [one.split()[1] for one in said.lines if one.startswith("#")]
    assert listed == sorted(body.names())


@line("get", "get-file and get-thumbnail")
def _get(body: TetheredEos) -> None:
    body.gphoto2(*folder(body), "--get-file", "1", "--get-file", "7", "--get-thumbnail", "7")
    saved = body.saved()
    names = sorted(body.names())
    assert saved[names[0]] == body.file(names[0]).read()
    assert saved[names[6]] == body.file(names[6]).read()
    (small,) = (data for name, data in saved.items() if name.startswith("thumb_"))
    assert small == exif.thumbnail(body.file(names[6]).read())


@line("delete", "delete-file")
def _delete(body: TetheredEos) -> None:
    before = sorted(body.names())
    assert body.gphoto2(*folder(body), "--delete-file", "1").status == 0
    assert sorted(body.names()) == before[1:]


@line("put", "upload-file")
def _upload(body: TetheredEos) -> None:
    (body.folder / "UP_0001.JPG").write_bytes(b"\xff\xd8 not much of a picture")
    assert body.gphoto2(*folder(body), "--upload-file", "UP_0001.JPG").status == 0
    assert body.file("UP_0001.JPG").read() == b"\xff\xd8 not much of a picture"


# --- pictures -------------------------------------------------------------------------------------


def small(body: TetheredEos, form: bytes = SMALL) -> None:
    body.device.extension.table.put(Eos.IMAGE_FORMAT, form)


def is_rested(body: TetheredEos) -> None:
    """The body is ready for the next host."""
    eos = body.device.extension
    assert (eos.release.button, eos.release.busy, eos.objects.kept) == (0, False, ())
    assert not eos.live.on
    assert eos.remote_mode in (0, 1)


@line("capture", "capture-image to the card")
def _to_card(body: TetheredEos) -> None:
    small(body)
    before = body.names()
    said = body.gphoto2(*CARD, "--capture-image")
    (name,) = body.names()[len(before) :]
    assert said.lines == [f"New file is in location {folder(body)[1]}/{name} on the camera"]
    assert Image.open(io.BytesIO(body.file(name).read())).format == "JPEG"
    is_rested(body)


@line("capture", "capture-image-and-download to memory", bodies=(OLDER, *MIRRORS, LATEST))
def _to_memory(body: TetheredEos) -> None:
    small(body)
    before = body.names()
    said = body.gphoto2(*MEMORY, "--capture-image-and-download")
    assert "Saving file as capt0000.jpg" in said.lines
    (taken,) = body.saved().values()
    facts = exif.read(taken)
    assert facts.model == body.device.body.profile.model
    assert body.names() == before
    is_rested(body)


@line("capture", "RAW and JPEG to the card")
def _raw_and_jpeg(body: TetheredEos) -> None:
    small(body, BOTH)
    suffix = body.device.body.profile.raw_suffix
    body.gphoto2(*CARD, "--capture-image-and-download", "--keep")
    saved = body.saved()
    assert sorted(saved) == sorted(f"IMG_0008{one}" for one in (suffix, ".JPG"))
    assert {name: body.file(name).read() for name in saved} == saved
    raw = saved[f"IMG_0008{suffix}"]
    assert exif.read(raw).model == body.device.body.profile.model
    is_rested(body)


@line("capture", "RAW and JPEG to memory", bodies=(OLDER, *MIRRORS, LATEST))
def _raw_and_jpeg_to_memory(body: TetheredEos) -> None:
    small(body, BOTH)
    body.gphoto2(*MEMORY, "--capture-image-and-download")
    suffix = body.device.body.profile.raw_suffix.lower()
    assert sorted(body.saved()) == [f"capt0000{suffix}", "capt0001.jpg"]
    is_rested(body)


@line("capture", "as it was set", dial="manual")
def _as_set(body: TetheredEos) -> None:
    small(body)
    words = "iso=400", "aperture=11", "shutterspeed=1/30"
    setting = [word for one in words for word in ("--set-config", one)]
    body.gphoto2(*setting, *CARD, "--capture-image-and-download")
    (taken,) = body.saved().values()
    facts = exif.read(taken)
    assert (facts.iso, facts.f_number) == (400, 11)
    assert float(facts.exposure_time or 0) == pytest.approx(1 / 30, 0.1)


@line("capture", "no focus", faults=("no-focus",))
def _no_focus(body: TetheredEos) -> None:
    small(body)
    body.device.extension.switch_focus(automatic=True)
    before = body.names()
    said = body.gphoto2(*CARD, "--capture-image")
    assert any("ERROR: Could not capture image" in one for one in said.lines)
    assert body.names() == before
    body.gphoto2(*CARD, "--capture-image")
    assert len(body.names()) == len(before) + 1, "the next one works"
    is_rested(body)


@line("capture", "a full card")
def _full(body: TetheredEos) -> None:
    small(body)
    body.card.overhead = body.card.capacity
    before = body.names()
    said = body.gphoto2(*CARD, "--capture-image")
    assert "ERROR: Could not capture image." in said.lines
    assert body.names() == before
    is_rested(body)


# --- events and the button ------------------------------------------------------------------------


@line("events", "trigger-capture and wait-event-and-download")
def _trigger(body: TetheredEos) -> None:
    small(body)
    said = body.gphoto2(*CARD, "--trigger-capture", "--wait-event-and-download=CAPTURECOMPLETE")
    assert "Saving file as IMG_0008.JPG" in said.lines
    is_rested(body)


@line("events", "capture-tethered with two presses by hand", dial="program", mute=(OLDER,))
def _tethered(body: TetheredEos) -> None:
    small(body)
    with body.start(*CARD, "--capture-tethered", "--keep") as waiting:
        body.witness.wait_for("GetEvent", 20)
        for press in (1, 2):
            with body.server.machine():
                body.device.press()
            body.witness.wait_for("GetObject", press)
            body.witness.wait_for("GetEvent", body.witness.asked.count("GetEvent") + 4)
        waiting.send_signal(signal.SIGINT)
        raw, _ = waiting.communicate(timeout=PATIENCE_S)
    lines = Said(waiting.returncode, raw).lines
    names = ["IMG_0008.JPG", "IMG_0009.JPG"]
    assert [one for one in lines if "Saving" in one] == [f"Saving file as {one}" for one in names]
    assert body.saved() == {name: body.file(name).read() for name in names}
    is_rested(body)


def button(body: TetheredEos) -> list[tuple[str, str]]:
    """Half, fully, and let go: a later libgphoto2 has other words, and On and Off are the same."""
    told = ("Press Half MF", "Press Full MF", "Release")
    if body.program != PYTHON:
        told = ("Press Half", "Press Full", "Release Full")
    return [("--set-config", f"eosremoterelease={one}") for one in told]


@line(
    "focus lock",
    "half press and release by eosremoterelease",
    bodies=WITH_BUTTON,
    dial="program",
)
def _button(body: TetheredEos) -> None:
    small(body)
    before = body.names()
    half, full, let_go = button(body)
    body.gphoto2(*CARD, *half, *full, *let_go, "--wait-event=CAPTURECOMPLETE")
    assert body.witness.asked.count("RemoteReleaseOn") == 2
    assert len(body.names()) > len(before)
    is_rested(body)


@line("bulb", "bulb=1 and bulb=0", bodies=(OLDER,), dial="bulb", mute=(OLDER,))
def _bulb(body: TetheredEos) -> None:
    small(body)
    words = "--set-config", "bulb=1", "--wait-event=1s", "--set-config", "bulb=0"
    said = body.gphoto2(*CARD, *words, "--wait-event-and-download=CAPTURECOMPLETE")
    assert any("BulbExposureTime" in one for one in said.lines)
    (taken,) = body.saved().values()
    assert (exif.read(taken).exposure_time or 0) >= 1


@line("bulb", "by the button", bodies=(*MIRRORS, LATEST), dial="bulb")
def _bulb_by_button(body: TetheredEos) -> None:
    small(body)
    _, press, let_go = button(body)
    held = *press, "--wait-event=1s"
    body.gphoto2(*CARD, *held, *let_go, "--wait-event-and-download=CAPTURECOMPLETE")
    (taken,) = body.saved().values()
    assert (exif.read(taken).exposure_time or 0) >= 1


# --- live view ------------------------------------------------------------------------------------


@line("live", "capture-preview")
def _preview(body: TetheredEos) -> None:
    assert body.gphoto2("--capture-preview").status == 0
    (frame,) = body.saved().values()
    with Image.open(io.BytesIO(frame)) as image:
        image.load()
        assert image.size in (body.device.body.profile.frame, (480, 320))
    is_rested(body)


@line("live", "capture-movie", bodies=(OLDER, *MIRRORS, LATEST))
def _movie(body: TetheredEos) -> None:
    said = body.gphoto2("--capture-movie=1s", "--stdout")
    frames = re.findall(rb"\xff\xd8\xff.+?\xff\xd9", said.raw, re.DOTALL)
    assert len(frames) > 5
    is_rested(body)


@line("focus drive", "manual focus drive and zoom")
def _drive(body: TetheredEos) -> None:
    eos = body.device.extension
    stood = eos.release.position
    eos.table.put(Eos.LV_AF_SYSTEM, 1)  # faces block zoom
    words = "--set-config", "manualfocusdrive=Near 3", "--set-config", "eoszoom=5"
    said = body.gphoto2("--capture-preview", *words, "--set-config", "autofocusdrive=1")
    assert said.status == 0
    assert {"DriveLens", "Zoom", "DoAf"} <= set(body.witness.asked)
    assert eos.release.position == stood, "the lens came back by itself"
    is_rested(body)


@line("movie", "eosmoviemode and movierecordtarget", bodies=(*MIRRORS, LATEST))
def _film(body: TetheredEos) -> None:
    before = body.names()
    words = "eosmoviemode=1", "viewfinder=1", "movierecordtarget=Card"
    setting = [word for one in words for word in ("--set-config", one)]
    end = "--set-config", "movierecordtarget=None"
    body.gphoto2(*CARD, *setting, "--wait-event=1s", *end, "--wait-event=CAPTURECOMPLETE")
    (name,) = body.names()[len(before) :]
    assert name.startswith("MVI_")
    assert b"jpeg" in body.file(name).read()[:4096]


# --- hosts that end -------------------------------------------------------------------------------


@line("capture", "a killed host, and the next one")
def _killed(body: TetheredEos) -> None:
    small(body)
    with body.start(*CARD, "--capture-image") as running:
        body.witness.wait_for("SetEventMode")
        running.kill()
        running.wait()
    before = len(body.names())
    said = body.gphoto2(*CARD, "--capture-image-and-download", "--keep")
    assert any(one.startswith("Saving file as IMG_") for one in said.lines)
    assert len(body.names()) > before
    is_rested(body)


# --- what can never work --------------------------------------------------------------------------


class Never(NamedTuple):
    """What gphoto2 cannot do on a body.

    Attributes:
        body: which one.
        words: what it is asked.
        says: what it answers.
        dial: where the mode dial stands.
        later: what the later libgphoto2 answers, where that is something else.
    """

    body: str
    words: tuple[str, ...]
    says: str
    dial: str = ""
    later: str = ""


NEVER = (
    *(
        Never(body, ("--set-config", "bulb=1"), "bulb not found in configuration tree.")
        for body in WITH_BUTTON
    ),
    Never(OLDER, ("--set-config", "eosremoterelease=None"), "eosremoterelease not found in"),
    Never(OLDER, ("--set-config", "popupflash=1"), "popupflash not found in"),
    Never("eos-60d", ("--set-config", "zoom=5"), "zoom not found in configuration tree."),
    Never(
        "eos-60d",
        ("--set-config", "aperture=8"),
        "The property 'Aperture' / 0xd101 was not set (0x2019: PTP Device Busy).",
        dial="program",
        later="aperture cannot be 8.",
    ),
    Never("eos-m", ("--capture-image",), "*** Error (-6: 'Unsupported operation') ***"),
    Never("powershot-sx530-hs", ("--capture-image",), "Full-Press failed (0x2019"),
)


# --- the tests ------------------------------------------------------------------------------------


def cases(*at_first: str, mute: bool = True) -> list[ParameterSet]:
    """Each line with each of its bodies, of which `make test` runs a few; or but for the mute."""
    return [
        pytest.param(
            one,
            body,
            id=f"{body}-{one.name}",
            marks=[
                pytest.mark.shows(one.verb, evidence="gphoto2", model=row(ptp_row(body))),
                *long_unless(body in at_first),
            ],
        )
        for one in LINES
        for body in one.bodies
        if mute or body not in one.mute
    ]


@pytest.mark.parametrize(("one", "body"), cases(*AT_FIRST))
def test_a_verb(one: Line, body: str, tmp_path: Path) -> None:
    with tethered_eos(tmp_path, body, *one.faults, dial=one.dial) as eos:
        one.check(eos)


@pytest.mark.parametrize(("one", "body"), cases(LATEST, mute=False))
def test_a_verb_by_python_gphoto2(one: Line, body: str, tmp_path: Path) -> None:
    """libgphoto2 2.5.34 ends Python where it tells of an image format that came without a list."""
    with tethered_eos(tmp_path, body, *one.faults, dial=one.dial) as eos:
        eos.program = PYTHON
        one.check(eos)


@pytest.mark.parametrize("one", NEVER, ids=lambda one: f"{one.body}-{one.words[-1]}")
def test_what_can_never_work(one: Never, tmp_path: Path) -> None:
    with tethered_eos(tmp_path, one.body, dial=one.dial) as eos:
        for program, says in ((eos.program, one.says), (PYTHON, one.later or one.says)):
            eos.program = program
            said = eos.gphoto2(*one.words)
            assert any(says in told for told in said.lines)
            is_rested(eos)


OTHERS = sorted(
    model.slug
    for model in MODELS
    if source(model) == model.slug
    and load_profile(model).burst
    and model.slug not in (*BODIES, *(one.body for one in NEVER))
)


@pytest.mark.long
@pytest.mark.parametrize("body", OTHERS)
def test_a_picture_with_every_other_body(body: str, tmp_path: Path) -> None:
    with tethered_eos(tmp_path, body) as eos:
        small(eos)
        before = eos.names()
        said = eos.gphoto2(*CARD, "--capture-image-and-download", "--keep")
        (name,) = eos.names()[len(before) :]
        assert f"Saving file as {name}" in said.lines
        assert eos.saved() == {name: eos.file(name).read()}
        assert exif.read(eos.saved()[name]).model == eos.device.body.profile.model
        is_rested(eos)


def test_the_2000d_ends_with_its_first_session(tmp_path: Path) -> None:
    """libgphoto2 closes it, and it wakes up only when it is plugged in again (section 10)."""
    with tethered_eos(tmp_path, "eos-2000d") as eos:
        assert eos.gphoto2("--list-files").status == 0
        assert eos.gphoto2("--list-files").status != 0


def test_memory_is_no_place_for_the_pictures_of_a_body_without_a_choice(tmp_path: Path) -> None:
    """The M10 tells no capture destination: its pictures go to the card (section 7)."""
    with tethered_eos(tmp_path, "eos-m10") as eos:
        small(eos)
        said = eos.gphoto2(*MEMORY, "--capture-image")
        name = eos.names()[-1]
        assert said.lines == [f"New file is in location {folder(eos)[1]}/{name} on the camera"]


LONG_NAMES = "eos-r5m2"
"""It tells of pictures in its memory by C1B8, which libgphoto2 2.5.30 does not know."""


def test_long_names_are_known_to_python_gphoto2(tmp_path: Path) -> None:
    with tethered_eos(tmp_path, LONG_NAMES) as eos:
        eos.program = PYTHON
        small(eos)
        said = eos.gphoto2(*MEMORY, "--capture-image-and-download")
        (name,) = eos.saved()
        assert f"Saving file as {name}" in said.lines
        assert exif.read(eos.saved()[name]).model == eos.device.body.profile.model
        is_rested(eos)
