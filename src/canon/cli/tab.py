"""What TAB offers: ports, settings, bodies, paths of a card; nothing of it opens a camera.

A TAB must answer at once, so the words come from a table that is made before (`words`), and each
function loads what it needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_WAYS = ("usb:", "usb:serial=", "usbip:", "serial:", "virtual:")
_PLUGS, _LINES = "/sys/bus/usb/devices", "/dev"
_CANON = "04a9"


def ports(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[str]:
    """Names of cameras, and port strings: plugs with a Canon in it, lines, virtual bodies."""
    kind, colon, _ = typed.partition(":")
    if not colon:
        return _fitting(typed, (*_named(), *_WAYS))
    if kind == "virtual":
        return _fitting(typed, (f"virtual:{body}" for body in _bodies()))
    return _fitting(typed, _plugs() if kind == "usb" else _lines() if kind == "serial" else ())


def settings(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[str]:
    """Names of settings, and behind a = what they may be."""
    from canon.cli.words import SETTINGS

    return _assignments(typed, SETTINGS)


def custom_functions(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[str]:
    """Names of custom functions, and behind a = what they may be."""
    from canon.cli.words import CUSTOM_FUNCTIONS

    return _assignments(typed, CUSTOM_FUNCTIONS)


def bodies(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[str]:
    """The virtual bodies."""
    return _fitting(typed, _bodies())


def models(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[str]:
    """Bodies of every kind."""
    from canon.cli.words import MODELS

    return _fitting(typed, MODELS)


def operations(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[str]:
    """The operations of PTP; capitals are free."""
    from canon.cli.words import OPERATIONS

    return [word for word in OPERATIONS if word.lower().startswith(typed.lower())]


def verbs(ctx: click.Context, _param: click.Parameter, typed: str) -> list[str]:
    """The verbs."""
    root = ctx.find_root()
    return _fitting(typed, root.command.list_commands(root))  # type: ignore[attr-defined]


def files(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem[str]]:
    """Files of this computer, which the shell completes."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(typed, type="file")]


def on_card(ctx: click.Context, typed: str) -> list[str]:
    """Paths of the card of a virtual camera, as far as the next slash; none of a real one's."""
    port = _port(ctx)
    kind, _, body = _named().get(port, port).partition(":")
    if kind != "virtual":
        return []
    above, slash, _ = typed.rpartition("/")
    return _fitting(typed, (f"{above}{slash}{name}" for name in _names(body, above)))


def _fitting(typed: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.startswith(typed)]


def _assignments(typed: str, table: Mapping[str, Sequence[str]]) -> list[str]:
    name, equals, _ = typed.partition("=")
    if not equals:
        return _fitting(typed, (f"{one}=" for one in table))
    return _fitting(typed, (f"{name}={word}" for word in table.get(name, ())))


def _bodies() -> list[str]:
    from canon.cli.words import CARDS

    return sorted(body for _, several in CARDS for body in several)


def _port(ctx: click.Context | None) -> str:
    """The camera that is typed before, or else that of the environment."""
    from canon.ports import default_port

    while ctx:
        if port := ctx.params.get("port"):
            return str(port[0])
        ctx = ctx.parent
    return default_port()


def _named() -> dict[str, str]:
    """The ports of the cameras that the user gave a name; none where the file is odd."""
    from canon import cameras_file

    try:
        return {name: one.port for name, one in cameras_file.read().items()}
    except (ValueError, OSError):
        return {}


def _names(body: str, folder: str) -> list[str]:
    """What is in a folder of a virtual card; folders end with a slash."""
    slug, _, query = body.partition("?")
    asked = query.replace("&", " ").replace("=", " ").split()
    if "card" in asked:
        from urllib.parse import parse_qs

        return _shown(parse_qs(query).get("card", [""])[0], folder)
    from canon.cli.words import CARDS

    paths = next((paths for paths, several in CARDS if slug in several), [])
    inside = [path.removeprefix(f"{folder}/" if folder else "") for path in paths]
    return [
        name
        for name, path in zip(inside, paths, strict=True)
        if name and (name != path or not folder) and "/" not in name[:-1]
    ]


def _shown(card: str, folder: str) -> list[str]:
    """What is in a folder of this computer that is shown as a card, named as on a card."""
    import os

    from canon.virtual.folder import short_names

    parts = folder.split("/") if folder else []
    try:
        inside = {name.upper() for name in os.listdir(card)}
        if "DCIM" not in inside:  # its files appear where a camera keeps them
            above = ["DCIM", "100CANON"]
            if parts == above[: len(parts)] and len(parts) < len(above):
                return [f"{above[len(parts)]}/"]
            if parts[: len(above)] != above:
                return []
            parts = parts[len(above) :]
        here = card
        for part in parts:
            names = short_names(os.listdir(here))
            here = os.path.join(here, next(one for one, name in names.items() if name == part))
        with os.scandir(here) as found:
            folders = {one.name: one.is_dir() for one in found if not one.name.startswith(".")}
    except (OSError, StopIteration):
        return []
    shown = short_names(folders)
    return sorted(f"{shown[one]}/" if is_dir else shown[one] for one, is_dir in folders.items())


def _plugs() -> list[str]:
    """The plugs with a Canon in it, as the system lists them; nobody is asked."""
    import os
    from contextlib import suppress
    from pathlib import Path

    found = []
    with suppress(OSError):
        for plug in sorted(os.listdir(_PLUGS)):
            with suppress(OSError):
                if Path(_PLUGS, plug, "idVendor").read_text().strip() == _CANON:
                    found.append(f"usb:{plug}")
                    serial = Path(_PLUGS, plug, "serial").read_text().strip()
                    found.append(f"usb:serial={serial}")
    return found or ["usb:serial="]


def _lines() -> list[str]:
    import os
    from contextlib import suppress

    with suppress(OSError):
        names = sorted(os.listdir(_LINES))
        return [f"serial:{_LINES}/{one}" for one in names if one.startswith(("ttyUSB", "ttyACM"))]
    return []
