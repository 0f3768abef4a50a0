"""Verbs of remote control and the lens: `remote`, `focus`, `zoom`."""

from __future__ import annotations

import click

from canon.cli.options import Options, Verb
from canon.cli.output import say


@click.command(
    "remote", cls=Verb, examples=("canon-remote remote start", "canon-remote remote stop")
)
@click.argument("what", type=click.Choice(["start", "stop"]))
@click.pass_obj
def remote_verb(options: Options, what: str) -> None:
    """Enter remote control and stay in it, or leave it.

    Every verb that needs it enters and leaves it by itself; staying in it saves the seconds that
    the lens takes each time. A camera that speaks PTP leaves it at the end of each command: there,
    `start` is for the shell.
    """
    with options.camera() as cam:
        if what == "stop":
            cam.remote.stop()
        elif options.keeps_open:
            cam.remote.start()
        else:
            cam.remote.stay()
    said = {"start": "the camera is in remote control", "stop": "remote control is off"}
    options.show({"remote": what == "start"}, said[what])


@click.command(
    "focus",
    cls=Verb,
    examples=("canon-remote focus auto", "canon-remote focus lock", "canon-remote focus unlock"),
)
@click.argument("what", type=click.Choice(["lock", "unlock", "auto"]))
@click.pass_obj
def focus_verb(options: Options, what: str) -> None:
    """Focus once, or lock and unlock the focus.

    `lock` leaves the camera in remote control, so that the lock holds; `unlock` ends both. In the
    shell, `remote stop` ends it. To lock the focus for pictures that are taken at once, use
    `capture --af-lock`. A camera that speaks PTP leaves remote control at the end of each command:
    there, `lock` is for the shell. Taken from recordings of Canon's own program; not yet confirmed
    by hand.
    """
    with options.camera() as cam:
        if what == "lock":
            if not options.keeps_open:
                cam.remote.stay()
            cam.focus.lock()
            until = "`remote stop`" if options.keeps_open else "`canon-remote focus unlock`"
            say(f"the camera stays in remote control until {until}")
        elif what == "unlock":
            cam.focus.unlock()
            if not options.keeps_open:
                cam.remote.stop()
        else:
            cam.focus.auto()
    told = {"lock": "the focus is locked", "unlock": "the focus is free", "auto": "focused once"}
    options.show({"focus": what}, told[what])


@click.command("zoom", cls=Verb, examples=("canon-remote zoom", "canon-remote zoom 5"))
@click.argument("position", type=click.IntRange(min=0), required=False)
@click.pass_obj
def zoom_verb(options: Options, position: int | None) -> None:
    """Show or move the zoom; 0 is wide."""
    with options.camera() as cam, cam.remote():
        zoom = cam.zoom.get() if position is None else cam.zoom.set(position)
    options.show(
        {"position": zoom.position, "maximum": zoom.maximum},
        f"{zoom.position} of {zoom.maximum}",
    )
