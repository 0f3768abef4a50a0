"""Every recorded byte of the PTP traces is read, and what cannot be explained is listed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from canon.ptp.eos.codes import ROWS, Stored
from canon.ptp.eos.layouts import GetEvent
from canon.ptp.eos.records import pack_records, read_records
from canon.ptp.operations import find_operation
from canon.trace.files import read
from canon.trace.records import Transaction
from canon.trace.telling import Step, redact, tell

TALKS = ("canon-eos-60d.debug.jsonl", "canon-eos60d-debug.jsonl")
BLOCKS = (
    "canon-eos-m3.blocks.jsonl",
    "canon-eos-r.blocks.jsonl",
    "canon-eos400d.blocks.jsonl",
    "canon-eos5drs.blocks.jsonl",
    "canon-powershot-g5x.blocks.jsonl",
)
MORE = (
    "canon-eos-4000d-liveview.ptpip.jsonl",
    "canon-eos-r-burst2.jsonl",
    "canon-eos400d-setvalue.jsonl",
)
PIECES = ("canon-eos-70d.ptpip.jsonl", "canon-eos-r-connect.ptpip.jsonl", "public-pieces.jsonl")
"""Packets of PTP over TCP, and lines that hold a piece of a conversation."""
WHOLE = TALKS + BLOCKS + MORE
UNEXPLAINED = {
    # A 60D counts its battery's levels in bytes, and writes them as words (section 4.6).
    ("GetDevicePropDesc", "data", 15, "0019000000"): 8,
    # After the description of a store, a 60D sends two bytes more.
    ("EosGetStorageInfo", "data", 34, "0000"): 3,
    # The third list of GetDeviceInfoEx: small numbers (canon-eos-ptp, section 2.1).
    ("GetDeviceInfoEx", "data", 432, "0400000000000000010000000200000004000000"): 3,
    ("GetDeviceInfoEx", "data", 596, "050000000000000001000000020000000400000008000000"): 1,
    # Records 0x0c, 0x0a and 7 of a live frame (section 9.2).
    ("GetViewfinderData", "data", 80085, "00000000"): 1,
    ("GetViewfinderData", "data", 80137, "41d4d0618a000000"): 1,
    ("GetViewfinderData", "data", 80153, "01000000"): 1,
}
OF_PIECES = {
    # The data of StorageInfo without the question; a GetEvent whose author shortened its lists and
    # made their form 0; two words of the record of a waiting picture (section 4.3); and two answers
    # that nobody can read.
    ("LoneContainer", "data", 0): 1,
    ("GetEvent", "data", 20): 1,
    ("GetEvent", "data", 52): 1,
    ("GetEvent", "data", 16): 1,
    ("GetEvent", "data", 32): 1,
    ("GetWebServiceSpec", "data", 0): 1,
    ("GetRootCertificateSpec", "data", 0): 1,
}


def transactions(traces: Path) -> list[Transaction]:
    """What all PTP traces hold."""
    records = [one for name in WHOLE for one in read(traces / "ptp" / name)]
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
    assert there >= {*WHOLE, *PIECES}
    for name in there - {*WHOLE, *PIECES}:
        request.node.user_properties.append(("unread", f"ptp/{name}"))


@pytest.mark.parametrize("name", WHOLE)
def test_each_line_is_told_once(name: str, traces: Path) -> None:
    """Questions for events to which nothing came are told together, in place of the first."""
    told = [
        step.index + more
        for step in steps(traces, name)
        for more in range(step.fields["polls"] if step.name == "NoEvent" else 1)
    ]
    assert told == [number for number, _ in enumerate(lines(traces, name), 1)]


def test_every_operation_has_a_name(traces: Path) -> None:
    names = {step.name for name in WHOLE + PIECES for step in steps(traces, name)}
    assert not {one for one in names if one.startswith(("Unknown", "Broken"))}
    assert {"GetEvent", "SetDevicePropValueEx", "GetViewfinderData", "InitCommandAck"} <= names


def test_only_what_is_listed_is_unexplained(traces: Path) -> None:
    odd = Counter(
        (step.name, odd.part, odd.offset, odd.raw.hex())
        for name in WHOLE
        for step in steps(traces, name)
        for odd in step.unexplained
    )
    assert odd == UNEXPLAINED
    pieces = Counter(
        (step.name, odd.part, odd.offset)
        for name in PIECES
        for step in steps(traces, name)
        for odd in step.unexplained
    )
    assert pieces == OF_PIECES


def test_nothing_is_out_of_order(traces: Path) -> None:
    assert {step.note for name in TALKS for step in steps(traces, name)} == {""}
    notes = {step.note for name in BLOCKS for step in steps(traces, name)}
    assert notes == {"only the data were recorded"}


def test_every_dataset_is_written_as_it_was_read(traces: Path) -> None:
    seen: Counter[str] = Counter()
    for record in transactions(traces):
        kind = find_operation(record.code)
        if kind is None or record.inward is None:
            continue
        message = kind.reply if record.inward else kind.data
        assert message is not None
        dataset, end = message.read(record.data, 0)
        assert dataset.encode() == record.data[:end]
        seen[message.__name__] += 1
    assert seen == {
        "Bytes": 339,
        "DeviceInfo": 7,
        "DeviceInfoEx": 4,
        "DevicePropDesc": 24,
        "ObjectHandles": 1,
        "ObjectInfo": 47,
        "PropertyValueEx": 20,
        "StorageIDs": 3,
        "StorageInfo": 3,
    }


def test_every_row_of_records_is_written_as_it_was_read(traces: Path) -> None:
    seen: Counter[str] = Counter()
    for record in transactions(traces):
        if record.code == GetEvent.code:
            records = read_records(record.data)
            assert pack_records(records) == record.data
            seen.update(type(one).__name__ for one in records)
    assert seen["UnknownRecord"] == 0
    assert seen["PropValueChanged"] > 600
    assert {"AvailListChanged", "OlcInfoChanged", "ObjectAddedEx", "CtgInfoCheckComplete"} <= {
        *seen
    }


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


EXPECTED = {
    "aperture": "f/4",
    "shutter_speed": "auto",
    "shooting_mode": "aperture-priority",
    "iso": "1600",
    "image_format": "large-fine",
    "capture_destination": "card",
    "picture_style_standard": "contrast=0 sharpness=3 saturation=0 color-tone=0 filter=0 toning=0",
    "battery_level": "half",
    "available_shots": 3938,
    "focus_info_ex": {"size": [5184, 3456], "points": 9, "selected": []},
}


def test_a_60d_tells_of_itself(traces: Path) -> None:
    told = steps(traces, TALKS[0])
    burst = next(step for step in told if step.name == "GetEvent").reply or {}
    told_values = {
        row["property"]: row["value"]
        for row in burst["records"]
        if row["record"] == "PropValueChanged" and row["property"] in EXPECTED
    }
    assert told_values == EXPECTED
    allowed = {row["property"]: row["allowed"] for row in burst["records"] if "allowed" in row}
    assert allowed["capture_destination"] == ["card", "host", "card-and-host"]
    assert allowed["exposure_compensation"][14:17] == ["-1/3", "0", "+1/3"]
    assert "mraw+small-1-fine" in allowed["image_format"]
    sent = [step.fields["data"] for step in told if step.name == "SetDevicePropValueEx"]
    assert sent[:2] == [
        {"property": "capture_destination", "value": "host"},
        {"property": "aperture", "value": "f/3.4"},
    ]


def test_the_packets_of_an_eos_r(traces: Path) -> None:
    told = steps(traces, PIECES[1])
    assert [(step.index, step.name) for step in told] == [
        (1, "InitCommandRequest"),
        (2, "InitEventRequest"),
        (3, "InitEventAck"),
        (4, "OpenSession"),
        (6, "GetDeviceInfo"),
        (10, "SetRemoteMode"),
        (12, "SetEventMode"),
    ]
    assert (told[4].reply or {})["model"] == "Canon EOS R"
    assert (told[5].fields, told[5].reply) == ({"mode": 5}, {})


def private(row: dict[str, Any]) -> bool:
    """Whether what a row says of a property is blank in a copy for others."""
    if "property" not in row:
        return False
    known = ROWS.get(row["property"])
    if known is None:  # without a name, numbers are shown, and structures are not
        return isinstance(row.get("value"), str)
    if known.stored is Stored.TEXT:
        return known.name != "lens_name"
    structures = ("custom_func_ex", "focus_info_ex", "timezone")
    return bool(known.kind.name == "raw") and known.name not in structures


@pytest.mark.parametrize("name", WHOLE)
def test_a_redacted_trace_tells_the_same_but_for_what_is_private(
    name: str, traces: Path, tmp_path: Path
) -> None:
    copy = tmp_path / name
    redact(traces / "ptp" / name, copy)
    for step, copied in zip(steps(traces, name), tell(read(copy)), strict=True):
        if step.name == "GetDeviceInfo":
            assert copied.reply == (step.reply or {}) | {"serial": ""}
        elif step.name == "GetDevicePropDesc":
            hidden = {"default": "", "current": ""}
            named = step.fields["property"] == "DeviceFriendlyName"
            assert copied.reply == (step.reply or {}) | (hidden if named else {})
        elif step.name == "GetEvent":
            assert copied.fields == step.fields
            rows = (step.reply or {})["records"], (copied.reply or {})["records"]
            for row, other in zip(*rows, strict=True):
                if private(row):
                    assert other["property"] == row["property"]
                    value = other.get("value", "")
                    assert not value or isinstance(value, dict) or set(value) == {"0"}
                else:
                    assert other == row
        else:
            assert replace(copied, unexplained=()) == replace(step, unexplained=())


@pytest.mark.parametrize("name", PIECES)
def test_redacted_packets_and_pieces(name: str, traces: Path, tmp_path: Path) -> None:
    """Names and addresses are blank in what a packet says; the rest can be read as before."""
    copy = tmp_path / name
    redact(traces / "ptp" / name, copy)
    told = [step for step in tell(read(copy)) if step.name.startswith("InitCommand")]
    assert not any(int(step.fields.get("guid", "0"), 16) for step in told)
    assert not any(step.fields.get("name") for step in told)
