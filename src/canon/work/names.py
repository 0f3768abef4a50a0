"""What the files of one picture have in common: which belong together, and one name for all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import BinaryIO

from canon.driver.card import CardPath, Entry
from canon.errors import DecodeError
from canon.files import safe_name
from canon.frozen import Frozen
from canon.models.file_kinds import Content, is_unknown, kind_of
from canon.work.template import Naming, Template


class Group(Frozen):
    """A picture, or those of one name, and what belongs to it; they keep one name here too.

    Attributes:
        pictures: the files of the card that a camera takes, RAW and JPEG.
        companions: those that belong to them.
    """

    pictures: tuple[Entry, ...]
    companions: tuple[Entry, ...] = ()

    @property
    def files(self) -> tuple[Entry, ...]:
        """All of them, pictures first."""
        return self.pictures + self.companions


def groups(entries: Iterable[Entry], is_wanted: Callable[[Entry], bool]) -> list[Group]:
    """The wanted files: each picture with what belongs to it, pictures of one name together."""
    from canon.camera.storage import owners

    files = [entry for entry in entries if not entry.is_folder]
    owned = owners(files)
    pictures: dict[CardPath, list[Entry]] = {}
    companions: dict[CardPath, list[Entry]] = {}
    for entry in files:
        if entry.path not in owned and is_wanted(entry):
            pictures.setdefault(_name(entry), []).append(entry)
    for entry in files:
        above = [_name(one) for one in owned.get(entry.path, ()) if _name(one) in pictures]
        if above:
            companions.setdefault(above[0], []).append(entry)
        elif entry.path in owned and is_wanted(entry):
            pictures[entry.path] = [entry]
    return [
        Group(tuple(found), tuple(companions.get(name, ()))) for name, found in pictures.items()
    ]


def is_taken(entry: Entry) -> bool:
    """Whether a file is one that a camera takes, or of a kind that nobody knows."""
    return kind_of(entry.name).content is not Content.OTHER or is_unknown(entry.name)


def when_taken(name: str, file: BinaryIO) -> datetime | None:
    """When a picture was taken, as its file says; None where it does not."""
    if kind_of(name).content not in (Content.PICTURE, Content.RAW):
        return None
    from canon import exif

    file.flush()
    try:
        return exif.taken(file)
    except DecodeError:
        return None


def this_second() -> datetime:
    """The time of this computer, which is taken where a file has none."""
    return datetime.now().replace(microsecond=0)


def base_of(path: PurePosixPath, suffix: str) -> PurePosixPath:
    """A path without the suffix of the file that it is for."""
    name = path.name
    cut = suffix and name.casefold().endswith(suffix.casefold()) and len(name) > len(suffix)
    return path.with_name(name[: -len(suffix)]) if cut else path


def with_end(base: PurePosixPath, suffix: str) -> PurePosixPath:
    """The path of one file of a picture, by what all of them have in common."""
    return base.with_name(safe_name(base.name + suffix))


def own_base(template: Template, naming: Naming, entry: Entry, group: Group) -> PurePosixPath:
    """The path without its suffix of a file of a picture, by a template.

    Each picture goes by its own kind where the template has `ext`, and companions by the first; but
    one of the same suffix as a picture, as the THM_0021.JPG of a PowerShot 350, by its own name.

    Args:
        template: the template.
        naming: what it can say of the first file of the picture.
        entry: the file.
        group: the files of the picture.
    """
    is_picture = entry in group.pictures
    alike = entry.suffix.upper() in (one.suffix.upper() for one in group.pictures)
    if "ext" in template.fields if is_picture else alike:
        naming = naming.called(entry.name)
    return base_of(template.path(naming), f".{naming.ext}" if naming.ext else "")


def beside_twin(there: PurePosixPath, own: PurePosixPath, other: PurePosixPath) -> PurePosixPath:
    """Where one file of a picture goes, by where another lies; all without their suffixes.

    Args:
        there: where the other lies.
        own: where the template has that.
        other: where it has the one; there it gets the same number as the other. One that lies
            elsewhere, by another template or moved by the user, is followed to where it lies.
    """
    number = there.name.removeprefix(own.name)
    if there.parent == own.parent and re.fullmatch(r"(-\d+)?", number):
        return other.with_name(other.name + number)
    return there


def to_try(base: PurePosixPath, suffix: str) -> Iterator[PurePosixPath]:
    """The path of a file, then those to try when it is taken: IMG_0001-2.JPG."""
    yield with_end(base, suffix)
    for number in range(2, 10_000):
        yield with_end(base.with_name(f"{base.name}-{number}"), suffix)


def _name(entry: Entry) -> CardPath:
    """What the files of one picture have in common."""
    return entry.parent.child(entry.stem)
