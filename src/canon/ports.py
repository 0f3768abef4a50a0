"""From a port string to an open port: the one place that knows every way to a camera.

    usb:                              the first Canon on the bus
    usb:04a9:306e                     by its ids
    usb:1-2.3                         by the plug it is in
    usb:serial=123456                 by its serial number
    usbip:127.0.0.1:3240/1-1          over USB/IP
    serial:/dev/ttyUSB0?speed=57600   over RS-232
    serial:/dev/ttyUSB0?model=powershot-350   one that is woken otherwise than the others
    virtual:powershot-g3?card=DIR&pace=real&fault=stall@GetFile
    virtual:powershot-g3?mode=ptp     one body may speak two protocols

Each way is imported when it is taken, not before.
"""

from __future__ import annotations

import math
import os
import re
from typing import TYPE_CHECKING

from canon.errors import CameraNotFound
from canon.frozen import Frozen
from canon.serial.line import FIRST_SPEED, Line
from canon.usb.port import CANON, PTP, Plugged, Port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from canon.models.model import Model
    from canon.models.ps350 import Ps350Model
    from canon.models.ptp import PtpModel
    from canon.virtual.card import MemoryCard
    from canon.virtual.faults import Fault
    from canon.virtual.line import LineCamera
    from canon.virtual.native.camera import NativeCamera
    from canon.virtual.ptp.camera import PtpCamera
    from canon.virtual.ptp.powershot.extension import PowerShot

ENVIRONMENT = "CANON_REMOTE_PORT"
"""The environment variable with the port string to use when none is given."""

_CHECK = (
    "check that it is switched on and plugged in, in a mode that talks (review or connect), "
    "and that no other program uses it"
)


class _UsbChoice(Frozen):
    """Which camera on the bus is meant: a Canon, or one that is named, whoever made it."""

    vendor: int | None = CANON
    product: int | None = None
    serial: str = ""
    plug: str = ""

    @classmethod
    def parse(cls, text: str) -> _UsbChoice:
        if not text:
            return cls()
        if text.startswith("serial=") and text != "serial=":
            return cls(None, serial=text.removeprefix("serial="))
        if ids := re.fullmatch(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})", text):
            return cls(int(ids[1], 16), int(ids[2], 16))
        if re.fullmatch(r"\d+-\d+(\.\d+)*", text):
            return cls(None, plug=text)
        raise ValueError(
            f"'usb:{text}' is no port; write usb: or usb:04a9:306e or usb:1-2.3 or usb:serial=…"
        )

    @property
    def is_direct(self) -> bool:
        """Whether it can be opened without looking at what else is on the bus."""
        return self.product is None and not self.serial

    def fits(self, found: Plugged) -> bool:
        return (
            self.vendor in (None, found.vendor)
            and self.product in (None, found.product)
            and self.serial in ("", found.serial)
            and self.plug in ("", found.port.removeprefix("usb:"))
        )


def default_port() -> str:
    """The port string of the environment, empty when there is none."""
    return os.environ.get(ENVIRONMENT, "")


def list_ports(port: str = "") -> list[Plugged]:
    """The cameras that a port string may mean; every Canon on the bus when it is empty.

    Raises:
        ValueError: the port string cannot be read.
    """
    kind, _, rest = port.partition(":")
    if kind == "virtual":
        model = _Virtual.parse(rest).model
        return [Plugged(port, CANON, model.product or 0, f"Canon {model.name}")]
    if kind == "usbip":
        from canon.usb.usbip import list_devices

        host, number, busid = _usbip_address(rest)
        return [
            Plugged(
                f"usbip:{host}:{number}/{found.busid}",
                found.vendor,
                found.product,
                f"Canon {_row(found.product, found.interface).name}"
                if found.vendor == CANON
                else "",
            )
            for found in list_devices(host, number)
            if busid == found.busid or (not busid and found.vendor == CANON)
        ]
    if kind == "serial":
        return [Plugged(f"serial:{rest}", 0, 0, "a serial line")]
    if kind not in ("", "usb"):
        raise ValueError(f"{port!r} is no port; it begins with usb:, usbip:, serial: or virtual:")
    from canon.usb.libusb import find_devices

    choice = _UsbChoice.parse(rest)
    return [found for found in find_devices() if choice.fits(found)]


