from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import PATH, PICTURE, camera, pcap, record, trace, tshark, urb

from canon.errors import CanonError
from canon.native.commands import (
    CommandHead,
    GetDirectory,
    GetFile,
    Identify,
    LockKeys,
    MakeDirectory,
    ReplyHead,
    SetFileTime,
    SetOwner,
    UploadBlock,
)
from canon.native.session import Session
from canon.trace.files import read
from canon.trace.records import Kind, Remark, Setup, Transfer
from canon.trace.telling import Step, redact, tell

ZERO_STATUS = bytes(4)


def told(path: Path) -> list[Step]:
    return list(tell(read(path)))


def only(steps: list[Step], name: str) -> Step:
    (one,) = [step for step in steps if step.name == name]
    return one


def sent(code: int, payload: bytes = b"", *, index: int = 1, sequence: int = 7) -> Transfer:
    """A command on its way to the camera."""
    size = 0x10 + len(payload)
    head = CommandHead(size, 0x201, 2, code & 0xFF, 0, code >> 8, size, sequence)
    data = head.encode() + payload
    setup = Setup(0x40, 0x04, 0x10, 0, len(data))
    return Transfer(index, 0.0, 0.0, "", 0, Kind.CONTROL, setup, data, size=len(data))


def came(data: bytes, *, index: int = 2, size: int | None = None, status: int = 0) -> Transfer:
    """A bulk read."""
    length = len(data) if size is None else size
    return Transfer(
        index, 0.1, 0.0, "", 0x81, Kind.BULK, data=data, size=length, room=512, status=status
    )


def answer(code: int, data: bytes = b"", *, sequence: int = 7) -> bytes:
    """A fixed answer of status 0."""
    size = 0x14 + len(data)
    head = ReplyHead(size, 0x301, 2, code & 0xFF, 0, (code >> 8) + 0x10, size, sequence)
    return head.encode() + ZERO_STATUS + data


POWER = answer(0x120A, bytes.fromhex("06000010"))


# --- the recordings of a real G3 -----------------------------------------------------------------

UNKNOWN = {
    # what the specification calls unknown, by the section that says so
    "ReadInitBlock": {0x40, 0x48, 0x50, 0x54},  # 13.7
    "ReadShortInitBlock": {0x40, 0x48, 0x4C},  # 13.7
    "Identify": {0x54},  # 13.7
    "GetReleaseParameters": {0x5C, 0x7F},  # 9.1: camera mode is a guess, 0x23 a gap
    "SetReleaseParameters": {0x58, 0x7B},
    "GetExtendedParameters": {0x60, 0x64, 0x6A, 0x70, 0x7C},  # 9.6, 13.7
    "CardChanged": {0x0C},  # 11.1: 1 or 0
}


def trace_steps(traces: Path) -> Iterator[tuple[str, Step]]:
    for path in sorted(traces.glob("g3-*.jsonl")):
        yield from ((path.name, step) for step in tell(read(path)))


def test_everything_in_the_traces_has_a_name(traces: Path) -> None:
    odd_names = [
        (name, step)
        for name, step in trace_steps(traces)
        if re.search("Unknown|Broken|Cut", step.name)
    ]
    assert odd_names == []


def test_each_command_of_the_traces_is_told_once(traces: Path) -> None:
    for path in sorted(traces.glob("g3-*.jsonl")):
        lines = [json.loads(line) for line in path.read_text().splitlines()[1:]]
        begun = [
            line["index"]
            for line in lines
            if line["type"] in ("command", "control_in", "control_out", "clear_halt")
        ]
        indexes = [step.index for step in told(path)]
        assert len(indexes) == len(set(indexes))
        assert set(begun) <= set(indexes)


def test_only_what_the_specification_lists_is_unexplained(traces: Path) -> None:
    for name, step in trace_steps(traces):
        if step.name == "GetAbilities":  # 7.5: after NULs, from the unused rows on
            assert {odd.raw.strip(b"\xff\x7f") for odd in step.unexplained[:-2]} == {b""}
            assert [odd.offset for odd in step.unexplained[-2:]] == [0x21E + 0, 0x27E]
            continue
        offsets = {odd.offset for odd in step.unexplained}
        assert offsets <= UNKNOWN.get(step.name, set()), (name, step)


def test_nothing_is_out_of_order_but_what_is_known(traces: Path) -> None:
    notes = [step.note for _, step in trace_steps(traces) if step.note]
    assert [note[:38] for note in notes] == [
        "the parameters' length word says 4, 0 ",  # gphoto2's stray 4 (section 9)
        "log cut here by its author: interrupt ",
        "a gap in the recording: 127 more full ",
    ]


