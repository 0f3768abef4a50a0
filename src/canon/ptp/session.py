"""One conversation with a PTP camera: typed operations, typed replies, and events.

The session numbers the transactions, looks at the response before it reads the reply, turns a
refusal into the error that says what to do, and asks a busy camera again where that does no harm.
It is the only reader of events. Any thread may call; one lock covers one transaction (ptp-core,
sections 2, 6 and 7).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, BinaryIO, Protocol, TypeVar, cast

from canon import hurry
from canon.conversation import Conversation
from canon.driver.card import Counted, Progress, Sink
from canon.driver.events import Event, Listener, Queue
from canon.errors import (
    BadParameter,
    BatteryLow,
    DeviceBusy,
    Disconnected,
    LensFailed,
    NoCard,
    ObjectNotFound,
    PortError,
    ProtocolError,
    Refused,
    StoreFull,
    WriteProtected,
)
from canon.frozen import Frozen
from canon.log import DEBUG, Log
from canon.ptp.containers import MOST_PARAMETERS
from canon.ptp.datasets import DeviceInfo
from canon.ptp.operations import (
    Bytes,
    CloseSession,
    GetDeviceInfo,
    OpenSession,
    Operation,
    PtpEvent,
    Response,
)
from canon.ptp.transport import Ended, Incoming, Outgoing, Transport, pauses
from canon.usb.port import CANON
from canon.wire import Message

_log = Log(__name__)
R = TypeVar("R")

REFUSALS: dict[int, type[Refused]] = {
    Response.PARAMETER_NOT_SUPPORTED: BadParameter,
    Response.INVALID_STORAGE_ID: NoCard,
    Response.INVALID_OBJECT_HANDLE: ObjectNotFound,
    Response.INVALID_OBJECT_FORMAT_CODE: BadParameter,
    Response.STORE_FULL: StoreFull,
    Response.OBJECT_WRITE_PROTECTED: WriteProtected,
    Response.STORE_READ_ONLY: WriteProtected,
    Response.STORE_NOT_AVAILABLE: NoCard,
    Response.DEVICE_BUSY: DeviceBusy,
    Response.INVALID_PARENT_OBJECT: ObjectNotFound,
    Response.INVALID_DEVICE_PROP_FORMAT: BadParameter,
    Response.INVALID_DEVICE_PROP_VALUE: BadParameter,
    Response.INVALID_PARAMETER: BadParameter,
    Response.CANON_LENS_COVER_CLOSED: LensFailed,
    Response.CANON_BATTERY_LOW: BatteryLow,
    Response.CANON_NOT_READY: DeviceBusy,
}
"""What a response code means (section 6); any other one is a plain Refused."""

_LOST = "the session with the camera is lost", "open the camera again"
_HAS_NOT = "this camera does not have the operation", "ask info what it can do"
_SAID: dict[int, tuple[str, str]] = {
    Response.SESSION_NOT_OPEN: _LOST,
    Response.INVALID_TRANSACTION_ID: _LOST,
    Response.OPERATION_NOT_SUPPORTED: _HAS_NOT,
    Response.CANON_UNKNOWN_COMMAND: _HAS_NOT,
    Response.DEVICE_PROP_NOT_SUPPORTED: (
        "this camera does not have the property, or not now",
        "try another shooting mode",
    ),
    Response.STORE_READ_ONLY: ("the card is write-protected", "look for its slider"),
    Response.CANON_REFUSED: (
        "the camera said no",
        "it may need remote control, or another shooting mode",
    ),
    Response.CANON_NO_RELEASE: (
        "the camera can take no picture now",
        "look at its display, and try another shooting mode",
    ),
    Response.CANON_TOO_HOT: ("the camera is too hot", "let it cool down"),
    Response.CANON_RELEASE_CONTROL_LEFT: (
        "the camera has left remote control by itself",
        "enter it again",
    ),
    Response.NO_THUMBNAIL_PRESENT: ("the file has no thumbnail", "fetch the file itself"),
}
"""What responses say, and what to do about them, where the class does not say it."""

LOST = frozenset({Response.SESSION_NOT_OPEN, Response.INVALID_TRANSACTION_ID})
"""Responses after which the session is of no more use."""
UNKNOWN = frozenset({Response.OPERATION_NOT_SUPPORTED, Response.CANON_UNKNOWN_COMMAND})
"""Responses of a camera that does not have an operation, whatever it lists."""

TIMEOUT_S = 20.0
"""How long a camera may be silent; one that focuses may be for eight seconds (section 1.7)."""
_OPEN_S, _OPEN_OTHERS_S = 1.5, 8.0
_SETTLE_S, _LAST_SETTLE_S = 5.0, 1.0
_MOST_SESSIONS = 10
_LAST_NUMBER = 0xFFFFFFFE
_MOST_REPLY = 16 << 20
_FIRST_READ = 0x3F00  # most replies are shorter
_SHORT = 0x1F0  # with its head, this fits into one packet of a fast bus
_NONE = Incoming(lambda piece: None, _MOST_REPLY)
_NOBODY = DeviceInfo(0, 0, 0, "", 0, (), (), (), (), (), "", "", "", "")


class Answer(Frozen):
    """What came back from a raw operation.

    Attributes:
        response: the response code; 0x2001 is OK.
        parameters: those of the response.
        data: the data that came, empty when none did.
    """

    response: int
    parameters: tuple[int, ...]
    data: bytes


class Hearing(Protocol):
    """What a session asks of the camera's extension."""

    def begun(self) -> None:
        """A session was opened anew: what was entered or chosen in the one before is gone.

        It is called in the middle of a transaction, so nothing may be sent.
        """
        ...

    def hear(self, wait_s: float) -> bool:
        """Wait for events, for so many seconds at most; without any, look once.

        They are told (`Session.tell`) before another thread can ask: who asks and gets none has
        been told all. The pauses between two questions are decided here and nowhere else.
        """
        ...


