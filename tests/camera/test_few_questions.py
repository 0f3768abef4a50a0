"""What is asked again and what is not: a question that need not be costs time on every camera."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from canon.errors import NoCard, ObjectNotFound
from canon.native.commands import GetDirectory
from canon.ptp.datasets import FileSystem, StorageIDs, StorageInfo, StoreKind
from canon.ptp.operations import GetStorageIDs, GetStorageInfo, Operation
from canon.ptp.powershot.codes import ROWS
from canon.virtual.card import File, MemoryCard
from canon.virtual.native.camera import NativeCamera
from canon.wire import Message
from rigs.bodies import EosCamera, PowerShotCamera, eos, native_device, ptp_body, ptp_device
from rigs.lying import Lying, another_makers
from rigs.watched import WatchedPort

FOLDER = "DCIM/100CANON"
PTP_ROUND = ["GetStorageIDs", "GetStorageInfo"]
NATIVE_ROUND = ["ListDisks", "GetDiskSpace"]
NATIVE_UPLOAD = ["AnnounceUpload", "SetFileTime", "SetAttributes"]
Watched = WatchedPort[NativeCamera] | WatchedPort[PowerShotCamera] | WatchedPort[EosCamera]


def ptp(slug: str) -> WatchedPort[PowerShotCamera]:
    return WatchedPort(ptp_device(slug))


def native(slug: str) -> WatchedPort[NativeCamera]:
    return WatchedPort(native_device(slug=slug))


def watched(slug: str) -> Watched:
    """Any of them, by what it speaks first."""
    if slug.startswith("eos"):
        return WatchedPort(eos(ptp_body(slug)))
    return native(slug) if slug == "powershot-g3" else ptp(slug)


def of_another_maker() -> WatchedPort[PowerShotCamera]:
    return WatchedPort(another_makers(ptp_device("powershot-s45")))


def with_product(product: int) -> WatchedPort[PowerShotCamera]:
    """A PTP body with another product id."""
    device = ptp_device("powershot-s45")
    raw = bytearray(device.descriptors.device)
    raw[10:12] = product.to_bytes(2, "little")
    device.descriptors = replace(device.descriptors, device=bytes(raw))
    return WatchedPort(device)


@pytest.mark.parametrize(
    ("make", "first", "later"),
    [
        (lambda: ptp("powershot-g9"), PTP_ROUND, PTP_ROUND[1:]),
        (of_another_maker, PTP_ROUND, PTP_ROUND),
        (lambda: with_product(0x30EA), PTP_ROUND, PTP_ROUND),
        (lambda: with_product(0x3FFF), PTP_ROUND, PTP_ROUND),
        (lambda: native("powershot-g3"), NATIVE_ROUND, NATIVE_ROUND[1:]),
        (lambda: native("eos-20d"), NATIVE_ROUND, NATIVE_ROUND),
    ],
    ids=["PTP", "another maker's", "EOS-1D Mark II", "unknown", "classic", "revised"],
)
def test_the_space_on_a_card(
    make: Callable[[], Watched], first: list[str], later: list[str]
) -> None:
    """A body with one slot is not asked again which cards it has, while the one answers."""
    port = make()
    with port.camera() as cam:
        port.names()
        (before,) = cam.storage.cards()
        assert port.names() == first
        card = port.device.body.card
        assert card is not None
        card.add(("DCIM", "100CANON", "NEW.JPG"), File(bytes(1 << 20), 0))
        (now,) = cam.storage.cards()
        assert port.names() == later
        assert now.free < before.free


@pytest.mark.parametrize("slug", ["powershot-g9", "powershot-g3", "eos-60d"])
def test_a_card_that_is_taken_out_and_put_in_again(slug: str) -> None:
    port = watched(slug)
    with port.camera() as cam:
        before, card = cam.storage.cards(), port.device.body.card
        port.device.body.card = None
        with pytest.raises(NoCard):
            cam.storage.cards()
        port.device.body.card = card
        assert cam.storage.cards() == before


def test_another_card_has_other_files() -> None:
    """Its handles may be those of the old one."""
    port = ptp("powershot-g9")
    with port.camera() as cam:
        cam.storage.cards()
        (entry,) = list(cam.storage.walk())[-1:]
        port.device.body.card = MemoryCard(1 << 30)
        cam.storage.cards()
        port.names()
        with pytest.raises(ObjectNotFound):
            cam.storage.read(entry)
        assert "GetObject" not in port.names()


def test_a_powershot_with_two_cards_lists_both_each_time() -> None:
    def lie(operation: Operation[Any]) -> Message | bytes | None:
        if isinstance(operation, GetStorageIDs):
            return StorageIDs((0x10001, 0x20001))
        if isinstance(operation, GetStorageInfo):
            kind = StoreKind.FIXED_RAM if operation.storage == 0x10001 else StoreKind.REMOVABLE_RAM
            return StorageInfo(kind, FileSystem.DCF, 0, operation.storage << 8, 1 << 20, 9, "", "")
        return None

    with WatchedPort(Lying("powershot-g9", lie)).camera() as cam:
        for _ in range(2):
            assert [card.name for card in cam.storage.cards()] == ["A:", "B:"]


def test_an_upload_looks_once_at_what_is_there(tmp_path: Path) -> None:
    source = tmp_path / "A.TXT"
    source.write_bytes(b"12345")
    port = native("powershot-g3")
    with port.camera() as cam:
        folder = cam.storage.stat(FOLDER)
        port.names()
        for to in (folder, f"{FOLDER}/B.TXT"):
            cam.storage.upload(source, to)
            assert port.names() == ["GetDirectory", *NATIVE_UPLOAD]


@pytest.mark.parametrize(
    ("slug", "upload"),
    [
        ("powershot-g3", ["AnnounceUpload", "SetFileTime", "SetAttributes"]),
        ("powershot-s60", ["SendObjectInfo", "SendObject", "GetObjectInfoEx"]),
    ],
)
def test_uploads_into_a_folder_that_is_listed_already(
    slug: str, upload: list[str], tmp_path: Path
) -> None:
    """Ten questions for three files; what becomes of one a PTP camera is asked, it says no more."""
    port = native(slug) if slug == "powershot-g3" else ptp(slug)
    with port.camera() as cam:
        before = cam.storage.ls(FOLDER)
        port.names()
        there = cam.storage.ls(FOLDER)
        for name in ("A.JPG", "B.JPG", "C.JPG"):
            source = tmp_path / name
            source.write_bytes(b"12345")
            there.append(cam.storage.upload(source, FOLDER, among=there))
        assert port.names()[1:] == upload * 3
        assert cam.storage.ls(FOLDER) == there
        assert there[: len(before)] == before


@pytest.mark.parametrize("slug", ["powershot-g3", "powershot-s60", "eos-60d"])
def test_files_that_are_deleted_together_are_looked_up_together(slug: str) -> None:
    port = watched(slug)
    files = {f"{FOLDER}/{name}.JPG": b"1" for name in "ABC"}
    with port.camera() as cam:
        for path, data in files.items():
            cam.storage.upload(data, path)
        port.names()
        cam.storage.delete(*files)
        assert len(port.names()) == 1 + len(files)
        assert not any(map(cam.storage.exists, files))
        entry = cam.storage.upload(b"1", f"{FOLDER}/A.JPG")
        with pytest.raises(ObjectNotFound):
            cam.storage.delete(entry, f"{FOLDER}/NOSUCH.JPG")
        assert cam.storage.exists(entry), "all are looked up before one is deleted"


def test_a_shot_asks_a_powershot_more_and_more_slowly_for_events() -> None:
    """It takes 6.5 s; a camera that is asked hundreds of times has less time for the picture."""
    port = ptp("powershot-s60")
    with port.camera() as cam:
        port.names()
        cam.capture.shoot()
        names = port.names()
    assert names.count("CheckEvent") <= 35
    assert len(names) <= 55


@pytest.mark.parametrize(
    ("name", "looked_into"),
    [("IMG_0001.JPG", [r"D:\DCIM\123CANON"]), ("IMG_9999.JPG", [r"D:\DCIM\123CANON", "D:"])],
)
def test_a_native_shot_is_looked_for_where_pictures_go(
    name: str, looked_into: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Where the last folder has no number left, the picture is in a new one."""
    card = MemoryCard()
    card.add(("DCIM", "100CANON", "IMG_0001.JPG"), File(b"1", 0))
    card.add(("DCIM", "123CANON", name), File(b"1", 0))
    with WatchedPort(native_device(slug="powershot-g3", card=card)).camera() as cam, cam.remote():
        caplog.set_level(logging.DEBUG, "canon.native.session")
        (entry,) = cam.capture.shoot(target="card").entries
    told = (one.args for one in caplog.records if one.msg == "%r → %r")
    asked = (words[0] for words in told if isinstance(words, tuple))
    paths = [one.path for one in asked if isinstance(one, GetDirectory)]
    assert paths == ["D:", *looked_into]
    assert card.find(entry.path.parts)


