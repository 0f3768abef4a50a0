"""What is printed: data on stdout, messages, errors and progress on stderr."""

from __future__ import annotations

import errno
import io
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Self, TextIO

import click

from canon.clock import RealClock
from canon.errors import CanonError, Refused
from canon.log import INFO, Log
from canon.work import documents
from canon.work.documents import FAILED, with_notes
from canon.work.patience import Patience

if TYPE_CHECKING:
    from canon.driver.card import Progress
    from canon.wire import Buffer
_STDOUT = "standard output"
BarOf = Callable[[str, int], "Progress | None"]
"""Begins a file of a progress bar by its name and size; None when nothing is drawn."""


class Line(NamedTuple):
    """A line that one of several cameras says.

    Attributes:
        text: it.
        is_data: whether it goes to stdout.
    """

    text: str
    is_data: bool


class _Voice(threading.local):
    """Who speaks in this thread: the program itself, or one of several cameras."""

    camera: str = ""
    say: Callable[[Sequence[Line]], None] | None = None


_voice = _Voice()


@contextmanager
def speaking(camera: str, say: Callable[[Sequence[Line]], None]) -> Iterator[None]:
    """Let all that this thread prints be said by one of several cameras.

    Args:
        camera: its name.
        say: takes the lines, some that belong together at a time.
    """
    _voice.camera, _voice.say = camera, say
    try:
        yield
    finally:
        _voice.camera, _voice.say = "", None


class Untold(Exception):
    """Stdout takes no more; what was done is done.

    Attributes:
        why: what the system said; a BrokenPipeError where who read it has gone.
    """

    def __init__(self, why: OSError) -> None:
        super().__init__(str(why))
        self.why = why


def take_any_letter() -> None:
    """Let stdout escape the letters that its encoding has not, as stderr does."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def put_line(*lines: str) -> None:
    """Print a line of data, or some that belong together.

    What a camera says may hold control characters; none of them reaches the terminal.

    Raises:
        Untold: stdout is closed or full, or nobody reads it any more.
    """
    if _voice.say:
        _voice.say([Line(line, True) for line in lines])
        return
    if sys.stdout is None:  # it was closed from the start
        raise Untold(_closed())
    try:
        for line in lines:
            print(_harmless(line), flush=True)
    except OSError as error:
        _give_up(sys.stdout)
        error.filename = _STDOUT
        raise Untold(error) from error


def put_drawing(text: str) -> None:
    """Write what is drawn in a terminal, escape sequences and all.

    Raises:
        Untold: the terminal is gone.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _give_up(sys.stdout)
        error.filename = _STDOUT
        raise Untold(error) from error


class WhileRead(RealClock):
    """The real time, which ends where nobody reads stdout any more: `| head -1` has had enough."""

    def sleep(self, seconds: float) -> None:
        """Sleep.

        Raises:
            Untold: who read stdout has gone.
        """
        import select

        try:
            out = sys.stdout.fileno()
            poll = select.poll()
        except (AttributeError, OSError):  # it is no file, or this is Windows
            super().sleep(seconds)
            return
        poll.register(out, 0)  # errors are told all the same
        if poll.poll(seconds * 1000):
            gone = BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE), _STDOUT)
            _give_up(sys.stdout)
            raise Untold(gone)


def put_message(text: str) -> None:
    """Print lines on stderr; where nobody reads it any more, they are lost, and nothing else is."""
    if _voice.say:
        _voice.say([Line(line, False) for line in text.split("\n")])
    elif sys.stderr is not None:  # it is None when it was closed from the start
        try:
            for line in text.split("\n"):
                print(_harmless(line), file=sys.stderr)
        except OSError:
            _give_up(sys.stderr)


def put_bytes(out: BinaryIO, data: Buffer) -> None:
    """Write bytes of a file to stdout, as `bytes_out` gave it.

    Raises:
        Untold: it takes no more.
    """
    try:
        out.write(data)
        out.flush()
    except OSError as error:
        _give_up(out)
        error.filename = _STDOUT
        raise Untold(error) from error


