"""The commands of the native protocol and their replies (canon-native-usb, sections 6 and 7).

A command class holds its payload; the block around it (`CommandHead`), the head of the answer
(`ReplyHead`, `LongHead`) and the status belong to link and session. A reply class begins after the
status. Codes are written 0xGGCC: group (0x11 storage, 0x12 camera), then command.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Generic, NamedTuple, TypeVar

from canon.errors import DecodeError
from canon.models.model import Numbering
from canon.strings import Bare, Last, Names, Version, ZString
from canon.wire import (
    Buffer,
    Codec,
    Inner,
    Message,
    Number,
    Raw,
    Text,
    at,
    latin,
    take,
    u8,
    u16,
    u32,
)

R = TypeVar("R")

# --- the blocks around a command and its answer (sections 4.2, 4.3, 6) ----------------------------


class InitBlock(Message):
    """What the camera says of itself before anything else (section 4.2)."""

    length: u32
    unknown_version: Annotated[bytes, Raw(4)] = at(0x40)
    model_id: u32
    unknown_block: u32
    transfer_size: u32  # 0xffffffff: not given
    unknown_limit: u32
    unknown_last: u32


class ShortInitBlock(Message):
    """The init block without its head: read from a camera that is active, written to wake one."""

    length: u32
    unknown_block: u32 = at(0x40)
    transfer_size: u32
    unknown_limit: u32
    unknown_last: u32


def short_block(init: InitBlock) -> ShortInitBlock:
    """An init block without its head."""
    tail = (init.unknown_block, init.transfer_size, init.unknown_limit, init.unknown_last)
    return ShortInitBlock(0x10, *tail)


class CommandHead(Message):
    """The first 0x50 bytes of a command (section 6.1)."""

    length: u32  # of everything from 0x40 on
    kind: u32
    magic: u32 = at(0x40)
    code: u8
    flavour: u8 = at(0x46)
    group: u8
    length_again: u32
    sequence: u32


class ReplyHead(Message):
    """The first 0x50 bytes of a fixed answer (section 6.2); its status follows."""

    length: u32  # zero on many older models: use length_again
    kind: u32
    magic: u32 = at(0x40)
    code: u8
    flavour: u8 = at(0x46)
    group: u8
    length_again: u32
    sequence: u32


class LongHead(Message, padded=0x40):
    """The 0x40 bytes before a long answer, and before an upload (section 6.3)."""

    zero: u32
    kind: u16
    length: u32  # unaligned


class SubHead(Message):
    """What stands before the parameters of a request, and before the data of a reply."""

    sub: u32
    length: u32


STORAGE, CAMERA = 0x11, 0x12
"""The two groups of commands."""
HEAD = 0x40
"""Bytes of an answer that its own length word does not count."""
COMMAND = 0x50
"""Bytes of a command, and of a fixed answer, before its payload or status."""

FIXED_COMMAND, LONG_COMMAND, UPLOAD_COMMAND, UPLOAD_BLOCK = 0x201, 0x202, 0x203, 0x403
FIXED_REPLY, LONG_REPLY, UPLOAD_REPLY = 0x301, 0x302, 0x303


# --- what a command is ----------------------------------------------------------------------------


class Nothing(Message):
    """A reply that is only a status."""


class Command(Message, Generic[R]):
    """A message that carries a code and names its reply.

    `long=True` marks an answer of announced length without a status. `sub` is the sub-code of a
    family of commands under one code.
    """

    codes: ClassVar[Mapping[Numbering, int]] = {}
    sub: ClassVar[int | None] = None
    long: ClassVar[bool] = False
    reply: ClassVar[type[Message] | None] = None

    def __init_subclass__(
        cls,
        *,
        reply: type[Message] | None = Nothing,
        classic: int | None = None,
        revised: int | None = None,
        sub: int | None = None,
        long: bool = False,
        padded: int = 0,
    ) -> None:
        super().__init_subclass__(padded=padded)
        own = {Numbering.CLASSIC: classic, Numbering.REVISED: revised}
        cls.codes = {key: code for key, code in own.items() if code is not None} or cls.codes
        cls.sub, cls.long, cls.reply = sub, long, reply
        if sub is None and not any(own.values()):
            return  # a family: only its members are commands
        for numbering, code in cls.codes.items():
            key = numbering, code, sub, long
            if key in _COMMANDS:
                raise TypeError(f"{cls.__name__} claims {key} of {_COMMANDS[key].__name__}")
            _COMMANDS[key] = cls
            if sub is not None:
                _FAMILIES.add((numbering, code))


_COMMANDS: dict[tuple[Numbering, int, int | None, bool], type[Command[Any]]] = {}
_FAMILIES: set[tuple[Numbering, int]] = set()


def find_command(
    numbering: Numbering, code: int, sub: int | None, *, long: bool
) -> type[Command[Any]] | None:
    """The class of a command by what stands in its block; None when nobody knows it."""
    return _COMMANDS.get((numbering, code, sub, long))


def has_subcodes(numbering: Numbering, code: int) -> bool:
    """Whether a code is a family, whose payload begins with a sub-code and a length."""
    return (numbering, code) in _FAMILIES


def commands() -> list[type[Command[Any]]]:
    """Every command that is known, each once."""
    return list(dict.fromkeys(_COMMANDS.values()))


# --- the camera (group 0x12) ----------------------------------------------------------------------


class Identity(Message):
    """Who the camera is (section 7.1)."""

    unknown_version: Annotated[bytes, Raw(4)]
    firmware: Annotated[str, Version()]
    model: Annotated[str, Text(32)]
    owner: Annotated[str, Text(32)]


class Identify(Command[Identity], reply=Identity, classic=0x1201, revised=0x1201):
    """Ask who the camera is; safe at any time (section 7.1)."""


class CameraTime(Message, padded=12):
    """The camera's clock: seconds since 1970 in the camera's local time (section 7.2)."""

    seconds: u32


class GetTime(Command[CameraTime], reply=CameraTime, classic=0x1203, revised=0x1203):
    """Read the camera's clock (section 7.2)."""


