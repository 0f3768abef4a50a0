"""Blocks over USB: what a link asks, what it takes for an answer, and what it does in trouble."""

from __future__ import annotations

import logging

import pytest
from scripted_camera import (
    DESCRIPTORS,
    EOS_20D,
    G3,
    INIT,
    ScriptedCamera,
    both,
    fixed,
    halted,
    long,
    open_link,
    raw,
    silence,
)

from canon.errors import Disconnected, PortStalled, PortTimeout, ProtocolError
from canon.models.model import Model
from canon.native.commands import (
    FIXED_REPLY,
    LONG_REPLY,
    UPLOAD_REPLY,
    CommandHead,
    InitBlock,
    LongHead,
    ReplyHead,
)
from canon.native.events import CaptureStatus, InitDone, encode_event
from canon.native.usb_link import UsbLink
from canon.usb.port import Descriptors
from canon.virtual.port import VirtualPort

IDENTIFY, LIST = 0x1201, 0x110B


def ask(link: UsbLink, *, expect: int | None = 4) -> tuple[int, bytes]:
    """Ask something with a fixed answer."""
    return link.exchange(IDENTIFY, b"", expect, 1.0)


def fetch(link: UsbLink, limit: int = 1 << 20) -> bytes:
    """Ask something with a long answer."""
    got = bytearray()
    assert link.stream(LIST, b"\0D:\0\0\0", got.extend, limit, 1.0) == len(got)
    return bytes(got)


# --- the start (section 4) ------------------------------------------------------------------------


def test_a_camera_that_is_active_is_joined() -> None:
    camera = ScriptedCamera()
    link = open_link(camera)
    assert link.was_active
    assert camera.controls == []


@pytest.mark.parametrize("model", [G3, EOS_20D], ids=lambda model: model.name)
def test_a_camera_that_slept_is_woken_with_its_own_words(model: Model) -> None:
    def wake(camera: ScriptedCamera, head: CommandHead) -> None:
        camera.bulk.put(LongHead(4, LONG_REPLY, 0).encode() + bytes(4))
        camera.interrupt.put(encode_event(InitDone(0)))

    camera = ScriptedCamera(wake, letter=b"C")
    link = open_link(camera, model)
    assert not link.was_active
    ((value, block),) = camera.controls
    assert value == 0x11
    assert block == b"\x10" + bytes(0x3F) + INIT.encode()[0x48:0x58]
    assert camera.bulk.waiting() == camera.interrupt.waiting() == 0


def test_a_camera_that_does_not_say_that_it_is_awake_is_used_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    open_link(ScriptedCamera(raw(LongHead(4, LONG_REPLY, 0).encode() + bytes(4)), letter=b"C"))
    assert "did not say that it is awake" in caplog.text


@pytest.mark.parametrize("letter", [b"I", b"E", b"", b"CC"])
def test_any_other_letter_is_an_error(letter: bytes) -> None:
    with pytest.raises(ProtocolError, match="switch it off and on"):
        open_link(ScriptedCamera(letter=letter))


@pytest.mark.parametrize(
    ("given", "used"),
    [(0xFFFFFFFF, 0x1400), (0, 0x1400), (0x13FF, 0x1400), (0x10000, 0x10000), (0x100001, 0x1400)],
)
def test_a_transfer_size_that_makes_no_sense_is_not_used(given: int, used: int) -> None:
    init = InitBlock(0x18, b"\1\2\3\4", 0, 0x800, given, 0xFD00, 0xFD00)
    assert open_link(ScriptedCamera(init=init)).transfer_size == used


# --- fixed answers (section 6.2) ------------------------------------------------------------------


def test_a_command_says_twice_how_long_it_is() -> None:
    camera = ScriptedCamera(fixed(b"data"))
    assert open_link(camera).exchange(0x1109, b"D:\\\0", 4, 1.0) == (0, b"data")
    ((value, block),) = camera.controls
    assert value == 0x10
    assert CommandHead.decode(block) == CommandHead(0x14, 0x201, 2, 0x09, 0, 0x11, 0x14, 1)
    assert block[0x50:] == b"D:\\\0"


