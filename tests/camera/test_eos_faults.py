"""What goes wrong with an EOS while it takes pictures, on a body of each generation.

Whatever happens: success, or one error that says what it was; the button is up, the next verb works
without a new plug, and no picture is lost: it is on the card, it came, or the error speaks of it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakKeyDictionary

import pytest

from canon.camera import Camera
from canon.errors import (
    Aborted,
    BatteryLow,
    CanonError,
    Disconnected,
    FocusFailed,
    NoCard,
    StoreFull,
)
from canon.ptp.eos.layouts import Eos
from canon.ptp.operations import find_operation
from canon.virtual.charge import Charge
from canon.virtual.faults import Fault, FaultKind
from canon.virtual.port import VirtualPort
from canon.virtual.ptp.profile import load_profile
from canon.virtual.shutter import Taken
from canon.wire import Buffer
from conftest import long_unless
from rigs.bodies import EosCamera, a_card, eos, ptp_body, ptp_row, waiting

OLDER, MIRROR, TWO_CARDS, HYBRID, LATEST = BODIES = (
    *("eos-40d", "eos-60d", "eos-5ds-r", "eos-m10", "eos-r6"),
)
WITH_MEMORY = tuple(slug for slug in BODIES if slug != HYBRID)
"""The bodies that can keep a picture for their host alone."""
SMALL = struct.pack("<5I", 1, 16, 1, 0x10, 3)
"""The format of one small JPEG."""
IN_THE_END_S = 120.0  # a few time-outs, and what it takes to bring the camera round
PLACE = ("DCIM", "100CANON")

TAKEN: WeakKeyDictionary[EosCamera, list[object]] = WeakKeyDictionary()
"""What the shutter of each body was asked for."""

Verb = Callable[[Camera], object]


def a_body(slug: str, *faults: str) -> EosCamera:
    """A body with an empty card that takes small pictures, which are quickly drawn."""
    card = a_card()
    card.make_folders(PLACE)
    device = eos(ptp_body(slug, card), waiting(*faults))
    device.extension.table.put(Eos.IMAGE_FORMAT, SMALL)
    device.extension.table.know(Eos.AUTO_POWER_OFF, 0)  # it stays on while tests let time pass
    shutter = device.extension.release.shutter
    take, counted = shutter.take, TAKEN.setdefault(device, [])

    def count(*wanted: Any) -> Taken:
        counted.append(wanted)
        return take(*wanted)

    shutter.take = count  # type: ignore[method-assign, assignment]
    return device


def on_card(device: EosCamera) -> list[str]:
    """The pictures on the card, whatever the host believes."""
    card = device.body.card
    folder = card.folder(PLACE) if card else None
    return sorted(folder.entries) if folder else []


def taken(device: EosCamera) -> int:
    """How many pictures the body has taken."""
    return len(TAKEN[device])


def notes(error: BaseException | None) -> str:
    return "\n".join(getattr(error, "__notes__", ()))


class Outcome:
    """What became of a verb: what came of it, or why it did not."""

    def __init__(self, cam: Camera, verb: Verb) -> None:
        self.error: BaseException | None = None
        self.shots: list[object] = []
        try:
            self.shots.append(verb(cam))
        except (CanonError, KeyboardInterrupt) as error:
            self.error = error

    @property
    def came(self) -> int:
        """How many pictures came to the computer."""
        return sum(len(getattr(shot, "pictures", ())) for shot in self.shots)


@contextmanager
def host(device: EosCamera) -> Iterator[Camera]:
    with Camera(lambda: VirtualPort(device), "virtual:") as cam:
        yield cam


def must_be_well(device: EosCamera, cam: Camera) -> int:
    """Fail unless verbs of every kind work soon; returns how many pictures came of them."""
    body = device.extension
    start, before = device.clock.now(), len(on_card(device))
    assert cam.ready
    came = len(cam.capture.shoot(target="both").pictures)
    assert body.release.button == 0
    if device.body.model.slug != HYBRID:
        came += len(cam.capture.shoot(target="host").pictures)
        cam.settings.set(iso="200")
        assert str(cam.settings.iso.value) == "200"
    (entry,) = cam.capture.shoot(target="card").entries
    assert len(cam.storage.read(entry)) == entry.size
    assert len(on_card(device)) >= before + 2
    assert not body.objects.kept
    assert body.release.button == 0
    assert device.clock.now() - start < 40
    return came


def none_is_lost(device: EosCamera, outcome: Outcome, later: int) -> None:
    """Fail unless each picture is on the card, or came with the verb or later, or was named."""
    named = int("taken" in notes(outcome.error) or "picture" in str(outcome.error))
    assert taken(device) <= len(on_card(device)) + outcome.came + later + named


def used_up(device: EosCamera, record: str) -> None:
    """Let nothing more happen to a record."""
    while device.faults.take_event(record):
        pass
    while device.faults.take_kind(FaultKind.BAD_RECORD, record):
        pass


def charge(device: EosCamera, how: Charge) -> None:
    """Let the battery be so full, and say it."""
    device.body.on_ac, device.body.charge = False, how
    device.extension.table.tell(Eos.BATTERY_POWER)


def left_as_it_was(device: EosCamera) -> None:
    body = device.extension
    assert (body.release.button, body.remote_mode, body.event_mode) == (0, 0, 0)
    assert not body.objects.kept
    assert not body.locked


@contextmanager
def within(device: EosCamera, seconds: float) -> Iterator[None]:
    """Fail when it takes the host longer."""
    start = device.clock.now()
    yield
    assert device.clock.now() - start < seconds


def shoot(target: str) -> Verb:
    return lambda cam: cam.capture.shoot(target=target)


# --- answers that break ---------------------------------------------------------------------------

BREAKS = (
    *("silence", "stall", "echo", "bad-length:1", "bad-length:-20", "refuse:0x2099"),
    *("busy:50", "busy:900", "unplug"),
)
SHOOTING: dict[str, str] = {
    "SetRemoteMode": "card",
    "SetEventMode": "card",
    "SetRequestOlcInfoGroup": "card",
    "GetEvent": "both",
    "SetDevicePropValueEx": "host",
    "PcHddCapacity": "host",
    "SetUiLock": "host",
    "ResetUiLock": "host",
    "RemoteRelease": "both",
    "RemoteReleaseOn": "both",
    "RemoteReleaseOff": "both",
    "GetPartialObject": "host",
    "GetPartialObjectEx": "host",
    "GetObjectInfo": "both",
    "TransferComplete": "host",
}
"""Where the picture goes in whose taking each operation is asked."""


NAMES: dict[str, int] = {
    kind.__name__: kind.code
    for kind in (find_operation(code) for code in range(0x1001, 0x9200))
    if kind is not None
}


def where_it_is_asked() -> Iterator[object]:
    """Each body with each operation that it lists."""
    for slug in (OLDER, MIRROR, HYBRID, LATEST):
        listed = load_profile(ptp_row(slug)).operations
        for operation in SHOOTING:
            if NAMES[operation] in listed:
                shown = slug in (MIRROR, LATEST)
                marks = long_unless(shown)
                yield pytest.param(slug, operation, id=f"{slug}-{operation}", marks=marks)


@pytest.mark.parametrize(("slug", "operation"), list(where_it_is_asked()))
@pytest.mark.parametrize("fault", BREAKS)
def test_an_answer_that_breaks_while_it_shoots(slug: str, operation: str, fault: str) -> None:
    device = a_body(slug)
    kind, colon, number = fault.partition(":")
    target = "both" if slug == HYBRID else SHOOTING[operation]
    with host(device) as cam:
        cam.storage.cards()
        device.faults.add(Fault.parse(f"{kind}@{operation}{colon}{number}"))
        with within(device, IN_THE_END_S):
            outcome = Outcome(cam, shoot(target))
        if not device.plugged:
            assert isinstance(outcome.error, Disconnected) or outcome.came
            assert not cam.ready
            none_is_lost(device, outcome, 0)
            return
        device.clock.sleep(200)  # until it is busy no more
        none_is_lost(device, outcome, must_be_well(device, cam))
    left_as_it_was(device)


# --- what the body says of itself -----------------------------------------------------------------


@pytest.mark.parametrize("slug", BODIES)
@pytest.mark.parametrize("target", ["card", "both"])
def test_a_full_card(slug: str, target: str) -> None:
    device = a_body(slug)
    card = device.body.card
    assert card
    with host(device) as cam:
        room, card.capacity = card.capacity, card.used
        with pytest.raises(StoreFull, match="full"):
            cam.capture.shoot(target=target)
        assert (taken(device), device.extension.release.button) == (0, 0)
        card.capacity = room
        must_be_well(device, cam)


@pytest.mark.parametrize("slug", BODIES)
def test_no_card(slug: str) -> None:
    device = a_body(slug)
    device.body.card = None
    with host(device) as cam:
        with pytest.raises(NoCard):
            cam.capture.shoot(target="card")
        assert (taken(device), device.extension.release.button) == (0, 0)
        if slug in WITH_MEMORY:
            assert cam.capture.shoot(target="host").pictures, "to the computer it works without"
    left_as_it_was(device)


@pytest.mark.parametrize("slug", BODIES)
def test_an_empty_battery(slug: str) -> None:
    device = a_body(slug)
    with host(device) as cam:
        cam.remote.start()
        charge(device, Charge.EMPTY)
        with pytest.raises(BatteryLow, match="charge"):
            cam.capture.shoot(target="card")
        assert (taken(device), device.extension.release.button) == (0, 0)
        charge(device, Charge.GOOD)
        must_be_well(device, cam)


@pytest.mark.parametrize("slug", BODIES)
def test_nothing_to_focus_on(slug: str) -> None:
    device = a_body(slug, "no-focus")
    device.extension.switch_focus(automatic=True)
    with host(device) as cam:
        with pytest.raises(FocusFailed) as caught:
            cam.capture.shoot(target="card")
        assert notes(caught.value) == ""
        assert (taken(device), device.extension.release.button) == (0, 0)
        must_be_well(device, cam)


@pytest.mark.parametrize("slug", BODIES)
def test_a_mirror_that_only_comes_up(slug: str) -> None:
    device = a_body(slug, "mirror-up")
    with host(device) as cam:
        outcome = Outcome(cam, lambda cam: cam.capture.shoot(target="card", timeout_s=5))
        assert outcome.error
        device.clock.sleep(60)
        must_be_well(device, cam)
    left_as_it_was(device)


# --- records --------------------------------------------------------------------------------------

RECORDS = (
    *("CameraStatusChanged", "ObjectAddedEx", "ObjectAddedEx64", "RequestObjectTransferEx"),
    *("RequestObjectTransferEx64", "PropValueChanged", "AvailListChanged", "OlcInfoChanged"),
)
HOW = ("event-lost", "event-twice", "event-late:3", "bad-record:-4", "bad-record:9999")


@pytest.mark.parametrize("slug", [OLDER, MIRROR, HYBRID, LATEST])
@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("how", HOW)
def test_a_record_is_lost_doubled_late_or_broken(slug: str, record: str, how: str) -> None:
    kind, colon, number = how.partition(":")
    for target in ("card", "both" if slug == HYBRID else "host"):
        device = a_body(slug)
        with host(device) as cam:
            cam.capture.shoot(target=target)
            device.faults.add(Fault.parse(f"{kind}@{record}{colon}{number}"))
            with within(device, IN_THE_END_S):
                outcome = Outcome(cam, shoot(target))
            used_up(device, record)
            came = must_be_well(device, cam) + (target != "card")
            none_is_lost(device, outcome, came)
        left_as_it_was(device)


@pytest.mark.parametrize("slug", [OLDER, MIRROR, HYBRID, LATEST])
@pytest.mark.parametrize("target", ["card", "host"])
def test_all_records_of_a_shot_are_lost(slug: str, target: str) -> None:
    if slug == HYBRID:
        target = "both"
    device = a_body(slug)
    with host(device) as cam:
        cam.remote.start()
        for record in RECORDS:
            for _ in range(2):
                device.faults.add(Fault.parse(f"event-lost@{record}"))
        with within(device, IN_THE_END_S):
            outcome = Outcome(cam, shoot(target))
        assert outcome.error
        for record in RECORDS:
            used_up(device, record)
        none_is_lost(device, outcome, must_be_well(device, cam))
    left_as_it_was(device)


# --- the plug, the host ---------------------------------------------------------------------------

MOMENTS = (0.005, 0.05, 0.2, 0.36, 0.4, 0.5, 0.8, 1.0, 1.5)
"""Seconds after a shot was asked for: from the first word to the last byte."""


@pytest.mark.parametrize("slug", BODIES)
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_cable_comes_out_in_a_shot(slug: str, moment: float) -> None:
    for target in ("card", "both" if slug == HYBRID else "host"):
        device = a_body(slug)
        with host(device) as cam:
            cam.remote.start()
            device.clock.after(moment, device.unplug)
            outcome = Outcome(cam, shoot(target))
            if outcome.error:
                assert isinstance(outcome.error, Disconnected)
                assert not cam.ready
            device.clock.sleep(10)  # the body goes on without its host
            none_is_lost(device, outcome, 0)
        assert device.extension.release.button == 0
        device.plugged = True
        with host(device) as cam:
            must_be_well(device, cam)


def shoot_on(cam: Camera, target: str) -> None:
    """Take pictures until something ends it."""
    while True:
        cam.capture.shoot(target=target)


@pytest.mark.parametrize("slug", [OLDER, MIRROR, HYBRID, LATEST])
@pytest.mark.parametrize("moment", MOMENTS[:7])
@pytest.mark.parametrize("by_hand", [False, True], ids=["abort", "Ctrl-C"])
def test_a_shot_that_is_given_up(slug: str, moment: float, by_hand: bool) -> None:
    """What was taken all the same comes with the next one, or lies on the card."""
    device = a_body(slug)

    def interrupt() -> None:
        raise KeyboardInterrupt

    with host(device) as cam:
        cam.remote.start()
        device.clock.after(moment, interrupt if by_hand else cam.capture.abort)
        outcome = Outcome(cam, shoot("both" if slug == HYBRID else "host"))
        assert isinstance(outcome.error, Aborted | KeyboardInterrupt | None)
        with suppress(KeyboardInterrupt):
            device.clock.sleep(1)  # where the shot was over before
        none_is_lost(device, outcome, must_be_well(device, cam))
    left_as_it_was(device)


class Killed(BaseException):
    """What ends a host."""


SOME = [pytest.param(slug, marks=long_unless(slug in (MIRROR, LATEST)), id=slug) for slug in BODIES]
"""All bodies, of which `make test` runs two."""


@pytest.mark.parametrize("slug", SOME)
@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("answered", [False, True])
def test_a_host_that_is_killed_in_a_shot(slug: str, number: int, answered: bool) -> None:
    """At each of its questions in turn; the session stays open, and the next host finds it so."""
    target = "both" if slug == HYBRID else "host"
    device = a_body(slug)
    port = MortalPort(device)
    cam = Camera(lambda: port, "virtual:")
    cam.initialize()
    cam.remote.start()
    port.left, port.answered = number, answered
    with pytest.raises(Killed):
        shoot_on(cam, target)
    device.clock.sleep(5)
    with host(device) as second:
        must_be_well(device, second)
    left_as_it_was(device)


class MortalPort(VirtualPort):
    """A port whose host dies at a question: before it goes out, or before its answer is read."""

    left: int | None = None
    answered = False

    def bulk_out(self, data: Buffer, timeout_s: float) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0 and not self.answered:
                raise Killed
        super().bulk_out(data, timeout_s)
        if self.left is not None and self.left < 0:
            raise Killed
