"""Quirks and traits of EOS bodies: without one in the host's row, something else comes out.

The virtual body keeps what was taken out of its host's row.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from canon.camera.receivers import InMemory
from canon.dialects import extension_of
from canon.driver.features import Feature
from canon.driver.shot import Order
from canon.errors import DeviceBusy
from canon.models.ptp import PtpModel, PtpQuirk, PtpTrait
from canon.ptp.driver import PtpDriver
from canon.ptp.eos.layouts import SetEventMode, SetRemoteMode
from canon.ptp.operations import Operation
from canon.ptp.session import Session
from canon.ptp.usb_transport import UsbTransport
from canon.values import CaptureTarget
from canon.virtual.port import VirtualPort
from rigs.bodies import eos, ptp_body, ptp_row


class Host:
    """A host of an EOS that has begun to talk, and takes that row for its body's."""

    def __init__(self, slug: str, known: PtpModel) -> None:
        device = eos(ptp_body(slug))
        answer, self.asked = device.extension.answer, list[Operation[Any]]()

        def watched(operation: Operation[Any], data: bytes) -> Any:
            self.asked.append(operation)
            return answer(operation, data)

        device.extension.answer = watched  # type: ignore[method-assign]
        self.driver = PtpDriver(
            Session(UsbTransport(VirtualPort(device))),
            known,
            lambda session, listed, _: extension_of(session, listed, known),
        )
        self.driver.start()
        self.took = 0.0

    def enter(self) -> None:
        assert self.driver.remote
        self.driver.remote.enter()

    def shoots(self) -> bool:
        """Whether a picture comes to the card."""
        self.enter()
        if self.driver.shutter is None:
            return False
        try:
            shot = self.driver.shutter.release(Order(CaptureTarget.CARD, timeout_s=30), InMemory())
        except DeviceBusy:
            return False
        return bool(shot.entries)

    def modes(self, operation: type[SetRemoteMode | SetEventMode]) -> list[int]:
        """What was set by operations of a class."""
        return [one.mode for one in self.asked if isinstance(one, operation)]


def both(slug: str, *, quirk: PtpQuirk = PtpQuirk.NONE, trait: PtpTrait = PtpTrait.NONE) -> Any:
    """A host that knows of a quirk or a trait, and one that does not."""
    row = ptp_row(slug)
    assert quirk in row.quirks
    assert trait in row.traits
    unaware = replace(row, quirks=row.quirks & ~quirk, traits=row.traits & ~trait)
    return Host(slug, row), Host(slug, unaware)


@pytest.mark.parametrize("slug", ["eos-1300d", "eos-2000d"])
def test_folders_that_must_be_listed_before_a_release(slug: str) -> None:
    aware, unaware = both(slug, quirk=PtpQuirk.WANTS_LISTING)
    assert aware.shoots()
    assert not unaware.shoots()


@pytest.mark.parametrize("slug", ["eos-m10", "eos-m50", "powershot-sx70-hs"])
def test_a_body_like_an_eos_m_is_woken_before_a_release(slug: str) -> None:
    aware, unaware = both(slug, trait=PtpTrait.LIKE_M)
    assert aware.shoots()
    assert aware.modes(SetRemoteMode) == [0x15]
    assert not unaware.shoots()
    assert unaware.modes(SetRemoteMode) == [0x01]


def test_a_body_that_lists_its_button_in_remote_control_only() -> None:
    aware, unaware = both("eos-m2", trait=PtpTrait.LIKE_M)
    assert aware.shoots()
    assert not unaware.shoots()
    assert unaware.driver.shutter is None


def test_a_screen_that_stays_off() -> None:
    aware, unaware = both("eos-m6-mark-ii", quirk=PtpQuirk.SCREEN_STAYS_OFF)
    assert aware.shoots()
    assert unaware.shoots()
    assert aware.modes(SetEventMode) == [1]
    assert unaware.modes(SetEventMode) == [1, 2], "and its screen goes on for nothing"


def test_the_modes_that_open_an_odd_body() -> None:
    row = ptp_row("powershot-sx720-hs")
    aware, unaware = Host(row.slug, row), Host(row.slug, replace(row, remote_modes=()))
    for host in (aware, unaware):
        host.enter()
    assert aware.modes(SetRemoteMode) == [0x11, 0x15]
    assert unaware.modes(SetRemoteMode) == [0x15]


def test_a_full_press_that_never_works() -> None:
    aware, unaware = both("powershot-sx530-hs", quirk=PtpQuirk.NO_FULL_PRESS)
    assert Feature.SHOOT not in aware.driver.features
    assert Feature.SHOOT in unaware.driver.features
    assert not unaware.shoots(), "it is busy whenever it is asked"


def test_a_live_view_that_is_always_that_of_movies() -> None:
    aware, unaware = both("eos-r3", quirk=PtpQuirk.MOVIE_VIEW)
    for host in (aware, unaware):
        host.enter()
        host.driver.clock.sleep(2)
        host.asked.clear()
        live = host.driver.live
        assert live
        started = host.driver.clock.now()
        live.start()
        host.took = host.driver.clock.now() - started
        assert live.frame()
    assert aware.took < 1 < unaware.took, "it is busy for what never changes"


@pytest.mark.parametrize(
    ("slug", "trait", "feature"),
    [
        ("powershot-sx70-hs", PtpTrait.POWER_ZOOM, Feature.ZOOM),
        ("eos-5d-mark-ii", PtpTrait.MOVIE, Feature.MOVIE),
    ],
)
def test_what_is_only_told_in_remote_control(slug: str, trait: PtpTrait, feature: Feature) -> None:
    aware, unaware = both(slug, trait=trait)
    assert feature in aware.driver.features
    assert feature not in unaware.driver.features
    unaware.enter()
    assert feature in unaware.driver.features


def test_a_body_that_nobody_knows_is_opened_by_its_button() -> None:
    from canon.models.ptp import GENERIC

    for slug, mode in (("eos-m10", 0x15), ("eos-60d", 0x01)):
        host = Host(slug, GENERIC)
        assert host.shoots()
        assert host.modes(SetRemoteMode) == [mode]
