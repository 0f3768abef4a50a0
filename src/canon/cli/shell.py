"""The verb `shell`: one camera stays open and takes command after command.

The commands are the verbs of the command line, by the same code: here they get the camera that is
open, and their paths count from the current folder of the card. What makes sense only in a shell is
at the end of this file.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from canon.cli.options import HELP_NAMES, Options, Verb
from canon.cli.output import (
    is_terminal,
    put_line,
    say,
)
from canon.cli.paths import ON_CARD, ON_THIS_COMPUTER
from canon.clock import RealClock
from canon.driver.card import CardPath
from canon.errors import CanonError
from canon.work.documents import INTERRUPTED

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.driver.card import Entry
_SHORT = {"exit": "quit", "?": "help"}
_NOT_HERE = frozenset(
    {"doctor", "udev", "list", "models", "virtual", "decode", "completion", "shell", "help"}
)
_CHANGES_NAMES = frozenset({"put", "rm", "mkdir", "rmdir", "capture", "ptp", "reopen"})
_MOST_HISTORY = 1000
_TIDY_S = 3.0  # how long a command may tidy up before Ctrl-C counts again


@click.command(
    "shell",
    cls=Verb,
    examples=("canon-remote shell", "canon-remote shell < nightly.txt"),
)
@click.pass_context
def shell_verb(ctx: click.Context) -> int:
    """Keep one camera open and take command after command.

    `help` lists the commands. Paths of the card count from the folder that `cd` went to, and from
    the card's root when they begin with /. Tab completes, Ctrl-C stops a command, Ctrl-D ends.
    Without a terminal the commands come from stdin; the first that fails ends it with its exit
    code.
    """
    options: Options = ctx.obj
    with options.camera() as cam:
        shell = Shell(cam, options, ctx.find_root())
        return shell.talk() if is_terminal(sys.stdin) else shell.play(sys.stdin or ())


class Shell:
    """One open camera, and the folder of its card that the user is in.

    Args:
        cam: the camera.
        options: what was asked for when the shell was started.
        root: the context of the command line, whose verbs are taken.

    Attributes:
        cam: the camera.
        here: the current folder of the card.
    """

    def __init__(self, cam: Camera, options: Options, root: click.Context) -> None:
        self.cam = cam
        self.here = CardPath()
        self._options = options
        self._root = root
        self._verbs = cast("click.Group", root.command)
        self._model = cam.model
        self._listings: dict[CardPath, list[Entry]] = {}
        self._heeds_ctrl_c = False
        self._clock = RealClock()
        self._interrupted = 0.0

    def talk(self) -> int:
        """Ask for commands on the terminal until Ctrl-D or `quit`."""
        signal.signal(signal.SIGINT, self._interrupt)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(INTERRUPTED))
        say("`help` lists the commands, Ctrl-D ends")
        with _line_editing(self) as remember:
            while True:
                try:
                    self._heeds_ctrl_c = True
                    line = input(self._prompt())
                    if line.strip():
                        remember(line)
                    self._heeds_ctrl_c = True  # one at the prompt may have been lost in readline
                    self.run(line)
                    self._heeds_ctrl_c = False
                except _Quit:
                    return 0
                except EOFError:
                    print()
                    return 0
                except (KeyboardInterrupt, click.Abort):
                    print()

    def play(self, lines: Iterable[str]) -> int:
        """Run a script; returns the exit code of the first line that fails, or 0."""
        for number, line in enumerate(lines, 1):
            try:
                code = self.run(line)
            except _Quit:
                return 0
            if code:
                if not self._options.as_json:
                    say(f"stopped at line {number}: {line.strip()}")
                return code
        return 0

    def run(self, line: str) -> int:
        """Run a line, tell what goes wrong, and return the exit code."""
        outer = self._options
        options = _Inside(self, outer)
        words: list[str] = []
        try:
            words = _split(line)
            return self.run_words(words, options) if words else 0
        except click.exceptions.Exit as end:
            return end.exit_code
        except click.ClickException as error:
            options.as_json |= "--json" in words
            return options.tell(error)
        except (CanonError, OSError, ValueError) as error:
            return options.tell(error)

    def run_words(self, words: list[str], options: Options) -> int:
        """Run a command with its words."""
        name, *rest = words
        name = _SHORT.get(name, name)
        command = self.command(name)
        try:
            with command.make_context(name, rest, obj=options, help_option_names=HELP_NAMES) as ctx:
                return int(command.invoke(ctx) or 0)
        finally:
            if name in _CHANGES_NAMES:
                self._listings.clear()

    def command(self, name: str) -> click.Command:
        """The command of that name; a ValueError when there is none."""
        command = _OWN.get(name)
        if command is None and name not in _NOT_HERE:
            command = self._verbs.get_command(self._root, name)
        if command is None:
            raise ValueError(f"there is no command {name!r} here; `help` lists those there are")
        return command

    def names(self) -> list[str]:
        """The names of all commands."""
        verbs = (name for name in self._verbs.list_commands(self._root) if name not in _NOT_HERE)
        return sorted([*verbs, *_SHORT, *_OWN])

    def below(self, text: str) -> CardPath:
        """The place on the card that a typed path means; it may go up with `..`."""
        path = self.here
        for part in re.split(r"(?<=.)[/\\]", text):
            path = path.parent if part == ".." else path / part
        return path

    def from_here(self, text: str) -> str:
        """How a path that was printed is typed in the current folder."""
        path, depth = CardPath(text), len(self.here.parts)
        if self.here in path.parents and path.card in ("", self.here.card):
            return "/".join(path.parts[depth:])
        return _absolute(path)

    def completions(self, line: str, text: str) -> list[str]:
        """What `text`, the end of `line` after its last space or slash, may become."""
        before, _, word = line.rpartition(" ")
        folder = word.removesuffix(text)
        first, *_ = before.split() or [""]
        if first in ("", "help"):
            return [f"{name} " for name in self.names() if name.startswith(text)]
        found: list[str] = []
        local = first == "lcd" or before.endswith((" -o", " --output"))
        with suppress(CanonError, OSError):
            if local or first == "put":
                found += _local_names(folder, text)
            if not local:
                found += self._names(folder, text, folders_only=first in ("cd", "put"))
        return found

    def _names(self, folder: str, text: str, *, folders_only: bool) -> list[str]:
        """What in a folder of the card begins so; the folder is listed once until names change."""
        path = self.below(folder)
        if path not in self._listings:
            self._listings[path] = self.cam.storage.ls(path)
        return [
            f"{entry.name}/" if entry.is_folder else f"{entry.name} "
            for entry in self._listings[path]
            if entry.name.upper().startswith(text.upper())
            and entry.name.isprintable()
            and (entry.is_folder or not folders_only)
        ]

    def _interrupt(self, *_: object) -> None:
        """Ctrl-C ends a command once; more of them do not cut short what tidies up after it.

        After a while one counts again: the first may have been lost where a line is read.
        """
        now = self._clock.now()
        if self._heeds_ctrl_c or now - self._interrupted > _TIDY_S:
            self._heeds_ctrl_c, self._interrupted = False, now
            raise KeyboardInterrupt

    def _prompt(self) -> str:
        return "".join(filter(str.isprintable, f"[{self._model}] {_absolute(self.here)}> "))


class _Inside(Options):
    """The options of a command in the shell, whose camera is open already."""

    keeps_open = True

    def __init__(self, shell: Shell, outer: Options) -> None:
        self.shell, self.port = shell, outer.port
        self.as_json, self.verbosity = outer.as_json, outer.verbosity

    def absorb(self, params: dict[str, Any]) -> None:
        """Take the shared options, of which those that open a camera cannot be here."""
        if params["port"] or params["record"]:
            raise click.UsageError("give --port and --record to `canon-remote shell` itself")
        super().absorb(params)

    def on_card(self, path: str) -> str:
        """A path of the card counts from the current folder."""
        whole = str(self.shell.below(path))
        return whole.rstrip("/") + "/" if path.endswith(("/", "\\")) else whole

    def as_typed(self, entry: Entry) -> str:
        """From the current folder."""
        return self.shell.from_here(str(entry))

    def on_this_computer(self, path: str) -> str:
        """The home that no other shell has put in."""
        return os.path.expanduser(path)

    def all_on_this_computer(self, pattern: str) -> list[str]:
        """The files that no other shell has found."""
        path = os.path.expanduser(pattern)
        return sorted(glob(path)) or [path]

    def show(self, document: object, *lines: str) -> None:
        """Print the answer; a listing names its paths as they are typed in the current folder."""
        if isinstance(document, list):
            lines = tuple(
                self.shell.from_here(row["path"]).join(line.rsplit(row["path"], 1))
                for row, line in zip(document, lines, strict=True)
            )
        super().show(document, *lines)

    @contextmanager
    def camera(self) -> Iterator[Camera]:
        """The camera of the shell; it stays open after the block."""
        yield self.shell.cam


class _Quit(Exception):
    """The user wants to leave the shell."""


def _split(line: str) -> list[str]:
    """The words of a line; a backslash is a character of the camera's paths, # begins a comment."""
    if line.lstrip().startswith("#"):
        return []
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = lexer.escape = ""
    try:
        return list(lexer)
    except ValueError:
        raise ValueError("a quotation mark is left open; close it") from None


