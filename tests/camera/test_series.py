"""A series over faults and unplugs; the ladder of exposures; the light of a virtual scene."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from canon.camera import Camera
from canon.errors import Disconnected, NoCard, PortTimeout, Refused
from canon.values import CaptureTarget, Iso, ShutterSpeed
from canon.virtual.faults import Fault
from canon.virtual.light import Light
from canon.virtual.port import VirtualPort
from canon.work import bracket
from canon.work.bracket import Bracket, Exposures
from canon.work.frames import Place
from canon.work.library import Library
from canon.work.ramp import Change, Ladder, Limits, Rung, stops_of
from canon.work.series import Ended, Missed, SeriesEvent, Taken, TimeLapse, Wanted
from canon.work.template import Template
from rigs.bodies import SMALL, eos_device, native_device, ptp_device

Make = Callable[[], Any]
BODIES: dict[str, tuple[Make, str]] = {
    "native": (native_device, "Release"),
    "powershot": (lambda: ptp_device("powershot-s60"), "InitiateCaptureInMemory"),
    "eos": (lambda: eos_device("eos-60d"), "RemoteReleaseOn"),
}
each = pytest.mark.parametrize(("make", "press"), BODIES.values(), ids=BODIES)


class Bench:
    """Cameras that are plugged in one after the other, each with a clock of its own."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self.device: Any = None
        self.opened = 0

    def connect(self) -> VirtualPort:
        self.opened += 1
        before = self.device
        if before is None or not before.plugged:
            self.device = self._make()
        if before is not None:  # or it takes the very pictures that the one before took
            self.device.body.set_seconds(before.body.seconds)
        return VirtualPort(self.device)

    def camera(self) -> Camera:
        cam = Camera(self.connect, "virtual:")
        cam.initialize()
        return cam


def small_device() -> Any:
    """A G3 that takes small pictures, which are quickly drawn."""
    device = native_device()
    block = device.release.parameters
    device.release.parameters = type(block)(**{**vars(block), "image_size": SMALL})
    return device


def numbers(events: list[SeriesEvent]) -> tuple[list[int], list[int]]:
    """The places that have a picture, and those that were missed."""
    taken = [event.number for event in events if isinstance(event, Taken)]
    missed = [event for event in events if isinstance(event, Missed)]
    return taken, [one.number + more for one in missed for more in range(one.count)]


@each
def test_faults_cost_their_pictures_and_no_others(make: Make, press: str, tmp_path: Path) -> None:
    bench = Bench(make)
    faults = {5: f"silence@{press}", 12: f"unplug@{press}", 19: f"silence@{press}"}
    if press != "Release":
        faults[9] = f"busy@{press}:3"
    events: list[SeriesEvent] = []
    with bench.camera() as cam, Library(tmp_path) as library:
        place = Place(CaptureTarget.HOST, library, Template("{seq:04}"))
        series = TimeLapse(cam, place, Wanted(60, count=24))
        for event in series.run():
            events.append(event)
            if isinstance(event, Taken) and event.number in faults:
                bench.device.faults.add(Fault.parse(faults[event.number]))
    taken, missed = numbers(events)
    assert sorted(taken + missed) == [*range(1, 25)]
    assert missed == [6, 13, 20]
    kinds = [type(event.error) for event in events if isinstance(event, Missed)]
    assert kinds == [PortTimeout, Disconnected, PortTimeout]
    assert bench.opened == 2
    assert [file.name for file in sorted(tmp_path.glob("*.JPG"))] == [
        f"{number:04}.JPG" for number in taken
    ]
    late = {event.number: event.late_s for event in events if isinstance(event, Taken)}
    assert 0 <= late.pop(10) < 0.5, "the camera was busy"
    assert set(late.values()) == {0}
    assert events[-1] == Ended(len(taken), 3, 3)


@pytest.mark.parametrize(
    ("every_s", "count"), [(600, 144), pytest.param(40, 2160, marks=pytest.mark.long)]
)
def test_a_day_of_faults_doubles_nothing(every_s: int, count: int, tmp_path: Path) -> None:
    dice = random.Random(20031114)
    bench = Bench(small_device)
    faults = (
        "silence@Release",
        "unplug@Release",
        "silence@RetrieveCapture",
        "refuse@Release:0x2019",
    )
    events: list[SeriesEvent] = []
    with bench.camera() as cam, Library(tmp_path) as library:
        place = Place(CaptureTarget.HOST, library, Template("{seq:04}"))
        for event in TimeLapse(cam, place, Wanted(every_s, count=count)).run():
            events.append(event)
            if isinstance(event, Taken) and not dice.randrange(8):
                bench.device.faults.add(Fault.parse(dice.choice(faults)))
    taken, missed = numbers(events)
    assert sorted(taken + missed) == [*range(1, count + 1)]
    assert count / 30 < len(missed) < count / 3
    assert {int(file.stem) for file in tmp_path.glob("*.JPG")} == set(taken)
    assert bench.opened > 1


