"""Where on the cards of a camera its pictures lie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from canon.driver.card import CardPath, Entry
from canon.errors import ObjectNotFound, Refused

if TYPE_CHECKING:
    from canon.camera import Camera

_PICTURES = CardPath("DCIM")


def picture_folders(cam: Camera) -> list[CardPath]:
    """The folder of pictures on each card, whether it is there or not."""
    cards = cam.storage.cards()
    return [_PICTURES.with_card(card.name) for card in cards] if len(cards) > 1 else [_PICTURES]


def picture_places(cam: Camera) -> list[CardPath]:
    """The folder of pictures on each card; the card itself where it has none.

    Cameras from before that folder was agreed on have others.
    """
    try:
        tops = picture_folders(cam)
    except Refused:  # some body does not tell how large its card is; its files it may
        tops = [_PICTURES]
    exists = cam.storage.exists
    return [top if exists(top) else top.parent for top in tops]


def walk_pictures(cam: Camera, places: Iterable[CardPath]) -> Iterator[Entry]:
    """What is in such places; one that is gone has nothing."""
    for place in places:
        try:
            yield from cam.storage.walk(place)
        except ObjectNotFound:
            continue
