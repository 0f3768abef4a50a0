"""What one body is and can: its ids, its numbering of commands, its features and its quirks."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Numbering(enum.Enum):
    """Which command codes a native camera understands."""

    CLASSIC = enum.auto()
    REVISED = enum.auto()


class Feature(enum.Flag):
    """What a body can do."""

    NONE = 0
    LOCK_KEYS = enum.auto()
    """Command 0x20 locks its keys and switches its display off; only unplugging unlocks them."""
    ABILITIES = enum.auto()
    """It lists its picture sizes."""
    RELEASE = enum.auto()
    """It takes pictures by remote."""


class Quirk(enum.Flag):
    """Where a body is odd."""

    NONE = 0
    CAPACITY_IN_KIB = enum.auto()
    """Capacity and free space of a card come in KiB, not in bytes (section 7.8)."""


@dataclass(frozen=True)
class Model:
    """One row of facts about one body.

    Attributes:
        name: the name that it reports, without "Canon ".
        product: its USB product id.
        numbering: which command codes it understands.
        features: what it can do.
        quirks: where it is odd.
    """

    name: str
    product: int
    numbering: Numbering
    features: Feature
    quirks: Quirk = Quirk.NONE

    @property
    def slug(self) -> str:
        """The name as it stands in a port string: "powershot-g3"."""
        return self.name.lower().replace(" ", "-")
