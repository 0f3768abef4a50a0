"""Packets and messages: the printed bytes, and how messages are put together again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_frame import IDENTIFY_S10, POWER

from canon.errors import DecodeError
from canon.native.commands import Identity, PowerStatus
from canon.serial.frame import LONGEST, FrameReader
from canon.serial.packets import (
    ANSWERED,
    HEAD,
    SPEEDS,
    SWITCH_OFF,
    Assembly,
    EotKind,
    FilePart,
    ListingPart,
    MessageHead,
    Packet,
    PacketKind,
    Result,
    ack,
    camera_id,
    camera_name,
    decode_packet,
    encode_message,
    eot,
    fragment,
    fragments,
    speed_request,
)

PRINTED = [
    (SWITCH_OFF, "00 02"),
    (eot(0), "00 04 01 00 00 00"),
    (eot(0, EotKind.PING), "00 04 00 00 00 00"),
    (eot(7, EotKind.UPLOAD), "07 04 03 00 00 00"),
    (ack(0), "00 05 00 00 00 00"),
    (ack(9, Result.SEND_AGAIN), "09 05 ff 00 00 00"),
    (speed_request(9600), "00 03 02 02 01 10 00 00 00 00"),
    (speed_request(19200), "00 03 08 02 01 10 00 00 00 00"),
    (speed_request(38400), "00 03 20 02 01 10 00 00 00 00"),
    (speed_request(57600), "00 03 40 02 01 10 00 00 00 00"),
    (speed_request(115200), "00 03 80 02 01 10 00 00 00 00"),
]


@pytest.mark.parametrize(("packet", "printed"), PRINTED)
def test_printed_packets(packet: Packet, printed: str) -> None:
    assert packet.encode() == bytes.fromhex(printed)
    assert decode_packet(packet.encode()) == packet


def test_camera_id_has_the_name_at_26() -> None:
    raw = camera_id("Canon PowerShot S10").encode()
    assert raw[:2] == b"\0\6"
    assert raw[26:].startswith(b"Canon PowerShot S10\0")
    assert len(raw) >= 40
    assert camera_name(decode_packet(raw)) == "Canon PowerShot S10"


def test_printed_power_answer() -> None:
    packet = decode_packet(POWER)
    assert packet == fragment(0, POWER[4:])
    head = MessageHead.decode(packet.data)
    assert (head.code, head.length, head.transaction) == (0x120A ^ ANSWERED, 0x18, 0x008AF670)
    status = PowerStatus.decode(packet.data[HEAD + 4 :])
    assert status == PowerStatus(6, 0x30)
    payload = bytes(4) + status.encode()
    assert encode_message(head.code, head.transaction, payload) == packet.data


def test_printed_identity_of_an_s10() -> None:
    message = decode_packet(IDENTIFY_S10).data
    head = MessageHead.decode(message)
    assert (head.code, head.length) == (0x1201 ^ ANSWERED, len(message))
    identity = Identity.decode(message[HEAD + 4 :])
    assert (identity.model, identity.firmware) == ("Canon PowerShot S10", "1.0.0.0")
    assert identity.unknown_version == bytes.fromhex("00040000")


@pytest.mark.parametrize(
    "raw",
    ["", "00", "00 04", "00 05", "00 03", "00 00 05 00 01 02", "00 00 01 00 01 02", "00 06 01"],
)
def test_cut_packets_cannot_be_decoded(raw: str) -> None:
    with pytest.raises(DecodeError):
        decode_packet(bytes.fromhex(raw))


@given(st.binary(max_size=60))
def test_noise_raises_only_decode_errors(raw: bytes) -> None:
    try:
        packet = decode_packet(raw)
    except DecodeError:
        return
    assert packet.encode() == raw


@given(st.binary(max_size=4000), st.integers(20, 1500))
def test_messages_come_back_from_their_fragments(payload: bytes, most: int) -> None:
    message = encode_message(0x1101, 77, payload)
    frames = list(fragments(message, most))
    assert max(map(len, frames)) <= LONGEST
    assembly = Assembly()
    for raw in FrameReader().feed(b"".join(frames)):
        assembly.add(decode_packet(raw))
    assert assembly.take(1) == message


def test_a_fragment_of_special_bytes_only_fits_into_a_frame() -> None:
    message = encode_message(0x1101, 0, b"\xc0\xc1\x7e" * 1000)
    frames = list(fragments(message))
    assert all(LONGEST - 16 <= len(frame) <= LONGEST for frame in frames[:-1])


@pytest.mark.parametrize("most", [200, 900, 5120])
def test_the_camera_may_cut_as_it_likes(most: int) -> None:
    message = encode_message(0x2101, 5, bytes(range(250)) * 20)
    assembly = Assembly()
    for number, at in enumerate(range(0, len(message), most)):
        assembly.add(fragment(number, message[at : at + most]))
    assert assembly.take(1) == message


# --- what is lost on the way ----------------------------------------------------------------------


def pieces(message: bytes) -> list[Packet]:
    return [fragment(at // 100, message[at : at + 100]) for at in range(0, len(message), 100)]


ONE = encode_message(0x2101, 1, bytes(range(200)) * 2)
OTHER = encode_message(0x2101, 2, bytes(reversed(range(200))) * 2)


def test_what_came_whole_is_kept_for_the_next_try() -> None:
    assembly = Assembly()
    for packet in pieces(ONE)[:3]:
        assembly.add(packet)
    assert assembly.take(5) is None
    for packet in pieces(ONE)[3:]:
        assembly.add(packet)
    assert assembly.take(5) == ONE


def test_doubled_fragments_do_no_harm() -> None:
    assembly = Assembly()
    for packet in pieces(ONE):
        assembly.add(packet)
        assembly.add(packet)
    assert assembly.take(5) == ONE


def test_any_piece_but_the_first_may_be_the_one_that_comes_later() -> None:
    for late in range(1, len(pieces(ONE))):
        assembly = Assembly()
        for packet in pieces(ONE):
            if packet.number != late:
                assembly.add(packet)
        assert assembly.take(5) is None
        assembly.add(pieces(ONE)[late])
        assert assembly.take(5) == ONE


def test_a_message_that_lost_its_end_leaves_nothing_in_the_next() -> None:
    short = encode_message(0x2101, 3, b"short")
    assembly = Assembly()
    for packet in pieces(ONE):
        assembly.add(packet)  # and its EOT is lost
    assembly.add(fragment(0, short))
    assert assembly.take(6) == short


@pytest.mark.parametrize("number", [5, 6])
def test_pieces_of_another_message_are_not_mixed_in(number: int) -> None:
    assembly = Assembly()
    for packet in pieces(ONE)[:3]:
        assembly.add(packet)
    assert assembly.take(5) is None
    for packet in pieces(OTHER)[:1] + pieces(OTHER)[3:]:
        assembly.add(packet)
    assert assembly.take(number) is None
    for packet in pieces(OTHER):
        assembly.add(packet)
    assert assembly.take(number) == OTHER


def test_kept_pieces_do_not_stop_a_shorter_message() -> None:
    short = encode_message(0x2101, 3, b"")
    assembly = Assembly()
    for packet in pieces(ONE)[1:]:
        assembly.add(packet)
    assert assembly.take(5) is None
    assembly.add(fragment(0, short))
    assert assembly.take(5) == short


# --- answers that are laid out as on no other road ------------------------------------------------


def test_parts_of_files_and_listings() -> None:
    raw = bytes.fromhex("00140000 000a0000 03000000 01000000 ffd8ff")
    assert FilePart.decode(raw) == FilePart(0x1400, 0xA00, 3, 1, b"\xff\xd8\xff")
    failed = bytes.fromhex("00000000 01 00000000000000")
    assert ListingPart.decode(failed[4:]) == ListingPart(1, bytes(7))


@given(
    st.builds(
        Packet,
        st.integers(0, 255),
        st.sampled_from([PacketKind.EOT, PacketKind.ACK, PacketKind.SPEED]),
        st.binary(min_size=1, max_size=20),
    )
)
def test_every_packet_decodes_to_what_was_encoded(packet: Packet) -> None:
    assert decode_packet(packet.encode()) == packet
    assert packet.value == packet.body[0]


def test_speeds_have_codes_of_their_own() -> None:
    assert len(set(SPEEDS.values())) == len(SPEEDS) == 5
