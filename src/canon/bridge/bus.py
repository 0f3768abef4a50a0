"""The asynchronous face of USB/IP: many transfers in flight on one imported device."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Self

from canon.errors import ProtocolError
from canon.usb.usbip import ESHUTDOWN, HEAD, UsbipPort, UsbipWire
from canon.wire import Buffer

Done = Callable[[int, int, bytes], None]
"""Called at the end of a transfer: its status, the bytes that went through, the bytes that came."""

CANCELLED = -2
"""The status of a transfer that was taken back (ENOENT)."""

_READ_AHEAD = 1 << 20

_log = logging.getLogger(__name__)


class UsbipBus:
    """The transfers of one device. Made by `over`; belongs to one event loop.

    Attributes:
        gone: set when the connection ended, which is what unplugging looks like.
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wire: UsbipWire
    ) -> None:
        self.gone = asyncio.Event()
        self._reader, self._writer, self._wire = reader, writer, wire
        self._waiting: dict[int, Done] = {}
        self._task = asyncio.create_task(self._read())

    @classmethod
    async def over(cls, port: UsbipPort) -> Self:
        """Take over the connection of an open port."""
        sock, wire = port.hand_over()
        reader, writer = await asyncio.open_connection(sock=sock, limit=_READ_AHEAD)
        return cls(reader, writer, wire)

    def submit(
        self,
        endpoint: int,
        length: int,
        done: Done,
        *,
        data: Buffer = b"",
        setup: bytes = bytes(8),
        interval: int = 0,
    ) -> int:
        """Begin a transfer, as `UsbipWire.submit` does; `done` is called once, at its end."""
        seq, head = self._wire.submit(endpoint, length, setup, interval)
        self._waiting[seq] = done
        if not self.gone.is_set():
            self._writer.write(head)
            if data:
                self._writer.write(data)
        else:
            self._finish(seq, -ESHUTDOWN)
        return seq

    def unlink(self, seq: int) -> None:
        """Take a transfer back. It ends with CANCELLED, or with what had come by then."""
        if seq in self._waiting and not self.gone.is_set():
            self._writer.write(self._wire.unlink(seq))

    async def transfer(
        self,
        endpoint: int,
        length: int,
        data: Buffer = b"",
        *,
        setup: bytes = bytes(8),
        timeout_s: float | None = None,
    ) -> tuple[int, int, bytes]:
        """Carry out one transfer and wait for its end: what `Done` is called with."""
        ended: asyncio.Future[tuple[int, int, bytes]] = asyncio.get_running_loop().create_future()

        def done(*what: *tuple[int, int, bytes]) -> None:
            if not ended.done():
                ended.set_result(what)

        seq = self.submit(endpoint, length, done, data=data, setup=setup)
        await asyncio.wait((ended,), timeout=timeout_s)
        self.unlink(seq)
        return await ended

    async def close(self) -> None:
        """End the connection; what is in flight ends as if the device had been unplugged."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()
        await self._task

    def _finish(self, seq: int, status: int, length: int = 0, data: bytes = b"") -> None:
        if done := self._waiting.pop(seq, None):
            done(status, length, data)

    async def _read(self) -> None:
        try:
            while True:
                reply = self._wire.reply(await self._reader.readexactly(HEAD))
                data = await self._reader.readexactly(reply.body) if reply.body else b""
                status = CANCELLED if reply.unlinked else reply.status
                self._finish(reply.seq, status, reply.length, data)
        except (asyncio.IncompleteReadError, OSError):
            pass  # unplugged, or closed by us
        except ProtocolError as error:
            _log.warning("%s; the device is taken away", error)
        self.gone.set()
        self._writer.close()
        for seq in list(self._waiting):
            self._finish(seq, -ESHUTDOWN)
