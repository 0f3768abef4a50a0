"""Logs of gphoto2 as mails, pages and other logs leave them: quoted, numbered, folded, cut."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from canon.trace.files import read
from canon.trace.step import Step
from canon.trace.telling import redact, tell
from canon.trace.torn import first_record

# A PowerShot G3 and an EOS 60D, as gphoto2 2.5 writes them; the bytes are those of the cameras.
LOG = """\
0.340246 gp_port_usb_msg_read        (3): Reading message (request=0xc value=0x55 index=0x0 \
size=1=0x1)...
0.341506 gp_port_usb_msg_read        (3): Read 1 = 0x1 bytes USB message (request=0xc value=0x55 \
index=0x0 size=1=0x1) (hexdump of 1 bytes)
0000  43                     -                         C

0.341520 canon/canon/usb.c           (2): initial camera response: C/'Camera was woken up'
"""
EOS_LOG = """\
0.107523 ptp                         (2): PTP: Opening session
0.261100 gp_port_write               (3): Writing 16 = 0x10 bytes to port...
0.261110 gp_port_write               (3): Wrote   16 = 0x10 bytes to port: (hexdump of 16 bytes)
0000  10 00 00 00 01 00 02 91-12 00 00 00 01 00 02 00  ................

0.261202 ptp_usb_getdata             (2): Reading PTP_OC 0x9102 (EOS_GetStorageInfo) data...
0.261231 gp_port_read                (3): Reading 1024 = 0x400 bytes from port...
0.263362 gp_port_read                (3): Read    48 = 0x30 out of 1024 bytes from port: \
(hexdump of 48 bytes)
0000  30 00 00 00 02 00 02 91-12 00 00 00 04 00 03 00  0...............
0010  00 00 00 00 88 6d 07 00-00 00 00 80 bf 6c 07 00  .....m.......l..
0020  00 00 ff ff ff ff 03 53-00 44 00 00 00 00 00 00  .......S.D......

0.263389 ptp_usb_getresp             (2): Reading PTP_OC 0x9102 (EOS_GetStorageInfo) response...
0.263410 gp_port_read                (3): Reading 1024 = 0x400 bytes from port...
0.263669 gp_port_read                (3): Read    12 = 0xc out of 1024 bytes from port: \
(hexdump of 12 bytes)
0000  0c 00 00 00 03 00 01 20-12 00 00 00              ....... ....

