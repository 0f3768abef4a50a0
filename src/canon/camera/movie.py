"""Recording a movie onto the card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from canon.camera.control import RemoteControl
from canon.driver import Driver
from canon.driver import Movie as MovieVerbs
from canon.errors import CanonError
from canon.log import Log

if TYPE_CHECKING:
    from canon.camera.live import Live
    from canon.driver.card import Entry

_log = Log(__name__)
_FEATURE = "movies that a computer can start"


class Movie:
    """Movies of one camera. Made by `Camera`; use `with cam.movie.record() as film:`."""

    def __init__(self, control: RemoteControl, live: Callable[[], Live]) -> None:
        self._control = control
        self._live = live

    def __repr__(self) -> str:
        return f"<movies of {self._control.model}>"

    @property
    def recording(self) -> bool:
        """Whether a movie is being recorded; nothing is asked."""
        movie = _movie(self._control.verbs())
        return movie is not None and movie.recording

    @contextmanager
    def record(self) -> Iterator[Film]:
        """Record a movie onto the card for a block; live view runs meanwhile.

        After the block, `film.entries` has the files that were made. The recording is stopped
        whatever happens.

        Raises:
            StoreFull: the card is full.
            NoCard: there is no card.
            NotSupported: this model has none that a computer can start.
        """
        self._control.need(_movie, _FEATURE)
        film = Film(self._control)
        with self._live():
            try:
                with self._control.turn(_movie, _FEATURE) as movie:
                    movie.start()
                    _log.info("recording a movie")
                yield film
            except BaseException:
                with suppress(CanonError):
                    film.entries = self._stop()
                raise
            film.entries = self._stop()

    def _stop(self) -> tuple[Entry, ...]:
        with self._control.turn(_movie, _FEATURE) as movie:
            found = movie.stop()
        _log.info("recorded a movie: %s", ", ".join(map(str, found)))
        return found


class Film:
    """A movie that lasts as long as a block. Made by `cam.movie.record()`.

    Attributes:
        entries: the files on the card that it became; there after the block.
    """

    def __init__(self, control: RemoteControl) -> None:
        self.entries: tuple[Entry, ...] = ()
        self._control = control

    def __repr__(self) -> str:
        names = ", ".join(map(str, self.entries))
        return f"<a movie of {self._control.model}: {names or 'being recorded'}>"

    def seconds(self) -> float:
        """How long it has lasted, by the camera's own count."""
        with self._control.turn(_movie, _FEATURE) as movie:
            return movie.seconds()


def _movie(driver: Driver) -> MovieVerbs | None:
    return driver.movie