class SetTime(Command[Nothing], classic=0x1204, revised=0x1204, padded=12):
    """Set the camera's clock (section 7.2)."""

    seconds: u32


class SetOwner(Command[Nothing], classic=0x1205, revised=0x1206):
    """Set the owner's name, 31 characters at most (section 7.3)."""

    owner: Annotated[str, Last()]


class PowerStatus(Message):
    """How the camera is powered (section 7.4)."""

    charge: u8  # 6 good, 4 low
    source: u8 = at(3)  # bit 0x20: battery


class GetPowerStatus(Command[PowerStatus], reply=PowerStatus, classic=0x120A, revised=0x1213):
    """Ask how the camera is powered (section 7.4)."""


class PictureFormat(Message):
    """One row of the table of picture sizes (section 7.5)."""

    name: Annotated[str, Text(20)]
    height: u32
    width: u32
    kind: u32  # 1 superfine, 2 fine, 3 normal, 4 RAW: not the quality code of release control


class _Formats(Codec[tuple[PictureFormat, ...]]):
    """A count and room for sixteen rows; the unused ones hold anything."""

    fixed = True
    room = 16
    row: ClassVar[Inner[PictureFormat]] = Inner(PictureFormat)
    smallest = 4 + room * 32

    def read(self, buffer: Buffer, at: int) -> tuple[tuple[PictureFormat, ...], int]:
        count, here = Number(4).read(buffer, at)
        end = at + len(take(buffer, at, self.smallest))
        if count > self.room:
            raise DecodeError(f"{count} rows in a table of {self.room}", at)
        return tuple(self.row.read(buffer, here + 32 * row)[0] for row in range(count)), end

    def write(self, value: tuple[PictureFormat, ...]) -> bytes:
        if len(value) > self.room:
            raise ValueError(f"{len(value)} rows in a table of {self.room}")
        rows = b"".join(row.encode() for row in value)
        return len(value).to_bytes(4, "little") + rows.ljust(self.room * 32, b"\xff")

    def odd(self, buffer: Buffer, at: int, end: int) -> Iterator[tuple[int, int]]:
        count = int.from_bytes(buffer[at : at + 4], "little")
        for row in range(count):
            yield from self.row.odd(buffer, at + 4 + 32 * row, at + 36 + 32 * row)
        if any(buffer[at + 4 + 32 * count : end]):
            yield at + 4 + 32 * count, end


class Abilities(Message):
    """The picture sizes of a camera (section 7.5)."""

    size: u16  # bytes from here to the end
    model_id: u32
    name: Annotated[str, Text(32)]
    formats: Annotated[tuple[PictureFormat, ...], _Formats()]
    unknown_tail: Annotated[bytes, Raw()]


class GetAbilities(Command[Abilities], reply=Abilities, classic=0x121F, revised=0x1224):
    """Ask for the picture sizes (section 7.5)."""


class LockKeys(Command[Nothing], classic=0x1220):
    """Lock the keys and switch the display off; the answer carries code 0x1f (section 7.6)."""


