"""What a virtual camera is, whatever it speaks: its model, its clock, its card, its owner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from canon.models.model import Model
from canon.models.ptp import PtpModel
from canon.virtual.card import MemoryCard
from canon.virtual.charge import Charge
from canon.virtual.clock import EPOCH, BodyClock
from canon.virtual.light import Light
from canon.virtual.profile import Profile

CardMaker = Callable[[], "MemoryCard | None"]
Row = TypeVar("Row", Model, PtpModel)
Reports = TypeVar("Reports", bound=Profile)


_LOW_AT = 2  # pictures that a low battery lasts for


class Body(Generic[Row, Reports]):
    """One camera body.

    Args:
        model: its row in the table of the dialect that it speaks.
        profile: what it reports of itself.
        card: makes the card when it is first looked at; None is an empty slot.
        clock: its time.
        started: what the camera's own clock shows at the start, its local time.

    Attributes:
        on_ac: whether it runs from the mains.
        charge: how full its battery is.
        shots_left: for how many pictures more it lasts; None: for any number.
        light: what falls on the scene in front of it.
    """

    def __init__(
        self,
        model: Row,
        profile: Reports,
        card: CardMaker,
        clock: BodyClock | None = None,
        started: datetime | None = None,
    ) -> None:
        self.model: Row = model
        self.clock = clock or BodyClock()
        self.profile: Reports = profile
        self.owner = profile.owner
        self.on_ac = True
        self.charge = Charge.GOOD
        self.shots_left: int | None = None
        self.light = Light()
        self.keys_locked = False
        self._make_card = card
        self._card: MemoryCard | None = None
        self._card_made = False
        self._started = started or datetime.now().replace(microsecond=0)

    @property
    def card(self) -> MemoryCard | None:
        """The card in the slot; None when there is none."""
        if not self._card_made:
            self._card, self._card_made = self._make_card(), True
        return self._card

    @card.setter
    def card(self, card: MemoryCard | None) -> None:
        self._card, self._card_made = card, True

    def begin_shot(self) -> None:
        """Let a picture take its share of the battery, which is empty when there is none left."""
        if self.shots_left == 0:
            self.charge = Charge.EMPTY
        elif self.shots_left is not None:
            self.last(self.shots_left - 1)

    def last(self, shots: int) -> None:
        """Let the battery last for so many pictures; it is low before the last ones."""
        self.shots_left = shots
        self.charge = Charge.LOW if shots <= _LOW_AT else Charge.GOOD

    @property
    def is_empty(self) -> bool:
        """Whether it has no power left."""
        return self.charge is Charge.EMPTY and not self.on_ac

    @property
    def seconds(self) -> int:
        """What the camera's clock shows, in seconds since 1970."""
        shown = self._started + timedelta(seconds=self.clock.now())
        return int((shown - EPOCH).total_seconds())

    def set_seconds(self, seconds: int) -> None:
        """Set the camera's clock."""
        self._started = EPOCH + timedelta(seconds=seconds) - timedelta(seconds=self.clock.now())
