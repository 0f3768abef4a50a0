"""What a camera says by itself, in words that all dialects share.

A dialect's Session reads the events and copies each to every reader's queue. Whoever waits polls,
for all: a listener in one thread gets what a release in another has read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from canon.clock import Clock
from canon.driver.card import CardPath, Entry
from canon.frozen import Frozen

if TYPE_CHECKING:
    from canon.driver.shot import Pending

E = TypeVar("E")

_MOST = 256
_POLL_S = 0.2


class Event(Frozen):
    """Something that a camera says by itself; each kind is a class."""


class FileAdded(Event):
    """A file or a folder is new on the card; `cam.storage` takes the entry."""

    entry: Entry


class FileChanged(Event):
    """What is said of a file has changed."""

    entry: Entry


class FileRemoved(Event):
    """A file or a folder is gone; the path is None where nobody had looked at it before."""

    path: CardPath | None


class CardChanged(Event):
    """Something on the card has changed, and the camera does not say what; or the card itself."""


class PictureWaiting(Event):
    """A picture is in the camera's memory; `cam.capture.fetch(event.picture)` brings it.

    RAW and JPEG of one release are two. Those that a `shoot()` brings are told, too.
    """

    picture: Pending


class SettingChanged(Event):
    """A setting has another value, or may have others.

    Attributes:
        name: the setting's name; a property without one has its number, "0xd0ff".
        value: the value; None where the camera does not tell it with the event.
    """

    name: str
    value: object


class ButtonPressed(Event):
    """A button was pressed on the body: "shutter"."""

    button: str


class Busy(Event):
    """The camera works on a picture."""


class Ready(Event):
    """The camera is ready for the next picture."""


class Focused(Event):
    """The lens has focused, or found nothing to focus on."""

    found: bool


class BulbSeconds(Event):
    """How long the shutter has been open."""

    seconds: int


class ShuttingDown(Event):
    """The camera switches itself off."""


class Missed(Event):
    """So many events were lost, since nobody took them from the queue."""

    count: int


class Gone(Event):
    """The camera went away; nothing comes after it."""


class Raw(Event):
    """Something else, as the camera said it.

    Attributes:
        code: the event's code in the camera's protocol.
        data: the bytes that it carries.
        name: what it is called there, where it has a name.
    """

    code: int
    data: bytes
    name: str


class Queue(Generic[E]):
    """One reader's queue of events; when it overflows, the oldest go and are counted."""

    def __init__(self) -> None:
        self._lost = 0
        self._waiting: deque[E] = deque()

    def put(self, event: E) -> None:
        """Add an event."""
        if len(self._waiting) >= _MOST:
            self._waiting.popleft()
            self._lost += 1
        self._waiting.append(event)

    def get(self) -> E | None:
        """The oldest event, or None."""
        return self._waiting.popleft() if self._waiting else None

    def __iter__(self) -> Iterator[E]:
        """Take out all that waits, the oldest first."""
        while self._waiting:
            yield self._waiting.popleft()

    def take_lost(self) -> int:
        """How many events were dropped since this was last asked."""
        lost, self._lost = self._lost, 0
        return lost


class Listener(Protocol):
    """One who hears all that a camera says from when it was made until it is closed."""

    def get(self, timeout_s: float) -> Event | None:
        """The next event; None when none comes in that time."""
        ...

    def close(self) -> None:
        """Stop listening; twice is allowed."""
        ...


class Heard(Generic[E]):
    """A Listener to the events of one session.

    Args:
        queue: what the session puts in.
        close: takes the queue off the session.
        clock: the port's.
        poll: waits for an event, for so many seconds at most, and puts it in.
        common: an event of the dialect in the words of this module; it may ask the camera.
    """

    def __init__(
        self,
        queue: Queue[E],
        close: Callable[[], None],
        clock: Clock,
        poll: Callable[[float], bool],
        common: Callable[[E], Event],
    ) -> None:
        self._queue = queue
        self._clock = clock
        self._poll = poll
        self._common = common
        self.close = close

    def get(self, timeout_s: float) -> Event | None:
        """The next event; None when none comes in that time."""
        deadline = self._clock.now() + timeout_s
        first = True
        while True:
            if lost := self._queue.take_lost():
                return Missed(lost)
            if (event := self._queue.get()) is not None:
                return self._common(event)
            left = deadline - self._clock.now()
            if left <= 0 and not first:  # what waits on the wire is heard without any time
                return None
            first = False
            self._poll(max(0.0, min(_POLL_S, left)))
