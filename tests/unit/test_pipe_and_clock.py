"""The pipes and the clock of a virtual device, and the port that carries its bytes."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canon.errors import Disconnected, PortStalled, PortTimeout, ProtocolError
from canon.usb.port import Endpoint
from canon.virtual.card import MemoryCard
from canon.virtual.clock import BodyClock
from canon.virtual.device import Overflow, Pipe, Stall
from canon.virtual.native.camera import NativeCamera
from canon.virtual.port import VirtualPort
from rigs.bodies import native_body

# --- the clock ------------------------------------------------------------------------------------


def test_time_stands_still_until_somebody_waits() -> None:
    clock = BodyClock()
    assert clock.now() == 0
    clock.sleep(3600)
    assert clock.now() == 3600


def test_what_is_due_is_done_in_its_order() -> None:
    clock, done = BodyClock(), list[tuple[str, float]]()

    def note(name: str) -> None:
        done.append((name, clock.now()))

    for seconds, name in ((3, "c"), (1, "a"), (1, "b"), (9, "later")):
        clock.after(seconds, partial(note, name))
    assert clock.next_due() == 1
    clock.sleep(5)
    assert done == [("a", 1), ("b", 1), ("c", 3)]
    assert (clock.now(), clock.next_due()) == (5, 9)


def test_what_is_done_may_make_more_things_due() -> None:
    clock, ticks = BodyClock(), list[float]()

    def tick() -> None:
        ticks.append(clock.now())
        clock.after(2, tick)

    clock.after(2, tick)
    clock.advance_to(7)
    assert ticks == [2, 4, 6]


def test_a_moment_that_is_past_counts_as_now() -> None:
    clock, done = BodyClock(), list[float]()
    clock.sleep(5)
    clock.at(1, lambda: done.append(clock.now()))
    clock.run_due()
    assert done == [5]
    clock.advance_to(2)
    assert clock.now() == 5


def test_a_body_that_is_switched_off_forgets() -> None:
    clock, done = BodyClock(), list[int]()
    clock.after(1, lambda: done.append(1))
    clock.forget()
    clock.sleep(2)
    assert (done, clock.next_due()) == ([], None)


def test_at_real_pace_time_passes_by_itself() -> None:
    clock = BodyClock(real=True)
    clock.sleep(0.02)
    slept = clock.now()
    assert slept >= 0.02
    while clock.now() == slept:
        pass


# --- the pipe -------------------------------------------------------------------------------------


def joined(pieces: list[memoryview] | None) -> bytes | None:
    return None if pieces is None else b"".join(pieces)


def test_a_short_packet_ends_a_read() -> None:
    pipe = Pipe(64)
    pipe.put(bytes(100))
    pipe.put(b"next")
    assert joined(pipe.read(1024)) == bytes(100)
    assert joined(pipe.read(1024)) == b"next"
    assert pipe.read(1024) is None


def test_a_full_packet_does_not_end_a_read() -> None:
    pipe = Pipe(64)
    pipe.put(bytes(64))
    assert pipe.read(128) is None
    pipe.put(b"rest")
    assert joined(pipe.read(128)) == bytes(64) + b"rest"


def test_a_full_buffer_ends_a_read() -> None:
    pipe = Pipe(64)
    pipe.put(bytes(range(192)))
    assert joined(pipe.read(128)) == bytes(range(128))
    assert pipe.waiting() == 64
    assert joined(pipe.read(64)) == bytes(range(128, 192))


def test_a_zero_length_packet_is_a_transfer_of_its_own() -> None:
    pipe = Pipe(64)
    pipe.put(b"")
    pipe.put(b"next")
    assert joined(pipe.read(64)) == b""
    assert joined(pipe.read(64)) == b"next"


def test_a_zero_length_packet_ends_a_transfer_of_full_packets() -> None:
    pipe = Pipe(64)
    pipe.put(bytes(64))
    pipe.put(b"")
    assert joined(pipe.read(1024)) == bytes(64)


def test_a_read_that_is_given_up_takes_what_is_there() -> None:
    pipe = Pipe(64)
    assert pipe.read(128, partial=True) is None
    pipe.put(bytes(64))
    assert joined(pipe.read(128, partial=True)) == bytes(64)


def test_a_packet_is_never_cut() -> None:
    pipe = Pipe(64)
    pipe.put(bytes(100))
    with pytest.raises(Overflow):
        pipe.read(70)
    assert joined(pipe.read(128)) == bytes(100)


def test_a_halted_pipe_stalls_and_loses_nothing() -> None:
    pipe = Pipe(64)
    pipe.put(b"data")
    pipe.halted = True
    with pytest.raises(Stall):
        pipe.read(64)
    pipe.halted = False
    assert joined(pipe.read(64)) == b"data"


def test_what_is_cleared_is_gone() -> None:
    pipe = Pipe(64)
    pipe.put(bytes(128))
    pipe.read(64)
    pipe.clear()
    assert pipe.waiting() == 0
    pipe.put(b"new")
    assert joined(pipe.read(64)) == b"new"


@given(
    st.lists(st.binary(max_size=200), max_size=8),
    st.lists(st.integers(1, 5), min_size=1, max_size=20),
)
def test_no_byte_is_lost_doubled_or_moved(transfers: list[bytes], rooms: list[int]) -> None:
    pipe, got = Pipe(8), bytearray()
    for transfer in transfers:
        pipe.put(transfer)
    for packets in rooms:
        piece = joined(pipe.read(8 * packets, partial=True))
        got += piece or b""
        assert len(got) + pipe.waiting() == sum(map(len, transfers))
    assert b"".join(transfers).startswith(got)


# --- the port -------------------------------------------------------------------------------------


@pytest.fixture
def port() -> VirtualPort:
    """A port to a virtual G3 with an empty card."""
    return VirtualPort(NativeCamera(native_body("powershot-g3", MemoryCard())))


def test_a_read_jumps_to_what_is_due(port: VirtualPort) -> None:
    port.clock.after(2.5, lambda: port.device.bulk.put(b"late"))
    buffer = bytearray(64)
    assert port.bulk_in(memoryview(buffer), 5.0) == 4
    assert (bytes(buffer[:4]), port.clock.now()) == (b"late", 2.5)


def test_a_read_that_finds_nothing_jumps_to_its_time_out(port: VirtualPort) -> None:
    port.clock.after(2.5, lambda: port.device.bulk.put(b"too late"))
    with pytest.raises(PortTimeout, match="nothing for 2 s"):
        port.bulk_in(memoryview(bytearray(64)), 2.0)
    assert port.clock.now() == 2.0


def test_what_came_until_the_time_out_is_not_lost(port: VirtualPort) -> None:
    port.device.bulk.put(bytes(range(64)))
    buffer = bytearray(128)
    assert port.bulk_in(memoryview(buffer), 1.0) == 64
    assert (bytes(buffer[:64]), port.clock.now()) == (bytes(range(64)), 1.0)


def test_interrupts_come_packet_by_packet(port: VirtualPort) -> None:
    port.device.interrupt.put(b"one")
    port.device.interrupt.put(b"two")
    assert [port.interrupt_in(0.1) for _ in range(3)] == [b"one", b"two", b""]


def test_a_stall_is_cleared_by_name(port: VirtualPort) -> None:
    port.device.bulk.halted = port.device.interrupt.halted = True
    with pytest.raises(PortStalled):
        port.bulk_in(memoryview(bytearray(64)), 1.0)
    with pytest.raises(PortStalled):
        port.interrupt_in(1.0)
    for endpoint in Endpoint:
        port.clear_halt(endpoint)
    assert not port.device.bulk.halted
    assert port.interrupt_in(0.0) == b""


def test_a_packet_that_does_not_fit_is_an_error_of_the_camera(port: VirtualPort) -> None:
    port.device.bulk.put(bytes(64))
    with pytest.raises(ProtocolError, match="more than there was room for"):
        port.bulk_in(memoryview(bytearray(10)), 1.0)


def test_a_request_that_no_camera_knows_is_stalled(port: VirtualPort) -> None:
    with pytest.raises(PortStalled):
        port.control_in(0x99, 0, 0, 1)
    with pytest.raises(PortStalled):
        port.control_out(0x99, 0, 0, b"")


def test_an_unplugged_camera_still_gives_what_it_sent(port: VirtualPort) -> None:
    port.device.bulk.put(b"last words")
    port.device.plugged = False
    buffer = memoryview(bytearray(64))
    assert port.bulk_in(buffer, 1.0) == 10
    with pytest.raises(Disconnected, match="unplugged"):
        port.bulk_in(buffer, 1.0)


def test_a_closed_port_is_closed(port: VirtualPort) -> None:
    port.close()
    port.close()
    with pytest.raises(Disconnected, match="closed"):
        port.reset()
    with pytest.raises(Disconnected, match="closed"):
        port.bulk_out(b"", 1.0)
