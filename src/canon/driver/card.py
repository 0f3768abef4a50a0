"""What is on a card: places, files and folders, and where their bytes go."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import total_ordering

from canon.errors import ObjectNotFound
from canon.frozen import Frozen, made

SIZE_UNTOLD = 0xFFFFFFFF
"""The size of a file of 4 GiB and more, where the camera has no way to tell it."""

Sink = Callable[[memoryview], object]
"""Takes a file's bytes as they come; a view is valid only during the call."""

Progress = Callable[[int, int], object]
"""Is called with how many bytes of how many are done."""


class Counted:
    """A sink that passes on what comes, and counts it.

    Args:
        sink: takes the bytes.
        progress: is called after each piece.
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

_STORE = re.compile(r"\A/?(store_[0-9a-f]{8})(?:/|\Z)", re.IGNORECASE)
_STORE_CARD = re.compile(r"STORE_([0-9A-F]{8}):", re.IGNORECASE)
_CARD_BELOW_ROOT = re.compile(r"/[^/:]+:(/|\Z)")

_NEW_NAME = r"[A-Z0-9_~-]{1,8}(\.[A-Z0-9_~-]{1,3})?"


class Card(Frozen):
    """A card in the camera.

    Attributes:
        name: what paths call it: "D:".
        capacity: its bytes in all.
        free: its bytes that are free.
    """

    name: str
    capacity: int
    free: int


@total_ordering
class CardPath(Frozen):
    r"""A place on a card, with the manners of `pathlib.PurePosixPath`.

    It is made from text, `CardPath("DCIM/100CANON", "IMG_0001.JPG")`, and prints as it is typed.
    Every path counts from the card's root, with or without a slash before it; the camera's own
    `D:\DCIM\100CANON` is understood too, and what gphoto2 prints,
    `/store_00010001/DCIM/100CANON`. Capitals make no difference, as on a card: paths that
    differ in nothing else are equal. Paths sort by their names.

    Attributes:
        parts: the names of the folders and of the file, from the card's root.
        card: the card's name, "B:"; empty is the camera's first or only one.

    Raises:
        ValueError: the path has `..` in it.
    """

    parts: tuple[str, ...]
    card: str

    def __init__(self, place: Place = "", *below: str) -> None:
        parts: tuple[str, ...] = ()
        card = ""
        start = place.path if isinstance(place, Entry) else place
        if isinstance(start, CardPath):
            parts, card = start.parts, start.card
        else:
            below = (start, *below)
        for text in below:
            parts, card = _go(parts, card, text)
        object.__setattr__(self, "__dict__", {"parts": parts, "card": card})

    @classmethod
    def of(cls, parts: tuple[str, ...], card: str = "") -> CardPath:
        """The path of these names; they are taken as they are, whatever signs are in them."""
        return made(cls, {"parts": parts, "card": card})

    @property
    def name(self) -> str:
        """The last name: "IMG_0001.JPG"; empty for the card's root."""
        return self.parts[-1] if self.parts else ""

    @property
    def stem(self) -> str:
        """The last name without its suffix: "IMG_0001"."""
        return self.name[: len(self.name) - len(self.suffix)]

    @property
    def suffix(self) -> str:
        """How the last name ends, with the dot: ".JPG"; empty where it has none."""
        stem, dot, suffix = self.name.rpartition(".")
        return dot + suffix if stem and suffix else ""

    @property
    def parent(self) -> CardPath:
        """The folder that this is in; the root is its own."""
        return CardPath.of(self.parts[:-1], self.card)

    @property
    def parents(self) -> tuple[CardPath, ...]:
        """The folders that this is in, the innermost first and the card's root last."""
        return tuple(
            CardPath.of(self.parts[:end], self.card) for end in reversed(range(len(self.parts)))
        )

    def child(self, name: str) -> CardPath:
        """What has that name in this folder; the name is taken as it is."""
        return made(CardPath, {"parts": (*self.parts, name), "card": self.card})

    def with_name(self, name: str) -> CardPath:
        """What has that name beside this one."""
        return self.parent.child(name)

    def with_suffix(self, suffix: str) -> CardPath:
        """What lies beside this one and ends otherwise: `with_suffix(".THM")`."""
        return self.with_name(self.stem + suffix)

    def with_card(self, card: str) -> CardPath:
        """The same place on the card of that name."""
        return CardPath.of(self.parts, card)

    def match(self, pattern: str) -> bool:
        """Whether the end of the path fits: "*.jpg", "100CANON/*"; all of it if that begins so: /.

        Capitals make no difference.
        """
        wanted = CardPath(pattern).parts
        if not wanted or len(wanted) > len(self.parts):
            return False
        if pattern.startswith(("/", "\\")) and len(wanted) != len(self.parts):
            return False
        return all(map(fits, self.parts[-len(wanted) :], wanted))

    def __truediv__(self, below: str) -> CardPath:
        return CardPath(self, below)

    def __str__(self) -> str:
        path = "/".join(self.parts)
        return f"{self.card}/{path}" if self.card else path or "/"

    def __repr__(self) -> str:
        return f"CardPath({str(self)!r})"

    def _key(self) -> tuple[str, tuple[str, ...]]:
        return self.card.upper(), tuple(part.upper() for part in self.parts)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, CardPath) else NotImplemented

    def __lt__(self, other: object) -> bool:
        return self._key() < other._key() if isinstance(other, CardPath) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())


