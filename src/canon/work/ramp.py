"""Keeps the pictures of a series as bright as the first, while day turns to night or back.

Each picture's thumbnail is compared with the first one's. What follows is slow on purpose: small
changes of light are left alone, one step is at most a third of a stop, and a lamp that flashes in
one picture changes nothing. The shutter follows first, then the sensitivity; the aperture never.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from canon.errors import CanonError, NotSupported
from canon.frozen import Frozen
from canon.values import Iso, ShootingMode, ShutterSpeed
from canon.values.scales import Scale
from canon.work.brightness import brightness, check_can_look

if TYPE_CHECKING:
    from canon.camera import Camera

SLOWEST_S, HIGHEST_ISO = 2.0, 1600
"""How far a ramp goes when nobody says more."""

_DEAD_BAND = 1 / 3  # stops that are left alone
_STEP = 1 / 3 + 0.05  # the most that one step changes, in stops
_WORTH = 0.6  # of a coarse step must be wanted, so that it is not taken back at once
_SEEN = 3  # pictures whose median is looked at: one of them may be an outlier
_PARTS = {3: 1 / 3, 4: 1 / 2, 5: 2 / 3}  # of a stop, by the eighths that stand for them


class Limits(Frozen):
    """How far a ramp may go.

    Attributes:
        slowest_s: the longest exposure in seconds.
        highest_iso: the highest sensitivity.
    """

    slowest_s: float = SLOWEST_S
    highest_iso: int = HIGHEST_ISO


class Change(Frozen):
    """A setting was changed, for the light has.

    Attributes:
        setting: "shutter_speed" or "iso".
        before: its value before.
        now: its value now.
        stops: how much brighter than the first the last pictures were.
    """

    setting: str
    before: ShutterSpeed | Iso
    now: ShutterSpeed | Iso
    stops: float


class Rung(Frozen):
    """An exposure that a ramp may set.

    Attributes:
        stops: how much light it gives; only differences count.
        shutter: the exposure time.
        iso: the sensitivity.
    """

    stops: float
    shutter: ShutterSpeed
    iso: Iso


class Ladder:
    """The exposures of a ramp, from dark to bright, and on which one it stands.

    Args:
        first: the exposure of the first picture.
        shutters: the exposure times that the camera has.
        isos: the sensitivities that it has.
        limits: how far it may go.

    Attributes:
        rungs: the exposures.
        at: which of them is set.

    Raises:
        ValueError: it begins beyond the limits.
    """

    def __init__(
        self,
        first: Rung,
        shutters: Iterable[ShutterSpeed],
        isos: Iterable[Iso],
        limits: Limits,
    ) -> None:
        if float(first.shutter) > limits.slowest_s * 1.05:
            raise ValueError(
                f"the shutter is at {first.shutter} s, beyond the slowest of {limits.slowest_s:g} s"
            )
        if float(first.iso) > limits.highest_iso:
            raise ValueError(
                f"the sensitivity is at ISO {first.iso}, beyond the highest of {limits.highest_iso}"
            )
        slow = sorted(
            (one for one in {*shutters, first.shutter} if _is_within(one, limits.slowest_s)),
            key=stops_of,
        )
        sensitive = sorted(
            (one for one in {*isos, first.iso} if _is_within(one, limits.highest_iso)), key=stops_of
        )
        if stops_of(slow[-1]) > stops_of(
            first.shutter
        ):  # the shutter follows before: not below that
            sensitive = [one for one in sensitive if stops_of(one) >= stops_of(first.iso)]
        found: dict[int, Rung] = {}
        for iso in sensitive:
            for shutter in slow:
                stops = stops_of(shutter) + stops_of(iso)
                found.setdefault(round(12 * stops), Rung(stops, shutter, iso))
        found[round(12 * first.stops)] = first
        self.rungs = [found[place] for place in sorted(found)]
        self.at = self.rungs.index(first)
        self._lights: deque[float] = deque(maxlen=_SEEN)
        self._first: float | None = None

    @property
    def now(self) -> Rung:
        """The exposure that is set."""
        return self.rungs[self.at]

    def look(self, level: float) -> float | None:
        """Look at a picture, taken with the exposure that is set.

        Args:
            level: how bright it is, in stops.

        Returns:
            How much brighter than the first the last ones are; None while that is not known.
        """
        self._lights.append(level - self.now.stops)
        if self._first is None:
            self._first = level
        if len(self._lights) < _SEEN:
            return None
        return sorted(self._lights)[_SEEN // 2] + self.now.stops - self._first

    def step(self, too_bright: float) -> Rung | None:
        """Go to the exposure that the next picture is to have; None where it stays as it is.

        Args:
            too_bright: what `look` has said.
        """
        if abs(too_bright) <= _DEAD_BAND:
            return None
        darker, brighter = range(self.at - 1, -1, -1), range(self.at + 1, len(self.rungs))
        best = None
        for at in darker if too_bright > 0 else brighter:
            size = abs(self.rungs[at].stops - self.now.stops)
            if size > _STEP:  # a camera with coarse scales has no smaller one
                if best is None and size * _WORTH <= abs(too_bright):
                    best = at
                break
            best = at
        if best is None:
            return None
        self.at = best
        return self.now

    def is_at_end(self, too_bright: float) -> bool:
        """Whether the light has changed further than the ladder goes."""
        end = 0 if too_bright > 0 else len(self.rungs) - 1
        return self.at == end and abs(too_bright) > 2 * _DEAD_BAND


class Ramp:
    """Follows the light with a camera. Make it in remote control.

    Args:
        cam: the camera, in manual mode with a fixed sensitivity.
        limits: how far it may go.

    Attributes:
        at_end: whether the light has gone further than the limits let it follow.

    Raises:
        MissingExtra: Pillow is not installed.
        NotSupported: the shutter or the sensitivity cannot be set by a computer.
        ValueError: the camera is not in manual mode, or begins beyond the limits.
    """

    def __init__(self, cam: Camera, limits: Limits) -> None:
        check_can_look()
        self._cam = cam
        self.at_end = False
        told = cam.settings.describe("shooting_mode", "shutter_speed", "iso")
        model = cam.model.removeprefix("Canon ")
        shutter, iso = told.get("shutter_speed"), told.get("iso")
        if shutter is None or iso is None:
            raise NotSupported(model, "shutter and sensitivity that a computer can set")
        mode = told.get("shooting_mode")
        if mode is not None and mode.value != ShootingMode.MANUAL:
            raise ValueError(
                f"a ramp needs the shooting mode manual, and the {model} is in "
                f"{mode.kind.label(mode.value)}: turn its dial, or set shooting_mode=m"
            )
        for name, one in (("shutter_speed", shutter), ("iso", iso)):
            if getattr(one.value, "number", None) is None:
                raise ValueError(f"a ramp needs a fixed {name}, and it is {one.value}; set it")
        stops = stops_of(shutter.value) + stops_of(iso.value)
        self._start = Rung(stops, shutter.value, iso.value)
        self._ladder = Ladder(self._start, shutter.allowed or (), iso.allowed or (), limits)

    def follow(self, thumbnail: bytes | None) -> list[Change]:
        """Look at the last picture, and set what the next one is to have.

        Args:
            thumbnail: of the picture, a JPEG; None where there is none.

        Raises:
            CanonError: the camera does not take it.
        """
        level = brightness(thumbnail) if thumbnail else None
        too_bright = None if level is None else self._ladder.look(level)
        if too_bright is None:
            return []
        before, at = self._ladder.now, self._ladder.at
        rung = self._ladder.step(too_bright)
        self.at_end = rung is None and self._ladder.is_at_end(too_bright)
        if rung is None:
            return []
        try:
            self._set(rung)
        except CanonError:
            self._ladder.at = at
            raise
        return [
            Change(name, getattr(before, field), getattr(rung, field), round(too_bright, 2))
            for name, field in (("shutter_speed", "shutter"), ("iso", "iso"))
            if getattr(before, field) != getattr(rung, field)
        ]

    def set_again(self) -> None:
        """Set the exposure in a camera that was opened anew."""
        self._set(self._ladder.now)

    def restore(self) -> None:
        """Set what was set at the start."""
        if self._ladder.now != self._start:
            self._set(self._start)

    def _set(self, rung: Rung) -> None:
        self._cam.settings.set(shutter_speed=rung.shutter, iso=rung.iso)


def _is_within(value: ShutterSpeed | Iso, most: float) -> bool:
    return value.number is not None and float(value) <= most * 1.05


def stops_of(value: Scale) -> float:
    """How much light a step of a scale lets in, or makes of it, in stops; only differences count.

    Raises:
        ValueError: it is a word.
    """
    place = value.place
    if place is None:
        from math import log2

        return log2(float(value))
    whole, eighths = divmod(place, 8)
    stops = whole + _PARTS.get(eighths, eighths / 8)
    return -stops if isinstance(value, ShutterSpeed) else stops
