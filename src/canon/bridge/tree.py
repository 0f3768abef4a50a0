"""The files that a USB program looks at: a sysfs tree, a device node and hot-plug messages.

umockdev's preload library shows a program `<tree>/sys` as /sys and the nodes under `<tree>/dev` in
/dev, sends the ioctls of a node to a socket under `<tree>/ioctl`, and gives each udev monitor a
socket `<tree>/event*`.

The node is a FIFO. A program learns by poll() that a node can be written, which is how usbfs says
"a transfer has ended"; a regular file would always say so. The FIFO is kept full, and is emptied
while an ended transfer waits to be fetched.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import struct
import tempfile
from pathlib import Path
from typing import Self

from canon.usb.port import Descriptors

_SPEEDS = {1: "1.5", 2: "12", 3: "480", 5: "5000"}
_F_SETPIPE_SZ = 1031
_PAGE = 4096
_MAJOR = 189
_MAGIC = 0xFEEDCAFE


class Tree:
    """A temporary tree, removed at the end of its `with` block."""

    def __init__(self) -> None:
        # Short, because the path of a socket ends at 108 bytes.
        self.root = Path(tempfile.mkdtemp(prefix="canon-", dir="/tmp"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.root, ignore_errors=True)


class Plugged:
    """One device in a tree.

    Args:
        tree: the tree.
        descriptors: what the device says of itself.
        name: its name in sysfs, which tells its place: `1-1`, `1-2.3`.
        busnum: the number of its bus.
        devnum: its number on the bus.
        speed: as Linux counts: 1 low, 2 full, 3 high, 5 super.
    """

    def __init__(
        self,
        tree: Tree,
        descriptors: Descriptors,
        name: str,
        busnum: int,
        devnum: int,
        speed: int,
    ) -> None:
        self.descriptors, self.busnum, self.devnum, self.speed = descriptors, busnum, devnum, speed
        self._root, self._device = tree.root, tree.root / "sys" / "devices" / name
        node = f"bus/usb/{busnum:03}/{devnum:03}"
        self._minor = (busnum - 1) * 128 + devnum - 1
        self._node, self.socket = tree.root / "dev" / node, tree.root / "ioctl" / "dev" / node
        for parent in (self._node.parent, self.socket.parent):
            parent.mkdir(parents=True, exist_ok=True)
        self._properties = {
            "MAJOR": str(_MAJOR),
            "MINOR": str(self._minor),
            "DEVNAME": node,
            "DEVTYPE": "usb_device",
            "PRODUCT": f"{descriptors.vendor:x}/{descriptors.product:x}/{self._release():x}",
            "BUSNUM": f"{busnum:03}",
            "DEVNUM": f"{devnum:03}",
        }
        self._write_sysfs()
        self._fifo = self._make_node()
        self.ready(False)
        self._announce("add")

    def ready(self, ready: bool) -> None:
        """Say to poll() whether an ended transfer waits to be fetched."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self._fifo, _PAGE) if ready else os.write(self._fifo, bytes(_PAGE)):
                pass

    def unplug(self) -> None:
        """Take the device out of sysfs, and tell who listens. Its node stays for who holds it."""
        (self._root / "sys/bus/usb/devices" / self._device.name).unlink()
        shutil.rmtree(self._device)
        self._node.unlink()
        self._announce("remove")

    def close(self) -> None:
        """Let the node go."""
        os.close(self._fifo)

    def _release(self) -> int:
        return int.from_bytes(self.descriptors.device[12:14], "little")

    def _write_sysfs(self) -> None:
        raw, configuration = self.descriptors.device, self.descriptors.configuration
        texts = (
            (name, self.descriptors.strings.get(number))
            for name, number in zip(("manufacturer", "product", "serial"), raw[14:17], strict=True)
        )
        _write_device(
            self._device,
            self._properties,
            {name: text for name, text in texts if text is not None}
            | {
                "busnum": str(self.busnum),
                "devnum": str(self.devnum),
                "devpath": self._device.name.partition("-")[2],
                "dev": f"{_MAJOR}:{self._minor}",
                "speed": _SPEEDS.get(self.speed, "12"),
                "version": f"{raw[3]:2x}.{raw[2]:02x}",
                "idVendor": f"{self.descriptors.vendor:04x}",
                "idProduct": f"{self.descriptors.product:04x}",
                "bcdDevice": f"{self._release():04x}",
                "bDeviceClass": f"{raw[4]:02x}",
                "bDeviceSubClass": f"{raw[5]:02x}",
                "bDeviceProtocol": f"{raw[6]:02x}",
                "bNumConfigurations": str(raw[17]),
                "bConfigurationValue": str(configuration[5]),
                "bNumInterfaces": f"{configuration[4]:2}",
            },
        )
        (self._device / "descriptors").write_bytes(raw + configuration)
        for number, kind in enumerate(self.descriptors.interfaces):
            _write_device(
                self._device / f"{self._device.name}:{configuration[5]}.{number}",
                {"DEVTYPE": "usb_interface", "INTERFACE": "/".join(str(byte) for byte in kind)},
                {
                    "bInterfaceNumber": f"{number:02x}",
                    "bAlternateSetting": " 0",
                    "bInterfaceClass": f"{kind[0]:02x}",
                    "bInterfaceSubClass": f"{kind[1]:02x}",
                    "bInterfaceProtocol": f"{kind[2]:02x}",
                },
            )
        listed = self._root / "sys/bus/usb/devices"
        listed.mkdir(parents=True, exist_ok=True)
        (listed / self._device.name).symlink_to(f"../../../devices/{self._device.name}")

    def _make_node(self) -> int:
        """Make the FIFO and open it under a name that it then loses.

        So a search of /proc for the program that holds the camera does not find the bridge.
        """
        passing = self._root / "fifo"
        os.mkfifo(passing)
        fifo = os.open(passing, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.fcntl(fifo, _F_SETPIPE_SZ, _PAGE)
        os.link(passing, self._node)
        passing.unlink()
        numbers = self._root / "dev" / ".node"
        numbers.mkdir(exist_ok=True)
        name = str(self._node.relative_to(self._root / "dev")).replace("/", "_")
        (numbers / name).symlink_to(f"{_MAJOR}:{self._minor}")
        return fifo

    def _announce(self, action: str) -> None:
        """Send a uevent in the form in which udev passes it on to its monitors."""
        words = {
            "ACTION": action,
            "DEVPATH": f"/devices/{self._device.name}",
            "SUBSYSTEM": "usb",
            "SEQNUM": "1",
        } | self._properties
        body = "".join(f"{key}={value}\0" for key, value in words.items()).encode()
        head = b"libudev\0" + struct.pack(">I", _MAGIC) + struct.pack("=III", 40, 40, len(body))
        filters = struct.pack(">IIII", _murmur(b"usb"), _murmur(b"usb_device"), 0, 0)
        with socket.socket(socket.AF_UNIX, socket.SOCK_RAW) as sender:
            sender.setblocking(False)
            for monitor in self._root.glob("event*"):
                with contextlib.suppress(OSError):  # its program ended, or does not read
                    sender.sendto(head + filters + body, str(monitor))


def _write_device(path: Path, properties: dict[str, str], attributes: dict[str, str]) -> None:
    path.mkdir(parents=True)
    uevent = "".join(f"{key}={value}\n" for key, value in properties.items())
    for name, text in (attributes | {"uevent": uevent.rstrip("\n")}).items():
        (path / name).write_text(f"{text}\n", encoding="utf-8")
    depth = len(path.parts) - path.parts.index("devices")
    (path / "subsystem").symlink_to("../" * depth + "bus/usb")


def _murmur(data: bytes) -> int:
    """MurmurHash2 with seed 0, by which udev's monitors choose their messages."""
    factor, mask = 0x5BD1E995, 0xFFFFFFFF
    value, whole = len(data), len(data) & ~3
    for at in range(0, whole, 4):
        word = int.from_bytes(data[at : at + 4], "little") * factor & mask
        word = (word ^ word >> 24) * factor & mask
        value = value * factor & mask ^ word
    if rest := data[whole:]:
        value = (value ^ int.from_bytes(rest, "little")) * factor & mask
    value = (value ^ value >> 13) * factor & mask
    return value ^ value >> 15
