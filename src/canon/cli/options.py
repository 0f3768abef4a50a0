"""What every verb takes: which camera, in what form to answer, how much to log, what to record."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from canon.cli import tab
from canon.cli.output import (
    error_document,
    error_message,
    exit_code,
    json_line,
    put_line,
    put_message,
    say,
)
from canon.errors import AlreadyThere
from canon.log import before_the_first

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from canon.camera import Camera
    from canon.driver.card import Entry
    from canon.ports import Way
    from canon.usb.port import Port
    from canon.work.several import Place, StartLine
    from canon.work.stopping import Stop

HELP_NAMES = ["-h", "--help"]
"""The options that ask for help."""


class Options:
    """What the user asked for, before the verb or after it.

    Attributes:
        port: the camera's port string, or its name in cameras.toml; empty is CANON_REMOTE_PORT, or
            else the first on USB.
        ports: all that were named, where there are several.
        every: whether every camera is meant.
        here: the folder for files where none is named; one of several cameras has its own.
        line: where this camera waits for others; None where it is the only one.
        stop: stops its thread; None where it is the only one.
        camera_name: its name among several; empty where it is the only one.
        as_json: whether to print JSON.
        verbosity: how many -v there are.
        record: the file to record the conversation in; empty is none.
        keeps_open: whether the camera stays open after the verb, as in the shell.
    """

    port: str = ""
    ports: tuple[str, ...] = ()
    every: bool = False
    here: str = "."
    line: StartLine | None = None
    stop: Stop | None = None
    camera_name: str = ""
    as_json: bool = False
    verbosity: int = 0
    record: str = ""
    keeps_open: bool = False

    def absorb(self, params: dict[str, Any]) -> None:
        """Take the shared options out of a command's parameters."""
        self.ports = params.pop("port") or self.ports
        self.port = self.ports[0] if self.ports else self.port
        self.as_json = params.pop("as_json") or self.as_json
        self.verbosity += params.pop("verbosity")
        record = params.pop("record")
        if record == "":
            raise click.UsageError("--record names no file")
        self.record = record or self.record

    def on_card(self, path: str) -> str:
        """What a typed path of the card means."""
        return path

    def as_typed(self, entry: Entry) -> str:
        """How something on the card is typed."""
        return str(entry)

    def on_this_computer(self, path: str) -> str:
        """What a typed path of this computer means; the user's own shell has seen to that."""
        return path

    def all_on_this_computer(self, pattern: str) -> list[str]:
        """The files that a typed pattern means."""
        return [pattern]

    def show(self, document: object, *lines: str) -> None:
        """Print the answer: the document with --json, the lines without."""
        put_line(*((json_line(document),) if self.as_json else lines))

    def tell(self, error: BaseException) -> int:
        """Report an error on stderr, with what caused it if asked; returns its exit code."""
        if self.verbosity > len("vv"):
            import traceback

            put_message("".join(traceback.format_exception(error)).rstrip())
        if self.as_json:
            put_message(json_line({"error": error_document(error)}))
            return exit_code(error)
        say(error_message(error))
        cause = error.__cause__
        while self.verbosity and isinstance(cause, Exception):
            say(f"because of {type(cause).__name__}: {error_message(cause)}")
            cause = cause.__cause__
        return exit_code(error)

    def check_can_draw(self, *ports: str) -> None:
        """Nothing where the camera can take pictures: a virtual one draws them.

        Args:
            ports: the port strings of several cameras.

        Raises:
            MissingExtra: one is virtual, and Pillow is not installed.
        """
        if any(port.startswith("virtual:") for port in ports or (self.port_string(),)):
            from canon.virtual.pictures.scene import check_can_draw

            check_can_draw()

    def port_string(self) -> str:
        """The port string that is meant."""
        from canon import ports

        return ports.address(self.port or ports.default_port()) or "usb:"

    @contextmanager
    def camera(self) -> Iterator[Camera]:
        """The camera, initialized, for as long as the block lasts; recorded if that was asked."""
        with self.opener() as opened, opened(self.port_string()) as cam:
            yield cam

    @contextmanager
    def opener(self) -> Iterator[Callable[[str], Camera]]:
        """What opens the camera of a port string, for a block: again, when it was away.

        All that passes goes into one recording if that was asked.
        """
        from canon import ports
        from canon.camera import Camera

        with ExitStack() as stack:
            recording = _Recording(self.record, stack) if self.record else None

            def connect(where: str) -> Way:
                if recording:
                    return recording.of(ports.open_usb(where))
                way = ports.open_port(where)
                return self.stop.on(way) if self.stop else way

            def opened(where: str) -> Camera:
                cam = Camera(lambda: connect(where), where)
                cam.initialize()
                return cam

            yield opened

    def place(self, cam: Camera) -> Place:
        """Where the camera waits for the others, to do something at one moment."""
        from canon.work.several import StartLine

        line = self.line or StartLine([self.camera_name])
        return line.place(self.camera_name, cam.clock)


