"""What is in a folder of a PowerShot, in one answer (canon-powershot-ptp, section 2.1)."""

from __future__ import annotations

from canon.errors import DecodeError
from canon.ptp.listing import Listing
from canon.ptp.powershot.layouts import FOLDER_ENTRY, FolderEntry, GetObjectInfoEx
from canon.ptp.session import Session


def listing(session: Session) -> Listing:
    """The folders of one PowerShot."""

    def ask(store: int, folder: int, handle: int) -> list[FolderEntry]:
        return _entries(session.call(GetObjectInfoEx(store, 0, folder, handle)).data)

    return Listing(session, GetObjectInfoEx, ask)


def _entries(data: bytes) -> list[FolderEntry]:
    if len(data) % FOLDER_ENTRY:
        raise DecodeError(f"{len(data)} bytes are no listing", 0, "FolderEntry")
    return FolderEntry.series(data, 0, FOLDER_ENTRY, len(data) // FOLDER_ENTRY)
