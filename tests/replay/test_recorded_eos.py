"""The conversations of two EOS 60D, asked anew by our own verbs: they say what the camera said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ptp_replay import RecordedPtp

from canon.camera import Camera
from canon.errors import DeviceBusy, ValueRefused
from canon.ptp.eos.layouts import Eos
from canon.ptp.eos.records import PropValueChanged, Record, read_records
from canon.trace.files import read
from canon.trace.records import Transaction
from canon.virtual.port import VirtualPort
from rigs.bodies import eos, profile_of, ptp_body, ptp_row

TALKS = {"canon-eos-60d.debug.jsonl": "1.1.0", "canon-eos60d-debug.jsonl": "1.0.8"}
OPEN, INFO, CLOSE = 0x1002, 0x1001, 0x1003
REMOTE, EVENTS, SET = 0x9114, 0x9115, 0x9110
OWN = {Eos.CAMERA_TIME, Eos.UTC_TIME, Eos.OWNER, Eos.SERIAL_NUMBER}
"""What a virtual body knows better than its recording."""

SAID = {
    "canon-eos-60d.debug.jsonl": {
        "shooting_mode": "aperture-priority",
        "aperture": "f/4",
        "shutter_speed": "auto",
        "iso": "1600",
        "white_balance": "auto",
        "image_format": "large-fine",
        "capture_destination": "card",
        "battery_level": "half",
        "available_shots": "3938",
        "owner": "",
        "artist": "A" * 15,
        "copyright": "C" * 15,
    },
    "canon-eos60d-debug.jsonl": {
        "shooting_mode": "manual",
        "aperture": "f/5.6",
        "shutter_speed": "1/125",
        "iso": "400",
        "exposure_compensation": "0",
        "white_balance": "auto",
        "image_format": "large-fine",
        "capture_destination": "card",
        "available_shots": "8069",
        "lens_name": "EF-S18-55mm f/3.5-5.6 IS",
        "artist": "",
        "serial_number": "0" * 9,
    },
}


def talk_of(traces: Path, name: str) -> list[Transaction]:
    return [one for one in read(traces / "ptp" / name) if isinstance(one, Transaction)]


@contextmanager
def a_60d(talk: list[Transaction]) -> Iterator[tuple[Camera, RecordedPtp]]:
    device = RecordedPtp(talk, profile_of(ptp_row("eos-60d")).descriptors)
    with Camera(lambda: VirtualPort(device), "virtual:") as cam:
        yield cam, device


def codes(device: RecordedPtp) -> list[int]:
    return [one.code for one in device.asked]


@pytest.mark.parametrize("name", TALKS)
def test_it_is_opened_and_left(name: str, traces: Path) -> None:
    with a_60d(talk_of(traces, name)) as (cam, device):
        assert cam.model == "Canon EOS 60D"
        assert cam.firmware_version == TALKS[name]
        assert REMOTE not in codes(device), "nobody needs remote control yet"
        cam.remote.start()
        cam.settings.read("iso")
    assert [one for one in codes(device) if one not in (OPEN, INFO)] == [
        *(REMOTE, EVENTS, REMOTE, EVENTS, CLOSE)
    ]
    assert [one.parameters for one in device.asked if one.code in (REMOTE, EVENTS)] == [
        *((1,), (1,), (0,), (0,))
    ]


@pytest.mark.parametrize("name", TALKS)
def test_its_settings_are_those_of_the_recording(name: str, traces: Path) -> None:
    with a_60d(talk_of(traces, name)) as (cam, device):
        about = cam.settings.describe()
        asked = len(device.asked)
        values = cam.settings.read()
        assert len(device.asked) == asked, "all of it is known by now"
    now = {name: str(reading.value) for name, reading in about.items()}
    assert now == {name: str(value) for name, value in values.items()}
    expected = SAID[name]
    assert {one: now[one] for one in expected} == expected
    assert list(map(str, about["capture_destination"].allowed or ())) == [
        *("card", "host", "card-and-host")
    ]
    times = about["shutter_speed"]
    by_hand = now["shooting_mode"] == "manual"
    assert (times.writable, times.why) == (by_hand, "" if by_hand else "not in this mode")


@pytest.mark.parametrize("name", TALKS)
def test_where_pictures_go_is_set_and_set_back(name: str, traces: Path) -> None:
    with a_60d(talk_of(traces, name)) as (cam, device):
        for where in ("host", "card"):
            cam.settings.set({"capture_destination": where})
            assert str(cam.settings.read()["capture_destination"]) == where
    assert [one.data[8] for one in device.asked if one.code == SET] == [4, 2]


def test_a_value_that_was_busy(traces: Path) -> None:
    """Its lens opens to f/4, so that f/3.4 was never to be had; the camera calls that busy."""
    with a_60d(talk_of(traces, "canon-eos-60d.debug.jsonl")) as (cam, device):
        cam.remote.start()
        with pytest.raises(ValueRefused, match=r"f/3\.4") as caught:
            cam.settings.set(aperture="f/3.4")
        assert caught.value.allowed
        assert SET not in codes(device), "what is not listed is not sent"
        with pytest.raises(DeviceBusy):
            cam.ptp.call(SET, data=bytes.fromhex("0c000000 01d10000 24000000"))
        assert str(cam.settings.read()["aperture"]) == "f/4"


def test_a_virtual_60d_gives_the_recorded_burst(traces: Path) -> None:
    """But for its clock, and where whoever put the recording into words left his name."""
    talk = talk_of(traces, "canon-eos-60d.debug.jsonl")
    was = next(one.data for one in talk if one.code == 0x9116)
    now = eos(ptp_body("eos-60d")).extension.table.burst()
    assert len(now) == len(was)
    differ = [
        (one, other)
        for one, other in zip(read_records(now), read_records(was), strict=True)
        if one.encode() != other.encode() and not its_own(one)
    ]
    assert differ == []


def its_own(record: Record) -> bool:
    return isinstance(record, PropValueChanged) and record.property in OWN
