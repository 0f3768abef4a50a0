"""What the sessions of all dialects share: whose turn it is to talk, and who hears events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from canon.clock import Clock
from canon.driver.events import Event, Heard, Queue
from canon.errors import Disconnected

E = TypeVar("E")


class Conversation(Generic[E]):
    """One transaction at a time, from any thread; events go to every reader.

    Attributes:
        lock: held during a transaction.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._closer: int | None = None  # the thread that has begun to close
        self._readers: list[Queue[E]] = []

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the conversation for one transaction.

        Raises:
            Disconnected: another thread has begun to close.
        """
        with self.lock:
            if self._closer not in (None, threading.get_ident()):
                raise Disconnected(
                    "the camera was closed meanwhile by this program", "open it again"
                )
            yield

    def end(self) -> None:
        """Let no other thread talk from now on: what follows is the good-bye of this one."""
        with self.lock:
            self._closer = threading.get_ident()

    def tell(self, event: E) -> None:
        """Copy an event to every reader."""
        for reader in tuple(self._readers):
            reader.put(event)

    def begin(self) -> Queue[E]:
        """A reader's queue: every event from now on, until `finish`."""
        reader: Queue[E] = Queue()
        self._readers.append(reader)
        return reader

    def finish(self, reader: Queue[E]) -> None:
        """Take a reader's queue away; twice is allowed."""
        if reader in self._readers:
            self._readers.remove(reader)

    def listener(
        self, clock: Clock, poll: Callable[[float], bool], common: Callable[[E], Event]
    ) -> Heard[E]:
        """One who hears every event from now on, in the words that all dialects share."""
        queue = self.begin()
        return Heard(queue, lambda: self.finish(queue), clock, poll, common)

    @contextmanager
    def events(self) -> Iterator[Queue[E]]:
        """A reader's queue for a block."""
        reader = self.begin()
        try:
            yield reader
        finally:
            self.finish(reader)
