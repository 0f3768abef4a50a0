"""`canon-remote doctor` on virtual bodies, each finding by a fault or an option, and `udev`."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cli_helpers import answer, output, process, run, served

from canon.virtual.build import make_virtual
from canon.virtual.usbip import UsbipServer
from conftest import program

BODIES = ("virtual:powershot-g3", "virtual:powershot-g9", "virtual:eos-60d")
each_body = pytest.mark.parametrize("body", BODIES)


def states(folder: Path, port: str) -> dict[str, str]:
    """How each check ended; all findings are about that camera."""
    told = answer(folder, "doctor", port=port)
    assert all(one["port"] for one in told["findings"])
    assert all(one["remedy"] for one in told["findings"] if one["state"] == "wrong")
    return {one["check"]: one["state"] for one in told["findings"]}


@each_body
def test_a_camera_that_is_well(body: str, tmp_path: Path) -> None:
    ran = process(tmp_path, "doctor", port=body)
    assert (ran.returncode, ran.stderr) == (0, "")
    names = [line.split()[1] for line in ran.stdout.splitlines() if line[0] != " "]
    assert names == ["camera", "answer", "session", "mode", "card", "battery", "clock"]
    assert "wrong" not in ran.stdout
    untold = "eos" in body
    assert ran.stdout.count("unknown") == 2 * untold
    assert ran.stdout.count("next:") == 2 * untold


@pytest.mark.parametrize(
    ("port", "check"),
    [
        *((f"{body}?card=none", "card") for body in BODIES),
        ("virtual:powershot-g3?battery=low", "battery"),
        ("virtual:powershot-g9?battery=low", "battery"),
        ("virtual:powershot-g9?fault=open-session", "session"),
        ("virtual:eos-60d?fault=open-session", "session"),
        ("virtual:powershot-s45?mode=ptp", "mode"),
    ],
)
def test_what_is_wrong_with_a_camera_that_can_be_used(
    port: str, check: str, tmp_path: Path
) -> None:
    found = states(tmp_path, port)
    assert [name for name, state in found.items() if state == "wrong"] == [check]


@pytest.mark.parametrize("body", BODIES[:2])
def test_a_clock_that_is_off_by_more_than_a_minute(body: str, tmp_path: Path) -> None:
    with served(body) as port:
        assert states(tmp_path, port)["clock"] == "good"
        ahead = datetime.now() + timedelta(hours=1)
        output(tmp_path, "clock", "--set", f"{ahead:%Y-%m-%d %H:%M:%S}", port=port)
        ran = run(tmp_path, "doctor", port=port)
    (line,) = (line for line in ran.stdout.splitlines() if line[9:14] == "clock")
    assert line.startswith("wrong ")
    assert line.endswith(" ahead")
    assert "run `canon-remote clock --sync`" in ran.stdout


@pytest.mark.parametrize("body", ["powershot-g3", "powershot-g9", "eos-60d"])
def test_a_full_card(body: str, tmp_path: Path) -> None:
    device = make_virtual(body)
    card = device.body.card
    assert card is not None
    card.capacity -= card.free
    with UsbipServer(device) as server:
        port = "usbip:{}:{}/{}".format(*server.address, server.busid)
        assert states(tmp_path, port)["card"] == "wrong"


def test_remote_control_that_was_left_on(tmp_path: Path) -> None:
    with served("virtual:powershot-g3") as port:
        output(tmp_path, "remote", "start", port=port)
        assert states(tmp_path, port)["session"] == "wrong"
        output(tmp_path, "remote", "stop", port=port)
        assert states(tmp_path, port)["session"] == "good"


@pytest.mark.parametrize(
    ("port", "code", "said"),
    [
        ("virtual:powershot-g3?fault=letter-e", 4, "the camera reports status b'E'"),
        ("virtual:powershot-g9?fault=unplug@OpenSession", 3, "unplugged"),
        ("virtual:eos-60d?fault=unplug@GetDeviceInfo", 3, "unplugged"),
        ("virtual:powershot-g3?fault=unplug@GetPowerStatus", 3, "unplugged"),
        ("usbip:127.0.0.1:1", 3, "no USB/IP server answers"),
    ],
)
def test_a_camera_that_cannot_be_used(port: str, code: int, said: str, tmp_path: Path) -> None:
    ran = run(tmp_path, "doctor", port=port)
    assert (ran.returncode, ran.stderr) == (code, "")
    line, remedy = ran.stdout.splitlines()[-2:]
    assert line.startswith("wrong ")
    assert said in line
    assert remedy.strip().startswith("next: ")
    ran = run(tmp_path, "doctor", "--json", port=port)
    assert (ran.returncode, json.loads(ran.stdout)["usable"]) == (code, [])


@pytest.mark.parametrize("fault", ["GetPowerStatus", "GetDiskSpace"])
def test_one_question_that_fails_is_one_finding(fault: str, tmp_path: Path) -> None:
    found = states(tmp_path, f"virtual:powershot-g3?fault=silence@{fault}")
    assert list(found.values()).count("unknown") == 1
    assert found["clock"] == "good"


@each_body
def test_it_does_not_enter_remote_control(body: str, tmp_path: Path) -> None:
    said = run(tmp_path, "-vv", "doctor", port=body).stderr
    assert "→" in said
    for word in ("EnterReleaseControl", "InitiateReleaseControl", "RemoteMode", "LockKeys"):
        assert word not in said


def test_a_slip_is_told(tmp_path: Path) -> None:
    ran = run(tmp_path, "doctor", port="nonsense:")
    assert (ran.returncode, ran.stdout) == (2, "")


RULE = 'SUBSYSTEM=="usb", ATTR{idVendor}=="04a9", MODE="0660", TAG+="uaccess"'


@pytest.mark.parametrize(
    ("words", "more"),
    [
        ("", ""),
        ("--group plugdev", ', GROUP="plugdev"'),
        ("--no-gvfs", ', ENV{ID_GPHOTO2}=""'),
        ("--group photo --no-gvfs", ', GROUP="photo", ENV{ID_GPHOTO2}=""'),
    ],
)
def test_the_rule(words: str, more: str, tmp_path: Path) -> None:
    said = output(tmp_path, "udev", *words.split())
    assert said == f"# Canon cameras for canon-remote\n{RULE}{more}\n"
    told = answer(tmp_path, "udev", *words.split())
    assert told == {"file": "/etc/udev/rules.d/70-canon-remote.rules", "rule": said}


READ_BY_UDEV = """
mount -t tmpfs none /etc/udev && mkdir /etc/udev/rules.d || exit 99
cp good.rules /etc/udev/rules.d/70-canon-remote.rules
echo 'SUBSYSTEM="usb"' > /etc/udev/rules.d/70-slip.rules
exec "$@" 2>&1
"""


def test_udev_reads_the_rule_in_time(tmp_path: Path) -> None:
    """Without complaint; after what tells gvfs of cameras, before what gives them to a seat."""
    udevadm = program("udevadm")
    (tmp_path / "good.rules").write_text(
        output(tmp_path, "udev", "--group", "plugdev", "--no-gvfs")
    )
    whose = "-m" if os.getuid() == 0 else "-rm"
    script = ["unshare", whose, "sh", "-c", READ_BY_UDEV, "sh"]
    ran = subprocess.run(
        [*script, udevadm, "test", "/sys/class/net/lo"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    lines = ran.stdout.splitlines()
    read = [Path(line.split()[-1]).name for line in lines if line.startswith("Reading rules file")]
    assert read.index("70-canon-remote.rules") < read.index("73-seat-late.rules")
    assert not [name for name in read if "gphoto" in name and name > "70-canon-remote.rules"]
    said = [line for line in lines if line.startswith("/etc/udev/rules.d/")]
    assert [line.partition(":")[0] for line in said] == ["/etc/udev/rules.d/70-slip.rules"]


def test_a_group_that_would_break_the_rule(tmp_path: Path) -> None:
    ran = run(tmp_path, "udev", "--group", 'x", RUN+="/bin/sh')
    assert (ran.returncode, ran.stdout) == (2, "")
