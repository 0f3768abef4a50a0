"""A virtual body that cannot do what its port string asks for refuses it: options by bodies."""

from __future__ import annotations

from pathlib import Path

import pytest

import canon
from canon.virtual.build import Wanted
from canon.virtual.faults import (
    EOS_ONLY,
    NATIVE_ONLY,
    NOT_BARE,
    NOT_FIXED,
    NOT_LONG,
    PTP_ONLY,
    Fault,
    FaultKind,
    Faults,
)

BODIES = {
    "powershot-g3": "native",
    "eos-20d": "native",
    "powershot-s10": "native",
    "powershot-a50": "serial",
    "powershot-350": "ps350",
    "powershot-s60?mode=ptp": "powershot",
    "powershot-sx200-is": "files",
    "powershot-s45?mode=ptp": "files",
    "eos-40d": "eos",
}
"""One of each kind: two numberings of the native protocol, one without release, RS-232, PTP with
release, with files alone, with nothing of its battery, and an EOS."""

ALL = frozenset(BODIES)
PTP = frozenset(body for body, kind in BODIES.items() if kind in ("powershot", "files", "eos"))
LINES = frozenset({"powershot-a50", "powershot-350"})
NATIVE = frozenset({"powershot-g3", "eos-20d", "powershot-s10"})
SILENT_BATTERY = frozenset({"powershot-350", "powershot-s45?mode=ptp"})
RELEASE = frozenset({"powershot-g3", "eos-20d", "powershot-s60?mode=ptp", "eos-40d"})

NUMBERED = {
    FaultKind.SHORT,
    FaultKind.LONG,
    FaultKind.REFUSE,
    FaultKind.BUSY,
    FaultKind.EVENT_LATE,
    FaultKind.BAD_LENGTH,
    FaultKind.BAD_RECORD,
}

TABLE: dict[str, frozenset[str]] = {
    "card=none": ALL,
    "card=": frozenset(),
    "card=/no/such/folder": frozenset(),
    "card=none&card=none": frozenset(),
    "pace=real": ALL,
    "pace=jump": ALL,
    "pace=fast": frozenset(),
    "pace=real&pace=jump": frozenset(),
    "mode=telepathy": frozenset(),
    "press=2": ALL - {"powershot-350"},
    "press=2&press=3": ALL - {"powershot-350"},
    "press=every:5s,count:3": ALL - {"powershot-350"},
    "press=every:0.5,count:1&press=2": ALL - {"powershot-350"},
    "press=every:5s": frozenset(),
    "press=every:5s,count:": frozenset(),
    "press=soon": frozenset(),
    "press=-1": frozenset(),
    "press=inf": frozenset(),
    "press=2&card=none": frozenset({"powershot-s60?mode=ptp", "eos-40d"}),
    "battery=low": ALL - SILENT_BATTERY,
    "battery=3": ALL - SILENT_BATTERY,
    "battery=half": frozenset(),
    "battery=low&battery=3": frozenset(),
    "dial=manual": frozenset({"eos-40d"}),
    "dial=sideways": frozenset(),
    "dial=manual&dial=bulb": frozenset(),
    "set=metering:spot&set=picture_style:standard": frozenset({"eos-40d"}),
    "set=0xd1a3:1": frozenset({"eos-40d"}),
    "set=metering:sideways": frozenset(),
    "set=metering": frozenset(),
    "set=hdr_pq:1": frozenset(),
    "set=flash:on": frozenset(),
    "set=image_format:heif-large-fine": frozenset(),
    "af=off": frozenset({"eos-40d"}),
    "af=on": frozenset(),
    "lens=none": frozenset({"eos-40d"}),
    "zoom=3": frozenset(),
    "fault": frozenset(),
    "fault=": frozenset(),
    "fault=refuse": frozenset(),
    "fault=refuse:0": frozenset(),
    "fault=busy": frozenset(),
    "fault=short": frozenset(),
    "fault=event-late": frozenset(),
    "fault=stall:-1": frozenset(),
    "fault=garbage:3": frozenset(),
    "fault=empty:3": frozenset(),
    "fault=no-zlp@GetObject": frozenset(),
    "fault=refuse@GetFile:0x02000086": frozenset({"powershot-a50"}),
    "fault=echo@GetFile": frozenset(),
    "fault=empty@GetFile": frozenset({"powershot-g3", "powershot-s10"}),
    "fault=empty@GetRevisedFile": frozenset({"eos-20d"}),
    "fault=empty@GetTime": frozenset(),
    "fault=refuse@GetTime:0x42": NATIVE | {"powershot-a50"},
    "fault=refuse@Release:0x42": frozenset({"powershot-g3", "eos-20d"}),
    "fault=refuse@OpenFolder:0x77": frozenset({"powershot-350"}),
    "fault=refuse@GetObject:0x2002": PTP,
    "fault=refuse@InitiateReleaseControl:0x2002": frozenset({"powershot-s60?mode=ptp"}),
    "fault=refuse@RemoteRelease:0x2002": frozenset({"eos-40d"}),
    "fault=busy@InitiateReleaseControl:5": frozenset({"powershot-s60?mode=ptp"}),
    "fault=empty@DeleteObject": frozenset(),
    "fault=no-data@OpenSession": frozenset(),
    "fault=stall-out@GetObject": frozenset(),
    "fault=stall-out@SendObject": PTP - {"powershot-s45?mode=ptp"},
    "fault=event-lost@CardChanged": NATIVE,
    "fault=event-lost@ObjectAdded": PTP,
    "fault=event-lost@CameraModeChanged": frozenset({"powershot-s60?mode=ptp"}),
    "fault=event-lost@ObjectAddedEx": frozenset({"eos-40d"}),
    **{
        f"fault={kind.value}{':1' if kind in NUMBERED else ''}": bodies
        for kind, bodies in {
            **dict.fromkeys(FaultKind, NATIVE | PTP),
            **dict.fromkeys(NATIVE_ONLY, NATIVE),
            **dict.fromkeys(PTP_ONLY, PTP),
            **dict.fromkeys(EOS_ONLY, frozenset({"eos-40d"})),
            FaultKind.REFUSE: ALL,
            FaultKind.SILENCE: NATIVE | PTP | {"powershot-350"},
            FaultKind.NO_FOCUS: RELEASE,
            FaultKind.LENS_CAP: RELEASE - {"eos-40d"},
        }.items()
    },
}
"""Which bodies can do what is asked; all others refuse it."""


