"""Find a camera and talk to it.

>>> from canon import camera
>>> cam = camera.find(port="virtual:powershot-g3")
>>> cam.initialize()
>>> cam
<Canon PowerShot G3 v1.0.2.0>
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, overload

from canon import dialects, ports
from canon.camera.control import RemoteControl
from canon.camera.storage import Storage
from canon.camera.turns import Turns
from canon.clock import Clock, RealClock
from canon.driver import Driver, Identity, PictureSize, Power
from canon.driver.features import Feature
from canon.errors import AGAIN, CameraNotFound, CanonError, Disconnected, NotSupported, Refused
from canon.frozen import Frozen
from canon.log import Log
from canon.ports import Way
from canon.usb.port import CANON, Plugged

if TYPE_CHECKING:
    from canon.camera.capture import Capture
    from canon.camera.custom import CustomFunctions
    from canon.camera.events import Events
    from canon.camera.focus import Focus
    from canon.camera.live import Live
    from canon.camera.movie import Movie
    from canon.camera.raw import Ptp
    from canon.camera.settings import Settings
    from canon.camera.zoom import Zoom
    from canon.values import Battery

P = TypeVar("P")

_log = Log(__name__)
_LOOK_AGAIN_S = 0.5


class _Part(cached_property[P]):
    """A part of a camera, whose module is loaded when it is first asked for.

    Threads that ask at the same time get the same one; a cached_property gives each its own.
    """

    @overload
    def __get__(self, cam: None, kind: type | None = None) -> Self: ...

    @overload
    def __get__(self, cam: object, kind: type | None = None) -> P: ...

    def __get__(self, cam: object | None, kind: type | None = None) -> Self | P:
        if cam is None:
            return self
        part: P = vars(cam).setdefault(str(self.attrname), self.func(cam))
        return part


class Camera:
    """One camera.

    Made by `find()` and `open()`. Any thread may call; close it, or use it in a `with` block.

    Args:
        connect: opens the port when the camera is initialized.
        where: the port string, for messages.

    Attributes:
        port: the port string, or the camera's name in cameras.toml.
        storage: what is on the card.
        remote: remote control, for a block: `with cam.remote():`.
    """

    def __init__(self, connect: Callable[[], Way], where: str) -> None:
        self.port = where
        self._connect = connect
        self._driver: Driver | None = None
        self._identity: Identity | None = None
        self._turns = turns = Turns()
        self.storage = Storage(self._verbs, self._name, turns)
        self.remote = RemoteControl(self._verbs, self._name, self._is_open, turns)

    @_Part
    def capture(self) -> Capture:
        """Taking pictures."""
        from canon.camera.capture import Capture

        return Capture(self.remote)

    @_Part
    def focus(self) -> Focus:
        """The focus of its lens."""
        from canon.camera.focus import Focus

        return Focus(self.remote, lambda: self.live)

    @_Part
    def zoom(self) -> Zoom:
        """The zoom of its lens."""
        from canon.camera.zoom import Zoom

        return Zoom(self.remote)

    @_Part
    def live(self) -> Live:
        """Live view, frame by frame."""
        from canon.camera.live import Live

        return Live(self.remote, self._turns)

    @_Part
    def movie(self) -> Movie:
        """Movies, recorded onto the card."""
        from canon.camera.movie import Movie

        return Movie(self.remote, lambda: self.live)

    @_Part
    def settings(self) -> Settings:
        """What the camera is set to."""
        from canon.camera.settings import Settings

        return Settings(self.remote)

    @_Part
    def custom_functions(self) -> CustomFunctions:
        """The custom functions of an EOS."""
        from canon.camera.custom import CustomFunctions

        return CustomFunctions(self.remote)

    @_Part
    def ptp(self) -> Ptp:
        """Operations of a PTP camera by their numbers."""
        from canon.camera.raw import Ptp

        return Ptp(self._verbs, self._name)

    def initialize(self, force: bool = False) -> None:
        """Open the port, wake the camera and learn who it is.

        A camera that is initialized already is left alone, unless `force` is set: then it is
        closed and begun anew.

        Raises:
            PortError: it cannot be opened; the class and the message tell why.
            ProtocolError: it answers, but not as a camera does.
        """
        if self._driver is not None:
            if not force:
                return
            self.close()
        way = self._connect()
        try:
            driver = dialects.driver_for(way)
            self._identity = driver.start()
        except BaseException:
            way.close()
            raise
        self._driver = driver
        _log.info("opened the %s at %s", self._identity.model, self.port)

    def close(self) -> None:
        """Let go of the camera; closing twice is allowed."""
        driver, self._driver = self._driver, None
        if driver is not None:
            driver.close()

    def __enter__(self) -> Self:
        self.initialize()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.close()
        except CanonError:
            if kind is None:
                raise

    def __repr__(self) -> str:
        if self._identity is None:
            return f"<Canon camera at {self.port}, not initialized>"
        closed = "" if self._is_open() else ", closed"
        return f"<{self._identity.model} v{self._identity.firmware_version}{closed}>"

    @property
    def ready(self) -> bool:
        """Whether the camera is initialized and answers."""
        if self._driver is None:
            return False
        try:
            self._identity = self._driver.identify()
        except CanonError:
            return False
        return True

    @property
    def model(self) -> str:
        """The name that the camera reports: "Canon PowerShot G3"."""
        return self._who().model

    @property
    def firmware_version(self) -> str:
        """The version of its firmware: "1.0.2.0"."""
        return self._who().firmware_version

    @property
    def owner(self) -> str:
        """The owner's name that is set in the camera; assign to change it.

        Raises:
            ValueError: the name is too long, or has characters that the camera cannot store.
            Refused: the camera keeps the one before.
            NotSupported: it tells no owner, so whether it took the name is not known.
        """
        driver = self._verbs()
        remote = driver.remote
        if remote is not None and remote.lasts and not remote.active:
            with self.remote():  # an EOS tells it there only
                self._identity = driver.identify()
        return self._who().owner

    @owner.setter
    def owner(self, name: str) -> None:
        driver = self._verbs()
        driver.set_owner(name)
        self._identity = driver.identify()
        told = self._identity.owner
        if name and not told:
            raise NotSupported(
                self.model,
                "owner's name to read back",
                f"look in its menu whether it took {name!r}",
            )
        if told != name:
            raise Refused(
                f"the camera did not take the name: its owner is {told!r}, as before", AGAIN
            )

    @property
    def camera_time(self) -> datetime:
        """The camera's clock: a naive datetime, its local time; assign to set it."""
        return self._verbs().time()

    @camera_time.setter
    def camera_time(self, moment: datetime) -> None:
        self._verbs().set_time(moment)

    def sync_clock(self) -> datetime:
        """Set the camera's clock to this computer's local time, and return it."""
        now = datetime.now().replace(microsecond=0)
        self.camera_time = now
        return now

    @property
    def power(self) -> Power:
        """How the camera is powered, by one question."""
        return self._verbs().power()

    @property
    def on_ac(self) -> bool:
        """Whether the camera runs from the mains."""
        return self.power.on_ac

    @property
    def battery(self) -> Battery:
        """Whether the power is good or low."""
        return self.power.battery

    @property
    def body_id(self) -> str:
        """The number of the body, as it is printed on it.

        Raises:
            NotSupported: this model does not tell it.
        """
        return self._verbs().body_id()

    def picture_sizes(self) -> tuple[PictureSize, ...]:
        """The sizes and qualities of picture that the camera can take.

        Raises:
            NotSupported: this model does not list them.
        """
        return self._verbs().picture_sizes()

    @property
    def features(self) -> frozenset[Feature]:
        """What the camera can do; nothing is asked. They compare with their names: "live"."""
        return self._verbs().features

    @property
    def was_left_open(self) -> bool:
        """Whether a program before this one left a session open, or remote control on.

        A program that was killed does, or one that was told to (`canon-remote remote start`). An
        older camera is asked one question.
        """
        return self._verbs().was_left_open()

    @property
    def other_mode(self) -> str:
        """What to set in its menu to have pictures taken by remote; empty where nothing helps."""
        return self._verbs().elsewhere

    @property
    def clock(self) -> Clock:
        """The time of its port: `now()` and `sleep()`, in seconds; a virtual camera's may jump."""
        return self._verbs().clock

    def events(self) -> Events:
        """What the camera says by itself, from now on; use it in a `with` block."""
        from canon.camera.events import Events

        return Events(self._verbs().events(), self._is_open)

    def _name(self) -> str:
        """What messages call the camera; its port while it was never initialized."""
        return self._identity.model if self._identity else f"camera at {self.port}"

    def _who(self) -> Identity:
        self._verbs()
        assert self._identity is not None  # noqa: S101  (set before the driver is)
        return self._identity

    def _verbs(self) -> Driver:
        driver = self._driver
        if driver is None and self._identity is not None:
            raise Disconnected("the camera was closed by this program", "call initialize() again")
        if driver is None:
            raise ValueError(
                "the camera is not initialized; call initialize(), or use canon.open()"
            )
        return driver

    def _is_open(self) -> bool:
        return self._driver is not None


