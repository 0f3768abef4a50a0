"""What carries the transactions of a PTP camera: over USB, or over a network.

A Session knows this Protocol and nothing of what lies below. Sizes are bytes, times are seconds.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, NamedTuple, Protocol

from canon.clock import Clock
from canon.driver.card import Progress, Sink
from canon.errors import DecodeError
from canon.frozen import Frozen
from canon.log import Log
from canon.ptp.containers import HEAD, Container, ContainerKind, parameters
from canon.ptp.operations import PtpEvent, make_event
from canon.wire import take

_log = Log(__name__)


class Ended(NamedTuple):
    """How a transaction ended.

    Attributes:
        code: the response code.
        parameters: those of the response.
        length: bytes of data that came; None when there was no data phase.
    """

    code: int
    parameters: tuple[int, ...]
    length: int | None


class Outgoing(Frozen):
    """The data that go with an operation.

    Attributes:
        source: holds them.
        size: how many bytes.
        progress: is called after each piece.
    """

    source: BinaryIO
    size: int
    progress: Progress | None = None


class Incoming(Frozen):
    """What is done with the data that an operation brings.

    Attributes:
        sink: takes them; a view is valid only during the call.
        limit: the most bytes that are taken.
        expect: about how many will come; sizes the first read.
    """

    sink: Sink
    limit: int
    expect: int = 0


class Transport(Protocol):
    """One transaction after the other, and the events that come beside them."""

    @property
    def clock(self) -> Clock:
        """What all waits count by."""
        ...

    @property
    def vendor(self) -> int:
        """The USB id of the camera's maker, 0 where nobody tells it."""
        ...

    @property
    def resets(self) -> Sequence[Callable[[], None]]:
        """The ways to reset a camera that does not come round, the gentlest first."""
        ...

    def exchange(
        self,
        code: int,
        number: int,
        values: bytes,
        outgoing: Outgoing | None,
        incoming: Incoming,
        timeout_s: float,
    ) -> Ended:
        """Carry out one transaction.

        Args:
            code: operation code.
            number: the transaction's id.
            values: the parameters as bytes.
            outgoing: the data that go, if any.
            incoming: where data go that come.
            timeout_s: how long the camera may be silent.

        Raises:
            ProtocolError: what came is no answer, or more or less than it announces.
            ValueError: the source of the data that go holds too few.
        """
        ...

    def event(self, timeout_s: float) -> Sequence[PtpEvent]:
        """Wait for an event; nothing when none comes, or one that cannot be read."""
        ...

    def settle(self, seconds: float) -> bool:
        """Bring a transaction that was broken off to an end; whether that went well."""
        ...

    def close(self) -> None:
        """Let go of the camera; twice is allowed."""
        ...


def pauses() -> Iterator[float]:
    """How many seconds to wait, each time that a camera is asked again (section 1.7)."""
    return itertools.chain((0.05, 0.1, 0.15), itertools.repeat(0.2))


def read_events(raw: bytes) -> Sequence[PtpEvent]:
    """The event of a container; none where there is no container, or one that cannot be read."""
    try:
        return (_read_event(raw),) if raw else ()
    except DecodeError as error:
        _log.warning("an event that cannot be read: %s", error.detail)
        return ()


def _read_event(raw: bytes) -> PtpEvent:
    """An event out of its container.

    Raises:
        DecodeError: it is none.
    """
    head = Container.decode(raw)
    if head.kind != ContainerKind.EVENT:
        raise DecodeError(f"a container of kind {int(head.kind)} is no event", 4, "event")
    return make_event(head.code, parameters(take(raw, HEAD, head.length - HEAD)))
