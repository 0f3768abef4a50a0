"""The card of a virtual EOS: how it numbers its objects, and its own listings and flags.

Folder 157CANON on the second store is 0x92740000 and IMG_0199.JPG in it 0x92740C72; the files of
one shot differ in the last digit (canon-eos-ptp, sections 2.2 and 4.3).
"""

from __future__ import annotations

import re

from canon.models.file_kinds import Content, kind_of
from canon.ptp.eos.layouts import ListedObject, ListedObjects
from canon.ptp.eos.records import (
    RequestObjectTransferEx,
    RequestObjectTransferEx64,
    RequestObjectTransferEx64Lfn,
    Waiting,
)
from canon.ptp.marks import FOLDER, NEW, PROTECTED
from canon.ptp.operations import ALL
from canon.virtual.card import Folder
from canon.virtual.ptp.objects import MOST_SIZE, Item, Numbering, Objects, Parts, Telling

TELLING = Telling(protection=1, description=0, dates=True, fraction=".0")
"""How an EOS 60D tells of its objects (recorded)."""
_SECOND = 0x00020000  # the second store
_ROOT, _DCIM = 0x20000000, 0x30000000  # of the first one
_APART = 0x60000000  # how far the numbers of the second are from those of the first
_DIGITS = {Content.RAW: 1, Content.PICTURE: 2}
_OTHER = 4  # Guess: the last digit of movies


def root_of(slot: int) -> int:
    """What stands for the root of a store as the parent of its folders."""
    return _ROOT + (_APART if slot >= _SECOND else 0)


def numbering(slot: int) -> Numbering:
    """How the objects of a store are numbered."""
    root = root_of(slot)

    def number(parts: Parts) -> int:
        dcim = root + _DCIM - _ROOT
        if parts == ("DCIM",):
            return dcim
        if parts[0] != "DCIM" or not (folder := re.match(r"([1-9]\d\d)\w{5}$", parts[1])):
            return root + 0x00100000  # Guess: what lies elsewhere
        above = dcim | int(folder[1]) << 18
        if len(parts) == 3 and (file := re.match(r"\w{4}(\d{4})\.", parts[2])):
            digit = _DIGITS.get(kind_of(parts[2]).content, _OTHER)
            return above | int(file[1]) << 4 | digit
        return above

    return number


def listed(objects: Objects, storage: int, parent: int) -> ListedObjects:
    """The entries of a folder, or of the root.

    Raises:
        Status: there is no such folder, or no such store.
    """
    root = root_of(objects.slot)
    wanted = ALL if parent in (ALL, 0, root) else parent
    items = objects.listed(storage, 0, wanted)
    return ListedObjects(tuple(entry(item, root) for item in items))


def entry(item: Item, root: int) -> ListedObject:
    """An object as the listing has it."""
    folder = isinstance(item.entry, Folder)
    return ListedObject(
        item.handle,
        item.storage,
        item.format,
        int(folder),
        flags(item),
        size(item),
        item.parent or root,
        group(item.handle),
        item.name,
        item.entry.time,
    )


def group(handle: int) -> int:
    """What the files of one shot have in common."""
    return handle & ~0xF


def flags(item: Item) -> int:
    """What an EOS tells of an object."""
    if isinstance(item.entry, Folder):
        return FOLDER
    return NEW * item.entry.new | PROTECTED * item.entry.protected


def size(item: Item) -> int:
    """How many bytes an object has, as far as 32 bits can tell."""
    return 0 if isinstance(item.entry, Folder) else min(item.entry.size, MOST_SIZE)


def waiting(item: Item, *, late: bool, long_names: bool) -> Waiting:
    """The record that tells of a picture in memory.

    Args:
        item: the picture.
        late: whether the body is of those that count in 64 bits.
        long_names: whether it is of those that have longer names.
    """
    handle, form, name = item.handle, item.format, item.name
    if long_names:
        return RequestObjectTransferEx64Lfn(handle, form, 0, size(item), group(handle), 6, name)
    if late:
        return RequestObjectTransferEx64.named(handle, form, size(item), name)
    return RequestObjectTransferEx(handle, form, 0, size(item), 0, name)
