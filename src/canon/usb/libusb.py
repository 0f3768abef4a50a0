"""Cameras on this computer's USB, through pyusb's libusb-1.0 backend.

Only the backend is used (`usb.backend.IBackend`): it reads into a buffer of ours, says how much
came before a time-out, and does nothing of its own accord.
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import errno
import glob
import importlib.util
import math
import os
from collections.abc import Iterator
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
from canon.usb.port import (
    CANON,
    NATIVE,
    PTP,
    VENDOR_IN,
    VENDOR_OUT,
    Descriptors,
    Endpoint,
    Found,
)
from canon.wire import Buffer

CONTROL_S = 5.0
"""Seconds that a control request may take."""

_INTERFACE = 0
_RULE = 'SUBSYSTEM=="usb", ATTR{idVendor}=="04a9", MODE="0660", TAG+="uaccess"'
_RULE_FILE = "/etc/udev/rules.d/70-canon-remote.rules"


def find_devices() -> list[Found]:
    """The cameras that are plugged in, also those that may not be opened.

    They are Canon's, and those of other makers that speak PTP.

    Raises:
        PortError: there is no libusb.
    """
    backend = _backend()
    found = []
    for device, about in _cameras(backend):
        product, serial = _strings(backend, device)
        found.append(
            Found(f"usb:{_place(about)}", about.idVendor, about.idProduct, product, serial)
        )
    return found


def open_libusb(place: str = "") -> LibusbPort:
    """Open the camera at a place, or the first Canon.

    Args:
        place: bus and ports as in `1-2.3`, which is what follows `usb:` in `Found.port`.

    Raises:
        CameraNotFound: there is none.
        InUse: another program holds it.
        PermissionDenied: this user may not open it.
    """
    backend = _backend()
    for device, about in _cameras(backend):
        if place == _place(about) or (not place and about.idVendor == CANON):
            return LibusbPort(backend, device)
    what = f"camera is on USB at {place}" if place else "Canon camera is on USB"
    raise CameraNotFound(
        f"no {what}; switch it on, set it to connect to a computer, and check the cable"
    )


class LibusbPort:
    """One camera on USB, as a `canon.usb.port.Port`.

    Args:
        backend: pyusb's backend.
        device: the device as that backend lists it.
    """

    def __init__(self, backend: Any, device: Any) -> None:
        self.clock = RealClock()
        self._backend, self._device, self._handle = backend, device, None
        about = backend.get_device_descriptor(device)
        self._bus, self._address = about.bus, about.address
        with self._translated():
            self._handle = backend.open_device(device)
        try:
            with self._translated():
                with contextlib.suppress(NotImplementedError):  # only Linux has such drivers
                    if backend.is_kernel_driver_active(self._handle, _INTERFACE):
                        backend.detach_kernel_driver(self._handle, _INTERFACE)
                backend.claim_interface(self._handle, _INTERFACE)
            self.descriptors: Descriptors = read_descriptors(self.control_in)
            self._endpoints = {which: self.descriptors.endpoint(which) for which in Endpoint}
        except BaseException:
            self.close()
            raise

    def control_out(
        self, request: int, value: int, index: int, data: bytes, *, kind: int = VENDOR_OUT
    ) -> None:
        """Send a control request with data."""
        self._control(kind, request, value, index, _copied(data))

    def control_in(
        self, request: int, value: int, index: int, length: int, *, kind: int = VENDOR_IN
    ) -> bytes:
        """Ask for up to `length` bytes by a control request."""
        buffer = bytearray(length)
        window = _Window(memoryview(buffer))
        return bytes(buffer[: self._control(kind, request, value, index, window)])

    def bulk_out(self, data: Buffer, timeout_s: float) -> None:
        """Send bytes; b"" sends a zero-length packet."""
        address = self._endpoints[Endpoint.BULK_OUT].address
        with self._translated(timeout_s):
            sent = self._backend.bulk_write(
                self._live(), address, _INTERFACE, _copied(data), _ms(timeout_s)
            )
        if sent < len(data):
            raise PortTimeout(
                f"the camera took {sent} of {len(data)} bytes in {timeout_s:g} s; {AGAIN}"
            )

    def bulk_in(self, buffer: memoryview, timeout_s: float) -> int:
        """Read into `buffer` until it is full, a short packet came or the time is up."""
        address = self._endpoints[Endpoint.BULK_IN].address
        with self._translated(timeout_s):
            return int(
                self._backend.bulk_read(
                    self._live(), address, _INTERFACE, _Window(buffer), _ms(timeout_s)
                )
            )

    def interrupt_in(self, timeout_s: float) -> bytes:
        """One interrupt packet; b"" when nothing came."""
        endpoint = self._endpoints[Endpoint.INTERRUPT_IN]
        buffer = bytearray(endpoint.packet_size)
        window = _Window(memoryview(buffer))
        try:
            with self._translated(timeout_s):
                got = self._backend.intr_read(
                    self._live(), endpoint.address, _INTERFACE, window, _ms(timeout_s)
                )
        except PortTimeout:
            return b""
        return bytes(buffer[:got])

    def clear_halt(self, endpoint: Endpoint) -> None:
        """Take a stalled endpoint back into use."""
        with self._translated():
            self._backend.clear_halt(self._live(), self._endpoints[endpoint].address)

    def reset(self) -> None:
        """Reset the device."""
        with self._translated():
            self._backend.reset_device(self._live())

    def close(self) -> None:
        """Give the device back. Closing twice is allowed."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with contextlib.suppress(OSError):  # unplugged, or never claimed
                self._backend.release_interface(handle, _INTERFACE)
            self._backend.close_device(handle)

    def _control(self, kind: int, request: int, value: int, index: int, data: Any) -> int:
        with self._translated(CONTROL_S):
            return int(
                self._backend.ctrl_transfer(
                    self._live(), kind, request, value, index, data, _ms(CONTROL_S)
                )
            )

    def _live(self) -> Any:
        if self._handle is None:
            raise Disconnected("this camera was closed; open it again")
        return self._handle

    @contextlib.contextmanager
    def _translated(self, timeout_s: float = CONTROL_S) -> Iterator[None]:
        """Turn pyusb's errors into ours."""
        try:
            yield
        except OSError as error:  # usb.core.USBError is one; so is our PortTimeout
            if isinstance(error, CanonError):
                raise
            raise self._error(error, timeout_s) from error
        except NotImplementedError as error:
            raise PortError(
                "libusb cannot use this device; on Windows give it the WinUSB driver (Zadig)"
            ) from error

    def _error(self, error: OSError, timeout_s: float) -> CanonError:
        match error.errno:
            case errno.ETIMEDOUT:
                return PortTimeout(f"the camera sent nothing for {timeout_s:g} s; {AGAIN}")
            case errno.EPIPE:
                return PortStalled(f"the camera stalled the transfer; {AGAIN}")
            case errno.EOVERFLOW:
                return ProtocolError("the camera sent more than there was room for")
            case errno.EBUSY:
                return InUse(f"the camera is in use by {_holder(self._bus, self._address)}")
            case errno.EACCES:
                return PermissionDenied(
                    f"this user may not open the camera; put this line into {_RULE_FILE}, run "
                    f"`udevadm control --reload`, and plug the camera in again:\n{_RULE}"
                )
        if error.errno in (errno.ENODEV, errno.ENOENT) or not self._listed():
            return Disconnected("the camera was unplugged; plug it in and open it again")
        return PortError(f"the transfer failed on the bus ({error}); check the cable")

    def _listed(self) -> bool:
        """Whether the device is still on the bus: an unplugged one may first report EIO."""
        described = map(self._backend.get_device_descriptor, self._backend.enumerate_devices())
        return any((about.bus, about.address) == (self._bus, self._address) for about in described)


