"""A verb with several cameras: each runs it in a thread of its own, and its lines say which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from canon.cli.output import Line, Untold, put_line, put_message, say, speaking
from canon.errors import CanonError
from canon.files import safe_name
from canon.work.documents import FAILED
from canon.work.saving import ends_as_folder
from canon.work.several import Ended, Several, StartLine, Together, Told, every_camera, places

if TYPE_CHECKING:
    from canon.cli.options import Options
    from canon.work.stopping import Stop

Said = Sequence[Line] | Together
_OURS = "canon-remote: "


def on_each(verb: click.Command, ctx: click.Context, options: Options, folder: str) -> int:
    """Run a verb with each of several cameras, and return the exit code.

    Args:
        verb: it.
        ctx: what was typed.
        options: the cameras that are meant; every one where it names none.
        folder: the parameter with the folder that files go to, below which each camera has its own.

    Raises:
        click.UsageError: what was typed makes no sense with several cameras.
        ValueError: two of them are the same camera, or a name is none.
    """
    cameras = places(options.ports or every_camera())
    to = ctx.params.get(folder)
    if to == "-" or (to and Path(to).suffix and not ends_as_folder(to)):
        raise click.UsageError(f"several cameras need a folder, not {to}; end it with /")

    def run(name: str, tell: Callable[[Said], None], stop: Stop) -> int:
        own = copy(options)
        own.port, own.ports, own.camera_name = cameras[name], (), name
        own.line, own.stop, own.here = line, stop, safe_name(name)
        params = dict(ctx.params)
        if to:
            params[folder] = f"{Path(to) / safe_name(name)}/"
        try:
            with (
                speaking(name, tell),
                click.Context(verb, ctx.parent, verb.name, obj=own) as inner,
            ):
                return _run(verb, inner, params, own)
        finally:
            line.leave(name)

    several = Several[Said, int]({name: partial(run, name) for name in cameras})
    line = StartLine([*cameras], several.tell)
    printer = _Printer(cameras, options.as_json)
    with several:
        while True:
            try:
                for event in several:
                    printer.take(event)
                break
            except KeyboardInterrupt:
                if several.stopping:
                    raise
                several.stop()
        if several.stopping:
            raise KeyboardInterrupt
    return printer.end()


def _run(verb: click.Command, ctx: click.Context, params: dict[str, object], own: Options) -> int:
    """Run the verb with one of them; what goes wrong with it is told, and is its exit code."""
    assert verb.callback is not None  # noqa: S101  (a verb has one)
    try:
        return int(ctx.invoke(verb.callback, **params) or 0)
    except (CanonError, OSError, ValueError) as error:
        return own.tell(error)


class _Printer:
    """Prints what the cameras say, and counts which have failed.

    Where stdout takes no more the rest is done all the same, and the end raises Untold.
    """

    def __init__(self, cameras: Iterable[str], as_json: bool) -> None:
        self._cameras = [*cameras]
        self._as_json = as_json
        self._codes: dict[str, int] = {}
        self._untold: Untold | None = None

    def take(self, event: Told[Said] | Ended[int]) -> None:
        """Take one event; a mistake in the command, which all have in common, is raised."""
        match event:
            case Told(event=Together(cameras=count, spread_s=spread_s)):
                if not self._as_json:
                    say(f"{count} cameras went within {spread_s * 1000:.1f} ms")
            case Told(camera=camera, event=[*lines]):
                for line in lines:
                    self._print(camera, line)
            case Ended(error=None, result=code):
                self._codes[event.camera] = code or 0
            case Ended(error=error) if error and not isinstance(error, KeyboardInterrupt):
                raise error

    def end(self) -> int:
        """Tell who has failed; 0 when none has, 1 when some; else what the first one ends with."""
        failed = [name for name in self._cameras if self._codes.get(name)]
        done = len(self._codes) - len(failed)
        if failed and not self._as_json:
            say(f"{done} of {len(self._codes)} cameras did it; failed: {', '.join(failed)}")
        if self._untold:
            raise self._untold
        if not failed:
            return 0
        return FAILED if done else self._codes[failed[0]]

    def _print(self, camera: str, line: Line) -> None:
        text = line.text
        if not (self._as_json and text.startswith("{")):
            ours = _OURS if text.startswith(_OURS) else ""
            text = f"{ours}{camera}: {text.removeprefix(ours)}"
        if not line.is_data:
            put_message(text)
        elif self._untold is None:
            try:
                put_line(text)
            except Untold as untold:
                self._untold = untold
