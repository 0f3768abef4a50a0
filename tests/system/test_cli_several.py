"""Several cameras by one command: each in its thread, its lines and its folder have its name."""

from __future__ import annotations

import hashlib
import json
import signal
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cli_helpers import PROGRAM, environment, files_below, make_card, process, run, started

from canon import exif
from canon.bridge.run import attached, preload_library
from canon.errors import PortError
from canon.virtual.build import make_virtual
from canon.virtual.usbip import UsbipServer
from conftest import needed

BODIES = {
    "g3": ("powershot-g3", "Canon PowerShot G3", "small-fine"),
    "g9": ("powershot-g9", "Canon PowerShot G9", "small-fine"),
    "60d": ("eos-60d", "Canon EOS 60D", "small-3-fine"),
    "r6": ("eos-r6", "Canon EOS R6", "small-2-fine"),
}
"""The bodies with their names, and a format that is quickly drawn."""
THREE = {
    "native": "virtual:powershot-g3",
    "ptp": "virtual:powershot-s60?mode=ptp",
    "eos": "virtual:eos-60d",
}


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration folder of its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config"


def name_them(config: Path, cameras: dict[str, str]) -> None:
    file = config / "canon-remote" / "cameras.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f'{name} = "{port}"\n' for name, port in cameras.items()))


