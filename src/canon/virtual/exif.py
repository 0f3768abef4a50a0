"""The EXIF block that a PowerShot G3 writes in front of a picture, byte for byte.

One APP1 segment: a little-endian TIFF block with IFD0, the Exif directory, Canon's MakerNote,
the interoperability directory and IFD1 with the thumbnail. Every text has a room of fixed size,
so the directories always lie where the recorded G3 photo has them, and the thumbnail begins 0x800
bytes into the file (canon-native-usb, section 7.13). The MakerNote counts in 32nds of a stop.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from canon.values import (
    AfDistance,
    Flash,
    ImageSize,
    Metering,
    PhotoEffect,
    Quality,
    ShootingMode,
    WhiteBalance,
)

FULL_WIDTH = 2272
"""Pixels in a row of the G3's sensor."""

THUMBNAIL_ROOM = 0x1000
"""Bytes that the G3 keeps free for the thumbnail, whatever its length."""

# Where the G3 puts things, counted from the start of the TIFF block (file offset 0xc).
_IFD0, _EXIF, _MAKER_NOTE, _INTEROP, _IFD1 = 0x8, 0xC4, 0x3AE, 0x624, 0x65A
_THUMBNAIL = 0x7F4
_START_OF_IMAGE = b"\xff\xd8"

_ASCII, _SHORT, _LONG, _RATIONAL, _UNDEFINED, _SIGNED_RATIONAL = 2, 3, 4, 5, 7, 10


@dataclass(frozen=True)
class Shot:
    """How, when and with what a picture is taken; what is left out is a G3 in program mode.

    Attributes:
        taken: the camera's local time.
        number: folder and file as one number: 1000001 is IMG_0001 in folder 100.
        model: the name that the camera reports.
        model_id: the number of the model in the MakerNote.
        firmware: the version that the camera reports, four numbers.
        owner: the owner's name; EXIF has room for 31 characters.
        width: pixels in a row.
        height: rows of pixels.
        size: the setting that gave these pixels.
        quality: how much the picture is compressed.
        orientation: EXIF orientation; 1 is upright.
        mode: the position of the mode dial.
        exposure_time: seconds.
        aperture: the f-number.
        iso: the sensitivity, also when the camera chose it.
        iso_auto: whether the camera chose it.
        compensation: exposure compensation in stops.
        flash_compensation: flash compensation in stops.
        metering: what the exposure was measured on.
        measured_light: what the exposure meter saw, in stops (exiftool's MeasuredEV).
        flash: the setting of the flash.
        flash_fired: whether it fired.
        white_balance: the light that was taken for white.
        focal_length: millimetres, as the lens stood.
        wide: the shortest focal length in millimetres.
        tele: the longest focal length in millimetres.
        open_aperture: the largest aperture at this focal length, an f-number.
        smallest_aperture: the smallest aperture, an f-number.
        zoom_position: the step at which the lens stood.
        digital_zoom: how many times the picture is enlarged beyond the lens; 1 is not at all.
        af_distance: the range of distances for focus; CLOSE_UP is macro.
        distance: metres to the subject.
        focused: whether the picture is sharp; EXIF has no field for it, the picture shows it.
        effect: the look given to the picture.
        contrast: -1, 0 or 1.
        saturation: -1, 0 or 1.
        sharpness: -1, 0 or 1.
        remote: whether a computer released the shutter.
    """

    taken: datetime
    number: int
    model: str = "Canon PowerShot G3"
    model_id: int = 0x01190000
    firmware: str = "1.0.2.0"
    owner: str = ""
    width: int = FULL_WIDTH
    height: int = 1704
    size: ImageSize = ImageSize.LARGE
    quality: Quality = Quality.FINE
    orientation: int = 1
    mode: ShootingMode = ShootingMode.PROGRAM
    exposure_time: Fraction = Fraction(1, 60)
    aperture: float = 2.0
    iso: int = 50
    iso_auto: bool = False
    compensation: Fraction = Fraction(0)
    flash_compensation: Fraction = Fraction(0)
    metering: Metering = Metering.EVALUATIVE
    measured_light: float = 0.5
    flash: Flash = Flash.OFF
    flash_fired: bool = False
    white_balance: WhiteBalance = WhiteBalance.AUTO
    focal_length: float = 230 / 32
    wide: float = 230 / 32
    tele: float = 922 / 32
    open_aperture: float = 2.066
    smallest_aperture: float = 8.0
    zoom_position: int = 0
    digital_zoom: float = 1.0
    af_distance: AfDistance = AfDistance.AUTO
    distance: float = 1.69
    focused: bool = True
    effect: PhotoEffect = PhotoEffect.OFF
    contrast: int = 0
    saturation: int = 0
    sharpness: int = 0
    remote: bool = True


