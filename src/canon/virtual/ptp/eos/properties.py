"""The properties of a virtual EOS: the first burst of a real body, with the values of now.

The order, the lists and the values are those of the recorded burst. The clock, the owner, the
battery and the card are the body's own; what may be set follows the shooting mode, as the dial of a
real body does it (canon-eos-ptp, sections 4 to 7 and 11).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from canon.models.ptp import PtpQuirk
from canon.ptp.eos.formats import FORMAT_FILE, HEIF, JPEG
from canon.ptp.eos.layouts import Eos
from canon.ptp.eos.records import (
    AvailListChanged,
    CtgInfoCheckComplete,
    OlcInfoChanged,
    PropValueChanged,
    Record,
    pack_records,
    read_records,
)
from canon.ptp.operations import Response
from canon.virtual.charge import Charge
from canon.virtual.ptp.eos.dial import BULB, CREATIVE, Mode, Scales
from canon.virtual.ptp.eos.olc import Olc
from canon.virtual.ptp.profile import PtpBody
from canon.virtual.ptp.reply import Tell
from canon.virtual.refusal import Status

HOST = 4
"""The bit of a capture destination that is the computer; alone, the card gets nothing."""
_EXPOSURE_BRACKET, ISO_BRACKET, _WHITE_BRACKET, FLASH_BRACKET = 1, 2, 4, 8
"""What is bracketed."""
_BRACKETS = {
    Eos.AEB: _EXPOSURE_BRACKET,
    Eos.WHITE_BALANCE_XA: _WHITE_BRACKET,
    Eos.WHITE_BALANCE_XB: _WHITE_BRACKET,
}
"""What a step of these brackets."""
_LIST = 3  # the form of a list
_UNTOLD = 0x08  # the layout of the display of the compacts that do not tell which it is
_JPEGS = [(1, size, how) for size in (0, 1, 2) for how in (3, 2)]
_RAW = (6, 0, 4)
_FORMATS = [
    b"".join(
        word.to_bytes(4, "little") for word in (len(files), *(w for f in files for w in (16, *f)))
    )
    for files in (*((one,) for one in _JPEGS), (_RAW,), *((_RAW, one) for one in _JPEGS))
]
"""Guess: what a body offers in the creative modes that was recorded in another."""
_KIND_AT = 8  # of the first file of a format
_MOVIE_VIEW = 2  # of EVF_MODE
_QUARTER = 900  # seconds
_LOW = 0  # what a battery says that is nearly empty
_WRITABLE_ALWAYS = frozenset({Eos.AE_MODE, Eos.EVF_OUTPUT, Eos.CUSTOM_FUNC_EX})
_READ_ONLY = frozenset(
    {
        Eos.BATTERY_POWER,
        Eos.BATTERY_SELECT,
        Eos.MODEL_ID,
        Eos.PTP_VERSION,
        Eos.AVAILABLE_SHOTS,
        Eos.CURRENT_STORAGE,
        Eos.CURRENT_FOLDER,
        Eos.SHUTTER_COUNT,
        Eos.SERIAL_NUMBER,
        Eos.LENS_STATUS,
        Eos.LENS_NAME,
        Eos.LENS_ID,
        Eos.OLC_VERSION,
        Eos.FOCUS_INFO,
        Eos.MIRROR_DOWN,
    }
)
"""What a host cannot set, whatever the body."""
_BY_MODE = (Eos.APERTURE, Eos.SHUTTER_SPEED, Eos.ISO, Eos.EXPOSURE_COMPENSATION)
_BY_CREATIVE_MODE = (Eos.METERING, Eos.WHITE_BALANCE, Eos.PICTURE_STYLE)
"""What the photographer may choose in the creative modes only."""
_TEXTS = {Eos.OWNER: 1, Eos.ARTIST: 64, Eos.COPYRIGHT: 64}
"""What is told to a host that asks, and its bytes on a body where nothing was written."""
_SERIAL = b"0000000000\0"

Key = tuple[int, int]


class Properties:
    """What a body tells of itself by records, and what it may be told.

    Args:
        body: the camera, whose clock, owner, battery and card are properties too.
        tell: sends a record.

    Attributes:
        olc: makes the records of the body's display.
        has_lens: whether there is a lens, whose aperture can be set.
    """

    def __init__(self, body: PtpBody, tell: Tell) -> None:
        self.body = body
        self._tell = tell
        self._burst = read_records(body.profile.burst)
        self._recorded: dict[Key, bytes] = {}
        self._recorded_lists: dict[int, AvailListChanged] = {}
        for record in self._burst:
            if isinstance(record, PropValueChanged):
                self._recorded[_key(record.property, record.value)] = record.value
            elif isinstance(record, AvailListChanged):
                self._recorded_lists[record.property] = record
        own = {
            Eos.MODEL_ID: body.profile.model_id.to_bytes(4, "little"),
            Eos.SERIAL_NUMBER: _SERIAL,
        }
        if PtpQuirk.MOVIE_VIEW in body.model.quirks:
            own[Eos.EVF_MODE] = _MOVIE_VIEW.to_bytes(4, "little")
        self._changed: dict[Key, bytes] = {
            (code, 0): value for code, value in own.items() if any(value)
        }
        self._changed |= {(code, 0): bytes(size) for code, size in _TEXTS.items()}
        self._lists: dict[int, AvailListChanged] = {}
        self._ahead = self._ahead_of_utc()
        self._scales = self._read_scales()
        shows = any(isinstance(record, OlcInfoChanged) for record in self._burst)
        self.olc = Olc(self.number(Eos.OLC_VERSION, _UNTOLD if shows else 0))
        self.has_lens = True

    # --- reading ----------------------------------------------------------------------------------

    def has(self, code: int) -> bool:
        """Whether the body has a property."""
        return self._find(code) is not None

    def raw(self, code: int) -> bytes:
        """The bytes of a property; none where the body has none."""
        value = self._find(code)
        return b"" if value is None else self._live(code, value)

    def number(self, code: int, default: int = 0) -> int:
        """The value of a property that is a number; `default` where the body has none."""
        value = self.raw(code)
        return int.from_bytes(value[:4], "little") if value else default

    def text(self, code: int) -> str:
        """The value of a property that is a text; empty where the body has none."""
        return self.raw(code).partition(b"\0")[0].decode("latin-1")

    def codes(self) -> tuple[int, ...]:
        """The properties that the body has, in the order of its first burst."""
        return tuple(dict.fromkeys(code for code, _ in self._recorded))

    def allowed(self, code: int) -> tuple[int, ...] | None:
        """The numbers in the list of a property; None where it has no list."""
        row = self._list_of(code)
        return tuple(row.numbers()) if row is not None and row.form == _LIST else None

    def burst(self) -> bytes:
        """Every property as it is now, in the order of the recorded body."""
        return pack_records([now for record in self._burst for now in self._now(record)])

    def _now(self, record: Record) -> Iterator[Record]:
        """A record of the recorded burst as it is now; none for a card that is not there."""
        if isinstance(record, PropValueChanged):
            key = _key(record.property, record.value)
            value = self._live(record.property, self._changed.get(key, record.value))
            if value or not record.value:
                yield PropValueChanged(record.property, value)
        elif isinstance(record, AvailListChanged):
            yield self._lists.get(record.property, record)
        elif isinstance(record, OlcInfoChanged):
            changed: dict[int, int] = {
                code: self.number(code) for code in _BY_MODE if (code, 0) in self._changed
            }
            yield self.olc.patched(record, changed)
        elif not isinstance(record, CtgInfoCheckComplete) or self.body.card is not None:
            yield record

    def _find(self, code: int) -> bytes | None:
        return self._changed.get((code, 0), self._recorded.get((code, 0)))

    def _list_of(self, code: int) -> AvailListChanged | None:
        return self._lists.get(code, self._recorded_lists.get(code))

    def _live(self, code: int, value: bytes) -> bytes:
        """The value of a property that the body itself knows better than its recording."""
        number: int | None = None
        card = self.body.card is not None
        if code == Eos.CAMERA_TIME:
            number = self.body.seconds
        elif code == Eos.UTC_TIME:
            number = max(0, self.body.seconds - self._ahead)
        elif code == Eos.OWNER:
            return self.body.owner.encode("latin-1", "replace") + b"\0"
        elif code == Eos.BATTERY_POWER and self.body.charge is not Charge.GOOD:
            number = _LOW
        elif code == Eos.CURRENT_STORAGE and not card:
            number = int.from_bytes(value[:4], "little") & 0xFFFF0000
        elif code == Eos.CURRENT_FOLDER and not card:
            return b""
        elif code == Eos.CAPTURE_DESTINATION and not card:
            number = HOST
        return value if number is None else number.to_bytes(4, "little")

    # --- writing ----------------------------------------------------------------------------------

    def put(self, code: int, value: int | bytes) -> None:
        """Give a property a value, whatever it may be, and tell it; one that lacks is left."""
        if not self.has(code):
            return
        raw = value if isinstance(value, bytes) else value.to_bytes(4, "little")
        self._changed[_key(code, raw)] = raw
        self._tell(PropValueChanged(code, self._live(code, raw)))

    def know(self, code: int, value: int) -> None:
        """Give a property the value that it has from the start; one that lacks is left."""
        if self.has(code):
            self._changed[(code, 0)] = value.to_bytes(4, "little")

    def tell(self, code: int) -> None:
        """Tell what a property is now; one that lacks is left."""
        if self.has(code):
            self._tell(PropValueChanged(code, self.raw(code)))

    def offer(self, code: int, numbers: Sequence[int]) -> None:
        """Change what a property may be, and tell it; one that lacks is left."""
        if not self.has(code):
            return
        values = b"".join(number.to_bytes(4, "little") for number in numbers)
        self._put_list(AvailListChanged(code, _LIST, len(numbers), values))

    def _put_list(self, row: AvailListChanged) -> None:
        if self._list_of(row.property) != row:
            self._lists[row.property] = row
            self._tell(row)

    def ask(self, code: int) -> None:
        """Tell the value of a property to a host that asks for it.

        Raises:
            Status: the body has none.
        """
        if not self.has(code):
            raise Status(Response.GENERAL_ERROR)
        for key, value in (self._recorded | self._changed).items():
            if key[0] == code:
                self._tell(PropValueChanged(code, self._live(code, value)))

    def set(self, code: int, value: bytes) -> None:
        """Set a property as a host does, and tell it and what follows from it.

        Raises:
            Status: it is no property, or cannot be that now.
        """
        if not self.has(code):
            if PtpQuirk.TAKES_UNKNOWN in self.body.model.quirks:
                return
            raise Status(Response.DEVICE_PROP_NOT_SUPPORTED)
        if code in _READ_ONLY or not self._may_be(code, value):
            raise Status(Response.DEVICE_BUSY)
        if code == Eos.AUTO_POWER_OFF and PtpQuirk.KEEPS_AUTO_POWER_OFF in self.body.model.quirks:
            raise Status(Response.DEVICE_BUSY)
        if code == Eos.EVF_MODE and PtpQuirk.MOVIE_VIEW in self.body.model.quirks:
            raise Status(Response.DEVICE_BUSY)
        if code in (Eos.CAMERA_TIME, Eos.UTC_TIME):
            ahead = self._ahead if code == Eos.UTC_TIME else 0
            self.body.set_seconds(int.from_bytes(value[:4], "little") + ahead)
        elif code == Eos.OWNER:
            self.body.owner = value.split(b"\0")[0].decode("latin-1")
        self.turn(code, value)

    def turn(self, code: int, value: bytes) -> None:
        """Turn a setting in the menu of the body, to whatever it may be there."""
        self.put(code, value)
        if code in _BRACKETS:  # Guess: the bracketing follows its step
            self.put(Eos.BRACKET_MODE, _BRACKETS[Eos(code)] if any(value) else 0)
        if code == Eos.AE_MODE:
            self.follow_mode()
        elif code in (Eos.HDR_PQ, Eos.IMAGE_FORMAT, Eos.IMAGE_FORMAT_CF):
            self._follow_formats()

    def _may_be(self, code: int, value: bytes) -> bool:
        row = self._list_of(code)
        if code in _WRITABLE_ALWAYS:
            # Live view was off in the menu of the recorded 1000D: its list is empty (section 6).
            free = code != Eos.EVF_OUTPUT or not any(value) or not row or not row.count
            if free:
                return bool(value)
        if row is None or row.form != _LIST:
            return bool(value)
        if code == Eos.POWER_ZOOM_POSITION:  # its list has the last position alone
            return value[:4][::-1] <= bytes(row.values)[:4][::-1]
        # Guess: of an empty list nothing is taken, of lists of structures what stands in them.
        return value in _entries(bytes(row.values), row.count)

    # --- the mode dial ----------------------------------------------------------------------------

    @property
    def mode(self) -> int:
        """The shooting mode."""
        return self.number(Eos.AE_MODE)

    def turn_dial(self, mode: int) -> None:
        """Turn the mode dial."""
        self.put(Eos.AE_MODE_DIAL, mode)
        self.put(Eos.AE_MODE, mode)
        self.follow_mode()

    def follow_mode(self) -> None:
        """Let the settings and what they may be follow the shooting mode."""
        mode, scales = self.mode, self._scales
        usual: dict[Eos, int] = dict(zip(_BY_MODE, (0x38, 0x70, 0, 0), strict=True))
        lists = {
            Eos.APERTURE: scales.apertures_in(mode) if self.has_lens else (),
            Eos.SHUTTER_SPEED: scales.times_in(mode),
            Eos.ISO: scales.speeds_in(mode),
            Eos.EXPOSURE_COMPENSATION: scales.biases_in(mode),
        }
        for code, numbers in lists.items():
            self.offer(code, numbers)
            now = self.number(code)
            if numbers and now not in numbers:
                self.put(code, usual[code] if usual[code] in numbers else numbers[0])
            elif not numbers and now:
                self.put(code, 0)
        for code in _BY_CREATIVE_MODE:
            row = self._recorded_lists.get(code)
            if row is not None:
                empty = AvailListChanged(code, row.form, 0, b"")
                self._put_list(row if mode in CREATIVE else empty)
        self._follow_formats()

    def _follow_formats(self) -> None:
        """Offer the formats of pictures, where the recorded body was in a mode without any.

        Guess: with HDR PQ each JPEG is a HEIF, as large and as much compressed.
        """
        for code in (Eos.IMAGE_FORMAT, Eos.IMAGE_FORMAT_CF):
            row = self._recorded_lists.get(code)
            if row is None:
                continue
            if not row.count and self.mode in CREATIVE:
                row = AvailListChanged(code, _LIST, len(_FORMATS), b"".join(_FORMATS))
            if self.number(Eos.HDR_PQ):
                entries = [self._as_heif(one) for one in _entries(bytes(row.values), row.count)]
                row = AvailListChanged(code, row.form, row.count, b"".join(entries))
            if (now := self._as_heif(self.raw(code))) != self.raw(code):
                self.put(code, now)
            self._put_list(row)

    def _as_heif(self, files: bytes) -> bytes:
        """The same files, with a HEIF for each JPEG where HDR PQ is on, else the other way."""
        was, becomes = (JPEG, HEIF) if self.number(Eos.HDR_PQ) else (HEIF, JPEG)
        told = bytearray(files)
        for at in range(_KIND_AT, len(files), FORMAT_FILE):
            if told[at] == was:
                told[at] = becomes
        return bytes(told)

    def _ahead_of_utc(self) -> int:
        """How many seconds the clock of the recorded body was ahead of UTC, in whole quarters."""
        local, utc = (self._recorded.get((code, 0)) for code in (Eos.CAMERA_TIME, Eos.UTC_TIME))
        if local is None or utc is None:
            return 0
        ahead = int.from_bytes(local, "little") - int.from_bytes(utc, "little")
        return round(ahead / _QUARTER) * _QUARTER

    def _read_scales(self) -> Scales:
        """What the body could offer: what it did when it was recorded, or else what most do."""
        told: dict[str, tuple[int, ...]] = {}
        for name, code in (
            ("apertures", Eos.APERTURE),
            ("times", Eos.SHUTTER_SPEED),
            ("speeds", Eos.ISO),
            ("biases", Eos.EXPOSURE_COMPENSATION),
        ):
            if len(numbers := self.allowed(code) or ()) > 1:
                told[name] = tuple(number for number in numbers if number != BULB)
        bulb = self.allowed(Eos.SHUTTER_SPEED) or ()
        on_dial = self.body.profile.bulb_on_dial and not (self.mode == Mode.MANUAL and BULB in bulb)
        return Scales(**told, bulb_on_dial=on_dial)


def _key(code: int, value: bytes) -> Key:
    """What of the properties a value is: custom functions come group by group."""
    group = int.from_bytes(value[8:12], "little") if code == Eos.CUSTOM_FUNC_EX else 0
    return code, 0 if group == 1 else group


def _entries(values: bytes, count: int) -> list[bytes]:
    """The entries of a list, each as it is written; those of picture formats are structures."""
    if len(values) == 4 * count:
        return [values[at : at + 4] for at in range(0, len(values), 4)]
    entries: list[bytes] = []
    at = 0
    while len(entries) < count and at + 4 <= len(values):
        files = int.from_bytes(values[at : at + 4], "little")
        size = 4 + 16 * files
        if files not in (1, 2):  # the time zones, whose first word is their size
            size = max(4, files)
        entries.append(values[at : at + size])
        at += size
        while values[at : at + 4] == bytes(4):  # one file in the room of two
            at += 4
    return entries