@pytest.fixture
def four(tmp_path: Path, config: Path) -> Iterator[None]:
    """Four cameras in processes of their own, at the pace of real ones, with their names."""
    with ExitStack() as stack:
        ports = {}
        for name, (slug, _, form) in BODIES.items():
            words = ("virtual", slug, "--usbip", "127.0.0.1:0", "--pace", "real")
            served = stack.enter_context(started(tmp_path, *words))
            assert served.stdout is not None
            ports[name] = served.stdout.readline().strip()
            set_it = run(tmp_path, "settings", f"image_format={form}", port=ports[name])
            assert set_it.returncode == 0, set_it.stderr
        name_them(config, ports)
        yield


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize("count", [2, pytest.param(20, marks=pytest.mark.long)])
def test_four_cameras_release_at_one_moment(
    count: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    words = ("capture", "--all", "-n", str(count), "-o", "out/", "--json")
    started_at = datetime.now()
    ran = subprocess.run(
        [PROGRAM, *words],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        text=True,
        timeout=60 + 20 * count,
        check=True,
    )
    shots = [json.loads(line) for line in ran.stdout.splitlines()]
    assert Counter(shot["camera"] for shot in shots) == dict.fromkeys(BODIES, count)
    seen = set()
    for shot in shots:
        assert shot["error"] is None
        for file, digest in zip(shot["files"], shot["sha256"], strict=True):
            data = (tmp_path / file).read_bytes()
            assert Path(file).parent == Path("out", shot["camera"])
            assert hashlib.sha256(data).hexdigest() == digest
            assert exif.read(data).model == BODIES[shot["camera"]][1]
            seen.add(digest)
        sent, taken = (datetime.fromisoformat(shot[key]) for key in ("host_time", "camera_time"))
        assert sent > started_at
        assert taken > started_at - timedelta(minutes=1)
        assert shot["spread_ms"] > 0
    assert len(seen) == len(files_below(tmp_path / "out"))
    spreads = {shot["shot"]: shot["spread_ms"] for shot in shots}
    assert len(spreads) == count
    median = statistics.median(spreads.values())
    record_property("spread_ms", median)
    said = f"spread of {count} releases: median {median:.1f} ms, most {max(spreads.values()):.1f}"
    sys.stdout.write(f"{said}\n")


def test_three_kinds_of_body(tmp_path: Path, config: Path) -> None:
    card = make_card(tmp_path)
    name_them(config, {name: f"{port}{'&' if '?' in port else '?'}card={card}"
                       for name, port in THREE.items()})  # fmt: skip
    ran = run(tmp_path, "settings", "--all", "iso=100", "--json")
    told = {one["camera"]: one for one in map(json.loads, ran.stdout.splitlines())}
    clocks = run(tmp_path, "clock", "--all", "--json").stdout.splitlines()
    assert {json.loads(line)["camera"] for line in clocks} == told.keys()
    assert ran.returncode == 0
    assert {name: one["iso"]["label"] for name, one in told.items()} == dict.fromkeys(THREE, "100")

    ran = run(tmp_path, "clock", "--port", "native", "--port", "ptp", "--port", "eos", "--sync")
    assert ran.returncode == 0
    assert ran.stderr.startswith("canon-remote: 3 cameras went within ")
    lines = dict(line.split(": ", 1) for line in ran.stdout.splitlines())
    assert set(lines) == set(THREE)
    assert all(line.endswith(", as this computer's") for line in lines.values())

    ran = run(tmp_path, "import", "--all", "--only", "jpg", "--template", "{name}", "lib")
    assert ran.returncode == 0
    four = [f"{name}/IMG_{n}.JPG" for name in THREE for n in ("0001", "0001-2", "0002", "0101")]
    assert [one for one in files_below(tmp_path / "lib") if one.endswith(".JPG")] == sorted(four)
    assert all(line.split(": lib/")[1].startswith(line.split(":")[0] + "/")
               for line in ran.stdout.splitlines())  # fmt: skip

    ran = run(tmp_path, "capture", "--all", "-o", "out")
    assert ran.returncode == 0
    assert ran.stderr.startswith("canon-remote: 3 cameras went within ")
    files = dict(line.split(": ", 1) for line in ran.stdout.splitlines())
    assert sorted(f"out/{file}" for file in files_below(tmp_path / "out")) == sorted(files.values())
    assert all(file.startswith(f"out/{name}/") for name, file in files.items())


def test_a_tether_and_a_series(tmp_path: Path, config: Path) -> None:
    name_them(config, {name: f"{port}{'&' if '?' in port else '?'}press=every:5s,count:2"
                       for name, port in THREE.items()})  # fmt: skip
    ran = run(tmp_path, "tether", "--all", "--count", "2", "-o", "out", "--json")
    assert ran.returncode == 0, ran.stderr
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    files = [one for one in told if one["event"] == "file"]
    assert Counter(one["camera"] for one in files) == dict.fromkeys(THREE, 2)
    assert all(one["path"].startswith(f"out/{one['camera']}/") for one in files)

    name_them(config, THREE)
    ran = run(tmp_path, "timelapse", "--all", "--every", "10s", "--count", "2", "--json")
    assert ran.returncode == 0, ran.stderr
    last = [one for one in map(json.loads, ran.stdout.splitlines()) if one["event"] == "end"]
    assert sorted(one["camera"] for one in last) == sorted(THREE)
    for name in THREE:
        assert len([f for f in files_below(tmp_path / name) if f.endswith("JPG")]) == 2


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("virtual:powershot-g9?fault=unplug@InitiateCaptureInMemory", "no longer there"),
        ("virtual:powershot-g9?fault=unplug@InitiateReleaseControl", "no longer there"),
        ("virtual:powershot-sx200-is", "no remote"),
        ("usbip:127.0.0.1:1", "127.0.0.1:1"),
    ],
)
def test_one_that_fails_does_not_stop_the_others(
    bad: str, said: str, tmp_path: Path, config: Path
) -> None:
    name_them(config, {**THREE, "fourth": bad})
    ran = run(tmp_path, "capture", "--all", "-o", "out")
    assert ran.returncode == 1
    assert {Path(file).parts[0] for file in files_below(tmp_path / "out")} == set(THREE)
    *_, before, last = ran.stderr.splitlines()
    assert last == "canon-remote: 3 of 4 cameras did it; failed: fourth"
    assert any("canon-remote: fourth: " in line for line in ran.stderr.splitlines()), before
    as_json = run(tmp_path, "capture", "--all", "--json", "-o", "out")
    assert as_json.returncode == 1
    lines = (as_json.stdout + as_json.stderr).splitlines()
    told = [json.loads(line) for line in lines if line.startswith("{")]
    assert [one["camera"] for one in told if one["error"]] == ["fourth"]
    assert sorted(one["camera"] for one in told if not one["error"]) == sorted(THREE)


def test_when_all_fail_the_first_one_says_how(tmp_path: Path, config: Path) -> None:
    name_them(config, {"a": "usbip:127.0.0.1:1", "b": "usbip:127.0.0.1:2"})
    ran = run(tmp_path, "clock", "--all")
    assert ran.returncode == 3
    assert ran.stderr.splitlines()[-1] == "canon-remote: 0 of 2 cameras did it; failed: a, b"


