"""Why a camera cannot be used, or can: one check after the other, each with what mends it.

The checks stand in three tables: of this computer, of a camera as the bus tells, and of a camera
that is open. One is opened only where it may be and nobody holds it; nothing in it is changed, and
remote control is not entered.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import StrEnum

from canon import ports
from canon.camera import Camera, Found, named
from canon.driver.features import Feature
from canon.errors import CameraNotFound, CanonError, Disconnected, NoCard, PortError
from canon.frozen import Frozen, replace
from canon.usb.port import PTP, Plugged
from canon.values import Battery
from canon.work import udev
from canon.work.documents import Clocks, exit_code

_FULL = 1 << 20  # a card with less than that free
_CLOCK_S = 60
_HIGH, _FULL_SPEED = 480, 12  # megabits a second


class State(StrEnum):
    """What came of a check."""

    GOOD = "good"
    WRONG = "wrong"
    UNKNOWN = "unknown"


class Finding(Frozen):
    """What one check found.

    Attributes:
        check: its name.
        state: how it ended.
        what: what was found, in a line.
        remedy: what mends it; empty where nothing is to be done.
        port: the port string of the camera that it is about; empty: this computer.
    """

    check: str
    state: State
    what: str
    remedy: str = ""
    port: str = ""


class Doctor:
    """Looks for what keeps cameras from being used.

    Args:
        port: a port string: only what it may mean; empty: every Canon on the USB bus.

    Attributes:
        usable: the cameras that were opened and answered, as they are found by `run`.
        denied: the nodes of cameras that this user may not open.
        exit_code: what to end with: 0 when a camera can be used, else what stands in its way.
    """

    def __init__(self, port: str = "") -> None:
        self._port = ports.address(port or ports.default_port())
        self.usable: list[Found] = []
        self.denied: list[str] = []
        self._first_error: Exception | None = None

    @property
    def exit_code(self) -> int:
        """0 when a camera can be used, else as the error that stands in the way."""
        return 0 if self.usable else exit_code(self._first_error or PortError(""))

    def run(self) -> Iterator[Finding]:
        """Check all, one finding after the other.

        Raises:
            ValueError: the port string cannot be read.
        """
        self.usable.clear()
        self.denied.clear()
        self._first_error = None
        on_usb = self._port.partition(":")[0] in ("", "usb")
        if on_usb:
            yield (libusb := _libusb())
            if libusb.state is State.WRONG:
                return
        try:
            plugged = ports.list_ports(self._port, may_open=False)
        except CanonError as error:
            self._first_error = error
            yield Finding("camera", State.WRONG, error.what, error.advice)
            return
        if not plugged:
            self._first_error = CameraNotFound("")
            yield _nobody(on_usb)
        for one in plugged:
            for finding in self._camera(one, on_usb):
                yield replace(finding, port=one.port)

    def _camera(self, plugged: Plugged, on_usb: bool) -> Iterator[Finding]:
        """Check one camera: first as the bus tells, then, if it may be opened, as it answers."""
        found = named(plugged)
        yield Finding("camera", State.GOOD, f"{found.name or 'a camera'} is at {found.port}")
        may_open = True
        for check in _ON_THE_BUS if on_usb else ():
            if finding := check(plugged):
                yield finding
                may_open &= finding.state is not State.WRONG
                if finding.check == "rights" and finding.state is State.WRONG:
                    self.denied.append(node(plugged))
        if not may_open:
            self._first_error = self._first_error or PortError("")
            return
        try:
            with found.open() as cam:
                yield Finding("answer", State.GOOD, f"it answers: {cam.model}, {_firmware(cam)}")
                self.usable.append(found)
                for ask in _IN_THE_CAMERA:
                    if finding := _asked(ask, cam):
                        yield finding
        except CanonError as error:
            self._first_error = self._first_error or error
            self.usable = [one for one in self.usable if one is not found]
            yield Finding("answer", State.WRONG, error.what, error.advice)


# --- this computer --------------------------------------------------------------------------------

_LOOK = (
    "switch it on, set it to connect to a computer (most PowerShots: to playback), and try another "
    "cable; some only charge. In a container or a virtual machine, hand the bus in"
)


def _libusb() -> Finding:
    """Whether there is a libusb."""
    from canon.usb.libusb_calls import load

    try:
        return Finding("libusb", State.GOOD, f"libusb is here: {load().file}")
    except PortError as error:
        return Finding("libusb", State.WRONG, error.what, error.advice)


def _nobody(on_usb: bool) -> Finding:
    """Why there is no camera: a device of Canon's may be one that is set to something else."""
    from canon.usb.libusb import other_canons

    others = other_canons() if on_usb else []
    if not others:
        return Finding("camera", State.WRONG, "no camera is there", _LOOK)
    there = ", ".join(f"{one.vendor:04x}:{one.product:04x} at {one.port}" for one in others)
    return Finding(
        "camera",
        State.WRONG,
        f"no camera is there, but another device of Canon's: {there}",
        "if that is your camera, set its USB mode to Normal, PTP or PC connection",
    )


