"""What a camera is set to: read it, ask what is allowed, change several things at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Unpack

from canon.camera.control import RemoteControl
from canon.camera.names import KINDS, NAMES, Names
from canon.camera.snapshot import Snapshot
from canon.driver import Driver
from canon.driver.settings import MISSING, Reading, Readings, number_in
from canon.driver.settings import Settings as Capability
from canon.errors import NotSupported, RemoteOff, ValueRefused
from canon.values.kinds import Kind

if TYPE_CHECKING:
    from canon.camera.changes import Changes

T = TypeVar("T")


class Setting(Generic[T]):
    """One setting of one camera, as in `cam.settings.iso`.

    What it is and may be is asked for each time. `cam.settings.describe()` asks once for all.

    No attribute enters remote control. Where a body tells its settings only there, it must be on
    already; `cam.settings.read()`, `describe()` and `set()` enter it by themselves.

    Raises:
        RemoteOff: this body tells it in remote control only, which is off.
    """

    def __init__(self, settings: Settings, name: str) -> None:
        self.name = name
        self._settings = settings

    @property
    def value(self) -> T:
        """What it is now.

        Raises:
            NotSupported: this camera does not have it, or not in its present mode.
        """
        reading = self._settings.look(self.name, lists=False)
        if reading is None:
            raise self._settings.missing(self.name)
        value: T = reading.value
        return value

    @property
    def label(self) -> str:
        """What it is now, as people read it, and as it can be typed back."""
        return self.kind.label(self.value)

    @property
    def allowed(self) -> tuple[T, ...] | None:
        """What the camera itself allows now; None where it does not say, () where nothing is."""
        return self.describe().allowed

    @property
    def writable(self) -> bool | None:
        """Whether it can be set now; None where the camera does not say."""
        return self.describe().writable

    @property
    def why(self) -> str:
        """Why it cannot be set now: "set by the dial", "not in this mode"; else empty."""
        return self.describe().why

    @property
    def kind(self) -> Kind[T]:
        """How its values are typed and told; `kind.name` is "choice", "scale" and the like."""
        return self._settings.kind(self.name)

    def describe(self) -> Reading:
        """All that the camera says of it, by one question where one will do."""
        told = self._settings.look(self.name, lists=True)
        return told or Reading(self.name, self.kind, None, (), False, MISSING)

    def set(self, value: T | object) -> None:
        """Change it; what people type is understood: "f/8", "1/125", 400, "macro".

        Raises:
            ValueError: no camera has such a value; the message has the nearest.
            ValueRefused: this camera does not take it now; the error has what it takes.
        """
        self._settings.set({self.name: value})

    def __repr__(self) -> str:
        return f"<Setting {self.name}>"


class Settings(Names, Mapping[str, Setting[Any]]):
    """The settings of one camera. Made by `Camera`; use `cam.settings`.

    Each is read, asked and changed by its name: `cam.settings.iso.value`, `.allowed`, `.set(400)`,
    and `cam.settings["iso"]` is the same. A property of a PTP camera that has no name is a setting
    by its number, `cam.settings["0xd045"]`. The mapping has what this body has now; to tell, it
    asks the camera.

    Where a body wants it, release control is entered for that and left again; inside
    `with cam.remote():` it stays on, which saves the seconds that the lens takes.
    """

    __slots__ = ("_control",)

    def __init__(self, control: RemoteControl) -> None:
        self._control = control

    def __repr__(self) -> str:
        return f"<Settings: {', '.join(NAMES)}>"

    def named(self, name: str) -> Setting[Any]:
        """The setting of that name."""
        return Setting(self, name)

    def __iter__(self) -> Iterator[str]:
        """The names of the settings that this camera has now."""
        return iter(self.read())

    def __len__(self) -> int:
        return len(self.read())

    def __contains__(self, name: object) -> bool:
        return name in self.read()

    def __getitem__(self, name: str) -> Setting[Any]:
        """The setting of that name, or a property by its number; nothing is asked.

        Raises:
            NoSuchSetting: no camera has one of that name; the message has the nearest.
        """
        self._check(name)
        return Setting(self, name)

    def kind(self, name: str) -> Kind[Any]:
        """How values of a setting are typed and told; for a number the camera is asked."""
        self._check(name)
        kind: Kind[Any] | None = KINDS[name].kind if name in KINDS else None
        kind = kind or self._settings().kind(name)
        if kind is None:
            told = self.describe(name)
            if name not in told:
                raise self.missing(name)
            kind = told[name].kind
        return kind

    def read(self, *names: str) -> Snapshot:
        """The values of these settings, or of all that the camera has now, read at once.

        Raises:
            NoSuchSetting: there is no setting of that name.
        """
        return Snapshot(self._read(names, lists=False), self._control.model)

    def describe(self, *names: str) -> Readings:
        """What the camera says of these settings, or of all: value, allowed, writable, why."""
        return self._read(names, lists=True)

    def look(self, name: str, *, lists: bool) -> Reading | None:
        """What the camera says of one setting, without entering remote control for it.

        Raises:
            RemoteOff: it tells it in remote control only, which is off.
        """
        self._check(name)
        if self._settings().wants_remote(name) and not self._control.active:
            raise RemoteOff(self._control.model.removeprefix("Canon "), name)
        return self._read((name,), lists=lists).get(name)

    def _read(self, names: tuple[str, ...], *, lists: bool) -> Readings:
        for name in names:
            self._check(name)
        with self._turn(*names) as settings:
            readings = settings.read(*names, lists=lists)
        return Readings({name: readings[name] for name in names or readings if name in readings})

    def set(
        self, changes: Mapping[str, object] | None = None, /, **named: Unpack[Changes]
    ) -> Snapshot:
        """Change several settings at once, and read them back.

        `set(iso=400, aperture="f/8")`; names that are no identifiers go in a mapping, as in
        `set({"0xd045": 5})`.

        Returns:
            The settings that were changed, as the camera now has them.

        Raises:
            ValueError: there is no such setting, no camera has such a value, or the setting can
                only be read.
            ValueRefused: the camera did not take a value; the error has what it takes.
            NotFinished: the camera took a value, and does not say what it has now.
            NotSupported: this camera does not have the setting.
        """
        wanted = {
            name: self._parsed(name, value) for name, value in {**(changes or {}), **named}.items()
        }
        if not wanted:
            return Snapshot({}, self._control.model)
        with self._turn(*wanted) as settings:
            try:
                now = settings.write(wanted)
                for name, value in wanted.items():
                    if name not in now:
                        raise self.missing(name)
                    if number_in(name) is None and now[name].value != value:
                        told = settings.read(name)
                        allowed = told[name].allowed if name in told else None
                        raise ValueRefused(name, value, allowed)
            except ValueRefused as error:
                if error.setting in _BY_MODE and not error.allowed:
                    error.advice = "set shooting_mode first: in the present one the camera chooses"
                raise
        return Snapshot({name: now[name] for name in wanted}, self._control.model)

    def missing(self, name: str) -> NotSupported:
        """What is said of a setting that this camera does not have."""
        if number_in(name) is not None:
            return NotSupported(self._control.model, f"property {name} as it is connected now")
        return NotSupported(self._control.model, f"setting {name} in its present mode")

    def _check(self, name: str) -> None:
        if name in KINDS or number_in(name) is not None:
            return
        settings = self._control.verbs().settings
        if settings is None or settings.kind(name) is None:
            raise NoSuchSetting(name)

    def _parsed(self, name: str, value: object) -> object:
        self._check(name)
        if number_in(name) is not None:
            return value  # the camera has to be asked what it is
        if name in KINDS and not KINDS[name].settable:
            raise ValueError(f"{name} can only be read")
        return self.kind(name).parse(value)

    def _settings(self) -> Capability:
        return self._control.need(_capability, _FEATURE)

    @contextmanager
    def _turn(self, *names: str) -> Iterator[Capability]:
        """The settings, in release control where that is wanted, and not beside other verbs."""
        settings = self._settings()
        if settings.wants_remote(*names):
            with self._control.turn(_capability, _FEATURE):
                yield settings
        else:
            yield settings


def _capability(driver: Driver) -> Capability | None:
    return driver.settings


class NoSuchSetting(ValueError, KeyError):
    """There is no setting of that name, on any camera."""

    def __init__(self, name: str) -> None:
        from canon.nearest import nearest

        near = nearest(name, NAMES)
        there = f"the nearest is {near}; " if near else ""
        super().__init__(f"there is no setting {name!r}; {there}there are: {', '.join(NAMES)}")

    def __str__(self) -> str:
        return str(self.args[0])


_FEATURE = "settings that a computer can read"
_BY_MODE = ("aperture", "shutter_speed")