def _absolute(path: CardPath) -> str:
    """A path as the shell shows it: from the root, with a slash before it."""
    return f"{path.card}/{'/'.join(path.parts)}"


def _local_names(folder: str, text: str) -> list[str]:
    files = Path(folder).expanduser().iterdir()
    found = sorted(file for file in files if file.name.startswith(text))
    return [f"{file.name}/" if file.is_dir() else f"{file.name} " for file in found]


@contextmanager
def _line_editing(shell: Shell) -> Iterator[Callable[[str], object]]:
    """Completion and history while the block lasts; gives what adds a line to the history."""
    try:
        import readline
    except ImportError:  # Windows: the console's own editing
        yield lambda line: None
        return
    found: list[str] = []

    def complete(text: str, state: int) -> str | None:
        if state == 0:
            line = readline.get_line_buffer()[: readline.get_endidx()]
            found[:] = shell.completions(line, text)
        return found[state] if state < len(found) else None

    is_libedit = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if is_libedit else "tab: complete")
    readline.set_completer_delims(" /")
    readline.set_completer(complete)
    readline.set_auto_history(False)  # answers to questions are no commands
    readline.set_history_length(_MOST_HISTORY)
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    file = Path(state, "canon-remote", "history")
    with suppress(OSError):
        readline.read_history_file(file)
    try:
        yield readline.add_history
    finally:
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            readline.write_history_file(file)


