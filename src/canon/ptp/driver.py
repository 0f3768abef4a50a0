"""The camera verbs in PTP: identity, clock, and what is on the card.

What the camera lists in its DeviceInfo is asked for, and nothing else: a verb whose operation or
property it does not list is NotSupported before anything is sent. So a camera of another maker
works as far as the standard goes (ptp-core, sections 4 and 5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from canon.clock import Clock
from canon.driver import (
    Body,
    Bulb,
    Button,
    CustomFunctions,
    Focus,
    Identity,
    LensDrive,
    Live,
    LiveZoom,
    Movie,
    PictureSize,
    Power,
    Remote,
    Shutter,
    Zoom,
    card,
)
from canon.driver.card import SIZE_UNTOLD, CardPath, Counted, Entry, Progress, Sink, no_thumbnail
from canon.driver.events import Listener
from canon.driver.features import Feature
from canon.errors import (
    CanonError,
    Disconnected,
    NotSupported,
    ObjectNotFound,
    PortError,
    Refused,
)
from canon.log import Log
from canon.models.file_kinds import ObjectFormat, kind_of
from canon.models.ptp import PtpModel, PtpQuirk, by_product
from canon.ptp.datasets import (
    ObjectInfo,
    time_text,
)
from canon.ptp.extension import FOUR_GIB, Extension
from canon.ptp.objects import MOST_THUMBNAIL, Objects
from canon.ptp.operations import (
    ALL,
    DeleteObject,
    GetObject,
    GetPartialObject,
    GetThumb,
    Operation,
    Response,
    SendObject,
    SendObjectInfo,
    SetObjectProtection,
    find_operation,
)
from canon.ptp.properties import Properties
from canon.ptp.session import UNKNOWN, Answer, Session, refusal

if TYPE_CHECKING:
    from canon.driver.settings import Settings

_log = Log(__name__)

_BLOCK = 1 << 20  # larger ones have failed on some bodies (ptp-core, section 5.1)
_MOST_BREAKS = 8  # of one download
_TINY = 16  # bytes of a file of which cameras give no part
_MOST_FILE = 1 << 44
_SET_TO_NORMAL = "set it from PTP to Normal in its menu, where it has that"
_GENERIC_FOLDER = 1
_DELETE_S = 30.0


Extend = Callable[[Session, Properties, PtpModel], Extension]
"""Chooses the extension of a camera that has said who it is."""


class PtpDriver:
    """The verbs of `canon.driver.Driver` for one camera that speaks PTP.

    Args:
        session: the conversation.
        model: the camera's row, as its product id tells it.
        extend: chooses the extension.

    Attributes:
        model: the row that the name chose which the camera reports.
        extension: what the maker added; there after `start`.
    """

    extension: Extension

    def __init__(self, session: Session, model: PtpModel, extend: Extend) -> None:
        self.session = session
        self.model = model
        self._extend = extend
        self._listed = Properties(session)

    def start(self) -> Identity:
        """Open the session, and ask who the camera is."""
        info = self.session.start()
        self.model = by_product(self.model.product, info.model)
        self.session.stays_open = PtpQuirk.KEEP_SESSION_OPEN in self.model.quirks
        self.extension = self._extend(self.session, self._listed, self.model)
        self.session.extension = self.extension
        return self._identity()

    @property
    def clock(self) -> Clock:
        """The clock of its port."""
        return self.session.clock

    @property
    def features(self) -> frozenset[Feature]:
        """What the operations and properties that it lists make possible."""
        return self.extension.features | {
            feature
            for feature, operation in _OPERATIONS.items()
            if self.session.supports(operation)
        }

    @property
    def remote(self) -> Remote | None:
        """Remote control."""
        return self.extension.remote

    @property
    def settings(self) -> Settings:
        """What the camera is set to, and its properties by number."""
        return self.extension.settings

    @property
    def shutter(self) -> Shutter | None:
        """Taking pictures."""
        return self.extension.shutter

    @property
    def button(self) -> Button | None:
        """The shutter button."""
        return self.extension.button

    @property
    def bulb(self) -> Bulb | None:
        """Exposures of any length."""
        return self.extension.bulb

    @property
    def focus(self) -> Focus | None:
        """The focus."""
        return self.extension.focus

    @property
    def lens_drive(self) -> LensDrive | None:
        """The motor of the lens."""
        return self.extension.lens_drive

    @property
    def zoom(self) -> Zoom | None:
        """The zoom."""
        return self.extension.zoom

    @property
    def live(self) -> Live | None:
        """Live view."""
        return self.extension.live

    @property
    def live_zoom(self) -> LiveZoom | None:
        """A closer look in live view."""
        return self.extension.live_zoom

    @property
    def movie(self) -> Movie | None:
        """Movies."""
        return self.extension.movie

    @property
    def body(self) -> Body | None:
        """The flash and the keys."""
        return self.extension.body

    @property
    def custom_functions(self) -> CustomFunctions | None:
        """The custom functions."""
        return self.extension.custom_functions

    def close(self) -> None:
        """Leave what was entered, and end the session."""
        self.session.end()
        try:
            self.extension.close()
        except CanonError as error:
            _log.info("while closing: %s", error)
        finally:
            self.session.close()

    def events(self) -> Listener:
        """What the camera says by itself, from now on."""
        return self.session.listener(self.extension.common)

    # --- who it is --------------------------------------------------------------------------------

    def identify(self) -> Identity:
        """Ask who the camera is."""
        self.session.refresh()
        return self._identity()

    def _identity(self) -> Identity:
        """A Canon's version is `1-1.0.2.0`: the firmware is what follows the dash."""
        info = self.session.info
        return Identity(info.model, re.sub(r"^\d+-", "", info.version), self.extension.owner())

    def set_owner(self, owner: str) -> None:
        """Set the owner's name; ValueError where it is too long."""
        self.extension.set_owner(owner)

    def time(self) -> datetime:
        """The camera's clock."""
        return self.extension.time()

    def set_time(self, moment: datetime) -> None:
        """Set the camera's clock."""
        self.extension.set_time(moment)

    def power(self) -> Power:
        """Ask how the camera is powered."""
        return self.extension.power()

    def was_left_open(self) -> bool:
        """Whether a session was open at the start; some bodies are left with one on purpose."""
        return self.session.joined and not self.session.stays_open

    def body_id(self) -> str:
        """The serial number; NotSupported where the camera does not tell it."""
        return self.extension.body_id()

    def picture_sizes(self) -> tuple[PictureSize, ...]:
        """The picture sizes; NotSupported where the camera does not list them."""
        return self.extension.picture_sizes()

    @property
    def elsewhere(self) -> str:
        """The other mode in the menu of a body of about 2003, where somebody drives it in that."""
        from canon.models import native

        row = native.by_slug(self.model.slug)
        if row is None or row.product == self.model.product or not row.driven_by.program:
            return ""
        return _SET_TO_NORMAL if native.RELEASE in row.traits else ""

    # --- cards ------------------------------------------------------------------------------------

    def cards(self) -> tuple[card.Card, ...]:
        """The cards, with their space."""
        return self._objects.cards()

    def list_folder(self, path: CardPath, *, deep: bool = False) -> Iterator[Entry]:
        """What is in a folder, in card order; a folder comes before what is in it."""
        return self._objects.listing(path, deep=deep)

    def read_file(self, entry: Entry, sink: Sink, progress: Progress | None = None) -> int:
        """Fetch a file: in blocks of 1 MiB when it is long and the camera gives parts."""
        if self.session.supports(GetPartialObject) and _BLOCK < entry.size < SIZE_UNTOLD:
            counted = Counted(sink, progress, entry.size)
            try:
                return self._in_blocks(entry, 0, entry.size, counted)
            except Refused as error:
                if counted.done or error.code not in UNKNOWN:
                    raise
                _log.info("%s is fetched in one piece: %s", entry.path, error)
        return self._whole(entry, sink, progress)

    def read_range(self, entry: Entry, offset: int, size: int, sink: Sink) -> int:
        """Fetch a part of a file in blocks of 1 MiB; of a tiny file, which cameras choke on, all.

        NotSupported for what lies beyond 4 GiB, but on bodies that have an operation for it.
        """
        self._listed.must(GetPartialObject, "way to read a part of a file")
        end = offset + size if entry.size == SIZE_UNTOLD else min(offset + size, entry.size)
        if end > self.extension.reach:
            raise NotSupported(self._listed.name, "way to read parts beyond 4 GiB of a file")
        if entry.size >= _TINY:
            return self._in_blocks(entry, offset, end, Counted(sink))
        data = bytearray()
        self._whole(entry, data.extend, None)
        part = memoryview(bytes(data))[offset:end]
        sink(part)
        return len(part)

    def _whole(self, entry: Entry, sink: Sink, progress: Progress | None) -> int:
        return self._objects.at(
            entry.path,
            lambda handle: self.session.receive(
                GetObject(handle),
                sink,
                limit=entry.size if entry.size < SIZE_UNTOLD else max(entry.size, _MOST_FILE),
                progress=progress,
                expect=entry.size,
            ),
        )

    def _in_blocks(self, entry: Entry, offset: int, end: int, sink: Counted) -> int:
        """The bytes from `offset` to `end`.

        Where it breaks off it goes on from there, also when the handle has to be looked up again.
        """
        breaks: list[int] = []

        def fetch(handle: int) -> None:
            while (at := offset + sink.done) < end:
                size = min(_BLOCK, end - at, FOUR_GIB - at % FOUR_GIB)
                part = self.extension.part(handle, at, size)
                try:
                    came = self.session.receive(part, sink, limit=size, expect=size)
                    if not came or (came < size and entry.size == SIZE_UNTOLD):
                        return
                except Disconnected:
                    raise
                except PortError as error:
                    at = offset + sink.done
                    if at in breaks or len(breaks) >= _MOST_BREAKS:
                        raise
                    breaks.append(at)
                    _log.warning("%s broke off at byte %d; going on: %s", entry.path, at, error)

        self._objects.at(entry.path, fetch)
        return sink.done

    def thumbnail(self, entry: Entry) -> bytes:
        """Fetch the small JPEG that the camera gives of a file, or the THM file beside it."""
        self._listed.must(GetThumb, "thumbnails of its files")
        small = self._objects.at(entry.path, self._objects.thumbnail)
        if not small and not kind_of(entry.name).thumbnail_inside:
            small = self._beside(entry.path.with_suffix(".THM"))
        if not small:
            raise no_thumbnail(entry)
        return small

    def _beside(self, path: CardPath) -> bytes:
        data = bytearray()
        with suppress(ObjectNotFound):
            entry = self._objects.find(path).entry
            if entry.size <= MOST_THUMBNAIL:
                self._whole(entry, data.extend, None)
        return bytes(data)

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
        """Put a file on the card; its folder must exist (ptp-core, section 5.2)."""
        self._listed.must(SendObject, "way to take files")
        if replace:
            self.delete(path)
        kind = self._format(path.name)
        info = _object(kind, size, path.name, time_text(modified))
        try:
            self._at_parent(
                path,
                lambda announce: self.session.send(
                    SendObject(), source, size, progress, after=(announce, info)
                ),
            )
        except BaseException as error:
            if not isinstance(error, Refused) or error.command == SendObject.__name__:
                with suppress(CanonError):
                    self.delete(path)
            raise
        return self._marked_as_new(path)

    def _format(self, name: str) -> int:
        """The object format of a file by its name, if the camera takes such files."""
        suffix = name.upper().rpartition(".")[2]
        takes = self.session.info.image_formats
        for known in (*kind_of(name).formats, ObjectFormat.UNDEFINED):
            if not takes or known in takes:
                return known
        raise NotSupported(self._listed.name, f"way to take {suffix} files")

    def _at_parent(self, path: CardPath, act: Callable[[SendObjectInfo], object]) -> None:
        """Do something with the announcement of what comes into a folder.

        The handle that is answered is wrong on some bodies, so nobody looks at it.
        """
        store = self._objects.store(path.card)

        def announce(parent: int) -> None:
            act(SendObjectInfo(store.id, parent or ALL))

        self._objects.at(path.parent, announce)

    def _marked_as_new(self, path: CardPath) -> Entry:
        """Let a file that has come up count as new, where the camera keeps such marks."""
        found = self._objects.find(path)
        entry = found.entry
        if not self.extension.keeps_marks or entry.new:
            return entry
        try:
            self.extension.mark(found, new=True, protected=entry.protected)
        except Refused as error:
            _log.warning("%s is on the card, but without its mark as new: %s", path, error)
            return entry
        is_new = None if found.flags is None else True  # the listing will not tell either
        return Entry(entry.path, entry.size, entry.modified, protected=entry.protected, new=is_new)

    def delete(self, path: CardPath) -> None:
        """Delete a file or an empty folder."""
        self._listed.must(DeleteObject, "way to delete files")

        def delete(handle: int) -> None:
            self.session.call(DeleteObject(handle, 0), timeout_s=_DELETE_S)
            self._objects.forget(handle)

        self._objects.at(path, delete)

    def make_folder(self, path: CardPath) -> None:
        """Make a folder: an object that is announced, and never comes."""
        self._listed.must(SendObjectInfo, "way to make folders")
        info = _object(ObjectFormat.ASSOCIATION, 0, path.name, "")
        self._at_parent(path, lambda announce: self.session.call(announce, info))

    def remove_folder(self, path: CardPath) -> None:
        """Remove a folder."""
        self.delete(path)

    def set_flags(
        self, entry: Entry, *, protected: bool | None = None, new: bool | None = None
    ) -> None:
        """Change what is not so already, or not known to be."""
        if protected is not None:
            self._listed.must(SetObjectProtection, "way to protect files")
        if new is not None and not self.extension.keeps_marks:
            raise NotSupported(self._listed.name, "marks of files that were downloaded")
        found = self._objects.find(entry.path)
        is_protected = found.entry.protected
        if protected not in (None, is_protected):
            self.session.call(SetObjectProtection(found.handle, int(not is_protected)))
            is_protected = not is_protected
        if new is not None and (found.flags is None or new != found.entry.new):
            self.extension.mark(found, new=new, protected=is_protected)
        self._objects.forget(found.handle)

    def set_file_time(self, path: CardPath, moment: datetime) -> None:
        """No operation for it is known."""
        raise NotSupported(self._listed.name, "known operation to set a file's time")

    # --- operations and properties by their numbers -----------------------------------------------

    def call(self, code: int, parameters: tuple[int, ...], data: bytes | None) -> Answer:
        """Carry out any operation; a refusal is an error that keeps its code."""
        answer = self.session.ask(code, parameters, data)
        if answer.response != Response.OK:
            kind = find_operation(code)
            raise refusal(answer.response, kind.__name__ if kind else f"operation {code:#06x}")
        return answer

    @property
    def _objects(self) -> Objects:
        return self.extension.objects


def _object(kind: int, size: int, name: str, modified: str) -> ObjectInfo:
    """What is said of a file or folder that comes up: everything of a picture is 0."""
    return ObjectInfo(
        storage=0,
        format=kind,
        protection=0,
        size=min(size, FOUR_GIB - 1),
        thumbnail_format=0,
        thumbnail_size=0,
        thumbnail_width=0,
        thumbnail_height=0,
        width=0,
        height=0,
        depth=0,
        parent=0,
        association=_GENERIC_FOLDER if kind == ObjectFormat.ASSOCIATION else 0,
        description=0,
        sequence=0,
        name=name,
        captured="",
        modified=modified,
        keywords="",
    )


_OPERATIONS: dict[Feature, type[Operation[Any]]] = {
    Feature.UPLOAD: SendObject,
    Feature.DELETE: DeleteObject,
    Feature.FOLDERS: SendObjectInfo,
    Feature.PROTECT: SetObjectProtection,
    Feature.RANGES: GetPartialObject,
}
"""What the operations of the standard make possible."""
