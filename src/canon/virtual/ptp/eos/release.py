"""The release of a virtual EOS: buttons, focus, exposure, where the picture goes, and bulb.

The answer to a button comes when what it does has begun; records tell the rest, all files of a shot
before the one that says that it is over (canon-eos-ptp, sections 7, 8 and 11).
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from fractions import Fraction

from canon.models.file_kinds import kind_of
from canon.models.model import BodyKind
from canon.models.ptp import PtpQuirk, PtpTrait
from canon.ptp.eos.layouts import Eos, SetRequestOlcInfoGroup
from canon.ptp.eos.records import (
    BulbExposureTime,
    CameraStatusChanged,
    ObjectAddedEx,
    ObjectAddedEx64,
    OlcInfoChanged,
    Waiting,
)
from canon.ptp.operations import Response
from canon.values import ShootingMode
from canon.virtual.card import Folder
from canon.virtual.faults import FaultKind, Faults
from canon.virtual.pictures.exif import Exposure
from canon.virtual.ptp.eos import listing, olc
from canon.virtual.ptp.eos.dial import BULB, Mode
from canon.virtual.ptp.eos.focus import with_selected
from canon.virtual.ptp.eos.next_shot import NextShot
from canon.virtual.ptp.eos.properties import HOST, Properties
from canon.virtual.ptp.objects import Item, Objects
from canon.virtual.ptp.profile import PtpBody
from canon.virtual.ptp.reply import Tell
from canon.virtual.refusal import Status
from canon.virtual.shutter import Shutter, Taken

HALF, FULL = 1, 2
"""The bits of the release button."""
FOCUS_S = 0.35  # Guess: from the half press until the lens has found it
SHARP_AT = 500
"""Where the lens stands when the subject is sharp; Guess: it has 1000 steps."""
RECORDING = 4
"""What the movie says while it is recorded; no picture is taken then."""
_WRITTEN_S = 0.4  # Guess: from the end of the exposure until the files are told
ONE_SHOT, MANUAL_FOCUS = 0, 3
"""What the focus mode says of the switch on the lens."""
_BULB_CODES = (0x04, BULB)
_RATES = {1: 3.0, 4: 5.3, 5: 3.0, 0x12: 7.0, 0x14: 3.0}
"""Guess: frames a second of the continuous drives."""
_ROW_RATE = 3.0  # Guess: of a bracketed row after the self-timer
_TIMERS = {0x10: 10, 0x11: 2, 0x07: 10}
_MOST_PENDING = 12  # Guess: pictures that the memory of a body holds
_FOCUS_FAILED, _MIRROR_UP, _CARD_FULL = 1, 3, 7
"""What the release of the older bodies returns (section 8.2)."""


class Release:
    """What a body does when its button is pressed.

    Args:
        body: the camera.
        faults: what goes wrong.
        objects: its card, and the pictures in its memory.
        table: its properties.
        tell: sends a record.

    Attributes:
        next: how the next picture is taken.
        button: how far the button is pressed: HALF and FULL.
        busy: whether a picture is being taken.
        shows: whether a host wants to know what the display shows.
        tells_button: whether the button is told beside the focus, as on an EOS M3 or an SX70 HS.
        heard: whether a host is there to hear of pictures.
        position: where the lens stands, 0 is the nearest.
        listed: whether a host has listed a folder in this session.
        host_room: the bytes that the computer has said to have room for.
        awake: whether a host has woken the screen of a body that takes none without it.
    """

    def __init__(
        self, body: PtpBody, faults: Faults, objects: Objects, table: Properties, tell: Tell
    ) -> None:
        self.body, self.faults, self.objects, self.table = body, faults, objects, table
        self.shutter = Shutter(body)
        self.next = NextShot(body, table)
        self.button = 0
        self.busy = False
        self.shows = self._shows_unasked
        self.heard = self.listed = self.awake = False
        self.mirror_up = False
        self.position = SHARP_AT
        self.tells_button = (
            PtpTrait.LIKE_M in body.model.traits or body.model.kind is BodyKind.COMPACT
        )
        self._tell = tell
        self._delay = 0.0
        self._focused = False
        self._bulb_since: float | None = None
        self._round = 0  # what has ended is not gone on with
        self._left: set[int] = set()  # pictures in memory that an earlier host did not fetch
        room = table.number(Eos.AVAILABLE_SHOTS) * self.next.picture_size()
        self.host_room = 0 if self.to_card else room
        self._card, self._more_room = body.card, 0
        if self.to_card and room and body.card is not None:
            self._more_room = room - body.card.free

    def take_delay(self) -> float:
        """How much longer than usual the answer takes, once."""
        delay, self._delay = self._delay, 0.0
        return delay

    # --- the button -------------------------------------------------------------------------------

    def press(self, button: int, *, focuses: bool) -> None:
        """Press the button half, fully, or both at once, as a host does.

        Raises:
            Status: it is busy, cannot focus, or has no room for a picture.
        """
        self._must_be_ready()
        self._must_be_prepared()
        if self.tells_button:
            self._press_told(button, focuses=focuses)
            return
        if button & HALF:
            if focuses and not self._focus():
                if not self._tells_focus:
                    raise Status(Response.GENERAL_ERROR)
                self.button |= HALF
                return
            self.button |= HALF
        if button & FULL:
            self._must_have_room()
            self.button |= FULL
            self._begin()

    def _press_told(self, button: int, *, focuses: bool) -> None:
        if button & FULL:
            if PtpQuirk.NO_FULL_PRESS in self.body.model.quirks:
                raise Status(Response.DEVICE_BUSY)
            self._must_have_room()
        self.button |= button
        self._show(self.table.olc.button(olc.HALF))
        found = not focuses or self._focus()
        self._show(self.table.olc.button(olc.DONE if found else olc.FAILED))
        if button & FULL and found:
            self._begin()

    def let_go(self, button: int) -> None:
        """Let the button come up."""
        self.button &= ~button
        if button & FULL and self._bulb_since is not None:
            self.end_bulb()
        if not self.button:
            self._lose_focus()
        if self.tells_button:
            self._show(self.table.olc.button(olc.IDLE))

    def by_hand(self) -> None:
        """Press the button by hand, as far as it goes, and let it go."""
        if self.busy or self._awaited or self.body.is_empty:
            return
        try:
            self._must_have_room()
        except Status:
            return
        self._begin(remote=False)

    def release(self) -> int:
        """Take a picture at once, as the older bodies do; returns what became of it.

        Raises:
            Status: it is busy.
        """
        self._must_be_ready()
        if not self._focus():
            return _FOCUS_FAILED
        try:
            self._must_have_room()
        except Status:
            return _CARD_FULL
        if self._raises_mirror():
            return _MIRROR_UP
        self._expose(remote=True)
        return 0

    def must_be_free(self) -> None:
        """Raise Status while a picture is taken, or waits in memory for its host."""
        if self.busy or (self._awaited and not self.button & FULL):
            raise Status(Response.DEVICE_BUSY)

    @property
    def _awaited(self) -> bool:
        """Whether pictures of this host wait in memory; the body takes no other before."""
        return not self._left.issuperset(self.objects.kept)

    def _must_be_ready(self) -> None:
        self.must_be_free()
        if self.body.is_empty:
            raise Status(Response.DEVICE_BUSY)  # Guess: it says no more
        if self.table.number(Eos.EVF_RECORD_STATUS) == RECORDING:
            raise Status(Response.DEVICE_BUSY)

    def _must_be_prepared(self) -> None:
        """Raise Status where a host has not done what this body wants before its button."""
        model = self.body.model
        unlisted = PtpQuirk.WANTS_LISTING in model.quirks and not self.listed
        dark = PtpTrait.LIKE_M in model.traits and PtpQuirk.SCREEN_STAYS_OFF not in model.quirks
        # Guess: where a real one hangs, or does nothing, this one is busy.
        if unlisted or (dark and not self.awake):
            raise Status(Response.DEVICE_BUSY)

    def end(self) -> None:
        """The host is gone: the button comes up, and what it did not fetch waits for the next.

        Guess: it keeps nobody from taking pictures, and lasts until the session is closed.
        """
        self.heard = self.awake = False
        self.shows = self._shows_unasked
        if self._bulb_since is not None:
            self.end_bulb()
        self.button = 0
        self._focused = False
        self._round += not self.busy
        self._left.update(self.objects.kept)

    # --- focus (section 8.1) ----------------------------------------------------------------------

    @property
    def _shows_unasked(self) -> bool:
        """Whether it tells its display to every host: it has no operation to be asked by."""
        return SetRequestOlcInfoGroup.code not in self.body.profile.operations

    @property
    def _tells_focus(self) -> bool:
        """Whether there is a record that says how the search for focus ended."""
        return bool(self.table.olc.version) and self.shows

    @property
    def manual_focus(self) -> bool:
        """Whether the switch on the lens is at MF, or there is no lens."""
        return self.table.number(Eos.FOCUS_MODE) == MANUAL_FOCUS or not self.table.has_lens

    @property
    def is_sharp(self) -> bool:
        """Whether the lens stands near where the subject is."""
        return abs(self.position - SHARP_AT) < SHARP_AT // 2

    def _focus(self) -> bool:
        if self.manual_focus or self._focused:
            return True
        self._delay += FOCUS_S
        self.position = SHARP_AT
        self._focused = not self.faults.take_kind(FaultKind.NO_FOCUS)
        display = self.table.olc
        for state in (0x0001, 0x0101) if self._focused else (0x0001, 0x0202, 0x0200):
            self._show(display.focus(state))
        if not display.version and self._focused:
            self.table.put(
                Eos.FOCUS_INFO, with_selected(self.table.raw(Eos.FOCUS_INFO), chosen=True)
            )
        return self._focused

    def _lose_focus(self) -> None:
        if self._focused:
            self._focused = False
            self._show(self.table.olc.focus(0x0000))
            if not self.table.olc.version:
                plain = with_selected(self.table.raw(Eos.FOCUS_INFO), chosen=False)
                self.table.put(Eos.FOCUS_INFO, plain)

    def _show(self, record: OlcInfoChanged) -> None:
        if self._tells_focus:
            self._tell(record)

    # --- room (section 7) -------------------------------------------------------------------------

    @property
    def destination(self) -> int:
        """Where pictures go; the card alone on a body that does not tell."""
        return self.table.number(Eos.CAPTURE_DESTINATION, 2)

    @property
    def to_card(self) -> bool:
        """Whether the card gets the picture."""
        return self.destination != HOST

    @property
    def to_host(self) -> bool:
        """Whether the computer gets the picture."""
        return bool(self.destination & HOST)

    def shots_left(self) -> int:
        """How many pictures there is room for, where they go."""
        size, card = self.next.picture_size(), self.body.card
        if not self.to_card:
            return self.host_room // size
        if card is None or card.free < size:
            return 0
        # The recorded body had a card of another size: what is left is counted down from there.
        more = self._more_room if card is self._card else 0
        return max(1, (card.free + more) // size)

    def _must_have_room(self) -> None:
        if self.shots_left() < 1:
            if self.table.number(Eos.AVAILABLE_SHOTS):
                self.table.put(Eos.AVAILABLE_SHOTS, 0)
            raise Status(Response.DEVICE_BUSY)

    # --- the exposure -----------------------------------------------------------------------------

    def _raises_mirror(self) -> bool:
        """Whether this press only raises the mirror, as the setting wants it."""
        if self.faults.take_kind(FaultKind.MIRROR_UP):
            return True
        if not self.table.number(Eos.MIRROR_UP_SETTING):
            return False
        self.mirror_up = not self.mirror_up
        self.table.put(Eos.MIRROR_LOCKUP, int(self.mirror_up))
        return self.mirror_up

    def _begin(self, *, remote: bool = True) -> None:
        """Take a picture now, or when the self-timer has run."""
        if self._raises_mirror():
            return
        seconds = _TIMERS.get(self.table.number(Eos.DRIVE_MODE), 0) if remote else 0
        if not seconds:
            self._expose(remote=remote)
            return
        self.busy = True
        self._tell(CameraStatusChanged(1))
        now, clock = self.body.clock.now(), self.body.clock
        for left in range(seconds, 0, -1):
            clock.at(now + seconds - left, self._later(functools.partial(self._count, left)))
        clock.at(now + seconds, self._later(lambda: self._expose(remote=remote)))

    def _count(self, left: int) -> None:
        self._show(self.table.olc.button(olc.RUNNING))
        self._show(self.table.olc.timer(left))

    def _later(self, action: Callable[[], None]) -> Callable[[], None]:
        current = self._round

        def unless_over() -> None:
            if current == self._round:
                action()

        return unless_over

    @property
    def in_bulb(self) -> bool:
        """Whether the exposure lasts as long as the button is held."""
        mode, time = self.table.mode, self.table.number(Eos.SHUTTER_SPEED)
        return mode == Mode.BULB or (mode == Mode.MANUAL and time in _BULB_CODES)

    def _expose(self, *, remote: bool) -> None:
        self.body.begin_shot()
        self.busy = True
        self._show(self.table.olc.shots(max(0, self.shots_left() - 1), writing=True))
        self._tell(CameraStatusChanged(1))
        if self.in_bulb and remote:
            self._start_counting()
            return
        shot = dataclasses.replace(self.next.bracketed(self.shot()), remote=remote)
        lasts = float(shot.exposure_time) + _WRITTEN_S
        self.body.clock.after(lasts, self._later(lambda: self._finish(shot)))

    def _finish(self, shot: Exposure) -> None:
        """Put the picture where it belongs, tell of it, and go on while the button is held."""
        self.table.put(Eos.SHUTTER_COUNT, self.table.number(Eos.SHUTTER_COUNT) + 1)
        self.next.taken += 1
        for one in self.next.in_colours(shot):
            self._keep(one)
        self.table.put(Eos.AVAILABLE_SHOTS, self.shots_left())
        drive = self.table.number(Eos.DRIVE_MODE)
        rate = _RATES.get(drive, _ROW_RATE)
        if shot.remote and self._goes_on(drive) and self._may_go_on():
            self.body.clock.after(1 / rate, self._later(self._again))
            return
        self._rest()

    def _keep(self, shot: Exposure) -> None:
        taken = self.shutter.take(
            shot, self.next.kinds(), self.next.raw_pixels(), self.body.profile.raw_suffix
        )
        hears = self.heard
        if self.to_card or not hears:  # Guess: what no host waits for goes to the card
            self._save(taken)
        if self.to_host and hears:
            self._offer(taken)
            self.host_room = max(0, self.host_room - self.next.picture_size())

    def _goes_on(self, drive: int) -> bool:
        """Whether a picture follows of itself; a bracketed row ends with its last one."""
        if not self.next.row_left:
            return False
        in_row = self.next.step != 0
        return (drive in _RATES and bool(self.button & FULL)) or (in_row and drive in _TIMERS)

    def _again(self) -> None:
        if self._goes_on(self.table.number(Eos.DRIVE_MODE)):
            self._expose(remote=True)
        else:
            self._rest()

    def _may_go_on(self) -> bool:
        return self.shots_left() > 0 and len(self.objects.kept) < _MOST_PENDING

    def _rest(self) -> None:
        self.busy = False
        self._tell(CameraStatusChanged(0))
        self._show(self.table.olc.shots(self.shots_left(), writing=False))

    # --- bulb (section 8.5) -----------------------------------------------------------------------

    def start_bulb(self) -> None:
        """Begin an exposure that lasts until it is ended.

        Raises:
            Status: it is busy, or not set to bulb.
        """
        self._must_be_ready()
        if not self.in_bulb:
            raise Status(Response.GENERAL_ERROR)
        self._must_have_room()
        self._expose(remote=True)

    def end_bulb(self) -> None:
        """End it; raises Status when there is none."""
        since, self._bulb_since = self._bulb_since, None
        if since is None:
            raise Status(Response.GENERAL_ERROR)
        lasted = Fraction(self.body.clock.now() - since).limit_denominator(100)
        shot = dataclasses.replace(
            self.shot(), mode=ShootingMode.BULB, exposure_time=max(lasted, Fraction(1, 100))
        )
        self.body.clock.after(_WRITTEN_S, self._later(lambda: self._finish(shot)))

    def _start_counting(self) -> None:
        self._bulb_since = self.body.clock.now()
        self._count_on(0)

    def _count_on(self, seconds: int) -> None:
        if self._bulb_since is None:
            return
        if seconds:
            self._tell(BulbExposureTime(seconds))
        self.body.clock.at(
            self._bulb_since + seconds + 1, self._later(lambda: self._count_on(seconds + 1))
        )

    # --- files (sections 4.3 and 8.4) -------------------------------------------------------------

    def _save(self, taken: Taken) -> None:
        paths = self.shutter.write(taken)
        for path in paths:
            self.tell_added(path)
        if paths:
            self.table.put(Eos.CURRENT_FOLDER, self.objects.handle(taken.folder()))

    def tell_added(self, path: tuple[str, ...]) -> None:
        """Tell of a file or a folder that is new on the card."""
        item = self.objects.item(self.objects.handle(path))
        root = listing.root_of(self.objects.slot)
        above = item.parent or root
        kind = ObjectAddedEx64 if self._is_late else ObjectAddedEx
        self._tell(
            kind(
                item.handle,
                item.storage,
                item.format,
                int(isinstance(item.entry, Folder)),
                listing.flags(item),
                listing.size(item),
                above,
                listing.group(item.handle),
                item.name,
                item.entry.time,
            )
        )

    @property
    def _is_late(self) -> bool:
        """Whether it is of the bodies that write CR3, and tell of files in 64 bits."""
        return self.body.profile.raw_suffix == ".CR3"

    def _offer(self, taken: Taken) -> None:
        number = listing.numbering(self.objects.slot)
        for suffix, data in taken.pictures.items():
            name = taken.name(suffix)
            handle = number((*taken.folder(), name))
            format = kind_of(name).format
            self.objects.keep(name, data, format, taken.thumbnail, handle)
            self._left.discard(handle)
            self._tell(self._waiting(handle))

    def tell_kept(self) -> None:
        """Tell of all pictures in memory, as to a host that has just come (Guess)."""
        for handle in self.objects.kept:
            self._tell(self._waiting(handle))

    def _waiting(self, handle: int) -> Waiting:
        long_names = PtpQuirk.LONG_NAMES in self.body.model.quirks
        return listing.waiting(self.kept(handle), late=self._is_late, long_names=long_names)

    def shot(self) -> Exposure:
        """How a picture would be taken now, by the settings."""
        return self.next.exposure(
            number=self.shutter.number,
            focused=self.is_sharp and not self.faults.has(FaultKind.NO_FOCUS),
        )

    def kept(self, handle: int) -> Item:
        """A picture in memory.

        Raises:
            Status: there is none with this handle.
        """
        if handle not in self.objects.kept:
            raise Status(Response.INVALID_OBJECT_HANDLE)
        return self.objects.item(handle)
