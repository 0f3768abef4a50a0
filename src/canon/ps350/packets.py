"""Packets of the PowerShot 350, and the commands that they carry (docs/protocol/ps350.md).

Every packet has 300 bytes: C0, 296 bytes of content, a check sum, C1. Nothing is escaped, so a
reader that lost its place looks for the next C0 from which on all of that fits. A message fills as
many packets as it needs; a command always fits into one. A reply class begins after the status.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from canon.errors import DecodeError
from canon.frozen import Frozen
from canon.serial.frame import BEGIN, END, crc_ccitt
from canon.strings import Last, Names
from canon.wire import (
    Buffer,
    Code,
    Codec,
    Message,
    Number,
    OpenEnum,
    Raw,
    Text,
    latin,
    size_of,
    take,
    u8,
    u16,
    u32,
)

R = TypeVar("R", bound="Message")

# --- packets (section 2) --------------------------------------------------------------------------

PACKET = 300
"""Bytes of every packet on the line."""
ROOM = 292
"""The most bytes of a message in one packet."""
WAKE_UP = bytes.fromhex("00 53 55 55 55 55")
"""Bytes that begin a conversation; they are in no packet."""
ATTENTION = bytes.fromhex("00 53")
"""Bytes that begin to talk at a speed."""
SPEED_CHANGE = 0x42
"""The byte before the code of a speed, after a break."""
SPEEDS = {9600: 0, 19200: 1, 38400: 2, 57600: 3, 115200: 4}
"""Bits a second, and their codes."""
BREAK_SPEED = 50
"""A zero byte at this speed is as good as a break: it lasts long enough."""

_CONTENT = 296
_MORE = 0x8000


class PacketKind(OpenEnum):
    """What a packet is."""

    OFF = 0x01
    EOT = 0x03
    ACK = 0x04
    CAMERA_ID = 0x06
    DATA = 0x10


class PacketHead(Message):
    """The first bytes of a packet's content."""

    number: u8
    kind: Annotated[PacketKind, Code(PacketKind, 1)]
    length: u16  # of what follows; its highest bit: more packets follow


class Packet(Frozen):
    """What a packet says.

    Attributes:
        number: of the packet in its message; of an EOT and ACK, the count of commands.
        kind: what it is.
        data: what follows its head.
        more: whether the message goes on in the next packet.
    """

    number: int
    kind: PacketKind
    data: bytes = b""
    more: bool = False

    def encode(self) -> bytes:
        """The packet as it goes over the line."""
        length = len(self.data) | (_MORE if self.more else 0)
        head = PacketHead(self.number, self.kind, length).encode()
        content = (head + self.data).ljust(_CONTENT, b"\0")
        return BEGIN + content + check_sum(content).to_bytes(2, "little") + END

    @classmethod
    def decode(cls, raw: Buffer) -> Packet:
        """The packet in 300 bytes.

        Raises:
            DecodeError: it is damaged.
        """
        content = bytes(take(raw, 1, _CONTENT))
        check = Number(2).read(raw, 1 + _CONTENT)[0]
        if raw[0] != BEGIN[0] or raw[PACKET - 1] != END[0] or check != check_sum(content):
            raise DecodeError("a packet that is damaged", 0)
        head, at = PacketHead.read(content, 0)
        data = bytes(take(content, at, head.length & ~_MORE))
        return cls(head.number, head.kind, data, bool(head.length & _MORE))


def check_sum(content: bytes) -> int:
    """CRC-16/KERMIT: 0x2189 for b"123456789"."""
    return crc_ccitt(content, 0)


def eot(count: int, last: int = 1) -> Packet:
    """The camera's end of an answer; after one of several packets, nobody knows what `last` is."""
    return Packet(count, PacketKind.EOT, last.to_bytes(4, "little"))


def ack(count: int) -> Packet:
    """The host's answer to an EOT."""
    return Packet(count, PacketKind.ACK, bytes(4))


OFF = Packet(0, PacketKind.OFF)