@each
def test_a_card_that_is_pulled_and_put_back(make: Make, press: str) -> None:
    bench = Bench(make)
    events: list[SeriesEvent] = []
    with bench.camera() as cam:
        for event in TimeLapse(cam, Place(CaptureTarget.CARD), Wanted(20, count=6)).run():
            events.append(event)
            match numbers(events):
                case ([1, 2], []):
                    card, bench.device.body.card = bench.device.body.card, None
                case (_, [3, 4]):
                    bench.device.body.card = card
    assert numbers(events) == ([1, 2, 5, 6], [3, 4])
    assert {type(event.error) for event in events if isinstance(event, Missed)} == {NoCard}


def test_three_in_a_row_are_the_end(tmp_path: Path) -> None:
    device = native_device(*["refuse@Release:0x2019"] * 5)
    with Camera(lambda: VirtualPort(device), "virtual:") as cam:
        cam.initialize()
        events: list[SeriesEvent] = []
        with pytest.raises(Refused) as caught:
            events.extend(_all(TimeLapse(cam, Place(CaptureTarget.CARD), Wanted(60)), events))
        assert "Three frames in a row failed." in caught.value.__notes__
        assert events[-1] == Ended(0, 3, 3)
        assert not cam.remote.active


def _all(series: TimeLapse, into: list[SeriesEvent]) -> list[SeriesEvent]:
    for event in series.run():
        into.append(event)
    return []


@each
def test_everything_is_set_back(make: Make, press: str) -> None:
    bench = Bench(make)
    with bench.camera() as cam:
        lock = "focus-lock" in cam.features
        series = TimeLapse(cam, Place(CaptureTarget.CARD), Wanted(60, lock_focus=lock))
        events = series.run()
        assert isinstance(next(events), Taken)
        assert cam.remote.active or "focus-lock" not in cam.features
        events.close()
        assert not cam.remote.active or cam.remote.lasts
        assert getattr(getattr(bench.device, "release", None), "focus_locked", False) is False


@pytest.mark.parametrize("make", [native_device, lambda: ptp_device("powershot-s60")])
def test_a_bracket_that_is_broken_off_is_set_back(make: Make) -> None:
    with Bench(make).camera() as cam, cam.remote():
        cam.settings.set(shooting_mode="m", shutter_speed="1/60")
        run = Bracket(cam, Place(CaptureTarget.CARD), Exposures.parse("-2,0,+1 1/3")).run()
        assert isinstance(next(run), bracket.Taken)
        assert cam.settings.shutter_speed.label == "1/250"
        run.close()
        assert cam.settings.shutter_speed.label == "1/60"


def test_a_ramp_that_is_broken_off_is_set_back() -> None:
    bench = Bench(native_device)
    with bench.camera() as cam, cam.remote():
        cam.settings.set(shooting_mode="m", shutter_speed="1/60", iso=100, aperture="f/4")
        bench.device.body.light = Light.parse("0:0,600:-4")
        series = TimeLapse(cam, Place(CaptureTarget.CARD), Wanted(30, ramp=Limits(1.0)))
        changes = []
        for event in (run := series.run()):
            changes += [event] if isinstance(event, Change) else []
            if len(changes) == 2:
                break
        assert [(str(one.before), str(one.now)) for one in changes] == [
            ("1/60", "1/50"),
            ("1/50", "1/40"),
        ]
        assert cam.settings.shutter_speed.label == "1/40"
        run.close()
        assert cam.settings.shutter_speed.label == "1/60"


def test_it_ends_at_a_time_of_the_day() -> None:
    with Bench(native_device).camera() as cam:
        until = datetime.now() + timedelta(seconds=119)  # a slow machine may take 29 s
        series = TimeLapse(cam, Place(CaptureTarget.CARD), Wanted(30, until=until))
        taken, missed = numbers([*series.run()])
        assert (taken, missed) == ([1, 2, 3, 4], [])
        past = TimeLapse(
            cam, Place(CaptureTarget.CARD), Wanted(30, until=datetime.now() - timedelta(1))
        )
        assert [*past.run()] == [Ended()]


