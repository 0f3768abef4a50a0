"""What a frame of live view tells beside its picture."""

from __future__ import annotations

from typing import NamedTuple

from canon.frozen import Frozen
from canon.values.choice import Choice


class AfState(Choice):
    """How the focus stands in an AF frame."""

    IDLE = "idle"
    FACE = "face"
    TRACKING = "tracking"
    IN_FOCUS = "in-focus"
    NOT_FOUND = "not-found"


class Rectangle(NamedTuple):
    """A part of the field, in its coordinates, from the upper left."""

    x: int
    y: int
    width: int
    height: int


class AfFrame(Frozen):
    """Where the body looks for focus, in the coordinates of the field."""

    state: AfState
    valid: bool
    place: Rectangle


class Histogram(Frozen):
    """How many pixels have each of 256 brightnesses.

    Attributes:
        luminance: over all.
        red: of the red.
        green: of the green.
        blue: of the blue; None of older bodies, whose fourth column is not blue.
    """

    luminance: tuple[int, ...]
    red: tuple[int, ...]
    green: tuple[int, ...]
    blue: tuple[int, ...] | None
