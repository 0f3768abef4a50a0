"""`timelapse` and `bracket`: pictures in time, what is missed, the light, and what is set back."""

from __future__ import annotations

import json
import math
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cli_helpers import PROGRAM, answers, environment, output, process, run, served, started
from PIL import Image
from test_cli_import import check_index, pictures

from canon import exif

BODIES = {
    "native": "virtual:powershot-g3?",
    "powershot": "virtual:powershot-g9?mode=ptp&",
    "eos": "virtual:eos-60d?",
}
G3 = BODIES["native"]
SMALL = ("--set", "image_format=small-normal")
MANUAL = {
    "native": ("--set", "shooting_mode=m", *SMALL),
    "powershot": ("--set", "shooting_mode=m", *SMALL),
    "eos": ("--set", "image_format=small-3-fine"),
}
DUSK = "light=0:3,3600:-2,3600:6,{0}:6,{0}:-2,7200:-7"
"""Ten stops in two hours; in the middle a lamp is on until a second."""


@pytest.fixture(params=BODIES)
def body(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def told(folder: Path, *words: str, port: str, code: int = 0) -> list[dict[str, Any]]:
    """The JSON objects of a series."""
    ran = run(folder, *words, "--json", port=port)
    assert ran.returncode == code, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def frames(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in events if one["event"] == "frame"]


def taken(file: Path) -> datetime:
    moment = exif.read(file.read_bytes()).taken
    assert moment is not None
    return moment


# --- in time -------------------------------------------------------------------------------------


def test_each_picture_has_its_place_in_time(tmp_path: Path, body: str) -> None:
    words = (
        "timelapse",
        "--every",
        "10s",
        "--count",
        "4",
        "-o",
        "to",
        *SMALL[: 2 * (body != "eos")],
    )
    events = told(tmp_path, *words, "--template", "{seq:03}-{name}", port=BODIES[body])
    shots = frames(events)
    assert [(one["number"], one["at"], one["late"]) for one in shots] == [
        (1, 0, 0),
        (2, 10, 0),
        (3, 20, 0),
        (4, 30, 0),
    ]
    files = [tmp_path / file["path"] for one in shots for file in one["files"]]
    assert [file.name[:4] for file in files] == ["001-", "002-", "003-", "004-"]
    apart = {now - before for before, now in pairwise(map(taken, files))}
    assert apart <= {timedelta(seconds=seconds) for seconds in (9, 10, 11)}
    assert events[-1]["counts"] == {"taken": 4, "missed": 0, "failed": 0}
    check_index(tmp_path / "to")


@pytest.mark.parametrize("target", ["card", "both"])
def test_where_the_pictures_go(tmp_path: Path, body: str, target: str) -> None:
    out = () if target == "card" else ("-o", "to")
    words = ("timelapse", "--every", "10s", "--count", "2", "--target", target, *out)
    shots = frames(told(tmp_path, *words, port=BODIES[body]))
    assert [len(one["card"]) for one in shots] == [1, 1]
    assert [len(one["files"]) for one in shots] == [target == "both"] * 2
    assert (tmp_path / "to").exists() == (target == "both")


def test_raw_and_jpeg_are_one_picture(tmp_path: Path) -> None:
    words = ("timelapse", "--every", "20s", "--count", "2", "--template", "{seq:03}", "-o", "to")
    raw = ("--set", "image_format=raw+small-3-fine")
    shots = frames(told(tmp_path, *words, *raw, port=BODIES["eos"]))
    assert [[Path(file["path"]).name for file in one["files"]] for one in shots] == [
        ["001.CR2", "001.JPG"],
        ["002.CR2", "002.JPG"],
    ]
    words = ("timelapse", "--every", "20s", "--count", "1", "--job", "a", "-o", "kinds")
    by_kind = ("--template", "{ext}/{job}")
    (one,) = frames(told(tmp_path, *words, *by_kind, *raw, port=BODIES["eos"]))
    assert [file["path"] for file in one["files"]] == ["kinds/CR2/a.CR2", "kinds/JPG/a.JPG"]


def test_what_cannot_be_kept_is_missed_and_not_late(tmp_path: Path) -> None:
    words = ("timelapse", "--every", "1s", "--count", "12", "-o", "to", *SMALL)
    events = told(tmp_path, *words, "--template", "{seq:03}", port=G3, code=1)
    shots = frames(events)
    numbers = [one["number"] for one in shots]
    missed = [
        number
        for one in events
        if one["event"] == "missed"
        for number in range(one["number"], one["number"] + one["count"])
    ]
    assert sorted(numbers + missed) == [*range(1, 13)]
    assert [one["at"] for one in shots] == [number - 1 for number in numbers]
    assert pictures(tmp_path / "to") == [f"{number:03}.JPG" for number in numbers]
    (kept,) = (one["kept"] for one in events if one["event"] == "too_fast")
    third = [one["event"] for one in events].index("too_fast")
    assert len(frames(events[:third])) == 3
    events = told(
        tmp_path, "timelapse", "--every", f"{kept}s", "--count", "5", "-o", "two", *SMALL, port=G3
    )
    assert events[-1]["counts"] == {"taken": 5, "missed": 0, "failed": 0}


@pytest.mark.parametrize(
    ("port", "missed"),
    [
        (f"{G3}fault=silence@RetrieveCapture", 1),
        (f"{G3}fault=silence@Release&fault=refuse@SetTransferMode:0x2019", 2),
        (f"{BODIES['powershot']}fault=busy@InitiateCaptureInMemory:5", 0),
        (f"{BODIES['powershot']}fault=silence@InitiateCaptureInMemory", 1),
        (f"{BODIES['eos']}fault=silence@RemoteReleaseOn", 1),
        (f"{G3}fault=no-focus&fault=no-focus&fault=no-focus", None),
    ],
)
def test_a_picture_that_fails_is_missed(tmp_path: Path, port: str, missed: int | None) -> None:
    ran = run(
        tmp_path, "timelapse", "--every", "60s", "--count", "6", "-o", "to", "--json", port=port
    )
    events = [json.loads(line) for line in ran.stdout.splitlines()]
    counts = events[-1]["counts"]
    assert len(pictures(tmp_path / "to")) == counts["taken"]
    if missed is None:  # three in a row
        assert (counts["taken"], counts["failed"]) == (0, 3)
        assert ran.returncode == 5
        assert "Three frames in a row failed" in ran.stderr
    else:
        assert (counts["failed"], ran.returncode) == (missed, 1 if missed else 0)
        assert counts["taken"] + counts["missed"] == 6
    check_index(tmp_path / "to")


def test_a_camera_that_is_gone_ends_it(tmp_path: Path) -> None:
    ran = run(tmp_path, "timelapse", "--every", "60s", "-o", "to", port=f"{G3}fault=unplug@Release")
    assert ran.returncode == 3
    assert ran.stderr.count("unplugged") >= 3
    assert "0 taken, 3 missed" in ran.stderr


def test_it_ends_at_a_time_of_the_day(tmp_path: Path) -> None:
    until = (datetime.now() + timedelta(hours=2)).strftime("%H:%M:%S")
    words = ("timelapse", "--every", "10m", "--until", until, "--target", "card")
    shots = frames(told(tmp_path, *words, port=G3))
    assert len(shots) == 12  # the program is there within ten minutes


@pytest.mark.parametrize("verb", [("timelapse", "--every", "5s"), ("bracket", "--ev", "-1,0,1")])
def test_ctrl_c_lets_the_picture_be_finished(tmp_path: Path, verb: tuple[str, ...]) -> None:
    port = "virtual:powershot-g3?pace=real"
    with started(tmp_path, *verb, "-o", "to", port=port) as running:
        assert running.stdout is not None
        assert running.stdout.readline().endswith(".JPG\n")
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "interrupted" in err
    check_index(tmp_path / "to")


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["timelapse"], 2, "--every"),
        (["timelapse", "--every", "0s"], 2, "no time"),
        (["timelapse", "--every", "soon"], 2, "no time"),
        (["timelapse", "--every", "0.01s"], 2, "no time from picture"),
        (["timelapse", "--every", "5s", "--until", "25:00"], 2, "no time of the day"),
        (["timelapse", "--every", "5s", "--slowest", "1s"], 2, "--ramp"),
        (["timelapse", "--every", "5s", "--ramp", "--slowest", "6s"], 2, "no room"),
        (["timelapse", "--every", "5s", "--ramp"], 2, "shooting mode manual"),
        (["timelapse", "--every", "5s", "--target", "card", "-o", "x"], 2, "leave -o out"),
        (["timelapse", "--every", "5s", "--template", "{nope}"], 2, "no field"),
        (["timelapse", "--every", "5s", "--template", "{job}"], 2, "name the job"),
        (["timelapse", "--every", "5s", "--target", "card", "--job", "x"], 2, "leave -o out"),
        (["bracket"], 2, "--ev or --focus"),
        (["bracket", "--ev", "-1", "--focus", "2x1"], 2, "one of them"),
        (["bracket", "--ev", "much"], 2, "no list of exposures"),
        (["bracket", "--ev", "-9,9"], 2, "cannot be set"),
        (["bracket", "--focus", "10"], 2, "10x+2"),
        (["bracket", "--ev", "-1", "--size", "2"], 2, "--size"),
        (["bracket", "--focus", "10x+2"], 6, "focus that a computer can drive"),
        (["bulb", "3.8s"], 6, "bulb exposure"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be(tmp_path: Path, words: list[str], code: int, why: str) -> None:
    ran = run(tmp_path, *words, port="virtual:powershot-g3")
    assert (ran.returncode, ran.stdout) == (code, "")
    assert why in ran.stderr


@pytest.mark.parametrize(
    "words",
    [("bulb", "3.8s"), ("bracket", "--focus", "3x+2"), ("timelapse", "--every", "5s")],
    ids=str,
)
def test_nothing_moves_where_the_body_cannot(tmp_path: Path, words: tuple[str, ...]) -> None:
    port = "virtual:powershot-sx200-is" if words[0] == "timelapse" else "virtual:powershot-g3"
    record = tmp_path / "talk.jsonl"
    ran = run(tmp_path, *words, "--record", str(record), port=port)
    assert ran.returncode == 6
    talk = run(tmp_path, "decode", str(record)).stdout
    assert talk
    assert "ReleaseControl" not in talk


# --- a disk that is full --------------------------------------------------------------------------

ON_A_SMALL_DISK = """
mount -t tmpfs -o size=$1 none to || exit 99
shift
"$@"
code=$?
cp -r to/. kept || exit 99
exit $code
"""


@pytest.mark.parametrize(
    ("verb", "size"), [("timelapse --every 3s", 512 << 10), ("bracket --ev -1,0,1", 176 << 10)]
)
def test_a_full_disk_costs_no_picture(tmp_path: Path, body: str, verb: str, size: int) -> None:
    """The card tells what was taken: all of it is in the folder, or where the message says."""
    for name in ("to", "kept", "elsewhere", "empty"):
        (tmp_path / name).mkdir()
    whose = "-m" if os.getuid() == 0 else "-rm"
    words = (*verb.split(), "--target", "both", "-o", "to", "--json")
    with served(f"{BODIES[body]}card={quote(str(tmp_path / 'empty'))}") as port:
        ran = subprocess.run(
            ["unshare", whose, "sh", "-c", ON_A_SMALL_DISK, "sh", str(size), PROGRAM, *words],
            cwd=tmp_path,
            env={**environment(tmp_path, port), "TMPDIR": str(tmp_path / "elsewhere")},
            capture_output=True,
            text=True,
            check=False,
        )
        output(tmp_path, "get", "DCIM", "-o", "card/", port=port)
    assert ran.returncode == 1, ran.stderr
    error = json.loads(ran.stderr)["error"]
    assert "No space left on device" in error["message"]
    elsewhere = [file for file in (tmp_path / "elsewhere").rglob("*") if file.is_file()]
    assert all(str(file) in error["message"] for file in elsewhere)
    kept = [file for file in (tmp_path / "kept").rglob("*.JPG") if file.is_file()]
    on_card = [*(tmp_path / "card").rglob("*.JPG")]
    assert on_card
    assert Counter(map(Path.read_bytes, kept + elsewhere)) == Counter(map(Path.read_bytes, on_card))


# --- the light -----------------------------------------------------------------------------------


def brightness(file: Path) -> float:
    with Image.open(file) as image:
        counts = image.convert("L").histogram()
    light = sum(count * (value / 255) ** 2.2 for value, count in enumerate(counts))
    return math.log2(light / sum(counts))


DUSKS = [
    *(pytest.param(name, 60, id=name) for name in BODIES),
    pytest.param("native", 10, id="native, six times as many", marks=pytest.mark.long),
]


@pytest.mark.parametrize(("body", "every"), DUSKS)
def test_a_dusk_of_ten_stops(tmp_path: Path, body: str, every: int) -> None:
    """A lamp flashes in the middle, in one picture."""
    first = {"native": "iso=50", "powershot": "iso=80", "eos": "iso=100"}[body]
    words = (
        *("timelapse", "--every", f"{every}s", "--count", str(7200 // every), "--ramp"),
        *(*MANUAL[body], "--set", "shutter_speed=1/500", "--set", first, "--slowest", "0.5s"),
        *("--set", f"aperture={'f/2' if body == 'native' else 'f/4'}", "-o", "to"),
    )
    dial = "&dial=manual" * (body == "eos")
    events = told(tmp_path, *words, port=BODIES[body] + DUSK.format(3600 + every) + dial)
    shots = frames(events)
    assert len(shots) == 7200 // every
    levels = [brightness(tmp_path / one["files"][0]["path"]) for one in shots]
    flashed = [number for number, level in enumerate(levels) if level > levels[0] + 1]
    assert len(flashed) == 1
    del levels[flashed[0]]
    assert max(abs(level - levels[0]) for level in levels) < 2 / 3
    assert max(abs(one - other) for one, other in pairwise(levels)) < 1 / 3 + 0.04
    names = [one["setting"] for one in events if one["event"] == "changed"]
    assert set(names) == {"shutter_speed", "iso"}
    assert "iso" not in names[: len(names) // 2]


def test_dawn_goes_the_same_way_back(tmp_path: Path) -> None:
    words = (
        *("timelapse", "--every", "60s", "--count", "60", "--ramp", "--slowest", "1s", *SMALL),
        *("--set", "shooting_mode=m", "--set", "shutter_speed=1", "--set", "iso=400"),
        *("--set", "aperture=f/4", "-o", "to"),
    )
    events = told(tmp_path, *words, port=f"{G3}light=0:-7,3600:-2")
    levels = [brightness(tmp_path / one["files"][0]["path"]) for one in frames(events)]
    assert max(abs(level - levels[0]) for level in levels) < 2 / 3
    changes = [one for one in events if one["event"] == "changed"]
    assert [one["value"] for one in changes if one["setting"] == "iso"] == ["200", "100", "50"]
    assert changes[-1]["setting"] == "shutter_speed"


# --- brackets ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("port", "words"),
    [
        (BODIES["native"], ()),
        (BODIES["native"], ("--set", "shooting_mode=m")),
        (BODIES["powershot"], ()),
        (f"{BODIES['eos']}dial=program", ()),
        (f"{BODIES['eos']}dial=manual", ("--set", "iso=400")),
    ],
)
def test_pictures_that_differ_in_exposure(
    tmp_path: Path, port: str, words: tuple[str, ...]
) -> None:
    with served(port.rstrip("?&")) as there:
        if words:
            output(tmp_path, "settings", words[1], port=there)
        before = answers(tmp_path, "settings", "shutter_speed", port=there)
        shots = frames(told(tmp_path, "bracket", "--ev", "-1,0,1", "-o", "to", port=there))
        levels = [brightness(tmp_path / one["files"][0]["path"]) for one in shots]
        assert [one["stops"] for one in shots] == [-1, 0, 1]
        assert all(0.4 < now - one < 1.2 for one, now in pairwise(levels))
        names = ["shutter_speed", "exposure_compensation"]
        (after,) = answers(tmp_path, "settings", *names, port=there)
        assert after["exposure_compensation"]["label"] == "0"
        assert [{"shutter_speed": after["shutter_speed"]}] == before


def test_pictures_that_differ_in_focus(tmp_path: Path) -> None:
    record = tmp_path / "talk.jsonl"
    words = ("bracket", "--focus", "3x+2", "--size", "2", "-o", "to", "--record", str(record))
    shots = frames(told(tmp_path, *words, port=BODIES["eos"]))
    assert [one["steps"] for one in shots] == [0, 2, 4]
    talk = run(tmp_path, "decode", str(record)).stdout
    far, near = (talk.count(f"DriveLens(step={step}) → ok") for step in (0x8002, 0x0002))
    assert (far, near) == (4, 4)


# --- a long night --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    ["native", *(pytest.param(one, marks=pytest.mark.long) for one in BODIES if one != "native")],
)
def test_killed_at_any_moment_it_goes_on(tmp_path: Path, body: str) -> None:
    """What was told is there, and no number is left out: no frame is missed, only what came."""
    seed = random.randrange(1 << 30)
    sys.stdout.write(f"seed {seed}\n")
    dice = random.Random(seed)
    form = SMALL if body != "eos" else MANUAL["eos"]
    words = ("timelapse", "--every", "20s", "--template", "{seq:06}", "-o", "to", *form)
    told = []
    for _ in range(10):
        with started(tmp_path, *words, "--count", "100000", port=BODIES[body]) as running:
            assert running.stdout is not None
            for _ in range(dice.randrange(1, 8)):
                told.append(running.stdout.readline().strip())
            give = dice.random() * 0.02
            start = time.perf_counter()
            while time.perf_counter() - start < give:
                pass
            running.kill()
            running.wait()
    last = process(tmp_path, *words, "--count", "3", port=BODIES[body])
    assert last.returncode == 0, last.stderr
    check_index(tmp_path / "to")
    names = pictures(tmp_path / "to")
    assert names == [f"{number:06}.JPG" for number in range(1, len(names) + 1)]
    assert {*map(Path, told)} <= {Path("to", name) for name in names}
    for name in names:
        with Image.open(tmp_path / "to" / name) as image:
            image.load()


@pytest.mark.long
def test_a_day_in_a_minute(tmp_path: Path) -> None:
    """The files are taken away as they come, as somebody else may do."""
    count, first, last = 8640, 0, 0
    words = ("timelapse", "--every", "10s", "--count", str(count), "-o", "to", "--json", *SMALL)
    moments: list[datetime] = []
    with subprocess.Popen(
        [PROGRAM, *words],
        cwd=tmp_path,
        env=environment(tmp_path, G3),
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            event = json.loads(line)
            if event["event"] == "end":
                assert event["counts"] == {"taken": count, "missed": 0, "failed": 0}
                break
            assert event["event"] == "frame"
            assert abs(event["late"]) < 0.05
            file = tmp_path / event["files"][0]["path"]
            moments.append(taken(file))
            file.unlink()
            if event["number"] == 100:
                first = _memory(running.pid)
            last = _memory(running.pid)
    assert event["counts"]["taken"] == len(moments) == count
    assert last - first < 20e6
    begin = moments[0]
    for number, moment in enumerate(moments):
        assert abs(moment - begin - timedelta(seconds=10 * number)) <= timedelta(seconds=1)


def _memory(process: int) -> int:
    """The bytes that a process holds now."""
    text = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(text.split("VmRSS:")[1].split()[0]) * 1024
