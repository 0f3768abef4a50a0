"""The udev rule by which Linux lets others than root open a camera."""

from __future__ import annotations

import re

FILE = "/etc/udev/rules.d/70-canon-remote.rules"
"""Where the rule belongs: after those that tell gvfs of a camera (60), before those that give the
one at the screen and the keyboard what has the tag uaccess (73)."""


_CANON = "--attr-match=idVendor=04a9"


def installing(text: str, prefix: tuple[str, ...]) -> list[tuple[tuple[str, ...], str]]:
    """The commands that put the rule in, each with what it reads; no camera need be unplugged.

    Args:
        text: the rule's file.
        prefix: what makes root of a command: `sudo`, or nothing for root.
    """
    udevadm = (*prefix, "udevadm")
    return [
        ((*prefix, "tee", FILE), text),
        ((*udevadm, "control", "--reload"), ""),
        (
            (*udevadm, "trigger", "--action=add", "--subsystem-match=usb", _CANON, "--settle"),
            "",
        ),
    ]


def rule(group: str = "", *, gvfs: bool = True) -> str:
    """The text of the rule's file.

    Args:
        group: a group whose members may open cameras too, also from afar and in a service.
        gvfs: whether file managers go on opening every camera that is plugged in.

    Raises:
        ValueError: the group's name cannot be one.
    """
    words = ['SUBSYSTEM=="usb"', 'ATTR{idVendor}=="04a9"', 'MODE="0660"', 'TAG+="uaccess"']
    if group:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", group):
            raise ValueError(f"{group!r} cannot be the name of a group")
        words.append(f'GROUP="{group}"')
    if not gvfs:
        words.append('ENV{ID_GPHOTO2}=""')
    return f"# Canon cameras for canon-remote\n{', '.join(words)}\n"
