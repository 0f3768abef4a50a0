"""The status words with which a virtual native camera refuses (canon-native-usb, section 6.5)."""

from __future__ import annotations

NOT_FOUND = 0x02000022
IS_PROTECTED = 0x02000029
CARD_FULL = 0x0200002A
NOT_LOCKED = 0x02000082
NOT_LOCKED_REVISED = 0x00000086
LENS_FAILED = 0x02000085
BAD_PARAMETER = 0x02000086
NO_CARD = 0x02000087


class Status(Exception):
    """A command is refused with a status word."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code:#010x}")
        self.code = code
