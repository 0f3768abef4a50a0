"""How a value becomes bytes and back.

A `Message` is a frozen dataclass whose annotations carry codecs: `good: u8`, `name: Annotated[str,
Text(32)]`. Fields follow each other; `at(0x20)` puts one at an offset and leaves a gap of zeros.
The host encodes what the virtual camera decodes, so one class serves both. Bytes are checked in one
place, `take`: nothing reads past the end, nothing allocates by a length that is not there.
"""

from __future__ import annotations

import enum
import struct
import sys
from collections.abc import Callable, Iterator
from typing import (
    Annotated,
    Any,
    ClassVar,
    Generic,
    Self,
    TypeVar,
    dataclass_transform,
)

from canon.errors import DecodeError
from canon.frozen import Frozen, made

Buffer = bytes | bytearray | memoryview
T = TypeVar("T")
E = TypeVar("E", bound=int)
M = TypeVar("M", bound="Message")


def take(buffer: Buffer, at: int, size: int) -> memoryview:
    """The `size` bytes at offset `at`, without a copy; DecodeError when they are not all there."""
    if at < 0 or size < 0 or at + size > len(buffer):
        raise DecodeError(f"{size} bytes wanted, {max(0, len(buffer) - at)} are left", at)
    return memoryview(buffer)[at : at + size]


class Codec(Generic[T]):
    """One kind of field: how it is read, written, and what of it nobody can explain."""

    smallest: int  # bytes that the shortest value takes
    fixed: bool  # whether every value takes exactly that many

    def read(self, buffer: Buffer, at: int) -> tuple[T, int]:
        """The value at offset `at`, and the offset after it."""
        raise NotImplementedError

    def write(self, value: T) -> bytes:
        """The bytes of a value."""
        raise NotImplementedError

    def odd(self, buffer: Buffer, at: int, end: int) -> Iterator[tuple[int, int]]:
        """The (start, end) of bytes in a value's room that mean nothing known."""
        return iter(())


class Number(Codec[int]):
    """A little-endian integer of `size` bytes."""

    fixed = True

    def __init__(self, size: int, *, signed: bool = False) -> None:
        self.smallest, self.signed = size, signed

    def read(self, buffer: Buffer, at: int) -> tuple[int, int]:
        raw = take(buffer, at, self.smallest)
        return int.from_bytes(raw, "little", signed=self.signed), at + self.smallest

    def write(self, value: int) -> bytes:
        try:
            return int(value).to_bytes(self.smallest, "little", signed=self.signed)
        except OverflowError:
            raise ValueError(f"{value} does not fit in {self.smallest} bytes") from None


