"""One step of a recorded conversation, as JSON and as lines for people."""

from __future__ import annotations

import dataclasses
import enum
import json
from dataclasses import dataclass, field
from typing import Any, cast

from canon.wire import Message, unexplained

SHOWN = 256
"""Bytes of something unexplained that are shown."""
_SPOKEN = 6  # items of a list that a line for people has


@dataclass(frozen=True)
class Odd:
    """Bytes that nobody can explain.

    Attributes:
        part: where they are: `command`, `reply` or `event`; in PTP `command`, `data`, `response`
            or `event`.
        offset: bytes from the start of that block, as the specification counts; of PTP's data, from
            the start of the dataset.
        raw: the bytes, no more than 256 of them.
    """

    part: str
    offset: int
    raw: bytes


@dataclass(frozen=True)
class Step:
    """One step of a conversation.

    Attributes:
        index: the number of the record with which it begins.
        name: the command, the operation, the event, or what else it is.
        fields: what it says.
        reply: what the camera answered; None when there is no answer.
        unexplained: the bytes of both that nobody can explain.
        note: what is out of order, empty when nothing is.
        time: seconds since the recording began, None when that was not written down.
        device: whose conversation it is: `bus.address`, empty in a trace.
    """

    index: int
    name: str
    fields: dict[str, Any] = field(default_factory=dict)
    reply: dict[str, Any] | None = None
    unexplained: tuple[Odd, ...] = ()
    note: str = ""
    time: float | None = None
    device: str = ""

    def as_json(self) -> str:
        """One line of JSON."""
        odd = [
            {"part": one.part, "offset": one.offset, "bytes": one.raw.hex()}
            for one in self.unexplained
        ]
        return json.dumps({**dataclasses.asdict(self), "unexplained": odd})

    def lines(self) -> list[str]:
        """The same for people: what passed, the rows of a listing, what is odd."""
        when = "" if self.time is None else f"{self.time:.3f}"
        line = f"{self.index:>6} {when:>9}  {self.name}{_in_words(self.fields)}"
        if self.reply is not None:
            line += f" → {_in_words(self.reply) if self.reply else 'ok'}"
        rows = [
            _in_words(row)
            for value in (*self.fields.values(), *(self.reply or {}).values())
            if _is_table(value)
            for row in value
        ]
        rows += [f"note: {_printable(self.note)}"] if self.note else []
        rows += [
            f"unexplained, {one.part} {one.offset:#04x}: {one.raw.hex(' ')}"
            for one in self.unexplained
        ]
        return [line, *(f"{'':18}{row}" for row in rows)]


def fields_of(message: Message) -> dict[str, Any]:
    """What a message says, as JSON can hold it; its unknown fields count as unexplained."""
    return {
        place.name: _plain(getattr(message, place.name))
        for place in dataclasses.fields(cast("Any", message))
        if not place.name.startswith("unknown")
    }


def _plain(value: Any) -> Any:
    match value:
        case Message():
            return fields_of(value)
        case enum.Enum():
            return value.name
        case bytes():
            return value.hex() if len(value) <= 64 else {"bytes": len(value)}
        case tuple() if names := getattr(value, "_fields", ()):
            return {name: _plain(item) for name, item in zip(names, value, strict=True)}
        case tuple():
            return [_plain(item) for item in value]
        case _:
            return value


def odd_of(part: str, kind: type[Message], buffer: bytes, at: int = 0) -> tuple[Odd, ...]:
    """What of a message nobody can explain; `at` is where it begins in its block."""
    return tuple(Odd(part, at + offset, raw[:SHOWN]) for offset, raw in unexplained(kind, buffer))


def _printable(text: str) -> str:
    """A text of a recording that cannot play tricks on a terminal."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return f"({', '.join(f'{name}={_in_words(item)}' for name, item in value.items())})"
    if _is_table(value):
        return f"[{len(value)} rows]"
    if isinstance(value, list):
        more = [f"and {len(value) - _SPOKEN} more"] if len(value) > _SPOKEN else []
        return f"[{', '.join([*map(_in_words, value[:_SPOKEN]), *more])}]"
    return repr(value) if isinstance(value, str) and not value.isidentifier() else str(value)
