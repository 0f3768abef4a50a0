"""The kernel's usbfs, played for programs that run under umockdev's preload library.

Each open of the device node is one connection. A message is three native longs. The program sends
an ioctl (1: request, address of the argument), a read (7) or a write (8), and then waits. Until
the answer (3: value, errno) it lets us read its memory (5: address, length) and write it
(6: address, length, then the bytes). Structures are those of linux/usbdevice_fs.h on 64 bits.
"""

from __future__ import annotations

import asyncio
import enum
import errno
import functools
import os
import struct
from collections import deque
from dataclasses import dataclass, field

from canon.bridge.bus import CANCELLED, UsbipBus
from canon.bridge.tree import Plugged
from canon.usb.port import Endpoint
from canon.usb.usbip import polling

_MESSAGE = struct.Struct("=QQQ")
_IOCTL, _READ, _WRITE, _DONE, _READ_MEMORY, _WRITE_MEMORY = 1, 7, 8, 3, 5, 6
_FAILED = 0xFFFFFFFFFFFFFFFF  # -1 as an unsigned long

_URB = struct.Struct("=BB2xiI4xQiiiiIIQ")
_URB_STATUS, _URB_LENGTH = 4, 28  # where the results stand in it
_CONTROL = struct.Struct("=8sI4xQ")
_BULK = struct.Struct("=III4xQ")
_U32, _POINTER = struct.Struct("=I"), struct.Struct("=Q")

_CAPABILITIES = 0x01 | 0x02 | 0x04 | 0x08 | 0x10
"""Zero packets, bulk continuation, no size limit, scatter and gather, reap after disconnect."""
_ISOCHRONOUS, _INTERRUPT, _CONTROL_URB = 0, 1, 2
_LONGEST = 16 << 20  # usbfs's own limit
_UNLINK_S = 5.0
_REQUEST_MS = 5000
_JOINED = 0x8000  # the preload library takes heads only whole, so long bytes travel alone


class Ioctl(enum.IntEnum):
    """The ioctls of usbfs, by the low byte of their request number."""

    CONTROL = 0
    BULK = 2
    RESETEP = 3
    SETINTERFACE = 4
    SETCONFIGURATION = 5
    GETDRIVER = 8
    SUBMITURB = 10
    DISCARDURB = 11
    REAPURB = 12
    REAPURBNDELAY = 13
    CLAIMINTERFACE = 15
    RELEASEINTERFACE = 16
    CONNECTINFO = 17
    IOCTL = 18
    RESET = 20
    CLEAR_HALT = 21
    GET_CAPABILITIES = 26
    DISCONNECT_CLAIM = 27
    DROP_PRIVILEGES = 30
    GET_SPEED = 31


