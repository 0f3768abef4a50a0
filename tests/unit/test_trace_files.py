from __future__ import annotations

import errno
import io
import json
import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import dpkt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import camera, pcap, record, trace, urb

from canon.native.commands import Identify
from canon.native.session import Session
from canon.trace.files import blank, read
from canon.trace.records import Exchange, Kind, Record, Remark, Setup, Span, Transfer
from canon.trace.telling import redact
from conftest import program

IDENTIFY = bytes.fromhex("c00c550000000100")


def start(session: Session) -> None:
    session.start()
    session.call(Identify())


def letter(*, head: int = 64, order: str = "<") -> list[bytes]:
    """The status letter asked for and answered, as usbmon records it."""
    return [
        urb(7, b"S", 2, 0x80, size=1, setup=IDENTIFY, status=-115, head=head, order=order),
        urb(7, b"C", 2, 0x80, b"C", seconds=1_700_000_001, head=head, order=order),
    ]


# --- traces --------------------------------------------------------------------------------------


def test_every_record_of_the_traces_is_read(traces: Path) -> None:
    for path in sorted(traces.glob("g3-*.jsonl")):
        lines = path.read_text().splitlines()[1:]
        records = list(read(path))
        assert [one.index for one in records] == [json.loads(line)["index"] for line in lines]
        assert not [one for one in records if isinstance(one, Remark) and one.name == "Broken"]


def test_a_transfer_of_a_trace(traces: Path) -> None:
    records = list(read(traces / "g3-gphoto2-capture.jsonl"))
    asked = records[3]
    assert isinstance(asked, Transfer)
    assert (asked.kind, asked.setup) == (Kind.CONTROL, Setup(0xC0, 0x0C, 0x55, 0, 1))
    assert (asked.data, asked.time, asked.inward) == (b"A", 0.161822, True)
    assert asked.took == pytest.approx(0.000822)


def test_what_a_trace_left_out_is_known_to_be_missing(traces: Path) -> None:
    records = list(read(traces / "g3-gphoto2-capture.jsonl"))
    first, gap, last = records[88:91]
    assert isinstance(first, Transfer)
    assert (first.complete, first.size, len(first.data)) == (False, 5120, 208)
    assert isinstance(gap, Remark)
    assert (gap.name, gap.time) == ("Gap", None)
    assert isinstance(last, Transfer)
    assert (last.data, len(last.tail), last.time) == (b"", 80, None)


def test_a_command_whose_answer_was_kept_from_its_status_on(traces: Path) -> None:
    (first, *_) = read(traces / "g3-remotecapture-macro.jsonl")
    assert isinstance(first, Exchange)
    assert (first.code, first.long, first.size) == (0x1213, False, 56)
    assert (first.reply_from, first.reply_size, len(first.reply)) == (0x50, 92, 12)


def test_a_broken_line_does_not_hide_the_next(tmp_path: Path) -> None:
    good = {"type": "host_timeout", "index": 9, "ms": 5}
    path = trace(tmp_path / "a.jsonl", {"type": "control_in", "index": 1}, good)
    path.write_bytes(path.read_bytes() + b'{"type":\n[1]\n' + b"[" * 100_000 + b"\n")
    names = [one.name for one in read(path) if isinstance(one, Remark)]
    assert names == ["Broken", "HostTimeout", "Broken", "Broken", "Broken"]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8\xff\xe1", b'{"a": 1}\n', b"PK\3\4", b"\n", b"{"]
)
def test_a_file_that_is_no_recording(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"recording|canon-native-trace|zip archive"):
        list(read(path))


# --- captures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("link", "head"), [(189, 48), (220, 64)])
@pytest.mark.parametrize("order", ["<", ">"])
def test_both_usbmon_headers_in_both_byte_orders(
    tmp_path: Path, link: int, head: int, order: str
) -> None:
    path = pcap(tmp_path / "a.pcap", letter(head=head, order=order), link=link, order=order)
    (transfer,) = read(path)
    assert transfer == Transfer(
        index=2,
        time=1_700_000_000.25,
        took=1.0,
        device="2.5",
        endpoint=0x80,
        kind=Kind.CONTROL,
        setup=Setup(0xC0, 0x0C, 0x55, 0, 1),
        data=b"C",
        size=1,
        room=1,
    )