0.263690 gp_port_check_int           (3): Reading 24 = 0x18 bytes from interrupt endpoint...
0.263999 gp_port_check_int           (3): Read    16 = 0x10 out of 24 bytes from interrupt \
endpoint: (hexdump of 16 bytes)
0000  10 00 00 00 04 00 01 c1-00 00 00 00 00 00 00 00  ................
"""


def folded(text: str, width: int, margin: str = "") -> str:
    """A text whose long lines are broken between words."""
    lines = []
    for whole in text.split("\n"):
        line = whole
        while len(line) > width:
            at = line.rfind(" ", 0, width)
            lines.append(line[:at])
            line = margin + line[at:].lstrip(" ")
        lines.append(line)
    return "\n".join(lines)


def each(text: str, before: str) -> str:
    """A text with something before each line; `{}` is the number of the line."""
    return "\n".join(
        before.format(number) + line for number, line in enumerate(text.split("\n"), 1)
    )


FORMS: dict[str, Callable[[str], str]] = {
    "quoted": lambda text: each(text, "> "),
    "quoted twice": lambda text: each(text, "> > "),
    "indented": lambda text: each(text, "    "),
    "a numbered list": lambda text: each(text, "   {}. "),
    "cat -n": lambda text: each(text, "{:>6}\t"),
    "grep -n": lambda text: each(text, "{}:"),
    "in a syslog": lambda text: each(text, "Nov 29 06:29:47 host shooter[123]: "),
    "folded": lambda text: folded(text, 72),
    "folded and quoted": lambda text: each(folded(text, 65), "> "),
    "folded narrowly": lambda text: folded(text, 61),
    "a folded list": lambda text: folded(each(text, "   {}. "), 72, "       "),
    "double spaced": lambda text: text.replace("\n", "\n\n"),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "blanks of a page": lambda text: text.replace("  ", " \u00a0"),
    "single blanks": lambda text: re.sub("  +", " ", text),
    "large digits": lambda text: re.sub(
        "(?m)^[0-9a-f]{4}  .{47}", lambda row: row[0].upper(), text
    ),
    "without times": lambda text: re.sub(r"(?m)^\d+\.\d{6} ", "", text),
    "without characters": lambda text: re.sub("(?m)^([0-9a-f]{4}  .{47}).*$", r"\1", text),
}


def told(text: str) -> list[Step]:
    """The steps, without the numbers of lines and the times."""
    steps = tell(read(io.BytesIO(text.encode())))
    return [replace(step, index=0, time=None) for step in steps]


@pytest.mark.parametrize("form", FORMS)
def test_a_log_that_was_passed_on_tells_the_same(form: str) -> None:
    (letter,) = told(LOG)
    assert letter.reply == {"letter": "C", "meaning": "just woken up"}
    assert told(FORMS[form](LOG)) == [letter]
    info, event = told(EOS_LOG)
    assert info.reply is not None
    assert (info.name, info.reply["capacity"]) == ("EosGetStorageInfo", 31902400512)
    assert (event.name, info.note, event.note) == ("RequestGetEvent", "", "")
    assert told(FORMS[form](EOS_LOG)) == [info, event]


@pytest.mark.parametrize("form", ["a numbered list", "grep -n", "in a syslog", "quoted"])
def test_times_are_found_behind_what_was_put_before_them(form: str) -> None:
    _, event = tell(read(io.BytesIO(FORMS[form](EOS_LOG).encode())))
    assert event.time == pytest.approx(0.00259)


def test_a_log_without_times_keeps_its_commands_when_it_is_redacted(tmp_path: Path) -> None:
    log = FORMS["without times"](EOS_LOG)
    redact(io.BytesIO(log.encode()), tmp_path / "a.pcapng")
    steps = [
        replace(step, index=0, time=None, device="") for step in tell(read(tmp_path / "a.pcapng"))
    ]
    assert steps == told(log)


# --- several cameras, and none ----------------------------------------------------------------


def test_a_log_of_two_cameras_follows_each_in_its_dialect() -> None:
    assert told(LOG + EOS_LOG) == [*told(LOG), *told(EOS_LOG)]
    assert told(EOS_LOG + LOG + EOS_LOG) == [*told(EOS_LOG), *told(LOG), *told(EOS_LOG)]


def test_the_times_of_a_second_run_come_after_the_first() -> None:
    steps = list(tell(read(io.BytesIO((LOG + EOS_LOG).encode()))))
    assert [step.time for step in steps] == pytest.approx([0, 0.262374, 0.264964])


def test_a_log_without_data_says_how_to_get_them() -> None:
    line = "0.243 gp_libusb1_find_device_lib (2): Detected defaults: config 1, inep 81, outep 02, "
    (step,) = told(line + "intep 83, class 06, subclass 01\n")
    assert step.name == "NoTransfers"
    assert "--debug-loglevel=data" in step.note


# --- a piece out of the middle --------------------------------------------------------------------

ADDED = """\
30.106163 gphoto2-port(3): Hexdump of 80 = 0x50 bytes follows:
0000  50 00 00 00 02 00 16 91-0b 07 00 00 3c 00 00 00  P...........<...
0010  81 c1 00 00 52 63 94 31-01 00 01 00 01 38 00 00  ....Rc.1.....8..
0020  00 00 00 00 20 00 00 00-85 41 27 00 00 00 94 31  .... ....A'....1
0030  50 63 94 31 49 4d 47 5f-31 35 38 39 2e 4a 50 47  Pc.1IMG_1589.JPG
0040  00 00 00 00 f8 d2 ed 49-08 00 00 00 00 00 00 00  .......I........
"""
"""One dump of an EOS 400D, as a note quotes it: what said where it passed is not there."""


def test_a_dump_alone_is_told() -> None:
    (step,) = told(ADDED)
    assert step.reply is not None
    (record,) = step.reply["records"]
    assert (step.name, record["record"], record["name"]) == (
        "GetEvent",
        "ObjectAddedEx",
        "IMG_1589.JPG",
    )
    assert step.note == "its command was not recorded"
    assert not step.unexplained


def test_a_command_whose_sentence_is_lost_still_asks() -> None:
    lines = ADDED.replace("Hexdump of 80 = 0x50", "Hexdump of 12 = 0xc").splitlines()
    lines[1:] = ["0000  0c 00 00 00 01 00 16 91-0b 07 00 00              ............    "]
    (step,) = told("\n".join(lines))
    assert (step.name, step.note) == ("GetEvent", "no answer")


def test_data_and_response_whose_command_is_lost_are_one_step() -> None:
    start = EOS_LOG.index("0.261231")
    info, _ = told(EOS_LOG[start:])
    whole, _ = told(EOS_LOG)
    assert (info.name, info.reply) == (whole.name, whole.reply)
    assert info.note == "its command was not recorded"


SENT = """\
0.344922 gp_port_read                (3): Reading 84 = 0x54 bytes from port...
0.345802 gp_port_read                (3): Read    84 = 0x54 bytes from port: (hexdump of 84 bytes)
0000  14 00 00 00 01 03 00 00-00 00 00 00 00 00 00 00  ................
0010  00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00  ................
0020  00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00  ................
0030  00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00  ................
0040  02 00 00 00 22 00 10 22-14 00 00 00 b0 e7 12 00  ...."..\"........
0050  00 00 00 00            -                         ....
"""
"""What an EOS 20D answered to a command that is not there."""


CUT = """\
0.276811 gp_port_read                (3): Reading 1140 = 0x474 bytes from port...
0.280215 _cb_irq                     (2): 0x509900 with status 0
0.284371 gp_port_read                (3): Read    1140 = 0x474 bytes from port: \
(hexdump of 1140 bytes)
0000  34 04 00 00 01 03 00 00-00 00 00 00 00 00 00 00  4...............
0010  00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00  ................
0020  00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00  ................
0030  00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00  ................
0040  02 00 00 00 24 00 10 22-34 04 00 00 0f 00 00 00  ....$.."4.......
0050  00 00 00 00 20 04 75 01-00 80 43 61 6e 6f 6e 20  .... .u...Canon
"""
"""And how a piece of its log ends."""


def test_an_answer_in_the_native_protocol_names_its_command() -> None:
    (step,) = told(SENT)
    assert (step.name, step.reply, step.unexplained) == ("ReleaseSent", {}, ())
    assert step.note == "its command was not recorded"
    (half,) = told(SENT.replace("0000  14 00 00 00 01 03 00 00-", "0000  ", 1))
    assert half.name == "UnknownBulk"
    (cut,) = told(CUT)
    assert cut.name == "GetAbilities"
    assert cut.note.startswith(
        "its command was not recorded; the recording kept 96 of 1140 bytes of the answer; "
    )
    (named,) = told(LOG + SENT.replace("22 00 10 22", "22 00 10 21"))[1:]
    assert named.name == "UnknownBulk"


TORN = """\
1.103653 gp_port_read                (3): Reading 195 = 0xc3 bytes from port...
1.103964 gp_port_read                (3): Read    195 = 0xc3 bytes from port: \
(hexdump of 195 bytes)
0000  00 00 03 00 00 00 04 00-00 00 00 00 00 00 01 00  ................
0010  00 00 10 00 00 00 11 00-00 00 14 00 00 00 8a c1  ................
0020  00 00 09 d1 00 00 00 00-00 00 00 00 00 00 14 00  ................
0030  00 00 8a c1 00 00 ba d1-00 00 03 00 00 00 00 00  ................
0040  00 00 14 00 00 00 8a c1-00 00 08 d1 00 00 00 00  ................
0050  00 00 00 00 00 00 14 00-00 00 8a c1 00 00 c9 d1  ................
0060  00 00 00 00 00 00 00 00-00 00 12 00 00 00 a5 c1  ................
0070  00 00 0a 00 00 00 01 00-00 00 01 00 15 00 00 00  ................
0080  a5 c1 00 00 0d 00 00 00-04 00 00 00 00 00 00 00  ................
0090  00 16 00 00 00 a5 c1 00-00 0e 00 00 00 02 00 00  ................
00a0  00 00 00 00 00 00 00 14-00 00 00 a5 c1 00 00 0c  ................
00b0  00 00 00 08 00 00 00 00-01 00 00 08 00 00 00 00  ................
00c0  00 00 00               -                         ...

