"""The virtual PTP camera, judged by the bytes that come out of its pipes."""

from __future__ import annotations

import dataclasses

import pytest
from ptp_host import CANON100, DCIM, FILES, FIRST, OK, PLAIN, REMOTE, Rig

from canon.errors import Disconnected, PortStalled, PortTimeout
from canon.models.file_kinds import ObjectFormat
from canon.models.ptp import PtpQuirk
from canon.ptp.containers import (
    CANCEL,
    CANCEL_CODE,
    CLASS_OUT,
    RESET,
    Cancel,
    Container,
    ContainerKind,
    DeviceStatus,
    container,
)
from canon.ptp.datasets import DeviceInfo, StorageIDs
from canon.ptp.operations import ALL, ObjectAdded, Response
from canon.usb.port import Endpoint
from canon.virtual.build import make_virtual
from canon.virtual.card import File
from canon.virtual.faults import EOS_ONLY, NATIVE_ONLY, PTP_ONLY, FaultKind
from canon.virtual.port import VirtualPort
from canon.virtual.ptp.objects import CARD
from rigs.bodies import a_card

# --- the session ----------------------------------------------------------------------------------


def test_open_session_byte_for_byte() -> None:
    rig = Rig()
    rig.port.bulk_out(bytes.fromhex("10000000010002100000000001000000"), 1)
    assert rig.read() == bytes.fromhex("0c0000000300012000000000")


def test_device_info_needs_no_session() -> None:
    rig = Rig()
    code, _, data = rig.ask(0x1001, number=0)
    info = DeviceInfo.decode(data)
    assert (code, info.model, info.version) == (OK, "Canon PowerShot SX200 IS", "1-6.0.1.0")
    assert info.encode() == data


@pytest.mark.parametrize("code", [0x1004, 0x1007, 0x9013, 0x1003])
def test_the_rest_needs_one(code: int) -> None:
    assert Rig().ask(code, number=1)[0] == Response.SESSION_NOT_OPEN


def test_session_0_is_refused() -> None:
    assert Rig().ask(0x1002, 0, number=0)[0] == Response.INVALID_PARAMETER


def test_a_second_session_is_refused_and_the_count_starts_again() -> None:
    rig = Rig().opened()
    rig.ask(0x1004)
    assert rig.ask(0x1002, 1, number=0)[0] == Response.SESSION_ALREADY_OPEN
    assert rig.ask(0x1004, number=1)[0] == OK


def test_a_killed_host_leaves_the_session_open() -> None:
    rig = Rig().opened()
    rig.write(0x1009, FIRST)
    rig.port.close()
    rig.port = VirtualPort(rig.device)
    assert rig.ask(0x1002, 1, number=0)[0] == Response.SESSION_ALREADY_OPEN
    assert rig.ask(0x1004, number=1)[0] == OK


def test_a_session_may_be_open_from_the_start() -> None:
    assert Rig(FILES, "open-session").ask(0x1002, 1, number=0)[0] == Response.SESSION_ALREADY_OPEN


def test_a_wrong_transaction_id_is_refused_and_not_counted() -> None:
    rig = Rig().opened()
    assert rig.ask(0x1004, number=5)[0] == Response.INVALID_TRANSACTION_ID
    assert rig.ask(0x1004, number=1)[0] == OK


def test_a_refused_operation_counts() -> None:
    rig = Rig().opened()
    assert rig.ask(0x1008, 0x1234, number=1)[0] == Response.INVALID_OBJECT_HANDLE
    assert rig.ask(0x1004, number=2)[0] == OK


def test_ids_wrap_to_1() -> None:
    rig = Rig().opened()
    rig.device._expected = 0xFFFFFFFE
    assert rig.ask(0x1004, number=0xFFFFFFFE)[0] == OK
    assert rig.ask(0x1004, number=1)[0] == OK


def test_close_session() -> None:
    rig = Rig().opened()
    assert rig.ask(0x1003)[0] == OK
    assert rig.ask(0x1004, number=2)[0] == Response.SESSION_NOT_OPEN
    assert rig.opened().ask(0x1004)[0] == OK


def test_a_body_that_does_not_wake_up_after_close_session() -> None:
    rig = Rig().opened()
    rig.device.body.model = dataclasses.replace(
        rig.device.body.model, quirks=PtpQuirk.KEEP_SESSION_OPEN
    )
    assert rig.ask(0x1003)[0] == OK
    assert rig.ask(0x1002, 1, number=0)[0] == Response.OPERATION_NOT_SUPPORTED


