"""Who the camera is, its clock and its power: the same tests on every road, and on hardware."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

import canon
from canon import camera
from canon.camera import Camera
from canon.driver.features import Feature
from canon.errors import NotSupported
from canon.values import Battery


@pytest.fixture
def owner(cam: Camera) -> Iterator[str]:
    """The owner's name, put back after the test."""
    name = cam.owner
    yield name
    cam.owner = name


def test_find_gives_a_camera_that_is_not_yet_initialized(camera_port: str) -> None:
    found = camera.find(port=camera_port)
    assert found is not None
    assert "not initialized" in repr(found)
    with pytest.raises(ValueError, match="initialize"):
        _ = found.model
    found.initialize()
    assert found.ready
    assert repr(found) == f"<{found.model} v{found.firmware_version}>"
    found.initialize()  # a second time does nothing
    found.initialize(force=True)
    assert found.ready
    found.close()
    found.close()
    assert not found.ready


def test_find_chooses_by_product_and_model(camera_port: str) -> None:
    product = canon.list(camera_port)[0].product
    assert camera.find(port=camera_port, idProduct=product) is not None
    assert camera.find(port=camera_port, idProduct=product ^ 1) is None
    assert camera.find(port=camera_port, model="no such model") is None
    assert camera.find(port=camera_port, serial="no such number") is None


@pytest.mark.shows("identify")
def test_identity(cam: Camera) -> None:
    assert cam.model.startswith("Canon ")
    numbers = cam.firmware_version.split(".")
    assert len(numbers) in (3, 4)
    assert all(map(str.isdecimal, numbers))


@pytest.mark.shows("owner")
@pytest.mark.parametrize("name", ["me, not asdf", "", "x" * 31])
def test_the_owner_can_be_changed(cam: Camera, owner: str, name: str) -> None:
    cam.owner = name
    assert cam.owner == name
    assert cam.ready
    assert cam.owner == name


@pytest.mark.parametrize("name", ["x" * 32, "Owner \N{SNOWMAN}", "a\0b"])
def test_a_name_that_cannot_be_stored_changes_nothing(cam: Camera, owner: str, name: str) -> None:
    with pytest.raises(ValueError, match=r"name|store|NUL"):
        cam.owner = name
    assert cam.ready
    assert cam.owner == owner


@pytest.mark.shows("clock")
def test_the_clock_is_read_and_set(cam: Camera) -> None:
    cam.camera_time = datetime(2003, 6, 14, 9, 30)
    assert abs(cam.camera_time - datetime(2003, 6, 14, 9, 30)) < timedelta(minutes=10)
    now = cam.sync_clock()
    assert abs(cam.camera_time - now) < timedelta(minutes=10)


def test_a_time_with_a_zone_is_refused(cam: Camera) -> None:
    with pytest.raises(ValueError, match="zone"):
        cam.camera_time = datetime(2003, 6, 14, tzinfo=UTC)
    with pytest.raises(ValueError, match="1970"):
        cam.camera_time = datetime(1960, 1, 1)


@pytest.mark.shows("power")
def test_power(cam: Camera) -> None:
    assert cam.on_ac in (True, False)
    assert cam.battery in Battery


def test_abilities(cam: Camera) -> None:
    if Feature.SIZES not in cam.features:
        with pytest.raises(NotSupported, match="list of picture sizes"):
            cam.picture_sizes()
        return
    largest = max(cam.picture_sizes(), key=lambda ability: ability.width)
    assert largest.name
    assert largest.width > largest.height > 0


def test_two_sessions_in_turn(camera_port: str) -> None:
    with canon.open(camera_port) as first:
        model = first.model
    with canon.open(camera_port) as second:
        assert second.model == model
