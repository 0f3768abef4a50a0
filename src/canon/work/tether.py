"""Brings each picture into a folder as it is taken, and waits for a camera that went away.

A camera that speaks PTP tells which file is new; a native one says only that its card has changed,
so the newest folders are looked through, and nothing else. When a camera is back, its card is
compared with what it had at the start: what was taken meanwhile comes, too.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from canon import camera
from canon.clock import Clock, RealClock
from canon.driver.card import CardPath, Entry
from canon.driver.events import CardChanged, Event, FileAdded, Gone, Missed, PictureWaiting
from canon.driver.features import Feature
from canon.errors import (
    BatteryLow,
    CanonError,
    Disconnected,
    NoCard,
    NotSupported,
    ObjectNotFound,
    PortError,
    ProtocolError,
    Refused,
)
from canon.frozen import Frozen
from canon.models.file_kinds import Content, kind_of
from canon.work.begun import Begun, Key
from canon.work.cards import picture_folders
from canon.work.hook import Hook, HookEvent, HookFailed, Occasion
from canon.work.index import key
from canon.work.library import Library
from canon.work.names import Group, groups, is_taken
from canon.work.saving import Begin
from canon.work.taking import (
    Action,
    Brought,
    Deleted,
    IndexRebuilt,
    NotDeleted,
    Taking,
    serial,
)
from canon.work.template import Template

if TYPE_CHECKING:
    from pathlib import Path

    from canon.camera import Camera, Found
    from canon.camera.events import Events

_FOLDER = re.compile(r"[1-9]\d\d\w{5}")  # of pictures, as all cameras name them
_HEAR_S = 0.5  # how often a wait for events looks up
_LOOK_S = 30.0  # of silence, after which the newest folders are looked through: events get lost
_AGAIN_S = 0.5  # how often is looked whether a camera is back
_LONGEST_AGAIN_S = 5.0  # the same, when it goes away again and again
_OTHER_S = 3.0  # until the JPEG of a RAW file comes
_MOST_TRIES = 3  # of a file that does not come
_RECENT = 64  # files among which the others of one picture are sought


class Wanted(Frozen):
    """How a camera is tethered.

    Attributes:
        template: how files are named.
        job: what the user calls it, for the template.
        deletes: whether what is safe is deleted from the card.
        existing: whether what is on the card already is wanted, too.
        count: after how many pictures it ends; 0 is never.
        hook: the user's program and its arguments, as `hook_words` gives them; none is no hook.
        hook_timeout_s: after how many seconds it is killed.
    """

    template: Template = Template()
    job: str = ""
    deletes: bool = False
    existing: bool = False
    count: int = 0
    hook: tuple[str, ...] = ()
    hook_timeout_s: float = 60.0


class Waiting(Frozen):
    """The camera is there, and each picture comes from now on.

    Attributes:
        camera: its model with its number, else its owner.
        port: its port string.
    """

    camera: str
    port: str


class CameraGone(Frozen):
    """The camera went away; it is waited for."""

    error: CanonError


class CameraBack(Frozen):
    """The same camera is there again; the attributes are those of `Waiting`."""

    camera: str
    port: str


class EventsLost(Frozen):
    """So many events of the camera were lost; its card is compared."""

    count: int


class Ended(Frozen):
    """It is over, or cannot go on: how many files had each end, and how many hooks failed."""

    saved: int = 0
    failed: int = 0
    deleted: int = 0
    not_deleted: int = 0
    hooks_failed: int = 0


TetherEvent = (
    Waiting
    | Brought
    | Deleted
    | NotDeleted
    | CameraGone
    | CameraBack
    | EventsLost
    | IndexRebuilt
    | HookEvent
    | Ended
)
_COUNTED: dict[type, str] = {
    Deleted: "deleted",
    NotDeleted: "not_deleted",
    HookFailed: "hooks_failed",
}


class Tether:
    """Brings the pictures of a camera into a folder as they are taken.

    Args:
        cam: the camera, open.
        library: the folder, open.
        wanted: how.
        clock: by which it waits for a camera that is gone, whose own clock stands still.
        opened: opens a port string when a camera may be back; `canon.open()` if not given.

    Attributes:
        cam: the camera; another object when it was away.
    """

    def __init__(
        self,
        cam: Camera,
        library: Library,
        wanted: Wanted,
        clock: Clock | None = None,
        opened: Callable[[str], Camera] | None = None,
    ) -> None:
        self.cam = cam
        self._opened = opened or camera.open
        self._where = cam.port  # where it is looked for when it is gone
        self._library, self._wanted = library, wanted
        self._clock = clock or RealClock()
        self._taking = Taking(library, wanted.template, job=wanted.job)
        self._hook = Hook(list(wanted.hook), wanted.hook_timeout_s)
        self._begun = Begun(library)
        self._who = _Who()
        self._begin: Begin = lambda name, size: None
        self._stopping = False
        self._again_s = _AGAIN_S
        self._tells_files = False
        self._tops: list[CardPath] = []
        self._newest: dict[CardPath, str] = {}  # the newest folders when they were last looked at
        self._looked = 0.0
        self._compares = False  # something has changed that the newest folders do not show
        self._recent: deque[Entry] = deque(maxlen=_RECENT)
        self._failing: dict[Key, tuple[Group, Brought, int]] = {}
        self._given_up: set[Key] = set()
        self._deleted: set[Key] = set()
        self._kept: set[Key] = set()  # what stays on the card, which was told
        self._pictures: set[CardPath] = set()
        self._until: float | None = None  # when it ends, as all pictures are there

    def stop(self) -> None:
        """Let it end when the file that is coming is there; any thread may call."""
        self._stopping = True

    def run(self, begin: Begin = lambda name, size: None) -> Generator[TetherEvent, None, None]:
        """Wait for pictures, and bring each; ends after `count`, or after `stop()`.

        Args:
            begin: is told which file comes, and gives what is told how far it is.

        Raises:
            NotSupported: files are to be deleted, and this model has no known way.
            CanonError: the hook's `init` failed; nothing was done.
            OSError: this computer's disk is full, or takes nothing.
        """
        self._begin = begin
        counts: Counter[str] = Counter()
        first = self.cam
        try:
            for event in self._all():
                if isinstance(event, Brought):
                    counts["failed" if event.action is Action.FAILED else "saved"] += 1
                elif type(event) in _COUNTED:
                    counts[_COUNTED[type(event)]] += 1
                yield event
        except (CanonError, OSError):
            yield Ended(**counts)
            raise
        except (KeyboardInterrupt, GeneratorExit):
            self._begun.forget()  # somebody has ended it, and knows what came
            raise
        finally:
            self._hook.give_up()
            if self.cam is not first:
                with suppress(CanonError):
                    self.cam.close()
        yield Ended(**counts)

    def _all(self) -> Iterator[TetherEvent]:
        """All but the end."""
        if self._wanted.deletes and Feature.DELETE not in self.cam.features:
            raise NotSupported(self.cam.model.removeprefix("Canon "), "known way to delete files")
        if self._library.damaged is not None:
            yield IndexRebuilt(self._library.damaged, self._library.enter_all())
        self._taking.meet(self.cam)
        self._who = _Who.of(self.cam, self._candidates())
        self._begun.read(self._taking.body)
        self._hook.run(self._occasion("init"))
        self._hook.ask(self._occasion("start"))
        for brought in self._taking.left():
            yield from self._saved(brought)
        yield from self._wait()
        for _, brought, _ in self._failing.values():
            yield brought
        self._hook.ask(self._occasion("stop"))
        yield from self._hook.end()
        self._begun.forget()

    # --- while the camera is there, and while it is not -------------------------------------------

    def _wait(self) -> Iterator[TetherEvent]:
        came: Waiting | CameraBack = Waiting(self._taking.body, self.cam.port)
        began = False
        while True:
            try:
                with self.cam.events() as events:
                    yield from self._compare()
                    yield came
                    began = True
                    while not self._is_over():
                        yield from self._hear(events)
                        yield from self._hook.events()
                return
            except (PortError, ProtocolError, BatteryLow) as error:
                yield CameraGone(error)
            except Refused as error:
                if not began:
                    raise
                yield CameraGone(error)
            if not (yield from self._find_again()):
                return
            came = CameraBack(self._taking.body, self.cam.port)

    def _find_again(self) -> Generator[TetherEvent, None, bool]:
        """Wait for the same camera; whether it is there."""
        with suppress(CanonError):
            self.cam.close()
        others: set[str] = set()
        while not self._stopping and self._until is None:
            self._clock.sleep(self._again_s)
            yield from self._hook.events()
            found = self._candidates()
            others &= {one.port for one in found}
            for one in found:
                if one.port in others or not self._who.may_be(one):
                    continue
                try:
                    cam = self._opened(one.port)
                    if self._who.is_it(cam):
                        self.cam = cam
                        self._taking.meet(cam)
                        self._again_s = min(2 * self._again_s, _LONGEST_AGAIN_S)
                        return True
                    cam.close()
                except CanonError:
                    continue  # it is not ready yet, or not for us
                others.add(one.port)
        return False

    def _candidates(self) -> list[Found]:
        try:
            return camera.list(self._where)
        except (PortError, ValueError):  # a program may call its port as it likes
            return []

    def _is_over(self) -> bool:
        """Whether it was stopped, or all pictures are there."""
        return self._stopping or (self._until is not None and self.cam.clock.now() >= self._until)

    def _hear(self, events: Events) -> Iterator[TetherEvent]:
        """Wait a moment for an event, and do what it asks for."""
        event = events.get(_HEAR_S)
        while event is not None:
            following = None
            match event:
                case FileAdded(entry=entry):
                    self._tells_files = True
                    yield from self._added(entry)
                case PictureWaiting() if self.cam.remote.active:
                    following = yield from self._from_memory(event, events)
                case CardChanged() if not self._tells_files:
                    yield from self._look(thorough=True)
                case Missed(count=count):
                    yield EventsLost(count)
                    yield from self._compare()
                case Gone():
                    raise Disconnected("the camera went away", "switch it on, or plug it in again")
                case _:
                    pass
            event = following
            if event is None:
                return
        yield from self._idle()

    # --- what is new ------------------------------------------------------------------------------

    def _compare(self) -> Iterator[TetherEvent]:
        """Compare the card with what it had at the start, and take what is new."""
        self._compares, self._looked = False, self.cam.clock.now()
        try:
            self._tops = picture_folders(self.cam)
            entries = [entry for top in self._tops for entry in self._walk(top)]
        except NoCard:
            return
        if self._begun.files is None:
            there = () if self._wanted.existing else map(key, entries)
            self._begun.write(self._taking.body, there)
        for entry in entries:
            self._note_folder(entry)
        yield from self._take_new(entries)

    def _look(self, *, thorough: bool = False) -> Iterator[TetherEvent]:
        """Take what is new in the newest folders.

        Args:
            thorough: whether the card is compared in a quiet moment when nothing is new there.
        """
        if self._begun.files is None:
            yield from self._compare()
            return
        self._looked = self.cam.clock.now()
        entries: list[Entry] = []
        try:
            for top in self._tops:
                newest = self._newest.get(top, "")
                for folder in [one for one in self._ls(top) if one.name >= newest]:
                    if self._note_folder(folder):
                        entries += self._ls(folder)
        except NoCard:
            return
        is_new = False
        for entry in entries:
            if key(entry) not in self._begun.files and self._taking.sha256(entry) is None:
                is_new = True
                yield from self._added(entry)
        self._compares |= thorough and not is_new

    def _note_folder(self, entry: Entry) -> bool:
        """Remember a folder of pictures if it is the newest; whether it is one."""
        if not entry.is_folder or not _FOLDER.fullmatch(entry.name):
            return False
        top = entry.parent
        self._newest[top] = max(self._newest.get(top, ""), entry.name)
        return True

    def _ls(self, place: CardPath | Entry) -> list[Entry]:
        with suppress(ObjectNotFound):
            return self.cam.storage.ls(place)
        return []

    def _walk(self, top: CardPath) -> Iterator[Entry]:
        with suppress(ObjectNotFound):
            yield from self.cam.storage.walk(top)

    def _take_new(self, entries: Iterable[Entry]) -> Iterator[TetherEvent]:
        """Take those that were not on the card at the start."""
        before = self._begun.files or frozenset()
        new = [entry for entry in entries if key(entry) not in before]
        for group in groups(new, is_taken):
            if self._is_over():
                return
            yield from self._take(group)

    def _added(self, entry: Entry) -> Iterator[TetherEvent]:
        """Take a file that is new, with those of the same picture that came before."""
        if entry.is_folder or self._is_over():
            return
        if entry not in self._recent:
            self._recent.append(entry)
        beside = [one for one in self._recent if one.parent == entry.parent]
        for group in groups(beside, is_taken):
            if entry in group.files:
                yield from self._take(group)

    def _idle(self) -> Iterator[TetherEvent]:
        """Do in a quiet moment what was left undone."""
        if self._failing:
            for group, _, _ in [*self._failing.values()]:
                yield from self._take(group)
        elif self._compares:
            yield from self._compare()
        elif self.cam.clock.now() - self._looked > _LOOK_S:
            yield from self._look()

    # --- one picture ------------------------------------------------------------------------------

    def _take(self, group: Group) -> Iterator[TetherEvent]:
        """Take what is not here yet of a picture, and delete it from the card if that is wanted."""
        wanted = [one for one in group.files if key(one) not in self._given_up]
        missing = [one for one in wanted if self._taking.sha256(one) is None]
        if not wanted or not (missing or self._wanted.deletes):
            return
        group = Group(
            tuple(one for one in group.pictures if one in wanted),
            tuple(one for one in group.companions if one in wanted),
        )
        try:
            for brought in self._taking.take([group], self._begin):
                if brought.action is Action.FAILED:
                    yield from self._failed(group, brought)
                elif brought.action is not Action.KNOWN:
                    yield from self._saved(brought, group)
                if self._stopping:
                    return
            if self._wanted.deletes:
                yield from self._clear(group)
        except NoCard as error:
            self._tells_files = False  # what another card has it need not tell
            yield Brought(missing[0] if missing else wanted[0], Action.FAILED, error=error)

    def _saved(self, brought: Brought, group: Group | None = None) -> Iterator[TetherEvent]:
        if brought.what is not None:
            self._failing.pop(key(brought.what), None)
        self._again_s = _AGAIN_S
        self._hook.ask(self._occasion("download", brought))
        yield brought
        first = group.pictures[0] if group else brought.what
        here = str(brought.path and brought.path.with_suffix(""))
        name = first.parent.child(first.stem) if first else CardPath.of((here,))
        self._pictures.add(name)
        if self._wanted.count and len(self._pictures) >= self._wanted.count:
            raw = brought.what is not None and kind_of(brought.what.name).content is Content.RAW
            self._until = self.cam.clock.now() + (_OTHER_S if raw else 0.0)

    def _failed(self, group: Group, brought: Brought) -> Iterator[TetherEvent]:
        """Try a file again in a quiet moment; it is given up after some tries."""
        assert brought.what is not None  # noqa: S101  (it is a file of the card)
        name = key(brought.what)
        _, _, tries = self._failing.pop(name, (group, brought, 0))
        if tries + 1 < _MOST_TRIES:
            self._failing[name] = group, brought, tries + 1
        else:
            self._given_up.add(name)
            yield brought

    def _from_memory(
        self, event: PictureWaiting, events: Events
    ) -> Generator[TetherEvent, None, Event | None]:
        """Take a picture that is on no card, RAW and JPEG together; gives the event after it."""
        files: list[Path] = []
        stem = CardPath.of((event.picture.name,)).stem
        following: Event | None = event
        try:
            while (
                isinstance(following, PictureWaiting)
                and CardPath.of((following.picture.name,)).stem == stem
            ):
                progress = self._begin(following.picture.name, following.picture.size)
                with suppress(ObjectNotFound):  # it was fetched already
                    shot = self.cam.capture.fetch(
                        following.picture, to=self._library.workshop, progress=progress
                    )
                    files += shot.saved
                following = events.get(0.0)
        except CanonError:
            yield from self._came(files)
            raise
        yield from self._came(files)
        return following

    def _came(self, files: list[Path]) -> Iterator[TetherEvent]:
        for brought in self._taking.came(files):
            yield from self._saved(brought)

    def _clear(self, group: Group) -> Iterator[TetherEvent]:
        there = Group(
            tuple(one for one in group.pictures if key(one) not in self._deleted),
            tuple(one for one in group.companions if key(one) not in self._deleted),
        )
        for event in self._taking.clear(there):
            name = key(event.what)
            if isinstance(event, Deleted):
                self._deleted.add(name)
            elif name in self._kept:
                continue
            else:
                self._kept.add(name)
            yield event

    def _occasion(self, action: str, brought: Brought | None = None) -> Occasion:
        camera, port = self._taking.body, self.cam.port
        if brought is None:
            return Occasion(action, camera=camera, port=port)
        return Occasion(
            action,
            brought.path,
            brought.what,
            brought.size,
            brought.sha256,
            brought.time,
            camera,
            port,
        )


class _Who(Frozen):
    """Which camera it is, as far as a camera tells that."""

    model: str = ""
    serial: str = ""
    owner: str = ""
    port: str = ""
    product: int = 0

    @classmethod
    def of(cls, cam: Camera, there: Iterable[Found]) -> _Who:
        """The camera that is open, and the first of those that its port string may mean."""
        found = next(iter(there), None)
        number = serial(cam)
        port, product = (found.port, found.product) if found else (cam.port, 0)
        return cls(cam.model, number, "" if number else cam.owner, port, product)

    def may_be(self, found: Found) -> bool:
        """Whether it is worth opening what was found."""
        return self.product in (0, found.product) and (bool(self.serial) or found.port == self.port)

    def is_it(self, cam: Camera) -> bool:
        """Whether a camera, which is open and may be it, is it."""
        if cam.model != self.model:
            return False
        return serial(cam) == self.serial and (bool(self.serial) or cam.owner == self.owner)
