"""Runs Debian's gphoto2, unmodified, on a virtual camera that lives in this process.

The camera keeps its state from one run to the next, and the test sees it. gphoto2 may exit with 0
after a failure, and keeps settings in its HOME: each camera brings a HOME of its own, and tests
look at what gphoto2 said, at the files it wrote and at the camera.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlencode

from canon.bridge.run import attached, preload_library
from canon.errors import PortError
from canon.virtual.build import make_virtual
from canon.virtual.card import File, MemoryCard
from canon.virtual.faults import Fault, FaultKind, Faults
from canon.virtual.native.camera import NativeCamera
from canon.virtual.ptp.camera import PtpCamera
from canon.virtual.usbip import UsbipServer
from conftest import needed, program
from rigs.bodies import EosCamera, PowerShotCamera, eos, powershot

PATIENCE_S = 60
FOLDER = "/DCIM/100CANON"

Device = TypeVar("Device", NativeCamera, PowerShotCamera, EosCamera)


class Witness(Faults):
    """The faults of a camera; it also remembers what the camera was asked, by class name."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults)
        self.asked: list[str] = []
        self._more = threading.Condition()

    def take(self, command: str, misses: frozenset[FaultKind] = frozenset()) -> Fault | None:
        with self._more:
            self.asked.append(command)
            self._more.notify_all()
        return super().take(command, misses)

    def wait_for(self, command: str, times: int = 1) -> None:
        """Wait until the camera has been asked for something so many times."""
        with self._more:
            assert self._more.wait_for(lambda: self.asked.count(command) >= times, PATIENCE_S)


@dataclass(frozen=True)
class Said:
    """How a run ended.

    Attributes:
        status: the exit status.
        raw: what it wrote, stdout and stderr together.
    """

    status: int
    raw: bytes

    @property
    def lines(self) -> list[str]:
        """The lines without the blanks around them, and without the one that tells the model."""
        stripped = (line.strip() for line in self.raw.decode("latin-1").splitlines())
        return [line for line in stripped if line and not line.startswith("Detected a ")]


class _Cabled(Generic[Device]):
    """A virtual camera with gphoto2 at the other end of its cable.

    Attributes:
        device: the camera. While a program runs, use it only inside `server.machine()`.
        witness: what it was asked.
        server: what serves it.
        env: the environment in which programs find it.
        folder: where gphoto2 is run; empty at first.
        program: what is run as gphoto2; Debian's at first.
    """

    def __init__(
        self,
        device: Device,
        witness: Witness,
        server: UsbipServer,
        env: dict[str, str],
        folder: Path,
    ) -> None:
        self.device: Device = device
        self.witness, self.server = witness, server
        self.env, self.folder = env, folder
        self.program: tuple[str, ...] = (program("gphoto2"),)

    @property
    def card(self) -> MemoryCard:
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

    def saved(self) -> dict[str, bytes]:
        """The files that gphoto2 has written so far."""
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def gphoto2(self, *words: str) -> Said:
        """Run gphoto2 to its end."""
        with self.start(*words) as running:
            raw, _ = running.communicate(timeout=PATIENCE_S)
        return Said(running.returncode, raw)

    @contextmanager
    def start(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run gphoto2 for a block, at whose end it is gone; stdout and stderr are one stream."""
        with subprocess.Popen(
            [*self.program, *words],
            env=self.env,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as running:
            try:
                yield running
            finally:
                running.kill()


class Tethered(_Cabled[NativeCamera]):
    """One that speaks the native protocol."""


class TetheredPtp(_Cabled[PowerShotCamera]):
    """One that speaks PTP."""


class TetheredEos(_Cabled[EosCamera]):
    """An EOS."""


@contextmanager
def tethered(
    folder: Path,
    *faults: str,
    card: Path | str = "",
    pace: str = "jump",
    model: str = "powershot-g3",
) -> Iterator[Tethered]:
    """A virtual camera on which to run gphoto2, with time zone UTC.

    Args:
        folder: a temporary folder; HOME and the working folder are made in it.
        faults: what goes wrong, as in a port string.
        card: a folder to show as the card; "none" is an empty slot; by default a card with six
            pictures and a spoken note.
        pace: whether the camera's clock jumps, or is "real".
        model: which body.
    """
    witness = Witness(tuple(map(Fault.parse, faults)))
    made = make_virtual(_port_string(model, card, pace, "native"))
    assert isinstance(made, NativeCamera)
    device = NativeCamera(made.body, witness)
    with _attached(device, folder) as (server, env, work):
        yield Tethered(device, witness, server, env, work)


@contextmanager
def tethered_ptp(
    folder: Path, model: str, *faults: str, card: Path | str = "", pace: str = "jump"
) -> Iterator[TetheredPtp]:
    """A virtual camera that speaks PTP; the arguments are those of `tethered`."""
    witness = Witness(tuple(map(Fault.parse, faults)))
    made = make_virtual(_port_string(model, card, pace, "ptp"))
    assert isinstance(made, PtpCamera)
    device = powershot(made.body, witness)
    with _attached(device, folder) as (server, env, work):
        yield TetheredPtp(device, witness, server, env, work)


@contextmanager
def tethered_eos(
    folder: Path,
    model: str,
    *faults: str,
    card: Path | str = "",
    pace: str = "jump",
    dial: str = "",
) -> Iterator[TetheredEos]:
    """A virtual EOS; the arguments are those of `tethered`, and where its mode dial stands."""
    witness = Witness(tuple(map(Fault.parse, faults)))
    text = _port_string(model, card, pace, "ptp") + (f"&dial={dial}" if dial else "")
    made = make_virtual(text)
    assert isinstance(made, PtpCamera)
    device = eos(made.body, witness)
    if dial:
        device.extension.table.turn_dial(made.extension.table.mode)
    with _attached(device, folder) as (server, env, work):
        yield TetheredEos(device, witness, server, env, work)


def _port_string(model: str, card: Path | str, pace: str, mode: str) -> str:
    query = {"pace": pace, "mode": mode} | ({"card": str(card)} if card else {})
    return f"{model}?{urlencode(query)}"


@contextmanager
def _attached(
    device: NativeCamera | PowerShotCamera | EosCamera, folder: Path
) -> Iterator[tuple[UsbipServer, dict[str, str], Path]]:
    """Serve a camera: its server, the environment in which programs find it, a working folder."""
    try:
        preload_library()
    except PortError as error:
        needed(str(error))
    home, work = folder / "home", folder / "work"
    home.mkdir()
    work.mkdir()
    ours = {**os.environ, "HOME": str(home), "LC_ALL": "C", "TZ": "UTC"}
    with UsbipServer(device) as server, attached(server.address, env=ours) as env:
        yield server, env, work
