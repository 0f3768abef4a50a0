"""Canon's EOS extension: operations, and the properties with a name (canon-eos-ptp, section 2).

Beside the few operations of the standard, all that an EOS can is behind these; what it tells comes
as the records of `canon.ptp.eos.records`.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Iterator
from typing import Annotated

from canon.errors import DecodeError
from canon.ptp.datasets import Handles, StorageIDs, StorageInfo
from canon.ptp.operations import Bytes, Nothing, Operation
from canon.wire import Buffer, Codec, Message, Raw, Text, take, u32


class ReleaseResult(Message):
    """What became of a release: 0 is well, 1 no focus, 3 the mirror is up, 7 no room, 8 locked."""

    result: u32


class RemoteMode(Message):
    """The remote mode that was set."""

    mode: u32


class PropertyValueEx(Message):
    """A property and its value; the size counts itself and the number of the property."""

    size: u32
    property: u32
    value: Annotated[bytes, Raw()]

    @classmethod
    def of(cls, property: int, value: bytes) -> PropertyValueEx:
        """A value for a property."""
        return cls(8 + len(value), property, value)


class ListedObject(Message):
    """A file or a folder in a listing; its size, which goes before it, counts itself."""

    handle: u32
    storage: u32
    format: u32
    kind: u32  # 1 is a folder
    flags: u32  # 0x01 protected, 0x10 a folder, 0x20 not fetched yet
    size: u32
    parent: u32
    group: u32  # what the files of one shot have in common
    name: Annotated[str, Text(16)]
    time: u32  # seconds since 1970, the camera's local time


LISTED_OBJECT = 0x38
"""The bytes of a ListedObject with its size."""


class Listed(Codec[tuple[ListedObject, ...]]):
    """The number of objects, and each with its size before it."""

    smallest = 4
    fixed = False

    def read(self, buffer: Buffer, at: int) -> tuple[tuple[ListedObject, ...], int]:
        """The objects at offset `at`, and the offset after them."""
        count = int.from_bytes(take(buffer, at, 4), "little")
        at += 4
        if count > 0 and len(buffer) - at == count * LISTED_OBJECT:
            sizes = struct.iter_unpack(
                f"<I{LISTED_OBJECT - 4}x", take(buffer, at, len(buffer) - at)
            )
            if set(sizes) == {(LISTED_OBJECT,)}:  # as all bodies send them: read in one go
                series = ListedObject.series(buffer, at + 4, LISTED_OBJECT, count)
                return tuple(series), len(buffer)
        found: list[ListedObject] = []
        while len(found) < count:
            size = int.from_bytes(take(buffer, at, 4), "little")
            if size < LISTED_OBJECT:
                raise DecodeError(f"an object of a listing has {size} bytes", at)
            entry, end = ListedObject.read(buffer, at + 4)
            found.append(entry)
            at = end if size == LISTED_OBJECT else at + len(take(buffer, at, size))
        return tuple(found), at

    def write(self, value: tuple[ListedObject, ...]) -> bytes:
        """The bytes of a listing."""
        size = LISTED_OBJECT.to_bytes(4, "little")
        return len(value).to_bytes(4, "little") + b"".join(size + one.encode() for one in value)

    def odd(self, buffer: Buffer, at: int, end: int) -> Iterator[tuple[int, int]]:
        """What of the objects means nothing known."""
        at += 4
        while at + 4 <= end:
            size = int.from_bytes(take(buffer, at, 4), "little")
            yield from ListedObject.odd(buffer, at + 4)
            if size > LISTED_OBJECT:
                yield at + LISTED_OBJECT, at + size
            at += max(size, LISTED_OBJECT)


class ListedObjects(Message):
    """What is in a folder."""

    entries: Annotated[tuple[ListedObject, ...], Listed()]


class DataLength(Message):
    """How many bytes came; the first word is 0."""

    zero: u32
    length: u32


class DeviceInfoEx(Message):
    """What an EOS lists of itself; the size counts itself (section 2.1)."""

    size: u32
    records: Handles
    properties: Handles
    unknown: Handles

    @classmethod
    def of(
        cls, records: tuple[int, ...], properties: tuple[int, ...], unknown: tuple[int, ...]
    ) -> DeviceInfoEx:
        """The lists with their size."""
        words = 4 + len(records) + len(properties) + len(unknown)
        return cls(4 * words, records, properties, unknown)


# --- operations -----------------------------------------------------------------------------------


class EosGetStorageIds(Operation[StorageIDs], code=0x9101, reply=StorageIDs):
    """The numbers of the stores, as GetStorageIDs gives them."""


class EosGetStorageInfo(Operation[StorageInfo], code=0x9102, reply=StorageInfo):
    """What a store is, as GetStorageInfo gives it."""

    storage: u32


class EosFormatStore(Operation[Nothing], code=0x9106):
    """Format a card; Canon's program sends 1 to a 400D."""

    store: u32


