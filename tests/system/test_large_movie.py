"""A movie of more than 4 GiB, whose length the camera cannot tell, comes whole in little memory."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from cli_helpers import PROGRAM, run

import canon
from canon.web import zips

_NAME = "DCIM/100CANON/MVI_0001.MP4"
_SIZE = (4 << 30) + 3_012_345
_UNPLUGGED_AT = (4 << 30) + 1_000_000
_BLOCK = 64 << 20
_MOST_MEMORY = 64 << 20


_GOES_ON = """
import sys, canon

card, name, to, at = sys.argv[1:]
port = f"virtual:eos-r6?card={card}"
with open(to, "wb") as file:
    try:
        with canon.open(f"{port}&fault=unplug@GetObject:{at}") as cam:
            cam.storage.stream(name, file.write)
    except canon.Disconnected:
        with canon.open(port) as cam, cam.storage.open(name) as rest:
            rest.seek(file.tell())
            while piece := rest.read(1 << 20):
                file.write(piece)
    else:
        sys.exit("it was not unplugged")
"""


_WEIGHS = """
import os, subprocess, sys

child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(child.pid, 0)
print(used.ru_maxrss * 1024)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""A child's peak begins with what its parent had, so a small one stands between."""


def peak(*words: str) -> int:
    """Run a program; the bytes of memory that it had at most."""
    small = (sys.executable, "-I", "-S", "-c", _WEIGHS)
    said = subprocess.run([*small, *words], stdout=subprocess.PIPE, check=True)
    return int(said.stdout)


def long_film(card: Path) -> Path:
    """A film of more than 4 GiB on a card, most of it a hole."""
    film = card / _NAME
    film.parent.mkdir(parents=True)
    some = random.Random(1)
    with film.open("wb") as file:
        file.truncate(_SIZE)
        for at in range(0, _SIZE, _BLOCK):
            file.seek(at)
            file.write(some.randbytes(10_000))
        file.seek(_SIZE - 10_000)
        file.write(some.randbytes(10_000))
    return film


def check_same(fetched: Path, film: Path) -> None:
    """Both have the same bytes, and the copy goes."""
    assert fetched.stat().st_size == _SIZE
    with film.open("rb") as one, fetched.open("rb") as other:
        while block := one.read(_BLOCK):
            assert block == other.read(_BLOCK)
    fetched.unlink()


@pytest.mark.long
def test_a_movie_of_more_than_4_gib_is_streamed(tmp_path: Path) -> None:
    film = long_film(tmp_path / "card")
    port = (PROGRAM, "--port", f"virtual:eos-r6?card={tmp_path / 'card'}")
    start = peak(*port, "ls", "DCIM/100CANON")
    fetched = tmp_path / "MVI_0001.MP4"
    assert peak(*port, "get", _NAME, "-o", str(fetched)) - start < _MOST_MEMORY
    check_same(fetched, film)


@pytest.mark.long
def test_a_movie_that_was_unplugged_beyond_4_gib_goes_on(tmp_path: Path) -> None:
    film = long_film(tmp_path / "card")
    start = peak(PROGRAM, "--port", f"virtual:eos-r6?card={tmp_path / 'card'}", "ls")
    fetched = tmp_path / "MVI_0001.MP4"
    words = (sys.executable, "-c", _GOES_ON, str(tmp_path / "card"), _NAME, str(fetched))
    assert peak(*words, str(_UNPLUGGED_AT)) - start < _MOST_MEMORY
    check_same(fetched, film)


@pytest.fixture
def hollow(tmp_path: Path) -> Iterator[Path]:
    """A card with a film of such a length, all of it a hole."""
    film = tmp_path / "card" / _NAME
    film.parent.mkdir(parents=True)
    film.touch()
    os.truncate(film, _SIZE)
    yield tmp_path / "card"
    film.unlink()


def test_one_that_is_there_already_is_not_fetched_again(tmp_path: Path, hollow: Path) -> None:
    there = tmp_path / "to" / Path(_NAME).name
    there.parent.mkdir()
    there.touch()
    os.truncate(there, _SIZE)
    os.utime(there, (told := (hollow / _NAME).stat().st_mtime, told))
    port = f"virtual:eos-r6?card={hollow}"
    for words in (["get", _NAME, "-o", "to/"], ["get", _NAME, "-o", "to", "--template", "{name}"]):
        ran = run(tmp_path, *words, port=port)
        assert (ran.returncode, ran.stdout) == (0, f"to/{there.name}\n"), ran.stderr
        assert "it was there already" in ran.stderr
    os.truncate(there, 0xFFFFFFFF - 1)  # half of it
    assert run(tmp_path, "get", _NAME, "-o", "to/", port=port).returncode != 0


def test_fsspec_opens_none_of_which_it_would_read_a_part(hollow: Path) -> None:
    card = fsspec.filesystem("canon", port=f"virtual:eos-r6?card={hollow}")
    with pytest.raises(OSError, match="get it into a file"):
        card.open(_NAME)
    card.clear_instance_cache()


def test_a_zip_is_refused_before_it_begins(hollow: Path) -> None:
    with canon.open(f"virtual:eos-r6?card={hollow}") as cam:
        film = cam.storage.stat(_NAME)
    with pytest.raises(ValueError, match="fetch it alone"):
        zips.length([film])
