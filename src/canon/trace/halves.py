"""Requests and completions, which most recordings keep apart, joined to transfers."""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from canon.trace.records import IpPacket, Kind, Record, Remark, Setup, Transfer

_SETUP = struct.Struct("<BBHHH")
_Key = tuple[int, str, int]  # id, device, endpoint
_WAITING = 256  # requests that have no completion yet


class Half(NamedTuple):
    """A request for a transfer, or its completion.

    Attributes:
        number: the number of the record.
        id: what a request and its completion have in common, within one endpoint of a device.
        asks: whether it is the request.
        device: `bus.address`.
        endpoint: the endpoint's address; bit 7 is set when data comes from the device.
        kind: the kind of the transfer.
        time: seconds.
        status: 0, or a negative Linux error number.
        size: the bytes that were asked for or have passed; None where the recording does not say.
        setup: the eight bytes of a control transfer, where they were recorded.
        data: the bytes, as far as they were recorded.
    """

    number: int
    id: int
    asks: bool
    device: str
    endpoint: int
    kind: Kind
    time: float
    status: int
    size: int | None
    setup: bytes
    data: bytes


def join(halves: Iterable[Half | IpPacket | Remark]) -> Iterator[Record]:
    """The transfers, in the order in which they were over; what is none stays where it is.

    What a device answers comes after what it was sent, also in a recording out of which somebody
    has filtered all that had no data: an end that was not recorded by then was a good one.
    """
    waiting: dict[_Key, Half] = {}
    over: deque[_Key] = deque(maxlen=_WAITING)  # told before their completion came
    for half in halves:
        if not isinstance(half, Half):
            yield half
            continue
        # The endpoint of a control transfer says its direction, which not every program writes.
        key = half.id, half.device, half.endpoint & (0x0F if half.kind is Kind.CONTROL else 0xFF)
        asked = waiting.pop(key, None)
        if not half.asks:
            if asked is None and key in over and not half.data:
                over.remove(key)
                if half.status == 0:
                    continue
            if half.kind is Kind.BULK and half.endpoint & 0x80:
                for one in [one for one in waiting if _is_before(waiting[one], half)]:
                    over.append(one)
                    sent = waiting.pop(one)
                    yield replace(_transfer(sent, sent, None), status=0)
            yield _transfer(half, asked, half)
            continue
        if asked and asked.setup and half.kind is Kind.CONTROL and not half.setup:
            waiting[key] = asked._replace(data=asked.data + half.data)  # its data by themselves
            continue
        if asked is None and len(waiting) >= _WAITING:
            asked = waiting.pop(next(iter(waiting)))
        if asked is not None:
            yield _transfer(asked, asked, None)
        waiting[key] = half
    for asked in waiting.values():
        yield _transfer(asked, asked, None)


def _is_before(asked: Half, answer: Half) -> bool:
    """Whether a request sends what this may be the answer to."""
    inward = asked.setup[0] & 0x80 if asked.setup else asked.endpoint & 0x80
    return asked.device == answer.device and not inward and asked.kind is not Kind.INTERRUPT


def _transfer(either: Half, asked: Half | None, done: Half | None) -> Transfer:
    setup = Setup(*_SETUP.unpack(asked.setup)) if asked is not None and asked.setup else None
    inward = setup.kind & 0x80 if setup else either.endpoint & 0x80
    holder = done if inward else asked
    room = (asked.size or 0) if asked else 0
    size = done.size if done else 0 if inward else room
    return Transfer(
        index=(holder or either).number,
        time=asked.time if asked else None,
        took=done.time - asked.time if asked and done else None,
        device=either.device,
        endpoint=either.endpoint,
        kind=either.kind,
        setup=setup,
        data=holder.data if holder else b"",
        size=room if size is None else size,
        room=room,
        status=done.status if done else None,
    )
