"""The packets of PTP over TCP: each has its length, its kind and its fields (ptp-ip, section 1)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from canon.errors import DecodeError
from canon.ptp.datasets import u64
from canon.wire import Buffer, Codec, Message, Raw, take, u16, u32

HEAD = 8
"""The bytes of a packet before its fields: length and kind."""
VERSION = 0x00010000


class WideText(Codec[str]):
    """A text of 16-bit units, ended by a NUL."""

    smallest = 2
    fixed = False

    def read(self, buffer: Buffer, at: int) -> tuple[str, int]:
        """The text at offset `at`, and the offset after its NUL."""
        end = at
        while any(take(buffer, end, 2)):
            end += 2
        return bytes(buffer[at:end]).decode("utf-16-le", "replace"), end + 2

    def write(self, value: str) -> bytes:
        """The bytes of a text with its NUL."""
        if "\0" in value:
            raise ValueError(f"{value!r} has a NUL character in it")
        return value.encode("utf-16-le", "replace") + bytes(2)


class Packet(Message):
    """What one packet holds, after its head."""

    kind: ClassVar[int] = 0
    known: ClassVar[dict[int, type[Packet]]] = {}

    def __init_subclass__(cls, *, kind: int) -> None:
        super().__init_subclass__()
        cls.kind = kind
        Packet.known[kind] = cls


_guid = Annotated[bytes, Raw(16)]
_name = Annotated[str, WideText()]
_rest = Annotated[bytes, Raw()]


class InitCommandRequest(Packet, kind=1):
    """The host says who it is, on the first connection."""

    guid: _guid
    name: _name
    version: u32


class InitCommandAck(Packet, kind=2):
    """The camera says who it is, and the number of the connection."""

    connection: u32
    guid: _guid
    name: _name
    version: u32


class InitEventRequest(Packet, kind=3):
    """The second connection belongs to the first."""

    connection: u32


class InitEventAck(Packet, kind=4):
    """It does."""


class InitFail(Packet, kind=5):
    """The camera does not want the connection: 1 refused, 2 busy, 3 for another reason."""

    reason: u32


class OperationRequest(Packet, kind=6):
    """An operation; `phase` is 2 where data go with it, and else 1."""

    phase: u32
    code: u16
    transaction: u32
    parameters: _rest


class OperationResponse(Packet, kind=7):
    """How a transaction ended."""

    code: u16
    transaction: u32
    parameters: _rest


class EventPacket(Packet, kind=8):
    """An event, on the second connection."""

    code: u16
    transaction: u32
    parameters: _rest


class StartData(Packet, kind=9):
    """Data begin; so many bytes."""

    transaction: u32
    total: u64


class DataPacket(Packet, kind=0x0A):
    """A part of the data."""

    transaction: u32
    data: _rest


class CancelPacket(Packet, kind=0x0B):
    """The host cancels a transaction."""

    transaction: u32


class EndData(Packet, kind=0x0C):
    """The last part of the data, which may have no bytes."""

    transaction: u32
    data: _rest


class Ping(Packet, kind=0x0D):
    """Is the other side there?"""


class Pong(Packet, kind=0x0E):
    """It is."""


def read_packet(data: Buffer) -> Packet:
    """A packet with its head.

    Raises:
        DecodeError: it is of another length than it says, of an unknown kind, or too short.
    """
    length, kind = (int.from_bytes(take(data, at, 4), "little") for at in (0, 4))
    if length != len(data) or kind not in Packet.known:
        raise DecodeError(f"{len(data)} bytes that are no packet", 0)
    return Packet.known[kind].decode(memoryview(data)[HEAD:])


def pack_packet(packet: Packet) -> bytes:
    """A packet with its head."""
    fields = packet.encode()
    length = HEAD + len(fields)
    return length.to_bytes(4, "little") + packet.kind.to_bytes(4, "little") + fields
