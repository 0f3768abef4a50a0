"""What an EOS said last of each of its properties, and of itself (canon-eos-ptp, section 4).

Whoever asks for events feeds it, for all. What it holds costs no question; of two values in one
answer the later one counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from canon.driver.shot import Pending
from canon.errors import DecodeError
from canon.models.file_kinds import ObjectFormat
from canon.ptp.eos.layouts import Eos
from canon.ptp.eos.olc import display
from canon.ptp.eos.records import (
    Added,
    AvailListChanged,
    BulbExposureTime,
    CameraStatusChanged,
    ObjectAddedEx,
    ObjectAddedEx64,
    ObjectAddedEx64Lfn,
    OlcInfoChanged,
    PropValueChanged,
    Record,
    RecordingTime,
    RequestObjectTransferEx,
    RequestObjectTransferEx64,
    RequestObjectTransferEx64Lfn,
    Waiting,
)

_MOST = 4096  # properties; a body has less than 300
_MOST_WAITING = _MOST_ADDED = 256
_NOTHING = 0  # an EOS R6 tells values of a property 0, which is none
_MOST_EARLY = 64  # records of the display before its version is known


class Store:
    """What one EOS said last.

    Attributes:
        values: the bytes of each property.
        lists: what each property may be now, where the body tells it.
        functions: the custom functions, by their group.
        waiting: the pictures in the memory of the body that nobody has fetched, by their handle.
        added: the last new files on its cards, by their handle.
        status: 1 while the body works.
        button: what the display says of the release button; 0 where it does not.
        focused: whether the last search for focus found something; None where nothing says so.
        bulb_s: how long the shutter has been open.
        movie_s: how long the movie has lasted.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all: another session begins."""
        self.values: dict[int, bytes] = {}
        self.lists: dict[int, AvailListChanged] = {}
        self.functions: dict[int, bytes] = {}
        self.waiting: dict[int, Waiting] = {}
        self.added: dict[int, Added] = {}
        self.status = self.button = self.bulb_s = self.movie_s = 0
        self.focused: bool | None = None
        self._searching = False
        self._early: list[OlcInfoChanged] = []

    def number(self, code: int) -> int | None:
        """The value of a property that is a number; None where the body does not have it."""
        raw = self.values.get(code)
        return None if raw is None else int.from_bytes(raw[:4], "little")

    def text(self, code: int) -> str:
        """The value of a property that is a text; empty where the body does not have it."""
        return self.values.get(code, b"").partition(b"\0")[0].decode("latin-1").strip()

    def allowed(self, code: int) -> tuple[int, ...]:
        """What a property that is a number may be now; nothing where the body does not say."""
        return self.lists[code].numbers() if code in self.lists else ()

    def take(self, record: Record) -> Iterator[Record]:
        """Remember a record; gives it, and the changes of properties that it implies."""
        if getattr(record, "property", None) == _NOTHING:
            return
        yield record
        match record:
            case PropValueChanged():
                self._keep(record)
                if record.property == Eos.OLC_VERSION and self._early:
                    early, self._early = self._early, []
                    for one in early:
                        yield from self._show(one)
            case AvailListChanged() if len(self.lists) < _MOST or record.property in self.lists:
                self.lists[record.property] = record
            case OlcInfoChanged():
                yield from self._show(record)
            case CameraStatusChanged():
                self.status = record.status
            case ObjectAddedEx() | ObjectAddedEx64() | ObjectAddedEx64Lfn():
                if record.format & 0xFFFF != ObjectFormat.ASSOCIATION:
                    self.added[record.handle] = record
                    if len(self.added) > _MOST_ADDED:
                        del self.added[next(iter(self.added))]
            case BulbExposureTime():
                self.bulb_s = record.seconds
            case RecordingTime():
                self.movie_s = record.seconds
            case (
                RequestObjectTransferEx()
                | RequestObjectTransferEx64()
                | RequestObjectTransferEx64Lfn()
            ) if len(self.waiting) < _MOST_WAITING:
                self.waiting[record.handle] = record
            case _:
                pass

    def _keep(self, record: PropValueChanged) -> None:
        code = record.property
        if code in self.values or len(self.values) < _MOST:
            self.values[code] = record.value
        if code == Eos.FOCUS_INFO and _selects(record.value):
            self.focused = True
        if code == Eos.CUSTOM_FUNC_EX and len(self.functions) < _MOST:
            self.functions[int.from_bytes(record.value[8:12], "little")] = record.value

    def _show(self, record: OlcInfoChanged) -> Iterator[Record]:
        """What the display shows, as far as the version of its layout is known."""
        version = self.number(Eos.OLC_VERSION)
        if version is None:
            if len(self._early) < _MOST_EARLY:
                self._early.append(record)
            return
        shown = display(record.groups(version))
        if shown.button is not None:
            self.button = shown.button
        if shown.focus is not None:
            self._follow(shown.focus)
        for code, number in (
            (Eos.SHUTTER_SPEED, shown.shutter_speed),
            (Eos.APERTURE, shown.aperture),
            (Eos.ISO, shown.iso),
        ):
            if number is not None and number != self.number(code):
                changed = PropValueChanged(code, number.to_bytes(4, "little"))
                self._keep(changed)
                yield changed

    def _follow(self, focus: int) -> None:
        """What the display says of a search: 0001, then 0101, or 0200 and the like, or 0."""
        if focus & _FOUND:
            self.focused = True
        elif focus & _MISSED or (not focus and self._searching):
            self.focused = False
        self._searching = focus == _SEARCHES


def pending(told: Waiting) -> Pending:
    """A picture in the memory of the body, as all dialects have it."""
    return Pending(told.name, told.size, (told.handle,))


_SEARCHES, _FOUND, _MISSED = 0x0001, 0x0100, 0x0200


def _selects(raw: bytes) -> bool:
    from canon.ptp.eos.focus import read_focus

    try:
        return bool(read_focus(raw).selected)
    except DecodeError:
        return False
