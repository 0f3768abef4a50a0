"""How verbs tell what becomes of one thing after the other: as lines, a progress bar, or JSON."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from canon.cli.output import (
    BarOf,
    Untold,
    error_document,
    error_message,
    exit_code,
    json_line,
    progress_bar,
    put_line,
    say,
)
from canon.work.documents import FAILED

if TYPE_CHECKING:
    from canon.driver.card import Progress
    from canon.work.taking import Brought, IndexRebuilt


class Telling:
    """Tells of files that come into a folder; use it in a `with` block.

    Where stdout takes no more the rest is done all the same, and the end raises Untold.

    Args:
        as_json: whether each event is an object.
        keys: those of every object beside `event`; what does not apply is null.
    """

    def __init__(self, as_json: bool, *keys: str) -> None:
        self._as_json = as_json
        self._empty: dict[str, Any] = dict.fromkeys(keys)
        self._stack = ExitStack()
        self._bar: BarOf | None = None
        self._done = 0
        self._failed: list[Exception] = []
        self._untold: Untold | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self.hide_bar()
        if self._untold and kind is None:
            raise self._untold

    @property
    def exit_code(self) -> int:
        """0 when all went well, 1 when some did; else what the first error stands for."""
        if not self._failed:
            return 0
        return FAILED if self._done else exit_code(self._failed[0])

    def show_bar(self, total: int = 0, *, sums_up: bool = True) -> None:
        """Show a progress bar over so many bytes, on a terminal, in place of one before.

        Args:
            total: the bytes.
            sums_up: whether it leaves a line that tells how much came.
        """
        self.hide_bar()
        self._bar = self._stack.enter_context(progress_bar(total, sums_up=sums_up))

    def hide_bar(self) -> None:
        """Take the progress bar away."""
        self._stack.close()
        self._bar = None

    def begin(self, name: str, size: int) -> Progress | None:
        """Begin a file of the progress bar."""
        return self._bar(name, size) if self._bar else None

    def file(self, event: Brought) -> None:
        """Tell what became of a file: where it lies, or why it failed."""
        path, subject = str(event.path) if event.path else None, str(event.what or event.path)
        self.json(
            "file",
            card=str(event.what) if event.what else None,
            path=path,
            size=event.size,
            sha256=event.sha256 or None,
            time=event.time.isoformat() if event.time else None,
            action=str(event.action),
            error=error_document(event.error) if event.error else None,
        )
        if event.error is not None:
            self.failed(event.error, subject)
            return
        self._done += 1
        if event.action in ("fetched", "planned"):
            self.line(path or subject)

    def index(self, event: IndexRebuilt) -> None:
        """Tell that the index of the folder was made anew."""
        self.json("index", path=str(event.aside))
        self.say(
            "warning: the index was damaged; it is made anew, and the old one kept as "
            f"{event.aside}"
        )

    def failed(self, error: Exception, subject: str = "") -> None:
        """Count a failure, and say it to people, with what it is about."""
        self._failed.append(error)
        message = error_message(error)
        self.say(message if message.startswith(subject) else f"{subject}: {message}")

    def line(self, text: str) -> None:
        """Print a line for people to stdout."""
        if not self._as_json:
            self._put(text)

    def say(self, text: str) -> None:
        """Print a message for people to stderr."""
        if not self._as_json:
            say(text)

    def json(self, event: str, **known: object) -> None:
        """Print an object with all keys, where JSON is wanted."""
        if self._as_json:
            self._put(json_line({"event": event, **self._empty, **known}))

    def _put(self, line: str) -> None:
        if self._untold is None:
            try:
                put_line(line)
            except Untold as untold:
                self._untold = untold