def app1(shot: Shot, thumbnail: bytes) -> bytes:
    """The APP1 segment of a picture, from its marker on.

    Raises:
        ValueError: the thumbnail is too large for a segment.
    """
    tiff = bytearray(_THUMBNAIL)
    for at, directory in (
        (_IFD0, _ifd0(shot)),
        (_EXIF, _exif(shot)),
        (_INTEROP, _interop(shot)),
        (_IFD1, _ifd1(len(thumbnail))),
    ):
        tiff[at : at + len(directory)] = directory
    tiff[:_IFD0] = struct.pack("<2sHI", b"II", 42, _IFD0)
    # A G3 lays a whole JPEG behind the first 0x1800 bytes and counts its start marker as ours.
    tiff += thumbnail.ljust(THUMBNAIL_ROOM, b"\0") + _START_OF_IMAGE
    length = 2 + 6 + len(tiff)
    if length > 0xFFFF:
        raise ValueError(f"a thumbnail of {len(thumbnail)} bytes does not fit into EXIF")
    return struct.pack(">HH6s", 0xFFE1, length, b"Exif\0\0") + tiff


# --- directories ---------------------------------------------------------------------------------


class _Field(NamedTuple):
    """One entry of a directory; `data` may be longer than its values, which leaves a gap."""

    tag: int
    kind: int
    amount: int
    data: bytes


def _directory(
    at: int, listed: Sequence[_Field], placed: Sequence[_Field] = (), then: int = 0
) -> bytes:
    """A directory at an offset of the TIFF block, and behind it the values of over four bytes.

    `placed` is the order of these values, when it is another than that of the entries.
    """
    values = b""
    start = at + 2 + 12 * len(listed) + 4
    inline = {}
    for field in placed or listed:
        if len(field.data) > 4:
            inline[field] = struct.pack("<I", start + len(values))
            values += field.data
        else:
            inline[field] = field.data.ljust(4, b"\0")
    entries = [
        struct.pack("<HHI4s", field.tag, field.kind, field.amount, inline[field])
        for field in listed
    ]
    return struct.pack("<H", len(listed)) + b"".join(entries) + struct.pack("<I", then) + values


def _ifd0(shot: Shot) -> bytes:
    return _directory(
        _IFD0,
        (
            _text(0x010F, "Canon"),
            _text(0x0110, shot.model, room=32),
            _u16(0x0112, shot.orientation),
            _rational(0x011A, 180),
            _rational(0x011B, 180),
            _u16(0x0128, 2),
            _time(0x0132, shot),
            _u16(0x0213, 1),
            _u32(0x8769, _EXIF),
        ),
        then=_IFD1,
    )


def _exif(shot: Shot) -> bytes:
    zoomed = round(FULL_WIDTH / shot.digital_zoom)
    manual = shot.mode in (ShootingMode.MANUAL, ShootingMode.BULB)
    exposure_time = shot.exposure_time.limit_denominator(1 << 16)
    placed = (
        _undefined(0x9000, b"0220"),
        _time(0x9003, shot),
        _time(0x9004, shot),
        _undefined(0x9101, b"\1\2\3\0"),
        _undefined(0x9286, bytes(264)),
        _rational(0x9102, shot.quality),  # Guess: only fine, 3, was seen
        _rational(0x9201, _time_value(shot.exposure_time), 32, _SIGNED_RATIONAL),
        _rational(0x9202, _aperture_value(shot.aperture), 32),
        _rational(0x829A, exposure_time.numerator, exposure_time.denominator),
        _rational(0x829D, round(shot.aperture * 10), 10),
        _rational(0x9204, round(shot.compensation * 3), 3, _SIGNED_RATIONAL),
        _rational(0x9205, _thirds(_aperture_value(shot.open_aperture) / 32), 32),
        _u16(0x9207, _EXIF_METERING.get(shot.metering, 255)),
        _u16(0x9209, _EXIF_FLASH.get(shot.flash, 0) | shot.flash_fired),
        _rational(0x920A, round(shot.focal_length * 32), 32),
        _undefined(0x927C, _maker_note(shot)),
        _undefined(0xA000, b"0100"),
        _u16(0xA001, 1),
        _u16(0xA002, shot.width),
        _u16(0xA003, shot.height),
        _u32(0xA005, _INTEROP),
        _rational(0xA20E, shot.width * 1000, 280),
        _rational(0xA20F, shot.height * 1000, 210),
        _u16(0xA210, 2),
        _u16(0xA217, 2),
        _undefined(0xA300, b"\3"),
        _u16(0xA401, 0),
        _u16(0xA402, manual),
        _u16(0xA403, shot.white_balance != WhiteBalance.AUTO),
        _rational(0xA404, FULL_WIDTH, zoomed),
        _u16(0xA406, _SCENES.get(shot.mode, 0)),
    )
    return _directory(_EXIF, sorted(placed), placed)


