"""A camera whose work another thread stops, where it waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from canon.ports import OnLine, Way
from canon.usb.port import VENDOR_IN, VENDOR_OUT

if TYPE_CHECKING:
    from canon.clock import Clock
    from canon.serial.line import Line
    from canon.usb.port import Descriptors, Endpoint, Port
    from canon.wire import Buffer

_STEP_S = 0.25


class Stop:
    """Stops what a camera does, as Ctrl-C does in the main thread, but never amid a question.

    A thread cannot be interrupted in a wait for the system. So the next wait for an event, the next
    pause, and the next time that it tells something end with a KeyboardInterrupt, once: what cleans
    up can wait again. A file that is coming comes to its end.
    """

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._gently: Callable[[], None] | None = None

    def ask(self) -> None:
        """Stop it."""
        if self._gently:
            self._gently()
        else:
            self._asked.set()

    @contextmanager
    def gently(self, stop: Callable[[], None]) -> Iterator[None]:
        """Let `stop` end a block, in which nothing is interrupted then."""
        self._gently = stop
        try:
            if self._asked.is_set():
                stop()
            yield
        finally:
            self._gently = None

    def heed(self) -> None:
        """Raise KeyboardInterrupt if it is to stop."""
        if self._asked.is_set():
            self._asked.clear()
            raise KeyboardInterrupt

    def on(self, way: Way) -> Way:
        """The same way to a camera, which heeds this."""
        if isinstance(way, OnLine):
            return OnLine(_Line(way.line, self), way.speed, way.model)
        return _Port(way, self)


class _Clock:
    """A clock on which nobody sleeps once it is to stop."""

    def __init__(self, clock: Clock, stop: Stop) -> None:
        self._clock, self._stop = clock, stop

    def now(self) -> float:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        until = self._clock.now() + seconds
        while (left := until - self._clock.now()) > _STEP_S:
            self._stop.heed()
            self._clock.sleep(_STEP_S)
        self._stop.heed()
        self._clock.sleep(max(left, 0))


class _Port:
    """A port on which nobody waits once it is to stop."""

    def __init__(self, port: Port, stop: Stop) -> None:
        self._port, self._stop = port, stop
        self._clock = _Clock(port.clock, stop)

    @property
    def clock(self) -> Clock:
        return self._clock

    @property
    def descriptors(self) -> Descriptors:
        return self._port.descriptors

    def control_out(
        self, request: int, value: int, index: int, data: bytes, *, kind: int = VENDOR_OUT
    ) -> None:
        self._port.control_out(request, value, index, data, kind=kind)

    def control_in(
        self, request: int, value: int, index: int, length: int, *, kind: int = VENDOR_IN
    ) -> bytes:
        return self._port.control_in(request, value, index, length, kind=kind)

    def bulk_out(self, data: Buffer, timeout_s: float) -> None:
        self._port.bulk_out(data, timeout_s)

    def bulk_in(self, buffer: memoryview, timeout_s: float) -> int:
        return self._port.bulk_in(buffer, timeout_s)

    def interrupt_in(self, timeout_s: float) -> bytes:
        self._stop.heed()
        return self._port.interrupt_in(timeout_s)

    def clear_halt(self, endpoint: Endpoint) -> None:
        self._port.clear_halt(endpoint)

    def reset(self) -> None:
        self._port.reset()

    def close(self) -> None:
        self._port.close()


class _Line:
    """A serial line on which nobody pauses once it is to stop."""

    def __init__(self, line: Line, stop: Stop) -> None:
        self._line, self._stop = line, stop
        self._clock = _Clock(line.clock, stop)

    @property
    def clock(self) -> Clock:
        return self._clock

    def read(self, size: int, timeout_s: float) -> bytes:
        return self._line.read(size, timeout_s)

    def write(self, data: Buffer) -> None:
        self._line.write(data)

    def set_speed(self, bits_per_second: int) -> None:
        self._line.set_speed(bits_per_second)

    def close(self) -> None:
        self._line.close()
