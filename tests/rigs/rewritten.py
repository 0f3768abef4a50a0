"""A recording of ours, as other programs would have written it.

What is ours is read by dpkt, and the forms are written from the descriptions of those who made
them: the kernel's of usbmon, USBPcap's of its captures, and Apple's of those of macOS.
"""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import dpkt


def as_gzip(path: Path) -> bytes:
    """A recording, compressed."""
    return gzip.compress(path.read_bytes())


def _halves(path: Path) -> Iterator[tuple[int, tuple[Any, ...], bytes]]:
    """The microseconds, the header and the data of each usbmon record."""
    with path.open("rb") as stream:
        reader = dpkt.pcapng if stream.read(1) == b"\n" else dpkt.pcap
        stream.seek(0)
        for _, packet in reader.Reader(stream):
            fields = struct.unpack_from("<QcBBBHBBqiiII8s", packet)
            yield fields[8] * 1_000_000 + fields[9], fields, packet[64:]


def as_usbpcap(path: Path, *, ng: bool = False, old: bool = False) -> bytes:
    """A recording as USBPcap would have made it; old versions tell three stages of a control."""
    rows: list[tuple[int, bytes]] = []
    inward = False
    for micros, fields, data in _halves(path):
        number, event, kind, endpoint, address, bus = fields[:6]
        setup, asks = fields[13], event == b"S"
        if asks and kind == 2:
            inward = bool(setup[0] & 0x80)
        place = (endpoint & 0x7F | 0x80 * inward) if kind == 2 else endpoint
        stages: list[tuple[bool, int, bytes]] = [(asks, -1, data)]
        if kind == 2 and asks:
            stages = [(True, 0, setup + data)]
            if old and data:
                stages = [(True, 0, setup), (True, 1, data)]
        elif kind == 2:
            stages = [(False, 3, data)]
            if old:
                stages = [(False, 1, data), (False, 2, b"")] if inward else [(False, 2, b"")]
        status = {-2: 0xC0010000, -32: 0xC0000004}.get(fields[10], 0) if not asks else 0
        for request, stage, payload in stages:
            head = struct.pack(
                "<HQIHBHHBBI",
                27 + (kind == 2), number, status, 9, not request, bus, address, place, kind,
                len(payload),
            )  # fmt: skip
            rows.append((micros, head + (bytes([stage]) if kind == 2 else b"") + payload))
    return _as_pcapng(249, rows) if ng else _as_pcap(249, rows)


def as_darwin(path: Path) -> bytes:
    """A recording as macOS would have made it, on its bus 0x14."""
    rows = []
    for micros, fields, data in _halves(path):
        number, event, kind, endpoint, address = fields[:5]
        setup, asks = fields[13], event == b"S"
        payload = setup + data if asks and kind == 2 else data
        status = {-2: 0xE00002D6, -32: 0xE0005000}.get(fields[10], 0) if not asks else 0
        head = struct.pack(
            "<HBBIIIQIBBBB",
            0x100, 32, not asks, fields[11], status, 0, number, 0x14110000, 2, address, endpoint,
            (1, 3, 0, 2)[kind],
        )  # fmt: skip
        rows.append((micros, head + payload))
    return _as_pcap(266, rows)


def _as_pcap(link: int, rows: Iterable[tuple[int, bytes]]) -> bytes:
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 0x40000, link)
    for micros, row in rows:
        out += struct.pack("<4I", *divmod(micros, 1_000_000), len(row), len(row)) + row
    return out


def _as_pcapng(link: int, rows: Iterable[tuple[int, bytes]]) -> bytes:
    """A pcapng whose first interface is a network, and with ten million ticks a second."""
    out = section() + interface(1) + interface(link, struct.pack("<HHB3x", 9, 1, 7) + bytes(4))
    for micros, row in rows:
        out += block(
            6, struct.pack("<5I", 1, *divmod(micros * 10, 1 << 32), len(row), len(row)), row
        )
    return out


def on_two_interfaces(path: Path) -> tuple[bytes, int]:
    """A recording of a bus and of all buses (usbmon1 and usbmon0), and how many packets it had."""
    out, rows = section() + interface(220) * 2, list(_halves(path))
    for micros, fields, data in rows:
        for which, later in ((0, 0), (1, 7)):  # each looks at the clock for itself
            seconds, part = divmod(micros + later, 1_000_000)
            head = struct.pack("<QcBBBHBBqiiII8s", *fields[:8], seconds, part, *fields[10:])
            row = head.ljust(64, b"\0") + data
            out += block(6, struct.pack("<5I", which, 0, 0, len(row), len(row)), row)
    return out, len(rows)


def section() -> bytes:
    """A section header of a pcapng."""
    return block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))


def interface(link: int, options: bytes = b"") -> bytes:
    """An interface of a pcapng."""
    return block(1, struct.pack("<HHI", link, 0, 0), options)


def block(kind: int, head: bytes, data: bytes = b"", options: bytes = b"") -> bytes:
    """A block of a pcapng."""
    body = head + data + bytes(-len(data) % 4) + options
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def as_usbmon_text(path: Path, *, kept: int | None = None) -> bytes:
    """A recording in usbmon's text form; the kernel keeps 32 bytes of each transfer."""
    lines = []
    for micros, fields, data in _halves(path):
        number, event, kind, endpoint, address, bus, no_setup = fields[:7]
        inward = endpoint & 0x80
        words = [f"{number:x} {micros} {event.decode()} {'ZICB'[kind]}{'i' if inward else 'o'}"]
        words[0] += f":{bus}:{address:03d}:{endpoint & 0x7F}"
        if event == b"S" and not no_setup:
            setup = struct.unpack("<BBHHH", fields[13])
            words.append("s {:02x} {:02x} {:04x} {:04x} {:04x}".format(*setup))
        else:
            words.append(f"{fields[10]}{':8' if kind == 1 else ''}")
        words.append(str(fields[11]))
        if data:
            text = data[:kept].hex()
            words += ["=", *(text[at : at + 8] for at in range(0, len(text), 8))]
        else:
            words.append("<" if inward else ">")
        lines.append(" ".join(words) + "\n")
    return "".join(lines).encode()
