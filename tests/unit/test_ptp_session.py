"""The PTP conversation: its beginning, transactions, refusals, the raw door, its end."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from scripted_ptp import (
    EOS_60D,
    HANDLE,
    MIB,
    OK,
    Answer,
    ScriptedPtp,
    after,
    asked,
    fetch,
    halts,
    noise,
    ok,
    open_session,
    puts,
    refuses,
    sends,
    silence,
    still_works,
    takes,
    unplugs,
)

from canon.errors import (
    BadParameter,
    BatteryLow,
    DecodeError,
    DeviceBusy,
    Disconnected,
    LensFailed,
    NoCard,
    ObjectNotFound,
    PortTimeout,
    ProtocolError,
    Refused,
    StoreFull,
    WriteProtected,
)
from canon.ptp.containers import (
    HEAD,
    RESET,
    Container,
    ContainerKind,
    container,
)
from canon.ptp.datasets import DeviceInfo, StorageIDs
from canon.ptp.operations import (
    Bytes,
    CloseSession,
    Count,
    DeleteObject,
    GetDeviceInfo,
    GetNumObjects,
    GetPartialObject,
    GetStorageIDs,
    InitiateCapture,
    Nothing,
    OpenSession,
    Response,
    SetDevicePropValue,
)
from canon.ptp.powershot.layouts import CheckEvent, InitiateReleaseControl
from canon.ptp.session import Answer as RawAnswer
from canon.ptp.session import Session
from canon.ptp.usb_transport import UsbTransport
from canon.virtual.port import VirtualPort

OPEN, INFO, CLOSE = OpenSession.code, GetDeviceInfo.code, CloseSession.code


# --- beginning (section 2) ------------------------------------------------------------------------


def test_a_session_begins_with_open_session_and_device_info() -> None:
    camera = ScriptedPtp(ok(), sends(EOS_60D))
    info = Session(UsbTransport(VirtualPort(camera))).start()
    assert info.model == "Canon EOS 60D"
    assert camera.commands == [(OPEN, 0, (1,)), (INFO, 1, ())]
    assert camera.clock.now() == 0


def test_what_a_60d_sends_is_read_as_recorded(traces: Path) -> None:
    """Every transaction of a recorded session: the same ids, data and responses."""
    lines = (traces / "ptp" / "canon-eos-60d.debug.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    last = next(at for at, record in enumerate(records) if record["opcode"] == "0x1003")
    recorded = records[2:last]
    answers = [recorded_answer(record) for record in recorded]
    session, camera = open_session(*answers)
    for record in recorded:
        goes = record["data_dir"] == "out"
        content = bytes.fromhex(record["data"] or "")
        answer = session.ask(
            int(record["opcode"], 16),
            tuple(int(value, 16) for value in record["params"]),
            content if goes else None,
        )
        assert answer == RawAnswer(
            int(record["response"], 16),
            tuple(int(value, 16) for value in record["resp_params"]),
            b"" if goes else content,
        )
        assert camera.commands[-1][1] == record["tid"]
    assert camera.clock.now() == 0


def recorded_answer(record: dict[str, object]) -> Answer:
    code = int(str(record["response"]), 16)
    values = [int(value, 16) for value in record["resp_params"]]  # type: ignore[attr-defined] # JSON
    if record["data_dir"] == "out":
        return takes(1, *values, code=code)
    if record["data_dir"] == "in":
        return sends(bytes.fromhex(str(record["data"])), *values, code=code)
    return ok(*values, code=code)


def test_a_session_that_a_dead_program_left_open_is_joined() -> None:
    camera = ScriptedPtp(refuses(Response.SESSION_ALREADY_OPEN), sends(EOS_60D))
    Session(UsbTransport(VirtualPort(camera))).start()
    assert camera.commands[1] == (INFO, 1, ())


def test_an_invalid_transaction_id_at_the_start_is_answered_with_other_sessions() -> None:
    refused = [refuses(Response.INVALID_TRANSACTION_ID)] * 3
    camera = ScriptedPtp(*refused, ok(), sends(EOS_60D))
    Session(UsbTransport(VirtualPort(camera))).start()
    assert [values for _, _, values in camera.commands[:4]] == [(1,), (2,), (3,), (4,)]


def test_after_ten_sessions_the_camera_is_reset() -> None:
    refused = [refuses(Response.INVALID_TRANSACTION_ID)] * 10
    camera = ScriptedPtp(*refused, ok(), sends(EOS_60D))
    Session(UsbTransport(VirtualPort(camera))).start()
    assert asked(camera) == [RESET]
    assert [values for _, _, values in camera.commands[:11]] == [
        *[(n,) for n in range(1, 11)],
        (1,),
    ]


@pytest.mark.parametrize("bad", [silence, halts, puts(lambda head: [noise(30_000)])])
def test_no_answer_to_open_session_is_followed_by_a_device_reset(bad: Answer) -> None:
    camera = ScriptedPtp(bad, ok(), sends(EOS_60D))
    Session(UsbTransport(VirtualPort(camera))).start()
    assert RESET in asked(camera)
    assert camera.bus_resets == 0


def test_a_camera_that_knows_no_device_reset_is_reset_by_its_port() -> None:
    camera = ScriptedPtp(silence, ok(), sends(EOS_60D), deaf=True)
    Session(UsbTransport(VirtualPort(camera))).start()
    assert camera.bus_resets == 1


def test_a_camera_that_never_answers_is_given_up() -> None:
    camera = ScriptedPtp(silence, silence, silence)
    with pytest.raises(PortTimeout):
        Session(UsbTransport(VirtualPort(camera))).start()
    assert camera.clock.now() < 10


def test_a_camera_of_another_maker_has_more_time_to_open_its_session() -> None:
    camera = ScriptedPtp(after(7, ok()), sends(EOS_60D), vendor=0x04B0)
    assert Session(UsbTransport(VirtualPort(camera))).start().model
    assert camera.requests == []


def test_open_session_may_be_answered_with_another_id() -> None:
    def strange(head: Container) -> list[bytes]:
        return [container(ContainerKind.RESPONSE, OK, 77)]

    camera = ScriptedPtp(puts(strange), sends(EOS_60D))
    assert Session(UsbTransport(VirtualPort(camera))).start().model == "Canon EOS 60D"


def test_a_camera_that_refuses_a_session_says_why() -> None:
    camera = ScriptedPtp(refuses(Response.CANON_BATTERY_LOW))
    with pytest.raises(BatteryLow, match="OpenSession"):
        Session(UsbTransport(VirtualPort(camera))).start()


def test_a_camera_that_is_busy_is_asked_for_a_session_again() -> None:
    camera = ScriptedPtp(*[refuses(Response.DEVICE_BUSY)] * 3, ok(), sends(EOS_60D))
    session = Session(UsbTransport(VirtualPort(camera)))
    assert session.start().model == "Canon EOS 60D"
    assert [number for code, number, _ in camera.commands if code == OpenSession.code] == [0] * 4
    assert camera.clock.now() == pytest.approx(0.05 + 0.1 + 0.15)


def test_an_unplugged_camera_is_not_looked_for() -> None:
    camera = ScriptedPtp(unplugs)
    with pytest.raises(Disconnected):
        Session(UsbTransport(VirtualPort(camera))).start()
    assert camera.requests == []


def test_the_operations_that_a_camera_lists() -> None:
    session, _ = open_session()
    assert session.supports(GetPartialObject)
    assert not session.supports(InitiateReleaseControl)


# --- transactions ---------------------------------------------------------------------------------


def test_ids_count_up() -> None:
    session, camera = open_session(ok(), ok())
    session.call(InitiateCapture(0, 0))
    session.call(DeleteObject(HANDLE, 0))
    assert camera.commands == [(0x100E, 2, (0, 0)), (0x100B, 3, (HANDLE, 0))]


def test_the_last_id_is_followed_by_the_first() -> None:
    session, camera = open_session(ok(), ok())
    session._number = 0xFFFFFFFD
    session.call(InitiateCapture(0, 0))
    session.call(InitiateCapture(0, 0))
    assert [number for _, number, _ in camera.commands] == [0xFFFFFFFE, 1]


def test_the_parameters_that_come_back() -> None:
    session, _ = open_session(ok(7))
    assert session.call(GetNumObjects(0xFFFFFFFF, 0, 0)) == Count(7)


def test_parameters_that_are_missing_are_zero() -> None:
    session, _ = open_session(ok())
    assert session.call(GetNumObjects(0xFFFFFFFF, 0, 0)) == Count(0)


def test_a_reply_without_its_data_phase() -> None:
    session, camera = open_session(ok())
    with pytest.raises(ProtocolError, match="no data for GetStorageIDs"):
        session.call(GetStorageIDs())
    assert still_works(session, camera)


def test_bytes_may_lack_their_data_phase() -> None:
    session, _ = open_session(ok())
    assert session.call(CheckEvent()) == Bytes(b"")


def test_data_that_nobody_asked_for_are_dropped() -> None:
    session, camera = open_session(sends(noise(2000)))
    assert session.call(InitiateCapture(0, 0)) == Nothing()
    assert still_works(session, camera)


def test_a_reply_that_is_too_short() -> None:
    session, _ = open_session(sends(bytes.fromhex("02000000 01000200")))
    with pytest.raises(DecodeError, match=r"StorageIDs\.ids"):
        session.call(GetStorageIDs())


def test_a_reply_over_sixteen_megabytes() -> None:
    def huge(head: Container) -> list[bytes]:
        length = HEAD + 16 * MIB + 1
        return [Container(length, ContainerKind.DATA, head.code, head.transaction).encode()]

    session, camera = open_session(puts(huge))
    with pytest.raises(ProtocolError, match="are the most"):
        session.call(GetStorageIDs())
    assert still_works(session, camera)


def test_data_are_given_exactly_where_the_operation_takes_some() -> None:
    session, camera = open_session()
    with pytest.raises(TypeError, match="takes NoneType"):
        session.call(InitiateCapture(0, 0), Bytes(b"x"))
    with pytest.raises(TypeError, match="takes Bytes"):
        session.call(SetDevicePropValue(0xD001))
    assert camera.commands == []


# --- the raw door ---------------------------------------------------------------------------------


def test_a_raw_operation() -> None:
    session, camera = open_session(sends(b"data", 1, 2), takes(1), refuses(0xA005))
    assert session.ask(0x9999, (1,)) == RawAnswer(OK, (1, 2), b"data")
    assert session.ask(0x9999, (2, 3), b"xyz") == RawAnswer(OK, (), b"")
    assert session.ask(0x9999) == RawAnswer(0xA005, (), b"")
    assert camera.transfers[0][HEAD:] == b"xyz"


@pytest.mark.parametrize("values", [(0,) * 6, (-1,), (1 << 32,)])
def test_parameters_that_do_not_fit(values: tuple[int, ...]) -> None:
    session, _ = open_session()
    with pytest.raises(ValueError, match="five numbers"):
        session.ask(0x9999, values)


# --- refusals (section 6) -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (Response.INVALID_OBJECT_HANDLE, ObjectNotFound),
        (Response.STORE_FULL, StoreFull),
        (Response.OBJECT_WRITE_PROTECTED, WriteProtected),
        (Response.STORE_NOT_AVAILABLE, NoCard),
        (Response.INVALID_STORAGE_ID, NoCard),
        (Response.DEVICE_BUSY, DeviceBusy),
        (Response.INVALID_DEVICE_PROP_VALUE, BadParameter),
        (Response.CANON_LENS_COVER_CLOSED, LensFailed),
        (Response.CANON_BATTERY_LOW, BatteryLow),
        (Response.GENERAL_ERROR, Refused),
    ],
)
def test_a_response_becomes_the_error_that_says_what_to_do(code: int, kind: type[Refused]) -> None:
    session, _ = open_session(refuses(code))
    with pytest.raises(Refused, match=f"DeleteObject.*response {Response(code).name}") as caught:
        session.call(DeleteObject(HANDLE, 0))
    assert type(caught.value) is kind
    assert (caught.value.code, caught.value.command) == (code, "DeleteObject")


def test_a_response_that_nobody_knows_is_kept() -> None:
    session, _ = open_session(refuses(0xA1FF))
    with pytest.raises(Refused, match="UNKNOWN_0xa1ff") as caught:
        session.call(DeleteObject(HANDLE, 0))
    assert caught.value.code == 0xA1FF


def test_a_lost_session_says_what_to_do() -> None:
    session, _ = open_session(refuses(Response.SESSION_NOT_OPEN))
    with pytest.raises(Refused, match="open the camera again"):
        session.call(DeleteObject(HANDLE, 0))


def test_data_that_end_with_a_refusal() -> None:
    session, camera = open_session(sends(noise(700), code=Response.INCOMPLETE_TRANSFER))
    with pytest.raises(Refused, match="INCOMPLETE_TRANSFER"):
        fetch(session)
    assert still_works(session, camera)


def test_a_patient_operation_waits_for_a_busy_camera() -> None:
    session, camera = open_session(*[refuses(Response.DEVICE_BUSY)] * 5, sends(bytes(4)))
    assert session.call(GetStorageIDs()) == StorageIDs(())
    assert camera.clock.now() == pytest.approx(0.05 + 0.1 + 0.15 + 0.2 + 0.2)


def test_a_patient_operation_has_its_data_sent_again() -> None:
    session, camera = open_session(takes(1, code=Response.DEVICE_BUSY), takes(1))
    session.call(SetDevicePropValue(0xD001), Bytes(b"\5"))
    assert [transfer[HEAD:] for transfer in camera.transfers] == [b"\5", b"\5"]


def test_a_camera_that_stays_busy() -> None:
    session, camera = open_session(*[refuses(Response.CANON_NOT_READY)] * 100)
    with pytest.raises(DeviceBusy):
        session.call(GetStorageIDs(), timeout_s=3)
    assert 2.5 < camera.clock.now() <= 3


def test_what_moves_or_shoots_is_not_repeated() -> None:
    session, camera = open_session(refuses(Response.DEVICE_BUSY))
    with pytest.raises(DeviceBusy):
        session.call(InitiateCapture(0, 0))
    assert len(camera.commands) == 1


# --- the end --------------------------------------------------------------------------------------


def test_the_session_is_closed_at_the_end() -> None:
    session, camera = open_session(ok())
    session.close()
    assert camera.commands == [(CLOSE, 2, ())]
    assert camera.detached


def test_closing_twice() -> None:
    session, camera = open_session(ok())
    session.close()
    session.close()
    assert len(camera.commands) == 1


def test_some_bodies_take_no_session_after_one_that_was_closed() -> None:
    session, camera = open_session()
    session.stays_open = True
    session.close()
    assert camera.commands == []
    assert camera.detached


def test_a_session_that_never_began_is_not_closed() -> None:
    camera = ScriptedPtp()
    Session(UsbTransport(VirtualPort(camera))).close()
    assert camera.detached


@pytest.mark.parametrize("last", [refuses(Response.GENERAL_ERROR), silence, halts, unplugs])
def test_the_port_is_given_back_whatever_the_camera_says(last: Answer) -> None:
    session, camera = open_session(last)
    session.close()
    assert camera.detached


def test_a_camera_that_hangs_is_left_without_good_bye() -> None:
    session, camera = open_session(silence, deaf=True)
    with pytest.raises(PortTimeout):
        session.call(InitiateCapture(0, 0))
    start = camera.clock.now()
    session.close()
    assert [code for code, _, _ in camera.commands] == [0x100E]
    assert camera.clock.now() - start <= 2
    assert camera.detached


def test_after_the_end_only_the_thread_that_ends_may_talk() -> None:
    session, camera = open_session(ok(), ok())
    thread = threading.Thread(target=session.end)
    thread.start()
    thread.join()
    with pytest.raises(Disconnected, match="closed meanwhile"):
        session.call(InitiateCapture(0, 0))
    session.close()
    assert camera.detached


def test_threads_take_turns() -> None:
    session, camera = open_session(*[sends(EOS_60D)] * 40)
    seen: list[DeviceInfo] = []

    def work() -> None:
        for _ in range(10):
            seen.append(session.call(GetDeviceInfo()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 40
    assert [number for _, number, _ in camera.commands] == list(range(2, 42))
