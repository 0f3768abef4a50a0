"""How an EOS tells its records: asked for them, again and again (canon-eos-ptp, section 4).

Whoever waits asks, for all, and keeps the body on meanwhile. Nothing is asked before remote control
was entered: a host that only fetches files needs no events.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence

from canon.errors import DecodeError, DeviceBusy, Refused
from canon.log import Log
from canon.ptp.eos.layouts import Eos, EosKeepDeviceOn, GetEvent, GetViewfinderData
from canon.ptp.eos.records import (
    Record,
    StoreAddedEx,
    StoreRemovedEx,
    WillSoonShutdown,
    read_records,
)
from canon.ptp.eos.store import Store
from canon.ptp.operations import Nothing, Operation
from canon.ptp.session import Session

_log = Log(__name__)

_KEEP_ON_S = 10.0
_MOST_ANSWERS = 64  # that are read in one go; a body that tells more tells without end
_LATE, _LATE_S = 9, 0.05  # how often, and after how long, records that are late are asked for
_DELAYED = (0.01, 0.02, 0.04)
_SLOWEST_S = 0.06


class Channel:
    """The records of one EOS.

    Args:
        session: the conversation.
        store: what takes them.
        forget: forgets what is on the cards; called when one comes or goes.

    Attributes:
        open: whether the body keeps records for this host.
    """

    def __init__(self, session: Session, store: Store, forget: Callable[[], None]) -> None:
        self.session = session
        self.store = store
        self._forget = forget
        self.open = False
        self._kept_on = 0.0
        self._waits = _pauses()
        self._lock = threading.Lock()  # so that records are kept, and told, in their order

    def begun(self) -> None:
        """A new session keeps no records until it is asked to."""
        self.open = False

    def begin(self, after: Operation[Nothing], more: Operation[Nothing] | None = None) -> None:
        """Let the body tell all of itself anew; it goes into the store, and nobody else hears it.

        Args:
            after: what lets the body do so; no other thread may ask between.
            more: what lets it tell more, where it lists that; one that refuses it tells the rest.
        """
        with self._lock:
            self.session.call(after)
            if more is not None and self.session.supports(type(more)):
                try:
                    self.session.call(more)
                except Refused as error:
                    _log.info("the camera does not tell all: %s", error)
            self.store.clear()
            self.open = True
            self._kept_on = self.session.clock.now()
            late = iter(range(_LATE))
            for _ in range(_MOST_ANSWERS):
                if self._read():
                    continue
                told = Eos.EVF_OUTPUT in self.store.values
                if told or not self.session.supports(GetViewfinderData) or next(late, None) is None:
                    return
                self.session.clock.sleep(_LATE_S)

    def end(self) -> None:
        """The body keeps no records from now on."""
        with self._lock:
            self.open = False

    def drain(self) -> None:
        """Hear all that is there now: a body with records left is busy for what is asked of it."""
        for _ in range(_MOST_ANSWERS):
            if not self.session.poll(0):
                return

    def hear(self, wait_s: float) -> bool:
        """Wait for records, for so many seconds at most; without any, ask once.

        The pauses are slept, so that a thread that draws frames goes on meanwhile.
        """
        if not self.open:
            return self.session.listen(wait_s)
        clock = self.session.clock
        deadline = clock.now() + wait_s
        while True:
            if records := self._ask():
                if any(isinstance(one, WillSoonShutdown) for one in records):
                    self._keep_on(every_s=0)
                self._waits = _pauses()
                return True
            self._keep_on()
            left = deadline - clock.now()
            pause = min(next(self._waits), left) if left > 0 else 0.0
            if pause <= 0:
                return False
            clock.sleep(pause)

    def _ask(self) -> Sequence[Record]:
        """Ask, and tell what comes before another thread asks; nothing where it was left."""
        with self._lock:
            records = self._read() if self.open else ()
            if any(isinstance(one, StoreAddedEx | StoreRemovedEx) for one in records):
                self._forget()
            self.session.tell(records)
        return records

    def _read(self) -> Sequence[Record]:
        try:
            data = self.session.call(GetEvent()).data
            return [one for record in read_records(data) for one in self.store.take(record)]
        except DeviceBusy:
            return ()
        except DecodeError as error:
            _log.warning("records that cannot be read: %s", error.detail)
            return ()

    def _keep_on(self, every_s: float = _KEEP_ON_S) -> None:
        """Let the body not switch itself off while somebody waits."""
        now = self.session.clock.now()
        if now - self._kept_on < every_s or not self.session.supports(EosKeepDeviceOn):
            return
        self._kept_on = now
        try:
            self.session.call(EosKeepDeviceOn())
        except Refused as error:
            _log.info("the camera was not kept on: %s", error)


def _pauses() -> Iterator[float]:
    """The pauses between two questions: short at first, as a release is over soon."""
    return itertools.chain(_DELAYED, itertools.repeat(_SLOWEST_S))
