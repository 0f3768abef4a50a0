"""How a port learns what its device says of itself (USB 2.0, section 9.4.3)."""

from __future__ import annotations

from typing import Protocol

from canon.errors import PortStalled, PortTimeout, ProtocolError
from canon.usb.port import Descriptors

GET_DESCRIPTOR = 6
_DEVICE, _CONFIGURATION, _STRING = 1, 2, 3
_STANDARD_IN = 0x80
_LONGEST_STRING = 255


class ControlIn(Protocol):
    """The `control_in` of a port."""

    def __call__(
        self, request: int, value: int, index: int, length: int, *, kind: int = ...
    ) -> bytes:
        """Ask for up to `length` bytes."""
        ...


def read_descriptors(control_in: ControlIn) -> Descriptors:
    """Ask a device for its descriptors and for the strings that its device descriptor names.

    Raises:
        ProtocolError: what came is too short to be a descriptor.
        PortError: the device does not answer.
    """

    def ask(kind: int, number: int, length: int, language: int = 0) -> bytes:
        return control_in(GET_DESCRIPTOR, kind << 8 | number, language, length, kind=_STANDARD_IN)

    def text(number: int, language: int) -> str:
        raw = ask(_STRING, number, _LONGEST_STRING, language)
        return raw[2 : raw[0] if raw else 0].decode("utf-16-le", "replace")

    device = ask(_DEVICE, 0, 18)
    head = ask(_CONFIGURATION, 0, 9)
    if len(device) < 18 or len(head) < 9:
        raise ProtocolError("the device's own description is cut short", "unplug it and try again")
    configuration = ask(_CONFIGURATION, 0, int.from_bytes(head[2:4], "little"))
    strings = {}
    try:
        language = int.from_bytes(ask(_STRING, 0, _LONGEST_STRING)[2:4], "little")
        for number in sorted({*device[14:17]} - {0}):
            strings[number] = text(number, language)
    except (PortStalled, PortTimeout):
        pass  # strings are for people; a device may have none
    return Descriptors(device, configuration, strings)
