"""The structures that stand for a value where a number would not do (sections 5.2 to 5.5).

Each is read from the bytes of a property and packs to the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from canon import values
from canon.codes import Words
from canon.errors import DecodeError
from canon.frozen import Frozen, replace
from canon.wire import Buffer, Codec, Message, Number, take, u32

EOS = "eos"
"""The dialect, as values without a name keep it."""
s32 = Annotated[int, Number(4, signed=True)]

# --- the files of a release (section 5.2) ---------------------------------------------------------


class FormatFile(Message):
    """One file of a release; its size in bytes is 0x10."""

    bytes: u32
    kind: u32
    size: u32
    compression: u32


FORMAT_FILE = 0x10
"""The bytes of a FormatFile."""
JPEG, RAW, HEIF = 1, 6, 8
"""The kinds of file. That of a HEIF is not recorded: the first two are those of Canon's EDSDK, too
(EdsImageType and EdsImageQuality in EDSDKTypes.h), and there a HEIF has 8."""
_SIZES = Words(
    lambda: {
        0: values.ImageSize.LARGE,
        1: values.ImageSize.MEDIUM,
        2: values.ImageSize.SMALL,
        5: values.ImageSize.MEDIUM_1,
        6: values.ImageSize.MEDIUM_2,
        0x0E: values.ImageSize.SMALL_1,
        0x0F: values.ImageSize.SMALL_2,
        0x10: values.ImageSize.SMALL_3,
    },
    EOS,
)
_QUALITIES = Words(
    lambda: {
        0: values.Quality.CUSTOM,
        1: values.Quality.CUSTOM_1,
        2: values.Quality.NORMAL,
        3: values.Quality.FINE,
        5: values.Quality.SUPERFINE,  # Guess: as PowerShots count it; an M100 and a G5 X have it
    },
    EOS,
)
_RAWS = Words(
    lambda: {
        4: values.FileKind.RAW,
        1 << 32 | 4: values.FileKind.MRAW,
        2 << 32 | 4: values.FileKind.SRAW,
        3: values.FileKind.CRAW,
    },
    EOS,
)
"""By a RAW's size, in the upper half, and its compression."""
_MOST_FILES = 2
_FILE_BITS = 24


class ImageFormats:
    """What a release writes, one file or two, as bytes and as a `Format`.

    A file that is neither JPEG nor RAW is a HEIF, which a body lists while HDR PQ is on. Its number
    is not recorded: it is only written as the body lists it (section 5.2).

    Bytes that mean no known format become a Format that keeps their numbers.
    """

    def value(self, raw: Buffer) -> values.Format:
        """The format of a structure."""
        parts = _parts(raw)
        files = [_file(*part) for part in parts]
        known = [file for file in files if file is not None]
        kinds = {file.kind.is_raw for file in known}
        if not parts or len(known) < len(parts) or len(kinds) < len(parts):
            return values.Format.unknown(EOS, _condensed(parts))
        return values.Format.of(*known)

    def code(self, value: values.Format) -> bytes | None:
        """The structure of a format; None where no EOS writes it."""
        if value.code is not None:
            parts = _expanded(value.code) if value.dialect in ("", EOS) else ()
        else:
            parts = tuple(part for file in value.files if (part := _file_codes(file)) is not None)
            if len(parts) < len(value.files):
                return None
        files = b"".join(FormatFile(FORMAT_FILE, *part).encode() for part in parts)
        return len(parts).to_bytes(4, "little") + files if parts else None


def format_entries(values: Buffer) -> Iterator[bytes]:
    """The structures of a list, up to one that is not whole."""
    start = 0
    while start + 4 <= len(values):
        count = int.from_bytes(values[start : start + 4], "little")
        end = start + 4 + FORMAT_FILE * count
        if not 1 <= count <= _MOST_FILES or end > len(values):
            return
        yield bytes(values[start:end])
        start = end


def _parts(raw: Buffer) -> tuple[tuple[int, int, int], ...]:
    """Kind, size and compression of each file; none where it is no such structure."""
    try:
        count = int.from_bytes(take(raw, 0, 4), "little")
        if not 1 <= count <= _MOST_FILES:
            return ()
        files = [FormatFile.read(raw, 4 + FORMAT_FILE * place)[0] for place in range(count)]
    except DecodeError:
        return ()
    return tuple((file.kind, file.size, file.compression) for file in files)


def _condensed(parts: tuple[tuple[int, int, int], ...]) -> int:
    """The numbers of the files in one: how many, and three bytes each; 0 where they do not fit."""
    if any(number > 0xFF for part in parts for number in part):
        return 0
    return int.from_bytes(bytes((len(parts), *(number for part in parts for number in part))))


def _expanded(code: int) -> tuple[tuple[int, int, int], ...]:
    raw = code.to_bytes(8)
    for count in range(1, _MOST_FILES + 1):
        if code >> _FILE_BITS * count == count:
            rest = raw[8 - 3 * count :]
            return tuple((rest[at], rest[at + 1], rest[at + 2]) for at in range(0, 3 * count, 3))
    return ()


def _file(kind: int, size: int, compression: int) -> values.File | None:
    if kind == RAW:
        raw = _RAWS.table.get(size << 32 | compression)
        return None if raw is None else values.File(raw)
    sized, how = _SIZES.table.get(size), _QUALITIES.table.get(compression)
    if sized is None or how is None:
        return None
    return values.File(values.FileKind.JPEG if kind == JPEG else values.FileKind.HEIF, sized, how)


