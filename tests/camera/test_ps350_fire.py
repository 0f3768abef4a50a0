"""The PowerShot 350 under fire: a line that spoils bytes, cameras and hosts that say anything."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_serial_fire import LIMIT_S, HostileLine, SpoiledLater

from canon.errors import CanonError, Disconnected, PortTimeout
from canon.ps350.packets import (
    ATTENTION,
    CAMERA,
    SPEEDS,
    WAKE_UP,
    Command,
    Packet,
    PacketKind,
    encode_message,
    eot,
    packets,
)
from canon.virtual.line import FaultyLine, VirtualLine
from rigs.ps350 import PATH, PICTURE, SMALL, SMALL_PATH, Host, ps350_device


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("one_in", [20_000, 1_000, 100])
def test_under_fire(tmp_path: Path, one_in: int, seed: int) -> None:
    """Whole or not there, in bounded time; whole when the line is fair."""
    line = SpoiledLater(VirtualLine(ps350_device()), one_in, seed)
    host = Host(line)
    entry = host.storage.stat(PATH)
    line.spoil()
    before = line.clock.now()
    try:
        host.storage.download(entry, tmp_path)
        outcome = "whole"
    except (PortTimeout, Disconnected):
        outcome = "failed"
    assert line.clock.now() - before < LIMIT_S
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    assert files == ([PICTURE] if outcome == "whole" else [])
    if one_in == 20_000:
        assert outcome == "whole"
    if one_in == 100:
        assert outcome == "failed"


@settings(max_examples=60)
@given(st.integers(0, 1 << 32), st.integers(5, 20_000), st.sampled_from(tuple(SPEEDS)))
def test_any_faults_from_the_first_byte_on(seed: int, one_in: int, speed: int) -> None:
    line = FaultyLine(VirtualLine(ps350_device()), one_in, seed)
    try:
        host = Host(line, speed)
        assert host.storage.read(SMALL_PATH) == SMALL
        assert host.storage.read(PATH) == PICTURE
        host.driver.close()
    except CanonError:
        pass
    assert line.clock.now() < 20 * LIMIT_S


def answers() -> st.SearchStrategy[bytes]:
    """What a camera might say: whole messages of the codes that are known, and odd packets."""
    codes = [kind.reply_code for kind in Command.__subclasses__()]
    body = st.builds(
        lambda count, status, tail: count.to_bytes(4, "little") + status + tail,
        st.integers(0, 9),
        st.just(bytes(4)) | st.binary(min_size=4, max_size=4),
        st.binary(max_size=60),
    )
    message = st.builds(
        lambda code, body, count: (
            b"".join(one.encode() for one in packets(encode_message(CAMERA, code, 0x6002, body)))
            + eot(count).encode()
        ),
        st.sampled_from(codes),
        body,
        st.integers(0, 9),
    )
    packet = st.builds(
        lambda number, kind, data, more: Packet(number, kind, data, more).encode(),
        st.integers(0, 3),
        st.sampled_from(PacketKind),
        st.binary(max_size=80),
        st.booleans(),
    )
    return st.just(b"") | st.binary(max_size=400) | message | packet


@settings(max_examples=150)
@given(st.lists(answers(), max_size=30))
def test_whatever_the_camera_says_only_our_own_errors_come(words: list[bytes]) -> None:
    line = HostileLine(VirtualLine(ps350_device()), iter(words))
    with contextlib.suppress(CanonError):
        host = Host(line)
        host.driver.cards()
        list(host.storage.walk())
        host.storage.read(PATH)
        host.driver.close()
    assert line.clock.now() < LIMIT_S


@given(st.lists(st.just(WAKE_UP) | st.just(ATTENTION) | answers(), max_size=30))
def test_whatever_the_host_says_the_camera_works_on(words: list[bytes]) -> None:
    camera = ps350_device()
    line = VirtualLine(camera)
    line.write(WAKE_UP)
    for word in words:
        line.write(word)
    assert Host(VirtualLine(camera)).storage.read(PATH) == PICTURE


@pytest.mark.parametrize(
    ("step", "pause_s", "says"),
    [(1, 0.026, "no end"), (0, 0.026, "too much"), (0, 0.9, "too much")],
)
def test_a_camera_that_never_ends_its_answer_is_given_up(
    step: int, pause_s: float, says: str
) -> None:
    class Endless(VirtualLine):
        """A camera that goes on talking once it has begun: its answer, or one packet of it."""

        numbers: Iterator[int] | None = None

        def read(self, size: int, timeout_s: float) -> bytes:
            if self.numbers is None:
                return super().read(size, timeout_s)
            self.clock.sleep(pause_s)
            number = next(self.numbers) & 0xFF
            return Packet(number, PacketKind.DATA, bytes(292), more=True).encode()

    line = Endless(ps350_device())
    host = Host(line)
    line.numbers = itertools.count(0, step)
    with pytest.raises(CanonError, match=says):
        host.driver.cards()
    assert line.clock.now() < LIMIT_S
