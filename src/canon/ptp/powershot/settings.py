"""What a PowerShot in release control is set to: properties that it lists then.

The camera is the judge: a setting is written and read back, and only when it was not taken is the
property described, to say what it takes (canon-powershot-ptp, section 3). One description has the
value, what it may be, and whether it can be written. Other properties go by their numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from typing import Any

from canon.codes import joined, split
from canon.driver.optional import BROKEN, UNTOLD, optional
from canon.driver.settings import BY_DIAL, BY_MODE, READ_ONLY, Reading
from canon.errors import (
    BadParameter,
    DeviceBusy,
    Refused,
    ValueRefused,
)
from canon.frozen import Frozen, replace
from canon.log import Log
from canon.ptp.datasets import DataType, DevicePropDesc
from canon.ptp.powershot.codes import FORMAT, MISSING, ROWS, PropertyRow
from canon.ptp.powershot.layouts import Property
from canon.ptp.properties import Properties, as_int, may_refuse
from canon.ptp.session import LOST
from canon.ptp.settings import NumberedSettings, numbers_of
from canon.values import Format
from canon.values.kinds import Kind

_log = Log(__name__)

_JPEG, _RAW = 1, 2  # of FULL_VIEW_FILE_FORMAT


class PtpSettings:
    """The settings of one PowerShot, and any property by its number.

    It fits `canon.driver.settings.Settings`. Settings are there while release control is on.

    Args:
        listed: what the camera lists of itself.
    """

    def __init__(self, listed: Properties) -> None:
        self._listed = listed
        self._numbered = NumberedSettings(listed)

    def kind(self, name: str) -> Kind[Any] | None:
        """What kind of setting a name stands for; that of a number is only told by the camera."""
        return ROWS[name].kind if name in ROWS else None

    def wants_remote(self, *names: str) -> bool:
        """Whether one has a name, or is a property that is not listed now."""
        return self._numbered.wants_remote(*names)

    def read(self, *names: str, lists: bool = True) -> dict[str, Reading]:
        """The settings of these names, or every one that the camera lists; one question each."""
        asking = _Asking(self._listed, lists=lists, strict=lists and bool(names), whole=not names)
        readings = {}
        for row in ROWS.values():
            if not names or row.name in names:
                reading = _reading(row, asking)
                if reading is not None:
                    readings[row.name] = reading
        return readings | self._numbered.read(*names)

    def write(self, changes: Mapping[str, object]) -> dict[str, Reading]:
        """Write the settings one by one, those first on which others hang, and read them back."""
        rows = [row for row in ROWS.values() if row.name in changes and self._has(row)]
        asking = _Asking(self._listed, lists=False, strict=False)
        for row in sorted(rows, key=lambda row: row.turn):
            self._write(row, changes[row.name], asking)
        now = {row.name: reading for row in rows if (reading := _reading(row, asking)) is not None}
        return now | self._numbered.write(changes)

    def _has(self, row: PropertyRow) -> bool:
        return all(map(self._listed.has, row.places))

    def _write(self, row: PropertyRow, value: Any, asking: _Asking) -> None:
        code = row.codes.code(value)
        if code is None or not row.settable:
            raise ValueRefused(row.name, value, self._takes(row))
        try:
            if row.place == FORMAT:
                self._write_format(row, code, asking)
            else:
                self._listed.write(row.place, row.stored, code)
        except Refused as refusal:
            if not _about_the_value(refusal):
                raise  # it is busy, or its battery is low: no other value would do
            allowed = None  # it may not even tell
            with may_refuse():
                allowed = self._takes(row)
            raise ValueRefused(row.name, value, allowed, refusal.code, refusal.command) from refusal

    def _write_format(self, row: PropertyRow, code: int, asking: _Asking) -> None:
        """The file's format where it is another one, and then, of a JPEG, its size and quality.

        These are not looked at before: a question takes as long as writing what is there already.
        """
        form, size, quality = split(code)
        now = asking.ask(Property.FULL_VIEW_FILE_FORMAT, row)
        if now is None or now.number != form:
            self._listed.write(Property.FULL_VIEW_FILE_FORMAT, row.stored, form)
            asking.forget(Property.FULL_VIEW_FILE_FORMAT)
        if form != _RAW:
            self._listed.write(Property.IMAGE_SIZE, row.stored, size)
            self._listed.write(Property.IMAGE_QUALITY, row.stored, quality)

    def _takes(self, row: PropertyRow) -> tuple[Any, ...] | None:
        """What a setting may be now; None when the camera does not tell it."""
        allowed = None
        with optional(f"what {row.name} may be"):
            allowed = _allowed(row, [self._listed.describe(code) for code in row.places])
        return allowed


class _Told(Frozen):
    """What the camera said of one property; `about` is its description, where that was asked."""

    number: int
    about: DevicePropDesc | None = None


class _Asking:
    """Asks for properties, for each only once: two settings may be one of them.

    What has been written must be forgotten.

    Args:
        listed: what the camera lists of itself.
        lists: whether properties are described, or only their values asked for.
        strict: whether a refusal is an error, and not "this camera does not have it".
        whole: whether all settings are read, so that one that cannot be read is left out.
    """

    def __init__(
        self, listed: Properties, *, lists: bool, strict: bool, whole: bool = False
    ) -> None:
        self._listed, self._strict, self.lists = listed, strict, lists
        self._whole = whole
        self._told: dict[int, _Told | None] = {}

    def ask(self, code: int, row: PropertyRow) -> _Told | None:
        """A property; None when the camera does not have it, or not now."""
        if code not in self._told:
            told = None
            if self._listed.has(code):
                with (
                    optional(row.name, BROKEN) if self._whole else nullcontext(),
                    nullcontext() if self._strict else may_refuse(),
                ):
                    told = self._ask(code, row)
            missing = told is None or told.number in MISSING[row.stored]
            self._told[code] = None if missing else told
        return self._told[code]

    def forget(self, code: int) -> None:
        """Ask for a property anew."""
        self._told.pop(code, None)

    def _ask(self, code: int, row: PropertyRow) -> _Told:
        if self.lists and code != row.unit:
            try:
                about = self._listed.describe(code)
                return _Told(_number(as_int(about.current), row), about)
            except UNTOLD as error:
                if isinstance(error, Refused) and not (self._strict and _may_have_value(error)):
                    raise
                _log.warning("what %s may be is not known: %s", row.name, error)
        signed = row.stored is DataType.INT8
        return _Told(_number(self._listed.number(code, signed=signed), row))


def _may_have_value(refusal: Refused) -> bool:
    """Whether a property that is not described may tell its value all the same."""
    return refusal.code not in LOST and not isinstance(refusal, DeviceBusy)


def _reading(row: PropertyRow, asking: _Asking) -> Reading | None:
    """A setting; None when the camera does not have it, or not now."""
    parts = [asking.ask(code, row) for code in row.places]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    code = known[0].number if len(known) == 1 else joined(*(part.number for part in known))
    value = row.codes.value(code)
    if row.unit is not None:
        unit = asking.ask(row.unit, row)
        if unit is None or not unit.number:
            return None
        value = code / unit.number
    raw = b"".join(_bytes(part.number, row) for part in known)
    reading = Reading(row.name, row.kind, value, raw=raw)
    if not asking.lists:
        return reading
    if not row.settable:
        return replace(reading, writable=False, why=READ_ONLY)
    allowed = _allowed(row, [part.about for part in known if part.about is not None])
    why = "" if allowed or allowed is None else BY_MODE
    if why and row.name == "shooting_mode":
        why = BY_DIAL
    return replace(reading, allowed=allowed, writable=not why, why=why)


_WIDTHS = {DataType.UINT8: 1, DataType.INT8: 1, DataType.UINT16: 2}
_LONGEST = (1 << 64) - 1


def _number(told: int, row: PropertyRow) -> int:
    """A number as its table counts it, whatever the camera's type for it is."""
    return told if row.stored is DataType.INT8 else told & _LONGEST


def _bytes(number: int, row: PropertyRow) -> bytes:
    width = _WIDTHS[row.stored]
    return (number & (1 << 8 * width) - 1).to_bytes(width, "little")


def _about_the_value(refusal: Refused) -> bool:
    return type(refusal) in (Refused, BadParameter) and refusal.code not in LOST


def _allowed(row: PropertyRow, abouts: Iterable[DevicePropDesc]) -> tuple[Any, ...] | None:
    """What a setting may be now, as values; a format by what each of its properties may be."""
    lists = [numbers_of(about) for about in abouts]
    if len(lists) < len(row.places):
        return None
    if row.place == FORMAT:
        forms, sizes, qualities = (codes or () for codes in lists)
        jpegs = [row.codes.value(joined(_JPEG, size, how)) for size in sizes for how in qualities]
        return (*jpegs, *([Format("raw")] if _RAW in forms else ()))
    codes = lists[0]
    return None if codes is None else tuple(dict.fromkeys(map(row.codes.value, codes)))
