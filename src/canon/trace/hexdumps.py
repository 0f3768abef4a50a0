"""Hex dumps that stand alone, as people paste them: of packets (`tshark -x`), or of PTP.

A packet begins with the head that Linux or Windows gives it. PTP begins with a container, and tells
by its kind which way it went; a dump that begins none goes on with the answer before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from canon.ptp.containers import HEAD, Container, ContainerKind
from canon.ptp.operations import find_operation
from canon.trace.captures import USBPCAP, read_packet
from canon.trace.halves import Half, join
from canon.trace.records import Kind, Record, Transfer
from canon.trace.usbmon import HEADS
from canon.trace.usbmon import USB_LINUX_MMAPPED as MMAPPED

_ROW = re.compile(
    rb"[>|\s]*([0-9a-fA-F]{4,8}):? {1,4}"
    rb"((?:[0-9a-fA-F]{2}[ -]{1,2}){0,15}[0-9a-fA-F]{2})(?![0-9a-fA-F])"
)
_USBPCAP_HEADS = (b"\x1b\0", b"\x1c\0")
_CODES = (1, 2, 9, 10)  # the high digit of an operation's code, or of a response's
_TRANSFERS = tuple(bytes([kind.value]) for kind in Kind)
_KINDS = (ContainerKind.COMMAND, ContainerKind.DATA, ContainerKind.RESPONSE)
_LARGEST = 64 << 20  # bytes of one dump
_OUT, _IN = 0x02, 0x81


def begins_dump(line: bytes) -> bool:
    """Whether a line is the first row of a dump that is understood."""
    row = _row(line)
    if row is None or row[0] or len(row[1]) < HEAD:
        return False
    return _link(row[1]) is not None or _container(row[1]) is not None


def read_hexdumps(lines: Iterable[tuple[int, bytes]]) -> Iterator[Record]:
    """What the dumps of numbered lines hold; the first tells whether they are packets or PTP."""
    dumps = _dumps(lines)
    number, raw = next(dumps, (0, b""))
    link = _link(raw)
    every = chain([(number, raw)], dumps)
    if link is None:
        yield from _containers(every)
        return
    for record in join(_halves(every)):
        if link == USBPCAP and isinstance(record, Transfer):
            yield replace(record, time=None, took=None)  # its head has no time
        else:
            yield record


def _dumps(lines: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Each dump: the line where it begins, and its bytes."""
    begun, data = 0, bytearray()
    for number, line in lines:
        if not line.strip(b"> |\t\r\n"):
            continue
        place, piece = _row(line) or (-1, b"")
        if data and (place != len(data) % (1 << 16) or len(data) > _LARGEST):
            yield begun, bytes(data)
            data.clear()
        if data or place == 0:
            begun = begun if data else number
            data += piece
    if data:
        yield begun, bytes(data)


def _row(line: bytes) -> tuple[int, bytes] | None:
    """The place and the bytes of a row; a place has four digits, or what it needs."""
    match = _ROW.match(line)
    if match is None:
        return None
    return int(match[1], 16) % (1 << 16), bytes.fromhex(match[2].replace(b"-", b" ").decode())


def _link(raw: bytes) -> int | None:
    """The link type of the packet that a dump begins like; None when it is none."""
    usbmon = raw[8:9] in (b"S", b"C", b"E") and raw[9:10] in _TRANSFERS
    if usbmon:
        captured = int.from_bytes(raw[36:40], "little")  # what follows the head
        for link, head in HEADS.items():
            if head + captured == len(raw):
                return link
    if raw[:2] in _USBPCAP_HEADS and raw[22:23] in (b"", *_TRANSFERS):
        return USBPCAP
    return MMAPPED if usbmon else None


def _halves(dumps: Iterable[tuple[int, bytes]]) -> Iterator[Half]:
    """The requests and completions; what Wireshark put together itself is passed over."""
    for number, raw in dumps:
        link = _link(raw)
        half = read_packet(number, link, raw) if link is not None else None
        if half is not None:
            yield half


def _containers(dumps: Iterable[tuple[int, bytes]]) -> Iterator[Transfer]:
    """The transfers of PTP."""
    for number, raw in dumps:
        head = _container(raw)
        endpoint = _OUT if head and _is_sent(head) else _IN
        yield Transfer(number, None, None, "", endpoint, Kind.BULK, data=raw, size=len(raw))


def _is_sent(head: Container) -> bool:
    """Whether the host sends it: of data the operation says."""
    if head.kind != ContainerKind.DATA:
        return head.kind == ContainerKind.COMMAND
    kind = find_operation(head.code)
    return kind is not None and kind.data is not None and kind.reply is None


def _container(raw: bytes) -> Container | None:
    """The head of the container that a dump begins with; None when it begins with none."""
    if len(raw) < HEAD:
        return None
    head = Container.decode(raw[:HEAD])
    plausible = HEAD <= head.length <= _LARGEST and head.code >> 12 in _CODES
    return head if plausible and head.kind in _KINDS else None
