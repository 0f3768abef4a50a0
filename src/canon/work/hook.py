"""Runs a program of the user's for each picture, by the contract of gphoto2's --hook-script.

The environment says what there is to do: ACTION is `init`, `start`, `download` or `stop`, ARGUMENT
the file's path. Beside these stand variables of ours, and the same as JSON on stdin.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from canon.driver.card import Entry
from canon.errors import CanonError
from canon.frozen import Frozen

_PREFIX = "CANON_REMOTE_"


class Occasion(Frozen):
    """What a hook is run for.

    Attributes:
        action: "init", "start", "download" or "stop".
        path: the file on this computer; None but for a download.
        what: the file of the card; None where it was on none.
        size: its bytes.
        sha256: of its bytes.
        time: when it was taken.
        camera: the camera's model with its number, else its owner.
        port: the port string of the camera.
    """

    action: str
    path: Path | None = None
    what: Entry | None = None
    size: int | None = None
    sha256: str | None = None
    time: datetime | None = None
    camera: str = ""
    port: str = ""

    def document(self) -> dict[str, object]:
        """It for JSON, with all keys."""
        return {
            "action": self.action,
            "path": str(self.path) if self.path else None,
            "card_path": str(self.what) if self.what else None,
            "size": self.size,
            "sha256": self.sha256,
            "time": self.time.isoformat() if self.time else None,
            "camera": self.camera,
            "port": self.port,
        }

    def variables(self) -> dict[str, str]:
        """It for the environment; what does not apply is not there."""
        told = self.document()
        action, path = told.pop("action"), told.pop("path")
        named = {"ACTION": action, "ARGUMENT": path} | {
            _PREFIX + name.upper(): value for name, value in told.items()
        }
        return {name: str(value) for name, value in named.items() if value is not None}


class HookStarted(Frozen):
    """The user's program was started."""

    occasion: Occasion


class HookFailed(Frozen):
    """The user's program failed; the pictures come all the same.

    Attributes:
        occasion: what it was run for.
        error: how it ended.
    """

    occasion: Occasion
    error: CanonError


HookEvent = HookStarted | HookFailed
"""What becomes of the user's program."""


def hook_words(text: str) -> list[str]:
    """The program that a text means, and its arguments; no shell looks at them.

    Raises:
        ValueError: there is no such program.
    """
    import shlex
    import shutil

    try:
        words = [text] if Path(text).is_file() else shlex.split(text)
    except ValueError as error:
        raise ValueError(f"the hook {text!r} cannot be read: {error}") from None
    if not words:
        raise ValueError("the hook is empty; name a program")
    program = Path(words[0])
    if program.is_file():
        if not os.access(program, os.X_OK):
            raise ValueError(f"the hook {words[0]} is not a program; chmod +x makes it one")
        return [str(program.absolute()), *words[1:]]
    found = shutil.which(words[0])
    if found is None:
        raise ValueError(f"there is no program {words[0]} for the hook")
    return [found, *words[1:]]


class Hook:
    """The user's program: run in a thread of its own, in the order in which it was asked for.

    What it prints goes to stderr.

    Args:
        words: the program and its arguments, as `hook_words` gives them; none is no hook.
        timeout_s: after how long it is killed, with what it has started.
    """

    def __init__(self, words: list[str], timeout_s: float) -> None:
        self._words, self._timeout_s = words, timeout_s
        self._asked: queue.SimpleQueue[Occasion | None] = queue.SimpleQueue()
        self._told: deque[HookEvent] = deque()
        self._running: subprocess.Popen[bytes] | None = None
        self._given_up = False
        self._thread = threading.Thread(target=self._work, name="hook", daemon=True)
        self._thread.start()

    def run(self, occasion: Occasion) -> None:
        """Run it now.

        Raises:
            CanonError: it failed, or was killed.
        """
        if self._words:
            self._run(occasion)

    def ask(self, occasion: Occasion) -> None:
        """Let it run when those before have ended."""
        if self._words:
            self._asked.put(occasion)

    def events(self) -> Iterator[HookEvent]:
        """What became of it since this was last asked."""
        while self._told:
            yield self._told.popleft()

    def end(self) -> Iterator[HookEvent]:
        """Wait until all has run that was asked for, and tell of it."""
        self._asked.put(None)
        while self._thread.is_alive():
            self._thread.join(0.1)
            yield from self.events()
        yield from self.events()

    def give_up(self) -> None:
        """Kill what runs, and run nothing more."""
        self._given_up = True
        self._asked.put(None)
        if (running := self._running) is not None:
            _kill(running)

    def _work(self) -> None:
        while (occasion := self._asked.get()) is not None and not self._given_up:
            self._told.append(HookStarted(occasion))
            try:
                self._run(occasion)
            except CanonError as error:
                self._told.append(HookFailed(occasion, error))

    def _run(self, occasion: Occasion) -> None:
        import json

        what = f"the hook for {occasion.path or occasion.action}"
        try:
            running = _start(self._words, os.environ | occasion.variables())
        except OSError as error:
            raise CanonError(f"{what} could not be run: {error.strerror}") from error
        self._running = running
        try:
            running.communicate(json.dumps(occasion.document()).encode() + b"\n", self._timeout_s)
        except subprocess.TimeoutExpired:
            _kill(running)
            raise CanonError(
                f"{what} ran for over {self._timeout_s:g} s and was killed",
                "give it longer with --hook-timeout",
            ) from None
        finally:
            self._running = None
        code = running.returncode
        if code:
            how = f"was ended by signal {-code}" if code < 0 else f"failed with exit code {code}"
            raise CanonError(f"{what} {how}")


def _start(words: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a program as the first of a group, which can be killed with all in it."""
    try:
        os.fstat(2)
        out = 2
    except OSError:  # stderr was closed from the start
        out = subprocess.DEVNULL
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
    return subprocess.Popen(  # noqa: S603  (the user's own program, and no shell)
        words,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=out,
        stderr=out,
        start_new_session=True,
        creationflags=flags,
    )


def _kill(running: subprocess.Popen[bytes]) -> None:
    """End a program and all that it has started."""
    if sys.platform == "win32":
        tree = ["taskkill", "/F", "/T", "/PID", str(running.pid)]
        subprocess.run(tree, capture_output=True, check=False)  # noqa: S603
    else:
        try:
            os.killpg(running.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
    running.wait()
