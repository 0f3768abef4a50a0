"""A virtual camera in this process, as a line: its clock jumps wherever the host would wait.

Bytes take their time, ten bits each at the speed of the line, so what a download lasts is what it
would last on a real line. `FaultyLine` spoils any line by a seed.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from typing import Protocol

from canon.clock import Clock
from canon.errors import Disconnected
from canon.serial.line import FIRST_SPEED, Line
from canon.virtual.clock import BodyClock
from canon.wire import Buffer

_PIECE = 1024  # bytes that come at once; at the first speed they take a second
_SLOW_ABOVE = 57600


class LineCamera(Protocol):
    """What whoever carries the bytes needs of a camera behind a serial plug.

    Attributes:
        clock: the body's own clock.
        say: takes what the camera sends; whoever carries it sets this.
        speed: bits a second at which it listens and talks now.
    """

    clock: BodyClock
    say: Callable[[bytes], None]
    speed: int

    @property
    def awake(self) -> bool:
        """Whether it takes anything but wake-up bytes."""
        ...

    @property
    def slow(self) -> bool:
        """Whether it wants its bytes one by one at high speeds."""
        ...

    def hear(self, data: bytes, speed: int) -> None:
        """Take bytes that came at a speed."""
        ...


class VirtualLine:
    """The bytes to and from a virtual camera; fits `canon.serial.line.Line`."""

    def __init__(self, camera: LineCamera) -> None:
        self.camera = camera
        camera.say = self._sent
        self._speed = FIRST_SPEED
        self._free = 0.0  # when the camera's last byte is through
        self._there: deque[bytes] = deque()
        self._closed = False

    @property
    def clock(self) -> BodyClock:
        """The body's own clock."""
        return self.camera.clock

    def read(self, size: int, timeout_s: float) -> bytes:
        """What is there; the clock jumps to the next thing due, or to the time-out."""
        self._must_be_open()
        deadline = self.clock.now() + timeout_s
        self.clock.run_due()
        while not self._there:
            due = self.clock.next_due()
            if due is None or due > deadline:
                self.clock.advance_to(deadline)
                break
            self.clock.advance_to(due)
        with self.clock.lock:
            data = b"".join(self._there)
            self._there.clear()
            if len(data) > size:
                self._there.append(data[size:])
        return data[:size]

    def write(self, data: Buffer) -> None:
        """Hand bytes to the camera when they are through."""
        self._must_be_open()
        self.clock.sleep(len(data) * 10 / self._speed)
        burst = self._speed > _SLOW_ABOVE and self.camera.slow
        # Guess (A1): of bytes that come too fast, such a body gets the first.
        with self.clock.lock:
            self.camera.hear(bytes(data[:1] if burst else data), self._speed)

    def set_speed(self, bits_per_second: int) -> None:
        """Change the speed of this end."""
        self._must_be_open()
        self._speed = bits_per_second

    def close(self) -> None:
        """Pull the plug: what the camera says is lost."""
        if not self._closed:
            self._closed = True
            self.camera.say = lambda data: None

    def _sent(self, data: bytes) -> None:
        """The camera sends: its bytes come as they are through, if the speeds are equal."""
        speed = self.camera.speed
        self._free = max(self._free, self.clock.now())
        for at in range(0, len(data), _PIECE):
            self._arrives(data[at : at + _PIECE], speed)

    def _arrives(self, piece: bytes, speed: int) -> None:
        self._free += len(piece) * 10 / speed

        def arrive() -> None:
            if speed == self._speed:
                self._there.append(piece)

        self.clock.at(self._free, arrive)

    def _must_be_open(self) -> None:
        if self._closed:
            raise Disconnected("this camera was closed", "open it again")


class FaultyLine:
    """A line that loses, doubles and changes bytes, both ways; fits `canon.serial.line.Line`.

    Args:
        line: the line that is spoiled.
        one_in: one byte in so many is spoiled, at random.
        seed: chooses which.
    """

    def __init__(self, line: Line, one_in: int, seed: int) -> None:
        self._line = line
        self._rate = 1 / one_in
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._whole = {way: self._gap() for way in ("in", "out")}

    @property
    def clock(self) -> Clock:
        """The clock of the line."""
        return self._line.clock

    def read(self, size: int, timeout_s: float) -> bytes:
        """What is there, spoiled."""
        return self._spoil(self._line.read(size, timeout_s), "in")

    def write(self, data: Buffer) -> None:
        """Send bytes, spoiled."""
        self._line.write(self._spoil(bytes(data), "out"))

    def set_speed(self, bits_per_second: int) -> None:
        """Change the speed."""
        self._line.set_speed(bits_per_second)

    def close(self) -> None:
        """Give the line back."""
        self._line.close()

    def _spoil(self, data: bytes, way: str) -> bytes:
        spoiled = bytearray()
        while len(data) > self._whole[way]:
            at = self._whole[way]
            spoiled += data[:at]
            byte = data[at]
            changed = byte ^ 1 << self._random.randrange(8)
            spoiled += self._random.choice((b"", bytes((byte, byte)), bytes((changed,))))
            data = data[at + 1 :]
            self._whole[way] = self._gap()
        self._whole[way] -= len(data)
        return bytes(spoiled + data)

    def _gap(self) -> int:
        """How many bytes are left alone before the next one is spoiled."""
        return int(self._random.expovariate(self._rate))
