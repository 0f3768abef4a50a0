"""Several programs, one camera: a foreign host by hand; hosts that hold it, die, or may not.

All run as processes of their own, with libusb, under the bridge.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from gphoto2 import PATIENCE_S, Tethered, tethered

CLI = str(Path(sys.executable).with_name("canon-remote"))
PICTURE = "DCIM/100CANON/IMG_0001.JPG"
SIZE = 1 << 20  # two seconds at the pace of a real camera


@pytest.fixture
def g3(tmp_path: Path) -> Iterator[Tethered]:
    with tethered(tmp_path) as g3:
        yield g3


@pytest.fixture
def slow_g3(tmp_path: Path) -> Iterator[Tethered]:
    """A camera at real pace, with a large picture."""
    card = tmp_path / "card"
    card.mkdir()
    (card / "IMG_0001.JPG").write_bytes(bytes(at % 251 for at in range(SIZE)))
    (card / "IMG_0002.JPG").write_bytes(b"a small one")
    with tethered(tmp_path, card=card, pace="real") as g3:
        yield g3


def run(g3: Tethered, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=g3.env,
        cwd=g3.folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@contextmanager
def started(g3: Tethered, *command: str) -> Iterator[subprocess.Popen[str]]:
    """A program that runs during a block; at its end it is gone."""
    with subprocess.Popen(
        command,
        env=g3.env,
        cwd=g3.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


BY_HAND = r"""
import struct, usb.core

camera = usb.core.find(idVendor=0x04A9, idProduct=0x306E)
camera.set_configuration()
print(camera.product, hex(camera.bcdDevice), camera[0][(0, 0)].bNumEndpoints)

letter = bytes(camera.ctrl_transfer(0xC0, 0x0C, 0x55, 0, 1)).decode()
print(letter)
init = bytes(camera.ctrl_transfer(0xC0, 4, 1, 0, 0x58))
short = struct.pack("<I60x", 0x10) + init[0x48:]
if letter == "C":
    camera.ctrl_transfer(0x40, 4, 0x11, 0, short)
    print(bytes(camera.read(0x81, 0x40, 5000)).hex().rstrip("0"))
    print(bytes(camera.read(0x81, 0x40, 5000)).hex())  # the last 4 bytes, a short packet
    print(bytes(camera.read(0x83, 0x40, 500)).hex())
else:
    print(bytes(camera.ctrl_transfer(0xC0, 4, 4, 0, 0x50)) == short)

identify = struct.pack("<II56xIBBBBII", 0x10, 0x201, 2, 1, 0, 0, 0x12, 0x10, 0x1234)
camera.ctrl_transfer(0x40, 4, 0x10, 0, identify)
answer = bytes(camera.read(0x81, 0x40, 5000)) + bytes(camera.read(0x81, 0x5C, 5000))
print(struct.unpack_from("<IBBBBIII", answer, 0x40), answer[0x5C:0x7C].rstrip(b"\0").decode())
"""


def test_a_host_that_shares_nothing_with_canon(g3: Tethered) -> None:
    """pyusb, and the start of section 4 by hand: from 'C' the first time, then from 'A'."""
    first, second = (run(g3, sys.executable, "-c", BY_HAND) for _ in range(2))
    device = "Canon Digital Camera 0x1 3"
    answer = "(2, 1, 0, 0, 34, 92, 4660, 0) Canon PowerShot G3"
    init = ["040000000203", "00000000", "02000000200000001000000000000000"]
    assert (first.stdout.splitlines(), first.stderr) == ([device, "C", *init, answer], "")
    assert (second.stdout.splitlines(), second.stderr) == ([device, "A", "True", answer], "")


# --- two at a time --------------------------------------------------------------------------------

HOLD = """
import sys, canon
with canon.open("usb:") as cam:
    print(cam.model, flush=True)
    sys.stdin.readline()
