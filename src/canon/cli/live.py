"""The verbs `live` and `movie`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from canon.cli.durations import DURATION
from canon.cli.options import Options, Verb
from canon.cli.output import Tally, Untold, bytes_out, put_bytes
from canon.cli.paths import ON_THIS_COMPUTER
from canon.errors import AlreadyThere

_LOOK_S = 1.0


@click.command(
    "live",
    cls=Verb,
    examples=(
        "canon-remote live -n 100 -o frames/",
        "canon-remote live -n 1 -o now.jpg",
        "canon-remote live -o - | mpv --untimed --no-cache --demuxer-lavf-format=mjpeg -",
        "canon-remote live --zoom 5 -n 1 -o sharp.jpg",
    ),
)
@click.option(
    "-o",
    "--output",
    type=ON_THIS_COMPUTER,
    required=True,
    metavar="DIR|FILE|-",
    help="Save each frame as a file in this folder; one frame, with -n 1, as a file of this name; "
    "or write them to stdout with -, as MJPEG.",
)
@click.option(
    "-n", "--count", type=click.IntRange(min=1), help="How many frames; else till Ctrl-C."
)
@click.option("--zoom", type=click.IntRange(min=1), help="Enlarge so many times, as 5 or 10.")
@click.option("--overwrite", is_flag=True, help="Replace frames that are there already.")
@click.pass_obj
def live_verb(
    options: Options, output: str, count: int | None, zoom: int | None, overwrite: bool
) -> None:
    """Show what the lens sees: one JPEG after the other.

    With -o - it ends when the program that reads it does.
    """
    from canon.files import new_file
    from canon.work.saving import Saving

    out = bytes_out(as_json=options.as_json) if output == "-" else None
    to = Path(output)
    one = bool(to.suffix) and not to.is_dir() and not output.endswith(("/", os.sep))
    if one and not out and count != 1:
        raise click.UsageError(f"{output} is one file; say -n 1, or end -o with / for a folder")
    options.check_can_draw()
    if not out:
        Saving(to, is_folder=not one, overwrite=overwrite).make_room()
        if not one and not overwrite and next(to.glob("frame_*.jpg"), None):
            raise AlreadyThere(
                f"{to} has frames already", "name another folder or --overwrite them"
            )
    with (
        options.camera() as cam,
        Tally(options.as_json, "frame", "saved", "file", "size") as tally,
        cam.live,
    ):
        if zoom:
            cam.live.zoom(zoom)
        for number, frame in enumerate(cam.live, 1):
            if out:
                try:
                    put_bytes(out, frame)
                except Untold as untold:
                    if not isinstance(untold.why, BrokenPipeError):
                        raise
                    break  # who looked has had enough
            else:
                path = to if one else to / f"frame_{number:06}.jpg"
                with new_file(path, overwrite=overwrite) as file:
                    file.write(frame)
                with tally.one(number):
                    tally.done(str(path), file=str(path), size=len(frame))
            if number == count:
                break


@click.command(
    "movie", cls=Verb, examples=("canon-remote movie --seconds 10", "canon-remote movie --json")
)
@click.option("--seconds", type=DURATION, metavar="TIME", help="How long.")
@click.pass_obj
def movie_verb(options: Options, seconds: float | None) -> None:
    """Record a movie onto the card, for so many seconds, or else till Ctrl-C.

    Where it lies is printed: card:PATH.
    """
    stopped: KeyboardInterrupt | None = None
    with options.camera() as cam:
        with cam.movie.record() as film:
            try:
                until = None if seconds is None else cam.clock.now() + seconds
                while cam.movie.recording and (until is None or cam.clock.now() < until):
                    left = _LOOK_S if until is None else until - cam.clock.now()
                    cam.clock.sleep(max(0.0, min(_LOOK_S, left)))
                    film.seconds()  # it may have ended by itself: the card is full
            except KeyboardInterrupt as error:
                stopped = error
        card = [str(entry) for entry in film.entries]
        options.show({"card": card}, *(f"card:{path}" for path in card))
    if stopped:
        raise stopped
