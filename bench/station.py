"""A virtual PowerShot G3 on a virtual bus, which counts what goes over its cable."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass

from canon.bridge.run import attached
from canon.models.native import by_slug
from canon.virtual.body import Body
from canon.virtual.card import Card, File
from canon.virtual.clock import BodyClock
from canon.virtual.device import Pipe
from canon.virtual.native import NativeCamera
from canon.virtual.usbip import UsbipServer

FOLDER = ("DCIM", "100CANON")
_TAKEN = 1_055_583_000  # 14 June 2003


@dataclass
class Traffic:
    """Transfers that carried something over the cable, and their bytes."""

    transfers: int = 0
    size: int = 0

    def add(self, size: int) -> None:
        """Count one transfer."""
        self.transfers += 1
        self.size += size


class _CountedPipe(Pipe):
    def __init__(self, pipe: Pipe, traffic: Traffic) -> None:
        super().__init__(pipe.packet_size)
        self._traffic = traffic

    def read(self, room: int, *, partial: bool = False) -> list[memoryview] | None:
        pieces = super().read(room, partial=partial)
        if pieces is not None:
            self._traffic.add(sum(map(len, pieces)))
        return pieces


class CountedCamera(NativeCamera):
    """A virtual G3 that counts its transfers; those of USB itself (descriptors) are not seen.

    Args:
        card: what is in its slot.
    """

    def __init__(self, card: Card) -> None:
        model = by_slug("powershot-g3")
        assert model is not None  # noqa: S101  (a row of the table)
        super().__init__(Body(model, lambda: card, BodyClock()))
        self.traffic = Traffic()
        self.bulk = _CountedPipe(self.bulk, self.traffic)
        self.interrupt = _CountedPipe(self.interrupt, self.traffic)

    def control_in(self, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        """Answer a control request, and count it."""
        answer = super().control_in(kind, request, value, index, length)
        self.traffic.add(len(answer))
        return answer

    def control_out(self, kind: int, request: int, value: int, index: int, data: bytes) -> None:
        """Take a control request, and count it."""
        self.traffic.add(len(data))
        super().control_out(kind, request, value, index, data)

    def bulk_out(self, data: bytes) -> None:
        """Take a bulk transfer, and count it."""
        self.traffic.add(len(data))
        super().bulk_out(data)


@dataclass(frozen=True)
class Station:
    """Where programs find the camera.

    Attributes:
        env: the environment to run them in.
        traffic: what went over the cable by now.
    """

    env: dict[str, str]
    traffic: Traffic


@contextlib.contextmanager
def station(files: int, size: int, env: dict[str, str]) -> Iterator[Station]:
    """A camera whose card has so many files of that size, for programs that are run meanwhile."""
    camera = CountedCamera(_card(files, size))
    with UsbipServer(camera) as server, attached(server.address, env=env) as environment:
        yield Station(environment, camera.traffic)


def _card(files: int, size: int) -> Card:
    data = random.Random(files).randbytes(size)  # noqa: S311  (what is in them is of no matter)
    card = Card(capacity=(files * size) + (256 << 20))
    for number in range(files):
        card.add((*FOLDER, f"IMG_{number:04}.JPG"), File(data, _TAKEN + number))
    return card