def open_port(port: str) -> Port | Line:
    """Open the camera that a port string names: a USB port, or a serial line.

    Raises:
        CameraNotFound: there is none; the message says what to check.
        InUse: another program holds it.
        PermissionDenied: the system does not let this user open it.
        ValueError: the port string cannot be read.
    """
    kind, _, rest = port.partition(":")
    if kind == "virtual":
        if _Virtual.parse(rest).model.product is None:
            from canon.virtual.line import VirtualLine

            return VirtualLine(make_virtual_serial(rest))
        from canon.virtual.port import VirtualPort

        return VirtualPort(make_virtual(rest))
    if kind == "serial":
        from canon.serial.tty import open_tty

        return open_tty(_Serial.parse(rest).name)
    if kind in ("", "usb") and (choice := _UsbChoice.parse(rest)).is_direct:
        from canon.usb.libusb import open_libusb

        return open_libusb(choice.plug)
    found = list_ports(port)
    if not found:
        raise CameraNotFound(f"there is no camera at {port or 'usb:'!r}", _CHECK)
    if kind == "usbip":
        from canon.usb.usbip import open_usbip

        return open_usbip(*_usbip_address(found[0].port.removeprefix("usbip:")))
    from canon.usb.libusb import open_libusb

    return open_libusb(found[0].port.removeprefix("usb:"))


def open_usb(port: str) -> Port:
    """Open a camera on USB, as `open_port` does.

    Raises:
        ValueError: the port string names a serial line, or cannot be read.
    """
    opened = open_port(port)
    if isinstance(opened, Line):
        opened.close()
        raise ValueError(f"{port} is a serial line, and this works over USB alone")
    return opened


def on_line(port: str) -> tuple[Ps350Model | None, int]:
    """What a port string tells of a camera on a line: which odd one it is, and the speed to use.

    The row is None for all those that are woken alike, and tell their names. The speed is in bits
    a second.

    Raises:
        ValueError: it cannot be read, or names a camera that has no serial plug.
    """
    from canon.models.ps350 import by_slug

    kind, _, rest = port.partition(":")
    if kind == "serial":
        choice = _Serial.parse(rest)
        return by_slug(choice.model), choice.speed
    return by_slug(rest.partition("?")[0]), FIRST_SPEED


class _Serial(Frozen):
    """What the port string of a serial line asks for; `model` is empty where it names none."""

    name: str
    speed: int = FIRST_SPEED
    model: str = ""

    @classmethod
    def parse(cls, text: str) -> _Serial:
        from urllib.parse import parse_qsl

        name, _, query = text.partition("?")
        asked = dict(parse_qsl(query, keep_blank_values=True))
        speed, model = asked.pop("speed", str(FIRST_SPEED)), asked.pop("model", "")
        if not name or asked or not (speed.isascii() and speed.isdigit()):
            raise ValueError(
                f"'serial:{text}' is no port; write serial:/dev/ttyUSB0?speed=57600, or "
                "?model=powershot-350 for that one"
            )
        if model:
            _check_has_serial(model)
        return cls(name, int(speed), model)


def _check_has_serial(slug: str) -> None:
    from canon.models import native, ps350

    known = [row.slug for row in native.MODELS if row.serial_id]
    known += [row.slug for row in ps350.MODELS]
    if slug not in known:
        raise ValueError(f"no {slug!r} talks over a serial line; choose one of {', '.join(known)}")


class _Virtual(Frozen):
    """What the port string of a virtual camera asks for; `card` is None for a card of its own."""

    model: Model | PtpModel | Ps350Model
    real: bool = False
    faults: tuple[Fault, ...] = ()
    presses: tuple[float, ...] = ()
    card: str | None = None

    @classmethod
    def parse(cls, text: str) -> _Virtual:
        from urllib.parse import parse_qsl

        from canon.models.ps350 import by_slug
        from canon.models.ptp import PtpModel
        from canon.virtual.catalogue import choose
        from canon.virtual.faults import Fault

        slug, _, query = text.partition("?")
        mode, real, card = "", False, None
        faults: list[Fault] = []
        presses: list[float] = []
        for key, value in parse_qsl(query, keep_blank_values=True):
            if key == "card":
                card = value
            elif key == "pace" and value in ("real", "jump"):
                real = value == "real"
            elif key == "mode" and value in ("native", "ptp"):
                mode = value
            elif key == "fault":
                faults.append(Fault.parse(value))
            elif key == "press":
                presses.append(_press_s(value))
            else:
                raise ValueError(
                    f"'{key}={value}' says nothing to a virtual camera; use card=DIR, card=none, "
                    "mode=native, mode=ptp, pace=real, fault=KIND, press=SECONDS"
                )
        odd = by_slug(slug) if mode != "ptp" else None
        model = odd or choose(slug, mode)
        for fault in faults:
            fault.check("ps350" if odd else "ptp" if isinstance(model, PtpModel) else "native")
        if card and card != "none" and not os.path.isdir(card):
            raise ValueError(f"card={card}: there is no such folder")
        return cls(model, real, tuple(faults), tuple(presses), card)

    def make_card(
        self, shown: Callable[[Path], MemoryCard], fresh: Callable[[], MemoryCard]
    ) -> Callable[[], MemoryCard | None]:
        """What makes the card: nothing, one that shows a folder, or a fresh one."""
        from pathlib import Path

        if self.card == "none":
            return lambda: None
        folder = Path(self.card) if self.card else None
        return fresh if folder is None else lambda: shown(folder)


