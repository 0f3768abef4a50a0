"""`canon-remote VERB …`: finds the verb, runs it, and turns what goes wrong into an exit code.

A verb's module is imported when the verb is asked for, and the library when the verb runs.
"""

from __future__ import annotations

import os
import signal
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from canon import __version__
from canon.cli.options import SHARED, Helped, Options
from canon.cli.output import Untold, put_line, take_any_letter
from canon.errors import CanonError
from canon.work.documents import FAILED

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_VERBS = {
    "list": "camera",
    "info": "camera",
    "id": "camera",
    "power": "camera",
    "cards": "camera",
    "shots": "camera",
    "ls": "storage",
    "import": "importing",
    "tether": "tether",
    "get": "transfer",
    "put": "transfer",
    "thumbs": "pictures",
    "view": "pictures",
    "rm": "storage",
    "mkdir": "storage",
    "rmdir": "storage",
    "protect": "storage",
    "new": "storage",
    "old": "storage",
    "owner": "camera",
    "clock": "camera",
    "settings": "capture",
    "custom-functions": "capture",
    "capture": "capture",
    "bulb": "capture",
    "timelapse": "series",
    "bracket": "series",
    "remote": "lens",
    "focus": "lens",
    "zoom": "lens",
    "flash": "lens",
    "live": "live",
    "movie": "live",
    "serve": "serve",
    "mount": "mount",
    "ptp": "ptp",
    "shell": "shell",
    "models": "models",
    "virtual": "virtual",
    "decode": "decode",
    "doctor": "doctor",
    "udev": "doctor",
    "completion": "completion",
    "help": "help",
}
"""The verbs in the order of the help, and the module that each is in."""
_ELSEWHERE = {
    "config": "settings",
    "delete": "rm",
    "detect": "list",
    "download": "get",
    "preview": "live",
    "shoot": "capture",
    "snap": "capture",
    "summary": "info",
    "thumb": "get --thumbnail",
    "time": "clock",
    "trigger": "capture",
    "unprotect": "protect --off",
    "upload": "put",
}
"""What other programs, and our shell, call verbs that have another name here."""

_HELP = """Canon cameras on the command line.

Data go to stdout; messages and progress go to stderr. With --json, stdout has one document, or one
object a line from the verbs that do one thing after another (timelapse, bracket, import, get, put,
rm, mkdir, rmdir, protect, decode); an error is a last line
{"error": {"kind", "message", "advice", "code", "command", "exit"}} on stderr.
"""

_EPILOG = """\b
Exit codes:
  0  done
  1  done in part, or failed otherwise
  2  a mistake in the command
  3  the cable: no camera, in use, not permitted, unplugged, silent
  4  the camera broke the protocol
  5  the camera refused, or what is there already stands in the way
  6  this model cannot do it
  130  interrupted
"""


class _Verbs(Helped, click.Group):
    """The verbs, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        module = import_module(f"canon.cli.{_VERBS[cmd_name]}")
        verb: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_verb")
        return verb

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each verb is for; no verb is imported for it."""
        from canon.cli.words import VERBS

        with formatter.section("Commands"):
            formatter.write_dl([(name, VERBS[name]) for name in self.list_commands(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in _VERBS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], (*_VERBS, *_ELSEWHERE), n=1)
            hint = f"; the nearest is {_ELSEWHERE.get(near[0], near[0])}" if near else ""
            raise click.UsageError(f"there is no verb {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[Any]]:
        """The verbs, with what each is for, or the options; no verb is imported for it."""
        from click.shell_completion import CompletionItem

        from canon.cli.words import VERBS

        verbs = [name for name in _VERBS if name.startswith(incomplete)]
        return [
            *(CompletionItem(name, help=VERBS.get(name)) for name in verbs),
            *click.Command.shell_complete(self, ctx, incomplete),
        ]

    def invoke(self, ctx: click.Context) -> Any:
        options: Options = ctx.obj
        options.absorb(ctx.params)
        return super().invoke(ctx)


@click.pass_context
def _bare(ctx: click.Context) -> None:
    """Show the help where no verb was typed."""
    if ctx.invoked_subcommand is None:
        for line in ctx.get_help().splitlines():
            put_line(line)


def _show_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        put_line(f"canon-remote, version {__version__}")
        ctx.exit()


_VERSION = click.Option(
    ["--version"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)

program = _Verbs(
    "canon-remote",
    callback=_bare,
    params=[*SHARED, _VERSION],
    help=_HELP,
    epilog=_EPILOG,
    no_args_is_help=False,
    invoke_without_command=True,
    subcommand_metavar="VERB …",
)


def run(words: list[str]) -> int:
    """Find the verb, run it, and return the exit code.

    Args:
        words: what was typed after the program's name.
    """
    options = Options()
    # Killed, the program ends as by Ctrl-C: the camera is let go of, nothing half-done stays.
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as by nohup
            signal.signal(number, signal.default_int_handler)
    take_any_letter()
    if "_CANON_REMOTE_COMPLETE" in os.environ:  # a TAB asks
        import_module("canon.cli.completion")
    try:
        code = program.main(words, prog_name="canon-remote", standalone_mode=False, obj=options)
    except click.Abort:
        options.as_json |= "--json" in words
        return options.tell(KeyboardInterrupt())
    except click.ClickException as error:
        options.as_json |= "--json" in words
        return options.tell(error)
    except Untold as untold:
        options.as_json |= "--json" in words
        gone = isinstance(untold.why, BrokenPipeError)  # who has had enough wants no message
        return FAILED if gone else options.tell(untold.why)
    except (CanonError, OSError, ValueError) as error:
        return options.tell(error)
    return code or 0