# --- a camera, as the bus tells -------------------------------------------------------------------


def node(plugged: Plugged) -> str:
    """The file by which Linux gives a device to programs."""
    return f"/dev/bus/usb/{plugged.bus:03}/{plugged.address:03}"


def _rights(plugged: Plugged) -> Finding | None:
    """Whether this user may open it; other systems than Linux ask for no rights."""
    if sys.platform != "linux":
        return None
    path = node(plugged)
    if not os.path.exists(path):
        return Finding(
            "rights",
            State.WRONG,
            f"{path} is not here",
            "hand the bus into the container: --device /dev/bus/usb for Docker and Podman",
        )
    if os.access(path, os.R_OK | os.W_OK):
        return Finding("rights", State.GOOD, f"this user may open {path}")
    remedy = "run `canon-remote doctor --fix`, which puts in the rule of `canon-remote udev`"
    if os.path.exists(udev.FILE):
        remedy = (
            f"{udev.FILE} is there already: unplug the camera and plug it in again; over ssh and "
            "in a service put in the rule of `canon-remote udev --group plugdev`, and be in plugdev"
        )
    return Finding("rights", State.WRONG, f"this user may not open {path}", remedy)


def _holder(plugged: Plugged) -> Finding | None:
    """Whether another program holds it, and which."""
    from canon.usb.holders import bound_driver, holders

    if sys.platform == "darwin" and plugged.interface != PTP:
        return None  # what macOS starts takes cameras in PTP
    if found := holders(plugged.bus, plugged.address):
        who = ", ".join(map(str, found))
        remedies = "; ".join(dict.fromkeys(holder.remedy for holder in found))
        if any(holder.name.startswith("gvfs") for holder in found):
            remedies += "; `canon-remote udev --no-gvfs` has the rule that keeps it away"
        return Finding("holder", State.WRONG, f"it is in use by {who}", remedies)
    driver = bound_driver(plugged.port.removeprefix("usb:"))
    if driver == "usbfs":
        return Finding(
            "holder",
            State.WRONG,
            "it is in use by a program of another user",
            "run `sudo canon-remote doctor`: root sees which",
        )
    if driver:
        return Finding(
            "holder",
            State.UNKNOWN,
            f"the kernel's driver {driver} has it; canon-remote takes it from there",
            f"if that fails: `sudo modprobe -r {driver}`",
        )
    return Finding("holder", State.GOOD, "no other program holds it")


def _speed(plugged: Plugged) -> Finding | None:
    """How fast its plug is."""
    if not plugged.speed:
        return None
    what = f"{plugged.speed:g} Mbit/s"
    if plugged.speed >= _HIGH:
        return Finding("speed", State.GOOD, what)
    if plugged.speed < _FULL_SPEED or plugged.interface == PTP:
        return Finding(
            "speed",
            State.UNKNOWN,
            f"{what}: bodies from about 2004 on can do {_HIGH}",
            "if yours is one, try another socket and another cable, without a hub",
        )
    return Finding("speed", State.GOOD, f"{what}, as bodies of its time have")


