"""Formats: what one release writes, one file or two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Never, Self

from canon.frozen import Frozen
from canon.values.choice import Choice, plain
from canon.values.value import Value, code_in, no_such, unknown_text

if TYPE_CHECKING:
    from collections.abc import Iterable


class FileKind(Choice):
    """What kind of file a picture is."""

    JPEG = "jpeg"
    RAW = "raw"
    MRAW = "mraw"
    SRAW = "sraw"
    CRAW = "craw"
    HEIF = "heif"

    @property
    def is_raw(self) -> bool:
        """Whether it is the sensor's own data: all of it, of fewer pixels, or compressed."""
        return self in (FileKind.RAW, FileKind.MRAW, FileKind.SRAW, FileKind.CRAW)


class Quality(Choice):
    """How much a JPEG or a HEIF is compressed."""

    ECONOMY = "economy"
    NORMAL = "normal"
    FINE = "fine"
    SUPERFINE = "superfine"
    CUSTOM = "custom"
    CUSTOM_1 = "custom-1"


class ImageSize(Choice):
    """The size of a JPEG or a HEIF; the pixels are the model's."""

    LARGE = "large"
    MEDIUM = "medium"
    MEDIUM_1 = "medium-1"
    MEDIUM_2 = "medium-2"
    MEDIUM_3 = "medium-3"
    SMALL = "small"
    SMALL_1 = "small-1"
    SMALL_2 = "small-2"
    SMALL_3 = "small-3"


class File(Frozen):
    """One file of a release.

    Attributes:
        kind: a JPEG, a HEIF, or the sensor's own data.
        size: the size of a picture; None where the file has no choice of sizes.
        quality: how much it is compressed; None where the file has no choice of it.
    """

    kind: FileKind
    size: ImageSize | None = None
    quality: Quality | None = None

    def __str__(self) -> str:
        kind = None if self.kind is FileKind.JPEG else self.kind
        return "-".join(part for part in (kind, self.size, self.quality) if part is not None)


class Format(Value, str):
    """What a release writes: `Format("large-fine")`, `Format("raw")`, `Format("raw+large-fine")`.

    Of a JPEG its size and its quality are said, and so they are of a HEIF, `heif-large-fine`;
    capitals, spaces, - and _ are free.
    """

    def __new__(cls, typed: object) -> Self:
        """The format of that name, whether a camera has it or not.

        Raises:
            ValueError: it is no format; the message has the nearest.
        """
        if isinstance(typed, cls):
            return typed
        word = str(typed).strip().lower()
        if code_in(word) is not None:
            return str.__new__(cls, word)
        known = _files()
        files = [known.get(plain(part)) for part in word.split("+")]
        kinds = [file.kind.is_raw for file in files if file is not None]
        if len(set(kinds)) < len(files):
            pictures = [str(file) for file in known.values() if not file.kind.is_raw]
            alone = tuple(map(str, known.values()))
            raise no_such(cls, typed, (*alone, *(f"raw+{one}" for one in pictures)), "large-fine")
        return cls.of(*(file for file in files if file is not None))

    @classmethod
    def of(cls, *files: File) -> Self:
        """The format that writes these files: one, or a RAW and a picture."""
        ordered = sorted(files, key=lambda file: not file.kind.is_raw)
        return str.__new__(cls, "+".join(map(str, ordered)))

    @classmethod
    def parse(cls, typed: object) -> Self:
        """The format that a person means; as the class itself."""
        return cls(typed)

    @classmethod
    def unknown(cls, dialect: str, code: int) -> Self:
        """The value for a code that has no name."""
        value = str.__new__(cls, unknown_text(code))
        str.__setattr__(value, "_dialect", dialect)
        return value

    @property
    def files(self) -> tuple[File, ...]:
        """The files; none where the camera's code has no name yet."""
        if self.code is not None:
            return ()
        return tuple(_files()[plain(part)] for part in str(self).split("+"))

    @property
    def jpeg(self) -> File | None:
        """The JPEG among the files; None where there is none."""
        return next((file for file in self.files if file.kind is FileKind.JPEG), None)

    @property
    def raw(self) -> File | None:
        """The RAW among the files; None where there is none."""
        return next((file for file in self.files if file.kind.is_raw), None)

    def __str__(self) -> str:
        return str.__str__(self)

    def __repr__(self) -> str:
        return f"Format({str(self)!r})"

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError("a value does not change; make another Format")


RAW = File(FileKind.RAW)
"""The sensor's own data."""


def jpeg(size: ImageSize, quality: Quality) -> File:
    """A JPEG of that size and quality."""
    return File(FileKind.JPEG, size, quality)


def _files() -> dict[str, File]:
    """All files that have a name, by it."""
    if not _KNOWN:
        raws: Iterable[File] = (File(kind) for kind in FileKind if kind.is_raw)
        pictures: Iterable[File] = (
            File(kind, size, quality)
            for kind in (FileKind.JPEG, FileKind.HEIF)
            for size in ImageSize
            for quality in Quality
        )
        _KNOWN.update({plain(str(file)): file for file in (*raws, *pictures)})
    return _KNOWN


_KNOWN: dict[str, File] = {}
