"""Who holds a camera on USB, and how it lets go."""

from __future__ import annotations

import os
import sys

from canon.frozen import Frozen
from canon.usb.libusb_calls import SYSFS, line

_OF_MACOS = ("ptpcamerad", "icdd")


class Holder(Frozen):
    """A program that has a camera open.

    Attributes:
        name: what the system calls it.
        pid: the number of its process.
    """

    name: str
    pid: int

    def __str__(self) -> str:
        return f"{self.name} (process {self.pid})"

    @property
    def remedy(self) -> str:
        """How it lets the camera go."""
        if self.name.startswith("gvfs"):
            return "run `gio mount -s gphoto2`, or eject it"
        if self.name in _OF_MACOS:
            return (
                f"quit Photos and Image Capture, run `killall {self.name}`, and open the camera at "
                "once: macOS starts it again within a second or two, so killing it is not enough; "
                'in Image Capture, "Connecting this camera opens: No application" helps'
            )
        if self.name.startswith("canon-remote"):
            return f"end it with Ctrl-C where it runs, or by `kill {self.pid}`"
        return "close that program and try again"


def holders(bus: int, address: int) -> list[Holder]:
    """The other programs that have a device open, as far as this user may see them.

    Those of other users can be seen by root alone; and macOS tells of no program, so there it is
    its own two that are looked for.
    """
    if sys.platform == "darwin":
        return _running(_OF_MACOS)
    from glob import iglob
    from pathlib import Path

    found = {}
    end = f"/dev/bus/usb/{bus:03}/{address:03}"
    for link in map(Path, iglob("/proc/[0-9]*/fd/*")):  # Path.glob trips over ended processes
        try:
            pid, target = int(link.parts[2]), str(link.readlink())
            if target.endswith(end) and link.samefile(end) and pid != os.getpid():
                found[pid] = line(f"/proc/{pid}/comm")
        except OSError:
            continue
    return [Holder(name, pid) for pid, name in sorted(found.items())]


def bound_driver(place: str) -> str:
    """The driver of the kernel that the first interface is bound to; empty where there is none.

    It is `usbfs` where a program has claimed the interface, whoever's it is.
    """
    folder = f"{SYSFS}/{place}"
    configuration = line(f"{folder}/bConfigurationValue").strip()
    try:
        return os.path.basename(os.readlink(f"{folder}/{place}:{configuration}.0/driver"))
    except OSError:
        return ""


def in_use(bus: int, address: int) -> tuple[str, str]:
    """What to say where a camera is in use: by which program, and how it lets go."""
    for holder in holders(bus, address):
        return f"the camera is in use by {holder}", holder.remedy
    what = "the camera is in use by another program"
    if sys.platform == "linux" and os.geteuid():
        return (
            f"{what}, which may be another user's",
            "close whatever shows pictures or imports them; `sudo canon-remote doctor` names it",
        )
    return what, "close whatever shows pictures or imports them, and try again"


def _running(names: tuple[str, ...]) -> list[Holder]:
    """The processes of these names, by the program `ps`."""
    import subprocess

    try:
        said = subprocess.run(
            ["ps", "-axo", "pid=,comm="],  # noqa: S607  (where it is depends on the system)
            capture_output=True,
            text=True,
            check=False,
        ).stdout
    except OSError:
        return []
    rows = (row.strip().partition(" ") for row in said.splitlines())
    found = [(os.path.basename(path.strip()), pid) for pid, _, path in rows if pid.isdecimal()]
    return [Holder(name, int(pid)) for name, pid in found if name in names]
