"""What a recording of USB traffic holds, whatever the file."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Kind(enum.Enum):
    """The four kinds of USB transfers."""

    ISOCHRONOUS = 0
    INTERRUPT = 1
    CONTROL = 2
    BULK = 3


@dataclass(frozen=True)
class Setup:
    """The eight bytes that begin a control transfer.

    Attributes:
        kind: bmRequestType; bit 7 is set when data comes from the device.
        request: bRequest.
        value: wValue.
        index: wIndex.
        length: wLength, the bytes asked for or sent.
    """

    kind: int
    request: int
    value: int
    index: int
    length: int


@dataclass(frozen=True)
class Transfer:
    """One USB transfer.

    Attributes:
        index: the number of the record that holds its data; in a capture the frame number of
            Wireshark, in a trace the record's own `index`.
        time: seconds at which the host asked, None when that was not written down.
        took: seconds until it was over, None when that was not written down.
        device: `bus.address` in a capture, empty in a trace (which has only one device).
        endpoint: the endpoint's address; bit 7 is set when data comes from the device.
        kind: control, bulk, interrupt or isochronous.
        setup: what a control transfer asks.
        data: the bytes that passed, as far as they were recorded from the start on.
        tail: the last bytes that passed, where only some in the middle are missing.
        size: how many bytes passed.
        room: how many the host asked for or wanted to send.
        status: 0, a negative Linux error number, or None when no completion was recorded.
        note: what the recording says about it.
    """

    index: int
    time: float | None
    took: float | None
    device: str
    endpoint: int
    kind: Kind
    setup: Setup | None = None
    data: bytes = b""
    tail: bytes = b""
    size: int = 0
    room: int = 0
    status: int | None = 0
    note: str = ""

    @property
    def inward(self) -> bool:
        """Whether data goes from the device to the host."""
        return bool(self.setup.kind & 0x80 if self.setup else self.endpoint & 0x80)

    @property
    def complete(self) -> bool:
        """Whether every byte that passed is in `data`."""
        return len(self.data) == self.size


@dataclass(frozen=True)
class Exchange:
    """One native command and its reply, from a trace that did not keep the transfers.

    Attributes:
        index: the record's number.
        code: the command: cmd2 in the high byte, cmd1 in the low one.
        long: whether the reply is a long one (cmd3 0x202).
        payload: what followed the command's head, as far as it was recorded.
        size: how many bytes that were.
        reply: the bytes of the reply from `reply_from` on, as far as they were recorded.
        reply_from: the offset in the reply at which the recording begins.
        reply_size: how many bytes the reply had, counted from its first.
    """

    index: int
    code: int
    long: bool
    payload: bytes
    size: int
    reply: bytes
    reply_from: int
    reply_size: int


@dataclass(frozen=True)
class Transaction:
    """One PTP operation with its data and its response, from a trace that did not keep transfers.

    Attributes:
        index: the number of the line, from 1.
        time: seconds, None when that was not written down.
        code: the operation.
        number: the transaction id.
        parameters: those of the operation, None when they were not recorded.
        inward: whether data came; False when they went, None when there were none.
        data: the data, as far as they were recorded.
        size: how many bytes they were.
        response: the response code, None when it was not recorded.
        returned: the parameters of the response.
    """

    index: int
    time: float | None
    code: int
    number: int
    parameters: tuple[int, ...] | None
    inward: bool | None
    data: bytes
    size: int
    response: int | None
    returned: tuple[int, ...]


@dataclass(frozen=True)
class IpPacket:
    """One packet of PTP over TCP.

    Attributes:
        index: the number of the line, from 1.
        time: seconds, None when that was not written down.
        inward: whether the camera sent it.
        data: its bytes, with length and kind.
    """

    index: int
    time: float | None
    inward: bool
    data: bytes


@dataclass(frozen=True)
class Remark:
    """What a recording tells besides transfers.

    Attributes:
        index: the number of the record it stands at.
        time: seconds, None when that was not written down.
        name: `Gap` (something was left out), `HostTimeout` (the host program chose a time-out),
            `ClearHalt`, or `Broken` (a record that cannot be read).
        text: the details.
    """

    index: int
    time: float | None
    name: str
    text: str


Record = Transfer | Exchange | Transaction | IpPacket | Remark

Span = tuple[int, int]
"""The (start, end) of bytes in a record."""
