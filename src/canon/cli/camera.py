"""Verbs about the camera itself: `list`, `info`, `owner`, `time`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import click

from canon.cli.options import Options, Verb
from canon.cli.output import WhileRead, is_terminal, megabytes, say
from canon.driver.features import Feature
from canon.driver.optional import optional
from canon.errors import CameraNotFound, NoCard
from canon.work.documents import Clocks

if TYPE_CHECKING:
    from canon.camera import Camera, Found
    from canon.driver.card import Card
T = TypeVar("T")


def _moment(_ctx: click.Context, _option: click.Parameter, text: str | None) -> datetime | None:
    """Read what --set says: a local time, or one with its distance from UTC."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no time; write 2026-12-31 23:59:00") from None
    return moment.astimezone().replace(tzinfo=None) if moment.tzinfo else moment


def _compared(clocks: Clocks) -> str:
    """The camera's clock, and how far it is from this computer's."""
    seconds = clocks.difference_s
    if abs(seconds) <= 1:
        return f"{clocks.camera}, as this computer's"
    side = "ahead of" if seconds > 0 else "behind"
    return f"{clocks.camera}, {timedelta(seconds=abs(seconds))} {side} this computer's"


@click.command(
    "list",
    cls=Verb,
    unrecorded="give --record to a verb that opens one",
    examples=("canon-remote list", "canon-remote --json list", "canon-remote list --watch"),
)
@click.option("--watch", is_flag=True, help="Go on, and tell what comes and goes, until Ctrl-C.")
@click.pass_obj
def list_verb(options: Options, watch: bool) -> None:
    """List the cameras that are there.

    On Linux none is opened for it; elsewhere each is, once, to be asked for its serial number. With
    --watch none is opened on any system: another program's work goes on undisturbed. A line says
    what was added or removed, first what is there already. A name of cameras.toml stands last.
    """
    if watch:
        return _watch(options)
    from canon import camera

    found = camera.list(options.port)
    if not found:
        raise CameraNotFound(
            "there is no camera",
            "check that it is plugged in and switched on; `canon-remote doctor` looks further",
        )
    width = max((len(one.port) for one in found), default=0)
    names = [_called(one) for one in found]
    options.show(
        [{**vars(one), "called": called} for one, called in zip(found, names, strict=True)],
        *(_line(one, called, width) for one, called in zip(found, names, strict=True)),
    )


def _called(found: Found) -> str | None:
    """The name that cameras.toml has for a camera; None where it has none, or is damaged."""
    from canon import cameras_file

    ids = f"usb:{found.vendor:04x}:{found.product:04x}"
    ports = (found.port, ids, f"usb:serial={found.serial}" if found.serial else ids)
    try:
        return next((one.name for one in cameras_file.read().values() if one.port in ports), None)
    except (ValueError, OSError) as error:
        say(f"warning: {error}")
        return None


def _line(found: Found, called: str | None, width: int = 0) -> str:
    line = f"{found.port:{width}}  {found.vendor:04x}:{found.product:04x}  {found.name}"
    return f"{line}  {called}" if called else line


def _watch(options: Options) -> None:
    from canon.camera.watch import CameraAdded
    from canon.camera.watch import watch as watch_bus

    with watch_bus(options.port, clock=WhileRead()) as changes:
        if is_terminal(sys.stdout):
            say("watching until Ctrl-C")
        for change in changes:
            what, one = "added" if isinstance(change, CameraAdded) else "removed", change.found
            called = _called(one)
            options.show(
                {"event": what, **vars(one), "called": called},
                f"{what:7}  {_line(one, called)}",
            )


@click.command("info", cls=Verb, examples=("canon-remote info", "canon-remote info --json"))
@click.pass_obj
def info_verb(options: Options) -> None:
    """Show what the camera is.

    Its model, firmware, owner and number, its power, clock and cards, what it can do, and the
    picture sizes that it takes. What this camera does not tell is left out; in JSON it is null.
    An EOS tells its owner and its clock in remote control only, which is not entered for them.
    """
    with options.camera() as cam:
        model, firmware = cam.model, cam.firmware_version
        state = _if_told("the power", lambda: cam.power)
        body = _if_told("the number of the body", lambda: cam.body_id)
        at_once = cam.remote.active or not cam.remote.lasts
        owner = cam.owner if at_once else ""
        clocks = _if_told("the clock", lambda: Clocks.read(cam)) if at_once else None
        cards = _if_told("what is free on the card", lambda: _cards(cam))
        sizes = _if_told("the list of picture sizes", cam.picture_sizes) or ()
        features = [feature for feature in Feature if feature in cam.features]
    power = state and ("mains" if state.on_ac else "battery")
    battery = state and str(state.battery)
    document = {
        "port": cam.port,
        "model": model,
        "firmware": firmware,
        "owner": owner,
        "body_id": body,
        "power": power,
        "battery": battery,
        "clock": clocks and clocks.document(),
        "cards": None if cards is None else [vars(card) for card in cards],
        "features": features,
        "sizes": [vars(size) for size in sizes],
    }
    rows = [
        ("model", model),
        ("firmware", firmware),
        *([("owner", owner)] if at_once else []),
        *([("body", body)] if body else []),
        *([("power", f"{power}, {battery}")] if state else []),
        *([("clock", _compared(clocks))] if clocks else []),
        *(("card", card_space(card)) for card in cards or ()),
        *([("can", ", ".join(features))] if features else []),
        *(("picture", f"{one.name:20} {one.width} x {one.height}") for one in sizes),
    ]
    options.show(document, *(f"{name:10}{value}".rstrip() for name, value in rows))


