"""One suite, four roads: in-process, over USB/IP, through libusb, and on hardware.

Here tests/camera runs on the second and the third, as the user of a camera would run it:
`pytest tests/camera --camera-port usb:`. One file of it shows that the roads are open.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from xml.etree import ElementTree

import pytest

from canon.bridge.run import attached, preload_library
from canon.errors import PortError
from canon.virtual.build import make_virtual
from canon.virtual.usbip import UsbipServer
from conftest import BODIES, ROOT, needed

PATIENCE_S = 1200
PYTEST = (sys.executable, "-m", "pytest")


def suite(env: Mapping[str, str], *words: str) -> str:
    """Run the tests that take the camera under test, in another process; what pytest writes."""
    done = subprocess.run(
        [*PYTEST, "-p", "on_the_road", "-p", "no:cacheprovider", *words],
        cwd=ROOT,
        env={**env, "PYTHONPATH": str(Path(__file__).parent)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.timeout(2 * PATIENCE_S)
@pytest.mark.parametrize(
    ("tests", "least"),
    [
        ("tests/camera/test_identity.py", 5),
        pytest.param("tests/camera", 41, marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize("body", ["powershot-g3", "powershot-s60?mode=ptp"])
@pytest.mark.parametrize("road", ["usbip", "usb"])
def test_the_suite_passes(road: str, body: str, tests: str, least: int, tmp_path: Path) -> None:
    lacks = [f"--lacks={feature}" for feature in BODIES[f"virtual:{body}"].lacks]
    collected = suite(os.environ, "--camera-port=virtual:", *lacks, "--collect-only", "-q", tests)
    wanted = sorted(line.partition("::")[2] for line in collected.splitlines() if "::" in line)
    assert len(wanted) >= least

    with ExitStack() as stack:
        server = stack.enter_context(UsbipServer(make_virtual(body)))
        host, number = server.address
        port, env = f"usbip:{host}:{number}/{server.busid}", dict(os.environ)
        if road == "usb":
            try:
                preload_library()
            except PortError as error:
                needed(str(error))
            port, env = "usb:", stack.enter_context(attached(server.address))
        report = tmp_path / "report.xml"
        words = *lacks, "--yes-erase-my-card", f"--junitxml={report}", tests
        suite(env, "--camera-port", port, *words)

    cases = ElementTree.parse(report).findall(".//testcase")
    bad = {"failure", "error", "skipped"}
    passed = [case for case in cases if not bad & {part.tag for part in case}]
    assert sorted(str(case.get("name")) for case in passed) == wanted