def _closed() -> OSError:
    return OSError(errno.EBADF, "it is closed", _STDOUT)


def _give_up(stream: TextIO | BinaryIO) -> None:
    """Let what a stream still holds go nowhere: else Python fails on it again at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def say(message: str) -> None:
    """Print a message on stderr."""
    put_message(f"canon-remote: {message}")


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody sits at a standard stream; it is None when it was closed from the start."""
    return stream is not None and stream.isatty()


def bytes_out(*, as_json: bool) -> BinaryIO:
    """Stdout for the bytes of a file, as `-o -` asks.

    Raises:
        click.UsageError: they cannot go there.
        Untold: it was closed from the start.
    """
    if _voice.say:
        raise click.UsageError("several cameras cannot share stdout; name a folder with -o")
    if as_json:
        raise click.UsageError("--json and -o - both want stdout; name a file with -o")
    if sys.stdout is None:
        raise Untold(_closed())
    if is_terminal(sys.stdout):
        raise click.UsageError("a terminal cannot show a file; pipe it, or name a file with -o")
    return sys.stdout.buffer


def exit_code(error: BaseException) -> int:
    """The exit code that an error ends the program with."""
    if isinstance(error, click.ClickException):
        return error.exit_code
    return documents.exit_code(error)


def error_message(error: BaseException) -> str:
    """What an error says for people, with the notes on it, in one line.

    The command that was refused and the camera's answer are for experts: they are said where
    nothing else tells why, and with -v.
    """
    said = _said(error)
    if isinstance(error, Refused) and (type(error) is Refused or is_verbose()):
        said = str(error)
    elif isinstance(error, CanonError) and error.advice:
        said = f"{said}; {error.advice}"
    return with_notes(said, error)


def is_verbose() -> bool:
    """Whether -v was given."""
    return Log("canon").is_heard(INFO)


def _said(error: BaseException) -> str:
    """What happened."""
    if isinstance(error, click.UsageError) and error.ctx:
        message = " ".join(error.format_message().split()).rstrip(".")
        return f"{message}; {error.ctx.command_path} --help tells how"
    if isinstance(error, click.ClickException):
        return error.format_message()
    return documents.said(error)


def error_document(error: BaseException) -> dict[str, Any]:
    """An error for `--json`; a mistake on the command line is told in the same form."""
    told = documents.of_error(error)
    if isinstance(error, click.ClickException):
        told |= {"message": with_notes(_said(error), error), "exit": error.exit_code}
    return told


def json_line(document: object) -> str:
    """A document in JSON, in one line; where several cameras speak it says which one does."""
    import json  # most runs print none

    if _voice.camera and isinstance(document, dict):
        document = {"camera": _voice.camera, **document}
    return json.dumps(document)


def megabytes(size: int) -> str:
    """A size for people: "267.4 MB"."""
    return f"{size / 1e6:.1f} MB"


