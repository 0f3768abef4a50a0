"""Packets of the PowerShot 350: a recorded conversation, byte for byte, and what noise does."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canon.errors import DecodeError
from canon.ps350.packets import (
    ENTRY,
    LARGEST_BLOCK,
    LISTING_HEAD,
    OFF,
    PACKET,
    ROOM,
    CloseFile,
    Command,
    ListDisks,
    OpenFile,
    OpenFolder,
    Packet,
    PacketKind,
    PacketReader,
    Ping,
    ReadFile,
    ReadFolder,
    UseDisk,
    ack,
    check_sum,
    encode_message,
    eot,
    find_command,
    packets,
)
from conftest import ROOT

CAMERA_ID = (
    bytes.fromhex("62004443 49445c00 00000100 00010001 ea040101 00000000")
    + b"ModelName=PowerShot 350  ,Firmware version=01:02,Manufacturer=Canon Inc.   \0"
)
PONG = bytes.fromhex("01000000 09000300 30000000") + bytes(16) + b"\4\0\3\0" + bytes(16)

RECORDED = {
    "compu3": (ack(0), "00040400 00000000", "38d0"),
    "compu5": (Ping().packet(9), "00100c00 00000000 31000160 0c000000", "1807"),
    "compu6": (ack(1), "01040400 00000000", "9105"),
    "SerialIn 1": (
        Packet(0, PacketKind.CAMERA_ID, CAMERA_ID),
        "00066400" + CAMERA_ID.hex(),
        "9a64",
    ),
    "SerialIn 2": (eot(0), "00030400 01000000", "b9a4"),
    "SerialIn 3": (Packet(0, PacketKind.DATA, PONG), "00103000" + PONG.hex(), "5fe9"),
    "SerialIn 4": (eot(1), "01030400 01000000", "1071"),
    "ps350chk.c": (eot(5), "05030400 01000000", "873f"),
}
"""Packets of a real conversation: their contents up to the zeros, and their check sums.

