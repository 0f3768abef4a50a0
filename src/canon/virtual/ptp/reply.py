"""What a virtual PTP camera answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from canon.ptp.operations import Nothing, PtpEvent
from canon.virtual.card import File
from canon.wire import Message

Tell = Callable[[PtpEvent], None]
"""Sends an event to the host."""


class Reply(NamedTuple):
    """Data, and the parameters of the response that follows them."""

    data: bytes
    returned: Message = Nothing()


Answered = Message | bytes | File | Reply
"""The answer to an operation: its dataset, or the parameters that come back; bare data, those of a
file as it is read; or both."""
