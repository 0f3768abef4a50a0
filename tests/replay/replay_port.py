"""A port that answers as a recorded camera did.

A command is known by its kind, code and payload. Equal commands are answered in the order in which
they were recorded, the last answer again and again; a command that was never recorded fails the
test. The order of different commands does not matter. Answers and events come after the recorded
time on a simulated clock, and a fixed answer carries the host's sequence number.
"""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from recording import Exchange, Recording, with_sequence

from canon.native.commands import CommandHead
from canon.usb.port import Descriptors, Endpoint
from canon.virtual.clock import BodyClock
from canon.virtual.device import Pipe
from canon.virtual.port import VirtualPort
from canon.wire import smallest


class RecordedCamera:
    """The recorded side of the conversation; fits `canon.virtual.device.UsbDevice`.

    Args:
        recording: what the camera said.
        descriptors: what it says of itself.

    Attributes:
        asked: the records of the commands that were asked, in the order of asking.
        requests: the blocks as they came, in the same order.
    """

    def __init__(self, recording: Recording, descriptors: Descriptors) -> None:
        self.descriptors = descriptors
        self.clock = BodyClock()
        self.bulk = Pipe(descriptors.endpoint(Endpoint.BULK_IN).packet_size)
        self.interrupt = Pipe(descriptors.endpoint(Endpoint.INTERRUPT_IN).packet_size)
        self.plugged = True
        self.asked: list[Exchange] = []
        self.requests: list[bytes] = []
        self._recording = recording
        self._told: Counter[tuple[int, int, bytes]] = Counter()

    def control_in(self, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        """The recorded answer to a control request."""
        try:
            return self._recording.controls[request, value][:length]
        except KeyError:
            pytest.fail(f"{self._recording.name} has no control request {request:#x}/{value:#x}")

    def control_out(self, kind: int, request: int, value: int, index: int, data: bytes) -> None:
        """Answer a command as recorded."""
        if (request, value) != (0x04, 0x10) or len(data) < smallest(CommandHead):
            pytest.fail(f"{self._recording.name} has no transfer {request:#x}/{value:#x}")
        asked = Exchange(-1, data, b"")
        known = [exchange for exchange in self._recording.exchanges if exchange.key == asked.key]
        if not known:
            pytest.fail(
                f"{self._recording.name} has no command {asked.code:#06x} of kind {asked.kind:#x} "
                f"with payload {asked.payload.hex() or 'nothing'}"
            )
        times = self._told[asked.key]
        self._told[asked.key] += 1
        exchange = known[min(times, len(known) - 1)]
        self.asked.append(exchange)
        self.requests.append(data)
        answer = exchange.answer if exchange.long else with_sequence(exchange.answer, data)
        self.clock.after(exchange.delay, partial(self.bulk.put, answer))
        if times < len(known):
            for after, packet in exchange.events:
                self.clock.after(exchange.delay + after, partial(self.interrupt.put, packet))

    def bulk_out(self, data: bytes) -> None:
        """No upload was recorded."""
        pytest.fail(f"{self._recording.name} has no bulk transfer to the camera")

    def bus_reset(self) -> None:
        """No reset was recorded."""
        pytest.fail(f"{self._recording.name} has no reset")

    def detach(self) -> None:
        """The host went away."""


def replay_port(recording: Recording, descriptors: Descriptors) -> VirtualPort:
    """A port on which the recorded camera answers; `port.device` tells what was asked."""
    return VirtualPort(RecordedCamera(recording, descriptors))
