"""The operations, responses and events that every PTP camera shares (ptp-core, sections 5 and 6).

An operation is a message whose fields are its parameters. It names the dataset that comes
(`reply`), the parameters that come back (`returns`), or the dataset that goes (`data`).
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Generic, TypeVar

from canon.errors import DecodeError
from canon.ptp.datasets import (
    DeviceInfo,
    DevicePropDesc,
    ObjectHandles,
    ObjectInfo,
    StorageIDs,
    StorageInfo,
    u64,
)
from canon.wire import Message, OpenEnum, Raw, u32

R = TypeVar("R")

ALL = 0xFFFFFFFF
"""All stores; as a parent, the root of a store."""


class Nothing(Message):
    """No dataset and no parameters come back."""


class Bytes(Message):
    """Data of any kind: a file, a picture, a property's bare value."""

    data: Annotated[bytes, Raw()]


class Operation(Message, Generic[R]):
    """A message that carries an operation's code, and says what goes and what comes.

    `patient=True` marks an operation that is asked again while the camera is busy: it reads, or
    doing it twice is the same as once, or a busy camera is known not to have done it. The Session
    waits, and nobody else; `patient=False` is for what reads, and whose caller waits by himself.
    """

    code: ClassVar[int] = 0
    reply: ClassVar[type[Message] | None] = None
    returns: ClassVar[type[Message]] = Nothing
    data: ClassVar[type[Message] | None] = None
    patient: ClassVar[bool] = False

    def __init_subclass__(
        cls,
        *,
        code: int,
        reply: type[Message] | None = None,
        returns: type[Message] = Nothing,
        data: type[Message] | None = None,
        patient: bool | None = None,
    ) -> None:
        super().__init_subclass__()
        cls.code, cls.reply, cls.returns, cls.data = code, reply, returns, data
        cls.patient = reply is not None if patient is None else patient
        if code in _OPERATIONS:
            raise TypeError(f"{cls.__name__} claims {code:#x} of {_OPERATIONS[code].__name__}")
        _OPERATIONS[code] = cls


_OPERATIONS: dict[int, type[Operation[Any]]] = {}


def find_operation(code: int) -> type[Operation[Any]] | None:
    """The class of an operation by its code; None when nobody knows it."""
    return _OPERATIONS.get(code)


def operations() -> list[type[Operation[Any]]]:
    """Every operation that is known."""
    return list(_OPERATIONS.values())


# --- the conversation -----------------------------------------------------------------------------


class GetDeviceInfo(Operation[DeviceInfo], code=0x1001, reply=DeviceInfo):
    """Ask who the camera is; allowed outside a session."""


class OpenSession(Operation[Nothing], code=0x1002):
    """Begin a session; its number is never 0."""

    session: u32


class CloseSession(Operation[Nothing], code=0x1003):
    """End the session, and every mode that it entered."""


# --- cards and files ------------------------------------------------------------------------------


class GetStorageIDs(Operation[StorageIDs], code=0x1004, reply=StorageIDs):
    """Which stores there are."""


class GetStorageInfo(Operation[StorageInfo], code=0x1005, reply=StorageInfo):
    """What a store is, and its space."""

    storage: u32


class Count(Message):
    """How many objects there are."""

    count: u32


class GetNumObjects(Operation[Count], code=0x1006, returns=Count, patient=True):
    """Count objects; the parameters are those of GetObjectHandles."""

    storage: u32
    format: u32
    parent: u32


class GetObjectHandles(Operation[ObjectHandles], code=0x1007, reply=ObjectHandles):
    """The objects of a store; format 0 is any, parent 0 is all of the store, ALL its root."""

    storage: u32
    format: u32
    parent: u32


class GetObjectInfo(Operation[ObjectInfo], code=0x1008, reply=ObjectInfo):
    """What an object is."""

    handle: u32


class GetObject(Operation[Bytes], code=0x1009, reply=Bytes):
    """The bytes of a file."""

    handle: u32


class GetThumb(Operation[Bytes], code=0x100A, reply=Bytes):
    """The small JPEG of a picture."""

    handle: u32


class DeleteObject(Operation[Nothing], code=0x100B):
    """Delete a file or a folder."""

    handle: u32
    format: u32