def test_gphoto2_taking_a_picture_in_words(traces: Path) -> None:
    steps = told(traces / "g3-gphoto2-capture.jsonl")
    assert [step.name for step in steps if step.name not in ("HostTimeout", "NoEvent")] == [
        *["ClearHalt"] * 3,
        *["ReadStatusLetter", "ReadInitBlock", "ReadShortInitBlock", "Identify", "LockKeys"],
        *["GetPowerStatus", "ListDisks", "GetDirectory", "EnterReleaseControl"],
        *["SetTransferMode", "GetReleaseParameters", "GetReleaseParameters", "Release", "Gap"],
        *["CaptureStatus", "CaptureStatus", "ListDisks", "GetDirectory", "Identify", "ListDisks"],
        *["GetDirectory", "GetDirectory", "GetDirectory", "GetFile", "SetAttributes"],
        *["DeleteFiles", "ListDisks", "GetDirectory", "CardChanged"],
        *["ListDisks", "GetDirectory", "ListDisks", "GetDirectory", "ExitReleaseControl"],
    ]
    assert only(steps, "DeleteFiles").fields == {
        "directory": r"D:\DCIM\204CANON",
        "names": ["IMG_0408.JPG"],
    }
    assert only(steps, "GetFile").reply == {"bytes": 660418}
    stages = [step.fields["stage"] for step in steps if step.name == "CaptureStatus"]
    assert stages == [0x1C, 0x1D]


def test_release_control_in_words(traces: Path) -> None:
    steps = told(traces / "g3-remotecapture-macro.jsonl")
    assert [step.name for step in steps] == ["SetReleaseParameters", "GetReleaseParameters"] * 2
    distances = [step.fields["parameters"]["af_distance"] for step in steps[::2]]
    assert distances == [step.reply and step.reply["af_distance"] for step in steps[1::2]]
    assert len(set(distances)) == 2


# --- our own recordings --------------------------------------------------------------------------


def converse(session: Session) -> None:
    session.start()
    session.call(Identify())
    session.call(SetOwner("Anna Example"))
    session.call(GetDirectory(15, "D:"))
    session.receive(GetFile(0, 0x1400, PATH), lambda piece: None, limit=1 << 20)


@pytest.fixture
def conversation(tmp_path: Path) -> Path:
    return record(tmp_path / "a.pcapng", converse, camera())


def test_a_recording_of_ours_in_words(conversation: Path) -> None:
    assert [(step.name, step.note) for step in told(conversation)] == [
        ("GetDeviceDescriptor", ""),
        ("GetConfigurationDescriptor", ""),
        ("ReadStatusLetter", ""),
        ("ReadInitBlock", ""),
        ("WriteInitBlock", ""),
        ("InitDone", ""),
        ("Identify", ""),
        ("SetOwner", ""),
        ("GetDirectory", ""),
        ("GetFile", ""),
    ]


def test_the_index_is_wiresharks_frame_number(conversation: Path) -> None:
    step = only(told(conversation), "SetOwner")
    (frame,) = tshark(conversation, "usb.data_fragment", only=f"frame.number == {step.index}")
    assert b"Anna Example" in bytes.fromhex(frame[0])


def test_json_has_one_object_a_line(conversation: Path) -> None:
    for step in told(conversation):
        line = step.as_json()
        assert "\n" not in line
        fields = json.loads(line)
        assert fields["index"] == step.index
        assert {"name", "fields", "reply", "unexplained"} <= set(fields)
    power = json.loads(only(list(tell([sent(0x120A), came(POWER)])), "GetPowerStatus").as_json())
    assert (power["reply"], power["unexplained"]) == ({"charge": 6, "source": 16}, [])


def test_lines_for_people(conversation: Path) -> None:
    lines = only(told(conversation), "GetDirectory").lines()
    assert lines[0].endswith(r"GetDirectory(depth=15, path='D:') → (entries=[6 rows])")
    assert any("IMG_0001.JPG" in line for line in lines[1:])


def test_a_recording_cannot_play_tricks_on_a_terminal() -> None:
    owner = b"\x1b[2J\x9b1m".ljust(32, b"\0")
    reply = came(answer(0x1201, bytes(40) + owner), index=3)
    for step in tell([Remark(1, None, "Gap", "\x1b]0;hi\x07"), sent(0x1201), reply]):
        assert "".join([*step.lines(), step.as_json()]).isprintable()


