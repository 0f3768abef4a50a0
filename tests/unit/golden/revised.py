"""An EOS 20D, which speaks the revised numbering, as the notes print it (section 8)."""

from __future__ import annotations

from typing import Any

from canon.models.model import Numbering
from canon.native.commands import (
    ENTERED,
    NEW,
    BodyId,
    CameraTime,
    Command,
    CustomFunctions,
    CustomValue,
    DeleteRevisedFile,
    DiskSpace,
    GetAbilities,
    GetBodyId,
    GetCustomFunctions,
    GetDirectory,
    GetDiskSpace,
    GetOwner,
    GetPowerStatus,
    GetRevisedFile,
    GetTime,
    Identify,
    Identity,
    KeysLocked,
    ListDisks,
    Listed,
    Listing,
    PowerStatus,
    ReleaseSent,
    RetrieveCapture,
    SetAttributes,
    SetOwner,
    SetTime,
)
from canon.native.events import FullImageReady
from canon.native.release import (
    AllowedValues,
    AvailableShots,
    Elements,
    EnterReleaseControl,
    ExitReleaseControl,
    ExtendedParameters,
    ExtendedSize,
    GetAllowedSize,
    GetExtendedParameters,
    GetExtendedSize,
    GetReleaseParameters,
    Release,
    ReleaseParameters,
    SetExtendedParameters,
    SetReleaseParameters,
    SetTransferMode,
)
from golden.vector import NOTES, Golden, unhex

_FOLDER = "A:/DCIM/101CANON/"
_EXTENDED = unhex("""
    3c000000 00000500 00000000 ffffffff 00000000 ffffffff ffffffff 0000ffff
    ffffffff ffff0000 5014ffff 0100ffff ffff0000 ffff0000 00000000
""")


def _asked(value: Command[Any], code: int, data: bytes, title: str, *, left_out: int = 0) -> Golden:
    return Golden(value, data, f"{NOTES} new: {title}", code, left_out, Numbering.REVISED)


def _parameters(quality: int, form: int, size: int, **more: Any) -> ReleaseParameters:
    """What both printed blocks have in common."""
    return ReleaseParameters(
        unknown_camera_mode=0x20,
        quality=quality,
        image_format=form,
        image_size=size,
        self_timer=0,
        flash=0xFF,
        beep=0,
        image_mode=1,
        drive_mode=0,
        digital_zoom=0xFF,
        metering=3,
        af_distance=0xFF,
        focusing_point=0x9002,
        slow_shutter=0xFF,
        focus_mode=0,
        image_stabilizer=0xFF,
        contrast=0x7F,
        saturation=0x7F,
        sharpness=0x7F,
        sensitivity=0x7F,
        parameter_set=0xFFFF,
        iso=0x58,
        exposure_compensation=0,
        flash_compensation=0,
        bracketing=0xFF,
        unknown_23=0xFF,
        largest_aperture=0x18,
        smallest_aperture=0x50,
        focal_length=0xFFFF,
        focal_length_tele=0xFFFF,
        focal_length_wide=0xFFFF,
        focal_length_unit=1,
        **more,
    )


