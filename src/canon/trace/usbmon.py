"""Usbmon records, as Linux itself writes them, and a pcapng file of them (link type 220)."""

from __future__ import annotations

import struct

from canon.trace.records import Kind
from canon.wire import Buffer

USB_LINUX_MMAPPED = 220
HEADS = {189: 48, USB_LINUX_MMAPPED: 64}
"""Link types of usbmon captures, and the bytes of the header before a record's data."""

URB = "QBBBBHBBqiiII8s"
"""The first 48 bytes of a usbmon header: id, event, kind, endpoint, address, bus, two flags (zero
where setup bytes and data are there), time, status, length, captured length, setup bytes."""

REQUEST, COMPLETION = b"S", b"C"
"""The event of a record."""

_HEAD = struct.Struct("<" + URB + "16x")
_LATEST = (1 << 63) - 1  # microseconds; a recording may claim any time


def file_head() -> bytes:
    """What a pcapng file of usbmon records begins with."""
    section = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    return section + block(1, struct.pack("<HHI", USB_LINUX_MMAPPED, 0, 0))


def packet(
    number: int,
    event: bytes,
    kind: Kind,
    endpoint: int,
    *,
    time: float,
    size: int,
    data: Buffer = b"",
    status: int = 0,
    setup: bytes = b"",
    device: tuple[int, int] = (1, 1),
) -> bytes:
    """One record as a block of a pcapng file.

    Args:
        number: what a request and its completion have in common.
        event: `REQUEST` or `COMPLETION`.
        kind: the kind of the transfer.
        endpoint: the endpoint's address.
        time: seconds since 1970.
        size: the bytes that are asked for or have passed; `data` may hold fewer.
        data: those that are written down.
        status: 0, or a negative Linux error number.
        setup: the eight bytes of a control transfer's request.
        device: the number of the bus, and the device's address on it.
    """
    micros = min(max(0, round(time * 1e6)), _LATEST)
    flags = 0 if setup else ord("-"), 0 if len(data) else ord("<" if endpoint & 0x80 else ">")
    bus, address = device
    head = _HEAD.pack(
        number,
        event[0],
        kind.value,
        endpoint,
        address,
        bus,
        *flags,
        *divmod(micros, 1_000_000),
        status,
        size,
        len(data),
        setup,
    )
    length = len(head) + len(data)
    start = struct.pack("<IIIII", 0, micros >> 32, micros & 0xFFFFFFFF, length, length)
    return block(6, b"".join((start, head, data)))


def block(kind: int, body: bytes) -> bytes:
    """One block of a pcapng file, padded to whole words."""
    padding = bytes(-len(body) % 4)
    size = struct.pack("<I", 12 + len(body) + len(padding))
    return b"".join((struct.pack("<I", kind), size, body, padding, size))
