"""libusb-1.0 by ctypes: where its file is, its functions and their codes (libusb.info, "API").

pyusb has these functions, too, but to import it takes longer than to ask a camera who it is.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_char_p, c_int, c_ssize_t, c_uint, c_uint8, c_uint16, c_void_p
from functools import cache
from importlib.util import find_spec
from typing import Any, ClassVar

from canon.errors import PortError
from canon.usb.port import Interface, camera_interface

SYSFS = "/sys/bus/usb/devices"
"""Where Linux tells of the devices on USB."""


class Code:
    """What a function returns when it fails; those that mean something to us."""

    ACCESS = -3
    NO_DEVICE = -4
    NOT_FOUND = -5
    BUSY = -6
    TIMEOUT = -7
    OVERFLOW = -8
    PIPE = -9
    NOT_SUPPORTED = -12


_TIMEVAL = 16
"""Bytes of a struct timeval, or more; all zero, it is no time."""

_SPEEDS = {1: 1.5, 2: 12, 3: 480, 4: 5000, 5: 10000}
"""Megabits a second, by libusb's numbers."""

_FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "init": (c_int, c_void_p),
    "strerror": (c_char_p, c_int),
    "handle_events_timeout": (c_int, c_void_p, c_void_p),
    "get_device_list": (c_ssize_t, c_void_p, c_void_p),
    "free_device_list": (None, c_void_p, c_int),
    "get_device_descriptor": (c_int, c_void_p, c_void_p),
    "get_config_descriptor": (c_int, c_void_p, c_uint8, c_void_p),
    "free_config_descriptor": (None, c_void_p),
    "get_bus_number": (c_uint8, c_void_p),
    "get_device_address": (c_uint8, c_void_p),
    "get_device_speed": (c_int, c_void_p),
    "get_port_numbers": (c_int, c_void_p, c_void_p, c_int),
    "open": (c_int, c_void_p, c_void_p),
    "close": (None, c_void_p),
    "kernel_driver_active": (c_int, c_void_p, c_int),
    "detach_kernel_driver": (c_int, c_void_p, c_int),
    "claim_interface": (c_int, c_void_p, c_int),
    "release_interface": (c_int, c_void_p, c_int),
    "clear_halt": (c_int, c_void_p, c_uint8),
    "reset_device": (c_int, c_void_p),
    "control_transfer": (
        c_int, c_void_p, c_uint8, c_uint8, c_uint16, c_uint16, c_void_p, c_uint16, c_uint,
    ),
    "bulk_transfer": (c_int, c_void_p, c_uint8, c_void_p, c_int, c_void_p, c_uint),
    "interrupt_transfer": (c_int, c_void_p, c_uint8, c_void_p, c_int, c_void_p, c_uint),
}  # fmt: skip
"""What each function returns, and what it takes."""


