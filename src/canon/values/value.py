"""What all values have in common: how they compare, and what stands for a code without a name.

A value is a text, as it is printed and typed. What a camera says and nobody has named yet is a
value too, "unknown-0x7d": it keeps the code, and in which dialect it was said, so that it can be
written back to the same kind of body.
"""

from __future__ import annotations

import re
from typing import Self

_UNKNOWN = r"unknown-0x([0-9a-f]{1,16})"


class Value:
    """A text of one kind: two values of different kinds are never equal, whatever they say.

    A value equals plain text that says the same. Subclasses are texts as well.
    """

    __slots__ = ()

    _dialect = ""

    @classmethod
    def unknown(cls, dialect: str, code: int) -> Self:
        """The value for a code that has no name, as a dialect's code table makes it."""
        raise NotImplementedError

    @property
    def code(self) -> int | None:
        """The camera's own number of what has no name yet; None for all that has one."""
        return code_in(str(self))

    @property
    def dialect(self) -> str:
        """The dialect in which a number without a name was said; empty when it was typed."""
        return self._dialect

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Value):
            return str.__eq__(str(self), other)
        if type(self) is not type(other) or str(self) != str(other):
            return False
        said = {self.dialect, other.dialect} - {""}
        return len(said) < 2

    def __ne__(self, other: object) -> bool:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    def __hash__(self) -> int:
        return hash(str(self))

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        if self.code is None:
            return type(self), (str(self),)
        return _unknown, (type(self), self.dialect, self.code)


def code_in(text: str) -> int | None:
    """The number in "unknown-0x7d"; None when the text is anything else."""
    found = re.fullmatch(_UNKNOWN, text) if text.startswith("unknown-") else None
    return int(found[1], 16) if found else None


def unknown_text(code: int) -> str:
    """What stands for a number without a name: "unknown-0x7d"."""
    return f"unknown-{code:#x}"


def in_words(kind: type) -> str:
    """What a kind of value is called in messages: "white balance"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower()
    return {"iso": "ISO", "af distance": "AF distance", "format": "image format"}.get(words, words)


def no_such(kind: type, typed: object, known: tuple[str, ...], example: str = "") -> ValueError:
    """What is said of a value that no camera has: what is nearest, and what there is.

    Args:
        kind: the class of the value.
        typed: what was asked for.
        known: all that there is.
        example: one of them, where they are too many to be listed.
    """
    from canon.nearest import nearest

    near = nearest(typed, known)
    said = f"{typed!r} is no {in_words(kind)}"
    if near is not None:
        said += f"; the nearest is {near}"
    if example:
        return ValueError(said if near is not None else f"{said}; give one like {example}")
    return ValueError(f"{said}; take one of: {', '.join(known)}")


def _unknown(kind: type[Value], dialect: str, code: int) -> Value:
    return kind.unknown(dialect, code)
