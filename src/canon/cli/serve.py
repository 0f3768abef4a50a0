"""The verb `serve`: the web app."""

from __future__ import annotations

from importlib import import_module

import click

from canon.cli.options import Options, Verb
from canon.cli.paths import ON_THIS_COMPUTER
from canon.errors import MissingExtra

_PORT = 8765


@click.command(
    "serve",
    cls=Verb,
    gathers=True,
    unrecorded="record with another verb",
    examples=(
        "canon-remote serve",
        "canon-remote serve --port virtual:powershot-g3",
        "canon-remote serve --all -o pictures/",
        "canon-remote serve --listen 0.0.0.0:8765",
        "canon-remote serve --read-only",
    ),
)
@click.option(
    "--listen",
    metavar="ADDRESS:PORT",
    default=f"127.0.0.1:{_PORT}",
    help=f"Where to listen; 127.0.0.1:{_PORT} when not given. Off this computer a token is wanted.",
)
@click.option("--read-only", is_flag=True, help="Only show the cameras; change nothing.")
@click.option(
    "-o",
    "--output",
    type=ON_THIS_COMPUTER,
    metavar="DIR",
    default=".",
    help="Where pictures go that come to this computer, each of several cameras to a folder of its "
    "own there; the folder you are in when not given.",
)
@click.option("names", "--allow-host", multiple=True, metavar="NAME", help="A proxy's name.")
@click.pass_obj
def serve_verb(
    options: Options, listen: str, read_only: bool, output: str, names: tuple[str, ...]
) -> None:
    """Serve the web app: one page for the cameras, on this computer or the network.

    The link that opens the page is printed. Ctrl-C ends it, and lets the cameras go. With --all a
    camera on USB that comes later is served, too.
    """
    from pathlib import Path

    from canon import cameras_file, ports
    from canon.work.several import places

    address, port = _place(listen)
    try:
        serve = import_module("canon.web.serve").serve
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        if missing not in ("h11", "starlette", "uvicorn", "websockets"):
            raise
        raise MissingExtra("the web app", missing, "web") from error
    if options.every:
        cameras = places([*cameras_file.read()])
    elif len(options.ports) > 1:
        cameras = places(options.ports)
    else:
        one = options.port or ports.default_port() or "usb:"
        cameras = {one: ports.address(one)}
    if cameras:
        options.check_can_draw(*cameras.values())
    serve(
        cameras,
        all_there_are=options.every and not cameras,
        address=address,
        port=port,
        folder=Path(output).absolute(),
        read_only=read_only,
        names=names,
        ready=lambda link: options.show({"link": link}, link),
    )


def _place(text: str) -> tuple[str, int]:
    """The address and the port in "ADDRESS:PORT"."""
    address, colon, port = text.rpartition(":")
    address = address.removeprefix("[").removesuffix("]")
    if not (colon and address and port.isascii() and port.isdecimal() and int(port[:6]) < 1 << 16):
        raise click.UsageError(f"{text!r} is no place to listen at; write 127.0.0.1:{_PORT}")
    return address, int(port)
