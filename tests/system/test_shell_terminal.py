"""`canon-remote shell` on a terminal, with a keyboard: Tab, history, Ctrl-C, questions."""

import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cli_helpers import PATIENCE_S, PROGRAM, VIRTUAL, environment, files_below, make_card, virtual

FIRST = "DCIM/100CANON/IMG_0001.JPG"


@pytest.fixture
def card(tmp_path: Path) -> Path:
    return make_card(tmp_path)


# A session leader has no terminal of its own until it takes one; Ctrl-C reaches only such.
_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; "
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """A terminal with the shell on it: what it shows, and keys to press."""

    def __init__(self, folder: Path, *words: str, port: str, **variables: str) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, PROGRAM, "shell", *words],
            cwd=folder,
            env={**environment(folder, port), "XDG_STATE_HOME": "", "COLUMNS": "80", **variables},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._shown = ""

    def press(self, keys: str) -> None:
        """Press keys."""
        os.write(self._ours, keys.encode())

    def until(self, text: str, patience_s: float = PATIENCE_S) -> str:
        """What is shown up to a text; that is taken away, what follows it stays."""
        while text not in self._shown:
            if not select.select([self._ours], [], [], patience_s)[0]:
                raise TimeoutError(f"no {text!r} in {self._shown!r}")
            try:
                self._shown += os.read(self._ours, 4096).decode(errors="replace")
            except OSError:  # how Linux tells that the other end is closed
                raise EOFError(f"no {text!r} in {self._shown!r}") from None
        before, _, self._shown = self._shown.partition(text)
        return before

    def do(self, line: str, at: str = "/") -> list[str]:
        """Type a line; the lines that it prints until the prompt is there again."""
        self.press(line + "\r")
        self.until("\r\n")
        return self.until(prompt(at)).splitlines()

    def interrupt(self) -> None:
        """Press Ctrl-C where a line is read, until the prompt is there again.

        Python misses one that comes while it sets up the line or looks at another key.
        """
        for _ in range(PATIENCE_S):
            self.press("\x03")
            with suppress(TimeoutError):
                self.until(prompt(), 1)
                return
        raise TimeoutError(f"Ctrl-C did nothing: {self._shown!r}")

    def end(self) -> int:
        """Press Ctrl-D; the exit code."""
        self.press("\x04")
        return self.process.wait(PATIENCE_S)

    def close(self) -> None:
        """End the program, if it still runs, and the terminal."""
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


def prompt(at: str = "/") -> str:
    return f"[Canon PowerShot G3] {at}> "


@contextmanager
def on_a_terminal(
    folder: Path, *words: str, port: str = VIRTUAL, **variables: str
) -> Iterator[Terminal]:
    """The shell on a terminal, at its first prompt."""
    terminal = Terminal(folder, *words, port=port, **variables)
    try:
        terminal.until(prompt())
        yield terminal
    finally:
        terminal.close()


def test_an_error_does_not_end_it(tmp_path: Path) -> None:
    with on_a_terminal(tmp_path) as shell:
        assert "no command 'dance'" in shell.do("dance")[0]
        assert "no such file or folder" in shell.do("cd nowhere")[0]
        assert shell.do("cd DCIM", at="/DCIM") == []
        assert shell.do("pwd", at="/DCIM") == ["/DCIM"]
        assert shell.end() == 0


def test_tab_completes_commands_and_names(tmp_path: Path, card: Path) -> None:
    (tmp_path / "mine.jpg").write_text("mine")
    (tmp_path / "there").mkdir()
    typed = [
        ("prot\t", "protect "),
        ("cd dc\t", "cd DCIM/"),
        ("ls DCIM/10\t1\t", "ls DCIM/101CANON/"),
        ("get /dcim/100canon/s\t", "get /dcim/100canon/SND_0002.WAV "),
        ("get DCIM/101CANON/../100CANON/i\t2\t", "get DCIM/101CANON/../100CANON/IMG_0002.JPG "),
        ("help zo\t", "help zoom "),
        ("put min\t", "put mine.jpg "),
        ("put mine.jpg D\t", "put mine.jpg DCIM/"),
        ("lcd th\t", "lcd there/"),
        (f"get {FIRST} -o th\t", f"get {FIRST} -o there/"),
    ]
    with on_a_terminal(tmp_path, port=virtual(card)) as shell:
        for keys, line in typed:
            shell.press(keys + "\x01#\r")  # to the line's start, and make it a comment
            shell.until(prompt())
            shell.press("\x10")  # the line again, as it was
            shell.until("#" + line)
            shell.press("\x15")  # and away with it
        shell.do("cd DCIM/100CANON", at="/DCIM/100CANON")
        shell.press("ls \t\t")
        shell.until("IMG_0001.JPG")
        assert "SND_0002.WAV" in shell.until(prompt("/DCIM/100CANON"))


def test_a_folder_is_listed_once_for_tab_until_something_changes(tmp_path: Path) -> None:
    with on_a_terminal(tmp_path, "-vv") as shell:
        shell.do("cd DCIM", at="/DCIM")
        shell.press("ls 10\t")
        assert shell.until("0CANON/").count("GetDirectory(") == 2  # the command and its answer
        shell.press("\x15ls 10\t")
        assert "GetDirectory(" not in shell.until("0CANON/")
        shell.press("\x15")
        shell.do("mkdir 101TEST", at="/DCIM")
        shell.press("ls 101\t")
        assert shell.until("TEST/").count("GetDirectory(") == 2


