"""`tether`: each picture once, as it is taken, whatever happens to the cable and to the program."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import answers, files_below, run, started

from canon.ptp.eos.layouts import Eos
from canon.ptp.powershot.layouts import Property
from canon.virtual.build import make_virtual
from canon.virtual.card import File
from canon.virtual.faults import Fault
from canon.virtual.native.camera import NativeCamera
from canon.virtual.usbip import UsbipServer
from conftest import program
from rigs.bodies import SMALL

BODIES = {
    "native": ("powershot-g3", "GetFile"),
    "powershot": ("powershot-g9", "GetObject"),
    "eos": ("eos-60d", "GetObject"),
}
INDEX = ".canon-remote.sqlite"
_SMALL_EOS = bytes.fromhex("01000000 10000000 01000000 10000000 03000000")
PATIENCE_S = 60
Line = dict[str, Any]


class Cabled:
    """A virtual camera, its cable, and a hand at its button.

    Attributes:
        port: its port string.
    """

    def __init__(self, server: UsbipServer, fetch: str) -> None:
        self._server, self._fetch = server, fetch
        self.port = "usbip:{}:{}/{}".format(*server.address, server.busid)

    @contextmanager
    def device(self) -> Iterator[Any]:
        """The device, while no request is served."""
        with self._server.machine() as device:
            yield device

    def press(self, develops_s: float = 0.0) -> None:
        """Press the button by hand, and give the camera that time, in which nobody asks it."""
        with self.device() as device:
            device.press()
            device.clock.sleep(develops_s)

    def fault(self, text: str) -> None:
        """Let something go wrong when the next file is fetched."""
        with self.device() as device:
            device.faults.add(Fault.parse(text.replace("FETCH", self._fetch)))

    def plug_in(self, *, off: bool = False) -> None:
        """Plug it in again; whether it was switched off meanwhile."""
        with self.device() as device:
            if off and isinstance(device, NativeCamera):
                device.active = False
            device.plugged = True

    @property
    def speaks_ptp(self) -> bool:
        """Whether it can say that it is busy."""
        return self._fetch == "GetObject"

    def files(self) -> dict[str, bytes]:
        """What is on the card, by name."""
        with self.device() as device:
            folder = device.body.card.folder(("DCIM", "100CANON"))
            return {
                name: one.read() for name, one in folder.entries.items() if isinstance(one, File)
            }


@pytest.fixture(params=BODIES)
def cabled(request: pytest.FixtureRequest) -> Iterator[Cabled]:
    """A body with a card of its own, set to small pictures, which are quickly drawn."""
    text, fetch = BODIES[request.param]
    device: Any = make_virtual(text)
    if request.param == "native":
        block = device.release.parameters
        device.release.parameters = type(block)(**{**vars(block), "image_size": SMALL})
    elif request.param == "powershot":
        device.extension.release.table.put(Property.IMAGE_SIZE, SMALL)
    else:
        device.extension.table.put(Eos.IMAGE_FORMAT, _SMALL_EOS)
    with UsbipServer(device) as server:
        yield Cabled(server, fetch)


def lines(running: subprocess.Popen[str]) -> Iterator[Line]:
    """The JSON objects of a tether, as they come."""
    assert running.stdout
    for line in running.stdout:
        yield json.loads(line)


def until(told: Iterator[Line], event: str) -> list[Line]:
    """All up to an event."""
    seen = []
    for one in told:
        seen.append(one)
        if one["event"] == event:
            return seen
    raise AssertionError(f"it ended before {event}: {seen}")


def ended(running: subprocess.Popen[str]) -> list[Line]:
    """What it tells after Ctrl-C."""
    running.send_signal(signal.SIGINT)
    told = list(lines(running))
    assert running.stderr
    assert running.wait(PATIENCE_S) == 130, running.stderr.read()
    return told


def saved(told: list[Line]) -> list[str]:
    """The names on the card of what was saved, in their order."""
    return [
        Path(one["card"]).name
        for one in told
        if one["event"] == "file" and one["action"] in ("fetched", "found")
    ]


def here(folder: Path) -> dict[str, bytes]:
    """The pictures of a library, by name."""
    return {
        Path(name).name: (folder / name).read_bytes()
        for name in files_below(folder)
        if not name.startswith(".canon-remote")
    }


def check(folder: Path, wanted: dict[str, bytes]) -> None:
    """Each file is there exactly once, the index agrees, and nothing of ours is left over."""
    names = [name for name in files_below(folder) if name != INDEX]
    assert len(names) == len(wanted)
    assert here(folder) == wanted
    query = "SELECT path, size FROM files ORDER BY path; PRAGMA integrity_check"
    asked = [program("sqlite3"), str(folder / INDEX), query]
    rows = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
    assert rows == [f"{name}|{(folder / name).stat().st_size}" for name in names] + ["ok"]
    assert {name for name in os.listdir(folder) if name.startswith(".")} == {INDEX}


# --- what comes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [text for text, _ in BODIES.values()])
def test_pictures_come_as_they_are_taken(tmp_path: Path, body: str) -> None:
    port = f"virtual:{body}?press=every:5s,count:3"
    told = answers(tmp_path, "tether", "-o", "to", "--count", "3", port=port)
    assert [one["event"] for one in told] == ["waiting", "file", "file", "file", "end"]
    assert told[-1]["counts"]["saved"] == 3
    names = saved(told)
    assert names == sorted(set(names))
    check(tmp_path / "to", {name: here(tmp_path / "to")[name] for name in names})
    first = told[1]
    file = tmp_path / first["path"]
    assert first["size"] == file.stat().st_size
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}", first["time"])
    assert first["error"] is None


def test_what_is_there_already_stays_but_on_demand(tmp_path: Path, cabled: Cabled) -> None:
    before = cabled.files()
    with started(tmp_path, "tether", "-o", "to", "--json", port=cabled.port) as running:
        told = lines(running)
        assert saved(until(told, "waiting")) == []
        cabled.press()
        until(told, "file")
        ended(running)
    after = cabled.files()
    check(tmp_path / "to", {name: after[name] for name in after.keys() - before.keys()})
    words = ["tether", "-o", "to", "--json", "--existing"]
    with started(tmp_path, *words, port=cabled.port) as running:
        until(lines(running), "waiting")
        ended(running)
    assert sorted(here(tmp_path / "to").values()) == sorted(after.values())


@pytest.mark.parametrize("body", ["powershot-g3", "eos-60d"])
def test_on_card_delete(tmp_path: Path, body: str) -> None:
    port = f"virtual:{body}?press=every:5s,count:2"
    words = ["tether", "-o", "to", "--count", "2", "--on-card", "delete"]
    told = answers(tmp_path, *words, port=port)
    kinds = [one["event"] for one in told]
    assert kinds == ["waiting", "file", "deleted", "file", "deleted", "end"]
    assert len(here(tmp_path / "to")) == 2


def test_templates_and_what_was_typed(tmp_path: Path) -> None:
    port = "virtual:powershot-g3?press=every:5s,count:2"
    words = ["--template", "{job}/{seq:03}", "--job", "ball", "--count", "2"]
    ran = run(tmp_path, "tether", "-o", "to", *words, port=port)
    assert ran.stdout.splitlines() == ["to/ball/001.JPG", "to/ball/002.JPG"]
    (tmp_path / "text").touch()
    for bad in (
        ["--template", "../{name}"],
        ["--job", "x"],
        ["--hook", "no-such-program"],
        ["--hook", "./text"],
        ["--hook", "'"],
        ["--hook", ""],
        ["--hook-timeout", "0"],
        ["--hook-timeout", "nan"],
        ["--count", "0"],
        ["--on-card", "format"],
    ):
        ran = run(tmp_path, "tether", "-o", "new", *bad, port="usbip:127.0.0.1:1/1-1")
        assert (ran.returncode, ran.stdout) == (2, ""), (bad, ran.stderr)
    assert not (tmp_path / "new").exists()


# --- the cable ------------------------------------------------------------------------------------


def test_unplugged_and_switched_off(tmp_path: Path, cabled: Cabled) -> None:
    """Pictures that are taken by hand in between, and while a file comes: all there, once."""
    seed = random.randrange(1 << 32)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    before = cabled.files()
    with started(tmp_path, "tether", "-o", "to", "--json", port=cabled.port) as running:
        told = lines(running)
        seen = until(told, "waiting")
        for number in range(12):
            if cabled.speaks_ptp and number % 4 == 1:
                cabled.fault(f"busy@FETCH:{chance.randrange(1, 20)}")
            cabled.fault(f"unplug@FETCH:{chance.randrange(100_000)}")
            cabled.press()
            seen += until(told, "gone")
            for _ in range(chance.randrange(3)):
                cabled.press()
            cabled.plug_in(off=number in (3, 8))
            seen += until(told, "back")
            if chance.random() < 0.5:
                cabled.press()
        cabled.press()
        new = {name: data for name, data in cabled.files().items() if name not in before}
        while len(saved(seen)) < len(new):
            seen += until(told, "file")
        ended(running)
    check(tmp_path / "to", new)


@pytest.mark.parametrize("cabled", ["powershot"], indirect=True)
def test_a_recording_goes_on_when_the_camera_is_back(tmp_path: Path, cabled: Cabled) -> None:
    words = ["tether", "-o", "to", "--count", "2", "--json", "--record", "talk.pcapng"]
    with started(tmp_path, *words, port=cabled.port) as running:
        told = lines(running)
        until(told, "waiting")
        cabled.press()
        until(told, "file")
        with cabled.device() as device:
            device.unplug()
        until(told, "gone")
        cabled.plug_in()
        until(told, "back")
        cabled.press()
        until(told, "end")
    for device in ("1.1", "1.2"):
        steps = answers(tmp_path, "decode", "talk.pcapng", "--device", device)
        assert [step["name"] for step in steps if step["name"] in ("OpenSession", "GetObject")] == [
            "OpenSession",
            "GetObject",
        ]
    tshark = program("tshark")
    ran = subprocess.run([tshark, "-r", tmp_path / "talk.pcapng"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert {"1.1.1", "1.2.1"} <= set(ran.stdout.split())


# --- the hook -------------------------------------------------------------------------------------

HOOK = f"""#!{sys.executable}
import json, os, sys
told = json.load(sys.stdin)
told["variables"] = {{name: os.environ[name] for name in sorted(os.environ)
                     if name in ("ACTION", "ARGUMENT") or name.startswith("CANON_REMOTE_")}}
