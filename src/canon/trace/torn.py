"""Answers of an EOS whose beginning was not recorded: where in what is left the records begin."""

from __future__ import annotations

import struct

from canon.ptp.eos.records import HEAD
from canon.wire import Buffer

_KIND = 0xC1  # the high byte of a record's code
_ENOUGH, _MANY = 3, 8  # records in a row that are no chance: with an end behind them, and without
_LARGEST = 1 << 16  # bytes of one record
_WITHIN = 1 << 13  # bytes that are looked at for the first: a picture has none


def first_record(data: Buffer) -> int | None:
    """Where records begin that follow each other to the end; None when there are none.

    Args:
        data: a piece of an answer; its own end may be missing, too.
    """
    seen: set[int] = set()
    for start in range(min(len(data) - HEAD + 1, _WITHIN)):
        at, count = start, 0
        while at not in seen and at + HEAD <= len(data):
            size, code = struct.unpack_from("<II", data, at)
            if not code and size == HEAD and at + HEAD == len(data) and count >= _ENOUGH:
                return start
            if code >> 8 != _KIND or not HEAD <= size <= _LARGEST:
                count = 0
                break
            seen.add(at)
            at, count = at + size, count + 1
        if count >= _MANY and at + HEAD > len(data):
            return start
    return None
