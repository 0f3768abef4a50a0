"""Serves a virtual camera on a pseudo-terminal, which other programs open like a serial port.

One thread carries the bytes. Both ends stay open for the server's life, so programs may come and
go, and find the camera as the one before has left it. A pseudo-terminal has no speed of its own:
bytes pass at once, and are heard at any speed but that of a break.
"""

from __future__ import annotations

import os
import select
import termios
import threading
import tty
from typing import Self

from canon.virtual.line import LineCamera

_ROOM = 4096
_BREAK_SPEED = 50  # so slow that a zero byte is as good as a break
_SPEEDS = {
    getattr(termios, f"B{speed}"): speed
    for speed in (_BREAK_SPEED, 9600, 19200, 38400, 57600, 115200)
}


class TerminalServer:
    """A virtual camera on a pseudo-terminal.

    Args:
        camera: the camera, whose clock is real. While the server runs, nobody else may use it.

    Attributes:
        path: the device to open: "/dev/pts/7".
        speeds: the speeds, in bits a second, at which programs have sent bytes.

    Raises:
        ValueError: the camera's clock is not real.
    """

    def __init__(self, camera: LineCamera) -> None:
        if not camera.clock.real:
            raise ValueError("a camera on a pseudo-terminal needs a body with a real clock")
        self._camera = camera
        self._outgoing = bytearray()
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self._stop, self._stopped = os.pipe()
        self.path = os.ttyname(self._theirs)
        self.speeds: set[int] = set()
        self._thread = threading.Thread(target=self._serve, name="terminal", daemon=True)
        camera.say = self._outgoing.extend

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._stopped)
        self._thread.join()
        for end in (self._ours, self._theirs, self._stop):
            os.close(end)

    def _serve(self) -> None:
        clock = self._camera.clock
        while True:
            clock.run_due()
            due = clock.next_due()
            wait_s = None if due is None else max(0.0, due - clock.now())
            writing = [self._ours] if self._outgoing else []
            ready, writable, _ = select.select([self._ours, self._stop], writing, [], wait_s)
            if self._stop in ready:
                return
            if writable:
                del self._outgoing[: os.write(self._ours, self._outgoing)]
            if ready:
                self._hear(os.read(self._ours, _ROOM))

    def _hear(self, data: bytes) -> None:
        speed = _SPEEDS.get(termios.tcgetattr(self._theirs)[5], 0)
        self.speeds.add(speed)
        was_awake = self._camera.awake
        self._camera.hear(data, speed if speed == _BREAK_SPEED else self._camera.speed)
        if was_awake and not self._camera.awake:  # nobody waits for what was still to be said
            self._outgoing.clear()
            termios.tcflush(self._theirs, termios.TCIFLUSH)
