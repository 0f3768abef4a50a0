"""The card: disks, listings, files (sections 7.8 to 7.11)."""

from __future__ import annotations

from canon.native.commands import (
    ENTERED,
    FOLDER,
    NEW,
    DeleteFiles,
    Disks,
    DiskSpace,
    GetDirectory,
    GetDiskSpace,
    GetFile,
    ListDisks,
    Listed,
    Listing,
    SetAttributes,
)
from golden.vector import GPHOTO2, PRINTED, REMOTE, Golden, unhex

_DIR = r"D:\DCIM\204CANON"
_PICTURE = Listed(NEW, 660418, 1325997452, "IMG_0408.JPG")

VECTORS = (
    Golden(ListDisks(), b"", f"{GPHOTO2} 17", code=0x110A),
    Golden(Disks(("D:",)), b"D:\0\0", f"{GPHOTO2} 19"),
    Golden(GetDiskSpace("D:\\"), b"D:\\\0", f"{REMOTE} 6", code=0x1109),
    Golden(DiskSpace(0x3D5E8, 0x3CEB0), unhex("e8d50300 b0ce0300"), f"{REMOTE} 6"),
    Golden(GetDirectory(0x0F, "D:"), b"\x0fD:\0\0\0", f"{GPHOTO2} 20", code=0x110B),
    Golden(GetDirectory(0, _DIR), b"\0D:\\DCIM\\204CANON\0\0\0", f"{GPHOTO2} 83", code=0x110B),
    Golden(
        Listing((Listed(ENTERED, 0, 1325995520, _DIR), _PICTURE)),
        unhex("8000 00000000 0016094f")
        + b"D:\\DCIM\\204CANON\0"
        + unhex("2000 c2130a00 8c1d094f")
        + b"IMG_0408.JPG\0"
        + bytes(11),
        f"{GPHOTO2} 85",
    ),
    Golden(
        Listing(
            (
                Listed(ENTERED, 0, 0, "D:"),
                Listed(FOLDER, 0, 1324250354, "MISC"),
                Listed(ENTERED, 0, 1324216284, ".\\DCIM"),
                Listed(ENTERED, 0, 1325995520, ".\\204CANON"),
                _PICTURE,
                Listed(ENTERED, 0, 0, ".."),
                Listed(ENTERED, 0, 1324216564, ".\\CANONMSC"),
                Listed(NEW, 6638, 1325992244, "200.CTG"),
                Listed(NEW, 383, 1325992244, "D.CTG"),
                Listed(ENTERED, 0, 0, ".."),
                Listed(ENTERED, 0, 1324216284, ".\\200CANON"),
                Listed(0, 627651, 1324216322, "IMG_0006.JPG"),
                Listed(ENTERED, 0, 0, ".."),
                Listed(ENTERED, 0, 0, ".."),
            )
        ),
        unhex("8000 00000000 00000000 443a00")
        + unhex("1000 00000000 f274ee4e 4d49534300")
        + unhex("8000 00000000 dcefed4e 2e5c4443494d00")
        + unhex("8000 00000000 0016094f 2e5c32303443414e4f4e00")
        + unhex("2000 c2130a00 8c1d094f 494d475f303430382e4a504700")
        + unhex("8000 00000000 00000000 2e2e00")
        + unhex("8000 00000000 f4f0ed4e 2e5c43414e4f4e4d534300")
        + unhex("2000 ee190000 3409094f 3230302e43544700")
        + unhex("2000 7f010000 3409094f 442e43544700")
        + unhex("8000 00000000 00000000 2e2e00")
        + unhex("8000 00000000 dcefed4e 2e5c32303043414e4f4e00")
        + unhex("0000 c3930900 02f0ed4e 494d475f303030362e4a504700")
        + unhex("8000 00000000 00000000 2e2e00")
        + unhex("8000 00000000 00000000 2e2e00")
        + bytes(11),
        f"{GPHOTO2} 68, 69",
    ),
    Golden(Listing(()), bytes(11), f"{PRINTED} 7.9: a folder that is not there"),
    Golden(
        GetFile(0, 0x1400, _DIR + r"\IMG_0408.JPG"),
        unhex("00000000 00140000") + b"D:\\DCIM\\204CANON\\IMG_0408.JPG\0",
        f"{GPHOTO2} 86",
        code=0x1101,
    ),
    Golden(
        SetAttributes(0, _DIR, "IMG_0408.JPG"),
        bytes(4) + b"D:\\DCIM\\204CANON\0IMG_0408.JPG\0\0",
        f"{GPHOTO2} 92",
        code=0x110E,
    ),
    Golden(
        DeleteFiles(_DIR, ("IMG_0408.JPG",)),
        b"D:\\DCIM\\204CANON\0IMG_0408.JPG\0\0",
        f"{GPHOTO2} 95",
        code=0x110D,
    ),
)
