"""Devices that are more than a camera: which of their interfaces is spoken on (USB 2.0, 9.6.5)."""

from __future__ import annotations

import pytest
from scripted_ptp import EOS_60D, ScriptedPtp, asked, descriptors, fetch, noise, ok, sends, whole

from canon.errors import ProtocolError
from canon.frozen import replace
from canon.ptp.containers import RESET
from canon.ptp.session import Session
from canon.ptp.usb_transport import UsbTransport
from canon.usb.port import (
    NATIVE,
    PTP,
    Descriptors,
    Endpoint,
    EndpointDescriptor,
    Interface,
    camera_interface,
)
from canon.virtual.port import VirtualPort

SERIAL_PORT = bytes.fromhex(
    "090400000102020100 07058403080010 09040100020a000000 07058502400000 07050602400000"
)
SERIAL = (10, 0, 0)


def with_serial_port(camera: Descriptors, *, first: bool = True) -> Descriptors:
    """A device that is a serial port as well; the camera is its third interface, or its first."""
    head, own = camera.configuration[:9], camera.configuration[9:]
    both = SERIAL_PORT + own[:2] + b"\x02" + own[3:] if first else own + SERIAL_PORT
    size = (len(head) + len(both)).to_bytes(2, "little")
    return replace(camera, configuration=head[:2] + size + b"\x03" + head[5:] + both)


@pytest.mark.parametrize(("first", "number"), [(True, 2), (False, 0)])
def test_the_endpoints_are_those_of_the_camera(first: bool, number: int) -> None:
    found = with_serial_port(descriptors(), first=first)
    assert (found.interface, found.number, len(found.interfaces)) == (PTP, number, 3)
    assert found.endpoint(Endpoint.BULK_IN) == EndpointDescriptor(0x81, 512)
    assert found.endpoint(Endpoint.BULK_OUT) == EndpointDescriptor(0x02, 512)
    assert found.endpoint(Endpoint.INTERRUPT_IN) == EndpointDescriptor(0x83, 8, 9)


def test_an_endpoint_of_a_neighbour_is_none_of_the_camera() -> None:
    found = with_serial_port(descriptors())
    without = replace(found, configuration=found.configuration[:-7])  # the interrupt endpoint
    with pytest.raises(ProtocolError, match="no interrupt_in endpoint"):
        without.endpoint(Endpoint.INTERRUPT_IN)


def test_other_settings_of_an_interface_do_not_count() -> None:
    found = descriptors()
    other = bytes.fromhex("090400010106010100 07058902400000")
    changed = replace(
        found, configuration=found.configuration[:9] + other + found.configuration[9:]
    )
    assert changed.interfaces == (PTP,)
    assert changed.endpoint(Endpoint.BULK_IN) == found.endpoint(Endpoint.BULK_IN)


@pytest.mark.parametrize(
    ("kinds", "number"),
    [((SERIAL, NATIVE), 1), ((NATIVE, PTP), 1), ((PTP, SERIAL), 0), ((SERIAL, SERIAL), 0)],
)
def test_the_interface_that_is_chosen(kinds: tuple[tuple[int, int, int], ...], number: int) -> None:
    found = camera_interface(Interface(at, kind) for at, kind in enumerate(kinds))
    assert found == Interface(number, kinds[number])


def test_a_device_of_no_interface() -> None:
    assert camera_interface([]) is None
    assert Descriptors(b"", b"", {}).interface == (0, 0, 0)


def test_a_session_with_a_device_that_is_a_serial_port_as_well() -> None:
    content = noise(5000)
    camera = ScriptedPtp(ok(), sends(EOS_60D), whole(content))
    camera.descriptors = with_serial_port(camera.descriptors)
    transport = UsbTransport(VirtualPort(camera))
    session = Session(transport)
    session.start()
    assert fetch(session) == content
    transport.resets[0]()  # for the third interface; the camera takes none for another
    assert asked(camera) == [RESET]
