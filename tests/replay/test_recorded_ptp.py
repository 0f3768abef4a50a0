"""Every recorded byte of the PTP traces is read, and what cannot be explained is listed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from canon.ptp.operations import find_operation
from canon.trace.files import read
from canon.trace.records import Transaction
from canon.trace.telling import Step, redact, tell
from canon.wire import unexplained

TALKS = ("canon-eos-60d.debug.jsonl", "canon-eos60d-debug.jsonl")
BLOCKS = (
    "canon-eos-m3.blocks.jsonl",
    "canon-eos-r.blocks.jsonl",
    "canon-eos400d.blocks.jsonl",
    "canon-eos5drs.blocks.jsonl",
    "canon-powershot-g5x.blocks.jsonl",
)
EOS = {
    # Canon's operations for EOS bodies are not read yet; so many are recorded.
    "0x9101": 3,
    "0x9102": 3,
    "0x9108": 4,
    "0x9110": 8,
    "0x9114": 7,
    "0x9115": 5,
    "0x9116": 337,
    "0x911a": 3,
    "0x9127": 12,
    "0x9129": 1,
}
UNEXPLAINED = {
    # A 60D counts its battery's levels in bytes, and writes them as words (section 4.6).
    ("GetDevicePropDesc", "data", 15, "0019000000"): 8,
}


def transactions(traces: Path) -> list[Transaction]:
    """What all PTP traces hold."""
    records = [one for name in (*TALKS, *BLOCKS) for one in read(traces / "ptp" / name)]
    found = [one for one in records if isinstance(one, Transaction)]
    assert found == records
    return found


def steps(traces: Path, name: str) -> list[Step]:
    return list(tell(read(traces / "ptp" / name)))


def lines(traces: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (traces / "ptp" / name).read_text().splitlines()]


def test_every_trace_is_read(traces: Path, request: pytest.FixtureRequest) -> None:
    """What was recorded since is told at the end of the run, until somebody reads it."""
    there = {path.name for path in (traces / "ptp").glob("*.jsonl")}
    assert there >= {*TALKS, *BLOCKS}
    for name in there - {*TALKS, *BLOCKS}:
        request.node.user_properties.append(("unread", f"ptp/{name}"))


@pytest.mark.parametrize("name", TALKS + BLOCKS)
def test_each_line_is_told_once(name: str, traces: Path) -> None:
    told = [step.index for step in steps(traces, name)]
    assert told == [number for number, _ in enumerate(lines(traces, name), 1)]


def test_what_is_of_an_eos_alone_is_counted_apart(traces: Path) -> None:
    unknown = Counter(
        str(step.fields["code"])
        for name in TALKS + BLOCKS
        for step in steps(traces, name)
        if step.name == "UnknownOperation"
    )
    assert unknown == EOS


def test_only_what_is_listed_is_unexplained(traces: Path) -> None:
    odd = Counter(
        (step.name, odd.part, odd.offset, odd.raw.hex())
        for name in TALKS + BLOCKS
        for step in steps(traces, name)
        if step.name != "UnknownOperation"
        for odd in step.unexplained
    )
    assert odd == UNEXPLAINED


def test_nothing_is_out_of_order(traces: Path) -> None:
    assert {step.note for name in TALKS for step in steps(traces, name)} == {""}
    notes = {step.note for name in BLOCKS for step in steps(traces, name)}
    assert notes == {"only the data were recorded"}


def test_every_standard_dataset_is_written_as_it_was_read(traces: Path) -> None:
    seen: Counter[str] = Counter()
    for record in transactions(traces):
        kind = find_operation(record.code)
        if kind is None or record.inward is None:
            continue
        assert kind.reply is not None
        dataset = kind.reply.decode(record.data)
        left = sum(len(raw) for _, raw in unexplained(kind.reply, record.data))
        assert dataset.encode() == record.data[: len(record.data) - left]
        seen[kind.reply.__name__] += 1
    assert seen == {"DeviceInfo": 7, "DevicePropDesc": 24, "ObjectHandles": 1, "ObjectInfo": 47}


@pytest.mark.parametrize("name", TALKS)
def test_every_standard_operation_is_written_as_it_was_sent(name: str, traces: Path) -> None:
    for record in read(traces / "ptp" / name):
        assert isinstance(record, Transaction)
        assert record.parameters is not None
        if kind := find_operation(record.code):
            sent = b"".join(value.to_bytes(4, "little") for value in record.parameters)
            assert kind.decode(sent).encode() == sent


def test_refusals_are_told(traces: Path) -> None:
    refused = [step for step in steps(traces, TALKS[0]) if step.reply and "response" in step.reply]
    assert [step.reply for step in refused] == [{"response": "DEVICE_BUSY", "code": "0x2019"}] * 3


def test_a_60d_in_words(traces: Path) -> None:
    told = steps(traces, TALKS[1])
    assert (told[0].name, told[0].fields, told[0].reply) == ("OpenSession", {"session": 1}, {})
    assert (told[-1].name, told[-1].reply) == ("CloseSession", {})
    who = told[1].reply or {}
    assert (who["model"], who["version"]) == ("Canon EOS 60D", "3-1.0.8")
    assert who["operations"][:3] == [
        "GetDevicePropDesc",
        "GetDevicePropValue",
        "SetDevicePropValue",
    ]
    assert who["properties"][-1] == "BatteryLevel"
    assert who["image_formats"][6:8] == ["CRW", "CR2"]
    level = next(step for step in told if step.fields.get("property") == "BatteryLevel").reply or {}
    assert (level["kind"], level["current"], level["choices"]) == ("UINT8", 50, [100, 0, 75, 0, 50])
    picture = next(step for step in told if step.fields.get("handle") == "0x9191d602").reply or {}
    assert (picture["name"], picture["size"], picture["format"], picture["parent"]) == (
        "IMG_7520.JPG",
        0x4A1712,
        "EXIF_JPEG",
        "0x91900000",
    )


@pytest.mark.parametrize("name", TALKS + BLOCKS)
def test_a_redacted_trace_tells_the_same_but_for_what_is_private(
    name: str, traces: Path, tmp_path: Path
) -> None:
    copy = tmp_path / name
    redact(traces / "ptp" / name, copy)
    for line in copy.read_text().splitlines():
        fields = json.loads(line)
        if fields["opcode"].startswith("0x91"):  # not understood, so all of it is blank
            assert set(fields["data"] or "0") == {"0"}
    private = {"UnknownOperation", "GetDeviceInfo", "GetDevicePropDesc"}
    for step, copied in zip(steps(traces, name), tell(read(copy)), strict=True):
        if step.name == "GetDeviceInfo":
            assert copied.reply == (step.reply or {}) | {"serial": ""}
        elif step.fields.get("property") == "DeviceFriendlyName":
            assert copied.reply == (step.reply or {}) | {"default": "", "current": ""}
        elif step.name not in private:
            assert copied == step
