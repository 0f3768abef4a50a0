"""What a hostile camera is asked to do, and how its victims are watched.

Every verb of the public API, by name; strategies of numbers and bytes; limits of time and memory.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from itertools import islice
from typing import Protocol, cast

from hypothesis import strategies as st

from canon.camera import Camera
from canon.driver.events import Event
from canon.errors import CanonError
from canon.values import CaptureTarget
from canon.virtual.device import UsbDevice
from canon.virtual.port import VirtualPort

PLACE = "DCIM/100CANON/IMG_0001.JPG"
MOST_SECONDS = 600.0  # of simulated time, for one verb

Verb = Callable[[Camera], object]


def _in_and_out(cam: Camera) -> None:
    cam.remote.start()
    cam.remote.stop()


def _focus(cam: Camera) -> None:
    cam.focus.lock()
    cam.focus.unlock()


def _two_frames(cam: Camera) -> list[bytes]:
    with closing(cast("Generator[bytes]", iter(cam.live))) as frames:
        return list(islice(frames, 2))


def _listen(cam: Camera) -> list[Event]:
    with cam.events() as events:
        return list(islice(iter(lambda: events.get(0.5), None), 100))


VERBS: dict[str, Verb] = {
    "initialize again": lambda cam: cam.initialize(force=True),
    "ready": lambda cam: cam.ready,
    "set owner": lambda cam: setattr(cam, "owner", "somebody"),
    "time": lambda cam: cam.camera_time,
    "set time": lambda cam: setattr(cam, "camera_time", datetime(2003, 6, 14)),
    "power": lambda cam: (cam.on_ac, cam.battery),
    "abilities": lambda cam: cam.picture_sizes(),
    "cards": lambda cam: cam.storage.cards(),
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
    "events": _listen,
    "release control": _in_and_out,
    "settings": lambda cam: dict(cam.settings.read()),
    "allowed": lambda cam: cam.settings.describe("flash").get("flash"),
    "set": lambda cam: cam.settings.set(flash="on", macro=True),
    "zoom": lambda cam: (cam.zoom.set(3), cam.zoom.get()),
    "focus": _focus,
    "measure": lambda cam: cam.focus.auto(),
    "shots": lambda cam: cam.capture.available_shots(),
    "size": lambda cam: cam.capture.estimated_size("small-fine"),
    "viewfinder": _two_frames,
    "release": lambda cam: cam.capture.shoot(thumbnail=True),
    "release to card": lambda cam: cam.capture.shoot(target=CaptureTarget.CARD),
}

MISTAKES = (
    "is a folder",
    "is a file",
    "property 0xd034 cannot be",
)
"""What a hostile answer can make of a request: each a ValueError."""

words = st.sampled_from([0, 1, 0x14, 0x40, 0x7FFFFFFF, 0xFFFFFFFF]) | st.integers(0, 0xFFFFFFFF)
noise = st.binary(max_size=200) | st.sampled_from([b"\0", b"\xff"]).map(lambda byte: byte * 192)


class Hostile(UsbDevice, Protocol):
    """A camera that cannot be trusted."""

    def count_anew(self) -> None:
        """Begin to count reads from zero."""
        ...


def attack(camera: Hostile, verbs: Sequence[str], known: Mapping[str, Verb] = VERBS) -> None:
    """Do one thing after the other; every error is one of ours, and comes soon."""
    cam = Camera(lambda: VirtualPort(camera), "hostile")
    for name in verbs:
        attempt(camera, cam, known[name])
    with suppress(CanonError):
        cam.close()


def attempt(camera: Hostile, cam: Camera, verb: Verb) -> None:
    """Do one thing, and print what it gives."""
    start = camera.clock.now()
    camera.count_anew()
    try:
        cam.initialize()
        repr(verb(cam))
    except CanonError:
        pass
    except ValueError as error:
        if not any(mistake in str(error) for mistake in MISTAKES):
            raise
    assert camera.clock.now() - start < MOST_SECONDS


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """Fail when more than `size` bytes are allocated at a time."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < size
