"""What JSON says of an error, a file, a setting and a clock; the same wherever JSON is spoken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from canon.errors import (
    AlreadyThere,
    CanonError,
    NotEmpty,
    NotSupported,
    PortError,
    ProtocolError,
    Refused,
)
from canon.frozen import Frozen

if TYPE_CHECKING:
    from canon.camera import Camera
    from canon.driver.card import Entry
    from canon.driver.settings import Reading

FAILED, INTERRUPTED = 1, 130
_EXIT_CODES = (
    (PortError, 3),
    (ProtocolError, 4),
    ((Refused, AlreadyThere, NotEmpty), 5),
    (NotSupported, 6),
    (CanonError, FAILED),
    ((ValueError, FileNotFoundError, IsADirectoryError, NotADirectoryError), 2),
    (KeyboardInterrupt, INTERRUPTED),
)


def exit_code(error: BaseException) -> int:
    """The exit code that an error ends the program with."""
    return next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), FAILED)


def said(error: BaseException) -> str:
    """What happened, without the advice and without what the camera answered."""
    if isinstance(error, CanonError):
        return error.what
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def with_notes(text: str, error: BaseException) -> str:
    """What happened, and what was noted on the way."""
    notes = getattr(error, "__notes__", ())
    return " ".join([f"{text.rstrip('.')}.", *notes]) if notes else text


def of_error(error: BaseException) -> dict[str, Any]:
    """An error, in the one form that all verbs use.

    `kind` is the name of the Python error, or Interrupted; `message` says what happened, and
    `advice` what to do, null where the message says all; `code` and `command` are the camera's
    status word and the command that it refused, null where it was not asked; `exit` is the exit
    code that the error stands for.
    """
    return {
        "kind": "Interrupted" if isinstance(error, KeyboardInterrupt) else type(error).__name__,
        "message": with_notes(said(error), error),
        "advice": getattr(error, "advice", "") or None,
        "code": getattr(error, "code", 0) or None,
        "command": getattr(error, "command", "") or None,
        "exit": exit_code(error),
    }


def of_entry(entry: Entry, pictures: Iterable[str] = ()) -> dict[str, object]:
    """A file or a folder of the card.

    Args:
        entry: it.
        pictures: the names of the pictures that it belongs to.
    """
    return {
        "path": str(entry.path),
        "folder": entry.is_folder,
        "size": entry.size,
        "modified": entry.modified.isoformat() if entry.modified else None,
        "protected": entry.protected,
        "new": entry.new,
        "companion_of": [*pictures],
    }


def of_reading(told: Reading) -> dict[str, object]:
    """A setting: its value with its label, what it may be, and whether it can be set."""
    kind = told.kind
    return {
        "value": kind.plain(told.value),
        "label": kind.label(told.value),
        "kind": kind.name,
        "allowed": None if told.allowed is None else [*map(kind.plain, told.allowed)],
        "writable": told.writable,
        "why": told.why,
    }


class Clocks(Frozen):
    """The camera's clock and this computer's, read at the same moment."""

    camera: datetime
    computer: datetime

    @classmethod
    def read(cls, cam: Camera) -> Clocks:
        """Read both."""
        return cls(cam.camera_time, datetime.now().replace(microsecond=0))

    @property
    def difference_s(self) -> int:
        """Seconds by which the camera is ahead."""
        return round((self.camera - self.computer).total_seconds())

    def document(self) -> dict[str, object]:
        """Both, and the difference."""
        return {
            "camera_time": self.camera.isoformat(),
            "computer_time": self.computer.isoformat(),
            "difference_s": self.difference_s,
        }
