"""How a PowerShot tells its events: by the interrupt pipe, or asked for one (sections 4.1 and 6).

Which of the two is a property, EVENT_EMULATE_MODE. A body that is asked again and again is asked
more and more slowly, until it has something to tell.
"""

from __future__ import annotations

import threading

from canon.errors import DeviceBusy
from canon.log import Log
from canon.ptp.operations import Response
from canon.ptp.powershot.layouts import PIPE_MODES, CheckEvent
from canon.ptp.session import UNKNOWN, Session, refusal
from canon.ptp.transport import pauses, read_events

_log = Log(__name__)

_MOST_CHECKED = 0x200  # bytes that CheckEvent may give; an event has 24 at most


class Channel:
    """The events of one PowerShot.

    Args:
        session: the conversation.

    Attributes:
        asks: whether CheckEvent brings events, as far as is known.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.asks = session.supports(CheckEvent)
        self._listens = True
        self._pauses = pauses()
        self._due = 0.0
        self._lock = threading.Lock()  # so that an answer is told before the next one is asked for

    def begun(self) -> None:
        """In a new session nobody knows how events come: both ways are tried."""
        self._listens = True

    def choose(self, mode: int) -> None:
        """The camera tells events as this value of EVENT_EMULATE_MODE has it."""
        self._listens = mode in PIPE_MODES or not self.asks

    def hear(self, wait_s: float) -> bool:
        """Wait for events, for so many seconds at most; without any, ask once."""
        clock = self.session.clock
        deadline = clock.now() + wait_s
        while True:
            now = clock.now()
            if self.asks and (now >= self._due or wait_s <= 0):
                if self._ask():
                    self._rest()
                    return True
                now = clock.now()
                self._due = now + next(self._pauses)
            until = min(deadline, self._due) if self.asks else deadline
            pause = max(0.0, until - now)
            if not self._listens:
                clock.sleep(pause)
            elif self.session.listen(pause):
                return True
            if clock.now() >= deadline:
                return False

    def _rest(self) -> None:
        """Ask at once when the next wait begins, and then slower and slower."""
        self._pauses = pauses()
        self._due = 0.0

    def _ask(self) -> bool:
        with self._lock:
            answer = self.session.ask(CheckEvent.code, limit=_MOST_CHECKED)
            if answer.response == Response.OK:
                return self.session.tell(read_events(answer.data))
        error = refusal(answer.response, CheckEvent.__name__)
        if isinstance(error, DeviceBusy):
            return False
        if answer.response in UNKNOWN:
            _log.warning("the camera lists CheckEvent and does not have it; listening to its pipe")
            self.asks, self._listens = False, True
            return False
        raise error