class Found(Frozen):
    """A camera that can be opened; `with found.open() as cam:`.

    Attributes:
        port: the port string that opens it.
        vendor: USB vendor id; 0 on a serial line.
        product: USB product id; 0 on a serial line.
        name: the name of its model where its USB id tells, or the names of all models of that id.
        serial: its serial number, empty where the bus does not tell it.
    """

    port: str
    vendor: int
    product: int
    name: str = ""
    serial: str = ""

    def open(self) -> Camera:
        """The camera, initialized, as `canon.open()` gives it."""
        return open(self)


def list(port: str = "") -> builtins.list[Found]:
    """The cameras that can be opened: all on the USB bus, or those that `port` may mean.

    Raises:
        ValueError: the port string cannot be read.
    """
    return [named(plugged) for plugged in ports.list_ports(port or ports.default_port())]


def find(
    *,
    idProduct: int | None = None,  # noqa: N803  (USB's own name for it)
    serial: str = "",
    model: str = "",
    port: str = "",
) -> Camera | None:
    """The first camera that fits, not yet initialized; None when there is none.

    Args:
        idProduct: its USB product id, 0x306e.
        serial: its serial number.
        model: its name or a part of it, "PowerShot G3".
        port: a port string, or a name of cameras.toml; CANON_REMOTE_PORT is used when it is empty.

    Raises:
        ValueError: the port string cannot be read.
    """
    for found in list(port):
        if (
            idProduct in (None, found.product)
            and serial in ("", found.serial)
            and model.lower() in found.name.lower()
        ):
            return _camera_at(found.port)
    return None