@pytest.mark.parametrize(
    ("fault", "name", "note"),
    [
        ("silence@LockKeys", "LockKeys", "nothing came in time"),
        ("short@LockKeys:8", "LockKeys", "the answer is cut: 76 of 84 bytes"),
        ("echo@LockKeys", "LockKeys", "sequence number"),
        ("stall@GetFile:100", "GetFile", "stalled"),
        ("unplug@GetFile:5000", "GetFile", "error -108"),
        ("pieces", "InitDone", "in 2 pieces"),
        ("garbage", "Identify", ""),
    ],
)
def test_a_fault_is_told_as_what_it_is(tmp_path: Path, fault: str, name: str, note: str) -> None:
    def talk(session: Session) -> None:
        session.start()
        session.call(Identify())
        try:
            session.call(LockKeys())
            converse(session)
        except CanonError:
            return

    steps = told(record(tmp_path / "a.pcapng", talk, camera(fault)))
    (first, *_) = [step for step in steps if step.name == name]
    assert note in first.note
    if fault == "garbage":
        assert [odd.part for odd in first.unexplained] == ["reply", "reply"]


def test_a_refusal_is_told_with_its_meaning(tmp_path: Path) -> None:
    def talk(session: Session) -> None:
        session.start()
        with pytest.raises(CanonError):
            session.call(MakeDirectory("X:\\NOWHERE"))

    step = only(told(record(tmp_path / "a.pcapng", talk, camera())), "MakeDirectory")
    assert step.reply is not None
    assert step.reply["status"] == "0x02000086"


def test_an_upload_in_words(tmp_path: Path) -> None:
    def talk(session: Session) -> None:
        session.start()
        session.send_block(UploadBlock(0, 0, 3, r"D:\DCIM\A.JPG", b"abc"))
        session.call(SetFileTime(1_000_000_000, r"D:\DCIM\A.JPG"))

    path = record(tmp_path / "a.pcapng", talk, camera())
    steps = told(path)
    assert [step.name for step in steps[-3:]] == ["AnnounceUpload", "UploadBlock", "SetFileTime"]
    assert steps[-2].fields["path"] == r"D:\DCIM\A.JPG"
    assert [step.note for step in steps] == [""] * len(steps)
    redact(path, tmp_path / "b.pcapng")
    assert only(told(tmp_path / "b.pcapng"), "UploadBlock").fields["data"] == "000000"


# --- what is out of order ------------------------------------------------------------------------


def test_a_command_sent_again() -> None:
    first, second = tell(
        [sent(0x120A, sequence=1), sent(0x120A, index=2, sequence=2), came(POWER, index=3)]
    )
    assert (first.reply, first.note) == (None, "no answer")
    assert second.note == "sent again; the answer carries sequence number 0x7, a late one?"


def test_the_first_answer_may_lack_its_head() -> None:
    (step,) = tell([sent(0x120A), came(POWER[0x40:])])
    assert step.note == "the first 0x40 bytes of the answer are missing"
    assert step.reply == {"charge": 6, "source": 16}


def test_old_cameras_leave_the_first_length_zero() -> None:
    first, second = tell([sent(0x120A), came(bytes(4) + POWER[4:]), came(b"stray", index=3)])
    assert (first.reply, first.note) == ({"charge": 6, "source": 16}, "")
    assert (second.name, second.unexplained[0].raw) == ("UnknownBulk", b"stray")


def test_an_answer_in_pieces() -> None:
    (step,) = tell([sent(0x120A), came(POWER[:64]), came(POWER[64:], index=3)])
    assert (step.reply, step.note) == ({"charge": 6, "source": 16}, "")


def test_an_answer_to_another_command() -> None:
    (step,) = tell([sent(0x120A), came(answer(0x1203, bytes(12)))])
    assert "the answer echoes command 0x22/0x03" in step.note


def test_surplus_bytes_are_unexplained() -> None:
    (step,) = tell([sent(0x120A), came(answer(0x120A, bytes.fromhex("06000010 2a")))])
    assert [(odd.part, odd.offset, odd.raw) for odd in step.unexplained] == [
        ("reply", 0x58, b"\x2a")
    ]


def test_a_command_nobody_knows() -> None:
    (step,) = tell([sent(0x1299, b"\1\2"), came(answer(0x1299, b"\3"))])
    assert (step.name, step.fields) == ("UnknownCommand", {"code": "0x1299"})
    assert [odd.raw for odd in step.unexplained] == [b"\1\2", b"\3"]


def test_a_payload_that_is_short_is_filled_up_as_a_camera_does() -> None:
    (step,) = tell([sent(0x1204, b"\1\0"), came(answer(0x1204))])
    assert step.fields == {"seconds": 1}
    assert step.note == "2 of 12 bytes were sent"