class NewObject(Message):
    """Where an object that was announced will be."""

    storage: u32
    parent: u32
    handle: u32


class SendObjectInfo(Operation[NewObject], code=0x100C, data=ObjectInfo, returns=NewObject):
    """Announce a file, or make a folder; parent ALL is the root, storage 0 the first one."""

    storage: u32
    parent: u32


class SendObject(Operation[Nothing], code=0x100D, data=Bytes):
    """The bytes of the file that was announced right before."""


class InitiateCapture(Operation[Nothing], code=0x100E):
    """Take a picture; ObjectAdded and CaptureComplete follow."""

    storage: u32
    format: u32


class FormatStore(Operation[Nothing], code=0x100F):
    """Erase a card; file system 0 is the one that it has."""

    storage: u32
    filesystem: u32


class SetObjectProtection(Operation[Nothing], code=0x1012, patient=True):
    """Protect an object from deletion (1), or no longer (0)."""

    handle: u32
    protection: u32


class Sent(Message):
    """How many bytes came."""

    size: u32


class GetPartialObject(Operation[Bytes], code=0x101B, reply=Bytes, returns=Sent):
    """A part of a file."""

    handle: u32
    offset: u32
    size: u32


class Size64(Message):
    """A file's length, where 32 bits do not hold it."""

    size: u64


class GetObjectSize(Operation[Size64], code=0x9803, reply=Size64):
    """MTP's GetObjectPropValue; property 0xdc04 is the length of a file in 64 bits."""

    handle: u32
    property: u32


OBJECT_SIZE = 0xDC04


class GetObjectPropList(Operation[Bytes], code=0x9805, reply=Bytes):
    """MTP's list of what an object is: how many, and handle, property, type and value of each.

    The EOS list it, and libgphoto2 asks for it after an upload from 2.5.31 or so on.
    """

    handle: u32
    format: u32
    property: u32
    group: u32
    depth: u32


# --- properties -----------------------------------------------------------------------------------


class GetDevicePropDesc(Operation[DevicePropDesc], code=0x1014, reply=DevicePropDesc):
    """A property: its type, value and choices."""

    property: u32


class GetDevicePropValue(Operation[Bytes], code=0x1015, reply=Bytes):
    """The bare value of a property."""

    property: u32


class SetDevicePropValue(Operation[Nothing], code=0x1016, data=Bytes, patient=True):
    """Write the bare value of a property."""

    property: u32


class ResetDevicePropValue(Operation[Nothing], code=0x1017, patient=True):
    """Give a property its default value."""

    property: u32


# --- what comes back, and what comes by itself ----------------------------------------------------


class Response(OpenEnum):
    """How a transaction ended (section 6)."""

    OK = 0x2001
    GENERAL_ERROR = 0x2002
    SESSION_NOT_OPEN = 0x2003
    INVALID_TRANSACTION_ID = 0x2004
    OPERATION_NOT_SUPPORTED = 0x2005
    PARAMETER_NOT_SUPPORTED = 0x2006
    INCOMPLETE_TRANSFER = 0x2007
    INVALID_STORAGE_ID = 0x2008
    INVALID_OBJECT_HANDLE = 0x2009
    DEVICE_PROP_NOT_SUPPORTED = 0x200A
    INVALID_OBJECT_FORMAT_CODE = 0x200B
    STORE_FULL = 0x200C
    OBJECT_WRITE_PROTECTED = 0x200D
    STORE_READ_ONLY = 0x200E
    ACCESS_DENIED = 0x200F
    NO_THUMBNAIL_PRESENT = 0x2010
    SELF_TEST_FAILED = 0x2011
    PARTIAL_DELETION = 0x2012
    STORE_NOT_AVAILABLE = 0x2013
    SPECIFICATION_BY_FORMAT_UNSUPPORTED = 0x2014
    NO_VALID_OBJECT_INFO = 0x2015
    INVALID_CODE_FORMAT = 0x2016
    UNKNOWN_VENDOR_CODE = 0x2017
    CAPTURE_ALREADY_TERMINATED = 0x2018
    DEVICE_BUSY = 0x2019
    INVALID_PARENT_OBJECT = 0x201A
    INVALID_DEVICE_PROP_FORMAT = 0x201B
    INVALID_DEVICE_PROP_VALUE = 0x201C
    INVALID_PARAMETER = 0x201D
    SESSION_ALREADY_OPEN = 0x201E
    TRANSACTION_CANCELLED = 0x201F
    SPECIFICATION_OF_DESTINATION_UNSUPPORTED = 0x2020
    INVALID_ENUM_HANDLE = 0x2021
    NO_STREAM_ENABLED = 0x2022
    INVALID_DATA_SET = 0x2023
    CANON_UNKNOWN_COMMAND = 0xA001
    CANON_NO_MEMORY = 0xA002
    CANON_INTERNAL_ERROR = 0xA003
    CANON_DIRECTORY_ERROR = 0xA004
    CANON_REFUSED = 0xA005
    CANON_LENS_COVER_CLOSED = 0xA006
    CANON_NO_RELEASE = 0xA007
    CANON_TOO_HOT = 0xA008
    CANON_ALREADY_IN_RELEASE_CONTROL = 0xA009
    CANON_RELEASE_CONTROL_LEFT = 0xA00A
    CANON_BATTERY_LOW = 0xA101
    CANON_NOT_READY = 0xA102
    CANON_CANNOT_MAKE_OBJECT = 0xA104
    CANON_MEMORY_STATUS_NOT_READY = 0xA106


