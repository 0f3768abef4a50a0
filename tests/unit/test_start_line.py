"""Where cameras wait for each other: who is waited for, and until when."""

from __future__ import annotations

from canon.work.several import StartLine, Together


class StandingClock:
    """A clock that goes on only when somebody sleeps."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def a_line(*names: str) -> tuple[StartLine, list[Together]]:
    told: list[Together] = []
    return StartLine(names, told.append, StandingClock()), told


def test_all_go_once_the_last_is_ready() -> None:
    line, told = a_line("a", "b", "c")
    a, b, c = (line.place(name, StandingClock()) for name in "abc")
    assert not a.may_go()
    assert not b.may_go()
    assert not a.may_go()
    assert c.may_go()
    assert a.may_go()
    assert not told
    assert a.spread_s(1) is None
    assert b.may_go()
    assert told == [Together(1, 3, 0.0)]
    assert a.spread_s(1) == 0


def test_nobody_waits_for_one_that_left() -> None:
    line, told = a_line("a", "b", "c")
    a, b = (line.place(name, StandingClock()) for name in "ab")
    assert not a.may_go()
    assert not b.may_go()
    line.leave("c")
    assert a.may_go()
    line.leave("b")
    assert not told, "one alone is at no distance"
    assert a.spread_s(1) is None
    assert a.may_go(2), "it is the only one now"


def test_one_that_failed_is_waited_for_at_its_next_round() -> None:
    line, told = a_line("a", "b")
    a, b = (line.place(name, StandingClock()) for name in "ab")
    assert not a.may_go(1)
    assert not b.may_go(2), "its first picture failed before"
    assert a.may_go(1)
    assert not told
    assert a.may_go(2)
    assert b.may_go(2)
    assert told == [Together(2, 2, 0.0)]


def test_the_only_one_goes_at_once() -> None:
    line, told = a_line("a")
    clock = StandingClock()
    assert line.place("a", clock).may_go()
    assert (clock.at, told) == (0, [])
