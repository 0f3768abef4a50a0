"""Release control: the commands under code 0x13 (class 6: 0x25), and what they carry.

The sub-code and its length word belong to the session; a class holds what follows them
(canon-native-usb, section 9).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Annotated, ClassVar, Generic, NamedTuple, TypeVar

from canon.errors import DecodeError
from canon.native.commands import Command, Nothing
from canon.wire import Buffer, Codec, Inner, Message, Raw, s8, take, u8, u16, u32

R = TypeVar("R")


class ReleaseControl(Command[R], Generic[R], classic=0x1213, revised=0x1225):
    """The family of commands under release control's code."""


class EnterReleaseControl(ReleaseControl[Nothing], sub=0x00):
    """Enter release control; the lens comes out, which takes seconds."""


class ExitReleaseControl(ReleaseControl[Nothing], sub=0x01):
    """Leave release control."""


class StartViewfinder(ReleaseControl[Nothing], sub=0x02):
    """Start the viewfinder."""


class StopViewfinder(ReleaseControl[Nothing], sub=0x03):
    """Stop the viewfinder."""


class Release(ReleaseControl[Nothing], sub=0x04):
    """Take a picture; events tell how it goes."""


class ReleaseParameters(Message):
    """The settings of the next picture, as numbers of `canon.native.codes` (section 9.1)."""

    unknown_camera_mode: u8
    quality: u8
    image_format: u8
    image_size: u8
    self_timer: u16  # tenths of a second
    flash: u8
    beep: u8
    shooting_mode: u8
    image_mode: u8
    drive_mode: u8
    digital_zoom: u8
    metering: u8
    af_distance: u8
    focusing_point: u16
    white_balance: u8
    slow_shutter: u8
    focus_mode: u8
    image_stabilizer: u8
    contrast: s8
    saturation: s8
    sharpness: s8
    sensitivity: s8
    parameter_set: u16
    iso: u16
    aperture: u16
    shutter_speed: u16
    exposure_compensation: u8
    flash_compensation: u8
    bracketing: u8
    unknown_23: u8
    largest_aperture: u16
    smallest_aperture: u16
    focal_length: u16
    focal_length_tele: u16
    focal_length_wide: u16
    focal_length_unit: u16  # of these a millimetre


class SetReleaseParameters(ReleaseControl[Nothing], sub=0x07):
    """Write the settings; a value that the camera does not take reads back unchanged."""

    parameters: Annotated[ReleaseParameters, Inner(ReleaseParameters)]


class SetTransferMode(ReleaseControl[Nothing], sub=0x09):
    """Say where the next picture goes: 1 thumbnail, 2 image to the host; 4, 8 to the card."""

    mode: u32


class GetReleaseParameters(ReleaseControl[ReleaseParameters], reply=ReleaseParameters, sub=0x0A):
    """Read the settings."""


class Zoom(Message):
    """Where the zoom stands, and its last position."""

    position: u16
    maximum: u16


class GetZoom(ReleaseControl[Zoom], reply=Zoom, sub=0x0B):
    """Ask where the zoom stands."""


class SetZoom(ReleaseControl[Nothing], sub=0x0C):
    """Move the zoom; 0 is wide."""

    position: u32


class AvailableShots(Message):
    """How many pictures fit on the card."""

    shots: u32


class GetAvailableShots(ReleaseControl[AvailableShots], reply=AvailableShots, sub=0x0D):
    """Ask how many pictures fit on the card."""


class ExtendedSize(Message):
    """The length of the extended parameters."""

    size: u32


class GetExtendedSize(ReleaseControl[ExtendedSize], reply=ExtendedSize, sub=0x10):
    """Ask for the length of the extended parameters."""


class ExtendedParameters(Message):
    """More settings, as far as they are understood (section 9.6)."""

    size: u32
    unknown_version: u32
    unknown_08: u16
    largest_aperture: u16
    zoomed_width: u16
    unknown_0e: u32
    smallest_aperture: u16
    unknown_14: u16
    digital_zoom_start: u16
    focal_length_tele: u16
    full_zoom_width: u16
    photo_effect: u16
    assist_light: u16
    unknown_tail: Annotated[bytes, Raw()]


class GetExtendedParameters(ReleaseControl[ExtendedParameters], reply=ExtendedParameters, sub=0x12):
    """Read the extended parameters."""

    size: u32


class SetExtendedParameters(ReleaseControl[Nothing], sub=0x13):
    """Write the extended parameters."""

    block: Annotated[bytes, Raw()]


class SelectCameraOutput(ReleaseControl[Nothing], sub=0x14):
    """Choose what shows the picture."""

    output: u8


class DoAeAfAwb(ReleaseControl[Nothing], sub=0x15):
    """Measure exposure (1), focus (2), white balance (4); which bit is which is a guess."""

    mask: u32


class LockFocus(ReleaseControl[Nothing], sub=0x16):
    """Focus and keep it."""


class UnlockFocus(ReleaseControl[Nothing], sub=0x17):
    """Let the focus go."""


class AllowedSize(Message):
    """The length of a list of allowed values."""

    size: u16


class GetAllowedSize(ReleaseControl[AllowedSize], reply=AllowedSize, sub=0x1B):
    """Ask for the length of a property's list of allowed values."""

    prop: u32


class Elements(NamedTuple):
    """The values of a list, and how wide each is: kind 2 bytes, kind 4 words."""

    kind: int
    items: tuple[int, ...]


class _Elements(Codec[Elements]):
    """A count, a kind, and that many elements; an empty list has one filler element."""

    fixed = False
    smallest = 9
    formats: ClassVar[Mapping[int, str]] = {2: "B", 4: "H"}

    def read(self, buffer: Buffer, at: int) -> tuple[Elements, int]:
        count, kind = struct.unpack("<II", take(buffer, at, 8))
        if kind not in self.formats:
            raise DecodeError(f"elements of kind {kind}", at + 4)
        width = kind // 2
        raw = take(buffer, at + 8, max(1, count) * width)
        items = struct.unpack(f"<{count}{self.formats[kind]}", raw[: count * width])
        return Elements(kind, items), at + 8 + len(raw)

    def write(self, value: Elements) -> bytes:
        items = value.items or (0xFF if value.kind == 2 else 0xFFFF,)
        head = struct.pack("<II", len(value.items), value.kind)
        return head + struct.pack(f"<{len(items)}{self.formats[value.kind]}", *items)


class AllowedValues(Message):
    """What a property may be set to now (section 9.4)."""

    values: Annotated[Elements, _Elements()]


class GetAllowedValues(ReleaseControl[AllowedValues], reply=AllowedValues, sub=0x1C):
    """Ask what a property may be set to now."""

    prop: u32


class EstimatedSize(Message):
    """How large a picture becomes, in bytes."""

    size: u32


class GetEstimatedSize(ReleaseControl[EstimatedSize], reply=EstimatedSize, sub=0x1D):
    """Ask how large a picture of this size, format and quality becomes (section 9.5)."""

    image_size: u8
    image_format: u8
    quality: u8


class CustomFunctionValue(Message, padded=10):
    """What a custom function of an old EOS is set to (section 9.8)."""

    number: u16  # 0xffff: the body does not have it
    number_again: u16
    value: u16


class GetCustomFunction(
    ReleaseControl[CustomFunctionValue], reply=CustomFunctionValue, sub=0x0F, padded=10
):
    """Read a custom function of an old EOS (section 9.8)."""

    number: u16


class SetCustomFunction(ReleaseControl[Nothing], sub=0x0E, padded=10):
    """Set a custom function of an old EOS (section 9.8)."""

    number: u16
    number_again: u16
    value: u16