LOCK_WORD = 6
"""What every program puts into the EOS lock commands."""


class LockEosKeys(Command[Nothing], classic=0x121B):
    """Lock the keys of an old EOS, right before a release (section 7.6)."""

    word: u32


class UnlockEosKeys(Command[Nothing], classic=0x121C):
    """Unlock the keys of an old EOS (section 7.6)."""


class KeysLocked(Message, padded=8):
    """What the revised lock is answered with; never explained."""


class LockRevisedKeys(Command[KeysLocked], reply=KeysLocked, revised=0x1235):
    """Lock the keys, right before a release (section 8)."""

    word: u32


class UnlockRevisedKeys(Command[Nothing], revised=0x1236):
    """Unlock the keys (section 8)."""


class ReleaseSent(Command[Nothing], revised=0x1222):
    """Sent after a release, for a reason that nobody knows (section 8)."""

    unknown_word: u32  # 0x0f


class BodyId(Message):
    """The number of a body (section 7.7)."""

    number: u32


class GetBodyId(Command[BodyId], reply=BodyId, classic=0x121D, revised=0x1223):
    """Ask for the number of the body; EOS, and the revised numbering (section 7.7)."""


class OwnerName(Message):
    """The owner's name (section 8)."""

    owner: Annotated[str, Text(32)]


class GetOwner(Command[OwnerName], reply=OwnerName, revised=0x1205):
    """Ask for the owner's name, where the identity does not have it (section 8)."""


class CustomValue(NamedTuple):
    """A custom function's value, and its number in the menu."""

    value: int
    number: int


class _CustomValues(Codec[tuple[CustomValue, ...]]):
    """A length that counts itself, then a byte of value and a byte of number for each."""

    fixed = False
    smallest = 4

    def read(self, buffer: Buffer, at: int) -> tuple[tuple[CustomValue, ...], int]:
        length, start = Number(4).read(buffer, at)
        if length < self.smallest or length % 2:
            raise DecodeError(f"custom functions of {length} bytes", at)
        pairs = take(buffer, start, length - self.smallest)
        values = tuple(map(CustomValue, pairs[::2], pairs[1::2]))
        return values, at + length

    def write(self, value: tuple[CustomValue, ...]) -> bytes:
        pairs = b"".join(map(bytes, value))
        return Number(4).write(self.smallest + len(pairs)) + pairs


class CustomFunctions(Message, padded=0x40):
    """What all custom functions are set to (section 8)."""

    values: Annotated[tuple[CustomValue, ...], _CustomValues()]


class GetCustomFunctions(Command[CustomFunctions], reply=CustomFunctions, revised=0x121D):
    """Ask what all custom functions are set to (section 8)."""

    zero: u32


# --- the card (group 0x11) ------------------------------------------------------------------------


class Disks(Message):
    """The names of the disks: "D:" (section 7.8)."""

    names: Annotated[tuple[str, ...], Names()]


class ListDisks(Command[Disks], reply=Disks, classic=0x110A, revised=0x110E, long=True):
    """Ask for the names of the disks (section 7.8)."""


class DiskSpace(Message):
    """Capacity and free space of a disk, in the model's own unit (section 7.8)."""

    capacity: u32
    free: u32


class GetDiskSpace(Command[DiskSpace], reply=DiskSpace, classic=0x1109, revised=0x110D):
    r"""Ask for capacity and free space of a disk, named `D:\` (section 7.8)."""

    disk: Annotated[str, Last()]


PROTECTED, FOLDER, NEW, ENTERED = 0x01, 0x10, 0x20, 0x80
"""Attribute bits of a listed entry (section 7.9)."""


class Listed(NamedTuple):
    """One entry of a listing: a file, a folder, or the way back up (section 7.9)."""

    attributes: int
    size: int
    time: int
    name: str


class _Listing(Codec[tuple[Listed, ...]]):
    """Entries back to back, ended by one that is all zeros."""

    fixed = False
    smallest = 0
    shortest = 11  # an entry without a name, and the end mark
    head = struct.Struct("<HII")

    def read(self, buffer: Buffer, at: int) -> tuple[tuple[Listed, ...], int]:
        data = bytes(take(buffer, at, max(0, len(buffer) - at)))
        if not data:
            return (), at  # a long answer of no bytes: there is no such folder (section 6.3)
        entries: list[Listed] = []
        here, unpack, find = 0, self.head.unpack_from, data.find
        while here + self.shortest <= len(data):
            attributes, size, time = unpack(data, here)
            end = find(b"\0", here + 10)
            if end < 0:
                raise DecodeError("a name without its NUL", at + here)
            name = data[here + 10 : end].decode("latin-1")
            here = end + 1
            if not (name or attributes or size or time):
                return tuple(entries), at + here
            entries.append(Listed(attributes, size, time, name))
        raise DecodeError("a listing without its end mark", at + here)

    def write(self, value: tuple[Listed, ...]) -> bytes:
        pack = self.head.pack
        rows = [pack(row.attributes, row.size, row.time) + latin(row.name) + b"\0" for row in value]
        return b"".join(rows) + bytes(self.shortest)


