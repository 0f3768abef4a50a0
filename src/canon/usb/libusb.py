"""Cameras on this computer's USB, through libusb-1.0."""

from __future__ import annotations

import ctypes
import math
import os
from collections.abc import Callable
from typing import Any

from canon.clock import RealClock
from canon.errors import (
    AGAIN,
    CameraNotFound,
    CanonError,
    Disconnected,
    InUse,
    PermissionDenied,
    PortError,
    PortStalled,
    PortTimeout,
    ProtocolError,
)
from canon.usb.descriptors import read_descriptors
from canon.usb.libusb_calls import SYSFS, Code, Device, Libusb, line, load
from canon.usb.port import (
    CANON,
    NATIVE,
    PTP,
    VENDOR_IN,
    VENDOR_OUT,
    Descriptors,
    Endpoint,
    Plugged,
)
from canon.wire import Buffer

CONTROL_S = 5.0
"""Seconds that a control request may take."""

_told: dict[tuple[int, int, int, int], tuple[str, str]] = {}
"""Product and serial number of the devices that were read, by `_key`, while they are plugged in."""


def find_devices(*, may_open: bool = True) -> list[Plugged]:
    """The cameras that are plugged in, also those that may not be opened.

    They are Canon's, and those of other makers that speak PTP. Linux has read their strings when
    they were plugged in, and tells them; on other systems each is opened once, to be asked.

    Args:
        may_open: whether one may be opened for that; without, its strings are empty.

    Raises:
        PortError: there is no libusb.
    """
    libusb = load()
    found = []
    with libusb.devices() as devices:
        there = set(map(_key, devices))
        for gone in [key for key in _told if key not in there]:
            _told.pop(gone, None)
        for device in filter(_is_camera, devices):
            told = _told.get(_key(device)) or _strings(libusb, device, may_open)
            found.append(
                Plugged(
                    f"usb:{device.place}", device.vendor, device.product, *told,
                    device.bus, device.address, _kind(device), device.speed,
                )
            )  # fmt: skip
    return found


def other_canons() -> list[Plugged]:
    """Canon's devices that are no cameras as they are set: in another USB mode, or printers.

    Raises:
        PortError: there is no libusb.
    """
    with load().devices() as devices:
        return [
            Plugged(
                f"usb:{device.place}", device.vendor, device.product,
                bus=device.bus, address=device.address, interface=_kind(device),
            )
            for device in devices
            if device.vendor == CANON and not _is_camera(device)
        ]  # fmt: skip


def open_libusb(place: str = "") -> LibusbPort:
    """Open the camera at a place, or the first Canon.

    Args:
        place: bus and ports as in `1-2.3`, which is what follows `usb:` in `Plugged.port`.

    Raises:
        CameraNotFound: there is none.
        InUse: another program holds it.
        PermissionDenied: this user may not open it.
    """
    libusb = load()
    with libusb.devices() as devices:
        for device in filter(_is_camera, devices):
            if place == device.place or (not place and device.vendor == CANON):
                return LibusbPort(libusb, device)
    what = f"camera is on USB at {place}" if place else "Canon camera is on USB"
    raise CameraNotFound(
        f"no {what}",
        "switch it on, set it to connect to a computer, and check the cable; `canon-remote doctor` "
        "looks further",
    )


