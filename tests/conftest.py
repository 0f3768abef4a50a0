"""What all tests share: the recordings, the foreign programs, and the camera they run on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On hardware, leave out what would delete the owner's pictures."""
    port: str = config.getoption("--camera-port")
    if not port.startswith("usb:") or config.getoption("--yes-erase-my-card"):
        return
    erasing = [item for item in items if item.get_closest_marker("erases")]
    items[:] = [item for item in items if item not in erasing]
    config.hook.pytest_deselected(items=erasing)


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
