r"""The camera verbs in the native protocol: identity, clock, and what is on the card.

Paths are the camera's own here: upper case, backslashes, the card's letter (`D:\DCIM\100CANON`). A
listing comes flat and is put together again. Long answers have no status; an empty one where a file
was expected means that the file is not there (canon-native-usb, sections 4.4, 6.3 and 7).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from canon.clock import Clock
from canon.driver import Identity, PictureSize, Power, card
from canon.driver.card import (
    MOST_FILE,
    CardPath,
    Entry,
    Progress,
    Sink,
    named_by_slot,
    no_thumbnail,
    store_number,
)
from canon.driver.events import Listener
from canon.driver.features import Feature
from canon.driver.optional import clock_time, optional
from canon.errors import (
    AGAIN,
    CARD,
    CanonError,
    DecodeError,
    NoCard,
    NotSupported,
    ObjectNotFound,
    PortStalled,
    PortTimeout,
    ProtocolError,
    Refused,
)
from canon.frozen import made
from canon.log import Log
from canon.models.model import Model, Numbering, Quirk, Trait
from canon.models.native import by_product
from canon.native.commands import (
    ENTERED,
    FOLDER,
    NEW,
    PROTECTED,
    GetAbilities,
    GetBodyId,
    GetDirectory,
    GetDiskSpace,
    GetOwner,
    GetPowerStatus,
    GetTime,
    Identify,
    ListDisks,
    Listed,
    MakeDirectory,
    RemoveDirectory,
    SetAttributes,
    SetFileTime,
    SetOwner,
    SetTime,
    UploadBlock,
    delete_files,
    get_file,
)
from canon.native.session import Session
from canon.values import Battery, local_seconds, local_time
from canon.wire import latin

if TYPE_CHECKING:
    from canon.native.custom import NativeCustomFunctions
    from canon.native.lens import NativeLens
    from canon.native.live import NativeLive
    from canon.native.remote import NativeRemote
    from canon.native.settings import NativeSettings
    from canon.native.shutter import NativeShutter

_log = Log(__name__)

EVERYTHING = 0x0F
_FILE, _THUMBNAIL = 0, 1
_MOST_HEAD = 1 << 20
_TRIES = 4
_MOST_OWNER = 31
_MOST_DEPTH = 32
_LISTING_S = 30.0  # a full card is read before the first byte comes
_BATTERY = 0x20
_GOOD = 6


class NativeDriver:
    """The verbs of `canon.driver.Driver` for one camera that speaks the native protocol."""

    button = bulb = lens_drive = live_zoom = movie = body = None
    elsewhere = ""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._disks: tuple[str, ...] = ()
        self._remote: NativeRemote | None = None
        self._making = threading.Lock()

    @property
    def model(self) -> Model:
        """The camera's row."""
        return self.session.model

    @property
    def features(self) -> frozenset[Feature]:
        """What its row has."""
        return _features(self.model)

    @property
    def clock(self) -> Clock:
        """The clock of its port or line."""
        return self.session.clock

    @property
    def remote(self) -> NativeRemote | None:
        """Release control; None on a model that has none."""
        if Trait.RELEASE not in self.model.traits:
            return None
        with self._making:
            if self._remote is None:
                from canon.native.remote import NativeRemote

                self._remote = NativeRemote(
                    self.session, lambda path: self.list_folder(path, deep=True)
                )
            return self._remote

    @property
    def settings(self) -> NativeSettings | None:
        """What the camera is set to, where it has release control."""
        return self.remote.settings if self.remote else None

    @property
    def shutter(self) -> NativeShutter | None:
        """Taking pictures, where it has release control."""
        return self.remote.shutter if self.remote else None

    @property
    def focus(self) -> NativeLens | None:
        """The focus, where it has release control."""
        return self.remote.lens if self.remote else None

    @property
    def zoom(self) -> NativeLens | None:
        """The zoom, where its row has one."""
        return self.remote.lens if self.remote and Trait.ZOOM in self.model.traits else None

    @property
    def live(self) -> NativeLive | None:
        """The viewfinder, where its row has one."""
        return self.remote.live if self.remote and Trait.VIEWFINDER in self.model.traits else None

    @property
    def custom_functions(self) -> NativeCustomFunctions | None:
        """The custom functions that its row knows."""
        if not self.model.custom or not self.remote:
            return None
        from canon.native.custom import NativeCustomFunctions

        return NativeCustomFunctions(self.session)

    def start(self) -> Identity:
        """Wake the camera and ask who it is; the first question is often lost (section 4.3a)."""
        self.session.start()
        identity = self._first_identity()
        shared = self.model.product is not None and Trait.RELEASE in self.model.traits
        if shared and identity.model != f"Canon {self.model.name}":
            # Bodies that share an id are told apart by their names.
            self.session.link.model = by_product(self.model.product or 0, identity.model)
        return identity

    def _first_identity(self) -> Identity:
        for wait_s in (0.5, 1.0, 2.0):
            try:
                return self._identity(wait_s)
            except (PortTimeout, PortStalled, ProtocolError):
                continue
        return self._identity(5.0)

    def close(self) -> None:
        """Leave release control, if it is on, and give the camera back."""
        self.session.end()
        try:
            if self._remote and self._remote.active and not self._remote.stays:
                self._remote.leave()
        except CanonError as error:
            _log.info("while closing: %s", error)
        finally:
            self.session.close()

    def events(self) -> Listener:
        """What the camera says by itself, from now on."""
        from canon.native.common_events import common

        return self.session.listener(common)

    def identify(self) -> Identity:
        """Ask who the camera is."""
        return self._identity(5.0)

    def set_owner(self, owner: str) -> None:
        """Set the owner's name; ValueError over 31 characters."""
        if len(owner) > _MOST_OWNER:
            raise ValueError(
                f"the owner's name has {len(owner)} characters; {_MOST_OWNER} are the most"
            )
        self.session.call(SetOwner(owner))

    def time(self) -> datetime:
        """The camera's clock."""
        return clock_time(local_time(self.session.call(GetTime()).seconds))

    def set_time(self, moment: datetime) -> None:
        """Set the camera's clock."""
        self.session.call(SetTime(local_seconds(moment)))

    def power(self) -> Power:
        """Ask how the camera is powered."""
        status = self.session.call(GetPowerStatus())
        battery = Battery.GOOD if status.charge == _GOOD else Battery.LOW
        return Power(on_ac=not status.source & _BATTERY, battery=battery)

    def was_left_open(self) -> bool:
        """Whether it answers as one that was left in release control."""
        return bool(self.remote and self.remote.was_left())

    def picture_sizes(self) -> tuple[PictureSize, ...]:
        """The picture sizes; NotSupported where the model does not list them."""
        if Trait.ABILITIES not in self.model.traits:
            raise NotSupported(self.model.name, "list of picture sizes")
        formats = self.session.call(GetAbilities()).formats
        return tuple(PictureSize(row.name, row.width, row.height) for row in formats)

    def body_id(self) -> str:
        """The number of the body, as it is printed on it; NotSupported where there is none."""
        if Trait.BODY_ID not in self.model.traits:
            raise NotSupported(self.model.name, "body number that it tells")
        number = self.session.call(GetBodyId()).number
        if Quirk.BODY_ID_OF_D30 in self.model.quirks:
            return f"{number >> 16:04X}{number & 0xFFFF:05}"
        return f"{number:010}" if self.model.numbering is Numbering.REVISED else str(number)

    def cards(self) -> tuple[card.Card, ...]:
        """The cards, with their space.

        Which there are is asked again unless there is one slot, and its card answers. Of the bodies
        on USB, only those of the revised numbering have two.
        """
        one_slot = self.model.product is not None and self.model.numbering is Numbering.CLASSIC
        if self._disks and one_slot:
            with suppress(Refused):
                return self._spaces()
        self._disks = ()
        return self._spaces()

    def _spaces(self) -> tuple[card.Card, ...]:
        revised = self.model.numbering is Numbering.REVISED
        unit = 1024 if revised or Quirk.CAPACITY_IN_KIB in self.model.quirks else 1
        cards = []
        for name in self._card_names():
            space = self.session.call(GetDiskSpace(name if revised else name + "\\"))
            cards.append(card.Card(name, space.capacity * unit, space.free * unit))
        return tuple(cards)

    def list_folder(self, path: CardPath, *, deep: bool = False) -> Iterator[Entry]:
        """What is in a folder, in card order; a folder comes before what is in it."""
        native = self._native(path)
        asked = GetDirectory(EVERYTHING if deep else 0, native)
        listing = self.session.call(asked, timeout_s=_LISTING_S).entries
        if not listing:
            self._disks = ()  # the card may have been pulled
            name, cards = native.partition("\\")[0], self._card_names()
            if path.parts and name in cards:
                raise ObjectNotFound(subject=path)
            raise ObjectNotFound(f"there is no card {name}", f"the camera has {', '.join(cards)}")
        return _entries(listing[1:], self._as_listed(native))

    def read_file(self, entry: Entry, sink: Sink, progress: Progress | None = None) -> int:
        """Fetch a file; ObjectNotFound when the camera sends nothing of it."""
        return self._fetch(_FILE, entry, sink, entry.size or MOST_FILE, progress)

    def read_range(self, entry: Entry, offset: int, size: int, sink: Sink) -> int:
        """NotSupported: the native protocol gives whole files."""
        raise NotSupported(self.model.name, "way to read a part of a file")

    def thumbnail(self, entry: Entry) -> bytes:
        """The thumbnail in the head of a picture, or in the THM file beside one without.

        The file itself is fetched where its head has not all of the thumbnail, as over a serial
        line, and where a RAW file has lost its THM.
        """
        from canon import exif
        from canon.models.file_kinds import Content, kind_of

        kind, head = kind_of(entry.name), bytearray()
        if kind.thumbnail_inside:
            self._fetch(_THUMBNAIL, entry, head.extend, _MOST_HEAD, None)
        else:
            beside = Entry(entry.path.with_suffix(".THM"))
            with suppress(ObjectNotFound):
                self._fetch(_FILE, beside, head.extend, _MOST_HEAD, None)
        try:
            lost = not head and kind.content is Content.RAW
            if lost or exif.end(head) > len(head):
                head.clear()
                self.read_file(entry, head.extend)
            return exif.thumbnail(head)
        except DecodeError as error:
            raise no_thumbnail(entry) from error

    def write_file(
        self,
        path: CardPath,
        source: BinaryIO,
        size: int,
        modified: datetime,
        progress: Progress | None = None,
        *,
        replace: bool = False,
    ) -> Entry:
        """Put a file on the card, block by block; its folder must exist (section 7.12).

        Its folder is listed only when the camera did not take all that is said of the file.
        """
        native = self._native(path)
        limit = self.session.link.upload_limit() - len(native)
        if size > limit:
            _log.warning(
                "%s has %d bytes; after a file of more than %d this camera takes no other in its "
                "next session, until it is switched off and on",
                str(path).upper(),
                size,
                limit,
            )
        if replace:
            self.delete(path)
        try:
            self._send_blocks(native, source, size, progress)
            as_told = self._finish_upload(path, modified)
        except BaseException:
            with suppress(CanonError):
                self.delete(path)
            raise
        if as_told:
            moment = local_time(local_seconds(modified))
            return Entry(self._as_listed(native), size, moment, new=True)
        return self._entry(path)

    def _send_blocks(
        self, native: str, source: BinaryIO, size: int, progress: Progress | None
    ) -> None:
        offset = 0
        while offset < size or not size:
            data = source.read(min(self.session.link.transfer_size, size - offset))
            if not data and size:
                raise ValueError(f"the source ended after {offset} of {size} bytes")
            self.session.send_block(UploadBlock(0, offset, len(data), native, data))
            offset += len(data)
            if progress:
                progress(offset, size)
            if not size:
                break

    def _entry(self, path: CardPath) -> Entry:
        for entry in self.list_folder(path.parent):
            if entry.path.name == path.name.upper():
                return entry
        raise ObjectNotFound(subject=path)

    def _finish_upload(self, path: CardPath, modified: datetime) -> bool:
        """Give a file that has come up its time and its mark; returns whether it has both.

        A serial A5 knows no command for the time (canon-native-serial, A5).
        """
        as_told = True
        last: dict[str, Callable[[], None]] = {
            "time": lambda: self.set_file_time(path, modified),
            "mark as new": lambda: self.set_flags(Entry(path), new=True),
        }
        for what, give in last.items():
            try:
                give()
            except (Refused, ValueError) as error:
                _log.warning("%s is on the card, but without its %s: %s", path, what, error)
                as_told = False
        return as_told

    def delete(self, path: CardPath) -> None:
        """Delete a file."""
        folder = self._native(path.parent)
        for command in delete_files(self.model.numbering, folder, [path.name]):
            self.session.call(command, timeout_s=30.0)

    def make_folder(self, path: CardPath) -> None:
        """Make a folder."""
        self.session.call(MakeDirectory(self._native(path)))

    def remove_folder(self, path: CardPath) -> None:
        """Remove a folder."""
        self.session.call(RemoveDirectory(self._native(path)))

    def set_flags(
        self, entry: Entry, *, protected: bool | None = None, new: bool | None = None
    ) -> None:
        """Write the two attributes that count (section 7.11); NotSupported where none does.

        They are written together: the one that is to stay is written as the entry has it.
        """
        if Quirk.MARKS_STAY in self.model.quirks:
            raise NotSupported(self.model.name, "known command to protect or mark a file")
        is_protected = entry.protected if protected is None else protected
        is_new = entry.new if new is None else new
        bits = (PROTECTED if is_protected else 0) | (NEW if is_new else 0)
        self.session.call(SetAttributes(bits, self._native(entry.path.parent), entry.name))

    def set_file_time(self, path: CardPath, moment: datetime) -> None:
        """Set a file's time."""
        self.session.call(SetFileTime(local_seconds(moment), self._native(path)))

    def _identity(self, timeout_s: float) -> Identity:
        reply = self.session.call(Identify(), timeout_s=timeout_s)
        owner = reply.owner
        if Trait.OWNER_COMMAND in self.model.traits:
            with optional("the owner's name"):
                owner = self.session.call(GetOwner(), timeout_s=timeout_s).owner
        return Identity(reply.model, reply.firmware, owner)

    def _fetch(
        self, what: int, entry: Entry, sink: Sink, limit: int, progress: Progress | None
    ) -> int:
        native = self._native(entry.path)
        link = self.session.link
        command = get_file(self.model.numbering, what, link.transfer_size, native)
        got = self.session.receive(
            command, sink, limit=limit, progress=progress, expect=entry.size, timeout_s=15.0
        )
        if not got and (entry.size or what == _THUMBNAIL):
            raise _nothing_of(entry)
        return got

    def _card_names(self) -> tuple[str, ...]:
        if not self._disks:
            names = self.session.call(ListDisks()).names
            self._disks = tuple(name.rstrip("\\/") for name in names if name)
            if not self._disks:
                raise NoCard
        return self._disks

    def _native(self, path: CardPath) -> str:
        r"""`D:\DCIM\100CANON` for DCIM/100CANON."""
        name = path.card or self._card_names()[0]
        if (number := store_number(name)) is not None:
            name = named_by_slot(number, self._card_names())
        # bytes.upper() changes A to Z only; "ÿ" has no capital that the camera could store.
        return latin("\\".join((name, *path.parts))).upper().decode("latin-1")

    def _as_listed(self, native: str) -> CardPath:
        r"""DCIM/100CANON for `D:\DCIM\100CANON`, with the card's name where there are several."""
        card_name, *parts = native.split("\\")
        return CardPath.of(tuple(parts), card_name if len(self._card_names()) > 1 else "")


