"""Recordings that people have: of Windows, as text, compressed, of a busy bus, with losses."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import pcap, record_body, tshark, urb

from canon.trace.files import read
from canon.trace.records import Remark, Setup, Transfer
from canon.trace.source import Where
from canon.trace.step import Step
from canon.trace.telling import redact, tell
from rigs.rewritten import (
    as_darwin,
    as_gzip,
    as_usbmon_text,
    as_usbpcap,
    block,
    interface,
    on_two_interfaces,
    section,
)

BODIES = ("powershot-g3", "eos-20d", "powershot-g9")
FORMS: dict[str, Callable[[Path], bytes]] = {
    "usbpcap": as_usbpcap,
    "usbpcap-ng": lambda path: as_usbpcap(path, ng=True),
    "usbpcap-old": lambda path: as_usbpcap(path, old=True),
    "usbmon-text": as_usbmon_text,
    "macos": as_darwin,
    "gzip": as_gzip,
}
OURS = "1.1"
KEYBOARD = "2.5"


def told(where: Where, device: str | None = None) -> list[Step]:
    """The steps, without the numbers of records and buses, which differ from form to form."""
    return [
        replace(step, index=0, device=step.device.replace("20.", "1."))
        for step in tell(read(where), device)
    ]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("ours")
    return {slug: record_body(folder / f"{slug}.pcapng", slug) for slug in BODIES}


@pytest.mark.parametrize("slug", BODIES)
@pytest.mark.parametrize("form", FORMS)
def test_each_form_tells_the_same_steps(
    ours: dict[str, Path], slug: str, form: str, tmp_path: Path
) -> None:
    path = tmp_path / "a"
    path.write_bytes(FORMS[form](ours[slug]))
    steps = told(path)
    assert len(steps) > 8
    assert steps == told(ours[slug])


@pytest.mark.parametrize("slug", BODIES)
@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_redacted_to_the_same_pcapng(
    ours: dict[str, Path], slug: str, form: str, tmp_path: Path
) -> None:
    path, copy, wanted = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    path.write_bytes(FORMS[form](ours[slug]))
    redact(path, copy)
    redact(ours[slug], wanted)
    assert copy.read_bytes()[:4] == section()[:4]
    assert [one.name for one in told(copy)] == [one.name for one in told(ours[slug])]
    assert told(copy) == told(wanted)


def test_wireshark_reads_what_is_written_here_as_macos_does(
    ours: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(as_darwin(ours["powershot-g9"]))
    rows = tshark(tmp_path / "a", "usb.darwin.endpoint_type", "usb.src", "usb.capdata")
    bulk = [row for row in rows if row[0] == "2" and row[2].startswith("10000000010002")]
    assert [row[1] for row in bulk] == ["host"]
    asked = tshark(tmp_path / "a", "usb.setup.bRequest", only="usb.bmRequestType")
    described = tshark(tmp_path / "a", "usb.src", "usb.idVendor", only="usb.idVendor")
    assert ["6"] in asked
    assert ["20.1.0", "0x04a9"] in described


def test_a_stream_is_read_and_redacted_like_a_file(ours: dict[str, Path], tmp_path: Path) -> None:
    path = ours["powershot-g3"]
    packed = gzip.compress(path.read_bytes())
    assert told(io.BytesIO(packed)) == told(path)
    redact(io.BytesIO(packed), tmp_path / "a")
    redact(path, tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


# --- compressed ----------------------------------------------------------------------------------


def test_what_is_compressed_and_broken_is_told_as_far_as_it_goes(ours: dict[str, Path]) -> None:
    packed = bytearray(gzip.compress(ours["powershot-g3"].read_bytes()))
    for hurt in packed[:-200], packed[:-8] + bytes(8):
        *_, last = read(io.BytesIO(hurt))
        assert isinstance(last, Remark)
        assert "the compressed recording is broken" in last.text


def test_what_unpacks_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canon.trace.source._MOST", 100_000)
    head = b"1f 1 S Bo:1:003:1 -115 31 >\n"
    *_, last = read(io.BytesIO(gzip.compress(head + bytes(1 << 20))))
    assert isinstance(last, Remark)
    assert "unpacks to more than" in last.text


def zipped(*files: bytes) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, data in enumerate(files):
            archive.writestr(f"{number}.pcapng", data)
    packed.seek(0)
    return packed


def test_what_macos_adds_to_a_zip_archive_is_no_file_of_it(ours: dict[str, Path]) -> None:
    path, packed = ours["powershot-g3"], io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("talk.pcapng", path.read_bytes())
        archive.writestr("__MACOSX/._talk.pcapng", b"\0\5\x16\7")
    packed.seek(0)
    assert told(packed) == told(path)


def test_the_one_file_of_a_zip_archive_is_read(ours: dict[str, Path], tmp_path: Path) -> None:
    path = ours["powershot-g3"]
    assert told(zipped(path.read_bytes())) == told(path)
    redact(zipped(path.read_bytes()), tmp_path / "a")
    redact(path, tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (zipped(b"1", b"2").getvalue(), "2 files"),
        (b"PK\3\4" + bytes(60), "cannot be read"),
        (b"\xfd7zXZ\0" + bytes(60), "compressed by xz; unpack it first"),
        (b"\x28\xb5\x2f\xfd" + bytes(60), "compressed by zstd; unpack it first"),
        (b"BZh9" + bytes(60), "compressed by bzip2; unpack it first"),
    ],
)
def test_what_is_packed_otherwise_says_what_to_do(data: bytes, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        list(read(io.BytesIO(data)))


def test_the_clock_of_usbmon_that_starts_anew_goes_on() -> None:
    lines = (
        b"1f 4095900000 S Bo:1:003:1 -115 31 >\n"
        b"1f 4095950000 C Bo:1:003:1 0 31 >\n"
        b"2f 50000 S Bo:1:003:1 -115 31 >\n"
        b"2f 60000 C Bo:1:003:1 0 31 >\n"
    )
    times = [one.time for one in read(io.BytesIO(lines)) if isinstance(one, Transfer)]
    assert times == pytest.approx([4095.9, 4096.05])


# --- a busy bus ----------------------------------------------------------------------------------


def keystrokes(*, described: bool = False) -> list[bytes]:
    """Another device on the bus, on which somebody types."""
    packets = []
    if described:
        device = bytes.fromhex("1201000200000008") + struct.pack("<HH", 0x046D, 0xC31C) + bytes(6)
        config = bytes.fromhex("09022200010100a032 0904000001030101 00")
        for number, (kind, raw) in enumerate(((1, device), (2, config)), 0x80):
            setup = struct.pack("<BBHHH", 0x80, 6, kind << 8, 0, len(raw))
            packets.append(urb(number, b"S", 2, 0x80, size=len(raw), setup=setup, status=-115))
            packets.append(urb(number, b"C", 2, 0x80, raw))
    keys = (bytes((0, 0, 4 + key % 26, 0, 0, 0, 0, 0)) for key in range(40))
    return [*packets, *(urb(0x77, b"C", 1, 0x81, one) for one in keys)]


def on_one_bus(ours: Path, *others: bytes) -> bytes:
    """Our recording with other packets before it, on an interface of their own."""
    out = section() + interface(220)
    out += b"".join(
        block(6, struct.pack("<5I", 0, 0, 0, len(one), len(one)), one) for one in others
    )
    return out + ours.read_bytes()


@pytest.mark.parametrize("described", [False, True])
def test_what_a_keyboard_types_is_counted_and_never_told(
    ours: dict[str, Path], described: bool, tmp_path: Path
) -> None:
    path = tmp_path / "a.pcapng"
    path.write_bytes(on_one_bus(ours["powershot-g3"], *keystrokes(described=described)))
    steps = list(tell(read(path)))
    (other,) = [step for step in steps if step.device == KEYBOARD]
    assert (other.name, other.fields["interrupt"], other.unexplained) == ("OtherDevice", 40, ())
    assert "not a camera" in other.note
    assert other.fields.get("vendor") == ("0x046d" if described else None)
    mine = [step.name for step in steps if step.device == OURS]
    assert mine == [step.name for step in told(ours["powershot-g3"])]
    redact(path, tmp_path / "b.pcapng")
    assert {step.device for step in tell(read(tmp_path / "b.pcapng"))} == {OURS}


def test_one_device_of_several(ours: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    path.write_bytes(on_one_bus(ours["powershot-g9"], *keystrokes()))
    assert {step.device for step in tell(read(path), OURS)} == {OURS}
    assert [step.name for step in tell(read(path), KEYBOARD)] == ["OtherDevice"]
    with pytest.raises(ValueError, match=r"no device 9\.9 in the recording; it has 1\.1, 2\.5"):
        list(tell(read(path), "9.9"))


FILES = [  # a stick whose second command has the tag 2, and a file that begins like a container
    urb(1, b"S", 3, 0x02, bytes.fromhex("5553424302000000 0010000080000a28") + bytes(15)),
    urb(1, b"C", 3, 0x02, size=31),
    urb(2, b"C", 3, 0x81, bytes.fromhex("00100000 0200 0910 01000000") + bytes(500)),
    urb(3, b"C", 3, 0x81, b"USBS" + bytes.fromhex("0200000000000000 00")),
]
SERIAL = [  # an adapter of a serial line: its speed, its form, and what came over the line
    urb(1, b"S", 2, 0x00, setup=bytes.fromhex("40 03 1a00 0000 0000"), status=-115),
    urb(1, b"C", 2, 0x00),
    urb(2, b"S", 2, 0x00, setup=bytes.fromhex("40 04 0800 0000 0000"), status=-115),
    urb(2, b"C", 2, 0x00),
    urb(3, b"C", 3, 0x81, b"\x01\x60secret"),
]


@pytest.mark.parametrize("packets", [FILES, SERIAL], ids=["a stick", "a serial adapter"])
def test_what_only_looks_like_a_camera_is_counted(
    ours: dict[str, Path], packets: list[bytes], tmp_path: Path
) -> None:
    path = tmp_path / "a.pcapng"
    path.write_bytes(on_one_bus(ours["powershot-g9"], *packets))
    steps = list(tell(read(path)))
    assert [step.name for step in steps if step.device == KEYBOARD] == ["OtherDevice"]
    assert [step.name for step in steps if step.device == OURS] == [
        step.name for step in told(ours["powershot-g9"])
    ]


def test_a_capture_that_begins_with_data_has_them(tmp_path: Path) -> None:
    data = bytes.fromhex("1c200000 02000910 07000000") + bytes(0x2010)
    packets = [
        urb(1, b"C", 3, 0x81, data[:512]),
        urb(2, b"C", 3, 0x81, data[512:]),
        urb(3, b"C", 3, 0x81, bytes.fromhex("0c000000 03000120 07000000")),
    ]
    (step,) = told(pcap(tmp_path / "a.pcap", packets))
    assert (step.name, step.reply) == ("GetObject", {"bytes": 0x2010})
    assert step.note == "its command was not recorded"


@pytest.mark.parametrize("slug", BODIES)
def test_a_bus_that_was_captured_on_two_interfaces_is_told_once(
    ours: dict[str, Path], slug: str
) -> None:
    out, twins = on_two_interfaces(ours[slug])
    *steps, last = told(io.BytesIO(out))
    assert steps == told(ours[slug])
    assert (last.name, last.note) == (
        "OtherPackets",
        f"passed over: {twins} packets that were captured on a second interface, too",
    )


def test_packets_of_a_network_are_counted(ours: dict[str, Path]) -> None:
    frame = block(6, struct.pack("<5I", 0, 0, 0, 60, 60), bytes(60))
    mixed = section() + interface(1) + frame * 3 + ours["powershot-g3"].read_bytes()
    *steps, last = told(io.BytesIO(mixed))
    assert [step.name for step in steps] == [step.name for step in told(ours["powershot-g3"])]
    assert (last.name, last.note[:37]) == ("OtherPackets", "passed over: 3 packets of link type 1")


def test_a_capture_of_a_network_alone_is_no_recording() -> None:
    with pytest.raises(ValueError, match="link type 1, not USB"):
        list(read(io.BytesIO(section() + interface(1))))


def test_a_time_that_cannot_be_is_copied_as_far_as_it_can(tmp_path: Path) -> None:
    letter = struct.pack("<BBHHH", 0xC0, 0x0C, 0x55, 0, 1)
    packets = [
        urb(1, b"S", 2, 0x80, size=1, setup=letter, status=-115, seconds=1 << 60),
        urb(1, b"C", 2, 0x80, b"C", seconds=-(1 << 60)),
    ]
    redact(pcap(tmp_path / "a.pcap", packets), tmp_path / "b.pcapng")
    assert [one.name for one in told(tmp_path / "b.pcapng")] == ["ReadStatusLetter"]


# --- what is missing -----------------------------------------------------------------------------


def test_lost_packets_are_told() -> None:
    packet = urb(1, b"C", 3, 0x81, b"late")
    head = struct.pack("<5I", 0, 0, 0, len(packet), len(packet))
    lost = block(6, head, packet, struct.pack("<HHQI", 4, 8, 7, 0))
    statistics = block(5, struct.pack("<3I", 0, 0, 0), b"", struct.pack("<HHQI", 5, 8, 12, 0))
    records = read(io.BytesIO(section() + interface(220) + lost + statistics))
    gaps = [one.text for one in records if isinstance(one, Remark) and one.name == "Gap"]
    assert gaps == [
        "7 packets were lost before the next one",
        "12 packets were lost in all, says the program that captured",
    ]


def test_a_text_that_keeps_32_bytes_says_so(ours: dict[str, Path]) -> None:
    text = as_usbmon_text(ours["powershot-g9"], kept=32)
    steps = told(io.BytesIO(text))
    (asked,) = [step for step in steps if step.name == "GetDeviceInfo"][:1]
    assert "the recording kept 20 of" in asked.note
    native = told(io.BytesIO(as_usbmon_text(ours["powershot-g3"], kept=32)))
    assert any("the recording kept 32 of 80 bytes" in step.note for step in native)


def test_a_line_that_is_none_of_usbmon_hides_nothing(ours: dict[str, Path]) -> None:
    text = as_usbmon_text(ours["powershot-g3"])
    hurt = text.replace(b"\n", b"\n1f 2 S Ci:1:001:0 s 80 06 fffff 0 0 1 <\n\xff\n", 1)
    names = [step.name for step in told(io.BytesIO(hurt))]
    assert names.count("Broken") == 2
    assert [one for one in names if one != "Broken"] == [
        step.name for step in told(io.BytesIO(text))
    ]


@pytest.mark.parametrize("form", [as_usbpcap, as_darwin])
def test_stalls_and_timeouts_of_other_systems(
    form: Callable[[Path], bytes], tmp_path: Path
) -> None:
    packets = [
        urb(1, b"S", 3, 0x02, b"out", status=-115),
        urb(1, b"C", 3, 0x02, status=-32, size=0),
        urb(2, b"S", 3, 0x81, size=64, status=-115),
        urb(2, b"C", 3, 0x81, status=-2),
    ]
    plain = pcap(tmp_path / "a.pcap", packets)
    (tmp_path / "b.pcap").write_bytes(form(plain))
    stalled, late = read(tmp_path / "b.pcap")
    assert [getattr(one, "status", 0) for one in (stalled, late)] == [-32, -2]


@pytest.mark.parametrize("slug", BODIES)
def test_a_capture_of_which_only_what_has_data_was_kept(ours: dict[str, Path], slug: str) -> None:
    data = as_usbpcap(ours[slug])
    kept, at = data[:24], 24
    while at < len(data):
        size = 16 + int.from_bytes(data[at + 8 : at + 12], "little")
        if int.from_bytes(data[at + 39 : at + 43], "little"):
            kept += data[at : at + size]
        at += size
    assert len(kept) < len(data)
    silent = {"NoEvent", "ReadStatusLetter", "ReadInitBlock", "GetDeviceDescriptor"}
    told_of = [(one.name, one.reply) for one in told(io.BytesIO(kept)) if one.name not in silent]
    assert told_of == [(one.name, one.reply) for one in told(ours[slug]) if one.name not in silent]


# --- logs of gphoto2 that this one no longer writes -----------------------------------------------

OLD_LOG = b"""\
Some words around it.
0.093899 gphoto2-port(2): Writing 16=0x10 byte(s) to port...
0.094255 gphoto2-port(3): Hexdump of 16 = 0x10 bytes follows:
0000  10 00 00 00 01 00 02 10-00 00 00 00 01 00 00 00  ................