def test_the_revised_numbering_marks_its_commands() -> None:
    camera = ScriptedCamera(fixed(b"data"), long(b"data"))
    link = open_link(camera, EOS_20D)
    ask(link)
    fetch(link)
    assert [CommandHead.decode(block).flavour for _, block in camera.controls] == [0x10, 0x20]


def test_a_status_comes_with_its_data() -> None:
    assert ask(open_link(ScriptedCamera(fixed(status=0x02000022)))) == (0x02000022, b"")


@pytest.mark.parametrize("size", [4, 0x14 - 4, 0x2C, 0x40 + 0x2C, 0x380, 0x1000 + 0x2C])
def test_an_answer_of_unknown_length_is_read_by_what_it_announces(size: int) -> None:
    """Whole packets among them: no short packet ends 0x2c bytes after a 0x54-byte head."""
    data = bytes(at & 0xFF for at in range(size))
    link = open_link(ScriptedCamera(fixed(data), fixed(b"next")))
    assert ask(link, expect=None) == (0, data)
    assert link.clock.now() == 0  # nothing was waited for
    assert ask(link) == (0, b"next")


def test_an_answer_without_its_first_length_word_uses_the_second() -> None:
    def older(camera: ScriptedCamera, head: CommandHead) -> None:
        fields = (FIXED_REPLY, 2, head.code, 0, 0x22, 0x14 + 0x100, head.sequence)
        camera.bulk.put(ReplyHead(0, *fields).encode() + bytes(4) + bytes(range(256)))

    assert ask(open_link(ScriptedCamera(older)), expect=None) == (0, bytes(range(256)))


def test_a_late_answer_is_dropped_quietly(caplog: pytest.LogCaptureFixture) -> None:
    link = open_link(ScriptedCamera(silence, both(fixed(b"old!", late=1), fixed(b"new!"))))
    with pytest.raises(PortTimeout):
        ask(link)
    assert ask(link) == (0, b"new!")
    assert not caplog.messages, "who gave a command up knows that its answer is late"


def test_a_late_answer_before_data_is_dropped_quietly(caplog: pytest.LogCaptureFixture) -> None:
    link = open_link(ScriptedCamera(silence, both(fixed(b"old!", late=1), long(b"new!"))))
    with pytest.raises(PortTimeout):
        ask(link)
    assert fetch(link) == b"new!"
    assert not caplog.messages


def test_an_answer_that_only_belongs_to_another_command() -> None:
    link = open_link(ScriptedCamera(fixed(b"what", late=7)))
    with pytest.raises(ProtocolError, match="where command 1 was asked"):
        ask(link)


def test_an_answer_of_another_kind_is_not_taken() -> None:
    with pytest.raises(ProtocolError, match=f"kind {UPLOAD_REPLY:#x}"):
        ask(open_link(ScriptedCamera(fixed(b"data", kind=UPLOAD_REPLY))))


@pytest.mark.parametrize("size", [0, 1, 0x40, 0x53])
def test_an_answer_that_breaks_off_before_its_status(size: int) -> None:
    link = open_link(ScriptedCamera(raw(bytes(size)), fixed(b"fine")))
    with pytest.raises(ProtocolError, match="broke off"):
        ask(link)
    assert ask(link) == (0, b"fine")


def test_the_first_answer_without_its_head_is_followed_by_a_whole_one() -> None:
    """Section 4.3a: the first answer may lack its first 0x40 bytes; asking again helps."""

    def headless(camera: ScriptedCamera, head: CommandHead) -> None:
        fixed(b"data")(camera, head)
        whole = b"".join(camera.bulk.read(1 << 10) or ())
        camera.bulk.put(whole[0x40:])

    link = open_link(ScriptedCamera(headless, fixed(b"data")))
    with pytest.raises(ProtocolError):
        ask(link)
    assert ask(link) == (0, b"data")


def test_answers_without_end_are_given_up() -> None:
    link = open_link(ScriptedCamera(raw(bytes(1 << 20)), fixed(b"fine")))
    with pytest.raises(ProtocolError):
        ask(link, expect=None)
    assert ask(link) == (0, b"fine")