def _maker_note(shot: Shot) -> bytes:
    width, height = shot.width, shot.height
    return _directory(
        _MAKER_NOTE,
        (
            _words(0x0001, _camera_settings(shot)),
            _words(
                0x0002, (2, round(shot.focal_length * 32), 286, 215)
            ),  # the sensor in thousandths of an inch
            _words(0x0003, (0, 0x400, 0, 0)),
            _words(0x0004, _shot_info(shot)),
            _words(0x0000, (0,) * 6),
            _words(0x0000, (0,) * 4),
            _words(0x0012, (9, 1, width, height, FULL_WIDTH, 212, 409, 38, *(0,) * 28)),
            _words(0x0013, (0,) * 4),
            _text(0x0006, _image_type(shot.model), count=32),
            _text(0x0007, f"Firmware Version {_short_version(shot.firmware)}", count=24),
            _u32(0x0008, shot.number),
            _text(0x0009, shot.owner, count=32),
            _u32(0x0010, shot.model_id),
            _Field(0x000D, _SHORT, 34, _CAMERA_INFO),
        ),
    )


def _camera_settings(shot: Shot) -> list[int]:
    """The words of MakerNote tag 1; the first is their length in bytes."""
    zoomed = round(FULL_WIDTH / shot.digital_zoom)
    scene = shot.mode - 0x64 if shot.mode > 0x64 else int(shot.mode != ShootingMode.AUTO)
    words = [0] * 46
    words[0] = 2 * len(words)
    words[1] = 1 if shot.af_distance == AfDistance.CLOSE_UP else 2
    words[3] = shot.quality
    words[4] = shot.flash
    words[7] = 3 if shot.af_distance == AfDistance.MANUAL else 4
    words[9] = 1  # JPEG
    words[10] = _SIZES.get(shot.size, shot.size)
    words[11] = scene
    words[12] = {1.0: 0, 2.0: 1, 4.0: 2}.get(shot.digital_zoom, 3)
    words[13:16] = shot.contrast, shot.saturation, shot.sharpness
    words[16] = 15 if shot.iso_auto else _ISO_CODES.get(shot.iso, 0x4000 | shot.iso)
    words[17] = _MAKER_METERING.get(shot.metering, shot.metering)
    words[18] = shot.af_distance
    words[19] = 0x2005  # the focusing point: chosen by hand
    words[20] = shot.mode if shot.mode < ShootingMode.MANUAL_2 else 0
    words[21:23] = 0xFFFF, 0xFFFF
    words[23:26] = round(shot.tele * 32), round(shot.wide * 32), 32
    words[26:28] = _aperture_value(shot.open_aperture), _aperture_value(shot.smallest_aperture)
    words[28] = shot.flash_fired
    words[29] = 0x2008 if shot.flash_fired else 0  # built-in, measured through the lens
    words[34] = 0xFFFF
    words[36:38] = FULL_WIDTH, zoomed
    words[40] = shot.effect
    words[42] = 0x7FFF
    return words


def _shot_info(shot: Shot) -> list[int]:
    """The words of MakerNote tag 4; the first is their length in bytes."""
    words = [0] * 34
    words[0] = 2 * len(words)
    words[2] = round(32 * math.log2(shot.iso * 32 / 100))
    words[3] = round(32 * (shot.measured_light - 5))
    words[4] = _aperture_value(shot.aperture)
    words[5] = _time_value(shot.exposure_time)
    words[6] = _thirds(float(shot.compensation))
    words[7] = _WHITE_BALANCES.get(shot.white_balance, shot.white_balance)
    words[10] = shot.zoom_position
    words[13] = 139 if shot.flash_fired else 0  # the guide number as recorded
    words[15] = _thirds(float(shot.flash_compensation))
    words[18] = 3 if shot.remote else 1
    words[19] = round(shot.distance * 100)
    words[21] = max(_aperture_value(shot.aperture), _aperture_value(shot.open_aperture))
    words[22] = _thirds(-math.log2(shot.exposure_time))
    words[26] = 250  # a compact camera
    words[33] = 27 if shot.flash_fired else 0  # the flash's output as recorded
    return words


def _interop(shot: Shot) -> bytes:
    return _directory(
        _INTEROP,
        (
            _text(0x0001, "R98"),
            _undefined(0x0002, b"0100"),
            _u16(0x1001, shot.width),
            _u16(0x1002, shot.height),
        ),
    )


