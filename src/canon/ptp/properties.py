"""What a PTP camera lists of itself: the operations that it carries out, and its properties.

Nothing that it does not list is asked for: that is NotSupported, before anything is sent.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from canon.errors import DecodeError, DeviceBusy, NotSupported, Refused
from canon.log import Log
from canon.ptp.datasets import (
    DataType,
    DevicePropDesc,
    PropertyValue,
    Range,
    read_value,
    write_value,
)
from canon.ptp.operations import (
    Bytes,
    GetDevicePropDesc,
    GetDevicePropValue,
    Operation,
    SetDevicePropValue,
)
from canon.ptp.session import LOST, TIMEOUT_S, Session

_log = Log(__name__)

_LONGEST = 16  # bytes of a number


class Properties:
    """The operations and properties of one session.

    Args:
        session: the conversation.
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def name(self) -> str:
        """The camera's name without the maker's, for messages."""
        return self.session.info.model.removeprefix("Canon ") or "camera"

    def must(self, operation: type[Operation[Any]], feature: str) -> None:
        """NotSupported unless the camera has an operation."""
        if not self.session.supports(operation):
            raise NotSupported(self.name, feature)

    def has(self, code: int) -> bool:
        """Whether the camera has a property."""
        return code in self.session.info.properties

    def need(self, code: int, feature: str) -> None:
        """NotSupported unless the camera has a property."""
        if not self.has(code):
            raise NotSupported(self.name, feature)

    def describe(self, code: int) -> DevicePropDesc:
        """A property: its type, value and choices."""
        return self.session.call(GetDevicePropDesc(code))

    def value(self, code: int, kind: DataType) -> PropertyValue:
        """The value of a property whose type is known."""
        return read_value(kind, self.session.call(GetDevicePropValue(code)).data)[0]

    def number(self, code: int, *, signed: bool = False) -> int:
        """The value of a property that is a number, of whatever length that numbers have."""
        data = self.session.call(GetDevicePropValue(code)).data
        if not 0 < len(data) <= _LONGEST:
            name = code.name if isinstance(code, enum.Enum) else f"property {code:#06x}"
            raise DecodeError(f"{len(data)} bytes are no number", 0, name)
        return int.from_bytes(data, "little", signed=signed)

    def write(
        self, code: int, kind: DataType, value: PropertyValue, *, timeout_s: float = TIMEOUT_S
    ) -> None:
        """Write a property; ValueError when the value does not fit its type."""
        data = Bytes(write_value(kind, value))
        self.session.call(SetDevicePropValue(code), data, timeout_s=timeout_s)


def as_int(value: PropertyValue) -> int:
    """A value that has to be a number; DecodeError when it is none."""
    if not isinstance(value, int):
        raise DecodeError(f"{value!r} is no number", 0, "DevicePropDesc")
    return value


def ends_of(about: DevicePropDesc) -> tuple[int, int]:
    """The first and the last number of a range; both are the present one where there is none."""
    if isinstance(about.form, Range):
        return as_int(about.form.minimum), as_int(about.form.maximum)
    return as_int(about.current), as_int(about.current)


@contextmanager
def may_refuse() -> Iterator[None]:
    """Let a refusal pass: what a camera lists it may not tell, or not now.

    One that is busy, or has lost the session, is an error all the same.
    """
    try:
        yield
    except Refused as error:
        if error.code in LOST or isinstance(error, DeviceBusy):
            raise
        _log.info("left out: %s", error)
