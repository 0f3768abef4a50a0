"""Commands and answers over USB: the start of a session, blocks, long answers, events.

The camera's answers are one stream of 64-byte packets, ended by a short one. A fixed answer is read
at once, its length rounded up to whole packets; a long answer by its 0x40-byte head and then in
large pieces. An answer that does not carry the command's sequence number is a late one and dropped.
After a read that broke off, what the camera still sends is drained before the next command
(canon-native-usb, sections 3, 4 and 6).
"""

from __future__ import annotations

import itertools
import math

from canon.driver.card import Sink
from canon.errors import (
    DecodeError,
    NotSupported,
    PortError,
    PortStalled,
    PortTimeout,
    ProtocolError,
)
from canon.log import INFO, WARNING, Log
from canon.models.model import Model, Numbering, Quirk
from canon.native import events
from canon.native.commands import (
    COMMAND,
    FIXED_COMMAND,
    FIXED_REPLY,
    HEAD,
    LONG_COMMAND,
    LONG_REPLY,
    UPLOAD_BLOCK,
    UPLOAD_COMMAND,
    UPLOAD_REPLY,
    CommandHead,
    InitBlock,
    LongHead,
    ReplyHead,
    ShortInitBlock,
    short_block,
)
from canon.usb.port import TRAFFIC, Endpoint, Hex, Port
from canon.wire import Buffer, smallest

_log = Log(__name__)

_LETTER, _BLOCK = 0x0C, 0x04
_READ_LETTER, _READ_INIT, _READ_SHORT, _WRITE_INIT, _SEND = 0x55, 0x01, 0x04, 0x11, 0x10
_CHUNK = 0x40000
_MOST_FIXED = 0x10000
_DRAIN_S = 5.0
_LAST_DRAIN_S = 1.0  # at the end; what then still comes, the next start throws away
_MOST_DRAINS = 1000
_UPLOAD_LIMIT = 65572
_MOST_STALE = 0x10000  # bytes of other answers that are dropped before giving up
DEFAULT_TRANSFER = 0x1400
"""Block size of downloads where the camera gives none (section 4.2)."""


