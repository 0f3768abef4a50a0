"""What a maker's virtual PTP camera does beyond the standard, as the plug sees it."""

from __future__ import annotations

from typing import Any, Protocol

from canon.ptp.operations import Operation
from canon.virtual.ptp.objects import Objects
from canon.virtual.ptp.reply import Answered


class Extension(Protocol):
    """A maker's camera behind the plug.

    Attributes:
        transaction: that of the operation which is answered now.
        quiet: whether all that it tells waits until it is asked for; the pipe has hints at most.
    """

    transaction: int
    quiet: bool

    @property
    def objects(self) -> Objects:
        """Its card, and the pictures in its memory."""
        ...

    def operations(self) -> tuple[int, ...]:
        """The operations that it lists now."""
        ...

    def properties(self) -> tuple[int, ...]:
        """The properties that it lists now."""
        ...

    def answer(self, operation: Operation[Any], data: bytes) -> Answered:
        """Answer an operation: the maker's own, or one of the standard about cards or properties.

        Args:
            operation: what is asked.
            data: what came in its data phase.

        Raises:
            Status: it is refused.
        """
        ...

    def take_delay(self) -> float:
        """How much longer than usual the answer takes, once."""
        ...

    def goes_by_pipe(self, raw: bytes) -> bool:
        """Whether an event goes by the interrupt pipe; else it is kept until it is asked for."""
        ...

    def press(self) -> None:
        """Press the shutter button by hand."""
        ...

    def end(self) -> None:
        """The session is over, or its host lost: what it had begun ends with it."""
        ...