class Listing(Message):
    r"""What is in a folder, and in the folders below it (section 7.9).

    The folder itself comes first. An entered folder is named `.\NAME`, its contents follow, and
    `..` closes it. A folder that does not exist has no entries at all.
    """

    entries: Annotated[tuple[Listed, ...], _Listing()]


class GetDirectory(Command[Listing], reply=Listing, classic=0x110B, revised=0x110B, long=True):
    """List a folder and `depth` levels below it; 0x0f is everything (section 7.9)."""

    depth: u8
    path: Annotated[str, Last(extra=2)]


class GetFile(Command[bytes], reply=None, classic=0x1101, long=True):
    """Fetch a file, or the head of it that holds the thumbnail (section 7.10)."""

    what: u32  # 0 the file, 1 the thumbnail
    block_size: u32
    path: Annotated[str, Last()]


class UploadDone(Message):
    """What the camera says after each block of an upload (section 7.12)."""

    unknown_count: u32
    size: u32


class UploadBlock(Command[UploadDone], reply=UploadDone, classic=0x1103):
    """One block of a file that goes to the card (section 7.12)."""

    zero: u32
    offset: u32
    size: u32
    path: Annotated[str, ZString()]
    data: Annotated[bytes, Raw()]


class GetRevisedFile(Command[bytes], reply=None, revised=0x1101, long=True):
    """Fetch a file, or the head of it; without a block size (section 8)."""

    what: u32
    path: Annotated[str, Last(extra=1)]


def get_file(numbering: Numbering, what: int, block_size: int, path: str) -> Command[bytes]:
    """The command that fetches a file in this numbering."""
    if numbering is Numbering.REVISED:
        return GetRevisedFile(what, path)
    return GetFile(what, block_size, path)


class MakeDirectory(Command[Nothing], classic=0x1105, revised=0x1105):
    """Make a folder (section 7.11)."""

    path: Annotated[str, Last()]


class RemoveDirectory(Command[Nothing], classic=0x1106, revised=0x1106):
    """Remove a folder (section 7.11)."""

    path: Annotated[str, Last()]


class DeleteFiles(Command[Nothing], classic=0x110D):
    """Delete files of one folder (section 7.11)."""

    directory: Annotated[str, ZString()]
    names: Annotated[tuple[str, ...], Names()]


class DeleteRevisedFile(Command[Nothing], revised=0x110A):
    """Delete one file (section 8)."""

    path: Annotated[str, Text(48)]
    directory: Annotated[str, Bare()]


def delete_files(
    numbering: Numbering, directory: str, names: Sequence[str]
) -> list[Command[Nothing]]:
    """The commands that delete files of one folder in this numbering."""
    if numbering is Numbering.REVISED:
        return [DeleteRevisedFile(f"{directory}\\{name}", directory + "\\") for name in names]
    return [DeleteFiles(directory, tuple(names))]


class SetAttributes(Command[Nothing], classic=0x110E, revised=0x1107):
    """Write a file's attributes, of which the bits 0x01 and 0x20 count (section 7.11)."""

    attributes: u32
    directory: Annotated[str, ZString()]
    name: Annotated[str, Last(extra=1)]


class SetFileTime(Command[Nothing], classic=0x110F):
    """Set a file's time, seconds since 1970 in the camera's local time (section 7.11)."""

    seconds: u32
    path: Annotated[str, Last(extra=1)]


# --- pictures taken by remote (group 0x12) --------------------------------------------------------


class RetrieveCapture(Command[bytes], reply=None, classic=0x1217, revised=0x1226, long=True):
    """Fetch a picture that release control took, by its image key (section 7.13)."""

    zero: u32
    block_size: u32
    what: u32  # 1 thumbnail, 2 image, 3 second image
    key: u32


class RetrieveFrame(Command[bytes], reply=None, classic=0x1218, long=True):
    """Fetch a frame of the viewfinder (section 7.14)."""

    zero: u32
    block_size: u32
