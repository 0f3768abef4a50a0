"""What a watch tells of a bus that changes from one look to the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

import canon
from canon.usb import libusb
from canon.usb.port import CANON, NATIVE, PTP, Interface


class Device(NamedTuple):
    """A device as libusb lists it."""

    place: str
    address: int
    product: int = 0x306E
    vendor: int = CANON
    interface: Interface | None = Interface(0, NATIVE)
    bus: int = 1
    speed: float = 12


class Bus:
    """libusb, as far as it lists devices: it has no function that opens one."""

    def __init__(self) -> None:
        self.there: list[Device] = []
        self.looks = 0

    @contextmanager
    def devices(self) -> Iterator[list[Device]]:
        self.looks += 1
        yield self.there


class Clock:
    """A clock that notes for how long it was asked to sleep."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Bus:
    bus = Bus()
    monkeypatch.setattr(libusb, "load", lambda: bus)
    monkeypatch.setattr(libusb, "SYSFS", "/none")  # as on macOS
    return bus


def line(event: canon.CameraAdded | canon.CameraRemoved) -> str:
    return f"{type(event).__name__} {event.found.port} {event.found.name}"


def test_what_comes_and_goes(bus: Bus) -> None:
    watch = canon.watch("usb:")
    assert watch.look() == []
    bus.there = [Device("1-1", 2), Device("1-2", 3, 0x3215, interface=Interface(1, PTP))]
    assert [*map(line, watch.look())] == [
        "CameraAdded usb:1-1 Canon PowerShot G3",
        "CameraAdded usb:1-2 Canon EOS 60D",
    ]
    assert watch.look() == []
    bus.there = bus.there[1:]
    assert [*map(line, watch.look())] == ["CameraRemoved usb:1-1 Canon PowerShot G3"]


def test_what_is_no_camera_is_not_told(bus: Bus) -> None:
    bus.there = [
        Device("1-1", 2, interface=Interface(0, (8, 6, 80))),
        Device("1-2", 3, 0x1234, 0x1D6B, Interface(0, (9, 0, 0))),
    ]
    assert canon.watch("usb:").look() == []


def test_another_in_the_same_plug_between_two_looks(bus: Bus) -> None:
    bus.there = [Device("1-1", 2)]
    watch = canon.watch("usb:")
    bus.there = [Device("1-1", 5)]
    assert [type(event) for event in watch.look()] == [canon.CameraRemoved, canon.CameraAdded]


def test_only_what_the_port_string_means(bus: Bus) -> None:
    bus.there = [Device("1-1", 2), Device("1-2.3", 3)]
    with canon.watch("usb:1-2.3") as watch:
        assert next(watch).found.port == "usb:1-2.3"
        bus.there = bus.there[1:]
        assert watch.look() == []


def test_it_waits_between_looks_and_ends_when_it_is_closed(bus: Bus) -> None:
    clock = Clock()
    bus.there = [Device("1-1", 2)]
    watch = canon.watch("usb:", poll_s=0.25, clock=clock)
    assert isinstance(next(watch), canon.CameraAdded)
    assert (bus.looks, clock.slept) == (1, [])

    def sleep(seconds: float) -> None:
        clock.slept.append(seconds)
        if len(clock.slept) == 4:
            bus.there = []
        if len(clock.slept) == 6:
            watch.close()

    clock.sleep = sleep  # type: ignore[method-assign]
    assert [type(event) for event in watch] == [canon.CameraRemoved]
    assert (bus.looks, clock.slept) == (1 + 5, [0.25] * 6)
