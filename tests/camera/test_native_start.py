"""The first words with a native camera: the question that is often lost, and what it never says."""

from __future__ import annotations

import pytest

from canon.errors import NotSupported, PortTimeout
from canon.models.model import Trait
from canon.models.native import MODELS
from rigs.bodies import native_device
from rigs.watched import WatchedPort


@pytest.mark.parametrize("lost", range(4))
def test_the_first_questions_may_be_lost(lost: int) -> None:
    """The waits grow: half a second, one, two, and five for the last."""
    port = WatchedPort(native_device(*["silence@Identify:0"] * lost))
    with port.camera() as cam:
        assert cam.model == "Canon PowerShot G3"
        assert port.names().count("Identify") == 1 + lost
        assert port.clock.now() >= sum((0.5, 1.0, 2.0)[:lost])


def test_a_camera_that_never_says_who_it_is() -> None:
    port = WatchedPort(native_device(*["silence@Identify:0"] * 4))
    with pytest.raises(PortTimeout):
        port.camera()
    assert port.clock.now() < 15


def test_a_body_that_does_not_list_its_pictures() -> None:
    silent = (row for row in MODELS if row.product and Trait.ABILITIES not in row.traits)
    with (
        WatchedPort(native_device(slug=next(silent).slug)).camera() as cam,
        pytest.raises(NotSupported, match="list of picture sizes"),
    ):
        _ = cam.picture_sizes()