class _Recording:
    """A new file for all that passes; it is made when the camera is there."""

    def __init__(self, file: str, stack: ExitStack) -> None:
        self._file, self._stack = file, stack
        self._stream: BinaryIO | None = None
        self._addresses = cycle(range(2, 128))

    def of(self, port: Port) -> Port:
        """The port with all that passes written down."""
        from canon.trace.recorder import RecordingPort

        if self._stream is not None:
            return RecordingPort(port, self._stream, next(self._addresses))
        try:
            stream = open(self._file, "xb")  # noqa: SIM115  (the stack closes it)
        except FileExistsError:
            port.close()
            what = f"{self._file} is there already"
            raise AlreadyThere(what, "name another file") from None
        except OSError:
            port.close()
            raise
        self._stack.callback(_close, stream)
        self._stream = stream
        say(f"recording to {self._file}; owner's name, serial numbers and pictures will be in it")
        return RecordingPort(port, stream)


def _close(recording: BinaryIO) -> None:
    """Close it; that it has lost its end undoes nothing of what was recorded."""
    try:
        recording.close()
    except OSError as error:
        say(f"warning: {recording.name} lacks its end: {error.strerror}")


class _FileName(click.types.StringParamType):
    """The name of a file; click.Path asks for a translation of the word "path"."""

    name = "file"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Let the shell complete it."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="file")]


SHARED: tuple[click.Parameter, ...] = (
    click.Option(
        ["--port"],
        metavar="PORT",
        multiple=True,
        shell_complete=tab.ports,
        help="Which camera: usb:04a9:306e, usb:1-2.3, usbip:HOST:PORT/BUSID, "
        "virtual:powershot-g3 …, or its name in cameras.toml; CANON_REMOTE_PORT, or the first on "
        "USB, when not given. Verbs that have --all take it several times.",
    ),
    click.Option(["as_json", "--json"], is_flag=True, help="Print JSON."),
    click.Option(
        ["verbosity", "-v", "--verbose"],
        count=True,
        help="Log on stderr what happens; -vv each command, -vvv each byte.",
    ),
    click.Option(
        ["--record"],
        type=_FileName(),
        metavar="FILE",
        help="Write all that passes over the cable to a new pcapng FILE, for Wireshark "
        "and for `decode`.",
    ),
)
"""The options that stand before the verb or after it."""


_EVERY = click.Option(
    ["all_cameras", "--all"],
    is_flag=True,
    help="With every camera of cameras.toml, or every one on USB where that names none.",
)
"""The option of verbs that work with several cameras."""


def _show_help(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        for line in ctx.get_help().splitlines():
            put_line(line)
        ctx.exit()


_HELP = click.Option(
    ["help_wanted", *HELP_NAMES],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_help,
    help="Show this message and exit.",
)


class Helped(click.Command):
    """A command that asks for no translation of its --help: click's own looks for one in files."""

    def get_help_option(self, ctx: click.Context) -> click.Option:
        """The option --help, the same for all."""
        return _HELP


class Verb(Helped):
    """A verb of the command line; takes the shared options and shows examples in its help.

    Args:
        examples: lines for its help; it has one at least.
        unrecorded: what to do instead of recording; for a verb that opens no camera.
        several: whether it works with several cameras too, each in a thread of its own: with --all,
            or with --port given again.
        gathers: whether it works with several cameras in one run; `Options` says which.
        folder: the parameter with the folder that files go to; each of several cameras has one of
            its own below it.
        args: as click's.
        kwargs: as click's.
    """

    def __init__(
        self,
        *args: Any,
        examples: Sequence[str] = (),
        unrecorded: str = "",
        several: bool = False,
        gathers: bool = False,
        folder: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.params += (_EVERY, *SHARED) if several or gathers else SHARED
        self._several = several or gathers
        self._gathers = gathers
        self._folder = folder
        self.examples = examples
        self._unrecorded = unrecorded

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verb's own options; those of every verb are one line."""
        own = [
            record
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option)
            and parameter not in SHARED
            and (record := parameter.get_help_record(ctx))
        ]
        with formatter.section("Options"):
            formatter.write_dl(own)
        formatter.write("\n  --port, --json, -v and --record: see canon-remote --help.\n")

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        with formatter.section("Examples"):
            for example in self.examples:
                formatter.write(f"  {example}\n")

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; what it returns is the exit code, None is 0."""
        options: Options = ctx.obj
        options.absorb(ctx.params)
        every = self._several and ctx.params.pop("all_cameras")
        if options.record and self._unrecorded:
            raise click.UsageError(
                f"{self.name} opens no camera, so there is nothing to record; {self._unrecorded}"
            )
        if options.verbosity or "logging" in sys.modules:
            _log_on_stderr(options.verbosity)
        else:
            before_the_first(_log_on_stderr)
        if every or len(options.ports) > 1:
            self._check_several(options, every)
            if not self._gathers:
                from canon.cli.several import on_each

                return on_each(self, ctx, options, self._folder)
        options.every = every
        return super().invoke(ctx)

    def _check_several(self, options: Options, every: bool) -> None:
        if not self._several:
            raise click.UsageError(f"{self.name} works with one camera; give --port once")
        if every and (options.ports or options.keeps_open):
            other = "the shell has one camera open" if options.keeps_open else "--port names some"
            raise click.UsageError(f"--all means every camera, and {other}; leave one out")
        if options.record:
            raise click.UsageError("--record records one camera; give --port once")


def _log_on_stderr(verbosity: int = 0) -> None:
    from canon.cli import log

    log.start(verbosity)
