"""Runs the server until it is told to end."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import FrameType

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from canon.web.app import app
from canon.web.doors import Doors, is_loopback, new_token
from canon.web.server import Server

_MOST_CONNECTIONS = 100
_HEAD_S = 10.0
_STUCK_S = 10.0  # without a frame taken, a place at live view is somebody else's
_WAITING = 128 << 10  # bytes that may be on their way to a client: a slow one sees no old frames


class _Patient(H11Protocol):
    """HTTP, where a request that does not come to its end is not waited for.

    Those who came first are served, however many come after them.
    """

    _late: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self.limit_concurrency = None if len(self.connections) <= _MOST_CONNECTIONS else 0
        self._late = self.loop.call_later(_HEAD_S, transport.close)

    def data_received(self, data: bytes) -> None:
        """Take what has come; from the first byte of a request its head has so long."""
        super().data_received(data)
        if self._late is not None and self.conn.their_state is not h11.IDLE:
            self._late.cancel()
            self._late = None
        elif self._late is None and self.conn.their_state is h11.IDLE:
            self._late = self.loop.call_later(_HEAD_S, self.transport.close)

    def pause_writing(self) -> None:
        """Wait until the client takes more; one that looks at live view may not stop for long."""
        super().pause_writing()
        request: Mapping[str, object] | None = self.scope
        if request is not None and str(request["path"]).endswith("/live.mjpg"):
            self._stuck = self.loop.call_later(_STUCK_S, self.transport.abort)

    def resume_writing(self) -> None:
        """The client has taken what there was."""
        super().resume_writing()
        if self._stuck is not None:
            self._stuck.cancel()


class _Server(uvicorn.Server):
    """A server that a signal ends well: that is how one is ended; a second one ends it at once.

    Args:
        config: as uvicorn takes it.
        server: the cameras, which are let go first: then no request waits for one any more.
    """

    def __init__(self, config: uvicorn.Config, server: Server) -> None:
        super().__init__(config)
        self._cameras = server

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what runs, then all connections."""
        await asyncio.to_thread(self._cameras.close)
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End."""
        self.force_exit = self.should_exit
        self.should_exit = True


def _listen(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family, backlog=128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            why = f"another program listens at {address}:{port}; end it"
        elif error.errno in (errno.EADDRNOTAVAIL, socket.EAI_NONAME, socket.EAI_AGAIN):
            why = f"{address} is no address of this computer; 0.0.0.0 is all that it has"
        else:
            why = f"nobody can listen at {address}:{port}: {error.strerror}"
        raise OSError(error.errno, f"{why}, or choose another place with --listen") from error


def serve(
    cameras: Mapping[str, str],
    *,
    all_there_are: bool,
    address: str,
    port: int,
    folder: Path,
    read_only: bool,
    names: Iterable[str],
    ready: Callable[[str], None],
) -> None:
    """Serve cameras until Ctrl-C or SIGTERM.

    Args:
        cameras: the port strings of the cameras, by what they are called.
        all_there_are: whether every camera on the bus is served, also one that comes later.
        address: where to listen.
        port: the port there; 0 takes a free one.
        folder: where pictures go that come to this computer; several cameras have folders in it.
        read_only: whether nothing may be changed.
        names: other names of this server: that of a proxy.
        ready: is told the link that opens the page, when it can be opened.

    Raises:
        OSError: nobody can listen there.
    """
    listening = _listen(address, port)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _WAITING)
    token = "" if is_loopback(address) else new_token()
    doors = Doors(address, listening.getsockname()[1], token, names)
    server = Server(cameras, all_there_are=all_there_are, folder=folder, read_only=read_only)
    config = uvicorn.Config(
        app(server, doors),
        http=_Patient,
        ws="websockets-sansio",
        ws_max_size=1024,
        ws_ping_interval=20.0,
        ws_per_message_deflate=False,  # a JPEG gets no smaller
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    running = _Server(config, server)
    with listening:
        ready(doors.link())
        running.run(sockets=[listening])