1.104004 gp_port_read                (3): Reading 1024 = 0x400 bytes from port...
1.104583 gp_port_read                (3): Read    12 = 0xc out of 1024 bytes from port: \
(hexdump of 12 bytes)
0000  0c 00 00 00 03 00 01 20-0b 00 00 00              ....... ....
"""
"""The end of what an EOS M10 told, as a piece of a log begins with it."""


def test_records_whose_beginning_is_lost_are_told() -> None:
    (step,) = told(TORN)
    assert step.reply is not None
    rows = [(row["record"], row.get("property")) for row in step.reply["records"]]
    assert rows == [
        ("AvailListChanged", "white_balance"),
        ("AvailListChanged", "af_method"),
        ("AvailListChanged", "focus_mode"),
        ("AvailListChanged", "continuous_af"),
        *[("OlcInfoChanged", None)] * 4,
    ]
    assert step.name == "GetEvent"
    assert step.note == "its beginning was not recorded"
    assert (step.unexplained[0].offset, len(step.unexplained[0].raw)) == (0, 0x1A)
    assert told(TORN + TORN + ADDED) == [step, step, *told(ADDED)]


def test_what_is_no_row_of_records_is_not_taken_for_one() -> None:
    (step,) = told(TORN[: TORN.index("0030")].replace("195 = 0xc3", "48 = 0x30"))
    assert step.name == "UnknownBulk"


def test_records_whose_beginning_is_lost_are_redacted_as_others(tmp_path: Path) -> None:
    redact(io.BytesIO(TORN.encode()), tmp_path / "a.pcapng")
    (step,) = tell(read(tmp_path / "a.pcapng"))
    (whole,) = told(TORN)
    assert step.reply == whole.reply
    assert step.unexplained[0].raw == bytes(0x1A)


def test_records_are_looked_for_in_bounded_time() -> None:
    record = bytes.fromhex("08000000 89c10000")
    assert first_record(record * 2000 + b"\xff" * 9) is None
    assert first_record(record * 2000) == 0
    assert first_record(b"\x08" + record * 40_000 + b"\xff" * 9) is None
    assert first_record(bytes(1 << 14) + record * 9) is None  # it cannot be so far


# --- PTP over TCP ---------------------------------------------------------------------------------

OVER_TCP = """\
0.000190 ptp_ptpip_init_command_request(3): ptpip/init_cmd data: (hexdump of 34 bytes)
0000  22 00 00 00 01 00 00 00-0c ff 4c 45 c3 ad 35 a4  ".........LE..5.
0010  37 fc aa 2c dc cb f8 5b-76 00 6d 00 00 00 00 00  7..,...[v.m.....
0020  01 00                  -                         ..

0.000241 ptp_ptpip_sendreq           (2): Sending PTP_OC 0x1005 (PTP_OC_GetStorageInfo) request...
0.000243 ptp_ptpip_sendreq           (3): ptpip/oprequest data: (hexdump of 22 bytes)
0000  16 00 00 00 06 00 00 00-01 00 00 00 05 10 05 00  ................
0010  00 00 01 00 02 00      -                         ......

0.000313 ptp_ptpip_getdata           (2): Reading PTP_OC 0x1005 (PTP_OC_GetStorageInfo) data...
0.010348 ptp_ptpip_generic_read      (3): ptpip/generic_read header: (hexdump of 8 bytes)
0000  14 00 00 00 09 00 00 00-                         ........

0.010353 ptp_ptpip_generic_read      (3): ptpip/generic_read data: (hexdump of 12 bytes)
0000  05 00 00 00 24 00 00 00-00 00 00 00              ....$.......

0.010360 ptp_ptpip_generic_read      (3): ptpip/generic_read header: (hexdump of 8 bytes)
0000  30 00 00 00 0c 00 00 00-                         0.......

0.010364 ptp_ptpip_generic_read      (3): ptpip/generic_read data: (hexdump of 16 bytes)
0000  05 00 00 00 04 00 03 00-00 00 00 00 88 6d 07 00  .............m..

0.010370 ptp_ptpip_generic_read      (3): ptpip/generic_read data: (hexdump of 24 bytes)
0000  00 00 00 80 bf 6c 07 00-00 00 ff ff ff ff 03 53  .....l.........S
0010  00 44 00 00 00 00 00 00-                         .D......

0.011302 ptp_ptpip_generic_read      (3): ptpip/generic_read header: (hexdump of 8 bytes)
0000  0e 00 00 00 07 00 00 00-                         ........

0.011308 ptp_ptpip_generic_read      (3): ptpip/generic_read data: (hexdump of 6 bytes)
0000  01 20 05 00 00 00      -                         . ....
"""
OVER_TCP_OF_2012 = re.sub(
    r"(?m)^([\d.]+) \S+ +\(3\): (\S+) \S+: \(hexdump of (\d+) bytes\)$",
    r"\1 \2(3): Hexdump of \3 = 0x0 bytes follows:",
    OVER_TCP,
)


@pytest.mark.parametrize("log", [OVER_TCP, OVER_TCP_OF_2012])
@pytest.mark.parametrize("form", ["folded", "folded and quoted", "a numbered list", "CRLF"])
def test_a_log_over_tcp_tells_its_packets(log: str, form: str) -> None:
    hello, info = told(log)
    assert (hello.name, hello.fields["name"]) == ("InitCommandRequest", "vm")
    assert (info.name, info.fields) == ("GetStorageInfo", {"storage": "0x00020001"})
    assert info.reply is not None
    assert (info.reply["capacity"], info.note) == (31902400512, "")
    assert told(FORMS[form](log)) == [hello, info]


def test_a_log_over_tcp_is_redacted_to_a_trace(tmp_path: Path) -> None:
    redact(io.BytesIO(OVER_TCP.encode()), tmp_path / "a")
    hello, info = tell(read(tmp_path / "a"))
    assert (hello.name, hello.fields["name"], info.name) == (
        "InitCommandRequest",
        "",
        "GetStorageInfo",
    )
    assert b"0cff4c45" not in (tmp_path / "a").read_bytes()
    assert [hello.time, info.time] == [0, pytest.approx(0.000053)]


def test_packets_of_which_the_beginning_is_lost_or_broken() -> None:
    start = OVER_TCP.index("0.010364")
    assert [step.name for step in told(OVER_TCP[start:])] == ["LoneContainer"]
    broken = OVER_TCP.replace("0000  16 00 00 00", "0000  01 00 00 00", 1)
    assert "BrokenPacket" in [step.name for step in told(broken)]
