"""A Port that writes down what passes, in a form that Wireshark opens.

The file is a pcapng of usbmon records (link type 220), as Linux itself would have recorded the
device: for each transfer a request and its completion. Every record is flushed, so a program that
is killed leaves a file that can be read.
"""

from __future__ import annotations

import errno
import logging
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from canon.clock import Clock
from canon.errors import Disconnected, PortError, PortStalled, PortTimeout, ProtocolError
from canon.trace.records import Kind
from canon.trace.usbmon import COMPLETION, REQUEST, file_head, packet
from canon.usb.port import VENDOR_IN, VENDOR_OUT, Descriptors, Endpoint, Port
from canon.wire import Buffer

_log = logging.getLogger(__name__)

_SETUP = struct.Struct("<BBHHH")

_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (PortTimeout, errno.ENOENT),  # Linux cancels a request whose time is up
    (PortStalled, errno.EPIPE),
    (Disconnected, errno.ESHUTDOWN),
    (ProtocolError, errno.EOVERFLOW),
    (PortError, errno.EPROTO),
)
"""What usbmon writes when a transfer ends with an error; the first that fits counts."""


@dataclass
class _Done:
    """How a transfer ended: what came in, and how many bytes passed."""

    data: Buffer = b""
    size: int = 0


class RecordingPort:
    """A port that passes everything on and writes it down.

    The recording holds all bytes: the owner's name, serial numbers and pictures among them. When it
    cannot be written (a full disk), a warning is logged, recording ends, and the port works on.

    Args:
        port: the port to record.
        stream: where the recording goes; the caller opens and closes it.
        address: the device's address in the recording. The first that is recorded into a stream has
            1, which begins it; a camera that is back has another, as on a bus.
    """

    def __init__(self, port: Port, stream: BinaryIO, address: int = 1) -> None:
        self._port = port
        self._stream: BinaryIO | None = stream
        self._device = (1, address)
        self._number = 0
        self._epoch = time.time() - port.clock.now()
        if address == 1:
            self._write(file_head())
        for kind, raw in ((1, self.descriptors.device), (2, self.descriptors.configuration)):
            with self._control(0x80, 6, kind << 8, 0, len(raw)) as done:
                done.data, done.size = raw, len(raw)

    @property
    def clock(self) -> Clock:
        """The port's own clock."""
        return self._port.clock

    @property
    def descriptors(self) -> Descriptors:
        """What the device says of itself."""
        return self._port.descriptors

    def control_out(
        self, request: int, value: int, index: int, data: bytes, *, kind: int = VENDOR_OUT
    ) -> None:
        """Send a control request with data."""
        with self._control(kind, request, value, index, len(data), data) as done:
            self._port.control_out(request, value, index, data, kind=kind)
            done.size = len(data)

    def control_in(
        self, request: int, value: int, index: int, length: int, *, kind: int = VENDOR_IN
    ) -> bytes:
        """Ask for up to `length` bytes by a control request."""
        with self._control(kind, request, value, index, length) as done:
            data = self._port.control_in(request, value, index, length, kind=kind)
            done.data, done.size = data, len(data)
        return data

    def bulk_out(self, data: Buffer, timeout_s: float) -> None:
        """Send bytes; b"" sends a zero-length packet."""
        endpoint = self.descriptors.endpoint(Endpoint.BULK_OUT).address
        with self._transfer(Kind.BULK, endpoint, len(data), data) as done:
            self._port.bulk_out(data, timeout_s)
            done.size = len(data)

    def bulk_in(self, buffer: memoryview, timeout_s: float) -> int:
        """Read into `buffer` until it is full or a short packet ends the transfer."""
        endpoint = self.descriptors.endpoint(Endpoint.BULK_IN).address
        with self._transfer(Kind.BULK, endpoint, len(buffer)) as done:
            done.size = self._port.bulk_in(buffer, timeout_s)
            done.data = buffer[: done.size]
        return done.size

    def interrupt_in(self, timeout_s: float) -> bytes:
        """One interrupt packet; b"" when nothing came."""
        endpoint = self.descriptors.endpoint(Endpoint.INTERRUPT_IN)
        with self._transfer(Kind.INTERRUPT, endpoint.address, endpoint.packet_size) as done:
            data = self._port.interrupt_in(timeout_s)
            done.data, done.size = data, len(data)
        return data

    def clear_halt(self, endpoint: Endpoint) -> None:
        """Take a stalled endpoint back into use."""
        with self._control(0x02, 1, 0, self.descriptors.endpoint(endpoint).address, 0):
            self._port.clear_halt(endpoint)

    def reset(self) -> None:
        """Reset the device; usbmon has no record for that."""
        self._port.reset()

    def close(self) -> None:
        """Give the device back; the recording stays open."""
        self._port.close()

    @contextmanager
    def _control(
        self, kind: int, request: int, value: int, index: int, length: int, data: Buffer = b""
    ) -> Iterator[_Done]:
        setup = _SETUP.pack(kind, request, value, index, length)
        with self._transfer(Kind.CONTROL, kind & 0x80, length, data, setup) as done:
            yield done

    @contextmanager
    def _transfer(
        self, kind: Kind, endpoint: int, room: int, data: Buffer = b"", setup: bytes = b""
    ) -> Iterator[_Done]:
        """Write the request, let it happen, write how it ended."""
        self._number += 1
        self._urb(REQUEST, kind, endpoint, -errno.EINPROGRESS, room, data, setup)
        done = _Done()
        try:
            yield done
        except (PortError, ProtocolError) as error:
            status = next(number for reason, number in _STATUS if isinstance(error, reason))
            self._urb(COMPLETION, kind, endpoint, -status, 0, b"")
            raise
        self._urb(COMPLETION, kind, endpoint, 0, done.size, done.data)

    def _urb(
        self,
        event: bytes,
        kind: Kind,
        endpoint: int,
        status: int,
        size: int,
        data: Buffer,
        setup: bytes = b"",
    ) -> None:
        block = packet(
            self._number,
            event,
            kind,
            endpoint,
            time=self._epoch + self.clock.now(),
            size=size,
            data=data,
            status=status,
            setup=setup,
            device=self._device,
        )
        self._write(block)

    def _write(self, block: bytes) -> None:
        if self._stream is None:
            return
        try:
            self._stream.write(block)
            self._stream.flush()
        except OSError as error:
            _log.warning("recording ends here, because it cannot be written: %s", error)
            self._stream = None
