"""Programs with libusb on our echo device, over umockdev, the bridge and USB/IP."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import pytest
from echo_device import EchoDevice
from port_checks import CHECKS

from canon.bridge.run import attached, preload_library, run
from canon.errors import CameraNotFound, PortError
from canon.virtual.usbip import UsbipServer
from conftest import needed, program

HERE = Path(__file__).parent


@pytest.fixture(autouse=True, scope="module")
def _umockdev() -> None:
    try:
        preload_library()
    except PortError as error:
        needed(str(error))


@pytest.fixture
def server() -> Iterator[UsbipServer]:
    with UsbipServer(EchoDevice()) as server:
        yield server


def python(server: UsbipServer, *command: str) -> str:
    """What a Python program prints under the bridge; it must end well."""
    with attached(server.address) as env:
        done = subprocess.run(
            [sys.executable, *command],
            env=env,
            cwd=HERE,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("library", ["package", "system"])
@pytest.mark.parametrize("check", CHECKS)
def test_port(server: UsbipServer, library: str, check: str) -> None:
    python(server, "port_checks.py", library, check)


@pytest.mark.parametrize("check", ["bulk", "interrupt", "stall"])
def test_port_beside_a_serial_port(check: str) -> None:
    with UsbipServer(EchoDevice(serial_port=True)) as server:
        python(server, "port_checks.py", "package", check)


def test_usbfs_without_libusb(server: UsbipServer) -> None:
    python(server, "usbfs_program.py")


def test_found_device_is_described(server: UsbipServer) -> None:
    said = python(server, "-c", "from canon.usb.libusb import *; print(find_devices())")
    assert (
        "Plugged(port='usb:1-1', vendor=1193, product=12398, name='Echo', serial='0042', bus=1, "
        "address=2, interface=(255, 255, 255), speed="
    ) in said


COUNTING = """
from canon.usb import libusb
opened, library = [], libusb.load()
real = library.open
library.open = lambda at, handle: opened.append(at) or real(at, handle)
"""


@pytest.mark.parametrize(("system", "opens"), [("", 0), ("libusb.SYSFS = '/none'\n", 1)])
def test_a_device_is_opened_once_where_the_system_does_not_tell(
    server: UsbipServer, system: str, opens: int
) -> None:
    script = COUNTING + (
        f"{system}"
        "print(libusb.find_devices(may_open=False)[0].name, len(opened))\n"
        "first = libusb.find_devices()\n"
        "print(libusb.find_devices() == first, first[0].name, len(opened))\n"
        "libusb._told[1, 99, 0x04A9, 0x306E] = 'another', ''\n"
        "libusb.find_devices()\n"
        "print(len(libusb._told), len(opened))\n"
    )
    unopened = "" if opens else "Echo"
    assert python(server, "-c", script) == f"{unopened} 0\nTrue Echo {opens}\n1 {opens}\n"


def test_a_device_that_this_program_holds_is_not_opened_again(server: UsbipServer) -> None:
    script = COUNTING + (
        "port = libusb.open_libusb()\n"
        "print(libusb.find_devices()[0].serial, len(opened))\n"
        "port.close()\n"
    )
    assert python(server, "-c", script) == "0042 1\n"


@pytest.mark.parametrize(("place", "opens"), [("", True), ("1-1", True), ("1-2", False)])
def test_place(server: UsbipServer, place: str, opens: bool) -> None:
    script = (
        "from canon.usb.libusb import *\n"
        f"try: open_libusb({place!r}).close(); print(True)\n"
        "except CameraNotFound: print(False)"
    )
    assert python(server, "-c", script) == f"{opens}\n"


def test_no_right_to_open(server: UsbipServer) -> None:
    """Seen by a user who is not root and has no right to the node."""
    script = (
        "import os\n"
        "from canon.usb.libusb import *\n"
        "find_devices()  # so that all that root alone can read is loaded\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "assert find_devices()[0].port == 'usb:1-1'\n"
        "open_libusb()\n"
    )
    with attached(server.address) as env:
        root = Path(env["UMOCKDEV_DIR"])
        root.chmod(0o755)
        (root / "dev/bus/usb/001/002").chmod(0)
        (root / "ioctl/dev/bus/usb/001/002").chmod(0o666)  # the library connects all the same
        done = subprocess.run(
            [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False
        )
    assert "PermissionDenied: this user may not open the camera" in done.stderr
    assert "run `canon-remote doctor --fix`, or put in the rule of `canon-remote udev`" in (
        done.stderr
    )


def test_gphoto2_sees_a_powershot_g3(server: UsbipServer, tmp_path: Path) -> None:
    with (tmp_path / "said").open("w+b") as said:
        env = {**os.environ, "HOME": str(tmp_path), "LC_ALL": "C"}
        assert run([program("gphoto2"), "--auto-detect"], server.address, env=env, stdout=said) == 0
        said.seek(0)
        assert re.search(rb"Canon PowerShot G3 \(normal mode\) +usb:001,002", said.read())


def test_an_idle_wait_wakes_nobody(server: UsbipServer) -> None:
    script = (
        "from resource import RUSAGE_SELF, getrusage\n"
        "from canon.usb.libusb import *\n"
        "port = open_libusb()\n"
        "before = getrusage(RUSAGE_SELF).ru_nvcsw\n"
        "print('waiting', flush=True)\n"
        "assert port.interrupt_in(1.0) == b''\n"
        "print(getrusage(RUSAGE_SELF).ru_nvcsw - before)\n"
    )
    with (
        attached(server.address) as env,
        subprocess.Popen(
            [sys.executable, "-c", script], env=env, stdout=subprocess.PIPE, text=True
        ) as child,
    ):
        assert child.stdout
        assert child.stdout.readline() == "waiting\n"
        before = getrusage(RUSAGE_SELF).ru_nvcsw  # the bridge and the server are in this process
        theirs = int(child.stdout.read())
        ours = getrusage(RUSAGE_SELF).ru_nvcsw - before
    assert theirs < 100
    assert ours < 100


HOLD = """
from canon.usb.libusb import *
port = open_libusb()
print("holding", flush=True)
print(repr(port.bulk_in(memoryview(bytearray(64)), 60.0)))
"""


def hold(env: dict[str, str]) -> subprocess.Popen[str]:
    """A program that holds the device and waits for a transfer."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "holding\n"
    return holder


