"""The verb `models`: is mine supported?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canon.cli import tab
from canon.cli.options import Options, Verb
from canon.driver.features import Feature

if TYPE_CHECKING:
    from canon.virtual.catalogue import Row

_SPOKEN = {"native": "Normal", "ptp": "PTP", "ps350": "its own"}
_DEEDS = {Feature.SHOOT: "release", Feature.LIVE: "viewfinder"}
_WORDS = {"release": "pictures by remote", "viewfinder": "live view"}


@click.command(
    "models",
    cls=Verb,
    examples=(
        "canon-remote models g3",
        "canon-remote models ixus 400",
        "canon-remote models rebel xt",
        "canon-remote models 04a9:306e",
    ),
)
@click.argument("words", metavar="NAME|USB-ID", nargs=-1, required=True, shell_complete=tab.models)
@click.pass_obj
def models_verb(options: Options, words: tuple[str, ...]) -> None:
    """Say whether a camera is supported, by any of its names or by its USB id.

    A line a body and protocol: what canon-remote does with it, and how it is known what the body
    can. Cameras of about 2003 have two, and a menu entry that chooses, Normal or PTP. What is known
    from libgphoto2's table alone, nobody has checked here; SUPPORTED.md says more, verb by verb.
    """
    from canon.models.search import find, names
    from canon.virtual.catalogue import KNOWN, known

    bodies: dict[tuple[str, int | str], Row] = {}  # those of one id are one body
    for row in find(" ".join(words)):
        bodies.setdefault((row.dialect, row.product or row.name), row)
    found = sorted(bodies.values(), key=lambda row: bool(why_not(row)))
    lines = []
    for row in found:
        product, why = _usb_id(row) or "serial", why_not(row)
        deeds = ", ".join(_WORDS.get(deed, deed) for deed in does(row))
        told = f"nothing: {why}" if why else deeds
        lines.append(
            f"{row.name:28} {_SPOKEN[row.dialect]:7} {product:9} {told}; "
            f"known from {KNOWN[known(row)]}"
        )
        if also := names(row)[1:]:
            lines.append(f"  also called {', '.join(also)}")
    document = [
        {
            "name": row.name,
            "names": names(row)[1:],
            "mode": row.dialect,
            "product": _usb_id(row),
            "can": does(row),
            "known": known(row),
            "why_not": why_not(row) or None,
        }
        for row in found
    ]
    options.show(document, *lines)


def does(row: Row) -> list[str]:
    """What the library does with a body: "files", "release", "viewfinder"."""
    if why_not(row):
        return []
    able = features(row)
    return ["files", *(deed for feature, deed in _DEEDS.items() if feature in able)]


def _usb_id(row: Row) -> str | None:
    return None if row.product is None else f"04a9:{row.product:04x}"


def why_not(row: Row) -> str:
    """Why nobody drives a body in that protocol; empty where somebody does."""
    from canon.models.ps350 import Ps350Model

    return "" if isinstance(row, Ps350Model) else row.driven_by.why_not


def features(row: Row) -> frozenset[Feature]:
    """What the library says that it does with a body, however it is connected; a virtual one."""
    from canon.camera import Camera
    from canon.models.ps350 import Ps350Model
    from canon.models.ptp import PtpModel
    from canon.ports import OnLine
    from canon.virtual.build import Wanted
    from canon.virtual.line import VirtualLine
    from canon.virtual.port import VirtualPort
    from canon.virtual.ptp.profile import source

    if isinstance(row, PtpModel) and not source(row):
        return frozenset()
    wanted = Wanted(row)
    found: frozenset[Feature] = frozenset()
    if row.product is not None:
        with Camera(lambda: VirtualPort(wanted.on_usb()), "virtual:") as cam:
            found |= cam.features
    if isinstance(row, Ps350Model) or (not isinstance(row, PtpModel) and row.serial_id):
        with Camera(lambda: OnLine(VirtualLine(wanted.on_line()), model=wanted.odd), "") as cam:
            found |= cam.features
    return found