def test_a_bus_reset_closes_the_session() -> None:
    rig = Rig().opened()
    rig.port.reset()
    assert rig.ask(0x1004, number=1)[0] == Response.SESSION_NOT_OPEN


@pytest.mark.parametrize("code", [0x9116, 0x9999, 0x9008, 0x100E])
def test_what_the_body_does_not_list_is_refused(code: int) -> None:
    assert Rig().opened().ask(code)[0] == Response.OPERATION_NOT_SUPPORTED


def test_a_plain_body_has_its_eleven_operations() -> None:
    rig = Rig(PLAIN).opened()
    assert rig.ask(0x9021, CARD, 0, 0, 0)[0] == Response.OPERATION_NOT_SUPPORTED
    assert rig.handles() == (DCIM,)


def test_parameters_that_lack_are_0_and_surplus_is_ignored() -> None:
    rig = Rig().opened()
    assert rig.ask(0x1007, ALL)[0] == OK
    assert rig.ask(0x1004, 7, 7)[0] == OK
    assert (rig.device.padded, rig.device.cut) == (1, 1)


# --- transfers ------------------------------------------------------------------------------------


def test_a_full_last_packet_is_followed_by_an_empty_one() -> None:
    rig = Rig(FILES, card=a_card({"IMG_0001.JPG": bytes(2 * 512 - 12)})).opened().walk()
    rig.write(0x1009, FIRST)
    assert len(rig.read(1024)) == 1024
    assert rig.read() == b""
    assert rig.response()[0] == OK


def test_full_speed_bodies_have_packets_of_64() -> None:
    rig = Rig(REMOTE, card=a_card({"IMG_0001.JPG": bytes(64 - 12)})).opened().walk()
    rig.write(0x1009, FIRST)
    assert (len(rig.read(64)), rig.read()) == (64, b"")


def test_no_zlp() -> None:
    rig = Rig(FILES, "no-zlp", card=a_card({"IMG_0001.JPG": bytes(512 - 12)})).opened().walk()
    rig.write(0x1009, FIRST)
    assert len(rig.read()) == 512 + 12


def test_split_header() -> None:
    rig = Rig(FILES, "split-header").opened()
    rig.write(0x1004)
    assert Container.decode(rig.read()).length == 12 + 8
    assert StorageIDs.decode(rig.read()).ids == (CARD,)
    assert rig.response()[0] == OK


def test_no_length() -> None:
    rig = Rig(FILES, "no-length@GetStorageIDs").opened()
    rig.write(0x1004)
    raw = rig.read()
    assert raw[:4] == b"\xff" * 4
    assert StorageIDs.decode(raw[12:]).ids == (CARD,)
    assert rig.response()[0] == OK


def test_large_files_come_in_pieces_and_whole() -> None:
    data = bytes(range(251)) * 4000
    rig = Rig(FILES, card=a_card({"IMG_0001.JPG": data})).opened().walk()
    before = rig.port.clock.now()
    assert rig.ask(0x1009, FIRST) == (OK, (), data)
    assert 0.1 < rig.port.clock.now() - before < 1


@pytest.mark.parametrize("size", [1, 499, 500, 501, 1011, 1012, 1013, 70_000])
@pytest.mark.parametrize("step", [512, 4096, 1 << 20])
def test_data_that_come_in_any_pieces(size: int, step: int) -> None:
    rig = Rig().opened().walk()
    data = bytes(at % 251 for at in range(size))
    assert rig.announce("IMG_0100.JPG", size)[0] == OK
    number = rig.number
    rig.write(0x100D)
    whole = container(ContainerKind.DATA, 0x100D, number, data)
    for at in range(0, len(whole), step):
        rig.port.bulk_out(whole[at : at + step], 1)
    if len(whole) % 512 == 0:
        rig.port.bulk_out(b"", 1)
    assert rig.response()[0] == OK
    assert rig.card.find(("DCIM", "100CANON", "IMG_0100.JPG")) == File(data, 1_078_056_000)


@pytest.mark.parametrize("length", [12 + 1000, 0xFFFFFFFF])
def test_data_with_a_header_of_its_own(length: int) -> None:
    rig = Rig().opened().walk()
    rig.announce("IMG_0100.JPG", 1000)
    number = rig.number
    rig.write(0x100D)
    rig.port.bulk_out(Container(length, ContainerKind.DATA, 0x100D, number).encode(), 1)
    rig.port.bulk_out(bytes(1000), 1)
    assert rig.response()[0] == OK


