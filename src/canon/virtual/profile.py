"""What a virtual body reports of itself, whatever it speaks; each dialect adds its own.

Recorded profiles are the JSON files below `profiles`, those of PTP bodies in `profiles/ptp`. They
are read when such a body is made.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from canon.frozen import Frozen
from canon.usb.port import Descriptors

STRINGS = {1: "Canon Inc.", 2: "Canon Digital Camera"}
"""The string descriptors of a body that was not recorded."""

_PROFILES = resources.files("canon.virtual") / "profiles"


class Profile(Frozen):
    """What a body reports of itself.

    Attributes:
        model: its name.
        model_id: its number in the MakerNote of its pictures.
        firmware: the version that its pictures name.
        owner: the owner's name, as the body comes.
        descriptors: its USB descriptors.
        pixels: width and height of its largest picture.
        raw_suffix: how a RAW file ends that lies on its fresh card; empty where none does.
        movie: whether a movie lies on its fresh card.
    """

    model: str
    model_id: int
    firmware: str
    owner: str
    descriptors: Descriptors
    pixels: tuple[int, int]
    raw_suffix: str
    movie: bool


def recorded(name: str) -> dict[str, Any] | None:
    """The file of a recorded body; None when there is none."""
    file = _PROFILES / f"{name}.json"
    if not file.is_file():
        return None
    told: dict[str, Any] = json.loads(file.read_text())
    return told


def reported(name: str) -> str:
    """The name that a body reports: as PTP bodies write theirs, without year and nickname."""
    # Guess: native bodies write theirs in the same way.
    shown = (
        name.partition(" (")[0]
        .replace("Digital IX", "DIGITAL IX")
        .replace("IXY Digital", "IXY DIGITAL")
    )
    return f"Canon {shown.removesuffix(' Digital ELPH')}"
