"""Runs Debian's gphoto2, unmodified, on a virtual camera that lives in this process.

The camera keeps its state from one run to the next, and the test sees it. gphoto2 may exit with 0
after a failure, and keeps settings in its HOME: each camera brings a HOME of its own, and tests
look at what gphoto2 said, at the files it wrote and at the camera.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from canon.bridge.run import attached, preload_library
from canon.errors import PortError
from canon.ports import make_virtual
from canon.virtual.card import Card, File
from canon.virtual.native import NativeCamera
from canon.virtual.usbip import UsbipServer
from conftest import needed, program

PATIENCE_S = 60
DCIM = "/DCIM/100CANON"


@dataclass(frozen=True)
class Said:
    """How a run ended.

    Attributes:
        status: the exit status.
        text: what it wrote, stdout and stderr together.
    """

    status: int
    text: str

    @property
    def lines(self) -> list[str]:
        """The lines without the blanks around them, and without the one that tells the model."""
        stripped = (line.strip() for line in self.text.splitlines())
        return [line for line in stripped if line and not line.startswith("Detected a ")]


class Tethered:
    """A virtual camera with gphoto2 at the other end of its cable.

    Attributes:
        device: the camera. While a program runs, use it only inside `server.machine()`.
        server: what serves it.
        env: the environment in which programs find it.
        folder: where gphoto2 is run; empty at first.
    """

    def __init__(
        self, device: NativeCamera, server: UsbipServer, env: dict[str, str], folder: Path
    ) -> None:
        self.device, self.server, self.env, self.folder = device, server, env, folder

    @property
    def card(self) -> Card:
        """The card in the camera."""
        assert self.device.body.card
        return self.device.body.card

    def file(self, name: str) -> File:
        """A file in the card's folder 100CANON."""
        found = self.card.find(("DCIM", "100CANON", name))
        assert isinstance(found, File), f"{name} is not on the card"
        return found

    def names(self) -> list[str]:
        """The names in the card's folder 100CANON, in card order."""
        folder = self.card.folder(("DCIM", "100CANON"))
        return list(folder.entries) if folder else []

    def files(self) -> dict[str, bytes]:
        """What gphoto2 has written so far."""
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def gphoto2(self, *words: str) -> Said:
        """Run gphoto2 to its end."""
        done = subprocess.run(
            [program("gphoto2"), *words],
            env=self.env,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return Said(done.returncode, done.stdout)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Begin to run gphoto2; its stdout and stderr come as one stream."""
        return subprocess.Popen(
            [program("gphoto2"), *words],
            env=self.env,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@contextmanager
def tethered(
    folder: Path, *faults: str, card: Path | str = "", pace: str = "jump"
) -> Iterator[Tethered]:
    """A virtual PowerShot G3 on which to run gphoto2.

    Args:
        folder: a temporary folder; HOME and the working folder are made in it.
        faults: what goes wrong, as in a port string.
        card: a folder to show as the card; "none" is an empty slot; by default a card with six
            pictures.
        pace: whether the camera's clock jumps or is real.
    """
    try:
        preload_library()
    except PortError as error:
        needed(str(error))
    query = [("pace", pace), *(("fault", fault) for fault in faults)]
    if card:
        query.append(("card", str(card)))
    home, work = folder / "home", folder / "work"
    home.mkdir()
    work.mkdir()
    device = make_virtual(f"powershot-g3?{urlencode(query)}")
    env = {**os.environ, "HOME": str(home), "LC_ALL": "C", "TZ": "UTC"}
    with UsbipServer(device) as server, attached(server.address, env=env) as found:
        yield Tethered(device, server, found, work)
