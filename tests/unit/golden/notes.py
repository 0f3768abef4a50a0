"""Cameras of the classic numbering, as the notes print them: old EOS, G2, S20 (sections 7, 9)."""

from __future__ import annotations

from canon.native.commands import (
    BodyId,
    CameraTime,
    DeleteFiles,
    DiskSpace,
    GetBodyId,
    GetFile,
    Identity,
    LockEosKeys,
    LongHead,
    MakeDirectory,
    RetrieveCapture,
    SetFileTime,
    SubHead,
    UnlockEosKeys,
    UploadBlock,
    UploadDone,
)
from canon.native.release import (
    AvailableShots,
    CustomFunctionValue,
    ExtendedSize,
    GetAvailableShots,
    GetCustomFunction,
    ReleaseParameters,
    SetTransferMode,
    SetZoom,
    Zoom,
)
from golden.vector import NOTES, PRINTED, Golden, unhex

_UPLOADED = r"D:\DCIM\158CANON\AUT_0001.JPG"
_CUSTOM = f"{NOTES} 0F get custom function"
_LEFT_BEHIND = unhex("""
    000000000000 8e58633e 442e4354 47000000 00000000 00000000 00838582 87847f81 7f7d7b77
    7e817e7d 7c7d8180 82807c80 817f8483
""")

