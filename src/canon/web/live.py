"""Live view for many: one thread per camera while somebody looks, and only the newest frame.

A looker that is slow misses frames; none sees old ones, and the camera does not wait for any.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from canon.clock import RealClock
from canon.driver.features import Feature
from canon.driver.shot import Frame
from canon.errors import CanonError, NotSupported
from canon.frozen import Frozen
from canon.log import Log
from canon.work import documents

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.values import AfFrame
    from canon.web.station import Station

_log = Log(__name__)
_APART_S = 1 / 30
_GRACE_S = 1.0  # a page that is loaded anew comes back within this
MOST_READERS = 4
"""Programs that may read one camera's MJPEG at the same time."""


class Shown(Frozen):
    """A frame as it is shown.

    Attributes:
        frame: the picture.
        number: counts all frames of this camera.
        time: when it came, in seconds of this computer's monotonic clock.
        told: the rest of what a page is told of it: JSON without its first brace.
    """

    frame: Frame
    number: int
    time: float
    told: bytes

    def packed(self, now: float) -> bytes:
        """It for a page: how long the head is, in two bytes, the head in JSON, the JPEG."""
        head = b'{"age_s": %.4f, %s' % (now - self.time, self.told)
        return b"".join((len(head).to_bytes(2, "big"), head, self.frame))


def _told(frame: Frame, number: int) -> bytes:
    document = {
        "number": number,
        "size": len(frame),
        "field": frame.field,
        "af_frames": None if frame.af_frames is None else [*map(_in_json, frame.af_frames)],
        "zoom": frame.zoom,
    }
    return json.dumps(document).encode()[1:]


def _in_json(frame: AfFrame) -> dict[str, object]:
    told = vars(frame)
    return {name: told[name] if isinstance(told[name], int) else str(told[name]) for name in told}


class Viewfinder:
    """The live view of one camera.

    Args:
        station: the camera.

    Attributes:
        readers: how many programs read MJPEG.
    """

    def __init__(self, station: Station) -> None:
        self.readers = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._station = station
        self._clock = RealClock()
        self._lookers: set[Looker] = set()
        self._thread: threading.Thread | None = None
        self._number = 0
        self._newest: Shown | None = None
        self._left = 0.0  # when the last looker left
        self._lock = threading.Lock()

    def look(self) -> Looker:
        """Begin to look; called in the server's loop, and ended by `close()`.

        Raises:
            Disconnected: the camera is not there.
            NotSupported: it has no live view.
        """
        cam = self._station.camera
        if Feature.LIVE not in cam.features:
            raise NotSupported(cam.model.removeprefix("Canon "), "live view")
        self._loop = asyncio.get_running_loop()
        looker = Looker(self)
        with self._lock:
            self._lookers.add(looker)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, args=(cam,), name=f"live {self._station.ident}", daemon=True
                )
                self._thread.start()
        return looker

    @property
    def newest(self) -> Shown | None:
        """The newest frame; None while there is none."""
        return self._newest

    def leave(self, looker: Looker) -> None:
        """Look no more."""
        with self._lock:
            self._lookers.discard(looker)
            self._left = self._clock.now()

    def close(self) -> None:
        """End at once, for all."""
        with self._lock:
            lookers, self._lookers = self._lookers, set()
            self._left = -_GRACE_S
            thread = self._thread
        self._call(_end_all, lookers, None)
        if thread is not None:
            thread.join()

    def _run(self, cam: Camera) -> None:
        error: CanonError | None = None
        self._station.know(live=True)
        try:
            due = self._clock.now()
            for frame in cam.live:
                self._number += 1
                told = _told(frame, self._number)
                self._newest = Shown(frame, self._number, self._clock.now(), told)
                self._call(self._wake_all)
                if self._is_over():
                    break
                due = max(due + _APART_S, self._clock.now())
                self._clock.sleep(max(0.0, due - self._clock.now()))
        except CanonError as failed:
            error = failed
            _log.warning("live view of %s ended: %s", self._station.port, failed)
            self._station.tell("log", text="live view ended", error=documents.of_error(failed))
        finally:
            with self._lock:
                self._thread, self._newest = None, None
                lookers, self._lookers = self._lookers, set()
            self._call(_end_all, lookers, error)
            self._station.know(live=False)
            self._station.look_at_settings()

    def _call(self, do: Callable[..., object], *args: object) -> None:
        """Let something be done in the server's loop."""
        if self._loop is not None:
            with suppress(RuntimeError):  # it is closed
                self._loop.call_soon_threadsafe(do, *args)

    def _wake_all(self) -> None:
        for looker in self._lookers:
            looker.wake()

    def _is_over(self) -> bool:
        with self._lock:
            return not self._lookers and self._clock.now() - self._left > _GRACE_S


def _end_all(lookers: set[Looker], error: CanonError | None) -> None:
    for looker in lookers:
        looker.end(error)


class Looker:
    """Somebody who looks, in the server's loop. Made by `Viewfinder.look()`."""

    def __init__(self, viewfinder: Viewfinder) -> None:
        self._viewfinder = viewfinder
        self._woken = asyncio.Event()
        self._seen = 0
        self._over = False
        self.error: CanonError | None = None

    def wake(self) -> None:
        """A new frame is there."""
        self._woken.set()

    def end(self, error: CanonError | None) -> None:
        """There are no more frames."""
        self._over, self.error = True, error
        self.wake()

    async def next(self) -> Shown | None:
        """The newest frame that was not seen yet; None at the end."""
        while True:
            shown = self._viewfinder.newest
            if shown is not None and shown.number > self._seen:
                self._seen = shown.number
                return shown
            if self._over:
                return None
            self._woken.clear()
            shown = self._viewfinder.newest
            if shown is None or shown.number <= self._seen:
                await self._woken.wait()

    def close(self) -> None:
        """Look no more."""
        self._viewfinder.leave(self)


_BOUNDARY = b"frame"
MJPEG = f"multipart/x-mixed-replace; boundary={_BOUNDARY.decode()}"


class Film(StreamingResponse):
    """The frames as MJPEG, until they end or the reader goes.

    Args:
        viewfinder: where they come from.

    Raises:
        Disconnected: the camera is not there.
        NotSupported: it has no live view.
    """

    def __init__(self, viewfinder: Viewfinder) -> None:
        self._viewfinder, self._looker = viewfinder, viewfinder.look()
        viewfinder.readers += 1
        super().__init__(self._frames(), headers={"cache-control": "no-store"}, media_type=MJPEG)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._viewfinder.readers -= 1
            self._looker.close()

    async def _frames(self) -> AsyncIterator[bytes]:
        head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
        while (shown := await self._looker.next()) is not None:
            start = head % (_BOUNDARY, len(shown.frame))
            yield b"".join((start, shown.frame, b"\r\n"))
