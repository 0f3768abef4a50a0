"""The strings of Canon's own protocols, as codecs: the NULs that end them differ by place."""

from __future__ import annotations

from collections.abc import Iterator

from canon.errors import DecodeError
from canon.wire import Buffer, Codec, Text, latin, take


class ZString(Codec[str]):
    """A string up to its NUL."""

    fixed = False
    smallest = 1

    def read(self, buffer: Buffer, at: int) -> tuple[str, int]:
        """The string, and the offset after its NUL."""
        text, nul, _ = bytes(take(buffer, at, max(0, len(buffer) - at))).partition(b"\0")
        if not nul:
            raise DecodeError("a string without its NUL", at)
        return text.decode("latin-1"), at + len(text) + 1

    def write(self, value: str) -> bytes:
        """The string and its NUL."""
        return latin(value) + b"\0"


class Names(Codec[tuple[str, ...]]):
    """Strings ended by a NUL each, and one more NUL; nothing follows them."""

    fixed = False
    smallest = 0

    def read(self, buffer: Buffer, at: int) -> tuple[tuple[str, ...], int]:
        """The strings, and the end of the buffer."""
        raw = bytes(take(buffer, at, max(0, len(buffer) - at))).rstrip(b"\0")
        parts = raw.split(b"\0") if raw else []
        return tuple(part.decode("latin-1") for part in parts), len(buffer)

    def write(self, value: tuple[str, ...]) -> bytes:
        """Each string and its NUL, and the last NUL."""
        return b"".join(latin(part) + b"\0" for part in value) + b"\0"


class Last(Codec[str]):
    """The string that ends a payload: its NUL, and `extra` more."""

    fixed = False
    smallest = 0

    def __init__(self, extra: int = 0) -> None:
        self.extra = extra

    def read(self, buffer: Buffer, at: int) -> tuple[str, int]:
        """The string, and the end of the buffer."""
        raw = bytes(take(buffer, at, max(0, len(buffer) - at)))
        return raw.partition(b"\0")[0].decode("latin-1"), len(buffer)

    def write(self, value: str) -> bytes:
        """The string and its NULs."""
        return latin(value) + bytes(1 + self.extra)

    def odd(self, buffer: Buffer, at: int, end: int) -> Iterator[tuple[int, int]]:
        """What follows the string and is not zero."""
        return Text(end - at).odd(buffer, at, end)


class Version(Codec[str]):
    """A firmware version: four bytes, the last number first; "1.0.2.0"."""

    fixed = True
    smallest = 4

    def read(self, buffer: Buffer, at: int) -> tuple[str, int]:
        """The version as text, and the offset after it."""
        return ".".join(str(part) for part in reversed(take(buffer, at, 4))), at + 4

    def write(self, value: str) -> bytes:
        """The four bytes of a version."""
        parts = [int(part) for part in value.split(".")]
        if len(parts) != 4:
            raise ValueError(f"{value!r} is not a version of four numbers")
        return bytes(reversed(parts))


class Bare(Last):
    """The string that ends a payload, without a NUL."""

    def write(self, value: str) -> bytes:
        """The bytes of the string."""
        return latin(value)
