"""The camera itself: identity, clock, power, picture sizes (sections 7.1 to 7.6)."""

from __future__ import annotations

from canon.native.commands import (
    Abilities,
    CameraTime,
    GetAbilities,
    GetPowerStatus,
    GetTime,
    Identify,
    Identity,
    LockKeys,
    PictureFormat,
    PowerStatus,
)
from golden.vector import GPHOTO2, PRINTED, REMOTE, Golden, unhex

_FORMATS = (
    PictureFormat("Large:SuperFine", 1704, 2272, 1),
    PictureFormat("Large:Fine", 1704, 2272, 2),
    PictureFormat("Large:Normal", 1704, 2272, 3),
    PictureFormat("Medium 1:SuperFine", 1200, 1600, 1),
    PictureFormat("Medium 1:Fine", 1200, 1600, 2),
    PictureFormat("Medium 1:Normal", 1200, 1600, 3),
    PictureFormat("Medium 2:SuperFine", 768, 1024, 1),
    PictureFormat("Medium 2:Fine", 768, 1024, 2),
    PictureFormat("Medium 2:Normal", 768, 1024, 3),
    PictureFormat("Small:SuperFine", 480, 640, 1),
    PictureFormat("Small:Fine", 480, 640, 2),
    PictureFormat("Small:Normal", 480, 640, 3),
    PictureFormat("CRW", 1704, 2272, 4),
)

_ROWS = unhex("""
    4c617267653a537570657246696e6500ffffffff a8060000 e0080000 01000000
    4c617267653a46696e6500ffffffffffffffffff a8060000 e0080000 02000000
    4c617267653a4e6f726d616c00ffffffffff7fff a8060000 e0080000 03000000
    4d656469756d20313a537570657246696e6500ff b0040000 40060000 01000000
    4d656469756d20313a46696e6500ffffffffffff b0040000 40060000 02000000
    4d656469756d20313a4e6f726d616c00ffffffff b0040000 40060000 03000000
    4d656469756d20323a537570657246696e6500ff 00030000 00040000 01000000
    4d656469756d20323a46696e6500ffffffffffff 00030000 00040000 02000000
    4d656469756d20323a4e6f726d616c00ffffffff 00030000 00040000 03000000
    536d616c6c3a537570657246696e6500ffffffff e0010000 80020000 01000000
    536d616c6c3a46696e6500ffffffffffffffffff e0010000 80020000 02000000
    536d616c6c3a4e6f726d616c00ffffffffffffff e0010000 80020000 03000000
    43525700ffffffffffffffffffffffffffffffff a8060000 e0080000 04000000
""")

_UNUSED = bytearray(b"\xff" * 96)
_UNUSED[18], _UNUSED[66] = 0xFD, 0xBF  # as recorded: even garbage has its bits

_TAIL = unhex("""
    77000000000000009f0000000000000014000000008000000080000000800000008000000080010000800000
    0000000000800000008003000080660000800000000000000000000000000000000000000000000000000000
    000000000000000000002c0000500080001400c0000000800000008000000080000000800000008000000080
    000000a00000008000000080000000c000000080000000800000008000000000000000000000008000000080
    00000080000000800000000000000000000000000000000000000000000017f0000000800000008000000080
    000000800050008000000080001400c0000000800000008000500080001400800000000000000000000000a0
    000000a00000008000000000ffff
""")

VECTORS = (
    Golden(Identify(), b"", f"{GPHOTO2} 7", code=0x1201),
    Golden(
        Identity(unhex("01061583"), "1.0.2.0", "Canon PowerShot G3", "test.owner1@example.com"),
        unhex("01061583 00020001")
        + b"Canon PowerShot G3".ljust(32, b"\0")
        + b"test.owner1@example.com".ljust(32, b"\0"),
        f"{GPHOTO2} 8, 9",
    ),
    Golden(GetTime(), b"", f"{REMOTE} 17", code=0x1203),
    Golden(CameraTime(1347764568), unhex("58415550") + bytes(8), f"{REMOTE} 17"),
    Golden(GetPowerStatus(), b"", f"{GPHOTO2} 14", code=0x120A),
    Golden(PowerStatus(6, 0x10), unhex("06000010"), f"{GPHOTO2} 16"),
    Golden(PowerStatus(6, 0x20), unhex("06000020"), f"{PRINTED} 7.4, a D60 on its battery"),
    Golden(GetAbilities(), b"", f"{REMOTE} 1", code=0x121F),
    Golden(
        Abilities(0x340, 0x01190000, "PowerShot G3", _FORMATS, _TAIL),
        unhex("4003 00001901")
        + b"PowerShot G3".ljust(13, b"\0").ljust(32, b"\xff")
        + unhex("0d000000")
        + _ROWS
        + bytes(_UNUSED)
        + _TAIL,
        f"{REMOTE} 1",
        left_out=99,  # 19 after the short name, 78 after the rows' names, 2 in unused rows
    ),
    Golden(
        PictureFormat("Large:Normal", 1704, 2272, 3),
        _ROWS[64:96],
        f"{REMOTE} 1: third row",
        left_out=7,
    ),
    Golden(LockKeys(), b"", f"{GPHOTO2} 11", code=0x1220),
)
