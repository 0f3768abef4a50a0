"""The records in which an EOS tells of itself: GetEvent answers with a row of them (section 4).

Each has its size, its code and its fields; a record of no code ends the row. What is not known by
name keeps its bytes, and so does one that has other fields than its name promises, so that a row
packs to the bytes that it was read from.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Annotated, ClassVar

from canon.errors import DecodeError
from canon.ptp.datasets import PtpText
from canon.ptp.operations import PtpEvent
from canon.wire import Buffer, Number, Raw, Text, at, smallest, u16, u32

HEAD = 8
"""The bytes of a record before its fields: size and code."""
END = HEAD.to_bytes(4, "little") + bytes(4)
"""The record that ends a row."""

u64 = Annotated[int, Number(8)]
Tail = Annotated[bytes, Raw()]


class Record(PtpEvent, code=0xC100):
    """What an EOS tells of itself; its code is one of records, and not of events on the pipe."""

    known: ClassVar[dict[int, type[Record]]] = {}

    def __init_subclass__(cls, *, code: int = 0) -> None:
        super(PtpEvent, cls).__init_subclass__()
        cls.code = code
        if code:
            if code in Record.known:
                raise TypeError(f"{cls.__name__} claims {code:#x} of {Record.known[code].__name__}")
            Record.known[code] = cls


class UnknownRecord(Record):
    """A record that nobody has named, or one too short for what its name promises."""

    event: u32
    data: Tail


# --- properties (sections 4.1 and 4.2) ------------------------------------------------------------


class PropValueChanged(Record, code=0xC189):
    """A property has a value: a number in four bytes, a text with its NUL, or a structure."""

    property: u32
    value: Tail


class AvailListChanged(Record, code=0xC18A):
    """What a property may be: by form 3 a list; 0, 1 and 7 have none."""

    property: u32
    form: u32
    count: u32
    values: Tail

    def numbers(self) -> tuple[int, ...]:
        """The entries, where they are numbers in four bytes each."""
        whole = min(self.count, len(self.values) // 4) * 4
        return tuple(
            int.from_bytes(self.values[at : at + 4], "little") for at in range(0, whole, 4)
        )


# --- objects (section 4.3) ------------------------------------------------------------------------


class _OfObject(Record):
    handle: u32
    storage: u32
    format: u32
    unknown: u32
    flags: u32
    size: u32
    parent: u32
    group: u32
    name: Annotated[str, Text(16)]
    time: u32


class ObjectAddedEx(_OfObject, code=0xC181):
    """There is a new file or folder."""


class ObjectInfoChangedEx(_OfObject, code=0xC187):
    """A file or a folder has changed."""


class _OfObject64(Record):
    handle: u32
    storage: u32
    format: u32
    unknown: u32
    flags: u32
    size: u64
    parent: u32
    group: u32
    name: Annotated[str, Text(16)]
    time: u32


class ObjectAddedEx64(_OfObject64, code=0xC1A7):
    """There is a new file or folder, with its size in 64 bits."""


class ObjectInfoChangedEx64(_OfObject64, code=0xC1A8):
    """A file or a folder has changed, with its size in 64 bits."""


class _OfObject64Lfn(Record):
    handle: u32
    storage: u32
    format: u32
    unknown: u32
    flags: u32
    size: u64
    parent: u32
    group: u32
    time: u32
    name: Annotated[str, PtpText()]


class ObjectAddedEx64Lfn(_OfObject64Lfn, code=0xC1B6):
    """There is a new file or folder, with a name of any length."""


class ObjectInfoChangedEx64Lfn(_OfObject64Lfn, code=0xC1B7):
    """A file or a folder has changed, with a name of any length."""


class EosObjectRemoved(Record, code=0xC182):
    """A file or a folder is gone; a 400D adds its store and its format."""

    handle: u32
    tail: Tail


class ObjectContentChanged(Record, code=0xC188):
    """A file is complete."""

    handle: u32


class RequestObjectTransferEx(Record, code=0xC186):
    """A picture waits in the memory of the body."""

    handle: u32
    format: u32
    unknown: u32
    size: u32
    unknown_too: u32
    name: Annotated[str, Text(16)]


class RequestObjectTransferEx64(Record, code=0xC1A9):
    """A picture waits in the memory of the body, with its size in 64 bits."""

    handle: u32
    format: u32
    unknown: u32
    size: u64
    name: Annotated[str, Text(16)]


class RequestObjectTransferEx64Lfn(Record, code=0xC1B8):
    """A picture waits in the memory of the body, with a name that may be long, or empty."""

    handle: u32
    format: u32
    unknown: u32
    size: u64
    group: u32
    unknown_too: u32
    name: Annotated[str, PtpText()]


# --- how it is (section 4.4) ----------------------------------------------------------------------


class StorageStatusChanged(Record, code=0xC184):
    """A store has another status."""

    storage: u32


class StorageInfoChangedEx(Record, code=0xC185):
    """A store has other room."""

    storage: u32


class CameraStatusChanged(Record, code=0xC18B):
    """The body is busy with 1; 0 after that is the end of a shot."""

    status: u32


class WillSoonShutdown(Record, code=0xC18D):
    """The body switches itself off soon."""

    seconds: u32


class ShutdownTimerUpdated(Record, code=0xC18E):
    """The body stays on for its whole time again."""


class StoreAddedEx(Record, code=0xC192):
    """There is a card."""

    storage: u32


class StoreRemovedEx(Record, code=0xC193):
    """The card is out."""

    storage: u32


class BulbExposureTime(Record, code=0xC194):
    """How long the exposure has lasted; once a second."""

    seconds: u32


class RecordingTime(Record, code=0xC195):
    """How long the movie has lasted."""

    seconds: u32


class PowerZoomInfoChanged(Record, code=0xC19D):
    """The power zoom has changed."""

    unknown: u32


class AfResult(Record, code=0xC1A3):
    """How the search for focus ended."""

    unknown: u32


class CtgInfoCheckComplete(Record, code=0xC1A4):
    """A card has been read."""

    storage: u32


class OlcInfoChanged(Record, code=0xC1A5):
    """What the display of the body shows, in groups (section 4.5).

    Attributes:
        length: the bytes of the record, less 8 or less 4.
        mask: which groups follow.
    """

    length: u32
    mask: u16
    data: Tail = at(8)

    def groups(self, version: int) -> dict[int, bytes]:
        """The groups by their bits; none where the bytes are not those of any known layout.

        Args:
            version: property OLC_VERSION; another layout is taken where only that fits.
        """
        for sizes in (_sizes(version), *map(_sizes, (7, 8, 0x0B, 0x0F, 0x11, 0x12, 0x13, 0x14))):
            wanted = [bit for bit in sizes if self.mask & bit]
            if sum(sizes[bit] for bit in wanted) == len(self.data):
                found, start = {}, 0
                for bit in wanted:
                    found[bit] = self.data[start : start + sizes[bit]]
                    start += sizes[bit]
                return found
        return {}


class RequestGetEvent(PtpEvent, code=0xC101):
    """On the pipe: there are records to be read."""


@functools.cache
def _sizes(version: int) -> dict[int, int]:
    """The bytes of each group, by its bit (tables/eos_olc_layouts.csv)."""
    row = [2, 6, 5, 4, 4, 6, 7, 4, 6, 5, 5, 8, 1]
    for first, changes in _CHANGES:
        if version >= first:
            for place, size in changes.items():
                row[place] = size
    return {1 << place: size for place, size in enumerate(row)}


_CHANGES = (
    (0x08, {9: 7, 10: 7}),
    (0x0B, {6: 8, 9: 5, 10: 5, 11: 9}),
    (0x0F, {1: 7, 2: 6, 12: 8}),
    (0x11, {3: 6}),
    (0x12, {2: 9, 7: 5, 8: 7}),
    (0x13, {3: 7}),
    (0x14, {1: 9}),
)
"""From which version on which groups have another size."""


# --- rows of records ------------------------------------------------------------------------------


def read_records(data: Buffer) -> list[Record]:
    """The records of an answer, up to the one that ends it, or to one whose size cannot be."""
    found: list[Record] = []
    start = 0
    while start + HEAD <= len(data):
        size = int.from_bytes(data[start : start + 4], "little")
        code = int.from_bytes(data[start + 4 : start + HEAD], "little")
        if size < HEAD or start + size > len(data) or not code:
            break
        found.append(read_record(code, bytes(data[start + HEAD : start + size])))
        start += size
    return found


def read_record(code: int, data: bytes) -> Record:
    """A record by its code and its fields; one that does not fit its name keeps its bytes."""
    kind = Record.known.get(code)
    if kind is None or len(data) < smallest(kind):
        return UnknownRecord(code, data)
    try:
        record: Record = kind.decode(data)
    except DecodeError:
        return UnknownRecord(code, data)
    return record if record.encode() == data else UnknownRecord(code, data)


def pack_record(record: Record) -> bytes:
    """A record with its size and its code."""
    code, data = record.code, record.encode()
    if isinstance(record, UnknownRecord):
        code, data = record.event, record.data
    return (HEAD + len(data)).to_bytes(4, "little") + code.to_bytes(4, "little") + data


def pack_records(records: Iterable[Record]) -> bytes:
    """The answer that tells these records, with the one that ends it."""
    return b"".join(map(pack_record, records)) + END
