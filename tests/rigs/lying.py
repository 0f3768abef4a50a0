"""Virtual PTP cameras that are not what they are: another maker's, or with answers made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from canon.ptp.operations import Operation
from canon.virtual.ptp.powershot.extension import PowerShot
from canon.virtual.ptp.reply import Answered
from canon.wire import Message
from rigs.bodies import PowerShotCamera, ptp_body, tells


def another_makers(device: PowerShotCamera, product: int = 0x0402) -> PowerShotCamera:
    """That camera, as Acme sells it."""
    raw = bytearray(device.descriptors.device)
    raw[8:12] = (0x04B0).to_bytes(2, "little") + product.to_bytes(2, "little")
    device.descriptors = replace(device.descriptors, device=bytes(raw))
    tells(device.body, manufacturer="Acme", model="Clicker 2")
    return device


Answer = Callable[[Operation[Any]], Message | bytes | None]


class Lying(PowerShotCamera):
    """A camera whose answers a test makes up; where the test has none, its own.

    Args:
        slug: the body.
        lie: the answer to an operation, or None.
    """

    def __init__(self, slug: str, lie: Answer) -> None:
        super().__init__(ptp_body(slug), PowerShot)
        self.lie = lie

    def answer(self, operation: Operation[Any], data: bytes) -> Answered:
        told = self.lie(operation)
        return super().answer(operation, data) if told is None else told