class Node:
    """The node of one device: what all programs that opened it share.

    Args:
        plugged: the device's files.
        bus: its transfers.
    """

    def __init__(self, plugged: Plugged, bus: UsbipBus) -> None:
        self.plugged, self.bus = plugged, bus
        self.interval = polling(plugged.descriptors.endpoint(Endpoint.INTERRUPT_IN), plugged.speed)
        self.claims: dict[int, _Open] = {}
        self.opens: set[_Open] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self) -> None:
        """Begin to answer."""
        self._server = await asyncio.start_unix_server(self._serve, str(self.plugged.socket))
        self._tasks.add(asyncio.create_task(self._watch()))

    async def close(self) -> None:
        """End: programs that still run lose the device."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.bus.close()
        self.plugged.close()

    def tell_poll(self) -> None:
        """Make poll() say whether some program has a transfer to fetch."""
        self.plugged.ready(any(opened.ended for opened in self.opens))

    async def _watch(self) -> None:
        await self.bus.gone.wait()
        self.plugged.unplug()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one open of the node until the program closes it."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  (asyncio runs this as a task)
        self._tasks.add(task)
        opened = _Open(self, reader, writer)
        self.opens.add(opened)
        try:
            await opened.serve()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # closed, or its program ended, or the bridge does
        finally:
            self._tasks.discard(task)
            self.opens.discard(opened)
            self.tell_poll()
            opened.forget()
            writer.close()


@dataclass(eq=False)
class _Urb:
    """One transfer that a program submitted; its name is its address there."""

    address: int
    endpoint: int
    buffer: int
    seq: int = 0
    discarded: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)
    status: int = 0
    length: int = 0
    data: bytes = b""


class _Open:
    """One open of the node."""

    def __init__(
        self, node: Node, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.ended: deque[_Urb] = deque()
        self._node, self._bus, self._plugged = node, node.bus, node.plugged
        self._reader, self._writer = reader, writer
        self._writer.transport.set_write_buffer_limits(0)  # so that drain() leaves nothing behind
        self._answer: list[bytes] = []
        self._flying: dict[int, _Urb] = {}
        self._reapable = asyncio.Event()
        self._position = 0

    async def serve(self) -> None:
        """Answer until the program closes the node, which raises IncompleteReadError."""
        while True:
            what, first, second = _MESSAGE.unpack(await self._reader.readexactly(_MESSAGE.size))
            try:
                if what == _IOCTL:
                    value = await self._ioctl(first, second)
                elif what == _READ:
                    value = self._read_descriptors(first, second)
                else:
                    raise _error(errno.EINVAL)
            except OSError as error:
                self._answer.append(_MESSAGE.pack(_DONE, _FAILED, error.errno))
            else:
                self._answer.append(_MESSAGE.pack(_DONE, value, 0))
            await self._flush()

    def forget(self) -> None:
        """The program has closed the node: give back what it held."""
        for urb in self._flying.values():
            self._bus.unlink(urb.seq)
        for number in [number for number, by in self._node.claims.items() if by is self]:
            del self._node.claims[number]

    # --- the program's memory --------------------------------------------------------------------

    async def _read(self, address: int, size: int) -> bytes:
        """Read the program's memory."""
        if not size:
            return b""
        self._writer.write(_MESSAGE.pack(_READ_MEMORY, address, size))
        return await self._reader.readexactly(size)

    async def _read_number(self, address: int) -> int:
        return int(_U32.unpack(await self._read(address, _U32.size))[0])

    def _write(self, address: int, data: bytes) -> None:
        """Write the program's memory, when the answer goes out."""
        if data:
            self._answer += (_MESSAGE.pack(_WRITE_MEMORY, address, len(data)), data)

    async def _flush(self) -> None:
        short: list[bytes] = []
        for part in self._answer:
            if len(part) > _JOINED:
                self._writer.write(b"".join(short))
                await self._writer.drain()
                self._writer.write(part)
                await self._writer.drain()
                short = []
            else:
                short.append(part)
        self._answer.clear()
        self._writer.write(b"".join(short))
        await self._writer.drain()

    def _read_descriptors(self, address: int, size: int) -> int:
        """The program reads the node: its descriptors."""
        descriptors = self._plugged.descriptors
        data = (descriptors.device + descriptors.configuration)[self._position :][:size]
        self._position += len(data)
        self._write(address, data)
        return len(data)

    # --- ioctls ----------------------------------------------------------------------------------

    async def _ioctl(self, request: int, argument: int) -> int:
        """Carry out an ioctl: its value. Raises OSError with the error number of usbfs."""
        number = request & 0xFF
        if request >> 8 & 0xFF != ord("U"):
            raise _error(errno.ENOTTY)
        if self._bus.gone.is_set() and number not in (Ioctl.REAPURB, Ioctl.REAPURBNDELAY):
            raise _error(errno.ENODEV)
        match number:
            case Ioctl.SUBMITURB:
                await self._submit(argument)
            case Ioctl.REAPURB | Ioctl.REAPURBNDELAY:
                await self._reap(argument, wait=number == Ioctl.REAPURB)
            case Ioctl.DISCARDURB:
                if argument not in self._flying:
                    raise _error(errno.EINVAL)
                await self.take_back(self._flying[argument])
            case Ioctl.CONTROL:
                setup, timeout, buffer = _CONTROL.unpack(await self._read(argument, _CONTROL.size))
                length = int.from_bytes(setup[6:8], "little")
                return await self._at_once(setup[0] & 0x80, length, buffer, timeout, setup)
            case Ioctl.BULK:
                endpoint, length, timeout, buffer = _BULK.unpack(
                    await self._read(argument, _BULK.size)
                )
                return await self._at_once(endpoint, length, buffer, timeout)
            case Ioctl.CLAIMINTERFACE | Ioctl.DISCONNECT_CLAIM:
                self._claim(await self._read_number(argument))
            case Ioctl.RELEASEINTERFACE:
                await self._release(await self._read_number(argument))
            case Ioctl.SETCONFIGURATION:
                await self._request(0x00, 9, await self._read_number(argument))
            case Ioctl.SETINTERFACE:
                interface, alternate = struct.unpack("=II", await self._read(argument, 8))
                await self._request(0x01, 11, alternate, interface)
            case Ioctl.CLEAR_HALT:
                await self._request(0x02, 1, 0, await self._read_number(argument))
            case Ioctl.RESET:
                for opened in tuple(self._node.opens):
                    await opened.take_back(*opened._flying.values())
                await self._request(0x00, 9, self._plugged.descriptors.configuration[5])
            case Ioctl.GET_CAPABILITIES:
                self._write(argument, _U32.pack(_CAPABILITIES))
            case Ioctl.GET_SPEED:
                return self._plugged.speed
            case Ioctl.CONNECTINFO:
                slow = self._plugged.speed == 1
                self._write(argument, struct.pack("=IB3x", self._plugged.devnum, slow))
            case Ioctl.GETDRIVER | Ioctl.IOCTL:
                raise _error(errno.ENODATA)  # no kernel driver is bound
            case Ioctl.RESETEP | Ioctl.DROP_PRIVILEGES:
                pass
            case _:
                raise _error(errno.ENOTTY)
        return 0

    async def _submit(self, address: int) -> None:
        kind, endpoint, _, _, buffer, length, *_ = _URB.unpack(await self._read(address, _URB.size))
        setup, interval = bytes(8), 0
        if kind == _ISOCHRONOUS or length < 0:
            raise _error(errno.EINVAL)
        if length > _LONGEST:
            raise _error(errno.ENOMEM)
        if kind == _INTERRUPT:
            interval = self._node.interval
        if kind == _CONTROL_URB:
            setup = await self._read(buffer, min(length, 8))
            buffer, length = buffer + 8, length - 8
            if len(setup) < 8 or length < int.from_bytes(setup[6:8], "little"):
                raise _error(errno.EINVAL)
            endpoint, length = setup[0] & 0x80, int.from_bytes(setup[6:8], "little")
        urb = _Urb(address, endpoint, buffer)
        data = b"" if endpoint & 0x80 else await self._read(buffer, length)
        self._flying[address] = urb
        urb.seq = self._bus.submit(
            endpoint,
            length,
            functools.partial(self._end, urb),
            data=data,
            setup=setup,
            interval=interval,
        )

    def _end(self, urb: _Urb, status: int, length: int, data: bytes) -> None:
        urb.status, urb.length, urb.data = status, length, data
        if urb.discarded:
            urb.status = CANCELLED
        del self._flying[urb.address]
        self.ended.append(urb)
        urb.over.set()
        self._reapable.set()
        self._node.tell_poll()

    async def _reap(self, argument: int, *, wait: bool) -> None:
        while not self.ended:
            if self._bus.gone.is_set():
                raise _error(errno.ENODEV)
            if not wait:
                raise _error(errno.EAGAIN)
            self._reapable.clear()
            await self._reapable.wait()
        urb = self.ended.popleft()
        self._node.tell_poll()
        self._write(urb.buffer, urb.data)
        self._write(urb.address + _URB_STATUS, struct.pack("=i", urb.status))
        self._write(urb.address + _URB_LENGTH, struct.pack("=i", urb.length))
        self._write(argument, _POINTER.pack(urb.address))

    async def take_back(self, *urbs: _Urb) -> None:
        """Have transfers end now. A server that does not obey in time counts as unplugged."""
        for urb in urbs:
            urb.discarded = True
            self._bus.unlink(urb.seq)
        try:
            async with asyncio.timeout(_UNLINK_S):
                for urb in urbs:
                    await urb.over.wait()
        except TimeoutError:
            await self._bus.close()

    def _claim(self, number: int) -> None:
        if number >= self._plugged.descriptors.configuration[4]:
            raise _error(errno.ENOENT)
        if self._node.claims.setdefault(number, self) is not self:
            raise _error(errno.EBUSY)

    async def _release(self, number: int) -> None:
        if self._node.claims.get(number) is not self:
            raise _error(errno.EINVAL)
        await self.take_back(*(urb for urb in self._flying.values() if urb.endpoint & 0x0F))
        del self._node.claims[number]

    async def _request(self, kind: int, request: int, value: int, index: int = 0) -> None:
        """Make a standard request without data."""
        setup = struct.pack("<BBHHH", kind, request, value & 0xFFFF, index & 0xFFFF, 0)
        await self._at_once(0, 0, 0, _REQUEST_MS, setup)

    async def _at_once(
        self, endpoint: int, length: int, buffer: int, timeout_ms: int, setup: bytes = bytes(8)
    ) -> int:
        """Carry out a transfer while the program waits: the bytes that went through."""
        if length > _LONGEST:
            raise _error(errno.ENOMEM)
        data = b"" if endpoint & 0x80 else await self._read(buffer, length)
        status, length, data = await self._bus.transfer(
            endpoint, length, data, setup=setup, timeout_s=timeout_ms / 1000 or None
        )
        self._write(buffer, data)
        if status == CANCELLED:
            raise _error(errno.ETIMEDOUT)
        if status < 0:
            raise _error(-status)
        return length


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))
