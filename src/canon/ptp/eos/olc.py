"""What the display of a body shows: the groups of OlcInfoChanged (section 4.5).

A body tells here at once what it measures and what the button does, where its properties come late.
Numbers of more than one byte are big-endian, but for the button.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from canon.frozen import Frozen


class Group(enum.IntFlag):
    """The groups that have a known meaning, by their bits."""

    BUTTON = 0x0001
    SHUTTER_SPEED = 0x0002
    APERTURE = 0x0004
    ISO = 0x0008
    SHOTS = 0x0010
    SELF_TIMER = 0x0020
    EXPOSURE = 0x0040
    FOCUS = 0x0100


ALL_GROUPS = 0x1FFF
"""What SetRequestOlcInfoGroup is sent; of more, bodies crash."""
CURRENT: dict[int, dict[int, int]] = {
    Group.SHUTTER_SPEED: {6: 5, 7: 5, 9: 7},
    Group.APERTURE: {5: 4, 6: 4, 9: 7},
    Group.ISO: {4: 3, 6: 3, 7: 3},
}
"""Where in a group the present value is, by the bytes of the group."""


class Button(enum.IntEnum):
    """What the release button does, where it is one of these."""

    IDLE = 1
    HALF = 2
    FAILED = 3
    DONE = 4
    TIMER = 7


class Searching(enum.IntEnum):
    """How the search for focus stands, where it is one of these."""

    IDLE = 0x0000
    SEARCHING = 0x0001
    LEAVING = 0x0100
    IN_FOCUS = 0x0101
    FAILED_LEAVING = 0x0200
    FAILED_LATE = 0x0201
    FAILED = 0x0202


class Display(Frozen):
    """What a record shows; None is what it does not show.

    Attributes:
        button: a number of `Button`, or another.
        shutter_speed: as the property counts it; None too while the body does not measure.
        aperture: as the property counts it; None too while the body does not measure.
        iso: as the property counts it; None too while the body chooses it.
        shots: how many pictures are left.
        writing: whether one is being written.
        timer: seconds until the self-timer releases; 0 when it does not run.
        exposure: how far the exposure is from the measured one, in tenths of a stop.
        focus: a number of `Searching`, or another.
    """

    button: int | None = None
    shutter_speed: int | None = None
    aperture: int | None = None
    iso: int | None = None
    shots: int | None = None
    writing: bool | None = None
    timer: int | None = None
    exposure: int | None = None
    focus: int | None = None


def display(groups: Mapping[int, bytes]) -> Display:
    """What the groups of a record show, as OlcInfoChanged.groups() gives them.

    Where the group of the focus has seven bytes, its state is in the same two: gphoto2 looks at six
    and finds it.
    """
    shots, timer = groups.get(Group.SHOTS, b""), groups.get(Group.SELF_TIMER, b"")
    exposure, focus = groups.get(Group.EXPOSURE, b""), groups.get(Group.FOCUS, b"")
    button = groups.get(Group.BUTTON)
    return Display(
        button=None if button is None else int.from_bytes(button, "little"),
        shutter_speed=_current(groups, Group.SHUTTER_SPEED) or None,
        aperture=_current(groups, Group.APERTURE) or None,
        iso=_current(groups, Group.ISO) or None,
        shots=int.from_bytes(shots[2:4], "big") if shots else None,
        writing=shots[1] == _WRITING if len(shots) > 1 else None,
        timer=int.from_bytes(timer[4:6], "big") if timer else None,
        exposure=int.from_bytes(exposure[2:3], "big", signed=True) if exposure else None,
        focus=int.from_bytes(focus[4:6], "big") if focus else None,
    )


_WRITING = 2


def _current(groups: Mapping[int, bytes], group: Group) -> int:
    """The present value of a group; 0 where it is not there, or of another length."""
    data = groups.get(group, b"")
    place = CURRENT[group].get(len(data))
    return 0 if place is None else data[place]