told["there"] = bool(told["path"]) and os.path.exists(told["path"])
told["arguments"] = sys.argv[1:]
print(json.dumps(told), file=open("hook.log", "a"))
"""


def hook(folder: Path, text: str = HOOK) -> str:
    """A program of the user's."""
    file = folder / "hook program"
    file.write_text(text)
    file.chmod(0o755)
    return str(file)


def test_a_hook_is_told_of_each_picture(tmp_path: Path) -> None:
    port = "virtual:eos-60d?press=every:5s,count:2"
    words = ["tether", "-o", "to", "--count", "2", "--hook", f"'{hook(tmp_path)}' one two"]
    told = answers(tmp_path, *words, port=port)
    files = [one for one in told if one["event"] == "file"]
    log = [json.loads(line) for line in (tmp_path / "hook.log").read_text().splitlines()]
    assert [one["action"] for one in log] == ["init", "start", "download", "download", "stop"]
    assert all(one["arguments"] == ["one", "two"] for one in log)
    camera = {"CANON_REMOTE_CAMERA": "Canon EOS 60D", "CANON_REMOTE_PORT": port}
    for one in log:
        if one["action"] != "download":
            assert one["variables"] == {"ACTION": one["action"], **camera}
            assert one["path"] is one["sha256"] is None
            continue
        file = files.pop(0)
        assert one["there"]
        assert (one["path"], one["card_path"]) == (file["path"], file["card"])
        assert one["variables"] == {
            "ACTION": "download",
            "ARGUMENT": file["path"],
            "CANON_REMOTE_CARD_PATH": file["card"],
            "CANON_REMOTE_SIZE": str(file["size"]),
            "CANON_REMOTE_SHA256": file["sha256"],
            "CANON_REMOTE_TIME": file["time"],
            **camera,
        }
    assert not files


