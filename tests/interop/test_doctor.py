"""`canon-remote doctor` on USB: who holds the camera, who may open it, how fast its plug is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from canon.bridge.bus import UsbipBus
from canon.bridge.run import attached, preload_library
from canon.errors import PortError
from canon.usb import holders
from canon.virtual.build import make_virtual
from canon.virtual.usbip import UsbipServer
from conftest import needed

PROGRAM = str(Path(sys.executable).with_name("canon-remote"))
BODIES = ("powershot-g3", "powershot-g9", "eos-60d")
NODE = "dev/bus/usb/001/002"
INTERFACE = "sys/devices/1-1/1-1:1.0"


@pytest.fixture(autouse=True, scope="module")
def _umockdev() -> None:
    try:
        preload_library()
    except PortError as error:
        needed(str(error))


@contextmanager
def plugged_in(body: str) -> Iterator[dict[str, str]]:
    """The environment of programs that find that body on USB."""
    with UsbipServer(make_virtual(body)) as server, attached(server.address) as env:
        yield env


def doctor(env: dict[str, str], *words: str, code: int = 0) -> dict[str, Any]:
    """What it finds, by check."""
    ran = subprocess.run(
        [PROGRAM, "doctor", "--json", *words], env=env, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (code, "")
    told = json.loads(ran.stdout)
    assert told["usable"] == ["usb:1-1"] * (code == 0)
    return {one["check"]: one for one in told["findings"]}


@pytest.mark.parametrize("body", BODIES)
def test_a_camera_that_can_be_used(body: str) -> None:
    with plugged_in(body) as env:
        found = doctor(env)
    states = {name: one["state"] for name, one in found.items()}
    assert set(states.values()) <= {"good", "unknown"}
    first = ["libusb", "camera", "rights", "holder", "speed", "answer"]
    assert list(states)[:6] == first
    assert {states[name] for name in first} == {"good"}


HOLD = """
import ctypes, sys
from canon.usb.libusb import open_libusb
ctypes.CDLL(None).prctl(15, sys.argv[1].encode(), 0, 0, 0)
port = open_libusb()
print("holding", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(env: dict[str, str], name: str) -> Iterator[int]:
    """A program of that name that holds the camera: its process number."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, name],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "holding\n"
        try:
            yield holder.pid
        finally:
            holder.kill()


@pytest.mark.parametrize(
    ("body", "name", "remedy"),
    [
        *((body, "gvfsd-gphoto2", "gio mount -s gphoto2") for body in BODIES),
        ("powershot-g3", "canon-remote", "Ctrl-C"),
        ("powershot-g3", "darktable", "close that program"),
    ],
)
def test_who_holds_it_is_named_and_not_disturbed(
    body: str, name: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[int] = []
    real = UsbipBus.submit

    def submit(self: UsbipBus, endpoint: int, *words: Any, **named: Any) -> int:
        passed.append(endpoint)
        return real(self, endpoint, *words, **named)

    with plugged_in(body) as env, held(env, name) as pid:
        monkeypatch.setattr(UsbipBus, "submit", submit)
        found = doctor(env, code=3)
        assert passed == []
    assert found["holder"]["state"] == "wrong"
    assert found["holder"]["what"] == f"it is in use by {name} (process {pid})"
    assert remedy in found["holder"]["remedy"]
    assert "answer" not in found


@pytest.mark.parametrize(
    ("driver", "state", "said", "code"),
    [("usbfs", "wrong", "another user", 3), ("sierra", "unknown", "driver sierra", 0)],
)
def test_what_only_the_kernel_tells(driver: str, state: str, said: str, code: int) -> None:
    with plugged_in("powershot-g3") as env:
        link = Path(env["UMOCKDEV_DIR"], INTERFACE, "driver")
        link.symlink_to(f"../../../bus/usb/drivers/{driver}")
        found = doctor(env, code=code)["holder"]
    assert found["state"] == state
    assert said in found["what"]


def test_a_bus_that_was_not_handed_in() -> None:
    with plugged_in("powershot-g3") as env:
        Path(env["UMOCKDEV_DIR"], NODE).unlink()
        found = doctor(env, code=3)["rights"]
    assert found["state"] == "wrong"
    assert "--device /dev/bus/usb" in found["remedy"]


@pytest.mark.parametrize(
    ("body", "speed", "state"),
    [
        ("powershot-g3", "12", "good"),
        ("powershot-g9", "480", "good"),
        ("powershot-g9", "12", "unknown"),
        ("eos-60d", "12", "unknown"),
    ],
)
def test_the_speed_of_the_plug(body: str, speed: str, state: str) -> None:
    with plugged_in(body) as env:
        Path(env["UMOCKDEV_DIR"], "sys/devices/1-1/speed").write_text(f"{speed}\n")
        found = doctor(env)["speed"]
    assert found["state"] == state
    assert found["what"].startswith(f"{speed} Mbit/s")


def test_nothing_plugged_in() -> None:
    with plugged_in("powershot-g3") as env:
        found = doctor(env, "--port", "usb:1-7", code=3)
    assert {name: one["state"] for name, one in found.items()} == {
        "libusb": "good",
        "camera": "wrong",
    }


@pytest.mark.parametrize("body", ["powershot-g3", "eos-60d"])
def test_a_body_in_another_usb_mode(body: str) -> None:
    """Mass storage, say: Canon's, and no camera."""
    with plugged_in(body) as env:
        file = Path(env["UMOCKDEV_DIR"], "sys/devices/1-1/descriptors")
        raw = bytearray(file.read_bytes())
        raw[18 + 9 + 5 : 18 + 9 + 8] = 8, 6, 80
        file.write_bytes(raw)
        found = doctor(env, code=3)
    assert "another device of Canon's: 04a9:" in found["camera"]["what"]
    assert "USB mode" in found["camera"]["remedy"]
    assert list(found) == ["libusb", "camera"]


def python(env: dict[str, str], script: str) -> subprocess.CompletedProcess[str]:
    """Run a script that may give its rights away: then it can write down no coverage."""
    env = {name: value for name, value in env.items() if "COVERAGE" not in name}
    return subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False
    )


