"""The light that a virtual camera stands in: it may change as time passes."""

from __future__ import annotations

import math
from itertools import pairwise

from canon.frozen import Frozen

_LONGEST_S = 1e8
_MOST_STOPS = 30.0


class Light(Frozen):
    """How much brighter the scene is than usual, by the seconds since the body was switched on.

    Attributes:
        steps: moments in seconds, each with the light then in stops; between two it changes evenly,
            before the first and after the last it stays. Two of one moment are a jump.
    """

    steps: tuple[tuple[float, float], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Light:
        """Read "0:3,7200:-7", a dusk of ten stops in two hours.

        Raises:
            ValueError: it cannot be read.
        """
        try:
            steps = tuple(_step(word) for word in text.split(","))
        except ValueError:
            steps = ()
        if not steps or any(now[0] < before[0] for before, now in pairwise(steps)):
            raise ValueError(
                f"light={text}: say SECONDS:STOPS, and more of them behind commas, the earliest "
                "first; 0:3,7200:-7 is a dusk of ten stops in two hours"
            )
        return cls(steps)

    def at(self, seconds: float) -> float:
        """The light at a moment, in stops."""
        if not self.steps:
            return 0.0
        stops = self.steps[0][1]
        for (start, before), (end, after) in pairwise(self.steps):
            if seconds < start:
                break
            passed = 1.0 if seconds >= end else (seconds - start) / (end - start)
            stops = before + (after - before) * passed
        return stops


def _step(word: str) -> tuple[float, float]:
    moment, _, stops = word.partition(":")
    found = float(moment), float(stops)
    fits = 0 <= found[0] < _LONGEST_S and abs(found[1]) <= _MOST_STOPS
    if not fits or not all(map(math.isfinite, found)):
        raise ValueError(word)
    return found