def test_data_that_end_early() -> None:
    rig = Rig().opened().walk()
    rig.announce("IMG_0100.JPG", 1000)
    number = rig.number
    rig.write(0x100D)
    whole = container(ContainerKind.DATA, 0x100D, number, bytes(1000))
    rig.port.bulk_out(whole[:600], 1)
    assert rig.response()[0] == Response.INCOMPLETE_TRANSFER
    assert rig.handles(parent=CANON100) == (FIRST,)


def test_data_for_an_operation_that_was_refused_are_swallowed() -> None:
    rig = Rig(PLAIN).opened()
    assert rig.send(0x1016, bytes(4), 0xD034)[0] == Response.OPERATION_NOT_SUPPORTED
    number = rig.number
    rig.write(0x91F0)  # nobody here knows that it takes data
    assert rig.response()[0] == Response.OPERATION_NOT_SUPPORTED
    rig.port.bulk_out(container(ContainerKind.DATA, 0x91F0, number, bytes(8)), 1)
    assert rig.ask(0x1004)[0] == OK


def test_a_command_in_place_of_data_begins_anew() -> None:
    rig = Rig().opened()
    rig.write(0x100D, number=1)
    assert rig.ask(0x1004, number=1)[0] == OK


@pytest.mark.parametrize(
    "raw", [b"short", bytes(11), container(ContainerKind.RESPONSE, 0x2001, 1), b"x" * 40]
)
def test_what_is_no_command_stalls(raw: bytes) -> None:
    rig = Rig().opened()
    with pytest.raises(PortStalled):
        rig.port.bulk_out(raw, 1)
    assert rig.ask(0x1004)[0] == OK


def test_data_that_are_no_dataset() -> None:
    assert Rig().opened().send(0x100C, b"no", CARD, ALL)[0] == Response.INVALID_DATA_SET


# --- class requests -------------------------------------------------------------------------------


def test_status_is_ok() -> None:
    assert Rig().status() == DeviceStatus(4, OK, b"")


def test_cancel_drops_the_transaction() -> None:
    rig = Rig(FILES, card=a_card({"IMG_0001.JPG": bytes(1 << 20)})).opened().walk()
    number = rig.number
    rig.write(0x1009, FIRST)
    assert len(rig.read(0x4000)) == 0x4000
    rig.port.control_out(CANCEL, 0, 0, Cancel(CANCEL_CODE, number).encode(), kind=CLASS_OUT)
    assert rig.status().code == Response.DEVICE_BUSY
    with pytest.raises(PortTimeout):
        rig.read()
    assert rig.status().code == OK
    assert rig.ask(0x1004)[0] == OK


def test_cancel_keeps_the_events() -> None:
    rig = Rig().opened()
    rig.device.tell(ObjectAdded(FIRST))
    rig.port.control_out(CANCEL, 0, 0, Cancel(CANCEL_CODE, 1).encode(), kind=CLASS_OUT)
    assert len(rig.piped()) == 16


def test_reset_closes_the_session() -> None:
    rig = Rig().opened()
    rig.port.control_out(RESET, 0, 0, b"", kind=CLASS_OUT)
    assert rig.ask(0x1004, number=1)[0] == Response.SESSION_NOT_OPEN


def test_other_requests_stall() -> None:
    with pytest.raises(PortStalled):
        Rig().port.control_in(0x0C, 0x55, 0, 1)
    with pytest.raises(PortStalled):
        Rig().port.control_out(0x04, 0x10, 0, b"")


# --- events ---------------------------------------------------------------------------------------


def channels(rig: Rig) -> tuple[int, int]:
    """How many events come by the pipe, and by CheckEvent."""
    piped, asked = rig.piped(), 0
    while rig.ask(0x9013)[2]:
        asked += 1
    return len(piped) // 16, asked


@pytest.mark.parametrize(
    ("mode", "first", "later"),
    [
        (1, (1, 0), (1, 0)),
        (2, (1, 0), (1, 0)),
        (3, (1, 0), (0, 1)),
        (5, (1, 0), (0, 1)),
        (6, (0, 0), (0, 0)),
        (7, (0, 1), (0, 1)),
    ],
)
def test_each_event_comes_once(mode: int, first: tuple[int, int], later: tuple[int, int]) -> None:
    rig = Rig().opened()
    assert rig.send(0x1016, mode.to_bytes(2, "little"), 0xD045)[0] == OK
    rig.device.tell(ObjectAdded(FIRST))
    assert channels(rig) == first
    rig.device.tell(ObjectAdded(FIRST))
    assert channels(rig) == later


