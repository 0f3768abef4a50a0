"""What all tests share: the recordings, the foreign programs, and the camera they run on."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

import canon
from canon.camera import Camera

ROOT = Path(__file__).resolve().parent.parent
VIRTUAL = "virtual:powershot-g3"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("cameras")
    group.addoption(
        "--camera-port",
        default=VIRTUAL,
        help="the camera that tests/camera runs on, as a port string; a virtual one by default",
    )
    group.addoption(
        "--yes-erase-my-card",
        action="store_true",
        help="run the tests that delete pictures on a real camera too",
    )
    group.addoption("--evidence", help="write what the passed tests show of each model to a file")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On hardware, leave out what would delete the owner's pictures."""
    port: str = config.getoption("--camera-port")
    if not port.startswith("usb:") or config.getoption("--yes-erase-my-card"):
        return
    erasing = [item for item in items if item.get_closest_marker("erases")]
    items[:] = [item for item in items if item not in erasing]
    config.hook.pytest_deselected(items=erasing)


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--evidence") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Evidence(Path(config.getoption("--evidence"))))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put what a test shows into its report, so that it travels with it."""
    report = yield
    for mark in item.iter_markers("shows"):
        shown = {"evidence": "simulated", "model": "PowerShot G3", **mark.kwargs}
        report.user_properties += [
            ("shows", (shown["model"], verb, shown["evidence"])) for verb in mark.args
        ]
    return report


class Evidence:
    """Collects what the passed tests show, for SUPPORTED.md (tests/supported.py)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.shown: set[tuple[str, str, str]] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            shown = [value for name, value in report.user_properties if name == "shows"]
            self.shown |= {cast("tuple[str, str, str]", tuple(cast("Any", row))) for row in shown}

    def pytest_sessionfinish(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(sorted(self.shown), indent=1))


def needed(reason: str) -> None:
    """Something that the test needs is not here: in CI that is a failure, elsewhere a skip."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def traces() -> Path:
    """The folder of recordings of real cameras: CANON_TRACES, or ../shared/traces."""
    folder = Path(os.environ.get("CANON_TRACES", ROOT.parent / "shared" / "traces"))
    if not folder.is_dir():
        needed(f"there are no recordings at {folder}; set CANON_TRACES")
    return folder


def program(name: str) -> str:
    """The path of a foreign program that a test runs."""
    path = shutil.which(name)
    if path is None:
        needed(f"{name} is not installed")
    return str(path)


@pytest.fixture
def camera_port(request: pytest.FixtureRequest) -> str:
    """The port string of the camera under test."""
    return str(request.config.getoption("--camera-port"))


@pytest.fixture
def cam(camera_port: str) -> Iterator[Camera]:
    """The camera under test, initialized."""
    with canon.open(camera_port) as camera:
        yield camera
