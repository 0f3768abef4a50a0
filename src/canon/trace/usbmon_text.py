"""Usbmon's text form: a line for each request and completion (the kernel's docs/usb/usbmon).

`ed2f6a80 3575914555 S Ci:1:001:0 s a3 00 0000 0003 0004 4 <`. The kernel writes down only the first
32 bytes of a transfer, and its clock starts anew every 4096 seconds. The lines may have been
quoted, numbered or folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from canon.trace.halves import Half
from canon.trace.records import Kind, Remark

LINE = re.compile(
    rb"[>|\s]*(?:\d{1,7}(?:[.:)]\s*|\s+))??([0-9a-f]{1,16}) (\d{1,20}) ([SCE]) "
    rb"([ZICB])([io]):(?:(\d{1,5}):)?(\d{1,3}):(\d{1,2}) (\S.*)"
)
"""Tag, time in microseconds, event, kind, direction, bus, address, endpoint, and the rest."""

_MORE = re.compile(rb"[>|\s]*(?:\d{1,7}[.:)]\s*)?(=|(?:= ?)?(?:[0-9a-f]{2,8} )*[0-9a-f]{2,8})\s*$")
"""What is left of a line that was folded: its data."""
_KINDS = {b"Z": Kind.ISOCHRONOUS, b"I": Kind.INTERRUPT, b"C": Kind.CONTROL, b"B": Kind.BULK}
_SETUP_WORDS = 5
_LONGEST = 1 << 16  # bytes of a line that was folded
_TURN_S = 4096.0  # after which the clock starts anew


def read_usbmon_text(lines: Iterable[tuple[int, bytes]]) -> Iterator[Half | Remark]:
    """The requests and completions of numbered lines; a line that is neither is a `Remark`."""
    turns, last = 0.0, 0.0
    for number, line in _unfolded(lines):
        if match := LINE.match(line):
            try:
                time = int(match[2]) / 1e6
                if time + turns < last - _TURN_S / 2:
                    turns += _TURN_S
                last = time + turns
                yield _half(number, match, last)
                continue
            except (ValueError, IndexError, OverflowError):
                pass
        if line.strip():
            yield Remark(number, None, "Broken", "this is no line of usbmon")


def _unfolded(lines: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """The lines, and those that were folded as one."""
    held: tuple[int, bytes] | None = None
    for number, line in lines:
        if held and len(held[1]) < _LONGEST and (more := _MORE.match(line)):
            held = held[0], held[1].rstrip() + b" " + more[1]
            continue
        if held:
            yield held
        held = number, line
    if held:
        yield held


def _half(number: int, match: re.Match[bytes], time: float) -> Half:
    tag, _, event, letter, direction, bus, address, endpoint, rest = match.groups()
    words, setup, status = rest.split(), b"", 0
    kind = _KINDS[letter]
    if words[0] == b"s":
        numbers = [int(word, 16) for word in words[1 : 1 + _SETUP_WORDS]]
        setup = bytes(numbers[:2]) + b"".join(one.to_bytes(2, "little") for one in numbers[2:])
    elif words[0][:1] in b"-0123456789":
        status = int(words[0].split(b":")[0])
    words = words[1 + _SETUP_WORDS :] if setup or words[0].isalpha() else words[1:]
    size, data = 0, b""
    if kind is not Kind.ISOCHRONOUS:  # those tell their packets first; no camera has them
        size = int(words[0])
        data = bytes.fromhex(b"".join(words[2:]).decode()) if words[1:2] == [b"="] else b""
    if (setup and len(setup) != 8) or not -4096 <= status <= 0 or not 0 <= size < 1 << 32:
        raise ValueError("a number that cannot be")
    return Half(
        number,
        int(tag, 16),
        event == b"S",
        f"{int(bus or 0)}.{int(address)}",
        int(endpoint) & 0x0F | (0x80 if direction == b"i" else 0),
        kind,
        time,
        status,
        size,
        setup,
        data[:size],
    )
