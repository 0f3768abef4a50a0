"""Mounts a card as a user would, and takes every mount down again."""

from __future__ import annotations

import json
import os
import select
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cli_helpers import PATIENCE_S, PROGRAM, environment

from canon.clock import RealClock

PORTS = ["virtual:powershot-g3", "virtual:powershot-g9", "virtual:eos-60d"]
"""One of the native protocol, which gives whole files, and two of PTP."""
on_each_kind = pytest.mark.parametrize("port", PORTS)
"""Runs a test on each of them."""


class Mount:
    """A card as a folder.

    Attributes:
        folder: where it is.
        process: the number of the process that serves it.
    """

    def __init__(self, folder: Path, process: int) -> None:
        self.folder, self.process = folder, process

    def end(self) -> None:
        """Unmount it, and wait until its program has ended."""
        ran("umount", self.folder)
        self.wait()

    def wait(self) -> None:
        """Wait until its program has ended."""
        try:
            process = os.pidfd_open(self.process)
        except ProcessLookupError:
            return
        try:
            assert select.select([process], [], [], PATIENCE_S)[0], "it goes on"
        finally:
            os.close(process)


class Mounter:
    """Mounts cards below a folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folders: list[Path] = []

    def words(self, name: str = "mnt") -> list[str]:
        """The verb, and the folder to mount on, which is made."""
        folder = self.home / name
        with suppress(FileExistsError):
            folder.mkdir()
        self.folders.append(folder)
        return [PROGRAM, "mount", str(folder)]

    def __call__(self, port: str, *words: str, name: str = "mnt", **variables: str) -> Mount:
        """Mount a card in the background."""
        made = subprocess.run(
            [*self.words(name), "--json", *words],
            env=environment(self.home, port) | variables,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        assert made.stderr == "" or "--record" in words
        told = json.loads(made.stdout)
        return Mount(Path(told["folder"]), told["process"])

    def foreground(self, port: str, *words: str) -> subprocess.Popen[str]:
        """Mount a card, and stay until it can be used."""
        running = subprocess.Popen(
            [*self.words(), "--foreground", "--json", *words],
            env=environment(self.home, port),
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert running.stdout
        assert json.loads(running.stdout.readline())["process"] == running.pid
        return running

    def close(self) -> None:
        """Take down whatever is mounted still."""
        for folder in self.folders:
            subprocess.run(["umount", "-l", folder], capture_output=True, check=False)


@contextmanager
def mounter(home: Path) -> Iterator[Mounter]:
    """Mounts cards below a folder; at the end none is left."""
    made = Mounter(home)
    try:
        yield made
    finally:
        made.close()


def ran(*words: str | Path, folder: Path | None = None) -> str:
    """What a program prints that does well."""
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), words
    return done.stdout


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    clock = RealClock()
    deadline = clock.now() + PATIENCE_S
    while not holds():
        assert clock.now() < deadline, "it never came"
        clock.sleep(0.02)
