"""A pytest plug-in: virtual cameras for tests of programs that drive cameras.

    def test_the_newest(canon_camera):
        assert newest(canon_camera).name == "IMG_0008.JPG"

pytest loads it by itself wherever canon-remote is installed. It loads nothing of canon-remote
before a test asks for one of its fixtures.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from canon.camera import Camera

_MARK = "canon_camera"
_USUAL = "virtual:powershot-g3"


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line(
        "markers",
        f"{_MARK}(port): the camera of the fixtures {_MARK} and {_MARK}_port, as a port string; "
        f"{_USUAL} without it",
    )


@pytest.fixture
def canon_camera(request: pytest.FixtureRequest) -> Iterator[Camera]:
    """A camera that is open: a virtual PowerShot G3, unless a mark or a parameter names another.

    Each test has one of its own, whose card is as new. It is closed when the test is over; the
    test may have closed it, or lost it by a fault.
    """
    import canon

    cam = canon.open(_port(request))
    try:
        yield cam
    finally:
        with suppress(canon.CanonError):
            cam.close()


@pytest.fixture
def canon_camera_port(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The port string of the camera, which is in CANON_REMOTE_PORT while the test runs.

    Whoever opens it has a virtual camera of its own: this process, and each program that the test
    starts.
    """
    from canon.ports import ENVIRONMENT

    port = _port(request)
    monkeypatch.setenv(ENVIRONMENT, port)
    return port


def _port(request: pytest.FixtureRequest) -> str:
    """What the parameter says, else the nearest mark, else the usual one."""
    port = getattr(request, "param", None)
    mark = request.node.get_closest_marker(_MARK)
    if port is None and mark is not None:
        if len(mark.args) != 1 or mark.kwargs:
            raise pytest.UsageError(_wrong(f"{_MARK} takes one port string"))
        port = mark.args[0]
    if port is None:
        return _USUAL
    if not isinstance(port, str):
        raise pytest.UsageError(_wrong(f"{port!r} is no port string"))
    return port


def _wrong(what: str) -> str:
    return f'{what}; write @pytest.mark.{_MARK}("virtual:powershot-g9")'
