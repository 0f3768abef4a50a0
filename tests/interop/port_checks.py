"""What must hold of every road to the echo device: run in a test, or as a program of its own.

    python port_checks.py package|system CHECK

opens the device with the libusb of libusb-package or of the system, and runs one check.
"""

from __future__ import annotations

import ctypes.util
import struct
import sys
from collections.abc import Callable

import pytest
from echo_device import EVENT, HALT, KEEP, PATTERN, REFUSED, UNPLUG, pattern

from canon.errors import Disconnected, PortStalled, PortTimeout, ProtocolError
from canon.usb.libusb import LibusbPort, find_devices, open_libusb
from canon.usb.libusb_calls import Libusb
from canon.usb.port import Endpoint, Port

SIZES = (0, 1, 63, 64, 65, 0x1400, 4 << 20)


def read(port: Port, room: int, timeout_s: float = 5.0) -> bytes:
    buffer = bytearray(room)
    return bytes(buffer[: port.bulk_in(memoryview(buffer), timeout_s)])


def room_for(size: int) -> int:
    """A read of that room ends where the transfer does."""
    return size if size and size % 64 == 0 else size + 64 - size % 64


def ask_for(port: Port, size: int, delay_ms: int = 0) -> None:
    port.control_out(PATTERN, delay_ms, 0, struct.pack("<I", size))


def descriptors(port: Port) -> None:
    about = port.descriptors
    assert (about.vendor, about.product) == (0x04A9, 0x306E)
    assert (about.product_name, about.serial) == ("Echo", "0042")
    assert about.endpoint(Endpoint.INTERRUPT_IN).address == 0x83
    assert len(about.configuration) == 39


def control(port: Port) -> None:
    for data in (b"", b"x", bytes(range(256)) * 16):
        port.control_out(KEEP, 0, 0, data)
        assert port.control_in(KEEP, 0, 0, 0x1000) == data
    assert port.control_in(KEEP, 0, 0, 5) == bytes(range(5))


def refused_control(port: Port) -> None:
    with pytest.raises(PortStalled):
        port.control_in(REFUSED, 0, 0, 8)
    with pytest.raises(PortStalled):
        port.control_out(REFUSED, 0, 0, b"data")
    control(port)


def bulk(port: Port) -> None:
    for size in SIZES:
        port.bulk_out(pattern(size), 5.0)
        assert read(port, room_for(size)) == pattern(size), size


def bulk_in_chunks(port: Port) -> None:
    ask_for(port, 0x1400 * 20 + 7)
    pieces: list[bytes] = []
    while not pieces or len(pieces[-1]) == 0x1400:
        pieces.append(read(port, 0x1400))
    assert len(pieces) == 21
    assert b"".join(pieces) == pattern(0x1400 * 20 + 7)


def interrupt(port: Port) -> None:
    assert port.interrupt_in(0.02) == b""
    port.control_out(EVENT, 0, 0, b"one")
    port.control_out(EVENT, 0, 0, b"two")
    assert port.interrupt_in(5.0) == b"one"
    assert port.interrupt_in(5.0) == b"two"


def waiting_is_short(port: Port) -> None:
    """The clock of a virtual body jumps when somebody waits."""
    start = port.clock.now()
    ask_for(port, 10, delay_ms=60_000)
    assert read(port, 64, 30.0) == pattern(10)
    assert port.clock.now() - start < 20


def stall(port: Port) -> None:
    port.control_out(HALT, 0, 0, b"")
    with pytest.raises(PortStalled):
        read(port, 64)
    port.clear_halt(Endpoint.BULK_IN)
    bulk(port)


def partial(port: Port) -> None:
    """What came before a time-out is returned, and nothing else is lost."""
    port.bulk_out(pattern(128), 5.0)
    assert read(port, 256, 0.05) == pattern(128)
    with pytest.raises(PortTimeout):
        read(port, 256, 0.05)
    bulk(port)


def overflow(port: Port) -> None:
    ask_for(port, 64)
    with pytest.raises(ProtocolError):
        read(port, 10)


def reset(port: Port) -> None:
    ask_for(port, 64)
    port.reset()
    with pytest.raises(PortTimeout):
        read(port, 64, 0.02)
    bulk(port)


def unplugged(port: Port) -> None:
    port.control_out(UNPLUG, 0, 0, b"")
    for _ in range(2):
        with pytest.raises(Disconnected):
            read(port, 64, 0.5)
    with pytest.raises(Disconnected):
        port.control_out(KEEP, 0, 0, b"")
    port.close()
    port.close()


CHECKS: dict[str, Callable[[Port], None]] = {
    check.__name__: check
    for check in (
        descriptors,
        control,
        refused_control,
        bulk,
        bulk_in_chunks,
        interrupt,
        waiting_is_short,
        stall,
        partial,
        overflow,
        reset,
        unplugged,
    )
}


def open_with(library: str) -> LibusbPort:
    if library == "package":
        return open_libusb()
    file = ctypes.util.find_library("usb-1.0")
    assert file
    libusb = Libusb(file)
    with libusb.devices() as (device,):
        return LibusbPort(libusb, device)


def main() -> None:
    library, name = sys.argv[1:]
    port = open_with(library)
    CHECKS[name](port)
    port.close()
    if name == "unplugged" and library == "package":
        while find_devices():  # the message that it is gone takes a moment
            pass


if __name__ == "__main__":
    main()
