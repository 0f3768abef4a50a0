"""The wait for what tells how a release went, while another thread uses the camera as well."""

from __future__ import annotations

import pytest

from canon.conversation import Conversation
from canon.driver.shot import GRACE_S, GiveUp, await_end

PARTS = 3


class Slow:
    """A clock, and polls of which each waits for another thread before it hears one part."""

    def __init__(self, other_s: float) -> None:
        self.time = 0.0
        self.left = PARTS
        self._other_s = other_s
        self._talk: Conversation[str] = Conversation()
        self.queue = self._talk.begin()

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def poll(self, seconds: float) -> bool:
        self.time += self._other_s + (0 if self.left else seconds)
        if not self.left:
            return False
        self.left -= 1
        self._talk.tell("part")
        return True


class Parts:
    """A release whose first part says that its end is near."""

    def __init__(self, wanted: int) -> None:
        self.came, self._wanted = 0, wanted

    @property
    def done(self) -> bool:
        return self.came >= self._wanted

    @property
    def near(self) -> bool:
        return self.came > 0

    begun = near

    def take(self, event: str) -> None:
        self.came += event == "part"


@pytest.mark.parametrize("other_s", [0, GRACE_S + 1, 100])
def test_time_in_which_another_thread_had_the_camera_does_not_count(other_s: float) -> None:
    slow, parts = Slow(other_s), Parts(PARTS)
    await_end(slow, slow.poll, slow.queue, parts, GiveUp(), 30)
    assert parts.done


def test_what_never_comes_is_waited_for_no_longer_than_the_grace() -> None:
    slow, parts = Slow(0), Parts(PARTS + 1)
    await_end(slow, slow.poll, slow.queue, parts, GiveUp(), 30)
    assert parts.came == PARTS
    assert GRACE_S <= slow.time <= GRACE_S + 1
