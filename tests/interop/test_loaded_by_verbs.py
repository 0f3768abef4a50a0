"""What the command loads to answer about a camera on USB: no more than that takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from canon.bridge.run import attached, preload_library
from canon.errors import PortError
from canon.virtual.build import make_virtual
from canon.virtual.usbip import UsbipServer
from conftest import needed

NEEDLESS = frozenset(
    {
        "asyncio", "dataclasses", "fractions", "json", "locale", "logging", "pathlib", "shutil",
        "subprocess", "tempfile", "traceback", "urllib",
        "PIL", "dpkt", "libusb_package", "rich", "serial", "usb", "usbip",
        "starlette", "uvicorn", "websockets", "canon.web",
        "canon.bridge", "canon.exif", "canon.files", "canon.ps350", "canon.trace", "canon.virtual",
        "canon.camera.capture", "canon.camera.settings",
    }
)  # fmt: skip
SETTINGS = frozenset({"canon.codes", "canon.values.choices", "canon.values.scales"})
SCRIPT = """
import sys
from canon.cli.main import main
code = main(sys.argv[1:])
print(*sys.modules, file=sys.stderr)
sys.exit(code)
"""


@contextmanager
def plugged_in(body: str) -> Iterator[dict[str, str]]:
    """What a program finds in its environment; coverage, which loads much, is not measured."""
    try:
        preload_library()
    except PortError as error:
        needed(str(error))
    with UsbipServer(make_virtual(body)) as server, attached(server.address) as env:
        yield {name: value for name, value in env.items() if "COVERAGE" not in name}


@pytest.mark.parametrize("verb", ["list", "info", "ls", "owner"])
@pytest.mark.parametrize(("body", "other"), [("powershot-g3", "ptp"), ("powershot-g9", "native")])
def test_verbs_that_ask(body: str, other: str, verb: str) -> None:
    with plugged_in(body) as env:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, verb],
            env={**env, "CANON_REMOTE_PORT": "usb:"},
            capture_output=True,
            text=True,
            check=True,
        )
    names = done.stderr.split()
    there = {name.rsplit(".", up)[0] for name in names for up in range(name.count(".") + 1)}
    assert done.stdout
    assert "canon.usb.libusb" in there
    assert there & NEEDLESS == set()
    assert f"canon.{other}" not in there
    if (body, verb) != ("powershot-g9", "info"):  # its picture sizes are codes of a setting
        assert there & SETTINGS == set()


SHOT = """
import sys, canon
with canon.open() as cam:
    cam.capture.shoot().first.save(sys.argv[1])
print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize("body", ["powershot-g3", "powershot-g9"])
def test_a_first_picture(body: str, tmp_path: Path) -> None:
    with plugged_in(body) as env:
        done = subprocess.run(
            [sys.executable, "-c", SHOT, str(tmp_path)],
            env={**env, "CANON_REMOTE_PORT": "usb:"},
            capture_output=True,
            text=True,
            check=True,
        )
    there = set(done.stderr.split())
    assert len(list(tmp_path.iterdir())) == 1
    assert "canon.exif" in there
    assert (
        there & (SETTINGS | {"dataclasses", "fractions", "locale", "shutil", "tempfile"}) == set()
    )


def test_a_file_that_goes_to_the_card(tmp_path: Path) -> None:
    (tmp_path / "ONE.JPG").write_bytes(b"1")
    with plugged_in("powershot-g9") as env:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, "put", str(tmp_path / "ONE.JPG"), "DCIM/100CANON"],
            env={**env, "CANON_REMOTE_PORT": "usb:"},
            capture_output=True,
            text=True,
            check=True,
        )
    there = set(done.stderr.split())
    assert there & {"dataclasses", "shutil", "tempfile", "canon.models.custom", *SETTINGS} == set()
