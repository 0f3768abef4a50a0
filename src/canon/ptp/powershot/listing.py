"""What is in a folder of a PowerShot, in one answer (canon-powershot-ptp, section 2.1)."""

from __future__ import annotations

from collections.abc import Iterator

from canon.driver.card import CardPath, Entry
from canon.errors import DecodeError, DeviceBusy, Refused
from canon.models.file_kinds import ObjectFormat
from canon.ptp.objects import STALE, Known, check_count
from canon.ptp.powershot.layouts import (
    FOLDER,
    FOLDER_ENTRY,
    NEW,
    PROTECTED,
    FolderEntry,
    GetObjectInfoEx,
)
from canon.ptp.session import UNKNOWN, Session
from canon.values import local_time


class Listing:
    """The folders of one PowerShot.

    Args:
        session: the conversation.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._has = session.supports(GetObjectInfoEx)

    def rows(self, store: int, folder: int, path: CardPath, handle: int = 0) -> list[Known] | None:
        """A folder, or one object of it; None where the camera refuses.

        Raises:
            Refused: the folder's handle is of no more use, or the camera is busy.
        """
        if not self._has:
            return None
        try:
            data = self.session.call(GetObjectInfoEx(store, 0, folder, handle)).data
        except DeviceBusy:
            raise
        except Refused as error:
            if error.code in STALE:
                raise
            self._has = error.code not in UNKNOWN
            return None
        check_count(len(data) // FOLDER_ENTRY, path)
        return [_known(row, path) for row in _rows(data)]


def _rows(data: bytes) -> Iterator[FolderEntry]:
    if len(data) % FOLDER_ENTRY:
        raise DecodeError(f"{len(data)} bytes are no listing", 0, "FolderEntry")
    for at in range(0, len(data), FOLDER_ENTRY):
        yield FolderEntry.read(data, at)[0]


def _known(row: FolderEntry, path: CardPath) -> Known:
    folder = bool(row.flags & FOLDER) or row.format == ObjectFormat.ASSOCIATION
    entry = Entry(
        path.child(row.name),
        0 if folder else row.size,
        local_time(row.time),
        is_folder=folder,
        protected=bool(row.flags & PROTECTED),
        new=bool(row.flags & NEW) and not folder,
    )
    return Known(row.handle, entry, row.flags)