def test_an_answer_that_the_recording_cut() -> None:
    (step,) = tell([sent(0x120A), came(POWER[:0x30], size=len(POWER))])
    assert step.note == "the recording kept 48 of 88 bytes of the answer"
    assert step.reply is None


def test_a_gap_in_an_answer() -> None:
    gap = Remark(3, None, "Gap", "ten lines lost")
    first, second = tell([sent(0x120A), gap, came(POWER), sent(0x1220, index=9)])
    assert first.note.startswith("a gap in the recording: ten lines lost")
    assert second.note == "no answer"


def test_an_event_that_makes_no_sense() -> None:
    def interrupt(data: bytes, index: int) -> Transfer:
        return Transfer(index, 0.0, 0.0, "", 0x83, Kind.INTERRUPT, data=data, size=len(data))

    odd, known, strange, cut = tell(
        [
            interrupt(b"\xff" * 16, 1),
            interrupt(bytes.fromhex("020000000a000000100000001c000000"), 2),
            interrupt(bytes.fromhex("020000000500000010000000deadbeef"), 3),
            interrupt(b"\2\0\0\0", 4),
        ]
    )
    assert (odd.name, odd.unexplained[0].raw) == ("BrokenEvent", b"\xff" * 16)
    assert (known.name, known.fields, known.unexplained) == ("CaptureStatus", {"stage": 28}, ())
    assert (strange.name, strange.fields) == ("UnknownEvent", {"code": "0x05"})
    assert strange.unexplained[0].raw.hex() == "deadbeef"
    assert (cut.name, cut.unexplained[0].raw) == ("CutEvent", b"\2\0\0\0")


def test_two_devices_are_told_apart(tmp_path: Path) -> None:
    setup = bytes.fromhex("c00c550000000100")
    packets = []
    for address in (5, 6):
        packets += [
            urb(1, b"S", 2, 0x80, size=1, setup=setup, status=-115, address=address),
            urb(1, b"C", 2, 0x80, b"A" if address == 5 else b"C", address=address),
        ]
    first, second = told(pcap(tmp_path / "a.pcap", packets))
    assert (first.device, first.reply) == (
        "2.5",
        {"letter": "A", "meaning": "already active"},
    )
    assert (second.device, second.reply and second.reply["letter"]) == ("2.6", "C")


# --- redaction -----------------------------------------------------------------------------------


def test_redaction_takes_owner_and_pictures_and_leaves_the_rest(
    conversation: Path, tmp_path: Path
) -> None:
    before = conversation.read_bytes()
    assert b"Anna Example" in before
    assert PICTURE[:64] in before
    redact(conversation, tmp_path / "b.pcapng")
    after = (tmp_path / "b.pcapng").read_bytes()
    assert len(after) == len(before)
    assert b"Anna" not in after
    assert not any(PICTURE[at : at + 16] in after for at in range(0, len(PICTURE) - 16, 8))
    assert PATH.encode() in after
    for step, copied in zip(told(conversation), told(tmp_path / "b.pcapng"), strict=True):
        if step.name not in ("Identify", "SetOwner"):
            assert copied == step
    assert only(told(tmp_path / "b.pcapng"), "SetOwner").fields == {"owner": ""}
    assert tshark(tmp_path / "b.pcapng", "frame.number", only="_ws.malformed") == []


def test_redaction_of_traces(traces: Path, tmp_path: Path) -> None:
    for path in sorted(traces.glob("g3-*.jsonl")):
        copy = tmp_path / path.name
        redact(path, copy)
        content = copy.read_text()
        for secret in (b"test.owner1@example.com", b"test", b"Exif", bytes.fromhex("60c097009e39")):
            assert secret.hex() not in content
        for step, copied in zip(told(path), told(copy), strict=True):
            if step.name == "Identify":
                assert copied.reply == (step.reply or {}) | {"owner": ""}
            else:
                assert copied == step


def test_redaction_blanks_what_is_not_understood(tmp_path: Path) -> None:
    serial = bytes.fromhex("8006030300041200")
    packets = [
        urb(1, b"C", 1, 0x81, b"keys of a keyboard", address=9),
        urb(2, b"C", 3, 0x81, b"the rest of a picture"),
        urb(3, b"S", 2, 0x80, size=18, setup=serial, status=-115),
        urb(3, b"C", 2, 0x80, b"a serial number"),
        urb(4, b"S", 2, 0x00, b"strange request", setup=bytes.fromhex("4099000000000f00")),
        urb(4, b"C", 2, 0x00),
    ]
    path = pcap(tmp_path / "a.pcap", packets)
    redact(path, tmp_path / "b.pcap")
    after = (tmp_path / "b.pcap").read_bytes()
    for secret in (b"keys", b"picture", b"serial", b"strange"):
        assert secret in path.read_bytes()
        assert secret not in after


