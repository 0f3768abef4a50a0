"""What a native camera in release control is set to.

Settings are fields of two blocks that are read and written whole; a value that the camera does not
take reads back unchanged (canon-native-usb, sections 9.1 to 9.6).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from canon.errors import Refused
from canon.models.model import Numbering, Quirk
from canon.native.codes import BY_NAME, FIELDS, LENGTHS, RECORD, SIGNED, Field
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

B = TypeVar("B", ReleaseParameters, ExtendedParameters)

_SIZES_PROPERTY = 0x27  # records of format, size, quality, of one picture or two


class NativeSettings:
    """The settings of one native camera.

    Args:
        session: the conversation.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.model = session.model
        self._extended_size: int | None = None

    def read(self) -> dict[str, object]:
        """Both blocks, as values; what the model does not have is left out."""
        main = self.session.call(GetReleaseParameters())
        return self._values(main, self._extended())

    def change(self, changes: Mapping[str, object]) -> dict[str, object]:
        """Read the blocks, write those with changes once, and read them back."""
        main = self.session.call(GetReleaseParameters())
        extended = self._extended()
        in_main = {name for name in changes if not BY_NAME[name].extended}
        if in_main:
            changed = SetReleaseParameters(self._changed(main, changes, in_main))
            self.session.call(changed)
            main = self.session.call(GetReleaseParameters())
            if Quirk.SET_TWICE in self.model.quirks:
                self.session.call(changed)
                main = self.session.call(GetReleaseParameters())
        in_extended = changes.keys() - in_main
        if in_extended and extended is not None:
            block = self._changed(extended, changes, in_extended).encode()
            self.session.call(SetExtendedParameters(block))
            extended = self._extended()
        return self._values(main, extended)

    def allowed(self, name: str) -> tuple[object, ...]:
        """Ask for a property's list; sizes, formats and qualities come from the list of records."""
        row = BY_NAME.get(name)
        if row is None or row.prop is None:
            return ()
        if name in RECORD:
            records, column = self._elements(_SIZES_PROPERTY), RECORD.index(name)
            halves = zip(records[column::6], records[column + 3 :: 6], strict=False)
            codes = (one if other == 0xFF else one | other << 4 for one, other in halves)
            return tuple(dict.fromkeys(map(row.read, codes)))
        return tuple(self._read(row, code) for code in self._elements(row.prop))

    def _values(
        self, main: ReleaseParameters, extended: ExtendedParameters | None
    ) -> dict[str, object]:
        values: dict[str, object] = {}
        for row in FIELDS:
            block = extended if row.extended else main
            if block is None:
                continue
            code = getattr(block, row.place)
            if code in (0xFFFF, 0x7F) or (code == 0xFF and row.name not in SIGNED | {"beep"}):
                continue  # this camera does not have it, or not now
            values[row.name] = self._read(row, code)
        unit = main.focal_length_unit
        if unit not in (0, 0xFFFF):
            for name in LENGTHS:
                values[name] = getattr(main, name) / unit
        return values

    def _changed(self, block: B, changes: Mapping[str, object], names: set[str]) -> B:
        kinds = {item.name: type(getattr(block, item.name)) for item in dataclasses.fields(block)}
        codes: dict[str, Any] = {}
        for row in (BY_NAME[name] for name in names):
            codes[row.place] = kinds[row.place](self._write(row, changes[row.name]))
        return dataclasses.replace(block, **codes)

    def _read(self, row: Field, code: int) -> object:
        """A code as a value; the revised numbering counts compensation from 0 (section 9.2)."""
        if row.name in SIGNED and self.model.numbering is Numbering.REVISED:
            code = (0x18 - code) & 0xFF
        return row.read(code)

    def _write(self, row: Field, value: object) -> int:
        code = row.write(value)
        if row.name in SIGNED and self.model.numbering is Numbering.REVISED:
            code = (0x18 - code) & 0xFF
        return code

    def _elements(self, prop: int) -> tuple[int, ...]:
        try:
            self.session.call(GetAllowedSize(prop))
            return self.session.call(GetAllowedValues(prop)).values.items
        except Refused:
            return ()

    def _extended(self) -> ExtendedParameters | None:
        if self._extended_size is None:
            try:
                self._extended_size = self.session.call(GetExtendedSize()).size
            except Refused:
                self._extended_size = 0
        if self._extended_size < 0x20:
            return None
        return self.session.call(GetExtendedParameters(self._extended_size))