class PacketReader:
    """Takes bytes as they come, and gives the packets that came whole."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that end in `data`."""
        held, found = self._held + data, []
        at = held.find(BEGIN)
        while at >= 0 and len(held) - at >= PACKET:
            try:
                found.append(Packet.decode(memoryview(held)[at : at + PACKET]))
                at += PACKET
            except DecodeError:
                at += 1
            at = held.find(BEGIN, at)
        self._held = held[at:] if at >= 0 else b""
        return found

    def clear(self) -> None:
        """Forget a packet that has begun."""
        self._held = b""


# --- the name of a camera (section 3) -------------------------------------------------------------


class CameraId(Message):
    """What a camera tells when it is woken."""

    unknown_head: Annotated[bytes, Raw(24)]
    text: Annotated[str, Last()]

    @property
    def model(self) -> str:
        """The model's name: "PowerShot 350"."""
        return self._told("ModelName")

    @property
    def firmware(self) -> str:
        """The version of its firmware: "01:02"."""
        return self._told("Firmware version")

    def _told(self, key: str) -> str:
        parts = (part.partition("=") for part in self.text.split(","))
        return {name: value for name, _, value in parts}.get(key, "").strip()


CAMERA_ID_HEAD = bytes.fromhex("62004443 49445c00 00000100 00010001 ea040101 00000000")
"""What stands before the text in the recorded one; "DCID" is in it."""

# --- messages (section 4) -------------------------------------------------------------------------

HOST, CAMERA = 0, 1
"""Who sends a message."""
FIXED, FIXED_REPLY = 0x6001, 0x6002
"""The form of a message: of commands and answers whose length is always the same."""


class MessageHead(Message):
    """The first bytes of a message."""

    sender: u32
    code: u16
    form: u16
    total: u32  # bytes of the message, this head among them


class Nothing(Message):
    """A reply that is only a status."""


class Command(Message, Generic[R]):
    """A message of the host, which names the reply to it."""

    code: ClassVar[int]
    form: ClassVar[int]
    reply: ClassVar[type[Message]]
    reply_code: ClassVar[int]
    reply_form: ClassVar[int]
    counted: ClassVar[bool]
    """Whether the count of commands is in the message and in its answer, and a status in that."""

    def __init_subclass__(
        cls,
        *,
        code: int,
        form: int = FIXED,
        reply: type[Message] = Nothing,
        reply_code: int | None = None,
        reply_form: int = FIXED_REPLY,
        counted: bool = True,
    ) -> None:
        super().__init_subclass__()
        cls.code, cls.form, cls.counted = code, form, counted
        cls.reply, cls.reply_form = reply, reply_form
        cls.reply_code = code if reply_code is None else reply_code
        _COMMANDS[code] = cls

    def packet(self, count: int) -> Packet:
        """The one packet that carries this command."""
        body = (count.to_bytes(4, "little") if self.counted else b"") + self.encode()
        return next(packets(encode_message(HOST, self.code, self.form, body)))


_COMMANDS: dict[int, type[Command[Any]]] = {}
_HEAD = size_of(MessageHead) or 0


def find_command(code: int) -> type[Command[Any]] | None:
    """The class of a command; None when nobody knows it."""
    return _COMMANDS.get(code)


def encode_message(sender: int, code: int, form: int, body: bytes) -> bytes:
    """A message: its head, and its body with the count."""
    return MessageHead(sender, code, form, _HEAD + len(body)).encode() + body


def packets(message: bytes, first: int = ROOM, other: int = ROOM) -> Iterator[Packet]:
    """The packets that carry a message, with so many bytes of it in the first and in each other."""
    at = 0
    for number in itertools.count():
        end = at + (other if number else first)
        more = end < len(message)
        yield Packet(number & 0xFF, PacketKind.DATA, message[at:end], more)
        if not more:
            return
        at = end


class Pong(Message):
    """The answer to a ping."""

    unknown: Annotated[bytes, Raw(36)]


class Ping(Command[Pong], code=0x31, reply=Pong, reply_code=0x09, reply_form=0x0003, counted=False):
    """Ask whether the camera is there."""


SWITCHED_OFF = 0x39
"""The code of the message with which a camera goes off."""


# --- the card (section 5) -------------------------------------------------------------------------


class Disks(Message):
    """The names of the cards: "REMOVABLE_1:/"."""

    names: Annotated[tuple[str, ...], Names()]


class ListDisks(Command[Disks], code=0x18, reply=Disks, reply_form=0xA022):
    """Ask for the names of the cards."""

    unknown: u32  # 0x1e


