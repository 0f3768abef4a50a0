"""What the specification prints as rows of tables: init blocks (4.2), allowed values (9.4)."""

from __future__ import annotations

from canon.native.commands import InitBlock
from canon.native.release import AllowedValues, Elements
from golden.vector import PRINTED, Golden, unhex

_USUAL = "00080000 ffffffff 00fd0000 00fd0000"
_LARGE = "00080000 00000100 00fd0000 00000100"
_SMALL = "00020000 ffffffff 00020000 00fd0000"
_WORDS = {
    _USUAL: (0x800, 0xFFFFFFFF, 0xFD00, 0xFD00),
    _LARGE: (0x800, 0x10000, 0xFD00, 0x10000),
    _SMALL: (0x200, 0xFFFFFFFF, 0x200, 0xFD00),
}


def _init(model: str, version: str, number: int, id_bytes: str, tail: str) -> Golden:
    return Golden(
        InitBlock(0x18, unhex(version), number, *_WORDS[tail]),
        unhex("18000000") + bytes(0x3C) + unhex(version) + unhex(id_bytes) + unhex(tail),
        f"{PRINTED} 4.2: {model}",
    )


def _allowed(prop: str, elements: Elements, data: str) -> Golden:
    return Golden(AllowedValues(elements), unhex(data), f"{PRINTED} 9.4: {prop} of a G3")


VECTORS = (
    _init("PowerShot G1", "00050700", 0x04A93048, "4830a904", _USUAL),
    _init("PowerShot S20", "01000200", 0x04A93043, "4330a904", _USUAL),
    _init("PowerShot G2", "01000503", 0x04A93055, "5530a904", _USUAL),
    _init("EOS 300D", "01000583", 0x04A93084, "8430a904", _USUAL),
    _init("PowerShot S1 IS", "01061583", 0x04A93085, "8530a904", _USUAL),
    _init("EOS 20D", "01061583", 0x80000175, "75010080", _LARGE),
    _init("EOS 350D", "01061583", 0x80000189, "89010080", _LARGE),
    _init("Optura 200 MC", "03050481", 0x04A9306B, "6b30a904", _USUAL),
    _init("Optura 20", "03050481", 0x04A9307F, "7f30a904", _SMALL),
    _init("PowerShot S200", "03051581", 0x04A93065, "6530a904", _USUAL),
    _allowed("flash", Elements(2, (0, 1, 2, 5, 6)), "05000000 02000000 00 01 02 05 06"),
    _allowed("metering", Elements(2, (0, 1, 3)), "03000000 02000000 00 01 03"),
    _allowed("AF distance", Elements(2, (1, 3)), "02000000 02000000 01 03"),
    _allowed(
        "white balance",
        Elements(2, (0, 1, 2, 3, 4, 5, 7, 0x0F, 0x10)),
        "09000000 02000000 00 01 02 03 04 05 07 0f 10",
    ),
    _allowed(
        "ISO speed",
        Elements(4, (0x40, 0x48, 0x50, 0x58, 0)),
        "05000000 04000000 4000 4800 5000 5800 0000",
    ),
    _allowed(
        "compensation",
        Elements(2, (8, 11, 13, 16, 19, 21, 24, 27, 29, 32, 35, 37, 40)),
        "0d000000 02000000 08 0b 0d 10 13 15 18 1b 1d 20 23 25 28",
    ),
    _allowed("photo effect", Elements(2, (0, 1, 2, 3, 4, 5)), "06000000 02000000 000102030405"),
    _allowed("assist light", Elements(2, (0, 1)), "02000000 02000000 00 01"),
)