class Session:
    """The operations and events of one camera.

    Args:
        transport: carries the transactions.

    Attributes:
        clock: the transport's.
        vendor: the USB id of the camera's maker.
        info: what the camera said of itself, as last read.
        extension: what the maker added, once it is known; it brings the events, and learns of
            each session that trouble made necessary.
        stays_open: leave the session open at the end: some bodies take no other after it.
        joined: whether a session was open already when this one began.
    """

    def __init__(self, transport: Transport) -> None:
        self.clock = transport.clock
        self.vendor = transport.vendor
        self.info = _NOBODY
        self.extension: Hearing | None = None
        self.stays_open = False
        self.joined = False
        self._transport = transport
        self._talk: Conversation[PtpEvent] = Conversation()
        self._number = 0
        self._lengths: dict[int, int] = {}  # of the last reply to each operation
        self._open = False

    def start(self) -> DeviceInfo:
        """Open a session, or join the one that a dead program left, and ask who the camera is.

        Raises:
            PortError, ProtocolError: the camera does not answer, not even after a reset.
        """
        with self._turn():
            self._open_session(lambda: None, *self._transport.resets)
        return self.refresh()

    def refresh(self) -> DeviceInfo:
        """Ask again who the camera is: its properties come and go with release control."""
        self.info = self.call(GetDeviceInfo())
        return self.info

    def supports(self, operation: type[Operation[Any]]) -> bool:
        """Whether the camera lists an operation."""
        return operation.code in self.info.operations

    def call(
        self, operation: Operation[R], data: Message | None = None, *, timeout_s: float = TIMEOUT_S
    ) -> R:
        """Carry out an operation and return its dataset, or the parameters that come back.

        Args:
            operation: what to do.
            data: the dataset that goes, where the operation names one.
            timeout_s: how long the camera may be silent, and how long it may be busy.

        Raises:
            Refused: the camera said no; the class tells why.
            DecodeError: the reply cannot be read.
        """
        wanted = operation.data or type(None)
        if not isinstance(data, wanted):
            raise TypeError(f"{type(operation).__name__} takes {wanted.__name__} as its data")
        collected = bytearray()
        expect = self._lengths.get(operation.code, _FIRST_READ) if operation.reply else 0
        incoming = Incoming(collected.extend, _MOST_REPLY, expect)
        encoded = None if data is None else data.encode()
        ended = self._patiently(operation, encoded, incoming, timeout_s)
        if operation.reply is None:
            return _returned(operation, ended)
        if ended.length is None and operation.reply is not Bytes:
            raise ProtocolError(f"the camera sent no data for {type(operation).__name__}")
        self._lengths[operation.code] = max(len(collected), _SHORT)
        reply = operation.reply.decode(collected)
        _log.debug("%r → %r", operation, reply)
        return cast("R", reply)

    def receive(
        self,
        operation: Operation[Bytes],
        sink: Sink,
        *,
        limit: int,
        progress: Progress | None = None,
        expect: int = 0,
        timeout_s: float = TIMEOUT_S,
    ) -> int:
        """Carry out an operation and pass its data to `sink` as they come; return their length.

        Args:
            operation: one that brings data.
            sink: takes the data; a view is valid only during the call.
            limit: the most bytes that are taken.
            progress: is called after each piece.
            expect: the length that is likely; progress counts towards it.
            timeout_s: how long the camera may be silent, and how long it may be busy.

        Raises:
            Refused: the camera said no; the class tells why.
            ProtocolError: more than `limit` bytes come, or fewer than announced.
        """
        counted = Counted(sink, progress, expect)
        incoming = Incoming(counted, limit, max(expect, _FIRST_READ))
        self._patiently(operation, None, incoming, timeout_s)
        return counted.done

    def send(
        self,
        operation: Operation[R],
        source: BinaryIO,
        size: int,
        progress: Progress | None = None,
        timeout_s: float = TIMEOUT_S,
        *,
        after: tuple[Operation[Any], Message] | None = None,
    ) -> R:
        """Carry out an operation with the next `size` bytes of `source` as its data.

        Args:
            operation: what to do.
            source: holds the data.
            size: how many bytes go.
            progress: is called after each piece.
            timeout_s: how long the camera may be silent.
            after: an operation and its dataset to carry out right before, with nothing between.

        Returns:
            The parameters that come back.

        Raises:
            Refused: the camera said no; the class tells why.
            ValueError: the source holds less. The operation is cancelled.
        """
        with self._turn():
            if after:
                first, dataset = after
                self._send(first, _going(dataset.encode()), timeout_s)
            ended = self._send(operation, Outgoing(source, size, progress), timeout_s)
        return _returned(operation, ended)

    def _send(
        self, operation: Operation[Any], outgoing: Outgoing | None, timeout_s: float
    ) -> Ended:
        ended = self._transact(operation.code, operation.encode(), outgoing, _NONE, timeout_s)
        if ended.code != Response.OK:
            raise refusal(ended.code, type(operation).__name__)
        return ended

    def ask(
        self,
        code: int,
        parameters: tuple[int, ...] = (),
        data: bytes | None = None,
        *,
        limit: int = _MOST_REPLY,
    ) -> Answer:
        """The raw door: any operation by its code. A refusal is no error here.

        Args:
            code: operation code.
            parameters: at most five numbers of 32 bits.
            data: what goes; None when nothing does.
            limit: the most bytes that may come.
        """
        if len(parameters) > MOST_PARAMETERS or not all(0 <= n <= 0xFFFFFFFF for n in parameters):
            raise ValueError(f"{parameters} are not at most five numbers of 32 bits")
        values = b"".join(value.to_bytes(4, "little") for value in parameters)
        collected = bytearray()
        incoming = Incoming(collected.extend, limit, min(limit, _FIRST_READ))
        ended = self._exchange(code, values, _going(data), incoming, TIMEOUT_S)
        return Answer(ended.code, ended.parameters, bytes(collected))

    # --- events -----------------------------------------------------------------------------------

    def poll(self, timeout_s: float) -> bool:
        """Wait for events, and copy them to every reader; whether any came."""
        return self.extension.hear(timeout_s) if self.extension else self.listen(timeout_s)

    def wait_for(self, holds: Callable[[], object], timeout_s: float) -> bool:
        """Hear events until something holds, for so many seconds at most; whether it holds.

        What was told while another thread had its turn is heard after the time is over, too.
        """
        deadline = self.clock.now() + timeout_s
        while not holds():
            left = deadline - self.clock.now()
            self.poll(max(0.0, left))
            if left <= 0:
                return bool(holds())
        return True

    def listen(self, wait_s: float) -> bool:
        """Wait for an event on the standard's channel, the interrupt pipe, and tell it."""
        with self._turn():
            return self.tell(self._transport.event(wait_s))

    def tell(self, events: Sequence[PtpEvent]) -> bool:
        """Copy events to every reader; whether there are any."""
        for event in events:
            _log.debug("event %r", event)
            self._talk.tell(event)
        return bool(events)

    def events(self) -> AbstractContextManager[Queue[PtpEvent]]:
        """A reader's queue: every event from now on until the block ends."""
        return self._talk.events()

    def reader(self) -> Queue[PtpEvent]:
        """A reader's queue: every event from now on, as long as the session is there."""
        return self._talk.begin()

    def listener(self, common: Callable[[PtpEvent], Event]) -> Listener:
        """One who hears every event from now on, turned into common words by `common`."""
        return self._talk.listener(self.clock, self.poll, common)

    # --- the end ----------------------------------------------------------------------------------

    def end(self) -> None:
        """Let no other thread talk from now on: what follows is the good-bye of this one."""
        self._talk.end()

    def close(self) -> None:
        """End the session as far as that goes, and give the port back."""
        with self._talk.lock:
            try:
                if self._open and self._transport.settle(_LAST_SETTLE_S) and not self.stays_open:
                    self._transact(CloseSession.code, b"", None, _NONE, _OPEN_S)
            except (PortError, ProtocolError) as error:
                _log.info("while closing: %s", error)
            finally:
                self._open = False
                self._transport.close()

    # --- transactions -----------------------------------------------------------------------------

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._talk.turn():
            try:
                yield
            except Disconnected:
                self._open = False  # there is nobody to say good-bye to
                raise

    def _patiently(
        self, operation: Operation[R], data: bytes | None, incoming: Incoming, timeout_s: float
    ) -> Ended:
        """Carry out an operation, again while the camera is busy if the operation allows it."""
        deadline = self.clock.now() + timeout_s
        waits = pauses()
        while True:
            left = deadline - self.clock.now()
            ended = self._exchange(
                operation.code, operation.encode(), _going(data), incoming, timeout_s
            )
            if ended.code == Response.OK:
                return ended
            error = refusal(ended.code, type(operation).__name__)
            again = operation.patient and not ended.length and isinstance(error, DeviceBusy)
            if not again or left <= 0 or hurry.is_wanted():
                raise error
            self.clock.sleep(min(next(waits), left))

    def _exchange(
        self,
        code: int,
        values: bytes,
        outgoing: Outgoing | None,
        incoming: Incoming,
        timeout_s: float,
    ) -> Ended:
        with self._turn():
            return self._transact(code, values, outgoing, incoming, timeout_s)

    def _transact(
        self,
        code: int,
        values: bytes,
        outgoing: Outgoing | None,
        incoming: Incoming,
        timeout_s: float,
    ) -> Ended:
        """One transaction, after what an earlier one left behind is cleared away."""
        if not self._transport.settle(_SETTLE_S):
            _log.warning("the camera is reset; remote control and the like are off")
            self._open_session(*self._transport.resets)
        start = self.clock.now()
        self._number = self._number % _LAST_NUMBER + 1
        ended = self._transport.exchange(code, self._number, values, outgoing, incoming, timeout_s)
        if _log.is_heard(DEBUG):
            name, took_s = Response(ended.code).name, self.clock.now() - start
            _log.debug("operation %#06x: %s, %s bytes in %.3f s", code, name, ended.length, took_s)
        return ended

    def _open_session(self, *steps: Callable[[], None]) -> None:
        """Open a session after one of these steps, the first that helps (section 2)."""
        timeout_s = _OPEN_S if self.vendor == CANON else _OPEN_OTHERS_S
        self._open = False
        trouble: PortError | ProtocolError = ProtocolError("the camera does not come round")
        for step in steps:
            try:
                step()
                self._try_sessions(timeout_s)
            except Disconnected:
                raise
            except (PortError, ProtocolError) as error:
                _log.warning("no session yet: %s", error)
                trouble = error
            else:
                self._number, self._open = 0, True
                if self.extension:
                    self.extension.begun()
                return
        raise trouble

    def _try_sessions(self, timeout_s: float) -> None:
        """OpenSession with one number after the other; a camera that is busy is asked again."""
        deadline = self.clock.now() + TIMEOUT_S
        session, waits = 1, pauses()
        while session <= _MOST_SESSIONS:
            values = OpenSession(session).encode()
            ended = self._transport.exchange(OpenSession.code, 0, values, None, _NONE, timeout_s)
            if ended.code in (Response.OK, Response.SESSION_ALREADY_OPEN):
                self.joined |= ended.code == Response.SESSION_ALREADY_OPEN
                return
            error = refusal(ended.code, OpenSession.__name__)
            if ended.code == Response.INVALID_TRANSACTION_ID:
                session += 1
            elif isinstance(error, DeviceBusy) and self.clock.now() < deadline:
                self.clock.sleep(next(waits))
            else:
                raise error
        raise ProtocolError("the camera opens no session: it takes no transaction number as new")


def _going(data: bytes | None) -> Outgoing | None:
    return None if data is None else Outgoing(io.BytesIO(data), len(data))


def _returned(operation: Operation[R], ended: Ended) -> R:
    """The parameters that came back; those that are missing are 0."""
    values = b"".join(value.to_bytes(4, "little") for value in ended.parameters)
    returned = operation.returns.decode(values.ljust(4 * MOST_PARAMETERS, b"\0"))
    _log.debug("%r → %r", operation, returned)
    return cast("R", returned)


def refusal(code: int, name: str) -> Refused:
    """The error that a response code stands for; `name` is what was refused."""
    word = f"response {Response(code).name} {code:#06x}"
    what, advice = _SAID.get(code, ("", ""))
    return REFUSALS.get(code, Refused)(what, advice, code=code, command=name, word=word)