"""


def test_a_camera_that_another_program_holds(g3: Tethered) -> None:
    with started(g3, sys.executable, "-c", HOLD) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "Canon PowerShot G3\n"
        name = Path("/proc", str(holder.pid), "comm").read_text().strip()
        ours = run(g3, CLI, "--port", "usb:", "info")
        theirs = g3.gphoto2("--summary")
        assert ours.returncode == 3
        assert f"in use by {name} (process {holder.pid}); close that program" in ours.stderr
        assert "*** Error (-53: 'Could not claim the USB device') ***" in theirs.lines
        holder.communicate("done\n")
    assert run(g3, CLI, "--port", "usb:", "info").returncode == 0


def test_a_user_who_may_not_open_it(g3: Tethered) -> None:
    """Root may always: the program gives its rights away when all that it needs is loaded."""
    script = (
        "import os, canon\n"
        "canon.open('virtual:powershot-g3').close()\n"
        "import encodings.utf_16_le\n"
        "canon.list('usb:')\n"
        "import canon.usb.libusb\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "canon.open('usb:').close()\n"
    )
    root = Path(g3.env["UMOCKDEV_DIR"])
    node = "dev/bus/usb/001/002"
    root.chmod(0o755)
    (root / node).chmod(0)
    (root / "ioctl" / node).chmod(0o666)
    refused = run(g3, sys.executable, "-c", script)
    assert "PermissionDenied: this user may not open the camera" in refused.stderr
    assert (
        "run `canon-remote doctor --fix`, or put in the rule of `canon-remote udev`"
        in refused.stderr
    )
    (root / node).chmod(0o666)
    assert run(g3, sys.executable, "-c", script).returncode == 0


# --- in mid-transfer ------------------------------------------------------------------------------

GET = f"""
import canon
with canon.open("usb:") as cam:
    def told(done, of):
        print(done, flush=True)
    cam.storage.download("{PICTURE}", ".", progress=told)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_host_that_ends_in_mid_transfer(slow_g3: Tethered, number: signal.Signals) -> None:
    """Nothing lies under the picture's name, and the next host gets nothing of it."""
    with started(slow_g3, sys.executable, "-c", GET) as getting:
        assert getting.stdout is not None
        assert 0 < int(getting.stdout.readline()) < SIZE
        getting.send_signal(number)
        getting.communicate(timeout=PATIENCE_S)
    left = [path.name for path in slow_g3.folder.iterdir()]
    assert len(left) == (number != signal.SIGINT)
    assert all(name.endswith(".part") for name in left)

    got = run(slow_g3, CLI, "--port", "usb:", "get", "DCIM/100CANON/IMG_0002.JPG")
    assert (got.returncode, got.stdout, got.stderr) == (0, "IMG_0002.JPG\n", "")
    assert (slow_g3.folder / "IMG_0002.JPG").read_bytes() == b"a small one"
    assert slow_g3.gphoto2("--num-files", "--folder", "/DCIM/100CANON").status == 0


def test_ctrl_c_on_the_command_line(slow_g3: Tethered) -> None:
    with started(slow_g3, CLI, "--port", "usb:", "get", PICTURE) as getting:
        slow_g3.witness.wait_for("GetFile")
        getting.send_signal(signal.SIGINT)
        told, said = getting.communicate(timeout=PATIENCE_S)
    assert (getting.returncode, told) == (130, "")
    assert said.splitlines()[-1] == "canon-remote: interrupted"
    assert os.listdir(slow_g3.folder) == []
    assert run(slow_g3, CLI, "--port", "usb:", "info").returncode == 0


@pytest.mark.parametrize("how", ["unplugged", "the server is gone"])
def test_the_camera_goes_away_in_mid_transfer(slow_g3: Tethered, how: str) -> None:
    with started(slow_g3, CLI, "--port", "usb:", "get", PICTURE) as getting:
        slow_g3.witness.wait_for("GetFile")
        if how == "unplugged":
            with slow_g3.server.machine():
                slow_g3.device.unplug()
        else:
            slow_g3.server.close()
        told, said = getting.communicate(timeout=PATIENCE_S)
    assert (getting.returncode, told) == (3, "")
    assert "unplugged" in said
    assert os.listdir(slow_g3.folder) == []


# --- in release control ---------------------------------------------------------------------------

REMOTE = """
import canon
with canon.open("usb:") as cam, cam.remote():
    print(cam.remote.active, flush=True)
    while True:
        cam.zoom.get()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_host_that_ends_in_release_control(g3: Tethered, number: signal.Signals) -> None:
    with started(g3, sys.executable, "-c", REMOTE) as remote:
        assert remote.stdout is not None
        assert remote.stdout.readline() == "True\n"
        remote.send_signal(number)
        remote.communicate(timeout=PATIENCE_S)
    assert g3.device.release.active == (number == signal.SIGKILL)
    shot = run(g3, CLI, "--port", "usb:", "capture", "-o", "shot.jpg")
    assert shot.returncode == 0, shot.stderr
    assert g3.saved()["shot.jpg"][:2] == b"\xff\xd8"
    assert not g3.device.release.active
