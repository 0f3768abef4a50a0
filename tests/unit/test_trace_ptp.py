from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from ptp_host import DCIM, FILES, FIRST, REMOTE, Rig
from ptp_traffic import (
    ANSWERED,
    ASKED,
    COMMAND,
    DATA,
    IDS,
    RESPONSE,
    TOLD,
    came,
    noticed,
    only,
    told,
    transfer,
    words,
)
from recordings import camera, pcap, record, tshark, urb

from canon.errors import CanonError, Disconnected
from canon.native.commands import Identify
from canon.native.session import Session as NativeSession
from canon.ptp.containers import container
from canon.ptp.datasets import DataType, ObjectInfo, write_value
from canon.ptp.operations import (
    Bytes,
    DeleteObject,
    GetDevicePropDesc,
    GetDevicePropValue,
    GetObject,
    GetObjectHandles,
    GetObjectInfo,
    GetPartialObject,
    GetStorageIDs,
    SendObject,
    SendObjectInfo,
    SetDevicePropValue,
)
from canon.ptp.powershot.layouts import (
    CheckEvent,
    GetObjectInfoEx,
    InitiateReleaseControl,
    Property,
)
from canon.ptp.session import Session
from canon.ptp.usb_transport import UsbTransport
from canon.trace.files import read
from canon.trace.recorder import RecordingPort
from canon.trace.records import Kind, Setup, Transaction, Transfer
from canon.trace.telling import redact, tell
from rigs.bodies import a_card

PICTURE = bytes(range(1, 251)) * 41
ALL = 0xFFFFFFFF


# --- our own recordings ---------------------------------------------------------------------------


def record_ptp(path: Path, talk: Callable[[Session], object], rig: Rig) -> Path:
    """Record what a session says to a virtual camera."""
    with path.open("wb") as stream:
        session = Session(UsbTransport(RecordingPort(rig.port, stream)))
        session.start()
        talk(session)
        with suppress(Disconnected):
            session.close()
    return path


def converse(session: Session) -> None:
    new = ObjectInfo(*(0, 0x3801, 0, len(PICTURE), *(0,) * 11, "IMG_0002.JPG", "", "", ""))
    owner = write_value(DataType.AUINT8, tuple(b"Anna Example\0"))
    session.call(GetStorageIDs())
    session.call(GetObjectHandles(ALL, 0, 0))
    session.call(GetObjectInfo(FIRST))
    session.call(GetObjectInfoEx(0x10001, 0, 0, DCIM))
    session.call(SetDevicePropValue(Property.OWNER), Bytes(owner))
    session.call(GetDevicePropDesc(Property.OWNER))
    session.call(GetDevicePropValue(Property.OWNER))
    session.receive(GetObject(FIRST), lambda piece: None, limit=1 << 20)
    session.receive(GetPartialObject(FIRST, 100, 500), lambda piece: None, limit=1 << 20)
    folder = session.call(GetObjectInfo(FIRST)).parent
    made = session.call(SendObjectInfo(0x10001, folder), new)
    session.send(SendObject(), io.BytesIO(PICTURE), len(PICTURE))
    session.call(DeleteObject(made.handle, 0))
    for _ in range(3):
        session.call(CheckEvent())


@pytest.fixture
def conversation(tmp_path: Path) -> Path:
    rig = Rig(FILES, card=a_card({"IMG_0001.JPG": PICTURE}))
    return record_ptp(tmp_path / "a.pcapng", converse, rig)


def test_a_recording_of_ours_in_words(conversation: Path) -> None:
    steps = told(conversation)
    assert [step.name for step in steps] == [
        *["GetDeviceDescriptor", "GetConfigurationDescriptor", "OpenSession", "GetDeviceInfo"],
        *["GetStorageIDs", "GetObjectHandles", "GetObjectInfo", "GetObjectInfoEx"],
        *["SetDevicePropValue", "GetDevicePropDesc", "GetDevicePropValue", "GetObject"],
        *["GetPartialObject", "GetObjectInfo", "SendObjectInfo", "SendObject", "DeleteObject"],
        *["NoEvent", "CloseSession"],
    ]
    assert only(steps, "NoEvent").fields == {"polls": 3}
    assert [(step.note, step.unexplained) for step in steps] == [("", ())] * len(steps)


