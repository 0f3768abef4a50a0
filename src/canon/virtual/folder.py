"""A folder of the host as a card: what is in it is looked at when it becomes one, file by file.

What a card has no room for, or this computer does not let be read, is left out and told by its
name; so is what a card writes otherwise. One odd file costs nothing but itself.
"""

from __future__ import annotations

import itertools
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from canon.log import INFO, WARNING, Log
from canon.virtual.card import File, Folder, MemoryCard, seconds

_log = Log("canon_virtual")  # apart from what the host says, which has canon
_EARLIEST = datetime(1980, 1, 1)  # of FAT
_LATEST = datetime(2106, 2, 7, 6, 28, 14)  # of FAT it is 2107; cameras tell it in 32 bits
_LONGEST_STEM, _LONGEST_SUFFIX = 8, 3
_LONGEST_PATH = 63  # characters of a folder's path, as on MS-DOS
_TOLD = 5  # names in a warning; more are counted
_SUFFIXES = {"JPEG": "JPG", "TIFF": "TIF", "MPEG": "MPG"}
_NEVER = re.compile(r"[^A-Z0-9_~-]")
_PICTURES = "DCIM"
_HIDDEN = "left out, hidden"

_Identity = tuple[int, int]


LONGEST_IN_32_BITS = 0xFFFFFFFF
"""Bytes of the longest file where a listing has 32 bits for them."""


class OnHost:
    """The bytes of a file of the host, as long as it was when it became one of the card.

    Attributes:
        size: how many they are.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self.size = size

    def part(self, start: int, size: int) -> bytes:
        """Up to `size` of them from `start` on.

        Raises:
            OSError: the file is gone, or has become shorter.
        """
        size = max(0, min(size, self.size - start))
        try:
            with self._path.open("rb") as file:
                file.seek(start)
                read = file.read(size)
            if len(read) < size:
                raise OSError(f"{self._path} is shorter than it was")
        except OSError as error:
            _log.warning("a file of the card cannot be read any more: %s", error)
            raise
        return read


def card_from_folder(
    folder: Path, *, longest: int | None = None, pictures: str = _PICTURES
) -> MemoryCard:
    """A card that shows a folder of the host.

    A folder with a DCIM in it is the card's root; the files of any other appear in
    DCIM/100CANON. Names are written as a card writes them: in capitals, eight and three.

    Args:
        folder: the folder.
        longest: bytes of the longest file that this camera can have; None for any.
        pictures: the folder in which this camera keeps its pictures.

    Raises:
        ValueError: there is no such folder, or it cannot be read.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder; --card needs one")
    try:
        inside = {child.name.upper() for child in folder.iterdir() if child.is_dir()}
    except OSError as error:
        raise ValueError(f"{folder} cannot be read: {error.strerror}") from None
    card = MemoryCard()
    now = seconds(datetime.now())
    into = () if inside & {_PICTURES, pictures} else (pictures, "100CANON")
    card.make_folders((pictures,), now)
    reading = _Reading(folder, longest)
    reading.fill(card.make_folders(into, now), folder, into, (_identity(folder.stat()),))
    reading.tell()
    if pictures not in inside and _PICTURES in card.root.entries:
        card.root.entries[pictures] = card.root.entries.pop(_PICTURES)
    card.capacity = max(card.capacity, 2 * card.used)
    return card


