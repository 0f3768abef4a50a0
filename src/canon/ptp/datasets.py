"""The datasets of PTP: what a camera says of itself, its cards, its files and its properties.

Strings count their 16-bit units, the NUL included. A dataset may end early: what is missing of its
strings and lists is empty. Surplus bytes are left alone (ptp-core, sections 3 and 4).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Self

from canon.errors import DecodeError
from canon.frozen import Frozen, replace
from canon.wire import Buffer, Code, Codec, Message, Number, OpenEnum, take, u16, u32

u64 = Annotated[int, Number(8)]

MOST_TEXT = 254
"""Characters that fit into a PTP string."""

_LETTERS = {1: "b", 2: "h", 4: "i", 8: "q"}  # of the module struct, for signed numbers


class PtpText(Codec[str]):
    """A string: the number of its 16-bit units with the NUL, then the units; one 0 when empty."""

    smallest = 0
    fixed = False

    def read(self, buffer: Buffer, at: int) -> tuple[str, int]:
        if at >= len(buffer):
            return "", at
        end = min(at + 1 + 2 * buffer[at], len(buffer))
        units = bytes(take(buffer, at + 1, (end - at - 1) & ~1))
        return units.decode("utf-16-le", "replace").partition("\0")[0], end

    def write(self, value: str) -> bytes:
        if "\0" in value:
            raise ValueError(f"{value!r} has a NUL character in it")
        try:
            units = value.encode("utf-16-le")
        except UnicodeEncodeError:
            raise ValueError(f"{value!r} has characters that the camera cannot store") from None
        if not units:
            return b"\0"
        if len(units) > 2 * MOST_TEXT:
            raise ValueError(f"{value[:20]!r}… is longer than {MOST_TEXT} characters")
        return bytes((len(units) // 2 + 1,)) + units + b"\0\0"

    def odd(self, buffer: Buffer, at: int, end: int) -> Iterator[tuple[int, int]]:
        text, _ = self.read(buffer, at)
        known = at + 1 + len(text.encode("utf-16-le")) + 2
        if any(buffer[known:end]):
            yield known, end


class Array(Codec[tuple[int, ...]]):
    """A list of numbers of one size, with their count before them."""

    smallest = 0
    fixed = False

    def __init__(self, size: int, *, signed: bool = False) -> None:
        self.number = Number(size, signed=signed)

    def read(self, buffer: Buffer, at: int) -> tuple[tuple[int, ...], int]:
        if at >= len(buffer):
            return (), at
        count = int.from_bytes(take(buffer, at, 4), "little")
        size = self.number.smallest
        raw = take(buffer, at + 4, count * size)
        return self._numbers(raw, count), at + 4 + len(raw)

    def _numbers(self, raw: memoryview, count: int) -> tuple[int, ...]:
        size, signed = self.number.smallest, self.number.signed
        if size in _LETTERS:
            letter = _LETTERS[size] if signed else _LETTERS[size].upper()
            return struct.unpack(f"<{count}{letter}", raw)
        starts = range(0, len(raw), size)
        return tuple(int.from_bytes(raw[at : at + size], "little", signed=signed) for at in starts)

    def write(self, value: tuple[int, ...]) -> bytes:
        return len(value).to_bytes(4, "little") + b"".join(map(self.number.write, value))


Text = Annotated[str, PtpText()]
Codes = Annotated[tuple[int, ...], Array(2)]
Handles = Annotated[tuple[int, ...], Array(4)]


def moment(text: str) -> datetime | None:
    """A PTP time, `20031005T101530.0`, as the camera's local time; None when it is none."""
    found = re.fullmatch(r"(\d{8}T\d{6})(?:\.\d)?(?:Z|[+-]\d{4})?", text.strip())
    if found is None:
        return None
    try:
        return datetime.fromisoformat(found[1])
    except ValueError:
        return None


def time_text(when: datetime) -> str:
    """A local time as PTP writes it."""
    return when.strftime("%Y%m%dT%H%M%S")


class DeviceInfo(Message):
    """What a camera says of itself (section 4.1)."""

    standard_version: u16
    extension_id: u32
    extension_version: u16
    extension: Text
    functional_mode: u16
    operations: Codes
    events: Codes
    properties: Codes
    capture_formats: Codes
    image_formats: Codes
    manufacturer: Text
    model: Text
    version: Text
    serial: Text


