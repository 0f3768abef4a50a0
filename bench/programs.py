"""The two programs, started and measured: whole runs, and commands to one that waits for them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from bench.station import FOLDER, Station
from canon.virtual.card import File

_FAILED = re.compile(rb"[Ee]rror|Could not|Traceback")


@dataclass(frozen=True)
class Cost:
    """What something took.

    Attributes:
        transfers: USB transfers that carried something.
        size: their bytes.
        wall_s: seconds until the answer.
        cpu_s: seconds of processor time of the program, user and system, all threads.
        peak: the most bytes of memory that it ever had; 0 where that was not measured.
        wire_s: seconds in which the cable was busy.
        before_press: the transfers before the button of an EOS was pressed; 0 where it was not.
    """

    transfers: float
    size: float
    wall_s: float
    cpu_s: float
    peak: float = 0
    wire_s: float = 0
    before_press: float = 0


class Shell:
    """A program that waits for a line, answers it, and says by a prompt that it is done.

    Args:
        command: the program.
        prompt: what its prompt begins with, and nothing else that it prints.
        station: where it finds the camera.
        folder: where it runs.
    """

    def __init__(
        self, command: Sequence[str], prompt: bytes, station: Station, folder: Path
    ) -> None:
        self._prompt, self._traffic = prompt, station.traffic
        self._said = bytearray()
        self._child = subprocess.Popen(  # noqa: S603
            command,
            env=station.env,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._wait(1)

    def run(self, lines: Sequence[str]) -> Cost:
        """Have it do what some lines say, and measure from the first one to the last prompt."""
        before = self._spent()
        self._traffic.pressed = 0
        traffic = replace(self._traffic)
        self._said.clear()
        start = time.perf_counter()
        assert self._child.stdin is not None  # noqa: S101  (a pipe)
        self._child.stdin.write("".join(f"{line}\n" for line in lines).encode())
        self._child.stdin.flush()
        self._wait(len(lines))
        return Cost(
            self._traffic.transfers - traffic.transfers,
            self._traffic.size - traffic.size,
            time.perf_counter() - start,
            self._spent() - before,
            self._peak(),
            self._traffic.wire_s - traffic.wire_s,
            max(0, self._traffic.pressed - traffic.transfers),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.communicate()  # the end of its input is its end

    def _wait(self, prompts: int) -> None:
        """Wait for so many prompts; RuntimeError when it ends before, or tells of an error."""
        assert self._child.stdout is not None  # noqa: S101  (a pipe)
        while self._said.count(self._prompt) < prompts:
            piece = os.read(self._child.stdout.fileno(), 1 << 16)
            self._said += piece
            if not piece or _FAILED.search(self._said):
                rest, _ = self._child.communicate()
                raise RuntimeError(f"{self._child.args!r} failed:\n{(self._said + rest).decode()}")

    def _spent(self) -> float:
        return processor_s(self._child.pid)

    def _peak(self) -> int:
        status = Path(f"/proc/{self._child.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None  # noqa: S101  (Linux)
        return int(found[1]) * 1024


def ours(station: Station, folder: Path) -> Shell:
    """The library behind a prompt."""
    return Shell(
        [sys.executable, str(Path(__file__).with_name("shell.py"))], b"canon> ", station, folder
    )


def gphoto2(station: Station, folder: Path) -> Shell:
    """Its own shell; it says what it found, when it is asked for the first time."""
    return Shell(["gphoto2", *station.gphoto2, "--shell"], b"gphoto2: {", station, folder)


def python_gphoto2(station: Station, folder: Path) -> Shell:
    """Its library behind a prompt, by the package for Python."""
    script = str(Path(__file__).with_name("gphoto2_shell.py"))
    return Shell([sys.executable, script], b"python> ", station, folder)


def pressed_by_hand(command: Sequence[str], station: Station, folder: Path) -> Cost:
    """Press the button while a program waits, and measure until it has the whole file.

    The program is interrupted then.
    """
    child = subprocess.Popen(  # noqa: S603
        command, env=station.env, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    with child:
        time.sleep(_SETTLED_S)  # noqa: TID251  (until it listens; nothing tells)
        on_card = set(_on_card(station))
        before, spent = replace(station.traffic), processor_s(child.pid)
        start = time.perf_counter()
        station.press()
        while not _is_there(folder, station, on_card):
            if child.poll() is not None or time.perf_counter() - start > _PATIENCE_S:
                raise RuntimeError(f"{command!r} did not fetch the picture")
            time.sleep(_LOOKS_S)  # noqa: TID251  (another program works meanwhile)
        cost = Cost(
            station.traffic.transfers - before.transfers,
            station.traffic.size - before.size,
            time.perf_counter() - start,
            processor_s(child.pid) - spent,
            wire_s=station.traffic.wire_s - before.wire_s,
        )
        child.send_signal(signal.SIGINT)
    return cost


_SETTLED_S, _PATIENCE_S, _LOOKS_S = 4.0, 60.0, 0.002


def _is_there(folder: Path, station: Station, before: set[str]) -> bool:
    """Whether a file that is new on the card is in the folder as well, whole and with its name."""
    sizes = {name: size for name, size in _on_card(station).items() if name not in before}
    found = {path.name: path.stat().st_size for path in folder.rglob("*.JPG")}
    return bool(sizes) and all(found.get(name) == size for name, size in sizes.items())


def _on_card(station: Station) -> dict[str, int]:
    """The sizes of the files on the card, by their names."""
    folder = station.card.folder(FOLDER)
    entries = list(folder.entries.items()) if folder else []
    return {name: file.size for name, file in entries if isinstance(file, File)}


def processor_s(pid: int) -> float:
    """Seconds of processor time by now: the clock that clock_getcpuclockid() gives."""
    return time.clock_gettime(~pid << 3 | 2)


def whole_run(command: Sequence[str], station: Station, folder: Path) -> Cost:
    """Run a program from its start to its end."""
    before = replace(station.traffic)
    start = time.perf_counter()
    child = subprocess.Popen(  # noqa: S603
        command, env=station.env, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert child.stdout is not None  # noqa: S101  (a pipe)
    said = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    child.stdout.close()
    if child.returncode or _FAILED.search(said):
        raise RuntimeError(f"{command!r} failed:\n{said.decode()}")
    return Cost(
        station.traffic.transfers - before.transfers,
        station.traffic.size - before.size,
        wall,
        used.ru_utime + used.ru_stime,
        wire_s=station.traffic.wire_s - before.wire_s,
    )
