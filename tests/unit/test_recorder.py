from __future__ import annotations

import itertools
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import dpkt
import pytest
from recordings import PATH, PICTURE, camera, record, tshark

from canon.errors import Disconnected, PortStalled, PortTimeout
from canon.native.commands import GetFile, Identify, LockKeys
from canon.native.session import Session
from canon.ports import open_usb
from canon.trace.files import read
from canon.trace.recorder import RecordingPort
from canon.trace.records import Kind, Transfer
from canon.usb.port import Endpoint
from canon.virtual.port import VirtualPort

CONTROL, BULK, INTERRUPT = "0x02", "0x03", "0x01"


def fetch(session: Session) -> bytes:
    """Start, and fetch the picture."""
    session.start()
    session.call(Identify())
    got = bytearray()
    session.receive(GetFile(0, 0x1400, PATH), got.extend, limit=1 << 20)
    return bytes(got)


def test_the_host_sees_no_difference(tmp_path: Path) -> None:
    pictures = []
    record(tmp_path / "a.pcapng", lambda session: pictures.append(fetch(session)), camera())
    assert pictures == [PICTURE]


def test_wireshark_reads_each_transfer(tmp_path: Path) -> None:
    path = record(tmp_path / "a.pcapng", fetch, camera())
    frames = tshark(path, "usb.urb_type", "usb.transfer_type", "usb.endpoint_address")
    submitted, completed = frames[::2], frames[1::2]
    assert {row[0] for row in submitted} == {"'S'"}
    assert {row[0] for row in completed} == {"'C'"}
    assert [row[1:] for row in submitted] == [row[1:] for row in completed]
    assert {tuple(row[1:]) for row in frames} == {
        (CONTROL, "0x80"),
        (CONTROL, "0x00"),
        (BULK, "0x81"),
        (INTERRUPT, "0x83"),
    }


def test_wireshark_reads_the_setup_bytes(tmp_path: Path) -> None:
    path = record(tmp_path / "a.pcapng", fetch, camera())
    fields = ("usb.bmRequestType", "usb.setup.bRequest", "usb.setup.wValue", "usb.setup.wLength")
    rows = tshark(path, *fields, only="usb.setup.wValue")
    assert rows[:3] == [
        ["0xc0", "12", "0x0055", "1"],
        ["0xc0", "4", "0x0001", "88"],
        ["0x40", "4", "0x0011", "80"],
    ]


def test_wireshark_reads_the_data(tmp_path: Path) -> None:
    path = record(tmp_path / "a.pcapng", fetch, camera())
    rows = tshark(path, "usb.capdata", only="usb.endpoint_address == 0x81 && usb.capdata")
    stream = bytes.fromhex("".join(row[0] for row in rows))
    assert stream.endswith(PICTURE)
    events = tshark(path, "usb.capdata", only="usb.endpoint_address == 0x83 && usb.capdata")
    assert events[0] == ["02000000200000001000000000000000"]
    letters = tshark(path, "usb.control.Response", only="usb.control.Response")
    assert letters[0] == ["43"]
    commands = tshark(path, "usb.data_fragment", only="usb.data_fragment")
    assert PATH.encode() in bytes.fromhex(commands[-1][0])


def test_wireshark_knows_the_device(tmp_path: Path) -> None:
    path = record(tmp_path / "a.pcapng", fetch, camera())
    (device, *_) = tshark(path, "usb.idVendor", "usb.idProduct", only="usb.idVendor")
    assert device == ["0x04a9", "0x306e"]
    pipes = tshark(path, "usb.bEndpointAddress", only="usb.bEndpointAddress")
    assert pipes == [["0x81,0x02,0x83"]]
    assert {tuple(row) for row in tshark(path, "usb.device_address")} == {("1",)}


def test_wireshark_finds_nothing_malformed(tmp_path: Path) -> None:
    path = record(tmp_path / "a.pcapng", fetch, camera())
    assert tshark(path, "frame.number", only="_ws.malformed || _ws.expert") == []


