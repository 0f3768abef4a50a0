"""What a virtual camera is, whatever it speaks: its model, its clock, its card, its owner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from canon.models.model import Model
from canon.models.ptp import PtpModel
from canon.virtual.card import MemoryCard
from canon.virtual.clock import EPOCH, BodyClock
from canon.virtual.profile import Profile

CardMaker = Callable[[], "MemoryCard | None"]
Row = TypeVar("Row", Model, PtpModel)
Reports = TypeVar("Reports", bound=Profile)


class Body(Generic[Row, Reports]):
    """One camera body.

    Args:
        model: its row in the table of the dialect that it speaks.
        profile: what it reports of itself.
        card: makes the card when it is first looked at; None is an empty slot.
        clock: its time.
        started: what the camera's own clock shows at the start, its local time.
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
        self.power_good = True
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

    @property
    def seconds(self) -> int:
        """What the camera's clock shows, in seconds since 1970."""
        shown = self._started + timedelta(seconds=self.clock.now())
        return int((shown - EPOCH).total_seconds())

    def set_seconds(self, seconds: int) -> None:
        """Set the camera's clock."""
        self._started = EPOCH + timedelta(seconds=seconds) - timedelta(seconds=self.clock.now())
