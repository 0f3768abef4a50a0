"""What a camera says by itself, for one listener."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from canon.driver.events import Event, Gone, Listener
from canon.errors import CanonError, Disconnected

_WAIT_S = 1.0


class Events:
    """All that a camera says from now on, until it is closed. Made by `cam.events()`.

    The kinds are the classes of `canon.driver.events`. What nobody takes is kept, 256 events at
    most; then `Missed` tells how many were lost. A listener in one thread gets what a verb in
    another has read.
    """

    def __init__(self, listener: Listener, is_open: Callable[[], bool]) -> None:
        self._listener = listener
        self._is_open = is_open
        self._over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Event]:
        """Wait for one event after the other, until the camera is closed or gone."""
        while not self._over:
            if (event := self.get(_WAIT_S)) is not None:
                yield event

    def get(self, timeout_s: float) -> Event | None:
        """The next event; None when none comes in that time.

        `Gone` is the last one of a camera that went away; after it, and after the camera was
        closed by this program, there is only None.

        Raises:
            ProtocolError: the camera says what cannot be read.
        """
        if self._over:
            return None
        try:
            return self._listener.get(timeout_s)
        except CanonError as error:
            ours = not self._is_open()
            if not ours and not isinstance(error, Disconnected):
                raise
            self._over = True
            return None if ours else Gone()

    def close(self) -> None:
        """Stop listening; twice is allowed."""
        self._over = True
        self._listener.close()
