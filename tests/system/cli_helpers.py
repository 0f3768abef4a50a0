"""Runs `canon-remote` as a user would, in a HOME and a folder of its own.

`run`, and what stands on it, calls its `main` in this process. `process` and `started` start the
installed program, for what only a process has: signals, terminals, programs that it starts.
"""

import io
import json
import logging
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlencode

import pytest

from canon.cli.main import main
from canon.virtual.build import make_virtual
from canon.virtual.usbip import UsbipServer

PROGRAM = str(Path(sys.executable).with_name("canon-remote"))
VIRTUAL = "virtual:powershot-g3"
PATIENCE_S = 60


def virtual(card: Path | None = None, *faults: str, pace: str = "jump") -> str:
    """The port string of a virtual camera."""
    query = [("pace", pace), *(("fault", fault) for fault in faults)]
    if card:
        query.append(("card", str(card)))
    return f"{VIRTUAL}?{urlencode(query)}"


def environment(folder: Path, port: str = VIRTUAL) -> dict[str, str]:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return {**os.environ, "HOME": str(home), "CANON_REMOTE_PORT": port, "TERM": "xterm"}


def run(
    folder: Path, *words: str, port: str = VIRTUAL, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run it to its end, in this process, with `typed` on its stdin."""
    ran = run_raw(folder, *words, port=port, typed=typed)
    out, err = ran.stdout.decode(), ran.stderr.decode()
    return subprocess.CompletedProcess(words, ran.returncode, out, err)


def run_raw(
    folder: Path, *words: str, port: str = VIRTUAL, typed: str = "", **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """Run it to its end, in this process; what it writes stays bytes."""
    out, err = _stream(), _stream()
    code = run_into(out, err, folder, *words, port=port, typed=typed, **variables)
    return subprocess.CompletedProcess(words, code, out.buffer.getvalue(), err.buffer.getvalue())


def run_into(
    out: TextIO | None,
    err: TextIO | None,
    folder: Path,
    *words: str,
    port: str = VIRTUAL,
    typed: str = "",
    **variables: str,
) -> int:
    """Run it to its end, in this process, with these for stdout and stderr; its exit code."""
    with pytest.MonkeyPatch.context() as ours, _log_and_signals_kept():
        ours.chdir(folder)
        for name, value in (environment(folder, port) | variables).items():
            ours.setenv(name, value)
        ours.setattr(tempfile, "tempdir", None)
        ours.setattr(sys, "stdin", _stream(typed))
        ours.setattr(sys, "stdout", out)
        ours.setattr(sys, "stderr", err)
        return main(list(words))


class _Stream(io.TextIOWrapper):
    """A standard stream in memory."""

    buffer: io.BytesIO


def _stream(text: str = "") -> _Stream:
    return _Stream(io.BytesIO(text.encode()), "utf-8", write_through=True)


@contextmanager
def _log_and_signals_kept() -> Iterator[None]:
    """The log and the signals of this process are afterwards as they were."""
    log = logging.getLogger("canon")
    handlers, level = log.handlers, log.level
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handled = {number: signal.getsignal(number) for number in numbers}
    try:
        yield
    finally:
        log.handlers = handlers
        log.setLevel(level)
        for number, handler in handled.items():
            signal.signal(number, handler)


def process(folder: Path, *words: str, port: str = VIRTUAL) -> subprocess.CompletedProcess[str]:
    """Run the installed program to its end."""
    return subprocess.run(
        [PROGRAM, *words],
        cwd=folder,
        env=environment(folder, port),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def output(folder: Path, *words: str, port: str = VIRTUAL) -> str:
    """What it prints when all goes well: nothing on stderr."""
    ran = run(folder, *words, port=port)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def answer(folder: Path, *words: str, port: str = VIRTUAL) -> Any:
    """The one JSON document that it prints."""
    return json.loads(output(folder, *words, "--json", port=port))


def answers(folder: Path, *words: str, port: str = VIRTUAL) -> list[Any]:
    """The JSON objects that it prints, one a line."""
    return [json.loads(line) for line in output(folder, *words, "--json", port=port).splitlines()]


@contextmanager
def started(folder: Path, *words: str, port: str = VIRTUAL) -> Iterator[subprocess.Popen[str]]:
    """The installed program while it runs; at the end of the block it is gone."""
    with subprocess.Popen(
        [PROGRAM, *words],
        cwd=folder,
        env=environment(folder, port),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def kill_import(
    running: subprocess.Popen[str], folder: Path, chance: random.Random, files: int
) -> None:
    """Kill an import into a folder at a random moment: files come, are named, told, and deleted.

    Args:
        running: the program, with --json.
        folder: what it imports into.
        chance: which moment.
        files: how many there are.
    """
    moment = chance.randrange(4 * files)
    while moment < 2 * files and running.poll() is None:
        names = [file.name for file in folder.rglob("*.*") if not file.name.startswith(".canon")]
        parts = len(list(folder.glob(".canon-remote-import/*.part")))
        if parts + 2 * len(names) >= moment:
            break
    assert running.stdout
    for _ in range(moment - 2 * files):
        running.stdout.readline()
    for _ in range(chance.randrange(20_000)):
        if running.poll() is not None:
            break
    running.kill()


@contextmanager
def served(port: str) -> Iterator[str]:
    """A virtual camera that keeps its state from one command to the next: its port string."""
    with UsbipServer(make_virtual(port.removeprefix("virtual:"))) as server:
        yield "usbip:{}:{}/{}".format(*server.address, server.busid)


def make_card(folder: Path) -> Path:
    """A folder to show as a card: two folders, five files, one name in both."""
    card = folder / "card"
    for name, size in (
        ("DCIM/100CANON/IMG_0001.JPG", 70_000),
        ("DCIM/100CANON/IMG_0002.JPG", 64),
        ("DCIM/100CANON/SND_0002.WAV", 0),
        ("DCIM/101CANON/IMG_0001.JPG", 100),
        ("DCIM/101CANON/IMG_0101.JPG", 700_000),
    ):
        file = card / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes(number % 251 for number in range(size)))
        os.utime(file, (1_700_000_000, 1_700_000_000))
    return card


def files_below(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())