def test_datasets_and_parameters_by_name(conversation: Path) -> None:
    steps = told(conversation)
    assert only(steps, "GetStorageIDs").reply == TOLD
    assert only(steps, "GetObjectHandles").fields == {
        "storage": "0xffffffff",
        "format": "0x0000",
        "parent": "0x00000000",
    }
    (entry,) = (only(steps, "GetObjectInfoEx").reply or {})["entries"]
    assert (entry["name"], entry["format"], entry["flags"]) == ("DCIM", "ASSOCIATION", 0x10)
    assert only(steps, "GetObject").reply == {"bytes": len(PICTURE)}
    assert only(steps, "GetPartialObject").reply == {"bytes": 500, "size": 500}
    announced = only(steps, "SendObjectInfo")
    assert announced.fields["data"]["name"] == "IMG_0002.JPG"
    assert set(announced.reply or {}) == {"storage", "parent", "handle"}
    assert only(steps, "SendObject").fields == {"data": {"bytes": len(PICTURE)}}


def test_properties_by_name_and_in_their_type(conversation: Path) -> None:
    steps = told(conversation)
    assert only(steps, "SetDevicePropValue").fields == {
        "property": "OWNER",
        "data": {"value": "Anna Example"},
    }
    assert only(steps, "GetDevicePropValue").reply == {"value": "Anna Example"}
    described = only(steps, "GetDevicePropDesc").reply or {}
    assert (described["property"], described["kind"]) == ("OWNER", "AUINT8")
    assert described["current"] == "Anna Example"


def test_the_index_is_wiresharks_frame_number(conversation: Path) -> None:
    step = only(told(conversation), "GetObjectInfoEx")
    (frame,) = tshark(conversation, "usb.capdata", only=f"frame.number == {step.index}")
    assert bytes.fromhex(frame[0])[6:8] == b"\x21\x90"


def test_wireshark_finds_nothing_wrong(conversation: Path) -> None:
    assert tshark(conversation, "frame.number", only="_ws.malformed") == []
    frames = tshark(conversation, "usb.bInterfaceClass", only="usb.bInterfaceClass")
    assert {int(frame[0], 16) for frame in frames} == {6}


def test_release_control_and_its_events_in_words(tmp_path: Path) -> None:
    def talk(session: Session) -> None:
        session.call(SetDevicePropValue(Property.EVENT_EMULATE_MODE), Bytes(b"\x07\0"))
        session.call(InitiateReleaseControl())
        session.call(CheckEvent())
        session.refresh()
        session.call(GetDevicePropDesc(Property.ZOOM))
        with pytest.raises(CanonError):
            session.call(GetObjectInfo(5))

    steps = told(record_ptp(tmp_path / "a.pcapng", talk, Rig(REMOTE)))
    mode = only(steps, "SetDevicePropValue")
    assert mode.fields == {"property": "EVENT_EMULATE_MODE", "data": {"value": 7}}
    assert only(steps, "CheckEvent").reply == {"event": "CameraModeChanged", "mode": 1}
    assert set((only(steps, "GetDevicePropDesc").reply or {})["range"]) == {
        *("minimum", "maximum", "step")
    }
    assert only(steps, "GetObjectInfo").reply == {
        "response": "INVALID_OBJECT_HANDLE",
        "code": "0x2009",
    }
    first, second = (step for step in steps if step.name == "GetDeviceInfo")
    grown = set((second.reply or {})["properties"]) - set((first.reply or {})["properties"])
    assert {"FLASH_MODE", "ZOOM", "CAPTURE_TRANSFER_MODE"} <= grown


