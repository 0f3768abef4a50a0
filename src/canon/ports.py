"""From a port string to an open port: the one place that knows every way to a camera.

    usb:                              the first Canon on the bus
    usb:04a9:306e                     by its ids
    usb:1-2.3                         by the plug it is in
    usb:serial=123456                 by its serial number
    usbip:127.0.0.1:3240/1-1          over USB/IP
    serial:/dev/ttyUSB0?speed=57600   over RS-232
    virtual:powershot-g3?card=DIR&pace=real&fault=stall@GetFile

Each way is imported when it is taken, not before.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from canon.errors import CameraNotFound
from canon.models.model import Model
from canon.models.native import MODELS, by_product, by_slug
from canon.serial.line import FIRST_SPEED, Line
from canon.usb.port import CANON, Found, Port

if TYPE_CHECKING:
    from canon.virtual.native import NativeCamera

ENVIRONMENT = "CANON_REMOTE_PORT"
"""The environment variable with the port string to use when none is given."""

_CHECK = (
    "check that it is switched on and plugged in, in a mode that talks (review or connect), "
    "and that no other program uses it"
)


@dataclass(frozen=True)
class _UsbChoice:
    """Which camera on the bus is meant."""

    vendor: int = CANON
    product: int | None = None
    serial: str = ""
    plug: str = ""

    @classmethod
    def parse(cls, text: str) -> _UsbChoice:
        if not text:
            return cls()
        if text.startswith("serial="):
            return cls(serial=text.removeprefix("serial="))
        if ids := re.fullmatch(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})", text):
            return cls(int(ids[1], 16), int(ids[2], 16))
        if re.fullmatch(r"\d+-\d+(\.\d+)*", text):
            return cls(plug=text)
        raise ValueError(
            f"'usb:{text}' is no port; write usb: or usb:04a9:306e or usb:1-2.3 or usb:serial=…"
        )

    @property
    def is_direct(self) -> bool:
        """Whether it can be opened without looking at what else is on the bus."""
        return self.product is None and not self.serial

    def fits(self, found: Found) -> bool:
        return (
            self.vendor == found.vendor
            and self.product in (None, found.product)
            and self.serial in ("", found.serial)
            and self.plug in ("", found.port.removeprefix("usb:"))
        )


def default_port() -> str:
    """The port string of the environment, empty when there is none."""
    return os.environ.get(ENVIRONMENT, "")


def list_ports(port: str = "") -> list[Found]:
    """The cameras that a port string may mean; every Canon on the bus when it is empty.

    Raises:
        ValueError: the port string cannot be read.
    """
    kind, _, rest = port.partition(":")
    if kind == "virtual":
        model = _virtual_model(rest.partition("?")[0])
        return [Found(port, CANON, model.product or 0, f"Canon {model.name}")]
    if kind == "usbip":
        from canon.usb.usbip import list_devices

        host, number, busid = _usbip_address(rest)
        return [
            Found(
                f"usbip:{host}:{number}/{found.busid}",
                found.vendor,
                found.product,
                f"Canon {by_product(found.product).name}",
            )
            for found in list_devices(host, number)
            if busid in ("", found.busid) and found.vendor == CANON
        ]
    if kind == "serial":
        return [Found(f"serial:{rest}", 0, 0, "a serial line")]
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
        device = make_virtual(rest)
        if device.body.model.product is None:
            from canon.virtual.line import VirtualLine
            from canon.virtual.serial import SerialCamera

            return VirtualLine(SerialCamera(device))
        from canon.virtual.port import VirtualPort

        return VirtualPort(device)
    if kind == "serial":
        from canon.serial.tty import open_tty

        return open_tty(_serial_line(rest)[0])
    if kind in ("", "usb") and (choice := _UsbChoice.parse(rest)).is_direct:
        from canon.usb.libusb import open_libusb

        return open_libusb(choice.plug)
    found = list_ports(port)
    if not found:
        raise CameraNotFound(f"there is no camera at {port or 'usb:'!r}; {_CHECK}")
    if kind == "usbip":
        from canon.usb.usbip import open_usbip

        return open_usbip(*_usbip_address(found[0].port.removeprefix("usbip:")))
    from canon.usb.libusb import open_libusb

    return open_libusb(found[0].port.removeprefix("usb:"))


def serial_speed(port: str) -> int:
    """The speed that a `serial:` port string asks for, in bits a second.

    Raises:
        ValueError: it is no number.
    """
    return _serial_line(port.partition(":")[2])[1]


def _serial_line(text: str) -> tuple[str, int]:
    name, _, query = text.partition("?")
    key, _, value = query.partition("=")
    if not name or (query and (key != "speed" or not value.isdigit())):
        raise ValueError(f"'serial:{text}' is no port; write serial:/dev/ttyUSB0?speed=57600")
    return name, int(value or FIRST_SPEED)


def make_virtual(text: str) -> NativeCamera:
    """Build the virtual camera that `powershot-g3?card=DIR&pace=real&fault=…` describes."""
    from urllib.parse import parse_qsl

    from canon.virtual.body import Body
    from canon.virtual.card import Card, card_from_folder, fresh_card
    from canon.virtual.clock import BodyClock
    from canon.virtual.faults import Fault, Faults
    from canon.virtual.native import NativeCamera

    slug, _, query = text.partition("?")
    model = _virtual_model(slug)
    real, faults, presses, folder, empty = False, [], [], "", False
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key == "card":
            folder, empty = value, value == "none"
        elif key == "pace" and value in ("real", "jump"):
            real = value == "real"
        elif key == "fault":
            faults.append(Fault.parse(value))
        elif key == "press":
            presses.append(float(value))
        else:
            raise ValueError(
                f"'{key}={value}' says nothing to a virtual camera; "
                "use card=DIR, card=none, pace=real, fault=KIND, press=SECONDS"
            )

    def make_card() -> Card | None:
        if empty:
            return None
        if folder:
            return card_from_folder(Path(folder))
        return fresh_card(model)

    if folder and not empty and not Path(folder).is_dir():
        raise ValueError(f"card={folder}: there is no such folder")
    device = NativeCamera(Body(model, make_card, BodyClock(real=real)), Faults(tuple(faults)))
    for seconds in presses:
        device.clock.after(seconds, device.press)
    return device


def _virtual_model(slug: str) -> Model:
    model = by_slug(slug)
    if model is None:
        known = ", ".join(row.slug for row in MODELS)
        raise ValueError(f"there is no virtual {slug!r}; there are: {known}")
    return model


def _usbip_address(text: str) -> tuple[str, int, str]:
    address = re.fullmatch(r"(\[[^\]]+\]|[^:/]+)(?::(\d+))?(?:/(.*))?", text)
    if address is None:
        raise ValueError(f"'usbip:{text}' is no port; write usbip:HOST:PORT/BUSID")
    return address[1].strip("[]"), int(address[2] or 3240), address[3] or ""
