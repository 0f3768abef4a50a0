"""The verbs `doctor` and `udev`: what keeps a camera from being used, and what mends it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from canon.cli.options import Options, Verb
from canon.cli.output import is_terminal, put_line, put_message, say
from canon.errors import PermissionDenied

if TYPE_CHECKING:
    from canon.work.doctor import Doctor, Finding

_INDENT = " " * len("unknown  session  ")


@click.command(
    "doctor",
    cls=Verb,
    unrecorded="give --record to another verb",
    examples=(
        "canon-remote doctor",
        "canon-remote doctor --fix",
        "canon-remote doctor --json",
        "canon-remote doctor --port usb:1-2.3",
    ),
)
@click.option("--fix", is_flag=True, help="Install the udev rule by sudo, where that is missing.")
@click.pass_obj
def doctor_verb(options: Options, fix: bool) -> int:
    """Look for what keeps a camera from being used.

    Each check is a line: good, wrong or unknown, and under it what mends it. First this computer:
    libusb, the right to open the camera, the program that holds it, the speed of the plug. Then the
    camera, which is opened only where nobody holds it: whether it answers, a session that a dead
    program left, its mode, card, battery and clock. Nothing in it is changed, and remote control is
    not entered. The exit code is 0 when a camera can be used.
    """
    from canon.work.doctor import Doctor

    doctor = Doctor(options.port)
    found = _told(doctor, options)
    if fix and doctor.denied:
        _install()
        found = _told(doctor, options)
    elif fix:
        seen = any(one.check == "rights" for one in found)
        say(
            "this user may open the camera, so there is nothing to fix"
            if seen
            else "plug the camera in before; --fix looks at its rights"
        )
    if options.as_json:
        options.show(
            {
                "usable": [one.port for one in doctor.usable],
                "findings": [
                    {**vars(one), "remedy": one.remedy or None, "port": one.port or None}
                    for one in found
                ],
            }
        )
    return doctor.exit_code


@click.command(
    "udev",
    cls=Verb,
    unrecorded="give --record to a verb that opens one",
    examples=(
        "canon-remote udev",
        "canon-remote udev | sudo tee /etc/udev/rules.d/70-canon-remote.rules",
        "canon-remote udev --group plugdev --no-gvfs",
    ),
)
@click.option("--group", metavar="GROUP", default="", help="Let its members open cameras, too.")
@click.option("--no-gvfs", is_flag=True, help="Keep file managers from opening every camera.")
@click.pass_obj
def udev_verb(options: Options, group: str, no_gvfs: bool) -> None:
    """Print the udev rule by which Linux lets you open Canon cameras.

    Without it only root may. It serves whoever sits at the machine; over ssh and in a service
    --group is needed. It belongs into /etc/udev/rules.d/70-canon-remote.rules, where `doctor --fix`
    puts it.
    """
    from canon.work import udev

    text = udev.rule(group, gvfs=not no_gvfs)
    options.show({"file": udev.FILE, "rule": text}, *text.splitlines())


def _told(doctor: Doctor, options: Options) -> list[Finding]:
    """Have all checked; each finding is told as it comes."""
    found = []
    for finding in doctor.run():
        found.append(finding)
        if not options.as_json:
            _put(f"{finding.state:8} {finding.check:8} ", finding.what)
            if finding.remedy:
                _put(_INDENT, f"next: {finding.remedy}")
    return found


def _put(head: str, text: str) -> None:
    """Print a line; on a terminal it goes on below its text where it is too long."""
    lines = [text]
    if is_terminal(sys.stdout):
        from shutil import get_terminal_size
        from textwrap import wrap

        width = max(40, get_terminal_size().columns) - len(head)
        lines = wrap(text, width, break_long_words=False, break_on_hyphens=False)
    for line in lines:
        put_line(head + line)
        head = _INDENT


def _install() -> None:
    """Show the udev rule, and put it in.

    Raises:
        PermissionDenied: sudo is not here, or it did not work.
    """
    import subprocess

    from canon.work import udev

    text = udev.rule(_group())
    put_message(f"this goes into {udev.FILE}:\n{text.rstrip()}")
    for command, data in udev.installing(text, ("sudo",) if os.geteuid() else ()):
        say(" ".join(command))
        try:
            done = subprocess.run(  # noqa: S603  (the words are ours)
                command, input=data.encode(), stdout=subprocess.DEVNULL, check=False
            )
        except OSError as error:
            raise PermissionDenied(
                f"{command[0]} cannot be run: {error.strerror}",
                f"as root, put the output of `canon-remote udev` into {udev.FILE}",
            ) from error
        if done.returncode:
            raise PermissionDenied(
                f"`{' '.join(command)}` failed",
                f"as root, put the output of `canon-remote udev` into {udev.FILE}",
            )


def _group() -> str:
    """The group that the rule names for who is not known to sit at the machine."""
    if "XDG_SEAT" in os.environ:
        return ""
    import grp

    names = []
    for number in (*os.getgroups(), os.getgid()):
        with suppress(KeyError):
            names.append(grp.getgrgid(number).gr_name)
    return "plugdev" if "plugdev" in names else names[-1] if names else ""
