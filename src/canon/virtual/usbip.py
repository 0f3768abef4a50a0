"""Serves a virtual device to other processes over USB/IP.

The `usbip` package speaks the protocol; this file is the bus behind it. Every connection has a
thread, which reads requests; one lock guards the device. A request is answered at once, except an
IN transfer, which waits in a queue until the device has something to say. Time: after each request
and while IN transfers wait, what is due is done. A clock that is not real jumps to the next thing
due whenever an IN transfer waits.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple, Self

from canon.errors import MissingExtra, PortError
from canon.usb.port import Endpoint
from canon.virtual.device import Overflow, Pipe, Stall, Unplugged, UsbDevice
from canon.wire import Buffer

_log = logging.getLogger("canon_virtual")  # apart from what the host says, which has canon
_STATUS = {Stall: -32, Overflow: -75, Unplugged: -108}  # Linux's EPIPE, EOVERFLOW, ESHUTDOWN
_GRACE_S = 0.5  # a client that was killed is noticed a moment after the next one asks
_PATIENCE_S = 600.0  # how far the clock may jump for one request, should a body repeat for ever
_OPERATION, _IMPORT, _BUSID = struct.Struct(">HHI"), 0x8003, 32


class UsbipServer:
    """A USB/IP server with one virtual device.

    One client at a time may import the device. When that client goes, however it goes, the device
    learns it.

    Args:
        device: the device. While the server runs, use it only inside `machine`.
        host: the address to listen on.
        port: the TCP port; 0 takes a free one, see `address`.

    Raises:
        MissingExtra: the package `usbip` is not installed.
        PortError: the address is taken.
    """

    busid = "1-1"

    def __init__(self, device: UsbDevice, host: str = "127.0.0.1", port: int = 0) -> None:
        self._protocol = _protocol()
        self._bus = _Bus(device, self.busid)
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._closed = False
        try:
            self._listener = socket.create_server((host, port))
        except OSError as error:
            raise PortError(
                f"nothing can be served at {host}:{port} ({error.strerror})", "choose another port"
            ) from error
        device.clock.served = True
        self._accepting = threading.Thread(target=self._accept, name="usbip", daemon=True)
        self._ticking = threading.Thread(target=self._bus.tick, name="usbip-clock", daemon=True)

    @property
    def address(self) -> tuple[str, int]:
        """The host and the TCP port on which it listens."""
        host, port = self._listener.getsockname()[:2]
        return host, port

    @contextlib.contextmanager
    def machine(self) -> Iterator[UsbDevice]:
        """The device, while no request is served. What it then has to say is sent at the end."""
        with self._bus.changed:
            yield self._bus.device
            self._bus.settle()

    def start(self) -> Self:
        """Begin to answer."""
        self._accepting.start()
        if self._bus.device.clock.real:
            self._ticking.start()
        return self

    def close(self) -> None:
        """End all connections and threads. Closing twice is allowed."""
        self._closed = True
        _hang_up(self._listener)
        self._listener.close()
        if self._accepting.ident is not None:
            self._accepting.join()
        for sock, thread in list(self._connections.items()):
            _hang_up(sock)
            thread.join()
        self._bus.stop()
        if self._ticking.ident is not None:
            self._ticking.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return  # closed
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(
                target=self._serve, args=(sock,), name="usbip-client", daemon=True
            )
            self._connections[sock] = thread
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        """Serve one connection from its first byte to its last.

        The package would let everybody import; who may not gets an empty list of devices, in which
        it finds nothing to import.
        """
        with sock, contextlib.suppress(OSError):
            if not self._imports(sock):
                self._protocol.serve_connection(sock, self._bus.offered())
            elif self._bus.claim(sock):
                try:
                    self._protocol.serve_connection(sock, [self._bus])
                finally:
                    self._bus.leave()
            else:
                self._protocol.serve_connection(sock, [])
        del self._connections[sock]

    def _imports(self, sock: socket.socket) -> bool:
        """Whether this client is about to import the device."""
        peek = socket.MSG_PEEK | socket.MSG_WAITALL
        head = sock.recv(_OPERATION.size, peek)
        if len(head) < _OPERATION.size or _OPERATION.unpack(head)[1] != _IMPORT:
            return False
        busid = sock.recv(_OPERATION.size + _BUSID, peek)[_OPERATION.size :]
        return busid.partition(b"\0")[0] == self.busid.encode()


def _protocol() -> ModuleType:
    try:
        return importlib.import_module("usbip.protocol")
    except ImportError as error:
        raise MissingExtra("serving a camera over USB/IP", "usbip", "virtual") from error


def _hang_up(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


class _Parked(NamedTuple):
    """An IN transfer that waits for the device."""

    urb: Any
    respond: Callable[[Any], None]

    def complete(self, status: int, data: Buffer = b"") -> None:
        self.urb.status, self.urb.buffer, self.urb.actual = status, data, len(data)
        self.respond(self.urb)


class _Bus:
    """The bus with the device on it, in the shape in which the `usbip` package takes a device."""

    busnum, devnum = 1, 2

    def __init__(self, device: UsbDevice, busid: str) -> None:
        self.device, self.busid = device, busid
        self.changed = threading.Condition()  # its lock guards the device and what is below
        raw, configuration = device.descriptors.device, device.descriptors.configuration
        self.vid, self.pid = device.descriptors.vendor, device.descriptors.product
        self.bcdDevice = int.from_bytes(raw[12:14], "little")
        self.device_class, self.device_subclass, self.device_protocol = raw[4:7]
        self.num_interfaces = len(device.descriptors.interfaces)
        self._configuration = configuration[5]
        bulk, interrupt, out = (
            device.descriptors.endpoint(which)
            for which in (Endpoint.BULK_IN, Endpoint.INTERRUPT_IN, Endpoint.BULK_OUT)
        )
        self.speed = 2 if bulk.packet_size >= 512 else 1  # as the package counts: high, full
        self._out = out.address
        self._pipes = {bulk.address: device.bulk, interrupt.address: device.interrupt}
        self._parked: dict[int, deque[_Parked]] = {address: deque() for address in self._pipes}
        self._importer: socket.socket | None = None
        self._stopped = False

    # --- who uses the device ---------------------------------------------------------------------

    def offered(self) -> list[_Bus]:
        """What a client sees in the list of devices."""
        with self.changed:
            return [self] if self.device.plugged else []

    def claim(self, sock: socket.socket) -> bool:
        """Give the device to a client, if it is free."""
        with self.changed:
            if not self.changed.wait_for(lambda: self._importer is None, _GRACE_S):
                return False
            if self.device.plugged:
                self._importer = sock
                _log.info("%s:%d took the camera", *sock.getpeername()[:2])
            return self.device.plugged

    def leave(self) -> None:
        """The client that had the device is gone."""
        with self.changed:
            self._importer = None
            _log.info("the camera is free again")
            for queue in self._parked.values():
                queue.clear()
            with contextlib.suppress(Unplugged):
                self.device.detach()
            self.changed.notify_all()

    # --- time ------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Do what is due, and hand out what the device has to say. The lock is held."""
        clock = self.device.clock
        clock.run_due()
        self._deliver()
        limit = clock.now() + _PATIENCE_S
        while (
            not clock.real
            and self._awaited()
            and (due := clock.next_due()) is not None
            and due <= limit
        ):
            clock.advance_to(due)
            self._deliver()
        self.changed.notify_all()

    def _awaited(self) -> bool:
        """Whether a host waits for something."""
        parked = self._parked.items()
        return any(queue and not self._pipes[address].quiet for address, queue in parked)

    def tick(self) -> None:
        """Do what is due when it is due; the thread of a clock that is real."""
        clock = self.device.clock
        with self.changed:
            while not self._stopped:
                due = clock.next_due()
                if due is not None and due <= clock.now():
                    self.settle()
                else:
                    self.changed.wait(None if due is None else due - clock.now())

    def stop(self) -> None:
        """End `tick`."""
        with self.changed:
            self._stopped = True
            self.changed.notify_all()

    def _deliver(self) -> None:
        if not self.device.plugged:
            for queue in self._parked.values():
                while queue:
                    queue.popleft().complete(_STATUS[Unplugged])
            if self._importer is not None:
                _hang_up(self._importer)
            return
        for address, queue in self._parked.items():
            while queue and self._give(self._pipes[address], queue[0]):
                queue.popleft()

    def _give(self, pipe: Pipe, parked: _Parked, *, partial: bool = False) -> bool:
        """Complete an IN transfer with what the pipe has for it; False when it has nothing yet."""
        try:
            pieces = pipe.read(parked.urb.length, partial=partial)
        except (Stall, Overflow) as refusal:
            parked.complete(_STATUS[type(refusal)])
            return True
        if pieces is None:
            return False
        parked.complete(0, pieces[0] if len(pieces) == 1 else b"".join(pieces))
        return True

    # --- what the usbip package calls ------------------------------------------------------------

    def interface_triples(self) -> list[tuple[int, int, int]]:
        """Class, subclass and protocol of each interface."""
        return list(self.device.descriptors.interfaces)

    def is_iso(self, endpoint: int, direction: int) -> bool:
        """Whether an endpoint is isochronous: none is."""
        return False

    def handle_urb(self, urb: Any, respond: Callable[[Any], None]) -> None:
        """Take one transfer; it is completed through `respond`, now or later."""
        transfer = _Parked(urb, respond)
        address = urb.ep | urb.direction << 7
        with self.changed:
            if address in self._parked:
                self._parked[address].append(transfer)
            else:
                try:
                    if not self.device.plugged:
                        raise Unplugged
                    data = self._at_once(address, urb)
                except (Stall, Overflow, Unplugged) as refusal:
                    transfer.complete(_STATUS[type(refusal)])
                else:
                    transfer.complete(0, data)
            self.settle()

    def cancel_urb(self, number: int) -> None:
        """Take back a transfer. What has come for it by now is not lost: it completes with that."""
        with self.changed:
            for address, queue in self._parked.items():
                for at, parked in enumerate(queue):
                    if parked.urb.seqnum == number:
                        del queue[at]
                        if at == 0:
                            self._give(self._pipes[address], parked, partial=True)
                        return

    # --- requests that are answered at once ------------------------------------------------------

    def _at_once(self, address: int, urb: Any) -> Buffer:
        """Answer a control or OUT transfer; what comes back has the length that went through."""
        if address == self._out:
            self.device.bulk_out(urb.buffer)
            return bytes(urb.buffer)
        if urb.ep:
            raise Stall
        kind, request, value, index, length = struct.unpack("<BBHHH", urb.setup)
        if kind & 0x60 == 0:
            answer = self._standard(kind, request, value, index)
        elif kind & 0x80:
            answer = self.device.control_in(kind, request, value, index, length)
        else:
            self.device.control_out(kind, request, value, index, urb.buffer)
            return bytes(urb.buffer)
        return answer[:length]

    def _standard(self, kind: int, request: int, value: int, index: int) -> bytes:
        """Answer a request of USB 2.0, section 9.4."""
        match kind, request:
            case (0x80 | 0x81 | 0x82, 0):  # GET_STATUS
                halted = kind == 0x82 and index in self._pipes and self._pipes[index].halted
                powered = kind == 0x80 and self.device.descriptors.configuration[7] >> 6 & 1
                return bytes([halted or powered, 0])
            case (0x80, 6):  # GET_DESCRIPTOR
                return self._descriptor(value >> 8, value & 0xFF)
            case (0x80, 8):  # GET_CONFIGURATION
                return bytes([self._configuration])
            case (0x00, 9) if value == self._configuration:  # SET_CONFIGURATION
                for pipe in self._pipes.values():
                    pipe.halted = False
                self.device.bus_reset()
                return b""
            case (0x81, 10):  # GET_INTERFACE
                return b"\0"
            case (0x01, 11) if value == 0:  # SET_INTERFACE
                return b""
            case (0x02, 1 | 3) if value == 0:  # CLEAR_FEATURE, SET_FEATURE: ENDPOINT_HALT
                if index in self._pipes:
                    self._pipes[index].halted = request == 3
                return b""
            case _:
                raise Stall

    def _descriptor(self, kind: int, number: int) -> bytes:
        descriptors = self.device.descriptors
        if kind == 1:
            return descriptors.device
        if kind == 2 and number == 0:
            return descriptors.configuration
        if kind == 3 and number == 0 and descriptors.strings:
            return b"\x04\x03\x09\x04"  # English (United States)
        if kind == 3 and number in descriptors.strings:
            text = descriptors.strings[number].encode("utf-16-le")[:252]
            return bytes([len(text) + 2, 3]) + text
        raise Stall
