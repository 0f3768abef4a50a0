"""What a PowerShot in release control is set to, and its zoom: properties that it lists then.

The camera is the judge: a setting is written and read back, and only when it was not taken is the
property described, to say what it takes (canon-powershot-ptp, section 3).
"""

from __future__ import annotations

from collections.abc import Mapping

from canon.driver import ZoomPosition
from canon.errors import BadParameter, NotSupported, Refused, ValueRefused
from canon.ptp.datasets import Choices, DataType, DevicePropDesc, Range
from canon.ptp.powershot.codes import BY_NAME, FIELDS, FIRST, LENGTHS, MISSING, PICTURE_KINDS, Field
from canon.ptp.powershot.layouts import Property
from canon.ptp.properties import Properties, as_int, may_refuse
from canon.ptp.session import LOST
from canon.values import ImageFormat, ImageSize, Quality

_LENS_S = 15.0
_MOST_STEPS = 1024


class PtpSettings:
    """The settings of one PowerShot; they are there while release control is on.

    Args:
        listed: what the camera lists of itself.
    """

    def __init__(self, listed: Properties) -> None:
        self._listed = listed

    def read(self, *names: str) -> dict[str, object]:
        """The settings of these names, or every one that the camera lists, one question each."""
        values: dict[str, object] = {}
        for row in FIELDS:
            if not names or row.name in names:
                number = self._known(row.code, row.kind)
                if number is not None:
                    values[row.name] = row.read(number)
        lengths = {name: code for name, code in LENGTHS.items() if not names or name in names}
        if lengths and (unit := self._length(Property.FOCAL_LENGTH_DENOMINATOR)):
            for name, code in lengths.items():
                if length := self._length(code):
                    values[name] = length / unit
        return values

    def change(self, changes: Mapping[str, object]) -> dict[str, object]:
        """Write the settings one by one, those first on which others hang, and read them back.

        Raises:
            ValueRefused: the camera refused one; those before it are written.
        """
        written = [row for row in FIELDS if row.name in changes and self._listed.has(row.code)]
        for row in sorted(written, key=_turn):
            self._write(row, changes[row.name])
        return {row.name: row.read(self._number(row.code, row.kind)) for row in written}

    def _write(self, row: Field, value: object) -> None:
        if row.write is None:
            raise ValueRefused(row.name, value, ())
        try:
            self._listed.write(row.code, row.kind, row.write(value))
        except Refused as refusal:
            if type(refusal) not in (Refused, BadParameter) or refusal.code in LOST:
                raise  # it is busy, or its battery is low: no other value would do
            allowed: tuple[object, ...] | None = None  # it may not even tell
            with may_refuse():
                allowed = self.allowed(row.name)
            raise ValueRefused(row.name, value, allowed, refusal.code, refusal.command) from refusal

    def allowed(self, name: str) -> tuple[object, ...]:
        """What the camera's description of the property lists now."""
        row = BY_NAME.get(name)
        if row is None or not self._listed.has(row.code):
            return ()
        return _allowed(row, self._listed.describe(row.code))

    def zoom(self) -> ZoomPosition:
        """Where the zoom stands, and its last position."""
        about = self._zoom()
        return ZoomPosition(as_int(about.current), as_int(_ends(about)[1]))

    def set_zoom(self, position: int) -> None:
        """Move the zoom; ValueRefused outside its range, before anything is sent."""
        about = self._zoom()
        first, last = _ends(about)
        if not first <= position <= last:
            raise ValueRefused("zoom", position, (f"{first} to {last}",))
        self._listed.write(Property.ZOOM, about.kind, position, timeout_s=_LENS_S)

    def _zoom(self) -> DevicePropDesc:
        self._listed.need(Property.ZOOM, "zoom that a computer can move")
        return self._listed.describe(Property.ZOOM)

    def shots_in(self, room: int) -> int:
        """How many pictures, as they are set now, fit into so many bytes."""
        form = ImageFormat(self._listed.number(Property.FULL_VIEW_FILE_FORMAT))
        size = ImageSize(self._listed.number(Property.IMAGE_SIZE))
        if form is ImageFormat.RAW:
            size = ImageSize.LARGE
        quality = Quality(self._listed.number(Property.IMAGE_QUALITY))
        return room // self.estimated_size(size, form, quality)

    def estimated_size(self, size: ImageSize, form: ImageFormat, quality: Quality) -> int:
        """How many bytes a picture of that kind takes, by AVERAGE_FILE_SIZES."""
        self._listed.need(Property.AVERAGE_FILE_SIZES, "table of how large pictures are")
        sizes = self._listed.value(Property.AVERAGE_FILE_SIZES, DataType.AUINT32)
        wanted = size, Quality.RAW if form is ImageFormat.RAW else quality
        found = dict(enumerate(sizes if isinstance(sizes, tuple) else (), start=1))
        for code, kind in PICTURE_KINDS.items():
            if kind == wanted and found.get(code):
                return found[code]
        raise NotSupported(self._listed.name, f"known length of {form} pictures, {size}, {quality}")

    def _length(self, code: Property) -> int | None:
        return self._known(code, DataType.UINT16)

    def _known(self, code: Property, kind: DataType) -> int | None:
        """The number of a setting; None when the camera does not have it, or not now."""
        number = None
        if self._listed.has(code):
            with may_refuse():
                number = self._number(code, kind)
        return None if number in MISSING[kind] else number

    def _number(self, code: Property, kind: DataType) -> int:
        return self._listed.number(code, signed=kind is DataType.INT8)


def _turn(row: Field) -> int:
    """When a setting is written, among others."""
    return FIRST.index(row.code) if row.code in FIRST else len(FIRST)


def _allowed(row: Field, about: DevicePropDesc) -> tuple[object, ...]:
    """What a property may be now, as values."""
    if not about.writable or row.write is None:
        return ()
    if isinstance(about.form, Choices):
        return tuple(row.read(number) for number in map(as_int, about.form.values))
    if isinstance(about.form, Range):
        first, last = _ends(about)
        step = max(1, as_int(about.form.step))
        return tuple(map(row.read, range(first, last + 1, step)[:_MOST_STEPS]))
    return ()


def _ends(about: DevicePropDesc) -> tuple[int, int]:
    """The first and the last number of a range; both are the present one where there is none."""
    if isinstance(about.form, Range):
        return as_int(about.form.minimum), as_int(about.form.maximum)
    return as_int(about.current), as_int(about.current)
