"""Recordings of USB traffic, read as one stream whatever the file.

Captures come as `.pcap` and `.pcapng` (`canon.trace.captures`), usbmon's own text has a line for
each request and completion (`canon.trace.usbmon_text`), gphoto2 writes debug logs
(`canon.trace.gphoto2_log`), people paste hex dumps (`canon.trace.hexdumps`), and traces have a JSON
object on each line (`canon.trace.jsonl`). Each may be compressed by gzip, or be the one file of a
zip archive. A request and its completion are one `Transfer`; a trace that kept no transfers gives
`Exchange`s of native commands or `Transaction`s of PTP. Everything else worth knowing is a
`Remark`.

A recording is not trusted: no length in it is believed before the bytes are there, and what is
broken becomes a `Remark`, so one bad record never hides the rest. Only a file that is no recording
at all is an error, a `ValueError`.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import BinaryIO

from canon.trace.captures import MAGICS, read_capture
from canon.trace.gphoto2_log import BEGINNING, read_gphoto2_log
from canon.trace.halves import join
from canon.trace.hexdumps import begins_dump, read_hexdumps
from canon.trace.jsonl import blank_trace, packet_line, read_trace
from canon.trace.records import IpPacket, Record, Remark, Span, Transfer
from canon.trace.source import Source, Where, opened
from canon.trace.usbmon import COMPLETION, REQUEST, file_head, packet
from canon.trace.usbmon_text import LINE, read_usbmon_text

_LONGEST = 1 << 20  # bytes of one line of text; what is longer is cut
_LOOKED_AT = 16 << 20  # bytes of text in which the first line that is known must be
_ASKED = -115  # the status of a request: it is in progress


def read(where: Where) -> Iterator[Record]:
    """What a recording holds, in the order in which the transfers were over.

    Args:
        where: the file, or an open stream of its bytes.

    Raises:
        ValueError: it is no recording of USB traffic.
    """
    with opened(where) as source:
        last = 0
        for record in _records(source):
            last = record.index
            yield record
        if source.broken:
            yield Remark(last + 1, None, "Broken", source.broken)


def blank(
    where: Where,
    copy: BinaryIO,
    spans: Mapping[int, Iterable[Span]],
    devices: Collection[str],
) -> None:
    """Copy a recording with bytes of some records blanked.

    A trace stays one, and PTP over TCP becomes one; of everything else a pcapng of usbmon records
    is made. Lengths and times stay as they are. What cannot be read is not copied.

    Args:
        where: the recording.
        copy: where the copy goes.
        spans: for the number of a record (its `index`) the (start, end) of what is to become zeros;
            of an Exchange, the payload comes first and the reply after it.
        devices: the devices whose transfers are copied.

    Raises:
        ValueError: it is no recording.
    """
    with opened(where) as source:
        if _is_trace(source):
            blank_trace(source.file, copy, spans)
            return
        records = (one for one in _records(source) if isinstance(one, Transfer | IpPacket))
        first = next(records, None)
        if isinstance(first, IpPacket):
            copy.writelines(
                packet_line(one, spans.get(one.index, ()))
                for one in chain([first], records)
                if isinstance(one, IpPacket)
            )
            return
        copy.write(file_head())
        time = 0.0
        for number, record in enumerate(chain([first], records), 1):
            if isinstance(record, Transfer) and record.device in devices:
                time = time if record.time is None else record.time
                copy.writelines(_usbmon(number, record, time, spans.get(record.index, ())))


def _records(source: Source) -> Iterator[Record]:
    if _is_trace(source):
        return read_trace(source.file)
    if source.file.peek(4)[:4] in MAGICS:
        return join(read_capture(source.file, source.name))
    return _text(source)


def _is_trace(source: Source) -> bool:
    return source.file.peek(1)[:1] == b"{"


def _text(source: Source) -> Iterator[Record]:
    """The records of a text, whose first line that is known tells what it is."""
    lines = _lines(source.file)
    seen = 0
    for number, line in lines:
        if LINE.match(line):
            return join(read_usbmon_text(chain([(number, line)], lines)))
        if BEGINNING.search(line):
            return read_gphoto2_log(chain([(number, line)], lines))
        if begins_dump(line):
            return read_hexdumps(chain([(number, line)], lines))
        seen += len(line)
        if seen > _LOOKED_AT:
            break
    raise ValueError(
        f"{source.name} is no recording of USB traffic; wanted is a capture (.pcap, .pcapng, "
        "usbmon's text), a debug log of gphoto2, hex dumps of packets, or a trace of JSON lines"
    )


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Numbered lines, each cut where it is too long."""
    number, goes_on = 0, False
    while line := file.readline(_LONGEST):
        if not goes_on:
            number += 1
            yield number, line
        goes_on = not line.endswith(b"\n")


def _usbmon(number: int, transfer: Transfer, time: float, spans: Iterable[Span]) -> Iterator[bytes]:
    """A transfer as its request and its completion, with zeros in the named spans."""
    data = bytearray(transfer.data)
    for start, stop in spans:
        data[start:stop] = bytes(len(data[start:stop]))
    setup = b""
    if one := transfer.setup:
        setup = struct.pack("<BBHHH", one.kind, one.request, one.value, one.index, one.length)
    bus, address = (int(part) & 0xFF for part in (transfer.device or "1.1").split("."))
    common = (transfer.kind, transfer.endpoint)
    asked, done = (b"", data) if transfer.inward else (data, b"")
    if transfer.time is not None or asked:  # a log may have no times
        yield packet(
            number,
            REQUEST,
            *common,
            time=time,
            size=transfer.room,
            data=asked,
            status=_ASKED,
            setup=setup,
            device=(bus, address),
        )
    if transfer.status is not None:
        yield packet(
            number,
            COMPLETION,
            *common,
            time=time + (transfer.took or 0.0),
            size=transfer.size,
            data=done,
            status=transfer.status,
            device=(bus, address),
        )
