"""Serial under fire: lines that spoil bytes, cameras and hosts that say what they like."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canon.clock import Clock
from canon.errors import CanonError, Disconnected, PortTimeout
from canon.serial.frame import encode_frame
from canon.serial.packets import SPEEDS, WAKE_UP, encode_message, eot, fragments
from canon.virtual.card import File
from canon.virtual.line import FaultyLine, VirtualLine
from canon.wire import Buffer
from conftest import long_unless
from rigs.bodies import a_card
from rigs.serial import MEGABYTE, NAME, PATH, PICTURE, Host, serial_device

LIMIT_S = 900.0


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=long_unless(seed < 2)) for seed in range(20)]
)
@pytest.mark.parametrize("one_in", [20_000, 1_000, 100])
def test_under_fire(tmp_path: Path, one_in: int, seed: int) -> None:
    """Whole or not there, on both sides, in bounded time; whole when the line is fair."""
    camera = serial_device(card=a_card({NAME: MEGABYTE}))
    line = SpoiledLater(VirtualLine(camera), one_in, seed)
    host = Host(line)
    entry = host.storage.stat(PATH)
    line.spoil()
    outcomes = []
    for verb in (
        lambda: host.storage.download(entry, tmp_path),
        lambda: host.storage.upload(MEGABYTE[::-1], "DCIM/100CANON/UP.BIN"),
    ):
        before = line.clock.now()
        try:
            verb()
            outcomes.append("whole")
        except (PortTimeout, Disconnected):
            outcomes.append("failed")
        assert line.clock.now() - before < LIMIT_S
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert files == ({NAME: MEGABYTE} if outcomes[0] == "whole" else {})
    inside = camera.camera.body.card
    assert inside is not None
    folder = inside.folder(("DCIM", "100CANON"))
    assert folder is not None
    there = {name: file.read() for name, file in folder.entries.items() if isinstance(file, File)}
    uploaded = {"UP.BIN": MEGABYTE[::-1]} if outcomes[1] == "whole" else {}
    assert there == {NAME: MEGABYTE, **uploaded}
    if one_in == 20_000:
        assert outcomes == ["whole", "whole"]
    if one_in == 100:
        assert outcomes == ["failed", "failed"]


class SpoiledLater:
    """A line that spoils bytes from a moment on; until then it is faithful."""

    def __init__(self, line: VirtualLine, one_in: int, seed: int) -> None:
        self._line: VirtualLine | FaultyLine = line
        self._spoiled = FaultyLine(line, one_in, seed)

    @property
    def clock(self) -> Clock:
        return self._line.clock

    def spoil(self) -> None:
        self._line = self._spoiled

    def read(self, size: int, timeout_s: float) -> bytes:
        return self._line.read(size, timeout_s)

    def write(self, data: Buffer) -> None:
        self._line.write(data)

    def set_speed(self, bits_per_second: int) -> None:
        self._line.set_speed(bits_per_second)

    def close(self) -> None:
        self._line.close()


@settings(max_examples=60)
@given(st.integers(0, 1 << 32), st.integers(5, 3000), st.sampled_from(tuple(SPEEDS)))
def test_any_faults_from_the_first_byte_on(seed: int, one_in: int, speed: int) -> None:
    camera = serial_device()
    line = FaultyLine(VirtualLine(camera), one_in, seed)
    try:
        host = Host(line, speed)
        assert host.storage.read(PATH) == PICTURE
        assert [entry.name for entry in host.storage.walk()] == ["DCIM", "100CANON", NAME]
        host.driver.close()
    except CanonError:
        pass
    assert line.clock.now() < 5 * LIMIT_S


class HostileLine:
    """A line with a camera that says what it likes, whenever the host listens."""

    def __init__(self, camera: VirtualLine, words: Iterator[bytes]) -> None:
        self._line, self._words = camera, words

    @property
    def clock(self) -> Clock:
        return self._line.clock

    def read(self, size: int, timeout_s: float) -> bytes:
        return next(self._words, b"") or self._line.read(size, timeout_s)

    def write(self, data: Buffer) -> None:
        self._line.write(data)

    def set_speed(self, bits_per_second: int) -> None:
        self._line.set_speed(bits_per_second)

    def close(self) -> None:
        self._line.close()


PACKETS = st.builds(
    lambda number, kind, body: encode_frame(bytes((number, kind)) + body),
    st.integers(0, 5),
    st.integers(0, 6),
    st.binary(max_size=8),
)
MESSAGES = st.builds(
    lambda number, code, transaction, payload: (
        b"".join(fragments(encode_message(code, transaction, payload))) + eot(number).frame()
    ),
    st.integers(0, 8),
    st.sampled_from([0x2101, 0x210A, 0x210B, 0x2201]),
    st.integers(0, 8),
    st.binary(max_size=40) | st.binary(max_size=60).map(lambda tail: bytes(4) + tail),
)


@settings(max_examples=150)
@given(st.lists(st.just(b"") | st.binary(max_size=50) | PACKETS | MESSAGES, max_size=30))
def test_whatever_the_camera_says_only_our_own_errors_come(words: list[bytes]) -> None:
    line = HostileLine(VirtualLine(serial_device()), iter(words))
    with contextlib.suppress(CanonError):
        host = Host(line)
        host.driver.cards()
        list(host.storage.walk())
        host.storage.read(PATH)
        host.driver.close()
    assert line.clock.now() < LIMIT_S


@given(st.lists(st.binary(max_size=80) | PACKETS | MESSAGES, max_size=30))
def test_whatever_the_host_says_the_camera_works_on(words: list[bytes]) -> None:
    camera = serial_device()
    line = VirtualLine(camera)
    line.write(WAKE_UP)
    for word in words:
        line.write(word)
    assert Host(VirtualLine(camera)).storage.read(PATH) == PICTURE