def test_the_history_is_kept_and_bounded(tmp_path: Path) -> None:
    history = tmp_path / "home" / ".local" / "state" / "canon-remote" / "history"
    history.parent.mkdir(parents=True)
    history.write_text("".join(f"ls old{number}\n" for number in range(1500)))
    with on_a_terminal(tmp_path) as shell:
        shell.do("cd DCIM", at="/DCIM")
        shell.press("rm 100CANON/IMG_0001.JPG\r")
        shell.until("[y/N]: ")
        shell.press("n\r")
        shell.until(prompt("/DCIM"))
        assert shell.end() == 0
    kept = history.read_text().splitlines()
    assert len(kept) == 1000
    assert kept[-3:] == ["ls old1499", "cd DCIM", "rm 100CANON/IMG_0001.JPG"]
    with on_a_terminal(tmp_path) as shell:
        shell.press("\x1b[A")
        shell.until("rm 100CANON/IMG_0001.JPG")
        shell.press("\x1b[A")
        shell.until("cd DCIM")
        shell.press("\r")
        shell.until(prompt("/DCIM"))


def test_the_history_goes_where_the_system_says(tmp_path: Path) -> None:
    with on_a_terminal(tmp_path, XDG_STATE_HOME=str(tmp_path / "state")) as shell:
        shell.do("pwd")
        shell.press("quit\r")
        assert shell.process.wait(PATIENCE_S) == 0
    assert (tmp_path / "state" / "canon-remote" / "history").read_text() == "pwd\nquit\n"


def test_a_home_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with on_a_terminal(tmp_path, XDG_STATE_HOME=str(tmp_path / "file")) as shell:
        assert shell.do("pwd") == ["/"]
        assert shell.end() == 0


@pytest.mark.parametrize(("answer", "left"), [("n", True), ("y", False), ("", True)])
def test_rm_asks(answer: str, left: bool, tmp_path: Path, card: Path) -> None:
    with on_a_terminal(tmp_path, port=virtual(card)) as shell:
        shell.press("rm dcim/100canon/img*\r")
        asked = shell.until("[y/N]: ").splitlines()
        assert asked[1:-1] == [
            f"DCIM/100CANON/{name}" for name in ("IMG_0001.JPG", "IMG_0002.JPG", "SND_0002.WAV")
        ]
        assert asked[-1].startswith("Delete these 3 files from the card for good?")
        if answer:
            shell.press(f"{answer}\r")
            shell.until(prompt())
        else:
            shell.interrupt()
        assert (FIRST in shell.do("ls DCIM/100CANON")) is left


def test_ctrl_c_stops_a_download_and_keeps_the_camera(tmp_path: Path, card: Path) -> None:
    large = "DCIM/101CANON/IMG_0101.JPG"
    with on_a_terminal(tmp_path, port=virtual(card, pace="real")) as shell:
        for _ in range(2):
            shell.press(f"get {large} -o out/\r")
            while not any(file.stat().st_size for file in (tmp_path / "out").glob(".*.part")):
                assert shell.process.poll() is None
            shell.press("\x03")
            shell.until(prompt())
            assert files_below(tmp_path / "out") == []
            assert shell.do("ls DCIM/101CANON")[-1] == large
        shell.do(f"get {large} -o out/")
        assert shell.end() == 0
    assert (tmp_path / "out" / "IMG_0101.JPG").read_bytes() == (card / large).read_bytes()


def test_ctrl_c_stops_the_live_view_and_pictures_can_be_taken(tmp_path: Path) -> None:
    with on_a_terminal(tmp_path, port=f"{VIRTUAL}?pace=real") as shell:
        shell.press("live -o frames\r")
        shell.until("frame_000002.jpg")
        shell.press("\x03")
        shell.until(prompt())
        shell.do("capture -o pictures/")
        assert shell.end() == 0
    assert len(files_below(tmp_path / "pictures")) == 1


def test_ctrl_c_at_the_prompt_drops_the_line(tmp_path: Path) -> None:
    with on_a_terminal(tmp_path) as shell:
        shell.press("mkdir NEVER")
        shell.until("NEVER")
        shell.interrupt()
        assert "NEVER/" not in shell.do("ls")
        assert shell.end() == 0


def test_a_camera_that_went_away_is_opened_again(tmp_path: Path) -> None:
    with on_a_terminal(tmp_path, port=virtual(None, "unplug@GetTime")) as shell:
        assert "unplugged" in shell.do("clock")[0]
        assert shell.do("ls")[0].startswith("canon-remote: ")
        shell.do("reopen")
        assert shell.do("ls") == ["MISC/", "DCIM/"]
        assert shell.end() == 0


def test_killed_it_ends(tmp_path: Path) -> None:
    with on_a_terminal(tmp_path) as shell:
        for _ in range(PATIENCE_S):  # as with interrupt()
            shell.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                shell.process.wait(1)
                break
        assert shell.process.returncode == 130
        with pytest.raises(EOFError, match="no 'Traceback'"):
            shell.until("Traceback")


def test_what_a_camera_says_cannot_colour_the_terminal(tmp_path: Path) -> None:
    escape, quoted = "\x1b[31", "\x16\x1b[31"  # Ctrl-V: the next key as it is
    with on_a_terminal(tmp_path) as shell:
        assert shell.do(f"owner {quoted}") == ["\N{REPLACEMENT CHARACTER}[31"]
        shell.press("owner\r")
        assert escape not in shell.until(prompt("/"))
        assert shell.end() == 0
