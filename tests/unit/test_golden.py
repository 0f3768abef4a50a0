"""Real bytes, and what they mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from golden import GOLDEN, UNSEEN, Golden
from golden.vector import EOS, NOTES, POWERSHOT, PRINTED, PS350, PTP_CORE
from hypothesis import given
from hypothesis import strategies as st
from strategies import messages

from canon.errors import DecodeError
from canon.native.commands import Command, SubHead, find_command, has_subcodes
from canon.native.events import NativeEvent, decode_event, encode_event
from canon.ptp.operations import Operation, find_operation
from canon.wire import Buffer, Message, smallest, unexplained

each_vector = pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.source)


def decode(kind: type[Message], data: Buffer) -> Message:
    """Bytes as they stand in a vector to the message that they are."""
    if issubclass(kind, NativeEvent):
        return decode_event(data)
    return kind.decode(memoryview(data)[_outside(kind) :])


def encode(value: Message) -> bytes:
    """A message to bytes as they stand in a vector."""
    if isinstance(value, NativeEvent):
        return encode_event(value)
    body = value.encode()
    if isinstance(value, Command) and value.sub is not None:
        return SubHead(value.sub, len(body)).encode() + body
    return body


def _outside(kind: type[Message]) -> int:
    """The bytes before a command's parameters that belong to its family."""
    family = issubclass(kind, Command) and kind.sub is not None
    return smallest(SubHead) if family else 0


@each_vector
def test_real_bytes_mean_what_they_should(golden: Golden) -> None:
    assert decode(type(golden.value), golden.data) == golden.value


@each_vector
def test_encoding_again_gives_the_same_bytes_but_for_what_the_vector_leaves_out(
    golden: Golden,
) -> None:
    again = encode(golden.value)
    assert len(again) == len(golden.data)
    differing = {at for at, byte in enumerate(golden.data) if byte != again[at]}
    assert len(differing) == golden.left_out
    if not isinstance(golden.value, NativeEvent):
        start = _outside(type(golden.value))
        odd = unexplained(type(golden.value), golden.data[start:])
        assert differing <= {start + at + n for at, raw in odd for n in range(len(raw))}


@pytest.mark.parametrize(
    "golden", [golden for golden in GOLDEN if golden.code], ids=lambda golden: golden.source
)
def test_a_recorded_code_finds_its_command(golden: Golden) -> None:
    if isinstance(golden.value, Operation):
        assert find_operation(golden.code) is type(golden.value)
        return
    family = has_subcodes(golden.numbering, golden.code)
    sub = SubHead.decode(golden.data).sub if family else None
    command = golden.value
    assert isinstance(command, Command)
    assert find_command(golden.numbering, golden.code, sub, long=command.long) is type(command)


def test_every_message_has_a_vector_or_a_reason_why_not() -> None:
    seen = {type(golden.value) for golden in GOLDEN}
    assert not seen & set(UNSEEN)
    assert seen | set(UNSEEN) == set(messages())


def test_every_command_vector_names_its_code() -> None:
    assert all(
        bool(golden.code) == isinstance(golden.value, Command | Operation) for golden in GOLDEN
    )


@each_vector
def test_the_bytes_are_in_the_recording_that_the_vector_names(golden: Golden, traces: Path) -> None:
    if golden.source.startswith((PRINTED, NOTES, PTP_CORE, POWERSHOT, EOS, PS350)):
        return  # printed there, and in no recording
    name, _, place = golden.source.partition(" ")
    numbers = {int(number) for number in place.partition(":")[0].split(",")}
    records = [json.loads(line) for line in (traces / name).read_text().splitlines()]
    if name.startswith("ptp/"):
        chosen = [record for record in records if record["i"] in numbers]
        raw = [
            _words(record.get(key, [])) for key in ("params", "resp_params") for record in chosen
        ]
        fields = ("data", "packet", "payload")
        raw += [bytes.fromhex(record.get(key) or "") for key in fields for record in chosen]
    else:
        chosen = [record for record in records if record.get("index") in numbers]
        fields = ("request", "response", "data")
        raw = [bytes.fromhex(record.get(field, "")) for field in fields for record in chosen]
    assert len(chosen) == len(numbers)
    assert golden.data in b"".join(raw)


def _words(numbers: list[str]) -> bytes:
    return b"".join(int(word, 16).to_bytes(4, "little") for word in numbers)


# --- noise ----------------------------------------------------------------------------------------


@each_vector
def test_a_vector_cut_anywhere_decodes_or_says_why_not(golden: Golden) -> None:
    for length in range(len(golden.data)):
        _decodes_or_says_why_not(type(golden.value), golden.data[:length])


@given(st.sampled_from(GOLDEN), st.data())
def test_a_vector_with_a_changed_byte_decodes_or_says_why_not(
    golden: Golden, data: st.DataObject
) -> None:
    changed = bytearray(golden.data or b"\0")
    changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    _decodes_or_says_why_not(type(golden.value), bytes(changed))


@given(st.sampled_from(messages()), st.binary(max_size=1200))
def test_noise_decodes_or_says_why_not(kind: type[Message], data: bytes) -> None:
    _decodes_or_says_why_not(kind, data)


def _decodes_or_says_why_not(kind: type[Message], data: bytes) -> None:
    """What comes is a message, whose every byte can be accounted for, or a DecodeError."""
    try:
        value = decode(kind, data)
    except DecodeError:
        return
    if type(value) is kind and not isinstance(value, NativeEvent):
        inner = data[_outside(kind) :]
        for at, odd in unexplained(kind, inner):
            assert odd
            assert inner[at : at + len(odd)] == odd
