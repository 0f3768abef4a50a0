"""Movies of an EOS, onto its card (canon-eos-ptp, section 9.5)."""

from __future__ import annotations

from canon.driver.card import Entry
from canon.errors import NotFinished, NotSupported, Refused
from canon.log import Log
from canon.ptp.eos.layouts import Eos, MovieSelectSwOff, MovieSelectSwOn
from canon.ptp.eos.remote import EosRemote
from canon.ptp.eos.shutter import EosShutter
from canon.ptp.objects import Objects

_log = Log(__name__)

_RECORDING, _REST = 4, 0
_BEGINS_S, _WRITTEN_S = 3.0, 30.0


class EosMovie:
    """Movies of one EOS; fits `canon.driver.Movie`.

    Args:
        remote: its remote control.
        objects: what is on its cards.
        shutter: chooses where pictures go, and movies.
    """

    def __init__(self, remote: EosRemote, objects: Objects, shutter: EosShutter) -> None:
        self.session = remote.session
        self._remote = remote
        self._store = remote.store
        self._objects = objects
        self._shutter = shutter
        self._switched = self._begun = False
        self._rest = _REST
        self._before: frozenset[int] = frozenset()
        remote.stops.append(self._end)

    def begun(self) -> None:
        """A new session knows of no movie, and of no switch."""
        self._switched = self._begun = False

    @property
    def recording(self) -> bool:
        """Whether it records, as far as it has said."""
        return self._remote.active and self._status == _RECORDING

    @property
    def _status(self) -> int | None:
        return self._store.number(Eos.EVF_RECORD_STATUS)

    def start(self) -> None:
        """Begin, and wait until the body says that it records."""
        self._shutter.aim(card=True)
        if self._status is None:
            raise NotSupported(self._remote.name, "movies that a computer can start")
        self._switch()
        self._rest = _REST if self._status in (None, _RECORDING) else self._status
        self._before = frozenset(self._store.added)
        self._store.movie_s = 0
        self._begun = True
        self._remote.put(Eos.EVF_RECORD_STATUS, _RECORDING)
        if not self.session.wait_for(lambda: self.recording, _BEGINS_S):
            raise NotFinished("the camera does not say that it records", "look at its display")

    def seconds(self) -> float:
        """How long it has lasted, in whole seconds as the body counts them."""
        self._remote.channel.drain()
        return float(self._store.movie_s)

    def stop(self) -> tuple[Entry, ...]:
        """End, and wait until the body has told of the file; a long movie has several."""
        begun = self._begun
        self._end()
        if not begun:
            return ()
        self.session.wait_for(lambda: not self._store.status and self._made(), _WRITTEN_S)
        made = self._made()
        if not made:
            raise NotFinished(
                "the camera has not told where the movie is",
                "look for it on the card",
            )
        return tuple(self._objects.entry_of(handle) for handle in made)

    def _made(self) -> list[int]:
        return [one for one in self._store.added if one not in self._before]

    def _switch(self) -> None:
        """Turn from pictures to movies, where the body wants that and its host can."""
        if _RECORDING in self._allowed() or not self._listed():
            return
        if self.session.supports(MovieSelectSwOn):
            self.session.call(MovieSelectSwOn())
            self._switched = True
            self._remote.channel.drain()
        if _RECORDING not in self._allowed():
            self._switch_back()
            raise Refused("the camera records no movie now", "turn its switch or dial to movies")

    def _listed(self) -> bool:
        return Eos.EVF_RECORD_STATUS in self._store.lists

    def _allowed(self) -> tuple[int, ...]:
        return self._store.allowed(Eos.EVF_RECORD_STATUS)

    def _end(self) -> None:
        self._begun = False
        if self.recording:
            rest = self._rest if self._rest in self._allowed() else _REST
            self._remote.put(Eos.EVF_RECORD_STATUS, rest)
        self._switch_back()

    def _switch_back(self) -> None:
        if self._switched:
            self._switched = False
            self.session.call(MovieSelectSwOff())
