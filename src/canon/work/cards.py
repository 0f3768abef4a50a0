"""Where on the cards of a camera its pictures lie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
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


def told_folders(cam: Camera) -> list[CardPath]:
    """As `picture_folders`; of a body that does not tell how large its cards are, the usual one."""
    try:
        return picture_folders(cam)
    except Refused:
        return [_PICTURES]


def walk_pictures(cam: Camera, tops: Iterable[CardPath]) -> Iterator[Entry]:
    """What is in the folders of pictures; of a card without one, all that is on it.

    Cameras from before that folder was agreed on have others.
    """
    for top in tops:
        found = False
        try:
            for entry in cam.storage.walk(top):
                found = True
                yield entry
        except ObjectNotFound:
            if not found:
                with suppress(ObjectNotFound):
                    yield from cam.storage.walk(top.parent)
