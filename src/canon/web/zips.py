"""Many files of a card as one zip, sent as they come: not packed, its length known before."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path

from canon.driver.card import SIZE_UNTOLD, CardPath, Entry
from canon.files import safe_name

_PIECE = 1 << 20
_LIMIT = zipfile.ZIP64_LIMIT
_FIRST, _LAST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)


def names(entries: Iterable[Entry]) -> dict[CardPath, str]:
    """What files are called in a zip: names that open on every system, each once."""
    found: dict[CardPath, str] = {}
    taken: set[str] = set()
    for entry in entries:
        folder, name = safe_name(entry.parent.name or "card"), safe_name(entry.name)
        path, number = f"{folder}/{name}", 1
        while path.casefold() in taken:
            number += 1
            stem, dot, suffix = name.rpartition(".")
            path = (
                f"{folder}/{stem or suffix}-{number}{dot if stem else ''}{suffix if stem else ''}"
            )
        taken.add(path.casefold())
        found[entry.path] = path
    return found


def length(entries: Iterable[Entry]) -> int:
    """How many bytes the zip of these files has.

    Raises:
        ValueError: nobody knows how long one of them is.
    """
    files = [*entries]
    for entry in files:
        if entry.size == SIZE_UNTOLD:
            raise ValueError(f"{entry.path} is longer than the camera can tell; fetch it alone")
    called = names(files)
    at = central = 0
    is_large = len(files) >= zipfile.ZIP_FILECOUNT_LIMIT
    for entry in files:
        name = len(called[entry.path].encode())
        large = entry.size > _LIMIT
        extra = (16 if large else 0) + (8 if at > _LIMIT else 0)
        central += 46 + name + (extra + 4 if extra else 0)
        at += 30 + name + (20 if large else 0) + entry.size + (24 if large else 16)
    is_large = is_large or at > _LIMIT or central > _LIMIT
    return at + central + (76 if is_large else 0) + 22


class _Pipe(io.RawIOBase):
    """Takes what the zip is made of, and cannot go back."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Take a piece."""
        self._waiting.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """What came since this was last asked."""
        found, self._waiting = b"".join(self._waiting), []
        return found


async def pieces(
    entries: Iterable[Entry],
    fetch: Callable[[Entry], Awaitable[Path]],
    let_go: Callable[[Entry], object],
) -> AsyncIterator[bytes]:
    """The bytes of the zip.

    Args:
        entries: the files.
        fetch: gives a file of this computer with the bytes of one.
        let_go: is told when it is needed no more.

    Raises:
        ValueError: a file has another size than it had.
    """
    files = [*entries]
    called = names(files)
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for entry in files:
            path = await fetch(entry)
            try:
                if path.stat().st_size != entry.size:
                    raise ValueError(f"{entry.path} has another size than it had")
                moment = entry.modified.timetuple()[:6] if entry.modified else _FIRST
                head = zipfile.ZipInfo(called[entry.path], min(max(moment, _FIRST), _LAST))
                head.external_attr = 0o644 << 16
                large = entry.size > _LIMIT
                with path.open("rb") as file, archive.open(head, "w", force_zip64=large) as into:
                    while piece := file.read(_PIECE):
                        into.write(piece)
                        yield pipe.take()
                yield pipe.take()
            finally:
                let_go(entry)
    yield pipe.take()