def _file_codes(file: values.File) -> tuple[int, int, int] | None:
    raw = _RAWS.code(file.kind)
    if raw is not None:
        return RAW, raw >> 32, raw & 0xFFFFFFFF
    if file.kind is values.FileKind.HEIF:
        return None
    size = _SIZES.code(file.size) if file.size is not None else None
    quality = _QUALITIES.code(file.quality) if file.quality is not None else None
    return None if size is None or quality is None else (JPEG, size, quality)


# --- custom functions (section 5.3) ---------------------------------------------------------------


class CustomFunction(Frozen):
    """One custom function.

    Attributes:
        number: which one; bodies of one generation count alike.
        values: what it is set to; most have one number.
    """

    number: int
    values: tuple[int, ...]


class FunctionGroup(Frozen):
    """A group of custom functions, as the menu has them."""

    number: int
    functions: tuple[CustomFunction, ...]


class _Groups(Codec[tuple[FunctionGroup, ...]]):
    """The number of groups, and each with its length and its functions."""

    smallest = 4
    fixed = False

    def read(self, buffer: Buffer, at: int) -> tuple[tuple[FunctionGroup, ...], int]:
        count = _word(buffer, at)
        at += 4
        groups: list[FunctionGroup] = []
        while len(groups) < count:
            number, length, functions = (_word(buffer, at + 4 * place) for place in range(3))
            end = at + 4 + length
            take(buffer, at, 4 + length)
            at += 12
            found: list[CustomFunction] = []
            while len(found) < functions:
                values = _word(buffer, at + 4)
                raw = take(buffer, at + 8, 4 * values)
                found.append(CustomFunction(_word(buffer, at), tuple(raw.cast("I"))))
                at += 8 + 4 * values
            if at != end:
                raise DecodeError(
                    f"group {number} is {length} bytes long, its functions are not", at
                )
            groups.append(FunctionGroup(number, tuple(found)))
        return tuple(groups), at

    def write(self, value: tuple[FunctionGroup, ...]) -> bytes:
        out = [len(value)]
        for group in value:
            functions = [
                word
                for one in group.functions
                for word in (one.number, len(one.values), *one.values)
            ]
            out += [group.number, 8 + 4 * len(functions), len(group.functions), *functions]
        return _packed(out)


class CustomFunctions(Message):
    """The custom functions: all of them, or one group, as the body tells them.

    To change one, change its value in what was read, and write all of that.
    """

    size: u32
    groups: Annotated[tuple[FunctionGroup, ...], _Groups()]

    def get(self, number: int) -> tuple[int, ...] | None:
        """What a function is set to; None where it is not among these."""
        return next((one.values for one in self._all() if one.number == number), None)

    def with_values(self, number: int, values: tuple[int, ...]) -> CustomFunctions:
        """These with one function set to other values, as many as it has."""
        groups = tuple(
            replace(
                group,
                functions=tuple(
                    replace(one, values=values) if one.number == number else one
                    for one in group.functions
                ),
            )
            for group in self.groups
        )
        return replace(self, groups=groups)

    def _all(self) -> Iterator[CustomFunction]:
        for group in self.groups:
            yield from group.functions


def _word(buffer: Buffer, at: int) -> int:
    return int.from_bytes(take(buffer, at, 4), "little")


def _packed(words: list[int]) -> bytes:
    return b"".join(word.to_bytes(4, "little") for word in words)


# --- picture styles and time zones (section 5.5) --------------------------------------------------


_NUMBERS = ("contrast", "sharpness", "saturation", "color_tone", "filter", "toning")
_FINE = ("fineness", "threshold")
_STYLES = {
    28: _NUMBERS,
    32: ("base", *_NUMBERS),
    40: ("version", *_NUMBERS, *_FINE),
    44: ("version", "base", *_NUMBERS, *_FINE),
}
"""What follows the size of a style, by that size."""
_VERSION = 1


class Styles:
    """What a picture style is made of, as bytes and as a `Style`.

    Monochrome styles of some bodies have 0xdeadbeef for filter and toning; that is kept.
    """

    def value(self, raw: Buffer) -> values.Style | bytes:
        """The style of a structure; its bytes where it is none of those that are known."""
        words = [
            int.from_bytes(raw[at : at + 4], "little", signed=True) for at in range(0, len(raw), 4)
        ]
        names = _STYLES.get(len(raw), ())
        told = dict(zip(names, words[1:], strict=False))
        if not names or words[0] != len(raw) or told.pop("version", _VERSION) != _VERSION:
            return bytes(raw)
        return values.Style(**told)

    def code(self, value: values.Style | bytes) -> bytes | None:
        """The structure of a style; which of the four, its numbers tell."""
        if isinstance(value, bytes):
            return value
        told = {name: number for name, number in vars(value).items() if number is not None}
        for size, names in _STYLES.items():
            if told.keys() == set(names) - {"version"}:
                words = [size, *(told.get(name, _VERSION) for name in names)]
                if all(-(1 << 31) <= word < 1 << 31 for word in words):
                    return _packed([word & 0xFFFFFFFF for word in words])
        return None


class Timezone(Message):
    """Where the body is: the number of a city, and how far its clock is from UTC in minutes."""

    size: u32
    city: u32
    minutes: s32
