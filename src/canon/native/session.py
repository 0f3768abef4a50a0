"""One conversation with a native camera: typed commands, typed replies, and events.

The session wraps a command into the family's sub-code where it has one, looks at the status before
it reads the reply, and turns a refusal into the error that says what to do. It is the only reader
of events. Any thread may call; one lock covers one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar, cast

from canon.clock import Clock
from canon.conversation import Conversation
from canon.driver.card import Counted, Progress, Sink
from canon.driver.events import Event, Listener, Queue
from canon.errors import (
    DecodeError,
    NotSupported,
    Refused,
)
from canon.log import Log
from canon.models.model import Model, Numbering
from canon.native.commands import Command, SubHead, UploadBlock, UploadDone
from canon.native.events import NativeEvent, decode_event
from canon.native.refusals import REFUSALS
from canon.wire import Buffer, size_of, smallest

_log = Log(__name__)
R = TypeVar("R")

TIMEOUT_S = 5.0
_MOST_REPLY = 16 << 20


class Link(Protocol):
    """Carries the bytes of one command to the camera and those of its answer back."""

    clock: Clock
    model: Model
    transfer_size: int
    was_active: bool

    def start(self) -> None:
        """Bring the camera to where it takes commands."""
        ...

    def exchange(
        self, code: int, payload: Buffer, expect: int | None, timeout_s: float
    ) -> tuple[int, bytes]:
        """A command with a fixed answer: its status and data."""
        ...

    def stream(self, code: int, payload: Buffer, sink: Sink, limit: int, timeout_s: float) -> int:
        """A command with a long answer, passed on as it comes; its length."""
        ...

    def upload_limit(self) -> int:
        """The most bytes, those of its path among them, of a file that goes up without harm.

        Raises:
            NotSupported: this model takes no file over this link as it is now.
        """
        ...

    def upload(self, code: int, payload: Buffer, timeout_s: float) -> tuple[int, bytes]:
        """A block of an upload: the status and data of its answer."""
        ...

    def poll(self, timeout_s: float) -> bytes:
        """The next event, b"" when none comes in time."""
        ...

    def close(self) -> None:
        """Give the port back."""
        ...


class Session:
    """The commands and events of one camera, over any link.

    Args:
        link: carries them.
    """

    def __init__(self, link: Link) -> None:
        self.link = link
        self.clock = link.clock
        self._talk: Conversation[NativeEvent] = Conversation()

    @property
    def model(self) -> Model:
        """The camera's row, as the link knows it; over RS-232 only once it is awake."""
        return self.link.model

    def start(self) -> None:
        """Wake the camera, or join it where it is."""
        with self._talk.turn():
            self.link.start()

    def call(self, command: Command[R], *, timeout_s: float = TIMEOUT_S) -> R:
        """Send a command and return its reply.

        Raises:
            Refused: the camera said no; the class tells why.
            DecodeError: the reply cannot be read.
        """
        reply = command.reply
        if reply is None:
            raise TypeError(f"{type(command).__name__} has no typed reply; use receive()")
        if command.long:
            collected = bytearray()
            self.receive(
                cast("Command[bytes]", command),
                collected.extend,
                limit=_MOST_REPLY,
                timeout_s=timeout_s,
            )
            data: Buffer = collected
        else:
            data = self._exchange(command, size_of(reply), timeout_s)
        result = reply.decode(data)
        _log.debug("%r → %r", command, result)
        return cast("R", result)

    def receive(
        self,
        command: Command[bytes],
        sink: Sink,
        *,
        limit: int,
        progress: Progress | None = None,
        expect: int = 0,
        timeout_s: float = TIMEOUT_S,
    ) -> int:
        """Send a command and pass its data to `sink` as they come; return their length.

        Args:
            command: a command with a long answer.
            sink: takes the data; a view is valid only during the call.
            limit: the most bytes that are taken.
            progress: is called after each piece.
            expect: the length that progress counts towards.
            timeout_s: how long the camera may be silent.
        """
        counted = Counted(sink, progress, expect)
        with self._talk.turn():
            start = self.clock.now()
            total = self.link.stream(
                self._code(command), self._payload(command), counted, limit, timeout_s
            )
            _log.debug("%r → %d bytes in %.3f s", command, total, self.clock.now() - start)
        return total

    def send_block(self, block: UploadBlock, *, timeout_s: float = TIMEOUT_S) -> UploadDone:
        """Send one block of an upload."""
        with self._talk.turn():
            status, data = self.link.upload(self._code(block), block.encode(), timeout_s)
        self._check(status, block)
        return UploadDone.decode(data)

    def poll(self, timeout_s: float) -> bool:
        """Wait for an event, and copy it to every reader; whether one came."""
        with self._talk.turn():
            raw = self.link.poll(timeout_s)
            if not raw:
                return False
            try:
                event = decode_event(raw)
            except DecodeError as error:
                _log.warning("an event that cannot be read: %s", error.detail)
                return True
            _log.debug("event %r", event)
            self._talk.tell(event)
        return True

    def events(self) -> AbstractContextManager[Queue[NativeEvent]]:
        """A reader's queue: every event from now on until the block ends."""
        return self._talk.events()

    def listener(self, common: Callable[[NativeEvent], Event]) -> Listener:
        """One who hears every event from now on, turned into common words by `common`."""
        return self._talk.listener(self.clock, self.poll, common)

    def end(self) -> None:
        """Let no other thread talk from now on: what follows is the good-bye of this one."""
        self._talk.end()

    def close(self) -> None:
        """Give the port back."""
        with self._talk.lock:
            self.link.close()

    def _exchange(self, command: Command[R], size: int | None, timeout_s: float) -> bytes:
        family = command.sub is not None
        expect = None if size is None else size + (smallest(SubHead) if family else 0)
        with self._talk.turn():
            start = self.clock.now()
            status, data = self.link.exchange(
                self._code(command), self._payload(command), expect, timeout_s
            )
            _log.debug("%r: status %#x in %.3f s", command, status, self.clock.now() - start)
        self._check(status, command)
        if not family:
            return data
        head = SubHead.decode(data)
        if head.sub != command.sub:
            raise Refused(
                code=head.sub, command=type(command).__name__, word="it changed the sub-code"
            )
        return data[smallest(SubHead) : smallest(SubHead) + head.length]

    def _code(self, command: Command[R]) -> int:
        try:
            return command.codes[self.model.numbering]
        except KeyError:
            raise NotSupported(self.model.name, f"command {type(command).__name__}") from None

    def _payload(self, command: Command[R]) -> bytes:
        """What follows the command's head; release control has a head of its own (section 9)."""
        body = command.encode()
        if command.sub is None:
            return body
        surplus = b"\0" if self.model.numbering is Numbering.REVISED else b""
        return SubHead(command.sub, len(body)).encode() + body + surplus

    def _check(self, status: int, command: Command[R]) -> None:
        if status:
            raise REFUSALS.get(status, Refused)(code=status, command=type(command).__name__)