@click.command(
    "owner", cls=Verb, examples=("canon-remote owner", 'canon-remote owner "Ada Lovelace"')
)
@click.argument("name", required=False)
@click.pass_obj
def owner_verb(options: Options, name: str | None) -> None:
    """Show or set the owner's name.

    NAME is stored in the camera; most cameras write it into every picture.
    """
    with options.camera() as cam:
        if name is not None:
            cam.owner = name
        owner = cam.owner
    options.show({"owner": owner}, owner)


@click.command(
    "clock",
    cls=Verb,
    several=True,
    examples=(
        "canon-remote clock --sync",
        'canon-remote clock --set "2026-12-31 23:59:00"',
        "canon-remote clock --all --sync",
    ),
)
@click.option("--sync", is_flag=True, help="Set the camera's clock to this computer's time.")
@click.option("moment", "--set", callback=_moment, metavar="ISO", help="Set it to this time.")
@click.pass_obj
def clock_verb(options: Options, sync: bool, moment: datetime | None) -> None:
    """Show or set the camera's clock.

    The clocks of several cameras are set at the same moment.
    """
    if sync and moment:
        raise click.UsageError("--sync and --set exclude each other; give one")
    with options.camera() as cam:
        if (sync or moment) and options.line:
            from canon.work.several import full_second

            place = options.place(cam)
            while not place.may_go(when=full_second):
                pass
        if sync:
            cam.sync_clock()
        elif moment:
            cam.camera_time = moment
        clocks = Clocks.read(cam)
    options.show(clocks.document(), _compared(clocks))


@click.command("id", cls=Verb, examples=("canon-remote id", "canon-remote id --json"))
@click.pass_obj
def id_verb(options: Options) -> None:
    """Show model, firmware, owner and the number of the body."""
    with options.camera() as cam:
        shown = {"model": cam.model, "firmware": cam.firmware_version, "owner": cam.owner}
        body = _if_told("the number of the body", lambda: cam.body_id)
    rows = shown | ({"body": body} if body else {})
    options.show(shown | {"body_id": body}, *(f"{name:10}{value}" for name, value in rows.items()))


@click.command("power", cls=Verb, examples=("canon-remote power", "canon-remote power --json"))
@click.pass_obj
def power_verb(options: Options) -> None:
    """Show how the camera is powered."""
    with options.camera() as cam:
        state = cam.power
    power, battery = "mains" if state.on_ac else "battery", str(state.battery)
    options.show({"power": power, "battery": battery}, f"{power}, {battery}")


@click.command("cards", cls=Verb, examples=("canon-remote cards", "canon-remote cards --json"))
@click.pass_obj
def cards_verb(options: Options) -> None:
    """Show the cards and their free space."""
    with options.camera() as cam:
        cards = cam.storage.cards()
    options.show({"cards": [vars(card) for card in cards]}, *map(card_space, cards))


@click.command("shots", cls=Verb, examples=("canon-remote shots", "canon-remote shots --json"))
@click.pass_obj
def shots_verb(options: Options) -> None:
    """Show how many pictures still fit on the card."""
    with options.camera() as cam:
        shots = cam.capture.available_shots()
    options.show({"shots": shots}, str(shots))


def _cards(cam: Camera) -> tuple[Card, ...]:
    try:
        return cam.storage.cards()
    except NoCard:
        return ()


def _if_told(what: str, ask: Callable[[], T]) -> T | None:
    """What the camera answers; None when this model does not tell it, or this camera cannot."""
    told = None
    with optional(what):
        told = ask()
    return told


def card_space(card: Card) -> str:
    """A card and its room, for people."""
    return f"{card.name} {megabytes(card.free)} free of {megabytes(card.capacity)}"
