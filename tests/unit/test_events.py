"""What the camera says by itself: lengths, classes, and what nobody knows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import message, messages

from canon.errors import DecodeError
from canon.native.events import (
    CaptureFailed,
    CaptureOver,
    CaptureStatus,
    NativeEvent,
    SecondImageReady,
    UnknownEvent,
    decode_event,
    encode_event,
    event_class,
    event_length,
)

EVENTS = [
    kind
    for kind in messages()
    if issubclass(kind, NativeEvent) and (kind.code or kind is UnknownEvent)
]


@given(st.sampled_from([kind for kind in EVENTS if kind is not UnknownEvent]), st.data())
def test_an_event_comes_back_as_it_went(kind: type[NativeEvent], data: st.DataObject) -> None:
    sent = data.draw(message(kind))
    raw = encode_event(sent)
    assert event_length(raw) == len(raw)
    assert decode_event(raw) == sent


def test_an_event_that_nobody_knows_keeps_its_bytes() -> None:
    raw = bytes.fromhex("02000000 05000000 12000000 010203040506")
    event = decode_event(raw)
    assert event == UnknownEvent(5, bytes.fromhex("010203040506"))
    assert encode_event(event) == raw


def test_a_failure_is_told_by_its_length() -> None:
    status = bytes.fromhex("02000000 0a000000 10000000 1c000000")
    failure = bytes.fromhex("02000000 0a000000 14000000 0a000000 01000000")
    assert decode_event(status) == CaptureStatus(0x1C)
    assert decode_event(failure) == CaptureFailed(0x0A, 1)
    assert event_class(status) is CaptureStatus
    assert event_class(failure) is CaptureFailed


def test_descriptors_are_0x17_bytes() -> None:
    raw = encode_event(SecondImageReady(7, 2, 0x81A42D, 0x83, 0xAD))
    assert raw == bytes.fromhex("02000000 10000000 17000000 07000000 02 2da48100 83 ad")


def test_the_end_of_a_release_of_an_eos() -> None:
    assert decode_event(bytes.fromhex("02000000 0f000000 10000000 00000000")) == CaptureOver(0)


@pytest.mark.parametrize("length", [0, 11, 0x401, 0xFFFFFFFF])
def test_a_length_that_no_event_has(length: int) -> None:
    raw = bytes.fromhex("02000000 0a000000") + length.to_bytes(4, "little")
    with pytest.raises(DecodeError, match=f"an event of {length} bytes"):
        event_length(raw)


@given(st.binary(max_size=64))
def test_noise_is_an_event_or_a_decode_error(data: bytes) -> None:
    try:
        event = decode_event(data)
    except DecodeError:
        return
    assert isinstance(event, NativeEvent)
    encode_event(event)
