"""The card in a virtual camera: folders and files, as a camera keeps them.

What is written or deleted lives and dies with the virtual card: it keeps the first 16 MiB in memory
and what comes after that in a temporary file. Files of the host, which are read when they are asked
for and never changed, come from `canon.virtual.folder`.
"""

from __future__ import annotations

import functools
import io
import math
import re
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from canon.virtual.clock import EPOCH
from canon.virtual.spill import Spill, Spilled

if TYPE_CHECKING:
    from canon.virtual.pictures.exif import Exposure
    from canon.virtual.profile import Profile


_IN_MEMORY = 16 << 20  # bytes of files; more than that goes to the disk
_NAME = re.compile(r"[A-Z0-9!#$%&'()@^_`{}~-]{1,8}(\.[A-Z0-9!#$%&'()@^_`{}~-]{1,3})?")


class Stored(Protocol):
    """Bytes that are elsewhere: in a file of the host, or in the temporary one of a card."""

    @property
    def size(self) -> int:
        """How many they are."""
        ...

    def part(self, start: int, size: int) -> bytes:
        """Up to `size` of them from `start` on; OSError where they cannot be read any more."""
        ...


@dataclass
class File:
    """A file on the card.

    Attributes:
        data: its bytes, or what has them on the disk.
        time: seconds since 1970 in the camera's local time.
        protected: protected from deletion.
        new: not downloaded yet.
    """

    data: bytes | Stored
    time: int
    protected: bool = False
    new: bool = True

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return len(self.data) if isinstance(self.data, bytes) else self.data.size

    def read(self) -> bytes:
        """All of its bytes."""
        return self.part(0, self.size)

    def part(self, start: int, size: int) -> bytes:
        """Up to `size` of its bytes from offset `start` on."""
        if isinstance(self.data, bytes):
            return self.data[start : start + size]
        return self.data.part(start, size)

    def open(self) -> BinaryIO:
        """It as a file to read from, of which only what is asked for is read."""
        return io.BytesIO(self.data) if isinstance(self.data, bytes) else _opened(self.data)


class _Opened(io.RawIOBase):
    """Bytes that are elsewhere as a file."""

    def __init__(self, stored: Stored) -> None:
        self._stored, self._at = stored, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._stored.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, room: Any) -> int:
        read = self._stored.part(self._at, len(room))
        room[: len(read)] = read
        self._at += len(read)
        return len(read)


def _opened(stored: Stored) -> BinaryIO:
    return io.BufferedReader(_Opened(stored))


@dataclass
class Folder:
    """A folder on the card; its entries are in card order."""

    time: int = 0
    entries: dict[str, Folder | File] = field(default_factory=dict)


def is_name(name: str) -> bool:
    """Whether a file or a folder of a card can be called so: in capitals, eight and three."""
    return _NAME.fullmatch(name) is not None


class MemoryCard:
    """A memory card: a tree, and how much fits on it.

    Args:
        capacity: bytes in all.
        overhead: bytes that the file system takes for itself.
    """

    def __init__(self, capacity: int = 256 << 20, overhead: int = 0) -> None:
        self.capacity = capacity
        self.overhead = overhead
        self.root = Folder()
        self._spill: Spill | None = None

    @property
    def used(self) -> int:
        """Bytes that its files take."""
        return sum(file.size for file in _files(self.root))

    @property
    def free(self) -> int:
        """Bytes that are left."""
        return max(0, self.capacity - self.overhead - self.used)

    def find(self, parts: tuple[str, ...]) -> Folder | File | None:
        """What lies at a path, None when nothing does."""
        here: Folder | File = self.root
        for part in parts:
            if not isinstance(here, Folder):
                return None
            found = here.entries.get(part.upper())
            if found is None:
                return None
            here = found
        return here

    def folder(self, parts: tuple[str, ...]) -> Folder | None:
        """The folder at a path, None when there is none."""
        found = self.find(parts)
        return found if isinstance(found, Folder) else None

    def make_folders(self, parts: tuple[str, ...], time: int = 0) -> Folder:
        """The folder at a path, made where it is not there."""
        here = self.root
        for part in parts:
            found = here.entries.setdefault(part.upper(), Folder(time))
            if not isinstance(found, Folder):
                raise ValueError(f"{part} is a file")
            here = found
        return here

    def add(self, parts: tuple[str, ...], file: File) -> None:
        """Put a file on the card, and its folders where they are not there."""
        folder = self.make_folders(parts[:-1], file.time)
        if isinstance(file.data, bytes):
            file.data = self._kept(file.data)
        folder.entries[parts[-1].upper()] = file

    def append(self, file: File, data: bytes) -> None:
        """Put more bytes behind those of a file on the card."""
        if isinstance(file.data, Spilled) and self._spill:
            file.data = self._spill.more(file.data, data)
        else:
            whole, file.data = file.read() + data, b""
            file.data = self._kept(whole)

    def _kept(self, data: bytes) -> bytes | Spilled:
        """The bytes, or where they are on the disk when memory would become too full."""
        held = (len(file.data) for file in _files(self.root) if isinstance(file.data, bytes))
        if len(data) + sum(held) <= _IN_MEMORY:
            return data
        self._spill = self._spill or Spill()
        return self._spill.keep(data)


