"""A camera behind USB/IP: on another computer, or a virtual one in another process.

`UsbipWire` is the protocol without I/O (Linux, Documentation/usb/usbip_protocol.rst): it makes
the bytes to send and judges each 48-byte head that comes, so the two faces may read the body that
follows straight to where it belongs. `UsbipPort` here is the blocking face, `canon.bridge.bus` the
asynchronous one.

A transfer that waits too long is unlinked. A server that already holds a part of its bytes may
complete it with that part before it answers the unlink, as our virtual cameras do, so nothing is
lost. Linux's own server drops that part: no client can get it back.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import struct
from typing import NamedTuple

from canon.clock import RealClock
from canon.errors import (
    AGAIN,
    CameraNotFound,
    Disconnected,
    InUse,
    PortError,
    PortStalled,
    PortTimeout,
    ProtocolError,
)
from canon.frozen import Frozen, replace
from canon.usb.descriptors import read_descriptors
from canon.usb.port import (
    VENDOR_IN,
    VENDOR_OUT,
    Descriptors,
    Endpoint,
    EndpointDescriptor,
    Interface,
    camera_interface,
)
from canon.wire import Buffer

DEFAULT_PORT = 3240
HEAD = 48
LONGEST = 64 << 20
"""The most bytes that one transfer may have."""

# The protocol carries Linux's error numbers, whatever system is at either end.
ENOENT, ENODEV, EPIPE, EOVERFLOW, ECONNRESET, ESHUTDOWN = 2, 19, 32, 75, 104, 108

_TAKEN_BACK = PortTimeout, "the transfer was taken back before anything came", AGAIN
_SERVER = "check its address, and start it again"
_UNPLUGGED = Disconnected, "the camera was unplugged", "plug it in and open it again"
_ERRORS: dict[int, tuple[type[PortError | ProtocolError], str, str]] = {
    ENOENT: _TAKEN_BACK,
    ECONNRESET: _TAKEN_BACK,
    ENODEV: _UNPLUGGED,
    ESHUTDOWN: _UNPLUGGED,
    EPIPE: (PortStalled, "the camera stalled the transfer", AGAIN),
    EOVERFLOW: (ProtocolError, "the camera sent more than there was room for", AGAIN),
}

CONTROL_S = 5.0
"""Seconds that a control request may take."""
_GRACE_S = 5.0  # what the network may add to a time-out, and how long an unlink may take

_SLOWEST = 50_000  # bytes a second; a network that is slower than that is given up

_VERSION = 0x0111
_DEVLIST, _IMPORT = 5, 3  # a request has 0x8000 added
_OPERATION = struct.Struct(">HHI")
_DEVICE = struct.Struct(">256x32sIIIHHHBBBBBB")
_SUBMIT = struct.Struct(">IIIIIIiiii8s")
_UNLINK = struct.Struct(">IIIIII24x")
_REPLY = struct.Struct(">II12xii20x")
_MOST_DEVICES = 256
_NO_SETUP = bytes(8)
_JOINED = 4096  # a payload up to this long goes out in one piece with its head


class RemoteDevice(Frozen):
    """A device that a USB/IP server offers.

    Attributes:
        busid: its name there, such as `1-1`.
        busnum: the number of its bus there.
        devnum: its number on that bus.
        speed: as Linux counts: 1 low, 2 full, 3 high, 5 super.
        vendor: USB vendor id.
        product: USB product id.
        interface: class, subclass and protocol of the interface on which it is spoken to.
    """

    busid: str
    busnum: int
    devnum: int
    speed: int
    vendor: int
    product: int
    interface: tuple[int, int, int] = (0, 0, 0)


class Reply(NamedTuple):
    """What one head from the server says.

    Attributes:
        seq: the number of the transfer that it is about.
        status: 0, or a negative error number.
        length: the bytes that were transferred.
        body: how many bytes follow the head.
        unlinked: whether it answers an unlink: the transfer will not be heard of again.
    """

    seq: int
    status: int
    length: int
    body: int
    unlinked: bool


class UsbipWire:
    """The transfers of one imported device, as bytes.

    Args:
        device: the device that was imported.
    """

    def __init__(self, device: RemoteDevice) -> None:
        self._devid = device.busnum << 16 | device.devnum
        self._numbers = itertools.count(1)
        self._transfers: dict[int, tuple[int, bool]] = {}  # number → room, whether bytes come in
        self._unlinks: dict[int, int] = {}  # number → that of the transfer

    def submit(
        self, endpoint: int, length: int, setup: bytes = _NO_SETUP, interval: int = 0
    ) -> tuple[int, bytes]:
        """Begin a transfer.

        Args:
            endpoint: its address; the top bit says IN. 0 and 0x80 are the control pipe.
            length: the bytes to send or the room to fill, at most `LONGEST`.
            setup: the setup packet of a control transfer.
            interval: how often an interrupt endpoint is polled, as `polling` says.

        Returns:
            The transfer's number, and the head to send; the bytes of an OUT transfer follow it.
        """
        if length > LONGEST:
            raise ValueError(f"a transfer of {length} bytes; {LONGEST} is the most")
        seq, inward = self._number(), bool(endpoint & 0x80)
        self._transfers[seq] = length, inward
        return seq, _SUBMIT.pack(
            1, seq, self._devid, inward, endpoint & 0x0F, 0, length, 0, 0, interval, setup
        )

    def unlink(self, seq: int) -> bytes:
        """Take a transfer back: the head to send."""
        number = self._number()
        self._unlinks[number] = seq
        return _UNLINK.pack(2, number, self._devid, 0, 0, seq)

    def reply(self, head: Buffer) -> Reply:
        """What a head of `HEAD` bytes says.

        Raises:
            ProtocolError: it answers nothing that was asked, or claims more than was asked for.
        """
        kind, number, status, length = _REPLY.unpack(head)
        if kind == 4 and number in self._unlinks:
            seq = self._unlinks.pop(number)
            self._transfers.pop(seq, None)
            return Reply(seq, status, 0, 0, True)
        if kind != 3 or number not in self._transfers:
            raise ProtocolError(
                f"the USB/IP server answers what was not asked (kind {kind}, number {number})",
                _SERVER,
            )
        room, inward = self._transfers.pop(number)
        if not 0 <= length <= room:
            raise ProtocolError(
                f"the USB/IP server claims {length} bytes where {room} were asked for", _SERVER
            )
        return Reply(number, status, length, length if inward else 0, False)

    def _number(self) -> int:
        return next(self._numbers) & 0xFFFFFFFF


def list_devices(host: str, port: int = DEFAULT_PORT) -> list[RemoteDevice]:
    """What a USB/IP server offers.

    Raises:
        CameraNotFound: nothing listens there.
        ProtocolError: what answers is not USB/IP.
    """
    with contextlib.closing(_connect(host, port)) as sock:
        if _ask(sock, _DEVLIST, b""):
            raise ProtocolError(
                f"the USB/IP server at {host}:{port} does not list its devices", _SERVER
            )
        count = int.from_bytes(_receive(sock, 4))
        if count > _MOST_DEVICES:
            raise ProtocolError(
                f"the USB/IP server at {host}:{port} lists {count} devices", _SERVER
            )
        found = []
        for _ in range(count):
            device, interfaces = _device(_receive(sock, _DEVICE.size))
            kinds = struct.iter_unpack("BBBx", _receive(sock, 4 * interfaces))
            own = camera_interface(Interface(at, kind) for at, kind in enumerate(kinds))
            found.append(replace(device, interface=own.kind) if own else device)
        return found


def open_usbip(host: str, port: int, busid: str) -> UsbipPort:
    """Open a device that a USB/IP server offers.

    Raises:
        CameraNotFound: nothing listens there, or it has no such device.
        InUse: another client has imported it.
        ProtocolError: what answers is not USB/IP.
    """
    sock = _connect(host, port)
    try:
        if _ask(sock, _IMPORT, busid.encode().ljust(32, b"\0")[:32]):
            raise _refusal(host, port, busid)
        device, _ = _device(_receive(sock, _DEVICE.size))
        return UsbipPort(sock, device)
    except BaseException:
        sock.close()
        raise


def _connect(host: str, port: int) -> socket.socket:
    try:
        sock = socket.create_connection((host, port), timeout=_GRACE_S)
    except OSError as error:
        raise CameraNotFound(
            f"no USB/IP server answers at {host}:{port} ({error})", "start it, or check the address"
        ) from error
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _ask(sock: socket.socket, code: int, payload: bytes) -> int:
    """Send a request of the first phase; its status. The rest of the answer is still to come."""
    try:
        sock.sendall(_OPERATION.pack(_VERSION, code | 0x8000, 0) + payload)
    except OSError as error:
        raise Disconnected(f"the USB/IP server hung up ({error})", _SERVER) from error
    _, answered, status = _OPERATION.unpack(_receive(sock, _OPERATION.size))
    if answered != code:
        raise ProtocolError("what answers there is not a USB/IP server", _SERVER)
    return int(status)


def _receive(sock: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        try:
            piece = sock.recv(size - len(data))
        except OSError as error:
            raise Disconnected(f"the USB/IP server does not go on ({error})", _SERVER) from error
        if not piece:
            raise Disconnected("the USB/IP server hung up", _SERVER)
        data += piece
    return bytes(data)


def _device(raw: bytes) -> tuple[RemoteDevice, int]:
    """A device record, and how many interfaces it has."""
    name, busnum, devnum, speed, vendor, product, *_, interfaces = _DEVICE.unpack(raw)
    busid = name.partition(b"\0")[0].decode("utf-8", "replace")
    return RemoteDevice(busid, busnum, devnum, speed, vendor, product), interfaces


def _refusal(host: str, port: int, busid: str) -> PortError:
    offered = [device.busid for device in list_devices(host, port)]
    if busid in offered:
        return InUse(
            f"another program uses device {busid} of the USB/IP server at {host}:{port}",
            "end that program and try again",
        )
    others = f"name one of {', '.join(offered)}" if offered else "it offers nothing now"
    return CameraNotFound(f"the USB/IP server at {host}:{port} has no device {busid}", others)


def polling(endpoint: EndpointDescriptor, speed: int) -> int:
    """How often an interrupt endpoint is polled: in ms, from high speed (3) on in 125 µs."""
    return 1 << min(max(endpoint.interval, 1), 16) - 1 if speed >= 3 else max(endpoint.interval, 1)


def error_of(status: int) -> PortError | ProtocolError:
    """The error that a transfer's negative status stands for."""
    unknown = PortError, f"the transfer failed on the bus (error {-status})", "check the cable"
    kind, what, advice = _ERRORS.get(-status, unknown)
    return kind(what, advice)