_ON_THE_BUS: tuple[Callable[[Plugged], Finding | None], ...] = (_rights, _holder, _speed)

# --- a camera that is open ------------------------------------------------------------------------


def _asked(ask: Callable[[Camera], Finding | None], cam: Camera) -> Finding | None:
    """What a check finds; that the camera does not answer this one question is a finding, too."""
    try:
        return ask(cam)
    except Disconnected:
        raise
    except CanonError as error:
        name = ask.__name__.removeprefix("_")
        return Finding(name, State.UNKNOWN, error.what, error.advice)


def _firmware(cam: Camera) -> str:
    return f"firmware {cam.firmware_version}" if cam.firmware_version else "firmware not told"


def _session(cam: Camera) -> Finding | None:
    """Whether a program before left it in the middle of something."""
    if not cam.was_left_open:
        return Finding("session", State.GOOD, "no program before has left it in a session")
    return Finding(
        "session",
        State.WRONG,
        "a program that ended before has left it in a session or in remote control",
        "run `canon-remote remote stop`; if it stays so, switch the camera off and on",
    )


def _mode(cam: Camera) -> Finding | None:
    """Whether it can be made to take pictures as it is set."""
    if Feature.SHOOT in cam.features:
        return Finding("mode", State.GOOD, "it can be made to take pictures, and gives its files")
    if cam.other_mode:
        return Finding("mode", State.WRONG, "as it is set, it only gives its files", cam.other_mode)
    return Finding("mode", State.GOOD, "it gives its files; this model takes no pictures by remote")


def _card(cam: Camera) -> Finding | None:
    """Whether there is a card, with room."""
    try:
        cards = cam.storage.cards()
    except NoCard as error:
        return Finding("card", State.WRONG, error.what, error.advice)
    if not cards:
        return Finding("card", State.WRONG, "there is no card in the camera", "put one in")
    said = ", ".join(f"{one.name} with {one.free / 1e6:.0f} MB free" for one in cards)
    if all(one.free < _FULL for one in cards):
        return Finding(
            "card",
            State.WRONG,
            f"the card is full: {said}",
            "import its pictures and delete them, or take pictures with `--target host`",
        )
    return Finding("card", State.GOOD, said)


def _battery(cam: Camera) -> Finding | None:
    """Whether there is enough power."""
    if Feature.POWER not in cam.features:
        return None
    if cam.remote.lasts:
        return _later("battery")
    power = cam.power
    source = "mains" if power.on_ac else "battery"
    if power.battery is Battery.GOOD:
        return Finding("battery", State.GOOD, f"{source}, {power.battery}")
    return Finding("battery", State.WRONG, "the battery is low", "charge it, or use the mains")


def _clock(cam: Camera) -> Finding | None:
    """Whether its clock is right to the minute."""
    if Feature.CLOCK not in cam.features:
        return None
    if cam.remote.lasts:
        return _later("clock")
    clocks = Clocks.read(cam)
    off = abs(clocks.difference_s)
    if off <= _CLOCK_S:
        return Finding("clock", State.GOOD, f"{clocks.camera}, right to the minute")
    side = "ahead" if clocks.difference_s > 0 else "behind"
    return Finding(
        "clock",
        State.WRONG,
        f"{clocks.camera}, {timedelta(seconds=off)} {side}",
        "run `canon-remote clock --sync`",
    )


def _later(what: str) -> Finding:
    """What an EOS tells in remote control only, which is not for a check to enter."""
    return Finding(
        what,
        State.UNKNOWN,
        f"this model tells its {what} in remote control only, which was not entered",
        "`canon-remote info` enters it, and tells",
    )


_IN_THE_CAMERA: tuple[Callable[[Camera], Finding | None], ...] = (
    _session,
    _mode,
    _card,
    _battery,
    _clock,
)
