"""A clock out of range, an owner that is no text, and an odd name of a model, in all dialects."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from canon.camera import Camera
from canon.errors import ProtocolError
from canon.ports import OnLine
from canon.virtual.body import Body
from canon.virtual.build import Wanted
from canon.virtual.line import VirtualLine
from canon.virtual.native.serial import SerialCamera
from canon.virtual.ps350 import Ps350Camera
from rigs.bodies import a_camera

BODIES = ("powershot-g3", "eos-20d", "powershot-a50", "powershot-g9", "eos-40d", "eos-6d")
"""The native protocol in both numberings and over RS-232, PTP, and two EOS in PTP."""
every_dialect = pytest.mark.parametrize("slug", BODIES)
NO_TEXT = "\x80\x07\x1b[31m\xff\xfe"


def body_of(slug: str) -> tuple[Body[Any, Any], Callable[[], Camera]]:
    """A body that a test may change, and what opens it then."""
    wanted = Wanted.parse(slug)
    if wanted.model.product is not None:
        device = wanted.on_usb()
        return device.body, lambda: a_camera(device)
    line = wanted.on_line()
    assert isinstance(line, SerialCamera)
    return line.camera.body, lambda: Camera(lambda: OnLine(VirtualLine(line)), "virtual:")


def lists_and_fetches(cam: Camera) -> bool:
    """Whether what is on its card can be had."""
    first = next(entry for entry in cam.storage.walk("") if not entry.is_folder)
    return len(cam.storage.read(first.path)) == first.size


@every_dialect
@pytest.mark.parametrize("seconds", [0, 0xFFFFFFFF])
def test_a_clock_that_tells_no_time_costs_the_time(
    slug: str, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, opened = body_of(slug)
    with opened() as cam:
        with monkeypatch.context() as patch:
            patch.setattr(Body, "seconds", seconds)
            assert lists_and_fetches(cam)
            with pytest.raises(ProtocolError, match="says no time that can be; set its clock"):
                _ = cam.camera_time
        cam.sync_clock()
        assert cam.camera_time.year > 2000


@every_dialect
def test_an_owner_that_is_no_text_costs_nothing(slug: str) -> None:
    body, opened = body_of(slug)
    body.owner = NO_TEXT
    with opened() as cam:
        assert cam.owner in (NO_TEXT, "")  # a terminal gets it without what moves its cursor
        assert lists_and_fetches(cam)
        if slug != "powershot-a50":  # which tells no owner
            cam.owner = "Ada"
            assert cam.owner == "Ada"


@every_dialect
@pytest.mark.parametrize("name", ["", NO_TEXT, "Canon " + "x" * 200])
def test_an_odd_name_of_a_model_costs_nothing(slug: str, name: str) -> None:
    body, opened = body_of(slug)
    body.profile = dataclasses.replace(body.profile, model=name)
    with opened() as cam:
        assert cam.model[:20] == name[:20]
        assert lists_and_fetches(cam)


def test_a_powershot_350_of_an_odd_name_is_one_all_the_same() -> None:
    device = Wanted.parse("powershot-350").on_line()
    assert isinstance(device, Ps350Camera)
    model = device.model
    device.model = dataclasses.replace(device.model, name="\x07\x80")
    with Camera(lambda: OnLine(VirtualLine(device), model=model), "virtual:") as cam:
        assert lists_and_fetches(cam)