class Entry(Frozen):
    """A file or a folder on a card; entries sort by their paths.

    Attributes:
        path: where it is.
        size: bytes; 0 for a folder.
        modified: the camera's local time; None when it has none.
        is_folder: whether it is a folder.
        protected: whether it is protected from deletion.
        new: whether the file was never downloaded; None where this body does not tell.
    """

    path: CardPath
    size: int = 0
    modified: datetime | None = None
    is_folder: bool = False
    protected: bool = False
    new: bool | None = None

    @property
    def name(self) -> str:
        """Its name, without its folder: "IMG_0001.JPG"."""
        return self.path.name

    @property
    def stem(self) -> str:
        """Its name without the suffix: "IMG_0001"."""
        return self.path.stem

    @property
    def suffix(self) -> str:
        """How its name ends, with the dot: ".JPG"; empty where it has none."""
        return self.path.suffix

    @property
    def parent(self) -> CardPath:
        """The folder that it is in."""
        return self.path.parent

    def __lt__(self, other: object) -> bool:
        return self.path < other.path if isinstance(other, Entry) else NotImplemented

    def __str__(self) -> str:
        return str(self.path)


class Listing(list[Entry]):
    """What is in a folder: a list of entries, which shows itself as a table in a notebook."""

    def _repr_html_(self) -> str:
        from canon.tables import table

        return table(
            ("name", "bytes", "time", ""),
            (
                (
                    f"{entry.name}/" if entry.is_folder else entry.name,
                    None if entry.is_folder else entry.size,
                    entry.modified,
                    ", ".join(
                        word
                        for word, holds in (("protected", entry.protected), ("new", entry.new))
                        if holds
                    ),
                )
                for entry in self
            ),
        )


Place = Entry | CardPath | str
"""Where something is on the card: an entry of a listing, or its path."""


def fits(name: str, pattern: str) -> bool:
    """Whether a name on a card fits a pattern with `*`, `?` or `[…]`; capitals do not count."""
    from fnmatch import fnmatchcase

    return fnmatchcase(name.upper(), pattern.upper())


def new_path(path: CardPath) -> CardPath:
    """The path of a file or a folder that is to be made, its name as every card takes it.

    Cards take more than that, but not all cameras do, nor do other programs find what has an odd
    name; DCF names have capitals, digits and `_`.

    Raises:
        ValueError: the name is none.
    """
    name = path.name.upper()
    if not re.fullmatch(_NEW_NAME, name):
        raise ValueError(
            f"{path.name!r} cannot be a name on a card: it takes up to eight letters A to Z, "
            "digits, _, - or ~, then a dot and up to three more, as in IMG_0001.JPG"
        )
    return path.with_name(name)


def _go(parts: tuple[str, ...], card: str, text: object) -> tuple[tuple[str, ...], str]:
    """Go on from a place by what was typed; a card's name or a slash before it begins anew."""
    if not isinstance(text, str):
        raise TypeError(f"a place on a card is a text, a CardPath or an Entry; {text!r} is none")
    path = text.replace("\\", "/")
    if path.startswith("/") or not parts:
        path = _STORE.sub(r"\1:/", path)
    if _CARD_BELOW_ROOT.match(path):
        path = path[1:]
    name, colon, rest = path.partition(":")
    if name and colon and "/" not in name:
        parts, card, path = (), name.upper() + colon, rest
    elif path.startswith("/"):
        parts = ()
    more = tuple(part for part in path.split("/") if part not in ("", "."))
    if ".." in more:
        raise ValueError(f"{text!r} goes up with '..'; name the folder itself")
    return parts + more, card


def store_number(card: str) -> int | None:
    """The storage ID that names a card where gphoto2 printed it; None where the name is another."""
    found = _STORE_CARD.fullmatch(card)
    return int(found[1], 16) if found else None


def named_by_slot(number: int, names: Sequence[str]) -> str:
    """The name of the card that a storage ID means; its upper half counts the slots from 1.

    Raises:
        ObjectNotFound: there is none.
    """
    slot = number >> 16
    if not 1 <= slot <= len(names):
        there = ", ".join(names)
        raise ObjectNotFound(f"there is no card store_{number:08x}", f"the camera has {there}")
    return names[slot - 1]


def no_thumbnail(entry: Entry) -> ObjectNotFound:
    """The error of a file in which no thumbnail is found."""
    return ObjectNotFound("it has no thumbnail", "fetch the file itself", subject=entry.path)