class GetPartialObjectEx(Operation[Bytes], code=0x9107, reply=Bytes):
    """A part of a file, of a picture in memory too."""

    handle: u32
    offset: u32
    size: u32


class GetDeviceInfoEx(Operation[DeviceInfoEx], code=0x9108, reply=DeviceInfoEx):
    """Which records and properties the body has."""


class GetObjectInfoEx(
    Operation[ListedObjects], code=0x9109, reply=ListedObjects, returns=DataLength
):
    """What is in a folder, in one answer; parent 0xffffffff is the root."""

    storage: u32
    parent: u32
    what: u32


class SetObjectAttributes(Operation[Nothing], code=0x910C, patient=True):
    """Write a file's flags: after a download, those of the listing without NEW."""

    handle: u32
    flags: u32


class RemoteRelease(Operation[ReleaseResult], code=0x910F, returns=ReleaseResult):
    """Take a picture, on the bodies that came before the 500D."""


class SetDevicePropValueEx(Operation[Nothing], code=0x9110, data=PropertyValueEx):
    """Set a property.

    A body is busy too while it has records that nobody fetched, or for a value that its mode does
    not allow: waiting alone does not help (section 2.3).
    """


class GetRemoteMode(Operation[RemoteMode], code=0x9113, returns=RemoteMode, patient=True):
    """The remote mode that was set."""


class SetRemoteMode(Operation[Nothing], code=0x9114, patient=True):
    """Enter remote control, or leave it with 0 (section 3)."""

    mode: u32


class SetEventMode(Operation[Nothing], code=0x9115, patient=True):
    """Have records kept for GetEvent, the first time all of them; 0 ends it."""

    mode: u32


class GetEvent(Operation[Bytes], code=0x9116, reply=Bytes):
    """The records since the last time (section 4)."""


class TransferComplete(Operation[Nothing], code=0x9117, patient=True):
    """A picture in memory was fetched: the body may forget it."""

    handle: u32


class CancelTransfer(Operation[Nothing], code=0x9118, patient=True):
    """A picture in memory is not wanted."""

    handle: u32


class PcHddCapacity(Operation[Nothing], code=0x911A, patient=True):
    """How much room for pictures the computer has."""

    clusters: u32
    cluster_size: u32
    reset: u32


class SetUiLock(Operation[Nothing], code=0x911B, patient=True):
    """Lock the keys of the body."""


class ResetUiLock(Operation[Nothing], code=0x911C, patient=True):
    """Unlock the keys of the body."""


class EosKeepDeviceOn(Operation[Nothing], code=0x911D, patient=True):
    """Let the body not switch itself off."""


class BulbStart(Operation[ReleaseResult], code=0x9125, returns=ReleaseResult):
    """Begin an exposure that lasts until BulbEnd."""


class BulbEnd(Operation[ReleaseResult], code=0x9126, returns=ReleaseResult):
    """End that exposure."""


class RequestDevicePropValue(Operation[Nothing], code=0x9127, patient=True):
    """Have a property told as a record."""

    property: u32


class RemoteReleaseOn(Operation[Nothing], code=0x9128):
    """Press the release button: 1 half, 2 fully, 3 both at once."""

    button: u32
    no_af: u32


class RemoteReleaseOff(Operation[Nothing], code=0x9129, patient=True):
    """Let the release button come up."""

    button: u32


class PopupBuiltinFlash(Operation[Nothing], code=0x9131):
    """Let the built-in flash come up."""


class MovieSelectSwOn(Operation[Nothing], code=0x9133):
    """Go to movies without turning the switch."""


class MovieSelectSwOff(Operation[Nothing], code=0x9134):
    """Go back to pictures."""


class SetRequestOlcInfoGroup(Operation[Nothing], code=0x913D, patient=True):
    """Which groups of the display are told; never more than 0x1fff."""

    mask: u32


class InitiateViewfinder(Operation[Nothing], code=0x9151):
    """Start live view."""


class TerminateViewfinder(Operation[Nothing], code=0x9152, patient=True):
    """Stop live view."""


class GetViewfinderData(
    Operation[Bytes], code=0x9153, reply=Bytes, returns=DataLength, patient=False
):
    """The records of a frame (section 9.2); programs send 0x200000 first.

    A body is busy until its next frame is there; live view asks again sooner than others would.
    """

    what: u32
    second: u32
    third: u32


class DoAf(Operation[Nothing], code=0x9154):
    """Let the lens find its focus in live view."""


