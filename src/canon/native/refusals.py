"""The status words with which a native camera refuses (canon-native-usb, section 6.5)."""

from __future__ import annotations

from canon.errors import (
    BadParameter,
    KeysNotLocked,
    LensFailed,
    NoCard,
    ObjectNotFound,
    Refused,
    StoreFull,
    WriteProtected,
)

NOT_FOUND = 0x02000022
IS_PROTECTED = 0x02000029
CARD_FULL = 0x0200002A
NOT_LOCKED = 0x02000082
NOT_LOCKED_REVISED = 0x00000086
LENS_FAILED = 0x02000085
BAD_PARAMETER = 0x02000086
NO_CARD = 0x02000087

REFUSALS: dict[int, type[Refused]] = {
    NOT_FOUND: ObjectNotFound,
    IS_PROTECTED: WriteProtected,
    CARD_FULL: StoreFull,
    0x02000081: KeysNotLocked,
    NOT_LOCKED: KeysNotLocked,
    LENS_FAILED: LensFailed,
    BAD_PARAMETER: BadParameter,
    NO_CARD: NoCard,
    NOT_LOCKED_REVISED: KeysNotLocked,
    0x82400020: BadParameter,
    0x82400022: ObjectNotFound,
    0x82400087: NoCard,
}
"""What a status word means; any other one is a plain Refused."""
