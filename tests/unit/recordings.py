"""Recordings that the tests make: a virtual G3 through our own host, and usbmon records by hand."""

from __future__ import annotations

import json
import struct
import subprocess
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from canon.camera import Camera
from canon.errors import Disconnected
from canon.models.native import by_product
from canon.native.session import Session
from canon.native.usb_link import UsbLink
from canon.ports import open_port
from canon.trace.recorder import RecordingPort
from canon.virtual.native.camera import NativeCamera
from canon.virtual.port import VirtualPort
from conftest import program
from rigs.bodies import a_card, native_device

G3 = by_product(0x306E)
PICTURE = bytes(range(1, 251)) * 41  # 10250 bytes, none of them zero
PATH = r"D:\DCIM\100CANON\IMG_0001.JPG"


def camera(*faults: str) -> NativeCamera:
    """A virtual G3 with one picture on its card."""
    return native_device(*faults, card=a_card({"IMG_0001.JPG": PICTURE}))


def record(path: Path, talk: Callable[[Session], object], device: NativeCamera) -> Path:
    """Record what a session says to a virtual camera."""
    with path.open("wb") as stream:
        session = Session(UsbLink(RecordingPort(VirtualPort(device), stream), G3))
        talk(session)
        with suppress(Disconnected):
            session.close()
    return path


def tshark(path: Path, *fields: str, only: str = "usb") -> list[list[str]]:
    """What Wireshark reads in a recording: the fields of each frame."""
    command = [program("tshark"), "-r", str(path), "-Y", only, "-T", "fields"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


def urb(
    number: int,
    event: bytes,
    kind: int,
    endpoint: int,
    data: bytes = b"",
    *,
    size: int | None = None,
    status: int = 0,
    setup: bytes = b"",
    address: int = 5,
    seconds: int = 1_700_000_000,
    head: int = 64,
    order: str = "<",
) -> bytes:
    """A usbmon record, written from the kernel's documentation of `struct mon_bin_hdr`."""
    flags = 0 if setup else ord("-"), 0 if data else ord("<" if endpoint & 0x80 else ">")
    length = len(data) if size is None else size
    fields = struct.pack(
        order + "QcBBBHBBqiiII8s",
        number, event, kind, endpoint, address, 2, *flags,
        seconds, 250_000, status, length, len(data), setup,
    )  # fmt: skip
    return fields.ljust(head, b"\0") + data


def pcap(path: Path, packets: Iterable[bytes], *, link: int = 220, order: str = "<") -> Path:
    """A classic capture file of these packets."""
    out = struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 0x40000, link)
    for packet in packets:
        out += struct.pack(order + "IIII", 0, 0, len(packet), len(packet)) + packet
    path.write_bytes(out)
    return path


def trace(path: Path, *records: dict[str, Any]) -> Path:
    """A canon-native-trace/1 of these records."""
    header = {"type": "header", "format": "canon-native-trace/1"}
    path.write_text("".join(json.dumps(record) + "\n" for record in (header, *records)))
    return path


def record_body(path: Path, slug: str) -> Path:
    """Record what our own library says to a virtual body: identity, card, a picture."""
    port = open_port(f"virtual:{slug}")
    assert isinstance(port, VirtualPort)
    with path.open("wb") as stream, Camera(lambda: RecordingPort(port, stream), slug) as cam:
        cam.storage.cards()
        for one in cam.storage.walk("DCIM"):
            if not one.is_folder:
                cam.storage.read(one.path)
    return path