def test_a_moment_is_kept(tmp_path: Path) -> None:
    """Also by the only camera; the clock of a virtual one jumps there."""
    at = datetime.now() + timedelta(minutes=5)
    ran = run(tmp_path, "capture", "--at", at.isoformat(), "--target", "card")
    assert (ran.returncode, ran.stderr) == (0, "")
    for text, said in (
        ("25:00", "is no time"),
        ("9999-12-31T23:59:59-14:00", "is no time"),
        ("2001-01-01T00:00:00", "has passed"),
        ("00:00:00+23:59", "has passed"),
    ):
        ran = run(tmp_path, "capture", "--at", text)
        assert ran.returncode == 2
        assert said in ran.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("clock --port native --port native", "native stands there twice"),
        ("clock --port native --port virtual:powershot-g3 --all", "--all means every camera, and"),
        ("clock --port left --port right", "left and right are the same camera, at usbip:"),
        ("clock --port native --port nobody", "cameras.toml names native, ptp, eos, left, right"),
        ("info --port native --port ptp", "info works with one camera"),
        ("--port native --port ptp info", "info works with one camera"),
        ("get DCIM --port native --port eos", "get works with one camera"),
        ("--port native --port eos bulb 2s", "bulb works with one camera"),
        ("bracket --ev -1,0,1 --port native --port eos", "bracket works with one camera"),
        ("get DCIM --all", "No such option '--all'"),
        ("bulb 2s --all", "No such option '--all'"),
        ("bracket --ev 0 --all", "No such option '--all'"),
        ("clock --port native --port ptp --record x.pcapng", "--record records one camera"),
        ("capture --port native --port ptp -o x.jpg", "several cameras need a folder, not x.jpg"),
        ("capture --port native --port ptp -o -", "several cameras need a folder, not -"),
        ("capture --port native --port ptp --set iso", "'iso' is not NAME=VALUE"),
    ],
)
def test_mistakes(words: str, said: str, tmp_path: Path, config: Path) -> None:
    same = "usbip:127.0.0.1:1"
    name_them(config, {**THREE, "left": same, "right": same})
    ran = run(tmp_path, *words.split())
    assert ran.returncode == 2
    assert said in ran.stderr
    assert ran.stdout == ""
    assert len(ran.stderr.splitlines()) == 1


def test_the_shell_has_one_camera(tmp_path: Path) -> None:
    ran = run(tmp_path, "shell", typed="clock --all\n")
    assert ran.returncode == 2
    assert "the shell has one camera open" in ran.stderr


def test_the_bus_tells_that_two_are_one(tmp_path: Path) -> None:
    try:
        preload_library()
    except PortError as error:
        needed(str(error))
    with UsbipServer(make_virtual("powershot-g3")) as server, attached(server.address) as env:
        ran = subprocess.run(
            [PROGRAM, "clock", "--port", "usb:", "--port", "usb:04a9:306e"],
            env={**env, "XDG_CONFIG_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ran.returncode == 2
    assert "usb: and usb:04a9:306e are the same camera, at usb:" in ran.stderr


def test_ctrl_c_ends_all(tmp_path: Path, config: Path) -> None:
    name_them(config, {name: f"{port}{'&' if '?' in port else '?'}pace=real"
                       for name, port in THREE.items()})  # fmt: skip
    words = ("capture", "--all", "-v", "--at", "2099-12-31T12:00:00", "-o", "out/")
    with started(tmp_path, *words) as running:
        assert running.stderr is not None
        waits = 0
        while waits < len(THREE):
            line = running.stderr.readline()
            assert line, "it ended"
            waits += "entered remote control" in line
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert out == ""
    assert err.splitlines()[-1] == "canon-remote: interrupted"
    assert "Traceback" not in err
    assert files_below(tmp_path / "out") == []


def test_a_name_in_the_environment(tmp_path: Path, config: Path) -> None:
    name_them(config, THREE)
    assert process(tmp_path, "id", port="ptp").stdout.startswith("model     Canon PowerShot S60")


def test_list_shows_the_names(tmp_path: Path, config: Path) -> None:
    """By the port, and by the ids of USB; a file that is damaged is told, and the list goes on."""
    name_them(config, {"left": "usb:1-2.3", "right": "virtual:eos-60d", "any": "usb:04a9:306e"})
    called = {"virtual:powershot-g3": "any", "virtual:eos-60d": "right"}
    for port, name in {**called, "virtual:eos-6d": "Canon EOS 6D"}.items():
        assert run(tmp_path, "list", port=port).stdout.endswith(f"  {name}\n")
    (document,) = json.loads(run(tmp_path, "list", "--json", port="right").stdout)
    assert document["called"] == "right"
    (config / "canon-remote" / "cameras.toml").write_text("left = ")
    ran = run(tmp_path, "list", port="virtual:eos-60d")
    assert (ran.returncode, "cameras.toml" in ran.stderr) == (0, True)
    assert ran.stdout.endswith("Canon EOS 60D\n")
