"""What the mode dial of a virtual EOS decides: which of the settings a host may write, and to what.

The lists of the mode in which a body was recorded are its own; those of the other modes follow from
what the lens and the shutter can do (canon-eos-ptp, sections 4.2, 5.1 and 11).
"""

from __future__ import annotations

import enum

from canon.frozen import Frozen


class Mode(enum.IntEnum):
    """Positions of the mode dial that decide what may be set."""

    PROGRAM = 0
    SHUTTER_PRIORITY = 1
    APERTURE_PRIORITY = 2
    MANUAL = 3
    BULB = 4
    GREEN = 9
    MOVIE = 0x14
    AUTO = 0x16
    FLEXIBLE = 0x37


CREATIVE = frozenset(
    {
        Mode.PROGRAM,
        Mode.SHUTTER_PRIORITY,
        Mode.APERTURE_PRIORITY,
        Mode.MANUAL,
        Mode.BULB,
        Mode.MOVIE,
        Mode.FLEXIBLE,
        5,  # A-DEP
        7,  # C1, C2 and C3: what they keep is not imitated
        0x10,
        0x11,
    }
)
"""The modes in which the photographer chooses; in the others the camera does."""
_GIVES_APERTURE = frozenset(
    {Mode.APERTURE_PRIORITY, Mode.MANUAL, Mode.BULB, Mode.MOVIE, Mode.FLEXIBLE}
)
_GIVES_TIME = frozenset({Mode.SHUTTER_PRIORITY, Mode.MANUAL, Mode.MOVIE, Mode.FLEXIBLE})
_GIVES_BIAS = CREATIVE - {Mode.MANUAL, Mode.BULB}
BULB = 0x0C
"""The exposure time that lasts as long as the button is held."""


def _thirds(first: int, last: int) -> tuple[int, ...]:
    """The codes of a scale in thirds of a stop, which have the remainders 0, 3 and 5."""
    return tuple(code for code in range(first, last + 1) if code % 8 in (0, 3, 5))


TIMES = _thirds(0x10, 0xA0)
"""From 30 s to 1/8000 s."""
APERTURES = _thirds(0x25, 0x50)
"""Those of an EF 100-400 mm f/4.5-5.6 as a 60D told them."""
BIASES = tuple(code & 0xFF for code in range(-24, 25) if abs(code) % 8 in (0, 3, 5))
SPEEDS = (0, *_thirds(0x48, 0x78))
"""Auto, and from ISO 100 to 6400."""


class Scales(Frozen):
    """All that a body could offer, if its mode did.

    Attributes:
        times: exposure times.
        apertures: f-numbers of the lens; none without a lens.
        biases: exposure compensations.
        speeds: sensitivities.
        bulb_on_dial: whether bulb is a mode of its own; else it is the first time in M.
    """

    times: tuple[int, ...] = TIMES
    apertures: tuple[int, ...] = APERTURES
    biases: tuple[int, ...] = BIASES
    speeds: tuple[int, ...] = SPEEDS
    bulb_on_dial: bool = False

    def times_in(self, mode: int) -> tuple[int, ...]:
        """The exposure times that a mode leaves to the photographer."""
        if mode == Mode.BULB:
            return (BULB,)
        if mode not in _GIVES_TIME:
            return ()
        bulb = mode == Mode.MANUAL and not self.bulb_on_dial
        return (BULB, *self.times) if bulb else self.times

    def apertures_in(self, mode: int) -> tuple[int, ...]:
        """The f-numbers that a mode leaves to the photographer."""
        return self.apertures if mode in _GIVES_APERTURE else ()

    def biases_in(self, mode: int) -> tuple[int, ...]:
        """The exposure compensations that a mode has."""
        return self.biases if mode in _GIVES_BIAS else ()

    def speeds_in(self, mode: int) -> tuple[int, ...]:
        """The sensitivities that a mode leaves to the photographer."""
        return self.speeds if mode in CREATIVE else ()