def _ifd1(length: int) -> bytes:
    return _directory(
        _IFD1,
        (
            _u16(0x0103, 6),
            _rational(0x011A, 180),
            _rational(0x011B, 180),
            _u16(0x0128, 2),
            _u32(0x0201, _THUMBNAIL),
            _u32(0x0202, length),
        ),
    )


# --- fields --------------------------------------------------------------------------------------


def _text(tag: int, text: str, *, count: int = 0, room: int = 0) -> _Field:
    """A text with its NUL: `count` pads what is counted, `room` what is kept free behind it."""
    limit = max(count, room) or len(text) + 1
    raw = text.encode("latin-1", "replace")[: limit - 1] + b"\0"
    return _Field(tag, _ASCII, count or len(raw), raw.ljust(limit, b"\0"))


def _time(tag: int, shot: Shot) -> _Field:
    return _text(tag, shot.taken.strftime("%Y:%m:%d %H:%M:%S"))


def _undefined(tag: int, raw: bytes) -> _Field:
    return _Field(tag, _UNDEFINED, len(raw), raw)


def _u16(tag: int, value: int) -> _Field:
    return _words(tag, (value,))


def _u32(tag: int, value: int) -> _Field:
    return _Field(tag, _LONG, 1, struct.pack("<I", value))


def _words(tag: int, values: Sequence[int]) -> _Field:
    """Words, of which some count below zero."""
    raw = struct.pack(f"<{len(values)}H", *(value & 0xFFFF for value in values))
    return _Field(tag, _SHORT, len(values), raw)


def _rational(tag: int, over: int, under: int = 1, kind: int = _RATIONAL) -> _Field:
    return _Field(tag, kind, 1, struct.pack("<iI" if kind != _RATIONAL else "<II", over, under))


# --- scales --------------------------------------------------------------------------------------


def _aperture_value(f_number: float) -> int:
    """An f-number in 32nds of a stop below f/1."""
    return round(64 * math.log2(f_number))


def _time_value(seconds: Fraction) -> int:
    """An exposure time in 32nds of a stop below one second."""
    return round(-32 * math.log2(seconds))


def _thirds(stops: float) -> int:
    """Stops to the nearest third, as Canon writes them: 32 a stop, a third is 12, two are 20."""
    whole, part = divmod(round(stops * 3), 3)
    return 32 * whole + (0, 12, 20)[part]


def _short_version(firmware: str) -> str:
    """A firmware version as EXIF has it: 1.0.2.0 is 1.02."""
    numbers = firmware.split(".")
    return f"{numbers[0]}.{''.join(numbers[1:3])}" if len(numbers) == 4 else firmware


def _image_type(model: str) -> str:
    name = model.removeprefix("Canon ")
    return f"IMG:{name} JPEG" if name.startswith("PowerShot") else model


_EXIF_METERING = {
    Metering.CENTER_WEIGHTED: 2,
    Metering.SPOT: 3,
    Metering.AVERAGE: 1,
    Metering.EVALUATIVE: 5,
    Metering.PARTIAL: 6,
    Metering.CENTER_WEIGHTED_AVERAGE: 2,
    Metering.SPOT_AT_AF_FRAME: 3,
    Metering.MULTI_SPOT: 4,
}

_EXIF_FLASH = {
    Flash.OFF: 0x10,
    Flash.AUTO: 0x18,
    Flash.ON: 0x08,
    Flash.RED_EYE: 0x48,
    Flash.FILL_IN: 0x08,
    Flash.AUTO_RED_EYE: 0x58,
    Flash.ON_RED_EYE: 0x48,
}

_SCENES = {
    ShootingMode.FAR_SCENE: 1,
    ShootingMode.PORTRAIT: 2,
    ShootingMode.NIGHT: 3,
    ShootingMode.NIGHT_SNAPSHOT: 3,
}

_ISO_CODES = {50: 16, 100: 17, 200: 18, 400: 19}

# Guess: only evaluative was seen; the others are exiftool's names.
_MAKER_METERING = {
    Metering.CENTER_WEIGHTED: 5,
    Metering.SPOT_AT_AF_FRAME: 1,
    Metering.MULTI_SPOT: 1,
}

# Guess: only large was seen; the others are exiftool's names.
_SIZES = {ImageSize.MEDIUM_1: 5, ImageSize.MEDIUM_2: 6}

# Guess: only auto was seen; the others are exiftool's names.
_WHITE_BALANCES = {WhiteBalance.FLUORESCENT_H: 14}

# MakerNote tag 0x0d as recorded: nobody knows what it says.
_CAMERA_INFO = bytes.fromhex(
    "440009000801018001800180018001800180018001804500000000000000000000000a00e0ff00000a00a002"
    "f8fe18002000fe0380030000000000000000"
    "5e000000e8ff"
)
