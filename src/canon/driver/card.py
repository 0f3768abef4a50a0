"""What is on a card: places, files and folders, and where their bytes go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from canon.frozen import Frozen

Sink = Callable[[memoryview], object]
"""Takes a file's bytes as they come; a view is valid only during the call."""

Progress = Callable[[int, int], object]
"""Is told how many bytes of how many are done."""


class Counted:
    """A sink that passes on what comes, and counts it.

    Args:
        sink: takes the bytes.
        progress: is told after each piece.
        expect: how many bytes are likely; progress counts towards them.

    Attributes:
        done: how many bytes have come.
    """

    def __init__(self, sink: Sink, progress: Progress | None = None, expect: int = 0) -> None:
        self.done = 0
        self._sink, self._progress, self._expect = sink, progress, expect

    def __call__(self, piece: memoryview) -> None:
        """Take a piece."""
        self._sink(piece)
        self.done += len(piece)
        if self._progress:
            self._progress(self.done, max(self._expect, self.done))


MOST_FILE = 0x7FFFFFFF
"""No file of a native camera is longer."""

WITH_THM = ("CRW", "AVI")
"""The kinds of file whose small picture lies beside them in a THM file of the same name."""


class Drive(Frozen):
    """A card: its name ("D:"), and its capacity and free space in bytes."""

    name: str
    capacity: int
    free: int


@dataclass(frozen=True, slots=True)
class CardPath:
    """A place on a card.

    Attributes:
        parts: the names of the folders and of the file, from the card's root.
        drive: the card's name; empty is the camera's first one.
    """

    parts: tuple[str, ...]
    drive: str = ""

    @classmethod
    def parse(cls, text: str) -> CardPath:
        r"""Read `DCIM/100CANON/IMG_0001.JPG`, or the camera's own `D:\DCIM\100CANON\IMG_0001.JPG`.

        Raises:
            ValueError: the path has `..` in it.
        """
        path = text.replace("\\", "/")
        drive = ""
        if path[1:2] == ":":
            drive, path = path[:2].upper(), path[2:]
        parts = tuple(part for part in path.split("/") if part not in ("", "."))
        if ".." in parts:
            raise ValueError(f"{text!r} goes up with '..'; name the folder itself")
        return cls(parts, drive)

    @property
    def name(self) -> str:
        """The last name, empty for the card's root."""
        return self.parts[-1] if self.parts else ""

    @property
    def parent(self) -> CardPath:
        """The folder that this is in; the root is its own."""
        return CardPath(self.parts[:-1], self.drive)

    def __truediv__(self, name: str) -> CardPath:
        return CardPath((*self.parts, name), self.drive)

    @property
    def typed(self) -> str:
        """As a person types it: with the card's name before it, where it has one."""
        return f"{self.drive}/{'/'.join(self.parts)}" if self.drive else str(self)

    def __str__(self) -> str:
        return "/".join(self.parts) or "/"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a folder on a card.

    Attributes:
        path: where it is.
        size: bytes; 0 for a folder.
        modified: the camera's local time; None when it has none.
        is_folder: whether it is a folder.
        protected: whether it is protected from deletion.
        new: whether it was never downloaded.
    """

    path: CardPath
    size: int = 0
    modified: datetime | None = None
    is_folder: bool = False
    protected: bool = False
    new: bool = False

    @property
    def name(self) -> str:
        """The file's name, without its folder."""
        return self.path.name

    def __str__(self) -> str:
        return str(self.path)
