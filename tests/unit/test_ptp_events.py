"""Events of a PTP camera: by the interrupt pipe in pieces, and by asking (section 1.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_ptp import (
    HANDLE,
    Answer,
    ScriptedPtp,
    open_session,
    refuses,
    sends,
)

from canon.driver.events import Queue
from canon.errors import (
    Refused,
)
from canon.ptp.containers import (
    ContainerKind,
    container,
)
from canon.ptp.operations import (
    ObjectAdded,
    PtpEvent,
    Response,
    UnknownEvent,
)
from canon.ptp.powershot.channel import Channel
from canon.ptp.powershot.layouts import CheckEvent
from canon.ptp.session import Session

# --- events (section 1.5) -------------------------------------------------------------------------


def event(code: int, *values: int) -> bytes:
    body = b"".join(value.to_bytes(4, "little") for value in values)
    return container(ContainerKind.EVENT, code, 0xFFFFFFFF, body)


def put_in_pieces(camera: ScriptedPtp, block: bytes, size: int = 8) -> None:
    for at in range(0, len(block), size):
        camera.interrupt.put(block[at : at + size])


def all_events(session: Session, timeout_s: float = 0.05) -> list[PtpEvent]:
    with session.events() as events:
        while session.poll(timeout_s):
            pass
        return drained(events)


def drained(events: Queue[PtpEvent]) -> list[PtpEvent]:
    return list(iter(events.get, None))


def test_an_event_in_pieces_of_eight_bytes() -> None:
    session, camera = open_session()
    put_in_pieces(camera, event(0x4002, HANDLE))
    put_in_pieces(camera, event(0xC0FE))
    put_in_pieces(camera, event(0xC0FF, 1, 2, 3))
    assert all_events(session) == [
        ObjectAdded(HANDLE),
        UnknownEvent(0xC0FE, 0, 0, 0),
        UnknownEvent(0xC0FF, 1, 2, 3),
    ]


def test_every_reader_gets_every_event() -> None:
    session, camera = open_session()
    put_in_pieces(camera, event(0x4002, HANDLE))
    with session.events() as one, session.events() as other:
        assert session.poll(1)
    assert drained(one) == drained(other) == [ObjectAdded(HANDLE)]


def test_no_event_in_time() -> None:
    session, camera = open_session()
    assert not session.poll(2)
    assert camera.clock.now() == 2


def test_no_wait_is_shorter_than_the_interval_of_the_pipe() -> None:
    """The bus asks the pipe every 32 ms: 2 to the 8th of the eighths of a millisecond."""
    session, camera = open_session()
    camera.clock.after(0.03, lambda: put_in_pieces(camera, event(0x4002, HANDLE)))
    assert session.poll(0)
    assert not session.poll(0)
    assert camera.clock.now() == pytest.approx(0.03 + 0.032)


def test_an_empty_interrupt_packet_is_ignored() -> None:
    session, camera = open_session()
    camera.interrupt.put(b"")
    put_in_pieces(camera, event(0x4002, HANDLE))
    assert session.poll(1)


def test_an_event_that_breaks_off_does_not_spoil_the_next() -> None:
    session, camera = open_session()
    camera.interrupt.put(event(0x4002, HANDLE)[:8])
    camera.clock.after(0.5, lambda: put_in_pieces(camera, event(0x4003, HANDLE)))
    assert [type(one).__name__ for one in all_events(session, 1)] == ["ObjectRemoved"]


def test_an_event_that_has_begun_is_waited_for() -> None:
    session, camera = open_session()
    first, second = event(0x4002, HANDLE)[:8], event(0x4002, HANDLE)[8:]
    camera.interrupt.put(first)
    camera.clock.after(0.1, lambda: camera.interrupt.put(second))
    with session.events() as events:
        assert session.poll(0)
    assert drained(events) == [ObjectAdded(HANDLE)]
    assert camera.clock.now() == pytest.approx(0.1)


@pytest.mark.parametrize("between", [[], [b""]])
def test_all_events_that_wait_are_there_at_once(between: list[bytes]) -> None:
    """An empty packet after full ones looks as if nothing came."""
    session, camera = open_session()
    for _ in range(3):
        put_in_pieces(camera, event(0x4002, HANDLE))
        for packet in between:
            camera.interrupt.put(packet)
    with session.events() as events:
        while session.poll(0):
            pass
    assert drained(events) == [ObjectAdded(HANDLE)] * 3
    assert camera.clock.now() < 0.1


def test_the_tail_of_an_event_whose_head_was_lost() -> None:
    session, camera = open_session()
    camera.interrupt.put(event(0x4002, HANDLE)[8:])
    put_in_pieces(camera, event(0x4003, HANDLE))
    assert len(all_events(session)) == 1


@pytest.mark.parametrize("length", [0, 11, 25, 0xFFFFFFFF])
def test_an_event_of_no_sane_length(length: int) -> None:
    session, camera = open_session()
    camera.interrupt.put(length.to_bytes(4, "little") + event(0x4002)[4:8])
    put_in_pieces(camera, event(0x4002, HANDLE))
    assert all_events(session) == [ObjectAdded(HANDLE)]


def test_an_event_that_cannot_be_read_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    session, camera = open_session()
    put_in_pieces(camera, b"\x0e" + event(0x4002, 0)[1:14])
    assert all_events(session) == []
    assert "cannot be read" in caplog.text


def test_a_stalled_interrupt_pipe_is_cleared() -> None:
    session, camera = open_session()
    camera.interrupt.halted = True
    put_in_pieces(camera, event(0x4002, HANDLE))
    assert session.poll(1)


def asking(*script: Answer, mode: int = 7) -> tuple[Session, ScriptedPtp]:
    """A session with a PowerShot; in mode 7 it is asked for events, in mode 3 listened to too."""
    session, camera = open_session(*script)
    session.info = replace(session.info, operations=(CheckEvent.code,))
    channel = Channel(session)
    channel.choose(mode)
    session.extension = channel
    return session, camera


def test_events_that_are_asked_for() -> None:
    session, camera = asking(sends(event(0xC009, 5)), sends(b""), sends(b""))
    with session.events() as events:
        assert session.poll(0.05)
        assert not session.poll(0.05)
    assert len(drained(events)) == 1
    assert {code for code, _, _ in camera.commands} == {CheckEvent.code}
    assert camera.clock.now() == pytest.approx(0.05)


def test_asking_goes_on_more_and_more_slowly() -> None:
    session, camera = asking(*[sends(b"")] * 4, sends(event(0x4002, HANDLE)))
    assert session.poll(10)
    assert camera.clock.now() == pytest.approx(0.05 + 0.1 + 0.15 + 0.2)


def test_a_camera_that_is_too_busy_to_tell_events() -> None:
    session, _ = asking(refuses(Response.DEVICE_BUSY))
    assert not session.poll(0)


def test_a_camera_that_refuses_to_tell_events() -> None:
    session, _ = asking(refuses(Response.GENERAL_ERROR))
    with pytest.raises(Refused, match="CheckEvent"):
        session.poll(1)


@pytest.mark.parametrize("code", [Response.OPERATION_NOT_SUPPORTED, Response.CANON_UNKNOWN_COMMAND])
def test_a_camera_that_cannot_be_asked_is_listened_to(code: int) -> None:
    session, camera = asking(refuses(code))
    put_in_pieces(camera, event(0x4002, HANDLE))
    with session.events() as events:
        assert session.poll(1)
        assert not session.poll(1)
    assert drained(events) == [ObjectAdded(HANDLE)]
    assert len(camera.commands) == 1


def test_what_is_told_as_an_event_and_is_none(caplog: pytest.LogCaptureFixture) -> None:
    """The camera is asked again, and not faster than one that has nothing to tell."""
    garbage = sends(container(ContainerKind.DATA, 0x4002, 0))
    session, camera = asking(*[garbage] * 3, sends(event(0x4002, HANDLE)))
    assert session.poll(1)
    assert camera.clock.now() == pytest.approx(0.05 + 0.1 + 0.15)
    assert caplog.text.count("no event") == 3


def test_asking_and_listening_at_once() -> None:
    session, camera = asking(sends(b""), mode=3)
    camera.clock.after(0.02, lambda: put_in_pieces(camera, event(0x4002, HANDLE)))
    assert session.poll(1)
    assert camera.clock.now() == pytest.approx(0.02)


def test_asking_stays_slow_however_short_the_waits_are() -> None:
    session, camera = asking(*[sends(b"")] * 12)
    while camera.clock.now() < 2:
        assert not session.poll(0.02)
    # After 0.05, 0.1, 0.15 s, and then each 0.2 s.
    assert len(camera.commands) == 12


def test_after_an_event_it_is_asked_at_once() -> None:
    session, camera = asking(
        *[sends(b"")] * 5, sends(event(0x4002, HANDLE)), sends(event(0x4003, HANDLE)), sends(b"")
    )
    assert session.poll(10)
    before = camera.clock.now()
    assert session.poll(10)
    assert not session.poll(0.01)
    assert camera.clock.now() - before == pytest.approx(0.01)


def test_without_time_to_wait_it_is_asked_all_the_same() -> None:
    session, camera = asking(sends(b""), sends(b""), sends(event(0x4002, HANDLE)))
    assert not session.poll(0)
    assert not session.poll(0)
    assert session.poll(0)
    assert camera.clock.now() == 0


def test_a_new_session_is_asked_and_listened_to() -> None:
    session, camera = asking(sends(b""), sends(b""))
    assert session.extension
    session.extension.begun()
    put_in_pieces(camera, event(0x4002, HANDLE))
    assert session.poll(0)


def test_a_reader_that_does_not_read_loses_the_oldest() -> None:
    session, camera = open_session()
    for handle in range(300):
        put_in_pieces(camera, event(0x4002, handle))
    with session.events() as events:
        while session.poll(0.05):
            pass
    assert events.take_lost() == 300 - 256
    assert events.take_lost() == 0
    assert events.get() == ObjectAdded(44)


@given(pieces=st.lists(st.binary(max_size=8), max_size=20))
def test_no_bytes_on_the_interrupt_pipe_do_harm(pieces: list[bytes]) -> None:
    session, camera = open_session()
    for piece in pieces:
        camera.interrupt.put(piece)
    while session.poll(0.5):
        pass
    put_in_pieces(camera, event(0x4002, HANDLE))
    put_in_pieces(camera, event(0x4002, HANDLE))
    assert ObjectAdded(HANDLE) in all_events(session, 0.5)
