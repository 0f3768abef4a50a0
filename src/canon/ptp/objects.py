"""What is on the cards of a PTP camera: paths for people, handles for the camera.

A vendor may list a folder in one answer; any other camera names the handles, and each object is
asked for. Handles are kept for the session, and dropped when the camera says that one is gone or
refuses it. A camera is not trusted: a folder inside itself, endless folders and doubled names end
in an error or are left out (ptp-core, section 4.4; canon-powershot-ptp, section 2.1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple, TypeVar

from canon.driver.card import SIZE_UNTOLD, Card, CardPath, Entry, store_number
from canon.driver.optional import UNTOLD
from canon.errors import (
    CARD,
    CanonError,
    NoCard,
    ObjectNotFound,
    ProtocolError,
    Refused,
)
from canon.frozen import Frozen
from canon.log import Log
from canon.models.file_kinds import Content, ObjectFormat, kind_of
from canon.ptp.datasets import FileSystem, ObjectInfo, StorageInfo, StoreKind, moment
from canon.ptp.operations import (
    ALL,
    OBJECT_SIZE,
    GetObjectHandles,
    GetObjectInfo,
    GetObjectSize,
    GetStorageIDs,
    GetStorageInfo,
    GetThumb,
    Response,
    StoreAdded,
    StoreRemoved,
)
from canon.ptp.session import LOST, UNKNOWN, Session

_log = Log(__name__)
T = TypeVar("T")
_Key = tuple[int, tuple[str, ...]]  # a store, and a path in capitals

_MOST_DEPTH = 32
_MOST_IN_FOLDER = 0x10000
_MOST_OBJECTS = 1 << 20
_ROOTS = (0, ALL)
_MOST_STORES = 16
_UNTOLD = StorageInfo(StoreKind.UNDEFINED, FileSystem.UNDEFINED, 0, 0, 0, 0, "", "")
_MOST_EVENTS = 256
STALE = (Response.INVALID_OBJECT_HANDLE, Response.INVALID_PARENT_OBJECT)
"""Responses after which a handle is of no more use."""
MOST_THUMBNAIL = 1 << 20
_NAME_8_3 = re.compile(r"[^.]{1,8}(\.[^.]{1,3})?")
"""The names that fit a listing in one answer."""


class Store(Frozen):
    """A card: its number, its letter, and what the camera says of it."""

    id: int
    name: str
    info: StorageInfo


class Known(NamedTuple):
    """An object.

    Attributes:
        handle: its handle.
        entry: what users see of it.
        flags: as the camera keeps them; None where it does not tell them, so that nobody knows
            whether the file is new.
    """

    handle: int
    entry: Entry
    flags: int | None = None


Rows = Callable[[int, int, CardPath, int], Sequence[Known] | None]
"""A vendor's listing, by a store, a folder's handle (0: the root), its path, and one handle in it
(0: all): what is there, or None where the objects are to be asked one by one. Names of more than
8.3 characters may be cut."""


class Objects:
    """The files and folders of one session.

    Args:
        session: the conversation.
        rows: how a folder is listed in one answer, where the vendor has a way.
        one_slot: whether no other card can come while one is there.
        hidden: stores that are no cards.
    """

    def __init__(
        self,
        session: Session,
        rows: Rows | None = None,
        *,
        one_slot: bool = False,
        hidden: Container[int] = (),
    ) -> None:
        self.session = session
        self._events = session.reader()
        self._rows = rows
        self._one_slot = one_slot
        self._hidden = hidden
        self._stores: tuple[Store, ...] = ()
        self._known: dict[_Key, tuple[int, CardPath]] = {}  # handle, and path as it is written
        self._infos: dict[int, ObjectInfo] = {}
        self._old = False  # all that is known is of another session

    def begun(self) -> None:
        """A session was opened anew: the handles of the one before are of no more use."""
        self._old = True

    # --- cards ------------------------------------------------------------------------------------

    def cards(self) -> tuple[Card, ...]:
        """The cards, with their space as it is now."""
        self._catch_up()
        self._stores = self._ask_again() or self._ask_stores(spaces=True)
        return tuple(
            Card(store.name, store.info.capacity, store.info.free) for store in self._stores
        )

    def store(self, name: str) -> Store:
        """The card of that name, the first one when it is empty.

        Raises:
            NoCard: there is none.
            ObjectNotFound: there is no card of that name.
        """
        self._catch_up()
        stores = self._all()
        number = store_number(name)
        for store in stores:
            if name.upper() in ("", store.name) or store.id == number:
                return store
        names = ", ".join(store.name for store in stores)
        raise ObjectNotFound(f"there is no card {name}", f"the camera has {names}")

    def list_roots(self) -> None:
        """Look at the first folders of every card, as some bodies want it before anything else."""
        with suppress(NoCard):
            for store in self._all():
                self._children(store, 0, CardPath.of((), self._named(store)))

    def _all(self) -> tuple[Store, ...]:
        """The stores, asked for once; what files there are does not hang on their sizes."""
        self._catch_up()
        if not (stores := self._stores):
            stores = self._stores = self._ask_stores(spaces=False)
        return stores

    def _named(self, store: Store) -> str:
        """What paths call a card: the only one needs no name."""
        return store.name if len(self._stores) > 1 else ""

    def _ask_again(self) -> tuple[Store, ...]:
        """The one card as before; nothing where it is gone, or where others may have come."""
        if not self._one_slot or len(self._stores) != 1:
            return ()
        (card,) = self._stores
        try:
            info = self._ask_info(card.id)
        except Refused:
            return ()
        if (info.capacity, info.label) != (card.info.capacity, card.info.label):
            self._forget_all()  # it is another card, with other files
            return ()
        return (Store(card.id, card.name, info),)

    def _ask_stores(self, *, spaces: bool) -> tuple[Store, ...]:
        """The stores of the camera.

        Args:
            spaces: whether their sizes are wanted; where not, a store that does not tell it is
                still one.
        """
        stores: list[Store] = []
        untold: list[Store] = []
        broken: CanonError = NoCard()
        for number in self.session.call(GetStorageIDs()).ids[:_MOST_STORES]:
            if number in self._hidden or not number & 0xFFFF:
                continue  # what waits in the camera's memory, or an empty slot
            try:
                info = self._ask_info(number)
            except NoCard:
                continue
            except UNTOLD as error:  # one card that is broken does not hide the other
                if isinstance(error, Refused) and error.code in LOST:
                    raise
                _log.warning("the size of store %#010x is not known: %s", number, error)
                untold.append(Store(number, _letter("", untold), _UNTOLD))
                broken = error
                continue
            if info.filesystem is not FileSystem.CANON_RAM:
                stores.append(Store(number, _letter(info.label, stores), info))
        if not stores and untold and not spaces:
            return tuple(untold)
        if not stores:
            raise broken
        return tuple(stores)

    def _ask_info(self, number: int) -> StorageInfo:
        """What the camera says of a store: nothing, and no size, where it has no such operation."""
        if not self.session.supports(GetStorageInfo):
            return _UNTOLD
        try:
            return self.session.call(GetStorageInfo(number))
        except Refused as error:
            if error.code not in UNKNOWN:
                raise
            return _UNTOLD

    # --- paths ------------------------------------------------------------------------------------

    def listing(self, path: CardPath, *, deep: bool = False) -> Iterator[Entry]:
        """What is in a folder; the folder itself is looked up before this returns.

        Raises:
            ObjectNotFound: there is no such folder.
        """
        store = self.store(path.card)
        found = self._folder(store, path)
        if deep:
            return self._walk(store, found)
        return (one.entry for one in found)

    def find(self, path: CardPath) -> Known:
        """What the folder's listing says of an object now.

        Raises:
            ObjectNotFound: it is not there.
        """
        for one in self._folder(self.store(path.card), path.parent):
            if one.entry.name.upper() == path.name.upper():
                return one
        raise ObjectNotFound(subject=path)

    def at(self, path: CardPath, act: Callable[[int], T]) -> T:
        """Do something with a path's handle; 0 is the root of a card.

        A handle from an earlier listing that the camera no longer knows is looked up once more.
        """
        store = self.store(path.card)
        if not path.parts:
            return act(0)
        if len(path.parts) > _MOST_DEPTH:
            raise ObjectNotFound("no card has folders as deep as that", subject=path)
        known = self._known.get(_key(store.id, path))
        if known is not None:
            handle, _ = known
            try:
                return act(handle)
            except Refused as error:
                if error.code not in STALE:
                    raise
                self.forget(handle)
        return act(self.find(path).handle)

    def forget(self, handle: int) -> None:
        """Drop what is known of an object, and of what is in it."""
        self._infos.pop(handle, None)
        for top in [key for key, (known, _) in list(self._known.items()) if known == handle]:
            for key in [key for key in list(self._known) if _is_below(key, top)]:
                if below := self._known.pop(key, None):
                    self._infos.pop(below[0], None)

    def entry_of(self, handle: int) -> Entry:
        """The entry of an object that the camera has named."""
        info = self.info(handle)
        names, parent = [info.name or _nameless(handle)], info.parent
        for _ in range(_MOST_DEPTH):
            if parent in _ROOTS:
                break
            folder = self.info(parent)
            names.append(folder.name or _nameless(parent))
            parent = folder.parent
        else:
            raise _too_deep()
        card = next((one for one in self._stores if one.id == info.storage), None)
        path = CardPath.of(tuple(reversed(names)), self._named(card) if card else "")
        self._known[_key(info.storage, path)] = handle, path
        if self._rows:  # it may tell whether the file is new, which the standard's answer does not
            with suppress(Refused):
                for one in self._rows(info.storage, info.parent, path.parent, handle) or ():
                    if one.handle == handle:
                        return self._whole(one).entry
        return self._from_info(handle, path, info).entry

    def path_of(self, handle: int) -> CardPath | None:
        """The path under which a handle was seen; None where it was not. Nothing is asked."""
        there = list(self._known.values())
        return next((path for known, path in there if known == handle), None)

    def is_picture(self, handle: int) -> bool:
        """Whether an object is a picture: no folder, and not the thumbnail beside a CRW."""
        info = self.info(handle)
        return (
            info.format != ObjectFormat.ASSOCIATION
            and kind_of(info.name).content is not Content.THUMBNAIL
        )

    def info(self, handle: int) -> ObjectInfo:
        """What the camera says of an object, asked for once."""
        self._catch_up()
        if (info := self._infos.get(handle)) is None:
            info = self._infos[handle] = self.session.call(GetObjectInfo(handle))
        return info

    def thumbnail(self, handle: int) -> bytes:
        """The small JPEG that the camera gives of an object; empty where it has none."""
        data = bytearray()
        try:
            self.session.receive(GetThumb(handle), data.extend, limit=MOST_THUMBNAIL)
        except Refused as error:
            if error.code != Response.NO_THUMBNAIL_PRESENT:
                raise
        return bytes(data)

    def first_thumbnail(self, handles: Iterable[int]) -> bytes | None:
        """The small JPEG of the first that has one; its loss must not cost the picture."""
        for handle in handles:
            try:
                if small := self.thumbnail(handle):
                    return small
            except Refused as error:
                _log.warning("there is no thumbnail: %s", error)
        return None

    # --- folders ----------------------------------------------------------------------------------

    def _folder(self, store: Store, path: CardPath) -> list[Known]:
        """What is in the folder at a path, with the names as the camera writes them."""

        def children(handle: int) -> list[Known]:
            _, written = self._known.get(
                _key(store.id, path), (0, CardPath.of((), self._named(store)))
            )
            return self._children(store, handle, written)

        return self.at(path.with_card(self._named(store)), children)

    def _walk(self, store: Store, top: list[Known]) -> Iterator[Entry]:
        seen: set[int] = set()
        levels = [iter(top)]
        for _ in range(_MOST_OBJECTS):
            one = next(levels[-1], None)
            if one is None:
                levels.pop()
                if not levels:
                    return
                continue
            yield one.entry
            if one.entry.is_folder:
                if one.handle in seen:
                    raise ProtocolError(f"the folder {one.entry.path} is inside itself", CARD)
                seen.add(one.handle)
                if len(levels) > _MOST_DEPTH:
                    raise _too_deep()
                levels.append(iter(self._children(store, one.handle, one.entry.path)))
        raise ProtocolError(f"the card has more than {_MOST_OBJECTS} files and folders", CARD)

    def _children(self, store: Store, handle: int, path: CardPath) -> list[Known]:
        """What is in a folder, with its handles; the first of two objects with one name counts."""
        rows = self._rows(store.id, handle, path, 0) if self._rows else None
        listed = map(self._whole, rows) if rows else self._one_by_one(store, handle, path)
        found: dict[str, Known] = {}
        number, above = _key(store.id, path)
        for one in listed:
            written = one.entry.path
            name = written.parts[-1].upper()
            if name not in found:
                found[name] = one
                self._known[number, (*above, name)] = one.handle, written
        return list(found.values())

    def _one_by_one(self, store: Store, handle: int, path: CardPath) -> list[Known]:
        """The folder, object by object; what is known of one is asked again when it changed."""
        for _ in range(_MOST_EVENTS):
            if not self.session.poll(0):
                break
        handles = self.session.call(GetObjectHandles(store.id, 0, handle or ALL)).handles
        check_count(len(handles), path)
        found = []
        for one in dict.fromkeys(handles):
            try:
                info = self.info(one)
            except ObjectNotFound:
                continue  # it went meanwhile
            if info.parent == handle or (not handle and info.parent in _ROOTS):
                here = path.child(info.name or _nameless(one))
                found.append(self._from_info(one, here, info))
        return found

    def _whole(self, known: Known) -> Known:
        """A row of a listing with its whole name, and its whole length."""
        entry = known.entry
        name = entry.path.parts[-1]
        if _NAME_8_3.fullmatch(name):
            if entry.size != SIZE_UNTOLD:
                return known
        else:  # it may be cut
            with suppress(Refused):
                name = self.info(known.handle).name or name
        name, size = name or _nameless(known.handle), self._length(known.handle, entry.size)
        if (name, size) == (entry.name, entry.size):
            return known
        whole = Entry(
            entry.path.with_name(name),
            size,
            entry.modified,
            entry.is_folder,
            entry.protected,
            entry.new,
        )
        return Known(known.handle, whole, known.flags)

    def _from_info(self, handle: int, path: CardPath, info: ObjectInfo) -> Known:
        folder = info.format == ObjectFormat.ASSOCIATION
        entry = Entry(
            path,
            0 if folder else self._length(handle, info.size),
            moment(info.modified) or moment(info.captured),
            is_folder=folder,
            protected=bool(info.protection) and not folder,  # those of an EOS say that they are
            new=False if folder else None,
        )
        return Known(handle, entry)

    def _length(self, handle: int, size: int) -> int:
        """The length of a file; one of 4 GiB or more is asked for."""
        if size != SIZE_UNTOLD or not self.session.supports(GetObjectSize):
            return size
        return self.session.call(GetObjectSize(handle, OBJECT_SIZE)).size

    def _catch_up(self) -> None:
        """Drop what the camera has meanwhile said is no longer so, and what a reset has ended."""
        if self._events.take_lost() or self._old:
            self._old = False
            self._forget_all()
        while event := self._events.get():
            if isinstance(event, StoreAdded | StoreRemoved):
                self._forget_all()
            elif isinstance(handle := vars(event).get("handle"), int):
                self.forget(handle)

    def _forget_all(self) -> None:
        self._stores = ()
        self._known.clear()
        self._infos.clear()


def _key(store: int, path: CardPath) -> _Key:
    return store, tuple(part.upper() for part in path.parts)


def _is_below(key: _Key, top: _Key) -> bool:
    return key[0] == top[0] and key[1][: len(top[1])] == top[1]


def _letter(label: str, before: list[Store]) -> str:
    """A card's letter: its label's when that is one and free, else the next one that is."""
    taken = {store.name for store in before}
    letter = re.fullmatch(r"([A-Za-z]):?\\?", label.strip())
    if letter and f"{letter[1].upper()}:" not in taken:
        return f"{letter[1].upper()}:"
    return next(f"{one}:" for one in map(chr, range(0x41, 0x7F)) if f"{one}:" not in taken)


def _nameless(handle: int) -> str:
    return f"{handle:08X}"


def check_count(count: int, path: CardPath) -> None:
    """ProtocolError where a folder cannot hold so many files."""
    if count > _MOST_IN_FOLDER:
        raise ProtocolError(
            f"the camera lists {count} files in {path}; no folder has so many", CARD
        )


def _too_deep() -> ProtocolError:
    return ProtocolError(f"the card's folders are more than {_MOST_DEPTH} deep", CARD)
