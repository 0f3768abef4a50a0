"""Kinds of settings: how a value is typed, printed, and told in JSON.

The choices are loaded when the first of them is typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from canon import values
from canon.values.scales import Aperture, Compensation, Iso, Scale, ShutterSpeed

T = TypeVar("T")

_ON = ("on", "yes", "true", "1")
_OFF = ("off", "no", "false", "0")
_MOST_SECONDS = 6553.5  # a camera counts tenths of them in two bytes


class Kind(Generic[T]):
    """One kind of setting.

    Args:
        name: what a page would draw for it: "choice", "scale", "switch", "number", "seconds",
            "text", "format" or "raw".
        parse: gives the value that a person means; ValueError where no camera has it.
        label: gives a value as people read it, and as it can be typed back.
        plain: gives a value for JSON; its label when left out.
    """

    def __init__(
        self,
        name: str,
        parse: Callable[[object], T],
        label: Callable[[T], str] = str,
        plain: Callable[[T], object] | None = None,
    ) -> None:
        self.name, self.parse, self.label = name, parse, label
        self.plain: Callable[[T], object] = plain or label

    def __repr__(self) -> str:
        return f"<Kind {self.name}>"


def _as_it_is(value: object) -> object:
    return value


def _number_and_label(value: Scale) -> dict[str, object]:
    number = value.number
    size = None if number is None else float(number)
    if size is not None and size.is_integer():
        return {"label": str(value), value.unit: int(size)}
    return {"label": str(value), value.unit: size}


def _on_off(typed: object) -> bool:
    word = str(typed).strip().lower()
    if word not in _ON + _OFF:
        raise ValueError(f"{typed!r} is neither on nor off")
    return word in _ON


def _on_off_label(value: bool) -> str:
    return "on" if value else "off"


def _whole(typed: object, *, first: int, last: int) -> int:
    text = str(typed).strip().lower()
    number = int(text, 16) if re.fullmatch(r"0x[\da-f]{1,16}", text) else None
    if re.fullmatch(r"[+-]?\d{1,20}", text):
        number = int(text)
    if number is None or not first <= number <= last:
        raise ValueError(f"{typed!r} is no step; give a whole number from {first} to {last}")
    return number


def _measure(typed: object) -> float:
    try:
        return float(str(typed))
    except ValueError:
        raise ValueError(f"{typed!r} is no number") from None


def _seconds(typed: object) -> float:
    try:
        seconds = float(str(typed).strip().lower().removesuffix("s"))
    except ValueError:
        seconds = -1
    if not 0 <= seconds < _MOST_SECONDS:
        raise ValueError(f"{typed!r} is no time; give seconds, as 2 or 10")
    return seconds


def _short(value: float) -> str:
    return f"{value:g}"


def _files(value: values.Format) -> dict[str, object]:
    files = [
        {"kind": file.kind, "size": file.size, "quality": file.quality} for file in value.files
    ]
    return {"label": str(value), "files": files}


def _bytes(typed: object) -> bytes:
    if isinstance(typed, bytes | bytearray):
        return bytes(typed)
    try:
        return bytes.fromhex(str(typed))
    except ValueError:
        raise ValueError(f"{typed!r} are no bytes; give hex digits, as 00ff12") from None


def whole(first: int, last: int) -> Kind[int]:
    """Whole numbers from `first` to `last`."""
    return Kind("number", partial(_whole, first=first, last=last), str, _as_it_is)


AF_DISTANCE = Kind("choice", lambda typed: values.AfDistance.parse(typed))
DRIVE_MODE = Kind("choice", lambda typed: values.DriveMode.parse(typed))
FLASH = Kind("choice", lambda typed: values.Flash.parse(typed))
FOCUSING_POINT = Kind("choice", lambda typed: values.FocusingPoint.parse(typed))
FOCUS_MODE = Kind("choice", lambda typed: values.FocusMode.parse(typed))
METERING = Kind("choice", lambda typed: values.Metering.parse(typed))
PHOTO_EFFECT = Kind("choice", lambda typed: values.PhotoEffect.parse(typed))
SHOOTING_MODE = Kind("choice", lambda typed: values.ShootingMode.parse(typed))
WHITE_BALANCE = Kind("choice", lambda typed: values.WhiteBalance.parse(typed))
APERTURE = Kind("scale", Aperture.parse, str, _number_and_label)
COMPENSATION = Kind("scale", Compensation.parse, str, _number_and_label)
ISO = Kind("scale", Iso.parse, str, _number_and_label)
SHUTTER_SPEED = Kind("scale", ShutterSpeed.parse, str, _number_and_label)
SWITCH = Kind("switch", _on_off, _on_off_label, _as_it_is)
STEPS = whole(-127, 126)
ZOOM_STEPS = whole(0, 254)
MEASURE = Kind("number", _measure, _short, _as_it_is)
"""Numbers that a camera tells and nobody sets, such as millimetres."""
SECONDS = Kind("seconds", _seconds, _short, _as_it_is)
FORMAT = Kind("format", lambda typed: values.Format.parse(typed), str, _files)
TEXT: Kind[str] = Kind("text", str)
RAW = Kind("raw", _bytes, bytes.hex)
"""Bytes that nobody has explained; they are read and typed as hex digits."""
