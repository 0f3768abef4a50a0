"""Live view into other people's programs: the lines of the page, with real ffmpeg and mpv."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from cli_helpers import PROGRAM, environment

from canon.clock import RealClock
from conftest import ROOT, program

BODIES = {
    "virtual:powershot-g3": "ExitReleaseControl()",
    "virtual:powershot-g9": "TerminateReleaseControl()",
    "virtual:eos-60d": "SetRemoteMode(mode=0)",
}
PAGE = (ROOT / "docs/guide/live-view.md").read_text(encoding="utf-8")
LINES = {
    what: shlex.split(line)
    for what, line in zip(
        ("mpv", "film", "webcam"),
        re.findall(r"^canon-remote live -o - \| (.*)$", PAGE, re.M),
        strict=True,
    )
}
FRAMES = 40


def play(folder: Path, port: str, player: list[str]) -> float:
    """Let a player have the frames; returns the seconds from the first one to the last."""
    clock, times = RealClock(), list[float]()
    with (
        subprocess.Popen(
            [PROGRAM, "live", "-n", str(FRAMES), "-o", "-"],
            cwd=folder,
            env=environment(folder, f"{port}?pace=real"),
            stdout=subprocess.PIPE,
        ) as live,
        subprocess.Popen(
            [program(player[0]), *player[1:]],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as playing,
    ):
        assert live.stdout
        assert playing.stdin
        while piece := os.read(live.stdout.fileno(), 1 << 20):
            times += [clock.now()] * piece.count(b"\xff\xd8\xff")
            playing.stdin.write(piece)
            playing.stdin.flush()
        _, said = playing.communicate(timeout=60)
        assert playing.returncode == 0, said.decode()
    assert live.returncode == 0
    assert len(times) == FRAMES
    return times[-1] - times[0]


def told(folder: Path, film: str, entry: str) -> float:
    """What ffprobe counts of a film."""
    ran = subprocess.run(
        [
            program("ffprobe"),
            *f"-v error -count_packets -of csv=p=0 -show_entries {entry} {film}".split(),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return float(ran.stdout)


@pytest.mark.parametrize("port", BODIES)
def test_a_film_is_as_long_as_it_took(port: str, tmp_path: Path) -> None:
    """The clock of the wall says when a frame came; it is not in the frames."""
    took = play(tmp_path, port, LINES["film"])
    assert told(tmp_path, "film.mkv", "stream=nb_read_packets") == FRAMES
    assert abs(told(tmp_path, "film.mkv", "format=duration") - took) < 0.5


def test_the_line_for_a_webcam_gives_what_a_webcam_gives(tmp_path: Path) -> None:
    """Into a file here: there is no v4l2loopback in a test."""
    line = [*LINES["webcam"]]
    at = line.index("v4l2")
    line[at : at + 2] = ["rawvideo", "frames.yuv"]
    play(tmp_path, "virtual:powershot-g3", line)
    size = (tmp_path / "frames.yuv").stat().st_size
    frame = 320 * 240 * 3 // 2
    assert size % frame == 0
    assert size // frame > FRAMES // 2


def test_mpv_shows_it(tmp_path: Path) -> None:
    (*words, stdin) = LINES["mpv"]
    play(tmp_path, "virtual:eos-60d", [*words, "--no-config", "--vo=null", "--ao=null", stdin])


@pytest.mark.parametrize(("port", "leaves"), BODIES.items())
def test_a_closed_pipe_ends_it_quietly(port: str, leaves: str, tmp_path: Path) -> None:
    """The player is closed; the camera is let go of, and nothing is wrong."""
    for more in ["-vv"], *([[]] if "g3" in port else ()):
        with subprocess.Popen(
            [PROGRAM, "live", "-o", "-", *more],
            cwd=tmp_path,
            env=environment(tmp_path, port),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as live:
            assert live.stdout
            assert live.stdout.read(2) == b"\xff\xd8"
            live.stdout.close()
            assert live.stderr
            said = live.stderr.read().decode()
        assert live.returncode == 0
        assert (leaves in said) == bool(more), said
        assert more or not said
