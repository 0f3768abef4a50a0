"""What the camera says by itself, on the interrupt endpoint (canon-native-usb, section 11)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from canon.errors import DecodeError
from canon.wire import Buffer, Message, Raw, u8, u32


class EventHead(Message):
    """The first twelve bytes of every event."""

    magic: u32  # 2
    code: u32
    length: u32  # of the whole event


class NativeEvent(Message):
    """An event; its fields follow the head."""

    code: ClassVar[int] = 0

    def __init_subclass__(cls, *, code: int = 0, padded: int = 0) -> None:
        super().__init_subclass__(padded=padded)
        cls.code = code
        if code:
            _EVENTS.setdefault(code, cls)


_EVENTS: dict[int, type[NativeEvent]] = {}


class InitDone(NativeEvent, code=0x20):
    """The camera is awake (section 4.3b)."""

    unknown_zero: u32


class CaptureStatus(NativeEvent, code=0x0A):
    """How far a release is: 0x1c exposed, 0x1d finished, 0x1b waiting for the flash."""

    stage: u32


class CaptureFailed(NativeEvent, code=0x0A):
    """A release failed: 0x0a again, but four bytes longer."""

    stage: u32  # 0x0a
    reason: u32  # 1 no focus


class ImageReady(NativeEvent):
    """A picture waits to be retrieved (section 11.2)."""

    key: u32
    unknown_kind: u8
    size: u32
    unknown_15: u8
    unknown_16: u8


class ThumbnailReady(ImageReady, code=0x08):
    """A thumbnail waits."""


class FullImageReady(ImageReady, code=0x0C):
    """A full image waits."""


class SecondImageReady(ImageReady, code=0x10):
    """The JPEG of RAW + JPEG waits."""


class CardChanged(NativeEvent, code=0x0E):
    """A picture was written to the card, or a file deleted."""

    unknown_value: u32


class CaptureOver(NativeEvent, code=0x0F):
    """An EOS has done with a release."""

    unknown_value: u32


class UnknownEvent(NativeEvent):
    """An event that nobody knows: its code and its bytes are kept."""

    number: u32
    raw: Annotated[bytes, Raw()]


HEAD = 12


def event_length(data: Buffer) -> int:
    """The length that an event announces; DecodeError when it cannot be one."""
    length = EventHead.decode(data).length
    if not HEAD <= length <= 0x400:
        raise DecodeError(f"an event of {length} bytes", 8, "EventHead", "length")
    return length


def event_class(data: Buffer) -> type[NativeEvent]:
    """The class of the event in `data`."""
    head = EventHead.decode(data)
    if head.code == CaptureStatus.code and head.length >= 0x14:
        return CaptureFailed
    return _EVENTS.get(head.code, UnknownEvent)


def decode_event(data: Buffer) -> NativeEvent:
    """The event in `data`. Raises DecodeError."""
    kind = event_class(data)
    if kind is UnknownEvent:
        return UnknownEvent(EventHead.decode(data).code, bytes(data[HEAD:]))
    return kind.decode(memoryview(data)[HEAD:])


def encode_event(event: NativeEvent) -> bytes:
    """The bytes of an event."""
    if isinstance(event, UnknownEvent):
        code, body = event.number, event.raw
    else:
        code, body = event.code, event.encode()
    return EventHead(2, code, HEAD + len(body)).encode() + body
