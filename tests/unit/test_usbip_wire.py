"""The USB/IP protocol without I/O (Linux, Documentation/usb/usbip_protocol.rst)."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canon.errors import (
    Disconnected,
    PortError,
    PortStalled,
    PortTimeout,
    ProtocolError,
)
from canon.usb.port import EndpointDescriptor
from canon.usb.usbip import HEAD, LONGEST, RemoteDevice, Reply, UsbipWire, error_of, polling


def wire() -> UsbipWire:
    return UsbipWire(RemoteDevice("1-1", 1, 2, 2, 0x04A9, 0x306E))


def answer(kind: int, number: int, status: int = 0, length: int = 0) -> bytes:
    return struct.pack(">IIIIIiiiii8x", kind, number, 0, 0, 0, status, length, 0, 0, 0)


def test_submit_in() -> None:
    seq, head = wire().submit(0x83, 64, interval=96)
    assert seq == 1
    assert head.hex(" ", 4) == (
        "00000001 00000001 00010002 00000001 00000003 "
        "00000000 00000040 00000000 00000000 00000060 00000000 00000000"
    )


def test_submit_control_out() -> None:
    setup = bytes.fromhex("4004100000005000")
    _, head = wire().submit(0x00, 0x50, setup)
    assert head.hex(" ", 4) == (
        "00000001 00000001 00010002 00000000 00000000 "
        "00000000 00000050 00000000 00000000 00000000 40041000 00005000"
    )


def test_unlink() -> None:
    it = wire()
    seq, _ = it.submit(0x81, 64)
    assert it.unlink(seq).hex(" ", 4) == (
        "00000002 00000002 00010002 00000000 00000000 "
        "00000001 00000000 00000000 00000000 00000000 00000000 00000000"
    )
    assert it.reply(answer(4, 2, -104)) == Reply(seq, -104, 0, 0, True)
    with pytest.raises(ProtocolError):  # it must not be heard of again
        it.reply(answer(3, seq))


def test_completed_before_the_unlink_was_read() -> None:
    it = wire()
    seq, _ = it.submit(0x81, 256)
    it.unlink(seq)
    assert it.reply(answer(3, seq, 0, 128)) == Reply(seq, 0, 128, 128, False)
    assert it.reply(answer(4, 2)) == Reply(seq, 0, 0, 0, True)


def test_a_body_follows_only_what_comes_in() -> None:
    it = wire()
    out, _ = it.submit(0x02, 100)
    inward, _ = it.submit(0x81, 100)
    assert it.reply(answer(3, inward, 0, 7)) == Reply(inward, 0, 7, 7, False)
    assert it.reply(answer(3, out, 0, 100)) == Reply(out, 0, 100, 0, False)


@pytest.mark.parametrize(
    "head",
    [
        answer(3, 1, 0, 65),  # more than there is room for
        answer(3, 1, 0, -1),
        answer(3, 2),  # never submitted
        answer(4, 1),  # never unlinked
        answer(1, 1),  # a request
    ],
)
def test_answers_that_break_the_protocol(head: bytes) -> None:
    it = wire()
    it.submit(0x81, 64)
    with pytest.raises(ProtocolError):
        it.reply(head)


@given(st.lists(st.binary(min_size=HEAD, max_size=HEAD), max_size=8))
def test_noise_is_a_protocol_error_or_stays_in_its_room(heads: list[bytes]) -> None:
    it = wire()
    it.unlink(it.submit(0x81, 64)[0])
    for head in heads:
        with contextlib.suppress(ProtocolError):
            assert it.reply(head).body <= 64


def test_too_long_a_transfer() -> None:
    with pytest.raises(ValueError, match="is the most"):
        wire().submit(0x81, LONGEST + 1)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (-2, PortTimeout),
        (-104, PortTimeout),
        (-32, PortStalled),
        (-19, Disconnected),
        (-108, Disconnected),
        (-75, ProtocolError),
        (-71, PortError),
    ],
)
def test_status_becomes_an_error(status: int, error: type[Exception]) -> None:
    assert type(error_of(status)) is error


def test_polling() -> None:
    assert polling(EndpointDescriptor(0x83, 64, 96), speed=2) == 96
    assert polling(EndpointDescriptor(0x83, 64, 9), speed=3) == 256
    assert polling(EndpointDescriptor(0x83, 64, 0), speed=3) == 1
