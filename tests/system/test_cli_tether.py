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

    def press(self) -> None:
        """Press the button by hand."""
        with self.device() as device:
            device.press()

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
