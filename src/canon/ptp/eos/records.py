"""The records in which an EOS tells of itself: GetEvent answers with a row of them (section 4).

Each has its size, its code and its fields, and a record of no code ends the row. The fields follow
each other without a gap, so records have odd sizes too. What has no name keeps its bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar, NamedTuple, Self

from canon.errors import DecodeError
from canon.ptp.datasets import PtpText, u64
from canon.ptp.operations import PtpEvent
from canon.wire import Buffer, Codec, Number, Raw, at, latin, take, u16, u32

HEAD = 8
"""The bytes of a record before its fields: size and code."""
END = HEAD.to_bytes(4, "little") + bytes(4)
"""The record that ends a row."""
LIST = 3
"""The form of an AvailListChanged that has a list."""


class _Name(Codec[str]):
    """A file name in a room of 16 bytes, padded with NULs; at the end it may be shorter."""

    smallest = 0
    fixed = False
    _room = 16

    def read(self, buffer: Buffer, at: int) -> tuple[str, int]:
        raw = take(buffer, at, min(self._room, max(0, len(buffer) - at)))
        return _text(raw), at + len(raw)

    def write(self, value: str) -> bytes:
        raw = latin(value)
        if len(raw) > self._room:
            raise ValueError(f"{value!r} is longer than {self._room} characters")
        return raw.ljust(self._room, b"\0")


class _ToNul(Codec[str]):
    """A name up to its NUL, or to the end."""

    smallest = 0
    fixed = False

    def read(self, buffer: Buffer, at: int) -> tuple[str, int]:
        name = _text(take(buffer, at, max(0, len(buffer) - at)))
        return name, min(at + len(name) + 1, len(buffer))

    def write(self, value: str) -> bytes:
        return latin(value) + b"\0"


class _Late(Number):
    """A number that some bodies leave out at the end of a record; 0 then."""

    fixed = False

    def __init__(self) -> None:
        super().__init__(4)
        self.smallest = 0

    def read(self, buffer: Buffer, at: int) -> tuple[int, int]:
        return int.from_bytes(buffer[at : at + 4], "little"), min(at + 4, len(buffer))

    def write(self, value: int) -> bytes:
        return value.to_bytes(4, "little")


def _text(raw: Buffer) -> str:
    return bytes(raw).partition(b"\0")[0].decode("latin-1")


_tail = Annotated[bytes, Raw()]
_late = Annotated[int, _Late()]
_name = Annotated[str, _Name()]


class Record(PtpEvent):
    """What an EOS tells of itself; its code is one of records, not of the interrupt pipe."""

    known: ClassVar[dict[int, type[Record]]] = {}

    def __init_subclass__(cls, *, code: int = 0) -> None:
        super().__init_subclass__()
        cls.code = code
        if code in Record.known:
            raise TypeError(f"{cls.__name__} claims {code:#x} of {Record.known[code].__name__}")
        if code:
            Record.known[code] = cls


class UnknownRecord(Record):
    """A record that nobody has named, or one too short for its name."""

    event: u32
    unknown_data: _tail


# --- properties (sections 4.1 and 4.2) ------------------------------------------------------------


class PropValueChanged(Record, code=0xC189):
    """A property has a value: a number in four bytes, a text with its NUL, or a structure."""

    property: u32
    value: _tail


class AvailListChanged(Record, code=0xC18A):
    """What a property may be: by form LIST a list; 0, 1 and 7 have none.

    Form LIST with count 0 is a property that cannot be changed now.
    """

    property: u32
    form: u32
    count: u32
    values: _tail

    def numbers(self) -> tuple[int, ...]:
        """The entries, where they are numbers in four bytes each."""
        whole = min(self.count, len(self.values) // 4) * 4
        return tuple(
            int.from_bytes(self.values[start : start + 4], "little") for start in range(0, whole, 4)
        )


# --- files and folders (section 4.3) --------------------------------------------------------------


class _OfObject(Record):
    handle: u32
    storage: u32
    format: u32
    kind: u32  # 1 is a folder
    flags: u32  # those of a ListedObject
    size: u32
    parent: u32
    group: u32  # what the files of one shot have in common
    name: _name
    time: _late  # seconds since 1970, the camera's local time
    unknown_tail: _tail = b""


class ObjectAddedEx(_OfObject, code=0xC181):
    """There is a new file or folder."""


class ObjectInfoChangedEx(_OfObject, code=0xC187):
    """A file or a folder has changed."""


class _OfObject64(Record):
    handle: u32
    storage: u32
    format: u32
    kind: u32
    flags: u32
    size: u64
    parent: u32
    group: u32
    name: _name
    time: _late
    unknown_tail: _tail = b""


class ObjectAddedEx64(_OfObject64, code=0xC1A7):
    """There is a new file or folder, with its size in 64 bits.

    Nobody has seen the bytes of one: the fields after the flags are those of public drivers, and
    the time is a guess.
    """


class ObjectInfoChangedEx64(_OfObject64, code=0xC1A8):
    """A file or a folder has changed, with its size in 64 bits."""


class _OfObject64Lfn(Record):
    handle: u32
    storage: u32
    format: u32
    kind: u32
    flags: u32
    size: u64
    parent: u32
    group: u32
    time: u32
    name: Annotated[str, PtpText()]
    unknown_tail: _tail = b""


class ObjectAddedEx64Lfn(_OfObject64Lfn, code=0xC1B6):
    """There is a new file or folder, with a name of any length."""


class ObjectInfoChangedEx64Lfn(_OfObject64Lfn, code=0xC1B7):
    """A file or a folder has changed, with a name of any length."""


class EosObjectRemoved(Record, code=0xC182):
    """A file or a folder is gone; some bodies leave its store and its format out."""

    handle: u32
    storage: _late = 0
    format: _late = 0
    unknown_tail: _tail = b""


class ObjectContentChanged(Record, code=0xC188):
    """A file is complete."""

    handle: u32
    unknown_tail: _tail = b""


class RequestObjectTransferEx(Record, code=0xC186):
    """A picture waits in the memory of the body."""

    handle: u32
    format: u32
    unknown: u32
    size: u32
    unknown_2: u32
    name: Annotated[str, _ToNul()]
    unknown_tail: _tail = b""


class RequestObjectTransferEx64(Record, code=0xC1A9):
    """A picture waits in the memory of the body, with its size in 64 bits.

    Nobody has seen the bytes of one. gphoto2 takes the name from the start of `rest`; where users
    saw it print such names, another number stood there, so it is more likely 8 bytes later.
    """

    handle: u32
    format: u32
    unknown: u32
    size: u64
    rest: _tail

    @classmethod
    def named(cls, handle: int, format: int, size: int, name: str) -> RequestObjectTransferEx64:
        """A record with the name where gphoto2 looks for it."""
        return cls(handle, format, 0, size, latin(name) + b"\0")

    @property
    def name(self) -> str:
        """The name of the file; empty where none can be found."""
        for start in 0, 8:
            name = _text(self.rest[start:])
            if "." in name[1:] and name.isascii() and name.isprintable():
                return name
        return ""


class RequestObjectTransferEx64Lfn(Record, code=0xC1B8):
    """A picture waits in the memory of the body, with a name that may be long, or empty."""

    handle: u32
    format: u32
    unknown: u32
    size: u64
    group: u32
    unknown_2: u32
    name: Annotated[str, PtpText()]
    unknown_tail: _tail = b""


# --- how it is (section 4.4) ----------------------------------------------------------------------


class _OfStore(Record):
    storage: u32
    unknown_tail: _tail = b""


class StorageStatusChanged(_OfStore, code=0xC184):
    """A store has another status."""


class StorageInfoChangedEx(_OfStore, code=0xC185):
    """A store has other room."""


class StoreAddedEx(_OfStore, code=0xC192):
    """There is a card."""


class StoreRemovedEx(_OfStore, code=0xC193):
    """The card is out."""


class CtgInfoCheckComplete(_OfStore, code=0xC1A4):
    """A card has been read."""


class CameraStatusChanged(Record, code=0xC18B):
    """The body is busy with 1; 0 after that is the end of a shot."""

    status: u32
    unknown_tail: _tail = b""


class WillSoonShutdown(Record, code=0xC18D):
    """The body switches itself off soon."""

    seconds: _late = 0
    unknown_tail: _tail = b""


class ShutdownTimerUpdated(Record, code=0xC18E):
    """The body stays on for its whole time again."""

    unknown_tail: _tail = b""


class BulbExposureTime(Record, code=0xC194):
    """How long the exposure has lasted; once a second."""

    seconds: u32
    unknown_tail: _tail = b""


class RecordingTime(Record, code=0xC195):
    """How long the movie has lasted."""

    seconds: u32
    unknown_tail: _tail = b""


class PowerZoomInfoChanged(Record, code=0xC19D):
    """The power zoom has changed; the number is not known."""

    info: _late = 0

    unknown_tail: _tail = b""


class AfResult(Record, code=0xC1A3):
    """How the search for focus ended; the numbers are not known."""

    result: _late = 0
    unknown_tail: _tail = b""


class RequestGetEvent(PtpEvent, code=0xC101):
    """On the interrupt pipe: there are records to be fetched."""


# --- the display (section 4.5) --------------------------------------------------------------------


class OlcInfoChanged(Record, code=0xC1A5):
    """What the display of the body shows, in groups.

    Attributes:
        length: the bytes after this word; by bodies of version 0x0f and later, with this word.
        mask: which groups follow.
        data: the groups, by ascending bits.
    """

    length: u32
    mask: u16
    data: _tail = at(8)

    @classmethod
    def of(cls, version: int, groups: dict[int, bytes]) -> Self:
        """A record of these groups by their bits, as bodies of a version send it."""
        data = b"".join(groups[bit] for bit in sorted(groups))
        length = len(data) + (8 if version < _COUNTS_ITSELF else 12)
        return cls(length, sum(groups), data)

    def groups(self, version: int) -> dict[int, bytes]:
        """The groups by their bits; none where the bytes fit no version.

        Args:
            version: property OLC_VERSION. Bodies of the same version differ, so another is taken
                where only that fits.
        """
        bits = [1 << place for place in range(len(_SIZES[0x07])) if self.mask >> place & 1]
        own = max((other for other in _SIZES if other <= version), default=0)
        for other in sorted(_SIZES, key=lambda other: (other != own, abs(other - version))):
            sizes = [_SIZES[other][bit.bit_length() - 1] for bit in bits]
            if sum(sizes) == len(self.data):
                ends = [sum(sizes[: place + 1]) for place in range(len(sizes))]
                return {
                    bit: self.data[end - size : end]
                    for bit, size, end in zip(bits, sizes, ends, strict=True)
                }
        return {}


_COUNTS_ITSELF = 0x0F
"""From which version on `length` counts itself."""
_SIZES = {
    0x06: (2, 6, 5, 4, 4, 6, 7, 4, 6, 5, 5, 8, 0),  # Guess: the 1300D; which group is shorter
    0x07: (2, 6, 5, 4, 4, 6, 7, 4, 6, 5, 5, 8, 1),
    0x08: (2, 6, 5, 4, 4, 6, 7, 4, 6, 7, 7, 8, 1),
    0x0B: (2, 6, 5, 4, 4, 6, 8, 4, 6, 5, 5, 9, 1),
    0x0F: (2, 7, 6, 4, 4, 6, 8, 4, 6, 5, 5, 9, 8),
    0x11: (2, 7, 6, 6, 4, 6, 8, 4, 6, 5, 5, 9, 8),
    0x12: (2, 7, 9, 6, 4, 6, 8, 5, 7, 5, 5, 9, 8),
    0x13: (2, 7, 9, 7, 4, 6, 8, 5, 7, 5, 5, 9, 8),
    0x14: (2, 9, 9, 7, 4, 6, 8, 5, 7, 5, 5, 9, 8),
}
"""The bytes of each group, by the version of the layout."""


# --- rows of records ------------------------------------------------------------------------------


class Place(NamedTuple):
    """Where a record lies in an answer.

    Attributes:
        code: which record it is; 0 ends the row.
        start: where its fields begin.
        end: where it ends.
    """

    code: int
    start: int
    end: int


def places(data: Buffer) -> Iterator[Place]:
    """Where the records of a row lie; the last is that which ends it.

    A record whose size cannot be ends the row as well; it is not among them.
    """
    start = 0
    while start + HEAD <= len(data):
        size = int.from_bytes(data[start : start + 4], "little")
        if size < HEAD or start + size > len(data):
            return
        place = Place(
            int.from_bytes(data[start + 4 : start + HEAD], "little"), start + HEAD, start + size
        )
        yield place
        if not place.code:
            return
        start = place.end


def read_records(data: Buffer) -> list[Record]:
    """The records of an answer, up to the one that ends it, or to one whose size cannot be."""
    return [
        read_record(place.code, data[place.start : place.end])
        for place in places(data)
        if place.code
    ]


def read_record(code: int, fields: Buffer) -> Record:
    """A record by its code and its fields; one too short for its name is an UnknownRecord."""
    kind = Record.known.get(code)
    if kind is not None:
        try:
            return kind.decode(fields)
        except DecodeError:
            pass
    return UnknownRecord(code, bytes(fields))


def pack_record(record: Record) -> bytes:
    """A record with its size and its code."""
    if isinstance(record, UnknownRecord):
        code, fields = record.event, record.unknown_data
    else:
        code, fields = record.code, record.encode()
    return (HEAD + len(fields)).to_bytes(4, "little") + code.to_bytes(4, "little") + fields


def pack_records(records: Iterable[Record]) -> bytes:
    """The answer that tells these records, with the one that ends it."""
    return b"".join(map(pack_record, records)) + END


Waiting = RequestObjectTransferEx | RequestObjectTransferEx64 | RequestObjectTransferEx64Lfn
"""A picture in the memory of the body."""
Added = ObjectAddedEx | ObjectAddedEx64 | ObjectAddedEx64Lfn
"""A new file or folder on a card."""
