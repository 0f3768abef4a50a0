"""Every recorded byte is read, and what cannot be explained is what the specification lists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from recording import EVERY, GPHOTO2, MACRO, REMOTE, Exchange, load
from unknown import STRAY_LENGTHS, UNKNOWN

from canon.native import commands, events
from canon.native.commands import HEAD, CommandHead, LockKeys, LongHead, Nothing, ReplyHead, SubHead
from canon.wire import Message, size_of, unexplained


def messages(folder: Path, name: str) -> Iterator[tuple[type[Message], bytes]]:
    """Every message of a recording, with the bytes that are its own."""
    recording = load(folder / name)
    for exchange in recording.exchanges:
        yield CommandHead, exchange.block[: commands.COMMAND]
        yield exchange.command_class, exchange.parameters
        if exchange.long:
            yield LongHead, exchange.answer[:HEAD]
        else:
            yield ReplyHead, exchange.answer[: commands.COMMAND]
        if reply := exchange.command_class.reply:
            yield reply, exchange.data
        for _, packet in exchange.events:
            if packet:
                yield events.EventHead, packet[: events.HEAD]
                yield events.event_class(packet), packet[events.HEAD :]
    if name == GPHOTO2:
        yield commands.InitBlock, recording.controls[0x04, 0x01]
        yield commands.ShortInitBlock, recording.controls[0x04, 0x04]


each_recording = pytest.mark.parametrize("name", EVERY)


def test_nothing_of_a_recording_is_left_out(traces: Path) -> None:
    counts = {name: len(load(traces / name).exchanges) for name in EVERY}
    lines = {name: len((traces / name).read_text().splitlines()) - 1 for name in (REMOTE, MACRO)}
    assert counts == {GPHOTO2: 27, **lines}
    transfers = (traces / GPHOTO2).read_text()
    assert transfers.count('"wValue": 16') == 27


def test_only_the_middle_of_one_picture_was_not_recorded(traces: Path) -> None:
    filled = {
        (name, exchange.index): exchange.filled
        for name in EVERY
        for exchange in load(traces / name).exchanges
        if exchange.filled
    }
    heads = {(MACRO, number): commands.COMMAND for number in range(4)}
    assert filled == {(GPHOTO2, 86): 660418 - 208 - 80 - 2, **heads}


@each_recording
def test_every_message_is_read_and_written_as_recorded(name: str, traces: Path) -> None:
    for kind, data in messages(traces, name):
        again = kind.decode(data).encode()
        assert len(again) == len(data), kind
        assert size_of(kind) in (None, len(data))
        odd = {at + n for at, raw in unexplained(kind, data) for n in range(len(raw))}
        assert {at for at, byte in enumerate(data) if byte != again[at]} <= odd, kind


def test_what_is_not_explained_is_what_the_specification_lists(traces: Path) -> None:
    found: dict[type[Message], set[tuple[int, int]]] = {}
    for name in EVERY:
        for kind, data in messages(traces, name):
            for at, raw in unexplained(kind, data):
                found.setdefault(kind, set()).add((at, at + len(raw)))
    assert found == {kind: set(places) for kind, places in UNKNOWN.items()}


@each_recording
def test_heads_say_what_surrounds_them(name: str, traces: Path) -> None:
    for exchange in load(traces / name).exchanges:
        _check_request(name, exchange)
        _check_answer(exchange)


def _check_request(name: str, exchange: Exchange) -> None:
    head = CommandHead.decode(exchange.block)
    assert head.length == head.length_again == len(exchange.block) - HEAD
    assert (head.magic, head.flavour) == (2, 0)
    if exchange.sub is not None:
        announced = SubHead.decode(exchange.payload).length
        stray = (name, exchange.index) in STRAY_LENGTHS
        assert (announced != len(exchange.parameters)) == stray


def _check_answer(exchange: Exchange) -> None:
    sent, length = CommandHead.decode(exchange.block), len(exchange.answer) - HEAD
    if exchange.long:
        assert LongHead.decode(exchange.answer) == LongHead(0, commands.LONG_REPLY, length)
        return
    # The answer to lock keys carries the code of the abilities (section 6.2).
    code = 0x1F if exchange.command_class is LockKeys else sent.code
    assert ReplyHead.decode(exchange.answer) == ReplyHead(
        length, commands.FIXED_REPLY, 2, code, 0, sent.group + 0x10, length, sent.sequence
    )
    assert exchange.answer[commands.COMMAND : commands.COMMAND + 4] == bytes(4)
    if exchange.sub is not None:
        answered = exchange.answer[commands.COMMAND + 4 :]
        assert SubHead.decode(answered) == SubHead(exchange.sub, len(answered) - 8)
    if exchange.command_class.reply is Nothing:
        assert exchange.data == b""
