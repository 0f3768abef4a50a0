"""Recordings of a real camera, as questions and answers.

A recording is read into exchanges, one per command, whatever its granularity. Where a recording
lacks bytes, they are put in and counted: `filled` says how many of an answer were not recorded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from canon.models.model import Numbering
from canon.native.commands import (
    COMMAND,
    FIXED_REPLY,
    HEAD,
    LONG_COMMAND,
    LONG_REPLY,
    Command,
    CommandHead,
    LongHead,
    ReplyHead,
    SubHead,
    find_command,
    has_subcodes,
)
from canon.usb.port import Descriptors
from canon.wire import smallest

GPHOTO2 = "g3-gphoto2-capture.jsonl"
REMOTE = "g3-remotecapture-session.jsonl"
MACRO = "g3-remotecapture-macro.jsonl"
EVERY = (GPHOTO2, REMOTE, MACRO)

_SEND = 0x10  # wValue of a command (section 3)
_SEQUENCE = slice(0x4C, 0x50)


@dataclass
class Exchange:
    """One command, its answer, and the events that came before the next command.

    Attributes:
        index: the number of its record.
        block: the command from 0x00 on.
        answer: the answer from 0x00 on.
        delay: seconds from the command to the end of its answer.
        events: seconds after the answer, and the packet that came then.
        filled: how many bytes of the answer were not recorded.
    """

    index: int
    block: bytes
    answer: bytes
    delay: float = 0.004
    events: list[tuple[float, bytes]] = field(default_factory=list)
    filled: int = 0

    @property
    def kind(self) -> int:
        """What kind of command it is: 0x201, 0x202."""
        return CommandHead.decode(self.block).kind

    @property
    def long(self) -> bool:
        """Whether the answer is of announced length, without status and sequence number."""
        return self.kind == LONG_COMMAND

    @property
    def code(self) -> int:
        """Group and command."""
        head = CommandHead.decode(self.block)
        return head.group << 8 | head.code

    @property
    def payload(self) -> bytes:
        """What follows the command's head."""
        return self.block[COMMAND:]

    @property
    def key(self) -> tuple[int, int, bytes]:
        """What makes two commands equal: everything but the sequence number."""
        return self.kind, self.code, self.payload

    @property
    def sub(self) -> int | None:
        """The sub-code of a command of release control."""
        family = has_subcodes(Numbering.CLASSIC, self.code)
        return SubHead.decode(self.payload).sub if family else None

    @property
    def command_class(self) -> type[Command[Any]]:
        """The class of the command."""
        found = find_command(Numbering.CLASSIC, self.code, self.sub, long=self.long)
        assert found is not None, f"nobody knows command {self.code:#x} {self.sub}"
        return found

    @property
    def parameters(self) -> bytes:
        """The payload without a family's sub-code and length."""
        return self.payload if self.sub is None else self.payload[smallest(SubHead) :]

    @property
    def data(self) -> bytes:
        """The data of the answer: what a reply's class decodes."""
        if self.long:
            return self.answer[HEAD:]
        outside = 0 if self.sub is None else smallest(SubHead)
        return self.answer[COMMAND + 4 + outside :]


@dataclass
class Recording:
    """What a camera said in one recording.

    Attributes:
        name: the file.
        exchanges: the commands and their answers, in order.
        controls: what it answered to control requests, by (bRequest, wValue).
    """

    name: str
    exchanges: list[Exchange] = field(default_factory=list)
    controls: dict[tuple[int, int], bytes] = field(default_factory=dict)


@cache
def load(path: Path) -> Recording:
    """Read a recording of either granularity.

    Commands alone do not tell how the session began: that is taken from gphoto2's recording.
    """
    head, *records = [json.loads(line) for line in path.read_text().splitlines()]
    assert head["format"] == "canon-native-trace/1"
    recording = Recording(path.name)
    if head["granularity"] == "command":
        recording.exchanges += map(_from_command, records)
        recording.controls |= load(path.with_name(GPHOTO2)).controls
    else:
        recording.exchanges += _from_transfers(records)
        recording.controls |= {
            (record["bRequest"], record["wValue"]): bytes.fromhex(record["data"])
            for record in records
            if record["type"] == "control_in"
        }
    return recording


def load_descriptors(folder: Path) -> Descriptors:
    """The descriptors of the recorded camera."""
    raw = json.loads((folder / "g3-descriptors.json").read_text())
    strings = {int(number): text for number, text in raw["strings"].items()}
    return Descriptors(bytes.fromhex(raw["device"]), bytes.fromhex(raw["configuration"]), strings)


def _from_command(record: dict[str, Any]) -> Exchange:
    """An exchange from a record of one command; its heads are put together again."""
    payload = bytes.fromhex(record["request"])
    assert record["request_complete"]
    assert len(payload) == record["request_len"]
    code, group, kind = (int(record[name], 16) for name in ("cmd1", "cmd2", "cmd3"))
    answer, start = bytes.fromhex(record["response"]), record["response_from"]
    assert start + len(answer) == record["response_total"]
    if start:
        assert start == COMMAND
        length = COMMAND - HEAD + len(answer)
        answer = (
            ReplyHead(length, FIXED_REPLY, 2, code, 0, group + 0x10, length, 0).encode() + answer
        )
    sequence = 0 if kind == LONG_COMMAND else ReplyHead.decode(answer).sequence
    length = COMMAND - HEAD + len(payload)
    block = CommandHead(length, kind, 2, code, 0, group, length, sequence).encode() + payload
    return Exchange(record["index"], block, answer, filled=start)


def _from_transfers(records: list[dict[str, Any]]) -> Iterator[Exchange]:
    """Exchanges from single transfers: each command takes what comes before the next one."""
    starts = [at for at, record in enumerate(records) if record.get("wValue") == _SEND]
    for start, end in zip(starts, [*starts[1:], len(records)], strict=True):
        sent, *rest = records[start:end]
        reads = [record for record in rest if record["type"] == "bulk_in"]
        told = [record for record in rest if record["type"] == "interrupt_in"]
        answer, filled = _joined([record for record in rest if record["type"] != "interrupt_in"])
        done = reads[-1]["t_done"]
        events = [(record["t_done"] - done, bytes.fromhex(record["data"])) for record in told]
        block = bytes.fromhex(sent["data"])
        yield Exchange(sent["index"], block, answer, done - sent["t"], events, filled)


def _joined(records: list[dict[str, Any]]) -> tuple[bytes, int]:
    """The bytes of an answer, and how many zeros stand for bytes that were not recorded.

    What was read before a gap stands at the answer's start, what was read after it at its end.
    """
    answer, recorded, gap = bytearray(), 0, 0
    for record in records:
        if record["type"] == "gap":
            gap = len(answer)
        elif record["type"] == "bulk_in":
            data = bytearray(record["actual"])
            known = bytes.fromhex(record.get("data") or record.get("data_prefix") or "")
            data[: len(known)] = known
            if tail := bytes.fromhex(record.get("data_suffix", "")):
                data[record["data_suffix_offset"] :] = tail
            assert len(data) == record["actual"]
            recorded += len(known) + len(tail)
            answer += data
    head = LongHead.decode(answer)
    if head.kind == LONG_REPLY:
        answer[gap:gap] = bytes(HEAD + head.length - len(answer))
    return bytes(answer), len(answer) - recorded


def with_sequence(block: bytes, other: bytes) -> bytes:
    """A command or a fixed answer with the sequence number of another block."""
    changed = bytearray(block)
    changed[_SEQUENCE] = other[_SEQUENCE]
    return bytes(changed)
