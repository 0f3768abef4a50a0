"""A movie of more than 4 GiB on the card of an EOS, which is read in parts."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from canon.camera import Camera
from canon.errors import Disconnected, NotSupported
from canon.ptp.eos.layouts import GetPartialObject64
from canon.virtual.card import File, MemoryCard
from canon.virtual.faults import Fault
from canon.virtual.port import VirtualPort
from rigs.bodies import eos, ptp_body

NAME = "DCIM/100CANON/MVI_0001.MP4"
FAR = 1 << 32
BLOCK = 4096


class Film:
    """A file without two blocks alike, that nobody has to keep."""

    size = FAR + (3 << 20) + 77

    def part(self, start: int, size: int) -> bytes:
        end = min(start + size, self.size)
        first, last = start // BLOCK, -(-end // BLOCK)
        data = b"".join(
            hashlib.shake_128(at.to_bytes(8, "little")).digest(BLOCK) for at in range(first, last)
        )
        return data[start - first * BLOCK : end - first * BLOCK]


FILM = Film()


@contextmanager
def a_camera(slug: str) -> Iterator[tuple[Camera, Any]]:
    """A camera with that film on its card, and the virtual body."""
    card = MemoryCard(1 << 34)
    card.add(tuple(NAME.split("/")), File(FILM, 0))
    device = eos(ptp_body(slug, card))
    with Camera(lambda: VirtualPort(device), "virtual:") as cam:
        yield cam, device


@pytest.mark.parametrize("slug", ["eos-r", "eos-r6", "eos-90d"])
def test_a_part_beyond_4_gib(slug: str) -> None:
    with a_camera(slug) as (cam, _):
        entry = cam.storage.stat(NAME)
        for offset, size in ((FAR - 5, 10), (FAR, 1), (FAR + 12_345, 70_000), (5, 5)):
            assert cam.storage.read_range(entry, offset, size) == FILM.part(offset, size)
        assert cam.storage.read_range(entry, FILM.size - 10, 100) == FILM.part(FILM.size - 10, 10)
        assert cam.storage.read_range(entry, FILM.size, 100) == b""


@pytest.mark.parametrize("slug", ["eos-r", "eos-r6"])
def test_a_movie_goes_on_where_the_plug_ended_it(slug: str) -> None:
    start, got = FAR - (1 << 20) - 3, bytearray()
    with a_camera(slug) as (cam, device):
        file = cam.storage.open(NAME)
        file.seek(start)
        got += file.read(2 << 20)
        device.faults.add(Fault.parse("unplug@GetPartialObject64:30000"))
        with pytest.raises(Disconnected):
            got += file.read(100_000)
    assert len(got) >= 2 << 20
    with a_camera(slug) as (cam, _):
        file = cam.storage.open(NAME)
        file.seek(start + len(got))
        while piece := file.read(100_000):
            got += piece
    assert bytes(got) == FILM.part(start, FILM.size - start)


def test_a_film_whose_length_the_camera_does_not_tell_has_no_end_to_seek_from() -> None:
    with a_camera("eos-r6") as (cam, _):
        file = cam.storage.open(NAME)
        with pytest.raises(io.UnsupportedOperation, match="how long"):
            file.seek(0, io.SEEK_END)
        file.seek(FILM.size - 5)
        assert file.read() == FILM.part(FILM.size - 5, 5)


def test_an_older_body_says_that_it_reaches_no_further() -> None:
    with a_camera("eos-60d") as (cam, _):
        entry = cam.storage.stat(NAME)
        assert cam.storage.read_range(entry, FAR - 5, 5) == FILM.part(FAR - 5, 5)
        with pytest.raises(NotSupported, match="60D has no way to read parts beyond 4 GiB"):
            cam.storage.read_range(entry, FAR - 5, 6)
        file = cam.storage.open(NAME)
        file.seek(FAR)
        with pytest.raises(NotSupported, match="beyond 4 GiB"):
            file.read(1)


def test_a_body_that_takes_the_offset_otherwise_gives_no_bytes_of_another_place() -> None:
    with a_camera("eos-r6") as (cam, device):
        answer = device.extension.answer

        def deaf(operation: Any, data: bytes) -> Any:
            if isinstance(operation, GetPartialObject64):
                return FILM.part(operation.offset, operation.size)
            return answer(operation, data)

        device.extension.answer = deaf
        entry = cam.storage.stat(NAME)
        with pytest.raises(NotSupported, match="that works"):
            cam.storage.read_range(entry, FAR + 100, 10)
