"""No PTP answer, however made, brings anything but our errors, a loop, or much memory."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from attack import VERBS, Verb, at_most, attack, attempt, noise, words
from hostile_camera import PICTURE
from hostile_ptp_camera import HostilePtpCamera, Trick, What
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from canon.camera import Camera
from canon.dialects import extension_of
from canon.driver.card import MOST_FILE, CardPath, Entry
from canon.errors import CanonError, ProtocolError
from canon.models.file_kinds import ObjectFormat
from canon.ptp.datasets import DataType, DevicePropDesc, ObjectHandles, ObjectInfo
from canon.ptp.driver import PtpDriver
from canon.ptp.powershot.layouts import FolderEntry
from canon.ptp.session import Session
from canon.ptp.usb_transport import UsbTransport
from canon.virtual.port import VirtualPort
from rigs.bodies import ptp_row

EXAMPLES = 300
START = 3  # the tricks that a start takes: a session, DeviceInfo, and the owner's name
BODIES = ("powershot-s60", "powershot-sx200-is", "powershot-s45")
"""Release control; fast listings only; neither."""

MORE: dict[str, Verb] = {
    "any operation": lambda cam: cam.ptp.call(0x1004),
    "any operation with data": lambda cam: cam.ptp.call(0x1016, 0xD034, data=bytes(4)),
    "describe": lambda cam: cam.settings.describe("0xd034"),
    "allowed by number": lambda cam: cam.settings["0xd034"].allowed,
    "write a property": lambda cam: cam.settings["0xd034"].set(1_000_000_000),
    "numbered setting": lambda cam: cam.settings["0xd034"].value,
    "companions": lambda cam: cam.storage.companions("DCIM/100CANON/IMG_0001.JPG"),
}
PTP_VERBS = {name: verb for name, verb in VERBS.items() if name != "set file time"} | MORE


# --- datasets that somebody makes up --------------------------------------------------------------

halves = st.sampled_from([0, 1, 3, 6, 0x3001, 0x3801, 0x4002, 0x4009, 0x5001, 0xD02C, 0xFFFF])
counts = st.binary(min_size=4, max_size=4) | st.sampled_from([b"\xff\xff\xff\xff", b"\3\0\0\0"])
names = st.sampled_from(["DCIM", "100CANON", "A.JPG", "..", "", "A/B", "\xff" * 12])
handles = st.sampled_from([0, 1, 2, 0x00080000, 0x80000001, 0xFFFFFFFF]) | words
infos = st.builds(
    ObjectInfo,
    *(handles, halves, halves, words, halves, *[words] * 6, handles, halves, words, words),
    *(names, st.sampled_from(["", "20031005T101530.0", "0"]), st.just(""), st.just("")),
)
rows = st.builds(FolderEntry, handles, halves, st.integers(0, 255), words, words, names)
descriptions = st.tuples(
    *(halves, halves),
    st.binary(min_size=1, max_size=9),
    st.sampled_from([b"\0", b"\1", b"\2\3\0", b"\2\xff\xff"]),
    st.binary(max_size=40),
).map(
    lambda parts: b"".join(
        part.to_bytes(2, "little") if isinstance(part, int) else part for part in parts
    )
)
datasets = st.one_of(
    noise,
    st.tuples(counts, noise).map(b"".join),
    infos.map(ObjectInfo.encode),
    st.lists(rows.map(FolderEntry.encode), max_size=5).map(b"".join),
    st.lists(handles, max_size=9).map(lambda several: ObjectHandles(tuple(several)).encode()),
    descriptions,
    st.sampled_from([b"\x7f", b"\xff"]).map(lambda byte: byte * 5000),  # a number, and what a one
)
tricks = st.one_of(
    st.just(Trick(What.HONEST)),
    st.just(Trick(What.HONEST)),
    st.just(Trick(What.HONEST)),
    st.builds(Trick, st.sampled_from(What), words, noise),
    st.builds(Trick, st.sampled_from([What.DATASET, What.ENDLESS]), st.just(0), datasets),
    st.builds(Trick, st.just(What.CODE), st.integers(0x2000, 0x2023)),
    st.builds(Trick, st.just(What.EVENT), st.integers(0x4000, 0x400E), noise),
)


@pytest.mark.parametrize("verb", sorted(PTP_VERBS))
def test_without_tricks_every_verb_works(verb: str) -> None:
    camera = HostilePtpCamera(ptp_row("powershot-s60"))
    with Camera(lambda: VirtualPort(camera), "honest") as cam:
        PTP_VERBS[verb](cam)


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(BODIES),
    st.lists(tricks, max_size=40),
    st.lists(st.sampled_from(sorted(PTP_VERBS)), min_size=1, max_size=6),
)
@example(  # a channel of events that is written back as it was found, and does not fit
    "powershot-s60", [Trick(What.HONEST)] * START + [Trick(What.DATASET, 0, b"\0\0\1")], ["allowed"]
)
@example(  # a description of one byte for a property that has four
    "powershot-s60",
    [Trick(What.HONEST)] * START + [Trick(What.DATASET, 0, b"\x34\xd0\2\0\1\0\0\0")],
    ["write a property"],
)
def test_no_answer_brings_anything_but_our_errors(
    body: str, made_up: list[Trick], verbs: list[str]
) -> None:
    attack(HostilePtpCamera(ptp_row(body), made_up), [*verbs, "ready"], PTP_VERBS)


@pytest.mark.parametrize("verb", sorted(PTP_VERBS))
@pytest.mark.parametrize("what", list(What), ids=lambda what: what.name)
def test_the_same_trick_for_ever(verb: str, what: What) -> None:
    always = Trick(what, 0xFFFFFFFF, b"\xff" * 192)
    camera = HostilePtpCamera(ptp_row("powershot-s60"), [Trick(What.HONEST)] * START, always)
    attack(camera, [verb, verb], PTP_VERBS)


@pytest.mark.parametrize("verb", sorted(PTP_VERBS))
@pytest.mark.parametrize("data", [b"", b"\xff", b"\xff" * 9, b"\x7f" * 17, b"\xff" * 5000])
def test_data_of_a_wrong_length_under_release_control(verb: str, data: bytes) -> None:
    camera = HostilePtpCamera(ptp_row("powershot-s60"))
    with suppress(CanonError), Camera(lambda: VirtualPort(camera), "hostile") as cam:
        cam.remote.start()
        camera.play(*[Trick(What.DATASET, 0, data)] * 3)
        attempt(camera, cam, PTP_VERBS[verb])


# --- memory ---------------------------------------------------------------------------------------

FOLDER = CardPath("DCIM/100CANON")
HUGE = Entry(FOLDER / "IMG_0001.JPG", size=MOST_FILE)
MOST_REPLY = 16 << 20  # bytes of data that a dataset may have


def open_driver(slug: str) -> tuple[HostilePtpCamera, PtpDriver]:
    """A driver that knows what is in a folder, and the camera that it believes."""
    model = ptp_row(slug)
    camera = HostilePtpCamera(model)
    driver = PtpDriver(Session(UsbTransport(VirtualPort(camera))), model, extension_of)
    driver.start()
    assert list(driver.list_folder(FOLDER))
    return camera, driver


@pytest.mark.parametrize("slug", BODIES)
@pytest.mark.parametrize("announced", [1 << 20, MOST_FILE, 0xFFFFFFFE, 0xFFFFFFFF])
def test_a_file_takes_no_memory_before_it_comes(slug: str, announced: int) -> None:
    camera, driver = open_driver(slug)
    camera.play(Trick(What.LENGTH, announced))
    got = bytearray()
    with at_most(1 << 20), suppress(CanonError):
        driver.read_file(HUGE, got.extend)
    assert len(got) <= len(PICTURE)


@pytest.mark.parametrize("announced", [1 << 20, MOST_FILE, 0xFFFFFFFE, 0xFFFFFFFF])
def test_a_dataset_takes_no_memory_before_it_comes(announced: int) -> None:
    camera, driver = open_driver("powershot-s60")
    camera.play(Trick(What.LENGTH, announced))
    with at_most(1 << 20), suppress(ProtocolError):
        driver.identify()
    assert driver.identify().model, "and the next one is right"


Ask = Callable[[PtpDriver], object]
COUNTED: dict[str, tuple[Ask, int]] = {
    "DeviceInfo": (lambda driver: driver.identify(), 12),
    "StorageIDs": (lambda driver: driver.cards(), 0),
    "ObjectHandles": (lambda driver: list(driver.list_folder(FOLDER)), 0),
    "DevicePropDesc": (lambda driver: driver.settings.read("0xd048"), 5),
    "values": (lambda driver: driver.time(), 0),
}
"""What brings a list, and where in the dataset the list's count is."""