# --- long answers (section 6.3) -------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 0x1400, 0x40000, 0x40001, 0x80040])
def test_a_long_answer_of_any_length(size: int) -> None:
    data = bytes(at * 7 & 0xFF for at in range(size))
    link = open_link(ScriptedCamera(long(data), fixed(b"next")))
    assert fetch(link) == data
    assert link.clock.now() == 0  # nothing was waited for
    assert ask(link) == (0, b"next")


def test_more_than_the_limit_is_not_begun() -> None:
    link = open_link(ScriptedCamera(long(bytes(100), announced=0xFFFFFFFF), fixed(b"fine")))
    with pytest.raises(ProtocolError, match="announces 4294967295 bytes where 10 are the most"):
        fetch(link, limit=10)
    assert ask(link) == (0, b"fine")


def test_less_than_announced() -> None:
    link = open_link(ScriptedCamera(long(bytes(100), announced=1000), fixed(b"fine")))
    with pytest.raises(ProtocolError, match="broke off after 100 of 1000 bytes"):
        fetch(link)
    assert ask(link) == (0, b"fine")


@pytest.mark.parametrize("more", [1, 64, 4096, 0x90000])
def test_more_than_announced_is_cut_and_does_not_reach_the_next_answer(more: int) -> None:
    data = bytes(range(100))
    link = open_link(ScriptedCamera(long(data + bytes(more), announced=100), fixed(b"fine")))
    assert fetch(link) == data
    assert ask(link) == (0, b"fine")


def test_an_answer_of_another_kind_where_data_are_expected() -> None:
    link = open_link(ScriptedCamera(long(b"", kind=0x301), fixed(b"fine")))
    with pytest.raises(ProtocolError, match="kind 0x301 where data were expected"):
        fetch(link)
    assert ask(link) == (0, b"fine")


def test_a_long_answer_after_a_late_fixed_one() -> None:
    camera = ScriptedCamera(silence, both(fixed(bytes(0x48), late=1), long(b"the listing")))
    link = open_link(camera)
    with pytest.raises(PortTimeout):
        ask(link)
    assert fetch(link) == b"the listing"


def test_a_sink_that_fails_leaves_the_link_usable() -> None:
    link = open_link(ScriptedCamera(long(bytes(0x90000)), fixed(b"fine")))

    def full(piece: memoryview) -> None:
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        link.stream(LIST, b"", full, 1 << 20, 1.0)
    assert ask(link) == (0, b"fine")


# --- trouble --------------------------------------------------------------------------------------


def test_a_stall_is_cleared_before_the_next_command() -> None:
    camera = ScriptedCamera(halted, fixed(b"fine"))
    link = open_link(camera)
    with pytest.raises(PortStalled):
        ask(link)
    assert ask(link) == (0, b"fine")
    assert not camera.bulk.halted


def test_a_camera_that_never_stops_is_reset_and_joined_again() -> None:
    camera = ScriptedCamera(silence)
    link = open_link(camera)
    with pytest.raises(PortTimeout):
        ask(link)
    camera.bulk.put(bytes(300 << 20))
    camera.script.append(fixed(b"fine"))
    assert ask(link) == (0, b"fine")
    assert camera.resets == 1


def test_a_camera_that_sleeps_after_its_reset_is_woken() -> None:
    def wake(camera: ScriptedCamera, head: CommandHead) -> None:
        camera.bulk.put(LongHead(4, LONG_REPLY, 0).encode() + bytes(4))
        camera.interrupt.put(encode_event(InitDone(0)))

    camera = ScriptedCamera(silence)
    link = open_link(camera)
    camera.interrupt.put(encode_event(CaptureStatus(0x1C))[:13])
    assert link.poll(0) == b""
    with pytest.raises(PortTimeout):
        ask(link)
    camera.bulk.put(bytes(300 << 20))
    camera.letter = b"C"
    camera.script.extend([wake, fixed(b"fine")])
    camera.controls.clear()
    assert ask(link) == (0, b"fine")
    assert [value for value, _ in camera.controls] == [0x11, 0x10]
    camera.interrupt.put(encode_event(CaptureStatus(0x1D)))
    assert link.poll(1.0) == encode_event(CaptureStatus(0x1D)), "half an event went with the reset"


