"""A movie of more than 4 GiB, whose length the camera cannot tell, comes whole in little memory."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest
from cli_helpers import PROGRAM

_NAME = "DCIM/100CANON/MVI_0001.MP4"
_SIZE = (4 << 30) + 12_345
_BLOCK = 64 << 20
_MOST_MEMORY = 64 << 20


def peak(*words: str) -> int:
    """Run the command; the bytes of memory that it had at most."""
    with subprocess.Popen([PROGRAM, *words]) as child:
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return used.ru_maxrss * 1024


@pytest.mark.long
def test_a_movie_of_more_than_4_gib_is_streamed(tmp_path: Path) -> None:
    card = tmp_path / "card"
    film = card / _NAME
    film.parent.mkdir(parents=True)
    some = random.Random(1)
    with film.open("wb") as file:
        file.truncate(_SIZE)
        for at in range(0, _SIZE, _BLOCK):
            file.seek(at)
            file.write(some.randbytes(10_000))
        file.truncate(_SIZE)
    port = ("--port", f"virtual:eos-r6?card={card}")
    start = peak(*port, "ls", "DCIM/100CANON")
    fetched = tmp_path / "MVI_0001.MP4"
    assert peak(*port, "get", _NAME, "-o", str(fetched)) - start < _MOST_MEMORY
    assert fetched.stat().st_size == _SIZE
    with film.open("rb") as one, fetched.open("rb") as other:
        while block := one.read(_BLOCK):
            assert block == other.read(_BLOCK)
    fetched.unlink()
