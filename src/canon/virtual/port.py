"""A virtual camera in this process, as a port: its clock jumps wherever the host would wait."""

from __future__ import annotations

from canon.errors import AGAIN, Disconnected, PortStalled, PortTimeout, ProtocolError
from canon.usb.port import VENDOR_IN, VENDOR_OUT, Descriptors, Endpoint
from canon.virtual.clock import BodyClock
from canon.virtual.device import Overflow, Pipe, Stall, Unplugged, UsbDevice
from canon.wire import Buffer


class VirtualPort:
    """The bytes to and from a virtual device; fits `canon.usb.port.Port`."""

    def __init__(self, device: UsbDevice) -> None:
        self.device = device
        self._closed = False

    @property
    def clock(self) -> BodyClock:
        """The body's own clock."""
        return self.device.clock

    @property
    def descriptors(self) -> Descriptors:
        """What the device says of itself."""
        return self.device.descriptors

    def control_out(
        self, request: int, value: int, index: int, data: bytes, *, kind: int = VENDOR_OUT
    ) -> None:
        """Hand a control request with data to the device."""
        with _Turn(self):
            self.device.control_out(kind, request, value, index, bytes(data))

    def control_in(
        self, request: int, value: int, index: int, length: int, *, kind: int = VENDOR_IN
    ) -> bytes:
        """Hand a control request for data to the device."""
        with _Turn(self):
            return self.device.control_in(kind, request, value, index, length)

    def bulk_out(self, data: Buffer, timeout_s: float) -> None:
        """Hand a bulk transfer to the device."""
        with _Turn(self):
            self.device.bulk_out(bytes(data))

    def bulk_in(self, buffer: memoryview, timeout_s: float) -> int:
        """Read a bulk transfer; the clock jumps to the next thing due, or to the time-out."""
        pieces = self._read(self.device.bulk, len(buffer), timeout_s)
        if pieces is None:
            raise PortTimeout(f"the camera sent nothing for {timeout_s:g} s", AGAIN)
        at = 0
        for piece in pieces:
            buffer[at : at + len(piece)] = piece
            at += len(piece)
        return at

    def interrupt_in(self, timeout_s: float) -> bytes:
        """Read an interrupt packet."""
        pieces = self._read(self.device.interrupt, self.device.interrupt.packet_size, timeout_s)
        return b"".join(pieces or ())

    def clear_halt(self, endpoint: Endpoint) -> None:
        """Take a stalled pipe back into use."""
        if endpoint is not Endpoint.BULK_OUT:
            bulk = endpoint is Endpoint.BULK_IN
            pipe = self.device.bulk if bulk else self.device.interrupt
            pipe.halted = False

    def reset(self) -> None:
        """Reset the bus."""
        with _Turn(self):
            self.device.bus_reset()

    def close(self) -> None:
        """Let go of the device."""
        if not self._closed:
            self._closed = True
            with self.clock.lock:
                self.device.detach()

    def _read(self, pipe: Pipe, room: int, timeout_s: float) -> list[memoryview] | None:
        clock = self.device.clock
        deadline = clock.now() + timeout_s
        while True:
            with _Turn(self):
                clock.run_due()
                if (pieces := pipe.read(room)) is not None:
                    return pieces
                if not self.device.plugged:
                    raise Unplugged
                if clock.now() >= deadline:
                    return pipe.read(room, partial=True)
                due = clock.next_due()
            clock.advance_to(deadline if due is None else min(due, deadline))


class _Turn:
    """One thread at a time with the device; what it refuses becomes the error of a port."""

    def __init__(self, port: VirtualPort) -> None:
        self.port = port

    def __enter__(self) -> None:
        if self.port._closed:
            raise Disconnected("this camera was closed", "open it again")
        self.port.clock.lock.acquire()

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        self.port.clock.lock.release()
        if kind is Stall:
            raise PortStalled("the camera stalled the transfer", AGAIN) from None
        if kind is Unplugged:
            raise Disconnected("the camera was unplugged", "plug it in and start again") from None
        if kind is Overflow:
            raise ProtocolError("the camera sent more than there was room for") from None
