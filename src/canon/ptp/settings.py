"""Properties as settings, by their numbers: what any PTP camera has (ptp-core, section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from canon.driver.settings import READ_ONLY, Reading, number_in
from canon.errors import BadParameter, ValueRefused
from canon.ptp.datasets import (
    ARRAY,
    Choices,
    DataType,
    DevicePropDesc,
    PropertyValue,
    Range,
    write_value,
)
from canon.ptp.operations import GetDevicePropDesc
from canon.ptp.properties import Properties, as_int, ends_of
from canon.values import kinds
from canon.values.kinds import Kind

_MOST_STEPS = 1024


class NumberedSettings:
    """The properties of one camera; fits `canon.driver.settings.Settings`.

    Args:
        listed: what the camera lists of itself.
    """

    def __init__(self, listed: Properties) -> None:
        self._listed = listed

    def kind(self, name: str) -> Kind[Any] | None:
        """None: what a property is, only its description tells."""
        return None

    def wants_remote(self, *names: str) -> bool:
        """Whether one is not listed now, as the settings of a PowerShot are not."""
        codes = [number_in(name) for name in names]
        if not codes or None in codes:
            return True
        can_describe = self._listed.session.supports(GetDevicePropDesc)
        return can_describe and not all(code and self._listed.has(code) for code in codes)

    def read(self, *names: str, lists: bool = True) -> dict[str, Reading]:
        """The properties of these numbers, by one description each."""
        return {
            name: _reading(name, self._describe(code))
            for name in names
            if (code := number_in(name)) is not None
        }

    def write(self, changes: Mapping[str, object]) -> dict[str, Reading]:
        """Write properties, of the types that their descriptions name, and read them back.

        Raises:
            ValueError: a value is of another type, or does not fit; nothing is written then.
        """
        codes = {name: code for name in changes if (code := number_in(name)) is not None}
        types = {name: self._describe(code).kind for name, code in codes.items()}
        values = {}
        for name, kind in types.items():
            try:
                values[name] = _kind(kind).parse(changes[name])
                write_value(kind, values[name])
            except ValueError as error:
                raise ValueError(f"property {name} cannot be {changes[name]!r}: {error}") from None
        for name, code in codes.items():
            try:
                self._listed.write(code, types[name], values[name])
            except BadParameter as refusal:
                allowed = _reading(name, self._describe(code)).allowed
                raise ValueRefused(
                    name, values[name], allowed, refusal.code, refusal.command
                ) from refusal
        return self.read(*codes)

    def _describe(self, code: int) -> DevicePropDesc:
        self._listed.must(GetDevicePropDesc, "properties")
        return self._listed.describe(code)


def numbers_of(about: DevicePropDesc) -> tuple[int, ...] | None:
    """The numbers that a property may be now; None when the camera does not say."""
    if not about.writable:
        return ()
    if isinstance(about.form, Choices):
        return tuple(map(as_int, about.form.values))
    if isinstance(about.form, Range):
        first, last = ends_of(about)
        step = max(1, as_int(about.form.step))
        return tuple(range(first, last + 1, step)[:_MOST_STEPS])
    return None


def _reading(name: str, about: DevicePropDesc) -> Reading:
    allowed = about.form.values if isinstance(about.form, Choices) else None
    raw = write_value(about.kind, about.current) if isinstance(about.current, int) else b""
    why = "" if about.writable else READ_ONLY
    kind = _kind(about.kind)
    return Reading(name, kind, about.current, allowed, bool(about.writable), why, raw)


def _kind(kind: DataType) -> Kind[Any]:
    """How a property of that type is typed and told: a number, a text, or a list of numbers."""
    if kind == DataType.TEXT:
        return kinds.TEXT
    return _NUMBERS if kind & ARRAY else _NUMBER


def _typed(value: object, *, many: bool) -> PropertyValue:
    """Numbers as people type them, or as they are."""
    if not isinstance(value, str):
        return value  # type: ignore[return-value]  # write_value looks at it
    try:
        numbers = tuple(int(part, 0) for part in value.split(",") if part.strip())
    except ValueError:
        raise ValueError(f"{value!r} is no number, and no list of them as 1,2,3") from None
    return numbers if many or len(numbers) != 1 else numbers[0]


def _shown(value: PropertyValue) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _plain(value: PropertyValue) -> object:
    return value


_NUMBER = Kind("number", partial(_typed, many=False), _shown, _plain)
_NUMBERS = Kind("raw", partial(_typed, many=True), _shown, _plain)
