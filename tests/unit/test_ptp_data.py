"""Data of PTP transactions, both ways, in every form (ptp-core, section 1.4)."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from scripted_ptp import (
    HANDLE,
    MIB,
    OK,
    Answer,
    ScriptedPtp,
    asked,
    data,
    ended,
    fetch,
    in_short_pieces,
    noise,
    of_no_length,
    ok,
    open_session,
    puts,
    refuses,
    response,
    sends,
    silence,
    split,
    split_without_empty_packet,
    still_works,
    takes,
    whole,
    without_empty_packet,
)

from canon.errors import (
    DecodeError,
    PortStalled,
    PortTimeout,
    ProtocolError,
    Refused,
    StoreFull,
)
from canon.ptp.containers import (
    CANCEL,
    GET_STATUS,
    HEAD,
    UNKNOWN_LENGTH,
    Cancel,
    Container,
    ContainerKind,
    container,
)
from canon.ptp.datasets import ObjectInfo
from canon.ptp.operations import (
    Count,
    GetNumObjects,
    GetObject,
    InitiateCapture,
    NewObject,
    OpenSession,
    Response,
    SendObject,
    SendObjectInfo,
)
from canon.ptp.session import Session
from canon.ptp.usb_transport import UsbTransport
from canon.virtual.device import Stall
from canon.virtual.port import VirtualPort

# --- data in (section 1.4) ------------------------------------------------------------------------

SIZES = [0, 1, 499, 500, 501, 0x3F00, 0x4000 - HEAD, 0x80000 - HEAD, 0x80000, MIB - HEAD, MIB + 7]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "form",
    [
        *(whole, without_empty_packet, split, split_without_empty_packet),
        *(in_short_pieces, of_no_length),
    ],
    ids=lambda form: form.__name__,
)
def test_data_of_any_length_in_any_form(size: int, form: Callable[[bytes], Answer]) -> None:
    content = noise(size)
    session, camera = open_session(form(content))
    assert fetch(session) == content
    assert camera.clock.now() == 0  # nothing was waited for
    assert still_works(session, camera)


class CountingPort(VirtualPort):
    """A port that counts its reads."""

    reads = 0

    def bulk_in(self, buffer: memoryview, timeout_s: float) -> int:
        self.reads += 1
        return super().bulk_in(buffer, timeout_s)


@pytest.mark.parametrize(
    ("size", "expect", "reads"),
    [(100, 0, 2), (100_000, 100_000, 2), (0x80000 - 13, 0x80000 - 13, 2), (10 * MIB, 10 * MIB, 22)],
)
def test_a_file_of_known_size_takes_few_reads(size: int, expect: int, reads: int) -> None:
    camera = ScriptedPtp(sends(noise(size)))
    port = CountingPort(camera)
    assert fetch(Session(UsbTransport(port)), expect=expect) == noise(size)
    assert port.reads == reads


def test_a_large_file_passes_through_one_buffer() -> None:
    session, _ = open_session(sends(noise(3 * MIB)))
    owners: set[int] = set()
    lengths: list[int] = []

    def sink(piece: memoryview) -> None:
        owners.add(id(piece.obj))
        lengths.append(len(piece))

    session.receive(GetObject(HANDLE), sink, limit=4 * MIB)
    assert len(owners) == 1
    assert max(lengths) <= 0x80000


def test_progress_is_told_after_each_piece() -> None:
    session, _ = open_session(sends(noise(MIB)))
    told: list[tuple[int, int]] = []
    session.receive(
        GetObject(HANDLE),
        bytes,
        limit=MIB,
        expect=MIB,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1] == (MIB, MIB)
    assert len(told) == 3


def test_more_than_the_limit_is_refused_before_it_is_read() -> None:
    session, camera = open_session(sends(noise(5000)))
    with pytest.raises(ProtocolError, match="announces 5000 bytes where 4000 are the most"):
        fetch(session, limit=4000)
    assert still_works(session, camera)


@pytest.mark.parametrize("size", [5000, 5 * MIB])
def test_no_length_is_no_way_round_the_limit(size: int) -> None:
    session, camera = open_session(of_no_length(noise(size)))
    with pytest.raises(ProtocolError, match="more than 4000 bytes"):
        fetch(session, limit=4000)
    assert still_works(session, camera)


def test_surplus_of_a_few_bytes_is_ignored() -> None:
    def more(head: Container) -> list[bytes]:
        return [data(head, b"content") + b"surplus", response(head)]

    session, camera = open_session(puts(more))
    assert fetch(session) == b"content"
    assert still_works(session, camera)


def test_surplus_that_is_no_response() -> None:
    def more(head: Container) -> list[bytes]:
        return [data(head, b"content") + bytes(40), response(head)]

    session, camera = open_session(puts(more))
    with pytest.raises(ProtocolError, match="40 bytes too many"):
        fetch(session)
    assert still_works(session, camera)


@pytest.mark.parametrize("announced", [700, 512 * 4])
def test_data_that_break_off(announced: int) -> None:
    def less(head: Container) -> list[bytes]:
        length = HEAD + announced
        first = Container(length, ContainerKind.DATA, head.code, head.transaction).encode()
        return [first + b"content", response(head)]

    session, camera = open_session(puts(less))
    with pytest.raises(ProtocolError, match=f"broke off after 7 of {announced} bytes"):
        fetch(session)
    assert still_works(session, camera)


def test_a_response_amid_the_data() -> None:
    def aborts(head: Container) -> list[bytes]:
        first = Container(HEAD + 2000, ContainerKind.DATA, head.code, head.transaction).encode()
        block = first + noise(0x4000 - HEAD)
        return [block[:1024], response(head, Response.INCOMPLETE_TRANSFER)]

    def slowly(camera: ScriptedPtp, head: Container) -> None:
        block, answer = aborts(head)
        camera.bulk.put(block)
        camera.clock.after(30, lambda: camera.bulk.put(answer))

    session, camera = open_session(slowly)
    with pytest.raises(Refused, match="INCOMPLETE_TRANSFER"):
        fetch(session)
    assert still_works(session, camera)


def test_data_of_another_operation() -> None:
    session, camera = open_session(
        puts(lambda head: [data(head, noise(900), code=0x1008), response(head)])
    )
    with pytest.raises(ProtocolError, match="data of operation 0x1008 where 0x1009"):
        fetch(session)
    assert still_works(session, camera)


def test_data_twice() -> None:
    session, camera = open_session(
        puts(lambda head: [data(head, b"one"), data(head, b"two"), response(head)])
    )
    with pytest.raises(ProtocolError, match="0x1009 again"):
        fetch(session)
    assert still_works(session, camera)


def test_data_after_a_refusal_are_dropped_by_the_next_transaction() -> None:
    session, camera = open_session(
        puts(lambda head: [response(head, Response.GENERAL_ERROR), data(head, noise(3000))])
    )
    with pytest.raises(Refused):
        fetch(session)
    assert still_works(session, camera)


@pytest.mark.parametrize("length", [0, 11])
def test_a_data_container_shorter_than_its_head(length: int) -> None:
    session, camera = open_session(
        puts(
            lambda head: [
                Container(length, ContainerKind.DATA, head.code, head.transaction).encode() + b"x",
                response(head),
            ]
        )
    )
    with pytest.raises(ProtocolError, match=f"a container of {length} bytes"):
        fetch(session)
    assert still_works(session, camera)


@pytest.mark.parametrize("kind", [ContainerKind.COMMAND, ContainerKind.EVENT, ContainerKind(9)])
def test_a_container_that_has_no_business_here(kind: ContainerKind) -> None:
    session, camera = open_session(puts(lambda head: [container(kind, OK, head.transaction)]))
    with pytest.raises(ProtocolError, match=f"container of kind {int(kind):#x}"):
        fetch(session)
    assert still_works(session, camera)


def test_a_container_without_a_whole_head() -> None:
    session, camera = open_session(puts(lambda head: [b"\x10\0\0\0\3"]))
    with pytest.raises(DecodeError):
        fetch(session)
    assert still_works(session, camera)


@pytest.mark.parametrize("length", [0, 11, 16, UNKNOWN_LENGTH])
def test_a_response_that_claims_another_length(length: int) -> None:
    def wrong(head: Container) -> list[bytes]:
        return [Container(length, ContainerKind.RESPONSE, OK, head.transaction).encode()]

    session, camera = open_session(puts(wrong))
    with pytest.raises(ProtocolError, match="claims"):
        session.call(InitiateCapture(0, 0))
    assert still_works(session, camera)


def test_garbage_after_a_response_is_ignored() -> None:
    session, camera = open_session(puts(lambda head: [response(head) + noise(99)]))
    session.call(InitiateCapture(0, 0))
    assert still_works(session, camera)


def test_a_late_response_is_dropped() -> None:
    session, _ = open_session(
        puts(lambda head: [response(head, Response.GENERAL_ERROR, late=1), response(head, OK, 3)])
    )
    assert session.call(GetNumObjects(1, 0, 0)) == Count(3)


@pytest.mark.parametrize("size", [0, 100, 500, 0x3F00, 0x9000])
def test_late_data_are_dropped_however_long_they_are(size: int) -> None:
    def answers(head: Container) -> list[bytes]:
        late = [*ended(data(head, noise(size), late=1)), response(head, late=1)]
        return [*late, data(head, b"content"), response(head)]

    session, camera = open_session(puts(answers))
    assert fetch(session) == b"content"
    assert still_works(session, camera)


@pytest.mark.parametrize("form", [whole, split])
def test_data_may_carry_no_transaction(form: Callable[[bytes], Answer]) -> None:
    def answers(head: Container) -> list[bytes]:
        first = Container(HEAD + 7, ContainerKind.DATA, head.code, 0).encode()
        parts = [first + b"content"] if form is whole else [first, b"content"]
        return [*parts, response(head)]

    session, camera = open_session(puts(answers))
    assert fetch(session) == b"content"
    assert still_works(session, camera)


@pytest.mark.parametrize("apart", [False, True])
def test_data_that_look_like_a_response_are_data(apart: bool) -> None:
    def answers(head: Container) -> list[bytes]:
        block = data(head, response(head))
        return [*([block[:HEAD], block[HEAD:]] if apart else [block]), response(head)]

    session, camera = open_session(puts(answers))
    content = fetch(session)
    assert Container.decode(content).kind == ContainerKind.RESPONSE
    assert still_works(session, camera)


def test_only_a_late_response() -> None:
    session, camera = open_session(puts(lambda head: [response(head, late=1)]))
    with pytest.raises(ProtocolError, match="answered transaction 1 where 2 was asked"):
        session.call(InitiateCapture(0, 0))
    assert still_works(session, camera)


def test_a_response_from_the_future() -> None:
    session, camera = open_session(puts(lambda head: [response(head, late=-5)]))
    with pytest.raises(ProtocolError, match="answered transaction 7 where 2 was asked"):
        session.call(InitiateCapture(0, 0))
    assert still_works(session, camera)
    assert camera.requests == []


def test_responses_without_end() -> None:
    session, camera = open_session(puts(lambda head: [response(head, late=1)] * 500))
    with pytest.raises(ProtocolError, match="answered transaction 1"):
        session.call(InitiateCapture(0, 0))
    assert still_works(session, camera)


def test_data_without_end() -> None:
    session, camera = open_session(puts(lambda head: [data(head, noise(600))] * 500))
    with pytest.raises(ProtocolError, match="again"):
        fetch(session)
    assert still_works(session, camera)


# --- data out (section 1.4) -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "lengths"),
    [
        (0, [HEAD]),
        (1, [HEAD + 1]),
        (500, [512, 0]),
        (501, [513]),
        (MIB - HEAD, [MIB, 0]),
        (MIB, [MIB, HEAD]),
        (3 * MIB, [MIB, MIB, MIB, HEAD]),
    ],
)
def test_data_out_in_few_large_transfers(size: int, lengths: list[int]) -> None:
    content = noise(size)
    session, camera = open_session(takes(len(lengths)))
    session.send(SendObject(), io.BytesIO(content), size)
    assert [len(transfer) for transfer in camera.transfers] == lengths
    sent = b"".join(camera.transfers)
    assert Container.decode(sent) == Container(HEAD + size, ContainerKind.DATA, 0x100D, 2)
    assert sent[HEAD:] == content


def test_a_camera_that_splits_gets_split_containers() -> None:
    session, camera = open_session(split(b"content"), takes(3))
    fetch(session)
    session.send(SendObject(), io.BytesIO(bytes(1024)), 1024)
    assert [len(transfer) for transfer in camera.transfers] == [HEAD, 1024, 0]


def test_the_parameters_that_come_back_after_data_out() -> None:
    session, camera = open_session(takes(1, 0x10001, 0, 0x42))
    info = ObjectInfo.decode(bytes(56))
    assert session.call(SendObjectInfo(0, 0), info) == NewObject(0x10001, 0, 0x42)
    assert camera.transfers[0][HEAD:] == info.encode()


def test_two_operations_with_nothing_between() -> None:
    session, camera = open_session(takes(1), takes(1))
    announced = SendObjectInfo(0, 0), ObjectInfo.decode(bytes(56))
    session.send(SendObject(), io.BytesIO(b"data"), 4, after=announced)
    assert [code for code, _, _ in camera.commands] == [0x100C, 0x100D]


def test_the_second_operation_does_not_follow_a_refusal() -> None:
    session, camera = open_session(takes(1, code=Response.STORE_FULL))
    with pytest.raises(StoreFull, match="SendObjectInfo"):
        session.send(
            SendObject(),
            io.BytesIO(b"data"),
            4,
            after=(SendObjectInfo(0, 0), ObjectInfo.decode(bytes(56))),
        )
    assert [code for code, _, _ in camera.commands] == [0x100C]


def test_an_answer_that_comes_too_late_after_data_out_is_found() -> None:
    def late(camera: ScriptedPtp, head: Container) -> None:
        def take(transfer: bytes) -> None:
            camera.taking = None
            camera.clock.after(22, lambda: camera.bulk.put(response(head)))

        camera.taking = take

    session, camera = open_session(late)
    with pytest.raises(PortTimeout):
        session.send(SendObject(), io.BytesIO(b"data"), 4)
    assert still_works(session, camera)
    assert camera.requests == []


def test_progress_of_data_out() -> None:
    session, _ = open_session(split(b"x"), takes(4))
    fetch(session)
    told: list[tuple[int, int]] = []
    size = 2 * MIB + 1
    session.send(
        SendObject(), io.BytesIO(bytes(size)), size, lambda done, total: told.append((done, total))
    )
    assert told == [(MIB, size), (2 * MIB, size), (size, size)]


class Dribble(io.BytesIO):
    """A source that gives a little at a time."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 0, 7))