def test_redaction_blanks_an_answer_that_came_to_the_wrong_command(tmp_path: Path) -> None:
    owner = b"Anna Example".ljust(32, b"\0")
    late = answer(0x1201, bytes(40) + owner)
    command = sent(0x1220).data
    packets = [
        urb(1, b"S", 2, 0, command, setup=bytes.fromhex("4004100000005000"), status=-115),
        urb(1, b"C", 2, 0, size=len(command)),
        urb(2, b"S", 3, 0x81, size=512, status=-115),
        urb(2, b"C", 3, 0x81, late),
    ]
    path = pcap(tmp_path / "a.pcap", packets)
    assert "echoes command 0x22/0x01" in only(told(path), "LockKeys").note
    redact(path, tmp_path / "b.pcap")
    assert b"Anna" in path.read_bytes()
    assert b"Anna" not in (tmp_path / "b.pcap").read_bytes()


def test_redaction_blanks_a_picture_that_was_cut(tmp_path: Path) -> None:
    def talk(session: Session) -> None:
        session.start()
        with pytest.raises(CanonError):
            session.receive(GetFile(0, 0x1400, PATH), lambda piece: None, limit=1 << 20)

    path = record(tmp_path / "a.pcapng", talk, camera("short@GetFile:2000"))
    assert PICTURE[:64] in path.read_bytes()
    redact(path, tmp_path / "b.pcapng")
    assert not any(
        PICTURE[at : at + 16] in (tmp_path / "b.pcapng").read_bytes() for at in range(0, 10000, 8)
    )


# --- noise ---------------------------------------------------------------------------------------


def transfers() -> st.SearchStrategy[Transfer]:
    """Anything that a recording might hold, much of it nearly right."""
    setups = st.builds(
        Setup,
        st.sampled_from([0x40, 0xC0, 0x80, 0x02]),
        st.sampled_from([4, 0x0C, 6, 1]),
        st.sampled_from([0x10, 0x11, 0x55, 1, 4, 0x100]),
        st.just(0x81),
        st.just(64),
    )
    heads = st.sampled_from(
        [
            POWER,
            sent(0x120A).data,
            sent(0x1213, b"\x07\0\0\0\x30\0\0\0").data,
            sent(0x110B).data.replace(b"\1\2", b"\2\2", 1),
            bytes.fromhex("000000000203c2000000").ljust(64, b"\0"),
            bytes.fromhex("020000000a000000100000001c000000"),
        ]
    )
    data = st.tuples(heads, st.binary(max_size=80)).map(b"".join) | st.binary(max_size=120)
    return st.builds(
        Transfer,
        index=st.integers(0, 50),
        time=st.none() | st.floats(0, 1e9),
        took=st.none(),
        device=st.sampled_from(["", "1.2"]),
        endpoint=st.sampled_from([0, 0x80, 0x81, 0x02, 0x83]),
        kind=st.sampled_from(Kind),
        setup=st.none() | setups,
        data=data,
        tail=st.binary(max_size=4),
        size=st.integers(0, 200) | st.just(1 << 40),
        room=st.integers(0, 512),
        status=st.sampled_from([0, None, -2, -32, -71]),
    )


@settings(max_examples=300)
@given(st.lists(transfers(), max_size=12))
def test_noise_never_stops_the_telling(records: list[Transfer]) -> None:
    for step in tell(records):
        parsed: dict[str, Any] = json.loads(step.as_json())
        assert parsed["index"] == step.index
        assert step.lines()
        assert all(odd.raw for odd in step.unexplained)


def test_a_command_of_a_trace_with_a_cut_payload(tmp_path: Path) -> None:
    fields = {
        "type": "command",
        "index": 0,
        "cmd1": "0x05",
        "cmd2": "0x12",
        "cmd3": "0x201",
        "request_len": 31,
        "request": b"Sixteen bytes of".hex(),
        "response": "",
        "response_from": 0,
        "response_total": 84,
    }
    (step,) = told(trace(tmp_path / "a.jsonl", fields))
    assert (step.name, step.fields) == ("SetOwner", {"owner": "Sixteen bytes of"})
    assert "the recording kept 16 of 31 bytes of it" in step.note
