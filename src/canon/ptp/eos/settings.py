"""What an EOS is set to: read from what it said last, written and confirmed by what it says then.

All settings cost one question, whether anything has changed. A value that the body does not list
now is refused before it is sent (canon-eos-ptp, sections 5 and 6).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from canon.driver.settings import BY_MODE, READ_ONLY, Reading, number_in
from canon.errors import DeviceBusy, NotFinished, ValueRefused
from canon.ptp.eos.codes import ROWS, EosRow, name_of, row_at, row_of
from canon.ptp.eos.layouts import Eos
from canon.ptp.eos.remote import EosRemote
from canon.ptp.operations import PtpEvent
from canon.values.kinds import Kind

_TOLD_ON_REQUEST = (Eos.OWNER, Eos.ARTIST, Eos.COPYRIGHT, Eos.SERIAL_NUMBER)
_BUSY_S, _CONFIRMED_S = 2.0, 1.0


class EosSettings:
    """The settings of one EOS; fits `canon.driver.settings.Settings`.

    Args:
        remote: its remote control.
    """

    def __init__(self, remote: EosRemote) -> None:
        self.session = remote.session
        self._remote = remote
        self._store = remote.store
        self._asked: set[int] = set()

    def begun(self) -> None:
        """In a new session the body tells nothing that was not asked for."""
        self._asked.clear()

    def kind(self, name: str) -> Kind[Any] | None:
        """What kind of setting a name stands for; that of a number is only told by the camera."""
        row = None if number_in(name) is not None else row_of(name)
        return None if row is None else row.kind

    def wants_remote(self, *names: str) -> bool:
        """True: an EOS tells its settings in remote control only."""
        return True

    def read(self, *names: str, lists: bool = True) -> dict[str, Reading]:
        """The settings of these names, or all: one question, whether anything has changed."""
        self._request(*names)
        self._remote.channel.drain()
        readings = {}
        for name in names or self._names():
            if (reading := self._reading(name, lists=lists)) is not None:
                readings[name] = reading
        return readings

    def _names(self) -> list[str]:
        """Those that the body has: the common names first, Canon's own next, then the numbers."""
        places = {row.place: turn for turn, row in enumerate(ROWS.values())}
        return [
            name_of(code)
            for code in sorted(
                self._store.values, key=lambda code: (places.get(code, len(places)), code)
            )
        ]

    def write(self, changes: Mapping[str, object]) -> dict[str, Reading]:
        """Write the settings one by one, those first on which others hang.

        Raises:
            ValueError: a value is of another kind, or the setting can only be read.
            ValueRefused: the body does not take it now.
            DeviceBusy: it stays busy.
            NotFinished: the body took it, and does not say what it is now.
        """
        self._request(*changes)
        self._remote.channel.drain()
        rows = {name: row for name in changes if (row := self._row(name)) is not None}
        wanted = {name: _parsed(name, row, changes[name]) for name, row in rows.items()}
        for name in sorted(rows, key=lambda name: rows[name].turn):
            self._write(name, rows[name], wanted[name])
        self._remote.channel.drain()
        return {
            name: reading
            for name in rows
            if (reading := self._reading(name, lists=False)) is not None
        }

    # --- one setting ------------------------------------------------------------------------------

    def _row(self, name: str) -> EosRow | None:
        """The row of a setting that this body has."""
        code = number_in(name)
        row = row_of(name) if code is None else row_at(code, self._store.values.get(code, b""))
        return row if row is not None and row.place in self._store.values else None

    def _reading(self, name: str, *, lists: bool) -> Reading | None:
        row = self._row(name)
        if row is None:
            return None
        raw = self._store.values[row.place]
        value = row.read(raw)
        if not lists:
            return Reading(name, row.kind, value, raw=raw)
        allowed = self._allowed(row)
        writable, why = None if allowed is None else bool(allowed), ""
        if not row.settable:
            writable, why = False, READ_ONLY
        elif allowed == ():
            why = BY_MODE
        return Reading(name, row.kind, value, allowed, writable, why, raw)

    def _entries(self, row: EosRow) -> tuple[bytes, ...] | None:
        listed = self._store.lists.get(row.place)
        return None if listed is None else row.entries(listed)

    def _allowed(self, row: EosRow) -> tuple[Any, ...] | None:
        entries = self._entries(row)
        return None if entries is None else tuple(dict.fromkeys(map(row.read, entries)))

    def _write(self, name: str, row: EosRow, value: Any) -> None:
        """Write one, and wait until the body says that it has it; where it says nothing, ask."""
        if not row.settable:
            raise ValueError(f"{name} can only be read")
        entries = self._entries(row)
        raw = row.write(value, entries or ())
        if raw is None or (entries and raw not in entries):
            raise ValueRefused(name, value, self._allowed(row))
        if raw == self._store.values[row.place]:
            return
        place = row.place

        def has() -> bool:
            return bool(row.read(self._store.values[place]) == value)

        with self.session.events() as told:
            self._send(name, row, value, raw, patient=entries != ())
            if self.session.wait_for(has, _CONFIRMED_S) or _speaks_of(place, told):
                return
            self._remote.request(place)
            if self.session.wait_for(has, _CONFIRMED_S) or _speaks_of(place, told):
                return
        raise NotFinished(
            f"the camera took {name} {value} and does not say what it is now",
            "look at its display; what it is set to is read anew in the next remote control",
        )

    def _send(self, name: str, row: EosRow, value: Any, raw: bytes, *, patient: bool) -> None:
        """Send it, again while the body is busy; it is busy too for what its mode does not take."""
        write = partial(self._remote.write, row.place, raw)
        try:
            self._remote.patiently(write, _BUSY_S if patient else 0)
        except DeviceBusy as busy:
            self._remote.channel.drain()
            allowed = self._allowed(row)
            if allowed is None or (allowed and value in allowed):
                if not self._store.waiting:  # else that is why
                    what = f"it did not take {name} within {_BUSY_S:g} s"
                    busy.advice = f"{what}; try again later"
                raise
            raise ValueRefused(name, value, allowed, busy.code, busy.command) from busy

    def _request(self, *names: str) -> None:
        """Have those told that the body tells on request only."""
        for code in _TOLD_ON_REQUEST:
            wanted = not names or name_of(code) in names or f"{code:#06x}" in names
            if wanted and code not in self._store.values and code not in self._asked:
                self._asked.add(code)
                self._remote.request(code)


def _speaks_of(place: int, told: Iterable[PtpEvent]) -> bool:
    """Whether any of these records is of that property."""
    return any(getattr(one, "property", None) == place for one in told)


def _parsed(name: str, row: EosRow, value: object) -> Any:
    if number_in(name) is None:
        return value
    try:
        return row.kind.parse(value)
    except ValueError as error:
        raise ValueError(f"property {name} cannot be {value!r}: {error}") from None