def test_an_event_in_packets_of_8_and_an_empty_one() -> None:
    rig = Rig().opened()
    rig.device.tell(ObjectAdded(FIRST))
    pipe = rig.device.interrupt
    sizes = [sum(map(len, pipe.read(8) or ())) for _ in range(3)]
    assert (sizes, pipe.read(8)) == ([8, 8, 0], None)


def test_no_event_without_a_session() -> None:
    rig = Rig()
    rig.device.tell(ObjectAdded(FIRST))
    assert channels(rig.opened()) == (0, 0)


@pytest.mark.parametrize(
    ("fault", "count"), [("event-lost@ObjectAdded", 0), ("event-twice", 2), ("event-late:3", 1)]
)
def test_faults_of_events(fault: str, count: int) -> None:
    rig = Rig(FILES, fault).opened()
    rig.device.tell(ObjectAdded(FIRST))
    if "late" in fault:
        assert channels(rig) == (0, 0)
        rig.port.clock.sleep(3)
    assert channels(rig) == (count, 0)


def told(rig: Rig) -> list[int]:
    """The codes of the events that wait, on either channel."""
    raw = rig.piped()
    while event := rig.ask(0x9013)[2]:
        raw += event
    codes = []
    while raw:
        head = Container.decode(raw)
        assert head.kind == ContainerKind.EVENT
        codes.append(head.code)
        raw = raw[head.length :]
    return codes


def test_a_press_by_hand() -> None:
    rig = Rig(REMOTE).opened().walk()
    rig.device.press()
    rig.port.clock.sleep(20)
    assert told(rig) == [0x4002, 0x400D]
    assert rig.handles(parent=CANON100) == (FIRST, 0x01900021)


def test_of_a_served_body_time_passes_while_something_is_due() -> None:
    rig = Rig(REMOTE).opened()
    rig.send(0x1016, b"\x07\0", 0xD045)
    clock = rig.port.clock
    clock.served = True
    clock.after(9.9, rig.device.press)
    began = clock.now()
    asked = 0
    while not rig.ask(0x9013)[2]:
        asked += 1
    assert 35 < asked < 40
    assert clock.now() - began == pytest.approx(10, abs=0.3)
    told(rig)
    before = clock.now()
    for _ in range(100):
        rig.ask(0x9013)
    assert clock.now() - before < 1


def test_the_standard_way_to_the_shutter() -> None:
    rig = Rig(REMOTE).opened().walk()
    assert rig.ask(0x100E, 0, 0)[0] != OK
    assert rig.ask(0x9008)[0] == OK
    rig.port.clock.sleep(20)
    told(rig)
    assert rig.ask(0x100E, 7, 0)[0] == Response.STORE_NOT_AVAILABLE
    assert rig.ask(0x100E, 0, 0x3009)[0] == Response.INVALID_OBJECT_FORMAT_CODE
    assert rig.ask(0x100E, CARD, ObjectFormat.EXIF_JPEG)[0] == OK
    rig.port.clock.sleep(20)
    assert 0x400D in told(rig)


def test_an_operation_that_nobody_knows_is_refused_though_it_is_listed() -> None:
    rig = Rig().opened()
    assert 0x901E in rig.device.body.profile.operations
    assert rig.ask(0x901E)[0] == Response.OPERATION_NOT_SUPPORTED


def test_keep_on() -> None:
    assert Rig(REMOTE).opened().ask(0x9003)[0] == OK


# --- faults ---------------------------------------------------------------------------------------


def test_a_plug_that_is_pulled() -> None:
    rig = Rig().opened()
    rig.device.unplug()
    with pytest.raises(Disconnected):
        rig.ask(0x1004)


def test_unplug() -> None:
    rig = Rig(FILES, "unplug@GetObject:600").opened().walk()
    rig.write(0x1009, FIRST)
    assert len(rig.read(512)) == 512
    with pytest.raises(Disconnected):
        rig.read()
    with pytest.raises(Disconnected):
        rig.ask(0x1004)


def test_stall() -> None:
    rig = Rig(FILES, "stall@GetObject:600").opened().walk()
    rig.write(0x1009, FIRST)
    assert len(rig.read(512)) == 512
    with pytest.raises(PortStalled):
        rig.read()
    assert rig.status() == DeviceStatus(8, Response.TRANSACTION_CANCELLED, b"\x81\0\0\0")
    rig.port.clear_halt(Endpoint.BULK_IN)
    assert rig.status().code == OK
    assert rig.ask(0x1004)[0] == OK


