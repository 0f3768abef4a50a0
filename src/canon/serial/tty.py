"""A serial port of this computer as a line: the one file that imports pyserial."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from canon.clock import RealClock
from canon.errors import CameraNotFound, Disconnected, InUse, MissingExtra, PermissionDenied
from canon.serial.line import FIRST_SPEED
from canon.wire import Buffer

if TYPE_CHECKING:
    import serial

_STEP_S = 0.05  # pyserial sets the port up again for every other time-out
_WRITE_S = 30.0
_ERRORS: tuple[type[Exception], ...] = (OSError,)  # pyserial's own errors are OSErrors
with suppress(ImportError):  # Windows has none
    import termios

    _ERRORS += (termios.error,)


class TtyLine:
    """A line over an open serial port; made by `open_tty`."""

    def __init__(self, port: serial.Serial, name: str) -> None:
        self.clock = RealClock()
        self._port = port
        self._name = name

    def read(self, size: int, timeout_s: float) -> bytes:
        """What is there, `size` bytes at most; b"" when nothing came in time."""
        deadline = self.clock.now() + timeout_s
        with self._translated():
            while not (data := self._port.read(1)):
                if self.clock.now() >= deadline:
                    return b""
            return data + self._port.read(min(self._port.in_waiting, size - 1))

    def write(self, data: Buffer) -> None:
        """Send bytes."""
        with self._translated():
            self._port.write(data)

    def set_speed(self, bits_per_second: int) -> None:
        """Change the speed once everything written is out."""
        with self._translated():
            self._port.flush()
            self._port.baudrate = bits_per_second

    def close(self) -> None:
        """Give the port back. Closing twice is allowed."""
        self._port.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turns the errors of pyserial and of the system into those of a line."""
        try:
            yield
        except _ERRORS as error:
            raise Disconnected(
                f"{self._name} went away ({error})", "plug the cable in and start again"
            ) from error


def open_tty(name: str) -> TtyLine:
    """Open a serial port, by its path or its name: "/dev/ttyUSB0", "COM3".

    Raises:
        CameraNotFound: there is no such port.
        PermissionDenied: the system does not let this user open it.
        InUse: another program has it.
        MissingExtra: pyserial is not installed.
    """
    try:
        import serial
    except ImportError as error:
        raise MissingExtra("a serial port", "pyserial", "serial") from error
    try:
        port = serial.Serial(
            name, FIRST_SPEED, timeout=_STEP_S, write_timeout=_WRITE_S, exclusive=True
        )
    except OSError as error:
        if error.errno == errno.EACCES:
            raise PermissionDenied(
                f"you may not open {name}",
                "become a member of the group that owns it (often: sudo usermod -aG dialout "
                "$USER), and log in again",
            ) from error
        if error.errno in (errno.EBUSY, errno.EAGAIN):
            raise InUse(f"another program uses {name}", "end it and start again") from error
        no_terminal = isinstance(error.__context__, _ERRORS[1:])
        why = os.strerror(error.errno) if error.errno else str(error)
        raise CameraNotFound(
            f"{name} cannot be opened ({'it is no serial port' if no_terminal else why})",
            "name the one that the camera's cable is in, as serial:/dev/ttyUSB0",
        ) from error
    return TtyLine(port, name)