@pytest.mark.parametrize("fault", ["split-header", "no-zlp", "no-length@GetObject", "no-length"])
def test_data_are_told_the_same_however_they_are_framed(
    fault: str, conversation: Path, tmp_path: Path
) -> None:
    rig = Rig(FILES, fault, card=a_card({"IMG_0001.JPG": PICTURE}))
    again = told(record_ptp(tmp_path / "b.pcapng", converse, rig))
    assert [(step.name, step.fields, step.reply, step.note) for step in again] == [
        (step.name, step.fields, step.reply, step.note) for step in told(conversation)
    ]


# --- the recordings of an EOS 60D, as if they had been captured -----------------------------------


def as_packets(record: Transaction, pieces: list[int]) -> Iterator[bytes]:
    """The URBs of a recorded transaction, its data cut as they were read."""

    def one(endpoint: int, data: bytes, room: int) -> Iterator[bytes]:
        inward = endpoint & 0x80
        yield urb(1, b"S", 3, endpoint, b"" if inward else data, size=room, status=-115)
        yield urb(1, b"C", 3, endpoint, data if inward else b"", size=len(data))

    asked = container(COMMAND, record.code, record.number, words(*(record.parameters or ())))
    yield from one(0x02, asked, len(asked))
    data = container(DATA, record.code, record.number, record.data)
    if record.inward is False:
        yield from one(0x02, data, len(data))
    at = 0
    for size in pieces[:-1]:
        yield from one(0x81, data[at : at + size], 0x4000)
        at += size
    assert at == (len(data) if record.inward else 0)
    assert record.response is not None
    response = container(RESPONSE, record.response, record.number, words(*record.returned))
    yield from one(0x81, response, 512)


@pytest.mark.parametrize("name", ["canon-eos-60d.debug.jsonl", "canon-eos60d-debug.jsonl"])
def test_a_capture_tells_what_the_trace_of_it_tells(
    name: str, traces: Path, tmp_path: Path
) -> None:
    path = traces / "ptp" / name
    reads = [json.loads(line)["reads"] for line in path.read_text().splitlines()]
    records = [one for one in read(path) if isinstance(one, Transaction)]
    assert {len(pieces) for pieces in reads} == {1, 2, 4}  # some data came in three reads
    packets = [
        packet
        for record, pieces in zip(records, reads, strict=True)
        for packet in as_packets(record, pieces)
    ]
    captured = told(pcap(tmp_path / "a.pcap", packets))
    assert [(step.name, step.fields, step.reply, step.unexplained) for step in captured] == [
        (step.name, step.fields, step.reply, step.unexplained) for step in told(path)
    ]
    assert {step.note for step in captured} == {""}
    assert {step.device for step in captured} == {"2.5"}


# --- which dialect it is --------------------------------------------------------------------------


def described(interface: str) -> Transfer:
    """The configuration of a device with one interface of that class."""
    data = bytes.fromhex(f"09021200010100c001 0904000000 {interface} 00")
    setup = Setup(0x80, 6, 0x200, 0, len(data))
    return transfer(0x80, data, kind=Kind.CONTROL, setup=setup)


LETTER = transfer(0x80, b"C", kind=Kind.CONTROL, setup=Setup(0xC0, 0x0C, 0x55, 0, 1))


def test_a_native_and_a_ptp_camera_in_one_capture(tmp_path: Path) -> None:
    setup = bytes.fromhex("c00c550000000100")
    asked = ASKED.data
    packets = [
        urb(1, b"S", 2, 0x80, size=1, setup=setup, status=-115, address=5),
        urb(2, b"S", 3, 0x02, asked, status=-115, address=6),
        urb(1, b"C", 2, 0x80, b"C", address=5),
        urb(2, b"C", 3, 0x02, size=len(asked), address=6),
    ]
    letter, ids = told(pcap(tmp_path / "a.pcap", packets))
    assert (letter.device, letter.name) == ("2.5", "ReadStatusLetter")
    assert (ids.device, ids.name) == ("2.6", "GetStorageIDs")


