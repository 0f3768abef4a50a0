"""Settings, as a driver reads and writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

from canon.frozen import Frozen
from canon.values.kinds import Kind

READ_ONLY = "can only be read"
BY_DIAL = "set by the dial"
BY_MODE = "not in this mode"
MISSING = "this body has none, or none now"
"""Why a setting cannot be written."""

_NUMBER = r"0[xX][0-9a-fA-F]{1,4}"


class Reading(Frozen):
    """What a camera says of one setting.

    Attributes:
        name: its name, or the number of a property: "0xd045".
        kind: how its values are typed and told.
        value: what it is now.
        allowed: what it may be now; None when the camera does not say.
        writable: whether it can be set now; None when the camera does not say.
        why: why it cannot be set: "set by the dial", "not in this mode".
        raw: the bytes that stand for the value; empty for a text or a list, which say it all.
    """

    name: str
    kind: Kind[Any]
    value: Any
    allowed: tuple[Any, ...] | None = None
    writable: bool | None = None
    why: str = ""
    raw: bytes = b""

    @property
    def label(self) -> str:
        """What it is now, as people read it; empty where it is not there."""
        return "" if self.value is None else self.kind.label(self.value)

    def _repr_html_(self) -> str:
        return Readings({self.name: self})._repr_html_()


class Readings(dict[str, Reading]):
    """What a camera says of settings, by their names; a table in a notebook."""

    def _repr_html_(self) -> str:
        from canon.tables import table

        return table(
            ("setting", "is", "may be"),
            ((name, one.label, _may_be(one)) for name, one in self.items()),
        )


class Settings(Protocol):
    """What a camera is set to. Every verb raises CanonError."""

    def kind(self, name: str) -> Kind[Any] | None:
        """What kind of setting a name stands for; None where this dialect has none of it."""
        ...

    def wants_remote(self, *names: str) -> bool:
        """Whether these can only be read and written in remote control; without any, all."""
        ...

    def read(self, *names: str, lists: bool = True) -> dict[str, Reading]:
        """The settings of these names, or all; those that the body does not have are left out.

        Args:
            names: names, and numbers of properties.
            lists: whether `allowed`, `writable` and `why` are wanted; they may cost questions.
        """
        ...

    def write(self, changes: Mapping[str, object]) -> dict[str, Reading]:
        """Write several settings, and return at least those as they then are, without lists.

        Those that the body does not have are left out, and one that the camera did not take is as
        it was before.

        Args:
            changes: values of their kinds; to a number belongs what people type.

        Raises:
            ValueRefused: the camera refused one, or no camera of this dialect has such a value.
        """
        ...


def _may_be(reading: Reading) -> str:
    """What a setting may be, or why it cannot be set."""
    if reading.writable is False:
        return reading.why or "cannot be set now"
    if reading.allowed is None:
        return "the camera does not say"
    return ", ".join(map(reading.kind.label, reading.allowed))


def number_in(name: str) -> int | None:
    """The number of a property that is named by it, as "0xd045"; None for all other names."""
    return int(name, 16) if name[:2] in ("0x", "0X") and re.fullmatch(_NUMBER, name) else None
