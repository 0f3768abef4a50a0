"""The records of an EOS in the words that all dialects share (canon-eos-ptp, section 4)."""

from __future__ import annotations

from canon.driver import events as words
from canon.driver.card import Entry
from canon.errors import Refused
from canon.ptp.eos.layouts import Eos
from canon.ptp.eos.records import (
    AvailListChanged,
    BulbExposureTime,
    CameraStatusChanged,
    CtgInfoCheckComplete,
    EosObjectRemoved,
    ObjectAddedEx,
    ObjectAddedEx64,
    ObjectAddedEx64Lfn,
    ObjectContentChanged,
    ObjectInfoChangedEx,
    ObjectInfoChangedEx64,
    ObjectInfoChangedEx64Lfn,
    PropValueChanged,
    Record,
    RequestObjectTransferEx,
    RequestObjectTransferEx64,
    RequestObjectTransferEx64Lfn,
    StorageInfoChangedEx,
    StorageStatusChanged,
    StoreAddedEx,
    StoreRemovedEx,
    UnknownRecord,
    WillSoonShutdown,
)
from canon.ptp.eos.store import pending
from canon.ptp.objects import Objects


def common(record: Record, objects: Objects) -> words.Event:
    """The same record in common words; what has none, or is gone already, is Raw."""
    match record:
        case ObjectAddedEx() | ObjectAddedEx64() | ObjectAddedEx64Lfn():
            entry = _entry(record.handle, objects)
            return _raw(record) if entry is None else words.FileAdded(entry)
        case (
            ObjectInfoChangedEx()
            | ObjectInfoChangedEx64()
            | ObjectInfoChangedEx64Lfn()
            | ObjectContentChanged()
        ):
            entry = _entry(record.handle, objects)
            return _raw(record) if entry is None else words.FileChanged(entry)
        case EosObjectRemoved():
            return words.FileRemoved(objects.path_of(record.handle))
        case (
            RequestObjectTransferEx() | RequestObjectTransferEx64() | RequestObjectTransferEx64Lfn()
        ):
            return words.PictureWaiting(pending(record))
        case PropValueChanged():
            return _setting(record)
        case AvailListChanged():
            from canon.ptp.eos.codes import name_of

            return words.SettingChanged(name_of(record.property), None)
        case CameraStatusChanged():
            return words.Busy() if record.status else words.Ready()
        case BulbExposureTime():
            return words.BulbSeconds(record.seconds)
        case WillSoonShutdown():
            return words.ShuttingDown()
        case (
            StorageStatusChanged()
            | StorageInfoChangedEx()
            | StoreAddedEx()
            | StoreRemovedEx()
            | CtgInfoCheckComplete()
        ):
            return words.CardChanged()
        case _:
            return _raw(record)


def _setting(record: PropValueChanged) -> words.Event:
    from canon.ptp.eos.codes import name_of, row_at

    name = name_of(record.property)
    if record.property == Eos.FOCUS_INFO:
        from canon.errors import DecodeError
        from canon.ptp.eos.focus import read_focus

        try:
            return words.Focused(bool(read_focus(record.value).selected))
        except DecodeError:
            return _raw(record)
    row = row_at(record.property, record.value)
    return words.SettingChanged(name, row.read(record.value))


def _entry(handle: int, objects: Objects) -> Entry | None:
    try:
        return objects.entry_of(handle)
    except Refused:
        return None


def _raw(record: Record) -> words.Raw:
    code = record.event if isinstance(record, UnknownRecord) else record.code
    return words.Raw(code, record.encode(), type(record).__name__)
