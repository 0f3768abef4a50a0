"""The blocks around commands and answers (sections 4.2, 4.3, 6)."""

from __future__ import annotations

from canon.native.commands import (
    CommandHead,
    InitBlock,
    LongHead,
    Nothing,
    ReplyHead,
    ShortInitBlock,
)
from golden.vector import GPHOTO2, PRINTED, REMOTE, Golden, unhex

VECTORS = (
    Golden(
        InitBlock(0x18, unhex("01061583"), 0x04A9306E, 0x800, 0xFFFFFFFF, 0xFD00, 0xFD00),
        unhex("18000000")
        + bytes(0x3C)
        + unhex("01061583 6e30a904 00080000 ffffffff 00fd0000 00fd0000"),
        f"{GPHOTO2} 4",
    ),
    Golden(
        ShortInitBlock(0x10, 0x800, 0xFFFFFFFF, 0xFD00, 0xFD00),
        unhex("10000000") + bytes(0x3C) + unhex("00080000 ffffffff 00fd0000 00fd0000"),
        f"{GPHOTO2} 5",
    ),
    Golden(
        CommandHead(0x16, 0x202, 2, 0x0B, 0, 0x11, 0x16, 0x13),
        unhex("16000000 02020000") + bytes(0x38) + unhex("02000000 0b000011 16000000 13000000"),
        f"{GPHOTO2} 20",
    ),
    Golden(
        ReplyHead(0x5C, 0x301, 2, 0x01, 0, 0x22, 0x5C, 3),
        unhex("5c000000 01030000") + bytes(0x38) + unhex("02000000 01000022 5c000000 03000000"),
        f"{GPHOTO2} 8",
    ),
    # The answer to lock keys (command 0x20) carries the code 0x1f.
    Golden(
        ReplyHead(0x14, 0x301, 2, 0x1F, 0, 0x22, 0x14, 0x0012D894),
        unhex("14000000 01030000") + bytes(0x38) + unhex("02000000 1f000022 14000000 94d81200"),
        f"{REMOTE} 2",
    ),
    Golden(
        LongHead(0, 0x302, 660418),
        unhex("00000000 0203 c2130a00") + bytes(0x36),
        f"{GPHOTO2} 87",
    ),
    # The beginning of what a camera that wakes up sends, before its four zeros.
    Golden(
        LongHead(4, 0x302, 0),
        unhex("04000000 02030000") + bytes(0x38),
        f"{PRINTED} 4.3b",
    ),
    Golden(Nothing(), b"", f"{REMOTE} 2: nothing follows the status of a 0x54-byte answer"),
)