def test_the_program_that_holds_the_camera_is_named(server: UsbipServer) -> None:
    with attached(server.address) as env, hold(env) as holder:
        second = subprocess.run(
            [sys.executable, "-c", HOLD], env=env, capture_output=True, text=True, check=False
        )
        name = Path("/proc", str(holder.pid), "comm").read_text().strip()
        holder.kill()
    assert f"InUse: the camera is in use by {name} (process {holder.pid})" in second.stderr


def test_a_killed_program_leaves_the_camera_free(server: UsbipServer) -> None:
    with attached(server.address) as env:
        with hold(env) as holder:
            holder.kill()
        for check in ("bulk", "stall"):
            subprocess.run(
                [sys.executable, "port_checks.py", "package", check], env=env, cwd=HERE, check=True
            )


def test_unplugged_while_a_program_waits(server: UsbipServer) -> None:
    with attached(server.address) as env, hold(env) as holder:
        server.close()
        _, said = holder.communicate(timeout=30)
    assert "Disconnected: the camera was unplugged" in said


@pytest.mark.parametrize(("end", "status"), [("raise SystemExit(7)", 7), ("os.abort()", 134)])
def test_exit_status(server: UsbipServer, end: str, status: int) -> None:
    assert run([sys.executable, "-c", f"import os; {end}"], server.address) == status


def test_the_tree_is_gone_afterwards(server: UsbipServer) -> None:
    with attached(server.address, env={}) as env:
        root = Path(env["UMOCKDEV_DIR"])
        assert (root / "sys/bus/usb/devices/1-1/idProduct").read_text() == "306e\n"
    assert not root.exists()


def test_terminated_bridge_ends_the_program_and_removes_the_tree(server: UsbipServer) -> None:
    script = "import os, time; print(os.environ['UMOCKDEV_DIR'], flush=True); time.sleep(60)"
    bridge = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from canon.bridge.run import run\n"
            f"sys.exit(run([sys.executable, '-c', {script!r}], {server.address!r}))",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with bridge:
        assert bridge.stdout is not None
        root = Path(bridge.stdout.readline().strip())
        assert root.is_dir()
        bridge.send_signal(signal.SIGTERM)
    assert bridge.returncode == 128 + signal.SIGTERM
    assert not root.exists()


def test_no_such_program(server: UsbipServer) -> None:
    with pytest.raises(ValueError, match="no-such-program cannot be run"):
        run(["no-such-program"], server.address)


def test_no_camera_there(server: UsbipServer) -> None:
    with pytest.raises(CameraNotFound), attached(server.address, "1-7"):
        pass


def test_without_umockdev(tmp_path: Path) -> None:
    with pytest.raises(PortError, match="apt install umockdev"):
        preload_library([tmp_path])