def fresh_card(profile: Profile, size: int = 256 << 20) -> MemoryCard:
    """The card of a virtual camera that was given none: six pictures, one with a spoken note.

    Where the body's profile says so, a RAW file and a movie follow, each with the THM that belongs
    to it.

    Args:
        profile: what the body reports of itself.
        size: its bytes.
    """
    from canon.virtual.pictures.exif import Exposure
    from canon.virtual.pictures.scene import card_pictures

    first = Exposure(
        taken=datetime(2003, 6, 14, 9, 30),
        number=1000001,
        model=profile.model,
        model_id=profile.model_id,
        firmware=profile.firmware,
        full_width=profile.pixels[0],
        remote=False,
    )
    card = MemoryCard(size)
    time = seconds(first.taken)
    card.make_folders(("MISC",), time)
    card.make_folders(("DCIM", "100CANON"), time)
    for shot, photo in card_pictures(6, first):
        name = f"IMG_{shot.number % 10000:04}.JPG"
        card.add(("DCIM", "100CANON", name), File(photo.image, seconds(shot.taken)))
    card.add(("DCIM", "100CANON", "SND_0002.WAV"), File(_spoken_note(), time + 900))
    for name, data in _more(first, profile.pixels, profile.raw_suffix, profile.movie):
        card.add(("DCIM", "100CANON", name), File(data, time + 5400))
    return card


@functools.lru_cache(maxsize=16)
def _more(
    first: Exposure, pixels: tuple[int, int], raw_suffix: str, has_movie: bool
) -> tuple[tuple[str, bytes], ...]:
    """A RAW file and a movie with what belongs to them, by their names."""
    from canon.virtual.pictures.boxes import cr3
    from canon.virtual.pictures.exif import CRW_THM
    from canon.virtual.pictures.raw import cr2, crw, movie, thm
    from canon.virtual.pictures.scene import photograph

    files: list[tuple[str, bytes]] = []
    shot = replace(first, taken=first.taken + timedelta(seconds=5400), number=first.number + 6)
    if raw_suffix:
        width, height = pixels
        photo = photograph(replace(shot, width=640, height=480))
        whole = replace(shot, width=width, height=height, quality=None, files=CRW_THM)
        if raw_suffix == ".CR2":
            files.append(("IMG_0007.CR2", cr2(whole, photo)))
        elif raw_suffix == ".CR3":
            files.append(("IMG_0007.CR3", cr3(whole, photo)))
        else:
            files.append(("IMG_0007.CRW", crw(whole, photo)))
            files.append(("IMG_0007.THM", thm(whole, photo)))
    if has_movie:
        film, small = movie(replace(shot, number=first.number + 7))
        files.append(("MVI_0008.AVI", film))
        files.append(("MVI_0008.THM", small))
    return tuple(files)


@functools.cache
def _spoken_note() -> bytes:
    """A second of a tone, as the camera records a note: 8 bits, 11025 Hz."""
    rate = 11025
    samples = bytes(128 + round(90 * math.sin(math.tau * 440 * at / rate)) for at in range(rate))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(rate)
        out.writeframes(samples)
    return file.getvalue()


def seconds(moment: datetime) -> int:
    """A local time as a card has it: in seconds since 1970."""
    return int((moment - EPOCH).total_seconds())


def _files(folder: Folder) -> Iterator[File]:
    for entry in folder.entries.values():
        if isinstance(entry, Folder):
            yield from _files(entry)
        else:
            yield entry
