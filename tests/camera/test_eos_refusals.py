"""EOS bodies that list what they do not have, or take what they then say nothing of.

What is refused costs only what it is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from canon.camera import Camera
from canon.errors import NotFinished, Refused, ValueRefused
from canon.ptp.eos.layouts import (
    Eos,
    PcHddCapacity,
    RequestDevicePropValue,
    SetRequestOlcInfoGroup,
)
from canon.ptp.operations import GetPartialObject, GetStorageIDs, Operation, Response
from canon.virtual.port import VirtualPort
from canon.virtual.refusal import Status
from rigs.bodies import ONE_SMALL_JPEG, EosCamera, a_card, eos, ptp_body

FILE = bytes(range(256)) * 5000  # more than is fetched in one block
PICTURE = "DCIM/100CANON/IMG_0001.JPG"

Verb = Callable[[Camera], object]


@contextmanager
def refusing(
    slug: str, *operations: type[Operation[Any]], code: int = Response.OPERATION_NOT_SUPPORTED
) -> Iterator[tuple[Camera, EosCamera]]:
    """A camera that lists these operations and refuses each of them, and its body."""
    device = eos(ptp_body(slug, a_card({"IMG_0001.JPG": FILE})))
    device.extension.table.put(Eos.IMAGE_FORMAT, ONE_SMALL_JPEG)
    answer = device.extension.answer

    def refuse(operation: Operation[Any], data: bytes) -> Any:
        if isinstance(operation, operations):
            raise Status(code)
        return answer(operation, data)

    device.extension.answer = refuse  # type: ignore[method-assign]
    assert {one.code for one in operations} <= set(device.body.profile.operations)
    with Camera(lambda: VirtualPort(device), "virtual:") as cam:
        yield cam, device


def picture_for_the_computer(cam: Camera) -> None:
    (picture,) = cam.capture.shoot(target="host").pictures
    data = bytes(picture)
    assert data.startswith(b"\xff\xd8")
    assert data.endswith(b"\xff\xd9")


def file_of_the_card(cam: Camera) -> None:
    assert cam.storage.read(PICTURE) == FILE


def setting(cam: Camera) -> None:
    assert cam.settings.set(iso=400).iso == 400


@pytest.mark.parametrize("slug", ["eos-1300d", "eos-r6"])
def test_what_the_display_shows_is_no_condition(slug: str) -> None:
    with refusing(slug, SetRequestOlcInfoGroup) as (cam, _):
        setting(cam)
        picture_for_the_computer(cam)


def test_a_look_at_the_card_is_no_condition_of_remote_control() -> None:
    with refusing("eos-1300d", GetStorageIDs) as (cam, _):
        setting(cam)


@pytest.mark.parametrize("verb", [picture_for_the_computer, file_of_the_card])
@pytest.mark.parametrize("slug", ["eos-40d", "eos-1300d", "eos-r6"])
def test_without_parts_files_come_whole(slug: str, verb: Verb) -> None:
    with refusing(slug, GetPartialObject) as (cam, _):
        verb(cam)
        verb(cam)


def test_parts_that_fail_for_another_reason_are_an_error() -> None:
    failing = refusing("eos-1300d", GetPartialObject, code=Response.GENERAL_ERROR)
    with failing as (cam, _), pytest.raises(Refused):
        cam.storage.read(PICTURE)


def test_room_on_the_computer_is_promised_for_nothing_where_the_body_has_it() -> None:
    with refusing("eos-1300d", PcHddCapacity) as (cam, device):
        tell = device.extension._tell_shots

        def believes() -> None:
            device.extension.release.host_room = 1 << 28
            tell()

        device.extension._tell_shots = believes  # type: ignore[method-assign]
        picture_for_the_computer(cam)


def test_room_on_the_computer_that_the_body_does_not_believe() -> None:
    with (
        refusing("eos-1300d", PcHddCapacity) as (cam, _),
        pytest.raises(Refused, match="PcHddCapacity"),
    ):
        picture_for_the_computer(cam)


# --- a value that is taken without a word ---------------------------------------------------------


def silent(device: EosCamera, *, keeps: bool = True) -> None:
    """Let a body take the ISO without telling that it is another one now, or not take it."""
    table = device.extension.table
    turn = table.turn

    def quietly(code: int, value: bytes) -> None:
        if code != Eos.ISO:
            turn(code, value)
        elif keeps:
            table.know(code, int.from_bytes(value[:4], "little"))

    table.turn = quietly  # type: ignore[method-assign]


def test_a_value_that_is_told_only_when_asked_for() -> None:
    with refusing("eos-1300d") as (cam, device):
        silent(device)
        setting(cam)


def test_a_value_that_was_not_taken_after_all() -> None:
    with refusing("eos-1300d") as (cam, device):
        silent(device, keeps=False)
        with pytest.raises(ValueRefused, match="although the camera lists it"):
            setting(cam)


def test_a_value_that_is_never_told() -> None:
    with refusing("eos-1300d", RequestDevicePropValue) as (cam, device):
        silent(device)
        with pytest.raises(NotFinished, match="took iso 400 and does not say what it is now"):
            setting(cam)
        assert device.extension.table.number(Eos.ISO) == 0x58