class Tally:
    """Things that are done one after the other, where one that fails does not stop the others.

    Each thing is a `with tally.one(…)` block that ends with `tally.done(…)`. `Patience` says which
    errors do stop everything. Where stdout takes no more the rest is done all the same, and the end
    raises Untold: what cannot be told has not failed.

    Args:
        as_json: whether each thing is reported as a JSON object; it can be asked for.
        key: what the things are called in JSON: "path".
        verb: what was done to them: "saved".
        results: what else JSON tells of each thing; null where it failed.
    """

    def __init__(self, as_json: bool, key: str, verb: str, *results: str) -> None:
        self.as_json, self._key, self._verb = as_json, key, verb
        self._results: dict[str, Any] = dict.fromkeys(results)
        self._name: str | int = ""
        self._done = 0
        self._patience = Patience()
        self._not_as_asked = False
        self._untold: Untold | None = None
        self._failed: list[Exception] = []

    @property
    def exit_code(self) -> int:
        """0 when all was done, 1 when some; when nothing was, what the first error stands for."""
        if not self._failed:
            return FAILED if self._not_as_asked else 0
        return FAILED if self._done else exit_code(self._failed[0])

    @contextmanager
    def one(self, name: str | int, label: str = "") -> Iterator[None]:
        """Do one thing; an error is reported and counted.

        Args:
            name: what the thing is called in JSON, and in messages unless there is a label.
            label: what it is called in messages.
        """
        self._name = name
        try:
            yield
        except (CanonError, OSError, ValueError) as error:
            self._patience.heed(error)
            self._failed.append(error)
            if self.as_json:
                self._put(error=error_document(error))
                return
            message, subject = error_message(error), label or str(name)
            say(message if message.startswith(subject) else f"{subject}: {message}")
        else:
            self._patience.heed()

    def not_as_asked(self) -> None:
        """Let the exit code say that the thing was done, but not as it was asked for."""
        self._not_as_asked = True

    def done(self, *lines: str, **results: object) -> None:
        """Tell that the thing is done, by lines for people or by results for JSON."""
        self._done += 1
        if self.as_json:
            self._put(**results, error=None)
            return
        for line in lines:
            self._tell(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        stopped = error is not None and not isinstance(error, Untold)
        several = self._done + len(self._failed) > 1
        if several and (self._failed or stopped) and not self.as_json:
            say(f"{self._done} {self._verb}, {len(self._failed)} failed")
        if self._untold and error is None:
            raise self._untold

    def _put(self, **results: object) -> None:
        self._tell(json_line({self._key: self._name, **self._results, **results}))

    def _tell(self, line: str) -> None:
        if self._untold is None:
            try:
                put_line(line)
            except Untold as untold:
                self._untold = untold


@contextmanager
def progress_bar(total: int, *, sums_up: bool = True) -> Iterator[BarOf]:
    """A progress bar on stderr over `total` bytes, or more as they turn up, on a terminal.

    While no size is known it shows that something goes on, and no numbers. It vanishes at the end.
    Of several cameras none draws one.

    Args:
        total: the bytes; 0 where they are not known.
        sums_up: whether it leaves a line that tells how much came, and how fast.
    """
    if _voice.say or not is_terminal(sys.stderr):
        yield lambda name, size: None
        return
    from rich import progress
    from rich.console import Console

    waiting = (progress.TextColumn("{task.description}", markup=False), progress.BarColumn())
    columns = (
        *waiting,
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TimeRemainingColumn(),
    )
    clock = RealClock()
    start, files, moved = clock.now(), 0, 0
    # Lines for stdout go above the bar when both are the same terminal, and past it when not.
    try:
        with progress.Progress(
            *(columns if total else waiting),
            console=Console(stderr=True, soft_wrap=True),
            redirect_stdout=is_terminal(sys.stdout),
            transient=True,
        ) as bar:
            task = bar.add_task("", total=total or None)
            before = 0

            def begin(name: str, size: int) -> Progress:
                nonlocal before, files
                first, before, files = before, before + size, files + 1
                bar.update(task, description=_harmless(name), completed=first)
                so_far = 0

                def note(done: int, all_of_it: int) -> None:
                    nonlocal so_far, moved
                    moved, so_far = moved + done - so_far, done
                    bar.columns = columns
                    bar.update(task, completed=first + done, total=max(total, first + all_of_it))

                return note

            yield begin
    finally:
        if moved and sums_up:
            seconds = max(clock.now() - start, 0.001)
            what = f"{files} file{'s' if files > 1 else ''}, {megabytes(moved)}"
            say(f"{what} in {seconds:.1f} s, {megabytes(int(moved / seconds))}/s")


def _harmless(line: str) -> str:
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)
