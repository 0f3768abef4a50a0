"""How a virtual camera refuses, whatever it speaks."""

from __future__ import annotations


class Status(Exception):
    """A command is refused with a status word, an operation with a response code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code:#010x}")
        self.code = code