class StorageIDs(Message):
    """The stores; those whose low half is 0 are empty slots (section 4.2)."""

    ids: Handles


class StoreKind(OpenEnum):
    """What a store is made of."""

    UNDEFINED = 0
    FIXED_ROM = 1
    REMOVABLE_ROM = 2
    FIXED_RAM = 3
    REMOVABLE_RAM = 4


class FileSystem(OpenEnum):
    """How the files of a store are kept."""

    UNDEFINED = 0
    FLAT = 1
    HIERARCHICAL = 2
    DCF = 3
    CANON_RAM = 0x8001


class StorageInfo(Message):
    """One store (section 4.3)."""

    kind: Annotated[StoreKind, Code(StoreKind, 2)]
    filesystem: Annotated[FileSystem, Code(FileSystem, 2)]
    access: u16  # 0 read and write, 1 read only, 2 read and delete
    capacity: u64
    free: u64
    free_images: u32  # 0xffffffff: not given
    description: Text
    label: Text


class ObjectHandles(Message):
    """The handles of files and folders (section 4.4)."""

    handles: Handles


_SIZE, _NAME = 0x08, 0x34  # offsets in ObjectInfo


class ObjectInfo(Message):
    """One file or folder (section 4.5)."""

    storage: u32
    format: u16
    protection: u16
    size: u32
    thumbnail_format: u16
    thumbnail_size: u32
    thumbnail_width: u32
    thumbnail_height: u32
    width: u32
    height: u32
    depth: u32
    parent: u32
    association: u16
    description: u32
    sequence: u32
    name: Text
    captured: Text
    modified: Text
    keywords: Text

    @classmethod
    def read(cls, buffer: Buffer, start: int) -> tuple[Self, int]:
        """The dataset at offset `start`, and the offset after it.

        Some cameras, none of Canon's, give the size eight bytes: there the name comes four later.
        """
        if any(buffer[start + _NAME : start + _NAME + 4]) or not any(
            buffer[start + _NAME + 4 : start + _NAME + 5]
        ):
            return super().read(buffer, start)
        size = int.from_bytes(take(buffer, start + _SIZE, 8), "little")
        narrow = bytes(buffer[: start + _SIZE + 4]) + bytes(buffer[start + _SIZE + 8 :])
        found, end = super().read(narrow, start)
        if not found.name:
            return super().read(buffer, start)
        return replace(found, size=size), end + 4

    def encode(self) -> bytes:
        """The bytes of this dataset; those of a size that four bytes do not hold take eight."""
        if self.size < 1 << 32:
            return super().encode()
        narrow = replace(self, size=0).encode()
        return narrow[:_SIZE] + self.size.to_bytes(8, "little") + narrow[_SIZE + 4 :]


# --- properties -----------------------------------------------------------------------------------

PropertyValue = int | str | tuple[int, ...]
"""The value of a property: a number, a string, or a list of numbers."""

ARRAY, STRING = 0x4000, 0xFFFF
_MOST_CHOICES = 0xFFFF


class DataType(OpenEnum):
    """How the value of a property is stored (section 3)."""

    INT8 = 1
    UINT8 = 2
    INT16 = 3
    UINT16 = 4
    INT32 = 5
    UINT32 = 6
    INT64 = 7
    UINT64 = 8
    INT128 = 9
    UINT128 = 10
    AINT8 = 0x4001
    AUINT8 = 0x4002
    AINT16 = 0x4003
    AUINT16 = 0x4004
    AINT32 = 0x4005
    AUINT32 = 0x4006
    AINT64 = 0x4007
    AUINT64 = 0x4008
    AINT128 = 0x4009
    AUINT128 = 0x400A
    TEXT = STRING


