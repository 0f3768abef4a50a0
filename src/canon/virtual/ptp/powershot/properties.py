"""The properties of a virtual PTP camera: those of its profile, with the values of a real body.

What a property may be follows the shooting mode where the profile says so; the clock, the owner
and the battery are the body's own (canon-powershot-ptp, section 3).
"""

from __future__ import annotations

import dataclasses

from canon.errors import DecodeError
from canon.ptp.datasets import (
    Choices,
    DevicePropDesc,
    PropertyValue,
    Range,
    read_value,
    write_value,
)
from canon.ptp.operations import Response
from canon.ptp.powershot.layouts import Property
from canon.virtual.charge import Charge
from canon.virtual.ptp.profile import PtpBody
from canon.virtual.refusal import Status

# The battery's status, as libgphoto2 names it: normal, warning level 1, emergency.
_STATUS = {Charge.GOOD: 1, Charge.LOW: 2, Charge.EMPTY: 3}
_FROM_AC, _LITHIUM = 1, 2  # its kind
_MOST_MODES = 15


class Properties:
    """What a body tells by properties, and what it may be told.

    Args:
        body: the camera, whose clock, owner and battery are properties too.
    """

    def __init__(self, body: PtpBody) -> None:
        self.body = body
        self._rows = dict(body.profile.values)
        self._rules = body.profile.by_mode

    def describe(self, code: int) -> DevicePropDesc:
        """A property as it is now."""
        if code not in self._rows:
            raise Status(Response.DEVICE_PROP_NOT_SUPPORTED)
        row = self._rows[code]
        rule = self._rules.get((self.number(Property.SHOOTING_MODE), code))
        if rule is not None:
            row = dataclasses.replace(row, writable=int(rule.writable), form=rule.form)
        live = self._live(code, row.current)
        return row if live == row.current else dataclasses.replace(row, current=live)

    def number(self, code: Property, default: int = 0) -> int:
        """The value of a property that is a number; `default` where the body has none."""
        row = self._rows.get(code)
        return row.current if row and isinstance(row.current, int) else default

    def numbers(self, code: Property) -> tuple[int, ...]:
        """The value of a property that is a list of numbers; none where the body has none."""
        row = self._rows.get(code)
        return row.current if row and isinstance(row.current, tuple) else ()

    def choices(self, code: Property) -> tuple[PropertyValue, ...]:
        """What a property may be now; nothing where the body has no list for it."""
        form = self.describe(code).form if code in self._rows else None
        return form.values if isinstance(form, Choices) else ()

    def steps(self, code: Property) -> range:
        """The numbers that a property may be; none where the body has no range for it."""
        form = self.describe(code).form if code in self._rows else None
        return _steps(form) if isinstance(form, Range) else range(0)

    def put(self, code: int, value: PropertyValue) -> None:
        """Give a property a value, whatever it may be; one that the body lacks is left."""
        if code in self._rows:
            self._rows[code] = dataclasses.replace(self._rows[code], current=value)

    def set(self, code: int, data: bytes) -> None:
        """Set a property as a host does.

        Raises:
            Status: it is no property, cannot be set, or may not be that.
        """
        row = self.describe(code)
        if not row.writable:
            raise Status(Response.ACCESS_DENIED)
        try:
            value, end = read_value(row.kind, data)
        except DecodeError:
            raise Status(Response.INVALID_DEVICE_PROP_FORMAT) from None
        if end != len(data):
            raise Status(Response.INVALID_DEVICE_PROP_FORMAT)
        if not _may_be(row, value):
            raise Status(Response.INVALID_DEVICE_PROP_VALUE)
        if code == Property.TIME and isinstance(value, int):
            self.body.set_seconds(value)
        elif code == Property.OWNER and isinstance(value, tuple):
            self.body.owner = bytes(value).split(b"\0")[0].decode("latin-1")
        self.put(code, value)

    def reset(self, code: int) -> None:
        """Set a property to its default; raises as `set` does."""
        row = self.describe(code)
        self.set(code, write_value(row.kind, row.default))

    def _live(self, code: int, value: PropertyValue) -> PropertyValue:
        """The value of a property that the body itself knows better than its profile."""
        if code == Property.TIME:
            return self.body.seconds
        if code == Property.OWNER:
            owner = self.body.owner.encode("latin-1", "replace")
            return (*owner, 0) if owner else ()
        if code == Property.BATTERY_STATUS:
            return _STATUS[self.body.charge]
        if code == Property.BATTERY_KIND:
            return _FROM_AC if self.body.on_ac else _LITHIUM if value == _FROM_AC else value
        return value


def _steps(form: Range) -> range:
    ends = form.minimum, form.maximum, form.step
    first, last, step = (end for end in ends if isinstance(end, int))
    return range(first, last + 1, step)


def _may_be(row: DevicePropDesc, value: PropertyValue) -> bool:
    if row.code == Property.CAPTURE_TRANSFER_MODE:
        # 0x0d is taken where only 1, 2 and 3 are listed (section 3).
        return isinstance(value, int) and 0 < value <= _MOST_MODES
    if isinstance(row.form, Choices):
        # Guess (section 3): of an empty list, as an S60's aperture has in Auto, nothing is taken.
        return value in row.form.values
    if isinstance(row.form, Range):
        return value in _steps(row.form)
    return True
