"""Several threads, one camera: frames, captures and settings at once, and the end of all."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from judges import is_left, opened

from canon.camera import Camera
from canon.driver.card import Entry
from canon.driver.events import Busy, Event, PictureWaiting, Ready
from canon.driver.shot import Picture
from canon.errors import CanonError, Disconnected
from canon.values import CaptureTarget
from canon.virtual.device import UsbDevice
from rigs.bodies import a_camera, eos_device, in_remote, native_device, ptp_device

TIMEOUT_S = 120.0


class Worker(threading.Thread):
    """A thread that keeps what it raised."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.work = work
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self.work()
        except BaseException as error:
            self.error = error

    def end(self) -> BaseException | None:
        """Wait for its end, and return what it raised."""
        self.join(TIMEOUT_S)
        assert not self.is_alive(), f"{self.work} does not end"
        return self.error


def end_well(*workers: Worker) -> None:
    for worker in workers:
        if error := worker.end():
            raise error


DEVICES: dict[str, Callable[[], UsbDevice]] = {
    "native": native_device,
    "60d": partial(eos_device, "eos-60d"),
    "r6": partial(eos_device, "eos-r6"),
}
FRAMES = {"native": (320, 240), "60d": (1056, 704), "r6": (1024, 680)}


@pytest.fixture(params=DEVICES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def device(kind: str) -> UsbDevice:
    return DEVICES[kind]()


@pytest.fixture
def cam(device: UsbDevice) -> Iterator[Camera]:
    with a_camera(device) as camera:
        yield camera


@pytest.mark.parametrize("target", [CaptureTarget.HOST, CaptureTarget.BOTH], ids=str)
def test_frames_captures_and_settings_at_once(
    cam: Camera, kind: str, device: UsbDevice, target: CaptureTarget
) -> None:
    order: list[str] = []
    shots: list[tuple[Entry | Picture, ...]] = []
    looking = threading.Event()
    enough = threading.Event()

    def look() -> None:
        for frame in cam.live:
            assert opened(frame).size == FRAMES[kind]
            order.append("frame")
            looking.set()
            if enough.is_set() and order.count("frame") >= 20:
                break

    def capture() -> None:
        assert looking.wait(TIMEOUT_S)
        for _ in range(20):
            shot = cam.capture.shoot(target=target)
            shots.append((*shot.pictures, *shot.entries))
            order.append("capture")

    def change(name: str, values: tuple[object, ...]) -> Callable[[], None]:
        def work() -> None:
            at = 0
            while not enough.is_set() or at < 20:
                value = values[at % len(values)]
                assert cam.settings.set({name: value})[name] == value
                order.append(name)
                at += 1

        return work

    viewer = Worker(look)
    photographer = Worker(capture)
    # Two threads that write the same block: neither takes the other's change back.
    setters = [
        Worker(change(name, cam.settings.describe(name)[name].allowed or ()))
        for name in ("iso", "white_balance")
    ]
    try:
        end_well(photographer)
    finally:
        enough.set()
    end_well(viewer, *setters)

    assert len(shots) == 20
    pictures = [file for shot in shots for file in shot if isinstance(file, Picture)]
    entries = [file for shot in shots for file in shot if isinstance(file, Entry)]
    assert len(set(pictures)) == 20, "each is another one"
    if target is CaptureTarget.BOTH:
        on_card = [cam.storage.read(entry) for entry in entries]
        assert on_card == list(pictures)
    meanwhile = order[order.index("capture") : -order[::-1].index("capture")]
    assert {"frame", "capture", "iso", "white_balance"} <= set(meanwhile), "none starves"
    assert is_left(cam)
    assert not cam.live.running


def test_captures_of_several_threads_do_not_mix(cam: Camera) -> None:
    taken: list[tuple[Picture, Entry]] = []

    def capture() -> None:
        for _ in range(5):
            shot = cam.capture.shoot(target=CaptureTarget.BOTH)
            picture, entry = shot.first, shot.entries[0]
            assert isinstance(picture, Picture)
            assert isinstance(entry, Entry)
            taken.append((picture, entry))

    end_well(*[Worker(capture) for _ in range(4)])
    assert len({entry.path for _, entry in taken}) == 20
    for picture, entry in taken:
        assert cam.storage.read(entry) == picture
    assert is_left(cam)


def test_blocks_of_several_threads_share_release_control(cam: Camera, device: UsbDevice) -> None:
    both_in = threading.Barrier(2, timeout=TIMEOUT_S)
    first_out = threading.Event()

    def first() -> None:
        with cam.remote():
            both_in.wait()
        first_out.set()

    def second() -> None:
        with cam.remote():
            both_in.wait()
            assert first_out.wait(TIMEOUT_S)
            assert cam.remote.active, "the last one leaves it"
            cam.capture.shoot()

    end_well(Worker(first), Worker(second))
    assert is_left(cam)
    assert in_remote(device) is cam.remote.active


def test_events_reach_a_reader_beside_a_release(cam: Camera) -> None:
    kinds: list[type[Event]] = []
    events = cam.events()

    def listen() -> None:
        for event in events:
            if isinstance(event, Busy | PictureWaiting | Ready):  # an EOS tells more between
                kinds.append(type(event))
            if kinds[-2:] == [PictureWaiting, Ready]:
                break

    listener = Worker(listen)
    with cam.remote():
        while listener.is_alive():
            assert len(cam.capture.shoot().pictures) == 1
    end_well(listener)
    assert kinds[-3:] == [Busy, PictureWaiting, Ready]


@pytest.mark.parametrize("slug", [*DEVICES, "eos-m50", "eos-40d", "powershot-s60"])
def test_no_picture_is_lost_beside_two_who_listen(slug: str) -> None:
    """Whose turn it is changes as often as it can, and the listeners' pauses spend the time."""
    other = eos_device if slug.startswith("eos") else ptp_device
    device = DEVICES[slug]() if slug in DEVICES else other(slug)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for _ in range(3):  # it enters remote control anew each time
            with a_camera(device) as cam:
                if slug not in ("native", "powershot-s60"):
                    cam.settings.set(drive_mode="single")  # however long the button is held
                enough = threading.Event()

                def listen(cam: Camera = cam, enough: threading.Event = enough) -> None:
                    with cam.events() as events:
                        while not enough.is_set():
                            events.get(0.2)

                listeners = (Worker(listen), Worker(listen))
                for target in (CaptureTarget.HOST, CaptureTarget.CARD, CaptureTarget.BOTH):
                    shot = cam.capture.shoot(target=target)
                    assert len(shot.pictures) == (CaptureTarget.HOST in target)
                    assert len(shot.entries) == (CaptureTarget.CARD in target)
                enough.set()
                end_well(*listeners)
    finally:
        sys.setswitchinterval(before)


@pytest.mark.parametrize("turn", range(10))
def test_close_ends_all(kind: str, turn: int) -> None:
    """From a fourth thread, in the middle of everything."""
    device = DEVICES[kind]()
    cam = a_camera(device)
    busy = threading.Barrier(4, timeout=TIMEOUT_S)

    def forever(work: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            work()
            busy.wait()
            while True:
                work()

        return run

    def look() -> None:
        for place, frame in enumerate(cam.live):
            assert frame
            if not place:
                busy.wait()

    workers = [
        Worker(forever(lambda: cam.capture.shoot(target=CaptureTarget.BOTH))),
        Worker(forever(lambda: cam.settings.set(iso=100))),
    ]
    viewer = Worker(look)

    def close() -> None:
        busy.wait()
        for _ in range(turn):
            _ = cam.ready
        cam.close()

    end_well(Worker(close))
    error = viewer.end()
    assert error is None or isinstance(error, CanonError), "frames end quietly, or say why"
    for worker in workers:
        assert isinstance(worker.end(), Disconnected)
    assert not in_remote(device)
    cam.initialize()
    assert len(cam.capture.shoot().pictures) == 1
    cam.close()
    assert not in_remote(device)