def open(
    port: str | Found = "", *, model: str = "", serial: str = "", wait_s: float = 0.0
) -> Camera:
    """A camera that is initialized; use it in a `with` block.

    Args:
        port: a port string, a name of cameras.toml, or one of `canon.list()`; CANON_REMOTE_PORT is
            used when it is empty, and the first Canon on the USB bus when that is not set either.
        model: its name or a part of it, "PowerShot G3".
        serial: its serial number.
        wait_s: how long to wait until it is there, in seconds: switched on, plugged in.

    Raises:
        CameraNotFound: there is none; the message says what to check.
        InUse: another program holds it.
        PermissionDenied: the system does not let this user open it.
        ValueError: the port string cannot be read.
    """
    clock = RealClock()
    deadline = clock.now() + wait_s
    while True:
        try:
            cam = _choose(port, model, serial)
            cam.initialize()
        except CameraNotFound:
            if clock.now() >= deadline:
                raise
            clock.sleep(min(_LOOK_AGAIN_S, wait_s))
        else:
            return cam


def _choose(port: str | Found, model: str, serial: str) -> Camera:
    where = port.port if isinstance(port, Found) else port
    if not model and not serial:
        return _camera_at(where or ports.default_port())
    found = find(port=where, model=model, serial=serial)
    if found is None:
        wanted = " ".join(filter(None, (model, serial and f"with the serial number {serial}")))
        there = ", ".join(one.name for one in list(where)) or "no camera"
        raise CameraNotFound(f"there is no {wanted}", f"there is: {there}")
    return found


def _camera_at(port: str) -> Camera:
    return Camera(lambda: ports.open_port(port), port or "usb:")


def named(plugged: Plugged) -> Found:
    """With the names of its models: on the bus each is just a "Canon Digital Camera"."""
    from canon.models import native, ptp

    rows = (*native.MODELS, *ptp.MODELS) if plugged.vendor == CANON else ()
    names = dict.fromkeys(f"Canon {row.name}" for row in rows if row.product == plugged.product)
    name = plugged.name if not names or plugged.name in names else " / ".join(names)
    return Found(plugged.port, plugged.vendor, plugged.product, name, plugged.serial)


__all__ = ["Camera", "CameraNotFound", "Found", "find", "list", "open"]
