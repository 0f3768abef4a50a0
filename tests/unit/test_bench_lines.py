"""The model of the lines by which `make bench` counts time on the wire."""

import importlib
from types import ModuleType

import pytest

from conftest import ROOT


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The model of the lines."""
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("bench.wire")


@pytest.mark.parametrize(("packet", "in_a_frame"), [(8, 71), (16, 51), (32, 33), (64, 19)])
def test_a_frame_has_room_for_as_many_packets_as_usb_says(
    wire: ModuleType, packet: int, in_a_frame: int
) -> None:
    """USB 2.0, table 5-9."""
    bus = wire.UsbBus(packet, packet)
    assert not bus.is_fast
    assert bus.bulk_s(in_a_frame * packet) == pytest.approx(0.001)
    assert bus.bulk_s(in_a_frame * packet + 1) == pytest.approx(0.002)


def test_a_microframe_has_room_for_thirteen_packets(wire: ModuleType) -> None:
    """USB 2.0, table 5-10."""
    bus = wire.UsbBus(512, 64)
    assert bus.is_fast
    assert bus.bulk_s(13 * 512) == pytest.approx(0.000125)
    assert bus.bulk_s(13 * 512 + 1) == pytest.approx(0.00025)


@pytest.mark.parametrize(
    ("size", "frames"), [(0, 1), (1, 1), (1216, 1), (1217, 2), (5120, 5), (0x40000, 216)]
)
def test_each_transfer_takes_whole_frames(wire: ModuleType, size: int, frames: int) -> None:
    assert wire.UsbBus(64, 32).bulk_s(size) == pytest.approx(frames / 1000)


def test_a_control_transfer_has_a_packet_before_and_after_its_data(wire: ModuleType) -> None:
    bus = wire.UsbBus(64, 32)
    assert [bus.control_s(size) for size in (0, 31 * 32, 31 * 32 + 1)] == pytest.approx(
        [0.001, 0.001, 0.002]
    )


def test_the_limits_are_those_of_the_lines(wire: ModuleType) -> None:
    assert wire.UsbBus(64, 32).limit == pytest.approx(1_216_000)
    assert wire.UsbBus(512, 64).limit == pytest.approx(53_248_000)
    line = wire.SerialLine(115_200)
    assert line.limit == 11_520
    assert line.bytes_s(11_520) == 1
