"""What users pass and read: the enumerations and scales that all dialects share."""

from __future__ import annotations

import enum
from typing import Self


class OpenEnum(enum.IntEnum):
    """An enumeration that keeps numbers it does not know, as `UNKNOWN_0xb103`."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_, member._value_ = f"UNKNOWN_{value:#x}", value
        return member
