"""The bodies that speak the protocol of the PowerShot 350, one row each (docs/protocol/ps350.md).

It is older than the one that `canon.models.native` is about, and goes over RS-232 only.
"""

from __future__ import annotations

from typing import ClassVar

from canon.frozen import Frozen


class Ps350Model(Frozen):
    """One row of facts about one body.

    Attributes:
        name: the name that it reports.
        pixels: width and height of its pictures.
        small: width and height of its thumbnails.
        disk: what it calls its card.
        firmware: the version that a real one told, as it told it.
        product: None; it has no USB.
        dialect: what it speaks.
    """

    dialect: ClassVar[str] = "ps350"
    name: str
    pixels: tuple[int, int]
    small: tuple[int, int]
    disk: str
    firmware: str
    product: None = None

    @property
    def slug(self) -> str:
        """The name as it stands in a port string: "powershot-350"."""
        return self.name.lower().replace(" ", "-")


MODELS = (Ps350Model("PowerShot 350", (640, 480), (80, 60), "REMOVABLE_1:", "01:02"),)


def by_slug(slug: str) -> Ps350Model | None:
    """The row whose name is written "powershot-350"."""
    return next((model for model in MODELS if model.slug == slug), None)
