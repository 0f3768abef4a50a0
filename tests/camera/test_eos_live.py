"""EOS bodies in live view, by the public API: frames, lens, movies; the button held, and bulb."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from judges import opened as picture
from test_eos import opened

from canon import exif
from canon.camera import Camera
from canon.camera.events import Events
from canon.camera.live import Live
from canon.driver.events import Event, Ready
from canon.driver.features import Feature
from canon.driver.shot import Shot
from canon.errors import Aborted, FocusFailed, NotSupported, ValueRefused
from canon.ptp.eos.layouts import Eos
from canon.values import AfState
from canon.virtual.ptp.eos.dial import Mode

SHOWING = ("eos-40d", "eos-60d", "eos-r6", "eos-m10")
FILMING = ("eos-60d", "eos-r6", "eos-5d-mark-ii")
OUTPUTS = 2 | 4 | 8


@pytest.mark.parametrize("slug", SHOWING)
def test_frames_are_of_the_bodys_size_and_say_what_it_sees(slug: str) -> None:
    with opened(slug) as (cam, body, _):
        small = body.table.number(Eos.EVF_OUTPUT) & 8
        frames = list(islice(cam.live, 3))
        assert [frame.number for frame in frames] == [1, 2, 3]
        for frame in frames:
            assert picture(frame).size == ((480, 320) if small else body.body.profile.frame)
        first = frames[0]
        assert (first.zoom, first.field) == (1, body.live._field())
        assert first.rectangle is not None
        assert first.rectangle.width == body.live._field()[0] // 5
        assert [one.state for one in first.af_frames or ()] == [AfState.IDLE]
        assert first.histogram is not None
        assert len(first.histogram.luminance) == 256
        assert sum(first.histogram.luminance) > 0


@pytest.mark.parametrize("slug", SHOWING)
def test_live_view_leaves_the_output_as_it_was(slug: str) -> None:
    with opened(slug) as (cam, body, asked):
        before = body.table.number(Eos.EVF_OUTPUT)
        with cam.live:
            assert cam.live.one()
            assert body.table.number(Eos.EVF_OUTPUT) & OUTPUTS
        assert body.table.number(Eos.EVF_OUTPUT) == before
        for _ in cam.live:
            del asked[:]
            break
        assert body.table.number(Eos.EVF_OUTPUT) == before
        assert asked.count(0x9110) == (0 if before & OUTPUTS else 1)


def test_the_output_is_set_once_for_many_frames() -> None:
    with opened("eos-r6") as (cam, _, asked):
        for frame in cam.live:
            if frame.number == 1:
                del asked[:]
            if frame.number == 20:
                break
        assert asked.count(0x9153) == 19
        assert asked.count(0x9110) == 1, "it is stopped"


@pytest.mark.parametrize("slug", ["eos-40d", "eos-60d", "eos-r6"])
def test_a_picture_in_between_leaves_live_view_on(slug: str) -> None:
    with opened(slug) as (cam, _, _):
        numbers = []
        for frame in islice(cam.live, 6):
            numbers.append(frame.number)
            if frame.number == 3:
                assert cam.capture.shoot(target="host").pictures
        assert numbers == [1, 2, 3, 4, 5, 6]


def test_frames_pictures_and_settings_from_three_threads() -> None:
    shots, changes = 6, 6
    with opened("eos-r6") as (cam, body, _):
        failed: list[BaseException] = []
        taken: list[str] = []
        drawn: list[int] = []
        done = threading.Event()

        def run(work: object) -> threading.Thread:
            def guarded() -> None:
                try:
                    work()  # type: ignore[operator]
                except BaseException as error:
                    failed.append(error)

            return threading.Thread(target=guarded)

        def draw() -> None:
            for frame in cam.live:
                drawn.append(frame.number)
                if done.is_set():
                    return

        def shoot() -> None:
            for _ in range(shots):
                taken.extend(one.name for one in cam.capture.shoot().pictures)

        def change() -> None:
            for at in range(changes):
                cam.settings.set(iso=("200", "400")[at % 2])

        with cam.remote():
            drawing, *others = [run(work) for work in (draw, shoot, change)]
            for thread in (drawing, *others):
                thread.start()
            for thread in others:
                thread.join(120)
            done.set()
            drawing.join(120)
        assert not failed
        files = len(body.release.next.formats())
        assert len(set(taken)) == shots * files
        assert drawn == list(range(1, len(drawn) + 1))
        assert cam.settings.read().iso == 400
        assert not body.objects.kept


@pytest.mark.parametrize(
    "frames_of",
    [lambda live: iter(live), lambda live: iter(live.one, None)],
    ids=["a loop", "one by one"],
)
def test_frames_come_while_a_picture_is_awaited(frames_of: Callable[[Live], Any]) -> None:
    with opened("eos-r6") as (cam, body, _), cam.live:
        body.table.turn_dial(Mode.BULB)
        failed: list[BaseException] = []

        def expose() -> None:
            try:
                cam.capture.bulb(80_000, target="card")
            except Aborted as error:
                failed.append(error)

        frames = frames_of(cam.live)
        next(frames)
        shooting = threading.Thread(target=expose, daemon=True)
        shooting.start()
        while shooting.is_alive() and not body.release.busy:
            threading.Event().wait(0.001)
        try:
            assert [frame.number for frame in islice(frames, 5)] == [2, 3, 4, 5, 6]
            assert not failed, "it is still exposed"
        finally:
            cam.capture.abort()
            shooting.join(60)
        assert failed


@pytest.mark.parametrize("slug", ["eos-40d", "eos-60d", "eos-r6"])
def test_the_focus_is_driven_step_by_step(slug: str) -> None:
    with opened(slug) as (cam, body, asked):
        middle = body.release.position
        cam.focus.drive(+3, size=1)
        one = (body.release.position - middle) / 3
        assert one > 0
        assert not body.live.on, "live view ran for it only"
        with cam.live:
            cam.focus.drive(-3)
            assert body.release.position == middle
            cam.focus.drive(2, size=3)
            assert body.release.position - middle > 2 * one
            assert cam.live.running
        assert asked.count(0x9155) >= 8


@pytest.mark.parametrize("slug", ["eos-40d", "eos-60d", "eos-r6"])
def test_a_closer_look(slug: str) -> None:
    with opened(slug) as (cam, _, _):
        with pytest.raises(ValueError, match="live view does not run"):
            cam.live.zoom(5)
        with cam.live:
            cam.live.zoom(5)
            cam.live.move(104, 96)
            frame = cam.live.one()
            assert frame.zoom == 5
            assert frame.rectangle is not None
            assert frame.rectangle[:2] == (104, 96)
            cam.live.zoom(1)
            assert cam.live.one().zoom == 1


@pytest.mark.parametrize("slug", ["eos-40d", "eos-60d", "eos-r6"])
def test_focus_by_the_picture(slug: str) -> None:
    with opened(slug) as (cam, _, asked), cam.live:
        cam.focus.drive(3, size=3)
        assert cam.live.focus()
        assert 0x9154 in asked


def test_focus_at_a_place_wants_a_touch_screen() -> None:
    with opened("eos-r6") as (cam, body, asked), cam.live:
        assert cam.live.focus(1000, 800)
        assert 0x915B in asked
        assert body.release.button == 0
    with (
        opened("eos-60d") as (cam, _, asked),
        cam.live,
        pytest.raises(NotSupported, match="at a place"),
    ):
        cam.live.focus(1000, 800)
    assert 0x9128 not in asked


def test_depth_of_field_is_shown_and_let_go() -> None:
    with opened("eos-60d") as (cam, body, _), cam.live:
        cam.live.depth_of_field(True)
        assert body.table.number(Eos.DEPTH_OF_FIELD_PREVIEW) == 1
    assert body.table.number(Eos.DEPTH_OF_FIELD_PREVIEW) == 0


@pytest.mark.parametrize("slug", FILMING)
def test_a_movie_ends_with_its_file(slug: str) -> None:
    with opened(slug) as (cam, body, _):
        if slug == "eos-5d-mark-ii":
            body.live.movie_switch(on=True)
        with cam.movie.record() as film:
            recording = [cam.movie.recording]
            assert cam.live.one()
            until = cam.clock.now() + 3
            while cam.clock.now() < until:
                cam.clock.sleep(0.5)
                film.seconds()
            assert film.seconds() >= 2
        assert [*recording, cam.movie.recording] == [True, False]
        (entry,) = film.entries
        assert entry.suffix in (".MOV", ".MP4")
        assert len(cam.storage.read(entry)) == entry.size
        assert body.table.number(Eos.FIXED_MOVIE) == (slug == "eos-5d-mark-ii")
        assert not cam.live.running


def test_an_error_in_the_block_ends_the_movie() -> None:
    with opened("eos-r6") as (cam, body, _):
        films = []

        def fail() -> None:
            with cam.movie.record() as film:
                films.append(film)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert body.live.movie_since is None
        assert films[0].entries


def test_a_hybrid_has_no_movies() -> None:
    with opened("eos-m10") as (cam, _, _):
        assert Feature.MOVIE not in cam.features
        with pytest.raises(NotSupported, match="movies"), cam.movie.record():
            pass


# --- the button, and bulb -------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["eos-60d", "eos-r6"])
def test_a_half_press_holds_for_the_pictures_of_its_block(slug: str) -> None:
    with opened(slug) as (cam, body, asked):
        with cam.capture.half_press():
            assert body.release.button == 1
            del asked[:]
            for _ in range(2):
                cam.capture.shoot(target="card")
                assert body.release.button == 1
            assert asked.count(0x9128) == 2, "the focus is not looked for again"
        assert body.release.button == 0


def test_a_half_press_that_finds_no_focus_comes_up() -> None:
    with opened("eos-60d?fault=no-focus") as (cam, body, _):
        body.table.put(Eos.FOCUS_MODE, 0)
        with pytest.raises(FocusFailed), cam.capture.half_press():
            pass
        assert body.release.button == 0


def test_an_error_in_the_block_lets_the_button_go() -> None:
    with opened("eos-r6") as (cam, body, _):
        with pytest.raises(ZeroDivisionError), cam.capture.half_press():
            raise ZeroDivisionError
        assert body.release.button == 0


def test_a_picture_without_focusing_is_taken_where_none_is_found() -> None:
    with opened("eos-60d?fault=no-focus") as (cam, body, _):
        body.table.put(Eos.FOCUS_MODE, 0)
        assert cam.capture.shoot(target="card", focus=False).entries


@pytest.mark.parametrize(
    ("slug", "mode"),
    [
        ("eos-40d", Mode.BULB),
        ("eos-60d", Mode.BULB),
        ("eos-r6", Mode.BULB),
        ("eos-700d", Mode.MANUAL),
    ],
)
def test_a_bulb_exposure_lasts_as_long_as_it_is_told(slug: str, mode: Mode) -> None:
    with opened(slug) as (cam, body, _):
        body.table.turn_dial(mode)
        shot = cam.capture.bulb(3.8)
        seconds = exif.read(shot.first).exposure_time
        assert seconds is not None
        assert 3.8 <= seconds < 4.5
        assert body.release.button == 0
        assert not body.objects.kept


def test_after_an_exposure_the_time_is_as_it_was() -> None:
    with opened("eos-700d") as (cam, body, _):
        body.table.turn_dial(Mode.MANUAL)
        before = cam.settings.read().shutter_speed
        cam.capture.bulb(2)
        seconds = exif.read(cam.capture.shoot().first).exposure_time
        assert cam.settings.read().shutter_speed == before
        assert seconds is not None
        assert seconds < 1
        cam.capture.bulb(2)
    assert body.table.number(Eos.SHUTTER_SPEED) not in (0x04, 0x0C)


@pytest.mark.parametrize("slug", ["eos-40d", "eos-60d", "eos-r6"])
@pytest.mark.parametrize("target", ["host", "card", "both"])
def test_a_bulb_block_counts_and_says_where_its_picture_is(
    slug: str, target: str, tmp_path: Path
) -> None:
    with opened(slug) as (cam, body, _):
        body.table.turn_dial(Mode.BULB)
        with cam.capture.bulb(target=target, to=tmp_path, thumbnail=True) as exposure:
            until = cam.clock.now() + 3
            while cam.clock.now() < until:
                cam.clock.sleep(0.5)
                exposure.seconds()
            assert exposure.seconds() >= 2
            assert exposure.shot == Shot()
        shot, files = exposure.shot, len(body.release.next.formats())
        assert len(shot.saved) == (0 if target == "card" else files)
        assert len(shot.entries) == (0 if target == "host" else files)
        assert shot.thumbnail
        lasted = exif.read(
            shot.saved[0].read_bytes() if shot.saved else cam.storage.read(shot.entries[0])
        ).exposure_time
        assert lasted is not None
        assert 3 <= lasted < 5
        assert body.release.button == 0
        assert not body.objects.kept


@pytest.mark.parametrize("target", ["host", "card"])
def test_an_error_ends_a_bulb_block_and_its_picture_is_not_lost(target: str) -> None:
    with opened("eos-60d") as (cam, body, _):
        body.table.turn_dial(Mode.BULB)
        with suppress(ZeroDivisionError), cam.capture.bulb(target=target):
            cam.clock.sleep(2)
            raise ZeroDivisionError
        assert body.release.button == 0
        cam.clock.sleep(5)
        before = len(body.objects.kept)
        assert before == (target == "host")
        body.table.turn_dial(Mode.MANUAL)
        assert len(cam.capture.shoot(target="host").pictures) == 1 + before
        assert not body.objects.kept


def test_bulb_where_the_mode_has_none_is_refused() -> None:
    with opened("eos-60d") as (cam, body, _):
        body.table.turn_dial(Mode.PROGRAM)
        with pytest.raises(ValueRefused, match="dial to B"):
            cam.capture.bulb(1)
        assert cam.capture.shoot(target="card").entries


@pytest.mark.parametrize("slug", ["eos-40d", "eos-60d"])
def test_an_exposure_is_ended_by_another_thread(slug: str) -> None:
    with opened(slug) as (cam, body, _):
        body.table.turn_dial(Mode.BULB)
        with cam.events() as events:
            stopper = threading.Thread(target=lambda: abort_when_open(cam, body))
            stopper.start()
            with pytest.raises(Aborted):
                cam.capture.bulb(10_000)
            stopper.join()
            assert body.release.button == 0
            until_ready(events)
        assert cam.capture.bulb(1, target="card").entries


def abort_when_open(cam: Camera, body: Any) -> None:
    while not body.release.busy:
        threading.Event().wait(0.001)
    cam.capture.abort()


def until_ready(events: Events) -> list[Event]:
    """What is heard until the body is ready again."""
    heard: list[Event] = []
    while not heard or not isinstance(heard[-1], Ready):
        event = events.get(timeout_s=10)
        assert event is not None
        heard.append(event)
    return heard


# --- keys and flash -------------------------------------------------------------------------------


def test_keys_are_locked_for_a_block() -> None:
    with opened("eos-60d") as (cam, body, _):
        with cam.remote(lock_keys=True):
            assert body.locked
            with cam.remote(lock_keys=True):
                pass
            assert body.locked
        assert not body.locked


def test_the_flash_comes_up() -> None:
    with opened("eos-60d") as (cam, body, _):
        cam.capture.pop_up_flash()
        assert body.flash_up
    with opened("eos-40d") as (cam, _, asked):
        del asked[:]
        with pytest.raises(NotSupported, match="flash"):
            cam.capture.pop_up_flash()
        assert not asked


def test_a_power_zoom_is_moved() -> None:
    with opened("powershot-sx740-hs") as (cam, body, _):
        assert Feature.ZOOM in cam.features
        assert cam.zoom.get().position == 0
        assert cam.zoom.set(20).position == 20
        assert body.table.number(Eos.POWER_ZOOM_POSITION) == 20


@pytest.mark.long
def test_memory_is_flat_over_ten_thousand_frames() -> None:
    with opened("eos-r6") as (cam, _, _):
        frames = iter(cam.live)
        for _ in range(200):
            next(frames)
        tracemalloc.start()
        try:
            for _ in range(10_000):
                frame = next(frames)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert frame.number == 10_200
        assert peak < 16 * len(frame) + (1 << 20)