@pytest.mark.parametrize("name", COUNTED)
def test_a_count_takes_no_memory_before_the_list_comes(name: str) -> None:
    ask, place = COUNTED[name]
    camera, driver = open_driver("powershot-s45" if name == "ObjectHandles" else "powershot-s60")
    head = b"\x48\xd0\x06\x40\0" if name == "DevicePropDesc" else bytes(place)
    camera.play(Trick(What.DATASET, 0, head + b"\xff\xff\xff\xff" * 20))
    with at_most(1 << 20), suppress(CanonError):
        ask(driver)


@pytest.mark.parametrize("kind", [DataType.AUINT8, DataType.AINT32, DataType.AUINT128])
def test_a_list_takes_memory_in_proportion(kind: DataType) -> None:
    data = DevicePropDesc(0xD048, kind, 0, (), (-1 if kind % 2 else 1,) * 0x4000, None).encode()
    camera, driver = open_driver("powershot-s60")
    camera.play(Trick(What.DATASET, 0, data))
    with at_most(1 << 20):
        assert len(driver.settings.read("0xd048")["0xd048"].value) == 0x4000


def test_a_reply_over_the_limit_is_not_read() -> None:
    camera, driver = open_driver("powershot-s60")
    camera.play(Trick(What.ENDLESS, 0, bytes(MOST_REPLY + (1 << 20))))
    with at_most(4 * MOST_REPLY), pytest.raises(ProtocolError, match="more than 16777216 bytes"):
        driver.identify()
    assert driver.identify().model


# --- what never ends ------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["ready", "read", "ls", "settings", "release", "upload", "events"])
def test_a_pipe_that_never_runs_dry(verb: str) -> None:
    camera = HostilePtpCamera(ptp_row("powershot-s60"))
    with Camera(lambda: VirtualPort(camera), "hostile") as cam:
        camera.flood()
        camera.count_anew()
        with at_most(16 << 20), suppress(CanonError):
            PTP_VERBS[verb](cam)
        assert not cam.ready


def test_folders_that_hold_each_other_have_an_end() -> None:
    camera, driver = open_driver("powershot-s60")
    rows = [
        FolderEntry(number, ObjectFormat.ASSOCIATION, 0x10, 0, 0, f"{number}")
        for number in range(1, 9)
    ]
    listing = b"".join(entry.encode() for entry in rows)
    camera.play(*[Trick(What.DATASET, 0, listing)] * 500)
    with at_most(32 << 20), pytest.raises(ProtocolError, match="inside itself"):
        list(driver.list_folder(FOLDER, deep=True))
