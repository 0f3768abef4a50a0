"""Release control (section 9)."""

from __future__ import annotations

from dataclasses import replace

from canon.native.commands import SubHead
from canon.native.release import (
    AllowedSize,
    AllowedValues,
    Elements,
    EnterReleaseControl,
    EstimatedSize,
    ExitReleaseControl,
    ExtendedParameters,
    ExtendedSize,
    GetAllowedSize,
    GetAllowedValues,
    GetEstimatedSize,
    GetExtendedParameters,
    GetExtendedSize,
    GetReleaseParameters,
    GetZoom,
    LockFocus,
    Release,
    ReleaseParameters,
    SetReleaseParameters,
    SetTransferMode,
    SetZoom,
    UnlockFocus,
    Zoom,
)
from canon.wire import Message
from golden.vector import GPHOTO2, MACRO, REMOTE, Golden, unhex

_PARAMETERS = ReleaseParameters(
    unknown_camera_mode=0x20,
    quality=3,
    image_format=1,
    image_size=0,
    self_timer=100,
    flash=0,
    beep=0,
    shooting_mode=1,
    image_mode=0xFF,
    drive_mode=0,
    digital_zoom=0,
    metering=3,
    af_distance=1,
    focusing_point=0x3003,
    white_balance=0,
    slow_shutter=0xFF,
    focus_mode=0,
    image_stabilizer=0xFF,
    contrast=0,
    saturation=0,
    sharpness=0,
    sensitivity=0x7F,
    parameter_set=0xFFFF,
    iso=0x40,
    aperture=0x28,
    shutter_speed=0x70,
    exposure_compensation=0x18,
    flash_compensation=0x18,
    bracketing=0xFF,
    unknown_23=0xFF,
    largest_aperture=0x18,
    smallest_aperture=0x38,
    focal_length=230,
    focal_length_tele=922,
    focal_length_wide=230,
    focal_length_unit=32,
)


def _asked(value: Message, data: str, source: str) -> Golden:
    return Golden(value, unhex(data), source, code=0x1213)


VECTORS = (
    Golden(SubHead(0x0A, 0x30), unhex("0a000000 30000000"), f"{GPHOTO2} 33"),
    _asked(EnterReleaseControl(), "00000000 00000000", f"{GPHOTO2} 25"),
    _asked(ExitReleaseControl(), "01000000 00000000", f"{GPHOTO2} 129"),
    _asked(Release(), "04000000 00000000", f"{GPHOTO2} 51"),
    _asked(
        SetReleaseParameters(replace(_PARAMETERS, af_distance=3)),
        "07000000 30000000"
        "20030100 64000000 01ff0000 03030330 00ff00ff 0000007f"
        "ffff4000 28007000 1818ffff 18003800 e6009a03 e6002000",
        f"{MACRO} 0",
    ),
    _asked(SetTransferMode(8), "09000000 04000000 08000000", f"{GPHOTO2} 28"),
    _asked(GetReleaseParameters(), "0a000000 00000000", f"{GPHOTO2} 32"),
    Golden(
        _PARAMETERS,
        unhex(
            "20030100 64000000 01ff0000 03010330 00ff00ff 0000007f"
            "ffff4000 28007000 1818ffff 18003800 e6009a03 e6002000"
        ),
        f"{GPHOTO2} 33, 34",
    ),
    _asked(GetZoom(), "0b000000 00000000", f"{REMOTE} 27"),
    Golden(Zoom(0, 17), unhex("0000 1100"), f"{REMOTE} 27"),
    _asked(SetZoom(0), "0c000000 04000000 00000000", f"{REMOTE} 23"),
    _asked(GetExtendedSize(), "10000000 00000000", f"{REMOTE} 25"),
    Golden(ExtendedSize(44), unhex("2c000000"), f"{REMOTE} 25"),
    _asked(GetExtendedParameters(44), "12000000 04000000 2c000000", f"{REMOTE} 26"),
    Golden(
        ExtendedParameters(
            size=44,
            unknown_version=0x00040000,
            unknown_08=0,
            largest_aperture=0x18,
            zoomed_width=2272,
            unknown_0e=0,
            smallest_aperture=0x38,
            unknown_14=1,
            digital_zoom_start=13,
            focal_length_tele=922,
            full_zoom_width=640,
            photo_effect=0,
            assist_light=1,
            unknown_tail=unhex("0000ffff 00000000 00000000"),
        ),
        unhex(
            "2c000000 00000400 00001800 e0080000 00003800 01000d00"
            "9a038002 00000100 0000ffff 00000000 00000000"
        ),
        f"{REMOTE} 26",
    ),
    _asked(LockFocus(), "16000000 00000000", f"{REMOTE} 60"),
    _asked(UnlockFocus(), "17000000 00000000", f"{REMOTE} 61"),
    _asked(GetAllowedSize(0x27), "1b000000 04000000 27000000", f"{REMOTE} 30"),
    Golden(AllowedSize(0x56), unhex("5600"), f"{REMOTE} 30"),
    _asked(GetAllowedValues(0x27), "1c000000 04000000 27000000", f"{REMOTE} 31"),
    Golden(
        AllowedValues(Elements(2, (1, 2, 3, 4))),
        unhex("04000000 02000000 01020304"),
        f"{REMOTE} 89: shooting mode",
    ),
    Golden(
        AllowedValues(Elements(4, (0x3003,))),
        unhex("01000000 04000000 0330"),
        f"{REMOTE} 63: focusing point",
    ),
    Golden(
        AllowedValues(Elements(2, ())),
        unhex("00000000 02000000 ff"),
        f"{REMOTE} 91: image mode, nothing to choose",
    ),
    Golden(
        AllowedValues(Elements(4, ())),
        unhex("00000000 04000000 ffff"),
        f"{REMOTE} 95: property 0x26, nothing to choose",
    ),
    _asked(
        GetEstimatedSize(0, 1, 5),
        "1d000000 03000000 000105",
        f"{REMOTE} 34",
    ),
    Golden(EstimatedSize(2050048), unhex("00481f00"), f"{REMOTE} 34"),
)
