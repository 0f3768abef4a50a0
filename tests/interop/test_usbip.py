"""Our USB/IP client against our USB/IP server, which speaks with the words of the usbip package."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Iterator

import pytest
from echo_device import EVENT, UNPLUG, EchoDevice, pattern
from port_checks import CHECKS, ask_for, bulk, read
from usbip import protocol

from canon.errors import CameraNotFound, Disconnected, InUse, PortError, ProtocolError
from canon.usb.usbip import UsbipPort, list_devices, open_usbip
from canon.virtual.usbip import UsbipServer


@pytest.fixture
def server() -> Iterator[UsbipServer]:
    with UsbipServer(EchoDevice()) as server:
        yield server


@pytest.fixture
def port(server: UsbipServer) -> Iterator[UsbipPort]:
    port = open_usbip(*server.address, "1-1")
    yield port
    port.close()


@pytest.mark.parametrize("check", CHECKS)
def test_port(port: UsbipPort, check: str) -> None:
    CHECKS[check](port)


def test_large_file_in_one_piece(server: UsbipServer, port: UsbipPort) -> None:
    data = pattern(50 << 20)
    with server.machine() as device:
        device.bulk.put(data)
    buffer = memoryview(bytearray(len(data)))
    at = 0
    while at < len(data):
        at += port.bulk_in(buffer[at : at + 0x40000], 5.0)
    assert buffer == data


def test_list(server: UsbipServer) -> None:
    (device,) = list_devices(*server.address)
    assert (device.busid, device.vendor, device.product) == ("1-1", 0x04A9, 0x306E)


def test_the_packages_own_client_agrees(server: UsbipServer) -> None:
    with socket.create_connection(server.address) as sock:
        (listed,) = protocol.client_devlist(sock)
    assert (listed["busid"], listed["interfaces"]) == ("1-1", [(255, 255, 255)])
    with socket.create_connection(server.address) as sock:
        protocol.client_import(sock)
        setup = bytes.fromhex("8006000200000900")
        urb = protocol.Urb(seqnum=1, direction=1, length=9, setup=setup)
        assert protocol.client_submit(sock, urb).buffer == bytes.fromhex("09022700010100c032")


def test_second_import_is_refused(server: UsbipServer, port: UsbipPort) -> None:
    with pytest.raises(InUse, match="another program uses device 1-1"):
        open_usbip(*server.address, "1-1")
    assert list_devices(*server.address)
    bulk(port)


def test_device_is_free_again_and_was_told(server: UsbipServer) -> None:
    for _ in range(3):
        port = open_usbip(*server.address, "1-1")
        ask_for(port, 100)
        port.close()
    port = open_usbip(*server.address, "1-1")
    ask_for(port, 10)
    assert read(port, 64) == pattern(10)
    port.close()


def test_wrong_busid(server: UsbipServer) -> None:
    with pytest.raises(CameraNotFound, match="no device 1-9; name one of 1-1"):
        open_usbip(*server.address, "1-9")


def test_unplugged_device_is_not_offered(server: UsbipServer, port: UsbipPort) -> None:
    port.control_out(UNPLUG, 0, 0, b"")
    assert list_devices(*server.address) == []
    with pytest.raises(CameraNotFound, match="offers nothing"):
        open_usbip(*server.address, "1-1")


def test_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        host, tcp_port = taken.getsockname()
    with pytest.raises(CameraNotFound, match="no USB/IP server answers"):
        open_usbip(host, tcp_port, "1-1")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", Disconnected),
        (b"SSH-2.0-OpenSSH_9.2\r\n", ProtocolError),
        (bytes.fromhex("0111000500000000ffffffff"), ProtocolError),
        (bytes.fromhex("011100050000000000000001") + bytes(100), Disconnected),
    ],
)
def test_what_answers_is_not_usbip(answer: bytes, error: type[PortError]) -> None:
    def serve() -> None:
        sock, _ = listener.accept()
        with sock:
            sock.recv(8)
            sock.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(error):
            list_devices(*listener.getsockname()[:2])
        thread.join()


def test_server_ends_during_a_read(server: UsbipServer, port: UsbipPort) -> None:
    closing = threading.Thread(target=server.close)
    closing.start()
    with pytest.raises(Disconnected):
        read(port, 64, 30.0)
    closing.join()


def test_ctrl_c_during_a_read_leaves_the_port_usable(port: UsbipPort) -> None:
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(KeyboardInterrupt):
            read(port, 64, 30.0)
    finally:
        signal.signal(signal.SIGALRM, before)
    bulk(port)


def test_at_real_pace_things_happen_by_themselves() -> None:
    with (
        UsbipServer(EchoDevice(real=True)) as server,
        contextlib.closing(open_usbip(*server.address, "1-1")) as port,
    ):
        start = port.clock.now()
        port.control_out(EVENT, 100, 0, b"event")
        assert port.interrupt_in(10.0) == b"event"
        assert port.clock.now() - start >= 0.1
        port.control_out(UNPLUG, 20, 0, b"")
        with pytest.raises(Disconnected):
            read(port, 64, 10.0)


def test_address_is_taken(server: UsbipServer) -> None:
    with pytest.raises(PortError, match="choose another port"):
        UsbipServer(EchoDevice(), *server.address)


def test_closing_twice_and_before_the_start() -> None:
    server = UsbipServer(EchoDevice())
    server.close()
    server.close()