# --- settings -------------------------------------------------------------------------------------


def test_all_that_a_powershot_says_of_its_settings_is_a_description_each() -> None:
    port = ptp("powershot-s60")
    with port.camera() as cam, cam.remote():
        port.names()
        told = cam.settings.describe()
        asked = port.names()
        assert asked.count("GetDevicePropValue") == 1, "how many are a millimetre"
        places = {place for name in told for place in ROWS[name].places}
        assert asked.count("GetDevicePropDesc") == len(places) == len(asked) - 1


def test_two_settings_that_are_one_property_are_one_question() -> None:
    port = ptp("powershot-s60")
    with port.camera() as cam, cam.remote():
        port.names()
        assert list(cam.settings.describe("macro", "af_distance")) == ["macro", "af_distance"]
        assert port.names() == ["GetDevicePropDesc"]
    g3 = native("powershot-g3")
    with g3.camera() as cam, cam.remote():
        g3.names()
        assert list(cam.settings.describe("macro", "af_distance")) == ["macro", "af_distance"]
        assert g3.names() == ["GetReleaseParameters", "GetAllowedSize", "GetAllowedValues"]


def test_values_alone_cost_no_lists() -> None:
    port = native("powershot-g3")
    with port.camera() as cam, cam.remote():
        port.names()
        assert cam.settings.read("iso").iso == 50
        assert port.names() == ["GetReleaseParameters"]
        assert "focal_length" in cam.settings.read()
        later = port.names()
        assert later[0] == "GetReleaseParameters"
        assert "GetAllowedValues" not in later