def test_stall_out() -> None:
    rig = Rig(FILES, "stall-out@SendObject").opened().walk()
    rig.announce("IMG_0100.JPG", 5)
    with pytest.raises(PortStalled):
        rig.send(0x100D, b"bytes")
    assert rig.response()[0] == Response.INCOMPLETE_TRANSFER
    assert rig.handles(parent=CANON100) == (FIRST,)


def test_silence() -> None:
    rig = Rig(FILES, "silence@GetObject").opened().walk()
    rig.write(0x1009, FIRST)
    with pytest.raises(PortTimeout):
        rig.read()
    assert rig.ask(0x1004)[0] == OK


@pytest.mark.parametrize(
    ("fault", "length", "size"),
    [
        ("short:5", 20, 15),
        ("long:5", 20, 25),
        ("empty", 12, 12),
        ("bad-length:3", 23, 20),
        ("bad-length:-15", 5, 20),
    ],
)
def test_data_of_the_wrong_length(fault: str, length: int, size: int) -> None:
    kind, _, number = fault.partition(":")
    rig = Rig(FILES, f"{kind}@GetStorageIDs:{number}").opened()
    rig.write(0x1004)
    raw = rig.read()
    assert (Container.decode(raw).length, len(raw)) == (length, size)
    assert rig.response()[0] == OK


def test_bad_length_of_a_response() -> None:
    rig = Rig(FILES, "bad-length@GetNumObjects:4").opened()
    rig.write(0x1006, ALL, 0, 0)
    raw = rig.read()
    assert (Container.decode(raw).length, len(raw)) == (20, 16)


def test_echo() -> None:
    rig = Rig(FILES, "echo@GetNumObjects").opened()
    rig.write(0x1006, ALL, 0, 0)
    assert Container.decode(rig.read()).transaction == 1 ^ 0x5A5A


def test_refuse() -> None:
    rig = Rig(FILES, "refuse@DeleteObject:0x200f").opened().walk()
    assert rig.ask(0x100B, FIRST)[0] == Response.ACCESS_DENIED
    assert rig.ask(0x100B, FIRST)[0] == OK


def test_no_data() -> None:
    assert Rig(FILES, "no-data@GetStorageIDs").opened().ask(0x1004) == (OK, (), b"")


def test_no_length_of_data_that_fill_their_last_packet() -> None:
    card = a_card({"IMG_0001.JPG": bytes(512 - 12)})
    rig = Rig(FILES, "no-length@GetObject", "no-zlp", card=card).opened().walk()
    rig.write(0x1009, FIRST)
    assert (len(rig.read(512)), rig.read()) == (512, b"")


def test_data_after_refusal() -> None:
    rig = Rig(FILES, "data-after-refusal@GetStorageIDs:0x2019").opened()
    code, _, data = rig.ask(0x1004)
    assert (code, StorageIDs.decode(data).ids) == (Response.DEVICE_BUSY, (CARD,))


def test_busy_for_a_while() -> None:
    rig = Rig(FILES, "busy@GetStorageIDs:5").opened()
    assert rig.ask(0x1004)[0] == Response.DEVICE_BUSY
    assert rig.ask(0x1006, ALL)[0] == OK
    rig.port.clock.sleep(0.4)
    assert rig.ask(0x1004)[0] == Response.DEVICE_BUSY
    rig.port.clock.sleep(0.1)
    assert rig.ask(0x1004)[0] == OK


NUMBERED = dict.fromkeys(
    (
        FaultKind.SHORT,
        FaultKind.LONG,
        FaultKind.REFUSE,
        FaultKind.BUSY,
        FaultKind.EVENT_LATE,
        FaultKind.BAD_LENGTH,
        FaultKind.BAD_RECORD,
    ),
    ":1",
)


def test_every_fault_belongs_to_somebody() -> None:
    assert not NATIVE_ONLY & PTP_ONLY
    for kind in NATIVE_ONLY:
        with pytest.raises(ValueError, match=r"a camera that speaks PTP does not have it"):
            make_virtual(f"powershot-g3?mode=ptp&fault={kind.value}{NUMBERED.get(kind, '')}")
    for kind in PTP_ONLY:
        with pytest.raises(ValueError, match=r"the native protocol does not have it"):
            make_virtual(f"powershot-g3?fault={kind.value}{NUMBERED.get(kind, '')}")
    for kind in set(FaultKind) - NATIVE_ONLY:
        slug = "eos-60d" if kind in EOS_ONLY else "powershot-s60"
        device = make_virtual(f"{slug}?card=none&fault={kind.value}{NUMBERED.get(kind, '')}")
        assert device.faults.has(kind) or kind is FaultKind.OPEN_SESSION
