"""Tether from a program: which camera it waits for, what it asks, and what comes of pairs."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import pytest

import canon
from canon.camera import Camera
from canon.errors import Refused
from canon.frozen import replace
from canon.ptp.eos.layouts import Eos
from canon.virtual.build import make_virtual
from canon.virtual.faults import Fault, FaultKind, Faults
from canon.virtual.port import VirtualPort
from canon.virtual.usbip import UsbipServer
from canon.work.library import Library
from canon.work.taking import Brought, Taking
from canon.work.template import Template
from canon.work.tether import CameraBack, CameraGone, Ended, Tether, TetherEvent, Waiting, Wanted
from rigs.bodies import a_camera, native_device

NAMED = Template("{name}")
RAW_AND_SMALL = struct.pack("<9I", 2, 16, 6, 0, 4, 16, 1, 0x10, 3)


class Steps:
    """A clock that, each time somebody sleeps by it, lets the next thing happen."""

    def __init__(self, *steps: Callable[[], None]) -> None:
        self._steps = list(steps)
        self.slept = 0.0

    @property
    def left(self) -> int:
        """How many things have not happened."""
        return len(self._steps)

    def now(self) -> float:
        return self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self._steps.pop(0)()


def nothing() -> None:
    """Nothing happens."""


def give_owner(device: Any, text: str) -> None:
    device.body.owner = text


def give_number(device: Any, text: str) -> None:
    device.body.profile = replace(device.body.profile, serial=text)


@pytest.mark.parametrize(
    ("body", "give"),
    [("powershot-g3", give_owner), ("powershot-g9", give_owner), ("eos-60d", give_number)],
)
def test_it_never_takes_another_camera(
    body: str, give: Callable[[Any, str], None], tmp_path: Path
) -> None:
    """Of two bodies of one model the number tells which it is, or the owner where none is told."""
    device: Any = make_virtual(body)
    with UsbipServer(device) as server:

        def plug(whose: str, *, presses: bool = False) -> Callable[[], None]:
            def act() -> None:
                with server.machine():
                    device.unplug()
                    give(device, whose)
                    if presses:
                        device.press()
                        device.clock.sleep(10)
                    device.plugged = bool(whose)

            return act

        port = "usbip:{}:{}/{}".format(*server.address, server.busid)
        give(device, "mine")
        gone, other, mine = plug(""), plug("another"), plug("mine", presses=True)
        steps = Steps(other, nothing, gone, other, gone, mine)
        with canon.open(port) as cam, Library(tmp_path) as library:
            tether = Tether(cam, library, Wanted(NAMED, count=1), steps)
            seen = []
            for event in tether.run():
                seen.append(event)
                if isinstance(event, Waiting):
                    plug("")()
        kinds = [Waiting, CameraGone, Brought, CameraBack, Ended]
        assert [type(one) for one in seen] == kinds
        assert tether.cam is not cam
    assert steps.left == 0


def taken(
    device: Any, folder: Path, count: int, before: Callable[[Camera], object] = lambda cam: None
) -> list[Brought]:
    """What a tether brings of so many presses by hand, named by their numbers."""
    with a_camera(device) as cam, Library(folder) as library:
        before(cam)
        for number in range(1, count + 1):
            device.clock.after(20 * number, device.press)
        wanted = Wanted(Template("{seq}"), count=count)
        return [one for one in Tether(cam, library, wanted).run() if isinstance(one, Brought)]


def a_60d(form: bytes) -> Any:
    device = make_virtual("eos-60d")
    device.extension.table.put(Eos.IMAGE_FORMAT, form)  # type: ignore[union-attr]
    return device


def a_20d() -> Any:
    device = native_device(slug="eos-20d")
    with a_camera(device) as cam, cam.remote():
        cam.settings.set(image_format="raw+small-fine")
    return device


@pytest.mark.parametrize("make", [a_20d, lambda: a_60d(RAW_AND_SMALL)], ids=["native", "eos"])
def test_raw_and_jpeg_keep_one_name(make: Callable[[], Any], tmp_path: Path) -> None:
    """Though the camera tells of one after the other."""
    told = taken(make(), tmp_path, 2)
    names = [one.path.name for one in told if one.path]
    assert names == ["1.CR2", "1.JPG", "2.CR2", "2.JPG"]


def test_what_a_killed_run_has_not_named_keeps_one_name(tmp_path: Path) -> None:
    with a_camera(native_device()) as cam, Library(tmp_path) as library:
        for name in ("IMG_0007.CR2", "IMG_0007.JPG", "IMG_0008.JPG"):
            (library.workshop / name).write_text(name)
        taking = Taking(library, Template("{ext}/{seq}"))
        taking.meet(cam)
        paths = [one.path for one in taking.left()]
    names = ("CR2/1.CR2", "JPG/1.JPG", "JPG/2.JPG")
    assert paths == [tmp_path / name for name in names]


def test_pictures_in_the_memory_of_an_eos(tmp_path: Path) -> None:
    """They are on no card; RAW and JPEG of one press keep one name."""
    device = a_60d(RAW_AND_SMALL)
    names = on_card(device)
    told = taken(device, tmp_path, 2, lambda cam: cam.capture.shoot(target="host"))
    assert [one.path.name for one in told if one.path] == ["1.CR2", "1.JPG", "2.CR2", "2.JPG"]
    assert {one.what for one in told} == {None}
    assert on_card(device) == names
    assert not device.extension.objects.kept


def on_card(device: Any) -> list[str]:
    """The names on the card."""
    return list(device.body.card.folder(("DCIM", "100CANON")).entries)


@pytest.mark.parametrize(
    ("body", "event"),
    [
        ("powershot-g3", "CardChanged"),
        ("powershot-g9", "ObjectAdded"),
        ("eos-60d", "ObjectAddedEx"),
    ],
)
def test_an_event_that_is_lost_costs_no_picture(body: str, event: str, tmp_path: Path) -> None:
    """The newest folders are looked through after a time of silence."""
    device = make_virtual(f"{body}?fault=event-lost@{event}")
    (one,) = taken(device, tmp_path, 1)
    assert one.path == tmp_path / f"1{one.path.suffix if one.path else None}"


def test_a_refusal_in_between_does_not_end_it(tmp_path: Path) -> None:
    """The camera is opened anew, and its card is compared."""
    port = "virtual:powershot-g9"
    device: Any = make_virtual(port.removeprefix("virtual:"))

    def opened(where: str) -> Camera:
        cam = Camera(lambda: VirtualPort(device), where)
        cam.initialize()
        return cam

    with opened(port) as cam, Library(tmp_path) as library:
        seen: list[TetherEvent] = []
        tether = Tether(cam, library, Wanted(NAMED, count=1), Replugged(device), opened)
        for event in tether.run():
            seen.append(event)
            if isinstance(event, Waiting):
                device.unplug()
                device.press()
                device.faults.add(Fault.parse("refuse@GetStorageIDs:0x2002"))
    kinds = [Waiting, CameraGone, CameraGone, Brought, CameraBack, Ended]
    assert [type(one) for one in seen] == kinds
    device.faults.add(Fault.parse("refuse@GetStorageIDs:0x2002"))
    with opened(port) as cam, Library(tmp_path) as library, pytest.raises(Refused):
        list(Tether(cam, library, Wanted(NAMED)).run())


class Counting(Faults):
    """The faults of a camera; it counts what the camera was asked, and what it listed.

    Attributes:
        asked: how many commands came.
    """

    asked = 0

    def take(self, command: str, misses: frozenset[FaultKind] = frozenset()) -> Fault | None:
        self.asked += 1
        return super().take(command, misses)

    @property
    def waiting(self) -> list[Fault]:
        """Those that have not happened."""
        return self._waiting


class Replugged:
    """A clock that has a body plugged in again, its battery full, when somebody waits by it."""

    def __init__(self, device: Any) -> None:
        self._device = device

    def now(self) -> float:
        now: float = self._device.clock.now()
        return now

    def sleep(self, seconds: float) -> None:
        self._device.clock.sleep(seconds)
        self._device.body.last(1_000_000)
        self._device.plugged = True


def flat_battery(device: Any) -> None:
    """The body switches off, and takes no picture until it has another battery."""
    device.body.on_ac = False
    device.body.last(0)
    device.unplug()


TROUBLE: tuple[Callable[[Any], None], ...] = (
    lambda device: device.faults.add(Fault.parse("silence@GetFile:3000")),
    lambda device: device.faults.add(Fault.parse("unplug@GetFile:20000")),
    flat_battery,
    lambda device: device.faults.add(Fault.parse("silence@GetDirectory:64")),
)


@pytest.mark.timeout(1800)  # five thousand pictures, each flushed to the disk
@pytest.mark.parametrize("count", [250, pytest.param(5000, marks=pytest.mark.long)])
def test_one_picture_costs_the_same_on_a_full_card(count: int, tmp_path: Path) -> None:
    """Presses by hand on a native camera, which does not say what is new: all there, once.

    And in order, where the camera was not silent, unplugged or without power in between.
    """
    port = "virtual:powershot-g3"
    device = native_device()
    assert device.body.card
    device.body.card.capacity = 64 << 30
    device.faults = counting = Counting()
    before = {f"DCIM/100CANON/{name}" for name in on_card(device)}

    def press() -> None:
        device.press()
        device.clock.after(5, press)

    def opened(where: str) -> Camera:
        cam = Camera(lambda: VirtualPort(device), where)
        cam.initialize()
        return cam

    device.clock.after(5, press)
    measured = {*range(50, 151), *range(count - 101, count)}
    trouble = cycle(TROUBLE)
    asked, names, gone = [], [], 0
    with opened(port) as cam, Library(tmp_path) as library:
        tether = Tether(cam, library, Wanted(NAMED, count=count), Replugged(device), opened)
        for event in tether.run():
            gone += isinstance(event, CameraGone)
            if isinstance(event, Brought):
                assert event.what, event.path
                asked.append(counting.asked)
                names.append(str(event.what.path))
                if len(names) % 12 == 0 and len(names) not in measured:
                    next(trouble)(device)
    with opened(port) as cam:
        there = [str(one) for one in cam.storage.walk("DCIM") if one.name.endswith(".JPG")]
    assert sorted(names) == sorted(set(there) - before)[:count]
    assert gone >= count // 125
    assert not counting.waiting
    assert len([*tmp_path.glob("*.JPG")]) == count
    for several in (names[50:151], names[-101:]):
        assert several == sorted(several)
    steps = [after - before for before, after in pairwise(asked)]
    assert max(steps[-100:]) <= 2 * max(steps[50:150])
    assert max(Counter(name.rpartition("/")[0] for name in names).values()) == 100, "listed at once"
