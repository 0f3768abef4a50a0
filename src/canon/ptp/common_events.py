"""PTP events in the words that all dialects share (ptp-core, section 5)."""

from __future__ import annotations

from canon.driver import events as words
from canon.driver.shot import Pending
from canon.errors import Refused
from canon.ptp.objects import Objects
from canon.ptp.operations import (
    CaptureComplete,
    DevicePropChanged,
    ObjectAdded,
    ObjectInfoChanged,
    ObjectRemoved,
    PtpEvent,
    RequestObjectTransfer,
    StorageInfoChanged,
    StoreAdded,
    StoreRemoved,
    UnknownEvent,
    UnreportedStatus,
)


class Words:
    """Turns the events of one camera into common words.

    Args:
        objects: what is on its card; it is asked for what an event names by a handle.
    """

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def common(self, event: PtpEvent) -> words.Event:
        """The same event in common words; what has none, or is gone already, is Raw."""
        match event:
            case ObjectAdded() | ObjectInfoChanged():
                try:
                    entry = self._objects.entry_of(event.handle)
                except Refused:
                    return _raw(event)
                return (
                    words.FileAdded(entry)
                    if isinstance(event, ObjectAdded)
                    else words.FileChanged(entry)
                )
            case ObjectRemoved():
                return words.FileRemoved(self._objects.path_of(event.handle))
            case StoreAdded() | StoreRemoved() | StorageInfoChanged() | UnreportedStatus():
                return words.CardChanged()
            case RequestObjectTransfer():
                return words.PictureWaiting(Pending("", 0, (event.handle,)))
            case CaptureComplete():
                return words.Ready()
            case DevicePropChanged():
                return words.SettingChanged(f"{event.property:#06x}", None)
            case _:
                return _raw(event)


def _raw(event: PtpEvent) -> words.Raw:
    code = event.event if isinstance(event, UnknownEvent) else event.code
    return words.Raw(code, event.encode(), type(event).__name__)
