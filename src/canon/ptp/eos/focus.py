"""Where a body focuses: property FOCUS_INFO (section 5.4)."""

from __future__ import annotations

from canon.errors import DecodeError
from canon.frozen import Frozen
from canon.wire import Buffer, Message, take, u16, u32


class FocusHead(Message):
    """The beginning of the structure; its points follow.

    Attributes:
        size: the bytes of the structure.
        rest: the same, less 4.
        version: 2 of a 5Ds R, 4 of a 70D, 0 of a 1300D.
        points: how many points there is room for.
        used: how many of them this body uses.
        width: of the frame in which they lie.
        height: of the frame.
        width_2: the width again.
        height_2: the height again.
    """

    size: u32
    rest: u16
    version: u16
    points: u16
    used: u16
    width: u16
    height: u16
    width_2: u16
    height_2: u16


HEAD = 20
"""The bytes of a FocusHead."""


class FocusPoint(Frozen):
    """One point where a body can focus.

    Attributes:
        x: its center, to the right of that of the frame, in pixels of the head's frame.
        y: its center, from that of the frame; which way is up, nobody has told.
        width: how wide it is.
        height: how high it is.
        selected: whether it was chosen, or is in focus.
    """

    x: int
    y: int
    width: int
    height: int
    selected: bool


class FocusInfo(Frozen):
    """Where a body focuses.

    Attributes:
        head: what the points lie in.
        points: those that the body uses; none where it has told nothing yet.
        unknown: what follows them.
    """

    head: FocusHead
    points: tuple[FocusPoint, ...]
    unknown: bytes

    @property
    def selected(self) -> tuple[FocusPoint, ...]:
        """The points that were chosen, or are in focus."""
        return tuple(point for point in self.points if point.selected)


def read_focus(raw: Buffer) -> FocusInfo:
    """What a body tells of its points.

    Raises:
        DecodeError: it has more points than bytes.
    """
    head = FocusHead.decode(raw)
    count = head.points
    if head.used > count:
        raise DecodeError(f"{head.used} points are in use, of {count}", 10, "FocusInfo")
    places = take(raw, HEAD, 8 * count)
    bits = take(raw, HEAD + 8 * count, (count + 7) // 8)
    heights, widths, xs, ys = (
        [
            int.from_bytes(places[at : at + 2], "little", signed=signed)
            for at in range(start, end, 2)
        ]
        for start, end, signed in (
            (0, 2 * count, False),
            (2 * count, 4 * count, False),
            (4 * count, 6 * count, True),
            (6 * count, 8 * count, True),
        )
    )
    points = tuple(
        FocusPoint(xs[at], ys[at], widths[at], heights[at], bool(bits[at // 8] >> at % 8 & 1))
        for at in range(head.used)
    )
    return FocusInfo(head, points, bytes(raw[HEAD + 8 * count + len(bits) :]))
