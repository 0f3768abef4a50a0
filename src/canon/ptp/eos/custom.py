"""The custom functions of an EOS, by their numbers (canon-eos-ptp, section 5.3).

A body tells them in groups, and takes a group as a whole. What their values mean differs from body
to body, and is told nowhere. The oldest have a property for each.
"""

from __future__ import annotations

from canon.errors import DecodeError
from canon.log import Log
from canon.models.custom import IN_PTP, CustomFunction
from canon.ptp.eos.formats import CustomFunctions
from canon.ptp.eos.layouts import Eos
from canon.ptp.eos.remote import EosRemote

_log = Log(__name__)

_FIRST, _LAST = 0xD180, 0xD18B
_SIZE = (5).to_bytes(4, "little")  # of such a property: this word, and a byte


class EosCustomFunctions:
    """The custom functions of one EOS; fits `canon.driver.CustomFunctions`.

    Args:
        remote: its remote control.
    """

    def __init__(self, remote: EosRemote) -> None:
        self._remote = remote
        self._store = remote.store

    @property
    def there(self) -> bool:
        """Whether the body has told of any."""
        return bool(self._store.functions or any(self._single()))

    def table(self) -> tuple[CustomFunction, ...]:
        """Those that the body has told of; only it knows them, so remote control is entered."""
        return tuple(self.read().values())

    def check_writable(self) -> None:
        """All of them can be written."""

    def read(self) -> dict[str, CustomFunction]:
        """They by name, or by number where nobody has named them."""
        self._remote.enter()
        self._remote.channel.drain()
        found = [
            CustomFunction(one.number, _name(one.number), (), one.values, group.number)
            for block in self._blocks().values()
            for group in block.groups
            for one in group.functions
            if one.values
        ]
        for code in self._single():
            number, value = code - _FIRST + 1, self._store.values[code][len(_SIZE)]
            found.append(CustomFunction(number, _name(number), (), (value,)))
        return {one.name: one for one in found}

    def write(self, number: int, values: tuple[int, ...]) -> None:
        """Set one; what the body does not take reads back unchanged."""
        for block in self._blocks().values():
            if block.get(number) is not None:
                changed = block.with_values(number, values)
                self._remote.write(Eos.CUSTOM_FUNC_EX, changed.encode())
                break
        else:
            self._remote.write(_FIRST + number - 1, _SIZE + bytes([values[0] & 0xFF]))
        self._remote.channel.drain()

    def _blocks(self) -> dict[int, CustomFunctions]:
        """What the body told of each group; one that cannot be read is left out."""
        blocks: dict[int, CustomFunctions] = {}
        for group, raw in self._store.functions.items():
            try:
                blocks[group] = CustomFunctions.decode(raw)
            except DecodeError as error:
                _log.warning("custom functions that cannot be read: %s", error.detail)
        return blocks

    def _single(self) -> list[int]:
        """The properties that are a custom function each."""
        return [
            code
            for code, raw in sorted(self._store.values.items())
            if _FIRST <= code <= _LAST and len(raw) > len(_SIZE) and raw.startswith(_SIZE)
        ]


def _name(number: int) -> str:
    return IN_PTP.get(number, f"{number:#06x}")