class DriveLens(Operation[Nothing], code=0x9155):
    """Move the lens: 1 to 3 towards near, 0x8001 to 0x8003 towards far."""

    step: u32


class Zoom(Operation[Nothing], code=0x9158):
    """Enlarge live view: 1, 5 or 10 times."""

    factor: u32


class ZoomPosition(Operation[Nothing], code=0x9159):
    """Choose what live view enlarges: its upper left in pixels of the sensor."""

    x: u32
    y: u32


class SetTouchAfPosition(Operation[Nothing], code=0x915B):
    """Choose where live view focuses."""

    what: u32
    x: u32
    y: u32


class GetObjectInfo64(Operation[Bytes], code=0x9170, reply=Bytes):
    """What an object is, with its size in 64 bits; nobody has seen an answer."""

    handle: u32


class GetPartialObject64(Operation[Bytes], code=0x9172, reply=Bytes):
    """A part of a file of more than 4 GiB; where the upper half of its offset goes is a guess."""

    handle: u32
    offset: u32
    size: u32
    offset_high: u32


class AfCancel(Operation[Nothing], code=0x9160, patient=True):
    """End the search for focus."""


class SetModeDialDisable(Operation[Nothing], code=0x9088, patient=True):
    """Let the computer choose the mode in place of the dial."""

    on: u32


class Eos(enum.IntEnum):
    """The properties that this project reads or writes by name (section 5)."""

    POWER_ZOOM_POSITION = 0xD055
    APERTURE = 0xD101
    SHUTTER_SPEED = 0xD102
    ISO = 0xD103
    EXPOSURE_COMPENSATION = 0xD104
    AE_MODE = 0xD105
    DRIVE_MODE = 0xD106
    METERING = 0xD107
    FOCUS_MODE = 0xD108
    WHITE_BALANCE = 0xD109
    COLOR_TEMPERATURE = 0xD10A
    WHITE_BALANCE_ADJUST_A = 0xD10B
    WHITE_BALANCE_ADJUST_B = 0xD10C
    WHITE_BALANCE_XA = 0xD10D
    WHITE_BALANCE_XB = 0xD10E
    COLOR_SPACE = 0xD10F
    PICTURE_STYLE = 0xD110
    BATTERY_POWER = 0xD111
    BATTERY_SELECT = 0xD112
    CAMERA_TIME = 0xD113
    AUTO_POWER_OFF = 0xD114
    OWNER = 0xD115
    MODEL_ID = 0xD116
    PTP_VERSION = 0xD119
    AVAILABLE_SHOTS = 0xD11B
    CAPTURE_DESTINATION = 0xD11C
    BRACKET_MODE = 0xD11D
    CURRENT_STORAGE = 0xD11E
    CURRENT_FOLDER = 0xD11F
    IMAGE_FORMAT = 0xD120
    IMAGE_FORMAT_CF = 0xD121
    IMAGE_FORMAT_SD = 0xD122
    IMAGE_FORMAT_EXT_HD = 0xD123
    CAMERA_NICKNAME = 0xD125
    AE_MODE_DIAL = 0xD138
    MIRROR_UP_SETTING = 0xD13A
    POWER_ZOOM_SPEED = 0xD149
    HIGH_ISO_NOISE_REDUCTION = 0xD178
    UTC_TIME = 0xD17C
    TIMEZONE = 0xD17D
    SUMMERTIME = 0xD17E
    MULTI_ASPECT = 0xD194
    OLC_VERSION = 0xD199
    CUSTOM_FUNC_EX = 0xD1A0
    LENS_STATUS = 0xD1A8
    QUICK_REVIEW_TIME = 0xD1A9
    SHUTTER_COUNT = 0xD1AC
    SERIAL_NUMBER = 0xD1AF
    EVF_OUTPUT = 0xD1B0
    EVF_MODE = 0xD1B1
    DEPTH_OF_FIELD_PREVIEW = 0xD1B2
    EVF_RECORD_STATUS = 0xD1B8
    LV_AF_SYSTEM = 0xD1BA
    MIRROR_DOWN = 0xD1BD
    MIRROR_LOCKUP = 0xD1BF
    FLASH_CHARGING_STATE = 0xD1C0
    ALO_MODE = 0xD1C1
    FIXED_MOVIE = 0xD1C2
    CONTINUOUS_AF_MODE = 0xD1C9
    ARTIST = 0xD1D0
    COPYRIGHT = 0xD1D1
    FOCUS_INFO = 0xD1D3
    LENS_NAME = 0xD1D8
    AEB = 0xD1D9
    LENS_ID = 0xD1DD
    HDR_PQ = 0xD20C
