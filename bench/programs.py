"""The two programs, started and measured: whole runs, and commands to one that waits for them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from bench.station import Station

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
    """

    transfers: float
    size: float
    wall_s: float
    cpu_s: float
    peak: float = 0
    wire_s: float = 0


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
        """Seconds of processor time by now: the clock that clock_getcpuclockid() gives."""
        return time.clock_gettime(~self._child.pid << 3 | 2)

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
