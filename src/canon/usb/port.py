"""What a USB port is to the rest of the library: bytes to and from one device.

`Port` is the seam: libusb, USB/IP, a recording, a recorder, faults and the in-process virtual
camera all fit it, and nothing above it is ever replaced in a test. A port brings its own clock, and
the host side uses no other, so a simulated camera can let an hour pass at once.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from canon.clock import Clock
from canon.errors import ProtocolError
from canon.frozen import Frozen
from canon.wire import Buffer

CANON = 0x04A9
"""Canon's USB vendor id."""
NATIVE = (0xFF, 0xFF, 0xFF)
"""Interface class, subclass and protocol of a camera in its native ("normal") mode."""
PTP = (6, 1, 1)
"""Those of a camera that speaks PTP."""

_MOST_DUMPED = 0x400
VENDOR_OUT = 0x40
VENDOR_IN = 0xC0


TRAFFIC = 5
"""The logging level of hex dumps."""


class Hex:
    """Bytes that are turned into a hex dump only when somebody prints them."""

    def __init__(self, data: Buffer) -> None:
        self.data = data

    def __str__(self) -> str:
        lines = []
        for at in range(0, min(len(self.data), _MOST_DUMPED), 16):
            row = bytes(self.data[at : at + 16])
            text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
            lines.append(f"\n    {at:04x}  {row.hex(' '):47}  {text}")
        if len(self.data) > _MOST_DUMPED:
            lines.append(f"\n    … {len(self.data) - _MOST_DUMPED} bytes more")
        return f"{len(self.data)} bytes" + "".join(lines)


class Endpoint(enum.Enum):
    """The three pipes that a still camera has beside the control pipe."""

    BULK_IN = enum.auto()
    BULK_OUT = enum.auto()
    INTERRUPT_IN = enum.auto()


class EndpointDescriptor(Frozen):
    """Where a pipe is, and how large its packets are."""

    address: int
    packet_size: int
    interval: int = 0


class Interface(NamedTuple):
    """An interface of a device.

    Attributes:
        number: its number, which is its place where numbers are not told.
        kind: its class, subclass and protocol.
    """

    number: int
    kind: tuple[int, int, int]


def camera_interface(found: Iterable[Interface]) -> Interface | None:
    """The interface on which a camera is spoken to, or the first where there is none.

    It is not always the first one: a device may be a webcam or a serial port as well.
    """
    there = list(found)
    for kind in (PTP, NATIVE):
        for one in there:
            if one.kind == kind:
                return one
    return there[0] if there else None


class Descriptors(Frozen):
    """What a device says of itself: its raw USB descriptors, and what is read out of them.

    Attributes:
        device: the device descriptor, 18 bytes.
        configuration: the configuration descriptor with all that follows it.
        strings: string descriptors by index.
    """

    device: bytes
    configuration: bytes
    strings: Mapping[int, str]

    @property
    def vendor(self) -> int:
        """The USB vendor id; Canon's is 0x04a9."""
        return int.from_bytes(self.device[8:10], "little")

    @property
    def product(self) -> int:
        """The USB product id."""
        return int.from_bytes(self.device[10:12], "little")

    @property
    def product_name(self) -> str:
        """The product string, empty when there is none."""
        return self.strings.get(self.device[15], "") if len(self.device) > 15 else ""

    @property
    def serial(self) -> str:
        """The serial number string; most native cameras have none."""
        return self.strings.get(self.device[16], "") if len(self.device) > 16 else ""

    @property
    def interface(self) -> tuple[int, int, int]:
        """Class, subclass and protocol of the camera's interface."""
        return self._camera.kind

    @property
    def number(self) -> int:
        """The number of the camera's interface."""
        return self._camera.number

    @property
    def interfaces(self) -> tuple[tuple[int, int, int], ...]:
        """Class, subclass and protocol of each interface."""
        return tuple(one.kind for one in self._interfaces())

    def endpoint(self, which: Endpoint) -> EndpointDescriptor:
        """The first endpoint of that kind of the camera; ProtocolError when it has none."""
        attributes = 3 if which is Endpoint.INTERRUPT_IN else 2
        inward = 0x00 if which is Endpoint.BULK_OUT else 0x80
        number = self.number
        within = True
        for kind, body in self._walk():
            if kind == 4 and len(body) >= 9:
                within = body[2] == number and not body[3]
            if not within or kind != 5 or len(body) < 7:
                continue
            if body[3] & 3 == attributes and body[2] & 0x80 == inward:
                return EndpointDescriptor(
                    body[2], int.from_bytes(body[4:6], "little") or 64, body[6]
                )
        raise ProtocolError(
            f"the device has no {which.name.lower()} endpoint: it is not a camera we know",
            "name another port; `canon-remote list` shows them",
        )

    @property
    def _camera(self) -> Interface:
        return camera_interface(self._interfaces()) or Interface(0, (0, 0, 0))

    def _interfaces(self) -> Iterator[Interface]:
        for kind, body in self._walk():
            if kind == 4 and len(body) >= 9 and not body[3]:  # as it is set at first
                yield Interface(body[2], (body[5], body[6], body[7]))

    def _walk(self) -> list[tuple[int, bytes]]:
        found, at = [], 0
        while at + 2 <= len(self.configuration) and (length := self.configuration[at]) >= 2:
            found.append((self.configuration[at + 1], self.configuration[at : at + length]))
            at += length
        return found


class Plugged(Frozen):
    """A camera on a bus, as far as the bus tells.

    Attributes:
        port: the port string that opens it.
        vendor: USB vendor id.
        product: USB product id.
        name: what the bus or the table of models calls it.
        serial: its serial number string, empty when it has none.
        bus: the number of its bus; 0 where it is on no bus of this computer.
        address: its address there, which is another one each time that it is plugged in.
        interface: class, subclass and protocol of the interface on which it is spoken to.
        speed: megabits a second of its plug; 0 where that is not known.
    """

    port: str
    vendor: int
    product: int
    name: str = ""
    serial: str = ""
    bus: int = 0
    address: int = 0
    interface: tuple[int, int, int] = (0, 0, 0)
    speed: float = 0


class Port(Protocol):
    """Bytes to and from one USB device. Every method raises PortError."""

    @property
    def clock(self) -> Clock:
        """The clock that all waits on this port use."""
        ...

    @property
    def descriptors(self) -> Descriptors:
        """What the device says of itself."""
        ...

    def control_out(
        self, request: int, value: int, index: int, data: bytes, *, kind: int = VENDOR_OUT
    ) -> None:
        """Send a control request with data."""
        ...

    def control_in(
        self, request: int, value: int, index: int, length: int, *, kind: int = VENDOR_IN
    ) -> bytes:
        """Ask for up to `length` bytes by a control request."""
        ...

    def bulk_out(self, data: Buffer, timeout_s: float) -> None:
        """Send bytes; b"" sends a zero-length packet."""
        ...

    def bulk_in(self, buffer: memoryview, timeout_s: float) -> int:
        """Read into `buffer` until it is full or a short packet ends the transfer.

        Returns the number of bytes; 0 is a zero-length packet. When the time is up, what came until
        then is returned; PortTimeout means that nothing came.
        """
        ...

    def interrupt_in(self, timeout_s: float) -> bytes:
        """One interrupt packet; b"" when nothing came."""
        ...

    def clear_halt(self, endpoint: Endpoint) -> None:
        """Take a stalled endpoint back into use."""
        ...

    def reset(self) -> None:
        """Reset the device."""
        ...

    def close(self) -> None:
        """Give the device back. Closing twice is allowed."""
        ...
