"""The focus of the lens: once, or locked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING

from canon.camera.control import RemoteControl
from canon.driver import Driver, LensDrive
from canon.driver import Focus as FocusVerbs
from canon.errors import CanonError
from canon.log import Log

if TYPE_CHECKING:
    from canon.camera.live import Live

_log = Log(__name__)
_FEATURE = "focus that a computer can move"
_DRIVE = "focus that a computer can drive step by step"
_SIZES = (1, 2, 3)


class Focus:
    """The focus of one camera. Made by `Camera`; use `cam.focus`."""

    def __init__(self, control: RemoteControl, live: Callable[[], Live]) -> None:
        self._control = control
        self._live = live
        self._locks = 0

    def __repr__(self) -> str:
        return f"<focus of {self._control.model}>"

    def auto(self) -> None:
        """Focus once, and measure exposure and white balance, as a half-press does.

        Raises:
            FocusFailed: the lens found nothing to focus on.
            NotSupported: this model cannot by remote.
        """
        with self._control.turn(_focus, _FEATURE) as focus:
            focus.auto()

    def lock(self) -> FocusLock:
        """Focus now, and keep that distance until it is unlocked, or for a `with` block.

        Remote control stays on as long as the lock does. Taken from recordings of Canon's own
        program; not yet confirmed by hand on a camera.

        Raises:
            FocusFailed: the lens found nothing to focus on.
            NotSupported: this model cannot by remote.
        """
        with self._control.turn(_focus, _FEATURE) as focus:
            focus.lock()
            _log.info("locked the focus")
            self._control.hold()
            self._locks += 1
        return FocusLock(self)

    def unlock(self) -> None:
        """Let the focus go; nothing happens to one that is not locked."""
        try:
            with self._control.turn(_focus, _FEATURE) as focus:
                focus.unlock()
        finally:
            for _ in range(self._locks):
                self._control.let_go()
            self._locks = 0

    def drive(self, steps: int, *, size: int = 1) -> None:
        """Drive the focus by hand, step by step; the lens must be set to AF.

        Live view runs meanwhile, and goes on where it did; hold it for a series, since it takes a
        second to start: `with cam.live: …`. How far a step goes is a matter of the lens.

        Args:
            steps: how many; positive ones go towards far, negative ones towards near.
            size: how large each is: 1, 2 or 3.

        Raises:
            ValueError: there is no such size.
            DeviceBusy: the lens moved for too long.
            NotSupported: this model cannot by remote.
        """
        if size not in _SIZES:
            raise ValueError(f"{size} is no size of step; there are 1, 2 and 3")
        self._control.need(_lens_drive, _DRIVE)
        with self._live(), self._control.turn(_lens_drive, _DRIVE) as lens:
            lens.drive(steps, size)


class FocusLock:
    """A locked focus; the end of a `with` block lets it go."""

    def __init__(self, focus: Focus) -> None:
        self._focus = focus

    def __repr__(self) -> str:
        return "<the focus is locked>"

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(*([CanonError] if error else [])):
            self._focus.unlock()


def _lens_drive(driver: Driver) -> LensDrive | None:
    return driver.lens_drive


def _focus(driver: Driver) -> FocusVerbs | None:
    return driver.focus