VECTORS = (
    _asked(Identify(), 0x1201, b"", "identify camera"),
    Golden(
        Identity(unhex("00087781"), "1.0.5.0", "Canon EOS 20D", ""),
        unhex("00087781 00050001")
        + b"Canon EOS 20D".ljust(32, b"\0")
        + bytes(20)
        + unhex("01000000 00000000 00000000"),
        f"{NOTES} new: identify camera: no owner",
        left_out=1,
    ),
    _asked(GetTime(), 0x1203, b"", "get time"),
    Golden(CameraTime(0x41A1DEDE), unhex("dedea141") + bytes(8), f"{NOTES} new: get time"),
    _asked(SetTime(0x41A1DEF5), 0x1204, unhex("f5dea141") + bytes(8), "set time"),
    _asked(GetOwner(), 0x1205, b"", "get owner"),
    _asked(SetOwner("Cornell University"), 0x1206, b"Cornell University\0", "set owner"),
    _asked(GetPowerStatus(), 0x1213, b"", "power supply status"),
    Golden(PowerStatus(6, 0x20), unhex("06000020"), f"{NOTES} new: power supply status"),
    _asked(GetCustomFunctions(0), 0x121D, bytes(4), "get custom functions"),
    Golden(
        CustomFunctions(
            tuple(CustomValue(int(number in (6, 8)), number) for number in range(1, 19))
        ),
        unhex("28000000 0001 0002 0003 0004 0005 0106 0007 0108 0009")
        + unhex("000a 000b 000c 000d 000e 000f 0010 0011 0012")
        + unhex("7cae1000 4049b1ff 70af1000 2882b1ff 00000000 00000000"),
        f"{NOTES} new: get custom functions, with what lay in memory",
        left_out=14,
    ),
    _asked(ReleaseSent(0x0F), 0x1222, unhex("0f000000"), "unknown command 0x22"),
    _asked(GetBodyId(), 0x1223, b"", "get EOS body id"),
    Golden(BodyId(0x1F03460E), unhex("0e46031f"), f"{NOTES} new: get EOS body id"),
    _asked(GetAbilities(), 0x1224, b"", "get photo abilities"),
    Golden(KeysLocked(), bytes(8), f"{NOTES} new: lock keys"),
    # --- the card ---
    _asked(ListDisks(), 0x110E, b"", "flash device identification"),
    _asked(GetDiskSpace("A:"), 0x110D, b"A:\0", "disk info request"),
    Golden(
        DiskSpace(0x0F44C0, 0x0EAC80), unhex("c0440f00 80ac0e00"), f"{NOTES} new: disk info request"
    ),
    _asked(
        GetDirectory(0, r"A:\DCIM\100CANON"),
        0x110B,
        b"\0A:\\DCIM\\100CANON\0\0\0",
        "get directory",
    ),
    Golden(
        Listing(
            (
                Listed(ENTERED | NEW, 0, 0x418B54CC, r"A:\DCIM\100CANON"),
                Listed(NEW, 0x9F9AD3, 0x41900F98, "IMG_0098.CR2"),
                Listed(NEW, 0x68B052, 0x4191B87A, "IMG_0099.CR2"),
                Listed(NEW, 0x692EF3, 0x4191B88A, "IMG_0100.CR2"),
                Listed(ENTERED, 0, 0, ".."),
            )
        ),
        unhex("a000 00000000 cc548b41")
        + b"A:\\DCIM\\100CANON\0"
        + unhex("2000 d39a9f00 980f9041")
        + b"IMG_0098.CR2\0"
        + unhex("2000 52b06800 7ab89141")
        + b"IMG_0099.CR2\0"
        + unhex("2000 f32e6900 8ab89141")
        + b"IMG_0100.CR2\0"
        + unhex("8000 00000000 00000000 2e2e00")
        + bytes(11),
        f"{NOTES} new: get directory",
    ),
    _asked(
        GetRevisedFile(1, "A:/DCIM/100CANON/IMG_0098.CR2"),
        0x1101,
        unhex("01000000") + b"A:/DCIM/100CANON/IMG_0098.CR2\0\0",
        "get picture: a thumbnail",
    ),
    _asked(
        SetAttributes(0, r"A:\DCIM\172CANON", "IMG_7252.JPG"),
        0x1107,
        bytes(4) + b"A:\\DCIM\\172CANON\0IMG_7252.JPG\0\0",
        "unknown function 0x07",
    ),
    _asked(
        DeleteRevisedFile(f"{_FOLDER}IMG_0105.JPG", _FOLDER),
        0x110A,
        b"A:/DCIM/101CANON/IMG_0105.JPG\0\0\0"
        + unhex("07000500 00010800 68768f00 78808f00")
        + b"A:/DCIM/101CANON/",
        "delete file, with what lay in memory",
        left_out=10,
    ),
    # --- release control ---
    _asked(EnterReleaseControl(), 0x1225, unhex("00000000 00000000"), "initialization"),
    _asked(ExitReleaseControl(), 0x1225, unhex("01000000 00000000"), "exit"),
    _asked(Release(), 0x1225, unhex("04000000 00000000"), "release shutter"),
    _asked(
        SetReleaseParameters(
            _parameters(
                2,
                1,
                2,
                shooting_mode=3,
                white_balance=8,
                aperture=0x20,
                shutter_speed=0x70,
            )
        ),
        0x1225,
        unhex("07000000 30000000")
        + unhex("20020102 0000ff00 030100ff 03ff0290 08ff00ff 7f7f7f7f")
        + unhex("ffff5800 20007000 0000ffff 18005000 ffffffff ffff0100"),
        "set release parameters",
    ),
    _asked(SetTransferMode(2), 0x1225, unhex("09000000 04000000 02000000"), "set transfer mode"),
    _asked(GetReleaseParameters(), 0x1225, unhex("0a000000 00000000"), "get release parameters"),
    Golden(
        _parameters(
            4,
            2,
            0,
            shooting_mode=1,
            white_balance=2,
            aperture=0x1C,
            shutter_speed=0x74,
        ),
        unhex("20040200 0000ff00 010100ff 03ff0290 02ff00ff 7f7f7f7f")
        + unhex("ffff5800 1c007400 0000ffff 18005000 ffffffff ffff0100"),
        f"{NOTES} new: get release parameters",
    ),
    Golden(AvailableShots(1000), unhex("e8030000"), f"{NOTES} new: get available shot"),
    _asked(GetExtendedSize(), 0x1225, unhex("10000000 00000000"), "extended parameters"),
    Golden(ExtendedSize(0x3C), unhex("3c000000"), f"{NOTES} new: extended parameters"),
    _asked(
        GetExtendedParameters(0x3C),
        0x1225,
        unhex("12000000 04000000 3c000000"),
        "extended parameters",
    ),
    Golden(
        ExtendedParameters(
            size=0x3C,
            unknown_version=0x00050000,
            unknown_08=0,
            largest_aperture=0,
            zoomed_width=0xFFFF,
            unknown_0e=0x0000FFFF,
            smallest_aperture=0,
            unknown_14=0xFFFF,
            digital_zoom_start=0xFFFF,
            focal_length_tele=0xFFFF,
            full_zoom_width=0xFFFF,
            photo_effect=0,
            assist_light=0xFFFF,
            unknown_tail=_EXTENDED[0x20:],
        ),
        _EXTENDED,
        f"{NOTES} new: extended parameters",
    ),
    _asked(
        SetExtendedParameters(_EXTENDED),
        0x1225,
        unhex("13000000 3c000000") + _EXTENDED,
        "set extended parameters",
    ),
    _asked(GetAllowedSize(0x0B), 0x1225, unhex("1b000000 04000000 0b000000"), "0x1b: metering"),
    Golden(
        AllowedValues(Elements(2, (3, 4, 5))),
        unhex("03000000 02000000 030405"),
        f"{NOTES} new: 0x1c, metering",
    ),
    Golden(
        AllowedValues(Elements(2, (0, 1, 2, 3, 4, 5, 6, 8, 9))),
        unhex("09000000 02000000 000102030405060809"),
        f"{NOTES} new: 0x1c, white balance",
    ),
    Golden(
        AllowedValues(Elements(4, (0x48, 0x50, 0x58, 0x60, 0x68, 0x70))),
        unhex("06000000 04000000 4800 5000 5800 6000 6800 7000"),
        f"{NOTES} new: 0x1c, ISO speed",
    ),
    Golden(
        AllowedValues(Elements(4, ())),
        unhex("00000000 04000000 ffff"),
        f"{NOTES} new: 0x1c, aperture, nothing to choose",
    ),
    Golden(
        AllowedValues(Elements(4, tuple(range(0x18, 0x54, 4)))),
        unhex("0f000000 04000000 1800 1c00 2000 2400 2800 2c00 3000 3400")
        + unhex("3800 3c00 4000 4400 4800 4c00 5000"),
        f"{NOTES} new: 0x1c, aperture",
    ),
    Golden(
        AllowedValues(Elements(2, ())),
        unhex("00000000 02000000 ff"),
        f"{NOTES} new: 0x1c, shutter, nothing to choose",
    ),
    Golden(
        AllowedValues(Elements(2, (0xF0, 0xF4, 0xF8, 0xFC, 0, 4, 8, 0x0C, 0x10))),
        unhex("09000000 02000000 f0f4f8fc0004080c10"),
        f"{NOTES} new: 0x1c, exposure compensation",
    ),
    _asked(
        RetrieveCapture(0, 0x10000, 2, 7),
        0x1226,
        unhex("00000000 00000100 02000000 07000000"),
        "get captured image",
    ),
    Golden(
        FullImageReady(7, 2, 0x81A42D, 0x83, 0xAD),
        unhex("02000000 0c000000 17000000 07000000 02 2da48100 83 ad"),
        f"{NOTES} new: after a release",
    ),
)
