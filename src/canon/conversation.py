"""What the sessions of all dialects share: whose turn it is to talk, and who reads events."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Generic, Protocol, TypeVar

from canon.clock import Clock
from canon.driver.events import Event
from canon.errors import Disconnected

E = TypeVar("E")

_MOST_EVENTS = 256
_POLL_S = 0.05


class Events(Generic[E]):
    """One reader's queue of events; when it overflows, the oldest go and are counted."""

    def __init__(self) -> None:
        self._lost = 0
        self._queue: deque[E] = deque()

    def put(self, event: E) -> None:
        """Add an event."""
        if len(self._queue) >= _MOST_EVENTS:
            self._queue.popleft()
            self._lost += 1
        self._queue.append(event)

    def get(self) -> E | None:
        """The oldest event, or None."""
        return self._queue.popleft() if self._queue else None

    def take_lost(self) -> int:
        """How many events were dropped since this was last asked."""
        lost, self._lost = self._lost, 0
        return lost


class Conversation(Generic[E]):
    """One transaction at a time, from any thread; events go to every reader.

    Attributes:
        lock: held during a transaction.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._closer: int | None = None  # the thread that has begun to close
        self._readers: list[Events[E]] = []

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the conversation for one transaction.

        Raises:
            Disconnected: another thread has begun to close.
        """
        with self.lock:
            if self._closer not in (None, threading.get_ident()):
                raise Disconnected("the camera was closed meanwhile by this program; open it again")
            yield

    def end(self) -> None:
        """Let no other thread talk from now on: what follows is the good-bye of this one."""
        with self.lock:
            self._closer = threading.get_ident()

    def tell(self, event: E) -> None:
        """Copy an event to every reader."""
        for reader in tuple(self._readers):
            reader.put(event)

    @contextmanager
    def events(self) -> Iterator[Events[E]]:
        """A reader's queue: every event from now on until the block ends."""
        reader: Events[E] = Events()
        self._readers.append(reader)
        try:
            yield reader
        finally:
            self._readers.remove(reader)


class Teller(Protocol[E]):
    """The session of a dialect, as far as its events go."""

    clock: Clock

    def poll(self, timeout_s: float) -> bool:
        """Wait for an event, and copy it to every reader; whether one came."""
        ...

    def events(self) -> AbstractContextManager[Events[E]]:
        """A reader's queue: every event from now on until the block ends."""
        ...


def told(session: Teller[E], timeout_s: float) -> Iterator[Event]:
    """What a camera says by itself, until it was silent for `timeout_s`."""
    clock = session.clock
    with session.events() as events:
        deadline = clock.now() + timeout_s
        heard = True  # those that wait are told without any time
        while heard or clock.now() < deadline:
            session.poll(max(0.0, min(_POLL_S, deadline - clock.now())))
            heard = False
            while True:
                if lost := events.take_lost():
                    yield Event("EventsLost", {"count": lost})
                if (event := events.get()) is None:
                    break
                heard = True
                yield Event(type(event).__name__, dict(vars(event)))
                deadline = clock.now() + timeout_s
