"""What a camera is set to: read it, ask what is allowed, change several things at once."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, Never, TypeVar, overload

from canon.camera.control import RemoteControl
from canon.camera.raw import Ptp
from canon.driver import Driver, Remote
from canon.errors import BadParameter, NotSupported, ValueRefused
from canon.values import (
    AfDistance,
    Aperture,
    Compensation,
    DriveMode,
    Flash,
    FocusingPoint,
    FocusMode,
    ImageFormat,
    ImageSize,
    Iso,
    Metering,
    PhotoEffect,
    Quality,
    ShootingMode,
    ShutterSpeed,
    WhiteBalance,
)

T = TypeVar("T")
MACRO = "macro"
_ON = {"on": True, "yes": True, "true": True, "1": True}
_OFF = {"off": False, "no": False, "false": False, "0": False}
_MOST_SECONDS = 6553.5  # the camera counts tenths of them in two bytes


class Setting(Generic[T]):
    """One setting of one camera, as in `cam.settings.iso`."""

    def __init__(self, settings: Settings, name: str) -> None:
        self.name = name
        self._settings = settings

    @property
    def value(self) -> T:
        """What it is now.

        Raises:
            NotSupported: this camera does not have it, or not in its present mode.
        """
        return self._settings.read(self.name)[self.name]  # type: ignore[return-value]  # by _Named's kind

    @property
    def allowed(self) -> tuple[T, ...]:
        """What the camera itself allows now; empty when it does not say."""
        return self._settings.allowed(self.name)  # type: ignore[return-value]  # by _Named's kind

    def set(self, value: object) -> None:
        """Change it; what people type is understood: "f/8", "1/125", 400, "macro".

        Raises:
            ValueError: no camera has such a value.
            ValueRefused: this camera does not take it now; the error has what it takes.
        """
        self._settings.set(**{self.name: value})

    def __repr__(self) -> str:
        return f"<Setting {self.name}>"


class _Named(Generic[T]):
    """A setting as an attribute of `Settings`; `parse` turns what people type into its value."""

    def __init__(self, parse: Callable[[object], T] | None) -> None:
        self.parse = parse

    def __set_name__(self, owner: builtins.type[Settings], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, settings: None, owner: builtins.type[Settings]) -> _Named[T]: ...
    @overload
    def __get__(self, settings: Settings, owner: builtins.type[Settings]) -> Setting[T]: ...
    def __get__(
        self, settings: Settings | None, owner: builtins.type[Settings]
    ) -> _Named[T] | Setting[T]:
        return self if settings is None else Setting(settings, self.name)

    def __set__(self, settings: Settings, value: Never) -> None:
        raise AttributeError(f"write settings.{self.name}.set({value!r}), or settings.set(…)")


def _on_off(text: object) -> bool:
    known = _ON | _OFF
    if str(text).strip().lower() not in known:
        raise ValueError(f"{text!r} is neither on nor off")
    return known[str(text).strip().lower()]


def _seconds(text: object) -> float:
    try:
        seconds = float(str(text).strip().lower().removesuffix("s"))
    except ValueError:
        seconds = -1
    if not 0 <= seconds < _MOST_SECONDS:
        raise ValueError(f"{text!r} is no time; give seconds, as 2 or 10")
    return seconds


def _step(first: int, last: int) -> Callable[[object], int]:
    """Reads a whole number from `first` to `last`."""

    def parse(text: object) -> int:
        typed = str(text).strip()
        if not re.fullmatch(r"[+-]?\d{1,3}", typed) or not first <= int(typed) <= last:
            raise ValueError(f"{text!r} is no step; give a whole number from {first} to {last}")
        return int(typed)

    return parse


class Settings:
    """The settings of one camera. Made by `Camera`; use `cam.settings`.

    Each is read, asked and changed by its name: `cam.settings.iso.value`, `.allowed`, `.set(400)`.
    Where a body wants it, release control is entered for that and left again; inside
    `with cam.remote():` it stays on, which saves the seconds that the lens takes.
    """

    __slots__ = ("_control", "_ptp")

    quality = _Named(Quality.parse)
    image_format = _Named(ImageFormat.parse)
    image_size = _Named(ImageSize.parse)
    self_timer = _Named(_seconds)
    flash = _Named(Flash.parse)
    beep = _Named(_on_off)
    shooting_mode = _Named(ShootingMode.parse)
    drive_mode = _Named(DriveMode.parse)
    digital_zoom = _Named(_step(0, 254))
    metering = _Named(Metering.parse)
    macro = _Named(_on_off)
    af_distance = _Named(AfDistance.parse)
    focusing_point = _Named(FocusingPoint.parse)
    white_balance = _Named(WhiteBalance.parse)
    focus_mode = _Named(FocusMode.parse)
    contrast = _Named(_step(-127, 126))
    saturation = _Named(_step(-127, 126))
    sharpness = _Named(_step(-127, 126))
    iso = _Named(Iso.parse)
    aperture = _Named(Aperture.parse)
    shutter_speed = _Named(ShutterSpeed.parse)
    exposure_compensation = _Named(Compensation.parse)
    flash_compensation = _Named(Compensation.parse)
    photo_effect = _Named(PhotoEffect.parse)
    assist_light = _Named(_on_off)
    auto_rotate = _Named(_on_off)
    largest_aperture: _Named[Aperture] = _Named(None)
    smallest_aperture: _Named[Aperture] = _Named(None)
    focal_length: _Named[float] = _Named(None)
    focal_length_wide: _Named[float] = _Named(None)
    focal_length_tele: _Named[float] = _Named(None)
    rotation: _Named[int] = _Named(None)

    def __init__(self, control: RemoteControl, ptp: Ptp) -> None:
        self._control = control
        self._ptp = ptp

    def __repr__(self) -> str:
        return f"<Settings: {', '.join(NAMES)}>"

    def __iter__(self) -> Iterator[str]:
        """The names of the settings that this camera has now."""
        return iter(self.read())

    def __getitem__(self, name: str) -> Setting[object]:
        """The setting of that name, or a property by its number; ValueError when there is none."""
        if not _is_number(name):
            _kind(name)
        return Setting(self, name)

    def read(self, *names: str) -> Values:
        """The settings of these names, or all that the camera has now, with their values.

        Raises:
            ValueError: there is no setting of that name.
        """
        values: dict[str, object] = {}
        numbers = [name for name in names if _is_number(name)]
        for name in names:
            _ = self[name]
        named = ["af_distance" if name == MACRO else name for name in names if name not in numbers]
        if named or not names:
            with self._control.turn(_remote, _FEATURE) as remote:
                values |= _with_macro(remote.settings(*named))
        for number in numbers:
            with self._listed(number) as code:
                values[number] = self._ptp.get(code)
        if names:
            values = {name: values[name] for name in names if name in values}
        return Values(values, self._control.model)

    def allowed(self, name: str) -> tuple[object, ...]:
        """What the camera itself allows for a setting now; empty when it does not say."""
        if _is_number(name):
            with self._listed(name) as code:
                return self._ptp.allowed(code)
        with self._control.turn(_remote, _FEATURE) as remote:
            if name != MACRO:
                return remote.allowed(name)
            distances = remote.allowed("af_distance")
            return tuple(
                on for on, code in _MACRO_DISTANCE.items() if not distances or code in distances
            )

    def set(self, **changes: object) -> dict[str, object]:
        """Change several settings at once, and read them back.

        Returns:
            The settings that were changed, as the camera now has them.

        Raises:
            ValueError: there is no such setting, no camera has such a value, or the setting can
                only be read.
            ValueRefused: the camera did not take a value; the error has what it takes.
            NotSupported: this camera does not have the setting.
        """
        numbers = {name: value for name, value in changes.items() if _is_number(name)}
        wanted = {
            name: _parsed(name, value) for name, value in changes.items() if name not in numbers
        }
        return (self._set_named(wanted) if wanted else {}) | self._set_numbers(numbers)

    def _set_named(self, changes: Mapping[str, object]) -> dict[str, object]:
        wanted = dict(changes)
        if MACRO in wanted:
            wanted["af_distance"] = _MACRO_DISTANCE[bool(wanted.pop(MACRO))]
        with self._control.turn(_remote, _FEATURE) as remote:
            try:
                now = remote.change(wanted)
                for name, value in wanted.items():
                    if name not in now:
                        raise _missing(self._control.model, name)
                    if now[name] != value:
                        raise ValueRefused(name, value, remote.allowed(name))
            except ValueRefused as error:
                _advise(error)
                raise
            return {name: value for name, value in _with_macro(now).items() if name in changes}

    def _set_numbers(self, changes: Mapping[str, object]) -> dict[str, object]:
        values: dict[str, object] = {}
        for number, value in changes.items():
            with self._listed(number) as code:
                try:
                    self._ptp.set(code, value)
                except BadParameter as refusal:
                    allowed = self._ptp.allowed(code)
                    raise ValueRefused(
                        number, value, allowed, refusal.code, refusal.command
                    ) from refusal
                values[number] = self._ptp.get(code)
        return values

    @contextmanager
    def _listed(self, number: str) -> Iterator[int]:
        """A property's code; release control for what the camera lists only in it."""
        code = int(number, 16)
        if code in self._ptp.properties:
            yield code
        else:
            with self._control.turn(_remote, _FEATURE):
                yield code


