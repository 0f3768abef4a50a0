"""The names that the user gave to cameras: `cameras.toml` in the configuration folder.

    left = "usb:serial=1234567"
    right = "usb:1-2.3"

A name stands wherever a port string does. It is read when a name is used, not before.
"""

from __future__ import annotations

import os
import re
import sys

from canon.frozen import Frozen

_PROGRAM, _FILE = "canon-remote", "cameras.toml"
_KINDS = ("usb", "usbip", "serial", "virtual")
_RIGHT = 'write left = "usb:serial=1234567" or right = "usb:1-2.3", each on a line of its own'
_AT = re.compile(r"(.*) \(at (line \d+|end of document).*\)")


class Named(Frozen):
    """A camera that has a name.

    Attributes:
        name: what the user calls it.
        port: its port string.
        place: where that is written, for messages: the file and the line.
    """

    name: str
    port: str
    place: str


def path() -> str:
    """The path of the file, whether or not it is there."""
    folder = os.environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(folder):  # as its specification says
        if sys.platform == "win32":
            folder = os.environ.get("APPDATA") or os.path.expanduser("~/AppData/Roaming")
        elif sys.platform == "darwin":
            folder = os.path.expanduser("~/Library/Application Support")
        else:
            folder = os.path.expanduser("~/.config")
    return os.path.join(folder, _PROGRAM, _FILE)


def read() -> dict[str, Named]:
    """The cameras of the file by their names, in its order; none where there is no file.

    Raises:
        ValueError: it cannot be understood; the message has the line, and what is right.
        OSError: it cannot be read.
    """
    where = path()
    try:
        with open(where, "rb") as file:
            text = file.read().decode()
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        raise ValueError(f"{where}: it is no UTF-8; save it as that") from None
    found: dict[str, Named] = {}
    for name, port in _table(text, where).items():
        place = f"{where}, line {_line(text, name)}"
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name) or name.lower() in _KINDS:
            raise ValueError(f"{place}: a camera cannot be called {name!r}; {_RIGHT}")
        if any(other.lower() == name.lower() for other in found):
            raise ValueError(f"{place}: another camera is called {name} already; choose a new name")
        if not isinstance(port, str) or port.partition(":")[0] not in _KINDS or ":" not in port:
            raise ValueError(f"{place}: {name} has no port; {_RIGHT}")
        found[name] = Named(name, port, place)
    return found


def look_up(name: str) -> Named:
    """The camera of that name.

    Raises:
        ValueError: there is none, or the file cannot be understood.
        OSError: it cannot be read.
    """
    cameras = read()
    if name not in cameras:
        there = f"; {path()} names {', '.join(cameras) or 'no camera'}"
        kinds = "a port begins with usb:, usbip:, serial: or virtual:"
        raise ValueError(f"{name!r} is no port and no camera's name; {kinds}{there}")
    return cameras[name]


def _table(text: str, where: str) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = _AT.fullmatch(str(error))
        what, line = (said[1], said[2]) if said else (str(error), "somewhere")
        if "overwrite" in what:
            what = "a name stands there twice"
        what = what[:1].lower() + what[1:]
        raise ValueError(f"{where}, {line}: {what}; {_RIGHT}") from None


def _line(text: str, name: str) -> int:
    """The line that a name is written in; 1 where it is written in some odd way."""
    begins = re.compile(rf"""\s*\[*\s*["']?{re.escape(name)}["']?\s*[=.\]]""")
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if begins.match(line)), 1)
