"""A camera that answers PTP operations as a recorded one did.

An operation is known by its code, its parameters and the data that went out. Equal ones are
answered in the order in which they were recorded, the last answer again and again; one that was
never recorded fails the test. What the host leaves out is left out: the records of an EOS are those
that were recorded after the last operation that was asked, and then none.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence

import pytest

from canon.ptp.containers import HEAD, Container, ContainerKind, container
from canon.ptp.eos.layouts import GetEvent
from canon.ptp.operations import find_operation
from canon.trace.records import Transaction
from canon.usb.port import Descriptors, Endpoint
from canon.virtual.clock import BodyClock
from canon.virtual.device import Pipe, Stall

NO_RECORD = bytes.fromhex("0800000000000000")
_REQUEST = 0x9127
_TELLING = {_REQUEST, 0x9110, 0x9114, 0x9115}
"""After these an EOS has something to tell; a host requests several properties, and then asks."""
_Key = tuple[int, tuple[int, ...], bytes]


class RecordedPtp:
    """The recorded side of a conversation; fits `canon.virtual.device.UsbDevice`.

    Args:
        talk: what was recorded.
        descriptors: what the camera says of itself.

    Attributes:
        asked: the operations that were asked, without those that ask for records.
    """

    def __init__(self, talk: Sequence[Transaction], descriptors: Descriptors) -> None:
        self.descriptors = descriptors
        self.clock = BodyClock()
        self.bulk = Pipe(descriptors.endpoint(Endpoint.BULK_IN).packet_size)
        self.interrupt = Pipe(descriptors.endpoint(Endpoint.INTERRUPT_IN).packet_size)
        self.interrupt.quiet = True
        self.plugged = True
        self.asked: list[Transaction] = []
        self._talk = talk
        self._told: Counter[_Key] = Counter()
        self._records: deque[bytes] = deque()
        self._command: tuple[Container, tuple[int, ...]] | None = None

    def control_in(self, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        """None was recorded."""
        raise Stall

    def control_out(self, kind: int, request: int, value: int, index: int, data: bytes) -> None:
        """None was recorded."""
        raise Stall

    def bulk_out(self, data: bytes) -> None:
        """Answer an operation as recorded, when all of it is there."""
        head = Container.decode(data)
        if head.kind == ContainerKind.COMMAND:
            words = [data[at : at + 4] for at in range(HEAD, len(data), 4)]
            parameters = tuple(int.from_bytes(word, "little") for word in words)
            kind = find_operation(head.code)
            if kind is None or kind.data is None:
                self._answer(head, parameters, b"")
            else:
                self._command = head, parameters
        else:
            assert self._command is not None
            (command, parameters), self._command = self._command, None
            self._answer(command, parameters, data[HEAD:])

    def bus_reset(self) -> None:
        """No reset was recorded."""
        pytest.fail("no reset was recorded")

    def detach(self) -> None:
        """The host went away."""

    def _answer(self, head: Container, parameters: tuple[int, ...], sent: bytes) -> None:
        if head.code == GetEvent.code:
            records = self._records.popleft() if self._records else NO_RECORD
            self._send(head, records, 0x2001)
            return
        key = head.code, parameters, sent
        known = [at for at, one in enumerate(self._talk) if _key(one) == key]
        if not known:
            name = getattr(find_operation(head.code), "__name__", f"{head.code:#06x}")
            pytest.fail(f"never recorded: {name}{tuple(map(hex, parameters))} {sent.hex()}")
        at = known[min(self._told[key], len(known) - 1)]
        self._told[key] += 1
        told = self._talk[at]
        self.asked.append(told)
        self._records.clear()
        for later in self._talk[at + 1 :]:
            if later.code == GetEvent.code:
                self._records.append(later.data)
            elif later.code in _TELLING and not later.code == told.code == _REQUEST:
                break
        self._send(head, told.data if told.inward else None, told.response or 0)

    def _send(self, head: Container, data: bytes | None, response: int) -> None:
        blocks = []
        if data is not None:
            blocks.append(container(ContainerKind.DATA, head.code, head.transaction, data))
        blocks.append(container(ContainerKind.RESPONSE, response, head.transaction, b""))
        for block in blocks:
            self.bulk.put(block)
            if len(block) % self.bulk.packet_size == 0:
                self.bulk.put(b"")


def _key(one: Transaction) -> _Key:
    return one.code, one.parameters or (), b"" if one.inward else one.data