class OpenEnum(enum.IntEnum):
    """An enumeration of the wire that keeps numbers it does not know, as `UNKNOWN_0xb103`."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_, member._value_ = f"UNKNOWN_{value:#x}", value
        return member

    def __str__(self) -> str:
        return self.name.lower().replace("_", "-")


class Code(Codec[E]):
    """A number that is a member of an open enumeration."""

    fixed = True

    def __init__(self, kind: type[E], size: int) -> None:
        self.kind, self.number, self.smallest = kind, Number(size), size

    def read(self, buffer: Buffer, at: int) -> tuple[E, int]:
        value, end = self.number.read(buffer, at)
        return self.kind(value), end

    def write(self, value: E) -> bytes:
        return self.number.write(value)


class Raw(Codec[bytes]):
    """Bytes as they are: `size` of them, or all that are left."""

    def __init__(self, size: int | None = None) -> None:
        self.fixed, self.smallest = size is not None, size or 0

    def read(self, buffer: Buffer, at: int) -> tuple[bytes, int]:
        size = self.smallest if self.fixed else max(0, len(buffer) - at)
        return bytes(take(buffer, at, size)), at + size

    def write(self, value: bytes) -> bytes:
        if self.fixed and len(value) != self.smallest:
            raise ValueError(f"{len(value)} bytes given, {self.smallest} wanted")
        return bytes(value)


class Text(Codec[str]):
    """A string in a room of `size` bytes, ended by a NUL and padded with NULs."""

    fixed = True

    def __init__(self, size: int) -> None:
        self.smallest = size

    def read(self, buffer: Buffer, at: int) -> tuple[str, int]:
        return _text(bytes(take(buffer, at, self.smallest))), at + self.smallest

    def write(self, value: str) -> bytes:
        raw = latin(value)
        if len(raw) >= self.smallest:
            raise ValueError(f"{value!r} is longer than {self.smallest - 1} characters")
        return raw.ljust(self.smallest, b"\0")

    def odd(self, buffer: Buffer, at: int, end: int) -> Iterator[tuple[int, int]]:
        text, _, tail = bytes(buffer[at:end]).partition(b"\0")
        if tail.strip(b"\0"):
            yield at + len(text) + 1, end


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("latin-1")


def latin(value: str) -> bytes:
    """A string as the camera stores it: one byte a character, no NUL inside."""
    try:
        raw = value.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError(f"{value!r} has characters that the camera cannot store") from None
    if 0 in raw:
        raise ValueError(f"{value!r} has a NUL character in it")
    return raw


class _At(int):
    """The offset of a field, where its default would stand; no field of a message has one."""


def at(offset: int) -> Any:
    """Put a field at `offset` bytes from the start of its message; what lies between is zero."""
    return _At(offset)


_Place = tuple[str, Codec[Any], int | None]
"""One field of a layout: its name, its codec, and its offset where one is set."""


@dataclass_transform(frozen_default=True, field_specifiers=(at,))
class Message(Frozen):
    """A frozen value that knows its own byte layout.

    `padded=12` in a class statement means: zeros follow the last field, up to 12 bytes in all.
    """

    _places: ClassVar[tuple[_Place, ...]]
    _offsets: ClassVar[dict[str, _At]] = {}
    _padded: ClassVar[int] = 0
    _whole: ClassVar[_AtOnce]

    def __init_subclass__(cls, *, padded: int = 0) -> None:
        if offsets := {name: there for name, there in vars(cls).items() if type(there) is _At}:
            cls._offsets = cls._offsets | offsets
            for name in offsets:
                delattr(cls, name)
        super().__init_subclass__()
        if padded != cls._padded:
            cls._padded = padded

    @classmethod
    def layout(cls) -> tuple[_Place, ...]:
        """The fields: name, codec, and offset where one is set."""
        if "_places" not in cls.__dict__:
            codecs = {
                name: codec
                for base in reversed(cls.__mro__)
                if issubclass(base, Message)
                for name, codec in base._codecs()
            }
            cls._places = tuple(
                (name, codecs[name], cls._offsets.get(name)) for name in cls._defaults
            )
        return cls._places

    @classmethod
    def _codecs(cls) -> Iterator[tuple[str, Codec[Any]]]:
        """The fields of this class alone, with their codecs.

        Their annotations are read here, and not by typing.get_type_hints(): it reads those of all
        other attributes as well, which takes ten times as long.
        """
        module = vars(sys.modules[cls.__module__])
        for name, kind in cls.__annotations__.items():
            if name in cls._defaults:
                hint = module[kind] if kind in module else eval(kind, module)  # noqa: S307
                yield name, hint.__metadata__[0]

    @classmethod
    def _at_once(cls) -> _AtOnce:
        """What reads all fields in one go, where all have their room, and writes plain numbers.

        The last field may be all that is left.
        """
        if "_whole" not in cls.__dict__:
            cls._whole = _whole(cls.layout(), cls._padded)
        return cls._whole

    def encode(self) -> bytes:
        """The bytes of this message; ValueError when a field does not fit."""
        whole, _, rest = self._at_once()
        if whole is not None and not rest:
            try:
                return whole.pack(*map(self.__dict__.__getitem__, self._defaults))
            except struct.error:
                pass  # the field that does not fit is found below
        out = bytearray()
        for name, codec, offset in self.layout():
            if offset is not None:
                out += bytes(offset - len(out))
            out += codec.write(getattr(self, name))
        return bytes(out.ljust(self._padded, b"\0"))

    @classmethod
    def decode(cls, buffer: Buffer) -> Self:
        """The message in `buffer`; surplus bytes are left alone. Raises DecodeError."""
        return cls.read(buffer, 0)[0]

    @classmethod
    def read(cls, buffer: Buffer, start: int) -> tuple[Self, int]:
        """The message at offset `start`, and the offset after it."""
        values: dict[str, Any]
        whole, kinds, rest = cls._at_once()
        if whole is not None and 0 <= start <= len(buffer) - whole.size:
            end = start + whole.size
            values = dict(zip(cls._defaults, whole.unpack_from(buffer, start), strict=False))
            for name, kind in kinds:
                values[name] = kind(values[name])
            if rest:
                values[rest], end = bytes(buffer[end:]), len(buffer)
            return made(cls, values), end
        values = {}
        end = start
        for name, codec, offset in cls.layout():
            try:
                values[name], end = codec.read(buffer, end if offset is None else start + offset)
            except DecodeError as error:
                raise error.inside(cls.__name__, name) from None
        if cls._padded:
            end = start + len(take(buffer, start, cls._padded))
        return made(cls, values), end

    @classmethod
    def series(cls, buffer: Buffer, start: int, stride: int, count: int) -> list[Self]:
        """So many messages, each `stride` bytes after the one before, as `read` gives each."""
        places = range(start, start + stride * count, stride)
        whole, kinds, rest = cls._at_once()
        if whole is None or rest or (count and places[-1] + whole.size > len(buffer)):
            return [cls.read(buffer, at)[0] for at in places]
        names, unpack = tuple(cls._defaults), whole.unpack_from
        fields = [dict(zip(names, unpack(buffer, at), strict=False)) for at in places]
        for name, kind in kinds:
            for one in fields:
                one[name] = kind(one[name])
        return [made(cls, one) for one in fields]

    @classmethod
    def odd(cls, buffer: Buffer, start: int = 0) -> Iterator[tuple[int, int]]:
        """The (start, end) of bytes that the layout does not explain, surplus left out."""
        end = start
        for name, codec, offset in cls.layout():
            here = end if offset is None else start + offset
            if any(buffer[end:here]):
                yield end, here
            _, end = codec.read(buffer, here)
            yield from (
                ((here, end),) if name.startswith("unknown") else codec.odd(buffer, here, end)
            )
        if any(buffer[end : start + cls._padded]):
            yield end, start + cls._padded


_AtOnce = tuple[struct.Struct | None, tuple[tuple[str, Callable[[Any], Any]], ...], str]
"""What packs and unpacks all fields of a layout, if anything does; what some then become; and the
name of the last one, where that is the rest of the bytes."""


def _whole(places: tuple[_Place, ...], padded: int) -> _AtOnce:
    """What `Message._at_once` gives."""
    form, end = "<", 0
    kinds: list[tuple[str, Callable[[Any], Any]]] = []
    for name, codec, offset in places:
        number = codec
        if type(codec) is Code:
            number = codec.number
            kinds.append((name, codec.kind))
        if type(number) is Number and number.smallest in _LETTERS:
            letter = _LETTERS[number.smallest]
            letter = letter.lower() if number.signed else letter
        elif type(codec) is Text:  # it is not packed so: struct refuses what is no bytes
            kinds.append((name, _text))
            letter = f"{codec.smallest}s"
        elif (
            type(codec) is Raw
            and not codec.fixed
            and name == places[-1][0]
            and not (offset or padded)
        ):
            return struct.Struct(form), tuple(kinds), name
        else:
            return None, (), ""
        gap = 0 if offset is None else offset - end
        form += f"{gap}x{letter}"
        end += gap + number.smallest
    return struct.Struct(f"{form}{max(0, padded - end)}x"), tuple(kinds), ""


_LETTERS = {1: "B", 2: "H", 4: "I", 8: "Q"}
"""How `struct` calls numbers of so many bytes."""


class Inner(Codec[M]):
    """A message inside a message."""

    def __init__(self, kind: type[M]) -> None:
        self.kind = kind
        self.fixed = all(codec.fixed for _, codec, _ in kind.layout())
        self.smallest = smallest(kind)

    def read(self, buffer: Buffer, at: int) -> tuple[M, int]:
        return self.kind.read(buffer, at)

    def write(self, value: M) -> bytes:
        return value.encode()

    def odd(self, buffer: Buffer, at: int, end: int) -> Iterator[tuple[int, int]]:
        return self.kind.odd(buffer, at)


def smallest(kind: type[Message]) -> int:
    """The bytes that the shortest message of this kind takes."""
    end = 0
    for _, codec, offset in kind.layout():
        end = (end if offset is None else offset) + codec.smallest
    return max(end, kind._padded)


def size_of(kind: type[Message]) -> int | None:
    """The bytes that every message of this kind takes; None when that varies."""
    return smallest(kind) if all(codec.fixed for _, codec, _ in kind.layout()) else None


def unexplained(kind: type[Message], buffer: Buffer) -> list[tuple[int, bytes]]:
    """The bytes of a message that nobody can explain, as (offset, bytes).

    They are: what follows the last field, non-zero bytes in gaps and after a string's NUL, and
    every byte of a field named `unknown…`.
    """
    spans = [*kind.odd(buffer), (kind.read(buffer, 0)[1], len(buffer))]
    return [(start, bytes(buffer[start:end])) for start, end in spans if start < end]


u8 = Annotated[int, Number(1)]
u16 = Annotated[int, Number(2)]
u32 = Annotated[int, Number(4)]
s8 = Annotated[int, Number(1, signed=True)]
