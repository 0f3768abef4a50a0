"""gphoto2's debug logs, told: the same steps as a recording of the same run on the same cable."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from gphoto2 import Tethered, TetheredPtp, tethered, tethered_ptp

from canon.trace.files import read
from canon.trace.records import Kind, Setup, Transfer
from canon.trace.step import Step
from canon.trace.telling import redact, tell
from canon.usb.port import Endpoint
from canon.virtual.usbip import UsbipServer

SILENT = {"GetDeviceDescriptor", "GetConfigurationDescriptor", "StandardRequest", "NoEvent"}
"""What libusb asks by itself, and polls that bring nothing: a log has neither."""

RUNS: dict[str, tuple[str, ...]] = {
    "powershot-g3": ("--summary",),
    "eos-20d": ("--list-files", "--get-file", "1"),
    "powershot-g9": ("--list-files", "--get-file", "1"),
    "powershot-s45": ("--summary",),
}
PTP = {"powershot-g9", "powershot-s45"}


class Listener:
    """Writes down what passes between a USB/IP client and a virtual camera."""

    def __init__(self, server: UsbipServer) -> None:
        self.transfers: list[Transfer] = []
        self._interrupt = server._bus.device.descriptors.endpoint(Endpoint.INTERRUPT_IN).address
        self._handle = server._bus.handle_urb
        server._bus.handle_urb = self._listen  # type: ignore[method-assign]

    def _listen(self, urb: Any, respond: Callable[[Any], None]) -> None:
        index = len(self.transfers) + 1
        address, kind, setup = urb.ep | urb.direction << 7, Kind.BULK, None
        if not urb.ep:
            kind, setup = Kind.CONTROL, Setup(*struct.unpack("<BBHHH", urb.setup))
        elif address == self._interrupt:
            kind = Kind.INTERRUPT
        sent = bytes(urb.buffer or b"")

        def done(answer: Any) -> None:
            inward = bool(setup.kind & 0x80 if setup else urb.direction)
            data = bytes(answer.buffer or b"")[: answer.actual] if inward else sent
            size = len(data) if not answer.status else 0
            self.transfers.append(
                Transfer(
                    index, None, None, "", address, kind, setup, data,
                    size=size, room=urb.length, status=answer.status,
                )
            )  # fmt: skip
            respond(answer)

        self._handle(urb, done)


@dataclass(frozen=True)
class Run:
    """A run of gphoto2.

    Attributes:
        log: its debug log.
        heard: what passed over the cable meanwhile.
    """

    log: bytes
    heard: list[Step]


@pytest.fixture(scope="module", params=RUNS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    slug = request.param
    folder = tmp_path_factory.mktemp(slug)
    opened: AbstractContextManager[Tethered | TetheredPtp] = (
        tethered_ptp(folder, slug) if slug in PTP else tethered(folder, model=slug)
    )
    with opened as cabled:
        listener = Listener(cabled.server)
        said = cabled.gphoto2("--debug", "--debug-logfile=log", *RUNS[slug])
        assert said.status == 0, said.lines
        log = (cabled.folder / "log").read_bytes()
    return Run(log, said_steps(tell(listener.transfers)))


def said_steps(steps: Iterable[Step]) -> list[Step]:
    """The steps that both hold, without numbers and times."""
    return [
        replace(step, index=0, time=None, device="") for step in steps if step.name not in SILENT
    ]


def told(log: bytes) -> list[Step]:
    return said_steps(tell(read(io.BytesIO(log))))


def test_a_log_tells_what_passed(run: Run) -> None:
    assert len(run.heard) > 5
    assert not [step for step in told(run.log) if "Unknown" in step.name]
    assert told(run.log) == run.heard


def test_times_are_the_logs_own(run: Run) -> None:
    times = [step.time for step in tell(read(io.BytesIO(run.log)))]
    assert times[0] == 0
    assert all(time is not None and 0 <= time < 600 for time in times)


def test_a_piece_out_of_the_middle_tells_what_it_has(run: Run) -> None:
    steps = list(tell(read(io.BytesIO(run.log))))
    lines = run.log.splitlines(keepends=True)
    start = steps[len(steps) // 2].index  # in the middle of the dump of a command, or just after it
    piece = b"".join(b"> " + line for line in lines[start:])
    rest = said_steps(steps[len(steps) // 2 + 1 :])
    assert len(rest) > 2
    assert told(piece)[-len(rest) :] == rest


def test_a_log_is_redacted_to_a_pcapng_that_tells_the_same(run: Run, tmp_path: Path) -> None:
    redact(io.BytesIO(run.log), tmp_path / "a.pcapng")
    assert [step.name for step in said_steps(tell(read(tmp_path / "a.pcapng")))] == [
        step.name for step in run.heard
    ]