def test_no_libusb() -> None:
    script = (
        "import sys\n"
        "from canon.usb import libusb_calls\n"
        "libusb_calls._files = lambda: iter(())\n"
        "from canon.cli.main import main\n"
        "sys.exit(main(['doctor', '--port', 'usb:']))\n"
    )
    ran = python(dict(os.environ), script)
    assert (ran.returncode, ran.stderr) == (3, "")
    assert ran.stdout.splitlines() == [
        "wrong    libusb   libusb 1.0 is not on this computer",
        f"{'':18}next: install it (Debian: libusb-1.0-0)",
    ]


AS_NOBODY = """
import grp, os, subprocess, sys
from canon.cli import doctor, main, verbs
from canon.work import udev
from canon.work.doctor import Doctor
[*Doctor().run()]  # so that all that root alone can read is loaded
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
os.environ.pop("XDG_SEAT", None)
sys.exit(main.main(["doctor", *sys.argv[1:]]))
"""
SUDO = """#!/bin/sh
echo "$*" >> "$LOG"
case "$1" in tee) cat > "$LOG.rule";; esac
case "$2" in trigger) chmod 666 "$NODE";; esac
exit "$SUDO_ENDS"
"""


@pytest.fixture
def fixed() -> Iterator[dict[str, str]]:
    """A camera that nobody but its owner may open, and a sudo that notes what it is asked."""
    with plugged_in("powershot-g3") as env:
        root = Path(env["UMOCKDEV_DIR"])
        root.chmod(0o755)
        for folder, mode in ("bin", 0o755), ("log", 0o777):
            (root / folder).mkdir()
            (root / folder).chmod(mode)
        (root / "bin/sudo").write_text(SUDO)
        (root / "bin/sudo").chmod(0o755)
        (root / NODE).chmod(0)
        (root / "ioctl" / NODE).chmod(0o666)
        if os.geteuid() == 0:
            os.chown(root / NODE, 65534, 65534)
        yield env | {
            "PATH": f"{root}/bin:{env['PATH']}",
            "LOG": f"{root}/log/sudo",
            "NODE": f"{root}/{NODE}",
            "SUDO_ENDS": "0",
        }


def test_no_right_to_the_node(fixed: dict[str, str]) -> None:
    ran = python(fixed, AS_NOBODY)
    assert (ran.returncode, ran.stderr) == (3, "")
    assert "wrong    rights   this user may not open /dev/bus/usb/001/002" in ran.stdout
    assert "next: run `canon-remote doctor --fix`" in ran.stdout
    assert " answer " not in ran.stdout
    assert not Path(fixed["LOG"]).exists()


def test_the_rule_is_shown_and_put_in(fixed: dict[str, str]) -> None:
    script = AS_NOBODY.replace("*sys.argv[1:]", "'--fix'")
    ran = python(fixed, script)
    rule = Path(fixed["LOG"] + ".rule").read_text()
    assert 'SUBSYSTEM=="usb", ATTR{idVendor}=="04a9", MODE="0660", TAG+="uaccess", GROUP="' in rule
    assert rule in ran.stderr
    assert ran.stderr.index(rule) < ran.stderr.index("canon-remote: sudo tee")
    assert Path(fixed["LOG"]).read_text().splitlines() == [
        "tee /etc/udev/rules.d/70-canon-remote.rules",
        "udevadm control --reload",
        "udevadm trigger --action=add --subsystem-match=usb --attr-match=idVendor=04a9 --settle",
    ]
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "good     rights" in ran.stdout
    assert "good     answer" in ran.stdout


def test_a_sudo_that_says_no(fixed: dict[str, str]) -> None:
    ran = python(fixed | {"SUDO_ENDS": "1"}, AS_NOBODY.replace("*sys.argv[1:]", "'--fix'"))
    assert ran.returncode == 3
    assert "`sudo tee /etc/udev/rules.d/70-canon-remote.rules` failed; as root, " in ran.stderr
    assert len(Path(fixed["LOG"]).read_text().splitlines()) == 1


def test_on_macos_its_own_programs_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ps = tmp_path / "ps"
    ps.write_text(
        "#!/bin/sh\ncat <<END\n    1 /sbin/launchd\n  417 /usr/libexec/ptpcamerad\n"
        "  418 /System/Library/Image Capture/icdd\nEND\n"
    )
    ps.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(sys, "platform", "darwin")
    found = holders.holders(1, 2)
    assert [*map(str, found)] == ["ptpcamerad (process 417)", "icdd (process 418)"]
    assert all("killing it is not enough" in one.remedy for one in found)
    what, advice = holders.in_use(1, 2)
    assert what == "the camera is in use by ptpcamerad (process 417)"
    assert "killall ptpcamerad" in advice
