"""Kills verbs at random moments, many times; whatever the moment, the next run makes all good.

`make soak` runs it. Each verb is a row of ROWS: it gets an empty folder and a source of chance,
kills the installed program somewhere on its way, runs it again to its end, and fails where a file
is missing, double, or not as it was, or where anything of ours is left over. The seed that is
printed before repeats a row: `make soak KILLS=1 SEED=…`.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cli_helpers import kill_import, process, served, started

from canon.virtual.build import make_virtual
from canon.virtual.usbip import UsbipServer

Row = Callable[[Path, random.Random], None]

_BODIES = ("powershot-g3?", "powershot-s60?mode=ptp&", "eos-60d?")
_FILES = 40
_TAKEN = 1_700_000_000
_INDEX = ".canon-remote.sqlite"


def files_of(folder: Path) -> Counter[str]:
    """How often each content is there; the index, and what it may have beside it, is none."""
    return Counter(
        hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file() and file.name != _INDEX
    )


def check_library(folder: Path, wanted: Counter[str]) -> None:
    """Every file is there once, nothing of ours is left over, and the index says the same."""
    assert files_of(folder) == wanted
    ours = {name for name in os.listdir(folder) if name.startswith(".")}
    assert ours == {_INDEX}, ours
    query = "SELECT sha256 FROM files"
    said = subprocess.run(
        ["sqlite3", folder / _INDEX, query], capture_output=True, text=True, check=True
    )
    assert Counter(said.stdout.split()) == wanted


def importing(folder: Path, chance: random.Random, *more: str) -> None:
    """`import`, with or without --delete-after, killed one to three times."""
    card = folder / "card"
    (card / "DCIM/100CANON").mkdir(parents=True)
    for number in range(1, _FILES + 1):
        kind = chance.choice(["JPG", "CRW", "AVI"])
        file = card / f"DCIM/100CANON/IMG_{number:04}.{kind}"
        file.write_bytes(chance.randbytes(chance.randrange(1, 200_000)))
        os.utime(file, (_TAKEN, _TAKEN))
    wanted = files_of(card)
    words = ["import", "to", *more]
    with served(f"virtual:{chance.choice(_BODIES)}card={quote(str(card))}") as port:
        for _ in range(chance.randrange(1, 4)):
            with started(folder, *words, "--json", port=port) as running:
                kill_import(running, folder / "to", chance, _FILES)
        ran = process(folder, *words, port=port)
        assert ran.returncode == 0, ran.stderr
        left = process(folder, "ls", "DCIM/100CANON", port=port).stdout.split()
        assert len(left) == (0 if more else _FILES)
    check_library(folder / "to", wanted)


def tethering(folder: Path, chance: random.Random, *more: str) -> None:
    """`tether`, killed one to three times; the button is pressed before, meanwhile and between."""
    device: Any = make_virtual(chance.choice(_BODIES).rstrip("?&"))
    words = ["tether", "-o", "to", "--json", *more]
    taken: dict[str, bytes] = {}
    with UsbipServer(device) as server:
        port = "usbip:{}:{}/{}".format(*server.address, server.busid)

        def on_card() -> dict[str, bytes]:
            with server.machine():
                entries = device.body.card.folder(("DCIM", "100CANON")).entries
                return {name: file.read() for name, file in entries.items()}

        def press() -> None:
            with server.machine():
                device.press()
                device.clock.sleep(5.0)
            taken.update(on_card())

        before = on_card()
        for _ in range(chance.randrange(1, 4)):
            with started(folder, *words, port=port) as running:
                assert running.stdout
                assert any('"waiting"' in line for line in running.stdout)
                for _ in range(chance.randrange(1, 5)):
                    press()
                    if chance.random() < 0.7:
                        assert any('"file"' in line for line in running.stdout)
                for _ in range(chance.randrange(20_000)):
                    if running.poll() is not None:
                        break
                running.kill()
            press()
        with started(folder, *words, port=port) as running:
            assert running.stdout
            assert any('"waiting"' in line for line in running.stdout)
            running.send_signal(signal.SIGINT)
            _, err = running.communicate(timeout=60)
            assert running.returncode == 130, err
        new = {name: data for name, data in taken.items() if name not in before}
        assert set(on_card()) - set(before) == (set() if more else set(new))
    check_library(folder / "to", Counter(hashlib.sha256(one).hexdigest() for one in new.values()))


def lapsing(folder: Path, chance: random.Random) -> None:
    """`timelapse`, killed one to three times: what was told is there, and no number is left out."""
    port = f"virtual:{chance.choice(_BODIES)}".rstrip("?&")
    words = ["timelapse", "--every", "30s", "--template", "{seq:06}", "-o", "to"]
    told: set[str] = set()
    for _ in range(chance.randrange(1, 4)):
        with started(folder, *words, "--count", "100000", port=port) as running:
            assert running.stdout
            told.update(running.stdout.readline().strip() for _ in range(chance.randrange(1, 8)))
            for _ in range(chance.randrange(20_000)):
                if running.poll() is not None:
                    break
            running.kill()
    ran = process(folder, *words, "--count", "3", port=port)
    assert ran.returncode == 0, ran.stderr
    told.update(ran.stdout.split())
    names = sorted(f"to/{file.name}" for file in (folder / "to").glob("*.JPG"))
    assert names == [f"to/{number:06}.JPG" for number in range(1, len(names) + 1)]
    assert told <= {*names}
    assert all((folder / name).read_bytes().endswith(b"\xff\xd9") for name in names)
    check_library(folder / "to", files_of(folder / "to"))


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


ROWS: dict[str, Row] = {
    "import": importing,
    "import --delete-after": lambda folder, chance: importing(folder, chance, "--delete-after"),
    "tether": tethering,
    "tether --on-card delete": lambda folder, chance: tethering(
        folder, chance, "--on-card", "delete"
    ),
    "timelapse": lapsing,
}


def main(kills: int, seed: int) -> int:
    """Run every row so often; returns how many failed."""
    first = seed or random.randrange(1, 1 << 32)
    failed = 0
    for number in range(first, first + kills):
        for name, row in ROWS.items():
            with tempfile.TemporaryDirectory(prefix="soak-") as folder:
                try:
                    row(Path(folder), random.Random(number))
                except (AssertionError, subprocess.SubprocessError) as error:
                    failed += 1
                    say(f"{name}, seed {number}: FAILED: {error!r}")
                else:
                    say(f"{name}, seed {number}: good")
    say(f"{kills * len(ROWS)} runs, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]), int(sys.argv[2]))))
