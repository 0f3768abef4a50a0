"""What travels on a PTP camera's pipes: containers, and the class requests of the control pipe.

A transaction is a command container, data in one direction or none, and a response container. The
event container comes on the interrupt pipe, and, on a PowerShot, as an operation's data (ptp-core,
section 1).
"""

from __future__ import annotations

from typing import Annotated

from canon.errors import DecodeError
from canon.wire import Buffer, Code, Message, OpenEnum, Raw, take, u16, u32

HEAD = 12
"""Bytes of a container before its payload."""
UNKNOWN_LENGTH = 0xFFFFFFFF
"""The length of a container that ends with a short packet."""
NO_TRANSACTION = 0xFFFFFFFF
"""The transaction id of an event that no transaction caused (section 1.5)."""
MOST_PARAMETERS = 5

CANCEL, RESET, GET_STATUS = 0x64, 0x66, 0x67
"""The class requests (section 1.6)."""
CLASS_OUT, CLASS_IN = 0x21, 0xA1
"""Their request types."""


class ContainerKind(OpenEnum):
    """What a container is."""

    COMMAND = 1
    DATA = 2
    RESPONSE = 3
    EVENT = 4


class Container(Message):
    """The first twelve bytes of a container (section 1.2)."""

    length: u32  # of all of it
    kind: Annotated[ContainerKind, Code(ContainerKind, 2)]
    code: u16
    transaction: u32


def container(kind: ContainerKind, code: int, transaction: int, payload: Buffer = b"") -> bytes:
    """A whole container."""
    return Container(HEAD + len(payload), kind, code, transaction).encode() + bytes(payload)


def parameters(payload: Buffer) -> tuple[int, ...]:
    """The parameters of a command, a response or an event: up to five numbers.

    Raises:
        DecodeError: there are more, or the last one is cut.
    """
    if len(payload) > 4 * MOST_PARAMETERS or len(payload) % 4:
        raise DecodeError(f"{len(payload)} bytes are no parameters", HEAD)
    whole = take(payload, 0, len(payload))
    return tuple(int.from_bytes(whole[at : at + 4], "little") for at in range(0, len(whole), 4))


class Cancel(Message):
    """What a host sends to cancel a transaction: class request 0x64 (section 1.6)."""

    code: u16  # CANCEL_CODE
    transaction: u32


CANCEL_CODE = 0x4001


class DeviceStatus(Message):
    """What a camera answers to class request 0x67: a response code, and its stalled endpoints."""

    length: u16
    code: u16
    rest: Annotated[bytes, Raw()]
