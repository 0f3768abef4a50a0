"""Uses usbfs without libusb: run under the bridge, on the echo device."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import struct

import pytest
from echo_device import EVENT, HALT, KEEP, REFUSED, EchoDevice, pattern

NODE = "/dev/bus/usb/001/002"
CONTROL, BULK, RESETEP, SETINTERFACE = 0xC0185500, 0xC0185502, 0x80045503, 0x80085504
SETCONFIGURATION, GETDRIVER, SUBMITURB, DISCARDURB = 0x80045505, 0x41045508, 0x8038550A, 0x550B
REAPURB, REAPURBNDELAY, CLAIMINTERFACE, RELEASEINTERFACE = (
    0x4008550C,
    0x4008550D,
    0x8004550F,
    0x80045510,
)
CONNECTINFO, RESET, CLEAR_HALT, GET_CAPABILITIES = 0x40085511, 0x5514, 0x80045515, 0x8004551A
DISCONNECT_CLAIM, GET_SPEED, TCGETS = 0x8108551B, 0x551F, 0x5401
URB = struct.Struct("=BB2xiI4xQiiiiIIQ")


def number(value: int) -> bytes:
    return struct.pack("=I", value)


def fails(expected: int, node: int, request: int, argument: bytes | bytearray | int = 0) -> None:
    with pytest.raises(OSError, match=r"\[Errno") as caught:
        fcntl.ioctl(node, request, argument)
    assert caught.value.errno == expected


def control(node: int, setup: bytes, data: bytes = b"") -> bytes:
    """The CONTROL ioctl: setup packet, then what came."""
    room = ctypes.create_string_buffer(data, max(1, int.from_bytes(setup[6:8], "little")))
    argument = struct.pack("=8sI4xQ", setup, 1000, ctypes.addressof(room))
    length = fcntl.ioctl(node, CONTROL, bytearray(argument))
    return room.raw[:length]


def bulk(node: int, endpoint: int, data: bytes, room: int = 0, timeout_ms: int = 1000) -> bytes:
    """The BULK ioctl: what came, or what went."""
    buffer = ctypes.create_string_buffer(data, max(1, room, len(data)))
    length = room if endpoint & 0x80 else len(data)
    argument = struct.pack("=III4xQ", endpoint, length, timeout_ms, ctypes.addressof(buffer))
    length = fcntl.ioctl(node, BULK, bytearray(argument))
    return buffer.raw[:length]


def vendor(request: int, length: int, *, inward: bool = False) -> bytes:
    return struct.pack("<BBHHH", 0xC0 if inward else 0x40, request, 0, 0, length)


def main() -> None:
    device = EchoDevice().descriptors
    node, other = os.open(NODE, os.O_RDWR), os.open(NODE, os.O_RDWR)

    assert os.read(node, 18) == device.device
    assert os.read(node, 100) == device.configuration
    assert os.read(node, 100) == b""

    # What the node is.
    fails(errno.ENOTTY, node, TCGETS, bytes(60))
    fails(errno.ENOTTY, node, 0x5563)
    capabilities = bytearray(4)
    fcntl.ioctl(node, GET_CAPABILITIES, capabilities)
    assert capabilities == number(0x1F)
    assert fcntl.ioctl(node, GET_SPEED) == 2
    about = bytearray(8)
    fcntl.ioctl(node, CONNECTINFO, about)
    assert struct.unpack("=IB3x", about) == (2, 0)
    fails(errno.ENODATA, node, GETDRIVER, bytes(260))

    # Who may use it.
    fails(errno.ENOENT, node, CLAIMINTERFACE, number(1))
    fcntl.ioctl(node, CLAIMINTERFACE, number(0))
    fails(errno.EBUSY, other, CLAIMINTERFACE, number(0))
    fails(errno.EINVAL, other, RELEASEINTERFACE, number(0))
    fcntl.ioctl(node, RELEASEINTERFACE, number(0))
    fcntl.ioctl(other, DISCONNECT_CLAIM, bytearray(264))
    os.close(other)

    # Transfers for which the program waits.
    assert control(node, vendor(KEEP, 5), b"hello") == b"hello"
    assert control(node, vendor(KEEP, 64, inward=True)) == b"hello"
    with pytest.raises(BrokenPipeError):
        control(node, vendor(REFUSED, 1, inward=True))
    assert bulk(node, 0x02, pattern(1000)) == pattern(1000)
    assert bulk(node, 0x81, b"", 1024) == pattern(1000)
    with pytest.raises(TimeoutError):
        bulk(node, 0x81, b"", 64, timeout_ms=20)
    control(node, vendor(HALT, 0))
    with pytest.raises(BrokenPipeError):
        bulk(node, 0x81, b"", 64)
    fcntl.ioctl(node, CLEAR_HALT, number(0x81))
    fcntl.ioctl(node, RESETEP, number(0x81))
    fcntl.ioctl(node, SETINTERFACE, struct.pack("=II", 0, 0))
    with pytest.raises(BrokenPipeError):
        fcntl.ioctl(node, SETINTERFACE, struct.pack("=II", 0, 1))
    fcntl.ioctl(node, SETCONFIGURATION, number(1))

    # Transfers that it submits and fetches.
    room = ctypes.create_string_buffer(64)
    urb = ctypes.create_string_buffer(
        URB.pack(1, 0x83, 99, 0, ctypes.addressof(room), 64, 99, 0, 0, 0, 0, 7), URB.size
    )
    fetched = bytearray(8)

    def submit() -> None:
        assert libc.ioctl(node, ctypes.c_ulong(SUBMITURB), urb) == 0

    def result() -> tuple[int, int]:
        assert int.from_bytes(fetched, "little") == ctypes.addressof(urb)
        _, _, status, _, _, _, length, *_, context = URB.unpack(urb.raw[: URB.size])
        assert context == 7
        return status, length

    libc = ctypes.CDLL(None)
    submit()
    fails(errno.EAGAIN, node, REAPURBNDELAY, fetched)
    control(node, vendor(EVENT, 5), b"event")
    fcntl.ioctl(node, REAPURB, fetched)
    assert result() == (0, 5)
    assert room.raw[:5] == b"event"
    submit()
    assert libc.ioctl(node, ctypes.c_ulong(DISCARDURB), urb) == 0
    assert libc.ioctl(node, ctypes.c_ulong(DISCARDURB), urb) == -1  # it has ended
    fcntl.ioctl(node, REAPURBNDELAY, fetched)
    assert result() == (-errno.ENOENT, 0)
    submit()
    fcntl.ioctl(node, RESET)
    fcntl.ioctl(node, REAPURBNDELAY, fetched)
    assert result()[0] == -errno.ENOENT
    for kind, length, refusal in (
        (0, 64, errno.EINVAL),
        (3, -1, errno.EINVAL),
        (3, 1 << 30, errno.ENOMEM),
    ):
        wrong = URB.pack(kind, 0x81, 0, 0, ctypes.addressof(room), length, 0, 0, 0, 0, 0, 0)
        fails(refusal, node, SUBMITURB, bytearray(wrong))


if __name__ == "__main__":
    main()
