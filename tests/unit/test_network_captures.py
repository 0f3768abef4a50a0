"""PTP over TCP, as Wireshark and tcpdump capture it on a network: put together out of segments."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import dpkt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import tshark

from canon.trace.files import read
from canon.trace.records import IpPacket
from canon.trace.step import Step
from canon.trace.telling import redact, tell

# What an EOS 70D and a computer said, packet by packet; two of them share a segment.
TALK = [
    (False, f"4a000000 01000000 {'11' * 16} {'6800' * 22} 0000 00000100"),
    (True, "280000000200000001000000 0000000000000000 0001111111111111 370030004400 0000 00000100"),
    (False, "16000000 06000000 01000000 0510 09000000 01000200"),
    (True, "1400000009000000 09000000 2400000000000000 300000000c000000 09000000 "
     "04000300000000001a6d0700000000805cf004000000ffffffff03530044000000000000"),
    (True, "0e00000007000000 0120 09000000"),
    (False, "1a00000006000000 01000000 2891 0a000000 01000000 00000000"),
    (True, "0e00000007000000 1920 0a000000"),
]  # fmt: skip
NAMES = ["InitCommandRequest", "InitCommandAck", "GetStorageInfo", "RemoteReleaseOn"]
CAMERA, HOST = b"\xc0\xa8\x01\x02", b"\xc0\xa8\x01\x03"
Segment = tuple[bool, int, int, int, bytes]
"""Whether the camera sends it, its place, what its sender has got, flags, and data."""


def segments(size: int = 1460, start: int = 0xFFFFFFF0) -> list[Segment]:
    """The talk in segments of no more than `size` bytes; the places pass the end of 32 bits."""
    out: list[Segment] = [(inward, start, 0, dpkt.tcp.TH_SYN, b"") for inward in (False, True)]
    place = dict.fromkeys((False, True), (start + 1) % (1 << 32))
    for inward, text in TALK:
        data = bytes.fromhex(text)
        for at in range(0, len(data), size):
            piece = data[at : at + size]
            out.append((inward, place[inward], place[not inward], dpkt.tcp.TH_ACK, piece))
            place[inward] = (place[inward] + len(piece)) % (1 << 32)
    return out


def tcp(segment: Segment, port: int = 15740) -> dpkt.tcp.TCP:
    inward, place, got, flags, data = segment
    ports = (port, 50000) if inward else (50000, port)
    return dpkt.tcp.TCP(sport=ports[0], dport=ports[1], seq=place, ack=got, flags=flags, data=data)


def ip(segment: Segment, port: int = 15740) -> bytes:
    hosts = (CAMERA, HOST) if segment[0] else (HOST, CAMERA)
    return bytes(dpkt.ip.IP(src=hosts[0], dst=hosts[1], p=6, data=tcp(segment, port)))


def ip6(segment: Segment) -> bytes:
    hosts = (bytes(15) + CAMERA[3:], bytes(15) + HOST[3:])
    return bytes(
        dpkt.ip6.IP6(
            src=hosts[not segment[0]], dst=hosts[segment[0]], nxt=6, plen=20 + len(segment[4]),
            data=tcp(segment),
        )
    )  # fmt: skip


def ethernet(packet: bytes, kind: int = 0x0800) -> bytes:
    padding = bytes(max(0, 46 - len(packet)))  # short frames are filled up
    return bytes(12) + struct.pack(">H", kind) + packet + padding


LINKS: dict[str, tuple[int, Callable[[Segment], bytes]]] = {
    "ethernet": (1, lambda one: ethernet(ip(one))),
    "ethernet, IPv6": (1, lambda one: ethernet(ip6(one), 0x86DD)),
    "a VLAN": (1, lambda one: ethernet(struct.pack(">HH", 7, 0x0800) + ip(one), 0x8100)),
    "any interface": (113, lambda one: bytes(14) + b"\x08\x00" + ip(one)),
    "any interface, new": (276, lambda one: b"\x08\x00" + bytes(18) + ip(one)),
    "IP alone": (101, ip),
    "loopback of a BSD": (0, lambda one: b"\2\0\0\0" + ip(one)),
}


def capture(link: int, frames: Iterable[bytes], snap: int = 1 << 16) -> bytes:
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snap, link)
    for number, frame in enumerate(frames):
        kept = frame[:snap]
        out += struct.pack("<4I", 100, number * 1000, len(kept), len(frame)) + kept
    return out


def told(data: bytes) -> list[Step]:
    return [replace(step, index=0, time=None) for step in tell(read(io.BytesIO(data)))]


def of_ethernet(some: Iterable[Segment], snap: int = 1 << 16) -> list[Step]:
    return told(capture(1, (ethernet(ip(one)) for one in some), snap))


WHOLE = of_ethernet(segments())


def test_a_conversation_over_tcp_is_told() -> None:
    assert [step.name for step in WHOLE] == NAMES
    hello, _, info, press = WHOLE
    assert hello.fields["name"] == "h" * 22
    assert info.reply is not None
    assert (info.reply["description"], info.note) == ("SD", "")
    assert press.reply == {"response": "DEVICE_BUSY", "code": "0x2019"}


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("size", [1460, 20, 5])
def test_it_is_the_same_on_every_network_and_in_pieces(link: str, size: int) -> None:
    number, frame = LINKS[link]
    assert told(capture(number, map(frame, segments(size)))) == WHOLE


def test_what_comes_twice_or_too_early_is_put_in_its_place() -> None:
    some = segments(7)
    start, rest = some[:2], some[2:]
    again = [one for one in rest for _ in range(2)]
    assert of_ethernet([*start, *again]) == WHOLE
    # Segments that a host sends again are larger than those that it sent first.
    assert of_ethernet([*start, *rest, *segments(1460)[2:]]) == WHOLE
    for at in range(0, len(rest) - 3, 3):  # some change places on their way
        mixed = [*rest[:at], *reversed(rest[at : at + 3]), *rest[at + 3 :]]
        if len({one[0] for one in mixed[at : at + 3]}) == 1:
            assert of_ethernet([*start, *mixed]) == WHOLE


def test_what_is_lost_is_told_and_the_next_packet_goes_on() -> None:
    some = segments()
    del some[5]  # the store's description
    names = [step.name for step in of_ethernet(some)]
    assert names == ["InitCommandRequest", "InitCommandAck", "Gap", *NAMES[2:]]
    cut = of_ethernet(segments(), snap=100)  # less than two frames have
    assert [step.note for step in cut if step.name == "Gap"] == [
        "a packet was cut when it was captured"
    ] * 2
    assert cut[-1] == WHOLE[-1]


def test_a_capture_that_begins_or_ends_in_the_middle() -> None:
    assert [step.name for step in of_ethernet(segments()[4:])] == NAMES[2:]
    late = of_ethernet(segments(30)[4:])  # in the middle of a packet
    assert late[-1] == WHOLE[-1]
    *_, gap, press = of_ethernet(segments()[:-1] + segments(9)[-2:-1])
    assert (gap.name, gap.note) == ("Gap", "the capture ends in the middle of a packet")
    assert (press.name, press.note) == ("RemoteReleaseOn", "no answer")


def test_other_traffic_is_counted(tmp_path: Path) -> None:
    web = [ethernet(ip(one, port=80)) for one in segments()]
    mixed = [*web, *(ethernet(ip(one)) for one in segments()), ethernet(bytes(30), 0x0806)]
    *steps, last = told(capture(1, mixed))
    assert steps == WHOLE
    assert (last.name, last.note[:14]) == ("OtherPackets", "passed over: 1")
    with pytest.raises(ValueError, match="has nothing of port 15740"):
        told(capture(1, web))


def test_each_packet_has_a_number_of_its_own() -> None:
    frames = [ethernet(ip(one)) for one in segments()]
    packets = [one for one in read(io.BytesIO(capture(1, frames))) if isinstance(one, IpPacket)]
    assert [one.index for one in packets] == [3, 4, 5, 6, 7, 8, 9, 10]
    assert packets[0].time == pytest.approx(100.002)


def test_a_capture_of_a_network_is_redacted_to_a_trace(tmp_path: Path) -> None:
    frames = (ethernet(ip(one)) for one in segments())
    redact(io.BytesIO(capture(1, frames)), tmp_path / "a")
    steps = list(tell(read(tmp_path / "a")))
    assert [step.name for step in steps] == NAMES
    assert [step.reply for step in steps[2:]] == [step.reply for step in WHOLE[2:]]
    assert b"68006800" not in (tmp_path / "a").read_bytes()


def test_wireshark_reads_what_is_written_here(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(capture(1, (ethernet(ip(one)) for one in segments())))
    codes = tshark(tmp_path / "a", "ptpip.opcode", only="ptpip.opcode")  # and of responses
    assert [int(code, 16) for (code,) in codes] == [0x1005, 0x2001, 0x9128, 0x2019]


@settings(max_examples=100)
@given(st.data())
def test_no_frames_raise_anything_but_value_error(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(LINKS)))
    link, frame = LINKS[name]
    good = bytearray(capture(link, map(frame, segments(data.draw(st.integers(5, 99))))))
    for at in data.draw(st.lists(st.integers(24, len(good) - 1), max_size=8)):
        good[at] = data.draw(st.integers(0, 255))
    try:
        steps = list(tell(read(io.BytesIO(good))))
    except ValueError:
        return
    assert all(step.lines() and step.as_json() for step in steps)