def make_virtual_serial(text: str) -> LineCamera:
    """Build a virtual camera as `make_virtual` does, and put it behind its serial plug.

    Raises:
        ValueError: there is no such body, or it has no serial plug.
    """
    from canon.models.ps350 import Ps350Model

    wanted = _Virtual.parse(text)
    if isinstance(wanted.model, Ps350Model):
        from canon.virtual.clock import BodyClock
        from canon.virtual.faults import Faults
        from canon.virtual.ps350 import Ps350Camera, card_with, fresh_card

        clock, row = BodyClock(real=wanted.real), wanted.model
        card = wanted.make_card(card_with, lambda: fresh_card(row))
        return Ps350Camera(row, card, clock, Faults(wanted.faults))
    from canon.virtual.native.camera import NativeCamera
    from canon.virtual.native.serial import SerialCamera

    device = make_virtual(text)
    if not isinstance(device, NativeCamera):
        raise ValueError("PTP goes over USB only; a camera on a serial line is mode=native")
    for fault in wanted.faults:
        fault.check("serial")
    return SerialCamera(device)


def _press_s(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < math.inf:
        raise ValueError(f"press={text}: give the seconds after which the button is pressed")
    return seconds


def make_virtual(text: str) -> NativeCamera | PtpCamera[PowerShot]:
    """Build the virtual camera that `powershot-g3?card=DIR&mode=ptp&pace=real&fault=…` describes.

    Raises:
        ValueError: there is no such body, or it cannot do that, or has no USB.
    """
    from canon.models.ps350 import Ps350Model
    from canon.models.ptp import PtpModel
    from canon.virtual.body import Body
    from canon.virtual.card import card_from_folder, fresh_card
    from canon.virtual.clock import BodyClock
    from canon.virtual.faults import Faults

    wanted = _Virtual.parse(text)
    clock, faults, model = BodyClock(real=wanted.real), Faults(wanted.faults), wanted.model
    if isinstance(model, Ps350Model):
        raise ValueError(f"the {model.name} goes over RS-232 only, with --serial; it has no USB")
    device: NativeCamera | PtpCamera[PowerShot]
    if isinstance(model, PtpModel):
        from canon.virtual.ptp.camera import PtpCamera
        from canon.virtual.ptp.powershot.extension import PowerShot
        from canon.virtual.ptp.profile import load_profile as load_ptp

        of_ptp = load_ptp(model)
        card = wanted.make_card(card_from_folder, lambda: fresh_card(of_ptp))
        device = PtpCamera(Body(model, of_ptp, card, clock), PowerShot, faults)
    else:
        from canon.virtual.native.camera import NativeCamera
        from canon.virtual.native.profile import load_profile

        profile = load_profile(model)
        card = wanted.make_card(card_from_folder, lambda: fresh_card(profile))
        device = NativeCamera(Body(model, profile, card, clock), faults)
    for seconds in wanted.presses:
        device.clock.after(seconds, device.press)
    return device


def _row(product: int, interface: tuple[int, int, int]) -> Model | PtpModel:
    """The row of a camera on a bus: the class of its interface says which table holds."""
    from canon.models import native, ptp

    return ptp.by_product(product) if interface == PTP else native.by_product(product)


def _usbip_address(text: str) -> tuple[str, int, str]:
    address = re.fullmatch(r"(\[[^\]]+\]|[^:/]+)(?::(\d+))?(?:/(.*))?", text)
    if address is None:
        raise ValueError(f"'usbip:{text}' is no port; write usbip:HOST:PORT/BUSID")
    return address[1].strip("[]"), int(address[2] or 3240), address[3] or ""
