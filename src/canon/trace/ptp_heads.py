"""How PTP is told by its bytes: the heads of containers and events, and the class's requests."""

from __future__ import annotations

from canon.errors import DecodeError
from canon.ptp.containers import (
    CANCEL,
    CLASS_IN,
    CLASS_OUT,
    GET_STATUS,
    HEAD,
    MOST_PARAMETERS,
    Container,
    ContainerKind,
)
from canon.trace.records import Kind, Transfer
from canon.trace.torn import first_record
from canon.wire import Buffer

_MOST_COMMAND, _MOST_EVENT = HEAD + 4 * MOST_PARAMETERS, HEAD + 4 * 3


def is_ptp(transfer: Transfer, *, whole: bool) -> bool:
    """Whether these bytes hardly are anything but PTP: a container, an event, a class request.

    Args:
        transfer: what passed.
        whole: whether a container must be a command or a response and fill the transfer: what
            another device sends may begin like the data of a camera. Otherwise a row of an EOS's
            records will do, whose beginning is lost.
    """
    if setup := transfer.setup:
        of_class = setup.kind in (CLASS_IN, CLASS_OUT)
        return of_class and CANCEL <= setup.request <= GET_STATUS
    if transfer.kind is Kind.INTERRUPT:  # an event's first piece may have eight bytes
        length, kind = (int.from_bytes(transfer.data[at : at + 4], "little") for at in (0, 4))
        return HEAD <= length <= _MOST_EVENT and kind & 0xFFFF == ContainerKind.EVENT
    head = head_at(transfer, 0) if transfer.kind is Kind.BULK else None
    if not whole:
        piece = transfer.kind is Kind.BULK and transfer.inward
        return head is not None or (piece and first_record(transfer.data) is not None)
    return head is not None and head.kind != ContainerKind.DATA and head.length == transfer.size


def head_at(transfer: Transfer, at: int) -> Container | None:
    """The head of the container that begins there; None when none does."""
    if at + HEAD > len(transfer.data):
        return None
    head = Container.decode(transfer.data[at : at + HEAD])
    if head.kind == ContainerKind.DATA:
        return head if head.length >= HEAD else None
    wanted = ContainerKind.RESPONSE if transfer.inward else ContainerKind.COMMAND
    return head if head.kind == wanted and HEAD <= head.length <= _MOST_COMMAND else None


def event_length(data: Buffer) -> int:
    """The length of the event that begins there; DecodeError when none does."""
    head = Container.decode(data)
    if head.kind != ContainerKind.EVENT or not HEAD <= head.length <= _MOST_EVENT:
        raise DecodeError("no event begins here", 0)
    return head.length