class DiskSpace(Message):
    """What are most likely the bytes of a card in all, and those that are free."""

    capacity: u32
    free: u32


class UseDisk(Command[DiskSpace], code=0x14, form=0xA021, reply=DiskSpace):
    """Choose a card by its name."""

    name: Annotated[str, Last(4)]


class Handle(Message):
    """The number of an open file or folder."""

    handle: u32


class OpenFolder(Command[Handle], code=0x02, form=0xA021, reply=Handle):
    r"""Open a folder by its path: "REMOVABLE_1:\DC97"."""

    path: Annotated[str, Last()]


class PrepareFolder(Command[Nothing], code=0x04):
    """Say that a folder will be read."""

    handle: u32


class _Name(Codec[str]):
    """A name of up to 12 bytes, filled up with NULs."""

    fixed, smallest = True, 12

    def read(self, buffer: Buffer, at: int) -> tuple[str, int]:
        raw = bytes(take(buffer, at, self.smallest))
        return raw.partition(b"\0")[0].decode("latin-1"), at + self.smallest

    def write(self, value: str) -> bytes:
        raw = latin(value)
        if len(raw) > self.smallest:
            raise ValueError(f"{value!r} is longer than {self.smallest} characters")
        return raw.ljust(self.smallest, b"\0")

    def odd(self, buffer: Buffer, at: int, end: int) -> Iterator[tuple[int, int]]:
        return Text(self.smallest).odd(buffer, at, end)


FILE, FOLDER = 0x20, 0x10
"""What an entry of a folder is."""
ERASED = "\xe5"
"""How the name of an erased file begins."""


class Listed(Message):
    """One entry of a folder."""

    kind: u8
    size: u32  # bytes; 0 for a folder
    time: u32  # seconds since 1970
    name: Annotated[str, _Name()]


ENTRY = size_of(Listed) or 0
"""Bytes of one entry; none is split between two packets."""


class _Entries(Codec[tuple[Listed, ...]]):
    """Entries to the end of the message."""

    fixed, smallest = False, 0

    def read(self, buffer: Buffer, at: int) -> tuple[tuple[Listed, ...], int]:
        rows = []
        while at < len(buffer):
            row, at = Listed.read(buffer, at)
            rows.append(row)
        return tuple(rows), at

    def write(self, value: tuple[Listed, ...]) -> bytes:
        return b"".join(row.encode() for row in value)


class FolderListing(Message):
    """What is in a folder."""

    count: u16  # whether erased files are among them is not known
    entries: Annotated[tuple[Listed, ...], _Entries()]


LISTING_HEAD = _HEAD + 4 + 4 + 2
"""Bytes of a listing before its first entry: the head, the count, the status, the number."""


class ReadFolder(
    Command[FolderListing], code=0x2A, form=0xA081, reply=FolderListing, reply_form=0xA042
):
    """Ask what is in a folder."""

    handle: u32
    most: u32  # 1000; most likely the entries that are wanted
    zero: u32


class CloseFolder(Command[Nothing], code=0x03):
    """Close a folder."""

    handle: u32


class OpenFile(Command[Handle], code=0x01, form=0xA041, reply=Handle):
    r"""Open a file by its path: "REMOVABLE_1:\DC97\CTG_0000\AUT_0021.JPG"."""

    unknown: u32  # 1
    path: Annotated[str, Last()]


class FileSize(Message):
    """Bytes of a file."""

    size: u32


class PrepareFile(Command[FileSize], code=0x17, reply=FileSize):
    """Say that a file will be read, and learn its length."""

    handle: u32


LARGEST_BLOCK = 0x245C
"""The most bytes of a file that one command asks for: they fill 32 packets."""


class FileBlock(Message):
    """A part of a file."""

    handle: u32
    offset: u32
    size: u32
    last: u32
    data: Annotated[bytes, Raw()]


class ReadFile(Command[FileBlock], code=0x12, reply=FileBlock, reply_form=0xA0C2):
    """Ask for the next bytes of a file; the camera remembers where they begin."""

    handle: u32
    size: u32


class CloseFile(Command[Nothing], code=0x11):
    """Close a file."""

    handle: u32
