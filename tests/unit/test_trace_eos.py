"""EOS bodies in recordings, and PTP over TCP: told in words, and copied without what is private."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ptp_traffic import told, words

from canon.cli.main import main
from canon.ptp.eos.frames import EvfKind, EvfRecord, pack_frame
from canon.ptp.eos.layouts import GetEvent, GetViewfinderData
from canon.ptp.eos.records import (
    CameraStatusChanged,
    PropValueChanged,
    Record,
    UnknownRecord,
    pack_records,
)
from canon.ptp.ip_packets import (
    VERSION,
    DataPacket,
    EndData,
    EventPacket,
    InitCommandAck,
    InitCommandRequest,
    OperationRequest,
    OperationResponse,
    Packet,
    Ping,
    StartData,
    pack_packet,
)
from canon.trace.files import read
from canon.trace.records import IpPacket, Transaction
from canon.trace.step import Step
from canon.trace.telling import redact, tell

JPEG = b"\xff\xd8 what nobody else should see \xff\xd9"


def answer(code: int, data: bytes, size: int | None = None) -> Transaction:
    """The data of an operation, as a recording keeps them."""
    whole = len(data) if size is None else size
    return Transaction(1, None, code, 1, (), True, data, whole, 0x2001, ())


def event(*records: Record) -> Transaction:
    return answer(GetEvent.code, pack_records(records))


def rows(step: Step) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = (step.reply or {})["records"]
    return told


# --- records --------------------------------------------------------------------------------------


def test_values_in_words() -> None:
    (step,) = tell([event(PropValueChanged(0xD101, words(0x38)), CameraStatusChanged(1))])
    assert rows(step) == [
        {"record": "PropValueChanged", "property": "aperture", "value": "f/8"},
        {"record": "CameraStatusChanged", "status": 1},
    ]
    assert (step.note, step.unexplained) == ("", ())


def test_questions_to_which_nothing_came_are_counted() -> None:
    (step,) = tell([event(), event(), event()])
    assert (step.name, step.fields) == ("NoEvent", {"polls": 3})


def test_a_record_that_nobody_knows() -> None:
    (step,) = tell([event(UnknownRecord(0xC1F6, words(9)), UnknownRecord(0xC1B0, b""))])
    assert rows(step) == [{"record": "0xc1f6"}, {"record": "BlePairing"}]
    assert [(odd.offset, odd.raw) for odd in step.unexplained] == [(8, words(9))]


def test_a_row_that_does_not_end() -> None:
    whole = pack_records([CameraStatusChanged(1)])[:-8]
    (step,) = tell([answer(GetEvent.code, whole + b"\7\0\0\0")])
    assert step.note == "no record ends the row"
    assert [(odd.offset, odd.raw) for odd in step.unexplained] == [(12, b"\7\0\0\0")]


def test_a_row_of_which_a_part_was_kept() -> None:
    (step,) = tell([answer(GetEvent.code, pack_records([CameraStatusChanged(1)])[:-3], 20)])
    assert rows(step) == [{"record": "CameraStatusChanged", "status": 1}]
    assert (step.note, step.unexplained) == ("the recording kept 17 of 20 bytes of the data", ())


def test_values_that_are_not_what_they_should_be() -> None:
    (step,) = tell(
        [
            event(
                PropValueChanged(0xD101, b"\1"),
                PropValueChanged(0xD1A0, b"\1"),
                PropValueChanged(0xD1D3, words(*[0xFFFFFFFF] * 9)),
                PropValueChanged(0xFFFFFFFF, bytes(600)),
            )
        ]
    )
    assert [row["value"] for row in rows(step)] == ["01", "01", "ff" * 36, {"bytes": 600}]


def test_what_the_display_shows_by_its_version() -> None:
    group = bytes.fromhex("0e000000 0800 0000 010100686d28")
    records = [PropValueChanged(0xD199, words(0x11)), UnknownRecord(0xC1A5, group)]
    (step,) = tell([event(*records)])
    assert rows(step)[1] == {"record": "OlcInfoChanged", "iso": "1600"}


def test_a_live_frame() -> None:
    frame = pack_frame(
        [
            EvfRecord(EvfKind.JPEG, JPEG),
            EvfRecord(EvfKind.ZOOM, words(5)),
            EvfRecord(EvfKind.AF_FRAMES, words(1, 0x31, 1, 1, 2, 3, 4)),
            EvfRecord(0x99, b"?"),
        ]
    )
    (step,) = tell([answer(GetViewfinderData.code, frame)])
    assert rows(step) == [
        {"record": "JPEG", "bytes": len(JPEG)},
        {"record": "ZOOM", "numbers": [5]},
        {"record": "AF_FRAMES", "frames": [["in-focus", 1, 2, 3, 4]]},
        {"record": "0x99"},
    ]
    assert [odd.raw for odd in step.unexplained] == [b"?"]


def test_a_virtual_body_is_told_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    assert main(["--port", "virtual:eos-60d", "--record", str(path), "get-setting", "iso"]) in (
        0,
        2,
    )
    assert main(["--port", "virtual:eos-60d", "--record", str(path), "info"]) == 0
    steps = told(path)
    assert {"OpenSession", "SetRemoteMode", "GetEvent"} <= {step.name for step in steps}
    assert not [step for step in steps if step.name.startswith(("Unknown", "Broken", "Lone"))]


# --- PTP over TCP ---------------------------------------------------------------------------------

HELLO = InitCommandRequest(bytes(range(16)), "anna's computer", VERSION)


def sent(*packets: tuple[str, Packet]) -> list[IpPacket]:
    """Packets as a recording has them; "in" came from the camera."""
    return [
        IpPacket(index, None, way == "in", pack_packet(packet))
        for index, (way, packet) in enumerate(packets, 1)
    ]


def test_a_conversation_in_packets() -> None:
    data = pack_records([CameraStatusChanged(0)])
    steps = list(
        tell(
            sent(
                ("out", HELLO),
                ("in", InitCommandAck(1, bytes(16), "70D", VERSION)),
                ("out", OperationRequest(1, 0x1002, 0, words(1))),
                ("in", OperationResponse(0x2001, 0, b"")),
                ("out", OperationRequest(1, 0x9116, 1, b"")),
                ("in", StartData(1, len(data))),
                ("in", DataPacket(1, data[:5])),
                ("in", DataPacket(1, b"")),
                ("in", EndData(1, data[5:])),
                ("in", OperationResponse(0x2001, 1, b"")),
                ("out", OperationRequest(2, 0x9110, 2, b"")),
                ("out", StartData(2, 12)),
                ("out", EndData(2, words(12, 0xD1B0, 2))),
                ("in", OperationResponse(0x2019, 2, b"")),
                ("in", EventPacket(0xC101, 0xFFFFFFFF, b"")),
                ("in", Ping()),
            )
        )
    )
    assert [(step.index, step.name) for step in steps] == [
        (1, "InitCommandRequest"),
        (2, "InitCommandAck"),
        (3, "OpenSession"),
        (5, "GetEvent"),
        (11, "SetDevicePropValueEx"),
        (15, "EventPacket"),
        (16, "Ping"),
    ]
    assert rows(steps[3]) == [{"record": "CameraStatusChanged", "status": 0}]
    assert steps[4].fields == {"data": {"property": "evf_output_device", "value": 2}}
    assert (steps[4].reply or {})["response"] == "DEVICE_BUSY"
    assert not [step for step in steps if step.note or step.unexplained]


def test_packets_that_make_no_sense() -> None:
    broken = [IpPacket(1, None, True, raw) for raw in (b"", b"\7\0\0\0", words(9, 6), words(8, 99))]
    steps = list(tell(broken))
    assert [step.name for step in steps] == ["BrokenPacket"] * 4


def test_data_that_break_off() -> None:
    (step,) = tell(
        sent(
            ("out", OperationRequest(1, 0x9116, 1, b"")),
            ("in", StartData(1, 1 << 63)),
            ("in", DataPacket(1, b"\x08")),
        )
    )
    assert step.name == "GetEvent"
    assert "no answer" in step.note


def test_data_without_a_question() -> None:
    (start, end) = tell(sent(("in", StartData(1, 4)), ("in", EndData(1, b"data")), ("in", Ping())))
    assert (start.name, start.fields["bytes"], end.name) == ("LoneContainer", 4, "Ping")


# --- copies for others ----------------------------------------------------------------------------


def trace(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def line(code: int, data: bytes) -> dict[str, Any]:
    return {"opcode": f"{code:#x}", "tid": 1, "data_dir": "in", "data": data.hex()}


def test_what_is_private_is_blank(tmp_path: Path) -> None:
    owner = PropValueChanged(0xD115, b"Anna Example\0")
    serial = PropValueChanged(0xD1AF, b"0123456789\0")
    unknown = PropValueChanged(0xD1B9, b"who knows what this is")
    harmless = PropValueChanged(0xD101, words(0x38))
    frame = pack_frame([EvfRecord(EvfKind.JPEG, JPEG), EvfRecord(EvfKind.ZOOM, words(5))])
    path = trace(
        tmp_path / "a.jsonl",
        line(GetEvent.code, pack_records([owner, serial, unknown, harmless])),
        line(GetViewfinderData.code, frame),
        {"kind": "event record", "record": "0xc189", "payload": owner.encode().hex()},
    )
    redact(path, tmp_path / "b.jsonl")
    copied = list(tell(read(tmp_path / "b.jsonl")))
    text = (tmp_path / "b.jsonl").read_text()
    for secret in b"Anna Example", b"0123456789", b"who knows", b"nobody else":
        assert secret.hex() not in text
    assert [row["value"] for row in rows(copied[0])] == ["", "", "00" * 22, "f/8"]
    assert rows(copied[1]) == [
        {"record": "JPEG", "bytes": len(JPEG)},
        {"record": "ZOOM", "numbers": [5]},
    ]


def test_names_of_computers_are_blank(tmp_path: Path) -> None:
    packets = sent(("out", HELLO), ("out", OperationRequest(1, 0x1002, 0, words(1))))
    path = trace(
        tmp_path / "a.jsonl",
        *({"packet": one.data.hex(), "dir": "in" if one.inward else "out"} for one in packets),
    )
    redact(path, tmp_path / "b.jsonl")
    first, second = tell(read(tmp_path / "b.jsonl"))
    assert (first.fields["guid"], first.fields["name"]) == ("00" * 16, "")
    assert (second.name, second.fields) == ("OpenSession", {"session": 1})


@pytest.mark.parametrize(
    "broken",
    [
        {"packet": "no hex", "dir": "in"},
        {"packet": "00"},
        {"record": "0xc189", "payload": "0"},
        {"record": "x", "payload": "00"},
        {"property": "0xd101", "rows": [["a"]]},
        {"rows": [["0x9114", "01000000", "more"]]},
        {"rows": [[1, 2]]},
    ],
)
def test_lines_that_are_garbled(tmp_path: Path, broken: dict[str, Any]) -> None:
    path = trace(tmp_path / "a.jsonl", line(GetEvent.code, pack_records([])), broken)
    steps = list(tell(read(path)))
    assert [step.name for step in steps] == ["GetEvent", "Broken"]
