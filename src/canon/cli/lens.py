"""Verbs of remote control, the lens and the flash: `remote`, `focus`, `zoom`, `flash`."""

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
    context_settings={"ignore_unknown_options": True},  # -3 is no option
    examples=(
        "canon-remote focus auto",
        "canon-remote focus lock",
        "canon-remote focus unlock",
        "canon-remote focus drive 3",
        "canon-remote focus drive -1 --size 3",
    ),
)
@click.argument("what", type=click.Choice(["lock", "unlock", "auto", "drive"]))
@click.argument("steps", type=int, required=False)
@click.option(
    "--size",
    type=click.IntRange(1, 3),
    default=1,
    show_default=True,
    help="How large a step of drive is.",
)
@click.pass_obj
def focus_verb(options: Options, what: str, steps: int | None, size: int) -> None:
    """Focus once, lock and unlock the focus, or drive it by hand.

    `lock` leaves the camera in remote control, so that the lock holds; `unlock` ends both. In the
    shell, `remote stop` ends it. To lock the focus for pictures that are taken at once, use
    `capture --af-lock`. A camera that speaks PTP leaves remote control at the end of each command:
    there, `lock` is for the shell. Taken from recordings of Canon's own program; not yet confirmed
    by hand.

    `drive` moves it STEPS towards far, or towards near when they are negative.
    """
    if (what == "drive") != (steps is not None):
        raise click.UsageError("`focus drive` takes STEPS, and nothing else does")
    with options.camera() as cam:
        if steps is not None:
            cam.focus.drive(steps, size=size)
        elif what == "lock":
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
    told = {
        "lock": "the focus is locked",
        "unlock": "the focus is free",
        "auto": "focused once",
        "drive": f"drove the focus by {steps}",
    }
    options.show({"focus": what, "steps": steps}, told[what])


@click.command("zoom", cls=Verb, examples=("canon-remote zoom", "canon-remote zoom 5"))
@click.argument("position", type=click.IntRange(min=0), required=False)
@click.pass_obj
def zoom_verb(options: Options, position: int | None) -> None:
    """Show or move the zoom; 0 is wide."""
    with options.camera() as cam, cam.remote():
        zoom = cam.zoom.get() if position is None else cam.zoom.set(position)
    options.show(
        {"position": zoom.position, "maximum": zoom.maximum},
        f"{zoom.position}" if zoom.maximum is None else f"{zoom.position} of {zoom.maximum}",
    )


@click.command("flash", cls=Verb, examples=("canon-remote flash up",))
@click.argument("what", type=click.Choice(["up"]))
@click.pass_obj
def flash_verb(options: Options, what: str) -> None:
    """Let the built-in flash come up; it goes down by hand."""
    with options.camera() as cam:
        cam.capture.pop_up_flash()
    options.show({"flash": what}, "the flash is up")