def test_it_ends_in_time_when_the_clocks_are_changed_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In ten minutes they go forward: from now to the time of 150 minutes there are 90."""
    now = datetime.now(UTC)
    days = now + timedelta(minutes=10), now + timedelta(days=100)
    start, end = (f"{day.timetuple().tm_yday - 1}/{day:%H:%M:%S}" for day in days)
    monkeypatch.setenv("TZ", f"AAA0BBB,{start},{end}")
    time.tzset()
    try:
        with Bench(native_device).camera() as cam:
            until = datetime.now() + timedelta(minutes=150)
            series = TimeLapse(cam, Place(CaptureTarget.CARD), Wanted(1200, until=until))
            assert len(numbers([*series.run()])[0]) == 5
    finally:
        monkeypatch.undo()
        time.tzset()


def test_stopping_finishes_the_frame() -> None:
    with Bench(native_device).camera() as cam:
        series = TimeLapse(cam, Place(CaptureTarget.CARD), Wanted(30))
        events = []
        for event in series.run():
            events.append(event)
            if isinstance(event, Taken) and event.number == 2:
                series.stop()
        assert events[-1] == Ended(2, 0, 0)


# --- the ladder ----------------------------------------------------------------------------------


def ladder(shutter: str, iso: int, shutters: str, isos: str, slowest: float = 2.0) -> Ladder:
    first = ShutterSpeed(shutter), Iso(iso)
    rung = Rung(stops_of(first[0]) + stops_of(first[1]), *first)
    limits = Limits(slowest, 1600)
    return Ladder(rung, map(ShutterSpeed, shutters.split()), map(Iso, isos.split()), limits)


def followed(ladder: Ladder, lights: Iterator[float]) -> Iterator[float]:
    """How bright each picture is, where the light changes like that."""
    for light in lights:
        level = light + ladder.now.stops
        yield level
        too_bright = ladder.look(level)
        if too_bright is not None:
            ladder.step(too_bright)


@pytest.mark.parametrize(
    ("shutters", "isos", "worst"),
    [
        ("1/8 1/6 1/5 1/4 0.3 0.4 0.5 0.6 0.8 1 1.3 1.6 2", "auto 100 200 400 800 1600", 0.4),
        ("1/8 1/4 0.5 1 2 bulb", "auto 100 200 400 800 1600", 0.7),
        ("1/8 0.3 0.5 0.7 1 1.5 2", "100 200 400", 0.65),
    ],
    ids=["thirds", "whole stops", "halves"],
)
def test_scales_of_every_coarseness(shutters: str, isos: str, worst: float) -> None:
    lights = [-number / 60 for number in range(300)]
    levels = [*followed(ladder("1/8", 100, shutters, isos), iter(lights))]
    assert max(abs(level - levels[0]) for level in levels) <= worst
    back = [*followed(ladder("1/8", 100, shutters, isos), iter(lights + lights[::-1]))]
    assert abs(back[-1] - back[0]) <= worst


def test_a_lamp_in_one_picture_changes_nothing() -> None:
    steps = ladder("1/8", 100, "1/8 1/6 1/5 1/4", "100 200")
    lights = [0.0] * 10 + [5.0] + [0.0] * 10
    levels = [*followed(steps, iter(lights))]
    assert levels == [level + levels[0] for level in lights]


def test_the_shutter_first_then_the_sensitivity() -> None:
    steps = ladder("1/8", 200, "1/8 1/6 1/5 1/4 0.3 0.4 0.5", "50 100 200 400", slowest=0.5)
    isos = [str(rung.iso) for rung in steps.rungs]
    assert isos == sorted(isos)
    assert isos[0] == "200", "the user's own is not left while the shutter has room"
    dawn = ladder("0.5", 400, "1/8 1/4 0.5", "50 100 200 400", slowest=0.5)
    assert str(dawn.rungs[0].iso) == "50"


@pytest.mark.parametrize(("shutter", "iso"), [("4", 100), ("1", 3200)])
def test_a_ramp_does_not_begin_beyond_its_limits(shutter: str, iso: int) -> None:
    with pytest.raises(ValueError, match="beyond the"):
        ladder(shutter, iso, "1 2 4", "100 3200")


# --- the light -----------------------------------------------------------------------------------


def test_the_light_changes_evenly_and_jumps() -> None:
    light = Light.parse("10:0,20:-5,20:2,30:2")
    moments = (0, 10, 15, 19.999, 20, 25, 99)
    assert [round(light.at(moment), 2) for moment in moments] == [0, 0, -2.5, -5, 2, 2, 2]
    assert Light().at(5) == 0


@pytest.mark.parametrize("text", ["", "5", "5:x", "9:1,3:1", "-1:0", "0:99", "nan:0", "0:nan"])
def test_what_says_no_light(text: str) -> None:
    with pytest.raises(ValueError, match="SECONDS:STOPS"):
        Light.parse(text)