# --- the shell's own commands --------------------------------------------------------------------


@click.command("cd")
@click.argument("folder", type=ON_CARD, default="/")
@click.pass_obj
def _cd(options: _Inside, folder: str) -> None:
    """Go to a folder of the card; to its root when none is named."""
    path = CardPath(folder)
    entry = options.shell.cam.storage.stat(path)
    if not entry.is_folder:
        raise ValueError(f"{entry} is a file; cd goes to folders")
    if not path.parts:
        options.shell.cam.storage.ls(path)  # is there such a card?
    options.shell.here = entry.path


@click.command("pwd")
@click.pass_obj
def _pwd(options: _Inside) -> None:
    """Show the current folder of the card."""
    put_line(_absolute(options.shell.here))


@click.command("lcd")
@click.argument("directory", type=ON_THIS_COMPUTER, default="~")
def _lcd(directory: str) -> None:
    """Go to a folder of this computer; home when none is named."""
    os.chdir(directory)


@click.command("lpwd")
def _lpwd() -> None:
    """Show the current folder of this computer."""
    put_line(os.getcwd())


@click.command("reopen")
@click.pass_obj
def _reopen(options: _Inside) -> None:
    """Open the camera again, after it was off or unplugged."""
    options.shell.cam.initialize(force=True)


@click.command("help")
@click.argument("name", metavar="[COMMAND]", required=False)
@click.pass_obj
def _help(options: _Inside, name: str | None) -> None:
    """List the commands, or explain one."""
    shell = options.shell
    if name is not None:
        if name in _SHORT:
            put_line(f"{name} is short for: {_SHORT[name]}")
        shell.run_words([name, "--help"], options)
    names = shell.names()
    width = max(map(len, names))
    for one in names:
        short = _SHORT.get(one)
        told = f"Short for: {short}" if short else shell.command(one).get_short_help_str(60)
        put_line(f"{one:{width}}  {told}")


@click.command("quit")
def _quit() -> None:
    """Leave the shell; so does Ctrl-D."""
    raise _Quit


_OWN = {
    command.name or "": command
    for command in (
        _cd, _pwd, _lcd, _lpwd, _reopen, _help, _quit,
    )
}  # fmt: skip
