"""Runs the installed `canon-remote` as a user would: another process, its own HOME and folder."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

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


def run(folder: Path, *words: str, port: str = VIRTUAL) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
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


def start(folder: Path, *words: str, port: str = VIRTUAL) -> subprocess.Popen[str]:
    """Begin to run it."""
    return subprocess.Popen(
        [PROGRAM, *words],
        cwd=folder,
        env=environment(folder, port),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def served(folder: Path, *words: str) -> Iterator[str]:
    """A camera that keeps its state from one command to the next: its port string."""
    serving = start(folder, "virtual", "powershot-g3", *words, "--usbip", "127.0.0.1:0")
    assert serving.stdout
    try:
        yield serving.stdout.readline().strip()
    finally:
        serving.terminate()
        serving.communicate(timeout=PATIENCE_S)


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
