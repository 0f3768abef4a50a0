"""How full the battery of a virtual camera is."""

from __future__ import annotations

import enum


class Charge(enum.Enum):
    """How full the battery is."""

    GOOD = "good"
    LOW = "low"
    """It is told, and works."""
    EMPTY = "empty"
    """The camera goes off, or refuses what needs its motors."""
