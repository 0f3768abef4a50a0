"""What is in a folder of an EOS, in one answer (canon-eos-ptp, section 2.2)."""

from __future__ import annotations

from canon.ptp.eos.layouts import GetObjectInfoEx, ListedObject
from canon.ptp.listing import Listing
from canon.ptp.operations import ALL
from canon.ptp.session import Session

_ALL_OF_IT = 0x00100000


def listing(session: Session) -> Listing:
    """The folders of one EOS; it is not asked so for one object alone."""

    def ask(store: int, folder: int, handle: int) -> tuple[ListedObject, ...] | None:
        if handle:
            return None
        return session.call(GetObjectInfoEx(store, folder or ALL, _ALL_OF_IT)).entries

    return Listing(session, GetObjectInfoEx, ask)