def test_what_was_not_read_is_taken_in_before_closing() -> None:
    camera = ScriptedCamera(long(bytes(1000), announced=1000))
    link = open_link(camera)
    with pytest.raises(ProtocolError):
        fetch(link, limit=10)
    link.close()
    assert camera.bulk.waiting() == 0
    assert camera.detached


def test_closing_after_the_plug_was_pulled() -> None:
    camera = ScriptedCamera(silence)
    link = open_link(camera)
    camera.plugged = False
    with pytest.raises(Disconnected):
        ask(link)
    link.close()
    assert camera.detached


def test_traffic_is_logged_as_hex(caplog: pytest.LogCaptureFixture) -> None:
    link = open_link(ScriptedCamera(fixed(b"data")))
    with caplog.at_level(5, "canon.native.usb_link"):
        ask(link)
    assert "02 00 00 00 01 00 00 12" in caplog.text
    assert caplog.records[0].levelno == 5 < logging.DEBUG


# --- uploads (section 7.12) -----------------------------------------------------------------------


def test_a_block_of_an_upload_is_announced_sent_and_confirmed() -> None:
    camera = ScriptedCamera(
        raw(LongHead(0, UPLOAD_REPLY, 0).encode()),
        fixed(bytes.fromhex("01000000 00140000"), kind=UPLOAD_REPLY),
    )
    link = open_link(camera)
    assert link.upload(0x1103, b"payload", 1.0) == (0, bytes.fromhex("01000000 00140000"))
    ((value, announced),) = camera.controls
    assert value == 0x10
    assert announced == LongHead(0, 0x203, 0x17 + 0x40).encode()
    (block,) = camera.uploads
    head = CommandHead.decode(block)
    assert (head.length, head.kind, head.code, head.group) == (0x17, 0x403, 0x03, 0x11)
    assert block[0x50:] == b"payload"


def test_an_upload_after_an_answer_that_was_broken_off() -> None:
    camera = ScriptedCamera(
        long(bytes(1000)),
        raw(LongHead(0, UPLOAD_REPLY, 0).encode()),
        fixed(bytes(8), kind=UPLOAD_REPLY),
    )
    link = open_link(camera)
    with pytest.raises(ProtocolError, match="are the most"):
        fetch(link, limit=10)
    assert link.upload(0x1103, b"payload", 1.0) == (0, bytes(8))


# --- events (section 11) --------------------------------------------------------------------------


def test_an_event_in_pieces_is_put_together() -> None:
    camera = ScriptedCamera()
    link = open_link(camera)
    event = encode_event(CaptureStatus(0x1C))
    camera.interrupt.put(event[:8])
    camera.interrupt.put(event[8:] + event[:4])
    camera.interrupt.put(event[4:])
    assert [link.poll(1.0), link.poll(1.0)] == [event, event]
    assert link.clock.now() == 0


def test_zero_length_packets_are_no_events() -> None:
    camera = ScriptedCamera()
    link = open_link(camera)
    for tick in range(20):
        camera.clock.after(0.064 * tick, lambda: camera.interrupt.put(b""))
    assert link.poll(1.0) == b""
    assert link.clock.now() == pytest.approx(1.0)


def test_noise_is_dropped_and_the_next_event_is_read(caplog: pytest.LogCaptureFixture) -> None:
    camera = ScriptedCamera()
    link = open_link(camera)
    camera.interrupt.put(bytes(20))
    camera.interrupt.put(encode_event(CaptureStatus(0x1D)))
    assert link.poll(1.0) == encode_event(CaptureStatus(0x1D))
    assert "20 bytes dropped" in caplog.text


def test_half_an_event_is_kept_for_the_next_poll() -> None:
    camera = ScriptedCamera()
    link = open_link(camera)
    event = encode_event(CaptureStatus(0x1C))
    camera.interrupt.put(event[:13])
    assert link.poll(0.5) == b""
    camera.interrupt.put(event[13:])
    assert link.poll(0.5) == event


def test_a_device_without_endpoints_is_no_camera() -> None:
    camera = ScriptedCamera()
    camera.descriptors = Descriptors(DESCRIPTORS.device, DESCRIPTORS.configuration[:9], {})
    with pytest.raises(ProtocolError, match="no bulk_in endpoint"):
        UsbLink(VirtualPort(camera), G3)