def test_a_hook_that_fails_is_told_and_the_pictures_come(tmp_path: Path) -> None:
    program = hook(tmp_path, '#!/bin/sh\n[ "$ACTION" != download ] || exit 7\n')
    words = ["tether", "-o", "to", "--template", "{name}", "--count", "2", "--hook", program]
    ran = run(tmp_path, *words, port="virtual:powershot-g3?press=every:5s,count:2")
    assert ran.returncode == 1
    assert ran.stdout.splitlines() == ["to/IMG_0007.JPG", "to/IMG_0008.JPG"]
    failed = "canon-remote: the hook for to/IMG_000{}.JPG failed with exit code 7"
    assert [line for line in ran.stderr.splitlines() if "the hook" in line] == [
        failed.format(7),
        failed.format(8),
    ]
    assert ran.stderr.splitlines()[-1] == "canon-remote: 2 saved, 2 hooks failed"


def test_an_init_that_fails_ends_it(tmp_path: Path) -> None:
    words = ["tether", "-o", "to", "--count", "1", "--hook", "false"]
    ran = run(tmp_path, *words, port="virtual:powershot-g3?press=5")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "canon-remote: the hook for init failed with exit code 1\n"
    assert files_below(tmp_path / "to") == [INDEX]


def test_a_hook_that_hangs_is_killed_with_what_it_has_started(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "alive")
    program = hook(
        tmp_path,
        '#!/bin/sh\n[ "$ACTION" = download ] || exit 0\n'
        'echo "$ARGUMENT" >> asked; sleep 600 > alive & wait\n',
    )
    words = ["tether", "-o", "to", "--template", "{name}", "--count", "2", "--hook", program]
    port = "virtual:powershot-g3?press=every:5s,count:2"
    alive = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    ran = run(tmp_path, *words, "--hook-timeout", "0.5", port=port)
    assert ran.returncode == 1
    assert ran.stderr.count("ran for over 0.5 s and was killed") == 2
    assert (tmp_path / "asked").read_text().split() == ["to/IMG_0007.JPG", "to/IMG_0008.JPG"]
    os.set_blocking(alive, True)
    assert os.read(alive, 1) == b"", "nobody has it open for writing"
    os.close(alive)