class _Window:
    """A writable buffer in the shape in which the backend takes an array, without a copy."""

    itemsize = 1

    def __init__(self, view: memoryview) -> None:
        self._there = (ctypes.c_char * len(view)).from_buffer(view)

    def buffer_info(self) -> tuple[int, int]:
        return ctypes.addressof(self._there), len(self._there)


def _copied(data: Buffer) -> array.array[int]:
    copy = array.array("B")
    copy.frombytes(data)
    return copy


def _ms(timeout_s: float) -> int:
    return max(1, math.ceil(timeout_s * 1000))  # 0 would mean for ever


def _backend() -> Any:
    """The libusb that libusb-package brings, or else the system's.

    Its file is looked up without importing that package, which would take as long as all of pyusb.
    """
    import usb.backend.libusb1

    package = importlib.util.find_spec("libusb_package")
    folders = package.submodule_search_locations or () if package else ()
    brought = [
        os.path.join(folder, name)
        for folder in folders
        for name in glob.glob("libusb-1.0.*", root_dir=folder)
    ]
    get_backend = usb.backend.libusb1.get_backend
    backend = (brought and get_backend(lambda _: brought[0])) or get_backend()
    if backend is None:
        raise PortError("libusb 1.0 is not on this computer; install it (Debian: libusb-1.0-0)")
    return backend


def _cameras(backend: Any) -> Iterator[tuple[Any, Any]]:
    """The devices that look like a camera, each with its device descriptor."""
    for device in backend.enumerate_devices():
        about, kind = backend.get_device_descriptor(device), _interface(backend, device)
        if kind == PTP or (kind == NATIVE and about.idVendor == CANON):
            yield device, about


def _interface(backend: Any, device: Any) -> tuple[int, int, int] | None:
    """Class, subclass and protocol of the first interface; None for a device without any."""
    with contextlib.suppress(OSError, IndexError):
        first = backend.get_interface_descriptor(device, _INTERFACE, 0, 0)
        return first.bInterfaceClass, first.bInterfaceSubClass, first.bInterfaceProtocol
    return None


def _place(about: Any) -> str:
    return f"{about.bus}-{'.'.join(str(number) for number in about.port_numbers or (0,))}"


def _strings(backend: Any, device: Any) -> tuple[str, str]:
    """Product and serial number, empty where the device may not be asked."""
    with contextlib.suppress(OSError, NotImplementedError, ProtocolError):
        handle = backend.open_device(device)
        try:

            def ask(request: int, value: int, index: int, length: int, *, kind: int = 0) -> bytes:
                buffer = bytearray(length)
                window = _Window(memoryview(buffer))
                got = backend.ctrl_transfer(
                    handle, kind, request, value, index, window, _ms(CONTROL_S)
                )
                return bytes(buffer[:got])

            descriptors = read_descriptors(ask)
            return descriptors.product_name, descriptors.serial
        finally:
            backend.close_device(handle)
    return "", ""


def _holder(bus: int, address: int) -> str:
    """The program that has a device open, and how to make it let go."""
    from pathlib import Path

    node = f"/dev/bus/usb/{bus:03}/{address:03}"
    for link in map(Path, glob.iglob("/proc/[0-9]*/fd/*")):  # Path.glob trips over ended processes
        with contextlib.suppress(OSError):
            owner, target = link.parts[2], str(link.readlink())
            if target.endswith(node) and link.samefile(node) and int(owner) != os.getpid():
                name = Path("/proc", owner, "comm").read_text().strip()
                if name.startswith("gvfs"):
                    return f"{name} (process {owner}); run `gio mount -s gphoto2`, or eject it"
                return f"{name} (process {owner}); close that program and try again"
    return "another program; close whatever shows pictures or imports them, and try again"
