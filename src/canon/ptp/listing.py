"""What is in a folder, in one answer, as both of Canon's extensions can tell it.

The extensions differ in how they ask (canon-powershot-ptp, section 2.1; canon-eos-ptp, section
2.2); what they hear of each file is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from canon.driver.card import CardPath, Entry
from canon.errors import DeviceBusy, Refused
from canon.frozen import made
from canon.log import Log
from canon.models.file_kinds import ObjectFormat
from canon.ptp.marks import FOLDER, NEW, PROTECTED
from canon.ptp.objects import STALE, Known, check_count
from canon.ptp.operations import Operation
from canon.ptp.session import LOST, UNKNOWN, Session
from canon.values import local_time

_log = Log(__name__)
_FOLDER = int(ObjectFormat.ASSOCIATION)


class _Row(Protocol):
    """A file or a folder, as a listing has it."""

    @property
    def handle(self) -> int: ...
    @property
    def format(self) -> int: ...
    @property
    def flags(self) -> int: ...
    @property
    def size(self) -> int: ...
    @property
    def time(self) -> int: ...
    @property
    def name(self) -> str: ...


Ask = Callable[[int, int, int], Sequence[_Row] | None]
"""Asks for a folder by its store, its handle (0: the root) and one handle in it (0: all).

None where it cannot be asked so.
"""


class Listing:
    """The folders of one camera.

    Args:
        session: the conversation.
        operation: what lists them, where the camera has it.
        ask: how that is asked.
    """

    def __init__(self, session: Session, operation: type[Operation[Any]], ask: Ask) -> None:
        self._has = session.supports(operation)
        self._ask = ask

    def rows(self, store: int, folder: int, path: CardPath, handle: int = 0) -> list[Known] | None:
        """A folder, or one object of it; None where the camera cannot tell it in one answer.

        Raises:
            Refused: the folder's handle is of no more use, or the camera is busy.
        """
        if not self._has:
            return None
        try:
            found = self._ask(store, folder, handle)
        except DeviceBusy:
            raise
        except Refused as error:
            if error.code in STALE or error.code in LOST:
                raise
            _log.info("folders are listed file by file: %s", error)
            self._has = error.code not in UNKNOWN
            return None
        if found is None:
            return None
        check_count(len(found), path)
        return [_known(row, path) for row in found]


def _known(row: _Row, path: CardPath) -> Known:
    flags = row.flags
    folder = bool(flags & FOLDER) or row.format & 0xFFFF == _FOLDER
    entry = made(
        Entry,
        {
            "path": path.child(row.name),
            "size": 0 if folder else row.size,
            "modified": local_time(row.time),
            "is_folder": folder,
            "protected": bool(flags & PROTECTED),
            "new": bool(flags & NEW) and not folder,
        },
    )
    return Known(row.handle, entry, flags)
