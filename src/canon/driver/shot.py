"""What one release gives, and what is said when it goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from canon.driver.card import Entry
from canon.errors import CanonError, DecodeError
from canon.frozen import Frozen

if TYPE_CHECKING:
    from pathlib import Path


class Picture(Frozen):
    """A picture that came to the computer.

    Attributes:
        name: a name for its file.
        data: the file's bytes.
    """

    name: str
    data: bytes

    def save(self, to: str | Path = ".", *, overwrite: bool = False) -> Path:
        """Write it to a file, or into a folder under its own name, and return the file's path.

        Raises:
            FileExistsError: the file is there already.
        """
        from canon.files import new_file, target_path

        target = target_path(to, self.name)
        with new_file(target, overwrite=overwrite) as file:
            file.write(self.data)
        return target

    def __repr__(self) -> str:
        return f"Picture({self.name!r}, {len(self.data)} bytes)"


class Shot(Frozen):
    """What one release gave.

    Attributes:
        files: where each picture is: an `Entry` on the card, or a `Picture` in memory.
        thumbnail: the small JPEG, if it was asked for.
    """

    files: tuple[Entry | Picture, ...]
    thumbnail: bytes | None = None

    def __repr__(self) -> str:
        return f"Shot(files={self.files!r})"


def picture_name(
    image: bytes, kind: str, names: Iterable[str], now: Callable[[], datetime | None], other: str
) -> str:
    """A name for a picture that came to the computer: one that it has already, or by its time.

    Args:
        image: the file's bytes; their EXIF tells the time, where they have any.
        kind: how the name ends, in capitals: ".JPG".
        names: those of the new files; the first of that kind is taken.
        now: asks the camera's clock.
        other: the name where nobody knows the time.
    """
    from canon.exif import read

    for name in names:
        if name.upper().endswith(kind):
            return name
    try:
        taken = read(image).taken
    except DecodeError:
        taken = None
        with suppress(CanonError):
            taken = now()
    return f"IMG_{taken:%Y%m%d_%H%M%S}{kind}" if taken else other


def note_maybe_taken(error: BaseException, *, card: bool) -> None:
    """Add to an error that came between the release and its end where a picture may be."""
    error.add_note(
        "A picture may have been taken; look for it on the card."
        if card
        else "A picture may have been taken; it was not meant for the card."
    )


def note_taken(error: BaseException, found: Iterable[Entry], *, card: bool) -> None:
    """Add to an error that came after the release where the picture is."""
    where = ", ".join(map(str, found))
    error.add_note(
        f"The picture was taken; it is on the card{where and f': {where}'}."
        if card
        else "The picture was taken, but it never came; it was not written to the card."
    )