@pytest.mark.parametrize("option", TABLE)
@pytest.mark.parametrize("body", BODIES)
def test_a_body_does_what_is_asked_or_refuses_it(body: str, option: str) -> None:
    text = f"{body}{'&' if '?' in body else '?'}{option}"
    if body in TABLE[option]:
        assert Wanted.parse(text).model.slug in text
    else:
        with pytest.raises(ValueError, match=option.partition("=")[0]):
            Wanted.parse(text)


@pytest.mark.parametrize(
    ("body", "modes"),
    [
        ("powershot-g3", {"native", "ptp"}),
        ("eos-20d", {"native"}),
        ("powershot-a50", {"native"}),
        ("powershot-350", {"native"}),
        ("powershot-sx200-is", {"ptp"}),
        ("eos-40d", {"ptp"}),
    ],
)
def test_a_body_speaks_what_it_is_asked_for_or_refuses(body: str, modes: set[str]) -> None:
    for mode in "native", "ptp":
        if mode in modes:
            assert Wanted.parse(f"{body}?mode={mode}").model.slug == body
        else:
            with pytest.raises(ValueError, match="there is no virtual"):
                Wanted.parse(f"{body}?mode={mode}")


@pytest.mark.parametrize("body", [body for body in BODIES if body in TABLE["press=2"]])
def test_a_press_by_hand_puts_a_picture_on_the_card(body: str, tmp_path: Path) -> None:
    (tmp_path / "DCIM" / "100CANON").mkdir(parents=True)
    port = f"virtual:{body}{'&' if '?' in body else '?'}card={tmp_path}&press=2"
    with canon.open(port) as cam:
        assert [entry for entry in cam.storage.walk() if not entry.is_folder] == []
        cam.clock.sleep(30)
        assert [entry for entry in cam.storage.walk() if not entry.is_folder]


def test_a_fault_without_a_command_waits_for_one_that_can_have_it() -> None:
    faults = Faults((Fault.parse("refuse:0x42"), Fault.parse("empty")))
    refused = faults.take("GetTime", NOT_FIXED)
    assert refused
    assert refused.kind is FaultKind.REFUSE
    assert faults.take("GetTime", NOT_FIXED) is None
    assert faults.take("OpenSession", NOT_BARE) is None
    emptied = faults.take("GetFile", NOT_LONG)
    assert emptied
    assert emptied.kind is FaultKind.EMPTY