class PtpEvent(Message):
    """What a camera says by itself; its fields are the event's parameters, 0 where one lacks."""

    code: ClassVar[int] = 0

    def __init_subclass__(cls, *, code: int = 0) -> None:
        super().__init_subclass__()
        cls.code = code
        if code in _EVENTS:
            raise TypeError(f"{cls.__name__} claims {code:#x} of {_EVENTS[code].__name__}")
        if code:
            _EVENTS[code] = cls


_EVENTS: dict[int, type[PtpEvent]] = {}


def events() -> list[type[PtpEvent]]:
    """Every event that is known by name."""
    return list(_EVENTS.values())


class UnknownEvent(PtpEvent):
    """An event that nobody has named."""

    event: u32
    first: u32
    second: u32
    third: u32


class CancelTransaction(PtpEvent, code=0x4001):
    """The camera cancels a transaction."""


class ObjectAdded(PtpEvent, code=0x4002):
    """A file or a folder is new."""

    handle: u32


class ObjectRemoved(PtpEvent, code=0x4003):
    """A file or a folder is gone."""

    handle: u32


class StoreAdded(PtpEvent, code=0x4004):
    """A card was put in."""

    storage: u32


class StoreRemoved(PtpEvent, code=0x4005):
    """A card was taken out."""

    storage: u32


class DevicePropChanged(PtpEvent, code=0x4006):
    """A property has another value, or may have others."""

    property: u32


class ObjectInfoChanged(PtpEvent, code=0x4007):
    """What is said of an object has changed."""

    handle: u32


class DeviceInfoChanged(PtpEvent, code=0x4008):
    """What the camera says of itself has changed."""


class RequestObjectTransfer(PtpEvent, code=0x4009):
    """The camera wants the host to fetch an object."""

    handle: u32


class StoreIsFull(PtpEvent, code=0x400A):
    """A card is full."""

    storage: u32


class DeviceReset(PtpEvent, code=0x400B):
    """The camera was reset."""


class StorageInfoChanged(PtpEvent, code=0x400C):
    """What is said of a card has changed."""

    storage: u32


class CaptureComplete(PtpEvent, code=0x400D):
    """A picture is taken."""

    transaction: u32


class UnreportedStatus(PtpEvent, code=0x400E):
    """Something has changed that the camera did not report."""


def make_event(code: int, values: tuple[int, ...]) -> PtpEvent:
    """An event by its code and parameters; DecodeError when it has more than three."""
    if len(values) > 3:
        raise DecodeError(f"an event has {len(values)} parameters", 0, f"event {code:#06x}")
    kind = _EVENTS.get(code, UnknownEvent)
    if kind is UnknownEvent:
        values = (code, *values)
    wanted = len(kind.layout())
    return kind(*(*values, 0, 0, 0)[:wanted])
