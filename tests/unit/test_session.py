"""A session: status words become errors, families get their heads, events reach every reader."""

from __future__ import annotations

import pytest
from scripted_camera import EOS_20D, G3, Answer, ScriptedCamera, fixed, long, open_link, raw

from canon.errors import (
    DecodeError,
    KeysNotLocked,
    LensFailed,
    NoCard,
    NotSupported,
    ObjectNotFound,
    ProtocolError,
    Refused,
    StoreFull,
    WriteProtected,
)
from canon.models.model import Model
from canon.native.commands import (
    UPLOAD_REPLY,
    CameraTime,
    GetFile,
    GetTime,
    ListDisks,
    LockKeys,
    LongHead,
    MakeDirectory,
    SubHead,
    UploadBlock,
    UploadDone,
)
from canon.native.events import CaptureStatus, UnknownEvent, encode_event
from canon.native.release import GetZoom, SetZoom, Zoom
from canon.native.session import Session


def open_session(*script: Answer, model: Model = G3) -> tuple[Session, ScriptedCamera]:
    """A session with a camera that was awake already."""
    camera = ScriptedCamera(*script)
    return Session(open_link(camera, model)), camera


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (0x02000022, ObjectNotFound),
        (0x02000029, WriteProtected),
        (0x0200002A, StoreFull),
        (0x02000085, LensFailed),
        (0x02000087, NoCard),
        (0x00000086, KeysNotLocked),
        (0x82400087, NoCard),
    ],
)
def test_a_status_becomes_the_error_that_says_what_to_do(status: int, error: type[Refused]) -> None:
    session, _ = open_session(fixed(status=status))
    with pytest.raises(error) as caught:
        session.call(MakeDirectory("D:\\NEW"))
    assert (caught.value.code, caught.value.command) == (status, "MakeDirectory")


def test_a_status_that_nobody_knows_is_kept() -> None:
    session, _ = open_session(fixed(status=0xDEADBEEF))
    with pytest.raises(Refused, match="0xdeadbeef") as caught:
        session.call(GetTime())
    assert type(caught.value) is Refused


def test_a_refusal_may_be_shorter_than_the_reply() -> None:
    session, _ = open_session(fixed(status=0x02000087), fixed(bytes(12)))
    with pytest.raises(NoCard):
        session.call(GetTime())
    assert session.call(GetTime()) == CameraTime(0)


def test_a_reply_that_is_too_short_is_a_decode_error() -> None:
    session, _ = open_session(fixed(b"\x01"))
    with pytest.raises(DecodeError, match=r"CameraTime\.seconds"):
        session.call(GetTime())


# --- families -------------------------------------------------------------------------------------


def sub_answer(sub: int, data: bytes, *, length: int | None = None) -> Answer:
    """The answer to a command of release control."""
    return fixed(SubHead(sub, len(data) if length is None else length).encode() + data)


@pytest.mark.parametrize(
    ("model", "payload"),
    [(G3, "0c000000 04000000 05000000"), (EOS_20D, "0c000000 04000000 05000000 00")],
    ids=["classic", "revised"],
)
def test_a_family_has_a_head_of_its_own(model: Model, payload: str) -> None:
    session, camera = open_session(sub_answer(0x0C, b""), model=model)
    session.call(SetZoom(5))
    assert camera.controls[0][1][0x50:] == bytes.fromhex(payload)


def test_the_reply_of_a_family_begins_after_its_head() -> None:
    session, _ = open_session(sub_answer(0x0B, bytes.fromhex("0300 1100")))
    assert session.call(GetZoom()) == Zoom(3, 17)


def test_a_reply_does_not_reach_beyond_its_inner_length() -> None:
    session, _ = open_session(sub_answer(0x0B, bytes.fromhex("0300 1100"), length=2))
    with pytest.raises(DecodeError, match="maximum"):
        session.call(GetZoom())


def test_a_changed_echo_means_that_a_value_was_refused() -> None:
    session, _ = open_session(sub_answer(0xFF00010C, b""))
    with pytest.raises(Refused, match="changed the sub-code"):
        session.call(SetZoom(5))


# --- commands that do not go ----------------------------------------------------------------------


def test_a_command_without_a_code_is_not_sent() -> None:
    session, camera = open_session(model=EOS_20D)
    with pytest.raises(NotSupported):
        session.call(LockKeys())
    assert camera.controls == []


def test_a_command_without_a_typed_reply_has_another_door() -> None:
    session, camera = open_session()
    with pytest.raises(TypeError, match="use receive"):
        session.call(GetFile(0, 0x1400, "D:"))
    assert camera.controls == []


def test_a_reply_over_sixteen_megabytes_is_refused() -> None:
    session, _ = open_session(long(b"", announced=(16 << 20) + 1))
    with pytest.raises(ProtocolError, match="announces"):
        session.call(ListDisks())


# --- long data ------------------------------------------------------------------------------------


def test_progress_is_told_after_each_piece() -> None:
    session, _ = open_session(long(bytes(600_000)))
    told: list[tuple[int, int]] = []
    got = session.receive(
        GetFile(0, 0x1400, "D:"),
        len,
        limit=1 << 20,
        progress=lambda done, total: told.append((done, total)),
        expect=600_000,
    )
    assert got == 600_000
    assert told[-1] == (600_000, 600_000)
    assert told == sorted(told)
    assert len(told) > 2


def test_a_block_of_an_upload_is_confirmed() -> None:
    done = bytes.fromhex("01000000 04000000")
    session, camera = open_session(
        raw(LongHead(0, UPLOAD_REPLY, 0).encode()), fixed(done, kind=UPLOAD_REPLY)
    )
    assert session.send_block(UploadBlock(0, 0, 4, "D:\\A", b"data")) == UploadDone(1, 4)
    assert camera.uploads[0].endswith(b"D:\\A\0data")


def test_a_block_of_an_upload_is_refused() -> None:
    session, _ = open_session(
        raw(LongHead(0, UPLOAD_REPLY, 0).encode()), fixed(status=0x0200002A, kind=UPLOAD_REPLY)
    )
    with pytest.raises(StoreFull):
        session.send_block(UploadBlock(0, 0, 4, "D:\\A", b"data"))


# --- events ---------------------------------------------------------------------------------------


def test_every_reader_gets_every_event() -> None:
    session, camera = open_session()
    camera.interrupt.put(encode_event(CaptureStatus(0x1C)))
    with session.events() as one, session.events() as two:
        assert session.poll(1.0)
        assert one.get() == two.get() == CaptureStatus(0x1C)
        assert one.get() is None
        assert not session.poll(0.1)


def test_a_reader_gets_nothing_after_its_block() -> None:
    session, camera = open_session()
    with session.events() as reader:
        pass
    camera.interrupt.put(encode_event(CaptureStatus(0x1C)))
    assert session.poll(1.0)
    assert reader.get() is None


def test_a_full_queue_drops_the_oldest_and_counts_them() -> None:
    session, camera = open_session()
    with session.events() as reader:
        for number in range(300):
            camera.interrupt.put(encode_event(UnknownEvent(0x77, bytes([number & 0xFF]))))
            session.poll(1.0)
        assert (reader.take_lost(), reader.take_lost()) == (44, 0)
        assert reader.get() == UnknownEvent(0x77, bytes([44]))


def test_an_event_that_cannot_be_read_is_told_in_the_log_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    session, camera = open_session()
    camera.interrupt.put(bytes.fromhex("02000000 0a000000 0e000000 1c00"))
    with session.events() as reader:
        assert session.poll(1.0)
        assert reader.get() is None
    assert "CaptureStatus.stage" in caplog.text
