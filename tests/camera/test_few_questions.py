"""What is asked again and what is not: a question that need not be costs time on every camera."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import ptp_rig
import pytest
import rig

from canon.errors import NoCard

FOLDER = "DCIM/100CANON"
PTP_ROUND = ["GetStorageIDs", "GetStorageInfo"]
NATIVE_ROUND = ["ListDisks", "GetDiskSpace"]


def ptp(slug: str) -> ptp_rig.WatchedPort:
    return ptp_rig.WatchedPort(ptp_rig.a_device(slug))


def native(slug: str) -> rig.WatchedPort:
    return rig.WatchedPort(rig.a_device(slug=slug))


def another_makers() -> ptp_rig.WatchedPort:
    return ptp_rig.WatchedPort(ptp_rig.another_makers(ptp_rig.a_device("powershot-s45")))


@pytest.mark.parametrize(
    ("make", "first", "later"),
    [
        (lambda: ptp("powershot-g9"), PTP_ROUND, PTP_ROUND[1:]),
        (another_makers, PTP_ROUND, PTP_ROUND),
        (lambda: native("powershot-g3"), NATIVE_ROUND, NATIVE_ROUND[1:]),
        (lambda: native("eos-20d"), NATIVE_ROUND, NATIVE_ROUND),
    ],
    ids=["PTP", "another maker's", "classic", "revised"],
)
def test_the_space_on_a_card(
    make: Callable[[], ptp_rig.WatchedPort | rig.WatchedPort], first: list[str], later: list[str]
) -> None:
    """A body with one slot is not asked again which cards it has, while the one answers."""
    port = make()
    with port.camera() as cam:
        port.names()
        (before,) = cam.storage.drives()
        assert port.names() == first
        card = port.device.body.card
        assert card is not None
        card.make_folders(("DCIM", "100CANON", "NEW"))
        card.capacity -= 1 << 20
        (now,) = cam.storage.drives()
        assert port.names() == later
        assert now.free < before.free


@pytest.mark.parametrize("slug", ["powershot-g9", "powershot-g3"])
def test_a_card_that_is_taken_out_and_put_in_again(slug: str) -> None:
    port = native(slug) if slug == "powershot-g3" else ptp(slug)
    with port.camera() as cam:
        before, card = cam.storage.drives(), port.device.body.card
        port.device.body.card = None
        with pytest.raises(NoCard):
            cam.storage.drives()
        port.device.body.card = card
        assert cam.storage.drives() == before


def test_an_upload_looks_once_at_what_is_there(tmp_path: Path) -> None:
    source = tmp_path / "A.TXT"
    source.write_bytes(b"12345")
    port = native("powershot-g3")
    with port.camera() as cam:
        folder = cam.storage.stat(FOLDER)
        port.names()
        for to in (folder, f"{FOLDER}/B.TXT"):
            cam.storage.upload(source, to)
            assert port.names().count("GetDirectory") == 2  # before, and what became of it
