"""The card of a virtual native camera, behind the storage commands (canon-native-usb, 7.8 to 8)."""

from __future__ import annotations

from functools import singledispatchmethod
from typing import Any

from canon import exif
from canon.errors import DecodeError
from canon.models.model import Numbering, Quirk
from canon.native.commands import (
    ENTERED,
    FOLDER,
    NEW,
    PROTECTED,
    Command,
    DeleteFiles,
    DeleteRevisedFile,
    Disks,
    DiskSpace,
    GetDirectory,
    GetDiskSpace,
    GetFile,
    GetRevisedFile,
    ListDisks,
    Listed,
    Listing,
    MakeDirectory,
    Nothing,
    RemoveDirectory,
    SetAttributes,
    SetFileTime,
    UploadBlock,
    UploadDone,
)
from canon.native.refusals import BAD_PARAMETER, CARD_FULL, IS_PROTECTED, NO_CARD, NOT_FOUND
from canon.virtual.card import File, Folder, MemoryCard, is_name
from canon.virtual.native.profile import NativeBody
from canon.virtual.refusal import Status
from canon.wire import Message

_OTHER_HEAD, _MOST_HEAD = 0x2800, 0x20000
_NO_TIME = _MOST = 0xFFFFFFFF


class StorageUnit:
    """What a native camera does with its card.

    Args:
        body: the camera.
    """

    def __init__(self, body: NativeBody) -> None:
        self.body = body
        self.revised = body.model.numbering is Numbering.REVISED
        self.disk = "A:" if self.revised else "D:"
        self._uploaded = 0

    @singledispatchmethod
    def answer(self, command: Command[Any]) -> Message | bytes | File:
        """The reply to a storage command: a message, or the data of a long answer or their file."""
        raise Status(BAD_PARAMETER)

    @answer.register
    def _list_disks(self, command: ListDisks) -> Message:
        # Guess (section 13): a camera without a card names no disk.
        return Disks((self.disk,) if self.body.card else ())

    @answer.register
    def _disk_space(self, command: GetDiskSpace) -> Message:
        card = self._card()
        if command.disk.rstrip("\\").upper() != self.disk:
            raise Status(BAD_PARAMETER)
        kib = self.revised or Quirk.CAPACITY_IN_KIB in self.body.model.quirks
        unit = 1024 if kib else 1
        return DiskSpace(min(card.capacity // unit, _MOST), min(card.free // unit, _MOST))

    @answer.register
    def _get_directory(self, command: GetDirectory) -> Message:
        card = self.body.card
        folder = card.folder(self._parts(command.path)) if card else None
        if folder is None:
            return Listing(())
        path = command.path.rstrip("\\")
        rows = [Listed(ENTERED, 0, folder.time, path)]
        _list_into(rows, folder, command.depth)
        if self.revised:
            rows.append(Listed(ENTERED, 0, 0, ".."))  # also for the listed folder (section 7.9)
        return Listing(tuple(rows))

    @answer.register
    def _get_file(self, command: GetFile) -> bytes | File:
        return self._read_file(command.path, command.what)

    @answer.register
    def _get_revised_file(self, command: GetRevisedFile) -> bytes | File:
        return self._read_file(command.path, command.what)

    def _read_file(self, path: str, what: int) -> bytes | File:
        card = self.body.card
        found = card.find(self._parts(path)) if card else None
        if not isinstance(found, File):
            return b""  # Guess (section 13): a missing file is an answer of no bytes.
        try:
            found.part(0, 1)
            return _head(found) if what == 1 else found
        except OSError:
            return b""

    @answer.register
    def _make_directory(self, command: MakeDirectory) -> Message:
        *above, name = self._new(command.path)
        parent = self._card().folder(tuple(above))
        if parent is None or name in parent.entries:
            raise Status(BAD_PARAMETER)
        parent.entries[name] = Folder(self.body.seconds)
        return Nothing()

    @answer.register
    def _remove_directory(self, command: RemoveDirectory) -> Message:
        card, parts = self._card(), self._parts(command.path)
        folder, parent = card.folder(parts), card.folder(parts[:-1])
        if folder is None or parent is None or not parts or folder.entries:
            raise Status(BAD_PARAMETER)
        del parent.entries[parts[-1].upper()]
        return Nothing()

    @answer.register
    def _delete(self, command: DeleteFiles) -> Message:
        return self._delete_files(self._parts(command.directory), command.names)

    @answer.register
    def _delete_revised(self, command: DeleteRevisedFile) -> Message:
        *folder, name = self._parts(command.path)
        return self._delete_files(tuple(folder), (name,))

    def _delete_files(self, parts: tuple[str, ...], names: tuple[str, ...]) -> Message:
        folder = self._card().folder(parts)
        if folder is None:
            raise Status(BAD_PARAMETER)
        for name in names:
            found = folder.entries.get(name.upper())
            if not isinstance(found, File):
                raise Status(NOT_FOUND)
            if found.protected:
                raise Status(IS_PROTECTED)
            del folder.entries[name.upper()]
        return Nothing()

    @answer.register
    def _set_attributes(self, command: SetAttributes) -> Message:
        if Quirk.MARKS_STAY in self.body.model.quirks:
            return Nothing()  # taken, and without effect, as on a 20D (section 8)
        file = self._file((*self._parts(command.directory), command.name))
        file.protected = bool(command.attributes & PROTECTED)
        file.new = bool(command.attributes & NEW)
        return Nothing()

    @answer.register
    def _set_file_time(self, command: SetFileTime) -> Message:
        self._file(self._parts(command.path)).time = command.seconds
        return Nothing()

    @answer.register
    def _upload(self, command: UploadBlock) -> Message:
        card, parts = self._card(), self._new(command.path)
        folder = card.folder(parts[:-1])
        if folder is None or len(command.data) != command.size:
            raise Status(BAD_PARAMETER)
        if command.size > card.free:
            raise Status(CARD_FULL)
        found = folder.entries.get(parts[-1])
        if command.offset == 0:
            card.add(parts, File(command.data, _NO_TIME))
        elif isinstance(found, File) and found.size == command.offset:
            card.append(found, command.data)
        else:
            raise Status(BAD_PARAMETER)
        self._uploaded += 1
        return UploadDone(self._uploaded, command.size)

    def _card(self) -> MemoryCard:
        if self.body.card is None:
            raise Status(NO_CARD)
        return self.body.card

    def _file(self, parts: tuple[str, ...]) -> File:
        found = self._card().find(parts)
        if not isinstance(found, File):
            raise Status(NOT_FOUND)
        return found

    def _new(self, path: str) -> tuple[str, ...]:
        """The names of a path at which something is to be made."""
        *above, name = self._parts(path) or ("",)
        # Guess, as in PTP: a card has names of 8.3 characters, and the camera takes no others.
        if not is_name(name.upper()):
            raise Status(BAD_PARAMETER)
        return (*above, name.upper())

    def _parts(self, path: str) -> tuple[str, ...]:
        if self.revised:
            path = path.replace("/", "\\")  # a 20D takes both (section 8)
        drive, *parts = path.split("\\")
        if drive.upper() != self.disk:
            raise Status(BAD_PARAMETER)
        return tuple(part for part in parts if part)


def _head(file: File) -> bytes:
    """The head of a picture: it ends where its EXIF ends (section 7.10)."""
    try:
        size = exif.end(file.open())
    except DecodeError:
        size = _OTHER_HEAD  # Guess: of a file without EXIF
    return file.part(0, min(size, _MOST_HEAD))


def _list_into(rows: list[Listed], folder: Folder, depth: int) -> None:
    """Add a folder's entries; an empty folder is not entered (section 7.9)."""
    for name, entry in folder.entries.items():
        if isinstance(entry, File):
            bits = (PROTECTED if entry.protected else 0) | (NEW if entry.new else 0)
            rows.append(Listed(bits, entry.size, entry.time, name))
        elif depth and entry.entries:
            rows.append(Listed(ENTERED, 0, entry.time, f".\\{name}"))
            _list_into(rows, entry, depth - 1)
            rows.append(Listed(ENTERED, 0, 0, ".."))
        else:
            rows.append(Listed(FOLDER, 0, entry.time, name))