class UsbipPort:
    """One imported device, as a `canon.usb.port.Port`: one transfer at a time, no threads.

    Args:
        sock: the connection, on which the device has just been imported.
        device: that device.
    """

    def __init__(self, sock: socket.socket, device: RemoteDevice) -> None:
        self.clock = RealClock()
        self.device = device
        self._sock: socket.socket | None = sock
        self._wire = UsbipWire(device)
        self._head = memoryview(bytearray(HEAD))
        self._have = 0  # bytes of the head that are there
        self._surplus = 0  # bytes of a body that nobody waits for any more
        self.descriptors: Descriptors = read_descriptors(self.control_in)

    def control_out(
        self, request: int, value: int, index: int, data: bytes, *, kind: int = VENDOR_OUT
    ) -> None:
        """Send a control request with data."""
        setup = struct.pack("<BBHHH", kind, request, value, index, len(data))
        self._transfer(0x00, data, memoryview(b""), CONTROL_S, setup)

    def control_in(
        self, request: int, value: int, index: int, length: int, *, kind: int = VENDOR_IN
    ) -> bytes:
        """Ask for up to `length` bytes by a control request."""
        buffer = bytearray(length)
        setup = struct.pack("<BBHHH", kind, request, value, index, length)
        return bytes(buffer[: self._transfer(0x80, b"", memoryview(buffer), CONTROL_S, setup)])

    def bulk_out(self, data: Buffer, timeout_s: float) -> None:
        """Send bytes; b"" sends a zero-length packet."""
        address = self.descriptors.endpoint(Endpoint.BULK_OUT).address
        self._transfer(address, data, memoryview(b""), timeout_s)

    def bulk_in(self, buffer: memoryview, timeout_s: float) -> int:
        """Read into `buffer` until it is full, a short packet came or the time is up."""
        address = self.descriptors.endpoint(Endpoint.BULK_IN).address
        return self._transfer(address, b"", buffer, timeout_s)

    def interrupt_in(self, timeout_s: float) -> bytes:
        """One interrupt packet; b"" when nothing came."""
        endpoint = self.descriptors.endpoint(Endpoint.INTERRUPT_IN)
        buffer = bytearray(endpoint.packet_size)
        try:
            got = self._transfer(
                endpoint.address,
                b"",
                memoryview(buffer),
                timeout_s,
                interval=polling(endpoint, self.device.speed),
            )
        except PortTimeout:
            return b""
        return bytes(buffer[:got])

    def clear_halt(self, endpoint: Endpoint) -> None:
        """Take a stalled endpoint back into use."""
        self.control_out(1, 0, self.descriptors.endpoint(endpoint).address, b"", kind=0x02)

    def reset(self) -> None:
        """Set the configuration anew, which is what USB/IP has for a reset."""
        self.control_out(9, self.descriptors.configuration[5], 0, b"", kind=0x00)

    def close(self) -> None:
        """Give the device back. Closing twice is allowed."""
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def hand_over(self) -> tuple[socket.socket, UsbipWire]:
        """Leave the connection to somebody else; the port is closed. Not during a transfer."""
        sock, self._sock = self._live(), None
        return sock, self._wire

    def _transfer(
        self,
        endpoint: int,
        data: Buffer,
        room: memoryview,
        timeout_s: float,
        setup: bytes = _NO_SETUP,
        interval: int = 0,
    ) -> int:
        """Carry out one transfer; how many bytes of it went through."""
        deadline = self.clock.now() + timeout_s
        seq, head = self._wire.submit(endpoint, len(data) or len(room), setup, interval)
        self._send(head, data, timeout_s)
        try:
            reply = self._wait(seq, room, deadline)
            if reply is None:
                self._send(self._wire.unlink(seq), b"", 0)
                reply = self._wait(seq, room, self.clock.now() + _GRACE_S)
        except BaseException:  # Ctrl-C too: a read left behind would eat what is meant for the next
            if self._sock is not None:
                self._send(self._wire.unlink(seq), b"", 0)
            raise
        if reply is None:
            raise self._lost("the USB/IP server does not answer any more")
        if reply.unlinked:
            raise PortTimeout(f"the camera sent nothing for {timeout_s:g} s", AGAIN)
        if reply.status < 0:
            raise error_of(reply.status)
        return reply.length

    def _wait(self, seq: int, room: memoryview, deadline: float) -> Reply | None:
        """The reply to one transfer, its bytes put into `room`; None when the time is up."""
        while True:
            while self._surplus:
                scratch = memoryview(bytearray(min(self._surplus, 0x10000)))
                if (got := self._receive_some(scratch, deadline)) is None:
                    return None
                self._surplus -= got
            while self._have < HEAD:
                if (got := self._receive_some(self._head[self._have :], deadline)) is None:
                    return None
                self._have += got
            self._have = 0
            try:
                reply = self._wire.reply(self._head)
            except ProtocolError:
                self.close()
                raise
            self._surplus = reply.body
            if reply.seq == seq:
                self._read_body(room[: reply.body])
                return reply

    def _read_body(self, view: memoryview) -> None:
        deadline = self.clock.now() + _GRACE_S + len(view) / _SLOWEST
        while self._surplus:
            got = self._receive_some(view[-self._surplus :], deadline)
            if got is None:
                raise self._lost("the USB/IP server stopped in the middle of a transfer")
            self._surplus -= got

    def _receive_some(self, view: memoryview, deadline: float) -> int | None:
        """Fill some of `view`; None when nothing came in time."""
        sock = self._live()
        sock.settimeout(max(0.0, deadline - self.clock.now()))
        try:
            got = sock.recv_into(view)
        except (TimeoutError, BlockingIOError):
            return None
        except OSError as error:
            raise self._lost(f"the connection to the camera broke ({error})") from error
        if not got:
            raise self._lost("the camera was unplugged, or its USB/IP server ended")
        return got

    def _send(self, head: bytes, data: Buffer, timeout_s: float) -> None:
        sock = self._live()
        sock.settimeout(timeout_s + _GRACE_S)
        try:
            if len(data) <= _JOINED:
                sock.sendall(b"".join((head, data)))
            else:
                sock.sendall(head)
                sock.sendall(data)
        except OSError as error:
            raise self._lost(f"the connection to the camera broke ({error})") from error
        except BaseException:  # nobody knows how much of it went out
            self.close()
            raise

    def _live(self) -> socket.socket:
        if self._sock is None:
            raise Disconnected("this camera was closed or lost", "open it again")
        return self._sock

    def _lost(self, why: str) -> Disconnected:
        self.close()
        return Disconnected(why, "open the camera again")
