"""The card of a virtual PTP camera, behind the operations on stores and objects (ptp-core, 4, 5).

Files and folders are known by handles. They are numbered as a PowerShot SX200 IS does it: folder
100CANON is 0x01900000, IMG_0001.JPG in it is 0x01900011 (canon-powershot-ptp, section 2.1).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import singledispatchmethod
from typing import Any, NamedTuple

from canon import exif
from canon.errors import DecodeError
from canon.models.file_kinds import Content, ObjectFormat, kind_of, thumbnail_name
from canon.models.ptp import PtpQuirk
from canon.ptp.datasets import (
    DataType,
    FileSystem,
    ObjectHandles,
    ObjectInfo,
    PropertyValue,
    StorageIDs,
    StorageInfo,
    StoreKind,
    moment,
    time_text,
    write_value,
)
from canon.ptp.operations import (
    ALL,
    OBJECT_SIZE,
    Count,
    DeleteObject,
    FormatStore,
    GetNumObjects,
    GetObject,
    GetObjectHandles,
    GetObjectInfo,
    GetObjectPropList,
    GetObjectSize,
    GetPartialObject,
    GetStorageIDs,
    GetStorageInfo,
    GetThumb,
    NewObject,
    Nothing,
    ObjectRemoved,
    Operation,
    Response,
    SendObject,
    SendObjectInfo,
    Sent,
    SetObjectProtection,
    Size64,
)
from canon.virtual.card import File, Folder, MemoryCard, is_name
from canon.virtual.clock import EPOCH
from canon.virtual.ptp.profile import PtpBody
from canon.virtual.ptp.reply import Answered, Reply, Tell
from canon.virtual.refusal import Status
from canon.wire import Message

CARD = 0x00010001
"""The store in the slot of most cameras (ptp-core, section 4.2)."""

Parts = tuple[str, ...]
Numbering = Callable[[Parts], int]
"""The handle that a path has on a kind of camera."""

_DCIM, _ELSEWHERE, _KEPT = 0x00080000, 0x00100000, 0x88000001  # Guess: the latter two
_NOT_GIVEN = 0xFFFFFFFF
MOST_SIZE = 0xFFFFFFFF
_STORAGE, _FORMAT, _FILE_NAME, _PARENT = 0xDC01, 0xDC02, 0xDC07, 0xDC0B
"""What MTP calls these of an object."""


@dataclass(frozen=True)
class Item:
    """An object as it is now.

    A picture in memory has no path; it has the thumbnail that was taken with it.
    """

    handle: int
    storage: int
    parent: int
    path: Parts
    name: str
    format: int
    entry: File | Folder
    thumbnail: bytes = b""


class Handles:
    """The numbers of the paths on a card: given when a path is first seen, and never again.

    Args:
        number: the handle that a path has, if nothing else has it.
    """

    def __init__(self, number: Numbering) -> None:
        self._number = number
        self._handles: dict[Parts, int] = {}
        self._paths: dict[int, Parts] = {}
        self._names: dict[int, str] = {}
        self._shortened = 0

    def of(self, parts: Parts) -> int:
        """The handle of a path."""
        parts = tuple(part.upper() for part in parts)
        handle = self._handles.get(parts)
        if handle is None:
            handle = self._next(parts)
            self._handles[parts], self._paths[handle] = handle, parts
            self._names[handle] = self._short(parts[-1])
        return handle

    def path(self, handle: int) -> Parts | None:
        """The path with a handle; None when none has it."""
        return self._paths.get(handle)

    def name(self, handle: int) -> str:
        """What the object with a handle is called: its name, cut to 8.3 where a card could not."""
        return self._names[handle]

    def _next(self, parts: Parts) -> int:
        handle = self._number(parts)
        while handle in self._paths:
            handle += 1
        return handle

    def _short(self, name: str) -> str:
        if is_name(name):
            return name
        self._shortened += 1
        stem, dot, suffix = name.rpartition(".") if "." in name else (name, "", "")
        return f"{stem[: 7 - len(str(self._shortened))]}~{self._shortened}{dot}{suffix[:3]}"


def powershot_number(parts: Parts) -> int:
    """The handle that a path has on a PowerShot."""
    if parts == ("DCIM",):
        return _DCIM
    if parts[0] != "DCIM" or not (folder := re.match(r"([1-9]\d\d)\w{5}$", parts[1])):
        return _ELSEWHERE
    number = int(folder[1]) << 18
    if len(parts) == 3 and (file := re.match(r"\w{4}(\d{4})\.", parts[2])):
        return number | int(file[1]) << 4 | 1
    return number


class Telling(NamedTuple):
    """How a kind of camera tells of its objects (ptp-core, section 4.5).

    Attributes:
        protection: that of folders.
        description: that of folders.
        dates: whether folders have times.
        fraction: what follows the seconds of times.
    """

    protection: int = 0
    description: int = 1
    dates: bool = False
    fraction: str = ""


TELLING = Telling()
"""That of a PowerShot SX200 IS (recorded)."""


class Objects:
    """What a PTP camera does with its card, and with the pictures in its memory.

    Args:
        body: the camera.
        tell: sends an event.
        memory: the store of the pictures in its memory.
        number: how it numbers what is on its card.
        telling: how it tells of what is on its card.
    """

    def __init__(
        self,
        body: PtpBody,
        tell: Tell,
        memory: int,
        number: Numbering = powershot_number,
        telling: Telling = TELLING,
    ) -> None:
        self.body = body
        self.memory = memory
        self._tell = tell
        self._handles = Handles(number)
        self._telling = telling
        self._kept: dict[int, Item] = {}
        self._last_kept = _KEPT
        self._announced: tuple[Parts, ObjectInfo] | None = None

    # --- for the rest of the camera ---------------------------------------------------------------

    @property
    def slot(self) -> int:
        """The store in the slot, or the empty slot (ptp-core, section 4.2)."""
        slot = self.body.profile.slot
        return slot if self.body.card else slot & 0xFFFF0000

    def handle(self, parts: Parts) -> int:
        """The handle of a file or a folder on the card."""
        return self._handles.of(parts)

    def keep(self, name: str, data: bytes, format: int, thumbnail: bytes, handle: int = 0) -> int:
        """Keep a picture in the camera's memory, and return its handle; 0 gives it the next."""
        if not handle:
            self._last_kept += 0x10
            handle = self._last_kept
        file = File(data, self.body.seconds)
        self._kept[handle] = Item(handle, self.memory, 0, (), name, format, file, thumbnail)
        return handle

    @property
    def kept(self) -> tuple[int, ...]:
        """The handles of the pictures in memory."""
        return tuple(self._kept)

    def drop(self, handle: int) -> None:
        """Forget a picture in memory.

        Raises:
            Status: there is none with this handle.
        """
        if self._kept.pop(handle, None) is None:
            raise Status(Response.INVALID_OBJECT_HANDLE)

    def drop_kept(self) -> None:
        """Forget the pictures in memory."""
        self._kept.clear()

    def forget_announced(self) -> None:
        """Forget the file that was announced: its bytes did not follow."""
        self._announced = None

    # --- stores (ptp-core, sections 4.2 and 4.3) --------------------------------------------------

    @singledispatchmethod
    def answer(self, operation: Operation[Any], data: bytes) -> Answered:
        """The reply to an operation: its dataset, or what comes back in the response.

        Args:
            operation: what is asked.
            data: what came in its data phase.

        Raises:
            Status: it is refused.
        """
        raise Status(Response.OPERATION_NOT_SUPPORTED)

    @answer.register
    def _storage_ids(self, operation: GetStorageIDs, data: bytes) -> Message:
        return StorageIDs((self.slot, self.memory) if self.body.profile.ram_store else (self.slot,))

    @answer.register
    def _storage_info(self, operation: GetStorageInfo, data: bytes) -> Message:
        if operation.storage == self.memory and self.body.profile.ram_store:
            ram = StoreKind.FIXED_RAM, FileSystem.CANON_RAM
            return StorageInfo(*ram, 0, 0, 0, _NOT_GIVEN, "", "V")
        card = self.body.card
        if operation.storage != self.slot:
            raise Status(Response.INVALID_STORAGE_ID)
        capacity, free = (card.capacity, card.free) if card else (0, 0)
        return replace(self.body.profile.store, capacity=capacity, free=free)

    @answer.register
    def _format(self, operation: FormatStore, data: bytes) -> Message:
        self.card(operation.storage).root = Folder()
        return Nothing()

    # --- what there is (ptp-core, section 4.4) -------------------------------------------------

    @answer.register
    def _count(self, operation: GetNumObjects, data: bytes) -> Message:
        wanted = operation.storage, operation.format, operation.parent
        return Count(len(self.listed(*wanted)))

    @answer.register
    def _handles_of(self, operation: GetObjectHandles, data: bytes) -> Message:
        wanted = operation.storage, operation.format, operation.parent
        return ObjectHandles(tuple(item.handle for item in self.listed(*wanted)))

    @answer.register
    def _info(self, operation: GetObjectInfo, data: bytes) -> Message:
        item = self.item(operation.handle)
        told = self._telling
        taken = time_text(EPOCH + timedelta(seconds=item.entry.time)) + told.fraction
        if isinstance(item.entry, Folder):
            when = taken if told.dates else ""
            return ObjectInfo(
                item.storage, item.format, told.protection, 0, 0, 0, 0, 0, 0, 0, 0, item.parent,
                1, told.description, 0, item.name, when, when, "",
            )  # fmt: skip
        thumbnail, (width, height) = self._thumbnail(item), _pixels(item.entry)
        small = (ObjectFormat.JFIF, len(thumbnail), 160, 120) if thumbnail else (0, 0, 0, 0)
        return ObjectInfo(
            item.storage,
            item.format,
            int(item.entry.protected),
            min(item.entry.size, MOST_SIZE),
            *small,
            width,
            height,
            24 if width else 0,
            item.parent,
            0,
            0,
            0,
            item.name,
            taken,
            taken,
            "",
        )

    # --- bytes (ptp-core, section 5.1) ------------------------------------------------------------

    @answer.register
    def _object(self, operation: GetObject, data: bytes) -> File:
        file = self.file(operation.handle)
        file.part(0, 1)  # what cannot be read is refused at once
        return file

    @answer.register
    def _part(self, operation: GetPartialObject, data: bytes) -> Reply:
        file = self.file(operation.handle)
        if operation.offset > file.size:
            raise Status(Response.INVALID_PARAMETER)
        part = file.part(operation.offset, operation.size)
        return Reply(part, Sent(len(part)))

    @answer.register
    def _size(self, operation: GetObjectSize, data: bytes) -> Message:
        if operation.property != OBJECT_SIZE:
            raise Status(Response.DEVICE_PROP_NOT_SUPPORTED)
        return Size64(self.file(operation.handle).size)

    @answer.register
    def _properties(self, operation: GetObjectPropList, data: bytes) -> bytes:
        """Guess: that a body tells of these, and of one object."""
        item = self.item(operation.handle)
        size = item.entry.size if isinstance(item.entry, File) else 0
        rows: tuple[tuple[int, DataType, PropertyValue], ...] = (
            (_STORAGE, DataType.UINT32, item.storage),
            (_FORMAT, DataType.UINT16, item.format),
            (OBJECT_SIZE, DataType.UINT64, size),
            (_FILE_NAME, DataType.TEXT, item.name),
            (_PARENT, DataType.UINT32, item.parent),
        )
        told = (
            struct.pack("<IHH", item.handle, code, kind) + write_value(kind, value)
            for code, kind, value in rows
            if operation.property in (code, _NOT_GIVEN)
        )
        listed = tuple(told)
        return len(listed).to_bytes(4, "little") + b"".join(listed)

    @answer.register
    def _thumb(self, operation: GetThumb, data: bytes) -> bytes:
        thumbnail = self._thumbnail(self.item(operation.handle))
        if not thumbnail:
            raise Status(Response.NO_THUMBNAIL_PRESENT)
        return thumbnail

    # --- changes (ptp-core, sections 5.2 and 5.3) -------------------------------------------------

    @answer.register
    def _protect(self, operation: SetObjectProtection, data: bytes) -> Message:
        file = self.file(operation.handle)
        if operation.protection > 1:
            raise Status(Response.INVALID_PARAMETER)
        file.protected = bool(operation.protection)
        return Nothing()

    @answer.register
    def _delete(self, operation: DeleteObject, data: bytes) -> Message:
        if operation.handle in self._kept:
            del self._kept[operation.handle]
            return Nothing()
        if operation.handle == ALL:
            every = self.listed(ALL, operation.format, 0)
            items = [item for item in every if isinstance(item.entry, File)]  # Guess: no folders
        else:
            items = [self.item(operation.handle)]
        gone = [self._remove(item, self.card(ALL)) for item in items]
        if not all(gone):
            alone = len(items) == 1 and isinstance(items[0].entry, File)
            raise Status(Response.OBJECT_WRITE_PROTECTED if alone else Response.PARTIAL_DELETION)
        return Nothing()

    @answer.register
    def _announce(self, operation: SendObjectInfo, data: bytes) -> Message:
        info, card = ObjectInfo.decode(data), self.card(operation.storage or ALL)
        where: Parts = ()
        if operation.parent not in (0, ALL):
            where = self._folder_path(operation.parent)
        name, folder = info.name.upper(), card.folder(where)
        # Guess: a camera whose card has names of 8.3 characters takes no others, and no name twice.
        if not is_name(name):
            raise Status(Response.INVALID_PARAMETER)
        if folder is None or name in folder.entries:
            raise Status(Response.ACCESS_DENIED)
        known = self.body.profile.image_formats
        if info.format != ObjectFormat.ASSOCIATION and known and info.format not in known:
            raise Status(Response.INVALID_OBJECT_FORMAT_CODE)
        if info.size > card.free:
            raise Status(Response.STORE_FULL)
        parts = *where, name
        if info.format == ObjectFormat.ASSOCIATION:
            folder.entries[name] = Folder(self.body.seconds)
        else:
            self._announced = parts, info
        parent = self.handle(where) if where else 0
        return NewObject(self.slot, parent, self.handle(parts))

    @answer.register
    def _send(self, operation: SendObject, data: bytes) -> Message:
        if self._announced is None:
            raise Status(Response.NO_VALID_OBJECT_INFO)
        (parts, info), self._announced = self._announced, None
        if len(data) < info.size:
            raise Status(Response.INCOMPLETE_TRANSFER)
        when = moment(info.modified) or moment(info.captured)
        time = int((when - EPOCH).total_seconds()) if when else self.body.seconds
        self.card(self.slot).add(parts, File(data[: info.size], time))
        return Nothing()

    # --- how it is done ---------------------------------------------------------------------------

    def card(self, storage: int) -> MemoryCard:
        """The card in a store, or in the only slot for ALL; Status where none is there."""
        card = self.body.card
        if card is None and storage in (self.slot, ALL):
            raise Status(Response.STORE_NOT_AVAILABLE)
        if card is None or storage not in (self.slot, ALL):
            raise Status(Response.INVALID_STORAGE_ID)
        return card

    def item(self, handle: int) -> Item:
        """The object with a handle; Status where there is none."""
        if handle in self._kept:
            return self._kept[handle]
        parts, card = self._handles.path(handle), self.body.card
        entry = card.find(parts) if parts and card else None
        if entry is None or not parts:
            raise Status(Response.INVALID_OBJECT_HANDLE)
        return self._on_card(parts, entry)

    def _on_card(self, parts: Parts, entry: File | Folder) -> Item:
        handle = self.handle(parts)
        *above, name = parts
        parent = self.handle(parts[:-1]) if above else 0
        format = ObjectFormat.ASSOCIATION if isinstance(entry, Folder) else _format(name)
        return Item(handle, self.slot, parent, parts, self._handles.name(handle), format, entry)

    def file(self, handle: int) -> File:
        """The file with a handle; Status where there is none."""
        entry = self.item(handle).entry
        if isinstance(entry, Folder):
            raise Status(Response.INVALID_OBJECT_HANDLE)
        return entry

    def _folder_path(self, handle: int) -> Parts:
        parts, card = self._handles.path(handle), self.body.card
        if not parts or not card or card.folder(parts) is None:
            raise Status(Response.INVALID_PARENT_OBJECT)
        return parts

    def listed(self, storage: int, format: int, parent: int) -> list[Item]:
        """The objects that a host asks for; parent 0 is all of them, ALL the root."""
        items: list[Item]
        if storage == self.memory:
            items = list(self._kept.values()) if parent in (0, ALL) else []
        elif storage == ALL and self.body.card is None:
            items = []
        else:
            card = self.card(storage)
            where = () if parent in (0, ALL) else self._folder_path(parent)
            folder = card.folder(where) or Folder()
            items = list(self._walk(where, folder, deep=parent == 0))
        return [item for item in items if format in (0, item.format)]

    def _walk(self, where: Parts, folder: Folder, *, deep: bool) -> Iterator[Item]:
        for name, entry in folder.entries.items():
            yield self._on_card((*where, name), entry)
            if deep and isinstance(entry, Folder):
                yield from self._walk((*where, name), entry, deep=True)

    def _remove(self, item: Item, card: MemoryCard) -> bool:
        """Take an object off the card, a folder with all that is in it; protected files stay."""
        if isinstance(item.entry, Folder):
            inside = list(self._walk(item.path, item.entry, deep=False))
            gone = [self._remove(inner, card) for inner in inside]
        else:
            gone = [not item.entry.protected]
        folder = card.folder(item.path[:-1])
        if folder is None or not all(gone):
            return False
        del folder.entries[item.path[-1]]
        if PtpQuirk.DELETE_SENDS_EVENT in self.body.model.quirks:
            self._tell(ObjectRemoved(item.handle))
        return True

    def _thumbnail(self, item: Item) -> bytes:
        """The small JPEG of a file: in its EXIF, or the THM file that belongs to it."""
        if isinstance(item.entry, Folder) or item.thumbnail:
            return item.thumbnail
        try:
            return exif.thumbnail(item.entry.open())
        except (DecodeError, OSError):
            pass
        kind = kind_of(item.path[-1]) if item.path else None
        if kind is None or not kind.is_taken or kind.thumbnail_inside:
            return b""
        companion = self.card(ALL).find((*item.path[:-1], thumbnail_name(item.path[-1])))
        if not isinstance(companion, File):
            return b""
        with suppress(OSError):
            return companion.read()
        return b""


def _format(name: str) -> ObjectFormat:
    kind = kind_of(name)
    if kind.content is Content.THUMBNAIL:
        # Guess: what the code without a name in the lists of real bodies is
        return ObjectFormat.ANCILLARY
    return kind.format


def _pixels(file: File) -> tuple[int, int]:
    """The width and the height of a picture; zeros when its file does not tell."""
    try:
        told = exif.read(file.open())
    except (DecodeError, OSError):
        return 0, 0
    return told.width or 0, told.height or 0
