"""Import from a program: events one after the other, on a body of each dialect."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

import canon
from canon.camera import Camera
from canon.driver.card import Entry
from canon.errors import NoCard
from canon.models.file_kinds import ObjectFormat
from canon.ptp.datasets import (
    FileSystem,
    ObjectHandles,
    ObjectInfo,
    StorageIDs,
    StorageInfo,
    StoreKind,
)
from canon.ptp.operations import (
    ALL,
    GetObject,
    GetObjectHandles,
    GetObjectInfo,
    GetStorageIDs,
    GetStorageInfo,
    Operation,
    Response,
)
from canon.virtual.card import MemoryCard
from canon.virtual.device import UsbDevice
from canon.virtual.ptp.camera import PtpCamera
from canon.virtual.ptp.eos.extension import EosBody
from canon.virtual.refusal import Status
from canon.wire import Message
from canon.work.importing import Ended, Import, ImportEvent, Listed, Wanted
from canon.work.library import Library
from canon.work.taking import Action, Brought
from rigs.bodies import a_camera, a_card, eos, native_device, ptp_body, ptp_device
from rigs.lying import Lying
from rigs.watched import WatchedPort

FILES = {f"IMG_{number:04}.JPG": bytes([number]) * 2000 for number in range(1, 9)}


def native() -> tuple[Camera, Callable[[], None]]:
    device = native_device(card=a_card(FILES))
    return a_camera(device), lambda: setattr(device.body, "card", None)


def powershot() -> tuple[Camera, Callable[[], None]]:
    device = ptp_device("powershot-s60", card=a_card(FILES))
    return a_camera(device), lambda: setattr(device.body, "card", None)


def an_eos() -> tuple[Camera, Callable[[], None]]:
    device: PtpCamera[EosBody] = eos(ptp_body("eos-60d", a_card(FILES)))
    return a_camera(device), lambda: setattr(device.body, "card", None)


each_dialect = pytest.mark.parametrize("make", [native, powershot, an_eos])
Make = Callable[[], tuple[Camera, Callable[[], None]]]


@each_dialect
def test_events_come_one_after_the_other(make: Make, tmp_path: Path) -> None:
    cam, _ = make()
    with cam, Library(tmp_path) as library:
        listed, *files, ended = Import(cam, library, Wanted()).run()
        assert listed == Listed(8, 16_000)
        assert [one.action for one in files if isinstance(one, Brought)] == [Action.FETCHED] * 8
        assert ended == Ended(fetched=8)


@pytest.mark.parametrize("names", [("IMG_0001.JPG", "IMG_0002.JPG"), ("IMG_0001.JPG", "")])
def test_pictures_are_imported_from_every_card(names: tuple[str, str], tmp_path: Path) -> None:
    """Also from a slot whose card has none, or no folder of that name."""

    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetStorageIDs):
            return StorageIDs((0x00010001, 0x00020001))
        if isinstance(operation, GetStorageInfo):
            kind = StoreKind.REMOVABLE_RAM, FileSystem.DCF
            return StorageInfo(*kind, 0, 1 << 30, 1, ALL, "SD", "")
        if isinstance(operation, GetObjectHandles):
            is_there = names[(operation.storage >> 16) - 1] != ""
            return ObjectHandles((operation.storage,) if is_there else ())
        if isinstance(operation, GetObjectInfo):
            numbers = (operation.handle, ObjectFormat.EXIF_JPEG, 0, 5, *(0,) * 11)
            return ObjectInfo(*numbers, names[(operation.handle >> 16) - 1], "", "", "")
        if isinstance(operation, GetObject):
            return f"on {operation.handle >> 16:02}".encode()
        return None

    with (
        WatchedPort(Lying("powershot-s45", lie)).camera() as cam,
        Library(tmp_path) as library,
    ):
        events = list(Import(cam, library, Wanted()).run())
    brought = [one for one in events if isinstance(one, Brought)]
    assert [one.action for one in brought] == [Action.FETCHED] * len([*filter(None, names)])
    assert [one.path.read_bytes() for one in brought if one.path] == [b"on 01", b"on 02"][
        : len(brought)
    ]


def test_a_card_whose_size_is_refused_is_imported(tmp_path: Path) -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetStorageInfo):
            raise Status(Response.GENERAL_ERROR)
        return None

    with (
        WatchedPort(Lying("powershot-s45", lie)).camera() as cam,
        Library(tmp_path) as library,
    ):
        *_, ended = Import(cam, library, Wanted()).run()
    assert isinstance(ended, Ended)
    assert ended.fetched > 5


def test_pictures_are_imported_from_the_folders_of_a_powershot_350(tmp_path: Path) -> None:
    with canon.open("virtual:powershot-350") as cam, Library(tmp_path) as library:
        pictures = [one for one in cam.storage.walk() if one.name.startswith("AUT_")]
        events = list(Import(cam, library, Wanted()).run())
    brought = [one for one in events if isinstance(one, Brought)]
    assert {one.what for one in brought} >= {*pictures}
    assert {one.action for one in brought} == {Action.FETCHED}
    for one in brought:
        assert isinstance(one.what, Entry)
        assert one.path
        assert one.path.name == one.what.name


@each_dialect
def test_a_card_that_is_pulled_ends_it_at_once(make: Make, tmp_path: Path) -> None:
    cam, pull = make()
    events: list[ImportEvent] = []
    begun: list[str] = []

    def begin(name: str, size: int) -> None:
        begun.append(name)
        if len(begun) == 3:
            pull()

    with cam, Library(tmp_path) as library:

        def watch() -> None:
            for event in Import(cam, library, Wanted()).run(begin):
                events.append(event)

        with pytest.raises(NoCard):
            watch()
        assert events[-1] == Ended(fetched=2)
    other, _ = make()
    with other, Library(tmp_path) as library:
        *_, ended = Import(other, library, Wanted()).run()
        assert ended == Ended(fetched=6, known=2)
    assert sorted(file.read_bytes() for file in tmp_path.rglob("*.JPG")) == sorted(FILES.values())


@pytest.mark.parametrize(
    "body",
    [
        lambda card: native_device(card=card),
        lambda card: ptp_device("powershot-s60", card=card),
        lambda card: eos(ptp_body("eos-60d", card)),
    ],
    ids=["native", "powershot", "an_eos"],
)
def test_memory_hardly_grows_with_the_number_of_files(
    body: Callable[[MemoryCard], UsbDevice], tmp_path: Path
) -> None:
    """What is kept of a file is what its listing says; its bytes and its row are not."""

    def peak(count: int) -> int:
        files = {f"IMG_{one:04}.JPG": one.to_bytes(2) * 10_000 for one in range(1, count + 1)}
        tracemalloc.start()
        try:
            with a_camera(body(a_card(files))) as cam, Library(tmp_path / str(count)) as library:
                tracemalloc.reset_peak()
                before = tracemalloc.get_traced_memory()[0]
                *_, ended = Import(cam, library, Wanted()).run()
                assert ended == Ended(fetched=count)
                return tracemalloc.get_traced_memory()[1] - before
        finally:
            tracemalloc.stop()

    peak(1)  # what is loaded once is loaded now
    more = peak(1_140) - peak(140)  # both are more than are named together
    assert more < 1_000 * 5_000


def test_no_row_is_on_the_disk_before_the_name_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So none is without its file when the power goes, and most files share one flush."""
    to, flushed, folders = tmp_path / "to", set[str](), []
    really = os.fsync

    def rows() -> set[str]:
        with TemporaryDirectory() as copies:
            for file in to.glob(".canon-remote.sqlite*"):
                shutil.copy(file, copies)
            with closing(sqlite3.connect(Path(copies, ".canon-remote.sqlite"))) as copy:
                return {path for (path,) in copy.execute("SELECT path FROM files")}

    def fsync(file: int) -> None:
        assert rows() <= flushed
        really(file)
        if stat.S_ISDIR(os.fstat(file).st_mode):
            folders.append(file)
            below = Path(os.readlink(f"/proc/self/fd/{file}"))
            flushed.update(str(one.relative_to(to)) for one in below.glob("*.JPG"))

    cam, _ = native()
    with cam, Library(to) as library:
        monkeypatch.setattr(os, "fsync", fsync)
        *_, ended = Import(cam, library, Wanted()).run()
    assert ended == Ended(fetched=8)
    assert rows() == flushed
    assert len(flushed) == 8
    assert len(folders) < 8