class UsbLink:
    """One camera's commands and answers over a Port.

    Args:
        port: the open port.
        model: the camera's row.
    """

    def __init__(self, port: Port, model: Model) -> None:
        self.clock = port.clock
        self.transfer_size = DEFAULT_TRANSFER
        self.was_active = False
        self._port = port
        self.model = model
        self._packet = port.descriptors.endpoint(Endpoint.BULK_IN).packet_size
        self._buffer = memoryview(bytearray(_CHUNK))
        self._sequence = itertools.count(1)
        self._event = bytearray()
        self._unread: float = 0  # bytes of an answer that the camera may still send

    def start(self) -> None:
        """Bring the camera to where it takes commands (section 4).

        Raises:
            ProtocolError: the camera reports an error instead of a status.
        """
        letter = self._port.control_in(_LETTER, _READ_LETTER, 0, 1)
        if letter not in (b"A", b"C"):
            raise ProtocolError(
                f"the camera reports status {letter!r} instead of 'A' or 'C'",
                "switch it off and on, or plug it in again",
            )
        init = InitBlock.decode(self._port.control_in(_BLOCK, _READ_INIT, 0, smallest(InitBlock)))
        self.transfer_size = _sane_transfer(init.transfer_size)
        self.was_active = letter == b"A"
        if self.was_active:
            self._port.control_in(_BLOCK, _READ_SHORT, 0, smallest(ShortInitBlock))
        else:
            self._wake(init)
        self._event.clear()

    def exchange(
        self, code: int, payload: Buffer, expect: int | None, timeout_s: float
    ) -> tuple[int, bytes]:
        """Send a command and return the status and the data of its fixed answer.

        Args:
            code: group and command, 0x1201.
            payload: what follows the command's head.
            expect: bytes of data after the status, None when that varies.
            timeout_s: how long the camera may take to answer.
        """
        self._settle()
        sequence = self._send(code, payload, FIXED_COMMAND)
        return self._fixed_answer(sequence, FIXED_REPLY, expect, timeout_s)

    def stream(self, code: int, payload: Buffer, sink: Sink, limit: int, timeout_s: float) -> int:
        """Send a command and pass the data of its long answer to `sink`; return their length.

        Raises:
            ProtocolError: more than `limit` bytes are announced, or fewer come than announced.
        """
        self._settle()
        self._send(code, payload, LONG_COMMAND)
        length = self._long_head(timeout_s)
        if length > limit:
            raise ProtocolError(f"the camera announces {length} bytes where {limit} are the most")
        left = self._unread = length
        while left:
            want = min(_CHUNK, self._whole(left))
            got = self._port.bulk_in(self._buffer[:want], timeout_s)
            _log.log(TRAFFIC, "← %s", Hex(self._buffer[:got]))
            sink(self._buffer[: min(got, left)])
            ended = got % self._packet or not got
            if got > left and not ended:
                self._unread = math.inf
                return length
            left = self._unread = max(0, left - got)
            if ended:
                self._unread = 0
                break
        if left:
            raise ProtocolError(f"the camera broke off after {length - left} of {length} bytes")
        return length

    def upload_limit(self) -> int:
        """The most bytes of a file and its path that let the next session upload too (7.12).

        Raises:
            NotSupported: in the revised numbering no command for an upload is known.
        """
        if self.model.numbering is Numbering.REVISED:
            raise NotSupported(self.model.name, "known command to put a file on its card")
        return _UPLOAD_LIMIT

    def upload(self, code: int, payload: Buffer, timeout_s: float) -> tuple[int, bytes]:
        """Send one block of an upload, and return the status and data of its answer (7.12)."""
        self._settle()
        length = COMMAND - HEAD + len(payload)
        announce = LongHead(0, UPLOAD_COMMAND, length + HEAD).encode()
        self._port.control_out(_BLOCK, _SEND, 0, announce)
        self._read(HEAD, timeout_s)
        sequence = next(self._sequence)
        block = self._head(code, len(payload), UPLOAD_BLOCK, sequence) + bytes(payload)
        self._port.bulk_out(block, timeout_s)
        return self._fixed_answer(sequence, UPLOAD_REPLY, 8, timeout_s)

    def poll(self, timeout_s: float) -> bytes:
        """The next event; b"" when none comes in time."""
        deadline = self.clock.now() + timeout_s
        while True:
            left = max(0.0, deadline - self.clock.now())
            self._event += self._port.interrupt_in(left)
            if len(self._event) >= events.HEAD:
                try:
                    length = events.event_length(self._event)
                except DecodeError as error:
                    _log.warning("%s: %d bytes dropped", error.detail, len(self._event))
                    self._event.clear()
                    length = 0
                if length and len(self._event) >= length:
                    event = bytes(self._event[:length])
                    del self._event[:length]
                    _log.log(TRAFFIC, "event ← %s", Hex(event))
                    return event
            if self.clock.now() >= deadline:
                return b""

    def close(self) -> None:
        """Take in what was left unread, as far as it still comes, and close the port."""
        try:
            self._drained(_LAST_DRAIN_S)
        except PortError as error:
            _log.info("while closing: %s", error)
        finally:
            self._port.close()

    def _wake(self, init: InitBlock) -> None:
        self._port.control_out(_BLOCK, _WRITE_INIT, 0, short_block(init).encode())
        # Some bodies want their 0x44 bytes read at once; on others that makes every second start
        # fail (section 4.3b).
        revised = self.model.numbering is Numbering.REVISED
        if revised or Quirk.INIT_IN_ONE_READ in self.model.quirks:
            self._read(HEAD + 4, 5.0)
        else:
            self._read(HEAD, 5.0)
            self._read(4, 5.0)
        if not self.poll(3.0):
            _log.warning("the camera did not say that it is awake; going on")

    def _send(self, code: int, payload: Buffer, kind: int) -> int:
        sequence = next(self._sequence) & 0xFFFFFFFF
        head = self._head(code, len(payload), kind, sequence)
        block = head + bytes(payload)
        _log.log(TRAFFIC, "→ %s", Hex(block))
        self._port.control_out(_BLOCK, _SEND, 0, block)
        return sequence

    def _head(self, code: int, size: int, kind: int, sequence: int) -> bytes:
        flavour = 0
        if self.model.numbering is Numbering.REVISED:
            flavour = 0x20 if kind == LONG_COMMAND else 0x10
        length = COMMAND - HEAD + size
        group, command = code >> 8, code & 0xFF
        return CommandHead(length, kind, 2, command, flavour, group, length, sequence).encode()

    def _fixed_answer(
        self, sequence: int, kind: int, expect: int | None, timeout_s: float
    ) -> tuple[int, bytes]:
        want = HEAD if expect is None else COMMAND + 4 + expect
        deadline = self.clock.now() + timeout_s
        trouble = ""
        dropped = 0
        while dropped < _MOST_STALE:
            self._unread = math.inf
            try:
                answer = self._read_answer(want, deadline)
            except PortTimeout:
                if not trouble:
                    raise
                break
            level = WARNING
            if len(answer) < COMMAND + 4:
                trouble = f"the camera broke off its answer at {len(answer)} bytes"
            else:
                head = ReplyHead.decode(answer)
                if head.kind == kind and head.magic == 2 and head.sequence == sequence:
                    if len(answer) % self._packet or len(answer) == _announced(answer):
                        self._unread = 0
                    status = int.from_bytes(answer[COMMAND : COMMAND + 4], "little")
                    return status, answer[COMMAND + 4 :]
                trouble = (
                    f"the camera answered command {head.sequence} with kind {head.kind:#x} "
                    f"where command {sequence} was asked"
                )
                if head.kind == kind and 0 < head.sequence < sequence:
                    level = INFO  # to a command that was given up
            dropped += max(HEAD, len(answer))
            _log.log(level, "%s; dropped", trouble)
        raise ProtocolError(trouble or "the camera sent no answer")

    def _long_head(self, timeout_s: float) -> int:
        """The length that the head of a long answer announces; what is no head is dropped."""
        deadline = self.clock.now() + timeout_s
        trouble = ""
        dropped, level = 0, WARNING
        while dropped < _MOST_STALE:
            self._unread = math.inf
            try:
                data = self._read(HEAD, self._left(deadline))
            except PortTimeout:
                if not trouble:
                    raise
                break
            if len(data) == HEAD:
                head = LongHead.decode(data)
                if head.kind == LONG_REPLY and not head.zero:
                    return head.length
                trouble = f"an answer of kind {head.kind:#x} where data were expected"
                if head.kind == FIXED_REPLY:
                    level = INFO  # with its rest: of a command that was given up
            else:
                trouble = f"the camera broke off its answer at {len(data)} bytes"
            dropped += HEAD
            _log.log(level, "%s; dropped", trouble)
        raise ProtocolError(trouble or "the camera sent no answer")

    def _read_answer(self, want: int, deadline: float) -> bytes:
        answer = self._read(want, self._left(deadline))
        while len(answer) < _MOST_FIXED and len(answer) % self._packet == 0 and answer:
            left = _announced(answer) - len(answer)
            if left <= 0:
                break
            try:
                answer += self._read(min(left, _MOST_FIXED), self._left(deadline))
            except PortTimeout:
                break
        return answer

    def _left(self, deadline: float) -> float:
        return max(0.05, deadline - self.clock.now())

    def _read(self, size: int, timeout_s: float) -> bytes:
        """One read of `size` bytes, rounded up to whole packets so that none is cut."""
        got = self._port.bulk_in(self._buffer[: self._whole(size)], timeout_s)
        _log.log(TRAFFIC, "← %s", Hex(self._buffer[:got]))
        return bytes(self._buffer[:got])

    def _whole(self, size: int) -> int:
        return -(-size // self._packet) * self._packet

    def _settle(self) -> None:
        """Take in what is left of a broken-off answer; reset the device if it never ends."""
        if not self._drained(_DRAIN_S):
            self._unread = 0
            self._port.reset()
            self.start()

    def _drained(self, seconds: float) -> bool:
        """Read what is left of a broken-off answer, for that long at most; whether that is all."""
        if not self._unread:
            return True
        _log.info("reading what is left of an answer that was broken off")
        deadline = self.clock.now() + seconds
        for _ in range(_MOST_DRAINS):
            if self._unread <= 0 or self.clock.now() >= deadline:
                break
            try:
                got = self._port.bulk_in(self._buffer, 0.2)
            except PortTimeout:
                self._unread = 0
            except PortStalled:
                self._port.clear_halt(Endpoint.BULK_IN)
                self._unread = math.inf
            else:
                self._unread = 0 if got % self._packet else self._unread - got
        return self._unread <= 0


def _announced(answer: bytes) -> int:
    """The whole length of an answer, as far as its first bytes tell (section 6.2)."""
    first = int.from_bytes(answer[:4], "little")
    again = int.from_bytes(answer[0x48:0x4C], "little")
    if length := first or again:
        return HEAD + length
    return len(answer) + HEAD if len(answer) < COMMAND else len(answer)


def _sane_transfer(size: int) -> int:
    return size if DEFAULT_TRANSFER <= size <= 0x100000 else DEFAULT_TRANSFER