# --- the end --------------------------------------------------------------------------------------


def test_ctrl_c_lets_the_file_that_is_coming_be_finished(tmp_path: Path, cabled: Cabled) -> None:
    """A second one ends it at once; either way nothing half-done stays."""
    for times in (1, 2):
        folder = tmp_path / str(times)
        waits = tmp_path / f"waits {times}"
        os.mkfifo(waits)
        program = hook(tmp_path, f'#!/bin/sh\n[ "$ACTION" != stop ] || cat "{waits}"\n')
        words = ["tether", "-o", str(folder), "--json", "--hook", program]
        with started(tmp_path, *words, port=cabled.port) as running:
            told = lines(running)
            until(told, "waiting")
            cabled.press()
            (*_, one) = until(told, "file")
            running.send_signal(signal.SIGINT)
            seen = until(told, "hook")
            while seen[-1]["action"] != "stop":
                seen += until(told, "hook")
            if times == 1:
                waits.write_text("go on")
            else:
                running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=PATIENCE_S)
            assert running.returncode == 130
            assert json.loads(err.splitlines()[-1])["error"]["kind"] == "Interrupted"
            assert ('"end"' in out) == (times == 1)
        name = Path(one["card"]).name
        assert here(folder) == {name: cabled.files()[name]}
        assert {name for name in os.listdir(folder) if name.startswith(".")} == {INDEX}


@pytest.mark.parametrize("cabled", ["native"], indirect=True)
def test_sigterm_ends_a_wait_for_pictures_that_never_come(tmp_path: Path, cabled: Cabled) -> None:
    with started(tmp_path, "tether", "-o", "to", "--count", "5", "--json", port=cabled.port) as one:
        until(lines(one), "waiting")
        one.terminate()
        out, err = one.communicate(timeout=PATIENCE_S)
    assert one.returncode == 130
    assert '"end"' in out
    assert json.loads(err.splitlines()[-1])["error"]["kind"] == "Interrupted"


@pytest.mark.parametrize("deletes", [False, True], ids=["keeps", "deletes"])
@pytest.mark.parametrize(
    "number", [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(1, 10))]
)
def test_killed_at_a_random_moment(
    tmp_path: Path, cabled: Cabled, number: int, deletes: bool
) -> None:
    """The next one goes on: what was taken meanwhile comes, each picture once."""
    seed = random.randrange(1 << 32)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    before = cabled.files()
    taken: dict[str, bytes] = {}
    words = ["tether", "-o", "to", "--json", *(["--on-card", "delete"] if deletes else [])]

    def press() -> None:
        cabled.press(develops_s=5.0)
        taken.update(cabled.files())

    with started(tmp_path, *words, port=cabled.port) as running:
        told = lines(running)
        until(told, "waiting")
        for _ in range(chance.randrange(1, 5)):
            press()
            if chance.random() < 0.7:
                until(told, chance.choice(["file", "deleted"]) if deletes else "file")
        for _ in range(chance.randrange(20_000)):
            if running.poll() is not None:
                break
        running.kill()
        running.wait()
    press()
    with started(tmp_path, *words, port=cabled.port) as running:
        until(lines(running), "waiting")
        ended(running)
    new = {name: data for name, data in taken.items() if name not in before}
    check(tmp_path / "to", new)
    assert set(cabled.files()) - set(before) == (set() if deletes else set(new))