class _Reading:
    """What is found while a folder becomes a card."""

    def __init__(self, folder: Path, longest: int | None) -> None:
        self._folder, self._longest = folder, longest
        self._told: dict[str, list[str]] = {}

    def fill(
        self, into: Folder, folder: Path, parts: tuple[str, ...], above: tuple[_Identity, ...]
    ) -> None:
        """Put what is in a folder of the host into one of the card.

        Args:
            into: the card's.
            folder: the host's.
            parts: the path of the card's.
            above: the host's folders in which this one is, and itself.
        """
        found = dict(self._sound(folder, parts, above))
        names = short_names(path.name for path in found)
        for path, about in found.items():
            name = names[path.name]
            if name != path.name.upper():
                self._note("named as a card names it", f"{self._shown(path)} as {name}")
            time = self._time(path, about.st_mtime)
            if stat.S_ISDIR(about.st_mode):
                inner = Folder(time)
                into.entries[name] = inner
                self.fill(inner, path, (*parts, name), (*above, _identity(about)))
            else:
                into.entries[name] = File(OnHost(path, about.st_size), time)

    def tell(self) -> None:
        """Say what the card has not, or otherwise, by name; of many of a kind the first ones."""
        for what, names in self._told.items():
            more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
            level = INFO if what == _HIDDEN else WARNING
            shown = ", ".join(names[:_TOLD]) + more
            _log.log(level, "card %s: %s: %s", self._folder, what, shown)

    def _sound(
        self, folder: Path, parts: tuple[str, ...], above: tuple[_Identity, ...]
    ) -> Iterator[tuple[Path, os.stat_result]]:
        """What of a folder can be on the card, sorted by name."""
        try:
            children = sorted(folder.iterdir())
        except OSError:
            self._note("left out, cannot be read", self._shown(folder))
            return
        for path in children:
            try:
                about = path.stat()
            except OSError:
                self._note("left out, leads nowhere", self._shown(path))
                continue
            if reason := self._refused(path, about, parts, above):
                self._note(reason, self._shown(path))
            else:
                yield path, about

    def _refused(
        self,
        path: Path,
        about: os.stat_result,
        parts: tuple[str, ...],
        above: tuple[_Identity, ...],
    ) -> str:
        """Why something cannot be on the card; "" when it can."""
        if path.name.startswith("."):
            return _HIDDEN
        is_folder = stat.S_ISDIR(about.st_mode)
        if not is_folder and not stat.S_ISREG(about.st_mode):
            return "left out, is no file"
        if not _is_readable(path, is_folder=is_folder):
            return "left out, cannot be read"
        if not is_folder and self._longest is not None and about.st_size > self._longest:
            return "left out, too long for this camera's cards"
        if is_folder and _identity(about) in above:
            return "left out, leads back to where it is"
        if is_folder and len("/".join(parts)) + 1 + _LONGEST_STEM > _LONGEST_PATH:
            return "left out, too deep for a card"
        return ""

    def _time(self, path: Path, changed: float) -> int:
        """The time of a file as a card has it, the nearest that it can hold."""
        least, most = _EARLIEST.timestamp(), _LATEST.timestamp()
        if not least <= changed <= most:
            self._note("with the nearest time that a card can hold", self._shown(path))
        return seconds(datetime.fromtimestamp(min(max(changed, least), most)))

    def _note(self, what: str, name: str) -> None:
        self._told.setdefault(what, []).append(name)

    def _shown(self, path: Path) -> str:
        return str(path.relative_to(self._folder))


def _is_readable(path: Path, *, is_folder: bool) -> bool:
    try:
        with os.scandir(path) if is_folder else path.open("rb"):
            return True
    except OSError:
        return False


def _identity(about: os.stat_result) -> _Identity:
    """What two paths to the same folder have alike."""
    return about.st_dev, about.st_ino


def short_names(names: Iterable[str]) -> dict[str, str]:
    """The names that a card gives to those of one folder: in capitals, eight and three.

    What fits keeps its name, and files of one stem with several suffixes keep one, as companions
    do. Others get a number, as on FAT: HOLIDA~1.JPG.
    """
    given: dict[str, str] = {}
    stems: dict[tuple[str, int], str] = {}  # by stem, and how often it came with this suffix before
    seen: Counter[tuple[str, str]] = Counter()
    taken: set[str] = set()
    last: dict[str, int] = {}  # number, by how a stem begins
    for name in sorted(names, key=lambda name: (not _fits(name), name)):
        stem, suffix = _split(name)
        before = seen[stem, suffix]
        seen[stem, suffix] += 1
        if (stem, before) not in stems:
            short = _NEVER.sub("_", stem)
            if before or len(short) > _LONGEST_STEM or short in taken:
                short = _numbered(short, taken, last)
            stems[stem, before] = short
            taken.add(short)
        given[name] = stems[stem, before] + (f".{suffix}" if suffix else "")
    return given


def _fits(name: str) -> bool:
    stem, suffix = _split(name)
    own = f"{stem}.{suffix}" if suffix else stem
    return own == name.upper() and len(stem) <= _LONGEST_STEM and not _NEVER.search(stem)


def _split(name: str) -> tuple[str, str]:
    """Stem and suffix of a name, in capitals; the suffix as a card writes it."""
    stem, dot, suffix = name.upper().rpartition(".")
    if not stem or not dot:
        return name.upper(), ""
    return stem, _NEVER.sub("_", _SUFFIXES.get(suffix, suffix))[:_LONGEST_SUFFIX]


def _numbered(stem: str, taken: set[str], last: dict[str, int]) -> str:
    """A stem with the first number behind it that is free, as far as there is room."""
    begins = stem[: _LONGEST_STEM - len("~1")]
    for number in itertools.count(last.get(begins, 0) + 1):
        tail = f"~{number}"
        short = stem[: _LONGEST_STEM - len(tail)] + tail
        if short not in taken:
            last[begins] = number
            return short
    raise AssertionError("numbers have an end")