def test_times_are_the_ports_own(tmp_path: Path) -> None:
    device = camera()

    def wait(session: Session) -> None:
        fetch(session)
        device.clock.sleep(3600.0)
        session.call(LockKeys())

    path = record(tmp_path / "a.pcapng", wait, device)
    times = [float(row[0]) for row in tshark(path, "frame.time_relative")]
    assert times == sorted(times)
    assert max(b - a for a, b in itertools.pairwise(times)) == pytest.approx(3600, abs=1)


def test_another_reader_agrees(tmp_path: Path) -> None:
    path = record(tmp_path / "a.pcapng", fetch, camera())
    with path.open("rb") as stream:
        packets = [packet for _, packet in dpkt.pcapng.Reader(stream)]
    assert len(packets) == len(tshark(path, "frame.number"))
    assert packets[0][8:9] == b"S"


# --- what goes wrong -----------------------------------------------------------------------------


def last(path: Path) -> Transfer:
    *_, one = read(path)
    assert isinstance(one, Transfer)
    return one


def test_a_time_out_is_recorded_as_linux_does(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as stream:
        port = RecordingPort(VirtualPort(camera()), stream)
        with pytest.raises(PortTimeout):
            port.bulk_in(memoryview(bytearray(64)), 0.5)
    assert (last(tmp_path / "a").status, last(tmp_path / "a").room) == (-2, 64)


def test_a_stall_and_its_end(tmp_path: Path) -> None:
    device = camera()
    with (tmp_path / "a").open("wb") as stream:
        port = RecordingPort(VirtualPort(device), stream)
        device.bulk.halted = True
        with pytest.raises(PortStalled):
            port.bulk_in(memoryview(bytearray(64)), 0.5)
        port.clear_halt(Endpoint.BULK_IN)
    assert not device.bulk.halted
    *_, stalled, cleared = read(tmp_path / "a")
    assert isinstance(stalled, Transfer)
    assert stalled.status == -32
    assert isinstance(cleared, Transfer)
    assert (cleared.kind, cleared.setup and cleared.setup.index) == (Kind.CONTROL, 0x81)
    rows = tshark(tmp_path / "a", "usb.urb_status", only="usb.urb_status == -32")
    assert len(rows) == 1


def test_an_unplugged_camera(tmp_path: Path) -> None:
    device = camera()
    with (tmp_path / "a").open("wb") as stream:
        port = RecordingPort(VirtualPort(device), stream)
        device.unplug()
        with pytest.raises(Disconnected):
            port.control_in(0x0C, 0x55, 0, 1)
    assert last(tmp_path / "a").status == -108


def test_a_full_disk_ends_the_recording_and_not_the_work(caplog: pytest.LogCaptureFixture) -> None:
    with Path("/dev/full").open("wb", buffering=0) as stream:
        port = RecordingPort(VirtualPort(camera()), stream)
        assert port.control_in(0x0C, 0x55, 0, 1) == b"C"
        assert port.control_in(0x0C, 0x55, 0, 1) == b"C"
    warnings = [one for one in caplog.records if one.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "No space left" in warnings[0].getMessage()


def test_a_killed_program_leaves_what_passed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        f"sys.path[:0] = {[str(Path(__file__).parent), str(Path(__file__).parent.parent)]!r}\n"
        "from recordings import camera\n"
        "from canon.trace.recorder import RecordingPort\n"
        "from canon.virtual.port import VirtualPort\n"
        f"stream = open({str(tmp_path / 'a')!r}, 'wb')\n"
        "port = RecordingPort(VirtualPort(camera()), stream)\n"
        "port.control_in(0x0c, 0x55, 0, 1)\n"
        "print('done', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"done\n"
        os.kill(process.pid, signal.SIGKILL)
    assert last(tmp_path / "a").data == b"C"
    assert tshark(tmp_path / "a", "usb.control.Response", only="usb.control.Response") == [["43"]]


def test_a_serial_line_is_no_port_to_record() -> None:
    with pytest.raises(ValueError, match="powershot-350 is a serial line"):
        open_usb("virtual:powershot-350")