def _nothing_of(entry: Entry) -> ObjectNotFound:
    return ObjectNotFound("the camera sent nothing of it", AGAIN, subject=entry.path)


def _entries(listing: Sequence[Listed], root: CardPath) -> Iterator[Entry]:
    """Put a flat listing together again; surplus ways up are ignored (section 7.9)."""
    here = [root]
    for row in listing:
        if row.name == "..":
            if len(here) > 1:
                here.pop()
            continue
        entered = bool(row.attributes & ENTERED)
        path = here[-1].child(row.name.removeprefix(".\\"))
        folder = entered or bool(row.attributes & FOLDER)
        fields = {
            "path": path,
            "size": 0 if folder else row.size,
            "modified": local_time(row.time),
            "is_folder": folder,
            "protected": bool(row.attributes & PROTECTED),
            "new": bool(row.attributes & NEW) and not folder,
        }
        yield made(Entry, fields)
        if entered:
            if len(here) > _MOST_DEPTH:
                raise ProtocolError(f"the card's folders are more than {_MOST_DEPTH} deep", CARD)
            here.append(path)


_OF_TRAITS = {
    Trait.RELEASE: (Feature.REMOTE, Feature.SHOOT, Feature.FOCUS_LOCK),
    Trait.ZOOM: (Feature.ZOOM,),
    Trait.VIEWFINDER: (Feature.LIVE,),
    Trait.BODY_ID: (Feature.BODY_ID,),
    Trait.ABILITIES: (Feature.SIZES,),
}
_OF_ALL = frozenset(
    {
        Feature.DELETE,
        Feature.FOLDERS,
        Feature.FILE_TIMES,
        Feature.OWNER,
        Feature.CLOCK,
        Feature.POWER,
    }
)


def _features(model: Model) -> frozenset[Feature]:
    """What a body of that row can do."""
    found = {
        feature
        for trait, features in _OF_TRAITS.items()
        if trait in model.traits
        for feature in features
    }
    if Trait.RELEASE not in model.traits:
        found -= {Feature.ZOOM, Feature.LIVE}
    if Quirk.MARKS_STAY not in model.quirks:
        found |= {Feature.PROTECT, Feature.MARKS}
    if model.custom:
        found.add(Feature.CUSTOM_FUNCTIONS)
    if model.product is None or model.numbering is Numbering.CLASSIC:
        found.add(Feature.UPLOAD)  # over USB, the revised numbering has no known command
    return _OF_ALL | found
