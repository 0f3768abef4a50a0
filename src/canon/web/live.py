"""Live view for many: one thread per camera while somebody looks, and only the newest frame.

A looker that is slow misses frames; none sees old ones, and the camera does not wait for any.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING

from canon.clock import RealClock
from canon.driver.features import Feature
from canon.driver.shot import Frame
from canon.errors import CanonError, NotSupported
from canon.frozen import Frozen
from canon.log import Log
from canon.work import documents

if TYPE_CHECKING:
    from canon.camera import Camera
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
    """

    frame: Frame
    number: int
    time: float


class Viewfinder:
    """The live view of one camera.

    Args:
        station: the camera.

    Attributes:
        readers: how many programs read MJPEG.
    """

    def __init__(self, station: Station) -> None:
        self.readers = 0
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
        for looker in lookers:
            looker.end(None)
        if thread is not None:
            thread.join()

    def _run(self, cam: Camera) -> None:
        error: CanonError | None = None
        self._station.know(live=True)
        try:
            due = self._clock.now()
            for frame in cam.live:
                self._number += 1
                self._newest = Shown(frame, self._number, self._clock.now())
                for looker in tuple(self._lookers):
                    looker.wake()
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
            for looker in lookers:
                looker.end(error)
            self._station.know(live=False)
            self._station.look_at_settings()

    def _is_over(self) -> bool:
        with self._lock:
            return not self._lookers and self._clock.now() - self._left > _GRACE_S


class Looker:
    """Somebody who looks, in the server's loop. Made by `Viewfinder.look()`."""

    def __init__(self, viewfinder: Viewfinder) -> None:
        self._viewfinder = viewfinder
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        self._seen = 0
        self._over = False
        self.error: CanonError | None = None

    def wake(self) -> None:
        """A new frame is there; any thread may say so."""
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._woken.set)

    def end(self, error: CanonError | None) -> None:
        """There are no more frames; any thread may say so."""
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


async def mjpeg(viewfinder: Viewfinder, looker: Looker) -> AsyncIterator[bytes]:
    """The frames as MJPEG, until they end or the reader goes."""
    viewfinder.readers += 1
    try:
        while (shown := await looker.next()) is not None:
            head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
            yield head % (_BOUNDARY, len(shown.frame)) + shown.frame + b"\r\n"
    finally:
        viewfinder.readers -= 1
        looker.close()
