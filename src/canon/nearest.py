"""The nearest of what there is to what was asked for: numbers by size, words by letters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")
_NUMBER = re.compile(r"[^\d+\-.]*([+-]?)(?:(\d+) )?(\d+(?:\.\d+)?)(?:/(\d+))?\D*")


def nearest(wanted: object, choices: Iterable[T]) -> T | None:
    """The choice that is most like what was wanted; None when none is like it.

    What reads as a number is compared by size, "f/8", "1/125", "+1 1/3" and "10s" among them, and
    anything else by its letters.
    """
    by_text = {str(choice): choice for choice in choices}
    number = _number(str(wanted))
    if number is not None:
        sizes = {text: size for text in by_text if (size := _number(text)) is not None}
        if sizes:
            return by_text[min(sizes, key=lambda text: abs(sizes[text] - number))]
    from difflib import get_close_matches

    lower = {text.lower(): text for text in by_text}
    near = get_close_matches(str(wanted).lower(), lower, n=1)
    return by_text[lower[near[0]]] if near else None


def _number(text: str) -> float | None:
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    sign, whole, number, below = found.groups()
    if below is not None and not int(below):
        return None
    size = float(number) / int(below or 1) + int(whole or 0)
    return -size if sign == "-" else size
