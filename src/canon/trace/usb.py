"""Steps that both dialects tell alike: what every USB device knows, and what nobody does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from canon.errors import DecodeError
from canon.ptp.datasets import PtpText
from canon.trace.records import Setup, Span, Transfer
from canon.trace.step import SHOWN, Odd, Step
from canon.wire import Buffer, Message

_ENDINGS = {None: "no end was recorded", -2: "nothing came in time", -32: "stalled"}

PRIVATE = frozenset({"owner", "data", "serial"})
"""The fields that `redact` blanks, wherever they stand; pictures and files it always blanks."""

Private = dict[int, list[Span]]
"""For the number of a record, the spans of its data that nobody else should see."""


def ending(transfer: Transfer) -> str:
    """How a transfer ended that did not end well."""
    return _ENDINGS.get(transfer.status, f"the transfer ended with error {transfer.status}")


def secret_spans(kind: type[Message], buffer: Buffer, at: int) -> list[Span]:
    """Where the private fields of a message lie, and what follows it.

    Args:
        kind: the message's class.
        buffer: the bytes that it begins.
        at: where it begins in its record.
    """
    spans, end = [], 0
    for name, codec, offset in kind.layout():
        start = end if offset is None else offset
        _, end = codec.read(buffer, start)
        if name in PRIVATE:
            count = 1 if isinstance(codec, PtpText) else 0  # the length of a text may stay
            spans.append((at + start + count, at + end))
    return [*spans, (at + end, at + len(buffer))]


def plain_step(
    transfer: Transfer,
    name: str,
    *,
    fields: dict[str, Any] | None = None,
    reply: dict[str, Any] | None = None,
    odd: tuple[Odd, ...] = (),
    note: str = "",
) -> Step:
    """A step that is one transfer."""
    held = len(transfer.data) + len(transfer.tail)
    cut = f"the recording kept {held} of {transfer.size} bytes" if held < transfer.size else ""
    notes = [note, transfer.note, cut, ending(transfer) if transfer.status != 0 else ""]
    text = "; ".join(part for part in notes if part)
    return Step(transfer.index, name, fields or {}, reply, odd, text, transfer.time)


def unknown_step(transfer: Transfer) -> Step:
    """A transfer that belongs to nothing known."""
    fields: dict[str, Any] = {"endpoint": f"{transfer.endpoint:#04x}", "bytes": transfer.size}
    if setup := transfer.setup:
        fields |= {
            "request": f"{setup.kind:#04x}/{setup.request:#04x}",
            "value": f"{setup.value:#06x}",
        }
    odd = Odd("reply" if transfer.inward else "command", 0, transfer.data[:SHOWN])
    name = f"Unknown{transfer.kind.name.title()}"
    return plain_step(transfer, name, fields=fields, odd=(odd,) if odd.raw else ())


def standard_step(transfer: Transfer, setup: Setup, private: Private) -> Step:
    """A request that every USB device knows; only two descriptors are no secret."""
    match setup.request, setup.value >> 8:
        case 6, 1 if len(transfer.data) >= 12:
            private.pop(transfer.index, None)
            vendor, product = (
                int.from_bytes(transfer.data[at : at + 2], "little") for at in (8, 10)
            )
            reply: dict[str, Any] = {"vendor": f"{vendor:#06x}", "product": f"{product:#06x}"}
            return plain_step(transfer, "GetDeviceDescriptor", reply=reply)
        case 6, 2:
            private.pop(transfer.index, None)
            reply = {"bytes": transfer.size}
            return plain_step(transfer, "GetConfigurationDescriptor", reply=reply)
        case 1, 0 if setup.kind & 0x1F == 2:
            return plain_step(transfer, "ClearHalt", fields={"endpoint": f"{setup.index:#04x}"})
        case _:
            fields = {"request": setup.request, "value": setup.value, "index": setup.index}
            reply = {"bytes": transfer.size} if transfer.inward else {}
            return plain_step(transfer, "StandardRequest", fields=fields, reply=reply)


class InterruptPipe:
    """Events out of the packets of an interrupt pipe; polls that bring nothing are counted.

    Args:
        head: the bytes of an event that tell its length.
        length: the length that they tell; DecodeError when no event has it.
        tell: tells an event; it gets its bytes, and the transfers that they came in.
    """

    def __init__(
        self,
        head: int,
        length: Callable[[Buffer], int],
        tell: Callable[[bytes, list[Transfer]], Step],
    ) -> None:
        self._head, self._length, self._tell = head, length, tell
        self._polls = 0
        self._since: tuple[int, float | None] = 0, None
        self._event = bytearray()
        self._sources: list[Transfer] = []

    def transfer(self, transfer: Transfer) -> Iterator[Step]:
        """Go on with one transfer."""
        if not transfer.size and transfer.status in (0, -2, None):
            self.nothing(transfer.index, transfer.time)
            return
        yield from self.quiet()
        self._event += transfer.data
        self._sources.append(transfer)
        if transfer.status or not transfer.complete:
            yield self._drop()
        while len(self._event) >= self._head:
            try:
                length = self._length(self._event)
            except DecodeError:
                yield self._drop()
                return
            if len(self._event) < length:
                return
            yield self._tell(bytes(self._event[:length]), self._sources)
            del self._event[:length]
            self._sources = self._sources[-1:] if self._event else []

    def nothing(self, index: int, time: float | None) -> None:
        """Count a poll that brought nothing."""
        if not self._polls:
            self._since = index, time
        self._polls += 1

    def quiet(self) -> Iterator[Step]:
        """Tell the polls to which nothing came."""
        if self._polls:
            index, time = self._since
            yield Step(index, "NoEvent", {"polls": self._polls}, time=time)
            self._polls = 0

    def end(self) -> Iterator[Step]:
        """Tell what is left of an event that never ended."""
        if self._event:
            odd = (Odd("event", 0, bytes(self._event[:SHOWN])),)
            first = self._sources[0]
            yield Step(first.index, "CutEvent", unexplained=odd, time=first.time)
            self._event, self._sources = bytearray(), []

    def _drop(self) -> Step:
        raw, last = bytes(self._event[:SHOWN]), self._sources[-1]
        self._event, self._sources = bytearray(), []
        return plain_step(last, "BrokenEvent", odd=(Odd("event", 0, raw),) if raw else ())