VECTORS = (
    Golden(
        Identity(unhex("00057700"), "1.0.4.0", "Canon EOS D60", "Cornell Prog. Computer Graphics"),
        unhex("00057700 00040001")
        + b"Canon EOS D60".ljust(32, b"\0")
        + b"Cornell Prog. Computer Graphics\0",
        f"{NOTES} identify camera: a D60, an owner of 31 characters",
    ),
    Golden(
        Identity(unhex("00040000"), "1.0.0.1", "Canon PowerShot S20", "Donald Duck"),
        unhex("00040000 01000001")
        + b"Canon PowerShot S20".ljust(32, b"\0")
        + b"Donald Duck".ljust(32, b"\0"),
        f"{NOTES} identify camera: an S20",
    ),
    Golden(CameraTime(0x3E27CF44), unhex("44cf273e") + bytes(8), f"{NOTES} get time"),
    Golden(GetBodyId(), b"", f"{NOTES} get EOS body id", code=0x121D),
    Golden(BodyId(0x182801EA), unhex("ea012818"), f"{NOTES} get EOS body id"),
    Golden(LockEosKeys(6), unhex("06000000"), f"{NOTES} EOS lock keys", code=0x121B),
    Golden(UnlockEosKeys(), b"", f"{NOTES} EOS unlock keys", code=0x121C),
    # --- the card ---
    Golden(MakeDirectory(r"D:\DCIM"), b"D:\\DCIM\0", f"{NOTES} make directory", code=0x1105),
    Golden(
        GetFile(1, 0x3000, r"D:\DCIM\155CANON\IMG_5593.JPG"),
        unhex("01000000 00300000") + b"D:\\DCIM\\155CANON\\IMG_5593.JPG\0",
        f"{NOTES} get picture: a thumbnail",
        code=0x1101,
    ),
    Golden(
        DiskSpace(0x07A7A000, 0x07A4A000),
        unhex("00a0a707 00a0a407"),
        f"{NOTES} disk info request: in bytes",
    ),
    Golden(
        DeleteFiles(r"C:\DCIM\133CANON", ("CRW_3341.CRW", "CRW_3341.THM")),
        b"C:\\DCIM\\133CANON\0CRW_3341.CRW\0CRW_3341.THM\0\0",
        f"{NOTES} delete file: two of one folder",
        code=0x110D,
    ),
    Golden(
        SetFileTime(0x3E63595A, _UPLOADED),
        unhex("5a59633e") + b"D:\\DCIM\\158CANON\\AUT_0001.JPG\0\0",
        f"{NOTES} set file time",
        code=0x110F,
    ),
    Golden(
        LongHead(0, 0x203, 0x147A),
        unhex("00000000 0302 7a140000") + _LEFT_BEHIND,
        f"{NOTES} USB upload: what announces a block, with what lay in memory",
        left_out=36,
    ),
    Golden(
        LongHead(0, 0x303, 0),
        unhex("00000000 0303 00000000") + _LEFT_BEHIND,
        f"{NOTES} USB upload: what it is answered with; {PRINTED} 7.12",
        left_out=36,
    ),
    Golden(
        UploadBlock(0, 0, 0x1400, _UPLOADED, unhex("ffd8ffe1 18ba4578 69660000 49492a00")),
        unhex("00000000 00000000 00140000")
        + b"D:\\DCIM\\158CANON\\AUT_0001.JPG\0"
        + unhex("ffd8ffe1 18ba4578 69660000 49492a00"),
        f"{NOTES} USB upload: the beginning of a block",
        code=0x1103,
    ),
    Golden(UploadDone(0x1400, 0x1400), unhex("00140000 00140000"), f"{NOTES} USB upload"),
    Golden(
        UploadDone(0x8A97E, 0x117E), unhex("7ea90800 7e110000"), f"{NOTES} USB upload: the last"
    ),
    # --- release control ---
    Golden(
        SetTransferMode(0x0D),
        unhex("09000000 04000000 0d000000"),
        f"{NOTES} set transfer mode",
        code=0x1213,
    ),
    Golden(
        ReleaseParameters(
            unknown_camera_mode=0,
            quality=4,
            image_format=2,
            image_size=0,
            self_timer=0,
            flash=0,
            beep=0,
            shooting_mode=4,
            image_mode=1,
            drive_mode=1,
            digital_zoom=0xFF,
            metering=3,
            af_distance=0xFF,
            focusing_point=0x3001,
            white_balance=0,
            slow_shutter=0xFF,
            focus_mode=0,
            image_stabilizer=0xFF,
            contrast=0,
            saturation=0,
            sharpness=0,
            sensitivity=0x7F,
            parameter_set=0x10,
            iso=0x60,
            aperture=0x38,
            shutter_speed=0x7C,
            exposure_compensation=0x18,
            flash_compensation=0x18,
            bracketing=0x18,
            unknown_23=0xFF,
            largest_aperture=0x20,
            smallest_aperture=0x50,
            focal_length=20,
            focal_length_tele=20,
            focal_length_wide=20,
            focal_length_unit=1,
        ),
        unhex(
            "00040200 00000000 0401 01ff 03ff0130 00ff00ff 0000007f"
            "10006000 38007c00 181818ff 20005000 14001400 14000100"
        ),
        f"{NOTES} get release parameters: a D30 with a lens of 20 mm",
    ),
    # The sub-code that an answer echoes to 0x07, also when the camera did not do it.
    Golden(SubHead(7, 0), unhex("07000000 00000000"), f"{NOTES} set release parameters: success"),
    Golden(
        SubHead(0xFF000107, 0),
        unhex("070100ff 00000000"),
        f"{NOTES} set release parameters: failure; {PRINTED} 9",
    ),
    Golden(Zoom(0, 60), unhex("0000 3c00"), f"{NOTES} get zoom position: a G2"),
    Golden(
        SetZoom(1), unhex("0c000000 04000000 01000000"), f"{NOTES} set zoom position", code=0x1213
    ),
    Golden(
        GetAvailableShots(),
        unhex("0d000000 00000000"),
        f"{NOTES} get available shot",
        code=0x1213,
    ),
    Golden(AvailableShots(2), unhex("02000000"), f"{NOTES} get available shot"),
    Golden(ExtendedSize(0x10), unhex("10000000"), f"{NOTES} extended parameters: a G2"),
    Golden(
        GetCustomFunction(4),
        unhex("0f000000 0a000000 0400 e877000013000800"),
        f"{_CUSTOM}: eight bytes of what lay in memory",
        code=0x1213,
        left_out=4,
    ),
    Golden(CustomFunctionValue(4, 4, 0), unhex("0400 0400 0000 00000000"), _CUSTOM),
    Golden(
        GetCustomFunction(1),
        unhex("0f000000 0a000000 0100 ffff000000000000"),
        f"{_CUSTOM}: long exposures",
        code=0x1213,
        left_out=2,
    ),
    Golden(CustomFunctionValue(1, 1, 1), unhex("0100 0100 0100 00000000"), f"{_CUSTOM}: it is on"),
    Golden(
        RetrieveCapture(0, 0x1400, 1, 0x2D011516),
        unhex("00000000 00140000 01000000 1615012d"),
        f"{NOTES} download captured image",
        code=0x1217,
    ),
)
