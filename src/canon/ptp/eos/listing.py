"""What is in a folder of an EOS, in one answer (canon-eos-ptp, section 2.2)."""

from __future__ import annotations

from canon.driver.card import CardPath, Entry
from canon.errors import DeviceBusy, Refused
from canon.log import Log
from canon.models.file_kinds import ObjectFormat
from canon.ptp.eos.layouts import GetObjectInfoEx, ListedObject
from canon.ptp.objects import STALE, Known, check_count
from canon.ptp.operations import ALL
from canon.ptp.session import LOST, Session
from canon.values import local_time

_log = Log(__name__)

_ALL_OF_IT = 0x00100000
FOLDER, PROTECTED, NEW = 0x10, 0x01, 0x20
"""The flags of a ListedObject."""


class Listing:
    """The folders of one EOS.

    Args:
        session: the conversation.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._has = session.supports(GetObjectInfoEx)

    def rows(self, store: int, folder: int, path: CardPath, handle: int = 0) -> list[Known] | None:
        """A folder; None where the camera refuses, and where one object alone is asked for.

        Raises:
            Refused: the folder's handle is of no more use, or the camera is busy.
        """
        if handle or not self._has:
            return None
        try:
            found = self.session.call(GetObjectInfoEx(store, folder or ALL, _ALL_OF_IT)).entries
        except DeviceBusy:
            raise
        except Refused as error:
            if error.code in STALE or error.code in LOST:
                raise
            _log.info("folders are listed file by file: %s", error)
            self._has = False
            return None
        check_count(len(found), path)
        return [_known(row, path) for row in found]


def _known(row: ListedObject, path: CardPath) -> Known:
    folder = bool(row.flags & FOLDER) or row.format & 0xFFFF == ObjectFormat.ASSOCIATION
    entry = Entry(
        path.child(row.name),
        0 if folder else row.size,
        local_time(row.time),
        is_folder=folder,
        protected=bool(row.flags & PROTECTED),
        new=bool(row.flags & NEW) and not folder,
    )
    return Known(row.handle, entry, row.flags)
