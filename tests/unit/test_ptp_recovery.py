"""PTP transactions that are broken off, and what no camera should send (section 7)."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_ptp import (
    BULK_IN,
    BULK_OUT,
    HANDLE,
    MIB,
    OK,
    Answer,
    ScriptedPtp,
    after,
    asked,
    data,
    fetch,
    halts,
    noise,
    of_no_length,
    ok,
    open_session,
    response,
    sends,
    silence,
    split,
    status,
    still_works,
    takes,
    unplugs,
    whole,
    without_empty_packet,
)

from canon.errors import (
    CanonError,
    Disconnected,
    ObjectNotFound,
    PortError,
    PortStalled,
    PortTimeout,
    ProtocolError,
    Refused,
)
from canon.ptp.containers import (
    CANCEL,
    GET_STATUS,
    HEAD,
    RESET,
    UNKNOWN_LENGTH,
    Container,
    ContainerKind,
)
from canon.ptp.operations import (
    CloseSession,
    GetObject,
    GetStorageIDs,
    InitiateCapture,
    Nothing,
    OpenSession,
    Response,
    SendObject,
)
from canon.ptp.session import Session
from canon.ptp.usb_transport import UsbTransport
from canon.virtual.device import Stall
from canon.virtual.port import VirtualPort

# --- what is broken off, and recovery (section 7) -------------------------------------------------


def breaks_off(session: Session, error: BaseException, *, after: int = 0) -> None:
    """Fetch a file into a sink that raises `error` once it has that many bytes."""
    got = 0

    def sink(piece: memoryview) -> None:
        nonlocal got
        got += len(piece)
        if got >= after:
            raise error

    with pytest.raises(type(error)):
        session.receive(GetObject(HANDLE), sink, limit=64 * MIB, expect=16 * MIB)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError("disk full")])
@pytest.mark.parametrize("form", [whole, without_empty_packet, split, of_no_length])
@pytest.mark.parametrize("size", [1, 500, 0x80000 - HEAD, 0x80000, MIB, MIB + 0x80000])
def test_little_that_is_left_is_read(
    error: BaseException, form: Callable[[bytes], Answer], size: int
) -> None:
    if form is of_no_length and size >= MIB:
        size = MIB // 2
    session, camera = open_session(form(noise(size)))
    breaks_off(session, error)
    assert still_works(session, camera)
    assert camera.requests == []
    assert camera.clock.now() == 0


def test_much_that_is_left_is_cancelled() -> None:
    session, camera = open_session(sends(noise(16 * MIB)))
    breaks_off(session, KeyboardInterrupt())
    assert still_works(session, camera)
    assert asked(camera) == [CANCEL, GET_STATUS]
    assert camera.requests[0][1] == bytes.fromhex("0140 02000000")


@pytest.mark.parametrize(("had", "least"), [(0, 14), (4, 11)])
def test_a_cancel_comes_only_after_a_megabyte(had: int, least: int) -> None:
    session, camera = open_session(sends(noise(16 * MIB)))
    breaks_off(session, KeyboardInterrupt(), after=had * MIB)
    left: list[int] = []
    forget = camera._forget

    def watch() -> None:
        left.append(camera.bulk.waiting())
        forget()

    camera._forget = watch  # type: ignore[method-assign] # to see when the cancel comes
    assert still_works(session, camera)
    assert least * MIB < left[0] <= (least + 1) * MIB


class LosingPort(VirtualPort):
    """A port whose reads can be interrupted, with the loss of what they read."""

    interrupts: set[int]
    reads = 0

    def bulk_in(self, buffer: memoryview, timeout_s: float) -> int:
        got = super().bulk_in(buffer, timeout_s)
        self.reads += 1
        if self.reads in self.interrupts:
            raise KeyboardInterrupt
        return got


@pytest.mark.parametrize("interrupted", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("form", [whole, without_empty_packet, split, of_no_length])
def test_an_interrupted_read_may_have_lost_anything(
    interrupted: int, form: Callable[[bytes], Answer]
) -> None:
    camera = ScriptedPtp(form(noise(MIB)))
    port = LosingPort(camera)
    port.interrupts = {interrupted}
    session = Session(UsbTransport(port))
    try:
        fetch(session)
    except KeyboardInterrupt:
        assert port.reads == interrupted
    port.interrupts = set()
    assert still_works(session, camera)
    assert RESET not in asked(camera)
    assert camera.clock.now() < 10


def test_a_cancel_waits_until_the_camera_is_ready() -> None:
    session, camera = open_session(silence)
    with pytest.raises(PortTimeout):
        session.call(InitiateCapture(0, 0))
    camera.statuses.extend([status(Response.DEVICE_BUSY)] * 3)
    assert still_works(session, camera)
    assert asked(camera) == [CANCEL, *[GET_STATUS] * 4]


class NotingPort(VirtualPort):
    """A port that notes what passes on the control pipe."""

    def __init__(self, camera: ScriptedPtp) -> None:
        super().__init__(camera)
        self.noted: list[tuple[int, int, int, int, bytes]] = []

    def control_out(
        self, request: int, value: int, index: int, data: bytes, *, kind: int = 0x40
    ) -> None:
        self.noted.append((kind, request, value, index, data))
        super().control_out(request, value, index, data, kind=kind)

    def control_in(
        self, request: int, value: int, index: int, length: int, *, kind: int = 0xC0
    ) -> bytes:
        self.noted.append((kind, request, value, index, b""))
        return super().control_in(request, value, index, length, kind=kind)


def test_the_class_requests_are_those_of_the_standard() -> None:
    camera = ScriptedPtp(silence, ok())
    port = NotingPort(camera)
    session = Session(UsbTransport(port))
    with pytest.raises(PortTimeout):
        session.call(InitiateCapture(0, 0))
    camera.statuses.extend([status(Response.DEVICE_BUSY)] * 99)
    assert still_works(session, camera)
    cancel, first, *_, reset = port.noted
    assert cancel == (0x21, 0x64, 0, 0, bytes.fromhex("0140 01000000"))
    assert first == (0xA1, 0x67, 0, 0, b"")
    assert reset == (0x21, 0x66, 0, 0, b"")


def test_the_endpoints_that_a_cancelled_camera_names_are_cleared() -> None:
    session, camera = open_session(silence)
    with pytest.raises(PortTimeout):
        session.call(InitiateCapture(0, 0))
    camera.statuses.append(status(Response.TRANSACTION_CANCELLED, BULK_OUT, 0x83))
    camera.interrupt.halted = True
    assert still_works(session, camera)
    assert not camera.interrupt.halted


def test_an_answer_that_came_too_late_is_found() -> None:
    session, camera = open_session(after(22, ok()))
    with pytest.raises(PortTimeout):
        session.call(InitiateCapture(0, 0))
    assert still_works(session, camera)
    assert camera.requests == []


def test_data_that_came_too_late_are_dropped() -> None:
    session, camera = open_session(after(22, sends(noise(3000))))
    with pytest.raises(PortTimeout):
        fetch(session)
    assert still_works(session, camera)
    assert camera.requests == []


@pytest.mark.parametrize("statuses", [[status(Response.DEVICE_BUSY)] * 99, [b"\4"]])
def test_a_camera_that_does_not_come_round_is_reset(statuses: list[bytes]) -> None:
    session, camera = open_session(silence, ok())
    with pytest.raises(PortTimeout):
        session.call(InitiateCapture(0, 0))
    camera.statuses.extend(statuses)
    assert still_works(session, camera)
    assert asked(camera)[-1] == RESET
    assert camera.commands[1:] == [(OpenSession.code, 0, (1,)), (0x1004, 1, ())]


class KeepsItsPipes(ScriptedPtp):
    """A camera that a class request stops, but whose pipes stay as they are."""

    def _forget(self) -> None:
        self.taking = None
        self.clock.forget()


def test_what_is_in_the_pipes_after_a_cancel_is_thrown_away() -> None:
    camera = KeepsItsPipes(takes(9))
    session = Session(UsbTransport(VirtualPort(camera)))
    with pytest.raises(ValueError, match="too early"):
        session.send(SendObject(), io.BytesIO(b"half"), 100)
    camera.bulk.put(noise(3000))
    assert still_works(session, camera)
    assert asked(camera) == [CANCEL, GET_STATUS]


class Babbles(ScriptedPtp):
    """A camera that still has something to say after each class request."""

    def _forget(self) -> None:
        super()._forget()
        self.bulk.put(noise(3000))


def test_what_comes_after_a_reset_is_thrown_away() -> None:
    camera = Babbles(silence, ok())
    session = Session(UsbTransport(VirtualPort(camera)))
    with pytest.raises(PortTimeout):
        session.call(InitiateCapture(0, 0))
    camera.statuses.extend([status(Response.DEVICE_BUSY)] * 99)
    assert still_works(session, camera)
    assert asked(camera).count(RESET) == 1
    assert camera.bus_resets == 0


def test_a_camera_that_no_reset_helps() -> None:
    session, camera = open_session(silence, silence, silence, deaf=True)
    with pytest.raises(PortTimeout):
        session.call(InitiateCapture(0, 0))
    start = camera.clock.now()
    with pytest.raises(PortError):
        session.call(InitiateCapture(0, 0))
    assert camera.bus_resets == 1
    assert camera.clock.now() - start < 20


def test_a_stall_instead_of_data_is_cleared_and_the_read_repeated() -> None:
    def stalls(camera: ScriptedPtp, head: Container) -> None:
        camera.bulk.put(response(head, Response.INVALID_OBJECT_HANDLE))
        camera.bulk.halted = True

    session, camera = open_session(stalls)
    camera.statuses.append(status(Response.OK, BULK_IN))
    with pytest.raises(ObjectNotFound):
        fetch(session)
    assert asked(camera) == [GET_STATUS]
    assert still_works(session, camera)


def test_a_stall_with_nothing_behind_it_is_waited_for_but_shortly() -> None:
    session, camera = open_session(halts)
    with pytest.raises(PortTimeout):
        fetch(session)
    assert camera.clock.now() == 5
    assert still_works(session, camera)


def test_a_stall_amid_the_data() -> None:
    def stalls(camera: ScriptedPtp, head: Container) -> None:
        camera.bulk.put(data(head, noise(MIB))[:0x8000])

        def stall() -> None:
            camera.bulk.put(response(head, Response.INCOMPLETE_TRANSFER))
            camera.bulk.halted = True

        camera.clock.after(25, stall)

    session, camera = open_session(stalls)
    with pytest.raises(Refused, match="INCOMPLETE_TRANSFER"):
        fetch(session)
    assert still_works(session, camera)


def test_a_pipe_that_stays_stalled() -> None:
    class Stuck(VirtualPort):
        def bulk_in(self, buffer: memoryview, timeout_s: float) -> int:
            raise PortStalled("stuck")

    session = Session(UsbTransport(Stuck(ScriptedPtp(silence))))
    with pytest.raises(PortStalled):
        session.call(InitiateCapture(0, 0))


def test_a_command_that_is_stalled_is_sent_once_more() -> None:
    def stalls(camera: ScriptedPtp, head: Container) -> None:
        raise Stall

    session, camera = open_session(stalls, ok())
    session.call(InitiateCapture(0, 0))
    assert [number for _, number, _ in camera.commands] == [2, 2]
    assert asked(camera) == [GET_STATUS]


def test_a_stall_where_the_camera_tells_no_status() -> None:
    def stalls(camera: ScriptedPtp, head: Container) -> None:
        camera.bulk.put(response(head))
        camera.bulk.halted = True

    session, _ = open_session(stalls, deaf=True)
    assert session.call(InitiateCapture(0, 0)) == Nothing()


def test_an_unplugged_camera_ends_everything_at_once() -> None:
    session, camera = open_session(unplugs)
    with pytest.raises(Disconnected):
        session.call(InitiateCapture(0, 0))
    with pytest.raises(Disconnected):
        session.call(GetStorageIDs())
    session.close()
    assert camera.clock.now() == 0
    assert camera.requests == []


def test_a_camera_that_never_stops_talking() -> None:
    class Flood(VirtualPort):
        def bulk_in(self, buffer: memoryview, timeout_s: float) -> int:
            self.clock.sleep(0.001)
            return len(buffer)

    session = Session(UsbTransport(Flood(ScriptedPtp(*[silence] * 9))))
    for _ in range(2):
        with pytest.raises((PortError, ProtocolError)):
            fetch(session)
    assert session.clock.now() < 30


def test_a_broken_off_download_is_cleared_away_before_the_end() -> None:
    session, camera = open_session(sends(noise(16 * MIB)), ok())
    breaks_off(session, KeyboardInterrupt())
    session.close()
    assert [code for code, _, _ in camera.commands] == [0x1009, CloseSession.code]
    assert camera.clock.now() < 2


# --- hostile bytes --------------------------------------------------------------------------------

WORDS = st.sampled_from([0, 1, 2, HEAD, 16, 500, 512, 70_000, 1 << 31, UNKNOWN_LENGTH])
HEADS = st.builds(
    lambda length, kind, code, number: Container(length, ContainerKind(kind), code, number),
    WORDS,
    st.integers(0, 5),
    st.sampled_from([OK, Response.DEVICE_BUSY, GetObject.code, GetStorageIDs.code, 0]),
    st.integers(0, 6),
)
TRANSFERS = st.builds(
    lambda head, size: head.encode() + bytes(size), HEADS, st.sampled_from([0, 1, 500, 512, 9000])
)
STEPS = st.one_of(
    st.lists(st.one_of(TRANSFERS, st.binary(max_size=40)), max_size=4), st.just("halt"), st.none()
)


@given(steps=st.lists(STEPS, max_size=6))
def test_no_bytes_bring_anything_but_our_errors(steps: list[list[bytes] | str | None]) -> None:
    def hostile(camera: ScriptedPtp, head: Container) -> None:
        if head.code == SendObject.code:
            camera.taking = lambda transfer: respond(camera)
        else:
            respond(camera)

    def respond(camera: ScriptedPtp) -> None:
        camera.taking = None
        step = steps.pop(0) if steps else None
        if step == "halt":
            camera.bulk.halted = True
        for transfer in step if isinstance(step, list) else ():
            camera.bulk.put(transfer)

    camera = ScriptedPtp(*[hostile] * 1000)
    session = Session(UsbTransport(VirtualPort(camera)))
    for act in (
        session.start,
        lambda: session.call(GetStorageIDs(), timeout_s=2),
        lambda: fetch(session, limit=MIB),
        lambda: session.send(SendObject(), io.BytesIO(b"data"), 4),
        session.close,
    ):
        start = camera.clock.now()
        with suppress(CanonError):
            act()
        assert camera.clock.now() - start < 60
