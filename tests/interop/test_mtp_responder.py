"""Our PTP conversation with another's device: the MTP responder of the usbip package.

It sends no empty packet after whole ones, and knows no class request.
"""

from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from usbip.classes.device.mtp import MTP
from usbip.core import SPEED_FULL, SPEED_HIGH
from usbip.device import USBDevice
from usbip.transport import USBIP

import canon
from canon.errors import NoCard, NotSupported, ObjectNotFound
from canon.models.file_kinds import ObjectFormat
from canon.ptp.datasets import ObjectInfo, PtpText
from canon.ptp.operations import (
    ALL,
    OBJECT_SIZE,
    Bytes,
    DeleteObject,
    GetDevicePropDesc,
    GetDevicePropValue,
    GetObject,
    GetObjectHandles,
    GetObjectInfo,
    GetObjectSize,
    GetPartialObject,
    GetStorageIDs,
    GetStorageInfo,
    NewObject,
    ObjectAdded,
    ObjectRemoved,
    SendObject,
    SendObjectInfo,
    SetDevicePropValue,
)
from canon.ptp.session import Session
from canon.ptp.usb_transport import UsbTransport
from canon.usb.usbip import open_usbip

STORE = 0x00010001
FRIENDLY_NAME = 0xD402


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


PICTURE = noise(300_001)
EXACT = noise(4096 - 12)  # its container is a multiple of the packet size, and no packet ends it


class Store:
    """What the responder keeps its files in: folders are paths that hold None."""

    read_only = False
    description = "a card"

    def __init__(self) -> None:
        self.files: dict[str, bytes | None] = {
            "DCIM": None,
            "DCIM/100CANON": None,
            "DCIM/100CANON/IMG_0001.JPG": PICTURE,
            "DCIM/100CANON/IMG_0002.JPG": EXACT,
            "EMPTY.TXT": b"",
        }

    def listdir(self, path: str) -> list[str]:
        return [name.rpartition("/")[2] for name in self.files if name.rpartition("/")[0] == path]

    def stat(self, path: str) -> tuple[bool, int, float]:
        content = self.files[path]
        return content is None, len(content or b""), 1e9

    def read(self, path: str, offset: int, size: int | None) -> bytes:
        content = self.files[path] or b""
        return content[offset : None if size is None else offset + size]

    def write(self, path: str, content: bytes) -> None:
        self.files[path] = bytes(content)

    def mkdir(self, path: str) -> None:
        self.files[path] = None

    def remove(self, path: str) -> None:
        for name in [name for name in self.files if f"{name}/".startswith(f"{path}/")]:
            del self.files[name]

    def disk_usage(self) -> tuple[int, int]:
        return 1 << 30, 1 << 29


@dataclass
class Responder:
    """A session with the responder, and its card."""

    session: Session
    store: Store

    def handles(self, parent: int = ALL) -> dict[str, int]:
        """The objects of a folder by name."""
        found = self.session.call(GetObjectHandles(STORE, 0, parent)).handles
        return {self.session.call(GetObjectInfo(handle)).name: handle for handle in found}

    def picture(self, name: str = "IMG_0001.JPG") -> int:
        return self.handles(self.handles(self.handles()["DCIM"])["100CANON"])[name]

    def fetch(self, handle: int, expect: int = 0) -> bytes:
        collected = bytearray()
        self.session.receive(GetObject(handle), collected.extend, limit=1 << 24, expect=expect)
        return bytes(collected)


@dataclass
class Plugged:
    """The responder on its plug, and its card."""

    host: str
    port: int
    busid: str
    store: Store


@pytest.fixture(params=["full speed", "high speed"])
def plugged(request: pytest.FixtureRequest) -> Iterator[Plugged]:
    store = Store()
    device: Any = USBDevice(0x1209, 0x0001)
    device.add(MTP(store, name="Another's", manufacturer="somebody"))
    device.set_speed({"full speed": SPEED_FULL, "high speed": SPEED_HIGH}[request.param])
    transport: Any = USBIP("127.0.0.1", 0)
    with device.plug(transport):
        host, port = transport._listener.socks[0].getsockname()
        yield Plugged(host, port, device.busid, store)


@pytest.fixture
def responder(plugged: Plugged) -> Iterator[Responder]:
    port = open_usbip(plugged.host, plugged.port, plugged.busid)
    with contextlib.closing(Session(UsbTransport(port))) as session:
        session.start()
        yield Responder(session, plugged.store)


def new_object(name: str, size: int = 0, kind: int = ObjectFormat.EXIF_JPEG) -> ObjectInfo:
    association = 1 if kind == ObjectFormat.ASSOCIATION else 0
    return ObjectInfo(
        0, kind, 0, size, 0, 0, 0, 0, 0, 0, 0, 0, association, 0, 0, name, "", "", ""
    )  # fmt: skip


def test_it_says_who_it_is(responder: Responder) -> None:
    info = responder.session.info
    assert (info.model, info.manufacturer) == ("Another's", "somebody")
    assert responder.session.supports(GetPartialObject)


def test_its_storages(responder: Responder) -> None:
    assert responder.session.call(GetStorageIDs()).ids == (STORE,)
    info = responder.session.call(GetStorageInfo(STORE))
    assert (info.capacity, info.free, info.description) == (1 << 30, 1 << 29, "a card")
    with pytest.raises(NoCard):
        responder.session.call(GetStorageInfo(0x00090001))


