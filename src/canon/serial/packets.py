"""Packets, and the messages that they carry in pieces (canon-native-serial, A3 to A6).

A message is cut into fragments, numbered from 0; an EOT ends it and gives it its number. The other
side acknowledges that number, or asks for the whole message again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from canon.errors import DecodeError
from canon.serial.frame import LONGEST, encode_frame
from canon.wire import Code, Message, OpenEnum, Raw, at, size_of, take, u8, u16, u32

# --- packets (A3) ---------------------------------------------------------------------------------


class PacketKind(OpenEnum):
    """What a packet is."""

    FRAGMENT = 0
    SWITCH_OFF = 2
    SPEED = 3
    EOT = 4
    ACK = 5
    CAMERA_ID = 6


class EotKind(OpenEnum):
    """What an EOT ends."""

    PING = 0
    MESSAGE = 1
    UPLOAD = 3


class Result(OpenEnum):
    """What an ACK says."""

    OK = 0
    REPEAT = 1
    """From the camera: it did not get the message whole."""
    SEND_AGAIN = 0xFF
    """From the host: it did not get the answer whole."""


class Packet(Message):
    """What one frame carries (A3)."""

    number: u8
    kind: Annotated[PacketKind, Code(PacketKind, 1)]
    body: Annotated[bytes, Raw()]

    @property
    def value(self) -> int:
        """The code of a speed request, the kind of an EOT, the result of an ACK."""
        return self.body[0]

    @property
    def data(self) -> bytes:
        """The data of a fragment or of a camera id."""
        return self.body[2:]

    def frame(self) -> bytes:
        """The frame that carries this packet."""
        return encode_frame(self.encode())


class _Counted(Message):
    """The body of a fragment and of a camera id."""

    size: u16
    data: Annotated[bytes, Raw()]


def decode_packet(raw: bytes) -> Packet:
    """The packet in a frame; DecodeError when it is cut, or as long as it should not be."""
    packet = Packet.decode(raw)
    if packet.kind in (PacketKind.FRAGMENT, PacketKind.CAMERA_ID):
        counted = _Counted.decode(packet.body)
        if counted.size != len(counted.data):
            raise DecodeError(f"{counted.size} bytes announced, {len(counted.data)} came", 2)
    elif packet.kind in (PacketKind.SPEED, PacketKind.EOT, PacketKind.ACK):
        take(packet.body, 0, 1)
    return packet


SPEEDS = {9600: 0x02, 19200: 0x08, 38400: 0x20, 57600: 0x40, 115200: 0x80}
"""Bits a second, and their code in a speed request (A6)."""

SWITCH_OFF = Packet(0, PacketKind.SWITCH_OFF, b"")
WAKE_UP = b"\x55" * 8
"""Bytes that wake a camera; they are in no frame."""
_SPEED_TAIL = bytes.fromhex("02011000000000")
_ID_AT, _ID_SIZE = 22, 64


def fragment(number: int, data: bytes) -> Packet:
    """A piece of a message."""
    return Packet(number, PacketKind.FRAGMENT, _Counted(len(data), data).encode())


def eot(number: int, kind: EotKind = EotKind.MESSAGE) -> Packet:
    """The end of message `number`."""
    return Packet(number, PacketKind.EOT, bytes((kind, 0, 0, 0)))


def ack(number: int, result: Result = Result.OK) -> Packet:
    """What became of message `number`."""
    return Packet(number, PacketKind.ACK, bytes((result, 0, 0, 0)))


def speed_request(bits_per_second: int) -> Packet:
    """A request to go on at another speed."""
    return Packet(0, PacketKind.SPEED, bytes((SPEEDS[bits_per_second],)) + _SPEED_TAIL)


def camera_id(name: str) -> Packet:
    """What a camera says when it wakes: its name, in the middle of zeros."""
    data = (bytes(_ID_AT) + name.encode("latin-1")).ljust(_ID_SIZE, b"\0")
    return Packet(0, PacketKind.CAMERA_ID, _Counted(len(data), data).encode())


def camera_name(packet: Packet) -> str:
    """The name in a camera id."""
    return packet.data[_ID_AT:].partition(b"\0")[0].decode("latin-1")


# --- messages (A4) --------------------------------------------------------------------------------


class MessageHead(Message):
    """The 16 bytes before the payload of a message (A4); those at 0x40 of a block on USB."""

    magic: u32
    command: u8
    group: u8 = at(7)
    length: u32  # of the whole message
    transaction: u32

    @property
    def code(self) -> int:
        """Group and command: 0x1201."""
        return self.group << 8 | self.command


HEAD = size_of(MessageHead) or 0
ANSWERED = 0x3000
"""What turns the code of a command over into that of its answer."""
BATTERY_EMPTY = 0x0001
"""The code of a message that no command has: the battery is empty, and the camera goes off (A8)."""
HOST_FRAGMENT = 900
"""Bytes of a message that a host puts into one fragment (A5.3)."""


def encode_message(code: int, transaction: int, payload: bytes) -> bytes:
    """A message: its head and its payload."""
    head = MessageHead(2, code & 0xFF, code >> 8, HEAD + len(payload), transaction)
    return head.encode() + payload


def fragments(message: bytes, most: int = LONGEST) -> Iterator[bytes]:
    """The frames of a message, `most` bytes of it in each; fewer where escapes take room."""
    number, here = 0, 0
    while here < len(message):
        piece = message[here : here + most]
        while len(frame := fragment(number, piece).frame()) > LONGEST:
            piece = piece[: -((len(frame) - LONGEST + 1) // 2)]  # an escape takes two bytes
        yield frame
        number, here = number + 1, here + len(piece)


class Assembly:
    """Puts a message together again.

    What came whole is kept while the missing pieces are asked for, so a long message gets through a
    bad line. Pieces of another message are told apart by the number of their EOT, and by a first
    piece that differs.
    """

    def __init__(self) -> None:
        self._fresh: dict[int, bytes] = {}  # since the last EOT
        self._kept: dict[int, bytes] = {}  # of the message that is asked for again
        self._number = -1

    def add(self, packet: Packet) -> None:
        """Take a fragment."""
        data = packet.data
        if packet.number == 0 and self._fresh.get(0, data) != data:
            self._fresh.clear()
        self._fresh[packet.number] = data

    def take(self, number: int) -> bytes | None:
        """The message that EOT `number` ends; None while there are pieces missing."""
        pieces = self._fresh
        first = self._kept.get(0)
        if number == self._number and first is not None and pieces.get(0, first) == first:
            pieces = {**self._kept, **pieces}
        self.clear()
        message = b"".join(pieces[at] for at in range(len(pieces)) if at in pieces)
        if 0 in pieces and len(message) >= HEAD and _announced(message) == len(message):
            return message
        self._kept, self._number = pieces, number
        return None

    def clear(self) -> None:
        """Forget everything."""
        self._fresh, self._kept, self._number = {}, {}, -1


def _announced(message: bytes) -> int:
    return MessageHead.decode(message).length


# --- answers that are laid out as on no other road (A5) -------------------------------------------


class FilePart(Message):
    """A part of a file, after the status (A5.1)."""

    total: u32
    offset: u32
    size: u32
    last: u32
    data: Annotated[bytes, Raw()]


class ListingPart(Message):
    """A part of a listing, after the status; no entry is cut (A5.2)."""

    last: u8
    rows: Annotated[bytes, Raw()]
