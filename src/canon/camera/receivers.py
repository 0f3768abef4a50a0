"""Where the pictures of a release go that come to the computer: its memory, or its disk."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from canon.driver.shot import Picture, Released, Shot, rescued
from canon.errors import AlreadyThere
from canon.files import PartFile, beside, check_free, numbered, safe_name


@contextmanager
def receiver(to: str | Path | None, *, overwrite: bool) -> Iterator[InMemory | OnDisk]:
    """Where pictures go for a block: into memory, or to `to`; what is whole stays.

    Raises:
        AlreadyThere: `to` is a file that is there already.
        OSError: what came could not be written there; a note says where it was saved instead.
    """
    taker = InMemory() if to is None else OnDisk(to, overwrite=overwrite)
    try:
        yield taker
    except BaseException as error:
        try:
            taker.finish()
        except OSError as second:
            for note in second.__notes__:
                error.add_note(note)
        raise
    taker.finish()


class InMemory:
    """Keeps the pictures in memory; a Receiver of `canon.driver.shot`."""

    def __init__(self) -> None:
        self._pictures: list[Picture] = []
        self._file = io.BytesIO()

    def begin(self) -> BinaryIO:
        """A file in memory for the next picture."""
        self._file = io.BytesIO()
        return self._file

    def keep(self, name: str) -> None:
        """The picture is whole; from now on it is in memory once."""
        self._pictures.append(Picture(self._file.getbuffer(), name))
        self._file = io.BytesIO()

    def finish(self) -> None:
        """Nothing is left to do."""

    def shot(self, released: Released) -> Shot:
        """What the release gave."""
        return Shot(tuple(self._pictures), (), released.entries, released.thumbnail)


class OnDisk:
    """Streams the pictures to the disk; a Receiver of `canon.driver.shot`.

    Args:
        to: a file, or a folder that is there or ends with a slash.
        overwrite: whether a file that is there already may be replaced.

    Raises:
        AlreadyThere: `to` is a file that is there already.
    """

    def __init__(self, to: str | Path, *, overwrite: bool) -> None:
        self._to = Path(to).expanduser()
        self._overwrite = overwrite
        self._in_folder = self._to.is_dir() or str(to).endswith(("/", os.sep))
        self._folder = self._to if self._in_folder else self._to.parent
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self._in_folder:
            check_free(self._to, overwrite=overwrite)
        self._part: PartFile | None = None
        self._memory: io.BytesIO | None = None  # for a picture that has no file
        self._trouble: OSError | None = None  # why a picture is not where it was to go
        self._other: tuple[PartFile, str] | None = None  # whole, and of another kind than `to`
        self._saved: list[Path] = []

    def begin(self) -> BinaryIO:
        """A file under a temporary name for the next picture; it takes all that comes."""
        self._memory = None
        try:
            self._part = PartFile(self._folder, spills=True)
        except OSError as error:
            self._trouble, self._memory = error, io.BytesIO()
            return self._memory
        return self._part.file

    def keep(self, name: str) -> None:
        """The picture is whole: give it its name, so that nothing that follows can lose it."""
        if self._memory is not None and self._trouble is not None:
            self._rescue(self._memory.getvalue(), name, self._trouble)
            self._memory = None
            return
        part, self._part = self._part, None
        if part is None:
            return
        suffix = Path(name).suffix
        if self._in_folder:
            self._put(part, self._folder / safe_name(name), alone=False)
        elif self._to not in self._saved and suffix.upper() == self._to.suffix.upper():
            self._put(part, self._to, alone=True)
        elif self._other is None and not self._saved:
            self._other = part, name  # whether it is the only one is seen at the end
        else:
            self._put(part, beside(self._to, suffix), alone=False)

    def finish(self) -> None:
        """Name what is whole, and remove what is not; also after an error.

        Raises:
            OSError: a picture could not be saved where it was to go; notes say where it is.
        """
        if self._other:
            (part, name), self._other = self._other, None
            alone = not self._saved
            target = self._to if alone else beside(self._to, Path(name).suffix)
            self._put(part, target, alone=alone)
        if self._part:
            self._part.discard()
        if self._trouble and hasattr(self._trouble, "__notes__"):
            for one in self._saved:
                self._trouble.add_note(f"The other file of the picture is {one}")
            raise self._trouble

    def shot(self, released: Released) -> Shot:
        """What the release gave."""
        return Shot((), tuple(self._saved), released.entries, released.thumbnail)

    def _put(self, part: PartFile, target: Path, *, alone: bool) -> None:
        """Give a whole picture its name; one that is taken gets a number, so that none is lost."""
        try:
            self._saved.append(self._named(part, target, alone=alone))
        except OSError as error:
            self._rescue(part.read(), target.name, error)
            part.discard()

    def _named(self, part: PartFile, target: Path, *, alone: bool) -> Path:
        if self._overwrite and alone:
            part.keep(target, overwrite=True)
            return target
        for path in numbered(target):
            try:
                part.keep(path)
            except AlreadyThere:
                continue
            return path
        raise AlreadyThere(f"{target} and its numbers are all taken", "choose another folder")

    def _rescue(self, data: bytes, name: str, error: OSError) -> None:
        """Save a picture elsewhere; the error is raised when the release is over."""
        try:
            where = rescued(Picture(data, safe_name(name)))
        except OSError as second:
            note = f"It could not be saved elsewhere either: {second.strerror}; it is lost."
        else:
            note = f"So that the picture is not lost, it was saved elsewhere: {where}"
        self._trouble = self._trouble or error
        self._trouble.add_note(note)
