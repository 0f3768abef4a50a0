"""What a native camera in release control is set to.

Settings are fields of two blocks that are read and written whole; a value that the camera does not
take reads back unchanged (canon-native-usb, sections 9.1 to 9.6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar

from canon.codes import joined, paired, split
from canon.driver.optional import optional
from canon.driver.settings import BY_MODE, READ_ONLY, Reading
from canon.errors import PortStalled, PortTimeout, ProtocolError, Refused, ValueRefused
from canon.frozen import replace
from canon.log import Log
from canon.models.model import Quirk
from canon.native.codes import RECORDS, NativeRow, code_at, is_missing, rows_of
from canon.native.release import (
    ExtendedParameters,
    GetAllowedSize,
    GetAllowedValues,
    GetExtendedParameters,
    GetExtendedSize,
    GetReleaseParameters,
    ReleaseParameters,
    SetExtendedParameters,
    SetReleaseParameters,
)
from canon.native.session import Session
from canon.values.kinds import Kind

_log = Log(__name__)
B = TypeVar("B", ReleaseParameters, ExtendedParameters)


class NativeSettings:
    """The settings of one native camera; fits `canon.driver.settings.Settings`.

    Args:
        session: the conversation.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.model = session.model
        self._rows = rows_of(session.model.numbering)
        self._extended_size: int | None = None
        self._tells_lists = True

    def kind(self, name: str) -> Kind[Any] | None:
        """What kind of setting a name stands for."""
        return self._rows[name].kind if name in self._rows else None

    def wants_remote(self, *names: str) -> bool:
        """Always: outside release control nothing of it is told."""
        return True

    def read(self, *names: str, lists: bool = True) -> dict[str, Reading]:
        """The settings out of both blocks; each list costs two questions more."""
        rows = [row for name, row in self._rows.items() if not names or name in names]
        if not rows:
            return {}
        return self._readings(rows, *self._blocks(rows), lists=lists)

    def write(self, changes: Mapping[str, object]) -> dict[str, Reading]:
        """Read the blocks, write those with changes once, and read them back."""
        rows = [row for name, row in self._rows.items() if name in changes]
        if not rows:
            return {}
        main, extended = self._blocks(rows)
        for_main = self._codes(changes, (row for row in rows if not row.extended))
        for_extended = self._codes(changes, (row for row in rows if row.extended))
        if for_main and main is not None:
            main = replace(main, **for_main)
            changed = SetReleaseParameters(main)
            for _ in range(2 if Quirk.SET_TWICE in self.model.quirks else 1):
                self.session.call(changed)
                with optional("what it is set to now"):
                    main = self.session.call(GetReleaseParameters())
        if for_extended and extended is not None:
            block = replace(extended, **for_extended)
            self.session.call(SetExtendedParameters(block.encode()))
            extended = self._extended()
        return self._readings(rows, main, extended, lists=False)

    def _blocks(
        self, rows: Iterable[NativeRow]
    ) -> tuple[ReleaseParameters | None, ExtendedParameters | None]:
        """The blocks that the rows stand in; None for one that is not needed, or not there."""
        where = {row.extended for row in rows}
        main = self.session.call(GetReleaseParameters()) if False in where else None
        return main, self._extended() if True in where else None

    def _readings(
        self,
        rows: Iterable[NativeRow],
        main: ReleaseParameters | None,
        extended: ExtendedParameters | None,
        *,
        lists: bool,
    ) -> dict[str, Reading]:
        elements = cache(self._elements)  # two settings may share a list
        readings = {}
        for row in rows:
            block = extended if row.extended else main
            if block is None:
                continue
            code = code_at(block, row)
            unit = getattr(block, row.unit) if row.unit else 1
            if is_missing(row, code) or unit in (0, 0xFFFF):
                continue  # this camera does not have it, or not now
            value = code / unit if row.unit else row.codes.value(code)
            raw = (
                bytes(split(code)) if row.prop == RECORDS else (code & 0xFFFF).to_bytes(2, "little")
            )
            reading = Reading(row.name, row.kind, value, raw=raw)
            readings[row.name] = self._listed(row, reading, elements) if lists else reading
        return readings

    def _listed(
        self, row: NativeRow, reading: Reading, elements: Callable[[int], tuple[int, ...] | None]
    ) -> Reading:
        """The same with what the camera lists."""
        if row.prop is None:
            return replace(reading, writable=False, why=READ_ONLY)
        codes = elements(row.prop)
        if codes is None:
            return reading
        allowed = _values(row, codes)
        why = "" if allowed else BY_MODE
        return replace(reading, allowed=allowed, writable=bool(allowed), why=why)

    def _codes(self, changes: Mapping[str, object], rows: Iterable[NativeRow]) -> dict[str, Any]:
        """What goes into which fields of a block."""
        fields: dict[str, Any] = {}
        for row in rows:
            value = changes[row.name]
            code = row.codes.code(value)
            if row.prop == RECORDS:  # there are two ways to say RAW (section 9.2)
                listed = _records(self._elements(RECORDS) or ())
                code = next((one for one in listed if row.codes.value(one) == value), code)
            if code is None:
                codes = None if row.prop is None else self._elements(row.prop)
                raise ValueRefused(row.name, value, codes and _values(row, codes))
            if isinstance(row.place, tuple):
                fields |= dict(zip(row.place, split(code), strict=True))
            else:
                fields[row.place] = code
        return fields

    def _elements(self, prop: int) -> tuple[int, ...] | None:
        """A property's list; None when the camera has none of it, or none that can be read."""
        if not self._tells_lists:
            return None
        try:
            self.session.call(GetAllowedSize(prop))
            return self.session.call(GetAllowedValues(prop)).values.items
        except Refused:
            return None
        except (ProtocolError, PortStalled) as error:
            _log.warning("what property %#x may be is not known: %s", prop, error)
        except PortTimeout as error:
            self._tells_lists = False  # each of the others would take as long
            _log.warning("what the settings may be is not known: %s", error)
        return None

    def _extended(self) -> ExtendedParameters | None:
        if self._extended_size is None:
            self._extended_size = 0
            with optional("what more it is set to"), suppress(Refused):
                self._extended_size = self.session.call(GetExtendedSize()).size
        if self._extended_size < 0x20:
            return None
        told = None
        with optional("what more it is set to"):
            told = self.session.call(GetExtendedParameters(self._extended_size))
        return told


def _values(row: NativeRow, elements: tuple[int, ...]) -> tuple[Any, ...]:
    """A list as values; that of a format comes in records."""
    listed = _records(elements) if row.prop == RECORDS else elements
    return tuple(dict.fromkeys(map(row.codes.value, listed)))


def _records(elements: tuple[int, ...]) -> list[int]:
    """The formats of a list: each is of one file, or of two in halves of its bytes (9.4)."""
    found = []
    for at in range(0, len(elements) - 5, 6):
        one, other = elements[at : at + 3], elements[at + 3 : at + 6]
        found.append(joined(*one) if 0xFF in other else paired(one, other))
    return found
