"""The verb `mount`: the card as a folder."""

from __future__ import annotations

import os
import re
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from canon.cli.options import Options, Verb
from canon.cli.paths import ON_THIS_COMPUTER
from canon.errors import CanonError
from canon.work.documents import FAILED

if TYPE_CHECKING:
    from collections.abc import Callable

    _Bytes = click.ParamType[int]
else:
    _Bytes = click.ParamType  # a generic class since click 8.3 only

_SIZE = re.compile(r"(\d{1,6})([MGT])", re.IGNORECASE)
_UNITS = {"M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_READY = b"+"


class _Size(_Bytes):
    """A number of bytes: 500M, 1G."""

    name = "size"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The bytes of what was typed."""
        if isinstance(value, int):
            return value
        found = _SIZE.fullmatch(str(value).strip())
        if not found or not int(found[1]):
            self.fail(f"{value!r} is no size; 500M and 1G are", param, ctx)
        return int(found[1]) * _UNITS[found[2].upper()]


@click.command(
    "mount",
    cls=Verb,
    examples=(
        "canon-remote mount ~/card",
        "canon-remote mount --foreground ~/card",
        "canon-remote mount --port virtual:powershot-g3 ~/card",
    ),
)
@click.argument("folder", metavar="DIR", type=ON_THIS_COMPUTER)
@click.option("--foreground", is_flag=True, help="Stay here, and log; Ctrl-C ends it.")
@click.option(
    "room",
    "--cache",
    type=_Size(),
    metavar="SIZE",
    default="1G",
    help="The most bytes that copies of the camera's files take on this computer's disk, where the "
    "camera gives whole files only; 1G when not given.",
)
@click.pass_obj
def mount_verb(options: Options, folder: str, foreground: bool, room: int) -> int | None:
    """Show the card as a folder: DIR, which is there and empty.

    All programs can read it, and write where the camera takes files. `umount DIR` ends it, and lets
    the camera go. A file that is written goes onto the card as a whole when it is closed.
    """
    if options.keeps_open:
        raise click.UsageError("the shell has the camera open; leave it, then mount the camera")
    mount = import_module("canon.fs.mount")
    mount.fuse()
    path = mount.mount_point(folder)
    mounted = None if foreground else _in_background()
    if isinstance(mounted, int):
        return mounted
    with options.camera() as cam:

        def ready() -> None:
            facts = {"folder": path, "model": cam.model, "process": os.getpid()}
            options.show(facts, f"{cam.model} is at {path}")
            if mounted is not None:
                mounted()

        mount.serve(cam, path, room=room, ready=ready)
    return None


def _in_background() -> Callable[[], None] | int:
    """Go on in another process, which has this one's terminal until the folder can be used.

    Returns:
        In this process, once that is so or has failed, its exit code; in the other one, what to
        call then. What fails there before is told there.

    Raises:
        CanonError: the other process was killed.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        with open(reading, "rb") as pipe:
            if pipe.read(1):
                return 0
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code < 0:
            raise CanonError(f"the mount was ended by {signal.Signals(-code).name}")
        return code or FAILED
    os.close(reading)

    def mounted() -> None:
        os.setsid()
        os.chdir("/")
        nothing = os.open(os.devnull, os.O_RDWR)
        for number, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)):
            if stream is not None:  # else that number is another file's
                os.dup2(nothing, number)
        os.write(writing, _READY)

    return mounted