class Libusb:
    """libusb-1.0, ready for use: `libusb.open(…)` is `libusb_open(…)`.

    Args:
        file: its file; OSError when it cannot be loaded.

    Attributes:
        file: its file.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._library = getattr(ctypes, "WinDLL", ctypes.CDLL)(file)  # there its calls differ
        self._looked_for: set[tuple[str, int]] | None = None
        self._begin()

    def __getattr__(self, name: str) -> Any:
        """A function, prepared when it is first called."""
        function = getattr(self._library, f"libusb_{name}")
        function.restype, *function.argtypes = _FUNCTIONS[name]
        setattr(self, name, function)
        return function

    def said(self, code: int) -> str:
        """What libusb says of a code."""
        return str(self.strerror(code).decode())

    @contextmanager
    def devices(self) -> Iterator[list[Device]]:
        """The devices on the bus; they can be asked and opened within the block.

        In a container libusb hears of nothing that comes and goes, and would list for ever what was
        there at its start. Where Linux says that this has changed, it looks anew.
        """
        # Until it has handled what it heard, it lists those that were unplugged.
        self.handle_events_timeout(self._context, ctypes.create_string_buffer(_TIMEVAL))
        there, devices = self._list()
        try:
            if (plugs := _plugs()) not in (None, self._looked_for) and plugs != {
                (device.place, device.address) for device in devices if device.place[-2:] != "-0"
            }:
                self._looked_for = plugs
                self.free_device_list(there, True)
                there = c_void_p()
                self._begin()  # ports that are open keep the context that they have
                there, devices = self._list()
            yield devices
        finally:
            if there.value:
                self.free_device_list(there, True)

    def _begin(self) -> None:
        context = c_void_p()
        code = self.init(ctypes.byref(context))
        if code < 0:
            raise PortError(f"libusb does not start ({self.said(code)})", "restart this computer")
        self._context = context

    def _list(self) -> tuple[c_void_p, list[Device]]:
        there = c_void_p()
        count = self.get_device_list(self._context, ctypes.byref(there))
        if count < 0:
            raise PortError(
                f"the devices on USB cannot be listed ({self.said(count)})", "restart this computer"
            )
        return there, [Device(self, at) for at in (c_void_p * count).from_address(there.value or 0)]


def _plugs() -> set[tuple[str, int]] | None:
    """The plugs that have something in them, each with its address; None where nothing tells.

    Hubs in the computer itself are no plugs: "usb1" is not among them.
    """
    try:
        names = os.listdir(SYSFS)
    except OSError:
        return None
    places = [name for name in names if name[:1].isdigit() and ":" not in name]
    addresses = {place: line(f"{SYSFS}/{place}/devnum") for place in places}
    return {(place, int(text)) for place, text in addresses.items() if text.isdecimal()}


def line(file: str) -> str:
    """The line that a file of sysfs has; empty where there is no such file."""
    try:
        with open(file, encoding="utf-8", errors="replace") as stream:
            return stream.readline().removesuffix("\n")
    except OSError:
        return ""


class _DeviceDescriptor(ctypes.Structure):
    _fields_: ClassVar = [
        ("bLength", c_uint8),
        ("bDescriptorType", c_uint8),
        ("bcdUSB", c_uint16),
        ("bDeviceClass", c_uint8),
        ("bDeviceSubClass", c_uint8),
        ("bDeviceProtocol", c_uint8),
        ("bMaxPacketSize0", c_uint8),
        ("idVendor", c_uint16),
        ("idProduct", c_uint16),
        ("bcdDevice", c_uint16),
        ("iManufacturer", c_uint8),
        ("iProduct", c_uint8),
        ("iSerialNumber", c_uint8),
        ("bNumConfigurations", c_uint8),
    ]


class _Interface(ctypes.Structure):
    """An interface; `alternates` points to the descriptors of its settings."""

    _fields_: ClassVar = [("alternates", c_void_p), ("count", c_int)]


class _Configuration(ctypes.Structure):
    """The head of a configuration; `interfaces` points to its interfaces."""

    _fields_: ClassVar = [
        ("bLength", c_uint8),
        ("bDescriptorType", c_uint8),
        ("wTotalLength", c_uint16),
        ("bNumInterfaces", c_uint8),
        ("bConfigurationValue", c_uint8),
        ("iConfiguration", c_uint8),
        ("bmAttributes", c_uint8),
        ("MaxPower", c_uint8),
        ("interfaces", c_void_p),
    ]


class Device:
    """A device on the bus.

    Args:
        libusb: the library that listed it.
        at: libusb's pointer to it.

    Attributes:
        vendor: USB vendor id.
        product: USB product id.
        bus: the number of its bus.
        address: its address there.
    """

    def __init__(self, libusb: Libusb, at: int) -> None:
        self._libusb, self.at = libusb, at
        about = _DeviceDescriptor()
        libusb.get_device_descriptor(at, ctypes.byref(about))  # cannot fail since 1.0.16
        self.vendor, self.product = int(about.idVendor), int(about.idProduct)
        self.bus = int(libusb.get_bus_number(at))
        self.address = int(libusb.get_device_address(at))

    @property
    def place(self) -> str:
        """The plug that it is in: bus and ports, "1-2.3"."""
        ports = (c_uint8 * 7)()  # USB goes no deeper
        count = self._libusb.get_port_numbers(self.at, ports, len(ports))
        return f"{self.bus}-{'.'.join(str(port) for port in ports[: max(0, count)]) or '0'}"

    @property
    def speed(self) -> float:
        """Megabits a second of its plug; 0 where the system does not tell."""
        return _SPEEDS.get(int(self._libusb.get_device_speed(self.at)), 0)

    @property
    def interface(self) -> Interface | None:
        """The interface on which a camera is spoken to, or the first; None where it has none."""
        there = c_void_p()
        if self._libusb.get_config_descriptor(self.at, 0, ctypes.byref(there)) < 0:
            return None
        try:
            about = _Configuration.from_address(there.value or 0)
            if not about.bNumInterfaces:
                return None
            found = (_Interface * about.bNumInterfaces).from_address(about.interfaces)
            firsts = [(c_uint8 * 8).from_address(one.alternates or 0)[2:] for one in found]
            return camera_interface(
                Interface(number, (kind, subclass, protocol))
                for number, _, _, kind, subclass, protocol in firsts
            )
        finally:
            self._libusb.free_config_descriptor(there)


@cache
def load() -> Libusb:
    """The libusb that the package libusb-package brings, or else the system's.

    That package is not imported: it takes long to find out where its file is.

    Raises:
        PortError: there is none.
    """
    for file in _files():
        try:
            return Libusb(file)
        except OSError:
            continue
    raise PortError("libusb 1.0 is not on this computer", "install it (Debian: libusb-1.0-0)")


def _files() -> Iterator[str]:
    package = find_spec("libusb_package")
    for folder in (package.submodule_search_locations or ()) if package else ():
        for name in os.listdir(folder):
            if name.startswith("libusb-1.0."):
                yield os.path.join(folder, name)
    from ctypes.util import find_library

    for name in ("usb-1.0", "libusb-1.0"):
        if file := find_library(name):
            yield file