class Values(dict[str, object]):
    """Settings and their values, as they were read; NotSupported for one that is not among them."""

    def __init__(self, values: Mapping[str, object], model: str) -> None:
        super().__init__(values)
        self._model = model

    def __missing__(self, name: str) -> object:
        if name not in NAMES:
            raise KeyError(name)
        raise _missing(self._model, name)


def _remote(driver: Driver) -> Remote | None:
    return driver.remote


_FEATURE = "remote control"
_KINDS = {name: kind for name, kind in vars(Settings).items() if isinstance(kind, _Named)}
NAMES = tuple(_KINDS)
"""The names of all settings, those that can only be read at the end."""
_TOGETHER = ("image_format", "image_size", "quality")
_BY_MODE = ("aperture", "shutter_speed")
_MACRO_DISTANCE = {False: AfDistance.AUTO, True: AfDistance.CLOSE_UP}


def _is_number(name: str) -> bool:
    return re.fullmatch(r"0[xX][0-9a-fA-F]{1,4}", name) is not None


def _kind(name: str) -> _Named[object]:
    if name not in _KINDS:
        raise ValueError(f"there is no setting {name!r}; there are: {', '.join(NAMES)}")
    return _KINDS[name]


def _missing(model: str, name: str) -> NotSupported:
    return NotSupported(model, f"setting {name} in its present mode")


def _advise(error: ValueRefused) -> None:
    """Let the error say what may help."""
    if error.setting in _TOGETHER and error.value in (error.allowed or ()):
        error.advice = f"it goes with certain others only: set {', '.join(_TOGETHER)} together"
    elif error.setting in _BY_MODE and not error.allowed:
        error.advice = "set shooting_mode first: in the present one the camera chooses"


def _parsed(name: str, value: object) -> object:
    kind = _kind(name)
    if kind.parse is None:
        raise ValueError(f"{name} can only be read")
    return kind.parse(value)


def _with_macro(values: Mapping[str, object]) -> dict[str, object]:
    """The settings, with macro beside the AF distance that it stands for."""
    ordered: dict[str, object] = {}
    for name, value in values.items():
        if name == "af_distance":
            ordered[MACRO] = value == AfDistance.CLOSE_UP
        ordered[name] = value
    return ordered
