"""From a port string to an open way to a camera: the one place that reads port strings.

    usb:                              the first Canon on the bus
    usb:04a9:306e                     by its ids
    usb:1-2.3                         by the plug it is in
    usb:serial=123456                 by its serial number
    usbip:127.0.0.1:3240/1-1          over USB/IP
    serial:/dev/ttyUSB0?speed=57600   over RS-232
    serial:/dev/ttyUSB0?model=powershot-350   one that is woken otherwise than the others
    virtual:powershot-g3?card=DIR&pace=real&fault=stall@GetFile
    virtual:powershot-g3?mode=ptp     one body may speak two protocols
    left                              whatever cameras.toml says that it is (cameras_file.py)

Each way is imported when it is taken, not before.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from canon.errors import CameraNotFound
from canon.frozen import Frozen
from canon.serial.line import FIRST_SPEED, Line
from canon.usb.port import CANON, PTP, Plugged, Port

if TYPE_CHECKING:
    from canon.models.model import Model
    from canon.models.ps350 import Ps350Model
    from canon.models.ptp import PtpModel
    from canon.usb.usbip import RemoteDevice

ENVIRONMENT = "CANON_REMOTE_PORT"
"""The environment variable with the port string to use when none is given."""

_KINDS = ("usb", "usbip", "serial", "virtual")
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


class OnLine(Frozen):
    """A serial line that is open, and what the port string tells of the camera on it.

    Attributes:
        line: the line.
        speed: bits a second to use.
        model: the row of the odd one that is meant; None for all those that are woken alike, and
            tell their names.
    """

    line: Line
    speed: int = FIRST_SPEED
    model: Ps350Model | None = None

    def close(self) -> None:
        """Give the line back."""
        self.line.close()


Way = Port | OnLine
"""An open way to a camera: USB, whose interface tells what is spoken there, or a line."""


def address(port: str) -> str:
    """The port string that a name of cameras.toml stands for; any other text as it is.

    Raises:
        ValueError: the text is neither, or the file is wrong; the message says where.
        OSError: the file cannot be read.
    """
    if not port or ":" in port or port in _KINDS:
        return port
    from canon import cameras_file

    named = cameras_file.look_up(port)
    kind, rest = _split(named.port)
    try:
        if kind == "usb":
            _UsbChoice.parse(rest)
        elif kind == "usbip":
            _usbip_address(rest)
    except ValueError as error:
        raise ValueError(f"{named.place}: {error}") from None
    return named.port


def plug(port: str) -> str:
    """The port string of the very camera that another one means, where the bus tells which.

    Two that mean the same camera, by its serial number and by its plug, give the same one. What is
    not there, and what is not on this computer's bus, stays as it is.

    Raises:
        ValueError: the port string cannot be read.
    """
    port = address(port)
    kind, rest = _split(port)
    if kind != "usb":
        return port
    found = _on_bus(_UsbChoice.parse(rest))
    return found[0].port if found else port


def list_ports(port: str = "", *, may_open: bool = True) -> list[Plugged]:
    """The cameras that a port string may mean; every Canon on the bus when it is empty.

    Args:
        port: the port string.
        may_open: whether one may be opened to learn its name and number, where only that tells.

    Raises:
        ValueError: the port string cannot be read.
    """
    port = address(port)
    kind, rest = _split(port)
    if kind == "virtual":
        from canon.virtual.build import Wanted

        model = Wanted.parse(rest).model
        return [Plugged(port, CANON, model.product or 0, f"Canon {model.name}")]
    if kind == "usbip":
        host, number, busid = _usbip_address(rest)
        shown = f"[{host}]" if ":" in host else host
        return [
            Plugged(
                f"usbip:{shown}:{number}/{found.busid}",
                found.vendor,
                found.product,
                f"Canon {_row(found.product, found.interface).name}"
                if found.vendor == CANON
                else "",
            )
            for found in _served(host, number, busid)
        ]
    if kind == "serial":
        return [Plugged(f"serial:{rest}", 0, 0, "a serial line")]
    return _on_bus(_UsbChoice.parse(rest), may_open)


def open_port(port: str) -> Way:
    """Open the camera that a port string names: a USB port, or a serial line.

    Raises:
        CameraNotFound: there is none; the message says what to check.
        InUse: another program holds it.
        PermissionDenied: the system does not let this user open it.
        ValueError: the port string cannot be read.
    """
    kind, rest = _split(address(port))
    if kind == "virtual":
        return _open_virtual(rest)
    if kind == "serial":
        return _open_serial(rest)
    if kind == "usbip":
        return _open_usbip(rest)
    return _open_usb(rest)


def open_usb(port: str) -> Port:
    """Open a camera on USB, as `open_port` does.

    Raises:
        ValueError: the port string names a serial line, or cannot be read.
    """
    opened = open_port(port)
    if isinstance(opened, OnLine):
        opened.close()
        raise ValueError(f"{port} is a serial line, and this works over USB alone")
    return opened


def _split(port: str) -> tuple[str, str]:
    """What kind of way a port string means, and the rest of it; USB where it is empty."""
    kind, _, rest = port.partition(":")
    if kind not in ("", *_KINDS):
        raise ValueError(f"{port!r} is no port; it begins with usb:, usbip:, serial: or virtual:")
    return kind or "usb", rest


# --- USB ------------------------------------------------------------------------------------------


def _open_usb(text: str) -> Port:
    from canon.usb.libusb import open_libusb

    choice = _UsbChoice.parse(text)
    if choice.is_direct:
        return open_libusb(choice.plug)
    found = _on_bus(choice)
    if not found:
        raise CameraNotFound(f"there is no camera at 'usb:{text}'", _CHECK)
    return open_libusb(found[0].port.removeprefix("usb:"))


def _on_bus(choice: _UsbChoice, may_open: bool = True) -> list[Plugged]:
    from canon.usb.libusb import find_devices

    return [found for found in find_devices(may_open=may_open) if choice.fits(found)]


# --- USB/IP ---------------------------------------------------------------------------------------


def _open_usbip(text: str) -> Port:
    from canon.usb.usbip import open_usbip

    host, number, busid = _usbip_address(text)
    for found in _served(host, number, busid):
        return open_usbip(host, number, found.busid)
    raise CameraNotFound(f"there is no camera at 'usbip:{text}'", _CHECK)


def _served(host: str, number: int, busid: str) -> list[RemoteDevice]:
    """What a server gives: one that is named, else each Canon."""
    from canon.usb.usbip import list_devices

    return [
        found
        for found in list_devices(host, number)
        if busid == found.busid or (not busid and found.vendor == CANON)
    ]


def _usbip_address(text: str) -> tuple[str, int, str]:
    address = re.fullmatch(r"(\[[^\]]+\]|[^:/]+)(?::(\d+))?(?:/(.*))?", text)
    if address is None:
        raise ValueError(f"'usbip:{text}' is no port; write usbip:HOST:PORT/BUSID")
    return address[1].strip("[]"), int(address[2] or 3240), address[3] or ""


def _row(product: int, interface: tuple[int, int, int]) -> Model | PtpModel:
    """The row of a camera on a bus: the class of its interface says which table holds."""
    from canon.models import native, ptp

    return ptp.by_product(product) if interface == PTP else native.by_product(product)


# --- serial lines ---------------------------------------------------------------------------------


def _open_serial(text: str) -> OnLine:
    from urllib.parse import parse_qsl

    from canon.models import native, ps350
    from canon.serial.tty import open_tty

    name, _, query = text.partition("?")
    words = parse_qsl(query, keep_blank_values=True)
    asked = dict(words)
    once = len(asked)
    speed, slug = asked.pop("speed", str(FIRST_SPEED)), asked.pop("model", "")
    if not name or asked or once < len(words) or not (speed.isascii() and speed.isdigit()):
        raise ValueError(
            f"'serial:{text}' is no port; write serial:/dev/ttyUSB0?speed=57600, or "
            "?model=powershot-350 for that one"
        )
    known = [row.slug for row in native.MODELS if row.serial_id]
    known += [row.slug for row in ps350.MODELS]
    if slug and slug not in known:
        raise ValueError(f"no {slug!r} talks over a serial line; choose one of {', '.join(known)}")
    return OnLine(open_tty(name), int(speed), ps350.by_slug(slug))


# --- virtual cameras ------------------------------------------------------------------------------


def _open_virtual(text: str) -> Way:
    from canon.virtual.build import Wanted

    wanted = Wanted.parse(text)
    if wanted.model.product is None:
        from canon.virtual.line import VirtualLine

        return OnLine(VirtualLine(wanted.on_line()), model=wanted.odd)
    from canon.virtual.port import VirtualPort

    return VirtualPort(wanted.on_usb())