They are in J. A. Bezemer's notes of 1999 (libgphoto2, camlibs/canon/ps350).
"""

each_recorded = pytest.mark.parametrize(
    ("packet", "content", "check"), RECORDED.values(), ids=RECORDED
)


@each_recorded
def test_recorded_packets_byte_for_byte(packet: Packet, content: str, check: str) -> None:
    raw = b"\xc0" + bytes.fromhex(content).ljust(296, b"\0") + bytes.fromhex(check) + b"\xc1"
    assert len(raw) == PACKET
    assert packet.encode() == raw
    assert Packet.decode(raw) == packet


def test_check_value() -> None:
    assert check_sum(b"123456789") == 0x2189, "the one of CRC-16/KERMIT"


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        (ListDisks(0x1E), "00101400 00000000 18000160 14000000 08000000 1e000000"),
        (
            UseDisk("REMOVABLE_1:"),
            "00102100 00000000 140021a0 21000000 08000000 52454d4f 5641424c 455f313a 00000000 00",
        ),
        (OpenFolder("REMOVABLE_1:\\DC97"), "00102200 00000000 020021a0 22000000 08000000"),
        (ReadFolder(7, 1000, 0), "00101c00 00000000 2a0081a0 1c000000 08000000 07000000 e8030000"),
        (
            OpenFile(1, "REMOVABLE_1:\\DC97\\CTG_0001\\THM_0073.JPG"),
            "00103c00 00000000 010041a0 3c000000 08000000 01000000",
        ),
        (ReadFile(7, 0x245C), "00101800 00000000 12000160 18000000 08000000 07000000 5c240000"),
        (CloseFile(7), "00101400 00000000 11000160 14000000 08000000 07000000"),
    ],
)
def test_commands_begin_as_printed(command: Command[Ping], printed: str) -> None:
    raw = command.packet(8).encode()[1:]
    assert raw.startswith(bytes.fromhex(printed))
    assert find_command(command.code) is type(command)


def test_the_packet_that_switches_off() -> None:
    assert OFF.encode()[1:].startswith(bytes.fromhex("00010000"))
    assert not any(OFF.encode()[3:297])


def test_the_numbers_in_the_notes_fit_together() -> None:
    """0x245c bytes fill 0x20 packets; the first of a long listing has the length 0x112."""
    head = len(encode_message(1, 0x12, 0xA0C2, bytes(24)))
    assert head + LARGEST_BLOCK == 0x20 * ROOM
    assert ENTRY == 21
    assert LISTING_HEAD + (ROOM - LISTING_HEAD) // ENTRY * ENTRY == 0x112


@given(st.binary(max_size=3000), st.integers(22, ROOM), st.integers(1, ROOM))
def test_messages_come_back_from_their_packets(message: bytes, first: int, other: int) -> None:
    cut = list(packets(message, first, other))
    assert b"".join(packet.data for packet in cut) == message
    assert [packet.more for packet in cut] == [True] * (len(cut) - 1) + [False]
    assert [packet.number for packet in cut] == [at & 0xFF for at in range(len(cut))]
    assert all(len(packet.encode()) == PACKET for packet in cut)


@given(st.lists(st.binary(max_size=ROOM), max_size=5), st.binary(max_size=40), st.integers(1, 400))
def test_packets_come_back_however_the_bytes_are_cut(
    contents: list[bytes], noise: bytes, step: int
) -> None:
    sent = [Packet(at, PacketKind.DATA, data) for at, data in enumerate(contents)]
    stream = b"".join(noise + packet.encode() for packet in sent)
    reader = PacketReader()
    got = [
        packet
        for at in range(0, len(stream), step)
        for packet in reader.feed(stream[at : at + step])
    ]
    got += reader.feed(bytes(PACKET))
    assert got == sent


@pytest.mark.parametrize("at", [0, 1, 2, 150, 297, 298, 299])
@pytest.mark.parametrize("fault", ["lost", "doubled", "flipped"])
def test_a_damaged_packet_is_dropped_and_the_next_one_is_read(at: int, fault: str) -> None:
    good = Packet(3, PacketKind.DATA, b"\xc0\xc1" * 140).encode()
    byte = good[at : at + 1]
    changed = {"lost": b"", "doubled": byte * 2, "flipped": bytes((byte[0] ^ 0x10,))}[fault]
    harmless = fault == "doubled" and at in (0, len(good) - 1)
    reader = PacketReader()
    got = reader.feed(good[:at] + changed + good[at + 1 :]) + reader.feed(eot(4).encode())
    assert got == [Packet.decode(good)] * harmless + [eot(4)]


@given(st.lists(st.binary(max_size=700), max_size=20))
def test_noise_is_bounded(chunks: list[bytes]) -> None:
    reader = PacketReader()
    for chunk in chunks:
        reader.feed(b"\xc0" + chunk)
        assert len(reader._held) < PACKET
    reader.clear()
    assert reader.feed(eot(0).encode()) == [eot(0)]


@given(st.binary(max_size=PACKET + 10))
def test_noise_raises_only_decode_errors(raw: bytes) -> None:
    with pytest.raises(DecodeError):
        Packet.decode(raw)


def test_a_length_that_is_not_there() -> None:
    content = bytes.fromhex("0010ff7f").ljust(296, b"\0")
    raw = b"\xc0" + content + check_sum(content).to_bytes(2, "little") + b"\xc1"
    with pytest.raises(DecodeError):
        Packet.decode(raw)


def test_each_guess_is_told() -> None:
    page = (ROOT / "docs" / "protocol" / "ps350.md").read_text(encoding="utf-8")
    code = (ROOT / "src" / "canon" / "virtual" / "ps350.py").read_text(encoding="utf-8")
    told = page.rpartition("|---|---|\n")[2].count("\n| ") + 1
    assert told == len(re.findall(r"# Guess\b", code)) > 5
