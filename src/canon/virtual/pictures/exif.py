"""The EXIF block that a PowerShot G3 writes in front of a picture, byte for byte.

One APP1 segment: a little-endian TIFF block with IFD0, the Exif directory, Canon's MakerNote,
the interoperability directory and IFD1 with the thumbnail. Every text has a room of fixed size,
so the directories always lie where the recorded G3 photo has them, and the thumbnail begins 0x800
bytes into the file (canon-native-usb, section 7.13). The MakerNote counts in 32nds of a stop.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from canon import codes
from canon.codes import Words
from canon.values import (
    AfDistance,
    Choice,
    Flash,
    ImageSize,
    Metering,
    PhotoEffect,
    Quality,
    ShootingMode,
    WhiteBalance,
)
from canon.virtual.pictures.ifd import (
    SHORT,
    Field,
    directory,
    long,
    moment,
    rational,
    signed_rational,
    text,
    undefined,
    words,
)

THUMBNAIL_ROOM = 0x1000
"""Bytes that the G3 keeps free for the thumbnail, whatever its length."""

# Where the G3 puts things, counted from the start of the TIFF block (file offset 0xc).
_IFD0, _EXIF, _MAKER_NOTE, _INTEROP, _IFD1 = 0x8, 0xC4, 0x3AE, 0x624, 0x65A
_THUMBNAIL = 0x7F4
_START_OF_IMAGE = b"\xff\xd8"

_G3_SENSOR, _G3_PLANE = (286, 215), (280, 210)
"""The sensor of a G3, which it tells in two ways, in thousandths of an inch."""
_LENS_ROOM = 64

JPEG, CRW_THM, AVI_THM, CR2, CR2_JPEG = 1, 2, 3, 6, 7
"""What is written of a shot, as the MakerNote says it (exiftool's RecordMode)."""


@dataclass(frozen=True)
class Exposure:
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
        full_width: pixels in a row of the body's largest pictures.
        size: the setting that gave these pixels.
        quality: how much the picture is compressed; None where it is RAW.
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
        light: how many stops brighter the scene is than usual; the picture shows it.
        flash: the setting of the flash.
        flash_fired: whether it fired.
        white_balance: the light that was taken for white.
        tint: how far white is shifted from there, in steps towards amber and towards green.
        focal_length: millimetres, as the lens stood.
        wide: the shortest focal length in millimetres.
        tele: the longest focal length in millimetres.
        open_aperture: the largest aperture at this focal length, an f-number.
        smallest_aperture: the smallest aperture, an f-number.
        lens: the name of a lens that comes off; empty where it does not.
        sensor: width and height of the sensor in thousandths of an inch, as the MakerNote has them.
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
        files: what is written of it, one of `JPEG`, `CRW_THM`, `AVI_THM`, `CR2`, `CR2_JPEG`.
    """

    taken: datetime
    number: int
    model: str = "Canon PowerShot G3"
    model_id: int = 0x01190000
    firmware: str = "1.0.2.0"
    owner: str = ""
    width: int = 2272
    height: int = 1704
    full_width: int = 2272
    size: ImageSize = ImageSize.LARGE
    quality: Quality | None = Quality.FINE
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
    light: float = 0.0
    flash: Flash = Flash.OFF
    flash_fired: bool = False
    white_balance: WhiteBalance = WhiteBalance.AUTO
    tint: tuple[int, int] = (0, 0)
    focal_length: float = 230 / 32
    wide: float = 230 / 32
    tele: float = 922 / 32
    open_aperture: float = 2.066
    smallest_aperture: float = 8.0
    lens: str = ""
    sensor: tuple[int, int] = _G3_SENSOR
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
    files: int = JPEG


def app1(shot: Exposure, thumbnail: bytes) -> bytes:
    """The APP1 segment of a picture, from its marker on.

    Raises:
        ValueError: the thumbnail is too large for a segment.
    """
    tiff = bytearray(_THUMBNAIL)
    for at, part in (
        (_IFD0, _ifd0(shot)),
        (_EXIF, exif_block(shot, _EXIF)),
        (_IFD1, thumbnail_directory(_IFD1, _THUMBNAIL, len(thumbnail))),
    ):
        tiff[at : at + len(part)] = part
    tiff[:_IFD0] = struct.pack("<2sHI", b"II", 42, _IFD0)
    # A G3 lays a whole JPEG behind the first 0x1800 bytes and counts its start marker as ours.
    tiff += thumbnail.ljust(THUMBNAIL_ROOM, b"\0") + _START_OF_IMAGE
    length = 2 + 6 + len(tiff)
    if length > 0xFFFF:
        raise ValueError(f"a thumbnail of {len(thumbnail)} bytes does not fit into EXIF")
    return struct.pack(">HH6s", 0xFFE1, length, b"Exif\0\0") + tiff


# --- directories ---------------------------------------------------------------------------------


def _ifd0(shot: Exposure) -> bytes:
    return directory(
        _IFD0,
        (
            text(0x010F, "Canon"),
            text(0x0110, shot.model, room=32),
            words(0x0112, shot.orientation),
            rational(0x011A, 180),
            rational(0x011B, 180),
            words(0x0128, 2),
            moment(0x0132, shot.taken),
            words(0x0213, 1),
            long(0x8769, _EXIF),
        ),
        then=_IFD1,
    )


def exif_block(shot: Exposure, at: int) -> bytes:
    """The Exif directory with the MakerNote, and the interoperability directory behind it.

    Args:
        shot: what they tell of.
        at: the offset at which they will lie in the TIFF block.
    """
    exif = _exif(shot, at)
    gap = bytes(_INTEROP - _EXIF - len(exif))
    return exif + gap + _interop(shot, at + _INTEROP - _EXIF)


def _exif(shot: Exposure, at: int) -> bytes:
    zoomed = round(shot.full_width / shot.digital_zoom)
    focal_plane = _G3_PLANE if shot.sensor == _G3_SENSOR else shot.sensor
    manual = shot.mode in (ShootingMode.MANUAL, ShootingMode.BULB)
    exposure_time = shot.exposure_time.limit_denominator(1 << 16)
    placed = (
        undefined(0x9000, b"0220"),
        moment(0x9003, shot.taken),
        moment(0x9004, shot.taken),
        undefined(0x9101, b"\1\2\3\0"),
        undefined(0x9286, bytes(264)),
        rational(0x9102, _quality(shot)),  # Guess: only fine, 3, was seen
        signed_rational(0x9201, _time_value(shot.exposure_time), 32),
        rational(0x9202, _aperture_value(shot.aperture), 32),
        rational(0x829A, exposure_time.numerator, exposure_time.denominator),
        rational(0x829D, round(shot.aperture * 10), 10),
        signed_rational(0x9204, round(shot.compensation * 3), 3),
        rational(0x9205, _thirds(_aperture_value(shot.open_aperture) / 32), 32),
        words(0x9207, _EXIF_METERING.get(shot.metering, 255)),
        words(0x9209, _EXIF_FLASH.get(shot.flash, 0) | shot.flash_fired),
        rational(0x920A, round(shot.focal_length * 32), 32),
        undefined(0x927C, maker_note(shot, at + _MAKER_NOTE - _EXIF)),
        undefined(0xA000, b"0100"),
        words(0xA001, 1),
        words(0xA002, shot.width),
        words(0xA003, shot.height),
        long(0xA005, at + _INTEROP - _EXIF),
        rational(0xA20E, shot.width * 1000, focal_plane[0]),
        rational(0xA20F, shot.height * 1000, focal_plane[1]),
        words(0xA210, 2),
        words(0xA217, 2),
        undefined(0xA300, b"\3"),
        words(0xA401, 0),
        words(0xA402, manual),
        words(0xA403, shot.white_balance != WhiteBalance.AUTO),
        rational(0xA404, shot.full_width, zoomed),
        words(0xA406, _SCENES.get(shot.mode, 0)),
    )
    return directory(at, sorted(placed), placed)


def maker_note(shot: Exposure, at: int) -> bytes:
    """The directory of the MakerNote, at an offset of the TIFF block."""
    width, height = shot.width, shot.height
    return directory(
        at,
        (
            words(0x0001, *camera_settings(shot)),
            words(0x0002, *focal_length(shot)),
            words(0x0003, 0, 0x400, 0, 0),
            words(0x0004, *shot_info(shot)),
            words(0x0000, *(0,) * 6),
            words(0x0000, *(0,) * 4),
            words(0x0012, 9, 1, width, height, *_focus_field(shot), 409, 38, *(0,) * 28),
            words(0x0013, *(0,) * 4),
            text(0x0006, image_type(shot), count=32),
            text(0x0007, f"Firmware Version {short_version(shot.firmware)}", count=24),
            long(0x0008, shot.number),
            text(0x0009, shot.owner, count=32),
            long(0x0010, shot.model_id),
            # Of a body whose lens comes off, its name has that room.
            text(0x0095, shot.lens, count=_LENS_ROOM)
            if shot.lens
            else Field(0x000D, SHORT, 34, _CAMERA_INFO),
        ),
    )


def _focus_field(shot: Exposure) -> tuple[int, int]:
    """Width and height of what the focusing points lie in; the G3's is as recorded."""
    wide = 3 * shot.width > 4 * shot.height
    return (shot.width, shot.height) if wide else (shot.full_width, 212)


def focal_length(shot: Exposure) -> tuple[int, ...]:
    """The words of MakerNote tag 2; the last two are the sensor in thousandths of an inch."""
    return 2, round(shot.focal_length * 32), *shot.sensor


def camera_settings(shot: Exposure) -> list[int]:
    """The words of MakerNote tag 1; the first is their length in bytes."""
    zoomed = round(shot.full_width / shot.digital_zoom)
    mode = _number(codes.SHOOTING_MODE, shot.mode)
    scene = mode - 0x64 if mode > 0x64 else int(shot.mode != ShootingMode.AUTO)
    row = [0] * 46
    row[0] = 2 * len(row)
    row[1] = 1 if shot.af_distance == AfDistance.CLOSE_UP else 2
    row[3] = _quality(shot)
    row[4] = _number(codes.FLASH, shot.flash)
    row[7] = 3 if shot.af_distance == AfDistance.MANUAL else 4
    row[9] = shot.files
    row[10] = _SIZES.get(shot.size) or _number(codes.IMAGE_SIZE, shot.size)
    row[11] = scene
    row[12] = {1.0: 0, 2.0: 1, 4.0: 2}.get(shot.digital_zoom, 3)
    row[13:16] = shot.contrast, shot.saturation, shot.sharpness
    row[16] = 15 if shot.iso_auto else _ISO_CODES.get(shot.iso, 0x4000 | shot.iso)
    row[17] = _MAKER_METERING.get(shot.metering) or _number(codes.METERING, shot.metering)
    row[18] = _number(codes.AF_DISTANCE, shot.af_distance)
    row[19] = 0x2005  # the focusing point: chosen by hand
    row[20] = mode if mode <= 0x64 else 0
    row[21:23] = 0xFFFF, 0xFFFF
    row[23:26] = round(shot.tele * 32), round(shot.wide * 32), 32
    row[26:28] = _aperture_value(shot.open_aperture), _aperture_value(shot.smallest_aperture)
    row[28] = shot.flash_fired
    row[29] = 0x2008 if shot.flash_fired else 0  # built-in, measured through the lens
    row[34] = 0xFFFF
    row[36:38] = shot.full_width, zoomed
    row[40] = _number(codes.PHOTO_EFFECT, shot.effect)
    row[42] = 0x7FFF
    return row


def shot_info(shot: Exposure) -> list[int]:
    """The words of MakerNote tag 4; the first is their length in bytes."""
    row = [0] * 34
    row[0] = 2 * len(row)
    row[2] = round(32 * math.log2(shot.iso * 32 / 100))
    row[3] = round(32 * (shot.measured_light - 5))
    row[4] = _aperture_value(shot.aperture)
    row[5] = _time_value(shot.exposure_time)
    row[6] = _thirds(float(shot.compensation))
    row[7] = _WHITE_BALANCES.get(shot.white_balance) or _number(
        codes.WHITE_BALANCE, shot.white_balance
    )
    row[10] = shot.zoom_position
    row[13] = 139 if shot.flash_fired else 0  # the guide number as recorded
    row[15] = _thirds(float(shot.flash_compensation))
    row[18] = 3 if shot.remote else 1
    row[19] = round(shot.distance * 100)
    row[21] = max(_aperture_value(shot.aperture), _aperture_value(shot.open_aperture))
    row[22] = _thirds(-math.log2(shot.exposure_time))
    row[26] = 250  # a compact camera
    row[33] = 27 if shot.flash_fired else 0  # the flash's output as recorded
    return row


def _number(table: Words[Any], word: Choice) -> int:
    """How the MakerNote counts a word: as the camera's settings do."""
    return table.code(word) or 0


def _quality(shot: Exposure) -> int:
    return codes.RAW_QUALITY if shot.quality is None else _number(codes.QUALITY, shot.quality)


def _interop(shot: Exposure, at: int) -> bytes:
    return directory(
        at,
        (
            text(0x0001, "R98"),
            undefined(0x0002, b"0100"),
            words(0x1001, shot.width),
            words(0x1002, shot.height),
        ),
    )


def thumbnail_directory(at: int, start: int, length: int, then: int = 0) -> bytes:
    """IFD1, at an offset of the TIFF block: where the thumbnail lies."""
    return directory(
        at,
        (
            words(0x0103, 6),
            rational(0x011A, 180),
            rational(0x011B, 180),
            words(0x0128, 2),
            long(0x0201, start),
            long(0x0202, length),
        ),
        then=then,
    )


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


def short_version(firmware: str) -> str:
    """A firmware version as EXIF has it: 1.0.2.0 is 1.02."""
    numbers = firmware.split(".")
    return f"{numbers[0]}.{''.join(numbers[1:3])}" if len(numbers) == 4 else firmware


def image_type(shot: Exposure) -> str:
    """What the file says that it is; an EOS says its name."""
    name = shot.model.removeprefix("Canon ")
    return f"IMG:{name} JPEG" if name.startswith("PowerShot") else shot.model


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