def test_its_folders_and_files(responder: Responder) -> None:
    root = responder.handles()
    assert set(root) == {"DCIM", "EMPTY.TXT"}
    folder = responder.session.call(GetObjectInfo(root["DCIM"]))
    assert (folder.format, folder.association) == (ObjectFormat.ASSOCIATION, 1)
    picture = responder.session.call(GetObjectInfo(responder.picture()))
    assert (picture.format, picture.size) == (ObjectFormat.EXIF_JPEG, len(PICTURE))


@pytest.mark.parametrize("expect", [0, len(PICTURE)])
def test_get(responder: Responder, expect: int) -> None:
    assert responder.fetch(responder.picture(), expect) == PICTURE


def test_get_whole_packets_that_no_empty_one_ends(responder: Responder) -> None:
    assert responder.fetch(responder.picture("IMG_0002.JPG")) == EXACT
    assert responder.session.call(GetStorageIDs()).ids == (STORE,)


def test_get_an_empty_file(responder: Responder) -> None:
    assert responder.fetch(responder.handles()["EMPTY.TXT"]) == b""


def test_get_a_part(responder: Responder) -> None:
    part = responder.session.call(GetPartialObject(responder.picture(), 1000, 5000))
    assert part.data == PICTURE[1000:6000]


def test_a_size_in_64_bits(responder: Responder) -> None:
    size = responder.session.call(GetObjectSize(responder.picture(), OBJECT_SIZE))
    assert size.size == len(PICTURE)


@pytest.mark.parametrize("size", [0, 1, 500, 512 - 12, 100_000, (1 << 20) - 12, (2 << 20) + 1])
def test_send(responder: Responder, size: int) -> None:
    session, content = responder.session, noise(size)
    place = session.call(SendObjectInfo(STORE, ALL), new_object("NEW.JPG", size))
    session.send(SendObject(), io.BytesIO(content), size)
    assert responder.store.files["NEW.JPG"] == content
    assert place == NewObject(STORE, ALL, responder.handles()["NEW.JPG"])
    assert responder.fetch(place.handle) == content


def test_a_new_folder(responder: Responder) -> None:
    folder = responder.handles()["DCIM"]
    responder.session.call(
        SendObjectInfo(STORE, folder), new_object("101CANON", kind=ObjectFormat.ASSOCIATION)
    )
    assert set(responder.handles(folder)) == {"100CANON", "101CANON"}


def test_delete(responder: Responder) -> None:
    handle = responder.picture()
    responder.session.call(DeleteObject(handle, 0))
    assert "DCIM/100CANON/IMG_0001.JPG" not in responder.store.files
    with pytest.raises(ObjectNotFound):
        responder.session.call(DeleteObject(handle, 0))


def test_its_events(responder: Responder) -> None:
    session = responder.session
    with session.events() as events:
        place = session.call(
            SendObjectInfo(STORE, ALL), new_object("A", kind=ObjectFormat.ASSOCIATION)
        )
        session.call(DeleteObject(place.handle, 0))
        assert session.poll(5)
        assert session.poll(5)
        assert [events.get(), events.get()] == [
            ObjectAdded(place.handle),
            ObjectRemoved(place.handle),
        ]


def test_its_properties(responder: Responder) -> None:
    session = responder.session
    assert session.call(GetDevicePropDesc(FRIENDLY_NAME)).current == "Another's"
    name = PtpText().write("mine")
    session.call(SetDevicePropValue(FRIENDLY_NAME), Bytes(name))
    assert session.call(GetDevicePropValue(FRIENDLY_NAME)) == Bytes(name)


def test_an_upload_that_breaks_off(responder: Responder) -> None:
    """It knows neither cancel nor reset: the port is reset, and a new session is opened."""
    session = responder.session
    session.call(SendObjectInfo(STORE, ALL), new_object("NEW.JPG", 1000))
    with pytest.raises(ValueError, match="too early"):
        session.send(SendObject(), io.BytesIO(b"short"), 1000)
    assert session.call(GetStorageIDs()).ids == (STORE,)
    assert responder.fetch(responder.picture()) == PICTURE


def test_a_download_that_breaks_off(responder: Responder) -> None:
    def full(piece: memoryview) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        responder.session.receive(GetObject(responder.picture()), full, limit=1 << 20)
    assert responder.fetch(responder.picture()) == PICTURE


def test_a_session_that_was_left_open_is_joined(responder: Responder) -> None:
    assert responder.session.start().model == "Another's"
    assert responder.fetch(responder.picture()) == PICTURE


def test_the_public_api_lists_downloads_uploads_and_deletes(plugged: Plugged) -> None:
    card = plugged.store.files
    with canon.open(f"usbip:{plugged.host}:{plugged.port}/{plugged.busid}") as cam:
        assert cam.model == "Another's"
        (only,) = cam.storage.cards()
        assert (only.name, only.capacity, only.free) == ("A:", 1 << 30, 1 << 29)
        found = {str(entry): entry for entry in cam.storage.walk()}
        assert found.keys() == card.keys()
        assert cam.storage.read("DCIM/100CANON/IMG_0001.JPG") == PICTURE
        assert cam.storage.read("DCIM/100CANON/IMG_0002.JPG") == EXACT
        movie = noise(2_500_000)
        cam.storage.mkdir("DCIM/FOLDER")
        entry = cam.storage.upload(movie, "DCIM/FOLDER/MOVIE.AVI")
        assert card[str(entry)] == movie
        assert cam.storage.read(entry) == movie
        cam.storage.delete(entry)
        cam.storage.rmdir("DCIM/FOLDER")
        assert card.keys() == found.keys()
        with pytest.raises(NotSupported, match="the Another's has no remote release"):
            cam.capture.shoot()
    with canon.open(f"usbip:{plugged.host}:{plugged.port}/{plugged.busid}") as cam:
        assert cam.storage.ls("DCIM"), "it can be opened again"
