"""The card in a virtual camera: folders and files, as a camera keeps them.

A folder of the host can be shown as a card; the host's files are read when they are asked for and
never changed: what is written or deleted lives and dies with the virtual card. A card keeps the
first 16 MiB in memory and what comes after that in a temporary file.
"""

from __future__ import annotations

import io
import math
import re
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from canon.virtual.clock import EPOCH
from canon.virtual.spill import Spill, Spilled

if TYPE_CHECKING:
    from canon.virtual.pictures.exif import Exposure
    from canon.virtual.profile import Profile


_IN_MEMORY = 16 << 20  # bytes of files; more than that goes to the disk


@dataclass
class File:
    """A file on the card.

    Attributes:
        data: its bytes, or what has them on the disk: a file of the host, a card's temporary one.
        time: seconds since 1970 in the camera's local time.
        protected: protected from deletion.
        new: not downloaded yet.
    """

    data: bytes | Path | Spilled
    time: int
    protected: bool = False
    new: bool = True

    @property
    def size(self) -> int:
        """Its length in bytes."""
        if isinstance(self.data, Path):
            return self.data.stat().st_size
        return len(self.data) if isinstance(self.data, bytes) else self.data.size

    def read(self) -> bytes:
        """All of its bytes."""
        return self.part(0, self.size)

    def part(self, start: int, size: int) -> bytes:
        """Up to `size` of its bytes from offset `start` on."""
        if isinstance(self.data, bytes):
            return self.data[start : start + size]
        if isinstance(self.data, Spilled):
            return self.data.part(start, size)
        with self.data.open("rb") as file:
            file.seek(start)
            return file.read(size)


@dataclass
class Folder:
    """A folder on the card; its entries are in card order."""

    time: int = 0
    entries: dict[str, Folder | File] = field(default_factory=dict)


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
    def free(self) -> int:
        """Bytes that are left."""
        used = sum(file.size for file in _files(self.root))
        return max(0, self.capacity - self.overhead - used)

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


def card_from_folder(folder: Path) -> MemoryCard:
    """A card that shows a folder of the host.

    A folder with a DCIM in it is the card's root; the pictures of any other folder appear in
    DCIM/100CANON. Names are written as a card writes them, in capitals.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder; --card needs one")
    card = MemoryCard()
    rooted = any(child.name.upper() == "DCIM" and child.is_dir() for child in folder.iterdir())
    into = () if rooted else ("DCIM", "100CANON")
    card.make_folders(into or ("DCIM",), _seconds(datetime.now()))
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if not path.is_file() or any(part.startswith(".") for part in inside):
            continue
        time = _seconds(datetime.fromtimestamp(path.stat().st_mtime))
        parts = tuple(re.sub(r"[^A-Z0-9_.~-]", "_", part.upper()) for part in inside)
        card.add((*into, *parts), File(path, time))
    card.capacity = max(card.capacity, 2 * (card.capacity - card.free))
    return card


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
    time = _seconds(first.taken)
    card.make_folders(("MISC",), time)
    card.make_folders(("DCIM", "100CANON"), time)
    for shot, photo in card_pictures(6, first):
        name = f"IMG_{shot.number % 10000:04}.JPG"
        card.add(("DCIM", "100CANON", name), File(photo.image, _seconds(shot.taken)))
    card.add(("DCIM", "100CANON", "SND_0002.WAV"), File(_spoken_note(), time + 900))
    for name, data in _more(first, profile):
        card.add(("DCIM", "100CANON", name), File(data, time + 5400))
    return card


def _more(first: Exposure, profile: Profile) -> Iterator[tuple[str, bytes]]:
    """A RAW file and a movie with what belongs to them, by their names."""
    from canon.virtual.pictures.boxes import cr3
    from canon.virtual.pictures.exif import CRW_THM
    from canon.virtual.pictures.raw import cr2, crw, movie, thm
    from canon.virtual.pictures.scene import photograph

    shot = replace(first, taken=first.taken + timedelta(seconds=5400), number=first.number + 6)
    if profile.raw_suffix:
        width, height = profile.pixels
        photo = photograph(replace(shot, width=640, height=480))
        whole = replace(shot, width=width, height=height, quality=None, files=CRW_THM)
        if profile.raw_suffix == ".CR2":
            yield "IMG_0007.CR2", cr2(whole, photo)
        elif profile.raw_suffix == ".CR3":
            yield "IMG_0007.CR3", cr3(whole, photo)
        else:
            yield "IMG_0007.CRW", crw(whole, photo)
            yield "IMG_0007.THM", thm(whole, photo)
    if profile.movie:
        film, small = movie(replace(shot, number=first.number + 7))
        yield "MVI_0008.AVI", film
        yield "MVI_0008.THM", small


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


def _seconds(moment: datetime) -> int:
    return int((moment - EPOCH).total_seconds())


def _files(folder: Folder) -> Iterator[File]:
    for entry in folder.entries.values():
        if isinstance(entry, Folder):
            yield from _files(entry)
        else:
            yield entry
