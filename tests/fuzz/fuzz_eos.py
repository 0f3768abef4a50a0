"""What an EOS says, as bytes that none would say: rows of records, frames, structures, packets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from canon.errors import DecodeError
from canon.ptp.eos import olc
from canon.ptp.eos.codes import NAMES, row_at
from canon.ptp.eos.focus import read_focus
from canon.ptp.eos.formats import CustomFunctions
from canon.ptp.eos.frames import EvfFrame, read_frame
from canon.ptp.eos.layouts import GetEvent, GetViewfinderData, SetDevicePropValueEx
from canon.ptp.eos.records import (
    AvailListChanged,
    OlcInfoChanged,
    PropValueChanged,
    pack_records,
    read_records,
)
from canon.ptp.ip_packets import pack_packet, read_packet
from canon.trace.dataset import Memory
from canon.trace.ptp_datasets import read_dataset

_TOO_LONG = "is longer than"
_VERSIONS = (0, 0x07, 0x10, 0x14, 0xFFFFFFFF)


def take_records(data: bytes) -> None:
    """Read a row of records, all that it says, and write it again."""
    records = read_records(data)
    assert len(records) <= len(data) // 8
    for record in records:
        repr(record)
        match record:
            case OlcInfoChanged():
                for version in _VERSIONS:
                    olc.display(record.groups(version))
            case PropValueChanged(code, value):
                _take_value(code, value)
            case AvailListChanged(code):
                record.numbers()
                for entry in row_at(code & 0xFFFF).entries(record) or ():
                    _take_value(code, entry)
    try:
        again = pack_records(records)
    except ValueError as error:
        if _TOO_LONG not in str(error):
            raise
    else:
        assert read_records(again) == records
    told = read_dataset(GetEvent, (), data, Memory(), inward=True)
    json.dumps(told.fields)


def _take_value(code: int, raw: bytes) -> None:
    row = row_at(code & 0xFFFF, raw)
    value = row.read(raw)
    row.kind.label(value)
    written = row.write(value)
    assert written is None or row.write(row.read(written)) == written
    row.write(value, [raw])


def take_frame(data: bytes) -> None:
    """Read a live frame, and all that it says."""
    frame = read_frame(data)
    for name, part in vars(EvfFrame).items():
        if isinstance(part, property):
            getattr(frame, name)
    read_dataset(GetViewfinderData, (), data, Memory(), inward=True)


def take_value(data: bytes) -> None:
    """Read a structure as every property that may have one."""
    for code in {*NAMES, 0xD2FE}:
        _take_value(code, data)
    read_focus(data)


def take_functions(data: bytes) -> None:
    """Read custom functions, and write them again."""
    told = CustomFunctions.decode(data)
    assert data.startswith(told.encode())


def take_set(data: bytes) -> None:
    """Read what a host sets."""
    read_dataset(SetDevicePropValueEx, (), data, Memory(), inward=False)


def take_packet(data: bytes) -> None:
    """Read a packet of PTP over TCP, and write it again."""
    packet = read_packet(data)
    assert read_packet(pack_packet(packet)) == packet


TAKERS = (take_records, take_frame, take_value, take_functions, take_set, take_packet)


def take_eos(data: bytes) -> None:
    """Read what the first byte chooses."""
    if data:
        with suppress(DecodeError):
            TAKERS[data[0] % len(TAKERS)](data[1:])


def eos_seeds(traces: Path) -> Iterator[bytes]:
    """What was recorded, record by record, and what cannot be."""
    chosen = {GetEvent.code: 0, GetViewfinderData.code: 1, SetDevicePropValueEx.code: 4}
    for path in sorted(traces.glob("ptp/*.jsonl")):
        for line in path.read_text().splitlines():
            fields = json.loads(line)
            if packet := fields.get("packet"):
                yield b"\5" + bytes.fromhex(packet)
            if data := bytes.fromhex(fields.get("data") or ""):
                code = int(fields["opcode"], 16)
                if code in chosen:
                    yield bytes((chosen[code],)) + data
                for record in read_records(data) if code == GetEvent.code else ():
                    yield b"\0" + pack_records([record])
                    if isinstance(record, PropValueChanged) and len(record.value) > 4:
                        yield b"\2" + record.value
                        yield b"\3" + record.value
    yield from (bytes((kind,)) + filler * 64 for kind in range(6) for filler in (b"\0", b"\xff"))
