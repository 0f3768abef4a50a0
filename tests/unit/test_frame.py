"""Frames: the check sums and escapes that the specification prints, and what noise does to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canon.serial.frame import LONGEST, FrameReader, check_sum, encode_frame

POWER = bytes.fromhex("00001800 02000000 0a000022 18000000 70f68a00 00000000 06000030")
IDENTIFY_S10 = (
    bytes.fromhex("00005c00 02000000 01000022 5c000000 14f78a00 00000000 00040000 00000001")
    + b"Canon PowerShot S10".ljust(32, b"\0")
    + b"Edouard Lafargue".ljust(32, b"\0")
)

PRINTED = {
    "00 02": "55 2c",
    "00 04 01 00 00 00": "24 c6",
    "00 05 00 00 00 00": "db d1",
    "00 03 02 02 01 10 00 00 00 00": "c0 39",
    "00 03 08 02 01 10 00 00 00 00": "13 1f",
    "00 03 20 02 01 10 00 00 00 00": "5f 84",
    "00 03 40 02 01 10 00 00 00 00": "5e 57",
    "00 03 80 02 01 10 00 00 00 00": "4d f9",
    POWER.hex(): "b5 5a",
    IDENTIFY_S10.hex(): "9c ea",
}
"""Packets and their check sums as they go over the wire (canon-native-serial, A2 and A5)."""


def test_check_value() -> None:
    assert check_sum(b"123456789") == 0x906E


@pytest.mark.parametrize(("packet", "check"), PRINTED.items())
def test_printed_check_sums(packet: str, check: str) -> None:
    assert check_sum(bytes.fromhex(packet)).to_bytes(2, "little") == bytes.fromhex(check)


def test_check_sum_is_that_of_the_bitwise_definition() -> None:
    crc = 0xFFFF
    for byte in IDENTIFY_S10:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0x8408 if crc & 1 else crc >> 1
    assert check_sum(IDENTIFY_S10) == crc ^ 0xFFFF


@pytest.mark.parametrize(
    ("packet", "frame"),
    [
        ("00 02", "c0 00 02 55 2c c1"),
        ("00 04 01 00 00 00", "c0 00 04 01 00 00 00 24 c6 c1"),
        ("00 03 02 02 01 10 00 00 00 00", "c0 00 03 02 02 01 10 00 00 00 00 7e e0 39 c1"),
    ],
)
def test_printed_frames(packet: str, frame: str) -> None:
    assert encode_frame(bytes.fromhex(packet)) == bytes.fromhex(frame)


def test_escapes() -> None:
    frame = encode_frame(b"\xc0\xc1\x7e\x5e")
    assert frame.startswith(bytes.fromhex("c0 7ee0 7ee1 7e5e 5e"))
    assert FrameReader().feed(frame) == [b"\xc0\xc1\x7e\x5e"]


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=5), st.integers(1, 50))
def test_packets_come_back_however_the_bytes_are_cut(packets: list[bytes], step: int) -> None:
    stream = b"noise".join(encode_frame(packet) for packet in packets)
    reader = FrameReader()
    got = [
        packet
        for at in range(0, len(stream), step)
        for packet in reader.feed(stream[at : at + step])
    ]
    assert got == packets


@pytest.mark.parametrize("at", range(10))
@pytest.mark.parametrize("fault", ["lost", "doubled", "flipped"])
def test_a_damaged_frame_is_dropped_and_the_next_one_is_read(at: int, fault: str) -> None:
    good = bytes.fromhex("c000040100000024c6c1")
    byte = good[at : at + 1]
    changed = {"lost": b"", "doubled": byte * 2, "flipped": bytes((byte[0] ^ 0x10,))}[fault]
    harmless = fault == "doubled" and at in (0, len(good) - 1)
    reader = FrameReader()
    first = reader.feed(good[:at] + changed + good[at + 1 :])
    packet = bytes.fromhex("000401000000")
    assert first == ([packet] if harmless else [])
    # A frame that lost its end swallows nothing: the next C0 begins anew.
    assert reader.feed(good) == [packet]


@given(st.lists(st.binary(max_size=3000), max_size=20))
def test_noise_is_bounded(chunks: list[bytes]) -> None:
    reader = FrameReader()
    for chunk in chunks:
        reader.feed(b"\xc0" + chunk.replace(b"\xc1", b""))
        assert len(reader._begun) <= 2 * LONGEST
    reader.feed(b"\xc1")
    assert reader.feed(encode_frame(b"\0\2")) == [b"\0\2"]
