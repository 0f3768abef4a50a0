"""Finding a body by any of its names, in any country, or by its USB id."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from canon.models import native, ps350, ptp
from canon.models.market_names import MARKET_NAMES
from canon.models.model import Model
from canon.models.model_ids import MODEL_IDS
from canon.models.ps350 import Ps350Model
from canon.models.ptp import PtpModel
from canon.nearest import nearest

Row = Model | PtpModel | Ps350Model
"""A row of any table."""
_USB_ID = r"(?:04a9:|0x)?([0-9a-f]{4})"


def find(text: str) -> list[Row]:
    """The bodies that are meant: by all words of a name, by parts of them, or by a USB id.

    Raises:
        ValueError: none is called so.
    """
    wanted = _words(text)
    found = [row for row, words in _words_of_all() if any(wanted <= one for one in words)]
    if usb_id := re.fullmatch(_USB_ID, text.strip().lower()):
        product = int(usb_id[1], 16)
        found += [row for row in _all() if row.product == product and row not in found]
    if not found:
        joined = "".join(re.findall(r"[a-z0-9]+", text.lower())).removeprefix("canon")
        found = [row for row in _all() if any(joined in _joined(name) for name in names(row))]
    if not found or not wanted:
        like = nearest(text.lower(), (name.lower() for row in _all() for name in names(row)))
        hint = f"; the nearest is {like}" if like else ""
        raise ValueError(
            f"no body here is called {text!r}{hint}. Any camera that speaks PTP gives its files"
        )
    return found


def names(row: Row) -> list[str]:
    """What a body is called, the name that it reports first."""
    same = _by_product().get(row.product or 0, ())
    elsewhere = MARKET_NAMES.get(MODEL_IDS.get(row.product or 0, 0), ())
    return list(dict.fromkeys((row.name, *same, *elsewhere)))


def _all() -> Iterable[Row]:
    return (*native.MODELS, *ps350.MODELS, *ptp.MODELS)


@cache
def _by_product() -> dict[int, list[str]]:
    """The names of all that have a USB id."""
    names: dict[int, list[str]] = {}
    for row in _all():
        if row.product:
            names.setdefault(row.product, []).append(row.name)
    return names


@cache
def _words_of_all() -> list[tuple[Row, list[frozenset[str]]]]:
    return [(row, [_words(name) for name in names(row)]) for row in _all()]


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", name.lower())) - {"canon"}


def _joined(name: str) -> str:
    return "".join(re.findall(r"[a-z0-9]+", name.lower()))
