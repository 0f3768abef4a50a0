"""The battery during a series of shots: a warning before it ends, and why it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from canon.driver.optional import optional
from canon.errors import Disconnected
from canon.values import Battery

if TYPE_CHECKING:
    from canon.camera import Camera


class PowerWatch:
    """Looks at the battery before each shot of a series, by one question.

    Args:
        cam: the camera.
        warn: is told, once, that the battery is low.
    """

    def __init__(self, cam: Camera, warn: Callable[[str], None]) -> None:
        self._cam = cam
        self._warn = warn
        self._tells = "power" in cam.features
        self._low = False

    @contextmanager
    def shot(self) -> Iterator[None]:
        """One shot; a camera that goes off during it says so, where its battery was low."""
        if self._is_low():
            self._low = True
            self._warn("the battery is low; charge it, or the series may end before all are taken")
        try:
            yield
        except Disconnected as error:
            if self._low:
                error.add_note("Its battery was low, and may be empty.")
            raise

    def _is_low(self) -> bool:
        """Whether it is low now, and was not; a camera that cannot tell is not asked again."""
        if not self._tells or self._low:
            return False
        battery = None
        with optional("the battery"):
            battery = self._cam.battery
        self._tells = battery is not None
        return battery == Battery.LOW
