"""Events (section 11)."""

from __future__ import annotations

from canon.native.events import (
    CaptureFailed,
    CaptureOver,
    CaptureStatus,
    CardChanged,
    EventHead,
    FullImageReady,
    InitDone,
    ThumbnailReady,
)
from golden.vector import GPHOTO2, NOTES, PRINTED, Golden, unhex

_D60_KEY = int.from_bytes(unhex("eb00b017"), "little")

VECTORS = (
    Golden(EventHead(2, 0x0A, 16), unhex("02000000 0a000000 10000000"), f"{GPHOTO2} 58"),
    Golden(
        CaptureStatus(0x1C), unhex("02000000 0a000000 10000000 1c000000"), f"{GPHOTO2} 58: exposed"
    ),
    Golden(
        CaptureStatus(0x1D), unhex("02000000 0a000000 10000000 1d000000"), f"{GPHOTO2} 61: finished"
    ),
    Golden(CardChanged(1), unhex("02000000 0e000000 10000000 01000000"), f"{GPHOTO2} 106"),
    Golden(InitDone(0), unhex("02000000 20000000 10000000 00000000"), f"{PRINTED} 4.3b"),
    Golden(
        ThumbnailReady(_D60_KEY, 1, 0x1E00, 0, 0xAF),
        unhex("02000000 08000000 17000000 eb00b017 01 001e0000 00 af"),
        f"{PRINTED} 11.2: a D60",
    ),
    Golden(
        FullImageReady(_D60_KEY, 1, 0x680C5, 0, 0xAF),
        unhex("02000000 0c000000 17000000 eb00b017 01 c5800600 00 af"),
        f"{PRINTED} 11.2: a D60, the table's column put together",
    ),
    Golden(
        ThumbnailReady(1, 1, 0xC09, 0, 0xB0),
        unhex("02000000 08000000 17000000 01000000 01 090c0000 00 b0"),
        f"{NOTES} release shutter: a G2; {PRINTED} 11.2",
    ),
    Golden(
        FullImageReady(1, 1, 0x9CB5A, 0, 0xB0),
        unhex("02000000 0c000000 17000000 01000000 01 5acb0900 00 b0"),
        f"{NOTES} release shutter: a G2; {PRINTED} 11.2",
    ),
    Golden(
        CaptureFailed(0x0A, 1),
        unhex("02000000 0a000000 14000000 0a000000 01000000"),
        f"{NOTES} release shutter: a D60",
    ),
    Golden(
        CardChanged(0),
        unhex("02000000 0e000000 10000000 00000000"),
        f"{NOTES} release shutter: an EOS",
    ),
    Golden(
        CaptureOver(0),
        unhex("02000000 0f000000 10000000 00000000"),
        f"{NOTES} release shutter: an EOS",
    ),
)
