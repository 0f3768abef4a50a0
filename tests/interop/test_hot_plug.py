"""What comes and goes on the bus, told while another program works with the camera."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from echo_device import EchoDevice

import canon
from canon.bridge.bus import UsbipBus
from canon.bridge.run import attached, preload_library
from canon.errors import PortError
from canon.virtual.build import make_virtual
from canon.virtual.usbip import UsbipServer
from conftest import needed

PROGRAM = str(Path(sys.executable).with_name("canon-remote"))


@pytest.fixture(autouse=True, scope="module")
def _umockdev() -> None:
    try:
        preload_library()
    except PortError as error:
        needed(str(error))


@pytest.fixture
def transfers(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The endpoint of each transfer that passes the bridge, whichever program asks for it."""
    passed: list[int] = []
    real = UsbipBus.submit

    def submit(self: UsbipBus, endpoint: int, *words: Any, **named: Any) -> int:
        passed.append(endpoint)
        return real(self, endpoint, *words, **named)

    monkeypatch.setattr(UsbipBus, "submit", submit)
    return passed


def python(env: dict[str, str], script: str) -> subprocess.Popen[str]:
    """A program that is written to, and told things by it."""
    return subprocess.Popen(
        [sys.executable, "-c", script],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def watching(env: dict[str, str], *words: str) -> Iterator[subprocess.Popen[str]]:
    """`canon-remote list --watch` while it runs."""
    with subprocess.Popen(
        [PROGRAM, "list", "--watch", *words],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def told(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    return running.stdout.readline()


@pytest.mark.parametrize("body", ["powershot-g3", "powershot-g9", "eos-60d"])
def test_unplugging_is_told(body: str) -> None:
    with (
        UsbipServer(make_virtual(body)) as server,
        attached(server.address) as env,
        watching(env, "--json") as running,
    ):
        came = json.loads(told(running))
        server.close()
        gone = json.loads(told(running))
    assert (came.pop("event"), gone.pop("event")) == ("added", "removed")
    assert came == gone
    assert came["port"] == "usb:1-1"
    assert came["name"].startswith("Canon ")


DOWNLOAD = """
import sys, canon
with canon.open("usb:") as cam:
    sys.stdin.readline()
    print(len(cam.storage.read("DCIM/100CANON/IMG_0001.JPG")))
"""


WATCH = """
import canon
watch = canon.watch(poll_s=0.01)
for _ in range(2):
    print(next(watch), flush=True)
"""


@pytest.mark.parametrize("body", ["powershot-g3", "powershot-g9", "eos-60d"])
def test_another_programs_download_is_not_disturbed(body: str, transfers: list[int]) -> None:
    """As many transfers with a watch beside it as without, and the same file."""
    counts = []
    for watched in (False, True):
        transfers.clear()
        with ExitStack() as stack:
            server = stack.enter_context(UsbipServer(make_virtual(body)))
            env = stack.enter_context(attached(server.address))
            download = stack.enter_context(python(env, DOWNLOAD))
            if watched:
                watch = stack.enter_context(python(env, WATCH))
                assert told(watch).startswith("CameraAdded(")
            size, _ = download.communicate("\n", timeout=60)
            counts.append((size, len(transfers)))
            if watched:
                server.close()
                assert told(watch).startswith("CameraRemoved(")
    assert counts[0] == counts[1]
    assert counts[0][1] > 10


def test_ctrl_c_ends_it() -> None:
    with (
        UsbipServer(EchoDevice()) as server,
        attached(server.address) as env,
        watching(env) as running,
    ):
        assert told(running).startswith("added    usb:1-1  04a9:306e  ")
        running.send_signal(2)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (130, "", "\ncanon-remote: interrupted\n")


def test_who_has_read_enough_ends_it() -> None:
    """`list --watch | head -1`, where nothing more comes or goes."""
    with (
        UsbipServer(EchoDevice()) as server,
        attached(server.address) as env,
        watching(env) as running,
    ):
        assert told(running).startswith("added ")
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.wait(timeout=60) == 1
        assert running.stderr.read() == ""


def test_a_server_that_comes_and_goes() -> None:
    with UsbipServer(make_virtual("powershot-g3")) as server:
        host, number = server.address
    with canon.watch(f"usbip:{host}:{number}") as watch:
        assert watch.look() == []
        with UsbipServer(make_virtual("powershot-g3"), host, number):
            (came,) = watch.look()
        (gone,) = watch.look()
    assert isinstance(came, canon.CameraAdded)
    assert gone == canon.CameraRemoved(came.found)
    assert came.found.name == "Canon PowerShot G3"
    assert list(watch) == []


def test_a_virtual_one_is_there_from_the_start() -> None:
    with canon.watch("virtual:eos-60d") as watch:
        assert next(watch) == canon.CameraAdded(*canon.list("virtual:eos-60d"))


@pytest.mark.parametrize(("port", "poll_s"), [("nonsense:", 0.5), ("virtual:eos-60d", 0)])
def test_a_slip_is_told_at_once(port: str, poll_s: float) -> None:
    with pytest.raises(ValueError, match=r"is no port|is a time in seconds"):
        canon.watch(port, poll_s=poll_s)
