"""The verb `virtual`: serves a virtual camera, or runs a program on one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import click

from canon.cli import tab
from canon.cli.options import Options, Verb
from canon.cli.output import Untold, say

if TYPE_CHECKING:
    from canon.virtual.usbip import UsbipServer


class _Virtual(Verb):
    """Takes all that follows --run as the program and its arguments."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if "--run" in args:
            args = [*args]
            args.insert(args.index("--run") + 1, "--")
        return super().parse_args(ctx, args)


@click.command(
    "virtual",
    cls=_Virtual,
    unrecorded="decode reads what gphoto2 --debug --debug-logfile=FILE writes",
    examples=(
        "canon-remote virtual --list",
        "canon-remote virtual powershot-g3 --usbip 127.0.0.1:3240",
        "canon-remote virtual powershot-s45 --mode ptp --usbip 127.0.0.1:3240",
        "canon-remote virtual powershot-a50 --serial",
        "canon-remote virtual powershot-g3 --card ~/Pictures --run gphoto2 --list-files",
        "canon-remote virtual powershot-g3 --fault stall@GetFile:20000 --run gphoto2 -P",
    ),
)
@click.option(
    "--card",
    metavar="DIR",
    shell_complete=tab.files,
    help="Show this folder as the card; it is never changed.",
)
@click.option(
    "--pace",
    type=click.Choice(["jump", "real"]),
    help="Whether time jumps wherever the other side would wait, or passes as on a real camera.",
)
@click.option(
    "faults",
    "--fault",
    multiple=True,
    metavar="KIND[@COMMAND][:NUMBER]",
    help="Let something go wrong: unplug@GetFile:20000, garbage …; may be given again.",
)
@click.option(
    "--mode",
    type=click.Choice(["native", "ptp"]),
    help="Which protocol it speaks, where --list has both; else the first of them.",
)
@click.option("--usbip", metavar="HOST:PORT", help="Serve it there over USB/IP.")
@click.option("--serial", is_flag=True, help="Serve it on a pseudo-terminal, as RS-232.")
@click.option(
    "--run", is_flag=True, help="Run the PROGRAM that follows with the camera plugged in."
)
@click.option(
    "listing",
    "--list",
    is_flag=True,
    help="List the bodies, each with the modes that it has, what it can do, and how that is known.",
)
@click.argument("model", required=False, shell_complete=tab.bodies)
@click.argument("command", metavar="[PROGRAM ARGS...]", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def virtual_verb(
    options: Options,
    model: str | None,
    command: tuple[str, ...],
    card: str | None,
    pace: str | None,
    faults: tuple[str, ...],
    mode: str | None,
    usbip: str | None,
    serial: bool,
    run: bool,
    listing: bool,
) -> int:
    """Serve a virtual camera.

    It goes to any USB/IP client, to a serial port, or to one program that is run on it. --usbip and
    --serial print the camera's port string and serve it until Ctrl-C. --run needs neither root nor
    a kernel module, but Debian's package umockdev; the program's exit code is the exit code.
    """
    if listing:
        return _list_models(options)
    if model is None:
        raise click.UsageError("name the model; --list lists them")
    if run + serial + (usbip is not None) != 1 or run != bool(command):
        raise click.UsageError("say one of --usbip HOST:PORT, --serial, --run PROGRAM ARGS…")
    if serial and pace == "jump":
        raise click.UsageError("time on a pseudo-terminal passes as it does; leave --pace jump out")
    query = [("fault", fault) for fault in faults]
    if serial or pace is not None:
        query.append(("pace", pace or "real"))
    if card is not None:
        query.append(("card", card))
    if mode is not None:
        query.append(("mode", mode))
    text = f"{model}?{urlencode(query)}"
    from canon.cli import log

    log.tell_what_is_asked()
    if serial:
        return _serve_serial(options, text)
    return _run(text, command) if usbip is None else _serve(options, text, usbip)


def _list_models(options: Options) -> int:
    from dataclasses import asdict

    from canon.virtual.catalogue import KNOWN, offers

    found = offers()
    options.show(
        [asdict(offer) for offer in found],
        *(
            f"{offer.model:28} {offer.mode:6} {offer.name:34} {', '.join(offer.can):26} "
            f"by {KNOWN[offer.known]}"
            for offer in found
        ),
    )
    return 0


def _run(text: str, command: Sequence[str]) -> int:
    from canon.bridge.run import run

    with _server(text) as server:
        return run(command, server.address, server.busid)


def _serve(options: Options, text: str, usbip: str) -> int:
    host, number = _address(usbip)
    with _server(text, host, number) as server:
        host, number = server.address
        shown = f"[{host}]" if ":" in host else host
        port = f"usbip:{shown}:{number}/{server.busid}"
        _until_interrupted(options, port)
    return 0


def _serve_serial(options: Options, text: str) -> int:
    from canon.virtual.build import Wanted
    from canon.virtual.terminal import TerminalServer

    wanted = Wanted.parse(text)
    with TerminalServer(wanted.on_line()) as server:
        port = f"serial:{server.path}" + (f"?model={wanted.odd.slug}" if wanted.odd else "")
        _until_interrupted(options, port)
    return 0


def _until_interrupted(options: Options, port: str) -> None:
    """Serve the camera; whoever knows its port needs no stdout that tells it."""
    untold = None
    try:
        options.show({"port": port}, port)
    except Untold as error:
        untold = error
    say("serving until Ctrl-C")
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    if untold:
        raise untold


def _server(text: str, host: str = "127.0.0.1", number: int = 0) -> UsbipServer:
    from canon.virtual.build import Wanted
    from canon.virtual.pictures.scene import check_can_draw
    from canon.virtual.usbip import UsbipServer

    check_can_draw()
    wanted = Wanted.parse(text)
    if wanted.model.product is None:
        raise click.UsageError(f"the {wanted.model.name} has no USB; serve it by --serial")
    return UsbipServer(wanted.on_usb(), host, number)


def _address(text: str) -> tuple[str, int]:
    host, colon, number = text.rpartition(":")
    if (
        not host
        or not colon
        or not number.isascii()
        or not number.isdigit()
        or int(number) > 0xFFFF
    ):
        raise click.UsageError(f"{text!r} is no address; write HOST:PORT, 127.0.0.1:3240")
    return host.strip("[]"), int(number)
