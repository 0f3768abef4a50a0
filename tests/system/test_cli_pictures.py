"""Pictures in a terminal, in tmux as a user has it, and contact sheets."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest
from cli_helpers import PROGRAM, environment, make_card, run, run_into, virtual
from PIL import Image

from canon.clock import RealClock
from conftest import program

G3 = "virtual:powershot-g3"
BODIES = [G3, "virtual:powershot-s60?mode=ptp", "virtual:eos-60d"]
BLOCK = "\N{UPPER HALF BLOCK}"
PROMPT = "ready>"


class Screen:
    """A terminal in tmux with a shell in it."""

    def __init__(self, folder: Path, port: str, columns: int, lines: int, **variables: str) -> None:
        self._runs = 0
        self._name = f"canon-{uuid.uuid4().hex[:8]}"
        self._tmux("new-session", "-d", "-x", str(columns), "-y", str(lines), "cat")
        words = {**environment(folder, port), **variables, "PS1": f"{PROMPT} "}
        names = ("HOME", "PATH", "CANON_REMOTE_PORT", "PYTHONPATH", "COVERAGE_PROCESS_CONFIG")
        given = [f"{name}={words[name]}" for name in (*names, "PS1") if name in words]
        shell = shlex.join(["env", *given, "bash", "--norc", "-i"])
        self._tmux("respawn-pane", "-k", "-c", str(folder), shell)
        self.wait_for(rf"^{PROMPT}")

    def _tmux(self, *words: str) -> str:
        return subprocess.run(
            [program("tmux"), "-L", self._name, "-f", "/dev/null", *words],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout

    def type(self, line: str, key: str = "Enter") -> None:
        self._tmux("send-keys", "-l", line)
        self._tmux("send-keys", key)

    def press(self, key: str) -> None:
        self._tmux("send-keys", key)

    def shown(self, *how: str) -> str:
        """What is on the screen and above it."""
        return self._tmux("capture-pane", "-p", "-S", "-", *how)

    def wait_for(self, pattern: str, patience_s: float = 60) -> str:
        clock = RealClock()
        end = clock.now() + patience_s
        while not re.search(pattern, shown := self.shown(), re.M):
            assert clock.now() < end, shown
            clock.sleep(0.05)
        return shown

    def run(self, line: str) -> list[str]:
        """What a command leaves on the screen, and its exit code, in a screen that was empty."""
        self._runs += 1
        self.type(f'clear; {line}; echo "code {self._runs}: $?"')
        self.wait_for(rf"^code {self._runs}: \d+\n{PROMPT}")
        shown = self.shown().rstrip("\n").splitlines()
        assert shown.pop() == PROMPT
        return [*shown[:-1], shown[-1].partition(": ")[2]]

    @property
    def cursor(self) -> str:
        """Whether it is shown, and its column."""
        return self._tmux("display-message", "-p", "#{cursor_flag} #{cursor_x}").strip()

    def close(self) -> None:
        self._tmux("kill-server")


@contextmanager
def screen(
    folder: Path, port: str = G3, columns: int = 80, lines: int = 24, **variables: str
) -> Iterator[Screen]:
    tmux = Screen(
        folder, port, columns, lines, PATH=f"{Path(PROGRAM).parent}:/usr/bin:/bin", **variables
    )
    try:
        yield tmux
    finally:
        tmux.close()


@pytest.mark.parametrize(
    ("port", "columns", "lines"), [(G3, 200, 50), *((port, 80, 24) for port in BODIES)]
)
def test_pictures_are_drawn_in_a_terminal(
    port: str, columns: int, lines: int, tmp_path: Path
) -> None:
    with screen(tmp_path, port, columns, lines) as tmux:
        shown = tmux.run("canon-remote thumbs")
        drawn = [line for line in shown if BLOCK in line]
        assert min(columns, 150) - 12 < max(map(len, drawn)) < columns
        assert {"IMG_0001.JPG", "IMG_0006.JPG"} <= set(" ".join(shown).split())
        assert "SND_0002.WAV" not in " ".join(shown)
        assert shown[-1] == "0"
        assert tmux.cursor == f"1 {len(PROMPT) + 1}"

        shown = tmux.run("canon-remote view DCIM/100CANON/IMG_0001.JPG")
        drawn = [line for line in shown if BLOCK in line]
        assert lines - 8 < len(drawn) < lines - 2  # as large as fits
        assert len(set(map(len, drawn))) == 1
        assert shown[-2].startswith("IMG_0001.JPG  20")
        coloured = tmux.shown("-e").splitlines()
        assert len(set(re.findall(r"38;2;\d+;\d+;\d+", "".join(coloured)))) > 50
        assert "\x1b" not in coloured[-1]


def test_pictures_that_are_taken_leave_their_names(tmp_path: Path) -> None:
    """And no line for each that tells how long it took: most of that was the exposure."""
    taken = [f"to/{number}.JPG" for number in (1, 2)]
    with screen(tmp_path) as tmux:
        shown = tmux.run("canon-remote capture -n 2 -o to --template {seq}")
        assert shown == [*taken, "0"]
        words = "tether -o to --template {name} --count 2"
        shown = tmux.run(f"canon-remote --port '{G3}?press=every:5s,count:2' {words}")
        assert shown[1:] == ["to/IMG_0007.JPG", "to/IMG_0008.JPG", "canon-remote: 2 saved", "0"]


def test_ctrl_c_leaves_a_terminal_as_it_was(tmp_path: Path) -> None:
    """It ends a long series of thumbnails, of which the first are there before the last."""
    card = tmp_path / "card/DCIM/100CANON"
    card.mkdir(parents=True)
    picture = run_picture(tmp_path)
    for number in range(1, 1001):
        (card / f"IMG_{number:04}.JPG").write_bytes(picture)
    port = f"{G3}?card={tmp_path / 'card'}&pace=real"
    with screen(tmp_path, port) as tmux:
        tmux.type('clear; canon-remote thumbs; echo "code=$?"')
        tmux.wait_for("IMG_0006.JPG")
        tmux.press("C-c")
        shown = tmux.wait_for(r"^code=\d+\n" + PROMPT)
        assert "code=130" in shown
        assert "IMG_1000.JPG" not in shown
        assert tmux.cursor == f"1 {len(PROMPT) + 1}"
        assert tmux.run("echo plain")[0] == "plain"
        assert "\x1b" not in tmux.shown("-e").strip().splitlines()[-1]


def run_picture(folder: Path) -> bytes:
    """A small picture with a thumbnail in it."""
    run(folder, "get", "DCIM/100CANON/IMG_0001.JPG", "-o", "one.jpg")
    return (folder / "one.jpg").read_bytes()


def test_the_terminal_is_asked_only_by_one_who_can_hear_it(tmp_path: Path) -> None:
    """Without the extra, or with stdin elsewhere, pictures are half blocks all the same."""
    fake = tmp_path / "fake/textual_image"
    fake.mkdir(parents=True)
    (fake / "__init__.py").write_text("print('it is asked')\nraise ImportError\n")
    with screen(tmp_path, PYTHONPATH=str(fake.parent)) as tmux:
        asked = "\n".join(tmux.run("canon-remote view DCIM/100CANON/IMG_0001.JPG"))
        silent = "\n".join(tmux.run("canon-remote view DCIM/100CANON/IMG_0001.JPG < /dev/null"))
    assert ("it is asked" in asked, "it is asked" in silent) == (True, False)
    assert BLOCK in asked
    assert BLOCK in silent


@pytest.mark.parametrize("words", ["thumbs", "view DCIM/100CANON/IMG_0001.JPG"])
def test_a_terminal_that_has_sixel_gets_it(words: str, tmp_path: Path) -> None:
    child = pexpect.spawn(
        PROGRAM,
        words.split(),
        cwd=str(tmp_path),
        env=environment(tmp_path, G3),
        encoding="utf-8",
        timeout=60,
        dimensions=(40, 100),
    )
    try:
        child.send("\x1b[?62;4c")  # before it is asked: the time for an answer is short
        child.expect_exact("\x1b[c")
        child.expect_exact("\x1bP")
        child.expect(pexpect.EOF)
        after = str(child.before)
    finally:
        child.close(force=True)
    assert "\x1b\\" in after
    assert "IMG_0001.JPG" in after
    assert BLOCK not in after


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        ("thumbs", "thumbs -o sheet.jpg"),
        ("view DCIM/100CANON/IMG_0001.JPG", "get saves it"),
        ("thumbs --json", "thumbs -o sheet.jpg"),
        ("thumbs -o sheet.png", "name it sheet.jpg"),
    ],
)
def test_no_picture_goes_into_a_pipe(words: str, instead: str, tmp_path: Path) -> None:
    ran = run(tmp_path, *words.split())
    assert (ran.returncode, ran.stdout) == (2, "")
    assert instead in ran.stderr


@pytest.mark.parametrize("port", [*BODIES, "virtual:eos-r6"])
def test_a_contact_sheet(port: str, tmp_path: Path) -> None:
    ran = run(tmp_path, "thumbs", "-o", "sheet.jpg", "--json", port=port)
    assert (ran.returncode, ran.stderr) == (0, "")
    told = json.loads(ran.stdout)
    names = [path.rpartition("/")[2] for path in told["paths"]]
    assert not {"SND_0002.WAV", "IMG_0007.THM", "MVI_0008.THM"} & set(names)
    with Image.open(tmp_path / "sheet.jpg") as sheet:
        assert sheet.width == 8 + 168 * len(names)
        assert sheet.height == 8 + 158
        for place, name in enumerate(names):  # a picture of many colours, and ink below it
            left = 8 + 168 * place
            picture = sheet.crop((left, 8, left + 160, 128))
            assert len(picture.getcolors(160 * 120) or ()) > 200, name
            text = sheet.crop((left, 130, left + 160, 158)).convert("L").tobytes()
            assert max(text) - min(text) > 150, name
    again = run(tmp_path, "thumbs", "-o", "sheet.jpg", port=port)
    assert (again.returncode, "sheet.jpg is there already" in again.stderr) == (5, True)
    assert run(tmp_path, "thumbs", "-o", "sheet.jpg", "--overwrite", port=port).returncode == 0


def test_files_without_a_thumbnail_are_frames_and_many_go_on_several_sheets(tmp_path: Path) -> None:
    card = tmp_path / "card/DCIM/100CANON"
    card.mkdir(parents=True)
    for number in range(1, 402):
        (card / f"IMG_{number:04}.JPG").write_bytes(b"\xff\xd8\xff\xd9")
    ran = run(tmp_path, "thumbs", "DCIM", "-o", "s.jpg", port=virtual(tmp_path / "card"))
    assert ran.stdout.splitlines() == ["s.jpg", "s-2.jpg"]
    with Image.open(tmp_path / "s-2.jpg") as sheet:
        assert sheet.size == (176, 166)
        frame = sheet.crop((8, 8, 168, 128)).convert("L").tobytes()
        assert (frame[60 * 160 + 80], frame[80] > 60) == (0, True)
    with Image.open(tmp_path / "s.jpg") as sheet:
        assert sheet.size == (8 + 8 * 168, 8 + 50 * 158)


def test_a_pattern_and_a_file_are_folders_too(tmp_path: Path) -> None:
    card = make_card(tmp_path)
    port = virtual(card)
    for words, count in (("DCIM/*/IMG_0001.JPG", 2), ("DCIM/101CANON/IMG_0101.JPG", 1)):
        ran = run(tmp_path, "thumbs", words, "-o", "s.jpg", "--overwrite", "--json", port=port)
        assert len(json.loads(ran.stdout)["paths"]) == count
    assert run(tmp_path, "thumbs", "NOPE", "-o", "s.jpg", port=port).returncode == 5


def test_what_cannot_be_drawn_is_told(tmp_path: Path) -> None:
    port = virtual(make_card(tmp_path))
    for path, code, said in (
        ("DCIM/100CANON/IMG_0001.JPG", 2, "cannot be drawn; get saves it"),
        ("DCIM/100CANON", 2, "is a folder, not a file; thumbs draws"),
        ("DCIM/100CANON/NOPE.JPG", 5, "NOPE.JPG"),
    ):
        out, err = Terminal(), Terminal()
        assert run_into(out, err, tmp_path, "view", path, port=port) == code
        assert said in " ".join(err.getvalue().split())
        assert BLOCK not in out.getvalue()


class Terminal(io.StringIO):
    """Somebody sits at it."""

    def isatty(self) -> bool:
        return True
