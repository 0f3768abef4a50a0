"""Hex dumps as people paste them: of Wireshark's packets, and of PTP with nothing around."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import record_body

from canon.trace.files import read
from canon.trace.step import Step
from canon.trace.telling import redact, tell
from conftest import program
from rigs.rewritten import as_usbpcap

BODIES = ("powershot-g3", "powershot-g9")
PTP = """\
This is what the 60D says:

0000  10 00 00 00 01 00 02 91-12 00 00 00 01 00 02 00  ................

0000  30 00 00 00 02 00 02 91-12 00 00 00 04 00 03 00  0...............
0010  00 00 00 00 88 6d 07 00-00 00 00 80 bf 6c 07 00  .....m.......l..
0000  00 00 ff ff ff ff 03 53-00 44 00 00 00 00 00 00  .......S.D......
0000  0c 00 00 00 03 00 01 20-12 00 00 00              ....... ....

and then I set it:
> 0000  10 00 00 00 01 00 10 91 13 00 00 00 00 00 00 00  ................
> 0000  18 00 00 00 02 00 10 91 13 00 00 00 0c 00 00 00  ................
> 0010  1c d1 00 00 04 00 00 00                          ........
> 00000000: 0c 00 00 00 03 00 19 20 13 00 00 00  ....... ....
"""


def told(text: bytes) -> list[Step]:
    """The steps, without the numbers of lines or records and the times."""
    steps = tell(read(io.BytesIO(text)))
    return [replace(step, index=0, time=None) for step in steps]


def dumped(path: Path, *options: str) -> bytes:
    """The hex dumps that tshark makes of a capture."""
    command = [program("tshark"), "-x", *options, "-r", str(path)]
    return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("ours")
    return {slug: record_body(folder / f"{slug}.pcapng", slug) for slug in BODIES}


@pytest.mark.parametrize("slug", BODIES)
@pytest.mark.parametrize("options", [(), ("-V",)], ids=["bytes", "all fields, too"])
def test_what_tshark_prints_is_told(
    ours: dict[str, Path], slug: str, options: tuple[str, ...]
) -> None:
    text = dumped(ours[slug], *options)
    want = told(ours[slug].read_bytes())
    assert told(text) == want
    assert told(b"".join(b"> " + line for line in text.splitlines(keepends=True))) == want
    times = [step.time for step in tell(read(io.BytesIO(text)))]
    assert times[0] == 0


@pytest.mark.parametrize("slug", BODIES)
def test_what_tshark_prints_of_windows_is_told_without_times(
    ours: dict[str, Path], slug: str, tmp_path: Path
) -> None:
    (tmp_path / "a.pcap").write_bytes(as_usbpcap(ours[slug]))
    steps = list(tell(read(io.BytesIO(dumped(tmp_path / "a.pcap")))))
    assert {step.time for step in steps} == {None}
    assert [replace(step, index=0) for step in steps] == told(ours[slug].read_bytes())


@pytest.mark.parametrize("change", [str, str.upper], ids=["small", "large"])
def test_dumps_of_ptp_alone_tell_their_way_by_their_kind(change: Callable[[str], str]) -> None:
    info, setting = told(change(PTP).encode())
    assert info.reply is not None
    assert (info.name, info.reply["capacity"]) == ("EosGetStorageInfo", 31902400512)
    assert setting.fields["data"] == {"property": "capture_destination", "value": "host"}
    assert setting.reply == {"response": "DEVICE_BUSY", "code": "0x2019"}
    assert (info.note, setting.note) == ("", "")


def test_the_numbers_are_those_of_the_lines() -> None:
    steps = list(tell(read(io.BytesIO(PTP.encode()))))
    assert [step.index for step in steps] == [3, 11]


def test_dumps_are_redacted_to_a_pcapng(tmp_path: Path) -> None:
    redact(io.BytesIO(PTP.encode()), tmp_path / "a.pcapng")
    assert [step.name for step in tell(read(tmp_path / "a.pcapng"))] == [
        "EosGetStorageInfo",
        "SetDevicePropValueEx",
    ]


def test_a_dump_of_something_else_is_no_recording() -> None:
    for row in "7f 45 4c 46 02 01 01 00 00 00 00 00 00 00 00 00", "ff d8 ff e0", "":
        with pytest.raises(ValueError, match="hex dumps of packets"):
            told(f"0000  {row}  ....\n".encode())


@settings(max_examples=100)
@given(st.data())
def test_no_dump_raises_anything_but_value_error(data: st.DataObject) -> None:
    good = bytearray(PTP.encode())
    for at in data.draw(st.lists(st.integers(0, len(good) - 1), max_size=6)):
        good[at] = data.draw(st.integers(0, 255))
    try:
        steps = list(tell(read(io.BytesIO(good))))
    except ValueError:
        return
    assert all(step.lines() and step.as_json() for step in steps)