class LibusbPort:
    """One camera on USB, as a `canon.usb.port.Port`.

    Args:
        libusb: the library.
        device: the device as that library lists it.
    """

    def __init__(self, libusb: Libusb, device: Device) -> None:
        self.clock = RealClock()
        self._libusb = libusb
        self._bus, self._address = device.bus, device.address
        self._key = _key(device)
        own = device.interface
        self._number = own.number if own else 0
        handle = ctypes.c_void_p()
        self._check(libusb.open(device.at, ctypes.byref(handle)))
        self._handle: ctypes.c_void_p | None = handle
        try:
            if libusb.kernel_driver_active(handle, self._number) > 0:  # only Linux has such drivers
                self._do(libusb.detach_kernel_driver, self._number)
            self._do(libusb.claim_interface, self._number)
            self.descriptors: Descriptors = read_descriptors(self.control_in)
            _told[self._key] = self.descriptors.product_name, self.descriptors.serial
            self._endpoints = {which: self.descriptors.endpoint(which) for which in Endpoint}
        except BaseException:
            self.close()
            raise

    def control_out(
        self, request: int, value: int, index: int, data: bytes, *, kind: int = VENDOR_OUT
    ) -> None:
        """Send a control request with data."""
        self._do(
            self._libusb.control_transfer,
            kind, request, value, index, bytes(data), len(data), _ms(CONTROL_S),
        )  # fmt: skip

    def control_in(
        self, request: int, value: int, index: int, length: int, *, kind: int = VENDOR_IN
    ) -> bytes:
        """Ask for up to `length` bytes by a control request."""
        data = ctypes.create_string_buffer(length)
        got = self._do(
            self._libusb.control_transfer,
            kind, request, value, index, data, length, _ms(CONTROL_S),
        )  # fmt: skip
        return data.raw[:got]

    def bulk_out(self, data: Buffer, timeout_s: float) -> None:
        """Send bytes; b"" sends a zero-length packet."""
        endpoint = self._endpoints[Endpoint.BULK_OUT]
        sent = self._transfer(
            self._libusb.bulk_transfer, endpoint.address, bytes(data), len(data), timeout_s
        )
        if sent < len(data):
            raise PortTimeout(
                f"the camera took {sent} of {len(data)} bytes in {timeout_s:g} s", AGAIN
            )

    def bulk_in(self, buffer: memoryview, timeout_s: float) -> int:
        """Read into `buffer` until it is full, a short packet came or the time is up."""
        endpoint = self._endpoints[Endpoint.BULK_IN]
        room = (ctypes.c_char * len(buffer)).from_buffer(buffer)
        return self._transfer(
            self._libusb.bulk_transfer, endpoint.address, room, len(buffer), timeout_s
        )

    def interrupt_in(self, timeout_s: float) -> bytes:
        """One interrupt packet; b"" when nothing came."""
        endpoint = self._endpoints[Endpoint.INTERRUPT_IN]
        data = ctypes.create_string_buffer(endpoint.packet_size)
        try:
            got = self._transfer(
                self._libusb.interrupt_transfer, endpoint.address, data, len(data), timeout_s
            )
        except PortTimeout:
            return b""
        return data.raw[:got]

    def clear_halt(self, endpoint: Endpoint) -> None:
        """Take a stalled endpoint back into use."""
        self._do(self._libusb.clear_halt, self._endpoints[endpoint].address)

    def reset(self) -> None:
        """Reset the device."""
        self._do(self._libusb.reset_device)

    def close(self) -> None:
        """Give the device back. Closing twice is allowed."""
        handle, self._handle = self._handle, None
        if handle is not None:
            self._libusb.release_interface(handle, self._number)  # fails for one that is unplugged
            self._libusb.close(handle)

    def _do(self, function: Callable[..., int], *words: Any) -> int:
        """Have libusb do something with the device."""
        return self._check(function(self._live(), *words))

    def _transfer(
        self, function: Callable[..., int], address: int, data: Any, size: int, timeout_s: float
    ) -> int:
        """Have bytes moved; returns how many were, also when the time was up before the end."""
        moved = ctypes.c_int()
        code = function(self._live(), address, data, size, ctypes.byref(moved), _ms(timeout_s))
        if code != Code.TIMEOUT or not moved.value:
            self._check(code, timeout_s)
        return moved.value

    def _live(self) -> ctypes.c_void_p:
        if self._handle is None:
            raise Disconnected("this camera was closed", "open it again")
        return self._handle

    def _check(self, code: int, timeout_s: float = CONTROL_S) -> int:
        if code < 0:
            raise self._error(code, timeout_s)
        return code

    def _error(self, code: int, timeout_s: float) -> CanonError:
        match code:
            case Code.TIMEOUT:
                return PortTimeout(f"the camera sent nothing for {timeout_s:g} s", AGAIN)
            case Code.PIPE:
                return PortStalled("the camera stalled the transfer", AGAIN)
            case Code.OVERFLOW:
                return ProtocolError("the camera sent more than there was room for")
            case Code.BUSY:
                from canon.usb.holders import in_use

                return InUse(*in_use(self._bus, self._address))
            case Code.ACCESS:
                return PermissionDenied(
                    "this user may not open the camera",
                    "run `canon-remote doctor --fix`, or put in the rule of `canon-remote udev`",
                )
            case Code.NOT_SUPPORTED:
                return PortError(
                    "libusb cannot use this device", "on Windows give it the WinUSB driver (Zadig)"
                )
        if code in (Code.NO_DEVICE, Code.NOT_FOUND) or not self._listed():
            _told.pop(self._key, None)  # where libusb hears of no unplugging, opening it tells
            return Disconnected("the camera was unplugged", "plug it in and open it again")
        said = self._libusb.said(code)
        return PortError(f"the transfer failed on the bus ({said})", "check the cable")

    def _listed(self) -> bool:
        """Whether the device is still on the bus: an unplugged one may first report EIO."""
        with self._libusb.devices() as devices:
            return any((one.bus, one.address) == (self._bus, self._address) for one in devices)


def _ms(timeout_s: float) -> int:
    return max(1, math.ceil(timeout_s * 1000))  # 0 would mean for ever


def _is_camera(device: Device) -> bool:
    kind = _kind(device)
    return kind == PTP or (kind == NATIVE and device.vendor == CANON)


def _kind(device: Device) -> tuple[int, int, int]:
    own = device.interface
    return own.kind if own else (0, 0, 0)


def _key(device: Device) -> tuple[int, int, int, int]:
    """What tells a device from those that were at its place before: a new one has a new address."""
    return device.bus, device.address, device.vendor, device.product


def _strings(libusb: Libusb, device: Device, may_open: bool) -> tuple[str, str]:
    """Product and serial number, empty where the device may not be asked."""
    if os.path.isdir(folder := f"{SYSFS}/{device.place}"):
        _told[_key(device)] = told = line(f"{folder}/product"), line(f"{folder}/serial")
        return told
    handle = ctypes.c_void_p()
    if not may_open or libusb.open(device.at, ctypes.byref(handle)) < 0:
        return "", ""

    def ask(request: int, value: int, index: int, length: int, *, kind: int = 0) -> bytes:
        data = ctypes.create_string_buffer(length)
        got = libusb.control_transfer(
            handle, kind, request, value, index, data, length, _ms(CONTROL_S)
        )
        if got < 0:
            raise PortError(libusb.said(got))
        return data.raw[:got]

    try:
        descriptors = read_descriptors(ask)
        _told[_key(device)] = told = descriptors.product_name, descriptors.serial
        return told
    except (PortError, ProtocolError):
        return "", ""
    finally:
        libusb.close(handle)
