"""Containers in a recording, however they are framed, and what is out of order in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptp_traffic import (
    ANSWERED,
    ASKED,
    COMMAND,
    DATA,
    EVENT,
    IDS,
    RESPONSE,
    TOLD,
    came,
    noticed,
    out,
    told,
    transfer,
    words,
)

from canon.ptp.containers import CANCEL, CLASS_IN, CLASS_OUT, container
from canon.ptp.powershot.layouts import Property
from canon.trace.records import Kind, Setup, Transaction, Transfer
from canon.trace.telling import redact, tell

# --- what is out of order -------------------------------------------------------------------------


def test_a_head_in_a_transfer_of_its_own() -> None:
    (step,) = tell([ASKED, came(IDS[:12]), came(IDS[12:]), came(ANSWERED)])
    assert (step.reply, step.note) == (TOLD, "")


def test_data_of_unknown_length_end_with_a_short_packet() -> None:
    endless = b"\xff\xff\xff\xff" + IDS[4:]
    (step,) = tell([ASKED, came(endless[:12]), came(endless[12:]), came(ANSWERED)])
    assert (step.reply, step.note) == (TOLD, "")


def test_data_of_unknown_length_that_fill_their_packets() -> None:
    endless = b"\xff\xff\xff\xff" + IDS[4:]
    parts = [came(endless, room=len(endless)), came(b"", room=512), came(ANSWERED)]
    (step,) = tell([ASKED, *parts])
    assert (step.reply, step.note) == (TOLD, "")


def test_data_and_response_in_one_transfer() -> None:
    (step,) = tell([ASKED, came(IDS + ANSWERED)])
    assert (step.reply, step.note) == (TOLD, "")


def test_a_few_bytes_more_than_announced() -> None:
    (step,) = tell([ASKED, came(IDS + b"\1\2\3"), came(ANSWERED)])
    assert (step.reply, step.note) == (TOLD, "3 bytes more than announced")
    assert [(odd.part, odd.offset, odd.raw) for odd in step.unexplained] == [("data", 8, b"\1\2\3")]


def test_surplus_bytes_of_a_dataset_are_unexplained() -> None:
    data = container(DATA, 0x1004, 7, words(1, 0x10001, 5))
    (step,) = tell([ASKED, came(data), came(ANSWERED)])
    assert [(odd.part, odd.offset, odd.raw) for odd in step.unexplained] == [("data", 8, words(5))]


def test_surplus_parameters_are_unexplained_unless_they_are_zero() -> None:
    asked = out(container(COMMAND, 0x1004, 7, words(0, 9)))
    (step,) = tell([asked, came(IDS), came(container(RESPONSE, 0x2001, 7, words(0)))])
    assert [(odd.part, odd.offset, odd.raw) for odd in step.unexplained] == [
        ("command", 12, words(0, 9))
    ]


def test_a_dataset_that_cannot_be_read() -> None:
    (step,) = tell([ASKED, came(container(DATA, 0x1004, 7, words(9))), came(ANSWERED)])
    assert "36 bytes wanted, 0 are left" in step.note
    assert [odd.raw for odd in step.unexplained] == [words(9)]


def test_no_answer() -> None:
    first, second = tell([ASKED, out(container(COMMAND, 0x1003, 8)), came(ANSWERED, 3)])
    assert (first.name, first.reply, first.note) == ("GetStorageIDs", None, "no answer")
    assert (second.name, second.reply) == ("CloseSession", None)
    assert second.note == "a late response to transaction 7 came first; no answer"


def test_a_response_that_carries_another_number() -> None:
    (step,) = tell([ASKED, came(IDS), came(container(RESPONSE, 0x2001, 9))])
    assert (step.reply, step.note) == (TOLD, "the response carries transaction 9")


@pytest.mark.parametrize(("code", "number"), [(0x1007, 7), (0x1004, 6)])
def test_data_of_another_operation(code: int, number: int) -> None:
    (step,) = tell([ASKED, came(container(DATA, code, number, words(0))), came(ANSWERED)])
    assert step.note == f"the data are those of {code:#06x} in transaction {number}"
    assert step.reply == {"bytes": 4}
    assert [odd.raw for odd in step.unexplained] == [words(0)]


def test_data_that_break_off() -> None:
    step, _ = tell([ASKED, came(IDS[:16]), out(container(COMMAND, 0x1003, 8), 9)])
    assert step.note.startswith("the data are cut: 4 of 8 bytes")


def test_data_that_the_recording_cut() -> None:
    (step,) = tell([ASKED, came(IDS[:16], size=len(IDS)), came(ANSWERED)])
    assert (step.reply, step.note) == ({"bytes": 8}, "the recording kept 4 of 8 bytes of the data")


def test_an_operation_nobody_knows() -> None:
    data = container(DATA, 0x9FFF, 7, b"\1\2")
    answered = container(RESPONSE, 0xA123, 7, words(3))
    (step,) = tell([out(container(COMMAND, 0x9FFF, 7, words(1))), came(data), came(answered)])
    assert (step.name, step.fields) == (
        "UnknownOperation",
        {"code": "0x9fff", "parameters": ["0x00000001"]},
    )
    assert step.reply == {
        "response": "UNKNOWN_0xa123",
        "code": "0xa123",
        "bytes": 2,
        "parameters": ["0x00000003"],
    }
    assert [odd.raw for odd in step.unexplained] == [b"\1\2"]


def test_an_operation_that_has_but_a_name() -> None:
    (step,) = tell([out(container(COMMAND, 0x9012, 7, words(1))), came(ANSWERED)])
    assert (step.name, step.fields) == ("GetCaptureStatus", {"parameters": ["0x00000001"]})


def test_a_recording_that_begins_in_the_middle() -> None:
    rest, lone, whole = tell(
        [came(b"the rest of a picture"), came(ANSWERED), ASKED, came(IDS), came(ANSWERED)]
    )
    assert rest.name == "UnknownBulk"
    assert (lone.name, lone.note) == ("LoneContainer", "it belongs to no operation")
    assert lone.fields == {"container": "RESPONSE", "code": "0x2001", "transaction": 7, "bytes": 0}
    assert whole.reply == TOLD


def test_cancel_status_and_reset() -> None:
    cancel, status, reset, asked = tell(
        [
            ASKED,
            transfer(
                0,
                bytes.fromhex("014007000000"),
                kind=Kind.CONTROL,
                setup=Setup(CLASS_OUT, CANCEL, 0, 0, 6),
            ),
            transfer(
                0x80,
                bytes.fromhex("0800 1920 81000000"),
                kind=Kind.CONTROL,
                setup=Setup(CLASS_IN, 0x67, 0, 0, 64),
            ),
            transfer(0, b"", kind=Kind.CONTROL, setup=Setup(CLASS_OUT, 0x66, 0, 0, 0), index=9),
        ]
    )
    assert (cancel.name, cancel.fields) == ("Cancel", {"transaction": 7})
    assert (status.name, status.reply) == (
        "GetDeviceStatus",
        {"status": "DEVICE_BUSY", "halted": ["0x81"]},
    )
    assert (reset.name, asked.name) == ("GetStorageIDs", "ResetDevice")


def test_requests_of_the_class_that_make_no_sense() -> None:
    def asks(request: int, data: bytes) -> Transfer:
        setup = Setup(CLASS_IN if request > 0x64 else CLASS_OUT, request, 0, 0, 64)
        return transfer(setup.kind & 0x80, data, kind=Kind.CONTROL, setup=setup)

    steps = list(tell([asks(CANCEL, b"\1"), asks(0x67, b"\4\0\1"), asks(0x65, b"\1\2")]))
    assert [step.name for step in steps] == ["UnknownControl"] * 3
    assert [odd.raw for step in steps for odd in step.unexplained] == [b"\1", b"\4\0\1", b"\1\2"]


def test_parameters_that_are_cut() -> None:
    asked = container(COMMAND, 0x1008, 7, b"\1\2")
    (step,) = tell([out(asked), came(ANSWERED)])
    assert (step.fields, [odd.raw for odd in step.unexplained]) == ({}, [b"\1\2"])


def test_an_event_in_pieces() -> None:
    added = container(EVENT, 0x4002, 0, words(0x01900021))
    steps = list(tell([noticed(added[:8], 1), noticed(added[8:], 2)]))
    assert [(step.name, step.fields, step.note) for step in steps] == [
        ("ObjectAdded", {"handle": "0x01900021"}, "")
    ]


def test_events_that_make_no_sense() -> None:
    unknown = container(EVENT, 0xC00F, 0, words(9))
    known, broken, short, strange, cut = tell(
        [
            noticed(container(EVENT, 0x4002, 0, words(1)), 1),
            noticed(b"\xff" * 16, 2),
            noticed(container(EVENT, 0x4002, 0, b"\1"), 2),
            noticed(unknown, 3),
            noticed(unknown[:8], 4),
        ]
    )
    assert known.name == "ObjectAdded"
    assert (short.name, short.note) == (
        "BrokenEvent",
        "message at offset 0xc: 1 bytes are no parameters",
    )
    assert (broken.name, broken.unexplained[0].raw) == ("BrokenEvent", b"\xff" * 16)
    assert (strange.name, strange.fields) == ("UnknownEvent", {"event": "0xc00f"})
    assert strange.unexplained[0].raw == words(9)
    assert (cut.name, cut.unexplained[0].raw) == ("CutEvent", unknown[:8])


# --- noise ----------------------------------------------------------------------------------------


def transfers() -> st.SearchStrategy[Transfer]:
    """Anything that a recording might hold, much of it nearly right."""
    heads = st.sampled_from(
        [
            *(ASKED.data, IDS, IDS[:12], ANSWERED, b"\xff\xff\xff\xff" + IDS[4:]),
            container(COMMAND, 0x1014, 8, words(Property.OWNER)),
            container(DATA, 0x1014, 8, bytes.fromhex("33d00240010000000000000000")),
            container(DATA, 0x9021, 8, bytes(28)),
            container(EVENT, 0x4002, 0, words(1)),
            bytes.fromhex("6400000002001410"),
        ]
    )
    setups = st.builds(
        Setup,
        st.sampled_from([CLASS_OUT, CLASS_IN, 0x80]),
        st.sampled_from([0x64, 0x65, 0x66, 0x67, 6]),
        *(st.sampled_from([0, 0x200]), st.just(0), st.just(64)),
    )
    data = st.tuples(heads, st.binary(max_size=60)).map(b"".join) | heads | st.binary(max_size=80)
    return st.builds(
        Transfer,
        index=st.integers(0, 50),
        time=st.none() | st.floats(0, 1e9),
        took=st.none(),
        device=st.just("1.2"),
        endpoint=st.sampled_from([0, 0x80, 0x81, 0x02, 0x83]),
        kind=st.sampled_from(Kind),
        setup=st.none() | setups,
        data=data,
        size=st.integers(0, 200) | st.just(1 << 40),
        room=st.integers(0, 512),
        status=st.sampled_from([0, None, -2, -32]),
    )


@settings(max_examples=300)
@given(st.lists(transfers(), max_size=12))
def test_noise_never_stops_the_telling(records: list[Transfer]) -> None:
    for step in tell([ASKED, came(IDS), came(ANSWERED), *records]):
        parsed: dict[str, Any] = json.loads(step.as_json())
        assert parsed["index"] == step.index
        assert step.lines()
        assert all(odd.raw for odd in step.unexplained)


@settings(max_examples=300)
@given(
    st.integers(0, 0xFFFF) | st.sampled_from([0x1001, 0x1008, 0x1014, 0x1015, 0x9013, 0x9021]),
    st.lists(st.integers(0, 0xFFFFFFFF), max_size=5).map(tuple),
    st.sampled_from([True, False]),
    st.binary(max_size=200),
)
def test_noise_as_data_is_told(
    code: int, values: tuple[int, ...], inward: bool, data: bytes
) -> None:
    record = Transaction(1, None, code, 1, values, inward, data, len(data), 0x2001, ())
    (step,) = tell([record])  # an empty CheckEvent is one of the polls that brought nothing
    assert json.loads(step.as_json())["name"] == step.name
    assert all(odd.raw for odd in step.unexplained)


# --- traces ---------------------------------------------------------------------------------------


LINE = {"opcode": "0x1004", "tid": 7, "params": [], "data_dir": "in", "data": "0100000001000100"}


def ptp_trace(path: Path, *lines: dict[str, Any] | str) -> Path:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def test_lines_of_a_trace_that_cannot_be_read(tmp_path: Path) -> None:
    six = {**LINE, "params": ["0x1"] * 6}
    path = ptp_trace(tmp_path / "a.jsonl", LINE, "no object", six, {**LINE, "tid": None}, LINE)
    steps = told(path)
    assert [(step.index, step.name) for step in steps] == [
        *((1, "GetStorageIDs"), (2, "Broken"), (3, "Broken")),
        *((4, "Broken"), (5, "GetStorageIDs")),
    ]
    assert "up to five numbers" in steps[2].note


def test_a_trace_that_kept_a_part_of_the_data(tmp_path: Path) -> None:
    path = ptp_trace(tmp_path / "a.jsonl", {**LINE, "data_len": 80, "response": "0x2001"})
    (step,) = told(path)
    assert (step.reply, step.note) == (
        {"bytes": 80},
        "the recording kept 8 of 80 bytes of the data",
    )
    redact(path, tmp_path / "b.jsonl")
    assert json.loads((tmp_path / "b.jsonl").read_text())["data"] == "0" * 16
