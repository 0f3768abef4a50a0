"""No answer, however made, brings anything but the project's errors, a loop, or much memory."""

from __future__ import annotations

import pytest
from attack import VERBS, at_most, attack, noise, words
from hostile_camera import HostileCamera, Trick, What
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canon.camera import Camera
from canon.driver.card import MOST_FILE, CardPath, Entry
from canon.errors import ProtocolError
from canon.models.native import by_product
from canon.native.commands import ENTERED, NEW, Listed, Listing
from canon.native.driver import NativeDriver
from canon.native.session import Session
from canon.native.usb_link import UsbLink
from canon.virtual.port import VirtualPort

EXAMPLES = 300

tricks = st.builds(Trick, st.sampled_from([What.HONEST] * 12 + list(What)), words, noise)


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_without_tricks_every_verb_works(verb: str) -> None:
    camera = HostileCamera(active=False)
    with Camera(lambda: VirtualPort(camera), "honest") as cam:
        VERBS[verb](cam)


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
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
    entry = Entry(CardPath("D:/HUGE.AVI"), size=MOST_FILE)
    driver = open_driver(Trick(What.ANNOUNCE, announced, bytes(100)))
    got = bytearray()
    with at_most(1 << 20), pytest.raises(ProtocolError):
        driver.read_file(entry, got.extend)
    assert len(got) <= 100


def test_a_listing_takes_no_memory_before_it_comes() -> None:
    for announced in (0x00FFFFFF, 0xFFFFFFFF):
        driver = open_driver(Trick(What.ANNOUNCE, announced, bytes(100)))
        with at_most(1 << 20), pytest.raises(ProtocolError):
            driver.list_folder(CardPath("D:"))


def test_a_fixed_answer_takes_no_memory_before_it_comes() -> None:
    driver = open_driver(Trick(What.WORD, 0))
    with at_most(1 << 20):
        assert driver.picture_sizes()


def test_folders_in_folders_have_an_end() -> None:
    deep = [Listed(ENTERED, 0, 0, ".\\" + "A" * 200)] * 20_000
    driver = open_driver(listing(Listed(ENTERED, 0, 0, "D:"), *deep))
    with at_most(32 << 20), pytest.raises(ProtocolError, match="deep"):
        list(driver.list_folder(CardPath("D:"), deep=True))


def test_ways_up_from_the_root_lead_nowhere() -> None:
    up = [Listed(ENTERED, 0, 0, "..")] * 1000
    driver = open_driver(listing(Listed(ENTERED, 0, 0, "D:"), *up, Listed(NEW, 1, 1, "A.JPG")))
    (entry,) = driver.list_folder(CardPath("D:"), deep=True)
    assert entry.path == CardPath("A.JPG")


# --- names ----------------------------------------------------------------------------------------


def test_names_are_sent_back_as_they_came() -> None:
    """Only A to Z have small letters that a camera knows; "ÿ" has no capital in latin-1."""
    driver = open_driver(Trick(What.ANNOUNCE, 2, b"\xff\0"))
    assert driver._native(CardPath("dcim/\xb5\xdf")) == "\xff\\DCIM\\\xb5\xdf"