def value_codec(kind: DataType) -> Codec[int] | Codec[str] | Codec[tuple[int, ...]]:
    """How values of a type are read and written.

    Raises:
        DecodeError: there is no such type.
    """
    if kind == DataType.TEXT:
        return PtpText()
    number = kind & ~ARRAY
    if not DataType.INT8 <= number <= DataType.UINT128:
        raise DecodeError(f"{int(kind):#x} is no type of a value", 0)
    size, signed = 1 << (number - 1) // 2, number % 2 == 1
    return Array(size, signed=signed) if kind & ARRAY else Number(size, signed=signed)


def read_value(kind: DataType, buffer: Buffer, at: int = 0) -> tuple[PropertyValue, int]:
    """A value of that type, and the offset after it (section 4.7)."""
    return value_codec(kind).read(buffer, at)


def write_value(kind: DataType, value: PropertyValue) -> bytes:
    """The bytes of a value; ValueError when it does not fit its type."""
    codec = value_codec(kind)
    if isinstance(codec, PtpText) and isinstance(value, str):
        return codec.write(value)
    if isinstance(codec, Array) and isinstance(value, tuple):
        return codec.write(value)
    if isinstance(codec, Number) and isinstance(value, int):
        return codec.write(value)
    raise ValueError(f"{value!r} is no {kind} value")


class Range(Frozen):
    """The numbers from `minimum` to `maximum` in steps."""

    minimum: PropertyValue
    maximum: PropertyValue
    step: PropertyValue


class Choices(Frozen):
    """The values that a property may have."""

    values: tuple[PropertyValue, ...]


class DevicePropDesc(Message):
    """A property: its type, its value now, and what it may be (section 4.6).

    Every value has the type that the description names, so this class reads and writes itself.
    """

    code: int
    kind: DataType
    writable: int  # 0 read only, 1 read and write
    default: PropertyValue
    current: PropertyValue
    form: Range | Choices | None

    @classmethod
    def read(cls, buffer: Buffer, start: int) -> tuple[Self, int]:
        """The description at offset `start`, and the offset after it.

        Tolerated: a form byte that is missing, and fewer choices than their count says.
        """
        try:
            head = take(buffer, start, 5)
            code, number = (int.from_bytes(head[at : at + 2], "little") for at in (0, 2))
            kind = DataType(number)
            default, end = read_value(kind, buffer, start + 5)
            current, end = read_value(kind, buffer, end)
            form, end = cls._read_form(kind, buffer, end)
        except DecodeError as error:
            raise error.inside(cls.__name__, "") from None
        return cls(code, kind, head[4], default, current, form), end

    @staticmethod
    def _read_form(kind: DataType, buffer: Buffer, at: int) -> tuple[Range | Choices | None, int]:
        if at >= len(buffer):
            return None, at
        shape, at = buffer[at], at + 1
        if shape == 1:
            minimum, at = read_value(kind, buffer, at)
            maximum, at = read_value(kind, buffer, at)
            step, at = read_value(kind, buffer, at)
            return Range(minimum, maximum, step), at
        if shape != 2:
            return None, at
        count = int.from_bytes(take(buffer, at, 2), "little")
        at += 2
        values: list[PropertyValue] = []
        while len(values) < count and at < len(buffer):
            try:
                value, at = read_value(kind, buffer, at)
            except DecodeError:
                break
            values.append(value)
        return Choices(tuple(values)), at

    def encode(self) -> bytes:
        """The bytes of this description."""
        parts = [
            self.code.to_bytes(2, "little"),
            int(self.kind).to_bytes(2, "little"),
            bytes((self.writable,)),
            write_value(self.kind, self.default),
            write_value(self.kind, self.current),
        ]
        if isinstance(self.form, Range):
            ends = self.form.minimum, self.form.maximum, self.form.step
            parts += [b"\1", *(write_value(self.kind, value) for value in ends)]
        elif isinstance(self.form, Choices):
            if len(self.form.values) > _MOST_CHOICES:
                raise ValueError(f"{len(self.form.values)} choices are too many")
            parts += [b"\2", len(self.form.values).to_bytes(2, "little")]
            parts += [write_value(self.kind, value) for value in self.form.values]
        else:
            parts.append(b"\0")
        return b"".join(parts)

    @classmethod
    def odd(cls, buffer: Buffer, start: int = 0) -> Iterator[tuple[int, int]]:
        """The (start, end) of bytes that the layout does not explain: there are none inside."""
        return iter(())
