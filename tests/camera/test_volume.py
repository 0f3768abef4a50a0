"""The cards of a camera as a folder, without FUSE: what the mount stands on."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import canon
from canon.camera import Camera
from canon.driver.card import CardPath, Entry
from canon.driver.features import Feature
from canon.errors import CanonError, NoCard, ObjectNotFound
from canon.fs.tree import Tree
from canon.fs.volume import Volume
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
)
from canon.wire import Message
from rigs.lying import Lying
from rigs.watched import WatchedPort

FOLDER = "/DCIM/100CANON"
PICTURE = f"{FOLDER}/IMG_0001.JPG"
JPEG = 0x3801


@contextmanager
def volume_of(cam: Camera, room: int = 1 << 30) -> Iterator[Volume]:
    volume = Volume(cam, room)
    volume.look()
    try:
        yield volume
    finally:
        volume.close()


def content(volume: Volume, path: str) -> bytes:
    source = volume.open(path)
    try:
        return source.read(0, volume.entry(path).size)
    finally:
        volume.release(source)


def test_each_of_two_cards_is_a_folder() -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetStorageIDs):
            return StorageIDs((0x00010001, 0x00020001))
        if isinstance(operation, GetStorageInfo):
            free = operation.storage >> 16
            return StorageInfo(
                StoreKind.REMOVABLE_RAM, FileSystem.DCF, 0, 1 << 30, free, ALL, "SD", ""
            )
        if isinstance(operation, GetObjectHandles):
            return ObjectHandles((operation.storage,))
        if isinstance(operation, GetObjectInfo):
            numbers = (operation.handle, JPEG, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
            return ObjectInfo(*numbers, f"ON_{operation.handle >> 16}.JPG", "", "", "")
        if isinstance(operation, GetObject):
            return f"on {operation.handle >> 16:02}".encode()
        return None

    with WatchedPort(Lying("powershot-s45", lie)).camera() as cam, volume_of(cam) as volume:
        assert volume.names("/") == [("A", True), ("B", True)]
        assert volume.names("/b") == [("ON_2.JPG", False)]
        assert content(volume, "/B/ON_2.JPG") == b"on 02"
        assert content(volume, "/a/on_1.jpg") == b"on 01"
        assert volume.space() == (2 << 30, 3)


@pytest.mark.parametrize("fault", ["short@GetFile:100", "stall@GetFile:50000"])
def test_a_transfer_that_fails_is_begun_anew(fault: str) -> None:
    with (
        canon.open(f"virtual:powershot-g3?fault={fault}") as cam,
        volume_of(cam) as volume,
    ):
        with pytest.raises(CanonError):
            content(volume, PICTURE)
        assert content(volume, PICTURE) == cam.storage.read(PICTURE.lstrip("/"))


def test_a_file_that_is_new_on_the_card_is_fetched_anew() -> None:
    with canon.open("virtual:powershot-g3") as cam, volume_of(cam) as volume:
        before = content(volume, PICTURE)
        cam.storage.upload(b"another", PICTURE, overwrite=True)
        assert content(volume, PICTURE) == before, "nobody has said so yet"
        volume.look()
        assert content(volume, PICTURE) == b"another"


def test_what_is_open_fills_the_cache_until_it_is_closed() -> None:
    with canon.open("virtual:powershot-g3") as cam, volume_of(cam, 300_000) as volume:
        names = [f"{FOLDER}/IMG_000{number}.JPG" for number in (1, 2, 4)]
        sources = [volume.open(name) for name in names[:2]]
        with pytest.raises(OSError, match="No space left") as refused:
            volume.open(names[2])
        assert refused.value.errno == errno.ENOSPC
        volume.release(sources[0])
        assert len(content(volume, names[2])) == volume.entry(names[2]).size
        assert len(sources[1].read(0, 10)) == 10
        volume.release(sources[1])


def test_parts_are_fetched_in_blocks_and_once() -> None:
    with canon.open("virtual:powershot-g9") as cam, volume_of(cam) as volume:
        assert volume.can(Feature.RANGES)
        whole = cam.storage.read(PICTURE.lstrip("/"))
        source = volume.open(PICTURE)
        for offset, size in ((0, 10), (len(whole) - 5, 100), (1000, 70_000), (len(whole), 9)):
            assert source.read(offset, size) == whole[offset : offset + size]
        volume.release(source)


def test_a_card_that_was_taken_out_leaves_an_empty_folder() -> None:
    with canon.open("virtual:powershot-g3?card=none") as cam:
        volume = Volume(cam, 1 << 30)
        with pytest.raises(NoCard):
            volume.look()
        assert volume.names("/") == []
        volume.close()


def test_names_that_linux_has_not_are_left_out() -> None:
    tree = Tree()
    names = ("IMG_0001.JPG", "..", "a/b", "nul\0", "", "x" * 300, "ÄÖÜ.JPG")
    tree.fill(("A:",), [Entry(CardPath.of((name,)), size=1) for name in names])
    assert tree.names("/") == [("IMG_0001.JPG", False), ("ÄÖÜ.JPG", False)]


def test_what_is_made_below_the_folder_of_a_card_goes_onto_that() -> None:
    tree = Tree()
    tree.fill(("A:", "B:"), ())
    assert tree.place("/b/DCIM") == CardPath("B:/DCIM")
    assert not tree.place("/C").name
    tree.put(Entry(CardPath("B:/DCIM"), is_folder=True))
    assert tree.names("/B") == [("DCIM", True)]


def test_a_folder_goes_with_what_is_in_it() -> None:
    tree = Tree()
    places = [("DCIM",), ("DCIM", "100CANON"), ("DCIM", "100CANON", "A.JPG"), ("DCIM2",)]
    tree.fill((), [Entry(CardPath.of(one), is_folder=len(one) < 3) for one in places])
    assert tree.entry("/dcim/100canon/a.jpg").name == "A.JPG"
    tree.remove(CardPath("DCIM"))
    assert tree.names("/") == [("DCIM2", True)]
    for path in ("/DCIM/100CANON/A.JPG", "/DCIM/100CANON", "/DCIM"):
        with pytest.raises(ObjectNotFound):
            tree.entry(path)
    with pytest.raises(ObjectNotFound):
        tree.names("/DCIM")