0.095000 gphoto2-port(2): Reading 1024=0x400 bytes from port...
0.096000 gphoto2-port(2): Could only read 12 out of 1024 byte(s)
0.096500 gphoto2-port(3): Hexdump of 12 = 0xc bytes follows:
0000  0c 00 00 00 03 00 01 20-00 00 00 00              ....... ....

0.097000 gphoto2-port(2): Reading 8=0x8 bytes from interrupt endpoint...
0.100000 gphoto2-port(2): Writing 12=0xC byte(s) to port...
0.100100 gphoto2-port(3): Hexdump of 12 = 0xc bytes follows:
0000  0c 00 00 00 01 00 03 10-01 00 00 00              ............
0.100200 gphoto2-port(2): Reading 1024=0x400 bytes from port...
"""


def test_a_log_of_before_2012_is_told() -> None:
    steps = list(tell(read(io.BytesIO(OLD_LOG))))
    assert [(step.name, step.note) for step in steps] == [
        ("OpenSession", ""),
        ("NoEvent", ""),
        ("CloseSession", "no end was recorded; no answer"),
    ]
    assert steps[0].fields == {"session": 1}
    assert (steps[0].index, steps[0].time) == (3, 0)


def test_a_read_that_failed_is_told() -> None:
    line = b"0.1 gp_port_read (0): Reading 1024 = 0x400 bytes from port"
    log = OLD_LOG + line + b"...\n" + line + b" failed: Timeout reading (-10)\n"
    assert "nothing came in time" in list(tell(read(io.BytesIO(log))))[-1].note
    log = OLD_LOG + line + b"...\n" + line + b" failed: I/O problem \x1b[2J (-7)\n"
    last = list(tell(read(io.BytesIO(log))))[-1]
    assert "error -71" in last.note
    assert "\x1b" not in "".join(last.lines())


def test_a_log_of_a_serial_line_says_that_it_cannot_be_told() -> None:
    for line in (
        b"Opening SERIAL port...",
        b"Wrote   0 = 0x0 out of 8 bytes to port: (empty hexdump",
    ):
        log = b"0.1 gp_port (2): " + line + b"\n" + OLD_LOG
        (step,) = tell(read(io.BytesIO(log)))
        assert (step.name, "serial line" in step.note) == ("SerialLine", True)


def test_a_dump_that_breaks_off_is_told_as_cut() -> None:
    cut = OLD_LOG.replace(b"0000  0c 00 00 00 03", b"0000  0c 00 00", 1)
    (step, *_) = tell(read(io.BytesIO(cut)))
    assert "bytes" in step.note
    lost = OLD_LOG.replace(b"Hexdump of 12 = 0xc", b"hexdump of the first 12 of 99999999", 1)
    assert "kept 0 of 99999999 bytes" in next(iter(tell(read(io.BytesIO(lost))))).note


@settings(max_examples=100)
@given(st.data())
def test_no_text_raises_anything_but_value_error(data: st.DataObject) -> None:
    good = bytearray(data.draw(st.sampled_from([OLD_LOG, TEXT])))
    for at in data.draw(st.lists(st.integers(0, len(good) - 1), max_size=6)):
        good[at] = data.draw(st.integers(0, 255))
    cut = io.BytesIO(good[: data.draw(st.integers(0, len(good)))])
    steps: list[Step] = []
    with suppress(ValueError):
        steps += tell(read(cut))
    assert all(step.lines() and step.as_json() for step in steps)


TEXT = b"""\
ed2f6a80 3575914555 S Ci:1:001:0 s c0 0c 0055 0000 0001 1 <
ed2f6a80 3575914560 C Ci:1:001:0 0 1 = 43
ed2f6a81 3575914600 S Ii:1:001:3 -115:8 16 <
ed2f6a81 3575914700 C Ii:1:001:3 -2:8 0
dde75400 3575914800 S Zi:1:005:1 -115:1:2688 1 -18:0:1 1 <
ed2f6a82 3575914900 S Bo:1:001:2 -115 12 = 0c000000 01000310 01000000
ed2f6a82 3575914910 C Bo:1:001:2 -32 0
"""


def test_a_text_of_the_kernel() -> None:
    letter, poll, write, movie = read(io.BytesIO(TEXT))
    assert isinstance(letter, Transfer)
    assert (letter.setup, letter.data) == (Setup(0xC0, 0x0C, 0x55, 0, 1), b"C")
    assert letter.time == 3575.914555
    assert [getattr(one, "status", 0) for one in (poll, write, movie)] == [-2, -32, None]


def test_a_text_of_the_kernel_that_a_mail_has_folded() -> None:
    want = list(read(io.BytesIO(TEXT)))
    folded = TEXT.replace(b"12 = 0c000000 ", b"12 =\n    0c000000 ")
    assert folded != TEXT
    for before in b"> ", b"    ", b"12:":
        text = b"".join(before + line for line in folded.splitlines(keepends=True))
        halves = [replace(one, index=0) for one in read(io.BytesIO(text))]
        assert halves == [replace(one, index=0) for one in want]


# --- traces of PTP that lack what nobody wrote down ---------------------------------------------


def test_a_transaction_without_a_number_and_a_piece_of_data(tmp_path: Path) -> None:
    line = b'{"opcode": "0x1004", "params": [], "data_dir": "in", "data": "0100000001000100", '
    whole, piece = line + b'"response": "0x2001"}', line + b'"data_at": 4, "data_len": 8, "tid": 3}'
    first, second = told(io.BytesIO(whole + b"\n" + piece + b"\n"))
    assert first.reply == {"ids": ["0x00010001"]}
    assert second.reply == {"bytes": 8}
    assert "the recording kept 0 of 8 bytes" in second.note
    redact(io.BytesIO(whole + b"\n" + piece + b"\n"), tmp_path / "a")
    shown, hidden = (tmp_path / "a").read_bytes().splitlines()
    assert b"0100000001000100" in shown
    assert bytes(16).replace(b"\0", b"0") in hidden