def test_a_capture_that_dpkt_wrote(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    with path.open("wb") as stream:
        section = dpkt.pcapng.SectionHeaderBlockLE()
        interface = dpkt.pcapng.InterfaceDescriptionBlockLE(linktype=220)
        writer = dpkt.pcapng.Writer(stream, shb=section, idb=interface)
        for packet in letter():
            writer.writepkt(packet, ts=1_700_000_000.5)
    (transfer,) = read(path)
    assert isinstance(transfer, Transfer)
    assert transfer.data == b"C"


def test_what_wireshark_makes_of_a_capture_reads_the_same(tmp_path: Path) -> None:
    ours = record(tmp_path / "a.pcapng", start, camera())
    theirs = tmp_path / "b.pcap"
    command = [program("tshark"), "-r", str(ours), "-F", "pcap", "-w", str(theirs)]
    subprocess.run(command, check=True, capture_output=True)
    assert theirs.read_bytes()[:4] != ours.read_bytes()[:4]
    assert list(read(theirs)) == list(read(ours))


def test_devices_are_kept_apart_though_their_requests_interleave(tmp_path: Path) -> None:
    packets = [
        urb(7, b"S", 3, 0x81, size=64, status=-115, address=5),
        urb(7, b"S", 3, 0x81, size=64, status=-115, address=6),
        urb(7, b"C", 3, 0x81, b"six", address=6),
        urb(7, b"C", 3, 0x81, b"five", address=5),
    ]
    records = list(read(pcap(tmp_path / "a.pcap", packets)))
    assert [(one.device, one.data) for one in records if isinstance(one, Transfer)] == [
        ("2.6", b"six"),
        ("2.5", b"five"),
    ]


def test_a_packet_that_the_capture_cut(tmp_path: Path) -> None:
    packets = [
        urb(1, b"S", 3, 0x81, size=512, status=-115),
        urb(1, b"C", 3, 0x81, b"only this", size=512),
    ]
    (transfer,) = read(pcap(tmp_path / "a.pcap", packets))
    assert isinstance(transfer, Transfer)
    assert (transfer.size, transfer.data, transfer.complete) == (512, b"only this", False)


def test_requests_and_completions_without_their_other_half(tmp_path: Path) -> None:
    packets = [
        urb(1, b"C", 3, 0x81, b"late"),
        urb(2, b"S", 3, 0x02, b"out", status=-115),
        urb(3, b"S", 1, 0x83, size=64, status=-115),
        urb(3, b"C", 1, 0x83, status=-errno.EPIPE),
    ]
    late, stalled, waiting = read(pcap(tmp_path / "a.pcap", packets))
    assert isinstance(late, Transfer)
    assert (late.time, late.took, late.data, late.status) == (None, None, b"late", 0)
    assert isinstance(stalled, Transfer)
    assert (stalled.index, stalled.status, stalled.size) == (4, -errno.EPIPE, 0)
    assert isinstance(waiting, Transfer)
    assert (waiting.index, waiting.data, waiting.status) == (2, b"out", None)


def test_requests_that_are_never_answered_do_not_pile_up(tmp_path: Path) -> None:
    packets = [urb(number, b"S", 3, 0x81, size=64, status=-115) for number in range(1000)]
    records = read(pcap(tmp_path / "a.pcap", packets))
    assert next(records).index == 1
    assert len(list(records)) == 999


def test_a_link_type_that_is_not_usb(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="link type 1,"):
        list(read(pcap(tmp_path / "a.pcap", letter(), link=1)))


def test_a_packet_that_is_no_usbmon_record(tmp_path: Path) -> None:
    packets = [b"short", urb(1, b"C", 9, 0x81), *letter()]
    records = list(read(pcap(tmp_path / "a.pcap", packets)))
    assert [type(one).__name__ for one in records] == ["Remark", "Remark", "Transfer"]


@pytest.mark.parametrize("ng", [False, True])
def test_a_capture_that_breaks_off_tells_what_it_has(tmp_path: Path, ng: bool) -> None:
    path = tmp_path / "a"
    if ng:
        record(path, start, camera())
    else:
        pcap(path, letter() * 3)
    whole, data = list(read(path)), path.read_bytes()
    path.write_bytes(data[:-5])
    cut = list(read(path))
    (last,) = [one for one in cut if isinstance(one, Remark)]
    assert (last.name, last.text) == ("Broken", "the file ends in the middle of a record")
    assert [one for one in cut if one in whole] == whole[:-1]


@pytest.mark.parametrize("size", [0, 4, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_block_length_that_cannot_be(tmp_path: Path, size: int) -> None:
    path = record(tmp_path / "a.pcapng", start, camera())
    whole = list(read(path))
    with path.open("ab") as stream:
        stream.write(struct.pack("<II", 6, size) + bytes(64))
    *kept, last = read(path)
    assert kept == whole
    assert isinstance(last, Remark)
    assert last.name == "Broken"


def test_options_without_end_hide_nothing(tmp_path: Path) -> None:
    path = record(tmp_path / "a.pcapng", start, camera())
    whole = list(read(path))
    options = struct.pack("<HH", 2, 0) * (4 << 18)
    size = 12 + 20 + len(options)
    block = struct.pack("<II5I", 6, size, 0, 0, 0, 0, 0) + options + struct.pack("<I", size)
    path.write_bytes(path.read_bytes() + block)
    assert list(read(path))[:-1] == whole


# --- blanking ------------------------------------------------------------------------------------


def blanked(path: Path, spans: dict[int, list[Span]]) -> bytes:
    copy = io.BytesIO()
    blank(path, copy, spans, {"", "1.1", "2.5"})
    return copy.getvalue()


def test_blanking_changes_the_named_bytes_and_nothing_else(tmp_path: Path) -> None:
    path = pcap(tmp_path / "a.pcap", [urb(1, b"C", 3, 0x81, b"0123456789"), *letter()])
    copy = tmp_path / "b.pcapng"
    copy.write_bytes(blanked(path, {1: [(2, 4), (8, 99)]}))
    first, second = read(path)
    assert isinstance(first, Transfer)
    assert list(read(copy)) == [
        replace(first, data=b"01\0\0" + b"4567\0\0"),
        replace(second, index=3),
    ]


def test_a_copy_of_our_own_recording_is_the_recording(tmp_path: Path) -> None:
    path = record(tmp_path / "a.pcapng", start, camera())
    copy = tmp_path / "b.pcapng"
    copy.write_bytes(blanked(path, {}))
    assert list(read(copy)) == list(read(path))


def test_blanking_a_trace_counts_the_payload_first(tmp_path: Path) -> None:
    fields = {"type": "command", "index": 3, "request": "aabb", "response": "ccddee"}
    path = trace(tmp_path / "a.jsonl", fields)
    copied = json.loads(blanked(path, {3: [(1, 3)]}).splitlines()[1])
    assert copied == fields | {"request": "aa00", "response": "00ddee"}


def test_what_cannot_be_read_is_not_copied(tmp_path: Path) -> None:
    path = record(tmp_path / "a.pcapng", start, camera())
    whole = blanked(path, {})
    path.write_bytes(path.read_bytes() + b"\x06\0\0\0\xff\xff\xff\xffsecret")
    assert blanked(path, {}) == whole


def test_a_recording_is_not_blanked_in_place(tmp_path: Path) -> None:
    path = pcap(tmp_path / "a.pcap", letter())
    with pytest.raises(ValueError, match="name another file"):
        redact(path, path)
    assert path.stat().st_size > 0


# --- hostile files -------------------------------------------------------------------------------


def read_bytes(data: bytes, folder: Path) -> list[Record]:
    path = folder / "hostile"
    path.write_bytes(data)
    return list(read(path))


@settings(max_examples=150)
@given(st.data())
def test_no_file_raises_anything_but_value_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    seeds = tmp_path_factory.getbasetemp() / "seeds"
    if not seeds.exists():
        seeds.mkdir()
        record(seeds / "1", start, camera())
        pcap(seeds / "2", letter(head=48), link=189)
        trace(seeds / "3", {"type": "bulk_in", "index": 1, "actual": 2, "data": "0102"})
    good = bytearray((seeds / data.draw(st.sampled_from("123"))).read_bytes())
    for at in data.draw(st.lists(st.integers(0, len(good) - 1), max_size=6)):
        good[at] = data.draw(st.integers(0, 255))
    stream = io.BytesIO(good)
    cut = stream.read(data.draw(st.integers(0, len(good))))
    try:
        records = read_bytes(cut, tmp_path_factory.getbasetemp())
    except ValueError:
        return
    assert all(isinstance(one, Transfer | Exchange | Remark) for one in records)
