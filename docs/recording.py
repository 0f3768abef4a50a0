"""Record a terminal in which somebody tries the real program: `make pictures` draws it.

What is typed is below; what comes back is what the program says. The recording is an asciicast of
version 2, which asciinema plays, and agg turns into a film.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import pexpect

WIDTH, HEIGHT = 84, 28
PROMPT = "$ "
TYPED_S, READ_S = 0.05, 1.2
"""How long a key takes, and how long an answer is looked at."""
TOUR = (
    "canon-remote info | head -6",
    "canon-remote settings iso aperture macro",
    "canon-remote capture --af-lock -n 3 --set macro=on -o shots/",
    "canon-remote ls DCIM/100CANON",
    "canon-remote view DCIM/100CANON/IMG_0001.JPG",
)
PORT = "virtual:powershot-g3?pace=real"


class Recording:
    """What a terminal shows, and when; one second without news counts as no more than that."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._at = 0.0
        self._last = time.perf_counter()

    def heard(self, text: str) -> None:
        now = time.perf_counter()
        self._at += min(now - self._last, 1.0)
        self._last = now
        self.lines.append(json.dumps([round(self._at, 3), "o", text]))

    def pause(self, seconds: float) -> None:
        self._at += seconds


def record(tour: tuple[str, ...], into: Path) -> None:
    """Type each line into a shell, and write down all that it shows."""
    with tempfile.TemporaryDirectory() as folder:
        own = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": folder,
            "PS1": PROMPT,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "CANON_REMOTE_PORT": PORT,
        }
        shell = pexpect.spawn(
            "bash",
            ["--norc", "--noprofile"],
            cwd=folder,
            env=own,
            dimensions=(HEIGHT, WIDTH),
            encoding="utf-8",
            timeout=60,
        )
        shell.expect_exact(PROMPT)
        film = Recording()
        film.heard(PROMPT)
        for line in tour:
            for key in line:
                film.pause(TYPED_S)
                shell.send(key)
                shell.expect_exact(key)
                film.heard(key)
            shell.sendline()
            while shell.expect_exact([PROMPT, *"\n"]):
                film.heard(f"{shell.before}\n")
            film.heard(f"{shell.before}{PROMPT}")
            film.pause(READ_S)
        shell.sendline("exit")
        shell.expect(pexpect.EOF)
    head = {"version": 2, "width": WIDTH, "height": HEIGHT, "env": {"TERM": "xterm-256color"}}
    into.write_text("\n".join((json.dumps(head), *film.lines, "")))


if __name__ == "__main__":
    record(TOUR, Path(sys.argv[1]))
