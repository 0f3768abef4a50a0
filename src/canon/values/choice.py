"""What all choices have in common: a word out of a list."""

from __future__ import annotations

import enum
from typing import Self

from canon.values.value import Value, code_in, no_such, unknown_text


class Choice(Value, enum.StrEnum):
    """One of several words: `Flash.RED_EYE == "red-eye"`, and `Flash.parse("Red eye")` is it.

    What a camera says that has no name yet is a member of its own, which is in no list:
    `Flash("unknown-0x7d")`.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        code = code_in(value) if isinstance(value, str) else None
        return None if code is None else cls.unknown("", code)

    @classmethod
    def unknown(cls, dialect: str, code: int) -> Self:
        """The member for a code that has no name."""
        member = str.__new__(cls, unknown_text(code))
        member._name_, member._value_ = f"UNKNOWN_{code:#x}", unknown_text(code)
        member._dialect = dialect
        return member

    @classmethod
    def parse(cls, typed: object) -> Self:
        """The member that a person means: itself, or its word; capitals, - _ and spaces are free.

        Raises:
            ValueError: there is none; the message has the nearest, and those that are.
        """
        if isinstance(typed, cls):
            return typed
        if not isinstance(typed, Value):
            wanted = plain(str(typed))
            for member in cls:
                if plain(member) == wanted:
                    return member
            if (code := code_in(str(typed).strip().lower())) is not None:
                return cls.unknown("", code)
        raise no_such(cls, typed, tuple(cls))


def plain(word: str) -> str:
    """A word without what makes no difference: capitals, spaces, - and _."""
    return "".join(word.replace("-", " ").replace("_", " ").split()).lower()
