"""No answer, however made, brings anything but the project's errors, a loop, or much memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import islice

import pytest
from hostile_camera import HostileCamera, Trick, What
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canon.camera import Camera
from canon.driver import MOST_FILE, CardPath, Entry
from canon.errors import CanonError, ProtocolError
from canon.models.native import by_product
from canon.native.commands import ENTERED, NEW, Listed, Listing
from canon.native.driver import NativeDriver
from canon.native.session import Session
from canon.native.usb_link import UsbLink
from canon.values import CaptureTarget
from canon.virtual.port import VirtualPort

PLACE = "DCIM/100CANON/IMG_0001.JPG"
MOST_SECONDS = 600.0  # of simulated time, for one verb
EXAMPLES = 300

Verb = Callable[[Camera], object]


def _in_and_out(cam: Camera) -> None:
    cam.capture.start()
    cam.capture.stop()


def _focus(cam: Camera) -> None:
    cam.capture.lock_focus()
    cam.capture.unlock_focus()


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
    "release control": _in_and_out,
    "settings": lambda cam: dict(cam.settings.read()),
    "allowed": lambda cam: cam.settings.flash.allowed,
    "set": lambda cam: cam.settings.set(flash="on", macro=True),
    "zoom": lambda cam: (cam.capture.set_zoom(3), cam.capture.zoom),
    "focus": _focus,
    "measure": lambda cam: cam.capture.measure(),
    "shots": lambda cam: cam.capture.available_shots,
    "size": lambda cam: cam.capture.estimated_size("small", "fine"),
    "viewfinder": lambda cam: list(islice(cam.viewfinder, 2)),
    "release": lambda cam: cam.capture.release(thumbnail=True),
    "release to card": lambda cam: cam.capture.release(target=CaptureTarget.CARD),
}

MISTAKES = ("is a folder", "is a file", "is not empty", "is on the card already")
"""What a hostile listing can make of a request: each a ValueError or a FileExistsError."""

words = st.sampled_from([0, 1, 0x14, 0x40, 0x7FFFFFFF, 0xFFFFFFFF]) | st.integers(0, 0xFFFFFFFF)
noise = st.binary(max_size=200) | st.sampled_from([b"\0", b"\xff"]).map(lambda byte: byte * 192)
tricks = st.builds(Trick, st.sampled_from([What.HONEST] * 12 + list(What)), words, noise)


def attack(camera: HostileCamera, verbs: Sequence[str]) -> None:
    """Do one thing after the other; every error is one of ours, and comes soon."""
    cam = Camera(lambda: VirtualPort(camera), "hostile")
    for name in verbs:
        start = camera.clock.now()
        camera.count_anew()
        try:
            cam.initialize()
            VERBS[name](cam)
        except CanonError:
            pass
        except (ValueError, FileExistsError) as error:
            if not any(mistake in str(error) for mistake in MISTAKES):
                raise
        assert camera.clock.now() - start < MOST_SECONDS
    with suppress(CanonError):
        cam.close()


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_without_tricks_every_verb_works(verb: str) -> None:
    camera = HostileCamera(active=False)
    with Camera(lambda: VirtualPort(camera), "honest") as cam:
        VERBS[verb](cam)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(tricks, max_size=30),
    st.lists(st.sampled_from(sorted(VERBS)), min_size=1, max_size=6),
    st.booleans(),
)
def test_no_answer_brings_anything_but_our_errors(
    made_up: list[Trick], verbs: list[str], active: bool
) -> None:
    attack(HostileCamera(made_up, active=active), [*verbs, "ready"])


@pytest.mark.parametrize("verb", sorted(VERBS))
@pytest.mark.parametrize("what", list(What), ids=lambda what: what.name)
def test_the_same_trick_for_ever(verb: str, what: What) -> None:
    start = [Trick(What.HONEST)] * 4  # as long as the start takes
    attack(HostileCamera(start, Trick(what, 0xFFFFFFFF, b"\xff" * 192)), [verb, verb])


# --- memory --------------------------------------------------------------------------------------


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


def open_driver(*answers: Trick) -> NativeDriver:
    """A driver on a camera that plays these tricks once the session has begun."""
    start = [Trick(What.HONEST)] * 4
    port = VirtualPort(HostileCamera([*start, *answers]))
    model = by_product(0x306E)
    driver = NativeDriver(Session(UsbLink(port, model)))
    driver.start()
    return driver


def listing(*rows: Listed) -> Trick:
    """A listing as the camera sends it."""
    data = Listing(rows).encode()
    return Trick(What.ANNOUNCE, len(data), data)


@pytest.mark.parametrize("announced", [MOST_FILE, 0xFFFFFFFF])
def test_a_file_takes_no_memory_before_it_comes(announced: int) -> None:
    entry = Entry(CardPath(("HUGE.AVI",), "D:"), size=MOST_FILE)
    driver = open_driver(Trick(What.ANNOUNCE, announced, bytes(100)))
    got = bytearray()
    with at_most(1 << 20), pytest.raises(ProtocolError):
        driver.read_file(entry, got.extend)
    assert len(got) <= 100


def test_a_listing_takes_no_memory_before_it_comes() -> None:
    for announced in (0x00FFFFFF, 0xFFFFFFFF):
        driver = open_driver(Trick(What.ANNOUNCE, announced, bytes(100)))
        with at_most(1 << 20), pytest.raises(ProtocolError):
            driver.list_folder(CardPath((), "D:"))


def test_a_fixed_answer_takes_no_memory_before_it_comes() -> None:
    driver = open_driver(Trick(What.WORD, 0))
    with at_most(1 << 20):
        assert driver.abilities()


def test_folders_in_folders_have_an_end() -> None:
    deep = [Listed(ENTERED, 0, 0, ".\\" + "A" * 200)] * 20_000
    driver = open_driver(listing(Listed(ENTERED, 0, 0, "D:"), *deep))
    with at_most(32 << 20), pytest.raises(ProtocolError, match="deep"):
        list(driver.list_folder(CardPath((), "D:"), deep=True))


def test_ways_up_from_the_root_lead_nowhere() -> None:
    up = [Listed(ENTERED, 0, 0, "..")] * 1000
    driver = open_driver(listing(Listed(ENTERED, 0, 0, "D:"), *up, Listed(NEW, 1, 1, "A.JPG")))
    (entry,) = driver.list_folder(CardPath((), "D:"), deep=True)
    assert entry.path == CardPath(("A.JPG",), "D:")


# --- names ----------------------------------------------------------------------------------------


def test_names_are_sent_back_as_they_came() -> None:
    """Only A to Z have small letters that a camera knows; "ÿ" has no capital in latin-1."""
    driver = open_driver(Trick(What.ANNOUNCE, 2, b"\xff\0"))
    assert driver._native(CardPath(("dcim", "\xb5\xdf"))) == "\xff\\DCIM\\\xb5\xdf"