def test_a_source_that_gives_little_at_a_time() -> None:
    session, camera = open_session(takes(1))
    session.send(SendObject(), Dribble(noise(300)), 300)
    assert camera.transfers[0][HEAD:] == noise(300)


def test_a_file_of_four_gigabytes_is_announced_without_a_length() -> None:
    class Endless(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise KeyboardInterrupt

    session, camera = open_session(split(b"x"), takes(9))
    fetch(session)
    with pytest.raises(KeyboardInterrupt):
        session.send(SendObject(), Endless(), 1 << 32)
    assert Container.decode(camera.transfers[0]).length == UNKNOWN_LENGTH


@pytest.mark.parametrize("held", [0, 100, MIB + 100])
def test_a_source_that_ends_too_early(held: int) -> None:
    session, camera = open_session(takes(9))
    with pytest.raises(ValueError, match="bytes too early"):
        session.send(SendObject(), io.BytesIO(bytes(held)), 2 * MIB)
    assert still_works(session, camera)
    assert camera.requests[0] == (CANCEL, Cancel(0x4001, 2).encode())
    assert camera.clock.now() < 1  # nothing was waited for: the camera is still taking


def test_a_camera_without_cancel_is_reset_after_that() -> None:
    session, camera = open_session(takes(9), ok(), deaf=True)
    with pytest.raises(ValueError, match="too early"):
        session.send(SendObject(), io.BytesIO(b""), 100)
    assert still_works(session, camera)
    assert camera.bus_resets == 1
    assert [code for code, _, _ in camera.commands] == [0x100D, OpenSession.code, 0x1004]


def stalls_out(code: int | None) -> Answer:
    """The camera stalls when data come, and answers the operation by `code`, if by anything."""

    def answer(camera: ScriptedPtp, head: Container) -> None:
        def stall(transfer: bytes) -> None:
            camera.taking = None
            if code is not None:
                camera.bulk.put(response(head, code))
            raise Stall

        camera.taking = stall

    return answer


def test_a_stall_while_sending_becomes_the_refusal_behind_it() -> None:
    session, camera = open_session(stalls_out(Response.STORE_FULL))
    with pytest.raises(StoreFull):
        session.send(SendObject(), io.BytesIO(bytes(100)), 100)
    assert GET_STATUS in asked(camera)
    assert still_works(session, camera)


@pytest.mark.parametrize("code", [OK, None])
def test_a_stall_while_sending_without_a_refusal(code: int | None) -> None:
    session, camera = open_session(stalls_out(code))
    with pytest.raises(PortStalled):
        session.send(SendObject(), io.BytesIO(bytes(100)), 100)
    assert still_works(session, camera)


class FullPort(VirtualPort):
    """A port on which data containers never get through."""

    def bulk_out(self, data: bytes | bytearray | memoryview, timeout_s: float) -> None:
        if data[4] == ContainerKind.DATA:
            self.clock.sleep(timeout_s)
            raise PortTimeout("the camera took nothing")
        super().bulk_out(data, timeout_s)


def test_a_camera_that_takes_no_data_has_said_why() -> None:
    session = Session(UsbTransport(FullPort(ScriptedPtp(refuses(Response.STORE_READ_ONLY)))))
    with pytest.raises(Refused, match="write-protected"):
        session.send(SendObject(), io.BytesIO(bytes(100)), 100)


def test_a_camera_that_takes_no_data_and_does_not_say_why() -> None:
    session = Session(UsbTransport(FullPort(ScriptedPtp(silence))))
    with pytest.raises(PortTimeout, match="took nothing"):
        session.send(SendObject(), io.BytesIO(bytes(100)), 100)


def test_a_refusal_after_all_data_were_swallowed() -> None:
    session, camera = open_session(takes(1, code=Response.NO_VALID_OBJECT_INFO))
    with pytest.raises(Refused, match="NO_VALID_OBJECT_INFO"):
        session.send(SendObject(), io.BytesIO(bytes(100)), 100)
    assert still_works(session, camera)
