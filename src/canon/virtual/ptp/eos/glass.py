"""The lens and the sensor of a virtual EOS, as its pictures tell them."""

from __future__ import annotations

import re
from typing import NamedTuple

from canon.models.model import BodyKind
from canon.models.ptp import PtpModel, PtpTrait

_FULL_FRAME, _APS_H, _APS_C, _ONE_INCH = (1417, 945), (1106, 736), (878, 587), (520, 346)
_STOOD_AT = 35.0  # Guess: millimetres, where the lens has them
_USUAL = 18.0, 55.0, 3.5, 5.6  # Guess: of a body that names none
_NAMED = re.compile(r"(\d+)(?:-(\d+))?mm [fF]/?([\d.]+)(?:-([\d.]+))?")


class Lens(NamedTuple):
    """A lens, and how it stands.

    Attributes:
        name: as the body tells it.
        wide: the shortest focal length in millimetres.
        tele: the longest one.
        stood_at: the focal length.
        open_aperture: the largest aperture there, an f-number.
    """

    name: str
    wide: float
    tele: float
    stood_at: float
    open_aperture: float


def lens_of(name: str) -> Lens:
    """The lens that is called so: "EF-S18-55mm f/3.5-5.6 IS STM"; some lens without a name."""
    wide, tele, fast, slow = _USUAL
    if named := _NAMED.search(name):
        wide, fast = float(named[1]), float(named[3])
        tele, slow = float(named[2] or wide), float(named[4] or fast)
    stood_at = max(wide, min(tele, _STOOD_AT))
    way = (stood_at - wide) / (tele - wide) if tele > wide else 0.0
    return Lens(name, wide, tele, stood_at, fast + (slow - fast) * way)


def sensor_of(model: PtpModel) -> tuple[int, int]:
    """Width and height of the sensor in thousandths of an inch."""
    if PtpTrait.FULL_FRAME in model.traits:
        return _FULL_FRAME
    if PtpTrait.APS_H in model.traits:
        return _APS_H
    return _ONE_INCH if model.kind is BodyKind.COMPACT else _APS_C  # Guess: of the compacts
