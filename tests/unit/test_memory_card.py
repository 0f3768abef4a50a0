"""The virtual card: how much of it is in memory, and where the rest is."""

from __future__ import annotations

import gc
import tracemalloc
import warnings

import pytest

from canon.virtual.card import File, MemoryCard
from canon.virtual.spill import Spilled
from rigs.bodies import a_camera, a_card, ptp_device

MIB = 1 << 20
FOLDER = ("DCIM", "100CANON")


def pattern(number: int, size: int = 3 * MIB) -> bytes:
    """Bytes that tell of which file they are."""
    return number.to_bytes(4, "big") * (size // 4)


def full_card(count: int) -> MemoryCard:
    """A card with so many files of 3 MiB."""
    card = a_card(capacity=1024 * MIB)
    for number in range(count):
        card.add((*FOLDER, f"IMG_{number:04}.JPG"), File(pattern(number), 0))
    return card


def file_of(card: MemoryCard, number: int) -> File:
    """A file of that card."""
    found = card.find((*FOLDER, f"IMG_{number:04}.JPG"))
    assert isinstance(found, File)
    return found


def test_a_full_card_is_not_in_memory() -> None:
    tracemalloc.start()
    try:
        card = full_card(40)
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 20 * MIB
    assert peak < 30 * MIB
    for number in (0, 4, 5, 39):
        file = file_of(card, number)
        assert file.size == 3 * MIB
        assert file.read() == pattern(number)
        assert file.part(3 * MIB - 6, 100) == pattern(number)[-6:]
        assert file.part(4 * MIB, 100) == b""
    assert card.free == (1024 - 120) * MIB


def test_a_series_of_large_pictures_is_not_in_memory() -> None:
    device = ptp_device("powershot-g9", card=a_card(capacity=1024 * MIB))
    with a_camera(device) as cam, cam.remote():
        tracemalloc.start()
        try:
            for _ in range(6):
                cam.capture.shoot(target="card")
                gc.collect()
            held, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        sizes = [entry.size for entry in cam.storage.ls("DCIM/100CANON")]
        assert sum(sizes) > 24 * MIB
        assert held < 22 * MIB
        for entry in cam.storage.ls("DCIM/100CANON")[-2:]:
            assert cam.storage.read(entry).startswith(b"\xff\xd8")


def test_what_was_deleted_gives_its_place_on_the_disk_back() -> None:
    card = full_card(10)
    folder = card.folder(FOLDER)
    assert folder
    spill = file_of(card, 9).data
    assert isinstance(spill, Spilled)
    first, last = file_of(card, 5).data, spill.offset + spill.size
    assert isinstance(first, Spilled)
    place = first.offset
    del first, spill
    for number in range(10, 40):
        del folder.entries[f"IMG_{number - 5:04}.JPG"]
        card.add((*FOLDER, f"IMG_{number:04}.JPG"), File(pattern(number), 0))
        data = file_of(card, number).data
        assert isinstance(data, Spilled)
        assert place <= data.offset < last
    assert [file_of(card, number).read() == pattern(number) for number in range(35, 40)] == [
        True
    ] * 5


def test_an_upload_in_blocks_goes_on_on_the_disk() -> None:
    card, block = MemoryCard(), pattern(7, MIB)
    card.add(("A.JPG",), File(block, 0))
    card.add(("OTHER.JPG",), File(bytes(14 * MIB), 0))
    file = card.find(("A.JPG",))
    assert isinstance(file, File)
    for _ in range(7):
        card.append(file, block)
    assert not isinstance(file.data, bytes)
    assert file.read() == 8 * block
    card.add(("THIRD.JPG",), File(bytes(MIB), 0))
    card.append(file, b"end")
    assert file.read() == 8 * block + b"end"


def test_the_temporary_file_goes_with_the_card() -> None:
    card = full_card(8)
    data = file_of(card, 7).data
    assert isinstance(data, Spilled)
    kept = data._spill._file
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        del card, data
        gc.collect()
    assert kept.closed


@pytest.mark.parametrize("size", [0, 1, 64])
def test_small_cards_touch_no_disk(size: int) -> None:
    card = a_card({"IMG_0001.JPG": bytes(size)})
    file = card.find((*FOLDER, "IMG_0001.JPG"))
    assert isinstance(file, File)
    assert isinstance(file.data, bytes)