def test_the_interface_tells_the_dialect() -> None:
    looks_native = bytes.fromhex("02000000 0a000000 10000000 1c000000")
    steps = [described("060101"), noticed(looks_native, 2)]
    assert [step.name for step in tell(steps)][1:] == ["BrokenEvent"]
    steps = [described("ffffff"), noticed(looks_native, 2)]
    assert [step.name for step in tell(steps)][1:] == ["CaptureStatus"]
    assert [step.name for step in tell(steps[1:])] == ["CaptureStatus"]


def test_a_camera_that_comes_back_in_its_other_mode() -> None:
    steps = [described("ffffff"), LETTER, described("060101"), ASKED, came(IDS), came(ANSWERED)]
    assert [step.name for step in tell(steps)][1::2] == ["ReadStatusLetter", "GetStorageIDs"]


def test_a_native_camera_is_not_taken_for_another_by_what_it_sends() -> None:
    (letter, picture) = tell([LETTER, came(container(DATA, 0x1009, 1, b"chance"))])
    assert (letter.name, picture.name) == ("ReadStatusLetter", "UnknownBulk")


def test_our_recordings_of_native_cameras_stay_native(tmp_path: Path) -> None:
    def talk(session: NativeSession) -> None:
        session.start()
        session.call(Identify())

    steps = told(record(tmp_path / "a.pcapng", talk, camera()))
    assert steps[-1].name == "Identify"


# --- redaction ------------------------------------------------------------------------------------


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
    for step, copied in zip(told(conversation), told(tmp_path / "b.pcapng"), strict=True):
        if "OWNER" in step.fields.values():
            assert copied.name == step.name
            assert not copied.unexplained
        elif step.name == "GetDeviceInfo":
            assert copied.reply == (step.reply or {}) | {"serial": ""}
        else:
            assert copied == step
    assert tshark(tmp_path / "b.pcapng", "frame.number", only="_ws.malformed") == []


SERIAL = "1234567890abcdef"


def test_redaction_takes_serial_numbers_and_what_is_not_understood(tmp_path: Path) -> None:
    text = write_value(DataType.TEXT, SERIAL)
    info = bytes.fromhex("6400 06000000 6400 00 0000") + bytes(20) + bytes(3) + text
    value = write_value(DataType.TEXT, "Anna Example")
    payloads = [
        (0x1001, (), info),
        (0x1015, (0xD057,), text),
        (0x1015, (0xD0FE,), value),
        (0x9FFF, (), value),
        (0x100A, (1,), PICTURE),
    ]
    packets = []
    for number, (code, values, data) in enumerate(payloads, 1):
        asked = container(COMMAND, code, number, words(*values))
        answer = container(DATA, code, number, data)
        packets += [
            urb(1, b"S", 3, 0x02, asked, status=-115),
            urb(1, b"C", 3, 0x02, size=len(asked)),
        ]
        for part in (answer[:30], answer[30:], container(RESPONSE, 0x2001, number)):
            packets += [
                urb(1, b"S", 3, 0x81, size=0x4000, status=-115),
                urb(1, b"C", 3, 0x81, part),
            ]
    path = pcap(tmp_path / "a.pcap", packets)
    assert (only(told(path), "GetDeviceInfo").reply or {})["serial"] == SERIAL
    redact(path, tmp_path / "b.pcap")
    after = (tmp_path / "b.pcap").read_bytes()
    for secret in (SERIAL.encode("utf-16-le")[8:], "Anna".encode("utf-16-le"), PICTURE[40:90]):
        assert secret in path.read_bytes()
        assert secret not in after
    copied = told(tmp_path / "b.pcap")
    assert [step.name for step in copied] == [step.name for step in told(path)]
    assert (copied[0].reply or {})["serial"] == ""
    assert copied[0].unexplained == ()
