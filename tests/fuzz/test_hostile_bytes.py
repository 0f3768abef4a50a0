"""No answer, however made, brings anything but the project's errors, a loop, or much memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from hostile_camera import BoundedPort, HostileCamera, Trick, What
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canon.camera import Camera
from canon.driver import MOST_FILE, CardPath, Entry
from canon.errors import CanonError, ProtocolError
from canon.native.commands import ENTERED, Listed, Listing

PLACE = "DCIM/100CANON/IMG_0001.JPG"
MOST_SECONDS = 600.0  # of simulated time, for one verb

Verb = Callable[[Camera], object]

VERBS: dict[str, Verb] = {
    "initialize again": lambda cam: cam.initialize(force=True),
    "ready": lambda cam: cam.ready,
    "set owner": lambda cam: setattr(cam, "owner", "somebody"),
    "time": lambda cam: cam.camera_time,
    "set time": lambda cam: setattr(cam, "camera_time", datetime(2003, 6, 14)),
    "power": lambda cam: (cam.on_ac, cam.battery),
    "abilities": lambda cam: cam.abilities,
    "drives": lambda cam: cam.storage.drives(),
    "ls": lambda cam: cam.storage.ls("DCIM"),
    "walk": lambda cam: list(cam.storage.walk()),
    "stat": lambda cam: cam.storage.stat(PLACE),
    "read": lambda cam: cam.storage.read(PLACE),
    "thumbnail": lambda cam: cam.storage.thumbnail(PLACE),
    "protect": lambda cam: cam.storage.protect(PLACE),
    "mark": lambda cam: cam.storage.mark_downloaded(PLACE),
    "set file time": lambda cam: cam.storage.set_time(PLACE, datetime(2003, 6, 14)),
    "upload": lambda cam: cam.storage.upload(bytes(3000), "DCIM/100CANON/IMG_0002.JPG"),
    "delete": lambda cam: cam.storage.delete(PLACE),
    "mkdir": lambda cam: cam.storage.mkdir("DCIM/101CANON"),
    "rmdir": lambda cam: cam.storage.rmdir("MISC"),
    "events": lambda cam: list(cam.events(timeout_s=0.5)),
}

MISTAKES = ("is a folder", "is a file", "is not empty", "is on the card already")
"""What a hostile listing can make of a caller's request: each is a ValueError or FileExistsError."""

words = st.sampled_from([0, 1, 0x14, 0x40, 0x7FFFFFFF, 0xFFFFFFFF]) | st.integers(0, 0xFFFFFFFF)
noise = st.binary(max_size=200) | st.sampled_from([b"\0", b"\xff"]).map(lambda byte: byte * 192)
tricks = st.builds(Trick, st.sampled_from([What.HONEST] * 12 + list(What)), words, noise)


def try_all(cam: Camera, verbs: list[str]) -> None:
    """Do one thing after the other; every error is one of ours, and comes soon."""
    for name in verbs:
        start = cam_seconds(cam)
        try:
            cam.initialize()
            VERBS[name](cam)
        except CanonError:
            pass
        except (ValueError, FileExistsError) as error:
            if not any(mistake in str(error) for mistake in MISTAKES):
                raise
        assert cam_seconds(cam) - start < MOST_SECONDS


def cam_seconds(cam: Camera) -> float:
    """The simulated time of the port that a camera opens."""
    return cam._connect().clock.now()


def hostile(camera: HostileCamera) -> Camera:
    """A user's camera on a hostile one; it can be opened again after it was closed."""
    port = BoundedPort(camera)

    def connect() -> BoundedPort:
        port._closed = False
        return port

    return Camera(connect, "hostile")


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(tricks, max_size=30),
    st.lists(st.sampled_from(sorted(VERBS)), min_size=1, max_size=6),
    st.booleans(),
)
def test_no_answer_brings_anything_but_our_errors(
    made_up: list[Trick], verbs: list[str], active: bool
) -> None:
    cam = hostile(HostileCamera(made_up, active=active))
    try_all(cam, verbs)
    try_all(cam, ["ready"])
    try:
        cam.close()
    except CanonError:
        pass


@pytest.mark.parametrize("verb", sorted(VERBS))
@pytest.mark.parametrize("what", list(What), ids=lambda what: what.name)
def test_the_same_trick_for_ever(verb: str, what: What) -> None:
    start = [Trick(What.HONEST)] * 4  # as long as the start takes
    cam = hostile(HostileCamera(start, Trick(what, 0xFFFFFFFF, b"\xff" * 192), active=True))
    try_all(cam, [verb, verb])
