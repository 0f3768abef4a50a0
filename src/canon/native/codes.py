"""The settings of a native camera: where each lies in its blocks, and how its code reads.

The blocks themselves are messages of `canon.native.release` (canon-native-usb, sections 9.1, 9.6).
"""

from __future__ import annotations

from typing import Any

from canon import codes
from canon.codes import Codes, Row
from canon.models.model import Numbering
from canon.native.release import ExtendedParameters, ReleaseParameters
from canon.values import kinds
from canon.values.kinds import Kind


class NativeRow(Row):
    """One setting; its place is a field of a block, or the three fields of a format.

    Attributes:
        prop: its property number, by which its allowed values are asked for; None: read only.
        extended: whether it lies in the extended block.
        always: whether all ones are a value as well, and not "this camera does not have it".
    """

    prop: int | None = None
    extended: bool = False
    always: bool = False


RECORDS = 0x27
"""The property that lists what goes together: format, size, quality, of one file or two (9.4)."""
RECORD = ("image_format", "image_size", "quality")
"""The fields of a format, in the order of the camera's records."""


def _row(
    name: str, prop: int | None, kind: Kind[Any], table: Codes[Any], place: Any = None, **more: Any
) -> NativeRow:
    return NativeRow(name, place or name, kind, table, prop=prop, **more)


def _rows(compensation: Codes[Any]) -> dict[str, NativeRow]:
    millimetres = {"unit": "focal_length_unit"}
    rows = (
        _row("image_format", RECORDS, kinds.FORMAT, codes.FORMAT, RECORD),
        _row("self_timer", 0x04, kinds.SECONDS, codes.TENTHS),
        _row("flash", 0x05, kinds.FLASH, codes.FLASH),
        _row("beep", 0x06, kinds.SWITCH, codes.SWITCH, always=True),
        _row("shooting_mode", 0x07, kinds.SHOOTING_MODE, codes.SHOOTING_MODE),
        _row("drive_mode", 0x09, kinds.DRIVE_MODE, codes.DRIVE_MODE),
        _row("digital_zoom", 0x0A, kinds.ZOOM_STEPS, codes.PLAIN),
        _row("metering", 0x0B, kinds.METERING, codes.METERING),
        _row("macro", 0x0C, kinds.SWITCH, codes.MACRO, "af_distance"),
        _row("af_distance", 0x0C, kinds.AF_DISTANCE, codes.AF_DISTANCE),
        _row("focusing_point", 0x0D, kinds.FOCUSING_POINT, codes.FOCUSING_POINT),
        _row("white_balance", 0x0E, kinds.WHITE_BALANCE, codes.WHITE_BALANCE),
        _row("focus_mode", 0x10, kinds.FOCUS_MODE, codes.FOCUS_MODE),
        _row("contrast", 0x12, kinds.STEPS, codes.SIGNED),
        _row("saturation", 0x13, kinds.STEPS, codes.SIGNED),
        _row("sharpness", 0x14, kinds.STEPS, codes.SIGNED),
        _row("iso", 0x17, kinds.ISO, codes.ISO),
        _row("aperture", 0x18, kinds.APERTURE, codes.APERTURE),
        _row("shutter_speed", 0x19, kinds.SHUTTER_SPEED, codes.SHUTTER_SPEED),
        _row("exposure_compensation", 0x1A, kinds.COMPENSATION, compensation, always=True),
        _row("flash_compensation", 0x1B, kinds.COMPENSATION, compensation, always=True),
        _row("photo_effect", 0x24, kinds.PHOTO_EFFECT, codes.PHOTO_EFFECT, extended=True),
        _row("assist_light", 0x25, kinds.SWITCH, codes.SWITCH, extended=True),
        _row("largest_aperture", None, kinds.APERTURE, codes.APERTURE),
        _row("smallest_aperture", None, kinds.APERTURE, codes.APERTURE),
        _row("focal_length", None, kinds.MEASURE, codes.PLAIN, **millimetres),
        _row("focal_length_wide", None, kinds.MEASURE, codes.PLAIN, **millimetres),
        _row("focal_length_tele", None, kinds.MEASURE, codes.PLAIN, **millimetres),
    )
    return {row.name: row for row in rows}


_CLASSIC, _REVISED = _rows(codes.COMPENSATION), _rows(codes.REVISED_COMPENSATION)


def rows_of(numbering: Numbering) -> dict[str, NativeRow]:
    """The settings by name; the revised numbering counts compensation otherwise (section 9.2)."""
    return _REVISED if numbering is Numbering.REVISED else _CLASSIC


def code_at(block: ReleaseParameters | ExtendedParameters, row: NativeRow) -> int:
    """The number of a setting in its block."""
    if isinstance(row.place, tuple):
        return codes.joined(*(getattr(block, place) for place in row.place))
    code: int = getattr(block, row.place)
    return code


def is_missing(row: NativeRow, code: int) -> bool:
    """Whether a number says that the camera does not have a setting, or not now."""
    if row.place == RECORD:
        return 0xFF in codes.split(code)
    return code in (0xFFFF, 0x7F) or (code == 0xFF and not row.always)
